//! One list out of the ranking.

use super::{Choice, Cut, List, Places, Refused, Take, Tie};
use crate::tally::{Item, names, rank::Standing};
use std::collections::{BTreeMap, BTreeSet};

/// Items of one group, the next for a place first, each with a number that is the same for equals.
type Queue<'a> = Vec<(usize, &'a Item)>;

/// Who has a place.
#[derive(Default)]
struct Placed {
    certain: Vec<u32>,
    ties: Vec<Tie>,
    /// how many places the cut has; a condition has none to fill
    places: usize,
}

pub(super) fn cut(
    standings: &[Standing],
    list: &List,
    done: &BTreeMap<&str, Cut>,
    choices: &[Choice],
) -> Result<Cut, Vec<Refused>> {
    let others: Vec<(&String, Option<&[u32]>)> =
        list.not_in.iter().map(|name| (name, done.get(name.as_str()).and_then(Cut::members))).collect();
    if let Some((open, _)) = others.iter().find(|(_, members)| members.is_none()) {
        return Ok(Cut::Waits { on: (*open).clone() });
    }
    let excluded = others.into_iter().filter_map(|(_, members)| members).flatten().copied();
    let strikes: BTreeSet<u32> = list.unless.iter().copied().chain(excluded).collect();
    let own: Vec<&Choice> = choices.iter().filter(|choice| choice.list == list.name).collect();
    let placed = match &list.take {
        Take::Where(chosen) => {
            let certain = standings.iter().map(|s| s.item.id).filter(|id| chosen.contains(id)).collect();
            unasked(list, &own, Placed { certain, ..Placed::default() })
        }
        Take::First(places) => from_ranking(standings, list, (places, false), &strikes, &own),
        Take::Last(places) => from_ranking(standings, list, (places, true), &strikes, &own),
    };
    placed.map(|placed| finished(standings, &strikes, placed))
}

/// A choice for a list without a ranking answers nothing.
fn unasked(list: &List, choices: &[&Choice], placed: Placed) -> Result<Placed, Vec<Refused>> {
    if choices.is_empty() { Ok(placed) } else { Err(choices.iter().map(|choice| nothing_tied(list, choice)).collect()) }
}

fn nothing_tied(list: &List, choice: &Choice) -> Refused {
    Refused::NothingTied { list: list.name.clone(), group: choice.group.clone().unwrap_or_default() }
}

fn from_ranking(
    standings: &[Standing],
    list: &List,
    (places, last): (&Places, bool),
    strikes: &BTreeSet<u32>,
    choices: &[&Choice],
) -> Result<Placed, Vec<Refused>> {
    let mut groups: BTreeMap<Option<&str>, Queue<'_>> = BTreeMap::new();
    for standing in standings {
        let queue = groups.entry(places.group_of(standing)).or_default();
        if !list.refill || !strikes.contains(&standing.item.id) {
            queue.push((standing.rank, &standing.item));
        }
    }
    let (mut placed, mut refused) = (Placed::default(), Vec::new());
    for (group, mut queue) in groups {
        let Some(number) = places.of(group) else {
            let category = group.unwrap_or_default().to_owned();
            refused.push(Refused::CategoryWithoutPlaces { list: list.name.clone(), category });
            continue;
        };
        queue.sort_unstable();
        if last {
            queue.reverse();
        }
        placed.places += number;
        let (certain, tie) = queued(&queue, number);
        placed.certain.extend(certain);
        let choice = choices.iter().find(|choice| choice.group.as_deref() == group);
        let tie = tie.map(|(tied, places)| {
            let struck = tied.iter().copied().filter(|id| strikes.contains(id)).collect();
            Tie { group: group.map(str::to_owned), tied, places, struck }
        });
        match (tie, choice) {
            (None, None) => {}
            (None, Some(choice)) => refused.push(nothing_tied(list, choice)),
            (Some(tie), None) => placed.ties.push(tie),
            (Some(tie), Some(choice)) => match chosen(list, &tie, choice, standings) {
                Ok(chosen) => placed.certain.extend(chosen),
                Err(wrong) => refused.push(wrong),
            },
        }
    }
    let known = |choice: &&&Choice| standings.iter().any(|s| places.group_of(s) == choice.group.as_deref());
    refused.extend(choices.iter().filter(|choice| !known(choice)).map(|choice| nothing_tied(list, choice)));
    if refused.is_empty() { Ok(placed) } else { Err(refused) }
}

/// Who of a queue has one of `number` places for certain, and the equals who share fewer places than they are.
fn queued(queue: &Queue<'_>, number: usize) -> (Vec<u32>, Option<(Vec<u32>, usize)>) {
    let inside = queue.get(..number).unwrap_or(queue);
    // the rank that has members on both sides of the cut
    let crossing =
        inside.last().zip(queue.get(number)).filter(|(worst, next)| worst.0 == next.0).map(|(worst, _)| worst.0);
    let ids = |queue: &[(usize, &Item)], tied: bool| -> Vec<u32> {
        let of_rank = queue.iter().filter(|(rank, _)| (Some(*rank) == crossing) == tied);
        let mut ids: Vec<u32> = of_rank.map(|(_, item)| item.id).collect();
        ids.sort_unstable();
        ids
    };
    let certain = ids(inside, false);
    let places = number.saturating_sub(certain.len());
    (certain, crossing.map(|_| (ids(queue, true), places)))
}

fn chosen(list: &List, tie: &Tie, choice: &Choice, standings: &[Standing]) -> Result<Vec<u32>, Refused> {
    let chosen: BTreeSet<u32> = choice.chosen.iter().copied().collect();
    let strangers: Vec<u32> = chosen.iter().copied().filter(|id| !tie.tied.contains(id)).collect();
    let list = list.name.clone();
    if !strangers.is_empty() {
        let items: Vec<Item> = standings.iter().map(|s| s.item.clone()).collect();
        return Err(Refused::NotTied { list, items: names(&items, &strangers) });
    }
    if chosen.len() != tie.places {
        return Err(Refused::PlacesDiffer { list, chosen: chosen.len(), places: tie.places });
    }
    Ok(chosen.into_iter().collect())
}

/// Strikes, and tells what is left open.
fn finished(standings: &[Standing], strikes: &BTreeSet<u32>, placed: Placed) -> Cut {
    let Placed { certain, ties, places } = placed;
    // where every one of the tied would be struck, no answer changes the list
    let (moot, ties): (Vec<Tie>, Vec<Tie>) = ties.into_iter().partition(|tie| tie.struck.len() == tie.tied.len());
    let (mut struck, mut members): (Vec<u32>, Vec<u32>) = certain.into_iter().partition(|id| strikes.contains(id));
    members.sort_unstable();
    if !ties.is_empty() {
        return Cut::Tied { certain: members, ties };
    }
    struck.extend(moot.into_iter().flat_map(|tie| tie.tied));
    struck.sort_unstable();
    let mut others: Vec<u32> = standings.iter().map(|s| s.item.id).filter(|id| !members.contains(id)).collect();
    others.sort_unstable();
    Cut::Settled { vacant: places.saturating_sub(members.len()), members, struck, others }
}

impl Places {
    /// The group in whose cut an item stands.
    fn group_of<'a>(&self, standing: &'a Standing) -> Option<&'a str> {
        match self {
            Places::Each(_) => standing.group.as_deref(),
            Places::Category(_) => standing.category.as_deref(),
        }
    }

    fn of(&self, group: Option<&str>) -> Option<usize> {
        match self {
            Places::Each(number) => Some(*number),
            Places::Category(table) => group.and_then(|category| table.get(category)).copied(),
        }
    }
}
