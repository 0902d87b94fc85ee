//! Lengths on the page, in twips (1/20 pt), and an estimate of how wide a text runs.

pub(super) use crate::document::fit::text_width;

/// A row of the grid: 22 rows in 225 mm.
pub(super) const ROW_TWIPS: u32 = 579;
/// A character of 3号 in the grid: 28 characters in 156 mm, 16 pt less 0.25 pt.
pub(super) const CHARACTER_TWIPS: u32 = 315;
/// A character of 4号, of the 版记 and the page number.
pub(super) const SMALL_CHARACTER_TWIPS: u32 = 280;
/// EMU, the unit of drawings, in a twip.
pub(super) const EMU_PER_TWIP: u32 = 635;

/// The width of a text set in characters `em` wide: a Han character counts one, a Latin letter or digit one half,
/// a control character, which is not set, nothing.
pub(super) fn width(text: &str, em: u32) -> u32 {
    let shown = text.chars().filter(|character| !character.is_control());
    shown.map(|character| if character.is_ascii() { em / 2 } else { em }).sum()
}
