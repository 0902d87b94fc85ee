//! The outbox: performs what events owe the world, at least once each, and records the end of each exactly once.
//!
//! The effect rows of the [store](crate::store) are the queue. An effect is leased, performed, and settled; settling is one
//! transaction with the events that follow from it. apalis runs the workers (timeout, caught panics, spans, graceful stop)
//! over a backend of ours; [`step`] runs the same claim and settle one by one, for simulations and tests.
//!
//! # What always holds
//! - A worker claims only what it can begin at once: a slot first, then the lease. Leases are renewed by a task of their own.
//! - Every end of an effect (done, dead; also by patience, by an unreadable payload, by too many crashes) passes
//!   [`Handlers::settle`]. A panic, a timeout and an error of any layer are deferrals.
//! - An effect that was recorded done is never performed again; one whose holder died is, after its lease.
//! - Nothing waits busily: workers sleep until a commit or for [`POLL_MILLISECONDS`].
//!
//! # Failures
//! A store that is not available is waited for, without losing the outcome in hand, while the process lives. A damaged store
//! ends [`run`] with its error. What was performed but not recorded (a crash in between) is performed again: handlers use
//! the effect's id as their token towards the world.

mod backend;
mod worker;

use crate::clock::{Clock, Moment};
use crate::store::{Claim, Error, Leased, Outcome, Settled, Store, chain::Secret};
use apalis_core::monitor::Monitor;
use backend::{Held, Source};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// A worker without work looks again after so long, even if no commit woke it.
pub const POLL_MILLISECONDS: u64 = 500;
/// The owner of leases taken one by one; nobody else lives then.
const BY_HAND: &str = "by-hand";
/// A store that is not available is asked again after so long.
const SETTLE_WAIT_MILLISECONDS: u64 = 500;
/// Two who write to one stream at once: the loser decides again so often before the lease is left to run out.
const SETTLE_CONFLICTS_MAX: u32 = 20;

/// What effects do, and what their end means: the engine's side of the outbox.
pub trait Handlers: Send + Sync + 'static {
    /// Does what the effect says, once or again, harmlessly. Must not block the thread (long work goes to
    /// `spawn_blocking`). May be dropped at any await when its time is over.
    fn perform<'a>(&'a self, effect: &'a Leased) -> BoxFuture<'a, Outcome>;

    /// Records the end of an attempt: decides what follows from it ([`Leased::judge`] says whether the effect waits or is
    /// dead) and calls [`Store::complete`]. Called again after an error that is transient or a conflict.
    fn settle<'a>(
        &'a self,
        effect: &'a Leased,
        outcome: &'a Outcome,
        now: Moment,
    ) -> BoxFuture<'a, Result<Settled, Error>>;
}

/// One queue and its workers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueSettings {
    /// its name, as effects bear it
    pub name: String,
    /// so many effects at once
    pub slots: usize,
    /// an attempt that takes longer is deferred
    pub timeout_seconds: u32,
}

/// How the workers run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// unique per process start
    pub owner: String,
    /// the queues
    pub queues: Vec<QueueSettings>,
    /// a lease not renewed for so long is another's; renewed at a third
    pub lease_seconds: u32,
    /// at the end, what is being performed has so long to finish
    pub stop_seconds: u32,
}

impl Settings {
    /// Render 1, deliver 2, mail 2, publish 1, archive 1; leases of 30 seconds.
    ///
    /// # Errors
    /// When no name can be drawn for the owner ([`Secret::fresh`]).
    pub fn usual() -> Result<Settings, Error> {
        let queue = |name: &str, slots, timeout_seconds| QueueSettings { name: name.into(), slots, timeout_seconds };
        let queues = vec![
            queue("render", 1, 300),
            queue("deliver", 2, 120),
            queue("mail", 2, 300),
            queue("publish", 1, 120),
            queue("archive", 1, 900),
        ];
        let owner = format!("{}-{}", std::process::id(), Secret::fresh()?.name());
        Ok(Settings { owner, queues, lease_seconds: 30, stop_seconds: 20 })
    }
}

/// Leases the next effect of these queues that is due at `now`, for a caller who is alone (simulation, tests).
///
/// # Errors
/// Those of [`Store::claim`].
pub async fn next_ready(store: &dyn Store, now: Moment, queues: &[&str]) -> Result<Option<Leased>, Error> {
    store.claim(Claim { owner: BY_HAND, queues, now, lease_seconds: 3_600 }).await
}

/// Performs one leased effect: what is spent is dead unperformed, a panic is a deferral.
pub async fn perform(handlers: &dyn Handlers, leased: &Leased) -> Outcome {
    let performed = AssertUnwindSafe(perform_or_spent(handlers, leased)).catch_unwind().await;
    performed.unwrap_or_else(|panic| Outcome::Defer { error: worker::panic_text(&*panic), after_seconds: None })
}

async fn perform_or_spent(handlers: &dyn Handlers, leased: &Leased) -> Outcome {
    match &leased.spent {
        Some(reason) => Outcome::Dead { error: reason.clone() },
        None => handlers.perform(leased).await,
    }
}

/// Runs one effect that is due, if there is one: claims, performs, settles. The effect and its end.
///
/// # Errors
/// Those of claiming and settling; the effect then stays leased until [`Store::recover`] or the lease's end.
pub async fn step(
    store: &dyn Store,
    handlers: &dyn Handlers,
    clock: &Clock,
    queues: &[&str],
) -> Result<Option<(Leased, Settled)>, Error> {
    let Some(leased) = next_ready(store, clock.now(), queues).await? else { return Ok(None) };
    let outcome = perform(handlers, &leased).await;
    let settled = handlers.settle(&leased, &outcome, clock.now()).await?;
    worker::log(&leased, &settled.verdict);
    Ok(Some((leased, settled)))
}

/// Runs the workers until `shutdown`, then lets what is being performed finish and hands back what is not begun.
///
/// Call [`Store::recover`] before, when the spool's lock is held: what a dead process had leased is then ready at once.
///
/// # Errors
/// [`Error::Fault`] when the store is damaged, or the workers could not be kept running.
pub async fn run(
    store: Arc<dyn Store>,
    clock: Clock,
    handlers: Arc<dyn Handlers>,
    settings: Settings,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let stop = watch::Sender::new(false);
    let fault = watch::Sender::new(None);
    let held = Held::default();
    let _keeper = Keeper(tokio::spawn(keep(store.clone(), clock.clone(), held.clone(), settings.lease_seconds)));
    let stop_seconds = u64::from(settings.stop_seconds);
    // The patience with the last ones counts from the stop, not from here.
    let patience = async move { tokio::time::sleep(Duration::from_secs(stop_seconds)).await };
    let mut monitor = Monitor::new().should_restart(|_, _| true).with_terminator(patience);
    for queue in settings.queues {
        let source = Source {
            store: store.clone(),
            clock: clock.clone(),
            owner: settings.owner.clone(),
            queue,
            lease_seconds: settings.lease_seconds,
            held: held.clone(),
            stop: stop.subscribe(),
            fault: fault.clone(),
        };
        monitor = worker::register(monitor, source, handlers.clone());
    }
    let mut faults = fault.subscribe();
    let signal = async move {
        tokio::select! {
            () = shutdown => {}
            _ = faults.wait_for(Option::is_some) => {}
        }
        stop.send_replace(true);
        Ok(())
    };
    let ran = monitor.run_with_signal(signal).await;
    let fault = fault.borrow().clone();
    match (fault, ran) {
        (Some(fault), _) => Err(fault),
        (None, Ok(())) => Ok(()),
        (None, Err(error)) => Err(Error::Fault(format!("the workers ended: {error}"))),
    }
}

/// The task that keeps the leases; it ends with the run, also when that is dropped.
struct Keeper(tokio::task::JoinHandle<()>);

impl Drop for Keeper {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Renews every lease in hand and takes back what others let run out.
async fn keep(store: Arc<dyn Store>, clock: Clock, held: Held, lease_seconds: u32) {
    let every = Duration::from_millis(u64::from(lease_seconds) * 1_000 / 3);
    loop {
        tokio::time::sleep(every).await;
        let now = clock.now();
        let until = now + chrono::TimeDelta::seconds(i64::from(lease_seconds));
        let leases = held.all();
        // A lease that was lost shows when its effect is settled; a store that fails here fails there too.
        if !leases.is_empty()
            && let Err(error) = store.renew(&leases, until).await
        {
            tracing::warn!("leases could not be renewed: {error}");
        }
        match store.expire(now).await {
            Ok(0) => {}
            Ok(expired) => tracing::warn!("{expired} leases ran out; their effects are ready again"),
            Err(error) => tracing::warn!("leases could not be ended: {error}"),
        }
    }
}

#[cfg(test)]
mod tests;
