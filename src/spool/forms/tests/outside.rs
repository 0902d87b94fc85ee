//! What a clerk writes into a Word form of ours outside of the cells for it: below the tables, beside the fields, into tables of his own.

use super::entry;
use super::hostile::changed;
use super::word::{lines, offices, person, understood, values};
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

/// 检查文档 takes the properties out; the words around the tables are ours all the same.
#[test]
fn a_form_of_ours_without_its_properties_is_read_by_its_cells() {
    for (mut form, head, rows) in [lines(), person()] {
        form.notes.push("填表人：一律填真实姓名".to_string());
        form.attach.push("证明".to_string());
        form.quotas.push(["户", "5", "0"].map(str::to_string).into());
        let bytes = fill_word(&form, &head, &rows).unwrap();
        let bare = changed(&bytes, "_rels/.rels", |text| text.replace("/custom-properties", "/other"));
        assert_eq!(read("表.docx", &bare).unwrap().answers, None);
        let read = understood(&form, &bare);
        assert_eq!(read.remarks, [""; 0], "our own words are no answers");
        assert_eq!(values(read), values(understood(&form, &bytes)));
        let mut later = form.clone();
        later.answers.revision += 1;
        later.quotas.iter_mut().for_each(|quota| quota.2 = "1".to_string());
        assert_eq!(understood(&later, &bare).remarks, [""; 0], "its numbers are others by now");
        let typed = below(&bare, &["请审。"]);
        assert_eq!(understood(&form, &typed).remarks, ["正文里表格以外的文字没有读取：“请审。”。"]);
        // saved as strict Open XML
        let kind = "http://purl.oclc.org/ooxml/officeDocument/relationships/customProperties";
        let (begin, end) =
            ("http://schemas.openxmlformats.org/officeDocument/2006/relationships", "/custom-properties");
        let strict = changed(&bytes, "_rels/.rels", |text| text.replace(&format!("{begin}{end}"), kind));
        assert_eq!(super::super::read("表.docx", &strict).unwrap().answers, Some(form.answers.clone()));
    }
}

/// Puts rows below the row in which a text stands.
fn rows_below(bytes: &[u8], text: &str, rows: &[&[&str]]) -> Vec<u8> {
    let cell = |text: &&str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
    let row = |cells: &&[&str]| format!("<w:tr>{}</w:tr>", cells.iter().map(cell).collect::<String>());
    let rows: String = rows.iter().map(row).collect();
    changed(bytes, "word/document.xml", |whole| {
        let end = whole.find(text).and_then(|at| whole[at..].find("</w:tr>").map(|end| at + end + 7)).unwrap();
        format!("{}{rows}{}", &whole[..end], &whole[end..])
    })
}

#[test]
fn rows_without_a_label_go_on_with_the_row_above_or_are_told() {
    let (form, bytes) = form(false);
    let aside = "不超过1500个字。";
    let more: &[&[&str]] = &[&["", "还带出三名徒弟。", aside], &["　", "获奖两次。", "另附。"]];
    let read = asked(&form, &rows_below(&bytes, "第二段", more)).unwrap();
    let all = "第一段。\n第二段“引号”。\n还带出三名徒弟。\n获奖两次。\n另附。";
    assert_eq!((said(&read, "主要事迹"), read.remarks.len()), (json!(all), 0));
    // a number does not go on; what is not there may stand below
    let read = asked(&form, &rows_below(&bytes, ">12<", &[&["", "另有工龄三年", ""]])).unwrap();
    assert_eq!(said(&read, "党龄"), json!(12));
    assert_eq!(read.remarks, ["表2 第6行没有栏目名称，没有读取：“另有工龄三年”。"]);
    let read = asked(&form, &rows_below(&bytes, "联系电话", &[&["", "0565-6811234", ""]])).unwrap();
    assert_eq!((said(&read, "联系电话"), read.remarks.len()), (json!("0565-6811234"), 0));
    // neither above all rows, nor in a row that is one cell
    let read = asked(&form, &rows_below(&bytes, "党龄", &[&["以上情况属实。"], &["", "甲", ""]])).unwrap();
    assert_eq!(
        read.remarks,
        ["表2 第6行的“以上情况属实。”不是本表要填的，没有读取。", "表2 第7行没有栏目名称，没有读取：“甲”。"]
    );
    // where nothing says which words are ours, an explanation is not taken for one
    let bare = changed(&bytes, "_rels/.rels", |text| text.replace("/custom-properties", "/other"));
    let read = asked(&form, &rows_below(&bare, "第二段", &[&["", "还带出三名徒弟。", aside]])).unwrap();
    assert_eq!(said(&read, "主要事迹"), json!("第一段。\n第二段“引号”。\n还带出三名徒弟。"));
}
