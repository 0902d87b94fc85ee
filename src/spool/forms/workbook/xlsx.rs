//! Sheets of a workbook of Excel (`.xlsx`), read cell by cell within the limits of every workbook.
//!
//! What is struck out is not read: whole cells by their style, words of a text by its runs. A number whose cell shows a percentage is one.

use super::load::{self, Gathering, Sheet, broken, too_many_sheets};
use super::struck;
use crate::spool::forms::{WORKBOOK_SHEETS_MAX, tree};
use crate::submission::{Fault, Raw};
use calamine::{DataRef, Reader, SheetType, SheetVisible, Style, Xlsx, XlsxError, XlsxFormulaMetadata};
use std::io::Cursor;

/// All worksheets of an `.xlsx` workbook.
pub(in crate::spool::forms) fn sheets(name: &str, bytes: &[u8]) -> Result<Vec<Sheet>, Fault> {
    let wrong = |_: XlsxError| broken(name);
    let without = struck::without(bytes);
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(without.as_deref().unwrap_or(bytes))).map_err(wrong)?;
    let listed = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let hidden = |sheet: &calamine::Sheet| sheet.visible != SheetVisible::Visible;
    let names: Vec<(String, bool)> = listed.map(|sheet| (sheet.name.clone(), hidden(sheet))).collect();
    if names.len() > WORKBOOK_SHEETS_MAX {
        return Err(too_many_sheets(name));
    }
    let since_1904 = workbook.has_1904_epoch();
    let mut gathering = Gathering::new(name);
    for (sheet, hidden) in names {
        gathering.begin(&sheet, hidden)?;
        gathering.since_1904(since_1904);
        for merged in workbook.merge_cells_by_sheet_name(&sheet).map_err(wrong)? {
            gathering.merge(merged)?;
        }
        let mut reader = workbook.worksheet_cells_reader(&sheet).map_err(wrong)?;
        // Not the call that spreads a shared formula: it makes room for as many as the file says, and writes each out.
        while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(wrong)? {
            // looked at while it is still the one copy that all cells share
            let text = text_of(&cell.value, cell.formula.as_ref());
            gathering.put(cell.pos, text, || cell.formula.clone().map_or_else(|| raw(&cell.value), formula))?;
        }
        drop(reader);
        as_shown(&mut workbook, &sheet, &mut gathering).map_err(wrong)?;
        if without.is_some() {
            gathering.unmark();
        }
    }
    Ok(gathering.sheets)
}

/// What a style makes of its cells beside their looks.
struct Shown {
    struck: bool,
    percent: bool,
}

impl Shown {
    fn of(style: &Style) -> Shown {
        let percent = style.number_format.as_ref().is_some_and(|it| load::signs(&it.format_code).contains('%'));
        Shown { struck: style.font.as_ref().is_some_and(calamine::Font::has_strikethrough), percent }
    }
}

/// Goes over the cells of the sheet just read by their styles.
fn as_shown(workbook: &mut Xlsx<Cursor<&[u8]>>, sheet: &str, gathering: &mut Gathering) -> Result<(), XlsxError> {
    let mut reader = workbook.worksheet_cells_reader(sheet)?;
    let shown: Vec<Shown> = reader.styles().iter().map(Shown::of).collect();
    // most workbooks have no such style, and are not gone over again
    if !shown.iter().any(|style| style.struck || style.percent) {
        return Ok(());
    }
    while let Some((row, column, style)) = reader.next_style_id()? {
        match shown.get(style) {
            Some(Shown { struck: true, .. }) => gathering.strike((row, column)),
            Some(Shown { percent: true, .. }) => gathering.percent((row, column)),
            Some(_) | None => {}
        }
    }
    Ok(())
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
        DataRef::DateTime(moment) => load::date(moment),
        DataRef::DateTimeIso(text) => Raw::Date(text.trim_end_matches("T00:00:00").chars().take(16).collect()),
        DataRef::DurationIso(text) => Raw::Text(text.clone()),
        DataRef::Error(error) => Raw::Broken(error.to_string()),
    }
}
