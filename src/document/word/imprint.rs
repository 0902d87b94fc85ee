//! 版记 at the foot of the last page (9704 7.4): 抄送, 印发机关 and 印发日期 between rules.
//!
//! It is a text box whose foot stands on the foot of the text area, anchored in a last paragraph exactly as high as the box: where the
//! paragraph has room, the box has, and where it has not, both go to the next page. So it never covers text, in whatever program.
//! Which page that is the typesetter of the PDF has seen; where it is one of its own, the 版记 is a section that begins there.
//! A letter has 抄送 only and no rules (9704 8.1); other papers have a 版记 when they are given something to put there.

use super::WordError;
use super::measure::{self, EMU_PER_TWIP, SMALL_CHARACTER_TWIPS, text_width, width};
use super::piece::style;
use super::sign;
use super::skeleton::{self, IMPRINT, fill};
use crate::document::fit::{self, ImprintPage};
use crate::document::model::{Document, Layout};
use crate::ooxml::package::Package;
use crate::ooxml::xml::{Element, Node, parse};

/// height of a row of 4号 in the 版记
const ROW_TWIPS: u32 = 460;
/// what 225 mm is more than 22 rows
const SPARE_TWIPS: u32 = 18;
/// height of a rule with the space around it
const RULE_TWIPS: u32 = 60;
/// 0.35 mm and 0.25 mm, in eighths of a point
const THICK_EIGHTHS: &str = "8";
const THIN_EIGHTHS: &str = "6";

/// The last paragraph with the 版记 in it; `None` when the paper has none.
pub(super) fn imprint(document: &Document, section: &Element) -> Result<Option<Element>, WordError> {
    let letter = document.layout == Layout::Letter;
    let below = document.main_to.as_ref().filter(|_| fit::main_to_below(document));
    let main_to = below.map(|to| format!("主送：{to}。"));
    let copy = document.copy_to.as_ref().map(|to| format!("抄送：{to}。"));
    let distributed = document.distributed.as_ref().map(|to| format!("分送：{to}。"));
    let whole = text_width(document.layout);
    // each part: its rows, and how many they are; rules stand between parts
    let mut parts: Vec<(Vec<Element>, u32)> = Vec::new();
    let sent: Vec<String> = main_to.into_iter().chain(copy).chain(distributed).collect();
    if !sent.is_empty() {
        let rows = sent.iter().map(|line| fit::sent_rows(line, whole)).sum();
        parts.push((sent.iter().map(|line| paragraph(style::COPY_TO).child(run(line))).collect(), rows));
    }
    if let Some((organ, date)) = document.printed_by.as_ref().filter(|_| !letter) {
        let lines = printed_lines(organ, &format!("{}印发", sign::date(*date)), whole);
        let rows = lines.len() as u32;
        parts.push((lines, rows));
    }
    if let Some(copies) = document.copies.filter(|_| !letter) {
        parts.push((vec![printed_line("", &format!("共印{copies}份"), whole)], 1));
    }
    if parts.is_empty() {
        return Ok(None);
    }
    let rows: u32 = parts.iter().map(|(_, rows)| rows).sum();
    let rules = if letter { 0 } else { parts.len() as u32 + 1 };
    let mut lines = Vec::new();
    for (index, (part, _)) in parts.into_iter().enumerate() {
        let rule_above = if index == 0 { THICK_EIGHTHS } else { THIN_EIGHTHS };
        lines.extend((!letter).then(|| rule(rule_above)));
        lines.extend(part);
    }
    lines.extend((!letter).then(|| rule(THICK_EIGHTHS)));
    let height = rows * ROW_TWIPS + rules * RULE_TWIPS;
    let from_top = foot_twips(section).saturating_sub(height);
    let mut imprint = parse(IMPRINT.as_bytes())?;
    let points = |twips: u32| format!("{}.{}", twips / 20, twips % 20 * 5 / 10);
    let shape = format!(
        "position:absolute;margin-left:0;margin-top:{}pt;width:{}pt;height:{}pt;z-index:251659264;mso-position-horizontal:center;\
         mso-position-horizontal-relative:margin;mso-position-vertical:absolute;mso-position-vertical-relative:page",
        points(from_top),
        points(whole),
        points(height)
    );
    let slots = [
        ("line", room(height).to_string()),
        ("from_top", (from_top * EMU_PER_TWIP).to_string()),
        ("height", (height * EMU_PER_TWIP).to_string()),
        ("width", (whole * EMU_PER_TWIP).to_string()),
        ("shape", shape),
    ];
    fill(&mut imprint, &slots);
    imprint.visit(&mut |element| {
        if element.name == "w:txbxContent" {
            element.children = lines.iter().cloned().map(Node::Element).collect();
        }
    });
    Ok(Some(imprint))
}

/// The section of the 版记, when it has a page of its own: what stands before gets the section of the paper, at its last paragraph, and
/// Word itself sees to it that the next begins on a front or on a back. A blank page and the 版记 after it have no number (7.5).
pub(super) fn begin_page(
    body: &mut Element,
    section: Element,
    page: ImprintPage,
    package: &mut Package,
) -> Result<Element, WordError> {
    let begins = match page {
        ImprintPage::Below => return Ok(section),
        ImprintPage::Back => "evenPage",
        ImprintPage::AfterBlank => "oddPage",
    };
    let last = body.children.iter_mut().rev().find_map(|node| match node {
        Node::Element(last) => Some(last),
        Node::Text(_) => None,
    });
    let last = last.filter(|it| it.name == "w:p").ok_or(WordError::Missing("w:p"))?;
    let mut own = section.clone().child(Element::new("w:type").with("w:val", begins));
    if last.find("w:pPr").is_none() {
        last.children.insert(0, Node::Element(Element::new("w:pPr")));
    }
    if let Some(properties) = last.find_mut("w:pPr") {
        properties.children.push(Node::Element(section));
    }
    if page == ImprintPage::AfterBlank {
        skeleton::without_numbers(&mut own, package)?;
        let new_page = Element::new("w:r").child(Element::new("w:br").with("w:type", "page"));
        body.children.push(Node::Element(paragraph(style::GAP).child(new_page)));
    }
    Ok(own)
}

/// The room that is kept for it at the foot of the text: what is a trifle higher than whole rows takes no more than these, for
/// LibreOffice ends the text area of a page with its last whole row.
fn room(height: u32) -> u32 {
    let over = height % measure::ROW_TWIPS;
    if over <= SPARE_TWIPS { height - over } else { height }
}

/// The foot of the text area, from the upper edge of the paper. What stands at the foot of the margins stands a few millimetres too low
/// in LibreOffice, where a section begins on a back.
fn foot_twips(section: &Element) -> u32 {
    let of = |element: &str, name: &str| section.find(element)?.get(name)?.parse::<u32>().ok();
    of("w:pgSz", "w:h").unwrap_or(0).saturating_sub(of("w:pgMar", "w:bottom").unwrap_or(0))
}

fn paragraph(style: &str) -> Element {
    Element::new("w:p").child(Element::new("w:pPr").child(Element::new("w:pStyle").with("w:val", style)))
}

fn run(text: &str) -> Element {
    Element::new("w:r").child(Element::new("w:t").with("xml:space", "preserve").text(text))
}

fn rule(eighths: &str) -> Element {
    let border = Element::new("w:top")
        .with("w:val", "single")
        .with("w:sz", eighths)
        .with("w:space", "1")
        .with("w:color", "000000");
    let mut rule = paragraph(style::IMPRINT_RULE);
    if let Some(properties) = rule.find_mut("w:pPr") {
        properties.children.push(Node::Element(Element::new("w:pBdr").child(border)));
    }
    rule
}

/// An organ whose name finds no room beside the date stands in rows of its own width, the date on the last.
fn printed_lines(organ: &str, date: &str, whole: u32) -> Vec<Element> {
    // one character at each side, and one between
    let room = whole.saturating_sub(3 * SMALL_CHARACTER_TWIPS + width(date, SMALL_CHARACTER_TWIPS));
    let mut rows = vec![String::new()];
    for character in organ.chars() {
        let full = rows.last().is_some_and(|row| width(&format!("{row}{character}"), SMALL_CHARACTER_TWIPS) > room);
        if full {
            rows.push(String::new());
        }
        if let Some(row) = rows.last_mut() {
            row.push(character);
        }
    }
    let last = rows.pop().unwrap_or_default();
    let above = rows.iter().map(|row| paragraph(style::IMPRINT).child(run(row)));
    above.chain([printed_line(&last, date, whole)]).collect()
}

fn printed_line(left: &str, right: &str, whole: u32) -> Element {
    let stop = Element::new("w:tab").with("w:val", "right").with("w:pos", (whole - SMALL_CHARACTER_TWIPS).to_string());
    let mut line = paragraph(style::IMPRINT);
    if let Some(properties) = line.find_mut("w:pPr") {
        properties.children.push(Node::Element(Element::new("w:tabs").child(stop)));
    }
    line.child(run(left)).child(Element::new("w:r").child(Element::new("w:tab"))).child(run(right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::fit::Pages;
    use crate::document::fonts::Fonts;
    use crate::document::tests::samples;
    use crate::document::word::tests::all_below;
    use crate::document::word::word_in;
    use crate::ooxml::order::misplaced;

    /// The sections of a paper whose 版记 stands there: how each begins, and the parts of its feet.
    fn sections(imprint: ImprintPage) -> Vec<(Option<String>, Vec<String>)> {
        let fonts = Fonts::bundled();
        let package =
            Package::read(&word_in(&samples::decision(), &fonts, Pages { imprint, ..Pages::default() }).unwrap())
                .unwrap();
        let related = package.related("word/document.xml").unwrap();
        let tree = package.xml("word/document.xml").unwrap();
        assert!(misplaced(&tree).is_none());
        let mut found = Vec::new();
        all_below(&tree, "w:sectPr", &mut found);
        let feet = |section: &Element| -> Vec<String> {
            let feet = section.elements().filter(|it| it.name == "w:footerReference");
            let part =
                |foot: &Element| related.iter().find(|it| foot.get("r:id") == Some(&it.id)).unwrap().part.clone();
            feet.map(part).collect()
        };
        let begins = |section: &Element| section.find("w:type").and_then(|it| it.get("w:val")).map(str::to_owned);
        found.into_iter().map(|section| (begins(section), feet(section))).collect()
    }

    #[test]
    fn an_imprint_with_a_page_of_its_own_is_a_section_that_begins_there() {
        let numbered = ["word/footer1.xml", "word/footer2.xml"].map(str::to_owned).to_vec();
        assert_eq!(sections(ImprintPage::Below), [(None, numbered.clone())]);
        let back = Some("evenPage".to_owned());
        assert_eq!(sections(ImprintPage::Back), [(None, numbered.clone()), (back, numbered.clone())]);
        let front = Some("oddPage".to_owned());
        let none = vec!["word/footer0.xml".to_owned(); 2];
        assert_eq!(sections(ImprintPage::AfterBlank), [(None, numbered), (front, none)]);
    }
}
