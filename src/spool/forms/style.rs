//! How a workbook looks: formats, widths and heights; what a clerk may change is pale, what he may not is grey.

use super::cells;
use crate::submission::{Entry, Type};
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, ProtectionOptions, Worksheet, XlsxError};

const ASKED: Color = Color::RGB(0xFF_F8_DC);
const LOCKED: Color = Color::RGB(0xE7_E6_E6);
const HEADING: Color = Color::RGB(0xD9_E2_F3);

fn base() -> Format {
    Format::new().set_font_name("宋体").set_font_size(11).set_align(FormatAlign::VerticalCenter)
}

fn boxed() -> Format {
    base().set_text_wrap().set_border(FormatBorder::Thin).set_border_color(Color::RGB(0x80_80_80))
}

/// The title line of a sheet.
pub(super) fn title() -> Format {
    base().set_font_name("黑体").set_font_size(16).set_align(FormatAlign::Center).set_text_wrap()
}

/// A sentence above the form.
pub(super) fn note() -> Format {
    base().set_text_wrap().set_align(FormatAlign::Left)
}

/// A sentence that must not be missed.
pub(super) fn warning() -> Format {
    note().set_bold().set_font_color(Color::RGB(0xC0_00_00))
}

/// A column heading.
pub(super) fn heading() -> Format {
    boxed().set_bold().set_background_color(HEADING).set_align(FormatAlign::Center)
}

/// A label beside a value.
pub(super) fn label() -> Format {
    boxed().set_bold().set_background_color(LOCKED)
}

/// A cell that only tells something.
pub(super) fn told() -> Format {
    boxed().set_background_color(LOCKED)
}

/// A cell that tells a count.
pub(super) fn count() -> Format {
    told().set_align(FormatAlign::Center)
}

/// An explanation beside a value.
pub(super) fn aside() -> Format {
    base().set_text_wrap().set_font_size(10).set_font_color(Color::RGB(0x59_59_59)).set_indent(1)
}

/// The cell of an entry: open unless it is only shown.
pub(super) fn cell(entry: &Entry) -> Format {
    let side = if cells::is_number(&entry.kind) { FormatAlign::Right } else { FormatAlign::Left };
    let format = boxed().set_align(side).set_num_format(number_format(&entry.kind));
    if entry.shown {
        return format.set_background_color(LOCKED);
    }
    let format = if entry.optional || !entry.of.is_empty() { format } else { format.set_background_color(ASKED) };
    format.set_unlocked()
}

/// The open cells below the drawn rows.
pub(super) fn beyond(entry: &Entry) -> Format {
    base().set_text_wrap().set_num_format(number_format(&entry.kind)).set_unlocked()
}

/// Text everywhere except where a program should help with numbers and dates: so digits, `1-2` and `007` stay as typed.
/// Long texts stay general, since old programs show a text cell of more than 255 characters as `####`.
fn number_format(kind: &Type) -> String {
    match kind {
        Type::Integer => "0".to_string(),
        Type::Decimal(places) if *places > 0 => format!("0.{}", "0".repeat(usize::from(*places))),
        Type::Decimal(_) => "0".to_string(),
        Type::Money => "#,##0.00".to_string(),
        Type::Date => "yyyy-mm-dd".to_string(),
        Type::Text(most) if *most > 200 => "General".to_string(),
        Type::Any(_) | Type::List(..) | Type::Table(..) => "General".to_string(),
        Type::Text(_) | Type::Name | Type::IdNumber | Type::CreditCode | Type::Phone | Type::Email | Type::Address => {
            "@".to_string()
        }
        Type::Percent | Type::AboutNumber | Type::Month | Type::Year | Type::Time | Type::Period => "@".to_string(),
        Type::YesNo | Type::Office | Type::File | Type::Image | Type::One(_) => "@".to_string(),
    }
}

/// Width of a column in characters.
pub(super) fn width(entry: &Entry) -> f64 {
    let by_kind = match &entry.kind {
        Type::Integer | Type::Year | Type::YesNo | Type::Percent => 10,
        Type::Date | Type::Month | Type::Time | Type::Period | Type::AboutNumber | Type::Decimal(_) => 13,
        Type::Name | Type::Phone | Type::Money => 16,
        Type::IdNumber | Type::CreditCode => 22,
        Type::Email | Type::Office | Type::File | Type::Image => 24,
        Type::Address | Type::Any(_) | Type::List(..) | Type::Table(..) => 30,
        Type::Text(most) if *most > 100 => 42,
        Type::Text(most) => (most * 2).clamp(12, 26),
        Type::One(words) => words.iter().map(|word| units(word) + 4).max().unwrap_or(10).clamp(10, 30),
    };
    let heading = cells::heading(entry);
    let by_heading = heading.lines().map(units).max().unwrap_or(0).div_ceil(2) + 3;
    f64::from(u32::try_from(by_kind.max(by_heading).min(48)).unwrap_or(48))
}

/// Width of a text: a Chinese character counts two.
pub(super) fn units(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// Height in points for a text wrapped at so many characters.
pub(super) fn height(text: &str, width: f64) -> f64 {
    let lines: f64 = text.lines().map(|line| (units(line) as f64 / (width - 1.0).max(1.0)).ceil().max(1.0)).sum();
    // a row higher than 409 points is refused by the format
    (lines.max(1.0) * 17.0 + 3.0).min(400.0)
}

/// Landscape A4, one page wide, headings on every page, page numbers; locked except for the answer cells, no password.
pub(super) fn page(sheet: &mut Worksheet, title: &str, heading: Option<u32>) -> Result<(), XlsxError> {
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_margins(0.5, 0.5, 0.6, 0.6, 0.3, 0.3);
    // `&` begins a code in a footer; a long title would be refused
    let title: String = title.replace('&', "＆").chars().take(60).collect();
    sheet.set_footer(format!("&L{title}&R第 &P 页 共 &N 页"));
    if let Some(row) = heading {
        sheet.set_repeat_rows(row, row)?;
    }
    let open = ProtectionOptions { format_columns: true, format_rows: true, ..ProtectionOptions::default() };
    sheet.protect_with_options(&open);
    Ok(())
}
