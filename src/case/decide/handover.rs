//! Papers handed back: the sealed scan, a confirmed report, a 送达回证.

use super::Deciding;
use super::papers::Order;
use crate::case::command::HandIn;
use crate::case::event::Body;
use crate::case::{Document, Task};
use crate::workflow::{DocumentDefinition, DocumentEach};

impl Deciding<'_> {
    /// The signed and sealed scan of a paper is in.
    pub(super) fn seal(&mut self, task: &Task, hand_in: &HandIn, document: u32) {
        let Some(paper) = self.case.documents.get(&document).cloned() else { return };
        let same = hand_in.fields.get("same").and_then(serde_json::Value::as_bool);
        if same != Some(true) {
            self.refuse(
                "与定稿一致",
                "请核对盖章件与定稿是否一致：一致的填“是”；不一致的请联系管理员重新出稿，不要上报。",
            );
        }
        let Some(scan) = hand_in
            .attachments
            .iter()
            .find(|a| a.name.contains("盖章") || a.name.contains("扫描"))
            .or(hand_in.attachments.first())
        else {
            return self.refuse(
                "",
                "缺少盖章扫描件。请把本表与“盖章扫描件”（PDF或图片）放进同一个文件夹，再把整个文件夹放入“交件”。",
            );
        };
        let scan = scan.digest.clone();
        if self.faults.is_empty() {
            self.answered(task, hand_in, true);
            self.issue(&paper, Some(scan));
        }
    }

    /// A report is confirmed by who sends it.
    pub(super) fn confirm_report(&mut self, task: &Task, hand_in: &HandIn, document: u32) {
        let Some(paper) = self.case.documents.get(&document).cloned() else { return };
        if hand_in.fields.get("agree").and_then(serde_json::Value::as_bool) != Some(true) {
            return self.refuse("同意报送", "请核对报告草稿，同意报送的填“是”；有误的请先更正数据，由管理员重新出稿。");
        }
        let Some(signer) = hand_in.text("signer") else {
            return self.refuse("签发人", "上行文须注明签发人，请填写。");
        };
        self.answered(task, hand_in, true);
        self.sign_report(&paper, signer);
    }

    /// The draft is made anew with its signer, and goes out by itself.
    fn sign_report(&mut self, paper: &Document, signer: String) {
        let program = self.program;
        let Some(report) = paper.report.as_ref().and_then(|name| program.workflow().reports.get(name)) else { return };
        let known = &program.workflow().tables;
        let frozen = |(name, _): &(&String, &serde_json::Value)| *name == "期间" || known.contains_key(*name);
        let tables = paper.fields.iter().filter(frozen).map(|(n, v)| (n.clone(), v.clone())).collect();
        let definition = report_paper(report);
        let order = Order {
            report: Some((report.name.clone(), tables)),
            signer: Some(signer),
            ..self.same_order(paper, &definition, None, None)
        };
        self.order_draft(&order, paper.id, paper.draft + 1, paper.number.clone());
    }

    /// A paper was served by hand on somebody who has no folder here.
    pub(super) fn serve(&mut self, task: &Task, hand_in: &HandIn, document: u32) {
        let Some(paper) = self.case.documents.get(&document).cloned() else { return };
        let on = hand_in.text("on").as_deref().and_then(crate::case::eval::first_day);
        if on.is_none_or(|on| on > self.now.date() || paper.issued.is_some_and(|at| on < at.date())) {
            return self.refuse("送达日期", "送达日期不能晚于今天，也不能早于文书发出之日。");
        }
        let mode = hand_in.text("mode").unwrap_or_default();
        if mode == "直接送达" && hand_in.text("signatory").is_none() {
            self.refuse("签收人", "直接送达的，须填写签收人。");
        }
        if mode == "留置送达" && hand_in.text("witness").is_none() && hand_in.attachments.is_empty() {
            self.refuse("见证人", "留置送达的，须填写见证人，或者附上记录送达过程的照片、录像。");
        }
        if !self.faults.is_empty() {
            return;
        }
        self.answered(task, hand_in, true);
        let reached = |r: &&String| paper.delivered.iter().any(|(d, _)| d == *r);
        let mine = |r: &&String| self.server(&paper, r).as_deref() == Some(task.office.as_str());
        let served: Vec<String> =
            paper.to.iter().chain(&paper.copy).filter(|r| !reached(r)).filter(mine).cloned().collect();
        for recipient in served {
            let message = hand_in.text("signatory");
            self.emit(Body::Delivered { document, recipient, mode: crate::case::event::Mode::Hand, message, on });
        }
    }
}

/// The paper a scheduled report is.
pub(super) fn report_paper(report: &crate::workflow::Report) -> DocumentDefinition {
    DocumentDefinition {
        template: report.template.clone(),
        each: DocumentEach::Batch,
        of: Vec::new(),
        when: None,
        at_open: false,
        to: report.to.clone(),
        copy: Vec::new(),
        number: report.number.clone(),
        seal: false,
        retention: None,
        date: report.date.clone(),
        place: report.place.clone(),
    }
}
