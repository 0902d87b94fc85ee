//! The bookmarks of a PDF, for tests: what a reader shows beside the pages.

use hayro_syntax::Pdf;
use hayro_syntax::object::{Dict, String as Text};

/// Bookmarks that are read.
const BOOKMARKS_MAX: usize = 1000;

/// Level, from 1, and title of each bookmark, in order.
pub(in crate::document) fn bookmarks(bytes: &[u8]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let Ok(pdf) = Pdf::new(bytes.to_vec()) else { return found };
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
    let outlines = catalog.and_then(|catalog| catalog.get::<Dict<'_>>("Outlines"));
    if let Some(first) = outlines.and_then(|it| it.get::<Dict<'_>>("First")) {
        below(first, 1, &mut found);
    }
    found
}

fn below(first: Dict<'_>, level: usize, found: &mut Vec<(usize, String)>) {
    let mut next = Some(first);
    while let Some(one) = next.filter(|_| found.len() < BOOKMARKS_MAX) {
        let title = one.get::<Text<'_>>("Title").map(|it| text(it.as_bytes())).unwrap_or_default();
        found.push((level, title));
        if let Some(first) = one.get::<Dict<'_>>("First") {
            below(first, level + 1, found);
        }
        next = one.get::<Dict<'_>>("Next");
    }
}

/// A text of a PDF: UTF-16 with a mark, or bytes.
fn text(bytes: &[u8]) -> String {
    match bytes.strip_prefix(&[0xFE, 0xFF]) {
        Some(wide) => {
            let units: Vec<u16> = wide.chunks_exact(2).map(|two| u16::from_be_bytes([two[0], two[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        None => String::from_utf8_lossy(bytes).into_owned(),
    }
}
