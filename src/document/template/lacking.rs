//! All that data lacks for a template.

use super::error::At;
use super::example::plant;
use super::hint::Hint;
use super::{Template, TemplateError};
use crate::workflow::rule::Mention;
use serde_json::Value as Json;

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
