//! Sheets as they come in, checked, and added up by area and voter group.

use super::{BALLOTS_MAX, Ballot, Line, Refused, Rules, Tally};
use crate::tally::Item;
use std::collections::{BTreeMap, BTreeSet};

/// What was counted of each area (first) and voter group (second).
pub(super) type Parts<'a> = BTreeMap<(&'a str, &'a str), Part>;

/// What was counted of one area and voter group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Part {
    /// handed in
    pub(super) ballots: u64,
    /// of each item that anybody's ballot says something of
    pub(super) items: BTreeMap<u32, Heads>,
}

/// One item's counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Heads {
    /// of each option, in the order of the rules
    pub(super) options: Vec<u64>,
    /// 弃权
    pub(super) abstained: u64,
    /// 无效票
    pub(super) invalid: u64,
}

impl Heads {
    pub(super) fn none(rules: &Rules) -> Heads {
        Heads { options: vec![0; rules.options.len()], abstained: 0, invalid: 0 }
    }

    pub(super) fn add(&mut self, other: &Heads) {
        for (own, theirs) in self.options.iter_mut().zip(&other.options) {
            *own += theirs;
        }
        self.abstained += other.abstained;
        self.invalid += other.invalid;
    }
}

pub(super) fn of_ballots<'a>(rules: &Rules, items: &[Item], ballots: &'a [Ballot]) -> Result<Parts<'a>, Vec<Refused>> {
    let number = u64::try_from(ballots.len()).unwrap_or(u64::MAX);
    if number > BALLOTS_MAX {
        return Err(vec![Refused::TooManyBallots { place: String::new(), number }]);
    }
    let known: BTreeSet<u32> = items.iter().map(|i| i.id).collect();
    let (mut refused, mut parts, mut seen) = (Vec::new(), Parts::new(), BTreeMap::new());
    for ballot in ballots {
        refused.extend(whence(rules, &ballot.place, &ballot.area, &ballot.group));
        if let Some(first) = seen.insert((ballot.area.as_str(), ballot.number), ballot.place.as_str()) {
            refused.push(Refused::NumberTwice {
                place: ballot.place.clone(),
                first: first.to_owned(),
                area: ballot.area.clone(),
                number: ballot.number,
            });
        }
        match ticked(rules, &known, ballot) {
            Ok(ticks) => cast(rules, items, parts.entry((&ballot.area, &ballot.group)).or_default(), ballot, &ticks),
            Err(wrong) => refused.extend(wrong),
        }
    }
    if refused.is_empty() { Ok(parts) } else { Err(refused) }
}

/// The options ticked for each item, by their index; the same option ticked twice is one tick.
type Ticks = BTreeMap<u32, BTreeSet<usize>>;

fn ticked(rules: &Rules, known: &BTreeSet<u32>, ballot: &Ballot) -> Result<Ticks, Vec<Refused>> {
    let (mut ticks, mut refused) = (Ticks::new(), Vec::new());
    for (item, option) in &ballot.ticks {
        let (place, area, number) = (ballot.place.clone(), ballot.area.clone(), ballot.number);
        let index = rules.options.iter().position(|o| o.name == *option);
        match index {
            _ if !known.contains(item) => refused.push(Refused::ItemUnknown { place, area, item: *item }),
            None => refused.push(Refused::OptionUnknown { place, area, number, option: option.clone() }),
            Some(index) => drop(ticks.entry(*item).or_default().insert(index)),
        }
    }
    if refused.is_empty() { Ok(ticks) } else { Err(refused) }
}

fn cast(rules: &Rules, items: &[Item], part: &mut Part, ballot: &Ballot, ticks: &Ticks) {
    part.ballots += 1;
    for item in items {
        let heads = part.items.entry(item.id).or_insert_with(|| Heads::none(rules));
        let mut ticked = ticks.get(&item.id).into_iter().flatten();
        match (ballot.void || ballot.spoilt.contains(&item.id), ticked.next(), ticked.next()) {
            (true, ..) | (false, Some(_), Some(_)) => heads.invalid += 1,
            (false, None, _) => heads.abstained += 1,
            (false, Some(index), None) => {
                if let Some(count) = heads.options.get_mut(*index) {
                    *count += 1;
                }
            }
        }
    }
}

pub(super) fn of_tallies<'a>(rules: &Rules, items: &[Item], tallies: &'a [Tally]) -> Result<Parts<'a>, Vec<Refused>> {
    let (mut refused, mut parts, mut seen) = (Vec::new(), Parts::new(), BTreeMap::new());
    let mut all: u64 = 0;
    for tally in tallies {
        refused.extend(whence(rules, &tally.place, &tally.area, &tally.group));
        all = all.saturating_add(tally.ballots);
        if all > BALLOTS_MAX {
            refused.push(Refused::TooManyBallots { place: tally.place.clone(), number: all });
            return Err(refused);
        }
        let whose = (tally.area.as_str(), tally.group.as_str());
        if let Some(first) = seen.insert(whose, tally.place.as_str()) {
            refused.push(Refused::TallyTwice {
                place: tally.place.clone(),
                first: first.to_owned(),
                area: tally.area.clone(),
                group: tally.group.clone(),
            });
            continue;
        }
        match of_tally(rules, items, tally) {
            Ok(part) => drop(parts.insert(whose, part)),
            Err(wrong) => refused.extend(wrong),
        }
    }
    if refused.is_empty() { Ok(parts) } else { Err(refused) }
}

fn of_tally(rules: &Rules, items: &[Item], tally: &Tally) -> Result<Part, Vec<Refused>> {
    let (place, area) = (&tally.place, &tally.area);
    let mut refused = Vec::new();
    let mut part = Part { ballots: tally.ballots, items: BTreeMap::new() };
    for line in &tally.lines {
        let Some(item) = items.iter().find(|i| i.id == line.item) else {
            refused.push(Refused::ItemUnknown { place: place.clone(), area: area.clone(), item: line.item });
            continue;
        };
        match heads(rules, tally, item, line) {
            Ok(heads) => {
                if part.items.insert(line.item, heads).is_some() {
                    let (place, area, item) = (place.clone(), area.clone(), item.name.clone());
                    refused.push(Refused::LineTwice { place, area, item });
                }
            }
            Err(wrong) => refused.push(wrong),
        }
    }
    let written: BTreeSet<u32> = tally.lines.iter().map(|l| l.item).collect();
    for item in items.iter().filter(|i| !written.contains(&i.id)) {
        refused.push(Refused::LineMissing { place: place.clone(), area: area.clone(), item: item.name.clone() });
    }
    if refused.is_empty() { Ok(part) } else { Err(refused) }
}

/// A line's counts; together they are the ballots of its sheet.
fn heads(rules: &Rules, tally: &Tally, item: &Item, line: &Line) -> Result<Heads, Refused> {
    let (place, area, item) = (tally.place.clone(), tally.area.clone(), item.name.clone());
    let mut heads = Heads { abstained: line.abstained, invalid: line.invalid, ..Heads::none(rules) };
    let mut named = BTreeSet::new();
    for (option, count) in &line.options {
        let index = rules.options.iter().position(|o| o.name == *option).filter(|_| named.insert(option));
        let Some(own) = index.and_then(|index| heads.options.get_mut(index)) else {
            return Err(Refused::ColumnUnknown { place, area, item, option: option.clone() });
        };
        *own = *count;
    }
    let all = heads.options.iter().chain([&heads.abstained, &heads.invalid]);
    let sum = all.fold(0_u64, |sum, count| sum.saturating_add(*count));
    if sum != tally.ballots {
        return Err(Refused::SumDiffers { place, area, item, sum, ballots: tally.ballots });
    }
    Ok(heads)
}

/// Whether the area and the voter group of a sheet are known; where the rules name none, none may be written.
fn whence(rules: &Rules, place: &str, area: &str, group: &str) -> Vec<Refused> {
    let known = |all: &mut dyn Iterator<Item = &str>, own: &str| {
        let mut all = all.peekable();
        if all.peek().is_none() { own.is_empty() } else { all.any(|name| name == own) }
    };
    let mut refused = Vec::new();
    if !known(&mut rules.areas.iter().map(String::as_str), area) {
        refused.push(Refused::AreaUnknown { place: place.to_owned(), area: area.to_owned() });
    }
    if !known(&mut rules.voters.iter().map(|v| v.name.as_str()), group) {
        let (area, group) = (area.to_owned(), group.to_owned());
        refused.push(Refused::GroupUnknown { place: place.to_owned(), area, group });
    }
    refused
}
