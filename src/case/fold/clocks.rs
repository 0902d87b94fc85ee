//! Folds what happens to limits.

use crate::case::event::{Body, ClockChange, ClockOf, Rung};
use crate::case::{Case, Clock};
use crate::deadline;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl Case {
    pub(super) fn apply_clock(&mut self, body: &Body) {
        match body {
            Body::ClockStarted {
                clock,
                of,
                from,
                since,
                budget,
                count_start,
                remind,
                calendar,
                closes,
                region,
                due,
            } => {
                let new = Clock {
                    id: *clock,
                    of: of.clone(),
                    from: *from,
                    since: *since,
                    budget: budget.clone(),
                    count_start: *count_start,
                    remind: remind.clone(),
                    region: region.clone(),
                    calendar: calendar.clone(),
                    told: *due,
                    closes: *closes,
                    ledger: Vec::new(),
                    sources: BTreeMap::new(),
                    rang: BTreeSet::new(),
                    ended: false,
                };
                self.index.clock(None, Some(&new));
                self.clocks.insert(*clock, Arc::new(new));
            }
            Body::ClockChanged { clock, change } => self.change_clock(*clock, |c| match change {
                ClockChange::End => c.ended = true,
                ClockChange::Entered { entries, source, after, again, .. } => {
                    c.rang.retain(|rung| !again.contains(rung));
                    c.ledger.extend(entries.iter().cloned());
                    c.told = *after;
                    if let Some(source) = source {
                        *c.sources.entry(source.clone()).or_default() += 1;
                    }
                }
                ClockChange::Recount { calendar, after, region, closes, again, .. } => {
                    c.rang.retain(|rung| !again.contains(rung));
                    c.calendar.clone_from(calendar);
                    c.region.clone_from(region);
                    c.closes = *closes;
                    c.told = *after;
                    if let (ClockOf::Period(_), Some(until)) = (&c.of, *after) {
                        c.ledger.push(deadline::Change::Announce { date: c.from, until });
                    }
                }
            }),
            Body::ClockRang { clock, rung, .. } => self.change_clock(*clock, |c| {
                c.rang.insert(rung.clone());
                // Whoever must answer is reminded until he has; everything else is over.
                let goes_on = matches!(c.of, ClockOf::Answer(_) | ClockOf::Named { .. });
                c.ended |= *rung == Rung::Due && !goes_on;
            }),
            other => unreachable!("not a clock's event: {other:?}"),
        }
    }
}
