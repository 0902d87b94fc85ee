//! What is well-formed and yet refused, because the kernel of this version does not run it.
//!
//! One line for each; whoever makes the kernel run it deletes the line. Nothing written is ever silently ignored.

use super::Checker;
use crate::submission::Type;
use crate::workflow::{Field, Go, Kind, Workflow};

pub(super) fn check(checker: &mut Checker<'_>) {
    let workflow = checker.workflow;
    for item in workflow.items.values() {
        refuse(checker, item.about.as_deref() == Some("case"), &item.place, "about: case");
        // a side item is let in by a form of its own, where a table has a sheet
        let in_rows = item.about.is_none() && (!item.one || mended(workflow));
        refuse(checker, in_rows && item.fields.values().any(is_table), &item.place, TABLE_IN_ROW);
    }
    for stage in &workflow.stages {
        let place = &stage.place;
        refuse(checker, stage.form.item.values().any(is_table), place, TABLE_IN_ROW);
    }
}

const TABLE_IN_ROW: &str = "a table among the fields of a row";

/// Whether a form asks for a table; in the row of an item there is one cell for it.
fn is_table(field: &Field) -> bool {
    matches!(field.kind, Type::Table(..)) && field.is.is_none()
}

/// Whether anything is sent back to be mended, which is done in a row.
fn mended(workflow: &Workflow) -> bool {
    let recommends = |to: &String| workflow.stage(to).is_some_and(|s| s.kind == Kind::Recommend);
    let mut outcomes = workflow.stages.iter().flat_map(|s| s.outcomes.values());
    outcomes.any(|o| matches!(&o.go, Go::Back(to, _) if to.as_ref().is_none_or(recommends)))
}

fn refuse(checker: &mut Checker<'_>, used: bool, place: &crate::diag::Place, what: &str) {
    if used {
        let message = format!("`{what}` is part of the language, but this version does not run it");
        checker.error("not-yet", place, message, "leave it out, or wait for a version that has it");
    }
}
