//! What a filled part still needs: columns that fit, cells merged, ids that are unique, no cell without a paragraph, tables that
//! do not run together.

use super::place::MERGED;
use super::scope::{COLUMN, GONE, WIDTH, cell_width};
use crate::ooxml::order;
use crate::ooxml::xml::{Element, Node};
use std::collections::BTreeSet;

/// How high the line between two tables is: they are seen to be two, and it is lower than any line the office wrote there.
const BETWEEN_TWIPS: u32 = 120;
/// How high the line at the end of a text is, where nothing follows.
const LOWEST_TWIPS: u32 = 20;

/// Ids met so far in the whole file.
#[derive(Debug, Default)]
pub(super) struct Ids {
    drawings: BTreeSet<u32>,
    bookmarks: BTreeSet<(bool, String)>,
}

/// Finishes a part.
pub(super) fn finish(tree: &mut Element, ids: &mut Ids) {
    tree.visit(&mut |element| {
        if element.name == "w:tbl" {
            columns(element);
            merge(element);
        }
        ids.see(element);
        element.children.retain(|node| !matches!(node, Node::Element(it) if hollow(it)));
        part_tables(element);
        let holder = matches!(
            element.name.as_str(),
            "w:tc" | "w:hdr" | "w:ftr" | "w:txbxContent" | "w:footnote" | "w:endnote" | "w:comment"
        );
        if holder && element.elements().last().is_none_or(|it| !matches!(it.name.as_str(), "w:p" | "w:sdt")) {
            element.children.push(Node::Element(Element::new("w:p")));
        }
    });
}

/// Word joins tables that touch, and wants a paragraph at the end of a text: where a paragraph with control tags is gone between two
/// tables, or between a table and the end, a low line is left in its place. Tables the office itself laid side by side stay so.
fn part_tables(element: &mut Element) {
    let gone = |node: &Node| matches!(node, Node::Element(it) if it.name == GONE);
    if !element.children.iter().any(gone) {
        return;
    }
    let text = matches!(element.name.as_str(), "w:body" | "w:sdtContent");
    let (mut children, mut parted, mut table): (Vec<Node>, bool, bool) = Default::default();
    for node in std::mem::take(&mut element.children) {
        if gone(&node) {
            parted = true;
            continue;
        }
        let Node::Element(it) = &node else {
            children.push(node);
            continue;
        };
        let ends = text && it.name == "w:sectPr";
        if table && parted && (ends || is_table(it, false)) {
            children.push(Node::Element(low_line(if ends { LOWEST_TWIPS } else { BETWEEN_TWIPS })));
        }
        if !matches!(it.name.as_str(), "w:bookmarkStart" | "w:bookmarkEnd") {
            (table, parted) = (is_table(it, true), false);
        }
        children.push(node);
    }
    element.children = children;
}

/// Whether an element is a table, or a content control that begins or ends with one.
fn is_table(element: &Element, at_end: bool) -> bool {
    let own = |it: &&Element| !matches!(it.name.as_str(), "w:bookmarkStart" | "w:bookmarkEnd") && it.name != GONE;
    match element.name.as_str() {
        "w:tbl" => true,
        "w:sdt" => element.find("w:sdtContent").is_some_and(|content| {
            let mut within = content.elements().filter(own);
            let outer = if at_end { within.last() } else { within.next() };
            outer.is_some_and(|it| is_table(it, at_end))
        }),
        _ => false,
    }
}

/// An empty paragraph so high, whatever the office's own style says of paragraphs.
fn low_line(twips: u32) -> Element {
    let spacing = Element::new("w:spacing").with("w:before", "0").with("w:after", "0");
    let spacing = spacing.with("w:line", twips.to_string()).with("w:lineRule", "exact");
    let size = |name: &str| Element::new(name).with("w:val", "2");
    let looks = Element::new("w:pPr")
        .child(Element::new("w:snapToGrid").with("w:val", "0"))
        .child(spacing)
        .child(Element::new("w:rPr").child(size("w:sz")).child(size("w:szCs")));
    Element::new("w:p").child(looks)
}

impl Ids {
    /// What a loop repeated gets an id of its own, or none.
    fn see(&mut self, element: &mut Element) {
        element.attributes.retain(|(name, _)| !matches!(name.as_str(), "w14:paraId" | "w14:textId"));
        if element.name == "wp:docPr" {
            let id: u32 = element.get("id").and_then(|it| it.parse().ok()).unwrap_or(0);
            let free = if self.drawings.contains(&id) { self.drawings.last().map_or(1, |last| last + 1) } else { id };
            self.drawings.insert(free);
            element.set("id", free.to_string());
        }
        element.children.retain(|node| match node {
            Node::Element(it) if matches!(it.name.as_str(), "w:bookmarkStart" | "w:bookmarkEnd") => {
                let id = it.get("w:id").unwrap_or_default().to_owned();
                self.bookmarks.insert((it.name == "w:bookmarkStart", id))
            }
            Node::Element(_) | Node::Text(_) => true,
        });
    }
}

/// Whether a table has no row left, or a row no cell: Word calls a file with such a one damaged.
fn hollow(element: &Element) -> bool {
    match element.name.as_str() {
        "w:tr" => !element.elements().any(|it| matches!(it.name.as_str(), "w:tc" | "w:sdt")),
        "w:tbl" => element.elements().filter(|it| matches!(it.name.as_str(), "w:tr" | "w:sdt")).all(hollow),
        _ => false,
    }
}

fn rows(table: &Element) -> impl Iterator<Item = &Element> {
    table.elements().filter(|it| it.name == "w:tr")
}

fn cells(row: &Element) -> impl Iterator<Item = &Element> {
    row.elements().filter(|it| it.name == "w:tc")
}

pub(super) fn span(cell: &Element) -> usize {
    let value = cell.find("w:tcPr").and_then(|it| it.find("w:gridSpan")).and_then(|it| it.get("w:val"));
    value.and_then(|it| it.parse().ok()).filter(|it| *it > 0).unwrap_or(1)
}

/// Sets a property of a cell, in its place among the others.
fn set_property(cell: &mut Element, name: &str, attributes: &[(&str, String)]) {
    if cell.find("w:tcPr").is_none() {
        cell.children.insert(0, Node::Element(Element::new("w:tcPr")));
    }
    let Some(properties) = cell.find_mut("w:tcPr") else { return };
    if properties.find(name).is_none() {
        properties.children.push(Node::Element(Element::new(name)));
        order::sort(properties);
    }
    if let Some(property) = properties.find_mut(name) {
        attributes.iter().for_each(|(name, value)| property.set(name, value.as_str()));
    }
}

/// Fits a table whose columns were repeated: the new ones share the room of those in the template, a cell over all columns
/// stays over all, and the grid is made anew.
fn columns(table: &mut Element) {
    let before = table.find("w:tblGrid").map_or(0, |grid| grid.elements().count());
    let count = |row: &Element| cells(row).map(span).sum::<usize>();
    let Some(after) = rows(table).filter(|row| row.get(WIDTH).is_some()).map(count).max() else { return };
    let mut grid: Vec<u32> = Vec::new();
    for row in table.elements_mut().filter(|it| it.name == "w:tr") {
        let total = count(row);
        match row.get(WIDTH).and_then(|it| it.parse::<u32>().ok()) {
            Some(width) => {
                share(row, width);
                row.attributes.retain(|(name, _)| name != WIDTH);
                if total == after && grid.is_empty() {
                    grid = cells(row).flat_map(|cell| pieces(cell_width(cell).unwrap_or(0), span(cell))).collect();
                }
            }
            None if total == before && before != after => widen(row, before, after),
            None => {}
        }
    }
    if let Some(old) = table.find_mut("w:tblGrid") {
        let known: u32 = old.elements().filter_map(|it| it.get("w:w")?.parse::<u32>().ok()).sum();
        let each = known / u32::try_from(grid.len().max(1)).unwrap_or(1);
        let column = |width: &u32| if *width == 0 { each } else { *width };
        old.children = grid
            .iter()
            .map(|it| Node::Element(Element::new("w:gridCol").with("w:w", column(it).to_string())))
            .collect();
    }
}

fn pieces(width: u32, count: usize) -> Vec<u32> {
    vec![width / u32::try_from(count).unwrap_or(1); count]
}

/// Gives the repeated cells of a row what the others leave of its width.
fn share(row: &mut Element, width: u32) {
    let repeated = |cell: &&Element| cell.get(COLUMN).is_some();
    let fixed: u32 = cells(row).filter(|it| !repeated(it)).filter_map(cell_width).sum();
    let many = u32::try_from(cells(row).filter(repeated).count()).unwrap_or(0);
    for cell in row.elements_mut().filter(|it| it.get(COLUMN).is_some()) {
        cell.attributes.retain(|(name, _)| name != COLUMN);
        if let Some(each) = width.checked_sub(fixed).and_then(|left| left.checked_div(many)).filter(|it| *it > 0) {
            set_property(cell, "w:tcW", &[("w:w", each.to_string()), ("w:type", "dxa".to_owned())]);
        }
    }
}

/// A row without repeated cells keeps its width: its widest cell takes up the difference.
fn widen(row: &mut Element, before: usize, after: usize) {
    let Some(widest) = cells(row).map(span).max() else { return };
    let wanted = (widest + after).saturating_sub(before).max(1);
    if let Some(cell) = row.elements_mut().find(|it| it.name == "w:tc" && span(it) == widest) {
        set_property(cell, "w:gridSpan", &[("w:val", wanted.to_string())]);
    }
}

/// What stands in a cell that may merge.
struct Mark {
    start: usize,
    span: usize,
    text: String,
    joined: bool,
}

/// Merges marked cells with equal ones above. What is merged at the left bounds what is merged at the right: two 支部 in one
/// village do not become one because their villages are called alike.
fn merge(table: &mut Element) {
    let mut marks: Vec<Vec<Mark>> = Vec::new();
    for row in rows(table) {
        let (mut start, mut parted, mut found) = (0, false, Vec::new());
        for cell in cells(row) {
            let span = span(cell);
            if cell.get(MERGED).is_some() {
                let text = words(cell);
                let above = marks.last().and_then(|row| row.iter().find(|it| it.start == start && it.span == span));
                let joined = !parted && !text.is_empty() && above.is_some_and(|it| it.text == text);
                parted |= !joined;
                found.push(Mark { start, span, text, joined });
            }
            start += span;
        }
        marks.push(found);
    }
    if marks.iter().all(Vec::is_empty) {
        return;
    }
    let below: Vec<Vec<bool>> = (0..marks.len())
        .map(|row| {
            let under =
                |it: &Mark| marks.get(row + 1).is_some_and(|next| next.iter().any(|n| n.start == it.start && n.joined));
            marks[row].iter().map(under).collect()
        })
        .collect();
    let rows = table.elements_mut().filter(|it| it.name == "w:tr");
    for (row, (marks, below)) in rows.zip(marks.iter().zip(&below)) {
        let merging = row.elements_mut().filter(|it| it.name == "w:tc" && it.get(MERGED).is_some());
        for (cell, (mark, begins)) in merging.zip(marks.iter().zip(below)) {
            cell.attributes.retain(|(name, _)| name != MERGED);
            if mark.joined {
                empty(cell);
                set_property(cell, "w:vMerge", &[("w:val", "continue".to_owned())]);
            } else if *begins {
                set_property(cell, "w:vMerge", &[("w:val", "restart".to_owned())]);
            }
        }
    }
}

/// Leaves one paragraph without words, as formatted as the first was.
fn empty(cell: &mut Element) {
    let first = cell.find("w:p").and_then(|it| it.find("w:pPr")).cloned();
    let mut paragraph = Element::new("w:p");
    paragraph.children.extend(first.map(Node::Element));
    cell.children.retain(|node| matches!(node, Node::Element(it) if it.name == "w:tcPr"));
    cell.children.push(Node::Element(paragraph));
}

/// The words of an element, without spaces at the ends.
fn words(element: &Element) -> String {
    fn gather(element: &Element, out: &mut String) {
        for child in element.elements() {
            match child.name.as_str() {
                "w:t" => out.push_str(&child.characters()),
                "w:p" if !out.is_empty() => {
                    out.push('\n');
                    gather(child, out);
                }
                _ => gather(child, out),
            }
        }
    }
    let mut out = String::new();
    gather(element, &mut out);
    out.trim().to_owned()
}
