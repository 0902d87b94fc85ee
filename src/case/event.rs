//! What happened: the closed vocabulary of the log (LANGUAGE §14). State is the fold of these; nothing else is read.
//!
//! Personal values stand only under `fields`, `rows` and `params`, which the chain digests leaf by leaf, so that a lawful
//! erasure leaves it whole. Moments are civil time at +08:00.

mod parts;
mod question;
mod words;

pub use parts::*;
pub use question::QuestionAbout;

use super::migration::Mapping;
use crate::clock::Moment;
use crate::deadline::Deadline;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Field values by name.
pub type Fields = Map<String, Value>;

/// What the texts of [`Body::Told`] stand under.
pub const TOLD: &str = "texts";

/// An event with its place in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// a case id, `register/…`, `offices`, `calendar`
    pub stream: String,
    /// 1, 2, 3 … within the stream
    pub seq: u64,
    /// when
    pub at: Moment,
    /// office id, `系统自动` or `operator`
    pub by: String,
    /// 由…代: on whose behalf
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf: Option<String>,
    /// what brought it about: `submission <digest>`, `timer`, `effect <id>`, `operator`, `opening <case>/<number>` …
    pub cause: String,
    /// what
    pub body: Body,
}

/// The events.
#[expect(missing_docs, reason = "a field is said by the sentence of its variant")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Body {
    /// a case began
    CaseOpened {
        workflow: String,
        closure: String,
        key: Vec<String>,
        title: String,
        opener: String,
        params: Fields,
        /// the period of the schedule that opened it
        #[serde(default, skip_serializing_if = "Option::is_none")]
        period: Option<String>,
        /// the case it was opened from
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<Parent>,
    },
    /// a param changed
    CaseAmended { param: String, params: Fields, reason: String },
    /// stopped or released by an operator
    CaseHeld { held: bool, reason: String },
    /// from now on it runs under another version of its workflow
    CaseMigrated { from: String, to: String, mapping: Mapping },
    /// an operator puts something right by hand; what follows it does
    CaseRepaired { reason: String },
    /// nothing more to do
    CaseClosed { end: CaseEnd, reason: Option<String> },
    /// its package is sealed
    CaseSealed { digest: String, number: String },
    /// the package of its parent is sealed, and what it leaves goes there
    FiledWithParent { parent: String },
    /// an item brings a child case about, or, with `fields`, an item of another case
    ChildOwed {
        opening: u32,
        item: u32,
        workflow: String,
        params: Fields,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fields: Option<Fields>,
        waits: bool,
    },
    /// and it was opened; `put` is the item of that case
    ChildOpened {
        opening: u32,
        child: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        put: Option<u32>,
    },
    /// a child that is waited for closed
    ChildClosed { opening: u32, end: CaseEnd },
    /// a child that could not be opened is not opened any more
    ChildGivenUp { opening: u32, reason: String },
    /// nobody may hand in any more (or again may)
    IntakeClosed {
        stage: String,
        /// its period, of a duty that comes round
        #[serde(default, skip_serializing_if = "String::is_empty")]
        key: String,
        missing: Vec<String>,
        why: String,
        reopened: bool,
    },
    /// an item came to be
    ItemOpened {
        item: u32,
        of: String,
        category: Option<String>,
        owner: String,
        about: Option<u32>,
        stage: String,
        fields: Fields,
        waiver: Option<String>,
        submission: Option<String>,
    },
    /// fields of an item changed
    ItemChanged { item: u32, fields: Fields, why: String },
    /// what a stage said of an item is put right
    AnswerCorrected { item: u32, stage: String, fields: Fields, why: String },
    /// personal fields of items are erased by a signed list; `names` says which, their values are gone from the log
    FieldsErased { items: Vec<u32>, names: Vec<String>, list: String, signed: String },
    /// an item went to a stage
    ItemMoved {
        item: u32,
        from: String,
        to: String,
        round: u32,
        outcome: String,
        reason: Option<String>,
        code: Option<String>,
        resume: Option<String>,
        /// returned to be mended
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        back: bool,
        /// on its way straight to `resume`, and not sent back
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        straight: bool,
        /// whether the stage is on its route cannot be said yet
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unjudged: bool,
    },
    /// an item waits for something
    ItemHeld { item: u32, on: Hold },
    /// and no longer
    ItemFreed { item: u32, on: Hold },
    /// an item left
    ItemEnded {
        item: u32,
        label: String,
        outcome: Option<String>,
        reason: Option<String>,
        merged_into: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
    /// a batch began
    BatchOpened {
        batch: u32,
        stage: String,
        key: String,
        round: u32,
        items: Vec<u32>,
        left: Vec<u32>,
        expected: Vec<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        signers: Vec<String>,
    },
    /// who signs it is changed by hand: `signers` sign from now on, in this order; `absent` do not vote
    SignersChanged { batch: u32, signers: Vec<String>, absent: Vec<String>, reason: String },
    /// what the answers of several come to together; stands for the answer of the stage
    Counted {
        batch: u32,
        fields: Fields,
        rows: Vec<Row>,
        why: String,
        /// digests of the sealed sheets of ballots it is the sum of
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        sheets: Vec<String>,
        /// the office that confirmed the count
        #[serde(default, skip_serializing_if = "Option::is_none")]
        witness: Option<String>,
    },
    /// items are put on a list, and taken off it; provisional until a decision confirms it
    Listed { list: String, items: Vec<u32>, off: Vec<u32>, provisional: bool, reason: Option<String> },
    /// and was finished; one about the case itself may have been passed by, for its condition did not hold
    BatchDone {
        batch: u32,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        passed_by: bool,
    },
    /// an office owes something
    TaskOpened {
        task: u64,
        batch: Option<u32>,
        stage: Option<String>,
        office: String,
        items: Vec<u32>,
        revision: u32,
        ask: Ask,
    },
    /// and handed it in; `part`: the answer is one of several, and [`Body::Counted`] says what they come to
    TaskAnswered {
        task: u64,
        submission: String,
        fields: Fields,
        rows: Vec<Row>,
        attachments: Vec<crate::submission::Attachment>,
        declined: Option<String>,
        complete: bool,
        #[serde(default, skip_serializing_if = "is_false")]
        part: bool,
        /// what it means for a count of ballots: its rows are counts, never ballots
        #[serde(default, skip_serializing_if = "Option::is_none")]
        count: Option<Count>,
        /// the entries of registers that were found as it was decided on, each as `stream/seq` of the event that wrote it last
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        saw: Vec<String>,
    },
    /// an answer is taken back, as if it had not been given; `waiting`: who was in a batch with its items, and waits for it again
    AnswerTakenBack {
        task: u64,
        items: Vec<u32>,
        reason: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        waiting: Vec<u32>,
    },
    /// another office owes it now (转办, 代理, 单位变更), for good or through a day
    TaskPassed {
        task: u64,
        from: String,
        to: String,
        why: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<NaiveDate>,
    },
    /// it asks for less than before, or says another date: its workbook is written anew
    TaskRevised { task: u64, without: Vec<u32>, revision: u32 },
    /// the task is no longer open
    TaskClosed { task: u64, why: TaskEnd },
    /// a soft rule was broken with a reason
    RuleWaived { rule: String, items: Vec<u32>, reason: String },
    /// somebody must say
    QuestionAsked {
        question: u32,
        to: String,
        #[serde(with = "words")]
        text: String,
        answers: Vec<String>,
        about: QuestionAbout,
    },
    /// and said
    QuestionAnswered { question: u32, answer: String, reason: Option<String> },
    /// offices are told of items, and owe nothing for it; `fields` has a text for each item, in their order
    Told { items: Vec<u32>, roles: Vec<String>, to: Vec<String>, fields: Fields },
    /// a limit runs
    ClockStarted {
        clock: u32,
        of: ClockOf,
        from: NaiveDate,
        budget: crate::deadline::Budget,
        count_start: bool,
        remind: Vec<String>,
        calendar: String,
        /// the time of its first day from which hours are counted; none: 0:00
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<chrono::NaiveTime>,
        /// the time of its last day at which it is over; none: 24:00
        #[serde(default, skip_serializing_if = "Option::is_none")]
        closes: Option<chrono::NaiveTime>,
        /// the region in whose calendar it is counted, for whoever must act; none: the national one
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<String>,
        /// the day it is told to run out; none in older logs
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<NaiveDate>,
    },
    /// it changed
    ClockChanged { clock: u32, change: ClockChange },
    /// it rang
    ClockRang { clock: u32, rung: Rung, late: bool },
    /// a paper is to be made; `fields` is all its template sees, frozen
    DocumentOrdered {
        document: u32,
        draft: u32,
        template: String,
        stage: Option<String>,
        batch: Option<u32>,
        items: Vec<u32>,
        to: Vec<String>,
        copy: Vec<String>,
        date: NaiveDate,
        number: Option<Number>,
        seal: bool,
        confirm: Option<String>,
        retention: Option<String>,
        issuer: String,
        report: Option<String>,
        notice: bool,
        replaces: Option<u32>,
        title: String,
        /// the digest of each table frozen into its fields
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        tables: BTreeMap<String, String>,
        fields: Fields,
    },
    /// it was made; without a PDF, why there is none
    DocumentRendered {
        document: u32,
        draft: u32,
        word: String,
        pdf: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        no_pdf: Option<String>,
        renderer: String,
        fonts: String,
    },
    /// it is out
    DocumentIssued { document: u32, scan: Option<String> },
    /// it was given up or replaced
    DocumentClosed { document: u32, replaced_by: Option<u32>, reason: String },
    /// a notice is up on a channel
    NoticeUp { batch: u32, channel: String, on: NaiveDate, proof: Option<String> },
    /// and down again
    NoticeDown { batch: u32, channel: String, why: String },
    /// a paper reached somebody
    Delivered {
        document: u32,
        recipient: String,
        mode: Mode,
        message: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<NaiveDate>,
    },
    /// a register changed
    RegisterWritten {
        register: String,
        key: String,
        entry: u32,
        change: Change,
        fields: Fields,
        reason: Option<String>,
    },
    /// a schedule came round
    ScheduleFell { schedule: String, period: String, skipped: Vec<String> },
    /// a command was refused
    CommandRefused {
        submission: String,
        office: String,
        #[serde(with = "words")]
        reasons: Vec<String>,
    },
    /// an effect was given up, or done after it had been; where it was to make a paper that can be made anew: which
    EffectSettled {
        effect: String,
        result: String,
        attempts: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<u32>,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl Body {
    /// The limit that begins to run.
    pub(in crate::case) fn started_deadline(&self) -> Option<Deadline> {
        let Body::ClockStarted { from, since, budget, count_start, calendar, region, closes, .. } = self else {
            return None;
        };
        Some(Deadline {
            from: from.and_time(since.unwrap_or_default()),
            budget: budget.clone(),
            ledger: Vec::new(),
            count_start: *count_start,
            closes: *closes,
            region: region.clone(),
            calendar: calendar.clone(),
        })
    }
}
