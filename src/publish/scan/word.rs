//! A Word file before it is public: body, tables, heads, feet, notes, comments, tracked changes, properties, links, and what is
//! embedded in it: pictures, workbooks, other objects.
//!
//! Limits: [`WORD_UNPACKED_BYTES_MAX`], [`WORD_PARTS_MAX`], [`NESTED_MAX`]; beyond them the file is refused, never passed.

use super::{Finding, picture, scan_private};
use crate::publish::fragment::{cut_tag, unescape};
use std::io::{Cursor, Read};

/// Bytes all parts of one Word file may unpack to.
const WORD_UNPACKED_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Parts of one Word file; more is refused.
const WORD_PARTS_MAX: usize = 2000;
/// Files within files that are looked into.
const NESTED_MAX: usize = 2;
/// Attributes that people write.
const WRITTEN: [&str; 9] =
    ["w:author", "w:initials", "descr", "title", "name", "Target", "w:alias", "w:tag", "w:tooltip"];
/// Digits in cells of their own that are read as one number: a form's boxes for an identity number.
const BOXES_MIN: usize = 11;

/// As [`scan_private`], for a Word file; a finding says where it stands.
///
/// # Errors
/// A sentence when the file cannot be read as a Word file or is out of all proportion.
pub fn scan_word(bytes: &[u8], allowed: &[String]) -> Result<Vec<Finding>, String> {
    let mut left = WORD_UNPACKED_BYTES_MAX;
    let texts = package(bytes, &mut left, NESTED_MAX)?;
    let mut found: Vec<Finding> = Vec::new();
    for (place, text) in texts.texts {
        found.extend(scan_private(&text, allowed).into_iter().map(|finding| finding.within(&place)));
    }
    found.extend(texts.findings);
    Ok(found)
}

/// What a file says, each text with its place, and what is found otherwise than in a text.
#[derive(Default)]
struct Texts {
    texts: Vec<(String, String)>,
    findings: Vec<Finding>,
}

fn package(bytes: &[u8], left: &mut u64, nested: usize) -> Result<Texts, String> {
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    if package.len() > WORD_PARTS_MAX {
        return Err(format!("{} parts; {WORD_PARTS_MAX} are possible", package.len()));
    }
    let mut out = Texts::default();
    out.texts.push(("文件的注释".to_owned(), String::from_utf8_lossy(package.comment()).into_owned()));
    for index in 0..package.len() {
        let part = package.by_index(index).map_err(|error| error.to_string())?;
        let name = part.name().to_owned();
        let mut content = Vec::new();
        let read = part.take(*left + 1).read_to_end(&mut content).map_err(|error| format!("{name}: {error}"))?;
        *left = left
            .checked_sub(read as u64)
            .ok_or_else(|| format!("more than {WORD_UNPACKED_BYTES_MAX} bytes once unpacked"))?;
        out.texts.push(("文件内部的名称".to_owned(), name.replace('/', "\n")));
        let said = content_of(&name, &content, left, nested)?;
        out.texts.extend(said.texts);
        out.findings.extend(said.findings);
    }
    Ok(out)
}

fn content_of(name: &str, content: &[u8], left: &mut u64, nested: usize) -> Result<Texts, String> {
    if name.ends_with(".xml") || name.ends_with(".rels") || name.ends_with(".vml") {
        let texts = texts_of(&title(name), &String::from_utf8_lossy(content));
        return Ok(Texts { texts, findings: Vec::new() });
    }
    let base = name.rsplit('/').next().unwrap_or(name);
    if content.starts_with(b"PK\x03\x04") {
        let Some(nested) = nested.checked_sub(1) else {
            return Err(format!("{name}: files within files within files"));
        };
        let inner = package(content, left, nested)?;
        let within = |place: &str| format!("内嵌文件{base}的{place}");
        return Ok(Texts {
            texts: inner.texts.into_iter().map(|(place, text)| (within(&place), text)).collect(),
            findings: inner.findings.into_iter().map(|finding| finding.within(&format!("内嵌文件{base}的"))).collect(),
        });
    }
    if let Some(picture) = picture::read(content) {
        let place = format!("图片{base}的信息");
        let findings = picture.findings().into_iter().map(|finding| finding.within(&place)).collect();
        return Ok(Texts { texts: picture.texts.into_iter().map(|text| (place.clone(), text)).collect(), findings });
    }
    let texts = picture::strings(content).into_iter().map(|text| (format!("内嵌对象{base}"), text)).collect();
    Ok(Texts { texts, findings: Vec::new() })
}

/// What a part is called by people; the main text has no name.
fn title(part: &str) -> String {
    let base = part.rsplit('/').next().unwrap_or(part);
    let known = [
        ("document", ""),
        ("header", "页眉"),
        ("footer", "页脚"),
        ("comments", "批注"),
        ("footnotes", "脚注"),
        ("endnotes", "尾注"),
        ("core", "文件属性"),
        ("app", "文件属性"),
        ("custom", "文件属性"),
        ("people", "修订人名单"),
        ("sharedStrings", "表格文字"),
    ];
    let found = known.iter().find(|(start, _)| base.starts_with(start) && !base.ends_with(".rels"));
    found.map_or_else(|| format!("部件{base}"), |(_, title)| (*title).to_owned())
}

/// A table that is open: its number, the row and the cell, and the texts of the row's cells.
struct Table {
    number: usize,
    row: usize,
    cell: usize,
    cells: Vec<String>,
}

/// Reads the markup of one part.
struct Walk<'a> {
    title: &'a str,
    paragraphs: usize,
    tables: usize,
    open: Vec<Table>,
    /// texts of the paragraphs that are open: a box of text stands within one
    buffers: Vec<String>,
    /// text outside paragraphs
    loose: String,
    /// the cell of a workbook
    address: String,
    out: Vec<(String, String)>,
}

fn texts_of(title: &str, markup: &str) -> Vec<(String, String)> {
    let mut walk = Walk {
        title,
        paragraphs: 0,
        tables: 0,
        open: Vec::new(),
        buffers: Vec::new(),
        loose: String::new(),
        address: String::new(),
        out: Vec::new(),
    };
    let mut rest = markup;
    while let Some(at) = rest.find('<') {
        walk.text(&rest[..at]);
        match cut_tag(&rest[at..]) {
            Some((tag, after)) => {
                walk.tag(tag);
                rest = after;
            }
            None => rest = &rest[at + 1..],
        }
    }
    walk.text(rest);
    walk.end_loose();
    walk.out
}

impl Walk<'_> {
    fn text(&mut self, raw: &str) {
        unescape(raw, self.buffers.last_mut().unwrap_or(&mut self.loose));
    }

    fn tag(&mut self, tag: &str) {
        let end = tag.starts_with('/');
        let alone = tag.ends_with('/');
        let name = tag.trim_start_matches('/').split([' ', '/', '\n', '\t', '\r']).next().unwrap_or_default();
        self.attributes(tag);
        match (name, end) {
            ("w:p", false) if !alone => self.buffers.push(String::new()),
            ("w:p", true) => self.end_paragraph(),
            ("w:tbl", false) => {
                self.tables += 1;
                self.open.push(Table { number: self.tables, row: 0, cell: 0, cells: Vec::new() });
            }
            ("w:tbl", true) => drop(self.open.pop()),
            ("w:tr", false) => self.open.iter_mut().next_back().into_iter().for_each(|table| {
                (table.row, table.cell, table.cells) = (table.row + 1, 0, Vec::new());
            }),
            ("w:tr", true) => self.end_row(),
            ("w:tc", false) => self.open.iter_mut().next_back().into_iter().for_each(|table| {
                table.cell += 1;
                table.cells.push(String::new());
            }),
            // a line that ends inside a paragraph does not end a number
            ("w:br" | "w:cr", _) => self.push('\u{2028}'),
            ("w:tab", _) => self.push('\t'),
            ("c", false) => self.address = attribute(tag, "r").unwrap_or_default(),
            _ if name.starts_with("w:") || name.starts_with("mc:") || !self.buffers.is_empty() => {}
            // the pieces of one text of a workbook belong together
            ("r" | "t" | "rPr", _) => {}
            _ => self.end_loose(),
        }
    }

    fn push(&mut self, c: char) {
        self.buffers.last_mut().unwrap_or(&mut self.loose).push(c);
    }

    fn attributes(&mut self, tag: &str) {
        let mut names = WRITTEN.to_vec();
        if tag.starts_with("w:docVar ") {
            names.push("w:val");
        }
        for name in names {
            if let Some(value) =
                attribute(tag, name).filter(|value| value.chars().any(|c| c.is_ascii_digit() || c == '@'))
            {
                self.out.push((format!("{}标注“{name}”", self.place()), value));
            }
        }
    }

    fn end_paragraph(&mut self) {
        let text = self.buffers.pop().unwrap_or_default();
        if text.trim().is_empty() {
            return;
        }
        if self.open.is_empty() {
            self.paragraphs += 1;
        }
        if let Some(cell) = self.open.last_mut().and_then(|table| table.cells.last_mut()) {
            cell.push_str(text.trim());
        }
        self.out.push((self.place(), text));
    }

    /// Digits in cells of their own, one after the other.
    fn end_row(&mut self) {
        let Some(table) = self.open.last() else { return };
        let place = format!("{}第{}个表格第{}行", self.title, table.number, table.row);
        for boxes in table.cells.split(|cell| cell.chars().count() != 1) {
            if boxes.len() >= BOXES_MIN {
                self.out.push((place.clone(), boxes.concat()));
            }
        }
    }

    fn end_loose(&mut self) {
        let text = std::mem::take(&mut self.loose);
        if text.trim().is_empty() {
            return;
        }
        let cell = if self.address.is_empty() { String::new() } else { format!("单元格{}", self.address) };
        self.out.push((format!("{}{cell}", self.title), text));
    }

    /// Where the reading stands.
    fn place(&self) -> String {
        match self.open.last() {
            Some(Table { number, row, cell, .. }) => format!("{}第{number}个表格第{row}行第{cell}格", self.title),
            None if self.title.is_empty() || self.paragraphs > 0 => {
                format!("{}第{}段", self.title, self.paragraphs.max(1))
            }
            None => self.title.to_owned(),
        }
    }
}

/// The value of an attribute of a tag.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let bytes = tag.as_bytes();
    let starts = tag.match_indices(name).map(|(at, _)| at);
    let mut whole = starts.filter(|at| *at > 0 && bytes[at - 1].is_ascii_whitespace());
    let at = whole.find(|at| tag[at + name.len()..].trim_start().starts_with('='))?;
    let value = tag[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let raw = value[1..].split(quote).next()?;
    let mut out = String::new();
    unescape(raw, &mut out);
    Some(out)
}
