//! Lays the tables of a Word form against what was asked: labels are found by the names of the fields, a value stands right of
//! its label or below it, and lines stand under headings.
//!
//! Guarantees: pure; what is found is handed on cell by cell with its place, `表1 第3行“工作单位”`, and understood like any other
//! form; a label that could mean two fields, or is filled in twice differently, is a fault. Boilerplate of an office's own form is
//! passed over; in the tables we drew, a line nobody asked for is a fault. What stands elsewhere and is not ours is told.

mod blocks;
mod card;
mod labels;
mod lists;
mod marks;
mod outside;
mod pairs;
mod photos;
mod rows;
mod strangers;

use super::heading::key;
use super::text;
use crate::submission::paper::{Slot, Table};
use crate::submission::{Cell, Entry, Fault, Filled, FilledLine, Form, Raw, Type, tables};
use labels::{Labels, Owner, Target};
use lists::Ran;
use photos::{Pictured, Seen, is_file};

pub use photos::is_photograph;
use std::collections::{BTreeMap, BTreeSet};

/// The first two headings of the tables of single values that we draw.
pub const OWN_HEADINGS: [&str; 2] = ["项目", "填写内容"];
/// What stands over the table of what is said of all objects together, where we draw one.
pub const HEAD_CAPTION: &str = "综合情况";
/// The heading over the numbers of objects in the lists that we draw.
pub const ITEM_HEADING: &str = "编号（勿改）";
/// Headings over a counter, which is no answer.
const COUNTERS: [&str; 5] = ["序号", "序", "项次", "编号", "No."];

/// Labels beside which a paper says which grid it is about.
const CATEGORIES: [&str; 4] = ["类别", "推荐类别", "申报类别", "category"];
/// Rows at the beginning of a table in which its title may stand.
const TITLE_ROWS: usize = 2;
/// Characters of a label in a sentence, at most.
const FLAT_CHARACTERS_MAX: usize = 40;

/// Characters of what stands in a control that nobody has filled in, at most.
const PLACEHOLDER_CHARACTERS_MAX: usize = 40;

/// Labels as they stand in the papers: by the place of the line they belong to (nothing for the head) and the name of the field.
pub(super) type Stood = BTreeMap<(String, String), Standing>;

/// A label as it stands in a paper.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) label: String,
    pub(super) place: String,
    /// what is filled in beside it is wrong, and that is said
    pub(super) wrong: bool,
}

/// What was found.
#[derive(Default)]
pub(super) struct Laid {
    pub(super) filled: Filled,
    pub(super) faults: Vec<Fault>,
    pub(super) stood: Stood,
    /// what was passed over, for the clerk
    pub(super) remarks: Vec<String>,
}

/// What is said of a Word file in which nothing stands that is asked.
pub const NOTHING_FOUND: &str = "这份 Word 文件的表里没有找到要填报的任何一栏。请用“待办”或“表样”中的表填写；这是附件的，请和填好的表放进同一个文件夹再交。";

/// Lays the tables of the papers against the form.
///
/// # Errors
/// A paper in which nothing of the form was found.
pub(super) fn laid(form: &Form, filled: &Filled) -> Result<Laid, Vec<Fault>> {
    let (laid, unknown) = lay(form, filled);
    if unknown.is_empty() { Ok(laid) } else { Err(unknown) }
}

/// Lays what can be laid against the form, and says of which papers that is nothing.
pub(super) fn lay(form: &Form, filled: &Filled) -> (Laid, Vec<Fault>) {
    let mut laying = Laying {
        form,
        labels: Labels::of(form),
        laid: Laid { filled: Filled { tables: Vec::new(), ..filled.clone() }, ..Laid::default() },
        known: BTreeSet::new(),
        cards: BTreeMap::new(),
        lists: Vec::new(),
        ran: None,
        seen: Vec::new(),
        used: BTreeSet::new(),
        differing: Vec::new(),
    };
    for table in &filled.tables {
        laying.table(table);
    }
    let unknown: BTreeMap<usize, &Table> = filled.tables.iter().rev().map(|table| (table.paper, table)).collect();
    let unknown: Vec<Fault> = unknown
        .into_iter()
        .filter(|(paper, _)| !laying.known.contains(paper))
        .map(|(_, table)| Fault::at(&table.place, NOTHING_FOUND))
        .collect();
    (laying.finish(), unknown)
}

/// The lines of one list, as they stand in one paper.
struct List {
    paper: usize,
    target: Target,
    name: String,
    lines: Vec<FilledLine>,
    /// its lines are numbered
    counted: bool,
}

struct Laying<'a> {
    form: &'a Form,
    labels: Labels<'a>,
    laid: Laid,
    /// papers in which something was found
    known: BTreeSet<usize>,
    /// what is said in label and value of one object, by paper and grid
    cards: BTreeMap<(usize, usize), FilledLine>,
    lists: Vec<List>,
    /// the list that ran to the end of the table before
    ran: Option<Ran>,
    /// pictures in cells, and the digests of those that were taken
    seen: Vec<Seen>,
    used: BTreeSet<String>,
    /// what the table that is being read says otherwise than what stands before it
    differing: Vec<card::Differing>,
}

impl Laying<'_> {
    fn table(&mut self, table: &Table) {
        let mut field = Field::of(table);
        self.printed(table, &mut field);
        self.see(table, &field);
        let grid = self.grid_of(table, &field);
        if !self.goes_on(table, &mut field, grid) {
            self.lists(table, &mut field, grid);
        }
        self.card(table, &mut field, grid);
        self.differs();
    }

    /// Gives each paper's object its lines, and everything its sheet.
    fn finish(mut self) -> Laid {
        self.crosswise();
        self.photographs();
        self.laid.remarks.extend(self.passed_over());
        for list in std::mem::take(&mut self.lists) {
            let List { paper, target, name, mut lines, .. } = list;
            match target {
                // labels over one line of values are a card laid crosswise
                Target::Grid(grid) if lines.len() == 1 && self.cards.contains_key(&(paper, grid)) => {
                    let cells = lines.pop().map(|line| line.cells).unwrap_or_default();
                    self.cards.entry((paper, grid)).or_default().cells.extend(cells);
                }
                Target::Grid(grid) => lines.iter_mut().for_each(|line| line.item = self.item(grid, line)),
                Target::Rows(of) => self.belong(paper, &of, &mut lines),
                Target::Head(_) => {}
            }
            self.sheet(name, lines);
        }
        for ((_, grid), mut line) in std::mem::take(&mut self.cards) {
            line.item = self.item(grid, &line);
            self.sheet(self.form.grids[grid].name.clone(), vec![line]);
        }
        self.laid
    }

    fn sheet(&mut self, name: String, lines: Vec<FilledLine>) {
        let grids = &mut self.laid.filled.grids;
        match grids.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => known.extend(lines),
            None => grids.push((name, lines)),
        }
    }

    /// The object a line answers for: as it says, or the only one, or the one it is called by.
    fn item(&self, grid: usize, line: &FilledLine) -> Option<u32> {
        let asked = &self.form.grids[grid];
        if let ([only], 0, None) = (asked.lines.as_slice(), asked.blank, line.item) {
            return only.item;
        }
        line.item.or_else(|| {
            let said = key(&self.called(grid, line)?);
            let by = asked.called.as_ref()?;
            let mut same = asked.lines.iter().filter(|one| {
                one.values.get(by).and_then(|value| value.as_str()).is_some_and(|name| key(name) == said)
            });
            same.next().filter(|_| same.next().is_none()).and_then(|one| one.item)
        })
    }

    /// What a line is called by where others belong to it.
    fn called(&self, grid: usize, line: &FilledLine) -> Option<String> {
        let asked = &self.form.grids[grid];
        let by = asked.columns.iter().find(|column| Some(&column.name) == asked.called.as_ref())?;
        let cell = line.cells.iter().find(|cell| key(&cell.name) == key(&by.title) || cell.name == by.name)?;
        text::of(&cell.raw).ok().filter(|name| !name.is_empty())
    }

    /// Lines of a paper about one object belong to it.
    fn belong(&self, paper: usize, of: &tables::RowTable, lines: &mut [FilledLine]) {
        let Some(card) = self.cards.get(&(paper, of.grid)).filter(|_| !of.alone) else { return };
        let Some(name) = self.called(of.grid, card) else { return };
        let says = |line: &&mut FilledLine| !line.cells.iter().any(|cell| key(&cell.name) == key(tables::BELONGS));
        for line in lines.iter_mut().filter(says) {
            let place = line.place.clone();
            line.cells.push(Cell { name: tables::BELONGS.to_string(), raw: Raw::Text(name.clone()), place });
        }
    }

    /// Lists of one line each that ask about one object are a card laid crosswise.
    fn crosswise(&mut self) {
        let mut found: BTreeMap<(usize, usize), Vec<&List>> = BTreeMap::new();
        for list in &self.lists {
            if let Target::Grid(grid) = list.target {
                found.entry((list.paper, grid)).or_default().push(list);
            }
        }
        for (of, lists) in found {
            let lines = lists.iter().flat_map(|list| &list.lines);
            let all: Vec<String> = lines.flat_map(|line| &line.cells).map(|cell| key(&cell.name)).collect();
            let apart = all.iter().collect::<BTreeSet<_>>().len() == all.len();
            if lists.len() > 1 && apart && lists.iter().all(|list| list.lines.len() <= 1) {
                let place = lists.iter().find_map(|list| list.lines.first()).map(|line| line.place.clone());
                let card = FilledLine { place: place.unwrap_or_default(), ..FilledLine::default() };
                self.cards.entry(of).or_insert(card);
            }
        }
    }

    /// The grid a table is about: named above it or in it, the only one, the one whose fields it has, or the paper's.
    fn grid_of(&self, table: &Table, field: &Field<'_>) -> Option<usize> {
        let grids = &self.form.grids;
        if grids.len() < 2 {
            return (!grids.is_empty()).then_some(0);
        }
        let names = || grids.iter().enumerate().map(|(place, grid)| (place, key(&grid.name)));
        let first = |slot: &&Slot| slot.row < TITLE_ROWS && slot.columns >= field.columns;
        let above = table.captions.iter().rev().chain(field.slots.iter().filter(first).map(|slot| &slot.text));
        let said: Vec<String> = above.map(|text| key(text)).collect();
        let equal = said.iter().find_map(|said| names().find(|(_, name)| name == said));
        // a heading that speaks of several says nothing about this table
        let inside = |said: &String| {
            let within: Vec<(usize, String)> =
                names().filter(|(_, name)| !name.is_empty() && said.contains(name.as_str())).collect();
            let longest = within.iter().max_by_key(|(_, name)| name.chars().count())?.clone();
            within.iter().all(|(_, name)| longest.1.contains(name.as_str())).then_some(longest)
        };
        if let Some((grid, _)) = equal.or_else(|| said.iter().find_map(inside)) {
            return Some(grid);
        }
        if let Some(chosen) = self.category(field) {
            return Some(chosen);
        }
        let mut fields: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for named in field.slots.iter().flat_map(|slot| self.labels.within(&slot.text)) {
            if let Owner::Grid(grid) = named.owner {
                fields.entry(grid).or_default().insert(named.entry);
            }
        }
        let most = fields.values().map(BTreeSet::len).max()?;
        let best: Vec<usize> = fields.iter().filter(|(_, own)| own.len() == most).map(|(grid, _)| *grid).collect();
        match best.as_slice() {
            [only] => Some(*only),
            _ => {
                self.cards.keys().find(|(paper, grid)| *paper == table.paper && best.contains(grid)).map(|(_, it)| *it)
            }
        }
    }

    /// The grid that is chosen beside the label for it.
    fn category(&self, field: &Field<'_>) -> Option<usize> {
        let names: Vec<String> = self.form.grids.iter().map(|grid| grid.name.clone()).collect();
        let kind = Type::One(names.clone());
        field.slots.iter().filter(|slot| CATEGORIES.contains(&key(&slot.text).as_str())).find_map(|slot| {
            let value = field.slots.get(field.at(slot.row, slot.column + slot.columns)?)?;
            let said = match marks::read(&kind, &value.text) {
                Some(Ok(Raw::Text(said))) => said,
                Some(_) => return None,
                None => value.text.clone(),
            };
            names.iter().position(|name| key(name) == key(&said))
        })
    }

    fn fault(&mut self, place: impl Into<String>, say: impl Into<String>) {
        self.laid.faults.push(Fault::at(place, say));
    }
}

/// A table by its rows and columns.
struct Field<'t> {
    slots: &'t [Slot],
    covered: BTreeMap<(usize, usize), usize>,
    /// cells that are done with
    taken: Vec<bool>,
    /// by the label of a text, the lines of the block that stands for it
    joined: BTreeMap<usize, String>,
    rows: usize,
    columns: usize,
}

impl<'t> Field<'t> {
    fn of(table: &'t Table) -> Field<'t> {
        let slots = table.slots.as_slice();
        let mut covered = BTreeMap::new();
        for (place, slot) in slots.iter().enumerate() {
            let columns = slot.column..slot.column + slot.columns;
            let all = (slot.row..slot.row + slot.rows).flat_map(|row| columns.clone().map(move |column| (row, column)));
            covered.extend(all.map(|at| (at, place)));
        }
        let rows = slots.iter().map(|slot| slot.row + slot.rows).max().unwrap_or(0);
        let columns = slots.iter().map(|slot| slot.column + slot.columns).max().unwrap_or(0);
        Field { slots, covered, taken: vec![false; slots.len()], joined: BTreeMap::new(), rows, columns }
    }

    /// The cell that covers a place.
    fn at(&self, row: usize, column: usize) -> Option<usize> {
        self.covered.get(&(row, column)).copied()
    }

    /// The cells of a row from a column on, those from above included.
    fn row(&self, row: usize, first: usize) -> Vec<usize> {
        let mut cells: Vec<usize> = self.covered.range((row, first)..(row + 1, 0)).map(|(_, place)| *place).collect();
        cells.dedup();
        cells
    }
}

/// What stands in a cell for a field; blanks to be filled in by hand are nothing. A picture stands for the file that is asked for.
fn raw(entry: &Entry, text: &str, picture: Pictured) -> Result<Raw, String> {
    if let Some(image) = picture.image.filter(|_| is_file(entry)) {
        return Ok(Raw::Text(image));
    }
    if let Some(marked) = marks::read(&entry.kind, text) {
        return marked;
    }
    if !is_blank(&entry.kind, text) {
        return Ok(Raw::Text(text.trim().to_string()));
    }
    if picture.any && is_file(entry) {
        let say = "的图片取不出来（不是 JPG、PNG 格式，或者一格里有几张）。请另存为文件，与本表放进同一个文件夹交，并在这一格写上它的文件名。";
        return Err(say.to_string());
    }
    Ok(Raw::Empty)
}

/// What Word and WPS write into a control that nobody has filled in. Taken over into another file it is text like any other.
fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    let begins = text.starts_with(['单', '点', '请', '轻', '（', '(', '选', 'C']);
    if !begins || text.chars().count() > PLACEHOLDER_CHARACTERS_MAX {
        return false;
    }
    let text = key(text);
    let text = text.trim_end_matches(['。', '.', '）']).trim_start_matches(['（', '请']);
    let clicks = ["单击", "点击", "点按", "点此", "轻触"].iter().any(|verb| text.starts_with(verb));
    let enters =
        ["输入文字", "输入文本", "输入日期", "输入内容", "选择", "选择日期"].iter().any(|end| text.ends_with(end));
    let english = ["Clickortapheretoentertext", "Clickheretoentertext", "Chooseanitem", "Clickortaptoenteradate"];
    clicks && enters || text == "选择一项" || english.contains(&text)
}

fn is_blank(kind: &Type, text: &str) -> bool {
    if is_placeholder(text) {
        return true;
    }
    let line = |c: char| c.is_whitespace() || text::invisible(c) || matches!(c, '_' | '＿');
    let dated = matches!(kind, Type::Date | Type::Month | Type::Year | Type::Time | Type::Period);
    text.chars().all(|c| line(c) || dated && "年月日时分./-—:：".contains(c))
}

/// A label on one line, for a sentence.
fn flat(label: &str) -> String {
    label.chars().filter(|c| !c.is_whitespace() && !text::invisible(*c)).take(FLAT_CHARACTERS_MAX).collect()
}

/// The place of a cell, with the label as it stands there.
fn place_of(table: &Table, row: usize, label: &str) -> String {
    format!("{} 第{}行“{}”", table.place, row + 1, flat(label))
}
