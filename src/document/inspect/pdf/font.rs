//! The faces of a PDF: how the bytes of a string are parted into characters, what they say and how wide they are.

use super::outlines::Outlines;
use crate::document::inspect::faces;
use crate::document::inspect::facts::is_han;
use hayro_cmap::{BfString, CMap};
use hayro_syntax::object::{Array, Dict, Name, Object, Stream};
use std::collections::BTreeMap;

/// Most widths a face may list; Unicode has fewer characters than a face has glyphs here.
const WIDTHS_COUNT_MAX: usize = 0x1_0000;

/// How the bytes of a string are parted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Codes {
    One,
    Two,
    /// GBK: a byte below 0x81 alone, else two
    Gbk,
}

/// A face as a page's content uses it.
#[derive(Debug)]
pub(super) struct Face {
    pub(super) name: String,
    pub(super) embedded: bool,
    codes: Codes,
    unicode: Option<CMap>,
    /// whether the codes are UTF-16 themselves
    utf16: bool,
    widths: BTreeMap<u32, f64>,
    default: f64,
    /// where the codes are those of glyphs
    outlines: Option<Outlines>,
}

/// A character as it is shown.
pub(super) struct Shown {
    /// what it says; `None` when the file does not tell
    pub(super) text: Option<String>,
    /// its width in thousandths of its size
    pub(super) width: f64,
    /// whether word spacing is added to it
    pub(super) space: bool,
    /// whether it is a character to be seen, and its glyph has no outline
    pub(super) blank: bool,
}

impl Face {
    pub(super) fn of(dict: &Dict<'_>) -> Face {
        let name_of = |dict: &Dict<'_>| dict.get::<Name<'_>>("BaseFont").map(|name| faces::name(name.as_ref()));
        let composite = dict.get::<Name<'_>>("Subtype").is_some_and(|kind| kind.as_ref() == b"Type0");
        let below = dict.get::<Array<'_>>("DescendantFonts").and_then(|all| all.iter::<Dict<'_>>().next());
        let holder = below.as_ref().unwrap_or(dict);
        let encoding = dict.get::<Name<'_>>("Encoding").map(|name| name.as_ref().to_vec()).unwrap_or_default();
        let (codes, utf16) = match encoding.as_slice() {
            _ if !composite => (Codes::One, false),
            [b'U', b'n', b'i', b'G', b'B', ..] => (Codes::Two, true),
            [b'G', b'B', ..] => (Codes::Gbk, false),
            _ => (Codes::Two, false),
        };
        let (widths, default) = if composite { cid_widths(holder) } else { simple_widths(dict) };
        let drawn = dict.get::<Name<'_>>("Subtype").is_some_and(|kind| kind.as_ref() == b"Type3");
        Face {
            name: name_of(dict).or_else(|| name_of(holder)).unwrap_or_default(),
            embedded: drawn || is_embedded(holder),
            codes,
            unicode: dict
                .get::<Stream<'_>>("ToUnicode")
                .and_then(|stream| CMap::parse(&stream.decoded().ok()?, |_| None)),
            utf16,
            widths,
            default,
            outlines: match drawn {
                true => Outlines::of_drawings(dict),
                false => Some(holder).filter(|_| encoding.starts_with(b"Identity")).and_then(Outlines::of),
            },
        }
    }

    /// The characters of a string.
    pub(super) fn shown(&self, bytes: &[u8]) -> Vec<Shown> {
        let mut shown = Vec::new();
        let mut rest = bytes;
        while let Some((first, after)) = rest.split_first() {
            let two = match self.codes {
                Codes::One => false,
                Codes::Two => true,
                Codes::Gbk => *first >= 0x81,
            };
            let (code, after) = match after.split_first() {
                Some((second, after)) if two => (u32::from(*first) << 8 | u32::from(*second), after),
                Some(_) | None => (u32::from(*first), after),
            };
            rest = after;
            let width = self.widths.get(&code).copied().unwrap_or(self.default);
            let text = self.text(code);
            let seen = text.as_ref().is_some_and(|it| it.chars().any(|c| is_han(c) || c.is_ascii_alphanumeric()));
            let blank = seen && self.outlines.as_ref().is_some_and(|it| it.is_blank(code));
            shown.push(Shown { text, width, space: !two && code == 32, blank });
        }
        shown
    }

    fn text(&self, code: u32) -> Option<String> {
        if let Some(map) = &self.unicode {
            return match map.lookup_bf_string(code)? {
                BfString::Char(one) => Some(one.to_string()),
                BfString::String(several) => Some(several),
            };
        }
        let own = self.utf16 || (self.codes != Codes::Two && code < 0x80);
        own.then(|| char::from_u32(code)).flatten().map(String::from)
    }
}

fn is_embedded(holder: &Dict<'_>) -> bool {
    let descriptor = holder.get::<Dict<'_>>("FontDescriptor");
    descriptor.is_some_and(|it| ["FontFile", "FontFile2", "FontFile3"].iter().any(|key| it.contains_key(key)))
}

fn number(object: &Object<'_>) -> Option<f64> {
    if let Object::Number(number) = object { Some(number.as_f64()) } else { None }
}

/// `W` of a composite face: `first [w w …]` or `first last w`.
fn cid_widths(holder: &Dict<'_>) -> (BTreeMap<u32, f64>, f64) {
    let default = holder.get::<f32>("DW").map_or(1000.0, f64::from);
    let mut widths = BTreeMap::new();
    let mut objects =
        holder.get::<Array<'_>>("W").into_iter().flat_map(|all| all.iter::<Object<'_>>().collect::<Vec<_>>());
    while let Some(first) = objects.next().as_ref().and_then(number) {
        match objects.next() {
            Some(Object::Array(list)) => {
                let given = list.iter::<Object<'_>>().filter_map(|it| number(&it));
                widths.extend((first as u32..).zip(given.take(WIDTHS_COUNT_MAX)));
            }
            Some(Object::Number(last)) => {
                let Some(width) = objects.next().as_ref().and_then(number) else { break };
                let codes = first as u32..=(last.as_f64() as u32);
                widths.extend(codes.take(WIDTHS_COUNT_MAX).map(|code| (code, width)));
            }
            Some(_) | None => break,
        }
    }
    (widths, default)
}

fn simple_widths(dict: &Dict<'_>) -> (BTreeMap<u32, f64>, f64) {
    let missing = dict.get::<Dict<'_>>("FontDescriptor").and_then(|it| it.get::<f32>("MissingWidth"));
    let first = dict.get::<i32>("FirstChar").and_then(|code| u32::try_from(code).ok()).unwrap_or(0);
    let list = dict.get::<Array<'_>>("Widths").into_iter().flat_map(|all| all.iter::<Object<'_>>().collect::<Vec<_>>());
    let widths = (first..).zip(list.take(WIDTHS_COUNT_MAX).map(|it| number(&it).unwrap_or(0.0))).collect();
    (widths, missing.map_or(500.0, f64::from))
}
