//! Draws a form as a Word form: title, what to do, single values as label, value and explanation, rows under headings.
//!
//! An object that an office is to name fills a table of its own, one object a file, where a line for it would be wider than the
//! paper; objects that stand there already are lines. What a form answers is in the file's properties, and its number in the open.

use super::parts::{self, cell, choice, lines, paragraph, row, run, table, tick};
use crate::ooxml::xml::Element;
use crate::spool::forms::table as sheets;
use crate::spool::forms::{FormError, SHEET_COLUMNS_MAX, SHEET_ROWS_MAX, cells, style};
use crate::submission::hint::{self, Around, aside, boxed, open_choices as choices};
use crate::submission::read::{HEAD_CAPTION, ITEM_HEADING, OWN_HEADINGS};
use crate::submission::{Entry, Form, Grid, Line, Type, tables};
use serde_json::{Map, Value};

const ASKED: &str = "FFF8DC";
const LOCKED: &str = "E7E6E6";
const HEADING: &str = "D9E2F3";
/// Choices of a list to choose from, at most.
const CHOICES_MAX: usize = 500;
/// Twips of half a Chinese character, with its share of a cell's margins.
const UNIT_TWIPS: u32 = 112;

/// Twips that a column to be filled in needs, and one that is only shown: four Chinese characters a line, and two.
const OPEN_TWIPS_MIN: u32 = 1_200;
const SHOWN_TWIPS_MIN: u32 = 640;

/// Heights of rows in twips: of one line, and of a text that may have more characters than these.
const LOW: u32 = 440;
const HIGH: u32 = 1800;
const ROOMY_CHARACTERS: usize = 100;

/// A form being drawn.
struct Drawing {
    blocks: Vec<Element>,
    /// number of the next control
    control: u32,
    width: u32,
}

/// The whole document.
pub(super) fn document(form: &Form) -> Result<Vec<u8>, FormError> {
    let listed: Vec<Grid> = listed(form);
    let widest = listed.iter().map(units).max().unwrap_or(0);
    let crosswise = widest * UNIT_TWIPS > parts::width(false);
    let mut drawing = Drawing { blocks: Vec::new(), control: 1, width: parts::width(crosswise) };
    drawing.above(form);
    let singles: Vec<&Entry> = form.head.iter().filter(|entry| !is_table(entry)).collect();
    if !singles.is_empty() {
        if !form.grids.is_empty() {
            drawing.caption(HEAD_CAPTION);
        }
        drawing.card(&singles, &form.head_values);
    }
    for entry in form.head.iter().filter(|entry| is_table(entry)) {
        if let Some(grid) = sheets::grid(entry, form.head_values.get(&entry.name)) {
            drawing.list(&grid)?;
        }
    }
    let of_rows = tables::of_rows(form);
    for (place, grid) in form.grids.iter().enumerate() {
        let bare = sheets::bare(grid);
        let alone = is_card(&bare);
        if alone {
            drawing.caption(&bare.name);
            let known = bare.lines.first().map(|line| line.values.clone()).unwrap_or_default();
            drawing.card(&bare.columns.iter().collect::<Vec<_>>(), &known);
        } else {
            drawing.list(&bare)?;
        }
        for own in of_rows.iter().filter(|own| own.grid == place) {
            let Some(mut lines) = sheets::of_rows(form, own) else { continue };
            if alone {
                lines.columns.retain(|column| column.name != tables::BELONGS);
            }
            drawing.list(&lines)?;
        }
    }
    let blocks = drawing.blocks;
    parts::package(form, blocks, crosswise)
}

fn is_table(entry: &Entry) -> bool {
    matches!(entry.kind, Type::Table(..))
}

/// Whether a grid's object has a table of its own: it is the only one, or still to be named and too wide for a line.
fn is_card(grid: &Grid) -> bool {
    let named = grid.lines.iter().any(|line| line.item.is_some());
    let only = grid.lines.len() + grid.blank == 1;
    only || (!named && grid.blank > 0 && grid.lines.len() <= 1 && units(grid) * UNIT_TWIPS > parts::width(false))
}

/// The grids that are drawn as lines under headings.
fn listed(form: &Form) -> Vec<Grid> {
    let head = form.head.iter().filter_map(|entry| sheets::grid(entry, None));
    head.chain(form.grids.iter().map(sheets::bare).filter(|grid| !is_card(grid))).collect()
}

/// Width of a grid's lines, a Chinese character counting two.
fn units(grid: &Grid) -> u32 {
    grid.columns.iter().map(width).sum()
}

fn width(entry: &Entry) -> u32 {
    style::width(entry) as u32
}

impl Drawing {
    fn say(&mut self, style: &str, text: &str) {
        self.blocks.push(paragraph(style, [run(text)]));
    }

    /// A name over a table. Without anything between them two tables are one.
    fn caption(&mut self, name: &str) {
        self.say("BWCaption", name);
    }

    fn above(&mut self, form: &Form) {
        let apart = form.grids.iter().any(|grid| grid.blank > 1 && is_card(&sheets::bare(grid)));
        for (around, text) in hint::above(form, apart) {
            let style = match around {
                Around::Title => "BWTitle",
                Around::Number => "BWNumber",
                Around::Note | Around::Quota => "BWNote",
                Around::Warning => "BWWarning",
            };
            self.say(style, &text);
        }
        self.blocks.push(paragraph("BWNote", []));
    }

    /// Labels, values, explanations.
    fn card(&mut self, entries: &[&Entry], known: &Map<String, Value>) {
        let widths = [self.width * 24 / 100, self.width * 46 / 100, self.width * 30 / 100];
        let heading = |twips: u32, text: &str| cell(twips, Some(HEADING), lines("BWHeading", text));
        let [item, content] = OWN_HEADINGS;
        let mut rows = vec![row(
            vec![heading(widths[0], item), heading(widths[1], content), heading(widths[2], "说明")],
            true,
            LOW,
        )];
        for entry in entries {
            let label = cells::heading(entry);
            let value = known.get(&entry.name).unwrap_or(&Value::Null);
            let content = self.value(entry, value);
            rows.push(row(
                vec![
                    cell(widths[0], Some(LOCKED), lines("BWLabel", &label)),
                    cell(widths[1], fill(entry), content),
                    cell(widths[2], None, lines("BWAside", &aside(entry))),
                ],
                false,
                if matches!(entry.kind, Type::Text(most) if most > ROOMY_CHARACTERS) { HIGH } else { LOW },
            ));
        }
        self.blocks.push(table(&widths, rows));
    }

    /// Lines under headings, and below them what is to be said of the columns.
    fn list(&mut self, grid: &Grid) -> Result<(), FormError> {
        let rows = grid.lines.len().saturating_add(grid.blank);
        if grid.columns.len() > SHEET_COLUMNS_MAX {
            return Err(FormError::TooManyColumns { sheet: grid.name.clone(), columns: grid.columns.len() });
        }
        if rows > SHEET_ROWS_MAX {
            return Err(FormError::TooManyRows { sheet: grid.name.clone(), rows });
        }
        if rows == 0 {
            return Ok(());
        }
        self.caption(&grid.name);
        let items = grid.lines.iter().any(|line| line.item.is_some());
        let item_width = if items { 900 } else { 0 };
        let (columns, below) = fitting(grid, self.width - item_width);
        let wide = wide(&columns, self.width - item_width);
        let widths: Vec<u32> = items.then_some(item_width).into_iter().chain(wide).collect();
        let headings = items
            .then(|| ITEM_HEADING.to_string())
            .into_iter()
            .chain(columns.iter().map(|entry| cells::heading(entry)));
        let headings =
            headings.zip(&widths).map(|(text, twips)| cell(*twips, Some(HEADING), lines("BWHeading", &text)));
        let mut drawn = vec![row(headings.collect(), true, LOW)];
        let blank = Line::default();
        for line in grid.lines.iter().chain(std::iter::repeat_n(&blank, grid.blank)) {
            let mut widths = widths.iter().copied();
            let mut cells = Vec::new();
            if items {
                let item = line.item.map(|item| item.to_string()).unwrap_or_default();
                cells.push(cell(widths.next().unwrap_or(0), Some(LOCKED), lines("Normal", &item)));
            }
            for (entry, twips) in columns.iter().zip(widths) {
                let content = self.value(entry, line.values.get(&entry.name).unwrap_or(&Value::Null));
                cells.push(cell(twips, fill(entry), content));
            }
            drawn.push(row(cells, false, LOW));
        }
        self.blocks.push(table(&widths, drawn));
        self.below(grid, &below);
        for said in grid.columns.iter().filter_map(hint::below) {
            self.say("BWAside", &said);
        }
        Ok(())
    }

    /// What is known of each object and found no room in its line.
    fn below(&mut self, grid: &Grid, columns: &[&Entry]) {
        if columns.is_empty() {
            return;
        }
        self.say("BWAside", "表中放不下的栏目（不用填）：");
        for line in &grid.lines {
            let item = line.item.map(|item| format!("{item}号")).unwrap_or_default();
            let known = columns.iter().filter_map(|entry| {
                let said = words(entry, &cells::legible(entry, line.values.get(&entry.name)?)).join("、");
                (!said.is_empty()).then(|| format!("{}：{said}", entry.title))
            });
            let known = known.collect::<Vec<_>>().join("；");
            if !known.is_empty() {
                self.say("BWAside", &format!("{item}　{known}"));
            }
        }
    }

    /// What stands in the cell of a field.
    fn value(&mut self, entry: &Entry, value: &Value) -> Vec<Element> {
        let said = words(entry, &cells::legible(entry, value));
        match choices(entry) {
            Some(choices) if boxed(&entry.kind, &choices) => {
                let ticked: Vec<&str> = said.iter().map(String::as_str).collect();
                let mut runs = Vec::new();
                for word in &choices {
                    let id = self.next();
                    runs.push(tick(id, &format!("{}：{word}", entry.title), ticked.contains(&word.as_str())));
                    runs.push(run(&format!("{word}　")));
                }
                vec![paragraph("Normal", runs)]
            }
            Some(choices) if matches!(entry.kind, Type::One(_)) && choices.len() <= CHOICES_MAX => {
                let id = self.next();
                let chosen = said.first().map(String::as_str).unwrap_or_default();
                vec![paragraph("Normal", [choice(id, &entry.title, &choices, chosen)])]
            }
            Some(_) => lines("Normal", &said.join("、")),
            None => lines("Normal", &said.join("\n")),
        }
    }

    fn next(&mut self) -> u32 {
        self.control += 1;
        self.control
    }
}

/// The columns that find room in so many twips: all that are to be filled in, and of those that are only shown the first. And the others.
fn fitting<'g>(grid: &'g Grid, room: u32) -> (Vec<&'g Entry>, Vec<&'g Entry>) {
    let open: u32 = grid.columns.iter().filter(|entry| !entry.shown).map(least).sum();
    let mut left = room.saturating_sub(open);
    let mut fits = |entry: &Entry, first: bool| {
        let room = !entry.shown || first || left >= least(entry);
        left = left.saturating_sub(if entry.shown { least(entry) } else { 0 });
        room
    };
    let (columns, below): (Vec<_>, Vec<_>) =
        grid.columns.iter().enumerate().partition(|(at, entry)| fits(entry, *at == 0));
    let entries = |columns: Vec<(usize, &'g Entry)>| columns.into_iter().map(|(_, entry)| entry).collect();
    (entries(columns), entries(below))
}

/// Twips of each column: by what its content wishes, none less than its least where there is room.
fn wide(columns: &[&Entry], room: u32) -> Vec<u32> {
    let wishes: u32 = columns.iter().map(|entry| width(entry)).sum::<u32>().max(1);
    let by_wish = |room: u32, entry: &Entry| room * width(entry) / wishes;
    let rest = room.checked_sub(columns.iter().map(|entry| least(entry)).sum());
    let even = columns.iter().all(|entry| by_wish(room, entry) >= least(entry));
    let of = |entry: &&Entry| match rest.filter(|_| !even) {
        Some(rest) => least(entry) + by_wish(rest, entry),
        None => by_wish(room, entry),
    };
    columns.iter().map(of).collect()
}

fn least(entry: &Entry) -> u32 {
    if entry.shown { SHOWN_TWIPS_MIN } else { OPEN_TWIPS_MIN }
}

fn fill(entry: &Entry) -> Option<&'static str> {
    if entry.shown {
        return Some(LOCKED);
    }
    (!entry.optional && entry.of.is_empty()).then_some(ASKED)
}

/// A value in words, each by itself.
fn words(entry: &Entry, value: &Value) -> Vec<String> {
    match (&entry.kind, value) {
        (_, Value::Null) => Vec::new(),
        (Type::Date, Value::String(day)) => vec![day_in_words(day).unwrap_or_else(|| day.clone())],
        (_, Value::Array(several)) => several.iter().flat_map(|one| words(entry, one)).collect(),
        (_, Value::String(text)) => vec![text.clone()],
        (_, Value::Bool(flag)) => vec![if *flag { "是" } else { "否" }.to_string()],
        (_, Value::Number(number)) => vec![number.to_string()],
        (_, Value::Object(map)) => {
            let words = map.iter().map(|(name, one)| format!("{name}：{}", words(entry, one).join("、")));
            vec![words.collect::<Vec<_>>().join("；")]
        }
    }
}

fn day_in_words(day: &str) -> Option<String> {
    let mut parts = day.splitn(3, '-').map(str::parse::<u32>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    Some(format!("{year}年{month}月{day}日"))
}
