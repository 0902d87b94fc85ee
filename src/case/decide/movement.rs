//! Items go on, end, and leave the tasks they were in; the case closes when none is left.

use super::Deciding;
use crate::case::Item;
use crate::case::eval::{Sight, Target};
use crate::case::event::{Ask, Body, CaseEnd, ClockOf, Hold, TaskEnd};
use crate::case::lists::is_meant;
use crate::workflow::{Kind, Outcome, Stage};
use std::sync::Arc;

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
            Some(to) => {
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
                });
            }
            None => self.end_item(id, "办结", Some(outcome), reason, None),
        }
    }

    /// Moves a mended item straight to the stage that had returned it, or to a notice on the way that shows what was mended.
    /// What is publicised again is so by every notice on the way.
    pub(super) fn resume_at(&mut self, id: u32, to: &str, outcome: &Outcome, reason: Option<String>) {
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
            to: notice.clone().unwrap_or_else(|| to.to_string()),
            round,
            outcome: outcome.name.clone(),
            reason,
            code: outcome.code.clone(),
            straight: notice.is_some(),
            resume: notice.map(|_| to.to_string()),
            back: false,
        });
    }

    /// The first notice that an item passes from a place in the list on and before a stage.
    pub(super) fn notice_before(&mut self, item: &Item, from: usize, until: &str) -> Option<String> {
        let workflow = self.program.workflow();
        let until = workflow.stage_index(until)?;
        let notices = workflow.stages.iter().take(until).skip(from).filter(|s| s.kind == Kind::Publicise);
        let notices: Vec<&Stage> = notices.filter(|s| !s.of_case && is_meant(workflow, &s.of, item)).collect();
        notices.into_iter().find(|s| self.passes(s, item.id, None)).map(|s| s.name.clone())
    }

    /// The next stage of an item's route after a place in the list, once its outcome has given it this code. Stages that
    /// only take items in are not passed again.
    fn next_stage(&mut self, id: u32, after: usize, code: Option<&str>) -> Option<String> {
        let program = self.program;
        let item = self.case.items.get(&id)?.clone();
        for stage in program.workflow().stages.iter().skip(after) {
            if stage.of_case || stage.kind == Kind::Recommend || !is_meant(program.workflow(), &stage.of, &item) {
                continue;
            }
            if self.passes(stage, id, code) {
                return Some(stage.name.clone());
            }
        }
        None
    }

    /// Whether the condition of a stage holds for an item that arrives there with a code.
    pub(super) fn passes(&mut self, stage: &Stage, id: u32, code: Option<&str>) -> bool {
        let Some(when) = &stage.when else { return true };
        match self.sight_with_code(id, code).holds(&when.source, &Target::Item(id)) {
            Ok(holds) => holds,
            Err(why) => {
                self.refuse("", format!("环节“{}”的条件无法判断：{why}", stage.title));
                false
            }
        }
    }

    fn sight_with_code(&mut self, id: u32, code: Option<&str>) -> Arc<Sight> {
        let Some(code) = code else { return self.sight() };
        let mut case = self.case.clone();
        if let Some(item) = case.items.get_mut(&id).map(Arc::make_mut) {
            item.code = Some((code.to_string(), self.now));
        }
        Sight::new(self.program, &case, &self.ledgers, self.now)
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
            || self.case.items.values().any(|i| i.label() == Some("办结"))
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
