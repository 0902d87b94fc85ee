//! What comes on paper beside the file: the sealed copies a stage waits for, which the opener of the case confirms, and the
//! superior's acknowledgement of what was filed.

use super::Deciding;
use crate::case::command::HandIn;
use crate::case::event::{Ask, TaskEnd};
use crate::case::{Batch, Life, Task};
use crate::workflow::{Kind, Stage};
use chrono::NaiveDate;

impl Deciding<'_> {
    /// Asks the opener to confirm the sealed copies that belong to an answer.
    pub(super) fn await_copies(&mut self, stage: &Stage, batch: Option<u32>, items: Vec<u32>) {
        let opener = self.standing(&self.case.opener);
        if self.by != opener {
            let (title, copies) = (self.ledgers.offices.title(&opener), stage.paper);
            let say = format!("“{}”另须向{title}报送纸质盖章件{copies}份，收齐后继续办理。", stage.title);
            self.notes.push(say);
        }
        self.open_task(batch, Some(&stage.name), &opener, items, Ask::Copies);
    }

    /// Whether the copies of an answered batch are in; asks for them once.
    pub(super) fn copies_in(&mut self, stage: &Stage, batch: &Batch) -> bool {
        if stage.paper == 0 {
            return true;
        }
        let here: Vec<u32> = batch.items.iter().copied().filter(|i| self.is_in(*i, batch.id)).collect();
        if here.is_empty() && !batch.items.is_empty() {
            return true;
        }
        let asked = |t: &&Task| t.ask == Ask::Copies && t.batch == Some(batch.id);
        let last = self.case.tasks.values().map(AsRef::as_ref).rfind(asked);
        match last.map(|t| t.closed) {
            Some(Some(TaskEnd::Answered)) => true,
            Some(None) => false,
            Some(Some(TaskEnd::TakenBack | TaskEnd::Overtaken | TaskEnd::CaseEnded)) | None => {
                self.await_copies(stage, Some(batch.id), here);
                false
            }
        }
    }

    fn is_in(&self, item: u32, batch: u32) -> bool {
        self.case.item(item).is_some_and(|i| i.batch() == Some(batch))
    }

    /// The copies are in: what was nominated with them goes on.
    pub(super) fn take_copies(&mut self, task: &Task, hand_in: &HandIn) {
        let Some((index, stage)) = self.stage_of(task) else { return };
        let copies = hand_in.fields.get("copies").and_then(serde_json::Value::as_i64).unwrap_or_default();
        if copies < i64::from(stage.paper) {
            let say = format!("“{}”须报送纸质盖章件{}份，未收齐的请待收齐后再交本表。", stage.title, stage.paper);
            self.refuse("收到份数", say);
        }
        self.not_to_come(hand_in, self.case.opened.date(), "收到日期");
        if !self.faults.is_empty() {
            return;
        }
        self.answered(task, hand_in, true);
        if stage.kind != Kind::Recommend {
            return;
        }
        let outcome = stage.outcomes.keys().next().cloned().unwrap_or_default();
        for id in task.items.clone() {
            self.onward(id, index + 1, &outcome, None, None);
        }
    }

    /// Whether the superior has acknowledged what the batch filed; asks for that once.
    pub(super) fn acknowledged(&mut self, stage: &Stage, batch: &Batch) -> bool {
        let Some(report) = stage.report.as_ref().filter(|_| stage.receipt) else { return true };
        let out = self.case.papers(batch.id).filter(|d| d.template == report.template && d.life == Life::Issued);
        let filed: Vec<u32> = out.map(|d| d.id).collect();
        let mut all = true;
        for document in filed {
            let ask = Ask::Acknowledge(document);
            let entered = |t: &Task| t.ask == ask && t.closed == Some(TaskEnd::Answered);
            if self.case.tasks.values().any(|t| entered(t)) {
                continue;
            }
            all = false;
            let office = self.actors(&stage.by, None).into_iter().next();
            if let (None, Some(office)) = (self.case.asks(&ask), office) {
                self.open_task(Some(batch.id), Some(&stage.name), &office, Vec::new(), ask);
            }
        }
        all
    }

    /// The superior's acknowledgement is entered.
    pub(super) fn acknowledge(&mut self, task: &Task, hand_in: &HandIn, document: u32) {
        let Some(paper) = self.case.documents.get(&document).cloned() else { return };
        self.not_to_come(hand_in, paper.issued.map_or(paper.date, |at| at.date()), "签收日期");
        if self.faults.is_empty() {
            self.answered(task, hand_in, true);
        }
    }

    /// The day of a fact is no later than today, and no earlier than what it follows.
    fn not_to_come(&mut self, hand_in: &HandIn, after: NaiveDate, called: &str) {
        let on = hand_in.fields.get("on").and_then(|v| v.as_str()).and_then(crate::case::eval::first_day);
        if on.is_none_or(|on| on > self.now.date() || on < after) {
            let after = crate::case::story::date_cn(after);
            self.refuse(called, format!("{called}不能晚于今天，也不能早于{after}。"));
        }
    }
}
