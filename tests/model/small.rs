//! Eleven small definitions, and every sequence of five commands on each.
//!
//! `BANWEN_MODEL_LENGTH` plays longer ones: six take a minute unoptimised, seven four.
//! Wherever such a sequence ends, the case can be brought to its end. A command that both refuse changes nothing, so what comes after it is what comes without it, and is not played again.

use crate::command::Command;
use crate::definition::{ASKED, By, Definition, Each, Kind, Late, NEVER, Of, Sign, Stage};
use crate::letter::Move;
use crate::play::{Play, Wrong};
use crate::random::outcome;
use crate::{Go, Outcome, ending};
use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};

/// Commands of a sequence.
const LENGTH: usize = 5;

/// A recommend stage of one office, closed when it has handed in.
pub(crate) fn intake(of: Of, by: By) -> Stage {
    Stage { expect_all: true, ..Stage::plain(Kind::Recommend, of, by, Vec::new()) }
}

pub(crate) fn next() -> Outcome {
    outcome("过", Go::Next)
}

pub(crate) fn end() -> Outcome {
    outcome("止", Go::End("未过"))
}

/// What is asked, played out: every sequence of five letters.
pub(crate) fn exhaust(stages: Vec<Stage>, letters: &[Move]) -> u64 {
    let definition = Definition { stages, rule: None, per: None };
    let opened = Play::open(&definition, false).unwrap_or_else(|| panic!("refused:\n{}", definition.yaml()));
    let length = crate::said("BANWEN_MODEL_LENGTH").map_or(LENGTH, |n| usize::try_from(n).unwrap());
    let mut closed = BTreeSet::new();
    let played = opened.and_then(|play| further(&play, letters, length, &mut Vec::new(), &mut closed));
    played.unwrap_or_else(|wrong| panic!("{wrong}\nunder:\n{}", definition.yaml()))
}

/// How many commands were told from here on. Wherever it ends, the case can be closed; `closed` knows from where that was seen.
fn further(
    play: &Play,
    letters: &[Move],
    length: usize,
    said: &mut Vec<Command>,
    closed: &mut BTreeSet<u64>,
) -> Result<u64, Wrong> {
    let after = |wrong: Wrong, said: &[Command]| format!("{wrong}\nafter {said:#?}");
    if said.len() == length {
        let mut hasher = std::hash::DefaultHasher::new();
        format!("{:?}", play.model).hash(&mut hasher);
        if closed.insert(hasher.finish()) {
            ending::close(&mut play.clone()).map_err(|wrong| after(wrong, said))?;
        }
        return Ok(0);
    }
    let mut told = 0;
    for letter in letters {
        let command = letter.here(&play.model);
        let mut next = play.clone();
        let obeyed = next.tell(&command).map_err(|wrong| after(format!("{wrong}\nat {command:?}"), said))?;
        told += 1;
        if obeyed {
            said.push(command);
            told += further(&next, letters, length, said, closed)?;
            said.pop();
        }
    }
    Ok(told)
}

/// A gate after a review, whose returns come straight back; two offices hand in.
fn gate() -> u64 {
    let review = vec![next(), outcome("退", Go::Back(0, true, None))];
    let decide = Stage { ..Stage::plain(Kind::Decide, Of::All, By::One, vec![next(), end()]) };
    let stages = vec![intake(Of::All, By::Owners), Stage::plain(Kind::Review, Of::All, By::Two, review), decide];
    let letters = [
        Move::Nominate(true),
        Move::Answer(0, "过"),
        Move::Answer(1, "退"),
        Move::Apart("过", "止"),
        Move::Mend,
        Move::Withdraw(1),
        Move::TakeBack,
        Move::NominateAnew,
        Move::Close,
        Move::Reopen,
        Move::Cancel,
    ];
    exhaust(stages, &letters)
}

/// A notice that lets objections in, and a decision after it.
fn objections() -> u64 {
    let notice = Stage {
        collects: true,
        period: Some(1),
        grace: Some(2),
        ..Stage::plain(Kind::Publicise, Of::All, By::One, vec![])
    };
    let sustained = Outcome { about: Some(Go::End("撤下")), ..outcome("成立", Go::End("议成立")) };
    let outcomes = vec![sustained, outcome("不成立", Go::End("议不成立"))];
    let stages = vec![
        intake(Of::All, By::One),
        notice,
        Stage::plain(Kind::Review, Of::Side, By::One, outcomes),
        Stage::plain(Kind::Decide, Of::All, By::One, vec![next(), end()]),
    ];
    let letters = [
        Move::Nominate(true),
        Move::Settle,
        Move::Wait,
        Move::Raise(1),
        Move::Answer(0, "成立"),
        Move::Answer(0, "不成立"),
        Move::Answer(0, "过"),
        Move::Reply(true),
        Move::Reply(false),
        Move::Cancel,
    ];
    exhaust(stages, &letters)
}

/// Side items that send what they are about back, round again, or before its stage once more.
fn upheld() -> u64 {
    let ended = |name, about| Outcome { about: Some(about), ..outcome(name, Go::End("议成立")) };
    let outcomes = vec![
        ended("退", Go::Back(0, true, None)),
        ended("转", Go::To(1)),
        ended("再", Go::Stay),
        outcome("否", Go::End("否")),
    ];
    let stages = vec![
        intake(Of::All, By::One),
        Stage { when: Some(2), ..Stage::plain(Kind::Assess, Of::All, By::One, vec![next()]) },
        Stage { collects: true, ..Stage::plain(Kind::Review, Of::All, By::One, vec![next(), end()]) },
        Stage::plain(Kind::Review, Of::Side, By::One, outcomes),
    ];
    let letters = [
        Move::Nominate(true),
        Move::Answer(0, "过"),
        Move::Raise(1),
        Move::Answer(1, "退"),
        Move::Answer(1, "转"),
        Move::Answer(1, "再"),
        Move::Answer(1, "过"),
        Move::Answer(2, "退"),
        Move::Mend,
    ];
    exhaust(stages, &letters)
}

/// A stage for those alone that are sent there, and a gate for those alone.
fn sent() -> u64 {
    let away = |to, name| outcome(name, Go::To(to));
    let never = |stage: Stage| Stage { when: Some(NEVER), ..stage };
    let review = vec![next(), away(1, "查"), away(3, "会")];
    let gate = Stage { each: Each::Case, ..Stage::plain(Kind::Assess, Of::All, By::One, vec![next(), away(1, "查")]) };
    let stages = vec![
        intake(Of::All, By::One),
        never(Stage::plain(Kind::Assess, Of::All, By::One, vec![next()])),
        Stage::plain(Kind::Review, Of::All, By::One, review),
        never(gate),
        Stage::plain(Kind::Decide, Of::All, By::One, vec![next(), outcome("回", Go::Back(1, true, None))]),
    ];
    let letters = [
        Move::Nominate(true),
        Move::Answer(0, "过"),
        Move::Answer(1, "过"),
        Move::Apart("查", "会"),
        Move::Apart("会", "过"),
        Move::Answer(0, "查"),
        Move::Answer(0, "回"),
        Move::Mend,
    ];
    exhaust(stages, &letters)
}

/// A loop to an earlier stage, and one whose outcome a condition chooses.
fn loops() -> u64 {
    let check = vec![next(), outcome("转", Go::To(1)), outcome("缓", Go::Stay)];
    let chosen = vec![Outcome { when: Some(3), ..outcome("转", Go::To(2)) }, next()];
    let last = Stage { each: Each::Case, late: Late::Wait, ..Stage::plain(Kind::Assess, Of::All, By::One, chosen) };
    let stages = vec![
        intake(Of::All, By::One),
        Stage::plain(Kind::Assess, Of::All, By::Owner, vec![next()]),
        Stage::plain(Kind::Assess, Of::All, By::One, check),
        last,
        Stage::plain(Kind::File, Of::All, By::One, vec![outcome("归档", Go::Next)]),
    ];
    let letters = [
        Move::Nominate(true),
        Move::Answer(0, "过"),
        Move::Answer(1, "过"),
        Move::Answer(0, "转"),
        Move::Answer(1, "缓"),
        Move::Withdraw(2),
        Move::Hold,
        Move::Release,
    ];
    exhaust(stages, &letters)
}

/// A batch for each value of a field, with what is put off and a quota.
fn groups() -> u64 {
    let outcomes = vec![next(), outcome("缓", Go::Stay), outcome("回", Go::Back(1, false, None))];
    let put_off = vec![next(), outcome("缓", Go::Stay), end()];
    let stages = vec![
        intake(Of::All, By::One),
        Stage::plain(Kind::Review, Of::All, By::One, vec![next(), end()]),
        Stage { each: Each::Group, ..Stage::plain(Kind::Assess, Of::All, By::One, outcomes) },
        Stage { quota: Some(1), ..Stage::plain(Kind::Decide, Of::All, By::One, put_off) },
    ];
    let letters = [
        Move::Nominate(true),
        Move::Nominate(false),
        Move::Answer(0, "过"),
        Move::Answer(1, "过"),
        Move::Answer(0, "缓"),
        Move::Answer(1, "回"),
        Move::Apart("过", "缓"),
    ];
    exhaust(stages, &letters)
}

/// Two intakes of two categories, one with a limit, a barrier, and routes that part.
fn barrier() -> u64 {
    let red = Stage { within: Some(2), expect_all: false, quota: Some(1), ..intake(Of::Category(0), By::One) };
    let stages = vec![
        red,
        intake(Of::Category(1), By::Two),
        Stage::plain(Kind::Assess, Of::Case, By::One, Vec::new()),
        Stage { when: Some(2), ..Stage::plain(Kind::Review, Of::All, By::One, vec![next(), end()]) },
        Stage { when: Some(ASKED), ..Stage::plain(Kind::Assess, Of::All, By::One, vec![next()]) },
        Stage { each: Each::Case, ..Stage::plain(Kind::Review, Of::Category(1), By::One, vec![next(), end()]) },
    ];
    let letters = [
        Move::Nominate(true),
        Move::Nominate(false),
        Move::Answer(0, "过"),
        Move::Answer(0, "止"),
        Move::Wait,
        Move::Close,
        Move::Reopen,
        Move::Withdraw(1),
    ];
    exhaust(stages, &letters)
}

/// Returns with a limit, one that may be used once, and owners who want their items back.
fn mending() -> u64 {
    let review = vec![
        next(),
        Outcome { once: true, ..outcome("退", Go::Back(0, true, Some(2))) },
        outcome("回", Go::Back(1, true, Some(2))),
    ];
    let stages = vec![
        intake(Of::All, By::One),
        Stage::plain(Kind::Assess, Of::All, By::One, vec![next()]),
        Stage { within: Some(3), ..Stage::plain(Kind::Review, Of::All, By::One, review) },
    ];
    let letters = [
        Move::Nominate(true),
        Move::Answer(0, "过"),
        Move::Answer(0, "退"),
        Move::Answer(0, "回"),
        Move::AskBack(1),
        Move::Reply(true),
        Move::Reply(false),
        Move::Mend,
        Move::Wait,
    ];
    exhaust(stages, &letters)
}

/// Two who sign, side by side and one after the other; a return ends the one round and is weighed in the other.
fn signing() -> u64 {
    let back = || outcome("退", Go::Back(0, true, None));
    let (all, order) = (vec![next(), back(), end()], vec![next(), end(), outcome("回", Go::Back(1, false, None))]);
    let stages = vec![
        intake(Of::All, By::One),
        Stage { sign: Sign::All, each: Each::Case, ..Stage::plain(Kind::Review, Of::All, By::Two, all) },
        Stage { sign: Sign::InOrder, collects_all: true, ..Stage::plain(Kind::Review, Of::All, By::Two, order) },
    ];
    let letters = [
        Move::Nominate(true),
        Move::Answer(0, "过"),
        Move::Answer(1, "过"),
        Move::Answer(0, "退"),
        Move::Apart("止", "过"),
        Move::Apart("退", "过"),
        Move::Answer(0, "回"),
        Move::Unsay,
        Move::AnswerAnew("退"),
        Move::Withdraw(1),
        Move::Mend,
    ];
    exhaust(stages, &letters)
}

/// Gates that wait for the late until a limit: one leaves them out, one asks whether to wait on, one of those whom nothing
/// holds.
fn late() -> u64 {
    let gate = |late, each| Stage {
        late,
        each,
        within: Some(2),
        ..Stage::plain(Kind::Assess, Of::All, By::One, vec![next(), outcome("退", Go::Back(0, true, None))])
    };
    let stages = vec![
        intake(Of::All, By::One),
        Stage::plain(Kind::Review, Of::All, By::One, vec![next(), end()]),
        gate(Late::Ask, Each::Group),
        gate(Late::Leave, Each::Case),
        gate(Late::Exclude, Each::Case),
    ];
    let letters = [
        Move::Nominate(false),
        Move::Nominate(true),
        Move::Answer(0, "过"),
        Move::Answer(1, "过"),
        Move::Apart("过", "退"),
        Move::Wait,
        Move::Reply(true),
        Move::Reply(false),
        Move::Mend,
    ];
    exhaust(stages, &letters)
}

/// Side items taken together by what they are about, of two that stand where they are let in and come back there.
fn about() -> u64 {
    let ended = |name, about| Outcome { about: Some(about), ..outcome(name, Go::End("议成立")) };
    let together = Stage {
        each: Each::About,
        late: Late::Wait,
        ..Stage::plain(Kind::Review, Of::Side, By::One, vec![next(), outcome("缓", Go::Stay)])
    };
    let last = vec![ended("转", Go::End("撤下")), outcome("否", Go::End("否")), outcome("回", Go::Back(3, true, None))];
    let stages = vec![
        intake(Of::All, By::One),
        Stage { collects: true, ..Stage::plain(Kind::Assess, Of::All, By::One, vec![next()]) },
        Stage { collects: true, ..Stage::plain(Kind::Review, Of::All, By::One, vec![next(), end()]) },
        Stage::plain(Kind::Review, Of::Side, By::One, vec![next(), outcome("止", Go::End("不受理"))]),
        together,
        Stage { each: Each::About, ..Stage::plain(Kind::Review, Of::Side, By::One, last) },
    ];
    let letters = [
        Move::Nominate(true),
        Move::Raise(1),
        Move::Raise(2),
        Move::Answer(0, "过"),
        Move::Answer(1, "过"),
        Move::Answer(1, "缓"),
        Move::Answer(0, "转"),
        Move::Answer(0, "否"),
        Move::Withdraw(1),
    ];
    exhaust(stages, &letters)
}

#[test]
fn every_sequence_of_five_commands_ends_as_the_model_says() {
    let counts = [
        ("gate", gate()),
        ("objections", objections()),
        ("upheld", upheld()),
        ("loops", loops()),
        ("groups", groups()),
        ("barrier", barrier()),
        ("mending", mending()),
        ("signing", signing()),
        ("late", late()),
        ("about", about()),
        ("sent", sent()),
    ];
    let all: u64 = counts.iter().map(|(_, told)| told).sum();
    println!("{all} commands told, those both refuse with all that comes after them once: {counts:?}");
}
