//! What a question is about.

use super::Fields;
use crate::case::effect::Effect;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What a question is about, so that its answer can be acted on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuestionAbout {
    /// a side item that came after its time
    LateSide {
        /// its type
        kind: String,
        /// what it is about; none = the case as a whole
        #[serde(default, skip_serializing_if = "Option::is_none")]
        about: Option<u32>,
        /// who handed it in
        owner: String,
        /// what it says
        fields: Fields,
    },
    /// an owner asks for an item back
    Return {
        /// the item
        item: u32,
    },
    /// an `ask` rule
    Rule {
        /// its name
        rule: String,
        /// the item
        item: u32,
    },
    /// the page was down too long during a period
    Outage {
        /// the batch of the notice
        batch: u32,
        /// the day it went down
        from: NaiveDate,
        /// the day it was back
        until: NaiveDate,
    },
    /// what should have gone on by itself could not: a paper cannot be made, a condition cannot be judged
    Blocked {
        /// the stage
        stage: String,
        /// its batch, when one is open
        batch: Option<u32>,
        /// the items that wait
        items: Vec<u32>,
    },
    /// a scheduled report could not be made
    Report {
        /// its name
        report: String,
        /// the period it is for
        period: String,
    },
    /// somebody asks for more time
    Extend {
        /// the clock
        clock: u32,
        /// why
        reason: String,
    },
    /// a clock ran out that asks
    Overdue {
        /// its name, or that of the stage
        clock: String,
        /// the item
        item: Option<u32>,
    },
    /// those who sign said different things, and a condition needs one
    Differ {
        /// the batch
        batch: u32,
        /// the item
        item: u32,
        /// the field
        field: String,
    },
    /// equals at the cut of a list
    Tie {
        /// the list
        list: String,
        /// the category it is cut in
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<String>,
        /// the equals
        tied: Vec<u32>,
        /// how many of them have a place
        places: usize,
    },
    /// an item on two lists that exclude each other
    Conflict {
        /// the lists
        lists: [String; 2],
        /// the item
        item: u32,
    },
    /// those who are late at a gate
    Late {
        /// its stage
        stage: String,
        /// its key
        key: String,
        /// the first round that its next batch could be
        round: u32,
    },
    /// items above a quota
    Above {
        /// the stage
        stage: String,
        /// which of its quotas
        quota: usize,
        /// the items
        items: Vec<u32>,
    },
    /// an intake that took in fewer than it must
    Short {
        /// the stage
        stage: String,
        /// the offices that fell short; empty: it is nobody's in particular
        offices: Vec<String>,
    },
    /// what an intake could not take from its source
    LeftOut {
        /// the stage
        stage: String,
    },
    /// an item that may be another again
    Twin {
        /// the item
        item: u32,
        /// the case of the other
        case: String,
        /// its number there
        twin: u32,
    },
    /// a question that a stage or an outcome brings about
    Action {
        /// the item
        item: u32,
    },
    /// a child case that cannot be opened
    Opening {
        /// which
        opening: u32,
    },
    /// an effect was given up
    Effect {
        /// its id
        effect: String,
        /// what was owed
        owed: Effect,
    },
}
