//! Small workbooks that would take all memory.

use super::hostile::{changed, one, one_for, package};
use super::{raw, returned};
use crate::spool::forms::read;
use crate::submission::Raw;
use rust_xlsxwriter::Workbook;

/// One long text that twenty thousand cells share: small packed, two gigabytes if each cell had its own.
#[test]
fn one_text_in_every_cell_is_not_copied() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let text = "a".repeat(32_767);
    for row in 0..200 {
        for column in 0..100 {
            sheet.write_string(row, column, &text).unwrap();
        }
    }
    let bytes = workbook.save_to_buffer().unwrap();
    assert!(bytes.len() < 300_000, "{}", bytes.len());
    let fault = one("表.xlsx", &bytes);
    assert!(fault.say.contains("合计超过16MB"), "{fault:?}");
    let longer = changed(&bytes, "xl/sharedStrings.xml", |all| all.replace(&text, &"字".repeat(32_768)));
    let fault = one("表.xlsx", &longer);
    assert!(fault.place == "Sheet1!A1" && fault.say.contains("超过32767个字"), "{fault:?}");
}

#[test]
fn numbers_that_ask_for_memory_are_not_believed() {
    let texts = |count: &str| {
        changed(&returned(), "xl/sharedStrings.xml", |text| {
            let at = text.find("uniqueCount=\"").unwrap() + "uniqueCount=\"".len();
            let end = at + text[at..].find('"').unwrap();
            format!("{}{count}{}", &text[..at], &text[end..])
        })
    };
    assert!(one("表.xlsx", &texts("10000000000000")).say.contains("损坏"));
    assert!(read("表.xlsx", &texts("5")).is_ok());
    let shared = changed(&returned(), "xl/worksheets/sheet3.xml", |text| {
        let at = text.find("<c r=\"G3\"").unwrap();
        let end = at + text[at..].find("</c>").unwrap() + 4;
        let formula = "<c r=\"G3\"><f t=\"shared\" ref=\"G3:G4\" si=\"10000000000000\">A1</f><v>1</v></c>";
        format!("{}{formula}{}", &text[..at], &text[end..])
    });
    let filled = read("表.xlsx", &shared).unwrap();
    assert_eq!(raw(&filled.grids[0].1[0], "得分"), Raw::Formula("=A1".to_string()));
}

#[test]
fn a_crowd_of_parts_texts_or_sheets_is_refused() {
    let mut listed = returned();
    listed.extend(b"PK\x01\x02".repeat(10_000));
    assert!(one("表.xlsx", &listed).say.contains("内容过多"));
    let many = format!("<sst>{}</sst>", "<si/>".repeat(600_000));
    let bytes = package(&[("xl/workbook.xml", b"<x/>"), ("xl/sharedStrings.xml", many.as_bytes())]);
    assert!(one("表.xlsx", &bytes).say.contains("文字过多"));
    let mut workbook = Workbook::new();
    for _ in 0..=crate::spool::forms::WORKBOOK_SHEETS_MAX {
        workbook.add_worksheet();
    }
    assert!(one("表.xlsx", &workbook.save_to_buffer().unwrap()).say.contains("工作表过多"));
}

#[test]
fn a_heading_is_not_repeated_without_end() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, "字".repeat(32_767)).unwrap().write_string(0, 1, "姓名").unwrap();
    for row in 1..=9_000 {
        sheet.write_number(row, 0, 1).unwrap();
    }
    let mut form = super::form();
    form.grids[0].columns = vec![super::entry("姓名", crate::submission::Type::Name)];
    form.grids[0].columns.push(super::entry(&"字".repeat(32_767), crate::submission::Type::Name));
    assert!(one_for(&form, &workbook.save_to_buffer().unwrap()).say.contains("表头过长"));
}
