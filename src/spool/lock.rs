//! Lock: one daemon per spool.
//!
//! Guarantees: while a [`Lock`] lives, no other process on this machine holds one for the same spool; the system lets go
//! when the process dies, so nothing stale is ever left. The file says who holds it: pid, host, since.
//! Failures: a file system that cannot lock is an error, never a yes.

use crate::clock::Moment;
use crate::files;
use std::fs::{File, TryLockError};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often the lock is tried before somebody is believed to hold it, and how long between. A program that is being
/// started has its parent's open files for a moment, and with them a lock its parent has let go.
const TRIES_MAX: u32 = 20;
const BETWEEN: Duration = Duration::from_millis(50);
/// How much of a lock file is shown, in bytes.
const HOLDER_BYTES_MAX: u64 = 500;

/// The lock; let go when dropped.
#[derive(Debug)]
pub struct Lock {
    // Held, not read: the lock belongs to the open file.
    _file: File,
}

/// Why the lock was not had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// another daemon serves this spool
    #[error("{} is held by another daemon: {holder}", path.display())]
    Held {
        /// the lock file
        path: PathBuf,
        /// what the holder wrote into it: pid, host, since
        holder: String,
    },
    /// the lock could not be tried; taken as a no
    #[error(transparent)]
    Failed(#[from] files::Error),
}

impl Lock {
    /// Takes the lock at `path`, making the file and its directory when absent, and writes the holder into it.
    pub fn take(path: &Path, now: Moment) -> Result<Lock, Error> {
        if let Some(directory) = path.parent() {
            files::create_dirs(directory)?;
        }
        let mut file = files::open_lock(path)?;
        let mut tried = file.try_lock();
        for _ in 1..TRIES_MAX {
            if !matches!(tried, Err(TryLockError::WouldBlock)) {
                break;
            }
            std::thread::sleep(BETWEEN);
            tried = file.try_lock();
        }
        match tried {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::Held { path: path.to_path_buf(), holder: said(&mut file) });
            }
            Err(TryLockError::Error(error)) => return Err(files::failed("lock", path)(error).into()),
        }
        let holder =
            format!("pid {}, host {}, since {}\n", std::process::id(), host(), now.format("%Y-%m-%dT%H:%M:%S"));
        files::rewrite(&mut file, path, holder.as_bytes())?;
        Ok(Lock { _file: file })
    }

    /// Who holds the lock at `path` now, as the file says; `None` when nobody does. For commands that only look.
    pub fn holder(path: &Path) -> Result<Option<String>, files::Error> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(files::failed("open", path)(error)),
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => Ok(Some(said(&mut file))),
            Err(TryLockError::Error(error)) => Err(files::failed("lock", path)(error)),
        }
    }
}

fn said(file: &mut File) -> String {
    let mut bytes = Vec::new();
    // The words of the holder are a courtesy; that it is held stands without them.
    let _ = file.take(HOLDER_BYTES_MAX).read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).trim().to_owned();
    if text.is_empty() { "it has not said who it is yet".to_owned() } else { text }
}

fn host() -> String {
    let name =
        ["/proc/sys/kernel/hostname", "/etc/hostname"].iter().find_map(|path| std::fs::read_to_string(path).ok());
    name.map_or_else(|| "unknown".to_owned(), |name| name.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Moment {
        "2022-05-16T09:00:00".parse().unwrap()
    }

    #[test]
    fn the_second_daemon_is_refused_and_told_who_holds_it() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("state/lock");
        assert_eq!(Lock::holder(&path).unwrap(), None);
        let first = Lock::take(&path, now()).unwrap();
        let refusal = Lock::take(&path, now()).unwrap_err().to_string();
        assert!(refusal.contains(&format!("pid {}", std::process::id())), "{refusal}");
        assert!(refusal.contains("since 2022-05-16T09:00:00"), "{refusal}");
        assert!(Lock::holder(&path).unwrap().unwrap().contains("host "));
        drop(first);
        assert_eq!(Lock::holder(&path).unwrap(), None);
        Lock::take(&path, now()).unwrap();
    }

    #[test]
    fn what_cannot_be_locked_is_a_no() {
        let root = tempfile::tempdir().unwrap();
        assert!(matches!(Lock::take(root.path(), now()), Err(Error::Failed(_))));
    }
}
