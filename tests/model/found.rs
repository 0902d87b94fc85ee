//! What the model has found, each as short as it can be told; the kernel did otherwise before.

use crate::command::{Command, Entry};
use crate::definition::{By, Definition, Each, Go, Kind, Late, NEVER, OPENER, Of, Outcome, Sign, Stage};
use crate::plain::{Hold, Model, Place};
use crate::play::Play;
use crate::random::outcome;
use crate::small::{end, intake, next};

/// Plays commands on both sides, the last of which is obeyed or refused as said; how it stands then.
pub(crate) fn play(stages: &[Stage], commands: &[Command], obeyed: bool) -> Model {
    let definition = Definition { stages: stages.to_vec(), rule: None, per: None };
    let opened = Play::open(&definition, true).unwrap_or_else(|| panic!("refused:\n{}", definition.yaml()));
    let mut play = opened.unwrap();
    for (n, command) in commands.iter().enumerate() {
        let did = play.tell(command).unwrap_or_else(|wrong| panic!("{command:?}: {wrong}"));
        assert_eq!(did, obeyed || n + 1 < commands.len(), "{command:?}");
    }
    play.model
}

/// 审办 hands in a red item and a blue one, which is all.
pub(crate) fn nominate() -> Command {
    let entry = |n: usize| Entry { category: n, name: format!("人{n}"), number: 2, group: n };
    Command::Nominate { stage: 0, office: "审办", entries: vec![entry(0), entry(1)], complete: true }
}

pub(crate) fn answer(stage: usize, rows: &[(usize, &'static str)]) -> Command {
    let rows = rows.iter().map(|(item, said)| (*item, Some(*said))).collect();
    Command::Answer { stage, office: "审办", rows }
}

pub(crate) fn stage(kind: Kind, outcomes: Vec<Outcome>) -> Stage {
    Stage::plain(kind, Of::All, By::One, outcomes)
}

pub(crate) fn notice() -> Stage {
    Stage { period: Some(1), collects: true, ..stage(Kind::Publicise, Vec::new()) }
}

pub(crate) fn objections() -> Stage {
    let outcomes = vec![outcome("成立", Go::End("议成立")), outcome("不成立", Go::End("议不成立"))];
    Stage::plain(Kind::Review, Of::Side, By::One, outcomes)
}

pub(crate) fn at(model: &Model, item: usize) -> Option<usize> {
    model.items[item - 1].stage()
}

#[test]
fn a_stage_about_the_case_asks_its_offices_whatever_its_kind() {
    let stages = [Stage::plain(Kind::Assess, Of::Case, By::One, Vec::new()), intake(Of::All, By::One)];
    let model = play(&stages, &[Command::Answer { stage: 0, office: "审办", rows: Vec::new() }], true);
    assert!(model.intakes.contains_key(&1), "the intake after it is open");
}

#[test]
fn an_answer_that_speaks_twice_of_one_item_is_refused() {
    let stages = [intake(Of::All, By::One), stage(Kind::Review, vec![next(), end()])];
    play(&stages, &[nominate(), answer(1, &[(1, "过"), (1, "止")])], false);
}

#[test]
fn groups_put_off_together_come_back_apart() {
    let put_off = Stage { each: Each::Group, ..stage(Kind::Assess, vec![next(), outcome("缓", Go::Stay)]) };
    let told = [nominate(), Command::Hold, Command::Release, answer(1, &[(1, "缓")]), answer(1, &[(2, "缓")])];
    let model = play(&[intake(Of::All, By::One), put_off], &told, true);
    let open: Vec<(&str, u32)> = model.batches.iter().filter(|b| !b.done).map(|b| (b.key.as_str(), b.round)).collect();
    assert_eq!(open, [("东", 2), ("西", 2)]);
}

#[test]
fn an_intake_opened_again_asks_nobody_twice_and_keeps_its_limit() {
    let late = Stage { late_items: true, within: Some(5), ..intake(Of::All, By::Owners) };
    let stages = [late, stage(Kind::Review, vec![next(), end()])];
    let close = |reopen| Command::Close { stage: 0, office: OPENER, reopen };
    let entries = vec![Entry { category: 0, name: "人1".to_string(), number: 2, group: 0 }];
    let first = || Command::Nominate { stage: 0, office: "甲办", entries: entries.clone(), complete: true };
    let model = play(&stages, &[first(), close(false), close(true)], true);
    assert_eq!(model.forms.iter().filter(|f| f.open).count(), 2);
    let model = play(&stages, &[first(), close(false), close(true), Command::Wait], true);
    assert!(model.intakes[&0].closed, "the limit has passed");
}

#[test]
fn with_nobody_left_to_hand_in_and_no_limit_an_intake_closes() {
    let stages = [Stage { ..intake(Of::All, By::One) }, stage(Kind::Review, vec![next(), end()])];
    let model = play(&stages, &[nominate()], true);
    assert!(model.intakes[&0].closed);
}

#[test]
fn an_outcome_that_is_had_once_is_that_of_its_stage() {
    let once = Outcome { once: true, ..outcome("退", Go::Back(0, true, None)) };
    let again = Outcome { once: false, ..once };
    let stages =
        [intake(Of::All, By::One), stage(Kind::Review, vec![next(), again]), stage(Kind::Review, vec![next(), once])];
    let mend = || Command::Mend { item: 1, office: "审办", number: 2 };
    let told = [nominate(), answer(1, &[(1, "退")]), mend(), answer(1, &[(1, "过")]), answer(2, &[(1, "退")])];
    play(&stages, &told, true);
    let twice: Vec<Command> = told.iter().cloned().chain([mend(), answer(2, &[(1, "退")])]).collect();
    play(&stages, &twice, false);
}

#[test]
fn an_item_mended_where_it_was_sent_back_to_does_not_run_out_of_time() {
    let back = outcome("回", Go::Back(1, true, Some(2)));
    let stages = [intake(Of::All, By::One), stage(Kind::Assess, vec![next()]), stage(Kind::Review, vec![next(), back])];
    let told = [nominate(), answer(1, &[(1, "过")]), answer(2, &[(1, "回")]), answer(1, &[(1, "过")]), Command::Wait];
    assert_eq!(at(&play(&stages, &told, true), 1), Some(2));
}

#[test]
fn a_return_that_is_granted_leaves_alone_what_is_back_and_frees_what_was_put_off() {
    let outcomes = vec![next(), outcome("退", Go::Back(0, true, None)), outcome("缓", Go::Stay)];
    let stages = [intake(Of::All, By::One), stage(Kind::Assess, vec![next()]), stage(Kind::Review, outcomes)];
    let ask = || Command::AskBack { item: 1, office: "审办" };
    let grant = || Command::Reply { question: 1, office: "审办", yes: true };
    let mend = || Command::Mend { item: 1, office: "审办", number: 2 };
    for said in ["退", "缓"] {
        let told = [nominate(), answer(1, &[(1, "过")]), ask(), answer(2, &[(1, said)]), grant(), mend()];
        let model = play(&stages, &told, true);
        assert_eq!((at(&model, 1), model.items[0].holds.len()), (Some(2), 0), "{said}");
    }
}

#[test]
fn a_side_item_is_not_asked_back() {
    let stages = [intake(Of::All, By::One), notice(), objections()];
    let raise = Command::Raise { about: 1, office: "审办" };
    play(&stages, &[nominate(), Command::Settle, raise, Command::AskBack { item: 3, office: "审办" }], false);
}

#[test]
fn what_is_publicised_again_goes_straight_on_from_there() {
    let back = outcome("退", Go::Back(0, true, None));
    let plain = Stage { collects: false, ..notice() };
    let stages = [
        intake(Of::All, By::One),
        Stage { each: Each::Item, ..plain },
        stage(Kind::Assess, vec![next()]),
        stage(Kind::Review, vec![next(), back]),
    ];
    let mend = Command::Mend { item: 1, office: "审办", number: 5 };
    let told = [nominate(), Command::Settle, Command::Wait, answer(2, &[(1, "过")]), answer(3, &[(1, "退")]), mend];
    assert_eq!(at(&play(&stages, &told, true), 1), Some(1));
    let further: Vec<Command> = told.iter().cloned().chain([Command::Settle, Command::Wait]).collect();
    assert_eq!(at(&play(&stages, &further, true), 1), Some(3), "not by the stage between");
}

#[test]
fn the_laws_silence_lets_a_mended_item_go_straight_on() {
    let back = outcome("回", Go::Back(1, true, None));
    let silent = vec![end(), next()];
    let stages = [
        intake(Of::All, By::One),
        Stage { within: Some(2), silent: Some(1), ..stage(Kind::Review, silent) },
        stage(Kind::Assess, vec![next()]),
        stage(Kind::Review, vec![next(), back]),
    ];
    let told = [nominate(), Command::Wait, answer(2, &[(1, "过")]), answer(3, &[(1, "回")]), Command::Wait];
    assert_eq!(at(&play(&stages, &told, true), 1), Some(3));
}

#[test]
fn the_laws_silence_falls_on_what_was_put_off_before() {
    let put_off = outcome("缓", Go::Stay);
    let stages = [
        intake(Of::All, By::One),
        Stage { within: Some(2), silent: Some(1), ..stage(Kind::Review, vec![next(), end(), put_off]) },
    ];
    let told = [nominate(), answer(1, &[(1, "过"), (2, "缓")]), Command::Wait];
    let model = play(&stages, &told, true);
    assert!(model.closed.is_some() && model.items[1].holds.is_empty(), "{:?}", model.items);
}

#[test]
fn a_second_notice_lets_side_items_in_like_the_first() {
    let stages = [intake(Of::All, By::One), notice(), notice(), objections()];
    let told =
        [nominate(), Command::Settle, Command::Wait, Command::Settle, Command::Raise { about: 1, office: "审办" }];
    let model = play(&stages, &told, true);
    assert!(model.items[0].holds.contains(&Hold::Side(3)) && model.questions.is_empty());
}

#[test]
fn a_notice_of_nobody_is_waited_for_no_more() {
    let stages = [intake(Of::All, By::One), notice(), objections()];
    let gone = |item| Command::Withdraw { item, office: "审办" };
    let model = play(&stages, &[nominate(), Command::Settle, gone(1), gone(2)], true);
    assert_eq!((model.closed, model.due().len()), (Some("办结"), 0));
}

#[test]
fn time_that_passes_closes_nothing_in_a_case_that_was_cancelled() {
    let stages = [Stage { within: Some(2), ..intake(Of::All, By::Owners) }, stage(Kind::Review, vec![next(), end()])];
    let model = play(&stages, &[Command::Cancel, Command::Wait, Command::Wait, Command::Wait], true);
    assert!(!model.intakes[&0].closed);
}

#[test]
fn an_item_that_an_objection_takes_out_of_its_batch_still_goes_straight_on() {
    let back = outcome("回", Go::Back(2, true, None));
    let stages = [
        intake(Of::All, By::One),
        notice(),
        stage(Kind::Assess, vec![next()]),
        stage(Kind::Assess, vec![next()]),
        stage(Kind::Review, vec![next(), back]),
        objections(),
    ];
    let told = [
        nominate(),
        Command::Settle,
        Command::Wait,
        answer(2, &[(1, "过")]),
        answer(3, &[(1, "过")]),
        answer(4, &[(1, "回")]),
        Command::Raise { about: 1, office: "审办" },
        Command::Reply { question: 1, office: "审办", yes: true },
        answer(5, &[(3, "不成立")]),
        answer(2, &[(1, "过")]),
    ];
    let model = play(&stages, &told, true);
    assert!(matches!(model.items[0].place, Place::At { stage: 4, .. }), "{:?}", model.items[0]);
}

#[test]
fn what_is_publicised_again_is_so_by_every_notice_on_the_way() {
    let back = outcome("退", Go::Back(0, true, None));
    let plain = || Stage { collects: false, each: Each::Item, ..notice() };
    let stages = [
        intake(Of::All, By::One),
        plain(),
        stage(Kind::Assess, vec![next()]),
        plain(),
        stage(Kind::Review, vec![next(), back]),
    ];
    let over = || [Command::Settle, Command::Wait];
    let mend = Command::Mend { item: 1, office: "审办", number: 5 };
    let mut told = vec![nominate()];
    told.extend(over());
    told.push(answer(2, &[(1, "过")]));
    told.extend(over());
    told.extend([answer(4, &[(1, "退")]), mend]);
    assert_eq!(at(&play(&stages, &told, true), 1), Some(1));
    told.extend(over());
    assert_eq!(at(&play(&stages, &told, true), 1), Some(3), "not by the stage between");
    told.extend(over());
    assert_eq!(at(&play(&stages, &told, true), 1), Some(4));
}

#[test]
fn what_comes_late_is_asked_of_the_first_office_of_the_stage() {
    let stages = [
        intake(Of::All, By::One),
        Stage { collects: true, ..Stage::plain(Kind::Review, Of::All, By::Two, vec![next(), end()]) },
        stage(Kind::Review, vec![next(), end()]),
        objections(),
    ];
    let late = Command::Raise { about: 1, office: "复办" };
    let model = play(&stages, &[nominate(), answer(1, &[(1, "过")]), late], true);
    assert_eq!(model.questions[0].to, "审办");
}

/// 审办 and 复办 sign a review together, and a return ends the round for its item.
fn signed_together(collects_all: bool) -> [Stage; 2] {
    let outcomes = vec![next(), outcome("退", Go::Back(0, true, None))];
    let review = Stage::plain(Kind::Review, Of::All, By::Two, outcomes);
    let review = Stage { sign: Sign::All, each: Each::Case, collects_all, ..review };
    [intake(Of::All, By::One), review]
}

fn signs(office: &'static str, rows: &[(usize, &'static str)]) -> Command {
    let rows = rows.iter().map(|(item, said)| (*item, Some(*said))).collect();
    Command::Answer { stage: 1, office, rows }
}

#[test]
fn who_signs_several_items_together_has_one_workbook_after_another_took_a_return_back() {
    let said = signs("复办", &[(1, "退"), (2, "过")]);
    let both = signs("审办", &[(1, "过"), (2, "过")]);
    play(&signed_together(false), &[nominate(), said, Command::Unsay { item: 1, office: "复办" }, both], true);
}

#[test]
fn what_is_signed_together_does_not_wait_for_who_has_left_for_another_round() {
    let told = [
        nominate(),
        Command::AskBack { item: 1, office: "审办" },
        Command::Reply { question: 1, office: "审办", yes: true },
        Command::Mend { item: 1, office: "审办", number: 2 },
        signs("审办", &[(2, "过")]),
        signs("复办", &[(2, "过")]),
    ];
    let model = play(&signed_together(true), &told, true);
    assert_eq!((at(&model, 1), at(&model, 2)), (Some(1), None));
}

/// A gate that asks about the late and may put off, after an intake of red items that lets late ones in, and one of blue items.
fn asking() -> [Stage; 3] {
    let limited = |category, days| Stage { within: Some(days), ..intake(Of::Category(category), By::Owners) };
    let review = stage(Kind::Review, vec![next(), end(), outcome("缓", Go::Stay)]);
    let gate = Stage { of: Of::Category(0), each: Each::Case, late: Late::Ask, within: Some(3), ..review };
    [Stage { late_items: true, ..limited(0, 2) }, limited(1, 4), gate]
}

/// Of two red items in a batch one is back with its owner, and for it waits one that came late.
fn one_waits_for_another() -> Vec<Command> {
    let entry = |n: usize| Entry { category: 0, name: format!("人{n}"), number: 2, group: 0 };
    let nominate = |office, entries| Command::Nominate { stage: 0, office, entries, complete: true };
    vec![
        nominate("甲办", vec![entry(1), entry(2)]),
        Command::Wait,
        Command::AskBack { item: 1, office: "甲办" },
        Command::Reply { question: 1, office: "审办", yes: true },
        nominate("乙办", vec![entry(3)]),
    ]
}

#[test]
fn a_gate_waits_on_for_the_late_whatever_was_put_off_is_taken_up_again() {
    let put_off = answer(2, &[(2, "缓")]);
    // the limit of the other intake passes before that of the gate
    let mut told = one_waits_for_another();
    told.extend([Command::Wait, put_off.clone()]);
    let before = play(&asking(), &told, true).due().into_iter().min();
    told.push(Command::Wait);
    let model = play(&asking(), &told, true);
    assert_eq!((Some(model.now), model.questions.len(), model.questions[1].open), (before, 2, true));
    // who was asked before is asked still
    let mut told = one_waits_for_another();
    told.extend([Command::Wait, Command::Wait, put_off, Command::Reply { question: 2, office: "审办", yes: false }]);
    let model = play(&asking(), &told, true);
    let open: Vec<_> = model.batches.iter().filter(|b| !b.done).map(|b| (b.round, b.items.clone())).collect();
    assert_eq!(open, [(2, vec![2]), (3, vec![3])]);
}

#[test]
fn who_is_named_again_may_be_through_at_once() {
    let review = Stage { when: Some(2), ..stage(Kind::Review, vec![next(), end()]) };
    let stages = [intake(Of::All, By::Owners), review];
    let named = |number| vec![Entry { category: 0, name: "人1".to_string(), number, group: 0 }];
    let first = Command::Nominate { stage: 0, office: "甲办", entries: named(3), complete: true };
    let again = Command::NominateAnew { stage: 0, office: "甲办", entries: named(1), complete: true };
    let model = play(&stages, &[first, again], true);
    assert_eq!(model.items[1].place, Place::Ended("办结"));
}

#[test]
fn what_is_taken_back_leaves_the_index_as_it_was() {
    let sent = Stage { when: Some(NEVER), each: Each::Case, ..stage(Kind::Decide, vec![next(), end()]) };
    let outcomes = vec![next(), end(), outcome("转", Go::To(1))];
    let last = Stage { each: Each::Item, within: Some(3), silent: Some(1), ..stage(Kind::Decide, outcomes) };
    let entries = |names: [(&str, usize, usize); 3]| -> Vec<Entry> {
        let entry = |(name, category, group): (&str, _, _)| Entry { category, name: name.into(), number: 0, group };
        names.map(entry).to_vec()
    };
    let hand_in = |office, names| Command::Nominate { stage: 0, office, entries: entries(names), complete: true };
    let told = [
        Command::Wait,
        hand_in("甲办", [("人1", 0, 0), ("人2", 1, 1), ("人3", 0, 0)]),
        hand_in("乙办", [("人4", 0, 1), ("人5", 1, 0), ("人6", 0, 1)]),
        answer(2, &[(1, "转")]),
        answer(2, &[(2, "过")]),
        answer(2, &[(4, "转")]),
        answer(1, &[(4, "过")]),
        answer(2, &[(3, "过")]),
    ];
    play(&[Stage { expect_all: true, ..intake(Of::All, By::Owners) }, sent, last], &told, true);
}
