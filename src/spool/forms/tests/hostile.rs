//! Workbooks that were spoilt, renamed, cut off or made to hurt.

use super::{Map, Raw, cell, form, map, raw, returned, words};
use crate::spool::forms::layout::{Holds, MARK, Record, SheetRecord};
use crate::spool::forms::{fill, read, read_for, write};
use crate::submission::{Fault, Filled, Form};
use rust_xlsxwriter::{Format, Workbook};
use serde_json::json;
use std::io::{Cursor, Read, Write};

/// The package with one part changed.
pub(super) fn changed(bytes: &[u8], part: &str, change: impl Fn(String) -> String) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..from.len() {
        let mut file = from.by_index(at).unwrap();
        let mut text = Vec::new();
        file.read_to_end(&mut text).unwrap();
        if file.name() == part {
            text = change(String::from_utf8(text).unwrap()).into_bytes();
        }
        to.start_file(file.name().to_string(), zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(&text).unwrap();
    }
    to.finish().unwrap().into_inner()
}

pub(super) fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        to.start_file(name.to_string(), zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(bytes).unwrap();
    }
    to.finish().unwrap().into_inner()
}

pub(super) fn one(name: &str, bytes: &[u8]) -> Fault {
    let faults = read(name, bytes).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults[0].clone()
}

#[test]
fn a_changed_hidden_sheet_is_a_fault() {
    let bytes = changed(&returned(), "xl/sharedStrings.xml", |text| text.replace("2026-qiyi-1", "2026-qiyi-2"));
    assert!(one("表.xlsx", &bytes).say.contains("隐藏页"));
}

#[test]
fn formulas_errors_and_merged_cells_are_named() {
    // sheet 3 is the grid; its row 3 is the first item
    let formula = changed(&returned(), "xl/worksheets/sheet3.xml", |text| {
        let at = text.find("<c r=\"G3\"").unwrap();
        let end = at + text[at..].find("</c>").unwrap() + 4;
        format!("{}<c r=\"G3\"><f>SUM(A1:A2)</f><v>98</v></c>{}", &text[..at], &text[end..])
    });
    let filled = read("表.xlsx", &formula).unwrap();
    assert_eq!(raw(&filled.grids[0].1[0], "得分"), Raw::Formula("=SUM(A1:A2)".to_string()));
    let broken = changed(&returned(), "xl/worksheets/sheet3.xml", |text| {
        let at = text.find("<c r=\"G3\"").unwrap();
        let end = at + text[at..].find("</c>").unwrap() + 4;
        format!("{}<c r=\"G3\" t=\"e\"><v>#REF!</v></c>{}", &text[..at], &text[end..])
    });
    assert_eq!(raw(&read("表.xlsx", &broken).unwrap().grids[0].1[0], "得分"), Raw::Broken("#REF!".to_string()));
    let merged = changed(&returned(), "xl/worksheets/sheet3.xml", |text| {
        text.replace("<mergeCell ref", "<mergeCell ref=\"C3:C4\"/><mergeCell ref")
            .replace("mergeCells count=\"1\"", "mergeCells count=\"2\"")
    });
    let fault = one("表.xlsx", &merged);
    assert_eq!((fault.place.as_str(), fault.say.as_str()), ("推荐对象!C3:C4", "请取消合并单元格，每格分别填写。"));
}

#[test]
fn rows_above_the_heading_and_renamed_sheets_are_tolerated() {
    let down = changed(&returned(), "xl/worksheets/sheet3.xml", |text| {
        // every row and cell moves down by two, as if two rows had been inserted on top
        let mut out = text;
        for row in (1..400).rev() {
            out = out.replace(&format!("<row r=\"{row}\""), &format!("<row r=\"{}\"", row + 2));
            for column in "ABCDEFGHIJ".chars() {
                out = out.replace(&format!("<c r=\"{column}{row}\""), &format!("<c r=\"{column}{}\"", row + 2));
            }
        }
        out.replace("B1:I1", "B3:I3")
    });
    let filled = read("表.xlsx", &down).unwrap();
    assert_eq!(filled.grids[0].1[0].place, "推荐对象 第5行");
    assert_eq!((filled.grids[0].1.len(), filled.grids[0].1[0].item), (3, Some(3)));
    let renamed = changed(&returned(), "xl/workbook.xml", |text| text.replace("name=\"推荐对象\"", "name=\"Sheet9\""));
    assert_eq!(read("表.xlsx", &renamed).unwrap().grids[0].0, "推荐对象");
    let headless = changed(&returned(), "xl/sharedStrings.xml", |text| {
        text.replace("身份证号", "甲")
            .replace("类别", "乙")
            .replace("主要事迹", "丙")
            .replace("是否公示", "丁")
            .replace("入党时间", "戊")
    });
    // the hidden sheet shares no text with the heading except through its own cell, which the change spoils as well
    assert!(!read("表.xlsx", &headless).unwrap_err().is_empty());
}

/// The one fault of a file whose form is known.
pub(super) fn one_for(form: &Form, bytes: &[u8]) -> Fault {
    let faults = read_for("表.xlsx", bytes, form).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults[0].clone()
}

#[test]
fn a_workbook_without_our_sheet_is_read_by_its_looks() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, "某镇推荐名单").unwrap();
    for (column, text) in (0..).zip(["姓名", "身份证号", "备注（可不填）"]) {
        sheet.write_string(2, column, text).unwrap();
    }
    sheet.write_string(3, 0, " 张三　").unwrap();
    sheet.write_number(3, 1, 12.0).unwrap();
    sheet.write_boolean(4, 2, true).unwrap();
    let time = rust_xlsxwriter::ExcelDateTime::from_hms(9, 30, 0).unwrap();
    sheet.write_datetime_with_format(5, 2, time, &Format::new().set_num_format("hh:mm")).unwrap();
    let moment = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 7, 1).unwrap().and_hms(9, 30, 0).unwrap();
    sheet.write_datetime_with_format(6, 2, moment, &Format::new().set_num_format("yyyy-mm-dd hh:mm")).unwrap();
    sheet.write_string(9, 5, "旁注").unwrap();
    workbook.add_worksheet();
    let bytes = workbook.save_to_buffer().unwrap();
    assert_eq!(read("表.xlsx", &bytes).unwrap(), Filled::default());
    let mut form = form();
    form.grids[0].columns.push(super::entry("备注", crate::submission::Type::Text(100)));
    let fault = one_for(&form, &bytes);
    assert_eq!(fault.place, "Sheet1!F10");
    let bytes = changed(&bytes, "xl/sharedStrings.xml", |text| text.replace("旁注", " "));
    let filled = read_for("表.xlsx", &bytes, &form).unwrap();
    assert_eq!((filled.answers, filled.grids.len(), filled.grids[0].0.as_str()), (None, 1, "推荐对象"));
    let lines = &filled.grids[0].1;
    assert_eq!(
        (lines.len(), raw(&lines[0], "姓名"), raw(&lines[0], "身份证号")),
        (4, words("张三"), Raw::Number(12.0))
    );
    assert_eq!((raw(&lines[1], "备注（可不填）"), raw(&lines[2], "备注（可不填）")), (Raw::Flag(true), words("09:30")));
    assert_eq!(raw(&lines[3], "备注（可不填）"), Raw::Date("2026-07-01T09:30".to_string()));
}

#[test]
fn a_sheet_added_by_the_clerk_is_not_passed_over() {
    let part = "xl/workbook.xml";
    let bytes = changed(&returned(), part, |text| {
        text.replace("state=\"veryHidden\"", "").replace("name=\"推荐对象\"", "name=\"推荐对象1\"")
    });
    // only the state and a name changed: still understood
    assert_eq!(read("表.xlsx", &bytes).unwrap().grids[0].1.len(), 3);
    let mut two = form();
    two.grids.push(two.grids[0].clone());
    two.grids[1].name = "另页".to_string();
    let filled = read("表.xlsx", &write(&two).unwrap()).unwrap();
    assert_eq!(filled.grids.iter().map(|grid| grid.0.as_str()).collect::<Vec<_>>(), ["推荐对象", "另页"]);
}

#[test]
fn pictures_in_a_workbook_are_not_passed_over_in_silence() {
    let read = |bytes: &[u8]| read("表.xlsx", bytes).unwrap().remarks;
    assert_eq!(read(&returned()), Vec::<String>::new());
    let mut with = crate::ooxml::package::Package::read(&returned()).unwrap();
    with.put("xl/media/image1.png", b"x".to_vec());
    let said = read(&with.write().unwrap());
    assert!(matches!(said.as_slice(), [say] if say.contains("表格里插入了图片")), "{said:?}");
}

#[test]
fn ten_thousand_and_one_rows_are_one_fault() {
    let rows: Vec<_> = (0..9_998).map(|n| (None, map(json!({ "姓名": format!("人{n}") })))).collect();
    let bytes = fill(&form(), &Map::new(), &rows).unwrap();
    assert_eq!(read("表.xlsx", &bytes).unwrap().grids[0].1.len(), 10_000);
    let more = |rows: u32| {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        sheet.write_string(0, 0, "姓名").unwrap();
        for row in 1..=rows {
            sheet.write_string(row, 0, "人").unwrap();
        }
        workbook.save_to_buffer().unwrap()
    };
    let mut names = form();
    names.grids[0].columns = vec![super::entry("姓名", crate::submission::Type::Name)];
    assert!(one_for(&names, &more(10_001)).say.contains("超过10000行"));
    assert!(one("表.xlsx", &more(200_000)).say.contains("超过10000行"));
}

#[test]
fn what_is_no_workbook_is_said_so() {
    assert!(one("a.xlsx", b"").say.contains("空的"));
    let docx = package(&[("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>")]);
    assert!(one("a.xlsx", &docx).say.contains("Word"));
    assert!(one("a.xlsx", &package(&[("a.txt", b"x")])).say.contains("不是 Excel"));
    assert!(one("a.xlsx", &package(&[("xl/workbook.xml", b"<x>")])).say.contains("损坏"));
    let whole = returned();
    for share in [3, whole.len() / 2, whole.len() - 10] {
        assert!(one("a.xlsx", &whole[..share]).say.contains("不完整"), "{share}");
    }
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle..middle + 40].fill(0);
    assert!(read("a.xlsx", &flipped).is_err());
    let mut locked = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    assert!(one("a.xlsx", &locked).say.contains("旧格式"));
    locked.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    assert!(one("a.xlsx", &locked).say.contains("密码"));
    assert!(one("a.xlsx", b"%PDF-1.7").say.contains("PDF"));
    assert!(one("a.xlsx", &[0xFF, 0xFE, 0x00, 0x41]).say.contains("认不出"));
}

#[test]
fn a_bomb_is_not_unpacked() {
    let zeros = vec![b' '; 70 * 1024 * 1024];
    let bytes = package(&[("xl/workbook.xml", b"<x/>"), ("xl/worksheets/sheet1.xml", &zeros)]);
    assert!(bytes.len() < 200_000);
    assert!(one("a.xlsx", &bytes).say.contains("过大"));
    let smaller = package(&[("xl/workbook.xml", b"<x/>"), ("xl/worksheets/sheet1.xml", &zeros[..20 * 1024 * 1024])]);
    assert!(one("a.xlsx", &smaller).say.contains("压缩比"));
}

#[test]
fn every_fault_is_collected() {
    let bytes = changed(&returned(), "xl/worksheets/sheet3.xml", |text| {
        text.replace("<mergeCell ref", "<mergeCell ref=\"C3:C4\"/><mergeCell ref=\"D5:E5\"/><mergeCell ref")
    });
    let bytes = changed(&bytes, "xl/worksheets/sheet1.xml", |text| text.replace("<mergeCells", "<mergeCells x=\"1\""));
    let faults = read("表.xlsx", &bytes).unwrap_err();
    assert_eq!(
        faults.iter().map(|fault| fault.place.as_str()).collect::<Vec<_>>(),
        ["推荐对象!C3:C4", "推荐对象!D5:E5"]
    );
    assert!(cell(&read("表.xlsx", &returned()).unwrap().head, "填表人").is_some());
}

#[test]
fn two_hidden_sheets_that_differ_claim_nothing_and_missing_sheets_are_named() {
    let claim = |cases: &[&str], columns: bool| {
        let mut workbook = Workbook::new();
        for case in cases {
            let mut answers = form().answers;
            answers.case = Some(case.to_string());
            let columns = if columns { vec![("姓名".to_string(), "姓名".to_string())] } else { Vec::new() };
            let sheets = vec![SheetRecord {
                name: "甲".to_string(),
                holds: Holds::Grid,
                of: "甲".to_string(),
                heading: 1,
                columns,
            }];
            let (digest, pieces) = Record { answers, sheets }.pieces().unwrap();
            let sheet = workbook.add_worksheet();
            sheet.write_string(0, 0, MARK).unwrap().write_string(0, 1, digest).unwrap();
            for (row, piece) in (1..).zip(pieces) {
                sheet.write_string(row, 0, piece).unwrap();
            }
        }
        workbook.add_worksheet().write_string(0, 0, "另写").unwrap();
        workbook.save_to_buffer().unwrap()
    };
    assert_eq!(read("a", &claim(&["1", "2"], false)).unwrap().answers, None);
    let faults = read("a", &claim(&["1"], true)).unwrap_err();
    assert_eq!(faults.iter().map(|fault| fault.place.as_str()).collect::<Vec<_>>(), ["甲", "Sheet2"]);
}

#[test]
fn a_long_description_is_kept_in_pieces() {
    let mut big = form();
    let column = |n: usize| super::entry(&format!("第{n}栏{}", "甲 ".repeat(40)), crate::submission::Type::Name);
    big.grids[0].columns = (0..200).map(column).collect();
    let filled = read("a", &write(&big).unwrap()).unwrap();
    assert_eq!(filled.answers, Some(big.answers));
}

#[test]
fn far_cells_and_wide_sheets_cost_nothing() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, text) in (0..).zip(["项目", "填写内容"]) {
        sheet.write_string(0, column, text).unwrap();
    }
    sheet.write_string(1_048_575, 0, "填表人").unwrap().write_string(1_048_575, 1, "远").unwrap();
    let wide = workbook.add_worksheet();
    for column in 0..16_384 {
        wide.write_string(0, column, format!("第{column}栏")).unwrap().write_string(1, column, "一").unwrap();
    }
    let bytes = workbook.save_to_buffer().unwrap();
    let mut form = form();
    form.grids[0].columns = (0..2).map(|n| super::entry(&format!("第{n}栏"), crate::submission::Type::Name)).collect();
    assert_eq!(one_for(&form, &bytes).say, "超过200列，没有读取。请删去多余的列。");
    let beyond =
        changed(&returned(), "xl/worksheets/sheet1.xml", |text| text.replace("r=\"B16\"", "r=\"B4294967295\""));
    drop(read("a", &beyond));
}
