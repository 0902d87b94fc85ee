//! What a count says: figures of each item, ballots of each area, shares and figures of each voter group.

use super::sheets::{Heads, Part, Parts};
use super::{Denominator, GROUP_BALLOTS_MIN, Refused, Rules, Voters};
use crate::tally::{Fraction, Item, Unreckonable};
use std::collections::{BTreeMap, BTreeSet};

/// A count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// ballots handed in
    pub ballots: u64,
    /// figures of each item, in the order the items were given
    pub items: Vec<Figures>,
    /// areas in the order of the rules
    pub areas: Vec<Area>,
    /// voter groups in the order of the rules
    pub groups: Vec<Group>,
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

/// One area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// its name
    pub name: String,
    /// ballots handed in there; none while no sheet of it is in
    pub ballots: Option<u64>,
}

/// One voter group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// its name
    pub name: String,
    /// ballots it cast
    pub ballots: u64,
    /// the percentage of all ballots it was expected to cast
    pub expected: Fraction,
    /// the percentage it cast; none when there is no ballot at all
    pub share: Option<Fraction>,
    /// its ballots are as near to `expected` as whole ballots can be: less than one ballot off
    pub as_expected: bool,
    /// its figures; none when they are withheld
    pub figures: Option<Vec<Figures>>,
}

pub(super) fn sum(rules: &Rules, items: &[Item], parts: &Parts<'_>) -> Result<Counted, Vec<Refused>> {
    let all = merged(parts.values());
    let figures = figures(rules, items, &all);
    let groups = groups(rules, items, parts, all.ballots);
    let (items, groups) = match (figures, groups) {
        (Ok(items), Ok(groups)) => (items, groups),
        (Err(item), _) | (_, Err(item)) => return Err(vec![Refused::PointsTooLarge { item }]),
    };
    let area = |name: &String| {
        let mut own = parts.iter().filter(|((area, _), _)| area == name).map(|(_, part)| part).peekable();
        let ballots = own.peek().is_some().then(|| own.map(|part| part.ballots).sum());
        Area { name: name.clone(), ballots }
    };
    Ok(Counted { ballots: all.ballots, items, areas: rules.areas.iter().map(area).collect(), groups })
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

fn groups(rules: &Rules, items: &[Item], parts: &Parts<'_>, all: u64) -> Result<Vec<Group>, String> {
    let own = |name: &str| merged(parts.iter().filter(|((_, group), _)| *group == name).map(|(_, part)| part));
    let parts: BTreeMap<&str, Part> = rules.voters.iter().map(|v| (v.name.as_str(), own(&v.name))).collect();
    let withheld = withheld(parts.iter().map(|(name, part)| (part.ballots, *name)).collect());
    let mut found = Vec::new();
    for voters in &rules.voters {
        let part = parts.get(voters.name.as_str()).cloned().unwrap_or_default();
        let shown = !withheld.contains(voters.name.as_str());
        let share = percent(part.ballots, all).map_err(|_| voters.name.clone())?;
        let figures = shown.then(|| figures(rules, items, &part)).transpose()?;
        let as_expected = near(part.ballots, all, voters.share).map_err(|_| voters.name.clone())?;
        let (name, expected) = (voters.name.clone(), voters.share);
        found.push(Group { name, ballots: part.ballots, expected, share, as_expected, figures });
    }
    Ok(found)
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

/// Groups whose figures would say what a few people ticked: the small ones, and as many of the next larger ones as it takes
/// that all withheld together are not few either, for they are what is left when the shown ones are subtracted from the sum.
fn withheld(mut groups: Vec<(u64, &str)>) -> BTreeSet<&str> {
    groups.sort_unstable();
    let (mut few, mut found) = (0, BTreeSet::new());
    for (ballots, name) in groups {
        if ballots < GROUP_BALLOTS_MIN || (few > 0 && few < GROUP_BALLOTS_MIN) {
            few += ballots;
            found.insert(name);
        }
    }
    found
}

impl Counted {
    /// Areas without a sheet yet.
    pub fn areas_missing(&self) -> Vec<&str> {
        self.areas.iter().filter(|a| a.ballots.is_none()).map(|a| a.name.as_str()).collect()
    }

    /// What the expectation on voters' shares has to say: a sentence for each group that is off.
    pub fn shares_missed(&self) -> Vec<String> {
        let off = self.groups.iter().filter(|g| !g.as_expected);
        off.map(|g| share_missed(&g.name, g.ballots, g.share, g.expected)).collect()
    }
}
