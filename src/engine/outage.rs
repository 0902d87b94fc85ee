//! What time it is for a spool: the last moment the daemon said that it lives, when an outage began; the moment a play stopped.

use super::{Engine, Error};
use crate::clock::Moment;
use crate::store::Store;

/// Name of the mark that says when the daemon was last seen alive.
const ALIVE: &str = "alive";
/// Name of the mark that says at which moment a scenario left the spool.
const PLAYED: &str = "played";
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
        said(self.store.as_ref(), ALIVE).await
    }

    /// Says that a scenario leaves the spool as it stands now.
    pub(super) async fn say_played(&self) -> Result<(), Error> {
        self.set_mark(PLAYED, &self.clock.now().format(FORMAT).to_string()).await
    }
}

/// At which moment a scenario left a spool; None where no scenario was played, or a daemon has served it since.
pub(super) async fn played_until(store: &dyn Store) -> Result<Option<Moment>, Error> {
    let alive = said(store, ALIVE).await?;
    Ok(said(store, PLAYED).await?.filter(|played| alive <= Some(*played)))
}

async fn said(store: &dyn Store, mark: &str) -> Result<Option<Moment>, Error> {
    Ok(store.mark(mark).await?.and_then(|text| Moment::parse_from_str(&text, FORMAT).ok()))
}
