//! Scheduled reports (LANGUAGE §12).

use super::Checker;
use super::stages::audience;
use crate::submission::Type;
use crate::workflow::{Report, Who};

pub(super) fn check(checker: &mut Checker<'_>) {
    for report in checker.workflow.reports.values() {
        audience(checker, &report.to, &report.place);
        if let Some(role) = &report.by {
            checker.role(role, &report.place, &["opener"]);
        }
        for table in &report.tables {
            if !checker.workflow.tables.contains_key(table) {
                let message = format!("there is no table `{table}`");
                checker.error("table-from-unknown", &report.place, message, "declare it under `tables:`");
            }
        }
        until(checker, report);
        upwards(checker, report);
    }
}

/// A report goes on until a date, or a param that is one.
fn until(checker: &mut Checker<'_>, report: &Report) {
    let Some(until) = &report.until else { return };
    let dated = checker.workflow.case.params.get(until).is_some_and(|p| p.kind == Type::Date);
    if !dated {
        let message = format!("`until: {until}` is neither a date nor a param of type date");
        checker.error("limit-not-a-limit", &report.place, message, "write `until: 2027-12-31`, or name a date param");
    }
}

fn upwards(checker: &mut Checker<'_>, report: &Report) {
    let upwards = report.to.iter().any(|role| {
        let role = checker.workflow.roles.get(role);
        role.is_some_and(|r| !r.folder || matches!(r.who, Who::SuperiorOf(_)))
    });
    if report.by.is_none() && upwards {
        let message = format!("the report `{}` goes upwards and nobody signs it", report.name);
        checker.warn("report-upwards-unsigned", &report.place, message, "add `by: ROLE`");
    }
}
