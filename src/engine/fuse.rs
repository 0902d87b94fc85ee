//! A fuse tests cut the power with: before the n-th call that changes the world, and never in the field.

use super::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// Counts the calls that change the world; blows before the one it was set to.
#[derive(Clone, Debug, Default)]
pub struct Fuse {
    burnt: Arc<AtomicU64>,
    left: Option<Arc<AtomicI64>>,
}

impl Fuse {
    /// A fuse that blows before the n-th call, once, 1-based.
    pub fn before(n: u64) -> Fuse {
        let left = i64::try_from(n).unwrap_or(i64::MAX);
        Fuse { burnt: Arc::default(), left: Some(Arc::new(AtomicI64::new(left))) }
    }

    /// How many calls it has seen.
    pub fn burnt(&self) -> u64 {
        self.burnt.load(Ordering::SeqCst)
    }

    /// Whether it blew.
    pub fn blown(&self) -> bool {
        self.left.as_ref().is_some_and(|l| l.load(Ordering::SeqCst) <= 0)
    }

    /// One call is about to be made. Once it blew, none can be made any more.
    pub(crate) fn burn(&self, what: &'static str) -> Result<(), Error> {
        self.burnt.fetch_add(1, Ordering::SeqCst);
        match &self.left {
            Some(left) if left.fetch_sub(1, Ordering::SeqCst) <= 1 => Err(Error::Fuse(what)),
            Some(_) | None => Ok(()),
        }
    }
}
