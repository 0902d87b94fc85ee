//! File events as hints: where something changed, it is looked at before the next poll. None of it is relied upon.

use crate::engine::{Engine, commands};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use std::path::PathBuf;
use tokio::sync::mpsc;

/// What a file event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hint {
    /// a drop, a definition, the offices
    Files,
    /// an operator's request
    Operator,
}

/// Watches folders; ends when dropped.
pub(super) struct Hints {
    watcher: RecommendedWatcher,
    watched: Vec<PathBuf>,
}

impl Hints {
    /// A watcher of nothing yet; None where the system has none.
    pub(super) fn new(operator: PathBuf, told: mpsc::Sender<Hint>) -> Option<Hints> {
        let made = notify::recommended_watcher(move |event: notify::Result<Event>| {
            // Reading is an event too, and reading is what a turn does: it must not wake the next.
            let Some(event) = event.ok().filter(|e| !e.kind.is_access()) else { return };
            let ours = event.paths.iter().any(|p| p.starts_with(&operator));
            // A hint that finds another waiting adds nothing.
            let _ = told.try_send(if ours { Hint::Operator } else { Hint::Files });
        });
        match made {
            Ok(watcher) => Some(Hints { watcher, watched: Vec::new() }),
            Err(error) => {
                tracing::warn!("no file events, polling only: {error}");
                None
            }
        }
    }

    /// Watches what there is to watch now.
    pub(super) async fn watch(&mut self, engine: &Engine) {
        let mut wanted = vec![
            engine.spool.root().to_path_buf(),
            engine.spool.workflows(),
            engine.spool.templates(),
            commands::operator_folder(&engine.spool),
        ];
        let offices = engine.core.lock().await.ledgers.offices.clone();
        wanted.extend(
            offices.offices.values().filter_map(|o| o.folder.as_ref()).map(|f| engine.spool.office(f).handed_in()),
        );
        for path in wanted {
            if self.watched.contains(&path) || !path.is_dir() {
                continue;
            }
            match self.watcher.watch(&path, RecursiveMode::NonRecursive) {
                Ok(()) => self.watched.push(path),
                Err(error) => tracing::debug!("{}: no file events: {error}", path.display()),
            }
        }
    }
}
