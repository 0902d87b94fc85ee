//! Columns beside the fields a definition names: what a side item is about, what an item is merged into, and what other
//! stages have said of it.

use super::{ABOUT, Fields, plain, shown, tables};
use crate::case::ledger::Ledgers;
use crate::case::program::Program;
use crate::case::story::item_label;
use crate::case::{Answer, Case, Item, Task, merge};
use crate::submission::{Entry, Form, Type};
use crate::workflow::{Field, Go, Kind, Stage};
use serde_json::Value;
use std::collections::BTreeSet;

/// The column by which the objects of an answer are called. Lists of people's own head it as the definition heads their names.
pub(super) fn called(program: &Program, items: &[&Item]) -> Entry {
    let types: BTreeSet<&String> = items.iter().filter(|item| item.about.is_none()).map(|item| &item.of).collect();
    let types = types.into_iter().filter_map(|of| program.workflow().items.get(of));
    let names = types.flat_map(|of| of.fields.values().filter(|f| matches!(f.kind, Type::Name)).take(1));
    let mut also: Vec<String> = names.flat_map(|f| [&f.name, &f.title].into_iter().chain(&f.also)).cloned().collect();
    also.dedup();
    Entry { also, ..shown("name", "对象") }
}

/// The column that says what a side item is about.
pub(super) fn about(program: &Program, case: &Case, of: &str) -> Option<Entry> {
    let workflow = program.workflow();
    let about = workflow.items.get(of)?.about.as_ref().filter(|about| *about != "case")?;
    let labels = case.living().filter(|i| i.of == *about).map(|i| item_label(workflow, i)).collect();
    Some(plain(ABOUT, "所涉对象", Type::One(labels), false, "从列表中选择"))
}

/// Where one may be merged into another, the column that says which.
pub(super) fn merge_column(
    program: &Program,
    case: &Case,
    ledgers: &Ledgers,
    task: &Task,
    stage: &Stage,
) -> Option<Entry> {
    let merges = stage.offered().find(|o| o.merge)?;
    let mut targets: Vec<u32> =
        task.items.iter().flat_map(|id| merge::targets(program, case, ledgers, stage, &task.office, *id)).collect();
    targets.sort_unstable();
    targets.dedup();
    let items = targets.iter().filter_map(|id| case.item(*id));
    let labels: Vec<String> = items.map(|item| merge::label(program.workflow(), item)).collect();
    let hint = format!("选择“{}”的，在此选定并入哪一件", merges.name);
    (!labels.is_empty()).then(|| plain("merge_into", "并入", Type::One(labels), true, &hint))
}

/// What stages have asked of items and got, for whoever answers for them next. Of several who signed the notes tell what
/// each said.
fn asked(program: &Program) -> impl Iterator<Item = (&Stage, &Field)> {
    let stages = program.workflow().stages.iter().filter(|stage| !stage.several_sign());
    stages.flat_map(|stage| stage.form.item.values().map(move |field| (stage, field)))
}

/// What was worked out here of an item that came back to be mended: it stands in the form, to be changed. Of one alone, for
/// a line that is full counts as answered; and no decision, which is taken anew.
pub(super) fn to_mend<'a>(program: &Program, stage: &Stage, items: &[&'a Item]) -> Option<&'a Answer> {
    let [item] = items else { return None };
    let (returner, last) = item.answers.iter().max_by_key(|(_, answer)| (answer.at, answer.batch))?;
    let (_, outcome) = program.workflow().outcome_at(returner, last.outcome.as_ref()?)?;
    let mended = matches!(outcome.go, Go::Back(..)) && stage.kind == Kind::Assess && !stage.several_sign();
    item.answers.get(&stage.name).filter(|_| mended)
}

/// The columns of what has been said of any of these items at a stage other than `but`, in reading order.
pub(super) fn said(form: &mut Form, program: &Program, items: &[&Item], but: Option<&Stage>) -> Vec<Entry> {
    let mut columns = Vec::new();
    for (stage, field) in asked(program).filter(|(stage, _)| but.is_none_or(|but| but.name != stage.name)) {
        let values = items.iter().filter_map(|i| i.answers.get(&stage.name)?.fields.get(&field.name));
        let values: Vec<&Value> = values.collect();
        if !values.is_empty() {
            let (name, title) = (format!("{}.{}", stage.name, field.name), format!("{}：{}", stage.title, field.title));
            columns.extend(tables::shown_column(form, (&name, &title), &field.kind, &values));
        }
    }
    columns
}

/// What stands in these columns of an item.
pub(super) fn answers(program: &Program, ledgers: &Ledgers, item: &Item) -> Fields {
    let told = asked(program).filter_map(|(stage, field)| {
        let value = item.answers.get(&stage.name)?.fields.get(&field.name)?.clone();
        Some((format!("~{}.{}", stage.name, field.name), tables::titled(value, &field.kind, ledgers)))
    });
    told.collect()
}
