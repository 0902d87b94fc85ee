//! The values that go into a store and come out of it.

mod outcome;

pub use outcome::{Outcome, Verdict};

use crate::clock::Moment;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The last error of an effect whose holder died or hung.
pub const LEASE_ENDED: &str = "the lease ended before the attempt did";
/// So many attempts in a row may end with the holder's death before the effect is given up.
pub const LOST_ATTEMPTS_MAX: u32 = 20;

/// An event as decided, before the store has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// the stream it belongs to
    pub stream: String,
    /// its number in the stream: 1, 2, 3 …
    pub seq: u64,
    /// when it happened, to the second
    pub at: Moment,
    /// office, 系统自动 or operator
    pub by: String,
    /// for whom, when done for another (由…代)
    pub on_behalf: Option<String>,
    /// submission digest, timer, effect id or event id
    pub cause: String,
    /// the event's kind
    pub kind: String,
    /// the rest of it; floats may be rounded in their last place ([`Recorded::body`] is what counts)
    pub body: Value,
}

/// An event as it stands in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// its place among all events: 1, 2, 3 …
    pub position: u64,
    /// the stream it belongs to
    pub stream: String,
    /// its number in the stream
    pub seq: u64,
    /// when it happened
    pub at: Moment,
    /// office, 系统自动 or operator
    pub by: String,
    /// for whom
    pub on_behalf: Option<String>,
    /// what it came of
    pub cause: String,
    /// the event's kind
    pub kind: String,
    /// the rest of it; erased leaves are null
    pub body: Value,
    /// chain hash, hex
    pub hash: String,
}

/// How long an effect is tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patience {
    /// after so long without success it is dead
    pub lifetime_seconds: u32,
    /// shortest wait between attempts
    pub wait_min_seconds: u32,
    /// longest wait between attempts
    pub wait_max_seconds: u32,
    /// dead after so many attempts, counting those that ended with a crash; None: the lifetime alone decides
    pub attempts_max: Option<u32>,
}

impl Default for Patience {
    /// Five days, waiting from a minute to about an hour.
    fn default() -> Self {
        Patience { lifetime_seconds: 5 * 86_400, wait_min_seconds: 60, wait_max_seconds: 4_000, attempts_max: None }
    }
}

/// What an event owes the world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EffectDraft {
    /// `stream/seq/n`
    pub id: String,
    /// render, deliver, mail, publish, archive …
    pub queue: String,
    /// what to do
    pub payload: Value,
    /// not before this moment
    pub run_at: Moment,
    /// how long to try
    pub patience: Patience,
}

/// Where an effect stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EffectState {
    /// waits for its moment and a free worker
    Ready,
    /// a worker has it
    Leased,
    /// done
    Done,
    /// given up; an operator can retry it
    Dead,
    /// cancelled by an operator
    Cancelled,
}

impl EffectState {
    /// The word it is stored and shown by.
    pub fn word(self) -> &'static str {
        match self {
            EffectState::Ready => "ready",
            EffectState::Leased => "leased",
            EffectState::Done => "done",
            EffectState::Dead => "dead",
            EffectState::Cancelled => "cancelled",
        }
    }

    /// The state of a word.
    pub fn of(word: &str) -> Option<EffectState> {
        use EffectState::{Cancelled, Dead, Done, Leased, Ready};
        [Ready, Leased, Done, Dead, Cancelled].into_iter().find(|state| state.word() == word)
    }
}

impl fmt::Display for EffectState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// An effect with its whole state, for people and tests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// `stream/seq/n`
    pub id: String,
    /// its queue
    pub queue: String,
    /// what to do; a text when what is stored is not JSON
    pub payload: Value,
    /// where it stands
    pub state: EffectState,
    /// attempts begun
    pub attempt: u32,
    /// not before this moment
    pub run_at: Moment,
    /// who has it
    pub lease_owner: Option<String>,
    /// until when, unless renewed
    pub lease_until: Option<Moment>,
    /// why the last attempt failed, or it was cancelled
    pub last_error: Option<String>,
    /// when it was owed
    pub created_at: Moment,
    /// since when it has been tried; lifetime and waits count from here
    pub since: Moment,
    /// when it was done, dead or cancelled
    pub done_at: Option<Moment>,
    /// what doing it gave
    pub result: Option<Value>,
    /// how long it is tried
    pub patience: Patience,
}

/// Which effects to list; every condition that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EffectFilter {
    /// one of these states; empty = any
    pub states: Vec<EffectState>,
    /// this queue
    pub queue: Option<String>,
    /// owed by an event of this stream
    pub stream: Option<String>,
    /// at most so many; None = all
    pub limit: Option<u32>,
}

/// A request for work.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// who asks; unique per process start
    pub owner: &'a str,
    /// from which queues
    pub queues: &'a [&'a str],
    /// the moment
    pub now: Moment,
    /// the lease is the caller's for so long, unless renewed
    pub lease_seconds: u32,
}

/// An effect leased to its holder.
#[derive(Debug, Clone, PartialEq)]
pub struct Leased {
    /// `stream/seq/n`
    pub id: String,
    /// its queue
    pub queue: String,
    /// what to do
    pub payload: Value,
    /// which attempt this is, from 1
    pub attempt: u32,
    /// who holds it
    pub owner: String,
    /// since when it has been tried
    pub since: Moment,
    /// attempts that no longer count, since an operator said retry
    pub forgiven: u32,
    /// how long it is tried
    pub patience: Patience,
    /// why it must not be performed, but settled as dead with this error
    pub spent: Option<String>,
}

impl Leased {
    /// What `outcome` at `now` means: pure, and what [`crate::store::Store::complete`] will do.
    ///
    /// The wait is as long as the effect has been tried already, within its patience; past its lifetime or its
    /// attempts it is dead. What is postponed neither ages nor counts the attempt.
    pub fn judge(&self, outcome: &Outcome, now: Moment) -> Verdict {
        match outcome {
            Outcome::Done { result } => Verdict::Done { result: result.clone() },
            Outcome::Dead { error } => Verdict::Dead { error: error.clone() },
            Outcome::Defer { error, after_seconds } => self.deferred(error, *after_seconds, now),
            Outcome::Postpone { error, after_seconds } => {
                let wait = TimeDelta::seconds(i64::from(*after_seconds));
                let run_at = now.checked_add_signed(wait).unwrap_or(now);
                let since = self.since.checked_add_signed(wait).unwrap_or(self.since).min(run_at);
                Verdict::Postponed { error: error.clone(), run_at, since }
            }
        }
    }

    fn deferred(&self, error: &str, after_seconds: Option<u32>, now: Moment) -> Verdict {
        let tried_seconds = (now - self.since).num_seconds().max(0);
        let attempts = self.attempt.saturating_sub(self.forgiven);
        if tried_seconds >= i64::from(self.patience.lifetime_seconds) {
            return Verdict::Dead { error: format!("{error} (given up after {tried_seconds} seconds)") };
        }
        if self.patience.attempts_max.is_some_and(|max| attempts >= max) {
            return Verdict::Dead { error: format!("{error} (given up after {attempts} attempts)") };
        }
        let shortest = i64::from(self.patience.wait_min_seconds);
        let longest = i64::from(self.patience.wait_max_seconds).max(shortest);
        let wait_seconds = after_seconds.map_or_else(|| tried_seconds.clamp(shortest, longest), i64::from);
        let run_at = now.checked_add_signed(TimeDelta::seconds(wait_seconds)).unwrap_or(now);
        Verdict::Wait { error: error.to_owned(), run_at }
    }
}

/// What came of completing an effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    /// where the effect stands now
    pub verdict: Verdict,
    /// the events of the acceptance that went with it
    pub recorded: Vec<Recorded>,
}

/// What became of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubmissionOutcome {
    /// accepted: a receipt
    Accepted,
    /// returned, with reasons
    Returned,
}

impl SubmissionOutcome {
    /// The word it is stored and shown by.
    pub fn word(self) -> &'static str {
        match self {
            SubmissionOutcome::Accepted => "accepted",
            SubmissionOutcome::Returned => "returned",
        }
    }

    /// The outcome of a word.
    pub fn of(word: &str) -> Option<SubmissionOutcome> {
        use SubmissionOutcome::{Accepted, Returned};
        [Accepted, Returned].into_iter().find(|outcome| outcome.word() == word)
    }
}

/// A submission and its one answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmissionRecord {
    /// its id, unique
    pub id: String,
    /// the office whose folder it was dropped in
    pub office: String,
    /// the task it answers, if it answers one; with office and digest it says what counts as the same again
    pub task: Option<String>,
    /// sha-256, hex, of what was dropped
    pub digest: String,
    /// file name as dropped
    pub name: String,
    /// when it counts as handed in
    pub received_at: Moment,
    /// accepted or returned
    pub outcome: SubmissionOutcome,
    /// the answer the office finds in its folder
    pub answer: String,
    /// the first event it caused: stream and number
    pub first_event: Option<(String, u64)>,
}

/// What a store knows of submissions that are to be decided on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// those that are recorded, by id
    pub submissions: BTreeMap<String, SubmissionRecord>,
    /// office and digest of what was handed in before
    pub contents: BTreeSet<(String, String)>,
}

/// One transaction's worth of facts.
#[derive(Debug, Clone, PartialEq)]
pub struct Acceptance {
    /// the moment it is accepted
    pub at: Moment,
    /// events, in order; of any streams
    pub events: Vec<Draft>,
    /// what they owe the world
    pub effects: Vec<EffectDraft>,
    /// the submission this answers
    pub submission: Option<SubmissionRecord>,
    /// definitions deployed with it: digest and closure
    pub closures: Vec<(String, Value)>,
    /// marks set with it: name and value
    pub marks: Vec<(String, String)>,
}

impl Acceptance {
    /// An acceptance of nothing yet.
    pub fn at(at: Moment) -> Acceptance {
        Acceptance { at, events: vec![], effects: vec![], submission: None, closures: vec![], marks: vec![] }
    }
}

/// A stream and how far it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamEnd {
    /// its name
    pub stream: String,
    /// the number of its last event
    pub seq: u64,
}

/// An event that is not as it was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainProblem {
    /// its place among all events
    pub position: u64,
    /// its stream
    pub stream: String,
    /// its number
    pub seq: u64,
    /// what is wrong, one sentence in English
    pub says: String,
}
