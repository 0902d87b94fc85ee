//! Numbers, exact: what a cell holds as a binary number is read back as the digits that were typed.

use super::text::{compact, of};
use crate::numerals::veiled;
use crate::submission::{Entry, Raw};
use serde_json::Value;

/// A workbook keeps fifteen digits; from here on a number has lost some.
const EXACT_BELOW: f64 = 1e15;
/// Digits before the point at most.
const WHOLE_DIGITS_MAX: usize = 15;
/// Digits behind the point at most.
const PLACES_MAX: usize = 12;
/// Characters before the power of ten that a workbook shows of a long number: `4.42`.
const SHOWN_CHARACTERS: usize = 4;
/// Said of a number that a workbook has cut: what stands in the cell, what happened, and how to keep it from happening.
///
/// Of one that was written out with more digits than a workbook shows no more is repeated than it would: they name somebody.
pub(super) fn destroyed(shown: &str) -> String {
    let upper = shown.to_uppercase();
    let shortened =
        upper.split_once('E').and_then(|(digits, power)| Some(format!("{}E{power}", digits.get(..SHOWN_CHARACTERS)?)));
    let shown = shortened.as_deref().unwrap_or(shown);
    format!(
        "现在是“{shown}”：被 Excel 当成数字存了，只保留了前15位，后面的数字已经丢失，改格式找不回来。\
        请先把该列设为“文本”格式，再对照原件重新输入完整号码。"
    )
}

/// A long number as a workbook shows it: `4.42E+17`.
fn shown(number: f64) -> String {
    format!("{number:.2e}").replace('e', "E+")
}

/// The digits of a number as they were typed; noise behind the fifteenth digit is not part of it.
pub(super) fn digits(number: f64) -> Result<String, String> {
    if !number.is_finite() {
        return Err("不是一个数，请重新填写。".to_string());
    }
    if number.abs() >= EXACT_BELOW {
        return Err(destroyed(&shown(number)));
    }
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    Ok(if rounded == 0.0 { "0".to_string() } else { rounded.to_string() })
}

/// True for `3.42E+17`, which is what a workbook makes of a long number.
pub(super) fn scientific(text: &str) -> bool {
    let upper = compact(text).to_uppercase();
    let Some((digits, power)) = upper.split_once('E') else { return false };
    let number = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit() || c == '.');
    number(digits) && power.starts_with('+') && number(&power[1..])
}

/// A whole number within the entry's bounds.
pub(super) fn integer(entry: &Entry, raw: &Raw) -> Result<Value, String> {
    let text = plain(entry, raw, "")?;
    let whole = text.strip_suffix(".0").unwrap_or(&text);
    let number: i64 = match whole.parse() {
        Ok(number) if !whole.contains('.') && !whole.starts_with('+') => number,
        _ => return Err(format!("应当是整数，现在是“{text}”。")),
    };
    within(entry, whole)?;
    Ok(Value::from(number))
}

/// A number with so many places, as text with exactly that many.
pub(super) fn decimal(entry: &Entry, raw: &Raw, places: u8, unit: &str) -> Result<Value, String> {
    let text = plain(entry, raw, unit)?;
    let (sign, whole, fraction) = parts(&text).ok_or_else(|| format!("应当是数字，现在是“{text}”。"))?;
    let fraction = fraction.trim_end_matches('0');
    let places = usize::from(places);
    if fraction.len() > places {
        let most = if places == 0 { "不能有小数".to_string() } else { format!("最多{places}位小数") };
        return Err(format!("{most}，现在是“{text}”。"));
    }
    let point = if places == 0 { "" } else { "." };
    let canonical = signed(sign, &format!("{whole}{point}{fraction:0<places$}"));
    within(entry, &canonical)?;
    Ok(Value::from(canonical))
}

/// A percent between 0 and 100, as text without the sign.
pub(super) fn percent(entry: &Entry, raw: &Raw) -> Result<Value, String> {
    if let Raw::Number(number) = raw
        && *number > 0.0
        && *number <= 1.0
    {
        return Err(format!("分不清是{number}%还是{}%，请连百分号一起写，例如 95%。", number * 100.0));
    }
    let text = plain(entry, raw, "%")?;
    let (sign, whole, fraction) = parts(&text).ok_or_else(|| format!("应当是百分数，例如 95.5%，现在是“{text}”。"))?;
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    let canonical = signed(sign, &format!("{whole}{point}{fraction}"));
    if scaled(&canonical).is_none_or(|value| value < 0 || value > scaled("100").unwrap_or_default()) {
        return Err(format!("应当在 0% 到 100% 之间，现在是“{text}”。"));
    }
    within(entry, &canonical)?;
    Ok(Value::from(canonical))
}

/// A count that may say it is about: `约300`, `300余`, `1.2万多`.
pub(super) fn about(entry: &Entry, raw: &Raw) -> Result<Value, String> {
    let wrong = |text: &str| format!("应当是数，可以带“约”“余”“多”，例如 300余，现在是“{text}”。");
    let mut text = compact(&of(raw)?);
    if let Some(unit) = entry.unit.as_ref().filter(|unit| text.ends_with(unit.as_str())) {
        text.truncate(text.len() - unit.len());
    }
    let rest = text.strip_prefix('约').unwrap_or(&text);
    let rest = rest.strip_suffix(['余', '多']).unwrap_or(rest);
    let multiple = rest.ends_with(['万', '亿']);
    let rest = rest.strip_suffix(['万', '亿']).unwrap_or(rest);
    let rest = rest.strip_suffix(['余', '多']).unwrap_or(rest);
    let number = ungrouped(rest);
    if parts(&number).is_none_or(|(negative, _, fraction)| negative || !fraction.is_empty() && !multiple) {
        return Err(wrong(&text));
    }
    if !multiple {
        within(entry, &number)?;
    }
    Ok(Value::from(text.replace(rest, &number)))
}

/// The number of a cell without blanks, grouping commas, unit and sign of money.
fn plain(entry: &Entry, raw: &Raw, unit: &str) -> Result<String, String> {
    let text = compact(&of(raw)?);
    if scientific(&text) {
        return Err(destroyed(&text));
    }
    let money = text.strip_prefix(['¥', '￥']).unwrap_or(&text);
    let own = entry.unit.as_deref().filter(|own| !own.is_empty()).and_then(|own| money.strip_suffix(&compact(own)));
    let bare = own.or_else(|| money.strip_suffix(unit)).unwrap_or(money);
    Ok(ungrouped(bare))
}

/// `1,234,567` without its commas; anything else as it is.
fn ungrouped(text: &str) -> String {
    let (whole, _) = text.split_once('.').unwrap_or((text, ""));
    let mut groups = whole.trim_start_matches('-').split(',');
    let first = groups.next().is_some_and(|group| (1..=3).contains(&group.len()));
    if first && whole.contains(',') && groups.all(|group| group.len() == 3) {
        text.replace(',', "")
    } else {
        text.to_string()
    }
}

/// Sign, digits before the point without leading zeros, digits behind it.
fn parts(text: &str) -> Option<(bool, String, String)> {
    let body = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let point_alone = body.contains('.') && fraction.is_empty();
    if whole.is_empty() || point_alone || !digits(whole) || !digits(fraction) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    if whole.len() > WHOLE_DIGITS_MAX || fraction.len() > PLACES_MAX {
        return None;
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    Some((body.len() < text.len(), whole.to_string(), fraction.to_string()))
}

fn signed(negative: bool, digits: &str) -> String {
    let zero = digits.chars().all(|c| c == '0' || c == '.');
    if negative && !zero { format!("-{digits}") } else { digits.to_string() }
}

/// The number in units of the smallest place, to compare exactly.
fn scaled(text: &str) -> Option<i128> {
    let (negative, whole, fraction) = parts(text)?;
    let value: i128 = format!("{whole}{fraction:0<PLACES_MAX$}").parse().ok()?;
    Some(if negative { -value } else { value })
}

/// The entry's bounds; a bound that is no number is not ours.
fn within(entry: &Entry, text: &str) -> Result<(), String> {
    let Some(value) = scaled(text) else {
        return Err(format!("数太大或位数太多（{}），请核对。", veiled(text)));
    };
    let bound = |bound: &Option<String>| bound.as_deref().and_then(scaled);
    let unit = entry.unit.as_deref().unwrap_or("");
    match (bound(&entry.min), bound(&entry.max)) {
        (Some(min), _) if value < min => {
            Err(format!("不能小于{}{unit}，现在是{}。", entry.min.as_deref().unwrap_or(""), veiled(text)))
        }
        (_, Some(max)) if value > max => {
            Err(format!("不能大于{}{unit}，现在是{}。", entry.max.as_deref().unwrap_or(""), veiled(text)))
        }
        _ => Ok(()),
    }
}
