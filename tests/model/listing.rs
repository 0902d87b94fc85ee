//! A list, and a gate for its members alone: every sequence of five commands.

use crate::Go;
use crate::definition::{By, Each, Kind, List, Of, Stage};
use crate::letter::Move;
use crate::random::outcome;
use crate::small::{end, exhaust, intake, next};

/// The stage that makes it may put off; its members come back to it, or to their owner, and may be others when they come again.
fn listed(others_end: bool) -> u64 {
    let list = Some(List { least: 4, others_end });
    let mark = vec![next(), outcome("缓", Go::Stay)];
    let gate = vec![next(), outcome("回", Go::Back(1, true, None)), outcome("退", Go::Back(0, false, None)), end()];
    let stages = vec![
        intake(Of::All, By::One),
        Stage { list, ..Stage::plain(Kind::Assess, Of::All, By::One, mark) },
        Stage { each: Each::Case, ..Stage::plain(Kind::Review, Of::Listed, By::One, gate) },
        Stage::plain(Kind::Decide, Of::All, By::One, vec![next(), end()]),
    ];
    let letters = [
        Move::Nominate(true),
        Move::Answer(0, "过"),
        Move::Answer(1, "过"),
        Move::Answer(0, "缓"),
        Move::Answer(0, "回"),
        Move::Answer(0, "退"),
        Move::AskBack(1),
        Move::Reply(true),
        Move::Mend,
    ];
    exhaust(stages, &letters)
}

#[test]
fn every_sequence_of_five_commands_on_a_list_ends_as_the_model_says() {
    println!("{} commands told", listed(false) + listed(true));
}
