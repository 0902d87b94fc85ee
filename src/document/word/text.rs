//! The text of a Word file in reading order.
//!
//! A paragraph is a line, a line break within it a line feed; tables go cell by cell; a text box comes after the paragraph it hangs on.
//! The headers come first (a letter's mark stands there), footers with their page numbers are left out, as are deleted text, field codes
//! and the second version of a shape that old programs read. Paragraphs without text give no line.

use super::WordError;
use crate::ooxml::package::Package;
use crate::ooxml::xml::Element;

/// The text of a `.docx` in reading order, one paragraph per line, each line ended by a line feed.
///
/// Fails when the bytes are no package, or a part is missing or no XML.
pub fn text(bytes: &[u8]) -> Result<String, WordError> {
    let package = Package::read(bytes)?;
    let main = package.main_part()?;
    let mut lines = Vec::new();
    for header in package.related(&main)?.iter().filter(|one| one.kind.ends_with("/header")) {
        blocks(&package.xml(&header.part)?, &mut lines);
    }
    blocks(&package.xml(&main)?, &mut lines);
    let mut text = String::new();
    for line in lines.iter().filter(|line| !line.trim().is_empty()) {
        text.push_str(line);
        text.push('\n');
    }
    Ok(text)
}

/// The paragraphs in an element, and in what it holds, as lines.
pub(in crate::document) fn blocks(element: &Element, lines: &mut Vec<String>) {
    for child in element.elements() {
        match child.name.as_str() {
            "w:p" => {
                let mut line = String::new();
                let mut below = Vec::new();
                inline(child, &mut line, &mut below);
                lines.push(line);
                lines.append(&mut below);
            }
            "w:del" | "w:moveFrom" | "mc:Fallback" => {}
            _ => blocks(child, lines),
        }
    }
}

/// The text of a paragraph; what stands in its text boxes goes to `below`.
fn inline(element: &Element, line: &mut String, below: &mut Vec<String>) {
    for child in element.elements() {
        match child.name.as_str() {
            "w:t" => line.push_str(&child.characters()),
            "w:tab" if element.name == "w:r" => line.push('\t'),
            "w:br" | "w:cr" => line.push('\n'),
            "w:noBreakHyphen" => line.push('-'),
            "w:del" | "w:moveFrom" | "mc:Fallback" | "w:instrText" | "w:delText" => {}
            "w:txbxContent" => blocks(child, below),
            // a picture says what it shows
            "wp:inline" if child.find("a:graphic").is_some() => {
                let shows = child.find("wp:docPr").and_then(|it| it.get("descr")).unwrap_or_default();
                below.extend((!shows.is_empty()).then(|| format!("［图］{shows}")));
                inline(child, line, below);
            }
            _ => inline(child, line, below),
        }
    }
}
