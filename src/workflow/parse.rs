//! Reads the files of the definition language from YAML into the types of [`crate::workflow`].
//!
//! Guarantees: every problem of the text is reported at once, each with its place; defaults are filled in; nothing that
//! is written is silently ignored.
//! What can only be known of the whole (do names mean something, can items get anywhere) is [`super::check`]'s business.

mod action;
mod clock;
mod counting;
mod field;
mod head;
mod item;
mod limit;
mod names;
mod outcome;
mod reader;
mod register;
mod report;
mod sign;
mod stage;
mod table;
#[cfg(test)]
mod tests;
mod value;

use super::offices::Offices;
use super::{Register, Workflow};
use crate::diag::{Diagnostic, Severity};
use crate::yaml;

pub(crate) use names::FUNCTIONS;
pub(in crate::workflow) use reader::{Reader, distance};
pub(crate) use reader::{meant, nearest};
pub(in crate::workflow) use value::is_of;

/// What a file says; its first key tells which.
#[derive(Debug, Clone)]
pub enum Parsed {
    /// `workflow: NAME`
    Workflow(Box<Workflow>),
    /// `register: NAME`
    Register(Register),
    /// `offices: …`
    Offices(Offices),
}

/// Reads one file; `path` goes into the places.
///
/// # Errors
/// All its problems, in the order of their places.
pub fn parse(path: &str, text: &str) -> Result<Parsed, Vec<Diagnostic>> {
    match read(path, text) {
        (Some(parsed), problems) if problems.iter().all(|p| p.severity != Severity::Error) => Ok(parsed),
        (_, problems) => Err(problems),
    }
}

/// Reads one file and gives what could be understood beside all problems, so that the whole can be checked too.
pub fn read(path: &str, text: &str) -> (Option<Parsed>, Vec<Diagnostic>) {
    let node = match yaml::read(path, text) {
        Ok(node) => node,
        Err(problems) => return (None, problems),
    };
    let mut reader = Reader::default();
    let parsed = file(&mut reader, &node, text);
    (parsed, reader.into_problems())
}

fn file(reader: &mut Reader, node: &yaml::Node, text: &str) -> Option<Parsed> {
    let Some((first, _)) = node.map().and_then(|entries| entries.first()) else {
        let hint = "begin with `workflow: NAME`, `register: NAME` or `offices:`";
        match yaml::in_scalar(node) {
            Some(problem) => reader.push(problem),
            None => {
                reader.error("wrong-shape", &node.place, format!("a file is a mapping, this is {}", node.kind()), hint)
            }
        }
        return None;
    };
    match first.raw.as_str() {
        "workflow" => Some(Parsed::Workflow(Box::new(head::workflow(reader, node)?))),
        "register" => Some(Parsed::Register(register::register(reader, node)?)),
        "offices" => Some(Parsed::Offices(super::offices::parse::offices(reader, node, text)?)),
        other => {
            let otherwise = match other {
                "calendar" => {
                    "a calendar is no YAML but lines: calendar.csv of the spool, or calendars/NAME.csv of a region"
                }
                _ => "the first key says what the file is: workflow, register or offices",
            };
            let hint = meant(other, &["workflow", "register", "offices"], otherwise);
            reader.error("unknown-key", &first.place, format!("a file cannot begin with `{other}`"), &hint);
            None
        }
    }
}
