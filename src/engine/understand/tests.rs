//! Which file of a drop is its form.

use super::choosing::the_form;
use super::reading::{Found, Read};
use crate::spool::forms;
use crate::submission::{Answers, Fault, Filled, What};

#[test]
fn of_several_files_the_form_is_the_one_that_says_so_or_the_only_broken_one() {
    let form = |says: Option<&str>| {
        let banwen = says.map(|o| format!("banwen: {{ what: open, office: {o}, about: 甲 }}\n")).unwrap_or_default();
        forms::read("表.yaml", format!("{banwen}理由: 无\n").as_bytes())
    };
    let broken = || forms::read("坏.yaml", b"");
    let chosen = |files: Vec<Result<Filled, Vec<Fault>>>| {
        let named = files.into_iter().enumerate().map(|(n, f)| (f, n.to_string())).collect();
        the_form(Found { sheets: named, ..Found::default() }, None).map(|(_, names)| names.concat())
    };
    assert_eq!(chosen(vec![form(None)]), Ok("0".to_string()));
    assert_eq!(chosen(vec![form(None), form(Some("乙")), broken()]), Ok("1".to_string()));
    let several = Err(vec![Fault::at("", "文件夹里有几个表格（0、1），一个文件夹只能放一个表格，请分开交。")]);
    assert_eq!(chosen(vec![form(Some("乙")), form(Some("乙"))]), several);
    assert_eq!(chosen(vec![form(None), form(None)]), several);
    assert_eq!(chosen(vec![broken(), broken()]), several);
    assert_eq!(chosen(vec![form(None), broken()]), broken().map(|_| String::new()));
}

#[test]
fn word_forms_come_together_unless_something_else_is_the_form() {
    use crate::submission::paper::{Slot, Table};
    let slot = Slot { row: 0, column: 0, rows: 1, columns: 1, text: "姓名".to_string(), picture: false, image: None };
    let table = Table { place: "表1".to_string(), paper: 0, captions: Vec::new(), slots: vec![slot], prose: false };
    let answers = |stage: &str| Answers {
        what: What::Task,
        office: "甲".to_string(),
        about: "乙".to_string(),
        stage: Some(stage.to_string()),
        case: None,
        task: None,
        revision: 0,
    };
    let form = |stage: Option<&str>| -> Result<Filled, Vec<Fault>> {
        Ok(Filled { answers: stage.map(answers), tables: vec![table.clone()], ..Filled::default() })
    };
    let broken = || Err(vec![Fault::at("坏", "坏")]);
    let chosen = |sheets: Vec<Result<Filled, Vec<Fault>>>, papers: Vec<Result<Filled, Vec<Fault>>>| {
        let named = |kind: &str, files: Vec<Result<Filled, Vec<Fault>>>| -> Vec<Read> {
            files.into_iter().enumerate().map(|(n, f)| (f, format!("{kind}{n}"))).collect()
        };
        let found = Found { sheets: named("表", sheets), papers: named("文", papers), ..Found::default() };
        the_form(found, None).map(|(filled, names)| {
            let places = filled.tables.iter().map(|table| format!("{}/{}", table.paper, table.place));
            (names.join("、"), places.collect::<Vec<_>>().join("、"))
        })
    };
    let told = |names: &str, places: &str| Ok((names.to_string(), places.to_string()));
    assert_eq!(chosen(vec![], vec![form(None), broken()]), told("文0", "0/表1"));
    assert_eq!(chosen(vec![], vec![form(None), form(None)]), told("文0、文1", "0/文0 表1、1/文1 表1"));
    assert_eq!(chosen(vec![], vec![form(Some("推荐")), form(None), form(Some("推荐"))]).unwrap().0, "文0、文2");
    let other = chosen(vec![], vec![form(Some("推荐")), form(Some("审核"))]).unwrap_err();
    assert!(other[0].say.contains("不是同一件事"), "{other:?}");
    assert_eq!(chosen(vec![], vec![broken(), broken()]).unwrap_err().len(), 2);
    // a Word file beside a workbook is an attachment, unless it says that it answers and the workbook does not
    assert_eq!(chosen(vec![form(None)], vec![form(None), broken()]).unwrap().0, "表0");
    assert_eq!(chosen(vec![form(None)], vec![form(Some("推荐"))]).unwrap().0, "文0");
    let both = chosen(vec![form(Some("推荐"))], vec![form(Some("推荐"))]).unwrap_err();
    assert!(both[0].say.contains("又有表格又有 Word 表（表0、文0）"), "{both:?}");
}
