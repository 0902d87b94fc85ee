//! The words of what happens to limits.

use super::Words;
use crate::case::decide;
use crate::case::event::{Body, ClockChange, ClockOf, Rung};
use crate::deadline::{Budget, Deadline};
use chrono::NaiveDate;

impl Words<'_> {
    pub(super) fn clock_name(&self, of: &ClockOf) -> String {
        match of {
            ClockOf::Answer(batch) => format!("answer limit of {}", self.batch(*batch)),
            ClockOf::Period(batch) => format!("公示期 ({})", self.batch(*batch)),
            ClockOf::Grace(batch) => format!("公示期满后的邮寄宽限期 ({})", self.batch(*batch)),
            ClockOf::Keep(batch) => format!("公示保留期 ({})", self.batch(*batch)),
            ClockOf::Return(item) => format!("mending of {}", self.item(*item)),
            ClockOf::Gate { stage, key, round } => {
                let key = if key.is_empty() { String::new() } else { format!(" {key}") };
                format!("wait of {}{key}, round {round}, for those who are late", self.stage(stage))
            }
            ClockOf::Named { clock, item } => format!("{clock} ({})", self.item(*item)),
        }
    }

    fn clock(&self, id: u32) -> String {
        self.case.clocks.get(&id).map_or_else(|| format!("clock {id}"), |c| self.clock_name(&c.of))
    }

    pub(super) fn of_clock(&self, body: &Body) -> Option<String> {
        Some(match body {
            Body::ClockStarted { of, from, .. } => {
                let deadline = body.started_deadline()?;
                format!("{} from {from}, {}", self.clock_name(of), self.reckoned(&deadline))
            }
            Body::ClockChanged { clock, change: ClockChange::End } => format!("{} stopped", self.clock(*clock)),
            Body::ClockChanged { clock, change: ClockChange::Entered { before, after, .. } } => {
                let day = |d: &Option<NaiveDate>| d.map_or("standing still".to_string(), |d| d.to_string());
                let deadline = self.case.clocks.get(clock).map(|c| decide::deadline_of(c));
                let why = deadline.map(|d| format!(" ({})", d.explain(&self.ledgers.calendar).sentence));
                let why = why.unwrap_or_default();
                match (before, after) {
                    (None, None) => return Some(format!("{} goes on standing still{why}", self.clock(*clock))),
                    (Some(before), Some(after)) if before == after => {
                        return Some(format!("{} looked at again: {after} stays{why}", self.clock(*clock)));
                    }
                    (Some(_) | None, _) => {}
                }
                format!("{} changed: {} → {}{why}", self.clock(*clock), day(before), day(after))
            }
            Body::ClockChanged { clock, change: ClockChange::Recount { calendar, before, after, region, .. } } => {
                let day = |d: &Option<NaiveDate>| d.map_or("standing still".to_string(), |d| d.to_string());
                let calendar = region.iter().chain([calendar]).cloned().collect::<Vec<String>>().join(" ");
                let why = self
                    .case
                    .clocks
                    .get(clock)
                    .map(|c| decide::deadline_of(c).explain(&self.ledgers.calendar).sentence);
                let why = why.map(|w| format!(" ({w})")).unwrap_or_default();
                let moved = match before == after {
                    true => format!("{} as before", day(after)),
                    false => format!("{} → {}", day(before), day(after)),
                };
                format!("{} counted anew by calendar {calendar}: {moved}{why}", self.clock(*clock))
            }
            Body::ClockRang { clock, rung, late } => {
                let what = match (rung, *late) {
                    (Rung::Remind(n) | Rung::Again(n, _), false) => format!("reminder {}", n + 1),
                    (Rung::Remind(n) | Rung::Again(n, _), true) => {
                        format!("reminder {}, told with what follows", n + 1)
                    }
                    (Rung::Due, false) => "its time is over".to_string(),
                    (Rung::Due, true) => {
                        "its time is over (told late: it was over before, or the daemon was down)".to_string()
                    }
                };
                format!("{}: {what}", self.clock(*clock))
            }
            _ => return None,
        })
    }

    /// `5 workdays → 2022-06-10 (why)`.
    fn reckoned(&self, deadline: &Deadline) -> String {
        let asked = match &deadline.budget {
            Budget::Span(span) => span.to_string(),
            Budget::By(date) => format!("by {date}"),
        };
        let due = deadline.due(&self.ledgers.calendar).map(|d| d.date.to_string()).unwrap_or_default();
        format!("{asked} → {due} ({})", deadline.explain(&self.ledgers.calendar).sentence)
    }
}
