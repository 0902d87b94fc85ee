//! What somebody or something asks of a case (LANGUAGE §14): the only way anything happens.

use super::Case;
use super::effect::Effect;
use super::event::{CaseEnd, Fields, Row};
use crate::clock::Moment;
use crate::submission::{Attachment, Fault};
use chrono::NaiveDate;
use serde_json::Value;

/// A command with who asks it and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// office id, `系统自动` or `operator`
    pub by: String,
    /// 由…代
    pub on_behalf: Option<String>,
    /// `submission <digest>`, `timer`, `effect <id>`, `operator`, `opening <case>/<number>`, `child <case>`, `parent <case>`
    pub cause: String,
    /// what
    pub command: Command,
}

/// What an office handed in, understood value by value.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HandIn {
    /// the task
    pub task: u64,
    /// revision of the workbook it was filled in
    pub revision: u32,
    /// values of the head
    pub fields: Fields,
    /// rows, each with its place in the file
    pub rows: Vec<(Row, String)>,
    /// attachments
    pub attachments: Vec<Attachment>,
    /// 报送完毕
    pub complete: bool,
    /// what is wrong with rows that are not among these: they are returned, and the others stand
    pub returned: Vec<Fault>,
    /// digest of the submission
    pub submission: String,
}

impl HandIn {
    /// A text of its head.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.fields.get(name).and_then(Value::as_str).map(str::to_string)
    }
}

/// The commands.
#[expect(missing_docs, reason = "a field is said by the sentence of its variant")]
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// answers a task
    HandIn(HandIn),
    /// has nothing to hand in
    Decline { task: u64, reason: String, submission: String },
    /// takes back what it handed in
    TakeBack { task: u64, reason: String },
    /// asks for an item to be returned
    RequestReturn { item: u32, reason: String },
    /// raises a side item
    RaiseSide { kind: String, about: Option<u32>, fields: Fields, submission: String },
    /// withdraws an item
    WithdrawItem { item: u32, reason: String },
    /// closes an intake, or opens it again
    CloseIntake { stage: String, reopen: bool, reason: String },
    /// changes a param
    AmendCase { param: String, value: Value, reason: String },
    /// changes who signs an item where several do
    ChangeSigners { item: u32, change: SignerChange, office: String, reason: String },
    /// hands a task over to another office, for good or through a day
    Delegate { task: u64, to: String, until: Option<NaiveDate>, reason: String },
    /// asks for more time on a named clock
    ExtendClock { clock: String, item: u32, reason: String },
    /// whoever has an item stops a clock of it from a day on
    StopClock { clock: String, item: u32, date: NaiveDate, reason: String },
    /// or lets it run again after a day
    ResumeClock { clock: String, item: u32, date: NaiveDate },
    /// every clock and schedule that is due now
    Ring,
    /// an effect was done: a paper was rendered; without a PDF, why there is none
    Rendered {
        document: u32,
        draft: u32,
        word: String,
        pdf: Option<String>,
        no_pdf: Option<String>,
        renderer: String,
        fonts: String,
    },
    /// a paper was delivered or mailed
    Delivered { document: u32, recipient: String, mode: super::event::Mode, message: Option<String> },
    /// the page shows a notice
    Posted { batch: u32, channel: String, on: NaiveDate },
    /// the package is sealed
    Sealed { digest: String, number: String },
    /// an effect was given up
    GivenUp { effect: String, owed: Option<Effect>, result: String, attempts: u32 },
    /// the daemon was away for so long
    Outage { from: Moment, until: Moment },
    /// stops automatic moves
    Hold { reason: String },
    /// and lets them go on
    Release { reason: String },
    /// ends the case
    Cancel { reason: String },
    /// gives a document up
    VoidDocument { document: u32, reason: String },
    /// makes it anew
    ReplaceDocument { document: u32, reason: String },
    /// open clocks are counted anew
    CalendarChanged,
    /// open tasks of offices that are gone pass to their successors
    OfficesChanged,
    /// what it owes of another workflow was opened; `put` is the item there
    ChildOpened { opening: u32, child: String, put: Option<u32> },
    /// it cannot be opened, and why
    ChildRefused { opening: u32, reasons: Vec<String> },
    /// a child it waits for closed
    ChildClosed { opening: u32, end: CaseEnd },
    /// an item that another case brings about is put into this one
    PutIn { fields: Fields, owner: String, from: String },
    /// the package of its parent is sealed
    FileWithParent,
}

impl Command {
    /// Whether a case that an operator holds takes it: what was done or seen outside, and what an operator asks.
    pub(super) fn is_taken_while_held(&self) -> bool {
        matches!(
            self,
            Command::Rendered { .. }
                | Command::Delivered { .. }
                | Command::Posted { .. }
                | Command::Sealed { .. }
                | Command::GivenUp { .. }
                | Command::Outage { .. }
                | Command::Release { .. }
                | Command::Cancel { .. }
                | Command::Hold { .. }
                | Command::ChildOpened { .. }
                | Command::FileWithParent
        )
    }

    /// Whether a case that has ended takes it: what is still asked in it, what was done outside, and what time brings.
    pub(super) fn is_taken_after_the_end(&self, case: &Case) -> bool {
        if let Command::HandIn(HandIn { task, .. }) = self {
            return case.tasks.get(task).is_some_and(|t| t.closed.is_none());
        }
        matches!(
            self,
            Command::Delivered { .. }
                | Command::Sealed { .. }
                | Command::GivenUp { .. }
                | Command::Ring
                | Command::CalendarChanged
                | Command::OfficesChanged
                | Command::FileWithParent
        )
    }
}

/// How signers change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignerChange {
    /// 加签: another signs, too
    Add,
    /// 减签: one does not sign any more
    Remove,
    /// 缺席: one of those who vote is absent
    Absent,
}
