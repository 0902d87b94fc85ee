//! Named tables (LANGUAGE §12): where their records come from, what heads rows and columns, what is reckoned.

use super::{Expression, From, Register, Stage, Workflow};
use crate::deadline::Schedule;
use crate::diag::Place;
use crate::submission::Type;
use indexmap::IndexMap;

/// A named query of §12.
#[derive(Debug, Clone)]
pub struct TableDefinition {
    /// name
    pub name: String,
    /// what it counts
    pub from: TableFrom,
    /// only where
    pub filter: Option<Expression>,
    /// what heads the rows
    pub rows: Heads,
    /// what heads the columns
    pub columns: Option<Heads>,
    /// what is reckoned, where it is said
    pub values: Vec<Reckoned>,
    /// totals row and column
    pub totals: bool,
    /// also a line for every office of the role with nothing
    pub missing: Option<String>,
    /// what the figures of every column must come to
    pub checks: Vec<Expression>,
    /// where
    pub place: Place,
}

/// What a table counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableFrom {
    /// items of a type of this case
    Items(String),
    /// cases of a workflow, each known by its one item
    Cases(String),
    /// entries of a register
    Register(String),
    /// clocks of this case
    Clocks,
    /// papers of this case
    Documents,
}

/// What heads rows or columns.
#[derive(Debug, Clone)]
pub enum Heads {
    /// every record has a row of its own
    Item,
    /// a field; its values are the heads
    Field(String),
    /// these, each always printed
    Labels(IndexMap<String, Label>),
}

/// A head written out.
#[derive(Debug, Clone)]
pub struct Label {
    /// which records are under it; of the columns of records, what stands there
    pub when: Expression,
    /// field by whose values it is split
    pub split: Option<String>,
}

/// A figure of a table.
#[derive(Debug, Clone)]
pub struct Reckoned {
    /// what it is called; empty where it is the only one
    pub label: String,
    /// how it is reckoned
    pub measure: Measure,
    /// where
    pub place: Place,
}

/// How a figure is reckoned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// how many records
    Count,
    /// the sum of a field
    Sum(String),
    /// the mean of a field, over the records that have it
    Mean(String),
    /// the field of the first record that has it
    First(String),
}

/// A scheduled report of §12.
#[derive(Debug, Clone)]
pub struct Report {
    /// name
    pub name: String,
    /// when
    pub schedule: Schedule,
    /// the date param until which it goes on, where that is no date written out
    pub until: Option<String>,
    /// recipients
    pub to: Vec<String>,
    /// who confirms it; None = goes out by itself
    pub by: Option<String>,
    /// template
    pub template: String,
    /// tables frozen into it
    pub tables: Vec<String>,
    /// 机关代字 of its series
    pub number: Option<String>,
    /// the date param that is its 成文日期
    pub date: Option<String>,
    /// where
    pub place: Place,
}

/// What every clock is known by in a table.
pub const OF_CLOCKS: [&str; 7] = ["clock", "stage", "owner", "from", "due", "ended", "overdue"];
/// What every paper is known by in a table.
pub const OF_DOCUMENTS: [&str; 7] = ["template", "stage", "title", "number", "date", "issued", "standing"];
/// What the row of totals is called in a check.
pub const TOTALS: &str = "合计";

impl TableDefinition {
    /// What stands in the columns of records: a text for each, with its head.
    pub fn texts(&self) -> Vec<(&str, &str)> {
        match (&self.rows, &self.columns) {
            (Heads::Item, Some(Heads::Labels(labels))) => {
                labels.iter().map(|(name, label)| (name.as_str(), label.when.source.as_str())).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What is reckoned: a count where nothing else is said.
    pub fn figures(&self) -> Vec<Reckoned> {
        if self.values.is_empty() && self.texts().is_empty() {
            return vec![Reckoned { label: String::new(), measure: Measure::Count, place: self.place.clone() }];
        }
        self.values.clone()
    }

    /// Every expression of it; a field is one too.
    pub fn sources(&self) -> Vec<&str> {
        let mut found: Vec<&str> = self.filter.iter().map(|f| f.source.as_str()).collect();
        for heads in std::iter::once(&self.rows).chain(&self.columns) {
            match heads {
                Heads::Item => {}
                Heads::Field(path) => found.push(path),
                Heads::Labels(labels) => {
                    found.extend(labels.values().map(|l| l.when.source.as_str()));
                    found.extend(labels.values().filter_map(|l| l.split.as_deref()));
                }
            }
        }
        found.extend(self.values.iter().filter_map(|v| v.measure.path()));
        found
    }

    /// The fields whose values can be read off it, and are not merely counted.
    pub fn shown(&self) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for heads in std::iter::once(&self.rows).chain(&self.columns) {
            match heads {
                Heads::Item => {}
                Heads::Field(path) => found.push(path),
                Heads::Labels(labels) => {
                    found.extend(labels.values().filter_map(|l| l.split.as_deref()));
                    let texts = labels.values().filter(|_| matches!(self.rows, Heads::Item));
                    found.extend(texts.map(|l| l.when.source.as_str()));
                }
            }
        }
        let first = self.values.iter().filter(|v| matches!(v.measure, Measure::First(_)));
        found.extend(first.filter_map(|v| v.measure.path()));
        found
    }
}

impl Measure {
    /// The field it reads.
    pub fn path(&self) -> Option<&str> {
        match self {
            Measure::Count => None,
            Measure::Sum(path) | Measure::Mean(path) | Measure::First(path) => Some(path),
        }
    }
}

impl Workflow {
    /// The type of what a path reads of items of a type: a field, a field of a stage's form, bare or by the stage's name; a
    /// column of one that is a table.
    pub fn type_at(&self, of: &str, path: &str) -> Option<&Type> {
        if let Some((first, name)) = path.split_once('.') {
            let Some(stage) = self.stage(first) else {
                let Type::Table(columns, _) = self.type_at(of, first)? else { return None };
                return columns.iter().find(|(column, _)| column == name).map(|(_, kind)| kind);
            };
            return stage.form.item.get(name).or_else(|| stage.form.case.get(name)).map(|f| &f.kind);
        }
        let own = self.items.get(of).and_then(|i| i.fields.get(path)).map(|f| &f.kind);
        own.or_else(|| {
            let mut stages = self.stages.iter();
            stages.find_map(|s| s.form.item.get(path).or_else(|| s.form.case.get(path))).map(|f| &f.kind)
        })
    }

    /// The values a field of items of a type can have, in the order they are written, where they are known beforehand.
    pub fn choices(&self, of: &str, path: &str) -> Option<Vec<String>> {
        match path {
            "category" => Some(self.items.get(of)?.categories.keys().cloned().collect()),
            "code" => {
                let outcomes = self.stages.iter().flat_map(|s| s.outcomes.values());
                let codes: indexmap::IndexSet<String> = outcomes.filter_map(|o| o.code.clone()).collect();
                Some(codes.into_iter().collect())
            }
            _ => options(self.type_at(of, path)?),
        }
    }

    /// The duties that come round whose returns a table counts.
    pub fn duties_of<'a>(&'a self, table: &'a TableDefinition) -> impl Iterator<Item = &'a Stage> {
        let hands_in = |s: &&Stage| match &table.from {
            TableFrom::Items(of) => self.opens(s).is_some_and(|opened| opened.name == *of),
            TableFrom::Cases(_) | TableFrom::Register(_) | TableFrom::Clocks | TableFrom::Documents => false,
        };
        self.stages.iter().filter(|s| matches!(s.from, From::Every(..))).filter(hands_in)
    }

    /// Whether a case is for a period: a schedule opens it, or its key says the time.
    pub fn has_period(&self) -> bool {
        let timed = |key: &String| {
            self.case.params.get(key).is_some_and(|p| matches!(p.kind, Type::Year | Type::Month | Type::Period))
        };
        self.case.opened_every.is_some() || self.case.key.iter().any(timed)
    }
}

impl Register {
    /// The values a field can have, where they are known beforehand.
    pub fn choices(&self, path: &str) -> Option<Vec<String>> {
        options(&self.fields.get(path)?.kind)
    }
}

fn options(kind: &Type) -> Option<Vec<String>> {
    let (Type::One(options) | Type::Any(options)) = kind else { return None };
    Some(options.clone())
}
