//! 奖牌文: who is honoured, the honour, who gives it; spread over the plate as in the PDF.

use super::WordError;
use super::layout::{blocks, part_tables};
use super::piece::{Line, Piece, style};
use super::sign;
use crate::document::fit;
use crate::document::model::Document;
use crate::document::title;

/// The height of the text area, less a row that another program may need.
const HEIGHT_TWIPS: u32 = 8504 - 600;
/// A row, in hundredths of its characters, and the room above and below a line.
const ROW_PERCENT: u32 = 125;
const LINE_TWIPS: u32 = 200;
/// Largest characters of who is honoured, who gives it, and the date.
const HONOURED_POINTS: u32 = 36;
const GIVER_POINTS: u32 = 28;
const DATE_POINTS: u32 = 22;
/// How what is left is parted, in hundredths: above the first line, above the honour, above who gives it.
const PARTS: [u32; 3] = [28, 28, 33];

/// The pieces of a plaque. Tables have no place on it but keep their text.
pub(super) fn plaque(document: &Document) -> Result<Vec<Piece>, WordError> {
    let mut honoured = Vec::new();
    blocks(&document.body, document.layout, &mut honoured)?;
    let mut used = 0;
    for piece in &mut honoured {
        let Piece::Line(line) = piece else { continue };
        let text: String = line.words.iter().map(|words| words.text.as_str()).collect();
        let (points, rows) = fit::plaque_line(&text, HONOURED_POINTS);
        used += sized(line, points, rows);
    }
    let mut honour: Vec<Line> = Vec::new();
    for text in &document.title {
        let spread = fit::plaque_title(text);
        let mut line = Line::new(style::PLAQUE_TITLE, text).spread(spread);
        used += sized(&mut line, spread.points as u32, 1);
        honour.push(line);
    }
    let mut giver: Vec<Line> = Vec::new();
    for name in document.signature.iter().filter(|_| document.date.is_some()) {
        for row in title::organ(name) {
            let (points, rows) = fit::plaque_line(&row, GIVER_POINTS);
            let mut line = Line::new(style::CERTIFICATE_SIGNER, &row);
            used += sized(&mut line, points, rows);
            giver.push(line);
        }
    }
    if let Some(date) = document.date.filter(|_| !giver.is_empty()).map(sign::date) {
        let mut line = Line::new(style::CERTIFICATE_SIGNER, &date);
        used += sized(&mut line, DATE_POINTS, 1);
        giver.push(line);
    }
    let free = HEIGHT_TWIPS.saturating_sub(used);
    let mut groups: [Vec<Piece>; 3] =
        [honoured, honour.into_iter().map(Piece::Line).collect(), giver.into_iter().map(Piece::Line).collect()];
    for (group, part) in groups.iter_mut().zip(PARTS) {
        if let Some(Piece::Line(line)) = group.first_mut() {
            line.before = Some(LINE_TWIPS / 2 + free * part / 100);
        }
    }
    Ok(part_tables(groups.into_iter().flatten().collect()))
}

/// Sets a line in characters of `points`, and says how high it then is.
fn sized(line: &mut Line, points: u32, rows: u32) -> u32 {
    let row = points * 20 * ROW_PERCENT / 100;
    line.size = line.size.or(Some(points * 2));
    line.height = Some(row);
    line.before = Some(LINE_TWIPS / 2);
    rows * row + LINE_TWIPS
}
