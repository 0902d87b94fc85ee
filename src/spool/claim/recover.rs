//! Recover: what a crash, or trouble, left without its one answer.

use super::{ATTEMPTS_MAX, ClaimError, Claimed, Hold, answer, discard, journal, keep_and_note, sealed};
use crate::files;
use crate::spool::layout::{self, Spool};
use crate::submission::Fault;
use std::path::{Path, PathBuf};

/// What [`recover`] found.
#[derive(Debug, Default)]
pub struct Recovery {
    /// claims without an answer, in the order they were claimed within each folder; [`take_up`] goes on with them
    pub claims: Vec<Claimed>,
    /// claims that could not be brought back now; the next [`recover`] tries again
    pub troubles: Vec<ClaimError>,
    /// notes written now about drops that had been sealed for their secrecy mark without one
    pub sealed: Vec<PathBuf>,
}

/// Brings back every claim whose answer was not recorded, ends those whose answer was, and writes the notes that sealed
/// drops still lack. Nothing is read. To be called at the start, and again after trouble, when no claim is in the caller's hands.
pub fn recover(spool: &Spool) -> Result<Recovery, files::Error> {
    let mut recovery = Recovery::default();
    for folder in files::list(&spool.state().join("claimed"))? {
        let shelf = spool.state().join("claimed").join(folder);
        let mut journals = files::list(&shelf)?.into_iter().map(|name| shelf.join(name)).collect::<Vec<_>>();
        journals.sort_by_key(|path| order(path));
        for path in journals {
            let revived = if path.is_dir() { sweep(&path) } else { revive(spool, &path) };
            match revived {
                Ok(Some(claimed)) => recovery.claims.push(claimed),
                Ok(None) => {}
                Err(trouble) => recovery.troubles.push(trouble),
            }
        }
    }
    for folder in files::list(&spool.offices())? {
        match sealed::note_missing(spool, &folder.to_string_lossy()) {
            Ok(notes) => recovery.sealed.extend(notes),
            Err(error) => recovery.troubles.push(error.into()),
        }
    }
    Ok(recovery)
}

/// Second, then number: `…-10` comes after `…-9`.
fn order(path: &Path) -> (String, u32) {
    let id = path.file_stem().unwrap_or_default().to_string_lossy();
    let (second, number) = id.rsplit_once('-').unwrap_or((&id, ""));
    (second.to_owned(), number.parse().unwrap_or_default())
}

/// A folder whose journal a crash kept from being written is empty and goes, as does what is left of one that was done with; any
/// other belongs to its journal.
fn sweep(held: &Path) -> Result<Option<Claimed>, ClaimError> {
    if held.extension().is_some_and(|extension| extension == answer::DONE) {
        files::remove_tree(held)?;
        return Ok(None);
    }
    if !held.with_extension("json").exists() && !files::remove_dir_if_empty(held)? {
        return Err(ClaimError::Journal { path: held.with_extension("json"), why: "it is missing".to_owned() });
    }
    Ok(None)
}

fn revive(spool: &Spool, path: &Path) -> Result<Option<Claimed>, ClaimError> {
    if path.extension().is_none_or(|extension| extension != "json") {
        // A temporary of a journal that was never renamed into place.
        files::remove_file(path)?;
        return Ok(None);
    }
    let claimed = journal::load(path)?;
    if claimed.answer.is_some() {
        return answer::complete(spool, claimed).map(|_| None);
    }
    if !claimed.read && claimed.held(spool)?.is_none() {
        let handed_in = spool.office(&claimed.folder).handed_in();
        if claimed.hold == Hold::Share && !handed_in.join(layout::MARKER).exists() {
            // The share is away, and the drop may be held on it.
            let away = std::io::Error::new(std::io::ErrorKind::NotConnected, "the share is away");
            return Err(ClaimError::Held { id: claimed.id, source: files::failed("look into", &handed_in)(away) });
        }
        discard(spool, &claimed)?;
        return Ok(None);
    }
    Ok(Some(claimed))
}

/// Takes up a claim that [`recover`] brought back: one at a time, and answered before the next. It is read first, where it
/// was not.
pub fn take_up(spool: &Spool, mut claimed: Claimed) -> Result<Claimed, ClaimError> {
    count(spool, &mut claimed)?;
    let mut claimed = if claimed.read { claimed } else { keep_and_note(spool, claimed)? };
    if claimed.attempts > ATTEMPTS_MAX {
        claimed.faults.push(unreadable());
    }
    Ok(claimed)
}

/// Counted before anybody reads it: whoever dies of the reading cannot count afterwards.
fn count(spool: &Spool, claimed: &mut Claimed) -> Result<(), files::Error> {
    claimed.attempts = claimed.attempts.saturating_add(1);
    claimed.record(spool)
}

/// Not in the journal: a claim that was accepted before the crash is still accepted.
pub(super) fn unreadable() -> Fault {
    Fault::at("", "文件内容无法读取。请在 WPS 或 Excel 中打开，另存一份再交；仍不行的，请与系统管理员联系")
}
