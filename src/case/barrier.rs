//! Stages about the case itself (`of: case`): nothing listed after one opens before it is done (LANGUAGE §1).

use super::{Batch, Case};
use crate::workflow::{Stage, Workflow};

impl Case {
    /// The batch of a stage about the case itself; it has one, once it is its turn.
    pub(super) fn barrier(&self, stage: &str) -> Option<&Batch> {
        let (batch, _) = self.index.rounds(stage, "")?;
        self.batches.get(&batch).map(AsRef::as_ref)
    }

    /// The first stage about the case itself that is listed before another and not done.
    pub(super) fn barrier_before<'w>(&self, workflow: &'w Workflow, stage: &str) -> Option<&'w Stage> {
        let before = workflow.stages.iter().take_while(|s| s.name != stage);
        before.into_iter().find(|s| s.of_case && self.barrier(&s.name).is_none_or(|batch| batch.done.is_none()))
    }
}
