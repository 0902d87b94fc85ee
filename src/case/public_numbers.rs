//! Numbers that are meant to be public: those of the offices, and those the definition or the opener of a case says are.

use super::Case;
use super::program::Program;
use crate::offices::Offices;
use serde_json::Value;

/// Telephones, mailboxes and accounts that may stand on a case's public papers, as they were written. A param counts by the value
/// it has now, so what the opener changes is in the log with his reason.
pub fn public_numbers(program: &Program, case: &Case, offices: &Offices) -> Vec<String> {
    let of_offices = offices.offices.values().flat_map(|office| [&office.phone, &office.mail]).flatten().cloned();
    let declared =
        program.workflow().case.public_numbers.iter().flat_map(|number| match case.params.get(&number.source) {
            Some(value) => texts(value),
            // a param that was left empty is no number, and looks like none
            None => vec![number.source.clone()],
        });
    of_offices.chain(declared).collect()
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}
