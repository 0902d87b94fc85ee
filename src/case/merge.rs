//! One item merged into another (LANGUAGE §7 `merge`): which may take it in, and which answer for it afterwards.

use super::ledger::Ledgers;
use super::program::Program;
use super::story::item_label;
use super::{Case, Item, decide};
use crate::submission::Type;
use crate::workflow::{Stage, Workflow};

/// Characters of what an item says, in the list it is chosen from.
const EXCERPT_CHARACTERS_MAX: usize = 24;

/// Items this one may be merged into: living ones of its kind about the same thing, which the office has before it at this
/// stage or had there. What it has not seen it cannot choose.
pub(super) fn targets(
    program: &Program,
    case: &Case,
    ledgers: &Ledgers,
    stage: &Stage,
    office: &str,
    id: u32,
) -> Vec<u32> {
    let Some(item) = case.item(id) else { return Vec::new() };
    let workflow = program.workflow();
    let acts = |other: &Item| {
        decide::offices_of(workflow, &ledgers.offices, case, &stage.by, Some(other.id)).iter().any(|o| o == office)
    };
    let came = |other: &Item| other.stage() == Some(stage.name.as_str()) || other.answers.contains_key(&stage.name);
    let alike = |other: &&Item| other.id != id && other.of == item.of && other.about == item.about;
    case.living().filter(alike).filter(|other| came(other) && acts(other)).map(|other| other.id).collect()
}

/// How an item is chosen to be merged into: number, name, and the beginning of what it says.
pub(super) fn label(workflow: &Workflow, item: &Item) -> String {
    let label = item_label(workflow, item);
    let of = workflow.items.get(&item.of);
    let open = |name: &&String| of.is_some_and(|of| !of.sealed.contains(name));
    let text = |name: &String| {
        let texts = of.and_then(|of| of.fields.get(name)).is_some_and(|f| matches!(f.kind, Type::Text(_)));
        item.fields.get(name).and_then(|v| v.as_str()).filter(|_| texts)
    };
    let known = of.into_iter().flat_map(|of| &of.identity).filter(open).filter_map(text);
    let Some(said) = known.max_by_key(|text| text.chars().count()).filter(|text| !label.contains(*text)) else {
        return label;
    };
    let short: String = said.chars().filter(|c| !c.is_control()).take(EXCERPT_CHARACTERS_MAX).collect();
    let more = if said.chars().count() > EXCERPT_CHARACTERS_MAX { "…" } else { "" };
    format!("{label}：{short}{more}")
}

impl Case {
    /// The item that answers for this one: itself, or what it was merged into, however often.
    pub fn answers_for<'a>(&'a self, item: &'a Item) -> &'a Item {
        let mut found = item;
        while let Some(into) = found.merged_into.and_then(|id| self.item(id)) {
            found = into;
        }
        found
    }

    /// Items that were merged into one, with those that had been merged into them.
    pub fn all_merged(&self, id: u32) -> Vec<u32> {
        let mut found: Vec<u32> = self.item(id).map(|i| i.merged.iter().copied().collect()).unwrap_or_default();
        let mut at = 0;
        while let Some(next) = found.get(at).and_then(|id| self.item(*id)) {
            found.extend(next.merged.iter().copied());
            at += 1;
        }
        found
    }
}
