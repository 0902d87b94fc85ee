//! What a cell says to the clerk while he types: drop-down lists, limits with Chinese messages, prompts.

use super::cells;
use crate::submission::{Entry, Type};
use rust_xlsxwriter::{DataValidation, DataValidationRule as Rule, ExcelDateTime, Formula, XlsxError};

/// UTF-16 units of a prompt or message, at most; the format's own limit is 255.
const MESSAGE_UNITS: usize = 250;
/// UTF-16 units of a drop-down list written in place.
const LIST_UNITS: usize = 255;

/// The choices of a type, where it has a fixed list.
pub(super) fn choices(kind: &Type) -> Option<Vec<String>> {
    match kind {
        Type::YesNo => Some(vec!["是".to_string(), "否".to_string()]),
        Type::One(words) => Some(words.clone()),
        Type::Text(_) | Type::Name | Type::IdNumber | Type::CreditCode | Type::Phone | Type::Email | Type::Address => {
            None
        }
        Type::Integer | Type::Decimal(_) | Type::Money | Type::Percent | Type::AboutNumber => None,
        Type::Date | Type::Month | Type::Year | Type::Time | Type::Period => None,
        Type::Office | Type::File | Type::Image | Type::Any(_) | Type::List(..) | Type::Table(..) => None,
    }
}

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

/// For which categories the entry is asked, when not for all.
pub(super) fn only(entry: &Entry) -> Option<String> {
    if entry.of.is_empty() { None } else { Some(format!("仅下列类别填写：{}。", entry.of.join("、"))) }
}

/// What may stand in the cell, as a sentence.
pub(super) fn wanted(entry: &Entry) -> String {
    let say = match &entry.kind {
        Type::Text(most) => format!("不超过{most}个字。"),
        Type::Name => "请填写姓名或单位全称，不超过40个字。".to_string(),
        Type::IdNumber => "请填写18位居民身份证号码。".to_string(),
        Type::CreditCode => "请填写18位统一社会信用代码。".to_string(),
        Type::Phone => "请填写电话号码，如 0565-6811234 或手机号。".to_string(),
        Type::Email => "请填写电子邮箱。".to_string(),
        Type::Address => "请填写详细地址。".to_string(),
        Type::Integer => format!("请填写整数{}。", between(entry)),
        Type::Decimal(places) => format!("请填写数字，最多{places}位小数{}。", between(entry)),
        Type::Money => format!("请填写金额（元），最多两位小数{}。", between(entry)),
        Type::Percent => "请填写0到100之间的数字，不写百分号。".to_string(),
        Type::AboutNumber => "请填写数字，可带“余”“多”“约”，如 300余。".to_string(),
        Type::Date => format!("请按 2026-07-01 的样子填写日期{}。", between(entry)),
        Type::Month => "请按 2026-07 的样子填写年月。".to_string(),
        Type::Year => "请填写四位年份，如 2026。".to_string(),
        Type::Time => "请按 09:30 的样子填写时间。".to_string(),
        Type::Period => "请按 2026、2026-05、2026-Q2 或 2026-W14 的样子填写。".to_string(),
        Type::YesNo => "请从下拉列表中选“是”或“否”。".to_string(),
        Type::Office => "请填写单位名称。".to_string(),
        Type::One(_) => "请从下拉列表中选择一项。".to_string(),
        Type::Any(words) => format!("可填多项，用“、”隔开：{}。", words.join("、")),
        Type::File => "请填写附件的文件名，并把附件和本表放在一起交。".to_string(),
        Type::Image => "请填写图片的文件名，并把图片和本表放在一起交。".to_string(),
        Type::List(_, least) if *least > 1 => format!("每行填一项，至少{least}项（在单元格内换行按 Alt+回车）。"),
        Type::List(..) => "每行填一项（在单元格内换行按 Alt+回车）。".to_string(),
        Type::Table(..) => String::new(),
    };
    if entry.shown { String::new() } else { say }
}

fn between(entry: &Entry) -> String {
    match (&entry.min, &entry.max) {
        (Some(min), Some(max)) => format!("，从{min}到{max}"),
        (Some(min), None) => format!("，不小于{min}"),
        (None, Some(max)) => format!("，不大于{max}"),
        (None, None) => String::new(),
    }
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
