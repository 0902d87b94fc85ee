//! Measures both writers share: how large a mark is, and what finds room on the first page (9704 5.2, 7.2, 7.3.2).

use super::model::{Block, Document, Layout, Span};
use super::title;

mod addressees;
mod frame;
mod pages;
mod signers;
pub(super) mod tables;

use addressees::MAIN_TO_ROWS_FEW;
pub(super) use addressees::{main_to_below, main_to_overlong, sent_rows};
pub(super) use frame::{Frame, Place, Spread, certificate_title, frames, plaque_title};
pub(super) use pages::{sent_in_company, signature_at_edge};
pub(super) use signers::{NumberPlace, Signers, signers};

/// Where the 版记 stands, which closes the last face (9704 7.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ImprintPage {
    /// below the text, or on the next page where it finds no room there; so has a paper that has none
    #[default]
    Below,
    /// on the back of the page on which the text ends
    Back,
    /// the text fills a back page: on the back of the next sheet, whose front is blank
    AfterBlank,
}

/// What the pages of the PDF came to: what the writer of the Word file cannot see.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pages {
    /// where the 版记 stands
    pub imprint: ImprintPage,
    /// whether the signature is near an edge of its page: two rows of text must be told to go with it
    pub signature_at_edge: bool,
    /// the block that its signature parted, and so many characters into it: the end of a paragraph that is all the text there is
    pub(super) parted: Option<(usize, usize)>,
    /// what became of a paper too short to be parted; where nobody looked, an estimate says it
    pub(super) short: Option<Short>,
    /// where each paragraph of a paper in a frame stands, in order
    pub(super) framed: Vec<Place>,
}

/// The type area, 156 × 225 mm, in points.
const WIDTH_POINTS: u32 = 442;
const HEIGHT_POINTS: u32 = 637;
/// Characters in a row of 3号 and the height of such a row.
const ROW_CHARACTERS: u32 = 28;
const ROW_POINTS: u32 = 29;
/// A row of a title.
const TITLE_ROW_POINTS: u32 = 33;

/// The width of the text area in twips.
pub(super) fn text_width(layout: Layout) -> u32 {
    match layout {
        Layout::Document | Layout::Letter | Layout::Order | Layout::Minutes | Layout::Plain | Layout::Form => 8844,
        Layout::Sheet | Layout::Plaque => 12756,
        Layout::Certificate => 12076,
    }
}

/// The width of a text in characters: a Han character counts one, a Latin letter or digit one half, what is not set nothing.
pub(super) fn characters(text: &str) -> u32 {
    halves(text).div_ceil(2)
}

fn halves(text: &str) -> u32 {
    let shown = text.chars().filter(|character| !character.is_control());
    shown.map(|character| if character.is_ascii() { 1 } else { 2 }).sum()
}

/// The lines of the mark as set: 文件 ends a single line; beside several it stands alone. A joint letter bears the first mark alone.
pub(super) fn mark_lines(document: &Document) -> Vec<String> {
    match document.mark.as_slice() {
        [single] if document.mark_file => vec![format!("{single}文件")],
        [first, _, ..] if document.layout == Layout::Letter => vec![first.clone()],
        several => several.to_vec(),
    }
}

/// Whether 文件 stands beside the lines of a joint mark.
pub(super) fn mark_beside(document: &Document) -> bool {
    document.mark.len() > 1 && document.mark_file && document.layout != Layout::Letter
}

/// The size in which the longest line of the mark fills the width.
fn mark_filling(document: &Document) -> u32 {
    let longest = mark_lines(document).iter().map(|line| characters(line)).max().unwrap_or(0).max(1);
    let beside = if mark_beside(document) { 3 } else { 0 };
    (WIDTH_POINTS - 12) / (longest + beside)
}

/// A mark stands above a title of 22 pt, and is the larger of the two: below this size it grows no smaller, but narrower.
const MARK_POINTS_LOW: u32 = 30;
/// How narrow its characters may be, in hundredths of their width.
const MARK_PERCENT_MIN: u32 = 60;

/// The width of the mark's characters, in hundredths of what the face gives them.
pub(super) fn mark_percent(document: &Document) -> u32 {
    (mark_filling(document) * 100 / mark_points(document)).min(100)
}

/// A joint mark that leaves the first page no text is smaller, though not as small as the title.
const JOINT_MARK_POINTS_MIN: u32 = 24;

/// The size of the mark in points: as large as fits the width, within what looks dignified; of several organs smaller where the first
/// page would be without text.
pub(super) fn mark_points(document: &Document) -> u32 {
    let largest = mark_points_max(document);
    if document.mark.len() < 2 || document.layout == Layout::Letter {
        return largest;
    }
    let least = largest.min(JOINT_MARK_POINTS_MIN);
    let main_to = document.main_to.as_ref().map_or(0, |it| text_rows(it));
    let shows = |main_to: u32| {
        (least..=largest).rev().find(|points| {
            let (fixed, rows) = above(document, *points);
            fixed + (rows + main_to + 1) * ROW_POINTS <= HEIGHT_POINTS
        })
    };
    // where no size leaves room for long 主送 they go, and the mark stays
    shows(main_to).or_else(|| shows(0).filter(|_| main_to > MAIN_TO_ROWS_FEW)).unwrap_or(least)
}

fn mark_points_max(document: &Document) -> u32 {
    let lines = mark_lines(document);
    let largest = match lines.len() {
        0 | 1 if document.layout == Layout::Letter => 44,
        0 | 1 => 50,
        2..=4 => 40,
        // ten organs leave the first page a row of text
        many => (40 * 4 / u32::try_from(many).unwrap_or(40)).max(16),
    };
    let filling = mark_filling(document);
    let low = (filling * 100 / MARK_PERCENT_MIN).min(MARK_POINTS_LOW);
    filling.max(low).clamp(12, largest)
}

/// How close rows may stand, in parts of their height, tried in this order; the last leaves 22 pt to characters of 16 pt.
///
/// The signature of a short paper that finds no room on the first page (9704 7.3.5.5) has it so: rows stand closer by as little as
/// suffices, though not below 25 pt, where a page begins to look crowded; else the last two rows of the text go over with it, where
/// two stay, or the last row with what is listed below it; a text too short for that stands closer still, down to 22 pt; and where not
/// even that is enough, its last row goes over.
pub(super) const CLOSER: [f64; 12] = [0.98, 0.96, 0.94, 0.92, 0.9, 0.88, 0.86, 0.84, 0.82, 0.8, 0.78, 0.76];
/// So close rows may stand before a text is rather parted.
pub(super) const GENTLY_CLOSER: f64 = 0.86;
/// So close rows stand where that alone keeps a paper on one page: a page holds a row more.
pub(super) const CLOSER_BY_A_ROW: f64 = 0.94;
/// Rows of text that go with a signature; the rows of 附件说明 are none.
pub(super) const COMPANY_ROWS: usize = 2;

/// Rows of a text of so many that go with its signature: of one too short to be parted with two on either side the last, where
/// something is listed below it.
pub(super) fn company_rows(text_rows: usize, lists: bool) -> usize {
    if lists && text_rows < 2 * COMPANY_ROWS { 1 } else { COMPANY_ROWS }
}

/// The same by an estimate, for who cannot look.
pub(super) fn company_of(document: &Document) -> usize {
    let rows: u32 = document.body.iter().map(body_rows).sum();
    company_rows(rows as usize, !document.attachments.is_empty() || !document.attendance.is_empty())
}

/// The height of what stands above 主送 under a mark of so many points: what is fixed, in points, and the rows.
fn above(document: &Document, points: u32) -> (u32, u32) {
    let title = title::of(document).len().max(1) as u32 * TITLE_ROW_POINTS;
    let lines = mark_lines(document).len() as u32;
    // the ink of a character is nine tenths of its size high
    let mark = points * (90 + 130 * lines.saturating_sub(1)) / 100;
    let number = signers::rows(document) + u32::from(document.adopted.is_some());
    match document.layout {
        // the mark's place, the rule and what is around it; two rows above the number and above the title, one below it
        Layout::Document => (99 + mark + 20 + title, 2 + number + 3),
        Layout::Letter => (mark + title, 5),
        Layout::Order => (57 + mark, 2 + number + 2),
        Layout::Minutes => (99 + mark + 20 + title, 2 + number + u32::from(!document.signature.is_empty()) + 3),
        Layout::Plain | Layout::Sheet | Layout::Form | Layout::Certificate | Layout::Plaque => (title, 2),
    }
}

/// Rows a paragraph takes; punctuation that must not begin a row costs one in twenty or so.
fn text_rows(text: &str) -> u32 {
    (halves(text) + 2).div_ceil(2 * ROW_CHARACTERS - 2).max(1)
}

/// What becomes of a paper so short that its signature would take all text away from the first page (9704 7.3.3, 7.3.5.5).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Short {
    /// it is not so short, or the first page holds text and signature
    No,
    /// rows stand closer, in parts of their height
    Closer(f64),
    /// so they do on the first page alone, on which so many blocks of the text begin
    FirstCloser(f64, usize),
    /// no page holds both: one row of text goes along, not two
    Parted,
}

/// Whether the lists between text and signature and what goes with it are more than a page holds, so that rows of them must do as its
/// company.
pub(super) fn lists_fill_page(document: &Document, list_rows: usize) -> bool {
    let (seals, signature) = signature_rows(document);
    let signature = seals + signature + u32::from(document.note.is_some());
    // the row above the lists is free
    (list_rows + 1 + COMPANY_ROWS) as u32 + signature > HEIGHT_POINTS / ROW_POINTS
}

/// Whether what would go along with the signature is all the text there is, so that the first page would be left without (9704 7.3.3).
/// A program that sets a Word file moves a paragraph as a whole.
pub(super) fn one_piece(document: &Document) -> bool {
    let signed = document.date.is_some() && !document.signature.is_empty();
    let list = document.attachments.len() + document.attendance.len();
    if !headed(document.layout) || !signed || lists_fill_page(document, list) {
        return false;
    }
    let goes = match document.body.as_slice() {
        [] => return false,
        [.., _, last] if body_rows(last) == 1 => company_of(document),
        [..] => 1,
    };
    // headings go with what stands under them
    let before = document.body.len().saturating_sub(goes);
    document.body.iter().take(before).all(|block| matches!(block, Block::Heading(..)))
}

/// Whether a block is a heading on a row of its own, which goes with what stands under it. One with its text in the same paragraph is a
/// paragraph; one of the lower levels is an item of a list (1., （1）) unless a text of its own follows, and a chain of these would leave
/// pages half empty.
pub(super) fn stands_alone(blocks: &[Block], at: usize) -> bool {
    /// Characters of a heading on a row of its own.
    const CHARACTERS_MAX: usize = 26;
    let Some(Block::Heading(level, spans)) = blocks.get(at) else { return false };
    let text: String = spans.iter().map(|span| span.text.as_str()).collect();
    let leads = matches!(blocks.get(at + 1), Some(Block::Paragraph(_))) && !text.ends_with(['。', '；', '，', '：']);
    text.chars().count() <= CHARACTERS_MAX && (*level <= 2 || leads)
}

/// Whether the first page must show text below what stands at its head.
pub(super) fn headed(layout: Layout) -> bool {
    matches!(layout, Layout::Document | Layout::Letter | Layout::Order)
}

fn body_rows(block: &Block) -> u32 {
    match block {
        Block::Paragraph(spans) | Block::Heading(_, spans) | Block::Centre(spans) => {
            // the first row begins two characters in
            text_rows(&format!("　　{}", spans.iter().map(|span| span.text.as_str()).collect::<String>()))
        }
        Block::Table(_) | Block::Chart(_) => 100,
    }
}

/// An estimate, for the writer that cannot look.
pub(super) fn short(document: &Document) -> Short {
    if !one_piece(document) {
        return Short::No;
    }
    let body: u32 = document.body.iter().map(body_rows).sum();
    let list = document.attachments.len() + document.attendance.len();
    let (fixed, above) = above(document, mark_points(document));
    let main_to = document.main_to.as_ref().filter(|_| !main_to_below(document)).map_or(0, |it| text_rows(it));
    let list = if list > 0 { list as u32 + 1 } else { 0 };
    let (seals, signature) = signature_rows(document);
    let fixed = fixed + seals * ROW_POINTS;
    let rows = above + main_to + body + list + signature + u32::from(document.note.is_some());
    // below the last row there is nothing to part it from
    let height = f64::from(HEIGHT_POINTS + 12);
    let fits = |part: f64| f64::from(fixed) + f64::from(rows * ROW_POINTS) * part <= height;
    if fits(1.0) {
        return Short::No;
    }
    let closer = |least: f64| CLOSER.into_iter().filter(|part| *part >= least).find(|part| fits(*part));
    let least = if body >= 2 * company_of(document) as u32 { GENTLY_CLOSER } else { 0.0 };
    closer(least).map_or(Short::Parted, Short::Closer)
}

/// Whether the first paragraph of a paper is long enough to be parted by its signature, and there is no other way.
pub(super) fn parts(document: &Document, short: Short) -> bool {
    let first = document.body.iter().find(|block| !matches!(block, Block::Heading(..)));
    short == Short::Parted && first.is_some_and(|it| body_rows(it) >= 2 * COMPANY_ROWS as u32)
}

/// The spans before and after so many characters, blanks not counted: the typesetter drops them at the ends of rows.
pub(super) fn split_spans(spans: &[Span], at: usize) -> (Vec<Span>, Vec<Span>) {
    let (mut first, mut rest) = (Vec::new(), Vec::new());
    let mut seen = 0;
    for span in spans {
        let mut parts = [String::new(), String::new()];
        for character in span.text.chars() {
            let late = seen >= at && !(character.is_whitespace() && seen == at);
            seen += usize::from(!character.is_whitespace());
            parts[usize::from(late)].push(character);
        }
        let [before, after] = parts;
        first.push(Span { text: before, strong: span.strong });
        rest.push(Span { text: after, strong: span.strong });
    }
    let kept = |spans: Vec<Span>| spans.into_iter().filter(|span| !span.text.is_empty()).collect();
    (kept(first), kept(rest))
}

/// Rows of the signature with the blank ones above it: those that keep seals apart and stay as they are, and the others.
fn signature_rows(document: &Document) -> (u32, u32) {
    let names = document.signature.len() as u32;
    if document.layout == Layout::Minutes {
        return (0, 0);
    }
    if !document.posts.is_empty() {
        return (0, 2 + if document.seal { 3 * names } else { names + 1 } + 1);
    }
    if !document.seal {
        return (0, 1 + names + 1);
    }
    let rows = document.signature.len().div_ceil(seals_in_row(&document.signature)) as u32;
    (5 * rows.saturating_sub(1), 4)
}

/// Seals in a row: three by custom, two where names are long, one where two do not stand side by side.
const SEALS: [(u32, usize); 2] = [(8, 3), (13, 2)];

/// How many of these organs stand in a row under their seals; rows are filled evenly.
pub(super) fn seals_in_row(names: &[String]) -> usize {
    let longest = names.iter().map(|name| characters(name)).max().unwrap_or(0);
    let most = SEALS.iter().find(|(characters, _)| longest <= *characters).map_or(1, |(_, seals)| *seals);
    names.len().div_ceil(names.len().div_ceil(most).max(1)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::tests::samples;

    #[test]
    fn a_long_mark_grows_narrower_before_it_is_smaller_than_the_title() {
        let of = |count: usize| {
            let document = Document { mark: vec!["某".repeat(count)], mark_file: true, ..samples::decision() };
            (mark_points(&document), mark_percent(&document))
        };
        assert_eq!([6, 12, 15, 22, 40].map(of), [(50, 100), (30, 100), (30, 83), (28, 60), (16, 62)]);
    }

    #[test]
    fn a_heading_goes_with_its_text_and_an_item_of_a_list_does_not() {
        let heading = |level, text: &str| Block::Heading(level, samples::spans(text));
        let blocks = [
            heading(1, "一、总体要求"),
            heading(3, "1.分级负责"),
            samples::paragraph("压实责任。"),
            heading(3, "1.报送名单；"),
            samples::paragraph("另行通知。"),
            heading(3, "2.报送总结"),
            heading(3, "3.报送照片"),
        ];
        let alone: Vec<bool> = (0..8).map(|at| stands_alone(&blocks, at)).collect();
        assert_eq!(alone, [true, true, false, false, false, false, false, false]);
    }

    #[test]
    fn rows_of_seals_are_even_and_never_crowded() {
        let rows = |count: usize, length: usize| seals_in_row(&vec!["某".repeat(length); count]);
        assert_eq!([1, 2, 3, 4, 5, 6, 7].map(|count| rows(count, 6)), [1, 2, 3, 2, 3, 3, 3]);
        assert_eq!([rows(3, 10), rows(2, 14), rows(0, 0)], [2, 1, 1]);
    }

    #[test]
    fn spans_are_split_by_characters_that_show() {
        let span = |text: &str, strong| Span { text: text.to_owned(), strong };
        let (first, rest) = split_spans(&[span("甲 乙", false), span("丙丁", true)], 3);
        assert_eq!((first, rest), (vec![span("甲 乙", false), span("丙", true)], vec![span("丁", true)]));
    }
}
