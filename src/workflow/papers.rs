//! Papers a stage makes and actions it brings about (LANGUAGE §11, §12).

use super::{Expression, Retention, Text};
use crate::diag::Place;
use indexmap::IndexMap;

/// The line of a template's text in a closure that says it is filled into a Word file: the digest of the file follows, then
/// [`WORD_MARK_END`]. Above it stands what the file cannot say, below it each of its paragraphs that has tags, a line each.
pub const WORD_MARK: &str = "{# Word sha256:";
/// Ends the line that [`WORD_MARK`] begins.
pub const WORD_MARK_END: &str = " #}";

/// The Word file that a template is filled into: at which line of its text that is said (from 1), and the file's digest.
pub fn word_file(text: &str) -> Option<(usize, &str)> {
    let (at, line) = text.lines().enumerate().find(|(_, line)| line.starts_with(WORD_MARK))?;
    Some((at + 1, line.strip_prefix(WORD_MARK)?.strip_suffix(WORD_MARK_END)?))
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
    /// ask somebody about the item
    Ask(AskDefinition),
    /// open a child case, or put an item into a case of another workflow
    Open(OpenDefinition),
    /// stop, resume or restart a named clock of the item
    Clock(ClockAction),
    /// let somebody know, who owes nothing for it
    Tell(TellDefinition),
}

/// What an action opens.
#[derive(Debug, Clone)]
pub struct OpenDefinition {
    /// workflow of the child
    pub workflow: String,
    /// its params
    pub with: IndexMap<String, Expression>,
    /// one item for the living case of that key, rather than a case of its own
    pub item: Option<IndexMap<String, Expression>>,
    /// the item waits until the child closes
    pub wait: bool,
}

impl OpenDefinition {
    /// Every expression in it.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.with.values().chain(self.item.iter().flat_map(IndexMap::values))
    }
}

/// What an action does to a named clock.
#[derive(Debug, Clone)]
pub struct ClockAction {
    /// its name
    pub clock: String,
    /// what becomes of it
    pub turn: Turn,
    /// as of which day
    pub date: Expression,
}

/// How an action turns a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// it stands still
    Stop,
    /// it runs again
    Resume,
    /// its budget begins anew
    Restart,
}

impl Turn {
    /// The word a definition has for it.
    pub fn word(self) -> &'static str {
        match self {
            Turn::Stop => "stop",
            Turn::Resume => "resume",
            Turn::Restart => "restart",
        }
    }
}

/// A question that an action puts.
#[derive(Debug, Clone)]
pub struct AskDefinition {
    /// role that answers
    pub by: String,
    /// what is asked, a text over the item
    pub say: Text,
    /// permitted answers
    pub answers: Vec<String>,
}

/// A notice that something happened.
#[derive(Debug, Clone)]
pub struct TellDefinition {
    /// roles that are told
    pub to: Vec<String>,
    /// what they are told, a text over the item
    pub say: Text,
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

impl Action {
    /// The text it puts before somebody.
    pub fn says(&self) -> Option<&Text> {
        match &self.verb {
            Verb::Ask(ask) => Some(&ask.say),
            Verb::Tell(tell) => Some(&tell.say),
            Verb::Enter(..) | Verb::Leave(..) | Verb::Set(_) | Verb::Open(_) | Verb::Clock(_) => None,
        }
    }

    /// The roles it puts something before.
    pub fn roles(&self) -> &[String] {
        match &self.verb {
            Verb::Ask(ask) => std::slice::from_ref(&ask.by),
            Verb::Tell(tell) => &tell.to,
            Verb::Enter(..) | Verb::Leave(..) | Verb::Set(_) | Verb::Open(_) | Verb::Clock(_) => &[],
        }
    }
}
