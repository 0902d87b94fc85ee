//! The body as docx-rs builds it: paragraphs, runs and tables, nothing else. The only file that knows docx-rs.
//!
//! Of docx-rs no hyperlink, picture, bookmark or note is used: their ids come from counters of the process, and the same document would
//! give other bytes the second time. Paragraph ids come from such a counter too; `finish` removes them. Only the main part is built: the
//! other parts of a file, which `skeleton` holds, would take as long again and be thrown away.

use super::frame;
use super::piece::{Align, Cell, Grid, Indent, Line, Merge, Piece, Words, style};
use crate::ooxml::xml::legal;
use docx_rs::{
    AlignmentType, BreakType, BuildXML, Document, LineSpacing, LineSpacingType, Paragraph, Run, SpecialIndentType, Tab,
    TabValueType, Table, TableAlignmentType, TableCell, TableCellMargins, TableLayoutType, TableRow, VAlignType,
    VMergeType, WidthType,
};

/// Room in the cells of a form above and below the text, beside what its style has; and at the sides, as in all tables.
const FORM_ROOM_TWIPS: usize = 66;
const SIDE_TWIPS: usize = 57;

/// The document part for these pieces, as docx-rs writes it.
pub(super) fn body(pieces: &[Piece]) -> Vec<u8> {
    let built = pieces.iter().fold(Document::new(), |document, piece| match piece {
        Piece::Line(line) => document.add_paragraph(paragraph(line)),
        Piece::Grid(grid) => document.add_table(table(grid)),
    });
    built.build()
}

fn paragraph(line: &Line) -> Paragraph {
    let mut paragraph = Paragraph::new().style(line.style);
    if let Some(align) = line.align {
        paragraph = paragraph.align(match align {
            Align::Left => AlignmentType::Left,
            Align::Centre => AlignmentType::Center,
            Align::Right => AlignmentType::Right,
            Align::Distribute => AlignmentType::Distribute,
        });
    }
    if let Some(Indent { left, right, hanging }) = line.indent {
        let special = (hanging > 0).then(|| SpecialIndentType::Hanging(signed(hanging)));
        paragraph = paragraph.indent(Some(signed(left)), special, Some(signed(right)), None);
    }
    if let Some(first) = line.first {
        paragraph = paragraph.indent(None, Some(SpecialIndentType::FirstLine(signed(first))), None, None);
    }
    if line.before.is_some() || line.height.is_some() {
        let mut spacing = LineSpacing::new();
        if let Some(before) = line.before {
            spacing = spacing.before(before);
        }
        if let Some(height) = line.height {
            spacing = spacing.line(signed(height)).line_rule(LineSpacingType::Exact);
        }
        paragraph = paragraph.line_spacing(spacing);
    }
    for (index, stop) in line.stops.iter().enumerate() {
        // one stop alone is for what stands at the right edge
        let right = line.stops.len() == 1 || line.last_stop_right && index + 1 == line.stops.len();
        let kind = if right { TabValueType::Right } else { TabValueType::Left };
        paragraph = paragraph.add_tab(Tab::new().val(kind).pos(*stop as usize));
    }
    if line.new_page {
        paragraph = paragraph.page_break_before(true);
    }
    if line.keep_next {
        paragraph = paragraph.keep_next(true);
    }
    if line.height.is_some() {
        paragraph = paragraph.snap_to_grid(false);
    }
    if line.in_company {
        paragraph = paragraph.widow_control(true);
    }
    line.words.iter().enumerate().fold(paragraph, |paragraph, (at, words)| {
        let over = at > 0 && at == line.goes_over;
        let paragraph = if over { paragraph.add_run(Run::new().add_break(BreakType::Page)) } else { paragraph };
        paragraph.add_run(run(words, line))
    })
}

fn run(words: &Words, line: &Line) -> Run {
    let mut run = Run::new();
    if let Some(style) = words.style {
        run = run.style(style);
    }
    if let Some(size) = line.size {
        // strong words are larger on a certificate alone, whose lines are spread
        let size = if line.spread.is_some() { frame::size_of(words, size) } else { size };
        run = run.size(size as usize);
    }
    if let Some(spread) = line.spread {
        run = run.character_spacing(signed(spread));
    }
    if line.percent != 100 {
        run = run.stretch(signed(line.percent));
    }
    // docx-rs drops line feeds, writes tabs as they are and lets through what XML forbids
    let mut text = String::new();
    for character in words.text.chars() {
        if !matches!(character, '\n' | '\t') {
            text.extend(Some(character).filter(|character| legal(*character) && *character != '\r'));
            continue;
        }
        run = add_text(run, &mut text);
        run = if character == '\n' { run.add_break(BreakType::TextWrapping) } else { run.add_tab() };
    }
    add_text(run, &mut text)
}

fn add_text(run: Run, text: &mut String) -> Run {
    if text.is_empty() { run } else { run.add_text(std::mem::take(text)) }
}

fn table(grid: &Grid) -> Table {
    let whole: u32 = grid.widths.iter().sum();
    let rows = grid.rows.iter().enumerate().map(|(row, cells)| {
        let mut column = 0;
        let cells = cells.iter().map(|one| {
            let end = (column + one.columns).min(grid.widths.len());
            let width = grid.widths.get(column..end).unwrap_or_default().iter().sum();
            column = end;
            cell(one, width)
        });
        let built = TableRow::new(cells.collect());
        let row = if grid.parts(row) { built } else { built.cant_split() };
        match grid.height {
            // docx-rs takes the height as a float and writes it as one when it has a fraction; these have none
            Some(height) => row.row_height(height as f32).height_rule(docx_rs::HeightRule::AtLeast),
            None => row,
        }
    });
    let built = Table::new(rows.collect());
    // rows to be written in have room above and below their text, as those of the PDF
    let built = match grid.height {
        Some(_) => {
            built.margins(TableCellMargins::new().margin(FORM_ROOM_TWIPS, SIDE_TWIPS, FORM_ROOM_TWIPS, SIDE_TWIPS))
        }
        None => built,
    };
    built
        .style(grid.style)
        .width(whole as usize, WidthType::Dxa)
        .align(TableAlignmentType::Center)
        .layout(TableLayoutType::Fixed)
        .set_grid(grid.widths.iter().map(|width| *width as usize).collect())
}

fn cell(cell: &Cell, width: u32) -> TableCell {
    let mut built = TableCell::new().width(width as usize, WidthType::Dxa);
    built = built.vertical_align(if cell.foot { VAlignType::Bottom } else { VAlignType::Center });
    if cell.columns > 1 {
        built = built.grid_span(cell.columns);
    }
    built = match cell.merge {
        Merge::None => built,
        Merge::Starts => built.vertical_merge(VMergeType::Restart),
        Merge::Continues => built.vertical_merge(VMergeType::Continue),
    };
    let lines = if cell.lines.is_empty() { vec![Line::new(style::CELL, "")] } else { cell.lines.clone() };
    lines.iter().fold(built, |built, line| built.add_paragraph(paragraph(line)))
}

/// Twips of a page are far below the bound; docx-rs wants them signed.
fn signed(twips: u32) -> i32 {
    i32::try_from(twips).unwrap_or(i32::MAX)
}
