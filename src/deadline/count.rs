//! The reckoning itself: replays a ledger into stops, a start and phases, and counts them off day by day.

use super::{Budget, Change, Deadline, Due, Span};
use crate::calendar::Calendar;
use crate::clock::Moment;
use chrono::{Datelike, Days, Duration, Months, NaiveDate, NaiveTime};

/// Days on which nothing counts: every *d* with `after < d ≤ until`; without `until` it is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stopped {
    pub(super) since: NaiveDate,
    pub(super) until: Option<NaiveDate>,
    pub(super) reasons: Vec<String>,
}

impl Stopped {
    pub(super) fn covers(&self, day: NaiveDate) -> bool {
        self.since < day && self.until.is_none_or(|until| day <= until)
    }
}

/// Moments between which hours do not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Halt {
    pub(super) since: Moment,
    pub(super) until: Option<Moment>,
    pub(super) reasons: Vec<String>,
}

/// An extension in force.
#[derive(Debug, Clone)]
pub(super) struct Extended {
    pub(super) span: Span,
    pub(super) reason: String,
    /// the stop during which it was granted: a restart that ends this one leaves it in force
    during: Option<usize>,
    /// the restart that left it in force; a later one does not
    kept: Option<NaiveDate>,
}

/// A ledger replayed.
#[derive(Debug, Clone, Default)]
pub(super) struct Replay {
    /// united, ascending, apart from each other
    pub(super) stops: Vec<Stopped>,
    /// the same for hours
    pub(super) halts: Vec<Halt>,
    pub(super) restart: Option<NaiveDate>,
    /// the moment of the restart, where hours are counted
    pub(super) restarted: Option<Moment>,
    pub(super) extensions: Vec<Extended>,
    pub(super) announced: Option<NaiveDate>,
}

/// What was counted, and all an explanation needs of it.
#[derive(Debug, Clone)]
pub(super) struct Count {
    pub(super) due: Due,
    pub(super) replay: Replay,
    /// the start day in force
    pub(super) start: NaiveDate,
    /// budget and extensions, those of one unit added up, in the order they are run through
    pub(super) phases: Vec<Span>,
    /// set when the count gave an earlier day than was announced
    pub(super) kept_from: Option<NaiveDate>,
    /// the day it runs from: the start, or the fixed day that was extended
    pub(super) from: NaiveDate,
    /// days that were looked up one by one to be counted: after `.0`, up to `.1`, for each phase of workdays
    pub(super) walked: Vec<(NaiveDate, NaiveDate)>,
    /// where days, months or years came to, and the workday after it
    pub(super) rolled: Option<(NaiveDate, NaiveDate)>,
}

/// Replays by date, then by kind, then by content: any order of recording gives the same.
pub(super) fn replay(ledger: &[Change]) -> Replay {
    let mut entries: Vec<&Change> = ledger.iter().collect();
    entries.sort_by(|a, b| (a.date(), a.rank(), a).cmp(&(b.date(), b.rank(), b)));
    let mut replay = Replay::default();
    let mut depth = 0_usize;
    let mut moments: Vec<(Moment, Option<&String>)> = Vec::new();
    for change in entries {
        match change {
            Change::Stop { date, reason, at } => {
                open_stop(&mut replay.stops, depth, *date, reason);
                depth += 1;
                moments.extend(at.map(|at| (at, Some(reason))));
            }
            Change::Resume { date, at } => {
                moments.extend(at.map(|at| (at, None)));
                // a resume without a stop is a slip of the desk and changes nothing
                if depth == 1
                    && let Some(last) = replay.stops.last_mut()
                {
                    last.until = Some(*date);
                }
                depth = depth.saturating_sub(1);
            }
            Change::Restart { date, at } => {
                replay.restart = Some(*date);
                replay.restarted = *at;
                let stops = &replay.stops;
                let ends = |n: usize| stops.get(n).is_some_and(|stop| stop.until.is_none_or(|until| until >= *date));
                replay.extensions.retain_mut(|granted| {
                    let once = granted.kept.replace(*date).is_none_or(|kept| kept == *date);
                    once && granted.during.is_some_and(ends)
                });
            }
            Change::Extend { span, reason, .. } => {
                let during = replay.stops.len().checked_sub(1).filter(|_| depth > 0);
                replay.extensions.push(Extended { span: *span, reason: reason.clone(), during, kept: None });
            }
            Change::Announce { until, .. } => replay.announced = replay.announced.max(Some(*until)),
            Change::End { .. } => break,
        }
    }
    replay.halts = halts(moments);
    replay
}

/// The stops of hours, united; a moment with a reason begins one, one without ends it.
fn halts(mut moments: Vec<(Moment, Option<&String>)>) -> Vec<Halt> {
    moments.sort_by_key(|(at, reason)| (*at, reason.is_none(), *reason));
    let (mut found, mut depth) = (Vec::<Halt>::new(), 0_usize);
    for (at, reason) in moments {
        match (reason, found.last_mut()) {
            (Some(reason), Some(last)) if depth > 0 => {
                if !last.reasons.contains(reason) {
                    last.reasons.push(reason.clone());
                }
            }
            (Some(reason), _) => found.push(Halt { since: at, until: None, reasons: vec![reason.clone()] }),
            (None, Some(last)) if depth == 1 => last.until = Some(at),
            (None, _) => {}
        }
        depth = if reason.is_some() { depth + 1 } else { depth.saturating_sub(1) };
    }
    found
}

/// Only how many stops are open matters, not which: the union of the stopped days is the same however they are paired.
fn open_stop(stops: &mut Vec<Stopped>, depth: usize, date: NaiveDate, reason: &str) {
    if let Some(last) = stops.last_mut()
        && (depth > 0 || last.until == Some(date))
    {
        last.until = None;
        if !last.reasons.iter().any(|known| known == reason) {
            last.reasons.push(reason.to_string());
        }
        return;
    }
    stops.push(Stopped { since: date, until: None, reasons: vec![reason.to_string()] });
}

/// Counts `deadline` off; the error is the open stop in which it stands still.
pub(super) fn count(deadline: &Deadline, calendar: &Calendar) -> Result<Count, Stopped> {
    let calendar = calendar.of(deadline.region.as_deref());
    let replay = replay(&deadline.ledger);
    let start = replay.restart.unwrap_or_else(|| deadline.from.date());
    let (fixed, phases) = phases(&deadline.budget, &replay.extensions);
    let mut walk = Walk {
        stops: &replay.stops,
        halts: &replay.halts,
        calendar,
        day: fixed.unwrap_or(start),
        instant: None,
        provisional: false,
        first: !deadline.count_start || fixed.is_some(),
    };
    let from = walk.day;
    let mut walked = Vec::new();
    for (index, span) in phases.iter().enumerate() {
        let begins = match walk.instant {
            Some(instant) => instant,
            None if index > 0 || fixed.is_some() => end_of(walk.day),
            None => replay.restarted.or(replay.restart.map(end_of)).unwrap_or(deadline.from),
        };
        let before = walk.day;
        walk.run(*span, begins)?;
        walked.extend(matches!(span, Span::Workdays(_)).then_some((before, walk.day)));
    }
    let raw = walk.day;
    let rolls = fixed.is_none() || !phases.is_empty();
    let exact = walk.instant.is_some();
    let calendrical = phases.iter().any(|span| !matches!(span, Span::Workdays(_)));
    if rolls && !exact && calendrical {
        walk.roll()?;
    }
    let rolled = calendrical.then_some((raw, walk.day));
    let mut due = Due {
        date: walk.day,
        at: walk.instant.unwrap_or_else(|| close_of(walk.day, deadline.closes)),
        provisional: walk.provisional,
        rolled_from: (walk.day != raw).then_some(raw),
        exact,
    };
    let kept_from = keep(&mut due, replay.announced, deadline.closes);
    Ok(Count { due, start, phases, kept_from, from, walked, rolled, replay })
}

/// Moves `due` to the day announced when it is earlier, and gives the day counted.
pub(super) fn keep(due: &mut Due, announced: Option<NaiveDate>, closes: Option<NaiveTime>) -> Option<NaiveDate> {
    let until = announced.filter(|until| *until > due.date)?;
    let counted = due.date;
    due.date = until;
    due.at = close_of(until, closes);
    due.rolled_from = None;
    due.exact = false;
    Some(counted)
}

/// The fixed day, and the spans to run from the start or from that day. Spans of one unit are one span: 20 workdays and 20
/// more are 40, and 30 days and 30 more roll off a rest day once.
fn phases(budget: &Budget, extensions: &[Extended]) -> (Option<NaiveDate>, Vec<Span>) {
    let (fixed, mut spans) = match budget {
        Budget::Span(span) => (None, vec![*span]),
        Budget::By(date) => (Some(*date), Vec::new()),
    };
    for Extended { span: extension, .. } in extensions {
        match spans.iter_mut().find_map(|span| span.plus(*extension).map(|sum| (span, sum))) {
            Some((span, sum)) => *span = sum,
            None => spans.push(*extension),
        }
    }
    (fixed, spans)
}

struct Walk<'a> {
    stops: &'a [Stopped],
    halts: &'a [Halt],
    calendar: &'a Calendar,
    /// the last day already used up
    day: NaiveDate,
    /// set while it stands at a moment and not at the end of `day`
    instant: Option<Moment>,
    provisional: bool,
    /// false when the day the walk begins on counts itself
    first: bool,
}

impl Walk<'_> {
    fn run(&mut self, span: Span, begins: Moment) -> Result<(), Stopped> {
        let start_counts = !std::mem::replace(&mut self.first, true);
        if start_counts && !matches!(span, Span::Workdays(0) | Span::Days(0) | Span::Hours(_)) {
            self.day = self.day.pred_opt().unwrap_or(self.day);
        }
        match span {
            Span::Workdays(count) => self.step(count, true),
            Span::Days(count) => self.step(count, false),
            Span::Months(count) => self.months(count, start_counts),
            Span::Years(count) => self.months(count.saturating_mul(12), start_counts),
            Span::Hours(count) => {
                let at = self.hours(begins, Duration::hours(i64::from(count)))?;
                self.day = at.date();
                self.instant = Some(at);
                return Ok(());
            }
        }?;
        self.instant = None;
        Ok(())
    }

    /// The moment at which so much time is used up outside the stops.
    fn hours(&self, begins: Moment, mut left: Duration) -> Result<Moment, Stopped> {
        let mut at = begins;
        for halt in self.halts.iter().filter(|halt| halt.until.is_none_or(|until| until > begins)) {
            let before = (halt.since - at).max(Duration::zero());
            if before >= left {
                break;
            }
            left -= before;
            at = match halt.until {
                Some(until) => until,
                None => {
                    let (since, reasons) = (halt.since.date(), halt.reasons.clone());
                    return Err(Stopped { since, until: None, reasons });
                }
            };
        }
        Ok(at.checked_add_signed(left).unwrap_or(Moment::MAX))
    }

    /// Uses up `count` days that no stop covers; workdays only, if asked.
    fn step(&mut self, count: u32, workdays: bool) -> Result<(), Stopped> {
        let mut left = count;
        while left > 0 && self.day < NaiveDate::MAX {
            self.forward()?;
            if workdays {
                self.provisional |= !self.calendar.is_official(self.day.year());
            }
            left -= u32::from(!workdays || self.calendar.is_workday(self.day));
        }
        Ok(())
    }

    /// The corresponding day (民法典202; the month's last when it has none), put off by every stopped day on the way.
    fn months(&mut self, count: u32, start_counts: bool) -> Result<(), Stopped> {
        // with the start day counted, a month from the 1st ends on the last and not on the 1st
        let start = if start_counts { self.day.succ_opt().unwrap_or(self.day) } else { self.day };
        let end = start.checked_add_months(Months::new(count)).unwrap_or(NaiveDate::MAX);
        let end = if start_counts { end.pred_opt().unwrap_or(end) } else { end };
        let days = (end - self.day).num_days().max(0);
        self.step(u32::try_from(days).unwrap_or(u32::MAX), false)
    }

    /// On from a day off to the next workday that no stop covers (民法典203).
    fn roll(&mut self) -> Result<(), Stopped> {
        self.provisional |= !self.calendar.is_official(self.day.year());
        while !self.calendar.is_workday(self.day) && self.day < NaiveDate::MAX {
            self.forward()?;
            self.provisional |= !self.calendar.is_official(self.day.year());
        }
        Ok(())
    }

    /// To the next day that no stop covers.
    fn forward(&mut self) -> Result<(), Stopped> {
        let next = self.day.succ_opt().unwrap_or(NaiveDate::MAX);
        self.day = match self.stops.iter().find(|stop| stop.covers(next)) {
            None => next,
            Some(stop) => match stop.until {
                Some(until) => until.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX),
                None => return Err(stop.clone()),
            },
        };
        Ok(())
    }
}

pub(super) fn end_of(day: NaiveDate) -> Moment {
    day.succ_opt().unwrap_or(day).and_time(NaiveTime::MIN)
}

fn close_of(day: NaiveDate, closes: Option<NaiveTime>) -> Moment {
    closes.map_or_else(|| end_of(day), |time| day.and_time(time))
}
