//! Workbooks and lists people made themselves: what is asked is known, and the sheets are searched for its headings.
//!
//! Titles above, headings in another order or under other names the definition lists, headings of two rows with merged cells,
//! several sheets, lines of totals and notes below are tolerated. Single values are found beside their label or behind its
//! colon. Sheets without any heading of the form are passed over, and that is told.

use super::load::Sheet;
use super::rows::{self, Columns};
use super::{HEADING_ROWS, plain_text};
use crate::spool::forms::cells;
use crate::spool::forms::sheet::ITEM_HEADING;
use crate::submission::read::{CATEGORY_HEADINGS, Headings, column, key, key_title};
use crate::submission::{Cell, Entry, Fault, Filled, Form, Raw, Type, tables};
use std::collections::{BTreeMap, BTreeSet};

/// Headings over running numbers, which answer nothing.
const RUNNING: [&str; 5] = ["序号", "行号", "No.", "No", "NO."];
/// Headings named in a sentence at most.
const NAMED_MAX: usize = 6;
/// Cells named in a sentence at most.
const CELLS_NAMED_MAX: usize = 5;

/// Columns a merged cell is spread over at most.
const SPREAD_COLUMNS_MAX: u32 = 200;

/// A list of rows that is asked for.
struct Asked {
    name: String,
    columns: Vec<Entry>,
    headings: Headings,
    /// a sheet of the form by itself: its rows may be told apart by their category
    grid: bool,
}

/// Where a heading stands, and what it says.
struct Plan {
    hits: usize,
    first_row: u32,
    last_row: u32,
    columns: Columns,
}

/// Reads what sheets have in them that the form asks for.
pub(super) fn read(sheets: &[Sheet], form: &Form, filled: &mut Filled, faults: &mut Vec<Fault>) {
    let asked = asked(form);
    let head = Headings::of(&form.head);
    let mut passed_over: Vec<&Sheet> = Vec::new();
    for sheet in sheets.iter().filter(|sheet| !sheet.cells.is_empty()) {
        if sheet.hidden {
            filled.remarks.push(format!("“{}”页是隐藏的，没有读取。", sheet.name));
            continue;
        }
        let before = filled.head.len();
        let Some((list, mut plan)) = best(sheet, &asked) else {
            (0..=sheet.last_row()).for_each(|row| drop(labelled(sheet, row, form, &head, filled)));
            if filled.head.len() == before {
                passed_over.push(sheet);
            }
            continue;
        };
        plan.columns.labels = labels(form);
        let below = rows::below(sheet, plan.last_row, &plan.columns, faults);
        (0..plan.first_row).for_each(|row| drop(labelled(sheet, row, form, &head, filled)));
        let mut unread = Vec::new();
        for row in &below.notes {
            unread.extend(labelled(sheet, *row, form, &head, filled));
        }
        filled.remarks.extend(below.remarks);
        if !unread.is_empty() {
            let more = if unread.len() > CELLS_NAMED_MAX { "等" } else { "" };
            unread.truncate(CELLS_NAMED_MAX);
            filled.remarks.push(format!("“{}”页表格以外的文字没有读取（{}{more}）。", sheet.name, unread.join("、")));
        }
        filled.headings_at.extend(plan.columns.places(sheet, plan.first_row, plan.last_row));
        filled.headings.push((list.clone(), plan.columns.names.values().cloned().collect()));
        filled.grids.push((list, below.lines));
    }
    if filled.grids.is_empty() && filled.head.is_empty() {
        faults.extend(passed_over.iter().map(|sheet| Fault::at(&sheet.name, nothing_found(&asked, form))));
        return;
    }
    let told = |sheet: &&Sheet| format!("“{}”页里没有本表的栏目，没有读取。", sheet.name);
    filled.remarks.extend(passed_over.iter().map(told));
}

/// Labels of single values, as they are compared.
fn labels(form: &Form) -> BTreeSet<String> {
    let singles = form.head.iter().filter(|entry| !matches!(entry.kind, Type::Table(..)));
    singles
        .flat_map(|entry| [&entry.name, &entry.title].into_iter().chain(&entry.also))
        .map(|label| key(label))
        .collect()
}

/// Every list of rows a form asks for.
fn asked(form: &Form) -> Vec<Asked> {
    let list = |name: &str, columns: Vec<Entry>, grid: bool| {
        let headings = Headings::of(&columns);
        Asked { name: name.to_string(), columns, headings, grid }
    };
    let grids = form.grids.iter().map(|grid| list(&grid.name, grid.columns.clone(), true));
    let of_head = form.head.iter().filter_map(|entry| Some(list(&entry.title, columns_of(entry)?, false)));
    let of_rows = tables::of_rows(form).into_iter().filter_map(|table| {
        let entry = form.grids.get(table.grid)?.columns.get(table.column)?;
        let mut columns = columns_of(entry)?;
        columns.push(column(tables::BELONGS, &Type::Name));
        Some(list(&table.name, columns, false))
    });
    grids.chain(of_head).chain(of_rows).collect()
}

/// The columns of a table, with the one its rows are called by.
fn columns_of(entry: &Entry) -> Option<Vec<Entry>> {
    let Type::Table(columns, keyed) = &entry.kind else { return None };
    let mut entries: Vec<Entry> = columns.iter().map(|(name, kind)| column(name, kind)).collect();
    entries.extend(keyed.map(|keyed| column(key_title(keyed), &Type::Name)));
    Some(entries)
}

/// The list a sheet holds and where its heading stands.
fn best(sheet: &Sheet, asked: &[Asked]) -> Option<(String, Plan)> {
    let mut found: Vec<(&Asked, Plan)> = asked.iter().filter_map(|list| Some((list, plan(sheet, list)?))).collect();
    let named = |list: &Asked| key(&list.name) == key(&sheet.name);
    if let Some(at) = found.iter().position(|(list, _)| named(list)) {
        let (list, plan) = found.swap_remove(at);
        return Some((list.name.clone(), plan));
    }
    let grids = found.iter().filter(|(list, _)| list.grid).count();
    let most = found.iter().map(|(_, plan)| plan.hits).max()?;
    found.retain(|(_, plan)| plan.hits == most);
    let alike = found.iter().filter(|(list, _)| list.grid).count();
    let (list, plan) = found.into_iter().next()?;
    // of several sheets the rows say themselves to which they belong
    let category = plan.columns.names.values().any(|name| CATEGORY_HEADINGS.contains(&key(name).as_str()));
    let by_rows = alike > 1 || grids > 1 && category;
    Some((if by_rows { String::new() } else { list.name.clone() }, plan))
}

/// The row, or two rows, with the most headings of a list.
fn plan(sheet: &Sheet, list: &Asked) -> Option<Plan> {
    let fillable = list.columns.iter().filter(|entry| !entry.shown).count();
    let least = fillable.clamp(1, 2);
    let mut best: Option<Plan> = None;
    // one row is likelier than two: a title above it is no part of it
    for more in [0, 1] {
        for row in 0..HEADING_ROWS.min(sheet.last_row() + 1) {
            let names = names(sheet, row, row + more, &list.headings);
            let places = |name: &String| list.headings.find(name).first().copied();
            let hits = names.values().filter_map(places).collect::<BTreeSet<usize>>().len();
            if hits >= least && best.as_ref().is_none_or(|best| hits > best.hits) {
                best = Some(Plan { hits, first_row: row, last_row: row + more, columns: columns(names, list) });
            }
        }
    }
    best
}

/// What stands over each column, in one row or two.
fn names(sheet: &Sheet, row: u32, last_row: u32, headings: &Headings) -> BTreeMap<u32, String> {
    let upper = over(sheet, row);
    if last_row == row {
        return upper;
    }
    let lower = over(sheet, last_row);
    let mut names = BTreeMap::new();
    let mut left = None;
    let columns: BTreeSet<u32> = upper.keys().chain(lower.keys()).copied().collect();
    for column in columns {
        left = upper.get(&column).or(left);
        let above = upper.get(&column);
        let name = match (left, lower.get(&column)) {
            (_, None) => above.cloned(),
            (None, Some(below)) => Some(below.clone()),
            (Some(above), Some(below)) => {
                let both = format!("{above}{below}");
                let known = [&both, below, above].into_iter().find(|name| !headings.find(name).is_empty());
                Some(known.unwrap_or(below).clone())
            }
        };
        names.extend(name.map(|name| (column, name)));
    }
    names
}

/// The texts of a row by column; a merged cell stands over all its columns.
fn over(sheet: &Sheet, row: u32) -> BTreeMap<u32, String> {
    let mut texts: BTreeMap<u32, String> =
        sheet.row(row).filter_map(|(column, raw)| plain_text(raw).map(|text| (column, text))).collect();
    for merged in sheet.merged.iter().filter(|merged| (merged.start.0..=merged.end.0).contains(&row)) {
        let Some(text) = sheet.cells.get(&merged.start).and_then(plain_text) else { continue };
        let last = merged.end.1.min(merged.start.1.saturating_add(SPREAD_COLUMNS_MAX));
        texts.extend((merged.start.1..=last).map(|column| (column, text.clone())));
    }
    texts
}

fn columns(names: BTreeMap<u32, String>, list: &Asked) -> Columns {
    let mut columns = Columns::default();
    for (column, name) in names {
        let found = list.headings.find(&name).first().copied();
        if found.and_then(|place| list.columns.get(place)).is_some_and(|entry| entry.kind == Type::Date) {
            columns.days.insert(column);
        }
        if name == ITEM_HEADING {
            columns.ids = Some(column);
        } else if found.is_none() && RUNNING.contains(&key(&name).as_str()) {
            columns.idle.insert(column);
        } else {
            columns.names.insert(column, name);
        }
    }
    columns
}

/// Takes the single values of a row: `填表人：李四`, or a label with its value in the next cell. Gives the cells with words
/// that are none.
fn labelled(sheet: &Sheet, row: u32, form: &Form, head: &Headings, filled: &mut Filled) -> Vec<String> {
    let cells: Vec<(u32, &Raw)> = sheet.row(row).collect();
    let entry = |label: &str| head.find(label).first().and_then(|place| form.head.get(*place));
    let mut unread = Vec::new();
    let mut taken = false;
    for (n, (column, raw)) in cells.iter().enumerate() {
        if std::mem::take(&mut taken) {
            continue;
        }
        let no_label = |text: &str| pairs(text).iter().all(|(label, _)| entry(label).is_none());
        let next = cells.get(n + 1).filter(|(_, raw)| plain_text(raw).is_none_or(|text| no_label(&text)));
        let Some(text) = plain_text(raw) else { continue };
        let mut said = pairs(&text);
        if said.is_empty() {
            said.push((text.clone(), String::new()));
        }
        let mut known = false;
        let last = said.len() - 1;
        for (place, (label, value)) in said.into_iter().enumerate() {
            let Some(entry) = entry(&label) else { continue };
            let beside = next.filter(|_| value.is_empty() && place == last);
            let (at, raw) = match beside {
                Some((next, raw)) => (*next, (*raw).clone()),
                None => (*column, Raw::Text(value)),
            };
            known = true;
            taken = beside.is_some();
            let raw = if entry.kind == Type::Date { sheet.day(&raw) } else { raw };
            let place = format!("{}!{}", sheet.name, cells::name(row, at));
            filled.head.push(Cell { name: label, raw, place });
        }
        if !known {
            unread.push(cells::name(row, *column));
        }
    }
    unread
}

/// `填表人：李四  联系电话：5312345` as labels with their values; the colon of `9:30` parts nothing.
fn pairs(text: &str) -> Vec<(String, String)> {
    let mut labels: Vec<(usize, usize, &str)> = Vec::new();
    for (at, colon) in text.match_indices(['：', ':']) {
        let before = text.get(..at).unwrap_or_default().trim_end();
        let edge = before.char_indices().rev().find(|(_, c)| c.is_whitespace() || matches!(c, '：' | ':'));
        let start = edge.map_or(0, |(at, c)| at + c.len_utf8());
        let label = before.get(start..).unwrap_or_default();
        if !label.is_ascii() {
            labels.push((start, at + colon.len(), label));
        }
    }
    let ends = labels.iter().skip(1).map(|(start, ..)| *start).chain([text.len()]);
    let value = |from: usize, to: usize| text.get(from..to).unwrap_or_default().trim().to_string();
    labels.iter().zip(ends).map(|((_, from, label), to)| (label.to_string(), value(*from, to))).collect()
}

fn nothing_found(asked: &[Asked], form: &Form) -> String {
    let columns = asked.iter().flat_map(|list| &list.columns).chain(&form.head).filter(|entry| !entry.shown);
    let mut titles: Vec<String> = columns.map(|entry| format!("“{}”", entry.title)).collect();
    titles.dedup();
    let more = if titles.len() > NAMED_MAX { "等" } else { "" };
    titles.truncate(NAMED_MAX);
    format!(
        "当作“{}”来读，找不到它的栏目（{}{more}）。请用“待办”中的表格填写，或者照它的栏目写好表头再交。",
        form.title,
        titles.concat()
    )
}
