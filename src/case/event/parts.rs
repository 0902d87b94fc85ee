//! The words events are made of: why something waits, what is asked, how something ended.

use super::Fields;
use crate::case::effect::Effect;
use crate::clock::Moment;
use crate::deadline;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Why an item is held back.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hold {
    /// a living side item
    Side(u32),
    /// an open question
    Question(u32),
    /// returned to be mended
    Returned,
    /// postponed (缓议)
    Stay,
}

/// What a task asks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// nominate items (recommend)
    Nominate,
    /// mend a returned item
    Correct,
    /// fill the stage's form, choose outcomes
    Answer,
    /// put a notice up on this channel and say so
    Post(String),
    /// hand in the signed and sealed scan of this document
    Seal(u32),
    /// answer this question
    Question(u32),
    /// confirm this report
    Report(u32),
    /// serve this document on somebody who has no folder here
    Serve(u32),
}

/// Why a task closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaskEnd {
    /// answered
    Answered,
    /// taken back by who answered it
    TakenBack,
    /// no longer needed
    Overtaken,
    /// the case ended
    CaseEnded,
}

/// How a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CaseEnd {
    /// everything done
    办结,
    /// cancelled
    撤销,
    /// nothing to decide on
    无对象,
}

/// A number of a series.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Number {
    /// 机关代字
    pub series: String,
    /// year of the 成文日期
    pub year: i32,
    /// 1, 2, 3 …
    pub n: u32,
}

impl std::fmt::Display for Number {
    /// `香党发〔2022〕8号` (9704 7.2.5: U+3014/U+3015, no padding, no 第).
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}〔{}〕{}号", self.series, self.year, self.n)
    }
}

/// A row of an answer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Row {
    /// the item it is about; None in a nomination
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
    /// who marked the item, where several do: a person, or the office when it names nobody
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessor: Option<String>,
    /// category of a nomination
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// values
    pub fields: Fields,
    /// chosen outcome
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// reason given for it
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// reason given for soft rules it breaks
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiver: Option<String>,
    /// the item it is merged into
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge_into: Option<u32>,
}

/// What a clock is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockOf {
    /// the answer of a batch (`within`)
    Answer(u32),
    /// the period of a notice (`for`)
    Period(u32),
    /// the wait after it (`grace`)
    Grace(u32),
    /// how long the notice stays after its end (`keep`)
    Keep(u32),
    /// the mending of a returned item (`back … within`)
    Return(u32),
    /// the wait of a gate for those who are late (`late`)
    Gate {
        /// its stage
        stage: String,
        /// its key
        key: String,
        /// the round that is to come
        round: u32,
    },
    /// a clock of the definition, for an item
    Named {
        /// its name
        clock: String,
        /// the item
        item: u32,
    },
}

/// A rung of a clock: a reminder, or the end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rung {
    /// the n-th reminder of the list
    Remind(usize),
    /// the n-th reminder of the list, which repeats, at its moment
    Again(usize, Moment),
    /// the limit has passed
    Due,
}

/// A change of a clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockChange {
    /// stopped for good
    End,
    /// its ledger grew: stopped, resumed, extended
    Entered {
        /// the new entries
        entries: Vec<deadline::Change>,
        /// what brought them about, so that it does so once: `side/5`, `return/1`
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
        /// due date before; None while it stood still
        before: Option<NaiveDate>,
        /// due date after
        after: Option<NaiveDate>,
    },
    /// counted anew under another calendar
    Recount {
        /// version of that calendar
        calendar: String,
        /// due date before
        before: NaiveDate,
        /// due date after; never earlier than one that was announced
        after: NaiveDate,
    },
}

/// How a register changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// a new entry
    Enter,
    /// an entry put right
    Correct,
    /// an entry ended
    End,
}

/// What a question is about, so that its answer can be acted on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuestionAbout {
    /// a side item that came after its time
    LateSide {
        /// its type
        kind: String,
        /// what it is about
        about: u32,
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
        /// the round that is to come
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
    /// an effect was given up
    Effect {
        /// its id
        effect: String,
        /// what was owed
        owed: Effect,
    },
}

/// How a document reached somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// into the office's folder
    Folder,
    /// by mail
    Mail,
    /// on the page
    Page,
    /// by hand, with a 送达回证
    Hand,
}
