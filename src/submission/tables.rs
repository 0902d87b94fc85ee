//! Tables among the columns of rows: a cell holds no table, so each has a sheet of its own, whose lines say to which row
//! they belong.
//!
//! A line names its row by what stands in the column the rows are called by; where a sheet has one row only, its lines need
//! not say so. Who draws a form and who reads what came back both ask here which sheets those are.

use super::{Entry, Form, Grid, Type};

/// The heading over the column that says to which row a line belongs.
pub const BELONGS: &str = "所属对象";

/// The sheet of one table of the rows of one grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowTable {
    /// the grid whose rows have it, by its place in the form
    pub grid: usize,
    /// the column of that grid which it is
    pub column: usize,
    /// the sheet's name, unlike that of every other sheet of the form
    pub name: String,
    /// the column by which a line names its row
    pub called: Option<usize>,
    /// there is but one row, so that lines need not name it
    pub alone: bool,
}

/// Every table of every row, in the order of the form.
pub fn of_rows(form: &Form) -> Vec<RowTable> {
    let heads = form.head.iter().filter(|entry| is_table(entry)).map(|entry| entry.title.clone());
    let mut taken: Vec<String> = heads.chain(form.grids.iter().map(|grid| grid.name.clone())).collect();
    let titles: Vec<&str> = form.grids.iter().flat_map(tables).map(|(_, entry)| entry.title.as_str()).collect();
    let mut found = Vec::new();
    for (place, grid) in form.grids.iter().enumerate() {
        let alone = grid.lines.len() + grid.blank == 1;
        let called = grid.columns.iter().position(|column| Some(&column.name) == grid.called.as_ref());
        for (column, entry) in tables(grid) {
            let short = titles.iter().filter(|title| **title == entry.title).count() == 1;
            let full = format!("{}·{}", grid.name, entry.title);
            let usual = [Some(entry.title.clone()).filter(|_| short), Some(full.clone())];
            let name = usual.into_iter().flatten().find(|name| !taken.contains(name));
            let name = name.unwrap_or_else(|| format!("{full}（{}）", found.len() + 1));
            taken.push(name.clone());
            found.push(RowTable { grid: place, column, name, called, alone });
        }
    }
    found
}

/// The columns of a grid that are tables, each with its place.
pub fn tables(grid: &Grid) -> impl Iterator<Item = (usize, &Entry)> {
    grid.columns.iter().enumerate().filter(|(_, entry)| is_table(entry))
}

fn is_table(entry: &Entry) -> bool {
    matches!(entry.kind, Type::Table(..))
}
