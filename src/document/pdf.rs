//! Documents as PDF/A-2b, set by typst inside this process.
//!
//! The layout of GB/T 9704 is written in `gongwen.typ` and its parts; a document reaches it as JSON data and is never parsed as
//! markup, so no name can be a command. The typesetter sees no file, no network, no clock: the same document and faces give the
//! same bytes. Its warnings are errors here. A character no face has is an error naming it and where it stands.

use super::chart;
use super::fonts::{Fonts, Role};
use super::model::{Block, Chart, Document, Layout, Span, Table, TableCell};
use super::numerals::date_text;
use super::title;
use chrono::{Datelike, NaiveDate};
use serde_json::{Value as Json, json};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

mod world;

/// Most pages a document may have; a list of ten thousand people stays below it.
pub const PAGES_MAX: usize = 1000;

/// Why a document cannot be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// no face has a character of the text
    #[error("no font has {character:?} (U+{:04X}), in {context}", u32::from(*.character))]
    MissingCharacter {
        /// the character
        character: char,
        /// the element and the text around it
        context: String,
    },
    /// the paper must fit a page and does not, or is longer than [`PAGES_MAX`]
    #[error("{pages} pages, at most {most} are allowed")]
    TooLong {
        /// pages it would take
        pages: usize,
        /// pages it may take
        most: usize,
    },
    /// a face's file is gone or is another file now
    #[error("a font file has changed or gone since it was read")]
    FontGone,
    /// a chart's numbers cannot be drawn
    #[error(transparent)]
    Chart(#[from] chart::ChartError),
    /// the typesetter refused or warned: our layout is at fault
    #[error("typesetting: {0}")]
    Typesetter(String),
}

impl RenderError {
    /// One sentence in Chinese.
    pub fn sentence(&self) -> String {
        match self {
            RenderError::MissingCharacter { character, context } => {
                format!("“{character}”（{context}）在现有字库中没有字形，请补充字库后重新制作。")
            }
            RenderError::TooLong { pages, most } => format!("排版后共{pages}页，最多{most}页，请压缩内容。"),
            RenderError::FontGone => "字库文件已变动，请重新启动后再制作。".to_owned(),
            RenderError::Chart(_) => "图中的数字无法绘制，请核对数据。".to_owned(),
            RenderError::Typesetter(_) => "排版程序出错，请联系维护人员。".to_owned(),
        }
    }
}

/// Sets a document. Deterministic in (document, faces); about 30 ms for a notice.
pub fn pdf(document: &Document, fonts: &Fonts) -> Result<Vec<u8>, RenderError> {
    complete(document, fonts)?;
    let world = world::Paper::new(fonts, &data(document, fonts)?);
    let result = set(&world);
    // Nothing of one document is of use to the next; without this the cache grows with every one.
    comemo::evict(0);
    // A face that could not be read makes every other complaint meaningless.
    if world.font_gone() {
        return Err(RenderError::FontGone);
    }
    let (paged, bytes) = result?;
    let most = if document.layout == Layout::Certificate { 1 } else { PAGES_MAX };
    let pages = paged.pages().len();
    if pages > most { Err(RenderError::TooLong { pages, most }) } else { Ok(bytes) }
}

fn set(world: &world::Paper) -> Result<(PagedDocument, Vec<u8>), RenderError> {
    let compiled = typst::compile::<PagedDocument>(world);
    let said = |list: &[typst::diag::SourceDiagnostic]| {
        let messages: Vec<String> = list.iter().map(|it| it.message.to_string()).collect();
        RenderError::Typesetter(messages.join("; "))
    };
    let paged = compiled.output.map_err(|errors| said(&errors))?;
    if !compiled.warnings.is_empty() {
        return Err(said(&compiled.warnings));
    }
    let standards = PdfStandards::new(&[PdfStandard::A_2b])
        .map_err(|error| RenderError::Typesetter(error.message().to_string()))?;
    let creator = typst::foundations::Smart::Custom(Some("Banwen".to_owned()));
    let options = PdfOptions { standards, creator, ..PdfOptions::default() };
    let bytes = typst_pdf::pdf(&paged, &options).map_err(|errors| said(&errors))?;
    Ok((paged, bytes))
}

/// Every character has a glyph, or the first that has none is named with the element it stands in.
fn complete(document: &Document, fonts: &Fonts) -> Result<(), RenderError> {
    for (element, text) in texts(document) {
        if let Some(character) = fonts.missing(&text).into_iter().next() {
            let around: String = around(&text, character);
            return Err(RenderError::MissingCharacter { character, context: format!("{element}：{around}") });
        }
    }
    Ok(())
}

/// Eight characters before and after the first `character`.
fn around(text: &str, character: char) -> String {
    let place = text.chars().position(|it| it == character).unwrap_or(0);
    text.chars().skip(place.saturating_sub(8)).take(17).collect()
}

/// Every text of a document with the name of its element.
fn texts(document: &Document) -> Vec<(&'static str, String)> {
    let mut texts = vec![
        ("发文机关标志", document.mark.concat()),
        ("发文字号", document.number.clone().unwrap_or_default()),
        ("签发人", document.signers.concat()),
        ("标题", document.title.concat()),
        ("主送机关", document.main_to.clone().unwrap_or_default()),
        ("署名", document.signature.concat()),
        ("附注", document.note.clone().unwrap_or_default()),
        ("抄送机关", document.copy_to.clone().unwrap_or_default()),
        ("印发机关", document.printed_by.as_ref().map(|(by, _)| by.clone()).unwrap_or_default()),
        ("紧急程度", document.urgency.clone().unwrap_or_default()),
    ];
    texts.extend(document.body.iter().flat_map(|block| block_texts("正文", block)));
    for attachment in &document.attachments {
        texts.push(("附件名称", attachment.name.clone()));
        texts.extend(attachment.body.iter().flat_map(|block| block_texts("附件", block)));
    }
    texts
}

fn block_texts(element: &'static str, block: &Block) -> Vec<(&'static str, String)> {
    let joined = |spans: &[Span]| spans.iter().map(|span| span.text.as_str()).collect();
    match block {
        Block::Paragraph(spans) | Block::Heading(_, spans) | Block::Centre(spans) => vec![(element, joined(spans))],
        Block::Table(table) => {
            let cells = table.header.iter().chain(&table.rows).flatten().map(|cell| ("表格", cell.text.clone()));
            cells.chain(table.caption.clone().map(|caption| ("表题", caption))).collect()
        }
        Block::Chart(chart) => {
            let names = chart.points.iter().map(|point| &point.label).chain(&chart.series).chain([&chart.caption]);
            names.map(|name| ("图", name.clone())).collect()
        }
    }
}

/// The document as the layout reads it.
fn data(document: &Document, fonts: &Fonts) -> Result<Json, RenderError> {
    let printed = document.printed_by.as_ref().map(|(by, date)| json!({"by": by, "date": date_text(*date)}));
    let attachments = document.attachments.iter().map(|it| {
        let body = blocks(&it.body, fonts)?;
        Ok(json!({"name": it.name, "title": title::lines(std::slice::from_ref(&it.name), 19), "body": body}))
    });
    let attachments = attachments.collect::<Result<Vec<Json>, RenderError>>()?;
    // PDF/A wants a date; a paper that has none has no better one than the first day files can have.
    let made = document.date.or(document.printed_by.as_ref().map(|(_, date)| *date));
    let made = made.or(NaiveDate::from_ymd_opt(1980, 1, 1)).unwrap_or_default();
    Ok(json!({
        "layout": document.layout,
        "fonts": {
            "text": fonts.families(Role::Text),
            "heading": fonts.families(Role::Heading),
            "script": fonts.families(Role::Script),
            "title": fonts.families(Role::Title),
            "plain": fonts.families(Role::Plain),
        },
        "mark": document.mark,
        "mark_file": document.mark_file,
        "urgency": document.urgency,
        "number": document.number,
        "signers": document.signers,
        "title": title::lines(&document.title, title::width(document.layout)),
        "main_to": document.main_to,
        "body": blocks(&document.body, fonts)?,
        "attachments": attachments,
        "signature": document.signature,
        "date": document.date.map(date_text),
        "seal": document.seal,
        "note": document.note,
        "copy_to": document.copy_to,
        "printed": printed,
        "subject": document.subject,
        "author": document.author,
        "made": {"year": made.year(), "month": made.month(), "day": made.day()},
    }))
}

fn blocks(blocks: &[Block], fonts: &Fonts) -> Result<Vec<Json>, RenderError> {
    let spans = |spans: &[Span]| -> Vec<Json> {
        spans.iter().map(|span| json!({"text": span.text, "strong": span.strong})).collect()
    };
    let block = |block: &Block| -> Result<Json, RenderError> {
        Ok(match block {
            Block::Paragraph(text) => json!({"kind": "paragraph", "spans": spans(text)}),
            Block::Heading(level, text) => json!({"kind": "heading", "level": level, "spans": spans(text)}),
            Block::Centre(text) => json!({"kind": "centre", "spans": spans(text)}),
            Block::Table(table) => table_data(table),
            Block::Chart(chart) => chart_data(chart, fonts)?,
        })
    };
    blocks.iter().map(block).collect()
}

fn chart_data(chart: &Chart, fonts: &Fonts) -> Result<Json, RenderError> {
    let svg = chart::svg(chart, fonts)?;
    Ok(json!({"kind": "chart", "svg": svg, "alt": chart::description(chart), "caption": chart.caption}))
}

fn table_data(table: &Table) -> Json {
    let cell = |cell: &TableCell| json!({"text": cell.text, "columns": cell.columns, "rows": cell.rows, "centre": cell.centre});
    let rows = |rows: &[Vec<TableCell>]| -> Vec<Json> { rows.iter().flatten().map(cell).collect() };
    json!({
        "kind": "table",
        "caption": table.caption,
        "widths": table.widths,
        "header": rows(&table.header),
        "rows": rows(&table.rows),
    })
}

#[cfg(test)]
mod tests;
