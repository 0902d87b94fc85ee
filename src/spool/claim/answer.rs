//! Answer: what an office finds, and the end of a claim.

use super::{ClaimError, Claimed, Hold, package, recover};
use crate::files;
use crate::spool::layout::Spool;
use crate::spool::settle::scan;
use crate::spool::{names, receipt as words};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The note beside a returned original.
const NOTE: &str = "退件说明.txt";
/// What a folder is called whose bytes are kept, and that is to go.
pub(super) const DONE: &str = "done";
/// Longest receipt or note, to compare with one that is there.
const TEXT_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Texts of one name that are compared with one to be written. What a crash cut off is among the last; an office may have thousands.
const COMPARED_MAX: u32 = 32;

/// How a claim was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// accepted, with a receipt
    Accepted,
    /// the same content again: the first receipt stands
    Repeated,
    /// returned whole
    Returned,
}

/// How a claim ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finished {
    /// filed
    Filed,
    /// filed, but the office went on writing after its file had been taken: that file lies in 交件 again, as a new drop
    PutBack(PathBuf),
}

/// Writes `text` to `name` in the office's 回执 and says where. The same text under the same name is written once; another
/// text gets a number behind the name.
pub fn receipt(spool: &Spool, folder: &str, name: &str, text: &str) -> Result<PathBuf, files::Error> {
    match Shelf::of(spool.office(folder).receipts()).place(name, text)? {
        Place::Free(path) => files::write_atomic(&path, text.as_bytes()).map(|()| path),
        Place::Written(path) => Ok(path),
    }
}

/// Writes receipts of one office, by name and text, each as [`receipt`] does; they come into the folder in their order.
pub fn receipts(spool: &Spool, folder: &str, texts: Vec<(String, String)>) -> Vec<Result<(), files::Error>> {
    let mut shelf = Shelf::of(spool.office(folder).receipts());
    let mut free = Vec::new();
    let mut place = |(name, text): (String, String)| match shelf.place(&name, &text)? {
        Place::Free(path) => {
            free.push((path, text.into_bytes()));
            Ok(true)
        }
        Place::Written(_) => Ok(false),
    };
    let placed: Vec<Result<bool, files::Error>> = texts.into_iter().map(&mut place).collect();
    let mut written = files::write_all_atomic(free).into_iter();
    let mut settle = |to_write: bool| if to_write { written.next().unwrap_or(Ok(())) } else { Ok(()) };
    placed.into_iter().map(|placed| placed.and_then(&mut settle)).collect()
}

/// Where a text goes.
enum Place {
    Free(PathBuf),
    /// it is there already, and durable
    Written(PathBuf),
}

/// A folder of texts with what stands in it. Of thousands only those of a text's own day are compared with it.
struct Shelf {
    folder: PathBuf,
    there: Option<Vec<OsString>>,
    of_day: BTreeMap<String, BTreeSet<String>>,
}

impl Shelf {
    fn of(folder: PathBuf) -> Shelf {
        Shelf { folder, there: None, of_day: BTreeMap::new() }
    }

    fn place(&mut self, name: &str, text: &str) -> Result<Place, files::Error> {
        let folder = self.folder.clone();
        let taken = self.taken(name)?;
        let free = names::first_free(name, |name| taken.contains(&names::clash_key(name)));
        let last = (free.saturating_sub(COMPARED_MAX).max(1)..free).rev();
        let written = last.map(|number| folder.join(names::numbered(name, number))).find(|path| says(path, text));
        if let Some(path) = written {
            // a crash may have come between its writing and its syncing
            files::sync_file(&path)?;
            files::sync_directory(&folder)?;
            return Ok(Place::Written(path));
        }
        let name = names::numbered(name, free);
        taken.insert(names::clash_key(&name));
        Ok(Place::Free(folder.join(name)))
    }

    /// What might clash with a name.
    fn taken(&mut self, name: &str) -> Result<&mut BTreeSet<String>, files::Error> {
        if self.there.is_none() {
            files::create_dirs(&self.folder)?;
        }
        let there = match self.there.take() {
            Some(there) => there,
            None => files::list(&self.folder)?,
        };
        let there = self.there.insert(there);
        let day = day_of(name);
        Ok(self.of_day.entry(day.to_owned()).or_insert_with(|| clash_keys(there, day)))
    }
}

fn says(path: &Path, text: &str) -> bool {
    matches!(files::read_at_most(path, TEXT_BYTES_MAX), Ok(Some(bytes)) if bytes == text.as_bytes())
}

/// The day a name begins with, where it does; neither case nor the composing of characters changes digits and dashes, which no
/// mark follows.
fn day_of(name: &str) -> &str {
    let date = name.split_once(' ').map_or("", |(date, _)| date);
    if date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') { date } else { "" }
}

fn clash_keys(there: &[OsString], day: &str) -> BTreeSet<String> {
    let of_day = there.iter().filter(|name| name.as_encoded_bytes().starts_with(day.as_bytes()));
    of_day.map(|name| names::clash_key(&name.to_string_lossy())).collect()
}

/// Moves the original whole into 退件, in a folder of its own beside a note that says `text`; gives the folder. Called
/// again it goes on where it stopped. [`finish`] with [`Answer::Returned`] comes after.
pub fn return_whole(spool: &Spool, claimed: &mut Claimed, text: &str) -> Result<PathBuf, ClaimError> {
    let returns = spool.office(&claimed.folder).returns();
    let name = match &claimed.returned_to {
        Some(name) => name.clone(),
        None => free_return(&returns, claimed, text)?,
    };
    let folder = returns.join(&name);
    files::create_dirs(&folder)?;
    files::sweep_temporaries(&folder)?;
    files::write_atomic(&folder.join(NOTE), text.as_bytes())?;
    if claimed.returned_to.is_none() {
        claimed.returned_to = Some(name);
        claimed.record(spool)?;
    }
    if let Some(held) = claimed.held(spool)? {
        move_beside_note(&held, &folder)?;
    }
    Ok(folder)
}

/// A folder nobody uses yet: not there, or what a crash left of this very return (empty, or with only our own note).
fn free_return(returns: &Path, claimed: &Claimed, text: &str) -> Result<String, files::Error> {
    files::create_dirs(returns)?;
    let name = words::return_name(claimed.claimed_at.date(), &claimed.name);
    let there = clash_keys(&files::list(returns)?, day_of(&name));
    let left_over = |name: &str| {
        let folder = returns.join(name);
        let ours = |entry: &OsString| files::is_temporary(entry) || (entry == NOTE && says(&folder.join(NOTE), text));
        folder.is_dir() && files::list(&folder).is_ok_and(|entries| entries.iter().all(ours))
    };
    Ok(names::unique(&name, |name| there.contains(&names::clash_key(name)) && !left_over(name)))
}

/// Ends a claim whose answer is in the office's folder. Called again it does nothing.
/// A claim with faults can only be [`Answer::Returned`], and only after [`return_whole`].
pub fn finish(spool: &Spool, claimed: &Claimed, answer: Answer) -> Result<Finished, ClaimError> {
    if !claimed.journal(spool).exists() && filed(spool, claimed).exists() {
        return Ok(Finished::Filed);
    }
    let fits = match answer {
        Answer::Accepted | Answer::Repeated => {
            // one accepted before the daemon ended stays so, however often it ended since
            claimed.faults.iter().all(|fault| *fault == recover::unreadable()) && claimed.returned_to.is_none()
        }
        Answer::Returned => claimed.returned_to.is_some() && claimed.held(spool)?.is_none(),
    };
    if !fits {
        return Err(ClaimError::Unreturned { id: claimed.id.clone() });
    }
    let answered = Claimed { answer: Some(answer), ..claimed.clone() };
    answered.record(spool)?;
    complete(spool, &answered)
}

fn filed(spool: &Spool, claimed: &Claimed) -> PathBuf {
    spool.answered(&claimed.folder).join(format!("{}.json", claimed.id))
}

/// Clears and files a claim whose journal has the answer.
pub(super) fn complete(spool: &Spool, claimed: &Claimed) -> Result<Finished, ClaimError> {
    let hold = claimed.hold_folder(spool);
    let cleared = hold.with_extension(DONE);
    let mut finished = Finished::Filed;
    if let Some(held) = claimed.held(spool)? {
        let name = Path::new(held.file_name().unwrap_or_default());
        let seen = scan::walk(&hold, name)?;
        let unkept = package::unkept(claimed, &seen, name);
        if package::fingerprint(&seen) != claimed.seen {
            finished = Finished::PutBack(put_back(spool, claimed, &held)?);
        } else if unkept.is_empty() {
            check_kept(spool, claimed)?;
            // Renamed first: what a crash leaves half removed must not look like an original somebody changed.
            files::rename_durable(&hold, &cleared)?;
        } else {
            return_unkept(spool, claimed, &held, &unkept)?;
        }
    }
    files::remove_dir_if_empty(&hold)?;
    match claimed.hold {
        Hold::State => {}
        // nobody sweeps a share at the start
        Hold::Share => {
            files::remove_tree(&cleared)?;
            files::remove_dir_if_empty(&spool.claimed(&claimed.folder).join(&claimed.id))?;
        }
    }
    let to = filed(spool, claimed);
    files::create_dirs(to.parent().unwrap_or(spool.root()))?;
    files::rename_durable(&claimed.journal(spool), &to)?;
    // what a crash leaves of it goes at the next start
    files::remove_tree_unsynced(&cleared)?;
    Ok(finished)
}

/// Nothing is removed before its bytes are kept.
fn check_kept(spool: &Spool, claimed: &Claimed) -> Result<(), files::Error> {
    for file in &claimed.files {
        let path = spool.original(&file.digest);
        let length = std::fs::metadata(&path).map_err(files::failed("look at", &path))?.len();
        if length != file.bytes {
            let short = std::io::Error::new(std::io::ErrorKind::InvalidData, "the kept original has another length");
            return Err(files::failed("read", &path)(short));
        }
    }
    Ok(())
}

/// What was accepted but holds something that is not kept goes whole into 退件, beside a note.
fn return_unkept(spool: &Spool, claimed: &Claimed, held: &Path, unkept: &[String]) -> Result<(), files::Error> {
    let returns = spool.office(&claimed.folder).returns();
    let text = words::unread_text(&claimed.folder, &claimed.id, &claimed.name, unkept);
    let folder = returns.join(free_return(&returns, claimed, &text)?);
    files::create_dirs(&folder)?;
    files::write_atomic(&folder.join(NOTE), text.as_bytes())?;
    move_beside_note(held, &folder)
}

fn move_beside_note(held: &Path, folder: &Path) -> Result<(), files::Error> {
    let own = names::safe(&names::meant(held.file_name().unwrap_or_default()));
    let own = names::unique(&own, |own| names::clash_key(own) == names::clash_key(NOTE));
    files::rename_durable(held, &folder.join(own))
}

fn put_back(spool: &Spool, claimed: &Claimed, held: &Path) -> Result<PathBuf, files::Error> {
    let handed_in = spool.office(&claimed.folder).handed_in();
    let name = held.file_name().unwrap_or_default();
    let to = match handed_in.join(name) {
        path if !path.exists() => path,
        _ => handed_in.join(names::unique(&names::shown(&names::meant(name)), |name| handed_in.join(name).exists())),
    };
    files::rename_durable(held, &to)?;
    Ok(to)
}
