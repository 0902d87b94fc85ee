//! Tables among the fields of items, as forms show them: by whom a row is called, offices by their titles, and no more
//! lines than a sheet bears.

use super::{Fields, shown};
use crate::case::Item;
use crate::case::ledger::Ledgers;
use crate::case::program::Program;
use crate::case::story::item_label;
use crate::submission::tables::tables;
use crate::submission::{Entry, Form, Grid, TableKey, Type};
use crate::workflow::Field;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Lines of a table shown beside items to whoever answers for them, at most.
const SHOWN_LINES_MAX: usize = 5_000;

/// The column by which the lines of tables name a row that is still to be written.
pub(super) fn called(program: &Program, of: &str, category: Option<&str>) -> Option<String> {
    let workflow = program.workflow();
    workflow.called_by(workflow.items.get(of)?, category).map(|field| field.name.clone())
}

/// The columns that show what is known of the items.
pub(super) fn shown_columns(form: &mut Form, fields: Vec<&Field>, items: &[&Item]) -> Vec<Entry> {
    let mut columns = Vec::new();
    for field in fields {
        let values: Vec<&Value> = items.iter().filter_map(|i| i.fields.get(&field.name)).collect();
        columns.extend(shown_column(form, (&field.name, &field.title), &field.kind, &values));
    }
    columns
}

/// The column that shows these values: tables and files as what they are, for of a file its digest says nothing, all else as it reads. A
/// table that has too many lines is left out, which is said.
pub(super) fn shown_column(
    form: &mut Form,
    (name, title): (&str, &str),
    kind: &Type,
    values: &[&Value],
) -> Option<Entry> {
    if !matches!(kind, Type::Table(..)) {
        return Some(shown_field(name, title, kind));
    }
    let lines: usize = values.iter().map(|value| lines(value)).sum();
    if lines > SHOWN_LINES_MAX {
        form.notes.push(format!("各对象的“{title}”共{lines}行，不在本表列出。"));
        return None;
    }
    Some(Entry { kind: kind.clone(), ..shown(name, title) })
}

/// The column that shows a single value. Of a file the form says in words that it is there: for that it has to know that it is one.
pub(super) fn shown_field(name: &str, title: &str, kind: &Type) -> Entry {
    let entry = shown(name, title);
    let is_file = kind.holds(&|kind| matches!(kind, Type::File | Type::Image)) && !matches!(kind, Type::Table(..));
    if is_file { Entry { kind: kind.clone(), ..entry } } else { entry }
}

fn lines(value: &Value) -> usize {
    match value {
        Value::Array(rows) => rows.len(),
        Value::Object(rows) => rows.len(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// Where lines belong to rows, no two rows are called alike.
pub(super) fn tell_apart(program: &Program, grid: &mut Grid, items: &[&Item]) {
    let names: BTreeSet<&str> = grid.lines.iter().filter_map(|line| line.values.get("~name")?.as_str()).collect();
    if tables(grid).next().is_none() || names.len() == grid.lines.len() {
        return;
    }
    for (line, item) in grid.lines.iter_mut().zip(items) {
        line.values.insert("~name".to_string(), json!(item_label(program.workflow(), item)));
    }
}

/// The fields of an item as its form shows them: offices by their titles, in tables, too.
pub(super) fn told<'f>(fields: &Fields, kinds: impl Iterator<Item = &'f Field>, ledgers: &Ledgers) -> Fields {
    let mut told = fields.clone();
    for field in kinds {
        if let Some(value) = told.get_mut(&field.name) {
            *value = titled(std::mem::take(value), &field.kind, ledgers);
        }
    }
    told
}

/// An office, and a table with offices, with titles for their ids; other values as they are.
pub(super) fn titled(value: Value, kind: &Type, ledgers: &Ledgers) -> Value {
    let title = |id: &str| ledgers.offices.title(id).to_string();
    if *kind == Type::Office {
        return value.as_str().map(title).map_or(value, Value::from);
    }
    let Type::Table(columns, key) = kind else { return value };
    let row = |mut row: Value| {
        for (name, _) in columns.iter().filter(|(_, kind)| *kind == Type::Office) {
            if let Some(cell) = row.get_mut(name) {
                *cell = cell.as_str().map(title).map_or(Value::Null, Value::from);
            }
        }
        row
    };
    match value {
        Value::Array(rows) => Value::Array(rows.into_iter().map(row).collect()),
        Value::Object(rows) => {
            let keyed = |id: String| if *key == Some(TableKey::Office) { title(&id) } else { id };
            Value::Object(rows.into_iter().map(|(id, values)| (keyed(id), row(values))).collect())
        }
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => other,
    }
}

#[cfg(test)]
mod tests {
    use crate::case::decide::tests::{opened, row};
    use crate::spool::forms;
    use serde_json::json;

    const DEFINITION: &str = "workflow: 试
roles: { 甲: 甲办, 乙: 乙办 }
case: { title: 试, opened: { by: 甲 } }
items:
  人: { identity: [姓名], fields: { 姓名: name, 照片: { type: image, optional: true }, 证书: { type: file, optional: true } } }
stages:
  - { recommend: 提出, by: 甲 }
  - { review: 审核, by: 乙 }
  - { file: 归档, by: 甲 }
";

    #[test]
    fn whoever_goes_on_with_an_item_is_told_of_its_files_in_words() {
        let town = "offices:\n  甲办: { title: 甲办 }\n  乙办: { title: 乙办 }\n";
        let mut run = opened(DEFINITION, None, town);
        let digest = "889a7712".repeat(8);
        let person = json!({ "姓名": "张三", "照片": digest, "证书": digest });
        run.fill(run.now, "甲办", vec![row(None, &person)]).unwrap();
        let task = run.case.open_tasks().find(|task| task.office == "乙办").unwrap();
        let form = super::super::of_task(&run.program, &run.case, &run.ledgers, task);
        let bytes = forms::write(&form).unwrap();
        let mut package = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut said = String::new();
        std::io::Read::read_to_string(&mut package.by_name("xl/sharedStrings.xml").unwrap(), &mut said).unwrap();
        assert!(said.contains("图片已收") && said.contains("附件已收") && !said.contains(&digest), "{said}");
    }
}
