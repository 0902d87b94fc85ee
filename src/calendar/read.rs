//! Reads a calendar from its text: lines `date,kind,name`, a head line, blank lines and `#` comments allowed. With the head
//! line `date,kind,name,source` each line has a fourth cell; a region's calendar must have it.
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
        Calendar::read(path, text, false)
    }

    /// Reads the own days of a region, to be laid over the national calendar ([`Calendar::with_region`]).
    ///
    /// # Errors
    /// Those of [`Calendar::parse`], and `calendar-without-source` where a line does not say who says so: a day off that
    /// nobody arranged would silently put off what a citizen waits for.
    pub fn parse_region(path: &str, text: &str) -> Result<Calendar, Vec<Diagnostic>> {
        Calendar::read(path, text, true)
    }

    fn read(path: &str, text: &str, regional: bool) -> Result<Calendar, Vec<Diagnostic>> {
        let mut reader =
            Reader { path, regional, sourced: false, rows: Vec::new(), seen: BTreeMap::new(), problems: Vec::new() };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (index, line) in text.lines().enumerate() {
            let line = line.trim_end();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if reader.rows.is_empty() && line.starts_with("date,") {
                reader.sourced = line.split(',').nth(3).is_some_and(|head| head.trim() == "source");
                continue;
            }
            if reader.regional && !reader.sourced {
                let message = "the head line does not say `date,kind,name,source`".to_string();
                reader.problem("calendar-without-source", index + 1, 1, message, Some(SOURCE_HINT));
                break;
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

/// What a line of a region must say besides.
const SOURCE_HINT: &str = "a region's day says who arranged it: 2026-04-20,holiday,三月三,桂政办电〔2025〕60号";

struct Reader<'a> {
    path: &'a str,
    /// whether it is a region's calendar
    regional: bool,
    /// whether lines have a fourth cell
    sourced: bool,
    rows: Vec<Row>,
    seen: BTreeMap<NaiveDate, usize>,
    problems: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn line(&mut self, number: usize, line: &str) {
        let mut cells = line.splitn(3, ',');
        let date_cell = cells.next().unwrap_or_default();
        let kind_cell = cells.next().unwrap_or_default();
        let rest = cells.next().unwrap_or_default();
        let (name, source) = if self.sourced { two_cells(rest) } else { (rest, "") };
        let (name, source) = (unquote(name), Some(unquote(source)).filter(|source| !source.is_empty()));
        let date = date(date_cell.trim());
        // what is not settled yet is no day of a region: it is entered when it is
        let kind = kind(kind_cell.trim()).filter(|kind| !self.regional || *kind != Kind::Provisional);
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
            let hint = if self.regional { "holiday or workday" } else { "holiday, workday or provisional" };
            self.problem("calendar-unknown-kind", number, column, message, Some(hint));
        }
        if self.regional && source.is_none() {
            let message = "nobody is named who says so".to_string();
            self.problem("calendar-without-source", number, 1, message, Some(SOURCE_HINT));
        }
        let Some(date) = date else { return };
        if let Some(first) = self.seen.get(&date) {
            let message = format!("{date} already stands in line {first}");
            self.problem("calendar-repeated-date", number, 1, message, Some("keep one of the two lines"));
            return;
        }
        self.seen.insert(date, number);
        if let Some(kind) = kind {
            self.rows.push(Row { date, kind, name, source });
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

/// The cells on both sides of the first comma that stands in no quotes.
fn two_cells(rest: &str) -> (&str, &str) {
    let mut quoted = false;
    let parting = rest.char_indices().find(|(_, letter)| {
        quoted ^= *letter == '"';
        *letter == ',' && !quoted
    });
    parting.map_or((rest, ""), |(at, _)| (&rest[..at], &rest[at + 1..]))
}

fn unquote(cell: &str) -> String {
    let cell = cell.trim();
    let inner = cell.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.map_or_else(|| cell.to_string(), |inner| inner.replace("\"\"", "\""))
}
