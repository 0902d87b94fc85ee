//! What a table counts: items, cases, entries of a register, clocks, papers; and how a field is read of one.

use super::Asked;
use super::figures::{Written, written};
use super::returns::About;
use crate::case::decide;
use crate::case::eval::{Sight, Target};
use crate::case::event::{CaseEnd, ClockOf, Fields, Rung};
use crate::case::ledger::Entry;
use crate::case::story::{item_name, value_words};
use crate::case::{Case, Clock, Document, Item, Life};
use crate::workflow::{Register, TableDefinition, TableFrom};
use serde_json::{Value, json};
use std::sync::Arc;

/// One thing a table counts.
pub(super) struct Record {
    sight: Arc<Sight>,
    target: Target,
    /// what it is called
    pub(super) name: String,
}

/// The records of a table, its `where` judged.
pub(super) fn of(asked: &Asked<'_>, table: &TableDefinition) -> Result<Vec<Record>, String> {
    let all = match &table.from {
        TableFrom::Cases(name) => cases(asked, name)?,
        TableFrom::Items(_) | TableFrom::Register(_) | TableFrom::Clocks | TableFrom::Documents => own(asked, table)?,
    };
    let Some(filter) = &table.filter else { return Ok(all) };
    let mut found = Vec::new();
    for record in all {
        if record.holds(&filter.source)? {
            found.push(record);
        }
    }
    Ok(found)
}

/// The one item of every case of a workflow; a case without one is known by its params. What was cancelled counts nowhere.
fn cases(asked: &Asked<'_>, workflow: &str) -> Result<Vec<Record>, String> {
    let ledgers = asked.ledgers_then();
    let mut found = Vec::new();
    for (program, case) in asked.ledgers.beside.cases.iter().filter(|(_, case)| case.workflow == workflow) {
        // one that a schedule opened for a time counts in the report of that time, however late it was opened
        let about = About::of_case(case).filter(|about| asked.rewound().is_some_and(|day| about.is_by(day)));
        let seen = if about.is_some() { Some(case.clone()) } else { asked.then(case)? };
        let Some(case) = seen else { continue };
        if matches!(case.closed, Some((CaseEnd::撤销, _))) {
            continue;
        }
        let sight = asked.sight(program, &case, &ledgers);
        let only = program.workflow().only_type();
        let item = only.and_then(|of| case.all_items().find(|i| i.of == of.name));
        let target = item.map_or(Target::Case, |item| Target::Item(item.id));
        found.push(Record { sight, target, name: case.title.clone() });
    }
    Ok(found)
}

/// What belongs to the case itself, and the entries of a register.
fn own(asked: &Asked<'_>, table: &TableDefinition) -> Result<Vec<Record>, String> {
    let program = asked.program;
    let Some(case) = asked.then(asked.case)? else { return Ok(Vec::new()) };
    let day = asked.rewound();
    let ledgers = asked.ledgers_then();
    let sight = asked.sight(program, &case, &ledgers);
    let record = |name: String, fields: Fields| {
        let target = Target::Record { fields: Arc::new(fields), register: None };
        Record { sight: sight.clone(), target, name }
    };
    let found = match &table.from {
        TableFrom::Items(of) => {
            let now = asked.sight(program, asked.case, &ledgers);
            let told = |item: &Item, sight: &Arc<Sight>| {
                let name = item_name(program.workflow(), item);
                Record { sight: sight.clone(), target: Target::Item(item.id), name }
            };
            // of a duty counts what is about a time that was over, as it is now; of everything else what was there then
            let record = |item: &Item| match About::of(item) {
                Some(about) => day.is_none_or(|day| about.is_by(day)).then(|| told(item, &now)),
                None => case.item(item.id).map(|item| told(item, &sight)),
            };
            asked.case.all_items().filter(|i| i.of == *of).filter_map(record).collect()
        }
        TableFrom::Register(name) => {
            let Some(register) = program.closure.registers.get(name) else { return Ok(Vec::new()) };
            let then = ledgers.registers.get(name).into_iter().flatten();
            // what was entered since about a time that was over is counted as it is now
            let since = |entry: &&Entry| {
                let about = || About::of_entry(register, entry);
                entry.entered > asked.as_of() && day.zip(about()).is_some_and(|(day, about)| about.is_by(day))
            };
            let now = asked.ledgers.registers.get(name).into_iter().flatten().filter(since);
            let entry = |entry: &Entry| {
                let target = entry_target(register, entry);
                Record { sight: sight.clone(), target, name: entry.key.clone() }
            };
            then.chain(now).filter(|e| e.ended.is_none()).map(entry).collect()
        }
        TableFrom::Clocks => {
            let clocks = case.clocks.values().filter_map(|clock| of_clock(asked, &case, clock));
            clocks.map(|fields| record(words(&fields, "clock"), fields)).collect()
        }
        TableFrom::Documents => {
            let papers = case.documents.values().map(|paper| of_document(asked, paper));
            papers.map(|fields| record(words(&fields, "title"), fields)).collect()
        }
        TableFrom::Cases(_) => Vec::new(),
    };
    Ok(found)
}

/// An entry of a register with all its fields, the empty among them.
pub(super) fn entry_target(register: &Register, entry: &Entry) -> Target {
    let mut fields: Fields = register.fields.keys().map(|field| (field.clone(), Value::Null)).collect();
    fields.insert("key".to_string(), json!(entry.key));
    fields.extend(entry.fields.clone());
    Target::Record { fields: Arc::new(fields), register: Some(register.name.clone()) }
}

fn words(fields: &Fields, name: &str) -> String {
    fields.get(name).map(value_words).unwrap_or_default()
}

/// What is known of a limit people keep; None of one nobody does.
fn of_clock(asked: &Asked<'_>, case: &Case, clock: &Clock) -> Option<Fields> {
    let workflow = asked.program.workflow();
    let (name, batch, item) = match &clock.of {
        ClockOf::Named { clock, item } => (clock.clone(), None, Some(*item)),
        ClockOf::Answer(batch) => ("办理".to_string(), Some(*batch), None),
        ClockOf::Period(batch) => ("公示".to_string(), Some(*batch), None),
        ClockOf::Return(item) => ("补正".to_string(), None, Some(*item)),
        ClockOf::Grace(_) | ClockOf::Keep(_) | ClockOf::Gate { .. } => return None,
    };
    let batch = batch.and_then(|b| case.batches.get(&b));
    let item = item.or_else(|| batch.and_then(|b| b.items.first().copied())).and_then(|i| case.item(i));
    let stage = batch.map(|b| b.stage.as_str()).or_else(|| item.and_then(|i| i.stage()));
    let stage = stage.and_then(|s| workflow.stage(s)).map(|s| s.title.clone());
    let due = decide::deadline_of(clock).due(&asked.ledgers.calendar).map(|due| due.date.to_string());
    let fields = json!({
        "clock": name,
        "stage": stage,
        "owner": item.map(|i| asked.ledgers.offices.standing(&i.owner)),
        "from": clock.from.to_string(),
        "due": due,
        "ended": clock.ended,
        "overdue": clock.rang.contains(&Rung::Due),
    });
    fields.as_object().cloned()
}

fn of_document(asked: &Asked<'_>, paper: &Document) -> Fields {
    let workflow = asked.program.workflow();
    let stage = paper.stage.as_ref().and_then(|s| workflow.stage(s)).map(|s| s.title.clone());
    let standing = match paper.life {
        Life::Ordered | Life::Rendered => "未发出",
        Life::Issued => "已发出",
        Life::Replaced => "已替代",
        Life::Void => "已作废",
    };
    let fields = json!({
        "template": paper.template,
        "stage": stage,
        "title": paper.title,
        "number": paper.number.as_ref().map(ToString::to_string),
        "date": paper.date.to_string(),
        "issued": paper.issued.map(|at| at.date().to_string()),
        "standing": standing,
    });
    fields.as_object().cloned().unwrap_or_default()
}

impl Record {
    pub(super) fn holds(&self, condition: &str) -> Result<bool, String> {
        self.sight.holds(condition, &self.target).map_err(|why| format!("无法统计“{}”：{why}", self.name))
    }

    /// The values a field heads it by: several of a list, one that is empty of none.
    pub(super) fn keys(&self, path: &str) -> Result<Vec<String>, String> {
        let offices = &self.sight.ledgers().offices;
        if let (Some(item), "owner" | "category" | "month") = (self.item(), path) {
            return Ok(vec![decide::group_value(offices, item, path)]);
        }
        if let (Some(item), "stage") = (self.item(), path) {
            let stage = item.stage().and_then(|s| self.sight.program().workflow().stage(s));
            return Ok(vec![stage.map(|s| s.title.clone()).or(item.label().map(str::to_string)).unwrap_or_default()]);
        }
        let values = match self.raw(path) {
            Some(Value::Array(list)) => list,
            Some(value) => vec![value],
            None => vec![self.value(path)?.map_or(Value::Null, Value::from)],
        };
        let values = if values.is_empty() { vec![Value::Null] } else { values };
        Ok(values.iter().map(value_words).map(|key| offices.standing(&key).to_string()).collect())
    }

    /// What stands in a cell of it.
    pub(super) fn text(&self, source: &str) -> Result<String, String> {
        let offices = &self.sight.ledgers().offices;
        if let Some(value) = self.raw(source) {
            return Ok(offices.title(&value_words(&value)).to_string());
        }
        let keyed = matches!(source, "owner" | "category" | "month" | "stage");
        let text = if keyed { self.keys(source)?.concat() } else { self.value(source)?.unwrap_or_default() };
        Ok(offices.title(&text).to_string())
    }

    /// The numbers of a field: several of a column of a table, none where it is empty.
    pub(super) fn numbers(&self, path: &str) -> Result<Vec<Written>, String> {
        let values = match self.raw(path) {
            Some(Value::Array(list)) => list,
            Some(Value::Null) => Vec::new(),
            Some(value) => vec![value],
            None => self.value(path)?.map(Value::from).into_iter().collect(),
        };
        let number = |value: &Value| {
            written(value).ok_or_else(|| format!("“{}”的“{path}”不是数：{}", self.name, value_words(value)))
        };
        let filled = values.iter().filter(|v| !v.is_null() && v.as_str() != Some(""));
        filled.map(number).collect()
    }

    /// The value of an expression as a text; None when there is none.
    fn value(&self, source: &str) -> Result<Option<String>, String> {
        let value = self.sight.value(source, &self.target).map_err(|why| format!("无法统计“{}”：{why}", self.name))?;
        if value.is_undefined() || value.is_none() {
            return Ok(None);
        }
        Ok(Some(match (value.kind(), value.is_true()) {
            (minijinja::value::ValueKind::Bool, true) => "是".to_string(),
            (minijinja::value::ValueKind::Bool, false) => "否".to_string(),
            (_, _) => value.to_string(),
        }))
    }

    fn item(&self) -> Option<&Item> {
        match &self.target {
            Target::Item(id) => self.sight.case().item(*id),
            Target::Case | Target::Group(_) | Target::Record { .. } | Target::Assessor { .. } => None,
        }
    }

    /// A field exactly as it was kept: `字段`, `环节.字段`, a column of a table or its number of rows behind a point.
    fn raw(&self, path: &str) -> Option<Value> {
        let parts: Vec<&str> = path.split('.').collect();
        match parts.as_slice() {
            [name] => self.field(name),
            [first, second] => match self.field(first) {
                Some(table) => part(&table, second),
                None => self.answered(first, second),
            },
            [stage, table, column] => part(&self.answered(stage, table)?, column),
            _ => None,
        }
    }

    fn field(&self, name: &str) -> Option<Value> {
        if let Target::Record { fields, .. } = &self.target {
            return fields.get(name).cloned();
        }
        let Some(item) = self.item() else { return self.sight.case().params.get(name).cloned() };
        let said = |name: &str| item.answers.values().find_map(|a| a.fields.get(name));
        item.fields.get(name).or_else(|| said(name)).cloned()
    }

    fn answered(&self, stage: &str, name: &str) -> Option<Value> {
        let answer = self.item()?.answers.get(stage)?;
        let head = || self.sight.case().batches.get(&answer.batch?)?.fields.get(name).cloned();
        answer.fields.get(name).cloned().or_else(head)
    }
}

/// A column of a table, or the number of its rows.
fn part(table: &Value, column: &str) -> Option<Value> {
    let rows: Vec<&Value> = match table {
        Value::Array(rows) => rows.iter().collect(),
        Value::Object(rows) => rows.values().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
    };
    if column == "count" {
        return Some(Value::from(rows.len()));
    }
    Some(rows.into_iter().filter_map(|row| row.get(column)).cloned().collect())
}
