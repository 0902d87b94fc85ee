//! A PDF read into facts: what is drawn where, in which face, and what it says.
//!
//! Guarantees: no file makes it panic; a damaged one is an error or a paper with less on it.
//! Limits: [`FILE_BYTES_MAX`], [`PAGES_COUNT_MAX`], characters and lines by `content`.

use super::Unreadable;
use super::facts::{Drawn, Font, Format, MM_PER_POINT, Page, PageNumber, Paper, Stroke, Which};
use content::{Marks, Reader};
use hayro_syntax::object::{Array, Dict, Stream};
use hayro_syntax::{Pdf, page};
use rows::{Area, Set};
use shapes::Line;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;

#[cfg(test)]
pub(in crate::document) mod bookmarks;
mod carried;
mod content;
mod font;
mod outlines;
#[cfg(test)]
mod made;
#[cfg(test)]
pub(in crate::document) mod places;
mod rows;
mod shapes;
mod texts;

/// Longest PDF that is read.
pub(super) const FILE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Most pages that are read.
const PAGES_COUNT_MAX: usize = 2000;
/// Deepest nesting of lists and dictionaries; the reader goes down a level for each and has one stack.
const DEPTH_MAX: usize = 512;

/// What is seen on a PDF.
pub(super) fn read(bytes: &[u8]) -> Result<Paper, Unreadable> {
    guarded(bytes, paper)
}

fn guarded<T>(bytes: &[u8], look: impl FnOnce(Vec<u8>) -> Result<T, Unreadable>) -> Result<T, Unreadable> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(Unreadable::Large);
    }
    if depth(bytes) > DEPTH_MAX {
        return Err(Unreadable::Damaged("its objects are nested too deep".to_owned()));
    }
    let bytes = bytes.to_vec();
    // the reader is not ours, and the file a stranger's: a panic of its is one more way for a file to be damaged
    let read = std::panic::catch_unwind(AssertUnwindSafe(|| look(bytes)));
    read.unwrap_or_else(|_| Err(Unreadable::Damaged("the reader of PDF gave up".to_owned())))
}

/// All it says, with places.
pub(super) fn texts(bytes: &[u8]) -> Result<Vec<(String, String)>, Unreadable> {
    guarded(bytes, texts::all)
}

/// The rows of its first page.
pub(super) fn first_page(bytes: &[u8]) -> Result<Vec<String>, Unreadable> {
    guarded(bytes, |bytes| {
        let pdf = Pdf::new(bytes).map_err(|error| Unreadable::Damaged(format!("{error:?}")))?;
        let marks = pdf.pages().first().map(|page| Reader::of_all().page(page)).unwrap_or_default();
        Ok(rows::rows(1, &marks).into_iter().map(|set| set.row.text).collect())
    })
}

/// What it brings along unseen.
pub(super) fn carried(bytes: &[u8]) -> Result<super::Carried, Unreadable> {
    guarded(bytes, carried::carried)
}

/// Its pictures that stand in it as files.
pub(super) fn pictures(bytes: &[u8]) -> Result<Vec<Vec<u8>>, Unreadable> {
    guarded(bytes, carried::pictures)
}

/// How many pages a PDF has.
pub(super) fn pages(bytes: &[u8]) -> Result<usize, Unreadable> {
    guarded(bytes, |bytes| {
        let pdf = Pdf::new(bytes).map_err(|error| Unreadable::Damaged(format!("{error:?}")))?;
        Ok(pdf.pages().len())
    })
}

/// The profile that says what its colours mean.
pub(super) fn colour_profile(bytes: &[u8]) -> Result<Option<Vec<u8>>, Unreadable> {
    guarded(bytes, |bytes| {
        let pdf = Pdf::new(bytes).map_err(|error| Unreadable::Damaged(format!("{error:?}")))?;
        let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
        let intents = catalog.and_then(|it| it.get::<Array<'_>>("OutputIntents"));
        let intent = intents.and_then(|it| it.iter::<Dict<'_>>().next());
        let profile = intent.and_then(|it| it.get::<Stream<'_>>("DestOutputProfile"));
        Ok(profile.and_then(|it| it.decoded().ok()).map(|it| it.to_vec()))
    })
}

/// How deep brackets that open follow one another, whatever closes elsewhere: packed data hold few in a row.
fn depth(bytes: &[u8]) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    for byte in bytes {
        match byte {
            b'[' | b'<' => now += 1,
            b' ' | b'\n' | b'\r' | b'\t' | b'/' | b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => {}
            _ => now = 0,
        }
        most = most.max(now);
    }
    most
}

fn paper(bytes: Vec<u8>) -> Result<Paper, Unreadable> {
    let pdf = Pdf::new(bytes).map_err(|error| Unreadable::Damaged(format!("{error:?}")))?;
    if pdf.pages().is_empty() {
        return Err(Unreadable::Damaged("it has no page".to_owned()));
    }
    let mut reader = Reader::default();
    let read = |page: &page::Page<'_>| {
        let marks = reader.page(page);
        (Page { turned_number: rows::is_page_number(&marks.turned), ..sheet(page) }, marks)
    };
    let pages: Vec<(Page, Marks)> = pdf.pages().iter().take(PAGES_COUNT_MAX).map(read).collect();
    Ok(together(pages, is_archival(&pdf)))
}

fn sheet(page: &page::Page<'_>) -> Page {
    let (width, height) = page.render_dimensions();
    let millimetres = |points: f32| f64::from(points) * MM_PER_POINT;
    let (width, height) = (millimetres(width), millimetres(height));
    Page {
        width,
        height,
        margins: None,
        flows: true,
        pitch: None,
        spread: None,
        first_differs: false,
        turned_number: false,
    }
}

/// Whether the metadata claim PDF/A.
fn is_archival(pdf: &Pdf) -> bool {
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
    let metadata = catalog.and_then(|catalog| catalog.get::<Stream<'_>>("Metadata"));
    let decoded = metadata.and_then(|stream| stream.decoded().ok().map(std::borrow::Cow::into_owned));
    decoded.is_some_and(|text| text.windows(12).any(|part| part == b"pdfaid:part>" || part == b"pdfaid:part="))
}

fn together(pages: Vec<(Page, Marks)>, archival: bool) -> Paper {
    let mut fonts: Vec<Font> = Vec::new();
    let (mut sets, mut feet, mut lines) = (Vec::new(), Vec::new(), Vec::new());
    let mut unreadable = 0;
    let mut blank: BTreeMap<String, BTreeSet<char>> = BTreeMap::new();
    for (at, (page, marks)) in pages.iter().enumerate() {
        for glyph in &marks.glyphs {
            unreadable += usize::from(glyph.text.is_none());
            if glyph.blank {
                blank.entry(glyph.face.name.clone()).or_default().extend(glyph.text.iter().flat_map(|it| it.chars()));
            }
            let font = Font { name: glyph.face.name.clone(), embedded: glyph.face.embedded };
            if !fonts.contains(&font) {
                fonts.push(font);
            }
        }
        let set = rows::rows(at + 1, marks);
        let (numbers, text): (Vec<Set>, Vec<Set>) = set.into_iter().partition(|set| is_foot(set, page));
        feet.extend(numbers);
        sets.extend(text);
        lines.extend(marks.lines.iter().map(|line| (at + 1, *line)));
    }
    let width = pages.first().map_or(210.0, |(page, _)| page.width);
    let area = Area::of(&sets, width);
    let paragraphs = rows::paragraphs(sets, area);
    let numbers = feet.into_iter().map(|set| PageNumber {
        which: Which::Page(set.row.page),
        baseline: Some(set.row.baseline),
        paragraph: rows::alone(set, area),
    });
    let strokes = lines.into_iter().filter_map(|(page, line)| stroke(page, &line, &paragraphs));
    Paper {
        format: Format::Pdf,
        strokes: strokes.collect(),
        numbers: numbers.collect(),
        pages: pages.into_iter().map(|(page, _)| page).collect(),
        paragraphs,
        fonts,
        blank,
        unreadable,
        archival,
        even_and_odd: false,
    }
}

/// Whether a row is the number of its page: the last tenth of the page is theirs.
fn is_foot(set: &Set, page: &Page) -> bool {
    !set.table && set.row.baseline > page.height * 0.885 && rows::is_page_number(&set.row.text)
}

fn stroke(page: usize, line: &Line, paragraphs: &[super::facts::Paragraph]) -> Option<Stroke> {
    let level = (line.to.1 - line.from.1).abs() < 0.3;
    let (left, right) = (line.from.0.min(line.to.0), line.from.0.max(line.to.0));
    let y = f64::midpoint(line.from.1, line.to.1);
    let above = paragraphs.iter().rfind(|it| it.rows.iter().any(|row| (row.page, row.baseline) < (page, y)));
    level.then(|| Stroke {
        at: Some(Drawn { page, left, right, y }),
        after: above.map_or(0, |it| it.number),
        length: Some(right - left),
        thickness: line.thickness,
        colour: line.colour,
        double: false,
        margin: false,
    })
}
