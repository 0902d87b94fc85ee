//! What people write where there is nothing, and for what stands above.

use super::super::understand;
use super::paper::{ask, people, table};
use super::sheets::{filled, form};
use super::{bad, entry, good, must, offices, read, strings, text};
use crate::submission::{Cell, Entry, FilledLine, Grid, Line, Type};
use serde_json::{Value, json};

#[test]
fn a_dash_or_a_stroke_alone_is_no_answer() {
    let choices = |words: &[&str]| Type::One(strings(words));
    let kinds = [
        Type::Phone,
        Type::IdNumber,
        Type::Integer,
        Type::Money,
        Type::Date,
        Type::YesNo,
        Type::Office,
        Type::Image,
        choices(&["一级", "二级"]),
        Type::List(Box::new(Type::Phone), 1),
    ];
    for kind in kinds {
        let nothing = ["无", " 无 ", "-", "—", "——", "/", "／", "－"].map(|said| (text(said), Value::Null));
        good(kind, &nothing);
    }
    good(Type::Name, &[(text("/"), Value::Null), (text("无"), json!("无"))]);
    good(Type::Text(20), &[(text("无"), json!("无")), (text("—"), json!("—"))]);
    good(choices(&["有", "无"]), &[(text("无"), json!("无"))]);
    good(Type::List(Box::new(Type::Text(20)), 1), &[(text("无"), json!(["无"]))]);
    bad(Type::List(Box::new(Type::Phone), 1), &[(text("12345\n无"), "第2项写的是“无”，等于没有填写")]);
    let demanded = must("工龄", Type::Integer);
    let say = super::read_value(&demanded, &text("/"), &offices());
    assert_eq!(say, Err("写的是“/”，等于没有填写，这一栏必须填。".to_string()));
    let row = crate::submission::Raw::List(vec![crate::submission::Raw::Map(vec![
        ("称谓".to_string(), text("妻子")),
        ("生日".to_string(), text("/")),
    ])]);
    let table = Type::Table(vec![("称谓".to_string(), Type::Text(10)), ("生日".to_string(), Type::Date)], None);
    assert_eq!(read(&table, row), Ok(json!([{ "称谓": "妻子" }])));
}

#[test]
fn what_was_taken_for_nothing_is_told_and_takes_out_what_was_there() {
    let phone = Entry { optional: true, ..entry("联系电话", Type::Phone) };
    let values = json!({ "姓名": "张三", "联系电话": "0565-5312345" });
    let lines = vec![Line { item: Some(7), values: values.as_object().cloned().unwrap() }];
    let columns = vec![must("姓名", Type::Name), phone];
    let grid = Grid { name: "优秀".to_string(), columns, lines, blank: 0, called: None };
    let cell =
        |name: &str, said: &str| Cell { name: name.to_string(), raw: text(said), place: "优秀!B3".to_string() };
    let cells = vec![cell("姓名", "张三"), cell("联系电话", "无")];
    let line = FilledLine { item: Some(7), place: "优秀 第3行".to_string(), cells };
    let asked = form(vec![], vec![grid]);
    let read = understand(&asked, &filled(&[], vec![("优秀", vec![line])]), &offices()).unwrap();
    assert_eq!(
        (read.rows[0].values.get("联系电话"), read.rows[0].cleared.as_slice()),
        (None, ["联系电话".to_string()].as_slice())
    );
    assert_eq!(read.remarks, ["“联系电话”只写了“无”或者横线、斜线，按没有填写读取。"]);
}

#[test]
fn what_stands_above_is_written_out() {
    for kind in [Type::Name, Type::Text(20), Type::Address, Type::Date, Type::One(strings(&["一级"]))] {
        bad(kind.clone(), &[(text("同上"), "不能写“同上”"), (text(" 〃"), "不能写“〃”")]);
    }
    good(Type::Text(20), &[(text("同上一年"), json!("同上一年"))]);
    good(Type::One(strings(&["同上"])), &[(text("同上"), json!("同上"))]);
}

#[test]
fn what_stands_in_a_control_nobody_filled_in_is_no_value() {
    for left in [
        "点击或单击此处输入文字。",
        "单击此处输入文字。",
        "单击或点击以输入日期。",
        "选择一项。",
        "（点此选择）",
        "Choose an item.",
    ] {
        let rows = ["姓名|欧阳䶮|性别|男".to_string(), format!("出生日期|1980年6月1日|工作单位|{left}")];
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let says = ask(&people(20), vec![table("表1", 0, &[], &rows)]).unwrap_err();
        assert_eq!(says, ["表1 第2行“工作单位”：“工作单位”没有填写。"], "{left}");
    }
}
