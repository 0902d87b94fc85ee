//! Data to begin with: every variable a text reads, with a value that tells what it is and that the text can do with what it does.
//!
//! What a variable is for is guessed by its name, and seen by what the text does with it: what is printed as a date is one, what is
//! gone through in pairs is a mapping, what names an office is looked up among their titles, and what is printed across a table has
//! as many members as the table has room for.

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
    /// last names of numbers: what is added up of the members of a list, and what a chart draws
    numbers: BTreeSet<String>,
    /// what is asked for by what it may be, by its last name, and the first of what it is asked for
    compared: BTreeMap<String, String>,
    /// last names of lists that are printed across a table, a cell for each member
    across: BTreeSet<String>,
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
            for (at, filter) in text.match_indices("|sum") {
                let (before, after) =
                    (text.get(..at).unwrap_or_default(), text.get(at + filter.len()..).unwrap_or_default());
                // of a named part of each member, or of the members themselves
                match after.strip_prefix("(attribute").and_then(|it| it.split(['"', '\'']).nth(1)) {
                    Some(part) => uses.numbers.extend(last(part.to_owned())),
                    None => uses.sums.extend(last(path_before(before))),
                }
            }
            for (at, sign) in text.match_indices(" == ") {
                let name = text.get(..at).map(path_before).and_then(last);
                let literal = text.get(at + sign.len()..).and_then(|after| {
                    let quote = after.chars().next().filter(|it| matches!(it, '"' | '\''))?;
                    after.get(1..)?.split(quote).next().filter(|it| !it.is_empty())
                });
                if let Some((name, literal)) = name.zip(literal) {
                    uses.compared.entry(name).or_insert_with(|| literal.to_owned());
                }
            }
            uses.numbers.extend(drawn(&text).into_iter().filter_map(last));
            uses.across.extend(across(&text).into_iter().filter_map(last));
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
        self.listed(data);
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

    /// Makes lists of what is printed across a table.
    fn listed(&self, data: &mut Json) {
        match data {
            Json::Object(map) => {
                for (name, value) in map {
                    if value.is_string() && self.across.contains(name) {
                        *value = json!([value.take()]);
                    }
                    self.listed(value);
                }
            }
            Json::Array(list) => list.iter_mut().for_each(|member| self.listed(member)),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }

    /// Gives what is printed across a table so many members.
    fn spread(&self, data: &mut Json, members: usize) {
        match data {
            Json::Object(map) => {
                for (name, value) in map {
                    if let Json::Array(list) = value
                        && self.across.contains(name)
                    {
                        let first = list.first().cloned().unwrap_or_default();
                        list.resize(members, first);
                    }
                    self.spread(value, members);
                }
            }
            Json::Array(list) => list.iter_mut().for_each(|member| self.spread(member, members)),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }

    fn dressed(&self, data: &mut Json) {
        match data {
            Json::Object(map) => {
                for (name, value) in map {
                    match value {
                        Json::String(text) if self.dates.contains(name) => DATE.clone_into(text),
                        Json::String(text) if self.months.contains(name) => MONTH.clone_into(text),
                        Json::String(_) if self.numbers.contains(name) => *value = json!(1),
                        Json::String(text) if self.compared.contains_key(name) => {
                            self.compared.get(name).into_iter().for_each(|it| it.clone_into(text));
                        }
                        Json::Array(list) if self.numbers.contains(name) => {
                            list.iter_mut().filter(|it| it.is_string()).for_each(|it| *it = json!(1));
                            self.dressed(value);
                        }
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

/// What charts draw: the paths printed in the rows of their tables, behind the name of the point.
fn drawn(text: &str) -> Vec<String> {
    let (mut found, mut inside) = (Vec::new(), false);
    for line in text.lines().map(str::trim) {
        inside = line.starts_with("|~") || inside && (line.starts_with('|') || line.starts_with("{%"));
        let mut printed = line.split("{{");
        let named = printed.next().unwrap_or_default();
        if inside && line.starts_with('|') && !line.starts_with("|~") {
            let name = usize::from(!named.trim_start_matches('|').contains('|'));
            found.extend(printed.skip(name).map(path_begun));
        }
    }
    found
}

/// Lists that are printed across a table: the paths of loops that make cells within one line.
fn across(text: &str) -> Vec<String> {
    let loops = text.split("{% for ").skip(1).filter_map(|rest| rest.split_once("%}"));
    let makes_cells = |body: &str| {
        let inside = body.split("{% endfor").next().filter(|it| !it.contains('\n')).unwrap_or_default();
        inside.split("{{").any(|piece| piece.rsplit("}}").next().is_some_and(|it| it.contains('|')))
    };
    let of_cells = loops.filter(|(_, body)| makes_cells(body));
    of_cells.filter_map(|(head, _)| Some(path_begun(head.split_once(" in ")?.1))).collect()
}

/// The path a text begins with.
fn path_begun(text: &str) -> String {
    text.trim_start().chars().take_while(of_path).collect()
}

fn of_path(character: &char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '.')
}

/// The path a text ends with: `进度.as_of`.
fn path_before(text: &str) -> String {
    let backwards: Vec<char> = text.chars().rev().take_while(of_path).collect();
    backwards.into_iter().rev().collect()
}

impl Template {
    /// Data to begin with, as YAML: every variable the template refers to, with a value that tells what it is.
    pub fn example(&self) -> String {
        let renders = |data: &Json| self.made(data).is_ok();
        example(self.variables(), self.0.written.values().map(String::as_str), renders)
    }
}

/// Data to begin with, as YAML, for what a text reads; `renders` says whether the paper can be made of such data.
pub(in crate::document) fn example<'t>(
    read: &[Mention],
    texts: impl Iterator<Item = &'t str>,
    renders: impl Fn(&Json) -> bool,
) -> String {
    let mut tree = Map::new();
    for name in ["成文日期", "文号"] {
        tree.insert(name.to_owned(), Json::String(sample(name)));
    }
    let mut paths: Vec<&Vec<String>> = read.iter().map(|it| &it.path).collect();
    // the longer first: what has parts is no text
    paths.sort_by_key(|path| std::cmp::Reverse(path.len()));
    let mut whole = Json::Object(tree);
    paths.iter().for_each(|path| plant(&mut whole, path, path));
    let uses = Uses::of(texts);
    uses.fit(&mut whole);
    if !uses.across.is_empty() && !renders(&whole) {
        // how many cells a table has room for its other rows say; the paper is asked
        let spread = (1..=MEMBERS_MAX).map(|members| {
            let mut data = whole.clone();
            uses.spread(&mut data, members);
            data
        });
        whole = spread.into_iter().find(|data| renders(data)).unwrap_or(whole);
    }
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
    } else if ends(&["年度"]) {
        "2026".to_owned()
    } else if ends(&["数", "次", "额", "得分", "count", "total"]) {
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
