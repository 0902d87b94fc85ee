//! What is well-formed and yet refused, because the kernel of this version does not run it.
//!
//! One line for each; whoever makes the kernel run it deletes the line. Nothing written is ever silently ignored.

use super::Checker;
use crate::workflow::{Bound, From, Kind, Late, Over, Overdue, Sign, Stage, Verb};

pub(super) fn check(checker: &mut Checker<'_>) {
    let workflow = checker.workflow;
    let head = &workflow.case;
    let place = &head.title.place;
    refuse(checker, !head.opened_from.is_empty(), place, "opened: { from: … }");
    for clock in workflow.clocks.values() {
        let silent = matches!(clock.overdue, Some(Overdue::Outcome(..)));
        refuse(checker, silent, &clock.place, "the overdue outcome of a clock");
    }
    for item in workflow.items.values() {
        refuse(checker, item.twins.in_workflow, &item.place, "twins: { in: workflow }");
    }
    for stage in &workflow.stages {
        let place = &stage.place;
        refuse(checker, matches!(stage.late, Late::Exclude | Late::Ask), place, "late: exclude and late: ask");
        // a file stage runs without items, no other does
        refuse(checker, stage.run_empty != (stage.kind == Kind::File), place, "empty");
        let later = matches!(stage.from, From::Case(..));
        refuse(checker, later, place, "from: { case: … }");
        refuse(checker, stage.accept_rows, place, "accept: rows");
        refuse(checker, stage.with_parent, place, "with: parent");
        for outcome in stage.outcomes.values() {
            refuse(checker, outcome.merge, &outcome.place, "merge");
            refuse(checker, outcome.basis.is_some(), &outcome.place, "the basis of an outcome");
        }
        counting(checker, stage);
        for action in stage.all_actions() {
            let keyed = matches!(&action.verb, Verb::Enter(register, with) if with.keys().any(|field| {
                let declared = checker.around.registers.get(register).is_some_and(|r| r.fields.contains_key(field));
                !declared && ["who", "key", "subject"].contains(&field.as_str())
            }));
            refuse(checker, keyed, &action.place, "enter: … with: { who: … }");
        }
        for quota in &stage.quota {
            let reckoned = quota.max.iter().chain(&quota.min).any(|b| matches!(b, Bound::Expression(_)));
            refuse(checker, quota.min.is_some(), &quota.place, "the min of a quota");
            refuse(checker, quota.over == Over::Ask, &quota.place, "over: ask");
            refuse(checker, reckoned, &quota.place, "a quota that is an expression");
        }
    }
}

/// What an assess stage counts, what a decide stage makes of it, and who of several signs.
fn counting(checker: &mut Checker<'_>, stage: &Stage) {
    // what is signed is an item
    refuse(checker, stage.of_case && !matches!(stage.sign, Sign::One), &stage.place, "sign of a stage about the case");
    let ballot = stage.ballot.iter().map(|ballot| ("ballot", &ballot.place));
    let confirms = stage.confirms.values().map(|list| ("lists of a decide stage", &list.place));
    for (what, place) in ballot.chain(confirms) {
        refuse(checker, true, place, what);
    }
}

fn refuse(checker: &mut Checker<'_>, used: bool, place: &crate::diag::Place, what: &str) {
    if used {
        let message = format!("`{what}` is part of the language, but this version does not run it");
        checker.error("not-yet", place, message, "leave it out, or wait for a version that has it");
    }
}
