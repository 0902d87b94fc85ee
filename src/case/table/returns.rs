//! What a duty that comes round hands in (LANGUAGE §8 `from: { every: … }`), in a scheduled report: it counts in the report of
//! the time it is about, whenever it came in. What is not in yet is outstanding; what came in after the report of its time was
//! made is late, and told in the next.

use super::{Asked, then_of};
use crate::case::Item;
use crate::case::eval::{Sight, Target, first_day};
use crate::case::event::ClockOf;
use crate::case::story::item_name;
use crate::deadline::{Budget, Period};
use crate::workflow::{TableDefinition, TableFrom};
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::sync::Arc;

/// So many earlier periods are looked through for the one a late return was due in.
const EARLIER_PERIODS_MAX: usize = 12;

/// The time a return is about, and the day it was due.
#[derive(Debug, Clone, Copy)]
pub(super) struct About {
    period: Period,
    due: Option<NaiveDate>,
}

impl About {
    /// That of an item a duty handed in.
    pub(super) fn of(item: &Item) -> Option<About> {
        let text = |name: &str| item.fields.get(name).and_then(Value::as_str);
        Some(About { period: Period::parse(text("period")?)?, due: first_day(text("due")?) })
    }

    /// That of a case a schedule opened.
    pub(super) fn of_case(case: &crate::case::Case) -> Option<About> {
        Some(About { period: Period::parse(case.period.as_deref()?)?, due: None })
    }

    /// Whether its time was over by a day, or it was due by then.
    pub(super) fn is_by(&self, day: NaiveDate) -> bool {
        self.period.end() <= day || self.due.is_some_and(|due| due <= day)
    }
}

/// What is owed and not in, `第一党支部2025年第10周`, and what came in late; None of a table that counts no returns.
pub(super) fn owed_and_late(asked: &Asked<'_>, table: &TableDefinition) -> Option<(Vec<String>, Vec<String>)> {
    asked.program.workflow().duties_of(table).next()?;
    Some((outstanding(asked, table), late(asked, table)))
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
            let about = About { period, due };
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

/// Returns that the report of an earlier time would have counted, had they been in when it was made.
fn late(asked: &Asked<'_>, table: &TableDefinition) -> Vec<String> {
    let (Some(period), Some(told), TableFrom::Items(of)) = (asked.period, asked.told, &table.from) else {
        return Vec::new();
    };
    let came = |item: &&Item| item.of == *of && item.opened > told;
    let mut came: Vec<(&Item, About)> =
        asked.case.all_items().filter(came).filter_map(|item| Some((item, About::of(item)?))).collect();
    let ledgers = asked.ledgers_then();
    let mut found = Vec::new();
    let earlier = std::iter::successors(Some(period.previous()), |p| Some(p.previous())).take(EARLIER_PERIODS_MAX);
    for earlier in earlier {
        if came.is_empty() {
            break;
        }
        let end = then_of(earlier.end());
        let sight = Sight::of_table(asked.program, asked.case, &ledgers, end, Some(earlier));
        came.retain(|(item, about)| {
            let counted = about.is_by(earlier.end()) && holds(&sight, table, &Target::Item(item.id)).unwrap_or(false);
            found.extend(counted.then(|| (item.id, item_name(asked.program.workflow(), item))));
            !counted
        });
    }
    found.sort_by_key(|(id, _)| *id);
    found.into_iter().map(|(_, name)| name).collect()
}

fn holds(sight: &Arc<Sight>, table: &TableDefinition, target: &Target) -> Option<bool> {
    table.filter.as_ref().map_or(Some(true), |filter| sight.holds(&filter.source, target).ok())
}
