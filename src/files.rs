//! Files: the only module that writes to the disk.
//!
//! Guarantees: what [`write_atomic`] and [`rename_durable`] have answered survives a power cut, whole or not at all; no
//! write follows a symbolic link somebody planted at its target; a file is removed by [`remove_file_if_digest`] only
//! while its bytes are ours.
//! Failures: every error names what was tried and on which path; [`Error::is_transient`] tells trouble that heals by
//! itself (disk full, share gone) from trouble that does not.
//! Limits: a file system that cannot sync a directory (some shares) is taken at its word.

mod ends;
mod together;

pub use ends::ends;
pub use together::{rename_all_durable, side_by_side, write_all_atomic};

use sha2::{Digest, Sha256};
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes read at once when a file is digested.
const CHUNK_BYTES: usize = 64 * 1024;
/// How often a free temporary name is looked for.
const TEMPORARY_TRIES_MAX: u32 = 1000;
/// Opens a pipe without waiting for its writer (`O_NONBLOCK` of Linux).
const OPEN_WITHOUT_WAITING: i32 = 0o4000;
const TEMPORARY_PREFIX: &str = ".banwen-";
const TEMPORARY_SUFFIX: &str = ".tmp";

static TEMPORARY: AtomicU64 = AtomicU64::new(0);

/// What was tried, on which path, and what the system said.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing} {}: {source}", path.display())]
pub struct Error {
    /// a verb: `write`, `rename`, …
    pub doing: &'static str,
    /// the path it was tried on
    pub path: PathBuf,
    /// the system's answer
    #[source]
    pub source: io::Error,
}

impl Error {
    /// True when waiting may help: see [`is_transient`].
    pub fn is_transient(&self) -> bool {
        is_transient(&self.source)
    }

    /// True when the thing is not there.
    pub fn is_absent(&self) -> bool {
        self.source.kind() == ErrorKind::NotFound
    }

    /// True when source and target lie on different file systems.
    pub fn crosses_devices(&self) -> bool {
        self.source.kind() == ErrorKind::CrossesDevices
    }
}

/// Turns the system's error into ours: `.map_err(failed("read", path))`.
pub fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_path_buf();
    move |source| Error { doing, path, source }
}

/// True for trouble of the world that heals without us: disk full, quota, busy, stale handle, share or network gone,
/// rights withdrawn for the moment (EACCES on a share), read-only remount, too many open files, I/O error.
pub fn is_transient(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::StorageFull
            | ErrorKind::QuotaExceeded
            | ErrorKind::ResourceBusy
            | ErrorKind::ExecutableFileBusy
            | ErrorKind::StaleNetworkFileHandle
            | ErrorKind::PermissionDenied
            | ErrorKind::ReadOnlyFilesystem
            | ErrorKind::Interrupted
            | ErrorKind::WouldBlock
            | ErrorKind::TimedOut
            | ErrorKind::OutOfMemory
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::NetworkDown
            | ErrorKind::NotConnected
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionRefused
    ) || matches!(error.raw_os_error(), Some(code) if TRANSIENT_CODES.contains(&code))
}

/// Linux codes without a kind of their own: EIO, ENXIO, ENODEV, ENFILE, EMFILE, ENOLCK, ESHUTDOWN, EHOSTDOWN, EREMOTEIO.
const TRANSIENT_CODES: [i32; 9] = [5, 6, 19, 23, 24, 37, 108, 112, 121];

/// sha-256 of bytes, lower-case hex.
pub fn digest_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// sha-256 of a file's bytes, lower-case hex. Symbolic links are not followed.
pub fn digest_file(path: &Path) -> Result<String, Error> {
    let mut file = open_plain(path)?;
    let mut digest = Sha256::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match file.read(&mut chunk) {
            Ok(0) => return Ok(hex(&digest.finalize())),
            Ok(length) => digest.update(chunk.get(..length).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(failed("read", path)(error)),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Opens a regular file for reading; a symbolic link, pipe or device at the path is an error, never followed or waited for.
pub fn open_plain(path: &Path) -> Result<File, Error> {
    let before = fs::symlink_metadata(path).map_err(failed("look at", path))?;
    let not_plain = || failed("read", path)(io::Error::new(ErrorKind::InvalidInput, "not a regular file"));
    if !before.is_file() {
        return Err(not_plain());
    }
    let file = OpenOptions::new().read(true).custom_flags(OPEN_WITHOUT_WAITING).open(path);
    let file = file.map_err(failed("open", path))?;
    let opened = file.metadata().map_err(failed("look at", path))?;
    if opened.is_file() && (opened.dev(), opened.ino()) == (before.dev(), before.ino()) {
        Ok(file)
    } else {
        Err(not_plain())
    }
}

/// Reads a regular file of at most `bytes_max` bytes; `None` when it is longer.
pub fn read_at_most(path: &Path, bytes_max: u64) -> Result<Option<Vec<u8>>, Error> {
    let mut bytes = Vec::new();
    let limit = bytes_max.saturating_add(1);
    open_plain(path)?.take(limit).read_to_end(&mut bytes).map_err(failed("read", path))?;
    Ok(if bytes.len() as u64 > bytes_max { None } else { Some(bytes) })
}

/// Writes a file whole or not at all: a temporary file beside it, synced, renamed over the target, directory synced.
/// The directory must exist.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let directory = parent(path);
    let (temporary, file) = open_temporary(directory)?;
    let written = fill(file, &temporary, bytes)
        .and_then(|()| change().and_then(|()| fs::rename(&temporary, path)).map_err(failed("rename into place", path)))
        .and_then(|()| sync_directory(directory));
    if written.is_err() {
        // The temporary file is ours and worth nothing; when even this fails, `sweep_temporaries` finds it at the next start.
        let _ = change().and_then(|()| fs::remove_file(&temporary));
    }
    written
}

/// Writes more to the end of a file that is there, and syncs it. What a crash leaves of it may be a part.
pub fn append(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let open = || OpenOptions::new().append(true).open(path);
    let mut file = change().and_then(|()| open()).map_err(failed("open", path))?;
    change().and_then(|()| file.write_all(bytes)).map_err(failed("write", path))?;
    change().and_then(|()| file.sync_data()).map_err(failed("sync", path))
}

fn fill(mut file: File, path: &Path, bytes: &[u8]) -> Result<(), Error> {
    change().and_then(|()| file.write_all(bytes)).map_err(failed("write", path))?;
    change().and_then(|()| file.sync_all()).map_err(failed("sync", path))
}

fn open_temporary(directory: &Path) -> Result<(PathBuf, File), Error> {
    let mut tries = 0;
    loop {
        let number = TEMPORARY.fetch_add(1, Ordering::Relaxed);
        let path = directory.join(format!("{TEMPORARY_PREFIX}{}-{number}{TEMPORARY_SUFFIX}", std::process::id()));
        match change().and_then(|()| OpenOptions::new().write(true).create_new(true).open(&path)) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists && tries < TEMPORARY_TRIES_MAX => tries += 1,
            Err(error) => return Err(failed("create", &path)(error)),
        }
    }
}

/// Writes a file under a temporary name and syncs it, to see whether that can be done here. Whoever calls it removes it;
/// what a crash leaves of it [`sweep_temporaries`] takes.
pub fn write_temporary(directory: &Path, bytes: &[u8]) -> Result<PathBuf, Error> {
    let (temporary, file) = open_temporary(directory)?;
    let written = fill(file, &temporary, bytes);
    if written.is_err() {
        // as above: ours, and worth nothing
        let _ = change().and_then(|()| fs::remove_file(&temporary));
    }
    written.map(|()| temporary)
}

/// Removes temporary files a crash has left in a directory. Only the holder of the spool's lock may call it.
pub fn sweep_temporaries(directory: &Path) -> Result<(), Error> {
    for name in list(directory)? {
        if is_temporary(&name) {
            remove_file(&directory.join(&name))?;
        }
    }
    Ok(())
}

/// True for the name of a temporary file of [`write_atomic`].
pub fn is_temporary(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with(TEMPORARY_PREFIX) && name.ends_with(TEMPORARY_SUFFIX)
}

/// The names in a directory, sorted; an absent directory has none.
pub fn list(directory: &Path) -> Result<Vec<std::ffi::OsString>, Error> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed("list", directory)(error)),
    };
    let mut names = entries
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect::<io::Result<Vec<_>>>()
        .map_err(failed("list", directory))?;
    names.sort();
    Ok(names)
}

/// Renames a file or directory and syncs both directories; replaces a file that stands at `to`. Within one file system
/// only (see [`Error::crosses_devices`]).
pub fn rename_durable(from: &Path, to: &Path) -> Result<(), Error> {
    change().and_then(|()| fs::rename(from, to)).map_err(failed("rename", from))?;
    sync_directory(parent(to))?;
    if parent(from) == parent(to) { Ok(()) } else { sync_directory(parent(from)) }
}

/// Makes a directory and those above it, each synced into its parent; one that exists is left as it is.
pub fn create_dirs(path: &Path) -> Result<(), Error> {
    if path.as_os_str().is_empty() || path.is_dir() {
        return Ok(());
    }
    create_dirs(parent(path))?;
    match change().and_then(|()| fs::create_dir(path)) {
        Ok(()) => sync_directory(parent(path)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) => Err(failed("create", path)(error)),
    }
}

/// Makes one directory that must not exist yet; false when it does. Its parent must exist.
pub fn create_dir_new(path: &Path) -> Result<bool, Error> {
    let made = create_dir_unsynced(path)?;
    if made {
        sync_directory(parent(path))?;
    }
    Ok(made)
}

/// The same, not synced: for one beside which a file is written next, which syncs both.
pub fn create_dir_unsynced(path: &Path) -> Result<bool, Error> {
    match change().and_then(|()| fs::create_dir(path)) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(failed("create", path)(error)),
    }
}

/// Makes a directory only the daemon's own user may enter; one that exists is left as it is.
pub fn create_closed_dir(path: &Path) -> Result<(), Error> {
    match change().and_then(|()| fs::DirBuilder::new().mode(0o700).create(path)) {
        Ok(()) => sync_directory(parent(path)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) => Err(failed("create", path)(error)),
    }
}

/// Removes a file; one that is gone already is fine. The directory is synced.
pub fn remove_file(path: &Path) -> Result<(), Error> {
    match change().and_then(|()| fs::remove_file(path)) {
        Ok(()) => sync_directory(parent(path)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(failed("remove", path)(error)),
    }
}

/// Removes a directory that has nothing in it; false when something is in it, true when it is gone (already).
pub fn remove_dir_if_empty(path: &Path) -> Result<bool, Error> {
    match change().and_then(|()| fs::remove_dir(path)) {
        Ok(()) => sync_directory(parent(path)).map(|()| true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => Ok(false),
        Err(error) => Err(failed("remove", path)(error)),
    }
}

/// Removes a directory with all that is in it, following no link; one that is gone already is fine.
pub fn remove_tree(path: &Path) -> Result<(), Error> {
    if remove_tree_unsynced(path)? { sync_directory(parent(path)) } else { Ok(()) }
}

/// The same, not synced: for what may be there again after a crash. False when it was gone already.
pub fn remove_tree_unsynced(path: &Path) -> Result<bool, Error> {
    match change().and_then(|()| fs::remove_dir_all(path)) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failed("remove", path)(error)),
    }
}

/// What became of a file we meant to remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// it was still ours and is gone
    Removed,
    /// somebody changed it: untouched
    Changed,
    /// it was gone already
    Absent,
}

/// Removes a file only if its bytes still have this digest. A workbook an office has changed is never touched.
pub fn remove_file_if_digest(path: &Path, digest: &str) -> Result<Removal, Error> {
    let look = || fs::symlink_metadata(path).map(|seen| (seen.ino(), seen.len(), seen.mtime(), seen.mtime_nsec()));
    let removal = (|| {
        let before = look().map_err(failed("look at", path))?;
        if !path.is_file() || path.is_symlink() || digest_file(path)? != digest {
            return Ok(Removal::Changed);
        }
        // Saved while we read it: then it is not the file we know.
        if look().map_err(failed("look at", path))? != before {
            return Ok(Removal::Changed);
        }
        change().and_then(|()| fs::remove_file(path)).map_err(failed("remove", path))?;
        sync_directory(parent(path)).map(|()| Removal::Removed)
    })();
    match removal {
        Err(error) if error.is_absent() => Ok(Removal::Absent),
        other => other,
    }
}

/// Opens a lock file for reading and writing, making it when it is not there; what it says is left as it is.
pub fn open_lock(path: &Path) -> Result<File, Error> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(failed("open", path))
}

/// Replaces what an open file says and syncs it. For the lock file, which must keep its inode.
pub fn rewrite(file: &mut File, path: &Path, bytes: &[u8]) -> Result<(), Error> {
    use std::io::Seek;
    file.set_len(0).map_err(failed("truncate", path))?;
    file.rewind().map_err(failed("rewind", path))?;
    file.write_all(bytes).map_err(failed("write", path))?;
    file.sync_all().map_err(failed("sync", path))
}

/// Syncs a directory, so that what was made, renamed or removed in it survives a power cut.
pub fn sync_directory(path: &Path) -> Result<(), Error> {
    match change().and_then(|()| File::open(path)).and_then(|directory| directory.sync_all()) {
        Ok(()) => Ok(()),
        // Some shares have no such call; their server orders the operations itself.
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        Err(error) => Err(failed("sync", path)(error)),
    }
}

/// Syncs a file somebody else has written, so that what it says survives a power cut.
pub fn sync_file(path: &Path) -> Result<(), Error> {
    change().and_then(|()| File::open(path)).and_then(|file| file.sync_all()).map_err(failed("sync", path))
}

/// Stands before every change to the disk, where a test may let the machine die.
fn change() -> io::Result<()> {
    #[cfg(test)]
    crash::step()?;
    Ok(())
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(directory) if directory.as_os_str() != OsStr::new("") => directory,
        Some(_) | None => Path::new("."),
    }
}

#[cfg(test)]
pub(crate) mod crash;
#[cfg(test)]
mod tests;
