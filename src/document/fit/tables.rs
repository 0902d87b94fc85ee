//! Tables as both files have them: how wide each column is, where a cell may be broken, and which rows may go over a page.
//!
//! A number is not parted while there is room for it in its row: a column too narrow for one takes room from those that have more than
//! they need, and then from Chinese, which may be broken anywhere. Where the numbers alone find no room, the widest are broken.

use crate::document::model::{Table, TableCell};
use std::ops::Range;

/// A character of 12 pt, which no table goes below, in twips.
const CHARACTER_TWIPS: u32 = 240;
/// Room at the sides of a cell.
const SIDES_TWIPS: u32 = 120;
/// What measuring may be wrong by, where a column is made as wide as what stands in it.
const SLACK_TWIPS: u32 = 20;
/// A column that makes room for others keeps so many characters, or its longest line.
const KEPT_CHARACTERS: u32 = 4;
/// Characters no row begins with, and such as none ends with.
const NOT_FIRST: &[char] =
    &['、', '，', '。', '；', '：', '？', '！', '）', '》', '”', '’', '〉', '】', '〕', '…', '—', '％', '℃', '·', '々'];
const NOT_LAST: &[char] = &['（', '《', '“', '‘', '〈', '【', '〔', '—'];

/// The relative widths of the columns of a table `whole` twips wide: as they are given where everything finds room.
pub(in crate::document) fn column_widths(table: &Table, whole: u32) -> Vec<u32> {
    let count = table.widths.len();
    let given = in_twips(&table.widths, whole);
    // of each column the longest piece and the longest line, and the pieces over several columns
    let (mut pieces, mut lines) = (vec![0; count], vec![0; count]);
    let mut over: Vec<(Range<usize>, u32)> = Vec::new();
    for section in [&table.header, &table.rows] {
        for (cells, places) in section.iter().zip(columns(section, count)) {
            for (cell, column) in cells.iter().zip(places) {
                let end = column.saturating_add(cell.columns as usize).min(count);
                let piece = cell.text.split('\n').flat_map(pieces_of).map(width).max().unwrap_or(0) + SIDES_TWIPS;
                if end == column + 1 {
                    pieces[column] = piece.max(pieces[column]);
                    lines[column] = cell.text.split('\n').map(width).max().unwrap_or(0).max(lines[column]);
                } else if column < end {
                    over.push((column..end, piece));
                }
            }
        }
    }
    let room = |range: &Range<usize>, widths: &[u32]| widths[range.clone()].iter().sum::<u32>();
    let fits = given.iter().zip(&pieces).all(|(width, piece)| width >= piece);
    if fits && over.iter().all(|(range, piece)| room(range, &given) >= *piece) {
        return table.widths.clone();
    }
    let mut whole_pieces: Vec<u32> = pieces.iter().map(|piece| piece + SLACK_TWIPS).collect();
    let mut least: Vec<u32> = (0..count)
        .map(|at| {
            let kept = lines[at].min(KEPT_CHARACTERS * CHARACTER_TWIPS) + SIDES_TWIPS + SLACK_TWIPS;
            kept.min(given[at]).max(whole_pieces[at])
        })
        .collect();
    for (range, piece) in over {
        for widths in [&mut whole_pieces, &mut least] {
            let lacking = piece.saturating_sub(room(&range, widths));
            widths[range.end - 1] += lacking;
        }
    }
    settled(&given, &between(&whole_pieces, least, whole), whole)
}

/// What each column is at least: as wide as what it would keep, and where that is more than there is, nearer to what it cannot do without.
fn between(pieces: &[u32], kept: Vec<u32>, whole: u32) -> Vec<u32> {
    let (wished, needed) = (kept.iter().sum::<u32>(), pieces.iter().sum::<u32>());
    if wished <= whole || needed >= whole {
        return kept;
    }
    let part = |more: u32| u64::from(more) * u64::from(whole - needed) / u64::from(wished - needed);
    kept.iter().zip(pieces).map(|(kept, piece)| piece + part(kept.saturating_sub(*piece)) as u32).collect()
}

/// Columns as wide as they are given, but none narrower than the least; where that is too much, the widest make room.
fn settled(given: &[u32], least: &[u32], whole: u32) -> Vec<u32> {
    if least.iter().map(|it| u64::from(*it)).sum::<u64>() > u64::from(whole) {
        let mut sorted = least.to_vec();
        sorted.sort_unstable();
        let (mut left, mut cap) = (whole, 0);
        for (at, width) in sorted.iter().enumerate() {
            cap = left / (sorted.len() - at) as u32;
            if *width > cap {
                break;
            }
            left -= width;
        }
        return in_twips(&least.iter().map(|width| *width.min(&cap)).collect::<Vec<u32>>(), whole);
    }
    let mut fixed = vec![false; given.len()];
    loop {
        let taken: u32 = (0..given.len()).filter(|at| fixed[*at]).map(|at| least[at]).sum();
        let weight: u64 = (0..given.len()).filter(|at| !fixed[*at]).map(|at| u64::from(given[at])).sum();
        let share = |at: usize| (u64::from(whole - taken) * u64::from(given[at]) / weight.max(1)) as u32;
        let widths: Vec<u32> = (0..given.len()).map(|at| if fixed[at] { least[at] } else { share(at) }).collect();
        let narrow: Vec<usize> = (0..given.len()).filter(|at| widths[*at] < least[*at]).collect();
        if narrow.is_empty() {
            return widths;
        }
        narrow.into_iter().for_each(|at| fixed[at] = true);
    }
}

/// Relative widths as twips that add up to `whole`.
pub(in crate::document) fn in_twips(relative: &[u32], whole: u32) -> Vec<u32> {
    let weight = |width: &u32| u64::from((*width).max(1));
    let sum: u64 = relative.iter().map(weight).sum();
    let mut passed = 0;
    let mut start = 0;
    let twips = relative.iter().map(|width| {
        passed += weight(width);
        let end = (u64::from(whole) * passed / sum) as u32;
        let this = end - start;
        start = end;
        this
    });
    twips.collect()
}

/// The lines of a cell `own` twips wide, each in the parts between which it may be broken: in one where everything finds room, and
/// character by character where a number does not.
pub(in crate::document) fn cell_lines(text: &str, own: u32) -> Vec<Vec<String>> {
    let room = own.saturating_sub(SIDES_TWIPS);
    let of = |line: &str| {
        let pieces = pieces_of(line);
        if pieces.iter().all(|piece| width(piece) <= room) {
            return vec![line.to_owned()];
        }
        let parts = |piece: &str| match width(piece) <= room {
            true => vec![piece.to_owned()],
            false => piece.chars().map(String::from).collect(),
        };
        pieces.into_iter().flat_map(parts).collect()
    };
    text.split('\n').map(of).collect()
}

/// A line in pieces that are not parted, each with the blanks behind it.
fn pieces_of(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let (mut before, mut link) = (None, false);
    for (at, character) in line.char_indices() {
        link &= character.is_ascii_graphic();
        if before.is_some_and(|before| parts(before, character, link)) {
            pieces.push(&line[start..at]);
            start = at;
        }
        link |= character == '/' && line[..at].ends_with(":/");
        before = Some(character);
    }
    pieces.push(&line[start..]);
    pieces
}

/// Whether a row may end between two characters (UAX 14, as far as it concerns what stands in tables); an address on the net wherever its parts end.
fn parts(before: char, after: char, link: bool) -> bool {
    if after.is_whitespace() || before.is_whitespace() {
        return !after.is_whitespace();
    }
    if !before.is_ascii() || !after.is_ascii() {
        return !NOT_FIRST.contains(&after) && !NOT_LAST.contains(&before);
    }
    if link {
        return before.is_ascii_punctuation() && after.is_ascii_alphanumeric();
    }
    matches!(before, '-' | '/' | '?' | '!' | '|') && after.is_ascii_alphabetic()
}

/// The width of a text in twips, without the blanks at its end: that of the wider of the two faces a table is set in.
fn width(text: &str) -> u32 {
    let thousandths: u32 = text.trim_end().chars().map(thousandths).sum();
    thousandths * CHARACTER_TWIPS / 1000
}

fn thousandths(character: char) -> u32 {
    match character {
        '0'..='9' => 568,
        '!' | '\'' | ',' | '.' | ':' | ';' | '|' | 'i' | 'j' | 'l' => 336,
        '"' | '(' | ')' | '-' | '/' | '[' | ']' | 'f' | 'r' | 't' => 474,
        'm' | 'w' | 'H' | 'M' | 'W' | '@' | '%' => 1053,
        'a'..='z' => 663,
        'A'..='Z' | '&' => 797,
        _ if character.is_control() => 0,
        _ if character.is_ascii() => 600,
        _ => 1000,
    }
}

/// Which rows are too high to be kept whole. One cell that may not be parted holds its whole row together, and what then does not
/// fit the page is lost below it: so either all cells of a row may be parted, or none.
pub(in crate::document) fn tall_rows(rows: &[Vec<TableCell>], widths: &[u32]) -> Vec<bool> {
    /// Lines up to which a row is kept whole: half of what stands on a page that lies crosswise.
    const WHOLE_LINES_MAX: usize = 12;
    /// Characters of 12 pt in a line over the whole width of an upright page.
    const LINE_CHARACTERS: usize = 36;
    let whole: usize = widths.iter().map(|width| *width as usize).sum();
    let mut tall = vec![false; rows.len()];
    for ((row, cells), places) in rows.iter().enumerate().zip(columns(rows, widths.len())) {
        for (cell, column) in cells.iter().zip(places) {
            let end = (column + cell.columns as usize).min(widths.len());
            let own: usize = widths.get(column..end).unwrap_or_default().iter().map(|width| *width as usize).sum();
            let characters = (LINE_CHARACTERS * own / whole.max(1)).saturating_sub(1).max(1);
            let lines: usize = cell.text.split('\n').map(|line| line.chars().count().div_ceil(characters).max(1)).sum();
            if lines > WHOLE_LINES_MAX {
                let last = (row + cell.rows as usize).min(tall.len());
                tall[row..last].fill(true);
            }
        }
    }
    tall
}

/// The column at which each cell of each row begins, from 0.
pub(in crate::document) fn columns(rows: &[Vec<TableCell>], columns: usize) -> Vec<Vec<usize>> {
    // per column how many further rows a cell from above takes there
    let mut taken = vec![0_u32; columns];
    let mut places = Vec::with_capacity(rows.len());
    for row in rows {
        let (mut column, mut own) = (0, Vec::new());
        let mut below = vec![0_u32; columns];
        for cell in row {
            while taken.get(column).is_some_and(|rows| *rows > 0) {
                column += 1;
            }
            own.push(column);
            let end = column + cell.columns.max(1) as usize;
            below.iter_mut().take(end).skip(column).for_each(|rows| *rows = cell.rows.max(1) - 1);
            column = end;
        }
        let left = taken.iter().map(|rows| rows.saturating_sub(1));
        taken = left.zip(below).map(|(above, below)| above.max(below)).collect();
        places.push(own);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str, columns: u32, rows: u32) -> TableCell {
        TableCell { text: text.to_owned(), columns, rows, centre: true }
    }

    fn table(widths: &[u32], cells: &[&str]) -> Table {
        let rows = vec![cells.iter().map(|text| cell(text, 1, 1)).collect()];
        Table { widths: widths.to_vec(), rows, ..Table::default() }
    }

    #[test]
    fn widths_fill_the_row() {
        assert_eq!(in_twips(&[1, 1, 1], 8844), [2948, 2948, 2948]);
        assert_eq!(in_twips(&[1, 2, 4], 100).iter().sum::<u32>(), 100);
        assert_eq!(in_twips(&[0, 0], 100), [50, 50]);
    }

    #[test]
    fn a_line_is_parted_where_a_row_may_end() {
        assert_eq!(pieces_of("0555-1234567"), ["0555-1234567"]);
        assert_eq!(pieces_of("张三（1）A4 纸"), ["张", "三", "（1）", "A4 ", "纸"]);
        assert_eq!(pieces_of("1,234.56元"), ["1,234.56", "元"]);
        assert_eq!(pieces_of("https://a.cn/b?c"), ["https://", "a.", "cn/", "b?", "c"]);
        assert_eq!(pieces_of(""), [""]);
    }

    #[test]
    fn a_column_is_as_wide_as_its_longest_number() {
        // what fits is as it was given
        let fitting = table(&[1, 1, 2], &["1", "张三", "13900000001"]);
        assert_eq!(column_widths(&fitting, 8844), [1, 1, 2]);
        let people = table(
            &[3; 8],
            &["1", "张三", "男", "340502199001011234", "13900000001", "6217001234567890123", "1234567.89", "无"],
        );
        let widths = column_widths(&people, 12756);
        let cells = people.rows[0].iter().zip(&widths);
        assert!(cells.clone().all(|(cell, width)| width - SIDES_TWIPS >= self::width(&cell.text)), "{widths:?}");
        assert!((12750..=12756).contains(&widths.iter().sum::<u32>()), "{widths:?}");
        assert!(cells.into_iter().all(|(cell, width)| cell_lines(&cell.text, *width) == [[cell.text.clone()]]));
    }

    #[test]
    fn a_cell_over_several_columns_counts_for_all_of_them() {
        let mut wide = table(&[1, 1, 8], &["甲", "乙", "丙"]);
        wide.rows.push(vec![cell("6217001234567890123", 2, 1), cell("丁", 1, 1)]);
        let widths = column_widths(&wide, 8844);
        assert!(widths[0] + widths[1] >= width("6217001234567890123") + SIDES_TWIPS, "{widths:?}");
    }

    #[test]
    fn amounts_beside_chinese_stay_whole() {
        let amounts =
            ["香泉镇人民政府", "1234567.50", "1234567.50", "1234567.50", "县财政局", "乡镇财政所", "已拨付", "无"];
        let widths = column_widths(&table(&[1; 8], &amounts), 8844);
        for (text, own) in amounts.iter().zip(&widths).filter(|(text, _)| text.is_ascii()) {
            assert_eq!(cell_lines(text, *own), [[*text]], "{widths:?}");
        }
        assert!((8836..=8844).contains(&widths.iter().sum::<u32>()), "{widths:?}");
    }

    #[test]
    fn where_nothing_helps_the_widest_are_broken() {
        let amounts = table(&[1; 12], &["12345678.9"; 12]);
        let widths = column_widths(&amounts, 8844);
        assert!(widths.iter().all(|width| (736..=738).contains(width)), "{widths:?}");
        let lines = cell_lines("12345678.9元", widths[0]);
        assert_eq!(lines, [["1", "2", "3", "4", "5", "6", "7", "8", ".", "9", "元"]]);
        // a short column beside long ones stays whole
        let mixed = table(&[1; 4], &["12", &"1".repeat(40), &"2".repeat(40), &"3".repeat(40)]);
        let widths = column_widths(&mixed, 8844);
        assert!(widths[0] >= width("12") + SIDES_TWIPS && widths[1..].iter().all(|width| *width > 2700), "{widths:?}");
    }

    #[test]
    fn cells_begin_behind_those_that_come_from_above() {
        let rows = vec![
            vec![cell("村", 1, 3), cell("甲", 1, 1), cell("", 2, 2)],
            vec![cell("丙", 1, 1)],
            vec![cell("丁", 3, 1)],
        ];
        assert_eq!(columns(&rows, 4), [vec![0, 1, 2], vec![1], vec![1]]);
    }
}
