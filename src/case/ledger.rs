//! What outlives a case and what all cases share: registers, series, offices, calendar, keys of living cases.
//!
//! A ledger is folded from the same events as the cases; offices and calendar are dated data, given from outside. Cloning
//! is cheap, so a decision sees them as they stood when it began.

use super::event::{Body, CaseEnd, Change, Event, Fields, Number};
use super::program::Program;
use super::{Case, Item};
use crate::calendar::Calendar;
use crate::clock::Moment;
use crate::submission::Type;
use crate::submission::alike::folded;
use crate::workflow::offices::Offices;
use crate::workflow::{ItemType, Subject, Workflow};
use chrono::NaiveDate;
use imbl::{OrdMap, Vector};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// An entry of a register.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// number within the register, never used again
    pub id: u32,
    /// what it is about
    pub key: String,
    /// its fields
    pub fields: Fields,
    /// why it ended
    pub ended: Option<String>,
    /// `stream/seq` of the event it stems from
    pub source: String,
    /// when it was entered
    pub entered: Moment,
    /// when it ended
    pub gone: Option<Moment>,
    /// what it said until when, before it was corrected
    pub before: Vec<(Moment, Fields)>,
}

/// What tables look at beside the case: laid there by whoever asks for a decision (see [`super::table::wanted`]); no decision
/// changes it.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// the definition in force of each workflow whose cases are counted
    pub definitions: BTreeMap<String, Program>,
    /// their cases as they stand, with what they run by
    pub cases: Vec<(Program, Case)>,
    /// cases as they stood at the end of a day; None: it was not open yet
    pub past: BTreeMap<(String, NaiveDate), Option<Case>>,
}

/// An item known by its identity to the other cases of its workflow; what it says is not kept here.
#[derive(Debug, Clone, PartialEq)]
pub struct Twin {
    /// the case
    pub case: String,
    /// the item
    pub item: u32,
    /// title of the case
    pub title: String,
    /// office that conducts the case
    pub opener: String,
    /// office that handed the item in
    pub owner: String,
    /// when
    pub opened: Moment,
}

impl Twin {
    /// An item of a case.
    pub fn of(case: &Case, item: &Item) -> Twin {
        Twin {
            case: case.id.clone(),
            item: item.id,
            title: case.title.clone(),
            opener: case.opener.clone(),
            owner: item.owner.clone(),
            opened: item.opened,
        }
    }
}

/// All ledgers.
#[derive(Debug, Clone)]
pub struct Ledgers {
    /// entries by register name
    pub registers: OrdMap<String, Vector<Entry>>,
    /// last number taken, by 机关代字 and year; without a year where the series runs on
    pub series: OrdMap<(String, Option<i32>), u32>,
    /// case id by workflow and key, living cases only
    pub living: OrdMap<(String, Vec<String>), String>,
    /// last period each schedule that opens cases fell for, by workflow
    pub fallen: OrdMap<String, String>,
    /// ids of all cases there ever were
    pub cases: imbl::OrdSet<String>,
    /// items whose type looks for twins in the whole workflow, by the digest of what they are known by
    known: OrdMap<String, Vector<Twin>>,
    /// the digest an item is known by, by case and number
    digests: OrdMap<(String, u32), String>,
    /// every case as it stands, for what takes its items from another's list; given from outside, and shared, not copied
    pub others: OrdMap<String, Arc<super::Case>>,
    /// who there is
    pub offices: Arc<Offices>,
    /// the calendar in force
    pub calendar: Arc<Calendar>,
    /// what tables look at
    pub beside: Arc<Beside>,
}

impl Ledgers {
    /// Empty ledgers over this dated data.
    pub fn new(offices: Arc<Offices>, calendar: Arc<Calendar>) -> Ledgers {
        Ledgers {
            registers: OrdMap::new(),
            series: OrdMap::new(),
            living: OrdMap::new(),
            fallen: OrdMap::new(),
            cases: imbl::OrdSet::new(),
            known: OrdMap::new(),
            digests: OrdMap::new(),
            others: OrdMap::new(),
            offices,
            calendar,
            beside: Arc::default(),
        }
    }

    /// Takes one event of any stream in.
    #[expect(clippy::wildcard_enum_match_arm, reason = "few events touch a ledger")]
    pub fn apply(&mut self, event: &Event) {
        match &event.body {
            Body::CaseOpened { workflow, key, .. } => {
                self.living.insert((workflow.clone(), key.clone()), event.stream.clone());
                self.cases.insert(event.stream.clone());
            }
            Body::CaseClosed { end, .. } => {
                let (CaseEnd::办结 | CaseEnd::撤销 | CaseEnd::无对象) = end;
                let gone: Vec<_> =
                    self.living.iter().filter(|(_, id)| **id == event.stream).map(|(k, _)| k.clone()).collect();
                for key in gone {
                    self.living.remove(&key);
                }
            }
            Body::ScheduleFell { schedule, period, .. } if event.stream.starts_with("schedule/") => {
                self.fallen.insert(schedule.clone(), period.clone());
            }
            Body::DocumentOrdered { number: Some(number), .. } => {
                let last = self.series.entry((number.series.clone(), number.year)).or_insert(0);
                *last = (*last).max(number.n);
            }
            Body::RegisterWritten { register, key, entry, change, fields, reason } => {
                let source = format!("{}/{}", event.stream, event.seq);
                let entries = self.registers.entry(register.clone()).or_default();
                let new = Entry {
                    id: *entry,
                    key: key.clone(),
                    fields: fields.clone(),
                    ended: None,
                    source,
                    entered: event.at,
                    gone: None,
                    before: Vec::new(),
                };
                write_entry(entries, new, *change, reason);
            }
            _ => {}
        }
    }

    /// Takes in what an item is known by after an event of its case. One that was taken back is forgotten.
    pub fn know(&mut self, workflow: &Workflow, case: &Case, item: u32) {
        let Some((item, of)) = case.item(item).and_then(|i| Some((i, workflow.items.get(&i.of)?))) else { return };
        if !of.twins.in_workflow || of.identity.is_empty() {
            return;
        }
        let key = (case.id.clone(), item.id);
        if let Some(known) = self.digests.remove(&key).and_then(|old| self.known.get_mut(&old)) {
            known.retain(|twin| twin.case != case.id || twin.item != item.id);
        }
        let identity = identity(of, &item.owner, item.about, item.category.as_deref(), &item.fields);
        let taken_back = item.label().is_some_and(|label| TAKEN_BACK.contains(&label));
        // what is erased is nobody's twin
        if taken_back || says_nothing(&identity) {
            return;
        }
        let digest = digest(&workflow.name, &of.name, &identity);
        self.known.entry(digest.clone()).or_default().push_back(Twin::of(case, item));
        self.digests.insert(key, digest);
    }

    /// The items of a workflow's cases that are known by this, in the order they came.
    pub fn twins(&self, workflow: &str, of: &str, identity: &str) -> Vec<Twin> {
        let mut found: Vec<Twin> = self
            .known
            .get(&digest(workflow, of, identity))
            .map(|all| all.iter().cloned().collect())
            .unwrap_or_default();
        found.sort_by(|a, b| (a.opened, &a.case, a.item).cmp(&(b.opened, &b.case, b.item)));
        found
    }

    /// The next number of a series, for a paper of this year.
    pub fn next_number(&self, series: &str, year: i32) -> Number {
        let first = self.offices.runs_on(series);
        let year = Some(year).filter(|_| first.is_none());
        let series = series.to_string();
        let last = self.series.get(&(series.clone(), year)).copied().unwrap_or(0);
        Number { n: first.unwrap_or(1).max(last + 1), series, year }
    }

    /// The next entry id of a register.
    pub fn next_entry(&self, register: &str) -> u32 {
        self.registers.get(register).and_then(|e| e.iter().map(|e| e.id).max()).unwrap_or(0) + 1
    }
}

/// Stands between the values of an identity.
const IDENTITY_SEPARATOR: char = '\u{1f}';

/// How an item ends that is as if it had never been handed in.
const TAKEN_BACK: [&str; 3] = ["撤回", "撤回推荐", "撤销"];

/// What an item is known by: the values of the fields its type names. A number that the law gives to one alone knows a person or an
/// organisation whatever name stands beside it; other spelling of a value makes no other item.
pub(super) fn identity(
    of: &ItemType,
    owner: &str,
    about: Option<u32>,
    category: Option<&str>,
    fields: &Fields,
) -> String {
    let value = |name: &String| match name.as_str() {
        "category" => category.unwrap_or_default().to_string(),
        "owner" => owner.to_string(),
        "about" => about.map(|id| id.to_string()).unwrap_or_default(),
        other => fields.get(other).map(|value| folded(&value.to_string())).unwrap_or_default(),
    };
    let name = named_by_number(of, fields).map(|(name, _)| name);
    let known = of.identity.iter().map(|field| if Some(field) == name { String::new() } else { value(field) });
    known.collect::<Vec<_>>().join(&IDENTITY_SEPARATOR.to_string())
}

/// The name that tells nothing more about who an item is, and the number of that person or organisation, which does.
pub(super) fn named_by_number<'a>(of: &'a ItemType, fields: &Fields) -> Option<(&'a String, &'a String)> {
    let kind = |name: &String| of.fields.get(name).map(|field| &field.kind);
    let is_number = |name: &&String| match kind(name) {
        Some(Type::IdNumber) => of.is_about(Subject::Person),
        Some(Type::CreditCode) => of.is_about(Subject::Organisation),
        _ => false,
    };
    let number = of.identity.iter().filter(is_number).find(|name| fields.get(*name).is_some_and(|it| !it.is_null()))?;
    Some((of.identity.iter().find(|name| kind(name) == Some(&Type::Name))?, number))
}

/// Whether none of the fields an item is known by has a value.
pub(super) fn says_nothing(identity: &str) -> bool {
    identity.chars().all(|c| c == IDENTITY_SEPARATOR)
}

/// An identity as other cases know it: nobody reads out of it whom or what it is of.
fn digest(workflow: &str, of: &str, identity: &str) -> String {
    let text = [workflow, of, identity].join("\u{1e}");
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn write_entry(entries: &mut Vector<Entry>, new: Entry, change: Change, reason: &Option<String>) {
    match change {
        Change::Enter => entries.push_back(new),
        Change::Correct => {
            if let Some(old) = entries.iter_mut().find(|e| e.id == new.id) {
                let mut before = std::mem::take(&mut old.before);
                before.push((new.entered, std::mem::take(&mut old.fields)));
                *old = Entry { before, entered: old.entered, ..new };
            }
        }
        Change::End => {
            if let Some(old) = entries.iter_mut().find(|e| e.id == new.id) {
                old.ended = Some(reason.clone().unwrap_or_default());
                old.gone = Some(new.entered);
            }
        }
    }
}
