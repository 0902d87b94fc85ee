//! A Word file read into facts: sections, paragraphs as they look in the end, rules, and what stands in heads and feet.
//!
//! Nothing is laid out: where a row will stand is the business of the program that opens the file.

use super::Unreadable;
use super::facts::{Format, MM_PER_POINT, Page, PageNumber, Paper, Stroke, Which};
use crate::ooxml::package::{Package, PackageError};
use crate::ooxml::xml::Element;
use look::Styles;
use numerals::Lists;
use walk::Walk;

mod look;
mod numerals;
mod walk;

impl From<PackageError> for Unreadable {
    fn from(error: PackageError) -> Unreadable {
        match error {
            PackageError::Large(_) => Unreadable::Large,
            PackageError::Archive(_)
            | PackageError::Part(_)
            | PackageError::Name(_)
            | PackageError::Missing(_)
            | PackageError::Xml(..) => Unreadable::Damaged(error.to_string()),
        }
    }
}

/// What is seen on a Word file.
pub(super) fn read(bytes: &[u8]) -> Result<Paper, Unreadable> {
    let package = Package::read(bytes)?;
    let main = package.main_part()?;
    let related = package.related(&main)?;
    let part = |kind: &str| {
        let found = related.iter().find(|one| one.kind.ends_with(kind));
        found.map(|one| package.xml(&one.part)).transpose()
    };
    let styles = Styles::of(part("/styles")?.as_ref(), part("/theme")?.as_ref());
    let even_and_odd =
        part("/settings")?.as_ref().and_then(|it| it.find("w:evenAndOddHeaders").map(look::is_on)).unwrap_or(false);
    let mut lists = Lists::of(part("/numbering")?.as_ref());
    let document = package.xml(&main)?;
    let body = document.find("w:body").ok_or_else(|| Unreadable::Damaged("it has no body".to_owned()))?;
    let mut sections = Vec::new();
    gather_sections(body, &mut sections);
    let margins = margins(&package, &main, &sections)?;

    let mut paper = Paper {
        format: Format::Word,
        pages: sections.iter().zip(flows(body)).map(|(section, flows)| Page { flows, ..page(section) }).collect(),
        paragraphs: Vec::new(),
        strokes: Vec::new(),
        numbers: Vec::new(),
        fonts: Vec::new(),
        blank: std::collections::BTreeMap::new(),
        unreadable: 0,
        archival: false,
        even_and_odd,
    };
    for (_, head) in margins.iter().filter(|(_, part)| part.name == "w:hdr") {
        let mut walk = Walk::new(&styles, &mut lists, paper.paragraphs.len()).margin(true);
        walk.blocks(head);
        paper.paragraphs.append(&mut walk.paragraphs);
        paper.strokes.append(&mut walk.strokes);
    }
    let mut walk = Walk::new(&styles, &mut lists, paper.paragraphs.len());
    walk.blocks(body);
    let count = walk.count;
    paper.paragraphs.append(&mut walk.paragraphs);
    paper.strokes.append(&mut walk.strokes);
    for (which, foot) in margins.iter().filter(|(_, part)| part.name == "w:ftr") {
        let (numbers, mut strokes) = feet(*which, foot, &styles, &mut lists, count);
        paper.numbers.extend(numbers);
        paper.strokes.append(&mut strokes);
    }
    Ok(paper)
}

/// The page numbers of a foot, and the rules drawn there.
fn feet(
    which: Which,
    foot: &Element,
    styles: &Styles,
    lists: &mut Lists,
    count: usize,
) -> (Vec<PageNumber>, Vec<Stroke>) {
    let mut walk = Walk::new(styles, lists, count).margin(false);
    walk.blocks(foot);
    let shown = if walk::shows_page(foot) { walk.paragraphs } else { Vec::new() };
    let numbers = shown.into_iter().map(|paragraph| PageNumber { which, paragraph, baseline: None });
    (numbers.collect(), walk.strokes)
}

fn gather_sections<'a>(element: &'a Element, sections: &mut Vec<&'a Element>) {
    for child in element.elements() {
        match child.name.as_str() {
            "w:sectPr" => sections.push(child),
            "w:p" => sections.extend(child.find("w:pPr").and_then(|it| it.find("w:sectPr"))),
            _ => {}
        }
    }
}

/// Of each section whether it has text of its own outside of boxes.
fn flows(body: &Element) -> Vec<bool> {
    let mut found = Vec::new();
    let mut own = false;
    for child in body.elements() {
        own |= says(child);
        let ends = child.name == "w:sectPr" || child.find("w:pPr").is_some_and(|it| it.find("w:sectPr").is_some());
        if ends {
            found.push(std::mem::take(&mut own));
        }
    }
    found
}

fn says(element: &Element) -> bool {
    match element.name.as_str() {
        "w:t" => !element.characters().trim().is_empty(),
        "w:drawing" | "w:pict" | "mc:AlternateContent" => false,
        _ => element.elements().any(says),
    }
}

/// The heads and feet that sections name, each once, with the pages it stands on.
fn margins(package: &Package, main: &str, sections: &[&Element]) -> Result<Vec<(Which, Element)>, Unreadable> {
    let related = package.related(main)?;
    let mut found: Vec<(Which, Element)> = Vec::new();
    let mut seen: Vec<(Which, String)> = Vec::new();
    let references = sections.iter().flat_map(|section| section.elements());
    for reference in references.filter(|it| it.name == "w:headerReference" || it.name == "w:footerReference") {
        let Some(part) = reference.get("r:id").and_then(|id| related.iter().find(|one| one.id == id)) else { continue };
        let which = match reference.get("w:type") {
            Some("even") => Which::Even,
            Some("first") => Which::First,
            Some(_) | None => Which::Every,
        };
        let again = seen.iter().any(|(_, name)| *name == part.part);
        if !again {
            found.push((which, package.xml(&part.part)?));
        }
        seen.push((which, part.part.clone()));
    }
    Ok(found)
}

fn page(section: &Element) -> Page {
    /// Parts of a point in which a grid says what it adds to a character.
    const CHARACTER_SPACE_PARTS: f64 = 4096.0;
    let millimetres = |twips: f64| twips / 20.0 * MM_PER_POINT;
    let of = |element: &str, name: &str| -> Option<f64> { section.find(element)?.get(name)?.parse().ok() };
    let size = |name: &str, usual: f64| millimetres(of("w:pgSz", name).unwrap_or(usual));
    let margin = |name: &str| of("w:pgMar", name).map(|it| millimetres(it.abs()));
    let kind = section.find("w:docGrid").and_then(|it| it.get("w:type"));
    let grid = kind.is_some_and(|kind| kind != "default");
    let spread = matches!(kind, Some("linesAndChars" | "snapToChars"));
    let gutter = margin("w:gutter").unwrap_or(0.0);
    let margins = margin("w:top").zip(margin("w:right")).zip(margin("w:bottom").zip(margin("w:left")));
    Page {
        // a file without a size is on letter paper
        width: size("w:w", 12240.0),
        height: size("w:h", 15840.0),
        margins: margins.map(|((top, right), (bottom, left))| [top, right, bottom, left + gutter]),
        pitch: of("w:docGrid", "w:linePitch").filter(|_| grid).map(|twips| twips / 20.0),
        spread: of("w:docGrid", "w:charSpace").filter(|_| spread).map(|parts| parts / CHARACTER_SPACE_PARTS),
        flows: true,
        first_differs: section.find("w:titlePg").is_some_and(look::is_on),
        turned_number: false,
    }
}
