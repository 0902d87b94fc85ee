//! Office: the secrecy mark inside a Word file, workbook or presentation (Office or OpenDocument) or an OFD file, looked for where marks
//! stand.
//!
//! Of a Word file the beginning of its text and its page headers, of a workbook the first texts of each of its sheets, hidden ones
//! too, and what it prints over their pages; of a presentation the texts of its slides, of what they are laid out by and of their notes; of an
//! OFD file the heads of its pages and of what they are laid on. Limits: [`PARTS_MAX`] parts; at most [`XML_BYTES_MAX`] of a part are unpacked;
//! what cannot be read has no mark here and is a fault for whoever reads it.

use super::ofd;
use crate::spool::{forms, names};
use std::io::{Cursor, Read};

/// Text of a Word part that is looked at.
const WORD_TEXT_BYTES: usize = 4 * 1024;
/// Text of the cells of one sheet that is looked at.
const CELLS_TEXT_BYTES: usize = 8 * 1024;
/// Unpacked bytes of one part, for so much text.
const XML_BYTES_MAX: u64 = 1024 * 1024;
/// Parts looked at in one file: its text with the headers of its sections, its sheets, slides or pages.
const PARTS_MAX: usize = 200;
/// Folders of a presentation whose parts are looked at.
const OF_SLIDES: [&str; 6] = [
    "ppt/slides/",
    "ppt/slidelayouts/",
    "ppt/slidemasters/",
    "ppt/notesslides/",
    "ppt/notesmasters/",
    "ppt/handoutmasters/",
];

/// True for the beginning of a package, as Word and Excel files are.
pub(super) fn is_package(head: &[u8]) -> bool {
    head.starts_with(b"PK")
}

/// The mark such a file bears, if any.
pub(super) fn mark(bytes: &[u8]) -> Option<&'static str> {
    if !forms::few_parts(bytes) {
        return None;
    }
    // Other people's reader on a file nobody has checked yet.
    std::panic::catch_unwind(|| look(bytes)).ok().flatten()
}

fn look(bytes: &[u8]) -> Option<&'static str> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let fixed = ofd::has(archive.file_names());
    let parts = if fixed { pages(archive.file_names()) } else { texts(archive.file_names()) };
    let mut unpacked = |name: &str| {
        let part = archive.by_name(name).ok()?;
        let mut xml = Vec::new();
        // a part that breaks off is looked at as far as it goes
        let _ = part.take(XML_BYTES_MAX).read_to_end(&mut xml);
        Some(crate::ooxml::xml::decoded(&xml).into_owned())
    };
    if fixed {
        return parts.iter().find_map(|(name, _)| names::secrecy_marked_paragraphs(&ofd::head(&unpacked(name)?)));
    }
    let of_sheets = parts.iter().find(|(name, _)| name.to_lowercase().ends_with("xl/sharedstrings.xml"));
    let texts = of_sheets.and_then(|(name, _)| unpacked(name)).map_or_else(Vec::new, |xml| shared(&xml));
    parts.iter().find_map(|(name, most)| names::secrecy_marked_paragraphs(&text(&unpacked(name)?, *most, &texts)))
}

/// The parts with texts, and how much of each is looked at.
fn texts<'a>(names: impl Iterator<Item = &'a str>) -> Vec<(String, usize)> {
    names.filter_map(|name| text_bytes(name).map(|most| (name.to_owned(), most))).take(PARTS_MAX).collect()
}

/// The parts of an OFD file that may have texts, which may be called anything; first what by its name is a page, in their order.
fn pages<'a>(names: impl Iterator<Item = &'a str>) -> Vec<(String, usize)> {
    let mut parts: Vec<String> =
        names.filter(|name| name.to_lowercase().ends_with(".xml")).map(str::to_owned).collect();
    parts.sort_by_cached_key(|name| (!name.to_lowercase().contains("/pages/"), name.len(), name.clone()));
    parts.into_iter().take(PARTS_MAX).map(|name| (name, 0)).collect()
}

/// The texts that the cells of a workbook name by their numbers.
fn shared(xml: &str) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for (tag, content) in xml.split('<').skip(1).filter_map(|piece| piece.split_once('>')) {
        match local(tag).1 {
            "si" if !tag.starts_with('/') => texts.push(String::new()),
            "t" if !tag.starts_with('/') => texts.last_mut().into_iter().for_each(|text| push(content, text)),
            _ => {}
        }
    }
    texts
}

/// The prefix and the name of a tag.
fn local(tag: &str) -> (&str, &str) {
    let name =
        tag.trim_start_matches('/').split([' ', '\t', '\r', '\n']).next().unwrap_or_default().trim_end_matches('/');
    name.rsplit_once(':').unwrap_or(("", name))
}

fn text_bytes(name: &str) -> Option<usize> {
    let name = name.trim_start_matches('/').to_lowercase();
    // Word for the web calls its text `document2.xml`
    let of_word = || ["word/document", "word/header"].iter().any(|begin| name.starts_with(begin));
    match name.as_str() {
        "xl/sharedstrings.xml" | "content.xml" | "styles.xml" => Some(CELLS_TEXT_BYTES),
        _ if of_word() => name.ends_with(".xml").then_some(WORD_TEXT_BYTES),
        _ if OF_SLIDES.iter().any(|folder| name.starts_with(folder)) => {
            name.ends_with(".xml").then_some(WORD_TEXT_BYTES)
        }
        _ => (name.starts_with("xl/worksheets/") && name.ends_with(".xml")).then_some(CELLS_TEXT_BYTES),
    }
}

/// The text of the beginning of a part, one paragraph or cell a line; of an OpenDocument workbook that of each sheet, of a presentation
/// that of each slide.
fn text(xml: &str, most: usize, shared: &[String]) -> String {
    let mut out = String::new();
    let (mut begun, mut cell) = (0, "");
    for piece in xml.split('<').skip(1) {
        let Some((tag, content)) = piece.split_once('>') else { continue };
        let end = tag.starts_with('/');
        let (space, name) = local(tag);
        // in OpenDocument the text stands in the paragraph itself, before, in and behind its spans
        let open_document =
            space == "text" && (matches!(name, "span" | "a" | "s") || (!end && matches!(name, "p" | "h")));
        match name {
            "p" | "h" | "si" | "is" | "br" | "cr" | "tc" | "line-break" | "row" => out.push('\n'),
            "tab" => out.push('\t'),
            "s" if space == "text" => out.push_str("  "),
            "table" if space == "table" && !end => begun = out.len(),
            "page" if space == "draw" && !end => begun = out.len(),
            "c" if !end => cell = tag,
            _ => {}
        }
        if out.len() - begun >= most {
            continue;
        }
        match name {
            "t" if !end && !tag.ends_with('/') => push(content, &mut out),
            // the number of a text, or what a formula gives
            "v" if !end => {
                let number = content.trim().parse::<usize>().ok().filter(|_| cell.contains("t=\"s\""));
                out.push('\n');
                match number.and_then(|number| shared.get(number)) {
                    Some(text) => out.push_str(text),
                    None if cell.contains("t=\"str\"") => push(content, &mut out),
                    None => {}
                }
            }
            // what is printed over the pages of a workbook, with its codes: `&C机密`
            "oddHeader" | "evenHeader" | "firstHeader" if !end => {
                let mut header = String::new();
                push(content, &mut header);
                let parts = header.split('&').map(|part| part.strip_prefix(['L', 'C', 'R']).unwrap_or(part));
                out.push_str(&parts.collect::<Vec<_>>().join("\n"));
                out.push('\n');
            }
            _ if open_document => push(content, &mut out),
            _ => {}
        }
    }
    out
}

/// A text as it is meant; one that is no XML as it stands.
pub(super) fn push(content: &str, out: &mut String) {
    let meant = quick_xml::escape::unescape(content);
    out.push_str(meant.as_deref().unwrap_or(content));
}
