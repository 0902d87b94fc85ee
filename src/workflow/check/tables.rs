//! Tables and reports (LANGUAGE §12).

use super::Checker;
use super::stages::audience;
use crate::submission::Type;
use crate::workflow::rule::{self, Scope};
use crate::workflow::{TableDefinition, Who};

pub(super) fn check(checker: &mut Checker<'_>) {
    for table in checker.workflow.tables.values() {
        one(checker, table);
    }
    reports(checker);
}

fn one(checker: &mut Checker<'_>, table: &TableDefinition) {
    let workflow = checker.workflow;
    if !workflow.items.contains_key(&table.from) {
        let message = format!("`{}` is no item type", table.from);
        checker.error("table-from-unknown", &table.place, message, "a table counts the items of a type");
        return;
    }
    let pairs = workflow.pairs(std::slice::from_ref(&table.from));
    let scope = Scope::of_pairs(workflow, checker.around.registers, pairs);
    checker.condition(table.filter.as_ref(), &scope);
    for name in std::iter::once(&table.rows).chain(&table.columns) {
        if ["item", "stage"].contains(&name.as_str()) {
            continue;
        }
        let found = rule::infer(name, &scope);
        checker.report(&table.place, &found, |kind| kind);
        let field = workflow.items.get(&table.from).and_then(|i| i.fields.get(name));
        if field.is_some_and(|f| matches!(f.kind, Type::IdNumber | Type::Phone | Type::Email | Type::Address)) {
            let message = format!("`{name}` is personal and cannot head the lines of a table");
            checker.error("table-personal-field", &table.place, message, "count by something else");
        }
    }
    if let Some(role) = &table.missing {
        checker.role(role, &table.place, &[]);
    }
}

fn reports(checker: &mut Checker<'_>) {
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
        let upwards = report.to.iter().any(|role| {
            let role = checker.workflow.roles.get(role);
            role.is_some_and(|r| !r.folder || matches!(r.who, Who::SuperiorOf(_)))
        });
        if report.by.is_none() && upwards {
            let message = format!("the report `{}` goes upwards and nobody signs it", report.name);
            checker.warn("report-upwards-unsigned", &report.place, message, "add `by: ROLE`");
        }
    }
}
