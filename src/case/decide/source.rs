//! Intakes that nobody hands in to: their items are the offices of a role, the rows of a param table or the entries of a
//! register, the list of another case (LANGUAGE §8 `from`). Such an intake is closed as soon as its items are there; opened again it takes in what is
//! new at its source.

use super::Deciding;
use super::opened::{after, with_computed};
use super::twins::identity_of;
use crate::case::eval::Target;
use crate::case::event::{Body, CaseEnd, Fields, QuestionAbout, Row};
use crate::case::{Case, Item, register};
use crate::submission::{TableKey, Type};
use crate::workflow::{From, ItemType, Register, RegisterKey, Stage, Subject};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What stands for a reason where a soft rule wants one and nobody was asked.
const TAKEN_IN: &str = "由系统列入，未经填报";

/// The answers about what could not be taken in.
const LEFT_OUT_ANSWERS: [&str; 2] = ["已处理，请补列", "不列入"];

/// What an item is to be made of.
struct Candidate {
    /// how it is called in a sentence
    name: String,
    category: Option<String>,
    fields: Fields,
}

impl<'a> Deciding<'a> {
    /// Opens what an intake takes from its source, unless that has been done or somebody has been asked to see to it.
    pub(super) fn take_from_source(&mut self, stage: &'a Stage) {
        if self.case.intake(&stage.name, "").is_none_or(|i| !i.closed) {
            self.attempt(stage, None, &[], |this| this.take_in(stage));
        }
    }

    fn take_in(&mut self, stage: &'a Stage) {
        let owner = self.actors(&stage.by, None).into_iter().next().unwrap_or_else(|| self.case.opener.clone());
        if self.case.intake(&stage.name, "").is_none() {
            self.open_empty(stage, String::new(), vec![owner.clone()]);
        }
        let program = self.program;
        let Some(of) = program.workflow().opens(stage) else { return };
        let known = |item: &&Item| item.of == of.name;
        let mut seen: BTreeSet<String> = self.case.all_items().filter(known).map(|i| identity_of(of, i)).collect();
        let mut rows = Vec::new();
        let mut left_out: Vec<String> = Vec::new();
        let candidates = self.candidates(stage, of);
        // where there is no list yet, nothing is taken in at all
        if matches!(stage.from, From::Case(..)) && candidates.is_empty() && !self.faults.is_empty() {
            return;
        }
        left_out.extend(self.set_aside(self.events.len()));
        for candidate in candidates {
            let events = self.events.len();
            let found = self.trial(stage, of, &owner, &candidate);
            if let Some((body, item)) = found {
                if !of.identity.is_empty() && !seen.insert(identity_of(of, &item)) {
                    continue;
                }
                let row = Row { category: item.category.clone(), waiver: Some(TAKEN_IN.to_string()), ..Row::default() };
                self.emit(body);
                rows.push((item.id, row, candidate.name));
                self.judge_each(&stage.name, &rows[rows.len() - 1..]);
            }
            let reasons = self.set_aside(events);
            if !reasons.is_empty() {
                rows.retain(|(id, ..)| self.case.items.contains_key(id));
                left_out.extend(reasons);
            }
        }
        self.check_quotas(stage, &rows, |_| true);
        self.judge_groups(&stage.name, &rows);
        if !self.faults.is_empty() {
            return;
        }
        let why = if left_out.is_empty() { "对象已全部列入" } else { "对象已列入，部分未能列入" };
        self.close_intake(stage, "", Vec::new(), why);
        if !left_out.is_empty() {
            self.ask_about_left_out(stage, &left_out);
        }
        let items: Vec<u32> = rows.into_iter().map(|(id, ..)| id).collect();
        let index = program.workflow().stage_index(&stage.name).unwrap_or_default();
        let outcome = stage.outcomes.keys().next().cloned().unwrap_or_default();
        self.act(&stage.actions, &items);
        for id in items {
            self.onward(id, index + 1, &outcome, None, None);
        }
    }

    /// Why the last step could not be taken, and as if it had not been tried; the others go on without it.
    fn set_aside(&mut self, events: usize) -> Vec<String> {
        let reasons: Vec<String> = std::mem::take(&mut self.faults).into_iter().map(|f| f.say).collect();
        if !reasons.is_empty() {
            self.back_to(events);
        }
        reasons
    }

    /// What could not be taken in is told to the opener; gates wait for his answer, for it may bring more.
    fn ask_about_left_out(&mut self, stage: &Stage, reasons: &[String]) {
        let told: Vec<&str> = reasons.iter().map(|r| r.trim_end_matches('。')).collect();
        let text = format!(
            "“{}”有对象未能列入：{}。其余已经列入。请处理后选择补列，或者不列入。",
            stage.title,
            told.join("；")
        );
        let opener = self.standing(&self.case.opener);
        let about = QuestionAbout::LeftOut { stage: stage.name.clone() };
        self.ask(&opener, text, LEFT_OUT_ANSWERS.map(str::to_string).to_vec(), about);
    }

    /// Looks at the source again, and takes in what is not there yet.
    pub(super) fn take_in_again(&mut self, stage: &str) {
        let program = self.program;
        if let Some(stage) = program.workflow().stage(stage) {
            self.reopen_intake(stage, "补列对象", &[]);
        }
    }

    /// The event that would open a candidate, and the item it would be; None when the source's condition does not hold.
    fn trial(&mut self, stage: &Stage, of: &ItemType, owner: &str, candidate: &Candidate) -> Option<(Body, Item)> {
        let id = self.next_item();
        let opened = Body::ItemOpened {
            item: id,
            of: of.name.clone(),
            category: candidate.category.clone(),
            owner: owner.to_string(),
            about: None,
            stage: stage.name.clone(),
            fields: candidate.fields.clone(),
            waiver: None,
            submission: None,
        };
        let body = match with_computed(self.program, &self.case, &self.ledgers, self.now, opened) {
            Ok(body) => body,
            Err(why) => {
                self.refuse("", format!("{}的{why}", candidate.name));
                return None;
            }
        };
        let trial = after(&self.case, self.now, body.clone());
        let item = trial.item(id).cloned()?;
        if let From::Register(_, Some(filter)) = &stage.from {
            let sight = self.sight_in(&trial);
            match sight.holds(&filter.source, &Target::Item(id)) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(why) => {
                    self.refuse("", format!("{}是否列入无法判断：{why}", candidate.name));
                    return None;
                }
            }
        }
        Some((body, item))
    }

    fn candidates(&mut self, stage: &Stage, of: &ItemType) -> Vec<Candidate> {
        let raw = match &stage.from {
            From::Submissions | From::Every(..) => Vec::new(),
            From::Case(workflow, list) => self.listed_as_items(workflow, list),
            From::Offices(role) => self.offices_as_items(role),
            From::Table(param) => self.rows_as_items(param, of),
            From::Register(name, _) => self.entries_as_items(name, of),
        };
        let categories: Vec<String> = self.program.workflow().categories_of(stage, of);
        let mut found = Vec::new();
        for (name, fields, words) in raw {
            let category = match categories.as_slice() {
                [] => None,
                [only] => Some(only.clone()),
                several => match several.iter().find(|c| words.contains(c)) {
                    Some(category) => Some(category.clone()),
                    None => {
                        self.refuse("", format!("{name}看不出属于哪一类（{}）", several.join("、")));
                        continue;
                    }
                },
            };
            let declared = |field: &String| field == "subject" || of.fields.get(field).is_some_and(|f| f.is.is_none());
            let mut fields: Fields = fields.into_iter().filter(|(field, _)| declared(field)).collect();
            for field in of.fields.values().filter(|f| !fields.contains_key(&f.name)).collect::<Vec<_>>() {
                fields.extend(field.default.clone().map(|default| (field.name.clone(), default)));
            }
            found.push(Candidate { name, category, fields });
        }
        found
    }

    fn offices_as_items(&self, role: &str) -> Vec<(String, Fields, Vec<String>)> {
        let offices = self.actors(std::slice::from_ref(&role.to_string()), None).into_iter();
        let item = |id: String| {
            let tags = self.ledgers.offices.offices.get(&id).map(|o| o.tags.clone()).unwrap_or_default();
            let name = self.ledgers.offices.title(&id).to_string();
            (name, [("subject".to_string(), Value::from(id))].into_iter().collect(), tags)
        };
        offices.map(item).collect()
    }

    fn rows_as_items(&self, param: &str, of: &ItemType) -> Vec<(String, Fields, Vec<String>)> {
        let kind = self.program.workflow().case.params.get(param).map(|p| &p.kind);
        let Some(Type::Table(columns, key)) = kind else { return Vec::new() };
        let keyed_by = key.and_then(|key| of.field_of_key(columns, key));
        let row = |name: String, key: Option<&String>, row: &Value| {
            let mut fields = row.as_object().cloned().unwrap_or_default();
            fields.extend(keyed_by.zip(key).map(|(field, key)| (field.to_string(), Value::from(key.clone()))));
            let words = fields.values().filter_map(|v| v.as_str().map(str::to_string)).collect();
            (name, fields, words)
        };
        match self.case.params.get(param) {
            Some(Value::Object(rows)) => {
                let name = |k: &String| match key {
                    Some(TableKey::Office) => self.ledgers.offices.title(k).to_string(),
                    Some(TableKey::Text) | None => k.clone(),
                };
                rows.iter().map(|(k, v)| row(name(k), Some(k), v)).collect()
            }
            Some(Value::Array(rows)) => {
                rows.iter().enumerate().map(|(n, v)| row(format!("“{param}”第{}行", n + 1), None, v)).collect()
            }
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => Vec::new(),
        }
    }

    /// The members of another case's list: of the latest that has confirmed it, or was carried through.
    fn listed_as_items(&mut self, workflow: &str, list: &str) -> Vec<(String, Fields, Vec<String>)> {
        let keyed = &self.program.workflow().case.key;
        let standing = |other: &&Arc<Case>| {
            let decided = other.confirmed.contains(list) || matches!(other.closed, Some((CaseEnd::办结, _)));
            other.workflow == workflow && other.id != self.case.id && decided && same_key(keyed, &self.case, other)
        };
        let latest = self.ledgers.others.values().filter(standing).max_by_key(|c| (c.opened, c.id.clone())).cloned();
        let Some(latest) = latest else {
            self.refuse("", format!("“{workflow}”还没有已经确定的名单“{list}”"));
            return Vec::new();
        };
        let on = |item: &&Item| item.lists.contains(list) && (item.lives() || item.label() == Some("办结"));
        let members = latest.all_items().filter(on).map(|item| {
            let mut fields = item.fields.clone();
            for (name, value) in item.answers.values().flat_map(|a| &a.fields) {
                fields.entry(name.clone()).or_insert_with(|| value.clone());
            }
            let values = fields.values().filter_map(|v| v.as_str().map(str::to_string));
            let words = item.category.iter().cloned().chain(values).collect();
            (format!("“{list}”中的{}号", item.id), fields, words)
        });
        members.collect()
    }

    fn entries_as_items(&self, name: &str, of: &ItemType) -> Vec<(String, Fields, Vec<String>)> {
        let Some(definition) = self.program.closure.registers.get(name) else { return Vec::new() };
        let entries = self.ledgers.registers.get(name).cloned().unwrap_or_default();
        let today = self.now.date().to_string();
        let item = |entry: crate::case::ledger::Entry| {
            let mut fields = named_by_key(definition, of, &entry.key);
            fields.extend(entry.fields);
            let words = fields.values().filter_map(|v| v.as_str().map(str::to_string)).collect();
            (format!("台账“{name}”第{}条", entry.id), fields, words)
        };
        register::standing(definition, &entries, &today).into_iter().map(item).collect()
    }
}

/// Whether two cases have the same key, where they have the same params for one.
fn same_key(keyed: &[String], own: &Case, other: &Case) -> bool {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_string);
    let params: Vec<Option<String>> = keyed.iter().map(|name| other.params.get(name).map(text)).collect();
    let alike = !keyed.is_empty() && params.iter().cloned().eq(other.key.iter().cloned().map(Some));
    !alike || own.key == other.key
}

/// What the key of an entry says of the item made of it; the converse of [`crate::case::eval::who`].
fn named_by_key(register: &Register, of: &ItemType, key: &str) -> Fields {
    let RegisterKey::Subjects(subjects) = &register.key else { return Fields::new() };
    if subjects.contains(&Subject::Office) && of.subject == Subject::Office {
        return [("subject".to_string(), Value::from(key))].into_iter().collect();
    }
    let (name, id_number) = key.split_once('|').unwrap_or((key, ""));
    let first = |kind: Type| of.fields.values().find(|f| f.kind == kind).map(|f| f.name.clone());
    let name = first(Type::Name).map(|field| (field, Value::from(name)));
    let number = first(Type::IdNumber).filter(|_| !id_number.is_empty()).map(|field| (field, Value::from(id_number)));
    name.into_iter().chain(number).collect()
}
