//! Tables of the model set out cell by cell: spans over rows become merged cells, widths become twips.

use super::WordError;
use super::piece::{Align, Cell, Grid, Line, Merge, style};
use crate::document::fit::tables;
use crate::document::model::{Table, TableCell};

/// The grid of a table, `whole` twips wide.
pub(super) fn grid(table: &Table, whole: u32) -> Result<Grid, WordError> {
    let columns = table.widths.len();
    if columns == 0 {
        return Err(WordError::Row(1));
    }
    let mut rows = section(&table.header, columns, style::HEAD, 0)?;
    rows.extend(section(&table.rows, columns, style::CELL, table.header.len())?);
    let widths = tables::column_widths(table, whole);
    let mut parts = vec![false; table.header.len()];
    parts.extend(tables::tall_rows(&table.rows, &widths));
    Ok(Grid { style: style::TABLE, widths: tables::in_twips(&widths, whole), rows, parts, height: None })
}

/// The rows of the header or of the body; a span over rows ends within its section, since the header is repeated alone.
fn section(
    rows: &[Vec<TableCell>],
    columns: usize,
    style: &'static str,
    above: usize,
) -> Result<Vec<Vec<Cell>>, WordError> {
    // per column: how many more rows the cell above covers, and how many columns it has, counted at its first column
    let mut covered: Vec<(u32, usize)> = vec![(0, 0); columns];
    let mut set = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        let wrong = || WordError::Row(above + index + 1);
        let mut given = row.iter();
        let mut cells = Vec::new();
        let mut column = 0;
        while column < columns {
            let (left, span) = covered[column];
            if left > 0 {
                covered[column].0 -= 1;
                cells.push(Cell {
                    lines: vec![Line::new(style, "")],
                    columns: span,
                    merge: Merge::Continues,
                    foot: false,
                });
                column += span;
                continue;
            }
            let cell = given.next().ok_or_else(wrong)?;
            let span = cell.columns.max(1) as usize;
            let free = covered.get(column..column + span).is_some_and(|under| under.iter().all(|(left, _)| *left == 0));
            if !free || cell.rows.max(1) as usize > rows.len() - index {
                return Err(wrong());
            }
            covered[column] = (cell.rows.max(1) - 1, span);
            cells.push(set_cell(cell, span, style));
            column += span;
        }
        if given.next().is_some() {
            return Err(wrong());
        }
        set.push(cells);
    }
    Ok(set)
}

fn set_cell(cell: &TableCell, columns: usize, style: &'static str) -> Cell {
    let align = if cell.centre { Align::Centre } else { Align::Left };
    let merge = if cell.rows > 1 { Merge::Starts } else { Merge::None };
    Cell { lines: vec![Line::new(style, &cell.text).align(align)], columns, merge, foot: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str, columns: u32, rows: u32) -> TableCell {
        TableCell { text: text.to_owned(), columns, rows, centre: false }
    }

    #[test]
    fn spans_become_merged_cells() {
        let table = Table {
            widths: vec![1, 1, 1],
            rows: vec![vec![cell("a", 2, 2), cell("b", 1, 1)], vec![cell("c", 1, 1)], vec![cell("d", 3, 1)]],
            ..Table::default()
        };
        let grid = grid(&table, 900).unwrap();
        let shape: Vec<Vec<(usize, bool)>> = grid
            .rows
            .iter()
            .map(|row| row.iter().map(|cell| (cell.columns, cell.merge == Merge::Continues)).collect())
            .collect();
        assert_eq!(shape, [vec![(2, false), (1, false)], vec![(2, true), (1, false)], vec![(3, false)]]);
    }

    #[test]
    fn a_row_too_high_for_half_a_page_may_go_over_it_and_no_row_holds_another() {
        let rows = |count: usize| {
            let text = "该同志工作认真负责。".repeat(count);
            vec![vec![cell("姓名", 1, 1), cell("张三", 1, 1)], vec![cell("事迹", 1, 1), cell(&text, 1, 1)]]
        };
        let of = |count: usize| {
            let mut rows = rows(count);
            rows.push(vec![cell("意见", 1, 1), cell("同意", 1, 1)]);
            let grid = grid(&Table { widths: vec![1, 3], rows, ..Table::default() }, 8844).unwrap();
            let kept = grid.rows.iter().map(|row| row[0].lines[0].keep_next).collect::<Vec<_>>();
            ((0..3).map(|row| grid.parts(row)).collect::<Vec<_>>(), kept)
        };
        // as in the PDF, which has a last row alone on a page below its header
        assert_eq!(of(4), (vec![false; 3], vec![false; 3]));
        assert_eq!(of(80), (vec![false, true, false], vec![false; 3]));
    }

    #[test]
    fn rows_that_do_not_fit_are_named() {
        let of = |rows: Vec<Vec<TableCell>>| Table { widths: vec![1, 1], rows, ..Table::default() };
        let bad = [
            of(vec![vec![cell("a", 1, 1)]]),
            of(vec![vec![cell("a", 1, 1), cell("b", 1, 1), cell("c", 1, 1)]]),
            of(vec![vec![cell("a", 3, 1)]]),
            of(vec![vec![cell("a", 1, 2), cell("b", 1, 1)]]),
            of(vec![vec![cell("a", u32::MAX, u32::MAX)]]),
        ];
        for table in bad {
            assert!(matches!(grid(&table, 900), Err(WordError::Row(1))));
        }
        assert!(matches!(grid(&Table::default(), 900), Err(WordError::Row(1))));
    }
}
