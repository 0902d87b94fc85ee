//! Time: what is due rings, once each; after an outage the missed rungs of a clock ring as one, the latest.

#[cfg(test)]
mod tests;

use super::Deciding;
use super::{periods, silence, trouble};
use crate::calendar::Calendar;
use crate::case::event::{Body, ClockOf, Rung};
use crate::case::program::Program;
use crate::case::{Case, Clock};
use crate::clock::Moment;
use crate::deadline::{Deadline, Due, Fall, Fallen, Offset, Period, Schedule};
use crate::workflow::{Overdue, Report, Stage, Workflow};

/// When the case next wants to be woken: a rung of a clock, or a schedule. None when nothing runs.
pub fn next_wake(program: &Program, case: &Case, calendar: &Calendar) -> Option<Moment> {
    if case.closed.is_some() || case.held.is_some() {
        return None;
    }
    let runs = |c: &&Clock| !trouble::outage_is_asked(case, &c.of);
    let clocks = case.running().filter(runs).filter_map(|c| next_rung(c, calendar));
    let reports = program.workflow().reports.values().filter_map(|r| next_fall(program.workflow(), case, r, calendar));
    let silences = case.running().filter_map(|c| silence::falls(program.workflow(), case, c, calendar));
    clocks.chain(reports).chain(silences).chain(periods::next(program, case, calendar)).min()
}

/// The deadline of a clock of the case.
pub(in crate::case) fn deadline(clock: &Clock) -> Deadline {
    Deadline {
        from: clock.from.and_time(clock.since.unwrap_or_default()),
        budget: clock.budget.clone(),
        ledger: clock.ledger.clone(),
        count_start: clock.count_start,
        closes: clock.closes,
        region: clock.region.clone(),
        calendar: clock.calendar.clone(),
    }
}

/// What a clock has rung and rings once more when it runs out at another moment: what still lies ahead by that one. What
/// repeats goes on by itself.
pub(super) fn again(clock: &Clock, changed: &Deadline, calendar: &Calendar, now: Moment) -> Vec<Rung> {
    let Some(due) = changed.due(calendar) else { return Vec::new() };
    let calendar = calendar.of(changed.region.as_deref());
    let moment = |rung: &Rung| match rung {
        Rung::Due => Some(due.at),
        Rung::Remind(n) => Some(Offset::parse(clock.remind.get(*n)?).ok()?.first(&due, calendar)),
        Rung::Again(..) => None,
    };
    clock.rang.iter().filter(|rung| moment(rung).is_some_and(|at| at > now)).cloned().collect()
}

fn next_rung(clock: &Clock, calendar: &Calendar) -> Option<Moment> {
    let calendar = calendar.of(clock.region.as_deref());
    let due = deadline(clock).due(calendar)?;
    // A notice may not end in a year whose calendar nobody has published.
    let waits = matches!(clock.of, ClockOf::Period(_)) && due.provisional;
    let ends = (!waits && !clock.rang.contains(&Rung::Due)).then_some(due.at);
    let reminders = offsets(clock).filter_map(|(n, offset)| match rang_last(clock, n) {
        Rang::Never => Some(offset.first(&due, calendar)),
        Rang::Last(last) => offset.next(&due, calendar, last),
        Rang::ForGood => None,
    });
    ends.into_iter().chain(reminders).min()
}

/// The reminders of a clock, in the order they are written.
fn offsets(clock: &Clock) -> impl Iterator<Item = (usize, Offset)> {
    clock.remind.iter().enumerate().filter_map(|(n, text)| Some((n, Offset::parse(text).ok()?)))
}

/// What became of a reminder so far.
enum Rang {
    Never,
    Last(Moment),
    ForGood,
}

fn rang_last(clock: &Clock, n: usize) -> Rang {
    let found = clock.rang.iter().rev().find_map(|rung| match rung {
        Rung::Remind(of) if *of == n => Some(Rang::ForGood),
        Rung::Again(of, at) if *of == n => Some(Rang::Last(*at)),
        Rung::Remind(_) | Rung::Again(..) | Rung::Due => None,
    });
    found.unwrap_or(Rang::Never)
}

/// The schedule of a report, with the date until which it goes on when that is a param.
fn schedule(case: &Case, report: &Report) -> Schedule {
    let date = report.until.as_ref().and_then(|param| case.params.get(param)).and_then(|v| v.as_str());
    let until = date.and_then(crate::case::eval::first_day).or(report.schedule.until);
    Schedule { until, ..report.schedule }
}

/// What has fallen of a report and was not dealt with. It waits for those who were asked only after it fell, as after an outage:
/// until their day nobody owes what it would tell to be missing.
pub(super) fn fallen(workflow: &Workflow, case: &Case, report: &Report, until: Moment, calendar: &Calendar) -> Fallen {
    let after = case.fallen.get(&report.name).and_then(|p| Period::parse(p));
    let fallen = schedule(case, report).fallen(after, case.opened, until, calendar);
    let waits = |fall: &Fall| asked_since(workflow, case, report, fall, until, calendar);
    if fallen.falls.iter().any(waits) { Fallen::default() } else { fallen }
}

/// Whether somebody was asked after a report fell for what its tables count in it, and is not due yet.
fn asked_since(
    workflow: &Workflow,
    case: &Case,
    report: &Report,
    fall: &Fall,
    until: Moment,
    calendar: &Calendar,
) -> bool {
    let tables = report.tables.iter().filter_map(|name| workflow.tables.get(name));
    let mut duties = tables.flat_map(|table| workflow.duties_of(table));
    let is_due_later = |clock: &Clock| deadline(clock).due(calendar).is_some_and(|due| due.at > until);
    duties.any(|stage| {
        let counted = |period: Period| period.end() <= fall.period.end();
        // after an outage who is asked is asked in the same step
        let mut begun = periods::begun(workflow, case, stage, until, calendar).into_iter();
        if until.date() > fall.at.date() && begun.any(|duty| counted(duty.period) && duty.at > until) {
            return true;
        }
        let open = case.intakes_of(&stage.name).filter(|(_, intake)| !intake.closed);
        let mut open = open.filter(|(key, _)| Period::parse(key).is_some_and(counted));
        open.any(|(_, intake)| {
            let of = ClockOf::Answer(intake.batch);
            let mut clocks = case.clocks_of(&of);
            clocks.any(|clock| !clock.ended && clock.from > fall.at.date() && is_due_later(clock))
        })
    })
}

fn next_fall(workflow: &Workflow, case: &Case, report: &Report, calendar: &Calendar) -> Option<Moment> {
    if !fallen(workflow, case, report, case.latest, calendar).falls.is_empty() {
        return Some(case.latest);
    }
    schedule(case, report).falls_after(case.latest.max(case.opened), calendar).map(|f| f.at)
}

/// There is nothing to report of a time that was over before the case opened.
pub(in crate::case) fn nothing_to_report(case: &Case, period: &Period) -> bool {
    period.end() < case.opened.date()
}

impl Deciding<'_> {
    pub(super) fn ring(&mut self) {
        // what still runs in a case that was cancelled is nobody's concern
        if self.case.closed.is_some() {
            return;
        }
        let runs = |c: &&Clock| !trouble::outage_is_asked(&self.case, &c.of);
        let clocks: Vec<u32> = self.case.running().filter(runs).map(|c| c.id).collect();
        for clock in clocks {
            let Some(clock) = self.case.clocks.get(&clock).filter(|c| !c.ended).cloned() else { continue };
            self.ring_clock(&clock);
        }
        self.silences_by_time();
        self.fall();
        self.gates_by_time();
    }

    /// Silence that was put off when its clock had rung falls now.
    fn silences_by_time(&mut self) {
        let (workflow, calendar) = (self.program.workflow(), self.ledgers.calendar.clone());
        let fallen = |c: &&Clock| silence::falls(workflow, &self.case, c, &calendar).is_some_and(|at| at <= self.now);
        for clock in self.case.running().filter(fallen) {
            if let ClockOf::Named { item, .. } = clock.of {
                self.touched.fact(item);
            }
        }
    }

    fn ring_clock(&mut self, clock: &Clock) {
        let calendar = self.ledgers.calendar.clone();
        let calendar = calendar.of(clock.region.as_deref());
        let Some(due) = deadline(clock).due(calendar) else { return };
        let fallen = offsets(clock).filter_map(|(n, offset)| {
            let at = offset.latest(&due, calendar, self.now)?;
            let rung = if offset.repeats() { Rung::Again(n, at) } else { Rung::Remind(n) };
            let fresh = match rang_last(clock, n) {
                Rang::Never => true,
                Rang::Last(last) => last < at,
                Rang::ForGood => false,
            };
            fresh.then_some((at, rung))
        });
        let mut fallen: Vec<(Moment, Rung)> = fallen.collect();
        fallen.sort_unstable();
        let waits = matches!(clock.of, ClockOf::Period(_)) && due.provisional;
        let over = due.at <= self.now && !waits && !clock.rang.contains(&Rung::Due);
        // All that was missed rings as one: the end, or else the last reminder.
        let told = if over { None } else { fallen.pop() };
        for (_, rung) in fallen {
            self.emit(Body::ClockRang { clock: clock.id, rung, late: true });
        }
        if let Some((_, rung)) = told {
            self.emit(Body::ClockRang { clock: clock.id, rung, late: false });
        }
        if over {
            let late = self.now > due.at;
            self.emit(Body::ClockRang { clock: clock.id, rung: Rung::Due, late });
            self.run_out(clock, &due);
        }
        self.period_closes(clock);
    }

    fn run_out(&mut self, clock: &Clock, due: &Due) {
        match &clock.of {
            ClockOf::Period(batch) => self.period_over(*batch, due.date),
            ClockOf::Keep(batch) => self.take_down(*batch, "公示保留期满"),
            ClockOf::Grace(_) => {}
            ClockOf::Return(item) => {
                let (label, reason) = self.never_mended(*item);
                self.end_item(*item, &label, None, Some(reason), None);
            }
            ClockOf::Answer(batch) => self.answer_overdue(*batch),
            ClockOf::Gate { stage, key, .. } => self.gate_over(stage, key),
            ClockOf::Named { clock, item } => self.named_ran_out(clock, *item),
        }
    }

    /// How an item ends that nobody mended in time: as the outcome that sent it back says, else plainly.
    pub(super) fn never_mended(&self, item: u32) -> (String, String) {
        let workflow = self.program.workflow();
        let sent_back = self.case.item(item).and_then(|i| i.sent_back.as_ref());
        let outcome = sent_back.and_then(|(stage, outcome)| workflow.stage(stage)?.outcomes.get(outcome));
        let plain = || ("逾期未补正".to_string(), "补正期限已过".to_string());
        outcome.and_then(|o| o.overdue.clone()).map_or_else(plain, |(label, basis)| (label, format!("依据：{basis}")))
    }

    fn answer_overdue(&mut self, batch: u32) {
        let program = self.program;
        let Some(open) = self.case.batches.get(&batch).cloned() else { return };
        let Some(stage) = program.workflow().stage(&open.stage) else { return };
        if self.case.intake(&stage.name, &open.key).is_some_and(|i| i.batch == batch && !i.closed) {
            if open.key.is_empty() && !self.awaits_the_one(stage) {
                let missing = self.case.missing(&stage.name, "");
                self.close_intake(stage, "", missing, "报送期限已过");
            }
            return;
        }
        if let Some(Overdue::Ask(role)) = &stage.overdue {
            self.ask_about_overdue(role, &stage.title, &stage.name, open.items.first().copied());
        }
    }

    /// Whether an intake is for what the case is about, and that is not there: late is better than never.
    fn awaits_the_one(&self, stage: &Stage) -> bool {
        let items = &self.program.workflow().items;
        let of =
            stage.of.iter().find_map(|name| items.get(name)).or_else(|| items.values().find(|i| i.about.is_none()));
        of.is_some_and(|i| i.one && i.about.is_none()) && self.case.items.is_empty()
    }

    fn fall(&mut self) {
        let program = self.program;
        let calendar = self.ledgers.calendar.clone();
        for report in program.workflow().reports.values() {
            let fallen = fallen(program.workflow(), &self.case, report, self.now, &calendar);
            let skipped: Vec<String> = fallen.skipped.iter().map(|p| p.name().to_string()).collect();
            let count = fallen.falls.len();
            for (n, fall) in fallen.falls.into_iter().enumerate() {
                let skipped = if n + 1 == count { skipped.clone() } else { Vec::new() };
                self.emit(Body::ScheduleFell {
                    schedule: report.name.clone(),
                    period: fall.period.name().to_string(),
                    skipped,
                });
                if !nothing_to_report(&self.case, &fall.period) {
                    self.try_report(report, &fall.period);
                }
            }
        }
    }

    /// Whether a case that does nothing but report has a report to come.
    pub(super) fn reports_on(&self) -> bool {
        let workflow = self.program.workflow();
        let mut reports = workflow.reports.values();
        workflow.stages.is_empty()
            && reports.any(|r| next_fall(workflow, &self.case, r, &self.ledgers.calendar).is_some())
    }
}
