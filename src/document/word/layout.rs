//! The order of a paper's elements: 版头, 主体, 附件 (9704 7.2 and 7.3); the 版记 is set by `imprint`.

use super::WordError;
use super::grid;
use super::head;
use super::measure::{CHARACTER_TWIPS, ROW_TWIPS, text_width, width};
use super::piece::{Align, Cell, Grid, Line, Piece, Words, style};
use super::plaque;
use super::sign;
use crate::document::fit::{self, COMPANY_ROWS, Pages, Short, characters};
use crate::document::model::{Attachment, Block, Document, Layout, Span};
use crate::document::title;

/// Characters in a row of text.
const ROW_CHARACTERS: u32 = 28;
/// A row of a form is high enough to write in.
const FORM_ROW_TWIPS: u32 = 600;

/// The pieces of a paper's body, in order; of `pages` the signature's place is of use here.
pub(super) fn pieces(document: &Document, pages: &Pages) -> Result<Vec<Piece>, WordError> {
    let short = pages.short.unwrap_or_else(|| fit::short(document));
    let mut pieces = head::head(document);
    if document.layout == Layout::Plaque {
        return plaque::plaque(document);
    }
    let beginning = pieces.len();
    blocks(&document.body, document.layout, &mut pieces)?;
    pages.parted.into_iter().for_each(|parted| part(&document.body, parted, &mut pieces));
    let signature = sign::sign(document);
    let names = attachment_names(&document.attachments);
    let mut lists: Vec<Piece> = names.into_iter().chain(attendance(document)).map(Piece::Line).collect();
    // Some programs move a paragraph that is kept with the next as a whole: only where it must be.
    let framed = document.layout == Layout::Certificate;
    let sheet = is_sheet(document.layout);
    let at_edge = pages.signature_at_edge || sheet || fit::signature_at_edge(document);
    let long = fit::lists_fill_page(document, lists.len());
    if !signature.is_empty() && !framed && !long && at_edge {
        // The first paragraph stays where it is: the first page shows text. Only where the rows cannot stand close enough a long one
        // goes along: Word keeps its end with what follows, and two rows at least where it began.
        let company = fit::company_of(document);
        let first = pieces[beginning..].iter().position(|it| !is_heading(it)).map_or(0, |at| at + 1);
        let stays = fit::headed(document.layout) && (pages.parted.is_some() || !fit::parts(document, short));
        let from = if stays { beginning + first } else { beginning };
        // one row of it may stand there alone, unless it is near the signature itself
        if pieces.len() - from < company {
            pieces[beginning..from].iter_mut().for_each(sign::in_company);
        }
        keep_end(&mut pieces[from..], if short == Short::Parted { 1 } else { company });
    }
    if !signature.is_empty() {
        // all of a long one on the page of the signature is more than a page
        let from = if long { lists.len().saturating_sub(COMPANY_ROWS) } else { 0 };
        lists.iter_mut().skip(from).for_each(sign::keep_with_next);
    }
    pieces.extend(lists);
    let signed = pieces.len();
    pieces.extend(signature);
    if let Some(note) = &document.note {
        let style = if is_sheet(document.layout) { style::SHEET_TEXT } else { style::NOTE };
        pieces.push(Piece::Line(Line::new(style, &format!("（{note}）"))));
    }
    if fit::sent_in_company(document) {
        pieces[signed..].iter_mut().for_each(sign::keep_with_next);
    }
    match short {
        Short::Closer(part) => closer(part, &mut pieces),
        Short::FirstCloser(part, begun) => {
            let mut first = Vec::new();
            blocks(document.body.get(..begun).unwrap_or_default(), document.layout, &mut first)?;
            closer(part, &mut pieces[..beginning + first.len()]);
        }
        Short::No | Short::Parted => {}
    }
    let several = document.attachments.len() > 1;
    // one that goes by itself is named and not bound in
    for (index, attachment) in document.attachments.iter().enumerate().filter(|(_, it)| !it.body.is_empty()) {
        let label = if several { format!("附件{}", index + 1) } else { "附件".to_owned() };
        let mut line = Line::new(style::ATTACHMENT, &label);
        line.new_page = true;
        pieces.push(Piece::Line(line));
        // the label in the first row, the title in the third, the text below an empty row
        let rows = title::attachment(document, &attachment.name);
        pieces.push(Piece::Line(Line::new(style::ATTACHMENT_TITLE, &rows.join("\n")).before(ROW_TWIPS)));
        pieces.push(Piece::Line(Line::new(style::CENTRE, "")));
        blocks(&attachment.body, document.layout, &mut pieces)?;
    }
    Ok(part_tables(pieces))
}

/// Word joins tables that touch, and wants a paragraph at the end: a low line follows every table that has no other line after it.
pub(super) fn part_tables(pieces: Vec<Piece>) -> Vec<Piece> {
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

/// The end of a paragraph goes with the signature, and nothing but headings stands before it. It begins the page where it does in the
/// PDF: some programs move a paragraph that is kept with the next as a whole, and the first page would show no text.
fn part(body: &[Block], (block, at): (usize, usize), pieces: &mut [Piece]) {
    let place = pieces.len().checked_sub(body.len().saturating_sub(block));
    let Some((place, Block::Paragraph(spans))) = place.zip(body.get(block)) else { return };
    let Some(Piece::Line(line)) = pieces.get_mut(place) else { return };
    let (first, rest) = fit::split_spans(spans, at);
    line.words = words(&first, Layout::Document);
    line.goes_over = line.words.len();
    line.words.extend(words(&rest, Layout::Document));
}

fn is_heading(piece: &Piece) -> bool {
    matches!(piece, Piece::Line(line) if style::HEADINGS.contains(&line.style))
}

/// The end of the text goes with the signature: so many rows of it, be they of one paragraph or of two (9704 7.3.5.5).
fn keep_end(text: &mut [Piece], rows: usize) {
    let Some((last, before)) = text.split_last_mut() else { return };
    sign::keep_with_next(last);
    let Piece::Line(line) = last else { return };
    let shown: String = line.words.iter().map(|words| words.text.as_str()).collect();
    if rows > 1
        && characters(&shown) <= ROW_CHARACTERS - 2
        && let Some(before) = before.last_mut()
    {
        sign::keep_rows_with_next(before, rows - 1);
    }
}

/// Rows stand closer on a short paper, so that its first page holds text and signature; what has its own height keeps it, and so do
/// the rows that keep seals apart, tables and charts, and the rows down to the mark, whose place is a length.
fn closer(part: f64, pieces: &mut [Piece]) {
    let shrunk = |twips: u32| (f64::from(twips) * part) as u32;
    let row = shrunk(ROW_TWIPS);
    for piece in pieces {
        match piece {
            Piece::Line(line)
                if [style::SERIAL, style::URGENCY, style::MARK, style::CAPTION, style::FIGURE, style::FIGURE_NAME]
                    .contains(&line.style) => {}
            Piece::Grid(grid) if grid.style == style::TABLE => {}
            Piece::Line(line) => {
                let before = line.before.or((line.style == style::MAIN_TO).then_some(ROW_TWIPS));
                line.before = before.map(shrunk).filter(|_| line.height.is_none()).or(line.before);
                line.height = line.height.or((line.style != style::TITLE).then_some(row));
            }
            Piece::Grid(grid) => {
                let lines = |cells: &mut Vec<Cell>, above: u32| {
                    for line in cells.iter_mut().flat_map(|cell| cell.lines.iter_mut()).filter(|it| it.size.is_none()) {
                        line.before = line.before.map(|_| above);
                        line.height = Some(row);
                    }
                };
                let mut rows = grid.rows.iter_mut();
                rows.next().into_iter().for_each(|cells| lines(cells, 2 * row));
                rows.for_each(|cells| lines(cells, 5 * ROW_TWIPS - 2 * row));
            }
        }
    }
}

/// 出席, 请假, 列席 (8.3): a row below the text, names aligned after the colon.
fn attendance(document: &Document) -> impl Iterator<Item = Line> {
    document.attendance.iter().enumerate().map(|(row, one)| {
        let words = [(format!("{}：", one.label), Some(style::STRONG)), (one.names.clone(), None)];
        let words = words.into_iter().map(|(text, style)| Words { text, style });
        let line = Line::of(style::ATTENDANCE, words.collect());
        if row == 0 { line.before(ROW_TWIPS) } else { line }
    })
}

pub(super) fn blocks(blocks: &[Block], layout: Layout, pieces: &mut Vec<Piece>) -> Result<(), WordError> {
    let certificate = matches!(layout, Layout::Certificate | Layout::Plaque);
    for (index, block) in blocks.iter().enumerate() {
        match block {
            Block::Paragraph(spans) => {
                let style = match layout {
                    // all that stands on a plaque stands in its middle
                    Layout::Plaque => style::CERTIFICATE_CENTRE,
                    // an address stands flush left
                    Layout::Certificate if spans.last().is_some_and(|span| span.text.ends_with('：')) => {
                        style::CERTIFICATE_TO
                    }
                    Layout::Certificate => style::CERTIFICATE_BODY,
                    Layout::Sheet | Layout::Form => style::SHEET_TEXT,
                    Layout::Document | Layout::Letter | Layout::Order | Layout::Minutes | Layout::Plain => style::BODY,
                };
                pieces.push(Piece::Line(Line::of(style, words(spans, layout))));
            }
            Block::Heading(level, spans) => {
                let at = usize::from((*level).clamp(1, 4)) - 1;
                let mut line = Line::of(style::HEADINGS[at], words(spans, layout));
                // the styles of the first two say so themselves
                line.keep_next = *level > 2 && fit::stands_alone(blocks, index);
                pieces.push(Piece::Line(line));
            }
            Block::Centre(spans) => {
                let style = if certificate { style::CERTIFICATE_CENTRE } else { style::CENTRE };
                pieces.push(Piece::Line(Line::of(style, words(spans, layout))));
            }
            Block::Table(table) => {
                if let Some(caption) = &table.caption {
                    pieces.push(Piece::Line(Line::new(style::CAPTION, caption)));
                }
                let height = (layout == Layout::Form).then_some(FORM_ROW_TWIPS);
                pieces.push(Piece::Grid(Grid { height, ..grid::grid(table, text_width(layout))? }));
            }
            Block::Chart(chart) => {
                pieces.push(Piece::Line(Line::new(style::FIGURE, "")));
                pieces.push(Piece::Line(Line::new(style::FIGURE_NAME, &chart.caption)));
            }
        }
    }
    Ok(())
}

fn is_sheet(layout: Layout) -> bool {
    matches!(layout, Layout::Sheet | Layout::Form)
}

fn words(spans: &[Span], layout: Layout) -> Vec<Words> {
    let strong =
        if matches!(layout, Layout::Certificate | Layout::Plaque) { style::CERTIFICATE_STRONG } else { style::STRONG };
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
