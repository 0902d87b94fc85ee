//! Named tables (§12): counted from the case, frozen when a paper uses them.

use super::decide;
use super::eval::{Sight, Target};
use super::ledger::Ledgers;
use super::program::Program;
use super::{Case, Item};
use crate::clock::Moment;
use serde_json::{Value, json};

/// The table as a paper prints it: columns, rows with label, values and total, totals, and who is missing.
pub fn freeze(program: &Program, case: &Case, ledgers: &Ledgers, now: Moment, name: &str) -> Value {
    let workflow = program.workflow();
    let Some(table) = workflow.tables.get(name) else { return Value::Null };
    let sight = Sight::new(program, case, ledgers, now);
    let wanted = |item: &&Item| {
        item.of == table.from
            && table.filter.as_ref().is_none_or(|f| sight.holds(&f.source, &Target::Item(item.id)).unwrap_or(false))
    };
    let items: Vec<&Item> = case.all_items().filter(wanted).collect();
    let group = |item: &Item, by: &str| decide::group_value(&ledgers.offices, item, by);
    let by_column = |item: &Item| table.columns.as_ref().map_or(String::new(), |c| group(item, c));
    let mut columns: Vec<String> = match table.columns.as_deref() {
        Some("category") => {
            workflow.items.get(&table.from).map(|t| t.categories.keys().cloned().collect()).unwrap_or_default()
        }
        Some(_) => items.iter().map(|i| by_column(i)).collect(),
        None => vec![String::new()],
    };
    dedup(&mut columns);
    let missing: Vec<String> = table
        .missing
        .iter()
        .flat_map(|role| decide::actors(program, case, ledgers, std::slice::from_ref(role)))
        .collect();
    let mut keys: Vec<String> = missing.iter().cloned().chain(items.iter().map(|i| group(i, &table.rows))).collect();
    dedup(&mut keys);
    let count = |key: Option<&String>, column: &String| {
        items.iter().filter(|i| key.is_none_or(|k| group(i, &table.rows) == *k) && by_column(i) == *column).count()
    };
    let rows: Vec<Value> = keys
        .iter()
        .map(|key| {
            let values: Vec<usize> = columns.iter().map(|c| count(Some(key), c)).collect();
            json!({ "label": ledgers.offices.title(key), "total": values.iter().sum::<usize>(), "values": values })
        })
        .collect();
    let totals: Vec<usize> = columns.iter().map(|c| count(None, c)).collect();
    let empty: Vec<&str> = missing
        .iter()
        .filter(|k| columns.iter().all(|c| count(Some(k), c) == 0))
        .map(|k| ledgers.offices.title(k))
        .collect();
    json!({ "columns": columns, "rows": rows, "totals": totals, "total": totals.iter().sum::<usize>(), "missing": empty })
}

fn dedup(values: &mut Vec<String>) {
    let mut seen = std::collections::BTreeSet::new();
    values.retain(|v| seen.insert(v.clone()));
}
