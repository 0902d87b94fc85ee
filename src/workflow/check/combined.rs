//! Keys that are each part of the language and make no sense together: each pair is refused by name, for good.

use super::Checker;
use crate::diag::Place;
use crate::workflow::{Each, From, Kind, Over, Sign, Stage};

pub(super) fn check(checker: &mut Checker<'_>) {
    for (_, stage) in checker.stages() {
        signed(checker, stage);
        chosen(checker, stage);
        balloted(checker, stage);
        counted(checker, stage);
        if stage.run_empty && stage.kind != Kind::File {
            let message = format!("`{}` has nothing to ask about when no item came", stage.name);
            let hint = "a step of the case itself is `of: case`; only filing runs without items";
            checker.error("run-without-items", &stage.place, message, hint);
        }
    }
}

fn refuse(checker: &mut Checker<'_>, used: bool, kind: &'static str, place: &Place, message: String, hint: &str) {
    if used {
        checker.error(kind, place, message, hint);
    }
}

/// What several sign is one answer about an item.
fn signed(checker: &mut Checker<'_>, stage: &Stage) {
    let name = &stage.name;
    let signed = stage.of_case && !matches!(stage.sign, Sign::One);
    let message = format!("what several sign is an item, and `{name}` is about the case");
    let hint = "give the paper a type of its own that is `one: true`, and let a stage sign that";
    refuse(checker, signed, "sign-about-case", &stage.place, message, hint);
    for outcome in stage.outcomes.values() {
        let several = outcome.merge && stage.several_sign();
        let message = format!("each who signs `{name}` could name another item for `{}`", outcome.name);
        let hint = "let one office merge, at a stage before";
        refuse(checker, several, "merge-where-several-sign", &outcome.place, message, hint);
    }
    let lists = !stage.confirms.is_empty() && stage.several_sign();
    let message = format!("each who signs `{name}` could change the lists otherwise");
    let hint = "let one office enter what was decided: `sign: { recorded: true, pass: … }`, or no `sign`";
    refuse(checker, lists, "lists-where-several-sign", &stage.place, message, hint);
}

/// A stage about the case moves nothing: nobody would be asked to choose.
fn chosen(checker: &mut Checker<'_>, stage: &Stage) {
    let name = &stage.name;
    // those of its kind stand where the stage does
    let written = stage.outcomes.values().find(|o| stage.of_case && o.place != stage.place);
    let place = written.map_or(&stage.place, |o| &o.place);
    let message = format!("`{name}` is about the case, and nobody is asked for an outcome of it");
    let hint = "ask it in `form: { case: … }`, and give the stages behind it a `when` that reads the answer";
    refuse(checker, written.is_some(), "outcomes-about-case", place, message, hint);
}

/// A ballot paper names all that is voted on together, and who counts does nothing else.
fn balloted(checker: &mut Checker<'_>, stage: &Stage) {
    let Some(ballot) = &stage.ballot else { return };
    let (name, place) = (&stage.name, &ballot.place);
    let message = format!("a ballot paper of `{name}` would name one item alone");
    let hint = "leave `each` out, or group what is voted on together: `each: FIELD`";
    refuse(checker, stage.each == Each::Item, "ballot-of-one", place, message, hint);
    let message = format!("`{name}` is about the case, and there is nothing to vote on");
    refuse(
        checker,
        stage.of_case,
        "ballot-about-case",
        place,
        message,
        "a ballot is about items: leave out `of: case`",
    );
    let message = format!("`{name}` is counted by all who count, and nothing is left to sign");
    let hint = "leave out `sign`; `witness: ROLE` confirms a count";
    refuse(checker, !matches!(stage.sign, Sign::One), "sign-with-ballot", place, message, hint);
    let beside = stage.score.is_none() && stage.asks_each();
    let message =
        format!("whoever counts at `{name}` is asked of each item besides, and counting is about all of them");
    let hint = "ask it at a stage of its own";
    refuse(checker, beside, "form-beside-ballot", place, message, hint);
}

/// Quotas that nobody could answer to.
fn counted(checker: &mut Checker<'_>, stage: &Stage) {
    for quota in &stage.quota {
        let (name, place) = (&stage.name, &quota.place);
        let duty = matches!(stage.from, From::Every(..));
        let message = format!("at `{name}` every office hands in one for each time, and who is missing is told");
        let hint = "leave out `min`: `expect` and the notice of who is missing say it";
        refuse(checker, quota.min.is_some() && duty, "min-of-a-duty", place, message, hint);
        let later = stage.kind != Kind::Recommend;
        let message =
            format!("whoever answers `{name}` decides how many go on, and would be asked what he has decided");
        let hint = "write `over: reason`: he gives the reason with his answer";
        refuse(checker, quota.over == Over::Ask && later, "ask-above-own-decision", place, message, hint);
        let singly = later && stage.each == Each::Item;
        let message = format!("`{name}` is answered item by item, so too few are never known");
        let hint = "let it take its items together: `each: case`";
        refuse(checker, quota.min.is_some() && singly, "min-item-by-item", place, message, hint);
    }
}
