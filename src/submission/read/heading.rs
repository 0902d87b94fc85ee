//! Headings: which entry a cell belongs to, by what stands over it.
//!
//! Clerks and their programs add blanks, break lines, exchange brackets and put a star before what must be filled; none
//! of that makes another heading.

use crate::submission::Entry;
use std::collections::{BTreeMap, BTreeSet};
use unicode_normalization::UnicodeNormalization;

/// Marks a form puts behind a heading.
const MARKS: [&str; 4] = ["（可不填）", "（必填）", "（选填）", "（必填项）"];

/// A heading as it is compared: NFC, without blanks, marks and closing colons; brackets are full-width.
pub fn key(text: &str) -> String {
    let seen = |c: &char| !c.is_whitespace() && !super::text::invisible(*c);
    let mut key: String = text.nfc().filter(seen).map(bracket).collect();
    for mark in MARKS {
        key = key.replace(mark, "");
    }
    key.trim_matches(['*', '＊', ':', '：']).to_string()
}

fn bracket(c: char) -> char {
    match c {
        '(' => '（',
        ')' => '）',
        other => other,
    }
}

/// The entries of a head or a grid by every heading they answer to.
pub struct Headings {
    by_key: BTreeMap<String, Vec<(bool, u8, usize)>>,
}

impl Headings {
    /// Reads the names, titles, other headings and units of the entries.
    pub fn of(entries: &[Entry]) -> Headings {
        let mut by_key: BTreeMap<String, Vec<(bool, u8, usize)>> = BTreeMap::new();
        for (place, entry) in entries.iter().enumerate() {
            let also = entry.also.iter().map(|also| (2, also));
            for (rank, heading) in [(0, &entry.name), (1, &entry.title)].into_iter().chain(also) {
                let plain = key(heading);
                let with_unit = entry.unit.as_ref().map(|unit| key(&format!("{heading}（{unit}）")));
                for key in [Some(plain), with_unit].into_iter().flatten() {
                    let found = by_key.entry(key).or_default();
                    if !found.iter().any(|(_, _, other)| *other == place) {
                        found.push((entry.shown, rank, place));
                    }
                }
            }
        }
        for found in by_key.values_mut() {
            found.sort_unstable();
        }
        Headings { by_key }
    }

    /// The entries a heading may mean: those to be filled before those shown, names before titles before others.
    pub fn find(&self, heading: &str) -> Vec<usize> {
        self.ranked(heading).iter().map(|(_, _, place)| *place).collect()
    }

    /// The same, each with whether it is only shown, and how near the heading is: its name, its title, another of its headings.
    pub(super) fn ranked(&self, heading: &str) -> &[(bool, u8, usize)] {
        self.by_key.get(&key(heading)).map(Vec::as_slice).unwrap_or_default()
    }
}

/// The known heading most like an unknown one: fewest changed characters, and at least one in common.
pub(super) fn nearest<'a>(heading: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = key(heading).chars().take(40).collect();
    let common = |other: &[char]| wanted.iter().collect::<BTreeSet<_>>().intersection(&other.iter().collect()).count();
    let near = known.filter_map(|name| {
        let other: Vec<char> = key(name).chars().take(40).collect();
        (common(&other) > 0).then(|| (distance(&wanted, &other), name))
    });
    near.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// How many characters must be put in, taken out or exchanged.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let exchanged = corner + usize::from(a != b);
            corner = row[j + 1];
            row[j + 1] = exchanged.min(row[j] + 1).min(corner + 1);
        }
    }
    row[other.len()]
}
