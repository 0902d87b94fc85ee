//! YAML and JSON.

use super::made::asked;
use super::{Raw, What, raw, words};
use crate::spool::forms::{read, read_for};
use crate::submission::{Fault, Filled};

fn good(name: &str, text: &str) -> Filled {
    read(name, text.as_bytes()).unwrap()
}

fn bad(name: &str, text: &str) -> Fault {
    let faults = read(name, text.as_bytes()).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults[0].clone()
}

#[test]
fn yaml_says_what_it_answers_and_keeps_text_as_text() {
    let text = "banwen:\n  what: open\n  office: xiangquan\n  about: 七一表彰\n  case: 2026\n\
        国家: no\n时间: 17:00\n编号: 007\n身份证: 342625197001010016\n人数: 12\n金额: 12.50\n同意: true\n空: ~\n引号: \"12\"\n\
        名单: [甲, 乙]\n名额: { 香泉镇: { 党员: 3 } }\n\
        rows:\n  - { 姓名: 张三, item: 4 }\n  - {}\n  - 姓名: 　李四　\n    备注:\n单位:\n  - { 名称: 甲 }\n";
    let filled = good("a.yaml", text);
    let answers = filled.answers.clone().unwrap();
    assert_eq!((answers.what, answers.case.as_deref(), answers.revision), (What::Open, Some("2026"), 0));
    let raws: Vec<&Raw> = filled.head.iter().map(|cell| &cell.raw).collect();
    let list = Raw::List(vec![words("甲"), words("乙")]);
    let table = Raw::Map(vec![("香泉镇".to_string(), Raw::Map(vec![("党员".to_string(), Raw::Number(3.0))]))]);
    let plain =
        [words("no"), words("17:00"), words("007"), words("342625197001010016"), Raw::Number(12.0), words("12.50")];
    let rest = [Raw::Flag(true), Raw::Empty, words("12"), list, table];
    assert_eq!(raws, plain.iter().chain(&rest).collect::<Vec<_>>());
    assert_eq!(filled.grids[0].0, "");
    let lines = &filled.grids[0].1;
    assert_eq!((lines.len(), lines[0].item, lines[1].place.as_str()), (2, Some(4), "rows[3]"));
    assert_eq!(
        (lines[1].cells.len(), &lines[1].cells[0].raw, lines[1].cells[0].place.as_str()),
        (1, &words("李四"), "rows[3].姓名")
    );
    assert_eq!(filled.grids[1].0, "单位");
}

#[test]
fn json_reads_alike() {
    let text = r#"{ "banwen": { "what": "task", "office": "a", "about": "b", "task": 7 }, "身份证": 342625197001010016,
        "比例": 0.5, "空": null, "换行": "一\n二", "rows": [ { "姓名": "𬭊", "得分": 9 } ] }"#;
    let filled = good("a.json", text);
    assert_eq!(filled.answers.clone().unwrap().task, Some(7));
    let raws: Vec<Raw> = filled.head.iter().map(|cell| cell.raw.clone()).collect();
    assert_eq!(raws, [words("342625197001010016"), Raw::Number(0.5), Raw::Empty, words("一\n二")]);
    assert_eq!(filled.grids[0].1[0].cells[1].raw, Raw::Number(9.0));
    assert_eq!(good("x", "[{\"姓名\": \"甲\"}]").grids[0].0, "");
    assert_eq!(good("x", "- 姓名: 甲").grids[0].1.len(), 1);
    // a flow mapping in a file called yaml is YAML
    assert_eq!(good("x.yml", "{姓名: 甲}").head[0].raw, words("甲"));
}

#[test]
fn bombs_and_tricks_are_refused() {
    let bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]";
    assert!(bad("a.yaml", bomb).say.contains("“&”"), "{:?}", bad("a.yaml", bomb));
    assert!(bad("a.yaml", "a: *b").say.contains("写法有误"));
    assert!(bad("a.yaml", "a: !!int 3").say.contains("“!”"));
    assert!(bad("a.yaml", "a: 1\na: 2").say.contains("写了两次"));
    assert!(bad("a.yaml", "a: 1\n---\nb: 2").say.contains("一份"));
    assert!(bad("a.yaml", &"- ".repeat(100_000)).say.contains("层次过深"));
    assert!(bad("a.yaml", &format!("a: {}", "[".repeat(100))).say.contains("层次过深"));
    assert!(bad("a.json", &format!("{{\"a\": {}", "[".repeat(100))).say.contains("层次过深"));
    assert!(bad("a.json", "{\"a\": 1, \"a\": 2}").say.contains("写了两次"));
    assert!(bad("a.json", "{\"a\": 1").say.contains("写法有误"));
    assert!(bad("a.yaml", &"- 1\n".repeat(100_001)).say.contains("内容过多"));
    assert!(bad("a.json", &format!("[{}1]", "1,".repeat(100_001))).say.contains("内容过多"));
    let keys: String = (0..6_000).map(|n| format!("k{n}: 1\n")).collect();
    assert!(bad("a.yaml", &keys).say.contains("个名称"));
    assert!(bad("a.yaml", &"#".repeat(1024 * 1024 + 1)).say.contains("过大"));
    assert!(bad("a.yaml", "banwen: { office: a, about: b }").say.contains("缺少 what"));
    assert!(bad("a.yaml", "banwen: { what: dance, office: a, about: b }").say.contains("dance"));
    assert!(bad("a.yaml", "").say.contains("空"));
    assert!(bad("a.txt", "hello").say.contains("分不清哪些是栏目"));
    let both = read("a.yaml", "banwen: 3\nrows:\n  - { item: x }\n  - 5".as_bytes()).unwrap_err();
    assert_eq!(
        both.iter().map(|fault| fault.place.as_str()).collect::<Vec<_>>(),
        ["banwen", "rows[1].item", "rows[2]"]
    );
}

/// What the sentence about a text that nobody can read says is done: one thing a line, with the colon of the office.
#[test]
fn one_thing_line_by_line_is_its_row() {
    let form = asked();
    let of_row = |colon: &str| format!("填表人{colon}李四\n姓名{colon}张三\n\n身份证号{colon} 342625197001010016\n");
    for (name, colon) in [("表.txt", "："), ("表.txt", ": "), ("表.yaml", ": ")] {
        let filled = read_for(name, of_row(colon).as_bytes(), &form).unwrap();
        assert_eq!(filled.head.iter().map(|cell| cell.name.as_str()).collect::<Vec<_>>(), ["填表人"], "{name}");
        let (grid, lines) = &filled.grids[0];
        assert_eq!((grid.as_str(), lines.len()), ("推荐对象", 1));
        assert_eq!((raw(&lines[0], "姓名"), raw(&lines[0], "身份证号")), (words("张三"), words("342625197001010016")));
    }
    let table = "姓名 身份证号\n张三 342625197001010016\n";
    assert!(read_for("表.txt", table.as_bytes(), &form).unwrap_err()[0].say.contains("一行写一项“栏目名称：内容”"));
}
