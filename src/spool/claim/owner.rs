//! Owner: to which of the system's users a drop belongs, and to which its office's folder does.

use super::Claimed;
use crate::files;
use crate::spool::layout::Spool;
use crate::spool::settle::scan;
use std::collections::BTreeSet;
use std::fs::{self, Metadata};
use std::io::{Error, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

impl Claimed {
    /// The users (uid) to whom the held original belongs, with all that is in it. Our own is none of them: a form of ours that was
    /// filled in where it lay stays ours, and has been moved by somebody who may write there.
    ///
    /// # Errors
    /// The disk's; also when the original is not held any more.
    pub fn owners(&self, spool: &Spool) -> Result<BTreeSet<u32>, files::Error> {
        let folder = self.hold_folder(spool);
        let Some(held) = self.held(spool)? else {
            let gone = Error::new(ErrorKind::NotConnected, "the held original is away");
            return Err(files::failed("look into", &folder)(gone));
        };
        let name = held.file_name().unwrap_or_default();
        let seen = scan::walk(&folder, Path::new(name))?;
        // the folder it is held in we have made ourselves
        let own = owner(&folder, |path| fs::symlink_metadata(path))?;
        let each = seen.iter().map(|seen| owner(&folder.join(&seen.path), |path| fs::symlink_metadata(path)));
        each.filter(|owner| !owner.as_ref().is_ok_and(|owner| *owner == own)).collect()
    }
}

/// The users (uid) to whom an office's folder and its 交件 belong.
///
/// # Errors
/// The disk's.
pub fn owners_of(spool: &Spool, folder: &str) -> Result<BTreeSet<u32>, files::Error> {
    let office = spool.office(folder);
    // the folder itself may be a link to where the office's share is mounted
    [office.path(), &office.handed_in()].into_iter().map(|path| owner(path, |path| fs::metadata(path))).collect()
}

fn owner(path: &Path, look: impl Fn(&Path) -> std::io::Result<Metadata>) -> Result<u32, files::Error> {
    Ok(look(path).map_err(files::failed("look at", path))?.uid())
}
