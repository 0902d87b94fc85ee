//! Offsets: points before and after the day a deadline runs out, at which somebody is reminded.
//!
//! A point counted in days or workdays is 00:00 of its day; of a deadline of hours it is that many days before or after
//! the exact moment. Workdays are counted backwards as they are forwards: the day due itself never counts.

use super::Due;
use super::span::{Malformed, Span};
use crate::calendar::Calendar;
use crate::clock::Moment;
use chrono::{Duration, NaiveTime};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Most days, workdays or hours of an offset.
pub const OFFSET_COUNT_MAX: u32 = 3_660;

/// `-7 days`, `0`, `+2 workdays`, `+2 workdays repeat`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Offset {
    before: bool,
    span: Span,
    repeat: bool,
}

impl Offset {
    /// Reads an offset; units are workdays, days and hours.
    ///
    /// # Errors
    /// `limit-not-a-limit` for anything else, and for a repeat that does not go forwards.
    pub fn parse(text: &str) -> Result<Offset, Malformed> {
        let refuse = |message: String| {
            let hint = "an offset is written `-7 days`, `0`, `+2 workdays` or `+2 workdays repeat`";
            Malformed::new("limit-not-a-limit", message, hint)
        };
        let text = text.trim();
        if text == "0" {
            return Ok(Offset { before: false, span: Span::Days(0), repeat: false });
        }
        let (before, rest) = match (text.strip_prefix('-'), text.strip_prefix('+')) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return Err(refuse(format!("`{text}` has no sign"))),
        };
        let (length, repeat) = match rest.strip_suffix("repeat") {
            Some(length) => (length, true),
            None => (rest, false),
        };
        if rest.starts_with(char::is_whitespace) {
            return Err(refuse(format!("`{text}` has a gap after its sign")));
        }
        let span = Span::parse(length).map_err(|_| refuse(format!("`{text}` is not an offset")))?;
        if matches!(span, Span::Months(_) | Span::Years(_)) || span.count() > OFFSET_COUNT_MAX {
            return Err(refuse(format!("`{text}` is not counted in workdays, days or hours up to {OFFSET_COUNT_MAX}")));
        }
        if repeat && (before || span.count() == 0) {
            return Err(refuse(format!("`{text}` would repeat without going on")));
        }
        Ok(Offset { before, span, repeat })
    }

    /// True when it goes on until the thing is done.
    pub fn repeats(self) -> bool {
        self.repeat
    }

    /// In Chinese: 提前3个工作日, 当日, 逾期2个工作日, 逾期后每2个工作日.
    pub fn title(self) -> String {
        let span = self.span.title();
        match (self.span.count(), self.before, self.repeat) {
            (0, _, _) => "当日".to_string(),
            (_, true, _) => format!("提前{span}"),
            (_, false, false) => format!("逾期{span}"),
            (_, false, true) => format!("逾期后每{span}"),
        }
    }

    /// Its first point.
    pub fn first(self, due: &Due, calendar: &Calendar) -> Moment {
        let base = if due.exact { due.at } else { due.date.and_time(NaiveTime::MIN) };
        match self.span {
            // hours are told from the moment it is over, days from the day it is due
            Span::Hours(_) => self.step(due.at, calendar),
            Span::Workdays(_) | Span::Days(_) | Span::Months(_) | Span::Years(_) => self.step(base, calendar),
        }
    }

    /// Its first point after `moment`; none when it has no more.
    pub fn next(self, due: &Due, calendar: &Calendar, moment: Moment) -> Option<Moment> {
        let mut point = self.first(due, calendar);
        while point <= moment {
            let following = self.step(point, calendar);
            if !self.repeat || following <= point {
                return None;
            }
            point = following;
        }
        Some(point)
    }

    /// Its last point up to `moment`, included; none when it has none yet. After downtime this one rings, once.
    pub fn latest(self, due: &Due, calendar: &Calendar, moment: Moment) -> Option<Moment> {
        let mut point = self.first(due, calendar);
        if point > moment {
            return None;
        }
        if self.repeat {
            loop {
                let following = self.step(point, calendar);
                if following > moment || following <= point {
                    break;
                }
                point = following;
            }
        }
        Some(point)
    }

    fn step(self, from: Moment, calendar: &Calendar) -> Moment {
        let count = i64::from(self.span.count()) * if self.before { -1 } else { 1 };
        let by = match self.span {
            Span::Workdays(_) => return calendar.add_workdays(from.date(), count).and_time(from.time()),
            Span::Days(_) => Duration::days(count),
            Span::Hours(_) => Duration::hours(count),
            Span::Months(_) | Span::Years(_) => unreachable!("an offset has no such unit"),
        };
        from.checked_add_signed(by).unwrap_or(from)
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.span == Span::Days(0) {
            return f.write_str("0");
        }
        let sign = if self.before { '-' } else { '+' };
        write!(f, "{sign}{}{}", self.span, if self.repeat { " repeat" } else { "" })
    }
}

impl std::str::FromStr for Offset {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Offset, Malformed> {
        Offset::parse(text)
    }
}

impl TryFrom<String> for Offset {
    type Error = Malformed;
    fn try_from(text: String) -> Result<Offset, Malformed> {
        Offset::parse(&text)
    }
}

impl From<Offset> for String {
    fn from(offset: Offset) -> String {
        offset.to_string()
    }
}
