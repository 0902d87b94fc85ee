//! What stages that ask about the case itself were answered.

use super::Sight;
use crate::workflow::{Field, Stage};
use minijinja::value::Value;

impl Sight {
    /// A stage that asks about the case itself, or a field of its head, as last answered.
    pub(super) fn asked_of_case(&self, name: &str) -> Option<Value> {
        let holds = |s: &&Stage| s.of_case && (s.name == name || s.form.case.contains_key(name));
        let stage = self.program.workflow().stages.iter().find(holds)?;
        let answered = self.case.batches.values().rev().find(|b| b.stage == stage.name && b.answered.is_some());
        let Some(batch) = answered else { return Some(Value::UNDEFINED) };
        let shaped = |name: &str, field: &Field| {
            batch.fields.get(name).map_or(Value::UNDEFINED, |value| self.shaped(value, &field.kind))
        };
        if let Some(field) = stage.form.case.get(name).filter(|_| stage.name != name) {
            return Some(shaped(name, field));
        }
        let fields = stage.form.case.iter().map(|(name, field)| (name.clone(), shaped(name, field)));
        let done = batch.answered.map(|at| ("done".to_owned(), Value::from(at.date().to_string())));
        Some(Value::from_pairs(fields.chain(done)))
    }
}
