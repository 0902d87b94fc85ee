//! What docx-rs leaves wrong or undone in the body, put right in the tree.
//!
//! Afterwards there are no ids of paragraphs, no empty run properties, no borders that belong to the table's style, and the rows of
//! headers repeat on every page. The schema order is put right when the whole part is together.

use super::WordError;
use super::piece::style;
use crate::ooxml::xml::{Element, Node, parse};

/// Characters that Latin and Chinese faces share, and where their symbols stand; without a hint Word takes them from the Latin face, half
/// as wide.
const SHARED: &[char] = &['“', '”', '‘', '’', '—', '…', '·', '×', '÷', '±', '°', '§'];
const SHARED_SYMBOLS: std::ops::RangeInclusive<char> = '\u{2100}'..='\u{2BFF}';

/// The body of the part docx-rs wrote, without its section.
pub(super) fn finish(document: &[u8]) -> Result<Element, WordError> {
    let mut root = parse(document)?;
    let body = root.find_mut("w:body").ok_or(WordError::Missing("w:body"))?;
    let mut body = std::mem::take(body);
    remove(&mut body, |child| child.name == "w:sectPr");
    body.visit(&mut |element| {
        element.attributes.retain(|(name, _)| !name.starts_with("w14:"));
        match element.name.as_str() {
            "w:gridCol" => element.attributes.retain(|(name, _)| name != "w:type"),
            "w:tblPr" => remove(element, |child| child.name == "w:tblBorders"),
            "w:tr" => repeat_header(element),
            "w:r" => hint(element),
            _ => {}
        }
        remove(element, |child| matches!(child.name.as_str(), "w:rPr" | "w:trPr") && child.children.is_empty());
    });
    Ok(body)
}

fn remove(element: &mut Element, which: impl Fn(&Element) -> bool) {
    element.children.retain(|node| match node {
        Node::Element(child) => !which(child),
        Node::Text(_) => true,
    });
}

/// A row is a header when every paragraph in it has the style of headers: text cannot make one.
fn repeat_header(row: &mut Element) {
    if !row
        .elements()
        .filter(|cell| cell.name == "w:tc")
        .flat_map(Element::elements)
        .filter(|child| child.name == "w:p")
        .all(is_header)
    {
        return;
    }
    if row.find("w:trPr").is_none() {
        row.children.insert(0, Node::Element(Element::new("w:trPr")));
    }
    if let Some(properties) = row.find_mut("w:trPr") {
        properties.children.push(Node::Element(Element::new("w:tblHeader")));
    }
}

fn is_header(paragraph: &Element) -> bool {
    let style = paragraph.find("w:pPr").and_then(|properties| properties.find("w:pStyle"));
    style.and_then(|style| style.get("w:val")) == Some(style::HEAD)
}

fn hint(run: &mut Element) {
    let shared = run
        .elements()
        .filter(|child| child.name == "w:t")
        .any(|text| text.characters().chars().any(|one| SHARED.contains(&one) || SHARED_SYMBOLS.contains(&one)));
    if !shared {
        return;
    }
    if run.find("w:rPr").is_none() {
        run.children.insert(0, Node::Element(Element::new("w:rPr")));
    }
    if let Some(properties) = run.find_mut("w:rPr") {
        properties.children.push(Node::Element(Element::new("w:rFonts").with("w:hint", "eastAsia")));
    }
}
