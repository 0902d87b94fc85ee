//! 署名, 成文日期 and the space for the seal (9704 7.3.5).
//!
//! No seal is ever drawn: with a seal, two rows above the name and the place beside it stay free for the real one.

use super::measure::{CHARACTER_TWIPS, ROW_TWIPS, characters, text_width, width};
use super::piece::{Align, Cell, Grid, Line, Merge, Piece, style};
use crate::document::model::{Document, Layout};
use chrono::{Datelike, NaiveDate};

/// Seals in a row, by custom.
const SEALS_IN_ROW: usize = 3;
/// The height of a row of names that are all sealed: a seal of 45 mm and a little.
const SEAL_ROW_TWIPS: u32 = 2700;

/// A date as 9704 7.3.5.4 wants it: `2022年6月1日`.
pub(super) fn date(date: NaiveDate) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// Name and date below the text.
pub(super) fn sign(document: &Document) -> Vec<Piece> {
    let date = document.date.map(date);
    if document.signature.is_empty() && date.is_none() {
        return Vec::new();
    }
    match document.layout {
        Layout::Certificate => certificate(document, date),
        Layout::Document | Layout::Letter | Layout::Plain | Layout::Sheet => {
            let whole = text_width(document.layout);
            match document.signature.as_slice() {
                names if document.seal && names.len() > 1 => joint_sealed(names, date, whole),
                names if document.seal => sealed(names.first().map_or("", String::as_str), date, whole),
                names => unsealed(names, date, whole),
            }
        }
    }
}

/// 7.3.5.1, one organ: the date four characters from the right edge, the name centred over it.
fn sealed(name: &str, date: Option<String>, whole: u32) -> Vec<Piece> {
    let date_width = width(date.as_deref().unwrap_or(""), CHARACTER_TWIPS);
    let name_width = width(name, CHARACTER_TWIPS);
    // from the centre of both to the right edge; a long name pushes both to the left rather than over the edge
    let from_edge = (4 * CHARACTER_TWIPS + date_width / 2).max(name_width / 2 + CHARACTER_TWIPS).min(whole / 2);
    let mut pieces = vec![Piece::Line(
        Line::new(style::SIGNER, name).align(Align::Centre).indent(whole - 2 * from_edge, 0, 0).before(2 * ROW_TWIPS),
    )];
    if let Some(date) = date {
        pieces.push(Piece::Line(Line::new(style::DATE, &date).indent(0, from_edge.saturating_sub(date_width / 2), 0)));
    }
    pieces
}

/// 7.3.5.1, joint: three names to a row, each with room for its seal, the date under the last.
fn joint_sealed(names: &[String], date: Option<String>, whole: u32) -> Vec<Piece> {
    let columns = names.len().min(SEALS_IN_ROW);
    let column = whole / columns as u32;
    let centred = |style, text: &str| Line::new(style, text).align(Align::Centre).indent(0, 0, 0);
    let rows = names.chunks(columns).map(|names_in_row| {
        let empty = columns - names_in_row.len();
        let mut cells: Vec<Cell> = (0..empty)
            .map(|_| Cell { lines: vec![Line::new(style::DATE, "")], columns: 1, merge: Merge::None, foot: true })
            .collect();
        cells.extend(names_in_row.iter().map(|name| {
            let mut lines = vec![centred(style::SIGNER, name)];
            let is_last = names.last().is_some_and(|last| std::ptr::eq(last, name));
            lines.push(centred(style::DATE, if is_last { date.as_deref().unwrap_or("") } else { "" }));
            Cell { lines, columns: 1, merge: Merge::None, foot: true }
        }));
        cells
    });
    let grid =
        Grid { style: style::FRAME, widths: vec![column; columns], rows: rows.collect(), height: Some(SEAL_ROW_TWIPS) };
    vec![Piece::Grid(grid)]
}

/// 7.3.5.2: the name two characters from the right edge, the date's first character two to the right of the name's.
fn unsealed(names: &[String], date: Option<String>, whole: u32) -> Vec<Piece> {
    let two = 2 * CHARACTER_TWIPS;
    let name_width = names.last().map_or(0, |name| width(name, CHARACTER_TWIPS)).min(whole - two);
    let date_width = date.as_deref().map_or(0, |date| width(date, CHARACTER_TWIPS));
    let date_longer = names.is_empty() || date_width > name_width;
    let slack = name_width.saturating_sub(date_width);
    let name_right = if date_longer { two + two + date_width.saturating_sub(name_width) } else { two };
    let mut pieces = Vec::new();
    for (row, name) in names.iter().enumerate() {
        let line = Line::new(style::SIGNER, name).indent(0, name_right, 0);
        pieces.push(Piece::Line(if row == 0 { line.before(ROW_TWIPS) } else { line }));
    }
    if let Some(date) = date {
        let line = Line::new(style::DATE, &date);
        // measured from the left, the first characters stand right whatever face the digits come from; where a wider face
        // would break the row, it is measured from the right
        let line = if date_longer {
            line.indent(0, two, 0)
        } else if slack < two {
            line.indent(0, slack, 0)
        } else {
            line.align(Align::Left).indent(whole - name_right - name_width + two, 0, 0)
        };
        pieces.push(Piece::Line(if names.is_empty() { line.before(ROW_TWIPS) } else { line }));
    }
    pieces
}

/// On a certificate name and date stand centred in the right part, with room for the seal.
fn certificate(document: &Document, date: Option<String>) -> Vec<Piece> {
    let whole = text_width(Layout::Certificate);
    let longest = document.signature.iter().map(|name| characters(name)).max().unwrap_or(0).max(10);
    let left = whole.saturating_sub((longest + 4) * 360);
    let texts = document.signature.iter().cloned().chain(date);
    let lines = texts.enumerate().map(|(row, text)| {
        let line = Line::new(style::CERTIFICATE_SIGNER, &text).indent(left, 0, 0);
        Piece::Line(if row == 0 { line.before(1200) } else { line })
    });
    lines.collect()
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

    fn day() -> Option<String> {
        NaiveDate::from_ymd_opt(2022, 6, 1).map(date)
    }

    #[test]
    fn dates_have_no_zeros() {
        assert_eq!(day().as_deref(), Some("2022年6月1日"));
    }

    #[test]
    fn a_sealed_date_is_four_characters_from_the_edge_and_the_name_over_its_middle() {
        let [(left, 0), (0, right)] = indents(&sealed(NAME, day(), WHOLE))[..] else { panic!("two lines") };
        assert_eq!(right, 4 * CHARACTER_TWIPS);
        let middle_of_name = (left + WHOLE) / 2;
        let middle_of_date = WHOLE - right - width("2022年6月1日", CHARACTER_TWIPS) / 2;
        assert_eq!(middle_of_name, middle_of_date);
    }

    #[test]
    fn a_long_sealed_name_stays_on_the_page() {
        let name = "中".repeat(20);
        let [(left, 0), (0, right)] = indents(&sealed(&name, day(), WHOLE))[..] else { panic!("two lines") };
        assert!(WHOLE - left >= width(&name, CHARACTER_TWIPS));
        assert!(right > 4 * CHARACTER_TWIPS);
        // longer than the row: never a negative indent
        assert_eq!(indents(&sealed(&"中".repeat(90), day(), WHOLE))[0].0, 0);
    }

    #[test]
    fn an_unsealed_date_starts_two_characters_right_of_the_name() {
        let two = 2 * CHARACTER_TWIPS;
        let start_of_name = WHOLE - two - width(NAME, CHARACTER_TWIPS);
        assert_eq!(indents(&unsealed(&[NAME.to_owned()], day(), WHOLE)), [(0, two), (start_of_name + two, 0)]);
        // the date longer than the name: the date two from the edge, the name two to the left of it
        let date_width = width("2022年6月1日", CHARACTER_TWIPS);
        let name_right = 2 * two + date_width - 3 * CHARACTER_TWIPS;
        assert_eq!(indents(&unsealed(&["镇党委".to_owned()], day(), WHOLE)), [(0, name_right), (0, two)]);
    }
}
