//! An estimate of where a text ends, for the writer that cannot look.
//!
//! Rows are counted as the layout sets them; a row of a table is as high as its fullest cell.

use super::{
    HEIGHT_POINTS, ROW_POINTS, above, halves, main_to_below, mark_points, signature_rows, tables, text_rows, text_width,
};
use crate::document::model::{Block, Document, Layout, TableCell};

/// The width of the type area in half characters of 12 pt, and the room at the sides of a cell.
const TABLE_HALVES: u32 = 73;
const CELL_HALVES: u32 = 1;
/// A row of a table's text, and the room above and below it.
const CELL_ROW_POINTS: u32 = 18;
const CELL_ROOM_POINTS: u32 = 6;
const CAPTION_POINTS: u32 = 28;
/// A chart of 80 mm, the room above it and its name.
const CHART_POINTS: u32 = 227 + 6 + ROW_POINTS;

/// How many rows the estimate may be wrong by, faces of other programs included.
const UNSURE_ROWS: u32 = 3;

/// Where a paper has come to.
struct Place {
    page: u32,
    used: u32,
}

impl Place {
    fn set(&mut self, points: u32) {
        if self.used + points > HEIGHT_POINTS {
            self.page += 1;
            self.used = 0;
        }
        self.used += points;
    }

    fn rows(&mut self, rows: u32) {
        (0..rows).for_each(|_| self.set(ROW_POINTS));
    }
}

/// Whether the signature may come to stand on another page than the end of the text, or with less than two rows of it.
pub(in crate::document) fn signature_at_edge(document: &Document) -> bool {
    let (place, lists) = text_end(document);
    let from_edge = HEIGHT_POINTS.saturating_sub(place.used + signature_points(document));
    from_edge < UNSURE_ROWS * ROW_POINTS || place.page > 1 && place.used < (2 + UNSURE_ROWS + lists) * ROW_POINTS
}

/// Whether what closes a letter goes with its signature: it does unless it closes attachments, or is so long that nothing could go with it.
pub(in crate::document) fn sent_in_company(document: &Document) -> bool {
    const SENT_ROWS_MAX: u32 = 8;
    let main_to = document.main_to.as_ref().filter(|_| main_to_below(document));
    let rows: u32 = main_to.into_iter().chain(&document.copy_to).map(|it| text_rows(it)).sum();
    let alone = document.attachments.iter().all(|it| it.body.is_empty());
    document.layout == Layout::Letter && alone && (1..=SENT_ROWS_MAX).contains(&rows)
}

/// Where text and lists end, and the rows of the lists.
fn text_end(document: &Document) -> (Place, u32) {
    let (fixed, rows) = above(document, mark_points(document));
    let mut place = Place { page: 1, used: fixed + rows * ROW_POINTS };
    place.rows(document.main_to.as_ref().filter(|_| !main_to_below(document)).map_or(0, |it| text_rows(it)));
    let width = text_width(document.layout);
    document.body.iter().for_each(|block| set(block, width, &mut place));
    let lists = (document.attachments.len() + document.attendance.len()) as u32;
    let lists = if lists > 0 { lists + 1 } else { 0 };
    place.rows(lists);
    (place, lists)
}

fn signature_points(document: &Document) -> u32 {
    if document.date.is_none() || document.signature.is_empty() {
        return 0;
    }
    let (seals, signature) = signature_rows(document);
    (seals + signature + u32::from(document.note.is_some())) * ROW_POINTS
}

fn set(block: &Block, width: u32, place: &mut Place) {
    match block {
        Block::Paragraph(spans) | Block::Heading(_, spans) | Block::Centre(spans) => {
            let text: String = spans.iter().map(|span| span.text.as_str()).collect();
            place.rows(text_rows(&format!("　　{text}")));
        }
        Block::Chart(_) => place.set(CHART_POINTS),
        Block::Table(table) => {
            let widths = tables::column_widths(table, width);
            let height = |row: &Vec<TableCell>| row_points(&widths, row);
            let header: u32 = table.header.iter().map(height).sum();
            place.set(table.caption.as_ref().map_or(0, |_| CAPTION_POINTS) + header);
            for points in table.rows.iter().map(height) {
                let page = place.page;
                place.set(points);
                place.used += if place.page > page { header } else { 0 };
            }
        }
    }
}

/// The height of a row; a cell over several rows counts for none. The cells of a row under such a cell are taken to stand at its right.
fn row_points(widths: &[u32], row: &[TableCell]) -> u32 {
    let whole: u32 = widths.iter().sum::<u32>().max(1);
    let columns: usize = row.iter().map(|cell| cell.columns as usize).sum();
    let mut column = widths.len().saturating_sub(columns);
    let mut most = 1;
    for cell in row {
        let end = (column + cell.columns as usize).min(widths.len());
        let width: u32 = widths.get(column..end).unwrap_or_default().iter().sum();
        column = end;
        let room = (TABLE_HALVES * width / whole).saturating_sub(CELL_HALVES).max(2);
        let rows: u32 = cell.text.split('\n').map(|line| halves(line).div_ceil(room).max(1)).sum();
        if cell.rows == 1 {
            most = most.max(rows);
        }
    }
    most * CELL_ROW_POINTS + CELL_ROOM_POINTS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::tests::samples;

    #[test]
    fn only_a_signature_near_the_edge_takes_text_along() {
        let of = |count: usize| {
            let text = "为做好示范片建设，现就有关事项通知如下。".repeat(count);
            let body = vec![Block::Paragraph(samples::spans(&text))];
            signature_at_edge(&Document { body, ..samples::notice() })
        };
        // three rows for every four: all on page 1, parted by its end, all on page 2
        assert_eq!([3, 20, 40].map(of), [false, true, false]);
    }
}
