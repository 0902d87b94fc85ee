//! What passes the stages: item types, their fields, the rules over them (LANGUAGE §5, §9).

use super::{Expression, Text, Workflow};
use crate::deadline::Span;
use crate::diag::Place;
use crate::submission::{TableKey, Type};
use indexmap::IndexMap;
use serde_json::Value;

/// Characters a text has at most by which an item may be called.
const CALLED_CHARACTERS_MAX: usize = 200;

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
    /// (dates) said to be the day of something that has happened, or of something that is meant; None: told by what reads it
    pub fact: Option<bool>,
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
    /// it is about the case itself, its params and what its own stages ask; `of` is empty then
    pub of_case: bool,
    /// judged once per group
    pub per: Vec<String>,
    /// stages where it is judged; filled by the checker when the definition leaves it out (first stage where all is known, and
    /// every decide); of a rule about the case none = when the case opens
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

impl Rule {
    /// Whether it is judged when a stage is answered; None: when the case opens, or its params are changed.
    pub fn is_judged_at(&self, stage: Option<&str>) -> bool {
        stage.map_or(self.of_case && self.at.is_empty(), |stage| self.at.iter().any(|at| at == stage))
    }
}

impl Field {
    /// A default that is told by the day on which it is wanted: `today`, `period`, or month and day.
    pub fn default_of_the_day(&self) -> Option<&str> {
        let word = self.default.as_ref()?.as_str()?;
        let told = match (&self.kind, word) {
            (Type::Date, word) => word == "today" || word.len() == 5,
            (Type::Month | Type::Year, word) => matches!(word, "period" | "today"),
            (kind, word) => *kind == Type::Period && word == "period",
        };
        told.then_some(word)
    }
}

impl Workflow {
    /// The field by which one writing several items of a type tells which of them he means: the first name, else the first
    /// text it is known by, else the first short one. A category may lack it.
    pub fn called_by<'a>(&self, of: &'a ItemType, category: Option<&str>) -> Option<&'a Field> {
        let asked =
            || of.fields.values().filter(|f| f.is.is_none() && !f.optional && self.means(&f.of, &of.name, category));
        let short = |f: &&Field| matches!(f.kind, Type::Text(most) if most <= CALLED_CHARACTERS_MAX);
        let known = |f: &&Field| matches!(f.kind, Type::Text(_)) && of.identity.contains(&f.name);
        let word = |f: &&Field| {
            matches!(
                f.kind,
                Type::Office | Type::IdNumber | Type::CreditCode | Type::Integer | Type::Date | Type::One(_)
            )
        };
        let name = asked().find(|f| matches!(f.kind, Type::Name));
        name.or_else(|| asked().find(known)).or_else(|| asked().find(short)).or_else(|| asked().find(word))
    }
}

impl ItemType {
    /// Whether it is a side item about the case as a whole.
    pub fn is_about_case(&self) -> bool {
        self.about.as_deref() == Some("case")
    }

    /// Whether the items, or those of one of the categories, are such.
    pub fn is_about(&self, subject: Subject) -> bool {
        self.subject == subject || self.categories.values().any(|it| *it == subject)
    }

    /// The field that the key of a table's row stands for, when its rows become items: the subject of an office, else the
    /// first field of an office or a name that no column gives.
    pub fn field_of_key(&self, columns: &[(String, Type)], key: TableKey) -> Option<&str> {
        if key == TableKey::Office && self.subject == Subject::Office {
            return Some("subject");
        }
        let fits = |field: &&Field| match key {
            TableKey::Office => field.kind == Type::Office,
            TableKey::Text => field.kind == Type::Name || matches!(field.kind, Type::Text(_)),
        };
        let free = |field: &&Field| field.is.is_none() && !columns.iter().any(|(name, _)| *name == field.name);
        let first = self.fields.values().filter(free).find(|f| fits(f) && self.identity.contains(&f.name));
        first.or_else(|| self.fields.values().filter(free).find(fits)).map(|f| f.name.as_str())
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
