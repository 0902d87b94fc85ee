//! Forms on paper: writes the workbook or the Word form an office fills in, and reads back what it drops: workbook, Word form,
//! CSV, YAML or JSON.
//!
//! Guarantees: [`write()`] gives the same bytes for the same form; a value is never written as a formula; [`read`] never
//! panics, never unpacks more than [`UNPACKED_BYTES_MAX`], and reports every fault it finds at once, in Chinese, with
//! its place. What it gives is not yet understood: cells by the heading that stood over them.
//! Failures: a form that does not fit a workbook is a [`FormError`]; a dropped file that cannot be read is a [`Fault`].

mod cells;
mod csv;
mod encoding;
mod layout;
mod mistake;
mod old;
mod package;
mod plain;
mod sheet;
mod style;
mod table;
#[cfg(test)]
mod tests;
mod tree;
mod unseen;
mod validate;
mod word;
mod workbook;

use crate::submission::{Fault, Filled, Form, Line};
use serde_json::{Map, Value};
use thiserror::Error;
use unseen::Unseen;

/// Rows read from, and drawn on, one sheet at most.
pub const SHEET_ROWS_MAX: usize = 10_000;
/// Columns of one sheet at most.
pub const SHEET_COLUMNS_MAX: usize = 200;
/// Cells with something in them read from one workbook at most.
pub const WORKBOOK_CELLS_MAX: usize = 500_000;
/// Bytes of text read from all cells of one workbook at most; the same long text may stand in every cell.
pub const WORKBOOK_TEXT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes that the answers read from one workbook may take at most, headings and places repeated for each cell included.
const WORKBOOK_ANSWERS_BYTES_MAX: usize = 128 * 1024 * 1024;
/// Bytes of a sheet's name, at most; Excel allows 31 characters.
const SHEET_NAME_BYTES_MAX: usize = 300;
/// Sheets read from one workbook at most.
pub const WORKBOOK_SHEETS_MAX: usize = 200;
/// Bytes of the table of texts that the cells of a workbook share, unpacked, at most.
pub const SHARED_TEXTS_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Bytes of a workbook once unpacked, at most.
pub const UNPACKED_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// How many times bigger a workbook may grow by unpacking, once it is bigger than a few megabytes.
pub const UNPACKED_RATIO_MAX: u64 = 300;
/// Parts of a workbook package, at most.
pub const PACKAGE_PARTS_MAX: usize = 2_000;
/// Pictures taken out of the cells of one Word form, at most.
pub const FORM_PICTURES_MAX: usize = 50;
/// Bytes of a YAML or JSON file, at most.
pub const TEXT_BYTES_MAX: usize = 1024 * 1024;
/// Depth of a YAML or JSON file, at most.
pub const TEXT_DEPTH_MAX: usize = 16;
/// Values in a YAML or JSON file, at most.
pub const TEXT_NODES_MAX: usize = 100_000;
/// Keys of one mapping in a YAML or JSON file, at most.
pub const TEXT_KEYS_MAX: usize = 5_000;
/// UTF-16 units of one cell: the limit of the workbook format itself.
pub const CELL_UNITS_MAX: usize = 32_767;

/// How pictures begin.
const PICTURES: [&[u8]; 5] = [b"\xFF\xD8\xFF", b"\x89PNG\r\n\x1A\n", b"GIF8", b"II*\0", b"MM\0*"];

/// Why a form could not be written as a workbook.
#[derive(Debug, Error)]
pub enum FormError {
    /// more rows than a sheet may have
    #[error("sheet {sheet}: {rows} rows, at most {SHEET_ROWS_MAX}")]
    TooManyRows {
        /// sheet
        sheet: String,
        /// rows asked for
        rows: usize,
    },
    /// more columns than a sheet may have
    #[error("sheet {sheet}: {columns} columns, at most {SHEET_COLUMNS_MAX}")]
    TooManyColumns {
        /// sheet
        sheet: String,
        /// columns asked for
        columns: usize,
    },
    /// a text longer than a cell holds
    #[error("{place}: text of {units} characters, a cell holds {CELL_UNITS_MAX}")]
    TooLong {
        /// which text
        place: String,
        /// its length in UTF-16 units
        units: usize,
    },
    /// a row of [`fill`] names an item that stands on no sheet, or there is no sheet for it
    #[error("no line for item {0:?}")]
    NoLine(Option<u32>),
    /// the workbook writer refused
    #[error("workbook: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// a part of a Word form could not be made
    #[error("Word form: {0}")]
    Word(#[from] crate::ooxml::package::PackageError),
    /// the description for the hidden sheet could not be made
    #[error("hidden sheet: {0}")]
    Hidden(#[from] serde_json::Error),
}

/// True when the package's list of parts is short enough to be looked into: whoever opens it holds that list in memory.
/// To be asked before; the list is not read for it, so what it says of itself does not matter.
pub(crate) fn few_parts(bytes: &[u8]) -> bool {
    package::few_parts(bytes)
}

/// Whether a workbook, Word file or slides of before 2007 are enciphered.
pub(crate) fn is_enciphered_old(bytes: &[u8]) -> bool {
    workbook::enciphered::is_enciphered(bytes)
}

/// The texts of the beginning of a workbook or Word file of before 2007, one a line; nothing when it cannot be read.
pub(crate) fn head_of_old(bytes: &[u8]) -> Option<String> {
    std::panic::catch_unwind(|| old::head(bytes)).ok().flatten()
}

/// The pictures in the cells of a Word form, JPEG and PNG, each with a name; none of any other file.
pub(crate) fn pictures(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    std::panic::catch_unwind(|| word::pictures(bytes)).unwrap_or_default()
}

/// Writes the workbook for a form: the first sheet, a sheet per table of the head, a sheet per grid, the hidden sheet.
///
/// # Errors
/// [`FormError`] when the form exceeds what a sheet or a cell holds.
pub fn write(form: &Form) -> Result<Vec<u8>, FormError> {
    sheet::workbook(form)
}

/// Writes the Word form for a form: single values in label and value, rows under headings, or a table for one object.
///
/// # Errors
/// [`FormError`] when the form exceeds what a table holds.
pub fn write_word(form: &Form) -> Result<Vec<u8>, FormError> {
    word::write(form)
}

/// Reads a dropped file by its content, whatever its name says: a workbook (`.xlsx`, `.xls`, `.ods`), a `.docx` with tables, CSV,
/// YAML or JSON. `name` is used in faults, and to tell text files apart where the content fits several kinds. Attachments are
/// the caller's business and stay empty. A workbook or list without our mark says nothing until it is known what it answers:
/// it comes back empty, without [`Filled::answers`], to be read again by [`read_for`]; a Word form comes back with its tables.
///
/// In YAML and JSON, `banwen:` says what is answered; `rows:` (or any key with a list of mappings) is a sheet of rows,
/// `rows` and a bare list having the name `""`; every other key is a single value. `item` in a row is the item's id.
/// Places count from 1: `rows[2].姓名` is in the second row.
///
/// # Errors
/// Every fault found in the file.
pub fn read(name: &str, bytes: &[u8]) -> Result<Filled, Vec<Fault>> {
    guarded(name, bytes, None)
}

/// As [`read`], where it is known what the file answers: a workbook or list people made themselves is searched for the
/// headings of the form.
///
/// # Errors
/// Every fault found in the file.
pub fn read_for(name: &str, bytes: &[u8], form: &Form) -> Result<Filled, Vec<Fault>> {
    guarded(name, bytes, Some(form))
}

fn guarded(name: &str, bytes: &[u8], form: Option<&Form>) -> Result<Filled, Vec<Fault>> {
    // The readers below are other people's; a panic of theirs on a hostile file must cost that file, not the daemon.
    std::panic::catch_unwind(|| read_by_content(name, bytes, form))
        .unwrap_or_else(|_| Err(vec![Fault::at(name, "文件已损坏，读不出来。请重新打开、另存一份再交。")]))
}

fn read_by_content(name: &str, bytes: &[u8], form: Option<&Form>) -> Result<Filled, Vec<Fault>> {
    let one = |say: &str| Err(vec![Fault::at(name, say)]);
    if bytes.is_empty() {
        return one("文件是空的。请检查是否复制完整，重新交一次。");
    }
    if word::is_word(bytes) {
        return word::read(name, bytes);
    }
    if bytes.starts_with(b"PK") {
        let kind = package::check(name, bytes).map_err(|fault| vec![fault])?;
        let sheets = match kind {
            package::Kind::Workbook => workbook::xlsx::sheets(name, bytes),
            package::Kind::OpenDocument => workbook::ods::sheets(name, bytes),
        };
        let sheets = sheets.map_err(|fault| vec![fault])?;
        let unseen = match kind {
            package::Kind::Workbook => Unseen::of_package(bytes, &sheets),
            package::Kind::OpenDocument => Unseen::of_sheets(&sheets),
        };
        let mut read = workbook::read(name, sheets, form)?;
        read.remarks.extend(unseen.remarks().into_iter().chain(package::pictures(bytes)));
        return Ok(read);
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        if let Some(say) = word::old(bytes) {
            return one(say);
        }
        let sheets = workbook::xls::sheets(name, bytes).map_err(|fault| vec![fault])?;
        let unseen = Unseen::of_sheets(&sheets);
        let mut read = workbook::read(name, sheets, form)?;
        read.remarks.extend(unseen.remarks());
        read.remarks.extend(workbook::xls::has_pictures(bytes).then(package::with_pictures));
        return Ok(read);
    }
    if bytes.starts_with(b"{\\rt") {
        return one(
            "这是 RTF 文件（.rtf，有的扩展名写成 .doc），系统读不了。请在 WPS 或 Word 中打开，“另存为” Word 文档（.docx，不带宏）再交。",
        );
    }
    if bytes.starts_with(b"%PDF") {
        return one(&no_form("PDF 文件"));
    }
    if PICTURES.iter().any(|start| bytes.starts_with(start)) {
        return one(&no_form("图片"));
    }
    plain::read(name, bytes, form)
}

/// What to say of what only shows something.
fn no_form(kind: &str) -> String {
    format!(
        "这是{kind}，不能当表来读。请交填好的表（.xlsx 表格，或者 .docx 的 Word 表）；这是附件的，请和填好的表放进同一个文件夹再交。"
    )
}

/// Makes the workbook a clerk would return: [`write()`] with values in the answer cells. A row with an item id is put
/// on that item's line, a row without one on the next blank line of the first sheet that has its columns. The value of
/// a table-typed head is `{key: {column: value}}`, of a table without keys `[{column: value}]`. For tests and the simulator.
///
/// # Errors
/// [`FormError::NoLine`] when an item stands on no sheet; else as [`write()`].
pub fn fill(
    form: &Form,
    head: &Map<String, Value>,
    rows: &[(Option<u32>, Map<String, Value>)],
) -> Result<Vec<u8>, FormError> {
    write(&filled_in(form, head, rows)?)
}

/// As [`fill`], on the Word form.
///
/// # Errors
/// [`FormError::NoLine`] when an item stands on no sheet; else as [`write_word()`].
pub fn fill_word(
    form: &Form,
    head: &Map<String, Value>,
    rows: &[(Option<u32>, Map<String, Value>)],
) -> Result<Vec<u8>, FormError> {
    write_word(&filled_in(form, head, rows)?)
}

fn filled_in(
    form: &Form,
    head: &Map<String, Value>,
    rows: &[(Option<u32>, Map<String, Value>)],
) -> Result<Form, FormError> {
    let mut form = form.clone();
    form.head_values.extend(head.clone());
    for (item, values) in rows {
        match item {
            Some(_) => {
                let mut lines = form.grids.iter_mut().flat_map(|grid| grid.lines.iter_mut());
                let line = lines.find(|line| line.item == *item).ok_or(FormError::NoLine(*item))?;
                line.values.extend(values.clone());
            }
            None => {
                let fits = |grid: &&mut crate::submission::Grid| {
                    values.keys().all(|key| grid.columns.iter().any(|column| column.name == *key))
                };
                let grid = form.grids.iter_mut().find(fits).ok_or(FormError::NoLine(None))?;
                grid.lines.push(Line { item: None, values: values.clone() });
                grid.blank = grid.blank.saturating_sub(1);
            }
        }
    }
    Ok(form)
}
