//! Number and signers of an upward paper, short papers, and cells that go over a page.

use super::look::What;
use super::places::{CHARACTER, PITCH, Row, laid, near, row, rows, text};
use super::*;
use crate::document::model::{Attachment, Table, TableCell};

const LONG: &str = "香经开综执发〔2022〕108号";

fn upward(signers: &[&str]) -> Vec<Row> {
    let signers = samples::strings(signers);
    rows(&laid(&Document { number: Some(LONG.to_owned()), signers, ..samples::report() }))
}

#[test]
fn a_long_number_stays_whole_on_the_row_of_the_last_signer_or_below_it() {
    // in a column the long name would leave it no room: it has a row of its own
    let beside = upward(&["张三", "李四光", "阿依古丽·买买提"]);
    let number = row(&beside, LONG);
    assert!(number.text.contains("阿依古丽·买买提"), "{number:?}");
    near(number.left, 28.0 + CHARACTER, "one character in");
    near(number.right, 184.0 - CHARACTER, "the last name one character from the edge");
    near(number.y - row(&beside, "签发人：张三李四光").y, PITCH, "two rows");
    // it may reach under the label, which the first row alone has
    let under = upward(&["张三", "阿卜杜热依木·买买提明"]);
    let (first, number) = (row(&under, "签发人：张三"), row(&under, LONG));
    assert!(number.text.ends_with("阿卜杜热依木·买买提明"), "{number:?}");
    near(number.left, 28.0 + CHARACTER, "one character in");
    near(number.y - first.y, PITCH, "the row of the last signer");
    // beside one name this long nothing stands: it has its own row below
    let below = upward(&["阿卜杜热依木·买买提明"]);
    let (names, number) = (row(&below, "签发人：阿"), row(&below, LONG));
    assert!(number.text == LONG, "{names:?} {number:?}");
    near(number.y - names.y, PITCH, "the row below");
}

#[test]
fn a_short_paper_with_an_attachment_is_one_page_and_a_longer_one_keeps_its_text_on_the_first() {
    let mut one_page = 0;
    for characters in (20..320).step_by(28) {
        let attachments = vec![Attachment { name: "管理办法".to_owned(), body: vec![Block::Paragraph(text(30))] }];
        let body = vec![Block::Paragraph(text(characters))];
        let document = Document { body, attachments, seal: true, ..paper(Layout::Document) };
        let seen = laid(&document);
        let at = |name: &str| seen.iter().find(|it| matches!(&it.what, What::Mark(mark) if mark == name)).unwrap();
        assert_eq!(at("block").page, 0, "{characters} characters");
        one_page += usize::from(at("signature").page == 0);
    }
    assert!((2..11).contains(&one_page), "{one_page}");
}

#[test]
fn a_cell_that_goes_over_a_page_says_there_what_it_is() {
    for (layout, attached) in [(Layout::Plain, false), (Layout::Sheet, false), (Layout::Document, true)] {
        for count in [9, 14, 24, 40, 61] {
            let mut table = samples::table(count);
            // groups of four rows, and one over all rows at the left
            table.widths.insert(0, 2);
            table.header[0].insert(0, samples::cell("片"));
            table.header[1].insert(0, samples::cell(""));
            table.rows[0].insert(0, TableCell { rows: count as u32, ..samples::cell("山前片") });
            let block = Block::Table(Table { caption: None, ..table });
            let mut document = Document { signature: Vec::new(), date: None, ..paper(layout) };
            if attached {
                document.attachments = vec![Attachment { name: "名单".to_owned(), body: vec![block] }];
            } else {
                document.body = vec![block];
            }
            let seen = laid(&document);
            let texts = |what: &str| -> Vec<usize> {
                let is = |it: &&look::Seen| matches!(&it.what, What::Text { text, .. } if text == what);
                seen.iter().filter(is).map(|it| it.page).collect()
            };
            let people = texts("张建国");
            assert_eq!(people.len(), count, "{layout:?}, {count} rows");
            let mut pages = people.clone();
            pages.dedup();
            let name: String = seen
                .iter()
                .filter_map(|it| if let What::Text { text, .. } = &it.what { Some(text.as_str()) } else { None })
                .collect();
            assert_eq!(name.matches("山前片").count(), pages.len(), "{layout:?}, {count} rows: on every page");
            assert_eq!(name.matches("山前片（续）").count(), pages.len() - 1, "{layout:?}, {count} rows");
            let places = pages.windows(2).map(|pair| people.iter().filter(|page| **page <= pair[0]).count());
            let parted = places.filter(|before| before % 4 != 0).count();
            assert_eq!(name.matches("党支部（续）").count(), parted, "{layout:?}, {count} rows: {people:?}");
        }
    }
}

#[test]
fn a_cell_longer_than_a_page_goes_on_over_it_whatever_stands_beside_it() {
    let sentence = |n: usize| format!("第{n}句查明情况并作说明。");
    let long: String = (0..400).map(sentence).collect();
    let narrow: String = (400..460).map(sentence).collect();
    // narrow and wide cells, and a label over several rows beside them
    let cell = |text: &str, columns: u32, rows: u32| TableCell { text: text.to_owned(), columns, rows, centre: true };
    let rows = vec![
        vec![cell("核查", 1, 2), cell("情况", 1, 1), cell(&long, 1, 1)],
        vec![cell("结果", 1, 1), cell("办结", 1, 1)],
        vec![cell("备注", 1, 1), cell(&narrow, 1, 1), cell("无", 1, 1)],
    ];
    let whole = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    for layout in [Layout::Sheet, Layout::Form, Layout::Plain] {
        let table = Table { rows: rows.clone(), widths: vec![4, 6, 26], ..Table::default() };
        let document = Document { body: vec![Block::Table(table)], ..paper(layout) };
        let paged = super::super::laid(&document, &Fonts::bundled()).unwrap().paged;
        assert_eq!(look::off_page(&paged), None, "{layout:?}");
        let text: String = look::look(&paged)
            .into_iter()
            .filter_map(|it| match it.what {
                look::What::Text { text, .. } => Some(whole(&text)),
                look::What::Mark(_) | look::What::Number(_) => None,
            })
            .collect();
        let missing: Vec<usize> = (0..460).filter(|n| !text.contains(&sentence(*n))).collect();
        // a sentence may be parted by the page, where a label stands between its halves
        assert!(missing.len() <= paged.pages().len(), "{layout:?}: {missing:?}");
    }
}
