//! Pieces of a Word form: paragraphs, boxes, lists to choose from, cells, tables, and the package around them.

use super::printed::Printed;
use super::record;
use crate::ooxml::package::{Package, PackageError};
use crate::ooxml::xml::{Element, XmlError, parse};
use crate::spool::forms::FormError;
use crate::submission::Form;

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";
const MAIN: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
/// Where check boxes come from; programs that do not know them show their sign.
const WORD_2010: &str = "http://schemas.microsoft.com/office/word/2010/wordml";
const COMPATIBILITY: &str = "http://schemas.openxmlformats.org/markup-compatibility/2006";
const CORE_RELATION: &str = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties";
const CORE_TYPE: &str = "application/vnd.openxmlformats-package.core-properties+xml";
const CORE: &str = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties";
const DUBLIN_CORE: &str = "http://purl.org/dc/elements/1.1/";
/// The face that has both signs of a box.
const BOX_FACE: &str = "MS Gothic";

/// What a Word form has in common with our papers, since Word misses it.
const PAPERS: [(&str, &str, &str, &str); 2] = [
    (
        "fontTable",
        include_str!("../../../document/word/skeleton/font_table.xml"),
        "fontTable.xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.fontTable+xml",
    ),
    (
        "theme",
        include_str!("../../../document/word/skeleton/theme.xml"),
        "theme/theme1.xml",
        "application/vnd.openxmlformats-officedocument.theme+xml",
    ),
];

/// Twips between a rule and the text above or below it.
const ROOM_TWIPS: u32 = 60;
/// Longer and shorter side of A4, in twips.
const PAPER_TWIPS: [u32; 2] = [16838, 11906];
const MARGIN_TWIPS: u32 = 1134;

/// Twips between the margins.
pub(super) fn width(crosswise: bool) -> u32 {
    PAPER_TWIPS[usize::from(!crosswise)] - 2 * MARGIN_TWIPS
}

/// An element with the value it is about.
pub(super) fn valued(name: &str, value: impl Into<String>) -> Element {
    Element::new(name).with("w:val", value)
}

/// A run of text.
pub(super) fn run(text: &str) -> Element {
    Element::new("w:r").child(Element::new("w:t").with("xml:space", "preserve").text(text))
}

/// A paragraph of a style.
pub(super) fn paragraph(style: &str, runs: impl IntoIterator<Item = Element>) -> Element {
    let properties = Element::new("w:pPr").child(valued("w:pStyle", style));
    runs.into_iter().fold(Element::new("w:p").child(properties), Element::child)
}

/// A paragraph for each line of a text, at least one.
pub(super) fn lines(style: &str, text: &str) -> Vec<Element> {
    let mut lines: Vec<&str> = text.split('\n').collect();
    lines.truncate(super::super::SHEET_ROWS_MAX);
    lines.into_iter().map(|line| paragraph(style, (!line.is_empty()).then(|| run(line)))).collect()
}

fn control(id: u32, title: &str) -> Element {
    // a control that is typed over by accident stays
    let locked = valued("w:lock", "sdtLocked");
    let title: String = title.chars().take(60).collect();
    Element::new("w:sdtPr").child(valued("w:alias", title)).child(valued("w:id", id.to_string())).child(locked)
}

/// A box to tick.
pub(super) fn tick(id: u32, title: &str, ticked: bool) -> Element {
    let state = |name: &str, code: &str| Element::new(name).with("w14:val", code).with("w14:font", BOX_FACE);
    let checkbox = Element::new("w14:checkbox")
        .child(Element::new("w14:checked").with("w14:val", if ticked { "1" } else { "0" }))
        .child(state("w14:checkedState", "2611"))
        .child(state("w14:uncheckedState", "2610"));
    let faces = ["w:ascii", "w:hAnsi", "w:eastAsia"].into_iter();
    let faces =
        faces.fold(Element::new("w:rFonts").with("w:hint", "eastAsia"), |faces, name| faces.with(name, BOX_FACE));
    let sign = Element::new("w:r")
        .child(Element::new("w:rPr").child(faces))
        .child(Element::new("w:t").text(if ticked { "☑" } else { "☐" }));
    Element::new("w:sdt").child(control(id, title).child(checkbox)).child(Element::new("w:sdtContent").child(sign))
}

/// A list to choose one of.
pub(super) fn choice(id: u32, title: &str, choices: &[String], chosen: &str) -> Element {
    let item = |word: &String| Element::new("w:listItem").with("w:displayText", word).with("w:value", word);
    let list = choices.iter().map(item).fold(Element::new("w:dropDownList"), Element::child);
    let (properties, text) = if chosen.is_empty() {
        (control(id, title).child(Element::new("w:showingPlcHdr")).child(list), "（点此选择）")
    } else {
        (control(id, title).child(list), chosen)
    };
    Element::new("w:sdt").child(properties).child(Element::new("w:sdtContent").child(run(text)))
}

/// A cell of a width, coloured, with its paragraphs.
pub(super) fn cell(twips: u32, fill: Option<&str>, content: Vec<Element>) -> Element {
    let mut properties = Element::new("w:tcPr")
        .child(Element::new("w:tcW").with("w:w", twips.to_string()).with("w:type", "dxa"))
        .child(valued("w:vAlign", "center"));
    if let Some(fill) = fill {
        properties = properties.child(valued("w:shd", "clear").with("w:color", "auto").with("w:fill", fill));
    }
    content.into_iter().fold(Element::new("w:tc").child(properties), Element::child)
}

/// A row of cells, at least so high; a heading stands again on every page.
pub(super) fn row(cells: Vec<Element>, heading: bool, twips: u32) -> Element {
    let mut properties = Element::new("w:trPr");
    if heading {
        properties = properties.child(Element::new("w:cantSplit")).child(Element::new("w:tblHeader"));
    }
    let height = Element::new("w:trHeight").with("w:val", twips.to_string()).with("w:hRule", "atLeast");
    cells.into_iter().fold(Element::new("w:tr").child(properties.child(height)), Element::child)
}

/// A table of columns of these widths.
pub(super) fn table(widths: &[u32], rows: Vec<Element>) -> Element {
    let side = |name: &&str| valued(name, "single").with("w:sz", "4").with("w:space", "0").with("w:color", "auto");
    let sides = ["w:top", "w:left", "w:bottom", "w:right", "w:insideH", "w:insideV"];
    let borders = sides.iter().map(side).fold(Element::new("w:tblBorders"), Element::child);
    let total: u32 = widths.iter().sum();
    let properties = Element::new("w:tblPr")
        .child(Element::new("w:tblW").with("w:w", total.to_string()).with("w:type", "dxa"))
        .child(borders)
        .child(Element::new("w:tblLayout").with("w:type", "fixed"))
        .child(["w:top", "w:bottom"].iter().fold(Element::new("w:tblCellMar"), |room, side| {
            room.child(Element::new(side).with("w:w", ROOM_TWIPS.to_string()).with("w:type", "dxa"))
        }));
    let columns = widths.iter().map(|width| Element::new("w:gridCol").with("w:w", width.to_string()));
    let grid = columns.fold(Element::new("w:tblGrid"), Element::child);
    rows.into_iter().fold(Element::new("w:tbl").child(properties).child(grid), Element::child)
}

/// The whole file.
pub(super) fn package(form: &Form, blocks: Vec<Element>, crosswise: bool) -> Result<Vec<u8>, FormError> {
    let printed = Printed::of(&blocks);
    let mut body = blocks.into_iter().fold(Element::new("w:body"), Element::child);
    body = body.child(section(crosswise));
    let mut document = Element::new("w:document")
        .with("xmlns:w", MAIN)
        .with("xmlns:w14", WORD_2010)
        .with("xmlns:mc", COMPATIBILITY)
        .with("mc:Ignorable", "w14")
        .child(body);
    crate::ooxml::order::sort(&mut document);
    let mut package = Package::new();
    let put = |package: &mut Package| -> Result<(), PackageError> {
        package.add("word/document.xml", &format!("{WORD}.document.main+xml"), document.write())?;
        package.relate("", &format!("{OFFICE}/officeDocument"), "word/document.xml")?;
        let unread = |error: XmlError| PackageError::Xml("word/styles.xml".to_string(), error);
        let styles = parse(include_str!("styles.xml").as_bytes()).map_err(unread)?;
        package.add("word/styles.xml", &format!("{WORD}.styles+xml"), styles.write())?;
        package.relate("word/document.xml", &format!("{OFFICE}/styles"), "styles.xml")?;
        for (kind, source, target, content_type) in PAPERS {
            let unread = |error: XmlError| PackageError::Xml(target.to_string(), error);
            package.add(&format!("word/{target}"), content_type, parse(source.as_bytes()).map_err(unread)?.write())?;
            package.relate("word/document.xml", &format!("{OFFICE}/{kind}"), target)?;
        }
        package.add("word/settings.xml", &format!("{WORD}.settings+xml"), settings().write())?;
        package.relate("word/document.xml", &format!("{OFFICE}/settings"), "settings.xml")?;
        let core = Element::new("cp:coreProperties").with("xmlns:cp", CORE).with("xmlns:dc", DUBLIN_CORE);
        let core =
            core.child(Element::new("dc:title").text(&form.title)).child(Element::new("dc:creator").text("办文"));
        package.add("docProps/core.xml", CORE_TYPE, core.write())?;
        package.relate("", CORE_RELATION, "docProps/core.xml").map(|_| ())
    };
    put(&mut package)?;
    record::write(&mut package, &form.answers, &printed)?;
    Ok(package.write()?)
}

/// Without it Word opens the file as one of 2007, where boxes to tick are no controls.
fn settings() -> Element {
    let mode = Element::new("w:compatSetting")
        .with("w:name", "compatibilityMode")
        .with("w:uri", "http://schemas.microsoft.com/office/word")
        .with("w:val", "15");
    Element::new("w:settings").with("xmlns:w", MAIN).child(Element::new("w:compat").child(mode))
}

fn section(crosswise: bool) -> Element {
    let [long, short] = PAPER_TWIPS;
    let (wide, high) = if crosswise { (long, short) } else { (short, long) };
    let mut page = Element::new("w:pgSz").with("w:w", wide.to_string()).with("w:h", high.to_string());
    if crosswise {
        page = page.with("w:orient", "landscape");
    }
    let sides = ["w:top", "w:right", "w:bottom", "w:left"].into_iter();
    let margins = sides.fold(Element::new("w:pgMar"), |margins, side| margins.with(side, MARGIN_TWIPS.to_string()));
    let margins = margins.with("w:header", "567").with("w:footer", "567").with("w:gutter", "0");
    Element::new("w:sectPr").child(page).child(margins)
}
