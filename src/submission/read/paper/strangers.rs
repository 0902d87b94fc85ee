//! Rows that are none of ours in a table of single values that we drew: without a label they go on with the row above, with another
//! they are said. Nothing that was written there is lost without a word.

use super::card::Part;
use super::labels::Named;
use super::outside::quoted;
use super::photos::Pictured;
use super::{Field, Laying, flat, is_blank, place_of, raw};
use crate::submission::paper::Table;
use crate::submission::{Cell, Raw, Type};

impl Laying<'_> {
    /// The values of a label in a table that we drew, with what stands below it in rows without a label: a text goes on there, and what
    /// is not there may stand there.
    pub(super) fn with_below(
        &self,
        field: &Field<'_>,
        parts: &[Part],
        (named, at): (Named, usize),
        values: Vec<usize>,
    ) -> Vec<usize> {
        let entry = self.labels.entry(named);
        let slot = &field.slots[at];
        let rows = (slot.row + slot.rows..field.rows).map(|row| self.unlabelled(field, parts, row));
        let below: Vec<usize> = rows.take_while(|cells| !cells.is_empty()).flatten().collect();
        if entry.shown || below.is_empty() {
            return values;
        }
        if matches!(entry.kind, Type::Text(_) | Type::List(..)) {
            return values.into_iter().chain(below).collect();
        }
        let texts: Vec<&str> = values.iter().map(|value| field.slots[*value].text.trim()).collect();
        let pictured = values.iter().any(|value| field.slots[*value].picture);
        let empty = !pictured && raw(entry, &texts.join("\n"), Pictured::default()) == Ok(Raw::Empty);
        if empty { below } else { values }
    }

    /// The cells of a row that say something and have no label; what stands in the explanation of a form that does not say which words
    /// are ours, may be ours.
    fn unlabelled(&self, field: &Field<'_>, parts: &[Part], row: usize) -> Vec<usize> {
        let cells = field.row(row, 0);
        let Some((label, rest)) = cells.split_first() else { return Vec::new() };
        let label = &field.slots[*label];
        if label.row != row || label.column > 0 || !is_blank(&Type::Name, &label.text) {
            return Vec::new();
        }
        let ours = self.laid.filled.answers.is_some();
        let rest = rest.iter().enumerate().filter(|(at, _)| ours || *at == 0).map(|(_, place)| *place);
        let said = |place: &usize| {
            let slot = &field.slots[*place];
            let free = parts[*place] == Part::Other && !field.taken[*place];
            slot.row == row && free && !is_blank(&Type::Name, &slot.text)
        };
        rest.filter(said).collect()
    }

    /// Tells what stands in a row without a label, and in one that is one cell.
    fn unlabelled_are_told(&mut self, table: &Table, field: &Field<'_>, parts: &[Part], row: usize) {
        let texts = |cells: Vec<usize>| -> Vec<&str> {
            cells.into_iter().map(|place| field.slots[place].text.as_str()).collect()
        };
        let place = format!("{} 第{}行", table.place, row + 1);
        let left = texts(self.unlabelled(field, parts, row));
        if !left.is_empty() {
            self.laid.remarks.push(format!("{place}没有栏目名称，没有读取：{}。", quoted(&left)));
        }
        if let [only] = field.row(row, 0).as_slice() {
            let slot = &field.slots[*only];
            let free = parts[*only] == Part::Other && !field.taken[*only] && slot.row == row;
            if free && !is_blank(&Type::Name, &slot.text) {
                self.laid.remarks.push(format!("{place}的{}不是本表要填的，没有读取。", quoted(&[&slot.text])));
            }
        }
    }

    /// In tables we drew, a label that nobody asked for is said, so that nothing beside it is lost without a word.
    pub(super) fn strangers(
        &mut self,
        table: &Table,
        field: &Field<'_>,
        parts: &[Part],
        first: usize,
        grid: Option<usize>,
    ) {
        for row in first..field.rows {
            self.unlabelled_are_told(table, field, parts, row);
            let (Some(label), Some(value)) = (field.at(row, 0), field.row(row, 0).get(1).copied()) else { continue };
            let (said, value) = (&field.slots[label].text, &field.slots[value]);
            let written = parts[label] == Part::Other && !field.taken[label] && field.slots[label].row == row;
            let strange = !is_blank(&Type::Name, said) && self.labels.within(said).is_empty();
            if written && strange && is_blank(&Type::Name, &value.text) {
                let place = format!("{} 第{}行", table.place, row + 1);
                self.laid.remarks.push(format!("{place}的{}不是本表要填的，没有读取。", quoted(&[said])));
            }
            let filled = !is_blank(&Type::Name, said) && !is_blank(&Type::Name, &value.text);
            if parts[label] != Part::Other || !filled || field.slots[label].row != row {
                continue;
            }
            let cell = Cell { name: flat(said), raw: Raw::Text(value.text.clone()), place: place_of(table, row, said) };
            match grid.and_then(|grid| self.cards.get_mut(&(table.paper, grid))) {
                Some(card) => card.cells.push(cell),
                None => self.laid.filled.head.push(cell),
            }
        }
    }
}
