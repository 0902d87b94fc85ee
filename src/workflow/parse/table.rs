//! Tables and scheduled reports (LANGUAGE §12).

use super::limit;
use super::reader::Reader;
use crate::workflow::{Report, TableDefinition};
use crate::yaml::Node;
use indexmap::IndexMap;

pub(super) fn tables(reader: &mut Reader, node: &Node) -> IndexMap<String, TableDefinition> {
    let Some(entries) = node.map() else {
        reader.shape(node, "the tables are a mapping");
        return IndexMap::new();
    };
    let found = entries.iter().filter_map(|(key, value)| table(reader, key, value));
    found.map(|t| (t.name.clone(), t)).collect()
}

fn table(reader: &mut Reader, key: &Node, node: &Node) -> Option<TableDefinition> {
    let name = reader.name(key, "a table")?;
    let mut keys = reader.keys(node, "a table")?;
    let mut simple = |reader: &mut Reader, key: &'static str| {
        let value = keys.take(key)?;
        if value.map().is_some() {
            reader.not_yet(value, &format!("{key}: {{ … }}"));
            return None;
        }
        reader.refer(value, key)
    };
    let from = simple(reader, "from");
    let rows = simple(reader, "rows");
    let columns = simple(reader, "columns");
    for (missing, key) in [(from.is_none(), "from"), (rows.is_none(), "rows")] {
        if missing && node.get(key).is_none() {
            reader.error("missing-key", &node.place, format!("a table has `{key}`"), "");
        }
    }
    if let Some(value) = keys.take("value").filter(|v| v.text() != Some("count")) {
        reader.not_yet(value, &format!("value: {}", value.raw));
    }
    let filter = keys.take("where").and_then(|n| reader.expression(n, "`where`"));
    let totals = reader.flag(keys.take("totals"), false, "`totals`");
    let missing = keys.take("missing").and_then(|n| reader.refer(n, "`missing`"));
    reader.finish(keys, &["check"]);
    Some(TableDefinition { name, from: from?, filter, rows: rows?, columns, totals, missing, place: key.place.clone() })
}

pub(super) fn reports(reader: &mut Reader, node: &Node) -> IndexMap<String, Report> {
    let Some(entries) = node.map() else {
        reader.shape(node, "the reports are a mapping");
        return IndexMap::new();
    };
    let found = entries.iter().filter_map(|(key, value)| report(reader, key, value));
    found.map(|r| (r.name.clone(), r)).collect()
}

fn report(reader: &mut Reader, key: &Node, node: &Node) -> Option<Report> {
    let name = reader.name(key, "a report")?;
    let mut keys = reader.keys(node, "a report")?;
    let schedule = limit::schedule(reader, &mut keys);
    let to = keys.take("to").map(|n| reader.refers(n, "`to`")).unwrap_or_default();
    let by = keys.take("by").and_then(|n| reader.refer(n, "`by`"));
    let template = keys.take("template").and_then(|n| reader.name(n, "a template"));
    let tables = keys.take("tables").map(|n| reader.refers(n, "`tables`")).unwrap_or_default();
    reader.finish(keys, &[]);
    for (missing, key) in [(node.get("every").is_none(), "every"), (node.get("template").is_none(), "template")] {
        if missing {
            reader.error("missing-key", &node.place, format!("a report has `{key}`"), "");
        }
    }
    if to.is_empty() {
        let message = format!("the report `{name}` goes to nobody");
        reader.error("schedule-report-without-recipient", &key.place, message, "add `to: ROLE`");
    }
    Some(Report { name, schedule: schedule?, to, by, template: template?, tables, place: key.place.clone() })
}
