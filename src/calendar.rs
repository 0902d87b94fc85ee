//! The working calendar: which days are worked, as versioned data.
//!
//! A `workday` row is worked (a make-up Saturday or Sunday), a `holiday` row is not, any other day is worked from Monday to
//! Friday. A year is *official* once its arrangement is in the data, which is told by a `holiday` row for 1 October: every
//! national arrangement has one, and a regional overlay or a New Year that spills over the year's end has none. In any
//! other year every day is `provisional`: counted by the statutory days known so far (`provisional` rows) and weekends, and
//! said so. Nothing here reads a clock or a file; the national calendar is compiled in ([`Calendar::shipped`]).
//!
//! A *regional* calendar is laid over the national one under a name ([`Calendar::with_region`]): days a region or a county has
//! off or works besides, each with the source that says so. It settles no year, for no region publishes the nation's
//! arrangement. Who counts asks the national calendar for the one by that name ([`Calendar::of`]).
//!
//! Failures: a text with a bad line yields every problem of it, placed, and no calendar. Limits: [`CALENDAR_ROWS_MAX`] rows,
//! years [`CALENDAR_YEAR_MIN`] to [`CALENDAR_YEAR_MAX`]; reckoning stops at the last date chrono knows.

mod read;

use chrono::{Datelike, NaiveDate, Weekday};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Most rows one calendar text may have.
pub const CALENDAR_ROWS_MAX: usize = 20_000;
/// First year a row may be dated in.
pub const CALENDAR_YEAR_MIN: i32 = 1949;
/// Last year a row may be dated in.
pub const CALENDAR_YEAR_MAX: i32 = 2200;

const SHIPPED: &str = include_str!("../calendar/china.csv");
const VERSION_HEX_CHARS: usize = 12;

/// What a row says of its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// a day off by an arrangement in force
    Holiday,
    /// a make-up day, worked
    Workday,
    /// a statutory day off of a year whose arrangement is not published yet
    Provisional,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    date: NaiveDate,
    kind: Kind,
    name: String,
    /// who says so; of the days of a region always there
    source: Option<String>,
}

/// One day, as the calendar sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day<'a> {
    /// true when offices work
    pub work: bool,
    /// the holiday it belongs to, or is a make-up day of; none on ordinary days
    pub name: Option<&'a str>,
    /// true when the year's arrangement is not in the data
    pub provisional: bool,
}

/// Which days are worked; immutable, and known by its [`Calendar::version`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    rows: Vec<Row>,
    official: Vec<i32>,
    version: String,
    /// the name of the region whose calendar it is; none: the national one
    region: Option<String>,
    /// the calendars of regions, by name; a region has none of its own
    regions: BTreeMap<String, Calendar>,
}

impl Calendar {
    /// The national calendar compiled into the program: 2019 to 2026, and the statutory days of 2027.
    pub fn shipped() -> &'static Calendar {
        static CALENDAR: OnceLock<Calendar> = OnceLock::new();
        CALENDAR.get_or_init(|| match Calendar::parse("calendar/china.csv", SHIPPED) {
            Ok(calendar) => calendar,
            Err(problems) => unreachable!("the shipped calendar is tested: {problems:?}"),
        })
    }

    /// Sorts the rows, settles which years are official, drops what their arrangement supersedes, and digests the rest.
    fn from_rows(mut rows: Vec<Row>) -> Calendar {
        rows.sort_by_key(|row| row.date);
        let mut official: Vec<i32> = rows.iter().filter(|row| marks_year(row)).map(|row| row.date.year()).collect();
        official.dedup();
        rows.retain(|row| row.kind != Kind::Provisional || official.binary_search(&row.date.year()).is_err());
        let version = digest(&rows);
        Calendar { rows, official, version, region: None, regions: BTreeMap::new() }
    }

    /// This calendar with the rows of `other` laid over it, day by day: a region's own days, a later year's arrangement, or
    /// a change of one (a make-up day that is cancelled is given as a `holiday`). A provisional row never replaces an
    /// official one.
    pub fn overlay(&self, other: &Calendar) -> Calendar {
        Calendar::from_rows(self.laid_over(other))
    }

    /// The rows of both, day by day those of `other`.
    fn laid_over(&self, other: &Calendar) -> Vec<Row> {
        let mut rows = other.rows.clone();
        for row in &self.rows {
            match rows.binary_search_by_key(&row.date, |each| each.date) {
                Err(place) => rows.insert(place, row.clone()),
                Ok(place) => {
                    if rows[place].kind == Kind::Provisional {
                        rows[place] = row.clone();
                    }
                }
            }
        }
        rows
    }

    /// This calendar with that of a region beside it: this one's days, over which the region's own are laid. Which years are
    /// official stays as it is.
    #[must_use]
    pub fn with_region(mut self, name: &str, own: &Calendar) -> Calendar {
        let rows = self.laid_over(own);
        let region = Calendar {
            version: digest(&rows),
            rows,
            official: self.official.clone(),
            region: Some(name.to_string()),
            regions: BTreeMap::new(),
        };
        self.regions.insert(name.to_string(), region);
        self
    }

    /// The calendar of the region of this name; this one itself without a name, or when it knows none of that name.
    pub fn of(&self, region: Option<&str>) -> &Calendar {
        region.and_then(|name| self.regions.get(name)).unwrap_or(self)
    }

    /// The name of the region whose calendar it is; none of the national one.
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// The regions it knows, by name.
    pub fn regions(&self) -> impl Iterator<Item = &str> {
        self.regions.keys().map(String::as_str)
    }

    /// Who says that `date` is what it is, where the data names him.
    pub fn source(&self, date: NaiveDate) -> Option<&str> {
        self.row(date)?.source.as_deref()
    }

    /// Twelve hexadecimal digits over the rows, without those of regions; equal days, names and sources mean equal versions,
    /// however the text was laid out.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The official years, ascending.
    pub fn official_years(&self) -> &[i32] {
        &self.official
    }

    /// True when the arrangement of `year` is in the data.
    pub fn is_official(&self, year: i32) -> bool {
        self.official.binary_search(&year).is_ok()
    }

    /// What `date` is.
    pub fn day(&self, date: NaiveDate) -> Day<'_> {
        let provisional = !self.is_official(date.year());
        match self.row(date) {
            Some(row) => Day { work: row.kind == Kind::Workday, name: Some(&row.name), provisional },
            None => Day { work: !is_weekend(date), name: None, provisional },
        }
    }

    /// True when `date` is worked.
    pub fn is_workday(&self, date: NaiveDate) -> bool {
        self.row(date).map_or_else(|| !is_weekend(date), |row| row.kind == Kind::Workday)
    }

    /// The first workday after `date`.
    pub fn next_workday(&self, date: NaiveDate) -> NaiveDate {
        self.add_workdays(date, 1)
    }

    /// `date` itself when worked, else the first workday after it.
    pub fn workday_from(&self, date: NaiveDate) -> NaiveDate {
        if self.is_workday(date) { date } else { self.add_workdays(date, 1) }
    }

    /// `date` itself when worked, else the last workday before it.
    pub fn workday_until(&self, date: NaiveDate) -> NaiveDate {
        if self.is_workday(date) { date } else { self.add_workdays(date, -1) }
    }

    /// The `count`-th workday after `date` (before it, when negative); `date` never counts, and 0 gives `date` as it is.
    /// 条例 and 行政许可法82 count so.
    pub fn add_workdays(&self, date: NaiveDate, count: i64) -> NaiveDate {
        let mut day = date;
        let mut left = count.unsigned_abs();
        while left > 0 {
            let step = if count > 0 { day.succ_opt() } else { day.pred_opt() };
            let Some(next) = step else { return day };
            day = next;
            left -= u64::from(self.is_workday(day));
        }
        day
    }

    fn row(&self, date: NaiveDate) -> Option<&Row> {
        self.rows.binary_search_by_key(&date, |row| row.date).ok().map(|place| &self.rows[place])
    }
}

/// True on Saturday and Sunday.
pub fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

fn marks_year(row: &Row) -> bool {
    row.kind == Kind::Holiday && row.date.month() == 10 && row.date.day() == 1
}

fn digest(rows: &[Row]) -> String {
    let mut hasher = Sha256::new();
    for row in rows {
        let source = row.source.iter().map(|source| format!(",{source}")).collect::<String>();
        hasher.update(format!("{},{:?},{}{source}\n", row.date, row.kind, row.name));
    }
    let mut hex: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    hex.truncate(VERSION_HEX_CHARS);
    hex
}

#[cfg(test)]
mod tests;
