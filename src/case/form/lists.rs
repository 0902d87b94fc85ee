//! Lists as a decision sees them: who is proposed for which, and the columns in which it changes them.

use super::plain;
use crate::case::Item;
use crate::submission::{Entry, Type};
use crate::workflow::Workflow;

/// Put on a list.
pub const ON: &str = "列入";
/// Taken off it, or left off.
pub const OFF: &str = "不列入";

/// The column that changes a list; its name is that of the list.
pub(super) fn change(list: &str) -> Entry {
    let words = [ON, OFF].map(str::to_string).to_vec();
    plain(list, list, Type::One(words), true, "不填的按拟列名单确定；要改动的选择后，在“办理理由”栏写明理由")
}

/// The lists an item is on; one that a later decision confirms is proposed until it has.
pub(super) fn told(workflow: &Workflow, item: &Item) -> Option<String> {
    let confirmed = |list: &String| {
        let mut deciding = workflow.stages.iter().filter(|s| s.confirms.contains_key(list)).peekable();
        deciding.peek().is_none() || item.decided.contains(list)
    };
    let name = |list: &String| if confirmed(list) { list.clone() } else { format!("{list}（拟）") };
    let lists: Vec<String> = item.lists.iter().map(name).collect();
    (!lists.is_empty()).then(|| format!("名单：{}", lists.join("、")))
}
