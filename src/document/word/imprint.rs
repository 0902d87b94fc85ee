//! 版记 at the foot of the last page (9704 7.4): 抄送, 印发机关 and 印发日期 between rules.
//!
//! It is a text box whose foot stands on the foot of the text area, anchored in a last paragraph exactly as high as the box: where the
//! paragraph has room, the box has, and where it has not, both go to the next page. So it never covers text, in whatever program.
//! A letter has 抄送 only and no rules (9704 8.1); other papers have a 版记 when they are given something to put there.

use super::WordError;
use super::measure::{EMU_PER_TWIP, SMALL_CHARACTER_TWIPS, text_width, width};
use super::piece::style;
use super::sign;
use super::skeleton::{IMPRINT, fill};
use crate::document::model::{Document, Layout};
use crate::ooxml::xml::{Element, Node, parse};

/// height of a row of 4号 in the 版记
const ROW_TWIPS: u32 = 560;
/// height of a rule with the space around it
const RULE_TWIPS: u32 = 60;
/// 0.35 mm and 0.25 mm, in eighths of a point
const THICK_EIGHTHS: &str = "8";
const THIN_EIGHTHS: &str = "6";

/// The last paragraph with the 版记 in it; `None` when the paper has none.
pub(super) fn imprint(document: &Document) -> Result<Option<Element>, WordError> {
    let letter = document.layout == Layout::Letter;
    let copy = document.copy_to.as_ref().map(|to| format!("抄送：{to}。"));
    let printed = document.printed_by.as_ref().filter(|_| !letter);
    if copy.is_none() && printed.is_none() {
        return Ok(None);
    }
    let whole = text_width(document.layout);
    let mut lines = Vec::new();
    let mut height = 0;
    if let Some(copy) = &copy {
        lines.push(paragraph(style::COPY_TO).child(run(copy)));
        height += copy_rows(copy, whole) * ROW_TWIPS;
    }
    if let Some((organ, date)) = printed {
        if copy.is_some() {
            lines.push(rule(THIN_EIGHTHS));
        }
        lines.push(printed_line(organ, &sign::date(*date), whole));
        height += ROW_TWIPS;
    }
    if !letter {
        lines.insert(0, rule(THICK_EIGHTHS));
        lines.push(rule(THICK_EIGHTHS));
    }
    height += lines.len() as u32 * RULE_TWIPS;
    let mut imprint = parse(IMPRINT.as_bytes())?;
    let points = |twips: u32| format!("{}.{}", twips / 20, twips % 20 * 5 / 10);
    let shape = format!(
        "position:absolute;margin-left:0;margin-top:0;width:{}pt;height:{}pt;z-index:251659264;mso-position-horizontal:center;\
         mso-position-horizontal-relative:margin;mso-position-vertical:bottom;mso-position-vertical-relative:margin",
        points(whole),
        points(height)
    );
    let slots = [
        ("line", height.to_string()),
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

/// Rows of 抄送: the first starts one character in, the others under the first name; a little is added for what the estimate misses.
fn copy_rows(copy: &str, whole: u32) -> u32 {
    let total = width(copy, SMALL_CHARACTER_TWIPS) * 103 / 100;
    let first = whole.saturating_sub(2 * SMALL_CHARACTER_TWIPS);
    let other = first.saturating_sub(3 * SMALL_CHARACTER_TWIPS).max(1);
    1 + total.saturating_sub(first).div_ceil(other)
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

fn printed_line(organ: &str, date: &str, whole: u32) -> Element {
    let stop = Element::new("w:tab").with("w:val", "right").with("w:pos", (whole - SMALL_CHARACTER_TWIPS).to_string());
    let mut line = paragraph(style::IMPRINT);
    if let Some(properties) = line.find_mut("w:pPr") {
        properties.children.push(Node::Element(Element::new("w:tabs").child(stop)));
    }
    line.child(run(organ)).child(Element::new("w:r").child(Element::new("w:tab"))).child(run(&format!("{date}印发")))
}
