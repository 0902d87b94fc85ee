//! Examining any official paper, ours or a stranger's, against GB/T 9704-2012.
//!
//! A file is read into what can be seen on it (`facts`), the elements are found by their looks (`elements`), and the rules of its
//! kind are judged (`judge`). Nothing here knows how our own papers are made: measures stand here a second time, taken from the
//! standard and not from the writers, so that a mistake of theirs is found.
//! Failures: a file that cannot be read is [`Unreadable`]. No file makes it panic.

use serde::{Deserialize, Serialize};
use std::fmt;

mod catalogue;
mod elements;
mod faces;
mod facts;
mod judge;
mod pdf;
mod read;
mod word;

pub use catalogue::{RULES, Rule, Seen, Severity};
use elements::Elements;
use facts::{Align, Colour, Paper};
#[cfg(test)]
pub(in crate::document) use pdf::bookmarks::bookmarks;
#[cfg(test)]
pub(in crate::document) use pdf::places::{Placed, placed, red_rules};

/// What kind of paper it is; each has rules of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// 文件格式, downward or to peers
    Document,
    /// 文件格式, upward
    Upward,
    /// 信函格式
    Letter,
    /// 命令(令)格式
    Command,
    /// 纪要格式
    Minutes,
    /// a paper without 版头: 公示, 方案, 告知书
    Plain,
    /// a table on a page, mostly a landscape one
    Sheet,
    /// 证书 and 奖牌文
    Certificate,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 8] = [
        Kind::Document,
        Kind::Upward,
        Kind::Letter,
        Kind::Command,
        Kind::Minutes,
        Kind::Plain,
        Kind::Sheet,
        Kind::Certificate,
    ];

    /// Its Chinese name.
    pub fn title(self) -> &'static str {
        match self {
            Kind::Document => "文件",
            Kind::Upward => "上行文",
            Kind::Letter => "信函",
            Kind::Command => "命令",
            Kind::Minutes => "纪要",
            Kind::Plain => "普通",
            Kind::Sheet => "表格",
            Kind::Certificate => "证书",
        }
    }

    /// Its name for machines.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Document => "document",
            Kind::Upward => "upward",
            Kind::Letter => "letter",
            Kind::Command => "command",
            Kind::Minutes => "minutes",
            Kind::Plain => "plain",
            Kind::Sheet => "sheet",
            Kind::Certificate => "certificate",
        }
    }

    /// Whether such a paper has a 版头.
    pub fn has_head(self) -> bool {
        match self {
            Kind::Document | Kind::Upward | Kind::Letter | Kind::Command | Kind::Minutes => true,
            Kind::Plain | Kind::Sheet | Kind::Certificate => false,
        }
    }
}

/// What is wrong with a paper, in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// the rule that is not kept
    #[serde(flatten)]
    pub rule: Rule,
    /// the page, from 1; a Word file does not say
    pub page: Option<usize>,
    /// the paragraph in reading order, from 1
    pub paragraph: Option<usize>,
    /// the words there
    pub words: String,
    /// what was found instead
    pub found: String,
}

impl Finding {
    /// One sentence for office staff, without its stop: where, what, and what should be.
    pub fn sentence(&self) -> String {
        let place = match (self.page, self.paragraph) {
            (Some(page), Some(_)) => format!("第{page}面"),
            (None, Some(paragraph)) => format!("第{paragraph}段"),
            (_, None) => "全文".to_owned(),
        };
        let words = if self.words.is_empty() { String::new() } else { format!("“{}”", self.words) };
        format!("{place}{words}：{}。应当：{}（{}）", self.found, self.rule.asks, self.rule.clause)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} [{}]", self.rule.severity.name(), self.sentence(), self.rule.id)
    }
}

/// What came of an examination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// the kind whose rules were judged
    pub kind: Kind,
    /// pages of a PDF; a Word file does not say
    pub pages: Option<usize>,
    /// what was found, the worst first
    pub findings: Vec<Finding>,
}

impl Report {
    /// The findings that forbid the paper to go out.
    pub fn grave(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.rule.severity == Severity::P0)
    }
}

/// Why a file cannot be examined.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// neither Word nor PDF
    #[error("it is neither a Word file (.docx) nor a PDF")]
    Strange,
    /// too long, or it unpacks to too much
    #[error("it is too large")]
    Large,
    /// damaged or encrypted
    #[error("it cannot be read: {0}")]
    Damaged(String),
}

/// Examines a file by the rules of `kind`, or of the kind it seems to be.
pub fn examine(bytes: &[u8], kind: Option<Kind>) -> Result<Report, Unreadable> {
    let paper = facts_of(bytes)?;
    let elements = Elements::of(&paper);
    let kind = kind.unwrap_or_else(|| kind_of(&paper, &elements));
    let pages = (paper.format == facts::Format::Pdf).then_some(paper.pages.len());
    Ok(Report { kind, pages, findings: judge::judge(&paper, &elements, kind) })
}

/// The text of a file as the examination reads it, a paragraph a line: for those who doubt a finding.
pub fn text(bytes: &[u8]) -> Result<String, Unreadable> {
    let paragraphs = facts_of(bytes)?.paragraphs.into_iter().map(|it| it.text() + "\n");
    Ok(paragraphs.collect())
}

/// All a PDF says, each text with its place in words for offices: what is drawn on its pages, seen or not, remarks and forms, what
/// the file says of itself, and text files embedded in it.
///
/// # Errors
/// Why it cannot be read.
pub fn pdf_texts(bytes: &[u8]) -> Result<Vec<(String, String)>, Unreadable> {
    pdf::texts(bytes)
}

/// What a PDF brings along unseen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Carried {
    /// it opens with a password only
    pub locked: bool,
    /// it has scripts, or calls another program
    pub runs: bool,
    /// it has programs in it
    pub programs: bool,
    /// it is damaged, and none of this was seen
    pub unread: bool,
}

/// What a PDF brings along unseen.
///
/// # Errors
/// Why it cannot be read.
pub fn pdf_carried(bytes: &[u8]) -> Result<Carried, Unreadable> {
    pdf::carried(bytes)
}

/// The pictures of a PDF that stand in it as the files they were (JPEG, JPEG 2000), with what their makers wrote into them.
///
/// # Errors
/// Why it cannot be read.
pub fn pdf_pictures(bytes: &[u8]) -> Result<Vec<Vec<u8>>, Unreadable> {
    pdf::pictures(bytes)
}

/// What the first page of a PDF says, row by row.
///
/// # Errors
/// Why it cannot be read.
pub fn first_page(bytes: &[u8]) -> Result<Vec<String>, Unreadable> {
    pdf::first_page(bytes)
}

/// Whether a 文种 is one of official documents (条例8), or one of the papers set like them.
pub fn is_official(kind: &str) -> bool {
    read::is_type(kind)
}

/// How many pages a PDF has; a damaged one may have none.
///
/// # Errors
/// Why it cannot be read.
pub fn pages(bytes: &[u8]) -> Result<usize, Unreadable> {
    pdf::pages(bytes)
}

/// The colour profile of a PDF/A, unpacked.
pub(super) fn colour_profile(bytes: &[u8]) -> Option<Vec<u8>> {
    pdf::colour_profile(bytes).ok().flatten()
}

fn facts_of(bytes: &[u8]) -> Result<Paper, Unreadable> {
    // some programs put a few bytes before the header
    let head = bytes.get(..1024).unwrap_or(bytes);
    if head.windows(5).any(|five| five == b"%PDF-") {
        pdf::read(bytes)
    } else if bytes.starts_with(b"PK") {
        word::read(bytes)
    } else {
        Err(Unreadable::Strange)
    }
}

/// The kind a paper seems to be, by its page, its mark and its title.
fn kind_of(paper: &Paper, elements: &Elements) -> Kind {
    let all = &paper.paragraphs;
    if paper.pages.first().is_some_and(facts::Page::is_landscape) {
        let large = all.iter().any(|it| it.is_red() && it.points() > 24.0);
        // a certificate is framed, and its frame is drawn: a list is a table and has a number
        let numbered = paper.pages.iter().any(|page| page.turned_number) || !paper.numbers.is_empty();
        return if large && !numbered && !all.iter().any(|it| it.table && it.points() < 16.0) {
            Kind::Certificate
        } else {
            Kind::Sheet
        };
    }
    let Some(mark) = elements.mark.last().map(|at| &all[*at]) else {
        // a mark that is not red is none, but the paper wants to be what it says
        let says = all.iter().take(4).any(|it| it.points() > 24.0 && read::dense(&it.text()).ends_with("文件"));
        return if says { Kind::Document } else { Kind::Plain };
    };
    let text = read::dense(&mark.text());
    let title = elements::joined(all, &elements.title);
    let reports = read::is_upward(&title);
    let high = mark.rows.first().is_some_and(|row| row.baseline < 50.0);
    let red = || paper.strokes.iter().filter(|it| it.colour == Colour::Red);
    // two lines of one border, or one border above and one below a low paragraph
    let double = red().any(|it| it.double) || red().filter(|it| it.margin).count() > 1;
    let at_side = elements.number.is_some_and(|at| all[at].align == Align::Right);
    if text.ends_with('令') {
        Kind::Command
    } else if text.ends_with("纪要") {
        Kind::Minutes
    } else if high || double || (at_side && !text.ends_with("文件")) {
        Kind::Letter
    } else if elements.signers.is_some() || reports {
        Kind::Upward
    } else {
        Kind::Document
    }
}
