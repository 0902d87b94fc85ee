//! When an outage began: the last moment the daemon said that it lives.

use super::{Engine, Error};
use crate::clock::Moment;

/// Name of the mark that says when the daemon was last seen alive.
const ALIVE: &str = "alive";
/// How the moment stands there.
const FORMAT: &str = "%Y-%m-%dT%H:%M:%S";

impl Engine {
    /// Says that the daemon lives. Not while a drop that was handed in during an outage still settles: should the power go
    /// again before it is answered, the next start must still know when that outage began.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn say_alive(&self) -> Result<(), Error> {
        let now = self.clock.now();
        if self.core.lock().await.drops.settling(now) || self.last_alive().await? == Some(now) {
            return Ok(());
        }
        self.set_mark(ALIVE, &now.format(FORMAT).to_string()).await
    }

    /// When the daemon last said so; None when it never did.
    pub(super) async fn last_alive(&self) -> Result<Option<Moment>, Error> {
        let said = self.store.mark(ALIVE).await?;
        Ok(said.and_then(|s| Moment::parse_from_str(&s, FORMAT).ok()))
    }
}
