//! Values as they stand in cells: from the kernel's JSON to a cell, and the name of a cell.

use crate::submission::{Entry, Type};
use rust_xlsxwriter::ExcelDateTime;
use serde_json::Value;

/// What is put into a cell.
pub(super) enum Shown {
    Nothing,
    Text(String),
    Number(f64),
    Date(ExcelDateTime),
}

/// How a value of this type is shown. What cannot be shown exactly as a number or a date stays text.
pub(super) fn shown(kind: &Type, value: &Value) -> Shown {
    match (kind, value) {
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
