//! Lists: items that are answered one by one, and go together when nobody is left to come (LANGUAGE §8 `lists`).

use super::{Item, Model};
use crate::definition::{Go, List, NOT_LISTED, Of};

impl Model {
    /// The stage that makes the list.
    fn list_stage(&self) -> Option<usize> {
        self.definition.stages.iter().position(|s| s.list.is_some())
    }

    /// Whether a stage is on the route of an item, or will be when it comes on the list that it can still come to.
    pub(super) fn may_mean(&self, stage: usize, item: &Item) -> bool {
        let made = self.list_stage().filter(|_| self.stage(stage).of == Of::Listed);
        let may_come = made.is_some_and(|made| item.stage() <= Some(made) && self.means(made, item));
        self.means(stage, item) || may_come
    }

    /// Whether some item could be meant by both.
    pub(super) fn meets(&self, one: Of, other: Of) -> bool {
        let all = |of| match (of, self.list_stage()) {
            (Of::Listed, Some(made)) => self.stage(made).of,
            _ => of,
        };
        match (all(one), all(other)) {
            (Of::Category(one), Of::Category(other)) => one == other,
            (Of::All | Of::Category(_), Of::All | Of::Category(_)) => true,
            (Of::Side | Of::Listed | Of::Case, _) | (_, Of::Side | Of::Listed | Of::Case) => false,
        }
    }

    /// Those at a stage that makes a list go when everybody is answered and nobody is still to come, whatever holds him. Of those
    /// who go now, and of nobody else, it is said anew who is on it.
    pub(super) fn go_together(&mut self, stage: usize) {
        let Some(List { least, others_end }) = self.stage(stage).list else { return };
        let here = self.at(stage);
        let ready = |id: &usize| {
            let item = &self.items[id - 1];
            let said = item.said.get(&stage).filter(|(_, batch)| item.batch() == Some(*batch));
            let goes = said.is_some_and(|(outcome, _)| self.stage(stage).outcomes[*outcome].go == Go::Next);
            let done = item.batch().is_some_and(|batch| self.batches[batch].done);
            goes && done && item.holds.is_empty()
        };
        let comes = |id: usize| self.means(stage, &self.items[id - 1]);
        let upstream = (0..stage).any(|earlier| self.feeds(earlier, stage) || self.at(earlier).into_iter().any(comes));
        if upstream || !here.iter().all(ready) {
            return;
        }
        for id in &here {
            let item = self.get(*id);
            item.listed = item.number > least;
        }
        for id in here {
            match others_end && !self.items[id - 1].listed {
                true => self.end(id, NOT_LISTED),
                false => self.straight_or_onward(id),
            }
        }
    }

    /// Straight to where it was returned from, unless it is not meant there any more.
    fn straight_or_onward(&mut self, id: usize) {
        let item = &self.items[id - 1];
        match item.resume.is_none_or(|to| self.means(to, item)) {
            true => self.go_on(id),
            false => self.onward(id),
        }
    }
}
