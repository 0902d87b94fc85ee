//! Tables of rows: every line finds its row, or is said to have none, all at once.

use super::super::{Understood, understand};
use super::sheets::{filled, form, line};
use super::{entry, must, offices, strings, text};
use crate::submission::{Entry, Fault, FilledLine, Form, Grid, Line, Raw, TableKey, Type};
use serde_json::{Value, json};

fn papers(key: Option<TableKey>) -> Type {
    let form = Type::One(strings(&["原件", "复印件"]));
    let name = key.is_none().then(|| ("名称".to_string(), Type::Text(40)));
    let rest = [("形式".to_string(), form), ("份数".to_string(), Type::Integer)];
    Type::Table(name.into_iter().chain(rest).collect(), key)
}

/// A sheet on which so many persons may be written, each with papers.
fn people(name: &str, blank: usize, key: Option<TableKey>) -> Grid {
    let columns = vec![must("姓名", Type::Name), entry("备注", Type::Text(100)), must("材料", papers(key))];
    Grid { name: name.to_string(), columns, lines: Vec::new(), blank, called: Some("姓名".to_string()) }
}

/// A sheet on which two items stand, asked for papers.
fn answered() -> Grid {
    let shown = Entry { shown: true, title: "对象".to_string(), ..entry("~name", Type::Text(5000)) };
    let known = Entry { shown: true, title: "附件清单".to_string(), ..entry("~清单", papers(None)) };
    let stands = |item: u32, name: &str| {
        let values = json!({ "~name": name, "~清单": [{ "名称": "旧表" }] });
        Line { item: Some(item), values: values.as_object().cloned().unwrap_or_default() }
    };
    Grid {
        name: "审核".to_string(),
        columns: vec![shown, known, entry("意见", Type::Text(100)), must("材料", papers(None))],
        lines: vec![stands(3, "张三"), stands(5, "李四")],
        blank: 0,
        called: Some("~name".to_string()),
    }
}

fn ask(form: &Form, grids: Vec<(&str, Vec<FilledLine>)>) -> Result<Understood, Vec<Fault>> {
    understand(form, &filled(&[], grids), &offices())
}

fn says(form: &Form, grids: Vec<(&str, Vec<FilledLine>)>) -> Vec<String> {
    let faults = ask(form, grids).err().unwrap_or_default();
    faults.into_iter().map(|fault| format!("{}：{}", fault.place, fault.say)).collect()
}

fn values(understood: &Understood) -> Vec<Value> {
    understood.rows.iter().map(|row| json!([row.grid, row.item, row.values])).collect()
}

#[test]
fn lines_belong_to_the_rows_they_name() {
    let asked = form(vec![], vec![people("推荐表", 20, None)]);
    let rows = vec![
        line("推荐表 第3行", None, &[("姓名", text("张三"))]),
        line("推荐表 第4行", None, &[("姓名", text("李四")), ("备注", text("补"))]),
    ];
    let lines = vec![
        line("材料 第3行", None, &[("所属对象", text("李 四")), ("名称", text("申请表")), ("份数", Raw::Number(2.0))]),
        line("材料 第4行", None, &[("所属对象", text("张三")), ("名称", text("证明")), ("形式", text("复印件"))]),
        line("材料 第5行", None, &[("所属对象", text("李四")), ("名称", text("照片"))]),
        line("材料 第6行", None, &[("所属对象", text("张三"))]),
    ];
    let read = ask(&asked, vec![("材料", lines), ("推荐表", rows)]).unwrap();
    assert_eq!(
        values(&read),
        [
            json!(["推荐表", null, { "姓名": "张三", "材料": [{ "名称": "证明", "形式": "复印件" }] }]),
            json!(["推荐表", null, { "姓名": "李四", "备注": "补", "材料": [{ "名称": "申请表", "份数": 2 }, { "名称": "照片" }] }]),
        ]
    );
}

#[test]
fn every_line_that_is_wrong_is_said_at_once() {
    let asked = form(vec![], vec![people("推荐表", 20, None)]);
    let rows = vec![
        line("推荐表 第3行", None, &[("姓名", text("张三"))]),
        line("推荐表 第4行", None, &[("姓名", text("张三"))]),
        line("推荐表 第5行", None, &[("姓名", text("李四"))]),
    ];
    let lines = vec![
        line("材料 第3行", None, &[("所属对象", text("王五")), ("名称", text("申请表"))]),
        line("材料 第4行", None, &[("所属对象", text("张三")), ("名称", text("证明"))]),
        line("材料 第5行", None, &[("名称", text("证明"))]),
        line("材料 第6行", None, &[("所属对象", text("李四")), ("份数", text("两份")), ("页数", text("3"))]),
    ];
    assert_eq!(
        says(&asked, vec![("推荐表", rows), ("材料", lines)]),
        [
            "材料 第3行!所属对象：“推荐表”页没有“王五”这一行，只有“张三”“李四”，请从列表中选择。",
            "材料 第4行!所属对象：“张三”在“推荐表”页有2行（推荐表 第3行、推荐表 第4行），分不清属于哪一行。请把其中一行另用一份表报送。",
            "材料 第5行：“所属对象”没有填写，不知道属于“推荐表”页的哪一行，请从列表中选择。",
            "材料 第6行!份数：“份数”应当是整数，现在是“两份”。",
            "材料 第6行!页数：没有“页数”这一栏，最接近的是“份数”。请填到原有的栏目里，或删去这一栏。",
            "推荐表 第3行 材料：“材料”没有填写，请在它的那一页逐行填写。",
            "推荐表 第4行 材料：“材料”没有填写，请在它的那一页逐行填写。",
        ]
    );
    let nobody = vec![line("材料 第3行", None, &[("所属对象", text("王五")), ("名称", text("申请表"))])];
    assert_eq!(
        says(&asked, vec![("推荐表", vec![]), ("材料", nobody)]),
        ["材料 第3行!所属对象：“推荐表”页没有“王五”这一行，请先在该页填写，再从列表中选择。"]
    );
}

#[test]
fn where_one_row_stands_alone_its_lines_need_no_name() {
    let asked = form(vec![], vec![people("周报", 1, None)]);
    let lines = || vec![line("材料 第3行", None, &[("名称", text("申请表"))])];
    let read =
        ask(&asked, vec![("周报", vec![line("周报 第3行", None, &[("姓名", text("张三"))])]), ("材料", lines())]);
    let row = json!(["周报", null, { "姓名": "张三", "材料": [{ "名称": "申请表" }] }]);
    assert_eq!(values(&read.unwrap()), [row]);
    assert_eq!(says(&asked, vec![("周报", vec![]), ("材料", lines())]), ["周报 姓名：“姓名”没有填写。"]);
    let two =
        vec![line("周报 第3行", None, &[("姓名", text("张三"))]), line("周报 第4行", None, &[("姓名", text("李四"))])];
    let said = says(&asked, vec![("周报", two), ("材料", lines())]);
    assert_eq!(said[0], "材料 第3行：“周报”页只能有一行，这里的各行都属于它，现在有2行。");
    let mut only = people("周报", 1, None);
    only.columns = vec![must("材料", papers(None))];
    let read = ask(&form(vec![], vec![only]), vec![("周报", vec![]), ("材料", lines())]).unwrap();
    assert_eq!(values(&read), [json!(["周报", null, { "材料": [{ "名称": "申请表" }] }])]);
}

#[test]
fn what_is_shown_is_no_answer_and_items_are_known_by_what_they_were_called() {
    let asked = form(vec![], vec![answered()]);
    let rows = || {
        vec![
            line("审核 第3行", Some(3), &[("对象", text("张三"))]),
            line("审核 第4行", Some(5), &[("对象", text("李四（改）")), ("意见", text("可"))]),
        ]
    };
    let lines = vec![
        line("材料 第3行", None, &[("所属对象", text("李四")), ("名称", text("申请表"))]),
        line("材料 第4行", Some(3), &[("名称", text("证明"))]),
    ];
    let shown = vec![line("附件清单 第3行", None, &[("所属对象", text("谁")), ("名称", text("旧表"))])];
    let read = ask(&asked, vec![("审核", rows()), ("附件清单", shown), ("材料", lines)]).unwrap();
    assert_eq!(
        values(&read),
        [
            json!(["审核", 3, { "材料": [{ "名称": "证明" }] }]),
            json!(["审核", 5, { "意见": "可", "材料": [{ "名称": "申请表" }] }]),
        ]
    );
    let beside = vec![line("材料 第3行", None, &[("所属对象", text("")), ("名称", text("申请表"))])];
    let said = says(&asked, vec![("审核", rows()), ("材料", beside)]);
    assert_eq!(said[0], "材料 第3行：“所属对象”没有填写，不知道属于“审核”页的哪一行，请从列表中选择。");
}

#[test]
fn keyed_tables_are_keyed_within_their_row() {
    let asked = form(vec![], vec![people("推荐表", 20, Some(TableKey::Office)), people("备选", 20, None)]);
    let rows = |sheet: &str| {
        let place = |n: u32| format!("{sheet} 第{n}行");
        vec![line(&place(3), None, &[("姓名", text("张三"))]), line(&place(4), None, &[("姓名", text("李四"))])]
    };
    let of = |n: u32, who: &str, office: &str, count: &str| {
        let cells = [("所属对象", text(who)), ("单位", text(office)), ("份数", text(count))];
        line(&format!("推荐表·材料 第{n}行"), None, &cells)
    };
    let good = vec![of(3, "张三", "香泉镇", "1"), of(4, "李四", "香泉镇", "2"), of(5, "李四", "善厚镇", "3")];
    let read = ask(&asked, vec![("推荐表", rows("推荐表")), ("推荐表·材料", good)]).unwrap();
    assert_eq!(read.rows[0].values["材料"], json!({ "xiangquan": { "份数": 1 } }));
    assert_eq!(read.rows[1].values["材料"], json!({ "xiangquan": { "份数": 2 }, "shanhou": { "份数": 3 } }));
    let bad = vec![
        of(3, "张三", "香泉镇", "1"),
        of(4, "张三", "xiangquan", "2"),
        of(5, "李四", "某镇", "3"),
        of(6, "李四", "", "3"),
    ];
    assert_eq!(
        says(&asked, vec![("推荐表", rows("推荐表")), ("推荐表·材料", bad)]),
        [
            "推荐表·材料 第4行!单位：同一对象的“xiangquan”写了两行，请合并成一行。",
            "推荐表·材料 第5行!单位：“单位”没有“某镇”这个单位，最接近的是“中共香泉镇委员会”，请填写单位全称。",
            "推荐表·材料 第6行：“单位”没有填写。",
        ]
    );
}

#[test]
fn a_file_with_one_list_has_tables_within_its_rows() {
    let asked = form(vec![], vec![people("推荐表", 20, None)]);
    let paper = |name: &str| Raw::Map(vec![("名称".to_string(), text(name)), ("形式".to_string(), text("原件"))]);
    let within = line("rows[1]", None, &[("姓名", text("张三")), ("材料", Raw::List(vec![paper("证明")]))]);
    let read = ask(&asked, vec![("", vec![within.clone()])]).unwrap();
    let row = json!(["推荐表", null, { "姓名": "张三", "材料": [{ "名称": "证明", "形式": "原件" }] }]);
    assert_eq!(values(&read), [row]);
    let beside = vec![line("材料[1]", None, &[("所属对象", text("张三")), ("名称", text("照片"))])];
    let said = says(&asked, vec![("", vec![within]), ("材料", beside)]);
    assert_eq!(said, ["rows[1]：“材料”写了两处，请只留一处。"]);
}

/// As many rows and lines as a sheet bears are told apart in seconds: every line looks once for its row.
#[test]
fn a_full_workbook_is_sorted_at_once() {
    let asked = form(vec![], vec![people("推荐表", 20, None)]);
    let name = |n: u32| text(&format!("人{n}"));
    let rows = (1..=10_000).map(|n| line(&format!("推荐表 第{n}行"), None, &[("姓名", name(n))]));
    let said = |n: u32| [("所属对象", name(10_001 - n)), ("名称", text("证明"))];
    let lines = (1..=10_000).map(|n| line(&format!("材料 第{n}行"), None, &said(n)));
    let began = std::time::Instant::now();
    let read = ask(&asked, vec![("推荐表", rows.collect()), ("材料", lines.collect())]).unwrap();
    assert_eq!(read.rows.len(), 10_000);
    assert!(read.rows.iter().all(|row| row.values["材料"] == json!([{ "名称": "证明" }])));
    assert!(began.elapsed().as_secs() < 30, "{:?}", began.elapsed());
}
