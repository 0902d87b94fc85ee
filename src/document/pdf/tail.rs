//! The signature never stands alone: two rows of text go with it (9704 7.3.5.5), and the first page shows text (7.3.3).
//!
//! A paper is set as it flows and looked at. Where the signature came to a page by itself, the last two rows before it, of a
//! paragraph or of a table, begin that page, and the paper is set again. Where that would leave the first page without text, rows
//! stand closer until all is together.

use super::super::fit::{COMPANY_ROWS, Short, company_rows, headed, lists_fill_page, one_piece, sent_in_company};
use super::super::model::{Block, Document};
use super::look::{BELOW_BASE_POINTS, ROW_POINTS, SAME_ROW_POINTS, Seen, TEXT_FOOT_POINTS, What};

/// What was found out about a paper, for setting it again.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fitting {
    /// height of a row in parts of the standard's
    pub(super) rows: f64,
    /// where the signature's page begins
    pub(super) split: Option<Split>,
    /// where the second page begins, if rows are closer on the first alone
    pub(super) second: Option<Split>,
    /// of each table of the paper, the rows that begin a page within a merged cell
    pub(super) breaks: Vec<Vec<usize>>,
}

impl Default for Fitting {
    fn default() -> Fitting {
        Fitting { rows: 1.0, split: None, second: None, breaks: Vec::new() }
    }
}

impl Fitting {
    /// What became of a paper so short that its signature would have taken all its text along.
    pub(super) fn short(&self, document: &Document) -> Short {
        match self.second {
            Some(Split::Body { block, at }) => Short::FirstCloser(self.rows, block + usize::from(at > 0)),
            Some(Split::List) => Short::FirstCloser(self.rows, document.body.len()),
            None if self.rows < 1.0 => Short::Closer(self.rows),
            None if self.split.is_some() && one_piece(document) => Short::Parted,
            None => Short::No,
        }
    }

    /// The paragraph that was parted since there is no other text to go with the signature.
    pub(super) fn parted(&self, document: &Document) -> Option<(usize, usize)> {
        match self.split.filter(|_| self.short(document) == Short::Parted)? {
            Split::Body { block, at } if at > 0 => {
                matches!(document.body.get(block), Some(Block::Paragraph(_))).then_some((block, at))
            }
            Split::Body { .. } | Split::List => None,
        }
    }
}

/// The beginning of the signature's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Split {
    /// so many characters (blanks not counted) into a paragraph of the body, or rows into a table
    Body { block: usize, at: usize },
    /// 附件说明, or who attended
    List,
}

impl Split {
    /// The block of the body in which the page begins.
    pub(super) fn block(self) -> Option<usize> {
        match self {
            Split::Body { block, .. } => Some(block),
            Split::List => None,
        }
    }
}

/// What a paper that was set lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lack {
    /// nothing
    Nothing,
    /// company of the signature; it is to be had by beginning its page there
    Company(Split),
    /// room on the first page
    Room,
    /// a row to spare on the first page: what another program sets a hair further apart would take away its only row of text, or a
    /// signature that has no text to take along
    Spare,
}

/// A row of what stands before the signature, in order.
#[derive(Clone, Copy)]
struct Row {
    split: Split,
    page: usize,
    y: f64,
}

/// What another program may set the rows of a page further apart, all together.
const UNSURE_POINTS: f64 = 6.0;

/// What a paper lacks, as it came to stand.
pub(super) fn lack(document: &Document, seen: &[Seen]) -> Lack {
    let Some(signature) = seen.iter().position(|it| is_mark(it, "signature")) else { return Lack::Nothing };
    let Some(first) = seen.iter().position(|it| is_mark(it, "block")) else { return Lack::Nothing };
    let rows = rows(document, &seen[first..signature]);
    let place = &seen[signature];
    match first_page(document, &rows) {
        First::Text => {}
        First::LastRow if place.page > 0 => return Lack::Spare,
        First::LastRow => {}
        First::Bare => return Lack::Room,
    }
    // of several organs stand several rows, which another program sets further apart
    let several = document.signature.len() > 1;
    if place.page == 0 {
        let foot = foot(document, &seen[signature..]);
        let sure =
            if several { TEXT_FOOT_POINTS - ROW_POINTS } else { TEXT_FOOT_POINTS - BELOW_BASE_POINTS - UNSURE_POINTS };
        if foot > sure {
            return Lack::Spare;
        }
    }
    let lists = rows.iter().filter(|row| row.split == Split::List).count();
    let long = lists_fill_page(document, lists);
    let rows: Vec<Row> = rows.iter().filter(|row| row.split != Split::List || long).copied().collect();
    let company = company_rows(rows.len(), lists > 0);
    let text_end = mark(seen, "list").filter(|end| !long && *end < signature).unwrap_or(signature);
    let there = distinct(seen[first..text_end.max(first)].iter().filter(|it| it.page == place.page));
    // a chart stands for two rows, of which its name has been counted
    let charts = rows.iter().filter(|row| row.page == place.page && is_chart(document, row.split)).count() / 2;
    let accompanied = there + charts >= company || place.page == rows.first().map_or(0, |row| row.page);
    if accompanied && !sent_alone(document, seen, place.page) {
        return Lack::Nothing;
    }
    let Some(row) = rows.len().checked_sub(company).and_then(|at| rows.get(before_lone(&rows, at))) else {
        return Lack::Room;
    };
    match before_headings(document, row.split) {
        Split::Body { block: 0, at: 0 } => Lack::Room,
        split @ (Split::Body { .. } | Split::List) => Lack::Company(split),
    }
}

/// What of its text a paper shows on its first page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    /// enough
    Text,
    /// a single row, in the last row of the page
    LastRow,
    /// nothing, though it must
    Bare,
}

fn first_page(document: &Document, rows: &[Row]) -> First {
    match rows {
        _ if !headed(document.layout) => First::Text,
        [first, ..] if first.page > 0 => First::Bare,
        [first] if in_last_row(first.y) => First::LastRow,
        [first, second, ..] if second.page > 0 && in_last_row(first.y) => First::LastRow,
        [..] => First::Text,
    }
}

/// Whether a base line is in the last row of a page.
fn in_last_row(y: f64) -> bool {
    y > TEXT_FOOT_POINTS - ROW_POINTS
}

/// The last base line of the signature and the note on the first page, whose number stands below the type area.
fn foot(document: &Document, from_signature: &[Seen]) -> f64 {
    // what closes a letter wants as much room here as in Word: where it found it there is some to spare
    let whole = if document.copy_to.is_none() { from_signature.len() } else { 0 };
    let end = from_signature.iter().position(|it| is_mark(it, "text-end")).unwrap_or(whole);
    let rows = from_signature[..end].iter().filter(|it| it.page == 0 && is_text(it)).map(|it| it.y);
    rows.filter(|y| *y <= TEXT_FOOT_POINTS).fold(0.0, f64::max)
}

/// Whether what closes a letter found no room on the page of its signature.
fn sent_alone(document: &Document, seen: &[Seen], signed: usize) -> bool {
    let sent = mark(seen, "sent").and_then(|at| seen.get(at));
    sent_in_company(document) && sent.is_some_and(|sent| sent.page > signed)
}

fn is_chart(document: &Document, split: Split) -> bool {
    split.block().is_some_and(|block| matches!(document.body.get(block), Some(Block::Chart(_))))
}

/// Where the second page begins, if it begins with a row of the text.
pub(super) fn second_page(document: &Document, seen: &[Seen]) -> Option<Split> {
    let signature = seen.iter().position(|it| is_mark(it, "signature"))?;
    let first = seen.iter().position(|it| is_mark(it, "block"))?;
    let row = rows(document, &seen[first..signature]).into_iter().find(|row| row.page > 0)?;
    let on_page = seen.iter().filter(|it| it.page == row.page && is_text(it)).map(|it| it.y);
    (row.y - on_page.fold(f64::INFINITY, f64::min) < SAME_ROW_POINTS).then_some(row.split)
}

/// Whether as many rows of the text stay where they are as go along when the signature's page begins there.
pub(super) fn leaves_company(document: &Document, seen: &[Seen], split: Split) -> bool {
    let (signature, first) = (mark(seen, "signature"), mark(seen, "block"));
    let Some((signature, first)) = signature.zip(first) else { return false };
    let rows = rows(document, &seen[first..signature]);
    let (text, lists): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.split != Split::List);
    let stay = text.iter().take_while(|row| row.split != split).count();
    stay >= company_rows(text.len(), !lists.is_empty())
}

fn mark(seen: &[Seen], name: &str) -> Option<usize> {
    seen.iter().position(|it| is_mark(it, name))
}

/// The best that is left where rows cannot stand close enough: the last row alone goes along.
pub(super) fn last_row(document: &Document, seen: &[Seen]) -> Option<Split> {
    let signature = seen.iter().position(|it| is_mark(it, "signature"))?;
    let first = seen.iter().position(|it| is_mark(it, "block"))?;
    let rows = rows(document, &seen[first..signature]);
    let text = rows.iter().rfind(|row| row.split != Split::List).copied();
    // a text of one row stays, and what is listed below it goes
    let begins = |row: &Row| row.split != Split::Body { block: 0, at: 0 };
    let list = rows.iter().find(|row| row.split == Split::List).copied();
    text.filter(begins).or(list).filter(|row| row.page < seen[signature].page).map(|row| row.split)
}

/// Whether the signature stands on the first page.
pub(super) fn signed_on_first(seen: &[Seen]) -> bool {
    seen.iter().find(|it| is_mark(it, "signature")).is_some_and(|it| it.page == 0)
}

fn is_mark(seen: &Seen, name: &str) -> bool {
    matches!(&seen.what, What::Mark(label) if label == name)
}

/// Rows on a page, by their base lines; the page's number is none.
fn distinct<'a>(seen: impl Iterator<Item = &'a Seen>) -> usize {
    let mut lines: Vec<f64> = seen.filter(|it| is_text(it)).map(|it| it.y).collect();
    lines.sort_by(f64::total_cmp);
    lines.dedup_by(|below, above| *below - *above < SAME_ROW_POINTS);
    lines.len()
}

fn is_text(seen: &Seen) -> bool {
    matches!(seen.what, What::Text { .. })
}

/// The rows of the body and of the lists after it.
fn rows(document: &Document, seen: &[Seen]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut marks = 0;
    let mut characters = 0;
    for it in seen {
        if is_mark(it, "block") {
            marks += 1;
            characters = 0;
        }
        if is_mark(it, "list") {
            marks = document.body.len() + 1;
        }
        let What::Text { text, .. } = &it.what else { continue };
        let (page, y) = (it.page, it.y);
        let new = rows
            .last()
            .is_none_or(|last| last.page != page || (last.y - y).abs() > SAME_ROW_POINTS || begins(last, marks - 1));
        let block = marks - 1;
        match document.body.get(block) {
            None if new => rows.push(Row { split: Split::List, page, y }),
            Some(Block::Table(table)) if characters == 0 => {
                rows.extend((0..table.rows.len()).map(|at| Row { split: Split::Body { block, at }, page, y }));
            }
            Some(Block::Paragraph(_)) if new => {
                rows.push(Row { split: Split::Body { block, at: characters }, page, y });
            }
            Some(Block::Heading(..) | Block::Centre(_)) if characters == 0 => {
                rows.push(Row { split: Split::Body { block, at: 0 }, page, y });
            }
            // so high as it is it does for two rows of text
            Some(Block::Chart(_)) if characters == 0 => {
                rows.extend([Row { split: Split::Body { block, at: 0 }, page, y }; COMPANY_ROWS]);
            }
            Some(_) | None => {}
        }
        characters += text.chars().filter(|character| !character.is_whitespace()).count();
    }
    rows
}

/// Whether a text of this block begins after a row of another.
fn begins(last: &Row, block: usize) -> bool {
    matches!(last.split, Split::Body { block: of, .. } if of != block)
}

/// No page begins with the last row of a paragraph of four or more: the row before goes along, and two stay.
fn before_lone(rows: &[Row], at: usize) -> usize {
    const ROWS_MIN: usize = 4;
    let of = |at: usize| rows.get(at).map(|row| row.split.block());
    let ends = of(at + 1).is_some() && of(at + 1) != of(at);
    let long = (at + 1).checked_sub(ROWS_MIN).is_some_and(|first| of(first) == of(at));
    if ends && long { at - 1 } else { at }
}

/// A heading goes with what stands under it.
fn before_headings(document: &Document, split: Split) -> Split {
    let Split::Body { mut block, at: 0 } = split else { return split };
    while block > 0 && matches!(document.body.get(block - 1), Some(Block::Heading(..))) {
        block -= 1;
    }
    Split::Body { block, at: 0 }
}
