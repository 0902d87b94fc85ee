//! Taking back what one office answered: the paper for it, and the values that stand in the form that asks again.

use super::{standing, tables};
use crate::case::decide::{may_be_retracted, paper_title};
use crate::case::event::Ask;
use crate::case::ledger::Ledgers;
use crate::case::program::Program;
use crate::case::{Case, Item, Task};
use crate::submission::Form;
use crate::workflow::Stage;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A paper for each answer of an office that it may still take back.
pub(super) fn papers(program: &Program, case: &Case, ledgers: &Ledgers, office: &str) -> Vec<Form> {
    let workflow = program.workflow();
    let mut answered: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
    for item in case.living() {
        if let Some(before) = &item.before {
            answered.entry(before.task).or_default().push(item.id);
        }
    }
    let mine = |task: &Task| ledgers.offices.standing(&task.office) == office && task.ask == Ask::Answer;
    let form = |(task, items): (u64, Vec<u32>)| {
        let task = case.tasks.get(&task).filter(|t| mine(t))?;
        let stage = workflow.stage(task.stage.as_ref()?)?;
        let title = paper_title(stage, task);
        let may = !may_be_retracted(workflow, case, task, &items).is_empty();
        may.then(|| standing::taking_back(case, office, &title, task.id))
    };
    answered.into_iter().filter_map(form).collect()
}

/// What was said at the top of an answer that was taken back, to be changed.
pub(super) fn head(form: &mut Form, case: &Case, ledgers: &Ledgers, task: &Task, stage: &Stage) {
    let Some(batch) = task.batch.and_then(|id| case.batches.get(&id)).filter(|b| b.stage == stage.name) else { return };
    form.head_values.extend(tables::told(&batch.taken_back, stage.form.case.values(), ledgers));
}

/// What was said of an item in an answer that was taken back, to be changed.
pub(super) fn said(ledgers: &Ledgers, stage: &Stage, item: &Item) -> Vec<(String, Value)> {
    let Some((_, answer)) = item.taken_back.as_ref().filter(|(of, _)| *of == stage.name) else { return Vec::new() };
    let asked = |(name, _): &(String, Value)| stage.form.item.contains_key(name);
    let fields = tables::told(&answer.fields, stage.form.item.values(), ledgers).into_iter().filter(asked);
    let outcome = answer.outcome.iter().filter(|_| stage.is_chosen()).map(|o| ("outcome".to_string(), json!(o)));
    let reason = answer.reason.iter().map(|r| ("reason".to_string(), json!(r)));
    fields.chain(outcome).chain(reason).collect()
}
