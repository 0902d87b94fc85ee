//! Reads a workbook an office dropped: the hidden sheet first, then every visible sheet by the headings it should have.
//!
//! Rows a clerk inserted above a heading, moved columns and renamed sheets are tolerated: headings are searched by their
//! text. A workbook without our hidden sheet says nothing until it is known what is asked (`looks`).

mod compound;
pub(super) mod enciphered;
pub(super) mod load;
mod looks;
pub(super) mod ods;
mod rows;
mod struck;
pub(super) mod xls;
pub(super) mod xlsx;

use super::layout::{Holds, MARK, Record, SheetRecord, bare};
use super::sheet::{HEAD_HEADING, ITEM_HEADING};
use super::{SHEET_ROWS_MAX, WORKBOOK_SHEETS_MAX, cells};
use crate::submission::{Cell, Fault, Filled, FilledLine, Form, Raw};
use load::Sheet;
use rows::Columns;
use std::collections::BTreeSet;

/// Rows searched for a heading.
const HEADING_ROWS: u32 = 200;

/// Reads the sheets of the workbook `name`.
pub(super) fn read(name: &str, sheets: Vec<Sheet>, form: Option<&Form>) -> Result<Filled, Vec<Fault>> {
    let (hidden, visible): (Vec<Sheet>, Vec<Sheet>) =
        sheets.into_iter().partition(|sheet| sheet.text(0, 0).as_deref() == Some(MARK));
    let mut filled = Filled::default();
    let mut faults = Vec::new();
    let Some(record) = record(&hidden).filter(bearable) else {
        let say = "表格里由系统保存的隐藏页被改动或损坏，认不出答的是哪一件。请从“待办”或“表样”重新取一份填写。";
        return Err(vec![Fault::at(name, say)]);
    };
    match record {
        Some(record) => {
            by_record(&record, &visible, &mut filled, &mut faults);
            filled.answers = Some(record.answers);
        }
        None => form.into_iter().for_each(|form| looks::read(&visible, form, &mut filled, &mut faults)),
    }
    if faults.is_empty() { Ok(filled) } else { Err(faults) }
}

/// The first texts of a workbook, one a line, until they have so many characters.
pub(super) fn beginning(sheets: &[Sheet], characters: usize) -> String {
    let of_sheet = |sheet: &Sheet| {
        let mut head = String::new();
        for text in sheet.cells.values().filter_map(plain_text) {
            head.push_str(&text);
            head.push('\n');
            if head.len() >= characters {
                break;
            }
        }
        head
    };
    sheets.iter().map(of_sheet).collect()
}

/// A description of ours is; a forged one might name the same sheet a million times.
fn bearable(record: &Option<Record>) -> bool {
    record.as_ref().is_none_or(|record| {
        record.sheets.len() <= WORKBOOK_SHEETS_MAX
            && record.sheets.iter().all(|sheet| sheet.columns.len() <= SHEET_ROWS_MAX)
    })
}

/// What the hidden sheets say: `Some(None)` when there is none, or several that differ; `None` when one is damaged.
fn record(hidden: &[Sheet]) -> Option<Option<Record>> {
    let mut records = Vec::new();
    for sheet in hidden {
        let digest = sheet.text(0, 1).unwrap_or_default();
        let pieces: Vec<String> = (1..).map_while(|row| sheet.text(row, 0)).collect();
        records.push(Record::of_pieces(&digest, &pieces)?);
    }
    records.dedup();
    Some(if records.len() == 1 { records.pop() } else { None })
}

fn by_record(record: &Record, visible: &[Sheet], filled: &mut Filled, faults: &mut Vec<Fault>) {
    let mut taken: BTreeSet<&str> = BTreeSet::new();
    for wanted in record.sheets.iter().filter(|wanted| !wanted.columns.is_empty()) {
        let named = visible.iter().find(|sheet| sheet.name == wanted.name);
        let unknown = |sheet: &&Sheet| {
            !record.sheets.iter().any(|other| other.name == sheet.name) && heading(sheet, wanted).is_some()
        };
        let Some(sheet) = named.or_else(|| visible.iter().find(unknown)) else {
            faults.push(Fault::at(&wanted.name, "缺少这一页。请从“待办”或“表样”重新取一份填写，不要删除工作表。"));
            continue;
        };
        taken.insert(&sheet.name);
        let Some(row) = heading(sheet, wanted) else {
            faults.push(Fault::at(&sheet.name, "找不到原来的表头。请保留表头，或重新取一份填写。"));
            continue;
        };
        match wanted.holds {
            Holds::Head => head(sheet, row, &wanted.columns, filled, faults),
            Holds::Grid => {
                let columns = columns_of(sheet, row, &wanted.columns, faults);
                filled.headings.push((wanted.of.clone(), columns.names.values().cloned().collect()));
                filled.headings_at.extend(columns.places(sheet, row, row));
                let lines = grid(sheet, row, &columns, &mut filled.remarks, faults);
                filled.grids.push((wanted.of.clone(), lines));
            }
            Holds::Table => {
                let columns = columns_of(sheet, row, &wanted.columns, faults);
                let lines = grid(sheet, row, &columns, &mut filled.remarks, faults);
                let raw = table(lines, &wanted.columns, faults);
                filled.head.push(Cell { name: wanted.of.clone(), raw, place: sheet.name.clone() });
            }
        }
    }
    let known = |sheet: &Sheet| {
        taken.contains(sheet.name.as_str()) || record.sheets.iter().any(|other| other.name == sheet.name)
    };
    for sheet in visible.iter().filter(|sheet| !sheet.cells.is_empty() && !known(sheet)) {
        // content nobody reads would be lost without a word
        faults
            .push(Fault::at(&sheet.name, "这一页不是原表里的，里面的内容不会被读取。请填到原来的各页，再删去这一页。"));
    }
}

fn is_head_heading(sheet: &Sheet, row: u32) -> bool {
    (0..2).all(|column| sheet.text(row, column).as_deref() == Some(HEAD_HEADING[column as usize]))
}

/// The row where a sheet's heading now stands: the recorded one if it still fits best, else the best one.
fn heading(sheet: &Sheet, wanted: &SheetRecord) -> Option<u32> {
    if wanted.holds == Holds::Head {
        return (0..HEADING_ROWS).find(|row| is_head_heading(sheet, *row));
    }
    let hits = |row: u32| {
        let texts: BTreeSet<String> =
            sheet.row(row).filter_map(|(_, raw)| plain_text(raw)).map(|text| bare(&text)).collect();
        wanted.columns.iter().filter(|(written, _)| texts.contains(&bare(written))).count()
    };
    let rows = std::iter::once(wanted.heading).chain(0..HEADING_ROWS);
    let mut best: Option<(usize, u32)> = None;
    for row in rows {
        let n = hits(row);
        if n * 2 >= wanted.columns.len() && n > 0 && best.is_none_or(|(most, _)| n > most) {
            best = Some((n, row));
        }
    }
    best.map(|(_, row)| row)
}

pub(super) fn plain_text(raw: &Raw) -> Option<String> {
    match raw {
        Raw::Text(text) => Some(text.clone()),
        Raw::Number(number) => Some(number.to_string()),
        Raw::Date(text) => Some(text.clone()),
        Raw::Empty | Raw::Flag(_) | Raw::List(_) | Raw::Map(_) | Raw::Formula(_) | Raw::Broken(_) => None,
    }
}

/// The title behind a heading: ours where the heading is ours, else what stands there without our marks.
fn title(written: &str, columns: &[(String, String)]) -> String {
    let ours = columns.iter().find(|(heading, _)| bare(heading) == bare(written));
    ours.map_or_else(|| written.replace("（可不填）", "").trim().to_string(), |(_, title)| title.clone())
}

/// Labels in the first column, values in the second, from below the heading to the first row without a label and value.
fn head(sheet: &Sheet, heading: u32, columns: &[(String, String)], filled: &mut Filled, faults: &mut Vec<Fault>) {
    let last = sheet.last_row();
    for (range, from, to) in sheet.merged.iter().map(|merged| (load::range(merged), merged.start, merged.end)) {
        if to.0 > heading && from.0 <= last && from.1 <= 1 {
            faults.push(Fault::at(format!("{}!{range}", sheet.name), "请取消合并单元格，每格分别填写。"));
        }
    }
    for row in sheet.rows_below(heading) {
        let value = sheet.cells.get(&(row, 1));
        match (sheet.cells.get(&(row, 0)).and_then(plain_text), value) {
            (Some(label), Some(raw)) => {
                let place = format!("{}!{}", sheet.name, cells::name(row, 1));
                let name = title(&label, columns);
                if !sheet.spend(&name, raw) {
                    faults.push(load::too_much(&sheet.name));
                    return;
                }
                filled.head.push(Cell { name, raw: raw.clone(), place });
            }
            (None, Some(_)) => {
                let place = format!("{}!{}", sheet.name, cells::name(row, 1));
                faults.push(Fault::at(place, "这一格左边没有项目名称，不知道填的是什么。请填到对应的格里。"));
            }
            (_, None) => {}
        }
    }
}

/// What stands over the columns of a sheet of ours.
fn columns_of(sheet: &Sheet, heading: u32, ours: &[(String, String)], faults: &mut Vec<Fault>) -> Columns {
    let mut columns = Columns::default();
    for (column, raw) in sheet.row(heading) {
        match plain_text(raw) {
            Some(text) if text == ITEM_HEADING => columns.ids = Some(column),
            Some(text) => {
                columns.names.insert(column, title(&text, ours));
            }
            None => {
                faults.push(Fault::at(format!("{}!{}", sheet.name, cells::name(heading, column)), "表头应当是文字。"))
            }
        }
    }
    columns
}

/// The rows below a heading of ours.
fn grid(
    sheet: &Sheet,
    heading: u32,
    columns: &Columns,
    remarks: &mut Vec<String>,
    faults: &mut Vec<Fault>,
) -> Vec<FilledLine> {
    let below = rows::below(sheet, heading, columns, faults);
    remarks.extend(below.remarks);
    remarks.extend(below.notes.iter().map(|row| format!("{} 第{}行是表下的说明，没有读取。", sheet.name, row + 1)));
    below.lines
}

/// Rows keyed by their first column, as one value.
fn table(lines: Vec<FilledLine>, columns: &[(String, String)], faults: &mut Vec<Fault>) -> Raw {
    let key_title = columns.first().map_or("", |(_, title)| title.as_str());
    let mut entries: Vec<(String, Raw)> = Vec::new();
    for line in lines {
        let (keys, rest): (Vec<Cell>, Vec<Cell>) = line.cells.into_iter().partition(|cell| cell.name == key_title);
        let Some(key) = keys.first().and_then(|cell| plain_text(&cell.raw)) else {
            faults.push(Fault::at(line.place, format!("这一行缺少“{key_title}”。")));
            continue;
        };
        if entries.iter().any(|(other, _)| *other == key) {
            faults.push(Fault::at(line.place, format!("“{key}”写了两行，请合并成一行。")));
            continue;
        }
        entries.push((key, Raw::Map(rest.into_iter().map(|cell| (cell.name, cell.raw)).collect())));
    }
    Raw::Map(entries)
}
