//! 16. One submission answers one task once, all that follows from it stands together, and what was refused changed nothing.
//!
//! What was taken back, or was replaced by another, may come again in the same bytes: a submission counts once as long as what it
//! said stands, the items it opened or its answers about others.
//!
//! A submission is known by the digest of what was handed in: two drops of the same bytes have one cause, and are told apart by
//! office and moment. That each has one receipt or one return is held by the store, which knows claims, and cannot be told
//! from the log of a case.

use crate::case::event::{Body, Event};
use crate::clock::Moment;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(log: &[Event], found: &mut Vec<String>) {
    once(log, found);
    together(log, found);
}

/// No submission answers a task again while anything stands of what it said there before.
#[expect(clippy::wildcard_enum_match_arm, reason = "a checker looks at few of the events")]
fn once(log: &[Event], found: &mut Vec<String>) {
    // what stands of each answer: the items it opened or spoke of; one that speaks of none stands for good
    let mut stands: BTreeMap<(&str, u64), BTreeSet<u32>> = BTreeMap::new();
    let mut opened: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    let mut opened_by: BTreeMap<u32, &str> = BTreeMap::new();
    for event in log {
        match &event.body {
            Body::ItemOpened { item, submission: Some(submission), .. } => {
                opened.entry(submission).or_default().insert(*item);
                opened_by.insert(*item, submission);
            }
            Body::ItemEnded { item, .. } => {
                let Some(by) = opened_by.remove(item) else { continue };
                let of_it: Vec<(&str, u64)> = stands.range((by, 0)..=(by, u64::MAX)).map(|(of, _)| *of).collect();
                of_it.into_iter().for_each(|of| stands_no_more(&mut stands, of, &[*item]));
            }
            Body::AnswerTakenBack { task, items, .. } => {
                let of_it: Vec<(&str, u64)> = stands.keys().filter(|(_, of)| of == task).copied().collect();
                of_it.into_iter().for_each(|of| stands_no_more(&mut stands, of, items));
            }
            Body::TaskAnswered { task, submission, rows, .. } => {
                let mut said = opened.remove(submission.as_str()).unwrap_or_default();
                said.extend(rows.iter().filter_map(|row| row.item));
                if stands.insert((submission, *task), said).is_some() {
                    found.push(format!("16: submission {submission} answered task {task} twice"));
                }
            }
            _ => {}
        }
    }
}

fn stands_no_more<'a>(stands: &mut BTreeMap<(&'a str, u64), BTreeSet<u32>>, of: (&'a str, u64), items: &[u32]) {
    let Some(said) = stands.get_mut(&of) else { return };
    let before = said.len();
    said.retain(|item| !items.contains(item));
    if before > 0 && said.is_empty() {
        stands.remove(&of);
    }
}

/// The events of one submission of an office at a moment are one run of the log: they are one transaction.
fn together(log: &[Event], found: &mut Vec<String>) {
    type Drop<'a> = (&'a str, &'a str, Moment);
    let mut over: BTreeSet<Drop<'_>> = BTreeSet::new();
    let mut now: Option<Drop<'_>> = None;
    // several drops may be refused within a second, the same bytes twice among them: what changed nothing follows from nothing
    for event in log.iter().filter(|event| !matches!(event.body, Body::CommandRefused { .. })) {
        let of = (event.cause.as_str(), event.by.as_str(), event.at);
        // what an answer brings about by itself has its cause and another hand
        let same_cause = now.is_some_and(|(cause, _, at)| (cause, at) == (of.0, of.2));
        if !same_cause {
            over.extend(now.take());
        }
        if !event.cause.starts_with("submission ") {
            continue;
        }
        if over.contains(&of) {
            found.push(format!("16: event {} follows from what was over before", event.seq));
        }
        now.get_or_insert(of);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::event::{Fields, Row};

    fn event(seq: u64, cause: &str, hour: u32) -> Event {
        let at =
            chrono::NaiveDate::from_ymd_opt(2025, 3, 3).and_then(|d| d.and_hms_opt(hour, 0, 0)).unwrap_or_default();
        let body = Body::CaseRepaired { reason: String::new() };
        Event { stream: "试".into(), seq, at, by: "甲".into(), on_behalf: None, cause: cause.into(), body }
    }

    #[test]
    fn what_follows_from_one_submission_stands_together() {
        let mut found = Vec::new();
        let whole = [event(1, "submission a", 9), event(2, "submission a", 9), event(3, "submission b", 9)];
        together(&whole, &mut found);
        // the same bytes once more, later
        together(&[event(1, "submission a", 9), event(2, "timer", 9), event(3, "submission a", 10)], &mut found);
        assert_eq!(found, Vec::<String>::new());
        together(&[event(1, "submission a", 9), event(2, "submission b", 9), event(3, "submission a", 9)], &mut found);
        assert_eq!(found, ["16: event 3 follows from what was over before"]);
        // a wrong form dropped twice within a second, and another between
        let refused = |seq| {
            let body = Body::CommandRefused { submission: String::new(), office: String::new(), reasons: Vec::new() };
            Event { body, ..event(seq, "submission a", 9) }
        };
        found.clear();
        together(&[refused(1), event(2, "submission b", 9), refused(3)], &mut found);
        assert_eq!(found, Vec::<String>::new());
    }

    fn nominated(item: u32, submission: &str) -> Body {
        Body::ItemOpened {
            item,
            of: "人".into(),
            category: None,
            owner: "甲".into(),
            about: None,
            stage: "报".into(),
            fields: Fields::new(),
            waiver: None,
            submission: Some(submission.into()),
        }
    }

    fn answered(submission: &str, about: Option<u32>) -> Body {
        Body::TaskAnswered {
            task: 1,
            submission: submission.into(),
            fields: Fields::new(),
            rows: about.map(|item| Row { item: Some(item), ..Row::default() }).into_iter().collect(),
            attachments: Vec::new(),
            declined: None,
            complete: true,
            part: false,
            count: None,
            saw: Vec::new(),
        }
    }

    fn ended(item: u32) -> Body {
        Body::ItemEnded { item, label: "撤回".into(), outcome: None, reason: None, merged_into: None, code: None }
    }

    fn counted(bodies: Vec<Body>) -> Vec<String> {
        let log: Vec<Event> = (1..).zip(bodies).map(|(seq, body)| Event { body, ..event(seq, "test", 9) }).collect();
        let mut found = Vec::new();
        once(&log, &mut found);
        found
    }

    #[test]
    fn a_submission_comes_back_after_another_replaced_it_and_counts_once_while_it_stands() {
        let twice = ["16: submission a answered task 1 twice"];
        let first = || vec![nominated(1, "a"), nominated(2, "a"), answered("a", None)];
        let with = |more: Vec<Body>| counted([first(), more].concat());
        // a, b, a
        let other = vec![ended(1), ended(2), nominated(3, "b"), answered("b", None), ended(3), nominated(4, "a")];
        assert_eq!(with([other, vec![answered("a", None)]].concat()), Vec::<String>::new());
        assert_eq!(with(vec![nominated(3, "a"), answered("a", None)]), twice);
        assert_eq!(with(vec![answered("a", None)]), twice);
        // one of two is withdrawn, and the same file handed in: the other has to go with it
        assert_eq!(with(vec![ended(1), ended(2), nominated(3, "a"), answered("a", None)]), Vec::<String>::new());
        assert_eq!(with(vec![ended(1), nominated(3, "a"), answered("a", None)]), twice);
        // what came back stands
        let again = vec![ended(1), ended(2), nominated(3, "a"), answered("a", None), answered("a", None)];
        assert_eq!(with(again), twice);
    }

    #[test]
    fn an_answer_comes_back_after_it_was_taken_back_and_only_then() {
        let twice = ["16: submission a answered task 1 twice"];
        let taken = Body::AnswerTakenBack { task: 1, items: vec![7], reason: "错".into(), waiting: Vec::new() };
        assert_eq!(counted(vec![answered("a", Some(7)), taken, answered("a", Some(7))]), Vec::<String>::new());
        assert_eq!(counted(vec![answered("a", Some(7)), ended(7), answered("a", Some(7))]), twice);
        assert_eq!(counted(vec![answered("a", None), answered("a", None)]), twice);
    }
}
