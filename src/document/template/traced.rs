//! Which line of a template a line of its text came from.
//!
//! Only what went wrong is asked after, so the text is made once more then, with a mark at the beginning of every line of the
//! template and of its pieces.

use super::{BODY, Template, pieces};
use crate::workflow::rule;
use minijinja::Value;

/// Around the name and the number of a line; no text has them.
const MARKS: (char, char) = ('\u{F0000}', '\u{F0001}');
/// A line break within braces, while lines are counted.
const WITHIN: char = '\u{F0002}';

impl Template {
    /// The template or the piece, and the line of it, that made a line of the text; both counted from 1.
    pub(super) fn came_from(&self, context: &Value, line: usize) -> (String, usize) {
        let unknown = (self.name().to_owned(), self.0.body_line + 1);
        self.marked_text(context).and_then(|text| self.mark_of(&text, line)).unwrap_or(unknown)
    }

    fn marked_text(&self, context: &Value) -> Option<String> {
        let mut environment = self.0.environment.clone();
        for (source, text) in self.0.written.iter().filter(|(source, _)| *source == BODY || !source.contains('@')) {
            let run = rule::asked_text(&marked(source, text));
            environment.add_template_owned(source.clone(), run).ok()?;
        }
        environment.get_template(BODY).ok()?.render(context.clone()).ok()
    }

    fn mark_of(&self, text: &str, line: usize) -> Option<(String, usize)> {
        let own = text.lines().nth(line.checked_sub(1)?)?;
        // what only steers leaves its mark and no line
        let mut leading = None;
        let mut rest = own.trim_start();
        while let Some((mark, after)) = rest.strip_prefix(MARKS.0).and_then(|it| it.split_once(MARKS.1)) {
            leading = Some(mark);
            rest = after.trim_start();
        }
        let before = || {
            let until: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
            text.get(..until)?.rsplit(MARKS.0).next()?.split(MARKS.1).next()
        };
        let (source, number) = leading.or_else(before)?.rsplit_once(':')?;
        let number: usize = number.parse().ok()?;
        Some(match source {
            BODY => (self.name().to_owned(), number + self.0.body_line),
            piece => (pieces::piece_name(piece).to_owned(), number),
        })
    }
}

/// A text with a mark at the beginning of every line that begins outside of braces.
fn marked(source: &str, text: &str) -> String {
    let hidden = rule::with_braces(text, |braces| braces.replace('\n', &WITHIN.to_string()));
    let (mut told, mut number) = (String::new(), 1);
    for line in hidden.split_inclusive('\n') {
        told.push_str(&format!("{}{source}:{number}{}", MARKS.0, MARKS.1));
        told.push_str(&line.replace(WITHIN, "\n"));
        number += 1 + line.matches(WITHIN).count();
    }
    told
}
