//! What heads the rows and columns of a table, and which records are under each head.

use super::Asked;
use super::records::Record;
use crate::case::decide;
use crate::deadline::Period;
use crate::workflow::{Heads, TableDefinition, TableFrom, Workflow};
use std::collections::BTreeSet;

/// What a head is called under which stand the records without a value.
const UNSAID: &str = "未填";

/// A head and the records under it.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// as it is printed
    pub(super) label: String,
    /// the value it stands for
    pub(super) key: String,
    /// the records, by number
    pub(super) members: BTreeSet<usize>,
    /// the heads it is split into
    pub(super) parts: Vec<Group>,
}

impl Group {
    /// All records under one head without a name.
    pub(super) fn of_all(records: &[Record]) -> Group {
        let members = (0..records.len()).collect();
        Group { label: String::new(), key: String::new(), members, parts: Vec::new() }
    }
}

/// The heads of the rows, and the offices that are named though they have nothing.
pub(super) fn rows(
    asked: &Asked<'_>,
    table: &TableDefinition,
    records: &[Record],
) -> Result<(Vec<Group>, Vec<String>), String> {
    let role = table.missing.iter();
    let missing: Vec<String> = role
        .flat_map(|role| decide::actors(asked.program, asked.case, asked.ledgers, std::slice::from_ref(role)))
        .collect();
    Ok((groups(asked, table, &table.rows, records, &missing)?, missing))
}

/// The heads of the columns; one without a name where the definition has none.
pub(super) fn columns(asked: &Asked<'_>, table: &TableDefinition, records: &[Record]) -> Result<Vec<Group>, String> {
    match &table.columns {
        // what stands there is written out for each record
        Some(Heads::Labels(_)) if matches!(table.rows, Heads::Item) => Ok(vec![Group::of_all(records)]),
        Some(heads) => groups(asked, table, heads, records, &[]),
        None => Ok(vec![Group::of_all(records)]),
    }
}

fn groups(
    asked: &Asked<'_>,
    table: &TableDefinition,
    heads: &Heads,
    records: &[Record],
    named: &[String],
) -> Result<Vec<Group>, String> {
    let all: BTreeSet<usize> = (0..records.len()).collect();
    match heads {
        Heads::Item => {
            let own = records.iter().enumerate().map(|(n, record)| {
                let (label, key) = (record.name.clone(), n.to_string());
                Group { label, key, members: BTreeSet::from([n]), parts: Vec::new() }
            });
            Ok(own.collect())
        }
        Heads::Field(path) => split(asked, table, path, records, &all, named),
        Heads::Labels(labels) => {
            let mut found = Vec::new();
            for (name, label) in labels {
                let mut members = BTreeSet::new();
                for (n, record) in records.iter().enumerate() {
                    if record.holds(&label.when.source)? {
                        members.insert(n);
                    }
                }
                let parts = match &label.split {
                    Some(path) => split(asked, table, path, records, &members, &[])?,
                    None => Vec::new(),
                };
                found.push(Group { label: name.clone(), key: name.clone(), members, parts });
            }
            Ok(found)
        }
    }
}

/// Records by the values of a field: those known beforehand in their order, then others as they come; times in order.
fn split(
    asked: &Asked<'_>,
    table: &TableDefinition,
    path: &str,
    records: &[Record],
    among: &BTreeSet<usize>,
    named: &[String],
) -> Result<Vec<Group>, String> {
    let mut keys: Vec<String> = named.to_vec();
    keys.extend(choices(asked, table, path).unwrap_or_default());
    let known = keys.len();
    let mut of: Vec<(usize, Vec<String>)> = Vec::new();
    for n in among {
        let Some(record) = records.get(*n) else { continue };
        let own = record.keys(path)?;
        keys.extend(own.iter().cloned());
        of.push((*n, own));
    }
    if path == "stage" {
        let order = |key: &String| stage_order(asked, table, key);
        keys[known..].sort_by_key(order);
    } else if known == 0 && timed(&keys) {
        keys.sort();
    }
    let mut seen = BTreeSet::new();
    keys.retain(|key| seen.insert(key.clone()));
    let group = |key: &String| {
        let members = of.iter().filter(|(_, own)| own.contains(key)).map(|(n, _)| *n).collect();
        Group { label: label(asked, key), key: key.clone(), members, parts: Vec::new() }
    };
    // nothing need be said of nobody without a value
    Ok(keys.iter().map(group).filter(|g| !g.key.is_empty() || !g.members.is_empty()).collect())
}

fn label(asked: &Asked<'_>, key: &str) -> String {
    let period = Period::parse(key).map(Period::title);
    match (key, period) {
        ("", _) => UNSAID.to_string(),
        (_, Some(title)) => title,
        (_, None) => asked.ledgers.offices.title(key).to_string(),
    }
}

/// Days, months, years and periods, and nothing else.
fn timed(keys: &[String]) -> bool {
    let year = |key: &String| key.len() >= 4 && key.bytes().take(4).all(|b| b.is_ascii_digit());
    let time = |key: &String| crate::case::eval::first_day(key).is_some() || Period::parse(key).is_some();
    !keys.is_empty() && keys.iter().all(|key| year(key) && time(key))
}

fn choices(asked: &Asked<'_>, table: &TableDefinition, path: &str) -> Option<Vec<String>> {
    let workflow = asked.program.workflow();
    match &table.from {
        TableFrom::Items(of) => workflow.choices(of, path),
        TableFrom::Cases(name) => {
            let other = asked.ledgers.beside.definitions.get(name)?.workflow();
            other.choices(&other.only_type()?.name, path)
        }
        TableFrom::Register(name) => asked.program.closure.registers.get(name)?.choices(path),
        TableFrom::Clocks | TableFrom::Documents => None,
    }
}

/// Stages in reading order; how items ended stands behind them.
fn stage_order(asked: &Asked<'_>, table: &TableDefinition, key: &str) -> usize {
    let own = asked.program.workflow();
    let workflow: &Workflow = match &table.from {
        TableFrom::Cases(name) => asked.ledgers.beside.definitions.get(name).map_or(own, |p| p.workflow()),
        TableFrom::Items(_) | TableFrom::Register(_) | TableFrom::Clocks | TableFrom::Documents => own,
    };
    workflow.stages.iter().position(|s| s.title == key || s.name == key).unwrap_or(usize::MAX)
}
