//! Papers given up or made anew: void before issue, replaced before or after it, and what goes with them.

use super::Deciding;
use super::handover::report_paper;
use super::papers::Order;
use super::publicity::notice_paper;
use crate::case::event::{Ask, Body, Hold, TaskEnd};
use crate::case::{Document, Life};
use crate::workflow::{DocumentDefinition, Stage};
use std::borrow::Cow;

impl<'a> Deciding<'a> {
    pub(super) fn void_document(&mut self, document: u32, reason: &str) {
        match self.case.documents.get(&document).map(|d| d.life) {
            Some(Life::Ordered | Life::Rendered) => {
                self.emit(Body::DocumentClosed { document, replaced_by: None, reason: reason.to_string() });
                self.close_tasks(
                    |t| matches!(t.ask, Ask::Seal(d) | Ask::Report(d) | Ask::Serve(d) if d == document),
                    TaskEnd::Overtaken,
                );
                self.void_what_flows_from(document);
            }
            Some(Life::Issued) => self.refuse("", "文书已经发出，不能作废，只能另发新件替代（document replace）。"),
            Some(Life::Replaced | Life::Void) => self.refuse("", "文书已被替代或已作废。"),
            None => self.refuse("", format!("没有第{document}号文书。")),
        }
    }

    /// What would have gone out with a sealed paper that is given up goes with it, and its items are put up for decision again.
    fn void_what_flows_from(&mut self, document: u32) {
        let Some(sealed) = self.case.documents.get(&document).filter(|d| d.seal).cloned() else { return };
        let Some(batch) = sealed.batch else { return };
        let waiting: Vec<u32> = self
            .case
            .papers(batch)
            .filter(|d| matches!(d.life, Life::Ordered | Life::Rendered))
            .map(|d| d.id)
            .collect();
        for paper in waiting {
            let reason = format!("《{}》已作废", sealed.title);
            self.emit(Body::DocumentClosed { document: paper, replaced_by: None, reason });
        }
        for item in self.take_back_decision(&sealed, &format!("《{}》已作废", sealed.title)) {
            self.set_hold(item, Hold::Stay, true);
        }
    }

    /// Ends what a decision that never went out entered into registers; gives the items it was about.
    pub(super) fn take_back_decision(&mut self, sealed: &Document, reason: &str) -> Vec<u32> {
        let program = self.program;
        let stage = sealed.stage.as_ref().and_then(|s| program.workflow().stage(s));
        let Some((batch, stage)) = sealed.batch.zip(stage) else { return Vec::new() };
        let here = |id: &&u32| self.case.items.get(*id).is_some_and(|item| item.batch() == Some(batch));
        let decided: Vec<u32> = sealed.items.iter().filter(here).copied().collect();
        for item in &decided {
            let chosen =
                self.case.items.get(item).and_then(|i| self.case.outcome_in(i, batch)).and_then(|a| a.outcome.clone());
            if let Some(outcome) = chosen.and_then(|o| stage.outcomes.get(&o)) {
                self.take_back_entries(&outcome.actions, *item, reason);
            }
            for (list, confirmation) in &stage.confirms {
                if !self.members(list, &[*item]).is_empty() {
                    self.take_back_entries(&confirmation.actions, *item, reason);
                }
            }
        }
        decided
    }

    /// Before issue: a new draft with the same number. After: a new paper with its own number that cites the old one.
    pub(super) fn replace_document(&mut self, document: u32, reason: Option<&str>) {
        let Some(old) = self.case.documents.get(&document).cloned() else {
            return self.refuse("", format!("没有第{document}号文书。"));
        };
        if matches!(old.life, Life::Replaced | Life::Void) {
            return self.refuse("", "文书已被替代或已作废。");
        }
        let issued = old.life == Life::Issued;
        let replacing =
            |d: &&Document| d.replaces == Some(document) && matches!(d.life, Life::Ordered | Life::Rendered);
        if let Some(new) = self.case.documents.values().map(AsRef::as_ref).find(|d| issued && replacing(d)) {
            return self.refuse(
                "",
                format!("替代它的第{}号文书已在制作，尚未发出；如需改动，请替代第{}号文书。", new.id, new.id),
            );
        }
        if old.batch.is_some_and(|batch| old.notice && !self.still_to_notice(batch)) {
            return self.refuse("", "公示已经结束，或者公示对象均已撤下，不能再制作公示文书。");
        }
        let Some((definition, stage)) = self.definition_of(&old) else {
            return self.refuse("", "案卷现用的流程版本中已没有这份文书，不能重新制作。");
        };
        let order = self.same_order(&old, &definition, stage, reason);
        let order = if old.report.is_none() { Some(order) } else { self.reported_again(&old, order) };
        let Some(order) = order else { return };
        let about = |t: &crate::case::Task| matches!(t.ask, Ask::Seal(d) | Ask::Report(d) | Ask::Acknowledge(d) if d == document);
        self.close_tasks(about, TaskEnd::Overtaken);
        let made = if issued {
            self.notes.push(format!("原件{}，原因：{}", old.title, reason.unwrap_or("更正")));
            self.order(&order)
        } else {
            self.order_draft(&order, document, old.draft + 1, old.number.clone())
        };
        if made.is_none() && self.faults.is_empty() {
            self.refuse("", format!("按现有内容，已不需要《{}》；不再制作的，请管理员将其作废。", old.title));
        }
    }

    /// Whether a batch has something to give notice of, and its notice has not come down.
    fn still_to_notice(&self, batch: u32) -> bool {
        let up = self.case.batches.get(&batch).is_some_and(|b| b.done.is_none() && b.down.is_empty());
        up && !self.living_in(batch).is_empty()
    }

    /// What the definition in force says of a paper, and the stage it belongs to.
    pub(super) fn definition_of(&self, paper: &Document) -> Option<(Cow<'a, DocumentDefinition>, Option<&'a Stage>)> {
        let workflow = self.program.workflow();
        let meant = |definition: &DocumentDefinition| definition.template == paper.template;
        if let Some(report) = &paper.report {
            let definition = report_paper(workflow.reports.get(report)?);
            return meant(&definition).then_some((Cow::Owned(definition), None));
        }
        let Some(stage) = &paper.stage else {
            let mut extensions = workflow.clocks.values().filter_map(|c| c.extend.as_ref()?.document.as_ref());
            return extensions.find(|d| meant(d)).map(|d| (Cow::Borrowed(d), None));
        };
        let stage = workflow.stage(stage)?;
        let definition = if paper.notice {
            notice_paper(stage).filter(meant).map(Cow::Owned)
        } else {
            stage.all_documents().find(|d| meant(d)).map(Cow::Borrowed)
        };
        Some((definition?, Some(stage)))
    }

    /// The order of a paper once more, without its tables. A draft of one that replaces another, or tells of an extension,
    /// gives the reason of that.
    pub(super) fn same_order<'o>(
        &self,
        old: &Document,
        definition: &'o DocumentDefinition,
        stage: Option<&'o Stage>,
        reason: Option<&str>,
    ) -> Order<'o> {
        let issued = old.life == Life::Issued;
        let given = |of: &str| old.fields.get(of).and_then(|told| told.get("原因")).and_then(|v| v.as_str());
        let kept = if issued { None } else { old.replaces.and_then(|_| given("替代")) };
        let extending = given("延期").filter(|_| stage.is_none() && old.report.is_none());
        let noticed = old.batch.filter(|_| old.notice);
        Order {
            stage,
            batch: old.batch,
            items: noticed.map_or_else(|| old.items.clone(), |batch| self.living_in(batch)),
            notice: old.notice,
            replaces: if issued { Some(old.id) } else { old.replaces },
            reason: kept.or(extending).or(reason).or_else(|| given("更正")).map(str::to_string),
            ..Order::of(definition)
        }
    }
}
