//! What several have written stands: silence takes nothing from it, nor does anybody who changes who signs.

use crate::case::command::{Command, SignerChange};
use crate::case::decide::ITSELF;
use crate::case::decide::tests::{Opened, opened, row, says};
use crate::case::event::{Body, Row};
use crate::case::{Case, Position};
use crate::clock::Moment;
use serde_json::json;

const TOWN: &str = "offices:
  甲办: { title: 甲办公室 }
  乙办: { title: 乙办公室 }
  丙办: { title: 丙办公室 }
  丁办: { title: 丁办公室 }
";

/// Two items at 会审, which 甲办, 乙办 and 丙办 sign as said.
fn signing(sign: &str, rest: &str) -> Opened {
    let definition = format!(
        "workflow: 试
roles: {{ 甲: 甲办, 各: {{ offices: [甲办, 乙办, 丙办] }} }}
case: {{ title: 试, opened: {{ by: 甲 }} }}
items: {{ 事: {{ identity: [名称], fields: {{ 名称: text }} }} }}
rules: [{{ of: 事, at: [办], require: 核定 > 0, say: 应为正数 }}]
stages:
  - {{ recommend: 提出, by: 甲 }}
  - {{ review: 会审, by: 各, sign: {sign}, form: {{ 核定: {{ type: integer, optional: true }} }}, {rest} }}
  - {{ review: 办, by: 甲, form: {{ 办情: text }} }}
  - {{ file: 归档, by: 甲 }}
"
    );
    let mut run = opened(&definition, None, TOWN);
    let rows = ["一", "二"].map(|name| row(None, &json!({ "名称": name }))).to_vec();
    run.fill(day(3), "甲办", rows).unwrap();
    run
}

/// Three outcomes, the last of which silence brings about.
const LAPSES: &str = "within: 3 workdays, overdue: { outcome: 视为同意, basis: 条例34 }, \
                      outcomes: { 同意: next, 不同意: { end: 不予办理 }, 视为同意: next }";
/// The same without a limit.
const CHOSEN: &str = "outcomes: { 同意: next, 不同意: { end: 不予办理 } }";

fn day(day: u32) -> Moment {
    chrono::NaiveDate::from_ymd_opt(2025, 3, day).unwrap().and_hms_opt(9, 0, 0).unwrap()
}

/// How an item ended.
fn ended(case: &Case, item: u32) -> Option<&str> {
    match &case.item(item).unwrap().position {
        Position::Ended { label, .. } => Some(label),
        Position::At { .. } => None,
    }
}

fn at(case: &Case, item: u32) -> Option<&str> {
    case.item(item).unwrap().stage()
}

/// Who is asked about an item.
fn asked(case: &Case, item: u32) -> Vec<String> {
    case.tasks_of(item).map(|task| task.office.clone()).collect()
}

/// The task by which the first item was signed last.
fn last_task(case: &Case) -> u64 {
    case.item(1).unwrap().signed["会审"].last().unwrap().task
}

fn approves(item: u32, value: i64) -> Row {
    Row { outcome: Some("同意".into()), ..row(Some(item), &json!({ "核定": value })) }
}

#[test]
fn silence_takes_nothing_from_what_others_have_written() {
    for sign in ["all", "in order"] {
        let mut run = signing(sign, LAPSES);
        run.fill(day(4), "甲办", vec![says(1, "不同意")]).unwrap();
        run.fill(day(4), "乙办", vec![says(1, "同意")]).unwrap();
        assert_eq!(at(&run.case, 1), Some("会审"), "within the limit all are waited for");
        run.tell(day(7), ITSELF, Command::Ring).unwrap();
        assert_eq!(ended(&run.case, 1), Some("不予办理"), "{sign}: the strongest of what was written");
        assert_eq!(at(&run.case, 2), Some("办"), "{sign}: of which nobody wrote anything");
        let why = run
            .log
            .iter()
            .find_map(|e| if let Body::Counted { why, .. } = &e.body { Some(why.as_str()) } else { None });
        assert_eq!(why, Some("期限届满，丙办公室未答复，以甲办公室的答复为准"));
        assert!(asked(&run.case, 1).is_empty());
    }
}

#[test]
fn a_return_that_waits_for_the_others_holds_when_the_limit_has_passed() {
    let back = "first_return: collects-all, within: 3 workdays, overdue: { outcome: 视为同意, basis: 条例34 }, \
                outcomes: { 同意: next, 视为同意: next, 退回: { back: true } }";
    let mut run = signing("all", back);
    run.fill(day(4), "丙办", vec![says(1, "退回")]).unwrap();
    run.tell(day(7), ITSELF, Command::Ring).unwrap();
    assert_eq!(at(&run.case, 1), Some("提出"));
}

#[test]
fn what_is_asked_about_different_values_outlives_the_limit() {
    let mut run = signing("all", LAPSES);
    run.fill(day(4), "甲办", vec![approves(1, 5)]).unwrap();
    run.fill(day(4), "乙办", vec![approves(1, 6)]).unwrap();
    run.tell(day(7), ITSELF, Command::Ring).unwrap();
    let [(question, _)] = run.questions().try_into().unwrap();
    assert_eq!(asked(&run.case, 1), Vec::<String>::new(), "丙办 is not waited for");
    let task = last_task(&run.case);
    let taken = run.tell(day(7), "乙办", Command::TakeBack { task, reason: "误".into() });
    assert!(taken.unwrap_err()[0].starts_with("答复的期限已过"));
    run.answer(day(7), question, json!("6"));
    assert_eq!(at(&run.case, 1), Some("办"));
    assert_eq!(run.case.item(1).unwrap().answers["会审"].fields["核定"], json!(6));
}

#[test]
fn nobody_is_struck_off_once_he_has_answered() {
    let change = |run: &mut Opened, change, office: &str| {
        let (office, reason) = (office.to_string(), "不涉及".to_string());
        run.tell(day(4), "甲办", Command::ChangeSigners { item: 1, change, office, reason })
    };
    for sign in ["all", "{ vote: 各, pass: more than 1/2 of members, veto: 乙办 }"] {
        let mut run = signing(sign, CHOSEN);
        run.fill(day(4), "乙办", vec![says(1, "不同意"), says(2, "同意")]).unwrap();
        let refused = change(&mut run, SignerChange::Remove, "乙办").unwrap_err();
        assert_eq!(refused, ["乙办公室已经答复，不能减签；答复有误的，由该单位撤回或更正。"]);
        change(&mut run, SignerChange::Remove, "丙办").unwrap();
        run.fill(day(4), "甲办", vec![says(1, "同意")]).unwrap();
        assert_eq!(ended(&run.case, 1), Some("不予办理"), "{sign}");
    }
}

/// 甲办, 乙办 and 丙办 have written 5, 5 and 6; it is asked which holds.
fn differ() -> (Opened, u32) {
    let mut run = signing("all", CHOSEN);
    for (office, value) in [("甲办", 5), ("乙办", 5), ("丙办", 6)] {
        run.fill(day(4), office, vec![approves(1, value)]).unwrap();
    }
    let [(question, text)] = run.questions().try_into().unwrap();
    assert!(text.contains("填写不一"), "{text}");
    (run, question)
}

#[test]
fn the_last_signer_takes_back_what_raised_the_question() {
    let (mut run, question) = differ();
    let task = last_task(&run.case);
    run.tell(day(4), "丙办", Command::TakeBack { task, reason: "误".into() }).unwrap();
    assert_eq!(run.questions(), []);
    assert_eq!(run.case.questions[&question].answer.as_deref(), Some("无须答复"));
    assert_eq!(asked(&run.case, 1), ["丙办"]);
    run.fill(day(5), "丙办", vec![approves(1, 5)]).unwrap();
    assert_eq!(at(&run.case, 1), Some("办"), "nothing differs, and nothing holds it");
}

#[test]
fn an_answer_about_some_values_does_not_decide_over_others() {
    for (added, asked_anew) in [(7, true), (6, false)] {
        let (mut run, question) = differ();
        let (office, reason) = ("丁办".to_string(), "涉及".to_string());
        run.tell(day(4), "甲办", Command::ChangeSigners { item: 1, change: SignerChange::Add, office, reason })
            .unwrap();
        run.answer(day(5), question, json!("6"));
        assert_eq!(at(&run.case, 1), Some("会审"), "丁办 is waited for");
        run.fill(day(5), "丁办", vec![approves(1, added)]).unwrap();
        assert_eq!(run.questions().len(), usize::from(asked_anew), "{added}");
        assert_eq!(at(&run.case, 1), Some(if asked_anew { "会审" } else { "办" }));
    }
    // and while it is still asked
    let (mut run, question) = differ();
    let (office, reason) = ("丁办".to_string(), "涉及".to_string());
    run.tell(day(4), "甲办", Command::ChangeSigners { item: 1, change: SignerChange::Add, office, reason }).unwrap();
    run.fill(day(5), "丁办", vec![approves(1, 7)]).unwrap();
    let [(anew, text)] = run.questions().try_into().unwrap();
    assert!(anew != question && text.contains('7'), "{text}");
    run.answer(day(5), anew, json!("7"));
    assert_eq!(at(&run.case, 1), Some("办"));
}
