//! Periods: the weeks, months, quarters and years a schedule speaks of, with their names and days.

use super::span::digits;
use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Every {
    /// Monday to Sunday
    Week,
    /// a month of the civil calendar
    Month,
    /// three months from January, April, July or October
    Quarter,
    /// six months from January or July
    HalfYear,
    /// January to December
    Year,
    /// so many months; the first period begins in the month of the schedule's `first`, or in January of year 0
    Months(u32),
}

impl Every {
    fn months(self) -> Option<i32> {
        match self {
            Every::Week => None,
            Every::Month => Some(1),
            Every::Quarter => Some(3),
            Every::HalfYear => Some(6),
            Every::Year => Some(12),
            Every::Months(count) => i32::try_from(count).ok(),
        }
    }
}

/// One week, month, quarter … ; equal when its days and its kind are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    start: NaiveDate,
    every: Every,
}

impl Period {
    /// The period that `date` lies in; `first` only anchors [`Every::Months`].
    pub fn containing(every: Every, first: Option<NaiveDate>, date: NaiveDate) -> Period {
        let Some(length) = every.months() else {
            let back = u64::from(date.weekday().num_days_from_monday());
            return Period { start: date.checked_sub_days(Days::new(back)).unwrap_or(date), every };
        };
        let anchor = match (every, first) {
            (Every::Months(_), Some(first)) => month_index(first),
            (Every::Months(_), None)
            | (Every::Week | Every::Month | Every::Quarter | Every::HalfYear | Every::Year, _) => 0,
        };
        let length = length.max(1);
        let index = (month_index(date) - anchor).div_euclid(length) * length + anchor;
        Period { start: month_start(index).unwrap_or(date), every }
    }

    /// Its first day.
    pub fn start(self) -> NaiveDate {
        self.start
    }

    /// Its last day.
    pub fn end(self) -> NaiveDate {
        self.next().start.pred_opt().unwrap_or(self.start)
    }

    /// How long it is.
    pub fn every(self) -> Every {
        self.every
    }

    /// True when `date` lies in it.
    pub fn has(self, date: NaiveDate) -> bool {
        self.start <= date && date <= self.end()
    }

    /// The one after it.
    pub fn next(self) -> Period {
        self.shifted(1)
    }

    /// The one before it.
    pub fn previous(self) -> Period {
        self.shifted(-1)
    }

    fn shifted(self, by: i32) -> Period {
        let start = match self.every.months() {
            None => self.start.checked_add_signed(chrono::Duration::days(7 * i64::from(by))),
            Some(length) => month_start(month_index(self.start) + by * length.max(1)),
        };
        Period { start: start.unwrap_or(self.start), every: self.every }
    }

    /// `2022-W21`, `2022-05`, `2022-Q2`, `2022-H1`, `2022`, `2022-05~2022-06`: its name in logs, keys and file names.
    pub fn name(self) -> String {
        let (year, month) = (self.start.year(), self.start.month());
        match self.every {
            Every::Week => format!("{}-W{:02}", self.start.iso_week().year(), self.start.iso_week().week()),
            Every::Month => format!("{year}-{month:02}"),
            Every::Quarter => format!("{year}-Q{}", month.div_ceil(3)),
            Every::HalfYear => format!("{year}-H{}", month.div_ceil(6)),
            Every::Year => format!("{year}"),
            Every::Months(_) => {
                let end = self.end();
                format!("{year}-{month:02}~{}-{:02}", end.year(), end.month())
            }
        }
    }

    /// 2022年第21周, 2022年5月, 2022年第二季度, 2022年上半年, 2022年, 2022年5月至6月.
    pub fn title(self) -> String {
        let (year, month) = (self.start.year(), self.start.month());
        match self.every {
            Every::Week => format!("{}年第{}周", self.start.iso_week().year(), self.start.iso_week().week()),
            Every::Month => format!("{year}年{month}月"),
            Every::Quarter => {
                let number = ["一", "二", "三", "四"][(month as usize - 1) / 3];
                format!("{year}年第{number}季度")
            }
            Every::HalfYear => format!("{year}年{}半年", if month < 7 { "上" } else { "下" }),
            Every::Year => format!("{year}年"),
            Every::Months(_) => {
                let end = self.end();
                let end_year = if end.year() == year { String::new() } else { format!("{}年", end.year()) };
                format!("{year}年{month}月至{end_year}{}月", end.month())
            }
        }
    }

    /// Reads a [`Period::name`]; none when it is none.
    pub fn parse(name: &str) -> Option<Period> {
        if let Some((first, last)) = name.split_once('~') {
            let (first, last) = (Period::parse(first)?, Period::parse(last)?);
            let months = month_index(last.start) - month_index(first.start) + 1;
            let monthly = first.every == Every::Month && last.every == Every::Month;
            let every = Every::Months(u32::try_from(months).ok().filter(|count| monthly && *count > 0)?);
            return Some(Period { start: first.start, every });
        }
        let (year, part) = name.split_once('-').unwrap_or((name, ""));
        let year = digits(year).filter(|_| year.len() == 4).and_then(|year| i32::try_from(year).ok())?;
        let month = |month: u32| NaiveDate::from_ymd_opt(year, month, 1);
        let (start, every) = match part.split_at_checked(1) {
            None => (month(1)?, Every::Year),
            Some(("W", week)) => (NaiveDate::from_isoywd_opt(year, digits(week)?, Weekday::Mon)?, Every::Week),
            Some(("Q", quarter)) => (month(digits(quarter)?.checked_sub(1)?.checked_mul(3)? + 1)?, Every::Quarter),
            Some(("H", half)) => (month(digits(half)?.checked_sub(1)?.checked_mul(6)? + 1)?, Every::HalfYear),
            Some(_) => (month(digits(part)?)?, Every::Month),
        };
        let period = Period { start, every };
        (period.name() == name).then_some(period)
    }
}

impl TryFrom<String> for Period {
    type Error = String;
    fn try_from(name: String) -> Result<Period, String> {
        Period::parse(&name).ok_or_else(|| format!("`{name}` is no period"))
    }
}

impl From<Period> for String {
    fn from(period: Period) -> String {
        period.name()
    }
}

fn month_index(date: NaiveDate) -> i32 {
    date.year() * 12 + date.month0() as i32
}

fn month_start(index: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(index.div_euclid(12), index.rem_euclid(12) as u32 + 1, 1)
}
