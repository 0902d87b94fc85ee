//! `banwen graph`: a definition as a picture, or a case with where everything in it stands.

use super::Answer;
use super::play::text_of;
use super::voice::{data, talk};
use crate::diag::Severity;
use crate::diagram::{self, Diagram};
use crate::engine::viewing::View;
use crate::files;
use crate::spool::layout::Spool;
use crate::workflow::offices::Offices;
use crate::workflow::parse::{self, Parsed};
use anyhow::bail;
use std::path::Path;

/// What a picture is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// text for Mermaid
    Mermaid,
    /// a drawing
    Svg,
}

/// Draws a definition that stands in a file. One with mistakes is drawn as far as it could be read; the answer is then no.
pub(super) fn of_file(spool: &Path, path: &Path, format: Option<Format>, out: Option<&Path>) -> anyhow::Result<Answer> {
    let text = text_of(path)?;
    let (parsed, problems) = parse::read(&path.display().to_string(), &text);
    let wrong: Vec<_> = problems.iter().filter(|p| p.severity == Severity::Error).collect();
    for problem in &wrong {
        talk(problem);
    }
    match parsed {
        Some(Parsed::Workflow(workflow)) => {
            write(&diagram::of_workflow(&workflow, offices(spool).as_ref()), format, out)?;
        }
        Some(Parsed::Register(_) | Parsed::Offices(_)) => {
            talk(format_args!("banwen: {} is no workflow, and nothing else can be drawn", path.display()));
            return Ok(Answer::No);
        }
        None => {}
    }
    if !wrong.is_empty() {
        let (count, path) = (wrong.len(), path.display());
        talk(format_args!(
            "banwen: {count} problems; what could not be read is not in the picture\n  hint: `banwen check {path}`"
        ));
    }
    Ok(Answer::of(wrong.is_empty()))
}

/// Draws a case, or a workflow that is deployed.
pub(super) fn of_spool(view: &View, name: &str, format: Option<Format>, out: Option<&Path>) -> anyhow::Result<Answer> {
    let drawn = match (view.cases.get(name), view.deployed(name)) {
        (Some(case), _) => {
            let Some(program) = view.program(case) else {
                bail!("the definition {name} runs under cannot be read: {}", view.missing.join("; "));
            };
            diagram::of_case(program, case, &view.ledgers, view.now)
        }
        (None, Some(program)) => diagram::of_workflow(program.workflow(), Some(&view.ledgers.offices)),
        (None, None) => {
            talk(format_args!(
                "banwen: there is no file, no case and no deployed workflow `{name}`\n  hint: `banwen list` gives the cases; deployed are {}",
                view.deployed.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
            ));
            return Ok(Answer::No);
        }
    };
    write(&drawn, format, out)?;
    Ok(Answer::Yes)
}

/// Who there is, when a spool is at hand: a role is then told by the titles of its offices.
fn offices(spool: &Path) -> Option<Offices> {
    let path = Spool::at(spool).offices_file();
    match parse::parse(&path.display().to_string(), &text_of(&path).ok()?) {
        Ok(Parsed::Offices(offices)) => Some(offices),
        Ok(Parsed::Workflow(_) | Parsed::Register(_)) | Err(_) => None,
    }
}

/// Writes a picture; a file called `….svg` is a drawing unless something else is asked.
fn write(diagram: &Diagram, format: Option<Format>, out: Option<&Path>) -> anyhow::Result<()> {
    let named = out.is_some_and(|path| path.extension().is_some_and(|end| end.eq_ignore_ascii_case("svg")));
    let text = match format.unwrap_or(if named { Format::Svg } else { Format::Mermaid }) {
        Format::Mermaid => diagram.mermaid(),
        Format::Svg => diagram.svg(),
    };
    match out {
        Some(path) => {
            files::write_atomic(path, text.as_bytes())?;
            talk(format_args!("{} is written", path.display()));
        }
        None => data(text.trim_end()),
    }
    Ok(())
}
