//! Who reads what is dropped: children where papers are made by children, else this process; and what a PDF begins with, lent to
//! the spool, which knows no PDFs.

use super::render::Renderer;
use crate::document::inspect;
use crate::spool::reader::{self, Children, Reader};
use std::io::{Read, Write};

/// Lines of a PDF that are looked at for a mark.
const HEAD_LINES: usize = 40;

pub(super) fn reader(renderer: &Renderer) -> Reader {
    match renderer {
        Renderer::Here => Reader::Here(pdf_head),
        Renderer::Child(_) => Reader::Apart(Children::of_this_program()),
    }
}

/// A child's side: reads files until there are no more requests.
///
/// # Errors
/// A request that cannot be read or an answer that cannot be written.
pub fn serve(from: impl Read, to: impl Write) -> Result<(), String> {
    reader::serve(from, to, pdf_head)
}

fn pdf_head(bytes: &[u8]) -> Vec<String> {
    let mut lines = inspect::first_page(bytes).unwrap_or_default();
    lines.truncate(HEAD_LINES);
    lines
}
