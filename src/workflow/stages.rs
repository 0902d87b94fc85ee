//! Stages and their outcomes (LANGUAGE §6–§8).

use super::{
    Action, BallotDefinition, Confirmation, ConflictDefinition, DocumentDefinition, Expression, Field, ListDefinition,
    RankDefinition, Retention, ScoreDefinition, Sign,
};
use crate::deadline::{Offset, Schedule, Span};
use crate::diag::Place;
use indexmap::IndexMap;

/// The six kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Kind {
    /// 推荐
    #[default]
    Recommend,
    /// 考察
    Assess,
    /// 审核
    Review,
    /// 公示
    Publicise,
    /// 决定
    Decide,
    /// 备案归档
    File,
}

/// How a stage takes its items.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Each {
    /// one by one
    #[default]
    Item,
    /// all together
    Case,
    /// one batch per value of these fields
    Fields(Vec<String>),
    /// one batch per item they are about
    About,
}

/// What happens to items still upstream when a gate could open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Late {
    /// held ones are left for a later round (default)
    #[default]
    Leave,
    /// all are waited for
    Wait,
    /// at the limit they end as 逾期未参加
    Exclude,
    /// at the limit a question
    Ask,
}

/// The word for the day on which a paper of the batch was served, in `within: { run: …, from: served }`.
pub const SERVED: &str = "served";

/// A limit of §2.
#[derive(Debug, Clone, PartialEq)]
pub enum Limit {
    /// from entry to the stage
    Span(Span),
    /// from a date field
    From(Span, String),
    /// a fixed date: a param, field, literal date, `MM-DD`, or expression
    By(Expression),
}

/// What happens when a limit passes.
#[derive(Debug, Clone, PartialEq)]
pub enum Overdue {
    /// tell these roles
    Tell(Vec<String>),
    /// ask this role
    Ask(String),
    /// the law's silence
    Outcome(String, String),
}

/// A demanded attachment.
#[derive(Debug, Clone, PartialEq)]
pub struct Attach {
    /// its name
    pub name: String,
    /// only of these
    pub of: Vec<String>,
}

/// A quota line of §8.
#[derive(Debug, Clone)]
pub struct Quota {
    /// only of these
    pub of: Vec<String>,
    /// `owner`, `category`, fields
    pub per: Vec<String>,
    /// largest
    pub max: Option<Bound>,
    /// smallest
    pub min: Option<Bound>,
    /// what then
    pub over: Over,
    /// where
    pub place: Place,
}

/// A bound of a quota.
#[derive(Debug, Clone)]
pub enum Bound {
    /// a number
    Number(i64),
    /// a param table indexed by `per`
    Param(String),
    /// group value → number
    Table(IndexMap<String, i64>),
    /// an expression
    Expression(Expression),
}

/// What happens over a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// refused
    Refuse,
    /// refused until a reason is given
    Reason,
    /// a question
    Ask,
}

/// Where an item goes (§7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Go {
    /// onward
    Next,
    /// there, in a new round
    To(String),
    /// back to be mended: the stage (None = the item's recommend), and whether straight to the returner afterwards
    Back(Option<String>, bool),
    /// leaves with this label
    End(String),
    /// held here until taken up again
    Stay,
}

/// An outcome of §7.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// its name
    pub name: String,
    /// where to
    pub go: Go,
    /// chosen when true
    pub when: Option<Expression>,
    /// a reason is demanded
    pub reason: bool,
    /// basis
    pub basis: Option<String>,
    /// what happens to the item a side item is about
    pub about: Option<Go>,
    /// papers
    pub documents: Vec<DocumentDefinition>,
    /// actions
    pub actions: Vec<Action>,
    /// ends into another item
    pub merge: bool,
    /// at most once per item
    pub once: bool,
    /// a fixed value for tables
    pub code: Option<String>,
    /// limit for coming back (`back`)
    pub within: Option<Limit>,
    /// when that limit passes: the end label and its basis
    pub overdue: Option<(String, String)>,
    /// where
    pub place: Place,
}

impl Outcome {
    /// One that does nothing but lead somewhere.
    pub fn plain(name: &str, go: Go, reason: bool, place: &Place) -> Outcome {
        Outcome {
            name: name.to_owned(),
            go,
            when: None,
            reason,
            basis: None,
            about: None,
            documents: Vec::new(),
            actions: Vec::new(),
            merge: false,
            once: false,
            code: None,
            within: None,
            overdue: None,
            place: place.clone(),
        }
    }
}

impl Stage {
    /// Whether nobody comes here by going on: `when: false`, so that only an outcome's `to` or `back` leads here.
    pub fn is_sent_to_alone(&self) -> bool {
        self.when.as_ref().is_some_and(|when| when.source.trim() == "false")
    }

    /// Whether the law's silence may let an item go on from here, so that nobody filled in its form.
    pub fn may_lapse(&self) -> bool {
        let Some(Overdue::Outcome(name, _)) = &self.overdue else { return false };
        self.outcomes.get(name).is_some_and(|outcome| !matches!(outcome.go, Go::End(_)))
    }

    /// The outcomes a person may choose: all but those the law's silence brings about.
    pub fn offered(&self) -> impl Iterator<Item = &Outcome> {
        self.outcomes.values().filter(|o| !self.falls(&o.name))
    }

    /// Whether the law's silence brings this outcome about: that of its own limit, or of a clock over several stages.
    pub fn falls(&self, outcome: &str) -> bool {
        let own = matches!(&self.overdue, Some(Overdue::Outcome(name, _)) if name == outcome);
        own || self.silent.iter().any(|name| name == outcome)
    }

    /// Whether somebody chooses its outcome, rather than conditions or the heads of a vote.
    pub fn is_chosen(&self) -> bool {
        self.outcomes.values().all(|o| o.when.is_none()) && self.offered().count() > 1 && self.minutes().is_none()
    }

    /// Whether its form has a line for each item; one that has none is answered for all by being handed in.
    pub fn asks_each(&self) -> bool {
        self.is_chosen() || !self.form.item.is_empty() || self.minutes().is_some()
    }
}

/// The form of a stage.
#[derive(Debug, Clone, Default)]
pub struct StageForm {
    /// fields of the batch
    pub case: IndexMap<String, Field>,
    /// fields per item
    pub item: IndexMap<String, Field>,
}

/// Where the items of a `recommend` come from.
#[derive(Debug, Clone, Default)]
pub enum From {
    /// offices hand in
    #[default]
    Submissions,
    /// one item per office of a role, opened at once
    Offices(String),
    /// one per row of a param table
    Table(String),
    /// one per register entry
    Register(String, Option<Expression>),
    /// items of another case's list
    Case(String, String),
    /// one per office and period; until a date among the params, where it names one
    Every(Schedule, Option<String>),
}

impl From {
    /// Whether its items are there without anybody handing in, all at once.
    pub fn opens_itself(&self) -> bool {
        match self {
            From::Submissions | From::Every(..) => false,
            From::Offices(_) | From::Table(_) | From::Register(..) | From::Case(..) => true,
        }
    }
}

/// A stage of §6 with the keys of its kind (§8).
#[derive(Debug, Clone, Default)]
pub struct Stage {
    /// its kind
    pub kind: Kind,
    /// its name
    pub name: String,
    /// title
    pub title: String,
    /// `of: case`: about the case itself, a barrier
    pub of_case: bool,
    /// types, categories, subjects, lists; filled with every main type when left out
    pub of: Vec<String>,
    /// only when
    pub when: Option<Expression>,
    /// roles that answer
    pub by: Vec<String>,
    /// batches
    pub each: Each,
    /// gate policy
    pub late: Late,
    /// who a `late: ask` question goes to
    pub late_by: Option<String>,
    /// fields
    pub form: StageForm,
    /// demanded attachments
    pub attach: Vec<Attach>,
    /// sealed paper copies awaited
    pub paper: u32,
    /// limit from entry to answer
    pub within: Option<Limit>,
    /// reminders relative to the limit
    pub remind: Vec<Offset>,
    /// when the limit passes
    pub overdue: Option<Overdue>,
    /// outcomes that fall when a clock runs out which its leaving would have ended
    pub silent: Vec<String>,
    /// side types let in
    pub collects: Vec<String>,
    /// outcomes, defaults by kind filled in
    pub outcomes: IndexMap<String, Outcome>,
    /// papers
    pub documents: Vec<DocumentDefinition>,
    /// actions when a batch is done
    pub actions: Vec<Action>,
    /// rows may be taken singly
    pub accept_rows: bool,
    /// a Word form lies beside the workbook
    pub word: bool,
    /// runs without items
    pub run_empty: bool,
    /// who of several must answer
    pub sign: Sign,
    /// with several signers, the first return closes the round
    pub first_return_closes: bool,
    /// (assess) assessors mark criteria
    pub score: Option<ScoreDefinition>,
    /// (assess) voters tick options
    pub ballot: Option<BallotDefinition>,
    /// (assess) items are ranked
    pub rank: Option<RankDefinition>,
    /// (assess) named sets of items
    pub lists: IndexMap<String, ListDefinition>,
    /// (assess) lists that exclude each other
    pub conflicts: Vec<ConflictDefinition>,
    /// (decide) lists it confirms, and what being on them brings
    pub confirms: IndexMap<String, Confirmation>,
    /// (recommend) source of items
    pub from: From,
    /// (recommend) every office hands in or declines
    pub expect_all: bool,
    /// (recommend, assess, decide) quotas
    pub quota: Vec<Quota>,
    /// (recommend) "none" is an answer
    pub decline: bool,
    /// (recommend) late items come in a next round instead of being refused
    pub late_items_next_round: bool,
    /// (publicise) audience: `public`, `inside`, roles
    pub to: Vec<String>,
    /// (publicise) template of the notice
    pub notice: Option<String>,
    /// (publicise) period
    pub period: Option<Span>,
    /// (publicise) the posting day counts
    pub count_start: bool,
    /// (publicise) channels
    pub channels: Vec<String>,
    /// (publicise) wait after the period
    pub grace: Option<Span>,
    /// (publicise) how long the notice stays after its end
    pub keep: Option<Span>,
    /// (file) paper to the superior
    pub report: Option<DocumentDefinition>,
    /// (file) 全宗号
    pub fonds: Option<String>,
    /// (file) 机构或问题代码
    pub class: Option<String>,
    /// (file) filed in the parent's package
    pub with_parent: bool,
    /// (file) waits for the superior's acknowledgement
    pub receipt: bool,
    /// 保管期限 of the package, where it differs from the workflow's
    pub retention: Option<Retention>,
    /// where
    pub place: Place,
}
