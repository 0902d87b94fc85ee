//! Duties that come round (LANGUAGE §8 `from: { every: … }`): an intake for every period, opened when the period begins and
//! due at the schedule's fall; and gates by month or period, which open when their time is over.

#[cfg(test)]
mod tests;

use super::Deciding;
use super::gate::feeding;
use crate::calendar::Calendar;
use crate::case::event::{Body, ClockOf, QuestionAbout, Rung};
use crate::case::program::Program;
use crate::case::{Batch, Case, Clock};
use crate::clock::Moment;
use crate::deadline::{Budget, CatchUp, DayRule, Every, Fall, Offset, Period, Reported, Roll, Schedule};
use crate::workflow::{Each, From, Kind, Stage, Workflow};
use chrono::{NaiveDate, NaiveTime};

/// The schedule of a stage's duty, with the date until which it goes on when that is a param.
pub(in crate::case) fn duty(case: &Case, stage: &Stage) -> Option<Schedule> {
    let From::Every(schedule, until) = &stage.from else { return None };
    let date = until.as_ref().and_then(|param| case.params.get(param)).and_then(|v| v.as_str());
    let until = date.and_then(crate::case::eval::first_day).or(schedule.until);
    Some(Schedule { until, ..*schedule })
}

/// The schedules by which the time of a gate's keys is over, and the names they fell under; none when it is no gate by time.
/// A gate `each: period` has the periods of the duties whose items come to it: of several that go by unlike periods one
/// schedule for each, and where periods are so many months, those that are counted from the duty's `first`.
fn gates(workflow: &Workflow, stage: &Stage) -> Vec<(String, Schedule)> {
    let Each::Fields(fields) = &stage.each else { return Vec::new() };
    let mut found: Vec<(String, Schedule)> = Vec::new();
    let mut add = |every, first: Option<NaiveDate>| {
        let first = first.filter(|_| matches!(every, Every::Months(_)));
        if found.iter().any(|(_, known)| (known.every, known.first) == (every, first)) {
            return;
        }
        let day = if every == Every::Week { DayRule::Weekday(chrono::Weekday::Mon) } else { DayRule::Day(1) };
        let name = if found.is_empty() { stage.name.clone() } else { format!("{}/{}", stage.name, found.len() + 1) };
        let schedule = Schedule {
            every,
            day,
            time: NaiveTime::MIN,
            roll: Roll::Stay,
            first,
            until: None,
            reported: Reported::Previous,
            catch_up: CatchUp::Last,
        };
        found.push((name, schedule));
    };
    if fields.iter().any(|f| f == "month") {
        add(Every::Month, None);
    } else if fields.iter().any(|f| f == "period") {
        let index = workflow.stage_index(&stage.name).unwrap_or_default();
        for duty in feeding(workflow, index, stage) {
            if let From::Every(schedule, _) = &duty.from {
                add(schedule.every, schedule.first);
            }
        }
    }
    found
}

fn last(case: &Case, schedule: &str) -> Option<Period> {
    case.fallen.get(schedule).and_then(|p| Period::parse(p))
}

/// The last period of a gate's schedule that is dealt with. What was written down under another cycle, as a log from before
/// gates knew their own may have it, tells how far time has come.
fn last_of_gate(case: &Case, name: &str, schedule: &Schedule) -> Option<Period> {
    let fell = last(case, name)?;
    let own = Period::containing(schedule.every, schedule.first, fell.end());
    Some(if own.end() > fell.end() { own.previous() } else { own })
}

/// Since when a duty goes on: the case is open and what stands before everything else is done. None while it is not.
fn born(workflow: &Workflow, case: &Case, stage: &Stage) -> Option<Moment> {
    let before = workflow.stages.iter().take_while(|s| s.name != stage.name).filter(|s| s.of_case);
    before.into_iter().try_fold(case.opened, |born, barrier| {
        let (batch, _) = case.index.rounds(&barrier.name, "")?;
        Some(born.max(case.batches.get(&batch)?.done?))
    })
}

/// The periods of a duty that have begun by a moment and that nobody was asked for yet, each falling due.
pub(super) fn begun(workflow: &Workflow, case: &Case, stage: &Stage, until: Moment, calendar: &Calendar) -> Vec<Fall> {
    let begun = duty(case, stage).zip(born(workflow, case, stage)).map(|(schedule, born)| {
        let begun = schedule.begun(last(case, &stage.name), born, until, calendar);
        begun.falls
    });
    begun.unwrap_or_default()
}

/// When a period next begins or a gate's time is next over.
pub(super) fn next(program: &Program, case: &Case, calendar: &Calendar) -> Option<Moment> {
    let workflow = program.workflow();
    // one that nobody can hand in to waits for an answer, and for no time
    let blocked = |stage: &&Stage| {
        case.open_questions().any(|q| matches!(&q.about, QuestionAbout::Blocked { stage: s, batch: None, items } if *s == stage.name && items.is_empty()))
    };
    let duties = workflow.stages.iter().filter(|stage| !blocked(stage)).filter_map(|stage| {
        let born = born(workflow, case, stage)?;
        let begins = duty(case, stage)?.begins(last(case, &stage.name), born, calendar)?;
        Some(begins.max(case.latest))
    });
    let gates = workflow.stages.iter().flat_map(|stage| gates(workflow, stage)).filter_map(|(name, schedule)| {
        let missed = schedule.fallen(last_of_gate(case, &name, &schedule), case.opened, case.latest, calendar);
        if missed.falls.is_empty() {
            schedule.falls_after(case.latest, calendar).map(|fall| fall.at)
        } else {
            Some(case.latest)
        }
    });
    duties.chain(gates).min()
}

impl<'a> Deciding<'a> {
    /// The gates whose time is over.
    pub(super) fn gates_by_time(&mut self) {
        let workflow = self.program.workflow();
        for (name, schedule) in workflow.stages.iter().flat_map(|stage| gates(workflow, stage)) {
            let calendar = self.ledgers.calendar.clone();
            let last = last_of_gate(&self.case, &name, &schedule);
            let over = schedule.fallen(last, self.case.opened, self.now, &calendar);
            for fall in over.falls {
                self.fell(&name, &fall.period, &over.skipped);
            }
        }
    }

    fn fell(&mut self, schedule: &str, period: &Period, skipped: &[Period]) {
        self.emit(Body::ScheduleFell {
            schedule: schedule.to_string(),
            period: period.name(),
            skipped: skipped.iter().map(|p| p.name()).collect(),
        });
    }

    /// Opens the intakes of the periods that have begun.
    pub(super) fn begin_periods(&mut self, stage: &'a Stage) {
        let Some(schedule) = duty(&self.case, stage) else { return };
        let Some(born) = born(self.program.workflow(), &self.case, stage) else { return };
        let calendar = self.ledgers.calendar.clone();
        let begun = schedule.begun(last(&self.case, &stage.name), born, self.now, &calendar);
        let count = begun.falls.len();
        if let (0, Some(over)) = (count, begun.skipped.last()) {
            self.fell(&stage.name, over, &begun.skipped);
        }
        for (n, fall) in begun.falls.into_iter().enumerate() {
            let skipped: &[Period] = if n + 1 == count { &begun.skipped } else { &[] };
            let opened = self.attempt(stage, None, &[], |this| {
                this.fell(&stage.name, &fall.period, skipped);
                this.open_period(stage, &fall);
            });
            if !opened {
                return;
            }
        }
    }

    fn open_period(&mut self, stage: &'a Stage, fall: &Fall) {
        let expected = self.actors(&stage.by, None);
        if expected.is_empty() {
            let say = format!("{}没有应报送的单位，请核对单位名录。", fall.period.title());
            return self.refuse("", say);
        }
        let batch = self.begin_intake(stage, fall.period.name(), expected);
        let remind = stage.remind.iter().map(ToString::to_string).collect();
        let closes = Some(fall.at.time()).filter(|time| *time != NaiveTime::MIN);
        let (from, budget) = (self.now.date(), Budget::By(fall.at.date()));
        self.start_clock_until(ClockOf::Answer(batch), (from, budget), false, remind, closes);
    }

    /// The limit of a period has passed. It takes in until the last reminder after the limit has rung.
    pub(super) fn period_closes(&mut self, clock: &Clock) {
        let ClockOf::Answer(batch) = clock.of else { return };
        let Some(clock) = self.case.clocks.get(&clock.id).filter(|c| c.rang.contains(&Rung::Due)).cloned() else {
            return;
        };
        let Some(batch) = self.case.batches.get(&batch).cloned() else { return };
        let program = self.program;
        let Some(stage) = program.workflow().stage(&batch.stage).filter(|s| matches!(s.from, From::Every(..))) else {
            return;
        };
        let to_come = clock.remind.iter().enumerate().any(|(n, text)| {
            let once = Offset::parse(text).is_ok_and(|offset| !offset.repeats());
            once && !clock.rang.contains(&Rung::Remind(n))
        });
        let open = self.case.intake(&batch.stage, &batch.key).is_some_and(|i| !i.closed);
        if open && !to_come {
            self.close_intake(stage, &batch.key, self.case.missing(&stage.name, &batch.key), "报送期限已过");
        }
    }

    /// What an item of a periodic duty is of: its period, and the day it was due.
    pub(super) fn period_fields(&self, batch: Option<u32>) -> crate::case::Fields {
        let due = |batch: &Batch| self.case.clocks_of(&ClockOf::Answer(batch.id)).next().map(due_day);
        let of = batch.and_then(|id| self.case.batches.get(&id)).filter(|b| !b.key.is_empty());
        let mut fields = crate::case::Fields::new();
        if let Some(batch) = of {
            fields.insert("period".to_string(), serde_json::Value::from(batch.key.clone()));
            fields.extend(due(batch).map(|day| ("due".to_string(), serde_json::Value::from(day.to_string()))));
        }
        fields
    }

    /// Whether nobody will hand anything in any more that belongs to a key of this gate.
    pub(super) fn intake_over(&self, intake: &Stage, gate_stage: &Stage, key: &str) -> bool {
        let workflow = self.program.workflow();
        let schedules = gates(workflow, gate_stage);
        let (false, Each::Fields(fields)) = (schedules.is_empty(), &gate_stage.each) else {
            return self.intake_closed_for_good(intake);
        };
        let word = if fields.iter().any(|f| f == "month") { "month" } else { "period" };
        let part = fields.iter().position(|f| f == word).and_then(|n| key.split('/').nth(n));
        let Some(time) = part.and_then(Period::parse) else { return self.intake_closed_for_good(intake) };
        let dealt_with = schedules.iter().filter(|(_, schedule)| schedule.every == time.every());
        let mut fallen = dealt_with.filter_map(|(name, schedule)| last_of_gate(&self.case, name, schedule));
        let fell = fallen.any(|fallen| fallen.end() >= time.end());
        let over = fell || time.end() < self.case.opened.date();
        if !matches!(intake.from, From::Every(..)) {
            return over || self.intake_closed_for_good(intake);
        }
        let of_it = |batch: &Batch| match word {
            "month" => self.case.clocks_of(&ClockOf::Answer(batch.id)).next().is_some_and(|c| time.has(due_day(c))),
            _ => batch.key == time.name(),
        };
        let mut theirs = self
            .case
            .intakes_of(&intake.name)
            .filter(|(_, i)| self.case.batches.get(&i.batch).is_some_and(|b| of_it(b)));
        over && theirs.all(|(_, i)| i.closed)
    }

    /// Whether an intake is closed, and no period of it is to come.
    pub(super) fn intake_closed_for_good(&self, stage: &Stage) -> bool {
        match duty(&self.case, stage) {
            None => {
                let closed = self.case.intake(&stage.name, "").is_some_and(|i| i.closed);
                closed && !self.is_asked_about(&stage.name)
            }
            Some(schedule) => {
                let born = born(self.program.workflow(), &self.case, stage);
                let next =
                    born.map(|born| schedule.begins(last(&self.case, &stage.name), born, &self.ledgers.calendar));
                next == Some(None) && self.case.intakes_of(&stage.name).all(|(_, i)| i.closed)
            }
        }
    }

    /// Whether every stage that takes items in has done so.
    pub(super) fn taken_in(&self) -> bool {
        let stages = &self.program.workflow().stages;
        stages.iter().filter(|s| s.kind == Kind::Recommend).all(|s| self.intake_closed_for_good(s))
    }
}

fn due_day(clock: &Clock) -> chrono::NaiveDate {
    match clock.budget {
        Budget::By(day) => day,
        Budget::Span(_) => clock.from,
    }
}
