//! A folder for the length of one command.

use crate::files;
use crate::store::chain::Secret;
use std::path::{Path, PathBuf};

/// Removed with all that is in it when dropped.
pub(super) struct Scratch(PathBuf);

impl Scratch {
    /// A new folder among the machine's temporary ones.
    pub(super) fn new() -> anyhow::Result<Scratch> {
        let path = std::env::temp_dir().join(format!("banwen-{}", Secret::fresh()?.name()));
        files::create_dirs(&path)?;
        Ok(Scratch(path))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left of it lies among temporary files, which the machine clears away.
        let _ = files::remove_tree(&self.0);
    }
}
