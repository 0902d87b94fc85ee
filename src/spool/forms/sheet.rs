//! Draws a form as a workbook: the first sheet, one sheet per table and per grid, and the hidden sheet.
//!
//! A grid's first column is hidden and holds item ids; its first row is a title, its second the frozen heading. The head
//! sheet has labels in A, values in B, explanations in C, below whatever stands above them.

use super::layout::{HIDDEN, Holds, MARK, Record, SheetRecord};
use super::{CELL_UNITS_MAX, FormError, SHEET_COLUMNS_MAX, SHEET_ROWS_MAX, cells, style, table, validate};
use crate::submission::{Entry, Form, Grid, Line, Type, hint, tables};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, IgnoreError, Note, Workbook, Worksheet};
use serde_json::Value;

/// Heading of the head sheet's three columns.
pub(super) const HEAD_HEADING: [&str; 3] = ["项目", "填写内容", "说明"];
/// Heading of the hidden column of item ids.
pub(super) const ITEM_HEADING: &str = "编号（勿改）";
/// Row of the heading of a grid.
const GRID_HEADING: u32 = 1;
/// Widths of the head sheet's columns.
const HEAD_WIDTHS: [f64; 3] = [26.0, 50.0, 44.0];
/// Rows below the drawn ones that stay open and validated where a grid may grow.
const SPARE_ROWS: u32 = 300;

/// What all sheets of one workbook share while it is drawn.
struct Book {
    names: Vec<String>,
    lists: Vec<Vec<String>>,
    records: Vec<SheetRecord>,
}

/// The whole workbook.
pub(super) fn workbook(form: &Form) -> Result<Vec<u8>, FormError> {
    let mut book =
        Book { names: vec![HIDDEN.to_string(), "history".to_string()], lists: Vec::new(), records: Vec::new() };
    let tables: Vec<(&Entry, Grid)> = form
        .head
        .iter()
        .filter_map(|entry| Some((entry, table::grid(entry, form.head_values.get(&entry.name))?)))
        .collect();
    let mut rest = Vec::new();
    let first_name = book.name("填写");
    for (entry, grid) in &tables {
        // a table without keys is a list of rows like any other
        let holds = if table::keyed(&entry.kind) { Holds::Table } else { Holds::Grid };
        rest.push(draw_grid(&mut book, form, grid, holds, None)?);
    }
    let of_rows = tables::of_rows(form);
    for (place, grid) in form.grids.iter().enumerate() {
        let bare = table::bare(grid);
        rest.push(draw_grid(&mut book, form, &bare, Holds::Grid, None)?);
        let called = book.called(&bare);
        for own in of_rows.iter().filter(|own| own.grid == place) {
            let Some(lines) = table::of_rows(form, own) else { continue };
            rest.push(draw_grid(&mut book, form, &lines, Holds::Grid, called.as_deref())?);
        }
    }
    let first = draw_head(&mut book, form, &first_name)?;
    let mut workbook = Workbook::new();
    // the moment of creation would make two workbooks of one form differ
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(
        &DocProperties::new().set_title(&form.title).set_author("办文").set_creation_datetime(&created),
    );
    workbook.push_worksheet(first);
    for sheet in rest {
        workbook.push_worksheet(sheet);
    }
    workbook.push_worksheet(draw_hidden(book, form)?);
    Ok(workbook.save_to_buffer()?)
}

impl Book {
    /// A sheet name the format allows, not yet taken.
    fn name(&mut self, wanted: &str) -> String {
        let allowed: String = wanted.chars().filter(|c| !"[]:*?/\\'".contains(*c) && !c.is_control()).collect();
        let allowed = if allowed.trim().is_empty() { "表".to_string() } else { allowed.trim().to_string() };
        let mut name = within(&allowed, 31);
        let mut n = 2;
        while self.names.contains(&name.to_lowercase()) {
            name = format!("{}({n})", within(&allowed, 26));
            n += 1;
        }
        self.names.push(name.to_lowercase());
        name
    }

    /// The range of the sheet drawn last that says what its rows are called, where some are still to be written.
    fn called(&self, rows: &Grid) -> Option<String> {
        let column = rows.columns.iter().position(|column| Some(&column.name) == rows.called.as_ref())?;
        let name = &self.records.last().filter(|_| rows.blank > 0)?.name;
        let column = cells::letters(1 + u32::try_from(column).unwrap_or(0));
        let first = GRID_HEADING + 2;
        let last = first + u32::try_from(rows.lines.len() + rows.blank).unwrap_or(0) + SPARE_ROWS - 1;
        Some(format!("='{name}'!${column}${first}:${column}${last}"))
    }

    /// The range of the hidden sheet where these choices stand; `None` when they fit into the validation.
    fn list(&mut self, kind: &Type) -> Option<String> {
        let words = hint::choices(kind).filter(|words| !words.is_empty() && !validate::fits(words))?;
        let at = self.lists.iter().position(|list| *list == words).unwrap_or(self.lists.len());
        let rows = words.len();
        if at == self.lists.len() {
            self.lists.push(words);
        }
        let column = cells::letters(2 + u32::try_from(at).unwrap_or(0));
        Some(format!("={HIDDEN}!${column}$1:${column}${rows}"))
    }
}

fn within(text: &str, most: usize) -> String {
    let mut units = 0;
    text.chars()
        .take_while(|c| {
            units += c.len_utf16();
            units <= most
        })
        .collect()
}

fn draw_head(book: &mut Book, form: &Form, name: &str) -> Result<Worksheet, FormError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(name)?;
    for (column, width) in HEAD_WIDTHS.iter().enumerate() {
        sheet.set_column_width(u16::try_from(column).unwrap_or(0), *width)?;
    }
    let mut row = draw_above(book, form, &mut sheet)?;
    let singles: Vec<&Entry> = form.head.iter().filter(|entry| !matches!(entry.kind, Type::Table(..))).collect();
    let heading = row;
    if !singles.is_empty() {
        for (column, text) in HEAD_HEADING.iter().enumerate() {
            sheet.write_string_with_format(row, u16::try_from(column).unwrap_or(0), *text, &style::heading())?;
        }
    }
    for entry in &singles {
        row += 1;
        let label = cells::heading(entry);
        let value = form.head_values.get(&entry.name).unwrap_or(&Value::Null);
        let aside = validate::prompt(entry);
        sheet.write_string_with_format(row, 0, &label, &style::label())?;
        put(&mut sheet, row, 1, entry, value)?;
        sheet.write_string_with_format(row, 2, &aside, &style::aside())?;
        let roomy = if matches!(entry.kind, Type::Text(most) if most > 100) { 90.0 } else { 24.0 };
        let shown = if let cells::Shown::Text(text) = cells::shown(entry, value) { text } else { String::new() };
        let tall = style::height(&aside, HEAD_WIDTHS[2]).max(style::height(&label, HEAD_WIDTHS[0]));
        sheet.set_row_height(row, tall.max(roomy).max(style::height(&shown, HEAD_WIDTHS[1])))?;
        if !entry.shown {
            let list = book.list(&entry.kind);
            sheet.add_data_validation(row, 1, row, 1, &validate::validation(entry, list.as_deref())?)?;
        }
    }
    sheet.ignore_error_range(heading, 1, row.max(heading), 1, IgnoreError::NumberStoredAsText)?;
    style::page(&mut sheet, &form.title, None)?;
    sheet.set_screen_gridlines(false);
    let columns = singles.iter().map(|entry| (cells::heading(entry), entry.title.clone())).collect();
    book.records
        .insert(0, SheetRecord { name: name.to_string(), holds: Holds::Head, of: String::new(), heading, columns });
    Ok(sheet)
}

/// Title, sentences, sheets, attachments and quotas; returns the next free row.
fn draw_above(book: &Book, form: &Form, sheet: &mut Worksheet) -> Result<u32, FormError> {
    let width: f64 = HEAD_WIDTHS.iter().sum();
    let mut row = 0;
    sheet.merge_range(0, 0, 0, 2, &form.title, &style::title())?;
    sheet.set_row_height(0, style::height(&form.title, width / 1.5).max(34.0))?;
    let mut lines: Vec<(String, Format)> = form.notes.iter().map(|note| (note.clone(), style::note())).collect();
    let others: Vec<String> = book.records.iter().map(|record| format!("“{}”", record.name)).collect();
    if !others.is_empty() {
        lines.push((format!("本表还有以下各页，请点下方标签打开填写：{}。", others.join("、")), style::note()));
    }
    lines.push(("浅黄色格必填，白色格可不填或按说明填写，灰色格不用填、不能改。".to_string(), style::note()));
    lines.push(("填好存盘后，请把本文件放进“交件”文件夹；留在“待办”里不算交。".to_string(), style::warning()));
    if !form.attach.is_empty() {
        lines.push(("下列材料请与本文件放在同一个文件夹或压缩包里一起交。".to_string(), style::note()));
    }
    for (text, format) in lines {
        row += 1;
        check_length(&text, &form.title)?;
        sheet.merge_range(row, 0, row, 2, &text, &format)?;
        sheet.set_row_height(row, style::height(&text, width))?;
    }
    row += 2;
    for (n, attachment) in form.attach.iter().enumerate() {
        let label = if n == 0 { "须附材料" } else { "" };
        sheet.write_string_with_format(row, 0, label, &style::label())?;
        sheet.write_string_with_format(row, 1, format!("{}. {attachment}", n + 1), &style::told())?;
        row += 1;
    }
    if !form.attach.is_empty() {
        row += 1;
    }
    if !form.quotas.is_empty() {
        for (column, text) in ["名额", "可报", "已报"].iter().enumerate() {
            sheet.write_string_with_format(row, u16::try_from(column).unwrap_or(0), *text, &style::heading())?;
        }
        for (label, allowed, used) in &form.quotas {
            row += 1;
            sheet.write_string_with_format(row, 0, label, &style::label())?;
            sheet.write_string_with_format(row, 1, allowed, &style::count())?;
            sheet.write_string_with_format(row, 2, used, &style::count())?;
        }
        row += 2;
    }
    Ok(row)
}

/// A sheet of rows; `called` is the range of what its first column is chosen from, where the choices are not known yet.
fn draw_grid(
    book: &mut Book,
    form: &Form,
    grid: &Grid,
    holds: Holds,
    called: Option<&str>,
) -> Result<Worksheet, FormError> {
    let name = book.name(&grid.name);
    if grid.columns.len() > SHEET_COLUMNS_MAX {
        return Err(FormError::TooManyColumns { sheet: name, columns: grid.columns.len() });
    }
    let rows = grid.lines.len().saturating_add(grid.blank);
    if rows > SHEET_ROWS_MAX {
        return Err(FormError::TooManyRows { sheet: name, rows });
    }
    let mut sheet = Worksheet::new();
    sheet.set_name(&name)?;
    let last = u16::try_from(grid.columns.len().max(1)).unwrap_or(1);
    draw_heading(book, &mut sheet, grid, rows, called)?;
    let said = if grid.name == form.title { grid.name.clone() } else { format!("{}（{}）", grid.name, form.title) };
    if last > 1 {
        sheet.merge_range(0, 1, 0, last, &said, &style::title())?;
    } else {
        sheet.write_string_with_format(0, 1, &said, &style::title())?;
    }
    sheet.set_default_row_height(24).set_row_height(0, 34)?;
    let blank = Line::default();
    for (n, line) in grid.lines.iter().chain(std::iter::repeat_n(&blank, grid.blank)).enumerate() {
        let row = GRID_HEADING + 1 + u32::try_from(n).unwrap_or(0);
        if let Some(item) = line.item {
            sheet.write_number_with_format(row, 0, item, &style::told())?;
        }
        let mut tall: f64 = 24.0;
        for (column, entry) in (1..).zip(&grid.columns) {
            let value = line.values.get(&entry.name).unwrap_or(&Value::Null);
            put(&mut sheet, row, column, entry, value)?;
            if let cells::Shown::Text(text) = cells::shown(entry, value) {
                tall = tall.max(style::height(&text, style::width(entry)));
            }
        }
        // rows that need no more stay automatic and grow as the clerk types
        if tall > 24.0 {
            sheet.set_row_height(row, tall)?;
        }
    }
    let bottom = GRID_HEADING + 1 + u32::try_from(rows).unwrap_or(0) + SPARE_ROWS;
    sheet.ignore_error_range(GRID_HEADING, 1, bottom, last, IgnoreError::NumberStoredAsText)?;
    sheet.set_freeze_panes(GRID_HEADING + 1, 0)?;
    style::page(&mut sheet, &form.title, Some(GRID_HEADING))?;
    let columns = grid.columns.iter().map(|entry| (cells::heading(entry), entry.title.clone())).collect();
    book.records.push(SheetRecord { name, holds, of: grid.name.clone(), heading: GRID_HEADING, columns });
    Ok(sheet)
}

/// Heading row, column widths and validations of a grid of so many drawn rows.
fn draw_heading(
    book: &mut Book,
    sheet: &mut Worksheet,
    grid: &Grid,
    rows: usize,
    called: Option<&str>,
) -> Result<(), FormError> {
    sheet.write_string_with_format(GRID_HEADING, 0, ITEM_HEADING, &style::heading())?;
    sheet.set_column_hidden(0)?;
    let first = GRID_HEADING + 1;
    let spare = if grid.blank > 0 { SPARE_ROWS } else { 0 };
    let end = first + u32::try_from(rows).unwrap_or(0) + spare;
    let mut tall: f64 = 34.0;
    for (column, entry) in (1..).zip(&grid.columns) {
        let heading = cells::heading(entry);
        sheet.write_string_with_format(GRID_HEADING, column, &heading, &style::heading())?;
        sheet.set_column_width(column, style::width(entry))?;
        tall = tall.max(style::height(&heading, style::width(entry)));
        if let Some(only) = hint::only(entry) {
            sheet.insert_note(GRID_HEADING, column, &Note::new(only).add_author_prefix(false))?;
        }
        if entry.shown || end == first {
            continue;
        }
        if grid.blank > 0 {
            // a clerk with more rows than were drawn goes on below them
            sheet.set_column_format(column, &style::beyond(entry))?;
        }
        let range = called.filter(|_| entry.name == tables::BELONGS).map(str::to_string);
        let list = range.or_else(|| book.list(&entry.kind));
        sheet.add_data_validation(first, column, end - 1, column, &validate::validation(entry, list.as_deref())?)?;
    }
    sheet.set_row_height(GRID_HEADING, tall)?;
    Ok(())
}

/// One cell of an entry. Text is always written as a string: what begins with `=` is a text that begins with `=`.
fn put(sheet: &mut Worksheet, row: u32, column: u16, entry: &Entry, value: &Value) -> Result<(), FormError> {
    let format = style::cell(entry);
    match cells::shown(entry, value) {
        cells::Shown::Nothing => sheet.write_blank(row, column, &format)?,
        cells::Shown::Number(number) => sheet.write_number_with_format(row, column, number, &format)?,
        cells::Shown::Date(date) => sheet.write_datetime_with_format(row, column, date, &format)?,
        cells::Shown::Text(text) => {
            check_length(&text, &entry.title)?;
            // in a general cell, editing such a text would turn it into a formula
            let format = if text.starts_with(['=', '+', '-', '@']) { format.set_quote_prefix() } else { format };
            sheet.write_string_with_format(row, column, text, &format)?
        }
    };
    Ok(())
}

fn check_length(text: &str, place: &str) -> Result<(), FormError> {
    let units = text.encode_utf16().count();
    if units > CELL_UNITS_MAX { Err(FormError::TooLong { place: place.to_string(), units }) } else { Ok(()) }
}

fn draw_hidden(book: Book, form: &Form) -> Result<Worksheet, FormError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(HIDDEN)?;
    let record = Record { answers: form.answers.clone(), sheets: book.records };
    let (digest, pieces) = record.pieces()?;
    sheet.write_string(0, 0, MARK)?;
    sheet.write_string(0, 1, digest)?;
    for (row, piece) in (1..).zip(pieces) {
        sheet.write_string(row, 0, piece)?;
    }
    for (column, list) in (2..).zip(&book.lists) {
        for (row, word) in (0..).zip(list) {
            sheet.write_string(row, column, word)?;
        }
    }
    sheet.set_very_hidden(true);
    sheet.protect();
    Ok(sheet)
}
