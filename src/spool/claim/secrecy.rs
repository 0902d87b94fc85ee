//! Secrecy: a drop marked 绝密, 机密 or 秘密 is refused unread.
//!
//! The names of all its files count, and of plain text files the head. It is renamed within 交件 into a hidden folder only
//! the daemon's user may enter: no copy, no digest, no original kept. Marks inside Word and Excel files are for those who
//! read these.

use crate::clock::Moment;
use crate::files;
use crate::spool::layout::{self, Spool};
use crate::spool::names;
use crate::spool::settle::{Kind, Observation, scan};
use std::io::Read;
use std::path::{Path, PathBuf};

/// How much of a text file is looked at.
const HEAD_BYTES: u64 = 4096;
/// Sealed drops of one second.
const SEALED_PER_SECOND_MAX: u32 = 10_000;
const TEXT_EXTENSIONS: [&str; 7] = ["txt", "yaml", "yml", "json", "csv", "md", "html"];

/// The mark the drop `name` in `base` bears, if any.
pub(super) fn mark(base: &Path, name: &Path) -> Result<Option<&'static str>, files::Error> {
    for seen in scan::walk(base, name)? {
        let named = seen.path.file_name().unwrap_or_default().to_string_lossy();
        if let Some(mark) = names::secrecy_marked(&named) {
            return Ok(Some(mark));
        }
        if let Some(mark) = mark_in_head(base, &seen, &named)? {
            return Ok(Some(mark));
        }
    }
    Ok(None)
}

fn mark_in_head(base: &Path, seen: &Observation, named: &str) -> Result<Option<&'static str>, files::Error> {
    if seen.kind != Kind::File || !TEXT_EXTENSIONS.contains(&names::extension(named).as_str()) {
        return Ok(None);
    }
    let path = base.join(&seen.path);
    let mut head = Vec::new();
    files::open_plain(&path)?.take(HEAD_BYTES).read_to_end(&mut head).map_err(files::failed("read", &path))?;
    Ok(names::secrecy_marked_text(&head))
}

/// Moves a marked drop out of reach and says where it lies.
pub(super) fn seal(spool: &Spool, folder: &str, from: &Path, now: Moment) -> Result<PathBuf, files::Error> {
    let sealed = spool.office(folder).handed_in().join(layout::SEALED);
    files::create_closed_dir(&sealed)?;
    for number in 1..SEALED_PER_SECOND_MAX {
        let place = sealed.join(format!("{}-{number}", now.format("%Y%m%d-%H%M%S")));
        if files::create_dir_new(&place)? || files::list(&place)?.is_empty() {
            let to = place.join(from.file_name().unwrap_or_default());
            files::rename_durable(from, &to)?;
            return Ok(to);
        }
    }
    let full = std::io::Error::new(std::io::ErrorKind::ResourceBusy, "too many sealed drops in one second");
    Err(files::failed("seal in", &sealed)(full))
}
