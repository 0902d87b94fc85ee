//! What the events of a decision may have let go on. Every decision ends at rest, so nothing else can move: a step in a case
//! of ten thousand items looks at the few it touched.

#[cfg(test)]
mod tests;

use crate::case::event::{Body, ClockOf, QuestionAbout};
use crate::case::{Case, Item};
use crate::workflow::{Kind, Workflow};
use std::collections::BTreeSet;

/// Items, batches and papers to look at, and whether any gate may have opened.
#[derive(Debug, Default)]
pub(super) struct Touched {
    items: BTreeSet<u32>,
    batches: BTreeSet<u32>,
    documents: BTreeSet<u32>,
    facts: BTreeSet<u32>,
    changed: BTreeSet<u32>,
    pub(super) gates: bool,
    /// something has ended, and questions about it with it
    pub(super) ended: bool,
}

impl Touched {
    /// Everything: after a case was held, or opened, or when a barrier is done.
    pub(super) fn all(&mut self, case: &Case) {
        self.items.extend(case.index.standing.values().flatten());
        self.facts.extend(case.index.standing.values().flatten());
        self.batches.extend(case.index.open.values().flatten());
        self.documents.extend(case.index.making.values().flatten());
        self.gates = true;
        self.ended = true;
    }

    /// Items that stand at a stage.
    pub(super) fn items_at(&mut self, case: &Case, stage: &str) -> Vec<u32> {
        let here = |id: &u32| case.items.get(id).and_then(|i| i.stage()) == Some(stage);
        let found: Vec<u32> = self.items.iter().copied().filter(here).collect();
        self.items.retain(|id| !here(id));
        found
    }

    /// Batches of a stage that are not done.
    pub(super) fn batches_of(&mut self, case: &Case, stage: &str) -> Vec<u32> {
        let here = |id: &u32| case.batches.get(id).is_some_and(|b| b.stage == stage);
        let found: Vec<u32> = self.batches.iter().copied().filter(here).collect();
        self.batches.retain(|id| !here(id));
        found.into_iter().filter(|id| case.batches.get(id).is_some_and(|b| b.done.is_none())).collect()
    }

    /// Papers.
    pub(super) fn documents(&mut self) -> BTreeSet<u32> {
        std::mem::take(&mut self.documents)
    }

    /// Items of which something new is known.
    pub(super) fn facts(&mut self) -> BTreeSet<u32> {
        std::mem::take(&mut self.facts)
    }

    /// Items that are otherwise than they were.
    pub(super) fn changed(&mut self) -> BTreeSet<u32> {
        std::mem::take(&mut self.changed)
    }

    /// Something new is known of an item: a day has come.
    pub(super) fn fact(&mut self, item: u32) {
        self.facts.insert(item);
    }

    /// Takes in what an event is about to change: an item leaves its batch.
    pub(super) fn before(&mut self, case: &Case, body: &Body) {
        if let Body::ItemMoved { item, .. } | Body::ItemEnded { item, .. } = body {
            self.batches.extend(case.items.get(item).and_then(|i| i.batch()));
        }
    }

    /// Takes in what an event changed.
    #[expect(clippy::too_many_lines, reason = "an arm for every event, and none forgotten")]
    pub(super) fn after(&mut self, workflow: &Workflow, case: &Case, body: &Body) {
        match body {
            Body::ItemChanged { item, .. } | Body::AnswerCorrected { item, .. } => {
                self.item(case, *item);
                self.changed.insert(*item);
            }
            Body::ItemOpened { item, .. }
            | Body::ItemMoved { item, .. }
            | Body::ItemHeld { item, .. }
            | Body::ItemFreed { item, .. } => self.item(case, *item),
            Body::ItemEnded { item, .. } => {
                self.ended = true;
                self.item(case, *item);
                self.notices(workflow, case, *item);
            }
            Body::BatchOpened { batch, stage, items, .. } => {
                self.batches.insert(*batch);
                if workflow.stage(stage).is_some_and(|s| s.kind == Kind::Publicise) {
                    items.iter().for_each(|id| self.notices(workflow, case, *id));
                }
                self.gates = true;
            }
            Body::BatchDone { batch, .. } => self.done(workflow, case, *batch),
            Body::IntakeClosed { stage, key, .. } => {
                self.batches.extend(case.intake(stage, key).map(|i| i.batch));
                let collecting = workflow.stages.iter().filter(|s| !s.collects.is_empty());
                self.items.extend(collecting.filter_map(|s| case.index.standing.get(&s.name)).flatten());
                self.gates = true;
            }
            Body::Counted { batch, rows, .. } => {
                self.batches.insert(*batch);
                self.batches.extend(rows.iter().filter_map(|r| case.items.get(&r.item?)?.batch()));
                self.facts.extend(rows.iter().filter_map(|r| r.item));
            }
            Body::Listed { items, off, .. } => {
                items.iter().chain(off).for_each(|id| self.item(case, *id));
                self.changed.extend(items.iter().chain(off));
            }
            Body::SignersChanged { batch, .. } => drop(self.batches.insert(*batch)),
            Body::AnswerTakenBack { items, waiting, .. } => {
                // signers may differ otherwise
                self.ended = true;
                items.iter().chain(waiting).for_each(|id| self.item(case, *id));
            }
            Body::TaskPassed { task, .. } => {
                self.batches.extend(case.tasks.get(task).and_then(|t| t.batch));
                let items = case.tasks.get(task).into_iter().flat_map(|t| &t.items);
                self.batches.extend(items.filter_map(|id| case.items.get(id)?.batch()));
            }
            Body::TaskAnswered { task, rows, .. } => {
                self.batches.extend(case.tasks.get(task).and_then(|t| t.batch));
                self.batches.extend(rows.iter().filter_map(|r| case.items.get(&r.item?)?.batch()));
                self.facts.extend(rows.iter().filter_map(|r| r.item));
            }
            Body::TaskClosed { task, .. } => {
                // nobody need know any more that its workbook could not be laid
                self.ended = true;
                self.batches.extend(case.tasks.get(task).and_then(|t| t.batch));
            }
            Body::ScheduleFell { .. } => self.gates = true,
            Body::QuestionAnswered { question, .. } => self.answered(case, *question),
            Body::ClockChanged { clock, .. } => {
                // what was overdue may be so no longer
                self.ended = true;
                self.clock(case, *clock);
            }
            Body::ClockStarted { clock, .. } => self.clock(case, *clock),
            Body::ClockRang { clock, .. } => {
                // more time is not to be had any more
                self.ended = true;
                self.clock(case, *clock);
            }
            Body::DocumentOrdered { document, .. }
            | Body::DocumentRendered { document, .. }
            | Body::DocumentIssued { document, .. }
            | Body::DocumentClosed { document, .. }
            | Body::Delivered { document, .. } => self.document(case, *document),
            Body::NoticeUp { batch, .. } | Body::NoticeDown { batch, .. } => drop(self.batches.insert(*batch)),
            Body::CaseAmended { .. } => {
                self.all(case);
                self.changed.extend(case.living().filter(|item| !item.noticed.is_empty()).map(|item| item.id));
            }
            Body::CaseOpened { .. } | Body::CaseHeld { .. } | Body::CaseMigrated { .. } | Body::CaseRepaired { .. } => {
                self.all(case)
            }
            Body::CaseClosed { .. }
            | Body::FieldsErased { .. }
            | Body::CaseSealed { .. }
            | Body::TaskOpened { .. }
            | Body::TaskRevised { .. }
            | Body::RuleWaived { .. }
            | Body::QuestionAsked { .. }
            | Body::Told { .. }
            | Body::RegisterWritten { .. }
            | Body::CommandRefused { .. }
            | Body::FiledWithParent { .. }
            | Body::ChildOwed { .. }
            | Body::ChildOpened { .. }
            | Body::ChildClosed { .. }
            | Body::ChildGivenUp { .. }
            | Body::EffectSettled { .. } => {}
        }
    }

    /// A notice may name nobody any more; also one whose item had been sent back from it before it ended, or is noticed again.
    fn notices(&mut self, workflow: &Workflow, case: &Case, id: u32) {
        let notices = workflow.stages.iter().filter(|s| s.kind == Kind::Publicise);
        let open = notices.flat_map(|s| case.open_batches(&s.name));
        self.batches.extend(open.filter(|b| b.items.contains(&id)).map(|b| b.id));
    }

    fn item(&mut self, case: &Case, id: u32) {
        let item = case.items.get(&id).map(AsRef::as_ref);
        self.facts.insert(id);
        self.batches.extend(item.and_then(Item::batch));
        if item.is_some_and(Item::lives) {
            self.items.insert(id);
        }
        self.gates = true;
    }

    /// The items of a finished batch go on; after a barrier everything may.
    fn done(&mut self, workflow: &Workflow, case: &Case, batch: u32) {
        let Some(done) = case.batches.get(&batch) else { return };
        self.ended = true;
        self.items.extend(done.items.iter().filter(|i| case.items.get(*i).is_some_and(|i| i.batch() == Some(batch))));
        self.gates = true;
        if workflow.stage(&done.stage).is_some_and(|s| s.of_case) {
            self.all(case);
        }
    }

    fn answered(&mut self, case: &Case, question: u32) {
        self.gates = true;
        let about = case.questions.get(&question).map(|q| &q.about);
        if let Some(
            QuestionAbout::Blocked { batch: Some(batch), .. }
            | QuestionAbout::Outage { batch, .. }
            | QuestionAbout::Differ { batch, .. },
        ) = about
        {
            self.batches.insert(*batch);
        }
    }

    fn clock(&mut self, case: &Case, clock: u32) {
        self.ended |= case.clocks.get(&clock).is_some_and(|c| c.ended);
        match case.clocks.get(&clock).map(|c| &c.of) {
            Some(ClockOf::Answer(batch) | ClockOf::Period(batch) | ClockOf::Grace(batch) | ClockOf::Keep(batch)) => {
                self.batches.insert(*batch);
            }
            Some(ClockOf::Gate { .. }) => self.gates = true,
            Some(ClockOf::Named { item, .. }) => drop(self.facts.insert(*item)),
            Some(ClockOf::Return(_)) | None => {}
        }
    }

    /// What waits for a sealed paper goes on with it.
    fn document(&mut self, case: &Case, id: u32) {
        self.documents.insert(id);
        let Some(paper) = case.documents.get(&id) else { return };
        // the letter of a clock too is served, and is of no batch
        if paper.to.iter().any(|r| r.starts_with(super::OUTSIDER)) {
            let answering = |id: &u32| case.item(*id).map(|item| case.answers_for(item));
            self.batches.extend(paper.items.iter().filter_map(answering).filter_map(Item::batch));
        }
        if let Some(batch) = paper.batch {
            self.batches.insert(batch);
            if paper.seal {
                self.documents.extend(case.index.making.get(&batch).into_iter().flatten());
            }
        }
    }
}
