//! Understands what came back against what was asked: cells become values of their types, rows find their sheets.
//!
//! Guarantees: pure; every fault of a submission is found at once (at most [`FAULTS_MAX`] are said), each with its place
//! and what to do; a value is taken as it stands or refused, never mended; what is shown only is never an answer.
//! Whether an answer is allowed (whose item, which quota, defaults) is the kernel's business.

mod damage;
mod date;
mod heading;
mod identity;
mod lines;
mod matching;
mod number;
mod paper;
mod row;
#[cfg(test)]
mod tests;
mod text;
mod totals;
mod value;

use super::{Attachment, Cell, CellPlace, Entry, Fault, Filled, FilledLine, Form, Raw, TableKey, Type, tables};
use crate::offices::Offices;
use heading::nearest;
pub use heading::{Headings, key};
use lines::Joined;
pub use matching::{Fit, Likeness, fit, likeness, objects};
pub use paper::{HEAD_CAPTION, ITEM_HEADING, NOTHING_FOUND, OWN_HEADINGS, is_photograph};
use row::{Answered, Reader};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
pub(super) use text::han;
pub use totals::{NOTES, is_totals};
pub use value::{column, read_value};

/// Faults said of one submission at most; the last one then says how many more there are.
pub const FAULTS_MAX: usize = 200;

/// Headings of the cell that names the sheet a row belongs to, in a file with one list for all sheets.
pub const CATEGORY_HEADINGS: [&str; 2] = ["类别", "category"];

/// A submission understood: values by the names of the entries.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Understood {
    /// single values that were filled in
    pub head: Map<String, Value>,
    /// rows with an answer, in the order of the file
    pub rows: Vec<UnderstoodRow>,
    /// what was handed in beside the form, and the pictures in it that it asks for
    pub attachments: Vec<Attachment>,
    /// what of it was passed over: sentences for the clerk
    pub remarks: Vec<String>,
}

/// One row with an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct UnderstoodRow {
    /// the grid of the form it belongs to
    pub grid: String,
    /// the item it answers for, as the file says; not checked against the form
    pub item: Option<u32>,
    /// values that were filled in
    pub values: Map<String, Value>,
    /// optional values laid out for the item whose cells came back empty; of a column that did not come back nothing is said
    pub cleared: Vec<String>,
    /// where it stood
    pub place: CellPlace,
}

/// Whether a text is the number of a resident's identity card, with its check digit.
pub fn is_identity_number(text: &str) -> bool {
    identity::id_number(&Raw::Text(text.to_owned())).is_ok()
}

/// Reads what was filled in against what was asked.
///
/// # Errors
/// Everything wrong with the submission, in the order of the file.
pub fn understand(form: &Form, filled: &Filled, offices: &Offices) -> Result<Understood, Vec<Fault>> {
    read(form, filled, offices, false).map(|(understood, _)| understood)
}

/// The same, row by row: what is wrong with a row is said of it, and the others stand. What is wrong elsewhere is wrong with
/// the whole.
///
/// # Errors
/// Everything wrong, when no row stands or something is wrong with the whole.
pub fn understand_rows(
    form: &Form,
    filled: &Filled,
    offices: &Offices,
) -> Result<(Understood, Vec<Fault>), Vec<Fault>> {
    read(form, filled, offices, true)
}

fn read(form: &Form, filled: &Filled, offices: &Offices, singly: bool) -> Result<(Understood, Vec<Fault>), Vec<Fault>> {
    let laid = if filled.tables.is_empty() { None } else { Some(paper::laid(form, filled)?) };
    let (faults, stood) = laid.as_ref().map(|laid| (laid.faults.clone(), laid.stood.clone())).unzip();
    let mut remarks = laid.as_ref().map(|laid| laid.remarks.clone()).unwrap_or_default();
    let filled = laid.as_ref().map_or(filled, |laid| &laid.filled);
    let faults = faults.unwrap_or_default();
    let mut sorting = Sorting {
        singly,
        returned: Vec::new(),
        form,
        filled,
        grids: form.grids.iter().map(|grid| Headings::of(&grid.columns)).collect(),
        head: Headings::of(&form.head),
        reader: Reader {
            offices,
            attachments: &filled.attachments,
            faults,
            unknown: BTreeSet::new(),
            stood,
            headings_at: &filled.headings_at,
            nothing: Vec::new(),
        },
        rows: Vec::new(),
        items: BTreeMap::new(),
        joined: Joined::new(),
        unsaid: BTreeMap::new(),
    };
    sorting.join();
    let mut head = sorting.reader.cells("", &form.head, &sorting.head, &filled.head);
    for (name, lines) in &filled.grids {
        sorting.sheet(name, lines, &mut head);
    }
    for (grid, line) in std::mem::take(&mut sorting.unsaid) {
        sorting.row(grid, &line);
    }
    sorting.reader.beside(&form.head, &mut head);
    sorting.reader.missing(&form.head, &head, "", None);
    let Sorting { reader, rows, returned, .. } = sorting;
    if !reader.nothing.is_empty() {
        remarks.push(format!("{}只写了“无”或者横线、斜线，按没有填写读取。", value::listed(&reader.nothing)));
    }
    if reader.faults.is_empty() && (returned.is_empty() || !rows.is_empty()) {
        let understood = Understood { head: head.values, rows, attachments: filled.attachments.clone(), remarks };
        return Ok((understood, at_most(returned)));
    }
    Err(at_most([reader.faults, returned].concat()))
}

fn at_most(mut faults: Vec<Fault>) -> Vec<Fault> {
    if faults.len() > FAULTS_MAX {
        let more = faults.len() - FAULTS_MAX + 1;
        faults.truncate(FAULTS_MAX - 1);
        faults.push(Fault::at("", format!("另有{more}处问题没有列出，请先改正以上各处。")));
    }
    faults
}

/// Sorting rows into the grids of the form.
struct Sorting<'a> {
    /// a row that is wrong is returned by itself
    singly: bool,
    /// what is wrong with such rows
    returned: Vec<Fault>,
    form: &'a Form,
    filled: &'a Filled,
    head: Headings,
    grids: Vec<Headings>,
    reader: Reader<'a>,
    rows: Vec<UnderstoodRow>,
    items: BTreeMap<u32, CellPlace>,
    /// what was written of the tables of rows
    joined: Joined,
    /// the only rows of sheets on which nothing stands, of whose tables something was written
    unsaid: BTreeMap<usize, FilledLine>,
}

impl Sorting<'_> {
    /// One list of rows: a grid of the form, a table of the head, or rows that say themselves where they belong.
    fn sheet(&mut self, name: &str, lines: &[FilledLine], head: &mut Answered) {
        let wanted = key(name);
        if let Some(grid) = self.form.grids.iter().position(|grid| !wanted.is_empty() && key(&grid.name) == wanted) {
            return lines.iter().for_each(|line| self.row(grid, line));
        }
        if tables::of_rows(self.form).iter().any(|table| !wanted.is_empty() && key(&table.name) == wanted) {
            // its lines were given to their rows
            return;
        }
        let tables: Vec<usize> =
            (0..self.form.head.len()).filter(|place| matches!(self.form.head[*place].kind, Type::Table(..))).collect();
        let named = self.head.find(name).into_iter().find(|place| tables.contains(place));
        let only = |places: &[usize]| if let [place] = places { Some(*place) } else { None };
        let alone = only(&tables).filter(|_| self.form.grids.is_empty() && name.is_empty());
        if let Some(place) = named.or(alone) {
            return self.table(place, name, lines, head);
        }
        if self.is_nameless(name) && !self.form.grids.is_empty() {
            let joined: BTreeSet<&String> = self.joined.keys().map(|(_, place)| place).collect();
            let has_lines = |line: &FilledLine| joined.contains(&line.place);
            let some = |line: &&FilledLine| line.cells.iter().any(|cell| !text::is_empty(&cell.raw)) || has_lines(line);
            for line in lines.iter().filter(some).collect::<Vec<_>>() {
                match self.choose(line) {
                    Ok(grid) => self.row(grid, line),
                    Err(fault) if self.singly => self.returned.push(fault),
                    Err(fault) => self.reader.faults.push(fault),
                }
            }
            return;
        }
        let Some(line) = lines.iter().find(|line| line.cells.iter().any(|cell| !text::is_empty(&cell.raw))) else {
            return;
        };
        let say = self.no_sheet(name);
        self.reader.faults.push(Fault::at(line.place.clone(), say));
    }

    /// Whether the name of a sheet says nothing: it has none, or the file is not ours and has one sheet only.
    fn is_nameless(&self, name: &str) -> bool {
        name.is_empty() || self.filled.answers.is_none() && self.filled.grids.len() == 1
    }

    fn no_sheet(&self, name: &str) -> String {
        if self.form.grids.is_empty() {
            return "本表没有要逐行填写的内容，请删去这些行。".to_string();
        }
        let names: Vec<&str> = self.form.grids.iter().map(|grid| grid.name.as_str()).collect();
        let near = nearest(name, names.iter().copied());
        let near = near.map(|near| format!("，最接近的是“{near}”")).unwrap_or_default();
        format!("没有“{name}”这一页{near}，本表有{}。", value::listed(&names))
    }

    /// The grid of a row in a file with one list for all: by its category, by its item, or the only one there is.
    fn choose(&self, line: &FilledLine) -> Result<usize, Fault> {
        let grids = &self.form.grids;
        let only = (grids.len() == 1).then_some(0);
        let names: Vec<&str> = grids.iter().map(|grid| grid.name.as_str()).collect();
        if let Some(cell) = line.cells.iter().find(|cell| is_category(cell)) {
            let said = text::of(&cell.raw).map_err(|say| Fault::at(&cell.place, format!("“{}”{say}", cell.name)))?;
            let named = grids.iter().position(|grid| key(&grid.name) == key(&said));
            // with one grid, the cell may simply be one of its columns
            let column = only.filter(|grid| !self.grids[*grid].find(&cell.name).is_empty());
            return named.or(column).ok_or_else(|| {
                let say = format!("“{}”只能写{}，现在是“{said}”。", cell.name, value::listed(&names));
                Fault::at(&cell.place, say)
            });
        }
        let holds = |item: u32| grids.iter().position(|grid| grid.lines.iter().any(|line| line.item == Some(item)));
        line.item.and_then(holds).or(only).ok_or_else(|| {
            let say = format!("没有写“类别”，不知道属于哪一类。请写明“类别”：{}。", value::listed(&names));
            Fault::at(line.place.clone(), say)
        })
    }

    /// A row of a grid; one without an answer is not there.
    fn row(&mut self, grid: usize, line: &FilledLine) {
        let asked = &self.form.grids[grid];
        let headings = &self.grids[grid];
        let choosing = |cell: &&Cell| {
            let names_grid = text::of(&cell.raw).is_ok_and(|said| key(&said) == key(&asked.name));
            !(is_category(cell) && names_grid && headings.find(&cell.name).is_empty())
        };
        let cells: Vec<Cell> = line.cells.iter().filter(choosing).cloned().collect();
        let (before, unknown) = (self.reader.faults.len(), self.reader.unknown.len());
        let object = matching::object_of(asked, headings, line, self.reader.offices);
        let item = object.unwrap_or_else(|fault| {
            self.reader.faults.push(fault);
            None
        });
        let line = &FilledLine { item, ..line.clone() };
        let mut answered = self.reader.cells(&asked.name, &asked.columns, headings, &cells);
        for (column, value) in self.joined.remove(&(grid, line.place.clone())).unwrap_or_default() {
            let entry = &asked.columns[column];
            if !answered.taken.insert(column) {
                let say = format!("“{}”写了两处，请只留一处。", entry.title);
                self.reader.faults.push(Fault::at(line.place.clone(), say));
            }
            answered.values.insert(entry.name.clone(), value);
        }
        if answered.taken.is_empty() {
            return;
        }
        self.reader.missing(&asked.columns, &answered, &line.place, Some(&asked.name));
        if let Some(item) = line.item
            && let Some(first) = self.items.insert(item, line.place.clone())
        {
            let say = format!("与“{first}”是同一个对象（编号{item}），请只留一行；新增的对象请填在空行里。");
            self.reader.faults.push(Fault::at(line.place.clone(), say));
        }
        // a heading that is unknown is wrong with the whole
        if self.singly && self.reader.faults.len() > before && self.reader.unknown.len() == unknown {
            self.returned.extend(self.reader.faults.drain(before..));
            // of two rows about one item nobody could say which holds
            self.rows.retain(|row| row.item.is_none() || row.item != line.item);
            return;
        }
        let (grid, cleared) = (asked.name.clone(), self.cleared(grid, line, &answered));
        self.rows.push(UnderstoodRow {
            grid,
            item: line.item,
            values: answered.values,
            cleared,
            place: line.place.clone(),
        });
    }

    /// What was laid out for the item of a row and need not be said, and was taken out: its cell is there, and empty.
    fn cleared(&self, grid: usize, line: &FilledLine, answered: &Answered) -> Vec<String> {
        let asked = &self.form.grids[grid];
        let laid_out = asked.lines.iter().find(|laid_out| line.item.is_some() && laid_out.item == line.item);
        let Some(laid_out) = laid_out else { return Vec::new() };
        let tables = tables::of_rows(self.form);
        let emptied = |place: usize, entry: &Entry| {
            let sheet = tables.iter().find(|table| (table.grid, table.column) == (grid, place));
            let names = |name: &String| self.grids[grid].find(name).contains(&place);
            let emptied = match sheet {
                Some(table) => self.filled.headings.iter().any(|(name, _)| key(name) == key(&table.name)),
                None => {
                    let empty = |cell: &&Cell| text::is_empty(&cell.raw) || value::nothing(entry, &cell.raw).is_some();
                    let said = line.cells.iter().filter(empty).map(|cell| &cell.name);
                    said.chain(self.headings(&asked.name)).any(names)
                }
            };
            emptied && laid_out.values.get(&entry.name).is_some_and(|value| !value.is_null())
        };
        let of = |(place, entry): &(usize, &Entry)| {
            entry.optional && !entry.shown && !answered.taken.contains(place) && emptied(*place, entry)
        };
        asked.columns.iter().enumerate().filter(of).map(|(_, entry)| entry.name.clone()).collect()
    }

    /// The headings of the sheet of a grid; a file that is not ours may have but one sheet, of any name.
    fn headings(&self, grid: &str) -> impl Iterator<Item = &String> {
        let here = |(name, _): &&(String, Vec<String>)| key(name) == key(grid) || self.is_nameless(name);
        self.filled.headings.iter().filter(here).flat_map(|(_, headings)| headings)
    }

    /// A table of the head that came as rows.
    fn table(&mut self, place: usize, name: &str, lines: &[FilledLine], head: &mut Answered) {
        let entry = &self.form.head[place];
        let Type::Table(columns, keyed) = &entry.kind else { return };
        if entry.shown {
            return;
        }
        let columns: Vec<Entry> = columns.iter().map(|(name, kind)| value::column(name, kind)).collect();
        let filled: Vec<&FilledLine> =
            lines.iter().filter(|line| line.cells.iter().any(|cell| !text::is_empty(&cell.raw))).collect();
        let Some(first) = filled.first() else { return };
        if head.taken.contains(&place) {
            let say = format!("“{}”写了两次，请只留一处。", entry.title);
            return self.reader.faults.push(Fault::at(first.place.clone(), say));
        }
        match keyed {
            None => {
                let headings = Headings::of(&columns);
                let read = filled.iter().map(|line| self.reader.cells(&entry.name, &columns, &headings, &line.cells));
                let rows: Vec<Value> =
                    read.filter(|row| !row.taken.is_empty()).map(|row| Value::Object(row.values)).collect();
                head.taken.insert(place);
                head.values.insert(entry.name.clone(), Value::Array(rows));
            }
            Some(keyed) => {
                let rows = filled.iter().filter_map(|line| self.keyed(line, *keyed)).collect();
                let place = if name.is_empty() { first.place.clone() } else { name.to_string() };
                let cell = Cell { name: entry.name.clone(), raw: Raw::Map(rows), place };
                let read = self.reader.cells("", &self.form.head, &self.head, std::slice::from_ref(&cell));
                head.taken.extend(read.taken);
                head.values.extend(read.values);
            }
        }
    }

    /// The key of a table's row and its other cells.
    fn keyed(&mut self, line: &FilledLine, keyed: TableKey) -> Option<(String, Raw)> {
        let title = key_title(keyed);
        let (keys, rest): (Vec<&Cell>, Vec<&Cell>) = line.cells.iter().partition(|cell| key(&cell.name) == title);
        match keys.first().map(|cell| text::of(&cell.raw)) {
            Some(Ok(name)) if !name.is_empty() => {
                Some((name, Raw::Map(rest.into_iter().map(|cell| (cell.name.clone(), cell.raw.clone())).collect())))
            }
            Some(Ok(_)) | None => {
                self.reader.faults.push(Fault::at(line.place.clone(), format!("“{title}”没有填写。")));
                None
            }
            Some(Err(say)) => {
                self.reader.faults.push(Fault::at(line.place.clone(), format!("“{title}”{say}")));
                None
            }
        }
    }
}

/// The heading over the keys of a table's rows.
pub fn key_title(keyed: TableKey) -> &'static str {
    match keyed {
        TableKey::Office => "单位",
        TableKey::Text => "名称",
    }
}

fn is_category(cell: &Cell) -> bool {
    CATEGORY_HEADINGS.contains(&key(&cell.name).as_str()) && !text::is_empty(&cell.raw)
}
