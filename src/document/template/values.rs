//! The expression language of templates: its environment, its values, its filters.
//!
//! Maps keep the order of the data, so that a list of categories reads as the office wrote it.

use super::super::{markdown, strokes};
use crate::numerals;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Enumerator, Kwargs, Object, ObjectRepr, Rest, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value};
use serde_json::Value as Json;
use std::fmt::Write as _;
use std::sync::Arc;

/// A strict environment without files, with our filters, and with a writer through which no value brings markup.
pub(in crate::document) fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(super::RENDER_FUEL_INSTRUCTIONS));
    environment.set_debug(true);
    // Macros and captured blocks hand on text that is escaped already only when escaping is on.
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::Custom("markdown".into()));
    environment.set_formatter(write);
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
        environment.set_syntax(syntax);
    }
    for raw in ["safe", "escape", "e", "pprint"] {
        environment.remove_filter(raw);
    }
    environment.add_filter("default", default);
    environment.add_filter("d", default);
    environment.add_filter("join", join);
    environment.add_filter("date_cn", date_cn);
    environment.add_filter("month_cn", month_cn);
    environment.add_filter("cn", cn);
    environment.add_filter("rmb", rmb);
    environment.add_filter("pad_name", pad_name);
    environment.add_filter("mask", mask);
    environment.add_filter("date_han", date_han);
    environment.add_filter("by_strokes", by_strokes);
    environment.add_function("date_cn", date_cn);
    environment.add_function("date_han", date_han);
    environment.add_function("month_cn", month_cn);
    environment.add_function("cn", cn);
    environment.add_function("rmb", rmb);
    environment.add_function("pad_name", pad_name);
    environment.add_function("mask", mask);
    environment
}

/// JSON as a template sees it.
pub(in crate::document) fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::from(()),
        Json::Bool(yes) => Value::from(*yes),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::from(whole),
            (None, Some(part)) => Value::from(part),
            (None, None) => Value::from(number.to_string()),
        },
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(list) => Value::from(list.iter().map(value).collect::<Vec<_>>()),
        Json::Object(map) => {
            Value::from_object(Ordered(map.iter().map(|(key, it)| (key.clone(), value(it))).collect()))
        }
    }
}

/// The expression an error is about. MiniJinja points at a filter when its input lacks a value; then what is filtered is meant. At a
/// member it points with its brackets or its point alone; what it is a member of goes before it.
pub(super) fn expression(source: &str, range: std::ops::Range<usize>) -> String {
    let bare = |text: &str| text.trim_matches(|it: char| it.is_whitespace() || "{}%".contains(it)).to_owned();
    let before = source.get(..range.start).unwrap_or_default();
    let opened = before.rfind("{{").max(before.rfind("{%")).map_or("", |place| &before[place + 2..]);
    match opened.trim_end().strip_suffix('|') {
        Some(filtered) => bare(filtered.split('|').next().unwrap_or_default()),
        None => {
            let pointed = source.get(range).unwrap_or_default();
            let of_path = |it: char| it.is_alphanumeric() || "_.[]\"'".contains(it);
            let owner = before
                .rfind(|it| !of_path(it))
                .map_or(before, |at| before.get(at..).unwrap_or_default().trim_start_matches(|it| !of_path(it)));
            let owner = if pointed.starts_with(['[', '.']) { owner } else { "" };
            format!("{owner}{}", bare(pointed))
        }
    }
}

/// A map that is iterated in the order of the data.
#[derive(Debug)]
struct Ordered(Vec<(String, Value)>);

impl Object for Ordered {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let key = key.as_str()?;
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone())
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.iter().map(|(name, _)| Value::from(name.as_str())).collect())
    }
}

/// Writes a value: text escaped in the body and without line breaks in the front matter, yes and no as 是 and 否, a list
/// with 、 between. A null is a variable nobody filled.
fn write(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    if value.is_undefined() || value.is_none() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    if value.is_safe() && value.kind() == ValueKind::String {
        return out.write_str(value.as_str().unwrap_or_default()).map_err(Error::from);
    }
    let text = text(value)?;
    // the body and the pieces it includes; only a key's name has the mark and is not the body's
    if state.name() == super::BODY || !state.name().contains('@') {
        return out.write_str(&markdown::escape(&text)).map_err(Error::from);
    }
    // organs that were written one below the other are told apart
    let organs = ["主送@", "抄送@", "分送@"].iter().any(|key| state.name().starts_with(key));
    let text = if organs { listed(&text) } else { text };
    let line: String = text.chars().filter(|it| !markdown::invisible(*it)).collect();
    out.write_str(&line).map_err(Error::from)
}

/// The lines of a text with 、 between, but where one ends in a mark of its own.
fn listed(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if !all.is_empty() && !all.ends_with(['、', '，', '；', '。', ',', ';']) {
            all.push('、');
        }
        all.push_str(line);
    }
    all
}

/// The text of a value: yes and no as 是 and 否, a list with 、 between.
pub(in crate::document) fn text(value: &Value) -> Result<String, Error> {
    if value.is_undefined() || value.is_none() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    if value.kind() == ValueKind::Bool {
        Ok(if value.is_true() { "是" } else { "否" }.to_owned())
    } else if matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable) {
        let parts: Result<Vec<String>, Error> = value.try_iter()?.map(|it| text(&it)).collect();
        Ok(parts?.join("、"))
    } else if value.kind() == ValueKind::Map {
        Err(Error::new(ErrorKind::InvalidOperation, "a map has no text; name one of its members"))
    } else {
        Ok(value.to_string())
    }
}

/// `x|default("无")`: like MiniJinja's, but null and empty text lack a value too.
fn default(value: &Value, other: Rest<Value>) -> Value {
    let empty = value.as_str().is_some_and(str::is_empty);
    if value.is_undefined() || value.is_none() || empty {
        return other.first().cloned().unwrap_or_else(|| Value::from(""));
    }
    value.clone()
}

/// `list|join` or `list|join("，")`. The parts are text; markup in them is escaped with the whole.
fn join(value: &Value, between: Option<String>) -> Result<String, Error> {
    let between = between.unwrap_or_else(|| "、".to_owned());
    let mut joined = String::new();
    for (index, part) in value.try_iter()?.enumerate() {
        if index > 0 {
            joined.push_str(&between);
        }
        joined.push_str(&text(&part)?);
    }
    Ok(joined)
}

fn date_cn(value: &Value) -> Result<String, Error> {
    numerals::date_cn(&text(value)?).ok_or_else(|| unreadable("a date", value))
}

fn date_han(value: &Value) -> Result<String, Error> {
    numerals::date_han(&text(value)?).ok_or_else(|| unreadable("a date", value))
}

fn month_cn(value: &Value) -> Result<String, Error> {
    numerals::month_cn(&text(value)?).ok_or_else(|| unreadable("a month", value))
}

fn cn(value: &Value) -> Result<String, Error> {
    numerals::written(&text(value)?).ok_or_else(|| unreadable("a whole number", value))
}

fn rmb(value: &Value) -> Result<String, Error> {
    numerals::amount(&text(value)?).ok_or_else(|| unreadable("an amount of money", value))
}

fn pad_name(value: &Value) -> Result<String, Error> {
    Ok(numerals::pad_name(&text(value)?))
}

fn mask(value: &Value) -> Result<String, Error> {
    Ok(numerals::mask(&text(value)?))
}

fn unreadable(what: &str, value: &Value) -> Error {
    let mut detail = String::new();
    // Writing to a String cannot fail.
    let _ = write!(detail, "{value} is not {what}");
    Error::new(ErrorKind::InvalidOperation, detail)
}

/// Characters of names that have no stroke count; carried by the error so that the office is told which.
#[derive(Debug, thiserror::Error)]
#[error("no stroke count is known for {}", named(.0))]
pub(super) struct Uncounted(pub(super) Vec<char>);

/// Characters as an error names them: `𰻝` (U+30EDD).
pub(super) fn named(characters: &[char]) -> String {
    let each = characters.iter().map(|it| format!("{it:?} (U+{:04X})", u32::from(*it)));
    each.collect::<Vec<_>>().join(", ")
}

/// `list|by_strokes`, or `list|by_strokes(attribute="姓名")` when the members are no names but have one.
fn by_strokes(list: &Value, options: Kwargs) -> Result<Value, Error> {
    let attribute: Option<String> = options.get("attribute")?;
    options.assert_all_used()?;
    let mut places = Vec::new();
    let mut unknown = Vec::new();
    for member in list.try_iter()? {
        let mut name = member.clone();
        for part in attribute.iter().flat_map(|it| it.split('.')) {
            name = name.get_attr(part)?;
        }
        match strokes::place(&text(&name)?) {
            Ok(place) => places.push((place, member)),
            Err(characters) => {
                unknown.extend(characters.into_iter().filter(|it| !unknown.contains(it)).collect::<Vec<_>>())
            }
        }
    }
    if !unknown.is_empty() {
        let uncounted = Uncounted(unknown);
        return Err(Error::new(ErrorKind::InvalidOperation, uncounted.to_string()).with_source(uncounted));
    }
    // The sort is stable: two of one name stay as they stood.
    places.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(Value::from(places.into_iter().map(|(_, member)| member).collect::<Vec<_>>()))
}
