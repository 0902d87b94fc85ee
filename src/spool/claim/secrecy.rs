//! Secrecy: a drop marked 绝密, 机密 or 秘密 is refused unread.
//!
//! The names of all its files count, of text the head, of Word files and workbooks (new and old formats, OpenDocument, rich text,
//! whatever they are called), presentations and OFD files where marks stand, of a PDF its first page; of a zip file the same for what it
//! holds. Limits: pictures, and PDFs and OFD files that are pictures, are not looked into; of presentations of before 2007 only what stands
//! at their beginning is; nor is what is a file within a file of an office program; of a drop beyond the limits, which nobody reads, not
//! every file is.

use super::{SUBMISSION_BYTES_MAX, office, rich, zipped};
use crate::files;
use crate::spool::layout::Spool;
use crate::spool::reader::PdfHead;
use crate::spool::settle::{Kind, Observation, scan};
use crate::spool::{forms, names};
use std::io::Read;
use std::path::Path;

/// How much of a text file is looked at.
const HEAD_BYTES: u64 = 4096;
const TEXT_EXTENSIONS: [&str; 10] = ["txt", "yaml", "yml", "json", "csv", "tsv", "md", "html", "htm", "eml"];
/// How the files of office programs of before 2007 begin.
const COMPOUND: [u8; 4] = [0xD0, 0xCF, 0x11, 0xE0];
const PDF: &[u8] = b"%PDF";

/// The mark the drop `name` in `base` bears, if any.
pub(super) fn mark(spool: &Spool, base: &Path, name: &Path) -> Result<Option<&'static str>, files::Error> {
    let mut left = SUBMISSION_BYTES_MAX;
    for seen in scan::walk(base, name)? {
        let named = names::meant(seen.path.file_name().unwrap_or_default());
        if let Some(mark) = names::secrecy_marked(&named) {
            return Ok(Some(mark));
        }
        if let Some(mark) = mark_inside(spool, base, &seen, &named, &mut left)? {
            return Ok(Some(mark));
        }
    }
    Ok(None)
}

fn mark_inside(
    spool: &Spool,
    base: &Path,
    seen: &Observation,
    named: &str,
    left: &mut u64,
) -> Result<Option<&'static str>, files::Error> {
    let Some(rest) = left.checked_sub(seen.size).filter(|_| seen.kind == Kind::File) else { return Ok(None) };
    *left = rest;
    spool.reader().mark(&base.join(&seen.path), named)
}

/// The mark inside the file `path`, called `named`.
pub(in crate::spool) fn mark_in(path: &Path, named: &str, pdf: PdfHead) -> Result<Option<&'static str>, files::Error> {
    let head = head(path)?;
    if !is_readable(&head) {
        return Ok(if is_text(named, &head) { names::secrecy_marked_text(&head) } else { None });
    }
    let bytes = files::read_at_most(path, SUBMISSION_BYTES_MAX)?;
    Ok(bytes.and_then(|bytes| mark_of(&bytes, named, pdf)))
}

/// The mark of a file by its bytes.
pub(in crate::spool) fn mark_of(bytes: &[u8], named: &str, pdf: PdfHead) -> Option<&'static str> {
    if office::is_package(bytes) {
        return office::mark(bytes).or_else(|| zipped::mark(bytes, pdf));
    }
    if bytes.starts_with(&COMPOUND) {
        return forms::head_of_old(bytes).and_then(|head| names::secrecy_marked_paragraphs(&head));
    }
    if bytes.starts_with(PDF) {
        return names::secrecy_marked_paragraphs(&pdf(bytes).join("\n"));
    }
    if rich::is_rich(bytes) {
        return names::secrecy_marked_paragraphs(&rich::head(bytes));
    }
    let head = &bytes[..bytes.len().min(HEAD_BYTES as usize)];
    if is_text(named, head) { names::secrecy_marked_text(head) } else { None }
}

/// Whether more than the first bytes has to be read, and by whom strangers' files are read.
pub(in crate::spool) fn wants_reader(path: &Path) -> Result<bool, files::Error> {
    Ok(is_readable(&head(path)?))
}

/// The mark by its name.
pub(in crate::spool) fn known(mark: &str) -> Option<&'static str> {
    names::SECRECY_MARKS.into_iter().find(|known| *known == mark)
}

/// Whether the mark of a file that begins so does not stand in its first bytes.
pub(super) fn is_readable(head: &[u8]) -> bool {
    office::is_package(head) || head.starts_with(&COMPOUND) || head.starts_with(PDF) || rich::is_rich(head)
}

fn head(path: &Path) -> Result<Vec<u8>, files::Error> {
    let mut head = Vec::new();
    files::open_plain(path)?.take(HEAD_BYTES).read_to_end(&mut head).map_err(files::failed("read", path))?;
    Ok(head)
}

/// Whether a file is plain text, by its name or because its head holds nothing that no text has.
fn is_text(name: &str, head: &[u8]) -> bool {
    let strange = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1a);
    TEXT_EXTENSIONS.contains(&names::extension(name).as_str()) || !head.iter().any(strange)
}
