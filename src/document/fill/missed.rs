//! What was meant as a tag in a Word template and is none, told with the words around it.

use super::problem::{Fault, Problem, Spot};
use super::told::Told;
use crate::document::template::missed::{Missed, names};

/// Those of what was found that are told. `above` stands over the paragraphs in what a closure keeps.
pub(super) fn problems(found: Vec<(Spot, Missed)>, above: &str, told: &Told) -> Vec<Problem> {
    if found.is_empty() {
        return Vec::new();
    }
    let known = names(&format!("{above}{}", told.written().0));
    let meant = found.into_iter().filter(|(_, it)| it.is_meant(&known));
    meant
        .map(|(spot, it)| {
            let fault = Fault::Missed(it.hint());
            Problem { spot: Some(spot), tag: it.shown, fault }
        })
        .collect()
}
