//! Whose field a label of a Word form names, and which headings stand over the lines of which list.

use super::pairs::pairs;
use crate::submission::read::heading::{Headings, key};
use crate::submission::read::{key_title, value};
use crate::submission::tables::{self, BELONGS, RowTable};
use crate::submission::{Entry, Form, Type};

/// Characters of a label, at most: whatever is longer is said by somebody, and names nothing.
const LABEL_CHARACTERS_MAX: usize = 80;

/// Where a field belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    Head,
    Grid(usize),
}

/// A field a label may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) owner: Owner,
    pub(super) entry: usize,
    /// its name, its title, another of its headings
    pub(super) rank: u8,
    pub(super) shown: bool,
}

/// A list of lines that may stand under headings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Grid(usize),
    /// a table of the head, by its place
    Head(usize),
    /// a table of rows
    Rows(RowTable),
}

/// Such a list, and its headings.
pub(super) struct Lines {
    pub(super) target: Target,
    /// the name its lines are handed on under
    pub(super) name: String,
    pub(super) entries: Vec<Entry>,
    /// the names by which the reader of values finds them again
    pub(super) names: Vec<String>,
    headings: Headings,
}

/// Everything that a form asks for, by its labels.
pub(super) struct Labels<'a> {
    form: &'a Form,
    head: Headings,
    grids: Vec<Headings>,
    pub(super) lines: Vec<Lines>,
}

impl<'a> Labels<'a> {
    pub(super) fn of(form: &'a Form) -> Labels<'a> {
        let mut lines: Vec<Lines> = Vec::new();
        for (place, grid) in form.grids.iter().enumerate() {
            lines.push(Lines::new(Target::Grid(place), grid.name.clone(), grid.columns.clone()));
        }
        for (place, entry) in form.head.iter().enumerate().filter(|(_, entry)| !entry.shown) {
            lines.extend(columns(entry).map(|own| Lines::new(Target::Head(place), entry.title.clone(), own)));
        }
        for table in tables::of_rows(form) {
            let entry = &form.grids[table.grid].columns[table.column];
            let Some(mut own) = columns(entry).filter(|_| !entry.shown) else { continue };
            own.push(value::column(BELONGS, &Type::Text(100)));
            let name = table.name.clone();
            lines.push(Lines::new(Target::Rows(table), name, own));
        }
        let grids = form.grids.iter().map(|grid| Headings::of(&grid.columns)).collect();
        Labels { form, head: Headings::of(&form.head), grids, lines }
    }

    /// The field itself.
    pub(super) fn entry(&self, named: Named) -> &'a Entry {
        match named.owner {
            Owner::Head => &self.form.head[named.entry],
            Owner::Grid(grid) => &self.form.grids[grid].columns[named.entry],
        }
    }

    /// Every field a text may name.
    pub(super) fn named(&self, text: &str) -> Vec<Named> {
        let grids = self.grids.iter().enumerate().map(|(grid, headings)| (Owner::Grid(grid), headings));
        let owners = std::iter::once((Owner::Head, &self.head)).chain(grids);
        owners
            .flat_map(|(owner, headings)| found(headings, text).into_iter().map(move |it| (owner, it)))
            .map(|(owner, (shown, rank, entry))| Named { owner, entry, rank, shown })
            .collect()
    }
}

impl Labels<'_> {
    /// Every field a text may name, by itself or by the labels within it.
    pub(super) fn within(&self, text: &str) -> Vec<Named> {
        let named = self.named(text);
        if !named.is_empty() {
            return named;
        }
        self.pairs(text).into_iter().flat_map(|(label, _)| self.named(label)).collect()
    }

    /// The labels within a text, with their values.
    pub(super) fn pairs<'t>(&self, text: &'t str) -> Vec<(&'t str, &'t str)> {
        pairs(text, |label| !self.named(label).is_empty())
    }
}

impl Lines {
    fn new(target: Target, name: String, entries: Vec<Entry>) -> Lines {
        let names = (0..entries.len()).map(|entry| name_of(&entries, entry)).collect();
        Lines { target, name, headings: Headings::of(&entries), names, entries }
    }

    /// The field a heading names.
    pub(super) fn column(&self, text: &str) -> Option<usize> {
        found(&self.headings, text).first().map(|(_, _, entry)| *entry)
    }
}

/// The name by which the reader of values finds a field again: what its clerk reads, unless that is another's.
pub(super) fn name_of(entries: &[Entry], entry: usize) -> String {
    let headings = Headings::of(entries);
    let own = &entries[entry];
    if headings.find(&own.title).first() == Some(&entry) { own.title.clone() } else { own.name.clone() }
}

/// The columns of a table among the fields, the key of its rows first.
fn columns(entry: &Entry) -> Option<Vec<Entry>> {
    let Type::Table(columns, keyed) = &entry.kind else { return None };
    let keys = keyed.map(|keyed| value::column(key_title(keyed), &Type::Text(100)));
    Some(keys.into_iter().chain(columns.iter().map(|(name, kind)| value::column(name, kind))).collect())
}

/// As it stands, else without its number, else without what stands behind it in brackets.
fn found(headings: &Headings, text: &str) -> Vec<(bool, u8, usize)> {
    if text.chars().count() > LABEL_CHARACTERS_MAX {
        return Vec::new();
    }
    let whole = key(text);
    let bare = unnumbered(&whole).to_string();
    let shorter = std::iter::successors(Some(bare), |text| without_brackets(text));
    let found = std::iter::once(whole).chain(shorter).map(|text| headings.ranked(&text).to_vec());
    found.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
}

fn unnumbered(text: &str) -> &str {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
    if rest.len() == text.len() { text } else { rest.strip_prefix(['、', '.', '．']).unwrap_or(text) }
}

fn without_brackets(text: &str) -> Option<String> {
    let mut depth = 0_usize;
    let inner = text.strip_suffix('）')?;
    for (place, c) in inner.char_indices().rev() {
        match c {
            '）' => depth += 1,
            '（' if depth == 0 => {
                let rest = text[..place].trim_end_matches([':', '：']);
                return (!rest.is_empty()).then(|| rest.to_string());
            }
            '（' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_a_label_makes_no_other() {
        let unit = Entry { unit: Some("元".to_string()), ..value::column("慰问金", &Type::Money) };
        let other = Entry { also: vec!["单位及职务".to_string()], ..value::column("工作单位", &Type::Name) };
        let headings = Headings::of(&[unit, other, value::column("文化程度（全日制）", &Type::Name)]);
        let at = |text: &str| found(&headings, text).first().map(|(_, _, entry)| *entry);
        for text in [
            "慰问金",
            "慰 问　金：",
            "慰\n问\n金",
            "3．慰问金（元）",
            "二、慰问金（万元）（没有的不填）",
            "*慰问金(元)",
        ] {
            assert_eq!(at(text), Some(0), "{text}");
        }
        assert_eq!(at("单位 及 职务（请写全称（与公章一致））"), Some(1));
        assert_eq!(at("文化程度(全日制)"), Some(2));
        for text in ["", "（）", "）", "慰问", "文化程度", "一二三"] {
            assert_eq!(at(text), None, "{text}");
        }
    }
}
