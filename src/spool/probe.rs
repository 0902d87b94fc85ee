//! Probe: what the folders of a spool can do on this machine, found out by trying.
//!
//! Guarantees: nothing that lasts is changed. What is written are temporaries under the names that
//! [`files::sweep_temporaries`] takes at the next start of a daemon; each is removed before the probe ends. No lock is
//! needed: a daemon beside it leaves such names alone. A folder without our marker is not written into, for it may be the
//! empty mount point of a share.

use crate::clock::{self, Moment};
use crate::files;
use crate::spool::layout::{MARKER, OfficeFolder, Spool};
use crate::spool::names;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

/// How long a file event is waited for after the last.
const EVENT_WAIT: Duration = Duration::from_millis(500);
/// File events looked through; a busy folder must not keep a probe for ever.
const EVENTS_MAX: usize = 10_000;
/// Names that clash which are told, of one folder.
const CLASHES_MAX: usize = 5;

/// What was found out about one office's folders.
#[derive(Debug)]
pub struct Probed {
    /// whether file events arrive: they wake the daemon earlier; without them it polls
    pub events: bool,
    /// whether a drop is taken by one rename into `state/`, or held on its share because that is another file system
    pub one_file_system: bool,
    /// whether upper and lower case are one
    pub folds_case: bool,
    /// seconds by which the file system's clock is ahead of ours
    pub ahead_seconds: i64,
    /// rights of the office's folder and of 交件, as octal digits say them
    pub rights: Vec<(PathBuf, u32)>,
    /// what of 待办 cannot be written by whom 交件 belongs to, with its rights
    pub shut: Option<(Shut, u32)>,
    /// names in 交件 that a Windows share takes for one
    pub clashes: Vec<Vec<String>>,
    /// how many drops stand in 交件, and since when the first of them does
    pub waiting: Option<(usize, Moment)>,
}

/// What of 待办 an office cannot write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shut {
    /// the folder: no form can be moved out of it
    Folder,
    /// a form that lies there
    Form(PathBuf),
    /// what is laid there from now on
    New,
}

/// Why an office's folders were not probed to the end.
#[derive(Debug, thiserror::Error)]
pub enum Unprobed {
    /// they are not there: no daemon has made them yet, or their share is not mounted
    #[error("there is no folder {}", .0.display())]
    Missing(PathBuf),
    /// another file system is there than was, without our marker: their share is not mounted
    #[error("the share of {} is not mounted", .0.display())]
    Away(PathBuf),
    /// 交件 is a symbolic link, which is not followed
    #[error("{} is a symbolic link", .0.display())]
    Link(PathBuf),
    /// 交件 is there, without our marker
    #[error("{} is missing", .0.display())]
    Unmarked(PathBuf),
    /// the system says no
    #[error(transparent)]
    Failed(#[from] files::Error),
}

/// What each office's folders can do, by folder name.
pub fn offices(
    spool: &Spool,
    folders: &[String],
    now: impl Fn() -> Moment,
) -> BTreeMap<String, Result<Probed, Unprobed>> {
    let (tell, told) = mpsc::channel();
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        for path in event.into_iter().flat_map(|event| event.paths) {
            // who listens has gone when the probe is over
            let _ = tell.send(path);
        }
    });
    let mut watcher = watcher.ok();
    let mut found = BTreeMap::new();
    for folder in folders {
        found.insert(folder.clone(), office(spool, folder, watcher.as_mut(), &now));
    }
    let heard = heard(&told);
    for (folder, probed) in &mut found {
        if let Ok(probed) = probed {
            probed.events = heard.contains(&absolute(&spool.office(folder).handed_in()));
        }
    }
    found
}

/// The folders something was heard of.
fn heard(told: &Receiver<PathBuf>) -> BTreeSet<PathBuf> {
    let paths = std::iter::from_fn(|| told.recv_timeout(EVENT_WAIT).ok()).take(EVENTS_MAX);
    paths
        .filter(|path| path.file_name().is_some_and(files::is_temporary))
        .filter_map(|p| p.parent().map(Path::to_path_buf))
        .collect()
}

/// A path as events name it: from the root, links not followed.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

fn office(
    spool: &Spool,
    folder: &str,
    watcher: Option<&mut RecommendedWatcher>,
    now: &impl Fn() -> Moment,
) -> Result<Probed, Unprobed> {
    let office = spool.office(folder);
    let place = office.handed_in();
    if spool.is_away(folder) {
        return Err(Unprobed::Away(office.path().to_path_buf()));
    }
    if fs::symlink_metadata(&place).is_ok_and(|seen| seen.is_symlink()) {
        return Err(Unprobed::Link(place));
    }
    if !place.is_dir() {
        return Err(Unprobed::Missing(place));
    }
    if !place.join(MARKER).exists() {
        return Err(Unprobed::Unmarked(place.join(MARKER)));
    }
    let rights =
        [office.path().to_path_buf(), place.clone()].into_iter().map(|path| rights(&path).map(|mode| (path, mode)));
    let rights = rights.collect::<Result<Vec<_>, _>>()?;
    for path in office.all().into_iter().filter(|path| *path != place) {
        let probe = files::write_temporary(&path, b"probe")?;
        files::remove_file(&probe)?;
    }
    let shut = shut(&office)?;
    if let Some(watcher) = watcher {
        // a folder that cannot be watched is one nothing is heard of
        let _ = watcher.watch(&absolute(&place), RecursiveMode::NonRecursive);
    }
    let probe = files::write_temporary(&place, b"probe")?;
    let seen = look(&probe);
    let moved = into_state(spool, &probe);
    let (ahead_seconds, folds_case) =
        seen.map(|(written, folds)| (written.map_or(0, |at| (at - now()).num_seconds()), folds))?;
    let one_file_system = moved?;
    let (clashes, waiting) = (clashes(&place)?, waiting(&place)?);
    Ok(Probed { events: false, one_file_system, folds_case, ahead_seconds, rights, shut, clashes, waiting })
}

/// What of 待办 cannot be written by whom 交件 belongs to: a clerk fills in his form there, and moves it out.
fn shut(office: &OfficeFolder) -> Result<Option<(Shut, u32)>, files::Error> {
    let look = |path: &Path| fs::symlink_metadata(path).map_err(files::failed("look at", path));
    let (place, hands) = (office.tasks(), look(&office.handed_in())?);
    // with an access list the rights of the group say what is granted at most
    let rights_of_shut = |seen: &fs::Metadata| {
        let (mode, own) = (seen.mode() & 0o7777, seen.uid() == hands.uid());
        let written = own && mode & 0o200 != 0 || seen.gid() == hands.gid() && mode & 0o020 != 0 || mode & 0o002 != 0;
        (!written).then_some(mode)
    };
    if let Some(mode) = rights_of_shut(&look(&place)?) {
        return Ok(Some((Shut::Folder, mode)));
    }
    let probe = files::write_temporary(&place, b"probe")?;
    let made = look(&probe);
    files::remove_file(&probe)?;
    if let Some(mode) = rights_of_shut(&made?) {
        return Ok(Some((Shut::New, mode)));
    }
    let forms =
        files::list(&place)?.into_iter().filter(|name| !names::is_left_alone(name)).map(|name| place.join(name));
    // what has gone meanwhile hinders nobody
    let mut shut = forms.filter_map(|form| Some((rights_of_shut(&look(&form).ok()?)?, form)));
    Ok(shut.next().map(|(mode, form)| (Shut::Form(form), mode)))
}

/// How many drops stand in a folder, and since when the first does: by when it came or was last changed, for the time of its content may be
/// as old as its writer likes.
fn waiting(place: &Path) -> Result<Option<(usize, Moment)>, files::Error> {
    let drops = files::list(place)?.into_iter().filter(|name| !names::is_left_alone(name));
    let since: Vec<Moment> = drops
        .filter_map(|name| fs::symlink_metadata(place.join(name)).ok())
        .filter_map(|seen| clock::moment(seen.ctime()))
        .collect();
    Ok(since.iter().min().map(|first| (since.len(), *first)))
}

/// When the file system says that a file was written, and whether it finds it under a name in other letters.
fn look(probe: &Path) -> Result<(Option<Moment>, bool), files::Error> {
    let seen = fs::symlink_metadata(probe).map_err(files::failed("look at", probe))?;
    let name = probe.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
    Ok((clock::moment(seen.mtime()), fs::symlink_metadata(probe.with_file_name(name)).is_ok()))
}

/// Moves a probe as a drop is taken, and removes it; whether that was one rename.
fn into_state(spool: &Spool, probe: &Path) -> Result<bool, files::Error> {
    let to = spool.state().join(probe.file_name().unwrap_or_default());
    let moved = files::rename_durable(probe, &to);
    // whichever of the two it is now
    files::remove_file(&to)?;
    files::remove_file(probe)?;
    match moved {
        Ok(()) => Ok(true),
        Err(error) if error.crosses_devices() => Ok(false),
        Err(error) => Err(error),
    }
}

/// The rights of a file or folder.
///
/// # Errors
/// The disk's.
pub fn rights(path: &Path) -> Result<u32, files::Error> {
    Ok(fs::metadata(path).map_err(files::failed("look at", path))?.mode() & 0o7777)
}

/// Names in a folder that a Windows share takes for one; the first few.
///
/// # Errors
/// The disk's.
pub fn clashes(folder: &Path) -> Result<Vec<Vec<String>>, files::Error> {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in files::list(folder)?.into_iter().filter(|name| !names::is_left_alone(name)) {
        let name = name.to_string_lossy().into_owned();
        names.entry(names::clash_key(&name)).or_default().push(name);
    }
    Ok(names.into_values().filter(|same| same.len() > 1).take(CLASHES_MAX).collect())
}

/// A file is written to the disk and synced in this folder, and removed; who it belonged to (uid), which is who we are.
///
/// # Errors
/// The disk's.
pub fn writes(folder: &Path) -> Result<u32, files::Error> {
    let probe = files::write_temporary(folder, b"probe")?;
    let owner = fs::symlink_metadata(&probe).map(|seen| seen.uid()).map_err(files::failed("look at", &probe));
    files::remove_file(&probe)?;
    owner
}

/// The kind of file system a folder lies on, as `/proc/self/mountinfo` says it; None where that cannot be told.
pub fn file_system(folder: &Path) -> Option<String> {
    let folder = fs::canonicalize(folder).ok()?;
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    let mut best: Option<(PathBuf, String)> = None;
    for line in mounts.lines() {
        let Some((place, kind)) = line.split_once(" - ") else { continue };
        let Some(place) = place.split(' ').nth(4).map(unescaped) else { continue };
        // of two mounts at one place the later lies on top
        if folder.starts_with(&place) && best.as_ref().is_none_or(|(known, _)| place.starts_with(known)) {
            best = Some((place, kind.split(' ').next().unwrap_or_default().to_owned()));
        }
    }
    best.map(|(_, kind)| kind)
}

/// A path as `mountinfo` writes it: `\040` for a space.
fn unescaped(path: &str) -> PathBuf {
    PathBuf::from(
        ["\\040", "\\011", "\\134"]
            .iter()
            .zip([" ", "\t", "\\"])
            .fold(path.to_owned(), |path, (code, sign)| path.replace(code, sign)),
    )
}

/// Room on the file system of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// bytes that are free for us
    pub bytes: u64,
    /// files that can still be made; None where their number has no limit
    pub files: Option<u64>,
}

/// The room there is, as `df` says it; None where that cannot be told.
pub fn room(folder: &Path) -> Option<Room> {
    let output = Command::new("df").args(["-B1", "--output=avail,iavail,itotal"]).arg(folder).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut figures = text.lines().nth(1)?.split_whitespace().map(|figure| figure.parse::<u64>().ok());
    let (bytes, free, all) = (figures.next()??, figures.next()?, figures.next()?);
    Some(Room { bytes, files: free.filter(|_| all.is_some_and(|all| all > 0)) })
}

#[cfg(test)]
mod tests;
