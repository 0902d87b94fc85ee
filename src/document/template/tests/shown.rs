//! What a template says stands on the paper, in Word and in PDF, or is refused.

use super::super::front::{LAYOUTS, ONCE, REPEATED};
use crate::document::fonts::Fonts;
use crate::document::model::Layout;
use crate::document::template::Template;
use crate::document::{inspect, pdf, word};
use serde_json::json;

/// What an element must say to be one, and what of it must be seen.
fn said(name: &str) -> (&'static str, &'static str) {
    match name {
        "份号" => ("000731", "000731"),
        "紧急程度" => ("特急", "特急"),
        "共印份数" => ("731", "731"),
        "单独附件" => ("某发〔2022〕1号附件3", "某发〔2022〕1号附件3"),
        _ => ("乾坤丙丁", "乾坤丙丁"),
    }
}

fn front(layout: &str, kind: &str, more: &str) -> String {
    let marked = ["文件", "信函", "命令", "纪要"].contains(&layout) && !more.contains("发文机关标志");
    let mark = if marked { "发文机关标志: 某镇\n" } else { "" };
    let title = if more.contains("标题") { "" } else { "标题: 题目\n" };
    let signed = if more.contains("署名") { "" } else { "署名: 某机关\n" };
    format!("---\n文种: {kind}\n版式: {layout}\n{mark}{title}{signed}{more}\n---\n")
}

fn data() -> serde_json::Value {
    json!({ "成文日期": "2022-06-20", "文号": "某发〔2022〕1号" })
}

fn dense(text: &str) -> String {
    text.chars().filter(|it| !it.is_whitespace()).collect()
}

#[test]
fn every_element_stands_on_both_papers_or_is_refused() {
    let fonts = Fonts::bundled();
    let mut shown = 0;
    for (layout, which) in LAYOUTS {
        for name in REPEATED.iter().chain(&ONCE).filter(|name| **name != "文种") {
            // an order's mark says what it is
            if *name == "标题" && which == Layout::Order {
                continue;
            }
            let (value, seen) = said(name);
            let text = format!("{}正文。\n", front(layout, "报告", &format!("{name}: {value}")));
            let template = match Template::parse("试", &text) {
                Ok(template) => template,
                Err(problems) => {
                    let kinds: Vec<&str> = problems.iter().map(|it| it.kind).collect();
                    assert_eq!(kinds, ["template-element-misplaced"], "{layout} {name}");
                    let hint = problems[0].hint.clone().unwrap_or_default();
                    assert!(LAYOUTS.iter().any(|(word, _)| hint.contains(word)), "{layout} {name}: {hint}");
                    continue;
                }
            };
            let document = template.render(&data()).unwrap();
            let papers = [word::word(&document).unwrap(), pdf::pdf(&document, &fonts).unwrap()];
            for (paper, file) in papers.iter().zip(["Word", "PDF"]) {
                let text = dense(&inspect::text(paper).unwrap());
                assert!(text.contains(seen), "{layout} {name} {file}: {text}");
            }
            shown += 1;
        }
    }
    assert!(shown > 50, "{shown}");
}

#[test]
fn attachments_charts_and_tables_stand_on_both_papers_or_are_refused() {
    let fonts = Fonts::bundled();
    let parts = [
        "+++ 附件 乾坤丙丁\n附件正文。",
        "|= 乾坤丙丁\n| 甲 | 乙 |\n|---|---|\n| 一 | 二 |",
        "|~ 柱状图 乾坤丙丁\n| 甲 | 乙 |\n|---|---|\n| 一 | 2 |",
        "## 乾坤丙丁",
        "> 乾坤丙丁",
    ];
    for (layout, which) in LAYOUTS {
        for part in parts {
            let text = format!("{}正文。\n{{% if true %}}{part}\n{{% endif %}}\n", front(layout, "报告", ""));
            let document = match Template::parse("试", &text) {
                Ok(template) => template.render(&data()).unwrap(),
                Err(problems) => {
                    assert!(matches!(which, Layout::Sheet | Layout::Certificate | Layout::Plaque), "{layout} {part}");
                    let first = text.lines().position(|line| line.contains(&part[..3])).map(|at| at + 1);
                    let told = &problems[0];
                    assert_eq!((told.kind, Some(told.place.line)), ("template-element-misplaced", first), "{layout}");
                    continue;
                }
            };
            for paper in [word::word(&document).unwrap(), pdf::pdf(&document, &fonts).unwrap()] {
                let text = dense(&inspect::text(&paper).unwrap());
                assert!(text.contains("乾坤丙丁"), "{layout} {part}: {text}");
            }
        }
    }
}

#[test]
fn what_a_closure_keeps_goes_on_and_what_is_deployed_is_refused() {
    let refused = |text: &str| -> Vec<(usize, String)> {
        let problems = Template::parse("试", text).err().unwrap_or_default();
        problems.into_iter().map(|it| (it.place.line, it.message)).collect()
    };
    let letter = format!("{}正文。\n", front("信函", "函", "抄送: 甲\n印发机关: 乙"));
    assert_eq!(refused(&letter), [(8, "this layout has no 印发机关".to_owned())]);
    assert!(Template::kept("试", &letter).is_ok());
    let notice = front("文件", "通知", "签发人: 甲");
    assert_eq!(refused(&notice), [(7, "a 通知 has no 签发人".to_owned())]);
    assert!(Template::kept("试", &notice).is_ok());
    let minutes = front("纪要", "纪要", "署名: 甲\n署名: 乙");
    assert_eq!(refused(&minutes), [(7, "the head of 纪要 has room for one 署名".to_owned())]);
    let sheet = format!("{}+++ 附件 甲\n内容\n", front("表格\n方向: 纵", "表", ""));
    assert_eq!(refused(&sheet), [(9, "this layout has no attachments".to_owned())]);
    assert!(Template::kept("试", &sheet).unwrap().render(&data()).is_ok());
    // what was refused wherever it stood still is
    assert!(Template::kept("试", &front("普通", "公示", "发文机关标志: 甲")).is_err());
    // the pieces a paper is made of are looked through, too
    let whole =
        format!("{}{{% include \"尾\" %}}\n{{#===== 尾 =====#}}\n正文\n+++ 附件 甲\n", front("证书", "证书", ""));
    let told = &Template::parse("试", &whole).unwrap_err()[0];
    assert_eq!((told.place.path.as_str(), told.place.line), ("templates/尾.md", 2));
}
