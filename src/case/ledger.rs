//! What outlives a case and what all cases share: registers, series, offices, calendar, keys of living cases.
//!
//! A ledger is folded from the same events as the cases; offices and calendar are dated data, given from outside. Cloning
//! is cheap, so a decision sees them as they stood when it began.

use super::Case;
use super::event::{Body, CaseEnd, Change, Event, Fields};
use super::program::Program;
use crate::calendar::Calendar;
use crate::clock::Moment;
use crate::workflow::offices::Offices;
use chrono::NaiveDate;
use imbl::{OrdMap, Vector};
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

/// All ledgers.
#[derive(Debug, Clone)]
pub struct Ledgers {
    /// entries by register name
    pub registers: OrdMap<String, Vector<Entry>>,
    /// last number taken, by 机关代字 and year
    pub series: OrdMap<(String, i32), u32>,
    /// case id by workflow and key, living cases only
    pub living: OrdMap<(String, Vec<String>), String>,
    /// last period each schedule that opens cases fell for, by workflow
    pub fallen: OrdMap<String, String>,
    /// ids of all cases there ever were
    pub cases: imbl::OrdSet<String>,
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

    /// The next number of a series.
    pub fn next_number(&self, series: &str, year: i32) -> u32 {
        self.series.get(&(series.to_string(), year)).copied().unwrap_or(0) + 1
    }

    /// The next entry id of a register.
    pub fn next_entry(&self, register: &str) -> u32 {
        self.registers.get(register).and_then(|e| e.iter().map(|e| e.id).max()).unwrap_or(0) + 1
    }
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
