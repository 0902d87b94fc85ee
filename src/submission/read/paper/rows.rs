//! Rows of a list that are no lines of it, as people write them: totals, notes, the name of a group; and a list that goes on in the
//! next table, which has no headings of its own.

use super::blocks::is_printed;
use super::labels::Owner;
use super::lists::{Heading, Ran, is_counter};
use super::outside::quoted;
use super::{Field, Laying, is_blank};
use crate::submission::Type;
use crate::submission::paper::Table;
use crate::submission::read::heading::key;
use crate::submission::read::totals::{NOTES, is_totals};

/// What a row of a list is, if it is no line of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    /// it is a line, or nothing that is known
    Nothing,
    /// it was told
    Said,
    /// it has labels of the form, and is read by them
    Labels,
}

/// Headings of a list without numbers that goes on, at least: fewer cells may be anything.
const HEADINGS_MIN: usize = 3;

impl Laying<'_> {
    /// What a row of a list is beside its lines, of which there are so many above it.
    pub(super) fn beside_lines(
        &mut self,
        table: &Table,
        field: &Field<'_>,
        heading: &Heading,
        row: usize,
        lines: usize,
    ) -> Beside {
        let cells = field.row(row, heading.first);
        let is_said = |place: &&usize| !is_blank(&Type::Name, &field.slots[**place].text);
        let own = || cells.iter().filter(|place| field.slots[**place].row == row);
        let texts: Vec<&str> = own().filter(is_said).map(|place| field.slots[*place].text.as_str()).collect();
        let Some(leading) = texts.first() else { return Beside::Nothing };
        let place = format!("{} 第{}行", table.place, row + 1);
        let word: String = leading.split_whitespace().collect();
        if is_totals(&word, texts.len()) {
            self.laid.remarks.push(format!("{place}是合计，没有作为一行读取。"));
            return Beside::Said;
        }
        let several = lines > 1 || heading.counter().is_some();
        let whole = cells.len() == heading.over.len();
        let first = own().next().filter(is_said).is_some();
        if first && (several || whole) && texts.iter().all(|text| is_note(text)) {
            let named = texts.iter().flat_map(|text| self.labels.within(text)).any(|named| named.owner == Owner::Head);
            if named {
                return Beside::Labels;
            }
            self.laid.remarks.push(format!("{place}是表下的说明，没有读取。"));
            return Beside::Said;
        }
        if own().count() == 1 && !whole && self.is_amid(field, heading, row) {
            self.laid.remarks.push(format!("{place}只有一格文字，没有作为一行读取：{}。", quoted(&texts)));
            return Beside::Said;
        }
        Beside::Nothing
    }

    /// Whether the numbered lines of a list go on below a row.
    fn is_amid(&self, field: &Field<'_>, heading: &Heading, row: usize) -> bool {
        let text = |place: &usize| field.slots[*place].text.as_str();
        let is_label = |place: &usize| !self.labels.within(text(place)).is_empty() || is_counter(text(place));
        let labelled = field.row(row, heading.first).iter().any(is_label);
        let next = field.row(row + 1, heading.first);
        let alike = next.len() == heading.over.len() && !next.iter().any(is_label);
        let counted = heading.counter().and_then(|at| next.get(at)).is_some_and(|place| is_number(text(place)));
        !labelled && alike && counted && !next.iter().any(|place| field.taken[*place])
    }

    /// Reads a table without headings as going on with the list that ran to the end of the one before.
    pub(super) fn goes_on(&mut self, table: &Table, field: &mut Field<'_>, grid: Option<usize>) -> bool {
        let Some(Ran { heading, .. }) = self.ran.clone().filter(|ran| ran.paper == table.paper && !table.prose) else {
            return false;
        };
        let first = field.row(0, 0);
        let texts: Vec<&str> = first.iter().map(|place| field.slots[*place].text.as_str()).collect();
        let named = |text: &&str| !self.labels.within(text).is_empty() || is_counter(text);
        if texts.iter().any(named) || texts.iter().all(|text| is_blank(&Type::Name, text)) {
            return false;
        }
        let counter = heading.counter();
        let number = counter.and_then(|at| texts.get(at)).copied().unwrap_or_default();
        let alike = first.len() == heading.over.len();
        let between = table.captions.iter().all(|caption| caption.contains('续'));
        let plain = || texts.iter().all(|text| !is_signed(text));
        let unnumbered = heading.over.len() >= HEADINGS_MIN && between && is_blank(&Type::Name, number) && plain();
        if alike && (is_number(number) || unnumbered) {
            let heading = Heading { below: 0, first: 0, cells: Vec::new(), ..heading };
            self.read_list(table, field, &heading, field.rows, grid);
            return true;
        }
        if counter == Some(0) && is_number(number) {
            let say = "这张表没有表头，格数也和上一张名单不一样，没有读取。请加上表头，或者把各行移到上一张名单里。";
            self.fault(&table.place, say);
            field.taken.iter_mut().for_each(|taken| *taken = true);
            return true;
        }
        false
    }
}

/// Whether a text is a note as they stand below lists: `备注：…`, `填表人：…`.
fn is_note(text: &str) -> bool {
    text.split_once(['：', ':']).is_some_and(|(label, _)| NOTES.contains(&key(label).as_str()))
}

/// Whether a cell belongs to a line for signatures.
fn is_signed(text: &str) -> bool {
    let label = key(text.split(['：', ':']).next().unwrap_or_default());
    NOTES.contains(&label.as_str()) || !is_blank(&Type::Name, text) && is_printed(text)
}

/// Whether a text numbers a line.
fn is_number(text: &str) -> bool {
    let number = key(text);
    let number = number.trim_end_matches(['.', '．', '、']);
    !number.is_empty() && number.chars().all(|c| c.is_numeric())
}
