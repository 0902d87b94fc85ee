//! Full-width punctuation where YAML wants the half-width character: the commonest mistake of writers with a Chinese keyboard.
//!
//! In a text (`title: “七一”表彰`) full-width marks are right; in a key, before a value, or on a line that is not YAML they are
//! what went wrong.

use super::Node;
use crate::diag::{Diagnostic, Place, Severity};

const MARKS: [(char, char); 14] = [
    ('：', ':'),
    ('，', ','),
    ('“', '"'),
    ('”', '"'),
    ('‘', '\''),
    ('’', '\''),
    ('（', '('),
    ('）', ')'),
    ('［', '['),
    ('］', ']'),
    ('｛', '{'),
    ('｝', '}'),
    ('　', ' '),
    ('、', ','),
];

/// The half-width character meant by a full-width one.
pub fn half_width(character: char) -> Option<char> {
    MARKS.iter().find(|(full, _)| *full == character).map(|(_, half)| *half)
}

/// The first full-width mark of a text, with its 0-based position in characters.
pub fn offender(text: &str) -> Option<(usize, char)> {
    text.chars().enumerate().find(|(_, c)| half_width(*c).is_some())
}

/// The diagnostic for a mark at a place.
fn diagnostic(place: Place, mark: char) -> Diagnostic {
    let half = half_width(mark).unwrap_or(mark);
    let shown = if half == ' ' { "a space".to_owned() } else { format!("`{half}`") };
    Diagnostic {
        kind: "full-width-punctuation",
        severity: Severity::Error,
        place,
        message: format!(
            "the full-width `{mark}` (U+{:04X}) stands where YAML wants the half-width {shown}",
            mark as u32
        ),
        hint: Some(format!("type {shown} with the Chinese input method switched off")),
    }
}

/// The diagnostic for the first mark of a scalar that should have none; `node` is what it was read as.
pub(super) fn in_key(node: &Node) -> Option<Diagnostic> {
    let (offset, mark) = node.raw.chars().enumerate().find(|(_, c)| matches!(c, '：' | '，' | '“' | '”' | '　'))?;
    let place = Place { column: node.place.column + offset, ..node.place.clone() };
    Some(diagnostic(place, mark))
}

/// The diagnostic for a scalar found where a mapping or a name was wanted, when it holds a full-width mark.
pub fn in_scalar(node: &Node) -> Option<Diagnostic> {
    let (offset, mark) = offender(&node.raw)?;
    let place = Place { column: node.place.column + offset, ..node.place.clone() };
    Some(diagnostic(place, mark))
}

/// Lines above the one the scanner choked on that are looked at; it often notices only at the next key.
const LINES_LOOKED_AT: usize = 4;

/// For a line the scanner choked on: the first full-width mark on it or on the lines above, outside quotes and comments. A
/// mark that stands where a key's colon should be comes before one that may be part of a text.
pub(super) fn near(path: &str, text: &str, line: usize) -> Option<Diagnostic> {
    let lines: Vec<&str> = text.lines().collect();
    let above = (1..=line.min(lines.len())).rev().filter(|n| !lines[n - 1].trim().is_empty()).take(LINES_LOOKED_AT);
    let marked: Vec<(usize, usize, char)> =
        above.filter_map(|number| unquoted(lines[number - 1]).map(|(offset, mark)| (number, offset, mark))).collect();
    let in_key = |(number, offset, _): &&(usize, usize, char)| {
        let before: String = lines[number - 1].chars().take(*offset).collect();
        !before.contains(':')
    };
    let (number, offset, mark) = *marked.iter().find(in_key).or(marked.first().filter(|m| m.0 + 1 >= line))?;
    Some(diagnostic(Place { path: path.to_owned(), line: number, column: offset + 1 }, mark))
}

fn unquoted(line: &str) -> Option<(usize, char)> {
    let mut quote = None;
    let mut previous = ' ';
    for (offset, character) in line.chars().enumerate() {
        match quote {
            Some(open) if character == open => quote = None,
            Some(_) => {}
            None if character == '"' || character == '\'' => quote = Some(character),
            None if character == '#' && previous == ' ' => return None,
            None if character != '、' && half_width(character).is_some() => return Some((offset, character)),
            None => {}
        }
        previous = character;
    }
    None
}
