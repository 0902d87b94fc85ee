//! Memory: what the engine keeps of the log, folded at the start and caught up when somebody else wrote.

use super::{Core, Engine, Error, REBUILD_EVENTS};
use crate::case::Case;
use crate::case::decide::Decision;
use crate::case::event::{Body, Event};
use crate::store::{self, Draft};
use std::sync::Arc;

impl Engine {
    /// Folds the whole log.
    pub(super) async fn rebuild(&self) -> Result<(), Error> {
        let mut core = self.core.lock().await;
        let mut after = 0;
        loop {
            let events = self.store.all_events(after, REBUILD_EVENTS).await?;
            let Some(last) = events.last() else { break };
            after = last.position;
            for recorded in events {
                let event = revive(recorded)?;
                core.ledgers.apply(&event);
                core.ends.insert(event.stream.clone(), event.seq);
                match core.cases.get_mut(&event.stream) {
                    Some(case) => case.apply(&event),
                    None => {
                        if let Some(case) = Case::opened(&event) {
                            core.cases.insert(event.stream.clone(), case);
                        }
                    }
                }
            }
        }
        let all = core.cases.iter().map(|(id, case)| (id.clone(), Arc::new(case.clone())));
        core.ledgers.others = all.collect();
        let wanted: Vec<String> = core.cases.values().flat_map(|c| c.closures()).map(str::to_string).collect();
        for digest in wanted {
            self.program_of(&mut core, &digest).await?;
        }
        let cases: Vec<Case> = core.cases.values().cloned().collect();
        cases.iter().for_each(|case| know(&mut core, case));
        Ok(())
    }

    /// Folds one stream anew, after the store said that memory is not what is stored.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn catch_up(&self, core: &mut Core, stream: &str) -> Result<(), Error> {
        tracing::warn!("{stream}: memory and log differ; the log is read again");
        self.refold(core, stream).await
    }

    /// Folds one stream anew.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn refold(&self, core: &mut Core, stream: &str) -> Result<(), Error> {
        let known = core.ends.get(stream).copied().unwrap_or(0);
        let mut case: Option<Case> = None;
        let mut end = 0;
        for recorded in self.store.events(stream).await? {
            let event = revive(recorded)?;
            end = event.seq;
            if event.seq > known {
                core.ledgers.apply(&event);
            }
            match &mut case {
                Some(case) => case.apply(&event),
                None => case = Case::opened(&event),
            }
        }
        core.ends.insert(stream.to_string(), end);
        match case {
            Some(case) => {
                let closures: Vec<String> = case.closures().into_iter().map(str::to_string).collect();
                core.ledgers.others.insert(stream.to_string(), Arc::new(case.clone()));
                core.cases.insert(stream.to_string(), case.clone());
                for closure in closures {
                    self.program_of(core, &closure).await?;
                }
                know(core, &case);
            }
            None => {
                core.ledgers.others.remove(stream);
                core.cases.remove(stream);
            }
        }
        core.dirty = true;
        Ok(())
    }
}

/// What the items of a case are known by, for the other cases of its workflow.
fn know(core: &mut Core, case: &Case) {
    let Some(program) = core.programs.get(&case.closure).cloned() else { return };
    case.items.keys().for_each(|item| core.ledgers.know(program.workflow(), case, *item));
}

/// Takes a kept decision into memory.
pub(crate) fn remember(core: &mut Core, decision: Decision) {
    for event in &decision.events {
        core.ends.insert(event.stream.clone(), event.seq);
    }
    let others = std::mem::take(&mut core.ledgers.others);
    core.ledgers = decision.ledgers;
    core.ledgers.others = others;
    core.ledgers.others.insert(decision.case.id.clone(), Arc::new(decision.case.clone()));
    core.cases.insert(decision.case.id.clone(), decision.case);
    core.dirty = true;
}

/// An event as the store takes it: its kind apart from the rest of its body.
pub(crate) fn draft(event: &Event) -> Result<Draft, Error> {
    let mut body = serde_json::to_value(&event.body).map_err(|e| Error::Log(e.to_string()))?;
    let kind = body.as_object_mut().and_then(|b| b.shift_remove("kind")).and_then(|k| k.as_str().map(str::to_string));
    let kind = kind.ok_or_else(|| Error::Log("an event without a kind".to_string()))?;
    Ok(Draft {
        stream: event.stream.clone(),
        seq: event.seq,
        at: event.at,
        by: event.by.clone(),
        on_behalf: event.on_behalf.clone(),
        cause: event.cause.clone(),
        kind,
        body,
    })
}

/// The event a stored record is.
pub(crate) fn revive(recorded: store::Recorded) -> Result<Event, Error> {
    let mut body = recorded.body;
    if let Some(map) = body.as_object_mut() {
        map.insert("kind".to_string(), serde_json::Value::from(recorded.kind.clone()));
    }
    let place = format!("{}/{}", recorded.stream, recorded.seq);
    let body: Body = serde_json::from_value(body).map_err(|e| Error::Log(format!("{place} {}: {e}", recorded.kind)))?;
    Ok(Event {
        stream: recorded.stream,
        seq: recorded.seq,
        at: recorded.at,
        by: recorded.by,
        on_behalf: recorded.on_behalf,
        cause: recorded.cause,
        body,
    })
}
