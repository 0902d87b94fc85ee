//! State is the fold of events: one `match`, no rule in it.

mod papers;
mod tasks;

use super::event::{Body, ClockChange, ClockOf, Event, Rung};
use super::{Batch, Case, Clock, Intake, Item, Position, Question};
use std::collections::{BTreeMap, BTreeSet};

impl Case {
    /// The case its first event opens; None when that is not a `CaseOpened`.
    pub fn opened(event: &Event) -> Option<Case> {
        let Body::CaseOpened { workflow, closure, key, title, opener, params } = &event.body else { return None };
        Some(Case {
            id: event.stream.clone(),
            workflow: workflow.clone(),
            closure: closure.clone(),
            key: key.clone(),
            title: title.clone(),
            opener: opener.clone(),
            opened: event.at,
            params: params.clone(),
            items: imbl::OrdMap::new(),
            standing: imbl::OrdMap::new(),
            batches: imbl::OrdMap::new(),
            tasks: imbl::OrdMap::new(),
            clocks: imbl::OrdMap::new(),
            questions: imbl::OrdMap::new(),
            documents: imbl::OrdMap::new(),
            intakes: imbl::OrdMap::new(),
            fallen: imbl::OrdMap::new(),
            held: None,
            closed: None,
            sealed: None,
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
        match &event.body {
            Body::CaseOpened { .. } | Body::CommandRefused { .. } | Body::EffectSettled { .. } => {}
            Body::CaseAmended { params, .. } => self.params.extend(params.clone()),
            Body::CaseHeld { held, reason } => self.held = held.then(|| reason.clone()),
            Body::CaseClosed { end, .. } => self.closed = Some((*end, event.at)),
            Body::CaseSealed { number, .. } => self.sealed = Some(number.clone()),
            Body::ScheduleFell { schedule, period, .. } => {
                self.fallen.insert(schedule.clone(), period.clone());
            }
            Body::RuleWaived { rule, items, reason } => {
                for id in items {
                    self.item(*id, |i| i.waivers.push((rule.clone(), reason.clone())));
                }
            }
            Body::RegisterWritten { .. } => {}
            Body::ItemOpened { .. }
            | Body::ItemChanged { .. }
            | Body::ItemMoved { .. }
            | Body::ItemHeld { .. }
            | Body::ItemFreed { .. }
            | Body::ItemEnded { .. } => self.apply_item(event),
            Body::IntakeClosed { .. } | Body::BatchOpened { .. } | Body::BatchDone { .. } => self.apply_batch(event),
            Body::NoticeUp { .. } | Body::NoticeDown { .. } => self.apply_notice(&event.body),
            Body::TaskOpened { .. } | Body::TaskPassed { .. } | Body::TaskAnswered { .. } | Body::TaskClosed { .. } => {
                self.apply_task(event)
            }
            Body::QuestionAsked { .. } | Body::QuestionAnswered { .. } => self.apply_question(&event.body),
            Body::ClockStarted { .. } | Body::ClockChanged { .. } | Body::ClockRang { .. } => {
                self.apply_clock(&event.body)
            }
            Body::DocumentOrdered { .. }
            | Body::DocumentRendered { .. }
            | Body::DocumentIssued { .. }
            | Body::DocumentClosed { .. }
            | Body::Delivered { .. } => self.apply_document(event),
        }
    }

    fn item(&mut self, id: u32, change: impl FnOnce(&mut Item)) {
        if let Some(item) = self.items.get_mut(&id) {
            change(item);
        }
    }

    /// Keeps the index of who stands where beside the position itself.
    fn place(&mut self, id: u32, to: Position) {
        let Some(item) = self.items.get_mut(&id) else { return };
        let from = item.stage().map(str::to_string);
        item.position = to;
        let to = item.stage().map(str::to_string);
        if from == to {
            return;
        }
        if let Some(set) = from.and_then(|s| self.standing.get_mut(&s)) {
            set.remove(&id);
        }
        if let Some(stage) = to {
            self.standing.entry(stage).or_default().insert(id);
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the caller sends only these events here")]
    fn apply_item(&mut self, event: &Event) {
        match &event.body {
            Body::ItemOpened { item, of, category, owner, about, stage, fields, waiver: _, submission } => {
                let new = Item {
                    id: *item,
                    of: of.clone(),
                    category: category.clone(),
                    owner: owner.clone(),
                    about: *about,
                    fields: fields.clone(),
                    answers: BTreeMap::new(),
                    position: Position::At { stage: stage.clone(), round: 1, batch: None },
                    holds: BTreeSet::new(),
                    resume: None,
                    waivers: Vec::new(),
                    code: None,
                    used: BTreeSet::new(),
                    returned: None,
                    submission: submission.clone(),
                    opened: event.at,
                };
                self.items.insert(*item, new);
                self.standing.entry(stage.clone()).or_default().insert(*item);
            }
            Body::ItemChanged { item, fields, .. } => self.item(*item, |i| i.fields.extend(fields.clone())),
            Body::ItemMoved { item, to, round, outcome, reason, code, resume, .. } => {
                self.place(*item, Position::At { stage: to.clone(), round: *round, batch: None });
                self.item(*item, |i| {
                    i.resume.clone_from(resume);
                    i.used.insert(outcome.clone());
                    i.returned = if resume.is_some() { reason.clone() } else { None };
                    if let Some(code) = code {
                        i.code = Some((code.clone(), event.at));
                    }
                });
            }
            Body::ItemHeld { item, on } => self.item(*item, |i| {
                i.holds.insert(on.clone());
            }),
            Body::ItemFreed { item, on } => self.item(*item, |i| {
                i.holds.remove(on);
            }),
            Body::ItemEnded { item, label, reason, .. } => {
                self.place(*item, Position::Ended { label: label.clone(), reason: reason.clone(), at: event.at });
                self.item(*item, |i| i.holds.clear());
            }
            other => unreachable!("not an item's event: {other:?}"),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the caller sends only these events here")]
    fn apply_batch(&mut self, event: &Event) {
        match &event.body {
            Body::BatchOpened { batch, stage, key, round, items, left, expected } => {
                for id in items {
                    self.item(*id, |i| {
                        if let Position::At { batch: slot, .. } = &mut i.position {
                            *slot = Some(*batch);
                        }
                    });
                }
                if !expected.is_empty() {
                    let intake = Intake { batch: *batch, expected: expected.clone(), ..Intake::default() };
                    self.intakes.insert(stage.clone(), intake);
                }
                let new = Batch {
                    id: *batch,
                    stage: stage.clone(),
                    key: key.clone(),
                    round: *round,
                    items: items.clone(),
                    left: left.clone(),
                    expected: expected.clone(),
                    fields: super::Fields::new(),
                    attachments: Vec::new(),
                    answered: None,
                    done: None,
                    up: BTreeMap::new(),
                    down: BTreeSet::new(),
                    opened: event.at,
                };
                self.batches.insert(*batch, new);
            }
            Body::BatchDone { batch } => {
                if let Some(b) = self.batches.get_mut(batch) {
                    b.done = Some(event.at);
                }
            }
            Body::IntakeClosed { stage, missing, reopened, .. } => {
                let intake = self.intakes.entry(stage.clone()).or_default();
                intake.closed = !reopened;
                intake.missing.clone_from(missing);
                if *reopened {
                    let batch = intake.batch;
                    if let Some(b) = self.batches.get_mut(&batch) {
                        b.done = None;
                    }
                }
            }
            other => unreachable!("not a batch's event: {other:?}"),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the caller sends only these events here")]
    fn apply_notice(&mut self, body: &Body) {
        match body {
            Body::NoticeUp { batch, channel, on, proof } => {
                if let Some(b) = self.batches.get_mut(batch) {
                    b.up.insert(channel.clone(), (*on, proof.clone()));
                }
            }
            Body::NoticeDown { batch, channel, .. } => {
                if let Some(b) = self.batches.get_mut(batch) {
                    b.down.insert(channel.clone());
                }
            }
            other => unreachable!("not a notice's event: {other:?}"),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the caller sends only these events here")]
    fn apply_question(&mut self, body: &Body) {
        match body {
            Body::QuestionAsked { question, to, text, answers, about } => {
                let new = Question {
                    id: *question,
                    to: to.clone(),
                    text: text.clone(),
                    answers: answers.clone(),
                    about: about.clone(),
                    answer: None,
                };
                self.questions.insert(*question, new);
            }
            Body::QuestionAnswered { question, answer, .. } => {
                if let Some(q) = self.questions.get_mut(question) {
                    q.answer = Some(answer.clone());
                }
            }
            other => unreachable!("not a question's event: {other:?}"),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the caller sends only these events here")]
    fn apply_clock(&mut self, body: &Body) {
        match body {
            Body::ClockStarted { clock, of, from, budget, count_start, remind, calendar } => {
                let new = Clock {
                    id: *clock,
                    of: of.clone(),
                    from: *from,
                    budget: budget.clone(),
                    count_start: *count_start,
                    remind: remind.clone(),
                    calendar: calendar.clone(),
                    floor: None,
                    rang: BTreeSet::new(),
                    ended: false,
                };
                self.clocks.insert(*clock, new);
            }
            Body::ClockChanged { clock, change } => {
                let Some(c) = self.clocks.get_mut(clock) else { return };
                match change {
                    ClockChange::End => c.ended = true,
                    ClockChange::Recount { calendar, after, .. } => {
                        c.calendar.clone_from(calendar);
                        if matches!(c.of, ClockOf::Period(_)) {
                            c.floor = Some(*after);
                        }
                    }
                }
            }
            Body::ClockRang { clock, rung, .. } => {
                if let Some(c) = self.clocks.get_mut(clock) {
                    c.rang.insert(rung.clone());
                    c.ended |= *rung == Rung::Due;
                }
            }
            other => unreachable!("not a clock's event: {other:?}"),
        }
    }
}
