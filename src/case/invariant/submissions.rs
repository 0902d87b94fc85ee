//! 16. One submission answers one task once, all that follows from it stands together, and what was refused changed nothing.
//!
//! A submission is known by the digest of what was handed in: two drops of the same bytes have one cause, and are told apart by
//! office and moment. That each has one receipt or one return is held by the store, which knows claims, and cannot be told
//! from the log of a case.

use crate::case::event::{Body, Event};
use crate::clock::Moment;
use std::collections::BTreeSet;

pub(super) fn check(log: &[Event], found: &mut Vec<String>) {
    let mut answered: BTreeSet<(u64, String)> = BTreeSet::new();
    for event in log {
        if let Body::TaskAnswered { task, submission, .. } = &event.body
            && !answered.insert((*task, submission.clone()))
        {
            found.push(format!("16: submission {submission} answered task {task} twice"));
        }
    }
    together(log, found);
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
}
