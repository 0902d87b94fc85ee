//! What is owed and waited for: tasks, clocks, questions, intakes.

use super::Item;
use super::event::{Ask, ClockOf, QuestionAbout, Rung, TaskEnd};
use crate::clock::Moment;
use crate::submission::Attachment;
use crate::workflow::Workflow;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What an office owes.
#[derive(Debug, Clone)]
pub struct Task {
    /// id
    pub id: u64,
    /// batch
    pub batch: Option<u32>,
    /// stage
    pub stage: Option<String>,
    /// office that owes it
    pub office: String,
    /// office it was opened for; another than `office` once it was passed on
    pub opened_for: String,
    /// whom it goes back to after a day, while another acts for that office
    pub lent: Option<(String, NaiveDate)>,
    /// items still to be answered; shared between a case and its copies, for there may be thousands
    pub items: imbl::Vector<u32>,
    /// revision of its workbook
    pub revision: u32,
    /// what
    pub ask: Ask,
    /// submissions that answered it
    pub submissions: imbl::OrdSet<String>,
    /// what lay beside them, each with the submission it came with
    pub attached: imbl::Vector<(String, Attachment)>,
    /// where in the log its answers stand, and what took one of them back
    pub answered_at: imbl::Vector<u64>,
    /// why it is no longer open
    pub closed: Option<TaskEnd>,
    /// when
    pub opened: Moment,
}

/// A limit that runs.
#[derive(Debug, Clone)]
pub struct Clock {
    /// id
    pub id: u32,
    /// what it limits
    pub of: ClockOf,
    /// from this day
    pub from: NaiveDate,
    /// the time of that day from which hours are counted; none: 0:00
    pub since: Option<chrono::NaiveTime>,
    /// what it may use up
    pub budget: crate::deadline::Budget,
    /// the first day counts
    pub count_start: bool,
    /// reminders as written
    pub remind: Vec<String>,
    /// the region in whose calendar it is counted; none: the national one
    pub region: Option<String>,
    /// calendar version its date was last announced under
    pub calendar: String,
    /// the day it was last told to run out; none while it stands still, and in older logs
    pub told: Option<NaiveDate>,
    /// the time of its last day at which it is over; none: 24:00
    pub closes: Option<chrono::NaiveTime>,
    /// what has happened to it
    pub ledger: Vec<crate::deadline::Change>,
    /// how many entries each source has made
    pub sources: std::collections::BTreeMap<String, u32>,
    /// rungs that rang
    pub rang: BTreeSet<Rung>,
    /// stopped for good
    pub ended: bool,
}

/// Something a person must say.
#[derive(Debug, Clone)]
pub struct Question {
    /// id
    pub id: u32,
    /// office asked
    pub to: String,
    /// the question
    pub text: String,
    /// permitted answers
    pub answers: Vec<String>,
    /// what it is about
    pub about: QuestionAbout,
    /// the items it is judged by, as they stood when it was asked: of a tie, a conflict, a rule
    pub seen: Vec<Arc<Item>>,
    /// answer, once given
    pub answer: Option<String>,
}

/// Who may still hand in.
#[derive(Debug, Clone, Default)]
pub struct Intake {
    /// its batch
    pub batch: u32,
    /// offices expected
    pub expected: Vec<String>,
    /// offices done (handed in or declined)
    pub done: BTreeSet<String>,
    /// nobody may hand in any more
    pub closed: bool,
    /// offices that never did
    pub missing: Vec<String>,
}

impl Intake {
    /// What one office still owes here another owes from now on, whatever it has handed in of its own.
    pub(super) fn pass(&mut self, from: &str, to: &str) {
        self.done.remove(to);
        if self.expected.iter().any(|o| o == to) {
            self.expected.retain(|o| o != from);
        } else if let Some(place) = self.expected.iter_mut().find(|o| *o == from) {
            *place = to.to_string();
        }
    }
}

impl Task {
    /// Whether its form is taken in row by row.
    pub fn accepts_rows(&self, workflow: &Workflow) -> bool {
        let stage = self.stage.as_ref().and_then(|name| workflow.stage(name));
        matches!(self.ask, Ask::Nominate | Ask::Correct | Ask::Answer) && stage.is_some_and(|s| s.accept_rows)
    }
}
