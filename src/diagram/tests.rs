//! Diagrams of the shipped definition and of one made up to have everything, and of definitions with nasty names.

use super::*;
use crate::workflow::parse::{self, Parsed};
use crate::workflow::{Workflow, offices};
use std::collections::BTreeSet;

const SHIPPED: &str = include_str!("../../workflows/七一表彰.yaml");
const EVERYTHING: &str = include_str!("tests/各种.yaml");
/// What a name must not do to a picture.
const NASTY: [&str; 12] = [
    r#"引"号"#,
    "<script>alert(1)</script>&amp;",
    "a|b] --> c",
    "{{ x }} {% raw %}",
    "两\n行\r\n三\t行",
    "😀👨‍👩‍👧 é",
    "`反` **粗** _斜_ $$x$$",
    "#quot; #35; ﬂ°°60¶ß",
    "%%{init: {}}%% end subgraph click",
    "1. 一",
    "=== --- # - + > ~~~",
    "]]>\u{1}\u{fffe}'\\",
];

pub(super) fn read(text: &str) -> Workflow {
    let (parsed, problems) = parse::read("workflow.yaml", text);
    assert!(problems.is_empty(), "{problems:#?}");
    match parsed {
        Some(Parsed::Workflow(workflow)) => *workflow,
        other => panic!("no workflow: {other:?}"),
    }
}

/// Everything, with a nasty title of everything that has one.
fn nasty(name: &str) -> Workflow {
    let mut workflow = read(EVERYTHING);
    workflow.title = name.to_owned();
    workflow.basis = vec![name.to_owned()];
    for stage in &mut workflow.stages {
        stage.title = name.to_owned();
        for outcome in stage.outcomes.values_mut().filter(|o| matches!(o.go, crate::workflow::Go::End(_))) {
            outcome.go = crate::workflow::Go::End(name.to_owned());
        }
    }
    workflow
}

pub(super) fn samples() -> Vec<Diagram> {
    let town = offices::parse::parse("offices.yaml", offices::EXAMPLE).unwrap();
    let mut all = vec![of_workflow(&read(SHIPPED), Some(&town)), of_workflow(&read(EVERYTHING), None)];
    all.extend(NASTY.iter().map(|name| of_workflow(&nasty(name), None)));
    all
}

fn arrows(diagram: &Diagram) -> BTreeSet<(String, Way, String)> {
    let title = |index: usize| diagram.nodes[index].title.clone();
    diagram.arrows.iter().map(|a| (title(a.from), a.way, title(a.to))).collect()
}

#[test]
fn where_a_side_item_sends_what_it_is_about_is_drawn() {
    let text = "workflow: 试\nroles: { 甲: 甲办 }\ncase: { title: 试, opened: { by: 甲 } }\nitems:\n  \
                事: { identity: [名], fields: { 名: name } }\n  议: { about: 事, fields: { 言: text } }\nstages:\n  \
                - { recommend: 报, of: 事, by: 甲 }\n  - { assess: 查, of: 事, by: 甲 }\n  \
                - { assess: 办, of: 事, by: 甲, collects: 议 }\n  - { review: 核, of: 议, by: 甲, outcomes: \
                { 改: { end: 改, about: { back: 报 } }, 重查: { end: 重查, about: { to: 查 } }, 重办: { end: 重办, about: { stay: true } } } }\n  \
                - { file: 归, of: 事, by: 甲 }\n";
    let drawn = of_workflow(&read(text), None);
    let about: Vec<(String, String)> = drawn
        .arrows
        .iter()
        .filter(|a| a.way == Way::About)
        .map(|a| (drawn.nodes[a.to].title.clone(), a.label.join("，")))
        .collect();
    let wanted = [("报", "改：事退回"), ("查", "重查：事重新办理"), ("办", "重办：事再办一次")];
    assert_eq!(about, wanted.map(|(to, label)| (to.to_owned(), label.to_owned())));
}

#[test]
fn the_shipped_definition_is_drawn_as_it_stands() {
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/diagrams/七一表彰.mmd");
    let drawn = of_workflow(&read(SHIPPED), None).mermaid();
    if std::env::var("BANWEN_BLESS").is_ok() {
        std::fs::write(golden, &drawn).unwrap();
    }
    assert_eq!(std::fs::read_to_string(golden).unwrap(), drawn, "BANWEN_BLESS=1 accepts it");
}

#[test]
fn every_way_an_item_can_go_is_an_arrow() {
    let diagram = of_workflow(&read(EVERYTHING), None);
    let found = arrows(&diagram);
    for (from, way, to) in [
        ("开案", Way::Onward, "通知"),
        ("通知", Way::Onward, "个人申报"),
        ("通知", Way::Onward, "乙事登记"),
        ("个人申报", Way::Onward, "核对"),
        ("核对", Way::Back, "个人申报"),
        ("核对", Way::Back, "集体申报"),
        ("核对", Way::Again, "决定"),
        ("核对", Way::End, "未通过"),
        ("核对", Way::Onward, "公示"),
        ("核对", Way::Onward, "决定"),
        ("核对", Way::Side, "处理意见"),
        ("处理意见", Way::About, "核对"),
        ("处理意见", Way::Onward, "回复意见"),
        ("回复意见", Way::Again, "处理意见"),
        ("回复意见", Way::End, "办结"),
        ("决定", Way::Stay, "决定"),
        ("决定", Way::Onward, "评议"),
        ("评议", Way::End, "未入选"),
        ("测评", Way::Onward, "会审"),
        ("会审", Way::Onward, "治理"),
        ("决定", Way::Onward, "归档"),
        ("治理", Way::Again, "核对"),
        ("归档", Way::Onward, "办结"),
    ] {
        assert!(found.contains(&(from.to_owned(), way, to.to_owned())), "{from} {way:?} {to} is not in {found:#?}");
    }
    // what only takes items in is not come to from before, and side items pass no main stage
    for (from, way, to) in [("通知", Way::Onward, "核对"), ("个人申报", Way::Onward, "集体申报")] {
        assert!(!found.contains(&(from.to_owned(), way, to.to_owned())), "{from} {way:?} {to}");
    }
    assert!(!found.iter().any(|(from, _, to)| from == "回复意见" && to == "公示"), "{found:#?}");
}

#[test]
fn labels_say_who_goes_where_and_why() {
    let diagram = of_workflow(&read(EVERYTHING), None);
    let label = |from: &str, to: &str, way: Way| {
        let title = |index: usize| diagram.nodes[index].title.as_str();
        let found = diagram.arrows.iter().find(|a| (title(a.from), title(a.to), a.way) == (from, to, way));
        found.map(|a| a.label.join("|")).unwrap_or_default()
    };
    assert_eq!(label("核对", "公示", Way::Onward), "同意，甲事|视为同意，逾期自动，甲事");
    assert_eq!(
        label("核对", "决定", Way::Onward),
        "同意，乙事|同意，甲事，不经公示|视为同意，逾期自动，乙事|视为同意，逾期自动，甲事，不经公示"
    );
    assert_eq!(label("决定", "评议", Way::Onward), "通过，甲事");
    assert_eq!(label("评议", "未入选", Way::End), "不在拟表彰之列");
    assert_eq!(label("决定", "归档", Way::Onward), "通过，乙事");
    assert_eq!(
        label("核对", "个人申报", Way::Back),
        "退回，须写理由；改后直接回来；5个工作日内补正，逾期以“逾期不补正”结束（条例三十）"
    );
    assert_eq!(label("核对", "已合并", Way::End), "合并，并入另一对象");
    assert_eq!(label("处理意见", "核对", Way::About), "采纳：甲事以“取消资格”结束|其余：甲事继续");
    let span = &diagram.spans[0];
    assert_eq!(
        (diagram.nodes[span.from].title.as_str(), diagram.nodes[span.until].title.as_str()),
        ("个人申报", "决定")
    );
    assert!(span.text.contains("经领导批准可延长20个工作日，至多1次，延期告知书"), "{}", span.text);
    assert_eq!(diagram.spans[1].from, 0);
}

#[test]
fn counting_and_signing_are_told() {
    let diagram = of_workflow(&read(EVERYTHING), None);
    let rows = |title: &str| diagram.nodes.iter().find(|n| n.title == title).unwrap().rows.clone();
    let told = |title: &str, heading: &str| {
        let found = rows(title).into_iter().filter(|(name, _)| *name == heading).map(|(_, text)| text);
        found.collect::<Vec<_>>().join("|")
    };
    assert_eq!(
        told("评议", "打分"),
        "实绩60%（个人）、作风40%；满分100；至少3人打分；去掉最高最低；回避：考核人 == 名称"
    );
    assert_eq!(told("评议", "排名"), "各类别分别按得分由高到低");
    assert_eq!(
        told("评议", "名单"),
        "拟表彰：前先进个人5名、先进集体2名；除非 名称 == '甲'；空缺递补|末位：后1名；不在拟表彰"
    );
    assert_eq!(told("评议", "互斥"), "不得同时在拟表彰、末位");
    assert_eq!(told("测评", "测评"), "满意2分、不满意0分；代表100%；无记名；由领导监票");
    assert_eq!(told("会审", "签署"), "表决，乡镇，到会2/3以上，超过实到人数的1/2通过，领导可以否决");
    assert_eq!(told("会审", "对象"), "拟表彰");
}

#[test]
fn filing_is_reached_even_where_every_item_ends_before() {
    let text = "workflow: 跟踪\nroles: { 甲: 甲办 }\ncase: { title: x, opened: { by: 甲 } }\nitems: { 村: { identity: [名], fields: { 名: name } } }\nstages:\n  - { recommend: 摸底, by: 甲 }\n  - { assess: 治理, by: 甲, outcomes: { 稳定: { end: 稳定 } } }\n  - { file: 归档, by: 甲 }\n";
    let diagram = of_workflow(&read(text), None);
    assert!(arrows(&diagram).contains(&("治理".to_owned(), Way::Onward, "归档".to_owned())));
    assert!(!diagram.nodes[1].side && diagram.nodes[3].gate && !diagram.nodes[2].gate);
}

#[test]
fn names_are_data_to_mermaid() {
    for diagram in samples() {
        let text = diagram.mermaid();
        assert!(!text.contains(['\r', '\t', '`', '$']) && !text.contains("<script"), "{text}");
        for line in text.lines().skip(2) {
            let pieces: Vec<&str> = line.split('"').collect();
            assert!(pieces.len() % 2 == 1, "an open quote: {line}");
            for label in pieces.iter().skip(1).step_by(2) {
                let bare = label.replace("<br/>", " ");
                let meant = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || " ,#;".contains(c);
                assert!(bare.chars().all(meant), "{label}");
            }
            for outside in pieces.iter().step_by(2).filter(|_| pieces.len() > 1) {
                assert!(outside.is_ascii(), "a name outside its quotes: {line}");
            }
        }
    }
    let drawn = of_workflow(&nasty(r#"a"b<c|d#{{"#), None).mermaid();
    assert!(drawn.contains("【收件】a#34;b#60;c#124;d#35;#123;#123;<br/>"), "{drawn}");
    assert!(of_workflow(&nasty("第一\n第二"), None).mermaid().contains("【收件】第一 第二<br/>"));
}

#[test]
fn the_same_is_drawn_from_the_same() {
    for (one, other) in samples().into_iter().zip(samples()) {
        assert_eq!(one.mermaid(), other.mermaid());
        assert_eq!(one.svg(), other.svg());
    }
}
