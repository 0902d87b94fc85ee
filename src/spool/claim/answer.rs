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
    finish_all(spool, vec![(claimed, answer)]).pop().unwrap_or(Ok(Finished::Filed))
}

/// Ends claims as [`finish`] does, each step of all of them before the next; gives what became of each, in their order.
pub fn finish_all(spool: &Spool, claims: Vec<(&Claimed, Answer)>) -> Vec<Result<Finished, ClaimError>> {
    let looked = files::side_by_side(claims, |(claimed, answer)| match filed(spool, claimed) {
        true => Err(Ok(Finished::Filed)),
        false => record(spool, claimed, answer).map_err(Err).and_then(|claimed| look(spool, claimed)),
    });
    complete_all(spool, looked)
}

/// One of several that go on together, or how it ended on the way.
type Going<T> = Result<T, Result<Finished, ClaimError>>;

/// Whether a claim has come to its end already.
fn filed(spool: &Spool, claimed: &Claimed) -> bool {
    !claimed.journal(spool).exists() && file_of(spool, claimed).exists()
}

/// Where the journal of a claim lies that has come to its end.
fn file_of(spool: &Spool, claimed: &Claimed) -> PathBuf {
    spool.answered(&claimed.folder).join(format!("{}.json", claimed.id))
}

/// Writes down how a claim was answered.
fn record(spool: &Spool, claimed: &Claimed, answer: Answer) -> Result<Claimed, ClaimError> {
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
    Ok(answered)
}

/// Clears and files a claim whose journal has the answer.
pub(super) fn complete(spool: &Spool, claimed: Claimed) -> Result<Finished, ClaimError> {
    complete_all(spool, vec![look(spool, claimed)]).pop().unwrap_or(Ok(Finished::Filed))
}

fn complete_all(spool: &Spool, looked: Vec<Going<(Claimed, Clearing)>>) -> Vec<Result<Finished, ClaimError>> {
    // Renamed first: what a crash leaves half removed must not look like an original somebody changed.
    let kept = looked.iter().flatten().filter(|(_, clearing)| *clearing == Clearing::Rename);
    let places = |(claimed, _): &(Claimed, Clearing)| (claimed.hold_folder(spool), done_folder(spool, claimed));
    let mut renamed = files::rename_all_durable(&kept.map(places).collect::<Vec<_>>()).into_iter();
    let mut cleared = |(claimed, clearing)| match clearing {
        Clearing::Rename => {
            let renamed = renamed.next().unwrap_or(Ok(()));
            renamed.map(|()| (claimed, Finished::Filed)).map_err(|error| Err(error.into()))
        }
        Clearing::Done(finished) => Ok((claimed, finished)),
    };
    let cleared: Vec<Going<(Claimed, Finished)>> = looked.into_iter().map(|one| one.and_then(&mut cleared)).collect();
    let emptied = files::side_by_side(cleared, |one| {
        let (claimed, finished) = one?;
        leave(spool, &claimed).map(|()| (claimed, finished)).map_err(|error| Err(error.into()))
    });
    file_all(spool, emptied)
}

/// Files claims that hold nothing any more.
fn file_all(spool: &Spool, emptied: Vec<Going<(Claimed, Finished)>>) -> Vec<Result<Finished, ClaimError>> {
    let shelf = |claimed: &Claimed| files::create_dirs(&spool.answered(&claimed.folder));
    let shelved = |(claimed, finished): (Claimed, Finished)| {
        shelf(&claimed).map(|()| (claimed, finished)).map_err(|error| Err(error.into()))
    };
    let emptied: Vec<Going<(Claimed, Finished)>> = emptied.into_iter().map(|one| one.and_then(shelved)).collect();
    let journals = emptied.iter().flatten().map(|(claimed, _)| (claimed.journal(spool), file_of(spool, claimed)));
    let journals: Vec<(PathBuf, PathBuf)> = journals.collect();
    let mut filed = files::rename_all_durable(&journals).into_iter();
    let mut settle = |(claimed, finished): (Claimed, Finished)| {
        filed.next().unwrap_or(Ok(())).map_err(|error| Err(error.into()))?;
        // what a crash leaves of it goes at the next start
        files::remove_tree_unsynced(&done_folder(spool, &claimed)).map_err(|error| Err(error.into()))?;
        Ok(finished)
    };
    let ended = emptied.into_iter().map(|one| one.and_then(&mut settle));
    ended.map(|one: Going<Finished>| one.map_or_else(|ended| ended, Ok)).collect()
}

/// What is to be done with what a claim holds.
#[derive(PartialEq, Eq)]
enum Clearing {
    /// its folder is renamed, and goes
    Rename,
    /// nothing is left in its folder
    Done(Finished),
}

/// What a folder is called whose bytes are kept.
fn done_folder(spool: &Spool, claimed: &Claimed) -> PathBuf {
    claimed.hold_folder(spool).with_extension(DONE)
}

fn look(spool: &Spool, claimed: Claimed) -> Going<(Claimed, Clearing)> {
    clear(spool, &claimed).map(|clearing| (claimed, clearing)).map_err(Err)
}

/// Looks at what a claim still holds: what its office changed since goes back to it, what is kept may go.
fn clear(spool: &Spool, claimed: &Claimed) -> Result<Clearing, ClaimError> {
    let Some(held) = claimed.held(spool)? else { return Ok(Clearing::Done(Finished::Filed)) };
    let name = Path::new(held.file_name().unwrap_or_default());
    let seen = scan::walk(&claimed.hold_folder(spool), name)?;
    let unkept = package::unkept(claimed, &seen, name);
    if package::fingerprint(&seen) != claimed.seen {
        return Ok(Clearing::Done(Finished::PutBack(put_back(spool, claimed, &held)?)));
    }
    if unkept.is_empty() {
        check_kept(spool, claimed)?;
        return Ok(Clearing::Rename);
    }
    return_unkept(spool, claimed, &held, &unkept)?;
    Ok(Clearing::Done(Finished::Filed))
}

/// Removes the folder of a claim that holds nothing any more. Nobody sweeps a share at the start.
fn leave(spool: &Spool, claimed: &Claimed) -> Result<(), files::Error> {
    files::remove_dir_if_empty(&claimed.hold_folder(spool))?;
    match claimed.hold {
        Hold::State => Ok(()),
        Hold::Share => {
            files::remove_tree(&done_folder(spool, claimed))?;
            files::remove_dir_if_empty(&spool.claimed(&claimed.folder).join(&claimed.id)).map(drop)
        }
    }
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
