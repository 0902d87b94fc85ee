//! What was meant as a tag and is none: it would stand in the paper as it is written.
//!
//! `{ { 标题 } }`, `{标题}`, `«标题»` (a field for mail merge), `[[标题]]`, a third brace behind a tag. Braces are ordinary text as well, so
//! what stands in them must be a name: one the template reads elsewhere, or of two Chinese characters at least.

use crate::diag::{Diagnostic, Place, Severity};
use crate::workflow::rule;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Words that begin a control tag.
const STATEMENTS: [&str; 8] = ["for", "endfor", "if", "elif", "else", "endif", "set", "include"];
/// Marks other programs put around a name, and our own where they are wrong: opening, closing.
const AROUND: [(&str, &str); 4] = [("{", "}"), ("｛", "｝"), ("«", "»"), ("[[", "]]")];

/// What may have been meant as a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::document) struct Missed {
    /// where it stands in the text, in bytes
    pub at: usize,
    /// as it stands there
    pub shown: String,
    /// the tag that was meant
    write: String,
    /// the name in it; none where it is a broken tag whatever stands in it
    name: Option<String>,
}

impl Missed {
    /// Whether it is told of, where these names are known.
    pub(in crate::document) fn is_meant(&self, known: &BTreeSet<String>) -> bool {
        let Some(name) = &self.name else { return true };
        let first = name.split('.').next().unwrap_or_default();
        known.contains(first) || name.chars().filter(|it| it.is_alphabetic() && !it.is_ascii()).count() >= 2
    }

    /// What to write.
    pub(in crate::document) fn hint(&self) -> String {
        match self.name {
            Some(_) => format!(
                "write `{}`; where the marks themselves are meant, write `{{{{ \"{}\" }}}}`",
                self.write, self.shown
            ),
            None => format!("write `{}`", self.write),
        }
    }
}

/// The names a template reads, and parts of them.
pub(in crate::document) fn names(text: &str) -> BTreeSet<String> {
    rule::text_names(text).unwrap_or_default().into_iter().flat_map(|it| it.path).collect()
}

/// What may have been meant as a tag in a text whose tags stand at these places.
pub(in crate::document) fn missed(text: &str, tags: &[Range<usize>]) -> Vec<Missed> {
    let marks = ['{', '}', '｛', '«', '['];
    if !text.contains(marks) {
        return Vec::new();
    }
    let bare: String = text
        .char_indices()
        .flat_map(|(at, it)| {
            let within = tags.iter().any(|tag| tag.contains(&at)) && it != '\n';
            std::iter::repeat_n(if within { '\0' } else { it }, if within { it.len_utf8() } else { 1 })
        })
        .collect();
    let mut found = Vec::new();
    let mut from = 0;
    for line in bare.split_inclusive('\n') {
        of_line(text, line, (from, tags), &mut found);
        from += line.len();
    }
    found
}

/// The same of one line, which begins at a byte of the text; its tags are blanked out.
fn of_line(text: &str, line: &str, (from, tags): (usize, &[Range<usize>]), found: &mut Vec<Missed>) {
    let (mut open, mut next) = (0_usize, 0);
    for (at, mark) in line.char_indices() {
        if at < next {
            continue;
        }
        let rest = line.get(at..).unwrap_or_default();
        // two of them are told of as braces of full width
        if rest.starts_with("｛｛") {
            next = at + "｛｛".len();
            continue;
        }
        if let Some((length, write, name)) = spaced(rest).or_else(|| single(rest)) {
            let shown = rest.get(..length).unwrap_or_default().to_owned();
            found.push(Missed { at: from + at, shown, write, name });
            next = at + length;
        } else if mark == '{' {
            open += 1;
        } else if mark == '}' {
            let behind = tags.iter().find(|tag| tag.end == from + at && open == 0);
            if let Some(tag) = behind {
                let of = |range: Range<usize>| text.get(range).unwrap_or_default().to_owned();
                let (shown, write) = (of(tag.start..from + at + 1), of(tag.clone()));
                found.push(Missed { at: tag.start, shown, write, name: None });
            }
            open = open.saturating_sub(1);
        }
    }
}

/// How long it is, what to write, and the name in it.
type Meant = (usize, String, Option<String>);

/// A tag whose marks are parted by blanks: `{ { 名 } }`, `{ % if 名 % }`.
fn spaced(rest: &str) -> Option<Meant> {
    let after = rest.strip_prefix('{')?;
    let within = Some(after.trim_start()).filter(|it| it.len() < after.len())?;
    let mark = within.chars().next().filter(|it| matches!(it, '{' | '%'))?;
    let (inner, behind) = within.get(1..)?.split_once(if mark == '{' { '}' } else { '%' })?;
    let behind = behind.trim_start().strip_prefix('}')?;
    let (length, inner) = (rest.len() - behind.len(), inner.trim());
    if mark == '{' {
        return Some((length, format!("{{{{ {inner} }}}}"), Some(name(inner)?)));
    }
    let word = inner.split(|it: char| !it.is_alphanumeric()).next().unwrap_or_default();
    STATEMENTS.contains(&word).then(|| (length, format!("{{% {inner} %}}"), None))
}

/// A name within other marks than those of a tag.
fn single(rest: &str) -> Option<Meant> {
    let (opening, closing) = AROUND.iter().find(|(opening, _)| rest.starts_with(opening))?;
    let (inner, behind) = rest.get(opening.len()..)?.split_once(closing)?;
    let name = name(inner)?;
    Some((rest.len() - behind.len(), format!("{{{{ {} }}}}", inner.trim()), Some(name)))
}

/// The name an expression begins with, when it is one, with filters or without.
fn name(inner: &str) -> Option<String> {
    let path = inner.split('|').next()?.trim();
    let part = |it: &str| {
        let begins = it.chars().next().is_some_and(|it| it.is_alphabetic() || it == '_');
        begins && it.chars().all(|it| it.is_alphanumeric() || it == '_')
    };
    path.split('.').all(part).then(|| path.to_owned())
}

/// What was meant as a tag in a text template and its pieces, each with its place. `own` is the body and the lines above it.
pub(super) fn of_text(name: &str, text: &str, own: (&str, usize), pieces: &BTreeMap<&str, &str>) -> Vec<Diagnostic> {
    let own = [(name.to_owned(), own.0, own.1)].into_iter();
    let all = own.chain(pieces.iter().map(|(piece, text)| (format!("templates/{piece}.md"), *text, 0)));
    let (mut found, known) = (Vec::new(), names(text));
    for (path, text, before) in all {
        for it in missed(text, &tags(text)).into_iter().filter(|it| it.is_meant(&known)) {
            let above = text.get(..it.at).unwrap_or_default();
            let column = above.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            let place = Place { path: path.clone(), line: before + above.matches('\n').count() + 1, column };
            let (kind, severity) = ("template-syntax", Severity::Error);
            let message = format!("`{}` is no tag, it would stand in the paper as it is written", it.shown);
            found.push(Diagnostic { kind, severity, place, message, hint: Some(it.hint()) });
        }
    }
    found
}

/// Where the tags of a text stand.
fn tags(text: &str) -> Vec<Range<usize>> {
    let (mut found, mut from) = (Vec::new(), 0);
    let next = |from: usize| {
        let rest = text.get(from..)?;
        let at = ["{{", "{%", "{#"].iter().filter_map(|mark| rest.find(mark)).min()?;
        Some((from + at, rest.get(at..)?))
    };
    while let Some((at, tag)) = next(from) {
        let end = match tag.get(..2) {
            Some("{{") => "}}",
            Some("{%") => "%}",
            _ => "#}",
        };
        from = at + tag.find(end).map_or(tag.len(), |it| it + end.len());
        found.push(at..from);
    }
    found
}
