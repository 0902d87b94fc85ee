//! The two voices: data on stdout, talk on stderr. A reader who has gone away is no failure.

use std::fmt::Display;
use std::io::Write;

/// A line, or several, of what was asked for.
pub(super) fn data(text: impl Display) {
    let mut out = std::io::stdout().lock();
    // `banwen list | head -1` closes the pipe: there is nobody left to tell.
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// A line to the person at the terminal.
pub(super) fn talk(text: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Columns of text, each as wide as its widest cell; Chinese characters take two places.
pub(super) fn columns(rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> =
        (0..count).map(|n| rows.iter().filter_map(|r| r.get(n)).map(|c| width(c)).max().unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, wide)| format!("{cell}{}", " ".repeat(wide.saturating_sub(width(cell)))));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_string()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Places a text takes on a terminal.
pub(super) fn width(text: &str) -> usize {
    text.chars()
        .map(|c| if c >= '\u{1100}' && !('\u{2010}'..='\u{2026}').contains(&c) && c != '→' { 2 } else { 1 })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_takes_two_places() {
        let rows = vec![vec!["七一".to_string(), "a".to_string()], vec!["abcdef".to_string(), "b".to_string()]];
        assert_eq!(columns(&rows), "七一    a\nabcdef  b");
    }
}
