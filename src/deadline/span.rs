//! Spans and dates as definitions write them: `20 workdays`, `6 months`, `24 hours`, `01-31`.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Most workdays or days of a span.
pub const SPAN_DAYS_MAX: u32 = 36_600;
/// Most months of a span.
pub const SPAN_MONTHS_MAX: u32 = 1_200;
/// Most years of a span.
pub const SPAN_YEARS_MAX: u32 = 100;
/// Most hours of a span.
pub const SPAN_HOURS_MAX: u32 = 87_600;

/// A text of the definition that means nothing here; the reader of the definition knows the place and makes a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Malformed {
    /// kind of the diagnostic: `limit-not-a-limit`, `schedule-never-falls`, `roll-unknown`, …
    pub kind: &'static str,
    /// what is wrong, one sentence
    pub message: String,
    /// the way out
    pub hint: Option<String>,
}

impl Malformed {
    pub(super) fn new(kind: &'static str, message: String, hint: &str) -> Malformed {
        Malformed { kind, message, hint: Some(hint.to_string()) }
    }
}

/// A length of time in one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Span {
    /// working days
    Workdays(u32),
    /// natural days
    Days(u32),
    /// months of the civil calendar
    Months(u32),
    /// years of the civil calendar
    Years(u32),
    /// clock hours
    Hours(u32),
}

impl Span {
    /// Whether it is over when it begins.
    pub fn is_nothing(&self) -> bool {
        let (Span::Workdays(count) | Span::Days(count) | Span::Months(count) | Span::Years(count) | Span::Hours(count)) =
            self;
        *count == 0
    }

    /// Reads `20 workdays`, `1 workday`, `30 days`, `6 months`, `1 year`, `24 hours`.
    ///
    /// # Errors
    /// `limit-not-a-limit` for anything else, and above a century (ten years of hours).
    pub fn parse(text: &str) -> Result<Span, Malformed> {
        let refuse = |message: String| {
            let hint = "a limit is written `20 workdays`, `30 days`, `6 months`, `1 year` or `24 hours`";
            Malformed::new("limit-not-a-limit", message, hint)
        };
        let mut words = text.split_whitespace();
        let (Some(count), Some(unit), None) = (words.next(), words.next(), words.next()) else {
            return Err(refuse(format!("`{text}` is not a limit")));
        };
        let Some(number) = digits(count) else {
            return Err(refuse(format!("`{count}` is not a whole number")));
        };
        let span = match unit.strip_suffix('s').unwrap_or(unit) {
            "workday" => Span::Workdays(number),
            "day" => Span::Days(number),
            "month" => Span::Months(number),
            "year" => Span::Years(number),
            "hour" => Span::Hours(number),
            _ => return Err(refuse(format!("`{unit}` is not a unit of time"))),
        };
        if number > span.max() {
            return Err(refuse(format!("`{text}` is more than {}", span.same_unit(span.max()))));
        }
        Ok(span)
    }

    /// How many of its unit.
    pub fn count(self) -> u32 {
        match self {
            Span::Workdays(n) | Span::Days(n) | Span::Months(n) | Span::Years(n) | Span::Hours(n) => n,
        }
    }

    /// In Chinese: 20个工作日, 30日, 6个月, 1年, 24小时.
    pub fn title(self) -> String {
        match self {
            Span::Workdays(n) => format!("{n}个工作日"),
            Span::Days(n) => format!("{n}日"),
            Span::Months(n) => format!("{n}个月"),
            Span::Years(n) => format!("{n}年"),
            Span::Hours(n) => format!("{n}小时"),
        }
    }

    /// The sum of two spans of one unit; none when the units differ.
    pub fn plus(self, other: Span) -> Option<Span> {
        let one_unit = std::mem::discriminant(&self) == std::mem::discriminant(&other);
        one_unit.then(|| self.same_unit(self.count().saturating_add(other.count())))
    }

    fn same_unit(self, count: u32) -> Span {
        match self {
            Span::Workdays(_) => Span::Workdays(count),
            Span::Days(_) => Span::Days(count),
            Span::Months(_) => Span::Months(count),
            Span::Years(_) => Span::Years(count),
            Span::Hours(_) => Span::Hours(count),
        }
    }

    fn max(self) -> u32 {
        match self {
            Span::Workdays(_) | Span::Days(_) => SPAN_DAYS_MAX,
            Span::Months(_) => SPAN_MONTHS_MAX,
            Span::Years(_) => SPAN_YEARS_MAX,
            Span::Hours(_) => SPAN_HOURS_MAX,
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self {
            Span::Workdays(_) => "workday",
            Span::Days(_) => "day",
            Span::Months(_) => "month",
            Span::Years(_) => "year",
            Span::Hours(_) => "hour",
        };
        write!(f, "{} {unit}{}", self.count(), if self.count() == 1 { "" } else { "s" })
    }
}

impl std::str::FromStr for Span {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Span, Malformed> {
        Span::parse(text)
    }
}

impl TryFrom<String> for Span {
    type Error = Malformed;
    fn try_from(text: String) -> Result<Span, Malformed> {
        Span::parse(&text)
    }
}

impl From<Span> for String {
    fn from(span: Span) -> String {
        span.to_string()
    }
}

/// ASCII digits only: a sign, a point or a full-width digit is no number of days.
pub(super) fn digits(text: &str) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) { None } else { text.parse().ok() }
}

/// A day written as `2026-01-31`, or as `01-31`, `10月下旬`, `10月底`, `10月15日`: the next such day after `after`, the day
/// the case opened. `02-29` is the month's last day where there is none. 上旬 is the 10th, 中旬 the 20th, 下旬 and 月底 the
/// last.
///
/// # Errors
/// `limit-not-a-limit` when it is no day.
pub fn date_literal(text: &str, after: NaiveDate) -> Result<NaiveDate, Malformed> {
    let text = text.trim();
    let refuse = || {
        let hint = "a day is written `2026-01-31` or `01-31`, or by part of the month: `10月下旬`";
        Malformed::new("limit-not-a-limit", format!("`{text}` is not a day"), hint)
    };
    if text.len() == 10
        && let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d")
    {
        return Ok(date);
    }
    let (month, day) = month_day(text).ok_or_else(refuse)?;
    let this_year = clamped(after.year(), month, day).ok_or_else(refuse)?;
    let next_year = || clamped(after.year() + 1, month, day).ok_or_else(refuse);
    if this_year > after { Ok(this_year) } else { next_year() }
}

/// Month and day of `01-31`, `10月下旬`, `10月15日`; day 31 stands for the last.
pub(super) fn month_day(text: &str) -> Option<(u32, u32)> {
    if let Some((month, day)) = text.split_once('-') {
        return if month.len() == 2 && day.len() == 2 { real(digits(month)?, digits(day)?) } else { None };
    }
    let (month, rest) = text.split_once('月')?;
    let month = digits(month)?;
    match rest {
        "上旬" => real(month, 10),
        "中旬" => real(month, 20),
        "下旬" | "底" => real(month, 30).or(real(month, 29)).map(|_| (month, 31)),
        _ => real(month, digits(rest.strip_suffix('日')?)?),
    }
}

fn real(month: u32, day: u32) -> Option<(u32, u32)> {
    // 2024 has a 29th of February
    NaiveDate::from_ymd_opt(2024, month, day).map(|_| (month, day))
}

/// The day, or the month's last when the month is shorter.
pub(super) fn clamped(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    (28..=day).rev().chain([day]).find_map(|day| NaiveDate::from_ymd_opt(year, month, day))
}
