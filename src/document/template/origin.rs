//! Where a piece of template text stands in its file, and what of it MiniJinja could not read.

use crate::diag::{Diagnostic, Place, Severity};
use crate::workflow::parse::nearest;

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
    let line = origin.text.lines().nth(place.line.saturating_sub(origin.lines + 1)).unwrap_or_default();
    let hint = Some(fitting(&message, line));
    Diagnostic { kind: "template-syntax", severity: Severity::Error, place, message, hint }
}

/// Statements of the language, and what is typed in their place by mistake.
const STATEMENTS: [&str; 16] = [
    "for", "endfor", "if", "elif", "else", "endif", "set", "endset", "with", "endwith", "macro", "endmacro", "include",
    "import", "from", "filter",
];
/// Marks of double width that a tag wants half as wide.
const WIDE: [(char, char); 10] = [
    ('｛', '{'),
    ('｝', '}'),
    ('％', '%'),
    ('（', '('),
    ('）', ')'),
    ('，', ','),
    ('｜', '|'),
    ('：', ':'),
    ('＝', '='),
    ('．', '.'),
];

/// What would fit in a tag that cannot be read.
fn fitting(message: &str, line: &str) -> String {
    let tag = line.split("{{").nth(1).or_else(|| line.split("{%").nth(1)).unwrap_or_default();
    let tag = tag.split("}}").next().and_then(|it| it.split("%}").next()).unwrap_or_default();
    if let Some((wide, half)) = WIDE.iter().find(|(wide, _)| tag.contains(*wide)) {
        return format!("write the half-width `{half}` in place of `{wide}`");
    }
    if let Some(word) = message.split("unknown statement ").nth(1).map(|word| word.trim_matches(['`', '"'])) {
        if word == "end" {
            return "write an end as one word: `endfor`, `endif`".to_owned();
        }
        let near = nearest(word, &STATEMENTS).map(|near| format!("did you mean `{near}`?"));
        return near.unwrap_or_else(|| format!("there are {}", STATEMENTS.join(" ")));
    }
    if message.contains("end of input") {
        return "close what is open: `{{` with `}}`, `{% for … %}` with `{% endfor %}`, `{% if … %}` with `{% endif %}`".to_owned();
    }
    "a value is `{{ NAME }}` or `{{ NAME|FILTER }}`, a list is gone through with `{% for x in NAME %} … {% endfor %}`; texts stand in quotes".to_owned()
}
