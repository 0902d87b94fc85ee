//! Sheets of ballots as a case has them, and what they come to (§8 `ballot`; the arithmetic is [`crate::tally::ballot`]'s).
//!
//! A case knows of a sheet how many ballots were on it and what each item got, never a ballot (invariant 15): the rows lie in
//! the file that is kept under the sheet's digest.

use super::event::{Ask, Fields, Sheet};
use super::story::{item_label, item_name};
use super::{Batch, Case, Task};
use crate::clock::Moment;
use crate::tally::ballot::{self, Counted, Figures, Line, Refused, Rules, Tally};
use crate::tally::{Item, Unreckonable};
use crate::workflow::{ABSTAINED, BallotDefinition, INVALID, SATISFIED, VALID, Workflow};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A sheet that counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Counting {
    /// what it is
    pub sheet: Sheet,
    /// the office that handed it in
    pub office: String,
    /// digest of what was handed in
    pub digest: String,
    /// when
    pub at: Moment,
    /// item and its counts
    pub counts: Vec<(u32, Fields)>,
}

impl Counting {
    /// Area and voter group: a sheet of the same takes its place.
    pub fn whose(&self) -> (&str, &str) {
        (&self.sheet.area, &self.sheet.group)
    }

    /// `城东服务对象`, or nothing where there is one sheet.
    pub fn name(&self) -> String {
        format!("{}{}", self.sheet.area, self.sheet.group)
    }
}

impl Case {
    /// Whether an office has said of a task that there is nothing more to count: it stays open only so that the count may be
    /// made again, and nothing is owed.
    pub fn is_counted(&self, task: &Task) -> bool {
        let batch = task.batch.and_then(|b| self.batches.get(&b));
        task.ask == Ask::Answer && batch.is_some_and(|b| b.counted.contains(&task.office))
    }
}

/// How the ballots of a stage are counted: areas are whatever sheets came, groups are told apart by sheets at most.
pub fn rules(definition: &BallotDefinition, areas: Vec<String>) -> Rules {
    let choice =
        |(name, points): (&String, &crate::tally::Fraction)| ballot::Choice { name: name.clone(), points: *points };
    Rules {
        options: definition.options.iter().map(choice).collect(),
        abstain: definition.abstain,
        denominator: definition.denominator,
        voters: Vec::new(),
        areas,
    }
}

/// Voter groups with their shares.
pub fn voters(definition: &BallotDefinition) -> Vec<ballot::Voters> {
    let group =
        |(name, share): (&String, &crate::tally::Fraction)| ballot::Voters { name: name.clone(), share: *share };
    definition.voters.iter().map(group).collect()
}

/// The living items of a batch that are voted on.
pub fn voted_on(workflow: &Workflow, case: &Case, batch: &Batch) -> Vec<Item> {
    let here = batch.items.iter().filter_map(|id| case.item(*id)).filter(|i| i.batch() == Some(batch.id));
    here.map(|i| Item::new(i.id, item_label(workflow, i))).collect()
}

/// The items by the names of their columns: their own where no two have the same.
pub fn titles(workflow: &Workflow, case: &Case, items: &[u32]) -> Vec<(u32, String)> {
    let items: Vec<&super::Item> = items.iter().filter_map(|id| case.item(*id)).collect();
    let names: Vec<String> = items.iter().map(|i| item_name(workflow, i)).collect();
    let title = |(item, name): (&&super::Item, &String)| {
        let alone = item.about.is_none() && names.iter().filter(|other| *other == name).count() == 1;
        (item.id, if alone { name.clone() } else { item_label(workflow, item) })
    };
    items.iter().zip(&names).map(title).collect()
}

/// What all sheets of a batch come to.
///
/// # Errors
/// What is wrong with them; sheets that were taken in are right.
pub fn counted(
    workflow: &Workflow,
    case: &Case,
    definition: &BallotDefinition,
    batch: &Batch,
) -> Result<Counted, Vec<Refused>> {
    let items = voted_on(workflow, case, batch);
    let tallies: Vec<Tally> = batch.sheets.iter().map(|sheet| tally(definition, &items, sheet)).collect();
    ballot::count_tallies(&rules(definition, tallies.iter().map(|t| t.area.clone()).collect()), &items, &tallies)
}

/// A sheet as a tally of the items that are still there.
pub fn tally(definition: &BallotDefinition, items: &[Item], counting: &Counting) -> Tally {
    let count = |counts: &Fields, name: &str| counts.get(name).and_then(Value::as_u64).unwrap_or_default();
    let line = |(item, counts): &(u32, Fields)| Line {
        item: *item,
        options: definition.options.keys().map(|name| (name.clone(), count(counts, name))).collect(),
        abstained: count(counts, ABSTAINED),
        invalid: count(counts, INVALID),
    };
    let there = |(id, _): &&(u32, Fields)| items.iter().any(|i| i.id == *id);
    let lines = counting.counts.iter().filter(there).map(line).collect();
    let area = counting.name();
    Tally { place: area.clone(), area, group: String::new(), ballots: counting.sheet.ballots, lines }
}

/// How many ballots each voter group cast.
pub fn cast(batch: &Batch) -> BTreeMap<String, u64> {
    let mut all: BTreeMap<String, u64> = BTreeMap::new();
    for (group, ballots) in batch.sheets.iter().flat_map(|s| &s.sheet.voters) {
        *all.entry(group.clone()).or_default() += ballots;
    }
    all
}

/// What is to be said of the shares of voters.
///
/// # Errors
/// Numbers too large to be reckoned with.
pub fn shares_missed(definition: &BallotDefinition, batch: &Batch) -> Result<Vec<String>, Unreckonable> {
    ballot::shares_missed(&voters(definition), &cast(batch))
}

/// The counts of an item alone, as a sheet has them.
pub fn counts_of(figures: &Figures) -> Fields {
    let options = figures.options.iter().map(|(name, count)| (name.clone(), json!(count)));
    let rest = [(ABSTAINED, figures.abstained), (INVALID, figures.invalid)];
    options.chain(rest.map(|(name, count)| (name.to_string(), json!(count)))).collect()
}

/// The facts a count gives an item; exact. What is a share of nothing is not there.
pub fn facts_of(figures: &Figures) -> Fields {
    let mut facts = counts_of(figures);
    facts.insert(VALID.to_string(), json!(figures.valid));
    facts.insert("得分".to_string(), json!(figures.score));
    facts.extend(figures.satisfied.map(|share| (SATISFIED.to_string(), json!(share))));
    facts
}

/// `满意5，基本满意2，不满意1，弃权1，无效票1，有效票9，得分12.5，满意率约77.78%`.
pub fn say(facts: &Fields) -> String {
    let percent = |name: &str| if name == SATISFIED { "%" } else { "" };
    let said = facts.iter().map(|(name, value)| format!("{name}{}{}", super::story::fact_words(value), percent(name)));
    said.collect::<Vec<_>>().join("，")
}

/// Sheets that have ballots: those of an area that was taken out again have none.
pub fn standing(batch: &Batch) -> impl Iterator<Item = &Counting> {
    batch.sheets.iter().map(AsRef::as_ref).filter(|s| s.sheet.ballots > 0)
}

/// `共22张票：城东12张、城西10张`.
pub fn say_sheets(batch: &Batch) -> String {
    let all: u64 = batch.sheets.iter().map(|s| s.sheet.ballots).sum();
    let each: Vec<String> = standing(batch).map(|s| format!("{}{}张", s.name(), s.sheet.ballots)).collect();
    if standing(batch).all(|s| s.name().is_empty()) {
        return format!("共{all}张票");
    }
    format!("共{all}张票：{}", each.join("、"))
}
