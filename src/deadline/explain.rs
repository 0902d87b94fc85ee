//! Why a date is what it is: one Chinese sentence, and the days that were passed over, as a list.

use super::count::{self, Count, Extended, Halt, Stopped};
use super::{Budget, Deadline, Due, Span};
use crate::calendar::{Calendar, is_weekend};
use crate::clock::Moment;
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeSet;

/// Why a day did not count, or did although it is a weekend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// off, by this holiday's name
    Holiday(String),
    /// an ordinary Saturday or Sunday
    Weekend,
    /// the deadline stood still, for this reason
    Stopped(String),
    /// a weekend worked to make up for this holiday: it did count
    MakeUp(String),
}

/// Days on end that share one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// the first of them
    pub first: NaiveDate,
    /// the last of them
    pub last: NaiveDate,
    /// the reason
    pub why: Why,
}

/// The reckoning in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// one Chinese sentence without its full stop
    pub sentence: String,
    /// days between start and end that a reader would count otherwise, ascending
    pub stretches: Vec<Stretch>,
    /// years counted through without a published arrangement
    pub provisional_years: Vec<i32>,
}

pub(super) fn explain(deadline: &Deadline, calendar: &Calendar) -> Explanation {
    let calendar = calendar.of(deadline.region.as_deref());
    match count::count(deadline, calendar) {
        Ok(count) => of_count(deadline, calendar, &count),
        Err(stopped) => {
            let reasons = stopped.reasons.join("、");
            let halts = count::replay(&deadline.ledger).halts;
            let halted = halts.last().filter(|halt| halt.until.is_none()).map(|halt| halt.since);
            let since = halted.filter(|_| deadline.counts_hours()).map(|at| at.format("%Y-%m-%d %H:%M").to_string());
            let since = since.unwrap_or_else(|| format!("{}次日", stopped.since));
            let sentence = format!("自{since}起停止计算（{reasons}），恢复后接续计算");
            Explanation { sentence, stretches: Vec::new(), provisional_years: Vec::new() }
        }
    }
}

fn of_count(deadline: &Deadline, calendar: &Calendar, count: &Count) -> Explanation {
    let stretches = stretches(calendar, count);
    let provisional_years = provisional_years(calendar, count);
    let mut sentence = opening(deadline, count);
    sentence.push_str(&passed_over(&stretches, count.start.year()));
    sentence.push_str(&halted(deadline, count));
    sentence.push_str(&extensions(count));
    if let Some(counted) = count.kept_from {
        sentence.push_str(&format!("；重新计算为{counted}，因已公布至{}，不予提前", count.due.date));
    }
    if let Some(time) = deadline.closes.filter(|_| !count.due.exact) {
        sentence.push_str(&format!("；当日截至{}", time.format("%H:%M")));
    }
    let hours_alone = count.due.exact && count.phases.len() == 1;
    if !count.phases.is_empty() && !hours_alone {
        sentence.push_str(&regional_note(calendar, &stretches));
    }
    sentence.push_str(&provisional_note(calendar, &provisional_years));
    Explanation { sentence, stretches, provisional_years }
}

/// 自2026-09-24次日起第5个工作日为2026-10-09.
fn opening(deadline: &Deadline, count: &Count) -> String {
    let end = end(&count.due, count.kept_from);
    let again = if count.replay.restart.is_some() { "重新起算，" } else { "" };
    let start = match (&deadline.budget, deadline.count_start) {
        (Budget::By(date), _) if count.phases.is_empty() => return format!("限期为{date}"),
        (Budget::By(date), _) => format!("自{date}次日起"),
        (Budget::Span(Span::Hours(_)), _) if count.replay.restart.is_none() => {
            format!("自{}起", deadline.from.format("%Y-%m-%d %H:%M"))
        }
        (Budget::Span(Span::Hours(_)), _) if count.replay.restarted.is_some() => {
            let moment = count.replay.restarted.unwrap_or(deadline.from);
            format!("{again}自{}起", moment.format("%Y-%m-%d %H:%M"))
        }
        (Budget::Span(_), true) => format!("{again}自{}起（当日计入）", count.start),
        (Budget::Span(_), false) => format!("{again}自{}次日起", count.start),
    };
    match count.phases.as_slice() {
        [Span::Workdays(days)] if *days > 0 => format!("{start}第{days}个工作日为{end}"),
        phases => {
            let length: Vec<String> = phases.iter().map(|span| span.title()).collect();
            let length = length.join("加");
            match count.due.rolled_from.filter(|_| count.kept_from.is_none()) {
                Some(raw) => format!("{start}{length}，至{raw}；该日休息，顺延至{end}"),
                None => format!("{start}{length}，至{end}"),
            }
        }
    }
}

fn end(due: &Due, kept_from: Option<NaiveDate>) -> String {
    match kept_from {
        Some(counted) => counted.to_string(),
        None if due.exact => due.at.format("%Y-%m-%d %H:%M").to_string(),
        None => due.date.to_string(),
    }
}

/// ；其间周末及9月25日至27日（中秋节）休息，10月10日（国庆节调休）上班，…（征求第三方意见）不计.
fn passed_over(stretches: &[Stretch], year: i32) -> String {
    let (mut off, mut work, mut stopped) = (Vec::new(), Vec::new(), Vec::new());
    let mut weekend = false;
    for stretch in stretches {
        let days = days(stretch.first, stretch.last, year);
        match &stretch.why {
            Why::Holiday(name) => off.push(format!("{days}（{name}）")),
            Why::MakeUp(name) => work.push(format!("{days}（{name}调休）")),
            Why::Stopped(reason) => stopped.push(format!("{days}（{reason}）")),
            Why::Weekend => weekend = true,
        }
    }
    let mut parts = Vec::new();
    match (weekend, off.is_empty()) {
        (true, true) => parts.push("周末休息".to_string()),
        (true, false) => parts.push(format!("周末及{}休息", off.join("、"))),
        (false, false) => parts.push(format!("{}休息", off.join("、"))),
        (false, true) => {}
    }
    if !work.is_empty() {
        parts.push(format!("{}上班", work.join("、")));
    }
    if !stopped.is_empty() {
        parts.push(format!("{}不计", stopped.join("、")));
    }
    if parts.is_empty() { String::new() } else { format!("；其间{}", parts.join("，")) }
}

/// ；其间2025-03-03 10:00至2025-03-03 14:00（专家评审）不计, of hours.
fn halted(deadline: &Deadline, count: &Count) -> String {
    let moment = |at: Moment| at.format("%Y-%m-%d %H:%M").to_string();
    let began = count.replay.restarted.unwrap_or(deadline.from);
    let meant = |halt: &&Halt| halt.since < count.due.at && halt.until.is_none_or(|until| until > began);
    let halts = count.replay.halts.iter().filter(|_| deadline.counts_hours()).filter(meant);
    let told = halts.filter_map(|halt| {
        Some(format!("{}至{}（{}）", moment(halt.since), moment(halt.until?), halt.reasons.join("、")))
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() { String::new() } else { format!("；其间{}不计", told.join("、")) }
}

fn extensions(count: &Count) -> String {
    if count.replay.extensions.is_empty() {
        return String::new();
    }
    let each = count.replay.extensions.iter().map(|Extended { span, reason, .. }| {
        if reason.is_empty() { span.title() } else { format!("{}（{reason}）", span.title()) }
    });
    format!("；含延长{}", each.collect::<Vec<String>>().join("、"))
}

/// ；按广西日历计算（依据：桂政办电〔2025〕60号）, where a region's calendar was looked at.
fn regional_note(calendar: &Calendar, stretches: &[Stretch]) -> String {
    let Some(region) = calendar.region() else { return String::new() };
    let mut sources: Vec<&str> = Vec::new();
    for stretch in stretches {
        let days = stretch.first.iter_days().take_while(|day| *day <= stretch.last);
        for source in days.filter_map(|day| calendar.source(day)) {
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
    }
    let by = if sources.is_empty() { String::new() } else { format!("（依据：{}）", sources.join("、")) };
    format!("；按{region}日历计算{by}")
}

/// （暂定：2027年放假安排尚未公布）; a year before the data begins is not waited for, it is missing.
fn provisional_note(calendar: &Calendar, years: &[i32]) -> String {
    let Some(last) = years.last() else { return String::new() };
    let names: Vec<String> = years.iter().map(|year| format!("{year}年")).collect();
    let names = names.join("、");
    if calendar.official_years().last().is_none_or(|official| last > official) {
        format!("（暂定：{names}放假安排尚未公布）")
    } else {
        format!("（暂定：日历未收录{names}放假安排）")
    }
}

/// 9月25日至27日, 9月30日至10月2日; with the year where it is not `year`.
fn days(first: NaiveDate, last: NaiveDate, year: i32) -> String {
    let name = |date: NaiveDate, year: i32, month: u32| {
        if date.year() != year {
            format!("{}年{}月{}日", date.year(), date.month(), date.day())
        } else if date.month() != month {
            format!("{}月{}日", date.month(), date.day())
        } else {
            format!("{}日", date.day())
        }
    };
    let head = name(first, year, 0);
    if first == last { head } else { format!("{head}至{}", name(last, first.year(), first.month())) }
}

/// Stops from where it runs to the end, and days off and made up among the days that were looked at one by one.
fn stretches(calendar: &Calendar, count: &Count) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    if count.due.exact && count.phases.len() == 1 {
        return stretches;
    }
    let end = count.kept_from.unwrap_or(count.due.date);
    // a day off the end was rolled from is itself passed over
    let rolled = count.rolled.filter(|_| count.due.rolled_from.is_some());
    let rolled = rolled.map(|(raw, end)| (raw.pred_opt().unwrap_or(raw), end));
    let mut looked_at: Vec<(NaiveDate, NaiveDate)> = count.walked.clone();
    looked_at.extend(rolled);
    for day in count.from.iter_days().skip(1).take_while(|day| *day <= end) {
        let why = match stop_of(&count.replay.stops, day) {
            Some(reason) => Some(Why::Stopped(reason)),
            None if looked_at.iter().any(|(after, until)| *after < day && day <= *until) => why(calendar, day),
            None => None,
        };
        let Some(why) = why else { continue };
        match stretches.last_mut() {
            Some(last) if last.why == why && last.last.succ_opt() == Some(day) => last.last = day,
            Some(_) | None => stretches.push(Stretch { first: day, last: day, why }),
        }
    }
    stretches
}

fn stop_of(stops: &[Stopped], day: NaiveDate) -> Option<String> {
    stops.iter().find(|stop| stop.covers(day)).map(|stop| stop.reasons.join("、"))
}

fn why(calendar: &Calendar, date: NaiveDate) -> Option<Why> {
    let day = calendar.day(date);
    let name = day.name.unwrap_or_default().to_string();
    match (day.work, is_weekend(date)) {
        (true, true) => Some(Why::MakeUp(name)),
        (false, _) if !name.is_empty() => Some(Why::Holiday(name)),
        (false, _) => Some(Why::Weekend),
        (true, false) => None,
    }
}

fn provisional_years(calendar: &Calendar, count: &Count) -> Vec<i32> {
    if !count.due.provisional {
        return Vec::new();
    }
    let ranges = count.walked.iter().copied().chain(count.rolled);
    let years = ranges.flat_map(|(after, until)| after.year()..=until.year());
    let years: BTreeSet<i32> = years.filter(|year| !calendar.is_official(*year)).collect();
    years.into_iter().collect()
}
