//! Signature, date and seal: in every case where 9704 has them, and never without company.

use super::look::{self, What};
use super::places::{CHARACTER, PITCH, Row, laid, near, row, rows, text};
use super::*;
use crate::document::model::Table;

fn signed(names: &[&str], seal: bool) -> Document {
    Document {
        title: vec!["题".to_owned()],
        body: vec![Block::Paragraph(text(100))],
        signature: names.iter().map(|name| (*name).to_owned()).collect(),
        date: NaiveDate::from_ymd_opt(2022, 6, 1),
        seal,
        ..samples::empty(Layout::Plain)
    }
}

/// Each run of text by itself, so that names side by side are told apart.
fn runs(document: &Document) -> Vec<Row> {
    let alone = |it: &look::Seen| rows(std::slice::from_ref(it));
    laid(document).iter().flat_map(alone).collect()
}

const DATE: &str = "2022年6月1日";

/// The date is set in runs of digits and of characters: where it begins and ends.
fn date(document: &Document) -> Row {
    row(&rows(&laid(document)), DATE).clone()
}

#[test]
fn a_sealed_name_stands_over_its_date() {
    let body = |document: &Document| {
        let rows = rows(&laid(document));
        let signature = rows.iter().position(|row| row.text == document.signature[0]).unwrap();
        rows[signature - 1].y
    };
    for name in ["镇党委", "香山镇人民政府", "香山县乡村振兴示范片建设工作领导小组办公室"]
    {
        let document = signed(&[name], true);
        let (name, date) = (row(&rows(&laid(&document)), name).clone(), date(&document));
        near((name.left + name.right) / 2.0, (date.left + date.right) / 2.0, "middle of the name");
        near(date.y - name.y, PITCH, "the date a row below");
        near(name.y - body(&document), 3.0 * PITCH, "two rows for the seal");
        if name.text.chars().count() < 14 {
            near(date.right, 184.0 - 4.0 * CHARACTER, "four characters from the edge");
        }
        assert!(name.right < 184.5 && name.left > 27.5, "{name:?}");
    }
    // a name longer than a row stands in two, broken by meaning
    let document = signed(&["香山县推进乡村振兴示范片建设工作领导小组办公室综合协调组"], true);
    let rows = rows(&laid(&document));
    let (first, second) = (row(&rows, "香山县推进"), row(&rows, "综合协调组"));
    near(second.y - first.y, PITCH, "two rows");
    assert!(first.left > 27.5 && first.right < 184.5, "{first:?}");
}

#[test]
fn an_unsealed_name_and_its_date_stand_by_their_lengths() {
    // a name longer than the date, and one that is shorter
    let document = signed(&["中共香山镇委员会组织办公室"], false);
    let name = row(&rows(&laid(&document)), "中共香山镇委员会组织办公室").clone();
    near(name.right, 184.0 - 2.0 * CHARACTER, "two characters from the edge");
    near(date(&document).left - name.left, 2.0 * CHARACTER, "the date begins two characters to the right");
    let document = signed(&["镇党委"], false);
    let name = row(&rows(&laid(&document)), "镇党委").clone();
    near(date(&document).right, 184.0 - 2.0 * CHARACTER, "two characters from the edge");
    near(date(&document).left - name.left, 2.0 * CHARACTER, "the date begins two characters to the right");
    // several: one below the other, in order, none outside
    let names = ["中共香山镇委员会", "香山镇人民政府", "香山镇人民代表大会主席团"];
    let document = signed(&names, false);
    let rows = rows(&laid(&document));
    let ys = names.map(|name| row(&rows, name).y);
    near(ys[1] - ys[0], PITCH, "next organ");
    near(ys[2] - ys[1], PITCH, "next organ");
    assert!(names.iter().all(|name| row(&rows, name).right < 184.5));
}

#[test]
fn seals_of_several_organs_never_touch() {
    let organs = ["镇党委", "镇人民政府", "镇人大主席团", "镇人民武装部", "镇纪委"];
    for count in 2..=5 {
        let document = signed(&organs[..count], true);
        let runs = runs(&document);
        let places: Vec<&Row> = organs[..count].iter().map(|name| row(&runs, name)).collect();
        let middle = |row: &Row| (row.left + row.right) / 2.0;
        for (first, a) in places.iter().enumerate() {
            assert_eq!(a.page, places[0].page);
            for b in &places[first + 1..] {
                let apart = ((middle(a) - middle(b)).powi(2) + (a.y - b.y).powi(2)).sqrt();
                assert!(apart > 45.0, "{count}: {apart:.1} mm between the seals of {} and {}", a.text, b.text);
            }
            assert!(middle(a) - 22.5 > 27.9 && middle(a) + 22.5 < 184.1, "{count}: {a:?}");
        }
        let in_row = places.iter().filter(|it| (it.y - places[0].y).abs() < 1.0).count();
        assert!(in_row <= 3, "{count}");
        let last = places[count - 1];
        let date = date(&document);
        near(date.y - last.y, PITCH, "the date a row below the last");
        assert!(date.left < middle(last) && middle(last) < date.right, "{count}: the date stands under the last");
    }
    // long names leave room for two or one
    let long = ["香山县人力资源和社会保障局", "香山县住房和城乡建设局", "香山县农业农村局"];
    let runs = runs(&signed(&long, true));
    assert!((row(&runs, long[2]).y - row(&runs, long[0]).y - 5.0 * PITCH).abs() < 0.5);
}

#[test]
fn a_person_signs_with_post_and_stamp() {
    let document = samples::order();
    let rows_stamped = rows(&laid(&document));
    let post = rows_stamped.iter().find(|row| row.text == "镇长").unwrap();
    let day = row(&rows_stamped, "2022年6月20日");
    // four characters, a stamp of six, two between
    near(post.right, 184.0 - 12.0 * CHARACTER, "the post two characters left of the stamp");
    near(day.right, 184.0 - 4.0 * CHARACTER, "the date four characters from the edge");
    assert!(!rows_stamped.iter().any(|row| row.text.contains("李卫国")), "the stamp bears the name");
    near(day.y - post.y, 3.0 * PITCH - PITCH / 2.0, "half a stamp and a row between");
    let written = Document { seal: false, ..document };
    let rows = rows(&laid(&written));
    near(row(&rows, "李卫国").right, 184.0 - 4.0 * CHARACTER, "the name where the stamp would be");
}

/// Rows above the signature on its page, the page of the signature, and the page of the body's first row.
fn company(document: &Document) -> (usize, usize, usize) {
    let seen = laid(document);
    let at = |name: &str| seen.iter().position(|it| matches!(&it.what, What::Mark(label) if label == name)).unwrap();
    let (first, signature) = (at("block"), at("signature"));
    let page = seen[signature].page;
    let above: Vec<look::Seen> = seen[first..signature].iter().filter(|it| it.page == page).cloned().collect();
    let body = seen[first..].iter().find(|it| matches!(it.what, What::Text { .. })).unwrap().page;
    (rows(&above).len(), page, body)
}

#[test]
fn a_signature_is_never_alone_whatever_the_length_of_the_text() {
    for layout in [Layout::Document, Layout::Letter, Layout::Plain] {
        for characters in (20..1400).step_by(37) {
            let mut document = Document { seal: true, note: None, ..paper(layout) };
            document.body = vec![Block::Paragraph(text(characters)), Block::Paragraph(text(6))];
            let (rows, page, body) = company(&document);
            assert!(rows >= 2, "{layout:?}, {characters} characters: {rows} rows on page {page}");
            assert_eq!(body, 0, "{layout:?}, {characters} characters");
        }
    }
}

#[test]
fn a_short_paper_shows_its_text_on_the_first_page() {
    let organs = ["中共香山县委组织部", "香山县人力资源和社会保障局", "香山县财政局", "香山县教育体育局"];
    for count in 1..=4 {
        for characters in [10, 30, 60, 100] {
            let mut document = Document { seal: true, ..paper(Layout::Document) };
            document.mark = organs[..count].iter().map(|it| (*it).to_owned()).collect();
            document.signature = document.mark.clone();
            document.mark_file = true;
            document.body = vec![Block::Paragraph(text(characters))];
            let (_, _, body) = company(&document);
            assert_eq!(body, 0, "{count} organs, {characters} characters");
        }
    }
}

#[test]
fn a_paragraph_that_is_parted_for_the_signature_loses_nothing_and_fills_its_rows() {
    let mut document = Document { seal: true, note: None, ..paper(Layout::Document) };
    let mut parted = 0;
    for characters in (200..900).step_by(23) {
        document.body = vec![Block::Paragraph(text(characters))];
        let seen = laid(&document);
        let rows = rows(&seen);
        let of_body = |row: &&Row| {
            let begins: String = row.text.chars().take(4).collect();
            (row.points - 16.0).abs() < 0.5 && text(80)[0].text.contains(&begins)
        };
        let said: Vec<&Row> = rows.iter().filter(of_body).collect();
        let whole: String = said.iter().map(|row| row.text.as_str()).collect();
        assert!(whole.contains(&text(characters)[0].text), "{characters}: {whole}");
        if said.iter().any(|row| row.page == 1) {
            parted += 1;
            let last = said.iter().rfind(|row| row.page == 0).unwrap();
            near(last.right, 184.0, "the row before the break is full");
            assert_eq!(last.text.chars().count(), 28, "{last:?}");
        }
    }
    assert!(parted > 5);
}

#[test]
fn the_last_rows_of_a_table_go_with_the_signature() {
    for layout in [Layout::Sheet, Layout::Form, Layout::Plain] {
        for count in 1..40 {
            let table = Table { caption: None, ..samples::table(count) };
            let document = Document { layout, body: vec![Block::Table(table)], ..samples::sheet() };
            let (rows, page, _) = company(&document);
            assert!(page == 0 || rows >= 2, "{layout:?}, {count} rows: {rows} on page {page}");
            assert_eq!(
                laid(&document)
                    .iter()
                    .filter(|it| matches!(&it.what, What::Text { text, .. } if text == "张建国"))
                    .count(),
                count
            );
        }
    }
}

#[test]
fn a_sheet_without_a_name_has_no_date() {
    for layout in [Layout::Sheet, Layout::Form, Layout::Plain] {
        let document = Document { layout, signature: Vec::new(), ..samples::sheet() };
        let word = crate::document::word::text(&crate::document::word::word(&document).unwrap()).unwrap();
        let pdf: String = rows(&laid(&document)).into_iter().map(|row| row.text).collect();
        for (writer, said) in [("Word", word), ("PDF", pdf), ("text", html::text(&document))] {
            assert!(!said.contains(DATE), "{layout:?}, {writer}: {said}");
        }
    }
}
