//! What is well-formed and yet refused, because the kernel of this version does not run it.
//!
//! One line for each; whoever makes the kernel run it deletes the line. Nothing written is ever silently ignored.

use super::Checker;
use crate::workflow::{Each, From, Go, Kind, Over, Sign, Stage, Verb};

pub(super) fn check(checker: &mut Checker<'_>) {
    let workflow = checker.workflow;
    }
    for stage in &workflow.stages {
        let place = &stage.place;
        // a file stage may run without items, no other does
        refuse(checker, stage.run_empty && stage.kind != Kind::File, place, "empty: run");
        for outcome in stage.outcomes.values() {
            // each of several would name what an item is merged into, and they may differ
            let several = outcome.merge && stage.several_sign();
            refuse(checker, several, &outcome.place, "merge where several sign");
            // it may stand in a notice whose time runs, with other side items about it
            let moved = matches!(&outcome.about, Some(Go::Next | Go::To(_) | Go::Back(..) | Go::Stay));
            refuse(checker, moved, &outcome.place, "about: other than { end: … }");
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
            // what is too few is known when an intake closes, and what goes on at a later stage is made into papers at once
            let taken_in = stage.kind == Kind::Recommend;
            let once = taken_in && !matches!(stage.from, From::Every(..));
            refuse(checker, quota.min.is_some() && !once, &quota.place, "the min of a quota that is not an intake's");
            refuse(checker, quota.over == Over::Ask && !taken_in, &quota.place, "over: ask after the intake");
        }
    }
}

/// What an assess stage counts, what a decide stage makes of it, and who of several signs.
fn counting(checker: &mut Checker<'_>, stage: &Stage) {
    // what is signed is an item
    refuse(checker, stage.of_case && !matches!(stage.sign, Sign::One), &stage.place, "sign of a stage about the case");
    if let Some(ballot) = &stage.ballot {
        let place = &ballot.place;
        refuse(checker, stage.each == Each::Item, place, "a ballot of each: item");
        refuse(checker, stage.of_case, place, "a ballot about the case");
        refuse(checker, !matches!(stage.sign, Sign::One), place, "sign of a stage with a ballot");
        refuse(
            checker,
            stage.score.is_none() && stage.asks_each(),
            place,
            "what is asked of each item beside a ballot",
        );
    }
    let signed = !stage.confirms.is_empty() && stage.several_sign();
    refuse(checker, signed, &stage.place, "lists of a decide stage that several sign");
}

fn refuse(checker: &mut Checker<'_>, used: bool, place: &crate::diag::Place, what: &str) {
    if used {
        let message = format!("`{what}` is part of the language, but this version does not run it");
        checker.error("not-yet", place, message, "leave it out, or wait for a version that has it");
    }
}
