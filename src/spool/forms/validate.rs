//! What a cell says to the clerk while he types: drop-down lists, limits with Chinese messages, prompts.

use super::cells;
use crate::submission::hint::{choices, only, wanted};
use crate::submission::{Entry, Type};
use rust_xlsxwriter::{DataValidation, DataValidationRule as Rule, ExcelDateTime, Formula, XlsxError};

/// UTF-16 units of a prompt or message, at most; the format's own limit is 255.
const MESSAGE_UNITS: usize = 250;
/// UTF-16 units of a drop-down list written in place.
const LIST_UNITS: usize = 255;

/// True when the choices fit into the validation itself; else they must stand in cells.
pub(super) fn fits(choices: &[String]) -> bool {
    let units: usize = choices.iter().map(|word| word.encode_utf16().count() + 1).sum();
    units <= LIST_UNITS && !choices.is_empty() && choices.iter().all(|word| !word.contains([',', '"', '\n']))
}

/// The validation of an entry's cells. `list` is the range of the choices where they do not fit.
pub(super) fn validation(entry: &Entry, list: Option<&str>) -> Result<DataValidation, XlsxError> {
    let plain = DataValidation::new();
    let ruled = match &entry.kind {
        Type::YesNo | Type::One(_) => match (list, choices(&entry.kind)) {
            (Some(range), _) => plain.allow_list_formula(Formula::new(range)),
            (None, Some(words)) if fits(&words) => plain.allow_list_strings(&words)?,
            (None, _) => plain.allow_any_value(),
        },
        Type::Integer => {
            plain.allow_whole_number(Rule::Between(whole(&entry.min, i32::MIN), whole(&entry.max, i32::MAX)))
        }
        Type::Decimal(_) | Type::Money => {
            plain.allow_decimal_number(Rule::Between(decimal(&entry.min, -1e15), decimal(&entry.max, 1e15)))
        }
        Type::Date => plain.allow_date(Rule::Between(day(&entry.min, (1900, 1, 1))?, day(&entry.max, (2199, 12, 31))?)),
        Type::Text(most) => {
            plain.allow_text_length(Rule::LessThanOrEqualTo(u32::try_from(*most).unwrap_or(u32::MAX).min(32_767)))
        }
        Type::Name => plain.allow_text_length(Rule::LessThanOrEqualTo(40)),
        Type::IdNumber | Type::CreditCode => plain.allow_text_length(Rule::EqualTo(18)),
        Type::Phone | Type::Email | Type::Address | Type::AboutNumber | Type::Percent | Type::Month | Type::Year => {
            plain.allow_any_value()
        }
        Type::Time | Type::Period | Type::Office | Type::File | Type::Image => plain.allow_any_value(),
        Type::Any(_) | Type::List(..) | Type::Table(..) => plain.allow_any_value(),
    };
    let title: String = entry.title.chars().take(15).collect();
    let ruled = ruled.set_error_title("填写有误")?.set_error_message(cut(&wanted(entry)))?;
    ruled.set_input_title(title)?.set_input_message(cut(&prompt(entry)))
}

/// What the clerk is told when he enters the cell.
pub(super) fn prompt(entry: &Entry) -> String {
    let mut lines: Vec<String> = entry.hint.iter().cloned().collect();
    if let Some(only) = only(entry) {
        lines.push(only);
    }
    lines.push(wanted(entry));
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

fn whole(bound: &Option<String>, or: i32) -> i32 {
    bound.as_ref().and_then(|text| text.parse().ok()).unwrap_or(or)
}

fn decimal(bound: &Option<String>, or: f64) -> f64 {
    bound.as_ref().and_then(|text| text.parse().ok()).unwrap_or(or)
}

fn day(bound: &Option<String>, (year, month, day): (u16, u8, u8)) -> Result<ExcelDateTime, XlsxError> {
    bound.as_ref().and_then(|text| cells::date(text)).map_or_else(|| ExcelDateTime::from_ymd(year, month, day), Ok)
}

fn cut(text: &str) -> String {
    let mut units = 0;
    let fits = text.chars().take_while(|c| {
        units += c.len_utf16();
        units <= MESSAGE_UNITS
    });
    let short: String = fits.collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}
