//! Full pages hold 22 rows of 28 characters (9704 5.2.3), in the PDF and in the Word file as another program sets it.

use super::outside::converted;
use super::*;
use crate::document::inspect::{Placed, placed};
use crate::document::model::Layout;

/// Characters without a mark among them, so that every row is full.
const TEXT: &str = "为做好乡村振兴示范片建设工作现就有关事项通知如下请予支持并于月底前函复";

/// Three and a half pages of one paragraph, in every layout whose text stands on the grid.
fn papers() -> Vec<(&'static str, Document)> {
    let body = vec![samples::paragraph(&TEXT.chars().cycle().take(28 * 75).collect::<String>())];
    let bare = |document: Document| Document {
        attachments: Vec::new(),
        body: body.clone(),
        note: None,
        signature: Vec::new(),
        ..document
    };
    let decision = bare(samples::decision());
    let letter = Document { layout: Layout::Letter, mark_file: false, ..decision.clone() };
    let plain = Document { layout: Layout::Plain, mark: Vec::new(), ..decision.clone() };
    vec![("文件", decision), ("信函", letter), ("普通", plain), ("命令", bare(samples::order()))]
}

/// What is wrong with the pages that are all text.
fn wrong(rows: &[Placed]) -> Vec<String> {
    let text: Vec<&Placed> =
        rows.iter().filter(|row| row.text.chars().all(|it| TEXT.contains(it)) && row.baseline < 263.0).collect();
    let mut wrong = Vec::new();
    for page in [2, 3] {
        let on: Vec<&&Placed> = text.iter().filter(|row| row.page == page).collect();
        if on.len() != 22 {
            wrong.push(format!("{} rows on page {page}", on.len()));
        }
        for row in &on {
            let length = row.text.chars().count();
            if length != 28 || (row.left - 28.0).abs() > 0.5 || (row.right - 184.0).abs() > 0.7 {
                wrong.push(format!("{length} characters from {:.1} to {:.1} on page {page}", row.left, row.right));
            }
        }
        let (first, last) = (on.first().map_or(0.0, |it| it.baseline), on.last().map_or(0.0, |it| it.baseline));
        if ((last - first) / 21.0 - 225.0 / 22.0).abs() > 0.02 || !(41.0..46.0).contains(&first) {
            wrong.push(format!("rows from {first:.1} to {last:.1} on page {page}"));
        }
    }
    wrong.truncate(4);
    wrong
}

#[test]
fn full_pages_have_22_rows_of_28_characters_in_both_files() {
    let folder = tempfile::tempdir().unwrap();
    let fonts = Fonts::bundled();
    let made: Vec<(&str, both::Both)> =
        papers().into_iter().map(|(name, document)| (name, both::both(&document, &fonts).unwrap())).collect();
    let mut found = Vec::new();
    let mut told = |name: &str, pdf: &[u8], of: &str| {
        found.extend(wrong(&placed(pdf)).into_iter().map(|why| format!("{name}, {of}: {why}")));
    };
    made.iter().for_each(|(name, both)| told(name, &both.pdf, "PDF"));
    let files: Vec<(String, Vec<u8>)> =
        made.iter().map(|(name, both)| ((*name).to_owned(), both.word.clone())).collect();
    if let Some(seen) = converted(folder.path(), &files) {
        made.iter().for_each(|(name, _)| told(name, &std::fs::read(seen.join(format!("{name}.pdf"))).unwrap(), "Word"));
    }
    assert!(found.is_empty(), "{found:#?}");
}
