//! `banwen render`: a template with data as Word and PDF, to look at; and the child's side of [`crate::engine::render`].
//!
//! A Word template of an office's own is filled, and goes to PDF where the settings name an office suite.

mod word_file;

use super::play::text_of;
use super::voice::{data, talk};
use super::{Answer, Verb};
use crate::diag::{Diagnostic, Severity};
use crate::document::both::{Both, both};
use crate::document::fonts::{Fonts, Role};
use crate::document::html;
use crate::document::template::Template;
use crate::files;
use crate::spool::names;
use crate::workflow::rule::pieces;
use crate::yaml;
use anyhow::Context;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Places of one character that are named.
const PLACES_MAX: usize = 5;

/// What is to be rendered.
#[derive(Debug, clap::Args)]
pub(super) struct Asked {
    /// The template; files it includes, and the text of a Word template, stand beside it
    #[arg(value_name = "TEMPLATE.md|TEMPLATE.docx")]
    template: PathBuf,
    /// The data
    #[arg(long, value_name = "DATA.yaml", required_unless_present = "example")]
    with: Option<PathBuf>,
    /// Where to leave Word and PDF; by default here
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print data to begin with: every variable the template refers to
    #[arg(long, conflicts_with = "with")]
    example: bool,
}

/// Previews a paper; nothing of a spool is read but its faces.
pub(super) fn render(spool: &Path, asked: &Asked) -> anyhow::Result<Answer> {
    let path = &asked.template;
    if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("docx")) {
        return word_file::render(spool, asked);
    }
    let text = text_of(path)?;
    let linked = pieces::linked(&text, &beside(path)?).into_owned();
    let template = match Template::parse(&path.display().to_string(), &linked) {
        Ok(template) => template,
        Err(problems) => {
            problems.iter().for_each(talk);
            return Ok(Answer::No);
        }
    };
    let Some(with) = &asked.with else {
        data(template.example().trim_end());
        return Ok(Answer::Yes);
    };
    let Some(values) = values(with)? else { return Ok(Answer::No) };
    made(&template, &values, &super::fonts::faces_of(spool)?, asked)
}

/// The data; nothing when they cannot be read, which has been said.
fn values(path: &Path) -> anyhow::Result<Option<Value>> {
    let read = yaml::read(&path.display().to_string(), &text_of(path)?).and_then(|node| {
        let mut changed = Vec::new();
        rewritten(&node, String::new(), &mut changed);
        if changed.is_empty() { Ok(node.json()) } else { Err(changed) }
    });
    match read {
        Ok(values) => Ok(Some(values)),
        Err(problems) => {
            problems.iter().for_each(talk);
            Ok(None)
        }
    }
}

/// Numbers that would not be printed as they are written: of a telephone's the 0 before it would be lost.
fn rewritten(node: &yaml::Node, called: String, found: &mut Vec<Diagnostic>) {
    match &node.value {
        yaml::Value::Int(number) if number.to_string() != node.raw => {
            let message = format!("`{called}` would be printed as {number}: {} is taken for a number", node.raw);
            let hint = Some(format!("write it in quotes: \"{}\"", node.raw));
            let (kind, place) = ("bad-yaml", node.place.clone());
            found.push(Diagnostic { kind, severity: Severity::Error, place, message, hint });
        }
        yaml::Value::List(list) => {
            list.iter().zip(1..).for_each(|(member, n)| rewritten(member, format!("{called}[{n}]"), found));
        }
        yaml::Value::Map(map) => {
            let dot = if called.is_empty() { "" } else { "." };
            map.iter().for_each(|(key, value)| rewritten(value, format!("{called}{dot}{}", key.raw), found));
        }
        yaml::Value::Null | yaml::Value::Bool(_) | yaml::Value::Int(_) | yaml::Value::Text(_) => {}
    }
}

/// The files of the template's folder, before those of `templates/` where it lies in a folder of that, by the names a closure gives them.
fn beside(template: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let folder = template.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().with_context(|| folder.display().to_string())?;
    let common = folder.parent().filter(|it| it.file_name().is_some_and(|name| name == "templates"));
    let mut found = BTreeMap::new();
    for folder in common.into_iter().chain([folder.as_path()]) {
        for name in files::list(folder)?.into_iter().map(|name| name.to_string_lossy().into_owned()) {
            if name.ends_with(".md") && folder.join(&name).is_file() {
                // somebody else's file is no reason not to show this one; what it would include is then missing by name
                match text_of(&folder.join(&name)) {
                    Ok(text) => drop(found.insert(format!("templates/{name}"), text)),
                    Err(why) => talk(format_args!("banwen: left out: {why}")),
                }
            }
        }
    }
    Ok(found)
}

fn made(template: &Template, values: &Value, fonts: &Fonts, asked: &Asked) -> anyhow::Result<Answer> {
    let lacking = template.lacking(values);
    if !lacking.is_empty() {
        lacking.iter().for_each(talk);
        talk(format_args!(
            "{} variables have no value in the data; `--example` prints data to begin with",
            lacking.len()
        ));
        return Ok(Answer::No);
    }
    let document = match template.render(values) {
        Ok(document) => document,
        Err(error) => {
            talk(format_args!("banwen: {error}"));
            return Ok(Answer::No);
        }
    };
    if !has_faces(fonts, &html::text(&document), values) {
        return Ok(Answer::No);
    }
    let Both { word, pdf } = both(&document, fonts)?;
    leave(asked, &[(".docx", word), (".pdf", pdf)])
}

/// Says which characters are borrowed from another face, and whether every one has a face; where in the data one stands that has none.
fn has_faces(fonts: &Fonts, text: &str, values: &Value) -> bool {
    for (character, family) in fonts.borrowed(Role::Text, text) {
        talk(format_args!(
            "{character} (U+{:04X}) is set in {family}: the face for 仿宋 has none",
            u32::from(character)
        ));
    }
    let missing = fonts.missing(text);
    for character in &missing {
        let mut places = Vec::new();
        bearing(values, *character, String::new(), &mut places);
        let named: Vec<String> = places.iter().take(PLACES_MAX).map(|it| format!("`{it}`")).collect();
        let more = if places.len() > PLACES_MAX { ", …" } else { "" };
        let place = if places.is_empty() { "the template".to_owned() } else { format!("{}{more}", named.join(", ")) };
        talk(format_args!(
            "banwen: no face has {character} (U+{:04X}), which stands in {place}",
            u32::from(*character)
        ));
    }
    if !missing.is_empty() {
        talk("  hint: correct it, or put a face that has it into fonts/; `banwen fonts` shows the faces");
    }
    missing.is_empty()
}

/// The places of the data a character stands in, members of lists counted from 1: `items[2].姓名`.
fn bearing(value: &Value, character: char, called: String, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.contains(character) => found.push(called),
        Value::Array(list) => {
            let members = list.iter().zip(1..);
            members.for_each(|(member, n)| bearing(member, character, format!("{called}[{n}]"), found));
        }
        Value::Object(map) => {
            let dot = if called.is_empty() { "" } else { "." };
            map.iter().for_each(|(name, part)| bearing(part, character, format!("{called}{dot}{name}"), found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Leaves the files where they were asked for, under the template's name.
fn leave(asked: &Asked, papers: &[(&str, Vec<u8>)]) -> anyhow::Result<Answer> {
    let folder = asked.out.clone().unwrap_or_else(|| PathBuf::from("."));
    files::create_dirs(&folder)?;
    let stem = asked.template.file_stem().unwrap_or_default().to_string_lossy();
    for (ending, bytes) in papers {
        let path = folder.join(names::safe_with(&stem, ending));
        files::write_atomic(&path, bytes).with_context(|| path.display().to_string())?;
        data(path.display());
    }
    Ok(Answer::Yes)
}

/// What children of the daemon do, without a runtime: papers, or dropped files, one after the other.
pub(super) fn child(verb: &Verb) -> Option<ExitCode> {
    let (from, to) = (std::io::stdin, std::io::stdout);
    if matches!(verb, Verb::RenderPaper) {
        return Some(served(crate::engine::render::serve(from().lock(), to().lock())));
    }
    matches!(verb, Verb::ReadDrops).then(|| served(crate::engine::reading::serve(from().lock(), to().lock())))
}

fn served(ended: Result<(), String>) -> ExitCode {
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            talk(why);
            ExitCode::from(1)
        }
    }
}
