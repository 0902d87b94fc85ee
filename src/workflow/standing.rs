//! What stands beside the stages: clocks and registers (LANGUAGE §10, §12).

use super::{DocumentDefinition, Expression, Field, Limit, Overdue, Subject};
use crate::deadline::{Offset, Span};
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
    /// what stops it
    pub stops: Vec<ClockStop>,
    /// for what whoever has the item may stop it by hand
    pub reasons: Vec<String>,
    /// stage that restarts it
    pub restarts: Option<String>,
    /// how it may be extended
    pub extend: Option<Extension>,
    /// reminders
    pub remind: Vec<Offset>,
    /// when it passes
    pub overdue: Option<Overdue>,
    /// basis
    pub basis: Option<String>,
    /// where
    pub place: Place,
}

/// What stops a clock: living side items of a type, or a stay (缓议) at a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockStop {
    /// side type or stage
    pub of: String,
    /// date field of the side item from which it counts; else the day it was raised
    pub from: Option<String>,
    /// date field with which it ends; else the day the side item ended
    pub to: Option<String>,
}

/// How a clock may be extended.
#[derive(Debug, Clone)]
pub struct Extension {
    /// by how much
    pub by: Span,
    /// how often at most
    pub times: u32,
    /// role that approves it
    pub approve: String,
    /// paper that tells it
    pub document: Option<DocumentDefinition>,
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
