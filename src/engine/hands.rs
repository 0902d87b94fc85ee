//! The engine's hands: what it changes in the world passes here, and so the fuse, once before each change.
//!
//! Changes that are wholes of their own (a claim, a page, a package, a letter) burn where they are called. Leases are no
//! changes: whoever finds one at the start takes it back.

use super::{Engine, Error};
use crate::files::{self, Removal};
use crate::store::Acceptance;
use serde_json::Value;
use std::path::Path;

impl Engine {
    /// Writes a file whole or not at all.
    pub(super) fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), Error> {
        self.fuse.burn("a file is written")?;
        Ok(files::write_atomic(path, bytes)?)
    }

    /// Removes a file; one that is gone already is fine.
    pub(super) fn remove(&self, path: &Path) -> Result<(), Error> {
        self.fuse.burn("a file is removed")?;
        Ok(files::remove_file(path)?)
    }

    /// Removes a file while it has one of these digests, and so is ours.
    pub(super) fn remove_ours(&self, path: &Path, digests: &[String]) -> Result<Removal, Error> {
        self.fuse.burn("a file of ours is removed")?;
        let mut removal = Removal::Absent;
        for digest in digests {
            removal = files::remove_file_if_digest(path, digest)?;
            if removal != Removal::Changed {
                break;
            }
        }
        Ok(removal)
    }

    /// Sets a mark in the store.
    pub(super) async fn set_mark(&self, name: &str, value: &str) -> Result<(), Error> {
        self.fuse.burn("a mark is set")?;
        Ok(self.store.set_mark(name, value).await?)
    }

    /// Keeps a closure in the store.
    pub(super) async fn put_closure(&self, digest: &str, closure: &Value) -> Result<(), Error> {
        self.fuse.burn("a closure is kept")?;
        Ok(self.store.put_closure(digest, closure).await?)
    }

    /// Lets an effect be tried again.
    pub(super) async fn retry(&self, effect: &str) -> Result<(), Error> {
        self.fuse.burn("an effect is retried")?;
        Ok(self.store.retry(effect, self.clock.now()).await?)
    }

    /// Puts an acceptance into the store. What answers a drop is synced with the others of its group, before the answer is given.
    pub(super) async fn accept(&self, acceptance: Acceptance) -> Result<(), Error> {
        self.fuse.burn("an acceptance is kept")?;
        match acceptance.submission {
            Some(_) => self.store.accept_ahead(acceptance).await?,
            None => self.store.accept(acceptance).await?,
        };
        Ok(())
    }
}
