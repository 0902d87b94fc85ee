//! Papers given up or made anew: void before issue, replaced before or after it, and what goes with them.

use super::Deciding;
use super::papers::Order;
use crate::case::event::{Ask, Body, Hold, TaskEnd};
use crate::case::{Document, Life};

impl Deciding<'_> {
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
    pub(super) fn replace_document(&mut self, document: u32, reason: &str) {
        let program = self.program;
        let Some(old) = self.case.documents.get(&document).cloned() else {
            self.refuse("", format!("没有第{document}号文书。"));
            return;
        };
        let stage = old.stage.as_ref().and_then(|s| program.workflow().stage(s));
        let definition = stage.and_then(|s| s.all_documents().find(|d| d.template == old.template));
        let (Some(stage), Some(definition)) = (stage, definition) else {
            self.refuse("", "这份文书不是某一环节的文书，不能替代。");
            return;
        };
        let issued = old.life == Life::Issued;
        if matches!(old.life, Life::Replaced | Life::Void) {
            self.refuse("", "文书已被替代或已作废。");
            return;
        }
        let order = Order {
            definition,
            stage: Some(stage),
            batch: old.batch,
            items: old.items.clone(),
            notice: old.notice,
            report: None,
            confirm: None,
            replaces: issued.then_some(document),
            reason: Some(reason.to_string()),
            signer: None,
        };
        let about = |t: &crate::case::Task| match t.ask {
            Ask::Seal(d) | Ask::Report(d) | Ask::Acknowledge(d) => d == document,
            Ask::Nominate
            | Ask::Correct
            | Ask::Answer
            | Ask::Post(_)
            | Ask::Question(_)
            | Ask::Serve(_)
            | Ask::Witness(_)
            | Ask::Copies => false,
        };
        self.close_tasks(about, TaskEnd::Overtaken);
        if issued {
            self.notes.push(format!("原件{}，原因：{reason}", old.title));
            self.order(&order);
        } else {
            self.order_draft(&order, document, old.draft + 1, old.number.clone());
        }
    }
}
