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
    let text = "姓名".to_string();
    let slot = Slot { row: 0, column: 0, rows: 1, columns: 1, text, numbered: None, picture: false, image: None };
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

#[test]
fn a_list_of_their_own_that_is_filled_in_beside_a_form_comes_back_with_it() {
    use crate::submission::read::column;
    use crate::submission::{Cell, Entry, FilledLine, Form, Grid, Raw, Type};
    let answers = Answers {
        what: What::Task,
        office: "甲".to_string(),
        about: "乙".to_string(),
        stage: None,
        case: None,
        task: None,
        revision: 0,
    };
    let must = |name: &str| Entry { optional: false, ..column(name, &Type::Name) };
    let columns = vec![must("姓名"), must("工作单位"), must("职务")];
    let grid = Grid { name: "对象".to_string(), columns, lines: Vec::new(), blank: 20, called: None };
    let asked = Form {
        title: "推荐表".to_string(),
        answers: answers.clone(),
        notes: Vec::new(),
        quotas: Vec::new(),
        head: Vec::new(),
        head_values: serde_json::Map::new(),
        grids: vec![grid],
        attach: vec!["花名册".to_string()],
    };
    let form = || (Ok(Filled { answers: Some(answers.clone()), ..Filled::default() }), "推荐表.docx".to_string());
    let list = |headings: &[&str], name: &str| -> Read {
        let cell =
            |name: &&str| Cell { name: name.to_string(), raw: Raw::Text("张三".to_string()), place: String::new() };
        let line = FilledLine { cells: headings.iter().map(cell).collect(), ..FilledLine::default() };
        (Ok(Filled { grids: vec![("对象".to_string(), vec![line])], ..Filled::default() }), name.to_string())
    };
    let chosen = |sheets: Vec<Read>, papers: Vec<Read>| {
        the_form(Found { sheets, papers, ..Found::default() }, Some(&asked)).map(|(_, names)| names)
    };
    let person = ["姓名", "工作单位", "职务"];
    for (sheets, papers) in
        [(vec![list(&person, "名单.xlsx")], vec![form()]), (vec![form(), list(&person, "名单.xlsx")], Vec::new())]
    {
        let back = chosen(sheets, papers).unwrap_err();
        assert!(back[0].say.contains("“推荐表.docx”和“名单.xlsx”都填了"), "{back:?}");
    }
    // a list of something else, and one that is demanded beside the form
    for beside in [list(&["姓名", "措施", "金额"], "清单.xlsx"), list(&person, "花名册.xlsx")] {
        assert_eq!(chosen(vec![beside], vec![form()]), Ok(vec!["推荐表.docx".to_string()]));
    }
}

#[test]
fn who_enters_a_person_without_a_number_is_told_what_it_means() {
    use super::papers::by_name_alone;
    use crate::case::event::{Change, Fields};
    use crate::case::ledger::Ledgers;
    let ledgers =
        Ledgers::new(std::sync::Arc::default(), std::sync::Arc::new(crate::calendar::Calendar::shipped().clone()));
    let told = |key: &str, rows: &[(Change, &str)]| {
        let text = format!("register: 处分\nkey: {key}\nfields: {{ 事由: text }}\nby: 甲办\n");
        let crate::workflow::parse::Parsed::Register(register) =
            crate::workflow::parse::parse("registers/处分.yaml", &text).unwrap()
        else {
            panic!("a register")
        };
        let row = |(change, key): &(Change, &str)| (None, *change, key.to_string(), Fields::new(), None);
        by_name_alone(&register, &rows.iter().map(row).collect::<Vec<_>>(), &ledgers)
    };
    let rows = [(Change::Enter, "周平"), (Change::Enter, "吴二|342625197001010016"), (Change::End, "郑三")];
    let said = told("[person]", &rows).unwrap();
    assert_eq!(said, "“周平”没有填身份证号，只能按姓名核对，同名同姓的人都会对上；知道号码的，请用“更正”补填。");
    assert!(told("[person, organisation]", &rows).unwrap().ends_with("；是组织的不用管。"));
    assert_eq!(told("[organisation]", &rows), None);
    assert_eq!(told("[person]", &rows[1..]), None);
}
