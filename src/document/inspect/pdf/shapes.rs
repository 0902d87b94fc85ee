//! Arithmetic of a page's content: matrices, colours, and which shapes are lines.

use crate::document::inspect::facts::Colour;
use hayro_syntax::object::Object;

/// A filled box lower than this is a line.
const LINE_MM_MAX: f64 = 2.0;
/// Shorter lines are parts of pictures and letters.
const LINE_MM_MIN: f64 = 5.0;

/// a b c d e f of the PDF standard
pub(super) type Matrix = [f64; 6];

pub(super) const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// `first`, then `second`.
pub(super) fn then(first: &Matrix, second: &Matrix) -> Matrix {
    let [a, b, c, d, e, f] = *first;
    let [g, h, i, j, k, l] = *second;
    [a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l]
}

pub(super) fn at(matrix: &Matrix, (x, y): (f64, f64)) -> (f64, f64) {
    let [a, b, c, d, e, f] = *matrix;
    (a * x + c * y + e, b * x + d * y + f)
}

/// A line on a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub(super) from: (f64, f64),
    pub(super) to: (f64, f64),
    pub(super) thickness: f64,
    pub(super) colour: Colour,
}

/// A filled box so low, or so narrow, that it is a line.
pub(super) fn low_box(shape: &[(f64, f64)], colour: Colour) -> Option<Line> {
    if !(4..=6).contains(&shape.len()) {
        return None;
    }
    let edge = |of: fn(&(f64, f64)) -> f64| {
        let all = shape.iter().map(of);
        (all.clone().fold(f64::INFINITY, f64::min), all.fold(f64::NEG_INFINITY, f64::max))
    };
    let ((left, right), (top, bottom)) = (edge(|it| it.0), edge(|it| it.1));
    let (wide, high) = (right - left, bottom - top);
    let line = if high <= LINE_MM_MAX && wide > LINE_MM_MIN {
        let middle = f64::midpoint(top, bottom);
        Line { from: (left, middle), to: (right, middle), thickness: high, colour }
    } else if wide <= LINE_MM_MAX && high > LINE_MM_MIN {
        let middle = f64::midpoint(left, right);
        Line { from: (middle, top), to: (middle, bottom), thickness: wide, colour }
    } else {
        return None;
    };
    Some(line)
}

pub(super) fn straight(line: &Line) -> bool {
    let (wide, high) = ((line.to.0 - line.from.0).abs(), (line.to.1 - line.from.1).abs());
    (high < 0.3 && wide > LINE_MM_MIN) || (wide < 0.3 && high > LINE_MM_MIN)
}

/// One part is a grey, three are light, four are inks; anything else is a pattern.
pub(super) fn colour(parts: &[f64]) -> Colour {
    match parts {
        [grey] => Colour::of(*grey, *grey, *grey),
        [red, green, blue] => Colour::of(*red, *green, *blue),
        [cyan, magenta, yellow, key] => {
            let light = |ink: &f64| (1.0 - ink) * (1.0 - key);
            Colour::of(light(cyan), light(magenta), light(yellow))
        }
        _ => Colour::Other,
    }
}

/// The text that marked content says it is, if it says so.
pub(super) fn said(properties: &Object<'_>) -> Option<Option<String>> {
    let Object::Dict(dict) = properties else { return None };
    let text = dict.get::<hayro_syntax::object::String<'_>>("ActualText")?;
    let bytes = text.as_bytes();
    let text = match bytes.strip_prefix(b"\xFE\xFF") {
        Some(wide) => {
            let units: Vec<u16> =
                wide.chunks_exact(2).map(|pair| pair.iter().fold(0, |all, byte| all << 8 | u16::from(*byte))).collect();
            String::from_utf16_lossy(&units)
        }
        None => bytes.iter().copied().map(char::from).collect(),
    };
    Some(Some(text))
}
