//! Whether a stage is on the route of an item is judged when it comes there, or as soon as it can be.

use super::{Model, Place};
use crate::definition::{NEVER, Of};

impl Model {
    /// What a stage about the case is answered: whether there is an odd one.
    pub(crate) fn yes(&self) -> bool {
        self.items.len() % 2 == 1
    }

    /// To a stage that may be on its route.
    pub(super) fn come_to(&mut self, id: usize, stage: usize, round: u32, resume: Option<usize>) {
        let open = self.is_open(stage, id);
        self.put(id, stage, round, resume);
        if let Place::At { unjudged, .. } = &mut self.get(id).place {
            *unjudged = open;
        }
    }

    /// Whether the condition of a stage cannot be judged yet: something holds the item, or a stage about the case that is
    /// listed before is not done.
    fn is_open(&self, stage: usize, id: usize) -> bool {
        let done = |s: usize| self.batches.iter().any(|b| b.stage == s && b.done);
        let barrier = (0..stage).any(|s| self.stage(s).of == Of::Case && !done(s));
        self.stage(stage).when.is_some_and(|least| least != NEVER) && (barrier || !self.items[id - 1].holds.is_empty())
    }

    /// Who stands at a stage unjudged stays, or goes on as if he had come only now.
    pub(super) fn judge(&mut self, stage: usize) {
        for id in self.at(stage) {
            if !self.items[id - 1].unjudged() || self.is_open(stage, id) {
                continue;
            }
            if !self.passes(stage, id) {
                self.go_on(id);
            } else if let Place::At { unjudged, .. } = &mut self.get(id).place {
                *unjudged = false;
            }
        }
    }

    /// Whether a stage is on the route of an item, or may be.
    pub(super) fn may_pass(&self, stage: usize, id: usize) -> bool {
        self.passes(stage, id) || self.means(stage, &self.items[id - 1]) && self.is_open(stage, id)
    }
}
