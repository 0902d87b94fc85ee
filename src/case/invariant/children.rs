//! The invariant over cases together: every child that was opened is there, once, and knows its parent.

use crate::case::Case;
use crate::case::event::{Body, Event, Parent};
use std::collections::BTreeMap;

/// 20. Each opening has exactly one child, or one item, that knows of it.
pub fn children_whole(cases: &BTreeMap<String, Case>, logs: &[&[Event]]) -> Vec<String> {
    let mut found = Vec::new();
    let mut opened: BTreeMap<String, u32> = BTreeMap::new();
    for event in logs.iter().flat_map(|log| log.iter()) {
        if let Body::ChildOpened { opening, .. } = &event.body {
            *opened.entry(format!("{}/{opening}", event.stream)).or_default() += 1;
        }
    }
    found.extend(opened.iter().filter(|(_, n)| **n != 1).map(|(opening, n)| format!("20: {opening} opened {n} times")));
    for case in cases.values() {
        parents(cases, case, &mut found);
        for opening in case.openings.values() {
            let Some(child) = &opening.child else { continue };
            let place = format!("{}/{}", case.id, opening.id);
            match cases.get(child) {
                None => found.push(format!("20: {place} opened {child}, which is not there")),
                Some(there) => {
                    let parent = Parent {
                        case: case.id.clone(),
                        workflow: case.workflow.clone(),
                        opening: opening.id,
                        item: opening.item,
                    };
                    let put = opening.put.is_some_and(|item| there.item(item).is_some());
                    let own = opening.fields.is_none() && there.parent.as_ref() == Some(&parent);
                    if !(put || own) {
                        found.push(format!("20: {child} does not know that {place} opened it"));
                    }
                }
            }
        }
    }
    found
}

/// 20. At rest, nothing that could be opened is owed, and what is waited for has not closed.
pub fn children_tended(cases: &BTreeMap<String, Case>) -> Vec<String> {
    let mut found = Vec::new();
    for case in cases.values().filter(|c| c.held.is_none() && c.closed.is_none()) {
        found.extend(case.owed_children().map(|o| format!("20: {}/{} is owed and not opened", case.id, o.id)));
        for opening in case.awaited_children() {
            let child = opening.child.as_ref().and_then(|id| cases.get(id));
            if child.is_none_or(|child| child.closed.is_some()) {
                found.push(format!("20: {}/{} waits for a child that is closed", case.id, opening.id));
            }
        }
    }
    found
}

/// Whoever says he is a child is one.
fn parents(cases: &BTreeMap<String, Case>, case: &Case, found: &mut Vec<String>) {
    let Some(parent) = &case.parent else { return };
    let opening = cases.get(&parent.case).and_then(|p| p.openings.get(&parent.opening));
    if opening.and_then(|o| o.child.as_ref()) != Some(&case.id) {
        found.push(format!("20: {} says {} opened it, which does not", case.id, parent.case));
    }
}
