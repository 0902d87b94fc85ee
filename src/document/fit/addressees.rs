//! Where 主送 stands that would leave the first page without text: in the 版记 as far as that holds it (9704 7.3.2), else nowhere.

use super::{HEIGHT_POINTS, ROW_POINTS, above, halves, mark_points, text_rows, text_width};
use crate::document::model::{Document, Layout};

/// So few rows of 主送 are not what leaves the first page without text: they stay, and its rows stand closer.
pub(super) const MAIN_TO_ROWS_FEW: u32 = 2;
/// A row of 4号 in the 版记 and a rule with the space around it, as the Word file has them; the PDF's are a little lower.
const IMPRINT_ROW_POINTS: u32 = 23;
const IMPRINT_RULE_POINTS: u32 = 3;
/// A row of the 版记 in half characters of 4号: the first begins one character in, those below under the first name.
const SENT_HALVES_OUTSIDE: u32 = 4;
const SENT_HALVES_LABEL: u32 = 6;
/// What stands in a row of 印发机关 beside the name: the date, and what parts them, in half characters.
const PRINTED_HALVES: u32 = 30;
const SMALL_HALF_TWIPS: u32 = 140;

/// Whether 主送 stands in the 版记: above the text it would leave the first page no row of it (9704 7.3.2).
pub(in crate::document) fn main_to_below(document: &Document) -> bool {
    crowding(document).is_some() && imprint_holds(document)
}

/// The rows of a 主送 that finds room neither above the text nor in the 版记: the first page would be without text (9704 7.3.3).
pub(in crate::document) fn main_to_overlong(document: &Document) -> Option<u32> {
    crowding(document).filter(|_| !imprint_holds(document))
}

/// The rows of a 主送 that would leave the first page without text.
fn crowding(document: &Document) -> Option<u32> {
    let headed = matches!(document.layout, Layout::Document | Layout::Letter);
    let rows = text_rows(document.main_to.as_ref().filter(|_| headed)?);
    let (fixed, above) = above(document, mark_points(document));
    let left = HEIGHT_POINTS.saturating_sub(fixed + above * ROW_POINTS) / ROW_POINTS;
    (rows > MAIN_TO_ROWS_FEW && rows + 1 > left).then_some(rows)
}

/// Whether a page holds the 版记 with 主送 in it.
fn imprint_holds(document: &Document) -> bool {
    let whole = text_width(document.layout);
    let sent = [&document.main_to, &document.copy_to, &document.distributed];
    let sent: u32 = sent.into_iter().flatten().map(|names| sent_rows(&format!("主送：{names}。"), whole)).sum();
    let letter = document.layout == Layout::Letter;
    let room = (whole / SMALL_HALF_TWIPS).saturating_sub(PRINTED_HALVES).max(1);
    let printed = document.printed_by.as_ref().map_or(0, |(organ, _)| halves(organ).div_ceil(room));
    let rows = sent + if letter { 0 } else { printed + u32::from(document.copies.is_some()) };
    let rules = if letter { 0 } else { 4 };
    rows * IMPRINT_ROW_POINTS + rules * IMPRINT_RULE_POINTS <= HEIGHT_POINTS
}

/// Rows of 抄送 and the like on a page so many twips wide; a little is added for what the estimate misses. Programs that are not told to
/// leave it out put a quarter of a character between Chinese and Latin: 第 84 村.
pub(in crate::document) fn sent_rows(line: &str, whole: u32) -> u32 {
    let latin: Vec<bool> = line.chars().map(|it| it.is_ascii_alphanumeric()).collect();
    let gaps = latin.windows(2).filter(|pair| pair[0] != pair[1]).count() as u32;
    let total = (halves(line) + gaps / 2) * 103 / 100;
    let first = (whole / SMALL_HALF_TWIPS).saturating_sub(SENT_HALVES_OUTSIDE);
    let other = first.saturating_sub(SENT_HALVES_LABEL).max(1);
    1 + total.saturating_sub(first).div_ceil(other)
}
