//! What an item was before its latest answer, kept while nobody has gone on from that answer and nothing came of it that others
//! have seen: so long it may be taken back (撤回答复). Whatever is not known here to be harmless ends it.

use crate::case::decide::ITSELF;
use crate::case::event::{Ask, Body, ClockOf, Event, Hold, Row};
use crate::case::{Before, Case, Item, Just, Position};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Case {
    /// Forgets what was before the answers from which this event goes on. Called before the event is taken in.
    pub(super) fn forget_before(&mut self, event: &Event) {
        let just = self.just.clone().filter(|just| just.cause == event.cause);
        if let Some(just) = just.as_ref().filter(|just| self.spoils(just, &event.body)) {
            just.items.iter().for_each(|id| self.forget(*id));
            self.just = None;
        }
        for id in self.goes_on_from(event, just.is_some()) {
            self.forget(id);
        }
        if matches!(event.body, Body::CaseClosed { .. } | Body::CaseMigrated { .. } | Body::CaseRepaired { .. }) {
            let all: Vec<u32> = self.living().map(|item| item.id).collect();
            all.into_iter().for_each(|id| self.forget(id));
        }
    }

    fn forget(&mut self, id: u32) {
        if self.item(id).is_some_and(|item| item.before.is_some()) {
            self.change_item(id, |item| item.before = None);
        }
    }

    /// Remembers what the items of an answer were before it. Called before it is taken in.
    pub(super) fn remember_before(&mut self, event: &Event, task: u64, rows: &[Row]) {
        let Some(stage) = self.tasks.get(&task).and_then(|t| t.stage.clone()).filter(|_| event.by != ITSELF) else {
            return;
        };
        let items: BTreeSet<u32> = rows.iter().filter_map(|row| row.item).collect();
        for id in &items {
            let Some(item) = self.item(*id) else { continue };
            let Position::At { batch: Some(batch), .. } = &item.position else { continue };
            let of = [ClockOf::Answer(*batch), ClockOf::Return(*id)];
            let clocks = of.iter().flat_map(|of| self.clocks_of(of)).filter(|c| !c.ended).map(|c| c.id).collect();
            let before = Before {
                task,
                stage: stage.clone(),
                batch: *batch,
                position: item.position.clone(),
                holds: item.holds.clone(),
                resume: item.resume.clone(),
                waivers: item.waivers.clone(),
                code: item.code.clone(),
                used: item.used.clone(),
                returned: item.returned.clone(),
                sent_back: item.sent_back.clone(),
                left: item.left.clone(),
                answer: item.answers.get(&stage).cloned(),
                clocks,
            };
            self.change_item(*id, |item| {
                item.before = Some(Arc::new(before));
                item.taken_back = None;
            });
        }
        self.just = Some(Arc::new(Just { cause: event.cause.clone(), items }));
    }

    /// An answer is taken back: its items stand where they stood before it, and `waiting` wait again for the batch that is undone.
    pub(super) fn as_before(&mut self, task: u64, items: &[u32], waiting: &[u32]) {
        let mut batches = BTreeSet::new();
        for id in items {
            let before = self.item(*id).and_then(|i| i.before.clone()).filter(|before| before.task == task);
            let Some(before) = before else { continue };
            batches.insert(before.batch);
            let since = self.item(*id).and_then(Item::batch).filter(|batch| *batch != before.batch);
            since.into_iter().for_each(|batch| self.change_batch(batch, |b| b.undone = true));
            before.clocks.iter().for_each(|clock| self.change_clock(*clock, |c| c.ended = false));
            self.change_item(*id, |item| stands_again(item, &before));
        }
        for id in batches {
            self.change_batch(id, |batch| {
                batch.done = None;
                batch.answered = None;
                batch.taken_back = std::mem::take(&mut batch.fields);
                batch.attachments.clear();
            });
        }
        for id in waiting {
            self.change_item(*id, |item| {
                if let Position::At { batch, .. } = &mut item.position {
                    *batch = None;
                }
            });
        }
    }

    /// Whether something came of an answer at once that cannot be undone: anything but moves, tasks and the limits on them.
    fn spoils(&self, just: &Just, body: &Body) -> bool {
        let counts_on = |of: &ClockOf| !matches!(of, ClockOf::Answer(_) | ClockOf::Return(_) | ClockOf::Gate { .. });
        match body {
            Body::ItemMoved { item, .. }
            | Body::ItemHeld { item, .. }
            | Body::ItemFreed { item, .. }
            | Body::ItemEnded { item, .. } => !just.items.contains(item),
            Body::TaskOpened { ask, .. } => !matches!(ask, Ask::Answer | Ask::Correct),
            Body::ClockStarted { of, .. } => counts_on(of),
            Body::ClockChanged { clock, .. } => self.clocks.get(clock).is_some_and(|c| counts_on(&c.of)),
            Body::BatchOpened { .. }
            | Body::BatchDone { .. }
            | Body::RuleWaived { .. }
            | Body::TaskRevised { .. }
            | Body::TaskClosed { .. }
            | Body::TaskPassed { .. } => false,
            _ => true,
        }
    }

    /// The items somebody goes on with; `at_once`: it follows from the latest answer itself.
    fn goes_on_from(&self, event: &Event, at_once: bool) -> Vec<u32> {
        let in_batch = |batch: &u32| self.batches.get(batch).map(|b| b.items.clone()).unwrap_or_default();
        let of_task = |task: &u64| -> Vec<u32> {
            self.tasks.get(task).map(|t| t.items.iter().copied().collect()).unwrap_or_default()
        };
        match &event.body {
            Body::TaskAnswered { task, rows, .. } => {
                let batch =
                    self.tasks.get(task).and_then(|t| t.batch).filter(|_| rows.iter().all(|r| r.item.is_none()));
                let told = rows.iter().filter_map(|row| row.item);
                told.chain(batch.iter().flat_map(in_batch)).collect()
            }
            Body::Counted { rows, .. } => rows.iter().filter_map(|row| row.item).collect(),
            Body::ItemMoved { item, from, back, .. } => {
                let own = self.item(*item).and_then(|i| i.before.as_ref()).is_some_and(|b| b.stage == *from);
                if own && (at_once || !back) { Vec::new() } else { vec![*item] }
            }
            Body::ItemHeld { on: Hold::Stay | Hold::Returned, .. }
            | Body::ItemFreed { .. }
            | Body::TaskPassed { .. }
                if at_once =>
            {
                Vec::new()
            }
            Body::ItemHeld { item, .. } | Body::ItemFreed { item, .. } => vec![*item],
            Body::ItemEnded { item, merged_into, .. } => merged_into.iter().chain([item]).copied().collect(),
            Body::ItemOpened { about, .. } => about.iter().copied().collect(),
            Body::ItemChanged { item, .. } | Body::AnswerCorrected { item, .. } => vec![*item],
            Body::FieldsErased { items, .. } | Body::Told { items, .. } | Body::DocumentOrdered { items, .. } => {
                items.clone()
            }
            Body::Listed { items, off, .. } => items.iter().chain(off).copied().collect(),
            Body::NoticeUp { batch, .. } | Body::NoticeDown { batch, .. } | Body::SignersChanged { batch, .. } => {
                in_batch(batch)
            }
            Body::TaskPassed { task, .. } => of_task(task),
            Body::ChildOwed { item, .. } => vec![*item],
            Body::CaseOpened { .. }
            | Body::CaseAmended { .. }
            | Body::CaseHeld { .. }
            | Body::CaseMigrated { .. }
            | Body::CaseRepaired { .. }
            | Body::CaseClosed { .. }
            | Body::CaseSealed { .. }
            | Body::CommandRefused { .. }
            | Body::FiledWithParent { .. }
            | Body::ChildOpened { .. }
            | Body::ChildClosed { .. }
            | Body::ChildGivenUp { .. }
            | Body::IntakeClosed { .. }
            | Body::BatchOpened { .. }
            | Body::BatchDone { .. }
            | Body::TaskOpened { .. }
            | Body::AnswerTakenBack { .. }
            | Body::TaskRevised { .. }
            | Body::TaskClosed { .. }
            | Body::RuleWaived { .. }
            | Body::QuestionAsked { .. }
            | Body::QuestionAnswered { .. }
            | Body::ClockStarted { .. }
            | Body::ClockChanged { .. }
            | Body::ClockRang { .. }
            | Body::DocumentRendered { .. }
            | Body::DocumentIssued { .. }
            | Body::DocumentClosed { .. }
            | Body::Delivered { .. }
            | Body::RegisterWritten { .. }
            | Body::ScheduleFell { .. }
            | Body::EffectSettled { .. } => Vec::new(),
        }
    }
}

fn stands_again(item: &mut Item, before: &Before) {
    item.position = before.position.clone();
    item.holds.clone_from(&before.holds);
    item.resume.clone_from(&before.resume);
    item.waivers.clone_from(&before.waivers);
    item.code.clone_from(&before.code);
    item.used.clone_from(&before.used);
    item.returned.clone_from(&before.returned);
    item.sent_back.clone_from(&before.sent_back);
    item.left.clone_from(&before.left);
    item.taken_back = item.answers.remove(&before.stage).map(|answer| (before.stage.clone(), answer));
    if let Some(answer) = &before.answer {
        item.answers.insert(before.stage.clone(), answer.clone());
    }
    item.before = None;
}
