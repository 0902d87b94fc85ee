//! What a clerk writes into a Word form of ours outside of the cells for it: below the tables, beside the fields, into tables of his own.

use super::entry;
use super::hostile::changed;
use super::word::{offices, person};
use crate::spool::forms::{fill_word, read};
use crate::submission::read::{Understood, understand};
use crate::submission::{Entry, Form, Type};
use serde_json::{Value, json};

/// A form about a person with a telephone that need not be given, filled in but for it.
fn form(demanded: bool) -> (Form, Vec<u8>) {
    let (mut form, head, rows) = person();
    for grid in &mut form.grids {
        grid.columns.push(Entry { optional: !demanded, ..entry("联系电话", Type::Phone) });
    }
    let bytes = fill_word(&form, &head, &rows).unwrap();
    (form, bytes)
}

fn below(bytes: &[u8], lines: &[&str]) -> Vec<u8> {
    let lines: String = lines.iter().map(|line| format!("<w:p><w:r><w:t>{line}</w:t></w:r></w:p>")).collect();
    changed(bytes, "word/document.xml", |text| text.replace("<w:sectPr", &format!("{lines}<w:sectPr")))
}

fn asked(form: &Form, bytes: &[u8]) -> Result<Understood, Vec<String>> {
    let says = |faults: Vec<crate::submission::Fault>| faults.into_iter().map(|fault| fault.say).collect();
    understand(form, &read("表.docx", bytes).unwrap(), &offices()).map_err(says)
}

fn said(understood: &Understood, name: &str) -> Value {
    understood.rows[0].values.get(name).cloned().unwrap_or_default()
}

const HINT: &str = "请填写电话号码，如 0565-6811234 或手机号。";

#[test]
fn what_is_written_below_our_tables_is_read_or_told() {
    let (form, bytes) = form(false);
    let read = asked(&form, &bytes).unwrap();
    assert_eq!((read.remarks.as_slice(), said(&read, "联系电话")), ([].as_slice(), Value::Null));
    let lines = [
        "联系电话：0565-6811234",
        "推荐单位意见：同意推荐",
        "补充：此人2025年曾受警告处分，请酌情考虑是否推荐。",
        "请审。",
    ];
    let read = asked(&form, &below(&bytes, &lines)).unwrap();
    assert_eq!(said(&read, "联系电话"), json!("0565-6811234"));
    let told =
        "正文里表格以外的文字没有读取：“推荐单位意见：同意推荐”“补充：此人2025年曾受警告处分，请酌情…”“请审。”。";
    assert_eq!(read.remarks, [told]);
    // a text goes on below, and what is said twice must be the same
    let read = asked(&form, &below(&bytes, &["主要事迹（续）：救出三人。"])).unwrap();
    assert_eq!(said(&read, "主要事迹"), json!("第一段。\n第二段“引号”。\n救出三人。"));
    let twice = asked(&form, &below(&bytes, &["党龄：30"])).unwrap_err();
    assert!(twice[0].contains("填得不一样"), "{twice:?}");
    // behind our own words
    let note = "<w:t xml:space=\"preserve\">填好存盘后，请把本文件放进“交件”文件夹；留在“待办”里不算交。";
    let typed = changed(&bytes, "word/document.xml", |text| text.replace(note, &format!("{note}王五代填")));
    assert_eq!(asked(&form, &typed).unwrap().remarks, ["正文里表格以外的文字没有读取：“王五代填”。"]);
}

#[test]
fn what_is_written_into_our_explanation_is_the_value_where_there_is_none() {
    for demanded in [false, true] {
        let (form, bytes) = form(demanded);
        for written in ["0565-6811234".to_string(), format!("{HINT} 0565-6811234"), format!("0565-6811234 {HINT}")] {
            let typed = changed(&bytes, "word/document.xml", |text| text.replacen(HINT, &written, 1));
            let read = asked(&form, &typed).unwrap();
            assert_eq!((said(&read, "联系电话"), read.remarks.len()), (json!("0565-6811234"), 0), "{written}");
        }
    }
    let (form, bytes) = form(false);
    let typed = changed(&bytes, "word/document.xml", |text| {
        // the second is that of 性别
        text.replacen("勾选一项。", "甲", 2).replacen('甲', "勾选一项。", 1).replacen('甲', "勾选一项。□男 ☑女", 1)
    });
    let read = asked(&form, &typed).unwrap();
    assert_eq!(said(&read, "性别"), json!("女"));
    assert_eq!(read.remarks.len(), 1, "{:?}", read.remarks);
    assert!(read.remarks[0].ends_with("说明一格里的文字没有读取：“□男☑女”。"), "{:?}", read.remarks);
}

/// A form that was laid before its words were kept says nothing of them: nothing outside its cells is read, as before.
#[test]
fn a_form_that_does_not_say_which_words_are_ours_is_read_by_its_cells() {
    let (form, bytes) = form(false);
    let old = changed(&bytes, "docProps/custom.xml", |text| text.replace("banwen-printed", "other"));
    let read = asked(&form, &below(&old, &["联系电话：0565-6811234"])).unwrap();
    assert_eq!((said(&read, "联系电话"), read.remarks.len()), (Value::Null, 0));
}

#[test]
fn a_table_put_into_a_cell_is_its_text_and_struck_words_are_none() {
    let (form, bytes) = form(false);
    let cell = |text: &str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
    let table = format!("<w:tbl><w:tr>{}{}</w:tr><w:tr>{}</w:tr></w:tbl>", cell("甲"), cell("乙"), cell("丙"));
    let begin = "<w:p><w:pPr><w:pStyle w:val=\"Normal\"/></w:pPr><w:r><w:t xml:space=\"preserve\">第一段。";
    let put = changed(&bytes, "word/document.xml", |text| {
        assert!(text.contains(begin));
        text.replace(begin, &format!("{table}{begin}"))
    });
    assert_eq!(said(&asked(&form, &put).unwrap(), "主要事迹"), json!("第一段。\n第二段“引号”。\n甲　乙\n丙"));
    let struck = changed(&bytes, "word/document.xml", |text| {
        text.replace(
            "<w:r><w:t xml:space=\"preserve\">第一段。",
            "<w:r><w:rPr><w:strike/></w:rPr><w:t xml:space=\"preserve\">第一段。",
        )
    });
    assert_eq!(said(&asked(&form, &struck).unwrap(), "主要事迹"), json!("第二段“引号”。"));
    assert_eq!(read("表.docx", &struck).unwrap().remarks, ["文件里划掉（加删除线）的字没有读取。"]);
    assert!(read("表.docx", &put).unwrap().remarks.is_empty());
}

#[test]
fn comments_are_told_for_nobody_reads_them() {
    let (_, bytes) = form(false);
    let comment =
        |text: &str| format!("<w:comment w:id=\"{}\"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:comment>", text.len());
    let text = format!(
        "<w:comments xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">{}{}</w:comments>",
        comment("此人去年受过处分"),
        comment("请核"),
    );
    let mut package = crate::ooxml::package::Package::read(&bytes).unwrap();
    let kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml";
    package.add("word/comments2.xml", kind, text.into_bytes()).unwrap();
    package.relate("word/document.xml", "x/comments", "comments2.xml").unwrap();
    let read = read("表.docx", &package.write().unwrap()).unwrap();
    assert_eq!(read.remarks, ["文件里有2处批注没有读取。要报的内容请写进格子里，整份再交一次。"]);
}
