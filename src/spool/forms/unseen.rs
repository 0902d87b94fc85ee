//! Unseen: rows and columns of a workbook that are hidden and read all the same, and what nobody reads, comments on cells and words that are
//! struck out: told on the receipt.
//!
//! Of an `.xlsx` they are searched in its parts, for its reader does not tell of them. Limits: comments of `.xls` are not seen.

use super::UNPACKED_BYTES_MAX;
use super::sheet::ITEM_HEADING;
use super::workbook::load::Sheet;
use crate::ooxml::xml;
use crate::submission::hint;
use std::collections::BTreeSet;
use std::io::{Cursor, Read};

/// Rows, columns and cells named in a sentence, at most.
const TOLD_MAX: usize = 5;

/// What of a workbook its readers do not see.
#[derive(Default)]
pub(super) struct Unseen {
    /// hidden rows with something in them, as people count them
    pub(super) rows: Vec<u32>,
    /// hidden columns with something in them, counted from 0
    pub(super) columns: BTreeSet<u32>,
    /// cells with a comment of somebody's
    pub(super) comments: Vec<String>,
    /// cells with words that are struck out
    pub(super) struck: Vec<String>,
}

impl Unseen {
    /// Of sheets whose reader tells of them.
    pub(super) fn of_sheets(sheets: &[Sheet]) -> Unseen {
        let mut unseen = Unseen::default();
        for sheet in sheets.iter().filter(|sheet| !sheet.hidden) {
            unseen.rows.extend(sheet.hidden_rows());
            unseen.columns.extend(sheet.hidden_columns().filter(|column| !(*column == 0 && is_numbered(sheet))));
            unseen.comments.extend(sheet.comments.iter().cloned());
        }
        unseen.struck_in(sheets);
        unseen
    }

    fn struck_in(&mut self, sheets: &[Sheet]) {
        self.struck = sheets.iter().filter(|sheet| !sheet.hidden).flat_map(|sheet| sheet.struck.clone()).collect();
    }

    /// Of an `.xlsx` with these sheets.
    pub(super) fn of_package(bytes: &[u8], sheets: &[Sheet]) -> Unseen {
        let mut unseen = Unseen::default();
        let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return unseen };
        for at in 0..archive.len() {
            let Ok(part) = archive.by_index(at) else { continue };
            let name = part.name().trim_start_matches('/').to_lowercase();
            let (of_sheet, of_comments) = (name.starts_with("xl/worksheets/"), name.starts_with("xl/comments"));
            if !(of_sheet || of_comments) || !name.ends_with(".xml") {
                continue;
            }
            let mut text = Vec::new();
            // what cannot be unpacked was refused before
            let _ = part.take(UNPACKED_BYTES_MAX).read_to_end(&mut text);
            let text = xml::decoded(&text);
            if of_comments {
                unseen.comments.extend(text.split("<comment ").skip(1).filter_map(commented));
            } else {
                unseen.rows.extend(text.split("<row ").skip(1).filter_map(hidden_row));
                unseen.columns.extend(hidden_columns(&text));
            }
        }
        if sheets.iter().any(is_numbered) {
            unseen.columns.remove(&0);
        }
        unseen.struck_in(sheets);
        unseen
    }

    /// What to say of it.
    pub(super) fn remarks(&self) -> Vec<String> {
        let told = |all: &[String]| {
            let more = if all.len() > TOLD_MAX { "等" } else { "" };
            format!("{}{more}", all.iter().take(TOLD_MAX).map(String::as_str).collect::<Vec<_>>().join("、"))
        };
        let rows: Vec<String> = self.rows.iter().map(|row| format!("第{row}行")).collect();
        let columns: Vec<String> =
            self.columns.iter().map(|column| format!("{}列", super::cells::letters(*column))).collect();
        let mut remarks = Vec::new();
        if !self.comments.is_empty() {
            let (count, told) = (self.comments.len(), told(&self.comments));
            remarks.push(format!("表格里有{count}处批注没有读取（{told}）。要报的内容请写进格子里，整份再交一次。"));
        }
        if !self.struck.is_empty() {
            let told = told(&self.struck);
            remarks.push(format!("表格里划掉（加删除线）的字没有读取（{told}）。要报的，请去掉删除线，整份再交一次。"));
        }
        if !columns.is_empty() {
            let (count, told) = (columns.len(), told(&columns));
            remarks
                .push(format!("表格里有{count}列是隐藏的（{told}），照样读了。不想报的，请删去这些列，整份再交一次。"));
        }
        if !rows.is_empty() {
            let (count, told) = (rows.len(), told(&rows));
            remarks
                .push(format!("表格里有{count}行是隐藏的（{told}），照样读了。不想报的，请删去这些行，整份再交一次。"));
        }
        remarks
    }
}

/// Whether the words of a comment are somebody's: ours stand over columns that are asked of some only.
pub(super) fn is_of_somebody(words: &str) -> bool {
    !words.trim().is_empty() && !words.contains(hint::ONLY)
}

/// Whether the first column of a sheet is the one of our numbers, which we hide ourselves.
fn is_numbered(sheet: &Sheet) -> bool {
    sheet.has_text(0, ITEM_HEADING)
}

fn is_hidden(tag: &str) -> bool {
    tag.contains("hidden=\"1\"") || tag.contains("hidden=\"true\"")
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!("{name}=\""))?.1.split('"').next()
}

fn holds(tag: &str, content: &str) -> bool {
    !tag.ends_with('/') && (content.contains("<v>") || content.contains("<is>"))
}

/// The number of a row that is hidden and has something in it; `row` is what stands behind the name of its tag.
fn hidden_row(row: &str) -> Option<u32> {
    let (tag, cells) = row.split_once('>')?;
    let cells = cells.split("</row>").next().unwrap_or_default();
    attribute(tag, "r")?.parse().ok().filter(|_| is_hidden(tag) && holds(tag, cells))
}

/// The columns of a sheet that are hidden and have something in them.
fn hidden_columns(sheet: &str) -> BTreeSet<u32> {
    let range = |tag: &str| {
        let number = |name: &str| attribute(tag, name)?.parse::<u32>().ok()?.checked_sub(1);
        Some(number("min")?..=number("max")?).filter(|_| is_hidden(tag))
    };
    let tags = sheet.split("<col ").skip(1).filter_map(|col| col.split('>').next());
    let hidden: Vec<_> = tags.filter_map(range).collect();
    let mut columns = BTreeSet::new();
    if hidden.is_empty() {
        return columns;
    }
    for cell in sheet.split("<c ").skip(1) {
        let Some((tag, content)) = cell.split_once('>') else { continue };
        let place = attribute(tag, "r").and_then(column).filter(|at| hidden.iter().any(|range| range.contains(at)));
        columns.extend(place.filter(|_| holds(tag, content.split("</c>").next().unwrap_or_default())));
    }
    columns
}

/// `AB12` → 27
fn column(cell: &str) -> Option<u32> {
    let letters = cell.trim_end_matches(|c: char| c.is_ascii_digit());
    let digit = |letter: char| letter.to_digit(36).filter(|_| letter.is_ascii_uppercase()).map(|digit| digit - 9);
    let number = letters.chars().try_fold(0_u32, |sum, letter| sum.checked_mul(26)?.checked_add(digit(letter)?));
    number?.checked_sub(1)
}

/// The cell of a comment of somebody's; `comment` is what stands behind the name of its tag.
fn commented(comment: &str) -> Option<String> {
    let (tag, content) = comment.split_once('>')?;
    let content = content.split("</comment>").next().unwrap_or_default();
    let words: String = content.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text).collect();
    attribute(tag, "ref").filter(|_| is_of_somebody(&words)).map(str::to_owned)
}
