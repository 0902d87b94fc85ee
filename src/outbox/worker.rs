//! One worker: the handler inside, around it timeout, caught panics and spans, around these the settling.
//!
//! The settling is outermost, so it sees the end of an attempt whatever ended it, and the worker's slot is free only once
//! the end is recorded.

use super::backend::{Outbox, Slot, Source};
use super::{Handlers, SETTLE_CONFLICTS_MAX, SETTLE_WAIT_MILLISECONDS};
use crate::clock::Clock;
use crate::store::{Error, Leased, Outcome, Verdict};
use apalis::layers::WorkerBuilderExt;
use apalis_core::error::BoxDynError;
use apalis_core::monitor::Monitor;
use apalis_core::task::Task;
use apalis_core::worker::builder::WorkerBuilder;
use futures::future::BoxFuture;
use std::any::Any;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::watch;
use tower::{Layer, Service};

/// What a worker is handed: the lease, and the slot that keeps it alive.
#[derive(Clone)]
pub(super) struct Work {
    pub(super) leased: Arc<Leased>,
    /// held, not read: dropped when the last of the attempt is gone
    pub(super) slot: Arc<Slot>,
}

/// Puts a queue's worker under the monitor, which builds it anew should it ever end.
pub(super) fn register(monitor: Monitor, source: Source, handlers: Arc<dyn Handlers>) -> Monitor {
    monitor.register(move |restart| {
        let settle =
            SettleLayer { handlers: handlers.clone(), clock: source.clock.clone(), fault: source.fault.clone() };
        // What is added first is outermost; the settling, brought by the backend, is around them all.
        WorkerBuilder::new(format!("{}-{restart}", source.queue.name))
            .backend(Outbox::open(source.clone(), settle))
            .timeout(Duration::from_secs(u64::from(source.queue.timeout_seconds)))
            .enable_tracing()
            .catch_panic()
            .build(Performer { handlers: handlers.clone() })
    })
}

/// The innermost service: performs.
struct Performer {
    handlers: Arc<dyn Handlers>,
}

impl Service<Task<Work>> for Performer {
    type Response = Outcome;
    type Error = BoxDynError;
    type Future = BoxFuture<'static, Result<Outcome, BoxDynError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxDynError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, task: Task<Work>) -> Self::Future {
        let handlers = self.handlers.clone();
        Box::pin(async move { Ok(super::perform_or_spent(&*handlers, &task.args.leased).await) })
    }
}

/// Records how an attempt ended.
#[derive(Clone)]
pub(super) struct SettleLayer {
    handlers: Arc<dyn Handlers>,
    clock: Clock,
    fault: watch::Sender<Option<Error>>,
}

impl<S> Layer<S> for SettleLayer {
    type Service = Settling<S>;

    fn layer(&self, inner: S) -> Settling<S> {
        Settling { inner, settle: self.clone() }
    }
}

/// A service whose answers are recorded before they are given.
pub(super) struct Settling<S> {
    inner: S,
    settle: SettleLayer,
}

impl<S> Service<Task<Work>> for Settling<S>
where
    S: Service<Task<Work>, Response = Outcome>,
    S::Error: Into<BoxDynError>,
    S::Future: Send + 'static,
{
    type Response = ();
    type Error = BoxDynError;
    type Future = BoxFuture<'static, Result<(), BoxDynError>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxDynError>> {
        self.inner.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, task: Task<Work>) -> Self::Future {
        let work = task.args.clone();
        let settle = self.settle.clone();
        let performing = self.inner.call(task);
        Box::pin(async move {
            let outcome = performing.await.unwrap_or_else(|error| {
                let error: BoxDynError = error.into();
                Outcome::Defer { error: error.to_string(), after_seconds: None }
            });
            settle.settle(&work.leased, &outcome).await;
            drop(work.slot);
            Ok(())
        })
    }
}

impl SettleLayer {
    /// Records the end; waits for a store that is not available, since what was done must not be forgotten.
    async fn settle(&self, leased: &Leased, outcome: &Outcome) {
        let mut conflicts = 0;
        loop {
            let error = match self.handlers.settle(leased, outcome, self.clock.now()).await {
                Ok(settled) => return log(leased, &settled.verdict),
                Err(error) => error,
            };
            let again = error.is_transient() || (error.is_conflict() && conflicts < SETTLE_CONFLICTS_MAX);
            if !again {
                // The lease is no longer renewed once we return, so the effect is tried again when it runs out.
                tracing::error!("{} {} attempt={} not settled: {error}", leased.id, leased.queue, leased.attempt);
                if error.is_fault() {
                    self.fault.send_replace(Some(error));
                }
                return;
            }
            if error.is_conflict() {
                conflicts += 1;
                tokio::task::yield_now().await;
            } else {
                tracing::warn!("{} {} attempt={} waits: {error}", leased.id, leased.queue, leased.attempt);
                tokio::time::sleep(Duration::from_millis(SETTLE_WAIT_MILLISECONDS)).await;
            }
        }
    }
}

/// The one line per settled effect.
pub(super) fn log(leased: &Leased, verdict: &Verdict) {
    let Leased { id, queue, attempt, .. } = leased;
    match verdict {
        Verdict::Done { .. } => tracing::info!("{id} {queue} attempt={attempt} status=done"),
        Verdict::Wait { error, run_at } => {
            tracing::info!("{id} {queue} attempt={attempt} status=deferred until={run_at} ({error})");
        }
        Verdict::Postponed { error, run_at, .. } => {
            tracing::debug!("{id} {queue} attempt={attempt} status=postponed until={run_at} ({error})");
        }
        Verdict::Dead { error } => tracing::warn!("{id} {queue} attempt={attempt} status=dead ({error})"),
    }
}

/// What a panic said.
pub(super) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panic: {}", text.unwrap_or("without a word"))
}
