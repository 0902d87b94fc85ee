//! What people are told of limits, and of what they still owe.

use super::{named_limit, next_steps, owed};
use crate::case::command::Command;
use crate::case::decide::tests::{opened, row};
use crate::clock::Moment;
use serde_json::json;

const DEFINITION: &str = "workflow: 值班
roles: { 甲: 甲办, 乙: 乙办 }
case: { title: 值班, opened: { by: 甲 } }
items: { 表: { identity: [名称], fields: { 名称: text } } }
stages:
  - { recommend: 报送, by: [甲, 乙], within: 5 workdays, late_items: next-round }
  - { review: 核对, by: 甲 }
  - { file: 归档, by: 甲 }
";

fn nine(day: u32) -> Moment {
    chrono::NaiveDate::from_ymd_opt(2025, 3, day).unwrap().and_hms_opt(9, 0, 0).unwrap()
}

#[test]
fn a_clock_that_is_called_a_limit_is_no_limit_of_a_limit() {
    let said = ["答复", "审核期限", "整改期", "办理时限"].map(named_limit);
    assert_eq!(said, ["答复期限", "审核期限", "整改期限", "办理时限"]);
}

#[test]
fn whoever_is_late_is_told_so_after_the_intake_is_closed_too() {
    let town = "offices:\n  甲办: { title: 甲办公室 }\n  乙办: { title: 乙办公室 }\n";
    let mut run = opened(DEFINITION, None, town);
    run.fill(nine(3), "甲办", vec![row(None, &json!({ "名称": "一" }))]).unwrap();
    let next = |run: &crate::case::decide::tests::Opened, day: u32| {
        next_steps(&run.program, &run.case, &run.ledgers, nine(day), "乙办")
    };
    assert_eq!(next(&run, 4), ["请于2025年3月10日前办理：报送表（2号）"]);
    run.tell(nine(11), "系统自动", Command::Ring).unwrap();
    assert!(run.case.intake("报送", "").is_some_and(|intake| intake.closed));
    assert_eq!(next(&run, 12), ["请尽快办理：报送表（2号），应于2025年3月10日前办理，现已逾期"]);
    let lines = owed(&run.program, &run.case, &run.ledgers, nine(12));
    let late = lines.iter().find(|line| line.office == "乙办").unwrap();
    assert!(late.overdue && late.due.is_some(), "{late:?}");
}
