//! A duty that comes round begins with its period and is due at its fall.

use super::{CatchUp, Fall, Schedule};
use crate::calendar::Calendar;
use crate::clock::Moment;
use crate::deadline::Period;
use chrono::{NaiveDate, NaiveTime};

/// What has begun and was not dealt with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Begun {
    /// these are to be done, each by its fall, in order
    pub falls: Vec<Fall>,
    /// these are passed over: their time was over before anybody could be asked
    pub skipped: Vec<Period>,
}

impl Schedule {
    /// Everything that has begun up to `now` and was not dealt with: `last` is the period last dealt with; without one, what
    /// is due after `born`. What was due before `now` could not be asked for in time: `catch_up` says which of it still is,
    /// and that is due with what begins next.
    pub fn begun(&self, last: Option<Period>, born: Moment, now: Moment, calendar: &Calendar) -> Begun {
        let mut falls: Vec<Fall> = Vec::new();
        let mut slot = self.first_slot(last, born);
        while !self.is_over(slot) && slot.start().and_time(NaiveTime::MIN) <= now {
            falls.extend(self.fall_in(slot, calendar).filter(|fall| last.is_some() || fall.at > born));
            slot = slot.next();
        }
        let missed = falls.iter().filter(|fall| fall.at <= now).count();
        let mut running = falls.split_off(missed);
        let together = running.first().copied().or_else(|| self.falls_after(now, calendar));
        let kept = match self.catch_up {
            CatchUp::Last if together.is_some() => missed.min(1),
            CatchUp::All if together.is_some() => missed.min(super::FALLS_MAX),
            CatchUp::Last | CatchUp::All | CatchUp::None => 0,
        };
        let late = falls.split_off(missed - kept);
        let mut todo: Vec<Fall> = Vec::new();
        todo.extend(late.into_iter().filter_map(|fall| Some(Fall { at: together?.at, period: fall.period })));
        todo.append(&mut running);
        Begun { falls: todo, skipped: falls.into_iter().map(|fall| fall.period).collect() }
    }

    /// When the next period begins that was not dealt with; none when no more is to come.
    pub fn begins(&self, last: Option<Period>, born: Moment, calendar: &Calendar) -> Option<Moment> {
        let mut slot = self.first_slot(last, born);
        for _ in 0..super::SEARCH_PERIODS_MAX {
            if self.is_over(slot) {
                return None;
            }
            if self.fall_in(slot, calendar).is_some_and(|fall| last.is_some() || fall.at > born) {
                return Some(slot.start().and_time(NaiveTime::MIN));
            }
            slot = slot.next();
        }
        None
    }

    fn first_slot(&self, last: Option<Period>, born: Moment) -> Period {
        match last {
            Some(period) => self.slot_of(period).next(),
            None => Period::containing(self.every, self.first, born.date().max(self.first.unwrap_or(NaiveDate::MIN))),
        }
    }
}
