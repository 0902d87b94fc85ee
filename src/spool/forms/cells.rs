//! Values as they stand in cells: from the kernel's JSON to a cell, and the name of a cell.

use crate::submission::{Entry, Type};
use rust_xlsxwriter::ExcelDateTime;
use serde_json::Value;
use std::borrow::Cow;

/// Characters of a digest by which its file is told apart from others.
const NUMBER_CHARACTERS: usize = 8;

/// What is put into a cell.
pub(super) enum Shown {
    Nothing,
    Text(String),
    Number(f64),
    Date(ExcelDateTime),
}

/// How a value is shown. What cannot be shown exactly as a number or a date stays text.
pub(super) fn shown(entry: &Entry, value: &Value) -> Shown {
    match (&entry.kind, legible(entry, value).as_ref()) {
        (Type::Date, Value::String(text)) => date(text).map_or_else(|| Shown::Text(text.clone()), Shown::Date),
        (kind, Value::String(text)) if is_number(kind) => {
            number(text).map_or_else(|| Shown::Text(text.clone()), Shown::Number)
        }
        (_, Value::Null) => Shown::Nothing,
        (_, Value::String(text)) => Shown::Text(text.clone()),
        (kind, Value::Number(n)) if is_number(kind) => {
            n.as_f64().map_or_else(|| Shown::Text(n.to_string()), Shown::Number)
        }
        (_, Value::Number(n)) => Shown::Text(n.to_string()),
        (_, Value::Bool(flag)) => Shown::Text(if *flag { "是" } else { "否" }.to_string()),
        (Type::List(..), Value::Array(values)) => Shown::Text(words(values).join("\n")),
        (_, Value::Array(values)) => Shown::Text(words(values).join("、")),
        (_, Value::Object(map)) => {
            Shown::Text(map.iter().map(|(k, v)| format!("{k}：{}", word(v))).collect::<Vec<_>>().join("；"))
        }
    }
}

/// A value for people to read: of a file that is only shown its digest says nothing, so words say that it is there, and which it is.
pub(super) fn legible<'v>(entry: &Entry, value: &'v Value) -> Cow<'v, Value> {
    let files = |kind: &Type| matches!(kind, Type::File | Type::Image);
    if entry.shown && entry.kind.holds(&files) { Cow::Owned(told(&entry.kind, value)) } else { Cow::Borrowed(value) }
}

fn told(kind: &Type, value: &Value) -> Value {
    match (kind, value) {
        (Type::File | Type::Image, Value::String(digest)) => {
            let what = if *kind == Type::Image { "图片" } else { "附件" };
            let number: String = digest.chars().take(NUMBER_CHARACTERS).collect();
            Value::from(format!("{what}已收，没有放进本表（原件编号{number}，要看请找管理员调取）"))
        }
        (Type::List(inner, _), Value::Array(values)) => values.iter().map(|value| told(inner, value)).collect(),
        (Type::Table(columns, _), Value::Array(rows)) => rows.iter().map(|row| told_row(columns, row)).collect(),
        (Type::Table(columns, _), Value::Object(rows)) => {
            Value::Object(rows.iter().map(|(key, row)| (key.clone(), told_row(columns, row))).collect())
        }
        (_, value) => value.clone(),
    }
}

fn told_row(columns: &[(String, Type)], row: &Value) -> Value {
    let mut row = row.clone();
    for (name, kind) in columns {
        if let Some(cell) = row.get_mut(name) {
            *cell = told(kind, cell);
        }
    }
    row
}

fn words(values: &[Value]) -> Vec<String> {
    values.iter().map(word).collect()
}

fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}

/// True for the types whose cells hold numbers. A percent is text: a program would store a typed `95%` as 0.95.
pub(super) fn is_number(kind: &Type) -> bool {
    matches!(kind, Type::Integer | Type::Decimal(_) | Type::Money)
}

/// A number a cell holds without losing a digit: a cell keeps fifteen.
pub(super) fn number(text: &str) -> Option<f64> {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let plain = text.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '-');
    if plain && (1..=15).contains(&digits) { text.parse().ok() } else { None }
}

/// A day a cell can hold (from 1900 on).
pub(super) fn date(text: &str) -> Option<ExcelDateTime> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    ExcelDateTime::from_ymd(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// The heading over an entry: title, unit, and whether it may stay empty.
pub(super) fn heading(entry: &Entry) -> String {
    let mut text = entry.title.clone();
    if let Some(unit) = &entry.unit {
        text.push_str(&format!("（{unit}）"));
    }
    if entry.optional && !entry.shown {
        text.push_str("\n（可不填）");
    }
    text
}

/// `C7` for 0-based row 6, column 2.
pub(super) fn name(row: u32, column: u32) -> String {
    format!("{}{}", letters(column), row + 1)
}

/// `C` for 0-based column 2.
pub(super) fn letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + u8::try_from((rest - 1) % 26).unwrap_or(0)));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}
