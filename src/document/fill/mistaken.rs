//! What a Word template reads or calls that nobody could give, told with its tag: whatever a text template is told.

use super::place::Placed;
use super::problem::{Fault, Problem};
use super::told::Places;
use crate::diag::{Diagnostic, Place, Severity};
use crate::document::template::calls;
use crate::workflow::rule::{self, Mistake};
use minijinja::Environment;

/// The problems of what a closure keeps of a template: `source`, whose line `mark` stands above its paragraphs. `front` is the
/// path of the text beside the file, `path` that of the file.
pub(super) fn of(
    source: &str,
    mark: usize,
    environment: &Environment<'_>,
    (places, tags): (&Places, &[Placed]),
    (front, path): (&str, &str),
) -> Vec<Diagnostic> {
    // what cannot be read was told of, tag by tag
    let reading = rule::read(source).unwrap_or_default();
    let called = reading.used.iter().filter_map(|used| calls::wrong(used, environment));
    let told = |it: Mistake| match it.line.checked_sub(mark).filter(|line| *line > 0) {
        Some(line) => {
            let placed = places.tag_at(line, it.column).and_then(|n| tags.get(n));
            within(it, placed).diagnostic(path)
        }
        None => Diagnostic {
            kind: it.kind,
            severity: Severity::Error,
            place: Place { path: front.to_owned(), line: it.line, column: it.column },
            message: it.message,
            hint: Some(it.hint),
        },
    };
    reading.mistakes.into_iter().chain(called).map(told).collect()
}

/// A mistake in a tag.
fn within(mistake: Mistake, placed: Option<&Placed>) -> Problem {
    Problem {
        spot: placed.map(|it| it.spot.clone()),
        tag: placed.map(|it| it.shown.clone()).unwrap_or_default(),
        fault: Fault::Syntax(mistake.message, Some(mistake.hint)),
    }
}
