//! Counting, ranking, listing, signing: the exact arithmetic of *assess* and *review* (LANGUAGE §8).
//!
//! [`score`] reckons what assessors gave, [`ballot`] counts what was ticked, [`rank`] orders by facts, [`lists`] cuts named
//! sets out of a ranking, [`sign`] says what several signers together have answered.
//!
//! Guarantees: pure, and exact (whole numbers and [`Fraction`]s; nothing is rounded but in sentences). The order in which
//! ballots, assessors and items are given never matters. What the rules leave open (a tie at a cut) is a value of its own and
//! never settled silently. Failures: what is wrong with sheets is collected, all at once, as typed values that become a
//! [`crate::submission::Fault`] with its place; a count that found a fault counts nothing.

pub mod ballot;
pub mod lists;
pub mod rank;
pub mod score;
pub mod sign;
mod fraction;

pub use fraction::{Fraction, Unreckonable};

/// What is counted: an item's id in its case, and the name by which sentences call it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// id in the case
    pub id: u32,
    /// shown to people
    pub name: String,
}

impl Item {
    /// An item.
    pub fn new(id: u32, name: impl Into<String>) -> Item {
        Item { id, name: name.into() }
    }
}

/// The names of some items as a sentence lists them: 甲、乙. An id nobody named stands as it is.
fn names(items: &[Item], ids: &[u32]) -> String {
    let known: std::collections::BTreeMap<u32, &str> = items.iter().map(|i| (i.id, i.name.as_str())).collect();
    let said = ids.iter().map(|id| known.get(id).map_or_else(|| format!("{id}号"), |name| (*name).to_owned()));
    said.collect::<Vec<_>>().join("、")
}
