//! Columns beside the fields a definition names: what a side item is about, and what an item is merged into.

use super::{ABOUT, plain};
use crate::case::ledger::Ledgers;
use crate::case::program::Program;
use crate::case::story::item_label;
use crate::case::{Case, Task, merge};
use crate::submission::{Entry, Type};
use crate::workflow::Stage;

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
