//! Sheets of an OpenDocument spreadsheet (`.ods`), read cell by cell within the limits of every workbook.
//!
//! A reader of our own: the common one spreads what a file says it repeats, and never ends on a table that is not closed.

use super::load::{self, Gathering, Sheet, broken, locked};
use crate::spool::forms::{UNPACKED_BYTES_MAX, WORKBOOK_TEXT_BYTES_MAX, tree, unseen};
use crate::submission::{Fault, Raw};
use calamine::Dimensions;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use std::collections::BTreeSet;
use std::io::{Cursor, Read};

/// Cells with something in them in one row at most.
const ROW_CELLS_MAX: usize = 16_384;
/// Pieces of text within each other that are told apart.
const PIECES_MAX: usize = 256;
/// Blanks one mark may stand for.
const BLANKS_MAX: usize = 1_000;

/// All sheets of the spreadsheet; the package was checked before.
pub(in crate::spool::forms) fn sheets(name: &str, bytes: &[u8]) -> Result<Vec<Sheet>, Fault> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken(name))?;
    let mut part = |part: &str| {
        let mut text = Vec::new();
        archive.by_name(part).ok()?.take(UNPACKED_BYTES_MAX).read_to_end(&mut text).ok()?;
        String::from_utf8(text).ok()
    };
    if part("META-INF/manifest.xml").is_some_and(|manifest| manifest.contains("encryption-data")) {
        return Err(locked(name));
    }
    let content = part("content.xml").ok_or_else(|| broken(name))?;
    let mut reader = Reader::from_str(content.trim_start_matches('\u{FEFF}'));
    reader.config_mut().expand_empty_elements = true;
    let mut table = Tables { gathering: Gathering::new(name), ..Tables::default() };
    loop {
        match reader.read_event().map_err(|_| broken(name))? {
            Event::Start(start) => table.start(&start)?,
            Event::End(end) => table.end(end.name().0)?,
            Event::Text(text) => table.text(&text.xml10_content().map_err(|_| broken(name))?),
            Event::CData(text) => table.text(&text.xml10_content().map_err(|_| broken(name))?),
            Event::GeneralRef(reference) => {
                let named = reference.resolve_char_ref().ok().flatten();
                let known = std::str::from_utf8(&reference).ok().and_then(quick_xml::escape::resolve_predefined_entity);
                table.text(&named.map(String::from).or_else(|| known.map(str::to_owned)).unwrap_or_default());
            }
            Event::DocType(_) => return Err(broken(name)),
            Event::Empty(_) | Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    if table.open { Err(broken(name)) } else { Ok(table.gathering.sheets) }
}

/// Where the reading stands.
#[derive(Default)]
struct Tables {
    gathering: Gathering,
    /// styles of hidden sheets
    hidden: BTreeSet<String>,
    style: String,
    /// styles that strike words out
    struck: BTreeSet<String>,
    /// styles that say they do not
    unstruck: BTreeSet<String>,
    /// columns whose cells are struck out where they have no style of their own, each with the last one
    struck_columns: Vec<(u32, u32)>,
    /// the same of the row
    row_struck: bool,
    /// for each piece of text within another, whether it is struck out
    pieces: Vec<bool>,
    /// within a sheet
    open: bool,
    /// a note on a cell is no part of it
    notes: usize,
    /// the words of the note
    note: String,
    /// columns that were described so far
    columns: u32,
    at: (u32, u32),
    /// how often the row stands there
    rows: u32,
    /// the row is hidden, by hand or by a filter
    row_hidden: bool,
    row: Vec<(u32, Raw, String)>,
    row_bytes: usize,
    cell: Option<Cell>,
}

/// A cell being read.
#[derive(Default)]
struct Cell {
    kind: String,
    value: Option<String>,
    formula: bool,
    columns: u32,
    spans: (u32, u32),
    text: String,
    paragraphs: usize,
    /// all of it is struck out
    struck: bool,
    /// words of it were struck out, and left out
    cut: bool,
}

impl Tables {
    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), Fault> {
        match start.name().0 {
            b"style:style" | b"style:text-properties" | b"style:table-properties" => self.style_of(start),
            b"table:table" if !self.open => {
                let hidden = attribute(start, "table:style-name").is_some_and(|style| self.hidden.contains(&style));
                self.gathering.begin(&attribute(start, "table:name").unwrap_or_default(), hidden)?;
                (self.open, self.at, self.columns) = (true, (0, 0), 0);
                self.struck_columns.clear();
            }
            b"table:table-column" => {
                let next = self.columns.saturating_add(count(start, "table:number-columns-repeated"));
                if attribute(start, "table:visibility").is_some_and(|how| how != "visible") {
                    self.gathering.hide_columns(self.columns, next - 1);
                }
                if self.is_struck(start, "table:default-cell-style-name") && self.struck_columns.len() < ROW_CELLS_MAX {
                    self.struck_columns.push((self.columns, next - 1));
                }
                self.columns = next;
            }
            b"table:table-row" => {
                self.rows = count(start, "table:number-rows-repeated");
                self.row_hidden = attribute(start, "table:visibility").is_some_and(|how| how != "visible");
                self.row_struck = self.is_struck(start, "table:default-cell-style-name");
                self.at.1 = 0;
            }
            b"table:table-cell" | b"table:covered-table-cell" => {
                self.cell = Some(self.cell_of(start));
            }
            b"office:annotation" => self.notes += 1,
            b"text:p" => {
                if let Some(cell) = self.cell.as_mut().filter(|_| self.notes == 0) {
                    cell.paragraphs += 1;
                    if cell.paragraphs > 1 {
                        cell.text.push('\n');
                    }
                }
            }
            b"text:span" if self.pieces.len() < PIECES_MAX => {
                let style = attribute(start, "text:style-name").unwrap_or_default();
                let own = self.struck.contains(&style).then_some(true);
                let own = own.or_else(|| self.unstruck.contains(&style).then_some(false));
                self.pieces.push(own.unwrap_or_else(|| self.is_within_struck()));
            }
            b"text:s" => {
                let blanks = attribute(start, "text:c").and_then(|count| count.parse().ok()).unwrap_or(1_usize);
                self.text(&" ".repeat(blanks.min(BLANKS_MAX)));
            }
            b"text:tab" => self.text("\t"),
            b"text:line-break" => self.text("\n"),
            _ => {}
        }
        Ok(())
    }

    /// Takes in what a style says: of its sheets whether they are hidden, of its words whether they are struck out.
    fn style_of(&mut self, start: &BytesStart<'_>) {
        match start.name().0 {
            b"style:style" => {
                self.style = attribute(start, "style:name").unwrap_or_default();
                let parent = attribute(start, "style:parent-style-name");
                if parent.is_some_and(|parent| self.struck.contains(&parent)) {
                    self.strikes(true);
                }
            }
            b"style:text-properties" => {
                let line = ["style:text-line-through-style", "style:text-line-through-type"];
                let said: Vec<String> = line.iter().filter_map(|name| attribute(start, name)).collect();
                if !said.is_empty() {
                    self.strikes(said.iter().all(|line| line != "none"));
                }
            }
            b"style:table-properties" if attribute(start, "table:display").as_deref() == Some("false") => {
                self.hidden.insert(self.style.clone());
            }
            _ => {}
        }
    }

    /// A cell that begins.
    fn cell_of(&mut self, start: &BytesStart<'_>) -> Cell {
        let value =
            ["office:value", "office:date-value", "office:time-value", "office:boolean-value", "office:string-value"];
        let struck = match attribute(start, "table:style-name") {
            Some(style) => self.struck.contains(&style),
            None => {
                let here = |(from, to): &(u32, u32)| (*from..=*to).contains(&self.at.1);
                self.row_struck || self.struck_columns.iter().any(here)
            }
        };
        self.pieces.clear();
        Cell {
            struck,
            kind: attribute(start, "office:value-type").unwrap_or_default(),
            value: value.iter().find_map(|name| attribute(start, name)),
            formula: attribute(start, "table:formula").is_some(),
            columns: count(start, "table:number-columns-repeated"),
            spans: (count(start, "table:number-rows-spanned"), count(start, "table:number-columns-spanned")),
            ..Cell::default()
        }
    }

    fn text(&mut self, text: &str) {
        if self.notes > 0 {
            self.note.push_str(text);
        }
        let struck = self.is_within_struck();
        if let Some(cell) = self.cell.as_mut().filter(|cell| self.notes == 0 && cell.paragraphs > 0) {
            if struck {
                cell.cut |= !text.trim().is_empty();
            } else {
                cell.text.push_str(text);
            }
        }
    }

    /// Whether the words that come are struck out.
    fn is_within_struck(&self) -> bool {
        let of_cell = || self.cell.as_ref().is_some_and(|cell| cell.struck);
        self.pieces.last().copied().unwrap_or_else(of_cell)
    }

    /// Says of the style being read whether it strikes words out.
    fn strikes(&mut self, so: bool) {
        let (to, from) =
            if so { (&mut self.struck, &mut self.unstruck) } else { (&mut self.unstruck, &mut self.struck) };
        to.insert(self.style.clone());
        from.remove(&self.style);
    }

    /// Whether the style that is named so strikes words out.
    fn is_struck(&self, start: &BytesStart<'_>, name: &str) -> bool {
        !self.struck.is_empty() && attribute(start, name).is_some_and(|style| self.struck.contains(&style))
    }

    fn end(&mut self, name: &[u8]) -> Result<(), Fault> {
        match name {
            b"office:annotation" => {
                self.notes = self.notes.saturating_sub(1);
                if unseen::is_of_somebody(&std::mem::take(&mut self.note)) {
                    self.gathering.comment(self.at);
                }
            }
            b"text:span" => drop(self.pieces.pop()),
            b"table:table-cell" | b"table:covered-table-cell" => {
                if let Some(cell) = self.cell.take() {
                    self.close(cell)?;
                }
            }
            b"table:table-row" => {
                let row = std::mem::take(&mut self.row);
                self.row_bytes = 0;
                for repeat in 0..if row.is_empty() { 0 } else { self.rows } {
                    let at = self.at.0.saturating_add(repeat);
                    for (column, raw, text) in &row {
                        self.gathering.put((at, *column), text, || raw.clone())?;
                    }
                    if self.row_hidden {
                        self.gathering.hide(at);
                    }
                }
                self.at.0 = self.at.0.saturating_add(self.rows);
            }
            b"table:table" => self.open = false,
            _ => {}
        }
        Ok(())
    }

    /// Puts a cell into its row, as often as it stands there.
    fn close(&mut self, cell: Cell) -> Result<(), Fault> {
        let (row, column) = self.at;
        let raw = cell.raw();
        if cell.cut {
            self.gathering.struck(self.at);
        }
        if cell.spans != (1, 1) {
            let end = (row.saturating_add(cell.spans.0 - 1), column.saturating_add(cell.spans.1 - 1));
            self.gathering.merge(Dimensions::new((row, column), end))?;
        }
        for repeat in 0..if raw == Raw::Empty { 0 } else { cell.columns } {
            self.row_bytes += cell.text.len();
            if self.row.len() >= ROW_CELLS_MAX || self.row_bytes > WORKBOOK_TEXT_BYTES_MAX {
                return Err(load::too_much(self.gathering.sheets.last().map_or("", |sheet| &sheet.name)));
            }
            self.row.push((column.saturating_add(repeat), raw.clone(), cell.text.clone()));
        }
        self.at.1 = column.saturating_add(cell.columns);
        Ok(())
    }
}

impl Cell {
    fn raw(&self) -> Raw {
        if self.formula && !self.struck {
            return Raw::Formula("=".to_owned());
        }
        let value = self.value.as_deref().unwrap_or_default();
        match self.kind.as_str() {
            "float" | "percentage" | "currency" | "date" | "time" | "boolean" if self.struck => Raw::Empty,
            "float" | "percentage" | "currency" => {
                let number = value.parse().ok().filter(|number: &f64| number.is_finite());
                let raw = number.map_or(Raw::Empty, Raw::Number);
                if self.kind == "percentage" { load::percent(&raw) } else { raw }
            }
            "date" => Raw::Date(value.trim_end_matches("T00:00:00").chars().take(16).collect()),
            "time" => time(value).map_or_else(|| tree::trimmed(&self.text), Raw::Text),
            "boolean" => Raw::Flag(value == "true"),
            _ if self.text.is_empty() && !self.cut => tree::trimmed(value),
            _ => tree::trimmed(&self.text),
        }
    }
}

/// `PT09H30M00S` as `09:30`.
fn time(value: &str) -> Option<String> {
    let (hours, rest) = value.strip_prefix("PT")?.split_once('H')?;
    let (minutes, _) = rest.split_once('M')?;
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    Some(format!("{hours:02}:{minutes:02}"))
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.attributes().with_checks(false).flatten().find(|attribute| attribute.key.0 == name.as_bytes())?;
    let text = std::str::from_utf8(&found.value).ok()?;
    quick_xml::escape::unescape(text).ok().map(std::borrow::Cow::into_owned)
}

/// How often something stands there; once where it does not say.
fn count(start: &BytesStart<'_>, name: &str) -> u32 {
    attribute(start, name).and_then(|count| count.parse().ok()).unwrap_or(1).max(1)
}
