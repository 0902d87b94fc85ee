//! What a clerk does: takes a workbook, fills it, lays attachments beside it, moves it to 交件.

use super::read::Fill;
use crate::case::{form, story};
use crate::engine::{Core, Engine, blanks, deploy};
use crate::spool::layout::Spool;
use crate::spool::{forms, names};
use crate::submission::{Entry, Form, Line, Type, What};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// Names told of what there is in place of what was named.
const NAMED_MAX: usize = 12;

/// Copies a file or folder into an office's 交件.
pub(super) fn drop(spool: &Path, from: &Path, by: &str) -> Result<(), String> {
    // The share is there when the daemon is not.
    let spool = Spool::at(spool);
    let offices = deploy::offices(&spool).map_err(|e| e.to_string())?;
    let folder =
        offices.offices.get(by).and_then(|o| o.folder.clone()).ok_or_else(|| format!("office {by} has no folder"))?;
    let to = spool.office(&folder).handed_in();
    let name = from.file_name().ok_or("a drop needs a name")?;
    copy(from, &to.join(name)).map_err(|e| format!("{}: {e}", from.display()))
}

async fn handed_in(engine: &Engine, by: &str) -> Result<std::path::PathBuf, String> {
    let core = engine.core.lock().await;
    let folder = core.ledgers.offices.offices.get(by).and_then(|o| o.folder.clone());
    folder.map(|f| engine.spool.office(&f).handed_in()).ok_or_else(|| format!("office {by} has no folder"))
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    if from.is_dir() {
        std::fs::create_dir_all(to)?;
        for entry in std::fs::read_dir(from)? {
            let entry = entry?;
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(());
    }
    std::fs::write(to, std::fs::read(from)?)
}

/// Fills the form and drops it, alone or in a folder with its attachments or its like.
pub(super) async fn fill(engine: &Arc<Engine>, fill: &Fill, base: &Path) -> Result<(), String> {
    let mut form = {
        let core = engine.core.lock().await;
        let asked = find(&core, fill)?;
        form::drawn(asked, &core.ledgers)
    };
    let papers = if fill.word { word_forms(&form, fill)? } else { vec![workbook(&mut form, fill)?] };
    let to = handed_in(engine, &fill.by).await?;
    if let ([(name, bytes)], true) = (papers.as_slice(), fill.attach.is_empty()) {
        return std::fs::write(to.join(name), bytes).map_err(|e| e.to_string());
    }
    let folder = to.join(names::stem(&names::safe(&format!("{}.xlsx", form.title))));
    std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    for (name, bytes) in papers {
        std::fs::write(folder.join(name), bytes).map_err(|e| e.to_string())?;
    }
    for file in &fill.attach {
        let from = base.join(file);
        let into = folder.join(from.file_name().unwrap_or_default());
        copy(&from, &into).map_err(|e| format!("{}: {e}", from.display()))?;
    }
    Ok(())
}

/// The workbook, filled: its name and bytes.
fn workbook(form: &mut Form, fill: &Fill) -> Result<(String, Vec<u8>), String> {
    let (head, rows) = rows_of(form, fill, &fill.rows)?;
    let bytes = forms::fill(form, &head, &rows).map_err(|e| e.to_string())?;
    Ok((names::safe(&format!("{}.xlsx", form.title)), bytes))
}

/// The Word forms, filled: one for each new row, or one for all that stand there.
fn word_forms(form: &Form, fill: &Fill) -> Result<Vec<(String, Vec<u8>)>, String> {
    let several = fill.rows.len() > 1 && fill.rows.iter().all(|row| !row.contains_key("对象"));
    let papers: Vec<&[Map<String, Value>]> = if several { fill.rows.chunks(1).collect() } else { vec![&fill.rows] };
    let mut written = Vec::new();
    for (number, own) in papers.into_iter().enumerate() {
        let mut form = form.clone();
        let (head, rows) = rows_of(&mut form, fill, own)?;
        let bytes = forms::fill_word(&form, &head, &rows).map_err(|e| e.to_string())?;
        let end = if several { format!("-{}.docx", number + 1) } else { ".docx".to_string() };
        written.push((names::safe_with(&form.title, &end), bytes));
    }
    Ok(written)
}

/// Values of the head, and rows to be filled in.
type Values = (Map<String, Value>, Vec<(Option<u32>, Map<String, Value>)>);

/// What is to be filled in; rows of a sheet that is named are put there at once.
fn rows_of(form: &mut Form, fill: &Fill, own: &[Map<String, Value>]) -> Result<Values, String> {
    let head = named(&form.head, &fill.head)?;
    let mut rows = Vec::new();
    for row in own {
        match row_of(form, row)? {
            (None, Some(sheet), values) => put(form, &sheet, values),
            (item, _, values) => rows.push((item, values)),
        }
    }
    Ok((head, rows))
}

/// The forms an office may fill in now, of those whose title is wanted: its tasks, the blanks of its cases, what opens a
/// case, its registers.
fn forms_of(core: &Core, by: &str, wanted: impl Fn(&str) -> bool) -> Vec<Form> {
    let mut found: Vec<Form> = Vec::new();
    for case in core.cases.values() {
        let Some(program) = core.programs.get(&case.closure) else { continue };
        for task in case.open_tasks().filter(|t| t.office == by) {
            if wanted(&story::task_title(program, case, task)) {
                found.push(form::of_task(program, case, &core.ledgers, task));
            }
        }
        found.extend(form::standing(program, case, &core.ledgers, by).into_iter().filter(|f| wanted(&f.title)));
    }
    for digest in core.deployed.values() {
        if let Some(program) = core.programs.get(digest) {
            let opening = form::opening(program, &core.ledgers, by);
            found.extend(Some(opening).filter(|f| wanted(&f.title)));
        }
    }
    let keeps = |keeper: &String| core.ledgers.offices.standing(keeper) == by;
    let registers = core.registers.values().filter(|r| r.by.as_ref().is_some_and(keeps));
    found.extend(registers.map(|r| form::of_register(r, &core.ledgers)).filter(|f| wanted(&f.title)));
    found
}

/// The office's open task or blank whose title is, or begins with, what the step says.
fn find(core: &Core, fill: &Fill) -> Result<Form, String> {
    let found = forms_of(core, &fill.by, |title| title.starts_with(&fill.form));
    let fits = |f: &Form| fill.rows.iter().all(|row| row_of(f, row).is_ok());
    if let Some(form) = found.iter().find(|f| fits(f)).or(found.first()) {
        return Ok(form.clone());
    }
    // who tries to open what he may not is refused by the program; offered it is to nobody
    let may = |form: &Form| {
        let opened = core.deployed.get(&form.answers.about).and_then(|digest| core.programs.get(digest));
        form.answers.what != What::Open || opened.is_some_and(|program| blanks::opens(core, program, &fill.by))
    };
    let all: Vec<Form> = forms_of(core, &fill.by, |_| true).into_iter().filter(may).collect();
    Err(format!("{} has no form `{}`{}", fill.by, fill.form, instead(all.iter().map(|f| f.title.as_str()))))
}

/// What there is in place of what was named.
fn instead<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: BTreeSet<&str> = names.collect();
    let told: Vec<&str> = names.iter().copied().take(NAMED_MAX).collect();
    let more = if names.len() > told.len() { ", …" } else { "" };
    if told.is_empty() { String::new() } else { format!("; there are {}{more}", told.join(", ")) }
}

/// Values by the names of the entries their headings mean.
fn named(entries: &[Entry], values: &Map<String, Value>) -> Result<Map<String, Value>, String> {
    let mut found = Map::new();
    for (heading, value) in values {
        let entry = entries.iter().find(|e| e.title == *heading || e.name == *heading);
        let entry = entry.ok_or_else(|| {
            let asked = entries.iter().filter(|e| !e.shown).map(|e| e.title.as_str());
            format!("the form has no `{heading}` there{}", instead(asked))
        })?;
        let said = match (&entry.kind, value) {
            (Type::One(choices), Value::String(text)) => Value::from(chosen(choices, text).unwrap_or(text).clone()),
            (_, other) => other.clone(),
        };
        found.insert(entry.name.clone(), said);
    }
    Ok(found)
}

/// The choice a text stands for: itself, or the only one that holds it and does not say the contrary (不同意). Where several do
/// nobody chooses for whoever wrote it.
fn chosen<'c>(choices: &'c [String], text: &str) -> Option<&'c String> {
    let denies =
        |choice: &str| ["不", "未", "无", "非", "没有"].iter().any(|no| choice.contains(&format!("{no}{text}")));
    let mut holding = choices.iter().filter(|choice| choice.contains(text) && !denies(choice));
    let exact = choices.iter().find(|choice| *choice == text);
    exact.or_else(|| holding.next().filter(|_| holding.next().is_none()))
}

/// A new row on the sheet of this name, which may have the columns of others.
fn put(form: &mut Form, sheet: &str, values: Map<String, Value>) {
    if let Some(grid) = form.grids.iter_mut().find(|grid| grid.name == sheet) {
        grid.lines.push(Line { item: None, values });
        grid.blank = grid.blank.saturating_sub(1);
    }
}

/// A row of a form: the item whose line it is, the sheet it goes to, and its values.
type Filled = (Option<u32>, Option<String>, Map<String, Value>);

/// A row of the form: `对象` names the line that stands there, `表` the sheet a new row goes to.
fn row_of(form: &Form, row: &Map<String, Value>) -> Result<Filled, String> {
    let mut rest = row.clone();
    let sheet = rest.shift_remove("表").and_then(|v| v.as_str().map(str::to_string));
    let object = rest.shift_remove("对象").and_then(|v| v.as_str().map(str::to_string));
    let grids = || form.grids.iter().filter(|g| sheet.as_ref().is_none_or(|s| *s == g.name));
    let Some(object) = object else {
        let sheets = || format!("the form has no such sheet{}", instead(form.grids.iter().map(|g| g.name.as_str())));
        let grid = grids().next().ok_or_else(sheets)?;
        return Ok((None, sheet, named(&grid.columns, &rest)?));
    };
    let says = |values: &Map<String, Value>| {
        values.values().any(|v| v.as_str().is_some_and(|t| t == object || t.contains(&format!("关于{object}"))))
    };
    let called = |values: &Map<String, Value>| values.get("~name").and_then(Value::as_str) == Some(object.as_str());
    for grid in grids() {
        let exact = grid.lines.iter().find(|l| called(&l.values));
        if let Some(line) = exact.or_else(|| grid.lines.iter().find(|l| says(&l.values))) {
            return Ok((line.item, None, named(&grid.columns, &rest)?));
        }
    }
    // what one item is sent back with says in its title whose it is
    let mut lines = form.grids.iter().flat_map(|g| g.lines.iter().map(move |line| (g, line)));
    if let (Some((grid, line)), None, true) = (lines.next(), lines.next(), form.title.contains(&object)) {
        return Ok((line.item, None, named(&grid.columns, &rest)?));
    }
    if form.grids.is_empty() {
        return Err(format!("the form asks nothing line by line, so not of `{object}`: fill its head (`head:`)"));
    }
    let there = grids().flat_map(|g| &g.lines).filter_map(|l| l.values.get("~name")?.as_str());
    Err(format!("the form has no line for `{object}`{}", instead(there)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clerk_chooses_what_is_meant_and_nothing_where_several_may_be() {
        let choices = ["1号 路灯不亮", "4号 路灯不亮", "2号 路灯坏了", "同意", "不同意"].map(str::to_string);
        let of = |text: &str| chosen(&choices, text).map(String::as_str);
        assert_eq!(of("4号 路灯不亮"), Some("4号 路灯不亮"));
        assert_eq!(of("路灯坏了"), Some("2号 路灯坏了"));
        assert_eq!(of("同意"), Some("同意"));
        assert_eq!(of("路灯不亮"), None, "the program says which there are");
        let denied = ["不同意", "未通过", "同意延期"].map(str::to_string);
        assert_eq!(chosen(&denied[..2], "同意"), None, "the contrary is not what is meant");
        assert_eq!(chosen(&denied, "同意").map(String::as_str), Some("同意延期"));
    }
}
