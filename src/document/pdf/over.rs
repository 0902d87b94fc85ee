//! Cells over several rows that go over a page: where that is, and what stands on the next page.
//!
//! Every row of a table bears a mark; the marks say on which page each came to stand. Where a page begins within a merged cell the
//! cell is parted there, and its second part says what it continues.

use super::super::model::{Block, Document, Table, TableCell};
use super::look::{Seen, What};
use std::collections::BTreeMap;

/// What follows the words of a cell that continues one on the page before.
const CONTINUED: &str = "（续）";

/// The mark of a row, by the number of its table and its own.
pub(super) fn mark(table: usize, row: usize) -> String {
    format!("row-{table}-{row}")
}

/// The tables of a paper, in order.
pub(super) fn tables(document: &Document) -> impl Iterator<Item = &Table> {
    let attached = document.attachments.iter().flat_map(|it| &it.body);
    document.body.iter().chain(attached).filter_map(|block| match block {
        Block::Table(table) => Some(table),
        Block::Paragraph(_) | Block::Heading(..) | Block::Centre(_) | Block::Chart(_) => None,
    })
}

/// Of each table the rows that begin a page within a merged cell; nothing when there is no such row at all.
pub(super) fn breaks(document: &Document, seen: &[Seen]) -> Vec<Vec<usize>> {
    let mut pages: BTreeMap<&str, usize> = BTreeMap::new();
    for it in seen {
        if let What::Mark(label) = &it.what {
            pages.insert(label, it.page);
        }
    }
    let page = |table: usize, row: usize| pages.get(mark(table, row).as_str()).copied();
    let of = |(number, table): (usize, &Table)| -> Vec<usize> {
        let begins = |row: &usize| page(number, *row - 1).zip(page(number, *row)).is_some_and(|(above, it)| above < it);
        let within = merged(table);
        (1..table.rows.len()).filter(|row| within[*row]).filter(begins).collect()
    };
    let breaks: Vec<Vec<usize>> = tables(document).enumerate().map(of).collect();
    if breaks.iter().all(Vec::is_empty) { Vec::new() } else { breaks }
}

/// Of each row whether a cell comes down into it from above.
fn merged(table: &Table) -> Vec<bool> {
    let mut within = vec![false; table.rows.len()];
    for (index, row) in table.rows.iter().enumerate() {
        for cell in row {
            within.iter_mut().skip(index + 1).take(cell.rows.max(1) as usize - 1).for_each(|it| *it = true);
        }
    }
    within
}

/// The rows with every cell parted that goes over one of these: the part below says what it continues.
pub(super) fn parted(rows: &[Vec<TableCell>], columns: usize, at: &[usize]) -> Vec<Vec<TableCell>> {
    // per column the cell that comes down into the row
    let mut down: Vec<Option<TableCell>> = vec![None; columns];
    let mut parted = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        let next = at.iter().copied().filter(|at| *at > index).min().unwrap_or(rows.len());
        let until = u32::try_from(next - index).unwrap_or(u32::MAX);
        let mut given = row.iter();
        let mut set = Vec::new();
        let mut column = 0;
        while column < columns {
            let (mut cell, begins) = match down[column].take() {
                Some(cell) => (cell, at.contains(&index)),
                None => match given.next() {
                    Some(cell) => (cell.clone(), true),
                    None => break,
                },
            };
            let place = column;
            column += cell.columns.max(1) as usize;
            if begins {
                set.push(TableCell { rows: cell.rows.min(until), ..cell.clone() });
            }
            if cell.rows > 1 {
                if until == 1 && !cell.text.is_empty() && !cell.text.ends_with(CONTINUED) {
                    cell.text.push_str(CONTINUED);
                }
                down[place] = Some(TableCell { rows: cell.rows - 1, ..cell });
            }
        }
        parted.push(set);
    }
    parted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str, columns: u32, rows: u32) -> TableCell {
        TableCell { text: text.to_owned(), columns, rows, centre: true }
    }

    #[test]
    fn a_cell_over_a_break_says_on_both_sides_what_it_is() {
        let rows = vec![
            vec![cell("村", 1, 3), cell("甲", 1, 1), cell("", 2, 2)],
            vec![cell("丙", 1, 1)],
            vec![cell("丁", 3, 1)],
        ];
        let first = vec![cell("村", 1, 1), cell("甲", 1, 1), cell("", 2, 1)];
        let second = vec![cell("村（续）", 1, 2), cell("丙", 1, 1), cell("", 2, 1)];
        assert_eq!(parted(&rows, 4, &[1]), [first.clone(), second, rows[2].clone()]);
        // over two breaks it is continued twice, and not called so twice
        let third = vec![cell("村（续）", 1, 1), cell("丁", 3, 1)];
        let second = vec![cell("村（续）", 1, 1), cell("丙", 1, 1), cell("", 2, 1)];
        assert_eq!(parted(&rows, 4, &[1, 2]), [first, second, third]);
        assert_eq!(parted(&rows, 4, &[]), rows);
        assert_eq!(merged(&Table { rows, ..Table::default() }), [false, true, true]);
    }
}
