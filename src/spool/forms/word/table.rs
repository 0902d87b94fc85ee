//! The tables of a Word document: rows and cells with what they cover, tables within cells as tables of their own.

use super::look::{all_named, at, attribute, is_on, local, named};
use super::printed::Printed;
use super::walk::Text;
use super::{CELLS_MAX, NESTED_TABLES_MAX, TABLES_MAX};
use crate::ooxml::xml::Element;
use crate::spool::forms::{SHEET_COLUMNS_MAX, SHEET_ROWS_MAX};
use crate::submission::Fault;
use crate::submission::paper::{Slot, Table};
use std::collections::BTreeMap;

/// Lines above a table that are kept, and how long each may be.
const CAPTIONS_MAX: usize = 12;
const CAPTION_CHARACTERS_MAX: usize = 200;
/// Pictures outside the tables that are looked at, at most.
const PICTURES_OUTSIDE_MAX: usize = 100;
/// Lines outside the tables that are read, at most.
const PROSE_LINES_MAX: usize = 1_000;

/// The tables of a document, in its order. What stands outside them and is not ours comes last: text, which may have labels and values,
/// and pictures, which may float over a cell.
pub(super) fn tables(name: &str, document: &Element, printed: &Printed) -> Result<Vec<Table>, Fault> {
    let mut finding = Finding {
        name,
        printed,
        found: Vec::new(),
        captions: Vec::new(),
        prose: Vec::new(),
        row: 0,
        pictures: Vec::new(),
        cells: 0,
    };
    if let Some(body) = named(document, "body") {
        finding.blocks(body)?;
    }
    let Finding { mut found, prose: mut lines, row: end, mut pictures, .. } = finding;
    if found.is_empty() {
        // a paper without tables is none that is filled in, unless labels say so
        if !lines.iter().any(|(_, line)| line.contains(['：', ':'])) {
            lines.clear();
        }
        pictures.clear();
    }
    let lines = lines.into_iter().map(|(row, line)| (row, line, None));
    let pictures = pictures.into_iter().enumerate().map(|(at, image)| (end + at, String::new(), Some(image)));
    let slot = |(row, text, image): (usize, String, Option<String>)| {
        let picture = image.is_some();
        Slot { row, column: 0, rows: 1, columns: 1, text, numbered: None, picture, image }
    };
    let slots: Vec<Slot> = lines.chain(pictures).map(slot).collect();
    if !slots.is_empty() {
        found.push(Table { place: "正文".to_string(), paper: 0, captions: Vec::new(), slots, prose: true });
    }
    Ok(found)
}

struct Finding<'n> {
    name: &'n str,
    printed: &'n Printed,
    found: Vec<Table>,
    /// lines since the last table
    captions: Vec<String>,
    /// lines outside the tables that are not ours, each with its row
    prose: Vec<(usize, String)>,
    /// rows outside the tables so far; a table is one, for what stands below it does not go on with what stands above
    row: usize,
    /// relations of pictures outside the tables
    pictures: Vec<String>,
    cells: usize,
}

impl Finding<'_> {
    fn blocks(&mut self, body: &Element) -> Result<(), Fault> {
        for block in body.elements() {
            match local(&block.name) {
                "p" => {
                    let Text { text: whole, images, .. } = Text::of(block);
                    let room = PICTURES_OUTSIDE_MAX.saturating_sub(self.pictures.len());
                    self.pictures.extend(images.into_iter().take(room));
                    let room = PROSE_LINES_MAX.saturating_sub(self.prose.len());
                    let rest = self.printed.rest(&whole);
                    let lines = rest.lines().map(str::trim).filter(|line| !line.is_empty()).take(room);
                    let rows = self.row..;
                    self.prose.extend(rows.zip(lines.map(str::to_string)));
                    self.row += whole.lines().filter(|line| !line.trim().is_empty()).count();
                    let text: String = whole.chars().take(CAPTION_CHARACTERS_MAX).collect();
                    if !text.trim().is_empty() {
                        self.captions.push(text.trim().to_string());
                    }
                }
                "tbl" => {
                    self.row += 1;
                    self.table(block, 0)?;
                }
                "sdt" => named(block, "sdtContent").map_or(Ok(()), |content| self.blocks(content))?,
                "customXml" | "ins" | "moveTo" => self.blocks(block)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn table(&mut self, table: &Element, depth: usize) -> Result<(), Fault> {
        if self.found.len() >= TABLES_MAX || depth > NESTED_TABLES_MAX {
            return Err(self.crowded(&format!("表格过多（超过{TABLES_MAX}个）或层层嵌套")));
        }
        let place = format!("表{}", self.found.len() + 1);
        let above = std::mem::take(&mut self.captions);
        let captions = above[above.len().saturating_sub(CAPTIONS_MAX)..].to_vec();
        let at = self.found.len();
        self.found.push(Table { place, paper: 0, captions, slots: Vec::new(), prose: false });
        let mut inner = Vec::new();
        let mut slots = self.slots(table, &mut inner)?;
        self.printed.without_asides(&mut slots);
        if let Some(found) = self.found.get_mut(at) {
            found.slots = slots;
        }
        for (captions, table) in inner {
            self.captions = captions;
            self.table(table, depth + 1)?;
        }
        self.captions.clear();
        Ok(())
    }

    /// The cells of a table; tables within them are laid aside, each with the text of its cell above it.
    fn slots<'e>(
        &mut self,
        table: &'e Element,
        inner: &mut Vec<(Vec<String>, &'e Element)>,
    ) -> Result<Vec<Slot>, Fault> {
        let mut slots: Vec<Slot> = Vec::new();
        // the cell that goes on downwards, by the column it begins in
        let mut open: BTreeMap<usize, usize> = BTreeMap::new();
        let mut rows = Vec::new();
        gather(table, "tr", &mut rows);
        for (row, element) in rows.into_iter().enumerate() {
            let before = at(element, &["trPr", "gridBefore"]).and_then(|skip| attribute(skip, "val"));
            let mut column = before.and_then(|skip| skip.parse().ok()).unwrap_or(0_usize);
            let mut cells = Vec::new();
            gather(element, "tc", &mut cells);
            for cell in cells {
                let columns = at(cell, &["tcPr", "gridSpan"]).and_then(|span| attribute(span, "val"));
                let columns = columns.and_then(|span| span.parse().ok()).unwrap_or(1_usize).max(1);
                self.cells = self.cells.saturating_add(columns);
                if row >= SHEET_ROWS_MAX || column.saturating_add(columns) > SHEET_COLUMNS_MAX || self.cells > CELLS_MAX
                {
                    return Err(self.crowded("表格过大"));
                }
                let merge = at(cell, &["tcPr", "vMerge"]);
                let goes_on = merge.is_some_and(|merge| attribute(merge, "val") != Some("restart"));
                let above = open.get(&column).and_then(|above| slots.get_mut(*above));
                match above.filter(|above| goes_on && above.columns == columns && above.row + above.rows == row) {
                    Some(above) => above.rows += 1,
                    None => {
                        let read = Text::of(cell);
                        let mut numbered = read.numbered();
                        let Text { mut text, picture, tables, mut images, .. } = read;
                        // of several nobody knows which is meant
                        let image = images.pop().filter(|_| images.is_empty());
                        if self.printed.is_ours() {
                            // we draw no tables within tables: it is what somebody put into the cell
                            let mut both = std::iter::once(&mut text).chain(&mut numbered);
                            both.try_for_each(|text| tables.iter().try_for_each(|table| self.within(table, text, 0)))?;
                        } else {
                            let caption: Vec<String> = text.lines().map(str::to_string).collect();
                            inner.extend(tables.into_iter().map(|table| (caption.clone(), table)));
                        }
                        open.insert(column, slots.len());
                        slots.push(Slot { row, column, rows: 1, columns, text, numbered, picture, image });
                    }
                }
                if merge.is_none() {
                    open.remove(&column);
                }
                column += columns;
            }
        }
        Ok(slots)
    }

    /// Adds the text of a table within a cell, a row a line.
    fn within(&self, table: &Element, text: &mut String, depth: usize) -> Result<(), Fault> {
        if depth >= NESTED_TABLES_MAX {
            return Err(self.crowded("表格层层嵌套"));
        }
        let mut rows = Vec::new();
        gather(table, "tr", &mut rows);
        for row in rows {
            let mut cells = Vec::new();
            gather(row, "tc", &mut cells);
            let mut said = Vec::new();
            for cell in cells {
                let Text { text: mut own, tables, .. } = Text::of(cell);
                tables.into_iter().try_for_each(|table| self.within(table, &mut own, depth + 1))?;
                said.push(own);
            }
            let line = said.iter().map(|own| own.trim()).filter(|own| !own.is_empty()).collect::<Vec<_>>().join("　");
            if !text.trim().is_empty() && !line.is_empty() {
                text.push('\n');
            }
            text.push_str(&line);
        }
        Ok(())
    }

    fn crowded(&self, what: &str) -> Fault {
        Fault::at(self.name, format!("文件里的{what}，没有读取。请只保留要填的表，另存一份再交。"))
    }
}

/// The elements of a name among the children, those within controls and kept changes too; deleted rows are not there.
pub(super) fn gather<'e>(element: &'e Element, name: &str, found: &mut Vec<&'e Element>) {
    for child in element.elements() {
        match local(&child.name) {
            "sdt" => named(child, "sdtContent").into_iter().for_each(|content| gather(content, name, found)),
            "customXml" => gather(child, name, found),
            own if own == name => {
                let deleted =
                    ["trPr", "tcPr"].iter().filter_map(|properties| named(child, properties)).any(|properties| {
                        is_on(all_named(properties, "del").chain(all_named(properties, "cellDel")).next())
                    });
                if !deleted {
                    found.push(child);
                }
            }
            _ => {}
        }
    }
}
