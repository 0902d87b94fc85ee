//! Scheduled reports: ordered with the tables of their period, and ordered once more.

use super::Deciding;
use super::handover::report_paper;
use super::papers::Order;
use crate::case::event::Fields;
use crate::case::{Document, table};
use crate::deadline::Period;
use crate::workflow::Report;
use std::collections::BTreeSet;

/// What stands for 签发人 in a draft that nobody has signed.
const UNSIGNED: &str = "待签发";

/// The period a report is for.
pub(super) fn period_of(paper: &Document) -> Option<Period> {
    Period::parse(paper.fields.get("期间")?.get("代号")?.as_str()?)
}

impl Deciding<'_> {
    pub(super) fn order_report(&mut self, report: &Report, period: &Period) {
        let Some(tables) = self.tables_of(report, period) else { return };
        let confirm = self.confirms(report);
        let definition = report_paper(report);
        let order = Order {
            definition: &definition,
            stage: None,
            batch: None,
            items: Vec::new(),
            notice: false,
            report: Some((report.name.clone(), tables)),
            signer: confirm.is_some().then(|| UNSIGNED.to_string()),
            confirm,
            replaces: None,
            reason: None,
        };
        self.order(&order);
    }

    /// The same report of the same period, reckoned anew. Who has signed it has signed these figures: when they are others
    /// now, or it went out already, it is put before him again.
    pub(super) fn reported_again<'o>(&mut self, old: &Document, order: Order<'o>) -> Option<Order<'o>> {
        let program = self.program;
        let report = old.report.as_ref().and_then(|name| program.workflow().reports.get(name))?;
        let period = period_of(old)?;
        let tables = self.tables_of(report, &period)?;
        let confirm = self.confirms(report);
        let signer = old.fields.get("签发人").and_then(|v| v.as_str()).filter(|signer| *signer != UNSIGNED);
        let same =
            order.replaces != Some(old.id) && tables.iter().all(|(name, table)| old.fields.get(name) == Some(table));
        let (confirm, signer) = match signer.filter(|_| same) {
            Some(signer) => (None, Some(signer.to_string())),
            None => {
                let signer = confirm.is_some().then(|| UNSIGNED.to_string());
                (confirm, signer)
            }
        };
        Some(Order { report: Some((report.name.clone(), tables)), confirm, signer, ..order })
    }

    /// Who confirms a report before it goes out.
    fn confirms(&self, report: &Report) -> Option<String> {
        report.by.as_ref().and_then(|r| self.actors(std::slice::from_ref(r), None).into_iter().next())
    }

    /// Its tables and its period, frozen; None when one cannot be, which is said.
    fn tables_of(&mut self, report: &Report, period: &Period) -> Option<Fields> {
        let read = table::read_by(self.program, &report.template).into_iter().map(|t| &t.name);
        let names: BTreeSet<&String> = report.tables.iter().chain(read).collect();
        let mut tables = self.freeze(names.into_iter(), Some(*period), true)?;
        tables.insert("期间".to_string(), serde_json::json!({ "名称": period.title(), "代号": period.name() }));
        Some(tables)
    }
}
