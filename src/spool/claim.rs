//! Claim: takes a complete drop out of the office's hands, keeps its bytes, and sees it to its one answer.
//!
//! Guarantees: from the rename on, a drop is in exactly one place; its claim stays in `state/claimed/` until the answer is
//! in the office's folder; nothing is removed before its bytes lie in `state/originals/` under their digest. The claim's
//! id is the key under which the caller records what it decided, so that answering twice is answering once.
//! Every step is durable (synced) before the next begins; of claims that are made or ended together, each step of all of them:
//!
//! | step | on the disk after it | a crash after it |
//! |---|---|---|
//! | 1 `begin` | journal `<id>.json`, empty folder `<id>/`; the drop still in 交件 | nothing was taken: [`recover`] discards the journal, the drop settles again |
//! | 2 `take` | the drop renamed into `<id>/` | [`recover`] goes on with 3 |
//! | 3 `keep` | each file in `originals/` by digest, written whole or not at all | again: a file that is there already stays |
//! | 4 `note` | a line of the journal with names, digests, faults | [`recover`] gives the claim back as it was given first |
//! | 5 the caller's transaction | decision recorded under the claim's id | the same; the caller finds its decision by the id and only answers |
//! | 6 [`receipt`] | the receipt, whole | the same; the same text is written once |
//! | 6' [`return_whole`] | note in 退件, then the journal says where, then the original renamed there | the same; goes on where it stopped |
//! | 7 [`finish`]: answer | a line of the journal with the answer | [`recover`] does 8 and 9 itself |
//! | 8 [`finish`]: clear | `<id>/` renamed to `<id>.done/` (its bytes are kept, or it went to 退件) | [`recover`] does 9 |
//! | 9 [`finish`]: file | journal renamed into `state/answered/`; `<id>.done/` goes | [`recover`] removes what is left of it |
//!
//! When 交件 lies on another file system than `state/`, the drop is held in 交件 itself, in a hidden folder, and only its
//! bytes are copied: a rename stays one step, and a return never copies.
//! Failures: trouble that heals leaves the drop either untouched in 交件 or held ([`ClaimError::Held`]; [`resume`] goes on).
//! Limits: [`SUBMISSION_BYTES_MAX`], [`PACKAGE_FILES_MAX`], [`crate::spool::settle::scan::DROP_DEPTH_MAX`]; beyond them a drop is claimed,
//! not read, and must be returned. [`ATTEMPTS_MAX`]: a claim during which the daemon ended that often comes back with a
//! fault, so that what kills its reader is returned unread.

mod answer;
pub(super) mod carried;
pub(super) mod fitting;
mod journal;
mod office;
mod ofd;
mod open;
mod owner;
mod package;
pub(super) mod picture;
mod recover;
mod sealed;
mod rich;
pub(super) mod secrecy;
mod together;
pub(super) mod zipped;

pub use answer::{Answer, Finished, finish, finish_all, receipt, receipts, return_whole};
pub use fitting::unfit_attachment;
pub use journal::load;
pub use owner::owners_of;
pub use package::{checked_original, read_original};
pub use picture::IMAGE_PIXELS_MAX;
pub use recover::{Recovery, recover, take_up};
pub use sealed::sealed_note;
pub use together::claim_all;

use crate::clock::Moment;
use crate::files;
use crate::spool::layout::{self, Spool};
use crate::spool::names;
use crate::spool::settle::Settled;
use crate::submission::Fault;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Largest drop that is read, all its files together.
pub const SUBMISSION_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Most files in one drop that is read.
pub const PACKAGE_FILES_MAX: usize = 200;
/// How often a claim is given for reading before it must be returned unread.
pub const ATTEMPTS_MAX: u32 = 2;
/// Most drops of one office within one second.
const CLAIMS_PER_SECOND_MAX: u32 = 100_000;

/// One file of a drop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimedFile {
    /// its name as it may be shown; in a folder the path below it, joined by `/`
    pub name: String,
    /// sha-256, hex; [`read_original`] gives the bytes
    pub digest: String,
    /// size in bytes
    pub bytes: u64,
    /// the Word form in whose cells it is a picture, where it is one
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
}

/// A drop that is ours until it is answered. Its serialised form is a line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimed {
    /// `20220516-093000-1`: unique within the office's folder for ever; what the office reads as 收件号
    pub id: String,
    /// the office's folder name
    pub folder: String,
    /// name of the file or folder as it may be shown
    pub name: String,
    /// the moment it counts as handed in
    pub handed_in: Moment,
    /// when it was claimed
    pub claimed_at: Moment,
    /// its files by name; of a zip file both that and what it holds, of a Word form also its pictures
    pub files: Vec<ClaimedFile>,
    /// the file among them that holds the others, when it was handed in as a zip
    #[serde(default)]
    pub container: Option<String>,
    /// of the one file its digest; of a folder sha-256 over its sorted names and digests
    pub digest: String,
    /// why it cannot be taken as it is; when not empty it must be returned
    pub faults: Vec<Fault>,
    hold: Hold,
    read: bool,
    seen: String,
    returned_to: Option<String>,
    answer: Option<Answer>,
    /// how often it was given to the caller, this time included
    #[serde(default)]
    attempts: u32,
}

/// Where the original is held until the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Hold {
    /// in `state/claimed/`
    State,
    /// in 交件, hidden
    Share,
}

/// Why a drop was not claimed, or a claim not answered.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// the office took it back in time: nothing to answer
    #[error("{name} was gone before it could be claimed")]
    Vanished {
        /// as it may be shown
        name: String,
    },
    /// it bears a secrecy mark: moved out of reach unread, no digest taken; an operator must be told
    #[error("a drop of {folder} bears the secrecy mark {mark}; sealed unread in {}", sealed.display())]
    Secret {
        /// the office's folder name
        folder: String,
        /// 绝密, 机密 or 秘密
        mark: &'static str,
        /// where it lies now
        sealed: PathBuf,
    },
    /// the drop is held but could not be read yet; [`resume`] goes on
    #[error("{id} is held but not read yet: {source}")]
    Held {
        /// the claim's id
        id: String,
        /// what went wrong
        source: files::Error,
    },
    /// the answer does not fit: a claim with faults must be returned, and a return must have moved the original
    #[error("{id} cannot be finished so: its original must be returned first")]
    Unreturned {
        /// the claim's id
        id: String,
    },
    /// a journal cannot be understood
    #[error("the journal {} cannot be understood: {why}", path.display())]
    Journal {
        /// the journal
        path: PathBuf,
        /// what is wrong
        why: String,
    },
    /// nothing was taken; when transient, the next look tries again
    #[error(transparent)]
    Failed(#[from] files::Error),
}

impl ClaimError {
    /// True when waiting may help.
    pub fn is_transient(&self) -> bool {
        match self {
            ClaimError::Held { source, .. } | ClaimError::Failed(source) => source.is_transient(),
            ClaimError::Vanished { .. }
            | ClaimError::Secret { .. }
            | ClaimError::Unreturned { .. }
            | ClaimError::Journal { .. } => false,
        }
    }
}

/// Claims a complete drop of the office whose folder is `folder`: takes it from 交件, keeps its files by digest.
pub fn claim(spool: &Spool, folder: &str, settled: &Settled, now: Moment) -> Result<Claimed, ClaimError> {
    unmarked(spool, folder, settled, now)?;
    begin_and_keep(spool, number(spool, folder, settled, now, 0)?, settled)
}

/// Seals a drop that bears a secrecy mark. Looked at where it lies: a marked file is not to be copied anywhere.
fn unmarked(spool: &Spool, folder: &str, settled: &Settled, now: Moment) -> Result<(), ClaimError> {
    let handed_in = spool.office(folder).handed_in();
    let gone = |error: files::Error| match error.is_absent() {
        true => ClaimError::Vanished { name: names::shown(&names::meant(&settled.name)) },
        false => error.into(),
    };
    let Some(mark) = secrecy::mark(spool, &handed_in, Path::new(&settled.name)).map_err(gone)? else { return Ok(()) };
    let sealed = sealed::seal(spool, folder, &handed_in.join(&settled.name), now)?;
    Err(ClaimError::Secret { folder: folder.to_owned(), mark, sealed })
}

fn begin_and_keep(spool: &Spool, mut claimed: Claimed, settled: &Settled) -> Result<Claimed, ClaimError> {
    claimed.record(spool)?;
    let from = claimed.came_from(spool, settled);
    take(spool, &mut claimed, &from)?;
    keep_and_note(spool, claimed)
}

/// Goes on with a claim that is held but was not read ([`ClaimError::Held`]).
pub fn resume(spool: &Spool, folder: &str, id: &str) -> Result<Claimed, ClaimError> {
    let claimed = load(&spool.claimed(folder).join(format!("{id}.json")))?;
    if claimed.read { Ok(claimed) } else { keep_and_note(spool, claimed) }
}

/// A claim with a number of its own, greater than `above`. It is journalled next.
fn number(spool: &Spool, folder: &str, settled: &Settled, now: Moment, above: u32) -> Result<Claimed, files::Error> {
    files::create_dirs(&spool.claimed(folder))?;
    Ok(Claimed {
        id: free_id(spool, folder, now, above)?,
        folder: folder.to_owned(),
        name: names::shown(&names::meant(&settled.name)),
        handed_in: settled.first_seen_complete,
        claimed_at: now,
        files: Vec::new(),
        container: None,
        digest: String::new(),
        faults: Vec::new(),
        hold: Hold::State,
        read: false,
        seen: String::new(),
        returned_to: None,
        answer: None,
        attempts: 1,
    })
}

/// A free number of this second, greater than `above`; its folder is made, which is what takes it. It is synced with the journal that
/// is written beside it. Looked for in longer and longer steps, then between the last two: a thousand drops may be claimed in one second.
fn free_id(spool: &Spool, folder: &str, now: Moment, above: u32) -> Result<String, files::Error> {
    let second = now.format("%Y%m%d-%H%M%S");
    let id = |number: u32| format!("{second}-{number}");
    let used = |number: u32| {
        let there = |shelf: PathBuf| shelf.join(format!("{}.json", id(number))).exists();
        there(spool.claimed(folder)) || there(spool.answered(folder))
    };
    let (mut below, mut free) = (above, above.saturating_add(1));
    while used(free) {
        (below, free) = (free, free.saturating_mul(2));
    }
    while free - below > 1 {
        let middle = below + (free - below) / 2;
        if used(middle) { below = middle } else { free = middle }
    }
    for number in free..free.saturating_add(CLAIMS_PER_SECOND_MAX) {
        let held = spool.claimed(folder).join(id(number));
        // The first was seen to be free. An empty folder without a journal is what a crash left of this very step.
        let unused = number == free || !used(number);
        if unused && (files::create_dir_unsynced(&held)? || files::list(&held)?.is_empty()) {
            return Ok(id(number));
        }
    }
    let full = std::io::Error::new(std::io::ErrorKind::ResourceBusy, "too many drops in one second");
    Err(files::failed("number a claim in", &spool.claimed(folder))(full))
}

fn take(spool: &Spool, claimed: &mut Claimed, from: &Path) -> Result<(), ClaimError> {
    let moved = files::rename_durable(from, &claimed.goes_to(spool, from));
    taken(spool, claimed, from, moved)
}

/// What came of taking a drop, by what came of renaming it.
fn taken(spool: &Spool, claimed: &mut Claimed, from: &Path, moved: Result<(), files::Error>) -> Result<(), ClaimError> {
    let moved = match moved {
        Err(error) if error.crosses_devices() => hold_on_share(spool, claimed, from),
        other => other,
    };
    let Err(error) = moved else { return Ok(()) };
    // The rename may have been done and only its sync have failed.
    if claimed.held(spool).is_ok_and(|held| held.is_some()) {
        return Err(ClaimError::Held { id: claimed.id.clone(), source: error });
    }
    discard(spool, claimed)?;
    if error.is_absent() { Err(ClaimError::Vanished { name: claimed.name.clone() }) } else { Err(error.into()) }
}

fn hold_on_share(spool: &Spool, claimed: &mut Claimed, from: &Path) -> Result<(), files::Error> {
    claimed.hold = Hold::Share;
    let held = claimed.hold_folder(spool);
    files::create_dirs(&held)?;
    claimed.record(spool)?;
    files::rename_durable(from, &claimed.goes_to(spool, from))
}

fn keep_and_note(spool: &Spool, mut claimed: Claimed) -> Result<Claimed, ClaimError> {
    let id = claimed.id.clone();
    let held = |source| ClaimError::Held { id, source };
    let done = (|| {
        let folder = claimed.hold_folder(spool);
        let Some(original) = claimed.held(spool)? else {
            let gone = std::io::Error::new(std::io::ErrorKind::NotConnected, "the held original is away");
            return Err(files::failed("read", &folder)(gone));
        };
        let name = original.file_name().unwrap_or_default();
        if let Some(mark) = secrecy::mark(spool, &folder, Path::new(name))? {
            let sealed = sealed::seal(spool, &claimed.folder, &original, claimed.claimed_at)?;
            discard(spool, &claimed)?;
            return Ok(Some((mark, sealed)));
        }
        package::keep(spool, &mut claimed, &folder, Path::new(name))?;
        claimed.read = true;
        claimed.record(spool)?;
        Ok(None)
    })();
    match done {
        Ok(None) => Ok(claimed),
        Ok(Some((mark, sealed))) => Err(ClaimError::Secret { folder: claimed.folder, mark, sealed }),
        Err(error) => Err(held(error)),
    }
}

/// Forgets a claim that holds nothing: the folder first, for a journal without a folder says just that.
fn discard(spool: &Spool, claimed: &Claimed) -> Result<(), files::Error> {
    files::remove_dir_if_empty(&claimed.hold_folder(spool))?;
    files::remove_dir_if_empty(&spool.claimed(&claimed.folder).join(&claimed.id))?;
    files::remove_file(&claimed.journal(spool))
}

impl Claimed {
    /// What was handed in, file by file: the form and what lies beside it.
    pub fn contents(&self) -> impl Iterator<Item = &ClaimedFile> {
        self.files.iter().filter(|file| Some(&file.name) != self.container.as_ref() && file.of.is_none())
    }

    /// The pictures in the cells of these Word forms.
    pub fn pictures(&self, forms: &[String]) -> impl Iterator<Item = &ClaimedFile> {
        self.files.iter().filter(|file| file.of.as_ref().is_some_and(|of| forms.contains(of)))
    }

    /// Its number within its second.
    fn number(&self) -> u32 {
        self.id.rsplit_once('-').and_then(|(_, number)| number.parse().ok()).unwrap_or_default()
    }

    fn hold_folder(&self, spool: &Spool) -> PathBuf {
        match self.hold {
            Hold::State => spool.claimed(&self.folder).join(&self.id),
            Hold::Share => spool.office(&self.folder).handed_in().join(layout::HOLD).join(&self.id),
        }
    }

    /// Where a complete drop lies before it is taken.
    fn came_from(&self, spool: &Spool, settled: &Settled) -> PathBuf {
        spool.office(&self.folder).handed_in().join(&settled.name)
    }

    /// Where it lies then.
    fn goes_to(&self, spool: &Spool, from: &Path) -> PathBuf {
        self.hold_folder(spool).join(from.file_name().unwrap_or_default())
    }

    /// The original, while it is held.
    fn held(&self, spool: &Spool) -> Result<Option<PathBuf>, files::Error> {
        let folder = self.hold_folder(spool);
        Ok(files::list(&folder)?.into_iter().next().map(|name| folder.join(name)))
    }
}

#[cfg(test)]
mod tests;
