//! 11. Each due point of a clock rings once. 12. A clock is what its ledger says, in whatever order it was written, stands as the log has it, is told so, and rings no earlier.

use crate::case::Case;
use crate::case::decide::deadline_of;
use crate::case::event::{Body, ClockChange, ClockOf, Event, Rung};
use crate::case::ledger::Ledgers;
use crate::deadline::{Change, Deadline};
use std::collections::{BTreeMap, BTreeSet};

/// A clock as the log tells it.
struct Told<'a> {
    of: &'a ClockOf,
    deadline: Deadline,
}

pub(super) fn check(case: &Case, log: &[Event], ledgers: &Ledgers, found: &mut Vec<String>) {
    let told = replay(log, ledgers, found);
    let running: BTreeSet<u32> = case.running().map(|clock| clock.id).collect();
    for (id, clock) in &case.clocks {
        let now = deadline_of(clock);
        let calendar = ledgers.calendar.of(clock.region.as_deref());
        let same = clock.calendar == calendar.version() && calendar.region() == clock.region.as_deref();
        // what was told is what is counted, as long as the calendar is the one it was told by
        let counted = now.due(&ledgers.calendar).map(|due| due.date);
        if same && running.contains(id) && clock.told != counted {
            found.push(format!("12: clock {id} was told with {:?} and counts to {counted:?}", clock.told));
        }
        if told.get(id).map(|t| &t.deadline) != Some(&now) {
            found.push(format!("12: clock {id} is not what its log says"));
        }
        if now.ledger.len() > 1 && !clock.ended {
            let mut otherwise = now.clone();
            otherwise.ledger.reverse();
            if otherwise.due(&ledgers.calendar) != now.due(&ledgers.calendar) {
                found.push(format!("12: when clock {id} is due hangs on the order in which its entries were made"));
            }
        }
    }
}

/// The clocks of a log; those that rang before their time by the calendar in force are found.
fn replay<'a>(log: &'a [Event], ledgers: &Ledgers, found: &mut Vec<String>) -> BTreeMap<u32, Told<'a>> {
    let mut clocks: BTreeMap<u32, Told<'a>> = BTreeMap::new();
    for event in log {
        match &event.body {
            Body::ClockStarted { clock, of, .. } => {
                clocks.extend(event.body.started_deadline().map(|deadline| (*clock, Told { of, deadline })));
            }
            Body::ClockChanged { clock, change } => {
                let Some(told) = clocks.get_mut(clock) else { continue };
                match change {
                    ClockChange::End => {}
                    ClockChange::Entered { entries, .. } => told.deadline.ledger.extend(entries.iter().cloned()),
                    ClockChange::Recount { calendar, after, region, closes, .. } => {
                        told.deadline.calendar.clone_from(calendar);
                        told.deadline.region.clone_from(region);
                        told.deadline.closes = *closes;
                        if let (ClockOf::Period(_), Some(until)) = (told.of, *after) {
                            let date = told.deadline.from.date();
                            told.deadline.ledger.push(Change::Announce { date, until });
                        }
                    }
                }
            }
            Body::ClockRang { clock, rung: Rung::Due, .. } => {
                let version = |t: &Told<'_>| ledgers.calendar.of(t.deadline.region.as_deref()).version();
                let told = clocks.get(clock).filter(|t| t.deadline.calendar == version(t));
                let due = told.and_then(|t| t.deadline.due(&ledgers.calendar));
                if due.is_some_and(|due| event.at < due.at) {
                    found.push(format!("12: clock {clock} ran out before its time"));
                }
            }
            _ => {}
        }
    }
    clocks
}

/// 11. Each due point of each clock rings once, and once more only when a change of the clock has put it off.
pub(super) fn rungs(log: &[Event], found: &mut Vec<String>) {
    let mut rang: BTreeSet<(u32, Rung)> = BTreeSet::new();
    for event in log {
        if let Body::ClockRang { clock, rung, .. } = &event.body
            && !rang.insert((*clock, rung.clone()))
        {
            found.push(format!("11: clock {clock} rang {rung:?} twice"));
        }
        if let Body::ClockChanged { clock, change } = &event.body
            && let ClockChange::Entered { again, before, after, .. } | ClockChange::Recount { again, before, after, .. } =
                change
        {
            for rung in again {
                if !rang.remove(&(*clock, rung.clone())) || after.is_none() || before.is_some() && before > after {
                    found.push(format!("11: {rung:?} of clock {clock} is not put off"));
                }
            }
        }
    }
}
