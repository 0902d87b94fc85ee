//! A workflow definition as the kernel reads it: typed, checked, with every name resolved to what it means.
//!
//! [`parse`] makes it from YAML and reports every problem at once; [`check`] proves what can be proved of it; [`rule`]
//! types its expressions. The shapes here follow LANGUAGE §3–§12; a field says what the key of the same name means.

pub mod check;
pub mod explain;
pub mod offices;
pub mod parse;
pub mod rule;
mod counting;
pub mod facts;
mod holders;
mod items;
mod papers;
mod reads;
mod shown;
mod stages;
mod standing;
mod tables;

pub use counting::*;
pub use holders::*;
pub use items::*;
pub use papers::*;
pub use shown::*;
pub use stages::*;
pub use standing::*;
pub use tables::*;

use crate::deadline::Schedule;
use crate::diag::Place;
use indexmap::IndexMap;

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
    /// of which items those inside are told before the public; `true` of all
    pub inside_first: Option<Expression>,
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

/// 保管期限 (国家档案局令第8号), the longer the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Retention {
    /// 10年
    Years10,
    /// 30年
    Years30,
    /// 永久
    Permanent,
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
    /// numbers meant to stand on public papers: names of params that hold them, or the numbers themselves
    pub public_numbers: Vec<Text>,
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

impl Workflow {
    /// The stage of this name.
    pub fn stage(&self, name: &str) -> Option<&Stage> {
        self.stages.iter().find(|s| s.name == name)
    }

    /// An outcome with its stage: of this stage, or of a later one that a clock's silence brings about here.
    pub fn outcome_at(&self, stage: &str, name: &str) -> Option<(&Stage, &Outcome)> {
        let own = self.stage(stage).and_then(|s| Some((s, s.outcomes.get(name)?)));
        let index = self.stage_index(stage).unwrap_or_default();
        let silent = || self.stages.iter().skip(index).find(|s| s.silent.iter().any(|falls| falls == name));
        own.or_else(|| silent().and_then(|s| Some((s, s.outcomes.get(name)?))))
    }

    /// Its index in reading order.
    pub fn stage_index(&self, name: &str) -> Option<usize> {
        self.stages.iter().position(|s| s.name == name)
    }

    /// The recommend stage whose form opens a case: it takes the one thing the case is about, and whoever opens answers it
    /// (LANGUAGE §3).
    pub fn opening_stage(&self) -> Option<(&Stage, &ItemType)> {
        let stage = self.stages.iter().find(|s| s.kind == Kind::Recommend)?;
        let only = self.only_type()?;
        let opener = self.case.opened_by.as_ref()?;
        let by_opener = stage.by.iter().any(|role| role == opener || role == "opener");
        (by_opener && self.means(&stage.of, &only.name, None)).then_some((stage, only))
    }

    /// The type of which a case holds exactly one.
    pub fn only_type(&self) -> Option<&ItemType> {
        self.items.values().find(|i| i.one)
    }

    /// The type of which a stage opens items without anybody handing in: the first it is for.
    pub fn opens(&self, stage: &Stage) -> Option<&ItemType> {
        self.items.values().find(|of| self.pairs(&stage.of).iter().any(|pair| pair.kind == of.name))
    }

    /// The stage that takes in what others put into a case, by its index, and the type of that.
    pub fn takes_items_in(&self) -> Option<(usize, &Stage, &ItemType)> {
        let mut stages = self.stages.iter().enumerate();
        stages.find_map(|(index, stage)| {
            let handed_in = stage.kind == Kind::Recommend && matches!(stage.from, From::Submissions);
            let of = self.opens(stage).filter(|of| handed_in && of.about.is_none() && !of.one)?;
            Some((index, stage, of))
        })
    }

    /// The categories of a type that a stage is for.
    pub fn categories_of(&self, stage: &Stage, of: &ItemType) -> Vec<String> {
        of.categories.keys().filter(|c| self.means(&stage.of, &of.name, Some(c))).cloned().collect()
    }

    /// Whether an item of this type and category is meant by an `of:` list (types, categories, subjects, and lists such
    /// an item can be on).
    pub fn means(&self, of: &[String], kind: &str, category: Option<&str>) -> bool {
        of.is_empty() || of.iter().any(|word| self.word_means(word, kind, category, self.stages.len()))
    }

    /// Whether items of a type are side items: about another, or about the case as a whole.
    pub fn is_side(&self, of: &str) -> bool {
        self.items.get(of).is_some_and(|of| of.about.is_some())
    }

    /// The stage at which side items of this type are handed in, where one says who does and until when.
    pub fn side_intake(&self, side: &str) -> Option<&Stage> {
        self.stages.iter().find(|s| s.kind == Kind::Recommend && s.of.iter().any(|of| of == side))
    }

    /// The stage that makes the list of this name, by its index.
    pub fn list_stage(&self, name: &str) -> Option<usize> {
        self.stages.iter().position(|s| s.lists.contains_key(name))
    }

    /// One word of an `of:`; a list means something to the stages after the one that makes it, hence `before`.
    fn word_means(&self, word: &str, kind: &str, category: Option<&str>, before: usize) -> bool {
        let listed = || {
            let at = self.list_stage(word).filter(|at| *at < before);
            let stage = at.and_then(|at| Some((at, self.stages.get(at)?)));
            stage.is_some_and(|(at, stage)| stage.of.iter().any(|word| self.word_means(word, kind, category, at)))
        };
        word == kind || Some(word) == category || self.subject_is(word, kind, category) || listed()
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
