//! Stages about the case itself (`of: case`) in their turn: they open, are done, or are passed by.

use super::Deciding;
use crate::case::eval::Target;
use crate::case::event::Body;
use crate::workflow::Stage;

impl Deciding<'_> {
    /// A stage about the case itself; true when it is done and what follows may open.
    pub(super) fn barrier(&mut self, index: usize, stage: &Stage) -> bool {
        match self.case.barrier(&stage.name).cloned() {
            Some(batch) if batch.done.is_some() => true,
            Some(batch) => {
                self.finish_batch(stage, &batch);
                self.case.batches.get(&batch.id).is_some_and(|b| b.done.is_some())
            }
            None => {
                if self.nothing_upstream(index) {
                    self.attempt(stage, None, &[], |this| this.begin_barrier(stage));
                }
                false
            }
        }
    }

    /// A stage about the case itself whose turn it is: it opens, or is passed by where its condition does not hold.
    fn begin_barrier(&mut self, stage: &Stage) {
        let when = stage.when.as_ref();
        match when.map_or(Ok(true), |when| self.sight().holds(&when.source, &Target::Case)) {
            Ok(true) => self.open_batch(stage, String::new(), Vec::new(), Vec::new()),
            Ok(false) => {
                let batch = self.open_empty(stage, String::new(), Vec::new());
                self.emit(Body::BatchDone { batch, passed_by: true });
            }
            Err(why) => self.refuse("", format!("环节“{}”的条件无法判断：{why}", stage.title)),
        }
    }
}
