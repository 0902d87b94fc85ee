//! When an outage began: the last moment the daemon said that it lives.

use super::{Engine, Error};
use crate::clock::Moment;

/// Name of the mark that says when the daemon was last seen alive.
const ALIVE: &str = "alive";
/// How the moment stands there.
const FORMAT: &str = "%Y-%m-%dT%H:%M:%S";

impl Engine {
    /// Says that the daemon lives. Should the power go before a drop that still settles is answered, the next start finds it as
    /// one of the outage, which must not have begun after it came.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn say_alive(&self) -> Result<(), Error> {
        match self.alive_mark().await? {
            Some((name, until)) => self.set_mark(name, &until).await,
            None => Ok(()),
        }
    }

    /// The mark and what it should say now; None when it says so already or a drop has waited longer.
    pub(super) async fn alive_mark(&self) -> Result<Option<(&'static str, String)>, Error> {
        let until = self.core.lock().await.drops.answered_until(self.clock.now());
        let last = self.last_alive().await?;
        Ok(until.filter(|until| last < Some(*until)).map(|until| (ALIVE, until.format(FORMAT).to_string())))
    }

    /// When the daemon last said so; None when it never did.
    pub(super) async fn last_alive(&self) -> Result<Option<Moment>, Error> {
        let said = self.store.mark(ALIVE).await?;
        Ok(said.and_then(|s| Moment::parse_from_str(&s, FORMAT).ok()))
    }
}
