//! Lists saved as CSV: the delimiter is found by looking, and what stands in the fields becomes the cells of one sheet.
//!
//! Rows count as a workbook counts them when it opens the file: blank lines count, line breaks within quotes do not.

use super::workbook::load::{Sheet, too_long, too_many_columns, too_many_rows};
use super::{CELL_UNITS_MAX, SHEET_COLUMNS_MAX, SHEET_ROWS_MAX, tree};
use crate::spool::names;
use crate::submission::{Fault, Raw};
use csv::{ReaderBuilder, StringRecord};
use std::collections::BTreeMap;

/// What may stand between fields, the likeliest last.
const DELIMITERS: [u8; 3] = [b';', b'\t', b','];
/// Records looked at to find the delimiter.
const LOOKED_AT_RECORDS: usize = 50;

/// True for a name that says the file is such a list.
pub(super) fn is_named(name: &str) -> bool {
    matches!(names::extension(name).as_str(), "csv" | "tsv" | "tab")
}

/// True when a text is laid out as such a list: two rows of the same width at least.
pub(super) fn looks_like(text: &str) -> bool {
    widest(text).is_some_and(|(rows, _, _)| rows > 1)
}

/// The one sheet of such a list.
pub(super) fn sheet(name: &str, text: &str) -> Result<Sheet, Fault> {
    let text = format!("{}\n", text.replace("\r\n", "\n").replace('\r', "\n").trim_end_matches('\n'));
    let (said, text) = said_delimiter(&text);
    let delimiter = said.or_else(|| widest(text).map(|(_, _, sign)| sign)).unwrap_or(b',');
    let title = names::stem(name).to_string();
    let mut cells = BTreeMap::new();
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let mut breaks = 0;
    let mut rows = 0;
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(_) => return Err(Fault::at(name, "名单的写法有误，读不出来。请交填好的 .xlsx 表格。")),
        }
        // lines within quotes make one row; the reader counts every line and is past the end of this one
        breaks += record.iter().map(|field| field.matches('\n').count() as u64).sum::<u64>();
        let skipped = u64::from(said.is_some());
        let row = u32::try_from((reader.position().line() + skipped).saturating_sub(2 + breaks)).unwrap_or(u32::MAX);
        for (column, field) in (0..).zip(record.iter()) {
            let raw = value(field);
            if raw == Raw::Empty {
                continue;
            }
            if column as usize >= SHEET_COLUMNS_MAX {
                return Err(too_many_columns(&title));
            }
            if field.len() > CELL_UNITS_MAX && field.encode_utf16().count() > CELL_UNITS_MAX {
                return Err(too_long(&title, (row, column)));
            }
            cells.insert((row, column), raw);
        }
        rows += 1;
        if rows > SHEET_ROWS_MAX + 300 {
            return Err(too_many_rows(&title));
        }
    }
    Ok(Sheet::alone(title, cells))
}

/// `sep=;` on the first line, as Excel writes and obeys it.
fn said_delimiter(text: &str) -> (Option<u8>, &str) {
    let said = text.split_once('\n').and_then(|(first, rest)| Some((first.strip_prefix("sep=")?, rest)));
    match said {
        Some((sign, rest)) if sign.len() == 1 => (sign.bytes().next(), rest),
        Some(_) | None => (None, text),
    }
}

/// How many rows have the commonest width above one, that width, and the delimiter that gives it.
fn widest(text: &str) -> Option<(usize, usize, u8)> {
    let of = |sign: u8| {
        let mut reader =
            ReaderBuilder::new().has_headers(false).flexible(true).delimiter(sign).from_reader(text.as_bytes());
        let mut widths: BTreeMap<usize, usize> = BTreeMap::new();
        for record in reader.records().take(LOOKED_AT_RECORDS) {
            *widths.entry(record.ok()?.len()).or_default() += 1;
        }
        widths.into_iter().filter(|(width, _)| *width > 1).map(|(width, rows)| (rows, width, sign)).max()
    };
    DELIMITERS.into_iter().filter_map(of).max_by_key(|(rows, width, _)| (*rows, *width))
}

/// What a field holds. `="0565"` and `'0565` are how programs keep a workbook from taking digits for a number.
fn value(field: &str) -> Raw {
    let field = field.trim();
    let kept = field.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    let digits = |text: &&str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric());
    // put between quotes by a program that did not double those within: the first is taken for the end
    let undoubled = field.strip_prefix('=').and_then(|rest| rest.strip_suffix("\"\"")).filter(digits);
    tree::trimmed(kept.or(undoubled).or_else(|| field.strip_prefix('\'').filter(digits)).unwrap_or(field))
}
