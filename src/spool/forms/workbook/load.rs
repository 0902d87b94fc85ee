//! The cells of a workbook, sparse and bounded, as they are stored.

use crate::spool::forms::{SHEET_ROWS_MAX, WORKBOOK_CELLS_MAX, cells, tree};
use crate::submission::{Fault, Raw};
use calamine::{DataRef, Dimensions, ExcelDateTime, Reader, SheetType, Xlsx, XlsxError};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

/// Rows of titles and notes a sheet may have beside its rows of answers.
const ROWS_ABOVE: usize = 300;

/// One worksheet: what stands in it, by 0-based row and column.
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) cells: BTreeMap<(u32, u32), Raw>,
    pub(super) merged: Vec<Dimensions>,
}

impl Sheet {
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

/// All worksheets of a workbook.
pub(super) fn sheets(name: &str, bytes: &[u8]) -> Result<Vec<Sheet>, Fault> {
    let broken = |_: XlsxError| Fault::at(name, "表格已损坏，读不出来。请在 WPS 或 Excel 中打开，另存一份再交。");
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let listed = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let names: Vec<String> = listed.map(|sheet| sheet.name.clone()).collect();
    let mut sheets = Vec::new();
    let mut total = 0;
    for sheet in names {
        let merged = workbook.merge_cells_by_sheet_name(&sheet).map_err(broken)?;
        let mut cells = BTreeMap::new();
        let mut rows = BTreeSet::new();
        let mut reader = workbook.worksheet_cells_reader(&sheet).map_err(broken)?;
        while let Some(cell) = reader.next_cell_with_formula().map_err(broken)? {
            let raw = cell.formula.map_or_else(|| raw(&cell.value), |text| Raw::Formula(format!("={text}")));
            if raw == Raw::Empty {
                continue;
            }
            total += 1;
            rows.insert(cell.pos.0);
            if rows.len() > SHEET_ROWS_MAX + ROWS_ABOVE {
                return Err(too_many_rows(&sheet));
            }
            if total > WORKBOOK_CELLS_MAX {
                return Err(Fault::at(
                    name,
                    format!("表格里的内容过多（超过{WORKBOOK_CELLS_MAX}格），没有读取。请分成几份交。"),
                ));
            }
            cells.insert(cell.pos, raw);
        }
        sheets.push(Sheet { name: sheet, cells, merged });
    }
    Ok(sheets)
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
