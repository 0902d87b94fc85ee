//! Types of values and their defaults (LANGUAGE §2).

use super::reader::Reader;
use crate::submission::{TableKey, Type};
use crate::yaml::{self, Node, Value};
use serde_json::Value as Json;

/// Characters of a `text` without a number.
pub(super) const TEXT_CHARACTERS_DEFAULT: usize = 2000;
/// Most characters a text field may ask for.
const TEXT_CHARACTERS_MAX: usize = 100_000;
/// Most decimal places.
const DECIMAL_PLACES_MAX: u8 = 6;

const WORDS: [&str; 21] = [
    "text",
    "name",
    "id-number",
    "credit-code",
    "phone",
    "email",
    "address",
    "integer",
    "decimal",
    "money",
    "percent",
    "about-number",
    "date",
    "month",
    "year",
    "time",
    "period",
    "yes-no",
    "office",
    "file",
    "image",
];

/// Reads a type.
pub(super) fn kind(reader: &mut Reader, node: &Node) -> Option<Type> {
    match &node.value {
        Value::List(options) => choice(reader, node, options).map(Type::One),
        Value::Map(_) => compound(reader, node),
        Value::Text(text) => simple(reader, node, text),
        Value::Null | Value::Bool(_) | Value::Int(_) => {
            let hint = "write `text`, `date`, …";
            reader.error("unknown-type", &node.place, format!("a type is wanted, this is {}", node.kind()), hint);
            None
        }
    }
}

fn simple(reader: &mut Reader, node: &Node, text: &str) -> Option<Type> {
    let mut words = text.split_whitespace();
    let (word, argument, rest) = (words.next().unwrap_or_default(), words.next(), words.next());
    let number = argument.and_then(|a| a.parse::<usize>().ok());
    let found = match (word, argument, number, rest) {
        ("text", None, _, None) => Some(Type::Text(TEXT_CHARACTERS_DEFAULT)),
        ("text", Some(_), Some(n @ 1..=TEXT_CHARACTERS_MAX), None) => Some(Type::Text(n)),
        ("decimal", Some(_), Some(n), None) if n <= usize::from(DECIMAL_PLACES_MAX) => {
            u8::try_from(n).ok().map(Type::Decimal)
        }
        ("decimal", None, _, None) => Some(Type::Decimal(2)),
        (_, None, _, None) => plain(word),
        _ => None,
    };
    if found.is_none() {
        match yaml::in_scalar(node) {
            Some(problem) => reader.push(problem),
            None => {
                let hint = match super::nearest(word, &WORDS) {
                    Some(close) if close != word => format!("did you mean `{close}`?"),
                    _ => format!("types: {}; `[甲, 乙]` is one of, `{{ any: [甲, 乙] }}` several of", WORDS.join(" ")),
                };
                reader.error("unknown-type", &node.place, format!("`{text}` is not a type"), &hint);
            }
        }
    }
    found
}

fn plain(word: &str) -> Option<Type> {
    Some(match word {
        "name" => Type::Name,
        "id-number" => Type::IdNumber,
        "credit-code" => Type::CreditCode,
        "phone" => Type::Phone,
        "email" => Type::Email,
        "address" => Type::Address,
        "integer" => Type::Integer,
        "money" => Type::Money,
        "percent" => Type::Percent,
        "about-number" => Type::AboutNumber,
        "date" => Type::Date,
        "month" => Type::Month,
        "year" => Type::Year,
        "time" => Type::Time,
        "period" => Type::Period,
        "yes-no" => Type::YesNo,
        "office" => Type::Office,
        "file" => Type::File,
        "image" => Type::Image,
        _ => return None,
    })
}

fn choice(reader: &mut Reader, node: &Node, options: &[Node]) -> Option<Vec<String>> {
    if options.is_empty() {
        let hint = "name at least two";
        reader.error("choice-empty", &node.place, "a choice without anything to choose".to_owned(), hint);
        return None;
    }
    let mut found: Vec<String> = Vec::new();
    for option in options {
        let Some(text) = reader.text(option, "a choice") else { continue };
        if options.len() == 1
            && let Some(problem) = yaml::in_scalar(option)
        {
            reader.push(problem);
        } else if found.contains(&text) {
            reader.error("choice-repeated", &option.place, format!("`{text}` can be chosen twice"), "remove one");
        } else {
            found.push(text);
        }
    }
    Some(found)
}

fn compound(reader: &mut Reader, node: &Node) -> Option<Type> {
    let mut keys = reader.keys(node, "a type")?;
    let (any, list, table) = (keys.take("any"), keys.take("list"), keys.take("table"));
    let found = match (any, list, table) {
        (Some(options), None, None) => match options.list() {
            Some(elements) => choice(reader, options, elements).map(Type::Any),
            None => {
                reader.shape(options, "`any` has a list of choices");
                None
            }
        },
        (None, Some(inner), None) => {
            let min = keys.take("min").and_then(|n| reader.number(n, "`min`", 0)).unwrap_or(0);
            kind(reader, inner).map(|t| Type::List(Box::new(t), usize::try_from(min).unwrap_or(0)))
        }
        (None, None, Some(columns)) => {
            let words = [("office", TableKey::Office), ("text", TableKey::Text)];
            let key = keys.take("key").map(|n| reader.word(Some(n), &words, TableKey::Text, "the key of a table"));
            columns_of(reader, columns).map(|c| Type::Table(c, key))
        }
        _ => {
            let hint = "write `{ any: […] }`, `{ list: TYPE }` or `{ table: { COLUMN: TYPE } }`";
            reader.error("unknown-type", &node.place, "this mapping is not a type".to_owned(), hint);
            return None;
        }
    };
    reader.finish(keys, &[]);
    found
}

fn columns_of(reader: &mut Reader, node: &Node) -> Option<Vec<(String, Type)>> {
    let entries = node.map();
    if entries.is_none() {
        reader.shape(node, "the columns of a table are a mapping");
    }
    let mut columns = Vec::new();
    for (name, value) in entries? {
        if let (Some(name), Some(kind)) = (reader.name(name, "a column"), kind(reader, value)) {
            columns.push((name, kind));
        }
    }
    Some(columns)
}

/// Reads a default as it is kept: numbers and flags as such, everything else as text. None when it is not of the type.
pub(super) fn default(kind: &Type, node: &Node) -> Option<Json> {
    let text = node.text();
    match (kind, &node.value) {
        (Type::YesNo, Value::Bool(flag)) => Some(Json::Bool(*flag)),
        (Type::YesNo, _) => text.filter(|t| ["是", "否"].contains(t)).map(|t| Json::Bool(t == "是")),
        (Type::Integer, Value::Int(number)) => Some(Json::from(*number)),
        (Type::List(inner, min), _) => {
            let values: Option<Vec<Json>> = node.list()?.iter().map(|n| default(inner, n)).collect();
            values.filter(|v| v.len() >= *min).map(Json::Array)
        }
        (Type::Any(options), _) => {
            let chosen: Option<Vec<&str>> = node.list()?.iter().map(Node::text).collect();
            let chosen = chosen?;
            chosen.iter().all(|c| options.iter().any(|o| o == c)).then(|| Json::from(chosen))
        }
        (Type::Integer | Type::Table(..) | Type::File | Type::Image, _) => None,
        (simple, _) => text.filter(|t| is_of(simple, t)).map(|t| kind.with_places(Json::from(t))),
    }
}

/// Whether a text can be a value of a simple type.
pub(in crate::workflow) fn is_of(kind: &Type, text: &str) -> bool {
    let digits = |t: &str, n: usize| t.len() == n && t.bytes().all(|b| b.is_ascii_digit());
    match kind {
        Type::Text(max) => text.chars().count() <= *max,
        Type::Name => text.chars().count() <= 40,
        Type::One(options) | Type::Any(options) => options.iter().any(|o| o == text),
        Type::Date => text == "today" || chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok() || month_day(text),
        Type::Month => {
            matches!(text, "period" | "today")
                || (text.len() == 7 && chrono::NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").is_ok())
        }
        Type::Year => matches!(text, "period" | "today") || digits(text, 4),
        Type::Period => text == "period" || text.len() >= 4 && digits(&text[..4], 4),
        Type::Time => chrono::NaiveTime::parse_from_str(text, "%H:%M").is_ok(),
        Type::Integer => text.parse::<i64>().is_ok(),
        Type::Money | Type::Percent | Type::Decimal(_) => is_decimal(text),
        Type::IdNumber => text.len() == 18,
        Type::CreditCode => text.len() == 18,
        Type::AboutNumber => text.starts_with(|c: char| c.is_ascii_digit() || c == '约'),
        Type::Phone => text.bytes().all(|b| b.is_ascii_digit() || b == b'-'),
        Type::Email => text.contains('@'),
        Type::Address | Type::Office => true,
        Type::YesNo => matches!(text, "是" | "否" | "true" | "false"),
        Type::List(..) | Type::Table(..) | Type::File | Type::Image => false,
    }
}

fn month_day(text: &str) -> bool {
    text.len() == 5 && chrono::NaiveDate::parse_from_str(&format!("2024-{text}"), "%Y-%m-%d").is_ok()
}

fn is_decimal(text: &str) -> bool {
    let body = text.strip_prefix('-').unwrap_or(text);
    let (whole, places) = body.split_once('.').unwrap_or((body, "0"));
    [whole, places].iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}
