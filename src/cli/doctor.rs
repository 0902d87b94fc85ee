//! `banwen doctor`: what is in effect on this machine, tried out, and what to do about what is not as it should be.

mod folders;
mod machine;

use super::Answer;
use super::look::require;
use super::voice::{data, talk, width};
use crate::clock::Clock;
use crate::engine;
use crate::engine::viewing;
use crate::spool::layout::Spool;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// Offices named in one line; of more only their number is told.
const NAMED_OFFICES_MAX: usize = 6;

/// How well something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Good,
    Warning,
    Failure,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Level::Good => "ok",
            Level::Warning => "warning",
            Level::Failure => "failure",
        }
    }
}

/// One thing that was looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    check: &'static str,
    level: Level,
    says: String,
    /// what to do
    help: Option<String>,
    /// of which offices' folders it holds; none when it is not about offices
    offices: Vec<String>,
}

/// Everything that was looked into.
#[derive(Debug, Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn good(&mut self, check: &'static str, says: impl Into<String>) {
        self.0.push(Finding { check, level: Level::Good, says: says.into(), help: None, offices: Vec::new() });
    }

    fn warn(&mut self, check: &'static str, says: impl Into<String>, help: impl Into<String>) {
        let help = Some(help.into());
        self.0.push(Finding { check, level: Level::Warning, says: says.into(), help, offices: Vec::new() });
    }

    fn fail(&mut self, check: &'static str, says: impl Into<String>, help: impl Into<String>) {
        let help = Some(help.into());
        self.0.push(Finding { check, level: Level::Failure, says: says.into(), help, offices: Vec::new() });
    }

    /// The findings of one office; what is the same of several is told once.
    fn of_office(&mut self, office: &str, found: Findings) {
        for finding in found.0 {
            let same = |known: &&mut Finding| {
                !known.offices.is_empty()
                    && (known.check, known.level, &known.says, &known.help)
                        == (finding.check, finding.level, &finding.says, &finding.help)
            };
            match self.0.iter_mut().find(same) {
                Some(known) => known.offices.push(office.to_owned()),
                None => self.0.push(Finding { offices: vec![office.to_owned()], ..finding }),
            }
        }
    }

    fn count(&self, level: Level) -> usize {
        self.0.iter().filter(|finding| finding.level == level).count()
    }
}

/// Looks into everything; a failure is a no. A server is only spoken to with `network`.
pub(super) async fn doctor(root: &Path, network: bool, as_json: bool) -> anyhow::Result<Answer> {
    require(root)?;
    let spool = Spool::at(root);
    let clock = Clock::machine();
    let mut findings = Findings::default();
    machine::state(&mut findings, &spool);
    machine::daemon(&mut findings, &spool);
    let settings = match engine::settings_of(root) {
        Ok(settings) => {
            machine::papers(&mut findings, root, &settings);
            machine::mail(&mut findings, &settings, network);
            Some(settings)
        }
        Err(error) => {
            findings.fail("settings", error.to_string(), "mend banwen.yaml; `banwen check` names every problem");
            None
        }
    };
    machine::calendar(&mut findings, root, clock.now());
    match viewing::look(root).await {
        Ok(view) => {
            machine::clock(&mut findings, clock.now(), view.cases.values().map(|case| case.latest).max());
            let offices = &view.ledgers.offices;
            folders::offices(&mut findings, &spool, offices, || clock.now());
            folders::owners(&mut findings, &spool, offices, settings.is_some_and(|settings| settings.owner_check));
        }
        Err(error) => {
            findings.fail("offices and log", error.to_string(), "nothing of the offices' folders could be looked into");
        }
    }
    report(&findings, as_json)
}

fn report(findings: &Findings, as_json: bool) -> anyhow::Result<Answer> {
    let (failures, warnings) = (findings.count(Level::Failure), findings.count(Level::Warning));
    if as_json {
        let told: Vec<Value> = findings.0.iter().map(value).collect();
        data(serde_json::to_string_pretty(&json!({ "findings": told, "failures": failures, "warnings": warnings }))?);
        return Ok(Answer::of(failures == 0));
    }
    let widest = findings.0.iter().map(|finding| width(finding.check)).max().unwrap_or_default();
    let offices: BTreeSet<&String> = findings.0.iter().flat_map(|finding| &finding.offices).collect();
    let offices = offices.len();
    for finding in &findings.0 {
        let pad = " ".repeat(widest - width(finding.check));
        let whose = match finding.offices.as_slice() {
            [] => String::new(),
            all if all.len() == offices && offices > 1 => "every office: ".to_string(),
            few if few.len() <= NAMED_OFFICES_MAX => format!("{}: ", few.join(" ")),
            many => format!("{} offices: ", many.len()),
        };
        data(format_args!("{:<8} {}{pad}  {whose}{}", finding.level.word(), finding.check, finding.says));
        if let Some(help) = &finding.help {
            data(format_args!("{:<8} {:widest$}  → {help}", "", ""));
        }
    }
    talk(format_args!("{failures} failures, {warnings} warnings, {} in order", findings.count(Level::Good)));
    Ok(Answer::of(failures == 0))
}

fn value(finding: &Finding) -> Value {
    json!({
        "check": finding.check, "level": finding.level.word(), "says": finding.says, "help": finding.help,
        "offices": finding.offices,
    })
}

#[cfg(test)]
mod tests;
