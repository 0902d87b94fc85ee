//! The parts that are the same in every paper: styles, settings, theme, fonts, footers, section, properties.
//!
//! They are the files in `skeleton/`, reviewed as files. A slot is a text or an attribute that is exactly `{{name}}`; it is filled in
//! the tree, once, so that a value can neither bring in markup nor be taken for a slot itself.

use super::WordError;
use super::head::ink_twips;
use super::rare;
use crate::document::fit;
use crate::document::fonts::Fonts;
use crate::document::model::{Document, Layout};
use crate::ooxml::package::Package;
use crate::ooxml::xml::{Element, Node, parse};
use std::sync::OnceLock;

/// The main part.
pub(super) const DOCUMENT: &str = "word/document.xml";
/// The content type of the main part.
pub(super) const DOCUMENT_TYPE: &str =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
/// The text box of the 版记.
pub(super) const IMPRINT: &str = include_str!("skeleton/imprint.xml");

const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";
/// The namespace of an Office file's relationships.
pub(super) const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const CORE: &str = "docProps/core.xml";
const CORE_RELATION: &str = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties";
const CORE_TYPE: &str = "application/vnd.openxmlformats-package.core-properties+xml";
const APP_TYPE: &str = "application/vnd.openxmlformats-officedocument.extended-properties+xml";
const THEME_TYPE: &str = "application/vnd.openxmlformats-officedocument.theme+xml";

/// 9704 8.1: a letter's mark stands 30 mm below the paper's edge, its rule 4 mm below the mark.
const LETTER_MARK_TWIPS: u32 = 1701;
const LETTER_RULE_TWIPS: u32 = 227;

/// The empty root of the main part, with every prefix declared.
pub(super) fn root() -> Result<Element, WordError> {
    Ok(parse(include_str!("skeleton/document.xml").as_bytes())?)
}

/// The package of a paper without its main part: styles, settings, theme, fonts, properties.
pub(super) fn package(document: &Document) -> Result<Package, WordError> {
    // made once: it is the same in every paper, and to read and pack it took half the time of a paper of six pages
    static COMMON: OnceLock<Package> = OnceLock::new();
    let mut package = match COMMON.get() {
        Some(common) => common.clone(),
        None => {
            let made = common()?;
            COMMON.get_or_init(|| made).clone()
        }
    };
    let mut core = parse(include_str!("skeleton/core.xml").as_bytes())?;
    fill(&mut core, &[("title", document.subject.clone()), ("author", document.author.clone())]);
    if let Some(date) = document.date {
        // the day the paper bears, never the machine's: the same paper must give the same bytes
        for name in ["dcterms:created", "dcterms:modified"] {
            core = core.child(Element::new(name).with("xsi:type", "dcterms:W3CDTF").text(format!("{date}T00:00:00Z")));
        }
    }
    package.put(CORE, core.write());
    Ok(package)
}

/// What stands in the package of every paper, the place of its core properties kept.
fn common() -> Result<Package, WordError> {
    let mut package = Package::new();
    package.relate("", &format!("{OFFICE}/officeDocument"), DOCUMENT)?;
    let constants = [
        ("styles", include_str!("skeleton/styles.xml"), "styles.xml", format!("{WORD}.styles+xml")),
        ("settings", include_str!("skeleton/settings.xml"), "settings.xml", format!("{WORD}.settings+xml")),
        ("fontTable", include_str!("skeleton/font_table.xml"), "fontTable.xml", format!("{WORD}.fontTable+xml")),
        ("theme", include_str!("skeleton/theme.xml"), "theme/theme1.xml", THEME_TYPE.to_owned()),
    ];
    for (kind, source, target, content_type) in constants {
        let part = parse(source.as_bytes())?;
        package.add(&format!("word/{target}"), &content_type, part.write())?;
        package.relate(DOCUMENT, &format!("{OFFICE}/{kind}"), target)?;
    }
    package.add(CORE, CORE_TYPE, Vec::new())?;
    package.relate("", CORE_RELATION, CORE)?;
    package.add("docProps/app.xml", APP_TYPE, parse(include_str!("skeleton/app.xml").as_bytes())?.write())?;
    package.relate("", &format!("{OFFICE}/extended-properties"), "docProps/app.xml")?;
    Ok(package.packed()?)
}

/// The section of a paper: page, margins, grid; its headers and footers are added to the package.
pub(super) fn section(document: &Document, fonts: &Fonts, package: &mut Package) -> Result<Element, WordError> {
    let odd_even = [
        ("odd", "footer1.xml", include_str!("skeleton/footer_odd.xml")),
        ("even", "footer2.xml", include_str!("skeleton/footer_even.xml")),
    ];
    let crosswise = [
        ("odd", "footer1.xml", include_str!("skeleton/crosswise_footer_odd.xml")),
        ("even", "footer2.xml", include_str!("skeleton/crosswise_footer_even.xml")),
    ];
    let letter = [
        ("odd", "footer1.xml", include_str!("skeleton/letter_footer_odd.xml")),
        ("even", "footer2.xml", include_str!("skeleton/letter_footer_even.xml")),
        ("first", "footer3.xml", include_str!("skeleton/letter_footer_first.xml")),
        ("header_first", "header1.xml", include_str!("skeleton/letter_header_first.xml")),
        ("header", "header2.xml", include_str!("skeleton/letter_header.xml")),
    ];
    let (source, parts): (_, &[(&'static str, &str, &str)]) = match document.layout {
        Layout::Document | Layout::Order | Layout::Minutes | Layout::Plain | Layout::Form => {
            (include_str!("skeleton/section_document.xml"), &odd_even)
        }
        Layout::Sheet => (include_str!("skeleton/section_sheet.xml"), &crosswise),
        Layout::Letter => (include_str!("skeleton/section_letter.xml"), &letter),
        Layout::Certificate => (include_str!("skeleton/section_certificate.xml"), &[]),
        Layout::Plaque => (include_str!("skeleton/section_plaque.xml"), &[]),
    };
    // a joint letter bears the sponsor's mark alone
    let mark = document.mark.first().cloned().unwrap_or_default();
    let points = fit::mark_points(document);
    let mut slots = vec![
        ("mark", mark),
        ("size", (points * 2).to_string()),
        ("percent", fit::mark_percent(document).to_string()),
        ("line", (points * 25).to_string()),
        ("gap", LETTER_RULE_TWIPS.saturating_sub(ink_twips(points)).to_string()),
        ("top", LETTER_MARK_TWIPS.saturating_sub(ink_twips(points)).to_string()),
    ];
    for (name, target, source) in parts {
        let kind = if name.starts_with("header") { "header" } else { "footer" };
        let mut part = parse(source.as_bytes())?;
        fill(&mut part, &slots);
        rare::name_faces(&mut part, fonts);
        package.add(&format!("word/{target}"), &format!("{WORD}.{kind}+xml"), part.write())?;
        slots.push((name, package.relate(DOCUMENT, &format!("{OFFICE}/{kind}"), target)?));
    }
    let mut section = parse(source.as_bytes())?;
    fill(&mut section, &slots);
    Ok(section)
}

/// Takes the page numbers of a section away: a section that names no foot would have that of the one before.
pub(super) fn without_numbers(section: &mut Element, package: &mut Package) -> Result<(), WordError> {
    let target = "footer0.xml";
    let foot = parse(include_str!("skeleton/footer_none.xml").as_bytes())?;
    package.add(&format!("word/{target}"), &format!("{WORD}.footer+xml"), foot.write())?;
    let none = package.relate(DOCUMENT, &format!("{OFFICE}/footer"), target)?;
    section.visit(&mut |element| {
        if element.name == "w:footerReference" {
            element.set("r:id", &none);
        }
    });
    Ok(())
}

/// Fills the slots of a fragment of ours.
pub(super) fn fill(element: &mut Element, slots: &[(&str, String)]) {
    let value = |text: &str| {
        let name = text.strip_prefix("{{")?.strip_suffix("}}")?;
        slots.iter().find(|(slot, _)| *slot == name).map(|(_, value)| value.clone())
    };
    element.visit(&mut |element| {
        for (_, text) in &mut element.attributes {
            if let Some(value) = value(text) {
                *text = value;
            }
        }
        for node in &mut element.children {
            if let Node::Text(text) = node
                && let Some(value) = value(text)
            {
                *text = value;
            }
        }
    });
}
