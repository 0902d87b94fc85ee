//! What is seen on a paper, whatever kind of file it came in: pages, paragraphs with their faces, drawn lines, page numbers.
//!
//! Lengths are millimetres from the upper left corner of the page, sizes points. What a kind of file cannot tell is `None`:
//! a Word file does not say where a row will stand, a PDF does not say which paragraphs there were.

use super::faces::{self, Family};
use std::collections::{BTreeMap, BTreeSet};

/// Millimetres in a point.
pub(super) const MM_PER_POINT: f64 = 25.4 / 72.0;
/// The row of the standard: 225 mm hold 22 (9704 5.2.3).
pub(super) const ROW_MM: f64 = 225.0 / 22.0;
/// The character of the standard: 156 mm hold 28 (9704 5.2.3).
pub(super) const CHARACTER_MM: f64 = 156.0 / 28.0;

/// The kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Word,
    Pdf,
}

/// What a colour is to 9704: text is black, marks and some rules are red.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Colour {
    #[default]
    Black,
    Red,
    Other,
}

impl Colour {
    /// From parts of red, green and blue between 0 and 1.
    pub(super) fn of(red: f64, green: f64, blue: f64) -> Colour {
        if red > 0.55 && green < 0.4 && blue < 0.4 {
            Colour::Red
        } else if red < 0.4 && green < 0.4 && blue < 0.4 {
            Colour::Black
        } else {
            Colour::Other
        }
    }
}

/// A paper as it was found.
#[derive(Debug, Clone)]
pub(super) struct Paper {
    pub(super) format: Format,
    pub(super) pages: Vec<Page>,
    pub(super) paragraphs: Vec<Paragraph>,
    pub(super) strokes: Vec<Stroke>,
    pub(super) numbers: Vec<PageNumber>,
    /// faces of a PDF; a Word file embeds none
    pub(super) fonts: Vec<Font>,
    /// characters that are shown by glyphs without outlines, by the faces of a PDF
    pub(super) blank: BTreeMap<String, BTreeSet<char>>,
    /// characters drawn of which the file does not say what they are
    pub(super) unreadable: usize,
    /// whether the file calls itself PDF/A
    pub(super) archival: bool,
    /// whether a Word file has other feet on even pages
    pub(super) even_and_odd: bool,
}

/// A page of a PDF, a section of a Word file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Page {
    pub(super) width: f64,
    pub(super) height: f64,
    /// top, right, bottom, left
    pub(super) margins: Option<[f64; 4]>,
    /// whether text runs on it; what stands in a box alone stands where the box does
    pub(super) flows: bool,
    /// points from row to row that the section's grid has, when it has one
    pub(super) pitch: Option<f64>,
    /// points that the section's grid adds to every character, when it has one for characters
    pub(super) spread: Option<f64>,
    /// whether the first page has feet of its own
    pub(super) first_differs: bool,
    /// whether its number stands turned by a quarter, as on a page that lies crosswise
    pub(super) turned_number: bool,
}

impl Page {
    pub(super) fn is_landscape(&self) -> bool {
        self.width > self.height
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Align {
    #[default]
    Left,
    Centre,
    Right,
}

/// A run of characters that look the same.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Run {
    pub(super) text: String,
    /// the face of Han characters
    pub(super) face: String,
    /// the face of the others
    pub(super) latin: String,
    pub(super) points: f64,
    /// points added to each character of a Word file
    pub(super) spread: f64,
    pub(super) colour: Colour,
}

/// A row of a PDF.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Row {
    pub(super) page: usize,
    pub(super) text: String,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) baseline: f64,
    pub(super) points: f64,
}

impl Row {
    /// Where its text ends, a mark that hangs over the edge not counted: programs let one hang there (允许标点溢出边界).
    pub(super) fn end(&self) -> f64 {
        const HANGING: [char; 12] = ['，', '。', '、', '；', '：', '！', '？', '）', '》', '”', '’', '〕'];
        let hangs = self.text.trim_end().ends_with(HANGING);
        self.right - if hangs { self.points * MM_PER_POINT } else { 0.0 }
    }
}

/// A paragraph: of a Word file as it is, of a PDF as its rows suggest.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Paragraph {
    /// its place in reading order, from 1
    pub(super) number: usize,
    /// the page it begins on; a Word file does not say
    pub(super) page: Option<usize>,
    pub(super) runs: Vec<Run>,
    pub(super) rows: Vec<Row>,
    pub(super) align: Align,
    /// characters the first row is indented by
    pub(super) first: f64,
    /// characters the other rows are indented by
    pub(super) left: f64,
    /// characters between its end and the right edge of the text
    pub(super) right: f64,
    /// empty rows of the standard above it
    pub(super) gap: f64,
    /// points from row to row, when they are fixed
    pub(super) pitch: Option<f64>,
    /// whether it stands in a table with columns
    pub(super) table: bool,
    /// whether it stands in the head of the pages
    pub(super) header: bool,
    /// whether it is set at the outer edge of the page, left or right as the page is
    pub(super) outside: bool,
    /// whether it is made to begin a page
    pub(super) new_page: bool,
}

impl Paragraph {
    pub(super) fn text(&self) -> String {
        self.runs.iter().map(|run| run.text.as_str()).collect()
    }

    /// Its rows as a reader sees them: those of a PDF, or what line breaks part.
    pub(super) fn lines(&self) -> Vec<String> {
        if self.rows.is_empty() {
            return self
                .text()
                .split('\n')
                .map(|line| line.trim().to_owned())
                .filter(|line| !line.is_empty())
                .collect();
        }
        self.rows.iter().map(|row| row.text.trim().to_owned()).collect()
    }

    /// The size most of its characters have.
    pub(super) fn points(&self) -> f64 {
        let mut sizes: Vec<(f64, usize)> = Vec::new();
        for run in self.runs.iter().filter(|run| !run.text.trim().is_empty()) {
            let count = run.text.chars().filter(|c| !c.is_whitespace()).count();
            match sizes.iter_mut().find(|(size, _)| (*size - run.points).abs() < 0.3) {
                Some((_, all)) => *all += count,
                None => sizes.push((run.points, count)),
            }
        }
        sizes.iter().max_by_key(|(_, count)| *count).map_or(0.0, |(size, _)| *size)
    }

    /// Its Han characters, run by run, with the family of their face and their size. A rare one stands in whatever face has it.
    pub(super) fn han(&self) -> impl Iterator<Item = (String, Family, &Run)> {
        let common = |c: &char| ('\u{4E00}'..='\u{9FA5}').contains(c);
        self.runs.iter().filter_map(move |run| {
            let han: String = run.text.chars().filter(common).collect();
            (!han.is_empty()).then(|| (han, faces::family(&run.face), run))
        })
    }

    pub(super) fn is_red(&self) -> bool {
        let count = |red: bool| {
            let of = self.runs.iter().filter(|run| (run.colour == Colour::Red) == red);
            of.map(|run| run.text.trim().chars().count()).sum::<usize>()
        };
        count(true) > count(false)
    }

    /// The characters it begins with, for a person to find it by.
    pub(super) fn words(&self) -> String {
        short(&self.text())
    }
}

/// The beginning of a text, on one line.
pub(super) fn short(text: &str) -> String {
    const CHARACTERS: usize = 24;
    let flat: String = text.trim().chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let cut: String = flat.chars().take(CHARACTERS).collect();
    if flat.chars().count() > CHARACTERS { format!("{cut}…") } else { cut }
}

pub(super) fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// A line drawn from left to right: a rule.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stroke {
    /// where it is drawn; a Word file says only between which paragraphs
    pub(super) at: Option<Drawn>,
    /// the number of the paragraph it follows, as the file is read
    pub(super) after: usize,
    /// millimetres, when the file says
    pub(super) length: Option<f64>,
    /// millimetres
    pub(super) thickness: f64,
    pub(super) colour: Colour,
    /// whether one border of a Word file draws two lines, a thick and a thin one
    pub(super) double: bool,
    /// whether it is drawn in the head or the foot of the pages
    pub(super) margin: bool,
}

/// Where a rule is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Drawn {
    pub(super) page: usize,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) y: f64,
}

/// Which pages a number stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Page(usize),
    /// pages for which nothing else is said
    Every,
    Even,
    First,
}

/// A page number, or the field that makes it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PageNumber {
    pub(super) which: Which,
    pub(super) paragraph: Paragraph,
    /// its baseline, when the file says
    pub(super) baseline: Option<f64>,
}

/// A face of a PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Font {
    pub(super) name: String,
    pub(super) embedded: bool,
}
