//! Charts in a Word file: pictures in the line, each in the empty paragraph that waits for it.

use super::WordError;
use super::piece::style;
use super::skeleton::{DOCUMENT, OFFICE, fill};
use crate::document::chart::{self, HEIGHT_UNITS, WIDTH_UNITS};
use crate::document::fonts::Fonts;
use crate::document::model::{Block, Chart, Document};
use crate::ooxml::package::Package;
use crate::ooxml::xml::{Element, parse};

/// English Metric Units, Office's measure of pictures, to a tenth of a millimetre.
const EMUS_PER_UNIT: u32 = 3600;

/// Draws the charts of a document and puts them into their paragraphs; the pictures become parts of the package.
pub(super) fn place(
    body: &mut Element,
    document: &Document,
    fonts: &Fonts,
    package: &mut Package,
) -> Result<(), WordError> {
    let blocks = document.body.iter().chain(document.attachments.iter().flat_map(|one| &one.body));
    let charts = blocks.filter_map(|block| match block {
        Block::Chart(chart) => Some(chart),
        Block::Paragraph(_) | Block::Heading(..) | Block::Centre(_) | Block::Table(_) => None,
    });
    let mut runs = Vec::new();
    for (chart, number) in charts.zip(1_usize..) {
        runs.push(picture(chart, number, fonts, package)?);
    }
    let mut runs = runs.into_iter();
    let waiting = body.elements_mut().filter(|one| one.name == "w:p" && waits(one));
    for (paragraph, run) in waiting.zip(runs.by_ref()) {
        paragraph.children.push(crate::ooxml::xml::Node::Element(run));
    }
    // a picture without its place would be a chart that is silently gone
    if runs.next().is_some() { Err(WordError::Missing("the paragraph of a chart")) } else { Ok(()) }
}

fn waits(paragraph: &Element) -> bool {
    let named = paragraph.find("w:pPr").and_then(|it| it.find("w:pStyle")).and_then(|it| it.get("w:val"));
    named == Some(style::FIGURE)
}

fn picture(chart: &Chart, number: usize, fonts: &Fonts, package: &mut Package) -> Result<Element, WordError> {
    let target = format!("media/chart{number}.png");
    package.add(&format!("word/{target}"), "image/png", chart::png(chart, fonts)?)?;
    let relation = package.relate(DOCUMENT, &format!("{OFFICE}/image"), &target)?;
    let mut run = parse(include_str!("skeleton/picture.xml").as_bytes())?;
    let slots = [
        ("relation", relation),
        ("number", number.to_string()),
        ("name", format!("图{number}")),
        ("description", chart::description(chart)),
        ("width", (WIDTH_UNITS * EMUS_PER_UNIT).to_string()),
        ("height", (HEIGHT_UNITS * EMUS_PER_UNIT).to_string()),
    ];
    fill(&mut run, &slots);
    // the prefixes are declared on the root of the main part
    run.attributes.retain(|(name, _)| !name.starts_with("xmlns"));
    Ok(run)
}
