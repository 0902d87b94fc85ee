//! Ofd: the rows at the head of a page of an OFD file (GB/T 33190), the format of official papers in fixed pages.
//!
//! A page is made of pieces of text at places, which programs write in any order, often one for each character; what stands at one height
//! is a row. Limits: [`ROWS_MAX`] rows of a page, the topmost ones, out of [`PIECES_MAX`] pieces.

use super::office::push;

/// Rows at the head of a page that are looked at.
const ROWS_MAX: usize = 30;
/// Pieces of text of one page.
const PIECES_MAX: usize = 50_000;
/// Millimetres by which pieces of one row may differ in height.
const ROW_MILLIMETRES: f64 = 2.0;
/// Millimetres between pieces that stand apart in their row.
const APART_MILLIMETRES: f64 = 10.0;
/// Below every page: where pieces are put that have no place, each in a row of its own.
const NOWHERE_MILLIMETRES: f64 = 100_000.0;

/// Whether a package of these parts is such a file.
pub(super) fn has<'a>(mut parts: impl Iterator<Item = &'a str>) -> bool {
    parts.any(|part| part.trim_start_matches('/').eq_ignore_ascii_case("ofd.xml"))
}

/// Where a piece stands, and its text.
struct Piece {
    height: f64,
    from: f64,
    to: f64,
    text: String,
}

/// A text object whose pieces are being read: left, top, width, and what its own measures are turned by.
#[derive(Default)]
struct Object {
    place: Option<(f64, f64, f64)>,
    turned: Option<[f64; 6]>,
}

/// The topmost rows of a part, one a line.
pub(super) fn head(xml: &str) -> String {
    let mut pieces = pieces(xml);
    pieces.sort_by(|a, b| a.height.total_cmp(&b.height));
    let mut rows: Vec<Vec<Piece>> = Vec::new();
    for piece in pieces {
        let of_row = |row: &Vec<Piece>| row.first().is_some_and(|first| piece.height - first.height <= ROW_MILLIMETRES);
        if let Some(row) = rows.last_mut().filter(|row| of_row(row)) {
            row.push(piece);
        } else if rows.len() < ROWS_MAX {
            rows.push(vec![piece]);
        } else {
            break;
        }
    }
    rows.into_iter().map(row).collect::<Vec<_>>().join("\n")
}

fn row(mut pieces: Vec<Piece>) -> String {
    pieces.sort_by(|a, b| a.from.total_cmp(&b.from));
    let mut out = String::new();
    let mut end = f64::INFINITY;
    for piece in pieces {
        if piece.from - end > APART_MILLIMETRES {
            out.push('\t');
        }
        out.push_str(&piece.text);
        end = piece.to;
    }
    out
}

fn pieces(xml: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut object = Object::default();
    for (tag, content) in xml.split('<').skip(1).filter_map(|piece| piece.split_once('>')) {
        let name = tag.split(|sign: char| sign.is_whitespace() || sign == '/').next().unwrap_or_default();
        match name.rsplit(':').next().unwrap_or_default() {
            "TextObject" => object = object_of(tag),
            "TextCode" if pieces.len() < PIECES_MAX => {
                let mut text = String::new();
                push(content, &mut text);
                let nowhere = NOWHERE_MILLIMETRES * (pieces.len() as f64 + 1.0);
                pieces.push(piece(tag, text, &object, nowhere));
            }
            _ => {}
        }
    }
    pieces
}

fn object_of(tag: &str) -> Object {
    let place = match numbers(tag, "Boundary").as_slice() {
        [left, top, width, ..] => Some((*left, *top, *width)),
        _ => None,
    };
    Object { place, turned: numbers(tag, "CTM").try_into().ok() }
}

fn piece(tag: &str, text: String, object: &Object, nowhere: f64) -> Piece {
    let Some((left, top, width)) = object.place else {
        return Piece { height: nowhere, from: 0.0, to: 0.0, text };
    };
    let own = |name| numbers(tag, name).first().copied().unwrap_or_default();
    let (x, y) = (own("X"), own("Y"));
    let (x, y) = object.turned.map_or((x, y), |[a, b, c, d, e, f]| (a * x + c * y + e, b * x + d * y + f));
    Piece { height: top + y, from: left + x, to: left + width, text }
}

/// The numbers of an attribute.
fn numbers(tag: &str, name: &str) -> Vec<f64> {
    let begin = [" ", "\t", "\n", "\r"].iter().find_map(|blank| tag.split_once(&format!("{blank}{name}=")));
    let Some((_, rest)) = begin else { return Vec::new() };
    let said = rest.get(1..).and_then(|rest| rest.split(['"', '\'']).next()).unwrap_or_default();
    said.split_whitespace().filter_map(|number| number.parse().ok()).filter(|number: &f64| number.is_finite()).collect()
}
