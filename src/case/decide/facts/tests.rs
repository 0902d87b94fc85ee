//! A day on which something happened is not one to come; a day that is meant may be.

use crate::case::command::{Asked, Command, HandIn};
use crate::case::decide::tests::{Opened, opened};
use crate::case::decide::{EnterRegister, Repair, decide, enter_register, repair};
use crate::case::event::{Ask, Change, Fields, Row};
use crate::workflow::parse::{Parsed, parse};
use chrono::NaiveDate;
use serde_json::{Value, json};

const TOWN: &str = "offices:\n  甲办: { title: 甲办公室, series: [甲发] }\n  乙办: { title: 乙办公室 }\n";
const PAPER: &str =
    "---\n文种: 决定\n标题: 决定\n公开属性: 不予公开\n署名: 甲办\n成文日期: {{ 成文日期 }}\n---\n如上。\n";
const DEFINITION: &str = "workflow: 试
roles: { 甲: 甲办, 乙: 乙办 }
case: { title: 试, opened: { by: 甲 } }
items:
  事: { identity: [名称], fields: { 名称: text, 拟办日期: { type: date, optional: true } } }
  函: { about: 事, identity: [去函日期], fields: { 去函日期: date, 预计复函: { type: date, optional: true } } }
clocks:
  答复: { of: 事, run: 20 workdays, from: opened, until: 定, stops: { of: 函, from: 去函日期, to: 复函日期 }, remind: [0] }
stages:
  - { recommend: 提出, of: 事, by: 甲 }
  - { assess: 查, of: 事, by: 甲, collects: 函, form: { 拟查日期: date } }
  - { assess: 复, of: 函, by: 乙, form: { 复函日期: date }, outcomes: { 收: { end: 已复 } } }
  - { decide: 定, of: 事, by: 甲, form: DECISION }
  - { file: 归档, of: 事, by: 甲 }
";

fn began(decision: &str) -> Opened {
    let mut of = opened(&DEFINITION.replace("DECISION", decision), Some(("决定书", PAPER)), TOWN);
    answer(&mut of, "甲办", Fields::new(), json!({ "名称": "一", "拟办日期": "2026-01-01" })).unwrap();
    of
}

fn fields(said: &Value) -> Fields {
    said.as_object().cloned().unwrap_or_default()
}

/// Hands in what an office is asked: the head, and one row.
fn answer(of: &mut Opened, by: &str, head: Fields, row: Value) -> Result<(), Vec<String>> {
    let asked = |t: &&crate::case::Task| t.office == by && matches!(t.ask, Ask::Nominate | Ask::Answer);
    let task = of.case.open_tasks().filter(asked).last().unwrap();
    let mut said = fields(&row);
    let outcome = said.shift_remove("办理结果").and_then(|v| v.as_str().map(str::to_string));
    let row = Row { item: task.items.iter().next().copied(), fields: said, outcome, ..Row::default() };
    let hand_in = HandIn {
        task: task.id,
        revision: task.revision,
        fields: head,
        rows: vec![(row, "表 第5行".into())],
        complete: true,
        submission: of.log.len().to_string(),
        ..HandIn::default()
    };
    tell(of, by, Command::HandIn(hand_in))
}

fn tell(of: &mut Opened, by: &str, command: Command) -> Result<(), Vec<String>> {
    let asked = Asked { by: by.into(), on_behalf: None, cause: format!("submission {}", of.log.len()), command };
    match decide(&of.program, &of.case, &asked, &of.ledgers, of.now) {
        Ok(done) => {
            of.log.extend(done.events);
            (of.case, of.ledgers) = (done.case, done.ledgers);
            Ok(())
        }
        Err(refusal) => Err(refusal.faults.iter().map(|fault| format!("{} {}", fault.place, fault.say)).collect()),
    }
}

fn raise(of: &mut Opened, row: &Value) -> Result<(), Vec<String>> {
    let raised = Command::RaiseSide { kind: "函".into(), about: Some(1), fields: fields(row), submission: "r".into() };
    tell(of, "甲办", raised)
}

#[test]
fn a_decision_bears_no_day_to_come() {
    let mut of = began("{ 施行日期: { type: date, fact: false }, 会议日期: date }");
    // when something is to be looked into is a plan, and so is when a decision is to hold
    answer(&mut of, "甲办", Fields::new(), json!({ "拟查日期": "2025-04-01" })).unwrap();
    let late = answer(
        &mut of,
        "甲办",
        Fields::new(),
        json!({ "会议日期": "2062-06-01", "施行日期": "2025-05-01", "办理结果": "通过" }),
    );
    let say = "表 第5行 “会议日期”写的是2062年6月1日，晚于今天。这里填的是事情发生的日期，请核对后重报。";
    assert_eq!(late.unwrap_err(), [say]);
    let row = json!({ "会议日期": "2025-02-01", "施行日期": "2062-05-01", "办理结果": "通过" });
    answer(&mut of, "甲办", Fields::new(), row).unwrap();
}

#[test]
fn which_day_is_of_the_decision_the_definition_says() {
    let decided = |form: &str, row: Value| {
        let mut of = began(form);
        answer(&mut of, "甲办", Fields::new(), json!({ "拟查日期": "2025-04-01" })).unwrap();
        answer(&mut of, "甲办", Fields::new(), row)
    };
    // the only date of a decision may be one that is meant
    let meant = json!({ "生效日期": "2026-05-01", "办理结果": "通过" });
    decided("{ 生效日期: { type: date, fact: false } }", meant.clone()).unwrap();
    assert!(decided("{ 生效日期: date }", meant).is_err());
    // of several nobody guesses
    let two = json!({ "生效日期": "2026-05-01", "会议日期": "2025-03-01", "办理结果": "通过" });
    let late = json!({ "生效日期": "2025-03-01", "会议日期": "2026-05-01", "办理结果": "通过" });
    for (form, refused) in [
        ("{ 生效日期: date, 会议日期: date }", false),
        ("{ 生效日期: date, 会议日期: { type: date, fact: true } }", true),
        ("{ 生效日期: { type: date, fact: false }, 会议日期: date }", true),
    ] {
        decided(form, two.clone()).unwrap();
        assert_eq!(decided(form, late.clone()).is_err(), refused, "{form}");
    }
}

#[test]
fn any_date_may_be_said_to_be_of_a_fact() {
    let (said, day) = (
        DEFINITION.replace("拟办日期: { type: date, optional", "拟办日期: { type: date, fact: true, optional"),
        "2025-03-04",
    );
    let said = said.replace("拟查日期: date", "拟查日期: { type: date, fact: true }");
    let mut of = opened(&said.replace("DECISION", "{ 会议日期: date }"), None, TOWN);
    let late = answer(&mut of, "甲办", Fields::new(), json!({ "名称": "一", "拟办日期": day })).unwrap_err();
    assert_eq!(late, ["表 第5行 “拟办日期”写的是2025年3月4日，晚于今天。这里填的是事情发生的日期，请核对后重报。"]);
    answer(&mut of, "甲办", Fields::new(), json!({ "名称": "一", "拟办日期": "2025-03-03" })).unwrap();
    assert!(answer(&mut of, "甲办", Fields::new(), json!({ "拟查日期": day })).is_err());
    answer(&mut of, "甲办", Fields::new(), json!({ "拟查日期": "2025-03-03" })).unwrap();
}

#[test]
fn so_may_that_of_a_param_and_of_a_register() {
    let said = DEFINITION.replace(
        "opened: { by: 甲 } }",
        "opened: { by: 甲 }, params: { 启动日期: { type: date, default: 2025-03-01, fact: true } } }",
    );
    let mut of = opened(&said.replace("DECISION", "{ 会议日期: date }"), None, TOWN);
    let amend =
        |day: &str| Command::AmendCase { param: "启动日期".into(), value: json!(day), reason: "笔误".into() };
    assert!(tell(&mut of, "甲办", amend("2025-03-04")).unwrap_err()[0].contains("晚于今天"));
    tell(&mut of, "甲办", amend("2025-03-02")).unwrap();
    let register =
        "register: 台账\nkey: [名称]\nfields: { 名称: text, 认定日期: { type: date, fact: true } }\nby: 甲办\n";
    let Ok(Parsed::Register(register)) = parse("台账.yaml", register) else { panic!("a register") };
    let enter = |day: &str| {
        let entered = fields(&json!({ "名称": "甲", "认定日期": day }));
        let rows = vec![(None, Change::Enter, "甲".to_string(), entered, None)];
        let asked =
            EnterRegister { register: "台账".into(), office: "甲办".into(), cause: String::new(), rows, seq: 0 };
        enter_register(&register, &asked, &of.ledgers, of.now).map(|events| events.len())
    };
    assert_eq!(enter("2025-03-03"), Ok(1));
    assert!(enter("2025-03-04").unwrap_err().faults[0].say.contains("“认定日期”写的是2025年3月4日，晚于今天"));
}

#[test]
fn the_head_of_a_decision_is_looked_at_too() {
    let mut of = began("{ case: { 会议日期: date } }");
    answer(&mut of, "甲办", Fields::new(), json!({ "拟查日期": "2025-04-01" })).unwrap();
    let late = answer(&mut of, "甲办", fields(&json!({ "会议日期": "2025-03-04" })), json!({ "办理结果": "通过" }));
    let say = "会议日期 “会议日期”写的是2025年3月4日，晚于今天。这里填的是事情发生的日期，请核对后重报。";
    assert_eq!(late.unwrap_err(), [say]);
    answer(&mut of, "甲办", fields(&json!({ "会议日期": "2025-03-03" })), json!({ "办理结果": "通过" })).unwrap();
}

#[test]
fn what_dates_a_paper_is_a_fact_wherever_it_stands() {
    let decision =
        "{ 施行日期: date, 签发日期: date }, documents: [{ template: 决定书, number: 甲发, date: 签发日期 }]";
    let mut of = began(decision);
    answer(&mut of, "甲办", Fields::new(), json!({ "拟查日期": "2025-04-01" })).unwrap();
    let late = answer(
        &mut of,
        "甲办",
        Fields::new(),
        json!({ "签发日期": "2026-01-01", "施行日期": "2026-02-01", "办理结果": "通过" }),
    );
    assert!(late.unwrap_err()[0].starts_with("表 第5行 “签发日期”写的是2026年1月1日"));
    answer(
        &mut of,
        "甲办",
        Fields::new(),
        json!({ "签发日期": "2025-03-03", "施行日期": "2026-02-01", "办理结果": "通过" }),
    )
    .unwrap();
    assert!(of.case.documents.values().all(|d| d.date <= of.now.date()));
}

#[test]
fn a_paper_takes_no_number_under_a_day_to_come() {
    let decision = "{ 会议日期: date }, documents: [{ template: 决定书, each: item, number: 甲发, date: 拟办日期 }]";
    let mut of = began(decision);
    answer(&mut of, "甲办", Fields::new(), json!({ "拟查日期": "2025-04-01" })).unwrap();
    let row = json!({ "会议日期": "2025-03-03", "办理结果": "通过" });
    let told = answer(&mut of, "甲办", Fields::new(), row).unwrap_err();
    assert_eq!(told, ["拟办日期 “拟办日期”是文书的成文日期，写的是2026年1月1日，晚于今天，不能编号。"]);
}

#[test]
fn what_stops_a_clock_has_happened() {
    let mut of = began("{ 会议日期: date }");
    let late = raise(&mut of, &json!({ "去函日期": "2025-03-10", "预计复函": "2025-03-20" })).unwrap_err();
    assert_eq!(late, ["去函日期 “去函日期”写的是2025年3月10日，晚于今天。这里填的是事情发生的日期，请核对后重报。"]);
    raise(&mut of, &json!({ "去函日期": "2025-02-28", "预计复函": "2025-03-20" })).unwrap();
    let late = answer(&mut of, "乙办", Fields::new(), json!({ "复函日期": "2025-03-20" })).unwrap_err();
    assert!(late[0].contains("“复函日期”写的是2025年3月20日"), "{late:?}");
    let day = NaiveDate::from_ymd_opt(2025, 3, 3).unwrap();
    assert_eq!(of.now.date(), day);
    answer(&mut of, "乙办", Fields::new(), json!({ "复函日期": "2025-03-03" })).unwrap();
}

#[test]
fn an_operator_puts_no_fact_into_the_future() {
    let mut of = began("{ 会议日期: date }");
    raise(&mut of, &json!({ "去函日期": "2025-02-28" })).unwrap();
    let correct = |day: &str| {
        let correct = Repair::Correct { item: 2, stage: None, fields: fields(&json!({ "去函日期": day })) };
        let done = repair(&of.program, &of.case, (&[correct], "笔误"), "operator", &of.ledgers, of.now);
        done.map(|_| ()).map_err(|refusal| refusal.faults[0].say.clone())
    };
    let say = "`去函日期` says when something happened, and 2025-03-10 is still to come";
    assert_eq!(correct("2025-03-10"), Err(say.to_string()));
    assert_eq!(correct("2025-02-27"), Ok(()));
}
