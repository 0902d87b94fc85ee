//! Boxes to tick, of every make: controls of Word, fields of older forms, signs of symbol faces.

use super::look::{at, attribute, is_on, named};
use crate::ooxml::xml::Element;

/// A box that is ticked.
pub(super) const TICKED: char = '☑';
/// A box that is not.
pub(super) const OPEN: char = '□';

fn sign(ticked: bool) -> char {
    if ticked { TICKED } else { OPEN }
}

/// The sign of a content control that is a check box; nothing when it is none.
pub(super) fn control(properties: &Element) -> Option<char> {
    let control = named(properties, "checkbox")?;
    Some(sign(is_on(named(control, "checked"))))
}

/// The sign of a form field that is a check box, by the begin of its field; nothing when it is none.
pub(super) fn field(begin: &Element) -> Option<char> {
    let field = at(begin, &["ffData", "checkBox"])?;
    let ticked = named(field, "checked").or_else(|| named(field, "default"));
    Some(sign(is_on(ticked)))
}

/// A character of a symbol face: boxes and ticks of Wingdings; what else it may be, nobody can tell from its number.
pub(super) fn symbol(symbol: &Element) -> Option<char> {
    let face = attribute(symbol, "font")?.to_lowercase();
    let code = u32::from_str_radix(attribute(symbol, "char")?, 16).ok()? & 0xFF;
    match (face.as_str(), code) {
        ("wingdings", 0xFB..=0xFE) | ("wingdings 2", 0x50..=0x54) => Some(TICKED),
        ("wingdings", 0xA8 | 0x6F | 0x71 | 0x72) | ("wingdings 2", 0xA3 | 0x2A | 0x30) => Some(OPEN),
        ("wingdings", 0x6E) => Some('■'),
        _ => None,
    }
}
