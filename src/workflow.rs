//! A workflow definition as the kernel reads it: typed, checked, with every name resolved to what it means.
//!
//! [`parse`] makes it from YAML and reports every problem at once; [`check`] proves what can be proved of it; [`rule`]
//! types its expressions. The shapes here follow LANGUAGE §3–§12; a field says what the key of the same name means.

pub mod check;
pub mod explain;
pub mod offices;
pub mod parse;
pub mod rule;

use crate::deadline::{Offset, Schedule, Span};
use crate::diag::Place;
use crate::submission::Type;
use indexmap::IndexMap;
use serde_json::Value;

/// Everything a running case needs of its definition: what the digest of its version covers.
#[derive(Debug, Clone)]
pub struct Closure {
    /// sha-256 (hex) over definition, templates, registers and language version
    pub digest: String,
    /// the definition
    pub workflow: Workflow,
    /// registers it names
    pub registers: IndexMap<String, Register>,
    /// the source texts: file name → text; the definition is `workflow.yaml`, templates `templates/NAME.md`, registers `registers/NAME.yaml`
    pub sources: std::collections::BTreeMap<String, String>,
}

/// A definition.
#[derive(Debug, Clone)]
pub struct Workflow {
    /// the name
    pub name: String,
    /// shown to offices
    pub title: String,
    /// 依据, printed in notices
    pub basis: Vec<String>,
    /// 保管期限 of the case
    pub retention: Retention,
    /// inner publicity before public is demanded
    pub inside_first: bool,
    /// roles that are 内部 besides the offices tagged so
    pub inside: Vec<String>,
    /// how a case opens and what it is asked
    pub case: CaseHead,
    /// who acts
    pub roles: IndexMap<String, Role>,
    /// item types, side types among them
    pub items: IndexMap<String, ItemType>,
    /// rules in order
    pub rules: Vec<Rule>,
    /// stages in reading order
    pub stages: Vec<Stage>,
    /// named clocks
    pub clocks: IndexMap<String, ClockDefinition>,
    /// named queries
    pub tables: IndexMap<String, TableDefinition>,
    /// scheduled reports
    pub reports: IndexMap<String, Report>,
    /// the place of its first key
    pub place: Place,
}

/// 保管期限 (国家档案局令第8号).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    /// 永久
    Permanent,
    /// 30年
    Years30,
    /// 10年
    Years10,
}

/// The head of a case.
#[derive(Debug, Clone)]
pub struct CaseHead {
    /// title, a text template over the params
    pub title: Text,
    /// params that make the key; at most one living case per key
    pub key: Vec<String>,
    /// role that opens it by dropping the opening form
    pub opened_by: Option<String>,
    /// schedule that opens it by itself
    pub opened_every: Option<Schedule>,
    /// role on whose behalf a scheduled case is opened
    pub owner: Option<String>,
    /// workflows whose `open:` may open it
    pub opened_from: Vec<String>,
    /// the opening form
    pub params: IndexMap<String, Field>,
}

/// An expression with its place (MiniJinja).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    /// source
    pub source: String,
    /// where it stands
    pub place: Place,
}

/// A text with `{{ … }}` in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// source
    pub source: String,
    /// where it stands
    pub place: Place,
}

/// A role of §4.
#[derive(Debug, Clone)]
pub struct Role {
    /// its name
    pub name: String,
    /// which offices
    pub who: Who,
    /// false: these offices have no folder on this spool
    pub folder: bool,
    /// the window of an outsider or of a folderless office (a role name)
    pub through: Option<String>,
    /// where
    pub place: Place,
}

/// Which offices a role means.
#[derive(Debug, Clone, PartialEq)]
pub enum Who {
    /// these, by id or tag
    Offices(Vec<Selector>),
    /// the superior of a role's office
    SuperiorOf(String),
    /// the office named in a field of the item
    Field(String),
    /// an outsider, its name/phone/email/address looked up in these fields
    Outside(IndexMap<String, String>),
}

/// One office or all with a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// office id
    Id(String),
    /// tag
    Tag(String),
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// a person
    Person,
    /// an organisation
    Organisation,
    /// an office of this spool
    Office,
    /// a matter
    Matter,
    /// a document
    Document,
}

/// An item type of §5.
#[derive(Debug, Clone)]
pub struct ItemType {
    /// name
    pub name: String,
    /// title
    pub title: String,
    /// category → subject; empty = no categories
    pub categories: IndexMap<String, Subject>,
    /// subject when there are no categories
    pub subject: Subject,
    /// the type it is about, `case` for the case as a whole; None = a main item
    pub about: Option<String>,
    /// the case holds exactly one
    pub one: bool,
    /// field names by which twins are seen (`category`, `subject`, `owner`, `period`, `about` among them)
    pub identity: Vec<String>,
    /// what a twin means
    pub twins: Twins,
    /// fields asked when the item is opened
    pub fields: IndexMap<String, Field>,
    /// allow-list for everybody
    pub public: Vec<String>,
    /// allow-list for offices inside
    pub inside: Vec<String>,
    /// shown only to the office that entered it
    pub sealed: Vec<String>,
    /// how long personal fields of items without result are kept
    pub keep: Option<Span>,
    /// where
    pub place: Place,
}

/// What the same identity again means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Twins {
    /// look in all cases of the workflow, not only this one
    pub in_workflow: bool,
    /// what then
    pub then: TwinsThen,
}

/// The answer to a twin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TwinsThen {
    /// refused (default)
    Refuse,
    /// a question
    Ask,
    /// a remark on the receipt
    Note,
}

/// A field of a form.
#[derive(Debug, Clone)]
pub struct Field {
    /// name
    pub name: String,
    /// what the clerk reads
    pub title: String,
    /// other headings
    pub also: Vec<String>,
    /// what may stand in it
    pub kind: Type,
    /// categories, subjects or types it is asked of; empty = all
    pub of: Vec<String>,
    /// may stay empty
    pub optional: bool,
    /// value when nothing is given
    pub default: Option<Value>,
    /// smallest
    pub min: Option<String>,
    /// largest
    pub max: Option<String>,
    /// unit
    pub unit: Option<String>,
    /// a sentence for the clerk
    pub hint: Option<String>,
    /// computed, never entered
    pub is: Option<Expression>,
    /// (params) may not be changed later
    pub fixed: bool,
    /// where
    pub place: Place,
}

/// How strong a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    /// false = refused
    Require,
    /// false = refused until a reason is given
    Expect,
    /// true = a question
    Ask,
    /// true = a remark on the receipt
    Note,
}

/// A rule of §9.
#[derive(Debug, Clone)]
pub struct Rule {
    /// its name; `规则N` when none is given
    pub name: String,
    /// types, categories, subjects, lists; empty = every main type
    pub of: Vec<String>,
    /// judged once per group
    pub per: Vec<String>,
    /// stages where it is judged; filled by the checker when the definition leaves it out (first stage where all is known, and every decide)
    pub at: Vec<String>,
    /// only when
    pub when: Option<Expression>,
    /// strength
    pub strength: Strength,
    /// the condition
    pub test: Expression,
    /// what the clerk is told
    pub say: Option<Text>,
    /// basis
    pub basis: Option<String>,
    /// who answers (`ask`)
    pub by: Option<String>,
    /// permitted answers (`ask`)
    pub answers: Vec<String>,
    /// where
    pub place: Place,
}

/// The six kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// 推荐
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Each {
    /// one by one
    Item,
    /// all together
    Case,
    /// one batch per value of these fields
    Fields(Vec<String>),
    /// one batch per item they are about
    About,
}

/// What happens to items still upstream when a gate could open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Late {
    /// held ones are left for a later round (default)
    Leave,
    /// all are waited for
    Wait,
    /// at the limit they end as 逾期未参加
    Exclude,
    /// at the limit a question
    Ask,
}

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

/// The form of a stage.
#[derive(Debug, Clone, Default)]
pub struct StageForm {
    /// fields of the batch
    pub case: IndexMap<String, Field>,
    /// fields per item
    pub item: IndexMap<String, Field>,
}

/// Where the items of a `recommend` come from.
#[derive(Debug, Clone)]
pub enum From {
    /// offices hand in
    Submissions,
    /// one item per office of a role, opened at once
    Offices(String),
    /// one per row of a param table
    Table(String),
    /// one per register entry
    Register(String, Option<Expression>),
    /// items of another case's list
    Case(String, String),
    /// one per office and period
    Every(Schedule),
}

/// A stage of §6 with the keys of its kind (§8).
#[derive(Debug, Clone)]
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
    /// runs without items
    pub run_empty: bool,
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
    /// where
    pub place: Place,
}

/// One document per what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentEach {
    /// one for the batch
    Batch,
    /// one per item
    Item,
    /// one per owner
    Owner,
    /// one per item they are about
    About,
}

/// A paper of §11.
#[derive(Debug, Clone)]
pub struct DocumentDefinition {
    /// template name
    pub template: String,
    /// one per what
    pub each: DocumentEach,
    /// only of these
    pub of: Vec<String>,
    /// only when
    pub when: Option<Expression>,
    /// made when the batch opens, not when it is done (default for publicise)
    pub at_open: bool,
    /// recipients: roles, `public`, `owner` …
    pub to: Vec<String>,
    /// 抄送
    pub copy: Vec<String>,
    /// 机关代字 of its series
    pub number: Option<String>,
    /// waits for the signed and sealed scan
    pub seal: bool,
    /// 保管期限, when it differs from the case's
    pub retention: Option<Retention>,
    /// the date field that is its 成文日期
    pub date: Option<String>,
    /// where
    pub place: Place,
}

/// What a stage or outcome brings about (§12).
#[derive(Debug, Clone)]
pub enum Verb {
    /// write a register entry
    Enter(String, IndexMap<String, Expression>),
    /// end a register entry
    Leave(String, String),
    /// set facts on the item
    Set(IndexMap<String, Expression>),
}

/// An action with its conditions.
#[derive(Debug, Clone)]
pub struct Action {
    /// what
    pub verb: Verb,
    /// only of these
    pub of: Vec<String>,
    /// only when
    pub when: Option<Expression>,
    /// where
    pub place: Place,
}

/// A named clock of §10.
#[derive(Debug, Clone)]
pub struct ClockDefinition {
    /// name
    pub name: String,
    /// item type
    pub of: String,
    /// budget
    pub run: Limit,
    /// a date field, a stage, or `opened`
    pub from: String,
    /// stage that stops it for good
    pub until: Option<String>,
    /// exists only when
    pub when: Option<Expression>,
    /// side types that stop it
    pub stops: Vec<String>,
    /// stage that restarts it
    pub restarts: Option<String>,
    /// extension: span, times, approver role, document
    pub extend: Option<(Span, u32, String, Option<String>)>,
    /// reminders
    pub remind: Vec<Offset>,
    /// when it passes
    pub overdue: Option<Overdue>,
    /// basis
    pub basis: Option<String>,
    /// where
    pub place: Place,
}

/// A named query of §12.
#[derive(Debug, Clone)]
pub struct TableDefinition {
    /// name
    pub name: String,
    /// item type
    pub from: String,
    /// only where
    pub filter: Option<Expression>,
    /// row field
    pub rows: String,
    /// column field
    pub columns: Option<String>,
    /// totals row and column
    pub totals: bool,
    /// also a line for every office of the role with nothing
    pub missing: Option<String>,
    /// where
    pub place: Place,
}

/// A scheduled report of §12.
#[derive(Debug, Clone)]
pub struct Report {
    /// name
    pub name: String,
    /// when
    pub schedule: Schedule,
    /// recipients
    pub to: Vec<String>,
    /// who confirms it; None = goes out by itself
    pub by: Option<String>,
    /// template
    pub template: String,
    /// tables frozen into it
    pub tables: Vec<String>,
    /// where
    pub place: Place,
}

/// What a register is keyed by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegisterKey {
    /// what the item is known by: a person, an organisation, an office (any of the listed subjects)
    Subjects(Vec<Subject>),
    /// these fields
    Fields(Vec<String>),
}

/// A register of §12.
#[derive(Debug, Clone)]
pub struct Register {
    /// name
    pub name: String,
    /// title
    pub title: String,
    /// key
    pub key: RegisterKey,
    /// fields of an entry
    pub fields: IndexMap<String, Field>,
    /// field an entry is valid from
    pub valid_from: Option<String>,
    /// field an entry is valid to
    pub valid_to: Option<String>,
    /// office id that may enter and correct
    pub by: Option<String>,
    /// allow-list for everybody
    pub public: Vec<String>,
    /// where
    pub place: Place,
}

impl Workflow {
    /// The stage of this name.
    pub fn stage(&self, name: &str) -> Option<&Stage> {
        self.stages.iter().find(|s| s.name == name)
    }

    /// Its index in reading order.
    pub fn stage_index(&self, name: &str) -> Option<usize> {
        self.stages.iter().position(|s| s.name == name)
    }

    /// Whether an item of this type and category is meant by an `of:` list (types, categories, subjects).
    pub fn means(&self, of: &[String], kind: &str, category: Option<&str>) -> bool {
        of.is_empty() || of.iter().any(|o| o == kind || Some(o.as_str()) == category || self.subject_is(o, kind, category))
    }

    /// The subject of an item.
    pub fn subject(&self, kind: &str, category: Option<&str>) -> Option<Subject> {
        let item = self.items.get(kind)?;
        Some(category.and_then(|c| item.categories.get(c)).copied().unwrap_or(item.subject))
    }

    fn subject_is(&self, word: &str, kind: &str, category: Option<&str>) -> bool {
        self.subject(kind, category).is_some_and(|s| s.word() == word)
    }
}

impl Subject {
    /// The keyword of the language.
    pub fn word(self) -> &'static str {
        match self {
            Subject::Person => "person",
            Subject::Organisation => "organisation",
            Subject::Office => "office",
            Subject::Matter => "matter",
            Subject::Document => "document",
        }
    }
}

impl Retention {
    /// 永久, 30年, 10年.
    pub fn title(self) -> &'static str {
        match self {
            Retention::Permanent => "永久",
            Retention::Years30 => "30年",
            Retention::Years10 => "10年",
        }
    }
}
