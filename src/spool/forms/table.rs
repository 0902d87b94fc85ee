//! A table-typed entry as a sheet of its own: its key is the first column; in a row's table the row it belongs to is.

use crate::submission::tables::{BELONGS, RowTable};
use crate::submission::{Entry, Form, Grid, Line, TableKey, Type};
use serde_json::{Map, Value};

/// Blank rows of a table that may grow.
const BLANK_ROWS: usize = 10;

/// True when the rows of a table-typed entry have keys.
pub(super) fn keyed(kind: &Type) -> bool {
    matches!(kind, Type::Table(_, Some(_)))
}

/// A table-typed entry as a grid; `None` for every other entry. Rows keyed by offices are fixed once some are known;
/// other tables may grow.
pub(super) fn grid(entry: &Entry, value: Option<&Value>) -> Option<Grid> {
    let Type::Table(columns, key) = &entry.kind else { return None };
    let known = value.and_then(Value::as_object).filter(|map| !map.is_empty());
    let fixed = known.is_some() && *key == Some(TableKey::Office);
    let mut entries: Vec<Entry> = Vec::new();
    let rows: Vec<Map<String, Value>> = if let Some(key) = key {
        let title = match key {
            TableKey::Office => "单位",
            TableKey::Text => "名称",
        };
        entries.push(column(entry, title, Type::Text(100), entry.shown || fixed));
        known.into_iter().flatten().map(|(key, row)| keyed_row(title, key, row)).collect()
    } else {
        value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object).cloned().collect()
    };
    entries.extend(columns.iter().map(|(name, kind)| column(entry, name, kind.clone(), entry.shown)));
    let lines = rows.into_iter().map(|values| Line { item: None, values }).collect();
    let blank = if fixed || entry.shown { 0 } else { BLANK_ROWS };
    Some(Grid { name: entry.title.clone(), columns: entries, lines, blank, called: None })
}

/// A grid as its rows are drawn: without the columns that have sheets of their own.
pub(super) fn bare(grid: &Grid) -> Grid {
    let columns = grid.columns.iter().filter(|entry| !matches!(entry.kind, Type::Table(..))).cloned().collect();
    Grid { columns, ..grid.clone() }
}

/// A table of the rows of a grid, the lines of all rows one below the other. Where there are several rows, the first column
/// says to which a line belongs; it is chosen among those known, or among what stands on the sheet of the rows.
pub(super) fn of_rows(form: &Form, table: &RowTable) -> Option<Grid> {
    let rows = form.grids.get(table.grid)?;
    let entry = rows.columns.get(table.column)?;
    let mut drawn = grid(entry, None)?;
    let called = table.called.filter(|_| !table.alone).and_then(|column| rows.columns.get(column));
    let call = |line: &Line| called.map(|by| line.values.get(&by.name).map(word).unwrap_or_default());
    drawn.name.clone_from(&table.name);
    for line in &rows.lines {
        let lines = grid(entry, line.values.get(&entry.name)).map(|known| known.lines).unwrap_or_default();
        for mut own in lines {
            own.values.extend(call(line).map(|name| (BELONGS.to_string(), Value::from(name))));
            drawn.lines.push(own);
        }
    }
    if let Some(by) = called {
        // where rows are still to be written, what they are called is not known yet
        let known = rows.lines.iter().filter(|_| rows.blank == 0).filter_map(call).collect();
        let hint = format!("这一行属于“{}”页的哪一行，照该页“{}”一栏选择", rows.name, by.title);
        let belongs = Entry { hint: Some(hint), ..column(entry, BELONGS, Type::One(known), entry.shown) };
        drawn.columns.insert(0, belongs);
    }
    Some(drawn)
}

fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}

fn keyed_row(title: &str, key: &str, row: &Value) -> Map<String, Value> {
    let mut values = row.as_object().cloned().unwrap_or_default();
    values.insert(title.to_string(), Value::String(key.to_string()));
    values
}

fn column(table: &Entry, name: &str, kind: Type, shown: bool) -> Entry {
    Entry {
        name: name.to_string(),
        title: name.to_string(),
        also: Vec::new(),
        kind,
        optional: table.optional,
        shown,
        min: None,
        max: None,
        unit: None,
        hint: None,
        of: Vec::new(),
    }
}
