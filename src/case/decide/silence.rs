//! The law's silence (LANGUAGE §6 `overdue: { outcome }`): an outcome that falls by itself when a limit has passed, recorded as
//! 系统自动 and never as anybody's consent.
//!
//! It falls on every item of the batch that nobody has answered and that nothing holds; on one that is held when it no
//! longer is. Of several who sign, the silence of some takes nothing from what the others have written: they are not waited for
//! any longer, and what was written decides. Who was put off is asked about again, and that may fall silent like the first time.
//!
//! A clock over several stages ends with an outcome of the last of them, wherever its item stands before that: it is the limit of
//! the authority as a whole, and what some have signed within it is no answer of its own yet. A stop that was entered after it
//! had rung puts that off to the day on which its time is over. Like every step that happens
//! by itself it is undone whole when it cannot be taken, and asked about.

use super::signing::signatures;
use super::{Deciding, timers, trouble};
use crate::calendar::Calendar;
use crate::case::event::{Body, ClockChange, ClockOf, Rung};
use crate::case::{Batch, Case, Clock, Hold, Item};
use crate::clock::Moment;
use crate::workflow::{ClockDefinition, Go, Outcome, Overdue, Stage, Workflow};

/// What silence would do to the item of a clock over several stages, now or when its time is over.
struct Silent<'a> {
    /// the stage whose outcome falls, with its place in the list
    last: (usize, &'a Stage),
    outcome: &'a Outcome,
    basis: &'a str,
    /// where the item is
    at: &'a Stage,
    batch: Option<u32>,
}

/// What silence would do to an item, if nothing holds it and nobody has said anything.
fn silent<'a>(workflow: &'a Workflow, case: &Case, definition: &'a ClockDefinition, id: u32) -> Option<Silent<'a>> {
    let Some(Overdue::Outcome(name, basis)) = &definition.overdue else { return None };
    let index = workflow.stage_index(definition.until.as_ref()?)?;
    let last = workflow.stages.get(index)?;
    let item = case.item(id).filter(|i| nothing_holds(i))?;
    let (at, batch) = (workflow.stage_index(item.stage()?)?, item.batch());
    let said = batch.is_some_and(|batch| case.outcome_in(item, batch).is_some());
    let at = workflow.stages.get(at).filter(|_| at <= index && !said)?;
    Some(Silent { last: (index, last), outcome: last.outcomes.get(name)?, basis, at, batch })
}

/// Whether silence may fall on an item as far as holds go. One put off (缓议) is asked about anew, and that has its own limit.
fn nothing_holds(item: &Item) -> bool {
    item.holds.iter().all(|hold| *hold == Hold::Stay)
}

/// When silence falls on the item of a clock that has already rung: a stop entered since may have put it off. None where
/// it does not fall of itself.
pub(super) fn falls(workflow: &Workflow, case: &Case, clock: &Clock, calendar: &Calendar) -> Option<Moment> {
    let ClockOf::Named { clock: name, item } = &clock.of else { return None };
    let rang = clock.rang.contains(&Rung::Due) && !clock.ended;
    let silent = silent(workflow, case, workflow.clocks.get(name).filter(|_| rang)?, *item)?;
    let due = timers::deadline(clock).due(calendar)?;
    (!trouble::is_blocked(case, silent.at, silent.batch)).then_some(due.at)
}

impl<'a> Deciding<'a> {
    /// Lets the outcome of silence fall, once the limit of the batch has passed.
    pub(super) fn fall_silent(&mut self, stage: &Stage, batch: u32) {
        let program = self.program;
        let runs = self.clock_of(&ClockOf::Answer(batch)).is_some_and(|c| !c.ended);
        let Some((outcome, basis)) = self.silence_of(stage, batch).filter(|_| runs) else { return };
        let Some(open) = self.case.batches.get(&batch).cloned() else { return };
        let index = program.workflow().stage_index(&stage.name).unwrap_or_default();
        for id in open.items.iter().copied() {
            if self.says_nothing(&open, id) {
                self.attempt(stage, Some(batch), &[id], |this| {
                    this.silence((index, stage), Some(batch), id, outcome, basis);
                });
            }
        }
    }

    /// What silence means at a stage, once the limit of its batch has passed: the outcome and its basis.
    fn silence_of<'s>(&self, stage: &'s Stage, batch: u32) -> Option<(&'s Outcome, &'s str)> {
        let Some(Overdue::Outcome(name, basis)) = &stage.overdue else { return None };
        self.clock_of(&ClockOf::Answer(batch)).filter(|c| c.rang.contains(&Rung::Due))?;
        Some((stage.outcomes.get(name)?, basis))
    }

    /// Of several who sign, those whose silence at the limit is not waited for, because others have written their answers.
    pub(super) fn stays_silent(&self, stage: &Stage, item: &Item, batch: &Batch) -> Vec<String> {
        if self.silence_of(stage, batch.id).is_none() {
            return Vec::new();
        }
        let signed = |office: &String| {
            signatures(item, &stage.name, batch.id, &batch.signers).any(|signature| signature.office == *office)
        };
        let (spoke, silent): (Vec<String>, Vec<String>) = batch.signers.iter().cloned().partition(signed);
        if spoke.is_empty() { Vec::new() } else { silent }
    }

    /// Whether what is taken back here falls silent at once.
    pub(super) fn silence_has_come(&self, stage: &Stage, item: u32) -> bool {
        let batch = self.case.item(item).and_then(Item::batch);
        batch.is_some_and(|batch| self.silence_of(stage, batch).is_some())
    }

    /// Lets the outcome of silence fall that ends a clock over several stages: on its item, at whatever of these stages it is.
    pub(super) fn clock_fallen_silent(&mut self, definition: &'a ClockDefinition, clock: u32, id: u32) {
        let workflow = self.program.workflow();
        let Some(silent) = silent(workflow, &self.case, definition, id).filter(|_| self.has_passed(clock)) else {
            return;
        };
        let Silent { last, outcome, basis, at, batch } = silent;
        self.attempt(at, batch, &[id], |this| {
            this.silence(last, batch, id, outcome, basis);
            if this.case.clocks.get(&clock).is_some_and(|c| !c.ended) {
                this.emit(Body::ClockChanged { clock, change: ClockChange::End });
            }
        });
    }

    /// Whether a clock has rung its last, and by what is known now of its stops was right to.
    fn has_passed(&self, clock: u32) -> bool {
        let rang = self.case.clocks.get(&clock).filter(|c| c.rang.contains(&Rung::Due) && !c.ended);
        let due = rang.and_then(|c| timers::deadline(c).due(&self.ledgers.calendar));
        due.is_some_and(|due| due.at <= self.now)
    }

    /// Whether an item of a batch is there, held by nothing, and not answered in it.
    fn says_nothing(&self, batch: &Batch, id: u32) -> bool {
        let here = self.case.item(id).filter(|i| i.batch() == Some(batch.id) && nothing_holds(i));
        here.is_some_and(|item| {
            let signed = signatures(item, &batch.stage, batch.id, &batch.signers).next().is_some();
            self.case.outcome_in(item, batch.id).is_none() && !signed
        })
    }

    fn silence(
        &mut self,
        (index, stage): (usize, &Stage),
        batch: Option<u32>,
        id: u32,
        outcome: &Outcome,
        basis: &str,
    ) {
        self.drop_from_tasks(id);
        self.set_hold(id, Hold::Stay, false);
        self.act(&outcome.actions, &[id]);
        for definition in &outcome.documents {
            self.order_each(definition, stage, batch, &[id]);
        }
        let reason = Some(basis.to_string());
        if outcome.go == Go::Next {
            match self.case.item(id).and_then(|i| i.resume.clone()) {
                Some(to) => self.resume_at(id, &to, &outcome.name, outcome.code.clone(), reason.clone()),
                None => self.onward(id, index + 1, &outcome.name, reason.clone(), outcome.code.clone()),
            }
            self.move_about(id, outcome, reason);
        } else {
            self.go(stage, id, outcome, reason, None);
        }
    }
}
