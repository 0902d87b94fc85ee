//! Tables (LANGUAGE §12).

use super::reader::{Keys, Reader};
use crate::workflow::{Expression, Heads, Label, Measure, Reckoned, TableDefinition, TableFrom};
use crate::yaml::Node;
use indexmap::IndexMap;

pub(super) fn tables(reader: &mut Reader, node: &Node) -> IndexMap<String, TableDefinition> {
    reader.entries(node, "the tables are a mapping", |reader, key, value| {
        let found = table(reader, key, value)?;
        Some((found.name.clone(), found))
    })
}

fn table(reader: &mut Reader, key: &Node, node: &Node) -> Option<TableDefinition> {
    let name = reader.name(key, "a table")?;
    let mut keys = reader.keys(node, "a table")?;
    for key in ["from", "rows"] {
        if node.get(key).is_none() {
            reader.error("missing-key", &node.place, format!("a table has `{key}`"), "");
        }
    }
    let from = keys.take("from").and_then(|n| from(reader, n));
    let filter = keys.take("where").and_then(|n| reader.expression(n, "`where`"));
    let rows = keys.take("rows").and_then(|n| heads(reader, n, "`rows`"));
    let columns = keys.take("columns").and_then(|n| heads(reader, n, "`columns`"));
    let values = values(reader, &mut keys);
    let totals = reader.flag(keys.take("totals"), false, "`totals`");
    let missing = keys.take("missing").and_then(|n| reader.refer(n, "`missing`"));
    let checks = keys.take("check").map(|n| checks(reader, n)).unwrap_or_default();
    reader.finish(keys, &[]);
    let place = key.place.clone();
    Some(TableDefinition { name, from: from?, filter, rows: rows?, columns, values, totals, missing, checks, place })
}

fn from(reader: &mut Reader, node: &Node) -> Option<TableFrom> {
    if node.map().is_none() {
        return reader.refer(node, "`from`").map(|name| match name.as_str() {
            "clocks" => TableFrom::Clocks,
            "documents" => TableFrom::Documents,
            _ => TableFrom::Items(name),
        });
    }
    let mut keys = reader.keys(node, "`from`")?;
    let (cases, register) = (keys.take("cases"), keys.take("register"));
    let found = match (cases, register) {
        (Some(cases), None) => reader.refer(cases, "`cases`").map(TableFrom::Cases),
        (None, Some(register)) => reader.refer(register, "`register`").map(TableFrom::Register),
        _ => {
            let hint = "write an item type, `{ cases: WORKFLOW }`, `{ register: REGISTER }`, `clocks` or `documents`";
            reader.error("wrong-shape", &node.place, "a table counts one thing".to_owned(), hint);
            None
        }
    };
    reader.finish(keys, &[]);
    found
}

/// A field, `item`, or heads written out.
fn heads(reader: &mut Reader, node: &Node, what: &str) -> Option<Heads> {
    let Some(entries) = node.map() else {
        let word = reader.refer(node, what)?;
        return Some(if word == "item" { Heads::Item } else { Heads::Field(word) });
    };
    let labels = entries.iter().filter_map(|(key, value)| Some((reader.text(key, "a head")?, label(reader, value)?)));
    Some(Heads::Labels(labels.collect()))
}

fn label(reader: &mut Reader, node: &Node) -> Option<Label> {
    if node.map().is_none() {
        return reader.expression(node, "a head's condition").map(|when| Label { when, split: None });
    }
    let mut keys = reader.keys(node, "a head")?;
    let when = keys.take("when").and_then(|n| reader.expression(n, "`when`"));
    if when.is_none() && node.get("when").is_none() {
        reader.error("missing-key", &node.place, "a head has `when`".to_owned(), "write `{ when: …, split: FIELD }`");
    }
    let split = keys.take("split").and_then(|n| reader.refer(n, "`split`"));
    reader.finish(keys, &[]);
    Some(Label { when: when?, split })
}

/// `count`, `sum(f)`, `mean(f)`, `first(f)`, or several with names.
fn values(reader: &mut Reader, keys: &mut Keys<'_>) -> Vec<Reckoned> {
    let Some(node) = keys.take("value") else { return Vec::new() };
    let one = |reader: &mut Reader, label: String, node: &Node| {
        let measure = measure(reader, node)?;
        Some(Reckoned { label, measure, place: node.place.clone() })
    };
    match node.map() {
        None => one(reader, String::new(), node).into_iter().collect(),
        Some(entries) => {
            let named = entries.iter().filter_map(|(key, value)| {
                let label = reader.text(key, "a figure's name")?;
                one(reader, label, value)
            });
            named.collect()
        }
    }
}

fn measure(reader: &mut Reader, node: &Node) -> Option<Measure> {
    let text = reader.text(node, "`value`")?;
    let text = text.trim();
    let inner = |word: &str| {
        let path = text.strip_prefix(word)?.trim().strip_prefix('(')?.strip_suffix(')')?.trim();
        (!path.is_empty() && !path.contains(['(', ')', ' '])).then(|| path.to_owned())
    };
    let of_field = || {
        let sum = inner("sum").map(Measure::Sum);
        sum.or_else(|| inner("mean").map(Measure::Mean)).or_else(|| inner("first").map(Measure::First))
    };
    let found = if text == "count" { Some(Measure::Count) } else { of_field() };
    if found.is_none() {
        let hint = "write `count`, `sum(FIELD)`, `mean(FIELD)` or `first(FIELD)`";
        reader.error("unknown-word", &node.place, format!("`{text}` is no figure of a table"), hint);
    }
    found
}

fn checks(reader: &mut Reader, node: &Node) -> Vec<Expression> {
    let elements = node.list().unwrap_or(std::slice::from_ref(node));
    elements.iter().filter_map(|e| reader.expression(e, "a check")).collect()
}
