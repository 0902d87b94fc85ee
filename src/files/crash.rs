//! Crash: for tests, a disk that stops taking changes before the n-th.
//!
//! While [`before`] or [`full_at`] runs, every change made by [`crate::files`] on this thread is counted. The first is a
//! power cut: from the n-th on nothing is changed any more, and what is on the disk then is what a restart finds. The
//! second is a disk that is full once: the n-th change fails, the next ones succeed; [`stale_at`] is the same of a share
//! whose handle has gone stale.

use std::cell::Cell;
use std::io;

/// ENOSPC
const DISK_FULL: i32 = 28;
/// ESTALE
const STALE: i32 = 116;

thread_local! {
    static LEFT: Cell<Option<u64>> = const { Cell::new(None) };
    static DEAD: Cell<bool> = const { Cell::new(false) };
    static LASTING: Cell<bool> = const { Cell::new(false) };
    static CODE: Cell<i32> = const { Cell::new(DISK_FULL) };
}

/// Runs `run` on a machine that dies before its `nth` change (0: before the first); true when it died.
pub(crate) fn before<T>(nth: u64, run: impl FnOnce() -> T) -> (T, bool) {
    run_until(nth, true, DISK_FULL, run)
}

/// Runs `run`, and counts the changes it makes.
pub(crate) fn counted<T>(run: impl FnOnce() -> T) -> (T, u64) {
    LEFT.set(Some(u64::MAX));
    let result = run();
    (result, LEFT.take().map_or(0, |left| u64::MAX - left))
}

/// Runs `run` on a disk that is full at its `nth` change only; true when it came to that.
pub(crate) fn full_at<T>(nth: u64, run: impl FnOnce() -> T) -> (T, bool) {
    run_until(nth, false, DISK_FULL, run)
}

/// Runs `run` on a share that is stale at its `nth` change only; true when it came to that.
pub(crate) fn stale_at<T>(nth: u64, run: impl FnOnce() -> T) -> (T, bool) {
    run_until(nth, false, STALE, run)
}

/// The `nth` change made on this thread from now on fails, once, as on a full disk.
pub(crate) fn arm(nth: u64) {
    CODE.set(DISK_FULL);
    LASTING.set(false);
    LEFT.set(Some(nth));
}

fn run_until<T>(nth: u64, lasting: bool, code: i32, run: impl FnOnce() -> T) -> (T, bool) {
    LEFT.set(Some(nth));
    LASTING.set(lasting);
    CODE.set(code);
    let result = run();
    LEFT.set(None);
    (result, DEAD.replace(false))
}

/// Whether changes on this thread are counted.
pub(super) fn counts() -> bool {
    LEFT.get().is_some()
}

/// One change is about to be made.
pub(super) fn step() -> io::Result<()> {
    match LEFT.get() {
        Some(0) => {
            DEAD.set(true);
            if !LASTING.get() {
                LEFT.set(None);
            }
            Err(io::Error::from_raw_os_error(CODE.get()))
        }
        Some(left) => {
            LEFT.set(Some(left - 1));
            Ok(())
        }
        None => Ok(()),
    }
}
