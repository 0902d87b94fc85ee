//! In whose calendar a limit is counted, and at which hour its last day is over: those of the office that must act.
//!
//! A limit to answer binds whoever is asked, or whom that was passed to; a clock over several stages those who answer the
//! stage that ends it; a notice's time those who put it up. What several must do by one day is counted in the calendar they
//! share, and in the national one when they share none. What a limit is counted by stands in its events, so that its date
//! follows from the log and the calendar by that name; when it is no longer what stands there, the limit is counted anew.

use super::Deciding;
use super::roles::offices_of;
use super::timers::{again, deadline};
use crate::case::event::{Ask, Body, ClockChange, ClockOf, Event};
use crate::case::ledger::Ledgers;
use crate::case::program::Program;
use crate::case::{Case, Clock, Task};
use crate::deadline::{Budget, Change, Deadline};
use crate::workflow::{From, Kind};
use chrono::{NaiveDate, NaiveTime};
use std::collections::BTreeSet;

/// The region in whose calendar a limit is counted, and the hour its last day is over.
type Counted = (Option<String>, Option<NaiveTime>);

/// Whether a limit that runs is to be counted anew: under another calendar, for another office or until another hour.
pub fn counts_otherwise(program: &Program, case: &Case, ledgers: &Ledgers) -> bool {
    case.running().any(|clock| is_stale(program, case, ledgers, clock))
}

fn is_stale(program: &Program, case: &Case, ledgers: &Ledgers, clock: &Clock) -> bool {
    let (region, closes) = counted(program, case, ledgers, &clock.of, clock.closes);
    let version = ledgers.calendar.of(region.as_deref()).version();
    let extended = clock.ledger.iter().any(|change| matches!(change, Change::Extend { .. }));
    let looks_at_days = extended || matches!(clock.budget, Budget::Span(_));
    region != clock.region || closes != clock.closes || looks_at_days && clock.calendar != version
}

/// How a limit is counted today; `said` is the hour its schedule says.
fn counted(program: &Program, case: &Case, ledgers: &Ledgers, of: &ClockOf, said: Option<NaiveTime>) -> Counted {
    let offices = &ledgers.offices;
    // where no office says anything there is nothing to look for
    if offices.offices.values().all(|office| office.calendar.is_none() && office.closes.is_none()) {
        return (None, said.filter(|_| is_a_duty(program, case, of)));
    }
    let bound = bound(program, case, ledgers, of);
    let (region, closes) = offices.counting(bound.iter().map(String::as_str));
    match of {
        // what the public has is not cut short by an office's hours
        ClockOf::Period(_) | ClockOf::Grace(_) | ClockOf::Keep(_) => (region, None),
        ClockOf::Answer(_) if is_a_duty(program, case, of) => (region, said),
        ClockOf::Answer(_) | ClockOf::Return(_) | ClockOf::Gate { .. } | ClockOf::Named { .. } => (region, closes),
    }
}

/// The region in whose calendar a limit would be counted today; none: the national one.
pub(in crate::case) fn region_of(program: &Program, case: &Case, ledgers: &Ledgers, of: &ClockOf) -> Option<String> {
    counted(program, case, ledgers, of, None).0
}

/// Whether a limit is that of a duty that comes round: its schedule says the hour.
fn is_a_duty(program: &Program, case: &Case, of: &ClockOf) -> bool {
    let ClockOf::Answer(batch) = of else { return false };
    let stage = case.batches.get(batch).and_then(|b| program.workflow().stage(&b.stage));
    stage.is_some_and(|stage| matches!(stage.from, From::Every(..)))
}

/// The offices a limit binds; the opener where nobody is known.
fn bound(program: &Program, case: &Case, ledgers: &Ledgers, of: &ClockOf) -> Vec<String> {
    let workflow = program.workflow();
    let acting = |by: &[String], item: Option<u32>| offices_of(workflow, &ledgers.offices, case, by, item);
    let of_batch = |batch: &u32| {
        let batch = case.batches.get(batch)?;
        let (stage, first) = (workflow.stage(&batch.stage)?, batch.items.first().copied());
        let asked = match case.intake(&batch.stage, &batch.key) {
            Some(intake) if intake.batch == batch.id => intake.expected.clone(),
            Some(_) | None if !batch.signers.is_empty() => batch.signers.clone(),
            Some(_) | None => acting(&stage.by, first),
        };
        let tasks = case.tasks_in(batch.id).chain(first.into_iter().flat_map(|item| case.tasks_of(item)));
        Some(passed(asked, tasks.filter(|t| t.stage.as_ref() == Some(&batch.stage))))
    };
    let found = match of {
        ClockOf::Answer(batch) | ClockOf::Period(batch) | ClockOf::Grace(batch) | ClockOf::Keep(batch) => {
            of_batch(batch)
        }
        ClockOf::Return(item) => case.item(*item).and_then(|found| {
            let stage = workflow.stage(found.stage()?)?;
            let mends = stage.kind == Kind::Recommend;
            Some(if mends { acting(&["owner".to_string()], Some(*item)) } else { acting(&stage.by, Some(*item)) })
        }),
        ClockOf::Gate { stage, .. } => workflow.stage(stage).map(|stage| acting(&stage.by, None)),
        ClockOf::Named { clock, item } => {
            let until = workflow.clocks.get(clock).and_then(|clock| workflow.stage(clock.until.as_ref()?));
            until.map(|stage| {
                let tasks = case.tasks_of(*item).filter(|t| t.stage.as_ref() == Some(&stage.name));
                passed(acting(&stage.by, Some(*item)), tasks)
            })
        }
    };
    found.filter(|offices| !offices.is_empty()).unwrap_or_else(|| vec![case.opener.clone()])
}

/// Each office, or whom its task was passed to.
fn passed<'a>(asked: Vec<String>, tasks: impl Iterator<Item = &'a Task>) -> Vec<String> {
    let answers = |t: &&Task| matches!(t.ask, Ask::Nominate | Ask::Correct | Ask::Answer);
    let tasks: Vec<&Task> = tasks.filter(answers).collect();
    let now = |office: String| tasks.iter().find(|t| t.opened_for == office).map_or(office, |t| t.office.clone());
    asked.into_iter().map(now).collect()
}

impl Deciding<'_> {
    /// Starts a limit, counted for whoever must act.
    pub(super) fn run(&mut self, of: ClockOf, limit: Deadline, remind: Vec<String>) {
        let (region, closes) = counted(self.program, &self.case, &self.ledgers, &of, limit.closes);
        let calendar = self.ledgers.calendar.of(region.as_deref()).version().to_string();
        let limit = Deadline { region, closes, calendar, ..limit };
        let due = limit.due(&self.ledgers.calendar).map(|due| due.date);
        self.emit(Body::ClockStarted {
            clock: self.case.clocks.keys().next_back().copied().unwrap_or(0) + 1,
            of,
            from: limit.from.date(),
            since: Some(limit.from.time()).filter(|time| *time != NaiveTime::MIN),
            budget: limit.budget,
            count_start: limit.count_start,
            remind,
            calendar: limit.calendar,
            closes: limit.closes,
            region: limit.region,
            due,
        });
    }

    /// Where somebody else must act now, what he must do is counted for him.
    pub(super) fn count_for_others(&mut self) {
        let passed = |e: &Event| matches!(e.body, Body::TaskPassed { .. } | Body::SignersChanged { .. });
        if self.faults.is_empty() && self.events.iter().any(passed) {
            self.recount();
        }
    }

    /// Open clocks are counted under the calendars now in force, of whoever must act now; an announced period never becomes
    /// shorter.
    pub(super) fn recount(&mut self) {
        let stale = |c: &&Clock| is_stale(self.program, &self.case, &self.ledgers, c);
        let stale: Vec<Clock> = self.case.running().filter(stale).cloned().collect();
        let mut renewed: BTreeSet<u64> = BTreeSet::new();
        for clock in stale {
            if self.count_anew(&clock) {
                renewed.extend(self.sheets_of(&clock.of));
            }
        }
        // whoever reads a workbook must find the day that now holds
        for task in renewed {
            self.revise_task(task, Vec::new());
        }
    }

    /// Counts a clock anew, and says whether it runs out on another day.
    fn count_anew(&mut self, clock: &Clock) -> bool {
        let (region, closes) = counted(self.program, &self.case, &self.ledgers, &clock.of, clock.closes);
        let calendar = self.ledgers.calendar.clone();
        let version = calendar.of(region.as_deref()).version().to_string();
        let before = self.told(clock);
        let anew = Clock { region: region.clone(), closes, ..clock.clone() };
        let counted = deadline(&anew).due(&calendar).map(|due| due.date);
        let announced = matches!(clock.of, ClockOf::Period(_));
        let after = if announced { counted.max(before) } else { counted };
        let again = again(clock, &deadline(&anew), &calendar, self.now);
        let change = ClockChange::Recount { calendar: version, before, after, region, closes, again };
        self.emit(Body::ClockChanged { clock: clock.id, change });
        if let (ClockOf::Period(batch), true) = (&clock.of, after != before) {
            self.renew_notice(*batch);
        }
        after != before
    }

    /// The open workbooks that say until when: those of the batch, or of the item.
    fn sheets_of(&self, of: &ClockOf) -> Vec<u64> {
        let (batch, items) = match of {
            ClockOf::Answer(batch) => {
                (Some(*batch), self.case.batches.get(batch).map(|b| b.items.clone()).unwrap_or_default())
            }
            ClockOf::Return(item) | ClockOf::Named { item, .. } => (None, vec![*item]),
            ClockOf::Period(_) | ClockOf::Grace(_) | ClockOf::Keep(_) | ClockOf::Gate { .. } => (None, Vec::new()),
        };
        let of_items = items.iter().flat_map(|item| self.case.tasks_of(*item));
        let asks = |t: &&Task| matches!(t.ask, Ask::Nominate | Ask::Correct | Ask::Answer);
        let of_batch = batch.into_iter().flat_map(|batch| self.case.tasks_in(batch));
        of_items.chain(of_batch).filter(asks).map(|t| t.id).collect()
    }

    /// The date a clock was last told with: what it was announced with, what its notice states, else what the log says.
    fn told(&self, clock: &Clock) -> Option<NaiveDate> {
        let stated = || {
            let ClockOf::Period(batch) = clock.of else { return None };
            let notice = self.case.papers(batch).filter(|d| d.notice).last()?;
            crate::case::eval::first_day(notice.fields.get("公示")?.get("截止日期")?.as_str()?)
        };
        let announced = clock.ledger.iter().rev().find_map(|change| {
            let Change::Announce { until, .. } = change else { return None };
            Some(*until)
        });
        let told = announced.or_else(stated).or(clock.told);
        told.or_else(|| deadline(clock).due(&self.ledgers.calendar).map(|d| d.date))
    }
}
