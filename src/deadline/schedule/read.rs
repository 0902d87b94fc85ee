//! Reads a schedule from the words of a definition: `{ every: week, day: Friday 17:00, roll: back }`.

use super::{CatchUp, DayRule, Every, Reported, Roll, Schedule};
use crate::deadline::span::{Malformed, SPAN_MONTHS_MAX, Span, digits, month_day};
use chrono::{NaiveDate, NaiveTime, Weekday};

/// The words of a schedule as they stand; `first` and `until` may be params and are therefore resolved by the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScheduleText<'a> {
    /// `week` · `month` · `quarter` · `half-year` · `year` · `N months`
    pub every: &'a str,
    /// weekday, `day 10`, `5th workday`, `last workday`, `05-15`, `下旬`, each with `HH:MM` or without; default: first day
    pub day: Option<&'a str>,
    /// `back` · `forward` · `stay`
    pub roll: Option<&'a str>,
    /// `previous` · `current`
    pub period: Option<&'a str>,
    /// `last` · `all` · `none`
    pub catch_up: Option<&'a str>,
}

impl Schedule {
    /// Reads a schedule without `first` and `until`; its time of day is 00:00 unless told.
    ///
    /// # Errors
    /// Every `schedule-never-falls`, `roll-unknown`, `period-unknown` and `catch-up-unknown` of it.
    pub fn parse(text: &ScheduleText<'_>) -> Result<Schedule, Vec<Malformed>> {
        let mut problems = Vec::new();
        let mut keep = |problem: Malformed| problems.push(problem);
        let every = every(text.every).map_err(&mut keep).ok();
        let day = every.and_then(|every| day(every, text.day).map_err(&mut keep).ok());
        let words = "back, forward or stay";
        let rolls = [("back", Roll::Back), ("forward", Roll::Forward), ("stay", Roll::Stay)];
        let roll = choose("roll-unknown", text.roll, &rolls, words).map_err(&mut keep).ok();
        let reports = [("previous", Reported::Previous), ("current", Reported::Current)];
        let reported = choose("period-unknown", text.period, &reports, "previous or current").map_err(&mut keep).ok();
        let policies = [("last", CatchUp::Last), ("all", CatchUp::All), ("none", CatchUp::None)];
        let catch_up =
            choose("catch-up-unknown", text.catch_up, &policies, "last, all or none").map_err(&mut keep).ok();
        match (every, day, roll, reported, catch_up) {
            (Some(every), Some((day, time)), Some(roll), Some(reported), Some(catch_up)) => {
                Ok(Schedule { every, day, time, roll, first: None, until: None, reported, catch_up })
            }
            _ => Err(problems),
        }
    }

    /// The same schedule from `first` to `until`.
    ///
    /// # Errors
    /// `schedule-never-falls` when `until` is before `first`.
    pub fn between(self, first: Option<NaiveDate>, until: Option<NaiveDate>) -> Result<Schedule, Malformed> {
        match (first, until) {
            (Some(first), Some(until)) if until < first => {
                let message = format!("it ends on {until} before it begins on {first}");
                Err(Malformed::new("schedule-never-falls", message, "give a later `until`"))
            }
            _ => Ok(Schedule { first, until, ..self }),
        }
    }
}

fn choose<T: Copy + Default>(
    kind: &'static str,
    word: Option<&str>,
    known: &[(&str, T)],
    words: &str,
) -> Result<T, Malformed> {
    let Some(word) = word else { return Ok(T::default()) };
    let found = known.iter().find(|(name, _)| *name == word.trim()).map(|(_, value)| *value);
    found.ok_or_else(|| Malformed::new(kind, format!("`{word}` is unknown here"), words))
}

fn never(message: String, hint: &str) -> Malformed {
    Malformed::new("schedule-never-falls", message, hint)
}

fn every(text: &str) -> Result<Every, Malformed> {
    match text.trim() {
        "week" => return Ok(Every::Week),
        "month" => return Ok(Every::Month),
        "quarter" => return Ok(Every::Quarter),
        "half-year" => return Ok(Every::HalfYear),
        "year" => return Ok(Every::Year),
        _ => {}
    }
    match Span::parse(text) {
        Ok(Span::Months(count)) if (1..=SPAN_MONTHS_MAX).contains(&count) => Ok(Every::Months(count)),
        _ => {
            let hint = "write week, month, quarter, half-year, year or `2 months`";
            Err(never(format!("`{text}` is not how often something falls"), hint))
        }
    }
}

fn day(every: Every, text: Option<&str>) -> Result<(DayRule, NaiveTime), Malformed> {
    let Some(text) = text else { return Ok((DayRule::Day(1), NaiveTime::MIN)) };
    let hint = match every {
        Every::Week => "a week takes a weekday, `Friday` or `Friday 17:00`, or `1st workday`, `last workday`",
        Every::Month => "a month takes `day 10`, `5th workday`, `last workday`, 上旬, 中旬, 下旬 or 月底",
        Every::Year => "a year takes `05-15`, `5th workday` or `last workday`",
        Every::Quarter | Every::HalfYear | Every::Months(_) => "write `day 10`, `5th workday`, `last workday` or 月底",
    };
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let mut time = NaiveTime::MIN;
    if let Some(last) = words.last().filter(|last| last.contains([':', '：'])) {
        let read = if last.len() == 5 { NaiveTime::parse_from_str(last, "%H:%M").ok() } else { None };
        time = read.ok_or_else(|| never(format!("`{last}` is not a time of day"), "write 09:00 or 17:30"))?;
        words.pop();
    }
    let rule = rule(&words).ok_or_else(|| never(format!("`{text}` is not a day"), hint))?;
    if fits(every, rule) {
        Ok((rule, time))
    } else {
        Err(never(format!("`{text}` never comes in every {}", word(every)), hint))
    }
}

fn rule(words: &[&str]) -> Option<DayRule> {
    match words {
        ["day", number] => digits(number).map(DayRule::Day),
        ["last", "workday"] => Some(DayRule::LastWorkday),
        ["last", "day"] | ["下旬" | "月底"] => Some(DayRule::Last),
        ["上旬"] => Some(DayRule::Day(10)),
        ["中旬"] => Some(DayRule::Day(20)),
        [ordinal, "workday"] => {
            let number = ["st", "nd", "rd", "th"].iter().find_map(|ending| ordinal.strip_suffix(ending))?;
            digits(number).map(DayRule::Workday)
        }
        [word] => weekday(word)
            .map(DayRule::Weekday)
            .or_else(|| month_day(word).map(|(month, day)| DayRule::Date(month, day))),
        _ => None,
    }
}

fn weekday(word: &str) -> Option<Weekday> {
    let days = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
    let names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let chinese = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
    names
        .iter()
        .position(|name| name.eq_ignore_ascii_case(word))
        .or_else(|| chinese.iter().position(|name| *name == word))
        .map(|place| days[place])
}

fn fits(every: Every, rule: DayRule) -> bool {
    let months = match every {
        Every::Week => 0,
        Every::Month => 1,
        Every::Quarter => 3,
        Every::HalfYear => 6,
        Every::Year => 12,
        Every::Months(count) => count,
    };
    match rule {
        DayRule::Weekday(_) => every == Every::Week,
        DayRule::Day(number) => months > 0 && (1..=months * 31).contains(&number),
        DayRule::Workday(number) => (1..=if months == 0 { 7 } else { months * 23 }).contains(&number),
        DayRule::Last | DayRule::LastWorkday => true,
        DayRule::Date(..) => every == Every::Year,
    }
}

fn word(every: Every) -> String {
    match every {
        Every::Week => "week".to_string(),
        Every::Month => "month".to_string(),
        Every::Quarter => "quarter".to_string(),
        Every::HalfYear => "half-year".to_string(),
        Every::Year => "year".to_string(),
        Every::Months(count) => format!("{count} months"),
    }
}
