//! apalis' backend over the effect rows: a loop that takes a slot, then a lease, and hands the worker both.
//!
//! The loop is a task of its own and never dropped in the middle of a claim; the channel holds as many as there are slots,
//! so handing over never waits. When the worker closes, what it has not begun is handed back with its attempt uncounted.

use super::worker::{SettleLayer, Work};
use super::{POLL_MILLISECONDS, QueueSettings};
use crate::clock::Clock;
use crate::store::{Claim, Error, Leased, Store};
use apalis_core::backend::finalize::Ephemeral;
use apalis_core::backend::{Backend, BackendConfig};
use apalis_core::task::Task;
use apalis_core::task::builder::TaskBuilder;
use apalis_core::task::task_id::TaskId;
use apalis_core::worker::context::WorkerContext;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

/// Where a worker's effects come from, and what it shares with the others.
#[derive(Clone)]
pub(super) struct Source {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Clock,
    pub(super) owner: String,
    pub(super) queue: QueueSettings,
    pub(super) lease_seconds: u32,
    pub(super) held: Held,
    pub(super) stop: watch::Receiver<bool>,
    pub(super) fault: watch::Sender<Option<Error>>,
}

/// The leases in hand, to be renewed.
#[derive(Clone, Default)]
pub(super) struct Held(Arc<Mutex<BTreeMap<(String, u32), Leased>>>);

impl Held {
    pub(super) fn all(&self) -> Vec<Leased> {
        self.leases().values().cloned().collect()
    }

    fn leases(&self) -> MutexGuard<'_, BTreeMap<(String, u32), Leased>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A taken slot: as long as it lives, the lease is renewed and the slot is not free.
pub(super) struct Slot {
    held: Held,
    key: (String, u32),
    _permit: OwnedSemaphorePermit,
}

impl Slot {
    fn take(held: &Held, leased: &Leased, permit: OwnedSemaphorePermit) -> Slot {
        let key = (leased.id.clone(), leased.attempt);
        held.leases().insert(key.clone(), leased.clone());
        Slot { held: held.clone(), key, _permit: permit }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.held.leases().remove(&self.key);
    }
}

/// The backend of one worker.
pub(super) struct Outbox {
    source: Source,
    layer: SettleLayer,
    state: State,
}

enum State {
    Open { work: mpsc::Receiver<Work>, claimer: tokio::task::JoinHandle<()> },
    Closing(BoxFuture<'static, ()>),
    Closed,
}

impl Outbox {
    /// Starts claiming; needs a tokio runtime.
    pub(super) fn open(source: Source, layer: SettleLayer) -> Outbox {
        let (give, work) = mpsc::channel(source.queue.slots.max(1));
        let claimer = tokio::spawn(claim_until_closed(source.clone(), give));
        Outbox { source, layer, state: State::Open { work, claimer } }
    }
}

async fn claim_until_closed(source: Source, give: mpsc::Sender<Work>) {
    let slots = Arc::new(Semaphore::new(source.queue.slots.max(1)));
    let mut stop = source.stop.clone();
    loop {
        let permit = tokio::select! {
            permit = slots.clone().acquire_owned() => permit,
            _ = stop.wait_for(|stop| *stop) => return,
            () = give.closed() => return,
        };
        let Ok(permit) = permit else { return };
        let Some(leased) = claim_one(&source, &give).await else { return };
        let slot = Slot::take(&source.held, &leased, permit);
        let work = Work { leased: Arc::new(leased), slot: Arc::new(slot) };
        if let Err(mpsc::error::SendError(work)) = give.send(work).await {
            hand_back(&source, &work).await;
            return;
        }
    }
}

/// Waits for a due effect; None when the worker or the process stops.
async fn claim_one(source: &Source, give: &mpsc::Sender<Work>) -> Option<Leased> {
    let mut stop = source.stop.clone();
    let mut commits = source.store.commits();
    loop {
        if *stop.borrow() || give.is_closed() {
            return None;
        }
        // Marked as seen before looking, so that a commit during the look wakes us at once.
        commits.borrow_and_update();
        let queues = [source.queue.name.as_str()];
        let now = source.clock.now();
        let claim = Claim { owner: &source.owner, queues: &queues, now, lease_seconds: source.lease_seconds };
        let available = match source.store.claim(claim).await {
            Ok(Some(leased)) => return Some(leased),
            Ok(None) => true,
            Err(error) => {
                tracing::warn!("queue {}: {error}", source.queue.name);
                if error.is_fault() {
                    source.fault.send_replace(Some(error));
                }
                false
            }
        };
        tokio::select! {
            Ok(()) = commits.changed(), if available => {}
            () = tokio::time::sleep(Duration::from_millis(POLL_MILLISECONDS)) => {}
            _ = stop.wait_for(|stop| *stop) => return None,
            () = give.closed() => return None,
        }
    }
}

async fn hand_back(source: &Source, work: &Work) {
    if let Err(error) = source.store.release(&work.leased).await {
        // The lease runs out by itself.
        tracing::warn!("{} could not be handed back: {error}", work.leased.id);
    }
}

async fn close(source: Source, mut work: mpsc::Receiver<Work>, claimer: tokio::task::JoinHandle<()>) {
    work.close();
    // It ends by itself; an error would be its panic, which took nothing with it.
    let _ = claimer.await;
    while let Some(work) = work.recv().await {
        hand_back(&source, &work).await;
    }
}

impl Backend for Outbox {
    type Task = Task<Work>;
    type Error = Infallible;

    fn poll_ready(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn poll_next(
        &mut self,
        context: &mut Context<'_>,
        _: &WorkerContext,
    ) -> Poll<Option<Result<Task<Work>, Infallible>>> {
        match &mut self.state {
            State::Open { work, .. } => match ready!(work.poll_recv(context)) {
                Some(work) => {
                    let id = TaskId::from_string(work.leased.id.clone());
                    Poll::Ready(Some(Ok(TaskBuilder::new(work).task_id(id).build())))
                }
                // The claimer has stopped because the process stops; the worker is told by its monitor.
                None => Poll::Pending,
            },
            State::Closing(_) | State::Closed => Poll::Ready(None),
        }
    }

    fn poll_close(&mut self, context: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Infallible>> {
        self.state = match std::mem::replace(&mut self.state, State::Closed) {
            State::Open { work, claimer } => State::Closing(close(self.source.clone(), work, claimer).boxed()),
            state @ (State::Closing(_) | State::Closed) => state,
        };
        if let State::Closing(closing) = &mut self.state {
            ready!(closing.as_mut().poll(context));
            self.state = State::Closed;
        }
        Poll::Ready(Ok(()))
    }
}

impl BackendConfig for Outbox {
    type Args = Work;
    type Id = String;
    type Kind = Ephemeral;
    type Config = ();
    type Layer = SettleLayer;

    fn config(&self) -> &() {
        &()
    }

    fn middleware(&mut self, _: &mut WorkerContext) -> SettleLayer {
        self.layer.clone()
    }
}
