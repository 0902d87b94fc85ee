//! What follows by itself, until nothing does: intakes and gates open, batches are done, items go on, the case closes.

use super::{About, Batch, Hold, Intake, Model, Place, Shut, after_days};
use crate::definition::{ASKED, Each, Go, Kind, Late, Of};
use std::collections::{BTreeMap, BTreeSet};

impl Model {
    /// Lets everything go on that can.
    pub(super) fn rest(&mut self) {
        while !self.held && self.closed.is_none() {
            let before = self.clone();
            self.pass();
            if *self == before {
                self.close_if_done();
                return;
            }
        }
    }

    /// The stages once, in reading order.
    fn pass(&mut self) {
        for stage in 0..self.definition.stages.len() {
            if self.stage(stage).of == Of::Case {
                if !self.barrier(stage) {
                    return;
                }
                continue;
            }
            if self.stage(stage).kind == Kind::Recommend {
                self.take_in(stage);
                continue;
            }
            self.judge(stage);
            if self.stage(stage).each == Each::Item {
                for id in self.waiting(stage) {
                    self.open_batch(stage, id.to_string(), vec![id], BTreeSet::new());
                }
            } else {
                self.gate(stage);
            }
            self.finish(stage);
            self.go_together(stage);
            self.release(stage);
        }
    }

    /// A stage about the case: nothing listed after it opens before it is done.
    fn barrier(&mut self, stage: usize) -> bool {
        let Some(batch) = self.batches.iter().position(|b| b.stage == stage) else {
            let before = 0..stage;
            let closed = before
                .clone()
                .filter(|s| self.stage(*s).kind == Kind::Recommend)
                .all(|s| self.intakes.get(&s).is_some_and(|i| i.closed));
            let free = |id: &usize| self.items[id - 1].about.is_none() && self.items[id - 1].holds.is_empty();
            if closed && !before.flat_map(|s| self.at(s)).any(|id| free(&id)) {
                self.open_batch(stage, String::new(), Vec::new(), BTreeSet::new());
            }
            return false;
        };
        let batch = &mut self.batches[batch];
        batch.done |= batch.answered;
        batch.done
    }

    fn take_in(&mut self, stage: usize) {
        if !self.intakes.contains_key(&stage) {
            let limit = self.stage(stage).within.map(|days| self.until(after_days(self.now.date(), days)));
            self.intakes.insert(stage, Intake { done: BTreeSet::new(), closed: false, limit });
            self.actors(stage, None).into_iter().for_each(|office| self.new_form(stage, office));
        }
        let intake = &self.intakes[&stage];
        // with nobody left to hand in, only a limit that is to come keeps it open
        let waits = !self.stage(stage).expect_all && intake.limit.is_some();
        if !intake.closed && !waits && self.actors(stage, None).iter().all(|o| intake.done.contains(o)) {
            self.shut(stage);
        }
    }

    /// Items at a stage that no batch has and nothing holds.
    fn waiting(&self, stage: usize) -> Vec<usize> {
        let free = |id: &usize| self.items[id - 1].batch().is_none() && self.items[id - 1].holds.is_empty();
        self.at(stage).into_iter().filter(free).collect()
    }

    /// A batch of many opens when every intake feeding it is closed and no living item of its key is upstream, but for those
    /// that are held and may be left, or whom nobody waits for any longer. Till then its limit runs.
    fn gate(&mut self, stage: usize) {
        let keys: BTreeSet<String> = self.waiting(stage).into_iter().map(|id| self.key(stage, id)).collect();
        if (0..stage).any(|s| self.feeds(s, stage)) {
            return;
        }
        for key in keys {
            let gate = self.shut_gate(stage, &key);
            if self.behind(stage, &key).is_none() {
                let items = self.waiting(stage).into_iter().filter(|id| self.key(stage, *id) == key).collect();
                let upstream = self.upstream(stage, &key);
                self.gates.remove(&gate);
                for question in self.questions.iter_mut().filter(|q| q.about == About::Gate(gate.clone())) {
                    question.open = false;
                }
                self.open_batch(stage, key, items, upstream);
                continue;
            }
            let asked = self.questions.iter().any(|q| q.open && q.about == About::Gate(gate.clone()));
            let waits = self.stage(stage).late != Late::Wait && !asked && !self.gates.contains_key(&gate);
            if let Some(days) = self.stage(stage).within.filter(|_| waits) {
                let until = self.until(after_days(self.now.date(), days));
                self.gates.insert(gate, until);
            }
        }
    }

    /// Living items of a key that would still come to a gate, and those at it that are held.
    fn upstream(&self, stage: usize, key: &str) -> BTreeSet<usize> {
        let upstream = |id: &usize| {
            let item = &self.items[id - 1];
            let earlier = item.stage().is_some_and(|s| s < stage);
            let here = item.stage() == Some(stage) && item.batch().is_none() && !item.holds.is_empty();
            self.may_mean(stage, item) && (earlier || here) && self.key(stage, *id) == key
        };
        self.ids().filter(upstream).collect()
    }

    /// Of a gate that those upstream alone keep shut: one of those who wait at it, and who is upstream.
    pub(super) fn behind(&self, stage: usize, key: &str) -> Option<(usize, BTreeSet<usize>)> {
        let first = self.waiting(stage).into_iter().find(|id| self.key(stage, *id) == key)?;
        let upstream = self.upstream(stage, key);
        let held = |id: &usize| !self.items[id - 1].holds.is_empty();
        let gate = About::Gate(self.shut_gate(stage, key));
        let no_longer = self.questions.iter().any(|q| q.denied && q.about == gate);
        let opens = match self.stage(stage).late {
            Late::Wait | Late::Exclude => upstream.is_empty(),
            Late::Ask => upstream.is_empty() || no_longer,
            Late::Leave => upstream.iter().all(held) || no_longer,
        };
        let fed = (0..stage).any(|s| self.feeds(s, stage));
        (!opens && !fed).then_some((first, upstream))
    }

    /// Batches of a key that a stage has had.
    fn rounds(&self, stage: usize, key: &str) -> u32 {
        self.batches.iter().filter(|b| b.stage == stage && b.key == key).count() as u32
    }

    /// A gate as it waits: known by the round after that of its latest batch, but for what was put off and taken up again.
    pub(super) fn shut_gate(&self, stage: usize, key: &str) -> Shut {
        let came = self.batches.iter().filter(|b| b.stage == stage && b.key == key && !b.again);
        (stage, key.to_string(), came.map(|b| b.round).max().unwrap_or(0) + 1)
    }

    /// Whether an earlier stage is an open intake of what comes to a gate.
    pub(super) fn feeds(&self, earlier: usize, gate: usize) -> bool {
        let (from, to) = (self.stage(earlier), self.stage(gate));
        let side = from.collects && to.of == Of::Side && self.batches.iter().any(|b| b.stage == earlier && !b.done);
        let meets = self.meets(from.of, to.of);
        let open = self.intakes.get(&earlier).is_none_or(|i| !i.closed);
        side || (from.kind == Kind::Recommend && meets && open)
    }

    fn open_batch(&mut self, stage: usize, key: String, items: Vec<usize>, left: BTreeSet<usize>) {
        let before = self.rounds(stage, &key);
        let number = self.batches.len();
        let again = items.iter().any(|id| self.items[id - 1].batch().is_some());
        for id in &items {
            if let Place::At { batch, .. } = &mut self.get(*id).place {
                *batch = Some(number);
            }
        }
        if self.stage(stage).kind == Kind::Publicise && self.binds(stage) {
            self.supersede(stage, &items);
        }
        let limit = self.stage(stage).within.map(|days| after_days(self.now.date(), days));
        self.batches.push(Batch {
            stage,
            key,
            round: before + 1,
            again,
            items,
            left,
            answered: false,
            yes: false,
            done: false,
            limit,
            passed: false,
            making: self.stage(stage).kind == Kind::Publicise,
            up: false,
            down: false,
            period: None,
            grace: None,
            letters_in: false,
        });
    }

    /// Whether what stands on a notice must be so afterwards: its time runs, or a decision follows it.
    fn binds(&self, stage: usize) -> bool {
        let mut later = self.definition.stages.iter().skip(stage + 1);
        let of = self.stage(stage).of;
        self.stage(stage).period.is_some() || later.any(|s| s.kind == Kind::Decide && self.meets(of, s.of))
    }

    /// The items that a notice names when it is made: those in it still, or past it.
    fn named(&self, batch: usize) -> bool {
        let of = &self.batches[batch];
        let named = |id: &usize| {
            let item = &self.items[id - 1];
            item.batch() == Some(batch) || item.stage().is_some_and(|at| at > of.stage)
        };
        of.items.iter().any(named)
    }

    /// Who is noticed once more is named no longer by the notice before, which comes down where it names nobody else.
    fn supersede(&mut self, stage: usize, items: &[usize]) {
        for batch in 0..self.batches.len() {
            let old = &self.batches[batch];
            if old.stage == stage && !old.down && old.items.iter().any(|id| items.contains(id)) {
                let others = self.named(batch);
                self.batches[batch].making = others;
                self.batches[batch].down = !others;
            }
        }
    }

    fn finish(&mut self, stage: usize) {
        for batch in 0..self.batches.len() {
            if self.batches[batch].stage != stage || self.batches[batch].done {
                continue;
            }
            self.fall_silent(stage, batch);
            if self.stage(stage).several_sign() {
                let _ = self.decide_together(stage, self.members(batch));
            }
            let members = self.members(batch);
            let open = &self.batches[batch];
            let over = match (open.period, self.stage(stage).period, self.stage(stage).grace) {
                (_, None, _) => open.up,
                (Some(_), Some(_), None) => open.down,
                (Some(_), Some(_), Some(_)) => open.letters_in,
                (None, Some(_), _) => false,
            };
            let done = if self.stage(stage).kind == Kind::Publicise {
                let gone = |id: &usize| {
                    let item = &self.items[id - 1];
                    let again = item.stage() == Some(stage) && item.batch().is_some_and(|now| now != batch);
                    item.stage().is_none() || self.binds(stage) && again
                };
                over && !open.making || open.items.iter().all(gone) || open.down && !self.named(batch)
            } else if open.items.is_empty() {
                open.answered
            } else {
                members.iter().all(|id| self.items[id - 1].answered_in(batch))
            };
            self.batches[batch].done = done;
        }
    }

    /// The law's silence falls on whom nobody has answered and nothing but being put off holds.
    fn fall_silent(&mut self, stage: usize, batch: usize) {
        let Some(outcome) = self.stage(stage).silent.filter(|_| self.batches[batch].passed) else { return };
        for id in self.members(batch) {
            let holds = &self.items[id - 1].holds;
            let spoke = self.stage(stage).several_sign() && !self.signatures(id).is_empty();
            if holds.iter().any(|hold| *hold != Hold::Stay) || self.items[id - 1].answered_in(batch) || spoke {
                continue;
            }
            // who was put off is asked about again
            self.get(id).holds.remove(&Hold::Stay);
            if self.stage(stage).outcomes[outcome].go == Go::Next {
                self.go_on(id);
            } else {
                self.go(stage, id, outcome);
            }
        }
    }

    /// Items whose batch is done and that nothing holds go on; who was put off is put before the stage again.
    fn release(&mut self, stage: usize) {
        let mut put_off: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for id in self.at(stage) {
            let item = &self.items[id - 1];
            if !item.batch().is_some_and(|b| self.batches[b].done) {
                continue;
            }
            if item.holds.contains(&Hold::Stay) {
                put_off.entry(self.key(stage, id)).or_default().push(id);
            } else if item.holds.is_empty() && self.stage(stage).list.is_none() {
                self.go_on(id);
            }
        }
        for (key, items) in put_off {
            self.open_batch(stage, key, items, BTreeSet::new());
        }
    }

    /// On its route, or straight to where it was returned from.
    pub(super) fn go_on(&mut self, id: usize) {
        match self.items[id - 1].resume {
            Some(to) => {
                let (item, round) = (&self.items[id - 1], self.items[id - 1].round());
                let from = item.stage().filter(|_| item.again).map_or(to, |from| from + 1);
                let notice = (from..to).find(|s| self.stage(*s).kind == Kind::Publicise && self.may_pass(*s, id));
                match notice {
                    Some(notice) => self.come_to(id, notice, round, Some(to)),
                    None => self.put(id, to, round, None),
                }
                self.get(id).again = notice.is_some();
            }
            None => self.onward(id),
        }
    }

    /// To the next stage of its route, or out of the case.
    pub(super) fn onward(&mut self, id: usize) {
        let item = &self.items[id - 1];
        let (Some(from), round) = (item.stage(), item.round()) else { return };
        let passed = |s: &usize| self.stage(*s).kind != Kind::Recommend && self.may_pass(*s, id);
        match (from + 1..self.definition.stages.len()).find(passed) {
            Some(to) => self.come_to(id, to, round, None),
            None => self.end(id, "办结"),
        }
    }

    /// Whether a stage is on the route of an item as it is now.
    pub(super) fn passes(&self, stage: usize, id: usize) -> bool {
        let item = &self.items[id - 1];
        let asked = || self.batches.iter().any(|b| Some(b.stage) == self.definition.asks(stage) && b.yes);
        let holds = |least| if least == ASKED { asked() } else { item.number > least };
        self.means(stage, item) && self.stage(stage).when.is_none_or(holds)
    }

    /// An item leaves: its side items go with it, and it holds back nobody any more.
    pub(super) fn end(&mut self, id: usize, label: &'static str) {
        if self.items[id - 1].stage().is_none() {
            return;
        }
        let item = self.get(id);
        item.place = Place::Ended(label);
        item.holds.clear();
        let (about, gone) = (item.about, About::Return(id));
        // nobody need say whether it goes back
        self.questions.iter_mut().filter(|q| q.about == gone).for_each(|q| q.open = false);
        if let Some(about) = about {
            self.get(about).holds.remove(&Hold::Side(id));
        }
        for side in self.sides(id) {
            self.end(side, "对象已撤下");
        }
        // a notice that names it is made anew
        for batch in 0..self.batches.len() {
            let of = &self.batches[batch];
            let shows = of.items.contains(&id) && !of.done && !of.down;
            if shows && self.stage(of.stage).kind == Kind::Publicise {
                let others = self.named(batch);
                self.batches[batch].making = others;
                self.batches[batch].down = !others;
            }
        }
    }

    fn close_if_done(&mut self) {
        let idle = self.living().is_empty()
            && self.batches.iter().all(|b| b.done)
            && self.questions.iter().all(|q| !q.open)
            && self.intakes.values().all(|i| i.closed);
        let taken_in = (0..self.definition.stages.len())
            .filter(|s| self.stage(*s).kind == Kind::Recommend)
            .all(|s| self.intakes.contains_key(&s));
        if idle && taken_in {
            let files = |s: &usize| self.stage(*s).kind == Kind::File && self.stage(*s).of != Of::Case;
            let filings: Vec<usize> = (0..self.definition.stages.len()).filter(files).collect();
            let begun = |stage: usize| self.batches.iter().any(|b| b.stage == stage);
            // filing runs whatever became of the items, if there ever was one
            let ever = |stage: usize| self.items.iter().any(|i| self.means(stage, i));
            let owed = |s: &&usize| self.stage(**s).when.is_none() && !begun(**s) && ever(**s);
            let owed: Vec<usize> = filings.iter().filter(owed).copied().collect();
            if !owed.is_empty() {
                owed.into_iter().for_each(|s| self.open_batch(s, String::new(), Vec::new(), BTreeSet::new()));
                return;
            }
            let filed = !self.items.is_empty() || filings.into_iter().any(begun);
            self.closed = Some(if filed { "办结" } else { "无对象" });
        }
    }
}
