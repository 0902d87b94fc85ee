//! What is about a time, in a scheduled report: what a duty that comes round hands in (LANGUAGE §8 `from: { every: … }`), a
//! case that a schedule opened, an entry of a register that says from when it is valid. It counts in the report of that time,
//! whenever it came in. What is not in yet is outstanding; what came in after the report of its time was made is late, and
//! told in the next.

use super::records::entry_target;
use super::{Asked, then_of};
use crate::case::Item;
use crate::case::eval::{Sight, Target, first_day};
use crate::case::event::ClockOf;
use crate::case::ledger::Entry;
use crate::case::story::{item_name, value_words};
use crate::clock::Moment;
use crate::deadline::{Budget, Period};
use crate::workflow::{Register, TableDefinition, TableFrom};
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::sync::Arc;

/// So many earlier periods are looked through for the one a late return was due in.
const EARLIER_PERIODS_MAX: usize = 12;

/// The day by whose end what is about a time counts: the last of that time, or the one it was due.
#[derive(Debug, Clone, Copy)]
pub(super) struct About(NaiveDate);

impl About {
    fn time(period: Period, due: Option<NaiveDate>) -> About {
        About(due.map_or(period.end(), |due| due.min(period.end())))
    }

    /// That of an item a duty handed in.
    pub(super) fn of(item: &Item) -> Option<About> {
        let text = |name: &str| item.fields.get(name).and_then(Value::as_str);
        Some(About::time(Period::parse(text("period")?)?, first_day(text("due")?)))
    }

    /// That of a case a schedule opened.
    pub(super) fn of_case(case: &crate::case::Case) -> Option<About> {
        Some(About::time(Period::parse(case.period.as_deref()?)?, None))
    }

    /// That of an entry of a register which says from when it is valid: a day, a month or a year.
    pub(super) fn of_entry(register: &Register, entry: &Entry) -> Option<About> {
        let said = value_words(entry.fields.get(register.valid_from.as_ref()?)?);
        let period = || Period::parse(&said).map(|period| About::time(period, None));
        NaiveDate::parse_from_str(&said, "%Y-%m-%d").ok().map(About).or_else(period)
    }

    /// Whether it counts by the end of a day.
    pub(super) fn is_by(&self, day: NaiveDate) -> bool {
        self.0 <= day
    }
}

/// What is owed and not in, `第一党支部2025年第10周`; None of a table that counts no returns.
pub(super) fn owed(asked: &Asked<'_>, table: &TableDefinition) -> Option<Vec<String>> {
    asked.program.workflow().duties_of(table).next()?;
    Some(outstanding(asked, table))
}

fn outstanding(asked: &Asked<'_>, table: &TableDefinition) -> Vec<String> {
    let (case, titles) = (asked.case, &asked.ledgers.offices);
    let sight = asked.sight(asked.program, case, &asked.ledgers_then());
    let mut found: Vec<(NaiveDate, String)> = Vec::new();
    for stage in asked.program.workflow().duties_of(table) {
        for (key, intake) in case.intakes_of(&stage.name) {
            let Some(period) = Period::parse(key) else { continue };
            let due = case.clocks_of(&ClockOf::Answer(intake.batch)).next().map(|clock| match clock.budget {
                Budget::By(day) => day,
                Budget::Span(_) => clock.from,
            });
            let about = About::time(period, due);
            if asked.rewound().is_some_and(|day| !about.is_by(day)) {
                continue;
            }
            for office in case.missing(&stage.name, key) {
                let known = json!({ "owner": office, "period": key, "due": due.map(|day| day.to_string()) });
                let fields = Arc::new(known.as_object().cloned().unwrap_or_default());
                // a condition that asks what only a return can say does not exclude one that is not there
                if holds(&sight, table, &Target::Record { fields, register: None }).unwrap_or(true) {
                    let office = titles.title(titles.standing(&office));
                    found.push((period.start(), format!("{office}{}", period.title())));
                }
            }
        }
    }
    found.sort_by_key(|(start, _)| *start);
    found.into_iter().map(|(_, said)| said).collect()
}

/// What the report of an earlier time would have counted, had it been in when that was made; None of a table that counts
/// neither returns nor a register.
pub(super) fn late(asked: &Asked<'_>, table: &TableDefinition) -> Option<Vec<String>> {
    let workflow = asked.program.workflow();
    if workflow.duties_of(table).next().is_none() && !matches!(table.from, TableFrom::Register(_)) {
        return None;
    }
    let (Some(period), Some(told)) = (asked.period, asked.told) else { return Some(Vec::new()) };
    let mut came: Vec<(usize, Target, String, About)> = came_since(asked, table, told)
        .into_iter()
        .enumerate()
        .map(|(at, (target, name, about))| (at, target, name, about))
        .collect();
    let ledgers = asked.ledgers_then();
    let mut found = Vec::new();
    let earlier = std::iter::successors(Some(period.previous()), |p| Some(p.previous())).take(EARLIER_PERIODS_MAX);
    for earlier in earlier {
        if came.is_empty() {
            break;
        }
        let end = then_of(earlier.end());
        let sight = Sight::of_table(asked.program, asked.case, &ledgers, end, Some(earlier));
        came.retain(|(at, target, name, about)| {
            let counted = about.is_by(earlier.end()) && holds(&sight, table, target).unwrap_or(false);
            found.extend(counted.then(|| (*at, name.clone())));
            !counted
        });
    }
    found.sort_by_key(|(at, _)| *at);
    Some(found.into_iter().map(|(_, name)| name).collect())
}

/// The returns that came in after a moment, or the entries that were made then and still stand, with their names.
fn came_since(asked: &Asked<'_>, table: &TableDefinition, told: Moment) -> Vec<(Target, String, About)> {
    let program = asked.program;
    match &table.from {
        TableFrom::Items(of) => {
            let came = asked.case.all_items().filter(|item| item.of == *of && item.opened > told);
            let known = |item: &Item| (Target::Item(item.id), item_name(program.workflow(), item));
            came.filter_map(|item| Some((known(item), About::of(item)?))).map(|((t, n), about)| (t, n, about)).collect()
        }
        TableFrom::Register(name) => {
            let Some(register) = program.closure.registers.get(name) else { return Vec::new() };
            let entries = asked.ledgers.registers.get(name).into_iter().flatten();
            let came = entries.filter(|entry| entry.entered > told && entry.ended.is_none());
            let about = |entry: &Entry| {
                Some((entry_target(register, entry), entry.key.clone(), About::of_entry(register, entry)?))
            };
            came.filter_map(about).collect()
        }
        TableFrom::Cases(_) | TableFrom::Clocks | TableFrom::Documents => Vec::new(),
    }
}

fn holds(sight: &Arc<Sight>, table: &TableDefinition, target: &Target) -> Option<bool> {
    table.filter.as_ref().map_or(Some(true), |filter| sight.holds(&filter.source, target).ok())
}
