//! Items go on, end, and leave the tasks they were in; the case closes when none is left.

mod arrival;
#[cfg(test)]
mod tests;

pub(super) use arrival::Leg;

use super::Deciding;
use crate::case::Item;
use crate::case::event::{Ask, Body, CaseEnd, ClockOf, Hold, TaskEnd};
use crate::case::lists::is_meant;
use crate::workflow::{Kind, Stage};

impl Deciding<'_> {
    /// Moves an item to the next stage of its route, or ends it as 办结.
    pub(super) fn onward(
        &mut self,
        id: u32,
        after: usize,
        outcome: &str,
        reason: Option<String>,
        code: Option<String>,
    ) {
        let Some(item) = self.case.items.get(&id) else { return };
        let (from, round) = (item.stage().unwrap_or_default().to_string(), item.round());
        match self.next_stage(id, after, code.as_deref()) {
            Some(Leg { to, unjudged }) => {
                self.end_clocks(&ClockOf::Return(id));
                self.emit(Body::ItemMoved {
                    item: id,
                    from,
                    to,
                    round,
                    outcome: outcome.to_string(),
                    reason,
                    code,
                    resume: None,
                    back: false,
                    straight: false,
                    unjudged,
                });
            }
            None => self.end_item(id, "办结", Some(outcome), reason, None),
        }
    }

    /// Moves a mended item straight to the stage that had returned it, or to a notice on the way that shows what was mended.
    /// What is publicised again is so by every notice on the way.
    pub(super) fn resume_at(&mut self, id: u32, to: &str, outcome: &str, code: Option<String>, reason: Option<String>) {
        let Some(item) = self.case.items.get(&id).cloned() else { return };
        let (from, round) = (item.stage().unwrap_or_default().to_string(), item.round());
        let workflow = self.program.workflow();
        let at = workflow.stage_index(&from).unwrap_or_default();
        let noticed = workflow.stage(&from).is_some_and(|s| s.kind == Kind::Publicise) && item.sent_back.is_none();
        let notice = match noticed {
            true => self.notice_before(&item, at + 1, to),
            false => self.notice_on_the_way(&item, at + 1, to, false),
        };
        self.end_clocks(&ClockOf::Return(id));
        self.emit(Body::ItemMoved {
            item: id,
            from,
            straight: notice.is_some(),
            resume: notice.as_ref().map(|_| to.to_string()),
            unjudged: notice.as_ref().is_some_and(|leg| leg.unjudged),
            to: notice.map_or_else(|| to.to_string(), |leg| leg.to),
            round,
            outcome: outcome.to_string(),
            reason,
            code,
            back: false,
        });
    }

    /// The first notice that an item passes from a place in the list on and before a stage.
    pub(super) fn notice_before(&mut self, item: &Item, from: usize, until: &str) -> Option<Leg> {
        let workflow = self.program.workflow();
        let until = workflow.stage_index(until)?;
        let notices = workflow.stages.iter().take(until).skip(from).filter(|s| s.kind == Kind::Publicise);
        let notices: Vec<&Stage> = notices.filter(|s| !s.of_case && is_meant(workflow, &s.of, item)).collect();
        notices.into_iter().find_map(|s| self.leg(s, item.id, None))
    }

    /// Whether anything is still to be done: an item lives, a batch is open, somebody is asked, a paper is being made.
    pub(super) fn is_busy(&self) -> bool {
        let index = &self.case.index;
        let busy = !index.standing.is_empty()
            || !index.open.is_empty()
            || !index.questions.is_empty()
            || !index.making.is_empty()
            || !index.owed.is_empty()
            || index.asks.keys().any(|ask| matches!(ask, Ask::Serve(_)))
            || self.case.running().any(|c| matches!(c.of, ClockOf::Keep(_)));
        busy || !self.taken_in() || self.reports_on()
    }

    pub(super) fn close_if_done(&mut self) {
        if self.is_busy() {
            return;
        }
        let workflow = self.program.workflow();
        let files = |stage: &String| workflow.stage(stage).is_some_and(|s| s.kind == Kind::File);
        let filed = workflow.stages.is_empty()
            || !self.case.items.is_empty()
            || self.case.batches.values().any(|b| files(&b.stage));
        self.close_tasks(|_| true, TaskEnd::CaseEnded);
        let end = if filed { CaseEnd::办结 } else { CaseEnd::无对象 };
        self.emit(Body::CaseClosed { end, reason: None });
    }

    /// Ends an item and whatever waits for it.
    pub(super) fn end_item(
        &mut self,
        id: u32,
        label: &str,
        outcome: Option<&str>,
        reason: Option<String>,
        merged: Option<u32>,
    ) {
        let Some(item) = self.case.items.get(&id).cloned() else { return };
        if !item.lives() {
            return;
        }
        self.end_clocks(&ClockOf::Return(id));
        let code = self.code_at_end(&item, label, outcome);
        self.emit(Body::ItemEnded {
            item: id,
            label: label.to_string(),
            outcome: outcome.map(str::to_string),
            reason,
            merged_into: merged,
            code,
        });
        self.drop_from_tasks(id);
        if let Some(about) = item.about {
            let held = self.case.items.get(&about).is_some_and(|a| a.lives() && a.holds.contains(&Hold::Side(id)));
            if held {
                self.emit(Body::ItemFreed { item: about, on: Hold::Side(id) });
            }
        }
        let sides: Vec<u32> = self.case.living_sides(id).map(|s| s.id).collect();
        for side in sides {
            self.end_item(side, "对象已撤下", None, None, None);
        }
        self.refresh_notice(&item);
    }

    /// The code an item ends with: that of the outcome that ends it, or of the one that sent it back in vain.
    fn code_at_end(&self, item: &Item, label: &str, outcome: Option<&str>) -> Option<String> {
        let workflow = self.program.workflow();
        let code = |stage: &str, name: &str| workflow.outcome_at(stage, name)?.1.code.clone();
        match (outcome, &item.sent_back) {
            (Some(name), _) => code(item.stage()?, name),
            (None, Some((stage, name))) => code(stage, name).filter(|_| self.never_mended(item.id).0 == label),
            (None, None) => None,
        }
    }

    /// An item that is gone is no longer asked: its task goes on without it, or ends with it.
    pub(super) fn drop_from_tasks(&mut self, id: u32) {
        let asked: Vec<(u64, bool)> =
            self.case.tasks_of(id).map(|t| (t.id, t.items.iter().all(|i| *i == id))).collect();
        for (task, alone) in asked {
            self.drop_from_task(task, id, alone);
        }
    }

    /// One task goes on without an item, or ends with it when it asked of nothing else.
    pub(super) fn drop_from_task(&mut self, task: u64, id: u32, alone: bool) {
        match alone {
            true => self.emit(Body::TaskClosed { task, why: TaskEnd::Overtaken }),
            false => self.revise_task(task, vec![id]),
        }
    }
}
