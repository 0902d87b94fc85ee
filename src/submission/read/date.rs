//! Days, months, years, times and periods in every way an office writes them.

use super::text::{compact, of};
use crate::submission::{Entry, Raw};
use chrono::{NaiveDate, Weekday};
use std::ops::RangeInclusive;

/// Years a form may speak of.
const YEARS: RangeInclusive<i32> = 1900..=2199;
/// Characters of an age, at most.
const AGE_CHARACTERS_MAX: usize = 3;

/// A day of the calendar from its parts.
pub(super) fn calendar_day(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    let year = numeral(year, 4)?;
    let year = i32::try_from(year).ok().filter(|year| YEARS.contains(year))?;
    NaiveDate::from_ymd_opt(year, numeral(month, 2)?, numeral(day, 2)?)
}

/// What stands in a cell for a date, without the age that forms about persons have behind it in brackets: `1974年3月（48岁）`.
fn written(raw: &Raw) -> Result<String, String> {
    let text = compact(&of(raw)?);
    let before_age = || {
        let (date, age) = text.strip_suffix(')')?.rsplit_once('(')?;
        let years = age.strip_suffix('岁')?;
        numeral(years.strip_suffix('周').unwrap_or(years), AGE_CHARACTERS_MAX)?;
        Some(date.to_owned())
    };
    Ok(before_age().unwrap_or(text))
}

/// A day, `YYYY-MM-DD`.
pub(super) fn day(entry: &Entry, raw: &Raw) -> Result<String, String> {
    let text = if let Raw::Date(text) = raw { text.get(..10).unwrap_or(text).to_string() } else { written(raw)? };
    let parts = split(&text);
    let parts: Vec<&str> = match parts.as_slice() {
        [eight] if eight.len() == 8 && eight.is_ascii() => vec![&eight[..4], &eight[4..6], &eight[6..]],
        parts => parts.iter().map(String::as_str).collect(),
    };
    let found = if let [year, month, day] = parts.as_slice() { calendar_day(year, month, day) } else { None };
    match found {
        Some(day) => bounded(entry, day.format("%Y-%m-%d").to_string()),
        None if matches!(raw, Raw::Number(_)) => {
            Err(format!("是数字{text}，看不出是哪一天。请按 2026年6月1日 的样子重新填写。"))
        }
        None if is_no_day(&parts) => Err(format!("没有“{text}”这一天，请对照证件或者日历核对。")),
        None if month_text(&text).is_some() => {
            Err(format!("只写了年月（“{text}”），缺少日，请按 2026年6月1日 的样子填写年、月、日。"))
        }
        None => Err(format!("不是一个日期：“{text}”，请按 2026年6月1日 的样子填写年、月、日。")),
    }
}

/// Written as a day is, by its month and the number of its day, which that month does not have: 30 February.
fn is_no_day(parts: &[&str]) -> bool {
    let [year, month, day] = parts else { return false };
    let first = calendar_day(year, month, "1");
    first.is_some()
        && numeral(day, 2).is_some_and(|day| (29..=31).contains(&day))
        && calendar_day(year, month, day).is_none()
}

/// A month, `YYYY-MM`.
pub(super) fn month(entry: &Entry, raw: &Raw) -> Result<String, String> {
    let text = if let Raw::Date(text) = raw { text.get(..7).unwrap_or(text).to_string() } else { written(raw)? };
    if matches!(raw, Raw::Number(_)) && text.ends_with(".1") {
        // 2020.10 in a cell for numbers is 2020.1
        return Err(format!("分不清“{text}”是1月还是10月，请按 2020年10月 的样子填写。"));
    }
    match month_text(&text) {
        Some(month) => bounded(entry, month),
        None => Err(format!("不是一个年月：“{text}”，请按 2026年5月 的样子填写。")),
    }
}

fn month_text(text: &str) -> Option<String> {
    let day = match split(text).as_slice() {
        [year, month] => calendar_day(year, month, "1"),
        [six] if six.len() == 6 && six.is_ascii() => calendar_day(&six[..4], &six[4..], "1"),
        _ => None,
    };
    day.map(|day| day.format("%Y-%m").to_string())
}

/// A year.
pub(super) fn year(entry: &Entry, raw: &Raw) -> Result<i64, String> {
    let text = written(raw)?;
    match year_text(&text) {
        Some(year) => bounded(entry, year.to_string()).map(|_| i64::from(year)),
        None => Err(format!("不是一个年份：“{text}”，请按 2026 的样子填写四位数字。")),
    }
}

fn year_text(text: &str) -> Option<i32> {
    let bare = text.strip_suffix("年度").or_else(|| text.strip_suffix('年')).unwrap_or(text);
    let year = numeral(bare, 4).and_then(|year| i32::try_from(year).ok());
    year.filter(|year| YEARS.contains(year) && bare.chars().count() == 4)
}

/// A time of day, `HH:MM`.
pub(super) fn time(entry: &Entry, raw: &Raw) -> Result<String, String> {
    let wrong = |text: &str| format!("不是一个时间：“{text}”，请按 17:30 的样子填写。");
    if let Raw::Number(number) = raw
        && (0.0..1.0).contains(number)
    {
        // a cell for times holds the fraction of the day
        let minutes = (*number * 1440.0).round().min(1439.0);
        let (hour, minute) = ((minutes / 60.0).floor(), minutes % 60.0);
        return bounded(entry, format!("{hour:02}:{minute:02}"));
    }
    let text = if let Raw::Date(text) = raw {
        text.split_once('T').map(|(_, time)| time.to_string()).ok_or_else(|| wrong(text))?
    } else {
        compact(&of(raw)?)
    };
    let colons = text.replace(['时', '点'], ":").replace('分', "");
    let parts: Vec<&str> = colons.split(':').collect();
    let (hour, minute) = match parts.as_slice() {
        [hour, ""] => (*hour, "0"),
        [hour, minute] | [hour, minute, "00"] => (*hour, *minute),
        _ => return Err(wrong(&text)),
    };
    match (numeral(hour, 2), numeral(minute, 2)) {
        (Some(hour @ 0..=23), Some(minute @ 0..=59)) => bounded(entry, format!("{hour:02}:{minute:02}")),
        _ => Err(wrong(&text)),
    }
}

/// A period by its name: `2026`, `2026-05`, `2026-Q2`, `2026-H1`, `2026-W14`, `2026-05~2026-06`.
pub(super) fn period(entry: &Entry, raw: &Raw) -> Result<String, String> {
    if matches!(raw, Raw::Date(_)) {
        return month(entry, raw);
    }
    let text = compact(&of(raw)?);
    let several = text.split_once('~').map(|(first, last)| (month_text(first), month_text(last)));
    let found = match several {
        Some((Some(first), Some(last))) if first <= last => Some(format!("{first}~{last}")),
        Some(_) => None,
        None => year_text(&text).map(|year| year.to_string()).or_else(|| month_text(&text)).or_else(|| part(&text)),
    };
    found.ok_or_else(|| {
        format!("不是一个期间：“{text}”，请按 2026年、2026年5月、2026年第二季度、2026年第14周 的样子填写。")
    })
}

/// A quarter, half or week of a year.
fn part(text: &str) -> Option<String> {
    let cut = text.char_indices().nth(4).map(|(place, _)| place)?;
    let (year, rest) = text.split_at(cut);
    let year = year_text(year)?;
    let rest = rest.trim_start_matches(['年', '-', '第']).to_uppercase();
    let number = |letter: char, word: &str| {
        let digits = rest.strip_prefix(letter).or_else(|| rest.strip_suffix(word))?;
        numeral(digits, 2)
    };
    if let Some(quarter @ 1..=4) = number('Q', "季度") {
        return Some(format!("{year}-Q{quarter}"));
    }
    if let Some(half @ 1..=2) = rest.strip_prefix('H').and_then(|half| numeral(half, 1)) {
        return Some(format!("{year}-H{half}"));
    }
    if let Some(half) = ["上半年", "下半年"].iter().position(|word| rest == *word) {
        return Some(format!("{year}-H{}", half + 1));
    }
    let week = number('W', "周")?;
    NaiveDate::from_isoywd_opt(year, week, Weekday::Mon)?;
    Some(format!("{year}-W{week:02}"))
}

/// The parts of a date: `2022年6月1日`, `2022.6.1`, `2022-6-1`, `2022/6/1`; one part when there is nothing to part it by.
fn split(text: &str) -> Vec<String> {
    let text = text.replace(['年', '月', '.', '/', '。'], "-");
    let text = text.strip_suffix(['日', '号']).unwrap_or(&text);
    text.strip_suffix('-').unwrap_or(text).split('-').map(str::to_string).collect()
}

/// A number of at most so many characters, in Arabic or Chinese digits: `12`, `十二`, `二〇二二`.
fn numeral(text: &str, characters_max: usize) -> Option<u32> {
    let length = text.chars().count();
    if length == 0 {
        return None;
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return if length <= characters_max { text.parse().ok() } else { None };
    }
    if let Some((tens, ones)) = text.split_once('十') {
        let tens = if tens.is_empty() { 1 } else { positional(tens, 1)? };
        let ones = if ones.is_empty() { 0 } else { positional(ones, 1)? };
        return Some(tens * 10 + ones);
    }
    positional(text, characters_max)
}

fn positional(text: &str, characters_max: usize) -> Option<u32> {
    let zero = |c: char| if matches!(c, '零' | '○' | 'Ｏ' | 'O') { '〇' } else { c };
    let digit = |c: char| "〇一二三四五六七八九".chars().position(|digit| digit == zero(c));
    if text.chars().count() > characters_max {
        return None;
    }
    text.chars().try_fold(0, |number: u32, c| Some(number * 10 + u32::try_from(digit(c)?).ok()?))
}

/// The entry's bounds; a bound written otherwise (a day of any year, `period`) is the kernel's business.
fn bounded(entry: &Entry, text: String) -> Result<String, String> {
    let bound = |bound: &Option<String>| bound.clone().filter(|bound| bound.len() == text.len());
    match (bound(&entry.min), bound(&entry.max)) {
        (Some(min), _) if text < min => Err(format!("不能早于{min}，现在是{text}。")),
        (_, Some(max)) if text > max => Err(format!("不能晚于{max}，现在是{text}。")),
        _ => Ok(text),
    }
}
