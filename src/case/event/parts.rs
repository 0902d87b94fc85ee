//! The words events are made of: why something waits, what is asked, how something ended.

use super::Fields;
use crate::clock::Moment;
use crate::deadline;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// a child case, by the number of its opening
    Child(u32),
}

/// The case another was opened from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parent {
    /// its id
    pub case: String,
    /// its workflow
    pub workflow: String,
    /// which of its openings
    pub opening: u32,
    /// the item that brought it about
    pub item: u32,
}

impl Parent {
    /// What the events of the opening name as their cause.
    pub fn cause(&self) -> String {
        format!("opening {}/{}", self.case, self.opening)
    }
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
    /// confirm the count of the ballots of this batch
    Witness(u32),
    /// confirm that the sealed paper copies are in
    Copies,
    /// enter the superior's acknowledgement of this document
    Acknowledge(u32),
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
    /// year of the 成文日期; none of a series that runs on over the years
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    /// 1, 2, 3 …
    pub n: u32,
}

impl std::fmt::Display for Number {
    /// `香党发〔2022〕8号` (9704 7.2.5: U+3014/U+3015, no padding, no 第), or `第8号` (9704 8.2).
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.year {
            Some(year) => write!(f, "{}〔{year}〕{}号", self.series, self.n),
            None => write!(f, "第{}号", self.n),
        }
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

/// What an answer means for a count of ballots.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Count {
    /// the sheet it brings; the counts of each item are the rows of the answer
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<Sheet>,
    /// nothing more is to be counted; of a witness: the count stands
    pub over: bool,
}

/// A sheet of ballots. Its rows stay where it is kept under its digest; here is how many they are.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Sheet {
    /// 片区; empty where sheets do not come by area
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub area: String,
    /// the voter group of a tally; empty where groups are not told apart, or a sheet has ballots of all of them
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// ballots on it
    pub ballots: u64,
    /// ballots of each voter group
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub voters: BTreeMap<String, u64>,
    /// where it differs from the sheet it takes the place of
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
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
        /// the first round that its next batch could be
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

impl ClockOf {
    /// The name and the item of a clock of the definition.
    pub fn named(&self) -> Option<(&str, u32)> {
        let ClockOf::Named { clock, item } = self else { return None };
        Some((clock, *item))
    }
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
        /// what has rung and rings once more, because its new moment is still to come
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        again: Vec<Rung>,
    },
    /// counted anew under another calendar
    Recount {
        /// version of that calendar
        calendar: String,
        /// due date before; None while it stands still
        before: Option<NaiveDate>,
        /// due date after; never earlier than one that was announced
        after: Option<NaiveDate>,
        /// the region whose calendar that is; none: the national one
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<String>,
        /// the time of its last day at which it is over; none: 24:00
        #[serde(default, skip_serializing_if = "Option::is_none")]
        closes: Option<chrono::NaiveTime>,
        /// what has rung and rings once more, because its new moment is still to come
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        again: Vec<Rung>,
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
