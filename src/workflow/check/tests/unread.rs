//! What nothing reads: fields of stages by their path, and names that a template makes.

use super::*;

/// Two stages that ask a field of the same name, and a paper of the last.
fn workflow(more: &str) -> String {
    format!(
        "workflow: 试\nbasis: [某办法]\nroles: {{ 甲: 镇组织办, 乙: 镇党委 }}\ncase: {{ title: 试, opened: {{ by: 甲 }} }}\n\
         items: {{ 事: {{ identity: [名], fields: {{ 名: name }} }} }}\n\
         stages:\n  - {{ recommend: 报, by: 甲 }}\n  - {{ assess: 初审, by: 甲, form: {{ 意见: text }} }}\n  \
         - {{ assess: 复审, by: 乙, form: {{ 意见: text }}{more} }}\n  \
         - {{ review: 定, by: 乙, documents: [{{ template: 函, each: item, to: 甲 }}] }}\n  - {{ file: 归, by: 甲 }}\n"
    )
}

fn files_of(more: &str, paper: &str) -> BTreeMap<String, String> {
    let files = [("workflow.yaml", workflow(more)), ("templates/函.md", paper.to_owned())];
    files.into_iter().map(|(name, text)| (name.to_owned(), text)).collect()
}

/// The fields nobody reads.
fn fields(more: &str, paper: &str) -> Vec<String> {
    let files = files_of(more, paper);
    let deployed = deploy("x.yaml", &files, Some(&town()), &[2026]).unwrap_or_else(|p| panic!("{p:#?}"));
    let found = never_used(&deployed.closure.workflow, &files);
    found.iter().filter_map(|it| it.message.split('`').nth(1).map(str::to_owned)).collect()
}

#[test]
fn a_field_is_read_under_the_name_of_its_own_stage() {
    assert_eq!(fields("", "{{ 名 }}"), ["初审.意见", "复审.意见"]);
    assert_eq!(fields("", "{{ 复审.意见 }}"), ["初审.意见"]);
    assert_eq!(fields("", "{% for x in items %}{{ x.初审.意见 }}{% endfor %}"), ["复审.意见"]);
    assert_eq!(fields("", "{% set 所审 = 初审 %}{{ 所审.意见 }}"), ["复审.意见"]);
    // a stage that is read whole is read in all its parts; one that is asked for is not
    assert_eq!(fields("", "{% for 名目, 话 in 初审|items %}{{ 名目 }}{{ 话 }}{% endfor %}"), ["复审.意见"]);
    assert_eq!(fields("", "{% if 初审 is defined %}已审{% endif %}"), ["初审.意见", "复审.意见"]);
    // where a stage asks it, its own is meant
    let own = ", do: [{ tell: 甲, say: 有话, when: \"意见 != '无'\" }]";
    assert_eq!(fields(own, "{{ 名 }}"), ["初审.意见"]);
    let other = ", do: [{ tell: 甲, say: \"{{ 初审.意见 }}\" }]";
    assert_eq!(fields(other, "{{ 名 }}"), ["复审.意见"]);
}

#[test]
fn the_days_a_clock_is_stopped_by_and_the_day_of_a_decision_are_read() {
    let text = "workflow: 试\nbasis: [某办法]\nroles: { 甲: 镇组织办, 乙: 镇党委 }\ncase: { title: 试, opened: { by: 甲 } }\n\
        items: { 事: { identity: [名], fields: { 名: name } }, 函: { about: 事, identity: [名目], fields: { 名目: text } } }\n\
        clocks: { 时限: { of: 事, run: 5 workdays, from: opened, stops: { of: 函, from: 发函日, to: 复函日 }, remind: [0] } }\n\
        stages:\n  - { recommend: 报, of: 事, by: 甲 }\n  - { assess: 查, of: 事, by: 甲, collects: 函 }\n  \
        - { assess: 复, of: 函, by: 乙, form: { 发函日: date, 复函日: date, 收文日: date }, outcomes: { 收: { end: 已复 } } }\n  \
        - { decide: 定, of: 事, by: 乙, form: { case: { 会议日期: { type: date, fact: true }, 施行日期: date } } }\n  - { file: 归, of: 事, by: 甲 }\n";
    let files = BTreeMap::from([("workflow.yaml".to_owned(), text.to_owned())]);
    let deployed = deploy("x.yaml", &files, Some(&town()), &[2026]).unwrap_or_else(|p| panic!("{p:#?}"));
    let found = never_used(&deployed.closure.workflow, &files);
    let told: Vec<&str> = found.iter().filter_map(|it| it.message.split('`').nth(1)).collect();
    assert_eq!(told, ["复.收文日", "定.施行日期"]);
}

/// What a template makes in vain, with its place.
fn unread(paper: &str, pieces: &[(&str, &str)]) -> Vec<String> {
    let mut files = files_of("", paper);
    files.extend(pieces.iter().map(|(name, text)| (format!("templates/{name}.md"), (*text).to_owned())));
    let deployed = deploy("x.yaml", &files, Some(&town()), &[2026]).unwrap_or_else(|p| panic!("{p:#?}"));
    let found = deployed.warnings.iter().filter(|it| it.kind == "template-variable-unused");
    let place = |it: &Diagnostic| it.place.to_string().replace("templates/", "").replace(".md", "");
    found.map(|it| format!("{} {}", place(it), it.message.replace("nothing reads the ", ""))).collect()
}

#[test]
fn what_a_template_makes_and_does_not_read_is_told() {
    let none: [&str; 0] = [];
    for (paper, told) in [
        ("{% set 件数 = items|length %}\n{{ 名 }}", "函:1:8 variable `件数`"),
        ("{% set 头 %}甲{% endset %}{{ 名 }}", "函:1:8 variable `头`"),
        ("{% with 头 = 名, 尾 = 名 %}{{ 尾 }}{% endwith %}", "函:1:9 variable `头`"),
        ("甲{% macro 行(人) %}{{ 人 }}{% endmacro %}{{ 名 }}", "函:1:5 macro `行`"),
        ("{% macro 行(人, 宽) %}{{ 人 }}{% endmacro %}{{ 行(名, 2) }}{{ 行(名, 3) }}", "函:1:15 parameter `宽`"),
        ("{% set 甲 = 名 %}{% for x in items %}{% set 乙 = x.名 %}{{ 甲 }}{% endfor %}", "函:1:43 variable `乙`"),
    ] {
        assert_eq!(unread(paper, &[]), [told], "{paper}");
    }
    for paper in [
        "{% set 头 = 名 %}{{ 头 }}",
        "{% if 名 == '甲' %}{% set 头 = '一' %}{% else %}{% set 头 = '二' %}{% endif %}{{ 头 }}",
        "{% set 数 = namespace(共=0) %}{% for x in items %}{% set 数.共 = 数.共 + 1 %}{% endfor %}{{ 数.共 }}",
        "{% set _ = 名 %}{% for i in range(3) %}甲{% endfor %}",
        "{% macro 内() %}甲{% endmacro %}{% macro 外() %}{{ 内() }}{% endmacro %}{{ 外() }}",
    ] {
        assert_eq!(unread(paper, &[]), none, "{paper}");
    }
}

#[test]
fn what_a_piece_makes_is_for_whoever_reaches_it() {
    let none: [&str; 0] = [];
    let macros = ("表头", "{% macro 题() %}甲{% endmacro %}{% macro 尾() %}乙{% endmacro %}");
    let one = "{% import '表头' as 表 %}{{ 表.题() }}";
    assert_eq!(unread(one, &[macros]), ["表头:1:34 macro `尾`"]);
    let whole = "---\n文种: 函\n版式: 普通\n标题: 题\n---\n{% from '表头' import 尾 %}{{ 尾() }}";
    assert_eq!(unread(one, &[macros, ("别的", whole)]), none);
    assert_eq!(unread("{% import '表头' as 表 %}{{ 名 }}", &[macros, ("别的", whole)]).len(), 2);
    assert_eq!(
        unread("{% from '表头' import 题, 尾 as 末 %}{{ 题() }}", &[macros]),
        ["表头:1:34 macro `尾`", "函:1:29 import `末`"]
    );
    // what stands around an include is known in it
    assert_eq!(unread("{% set 头 = 名 %}{% include '落款' %}", &[("落款", "{{ 头 }}")]), none);
    assert_eq!(unread("{{ 名 }}{% include '落款' %}", &[("落款", "{% set 头 = 名 %}甲")]), ["落款:1:8 variable `头`"]);
}

/// Each element of the front matter is run by itself: what one makes the text does not know.
#[test]
fn what_the_front_matter_makes_is_unknown_to_the_text() {
    let head = "---\n文种: 函\n版式: 普通\n# 旧标题: {{ 没有 }}\n标题: {% set 头 = 名 %}{{ 头 }}\n---\n";
    let found = |paper: String| {
        let problems = deploy("x.yaml", &files_of("", &paper), Some(&town()), &[2026]).err().unwrap_or_default();
        problems.iter().map(|it| format!("{} {}", it.place, it.kind)).collect::<Vec<_>>()
    };
    assert_eq!(found(format!("{head}{{{{ 名 }}}}")), Vec::<String>::new());
    assert_eq!(found(format!("{head}甲\n{{{{ 头 }}}}")), ["templates/函.md:8:4 template-variable-unknown"]);
}
