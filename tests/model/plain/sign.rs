//! Several who sign: each answers for himself, and together they decide (LANGUAGE §8 `sign`).

use super::act::only_if;
use super::{Model, Signed};
use crate::definition::{Each, Go};

impl Model {
    /// What was said of an item in the batch it is in.
    pub(super) fn signatures(&self, id: usize) -> Vec<&Signed> {
        let item = &self.items[id - 1];
        item.signed.iter().filter(|s| Some(s.batch) == item.batch()).collect()
    }

    /// What they have decided of an item: the strongest answer when all have said it; a return ends it before, unless it
    /// waits for the others.
    pub(super) fn signed_together(&self, id: usize) -> Option<usize> {
        let item = &self.items[id - 1];
        let (stage, said) = (item.stage()?, self.signatures(id));
        let outcomes = &self.stage(stage).outcomes;
        let returns = |s: &&Signed| s.outcome.is_some_and(|o| matches!(outcomes[o].go, Go::Back(..)));
        let closes = !self.stage(stage).collects_all && said.iter().any(|s| returns(s));
        let all = self.actors(stage, Some(item)).iter().all(|office| said.iter().any(|s| s.office == *office));
        only_if(closes || all || self.silence_has_come(id) && !said.is_empty())?;
        match said.iter().filter_map(|s| s.outcome).max() {
            Some(strongest) => Some(strongest),
            None => self.first_true(stage, id),
        }
    }

    /// The limit has passed of a stage where silence becomes an outcome: who has said nothing is not waited for.
    fn silence_has_come(&self, id: usize) -> bool {
        let of_stage = self.items[id - 1].stage().is_some_and(|stage| self.stage(stage).silent.is_some());
        of_stage && self.items[id - 1].batch().is_some_and(|batch| self.batches[batch].passed)
    }

    pub(super) fn say_together(
        &mut self,
        stage: usize,
        office: &'static str,
        rows: &[(usize, Option<&str>)],
    ) -> Option<()> {
        self.answers += 1;
        let computed = self.stage(stage).outcomes.iter().any(|o| o.when.is_some());
        for (id, said) in rows {
            let outcome = if computed { None } else { Some(self.outcome(stage, *id, *said)?) };
            outcome.map_or(Some(()), |outcome| self.may_have(stage, *id, outcome))?;
            let (batch, at_once) = (self.items[id - 1].batch()?, self.answers);
            self.get(*id).signed.push(Signed { batch, office, outcome, at_once });
        }
        self.decide_together(stage, rows.iter().map(|(id, _)| *id).collect())
    }

    /// Writes down what is decided of these items; what is decided together when all of it is.
    pub(super) fn decide_together(&mut self, stage: usize, items: Vec<usize>) -> Option<()> {
        let whole = self.stage(stage).each != Each::Item;
        let batch = items.first().and_then(|id| self.items[id - 1].batch()).filter(|_| whole);
        let items = batch.map_or(items, |batch| self.members(batch));
        let open: Vec<usize> = items.into_iter().filter(|id| self.asked(*id)).collect();
        let decided: Vec<(usize, usize)> =
            open.iter().filter_map(|id| Some((*id, self.signed_together(*id)?))).collect();
        if decided.is_empty() || (whole && decided.len() < open.len()) {
            return Some(());
        }
        self.follow(stage, decided)
    }

    /// An office takes back what it said, of all that it said at once, as long as nobody has spoken after it.
    pub(super) fn unsay(&mut self, id: usize, office: &str) -> Option<()> {
        self.item(id)?;
        let last = self.signatures(id).last().map(|s| (s.office, s.at_once))?;
        let stage = self.items[id - 1].stage().filter(|s| self.stage(*s).several_sign())?;
        only_if(last.0 == office && self.asked(id) && !self.silence_has_come(id))?;
        let said =
            |other: &usize| self.asked(*other) && self.signatures(*other).last().is_some_and(|s| s.at_once == last.1);
        let items: Vec<usize> = self.at(stage).into_iter().filter(said).collect();
        for id in items {
            self.get(id).signed.retain(|s| s.at_once != last.1);
        }
        Some(())
    }
}
