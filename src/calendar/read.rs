//! Reads a calendar from its text: lines `date,kind,name`, a head line, blank lines and `#` comments allowed.
//!
//! Guarantees: every problem of the text is reported, each at its line and column; an empty text is one problem, for a
//! calendar without a row would silently count by weekends alone.

use super::{CALENDAR_ROWS_MAX, CALENDAR_YEAR_MAX, CALENDAR_YEAR_MIN, Calendar, Kind, Row};
use crate::diag::{Diagnostic, Place, Severity};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;

impl Calendar {
    /// Reads `text`; `path` only says where problems are.
    ///
    /// # Errors
    /// Every `calendar-bad-date`, `calendar-unknown-kind`, `calendar-repeated-date`, `calendar-too-long` and
    /// `calendar-empty` of the text.
    pub fn parse(path: &str, text: &str) -> Result<Calendar, Vec<Diagnostic>> {
        let mut reader = Reader { path, rows: Vec::new(), seen: BTreeMap::new(), problems: Vec::new() };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (index, line) in text.lines().enumerate() {
            let line = line.trim_end();
            if line.is_empty() || line.starts_with('#') || (index == 0 && line.starts_with("date,")) {
                continue;
            }
            if reader.rows.len() == CALENDAR_ROWS_MAX {
                let message = format!("more than {CALENDAR_ROWS_MAX} rows");
                reader.problem("calendar-too-long", index + 1, 1, message, None);
                break;
            }
            reader.line(index + 1, line);
        }
        if reader.rows.is_empty() && reader.problems.is_empty() {
            let hint = "a calendar has lines like 2026-10-01,holiday,国庆节";
            reader.problem("calendar-empty", 0, 0, "no row".to_string(), Some(hint));
        }
        if reader.problems.is_empty() { Ok(Calendar::from_rows(reader.rows)) } else { Err(reader.problems) }
    }
}

struct Reader<'a> {
    path: &'a str,
    rows: Vec<Row>,
    seen: BTreeMap<NaiveDate, usize>,
    problems: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn line(&mut self, number: usize, line: &str) {
        let mut cells = line.splitn(3, ',');
        let date_cell = cells.next().unwrap_or_default();
        let kind_cell = cells.next().unwrap_or_default();
        let name = unquote(cells.next().unwrap_or_default());
        let date = date(date_cell.trim());
        let kind = kind(kind_cell.trim());
        if date.is_none() {
            let hint = if line.contains('，') {
                "cells are parted by , and not by ，"
            } else {
                "a date is written 2026-10-01"
            };
            let message = format!("`{}` is not a date of {CALENDAR_YEAR_MIN} to {CALENDAR_YEAR_MAX}", date_cell.trim());
            self.problem("calendar-bad-date", number, 1, message, Some(hint));
        }
        if kind.is_none() && !(date.is_none() && kind_cell.is_empty()) {
            let message = format!("`{}` is not a kind of day", kind_cell.trim());
            let column = date_cell.chars().count() + 2;
            self.problem("calendar-unknown-kind", number, column, message, Some("holiday, workday or provisional"));
        }
        let Some(date) = date else { return };
        if let Some(first) = self.seen.get(&date) {
            let message = format!("{date} already stands in line {first}");
            self.problem("calendar-repeated-date", number, 1, message, Some("keep one of the two lines"));
            return;
        }
        self.seen.insert(date, number);
        if let Some(kind) = kind {
            self.rows.push(Row { date, kind, name });
        }
    }

    fn problem(&mut self, kind: &'static str, line: usize, column: usize, message: String, hint: Option<&str>) {
        let place = Place { path: self.path.to_string(), line, column };
        let hint = hint.map(str::to_string);
        self.problems.push(Diagnostic { kind, severity: Severity::Error, place, message, hint });
    }
}

fn date(cell: &str) -> Option<NaiveDate> {
    // ten characters exactly: chrono would also take 2026-1-1 and then two spellings would pass for two days
    let date = if cell.len() == 10 { NaiveDate::parse_from_str(cell, "%Y-%m-%d").ok() } else { None };
    date.filter(|date| (CALENDAR_YEAR_MIN..=CALENDAR_YEAR_MAX).contains(&date.year()))
}

fn kind(cell: &str) -> Option<Kind> {
    match cell {
        "holiday" => Some(Kind::Holiday),
        "workday" => Some(Kind::Workday),
        "provisional" => Some(Kind::Provisional),
        _ => None,
    }
}

fn unquote(cell: &str) -> String {
    let cell = cell.trim();
    let inner = cell.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.map_or_else(|| cell.to_string(), |inner| inner.replace("\"\"", "\""))
}
