//! How an operator's request reaches the daemon that has the spool: through `state/operator/`, where a crash does not lose it.

use super::Error;
use super::commands::{Reply, Request, operator_folder};
use crate::files;
use crate::spool::layout::Spool;
use std::path::PathBuf;

/// Longest answer that is read: a dry run tells of every item that is in the way.
const REPLY_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Hands a request to the daemon that has the spool, under a name no other request has; gives where it lies until it is answered.
///
/// # Errors
/// The disk's.
pub fn hand_over(spool: &Spool, name: &str, request: &Request) -> Result<PathBuf, Error> {
    let folder = operator_folder(spool);
    files::create_dirs(&folder)?;
    let asked = folder.join(format!("{name}.request.json"));
    let bytes = serde_json::to_vec(request).map_err(|e| Error::Log(e.to_string()))?;
    files::write_atomic(&asked, &bytes)?;
    Ok(asked)
}

/// Takes the answer to a request away, when there is one.
///
/// # Errors
/// The disk's; [`Error::Log`] when the answer cannot be understood.
pub fn take_reply(spool: &Spool, name: &str) -> Result<Option<Reply>, Error> {
    let path = operator_folder(spool).join(format!("{name}.reply.json"));
    let bytes = match files::read_at_most(&path, REPLY_BYTES_MAX) {
        Err(error) if error.is_absent() => return Ok(None),
        read => read?.ok_or_else(|| Error::Log(format!("the answer is longer than {REPLY_BYTES_MAX} bytes")))?,
    };
    let reply = serde_json::from_slice(&bytes).map_err(|e| Error::Log(format!("the answer: {e}")))?;
    files::remove_file(&path)?;
    Ok(Some(reply))
}
