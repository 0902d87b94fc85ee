//! The daemon: one loop that waits for whatever can wake it, and then does one whole turn.
//!
//! A turn answers operators, reads definitions that changed, takes drops in, lets due time ring and lays blanks out; the
//! workers of the [outbox](crate::outbox) run beside it. The loop polls every [`POLL_SECONDS`]; file events, commits and
//! the engine's next moment only make it earlier, so that nothing depends on them.
//!
//! # Failures
//! What waiting may heal (a busy database, an office's folder away) is told in the log and tried again after 1, 2, 4 …
//! [`BACK_OFF_SECONDS_MAX`] seconds. A damaged store ends the daemon. A signal ends it gracefully: what is being performed
//! finishes, what is not begun is handed back. Killed at any moment, the next start takes everything up again.
//!
//! # systemd
//! `READY=1` when every case stands; `WATCHDOG=1` after a whole good turn and after each drop of one; `STATUS=` in words.

mod hints;
mod systemd;
mod wakes;

use crate::clock::{Clock, Moment};
use crate::engine::{DROPS_TOGETHER_MAX, Engine, Error, Fuse, Options, Renderer};
use crate::outbox::{self, Handlers};
use crate::spool::settle::Patience;
use crate::store;
use chrono::NaiveDate;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use wakes::{Wake, Wakes};

/// Drops are looked at so often, also when no file event ever comes (network shares give none).
pub const POLL_SECONDS: u64 = 1;
/// The daemon says so often that it lives, so that an outage has a beginning.
pub const ALIVE_SECONDS: i64 = 10;
/// Longest wait after a failure.
pub const BACK_OFF_SECONDS_MAX: u64 = 30;
/// Least time between two turns, so that a file written in many pieces does not cost as many.
pub const TURN_GAP_MILLISECONDS: u64 = 100;

/// Why the daemon ended otherwise than by a signal.
#[derive(Debug, thiserror::Error)]
pub enum Ended {
    /// it could not begin
    #[error(transparent)]
    NotBegun(#[from] Error),
    /// the store is damaged; going on would make it worse
    #[error("stopped: {0}")]
    Fault(store::Error),
    /// the workers ended by themselves
    #[error("the workers of the outbox ended: {0}")]
    Workers(String),
    /// signals cannot be received
    #[error("signals: {0}")]
    Signals(std::io::Error),
}

/// Serves the spool below `root` until a signal.
///
/// # Errors
/// [`Ended`].
pub async fn run(root: &Path) -> Result<(), Ended> {
    let clock = Clock::machine();
    let options = Options {
        spool: root.to_path_buf(),
        clock: clock.clone(),
        durable: true,
        seed: None,
        patience: Patience::DAEMON,
        fuse: Fuse::default(),
        renderer: Renderer::child(),
        drops_together_max: DROPS_TOGETHER_MAX,
    };
    let mut wakes = Wakes::listen().map_err(Ended::Signals)?;
    systemd::status("reading the log");
    let engine = Engine::open(options).await?;
    engine.on_progress(systemd::alive);
    wakes.follow(&engine);
    let (stop, workers) = start_workers(&engine, &clock)?;
    wakes.workers = Some(workers);
    systemd::ready();
    tracing::info!("serving {}", root.display());
    let mut daemon = Daemon { engine, clock, wakes, day: NaiveDate::default(), alive: None, failures: 0 };
    let ended = daemon.serve().await;
    systemd::stopping();
    // The workers may have ended already; then nobody listens.
    let _ = stop.send(());
    let finished = daemon.wakes.finish().await;
    daemon.last_words().await;
    tracing::info!("stopped");
    ended.and(finished)
}

/// How the workers are stopped, and the task they run in.
type Workers = (oneshot::Sender<()>, JoinHandle<Result<(), store::Error>>);

/// The workers in a task of their own, and how to stop them.
fn start_workers(engine: &Arc<Engine>, clock: &Clock) -> Result<Workers, Error> {
    let (stop, stopped) = oneshot::channel();
    let handlers: Arc<dyn Handlers> = engine.clone();
    let settings = outbox::Settings::usual()?;
    let shutdown = async move {
        // A sender that is gone means the daemon is too.
        let _ = stopped.await;
    };
    let running = outbox::run(engine.store.clone(), clock.clone(), handlers, settings, shutdown);
    Ok((stop, tokio::spawn(running)))
}

struct Daemon {
    engine: Arc<Engine>,
    clock: Clock,
    wakes: Wakes,
    day: NaiveDate,
    alive: Option<Moment>,
    failures: u32,
}

impl Daemon {
    /// The loop.
    async fn serve(&mut self) -> Result<(), Ended> {
        loop {
            let wait = match self.turn().await {
                Ok(due) => {
                    self.failures = 0;
                    systemd::alive();
                    self.wait_until(due)
                }
                Err(error) => self.back_off(error)?,
            };
            match self.wakes.next(wait, self.failures > 0).await {
                Wake::Stop(signal) => {
                    tracing::info!("{signal}: finishing what is being done");
                    return Ok(());
                }
                Wake::Workers(Ok(())) => return Err(Ended::Workers("nobody asked them to".to_string())),
                Wake::Workers(Err(fault)) => return Err(Ended::Fault(fault)),
                // Each of these means: look. A turn is short, and it leaves nothing out.
                Wake::Poll | Wake::Due | Wake::Files | Wake::Operator | Wake::Commit => {}
            }
        }
    }

    /// One whole turn; gives when the engine next wants to be woken.
    async fn turn(&mut self) -> Result<Option<Moment>, Error> {
        self.engine.operate_waiting().await?;
        let changed = self.engine.reload().await?;
        self.wakes.watch(&self.engine, changed).await;
        self.engine.look().await?;
        self.engine.ring().await?;
        self.new_day().await;
        self.engine.lay_out_blanks().await?;
        self.say_alive().await?;
        self.engine.next_wake().await
    }

    /// The page says how many days are left, and the blank of a register how many entries are valid; each day it is others.
    async fn new_day(&mut self) {
        let today = self.clock.now().date();
        if today == self.day {
            return;
        }
        self.engine.core.lock().await.dirty = true;
        match self.engine.refresh_page().await {
            Ok(()) => self.day = today,
            Err(why) => tracing::error!("the page could not be written: {why}"),
        }
    }

    async fn say_alive(&mut self) -> Result<(), Error> {
        let now = self.clock.now();
        if self.alive.is_some_and(|at| (now - at).num_seconds() < ALIVE_SECONDS) {
            return Ok(());
        }
        self.engine.say_alive().await?;
        self.alive = Some(now);
        let open = self.engine.core.lock().await.cases.values().filter(|c| c.closed.is_none()).count();
        systemd::status(&format!("{open} open cases"));
        Ok(())
    }

    async fn last_words(&mut self) {
        self.alive = None;
        if let Err(error) = self.say_alive().await {
            tracing::warn!("the moment of stopping could not be kept: {error}");
        }
    }

    /// Until the next poll, or the next moment of the engine if that is earlier. What is due already and did not ring waits
    /// for somebody else (a worker, a person): the poll is soon enough.
    fn wait_until(&self, due: Option<Moment>) -> (Duration, Wake) {
        let poll = Duration::from_secs(POLL_SECONDS);
        let until = due.and_then(|at| (at - self.clock.now()).to_std().ok()).filter(|d| !d.is_zero() && *d < poll);
        until.map_or((poll, Wake::Poll), |d| (d, Wake::Due))
    }

    /// How long to wait after a failure; a fault ends the daemon.
    fn back_off(&mut self, error: Error) -> Result<(Duration, Wake), Ended> {
        if let Error::Store(fault @ (store::Error::Fault(_) | store::Error::Newer { .. })) = error {
            return Err(Ended::Fault(fault));
        }
        let seconds = 1_u64.checked_shl(self.failures).unwrap_or(BACK_OFF_SECONDS_MAX).min(BACK_OFF_SECONDS_MAX);
        self.failures = self.failures.saturating_add(1);
        tracing::error!("trying again in {seconds} s: {error}");
        systemd::status(&format!("trying again in {seconds} s: {error}"));
        Ok((Duration::from_secs(seconds), Wake::Poll))
    }
}
