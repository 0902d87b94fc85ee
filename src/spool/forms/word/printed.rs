//! The words of a Word form that are ours: what stands outside of its tables, and what is said beside its fields. What else stands
//! there was written by somebody, and must not be lost.
//!
//! The file keeps a mark of each such line in a property: the form may have changed since it was drawn, and styles are inherited by
//! whatever is typed below.

use super::look::local;
use super::table::gather;
use super::walk::Text;
use crate::ooxml::xml::Element;
use crate::spool::forms::layout::digest;
use crate::submission::paper::Slot;
use crate::submission::read::{OWN_HEADINGS, key};
use std::collections::BTreeSet;

/// Characters of a mark: those of its line as three hexadecimal digits, and the begin of its digest.
pub(super) const MARK_CHARACTERS: usize = 16;
const LENGTH_CHARACTERS: usize = 3;
const LENGTH_MAX: usize = 0xFFF;
/// Characters of a line of ours behind or before which something may have been typed, at least: a shorter one may be somebody's word.
const TYPED_ON_CHARACTERS_MIN: usize = 8;
/// The same in a cell in which we explain.
const TYPED_ON_ASIDE_CHARACTERS_MIN: usize = 4;
/// Characters of a line in which our words are looked for, at most.
const TYPED_ON_CHARACTERS_MAX: usize = 1_000;
/// The column of a table of single values from which we explain.
const ASIDE_COLUMN: usize = 2;

/// Which words of a file are ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Printed {
    /// none: somebody else made the file
    Nothing,
    /// the lines that have these marks
    These(BTreeSet<String>),
    /// nobody knows: a form of ours that does not say it
    Untold,
}

impl Printed {
    /// The words of what we drew.
    pub(super) fn of(blocks: &[Element]) -> Printed {
        let mut marks = BTreeSet::new();
        let mut note = |text: &str| {
            marks.extend(text.lines().chain([text]).map(bare).filter(|line| !line.is_empty()).map(|line| mark(&line)));
        };
        for block in blocks {
            match local(&block.name) {
                "p" => note(&Text::of(block).text),
                "tbl" => asides(block).iter().for_each(|cell| note(&Text::of(cell).text)),
                _ => {}
            }
        }
        Printed::These(marks)
    }

    /// What of a text outside of the tables is not ours, line by line.
    pub(super) fn rest(&self, text: &str) -> String {
        self.without(text, TYPED_ON_CHARACTERS_MIN)
    }

    fn without(&self, text: &str, least: usize) -> String {
        match self {
            Printed::Nothing => text.to_string(),
            Printed::Untold => String::new(),
            Printed::These(marks) if marks.contains(&mark(&bare(text))) => String::new(),
            Printed::These(marks) => {
                let lines: Vec<&str> = text.lines().filter_map(|line| rest_of(marks, line, least)).collect();
                lines.join("\n")
            }
        }
    }

    /// Takes our explanations out of a table of single values that we drew.
    pub(super) fn without_asides(&self, slots: &mut [Slot]) {
        let in_row = |row: usize| slots.iter().filter(move |slot| slot.row == row).map(|slot| slot.text.clone());
        let rows: BTreeSet<usize> = slots.iter().map(|slot| slot.row).collect();
        let Some(heading) = rows.into_iter().find(|row| is_heading(in_row(*row))).filter(|_| self.is_ours()) else {
            return;
        };
        for slot in slots.iter_mut().filter(|slot| slot.row > heading && slot.column >= ASIDE_COLUMN) {
            slot.text = self.without(&slot.text, TYPED_ON_ASIDE_CHARACTERS_MIN);
            slot.numbered = None;
        }
    }

    /// Whether the file is one of ours.
    pub(super) fn is_ours(&self) -> bool {
        *self != Printed::Nothing
    }
}

/// What of a line is not ours: all of it, or what was typed behind or before our words.
fn rest_of<'l>(marks: &BTreeSet<String>, line: &'l str, least: usize) -> Option<&'l str> {
    let all = bare(line);
    if all.is_empty() || marks.contains(&mark(&all)) {
        return None;
    }
    let whole = all.chars().count();
    if whole > TYPED_ON_CHARACTERS_MAX {
        return Some(line.trim());
    }
    // most parts are as long as none of ours, and need not be looked up
    let is_ours = |part: &str, characters: usize| {
        let length = length(characters);
        let alike = marks.range(length.clone()..).next().is_some_and(|mark| mark.starts_with(&length));
        characters >= least && alike && marks.contains(&mark(&bare(part)))
    };
    let seen = line.char_indices().filter(|(_, c)| is_seen(*c));
    let cuts: Vec<(usize, &str, &str)> = seen
        .enumerate()
        .skip(1)
        .map(|(before, (at, _))| {
            let (left, right) = line.split_at(at);
            (before, left, right)
        })
        .collect();
    let behind = cuts.iter().rev().find(|(characters, left, _)| is_ours(left, *characters)).map(|(.., rest)| *rest);
    let before = || cuts.iter().find(|(left, _, right)| is_ours(right, whole - left)).map(|(_, rest, _)| *rest);
    // behind its colon a word of ours is somebody's label
    let rest = behind.filter(|rest| !rest.starts_with([':', '：'])).or_else(before);
    Some(rest.unwrap_or(line).trim())
}

/// The cells of a table of single values in which we explain.
fn asides(table: &Element) -> Vec<&Element> {
    let mut rows = Vec::new();
    gather(table, "tr", &mut rows);
    let cells: Vec<Vec<&Element>> = rows
        .into_iter()
        .map(|row| {
            let mut cells = Vec::new();
            gather(row, "tc", &mut cells);
            cells
        })
        .collect();
    let is_own = cells.first().is_some_and(|row| is_heading(row.iter().map(|cell| Text::of(cell).text)));
    cells.into_iter().filter(|_| is_own).flat_map(|row| row.into_iter().skip(ASIDE_COLUMN)).collect()
}

/// Whether these are the headings of a table of single values that we drew.
fn is_heading(texts: impl Iterator<Item = String>) -> bool {
    let texts: Vec<String> = texts.take(OWN_HEADINGS.len()).map(|text| key(&text)).collect();
    texts == OWN_HEADINGS
}

fn mark(bare: &str) -> String {
    let digest = digest(bare);
    format!("{}{}", length(bare.chars().count()), digest.get(..MARK_CHARACTERS - LENGTH_CHARACTERS).unwrap_or(&digest))
}

fn length(characters: usize) -> String {
    format!("{:03x}", characters.min(LENGTH_MAX))
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| is_seen(*c)).collect()
}

fn is_seen(c: char) -> bool {
    !c.is_whitespace() && !matches!(c, '\u{200B}' | '\u{FEFF}')
}
