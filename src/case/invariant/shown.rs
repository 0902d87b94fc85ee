//! 10. What a paper may see: nothing sealed, and in one for the public nothing of an item beside what is on its public list.

use crate::case::Case;
use crate::case::event::{Body, Event};
use crate::case::program::Program;
use crate::workflow::{ItemType, Workflow};
use serde_json::{Map, Value};

/// The names under which papers speak of items are those they may. What came before `since` another version judged.
pub(super) fn named(program: &Program, case: &Case, log: &[Event], since: u64, found: &mut Vec<String>) {
    let workflow = program.workflow();
    for event in log.iter().filter(|e| e.seq > since) {
        let Body::DocumentOrdered { document, to, fields, .. } = &event.body else { continue };
        let public = to.iter().any(|t| t == "public");
        let groups = fields.get("by_category").and_then(Value::as_array).into_iter().flatten();
        let grouped = groups.filter_map(|group| group.get("items"));
        let shown = fields.get("items").into_iter().chain(grouped).filter_map(Value::as_array).flatten();
        for item in shown.filter_map(Value::as_object) {
            let id = item.get("id").and_then(Value::as_u64).and_then(|id| u32::try_from(id).ok());
            let of = id.and_then(|id| case.item(id)).and_then(|i| workflow.items.get(&i.of));
            for name in of.map(|of| hidden(workflow, of, item, public)).unwrap_or_default() {
                let whom = if public { "the public" } else { "its readers" };
                found.push(format!("10: document {document} shows {whom} `{name}` of item {}", id.unwrap_or_default()));
            }
        }
    }
}

/// The fields of an item that are shown and may not be.
fn hidden(workflow: &Workflow, of: &ItemType, shown: &Map<String, Value>, public: bool) -> Vec<String> {
    let may_not = |name: &String| of.sealed.contains(name) || (public && !of.public.contains(name));
    // what everything has may be called like a field
    let given = |name: &str| ["id", "category", "subject", "owner", "period", "due"].contains(&name);
    let own = shown.keys().filter(|name| of.fields.contains_key(*name) && !given(name)).cloned();
    let said = shown.iter().filter_map(|(name, said)| Some((workflow.stage(name)?, said.as_object()?)));
    let of_stages = said.flat_map(|(stage, said)| {
        said.keys().filter(|name| stage.form.item.contains_key(*name)).map(|name| format!("{}.{name}", stage.name))
    });
    own.chain(of_stages).filter(may_not).collect()
}
