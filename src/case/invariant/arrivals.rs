//! Nobody is asked of an item that stands unjudged at a stage, and it does so only while its condition cannot be judged.

use crate::case::Case;
use crate::case::event::{Body, Event};
use crate::case::program::Program;
use std::collections::BTreeSet;

/// No batch takes in what stands there unjudged.
pub(super) fn taken_in(log: &[Event], found: &mut Vec<String>) {
    let mut unjudged: BTreeSet<u32> = BTreeSet::new();
    for event in log {
        match &event.body {
            Body::ItemMoved { item, unjudged: true, .. } => unjudged.extend([*item]),
            Body::ItemMoved { item, .. } => unjudged.retain(|known| known != item),
            Body::AnswerTakenBack { items, .. } => unjudged.retain(|item| !items.contains(item)),
            Body::BatchOpened { stage, items, .. } if items.iter().any(|item| unjudged.contains(item)) => {
                found.push(format!("`{stage}` took in items {items:?} before its condition was judged"));
            }
            _ => {}
        }
    }
}

/// Whoever stands unjudged is held, or a stage about the case before it is not done.
pub(super) fn wait(program: &Program, case: &Case, found: &mut Vec<String>) {
    if case.closed.is_some() || case.held.is_some() {
        return;
    }
    for item in case.living().filter(|item| item.is_unjudged() && item.holds.is_empty()) {
        let stage = item.stage().unwrap_or_default();
        if case.barrier_before(program.workflow(), stage).is_none() {
            found.push(format!("item {} stands unjudged at `{stage}`, and waits for nothing", item.id));
        }
    }
}
