//! Whether the glyphs of a face embedded in a PDF draw anything.
//!
//! Asked only where the file says for sure which glyph a code is: composite faces whose codes are those of glyphs, as all programs
//! write them that set Chinese. What cannot be read is not held against a paper.

use hayro_syntax::object::{Array, Dict, Name, Object, Stream};
use std::cell::RefCell;
use std::collections::BTreeMap;
use ttf_parser::{CFFError, GlyphId, OutlineBuilder, cff};

/// The outlines of an embedded face.
#[derive(Debug)]
pub(super) struct Outlines {
    program: Vec<u8>,
    /// outlines as CFF has them, by themselves
    compact: bool,
    /// the glyphs that codes name; none where they are the codes themselves
    glyphs: BTreeMap<u32, u16>,
    known: RefCell<BTreeMap<u32, bool>>,
}

impl Outlines {
    /// The face of a descendant font; none where it cannot be told which glyph a code is.
    pub(super) fn of(holder: &Dict<'_>) -> Option<Outlines> {
        let descriptor = holder.get::<Dict<'_>>("FontDescriptor")?;
        let file = |key: &str| descriptor.get::<Stream<'_>>(key);
        let (program, compact) = match (file("FontFile2"), file("FontFile3")) {
            (Some(stream), _) => (stream.decoded().ok()?.to_vec(), false),
            (None, Some(stream)) => {
                let whole = stream.dict().get::<Name<'_>>("Subtype").is_some_and(|it| it.as_ref() == b"OpenType");
                let program = stream.decoded().ok()?.to_vec();
                let table = ttf_parser::RawFace::parse(&program, 0)
                    .ok()
                    .and_then(|it| it.table(ttf_parser::Tag::from_bytes(b"CFF ")));
                match table.map(<[u8]>::to_vec) {
                    Some(table) => (table, true),
                    None => (program, !whole),
                }
            }
            (None, None) => return None,
        };
        let glyphs = if compact { of_charset(&cff::Table::parse(&program)?) } else { of_map(holder)? };
        Some(Outlines { program, compact, glyphs, known: RefCell::default() })
    }

    /// A face whose glyphs are drawings of their own (Type 3): what typesetters make of glyphs they find no outline for.
    pub(super) fn of_drawings(dict: &Dict<'_>) -> Option<Outlines> {
        let drawings = dict.get::<Dict<'_>>("CharProcs")?;
        let names = dict.get::<Dict<'_>>("Encoding")?.get::<Array<'_>>("Differences")?;
        let (mut known, mut code) = (BTreeMap::new(), 0);
        for object in names.iter::<Object<'_>>() {
            if let Object::Number(first) = &object {
                code = first.as_f64() as u32;
            } else if let Object::Name(name) = &object {
                let drawing = drawings.get::<Stream<'_>>(name.as_ref()).and_then(|it| it.decoded().ok());
                known.insert(code, drawing.is_some_and(|it| paints_nothing(&it)));
                code += 1;
            }
        }
        Some(Outlines { program: Vec::new(), compact: false, glyphs: BTreeMap::new(), known: RefCell::new(known) })
    }

    /// Whether the glyph of this code is there and draws nothing.
    pub(super) fn is_blank(&self, code: u32) -> bool {
        if let Some(known) = self.known.borrow().get(&code) {
            return *known;
        }
        let named = if self.glyphs.is_empty() { u16::try_from(code).ok() } else { self.glyphs.get(&code).copied() };
        let blank = named.is_some_and(|glyph| self.draws(GlyphId(glyph)) == Some(false));
        self.known.borrow_mut().insert(code, blank);
        blank
    }

    /// Whether a glyph has lines; none where that cannot be told.
    fn draws(&self, glyph: GlyphId) -> Option<bool> {
        let mut lines = Lines(0);
        let told = if self.compact {
            match cff::Table::parse(&self.program)?.outline(glyph, &mut lines) {
                Ok(_) => true,
                Err(error) => {
                    matches!(error, CFFError::ZeroBBox | CFFError::MissingEndChar | CFFError::ReadOutOfBounds)
                }
            }
        } else {
            let face = ttf_parser::Face::parse(&self.program, 0).ok()?;
            face.tables().glyf?;
            face.outline_glyph(glyph, &mut lines);
            glyph.0 < face.number_of_glyphs()
        };
        (lines.0 > 0 || told).then_some(lines.0 > 0)
    }
}

/// The glyphs of a CFF face by its characters (CID); none where it has no such characters.
fn of_charset(table: &cff::Table<'_>) -> BTreeMap<u32, u16> {
    let glyphs = 0..table.number_of_glyphs();
    glyphs.filter_map(|glyph| Some((u32::from(table.glyph_cid(GlyphId(glyph))?), glyph))).collect()
}

/// The glyphs of a TrueType face by the codes of the file.
fn of_map(holder: &Dict<'_>) -> Option<BTreeMap<u32, u16>> {
    let Some(map) = holder.get::<Stream<'_>>("CIDToGIDMap") else { return Some(BTreeMap::new()) };
    let map = map.decoded().ok()?;
    let pairs = map.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    // glyph 0 stands for what is not there
    Some((0..).zip(pairs).filter(|(_, glyph)| *glyph != 0).collect())
}

/// Whether a drawing is nothing but the width of its glyph.
fn paints_nothing(drawing: &[u8]) -> bool {
    let mut words = drawing.split(u8::is_ascii_whitespace).filter(|it| !it.is_empty());
    words.all(|word| {
        matches!(word, b"d0" | b"d1" | b"q" | b"Q" | b"cm") || word.iter().all(|c| b"0123456789.+-".contains(c))
    })
}

/// Counts lines.
struct Lines(usize);

impl OutlineBuilder for Lines {
    fn move_to(&mut self, _: f32, _: f32) {}

    fn line_to(&mut self, _: f32, _: f32) {
        self.0 += 1;
    }

    fn quad_to(&mut self, _: f32, _: f32, _: f32, _: f32) {
        self.0 += 1;
    }

    fn curve_to(&mut self, _: f32, _: f32, _: f32, _: f32, _: f32, _: f32) {
        self.0 += 1;
    }

    fn close(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::paints_nothing;

    #[test]
    fn a_drawing_of_a_width_alone_paints_nothing() {
        assert!(paints_nothing(b"1000 0 d0") && paints_nothing(b"q 1 0 0 -1 0 0 cm\n1000 0 0 0 0 0 d1 Q"));
        assert!(!paints_nothing(b"1000 0 0 0 9 9 d1 0 0 m 9 9 l 0 9 l f") && !paints_nothing(b"1000 0 d0 /x0 Do"));
    }
}
