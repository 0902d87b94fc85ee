//! Tests of expressions and their types.

use super::*;
use crate::workflow::parse::{Parsed, parse};
use crate::workflow::{Register, Workflow};
use indexmap::IndexMap;

fn s2() -> (Workflow, IndexMap<String, Register>) {
    let text = include_str!("../../../workflows/七一表彰.yaml");
    let Ok(Parsed::Workflow(workflow)) = parse("七一表彰.yaml", text) else { panic!("{:#?}", parse("x", text)) };
    let register = |text| match parse("r.yaml", text) {
        Ok(Parsed::Register(register)) => (register.name.clone(), register),
        other => panic!("{other:#?}"),
    };
    let registers = ["register: 一票否决\nkey: [person, organisation]\nfields: { 事由: text, 起: month }\n"];
    (*workflow, registers.into_iter().map(register).collect())
}

fn kinds(source: &str, of: &[&str], per: Option<&[String]>) -> Vec<&'static str> {
    let (workflow, registers) = s2();
    let of: Vec<String> = of.iter().map(|o| (*o).to_owned()).collect();
    let pairs = workflow.pairs(&of);
    let scope = Scope { group: per, ..Scope::of_pairs(&workflow, &registers, pairs) };
    infer(source, &scope).problems.iter().map(|p| p.kind).collect()
}

#[test]
fn the_rules_of_the_worked_example_are_well_typed() {
    let (workflow, registers) = s2();
    for rule in &workflow.rules {
        let pairs = workflow.pairs(&rule.of);
        let group = (!rule.per.is_empty()).then_some(rule.per.as_slice());
        let scope = Scope { group, ..Scope::of_pairs(&workflow, &registers, pairs) };
        let found = infer(&rule.test.source, &scope);
        assert_eq!(found.problems, [], "{}", rule.test.source);
        assert_eq!(found.typed, Typed::sure(Kind::YesNo), "{}", rule.test.source);
    }
}

#[test]
fn every_kind_of_mistake_is_found_once() {
    let one = ["优秀共产党员"];
    for (source, wanted) in [
        ("党员类别 == 3", "rule-wrong-type"),
        ("入党时间 >= 24", "rule-wrong-type"),
        ("入党时间 >= '2020-01'", ""),
        ("months(入党时间, today) >= 24", ""),
        ("months(入党时间) >= 24", "function-arity"),
        ("month(入党时间, today) >= 24", "function-unknown"),
        ("党员类别 | upper == 'A'", "function-unknown"),
        ("党员类別 == '正式党员'", "rule-unknown-name"),
        ("学历 == '大学'", "value-may-be-missing"),
        ("学历 is defined and 学历 == '大学'", ""),
        ("学历 is none or 学历 == '大学'", ""),
        ("not (学历 is defined) or 学历 == '大学'", ""),
        ("学历 is defined or 学历 == '大学'", "value-may-be-missing"),
        ("党员类别 == '群众'", "rule-always-false"),
        ("党员类别 != '群众'", "rule-always-true"),
        ("党员类别 in ['正式党员', '群众']", "rule-always-false"),
        ("owner == '第一支部'", "rule-wrong-type"),
        ("owner.title == '第一支部'", ""),
        ("考察.结论 == '合格'", ""),
        ("考察.结果 == '合格'", "rule-unknown-name"),
        ("days(考察.done, today) > 3", ""),
        ("异议.count > 0", ""),
        ("一票否决.has(owner)", "register-key-mismatch"),
        ("一票否决.has(who, seit=today)", "function-arity"),
        ("事实 == 'x'", "rule-unknown-name"),
        ("count(是否支部书记) > 1", "rule-wrong-type"),
        ("姓名", ""),
        ("姓名 ==", "bad-expression"),
        ("姓名 == “张三”", "full-width-punctuation"),
        ("add(today, '5 workday') > today", ""),
        ("add(today, '5 wochen') > today", "limit-not-a-limit"),
    ] {
        let found = kinds(source, &one, None);
        let wanted: Vec<&str> = if wanted.is_empty() { Vec::new() } else { vec![wanted] };
        assert_eq!(found, wanted, "{source}");
    }
    let (workflow, registers) = s2();
    let pairs = workflow.pairs(&["候选对象".to_owned()]);
    let scope = Scope::of_pairs(&workflow, &registers, pairs);
    for (source, wanted) in [
        ("是否支部书记", "value-may-be-missing"),
        ("1 == 1", "rule-always-true"),
        ("false", "rule-always-false"),
        ("姓名", "rule-wrong-type"),
    ] {
        assert_eq!(condition(source, &scope).problems.iter().map(|p| p.kind).collect::<Vec<_>>(), [wanted]);
    }
    let per = ["owner".to_owned()];
    assert_eq!(kinds("姓名 == 'x'", &["person"], Some(&per)), ["rule-wrong-type"]);
    assert_eq!(kinds("count() <= sum(名额[owner])", &["person"], Some(&per)), Vec::<&str>::new());
}

/// What is wrong with a condition on somebody whose 承办 may be missing, and whose 措施 and 加分 may not.
fn of_somebody(source: &str, per: Option<&[String]>) -> Vec<&'static str> {
    let fields = "{ 姓名: name, 岁: integer, 承办: { type: office, optional: true }, 加分: { list: integer }, \
                  措施: { type: { table: { 金额: money } } }, 附表: { type: { table: { 金额: money } }, optional: true } }";
    let text = format!(
        "workflow: 试\nroles: {{ 甲: 甲办 }}\ncase: {{ title: 试, opened: {{ by: 甲 }} }}\nitems: {{ 人: {{ identity: [姓名], fields: {fields} }} }}\nstages: [{{ recommend: 报, by: 甲 }}]\n"
    );
    let Ok(Parsed::Workflow(workflow)) = parse("x.yaml", &text) else { panic!("{:#?}", parse("x", &text)) };
    let registers = IndexMap::new();
    let scope = Scope { group: per, ..Scope::of_pairs(&workflow, &registers, workflow.pairs(&["人".to_owned()])) };
    condition(source, &scope).problems.iter().map(|p| p.kind).collect()
}

#[test]
fn a_part_of_what_may_be_missing_may_be_missing() {
    for fine in [
        "承办.title is defined and 承办.title == '甲办'",
        "承办 is defined and 承办.title == '甲办'",
        "承办.title is defined and 承办 == owner",
        "承办.title is not defined or 承办.id == '甲办'",
        "附表.count is defined and sum(附表.金额) > 1",
        "sum(措施.金额) > 1",
        "max(加分) > 1",
        "max(措施.金额) is defined and max(措施.金额) > 1",
    ] {
        assert_eq!(of_somebody(fine, None), Vec::<&str>::new(), "{fine}");
    }
    for missing in [
        "承办.title == '甲办'",
        "承办.phone is defined or 承办.title == '甲办'",
        "sum(附表.金额) > 1",
        "max(措施.金额) > 1",
    ] {
        assert_eq!(of_somebody(missing, None), ["value-may-be-missing"], "{missing}");
    }
    let per = ["owner".to_owned()];
    assert_eq!(of_somebody("max(岁) - min(岁) > 20", Some(&per)), Vec::<&str>::new(), "in a group is somebody");
    assert_eq!(of_somebody("sum(附表.金额) > 1", Some(&per)), Vec::<&str>::new(), "who has none is left out");
}

#[test]
fn of_the_last_entry_a_column_may_be_empty_that_may_stay_so() {
    let register =
        "register: 任职\nkey: office\nfields: { 任职日期: date, 免职日期: { type: date, optional: true } }\n";
    let Ok(Parsed::Register(register)) = parse("r.yaml", register) else { panic!("{:#?}", parse("r.yaml", register)) };
    let text = "workflow: 试\nroles: { 甲: 甲办 }\ncase: { title: 试, opened: { by: 甲 } }\nitems: { 所: { identity: [所名], fields: { 所名: office } } }\nstages: [{ recommend: 报, by: 甲 }]\n";
    let Ok(Parsed::Workflow(workflow)) = parse("x.yaml", text) else { panic!("{:#?}", parse("x.yaml", text)) };
    let registers = IndexMap::from([("任职".to_owned(), register)]);
    let scope = Scope::of_pairs(&workflow, &registers, workflow.pairs(&["所".to_owned()]));
    let told = |source: &str| condition(source, &scope).problems.iter().map(|p| p.kind).collect::<Vec<_>>();
    assert_eq!(told("任职.last(所名).任职日期 > today"), ["value-may-be-missing"], "nothing may be entered");
    let entered = "任职.last(所名) is defined";
    assert_eq!(told(&format!("{entered} and 任职.last(所名).任职日期 > today")), Vec::<&str>::new());
    assert_eq!(told(&format!("{entered} and 任职.last(所名).免职日期 > today")), ["value-may-be-missing"]);
    assert_eq!(told("任职.last(所名).免职日期 is defined and 任职.last(所名).免职日期 > today"), Vec::<&str>::new());
}

#[test]
fn names_are_listed_once_without_functions() {
    assert_eq!(names("count(甲.乙) + 丙[丁] > len(甲) and 戊.has(who)"), ["甲", "丁", "丙", "戊", "who"]);
    assert_eq!(names("1 +"), Vec::<String>::new());
}

#[test]
fn texts_tell_what_they_read() {
    let found = text_names("{{ 年度 }}年{% for i in items %}{{ i.姓名 }}{{ loop.index }}{% endfor %}\n{% if 考察.结论 %}{% set x = 甲 %}{{ x }}{% endif %}").unwrap();
    let paths: Vec<String> = found.iter().map(|m| m.path.join(".")).collect();
    assert_eq!(paths, ["年度", "items", "items.*.姓名", "考察.结论", "甲"]);
    assert_eq!(found[3].line, 2);
    assert!(text_names("{{ 年度 ").is_err());
}
