//! Scan: one look at a 交件 folder.
//!
//! Guarantees: links are not followed, nothing is opened; what vanishes during the look is simply not seen; a folder that
//! is gone, or is not the one it was (the empty mount point under a lost share), is a state of its own, told with the
//! moment it began, that ends by itself.
//! Limits: [`DROPS_MAX`] drops per look, and as many again, [`DROP_ENTRIES_MAX`] entries and [`DROP_DEPTH_MAX`] levels in one drop; a drop
//! beyond is refused. Drops beyond are looked at by the next looks: a folder is listed once a *round*, and a round ends when
//! all that was listed has been looked at, so that a thousand drops that never become complete keep no other from its turn. In a
//! round of many looks those that were seen first are looked at again beside the next, so that their answers need not wait for
//! the last.

use super::{GIVEN_UP_STILL_MILLIS_MIN, Kind, Observation, Refusal};
use crate::clock::{self, Moment};
use crate::files;
use crate::spool::{layout, names};
use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Drops looked at in one look.
pub const DROPS_MAX: usize = 1_000;
/// How often those seen in one look are looked at again in the same round: as often as a file needs to be complete.
const AGAIN_LOOKS: u32 = super::EQUAL_OBSERVATIONS_MIN - 1;
/// Entries looked at in one dropped folder.
pub const DROP_ENTRIES_MAX: usize = 1_000;
/// Levels of folders looked at in one dropped folder.
pub const DROP_DEPTH_MAX: usize = 8;

/// A 交件 folder that is looked at again and again.
#[derive(Debug)]
pub struct DropFolder {
    path: PathBuf,
    device: Option<u64>,
    /// another file system lay there last: only our marker makes it the folder again, for numbers of devices are used again
    doubted: bool,
    away_since: Option<Moment>,
    /// listed in this round and not looked at yet
    waiting: VecDeque<OsString>,
    /// looked at in this round, look by look, and how often they will be again
    again: VecDeque<(Vec<OsString>, u32)>,
}

/// What a look gave.
#[derive(Debug)]
pub enum Look {
    /// the folder is there
    Here {
        /// what stands in it, or in those of its drops whose turn it was
        observations: Vec<Observation>,
        /// drops are left for the next looks of this round
        more: bool,
        /// a drop that cannot be looked into, when there is one; the others can
        unreadable: Option<files::Error>,
        /// when it went away, at the first look after it came back: what is found now was handed in meanwhile
        away_since: Option<Moment>,
    },
    /// the folder cannot be looked at; nothing is lost, the next look tries again
    Away {
        /// since when
        since: Moment,
        /// why
        why: Away,
    },
}

/// Why a 交件 folder cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub enum Away {
    /// it is not there: removed, renamed, or its share is not mounted
    #[error("the folder is not there")]
    Missing,
    /// a symbolic link stands there, which may lead anywhere
    #[error("it is a symbolic link, which is not followed; mount what it leads to there")]
    Link,
    /// something else stands there
    #[error("it is no folder")]
    NoFolder,
    /// another file system lies there, without our marker: the mount point of a share that is gone
    #[error("another file system lies there and does not know us; is the share mounted?")]
    Foreign,
    /// the system's answer
    #[error(transparent)]
    Failed(#[from] files::Error),
}

/// What was seen in one look.
type Seen = (Vec<Observation>, Option<files::Error>);

impl DropFolder {
    /// The folder at `path`; nothing is touched yet.
    pub fn new(path: impl Into<PathBuf>) -> DropFolder {
        let (waiting, again) = (VecDeque::new(), VecDeque::new());
        DropFolder { path: path.into(), device: None, doubted: false, away_since: None, waiting, again }
    }

    /// Looks once.
    pub fn look(&mut self, now: Moment) -> Look {
        match self.see(now) {
            Ok((observations, unreadable)) => {
                let (more, away_since) = (!self.waiting.is_empty(), self.away_since.take());
                Look::Here { observations, more, unreadable, away_since }
            }
            Err(why) => {
                self.waiting.clear();
                self.again.clear();
                Look::Away { since: *self.away_since.get_or_insert(now), why }
            }
        }
    }

    /// The drops of this round that are left for the next looks.
    pub fn waiting(&self) -> impl Iterator<Item = &OsStr> {
        self.waiting.iter().map(OsString::as_os_str)
    }

    fn see(&mut self, now: Moment) -> Result<Seen, Away> {
        let seen = match fs::symlink_metadata(&self.path) {
            Ok(seen) if seen.is_dir() => seen,
            Ok(seen) if seen.is_symlink() => return Err(Away::Link),
            Ok(_) => return Err(Away::NoFolder),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Err(Away::Missing);
            }
            Err(error) => return Err(files::failed("look at", &self.path)(error).into()),
        };
        // A share that is mounted again has a new device number, but still our marker.
        self.doubted |= self.device.is_some_and(|known| known != seen.dev());
        if self.doubted && !self.path.join(layout::MARKER).exists() {
            return Err(Away::Foreign);
        }
        self.doubted = false;
        self.device = Some(seen.dev());
        if self.waiting.is_empty() {
            self.waiting = list(&self.path, Some(now))?;
        }
        let turn = self.waiting.len().min(DROPS_MAX);
        let fresh: Vec<OsString> = self.waiting.drain(..turn).collect();
        let names = self.seen_first().into_iter().chain(fresh.iter().cloned());
        let seen = see(&self.path, names)?;
        match self.waiting.is_empty() {
            // the next look lists them all
            true => self.again.clear(),
            false => self.again.push_back((fresh, AGAIN_LOOKS)),
        }
        Ok(seen)
    }

    /// Those of this round whose turn it is to be looked at again.
    fn seen_first(&mut self) -> Vec<OsString> {
        let Some((names, looks)) = self.again.front_mut() else { return Vec::new() };
        *looks -= 1;
        if *looks > 0 {
            return names.clone();
        }
        self.again.pop_front().map(|(names, _)| names).unwrap_or_default()
    }
}

/// Lists a 交件 folder with all that is in its drops.
pub fn scan(directory: &Path) -> Result<Vec<Observation>, files::Error> {
    Ok(see(directory, list(directory, None)?)?.0)
}

/// The drops that stand in a folder. An unfinished file or folder (`.part`, `.tmp`) is one when nobody went on with it for so long: its own time
/// may be that of what is copied, so it counts when the file system last changed anything about it.
fn list(directory: &Path, now: Option<Moment>) -> Result<VecDeque<OsString>, files::Error> {
    let given_up = |name: &OsStr| {
        let seen = fs::symlink_metadata(directory.join(name)).ok().filter(|seen| seen.is_file() || seen.is_dir());
        let changed = seen.and_then(|seen| clock::moment(seen.ctime()));
        changed.zip(now).is_some_and(|(changed, now)| (now - changed).num_milliseconds() >= GIVEN_UP_STILL_MILLIS_MIN)
    };
    let mut drops = VecDeque::new();
    for entry in fs::read_dir(directory).map_err(files::failed("list", directory))? {
        let name = entry.map_err(files::failed("list", directory))?.file_name();
        if !names::is_left_alone(&name) && (!names::is_partial(&name) || given_up(&name)) {
            drops.push_back(name);
        }
    }
    Ok(drops)
}

/// Looks at drops. One that cannot be looked into (its rights, its names too long) hinders no other; when none can, the
/// trouble is the folder's.
fn see(directory: &Path, drops: impl IntoIterator<Item = OsString>) -> Result<Seen, files::Error> {
    let (mut observations, mut unreadable) = (Vec::new(), None);
    for name in drops {
        match walk(directory, Path::new(&name)) {
            Ok(seen) => observations.extend(seen),
            Err(error) if error.is_absent() => {}
            Err(error) => drop(unreadable.get_or_insert(error)),
        }
    }
    match unreadable {
        Some(error) if observations.is_empty() => Err(error),
        unreadable => Ok((observations, unreadable)),
    }
}

/// One drop with all that is in it, junk left out; paths are relative to `base`. A folder beyond the limits is one
/// refused observation.
pub fn walk(base: &Path, drop: &Path) -> Result<Vec<Observation>, files::Error> {
    let mut seen = vec![observe(base, drop.to_path_buf())?];
    let mut at = 0;
    while let Some(here) = seen.get(at).cloned() {
        at += 1;
        if here.kind != Kind::Folder {
            continue;
        }
        if here.path.components().count() > DROP_DEPTH_MAX {
            return Ok(vec![Observation { path: drop.to_path_buf(), kind: Kind::Refused(Refusal::TooDeep), ..here }]);
        }
        for name in files::list(&base.join(&here.path))? {
            match observe(base, here.path.join(&name)) {
                Ok(entry) if entry.kind == Kind::Folder && names::is_junk_folder(&name) => {}
                Ok(entry) if entry.kind != Kind::Folder && names::is_junk(&name) => {}
                Ok(entry) => seen.push(entry),
                Err(error) if error.is_absent() => {}
                Err(error) => return Err(error),
            }
            if seen.len() > DROP_ENTRIES_MAX {
                return Ok(vec![Observation {
                    path: drop.to_path_buf(),
                    kind: Kind::Refused(Refusal::TooMany),
                    ..here
                }]);
            }
        }
    }
    Ok(seen)
}

fn observe(base: &Path, path: PathBuf) -> Result<Observation, files::Error> {
    let full = base.join(&path);
    let seen = fs::symlink_metadata(&full).map_err(files::failed("look at", &full))?;
    let kind = kind(&seen);
    // A folder's own times change when a thumbnail is written; what counts is what is in it.
    let (size, mtime) = match kind {
        Kind::Folder => (0, 0),
        Kind::File | Kind::Refused(_) => {
            (seen.len(), i128::from(seen.mtime()) * 1_000_000_000 + i128::from(seen.mtime_nsec()))
        }
    };
    Ok(Observation { path, size, mtime, inode: seen.ino(), kind })
}

fn kind(seen: &Metadata) -> Kind {
    let is = seen.file_type();
    if is.is_dir() {
        Kind::Folder
    } else if is.is_symlink() {
        Kind::Refused(Refusal::Link)
    } else if !is.is_file() {
        Kind::Refused(Refusal::Special)
    } else if seen.nlink() > 1 {
        Kind::Refused(Refusal::HardLink)
    } else {
        Kind::File
    }
}
