//! What stands outside of the tables of a Word form, and beside its fields, and is none of our words: read, where it says what it is;
//! told, where it does not.

use super::blocks::is_printed;
use super::card::Part;
use super::labels::Owner;
use super::photos::Pictured;
use super::{Field, HEAD_CAPTION, Laying, Target, flat, place_of, raw};
use crate::numerals::veiled;
use crate::submission::hint::{self, Around};
use crate::submission::paper::Table;
use crate::submission::read::heading::key;
use crate::submission::{Raw, Type};
use std::collections::BTreeSet;

/// Texts quoted in a sentence, at most, and characters of each.
const QUOTED_MAX: usize = 3;
const QUOTED_CHARACTERS_MAX: usize = 20;
/// How the titles of forms end, and characters of a title, at most.
const TITLES: [&str; 6] = ["表", "名单", "名册", "登记册", "汇总", "台账"];
const TITLE_CHARACTERS_MAX: usize = 40;

impl Laying<'_> {
    /// Whether a label outside of the tables is the label of what a paper is about: of several objects nobody knows which is meant.
    pub(super) fn is_read_outside(&self, table: &Table, outside: bool, owner: Owner) -> bool {
        let Owner::Grid(grid) = owner else { return true };
        let lists = self.lists.iter().filter(|list| list.paper == table.paper && list.target == Target::Grid(grid));
        let (counted, lines): (Vec<bool>, Vec<usize>) = lists.map(|list| (list.counted, list.lines.len())).unzip();
        // who numbers his lines speaks below them of all
        let about_one = lines.is_empty() || lines.iter().sum::<usize>() == 1 && !counted.contains(&true);
        !outside || about_one || self.cards.contains_key(&(table.paper, grid))
    }

    /// Is done with the lines outside of the tables that a form of ours prints there, whether or not the file says whose they are.
    pub(super) fn printed(&self, table: &Table, field: &mut Field<'_>) {
        if !table.prose {
            return;
        }
        let lists = || self.labels.lines.iter();
        let below = lists().flat_map(|list| list.entries.iter().filter_map(hint::below));
        let captions = lists().map(|list| list.name.clone()).chain([HEAD_CAPTION.to_string()]);
        let (counting, above): (Vec<_>, Vec<_>) = hint::above(self.form, true)
            .into_iter()
            .partition(|(around, _)| matches!(around, Around::Number | Around::Quota));
        let all: Vec<String> = above.into_iter().map(|(_, text)| text).chain(below).chain(captions).collect();
        let printed: BTreeSet<String> = all.iter().flat_map(|text| text.lines()).map(key).collect();
        // its version, and how many were reported, are others by now
        let uncounted = |text: &str| key(text).chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
        let counting: BTreeSet<String> = counting.iter().map(|(_, text)| uncounted(text)).collect();
        for (taken, slot) in field.taken.iter_mut().zip(field.slots) {
            let text = &slot.text;
            *taken = *taken || !slot.picture && (printed.contains(&key(text)) || counting.contains(&uncounted(text)));
        }
    }

    /// Tells what stands outside of the tables and was not read. `free` are the lines that are no labels of ours with a value.
    pub(super) fn outside(&mut self, table: &Table, field: &Field<'_>, free: &[bool]) {
        let ours = self.laid.filled.answers.is_some();
        let titles: Vec<String> =
            self.form.grids.iter().map(|grid| &grid.name).chain([&self.form.title]).map(|title| key(title)).collect();
        let is_title = |text: &str| {
            let title = key(text);
            let named = title.chars().count() <= TITLE_CHARACTERS_MAX && TITLES.iter().any(|end| title.ends_with(end));
            !ours && (named || titles.contains(&title) || !self.labels.named(text).is_empty())
        };
        let left = field.slots.iter().enumerate().filter(|(at, slot)| {
            free.get(*at) == Some(&true) && !field.taken[*at] && !is_printed(&slot.text) && !is_title(&slot.text)
        });
        let left: Vec<&str> = left.map(|(_, slot)| slot.text.as_str()).collect();
        if !left.is_empty() {
            self.laid.remarks.push(format!("{}里表格以外的文字没有读取：{}。", table.place, quoted(&left)));
        }
    }

    /// The cells right of a value in a table that we drew, where something was written into the explanation.
    fn beside(field: &Field<'_>, parts: &[Part], at: usize, values: &[usize]) -> Vec<usize> {
        let slot = &field.slots[at];
        let right = field.row(slot.row, slot.column + slot.columns);
        let written = |place: &usize| {
            !values.contains(place)
                && parts[*place] == Part::Other
                && !field.taken[*place]
                && !super::is_blank(&Type::Name, &field.slots[*place].text)
        };
        right.into_iter().filter(written).collect()
    }

    /// The values of a label in a table that we drew: what was written beside the cell for it, where that is empty. What is not read is
    /// told.
    pub(super) fn with_beside(
        &mut self,
        table: &Table,
        field: &Field<'_>,
        parts: &[Part],
        (named, at): (super::labels::Named, usize),
        values: Vec<usize>,
    ) -> Vec<usize> {
        let beside = Self::beside(field, parts, at, &values);
        if beside.is_empty() || self.laid.filled.answers.is_none() {
            return values;
        }
        let entry = self.labels.entry(named);
        let texts: Vec<&str> = values.iter().map(|value| field.slots[*value].text.trim()).collect();
        let pictured = values.iter().any(|value| field.slots[*value].picture);
        if !entry.shown && !pictured && raw(entry, &texts.join("\n"), Pictured::default()) == Ok(Raw::Empty) {
            return beside;
        }
        let said: Vec<&str> = beside.iter().map(|place| field.slots[*place].text.as_str()).collect();
        let place = place_of(table, field.slots[at].row, &field.slots[at].text);
        self.laid.remarks.push(format!("{place}说明一格里的文字没有读取：{}。", quoted(&said)));
        values
    }
}

/// The first words of the first texts.
pub(super) fn quoted(texts: &[&str]) -> String {
    let quote = |text: &&str| {
        let words = flat(text);
        let more = if words.chars().count() > QUOTED_CHARACTERS_MAX { "…" } else { "" };
        // a number is veiled whole before it is cut
        let first: String = veiled(&words).chars().take(QUOTED_CHARACTERS_MAX).collect();
        format!("“{first}{more}”")
    };
    let more = if texts.len() > QUOTED_MAX { format!("等{}处", texts.len()) } else { String::new() };
    texts.iter().take(QUOTED_MAX).map(quote).collect::<String>() + &more
}
