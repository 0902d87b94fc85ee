//! A second count beside the one before: every line of one against its line of the other.
//!
//! Both are counted as they are by [`super::count_ballots`] or [`super::count_tallies`] first; here they are only compared.
//! Where voting is secret what few ballots changed is not told by item: a sheet of six in place of one of five would say
//! what stands on the sixth.

use super::{GROUP_BALLOTS_MIN, Line, Tally};
use crate::submission::Fault;
use crate::tally::{Item, names};
use std::collections::{BTreeMap, BTreeSet};

/// One of two counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Which {
    /// the one before
    First,
    /// the one that takes its place
    Second,
}

/// Where two counts differ.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "a field is said by the sentence of its variant")]
pub enum Difference {
    /// the tally of an area and voter group is only in one of them
    TallyOnlyIn { which: Which, area: String, group: String },
    /// the ballots handed in differ
    BallotsDiffer { area: String, group: String, first: u64, second: u64 },
    /// a count of an item differs: of an option, 弃权, 无效票
    CountDiffers { area: String, group: String, item: u32, column: String, first: u64, second: u64 },
}

/// Compares tallies by area, voter group, item and column.
pub fn recount_tallies(first: &[Tally], second: &[Tally]) -> Vec<Difference> {
    let by_whose = |tallies: &[Tally]| -> BTreeMap<(String, String), Tally> {
        tallies.iter().map(|t| ((t.area.clone(), t.group.clone()), t.clone())).collect()
    };
    let (first, second) = (by_whose(first), by_whose(second));
    let all: BTreeSet<&(String, String)> = first.keys().chain(second.keys()).collect();
    let mut found = Vec::new();
    for whose in all {
        let (area, group) = whose.clone();
        match (first.get(whose), second.get(whose)) {
            (Some(_), None) => found.push(Difference::TallyOnlyIn { which: Which::First, area, group }),
            (None, Some(_)) => found.push(Difference::TallyOnlyIn { which: Which::Second, area, group }),
            (Some(one), Some(other)) => found.extend(tally(one, other)),
            (None, None) => {}
        }
    }
    found
}

/// Of a secret ballot: the differences that may be told, and of how many items they may not be. What fewer than
/// [`GROUP_BALLOTS_MIN`] ballots changed of an item would show how so few voted, as counting them by themselves would.
pub fn tellable(found: Vec<Difference>) -> (Vec<Difference>, usize) {
    let mut moved: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
    for difference in &found {
        if let Difference::CountDiffers { item, first, second, .. } = difference {
            let (gone, come) = moved.entry(*item).or_default();
            *gone = gone.saturating_add(first.saturating_sub(*second));
            *come = come.saturating_add(second.saturating_sub(*first));
        }
    }
    moved.retain(|_, (gone, come)| (*gone).max(*come) < GROUP_BALLOTS_MIN);
    let told = |difference: &Difference| match difference {
        Difference::CountDiffers { item, .. } => !moved.contains_key(item),
        Difference::TallyOnlyIn { .. } | Difference::BallotsDiffer { .. } => true,
    };
    (found.into_iter().filter(told).collect(), moved.len())
}

fn tally(first: &Tally, second: &Tally) -> Vec<Difference> {
    let mut found = Vec::new();
    if first.ballots != second.ballots {
        found.push(Difference::BallotsDiffer {
            area: first.area.clone(),
            group: first.group.clone(),
            first: first.ballots,
            second: second.ballots,
        });
    }
    let (one, other) = (columns(first), columns(second));
    let all: BTreeSet<&(u32, String)> = one.keys().chain(other.keys()).collect();
    for (item, column) in all {
        let count = |columns: &BTreeMap<_, u64>| columns.get(&(*item, column.clone())).copied().unwrap_or_default();
        let (count_first, count_second) = (count(&one), count(&other));
        if count_first != count_second {
            found.push(Difference::CountDiffers {
                area: first.area.clone(),
                group: first.group.clone(),
                item: *item,
                column: column.clone(),
                first: count_first,
                second: count_second,
            });
        }
    }
    found
}

fn columns(tally: &Tally) -> BTreeMap<(u32, String), u64> {
    let of_line = |line: &Line| {
        let rest = [("弃权".to_owned(), line.abstained), ("无效票".to_owned(), line.invalid)];
        let item = line.item;
        line.options.clone().into_iter().chain(rest).map(move |(column, count)| ((item, column), count))
    };
    tally.lines.iter().flat_map(of_line).collect()
}

impl Difference {
    /// Where they differ, for who must look again; items by their names.
    pub fn fault(&self, items: &[Item]) -> Fault {
        let which = |which: &Which| match which {
            Which::First => "前一次计票",
            Which::Second => "本次计票",
        };
        match self {
            Difference::TallyOnlyIn { which: only, area, group } => {
                Fault::at(area, format!("{area}{group}的计票表只在{}中有，请核对。", which(only)))
            }
            Difference::BallotsDiffer { area, group, first, second } => {
                Fault::at(area, format!("{area}{group}收回的票，前一次为{first}张，本次为{second}张，请核对。"))
            }
            Difference::CountDiffers { area, group, item, column, first, second } => {
                let name = names(items, &[*item]);
                let told = format!("{area}{group}{name}的“{column}”，前一次为{first}张，本次为{second}张，请核对。");
                Fault::at(area, told)
            }
        }
    }
}
