//! All that data lacks for a template, and data to begin with.

use super::error::At;
use super::hint::Hint;
use super::{Template, TemplateError};
use crate::workflow::rule::Mention;
use serde_json::{Map, Value as Json, json};
use std::fmt::Write as _;

/// Variables of one paper that are looked for; whoever lacks so many lacks the whole.
const LACKING_MAX: usize = 100;

/// A variable the data has no value for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    /// where it is read
    pub at: At,
    /// its path, members of lists counted from 1: `items[2].姓名`
    pub variable: String,
    /// what would fit: the nearest name at that place, or those there are
    pub hint: Hint,
}

impl Lacking {
    /// One sentence in Chinese.
    pub fn sentence(&self) -> String {
        let Lacking { at, variable, hint } = self;
        format!("{}的“{variable}”没有内容{}，请先补齐。", at.sentence(), hint.sentence())
    }
}

impl std::fmt::Display for Lacking {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Lacking { at, variable, hint } = self;
        write!(f, "{at}: `{variable}` has no value\n  hint: {hint}")
    }
}

/// Where in the data a path ends: the value there, or the part that is missing.
enum End {
    There,
    /// what the path is called with its members counted, the name that is missing, and the names beside it
    Missing(String, String, Vec<String>),
}

impl Template {
    /// Every variable this paper needs that the data has no value for, in the order they are met; empty when it can be made,
    /// or cannot for another reason. What an `if` keeps from being read is not asked for.
    pub fn lacking(&self, data: &Json) -> Vec<Lacking> {
        let mut data = data.clone();
        let mut found: Vec<Lacking> = Vec::new();
        while found.len() < LACKING_MAX {
            let Err(TemplateError::Unfilled { at, variable, hint }) = self.made(&data) else { break };
            let Some((meant, at)) = self.meant(&data, &at, &variable) else {
                found.push(Lacking { at, variable, hint: *hint });
                break;
            };
            for (variable, name, there) in ends(&data, &meant.path) {
                found.push(Lacking { at: at.clone(), variable, hint: Hint::of(&name, &there) });
            }
            fill(&mut data, &meant.path);
        }
        found
    }

    /// The variable an error is about, of those the data has no value for, and its place.
    fn meant(&self, data: &Json, at: &At, variable: &str) -> Option<(&Mention, At)> {
        let piece = if at.template == self.name() { "" } else { at.template.as_str() };
        let last = variable.rsplit(['.', ' ']).next().unwrap_or_default();
        let needed = || self.variables().iter().filter(|it| !ends(data, &it.path).is_empty());
        let here = |it: &&Mention| (it.piece.as_str(), it.line) == (piece, at.line);
        let named = |it: &&Mention| it.path.last().is_some_and(|name| name == last);
        let meant = needed()
            .find(|it| here(it) && named(it))
            .or_else(|| needed().find(here))
            .or_else(|| needed().find(named))?;
        let column = if here(&meant) { meant.column } else { at.column };
        Some((meant, At { column, ..at.clone() }))
    }

    /// The error with the names there are where the data has none of that name.
    pub(super) fn with_names(&self, data: &Json, error: TemplateError) -> TemplateError {
        let TemplateError::Unfilled { at, variable, hint } = error else { return error };
        let Some((meant, at)) = self.meant(data, &at, &variable) else {
            return TemplateError::Unfilled { at, variable, hint };
        };
        let first = ends(data, &meant.path).into_iter().next();
        let hint = first.map_or(hint, |(_, name, there)| Box::new(Hint::of(&name, &there)));
        TemplateError::Unfilled { at, variable, hint }
    }

    /// Data to begin with, as YAML: every variable the template refers to, with a value that tells what it is.
    pub fn example(&self) -> String {
        example(self.variables())
    }
}

/// Data to begin with, as YAML, for what a text reads.
pub(in crate::document) fn example(read: &[Mention]) -> String {
    let mut tree = Map::new();
    for name in ["成文日期", "文号"] {
        tree.insert(name.to_owned(), Json::String(sample(name)));
    }
    let mut paths: Vec<&Vec<String>> = read.iter().map(|it| &it.path).collect();
    // the longer first: what has parts is no text
    paths.sort_by_key(|path| std::cmp::Reverse(path.len()));
    let mut whole = Json::Object(tree);
    paths.iter().for_each(|path| plant(&mut whole, path, path));
    let optional = |name: &String| {
        let mut of = read.iter().filter(|it| it.path.first() == Some(name)).peekable();
        of.peek().is_some() && of.all(|it| it.optional)
    };
    let mut out = String::new();
    for (name, value) in whole.as_object().into_iter().flatten() {
        if optional(name) {
            out.push_str("# may be left out\n");
        }
        entry(&mut out, name, value, 0);
    }
    out
}

/// The ends of a path that lead to no value.
pub(in crate::document) fn ends(data: &Json, path: &[String]) -> Vec<(String, String, Vec<String>)> {
    let mut found = Vec::new();
    follow(data, path, String::new(), &mut |end| {
        if let End::Missing(called, name, there) = end {
            found.push((called, name, there));
        }
    });
    found
}

fn follow(data: &Json, path: &[String], called: String, told: &mut impl FnMut(End)) {
    let Some((name, rest)) = path.split_first() else { return told(End::There) };
    if name == "*" {
        let members = data.as_array().map(Vec::as_slice).unwrap_or_default().iter().enumerate();
        members.for_each(|(n, member)| follow(member, rest, format!("{called}[{}]", n + 1), told));
        return;
    }
    let called = if called.is_empty() { name.clone() } else { format!("{called}.{name}") };
    match data.get(name).filter(|it| !it.is_null()) {
        Some(value) => follow(value, rest, called, told),
        None => {
            let there =
                data.as_object().into_iter().flat_map(|it| it.keys()).filter(|it| *it != name).cloned().collect();
            let whole = rest.iter().fold(called, |all, part| format!("{all}.{part}").replace(".*", "[]"));
            told(End::Missing(whole, name.clone(), there));
        }
    }
}

/// Puts something where a path leads to no value, so that the next variable can be found.
fn fill(data: &mut Json, path: &[String]) {
    let Some((name, rest)) = path.split_first() else { return };
    if name == "*" {
        data.as_array_mut().into_iter().flatten().for_each(|member| fill(member, rest));
        return;
    }
    let Json::Object(map) = data else { return };
    match map.get_mut(name).filter(|it| !it.is_null()) {
        Some(value) => fill(value, rest),
        None => {
            let mut made = Json::Null;
            plant(&mut made, rest, path);
            map.insert(name.clone(), made);
        }
    }
}

/// Grows the data a path asks for; what stands there already stays.
fn plant(data: &mut Json, path: &[String], whole: &[String]) {
    let Some((name, rest)) = path.split_first() else {
        if data.is_null() {
            *data = Json::String(sample(whole.iter().rev().find(|it| *it != "*").map_or("", String::as_str)));
        }
        return;
    };
    if name == "*" {
        if data.is_null() {
            *data = json!([null]);
        }
        data.as_array_mut().into_iter().flatten().for_each(|member| plant(member, rest, whole));
        return;
    }
    if data.is_null() {
        *data = json!({});
    }
    if let Json::Object(map) = data {
        plant(map.entry(name.clone()).or_insert(Json::Null), rest, whole);
    }
}

/// A value that tells what it is, of the kind its name suggests.
fn sample(name: &str) -> String {
    let ends = |words: &[&str]| words.iter().any(|word| name.ends_with(word));
    if name == "文号" {
        "某发〔2026〕1号".to_owned()
    } else if name == "today" || ends(&["日期", "日", "date"]) {
        "2026-01-05".to_owned()
    } else if ends(&["年月", "月", "month"]) {
        "2026-01".to_owned()
    } else if ends(&["数", "次", "额", "得分", "count", "年度", "total"]) {
        "1".to_owned()
    } else {
        format!("某{name}")
    }
}

/// An entry of a mapping in YAML; texts are quoted as JSON has them.
fn entry(out: &mut String, name: &str, value: &Json, depth: usize) {
    let indent = "  ".repeat(depth);
    // Writing to a String cannot fail.
    let _ = match value {
        Json::Object(map) if !map.is_empty() => writeln!(out, "{indent}{}:", key(name)).map(|()| {
            map.iter().for_each(|(name, value)| entry(out, name, value, depth + 1));
        }),
        Json::Array(list) => writeln!(out, "{indent}{}:", key(name)).map(|()| {
            list.iter().for_each(|member| listed(out, member, depth + 1));
        }),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_) => {
            writeln!(out, "{indent}{}: {value}", key(name))
        }
    };
}

fn listed(out: &mut String, member: &Json, depth: usize) {
    let indent = "  ".repeat(depth);
    let mut inner = String::new();
    if let Json::Object(map) = member {
        map.iter().for_each(|(name, value)| entry(&mut inner, name, value, depth + 1));
    }
    // the first line of what is inside begins with the dash
    let _ = match inner.get(indent.len() + 2..) {
        Some(rest) if !inner.is_empty() => write!(out, "{indent}- {rest}"),
        Some(_) | None => writeln!(out, "{indent}- {member}"),
    };
}

fn key(name: &str) -> String {
    let plain = name.chars().all(|it| it.is_alphanumeric() || it == '_') && !name.is_empty();
    if plain { name.to_owned() } else { Json::String(name.to_owned()).to_string() }
}
