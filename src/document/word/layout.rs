//! The order of a paper's elements: 版头, 主体, 附件 (9704 7.2 and 7.3); the 版记 is set by `imprint`.

use super::WordError;
use super::grid;
use super::head;
use super::measure::{CHARACTER_TWIPS, ROW_TWIPS, text_width, width};
use super::piece::{Align, Line, Piece, Words, style};
use super::sign;
use crate::document::model::{Attachment, Block, Document, Layout, Span};
use crate::document::title;

/// The pieces of a paper's body, in order.
pub(super) fn pieces(document: &Document) -> Result<Vec<Piece>, WordError> {
    let mut pieces = head::head(document);
    blocks(&document.body, document.layout, &mut pieces)?;
    let signature = sign::sign(document);
    let names = attachment_names(&document.attachments);
    // 7.3.3 before 7.3.5.5: the first page shows text, so a text of one paragraph does not go over with the signature
    let end_of_text = pieces.len().saturating_sub(usize::from(document.body.len() > 1));
    pieces.extend(names.into_iter().map(Piece::Line));
    if !signature.is_empty() {
        pieces.iter_mut().skip(end_of_text).for_each(keep_with_next);
    }
    pieces.extend(signature);
    if let Some(note) = &document.note {
        pieces.push(Piece::Line(Line::new(style::NOTE, &format!("（{note}）"))));
    }
    let several = document.attachments.len() > 1;
    for (index, attachment) in document.attachments.iter().enumerate() {
        let label = if several { format!("附件{}", index + 1) } else { "附件".to_owned() };
        let mut line = Line::new(style::ATTACHMENT, &label);
        line.new_page = true;
        pieces.push(Piece::Line(line));
        // the label in the first row, the title in the third, the text below an empty row
        let rows = title::lines(std::slice::from_ref(&attachment.name), 19);
        pieces.push(Piece::Line(Line::new(style::ATTACHMENT_TITLE, &rows.join("\n")).before(ROW_TWIPS)));
        pieces.push(Piece::Line(Line::new(style::CENTRE, "")));
        blocks(&attachment.body, document.layout, &mut pieces)?;
    }
    Ok(part_tables(pieces))
}

/// Word joins tables that touch, and wants a paragraph at the end: a low line follows every table that has no other line after it.
fn part_tables(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut parted: Vec<Piece> = Vec::with_capacity(pieces.len() + 1);
    for piece in pieces {
        if matches!((parted.last(), &piece), (Some(Piece::Grid(_)), Piece::Grid(_))) {
            parted.push(Piece::Line(Line::new(style::GAP, "")));
        }
        parted.push(piece);
    }
    if matches!(parted.last(), Some(Piece::Grid(_))) {
        parted.push(Piece::Line(Line::new(style::GAP, "")));
    }
    parted
}

/// The end of the text goes with the signature: no page holds a signature alone (9704 7.3.5.5).
fn keep_with_next(piece: &mut Piece) {
    match piece {
        Piece::Line(line) => line.keep_next = true,
        Piece::Grid(grid) => {
            let cells = grid.rows.last_mut().into_iter().flatten();
            cells.flat_map(|cell| cell.lines.iter_mut()).for_each(|line| line.keep_next = true);
        }
    }
}

fn blocks(blocks: &[Block], layout: Layout, pieces: &mut Vec<Piece>) -> Result<(), WordError> {
    let certificate = layout == Layout::Certificate;
    for block in blocks {
        match block {
            Block::Paragraph(spans) => {
                let style = if certificate { style::CERTIFICATE_BODY } else { style::BODY };
                pieces.push(Piece::Line(Line::of(style, words(spans, layout))));
            }
            Block::Heading(level, spans) => {
                let at = usize::from((*level).clamp(1, 4)) - 1;
                pieces.push(Piece::Line(Line::of(style::HEADINGS[at], words(spans, layout))));
            }
            Block::Centre(spans) => {
                let style = if certificate { style::CERTIFICATE_CENTRE } else { style::CENTRE };
                pieces.push(Piece::Line(Line::of(style, words(spans, layout))));
            }
            Block::Table(table) => {
                if let Some(caption) = &table.caption {
                    pieces.push(Piece::Line(Line::new(style::CAPTION, caption)));
                }
                pieces.push(Piece::Grid(grid::grid(table, text_width(layout))?));
            }
        }
    }
    Ok(())
}

fn words(spans: &[Span], layout: Layout) -> Vec<Words> {
    let strong = if layout == Layout::Certificate { style::CERTIFICATE_STRONG } else { style::STRONG };
    let words = spans.iter().filter(|span| !span.text.is_empty());
    words.map(|span| Words { text: span.text.clone(), style: span.strong.then_some(strong) }).collect()
}

/// 附件说明 (9704 7.3.4): an empty row below the text; several are numbered, each name's rows aligned under its first character.
fn attachment_names(attachments: &[Attachment]) -> Vec<Line> {
    const LABEL: &str = "附件：";
    let two = 2 * CHARACTER_TWIPS;
    let label = width(LABEL, CHARACTER_TWIPS);
    if let [single] = attachments {
        let text = format!("{LABEL}{}", single.name);
        return vec![Line::new(style::ATTACHMENTS, &text).indent(two + label, 0, label).before(ROW_TWIPS)];
    }
    let number = width(&format!("{}.", attachments.len()), CHARACTER_TWIPS);
    let left = two + label + number;
    let lines = attachments.iter().enumerate().map(|(index, attachment)| {
        let start = if index == 0 { LABEL } else { "" };
        let text = format!("{start}{}.\t{}", index + 1, attachment.name);
        let hanging = if index == 0 { label + number } else { number };
        let line = Line::new(style::ATTACHMENTS, &text).indent(left, 0, hanging).align(Align::Left);
        if index == 0 { line.before(ROW_TWIPS) } else { line }
    });
    lines.collect()
}
