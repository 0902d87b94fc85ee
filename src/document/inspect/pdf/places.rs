//! The rows of a PDF and where they stand, for tests.

use super::super::facts::Colour;
use super::rows::rows;
use super::{Reader, Unreadable, guarded};
use hayro_syntax::Pdf;

/// A row, in millimetres from the upper left corner of its page.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::document) struct Placed {
    /// counted from 1
    pub(in crate::document) page: usize,
    pub(in crate::document) text: String,
    pub(in crate::document) left: f64,
    pub(in crate::document) right: f64,
    pub(in crate::document) baseline: f64,
    /// size of its characters
    pub(in crate::document) points: f64,
}

impl Placed {
    pub(in crate::document) fn middle(&self) -> f64 {
        f64::midpoint(self.left, self.right)
    }
}

/// Every row of every page, page by page; those of tables too. Nothing where the file is no PDF.
pub(in crate::document) fn placed(bytes: &[u8]) -> Vec<Placed> {
    let read = |bytes: Vec<u8>| {
        let pdf = Pdf::new(bytes).map_err(|error| Unreadable::Damaged(format!("{error:?}")))?;
        let mut reader = Reader::of_all();
        let mut found = Vec::new();
        for (page, number) in pdf.pages().iter().zip(1..) {
            let sets = rows(number, &reader.page(page));
            found.extend(sets.into_iter().map(|set| Placed {
                page: number,
                text: set.row.text.chars().filter(|it| !it.is_whitespace()).collect(),
                left: set.row.left,
                right: set.row.right,
                baseline: set.row.baseline,
                points: set.row.points,
            }));
        }
        Ok(found)
    };
    guarded(bytes, read).unwrap_or_default()
}

/// The lower edges of the red rules on the first page, downwards, in millimetres. Nothing where the file is no PDF.
pub(in crate::document) fn red_rules(bytes: &[u8]) -> Vec<f64> {
    let paper = super::super::facts_of(bytes).ok();
    let strokes = paper.iter().flat_map(|it| &it.strokes).filter(|it| it.colour == Colour::Red);
    let drawn = strokes.filter_map(|it| it.at.map(|at| (at.page, at.y + it.thickness / 2.0)));
    let mut edges: Vec<f64> = drawn.filter(|(page, _)| *page == 1).map(|(_, edge)| edge).collect();
    edges.sort_by(f64::total_cmp);
    edges
}
