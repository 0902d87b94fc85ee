//! The Word writer: a document of the model becomes a `.docx` to GB/T 9704, and a `.docx` becomes its text.
//!
//! Guarantees: the same document gives the same bytes, in any thread and after any failure; every text stays text, whatever it holds;
//! properties stand in schema order; every kind of paragraph has a style with a Chinese name, so that a clerk restyles it in one place.
//! Failures: a table whose rows do not fit its columns. The rest would be a fault of the skeleton or of a library, and is given back as an error.
//! Limits: no picture is made but a chart; a seal is a space kept free for the real one. The place of the 版记 is that of its own height: a 抄送
//! line whose length is misjudged moves it by a row. That it stands on a back page holds where the text ends on the page on which it
//! ends in the PDF, or where it had a page of its own there.
//!
//! docx-rs is used by `body` alone. What it writes besides the body is thrown away; `skeleton` holds that.

mod body;
mod figure;
mod finish;
mod frame;
mod grid;
mod head;
mod imprint;
mod layout;
mod measure;
mod piece;
mod plaque;
mod rare;
mod sign;
mod skeleton;
mod text;

#[cfg(test)]
pub(in crate::document) mod tests;

use super::chart::ChartError;
use super::fit::Pages;
use super::fonts::Fonts;
use super::model::Document;
use crate::ooxml::package::PackageError;
use crate::ooxml::xml::XmlError;
use thiserror::Error;

pub(super) use text::blocks as lines;
pub use text::text;

/// Why no Word file, or no text of one, was made.
#[derive(Debug, Error)]
pub enum WordError {
    /// a row of a table has too many or too few cells, or spans beyond the table; counted from 1, header rows first
    #[error("row {0} of a table does not fit its columns")]
    Row(usize),
    /// a part that is not XML
    #[error(transparent)]
    Xml(#[from] XmlError),
    /// a package that cannot be read or written
    #[error(transparent)]
    Package(#[from] PackageError),
    /// the body that docx-rs gave, or a part of the skeleton, lacks an element it must have
    #[error("the element {0} is missing")]
    Missing(&'static str),
    /// a chart's numbers cannot be drawn
    #[error(transparent)]
    Chart(#[from] ChartError),
}

/// Makes the Word file of a document whose 版记 finds room below its text, its charts lettered in the faces of the program. The same
/// document gives the same bytes.
pub fn word(document: &Document) -> Result<Vec<u8>, WordError> {
    word_in(document, &Fonts::bundled(), Pages::default())
}

/// Makes the Word file of a document, its charts lettered in these faces; all other text names faces and brings none, a rare
/// character that of these which has it. This writer cannot look where a page ends: `pages` says it.
pub fn word_in(document: &Document, fonts: &Fonts, pages: Pages) -> Result<Vec<u8>, WordError> {
    let mut pieces = layout::pieces(document, &pages)?;
    let margin = frame::place(&mut pieces, &pages.framed, document.layout);
    let mut body = finish::finish(&body::body(&pieces))?;
    frame::draw(&mut body, document.layout)?;
    let mut package = skeleton::package(document)?;
    figure::place(&mut body, document, fonts, &mut package)?;
    let mut main = skeleton::root()?;
    let mut section = skeleton::section(document, fonts, &mut package)?;
    if let Some((margin, margins)) = margin.zip(section.find_mut("w:pgMar")) {
        margins.set("w:top", margin.to_string());
    }
    if let Some(paragraph) = imprint::imprint(document, &section)? {
        section = imprint::begin_page(&mut body, section, pages.imprint, &mut package)?;
        body = body.child(paragraph);
    }
    main = main.child(body.child(section));
    rare::name_faces(&mut main, fonts);
    crate::ooxml::order::sort(&mut main);
    package.add(skeleton::DOCUMENT, skeleton::DOCUMENT_TYPE, main.write())?;
    Ok(package.write()?)
}
