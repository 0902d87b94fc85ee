//! Blocks of lines about others in a form about somebody: family, schooling, work. Their headings may read like labels of the form, and
//! are none.
//!
//! A block is a row of headings with lines below it, cell by cell, none of which is a label. It is about others where it says so
//! (称谓, 关系), or where all that its headings name was said before, each beside its own label. Where the form asks for a text under the
//! block's name, its lines are that text; else they are passed over. What is passed over, and what stands under labels that nobody
//! asked for, is told.

use super::labels::{Named, Owner, Target, name_of};
use super::{CATEGORIES, Field, Laying, flat, is_blank};
use crate::submission::Type;
use crate::submission::paper::Table;
use crate::submission::read::heading::key;
use crate::submission::read::value::listed;
use std::collections::{BTreeMap, BTreeSet};

/// Rows of a block beside its name, at least, where nothing says that it is about others.
const ROWS_BESIDE_MIN: usize = 3;
/// Characters of a label that is told, at most: what is longer is no label.
const LABEL_CHARACTERS_MAX: usize = 20;
/// What is printed in cells for signatures and seals.
const PRINTED: [&str; 10] = ["盖章", "公章", "签字", "签名", "签章", "负责人", "经办人", "年", "月", "日"];

/// A row of headings over a block.
struct Block {
    row: usize,
    headings: Vec<usize>,
    /// the row after the last its lines may stand in
    end: usize,
    /// the cell that names it, beside it or above it
    title: Option<usize>,
}

/// By field, the first row in which it is answered beside its label.
type Said = BTreeMap<(Owner, usize), usize>;

impl Laying<'_> {
    /// Finds the blocks about others that are left in a table.
    pub(super) fn others(&mut self, table: &Table, field: &mut Field<'_>, grid: Option<usize>) {
        let said = self.said_beside(field);
        let mut row = 0;
        while row < field.rows {
            let found = block(field, row).filter(|block| self.is_about_others(table, field, block, &said, grid));
            row += 1;
            if let Some(block) = found {
                let lines = self.lines_of(field, &block);
                row += lines.len();
                self.pass(table, field, &block, &lines);
            }
        }
    }

    /// A list beside a name that nobody asked for, as an office's own form has them: what stands in it is about somebody else.
    pub(super) fn pass_over(&mut self, table: &Table, field: &mut Field<'_>, at: usize) {
        let slot = &field.slots[at];
        if slot.column > 0 || slot.rows < ROWS_BESIDE_MIN || is_blank(&Type::Name, &slot.text) {
            return;
        }
        if !self.labels.named(&slot.text).is_empty() {
            return;
        }
        let found = block(field, slot.row).filter(|block| block.title == Some(at) && block.headings.len() > 2);
        let Some(block) = found else { return };
        let lines = self.lines_of(field, &block);
        if lines.len() + 1 == slot.rows {
            self.pass(table, field, &block, &lines);
        }
    }

    /// The lines below headings.
    fn lines_of(&self, field: &Field<'_>, block: &Block) -> Vec<Vec<usize>> {
        let first = block.headings.first().map_or(0, |place| field.slots[*place].column);
        let rows = (block.row + 1..block.end.min(field.rows)).map(|row| field.row(row, first));
        rows.take_while(|cells| self.is_line(field, &block.headings, cells)).collect()
    }

    /// A line below headings has their cells, and no label in them.
    fn is_line(&self, field: &Field<'_>, headings: &[usize], cells: &[usize]) -> bool {
        let alike = |(cell, over): (&usize, &usize)| {
            let (slot, over) = (&field.slots[*cell], &field.slots[*over]);
            (slot.column, slot.columns, slot.rows) == (over.column, over.columns, 1)
                && !field.taken[*cell]
                && self.labels.within(&slot.text).is_empty()
        };
        cells.len() == headings.len() && cells.iter().zip(headings).all(alike)
    }

    fn is_about_others(
        &self,
        table: &Table,
        field: &Field<'_>,
        block: &Block,
        said: &Said,
        grid: Option<usize>,
    ) -> bool {
        let texts = || block.headings.iter().map(|place| field.slots[*place].text.as_str());
        let column = |text: &str| self.labels.lines.iter().any(|lines| lines.column(text).is_some());
        let says_so = texts().any(|text| heads_others(&key(text)) && !column(text));
        let mut named = texts().flat_map(|text| self.labels.named(text)).peekable();
        let before = |one: Named| {
            said.get(&(one.owner, one.entry)).is_some_and(|row| *row < block.row) || self.was_said(table, one)
        };
        let said_before = named.peek().is_some() && named.all(before);
        if !says_so && !said_before {
            return false;
        }
        let first = block.headings.first().map_or(0, |place| field.slots[*place].column);
        let asked = self.heading(field, block.row, first, None, grid);
        asked.is_none_or(|heading| matches!(self.labels.lines[heading.lines].target, Target::Grid(_)))
    }

    /// Whether a field was answered in the tables of a paper before this one.
    fn was_said(&self, table: &Table, named: Named) -> bool {
        let (cells, entries) = match named.owner {
            Owner::Head => (&self.laid.filled.head, &self.form.head),
            Owner::Grid(grid) => match self.cards.get(&(table.paper, grid)) {
                Some(card) => (&card.cells, &self.form.grids[grid].columns),
                None => return false,
            },
        };
        let name = name_of(entries, named.entry);
        cells.iter().any(|cell| cell.name == name)
    }

    /// Which fields are answered in a table beside their labels, or behind them in one cell.
    fn said_beside(&self, field: &Field<'_>) -> Said {
        let mut said = Said::new();
        let mut note = |named: Vec<Named>, row: usize| {
            for one in named {
                said.entry((one.owner, one.entry)).or_insert(row);
            }
        };
        for slot in field.slots.iter().enumerate().filter(|(at, _)| !field.taken[*at]).map(|(_, slot)| slot) {
            let named = self.labels.named(&slot.text);
            if named.is_empty() {
                self.labels.pairs(&slot.text).iter().for_each(|(label, _)| note(self.labels.named(label), slot.row));
                continue;
            }
            let value = field.at(slot.row, slot.column + slot.columns).map(|value| &field.slots[value].text);
            let is_value = |text: &&String| !is_blank(&Type::Name, text) && self.labels.named(text).is_empty();
            if value.filter(is_value).is_some() {
                note(named, slot.row);
            }
        }
        said
    }

    /// Is done with a block: its lines are the text that is asked for under its name, or they are not read.
    fn pass(&mut self, table: &Table, field: &mut Field<'_>, block: &Block, lines: &[Vec<usize>]) {
        if lines.is_empty() {
            return;
        }
        let all = || lines.iter().chain([&block.headings]).flatten().copied();
        all().for_each(|place| field.taken[place] = true);
        let words = |cells: &Vec<usize>| {
            let texts = cells.iter().map(|place| field.slots[*place].text.split_whitespace().collect::<String>());
            texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("　")
        };
        let lines: Vec<String> = lines.iter().map(words).filter(|line| !line.is_empty()).collect();
        if lines.is_empty() {
            return;
        }
        let is_text = |named: &Named| matches!(self.labels.entry(*named).kind, Type::Text(_));
        if let Some(title) = block.title.filter(|at| self.labels.named(&field.slots[*at].text).iter().any(is_text)) {
            let text = [vec![words(&block.headings)], lines].concat().join("\n");
            field.joined.insert(title, text);
            return;
        }
        // a form of ours has lists of what it shows
        if self.laid.filled.answers.is_some() {
            return;
        }
        let titles: Vec<String> = block.headings.iter().map(|place| flat(&field.slots[*place].text)).collect();
        let place = format!("{} 第{}行", table.place, block.row + 1);
        self.laid.remarks.push(format!("{place}起的名单（{}）不是本表要填的，没有读取。", listed(&titles)));
    }

    /// Tells the labels of a form of their own that nobody asked for and that have something beside them. `free` are the cells that are no
    /// labels of ours.
    pub(super) fn unread(&mut self, table: &Table, field: &Field<'_>, free: &[bool]) {
        if self.laid.filled.answers.is_some() {
            return;
        }
        let open = |place: usize| {
            let text = &field.slots[place].text;
            free[place] && !field.taken[place] && !is_printed(text)
        };
        let mut labels: Vec<String> = Vec::new();
        let mut seen = BTreeSet::new();
        for row in 0..field.rows {
            let mut cells = field.row(row, 0).into_iter().filter(|place| field.slots[*place].row == row).peekable();
            while let Some(place) = cells.next() {
                let label = flat(&field.slots[place].text);
                let named = open(place) && label.chars().count() <= LABEL_CHARACTERS_MAX;
                let value = cells.next_if(|value| named && open(*value));
                if value.is_some() && !CATEGORIES.contains(&key(&label).as_str()) && seen.insert(label.clone()) {
                    labels.push(label);
                }
            }
        }
        if !labels.is_empty() {
            self.laid.remarks.push(format!("{}里的{}不是本表要填的，没有读取。", table.place, listed(&labels)));
        }
    }
}

/// The block whose headings may stand in a row.
fn block(field: &Field<'_>, row: usize) -> Option<Block> {
    let cells = field.row(row, 0);
    let heading = |place: &&usize| {
        let slot = &field.slots[**place];
        slot.row == row && slot.rows == 1 && !field.taken[**place] && !is_blank(&Type::Name, &slot.text)
    };
    let mut headings: Vec<usize> = cells.iter().rev().take_while(heading).copied().collect();
    headings.reverse();
    if headings.len() < 2 {
        return None;
    }
    let beside = cells.len().checked_sub(headings.len() + 1).and_then(|left| cells.get(left)).copied();
    let end = beside.map_or(field.rows, |left| field.slots[left].row + field.slots[left].rows);
    let above = row.checked_sub(1).map(|above| field.row(above, 0)).filter(|above| above.len() == 1);
    let title = beside.or_else(|| above.and_then(|above| above.first().copied()));
    Some(Block { row, headings, end, title })
}

/// Whether a heading stands over what others are to somebody, or over what he did from when to when.
fn heads_others(heading: &str) -> bool {
    let to_him = heading.ends_with("关系") && (heading.starts_with('与') || heading == "关系");
    to_him || matches!(heading, "称谓" | "称呼") || heading.starts_with("起止")
}

/// Whether nothing stands in a cell but what was printed there.
pub(super) fn is_printed(text: &str) -> bool {
    let bare = PRINTED.iter().fold(key(text), |text, word| text.replace(word, ""));
    is_blank(&Type::Date, &bare.replace(['（', '）', '，', '、'], ""))
}
