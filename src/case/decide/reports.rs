//! Scheduled reports: ordered with the tables of their period, and ordered once more.

use super::Deciding;
use super::handover::report_paper;
use super::papers::Order;
use super::timers::fallen;
use crate::calendar::Calendar;
use crate::case::command::Command;
use crate::case::event::{Fields, QuestionAbout};
use crate::case::program::Program;
use crate::case::{Case, Document, Life, table};
use crate::clock::Moment;
use crate::deadline::Period;
use crate::workflow::Report;
use std::collections::BTreeSet;

/// The period a report is for.
fn period_of(paper: &Document) -> Option<Period> {
    Period::parse(paper.fields.get("期间")?.get("代号")?.as_str()?)
}

/// The periods that reports with tables speak of, if one is made now: those that fall, those that somebody is asked about,
/// and that of a report which is to be replaced.
pub(in crate::case) fn reported_now(
    program: &Program,
    case: &Case,
    asked: Option<&Command>,
    calendar: &Calendar,
    now: Moment,
) -> Vec<Period> {
    if case.closed.is_some() {
        return Vec::new();
    }
    let reports = program.workflow().reports.values();
    let falling = reports
        .flat_map(|report| fallen(program.workflow(), case, report, now, calendar).falls)
        .map(|fall| fall.period);
    let of_paper = |paper: &u32| period_of(case.documents.get(paper).filter(|d| d.report.is_some())?);
    let open = case.open_questions().filter_map(|q| {
        let unmade = q.unmade().as_ref().and_then(of_paper);
        let QuestionAbout::Report { period, .. } = &q.about else { return unmade };
        Period::parse(period)
    });
    let replaced = asked.and_then(|asked| {
        let Command::ReplaceDocument { document, .. } = asked else { return None };
        of_paper(document)
    });
    falling.chain(open).chain(replaced).collect()
}

impl Deciding<'_> {
    pub(super) fn order_report(&mut self, report: &Report, period: &Period) {
        let definition = report_paper(report);
        if let Some(order) = self.reporting(report, period, Order::of(&definition)) {
            self.order(&order);
        }
    }

    /// The same report of the same period, reckoned anew. Whoever signed it signed what went wrong: it is put before him again.
    pub(super) fn reported_again<'o>(&mut self, old: &Document, order: Order<'o>) -> Option<Order<'o>> {
        let program = self.program;
        let report = old.report.as_ref().and_then(|name| program.workflow().reports.get(name))?;
        self.reporting(report, &period_of(old)?, order)
    }

    /// An order with the tables of a period, and who confirms it; None when a table cannot be frozen, which is said.
    fn reporting<'o>(&mut self, report: &Report, period: &Period, order: Order<'o>) -> Option<Order<'o>> {
        let tables = self.tables_of(report, period)?;
        let confirm = report.by.as_ref().and_then(|r| self.actors(std::slice::from_ref(r), None).into_iter().next());
        let signer = confirm.is_some().then(|| "待签发".to_string());
        Some(Order { report: Some((report.name.clone(), tables)), confirm, signer, ..order })
    }

    /// When the report of the latest earlier period was made: what came in since is told as late.
    pub(super) fn told_until(&self, report: &Report, period: Period) -> Option<Moment> {
        let stands = |paper: &&Document| paper.report.as_ref() == Some(&report.name) && paper.life != Life::Void;
        let papers = self.case.documents.values().map(AsRef::as_ref).filter(stands);
        let told = papers.filter_map(|paper| Some((period_of(paper)?.end(), paper.reckoned)));
        told.filter(|(end, _)| *end < period.end()).max().map(|(_, reckoned)| reckoned)
    }

    /// Its tables and its period, frozen; None when one cannot be, which is said.
    fn tables_of(&mut self, report: &Report, period: &Period) -> Option<Fields> {
        let read = table::read_by(self.program, &report.template).into_iter().map(|t| &t.name);
        let names: BTreeSet<&String> = report.tables.iter().chain(read).collect();
        let mut tables = self.freeze(names.into_iter(), Some(*period), Some(report))?;
        tables.insert("期间".to_string(), serde_json::json!({ "名称": period.title(), "代号": period.name() }));
        Some(tables)
    }
}
