//! A table-typed entry of the head as a sheet of its own: its key is the first column.

use crate::submission::{Entry, Grid, Line, TableKey, Type};
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
    Some(Grid { name: entry.title.clone(), columns: entries, lines, blank })
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
