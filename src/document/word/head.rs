//! 版头 and 标题: from the first row to the addressees (9704 7.2, 7.3.1, 7.3.2, 8.1).

use super::measure::{CHARACTER_TWIPS, ROW_TWIPS, characters, text_width};
use super::piece::{Align, Cell, Grid, Line, Merge, Piece, Words, style};
use crate::document::model::{Document, Layout};
use crate::document::title;

const FILE: &str = "文件";
const MARK_POINTS_MAX: u32 = 52;
const MARK_POINTS_MIN: u32 = 16;
const JOINT_MARK_POINTS_MAX: u32 = 40;
/// 9704 7.2.4: the mark's upper edge stands 35 mm below that of the text area.
const MARK_TOP_TWIPS: u32 = 1984;

/// The size of a mark of so many characters: as large as fits 156 mm, within reason.
pub(super) fn mark_points(count: u32) -> u32 {
    (432 / count.max(1)).clamp(MARK_POINTS_MIN, MARK_POINTS_MAX)
}

/// How far the ink of a character of `points` stands below the upper edge of its row, when the row is a quarter higher than the character.
pub(super) fn ink_twips(points: u32) -> u32 {
    points * 34 / 10
}

/// Everything above the body.
pub(super) fn head(document: &Document) -> Vec<Piece> {
    let mut pieces = match document.layout {
        Layout::Document => document_head(document),
        Layout::Letter => letter_head(document),
        Layout::Plain | Layout::Sheet | Layout::Certificate => plain_head(document),
    };
    let (title_style, before) = match document.layout {
        Layout::Document | Layout::Letter => (style::TITLE, 2 * ROW_TWIPS),
        Layout::Plain => (style::TITLE, ROW_TWIPS),
        Layout::Sheet => (style::SHEET_TITLE, 0),
        Layout::Certificate => (style::CERTIFICATE_TITLE, 0),
    };
    let rows = title::lines(&document.title, title::width(document.layout));
    if !rows.is_empty() {
        pieces.push(Piece::Line(Line::new(title_style, &rows.join("\n")).before(before)));
    }
    let under_title = match document.layout {
        Layout::Document | Layout::Letter => None,
        Layout::Plain | Layout::Sheet => document.number.as_ref().map(|number| Line::new(style::SUBTITLE, number)),
        Layout::Certificate => document.number.as_ref().map(|number| Line::new(style::CERTIFICATE_NUMBER, number)),
    };
    pieces.extend(under_title.map(Piece::Line));
    let spaced = matches!(document.layout, Layout::Document | Layout::Letter | Layout::Plain);
    if document.main_to.is_none() && spaced && !pieces.is_empty() {
        pieces.push(Piece::Line(Line::new(style::CENTRE, "")));
    }
    if let Some(main_to) = &document.main_to {
        let to = format!("{main_to}：");
        pieces.push(Piece::Line(match document.layout {
            Layout::Certificate => Line::new(style::CERTIFICATE_TO, &to),
            Layout::Document | Layout::Letter | Layout::Plain | Layout::Sheet => Line::new(style::MAIN_TO, &to),
        }));
    }
    pieces
}

fn document_head(document: &Document) -> Vec<Piece> {
    // the first row is there even when empty: a space above the first paragraph of a page is not kept by every program
    let mut pieces = vec![Piece::Line(Line::new(style::URGENCY, document.urgency.as_deref().unwrap_or("")))];
    match document.mark.as_slice() {
        [] => {}
        [single] => {
            let text = if document.mark_file { format!("{single}{FILE}") } else { single.clone() };
            let points = mark_points(characters(&text));
            let line = Line::new(style::MARK, &text).sized(points);
            pieces.push(Piece::Line(line.before(MARK_TOP_TWIPS - ROW_TWIPS - ink_twips(points))));
        }
        several => pieces.extend(joint_mark(several, document.mark_file)),
    }
    pieces.extend(number_rows(document).into_iter().map(Piece::Line));
    pieces
}

/// 联合行文: the organs one below the other, spread to one length, 文件 to the right of them in the middle.
fn joint_mark(organs: &[String], file: bool) -> Vec<Piece> {
    let longest = organs.iter().map(|organ| characters(organ)).max().unwrap_or(1);
    let points = mark_points(longest + if file { 3 } else { 0 }).min(JOINT_MARK_POINTS_MAX);
    let gap = Line::new(style::MARK, "");
    let gap = Line { height: Some(MARK_TOP_TWIPS - ROW_TWIPS - ink_twips(points)), size: Some(2), ..gap };
    let whole = text_width(Layout::Document);
    let left = (longest * points * 20 + 200).min(whole);
    let right = if file { (3 * points * 20).min(whole - left) } else { 0 };
    let cell = |line: Line, merge| Cell { lines: vec![line.sized(points)], columns: 1, merge, foot: false };
    let rows = organs.iter().enumerate().map(|(row, organ)| {
        let mut cells = vec![cell(Line::new(style::MARK, organ).align(Align::Distribute), Merge::None)];
        if file {
            let (text, merge) = if row == 0 { (FILE, Merge::Starts) } else { ("", Merge::Continues) };
            cells.push(cell(Line::new(style::MARK, text), merge));
        }
        cells
    });
    let widths = if file { vec![left, right] } else { vec![left] };
    vec![Piece::Line(gap), Piece::Grid(Grid { style: style::FRAME, widths, rows: rows.collect(), height: None })]
}

/// 发文字号 two rows below the mark, with the red rule below it; an upward paper has it at the left and 签发人 at the right, two to a row.
fn number_rows(document: &Document) -> Vec<Line> {
    let number = document.number.as_deref().unwrap_or("");
    if document.signers.is_empty() {
        return vec![Line::new(style::NUMBER_RULE, number).before(2 * ROW_TWIPS)];
    }
    let longest = document.signers.iter().map(|name| characters(name)).max().unwrap_or(3).max(3);
    let name = (longest + 1) * CHARACTER_TWIPS;
    let in_row = document.signers.len().min(2) as u32;
    let label = text_width(Layout::Document).saturating_sub(CHARACTER_TWIPS * 4 + name * in_row);
    let first = label + 4 * CHARACTER_TWIPS;
    let stops = vec![CHARACTER_TWIPS, label, first, first + name];
    let rows = document.signers.chunks(2).count();
    let lines = document.signers.chunks(2).enumerate().map(|(row, names)| {
        let last = row + 1 == rows;
        let number = if last { number } else { "" };
        let label = if row == 0 { "签发人：" } else { "\t" };
        let mut words = vec![Words { text: format!("\t{number}\t{label}"), style: None }];
        for (column, name) in names.iter().enumerate() {
            if column > 0 {
                words.push(Words { text: "\t".to_owned(), style: None });
            }
            words.push(Words { text: name.clone(), style: Some(style::NAME) });
        }
        let mut line = Line::of(if last { style::NUMBER_RULE } else { style::NUMBER }, words).align(Align::Left);
        line.stops = stops.clone();
        if row == 0 { line.before(2 * ROW_TWIPS) } else { line }
    });
    lines.collect()
}

/// 信函: the mark and the double rule stand in the first page's header; below them 紧急程度 at the left, 发文字号 at the right.
fn letter_head(document: &Document) -> Vec<Piece> {
    let mut pieces = Vec::new();
    pieces.extend(signers_line(document));
    let urgency = document.urgency.as_deref().unwrap_or("");
    let number = document.number.as_deref().unwrap_or("");
    let words = vec![
        Words { text: urgency.to_owned(), style: Some(style::STRONG) },
        Words { text: format!("\t{number}"), style: None },
    ];
    let words = words.into_iter().filter(|words| !words.text.is_empty()).collect();
    let mut line = Line::of(style::NUMBER, words).align(Align::Left).before(80);
    // a stop at the very edge would be passed by a full row; right stops end the text there
    line.stops = vec![text_width(Layout::Letter)];
    pieces.push(Piece::Line(line));
    pieces
}

fn plain_head(document: &Document) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    if let Some(urgency) = &document.urgency {
        pieces.push(Piece::Line(Line::new(style::URGENCY, urgency)));
    }
    for (row, organ) in document.mark.iter().enumerate() {
        let file = document.mark_file && row + 1 == document.mark.len();
        let text = if file { format!("{organ}{FILE}") } else { organ.clone() };
        pieces.push(Piece::Line(Line::new(style::MARK, &text).sized(mark_points(characters(&text)).min(36))));
    }
    pieces.extend(signers_line(document));
    pieces
}

fn signers_line(document: &Document) -> Option<Piece> {
    let names = document.signers.join("　");
    let label = Words { text: "签发人：".to_owned(), style: None };
    let line =
        Line::of(style::NUMBER, vec![label, Words { text: names, style: Some(style::NAME) }]).align(Align::Right);
    (!document.signers.is_empty()).then(|| Piece::Line(line.indent(0, CHARACTER_TWIPS, 0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_fits_the_row_and_is_never_monstrous() {
        assert_eq!(mark_points(10), 43);
        assert_eq!(mark_points(4), MARK_POINTS_MAX);
        assert_eq!(mark_points(0), MARK_POINTS_MAX);
        assert_eq!(mark_points(200), MARK_POINTS_MIN);
        assert!((5..27).all(|count| count * mark_points(count) * 20 <= text_width(Layout::Document)));
    }
}
