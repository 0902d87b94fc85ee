//! Whom an `of:` means now: types, categories and subjects say it of themselves, a list of its members.

use super::Item;
use crate::workflow::Workflow;

/// Whether an item is meant by an `of:`: nobody is on a list before it is made.
pub(crate) fn is_meant(workflow: &Workflow, of: &[String], item: &Item) -> bool {
    meant(workflow, of, item, |list| item.lists.contains(list))
}

/// Whether an item is meant, or will be when the lists are made that it can still come on to.
pub(super) fn may_be_meant(workflow: &Workflow, of: &[String], item: &Item) -> bool {
    let open = |list: &str| {
        let stands = item.stage().and_then(|s| workflow.stage_index(s));
        let made = workflow.list_stage(list);
        stands.zip(made).is_some_and(|(stands, made)| stands <= made)
            && workflow.means(&[list.to_string()], &item.of, item.category.as_deref())
    };
    meant(workflow, of, item, |list| item.lists.contains(list) || open(list))
}

fn meant(workflow: &Workflow, of: &[String], item: &Item, on: impl Fn(&str) -> bool) -> bool {
    let word = |word: &String| match workflow.list_stage(word) {
        Some(_) => on(word),
        None => workflow.means(std::slice::from_ref(word), &item.of, item.category.as_deref()),
    };
    of.is_empty() || of.iter().any(word)
}
