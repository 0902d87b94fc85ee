//! Everything that moves by itself: intakes open, batches open and finish, papers go out, items go on, the case closes.
//!
//! One pass looks at the stages in reading order, and at each at what the decision has touched; passes repeat until one does
//! nothing. Each pass brings some item, batch, paper or task forward, and none goes back, so it ends.

use super::Deciding;
use crate::case::event::{Ask, Body, ClockOf, Hold, TaskEnd};
use crate::case::{Batch, Task};
use crate::workflow::{Each, From, Go, Kind, Late, Stage};
use std::collections::{BTreeMap, BTreeSet};

/// Passes of one decision; a definition that needs more has a loop the checker should have refused.
const PASSES_MAX: usize = 1_000;

impl<'a> Deciding<'a> {
    pub(super) fn advance(&mut self) {
        for _ in 0..PASSES_MAX {
            if self.case.held.is_some() || self.case.closed.is_some() || !self.faults.is_empty() {
                return;
            }
            let before = self.events.len();
            self.notice_what_changed();
            self.pass();
            self.tend_clocks();
            self.end_moot_questions();
            if self.events.len() == before && !self.file_without_items() {
                self.close_if_done();
                return;
            }
        }
        self.refuse("", "流程定义存在无法结束的自动循环，请联系管理员。");
    }

    fn pass(&mut self) {
        let program = self.program;
        let gates = std::mem::take(&mut self.touched.gates);
        let papers = self.touched.documents();
        self.forward_papers(papers);
        for (index, stage) in program.workflow().stages.iter().enumerate() {
            if stage.of_case {
                if !self.barrier(index, stage) {
                    return;
                }
                continue;
            }
            if stage.kind == Kind::Recommend {
                self.open_intake(stage);
            }
            let here = self.touched.items_at(&self.case, &stage.name);
            let here = self.judge_arrivals(index, stage, here);
            self.open_batches(stage, &here);
            if stage.each != Each::Item && (gates || self.touched.gates) {
                let gates = self.open_gates(index, stage);
                for (key, items, left) in gates.open {
                    self.try_to_open(stage, key, items, left);
                }
                if stage.late != Late::Wait {
                    gates.behind.iter().for_each(|gate| self.await_the_late(stage, &gate.key));
                }
            }
            self.finish_batches(stage);
            if stage.goes_together() {
                if gates || self.touched.gates {
                    self.release_together(index, stage);
                    let postponed = self.postponed_at(stage);
                    self.take_up_again(stage, postponed);
                }
            } else {
                self.release(index, stage, here);
            }
            if !self.faults.is_empty() {
                return;
            }
        }
    }

    pub(super) fn open_intake(&mut self, stage: &'a Stage) {
        if stage.from.opens_itself() {
            return self.take_from_source(stage);
        }
        if matches!(stage.from, From::Every(..)) {
            return self.begin_periods(stage);
        }
        if self.case.intakes.contains_key(&stage.name) {
            return;
        }
        self.attempt(stage, None, &[], |this| {
            let expected = this.actors(&stage.by, None);
            if expected.is_empty() {
                return this.refuse("", "没有应报送的单位，请核对单位名录。");
            }
            let batch = this.begin_intake(stage, String::new(), expected);
            this.start_limit(stage, batch);
        });
    }

    /// Opens an intake and asks the offices expected in it.
    pub(super) fn begin_intake(&mut self, stage: &Stage, key: String, expected: Vec<String>) -> u32 {
        let batch = self.open_empty(stage, key, expected.clone());
        for office in expected {
            self.open_task(Some(batch), Some(&stage.name), &office, Vec::new(), Ask::Nominate);
        }
        batch
    }

    /// Opens the batch of an intake: nothing has come in yet.
    pub(super) fn open_empty(&mut self, stage: &Stage, key: String, expected: Vec<String>) -> u32 {
        let batch = self.next_batch();
        self.emit(Body::BatchOpened {
            batch,
            stage: stage.name.clone(),
            key,
            round: 1,
            items: Vec::new(),
            left: Vec::new(),
            expected,
            signers: Vec::new(),
        });
        batch
    }

    fn next_batch(&self) -> u32 {
        self.case.batches.keys().next_back().copied().unwrap_or(0) + 1
    }

    /// Opens a batch, or asks the opener to see to what keeps it shut.
    fn try_to_open(&mut self, stage: &Stage, key: String, items: Vec<u32>, left: Vec<u32>) -> bool {
        let taken = items.clone();
        self.attempt(stage, None, &items, |this| this.open_batch(stage, key, taken, left))
    }

    /// Opens a batch, its tasks, its limit and the papers that are made at its opening.
    pub(super) fn open_batch(&mut self, stage: &Stage, key: String, items: Vec<u32>, left: Vec<u32>) {
        let gate = self.waited(stage, &key, &items);
        let batch = self.next_batch();
        let round = self.case.index.rounds(&stage.name, &key).map_or(1, |(_, before)| before + 1);
        let signers = self.signers(stage, items.first().copied());
        if self.has_nobody(stage, items.first().copied(), &signers) {
            return;
        }
        if let Some(ballot) = &stage.ballot {
            self.witnesses(stage, ballot, items.first().copied());
        }
        self.emit(Body::BatchOpened {
            batch,
            stage: stage.name.clone(),
            key,
            round,
            items: items.clone(),
            left,
            expected: Vec::new(),
            signers,
        });
        if stage.kind == Kind::Publicise {
            self.open_publicity(stage, batch);
            return;
        }
        self.order_stage_papers(stage, batch, true);
        if stage.kind == Kind::Decide {
            self.ask_ahead(&stage.name, &items);
        }
        if stage.each != Each::Item || stage.of_case {
            let asked = match items.first() {
                Some(first) => self.askers(stage, *first),
                None => self.actors(&stage.by, None),
            };
            for office in asked {
                self.open_task(Some(batch), Some(&stage.name), &office, items.clone(), Ask::Answer);
            }
        }
        if !self.used_up_in_waiting(stage, &gate) {
            self.start_limit(stage, batch);
        }
    }

    /// Batches one by one open as soon as somebody arrives; several that open together are one task for each office.
    fn open_batches(&mut self, stage: &Stage, here: &[u32]) {
        if stage.kind == Kind::Recommend || stage.each != Each::Item {
            return;
        }
        let fresh = |id: &&u32| self.case.items.get(*id).is_some_and(|i| i.batch().is_none() && i.holds.is_empty());
        let arrived: Vec<u32> = here.iter().filter(fresh).copied().collect();
        let mut tasks: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for id in arrived {
            if !self.try_to_open(stage, id.to_string(), vec![id], Vec::new()) || stage.kind == Kind::Publicise {
                continue;
            }
            for office in self.askers(stage, id) {
                tasks.entry(office).or_default().push(id);
            }
        }
        for (office, items) in tasks {
            let batch = self.case.items.get(&items[0]).and_then(|i| i.batch());
            self.open_task(batch, Some(&stage.name), &office, items, Ask::Answer);
        }
    }

    fn finish_batches(&mut self, stage: &Stage) {
        for id in self.touched.batches_of(&self.case, &stage.name) {
            let Some(batch) = self.case.batches.get(&id).cloned() else { continue };
            self.tend_limit(stage, &batch);
            self.fall_silent(stage, id);
            self.finish_batch(stage, &batch);
        }
    }

    pub(super) fn finish_batch(&mut self, stage: &Stage, batch: &Batch) {
        let here: Vec<u32> = batch.items.iter().copied().filter(|i| self.in_batch(*i, batch.id)).collect();
        self.attempt(stage, Some(batch.id), &here, |this| this.finish_if_done(stage, batch));
    }

    fn finish_if_done(&mut self, stage: &Stage, batch: &Batch) {
        match stage.kind {
            Kind::Recommend => self.finish_intake(stage, batch),
            Kind::Publicise => self.finish_publicity(stage, batch),
            Kind::Assess | Kind::Review | Kind::Decide | Kind::File => {
                if stage.takes_several() {
                    let here: Vec<u32> = batch.items.iter().copied().filter(|i| self.in_batch(*i, batch.id)).collect();
                    self.settle(stage, &here, "");
                }
                let papers_out = !self.case.index.making.contains_key(&batch.id);
                let gone = !batch.items.is_empty() && !batch.items.iter().any(|i| self.in_batch(*i, batch.id));
                let ready = (batch.answered.is_some() || gone) && papers_out && self.all_answered(batch);
                if ready && self.copies_in(stage, batch) && self.acknowledged(stage, batch) {
                    self.done(stage, batch.id);
                }
            }
        }
    }

    /// Ends a batch with its tasks, clocks and stage actions.
    pub(super) fn done(&mut self, stage: &Stage, batch: u32) {
        // What is still to be served or confirmed outlives the stage that made it.
        let over = |t: &&Task| t.items.is_empty() && !matches!(t.ask, Ask::Report(_) | Ask::Serve(_));
        let over: Vec<u64> = self.case.tasks_in(batch).filter(over).map(|t| t.id).collect();
        for task in over {
            self.emit(Body::TaskClosed { task, why: TaskEnd::Overtaken });
        }
        self.end_clocks(&ClockOf::Answer(batch));
        self.emit(Body::BatchDone { batch, passed_by: false });
        let items = self.case.batches.get(&batch).map(|b| b.items.clone()).unwrap_or_default();
        self.act(&stage.actions, &items);
    }

    pub(super) fn in_batch(&self, item: u32, batch: u32) -> bool {
        self.case.items.get(&item).is_some_and(|i| i.batch() == Some(batch))
    }

    pub(super) fn all_answered(&self, batch: &Batch) -> bool {
        let here = batch.items.iter().filter(|i| self.in_batch(**i, batch.id));
        let mut unanswered =
            here.filter(|i| self.case.items.get(*i).is_some_and(|it| self.case.outcome_in(it, batch.id).is_none()));
        unanswered.next().is_none()
    }

    fn finish_intake(&mut self, stage: &Stage, batch: &Batch) {
        let Some(intake) = self.case.intake(&stage.name, &batch.key) else { return };
        if intake.closed {
            self.order_intake_papers(stage, batch.id);
            self.end_clocks(&ClockOf::Answer(batch.id));
            self.emit(Body::BatchDone { batch: batch.id, passed_by: false });
            return;
        }
        let all = intake.expected.iter().all(|o| intake.done.contains(o));
        // with nobody left to hand in and no limit to come, it would wait for nothing
        let limited = self.case.clocks_of(&ClockOf::Answer(batch.id)).any(|c| !c.ended);
        if self.holds_the_one(stage) {
            self.close_intake(stage, &batch.key, Vec::new(), "已收件");
        } else if (stage.expect_all || !limited) && all && !intake.expected.is_empty() {
            self.close_intake(stage, &batch.key, Vec::new(), "应报单位已全部报送");
        }
    }

    /// Whether the one thing a case is about has been taken in: nothing more is to come.
    pub(super) fn holds_the_one(&self, stage: &Stage) -> bool {
        let workflow = self.program.workflow();
        let only = workflow.only_type().filter(|only| workflow.means(&stage.of, &only.name, None));
        only.is_some_and(|only| self.case.all_items().any(|i| i.of == only.name))
    }

    pub(super) fn close_intake(&mut self, stage: &Stage, key: &str, missing: Vec<String>, why: &str) {
        self.emit(Body::IntakeClosed {
            stage: stage.name.clone(),
            key: key.to_string(),
            missing,
            why: why.to_string(),
            reopened: false,
        });
        if key.is_empty() {
            self.check_minimum(stage);
        }
        let batch = self.case.intake(&stage.name, key).map(|i| i.batch);
        // Where late items come in a next round, whoever is late still has his workbook.
        if !stage.late_items_next_round {
            self.close_tasks(|t| t.ask == Ask::Nominate && t.batch == batch, TaskEnd::Overtaken);
        }
    }

    /// Items whose batch is done and that nothing holds go on.
    fn release(&mut self, index: usize, stage: &Stage, here: Vec<u32>) {
        let mut here: BTreeSet<u32> = here.into_iter().collect();
        here.extend(self.touched.items_at(&self.case, &stage.name));
        let mut postponed = Vec::new();
        let gathers = self.gathers_still(stage);
        for id in here {
            let Some(item) = self.case.items.get(&id) else { continue };
            let Some(batch) = item.batch().and_then(|b| self.case.batches.get(&b)) else { continue };
            if batch.done.is_none() {
                continue;
            }
            if item.holds.contains(&Hold::Stay) {
                postponed.push(id);
                continue;
            }
            if gathers || !item.holds.is_empty() {
                continue;
            }
            let chosen = item.answers.get(&stage.name).and_then(|a| a.outcome.clone());
            let outcome = chosen
                .and_then(|o| stage.outcomes.get(&o))
                .or_else(|| stage.outcomes.values().find(|o| o.go == Go::Next));
            let Some(outcome) = outcome.cloned() else { continue };
            if outcome.go == Go::Next {
                let resume = self.case.item(id).and_then(|i| i.resume.clone());
                self.attempt(stage, None, &[id], |this| match resume {
                    Some(to) => this.resume_at(id, &to, &outcome.name, outcome.code.clone(), None),
                    None => this.onward(id, index + 1, &outcome.name, None, outcome.code.clone()),
                });
            }
        }
        self.take_up_again(stage, postponed);
    }

    /// What was postponed is put before the stage's office again: one by one, or in its batch where the stage takes many.
    fn take_up_again(&mut self, stage: &Stage, items: Vec<u32>) {
        if stage.each != Each::Item {
            let mut batches: BTreeMap<String, Vec<u32>> = BTreeMap::new();
            for id in items {
                batches.entry(self.key(stage, id)).or_default().push(id);
            }
            for (key, items) in batches {
                self.try_to_open(stage, key, items, Vec::new());
            }
            return;
        }
        for id in items {
            if !self.try_to_open(stage, self.key(stage, id), vec![id], Vec::new()) {
                continue;
            }
            let batch = self.case.items.get(&id).and_then(|i| i.batch());
            for office in self.askers(stage, id) {
                self.open_task(batch, Some(&stage.name), &office, vec![id], Ask::Answer);
            }
        }
    }
}
