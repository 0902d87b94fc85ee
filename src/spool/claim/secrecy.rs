//! Secrecy: a drop marked 绝密, 机密 or 秘密 is refused unread.
//!
//! The names of all its files count, of plain text files the head, of Word and Excel files (whatever they are called)
//! where marks stand; of a zip file the same for what it holds. Limits: old formats, PDF and pictures are not looked into; of a drop beyond the limits, which
//! nobody reads, not every file is.

use super::{SUBMISSION_BYTES_MAX, office, zipped};
use crate::files;
use crate::spool::names;
use crate::spool::settle::{Kind, Observation, scan};
use std::io::Read;
use std::path::Path;

/// How much of a text file is looked at.
const HEAD_BYTES: u64 = 4096;
const TEXT_EXTENSIONS: [&str; 7] = ["txt", "yaml", "yml", "json", "csv", "md", "html"];

/// The mark the drop `name` in `base` bears, if any.
pub(super) fn mark(base: &Path, name: &Path) -> Result<Option<&'static str>, files::Error> {
    let mut left = SUBMISSION_BYTES_MAX;
    for seen in scan::walk(base, name)? {
        let named = seen.path.file_name().unwrap_or_default().to_string_lossy();
        if let Some(mark) = names::secrecy_marked(&named) {
            return Ok(Some(mark));
        }
        if let Some(mark) = mark_inside(base, &seen, &named, &mut left)? {
            return Ok(Some(mark));
        }
    }
    Ok(None)
}

fn mark_inside(
    base: &Path,
    seen: &Observation,
    named: &str,
    left: &mut u64,
) -> Result<Option<&'static str>, files::Error> {
    if seen.kind != Kind::File {
        return Ok(None);
    }
    let path = base.join(&seen.path);
    let mut head = Vec::new();
    files::open_plain(&path)?.take(HEAD_BYTES).read_to_end(&mut head).map_err(files::failed("read", &path))?;
    if office::is_package(&head) {
        let Some(rest) = left.checked_sub(seen.size) else { return Ok(None) };
        *left = rest;
        return Ok(files::read_at_most(&path, seen.size)?
            .and_then(|bytes| office::mark(&bytes).or_else(|| zipped::mark(&bytes))));
    }
    Ok(if is_text(named) { names::secrecy_marked_text(&head) } else { None })
}

/// Whether a file of this name is plain text.
pub(super) fn is_text(name: &str) -> bool {
    TEXT_EXTENSIONS.contains(&names::extension(name).as_str())
}
