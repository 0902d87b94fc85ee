//! 署名, 成文日期 and the space for the seal (9704 7.3.5).
//!
//! No seal is ever drawn: with a seal, two rows above the name and the place beside it stay free for the real one.

use super::measure::{CHARACTER_TWIPS, ROW_TWIPS, SMALL_CHARACTER_TWIPS, text_width, width};
use super::piece::{Align, Cell, Grid, Line, Merge, Piece, Words, style};
use crate::document::fit;
use crate::document::model::{Document, Layout};
use crate::document::title;
use chrono::{Datelike, NaiveDate};

/// 7.3.5.4: how wide and how many rows high the stamp of a person's name is.
const STAMP_TWIPS: u32 = 6 * CHARACTER_TWIPS;

/// A date as 9704 7.3.5.4 wants it: `2022年6月1日`.
pub(super) fn date(date: NaiveDate) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// Name and date below the text; one does not stand without the other.
pub(super) fn sign(document: &Document) -> Vec<Piece> {
    let Some(date) = document.date.filter(|_| !document.signature.is_empty()).map(date) else { return Vec::new() };
    let whole = text_width(document.layout);
    let names: Vec<String> = document.signature.iter().map(|name| title::organ(name).join("\n")).collect();
    let mut pieces = match document.layout {
        // it stands above the rule
        Layout::Minutes => return Vec::new(),
        Layout::Certificate => return certificate(document, date),
        // it has a way of its own
        Layout::Plaque => return Vec::new(),
        Layout::Sheet | Layout::Form => sheet(&names, date, whole),
        Layout::Document | Layout::Letter | Layout::Order | Layout::Plain if !document.posts.is_empty() => {
            personal(document, &date)
        }
        Layout::Document | Layout::Letter | Layout::Order | Layout::Plain => match names.as_slice() {
            [name] if document.seal => sealed(name, date, whole),
            names if document.seal => joint_sealed(names, fit::seals_in_row(&document.signature), &date, whole),
            names => unsealed(names, date, whole),
        },
    };
    if document.note.is_some() {
        pieces.iter_mut().for_each(keep_with_next);
    }
    pieces
}

/// Two rows of a paragraph stay together where it goes over a page.
pub(super) fn in_company(piece: &mut Piece) {
    match piece {
        Piece::Line(line) => line.in_company = true,
        Piece::Grid(_) => {}
    }
}

/// Goes on the page of the piece that follows; of a table two rows, as two rows of text do.
pub(super) fn keep_with_next(piece: &mut Piece) {
    keep_rows_with_next(piece, fit::COMPANY_ROWS);
}

/// The same; of a table so many rows.
pub(super) fn keep_rows_with_next(piece: &mut Piece, rows: usize) {
    match piece {
        Piece::Line(line) => {
            line.keep_next = true;
            line.in_company = true;
        }
        Piece::Grid(grid) => {
            let from = grid.rows.len().saturating_sub(rows);
            // a row that may go over a page does so wherever it stands
            let kept: Vec<bool> = (0..grid.rows.len()).map(|row| row >= from && !grid.parts(row)).collect();
            let cells = grid.rows.iter_mut().zip(kept).filter(|(_, kept)| *kept).flat_map(|(cells, _)| cells);
            cells.flat_map(|cell| cell.lines.iter_mut()).for_each(|line| line.keep_next = true);
        }
    }
}

/// The widest row of a name that may stand in several.
fn widest(name: &str, em: u32) -> u32 {
    name.split('\n').map(|row| width(row, em)).max().unwrap_or(0)
}

/// 7.3.5.1, one organ: the date four characters from the right edge, the name centred over it.
fn sealed(name: &str, date: String, whole: u32) -> Vec<Piece> {
    let date_width = width(&date, CHARACTER_TWIPS);
    let name_width = widest(name, CHARACTER_TWIPS);
    // from the centre of both to the right edge; a long name pushes both to the left rather than over the edge, with a little
    // room at its sides: in a row that is full to the hair some programs find no place for the last character
    let room = name_width / 2 + CHARACTER_TWIPS / 4;
    let from_edge = (4 * CHARACTER_TWIPS + date_width / 2).max(room).min(whole / 2);
    let centred = |style, text: &str| Line::new(style, text).align(Align::Centre).indent(whole - 2 * from_edge, 0, 0);
    vec![Piece::Line(centred(style::SIGNER, name).before(2 * ROW_TWIPS)), Piece::Line(centred(style::DATE, &date))]
}

/// 7.3.5.2: several organs, each under its own seal, the date under the last; rows of names stand five rows apart, so that a seal of
/// 45 mm touches no other.
fn joint_sealed(names: &[String], columns: usize, date: &str, whole: u32) -> Vec<Piece> {
    let column = whole / columns as u32;
    let centred = |style, text: &str| Line::new(style, text).align(Align::Centre).indent(0, 0, 0);
    let cell = |lines| Cell { lines, columns: 1, merge: Merge::None, foot: true };
    let rows = names.chunks(columns).enumerate().map(|(row, in_row)| {
        let above = if row == 0 { 2 } else { 3 } * ROW_TWIPS;
        let empty = (in_row.len()..columns).map(|_| cell(vec![Line::new(style::DATE, "")]));
        let mut cells: Vec<Cell> = empty.collect();
        cells.extend(in_row.iter().map(|name| {
            let is_last = names.last().is_some_and(|last| std::ptr::eq(last, name));
            let below = centred(style::DATE, if is_last { date } else { "" });
            cell(vec![centred(style::SIGNER, name).before(above), below])
        }));
        cells
    });
    let mut rows: Vec<Vec<Cell>> = rows.collect();
    // rows of names go together: all but the last keep the next one
    let last = rows.len().saturating_sub(1);
    let lines = rows.iter_mut().take(last).flatten().flat_map(|cell| cell.lines.iter_mut());
    lines.for_each(|line| line.keep_next = true);
    vec![Piece::Grid(Grid {
        style: style::FRAME,
        widths: vec![column; columns],
        rows,
        parts: Vec::new(),
        height: None,
    })]
}

/// 7.3.5.3: the longest name two characters from the right edge, the others begin below it, the date's first character two to the
/// right of theirs; a date that is longer stands two characters from the edge, and the names begin two to its left.
fn unsealed(names: &[String], date: String, whole: u32) -> Vec<Piece> {
    let two = 2 * CHARACTER_TWIPS;
    let name_width = names.iter().map(|name| widest(name, CHARACTER_TWIPS)).max().unwrap_or(0).min(whole - two);
    let date_width = width(&date, CHARACTER_TWIPS);
    let from_right = (two + name_width.max(date_width + two)).min(whole);
    let left = |style, text: &str, left| Line::new(style, text).align(Align::Left).indent(left, 0, 0);
    let mut pieces = Vec::new();
    for (row, name) in names.iter().enumerate() {
        let line = left(style::SIGNER, name, whole - from_right);
        pieces.push(Piece::Line(if row == 0 { line.before(ROW_TWIPS) } else { line }));
    }
    let date_from_right = (two + date_width).max((two + name_width).saturating_sub(two));
    // a little to the left of where it ends: a wider face must not break the row
    pieces.push(Piece::Line(left(style::DATE, &date, whole - date_from_right)));
    pieces
}

/// 7.3.5.4: the stamp four characters from the right edge, the post two characters left of it and level with its middle, the date a
/// row below; where no stamp is to come the name is written.
fn personal(document: &Document, date: &str) -> Vec<Piece> {
    let four = 4 * CHARACTER_TWIPS;
    let lines = document.posts.iter().zip(&document.signature).enumerate().map(|(row, (post, name))| {
        let line = if document.seal {
            Line::new(style::SIGNER, post).indent(0, four + STAMP_TWIPS + 2 * CHARACTER_TWIPS, 0)
        } else {
            let words = [(format!("{post}　　"), None), (name.clone(), Some(style::NAME))];
            let words = words.into_iter().map(|(text, style)| Words { text, style });
            Line::of(style::SIGNER, words.collect()).indent(0, four, 0)
        };
        // a stamp is two rows high, and the post stands in the middle of it
        let before = match (row, document.seal) {
            (0, false) => 2 * ROW_TWIPS,
            (0, true) => 2 * ROW_TWIPS + ROW_TWIPS / 2,
            (_, false) => 0,
            (_, true) => 2 * ROW_TWIPS,
        };
        Piece::Line(line.before(before))
    });
    let mut pieces: Vec<Piece> = lines.collect();
    let before = if document.seal { ROW_TWIPS + ROW_TWIPS / 2 } else { ROW_TWIPS };
    pieces.push(Piece::Line(Line::new(style::DATE, date).indent(0, four, 0).before(before)));
    pieces
}

/// Below a table: names and date at the right, centred on each other.
fn sheet(names: &[String], date: String, whole: u32) -> Vec<Piece> {
    let longest = names.iter().chain([&date]).map(|text| widest(text, SMALL_CHARACTER_TWIPS)).max().unwrap_or(0);
    // two characters from the edge; a character more at both sides, since a face a little wider must not break the row
    let from_right = SMALL_CHARACTER_TWIPS;
    let left = whole.saturating_sub(longest + 3 * SMALL_CHARACTER_TWIPS);
    let lines = names.iter().chain([&date]).enumerate().map(|(row, text)| {
        let line = Line::new(style::SHEET_SIGNER, text).indent(left, from_right, 0);
        Piece::Line(if row == 0 { line.before(480) } else { line })
    });
    let mut lines: Vec<Piece> = lines.collect();
    let last = lines.len().saturating_sub(1);
    lines.iter_mut().take(last).for_each(keep_with_next);
    lines
}

/// On a certificate name and date stand at the right, centred on each other; how far is found out with their place.
fn certificate(document: &Document, date: String) -> Vec<Piece> {
    let rows = document.signature.iter().flat_map(|name| title::organ(name));
    let line = |text: String| Piece::Line(Line::new(style::CERTIFICATE_SIGNER, &text).indent(0, 0, 0));
    rows.chain([date]).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::word::piece::Indent;

    const WHOLE: u32 = 8844;
    const NAME: &str = "中共香泉镇委员会";

    fn indents(pieces: &[Piece]) -> Vec<(u32, u32)> {
        let indent = |piece: &Piece| match piece {
            Piece::Line(line) => line.indent.map(|Indent { left, right, .. }| (left, right)),
            Piece::Grid(_) => None,
        };
        pieces.iter().filter_map(indent).collect()
    }

    fn day() -> String {
        NaiveDate::from_ymd_opt(2022, 6, 1).map(date).unwrap()
    }

    #[test]
    fn dates_have_no_zeros() {
        assert_eq!(day(), "2022年6月1日");
    }

    #[test]
    fn a_sealed_date_is_four_characters_from_the_edge_and_the_name_over_its_middle() {
        // both are centred in the same room, whose right edge is that of the page
        let [(name, 0), (date, 0)] = indents(&sealed(NAME, day(), WHOLE))[..] else { panic!("two lines") };
        assert_eq!(name, date);
        let date_ends = (date + WHOLE) / 2 + width("2022年6月1日", CHARACTER_TWIPS) / 2;
        assert!((WHOLE - date_ends).abs_diff(4 * CHARACTER_TWIPS) <= 1);
    }

    #[test]
    fn a_long_sealed_name_stays_on_the_page() {
        let name = "中".repeat(20);
        let [(left, 0), (date, 0)] = indents(&sealed(&name, day(), WHOLE))[..] else { panic!("two lines") };
        assert!(WHOLE - left >= width(&name, CHARACTER_TWIPS));
        assert_eq!(left, date);
        // longer than the row: never a negative indent
        assert_eq!(indents(&sealed(&"中".repeat(90), day(), WHOLE))[0].0, 0);
    }

    #[test]
    fn an_unsealed_date_starts_two_characters_right_of_the_name() {
        let two = 2 * CHARACTER_TWIPS;
        let start_of_name = WHOLE - two - width(NAME, CHARACTER_TWIPS);
        assert_eq!(
            indents(&unsealed(&[NAME.to_owned()], day(), WHOLE)),
            [(start_of_name, 0), (start_of_name + two, 0)]
        );
        // the date longer than the name: the date two from the edge, the name two to the left of it
        let start_of_date = WHOLE - two - width("2022年6月1日", CHARACTER_TWIPS);
        assert_eq!(
            indents(&unsealed(&["镇党委".to_owned()], day(), WHOLE)),
            [(start_of_date - two, 0), (start_of_date, 0)]
        );
    }
}
