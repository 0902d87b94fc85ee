//! One namespace for all names of a workflow (LANGUAGE §2).
//!
//! Form fields live under their stage and outcomes under theirs; clocks are only ever named by actions and may share a
//! name with a stage (答复 the clock, 答复 the decision). Everything else is told apart by name alone.

use super::reader::Reader;
use crate::diag::Place;
use crate::workflow::{Register, Workflow};
use std::collections::BTreeMap;

/// Names the language itself gives to expressions; no definition can use them for its own.
const BUILTINS: [&str; 36] = [
    "twin",
    "child",
    "due",
    "stage",
    "reason",
    "month",
    "year",
    "code",
    "code_date",
    "category",
    "owner",
    "subject",
    "who",
    "opener",
    "today",
    "period",
    "own_period",
    "outcome",
    "count",
    "round",
    "about",
    "items",
    "public",
    "inside",
    "case",
    "item",
    "next",
    "true",
    "false",
    "none",
    "and",
    "or",
    "not",
    "in",
    "is",
    "if",
];

/// The closed list of functions (LANGUAGE §13).
pub(crate) const FUNCTIONS: [&str; 17] = [
    "days", "workdays", "months", "years", "add", "count", "sum", "min", "max", "any", "all", "len", "cn", "rmb",
    "mask", "date_cn", "else",
];

struct Names<'r> {
    reader: &'r mut Reader,
    taken: BTreeMap<String, (&'static str, Place)>,
}

/// Reports names used twice and names of the language itself.
pub(super) fn check(reader: &mut Reader, workflow: &Workflow) {
    let mut names = Names { reader, taken: BTreeMap::new() };
    for role in workflow.roles.values() {
        names.declare(&role.name, "a role", &role.place, "name-taken");
    }
    for item in workflow.items.values() {
        names.declare(&item.name, "an item type", &item.place, "name-taken");
    }
    for item in workflow.items.values() {
        for category in item.categories.keys() {
            names.declare(category, "a category", &item.place, "category-repeated");
        }
    }
    for stage in &workflow.stages {
        names.declare(&stage.name, "a stage", &stage.place, "stage-name-taken");
    }
    for (name, list) in workflow.stages.iter().flat_map(|s| &s.lists) {
        names.declare(name, "a list", &list.place, "name-taken");
    }
    for field in workflow.case.params.values() {
        names.declare(&field.name, "a param", &field.place, "name-taken");
    }
    for table in workflow.tables.values() {
        names.declare(&table.name, "a table", &table.place, "name-taken");
    }
    for rule in workflow.rules.iter().filter(|r| !r.name.starts_with("规则")) {
        names.declare(&rule.name, "a rule", &rule.place, "name-taken");
    }
    // two types may have a field of the same name; no field may be called like anything else
    for field in workflow.items.values().flat_map(|i| i.fields.values()) {
        names.clash(&field.name, &field.place);
    }
    for stage in &workflow.stages {
        for field in stage.form.case.values().chain(stage.form.item.values()) {
            names.clash(&field.name, &field.place);
        }
        for fact in stage.facts() {
            names.clash(&fact.name, &stage.place);
        }
    }
    for clock in workflow.clocks.values() {
        names.builtin(&clock.name, &clock.place);
    }
}

/// The fields of a register share nothing with a workflow, but cannot be called like a builtin.
pub(super) fn check_register(reader: &mut Reader, register: &Register) {
    let mut names = Names { reader, taken: BTreeMap::new() };
    names.builtin(&register.name, &register.place);
}

impl Names<'_> {
    fn declare(&mut self, name: &str, what: &'static str, place: &Place, kind: &'static str) {
        if self.builtin(name, place) {
            return;
        }
        match self.taken.get(name) {
            None => {
                self.taken.insert(name.to_owned(), (what, place.clone()));
            }
            Some((other, at)) => {
                // a kind of its own where two of a sort share a name
                let kind = if *other == what { kind } else { "name-taken" };
                let message = format!("`{name}` is already the name of {other} (line {})", at.line);
                self.reader.error(kind, place, message, "all names of a workflow differ; rename one");
            }
        }
    }

    fn builtin(&mut self, name: &str, place: &Place) -> bool {
        let shadows = BUILTINS.contains(&name) || FUNCTIONS.contains(&name);
        if shadows {
            let message = format!("`{name}` is a word of the language itself");
            self.reader.error("name-shadows-builtin", place, message, "choose another name");
        }
        shadows
    }

    fn clash(&mut self, name: &str, place: &Place) {
        if self.builtin(name, place) {
            return;
        }
        if let Some((other, at)) = self.taken.get(name) {
            let kind = if *other == "a param" { "form-field-taken" } else { "name-taken" };
            let message = format!("`{name}` is already the name of {other} (line {})", at.line);
            self.reader.error(kind, place, message, "all names of a workflow differ; rename one");
        }
    }
}
