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
    let directories: BTreeSet<PathBuf> = placed.iter().flatten().map(|path| parent(path).to_path_buf()).collect();
    let synced = side_by_side(directories.into_iter().collect(), |directory| {
        sync_directory(&directory).is_ok().then_some(directory)
    });
    let synced: BTreeSet<PathBuf> = synced.into_iter().flatten().collect();
    // what could not be synced is tried once more for each of its files, which says why
    let settle = |path: PathBuf| if synced.contains(parent(&path)) { Ok(()) } else { sync_directory(parent(&path)) };
    placed.into_iter().map(|placed| placed.and_then(settle)).collect()
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
