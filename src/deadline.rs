//! Deadlines: a budget and a ledger, from which the day it runs out is reckoned anew whenever it is asked for.
//!
//! Counting (民法典201–203, 行政许可法82): the start day does not count unless the definition says so. *n* workdays end on
//! the *n*-th workday not covered by a stop; days, months and years are reckoned and then roll off rest days; hours run
//! through nights and days off, and stand still from the moment of a stop to that of its end; a fixed date stands. A stop
//! from day *a* to day *b* covers every *d* with *a < d ≤ b*; overlapping stops are united.
//!
//! Guarantees: pure; the ledger is replayed by date, then stop, resume, restart, extend, announce, end, so the order in
//! which its entries were recorded never matters; a date once announced is never undercut. Limits: spans as in
//! [`Span::parse`].

mod count;
mod explain;
mod offset;
mod period;
mod schedule;
mod span;
#[cfg(test)]
mod tests;

pub use explain::{Explanation, Stretch, Why};
pub use offset::{OFFSET_COUNT_MAX, Offset};
pub use period::{Every, Period};
pub use schedule::{Begun, CatchUp, DayRule, FALLS_MAX, Fall, Fallen, Reported, Roll, Schedule, ScheduleText};
pub use span::{Malformed, SPAN_DAYS_MAX, SPAN_HOURS_MAX, SPAN_MONTHS_MAX, SPAN_YEARS_MAX, Span, date_literal};

use crate::calendar::Calendar;
use crate::clock::Moment;
use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

/// What a deadline may use up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Budget {
    /// a span from the start
    Span(Span),
    /// a day that stands, rest day or not; stops do not move it, extensions do
    By(NaiveDate),
}

/// One entry of the ledger. Every entry is dated by the fact, not by when it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
pub enum Change {
    /// it stands still from the day after `date`
    Stop {
        /// the last day that counts
        date: NaiveDate,
        /// Chinese, as the explanation shall say it: 征求第三方意见
        reason: String,
        /// the moment, where hours are counted; without it hours run on
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Moment>,
    },
    /// one stop is over; the day after `date` counts again, unless another stop covers it
    Resume {
        /// the last day that does not count
        date: NaiveDate,
        /// the moment, where hours are counted
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Moment>,
    },
    /// the budget begins anew, extensions before are void, but those that were granted while it stood still for this. It ends
    /// no stop: who restarts a stopped deadline enters the resume of the same day too.
    Restart {
        /// the new start day; hours run from its end
        date: NaiveDate,
        /// the moment from which hours run, where one is known
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Moment>,
    },
    /// the budget grows
    Extend {
        /// by how much
        span: Span,
        /// when it was granted
        date: NaiveDate,
        /// Chinese
        reason: String,
    },
    /// the date was told to the public or to a citizen, and from now on never comes earlier
    Announce {
        /// when it was told
        date: NaiveDate,
        /// the day told
        until: NaiveDate,
    },
    /// what it waited for has happened; later entries change nothing
    End {
        /// the day it happened
        date: NaiveDate,
    },
}

impl Change {
    /// It stands still after a day.
    pub fn stop(date: NaiveDate, reason: impl Into<String>) -> Change {
        Change::Stop { date, reason: reason.into(), at: None }
    }

    /// It runs again after a day.
    pub fn resume(date: NaiveDate) -> Change {
        Change::Resume { date, at: None }
    }

    /// It begins anew with a day.
    pub fn restart(date: NaiveDate) -> Change {
        Change::Restart { date, at: None }
    }

    /// The same for hours, entered now: of today it happened now, of a day before with the end of that day.
    pub fn to_the_minute(mut self, now: Moment) -> Change {
        let moment = |date: NaiveDate| if date == now.date() { now } else { count::end_of(date) };
        match &mut self {
            Change::Stop { date, at, .. } | Change::Resume { date, at } | Change::Restart { date, at } => {
                *at = Some(moment(*date));
            }
            Change::Extend { .. } | Change::Announce { .. } | Change::End { .. } => {}
        }
        self
    }

    /// The day of the fact.
    pub fn date(&self) -> NaiveDate {
        match self {
            Change::Stop { date, .. }
            | Change::Resume { date, .. }
            | Change::Restart { date, .. }
            | Change::Extend { date, .. }
            | Change::Announce { date, .. }
            | Change::End { date } => *date,
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Change::Stop { .. } => 0,
            Change::Resume { .. } => 1,
            Change::Restart { .. } => 2,
            Change::Extend { .. } => 3,
            Change::Announce { .. } => 4,
            Change::End { .. } => 5,
        }
    }
}

/// A deadline as the log keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// when it starts; only an hour budget looks at the time of day
    pub from: Moment,
    /// what it may use up
    pub budget: Budget,
    /// what has happened to it, in any order
    pub ledger: Vec<Change>,
    /// true when the start day counts
    pub count_start: bool,
    /// the closing hour of the office that must act; none: 24:00
    pub closes: Option<NaiveTime>,
    /// the region in whose calendar it is counted; none: the national one
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// version of the calendar it was last counted by; says nothing to the reckoning
    pub calendar: String,
}

/// The day a deadline runs out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// the last day on which the thing is in time
    pub date: NaiveDate,
    /// from this moment on it is overdue: 00:00 of the next day, the closing hour, or the last of the hours
    pub at: Moment,
    /// true when it was counted through a year without a published arrangement
    pub provisional: bool,
    /// the day that was a day off and gave way to `date`
    pub rolled_from: Option<NaiveDate>,
    /// true when it runs out after hours and not at the end of a day
    pub exact: bool,
}

impl Deadline {
    /// A deadline that starts at `from`, with an empty ledger, the start day not counted, open until 24:00.
    pub fn new(from: Moment, budget: Budget, calendar: &Calendar) -> Deadline {
        let (version, region) = (calendar.version().to_string(), calendar.region().map(str::to_string));
        Deadline { from, budget, ledger: Vec::new(), count_start: false, closes: None, region, calendar: version }
    }

    /// [`Deadline::new`] from 00:00 of `date`, for a span.
    pub fn of_span(date: NaiveDate, span: Span, calendar: &Calendar) -> Deadline {
        Deadline::new(date.and_time(NaiveTime::MIN), Budget::Span(span), calendar)
    }

    /// When it runs out, also after it has ended; none while it stands still. `calendar` is the national one or already that
    /// of the deadline's region: the region's is asked for by name.
    pub fn due(&self, calendar: &Calendar) -> Option<Due> {
        count::count(self, calendar).ok().map(|count| count.due)
    }

    /// Whether it uses up hours, so that a stop counts from its moment.
    pub fn counts_hours(&self) -> bool {
        matches!(self.budget, Budget::Span(Span::Hours(_)))
    }

    /// Why the date is what it is, in Chinese, for receipts and for `banwen date`.
    pub fn explain(&self, calendar: &Calendar) -> Explanation {
        explain::explain(self, calendar)
    }
}
