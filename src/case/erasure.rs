//! Lawful erasure: what was entered of items that came to nothing is due once the `keep` of their type is over (LANGUAGE
//! §5), and is blanked by a signed list.
//!
//! Of a person everything that was entered is due; of anything else names, numbers and addresses, what is sealed, and what
//! is made of these (`is`, `do: set`). What became of the item, when and why stays, and so does every paper with all that it
//! prints.

use super::event::{Body, Event, Row, TOLD};
use super::program::Program;
use super::{Case, Item, Position};
use crate::calendar::Calendar;
use crate::deadline::Deadline;
use crate::submission::{Type, texts};
use crate::workflow::{Field, Holders, ItemType, Subject, Workflow};
use chrono::NaiveDate;
use serde_json::Value;
use std::collections::BTreeSet;

/// The label of whatever reached the end of its route: it came to something.
const WITH_RESULT: &str = "办结";

/// An item whose personal fields are due for erasure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// the item
    pub item: u32,
    /// its type
    pub of: String,
    /// how it ended
    pub label: String,
    /// when
    pub ended: NaiveDate,
    /// the last day it was to be kept
    pub until: NaiveDate,
    /// the fields, `STAGE.FIELD` for those of a stage's form
    pub fields: Vec<String>,
}

/// What of a case is due on a day: nothing before its package is sealed.
pub fn due(program: &Program, case: &Case, calendar: &Calendar, today: NaiveDate) -> Vec<Due> {
    if case.sealed.is_none() {
        return Vec::new();
    }
    let holders = holders(program.workflow());
    let found = case.all_items().filter(|item| item.erased.is_none()).filter_map(|item| {
        let Position::Ended { label, at, .. } = &item.position else { return None };
        let keep = program.workflow().items.get(&item.of)?.keep.filter(|_| label != WITH_RESULT)?;
        let until = Deadline::of_span(at.date(), keep, calendar).due(calendar)?.date;
        let fields = personal_of(program, item, &holders);
        let due = Due { item: item.id, of: item.of.clone(), label: label.clone(), ended: at.date(), until, fields };
        (until < today && !due.fields.is_empty()).then_some(due)
    });
    found.collect()
}

/// The fields of an item that are somebody's own: of a person all that was entered.
pub fn personal(program: &Program, item: &Item) -> Vec<String> {
    personal_of(program, item, &holders(program.workflow()))
}

fn personal_of(program: &Program, item: &Item, holders: &Holders<'_>) -> Vec<String> {
    let person = program.workflow().subject(&item.of, item.category.as_deref()) == Some(Subject::Person);
    let made =
        |path: &str| path.split_once('.').map_or(holders.has(&item.of, path), |(of, name)| holders.has(of, name));
    let own = entered(program, item).into_iter().filter(|(path, ..)| person || made(path));
    own.map(|(name, ..)| name).collect()
}

/// The fields that tell who an item is, and all that is made of them.
fn holders(workflow: &Workflow) -> Holders<'_> {
    workflow.holders(is_personal)
}

/// What was entered of an item and about it, as `FIELD` or `STAGE.FIELD`, and whether that tells who it is.
fn entered<'i>(program: &Program, item: &'i Item) -> Vec<(String, &'i Value, bool)> {
    let workflow = program.workflow();
    let Some(of) = workflow.items.get(&item.of) else { return Vec::new() };
    let tells = |of: Option<&ItemType>, field: Option<&Field>| field.is_some_and(|field| is_personal(of, field));
    let own = item.fields.iter().map(|(name, value)| (name.clone(), value, tells(Some(of), of.fields.get(name))));
    let mut found: Vec<(String, &Value, bool)> = own.collect();
    for (stage, answer) in &item.answers {
        let form = workflow.stage(stage).map(|s| &s.form.item);
        found.extend(answer.fields.iter().map(|(name, value)| {
            (format!("{stage}.{name}"), value, tells(None, form.and_then(|form| form.get(name))))
        }));
    }
    found
}

/// What tells who an item is: its names, numbers and addresses, as texts of two characters or more.
pub fn telling(program: &Program, item: &Item) -> BTreeSet<String> {
    let telling = entered(program, item).into_iter().filter(|(_, _, tells)| *tells);
    let texts = telling.flat_map(|(_, value, _)| texts(value));
    texts.filter(|text| text.chars().nth(1).is_some()).map(str::to_string).collect()
}

/// Where in the log words were said to an office, in a question or a return, that tell who somebody is.
pub fn words(telling: &BTreeSet<String>, log: &[Event]) -> Vec<(u64, String)> {
    let tells = |words: &str| telling.iter().any(|value| words.contains(value.as_str()));
    let mut found = Vec::new();
    for event in log {
        if let Body::QuestionAsked { text, .. } = &event.body
            && tells(text)
        {
            found.push((event.seq, "/text/fields".to_owned()));
        }
        if let Body::CommandRefused { reasons, .. } = &event.body {
            let those = reasons.iter().enumerate().filter(|(_, reason)| tells(reason));
            found.extend(those.map(|(n, _)| (event.seq, format!("/reasons/fields/{n}"))));
        }
    }
    found
}

fn is_personal(of: Option<&ItemType>, field: &Field) -> bool {
    let tells = |kind: &Type| kind.is_personal() || matches!(kind, Type::Name);
    field.kind.holds(&tells) || of.is_some_and(|of| of.sealed.contains(&field.name))
}

/// Where in the log of a case the values of these fields of an item stand: events by number, each with JSON pointers.
/// `prints` says whether the template of a paper names a field; what it prints stays.
#[expect(clippy::wildcard_enum_match_arm, reason = "few events hold values of an item")]
pub fn places(
    item: u32,
    fields: &[String],
    log: &[Event],
    prints: impl Fn(&Event, &str) -> bool,
) -> Vec<(u64, String)> {
    let mut found = Vec::new();
    for event in log {
        let pointers = match &event.body {
            Body::ItemOpened { item: id, .. } | Body::ItemChanged { item: id, .. } if *id == item => {
                own(fields).map(|name| format!("/fields/{name}")).collect()
            }
            Body::AnswerCorrected { item: id, stage, .. } if *id == item => {
                said(fields, stage).map(|name| format!("/fields/{name}")).collect()
            }
            Body::TaskAnswered { task, rows, submission, .. } => {
                let stage = stage_of(log, *task).unwrap_or_default();
                let opened = opened_by(log, submission);
                rows_of(rows, item, &opened).flat_map(|n| of_row(fields, &stage, n)).collect()
            }
            Body::Counted { batch, rows, .. } => {
                let stage = batch_stage(log, *batch).unwrap_or_default();
                rows_of(rows, item, &[]).flat_map(|n| of_row(fields, &stage, n)).collect()
            }
            // what was told of it may say anything of it
            Body::Told { items, .. } if !fields.is_empty() => {
                let of_it = items.iter().enumerate().filter(|(_, id)| **id == item);
                of_it.map(|(n, _)| format!("/fields/{TOLD}/{n}")).collect()
            }
            Body::DocumentOrdered { items, fields: frozen, .. } if items.contains(&item) => {
                let mut there = Vec::new();
                let spread = items.len() == 1;
                for (name, value) in frozen {
                    shown(item, value, &format!("/fields/{name}"), fields, &mut there);
                }
                if spread {
                    there.extend(fields.iter().map(|f| format!("/fields/{}", f.replace('.', "/"))));
                }
                let last = |pointer: &String| pointer.rsplit('/').next().unwrap_or_default().to_string();
                there.into_iter().filter(|pointer| !prints(event, &last(pointer))).collect()
            }
            _ => Vec::new(),
        };
        found.extend(pointers.into_iter().map(|pointer: String| (event.seq, pointer)));
    }
    found
}

/// Names of an item's own fields.
fn own(fields: &[String]) -> impl Iterator<Item = &String> {
    fields.iter().filter(|name| !name.contains('.'))
}

/// Names of fields of a stage's form.
fn said<'a>(fields: &'a [String], stage: &'a str) -> impl Iterator<Item = &'a str> {
    fields.iter().filter_map(move |name| name.split_once('.').filter(|(of, _)| *of == stage).map(|(_, name)| name))
}

/// A row may hold fields of the item (nominated, mended) or of the stage.
fn of_row(fields: &[String], stage: &str, row: usize) -> Vec<String> {
    let names = own(fields).map(String::as_str).chain(said(fields, stage));
    names.map(|name| format!("/rows/{row}/fields/{name}")).collect()
}

/// The rows that speak of an item; those of a nomination name none, and stand as its items were opened.
fn rows_of<'a>(rows: &'a [Row], item: u32, opened: &'a [u32]) -> impl Iterator<Item = usize> + 'a {
    let of = move |(n, row): &(usize, &Row)| row.item.or_else(|| opened.get(*n).copied()) == Some(item);
    rows.iter().enumerate().filter(of).map(|(n, _)| n)
}

fn opened_by(log: &[Event], wanted: &str) -> Vec<u32> {
    let opened = |event: &Event| {
        let Body::ItemOpened { item, submission, .. } = &event.body else { return None };
        (submission.as_deref() == Some(wanted)).then_some(*item)
    };
    log.iter().filter_map(opened).collect()
}

fn stage_of(log: &[Event], wanted: u64) -> Option<String> {
    log.iter().find_map(|event| {
        let Body::TaskOpened { task, stage, .. } = &event.body else { return None };
        stage.clone().filter(|_| *task == wanted)
    })
}

fn batch_stage(log: &[Event], wanted: u32) -> Option<String> {
    log.iter().find_map(|event| {
        let Body::BatchOpened { batch, stage, .. } = &event.body else { return None };
        (*batch == wanted).then(|| stage.clone())
    })
}

/// Where a frozen view shows the item: an object with its number and its owner.
fn shown(item: u32, value: &Value, at: &str, fields: &[String], found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            let it = map.get("id").and_then(Value::as_u64) == Some(u64::from(item)) && map.contains_key("owner");
            if it {
                found.extend(fields.iter().map(|f| format!("{at}/{}", f.replace('.', "/"))));
            }
            map.iter().for_each(|(name, inner)| shown(item, inner, &format!("{at}/{name}"), fields, found));
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(n, inner)| shown(item, inner, &format!("{at}/{n}"), fields, found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The submissions of a case that speak of these items and of no other: nothing else needs their originals.
pub fn spoken_of_alone(log: &[Event], items: &BTreeSet<u32>) -> BTreeSet<String> {
    let mut by_submission: std::collections::BTreeMap<&str, BTreeSet<u32>> = std::collections::BTreeMap::new();
    for event in log {
        if let Body::ItemOpened { item, submission: Some(submission), .. } = &event.body {
            by_submission.entry(submission).or_default().insert(*item);
        }
        if let Body::TaskAnswered { submission, rows, .. } = &event.body {
            by_submission.entry(submission).or_default().extend(rows.iter().filter_map(|r| r.item));
        }
    }
    let alone = |(_, of): &(&str, BTreeSet<u32>)| !of.is_empty() && of.is_subset(items);
    by_submission.into_iter().filter(alone).map(|(submission, _)| submission.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::command::{Asked, Command, HandIn};
    use crate::case::decide::{OpenCase, decide, open};
    use crate::case::event::Fields;
    use crate::case::ledger::Ledgers;
    use crate::case::program::{Proof, Proofed};
    use crate::workflow::check::reload;
    use crate::workflow::parse::{Parsed, parse};
    use serde_json::json;
    use std::collections::BTreeMap;
    use std::sync::Arc;

    const DEFINITION: &str = "workflow: 试
roles: { 甲: 甲办 }
case: { title: 试, opened: { by: 甲 } }
items:
  事:
    identity: [事由]
    fields:
      事由: text
      来信人: name
      暗号: text
      来源: { type: text, is: 来信人 ~ '来信' }
      抄件: { type: text, is: 来源 }
      暗记: { type: text, is: 暗号 }
      具名: { type: yes-no, is: 来信人 is defined }
      长名: { type: text, is: 事由 ~ '一事' }
    sealed: [暗号]
    keep: 1 month
stages:
  - { recommend: 提出, of: 事, by: 甲, expect: all, do: [{ set: { 备考: 暗记, 登记: 事由 } }] }
  - { review: 审核, of: 事, by: 甲 }
  - { file: 归档, of: 事, by: 甲 }
";

    struct Anything;

    impl Proof for Anything {
        fn proof(&self, template: &str, _: &str, _: &Fields) -> Result<Proofed, Vec<String>> {
            Ok(Proofed { title: template.to_string() })
        }
    }

    /// Of a matter what is sealed and who it is goes with everything that is computed of it or set to it, and nothing else.
    #[test]
    fn what_is_made_of_personal_fields_is_personal() {
        let sources = BTreeMap::from([("workflow.yaml".to_string(), DEFINITION.to_string())]);
        let program = Program::new(Arc::new(reload(&sources).unwrap()), Arc::new(Anything));
        let offices = "offices: { 甲办: { title: 甲办公室 } }";
        let Parsed::Offices(offices) = parse("offices.yaml", offices).unwrap() else { panic!("these are offices") };
        let ledgers = Ledgers::new(Arc::new(offices), Arc::new(Calendar::shipped().clone()));
        let now = chrono::NaiveDate::from_ymd_opt(2025, 3, 3).unwrap().and_hms_opt(9, 0, 0).unwrap();
        let asked = OpenCase {
            office: "甲办".into(),
            by: "甲办".into(),
            params: Fields::new(),
            one: None,
            period: None,
            parent: None,
            shared: false,
            cause: "submission 1".into(),
        };
        let case = open(&program, &asked, &ledgers, now).unwrap().case;
        let said = json!({ "事由": "修路", "来信人": "李某", "暗号": "丙三" }).as_object().unwrap().clone();
        let row = (Row { fields: said, ..Row::default() }, String::new());
        let task = case.open_tasks().next().unwrap().id;
        let hand_in = HandIn { task, revision: 1, rows: vec![row], complete: true, ..HandIn::default() };
        let command = Command::HandIn(HandIn { submission: "2".into(), ..hand_in });
        let asked = Asked { by: "甲办".into(), on_behalf: None, cause: "submission 2".into(), command };
        let case = decide(&program, &case, &asked, &ledgers, now).unwrap().case;
        let item = case.item(1).unwrap();
        assert_eq!(item.fields["备考"], "丙三");
        let personal: BTreeSet<String> = personal(&program, item).into_iter().collect();
        assert_eq!(personal, BTreeSet::from(["来信人", "暗号", "来源", "抄件", "暗记", "备考"].map(str::to_string)));
    }
}
