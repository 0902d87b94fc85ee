//! Whether what happened is what a part of the definition says.

use crate::case::lists::is_meant;
use crate::case::{Case, Document};
use crate::workflow::{DocumentDefinition, Rule, Workflow};

/// Whether a paper is the one that is defined of some items only.
pub(super) fn is_of(workflow: &Workflow, case: &Case, paper: &Document, defined: &DocumentDefinition) -> bool {
    let mut items = paper.items.iter().filter_map(|id| case.item(*id));
    defined.of.is_empty() || items.any(|i| is_meant(workflow, &defined.of, i))
}

/// Whether a reason is what a rule says: the pieces between its variables stand in it, in their order.
pub(super) fn says(rule: &Rule, reason: &str) -> bool {
    let source = rule.say.as_ref().map_or(rule.name.as_str(), |say| say.source.as_str());
    let pieces = source.split("{{").enumerate().map(|(n, piece)| match n {
        0 => piece,
        _ => piece.split_once("}}").map_or("", |(_, after)| after),
    });
    let pieces: Vec<&str> = pieces.map(|p| p.trim().trim_end_matches('。')).filter(|p| !p.is_empty()).collect();
    let mut rest = reason;
    let found = pieces.iter().all(|piece| match rest.find(piece) {
        Some(at) => {
            rest = &rest[at + piece.len()..];
            true
        }
        None => false,
    });
    !pieces.is_empty() && found
}
