//! What stands beside the stages: clocks, tables, reports, registers (LANGUAGE §10, §12).

use super::{Expression, Field, Limit, Overdue, Subject};
use crate::deadline::{Offset, Schedule, Span};
use crate::diag::Place;
use indexmap::IndexMap;

/// A named clock of §10.
#[derive(Debug, Clone)]
pub struct ClockDefinition {
    /// name
    pub name: String,
    /// item type
    pub of: String,
    /// budget
    pub run: Limit,
    /// a date field, a stage, or `opened`
    pub from: String,
    /// stage that stops it for good
    pub until: Option<String>,
    /// exists only when
    pub when: Option<Expression>,
    /// side types that stop it
    pub stops: Vec<String>,
    /// stage that restarts it
    pub restarts: Option<String>,
    /// extension: span, times, approver role, document
    pub extend: Option<(Span, u32, String, Option<String>)>,
    /// reminders
    pub remind: Vec<Offset>,
    /// when it passes
    pub overdue: Option<Overdue>,
    /// basis
    pub basis: Option<String>,
    /// where
    pub place: Place,
}

/// A named query of §12.
#[derive(Debug, Clone)]
pub struct TableDefinition {
    /// name
    pub name: String,
    /// item type
    pub from: String,
    /// only where
    pub filter: Option<Expression>,
    /// row field
    pub rows: String,
    /// column field
    pub columns: Option<String>,
    /// totals row and column
    pub totals: bool,
    /// also a line for every office of the role with nothing
    pub missing: Option<String>,
    /// where
    pub place: Place,
}

/// A scheduled report of §12.
#[derive(Debug, Clone)]
pub struct Report {
    /// name
    pub name: String,
    /// when
    pub schedule: Schedule,
    /// recipients
    pub to: Vec<String>,
    /// who confirms it; None = goes out by itself
    pub by: Option<String>,
    /// template
    pub template: String,
    /// tables frozen into it
    pub tables: Vec<String>,
    /// where
    pub place: Place,
}

/// What a register is keyed by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegisterKey {
    /// what the item is known by: a person, an organisation, an office (any of the listed subjects)
    Subjects(Vec<Subject>),
    /// these fields
    Fields(Vec<String>),
}

/// A register of §12.
#[derive(Debug, Clone)]
pub struct Register {
    /// name
    pub name: String,
    /// title
    pub title: String,
    /// key
    pub key: RegisterKey,
    /// fields of an entry
    pub fields: IndexMap<String, Field>,
    /// field an entry is valid from
    pub valid_from: Option<String>,
    /// field an entry is valid to
    pub valid_to: Option<String>,
    /// office id that may enter and correct
    pub by: Option<String>,
    /// allow-list for everybody
    pub public: Vec<String>,
    /// where
    pub place: Place,
}
