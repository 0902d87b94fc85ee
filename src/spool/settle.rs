//! Settle: when a drop is complete.
//!
//! A drop is one entry of a 交件 folder: a file, or a folder with all that is in it. It is complete after so many equal
//! observations of (path, size, mtime, inode, kind) that span so long by our own clock; the age of an mtime proves nothing
//! (a copy under Windows keeps the old one). A change begins anew. [`Settler`] is pure: it is fed what [`scan`] saw.
//!
//! Guarantees: a complete drop is reported at every observation until it is claimed, so a failed claim needs no memory;
//! the moment that counts for a deadline is that of the first of the equal observations.
//! Limits: a moment counts whole seconds, so a span is kept to within one second. A writer who pauses longer than the
//! span (a scanner longer than [`SCAN_STILL_MILLIS_MIN`]) is taken to be done unless [`writers`] sees that he is not;
//! [`crate::spool::claim::finish`] notices, too.

pub(in crate::spool) mod package;
pub(in crate::spool) mod pdf;
pub mod scan;
pub mod writers;

use crate::clock::Moment;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// Equal observations a daemon asks for.
pub const EQUAL_OBSERVATIONS_MIN: u32 = 3;
/// How long a file stands still before it is complete.
pub const FILE_STILL_MILLIS_MIN: i64 = 2_000;
/// How long a picture or PDF stands still: a scanner closes it after each page, and opens it again up to four seconds later.
pub const SCAN_STILL_MILLIS_MIN: i64 = 6_000;
/// How long a folder stands still: its files are copied one after the other.
pub const FOLDER_STILL_MILLIS_MIN: i64 = 10_000;
/// How long an empty file stands still: most are only about to be filled.
pub const EMPTY_STILL_MILLIS_MIN: i64 = 60_000;
/// How long a folder stands still that holds something unfinished (`.part`, `.tmp`), or nothing, before it is taken as it is.
pub const PARTIAL_STILL_MILLIS_MIN: i64 = 600_000;
/// How long an unfinished file (`.part`, `.tmp`, `.crdownload`) that lies in 交件 by itself is left alone, before it is looked at as a drop.
pub const GIVEN_UP_STILL_MILLIS_MIN: i64 = 24 * 60 * 60 * 1000;
/// How long a file stands still that breaks off before the end its format marks, before it is taken as it is.
pub const BROKEN_OFF_STILL_MILLIS_MIN: i64 = 60_000;
/// How long a file stands still that is open for writing, before it is taken as it is.
pub const WRITTEN_STILL_MILLIS_MIN: i64 = 600_000;

/// How much stillness is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// equal observations, at least 1
    pub equal_observations_min: u32,
    /// milliseconds for a file
    pub file_millis_min: i64,
    /// milliseconds for a picture or PDF
    pub scan_millis_min: i64,
    /// milliseconds for a folder
    pub folder_millis_min: i64,
    /// milliseconds for an empty file, alone or in a folder
    pub empty_millis_min: i64,
    /// milliseconds for a folder with something unfinished in it, or nothing
    pub partial_millis_min: i64,
    /// milliseconds for a file that breaks off
    pub broken_off_millis_min: i64,
    /// milliseconds for a file that is open for writing
    pub written_millis_min: i64,
}

impl Patience {
    /// What a daemon asks.
    pub const DAEMON: Patience = Patience {
        equal_observations_min: EQUAL_OBSERVATIONS_MIN,
        file_millis_min: FILE_STILL_MILLIS_MIN,
        scan_millis_min: SCAN_STILL_MILLIS_MIN,
        folder_millis_min: FOLDER_STILL_MILLIS_MIN,
        empty_millis_min: EMPTY_STILL_MILLIS_MIN,
        partial_millis_min: PARTIAL_STILL_MILLIS_MIN,
        broken_off_millis_min: BROKEN_OFF_STILL_MILLIS_MIN,
        written_millis_min: WRITTEN_STILL_MILLIS_MIN,
    };
    /// What a scenario asks, where nobody writes while the clock stands: nothing.
    pub const AT_ONCE: Patience = Patience {
        equal_observations_min: 1,
        file_millis_min: 0,
        scan_millis_min: 0,
        folder_millis_min: 0,
        empty_millis_min: 0,
        partial_millis_min: 0,
        broken_off_millis_min: 0,
        written_millis_min: 0,
    };
}

/// What kind of thing stands in a 交件 folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// a regular file with one name
    File,
    /// a folder
    Folder,
    /// not taken up: the drop is returned
    Refused(Refusal),
}

/// Why a thing is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// a symbolic link
    Link,
    /// a file that has another name elsewhere
    HardLink,
    /// a pipe, socket or device
    Special,
    /// a folder with more entries than are looked at
    TooMany,
    /// a folder with deeper folders than are looked at
    TooDeep,
}

/// What was seen of one path at one moment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Observation {
    /// below 交件
    pub path: PathBuf,
    /// in bytes; 0 for a folder
    pub size: u64,
    /// nanoseconds since 1970, as the file system says; 0 for a folder. Only compared, never believed
    pub mtime: i128,
    /// inode
    pub inode: u64,
    /// what it is
    pub kind: Kind,
}

/// A complete drop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// its name in 交件, as the file system has it
    pub name: OsString,
    /// what it is
    pub kind: Kind,
    /// when the first of the equal observations was made: the moment it counts as handed in
    pub first_seen_complete: Moment,
    /// bytes of all its files
    pub bytes: u64,
}

/// Watches one 交件 folder's drops until they are complete.
#[derive(Debug)]
pub struct Settler {
    patience: Patience,
    watched: BTreeMap<OsString, Watched>,
    /// how often the whole folder was seen
    round: u64,
}

#[derive(Debug)]
struct Watched {
    seen: Vec<Observation>,
    first: Moment,
    count: u32,
    /// the round in which it was seen last
    round: u64,
}

impl Settler {
    /// Nothing seen yet.
    pub fn new(patience: Patience) -> Settler {
        Settler { patience, watched: BTreeMap::new(), round: 0 }
    }

    /// Takes in one complete look at the folder and says which drops are complete, by name.
    /// A drop not among the observations is forgotten.
    pub fn observe(&mut self, now: Moment, observations: &[Observation]) -> Vec<Settled> {
        let settled = self.observe_some(now, observations);
        self.end_round();
        settled
    }

    /// Takes in a look at some of the folder's drops and says which of them are complete, by name. The others are neither
    /// reported nor forgotten until [`Settler::end_round`].
    pub fn observe_some(&mut self, now: Moment, observations: &[Observation]) -> Vec<Settled> {
        let (patience, round) = (self.patience, self.round);
        let mut complete = Vec::new();
        for (name, seen) in drops(observations) {
            let watched = match self.watched.remove(&name).filter(|known| known.seen == seen) {
                Some(known) => Watched { count: known.count.saturating_add(1), round, ..known },
                None => Watched { seen, first: now, count: 1, round },
            };
            if watched.complete(patience, now) {
                complete.push(watched.settled(&name));
            }
            self.watched.insert(name, watched);
        }
        complete
    }

    /// Every drop of the folder has been looked at since the last call: those that were not among them are forgotten.
    pub fn end_round(&mut self) {
        let round = self.round;
        self.watched.retain(|_, watched| watched.round == round);
        self.round += 1;
    }

    /// How many drops are watched, complete or not.
    pub fn watching(&self) -> usize {
        self.watched.len()
    }

    /// The longest a drop has been watched without becoming complete: its name, and when its last change was seen.
    pub fn oldest_waiting(&self, now: Moment) -> Option<(&OsString, Moment)> {
        let waiting = self.watched.iter().filter(|(_, watched)| !watched.complete(self.patience, now));
        waiting.map(|(name, watched)| (name, watched.first)).min_by_key(|(_, first)| *first)
    }
}

fn drops(observations: &[Observation]) -> BTreeMap<OsString, Vec<Observation>> {
    let mut drops: BTreeMap<OsString, Vec<Observation>> = BTreeMap::new();
    for observation in observations {
        if let Some(Component::Normal(name)) = observation.path.components().next() {
            drops.entry(name.to_os_string()).or_default().push(observation.clone());
        }
    }
    // The order in which a directory is listed is no change.
    drops.values_mut().for_each(|seen| seen.sort());
    drops
}

impl Watched {
    fn complete(&self, patience: Patience, now: Moment) -> bool {
        let still = (now - self.first).num_milliseconds();
        self.count >= patience.equal_observations_min.max(1) && still >= self.wait_millis(patience)
    }

    /// Milliseconds of stillness asked.
    fn wait_millis(&self, patience: Patience) -> i64 {
        let folder = match self.kind() {
            Kind::Refused(_) => return patience.file_millis_min,
            Kind::File => false,
            Kind::Folder => true,
        };
        let inside = || self.seen.iter().filter(|seen| seen.kind != Kind::Folder);
        if inside().next().is_none() {
            // somebody has made it and is about to fill it
            return patience.partial_millis_min;
        }
        let mut wait = if folder { patience.folder_millis_min } else { patience.file_millis_min };
        if inside().any(|seen| seen.path.file_name().is_some_and(super::names::is_scan)) {
            wait = wait.max(patience.scan_millis_min);
        }
        if inside().any(|seen| seen.kind == Kind::File && seen.size == 0) {
            wait = wait.max(patience.empty_millis_min);
        }
        if inside().any(|seen| seen.path.file_name().is_some_and(super::names::is_partial)) {
            wait = wait.max(patience.partial_millis_min);
        }
        wait
    }

    fn kind(&self) -> Kind {
        let top = |seen: &&Observation| seen.path.parent() == Some(Path::new(""));
        self.seen.iter().find(top).map_or(Kind::Folder, |seen| seen.kind)
    }

    fn settled(&self, name: &OsString) -> Settled {
        let bytes = self.seen.iter().map(|seen| seen.size).sum();
        Settled { name: name.clone(), kind: self.kind(), first_seen_complete: self.first, bytes }
    }
}

#[cfg(test)]
mod tests;
