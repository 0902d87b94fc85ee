//! What the shape of a title costs (9704 7.3.1): a trapezoid or a diamond little, an hourglass much.

use super::{BLANK, LINE, NAME, WAIST, measure};

/// Uneven lines cost little, equal lines some, an hourglass all but never; every further line is a line more to read.
pub(super) fn cost(text: &[char], breaks: &[usize]) -> u64 {
    let ends: Vec<usize> = breaks.iter().copied().chain([text.len()]).collect();
    let mut start = 0;
    let mut widths = Vec::new();
    for end in ends {
        widths.push(measure(&text[start..end]) as i64);
        start = end;
    }
    let mean = widths.iter().sum::<i64>() / widths.len() as i64;
    let uneven: i64 = widths.iter().map(|width| (width - mean).pow(2)).sum();
    let equal = widths.windows(2).filter(|it| it[0] == it[1]).count() as u64;
    let short = widths.iter().filter(|width| **width * 3 < mean).count() as u64;
    // where each of several organs has a line, the shape is what their names make it
    let (waist, slight) = if text.contains(&BLANK) { (NAME / 2, 2) } else { (WAIST, 0) };
    uneven.unsigned_abs()
        + u64::from(has_waist(&widths, slight)) * waist
        + equal * 60
        + short * 500
        + widths.len() as u64 * LINE
}

/// Whether a line is shorter than one before it and one after it, each by more than `slight` half characters.
pub(super) fn has_waist(widths: &[i64], slight: i64) -> bool {
    let longer = |than: i64, lines: &[i64]| lines.iter().any(|it| *it > than + slight);
    (1..widths.len()).any(|at| {
        let (before, rest) = widths.split_at(at);
        matches!(rest, [own, after @ ..] if longer(*own, before) && longer(*own, after))
    })
}
