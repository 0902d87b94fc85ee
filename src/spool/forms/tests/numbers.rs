//! What Word keeps elsewhere than in the text of a form: the numbers of its lists, what its faces draw, and the name of its main part.

use super::hostile::package;
use super::word::with_parts;
use super::{entry, form};
use crate::spool::forms::read;
use crate::submission::read::understand;
use crate::submission::{Entry, Form, Type};
use serde_json::json;

/// Levels of a list, each its format and what is written of it.
fn model(id: u8, levels: &[(&str, &str)]) -> String {
    let level = |(at, (format, text)): (usize, &(&str, &str))| {
        format!(
            "<w:lvl w:ilvl=\"{at}\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{format}\"/><w:lvlText w:val=\"{text}\"/></w:lvl>"
        )
    };
    let levels: String = levels.iter().enumerate().map(level).collect();
    format!("<w:abstractNum w:abstractNumId=\"{id}\">{levels}</w:abstractNum>")
}

fn list(id: u8, of: u8, more: &str) -> String {
    format!("<w:num w:numId=\"{id}\"><w:abstractNumId w:val=\"{of}\"/>{more}</w:num>")
}

/// A paragraph of a list at a level.
fn numbered(list: u8, level: u8, text: &str) -> String {
    let place = format!("<w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{list}\"/></w:numPr>");
    format!("<w:p><w:pPr>{place}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn plain(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

/// A form of an office's own with these lists, labels and values in rows.
fn document(lists: &str, rows: &[(&str, String)]) -> Vec<u8> {
    let row =
        |(label, value): &(&str, String)| format!("<w:tr><w:tc>{}</w:tc><w:tc>{value}</w:tc></w:tr>", plain(label));
    let body = format!("<w:tbl>{}</w:tbl>", rows.iter().map(row).collect::<String>());
    let numbering = format!("<w:numbering xmlns:w=\"w\">{lists}</w:numbering>");
    let styles = "<w:styles xmlns:w=\"w\"><w:style w:styleId=\"a\"><w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr></w:style>\
         <w:style w:styleId=\"b\"><w:basedOn w:val=\"a\"/></w:style></w:styles>";
    let parts = [("word/numbering.xml", numbering.as_bytes()), ("word/styles.xml", styles.as_bytes())];
    let relations = "<Relationship Id=\"r1\" Type=\"x/numbering\" Target=\"numbering.xml\"/>\
         <Relationship Id=\"r2\" Type=\"x/styles\" Target=\"styles.xml\"/>";
    with_parts(&body, &parts, relations)
}

fn asked() -> Form {
    let papers = Entry { optional: true, ..entry("证书", Type::List(Box::new(Type::Text(50)), 1)) };
    let head = vec![entry("户主", Type::Name), entry("致困原因", Type::Text(100)), papers];
    Form { head, grids: Vec::new(), head_values: serde_json::Map::new(), ..form() }
}

#[test]
fn numbers_of_words_own_are_part_of_a_text_and_of_nothing_else() {
    let lists = [
        model(1, &[("decimal", "%1."), ("decimal", "%1.%2")]),
        model(2, &[("chineseCounting", "%1、"), ("decimalEnclosedCircleChinese", "%2")]),
        list(1, 1, ""),
        list(2, 2, ""),
        list(3, 1, "<w:lvlOverride w:ilvl=\"0\"><w:startOverride w:val=\"1\"/></w:lvlOverride>"),
    ];
    let styled = "<w:p><w:pPr><w:pStyle w:val=\"b\"/></w:pPr><w:r><w:t>无房。</w:t></w:r></w:p>";
    let reasons = [
        numbered(2, 0, "患病"),
        numbered(2, 1, "住院；"),
        numbered(2, 0, "其他"),
        plain("没有编号。"),
        numbered(1, 0, "劳动力少；"),
        numbered(1, 1, "年老；"),
        numbered(1, 0, ""),
        styled.to_string(),
        numbered(3, 0, "欠债。"),
    ];
    let rows = [
        ("户主", numbered(1, 0, "郑八一")),
        ("致困原因", reasons.concat()),
        ("证书", numbered(3, 0, "残疾证") + &numbered(3, 0, "低保证")),
    ];
    let bytes = document(&lists.concat(), &rows);
    let filled = read("表.docx", &bytes).unwrap();
    assert!(filled.remarks.is_empty(), "{:?}", filled.remarks);
    let read = understand(&asked(), &filled, &super::word::offices()).unwrap();
    assert_eq!((&read.head["户主"], &read.head["证书"]), (&json!("郑八一"), &json!(["残疾证", "低保证"])));
    let said = "一、患病\n①住院；\n二、其他\n没有编号。\n2. 劳动力少；\n2.1 年老；\n\n4. 无房。\n1. 欠债。";
    assert_eq!(read.head["致困原因"], said);
    // several labels in one cell, the text of the last numbered
    let cell = plain("户主：郑八一") + &plain("致困原因：") + &numbered(1, 0, "患病") + &numbered(1, 0, "无房");
    let row = format!("<w:tbl><w:tr><w:tc>{cell}</w:tc></w:tr></w:tbl>");
    let numbering = format!("<w:numbering xmlns:w=\"w\">{}</w:numbering>", lists.concat());
    let relation = "<Relationship Id=\"r1\" Type=\"x/numbering\" Target=\"numbering.xml\"/>";
    let bytes = with_parts(&row, &[("word/numbering.xml", numbering.as_bytes())], relation);
    let read = understand(&asked(), &super::super::read("表.docx", &bytes).unwrap(), &super::word::offices()).unwrap();
    assert_eq!((&read.head["户主"], &read.head["致困原因"]), (&json!("郑八一"), &json!("1. 患病\n2. 无房")));
}

#[test]
fn numbers_that_cannot_be_reckoned_are_told() {
    let long = "%1.".repeat(20);
    let lists =
        [model(1, &[("lowerRoman", "%1."), ("bullet", "·"), ("decimal", long.as_str())]), list(1, 1, "")].concat();
    let told = |level: u8, text: &str| {
        let rows = [("户主", plain("郑八一")), ("致困原因", numbered(1, level, text) + &numbered(9, 0, "患病"))];
        read("表.docx", &document(&lists, &rows)).unwrap().remarks
    };
    let say = "文件里有1处自动编号没有读取，只读了文字。要保留编号的，请把编号直接写进文字里，整份再交一次。";
    assert_eq!([told(0, "住院"), told(2, "住院")], [[say], [say]]);
    assert_eq!([told(0, ""), told(1, "住院")], [[""; 0], [""; 0]]);
}

#[test]
fn a_word_form_is_known_by_what_its_package_says() {
    let rows = [("户主", plain("郑八一")), ("致困原因", plain("患病"))];
    let bytes = document("", &rows);
    let text = super::part(&bytes, "word/document.xml");
    let of = |kind: &str| {
        let types = format!("<Types><Override PartName=\"/word/document2.xml\" ContentType=\"{kind}\"/></Types>");
        let root = "<Relationships><Relationship Id=\"r1\" Type=\"x/officeDocument\" Target=\"/word/document2.xml\"/></Relationships>";
        package(&[
            ("[Content_Types].xml", types.as_bytes()),
            ("_rels/.rels", root.as_bytes()),
            ("word/document2.xml", text.as_bytes()),
        ])
    };
    let main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
    assert_eq!(read("表.docx", &of(main)).unwrap().tables[0].slots[1].text, "郑八一");
    assert!(read("表.docx", &of("text/xml")).unwrap_err()[0].say.contains("这不是 Excel 表格"));
}

/// LibreOffice writes the boxes of Wingdings as text in that face, and people an R in Wingdings 2.
#[test]
fn a_sign_that_a_face_draws_is_the_box_it_is() {
    let said = |runs: &[(&str, &str)]| {
        let run = |(face, text): &(&str, &str)| {
            let faces = format!("w:ascii=\"{face}\" w:hAnsi=\"{face}\" w:eastAsia=\"{face}\"");
            format!("<w:r><w:rPr><w:rFonts {faces}/></w:rPr><w:t>{text}</w:t></w:r>")
        };
        let text = format!("<w:p>{}<w:r><w:t>男R</w:t></w:r></w:p>", runs.iter().map(run).collect::<String>());
        read("表.docx", &document("", &[("性别", text)])).unwrap().tables[0].slots[1].text.clone()
    };
    assert_eq!(said(&[("Wingdings", "\u{F0FE}")]), "☑男R");
    assert_eq!(said(&[("Wingdings 2", "\u{F052}"), ("Wingdings 2", "\u{F0A3}")]), "☑□男R");
    assert_eq!(said(&[("Wingdings 2", "R"), ("Wingdings", "甲A")]), "☑甲A男R");
    assert_eq!(said(&[("SimSun", "\u{F0FE}")]), "\u{F0FE}男R");
}
