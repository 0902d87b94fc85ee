//! The daemon's clock: the only place that reads the machine's time.
//!
//! Every moment in Banwen is civil time at +08:00, whatever the host's zone says; China has one zone and no daylight saving.
//! A [`Clock`] never goes back: a host clock that steps back is held at the last moment seen.

use chrono::{FixedOffset, NaiveDateTime, Timelike, Utc};
use std::sync::{Arc, Mutex};

/// A moment of civil time at +08:00, to the second.
pub type Moment = NaiveDateTime;

/// Where "now" comes from: the machine, or a scenario.
#[derive(Clone)]
pub struct Clock(Arc<Mutex<Source>>);

enum Source {
    Machine { latest: Moment },
    Scenario { now: Moment },
}

impl Clock {
    /// The machine's clock, in +08:00, never stepping back.
    pub fn machine() -> Clock {
        Clock(Arc::new(Mutex::new(Source::Machine { latest: Moment::default() })))
    }

    /// A clock that stands at `start` until [`Clock::set`].
    pub fn scenario(start: Moment) -> Clock {
        Clock(Arc::new(Mutex::new(Source::Scenario { now: start })))
    }

    /// The present moment, to the second; never earlier than one it has given before.
    pub fn now(&self) -> Moment {
        match &mut *self.source() {
            Source::Scenario { now } => *now,
            Source::Machine { latest } => {
                *latest = machine_now().max(*latest);
                *latest
            }
        }
    }

    /// Moves a scenario's clock to `moment`; going back is ignored, as it is on the machine.
    pub fn set(&self, moment: Moment) {
        match &mut *self.source() {
            Source::Scenario { now } => *now = moment.max(*now),
            Source::Machine { latest } => *latest = moment.max(*latest),
        }
    }

    /// True when a scenario drives this clock.
    pub fn is_scenario(&self) -> bool {
        matches!(&*self.source(), Source::Scenario { .. })
    }

    fn source(&self) -> std::sync::MutexGuard<'_, Source> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The moment of so many seconds since 1970; None beyond what a calendar has.
pub fn moment(seconds: i64) -> Option<Moment> {
    let utc = chrono::DateTime::from_timestamp(seconds, 0)?;
    utc.naive_utc().checked_add_signed(chrono::TimeDelta::hours(8))
}

/// By how many hours the host's zone is ahead of Greenwich; what is reckoned here does not depend on it.
#[expect(clippy::disallowed_methods, reason = "told to an operator, and reckoned with nowhere")]
pub fn host_zone() -> FixedOffset {
    *chrono::Local::now().offset()
}

fn machine_now() -> Moment {
    let zone = FixedOffset::east_opt(8 * 3600).unwrap_or_else(|| unreachable!("+08:00 is an offset"));
    let now = Utc::now().with_timezone(&zone).naive_local();
    now.with_nanosecond(0).unwrap_or(now)
}
