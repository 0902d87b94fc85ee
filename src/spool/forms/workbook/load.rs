//! The cells of a workbook, sparse and bounded, as they are stored.

use super::struck;
use crate::spool::forms::{
    CELL_UNITS_MAX, SHARED_TEXTS_BYTES_MAX, SHEET_COLUMNS_MAX, SHEET_NAME_BYTES_MAX, SHEET_ROWS_MAX,
    WORKBOOK_ANSWERS_BYTES_MAX, WORKBOOK_CELLS_MAX, WORKBOOK_SHEETS_MAX, WORKBOOK_TEXT_BYTES_MAX, cells, tree,
};
use crate::submission::{Fault, Raw};
use calamine::{Dimensions, ExcelDateTime, ExcelDateTimeType};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Rows of titles and notes a sheet may have beside its rows of answers.
const ROWS_ABOVE: usize = 300;
/// Numbers that may be days: from 1927 (1931 where they are counted from 1904) to 2173. What is written as a year, or as
/// `20260701`, is none.
const DAYS: std::ops::RangeInclusive<f64> = 10_000.0..=99_999.0;
/// Rows and columns that no program has; beyond them a place is a lie.
const FARTHEST: u32 = 1 << 24;
/// Places of merged cells in one workbook at most.
const WORKBOOK_MERGED_MAX: usize = 50_000;
/// Percentages from here on are no percentages; a cell keeps fifteen digits.
const PERCENT_BELOW: f64 = 1e9;
/// What a cell takes beside its texts, in bytes, roughly.
const ANSWER_BYTES: usize = 100;

/// One worksheet: what stands in it, by 0-based row and column.
pub(in crate::spool::forms) struct Sheet {
    pub(super) name: String,
    pub(super) cells: BTreeMap<(u32, u32), Raw>,
    pub(super) merged: Vec<Dimensions>,
    /// hidden by whoever made it
    pub(in crate::spool::forms) hidden: bool,
    /// rows hidden by hand or by a filter, counted from 0; empty for what calamine reads, which does not tell
    hidden_rows: BTreeSet<u32>,
    /// the same of columns, each with the last one behind it that is hidden too
    hidden_columns: Vec<(u32, u32)>,
    /// cells with a comment of somebody's, where the reader tells
    pub(in crate::spool::forms) comments: Vec<String>,
    /// cells with words that are struck out, which are not read
    pub(in crate::spool::forms) struck: Vec<String>,
    /// its days are counted from 1904
    pub(super) since_1904: bool,
    /// bytes that answers may still take, over all sheets
    left: Rc<Cell<usize>>,
}

impl Sheet {
    /// A sheet that stands alone: a list from a text file.
    pub(in crate::spool::forms) fn alone(name: String, cells: BTreeMap<(u32, u32), Raw>) -> Sheet {
        let left = Rc::new(Cell::new(WORKBOOK_ANSWERS_BYTES_MAX));
        Sheet {
            name,
            cells,
            merged: Vec::new(),
            hidden: false,
            hidden_rows: BTreeSet::new(),
            hidden_columns: Vec::new(),
            comments: Vec::new(),
            struck: Vec::new(),
            since_1904: false,
            left,
        }
    }

    /// A number in a column of days as the day it is: the cell lost its format, not its meaning.
    pub(super) fn day(&self, raw: &Raw) -> Raw {
        let days = if let Raw::Number(number) = raw { Some(*number) } else { None };
        match days.filter(|days| DAYS.contains(days) && days.fract() == 0.0) {
            Some(days) => date(&ExcelDateTime::new(days, ExcelDateTimeType::DateTime, self.since_1904)),
            None => raw.clone(),
        }
    }

    /// Counts one answer of this sheet; false when the workbook has no more room for it. A heading is repeated for each
    /// cell below it, and a description may name a sheet again and again.
    pub(super) fn spend(&self, heading: &str, raw: &Raw) -> bool {
        let text = match raw {
            Raw::Text(text) | Raw::Date(text) | Raw::Formula(text) | Raw::Broken(text) => text.len(),
            Raw::Empty | Raw::Number(_) | Raw::Flag(_) | Raw::List(_) | Raw::Map(_) => 0,
        };
        let left = self.left.get().checked_sub(ANSWER_BYTES + heading.len() + self.name.len() + text);
        self.left.set(left.unwrap_or_default());
        left.is_some()
    }

    /// The text in a cell.
    pub(super) fn text(&self, row: u32, column: u32) -> Option<String> {
        if let Some(Raw::Text(text)) = self.cells.get(&(row, column)) { Some(text.clone()) } else { None }
    }

    /// The cells of a row, by column.
    pub(super) fn row(&self, row: u32) -> impl Iterator<Item = (u32, &Raw)> {
        self.cells.range((row, 0)..=(row, u32::MAX)).map(|((_, column), raw)| (*column, raw))
    }

    /// The last row with something in it.
    pub(super) fn last_row(&self) -> u32 {
        self.cells.last_key_value().map_or(0, |((row, _), _)| *row)
    }

    /// The hidden rows with something in them, as people count them.
    pub(in crate::spool::forms) fn hidden_rows(&self) -> impl Iterator<Item = u32> {
        self.hidden_rows.iter().filter(|row| self.row(**row).next().is_some()).map(|row| row + 1)
    }

    /// The hidden columns with something in them, counted from 0.
    pub(in crate::spool::forms) fn hidden_columns(&self) -> impl Iterator<Item = u32> {
        let hidden = |column: &u32| self.hidden_columns.iter().any(|(from, to)| (*from..=*to).contains(column));
        let found: BTreeSet<u32> = match self.hidden_columns.is_empty() {
            true => BTreeSet::new(),
            false => self.cells.keys().map(|(_, column)| *column).filter(hidden).collect(),
        };
        found.into_iter()
    }

    /// Whether a column has a cell with this text.
    pub(in crate::spool::forms) fn has_text(&self, column: u32, text: &str) -> bool {
        self.cells.iter().any(|(at, raw)| at.1 == column && matches!(raw, Raw::Text(here) if here == text))
    }

    /// The rows below one that have something in them.
    pub(super) fn rows_below(&self, row: u32) -> BTreeSet<u32> {
        self.cells.range((row + 1, 0)..).map(|((row, _), _)| *row).collect()
    }
}

/// `C7:D8`
pub(super) fn range(merged: &Dimensions) -> String {
    format!("{}:{}", cells::name(merged.start.0, merged.start.1), cells::name(merged.end.0, merged.end.1))
}

/// The one sentence about a sheet too long.
pub(in crate::spool::forms) fn too_many_rows(sheet: &str) -> Fault {
    Fault::at(sheet, format!("超过{SHEET_ROWS_MAX}行，没有读取。请分成几份交，并删去多余的行。"))
}

/// The one sentence about a sheet too wide.
pub(in crate::spool::forms) fn too_many_columns(sheet: &str) -> Fault {
    Fault::at(sheet, format!("超过{SHEET_COLUMNS_MAX}列，没有读取。请删去多余的列。"))
}

/// The one sentence about a text too long for a cell.
pub(in crate::spool::forms) fn too_long(sheet: &str, (row, column): (u32, u32)) -> Fault {
    let place = format!("{sheet}!{}", cells::name(row, column));
    Fault::at(place, format!("这一格的文字超过{CELL_UNITS_MAX}个字，没有读取。请缩短，或者另附文件。"))
}

/// The one sentence about answers without end.
pub(super) fn too_much(sheet: &str) -> Fault {
    Fault::at(sheet, "内容或者表头过长，没有读取。请缩短表头，删去不需要的内容，或者分成几份交。")
}

/// The one sentence about a table of texts too long.
pub(super) fn too_many_texts(name: &str) -> Fault {
    let most = SHARED_TEXTS_BYTES_MAX / 1024 / 1024;
    Fault::at(name, format!("表格里的文字过多（超过{most}MB或{WORKBOOK_CELLS_MAX}条），没有读取。请分成几份交。"))
}

/// The one sentence about a workbook nobody can read.
pub(super) fn broken(name: &str) -> Fault {
    Fault::at(name, "表格已损坏，读不出来。请在 WPS 或 Excel 中打开，另存一份再交。")
}

/// The one sentence about a password.
pub(super) fn locked(name: &str) -> Fault {
    Fault::at(name, "表格设了打开密码，读不出来。请取消密码后再交。")
}

/// Sheets being read, cell by cell, within the limits.
#[derive(Default)]
pub(super) struct Gathering {
    name: String,
    pub(super) sheets: Vec<Sheet>,
    taken: Taken,
    /// rows of the sheet being read that have something in them
    rows: BTreeSet<u32>,
    merged: usize,
    left: Rc<Cell<usize>>,
}

impl Gathering {
    pub(super) fn new(name: &str) -> Gathering {
        Gathering {
            name: name.to_owned(),
            left: Rc::new(Cell::new(WORKBOOK_ANSWERS_BYTES_MAX)),
            ..Gathering::default()
        }
    }

    /// Begins the next sheet.
    pub(super) fn begin(&mut self, title: &str, hidden: bool) -> Result<(), Fault> {
        if self.sheets.len() >= WORKBOOK_SHEETS_MAX {
            return Err(too_many_sheets(&self.name));
        }
        if title.len() > SHEET_NAME_BYTES_MAX {
            return Err(Fault::at(&self.name, "工作表的名称过长，没有读取。请改短后再交。"));
        }
        self.rows.clear();
        let alone = Sheet::alone(title.to_owned(), BTreeMap::new());
        self.sheets.push(Sheet { hidden, left: Rc::clone(&self.left), ..alone });
        Ok(())
    }

    /// Says from when the days of the sheet are counted.
    pub(super) fn since_1904(&mut self, so: bool) {
        self.sheets.iter_mut().for_each(|sheet| sheet.since_1904 = so);
    }

    /// Notes that a row of the sheet is hidden.
    pub(super) fn hide(&mut self, row: u32) {
        self.sheets.last_mut().into_iter().for_each(|sheet| sheet.hidden_rows.extend((row <= FARTHEST).then_some(row)));
    }

    /// Notes that columns of the sheet are hidden.
    pub(super) fn hide_columns(&mut self, from: u32, to: u32) {
        let sheet = self.sheets.last_mut().filter(|sheet| sheet.hidden_columns.len() < SHEET_COLUMNS_MAX);
        sheet.into_iter().for_each(|sheet| sheet.hidden_columns.push((from, to)));
    }

    /// Notes a comment on a cell of the sheet.
    pub(super) fn comment(&mut self, (row, column): (u32, u32)) {
        let sheet = self.sheets.last_mut().filter(|sheet| sheet.comments.len() < SHEET_ROWS_MAX);
        sheet.into_iter().for_each(|sheet| sheet.comments.push(cells::name(row, column)));
    }

    /// Notes that words of a cell are struck out: they were left out of its text.
    pub(super) fn struck(&mut self, (row, column): (u32, u32)) {
        let sheet = self.sheets.last_mut().filter(|sheet| sheet.struck.len() < SHEET_ROWS_MAX);
        sheet.into_iter().for_each(|sheet| sheet.struck.push(cells::name(row, column)));
    }

    /// Strikes a cell out: nothing is read of it but what says of itself that it is not struck.
    pub(super) fn strike(&mut self, at: (u32, u32)) {
        let Some(sheet) = self.sheets.last_mut() else { return };
        let Some(raw) = sheet.cells.remove(&at) else { return };
        let text = if let Raw::Text(text) = &raw { struck::left(text, true) } else { None };
        let (text, cut) = text.unwrap_or((String::new(), true));
        let left = tree::trimmed(&text);
        sheet.cells.extend((left != Raw::Empty).then_some((at, left)));
        if cut {
            self.struck(at);
        }
    }

    /// Ends a sheet whose texts of runs were marked: what was to be struck out is.
    pub(super) fn unmark(&mut self) {
        let Some(sheet) = self.sheets.last_mut() else { return };
        let mut cut = Vec::new();
        sheet.cells.retain(|at, raw| {
            let text = if let Raw::Text(text) = &*raw { struck::left(text, false) } else { None };
            if let Some((text, is_cut)) = text {
                cut.extend(is_cut.then_some(*at));
                *raw = tree::trimmed(&text);
            }
            *raw != Raw::Empty
        });
        cut.into_iter().for_each(|at| self.struck(at));
    }

    /// Reads a number as the percentage that its cell shows.
    pub(super) fn percent(&mut self, at: (u32, u32)) {
        let cell = self.sheets.last_mut().and_then(|sheet| sheet.cells.get_mut(&at));
        cell.into_iter().for_each(|raw| *raw = percent(raw));
    }

    /// Notes cells merged into one.
    pub(super) fn merge(&mut self, merged: Dimensions) -> Result<(), Fault> {
        let (start, end) = (merged.start, merged.end);
        if start.0 > end.0 || start.1 > end.1 || end.0 > FARTHEST || end.1 > FARTHEST {
            return Err(broken(&self.name));
        }
        self.merged += 1;
        if self.merged > WORKBOOK_MERGED_MAX {
            return Err(Fault::at(&self.name, "合并的单元格过多，没有读取。请取消合并后再交。"));
        }
        self.sheets.last_mut().into_iter().for_each(|sheet| sheet.merged.push(merged));
        Ok(())
    }

    /// Puts a cell into the sheet: its text as it lies in the file is counted before anything is made of it.
    pub(super) fn put(&mut self, at: (u32, u32), text: &str, raw: impl FnOnce() -> Raw) -> Result<(), Fault> {
        if at.0 > FARTHEST || at.1 > FARTHEST {
            return Err(broken(&self.name));
        }
        let Some(sheet) = self.sheets.last_mut() else { return Ok(()) };
        self.taken.add(&self.name, &sheet.name, at, text)?;
        let raw = raw();
        if raw == Raw::Empty {
            return Ok(());
        }
        self.taken.cells += 1;
        self.rows.insert(at.0);
        if self.rows.len() > SHEET_ROWS_MAX + ROWS_ABOVE {
            return Err(too_many_rows(&sheet.name));
        }
        if self.taken.cells > WORKBOOK_CELLS_MAX {
            let say = format!("表格里的内容过多（超过{WORKBOOK_CELLS_MAX}格），没有读取。请分成几份交。");
            return Err(Fault::at(&self.name, say));
        }
        sheet.cells.insert(at, raw);
        Ok(())
    }
}

pub(super) fn too_many_sheets(name: &str) -> Fault {
    Fault::at(name, format!("工作表过多（超过{WORKBOOK_SHEETS_MAX}页），没有读取。请删去多余的页。"))
}

/// What was read so far, over all sheets.
#[derive(Default)]
struct Taken {
    cells: usize,
    text_bytes: usize,
}

impl Taken {
    /// Counts a cell's text in, or says why it is too much.
    fn add(&mut self, name: &str, sheet: &str, at: (u32, u32), text: &str) -> Result<(), Fault> {
        // a UTF-16 unit takes one byte at least, so most cells need no second look
        if text.len() > CELL_UNITS_MAX && text.encode_utf16().count() > CELL_UNITS_MAX {
            return Err(too_long(sheet, at));
        }
        self.text_bytes = self.text_bytes.saturating_add(text.len());
        if self.text_bytes > WORKBOOK_TEXT_BYTES_MAX {
            let most = WORKBOOK_TEXT_BYTES_MAX / 1024 / 1024;
            let say =
                format!("表格里的文字过多（各格合计超过{most}MB），没有读取。请删去不需要的内容，或者分成几份交。");
            return Err(Fault::at(name, say));
        }
        Ok(())
    }
}

pub(super) fn date(moment: &ExcelDateTime) -> Raw {
    let (year, month, day, hour, minute, _, _) = moment.to_ymd_hms_milli();
    let days = moment.as_f64();
    if !days.is_finite() || days < 0.0 {
        return Raw::Number(days);
    }
    // a time of day is stored as a part of day zero
    if days < 1.0 {
        return Raw::Text(format!("{hour:02}:{minute:02}"));
    }
    let text = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute) == (0, 0) { Raw::Date(text) } else { Raw::Date(format!("{text}T{hour:02}:{minute:02}")) }
}

/// A number whose cell shows it as a percentage: `0.95` as `95%`; anything else as it is.
pub(super) fn percent(raw: &Raw) -> Raw {
    let number = if let Raw::Number(number) = raw { Some(number * 100.0) } else { None };
    // the noise of the multiplication is no digit that was typed
    let shown = number.filter(|shown| shown.abs() < PERCENT_BELOW).and_then(|it| format!("{it:.11e}").parse().ok());
    shown.map_or_else(|| raw.clone(), |shown: f64| Raw::Text(format!("{shown}%")))
}

/// The signs of a format of numbers that stand for something: not what it quotes, colours and conditions.
pub(super) fn signs(format: &str) -> String {
    let mut characters = format.chars();
    let mut signs = String::new();
    let mut end = None;
    while let Some(c) = characters.next() {
        match (end, c) {
            (Some(wanted), c) => end = Some(wanted).filter(|wanted| *wanted != c),
            (None, '"') => end = Some('"'),
            (None, '[') => end = Some(']'),
            (None, '\\' | '_' | '*') => drop(characters.next()),
            (None, c) => signs.push(c),
        }
    }
    signs
}
