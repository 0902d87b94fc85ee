//! Together: changes to many files that wait for the disk side by side, so that it commits them together.
//!
//! Guarantees: each change is made as it would be alone, and is durable when it is answered for; what is renamed into one
//! directory is renamed in the order given. A test that counts changes has them made one after the other.

use super::{Error, change, failed, fill, open_temporary, parent, sync_directory};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Threads that wait for the disk at once.
const THREADS_MAX: usize = 16;

/// Does a work on each, several at once; gives the results in the order given.
pub fn side_by_side<T: Send, R: Send>(all: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let count = all.len();
    if count <= 1 || one_by_one() {
        return all.into_iter().map(work).collect();
    }
    let waiting = Mutex::new(all.into_iter().enumerate());
    // nobody holds the lock while he works, so whoever panicked left it whole
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    let run = || {
        let mut done = Vec::new();
        while let Some((place, one)) = next() {
            done.push((place, work(one)));
        }
        done
    };
    let mut done: Vec<(usize, R)> = Vec::with_capacity(count);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..count.min(THREADS_MAX)).map(|_| scope.spawn(run)).collect();
        for thread in threads {
            match thread.join() {
                Ok(results) => done.extend(results),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Writes files, each whole or not at all, as [`super::write_atomic`] does; a directory is synced once for all of its files.
pub fn write_all_atomic(files: Vec<(PathBuf, Vec<u8>)>) -> Vec<Result<(), Error>> {
    let filled = side_by_side(files, |(path, bytes)| {
        let (temporary, file) = open_temporary(parent(&path))?;
        or_removed(fill(file, &temporary, &bytes), &temporary).map(|()| (path, temporary))
    });
    let place = |(path, temporary): (PathBuf, PathBuf)| {
        let renamed = change().and_then(|()| fs::rename(&temporary, &path)).map_err(failed("rename into place", &path));
        or_removed(renamed, &temporary).map(|()| path)
    };
    let placed: Vec<Result<PathBuf, Error>> = filled.into_iter().map(|filled| filled.and_then(place)).collect();
    let synced = sync_each(placed.iter().flatten().map(|path| parent(path)));
    placed.into_iter().map(|placed| placed.and_then(|path| settled(&synced, parent(&path)))).collect()
}

/// Renames files or directories in the order given, as [`super::rename_durable`] does; a directory is synced once for all of them,
/// and what they go into before what they come from.
pub fn rename_all_durable(renames: &[(PathBuf, PathBuf)]) -> Vec<Result<(), Error>> {
    let rename =
        |(from, to): &(PathBuf, PathBuf)| change().and_then(|()| fs::rename(from, to)).map_err(failed("rename", from));
    let renamed: Vec<Result<(), Error>> = renames.iter().map(rename).collect();
    let done = || renames.iter().zip(&renamed).filter(|(_, renamed)| renamed.is_ok()).map(|(places, _)| places);
    let mut synced = sync_each(done().map(|(_, to)| parent(to)));
    let left = sync_each(done().map(|(from, _)| parent(from)).filter(|directory| !synced.contains(*directory)));
    synced.extend(left);
    let settle = |(from, to): &(PathBuf, PathBuf)| {
        settled(&synced, parent(to))?;
        settled(&synced, parent(from))
    };
    renamed.into_iter().zip(renames).map(|(renamed, places)| renamed.and_then(|()| settle(places))).collect()
}

/// Syncs directories side by side, each once; gives those that are synced.
fn sync_each<'p>(directories: impl Iterator<Item = &'p Path>) -> BTreeSet<PathBuf> {
    let directories: BTreeSet<&Path> = directories.collect();
    let synced = side_by_side(directories.into_iter().collect(), |directory: &Path| {
        sync_directory(directory).is_ok().then(|| directory.to_path_buf())
    });
    synced.into_iter().flatten().collect()
}

/// What could not be synced is tried once more for each that lies in it, which says why.
fn settled(synced: &BTreeSet<PathBuf>, directory: &Path) -> Result<(), Error> {
    if synced.contains(directory) { Ok(()) } else { sync_directory(directory) }
}

/// The temporary file of what failed goes; it is ours and worth nothing.
fn or_removed(done: Result<(), Error>, temporary: &Path) -> Result<(), Error> {
    if done.is_err() {
        // when even this fails, `sweep_temporaries` finds it at the next start
        let _ = change().and_then(|()| fs::remove_file(temporary));
    }
    done
}

#[cfg(test)]
fn one_by_one() -> bool {
    super::crash::counts()
}

#[cfg(not(test))]
fn one_by_one() -> bool {
    false
}
