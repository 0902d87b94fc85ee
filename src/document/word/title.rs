//! Rows of a title: as the template broke it by meaning, or, when it is one long row, broken here.
//!
//! 9704 7.3.1: rows are whole in meaning, shaped like a trapezoid or a diamond, never a rectangle of equal rows.

use super::measure::width;

/// A title longer than this, in characters, is left to the program that shows it: balancing takes time with the cube of its length.
const BALANCED_CHARACTERS_MAX: usize = 200;

/// The rows of a title; a single row wider than `row` Han characters is broken into rows of about the same width.
pub(super) fn rows(title: &[String], row: u32) -> Vec<String> {
    match title {
        [single] if width(single, 2) > row * 2 && single.chars().count() <= BALANCED_CHARACTERS_MAX => {
            balance(single, row * 2)
        }
        lines => lines.to_vec(),
    }
}

/// `row` in half characters.
fn balance(line: &str, row: u32) -> Vec<String> {
    let characters: Vec<char> = line.chars().collect();
    let measure = |part: &[char]| width(&part.iter().collect::<String>(), 2);
    let count = measure(&characters).div_ceil(row.max(1));
    let mut rows = Vec::new();
    let mut rest = characters.as_slice();
    for left in (2..=count).rev() {
        let target = measure(rest) / left;
        // what is left must still fit the rows that are left
        let fits = |at: &usize| measure(&rest[..*at]) <= row && measure(&rest[*at..]) <= row * (left - 1);
        let score = |at: &usize| measure(&rest[..*at]).abs_diff(target + 1) * 2 + cost(rest, *at);
        let Some(end) = (1..rest.len()).filter(fits).min_by_key(score) else { break };
        rows.push(rest[..end].iter().collect());
        rest = &rest[end..];
    }
    rows.push(rest.iter().collect());
    rows
}

/// How badly a row would break before the character at `at`; less is better.
fn cost(characters: &[char], at: usize) -> u32 {
    let (before, after) = (characters[at - 1], characters[at]);
    let two: String = characters[at..].iter().take(2).collect();
    if before.is_ascii_alphanumeric() && after.is_ascii_alphanumeric()
        || "《（〔“‘".contains(before)
        || "》）〕”’、，。：的".contains(after)
    {
        return 1000;
    }
    let opened = characters[..at].iter().filter(|character| "《（“".contains(**character)).count();
    let closed = characters[..at].iter().filter(|character| "》）”".contains(**character)).count();
    let inside = if opened > closed { 20 } else { 0 };
    let word =
        if "的、》）和及与".contains(before) || "《（“".contains(after) || two == "关于" { 0 } else { 14 };
    inside + word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_the_template_stay() {
        let given = ["中共香泉镇委员会".to_owned(), "关于表彰的决定".to_owned()];
        assert_eq!(rows(&given, 19), given);
        assert_eq!(rows(&["短".to_owned()], 19), ["短"]);
        assert!(rows(&[], 19).is_empty());
    }

    #[test]
    fn a_long_row_is_broken_by_meaning() {
        let title = "中共香泉镇委员会关于表彰2022年度先进基层党组织和优秀共产党员、优秀党务工作者的决定".to_owned();
        let broken = rows(std::slice::from_ref(&title), 19);
        assert_eq!(broken.concat(), title);
        assert_eq!(broken.len(), 3);
        for row in &broken {
            assert!(row.chars().count() <= 19, "{row}");
            assert!(!row.starts_with('的') && !row.starts_with('、'), "{row}");
        }
    }

    #[test]
    fn an_endless_title_is_left_alone() {
        let title = ["长".repeat(100_000)];
        assert_eq!(rows(&title, 19), title);
    }

    #[test]
    fn quotations_stay_whole() {
        let title = ["关于2022年度“七一”表彰拟表彰对象和《实施方案》情况的备案报告".to_owned()];
        let broken = rows(&title, 19);
        assert_eq!(broken.len(), 2);
        assert!(broken.iter().all(|row| row.matches('“').count() == row.matches('”').count()), "{broken:?}");
        assert!(broken.iter().all(|row| row.matches('《').count() == row.matches('》').count()), "{broken:?}");
    }

    #[test]
    fn a_row_without_a_good_place_still_fits() {
        let broken = rows(&["9".repeat(45)], 19);
        assert_eq!(broken.iter().map(String::len).collect::<Vec<_>>(), [23, 22]);
    }
}
