//! What a certificate and a plaque look like in both files: their frames, how large their lines are and how wide they are spread.

use super::super::model::Layout;

/// The room across a certificate and a plaque, in points.
const CERTIFICATE_POINTS: f64 = 213.0 / 25.4 * 72.0;
const PLAQUE_POINTS: f64 = 225.0 / 25.4 * 72.0;

/// A frame around a paper that hangs on a wall, or the plate of one, in the middle of its page; lengths in tenths of a millimetre.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::document) struct Frame {
    pub(in crate::document) width: u32,
    pub(in crate::document) height: u32,
    /// of its corners
    pub(in crate::document) radius: u32,
    pub(in crate::document) thickness: u32,
    /// of the line, as `RRGGBB`
    pub(in crate::document) colour: &'static str,
    /// of the plate
    pub(in crate::document) fill: Option<&'static str>,
}

const RED: &str = "D90000";
const GOLD: &str = "B0842A";
const DARK_GOLD: &str = "8D6A22";
const PLATE: &str = "F6E2A0";

/// A 证书 has a red frame with a golden line in it; the plate of a 奖牌文 is in the proportion three to two as the engraver gets it.
pub(in crate::document) fn frames(layout: Layout) -> Vec<Frame> {
    let frame =
        |(width, height), radius, (thickness, colour), fill| Frame { width, height, radius, thickness, colour, fill };
    match layout {
        Layout::Certificate => vec![frame((2730, 1860), 0, (22, RED), None), frame((2640, 1770), 0, (5, GOLD), None)],
        Layout::Plaque => vec![
            frame((2750, 1813), 50, (10, GOLD), Some(PLATE)),
            frame((2630, 1733), 30, (14, RED), None),
            frame((2570, 1693), 20, (4, DARK_GOLD), None),
        ],
        Layout::Document | Layout::Letter | Layout::Order | Layout::Minutes | Layout::Plain => Vec::new(),
        Layout::Sheet | Layout::Form => Vec::new(),
    }
}

/// Where a paragraph of a framed paper stands in the PDF: its first and last base lines, in points from the upper edge of the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::document) struct Place {
    pub(in crate::document) first: f64,
    pub(in crate::document) last: f64,
    pub(in crate::document) rows: usize,
    /// size of its characters; strong words may be larger
    pub(in crate::document) points: f64,
}

/// A line of few characters stands wide.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(in crate::document) struct Spread {
    /// size of the characters
    pub(in crate::document) points: f64,
    /// room after each, in points
    pub(in crate::document) after: f64,
}

/// The title of a certificate: all its lines of one size.
pub(in crate::document) fn certificate_title(lines: &[String]) -> Spread {
    let longest = lines.iter().map(|line| line.chars().count()).max().unwrap_or(1);
    let part = match longest {
        0..=4 => 0.6,
        5..=7 => 0.25,
        _ => 0.06,
    };
    spread(longest, 48.0, part, CERTIFICATE_POINTS)
}

/// The honour on a plaque: all its lines of one size.
pub(in crate::document) fn plaque_title(lines: &[String]) -> Spread {
    let longest = lines.iter().map(|line| line.chars().count()).max().unwrap_or(1);
    spread(longest, 68.0, if longest <= 7 { 0.15 } else { 0.02 }, PLAQUE_POINTS)
}

#[expect(clippy::cast_precision_loss, reason = "a line has few characters")]
fn spread(length: usize, largest: f64, part: f64, room: f64) -> Spread {
    let points = largest.min(room / (length.max(1) as f64 * (1.0 + part)));
    Spread { points, after: points * part }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_title_is_spread_and_a_long_one_fits_its_row() {
        let of = |length: usize| certificate_title(&["荣".repeat(length)]);
        assert_eq!((of(4).points, of(4).after), (48.0, 28.799_999_999_999_997));
        for length in [1, 4, 5, 7, 8, 12, 30] {
            let Spread { points, after } = of(length);
            assert!(points <= 48.0 && length as f64 * (points + after) <= CERTIFICATE_POINTS + 0.001, "{length}");
            let Spread { points, after } = plaque_title(&["荣".repeat(length)]);
            assert!(points <= 68.0 && length as f64 * (points + after) <= PLAQUE_POINTS + 0.001, "{length}");
        }
    }
}
