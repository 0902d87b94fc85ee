//! Sealed: a drop with a secrecy mark, out of everybody's reach.
//!
//! It is renamed within 交件 into a hidden folder only the daemon's user may enter: no copy, no digest, no original kept.
//! Guarantees: each sealed drop lies in a folder of its own, which is its journal: as long as our sign is not in it, its
//! note is owed, and [`super::recover`] writes it. Its note bears its number, so two drops never share one.

use crate::clock::Moment;
use crate::files;
use crate::spool::layout::{self, Spool};
use crate::spool::receipt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Sealed drops of one second.
const SEALED_PER_SECOND_MAX: u32 = 10_000;
/// In a sealed drop's folder: its note was written.
const NOTED: &str = ".banwen-noted";
/// How a sealed drop's number tells its second.
const SECOND: &str = "%Y%m%d-%H%M%S";

/// Moves a marked drop out of reach and says where it lies.
pub(super) fn seal(spool: &Spool, folder: &str, from: &Path, now: Moment) -> Result<PathBuf, files::Error> {
    static SEALING: Mutex<()> = Mutex::new(());
    let sealed = spool.office(folder).handed_in().join(layout::SEALED);
    // an empty place is nobody's only while nobody is at it
    let _one_at_a_time = SEALING.lock().unwrap_or_else(PoisonError::into_inner);
    files::create_closed_dir(&sealed)?;
    for number in 1..SEALED_PER_SECOND_MAX {
        let place = sealed.join(format!("{}-{number}", now.format(SECOND)));
        if files::create_dir_new(&place)? || files::list(&place)?.is_empty() {
            let to = place.join(from.file_name().unwrap_or_default());
            files::rename_durable(from, &to)?;
            return Ok(to);
        }
    }
    let full = std::io::Error::new(std::io::ErrorKind::ResourceBusy, "too many sealed drops in one second");
    Err(files::failed("seal in", &sealed)(full))
}

/// Writes `text` into the office's 退件 for each sealed drop that has no note yet, and says where; the drop's number is in
/// the note's name. Called again it writes nothing.
pub fn sealed_note(spool: &Spool, folder: &str, at: Moment, text: &str) -> Result<Vec<PathBuf>, files::Error> {
    note(spool, folder, |id| (second(id).unwrap_or(at), text.to_owned()))
}

/// The notes a crash has left unwritten. The office's title is not known here; its folder's name stands for it.
pub(super) fn note_missing(spool: &Spool, folder: &str) -> Result<Vec<PathBuf>, files::Error> {
    note(spool, folder, |id| {
        let at = second(id).unwrap_or_default();
        (at, receipt::sealed_text(folder, at))
    })
}

fn note(spool: &Spool, folder: &str, words: impl Fn(&str) -> (Moment, String)) -> Result<Vec<PathBuf>, files::Error> {
    let office = spool.office(folder);
    let sealed = office.handed_in().join(layout::SEALED);
    let mut notes = Vec::new();
    for id in files::list(&sealed)? {
        let place = sealed.join(&id);
        let inside = if place.is_dir() { files::list(&place)? } else { Vec::new() };
        if inside.iter().all(|name| files::is_temporary(name)) || inside.iter().any(|name| name == NOTED) {
            continue;
        }
        let id = id.to_string_lossy();
        let (at, text) = words(&id);
        let path = office.returns().join(receipt::sealed_name(at.date(), &id));
        if !path.exists() {
            files::create_dirs(&office.returns())?;
            files::write_atomic(&path, text.as_bytes())?;
            notes.push(path);
        }
        files::write_atomic(&place.join(NOTED), &[])?;
    }
    Ok(notes)
}

/// The second in which a drop was sealed, out of its number.
fn second(id: &str) -> Option<Moment> {
    Moment::parse_from_str(id.rsplit_once('-')?.0, SECOND).ok()
}
