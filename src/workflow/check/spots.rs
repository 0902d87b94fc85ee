//! Where in a template something stands, as its writer finds it: by line and column, and in a Word file by its words and its tag.

use crate::diag::{Diagnostic, Place};
use crate::workflow::word_file;
use std::collections::BTreeMap;

/// Characters of a Word file's paragraph that are shown.
const WORDS_SHOWN_MAX: usize = 40;

/// A place in a template: of a Word file the part and the words of the paragraph are told, for it has no lines to count.
pub(super) fn place_in(name: &str, text: &str, line: usize, column: usize) -> Place {
    let within = word_file(text).and_then(|(mark, _)| line.checked_sub(mark)).filter(|within| *within > 0);
    let Some(within) = within else { return Place { path: format!("templates/{name}.md"), line, column } };
    let told = text.lines().nth(line - 1).unwrap_or_default();
    let words: String = told.chars().take(WORDS_SHOWN_MAX).collect();
    Place { path: format!("templates/{name}.docx {words}"), line: within, column }
}

/// The tag of a line that a column stands in.
pub(super) fn tag_at(line: &str, column: usize) -> Option<String> {
    let (before, rest) =
        line.split_at(line.char_indices().nth(column.saturating_sub(1)).map_or(line.len(), |(at, _)| at));
    let begin = before.rfind("{{").max(before.rfind("{%"))?;
    let ends = rest.find("}}").into_iter().chain(rest.find("%}"));
    let end = ends.min().map_or(line.len(), |at| before.len() + at + 2);
    line.get(begin..end).map(str::to_owned)
}

/// In a Word file nobody counts columns: what is wrong there is told with its tag.
pub(super) fn with_tag(problem: &mut Diagnostic, tags: &BTreeMap<Place, String>) {
    if let Some(tag) = tags.get(&problem.place) {
        problem.message = format!("`{tag}`: {}", problem.message);
        problem.place.column = 1;
    }
}
