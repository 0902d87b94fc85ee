//! A filled Word template: its file, its words, and the fragment for the public page.

use super::finish::span;
use crate::document::model::{Block, Span, Table, TableCell};
use crate::document::{html, word};
use crate::ooxml::package::{Package, PackageError};
use crate::ooxml::xml::Element;

/// A Word template with its data in it.
#[derive(Debug, Clone)]
pub struct Filled {
    /// 标题
    pub title: String,
    /// 文种
    pub kind: String,
    pub(super) package: Package,
    pub(super) trees: super::Trees,
}

impl Filled {
    /// The Word file. The same template and data give the same bytes.
    pub fn word(&self) -> Result<Vec<u8>, PackageError> {
        self.package.write()
    }

    /// All it says, one paragraph a line.
    pub fn text(&self) -> String {
        let mut lines = Vec::new();
        for (_, tree) in &self.trees {
            word::lines(tree, &mut lines);
        }
        lines.retain(|line| !line.trim().is_empty());
        lines.push(String::new());
        lines.join("\n")
    }

    /// Its body as an `<article>`: headers, footers and text boxes are the paper's, not the page's.
    pub fn html(&self) -> String {
        let body = self.trees.iter().find(|(called, _)| *called == "正文").and_then(|(_, tree)| tree.find("w:body"));
        let blocks = body.map(blocks).unwrap_or_default();
        html::article(&blocks)
    }
}

fn blocks(element: &Element) -> Vec<Block> {
    let mut found = Vec::new();
    for child in element.elements() {
        match child.name.as_str() {
            "w:p" => {
                let text = words(child);
                let centred = child.find("w:pPr").and_then(|it| it.find("w:jc")).and_then(|it| it.get("w:val"));
                let spans = vec![Span { text: text.clone(), strong: false }];
                if !text.trim().is_empty() {
                    found.push(if centred == Some("center") { Block::Centre(spans) } else { Block::Paragraph(spans) });
                }
            }
            "w:tbl" => found.push(Block::Table(table(child))),
            "w:sdt" => found.extend(child.find("w:sdtContent").map(blocks).unwrap_or_default()),
            _ => {}
        }
    }
    found
}

/// The words of a paragraph without those of its text boxes.
fn words(paragraph: &Element) -> String {
    let mut lines = Vec::new();
    word::lines(&Element::new("w:body").child(paragraph.clone()), &mut lines);
    lines.into_iter().next().unwrap_or_default()
}

/// Where a cell stands, whether it goes on from above, and what it says.
type Placed = (usize, Option<bool>, TableCell);

fn table(table: &Element) -> Table {
    let rows: Vec<Vec<Placed>> = table.elements().filter(|it| it.name == "w:tr").map(row).collect();
    let below = |from: usize, start: usize| {
        let goes_on = |row: &&Vec<Placed>| row.iter().any(|(at, merged, _)| *at == start && *merged == Some(false));
        rows.iter().skip(from + 1).take_while(goes_on).count()
    };
    let row = |(n, cells): (usize, &Vec<Placed>)| {
        let shown = cells.iter().filter(|(_, merged, _)| *merged != Some(false));
        let cell = |(start, merged, cell): &Placed| {
            let more = if *merged == Some(true) { below(n, *start) } else { 0 };
            TableCell { rows: 1 + u32::try_from(more).unwrap_or(0), ..cell.clone() }
        };
        shown.map(cell).collect()
    };
    Table { caption: None, widths: Vec::new(), header: Vec::new(), rows: rows.iter().enumerate().map(row).collect() }
}

/// The cells of a row; of each, `true` when it begins a merge downwards, `false` when it is merged into the one above.
fn row(row: &Element) -> Vec<Placed> {
    let mut start = 0;
    let mut found = Vec::new();
    for cell in row.elements().filter(|it| it.name == "w:tc") {
        let merge = cell.find("w:tcPr").and_then(|it| it.find("w:vMerge"));
        let merged = merge.map(|it| it.get("w:val") == Some("restart"));
        let mut lines = Vec::new();
        word::lines(cell, &mut lines);
        let columns = span(cell);
        let text = lines.join("\n").trim().to_owned();
        let columns_told = u32::try_from(columns).unwrap_or(1);
        found.push((start, merged, TableCell { text, columns: columns_told, rows: 1, centre: true }));
        start += columns;
    }
    found
}
