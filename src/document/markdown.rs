//! The Markdown subset of templates: lines of text become blocks of a document.
//!
//! One line is one block; blank lines mean nothing, so loops may leave them behind. A line ending in a single `\` goes on with
//! the next. Blocks: `## ` to `##### ` headings of level 1 to 4 (their numerals are written here), `> ` a centred line,
//! `| … |` tables, `+++ 附件 名称` the beginning of an attachment, anything else a paragraph; `**…**` is strong.
//!
//! Tables: header rows, or none in a form, then a rule such as `|---|:------|`: the number of dashes is the column's relative width, a leading
//! colon sets it flush left, otherwise centred. A cell `<` joins the one to its left, `^` the one above; `|= 名称` is the
//! caption and begins a table.
//!
//! Charts: `|~ 柱状图 名称` (or 折线图, 比例图) before a table makes a picture of it: the header names the series, the first
//! column the points, the other cells are numbers; an empty cell or `—` is none.
//!
//! A backslash takes the meaning from the next character; `\n` is a line break in a cell, a new paragraph in a paragraph, and
//! a space in a heading or name. [`escape`] writes values so that nothing in them means anything here.

use super::model::{Attachment, Block, Layout, Span};
use crate::numerals;
use headings::{Numbers, numbered};

mod chart;
mod headings;
mod table;

/// What a rendered template says: the body and the attachments bound with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// the body's blocks
    pub body: Vec<Block>,
    /// attachments in order, each with its own blocks
    pub attachments: Vec<Attachment>,
}

/// What is wrong with the markup, at a 1-based line of the rendered text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}: {text:?}")]
pub struct MarkdownError {
    /// 1-based line of the rendered text
    pub line: usize,
    /// what is wrong
    pub fault: Fault,
    /// the line
    pub text: String,
}

/// Kinds of faulty markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// `# ` is not a heading of a body: the title stands in the front matter
    #[error("a body has headings of level ## to #####; the title belongs in the front matter")]
    HeadingLevel,
    /// `**` without its partner
    #[error("** is opened and not closed")]
    StrongUnclosed,
    /// `+++` that does not begin an attachment
    #[error("+++ must be followed by 附件 and a name")]
    AttachmentNameless,
    /// nothing stands below it
    #[error("an attachment has nothing in it: give it a text, or make the whole of it conditional, its +++ too")]
    AttachmentEmpty,
    /// two of one name
    #[error("two attachments have the same name")]
    AttachmentTwice,
    /// a paper says nothing
    #[error("the paper has no text")]
    NoText,
    /// a chart leaves no room for it on the first page
    #[error("a paper begins with text, not with a chart: the first page shows text (GB/T 9704 7.3.3)")]
    ChartFirst,
    /// table without `|---|`
    #[error("a table needs a rule |---| below its header, or first when it has none")]
    TableWithoutRule,
    /// a row with more or fewer cells than the rule
    #[error("a row has another number of cells than the rule")]
    TableRowUneven,
    /// `<` in the first column or `^` in the first row
    #[error("a cell joins one that is not there")]
    TableJoin,
    /// a chart of a kind there is not, or without a name
    #[error("a chart begins with |~ 柱状图, 折线图 or 比例图 and its name")]
    ChartKind,
    /// a chart whose table joins cells, has several header rows, no series or no point
    #[error("a chart's table has one header row, a name and at least one number in every row, and no joined cells")]
    ChartShape,
    /// a cell of a chart that is no number
    #[error("a chart's cells are decimal numbers of at most 12 digits, or empty")]
    ChartNumber,
    /// shares of several series, or of less than nothing
    #[error("shares are of one column of numbers, none missing, none below zero")]
    ChartShares,
    /// more points than fit a page's width; shares are put together instead
    #[error("a chart of bars or lines has at most 24 points: make two of it")]
    ChartPoints,
    /// more series than can be told apart
    #[error("a chart has at most 6 series: make two of it")]
    ChartSeries,
    /// names that find no room
    #[error("a chart's names have at most 20 characters, fewer the more points there are: shorten them")]
    ChartNames,
}

impl Fault {
    /// The sentence for an office's reader.
    pub fn sentence(self) -> &'static str {
        match self {
            Fault::HeadingLevel => "正文标题从“##”起，公文标题写在文件头",
            Fault::StrongUnclosed => "“**”没有成对",
            Fault::AttachmentNameless => "“+++”之后须写“附件 名称”",
            Fault::AttachmentEmpty => "附件没有内容，请写上内容，或者连同“+++”一行一并不用",
            Fault::AttachmentTwice => "两个附件名称相同",
            Fault::NoText => "公文没有正文",
            Fault::ChartFirst => "正文须以文字开头，图放在后面（首页必须显示正文）",
            Fault::TableWithoutRule => "表格的表头行之下须有“|---|”分隔行，没有表头时分隔行写在最前",
            Fault::TableRowUneven => "表格某一行的格数与分隔行不同",
            Fault::TableJoin => "表格中要合并的格不存在",
            Fault::ChartKind => "图须以“|~ 柱状图 名称”开头，种类为柱状图、折线图或比例图",
            Fault::ChartShape => "图的数据表须有一行表头，每行有名称和数字，不得合并单元格",
            Fault::ChartNumber => "图中的数须为不超过12位的阿拉伯数字，没有的留空",
            Fault::ChartShares => "比例图须为一列数字，不得缺项，不得小于零",
            Fault::ChartPoints => "柱状图、折线图至多24项，请分成几张图",
            Fault::ChartSeries => "柱状图、折线图至多6组数据，请分成几张图",
            Fault::ChartNames => "图中的名称太长（至多20个字，项目多时更少），请缩短",
        }
    }
}

/// Reads rendered text.
pub fn parse(text: &str) -> Result<Parsed, MarkdownError> {
    let lines = joined(text);
    let mut parsed = Parsed { body: Vec::new(), attachments: Vec::new() };
    let mut numbers = Numbers::default();
    let mut rest = &lines[..];
    while let Some((first, after)) = rest.split_first() {
        let line = first.text.as_str();
        let fault = |fault| MarkdownError { line: first.number, fault, text: line.to_owned() };
        if line.starts_with('|') {
            let goes_on =
                |it: &&Line| it.text.starts_with('|') && !it.text.starts_with("|=") && !it.text.starts_with("|~");
            let length = 1 + after.iter().take_while(goes_on).count();
            let rows: Vec<&str> = rest[..length].iter().map(|it| it.text.as_str()).collect();
            let block = match line.strip_prefix("|~") {
                Some(name) => chart::parse(name, &rows[1..]).map(Block::Chart),
                None => table::parse(&rows).map(Block::Table),
            };
            let block = block.map_err(|(row, fault)| MarkdownError {
                line: rest[row].number,
                fault,
                text: rows[row].to_owned(),
            })?;
            place(&mut parsed).push(block);
            rest = &rest[length..];
            continue;
        }
        rest = after;
        if let Some(name) = line.strip_prefix("+++") {
            let name = name.trim_matches(BLANK).strip_prefix("附件").map(|name| plain(name.trim_matches(BLANK)));
            let name = name.map(|name| name.trim_end_matches(STOPS).to_owned());
            let name = name.filter(|name| !name.is_empty()).ok_or_else(|| fault(Fault::AttachmentNameless))?;
            if parsed.attachments.iter().any(|other| other.name == name) {
                return Err(fault(Fault::AttachmentTwice));
            }
            if after.first().is_none_or(|next| next.text.starts_with("+++")) {
                return Err(fault(Fault::AttachmentEmpty));
            }
            parsed.attachments.push(Attachment { name, body: Vec::new() });
            numbers = Numbers::default();
            continue;
        }
        let blocks = blocks(line, &mut numbers).map_err(fault)?;
        place(&mut parsed).extend(blocks);
    }
    Ok(parsed)
}

/// What an official paper of this layout must not lack or begin with: its first page shows text (9704 7.3.3).
pub fn whole(parsed: &Parsed, text: &str, layout: Layout) -> Result<(), MarkdownError> {
    let (number, first) = text.lines().enumerate().find(|(_, line)| !line.trim().is_empty()).unwrap_or_default();
    let official = matches!(layout, Layout::Document | Layout::Letter | Layout::Order | Layout::Minutes);
    let fault = match parsed.body.first() {
        None => Fault::NoText,
        Some(Block::Chart(_)) => Fault::ChartFirst,
        Some(_) => return Ok(()),
    };
    if official { Err(MarkdownError { line: number + 1, fault, text: first.to_owned() }) } else { Ok(()) }
}

/// Marks the name of an attachment does not end with (9704 7.3.4).
const STOPS: [char; 5] = ['。', '；', '，', '、', '.'];

/// A value as text of this markup: every character that could mean something gets a backslash, line breaks become `\n`,
/// characters without a shape vanish.
pub fn escape(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for character in value.replace("\r\n", "\n").chars() {
        match character {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}' | '\u{85}' => text.push_str("\\n"),
            '\t' => text.push(' '),
            '\\' | '*' | '|' | '#' | '>' | '<' | '^' | '+' | '-' | '=' | '~' => text.extend(['\\', character]),
            hidden if invisible(hidden) => {}
            other => text.push(other),
        }
    }
    text
}

/// True for what cannot be seen but may hide or turn round what can: controls, zero-width characters, directions of writing.
pub(crate) fn invisible(character: char) -> bool {
    let code = u32::from(character);
    character.is_control() || matches!(code, 0xad | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0xfeff)
}

const BLANK: [char; 2] = [' ', '\t'];

struct Line {
    number: usize,
    text: String,
}

/// Non-blank lines, continued ones joined, each with the number of its first line.
fn joined(text: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut open = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_matches(BLANK);
        let slashes = line.chars().rev().take_while(|it| *it == '\\').count();
        let goes_on = slashes % 2 == 1;
        let kept = if goes_on { &line[..line.len() - 1] } else { line };
        match lines.last_mut() {
            Some(last) if open => last.text.push_str(kept),
            _ if kept.is_empty() => {}
            _ => lines.push(Line { number: index + 1, text: kept.to_owned() }),
        }
        open = goes_on;
    }
    lines
}

fn place(parsed: &mut Parsed) -> &mut Vec<Block> {
    match parsed.attachments.last_mut() {
        Some(attachment) => &mut attachment.body,
        None => &mut parsed.body,
    }
}

/// What a line is: one block, or as many as what was written into it has paragraphs.
fn blocks(line: &str, numbers: &mut Numbers) -> Result<Vec<Block>, Fault> {
    let hashes = line.chars().take_while(|it| *it == '#').count();
    if hashes > 0 {
        let level = hashes.checked_sub(1).filter(|it| (1..=4).contains(it)).ok_or(Fault::HeadingLevel)?;
        let mut content = spans(line[hashes..].trim_matches(BLANK))?;
        let numeral = u8::try_from(level).ok().and_then(|it| numerals::heading(it, numbers.next(level)));
        let numeral = numeral.ok_or(Fault::HeadingLevel)?;
        content.insert(0, Span { text: numeral, strong: false });
        return Ok(vec![Block::Heading(level as u8, merged(content))]);
    }
    let centred = line.strip_prefix('>').map(|line| line.trim_matches(BLANK));
    let spans = marked(centred.unwrap_or(line), |text, _| text.push('\n'))?;
    let block = |spans: Vec<Span>| match numbered(&spans) {
        _ if centred.is_some() => Block::Centre(spans),
        Some((level, count)) => {
            numbers.by_hand(level.into(), count);
            Block::Heading(level, spans)
        }
        None => Block::Paragraph(spans),
    };
    Ok(paragraphs(spans).into_iter().map(block).collect())
}

/// The paragraphs of a text, parted at its line breaks. Blanks at their edges, with which a clerk indents, are not theirs.
fn paragraphs(spans: Vec<Span>) -> Vec<Vec<Span>> {
    let mut all: Vec<Vec<Span>> = vec![Vec::new()];
    for span in spans {
        for (n, text) in span.text.split('\n').enumerate() {
            if n > 0 {
                all.push(Vec::new());
            }
            let begins = all.last().is_some_and(Vec::is_empty);
            let text = if begins { text.trim_start() } else { text };
            if let Some(last) = all.last_mut().filter(|_| !text.is_empty()) {
                last.push(Span { text: text.to_owned(), strong: span.strong });
            }
        }
    }
    all.retain(|paragraph| !paragraph.is_empty());
    if all.is_empty() { vec![Vec::new()] } else { all }
}

/// Text with `**` as spans; line breaks of values become spaces.
fn spans(text: &str) -> Result<Vec<Span>, Fault> {
    marked(text, soft_break)
}

/// Text with `**` as spans, the line breaks of values written by `broken`, which is told what follows.
fn marked(text: &str, broken: impl Fn(&mut String, Option<char>)) -> Result<Vec<Span>, Fault> {
    let mut spans = Vec::new();
    let mut current = Span { text: String::new(), strong: false };
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n') => broken(&mut current.text, characters.peek().copied()),
                Some(other) => current.text.push(other),
                None => {}
            },
            '*' if characters.peek() == Some(&'*') => {
                characters.next();
                let strong = !current.strong;
                spans.push(std::mem::replace(&mut current, Span { text: String::new(), strong }));
            }
            other => current.text.push(other),
        }
    }
    if current.strong {
        return Err(Fault::StrongUnclosed);
    }
    spans.push(current);
    Ok(merged(spans))
}

/// Chinese is written without spaces: a break leaves one behind only before a Latin word that follows Latin text.
fn soft_break(text: &mut String, next: Option<char>) {
    let latin = text.chars().last().is_some_and(|it| it.is_ascii());
    if latin && next.is_some_and(|it| it.is_ascii_alphanumeric()) {
        text.push(' ');
    }
}

fn merged(spans: Vec<Span>) -> Vec<Span> {
    let mut merged: Vec<Span> = Vec::new();
    for span in spans.into_iter().filter(|it| !it.text.is_empty()) {
        match merged.last_mut() {
            Some(last) if last.strong == span.strong => last.text.push_str(&span.text),
            _ => merged.push(span),
        }
    }
    merged
}

/// Text without markup and without line breaks.
pub(crate) fn plain(text: &str) -> String {
    unescaped(text).replace('\n', "")
}

/// Text with its backslashes resolved; `\n` is a line break.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => plain.extend(characters.next().map(|it| if it == 'n' { '\n' } else { it })),
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests;
