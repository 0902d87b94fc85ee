//! Cases opened from cases: what the other definition must say, and what is read of a child.

use super::*;
use crate::workflow::Workflow;

const CHILD: &str = "workflow: 子
roles: { 甲: 镇组织办 }
case: { title: 子, opened: { from: [父] }, params: { 名: text, 日: { type: date, default: today } } }
items: { 事: { one: true, fields: { 由: { type: text, optional: true } } } }
stages: [{ review: 办, by: 甲 }, { file: 归, by: 甲, with: parent }]
";
const LISTED: &str = "workflow: 名
roles: { 甲: 镇组织办 }
case: { title: 名, opened: { by: 甲, from: [父] } }
items: { 人: { categories: { 甲类: person, 乙类: person }, identity: [姓名], fields: { 姓名: name, 单位: { type: text, of: 甲类 } } } }
stages:
  - { recommend: 报, by: 甲 }
  - { assess: 评, by: 甲, form: { 结论: [好, 差], 附言: { type: text, optional: true } }, lists: { 好的: { where: \"结论 == '好'\" } } }
  - { review: 看, of: 好的, by: 甲 }
  - { file: 归, by: 甲 }
";

/// The errors a parent of these items and stages has beside those two.
fn kinds(items: &str, stages: &str) -> Vec<&'static str> {
    let text = format!(
        "workflow: 父\nroles: {{ 甲: 镇组织办 }}\ncase: {{ title: 父, opened: {{ by: 甲 }} }}\nitems: {items}\nstages: {stages}\n"
    );
    let files = BTreeMap::from([("workflow.yaml".to_owned(), text)]);
    let read = |text: &str| match crate::workflow::parse::parse("beside.yaml", text) {
        Ok(crate::workflow::parse::Parsed::Workflow(workflow)) => *workflow,
        other => panic!("{other:#?}"),
    };
    let beside: Vec<Workflow> = [CHILD, LISTED].map(read).to_vec();
    match deploy_among("父.yaml", &files, None, &[2026], Some(&beside)) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().filter(|d| d.severity == Severity::Error).map(|d| d.kind).collect(),
    }
}

const MATTER: &str =
    "{ 事: { identity: [名称], fields: { 名称: name, 备注: { type: text, optional: true }, 数: integer } } }";

#[test]
fn a_child_is_given_what_it_asks_for() {
    let run = |action: &str, wanted: &[&str]| {
        let stages = format!(
            "[{{ recommend: 报, by: 甲 }}, {{ review: 审, by: 甲, do: [{{ {action} }}] }}, {{ file: 归, by: 甲 }}]"
        );
        assert_eq!(kinds(MATTER, &stages), wanted, "{action}");
    };
    run("open: 子, with: { 名: 名称 }", &[]);
    run("open: 子, with: { 名: 名称, 日: today }, wait: true", &[]);
    run("open: 子, with: { 名: 备注 }", &["child-param-missing"]);
    run("open: 子, with: { 名: 数 }", &["rule-wrong-type"]);
    run("open: 子, with: { 名: 无此 }", &["rule-unknown-name"]);
    run("open: 名, item: { category: \"'甲类'\", 姓名: 名称, 单位: 名称 }", &[]);
    run("open: 名, item: { category: \"'乙类'\", 姓名: 名称 }", &[]);
    run("open: 名, item: { 姓名: 名称 }", &["child-param-missing"]);
    run("open: 名, item: { category: \"'甲类'\" }", &["child-param-missing"]);
    run("open: 子, with: { 名: 名称 }, item: { 由: 名称 }", &["child-takes-no-item"]);
}

/// Two that open each other's cases, laid into the spool one after the other.
#[test]
fn a_definition_does_not_wait_for_the_one_it_opens_or_is_opened_from() {
    let text = |from: &str, open: &str| {
        format!(
            "workflow: 一
roles: {{ 甲: 镇组织办, 乙: 镇党委 }}
case: {{ title: 一, opened: {{ by: 甲, from: [{from}] }} }}
items: {{ 事: {{ identity: [名称], fields: {{ 名称: name }} }} }}
stages: [{{ recommend: 报, by: 甲 }}, {{ review: 审, by: 乙, do: [{{ open: {open}, item: {{ 名称: 名称 }} }}] }}, {{ file: 归, by: 甲 }}]
"
        )
    };
    let files = BTreeMap::from([("workflow.yaml".to_owned(), text("二", "二"))]);
    let warned = |beside: &[Workflow]| {
        let deployed = deploy_among("一.yaml", &files, None, &[2026], Some(beside)).unwrap();
        deployed.warnings.iter().map(|d| d.kind).collect::<Vec<_>>()
    };
    assert_eq!(warned(&[]), ["opened-from-unknown-workflow", "child-unknown"]);
    let other = text("一", "一").replace("workflow: 一", "workflow: 二");
    let Ok(crate::workflow::parse::Parsed::Workflow(other)) = crate::workflow::parse::parse("二.yaml", &other) else {
        panic!("no workflow")
    };
    assert!(warned(&[*other]).is_empty());
}

#[test]
fn the_end_of_a_child_is_known_of_what_has_waited() {
    let run = |review: &str, then: &str, wanted: &[&str]| {
        let stages = format!(
            "[{{ recommend: 报, by: 甲 }}, {{ review: 审, by: 甲, {review} }}, {{ review: 终, by: 甲, when: \"{then}\" }}, {{ file: 归, by: 甲 }}]"
        );
        assert_eq!(kinds(MATTER, &stages), wanted, "{review} {then}");
    };
    let waits = "do: [{ open: 子, with: { 名: 名称 }, wait: true }]";
    run(waits, "child.end == '办结'", &[]);
    run(waits, "child.end == '完成'", &["rule-always-false"]);
    run(waits, "child.start == today", &["rule-unknown-name"]);
    // some wait, some do not
    let some = "do: [{ open: 子, with: { 名: 名称 }, wait: true, when: 数 > 1 }]";
    run(some, "child.end == '办结'", &["value-may-be-missing"]);
    run(some, "child.end is defined and child.end == '办结'", &[]);
    run("do: [{ open: 子, with: { 名: 名称 } }]", "child.end == '办结'", &["rule-unknown-name"]);
}

#[test]
fn a_list_of_another_case_gives_what_the_items_need() {
    let run = |items: &str, from: &str, wanted: &[&str]| {
        let stages =
            format!("[{{ recommend: 列, by: 甲, from: {from} }}, {{ review: 审, by: 甲 }}, {{ file: 归, by: 甲 }}]");
        assert_eq!(kinds(items, &stages), wanted, "{items} {from}");
    };
    let person = "{ 员: { subject: person, identity: [姓名], fields: { 姓名: name, 结论: text } } }";
    run(person, "{ case: 名, list: 好的 }", &[]);
    run(person, "{ case: 名, list: 差的 }", &["from-unknown"]);
    run(person, "{ case: 无, list: 好的 }", &["from-unknown"]);
    // asked of some, left empty by some, asked of nobody
    for field in ["单位", "附言", "年龄"] {
        let items =
            format!("{{ 员: {{ subject: person, identity: [姓名], fields: {{ 姓名: name, {field}: text }} }} }}");
        run(&items, "{ case: 名, list: 好的 }", &["from-unknown"]);
    }
    let office =
        "{ 单位: { subject: office, identity: [subject], fields: { 名称: { type: text, is: subject.title } } } }";
    run(office, "{ case: 名, list: 好的 }", &["from-unknown"]);
}

#[test]
fn a_list_that_another_workflow_takes_its_items_from_is_used() {
    let source = "workflow: 源\nroles: { 甲: 镇组织办 }\ncase: { title: 源, opened: { by: 甲 } }\n\
                  items: { 人: { identity: [姓名], fields: { 姓名: name } } }\nstages:\n  - { recommend: 报, by: 甲 }\n  \
                  - { assess: 评, by: 甲, form: { 评语: text }, lists: { 好的: { where: \"姓名 != ''\" } } }\n  - { file: 归, by: 甲 }\n";
    let taker = |from: &str| {
        source
            .replace("workflow: 源", "workflow: 取")
            .replace("recommend: 报,", &format!("recommend: 报, from: {from},"))
    };
    let found = |beside: Option<&str>| {
        let read = |path: &str, text: &str| match crate::workflow::parse::parse(path, text) {
            Ok(crate::workflow::parse::Parsed::Workflow(workflow)) => *workflow,
            other => panic!("{other:#?}"),
        };
        let beside: Option<Vec<Workflow>> = beside.map(|text| vec![read("源.yaml", source), read("取.yaml", text)]);
        let files = BTreeMap::from([("workflow.yaml".to_owned(), source.to_owned())]);
        let deployed = deploy_among("源.yaml", &files, Some(&town()), &[2026], beside.as_deref());
        let warnings = deployed.unwrap_or_else(|problems| panic!("{problems:#?}")).warnings;
        warnings.iter().any(|it| it.kind == "list-never-used")
    };
    assert!(!found(Some(&taker("{ case: 源, list: 好的 }"))));
    assert!(found(Some(&taker("{ case: 源, list: 坏的 }"))));
    assert!(found(Some(&taker("{ case: 别的, list: 好的 }"))));
    // alone nobody knows who will take it: it is told, and deployed
    assert!(found(None));
}
