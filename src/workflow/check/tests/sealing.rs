//! What is sealed gets out by nothing that is made of it: each way with the shortest definition that has it, and mended.

use super::*;
use crate::workflow::Workflow;
use crate::workflow::parse::{Parsed, parse};

const DEFINITION: &str = "workflow: 试
roles: { 甲: 镇组织办, 乙: 镇党委 }
case: { title: 试, opened: { by: 甲 } }
items: { 事: { one: true, fields: { 名: name, 报告人: name, 收到: date, 金额: money, 备注: text }, sealed: [报告人, 收到, 金额] } }
rules: []
stages:
  - { recommend: 报, of: 事, by: 甲 }
  - { review: 审, of: 事, by: 乙 }
  - { file: 归, of: 事, by: 甲 }
";
const REVIEW: &str = "of: 事, by: 乙";
const REGISTERS: [&str; 2] = [
    "register: 册\nkey: [名]\nfields: { 名: text, 注: { type: text, optional: true } }\n",
    "register: 名录\nkey: matter\nfields: { 注: { type: text, optional: true } }\n",
];
const BESIDE: [&str; 2] = [
    "workflow: 子
roles: { 甲: 镇组织办 }
case: { title: '{{ 名 }}', opened: { from: [试] }, params: { 名: text } }
items: { 件: { one: true, fields: { 由: { type: text, optional: true } } } }
stages: [{ review: 办, by: 甲 }, { file: 归, by: 甲 }]
",
    "workflow: 总
roles: { 甲: 镇组织办 }
case: { title: 总, opened: { by: 甲, from: [试] } }
items: { 人: { identity: [姓名], fields: { 姓名: name, 来源: { type: name, optional: true }, 由: { type: name, optional: true } }, sealed: [来源] } }
stages:
  - { recommend: 报, by: 甲 }
  - { assess: 评, by: 甲, lists: { 好的: { where: \"姓名 != ''\" } } }
  - { file: 归, by: 甲 }
",
];

/// The errors of the definition with these words in place of those.
fn errors(changes: &[(&str, &str)]) -> Vec<Diagnostic> {
    let changed = changes.iter().fold(DEFINITION.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    let mut files = BTreeMap::from([("workflow.yaml".to_owned(), changed)]);
    files.insert("registers/册.yaml".to_owned(), REGISTERS[0].to_owned());
    files.insert("registers/名录.yaml".to_owned(), REGISTERS[1].to_owned());
    files.insert("templates/纸.md".to_owned(), "{% for x in items %}{{ x.备注 }}{% endfor %}".to_owned());
    let letter = "---\n文种: 函\n标题: 答复\n主送: {{ 主送 }}\n---\n{% for x in items %}{{ x.备注 }}{% endfor %}";
    files.insert("templates/信.md".to_owned(), letter.to_owned());
    let read = |text: &str| match parse("beside.yaml", text) {
        Ok(Parsed::Workflow(workflow)) => *workflow,
        other => panic!("{other:#?}"),
    };
    let beside: Vec<Workflow> = BESIDE.map(read).to_vec();
    let found = deploy_among("x.yaml", &files, Some(&town()), &[2026], Some(&beside)).err().unwrap_or_default();
    found.into_iter().filter(|d| d.severity == Severity::Error).collect()
}

fn kinds(changes: &[(&str, &str)]) -> Vec<&'static str> {
    errors(changes).iter().map(|d| d.kind).collect()
}

/// In place of `from` the first has the problem, and the second has none.
#[track_caller]
fn run(kind: &'static str, from: &str, broken: &str, mended: &str) {
    assert_eq!(kinds(&[(from, broken)]), [kind], "{broken}");
    assert_eq!(kinds(&[(from, mended)]), Vec::<&str>::new(), "{mended}");
}

#[test]
fn what_is_made_of_sealed_fields_is_sealed() {
    let with = |is: &str| format!("备注: {{ type: text, is: \"{is}\" }}");
    run("sealed-copied", "备注: text", &with("报告人 ~ '来信'"), &with("名 ~ '来信'"));
    run(
        "sealed-copied",
        "备注: text",
        &with("'大额' if 金额 > 100 else '小额'"),
        &with("'有' if 金额 is defined else '无'"),
    );
    let there = "备注: { type: yes-no, is: 报告人 is defined }";
    assert_eq!(kinds(&[("备注: text", there)]), Vec::<&str>::new(), "that it is there may be told");
    // and so on from field to field
    let chain = "备注: { type: text, is: 别名 }, 别名: { type: text, is: 报告人 }";
    assert_eq!(kinds(&[("备注: text", chain)]), ["sealed-copied", "sealed-copied"]);
    let sealed = [("备注: text", chain), ("收到, 金额]", "收到, 金额, 备注, 别名]")];
    assert_eq!(kinds(&sealed), Vec::<&str>::new());
    let public = [("备注: text", chain), ("收到, 金额]", "收到, 金额, 备注, 别名], public: [备注]")];
    assert_eq!(kinds(&public), ["sealed-and-public"]);
    let shown = [("备注: text", chain), (REVIEW, "of: 事, by: 乙, documents: [{ template: 纸, to: 乙 }]")];
    assert!(kinds(&shown).contains(&"field-invisible-to-recipient"), "{:?}", kinds(&shown));
}

#[test]
fn what_is_set_to_sealed_fields_is_sealed() {
    let set = |fact: &str, value: &str| format!("of: 事, by: 乙, do: [{{ set: {{ {fact}: {value} }} }}]");
    run("sealed-copied", REVIEW, &set("备注", "报告人"), &set("备注", "名"));
    run("sealed-copied", REVIEW, &set("来源", "报告人"), &set("来源", "名"));
    let sealed = [(REVIEW, set("备注", "报告人")), ("收到, 金额]", "收到, 金额, 备注]".to_owned())];
    assert_eq!(kinds(&sealed.each_ref().map(|(from, to)| (*from, to.as_str()))), Vec::<&str>::new());
    let fact = &errors(&[(REVIEW, &set("来源", "报告人"))])[0];
    assert_eq!(fact.message, "`来源` of `事` is made of `报告人`, which is sealed, and is not");
    assert_eq!(
        fact.hint.as_deref(),
        Some("make `来源` a field of `事` and add it to its `sealed:`, or leave `报告人` out")
    );
    // what a stage asks by the same name is nothing sealed
    let side =
        "sealed: [报告人, 收到, 金额] }, 意见: { about: 事, fields: { 内容: text, 经办: name }, sealed: [经办] } }";
    let asked = "of: 事, by: 乙, collects: 意见, form: { 经办: text }, do: [{ set: { 备注: 经办 } }]";
    let changes = [("sealed: [报告人, 收到, 金额] } }", side), (REVIEW, asked)];
    assert!(!kinds(&changes).contains(&"sealed-copied"), "{:?}", kinds(&changes));
}

#[test]
fn what_is_entered_in_a_register_or_another_case_is_not_sealed() {
    let act = |action: &str| format!("of: 事, by: 乙, do: [{{ {action} }}]");
    let kind = "sealed-copied";
    run(kind, REVIEW, &act("enter: 册, with: { 名: 名, 注: 报告人 }"), &act("enter: 册, with: { 名: 名, 注: 备注 }"));
    run(kind, REVIEW, &act("enter: 册, with: { 名: 报告人 }"), &act("enter: 册, with: { 名: 名 }"));
    // the key is read from the item where `with` has none
    let key = [(REVIEW, act("enter: 名录")), ("sealed: [报告人", "sealed: [名, 报告人".to_owned())];
    let key = key.each_ref().map(|(from, to)| (*from, to.as_str()));
    assert_eq!(kinds(&key), [kind]);
    assert_eq!(kinds(&key[..1]), Vec::<&str>::new());
    run(kind, REVIEW, &act("open: 子, with: { 名: 报告人 }"), &act("open: 子, with: { 名: 名 }"));
    let put = |field: &str| act(&format!("open: 总, item: {{ 姓名: 名, {field}: 报告人 }}"));
    run(kind, REVIEW, &put("由"), &put("来源"));
    let taken = |fields: &str| {
        format!(
            "one: true, fields: {{ 名: name, 报告人: name, 收到: date, 金额: money, 备注: text }}, sealed: [报告人, 收到, 金额] }}, \
             人: {{ identity: [姓名], fields: {{ 姓名: name, {fields}"
        )
    };
    let item = "one: true, fields: { 名: name, 报告人: name, 收到: date, 金额: money, 备注: text }, sealed: [报告人, 收到, 金额]";
    let list = ("  - { review", "  - { recommend: 列, of: 人, from: { case: 总, list: 好的 }, by: 甲 }\n  - { review");
    let of = |fields: &str| kinds(&[(item, &taken(fields)), list]);
    assert_eq!(of("来源: { type: name, optional: true } }"), [kind]);
    assert_eq!(of("来源: { type: name, optional: true } }, sealed: [来源]"), Vec::<&str>::new());
}

#[test]
fn no_text_tells_a_sealed_field() {
    let kind = "field-invisible-to-recipient";
    run(kind, "title: 试", "title: '{{ 报告人 }}案'", "title: '{{ 名 }}案'");
    let rule = |rule: &str| format!("rules: [{{ of: 事, at: [审], {rule} }}]");
    let say = |say: &str| rule(&format!("expect: \"名 != ''\", say: '{say}'"));
    run(kind, "rules: []", &say("{{ 报告人 }}来信"), &say("{% if 报告人 is defined %}有人{% endif %}来信"));
    let ask = |say: &str| rule(&format!("ask: \"名 != ''\", by: 甲, answers: [好, 坏], say: '{say}'"));
    run(kind, "rules: []", &ask("{{ 报告人 }}?"), &ask("{{ 名 }}?"));
    let act = |action: &str| format!("of: 事, by: 乙, do: [{{ {action} }}]");
    run(
        kind,
        REVIEW,
        &act("ask: 甲, say: '{{ 报告人 }}?', answers: [好, 坏]"),
        &act("ask: 甲, say: '{{ 名 }}?', answers: [好, 坏]"),
    );
    run(kind, REVIEW, &act("tell: 甲, say: '{{ who }}'").replace("who", "报告人"), &act("tell: 甲, say: '{{ who }}'"));
    let known = [(REVIEW, act("tell: 甲, say: '{{ who }}'")), ("sealed: [报告人", "sealed: [名, 报告人".to_owned())];
    assert_eq!(kinds(&known.each_ref().map(|(from, to)| (*from, to.as_str()))), [kind], "it is known by its name");
    let found = &errors(&[("title: 试", "title: '{{ 报告人 }}案'")])[0];
    assert_eq!(found.message, "`报告人` is sealed, and the title tells it");
    assert_eq!((found.place.line, found.hint.is_some()), (3, true));
    // a condition may read it
    assert_eq!(kinds(&[("rules: []", &rule("expect: 金额 > 100, say: 金额过小"))]), Vec::<&str>::new());
}

#[test]
fn no_group_and_no_day_tells_a_sealed_field() {
    let kind = "field-invisible-to-recipient";
    run(kind, REVIEW, "of: 事, by: 乙, each: 报告人", "of: 事, by: 乙, each: 名");
    let per = |name: &str| format!("rules: [{{ of: 事, at: [审], per: {name}, require: count() > 0, say: 无 }}]");
    run(kind, "rules: []", &per("报告人"), &per("名"));
    let quota = |name: &str| format!("of: 事, by: 甲, quota: [{{ per: {name}, max: 3 }}] }}\n  - {{ review");
    run(kind, "of: 事, by: 甲 }\n  - { review", &quota("报告人"), &quota("名"));
    let most = |most: &str| format!("of: 事, by: 甲, quota: [{{ max: \"{most}\" }}] }}\n  - {{ review");
    run(kind, "of: 事, by: 甲 }\n  - { review", &most("max(金额)"), &most("count(名 != '')"));
    let within =
        |from: &str| format!("of: 事, by: 乙, form: {{ 核定: date }}, within: {{ run: 5 days, from: {from} }}");
    run(kind, REVIEW, &within("收到"), &within("收到").replace("{ run: 5 days, from: 收到 }", "5 days"));
    let paper = |date: &str| {
        format!(
            "of: 事, by: 乙, form: {{ case: {{ 核定: date }} }}, documents: [{{ template: 纸, date: {date}, to: 甲 }}]"
        )
    };
    run(kind, REVIEW, &paper("收到"), &paper("核定"));
    let clock = |name: &str| {
        format!(
            "clocks: {{ 限: {{ of: 事, run: 5 days, from: {name}, until: 审, overdue: {{ tell: 乙 }} }} }}\nrules: []"
        )
    };
    run(kind, "rules: []", &clock("收到"), &clock("报"));
}

#[test]
fn no_table_shows_a_sealed_field_nor_what_is_made_of_it() {
    let kind = "table-personal-field";
    let table = |table: &str| format!("tables: {{ 表: {{ from: 事, {table} }} }}\nrules: []");
    let by_item = |text: &str| table(&format!("rows: item, columns: {{ 来源: \"{text}\" }}"));
    run(kind, "rules: []", &by_item("报告人 ~ '来信'"), &by_item("名 ~ '来信'"));
    run(kind, "rules: []", &table("rows: 名, value: sum(金额)"), &table("rows: 名, value: count"));
    run(kind, "rules: []", &table("rows: 名, where: 金额 > 100"), &table("rows: 名, where: 金额 is defined"));
    let heads = |test: &str| table(&format!("rows: 名, columns: {{ 大额: \"{test}\" }}"));
    run(kind, "rules: []", &heads("金额 > 100"), &heads("名 != ''"));
    let made = "tables: { 表: { from: 事, rows: 备注 } }\nrules: []";
    let copied = [("备注: text", "备注: { type: text, is: 报告人 }"), ("rules: []", made)];
    assert_eq!(kinds(&copied), ["sealed-copied", kind]);
}

/// The problems of a letter to whoever wrote in, whose name is sealed.
fn letter(rest: &str) -> Vec<&'static str> {
    let writer = "乙: 镇党委, 来信人: { outside: { name: 报告人, address: 备注 }, through: 甲 }, 丙: { field: 承办 }";
    let paper = format!("of: 事, by: 乙, documents: [{{ template: 信, each: item, {rest} }}]");
    let office = ("备注: text", "备注: text, 承办: office");
    let found = kinds(&[("乙: 镇党委", writer), office, ("收到, 金额]", "收到, 金额, 承办]"), (REVIEW, &paper)]);
    found.into_iter().filter(|kind| *kind != "role-never-used").collect()
}

#[test]
fn whom_a_paper_goes_to_is_told_to_everybody_who_gets_it() {
    for alone in ["to: 来信人", "to: 来信人, copy: 甲", "to: [来信人, 甲]", "to: 丙"] {
        assert_eq!(letter(alone), Vec::<&str>::new(), "{alone}");
    }
    for told in [
        "to: 来信人, copy: 乙",
        "to: [来信人, 丙]",
        "to: [public, 来信人]",
        "to: 丙, copy: 乙",
        "to: 来信人, seal: scan",
    ] {
        assert!(letter(told).contains(&"field-invisible-to-recipient"), "{told}: {:?}", letter(told));
    }
}

#[test]
fn what_an_item_is_about_is_told_by_nothing_of_the_item() {
    let side = "items: { 议: { about: 事, identity: [内容], fields: { 内容: text } }, 事:";
    let review = "of: 事, by: 乙, collects: 议 }\n  - { review: 议审, of: 议, by: 乙, outcomes: { 是: { end: 成立 } }, do: [{ tell: 甲, say: '{{ about.who }}' }]";
    let found =
        |sealed: &str| kinds(&[("items: { 事:", side), (REVIEW, review), ("sealed: [报告人, 收到, 金额]", sealed)]);
    assert_eq!(found("sealed: [名]"), ["field-invisible-to-recipient"]);
    assert_eq!(found("sealed: [报告人]"), Vec::<&str>::new());
}

#[test]
fn an_office_is_known_by_its_id_whatever_of_it_is_sealed() {
    let office =
        "{ subject: office, identity: [subject], fields: { 单位名: { type: text, is: subject.title }, 名: name,";
    let tell = "of: 事, by: 乙, do: [{ tell: 甲, say: '{{ subject.title }}' }]";
    let changes = [("{ one: true, fields: { 名: name,", office), ("sealed: [报告人, 收到, 金额]", "sealed: [名]")];
    assert_eq!(kinds(&[changes[0], changes[1], (REVIEW, tell)]), Vec::<&str>::new());
    assert_eq!(kinds(&[changes[1], (REVIEW, &tell.replace("subject.title", "who"))]), ["field-invisible-to-recipient"]);
}
