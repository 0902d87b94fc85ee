//! Tables of the Word file: which rows may go over a page, and which go with the signature.

use super::{all_below, count, package};
use crate::document::model::{Block, Document, Table};
use crate::document::tests::samples;

#[test]
fn a_row_higher_than_a_page_is_not_kept_whole() {
    let kept = |length: usize| {
        let row = vec![samples::cell("事迹"), samples::cell(&"字".repeat(length))];
        let table = Table { widths: vec![1, 3], rows: vec![row.clone(), row], ..Table::default() };
        let package = package(&Document { body: vec![Block::Table(table)], ..samples::sheet() });
        let tree = package.xml("word/document.xml").unwrap();
        // the signature keeps the rows above it as long as they are whole
        (count(&tree, "w:cantSplit"), count(&tree, "w:tbl"), count(tree.find("w:body").unwrap(), "w:keepNext"))
    };
    let (whole, tables, kept_next) = kept(60);
    let (parted, _, not_kept) = kept(2800);
    assert_eq!((whole - parted, tables), (2, 1));
    assert!(kept_next > not_kept, "{kept_next} {not_kept}");
}

#[test]
fn a_row_of_a_table_and_one_of_text_are_what_goes_with_a_signature() {
    let kept = |text: &str| {
        let rows = (0..5).map(|at| vec![samples::cell(&format!("第{at}村")), samples::cell("推荐1名")]).collect();
        let table = Block::Table(Table { widths: vec![1, 3], rows, ..Table::default() });
        let body = vec![samples::paragraph("现将名额通知如下："), table, samples::paragraph(text)];
        let package = package(&Document { body, ..samples::sheet() });
        let tree = package.xml("word/document.xml").unwrap();
        let mut rows = Vec::new();
        all_below(&tree, "w:tr", &mut rows);
        rows.iter().map(|row| count(row, "w:keepNext") > 0).collect::<Vec<_>>()
    };
    assert_eq!(kept("请按时报送。"), [false, false, false, false, true]);
    assert_eq!(kept(&"请按时报送。".repeat(20)), [false; 5]);
}
