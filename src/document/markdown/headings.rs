//! Numbers of headings: those that count by themselves, and those that somebody wrote.

use super::super::model::Span;
use crate::numerals;

/// A heading on a row of its own is no longer than this, and counts to no more.
const HEADING_CHARACTERS_MAX: usize = 40;
const COUNTED_MAX: u64 = 30;

/// The numbers of headings, by level, and how many of the levels count by themselves.
#[derive(Default)]
pub(super) struct Numbers([u64; 4], usize);

impl Numbers {
    /// The next number of `level` (1 to 4).
    pub(super) fn next(&mut self, level: usize) -> u64 {
        self.set(level, self.0[level - 1] + 1);
        self.1 = level;
        self.0[level - 1]
    }

    /// A number of `level` that was written. What is filled in under headings that count by themselves does not change their numbers.
    pub(super) fn by_hand(&mut self, level: usize, count: u64) {
        if level > self.1 {
            self.set(level, count);
        }
    }

    /// The number of `level`; deeper levels begin again.
    fn set(&mut self, level: usize, count: u64) {
        self.0[level..].fill(0);
        self.0[level - 1] = count;
    }
}

/// A heading of the first two levels that is numbered by hand, in a row of its own as the checker takes it: 一、总体要求, （一）目标. The
/// level and the number.
pub(super) fn numbered(spans: &[Span]) -> Option<(u8, u64)> {
    let text: String = spans.iter().map(|span| span.text.as_str()).collect();
    let own_row =
        text.chars().count() <= HEADING_CHARACTERS_MAX && !text.ends_with(['。', '；', '：', '，', '！', '？']);
    if !own_row || !text.starts_with(['一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '（']) {
        return None;
    }
    let written = |level: u8, text: &str| {
        (1..=COUNTED_MAX).find(|n| numerals::heading(level, *n).is_some_and(|it| text.starts_with(&it)))
    };
    let level = if text.starts_with('（') { 2 } else { 1 };
    let count = written(level, &text)?;
    let rest = text.strip_prefix(&numerals::heading(level, count)?)?;
    // 一、二、三等奖 begins a sentence
    (!rest.trim().is_empty() && written(1, rest).is_none() && written(2, rest).is_none()).then_some((level, count))
}
