//! Boxes to tick, of every make: controls of Word, fields of older forms, signs of symbol faces.
//!
//! What a person sees counts: a control whose sign was typed over says what its sign says, whatever state it keeps.

use super::look::{at, attribute, is_on, named};
use crate::ooxml::xml::Element;
use crate::submission::paper;

/// A box that is ticked.
pub(super) const TICKED: char = '☑';
/// A box that is not.
pub(super) const OPEN: char = '□';

fn sign(ticked: bool) -> char {
    if ticked { TICKED } else { OPEN }
}

/// What a content control that is a check box shows, by the text in it; nothing when it is none. A text that only its own face makes a
/// sign says nothing: then its state does.
pub(super) fn control(properties: &Element, shown: &str) -> Option<String> {
    let control = named(properties, "checkbox")?;
    let state = sign(is_on(named(control, "checked")));
    let shown = shown.trim();
    let marked = |c: char| paper::TICKED.contains(&c) || paper::OPEN.contains(&c);
    if !shown.contains(marked) {
        return Some(if shown.is_ascii() { state.to_string() } else { shown.to_owned() });
    }
    let mut marks = shown.chars().filter(|c| !c.is_whitespace());
    if !marks.clone().all(marked) {
        return Some(shown.to_owned());
    }
    // a box may be drawn to have a cross where it is not ticked
    let own = |name| {
        let code = attribute(named(control, name)?, "val")?;
        u32::from_str_radix(code, 16).ok().and_then(char::from_u32)
    };
    let unticked = own("uncheckedState").filter(|sign| own("checkedState") != Some(*sign));
    Some(sign(marks.any(|c| paper::TICKED.contains(&c) && unticked != Some(c))).to_string())
}

/// The sign of a form field that is a check box, by the begin of its field; nothing when it is none.
pub(super) fn field(begin: &Element) -> Option<char> {
    let field = at(begin, &["ffData", "checkBox"])?;
    let ticked = named(field, "checked").or_else(|| named(field, "default"));
    Some(sign(is_on(ticked)))
}

/// A character of a symbol face: boxes and ticks of Wingdings; what else it may be, nobody can tell from its number.
pub(super) fn symbol(symbol: &Element) -> Option<char> {
    let code = u32::from_str_radix(attribute(symbol, "char")?, 16).ok()?;
    of_face(attribute(symbol, "font")?, code)
}

/// A character as the faces of its run draw it: some programs write the signs of a symbol face as text.
pub(super) fn drawn(faces: Option<&Element>, c: char) -> char {
    let code = u32::from(c);
    let of_symbols = code < 0x100 || (0xF000..0xF100).contains(&code);
    let Some(faces) = faces.filter(|_| of_symbols && !c.is_whitespace()) else { return c };
    let kinds: &[&str] = if c.is_ascii() { &["ascii"] } else { &["hAnsi", "ascii", "eastAsia"] };
    kinds.iter().find_map(|kind| of_face(attribute(faces, kind)?, code)).unwrap_or(c)
}

fn of_face(face: &str, code: u32) -> Option<char> {
    match (face.to_lowercase().as_str(), code & 0xFF) {
        ("wingdings", 0xFB..=0xFE) | ("wingdings 2", 0x50..=0x54) => Some(TICKED),
        ("wingdings", 0xA8 | 0x6F | 0x71 | 0x72) | ("wingdings 2", 0xA3 | 0x2A | 0x30) => Some(OPEN),
        ("wingdings", 0x6E) => Some('■'),
        _ => None,
    }
}
