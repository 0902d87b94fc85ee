//! Looks at a paper that has been set: where each text and each mark of the layout came to stand.

use super::super::fit::{COMPANY_ROWS, ImprintPage, Pages, Place};
use typst::introspection::Tag;
use typst::layout::{Em, Frame, FrameItem, Transform};
use typst_layout::PagedDocument;

/// Base lines that are nearer than this belong to one row.
pub(super) const SAME_ROW_POINTS: f64 = 6.0;
/// By so many rows another program may end a page earlier or later.
const UNSURE_ROWS: usize = 3;
pub(super) const ROW_POINTS: f64 = 29.0;
/// What of a row of text is below its base line.
pub(super) const BELOW_BASE_POINTS: f64 = 2.0;
/// The foot of the type area, from the upper edge of the paper: 262 mm.
pub(super) const TEXT_FOOT_POINTS: f64 = 742.7;

/// Something on a page, in points from its upper left corner; texts stand at their base line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Seen {
    /// counted from 0
    pub(super) page: usize,
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) what: What,
}

/// What stands there.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    /// a run of text, how wide it is and the size of its characters
    Text { text: String, width: f64, size: f64 },
    /// a mark of the layout, by its label
    Mark(String),
    /// a page's number or a part of it
    Number(String),
}

/// Everything on the pages, in the order it was set.
pub(super) fn look(paged: &PagedDocument) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (number, page) in paged.pages().iter().enumerate() {
        frame(&page.frame, number, Transform::identity(), &mut seen);
    }
    let mut in_number = false;
    for it in &mut seen {
        match &it.what {
            What::Mark(label) => in_number = label == "number" || in_number && label != "number-end",
            What::Text { text, .. } if in_number => it.what = What::Number(text.clone()),
            What::Text { .. } | What::Number(_) => {}
        }
    }
    seen
}

/// The first text that does not stand on its page, and the number of that page, from 1.
pub(super) fn off_page(paged: &PagedDocument) -> Option<(usize, String)> {
    look(paged).into_iter().find_map(|it| {
        let size = paged.pages().get(it.page)?.frame.size();
        let beyond = it.x < 0.0 || it.y < 0.0 || it.x > size.x.to_pt() || it.y > size.y.to_pt();
        match it.what {
            What::Text { text, .. } | What::Number(text) if beyond && !text.trim().is_empty() => {
                Some((it.page + 1, text))
            }
            What::Text { .. } | What::Number(_) | What::Mark(_) => None,
        }
    })
}

/// What the pages came to. Of the 版记 the pages are counted that lie between the end of the text and the last.
pub(super) fn pages(paged: &PagedDocument) -> Pages {
    let seen = look(paged);
    let mark = |name: &str| seen.iter().find(|it| matches!(&it.what, What::Mark(label) if label == name));
    let imprint = match mark("text-end").map(|end| paged.pages().len() - 1 - end.page) {
        None | Some(0) => ImprintPage::Below,
        Some(1) if mark("goes-over").is_some() => ImprintPage::Below,
        Some(1) => ImprintPage::Back,
        Some(_) => ImprintPage::AfterBlank,
    };
    Pages { imprint, signature_at_edge: at_edge(&seen), framed: framed(&seen), ..Pages::default() }
}

/// Where the paragraphs of a framed paper stand, each of which bears a mark.
fn framed(seen: &[Seen]) -> Vec<Place> {
    let marked = |it: &Seen| matches!(&it.what, What::Mark(label) if label == "framed");
    let place = |paragraph: &[Seen]| {
        let rows = rows_on(paragraph, 0);
        let size = |it: &Seen| match it.what {
            What::Text { size, .. } => Some(size),
            What::Mark(_) | What::Number(_) => None,
        };
        let points = paragraph.iter().filter_map(size).reduce(f64::min).unwrap_or_default();
        let ends = (rows.first().copied(), rows.last().copied());
        Place { first: ends.0.unwrap_or_default(), last: ends.1.unwrap_or_default(), rows: rows.len(), points }
    };
    seen.split(marked).skip(1).map(place).collect()
}

/// Whether a few rows more or less would take the signature over a page, or away from the text.
fn at_edge(seen: &[Seen]) -> bool {
    let mark = |name: &str| seen.iter().position(|it| matches!(&it.what, What::Mark(label) if label == name));
    let Some(signature) = mark("signature") else { return false };
    let page = seen[signature].page;
    let first = mark("block").map_or(signature, |first| first.min(signature));
    let lists = mark("list").map_or(signature, |lists| lists.clamp(first, signature));
    let above = rows_on(&seen[first..lists], page).len();
    let end = mark("text-end").unwrap_or(seen.len()).max(signature);
    let foot = rows_on(&seen[signature..end], page).last().copied().unwrap_or(0.0);
    page > 0 && above < COMPANY_ROWS + UNSURE_ROWS || TEXT_FOOT_POINTS - foot < UNSURE_ROWS as f64 * ROW_POINTS
}

/// The base lines of text on a page, downwards.
fn rows_on(part: &[Seen], page: usize) -> Vec<f64> {
    let text = part.iter().filter(|it| it.page == page && matches!(it.what, What::Text { .. }));
    let mut rows: Vec<f64> = text.map(|it| it.y).collect();
    rows.sort_by(f64::total_cmp);
    rows.dedup_by(|below, above| *below - *above < SAME_ROW_POINTS);
    rows
}

fn frame(frame_of: &Frame, page: usize, moved: Transform, seen: &mut Vec<Seen>) {
    for (place, item) in frame_of.items() {
        let what = match item {
            FrameItem::Group(group) => {
                let inner = moved.pre_concat(Transform::translate(place.x, place.y)).pre_concat(group.transform);
                frame(&group.frame, page, inner, seen);
                continue;
            }
            FrameItem::Text(run) => {
                // what is spread over a row is added to its last character, too, but does not show there
                let last = run.glyphs.last().filter(|_| !run.text.ends_with(char::is_whitespace));
                let spread = last.map_or(Em::zero(), |last| {
                    // punctuation at the end of a row is set half as wide
                    Em::zero().max(last.x_advance - run.font.x_advance(last.id).unwrap_or(last.x_advance))
                });
                let width = run.width() - spread.at(run.size);
                What::Text { text: run.text.to_string(), width: width.to_pt(), size: run.size.to_pt() }
            }
            FrameItem::Tag(Tag::Start(content, _)) => match content.label() {
                Some(label) => What::Mark(label.resolve().to_string()),
                None => continue,
            },
            FrameItem::Tag(Tag::End(..)) | FrameItem::Shape(..) | FrameItem::Image(..) | FrameItem::Link(..) => {
                continue;
            }
        };
        let at = place.transform(moved);
        seen.push(Seen { page, x: at.x.to_pt(), y: at.y.to_pt(), what });
    }
}
