//! Answers: which outcome, whether it may be given, and where it sends an item (LANGUAGE §7).

use super::act::only_if;
use super::{Hold, Item, Model, Place, after_days};
use crate::definition::{Each, Go, Kind, Of};
use std::collections::BTreeSet;

impl Model {
    pub(super) fn answer(&mut self, stage: usize, office: &'static str, rows: &[(usize, Option<&str>)]) -> Option<()> {
        self.definition.stages.get(stage)?;
        let of_nobody = self.batches.iter().position(|b| b.stage == stage && !b.done && b.items.is_empty());
        if self.stage(stage).of == Of::Case || (of_nobody.is_some() && rows.is_empty()) {
            let open = of_nobody?;
            only_if(rows.is_empty() && self.actors(stage, None).contains(&office))?;
            self.batches[open].answered = true;
            self.batches[open].yes = self.yes();
            return Some(());
        }
        let named: BTreeSet<usize> = rows.iter().map(|(id, _)| *id).collect();
        only_if(!rows.is_empty() && named.len() == rows.len())?;
        for id in &named {
            let item = self.item(*id)?;
            only_if(item.stage() == Some(stage) && self.askers(*id).contains(&office))?;
        }
        let batches: BTreeSet<usize> = named.iter().filter_map(|id| self.items[id - 1].batch()).collect();
        if self.stage(stage).each != Each::Item {
            let asked =
                |b: &usize| self.members(*b).into_iter().filter(|id| self.askers(*id).contains(&office)).count();
            only_if(batches.len() == 1 && batches.iter().all(|b| asked(b) == named.len()))?;
        }
        if self.stage(stage).several_sign() {
            return self.say_together(stage, office, rows);
        }
        let mut chosen = Vec::new();
        for (id, said) in rows {
            let outcome = self.outcome(stage, *id, *said)?;
            self.may_have(stage, *id, outcome)?;
            chosen.push((*id, outcome));
        }
        self.follow(stage, chosen)
    }

    pub(super) fn may_have(&self, stage: usize, id: usize, outcome: usize) -> Option<()> {
        only_if(!self.stage(stage).outcomes[outcome].once || !self.items[id - 1].had.contains(&(stage, outcome)))
    }

    /// What is decided holds: items go where it says.
    pub(super) fn follow(&mut self, stage: usize, chosen: Vec<(usize, usize)>) -> Option<()> {
        for (id, outcome) in &chosen {
            let item = self.get(*id);
            let batch = item.batch()?;
            item.said.insert(stage, (*outcome, batch));
            item.had.insert((stage, *outcome));
            self.batches[batch].answered = true;
        }
        let next: Vec<usize> =
            chosen.iter().filter(|(_, o)| self.stage(stage).outcomes[*o].go == Go::Next).map(|(id, _)| *id).collect();
        self.may_go_on(stage, &next)?;
        for (id, outcome) in chosen {
            self.get(id).holds.remove(&Hold::Stay);
            self.go(stage, id, outcome);
        }
        Some(())
    }

    /// The outcome of an answer: the first condition that is true, else the last; or what was chosen of what is offered.
    pub(super) fn outcome(&self, stage: usize, id: usize, said: Option<&str>) -> Option<usize> {
        let outcomes = &self.stage(stage).outcomes;
        if outcomes.iter().any(|o| o.when.is_some()) {
            return self.first_true(stage, id);
        }
        let offered = |n: &usize| self.stage(stage).silent != Some(*n);
        let offered: Vec<usize> = (0..outcomes.len()).filter(offered).collect();
        match said {
            Some(said) => offered.into_iter().find(|n| outcomes[*n].name == said),
            None if offered.len() == 1 => offered.first().copied(),
            None => None,
        }
    }

    /// The first condition that is true, else the last; what falls once at most, and has, is passed over.
    pub(super) fn first_true(&self, stage: usize, id: usize) -> Option<usize> {
        let item = self.item(id)?;
        let may = |n: usize| self.may_have(stage, id, n).is_some();
        let outcomes = self.stage(stage).outcomes.iter().enumerate();
        outcomes.filter(|(n, o)| o.when.is_none_or(|least| item.number > least && may(*n))).map(|(n, _)| n).next()
    }

    /// No decision forwards while a side item or a question about it is open, and none over the quota.
    fn may_go_on(&self, stage: usize, next: &[usize]) -> Option<()> {
        if self.stage(stage).kind == Kind::Decide {
            let asked = |id: &usize| self.items[id - 1].holds.iter().any(|h| matches!(h, Hold::Question(_)));
            only_if(next.iter().all(|id| self.sides(*id).is_empty() && !asked(id)))?;
        }
        let Some(max) = self.stage(stage).quota else { return Some(()) };
        let category = |id: &usize| self.items[id - 1].category;
        next.iter().try_for_each(|id| only_if(self.gone_on(stage, category(id)).count() <= max))
    }

    /// Items of a category that a stage has let go on.
    fn gone_on(&self, stage: usize, category: usize) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(move |i| {
            let there = !matches!(i.place, Place::Ended(label) if label != "办结");
            let said = i.said.get(&stage).is_some_and(|(o, _)| self.stage(stage).outcomes[*o].go == Go::Next);
            there && said && i.category == category && self.means(stage, i)
        })
    }

    /// How many more of a category a stage may let go on, beside those that it is asked about.
    pub(crate) fn room(&self, stage: usize, category: usize) -> usize {
        let asked = |i: &&Item| i.batch().is_some_and(|b| self.batches[b].stage == stage && !self.batches[b].done);
        let gone = self.gone_on(stage, category).filter(|i| !asked(i)).count();
        self.stage(stage).quota.map_or(usize::MAX, |max| max.saturating_sub(gone))
    }

    /// Where an outcome sends an item; what goes on waits for its batch to be done.
    pub(super) fn go(&mut self, stage: usize, id: usize, outcome: usize) {
        let outcome = self.stage(stage).outcomes[outcome];
        match outcome.go {
            Go::Next => {}
            Go::Stay => drop(self.get(id).holds.insert(Hold::Stay)),
            Go::End(label) => self.end(id, label),
            Go::To(to) => {
                let round = self.items[id - 1].round() + 1;
                self.put(id, to, round, None);
            }
            Go::Back(to, straight, within) => self.send_back(id, stage, to, straight, within),
        }
        if let (Some(go), Some(about)) = (outcome.about, self.items[id - 1].about) {
            self.move_about(about, go);
        }
    }

    /// What a side item is about ends, is sent to where it has been before, or is asked of anew where it is.
    fn move_about(&mut self, id: usize, go: Go) {
        let (Some(at), round) = (self.items[id - 1].stage(), self.items[id - 1].round()) else { return };
        let (mended, resume) = (self.items[id - 1].holds.contains(&Hold::Returned), self.items[id - 1].resume);
        let asked_again = |item: &mut Item| {
            item.holds.remove(&Hold::Stay);
            item.holds.remove(&Hold::Returned);
        };
        match go {
            Go::Next => {}
            Go::End(label) => self.end(id, label),
            Go::To(to) if at > to => {
                asked_again(self.get(id));
                self.put(id, to, round + 1, None);
            }
            // who mends it for another reason already does it for both; straight only where both let it
            Go::Back(to, straight, _) if at > to || (at == to && mended) => {
                let from = if at > to { Some(at) } else { resume };
                asked_again(self.get(id));
                self.put(id, to, round, from.filter(|_| straight));
                if self.stage(to).kind == Kind::Recommend {
                    self.get(id).holds.insert(Hold::Returned);
                }
            }
            Go::To(_) | Go::Back(..) => {}
            Go::Stay => {
                let asks = self.is_answered(at);
                if let Place::At { batch: batch @ Some(_), .. } = &mut self.get(id).place
                    && asks
                {
                    *batch = None;
                    self.get(id).holds.remove(&Hold::Stay);
                }
            }
        }
    }

    /// An item stands somewhere else from now on.
    pub(super) fn put(&mut self, id: usize, stage: usize, round: u32, resume: Option<usize>) {
        let item = self.get(id);
        item.place = Place::At { stage, round, batch: None, unjudged: false };
        item.resume = resume;
        item.again = false;
        item.mend_by = None;
    }

    fn send_back(&mut self, id: usize, from: usize, to: usize, straight: bool, within: Option<u32>) {
        let (round, straight) = (self.items[id - 1].round(), straight && !self.items[id - 1].unjudged());
        self.put(id, to, round, straight.then_some(from));
        let mend_by = within.map(|days| self.until(after_days(self.now.date(), days)));
        let recommended = self.stage(to).kind == Kind::Recommend;
        let item = self.get(id);
        item.mend_by = mend_by;
        if recommended {
            item.holds.insert(Hold::Returned);
        }
    }

    /// An owner's wish to have an item back is granted; one that is back already is left alone.
    pub(super) fn return_to_owner(&mut self, id: usize) -> Option<()> {
        let item = self.item(id)?;
        let (Some(stage), false) = (item.stage(), item.holds.contains(&Hold::Returned)) else { return Some(()) };
        let to = self.intake_of(item)?;
        self.send_back(id, stage, to, true, None);
        self.get(id).holds.remove(&Hold::Stay);
        Some(())
    }

    /// A mended item goes on from where it was mended.
    pub(super) fn mend(&mut self, id: usize, office: &str, number: i64) -> Option<()> {
        let item = self.item(id)?;
        only_if(item.owner == office && item.holds.contains(&Hold::Returned))?;
        let changed = item.number != number;
        let (from, round, resume) = (item.stage()?, item.round(), item.resume);
        let item = self.get(id);
        item.number = number;
        item.holds.remove(&Hold::Returned);
        item.mend_by = None;
        let Some(to) = resume else {
            self.onward(id);
            return Some(());
        };
        // what was publicised otherwise is publicised again, and then it goes straight on; so it does from a notice that has
        // not named it yet, where its condition has come true since, or may
        let named = |s: usize| self.batches.iter().any(|b| b.stage == s && b.items.contains(&id));
        let wanted = |s: usize| changed || self.stage(s).when.is_some() && !named(s);
        let leads = |s: usize| self.stage(s).kind == Kind::Publicise && wanted(s) && self.may_pass(s, id);
        match (from..to).find(|s| leads(*s)) {
            Some(notice) => {
                self.come_to(id, notice, round, Some(to));
                self.get(id).again = true;
            }
            None => self.put(id, to, round, None),
        }
        Some(())
    }
}
