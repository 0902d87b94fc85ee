//! The kernel: what a case is, how it decides, what it owes. Pure values in, pure values out.
//!
//! [`decide::decide`] is the one function in which the rules live: (program, case, command, ledgers, now) → events or a
//! refusal. State is the fold of events ([`Case::apply`]); what an event owes the world is a function of it
//! ([`effect::owed`]). Nothing here reads a file, a clock or chance.

pub mod ballots;
mod barrier;
mod before;
mod child;
pub mod command;
pub mod coverage;
pub mod data;
pub mod decide;
pub mod effect;
pub mod erasure;
pub mod eval;
pub mod event;
mod fold;
pub mod form;
mod index;
mod intakes;
pub mod invariant;
pub mod ledger;
mod lists;
mod merge;
pub mod migration;
mod notice;
mod paper;
pub mod program;
mod public_numbers;
pub mod register;
mod revoked;
pub mod story;
pub mod table;
mod task;

pub use before::{Before, Just};
pub use child::Opening;
pub use index::Index;
pub use paper::{Document, Life, MAKE_ANEW};
pub use public_numbers::public_numbers;
pub use revoked::revoked;
pub use task::{Clock, Intake, Question, Task};

use crate::clock::Moment;
use crate::submission::Attachment;
use chrono::NaiveDate;
use event::{CaseEnd, Fields, Hold, Parent, Row};
use imbl::OrdMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One run of a workflow. Cloning is cheap: the maps share what did not change.
#[derive(Debug, Clone)]
pub struct Case {
    /// id, unique on the spool, readable: `七一表彰-2022`
    pub id: String,
    /// workflow name
    pub workflow: String,
    /// digest of the closure it runs under
    pub closure: String,
    /// values of its key
    pub key: Vec<String>,
    /// title
    pub title: String,
    /// office that opened it
    pub opener: String,
    /// when
    pub opened: Moment,
    /// the period it is for, when a schedule opened it
    pub period: Option<String>,
    /// the case it was opened from
    pub parent: Option<Parent>,
    /// params
    pub params: Arc<Fields>,
    /// items by id
    pub items: OrdMap<u32, Arc<Item>>,
    /// batches by id
    pub batches: OrdMap<u32, Arc<Batch>>,
    /// tasks by id
    pub tasks: OrdMap<u64, Arc<Task>>,
    /// clocks by id
    pub clocks: OrdMap<u32, Arc<Clock>>,
    /// questions by id
    pub questions: OrdMap<u32, Arc<Question>>,
    /// items as they stood when a reason was given for breaking a rule, by rule and item
    pub reasoned: OrdMap<(String, u32), Arc<Item>>,
    /// documents by id
    pub documents: OrdMap<u32, Arc<Document>>,
    /// what is looked up other than by id
    pub index: Index,
    /// intakes by stage, and by period where there are several
    pub intakes: OrdMap<String, Intake>,
    /// what it opened of other workflows, by number
    pub openings: OrdMap<u32, Arc<Opening>>,
    /// lists a decision confirmed
    pub confirmed: imbl::OrdSet<String>,
    /// last period each schedule fell for
    pub fallen: OrdMap<String, String>,
    /// reason, while an operator holds it
    pub held: Option<String>,
    /// how and when it ended
    pub closed: Option<(CaseEnd, Moment)>,
    /// archive number once its package is sealed
    pub sealed: Option<String>,
    /// the latest answer of one office, while nothing has followed from it that cannot be undone
    pub just: Option<Arc<Just>>,
    /// what it leaves is being put into the package of its parent
    pub filed: bool,
    /// sequence number of its last event
    pub seq: u64,
    /// moment of its last event
    pub latest: Moment,
}

/// Where an item is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Position {
    /// at a stage
    At {
        /// its name
        stage: String,
        /// round: one more with every loop back
        round: u32,
        /// batch that took it in, while it is in one
        batch: Option<u32>,
        /// the condition of the stage cannot be judged yet, and nobody is asked of it
        unjudged: bool,
    },
    /// gone, under this label
    Ended {
        /// label
        label: String,
        /// reason
        reason: Option<String>,
        /// when
        at: Moment,
    },
}

/// One thing the case decides on.
#[derive(Debug, Clone)]
pub struct Item {
    /// id within the case
    pub id: u32,
    /// item type
    pub of: String,
    /// category
    pub category: Option<String>,
    /// office that opened it
    pub owner: String,
    /// what it is about
    pub about: Option<u32>,
    /// fields
    pub fields: Fields,
    /// what the stages said of it
    pub answers: BTreeMap<String, Answer>,
    /// what each of several who sign a stage said of it, in the order they said it
    pub signed: BTreeMap<String, Vec<Signature>>,
    /// when it last went on from a stage
    pub left: BTreeMap<String, Moment>,
    /// lists it is on
    pub lists: BTreeSet<String>,
    /// those of them that a decision has confirmed
    pub decided: BTreeSet<String>,
    /// where it is
    pub position: Position,
    /// what holds it
    pub holds: BTreeSet<Hold>,
    /// after being mended it goes straight there
    pub resume: Option<String>,
    /// soft rules it breaks, with the reason given
    pub waivers: Vec<(String, String)>,
    /// outcome code
    pub code: Option<(String, Moment)>,
    /// the paper that last named it at each notice, by stage
    pub noticed: BTreeMap<String, u32>,
    /// outcomes it has had, each with its stage
    pub used: BTreeSet<(String, String)>,
    /// why it was sent back, or is gone through once more
    pub returned: Option<String>,
    /// stage and outcome that sent it back, while it is being mended
    pub sent_back: Option<(String, String)>,
    /// submission that opened it
    pub submission: Option<String>,
    /// the task it was handed in for: two offices may hand in the same bytes
    pub task: Option<u64>,
    /// the item it ended into
    pub merged_into: Option<u32>,
    /// items that ended into it
    pub merged: BTreeSet<u32>,
    /// when
    pub opened: Moment,
    /// the list by which its personal fields were erased
    pub erased: Option<String>,
    /// how it stood before its latest answer, while that may be taken back
    pub before: Option<Arc<Before>>,
    /// a stage's answer that was taken back, until it is given anew
    pub taken_back: Option<(String, Answer)>,
}

/// What a stage said of an item.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// form fields
    pub fields: Fields,
    /// chosen or computed outcome
    pub outcome: Option<String>,
    /// reason
    pub reason: Option<String>,
    /// batch it was in
    pub batch: Option<u32>,
    /// office
    pub office: String,
    /// when
    pub at: Moment,
}

/// What one of several who sign said of an item.
#[derive(Debug, Clone, PartialEq)]
pub struct Signature {
    /// who
    pub office: String,
    /// who marked it, where several do; such marks are nobody's answer
    pub assessor: Option<String>,
    /// the task it answered
    pub task: u64,
    /// batch it was in
    pub batch: Option<u32>,
    /// form fields, those of the head among them
    pub fields: Fields,
    /// chosen outcome; none where conditions choose
    pub outcome: Option<String>,
    /// reason
    pub reason: Option<String>,
    /// reason given for soft rules it breaks
    pub waiver: Option<String>,
    /// when
    pub at: Moment,
}

/// A batch of a stage.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// id
    pub id: u32,
    /// stage
    pub stage: String,
    /// key value; empty for `each: case`
    pub key: String,
    /// which of this stage and key
    pub round: u32,
    /// which wait of its gate it came of; of what was put off, that of the batch it was in
    pub wait: u32,
    /// it takes up again what was put off, and came through no gate
    pub again: bool,
    /// items it took in
    pub items: Vec<u32>,
    /// items left for a later round
    pub left: Vec<u32>,
    /// who signs it, in order, where several do
    pub signers: Vec<String>,
    /// those of them who do not vote: they are absent
    pub absent: BTreeSet<String>,
    /// head fields of its answer
    pub fields: Fields,
    /// attachments of its answer
    pub attachments: Vec<Attachment>,
    /// it was opened on an answer that was taken back: as if it had never been
    pub undone: bool,
    /// head fields of an answer that was taken back
    pub taken_back: Fields,
    /// answered: outcomes are fixed, papers are being made
    pub answered: Option<Moment>,
    /// done
    pub done: Option<Moment>,
    /// sheets of ballots that count
    pub sheets: Vec<Arc<ballots::Counting>>,
    /// offices that have nothing more to count
    pub counted: BTreeSet<String>,
    /// why the witness does not confirm the count
    pub doubt: Option<String>,
    /// channels up: day and proof
    pub up: BTreeMap<String, (NaiveDate, Option<String>)>,
    /// channels down again
    pub down: BTreeSet<String>,
    /// when
    pub opened: Moment,
}

impl Batch {
    /// The wait of its gate that it came of.
    pub fn waited(&self) -> event::ClockOf {
        event::ClockOf::Gate { stage: self.stage.clone(), key: self.key.clone(), round: self.wait }
    }
}

impl Item {
    /// The stage it stands at, while it lives.
    pub fn stage(&self) -> Option<&str> {
        match &self.position {
            Position::At { stage, .. } => Some(stage),
            Position::Ended { .. } => None,
        }
    }

    /// Its round.
    pub fn round(&self) -> u32 {
        match &self.position {
            Position::At { round, .. } => *round,
            Position::Ended { .. } => 0,
        }
    }

    /// The batch it is in.
    pub fn batch(&self) -> Option<u32> {
        match &self.position {
            Position::At { batch, .. } => *batch,
            Position::Ended { .. } => None,
        }
    }

    /// Whether the condition of the stage it stands at is still to be judged.
    pub fn is_unjudged(&self) -> bool {
        matches!(self.position, Position::At { unjudged: true, .. })
    }

    /// Whether it is still in the case.
    pub fn lives(&self) -> bool {
        matches!(self.position, Position::At { .. })
    }

    /// What was said of it last.
    pub fn latest_answer(&self) -> Option<&Answer> {
        self.answers.values().max_by_key(|answer| (answer.at, answer.batch))
    }

    /// The label it ended with.
    pub fn label(&self) -> Option<&str> {
        match &self.position {
            Position::At { .. } => None,
            Position::Ended { label, .. } => Some(label),
        }
    }
}

impl Row {
    /// Whether nothing was said in it.
    pub fn is_blank(&self) -> bool {
        self.fields.is_empty() && self.outcome.is_none() && self.reason.is_none() && self.merge_into.is_none()
    }
}
