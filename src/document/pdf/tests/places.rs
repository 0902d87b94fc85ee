//! Where things stand on the page, in millimetres, as 9704 has them.

use super::look::What;
use super::*;
use crate::document::model::{Table, TableCell};

/// A row of text as it was set.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) page: usize,
    /// its base line, in mm from the upper edge
    pub(super) y: f64,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) points: f64,
    pub(super) text: String,
}

pub(super) const POINTS_PER_MM: f64 = 72.0 / 25.4;
/// 156 mm in 28 characters, 225 mm in 22 rows.
pub(super) const CHARACTER: f64 = 156.0 / 28.0;
pub(super) const PITCH: f64 = 225.0 / 22.0;

pub(super) fn laid(document: &Document) -> Vec<look::Seen> {
    let laid = super::super::laid(document, &Fonts::bundled()).unwrap_or_else(|error| panic!("{error}"));
    comemo::evict(0);
    laid.seen
}

/// Runs on one base line, joined; cells of a table and names side by side come as one row.
pub(super) fn rows(seen: &[look::Seen]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for it in seen {
        let What::Text { text, width, size } = &it.what else { continue };
        let (y, left) = (it.y / POINTS_PER_MM, it.x / POINTS_PER_MM);
        let right = left + width / POINTS_PER_MM;
        match rows.iter_mut().find(|row| row.page == it.page && (row.y - y).abs() < 0.1) {
            Some(row) => {
                row.text.push_str(text);
                row.left = row.left.min(left);
                row.right = row.right.max(right);
            }
            None => rows.push(Row { page: it.page, y, left, right, points: *size, text: text.clone() }),
        }
    }
    rows
}

pub(super) fn row<'a>(rows: &'a [Row], text: &str) -> &'a Row {
    rows.iter().find(|row| row.text.contains(text)).unwrap_or_else(|| panic!("{text} in {rows:#?}"))
}

pub(super) fn near(measured: f64, wanted: f64, what: &str) {
    assert!((measured - wanted).abs() < 0.5, "{what}: {measured:.2} mm, not {wanted:.2}");
}

pub(super) fn text(length: usize) -> Vec<Span> {
    let text = "为做好乡村振兴示范片建设工作现就有关事项函商如下请予支持并于月底前函复".chars().cycle().take(length);
    vec![Span { text: text.collect(), strong: false }]
}

#[test]
fn a_full_page_has_22_rows_of_28_characters() {
    let mut document = samples::empty(Layout::Plain);
    document.title = vec!["题".to_owned()];
    document.body = vec![Block::Paragraph(text(28 * 70))];
    let rows = rows(&laid(&document));
    let page: Vec<&Row> = rows.iter().filter(|row| row.page == 1).collect();
    assert_eq!(page.len(), 22);
    for (index, row) in page.iter().enumerate() {
        assert_eq!(row.text.chars().count(), 28, "{row:?}");
        // .88 of a character stands above the base line
        near(row.y, 37.0 + 0.88 * CHARACTER + index as f64 * PITCH, "row");
        near(row.left, 28.0, "left edge");
        near(row.right, 184.0, "right edge");
    }
}

#[test]
fn no_number_of_a_table_is_printed_over_its_neighbour() {
    let people =
        ["1", "张三", "340502199001011234", "13900000001", "6217001234567890123", "1234567.89", "a@b.example.cn"];
    let amounts = ["12345678.9"; 12];
    for layout in [Layout::Sheet, Layout::Plain] {
        for cells in [&people[..], &amounts[..]] {
            let row: Vec<TableCell> = cells.iter().map(|text| samples::cell(text)).collect();
            let table = Table { widths: vec![1; cells.len()], rows: vec![row; 2], ..Table::default() };
            let document = Document { body: vec![Block::Table(table)], ..samples::empty(layout) };
            let mut seen: Vec<(i64, f64, f64, String)> = Vec::new();
            for it in laid(&document) {
                let What::Text { text, width, .. } = &it.what else { continue };
                seen.push(((it.y * 10.0) as i64, it.x, it.x + width, text.clone()));
            }
            seen.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
            for pair in seen.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
                assert!(pair[0].2 <= pair[1].1 + 0.1, "{layout:?}: {pair:?}");
            }
            let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
            let set: usize = seen.iter().map(|it| digits(&it.3)).sum();
            assert_eq!(set, 2 * cells.iter().map(|text| digits(text)).sum::<usize>(), "{layout:?}");
        }
    }
}

#[test]
fn no_row_is_stretched_for_the_sake_of_the_last() {
    for length in 150..185 {
        let mut document = samples::empty(Layout::Plain);
        document.title = vec!["题".to_owned()];
        document.body = vec![Block::Paragraph(text(length))];
        let rows = rows(&laid(&document));
        let body: Vec<usize> = rows[1..].iter().map(|row| row.text.chars().count()).collect();
        assert_eq!(body[0], 26, "two characters in");
        assert!(body[1..body.len() - 1].iter().all(|count| *count == 28), "{length}: {body:?}");
    }
}

#[test]
fn a_row_begins_and_ends_with_what_may_stand_there() {
    let mut seed = 7_u64;
    let pieces =
        ["工作", "，", "。", "、", "：", "；", "！", "“七一”", "《建设方案》", "（试行）", "2022年", "GB/T 9704", "的"];
    for _ in 0..30 {
        let mut said = String::new();
        while said.chars().count() < 500 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let piece = pieces[(seed >> 33) as usize % pieces.len()];
            // no two marks in a row but those that follow one another in writing
            let mark = |text: &str| text.chars().next().is_some_and(|it| "，。、：；！".contains(it));
            if mark(piece) && said.chars().last().is_none_or(|it| "，。、：；！".contains(it)) {
                continue;
            }
            said.push_str(piece);
        }
        let mut document = samples::empty(Layout::Plain);
        document.title = vec!["题".to_owned()];
        document.body = vec![Block::Paragraph(vec![Span { text: said, strong: false }])];
        for row in rows(&laid(&document)) {
            assert!(!row.text.starts_with(|it| "，。、：；！”》）".contains(it)), "{row:?}");
            assert!(!row.text.ends_with(|it| "“《（".contains(it)), "{row:?}");
            assert!(row.left > 27.9 && row.right < 184.8, "{row:?}");
        }
    }
}

#[test]
fn the_head_of_a_document_stands_where_the_standard_has_it() {
    let mut document = samples::decision();
    document.serial = Some("000012".to_owned());
    let rows = rows(&laid(&document));
    let first = 37.0 + 0.88 * CHARACTER;
    near(row(&rows, "000012").y, first, "份号 in row 1");
    near(row(&rows, "特急").y, first + PITCH, "紧急程度 in row 2");
    let mark = row(&rows, "中共香泉镇委员会文件");
    // characters of 小标宋 are some nine tenths of their size high and reach a little below the base line
    let top = mark.y - 0.86 * mark.points / POINTS_PER_MM;
    assert!((71.0..73.5).contains(&top), "upper edge of the mark: {top}");
    near((mark.left + mark.right) / 2.0, 106.0, "middle of the mark");
    let number = row(&rows, "香党发〔2022〕8号");
    // the mark reaches a little below its base line
    near(number.y - mark.y, 3.0 * PITCH - 0.4, "two rows between mark and number");
    let title = row(&rows, "关于表彰先进基层党组织");
    assert!((title.points - 22.0).abs() < 0.01);
    near((title.left + title.right) / 2.0, 106.0, "middle of the title");
}

#[test]
fn an_order_has_its_mark_at_20_mm_and_no_title() {
    let rows = rows(&laid(&samples::order()));
    let mark = row(&rows, "香泉镇人民政府令");
    let top = mark.y - 0.86 * mark.points / POINTS_PER_MM;
    assert!((56.0..58.5).contains(&top), "upper edge of the mark: {top}");
    let number = row(&rows, "第3号");
    near(number.y - mark.y, 3.0 * PITCH, "two rows between mark and number");
    let first = row(&rows, "《香泉镇集镇管理办法》");
    near(first.y - number.y, 3.0 * PITCH, "two rows between number and text");
    assert!(!rows.iter().any(|row| row.text.contains("公布令")));
}

#[test]
fn minutes_name_who_attended_below_the_text() {
    let rows = rows(&laid(&samples::minutes()));
    let attended = row(&rows, "出席：");
    near(attended.left, 28.0 + 2.0 * CHARACTER, "two characters in");
    let at = rows.iter().position(|row| row.text.contains("出席：")).unwrap();
    let next = &rows[at + 1];
    near(next.left, 28.0 + 5.0 * CHARACTER, "names under the first character after the colon");
    near(next.y - attended.y, PITCH, "row");
    let made = row(&rows, "2022年6月18日");
    near(made.left, 28.0 + CHARACTER, "who made it, one character in");
    near(made.right, 184.0 - CHARACTER, "the day, one character in");
}

#[test]
fn a_page_that_lies_crosswise_has_its_number_where_the_others_have_it() {
    let number = |document: &Document, page: usize| {
        let seen = laid(document);
        let number = seen.iter().find(|it| it.page == page && matches!(it.what, What::Number(_))).unwrap();
        (number.x / POINTS_PER_MM, number.y / POINTS_PER_MM)
    };
    let mut upright = samples::empty(Layout::Plain);
    upright.title = vec!["题".to_owned()];
    upright.body = vec![Block::Paragraph(text(28 * 70))];
    for page in [0, 1] {
        let (x, y) = number(&upright, page);
        // turned upright, with its head at the binding side, a crosswise page has its left edge below
        let (across, down) = number(&samples::sheet(), page);
        near(297.0 - across, y, "base line of the number");
        near(down, x, "beginning of the number");
        assert!((y - (262.0 + 7.0 + 0.38 * 14.0 / POINTS_PER_MM)).abs() < 0.1, "{y}");
    }
}

#[test]
fn tables_lose_no_row_are_never_small_and_repeat_their_header() {
    for count in [1, 7, 23, 24, 25, 60] {
        let mut document = samples::sheet();
        let Block::Table(table) = &mut document.body[0] else { panic!("a table") };
        *table = samples::table(count);
        for (index, row) in table.rows.iter_mut().enumerate() {
            let last = row.len() - 1;
            row[last].text = format!("第{index}行\n事迹");
        }
        let rows = rows(&laid(&document));
        let pages = rows.iter().map(|row| row.page).max().unwrap() + 1;
        for index in 0..count {
            let found = rows.iter().filter(|row| row.text.contains(&format!("第{index}行"))).count();
            assert_eq!(found, 1, "row {index} of {count}");
        }
        assert_eq!(rows.iter().filter(|row| row.text.contains("主要事迹")).count(), pages, "{count} rows");
        assert!(rows.iter().all(|row| row.points >= 12.0));
    }
}

#[test]
fn addressees_without_end_stand_in_the_imprint_and_the_first_page_has_text() {
    for length in [10, 100, 150, 175, 200, 225, 250, 300, 400, 580] {
        for layout in [Layout::Document, Layout::Letter] {
            let mut document = paper(layout);
            let names = "县农业农村局，县财政局，各乡镇人民政府，".chars().cycle().take(length);
            document.main_to = Some(names.collect::<String>().trim_end_matches('，').to_owned());
            let seen = laid(&document);
            let first = seen.iter().find(|it| matches!(&it.what, What::Mark(label) if label == "block")).unwrap();
            let rows = rows(&seen);
            assert!(rows.iter().all(|row| row.y > 25.0 && row.y < 262.5), "{layout:?}, {length} characters");
            let below = rows.iter().any(|row| row.text.starts_with("主送："));
            assert_eq!(first.page, 0, "{layout:?}, {length} characters");
            assert_eq!(below, crate::document::fit::main_to_below(&document), "{layout:?}, {length} characters");
            assert!(if below { length > 150 } else { length < 350 }, "{layout:?}, {length} characters: {below}");
        }
    }
}

#[test]
fn marks_that_follow_one_another_are_squeezed() {
    let width = |text: &str| {
        let mut document = samples::empty(Layout::Plain);
        document.title = vec!["题".to_owned()];
        document.body = vec![Block::Paragraph(vec![Span { text: text.to_owned(), strong: false }])];
        let rows = rows(&laid(&document));
        (rows[1].right - rows[1].left) / CHARACTER
    };
    for (text, characters) in
        [("甲、乙", 3.0), ("甲”、乙", 3.5), ("甲》、乙", 3.5), ("甲）。（乙", 4.0), ("甲“《乙》”丙", 6.0)]
    {
        assert!((width(text) - characters).abs() < 0.02, "{text}: {} characters", width(text));
    }
}

#[test]
fn no_name_is_parted_at_the_end_of_a_row() {
    let names = ["张　三", "欧阳娜", "李　四", "王小伟", "赵　军"].map(str::to_owned);
    let list: Vec<String> = names.iter().cycle().take(60).cloned().collect();
    let mut document = samples::minutes();
    document.attendance[0].names = list.join("、");
    // every place in a row is that of a name once
    document.body = (1..9)
        .map(|lead| Block::Paragraph(samples::spans(&format!("{}{}", "由".repeat(lead), list.join("、")))))
        .collect();
    let rows = rows(&laid(&document));
    assert!(rows.len() > 60, "{rows:#?}");
    let parted = |row: &&Row| row.text.trim_end().ends_with(['张', '李', '赵']);
    let parted: Vec<&Row> = rows.iter().filter(parted).collect();
    assert!(parted.is_empty(), "{parted:#?}");
}
