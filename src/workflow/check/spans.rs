//! Limits that limit nothing (LANGUAGE §2, §6, §10): spans of nothing, and what is said about a limit where there is none.

use super::Checker;
use crate::deadline::Span;
use crate::diag::Place;
use crate::workflow::{From, Kind, Limit, Stage};

pub(super) fn check(checker: &mut Checker<'_>) {
    for (_, stage) in checker.stages() {
        let name = &stage.name;
        nothing(checker, &format!("`within` of `{name}`"), span(stage.within.as_ref()), &stage.place);
        for (key, span) in [("for", stage.period), ("grace", stage.grace), ("keep", stage.keep)] {
            nothing(checker, &format!("`{key}` of `{name}`"), span, &stage.place);
        }
        for outcome in stage.outcomes.values() {
            let what = format!("`within` of the outcome `{}`", outcome.name);
            nothing(checker, &what, span(outcome.within.as_ref()), &outcome.place);
            if outcome.within.is_none() && outcome.overdue.is_some() {
                unlimited(checker, "overdue", &format!("the outcome `{}`", outcome.name), &outcome.place);
            }
        }
        without_limit(checker, stage);
    }
    for of in checker.workflow.items.values() {
        nothing(checker, &format!("`keep` of `{}`", of.name), of.keep, &of.place);
    }
    for clock in checker.workflow.clocks.values() {
        nothing(checker, &format!("`run` of the clock `{}`", clock.name), span(Some(&clock.run)), &clock.place);
        let by = clock.extend.as_ref().map(|extend| extend.by);
        nothing(checker, &format!("`extend` of the clock `{}`", clock.name), by, &clock.place);
    }
}

fn span(limit: Option<&Limit>) -> Option<Span> {
    match limit? {
        Limit::Span(span) | Limit::From(span, _) => Some(*span),
        Limit::By(_) => None,
    }
}

fn nothing(checker: &mut Checker<'_>, what: &str, span: Option<Span>, place: &Place) {
    if let Some(span) = span.filter(|span| span.is_nothing()) {
        let message = format!("{what} is `{span}`, which is no time at all");
        let hint = "give it a length, or leave the key out; what is due on the day itself is `{ by: FIELD }`";
        checker.error("span-of-nothing", place, message, hint);
    }
}

/// Reminders count from a limit, and only what has one can be over its time. A duty is due when its schedule falls.
fn without_limit(checker: &mut Checker<'_>, stage: &Stage) {
    let duty = stage.kind == Kind::Recommend && matches!(stage.from, From::Every(..));
    if stage.within.is_some() || duty {
        return;
    }
    let written = [("remind", !stage.remind.is_empty()), ("overdue", stage.overdue.is_some())];
    for (key, _) in written.into_iter().filter(|(_, written)| *written) {
        unlimited(checker, key, &format!("`{}`", stage.name), &stage.place);
    }
}

fn unlimited(checker: &mut Checker<'_>, key: &str, what: &str, place: &Place) {
    let message = format!("{what} has `{key}`, and no limit that it could be about");
    checker.error("remind-without-limit", place, message, "add `within:`, or leave the key out");
}
