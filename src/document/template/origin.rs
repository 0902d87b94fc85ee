//! Where a piece of template text stands in its file, and what of it MiniJinja could not read.

use crate::diag::{Diagnostic, Place, Severity};

/// A piece of template text.
pub(in crate::document) struct Origin<'a> {
    pub path: &'a str,
    pub text: &'a str,
    /// lines before its first
    pub lines: usize,
    /// characters before it on its first line
    pub columns: usize,
}

impl Origin<'_> {
    pub(super) fn place(&self, offset: usize) -> Place {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.matches('\n').count();
        let column = before.rsplit('\n').next().unwrap_or("").chars().count();
        let column = if line == 0 { column + self.columns } else { column };
        Place { path: self.path.to_owned(), line: self.lines + line + 1, column: column + 1 }
    }
}

/// A placed diagnostic for what MiniJinja could not read.
pub(in crate::document) fn syntax_error(origin: &Origin<'_>, error: &minijinja::Error) -> Diagnostic {
    let mut place = origin.place(0);
    match error.range() {
        Some(range) => place = origin.place(range.start),
        None => place.line = origin.lines + error.line().unwrap_or(1),
    }
    let message = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    Diagnostic { kind: "template-syntax", severity: Severity::Error, place, message, hint: None }
}
