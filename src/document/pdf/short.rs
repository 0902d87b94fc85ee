//! Whether a certificate or a plaque is clearly short enough for its page, told from its text alone.
//!
//! Sizes are those of `frames.typ` at their smallest, every figure rounded against the paper: what is called short fits, what
//! is not may fit all the same and has to be set to see it. Lengths are points.

use super::super::model::{Block, Document, Layout, Span};
use super::super::title;

/// The rows of a certificate, and room for its text across and down, without the gaps around the text.
const ACROSS: f64 = 560.0;
const DOWN: f64 = 300.0;
/// The face of a plaque.
const PLAQUE_DOWN: f64 = 440.0;

/// Characters of a plaque that stand in one row.
const ONE_ROW: usize = 34;

/// Whether it fits its page for certain.
pub(super) fn short(document: &Document) -> bool {
    let lines = title::of(document).len();
    let signed = document.signature.iter().map(|name| title::organ(name).len().max(1)).sum::<usize>();
    let text: Option<Vec<&[Span]>> = document.body.iter().map(spans).collect();
    let Some(text) = text else { return false };
    match document.layout {
        Layout::Certificate => {
            let title = 63.0 * count(lines) + if document.number.is_some() { 24.0 } else { 0.0 };
            let to = document.main_to.iter().map(|to| height(count(to.chars().count() + 1) * 14.7, false)).sum::<f64>();
            let body: f64 = text.into_iter().map(paragraph).sum();
            title + to + body + 24.0 * count(signed + 1) <= DOWN
        }
        Layout::Plaque => {
            let body: f64 = text.into_iter().map(|spans| if letters(spans) > ONE_ROW { 120.0 } else { 58.0 }).sum();
            body + 109.0 * count(lines) + 45.0 * count(signed) + 36.0 <= PLAQUE_DOWN
        }
        Layout::Document
        | Layout::Letter
        | Layout::Order
        | Layout::Minutes
        | Layout::Plain
        | Layout::Sheet
        | Layout::Form => false,
    }
}

fn letters(spans: &[Span]) -> usize {
    spans.iter().map(|span| span.text.chars().count()).sum()
}

/// The text of a block; nothing of what is no text, or has lines of its own.
fn spans(block: &Block) -> Option<&[Span]> {
    match block {
        Block::Paragraph(spans) | Block::Centre(spans) | Block::Heading(_, spans) => {
            (!spans.iter().any(|span| span.text.contains('\n'))).then_some(spans)
        }
        Block::Table(_) | Block::Chart(_) => None,
    }
}

/// The height of a paragraph of a certificate: strong words are half as large again.
fn paragraph(spans: &[Span]) -> f64 {
    let wide = |span: &Span| count(span.text.chars().count()) * if span.strong { 21.3 } else { 14.7 };
    height(29.0 + spans.iter().map(wide).sum::<f64>(), spans.iter().any(|span| span.strong))
}

fn height(wide: f64, strong: bool) -> f64 {
    let rows = (wide / ACROSS).ceil().max(1.0);
    rows * if strong { 32.3 } else { 26.0 }
}

#[expect(clippy::cast_precision_loss, reason = "no paper has so many characters that a float cannot count them")]
fn count(of: usize) -> f64 {
    of as f64
}
