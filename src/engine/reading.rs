//! Who reads what is dropped: children where papers are made by children, else this process; and what a PDF begins with and brings
//! along, lent to the spool, which knows no PDFs.

use super::render::Renderer;
use crate::document::inspect;
use crate::spool::reader::{self, Children, OfPdf, Pdfs, Reader};
use std::io::{Read, Write};

/// Lines of a PDF that are looked at for a mark.
const HEAD_LINES: usize = 40;

pub(super) fn reader(renderer: &Renderer) -> Reader {
    match renderer {
        Renderer::Here => Reader::Here(PDFS),
        Renderer::Child(_) => Reader::Apart(Children::of_this_program()),
    }
}

/// A child's side: reads files until there are no more requests.
///
/// # Errors
/// A request that cannot be read or an answer that cannot be written.
pub fn serve(from: impl Read, to: impl Write) -> Result<(), String> {
    reader::serve(from, to, PDFS)
}

/// What is lent to the spool.
pub const PDFS: Pdfs = Pdfs { head: pdf_head, carried: pdf_carried };

fn pdf_carried(bytes: &[u8]) -> OfPdf {
    let damaged = inspect::Carried { unread: true, ..inspect::Carried::default() };
    let inspect::Carried { locked, runs, programs, unread } = inspect::pdf_carried(bytes).unwrap_or(damaged);
    OfPdf { locked, runs, programs, unread }
}

fn pdf_head(bytes: &[u8]) -> Vec<String> {
    let mut lines = inspect::first_page(bytes).unwrap_or_default();
    lines.truncate(HEAD_LINES);
    lines
}
