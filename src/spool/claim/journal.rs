//! Journal: what is written down of a claim, a line for each step; the last whole line is how it stands.
//!
//! The file is made whole or not at all; what comes after is appended and synced, and a long file is written anew. A line that a crash or a full disk cut off is no
//! whole line, and the next one begins on a line of its own.

use super::{ClaimError, Claimed};
use crate::files;
use crate::spool::layout::Spool;
use std::path::{Path, PathBuf};

/// Longest journal that is read back.
const JOURNAL_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// A journal longer than this begins anew with its next line: a claim in lasting trouble is taken up again every few seconds.
const APPENDED_BYTES_MAX: u64 = 256 * 1024;

/// How the claim of a journal stands.
///
/// # Errors
/// The file cannot be read, or no line of it can be understood.
pub fn load(path: &Path) -> Result<Claimed, ClaimError> {
    let broken = |why: String| ClaimError::Journal { path: path.to_path_buf(), why };
    let bytes = files::read_at_most(path, JOURNAL_BYTES_MAX)?.ok_or_else(|| broken("it is too long".to_owned()))?;
    let mut lines = bytes.rsplit(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    if let Some(claimed) = lines.find_map(|line| serde_json::from_slice(line).ok()) {
        return Ok(claimed);
    }
    // as versions before wrote it: one value over many lines
    serde_json::from_slice(&bytes).map_err(|error| broken(error.to_string()))
}

impl Claimed {
    /// The journal while the claim has no answer.
    pub fn journal(&self, spool: &Spool) -> PathBuf {
        spool.claimed(&self.folder).join(format!("{}.json", self.id))
    }

    /// How it stands, as its journal says it.
    pub(super) fn line(&self, spool: &Spool) -> Result<String, files::Error> {
        serde_json::to_string(self).map_err(|error| files::failed("write", &self.journal(spool))(error.into()))
    }

    pub(super) fn record(&self, spool: &Spool) -> Result<(), files::Error> {
        let (path, line) = (self.journal(spool), self.line(spool)?);
        if std::fs::metadata(&path).is_ok_and(|there| there.len() <= APPENDED_BYTES_MAX) {
            files::append(&path, format!("\n{line}\n").as_bytes())
        } else {
            files::write_atomic(&path, format!("{line}\n").as_bytes())
        }
    }
}
