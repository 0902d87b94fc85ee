//! What the model has found about notices, each as short as it can be told; the kernel did otherwise before.

use crate::command::Command;
use crate::definition::{By, Each, Go, Kind, NEVER, Of, Stage};
use crate::found::{answer, at, nominate, notice, objections, play, stage};
use crate::random::outcome;
use crate::small::{intake, next};

#[test]
fn a_held_item_that_was_mended_is_not_kept_before_a_notice_nobody_comes_to() {
    let never = Stage { when: Some(NEVER), each: Each::Item, ..notice() };
    let back = outcome("退", Go::Back(0, true, None));
    let sent = outcome("回", Go::Back(1, true, None));
    let review = stage(Kind::Review, vec![next(), back, sent]);
    let stages = [intake(Of::All, By::One), never, notice(), review, objections()];
    let mend = Command::Mend { item: 1, office: "审办", number: 2 };
    let raise = Command::Raise { about: 1, office: "审办" };
    let late = Command::Reply { question: 1, office: "审办", yes: true };
    let told = [nominate(), Command::Settle, Command::Wait, answer(3, &[(1, "退")]), raise, late, mend];
    assert_eq!(at(&play(&stages, &told, true), 1), Some(3));
}

#[test]
fn a_notice_that_names_nobody_any_more_is_over_before_its_time() {
    let stages = [intake(Of::All, By::One), Stage { each: Each::Case, ..notice() }, objections()];
    let ask = |item| Command::AskBack { item, office: "审办" };
    let grant = |question| Command::Reply { question, office: "审办", yes: true };
    let mend = Command::Mend { item: 1, office: "审办", number: 0 };
    let model = play(&stages, &[nominate(), Command::Settle, ask(1), grant(1), ask(2), grant(2), mend], true);
    let open = model.batches.iter().filter(|b| !b.done).count();
    assert_eq!(open, 1, "the other may come again, and then has a notice of its own");
}

#[test]
fn an_objection_on_its_way_back_does_not_send_an_item_past_other_notices() {
    let back = outcome("回", Go::Back(1, true, None));
    let stages = [
        intake(Of::All, By::One),
        Stage { period: None, collects: false, ..notice() },
        notice(),
        Stage { each: Each::Item, ..stage(Kind::Decide, vec![next(), back]) },
        objections(),
    ];
    let reply = Command::Reply { question: 1, office: "审办", yes: true };
    let raise = Command::Raise { about: 1, office: "审办" };
    let told = [
        nominate(),
        Command::Settle,
        Command::Wait,
        answer(3, &[(1, "回")]),
        raise,
        reply,
        answer(4, &[(3, "成立")]),
        Command::Settle,
    ];
    assert_eq!(at(&play(&stages, &told, true), 1), Some(3));
}
