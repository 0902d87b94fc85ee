//! A limit that is put off reminds of its new day, and is over on that.

use crate::case::command::Command;
use crate::case::decide::tests::{Opened, opened, row, says};
use crate::case::event::{Body, Rung};
use crate::clock::Moment;
use serde_json::json;

const TOWN: &str = "offices:\n  甲办: { title: 甲办公室 }\n  乙办: { title: 乙办公室 }\nchannels: { 网页: web }\n";

const DEFINITION: &str = "workflow: 许可
roles: { 甲: 甲办, 乙: 乙办 }
case: { title: 许可, opened: { by: 甲 } }
items: { 申请: { identity: [名称], fields: { 名称: text } } }
clocks:
  审批限: { of: 申请, run: 10 days, from: opened, until: 审批, restarts: 提出, reasons: [听证], extend: { by: 5 days, times: 1, approve: 甲 }, overdue: { ask: 甲 }, remind: [-3 days] }
stages:
  - { recommend: 提出, by: 甲 }
  - { review: 审批, by: 乙 }
  - { file: 归档, by: 甲 }
";

fn nine(day: u32) -> Moment {
    chrono::NaiveDate::from_ymd_opt(2025, 3, 1).unwrap().and_hms_opt(9, 0, 0).unwrap()
        + chrono::TimeDelta::days(i64::from(day) - 1)
}

/// The clock runs through the 13th and reminds on the 10th.
fn applied() -> Opened {
    let mut run = opened(DEFINITION, None, TOWN);
    run.fill(nine(3), "甲办", vec![row(None, &json!({ "名称": "一" }))]).unwrap();
    run
}

/// Rings every morning up to a day, and says on which days what was told.
fn rings(run: &mut Opened, days: std::ops::RangeInclusive<u32>) -> Vec<(u32, Rung)> {
    let mut told = Vec::new();
    for n in days {
        let before = run.log.len();
        run.tell(nine(n), "系统自动", Command::Ring).unwrap();
        let rang = |body: &Body| {
            let Body::ClockRang { rung, late, .. } = body else { return None };
            (*rung == Rung::Due || !late).then(|| (n, rung.clone()))
        };
        told.extend(run.log[before..].iter().filter_map(|event| rang(&event.body)));
    }
    told
}

fn reminder(day: u32) -> (u32, Rung) {
    (day, Rung::Remind(0))
}

#[test]
fn begun_anew_it_reminds_and_ends_anew() {
    let mut run = applied();
    assert_eq!(rings(&mut run, 4..=15), [reminder(10), (14, Rung::Due)]);
    assert_eq!(run.questions().len(), 1, "whoever sees to it is asked");
    run.fill(nine(15), "乙办", vec![says(1, "退回")]).unwrap();
    run.fill(nine(17), "甲办", vec![row(Some(1), &json!({ "名称": "一" }))]).unwrap();
    assert_eq!(run.questions(), [], "it is overdue no more");
    // from the 17th through the 27th
    assert_eq!(rings(&mut run, 18..=30), [reminder(24), (28, Rung::Due)]);
    assert_eq!(run.questions().len(), 1);
}

#[test]
fn extended_and_stopped_it_reminds_of_the_new_day_alone() {
    let mut run = applied();
    assert_eq!(rings(&mut run, 4..=11), [reminder(10)]);
    run.tell(nine(11), "乙办", Command::ExtendClock { clock: "审批限".into(), item: 1, reason: "复杂".into() })
        .unwrap();
    run.answer(nine(11), 1, json!("同意延期"));
    // through the 18th
    assert_eq!(rings(&mut run, 12..=16), [reminder(15)]);
    let day = |n: u32| nine(n).date();
    let stop = |n| Command::StopClock { clock: "审批限".into(), item: 1, date: day(n), reason: "听证".into() };
    let resume = |n| Command::ResumeClock { clock: "审批限".into(), item: 1, date: day(n) };
    run.tell(nine(16), "乙办", stop(16)).unwrap();
    run.tell(nine(16), "乙办", resume(16)).unwrap();
    assert_eq!(
        rings(&mut run, 16..=17),
        [],
        "stopped and resumed on one day it ends when it would have, and that was told"
    );
    run.tell(nine(17), "乙办", stop(17)).unwrap();
    run.tell(nine(22), "乙办", resume(22)).unwrap();
    // five days later, through Monday the 24th, and the day of the reminder is over
    assert_eq!(rings(&mut run, 22..=25), [(25, Rung::Due)]);
}

#[test]
fn a_report_waits_for_who_was_asked_only_after_it_fell() {
    let definition = "workflow: 试
roles: { 甲: 甲办, 乙: 乙办 }
case: { title: 试, opened: { by: 甲 } }
items: { 月报: { subject: office, identity: [owner, period], fields: { 起数: integer } } }
stages:
  - { recommend: 报送, of: 月报, by: 乙, from: { every: month, day: day 5, period: previous, catch_up: all, until: 2025-12-31 } }
  - { file: 归档, by: 甲 }
tables: { 情况: { from: 月报, where: period.has(own_period.end), rows: owner, value: sum(起数), missing: 乙 } }
reports: { 上报: { every: month, day: day 10, period: previous, until: 2025-12-31, to: 甲, template: 报, tables: [情况] } }
";
    let fell = |run: &Opened| -> Vec<String> {
        let of = |body: &Body| {
            let Body::ScheduleFell { schedule, period, .. } = body else { return None };
            (schedule == "上报").then(|| period.clone())
        };
        run.log.iter().filter_map(|event| of(&event.body)).collect()
    };
    let day =
        |month, day| chrono::NaiveDate::from_ymd_opt(2025, month, day).and_then(|it| it.and_hms_opt(9, 0, 0)).unwrap();
    let mut run = opened(definition, None, TOWN);
    // nobody looked for two months: those asked now are due on the 5th, and until then nobody has failed to hand in
    run.tell(day(5, 20), "系统自动", Command::Ring).unwrap();
    assert_eq!(fell(&run), [""; 0]);
    let wake = crate::case::decide::next_wake(&run.program, &run.case, &run.ledgers.calendar).unwrap();
    assert!(wake > day(5, 20), "{wake}");
    run.tell(day(6, 1), "系统自动", Command::Ring).unwrap();
    assert_eq!(fell(&run), [""; 0]);
    run.tell(day(6, 6), "系统自动", Command::Ring).unwrap();
    assert_eq!(fell(&run), ["2025-04"]);
    // who was asked before it falls is not waited for
    run.tell(day(6, 10), "系统自动", Command::Ring).unwrap();
    assert_eq!(fell(&run), ["2025-04", "2025-05"]);
}
