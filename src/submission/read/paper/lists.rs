//! Lists in a Word form: a row of headings, and lines below it as long as they have its cells.

use super::labels::Target;
use super::photos::is_file;
use super::rows::Beside;
use super::{COUNTERS, Field, ITEM_HEADING, Laying, List, Standing, flat, is_blank, place_of, raw};
use crate::submission::paper::Table;
use crate::submission::read::heading::key;
use crate::submission::{Cell, FilledLine, Raw, Type};

/// A row of headings.
#[derive(Clone)]
pub(super) struct Heading {
    /// the list, among those of the form
    pub(super) lines: usize,
    /// the row below it
    pub(super) below: usize,
    pub(super) first: usize,
    /// its cells
    pub(super) cells: Vec<usize>,
    /// what stands in them, and what that names
    pub(super) over: Vec<(String, Option<usize>)>,
}

impl Heading {
    /// The column of the numbers of the lines.
    pub(super) fn counter(&self) -> Option<usize> {
        self.over.iter().position(|(label, _)| is_counter(label))
    }
}

/// A list that ran to the end of its table.
#[derive(Clone)]
pub(super) struct Ran {
    pub(super) paper: usize,
    pub(super) heading: Heading,
}

impl Laying<'_> {
    /// Finds the lists of a table and reads their lines. `grid` is what the table seems to be about.
    pub(super) fn lists(&mut self, table: &Table, field: &mut Field<'_>, grid: Option<usize>) {
        self.ran = None;
        for at in 0..field.slots.len() {
            let slot = &field.slots[at];
            let only = self.list_named(&slot.text, grid);
            if field.taken[at] {
                continue;
            }
            if only.is_empty() {
                self.pass_over(table, field, at);
                continue;
            }
            let beside = field.at(slot.row, slot.column + slot.columns).is_some();
            let (row, first, last) = if beside && slot.rows > 1 {
                (slot.row, slot.column + slot.columns, slot.row + slot.rows)
            } else if !beside && slot.column == 0 {
                (slot.row + slot.rows, 0, field.rows)
            } else {
                continue;
            };
            if let Some(heading) = self.heading(field, row, first, Some(&only), grid) {
                field.taken[at] = true;
                self.read_list(table, field, &heading, last, grid);
            }
        }
        let captioned: Vec<usize> =
            table.captions.last().map(|caption| self.list_named(caption, grid)).unwrap_or_default();
        if captioned.is_empty() {
            self.others(table, field, grid);
        }
        let mut row = 0;
        while row < field.rows {
            let only = Some(captioned.as_slice()).filter(|only| row == 0 && !only.is_empty());
            let named = only.and_then(|only| self.heading(field, row, 0, Some(only), grid));
            match named.or_else(|| self.heading(field, row, 0, None, grid)) {
                Some(heading) => row = self.read_list(table, field, &heading, field.rows, grid).max(row + 1),
                None => row += 1,
            }
        }
    }

    /// The lists a label may name: tables among the fields, those of this grid first.
    fn list_named(&self, text: &str, grid: Option<usize>) -> Vec<usize> {
        let named = self.labels.named(text);
        let names = |target: &Target| match target {
            Target::Head(entry) => named.iter().any(|it| it.owner == super::Owner::Head && it.entry == *entry),
            Target::Rows(of) => {
                named.iter().any(|it| it.owner == super::Owner::Grid(of.grid) && it.entry == of.column)
                    || key(&of.name) == key(text)
            }
            Target::Grid(_) => false,
        };
        let lists = self.labels.lines.iter().enumerate();
        let mut found: Vec<usize> = lists.filter(|(_, one)| names(&one.target)).map(|(place, _)| place).collect();
        found.sort_by_key(|place| !of_grid(&self.labels.lines[*place].target, grid));
        found
    }

    /// The headings in a row, if it has any. `only` are the lists it may be of, where a label said so.
    pub(super) fn heading(
        &self,
        field: &Field<'_>,
        row: usize,
        first: usize,
        only: Option<&[usize]>,
        grid: Option<usize>,
    ) -> Option<Heading> {
        let cells = field.row(row, first);
        let fresh = |place: &usize| field.slots[*place].row == row && !field.taken[*place];
        if cells.len() < 2 && only.is_none() || cells.is_empty() || !cells.iter().all(fresh) {
            return None;
        }
        if cells.iter().any(|place| is_blank(&Type::Name, &field.slots[*place].text)) {
            return None;
        }
        let counted = |place: &&usize| is_counter(&field.slots[**place].text);
        let counters = cells.iter().filter(counted).count();
        let mut best: Option<(usize, Heading)> = None;
        for lines in 0..self.labels.lines.len() {
            if only.is_some_and(|only| !only.contains(&lines)) {
                continue;
            }
            let asked = &self.labels.lines[lines];
            let named: Vec<(usize, Option<usize>)> =
                cells.iter().map(|place| (*place, asked.column(&field.slots[*place].text))).collect();
            let hits = named.iter().filter(|(_, entry)| entry.is_some()).count();
            let least = if only.is_some() { 1 } else { 2 };
            if hits < least || hits * 2 <= cells.len() - counters {
                continue;
            }
            if only.is_none() && !(adjacent(&named) && self.values_below(field, row, &named)) {
                continue;
            }
            let rank = hits * 2 + usize::from(of_grid(&asked.target, grid));
            if best.as_ref().is_none_or(|(most, _)| rank > *most) {
                let tall = cells.iter().map(|place| field.slots[*place].rows).max().unwrap_or(1);
                let over = named.iter().map(|(place, entry)| (field.slots[*place].text.clone(), *entry)).collect();
                best = Some((rank, Heading { lines, below: row + tall, first, cells: cells.clone(), over }));
            }
        }
        best.map(|(_, heading)| heading)
    }

    /// Below the headings of a list stand values; below labels that have theirs beside them stand labels.
    fn values_below(&self, field: &Field<'_>, row: usize, named: &[(usize, Option<usize>)]) -> bool {
        let below = |place: usize| {
            let slot = &field.slots[place];
            field.at(row + slot.rows, slot.column).map(|below| &field.slots[below].text)
        };
        let mut found = named.iter().filter(|(_, entry)| entry.is_some()).map(|(place, _)| below(*place));
        found.all(|text| text.is_some_and(|text| self.labels.named(text).is_empty()))
    }

    /// Reads the lines below a heading; gives the row after them.
    pub(super) fn read_list(
        &mut self,
        table: &Table,
        field: &mut Field<'_>,
        heading: &Heading,
        last: usize,
        grid: Option<usize>,
    ) -> usize {
        self.known.insert(table.paper);
        let asked = &self.labels.lines[heading.lines];
        let (target, name) = (asked.target.clone(), asked.name.clone());
        let mut lines = Vec::new();
        heading.cells.iter().for_each(|place| field.taken[*place] = true);
        let mut row = heading.below;
        while row < last.min(field.rows) {
            let cells = field.row(row, heading.first);
            let own: Vec<usize> = cells.iter().copied().filter(|place| field.slots[*place].row == row).collect();
            let whole = cells.len() == heading.over.len();
            match self.beside_lines(table, field, heading, row, lines.len()) {
                Beside::Nothing if !whole => {
                    let texts = || own.iter().map(|place| field.slots[*place].text.as_str());
                    if own.len() == 1 || texts().any(|text| !self.labels.named(text).is_empty()) {
                        break;
                    }
                    if texts().any(|text| !is_blank(&Type::Name, text)) {
                        let place = format!("{} 第{}行", table.place, row + 1);
                        self.fault(place, "这一行的格子与表头对不上。请不要合并或拆分单元格，每格分别填写。");
                    }
                }
                Beside::Nothing if self.heading(field, row, heading.first, None, grid).is_some() => break,
                Beside::Nothing => lines.extend(self.line(table, field, heading, row, &cells)),
                Beside::Said => {}
                Beside::Labels => {
                    row += 1;
                    continue;
                }
            }
            own.iter().for_each(|place| field.taken[*place] = true);
            row += 1;
        }
        self.ran = (row == field.rows).then(|| Ran { paper: table.paper, heading: heading.clone() });
        let counted = heading.counter().is_some();
        self.lists.push(List { paper: table.paper, target, name, lines, counted });
        row
    }

    /// One line; nothing when nothing stands in it.
    fn line(
        &mut self,
        table: &Table,
        field: &Field<'_>,
        heading: &Heading,
        row: usize,
        cells: &[usize],
    ) -> Option<FilledLine> {
        let place = format!("{} 第{}行", table.place, row + 1);
        let mut line = FilledLine { item: None, place: place.clone(), cells: Vec::new() };
        for (at, (label, entry)) in cells.iter().zip(&heading.over) {
            let slot = &field.slots[*at];
            if slot.rows > 1 && !is_blank(&Type::Name, &slot.text) {
                let (at, asked) = (place_of(table, row, label), &self.labels.lines[heading.lines]);
                // what is said of the cell is said of all its lines
                let stood = entry.map(|entry| (place.clone(), asked.entries[entry].name.clone()));
                let standing = Standing { label: flat(label), place: at.clone(), wrong: true };
                self.laid.stood.extend(stood.map(|stood| (stood, standing)));
                if slot.row == row {
                    self.fault(at, "请取消合并单元格，每格分别填写。");
                }
                continue;
            }
            let asked = &self.labels.lines[heading.lines];
            let at = place_of(table, row, label);
            match entry {
                Some(entry) => {
                    let (asked, name) = (&asked.entries[*entry], asked.names[*entry].clone());
                    let stood = (place.clone(), asked.name.clone());
                    let standing = Standing { label: flat(label), place: at.clone(), wrong: false };
                    let picture = self.image(&[slot]);
                    let taken = picture.image.clone().filter(|_| is_file(asked)).map(|it| (asked.title.clone(), it));
                    let mut wrong = false;
                    match raw(asked, slot.said(&asked.kind), picture) {
                        Ok(Raw::Empty) => {}
                        Ok(raw) => line.cells.push(Cell { name, raw, place: at }),
                        Err(say) => {
                            wrong = true;
                            self.fault(at, format!("“{}”{say}", flat(label)));
                        }
                    }
                    self.laid.stood.insert(stood, Standing { wrong, ..standing });
                    taken.iter().for_each(|(title, image)| self.attach(title, image));
                }
                None if is_blank(&Type::Name, &slot.text) => {}
                None if key(label) == key(ITEM_HEADING) => match slot.text.trim().parse() {
                    Ok(item) => line.item = Some(item),
                    Err(_) => self.fault(at, "这一行的编号被改动。请重新取一份填写。"),
                },
                None if is_counter(label) => {}
                None => line.cells.push(Cell { name: flat(label), raw: Raw::Text(slot.text.clone()), place: at }),
            }
        }
        (!line.cells.is_empty()).then_some(line)
    }
}

fn of_grid(target: &Target, grid: Option<usize>) -> bool {
    match target {
        Target::Grid(own) => Some(*own) == grid,
        Target::Rows(of) => Some(of.grid) == grid,
        Target::Head(_) => false,
    }
}

pub(super) fn is_counter(text: &str) -> bool {
    COUNTERS.iter().any(|counter| key(text) == *counter)
}

/// Two headings of a list stand side by side.
fn adjacent(named: &[(usize, Option<usize>)]) -> bool {
    named.windows(2).any(|pair| pair.iter().all(|(_, entry)| entry.is_some()))
}
