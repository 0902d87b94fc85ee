//! What a count says: figures of each item, ballots of each voter group, and which of those are not what was expected.

use super::sheets::{Heads, Part, Parts};
use super::{Denominator, Refused, Rules, Voters};
use crate::tally::{Fraction, Item, Unreckonable};
use std::collections::BTreeMap;

/// A count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// ballots handed in
    pub ballots: u64,
    /// figures of each item, in the order the items were given
    pub items: Vec<Figures>,
    /// ballots of each voter group, in the order of the rules
    pub groups: Vec<(String, u64)>,
}

/// The figures of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// id of the item
    pub item: u32,
    /// each option and its ballots, in the order of the rules
    pub options: Vec<(String, u64)>,
    /// 弃权
    pub abstained: u64,
    /// 有效票
    pub valid: u64,
    /// 无效票
    pub invalid: u64,
    /// 得分
    pub score: Fraction,
    /// 满意率 in percent, 0 to 100; none when there is nothing it could be a share of
    pub satisfied: Option<Fraction>,
}

pub(super) fn sum(rules: &Rules, items: &[Item], parts: &Parts<'_>) -> Result<Counted, Vec<Refused>> {
    let all = merged(parts.values());
    let items = figures(rules, items, &all).map_err(|item| vec![Refused::PointsTooLarge { item }])?;
    let cast = |name: &str| parts.iter().filter(|((_, group), _)| *group == name).map(|(_, part)| part.ballots).sum();
    let groups = rules.voters.iter().map(|v| (v.name.clone(), cast(&v.name))).collect();
    Ok(Counted { ballots: all.ballots, items, groups })
}

fn merged<'a>(parts: impl IntoIterator<Item = &'a Part>) -> Part {
    let mut all = Part::default();
    for part in parts {
        all.ballots += part.ballots;
        for (item, heads) in &part.items {
            all.items.entry(*item).and_modify(|own| own.add(heads)).or_insert_with(|| heads.clone());
        }
    }
    all
}

/// The figures of every item; an error is the name of the item whose points are too large.
fn figures(rules: &Rules, items: &[Item], part: &Part) -> Result<Vec<Figures>, String> {
    let of = |item: &Item| {
        let none = Heads::none(rules);
        let heads = part.items.get(&item.id).unwrap_or(&none);
        figures_of(rules, item.id, heads).map_err(|_| item.name.clone())
    };
    items.iter().map(of).collect()
}

fn figures_of(rules: &Rules, item: u32, heads: &Heads) -> Result<Figures, Unreckonable> {
    let counted = || rules.options.iter().zip(&heads.options);
    let ticked: u64 = heads.options.iter().sum();
    let valid = ticked + heads.abstained;
    let points = counted().map(|(option, count)| option.points.times(Fraction::count(*count)?));
    let abstained = rules.abstain.times(Fraction::count(heads.abstained)?);
    let score = points.chain([abstained]).try_fold(Fraction::ZERO, |sum, points| sum.plus(points?))?;
    let whole = match rules.denominator {
        Denominator::Valid => valid,
        Denominator::Ticked => ticked,
    };
    let for_it: u64 = counted().filter(|(option, _)| option.points > Fraction::ZERO).map(|(_, count)| count).sum();
    let options = counted().map(|(option, count)| (option.name.clone(), *count)).collect();
    let satisfied = percent(for_it, whole)?;
    Ok(Figures { item, options, abstained: heads.abstained, valid, invalid: heads.invalid, score, satisfied })
}

/// How many percent of the whole; none of nothing.
fn percent(part: u64, whole: u64) -> Result<Option<Fraction>, Unreckonable> {
    if whole == 0 {
        return Ok(None);
    }
    Fraction::count(part)?.over(Fraction::count(whole)?)?.times(Fraction::whole(100)).map(Some)
}

/// Whether `part` of `all` is less than one ballot off `share` percent.
fn near(part: u64, all: u64, share: Fraction) -> Result<bool, Unreckonable> {
    let wanted = share.times(Fraction::count(all)?)?.over(Fraction::whole(100))?;
    let off = Fraction::count(part)?.minus(wanted)?;
    Ok(Fraction::whole(-1) < off && off < Fraction::whole(1))
}

pub(super) fn shares_missed(voters: &[Voters], ballots: &BTreeMap<String, u64>) -> Result<Vec<String>, Unreckonable> {
    let cast = |name: &String| ballots.get(name).copied().unwrap_or_default();
    let all = voters.iter().map(|v| cast(&v.name)).sum();
    let mut missed = Vec::new();
    for voters in voters {
        let part = cast(&voters.name);
        if !near(part, all, voters.share)? {
            missed.push(share_missed(&voters.name, part, percent(part, all)?, voters.share));
        }
    }
    Ok(missed)
}

fn share_missed(name: &str, ballots: u64, share: Option<Fraction>, expected: Fraction) -> String {
    let share = share.map_or_else(|| "0".to_owned(), Fraction::say);
    format!("{name}的票共{ballots}张，占{share}%，应占{}%", expected.say())
}
