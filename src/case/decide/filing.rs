//! Filing runs whatever became of the items (LANGUAGE §1): a case all of whose items ended otherwise is reported and archived
//! like any other.

use super::Deciding;
use crate::case::event::Ask;
use crate::case::lists::is_meant;
use crate::workflow::{Kind, Stage};

impl Deciding<'_> {
    /// Filing runs whatever became of the items (LANGUAGE §1), unless there never was one: the case is filed although none
    /// of them came to it. True when such a filing began.
    pub(super) fn file_without_items(&mut self) -> bool {
        if self.is_busy() || !self.faults.is_empty() {
            return false;
        }
        let program = self.program;
        let workflow = program.workflow();
        let files = workflow.stages.iter().filter(|s| s.kind == Kind::File && !s.of_case && s.run_empty);
        let before = self.events.len();
        for stage in files.filter(|s| s.when.is_none()) {
            let began = self.case.batches.values().any(|b| b.stage == stage.name);
            let last = self.case.all_items().filter(|i| is_meant(workflow, &stage.of, i)).last().map(|i| i.id);
            if let (false, Some(last)) = (began, last) {
                self.attempt(stage, None, &[], |this| this.open_filing(stage, last));
            }
        }
        self.events.len() > before
    }

    /// Opens a filing that no item came to; the last there was says whose it is.
    fn open_filing(&mut self, stage: &Stage, last: u32) {
        self.open_batch(stage, String::new(), Vec::new(), Vec::new());
        let Some(batch) = self.case.index.rounds(&stage.name, "").map(|(id, _)| id) else { return };
        if self.case.tasks_in(batch).next().is_none() {
            let asked = self.actors(&stage.by, Some(last));
            let opener = self.standing(&self.case.opener);
            let asked = if asked.is_empty() { vec![opener] } else { asked };
            for office in asked {
                self.open_task(Some(batch), Some(&stage.name), &office, Vec::new(), Ask::Answer);
            }
        }
    }
}
