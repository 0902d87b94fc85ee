//! What an operator puts right by hand (LANGUAGE §14): only what is listed here, each by an event of its own, never a
//! rewrite. What was wrong stays in the log; the reason stands before what puts it right.
//!
//! Whether every invariant still holds afterwards is asked by whoever has the whole log, before anything is kept.

#[cfg(test)]
mod tests;

use super::{Deciding, Decision, Refusal};
use crate::case::event::{Ask, Body, Fields, Hold, TaskEnd};
use crate::case::ledger::Ledgers;
use crate::case::lists::is_meant;
use crate::case::program::Program;
use crate::case::story::item_name;
use crate::case::{Case, Item, form};
use crate::clock::Moment;
use crate::deadline::Change;
use crate::submission::{Raw, read::read_value};
use crate::workflow::{Field, Kind, Stage};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// The outcome of a move by hand.
const BY_HAND: &str = "更正";

/// One thing that is put right.
#[expect(missing_docs, reason = "a field is said by the sentence of its variant")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Repair {
    /// other values of an item, or of what a stage said of it
    Correct {
        item: u32,
        #[serde(default)]
        stage: Option<String>,
        fields: Fields,
    },
    /// an item goes to another stage and is taken up there anew
    Move { item: u32, to: String },
    /// an item leaves with this label
    End { item: u32, label: String },
    /// an item waits no longer for a question, or to be taken up again
    Free { item: u32, on: Hold },
    /// a task nobody needs is asked no more
    Close { task: u64 },
    /// a paper that is not out is given up
    Void { document: u32 },
    /// a limit is counted from another day
    Clock { clock: u32, from: NaiveDate },
}

impl Repair {
    /// The item that is put right, or put elsewhere.
    fn item(&self) -> Option<u32> {
        let (Repair::Correct { item, .. } | Repair::Move { item, .. }) = self else { return None };
        Some(*item)
    }
}

/// What putting this right would do. Told to the operator alone, so refused in English.
///
/// # Errors
/// What of it cannot be done.
pub fn repair(
    program: &Program,
    case: &Case,
    (repairs, reason): (&[Repair], &str),
    cause: &str,
    ledgers: &Ledgers,
    now: Moment,
) -> Result<Decision, Refusal> {
    let mut deciding = Deciding::new(program, case.clone(), ledgers, now, super::OPERATOR, None, cause);
    if case.closed.is_some() {
        deciding.refuse("", "the case is closed");
    }
    if reason.trim().is_empty() || repairs.is_empty() {
        deciding.refuse("", "say what is to be put right, and why");
    }
    if deciding.faults.is_empty() {
        deciding.emit(Body::CaseRepaired { reason: reason.to_string() });
        for one in repairs {
            deciding.put_right(one, reason);
        }
        let touched: BTreeSet<u32> = repairs.iter().filter_map(Repair::item).collect();
        touched.iter().for_each(|item| deciding.refuse_twin(*item));
        touched.into_iter().for_each(|item| deciding.keep_notice_true(item));
    }
    if deciding.faults.is_empty() && deciding.case.held.is_none() {
        deciding.advance();
    }
    deciding.finish()
}

impl<'a> Deciding<'a> {
    fn put_right(&mut self, repair: &Repair, reason: &str) {
        match repair {
            Repair::Correct { item, stage: None, fields } => self.correct_item(*item, fields, reason),
            Repair::Correct { item, stage: Some(stage), fields } => self.correct_answer(*item, stage, fields, reason),
            Repair::Move { item, to } => self.move_by_hand(*item, to, reason),
            Repair::End { item, label } => {
                if let Some(item) = self.undecided(*item) {
                    self.end_item(item.id, label, None, Some(reason.to_string()), None);
                }
            }
            Repair::Free { item, on } => match on {
                Hold::Stay | Hold::Question(_) => match self.living_item(*item) {
                    Some(found) if found.holds.contains(on) => self.set_hold(*item, on.clone(), false),
                    Some(_) => self.refuse("", format!("item {item} does not wait for that")),
                    None => {}
                },
                Hold::Side(side) => {
                    let side = self.told_item(*side);
                    self.refuse("", format!("item {item} waits for {side}: end that instead"));
                }
                Hold::Child(_) => {
                    self.refuse("", format!("item {item} waits for a case of its own: cancel that instead"))
                }
                Hold::Returned => self.refuse("", format!("item {item} is being mended: move it instead")),
            },
            Repair::Close { task } => self.close_by_hand(*task),
            Repair::Void { document } => self.void_document(*document, reason),
            Repair::Clock { clock, from } => self.count_from(*clock, *from),
        }
    }

    /// Closes a task nobody needs. What would then wait for nobody is to be ended, moved or given up instead.
    fn close_by_hand(&mut self, id: u64) {
        let Some(task) = self.case.tasks.get(&id).filter(|t| t.closed.is_none()).cloned() else {
            return self.refuse("", format!("there is no open task {id}"));
        };
        let intake = self.case.intake_of(&task).is_some_and(|i| i.closed)
            || task.batch.is_some_and(|b| self.clock_of(&crate::case::event::ClockOf::Answer(b)).is_some());
        let left_alone = |item: &&u32| !self.case.tasks_of(**item).any(|t| t.id != id);
        let needed = match task.ask {
            Ask::Answer | Ask::Correct if task.items.is_empty() => Some("its stage waits for it".to_string()),
            Ask::Answer | Ask::Correct => task
                .items
                .iter()
                .find(left_alone)
                .map(|item| format!("item {item} would be asked of nobody: end it or move it instead")),
            Ask::Nominate => (!intake).then(|| "its intake would never close: close that instead".to_string()),
            Ask::Question(question) => Some(format!("question {question} must be answered")),
            Ask::Seal(document) | Ask::Report(document) => Some(format!("void document {document} instead")),
            Ask::Post(_) => Some("the notice would never be up".to_string()),
            Ask::Copies | Ask::Acknowledge(_) => Some("what is on paper must be confirmed by a form".to_string()),
            Ask::Witness(_) => Some("the count must be confirmed by its witness".to_string()),
            Ask::Serve(_) => None,
        };
        match needed {
            Some(why) => self.refuse("", format!("task {id}: {why}")),
            None => self.emit(Body::TaskClosed { task: id, why: TaskEnd::Overtaken }),
        }
    }

    /// An item by its number, what it is, and what it is called.
    fn told_item(&self, id: u32) -> String {
        let told = |item: &Item| format!("item {id} ({}: {})", item.of, item_name(self.program.workflow(), item));
        self.case.item(id).map_or_else(|| format!("item {id}"), told)
    }

    fn living_item(&mut self, id: u32) -> Option<Item> {
        let found = self.case.item(id).filter(|i| i.lives()).cloned();
        if found.is_none() {
            self.refuse("", format!("there is no living item {id}"));
        }
        found
    }

    /// A living item nothing has been decided on, of which no notice is up.
    fn undecided(&mut self, id: u32) -> Option<Item> {
        let item = self.living_item(id)?;
        if self.decided(id) {
            self.refuse("", format!("item {id} has been decided on: void the paper of the decision instead"));
            return None;
        }
        Some(item)
    }

    /// Whether a notice that names the item is up or on its way: what it says was told to everybody.
    fn noticed(&self, item: &Item) -> bool {
        let stage = item.stage().and_then(|s| self.program.workflow().stage(s));
        let open = item.batch().and_then(|b| self.case.batches.get(&b)).is_some_and(|b| b.done.is_none());
        open && stage.is_some_and(|s| s.kind == Kind::Publicise)
    }

    /// What was entered, understood as a form's cells are.
    fn understood(&mut self, said: &Fields, known: impl Fn(&str) -> Option<&'a Field>) -> Fields {
        let mut read = Fields::new();
        for (name, value) in said {
            let Some(field) = known(name) else {
                self.refuse("", format!("there is no field {name} to be corrected here"));
                continue;
            };
            match read_value(&form::entry(field), &Raw::from(value), &self.ledgers.offices) {
                Ok(Value::Null) if !field.optional => self.refuse("", format!("{name} must not be empty")),
                Ok(value) => drop(read.insert(name.clone(), value)),
                Err(why) => self.refuse("", format!("“{name}”{why}")),
            }
        }
        read
    }

    fn correct_item(&mut self, id: u32, said: &Fields, reason: &str) {
        let workflow = self.program.workflow();
        let Some(item) = self.living_item(id) else { return };
        let of = workflow.items.get(&item.of);
        let meant = |f: &&Field| f.is.is_none() && workflow.means(&f.of, &item.of, item.category.as_deref());
        let fields = self.understood(said, |name| of.and_then(|of| of.fields.get(name)).filter(meant));
        self.refuse_to_come(&workflow.facts_of(&item.of), &fields);
        if !self.faults.is_empty() {
            return;
        }
        let fields = self.changed_with_computed(id, fields);
        self.emit(Body::ItemChanged { item: id, fields, why: reason.to_string() });
        self.show_anew(id);
    }

    fn correct_answer(&mut self, id: u32, stage: &str, said: &Fields, reason: &str) {
        let Some(item) = self.living_item(id) else { return };
        let Some(definition) = self.program.workflow().stage(stage).filter(|_| item.answers.contains_key(stage)) else {
            return self.refuse("", format!("stage {stage} has said nothing of item {id}"));
        };
        if definition.takes_several() || definition.outcomes.values().any(|o| o.when.is_some()) {
            return self.refuse("", format!("what stage {stage} says is counted: move item {id} back there instead"));
        }
        let fields = self.understood(said, |name| definition.form.item.get(name));
        self.refuse_to_come(&self.program.workflow().facts_at(definition), &fields);
        if !self.faults.is_empty() {
            return;
        }
        self.emit(Body::AnswerCorrected { item: id, stage: stage.to_string(), fields, why: reason.to_string() });
        self.show_anew(id);
    }

    /// The workbooks that show an item are written anew.
    fn show_anew(&mut self, id: u32) {
        let shown: Vec<u64> = self.case.tasks_of(id).map(|t| t.id).collect();
        for task in shown {
            self.revise_task(task, Vec::new());
        }
    }

    fn move_by_hand(&mut self, id: u32, to: &str, reason: &str) {
        let workflow = self.program.workflow();
        let Some(item) = self.undecided(id) else { return };
        let takes = |s: &&Stage| !s.of_case && s.kind != Kind::Recommend && is_meant(workflow, &s.of, &item);
        if workflow.stage(to).filter(takes).is_none() {
            return self.refuse("", format!("there is no stage {to} that takes item {id} up"));
        }
        let onward = workflow.stage_index(to) > item.stage().and_then(|at| workflow.stage_index(at));
        if self.noticed(&item) && onward {
            return self.refuse("", format!("a notice with item {id} is up: its time cannot be cut short"));
        }
        let waits = item.holds.iter().find_map(|hold| match hold {
            Hold::Side(side) => Some(self.told_item(*side)),
            Hold::Question(question) => Some(format!("the answer to question {question}")),
            Hold::Returned | Hold::Stay | Hold::Child(_) => None,
        });
        if let Some(waits) = waits {
            return self.refuse("", format!("item {id} waits for {waits}: see to that first"));
        }
        self.drop_from_tasks(id);
        self.set_hold(id, Hold::Stay, false);
        self.set_hold(id, Hold::Returned, false);
        self.end_clocks(&crate::case::event::ClockOf::Return(id));
        self.emit(Body::ItemMoved {
            item: id,
            from: item.stage().unwrap_or_default().to_string(),
            to: to.to_string(),
            round: item.round(),
            outcome: BY_HAND.to_string(),
            reason: Some(reason.to_string()),
            code: None,
            resume: None,
            back: false,
            straight: false,
            unjudged: false,
        });
    }

    /// The budget begins anew from another day. What was told to everybody is not counted otherwise.
    fn count_from(&mut self, clock: u32, from: NaiveDate) {
        use crate::case::event::ClockOf;
        let of = self.case.clocks.get(&clock).filter(|c| !c.ended).map(|c| c.of.clone());
        match of {
            None => self.refuse("", format!("there is no running clock {clock}")),
            Some(ClockOf::Period(_) | ClockOf::Grace(_) | ClockOf::Keep(_)) => {
                self.refuse("", format!("clock {clock} is that of a notice, whose dates everybody was told"));
            }
            Some(ClockOf::Answer(_) | ClockOf::Return(_) | ClockOf::Gate { .. } | ClockOf::Named { .. }) => {
                if from > self.now.date() {
                    return self.refuse("", format!("clock {clock} cannot start on a day to come"));
                }
                self.enter_clock(clock, vec![Change::restart(from)], None);
                let tasks: Vec<u64> = self.limited_by(clock);
                for task in tasks {
                    self.revise_task(task, Vec::new());
                }
            }
        }
    }

    /// Open tasks whose workbook says the date of a clock.
    fn limited_by(&self, clock: u32) -> Vec<u64> {
        use crate::case::event::ClockOf;
        let Some(clock) = self.case.clocks.get(&clock) else { return Vec::new() };
        let items = match &clock.of {
            ClockOf::Answer(batch) => self.case.batches.get(batch).map(|b| b.items.clone()).unwrap_or_default(),
            ClockOf::Return(item) | ClockOf::Named { item, .. } => vec![*item],
            ClockOf::Period(_) | ClockOf::Grace(_) | ClockOf::Keep(_) | ClockOf::Gate { .. } => Vec::new(),
        };
        let says = |t: &&crate::case::Task| {
            matches!(t.ask, Ask::Nominate | Ask::Correct | Ask::Answer)
                && (t.items.iter().any(|i| items.contains(i))
                    || matches!(clock.of, ClockOf::Answer(batch) if t.batch == Some(batch)))
        };
        self.case.open_tasks().filter(says).map(|t| t.id).collect()
    }
}
