//! State is the fold of events: one `match`, no rule in it.

#![expect(clippy::wildcard_enum_match_arm, reason = "each part is sent its own events only")]

mod ballots;
mod before;
mod clocks;
mod papers;
mod signing;
mod tasks;

use super::event::{Body, ClockOf, Event, QuestionAbout};
use super::intakes::intake_name;
use super::{Batch, Case, Clock, Index, Intake, Item, Position, Question};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl Case {
    /// The case its first event opens; None when that is not a `CaseOpened`.
    pub fn opened(event: &Event) -> Option<Case> {
        let Body::CaseOpened { workflow, closure, key, title, opener, params, period, parent } = &event.body else {
            return None;
        };
        Some(Case {
            id: event.stream.clone(),
            workflow: workflow.clone(),
            closure: closure.clone(),
            key: key.clone(),
            title: title.clone(),
            opener: opener.clone(),
            opened: event.at,
            period: period.clone(),
            parent: parent.clone(),
            params: Arc::new(params.clone()),
            items: imbl::OrdMap::new(),
            batches: imbl::OrdMap::new(),
            tasks: imbl::OrdMap::new(),
            clocks: imbl::OrdMap::new(),
            questions: imbl::OrdMap::new(),
            reasoned: imbl::OrdMap::new(),
            documents: imbl::OrdMap::new(),
            index: Index::default(),
            intakes: imbl::OrdMap::new(),
            openings: imbl::OrdMap::new(),
            confirmed: imbl::OrdSet::new(),
            fallen: imbl::OrdMap::new(),
            held: None,
            closed: None,
            sealed: None,
            just: None,
            filed: false,
            seq: event.seq,
            latest: event.at,
        })
    }

    /// The case a whole log yields.
    pub fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Case> {
        let mut events = events.into_iter();
        let mut case = Case::opened(events.next()?)?;
        for event in events {
            case.apply(event);
        }
        Some(case)
    }

    /// Takes one event in.
    pub fn apply(&mut self, event: &Event) {
        self.seq = event.seq;
        self.latest = self.latest.max(event.at);
        self.forget_before(event);
        match &event.body {
            Body::CaseOpened { .. } | Body::CaseRepaired { .. } | Body::CommandRefused { .. } | Body::Told { .. } => {}
            Body::FiledWithParent { .. } => self.filed = true,
            Body::ChildOwed { .. }
            | Body::ChildOpened { .. }
            | Body::ChildClosed { .. }
            | Body::ChildGivenUp { .. } => self.apply_child(event),
            Body::CaseAmended { params, .. } => Arc::make_mut(&mut self.params).extend(params.clone()),
            Body::CaseMigrated { to, mapping, .. } => self.take_over(to, mapping),
            Body::CaseHeld { held, reason } => self.held = held.then(|| reason.clone()),
            Body::CaseClosed { end, .. } => self.closed = Some((*end, event.at)),
            Body::CaseSealed { number, .. } => self.sealed = Some(number.clone()),
            Body::ScheduleFell { schedule, period, .. } => {
                self.fallen.insert(schedule.clone(), period.clone());
            }
            Body::RuleWaived { rule, items, reason } => {
                for id in items {
                    self.reasoned.extend(self.items.get(id).map(|item| ((rule.clone(), *id), Arc::clone(item))));
                    self.change_item(*id, |i| {
                        i.waivers.retain(|(earlier, _)| earlier != rule);
                        i.waivers.push((rule.clone(), reason.clone()));
                    });
                }
            }
            Body::RegisterWritten { .. } => {}
            Body::ItemOpened { .. }
            | Body::ItemChanged { .. }
            | Body::AnswerCorrected { .. }
            | Body::FieldsErased { .. }
            | Body::ItemMoved { .. }
            | Body::ItemHeld { .. }
            | Body::ItemFreed { .. }
            | Body::ItemEnded { .. } => self.apply_item(event),
            Body::IntakeClosed { .. } | Body::BatchOpened { .. } | Body::BatchDone { .. } => self.apply_batch(event),
            Body::NoticeUp { .. } | Body::NoticeDown { .. } => self.apply_notice(&event.body),
            Body::SignersChanged { .. } | Body::Counted { .. } | Body::Listed { .. } | Body::AnswerTakenBack { .. } => {
                self.apply_signing(event)
            }
            Body::TaskOpened { .. }
            | Body::TaskPassed { .. }
            | Body::TaskAnswered { .. }
            | Body::TaskRevised { .. }
            | Body::TaskClosed { .. } => self.apply_task(event),
            Body::QuestionAsked { .. } | Body::QuestionAnswered { .. } => self.apply_question(&event.body),
            Body::ClockStarted { .. } | Body::ClockChanged { .. } | Body::ClockRang { .. } => {
                self.apply_clock(&event.body)
            }
            Body::DocumentOrdered { .. }
            | Body::DocumentRendered { .. }
            | Body::DocumentIssued { .. }
            | Body::DocumentClosed { .. }
            | Body::EffectSettled { .. }
            | Body::Delivered { .. } => self.apply_document(event),
        }
    }

    /// Changes an item, and the index with it.
    pub(super) fn change_item(&mut self, id: u32, change: impl FnOnce(&mut Item)) {
        let Some(item) = self.items.get_mut(&id) else { return };
        let before = item.clone();
        change(Arc::make_mut(item));
        let moved = before.position != item.position || before.holds.is_empty() != item.holds.is_empty();
        if moved {
            self.index.item(Some(&before), Some(item));
        }
    }

    /// Changes a batch, and the index with it.
    pub(super) fn change_batch(&mut self, id: u32, change: impl FnOnce(&mut Batch)) {
        let Some(batch) = self.batches.get_mut(&id) else { return };
        let before = batch.clone();
        change(Arc::make_mut(batch));
        if before.done != batch.done {
            self.index.batch(Some(&before), Some(batch));
        }
        if !before.undone && batch.undone {
            let undone = Arc::clone(batch);
            self.index.never_was(&undone, self.batches.values().map(AsRef::as_ref));
        }
    }

    fn change_clock(&mut self, id: u32, change: impl FnOnce(&mut Clock)) {
        let Some(clock) = self.clocks.get_mut(&id) else { return };
        let before = clock.clone();
        change(Arc::make_mut(clock));
        if before.ended != clock.ended {
            self.index.clock(Some(&before), Some(clock));
        }
    }

    /// The wait that items in a batch once came of, which are put into another now.
    pub(super) fn wait_before(&self, items: &[u32]) -> Option<u32> {
        items.iter().filter_map(|id| Some(self.batches.get(&self.item(*id)?.batch()?)?.wait)).max()
    }

    fn open_item(&mut self, event: &Event) {
        let Body::ItemOpened { item, of, category, owner, about, stage, fields, waiver: _, submission } = &event.body
        else {
            return;
        };
        let new = Item {
            id: *item,
            of: of.clone(),
            category: category.clone(),
            owner: owner.clone(),
            about: *about,
            fields: fields.clone(),
            answers: BTreeMap::new(),
            signed: BTreeMap::new(),
            lists: BTreeSet::new(),
            decided: BTreeSet::new(),
            left: BTreeMap::new(),
            position: Position::At { stage: stage.clone(), round: 1, batch: None, unjudged: false },
            holds: BTreeSet::new(),
            resume: None,
            waivers: Vec::new(),
            code: None,
            noticed: BTreeMap::new(),
            used: BTreeSet::new(),
            returned: None,
            sent_back: None,
            submission: submission.clone(),
            merged_into: None,
            merged: BTreeSet::new(),
            opened: event.at,
            task: None,
            erased: None,
            before: None,
            taken_back: None,
        };
        self.index.item(None, Some(&new));
        self.items.insert(*item, Arc::new(new));
    }

    fn apply_item(&mut self, event: &Event) {
        match &event.body {
            Body::ItemOpened { .. } => self.open_item(event),
            Body::ItemChanged { item, fields, .. } => self.change_item(*item, |i| change(&mut i.fields, fields)),
            Body::FieldsErased { items, list, .. } => {
                items.iter().for_each(|id| self.change_item(*id, |i| i.erased = Some(list.clone())));
            }
            Body::AnswerCorrected { item, stage, fields, .. } => self.change_item(*item, |i| {
                if let Some(answer) = i.answers.get_mut(stage) {
                    change(&mut answer.fields, fields);
                }
            }),
            Body::ItemMoved { item, from, to, round, outcome, reason, code, resume, back, straight, unjudged } => {
                let back = *back || (resume.is_some() && !straight);
                self.change_item(*item, |i| {
                    // what is passed by was never come to
                    if !back && from != to && !outcome.is_empty() && !i.is_unjudged() {
                        i.left.insert(from.clone(), event.at);
                    }
                    i.returned = reason.clone().filter(|_| back || from == to || *round > i.round());
                    i.position = Position::At { stage: to.clone(), round: *round, batch: None, unjudged: *unjudged };
                    i.resume.clone_from(resume);
                    // what waits for a side item where it stands (异议暂缓) is as it was
                    if back || from != to {
                        i.sent_back = back.then(|| (from.clone(), outcome.clone()));
                    }
                    if let Some(code) = code {
                        i.code = Some((code.clone(), event.at));
                    }
                });
            }
            Body::ItemHeld { item, on } => self.change_item(*item, |i| {
                i.holds.insert(on.clone());
            }),
            Body::ItemFreed { item, on } => self.change_item(*item, |i| {
                i.holds.remove(on);
            }),
            Body::ItemEnded { item, label, reason, merged_into, code, .. } => {
                if let Some(into) = merged_into {
                    self.change_item(*into, |i| {
                        i.merged.insert(*item);
                    });
                }
                self.change_item(*item, |i| {
                    i.merged_into = *merged_into;
                    if let Some(code) = code {
                        i.code = Some((code.clone(), event.at));
                    }
                    let from = i.stage().filter(|_| !i.is_unjudged()).map(str::to_string);
                    i.left.extend(from.map(|stage| (stage, event.at)));
                    i.position = Position::Ended { label: label.clone(), reason: reason.clone(), at: event.at };
                    i.holds.clear();
                });
            }
            other => unreachable!("not an item's event: {other:?}"),
        }
    }

    fn apply_batch(&mut self, event: &Event) {
        match &event.body {
            Body::BatchOpened { batch, stage, key, round, items, left, expected, signers } => {
                let before = self.wait_before(items);
                for id in items {
                    self.change_item(*id, |i| {
                        if let Position::At { batch: slot, .. } = &mut i.position {
                            *slot = Some(*batch);
                        }
                    });
                }
                if !expected.is_empty() {
                    let intake = Intake { batch: *batch, expected: expected.clone(), ..Intake::default() };
                    self.intakes.insert(intake_name(stage, key), intake);
                }
                let new = Batch {
                    id: *batch,
                    stage: stage.clone(),
                    key: key.clone(),
                    round: *round,
                    wait: before.unwrap_or_else(|| self.index.wait(stage, key)),
                    again: before.is_some(),
                    items: items.clone(),
                    left: left.clone(),
                    signers: signers.clone(),
                    opened: event.at,
                    ..Batch::default()
                };
                self.index.batch(None, Some(&new));
                self.batches.insert(*batch, Arc::new(new));
            }
            Body::BatchDone { batch, .. } => {
                self.change_batch(*batch, |b| b.done = Some(event.at));
                // Older logs say nothing of a limit that had passed: it ends with its batch.
                let limits: Vec<u32> = self.clocks_of(&ClockOf::Answer(*batch)).map(|c| c.id).collect();
                limits.into_iter().for_each(|clock| self.change_clock(clock, |c| c.ended = true));
            }
            Body::IntakeClosed { stage, key, missing, reopened, .. } => {
                let intake = self.intakes.entry(intake_name(stage, key)).or_default();
                intake.closed = !reopened;
                intake.missing.clone_from(missing);
                if *reopened {
                    let batch = intake.batch;
                    self.change_batch(batch, |b| b.done = None);
                }
            }
            other => unreachable!("not a batch's event: {other:?}"),
        }
    }

    fn apply_notice(&mut self, body: &Body) {
        match body {
            Body::NoticeUp { batch, channel, on, proof } => self.change_batch(*batch, |b| {
                b.up.insert(channel.clone(), (*on, proof.clone()));
            }),
            Body::NoticeDown { batch, channel, .. } => self.change_batch(*batch, |b| {
                b.down.insert(channel.clone());
            }),
            other => unreachable!("not a notice's event: {other:?}"),
        }
    }

    /// The items whose values a question hangs on, as they stand.
    fn judged_by(&self, about: &QuestionAbout) -> Vec<Arc<Item>> {
        match about {
            QuestionAbout::Tie { tied, .. } => tied.iter().filter_map(|id| self.items.get(id).cloned()).collect(),
            QuestionAbout::Conflict { item, .. } | QuestionAbout::Rule { item, .. } => {
                self.items.get(item).cloned().into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    fn apply_question(&mut self, body: &Body) {
        match body {
            Body::QuestionAsked { question, to, text, answers, about } => {
                let new = Question {
                    id: *question,
                    to: to.clone(),
                    text: text.clone(),
                    answers: answers.clone(),
                    about: about.clone(),
                    seen: self.judged_by(about),
                    answer: None,
                };
                self.index.question(&new);
                self.ask_about_opening(about, Some(*question));
                self.questions.insert(*question, Arc::new(new));
            }
            Body::QuestionAnswered { question, answer, .. } => {
                let Some(q) = self.questions.get_mut(question) else { return };
                Arc::make_mut(q).answer = Some(answer.clone());
                self.index.question(q);
                let (about, unmade) = (q.about.clone(), q.unmade());
                self.ask_about_opening(&about, None);
                self.decided_on_unmade(unmade);
            }
            other => unreachable!("not a question's event: {other:?}"),
        }
    }
}

/// Takes new values in; a field whose new value is nothing is there no longer.
pub(in crate::case) fn change(known: &mut super::Fields, new: &super::Fields) {
    for (name, value) in new {
        match value.is_null() {
            true => drop(known.shift_remove(name)),
            false => drop(known.insert(name.clone(), value.clone())),
        }
    }
}
