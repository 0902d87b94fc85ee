//! Documents as PDF/A-2b, set by typst inside this process.
//!
//! The layout of GB/T 9704 is written in `gongwen.typ` and its parts; a document reaches it as JSON data and is never parsed as
//! markup, so no name can be a command. The typesetter sees no file, no network, no clock: the same document and faces give the
//! same bytes. Its warnings are errors here. A character no face has is an error naming it and where it stands.

use super::chart;
use super::fit::{CLOSER_BY_A_ROW, GENTLY_CLOSER, Pages};
use super::fonts::Fonts;
use super::model::{Block, Document, Layout, Span};
use tail::{Fitting, Lack, Split};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

mod data;
mod look;
mod over;
mod short;
mod tail;
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
    /// 主送 is so long that the first page has no text, and the 版记 no room for it
    #[error("the addressees take {rows} rows: the first page would be without text")]
    Addressees {
        /// rows it takes
        rows: u32,
    },
    /// something stands beyond the edge of its page and would be lost
    #[error("page {page} ends before {text:?}")]
    OffPage {
        /// counted from 1
        page: usize,
        /// what would be lost first
        text: String,
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
            RenderError::TooLong { pages, most: 1 } => format!("一页排不下（排了{pages}页），请压缩文字。"),
            RenderError::TooLong { pages, most } => format!("排版后共{pages}页，最多{most}页，请压缩内容。"),
            RenderError::Addressees { rows } => format!(
                "主送机关排了{rows}行，首页排不下正文，版记也放不下。请改写统称（如“各镇党委，县直各单位”）：由管理员在 offices.yaml 的 collective 里写明，或者在模板的“主送”里写明。"
            ),
            RenderError::OffPage { page, text } => {
                format!("第{page}页排不下“{text}”，请压缩该处内容，或者分成几行写。")
            }
            RenderError::FontGone => "字库文件已变动，请重新启动后再制作。".to_owned(),
            RenderError::Chart(_) => "图中的数字无法绘制，请核对数据。".to_owned(),
            RenderError::Typesetter(_) => "排版程序出错，请联系维护人员。".to_owned(),
        }
    }
}

/// A paper that was set.
#[derive(Debug, Clone, PartialEq)]
pub struct Set {
    /// the file
    pub bytes: Vec<u8>,
    /// what its pages came to
    pub pages: Pages,
}

/// Sets a document. Deterministic in (document, faces); about 30 ms for a notice, twice that where the signature needs company.
pub fn pdf(document: &Document, fonts: &Fonts) -> Result<Vec<u8>, RenderError> {
    set(document, fonts).map(|set| set.bytes)
}

/// The same, and what its pages came to.
pub fn set(document: &Document, fonts: &Fonts) -> Result<Set, RenderError> {
    complete(document, fonts)?;
    addressed(document)?;
    let result = laid(document, fonts).and_then(|Laid { paged, fitting, .. }| {
        look::off_page(&paged).map_or(Ok(()), |(page, text)| Err(RenderError::OffPage { page, text }))?;
        let (short, parted) = (Some(fitting.short(document)), fitting.parted(document));
        let pages = Pages { short, parted, ..look::pages(&paged) };
        Ok((Set { bytes: exported(&paged)?, pages }, paged.pages().len()))
    });
    // Nothing of one document is of use to the next; without this the cache grows with every one.
    comemo::evict(0);
    let (set, pages) = result?;
    let most = most_pages(document);
    if pages > most { Err(RenderError::TooLong { pages, most }) } else { Ok(set) }
}

/// Whether a paper that must fit one page does, before it is made; only one that may not is set to see it.
///
/// # Errors
/// [`RenderError::TooLong`], [`RenderError::Addressees`]; what else is wrong with it is found when it is made.
pub fn fits(document: &Document, fonts: &Fonts) -> Result<(), RenderError> {
    addressed(document)?;
    let most = most_pages(document);
    if most > 1 || short::short(document) {
        return Ok(());
    }
    let pages = laid(document, fonts).map(|laid| laid.paged.pages().len());
    comemo::evict(0);
    match pages {
        Ok(pages) if pages > most => Err(RenderError::TooLong { pages, most }),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// 主送 leaves the first page some text, or stands in the 版记.
fn addressed(document: &Document) -> Result<(), RenderError> {
    super::fit::main_to_overlong(document).map_or(Ok(()), |rows| Err(RenderError::Addressees { rows }))
}

fn most_pages(document: &Document) -> usize {
    if matches!(document.layout, Layout::Certificate | Layout::Plaque) { 1 } else { PAGES_MAX }
}

/// The pages of a document, its signature in company, its first page with text, its merged cells named again on every page.
fn laid(document: &Document, fonts: &Fonts) -> Result<Laid, RenderError> {
    let flowing = Laid::set(document, fonts, Fitting::default())?;
    let with =
        |rows: f64, split: Option<Split>| Laid::set(document, fonts, Fitting { rows, split, ..Fitting::default() });
    let closer = |on_first: bool| closer(document, fonts, on_first, 0.0);
    let laid = match flowing.lack(document) {
        Lack::Nothing => flowing,
        Lack::Company(split) => {
            let least = match super::fit::one_piece(document) {
                true if tail::leaves_company(document, &flowing.seen, split) => GENTLY_CLOSER,
                true => 0.0,
                false => CLOSER_BY_A_ROW,
            };
            match self::closer(document, fonts, true, least)? {
                Some(closer) => closer,
                None => with(1.0, Some(split))?,
            }
        }
        Lack::Spare if tail::signed_on_first(&flowing.seen) => closer(true)?.unwrap_or(flowing),
        Lack::Spare => closer(false)?.unwrap_or(flowing),
        Lack::Room => match (closer(false)?, tail::last_row(document, &flowing.seen)) {
            (Some(closer), _) => closer,
            (None, Some(split)) => with(1.0, Some(split))?,
            (None, None) => flowing,
        },
    };
    continued(document, fonts, laid)
}

/// A paper that was set, how, and what is seen on it.
struct Laid {
    paged: PagedDocument,
    fitting: Fitting,
    seen: Vec<look::Seen>,
}

impl Laid {
    fn set(document: &Document, fonts: &Fonts, fitting: Fitting) -> Result<Laid, RenderError> {
        let paged = compiled(document, fonts, &fitting)?;
        let seen = look::look(&paged);
        Ok(Laid { paged, fitting, seen })
    }

    fn lack(&self, document: &Document) -> Lack {
        tail::lack(document, &self.seen)
    }
}

/// The paper with rows as close as they must stand, if that is enough, with a row to spare if that can be had; `on_first`: only where
/// the signature then stands on page 1; with a `least`, no closer than that.
fn closer(document: &Document, fonts: &Fonts, on_first: bool, least: f64) -> Result<Option<Laid>, RenderError> {
    // the rows of a table are as high as what stands in them
    let sheet = matches!(document.layout, Layout::Sheet | Layout::Form);
    let mut enough = None;
    for rows in super::fit::CLOSER.into_iter().filter(|rows| !sheet && *rows >= least) {
        let mut closer = Laid::set(document, fonts, Fitting { rows, ..Fitting::default() })?;
        if on_first && !tail::signed_on_first(&closer.seen) {
            continue;
        }
        if let Some(alone) = first_alone(document, fonts, &closer)? {
            closer = alone;
        }
        match closer.lack(document) {
            Lack::Nothing => return Ok(Some(closer)),
            // the closest leaves another program the most room
            Lack::Spare if least == 0.0 => enough = Some(closer),
            Lack::Spare | Lack::Company(_) | Lack::Room => {}
        }
    }
    Ok(enough)
}

/// A paper whose rows stand closer, with the rows of all pages but the first on the grid, and the signature in company; if it can be had.
fn first_alone(document: &Document, fonts: &Fonts, closer: &Laid) -> Result<Option<Laid>, RenderError> {
    let second = tail::second_page(document, &closer.seen).filter(|_| super::fit::headed(document.layout));
    let Some(second) = second else { return Ok(None) };
    let fitting = Fitting { second: Some(second), ..closer.fitting.clone() };
    let alone = Laid::set(document, fonts, fitting.clone())?;
    match alone.lack(document) {
        // a paragraph is parted once
        Lack::Company(split) if split.block() != second.block() => {
            Laid::set(document, fonts, Fitting { split: Some(split), ..fitting }).map(Some)
        }
        Lack::Nothing | Lack::Spare => Ok(Some(alone)),
        Lack::Company(_) | Lack::Room => Ok(None),
    }
}

/// A cell over several rows that goes over a page says there again what it is, with （续）; the paper is set again, at most so often.
fn continued(document: &Document, fonts: &Fonts, mut laid: Laid) -> Result<Laid, RenderError> {
    const SETTINGS_MAX: usize = 3;
    for _ in 0..SETTINGS_MAX {
        let breaks = over::breaks(document, &laid.seen);
        if breaks == laid.fitting.breaks {
            break;
        }
        let again = Laid::set(document, fonts, Fitting { breaks, ..laid.fitting.clone() })?;
        // a longer name may need more room: never at the price of the signature's company
        if again.lack(document) != laid.lack(document) {
            break;
        }
        laid = again;
    }
    Ok(laid)
}

fn compiled(document: &Document, fonts: &Fonts, fitting: &Fitting) -> Result<PagedDocument, RenderError> {
    let world = world::Paper::new(fonts, &data::data(document, fonts, fitting)?);
    let compiled = typst::compile::<PagedDocument>(&world);
    // A face that could not be read makes every other complaint meaningless.
    if world.font_gone() {
        return Err(RenderError::FontGone);
    }
    let paged = compiled.output.map_err(|errors| said(&errors))?;
    if compiled.warnings.is_empty() { Ok(paged) } else { Err(said(&compiled.warnings)) }
}

fn exported(paged: &PagedDocument) -> Result<Vec<u8>, RenderError> {
    let standards = PdfStandards::new(&[PdfStandard::A_2b])
        .map_err(|error| RenderError::Typesetter(error.message().to_string()))?;
    let creator = typst::foundations::Smart::Custom(Some("Banwen".to_owned()));
    let options = PdfOptions { standards, creator, ..PdfOptions::default() };
    typst_pdf::pdf(paged, &options).map_err(|errors| said(&errors))
}

fn said(list: &[typst::diag::SourceDiagnostic]) -> RenderError {
    let messages: Vec<String> = list.iter().map(|it| it.message.to_string()).collect();
    RenderError::Typesetter(messages.join("; "))
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
        ("题注", document.adopted.clone().unwrap_or_default()),
        ("单独附件", document.attached_to.clone().unwrap_or_default()),
        ("主送机关", document.main_to.clone().unwrap_or_default()),
        ("分送", document.distributed.clone().unwrap_or_default()),
        ("职务", document.posts.concat()),
        ("署名", document.signature.concat()),
        ("附注", document.note.clone().unwrap_or_default()),
        ("抄送机关", document.copy_to.clone().unwrap_or_default()),
        ("印发机关", document.printed_by.as_ref().map(|(by, _)| by.clone()).unwrap_or_default()),
        ("紧急程度", document.urgency.clone().unwrap_or_default()),
    ];
    texts.extend(document.body.iter().flat_map(|block| block_texts("正文", block)));
    texts.extend(document.attendance.iter().map(|it| ("出席", it.names.clone())));
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

#[cfg(test)]
pub(in crate::document) mod tests;
