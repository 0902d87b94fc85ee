//! What is kept of how things stood before an answer, while it may be taken back.

use super::event::Hold;
use super::{Answer, Position};
use crate::clock::Moment;
use std::collections::{BTreeMap, BTreeSet};

/// How an item stood before its latest answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Before {
    /// the task that was answered
    pub task: u64,
    /// its stage
    pub stage: String,
    /// the batch the item was in
    pub batch: u32,
    /// where it was
    pub position: Position,
    /// what held it
    pub holds: BTreeSet<Hold>,
    /// where it was to go straight
    pub resume: Option<String>,
    /// soft rules it broke
    pub waivers: Vec<(String, String)>,
    /// outcome code
    pub code: Option<(String, Moment)>,
    /// outcomes it had had
    pub used: BTreeSet<(String, String)>,
    /// why it had been sent back
    pub returned: Option<String>,
    /// what had sent it back
    pub sent_back: Option<(String, String)>,
    /// when it had left which stage
    pub left: BTreeMap<String, Moment>,
    /// what the stage had said of it before
    pub answer: Option<Answer>,
    /// the limits that ran
    pub clocks: Vec<u32>,
}

/// The latest answer: what follows at once from it has its cause.
#[derive(Debug, Clone)]
pub struct Just {
    /// its cause
    pub cause: String,
    /// the items it answered for
    pub items: BTreeSet<u32>,
}
