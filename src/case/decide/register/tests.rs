//! What a decision found in a register is told in its log, and to replay the case the register is not needed.

use super::{EnterRegister, RegisterRow, enter_register};
use crate::case::command::{Asked, Command, HandIn};
use crate::case::decide::decide;
use crate::case::decide::tests::{Opened, opened_with};
use crate::case::event::{Body, Change, Event, Fields, Row};
use crate::case::{Case, register, story};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const TOWN: &str = "offices: { 甲办: { title: 甲办公室 } }\n";
const REGISTER: &str = "register: 处分\nkey: [person]\nfields: { 事由: text }\nby: 甲办\n";
const DEFINITION: &str = "workflow: 试
roles: { 甲: 甲办 }
case: { title: 试, opened: { by: 甲 } }
items: { 人: { subject: person, identity: [姓名], fields: { 姓名: name } } }
rules: [{ of: 人, at: [提出], expect: not 处分.has(who), say: 受过处分 }]
stages:
  - { recommend: 提出, of: 人, by: 甲 }
  - { assess: 查, by: 甲, form: { 情况: text }, outcomes: { 从严: { end: 从严, when: 处分.count(who) >= 2 }, 通过: next } }
  - { file: 归档, of: 人, by: 甲 }
";

fn fields(said: &Value) -> Fields {
    said.as_object().cloned().unwrap_or_default()
}

fn began() -> Opened {
    let sources = BTreeMap::from([("registers/处分.yaml".to_string(), REGISTER.to_string())]);
    opened_with(DEFINITION, sources, TOWN)
}

/// Enters a row into the register an hour later.
fn enter(of: &mut Opened, row: RegisterRow) {
    of.now += chrono::TimeDelta::hours(1);
    let seq =
        of.ledgers.registers.get("处分").map_or(0, |entries| entries.iter().map(|e| 1 + e.before.len() as u64).sum());
    let register = of.program.closure.registers.get("处分").unwrap();
    let asked =
        EnterRegister {
            register: "处分".into(), office: "甲办".into(), cause: String::new(), rows: vec![row], seq
        };
    for event in enter_register(register, &asked, &of.ledgers, of.now).unwrap() {
        of.ledgers.apply(&event);
    }
}

fn hand_in(of: &mut Opened, row: Row) -> Vec<Event> {
    of.now += chrono::TimeDelta::hours(1);
    let task = of.case.open_tasks().last().unwrap();
    let row = Row { item: task.items.front().copied(), ..row };
    let (rows, submission) = (vec![(row, String::new())], task.id.to_string());
    let hand_in =
        HandIn { task: task.id, revision: task.revision, rows, submission, complete: true, ..HandIn::default() };
    let cause = format!("submission {}", task.id);
    let asked = Asked { by: "甲办".into(), on_behalf: None, cause, command: Command::HandIn(hand_in) };
    let done =
        decide(&of.program, &of.case, &asked, &of.ledgers, of.now).unwrap_or_else(|refused| panic!("{refused:#?}"));
    of.log.extend(done.events.clone());
    (of.case, of.ledgers) = (done.case, done.ledgers);
    done.events
}

fn saw(events: &[Event]) -> Vec<String> {
    let found = events.iter().filter_map(|event| {
        let Body::TaskAnswered { saw, .. } = &event.body else { return None };
        Some(saw.clone())
    });
    found.flatten().collect()
}

#[test]
fn what_was_found_is_told_and_a_replay_needs_no_register() {
    let mut of = began();
    let said = |text: &str| fields(&json!({ "事由": text }));
    let entry = |id, change, text: &str, reason: Option<&str>| {
        (id, change, "周平".to_string(), said(text), reason.map(str::to_string))
    };
    enter(&mut of, entry(None, Change::Enter, "迟到", None));
    let nominated =
        Row { fields: fields(&json!({ "姓名": "周平" })), waiver: Some("已满期".into()), ..Row::default() };
    assert_eq!(saw(&hand_in(&mut of, nominated)), ["register/处分/1"]);
    enter(&mut of, entry(Some(1), Change::Correct, "旷工", Some("录错")));
    enter(&mut of, entry(None, Change::Enter, "早退", None));
    let decided = hand_in(&mut of, Row { fields: fields(&json!({ "情况": "属实" })), ..Row::default() });
    // what put the first entry right stands for it
    assert_eq!(saw(&decided), ["register/处分/2", "register/处分/3"]);
    assert_eq!(of.case.item(1).unwrap().label(), Some("从严"));
    let when = decided.last().unwrap().at;
    let line = story::lines::line(&of.program, &of.case, &decided[0], &of.ledgers).unwrap();
    assert!(line.ends_with("; saw register/处分/2, register/处分/3"), "{line}");
    // the register changes: both entries end
    enter(&mut of, entry(Some(1), Change::End, "旷工", Some("撤销处分")));
    enter(&mut of, entry(Some(2), Change::End, "早退", Some("撤销处分")));
    // state is the fold of the case's own events, whatever stands in the register now
    let replayed = Case::replay(&of.log).unwrap();
    assert_eq!(format!("{replayed:?}"), format!("{:?}", of.case));
    // and what was seen is still to be read: the register as it stood when it was decided
    let entries = register::as_of(&of.ledgers.registers["处分"], when);
    let then: Vec<&str> =
        entries.iter().filter(|e| e.ended.is_none()).filter_map(|e| e.fields["事由"].as_str()).collect();
    assert_eq!(then, ["旷工", "早退"]);
}

#[test]
fn an_answer_that_found_nothing_is_kept_as_answers_always_were() {
    let mut of = began();
    let nominated = Row { fields: fields(&json!({ "姓名": "周平" })), ..Row::default() };
    let events = hand_in(&mut of, nominated);
    let answered = events.iter().find(|event| matches!(event.body, Body::TaskAnswered { .. })).unwrap();
    let kept = serde_json::to_value(answered).unwrap();
    assert_eq!(kept["body"].get("saw"), None);
    assert_eq!(serde_json::from_value::<Event>(kept).unwrap(), *answered);
}

const OF_NUMBERS: &str = "workflow: 试
roles: { 甲: 甲办 }
case: { title: 试, opened: { by: 甲 } }
items: { 人: { subject: person, identity: [姓名, 身份证号], fields: { 姓名: name, 身份证号: { type: id-number, optional: true } } } }
rules: [{ of: 人, at: [提出], expect: not 处分.has(who), say: 受过处分 }]
stages:
  - { recommend: 提出, of: 人, by: 甲 }
  - { file: 归档, of: 人, by: 甲 }
";
const NUMBER: &str = "342625197001010016";
const OTHER: &str = "342625198001010023";

/// Whether the rule keeps the nomination of this name and number out, by entries of these keys.
fn barred(entered: &[(&str, Option<&str>)], name: &str, number: Option<&str>) -> bool {
    let sources = BTreeMap::from([("registers/处分.yaml".to_string(), REGISTER.to_string())]);
    let mut of = opened_with(OF_NUMBERS, sources, TOWN);
    for (name, number) in entered {
        let key = crate::case::eval::join_key(name, *number);
        enter(&mut of, (None, Change::Enter, key, fields(&json!({ "事由": "迟到" })), None));
    }
    let task = of.case.open_tasks().last().unwrap();
    let number = number.map(|number| json!({ "姓名": name, "身份证号": number }));
    let row = Row { fields: fields(&number.unwrap_or_else(|| json!({ "姓名": name }))), ..Row::default() };
    let rows = vec![(row, String::new())];
    let hand_in = HandIn { task: task.id, revision: task.revision, rows, complete: true, ..HandIn::default() };
    let asked =
        Asked { by: "甲办".into(), on_behalf: None, cause: "submission 1".into(), command: Command::HandIn(hand_in) };
    decide(&of.program, &of.case, &asked, &of.ledgers, of.now).is_err()
}

#[test]
fn one_number_is_one_person_and_a_name_alone_is_everybody_of_that_name() {
    let dotted = "买买提•艾力";
    assert!(barred(&[(dotted, Some(NUMBER))], "买买提·艾力", Some(NUMBER)));
    assert!(barred(&[("曾用名", Some(NUMBER))], "买买提·艾力", Some(NUMBER)));
    assert!(!barred(&[("周平", Some(OTHER))], "周平", Some(NUMBER)), "another of that name");
    for name in ["买买提．艾力", dotted] {
        assert!(barred(&[(name, None)], "买买提·艾力", Some(NUMBER)), "{name}");
        assert!(barred(&[(name, Some(NUMBER))], "买买提·艾力", None), "{name}");
    }
    assert!(!barred(&[("周平", None), ("周全", Some(OTHER))], "周大全", Some(NUMBER)));
}

#[test]
fn an_entry_that_is_over_before_it_begins_comes_back_and_the_dead_are_not_counted() {
    let text = "register: 否决\nkey: [person]\nfields: { 事由: text, 认定: date, 终止: { type: month, optional: true } }\n\
                valid: { from: 认定, to: 终止 }\nby: 甲办\n";
    let mut of = opened_with(DEFINITION, BTreeMap::from([("registers/处分.yaml".into(), REGISTER.into())]), TOWN);
    let crate::workflow::parse::Parsed::Register(register) =
        crate::workflow::parse::parse("否决.yaml", text).unwrap_or_else(|problems| panic!("{problems:#?}"))
    else {
        panic!("no register")
    };
    let mut put = |change, entry: Option<u32>, from: &str, to: Option<&str>| {
        let said = fields(&json!({ "事由": "某", "认定": from, "终止": to }));
        let reason = entry.map(|_| "写错".to_string());
        let row = (entry, change, format!("周平{}", entry.unwrap_or(9)), said, reason);
        let asked = EnterRegister {
            register: "否决".into(),
            office: "甲办".into(),
            cause: String::new(),
            rows: vec![row],
            seq: 0,
        };
        let done = enter_register(&register, &asked, &of.ledgers, of.now);
        done.iter().flatten().for_each(|event| of.ledgers.apply(event));
        done.map_err(|refused| refused.faults.into_iter().map(|fault| fault.say).collect::<String>()).err()
    };
    let wrong = Some("“终止”早于“认定”，请核对后重报。".to_string());
    assert_eq!(put(Change::Enter, None, "2025-02-01", Some("2025-01")), wrong);
    assert_eq!(put(Change::Enter, None, "2025-02-01", Some("2025-02")), None, "within one month");
    assert_eq!(put(Change::Correct, Some(1), "2025-02-01", Some("2024-12")), wrong);
    assert_eq!(put(Change::Enter, None, "2025-02-01", None), None);
    assert_eq!(put(Change::Enter, None, "2999-02-01", None), None);
    let told = |day: &str| {
        let today = chrono::NaiveDate::parse_from_str(day, "%Y-%m-%d").unwrap();
        crate::case::form::of_register_on(&register, &of.ledgers, today).notes.last().cloned().unwrap_or_default()
    };
    assert_eq!(told("2025-02-28"), "现有有效记录2条。");
    assert_eq!(told("2025-03-01"), "现有有效记录1条。");
    assert_eq!(told("2025-01-31"), "现有有效记录0条。");
}
