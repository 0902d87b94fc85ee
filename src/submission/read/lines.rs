//! The tables of rows: each came as lines on a sheet of its own, and every line finds the row it belongs to.
//!
//! A line of no row, or of two, is a fault at its cell: what a clerk wrote is given to the row he named, or to none.

use super::heading::{Headings, key};
use super::{Sorting, text, value};
use crate::submission::tables::{BELONGS, RowTable, of_rows};
use crate::submission::{Cell, Entry, Fault, FilledLine, Line, TableKey, Type};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Places of rows of one name listed in a sentence at most.
const PLACES_MAX: usize = 5;

/// What was written of the tables of rows: by grid and the row's place, each table with its column.
pub(super) type Joined = BTreeMap<(usize, String), Vec<(usize, Value)>>;

/// A line that has something in it, and what it says beside its row.
struct Said<'a> {
    line: &'a FilledLine,
    cells: Vec<Cell>,
}

/// The rows that lines may belong to, and how they are found: each line looks once, not through all of them.
struct Rows {
    rows: Vec<FilledLine>,
    /// what they are called, in their order, each name once
    names: Vec<String>,
    by_name: BTreeMap<String, BTreeSet<usize>>,
    by_item: BTreeMap<u32, usize>,
}

impl Sorting<'_> {
    /// Gives every line of every table to its row.
    pub(super) fn join(&mut self) {
        for table in &of_rows(self.form) {
            let Some(entry) = self.form.grids.get(table.grid).and_then(|grid| grid.columns.get(table.column)) else {
                continue;
            };
            let sheets = self.filled.grids.iter().filter(|(name, _)| key(name) == key(&table.name));
            let lines: Vec<&FilledLine> = sheets.flat_map(|(_, lines)| lines).collect();
            if !entry.shown && !lines.is_empty() {
                self.lines_of(table, entry, &lines);
            }
        }
    }

    fn lines_of(&mut self, table: &RowTable, entry: &Entry, lines: &[&FilledLine]) {
        let rows = self.rows_of(table);
        let mut by_row: BTreeMap<usize, Vec<Said<'_>>> = BTreeMap::new();
        for line in lines.iter().filter(|line| line.cells.iter().any(|cell| !text::is_empty(&cell.raw))) {
            let belongs = |cell: &&Cell| key(&cell.name) == key(BELONGS);
            let (named, cells): (Vec<&Cell>, Vec<&Cell>) = line.cells.iter().partition(belongs);
            if cells.iter().all(|cell| text::is_empty(&cell.raw)) {
                // a row chosen, and nothing said of it
                continue;
            }
            match self.row_of(table, &rows, line, named.first().copied()) {
                Ok(row) => {
                    let cells = cells.into_iter().cloned().collect();
                    by_row.entry(row).or_default().push(Said { line, cells });
                }
                Err(fault) => self.reader.faults.push(fault),
            }
        }
        for (row, said) in by_row {
            let Some(place) = rows.rows.get(row).map(|row| row.place.clone()) else { continue };
            let value = self.table_of(&table.name, entry, &said);
            self.joined.entry((table.grid, place)).or_default().push((table.column, value));
        }
    }

    /// The rows that lines may belong to; where there is but one and nothing else is said of it, it is there all the same.
    fn rows_of(&mut self, table: &RowTable) -> Rows {
        let grid = table.grid;
        let asked = &self.form.grids[grid];
        let mut rows = Vec::new();
        for (name, lines) in &self.filled.grids {
            let here = key(name) == key(&asked.name);
            let nameless = !here && self.is_nameless(name);
            let some =
                |line: &&FilledLine| line.item.is_some() || line.cells.iter().any(|cell| !text::is_empty(&cell.raw));
            let mine = |line: &&FilledLine| here || nameless && self.choose(line) == Ok(grid);
            rows.extend(lines.iter().filter(some).filter(mine).cloned());
        }
        if rows.is_empty() && table.alone {
            let item = asked.lines.first().and_then(|line| line.item);
            let only = FilledLine { item, place: asked.name.clone(), cells: Vec::new() };
            self.unsaid.insert(grid, only.clone());
            rows.push(only);
        }
        let laid_out: BTreeMap<u32, &Line> = asked.lines.iter().filter_map(|line| Some((line.item?, line))).collect();
        let mut found = Rows { rows, names: Vec::new(), by_name: BTreeMap::new(), by_item: BTreeMap::new() };
        for (place, row) in found.rows.iter().enumerate() {
            found.by_item.extend(row.item.map(|item| (item, place)));
            let laid_out = row.item.and_then(|item| laid_out.get(&item).copied());
            for name in self.called(table, row, laid_out) {
                let rows = found.by_name.entry(key(&name)).or_default();
                if rows.is_empty() {
                    found.names.push(name);
                }
                rows.insert(place);
            }
        }
        found
    }

    /// The row a line belongs to: the one it names, by its item or by what it is called, or the only one there is.
    fn row_of(&self, table: &RowTable, rows: &Rows, line: &FilledLine, named: Option<&Cell>) -> Result<usize, Fault> {
        let asked = &self.form.grids[table.grid];
        let sheet = &asked.name;
        let only = || (rows.rows.len() == 1 && table.alone).then_some(0);
        let cell = named.filter(|cell| !text::is_empty(&cell.raw));
        let Some(cell) = cell else {
            let by_item = line.item.and_then(|item| rows.by_item.get(&item).copied());
            let say = if table.alone {
                format!("“{sheet}”页只能有一行，这里的各行都属于它，现在有{}行。", rows.rows.len())
            } else {
                format!("“{BELONGS}”没有填写，不知道属于“{sheet}”页的哪一行，请从列表中选择。")
            };
            return by_item.or_else(only).ok_or_else(|| Fault::at(&line.place, say));
        };
        let said = text::of(&cell.raw).map_err(|say| Fault::at(&cell.place, format!("“{BELONGS}”{say}")))?;
        let found: Vec<usize> = rows.by_name.get(&key(&said)).into_iter().flatten().copied().collect();
        match found.as_slice() {
            [row] => Ok(*row),
            [] if rows.names.is_empty() => only().ok_or_else(|| {
                Fault::at(&cell.place, format!("“{sheet}”页没有“{said}”这一行，请先在该页填写，再从列表中选择。"))
            }),
            [] => {
                let known = value::listed(&rows.names);
                let say = format!("“{sheet}”页没有“{said}”这一行，只有{known}，请从列表中选择。");
                Err(Fault::at(&cell.place, say))
            }
            several => {
                let places = several.iter().take(PLACES_MAX).filter_map(|row| rows.rows.get(*row));
                let places: Vec<&str> = places.map(|row| row.place.as_str()).collect();
                let more = if several.len() > PLACES_MAX { "等" } else { "" };
                let say = format!(
                    "“{said}”在“{sheet}”页有{}行（{}{more}），分不清属于哪一行。请把其中一行另用一份表报送。",
                    several.len(),
                    places.join("、")
                );
                Err(Fault::at(&cell.place, say))
            }
        }
    }

    /// What a row is called: by what stands there now, and by what stood there when it was laid out.
    fn called(&self, table: &RowTable, row: &FilledLine, laid_out: Option<&Line>) -> Vec<String> {
        let Some(column) = table.called else { return Vec::new() };
        let asked = &self.form.grids[table.grid];
        let headings = &self.grids[table.grid];
        let here = |cell: &&Cell| headings.find(&cell.name).contains(&column);
        let now = row.cells.iter().find(here).and_then(|cell| text::of(&cell.raw).ok());
        let then = laid_out.and_then(|line| line.values.get(&asked.columns[column].name)?.as_str().map(str::to_string));
        let mut names: Vec<String> = now.into_iter().chain(then).filter(|name| !name.is_empty()).collect();
        names.dedup();
        names
    }

    /// The lines of one row as the value of its table.
    fn table_of(&mut self, sheet: &str, entry: &Entry, said: &[Said<'_>]) -> Value {
        let Type::Table(columns, keyed) = &entry.kind else { return Value::Null };
        let columns: Vec<Entry> = columns.iter().map(|(name, kind)| value::column(name, kind)).collect();
        let headings = Headings::of(&columns);
        let mut rows = Vec::new();
        let mut known = Map::new();
        for Said { line, cells } in said {
            let (key_cell, cells) = match keyed {
                Some(keyed) => self.key_of(line, cells, *keyed),
                None => (None, cells.clone()),
            };
            let read = self.reader.cells(sheet, &columns, &headings, &cells).values;
            match (keyed, key_cell) {
                (None, _) => rows.push(Value::Object(read)),
                (Some(_), Some((name, cell))) if known.contains_key(&name) => {
                    let wrote = text::of(&cell.raw).unwrap_or(name);
                    let say = format!("同一对象的“{wrote}”写了两行，请合并成一行。");
                    self.reader.faults.push(Fault::at(&cell.place, say));
                }
                (Some(_), Some((name, _))) => {
                    known.insert(name, Value::Object(read));
                }
                // what is wrong with its key was said
                (Some(_), None) => {}
            }
        }
        if keyed.is_some() { Value::Object(known) } else { Value::Array(rows) }
    }

    /// The key of a line and its other cells.
    fn key_of(&mut self, line: &FilledLine, cells: &[Cell], keyed: TableKey) -> (Option<(String, Cell)>, Vec<Cell>) {
        let title = super::key_title(keyed);
        let (keys, rest): (Vec<Cell>, Vec<Cell>) = cells.iter().cloned().partition(|cell| key(&cell.name) == title);
        let Some(cell) = keys.into_iter().find(|cell| !text::is_empty(&cell.raw)) else {
            self.reader.faults.push(Fault::at(line.place.clone(), format!("“{title}”没有填写。")));
            return (None, rest);
        };
        let offices = self.reader.offices;
        let read = text::of(&cell.raw).and_then(|said| value::row_key(keyed, &said, offices));
        match read {
            Ok(name) => (Some((name, cell)), rest),
            Err(say) => {
                self.reader.faults.push(Fault::at(&cell.place, format!("“{title}”{say}")));
                (None, rest)
            }
        }
    }
}
