//! Data to begin with: every variable a text reads, with a value that tells what it is and that the text can do with what it does.
//!
//! What a variable is for is guessed by its name, and seen by what the text does with it: what is printed as a date is one, what is
//! gone through in pairs is a mapping, and what names an office is looked up among their titles.

use super::Template;
use crate::workflow::rule::Mention;
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Where titles of offices are looked up by their ids.
const TITLES: &str = "单位";
/// Members of a list at most.
const MEMBERS_MAX: usize = 20;
const DATE: &str = "2026-01-05";
const MONTH: &str = "2026-01";

/// What texts do with their variables.
#[derive(Default)]
struct Uses {
    /// last names of what is printed as a date, and as a month
    dates: BTreeSet<String>,
    months: BTreeSet<String>,
    /// last names of what is added up
    sums: BTreeSet<String>,
    /// what is gone through in pairs, by its path, with what the first of a pair is called
    pairs: BTreeMap<String, String>,
    /// members of a list of which the last that is asked for by its place is one
    members: usize,
    /// last names of what is looked up among the offices' titles
    offices: BTreeSet<String>,
}

impl Uses {
    fn of<'t>(texts: impl Iterator<Item = &'t str>) -> Uses {
        let mut uses = Uses::default();
        for text in texts {
            let text = text.replace(" |", "|").replace("| ", "|");
            let before = |filter: &str| -> Vec<String> {
                text.match_indices(filter).filter_map(|(at, _)| Some(path_before(text.get(..at)?))).collect()
            };
            let last = |path: String| path.rsplit('.').next().map(str::to_owned).filter(|name| !name.is_empty());
            uses.dates.extend(["|date_cn", "|date_han"].into_iter().flat_map(before).filter_map(last));
            uses.months.extend(before("|month_cn").into_iter().filter_map(last));
            uses.sums.extend(before("|sum").into_iter().filter_map(last));
            for (at, _) in ["|items", "|dictsort"].into_iter().flat_map(|filter| text.match_indices(filter)) {
                let head = text.get(..at).unwrap_or_default();
                let path = path_before(head);
                // for A, B in PATH|items
                let of_loop = head.strip_suffix(path.as_str()).and_then(|head| head.strip_suffix(" in "));
                let first =
                    of_loop.and_then(|head| head.rsplit_once("for ")).and_then(|(_, names)| names.split_once(','));
                if let Some((first, _)) = first {
                    uses.pairs.insert(path, first.trim().to_owned());
                }
            }
            let begins = format!("{TITLES}[");
            let looked_up = text.match_indices(&begins).filter_map(|(at, begins)| {
                let path = text.get(at + begins.len()..)?.split(']').next()?;
                path.rsplit('.').next().map(str::to_owned)
            });
            uses.offices.extend(looked_up);
            let places = text.split('[').filter_map(|rest| rest.split(']').next()?.parse::<usize>().ok());
            let most = places.map(|place| place.min(MEMBERS_MAX - 1) + 1).max().unwrap_or_default();
            uses.members = uses.members.max(most);
        }
        uses
    }

    /// Lets the data be what is done with them.
    fn fit(&self, data: &mut Json) {
        self.dressed(data);
        for (path, first) in &self.pairs {
            let found = path.split('.').try_fold(&mut *data, |data, name| data.get_mut(name));
            if let Some(found) = found.filter(|it| it.is_array()) {
                let member = found.get(0).cloned().unwrap_or_default();
                *found = json!({ format!("某{first}"): member });
            }
        }
        let titles = || self.offices.iter().map(|name| (sample(name), Json::String(format!("{}的名称", sample(name)))));
        if let Some(found) = data.get_mut(TITLES).filter(|_| !self.offices.is_empty()) {
            *found = Json::Object(titles().collect());
        }
    }

    fn dressed(&self, data: &mut Json) {
        match data {
            Json::Object(map) => {
                for (name, value) in map {
                    match value {
                        Json::String(text) if self.dates.contains(name) => DATE.clone_into(text),
                        Json::String(text) if self.months.contains(name) => MONTH.clone_into(text),
                        Json::Array(list) if self.sums.contains(name) => *list = vec![json!(1); self.members.max(1)],
                        Json::Null
                        | Json::Bool(_)
                        | Json::Number(_)
                        | Json::String(_)
                        | Json::Array(_)
                        | Json::Object(_) => self.dressed(value),
                    }
                }
            }
            Json::Array(list) => {
                list.iter_mut().for_each(|member| self.dressed(member));
                let first = list.first().cloned();
                list.resize(list.len().max(self.members), first.unwrap_or_default());
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }
}

/// The path a text ends with: `进度.as_of`.
fn path_before(text: &str) -> String {
    let of_path = |c: &char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let backwards: Vec<char> = text.chars().rev().take_while(of_path).collect();
    backwards.into_iter().rev().collect()
}

impl Template {
    /// Data to begin with, as YAML: every variable the template refers to, with a value that tells what it is.
    pub fn example(&self) -> String {
        example(self.variables(), self.0.written.values().map(String::as_str))
    }
}

/// Data to begin with, as YAML, for what a text reads.
pub(in crate::document) fn example<'t>(read: &[Mention], texts: impl Iterator<Item = &'t str>) -> String {
    let mut tree = Map::new();
    for name in ["成文日期", "文号"] {
        tree.insert(name.to_owned(), Json::String(sample(name)));
    }
    let mut paths: Vec<&Vec<String>> = read.iter().map(|it| &it.path).collect();
    // the longer first: what has parts is no text
    paths.sort_by_key(|path| std::cmp::Reverse(path.len()));
    let mut whole = Json::Object(tree);
    paths.iter().for_each(|path| plant(&mut whole, path, path));
    Uses::of(texts).fit(&mut whole);
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

/// Grows the data a path asks for; what stands there already stays.
pub(super) fn plant(data: &mut Json, path: &[String], whole: &[String]) {
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
