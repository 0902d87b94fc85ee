//! 奖牌文: who is honoured, the honour, who gives it; where they stand on the plate the PDF says.

use super::WordError;
use super::layout::{blocks, part_tables};
use super::piece::{Line, Piece, style};
use super::sign;
use crate::document::fit;
use crate::document::model::Document;
use crate::document::title;

/// The pieces of a plaque. Tables have no place on it but keep their text.
pub(super) fn plaque(document: &Document) -> Result<Vec<Piece>, WordError> {
    let mut pieces = Vec::new();
    blocks(&document.body, document.layout, &mut pieces)?;
    let lines = title::of(document);
    let spread = fit::plaque_title(&lines);
    pieces.extend(lines.iter().map(|text| Piece::Line(Line::new(style::PLAQUE_TITLE, text).spread(spread))));
    if let Some(date) = document.date.filter(|_| !document.signature.is_empty()).map(sign::date) {
        let giver = document.signature.iter().flat_map(|name| title::organ(name)).chain([date]);
        pieces.extend(giver.map(|row| Piece::Line(Line::new(style::CERTIFICATE_SIGNER, &row))));
    }
    Ok(part_tables(pieces))
}
