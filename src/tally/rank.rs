//! Ranks: items in the order of their facts (§8 `rank`).
//!
//! Facts are compared key by key, the first that differs decides; `down` puts the larger first. Items equal in every key
//! share a rank and the next rank is as if they had not (1, 2, 2, 4): one more than the number of items before it. With
//! `within: category` each category is ranked by itself.
//!
//! Failures: [`Refused`]. The order in which items are given never matters.

#[cfg(test)]
mod tests;

use super::{Fraction, Item};
use crate::submission::Fault;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// How items are ranked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// first the one that counts most
    pub keys: Vec<Key>,
    /// each category by itself
    pub within_category: bool,
}

/// A fact and which way it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// its name, for sentences
    pub fact: String,
    /// which end comes first
    pub toward: Toward,
}

/// Which end comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toward {
    /// the smallest
    Up,
    /// the largest
    Down,
}

/// An item to be ranked; no two have one id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contender {
    /// the item
    pub item: Item,
    /// its category, where its type has any
    pub category: Option<String>,
    /// a fact for each key, in their order; none when the item has no such fact (满意率 without a vote)
    pub facts: Vec<Option<Fraction>>,
}

/// Where an item stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// the item
    pub item: Item,
    /// its category, where its type has any
    pub category: Option<String>,
    /// the category it is ranked in; none when all are ranked together
    pub group: Option<String>,
    /// 名次, from 1
    pub rank: usize,
}

/// Why nothing is ranked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "a field is said by the sentence of its variant")]
pub enum Refused {
    /// an item without a fact it is ranked by
    FactMissing { item: String, fact: String },
}

/// Ranks items: by category, then rank, then id.
///
/// # Errors
/// Every fact that is missing, at once.
pub fn rank(rules: &Rules, contenders: &[Contender]) -> Result<Vec<Standing>, Vec<Refused>> {
    let mut groups: BTreeMap<Option<&str>, Vec<(Vec<Fraction>, &Contender)>> = BTreeMap::new();
    let mut refused = Vec::new();
    for contender in contenders {
        match facts(rules, contender) {
            Ok(facts) => {
                let group = contender.category.as_deref().filter(|_| rules.within_category);
                groups.entry(group).or_default().push((facts, contender));
            }
            Err(missing) => refused.extend(missing),
        }
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    Ok(groups.into_iter().flat_map(|(group, members)| standings(rules, group, members)).collect())
}

fn facts(rules: &Rules, contender: &Contender) -> Result<Vec<Fraction>, Vec<Refused>> {
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for (index, key) in rules.keys.iter().enumerate() {
        match contender.facts.get(index).copied().flatten() {
            Some(fact) => found.push(fact),
            None => {
                missing.push(Refused::FactMissing { item: contender.item.name.clone(), fact: key.fact.clone() });
            }
        }
    }
    if missing.is_empty() { Ok(found) } else { Err(missing) }
}

fn standings(rules: &Rules, group: Option<&str>, mut members: Vec<(Vec<Fraction>, &Contender)>) -> Vec<Standing> {
    members.sort_by(|(a, one), (b, other)| compare(rules, a, b).then(one.item.id.cmp(&other.item.id)));
    let (mut found, mut rank) = (Vec::new(), 1);
    for (index, (facts, contender)) in members.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| members.get(before));
        if before.is_some_and(|(before, _)| compare(rules, before, facts).is_lt()) {
            rank = index + 1;
        }
        let (item, category) = (contender.item.clone(), contender.category.clone());
        found.push(Standing { item, category, group: group.map(str::to_owned), rank });
    }
    found
}

fn compare(rules: &Rules, one: &[Fraction], other: &[Fraction]) -> Ordering {
    let by_key = rules.keys.iter().zip(one.iter().zip(other)).map(|(key, (a, b))| match key.toward {
        Toward::Up => a.cmp(b),
        Toward::Down => b.cmp(a),
    });
    by_key.fold(Ordering::Equal, Ordering::then)
}

impl Refused {
    /// What to do about it.
    pub fn fault(&self) -> Fault {
        match self {
            Refused::FactMissing { item, fact } => {
                Fault::at("", format!("{item}没有“{fact}”，无法排名，请核对其评分或计票。"))
            }
        }
    }
}
