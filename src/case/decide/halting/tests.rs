//! A clock is stopped by hand only for what its definition allows, by whoever has the item; the order of what happens to it
//! makes no difference.

use crate::case::command::{Asked, Command, HandIn};
use crate::case::decide::tests::{Opened, opened};
use crate::case::decide::{Refusal, deadline_of, decide};
use crate::case::event::{Ask, ClockOf, Event, Row};
use crate::case::ledger::Ledgers;
use crate::case::program::Program;
use crate::case::{Case, form, invariant};
use crate::clock::Moment;
use chrono::NaiveDate;
use serde_json::json;

const DEFINITION: &str = "workflow: 试
roles: { 甲: 甲办, 乙: 乙办 }
case: { title: 试, opened: { by: 甲 } }
items: { 事: { identity: [名称], fields: { 名称: text } } }
clocks:
  答复: { of: 事, run: 10 workdays, from: opened, until: 办, reasons: [等候缴费, 专家评审], extend: { by: 5 workdays, times: 1, approve: 甲 }, remind: [0] }
  督办: { of: 事, run: 30 days, from: opened, until: 办, remind: [0] }
stages:
  - { recommend: 提出, of: 事, by: 甲 }
  - { assess: 办, of: 事, by: 乙, form: { 办情: text } }
  - { file: 归档, of: 事, by: 甲 }
";

fn day(n: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 3, n).unwrap()
}

#[derive(Clone)]
struct Run {
    program: Program,
    case: Case,
    ledgers: Ledgers,
    log: Vec<Event>,
}

impl Run {
    /// A case opened on Monday the 3rd; it is Monday the 17th, the last day of the clock. 乙办 has the item.
    fn new() -> Run {
        Run::of(DEFINITION)
    }

    fn of(definition: &str) -> Run {
        let town = "offices:\n  甲办: { title: 甲办公室 }\n  乙办: { title: 乙办公室 }\nchannels: { 网页: web }\n";
        let Opened { program, case, ledgers, log, .. } = opened(definition, None, town);
        let mut run = Run { program, case, ledgers, log };
        let task = run.case.open_tasks().find(|t| t.ask == Ask::Nominate).map(|t| t.id).unwrap();
        let row = Row { fields: json!({ "名称": "一" }).as_object().cloned().unwrap(), ..Row::default() };
        let rows = vec![(row, String::new())];
        let hand_in = HandIn { task, revision: 1, rows, complete: true, submission: "1".into(), ..HandIn::default() };
        run.tell("甲办", Command::HandIn(hand_in)).unwrap();
        run
    }

    fn tell(&mut self, by: &str, command: Command) -> Result<Vec<String>, Refusal> {
        let today = if self.case.items.is_empty() { day(3) } else { day(17) };
        self.tell_at(today.and_hms_opt(9, 0, 0).unwrap(), by, command)
    }

    fn tell_at(&mut self, now: Moment, by: &str, command: Command) -> Result<Vec<String>, Refusal> {
        let asked = Asked { by: by.into(), on_behalf: None, cause: format!("submission {}", self.log.len()), command };
        let decided = decide(&self.program, &self.case, &asked, &self.ledgers, now)?;
        self.log.extend(decided.events);
        (self.case, self.ledgers) = (decided.case, decided.ledgers);
        let broken = invariant::broken(&self.program, &self.case, &self.log, &self.ledgers);
        assert!(broken.is_empty(), "{broken:#?}");
        Ok(decided.notes)
    }

    fn stop(&mut self, by: &str, n: u32, reason: &str) -> Result<Vec<String>, String> {
        let command = Command::StopClock { clock: "答复".into(), item: 1, date: day(n), reason: reason.into() };
        self.tell(by, command).map_err(|refusal| refusal.faults[0].say.clone())
    }

    fn resume(&mut self, n: u32) -> Result<Vec<String>, String> {
        let command = Command::ResumeClock { clock: "答复".into(), item: 1, date: day(n) };
        self.tell("乙办", command).map_err(|refusal| refusal.faults[0].say.clone())
    }

    fn extend(&mut self) {
        let command = Command::ExtendClock { clock: "答复".into(), item: 1, reason: "情况复杂".into() };
        self.tell("乙办", command).unwrap();
        let task = self.case.open_tasks().find(|t| matches!(t.ask, Ask::Question(_))).map(|t| t.id).unwrap();
        let fields = json!({ "answer": "同意延期" }).as_object().cloned().unwrap();
        let submission = self.log.len().to_string();
        let hand_in = HandIn { task, revision: 1, fields, complete: true, submission, ..HandIn::default() };
        self.tell("甲办", Command::HandIn(hand_in)).unwrap();
    }

    fn due(&self, case: &Case) -> Option<NaiveDate> {
        let of = ClockOf::Named { clock: "答复".into(), item: 1 };
        let clock = case.clocks_of(&of).last().unwrap();
        deadline_of(clock).due(&self.ledgers.calendar).map(|due| due.date)
    }
}

#[test]
fn days_between_a_stop_and_a_resume_do_not_count() {
    let mut run = Run::new();
    assert_eq!(run.due(&run.case), Some(day(17)));
    let told = run.stop("乙办", 5, "等候缴费").unwrap();
    assert_eq!(told, ["“答复”期限自2025年3月5日的次日起停止计时（等候缴费）。"]);
    assert_eq!(run.due(&run.case), None, "nobody knows how long it stands still");
    assert!(run.case.is_stopped_by_hand("答复", 1));
    let told = run.resume(7).unwrap();
    assert_eq!(told, ["“答复”期限自2025年3月7日的次日起恢复计时，期限届满日为2025年3月19日。"]);
    assert!(!run.case.is_stopped_by_hand("答复", 1));
    // once more, and the day of the fact counts, not that of the entry
    run.stop("乙办", 10, "专家评审").unwrap();
    run.resume(11).unwrap();
    assert_eq!(run.due(&run.case), Some(day(20)));
}

#[test]
fn what_is_not_allowed_is_refused_by_name() {
    let mut run = Run::new();
    let told = run.stop("乙办", 5, "领导出差").unwrap_err();
    assert_eq!(told, "“答复”期限只能因以下情形停止计时：等候缴费、专家评审。请从中选择。");
    assert_eq!(run.stop("甲办", 5, "等候缴费").unwrap_err(), "一不在贵单位办理，不能停止或恢复“答复”期限。");
    let within = "日期不能晚于今天，也不能早于“答复”期限起算之日（2025年3月3日）。";
    assert_eq!(run.stop("乙办", 18, "等候缴费").unwrap_err(), within);
    assert_eq!(run.stop("乙办", 2, "等候缴费").unwrap_err(), within);
    assert_eq!(run.resume(5).unwrap_err(), "“答复”期限没有因人工登记停止计时，无需恢复。");
    run.stop("乙办", 5, "等候缴费").unwrap();
    assert_eq!(run.stop("乙办", 6, "专家评审").unwrap_err(), "“答复”期限已经停止计时，恢复之前不能再停。");
    assert_eq!(run.resume(4).unwrap_err(), "恢复计时的日期不能早于停止计时的日期。");
    let other = Command::StopClock { clock: "督办".into(), item: 1, date: day(5), reason: "等候缴费".into() };
    assert_eq!(run.tell("乙办", other).unwrap_err().faults[0].say, "“督办”期限不能人工停止计时。");
    let none = Command::ResumeClock { clock: "答复".into(), item: 9, date: day(5) };
    assert!(run.tell("乙办", none).is_err());
}

#[test]
fn the_order_of_recording_changes_nothing() {
    let steps = |run: &mut Run, step: char| match step {
        's' => {
            run.stop("乙办", 5, "等候缴费").unwrap();
            run.resume(7).unwrap();
        }
        'a' => {
            run.stop("乙办", 6, "专家评审").unwrap();
            run.resume(11).unwrap();
        }
        _ => run.extend(),
    };
    for order in ["sae", "sea", "ase", "aes", "esa", "eas"] {
        let mut run = Run::new();
        order.chars().for_each(|step| steps(&mut run, step));
        // from the 6th to the 11th four workdays, once though two stops cover some of them, and five more are granted
        assert_eq!(run.due(&run.case), Some(day(28)));
        let replayed = Case::replay(&run.log).unwrap();
        assert_eq!(run.due(&replayed), Some(day(28)), "as the log alone says");
    }
}

#[test]
fn the_form_lies_with_whoever_has_the_item() {
    let run = Run::new();
    let titles = |office: &str| -> Vec<String> {
        form::standing(&run.program, &run.case, &run.ledgers, office).into_iter().map(|f| f.title).collect()
    };
    let title = "停止或恢复答复计时（试）".to_string();
    assert!(titles("乙办").contains(&title), "{:?}", titles("乙办"));
    assert!(!titles("甲办").contains(&title));
    assert!(!titles("乙办").iter().any(|t| t.contains("督办计时")), "nothing allows that one to be stopped");
}

/// The same with a stage that sends back, and a clock of hours.
const RETURNING: &str = "workflow: 试
roles: { 甲: 甲办, 乙: 乙办 }
case: { title: 试, opened: { by: 甲 } }
items: { 事: { identity: [名称], fields: { 名称: text } } }
clocks:
  答复: { of: 事, run: 10 workdays, from: opened, until: 办, restarts: 提出, reasons: [等候缴费], extend: { by: 5 workdays, times: 1, approve: 甲 }, remind: [0] }
  急办: { of: 事, run: 24 hours, from: opened, until: 办, reasons: [专家评审], remind: [0] }
stages:
  - { recommend: 提出, of: 事, by: 甲 }
  - { review: 办, of: 事, by: 乙 }
  - { file: 归档, of: 事, by: 甲 }
";

/// Hands in what an office is asked of the one item.
fn hand_in(run: &mut Run, at: Moment, by: &str, row: Row) {
    let asked = |t: &&crate::case::Task| t.office == by && matches!(t.ask, Ask::Answer | Ask::Correct);
    let (task, revision) = run.case.open_tasks().find(asked).map(|t| (t.id, t.revision)).unwrap();
    let rows = vec![(Row { item: Some(1), ..row }, String::new())];
    let submission = run.log.len().to_string();
    let hand_in = HandIn { task, revision, rows, complete: true, submission, ..HandIn::default() };
    run.tell_at(at, by, Command::HandIn(hand_in)).unwrap();
}

#[test]
fn an_extension_granted_while_an_item_is_mended_is_not_lost() {
    let mut run = Run::of(RETURNING);
    let at = |n: u32| day(n).and_hms_opt(9, 0, 0).unwrap();
    let back = Row { outcome: Some("退回".into()), reason: Some("缺页".into()), ..Row::default() };
    hand_in(&mut run, at(5), "乙办", back);
    assert_eq!(run.due(&run.case), None, "it stands still while it is mended");
    let asked = Command::ExtendClock { clock: "答复".into(), item: 1, reason: "情况复杂".into() };
    let offered = |run: &Run| {
        let forms = crate::case::form::standing(&run.program, &run.case, &run.ledgers, "甲办");
        forms.iter().any(|form| form.title.starts_with("申请延长"))
    };
    assert!(offered(&run));
    run.tell_at(at(6), "甲办", asked).unwrap();
    let task = run.case.open_tasks().find(|t| matches!(t.ask, Ask::Question(_))).map(|t| t.id).unwrap();
    let fields = json!({ "answer": "同意延期" }).as_object().cloned().unwrap();
    let answer = HandIn { task, revision: 1, fields, complete: true, submission: "q".into(), ..HandIn::default() };
    run.tell_at(at(7), "甲办", Command::HandIn(answer)).unwrap();
    let again = Command::ExtendClock { clock: "答复".into(), item: 1, reason: "仍很复杂".into() };
    assert_eq!(run.tell_at(at(7), "甲办", again).unwrap_err().faults[0].say, "已经延期1次，不能再延期。");
    assert!(!offered(&run), "once is all there is, and nobody is offered what would be refused");
    hand_in(&mut run, at(10), "甲办", Row::default());
    // ten workdays anew from the 10th, and the five that were granted meanwhile
    assert_eq!(run.due(&run.case), Some(day(31)));
    assert_eq!(run.due(&Case::replay(&run.log).unwrap()), Some(day(31)), "as the log alone says");
}

#[test]
fn a_clock_of_hours_is_stopped_to_the_minute() {
    let mut run = Run::of(RETURNING);
    let at = |hour: u32, minute: u32| day(3).and_hms_opt(hour, minute, 0).unwrap();
    let (clock, item, date) = ("急办".to_string(), 1, day(3));
    let stop = Command::StopClock { clock: clock.clone(), item, date, reason: "专家评审".into() };
    let told = run.tell_at(at(10, 20), "乙办", stop).unwrap();
    assert_eq!(told, ["“急办”期限自2025年3月3日10:20起停止计时（专家评审）。"]);
    let resume = Command::ResumeClock { clock: clock.clone(), item, date };
    let told = run.tell_at(at(15, 50), "乙办", resume).unwrap();
    assert_eq!(told, ["“急办”期限自2025年3月3日15:50起恢复计时，期限届满日为2025年3月4日14:30。"]);
    let due = |case: &Case| {
        let clock = case.clocks_of(&ClockOf::Named { clock: clock.clone(), item }).last().unwrap();
        deadline_of(clock).due(&run.ledgers.calendar).map(|due| due.at)
    };
    assert_eq!(due(&run.case), day(4).and_hms_opt(14, 30, 0));
    assert_eq!(due(&Case::replay(&run.log).unwrap()), day(4).and_hms_opt(14, 30, 0), "as the log alone says");
}

#[test]
fn a_request_for_more_time_ends_with_the_time() {
    let mut run = Run::new();
    let asked = Command::ExtendClock { clock: "答复".into(), item: 1, reason: "情况复杂".into() };
    run.tell("乙办", asked).unwrap();
    assert_eq!(run.case.open_questions().count(), 1);
    run.tell_at(day(18).and_hms_opt(9, 0, 0).unwrap(), crate::case::decide::ITSELF, Command::Ring).unwrap();
    assert_eq!(run.case.open_questions().count(), 0, "it could only be refused from now on");
    assert!(run.case.open_tasks().all(|t| !matches!(t.ask, Ask::Question(_))));
}
