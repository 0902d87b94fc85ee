//! A line says what changed, and a word of ours is never a name of an event.

use super::*;
use crate::case::decide::tests::opened;
use crate::case::event::ClockChange;
use crate::deadline::Change;

const DEFINITION: &str = "workflow: 试
roles: { 甲: 甲办 }
case: { title: 试, opened: { by: 甲 }, params: { 动员: { type: yes-no, default: ANSWER } } }
items: { 事: { identity: [名称], fields: { 名称: text } } }
stages:
  - { assess: 动员会, of: case, when: 动员, by: 甲, form: { case: { 纪要: text } } }
  - { recommend: 提出, of: 事, by: 甲, within: 10 workdays }
  - { file: 归档, of: 事, by: 甲 }
";

#[test]
fn a_clock_that_stands_still_twice_is_told_once_to_stand_still() {
    let mut of = opened(&DEFINITION.replace("ANSWER", "false"), None, "offices:\n  甲办: {}\n");
    let day = of.now.date();
    let stop = |reason: &str, before| ClockChange::Entered {
        again: Vec::new(),
        entries: vec![Change::stop(day, reason)],
        source: None,
        before,
        after: None,
    };
    let mut told = |change: ClockChange| {
        let body = Body::ClockChanged { clock: 1, change };
        let event = Event { seq: of.case.seq + 1, body, ..of.log.last().cloned().unwrap() };
        of.case.apply(&event);
        full(&of.program, &of.case, &event, &of.ledgers)
    };
    let first = told(stop("专家评审", day.succ_opt()));
    assert!(first.contains("changed: 2025-03-04 → standing still"), "{first}");
    let second = told(stop("等候缴费", None));
    assert!(second.contains("goes on standing still (") && !second.contains('→'), "{second}");
    let stopped_and_resumed = ClockChange::Entered {
        again: Vec::new(),
        entries: vec![Change::resume(day)],
        source: None,
        before: day.succ_opt(),
        after: day.succ_opt(),
    };
    let third = told(stopped_and_resumed);
    assert!(third.contains("looked at again: 2025-03-04 stays (") && !third.contains("changed"), "{third}");
}

#[test]
fn an_outsider_is_told_by_his_role() {
    let of = opened(&DEFINITION.replace("ANSWER", "false"), None, "offices:\n  甲办: {}\n");
    let (recipient, mode) = ("@信访人".to_string(), crate::case::event::Mode::Hand);
    let body = Body::Delivered { document: 1, recipient, mode, message: None, on: None };
    let event = Event { body, ..of.log.last().cloned().unwrap() };
    let line = full(&of.program, &of.case, &event, &of.ledgers);
    assert!(line.ends_with("reached “信访人” by hand"), "{line}");
}

#[test]
fn a_schedule_that_opens_cases_is_told_in_words() {
    let of = opened(&DEFINITION.replace("ANSWER", "false"), None, "offices:\n  甲办: {}\n");
    let body = Body::ScheduleFell { schedule: "试".into(), period: "2025".into(), skipped: vec!["2024".into()] };
    let event = Event { stream: "schedule/试".into(), body, ..of.log.last().cloned().unwrap() };
    let line = shared(&event);
    assert!(line.ends_with("schedule 试 falls for 2025; passed over 2024"), "{line}");
}

#[test]
fn a_step_of_the_case_that_it_does_not_need_is_passed_by_and_told() {
    let lines = |answer: &str| {
        let of = opened(&DEFINITION.replace("ANSWER", answer), None, "offices:\n  甲办: {}\n");
        let asked: Vec<String> = of.case.open_tasks().filter_map(|t| t.stage.clone()).collect();
        (asked, timeline(&of.program, &of.case, &of.log, &of.ledgers).join("\n"))
    };
    let (asked, told) = lines("true");
    assert_eq!(asked, ["动员会"]);
    assert!(!told.contains("passed by"), "{told}");
    let (asked, told) = lines("false");
    assert_eq!(asked, ["提出"], "{told}");
    assert!(told.contains("动员会, round 1 passed by: its condition does not hold"), "{told}");
}
