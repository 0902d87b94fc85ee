//! The rows below a heading: which of them are answers, and which a person would pass over too.
//!
//! A line of totals, a heading repeated on the next printed page, the running numbers of the columns and notes below the table
//! are not rows of answers. What is passed over and holds words of the office is told ([`Filled::remarks`]).
//!
//! [`Filled::remarks`]: crate::submission::Filled::remarks

use super::load::{self, Sheet};
use super::plain_text;
use crate::spool::forms::layout::bare;
use crate::spool::forms::plain::item;
use crate::spool::forms::{SHEET_COLUMNS_MAX, SHEET_ROWS_MAX, cells};
use crate::submission::read::{NOTES, is_totals, key};
use crate::submission::{Cell, Fault, FilledLine};
use std::collections::{BTreeMap, BTreeSet};

/// Notes after which lines with one text only go on with them.
const LONG_NOTES: [&str; 4] = ["备注", "说明", "注", "填表说明"];

/// What stands over the columns.
#[derive(Default)]
pub(super) struct Columns {
    /// the heading of each column that has one
    pub(super) names: BTreeMap<u32, String>,
    /// the column of item ids
    pub(super) ids: Option<u32>,
    /// columns of days, where that is known: a number in them is one
    pub(super) days: BTreeSet<u32>,
    /// columns that say nothing: running numbers
    pub(super) idle: BTreeSet<u32>,
    /// labels of single values, which may stand below the rows
    pub(super) labels: BTreeSet<String>,
}

impl Columns {
    /// Where the headings stand, in one row or two, as [`Filled::headings_at`] has it.
    ///
    /// [`Filled::headings_at`]: crate::submission::Filled::headings_at
    pub(super) fn places(&self, sheet: &Sheet, first_row: u32, last_row: u32) -> BTreeMap<String, String> {
        let named = |column: &u32| {
            let upper =
                !sheet.cells.contains_key(&(last_row, *column)) && sheet.cells.contains_key(&(first_row, *column));
            let row = if upper { first_row } else { last_row };
            let place = |cell: String| format!("{}!{cell}", sheet.name);
            (place(cells::letters(*column)), place(cells::name(row, *column)))
        };
        self.names.keys().map(named).collect()
    }
}

/// What was read below a heading.
#[derive(Default)]
pub(super) struct Below {
    pub(super) lines: Vec<FilledLine>,
    /// rows of notes
    pub(super) notes: Vec<u32>,
    pub(super) remarks: Vec<String>,
}

/// What a row below a heading is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Answers,
    /// the heading again, or the numbers of the columns
    Heading,
    Totals,
    Note,
}

/// Reads the rows below row `heading`.
pub(super) fn below(sheet: &Sheet, heading: u32, columns: &Columns, faults: &mut Vec<Fault>) -> Below {
    let mut below = Below::default();
    if columns.names.len() > SHEET_COLUMNS_MAX {
        faults.push(load::too_many_columns(&sheet.name));
        return below;
    }
    let mut strays = BTreeSet::new();
    let mut answers = BTreeSet::new();
    let mut noted = false;
    for row in sheet.rows_below(heading) {
        let kind = kind(sheet, row, row == heading + 1, columns, noted);
        match kind {
            Kind::Heading => continue,
            Kind::Totals => {
                below.remarks.push(format!("{}是合计，没有作为一行读取。", place(sheet, row)));
                continue;
            }
            Kind::Note => {
                noted = noted || is_long_note(sheet, row);
                below.notes.push(row);
                continue;
            }
            Kind::Answers => {
                answers.insert(row);
            }
        }
        let Some(line) = line(sheet, row, columns, &mut strays, faults) else { return Below::default() };
        if line.item.is_some() || !line.cells.is_empty() {
            below.lines.push(line);
        }
    }
    merged(sheet, heading, &answers, columns, faults);
    if below.lines.len() > SHEET_ROWS_MAX {
        faults.push(load::too_many_rows(&sheet.name));
        return Below::default();
    }
    below
}

/// One row of answers; `None` when the workbook has no more room for it.
fn line(
    sheet: &Sheet,
    row: u32,
    columns: &Columns,
    strays: &mut BTreeSet<u32>,
    faults: &mut Vec<Fault>,
) -> Option<FilledLine> {
    let mut line = FilledLine { item: None, place: place(sheet, row), cells: Vec::new() };
    for (column, raw) in sheet.row(row) {
        let place = format!("{}!{}", sheet.name, cells::name(row, column));
        match columns.names.get(&column) {
            Some(name) if !sheet.spend(name, raw) => {
                faults.push(load::too_much(&sheet.name));
                return None;
            }
            Some(name) => {
                let raw = if columns.days.contains(&column) { sheet.day(raw) } else { raw.clone() };
                line.cells.push(Cell { name: name.clone(), raw, place });
            }
            None if columns.ids == Some(column) => match item(raw) {
                Some(id) => line.item = Some(id),
                None => faults.push(Fault::at(&line.place, "这一行隐藏的编号被改动。请重新取一份填写。")),
            },
            None if columns.idle.contains(&column) => {}
            None if strays.insert(column) => {
                faults.push(Fault::at(place, "这一列没有表头，不知道填的是什么。请填到有表头的列里。"));
            }
            None => {}
        }
    }
    Some(line)
}

fn place(sheet: &Sheet, row: u32) -> String {
    format!("{} 第{}行", sheet.name, row + 1)
}

fn kind(sheet: &Sheet, row: u32, first: bool, columns: &Columns, noted: bool) -> Kind {
    let has_item = columns.ids.is_some_and(|ids| sheet.cells.contains_key(&(row, ids)));
    let texts: Vec<(u32, String)> =
        sheet.row(row).filter_map(|(column, raw)| plain_text(raw).map(|text| (column, text))).collect();
    let Some((_, leading)) = texts.first().filter(|_| !has_item) else { return Kind::Answers };
    let again = |(column, text): &(u32, String)| columns.names.get(column).is_some_and(|name| bare(name) == bare(text));
    if texts.len() > 1 && texts.iter().filter(|text| !columns.idle.contains(&text.0)).all(again) {
        return Kind::Heading;
    }
    if first && is_numbered(&texts) {
        return Kind::Heading;
    }
    let word = bare(leading);
    if is_totals(&word, texts.len()) {
        return Kind::Totals;
    }
    let label = key(word.split_once(['：', ':']).map_or(word.as_str(), |(label, _)| label));
    let alone = sheet.row(row).count() == 1;
    let labelled = NOTES.contains(&label.as_str()) || columns.labels.contains(&label);
    if labelled || noted && alone { Kind::Note } else { Kind::Answers }
}

fn is_long_note(sheet: &Sheet, row: u32) -> bool {
    let leading = sheet.row(row).find_map(|(_, raw)| plain_text(raw)).map(|text| bare(&text)).unwrap_or_default();
    leading.split_once(['：', ':']).is_some_and(|(label, _)| LONG_NOTES.contains(&label))
}

/// `1 2 3 …` or `甲 乙 1 2 …` below a heading: the numbers of the columns.
fn is_numbered(texts: &[(u32, String)]) -> bool {
    let stems = ["甲", "乙", "丙", "丁", "戊"];
    let lettered = texts.iter().zip(stems).take_while(|((_, text), stem)| text == stem).count();
    let rest = texts.iter().skip(lettered);
    let numbered = (1..).zip(rest).all(|(number, (_, text))| *text == number.to_string());
    texts.len() > 2 && numbered
}

fn merged(sheet: &Sheet, heading: u32, answers: &BTreeSet<u32>, columns: &Columns, faults: &mut Vec<Fault>) {
    for merged in &sheet.merged {
        let over = columns.names.keys().any(|column| (merged.start.1..=merged.end.1).contains(column));
        let within = answers.range(merged.start.0.max(heading + 1)..=merged.end.0.max(heading + 1)).next().is_some();
        if over && within && merged.end.0 > heading {
            faults
                .push(Fault::at(format!("{}!{}", sheet.name, load::range(merged)), "请取消合并单元格，每格分别填写。"));
        }
    }
}
