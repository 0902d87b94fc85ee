//! How large the lines of a certificate and of a plaque are, and how wide they are spread.

/// The room across a certificate and a plaque, in points.
const CERTIFICATE_POINTS: f64 = 213.0 / 25.4 * 72.0;
const PLAQUE_POINTS: f64 = 225.0 / 25.4 * 72.0;

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

/// The honour on a plaque.
pub(in crate::document) fn plaque_title(line: &str) -> Spread {
    let length = line.chars().count();
    spread(length, 68.0, if length <= 7 { 0.15 } else { 0.02 }, PLAQUE_POINTS)
}

/// What else stands on a plaque, `largest` at most: a line too long to be read from where one stands before it stands in two rows. The
/// size, and how many rows it takes.
pub(in crate::document) fn plaque_line(line: &str, largest: u32) -> (u32, u32) {
    /// Least size of a line that stands in one row.
    const ONE_ROW_POINTS: u32 = 18;
    let whole = PLAQUE_POINTS as u32 / (line.chars().count().max(1) as u32);
    if whole < ONE_ROW_POINTS { ((whole * 9 / 5).clamp(8, largest), 2) } else { (whole.min(largest), 1) }
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
    fn a_long_line_of_a_plaque_stands_in_two_rows() {
        let of = |length: usize| plaque_line(&"某".repeat(length), 36);
        assert_eq!([of(4), of(20), of(35), of(36), of(60)], [(36, 1), (31, 1), (18, 1), (30, 2), (18, 2)]);
    }

    #[test]
    fn a_short_title_is_spread_and_a_long_one_fits_its_row() {
        let of = |length: usize| certificate_title(&["荣".repeat(length)]);
        assert_eq!((of(4).points, of(4).after), (48.0, 28.799_999_999_999_997));
        for length in [1, 4, 5, 7, 8, 12, 30] {
            let Spread { points, after } = of(length);
            assert!(points <= 48.0 && length as f64 * (points + after) <= CERTIFICATE_POINTS + 0.001, "{length}");
            let Spread { points, after } = plaque_title(&"荣".repeat(length));
            assert!(points <= 68.0 && length as f64 * (points + after) <= PLAQUE_POINTS + 0.001, "{length}");
        }
    }
}
