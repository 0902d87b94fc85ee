//! The cells of a workbook, sparse and bounded, as they are stored.

use crate::spool::forms::{
    CELL_UNITS_MAX, SHEET_NAME_BYTES_MAX, SHEET_ROWS_MAX, WORKBOOK_ANSWERS_BYTES_MAX, WORKBOOK_CELLS_MAX,
    WORKBOOK_SHEETS_MAX, WORKBOOK_TEXT_BYTES_MAX, cells, tree,
};
use crate::submission::{Fault, Raw};
use calamine::{DataRef, Dimensions, ExcelDateTime, Reader, SheetType, Xlsx, XlsxError, XlsxFormulaMetadata};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::rc::Rc;

/// Rows of titles and notes a sheet may have beside its rows of answers.
const ROWS_ABOVE: usize = 300;
/// What a cell takes beside its texts, in bytes, roughly.
const ANSWER_BYTES: usize = 100;

/// One worksheet: what stands in it, by 0-based row and column.
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) cells: BTreeMap<(u32, u32), Raw>,
    pub(super) merged: Vec<Dimensions>,
    /// bytes that answers may still take, over all sheets
    left: Rc<Cell<usize>>,
}

impl Sheet {
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
pub(super) fn too_many_rows(sheet: &str) -> Fault {
    Fault::at(sheet, format!("超过{SHEET_ROWS_MAX}行，没有读取。请分成几份交，并删去多余的行。"))
}

/// The one sentence about answers without end.
pub(super) fn too_much(sheet: &str) -> Fault {
    Fault::at(sheet, "内容或者表头过长，没有读取。请缩短表头，删去不需要的内容，或者分成几份交。")
}

/// All worksheets of a workbook.
pub(super) fn sheets(name: &str, bytes: &[u8]) -> Result<Vec<Sheet>, Fault> {
    let broken = |_: XlsxError| Fault::at(name, "表格已损坏，读不出来。请在 WPS 或 Excel 中打开，另存一份再交。");
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let listed = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let names: Vec<String> = listed.map(|sheet| sheet.name.clone()).collect();
    if names.len() > WORKBOOK_SHEETS_MAX {
        return Err(Fault::at(name, format!("工作表过多（超过{WORKBOOK_SHEETS_MAX}页），没有读取。请删去多余的页。")));
    }
    if names.iter().any(|sheet| sheet.len() > SHEET_NAME_BYTES_MAX) {
        return Err(Fault::at(name, "工作表的名称过长，没有读取。请改短后再交。"));
    }
    let left = Rc::new(Cell::new(WORKBOOK_ANSWERS_BYTES_MAX));
    let mut sheets = Vec::new();
    let mut taken = Taken::default();
    for sheet in names {
        let merged = workbook.merge_cells_by_sheet_name(&sheet).map_err(broken)?;
        let mut cells = BTreeMap::new();
        let mut rows = BTreeSet::new();
        let mut reader = workbook.worksheet_cells_reader(&sheet).map_err(broken)?;
        // Not the call that spreads a shared formula: it makes room for as many as the file says, and writes each out.
        while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(broken)? {
            // looked at while it is still the one copy that all cells share
            taken.add(name, &sheet, cell.pos, text_of(&cell.value, cell.formula.as_ref()))?;
            let raw = cell.formula.map_or_else(|| raw(&cell.value), formula);
            if raw == Raw::Empty {
                continue;
            }
            taken.cells += 1;
            rows.insert(cell.pos.0);
            if rows.len() > SHEET_ROWS_MAX + ROWS_ABOVE {
                return Err(too_many_rows(&sheet));
            }
            if taken.cells > WORKBOOK_CELLS_MAX {
                return Err(Fault::at(
                    name,
                    format!("表格里的内容过多（超过{WORKBOOK_CELLS_MAX}格），没有读取。请分成几份交。"),
                ));
            }
            cells.insert(cell.pos, raw);
        }
        sheets.push(Sheet { name: sheet, cells, merged, left: Rc::clone(&left) });
    }
    Ok(sheets)
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
            let place = format!("{sheet}!{}", cells::name(at.0, at.1));
            return Err(Fault::at(
                place,
                format!("这一格的文字超过{CELL_UNITS_MAX}个字，没有读取。请缩短，或者另附文件。"),
            ));
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

/// The text of a cell as it lies in the file.
fn text_of<'a>(value: &'a DataRef<'_>, formula: Option<&'a XlsxFormulaMetadata>) -> &'a str {
    match (formula, value) {
        (Some(XlsxFormulaMetadata::Normal { formula } | XlsxFormulaMetadata::Shared { formula, .. }), _) => formula,
        (_, DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text)) => text,
        (_, DataRef::SharedString(text)) => text,
        _ => "",
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "calamine's enum may grow")]
fn formula(formula: XlsxFormulaMetadata) -> Raw {
    match formula {
        XlsxFormulaMetadata::Normal { formula } | XlsxFormulaMetadata::Shared { formula, .. } => {
            Raw::Formula(format!("={formula}"))
        }
        // one that is written out at another cell: that it is a formula is all that counts
        _ => Raw::Formula("=".to_owned()),
    }
}

fn raw(value: &DataRef<'_>) -> Raw {
    match value {
        DataRef::Empty => Raw::Empty,
        DataRef::Int(number) => Raw::Number(*number as f64),
        DataRef::Float(number) => Raw::Number(*number),
        DataRef::String(text) => tree::trimmed(text),
        DataRef::SharedString(text) => tree::trimmed(text),
        DataRef::Bool(flag) => Raw::Flag(*flag),
        DataRef::DateTime(moment) => date(moment),
        DataRef::DateTimeIso(text) => Raw::Date(text.trim_end_matches("T00:00:00").chars().take(16).collect()),
        DataRef::DurationIso(text) => Raw::Text(text.clone()),
        DataRef::Error(error) => Raw::Broken(error.to_string()),
    }
}

fn date(moment: &ExcelDateTime) -> Raw {
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
