//! The first and the last bytes of a file, without those between.

use super::{Error, failed, open_plain};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// The first and the last bytes of a regular file, so many of each at most.
///
/// # Errors
/// The disk's.
pub fn ends(path: &Path, first_max: u64, last_max: u64) -> Result<(Vec<u8>, Vec<u8>), Error> {
    let mut file = open_plain(path)?;
    let mut read = || {
        let (mut first, mut last) = (Vec::new(), Vec::new());
        let length = file.metadata()?.len();
        file.by_ref().take(first_max).read_to_end(&mut first)?;
        file.seek(SeekFrom::Start(length.saturating_sub(last_max)))?;
        file.by_ref().take(last_max).read_to_end(&mut last)?;
        Ok((first, last))
    };
    read().map_err(failed("read", path))
}
