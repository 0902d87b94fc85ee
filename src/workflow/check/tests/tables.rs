//! Tables: what can be counted, added, shown and checked.

use super::*;
use crate::workflow::check::deploy_among;
use crate::workflow::parse::{self, Parsed};

const REGISTER: &str = "register: 台账\nkey: [名称]\nfields: { 名称: text, 年度: year }\n";
const OTHER: &str = "workflow: 旁案
basis: [某办法]
roles: { 甲: 镇组织办, 乙: 镇党委 }
case: { title: 旁案, opened: { by: 甲 } }
items: { 请: { one: true, identity: [名称], fields: { 名称: name, 种类: text, 费用: money } } }
stages: [{ recommend: 提, by: 甲 }, { review: 审, by: 乙 }, { file: 归, by: 甲 }]
";

/// The kinds a workflow with one table of these keys has.
fn kinds_of_tables(table: &str) -> Vec<&'static str> {
    let text = format!(
        "workflow: 试\nbasis: [某办法]\nroles: {{ 甲: 镇组织办, 乙: 镇党委 }}\n\
         case: {{ title: 试, opened: {{ by: 甲 }} }}\nitems:\n  事: {{ identity: [名称], sealed: [举报人], fields: {{ 名称: name, \
         类别: [甲类, 乙类], 电话: phone, 举报人: name, 出勤率: percent, 活动: {{ table: {{ 主题: text, 人数: integer }} }} }} }}\n\
         stages: [{{ recommend: 报, by: 甲 }}, {{ review: 审, by: 乙 }}, {{ file: 归, by: 甲 }}]\ntables: {{ 表: {{ {table} }} }}\n"
    );
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    files.insert("workflow.yaml".to_owned(), text);
    files.insert("registers/台账.yaml".to_owned(), REGISTER.to_owned());
    let other = match parse::parse("other.yaml", OTHER) {
        Ok(Parsed::Workflow(workflow)) => *workflow,
        wrong => panic!("{wrong:?}"),
    };
    let found = match deploy_among("x.yaml", &files, Some(&town()), &[2026], Some(&[other])) {
        Ok(deployed) => deployed.warnings,
        Err(problems) => problems,
    };
    found.iter().map(|d| d.kind).collect()
}

#[test]
fn a_table_counts_what_is_there() {
    let run = |table: &str, wanted: &[&str]| assert_eq!(kinds_of_tables(table), wanted, "{table}");
    run("from: 事, rows: owner", &[]);
    run("from: 事, rows: 类别, columns: stage, value: count, totals: true", &[]);
    run("from: 事, rows: 无此, columns: stage", &["rule-unknown-name"]);
    run("from: 物, rows: owner", &["table-from-unknown"]);
    run("from: { cases: 旁案 }, rows: 种类, where: 费用 > 0", &[]);
    run("from: { cases: 旁案 }, rows: 类别", &["rule-unknown-name"]);
    run("from: { cases: 无此案 }, rows: 类别", &["table-from-unknown"]);
    run("from: { register: 台账 }, rows: 名称, columns: 年度", &[]);
    run("from: { register: 台账 }, rows: 类别", &["rule-unknown-name"]);
    run("from: { register: 无此 }, rows: 名称", &["table-from-unknown"]);
    run("from: { register: 台账, cases: 旁案 }, rows: 名称", &["wrong-shape"]);
    run("from: clocks, rows: clock, columns: { 到期: overdue, 在办: not ended }", &[]);
    run("from: documents, rows: template, where: issued is defined", &[]);
    run("from: documents, rows: owner", &["rule-unknown-name"]);
    run("rows: owner", &["missing-key"]);
}

#[test]
fn only_numbers_are_added() {
    let run = |value: &str, wanted: &[&str]| {
        assert_eq!(kinds_of_tables(&format!("from: 事, rows: owner, value: {value}")), wanted, "{value}");
    };
    run("{ 份数: count, 人数: sum(活动.人数), 场次: sum(活动.count), 平均: mean(出勤率), 首个: first(名称) }", &[]);
    run("sum(名称)", &["rule-wrong-type"]);
    run("sum(活动.主题)", &["rule-wrong-type"]);
    run("sum(活动.无此)", &["rule-unknown-name"]);
    run("mean(无此)", &["rule-unknown-name"]);
    run("median(出勤率)", &["unknown-word"]);
    let own = "from: 事, where: own_period.end < today, rows: owner";
    assert_eq!(kinds_of_tables(own), ["rule-unknown-name"], "no duty hands it in");
    run("first(电话)", &["table-personal-field"]);
    run("first(举报人)", &["table-personal-field"]);
}

#[test]
fn a_check_names_rows_that_are_printed() {
    let run = |rows: &str, check: &str, wanted: &[&str]| {
        let table = format!("from: 事, rows: {rows}, check: ['{check}']");
        assert_eq!(kinds_of_tables(&table), wanted, "{table}");
    };
    let rows = "{ 多: \"出勤率 > 90\", 少: \"出勤率 <= 90\" }";
    run(rows, "合计 == 多 + 少", &[]);
    run(rows, "合计 == 多 + 中", &["check-unknown-row"]);
    run(rows, "多 / 少 == 合计", &["bad-expression"]);
    run("类别", "合计 == 甲类 + 乙类", &[]);
    run("类别", "合计 == 甲类 + 丙类", &["check-unknown-row"]);
    run("owner", "合计 == 甲类", &["check-unknown-row"]);
    run("{ 甲: \"类别 == '甲类'\" }", "合计 == 甲", &["table-rows-not-exhaustive"]);
    run("{ 甲: \"类别 == '甲类' or 类别 == '乙类'\" }", "合计 == 甲", &[]);
    run("{ 甲: { when: \"出勤率 > 90\", split: 无此 } }", "合计 == 甲", &["rule-unknown-name"]);
}

#[test]
fn a_paper_for_the_public_shows_only_what_the_counted_allow() {
    let run = |table: &str, wanted: &[&str]| {
        let text = format!(
            "workflow: 试\nbasis: [某办法]\nroles: {{ 甲: 镇组织办, 乙: 镇党委 }}\ncase: {{ title: 试, opened: {{ by: 甲 }} }}\n\
             items: {{ 事: {{ identity: [名称], fields: {{ 名称: name, 类别: [一, 二] }} }} }}\nstages:\n  - {{ recommend: 报, by: 甲 }}\n  \
             - {{ review: 审, by: 乙, documents: [{{ template: 公告, to: public }}] }}\n  - {{ file: 归, by: 甲 }}\ntables: {{ 表: {{ {table} }} }}\n"
        );
        let mut files: BTreeMap<String, String> = BTreeMap::new();
        files.insert("workflow.yaml".to_owned(), text);
        files.insert("registers/台账.yaml".to_owned(), REGISTER.to_owned());
        files.insert("templates/公告.md".to_owned(), "{{ 表.as_of }}".to_owned());
        let other = OTHER.replace("种类: text", "种类: [甲类, 乙类]");
        let other = match parse::parse("other.yaml", &other) {
            Ok(Parsed::Workflow(workflow)) => *workflow,
            wrong => panic!("{wrong:?}"),
        };
        let found = match deploy_among("x.yaml", &files, Some(&town()), &[2026], Some(&[other])) {
            Ok(deployed) => deployed.warnings,
            Err(problems) => problems,
        };
        assert_eq!(found.iter().map(|d| d.kind).collect::<Vec<_>>(), wanted, "{table}");
    };
    run("from: { cases: 旁案 }, rows: 种类, value: sum(费用)", &[]);
    run("from: { cases: 旁案 }, rows: 名称", &["field-invisible-to-recipient"]);
    run("from: { cases: 旁案 }, rows: item, columns: { 种类: 种类 }", &["field-invisible-to-recipient"]);
    run("from: { cases: 旁案 }, rows: 种类, value: first(名称)", &["field-invisible-to-recipient"]);
    run("from: { register: 台账 }, rows: 年度", &["field-invisible-to-recipient"]);
    run("from: 事, rows: item", &["field-invisible-to-recipient"]);
    run("from: 事, rows: owner", &[]);
}
