//! What is well-formed and yet refused, because the kernel of this version does not run it.
//!
//! One line for each; whoever makes the kernel run it deletes the line. Nothing written is ever silently ignored.

use super::Checker;
use crate::workflow::Field;

pub(super) fn check(checker: &mut Checker<'_>) {
    let computed = |field: &Field| field.is.is_some();
    for param in checker.workflow.case.params.values() {
        refuse(checker, computed(param), &param.place, "is: of a param");
    }
    for stage in &checker.workflow.stages {
        for field in stage.form.item.values().chain(stage.form.case.values()) {
            refuse(checker, computed(field), &field.place, "is: of a form field");
        }
    }
}

fn refuse(checker: &mut Checker<'_>, used: bool, place: &crate::diag::Place, what: &str) {
    if used {
        let message = format!("`{what}` is part of the language, but this version does not run it");
        checker.error("not-yet", place, message, "leave it out, or wait for a version that has it");
    }
}
