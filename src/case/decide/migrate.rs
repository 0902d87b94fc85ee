//! A running case moves to another version of its workflow (LANGUAGE §14, ANSWERS 28): whole, or not at all.
//!
//! Items keep their place, their answers and their past; batches, questions and clocks go on as they began, so no date that
//! was told to anybody changes. Papers that exist stay what they are, with their numbers; what is made from now on is made
//! by the new version. A task whose form changes is closed and opened anew.

mod obstacles;
#[cfg(test)]
mod tests;

use super::opened::computed;
use super::{Deciding, Decision};
use crate::case::event::{Ask, Body, ClockChange, Fields, QuestionAbout, TaskEnd};
use crate::case::ledger::Ledgers;
use crate::case::migration::Mapping;
use crate::case::program::Program;
use crate::case::story::{limit_title, task_title};
use crate::case::{Case, Task, form};
use crate::clock::Moment;
use crate::submission::Form;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Why `ItemChanged` and `CaseAmended` stand there when a new version brings a default or a computed field.
const BY_THE_NEW_VERSION: &str = "流程换版";

/// One thing of a case that is to move, in the operator's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// what
    pub what: String,
    /// what becomes of it
    pub becomes: String,
    /// it cannot be moved as it is, and so nothing can
    pub blocked: bool,
}

/// What a migration would do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// everything that is to move
    pub lines: Vec<Line>,
    /// what happens when it is done; None when something is blocked
    pub decision: Option<Decision>,
}

impl Line {
    fn ok(what: impl Into<String>, becomes: impl Into<String>) -> Line {
        Line { what: what.into(), becomes: becomes.into(), blocked: false }
    }

    fn blocked(what: impl Into<String>, why: impl Into<String>) -> Line {
        Line { what: what.into(), becomes: why.into(), blocked: true }
    }
}

/// What moving a case from the version it runs under to another one would do. Nothing happens by asking.
pub fn migrate(
    (from, to): (&Program, &Program),
    case: &Case,
    mapping: &Mapping,
    cause: &str,
    ledgers: &Ledgers,
    now: Moment,
) -> Plan {
    let mut lines = obstacles::lines(from, to, case, mapping, ledgers);
    if lines.iter().any(|line| line.blocked) {
        return Plan { lines, decision: None };
    }
    let asked: Vec<(u64, Form)> = stage_tasks(case).map(|t| (t.id, shape(from, case, ledgers, t))).collect();
    let mut deciding = Deciding::new(to, case.clone(), ledgers, now, super::OPERATOR, None, cause);
    deciding.emit(Body::CaseMigrated {
        from: from.closure.digest.clone(),
        to: to.closure.digest.clone(),
        mapping: mapping.clone(),
    });
    deciding.fill_in();
    lines.extend(deciding.ask_anew(&asked, mapping));
    lines.extend(deciding.asked_as_before());
    if deciding.case.held.is_none() {
        deciding.advance();
    }
    let limits: Vec<Line> = deciding.events.iter().filter_map(|event| deciding.limit_changed(&event.body)).collect();
    lines.extend(limits);
    lines.extend(deciding.events.iter().filter_map(|event| {
        let Body::QuestionAsked { text, about: QuestionAbout::Blocked { stage, .. }, .. } = &event.body else {
            return None;
        };
        Some(Line::blocked(format!("stage {stage}"), format!("could not go on: {text}")))
    }));
    match deciding.finish() {
        Ok(decision) if lines.iter().any(|line| line.blocked) => {
            drop(decision);
            Plan { lines, decision: None }
        }
        Ok(decision) => Plan { lines, decision: Some(decision) },
        Err(refusal) => {
            lines.extend(refusal.faults.into_iter().map(|fault| Line::blocked("the case", fault.say)));
            Plan { lines, decision: None }
        }
    }
}

/// Open tasks whose form is that of a stage.
fn stage_tasks(case: &Case) -> impl Iterator<Item = &Task> {
    case.open_tasks().filter(|t| matches!(t.ask, Ask::Nominate | Ask::Correct | Ask::Answer))
}

/// What a task asks, whatever its stage is called.
fn shape(program: &Program, case: &Case, ledgers: &Ledgers, task: &Task) -> Form {
    let mut form = form::of_task(program, case, ledgers, task);
    form.answers.stage = None;
    form
}

impl Deciding<'_> {
    /// What the new version knows by itself: defaults of new params and fields, and what is computed.
    fn fill_in(&mut self) {
        let workflow = self.program.workflow();
        for param in workflow.case.params.values() {
            if let (false, Some(default)) = (self.case.params.contains_key(&param.name), &param.default) {
                let params: Fields = [(param.name.clone(), default.clone())].into_iter().collect();
                let reason = BY_THE_NEW_VERSION.to_string();
                self.emit(Body::CaseAmended { param: param.name.clone(), params, reason });
            }
        }
        let living: Vec<u32> = self.case.living().map(|i| i.id).collect();
        for id in living {
            let Some(item) = self.case.item(id).cloned() else { continue };
            let defined = workflow.items.get(&item.of).into_iter().flat_map(|of| of.fields.values());
            let of_it = defined.filter(|f| workflow.means(&f.of, &item.of, item.category.as_deref()));
            let fresh = of_it.filter(|f| !item.fields.contains_key(&f.name));
            let fields: Fields = fresh.filter_map(|f| Some((f.name.clone(), f.default.clone()?))).collect();
            let why = BY_THE_NEW_VERSION.to_string();
            if !fields.is_empty() {
                self.emit(Body::ItemChanged { item: id, fields, why: why.clone() });
            }
            match computed(self.program, self.case.clone(), &self.ledgers, self.now, id) {
                Ok(mut found) => {
                    found.retain(|name, value| item.fields.get(name) != Some(value));
                    if !found.is_empty() {
                        self.emit(Body::ItemChanged { item: id, fields: found, why });
                    }
                }
                Err(why) => self.refuse("", format!("{}号对象：{why}", item.id)),
            }
        }
    }

    /// A limit that begins by the new version, or of which it enters what the old one did not know.
    #[expect(clippy::wildcard_enum_match_arm, reason = "few of the events are about limits")]
    fn limit_changed(&self, body: &Body) -> Option<Line> {
        let day =
            |day: &Option<NaiveDate>| day.map_or_else(|| "stands still".to_string(), |day| format!("is due {day}"));
        let (clock, becomes) = match body {
            Body::ClockStarted { clock, due, .. } => (clock, format!("begins, and {}", day(due))),
            Body::ClockChanged { clock, change: ClockChange::Entered { before, after, .. } } => {
                let instead = if before == after { String::new() } else { format!(" instead of {}", day(before)) };
                (clock, format!("is recounted by the new version: {}{instead}", day(after)))
            }
            Body::ClockChanged { clock, change: ClockChange::End } => (clock, "ends".to_string()),
            _ => return None,
        };
        let title = limit_title(self.program, &self.case, self.case.clocks.get(clock)?);
        Some(Line::ok(format!("clock {clock} {title}"), becomes))
    }

    /// Tasks whose form is another now are closed and opened anew; says of each task what becomes of it.
    fn ask_anew(&mut self, asked: &[(u64, Form)], mapping: &Mapping) -> Vec<Line> {
        let mut lines = Vec::new();
        for (id, before) in asked {
            let Some(task) = self.case.tasks.get(id).cloned() else { continue };
            let what = format!("task {id} {} of {}", task_title(self.program, &self.case, &task), task.office);
            let renamed = task.stage.as_ref().is_some_and(|s| mapping.stages.values().any(|new| new == s));
            if !renamed && shape(self.program, &self.case, &self.ledgers, &task) == *before {
                lines.push(Line::ok(what, "stays as it is"));
                continue;
            }
            self.emit(Body::TaskClosed { task: *id, why: TaskEnd::Overtaken });
            self.open_task(
                task.batch,
                task.stage.as_deref(),
                &task.office,
                task.items.iter().copied().collect(),
                task.ask.clone(),
            );
            let anew = self.case.tasks.keys().next_back().copied().unwrap_or_default();
            lines.push(Line::ok(what, format!("closed, and opened anew as task {anew} with the new form")));
        }
        lines
    }

    /// What is asked about papers, notices and counts is asked as before. Questions have lines of their own.
    fn asked_as_before(&self) -> Vec<Line> {
        let other = |t: &&Task| !matches!(t.ask, Ask::Nominate | Ask::Correct | Ask::Answer | Ask::Question(_));
        let told = |t: &Task| {
            let title = task_title(self.program, &self.case, t);
            Line::ok(format!("task {} {title} of {}", t.id, t.office), "stays as it is")
        };
        self.case.open_tasks().filter(other).map(told).collect()
    }
}

/// How often each line says the same, for a dry run of many items: lines that are fine and say the same become one.
pub fn told(lines: &[Line]) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    let mut fine: BTreeMap<&str, usize> = BTreeMap::new();
    for line in lines {
        let many = (!line.blocked).then(|| fine.entry(line.becomes.as_str()).or_default());
        let seen = many.map_or(0, |n| {
            *n += 1;
            *n
        });
        if line.blocked {
            told.push(format!("blocked  {}: {}", line.what, line.becomes));
        } else if seen <= LINES_ALIKE_MAX {
            told.push(format!("ok       {}: {}", line.what, line.becomes));
        }
    }
    let more = fine.into_iter().filter(|(_, n)| *n > LINES_ALIKE_MAX);
    told.extend(more.map(|(becomes, n)| format!("ok       and {} more: {becomes}", n - LINES_ALIKE_MAX)));
    told
}

/// So many lines that are fine and say the same are told one by one.
const LINES_ALIKE_MAX: usize = 20;
