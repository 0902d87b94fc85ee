//! The invariants over what is decided, shown, entered, passed on and opened: 7, 10, 17, 19, 20, and what is merged.

use crate::case::event::{Ask, Body, Event, Hold, TOLD, TaskEnd};
use crate::case::program::Program;
use crate::case::{Case, Life};
use crate::submission::{Type, texts};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Shorter values than this are words that may stand anywhere.
const TELLING_CHARACTERS_MIN: usize = 4;

pub(super) fn check(program: &Program, case: &Case, log: &[Event], found: &mut Vec<String>) {
    super::decided::sides(program, log, found);
    signed(program, case, found);
    sealed_stays_sealed(program, case, log, found);
    super::registers::entered_once(log, found);
    held_means_held(log, found);
    tasks_have_one_office(log, found);
    merges(log, found);
    children(case, found);
    tables_are_frozen(log, found);
    told(log, found);
    unmade_is_asked(case, found);
}

/// Of a paper that could not be made somebody is asked what becomes of it; of none else.
fn unmade_is_asked(case: &Case, found: &mut Vec<String>) {
    for paper in case.documents.values().filter(|d| d.unmade.is_some() && case.closed.is_none()) {
        if paper.life != Life::Ordered || case.asks_of_unmade(paper.id).is_none() {
            found.push(format!("document {} could not be made, and nobody is asked", paper.id));
        }
    }
    let idle = |first: u32| case.unmade_like(first).is_empty();
    for question in case.open_questions().filter(|q| q.unmade().is_some_and(idle) && case.closed.is_none()) {
        found.push(format!("question {} asks about papers, and none is unmade", question.id));
    }
}

/// Whoever is told something is told one text of each item, and of nothing that is not in the case.
fn told(log: &[Event], found: &mut Vec<String>) {
    let mut known: BTreeSet<u32> = BTreeSet::new();
    for event in log {
        if let Body::ItemOpened { item, .. } = &event.body {
            known.insert(*item);
        }
        let Body::Told { items, to, fields, .. } = &event.body else { continue };
        let texts = fields.get(TOLD).and_then(Value::as_array).map_or(0, Vec::len);
        if to.is_empty() || texts != items.len() || !items.iter().all(|item| known.contains(item)) {
            found.push(format!("event {} tells {to:?} {texts} texts of items {items:?}", event.seq));
        }
    }
}

/// 20. What waits for a child waits for one that is to come, or has not closed; an opening is settled once.
fn children(case: &Case, found: &mut Vec<String>) {
    for item in case.living() {
        for hold in &item.holds {
            let Hold::Child(opening) = hold else { continue };
            let waits =
                case.openings.get(opening).is_some_and(|o| o.item == item.id && (o.is_open() || o.is_awaited()));
            if !waits {
                found.push(format!("20: item {} waits for opening {opening}, which is over", item.id));
            }
        }
    }
    for opening in case.openings.values() {
        if opening.child.is_some() && opening.given_up {
            found.push(format!("20: opening {} was opened and given up", opening.id));
        }
        if opening.is_owed() && case.closed.is_some() {
            found.push(format!("20: opening {} is owed by a closed case", opening.id));
        }
    }
}

/// Every table of a paper is as its digest says.
fn tables_are_frozen(log: &[Event], found: &mut Vec<String>) {
    for event in log {
        let Body::DocumentOrdered { document, tables, fields, .. } = &event.body else { continue };
        for (name, digest) in tables {
            if fields.get(name).map(crate::case::table::digest).as_ref() != Some(digest) {
                found.push(format!("the table `{name}` of document {document} is not what its digest says"));
            }
        }
    }
}

/// Where several sign, nobody's own answer is that of the stage, and nobody is asked what is decided.
fn signed(program: &Program, case: &Case, found: &mut Vec<String>) {
    for item in case.items.values() {
        for stage in program.workflow().stages.iter().filter(|s| s.takes_several()) {
            let Some(answer) = item.answers.get(&stage.name) else { continue };
            let counted = item.signed.get(&stage.name).is_some_and(|all| all.iter().any(|s| s.batch == answer.batch));
            if !counted {
                found.push(format!("item {} was decided at `{}`, and nobody signed", item.id, stage.name));
            }
            let asked = |t: &&crate::case::Task| t.ask == Ask::Answer && t.stage.as_ref() == Some(&stage.name);
            if item.batch() == answer.batch && case.tasks_of(item.id).any(|t| asked(&t)) {
                found.push(format!("item {} is decided at `{}`, and somebody is asked", item.id, stage.name));
            }
        }
    }
}

/// 10. No sealed value stands in any paper; no personal number in a paper for the public.
fn sealed_stays_sealed(program: &Program, case: &Case, log: &[Event], found: &mut Vec<String>) {
    let workflow = program.workflow();
    let mut sealed: BTreeSet<String> = BTreeSet::new();
    let mut personal: BTreeSet<String> = BTreeSet::new();
    for item in case.items.values() {
        let Some(of) = workflow.items.get(&item.of) else { continue };
        for (name, value) in &item.fields {
            let Some(kind) = of.fields.get(name).map(|f| &f.kind) else { continue };
            if of.sealed.contains(name) {
                sealed.extend(telling(value, kind, &|kind| !matches!(kind, Type::One(_) | Type::Any(_))));
            }
            personal.extend(telling(value, kind, &Type::is_personal));
        }
    }
    for event in log {
        if let Body::Told { fields, .. } = &event.body {
            let mut said = fields.values().flat_map(texts);
            if said.any(|t| sealed.iter().any(|value| t.contains(value.as_str()))) {
                found.push(format!("10: event {} tells a sealed value", event.seq));
            }
        }
        let Body::DocumentOrdered { document, to, fields, .. } = &event.body else { continue };
        let public = to.iter().any(|t| t == "public");
        let texts: Vec<&str> = fields.values().flat_map(texts).collect();
        if texts.iter().any(|t| sealed.contains(*t)) {
            found.push(format!("10: document {document} holds a sealed value"));
        }
        if public && texts.iter().any(|t| personal.contains(*t)) {
            found.push(format!("10: document {document} is public and holds a personal number"));
        }
    }
}

/// The texts of a value that tell something: of a table those in the columns of such a type.
fn telling(value: &Value, kind: &Type, such: &impl Fn(&Type) -> bool) -> Vec<String> {
    let long = |text: &&str| text.chars().count() >= TELLING_CHARACTERS_MIN;
    let Type::Table(columns, _) = kind else {
        let of_it = if such(kind) { texts(value) } else { Vec::new() };
        return of_it.into_iter().filter(long).map(str::to_string).collect();
    };
    let rows: Vec<&Value> = match value {
        Value::Array(rows) => rows.iter().collect(),
        Value::Object(rows) => rows.values().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    let cells = rows.iter().flat_map(|row| columns.iter().filter_map(|(name, kind)| Some((row.get(name)?, kind))));
    cells.flat_map(|(cell, kind)| telling(cell, kind, such)).collect()
}

/// 17. A held case does not move.
fn held_means_held(log: &[Event], found: &mut Vec<String>) {
    let mut held = false;
    for event in log {
        if let Body::CaseHeld { held: now, .. } = &event.body {
            held = *now;
        }
        let moves = matches!(
            event.body,
            Body::ItemMoved { .. }
                | Body::AnswerTakenBack { .. }
                | Body::ItemOpened { .. }
                | Body::BatchOpened { .. }
                | Body::BatchDone { .. }
                | Body::TaskAnswered { .. }
                | Body::Counted { .. }
                | Body::DocumentIssued { .. }
                | Body::ScheduleFell { .. }
                | Body::ClockRang { .. }
        );
        if held && moves {
            found.push(format!("17: event {} moved a held case", event.seq));
        }
    }
}

/// 19. A task lies with one office, which alone answers it, and answers it anew; only that office passes it on, once, while open.
fn tasks_have_one_office(log: &[Event], found: &mut Vec<String>) {
    let (mut offices, mut answered): (BTreeMap<u64, &str>, BTreeMap<u64, &str>) = Default::default();
    for event in log {
        let by = Some(event.by.as_str());
        match &event.body {
            Body::TaskOpened { task, office, .. } => drop(offices.insert(*task, office)),
            Body::TaskPassed { task, from, to, .. } => {
                let had = offices.insert(*task, to);
                if from == to || had != Some(from) {
                    found.push(format!("19: task {task} passed from {from} to {to}, and was not open there"));
                }
            }
            Body::TaskAnswered { task, .. } if [&offices, &answered].iter().all(|o| o.get(task).copied() != by) => {
                found.push(format!("19: {} answered task {task}, which did not lie with it", event.by));
            }
            Body::TaskClosed { task, why } => {
                let office = offices.remove(task).filter(|_| *why == TaskEnd::Answered);
                answered.extend(office.map(|office| (*task, office)));
            }
            _ => {}
        }
    }
}

/// What an item is merged into is another of its kind that lives then.
fn merges(log: &[Event], found: &mut Vec<String>) {
    let mut living: BTreeMap<u32, (&str, Option<u32>)> = BTreeMap::new();
    for event in log {
        match &event.body {
            Body::ItemOpened { item, of, about, .. } => drop(living.insert(*item, (of, *about))),
            Body::ItemEnded { item, merged_into, .. } => {
                let own = living.remove(item);
                if let Some(into) = merged_into.filter(|into| living.get(into) != own.as_ref()) {
                    found
                        .push(format!("item {item} was merged into {into}, which does not live or is of another kind"));
                }
            }
            _ => {}
        }
    }
}
