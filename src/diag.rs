//! Diagnostics: what is wrong with a text somebody wrote, where, and the way out.
//!
//! A diagnostic is collected, never thrown: a reader of definitions reports every problem of a file at once. Each has a
//! named kind; `banwen explain KIND` tells more (see [`crate::workflow::explain`]).

use std::fmt;

/// Where something stands in a text: 1-based line and column (in characters), 0 when the whole file is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    /// path as the operator gave it, or relative to the spool
    pub path: String,
    /// 1-based line
    pub line: usize,
    /// 1-based column, in characters
    pub column: usize,
}

/// How bad it is: an error forbids deployment, a warning does not, a note may be as it was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// the text is refused
    Error,
    /// the text is taken, the writer is told
    Warning,
    /// nothing is wrong with it; the writer may not have thought of it
    Note,
}

/// One problem: `path:line:column: error: message [kind]` and, on the next line, `  hint: …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// kebab-case name, e.g. `unknown-key`
    pub kind: &'static str,
    /// error, warning or note
    pub severity: Severity,
    /// where
    pub place: Place,
    /// what is wrong, one sentence in English; names of the definition are quoted as they stand
    pub message: String,
    /// what to do about it
    pub hint: Option<String>,
}

impl Severity {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path, self.line, self.column)
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.severity.word();
        write!(f, "{}: {word}: {} [{}]", self.place, self.message, self.kind)?;
        if let Some(hint) = &self.hint {
            write!(f, "\n  hint: {hint}")?;
        }
        Ok(())
    }
}
