//! Everything that can wake the daemon, as one enum.

use super::TURN_GAP_MILLISECONDS;
use super::hints::{Hint, Hints};
use crate::engine::{Engine, commands};
use crate::{files, store};
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinError, JoinHandle};

/// Why the loop goes round once more.
#[derive(Debug)]
pub(super) enum Wake {
    /// it is time to look again
    Poll,
    /// something is due now
    Due,
    /// files changed
    Files,
    /// an operator asks
    Operator,
    /// something was kept, from which something may follow
    Commit,
    /// a signal asks it to end
    Stop(&'static str),
    /// the workers ended
    Workers(Result<(), store::Error>),
}

/// The sources of wake-ups.
pub(super) struct Wakes {
    terminate: Signal,
    interrupt: Signal,
    hints: Option<Hints>,
    told: mpsc::Receiver<Hint>,
    teller: mpsc::Sender<Hint>,
    commits: Option<watch::Receiver<u64>>,
    pub(super) workers: Option<JoinHandle<Result<(), store::Error>>>,
    unwatched: bool,
}

impl Wakes {
    /// Listens to signals from now on, so that one during a long start is not lost.
    pub(super) fn listen() -> std::io::Result<Wakes> {
        let (teller, told) = mpsc::channel(1);
        Ok(Wakes {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hints: None,
            told,
            teller,
            commits: None,
            workers: None,
            unwatched: true,
        })
    }

    /// Follows this engine's commits and folders.
    pub(super) fn follow(&mut self, engine: &Arc<Engine>) {
        let operator = commands::operator_folder(&engine.spool);
        if let Err(error) = files::create_dirs(&operator) {
            tracing::warn!("operators cannot ask: {error}");
        }
        self.hints = Hints::new(operator, self.teller.clone());
        self.commits = Some(engine.store.commits());
        self.unwatched = true;
    }

    /// Watches folders that are new since the last time.
    pub(super) async fn watch(&mut self, engine: &Engine, changed: bool) {
        if let (Some(hints), true) = (&mut self.hints, changed || self.unwatched) {
            hints.watch(engine).await;
            self.unwatched = false;
        }
    }

    /// The next wake-up, at the latest after `wait`; while `failing`, only that, a signal or the workers' end.
    pub(super) async fn next(&mut self, (wait, by_then): (Duration, Wake), failing: bool) -> Wake {
        let gap = Duration::from_millis(TURN_GAP_MILLISECONDS);
        let wake = tokio::select! {
            biased;
            _ = self.terminate.recv() => Wake::Stop("SIGTERM"),
            _ = self.interrupt.recv() => Wake::Stop("SIGINT"),
            ended = ended(&mut self.workers) => Wake::Workers(ended),
            Some(hint) = self.told.recv(), if !failing => match hint {
                Hint::Files => Wake::Files,
                Hint::Operator => Wake::Operator,
            },
            () = committed(&mut self.commits), if !failing => Wake::Commit,
            () = tokio::time::sleep(wait) => by_then,
        };
        if matches!(wake, Wake::Files | Wake::Commit) {
            tokio::time::sleep(gap).await;
            while self.told.try_recv().is_ok() {}
        }
        if matches!(wake, Wake::Workers(_)) {
            self.workers = None;
        }
        wake
    }

    /// Waits until the workers have ended.
    pub(super) async fn finish(&mut self) -> Result<(), super::Ended> {
        match self.workers.take() {
            None => Ok(()),
            Some(workers) => joined(workers.await).map_err(super::Ended::Fault),
        }
    }
}

async fn ended(workers: &mut Option<JoinHandle<Result<(), store::Error>>>) -> Result<(), store::Error> {
    match workers {
        Some(workers) => joined(workers.await),
        None => std::future::pending().await,
    }
}

fn joined(ended: Result<Result<(), store::Error>, JoinError>) -> Result<(), store::Error> {
    ended.unwrap_or_else(|error| Err(store::Error::Fault(format!("the workers' task: {error}"))))
}

async fn committed(commits: &mut Option<watch::Receiver<u64>>) {
    let gone = match commits {
        Some(commits) => commits.changed().await.is_err(),
        None => true,
    };
    if gone {
        std::future::pending::<()>().await;
    }
}
