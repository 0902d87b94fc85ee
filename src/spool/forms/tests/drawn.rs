//! What stands in a Word form as it is drawn: columns that stay wide enough, files in words, characters of older systems.

use super::word::{Rows, offices, person, understood};
use super::{entry, form, map, part, strings};
use crate::spool::forms::{fill_word, read, write, write_word};
use crate::submission::read::understand;
use crate::submission::{Entry, Form, Grid, Line, Type};
use serde_json::{Map, json};

/// Twenty columns of two objects: those to be filled in stay wide enough, and what is only shown makes room, below at last.
#[test]
fn columns_to_be_filled_in_are_never_squeezed_out() {
    let shown = |n: usize| Entry {
        shown: true,
        ..entry(&format!("情况{n}"), Type::Text(if n.is_multiple_of(2) { 500 } else { 20 }))
    };
    let mut columns: Vec<Entry> = (1..=25).map(shown).collect();
    columns.extend([
        entry("核实日期", Type::Date),
        entry("核实意见", Type::Text(500)),
        entry("办理结果", Type::One(strings(&["合格", "不合格"]))),
    ]);
    let line = |item: u32| {
        let known = (1..=25).map(|n| (format!("情况{n}"), json!(format!("{item}的情况{n}"))));
        Line { item: Some(item), values: known.collect() }
    };
    let grid =
        Grid { name: "审核对象".to_string(), columns, lines: vec![line(7), line(8)], blank: 0, called: None };
    let form = Form { head: Vec::new(), head_values: Map::new(), grids: vec![grid], ..form() };
    let document = part(&write_word(&form).unwrap(), "word/document.xml");
    let widths: Vec<u32> =
        document.split("<w:gridCol w:w=\"").skip(1).map(|it| it.split('"').next().unwrap().parse().unwrap()).collect();
    let (known, open) = widths.split_at(widths.len() - 3);
    assert!(open.iter().all(|twips| *twips >= 1_200) && known.iter().all(|twips| *twips >= 640), "{widths:?}");
    assert!(widths.iter().sum::<u32>() <= 16_838 - 2 * 1_134 && known.len() > 10, "{widths:?}");
    // what found no room in the table is said below it, of each object
    assert!(document.contains("7号　") && document.contains("情况25：8的情况25"), "{document}");
    let row = map(json!({ "核实日期": "2026-06-09", "核实意见": "属实", "办理结果": "合格" }));
    let rows = vec![(Some(7), row.clone()), (Some(8), row)];
    let read = understood(&form, &fill_word(&form, &Map::new(), &rows).unwrap());
    assert_eq!(read.rows.into_iter().map(|row| (row.item, row.values)).collect::<Rows>(), rows);
}

/// Of a picture that is only shown the digest says nothing to a clerk.
#[test]
fn a_file_that_is_only_shown_is_told_in_words() {
    let digest = "889a7712".repeat(8);
    let shown = |name: &str, kind: Type| Entry { shown: true, ..entry(name, kind) };
    let columns = vec![
        shown("照片", Type::Image),
        shown("证书", Type::List(Box::new(Type::File), 1)),
        entry("意见", Type::Text(20)),
    ];
    let values = map(json!({ "照片": digest.clone(), "证书": [digest.clone()] }));
    let lines = vec![Line { item: Some(7), values: values.clone() }, Line { item: Some(8), values }];
    let grid = Grid { name: "对象".to_string(), columns, lines, blank: 0, called: None };
    let head = vec![shown("合影", Type::Image)];
    let form = Form { head, head_values: map(json!({ "合影": digest.clone() })), grids: vec![grid], ..form() };
    let texts =
        [part(&write_word(&form).unwrap(), "word/document.xml"), part(&write(&form).unwrap(), "xl/sharedStrings.xml")];
    for text in texts {
        assert!(!text.contains(&digest), "{text}");
        for said in ["图片已收，没有放进本表（原件编号889a7712，", "附件已收，没有放进本表（原件编号889a7712，"]
        {
            assert!(text.contains(said), "{said}: {text}");
        }
    }
}

/// Characters of older systems are exchanged in a Word form as in a workbook.
#[test]
fn characters_that_moved_are_exchanged_in_a_word_form() {
    let (form, head, mut rows) = person();
    rows[0].1.insert("姓名".to_string(), json!("陈\u{E864}强"));
    rows[0].1.insert("主要事迹".to_string(), json!("第一\u{E78D}第二"));
    let mut filled = read("表", &fill_word(&form, &head, &rows).unwrap()).unwrap();
    assert_eq!(crate::submission::legacy::exchange(&mut filled), 2);
    let read = understand(&form, &filled, &offices()).unwrap();
    assert_eq!(read.rows[0].values["姓名"], json!("陈\u{9FBB}强"));
    assert_eq!(read.rows[0].values["主要事迹"], json!("第一\u{FE10}第二"));
}
