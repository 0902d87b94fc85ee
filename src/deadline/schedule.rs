//! Schedules: something falls once in every week, month, quarter or year, on a day told by rule.
//!
//! Guarantees: a period falls at most once, whatever a new calendar does to its day ([`Schedule::fallen`] goes by periods,
//! not by moments); falls come in the order of their periods. A day the period has not (31st of April, 23rd workday of
//! February) is its last. Limit: [`FALLS_MAX`] falls are made up for at once.

mod begun;
mod read;
#[cfg(test)]
mod tests;
mod title;

pub use begun::Begun;
pub use read::ScheduleText;

use super::period::{Every, Period};
use crate::calendar::Calendar;
use crate::clock::Moment;
use chrono::{Datelike, Days, NaiveDate, NaiveTime, Weekday};

/// Most periods made up for at once, the latest ones.
pub const FALLS_MAX: usize = 400;
/// Periods looked at before and after a moment to find the next fall: a rolled day strays at most over a long holiday.
const STRAY_PERIODS: usize = 3;
const SEARCH_PERIODS_MAX: usize = 60;

/// The day of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayRule {
    /// that day of the week
    Weekday(Weekday),
    /// its n-th day
    Day(u32),
    /// its n-th workday
    Workday(u32),
    /// its last day; also 下旬 and 月底
    Last,
    /// its last workday
    LastWorkday,
    /// month and day of the year
    Date(u32, u32),
}

/// What becomes of a day off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Roll {
    /// the workday before it
    Back,
    /// the workday after it
    #[default]
    Forward,
    /// nothing
    Stay,
}

/// The period a fall speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reported {
    /// the one before the one it falls in
    #[default]
    Previous,
    /// the one it falls in
    Current,
}

/// Which of the falls missed while the daemon was down are made up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CatchUp {
    /// the latest
    #[default]
    Last,
    /// each
    All,
    /// none: one that should have been on an earlier day is skipped
    None,
}

/// A schedule of a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// the periods
    pub every: Every,
    /// the day in each
    pub day: DayRule,
    /// the time of that day
    pub time: NaiveTime,
    /// what becomes of a day off
    pub roll: Roll,
    /// no fall whose day, before rolling, is earlier
    pub first: Option<NaiveDate>,
    /// no fall whose day, before rolling, is later
    pub until: Option<NaiveDate>,
    /// the period it speaks of
    pub reported: Reported,
    /// what is made up for
    pub catch_up: CatchUp,
}

/// One fall of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fall {
    /// when
    pub at: Moment,
    /// the period it speaks of; no two falls of a schedule speak of one period
    pub period: Period,
}

/// What is to be done now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fallen {
    /// these fall, in order
    pub falls: Vec<Fall>,
    /// these are passed over, in order
    pub skipped: Vec<Period>,
}

impl Schedule {
    /// The first fall after `moment`; none when there is none any more.
    pub fn falls_after(&self, moment: Moment, calendar: &Calendar) -> Option<Fall> {
        let mut slot = self.slot_about(moment.date().max(self.first.unwrap_or(NaiveDate::MIN)));
        for _ in 0..SEARCH_PERIODS_MAX {
            if self.is_over(slot) {
                return None;
            }
            if let Some(fall) = self.fall_in(slot, calendar).filter(|fall| fall.at > moment) {
                return Some(fall);
            }
            slot = slot.next();
        }
        None
    }

    /// All that has fallen up to `now`, `now` included, and was not dealt with: `last` is the period of the last fall dealt
    /// with or skipped; without one, what fell after `born`, when the schedule came into being. The policy of `catch_up`
    /// tells falls from skipped ones.
    pub fn fallen(&self, last: Option<Period>, born: Moment, now: Moment, calendar: &Calendar) -> Fallen {
        let mut falls = Vec::new();
        let mut slot = match last {
            Some(period) => self.slot_of(period).next(),
            None => self.slot_about(born.date().max(self.first.unwrap_or(NaiveDate::MIN))),
        };
        // a fall rolled back can come before its period begins
        let horizon = now.date().checked_add_days(Days::new(31)).unwrap_or(NaiveDate::MAX);
        while !self.is_over(slot) && slot.start() <= horizon {
            if let Some(fall) = self.fall_in(slot, calendar)
                && fall.at <= now
                && (last.is_some() || fall.at > born)
            {
                falls.push(fall);
            }
            slot = slot.next();
        }
        let keeps = match self.catch_up {
            CatchUp::Last => falls.len().min(1),
            CatchUp::All => falls.len().min(FALLS_MAX),
            CatchUp::None => usize::from(falls.last().is_some_and(|fall| fall.at.date() == now.date())),
        };
        let kept = falls.split_off(falls.len() - keeps);
        Fallen { falls: kept, skipped: falls.iter().map(|fall| fall.period).collect() }
    }

    fn slot_about(&self, date: NaiveDate) -> Period {
        let mut slot = Period::containing(self.every, self.first, date);
        for _ in 0..STRAY_PERIODS {
            slot = slot.previous();
        }
        slot
    }

    fn slot_of(&self, period: Period) -> Period {
        match self.reported {
            Reported::Previous => period.next(),
            Reported::Current => period,
        }
    }

    fn is_over(&self, slot: Period) -> bool {
        self.until.is_some_and(|until| slot.start() > until) || slot.next() == slot
    }

    /// The fall of one period; none in a week without a workday, or outside `first` and `until`.
    fn fall_in(&self, slot: Period, calendar: &Calendar) -> Option<Fall> {
        let day = self.day_in(slot, calendar)?;
        if self.first.is_some_and(|first| day < first) || self.until.is_some_and(|until| day > until) {
            return None;
        }
        let rolled = match self.roll {
            Roll::Back => calendar.workday_until(day),
            Roll::Forward => calendar.workday_from(day),
            Roll::Stay => day,
        };
        let period = match self.reported {
            Reported::Previous => slot.previous(),
            Reported::Current => slot,
        };
        Some(Fall { at: rolled.and_time(self.time), period })
    }

    fn day_in(&self, slot: Period, calendar: &Calendar) -> Option<NaiveDate> {
        let (start, end) = (slot.start(), slot.end());
        let nth = |count: u64| start.checked_add_days(Days::new(count)).unwrap_or(end).min(end);
        match self.day {
            DayRule::Weekday(weekday) => Some(nth(u64::from(weekday.num_days_from_monday()))),
            DayRule::Day(number) => Some(nth(u64::from(number.max(1)) - 1)),
            DayRule::Last => Some(end),
            DayRule::Date(month, day) => super::span::clamped(start.year(), month, day),
            DayRule::LastWorkday => last_workday(slot, calendar),
            DayRule::Workday(number) => {
                let day = calendar.add_workdays(start.pred_opt()?, i64::from(number.max(1)));
                if day <= end { Some(day) } else { last_workday(slot, calendar) }
            }
        }
    }
}

fn last_workday(slot: Period, calendar: &Calendar) -> Option<NaiveDate> {
    Some(calendar.workday_until(slot.end())).filter(|day| slot.has(*day))
}
