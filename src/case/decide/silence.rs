//! The law's silence (LANGUAGE §6 `overdue: { outcome }`): an outcome that falls by itself when a limit has passed, recorded as
//! 系统自动 and never as anybody's consent.
//!
//! It falls on every item of the batch that nobody has answered and that nothing holds; on one that is held when it no
//! longer is. Like every step that happens by itself it is undone whole when it cannot be taken, and asked about.

use super::Deciding;
use crate::case::Batch;
use crate::case::event::{ClockOf, Rung};
use crate::workflow::{Go, Outcome, Overdue, Stage};

impl Deciding<'_> {
    /// Lets the outcome of silence fall, once the limit of the batch has passed.
    pub(super) fn fall_silent(&mut self, stage: &Stage, batch: u32) {
        let program = self.program;
        let Some(Overdue::Outcome(name, basis)) = &stage.overdue else { return };
        let passed = self.clock_of(&ClockOf::Answer(batch)).is_some_and(|c| c.rang.contains(&Rung::Due) && !c.ended);
        let Some(outcome) = stage.outcomes.get(name).filter(|_| passed) else { return };
        let Some(open) = self.case.batches.get(&batch).cloned() else { return };
        let index = program.workflow().stage_index(&stage.name).unwrap_or_default();
        for id in open.items.iter().copied() {
            if self.says_nothing(&open, id) {
                self.attempt(stage, Some(batch), &[id], |this| this.silence(stage, batch, id, index, outcome, basis));
            }
        }
    }

    /// Whether an item of a batch is there, held by nothing, and not answered in it.
    fn says_nothing(&self, batch: &Batch, id: u32) -> bool {
        let here = self.case.item(id).filter(|i| i.batch() == Some(batch.id) && i.holds.is_empty());
        here.is_some_and(|item| self.case.outcome_in(item, batch.id).is_none())
    }

    fn silence(&mut self, stage: &Stage, batch: u32, id: u32, index: usize, outcome: &Outcome, basis: &str) {
        self.drop_from_tasks(id);
        self.act(&outcome.actions, &[id]);
        for definition in &outcome.documents {
            self.order_each(definition, stage, batch, &[id]);
        }
        let reason = Some(basis.to_string());
        if outcome.go == Go::Next {
            match self.case.item(id).and_then(|i| i.resume.clone()) {
                Some(to) => self.resume_at(id, &to, outcome, reason),
                None => self.onward(id, index + 1, &outcome.name, reason, outcome.code.clone()),
            }
        } else {
            self.go(stage, id, outcome, reason, None);
        }
    }
}
