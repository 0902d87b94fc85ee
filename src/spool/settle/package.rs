//! Package: how a package begins, and the end without which no program opens it: the list of its parts stands there.

/// How one begins that has something in it.
pub(in crate::spool) const BEGINS: &[u8] = b"PK\x03\x04";
/// What marks its end.
pub(in crate::spool) const ENDS: &[u8] = b"PK\x05\x06";
/// Bytes at the end of a file among which the mark stands: its record, and the longest remark.
pub(in crate::spool) const END_BYTES_MAX: u64 = 22 + 65_535;

/// Whether the last bytes of a file have that end.
pub(in crate::spool) fn has_end(last: &[u8]) -> bool {
    last.windows(ENDS.len()).any(|part| part == ENDS)
}
