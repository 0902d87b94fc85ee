//! Gates by period open when a period of the duty that comes to them is over, whatever other duties there are.

use crate::case::command::{Asked, Command, HandIn};
use crate::case::decide::tests::{Opened, opened};
use crate::case::decide::{ITSELF, decide};
use crate::case::event::Row;
use crate::clock::Moment;
use serde_json::json;

const DEFINITION: &str = "workflow: 试
roles: { 甲: 甲办 }
case: { title: 试, opened: { by: 甲 } }
items:
  周报: { identity: [owner, period], fields: { 情况: text } }
  月报: { identity: [owner, period], fields: { 情况: text } }
  双月报: { identity: [owner, period], fields: { 情况: text } }
stages:
  - { recommend: 报周, of: 周报, by: 甲, from: { every: week, day: Friday, period: current, until: 2025-07-31 } }
  - { recommend: 报月, of: 月报, by: 甲, from: { every: month, day: last workday, period: current, until: 2025-07-31 } }
  - { recommend: 报双月, of: 双月报, by: 甲, from: { every: 2 months, day: last workday, period: current, first: 2025-02-01, until: 2025-07-31 } }
  - { review: 汇月, of: 月报, each: period, by: 甲, outcomes: { 汇: { end: 已汇 } } }
  - { review: 汇双月, of: 双月报, each: period, by: 甲, outcomes: { 汇: { end: 已汇 } } }
  - { review: 汇周, of: 周报, each: period, by: 甲, outcomes: { 汇: { end: 已汇 } } }
";

fn at(month: u32, day: u32, hour: u32) -> Moment {
    chrono::NaiveDate::from_ymd_opt(2025, month, day).and_then(|day| day.and_hms_opt(hour, 0, 0)).unwrap()
}

fn put(run: &mut Opened, by: &str, command: Command, now: Moment) {
    let asked = Asked { by: by.into(), on_behalf: None, cause: "submission 1".into(), command };
    let decision = decide(&run.program, &run.case, &asked, &run.ledgers, now).unwrap_or_else(|r| panic!("{r:#?}"));
    (run.case, run.ledgers) = (decision.case, decision.ledgers);
}

fn report(run: &mut Opened, stage: &str, now: Moment) {
    let task = run.case.open_tasks().find(|t| t.stage.as_deref() == Some(stage)).unwrap().clone();
    let fields = json!({ "情况": "正常" }).as_object().unwrap().clone();
    let hand_in = HandIn {
        task: task.id,
        revision: task.revision,
        rows: vec![(Row { fields, ..Row::default() }, String::new())],
        complete: true,
        submission: format!("{stage}{now}"),
        ..HandIn::default()
    };
    put(run, "甲办", Command::HandIn(hand_in), now);
}

/// The keys of the batches a gate has opened.
fn opened_at(run: &Opened, stage: &str) -> Vec<String> {
    run.case.batches.values().filter(|b| b.stage == stage).map(|b| b.key.clone()).collect()
}

#[test]
fn a_gate_goes_by_the_periods_of_its_own_duty() {
    let mut run = opened(DEFINITION, None, "offices: { 甲办: {} }");
    let stages = ["报周", "报月", "报双月"];
    stages.iter().for_each(|stage| report(&mut run, stage, at(3, 4, 9)));
    put(&mut run, ITSELF, Command::Ring, at(3, 10, 0));
    assert_eq!(opened_at(&run, "汇周"), ["2025-W10"]);
    put(&mut run, ITSELF, Command::Ring, at(3, 31, 23));
    assert!(opened_at(&run, "汇月").is_empty() && opened_at(&run, "汇双月").is_empty());
    put(&mut run, ITSELF, Command::Ring, at(4, 1, 0));
    assert_eq!(opened_at(&run, "汇月"), ["2025-03"]);
    assert_eq!(opened_at(&run, "汇双月"), ["2025-02~2025-03"]);
}

#[test]
fn duties_of_unlike_periods_come_to_one_gate_each_in_its_time() {
    let one = DEFINITION
        .replace("of: 月报, each: period", "of: [周报, 月报], each: period")
        .replace("  - { review: 汇周, of: 周报, each: period, by: 甲, outcomes: { 汇: { end: 已汇 } } }\n", "");
    let mut run = opened(&one, None, "offices: { 甲办: {} }");
    report(&mut run, "报周", at(3, 4, 9));
    report(&mut run, "报月", at(3, 4, 10));
    put(&mut run, ITSELF, Command::Ring, at(3, 10, 0));
    assert_eq!(opened_at(&run, "汇月"), ["2025-W10"]);
    put(&mut run, ITSELF, Command::Ring, at(3, 31, 23));
    assert_eq!(opened_at(&run, "汇月").len(), 1);
    put(&mut run, ITSELF, Command::Ring, at(4, 1, 0));
    assert_eq!(opened_at(&run, "汇月"), ["2025-W10", "2025-03"]);
}
