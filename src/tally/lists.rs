//! Lists: named sets of items, cut out of a ranking or chosen by a condition (§8 `lists`, `conflicts`).
//!
//! The rule. `first` and `last` cut so many items off the ranking, from each group that is ranked by itself: with
//! `within: category` a number means so many of each category, a table says it category by category. `where` takes every item
//! of which it is true. Then `unless` and `not_in` strike members: with `refill: false` (default) the places of the struck
//! stay vacant, with `refill: true` the struck are passed over when the cut is made. `others` are all items of the stage that
//! are not on the list.
//!
//! A tie that crosses the cut is never broken: [`Cut::Tied`] says who is on the list for certain, who is tied, and for how
//! many places; it is asked even when some of the tied would be struck. Only where all of them would be is there nothing to
//! ask. The answer comes back as a [`Choice`], and the same function gives the settled list. A list that is `not_in` an
//! unsettled one waits for it.
//!
//! Failures: [`Refused`], all at once.

mod cut;
#[cfg(test)]
mod tests;

use super::rank::Standing;
use super::{Item, names};
use crate::submission::Fault;
use std::collections::{BTreeMap, BTreeSet};

/// One list of a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// its name
    pub name: String,
    /// whom it takes
    pub take: Take,
    /// items of which `unless` is true
    pub unless: BTreeSet<u32>,
    /// lists whose members are not on this one
    pub not_in: Vec<String>,
    /// struck members are replaced by the next
    pub refill: bool,
}

/// Whom a list takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Take {
    /// the best
    First(Places),
    /// the worst
    Last(Places),
    /// the items of which a condition is true
    Where(BTreeSet<u32>),
}

/// How many places a cut has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Places {
    /// so many of each group that is ranked by itself
    Each(usize),
    /// so many of each category
    Category(BTreeMap<String, usize>),
}

/// What people decided about a tie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// the list
    pub list: String,
    /// the group the tie is in
    pub group: Option<String>,
    /// who gets the places: as many of the tied as there are places
    pub chosen: Vec<u32>,
}

/// A list as it stands. Ids in rising order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cut {
    /// nothing is open
    Settled {
        /// who is on it
        members: Vec<u32>,
        /// who would be, but for `unless` or `not_in`
        struck: Vec<u32>,
        /// places nobody has
        vacant: usize,
        /// who is not on it
        others: Vec<u32>,
    },
    /// ties cross the cut: to be asked
    Tied {
        /// who is on it whatever is answered
        certain: Vec<u32>,
        /// what is to be asked, one question for each group
        ties: Vec<Tie>,
    },
    /// it is `not_in` a list that is not settled
    Waits {
        /// that list
        on: String,
    },
}

/// Equals at a cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    /// the group they are in
    pub group: Option<String>,
    /// the equals
    pub tied: Vec<u32>,
    /// how many of them have a place
    pub places: usize,
    /// those of them who would be struck if chosen: their place would stay vacant
    pub struck: Vec<u32>,
}

/// Items on two lists that exclude each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// the lists
    pub lists: [String; 2],
    /// on both
    pub items: Vec<u32>,
}

/// Why there are no lists.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "a field is said by the sentence of its variant")]
pub enum Refused {
    /// the table of places does not know the category of an item
    CategoryWithoutPlaces { list: String, category: String },
    /// `not_in` names no list
    ListUnknown { list: String, other: String },
    /// lists that are `not_in` each other
    ListCycle { list: String },
    /// a choice where nothing is tied
    NothingTied { list: String, group: String },
    /// a choice of one who is not tied
    NotTied { list: String, items: String },
    /// more or fewer chosen than there are places
    PlacesDiffer { list: String, chosen: usize, places: usize },
}

/// Cuts all lists of a stage out of the ranking of its items (without a ranking: each item once, with any rank), and says
/// each by name, in the order given.
///
/// # Errors
/// Everything that is wrong with the lists and with the choices, at once.
pub fn lists(standings: &[Standing], lists: &[List], choices: &[Choice]) -> Result<Vec<(String, Cut)>, Vec<Refused>> {
    let known = |name: &str| lists.iter().any(|list| list.name == name);
    let mut refused = Vec::new();
    for list in lists {
        for other in list.not_in.iter().filter(|other| !known(other)) {
            refused.push(Refused::ListUnknown { list: list.name.clone(), other: other.clone() });
        }
    }
    let mut done: BTreeMap<&str, Cut> = BTreeMap::new();
    let mut left: Vec<&List> = lists.iter().collect();
    while !left.is_empty() {
        // a list comes after those it is `not_in`; when none can come next, they go round in a ring
        let ready = |list: &&List| list.not_in.iter().all(|other| !known(other) || done.contains_key(other.as_str()));
        let (now, later): (Vec<&List>, Vec<&List>) = left.into_iter().partition(ready);
        left = later;
        if now.is_empty() {
            refused.extend(left.drain(..).map(|list| Refused::ListCycle { list: list.name.clone() }));
        }
        for list in now {
            // of a refused list those after it know nothing: they are looked at as if they waited for it
            let cut = cut::cut(standings, list, &done, choices).unwrap_or_else(|wrong| {
                refused.extend(wrong);
                Cut::Waits { on: list.name.clone() }
            });
            done.insert(&list.name, cut);
        }
    }
    for choice in choices.iter().filter(|choice| !known(&choice.list)) {
        let group = choice.group.clone().unwrap_or_default();
        refused.push(Refused::NothingTied { list: choice.list.clone(), group });
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    Ok(lists.iter().filter_map(|list| Some((list.name.clone(), done.remove(list.name.as_str())?))).collect())
}

/// Items on two lists of one group of lists that exclude each other (`conflicts: [[优胜单位, 重点整改单位]]`). Only what is
/// settled is compared: ask again when the rest is.
pub fn conflicts(excluding: &[Vec<String>], cuts: &[(String, Cut)]) -> Vec<Conflict> {
    let members = |name: &String| {
        let members = cuts.iter().find(|(list, _)| list == name).and_then(|(_, cut)| cut.members());
        members.unwrap_or_default().iter().copied().collect::<BTreeSet<u32>>()
    };
    let mut found = Vec::new();
    for group in excluding {
        for (index, one) in group.iter().enumerate() {
            for other in group.iter().skip(index + 1) {
                let items: Vec<u32> = members(one).intersection(&members(other)).copied().collect();
                if !items.is_empty() {
                    found.push(Conflict { lists: [one.clone(), other.clone()], items });
                }
            }
        }
    }
    found
}

impl Cut {
    /// The members, once nothing is open.
    pub fn members(&self) -> Option<&[u32]> {
        match self {
            Cut::Settled { members, .. } => Some(members),
            Cut::Tied { .. } | Cut::Waits { .. } => None,
        }
    }
}

impl Tie {
    /// What is to be asked.
    pub fn ask(&self, list: &str, items: &[Item]) -> String {
        let group = self.group.as_deref().map(|group| format!("（{group}）")).unwrap_or_default();
        let (tied, places) = (names(items, &self.tied), self.places);
        let struck = match self.struck.as_slice() {
            [] => String::new(),
            struck => format!("其中{}按规定不得列入，选定后名额空缺。", names(items, struck)),
        };
        format!("“{list}”{group}还有{places}个名额，{tied}并列，请确定由谁列入。{struck}")
    }
}

impl Conflict {
    /// What is to be asked.
    pub fn ask(&self, items: &[Item]) -> String {
        let [one, other] = &self.lists;
        format!("{}同时列入“{one}”和“{other}”，请确定如何处理。", names(items, &self.items))
    }
}

impl Refused {
    /// What to do about it.
    pub fn fault(&self) -> Fault {
        let say = match self {
            Refused::CategoryWithoutPlaces { list, category } => {
                format!("“{list}”没有规定“{category}”的名额，请联系管理员。")
            }
            Refused::ListUnknown { list, other } => format!("“{list}”所排除的名单“{other}”不存在，请联系管理员。"),
            Refused::ListCycle { list } => format!("“{list}”与所排除的名单互相排除，无法确定，请联系管理员。"),
            Refused::NothingTied { list, group } => format!("“{list}”{group}没有并列，无须确定。"),
            Refused::NotTied { list, items } => format!("{items}不在“{list}”的并列之中，请只在并列者中选定。"),
            Refused::PlacesDiffer { list, chosen, places } => {
                format!("“{list}”的并列者中应选定{places}个，现选定{chosen}个，请核对。")
            }
        };
        Fault::at("", say)
    }
}
