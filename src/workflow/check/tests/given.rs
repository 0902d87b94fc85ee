//! What each kind of paper is given, and what of it may be missing.

use super::*;

/// The problems of a template as the paper that `at` names; each as kind and what is read.
fn told(at: &str, body: &str) -> Vec<(&'static str, String)> {
    let names = ["通知", "函", "表", "告知", "月报"];
    let mut files: BTreeMap<String, String> =
        names.iter().map(|name| (format!("templates/{name}.md"), "{{ today }}".to_owned())).collect();
    files.insert("workflow.yaml".to_owned(), WORKFLOW.to_owned());
    assert!(names.contains(&at));
    files.insert(format!("templates/{at}.md"), body.to_owned());
    let found = match deploy("x.yaml", &files, Some(&town()), &[2025, 2026]) {
        Ok(deployed) => deployed.warnings,
        Err(problems) => problems,
    };
    let read = |it: &Diagnostic| {
        let ticked = it.message.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<String>>();
        let at = usize::from(it.kind == "template-variable-unknown");
        ticked.get(at).cloned().unwrap_or_default()
    };
    let of_templates = found.iter().filter(|it| it.place.path.starts_with("templates/"));
    of_templates.map(|it| (it.kind, read(it))).collect()
}

/// A notice, a paper of a batch, one of each item, one of an extension, and a report.
const WORKFLOW: &str = "workflow: 试
basis: [某办法]
roles: { 甲: 镇组织办, 乙: 镇党委, 支: 镇纪委 }
case: { title: 试, opened: { by: 甲 }, params: { 备注: { type: text, optional: true } } }
items:
  事: { identity: [名], fields: { 名: name, 收到: date, 急: yes-no }, public: [名, 审.意见] }
rules: [{ of: 事, at: [报], note: 备注 is defined, say: 有备注 }]
stages:
  - { recommend: 报, by: 支, expect: all }
  - { review: 审, by: 甲, each: case, form: { case: { 会期: date }, item: { 意见: text, 内情: text, 附: { type: text, optional: true } } }, outcomes: { 过: next }, documents: [{ template: 表, to: 乙 }] }
  - { publicise: 示, by: 甲, to: public, notice: 通知, for: 5 workdays, channels: [公开栏] }
  - { assess: 听, by: 甲, when: 急, form: { 记录: text } }
  - { assess: 询, by: 乙, within: 5 workdays, form: { 答: text }, overdue: { outcome: 视为无, basis: 某法 }, outcomes: { 有: next, 视为无: next } }
  - { review: 查, by: 甲, form: { 查明: text } }
  - { decide: 定, by: 乙, form: { case: { 日期: date } }, documents: [{ template: 函, each: item, to: 支 }] }
  - { file: 归, by: 甲 }
clocks:
  限: { of: 事, run: 20 workdays, from: 收到, overdue: { tell: 甲 }, extend: { by: 5 workdays, approve: 乙, times: 1, document: { template: 告知, to: 支 } } }
reports: { 月: { every: month, template: 月报, to: 甲 } }
";

#[test]
fn each_kind_of_paper_is_given_what_is_filled_for_it_and_no_more() {
    let unknown = |at: &str, name: &str| {
        let found = told(at, &format!("{{{{ {name} }}}}"));
        found == [("template-variable-unknown", name.split('.').next().unwrap().to_owned())]
    };
    for (name, only) in [
        ("公示.期限", ["通知"].as_slice()),
        ("受理.电话", &["通知"]),
        ("期间.名称", &["月报"]),
        ("延期.原因", &["告知"]),
        ("名", &["告知", "函"]),
        ("owner.title", &["告知", "函"]),
        ("案卷.编号", &["通知", "函", "表", "告知", "月报"]),
        ("period.title", &[]),
        ("签发人", &[]),
        ("title", &[]),
        ("count", &[]),
    ] {
        for paper in ["通知", "函", "表", "告知", "月报"] {
            assert_eq!(
                unknown(paper, name),
                !only.contains(&paper),
                "{name} in {paper}: {:?}",
                told(paper, &format!("{{{{ {name} }}}}"))
            );
        }
    }
}

#[test]
fn what_a_stage_said_of_each_is_read_of_each_and_what_it_said_of_all_at_the_top() {
    let unknown = |read: &str| vec![("template-variable-unknown", read.to_owned())];
    assert_eq!(told("表", "{{ 审.会期 }}{% for x in items %}{{ x.审.意见 }}{{ x.名 }}{{ x.outcome }}{% endfor %}"), []);
    assert_eq!(told("表", "{{ 审.意见 }}"), unknown("审.意见"));
    assert_eq!(told("表", "{% for x in items %}{{ x.审.会期 }}{% endfor %}"), unknown("items.审.会期"));
    assert_eq!(told("函", "{{ 审.会期 }}{{ 审.意见 }}{{ 名 }}{{ outcome }}"), []);
    // the public sees what it may
    assert_eq!(told("通知", "{% for x in items %}{{ x.审.意见 }}{% endfor %}"), []);
    assert_eq!(told("通知", "{% for x in items %}{{ x.审.内情 }}{% endfor %}"), unknown("items.审.内情"));
    assert_eq!(told("通知", "{% for x in items %}{{ x.outcome }}{% endfor %}"), unknown("items.outcome"));
    // no stage has parts of its own beside what it asks
    for part in ["done", "outcome", "by", "count", "end"] {
        assert_eq!(told("函", &format!("{{{{ 审.{part} }}}}")), unknown(&format!("审.{part}")));
    }
    // a piece that papers share may ask for what others have; a name that is nowhere it may not
    assert_eq!(told("函", "{% if 受理 is defined %}{{ 受理.电话 }}{% endif %}{{ 公示.期限|default('') }}"), []);
    assert_eq!(told("表", "{{ 名|default('') }}"), []);
    assert_eq!(told("函", "{% if 受礼 is defined %}{{ 受礼.电话 }}{% endif %}"), unknown("受礼"));
}

#[test]
fn what_may_never_have_been_said_is_asked_for_before_it_is_read() {
    let missing = |read: &str| vec![("value-may-be-missing", read.to_owned())];
    for (read, why) in [
        ("听.记录", "听"),
        ("询.答", "询"),
        ("审.附", "审.附"),
        ("备注", "备注"),
        ("替代.文号", "替代"),
        ("更正.原因", "更正"),
    ] {
        assert_eq!(told("函", &format!("{{{{ {read} }}}}")), missing(why));
        for heeded in [
            format!("{{{{ {read}|default('无') }}}}"),
            format!("{{% if {read} is defined %}}{{{{ {read} }}}}{{% endif %}}"),
            format!("{{% if {read} is not defined %}}无{{% else %}}{{{{ {read} }}}}{{% endif %}}"),
            format!("{{% if not ({read} is defined and 名 == '甲') %}}无{{% else %}}{{{{ {read} }}}}{{% endif %}}"),
            format!("{{% if {read} is defined and {read} != '无' %}}有{{% endif %}}"),
            format!("{{% if {read} is not defined or {read} == '无' %}}无{{% endif %}}"),
            format!("{{{{ {read} if {read} is defined else '无' }}}}"),
            format!(
                "{{% macro 写() %}}{{{{ {read} }}}}{{% endmacro %}}{{% if {read} is defined %}}{{{{ 写() }}}}{{% endif %}}"
            ),
        ] {
            assert_eq!(told("函", &heeded), [], "{heeded}");
        }
        for unheeded in [
            format!("{{% if {read} is defined %}}有{{% else %}}{{{{ {read} }}}}{{% endif %}}"),
            format!("{{% if {read} is defined or 名 == '甲' %}}{{{{ {read} }}}}{{% endif %}}"),
            format!("{{{{ {read}|default('无') }}}}{{{{ {read} }}}}"),
            format!("{{% macro 写() %}}{{{{ {read} }}}}{{% endmacro %}}{{{{ 写() }}}}"),
        ] {
            assert_eq!(told("函", &unheeded), missing(why), "{unheeded}");
        }
    }
    // whoever asks for a part has asked for the whole, but not for another part that may be left empty
    assert_eq!(told("函", "{% if 听.记录 is defined %}{{ 听.记录 }}{% endif %}{{ 查.查明 }}"), []);
    assert_eq!(told("函", "{% if 审.意见 is defined %}{{ 审.附 }}{% endif %}"), missing("审.附"));
    assert_eq!(told("函", "{% for x in items if x.听 is defined %}{{ x.听.记录 }}{% endfor %}"), []);
    assert_eq!(told("函", "{% for x in items %}{{ x.听.记录 }}{% endfor %}"), missing("items.听"));
}

#[test]
fn what_stands_under_another_condition_is_told_and_stops_nobody() {
    let mut files: BTreeMap<String, String> =
        ["通知", "表", "告知", "月报"].map(|name| (format!("templates/{name}.md"), "{{ today }}".to_owned())).into();
    let mut deployed = |workflow: String, body: &str| {
        files.insert("workflow.yaml".to_owned(), workflow);
        files.insert("templates/函.md".to_owned(), body.to_owned());
        match deploy("x.yaml", &files, Some(&town()), &[2025, 2026]) {
            Ok(deployed) => (true, deployed.warnings.iter().any(|it| it.kind == "value-may-be-missing")),
            Err(problems) => (false, problems.iter().any(|it| it.kind == "value-may-be-missing")),
        }
    };
    assert_eq!(deployed(WORKFLOW.to_owned(), "{{ 听.记录 }}"), (false, true));
    assert_eq!(deployed(WORKFLOW.to_owned(), "{% if 名 == '甲' %}{{ 听.记录 }}{% endif %}"), (true, true));
    // the paper is made where the stage was not passed over
    let only = WORKFLOW.replace("template: 函,", "template: 函, when: 急,");
    assert_eq!(deployed(only.clone(), "{{ 听.记录 }}"), (true, false));
    let other = WORKFLOW.replace("template: 函,", "template: 函, when: \"名 == '甲'\",");
    assert_eq!(deployed(other, "{{ 听.记录 }}"), (true, true));
    // silence over several stages, that goes on at its last
    let silent = WORKFLOW.replace("overdue: { tell: 甲 }", "until: 查, overdue: { outcome: 视为过, basis: 某法 }");
    let silent =
        silent.replace("form: { 查明: text } }", "form: { 查明: text }, outcomes: { 过: next, 视为过: next } }");
    assert_eq!(deployed(silent.clone(), "{{ 查.查明 }}"), (false, true));
    assert_eq!(deployed(silent.replace("视为过: next", "视为过: { end: 过 }"), "{{ 查.查明 }}"), (true, false));
    // a paper of the outcome that silence brings has nothing of its own stage
    let fallen =
        WORKFLOW.replace("视为无: next", "视为无: { end: 无, documents: [{ template: 表, each: item, to: 支 }] }");
    let with = |body: &str| {
        let mut files = files.clone();
        files.insert("workflow.yaml".to_owned(), fallen.clone());
        files.insert("templates/函.md".to_owned(), "{{ today }}".to_owned());
        files.insert("templates/表.md".to_owned(), body.to_owned());
        deploy("x.yaml", &files, Some(&town()), &[2025, 2026]).is_ok()
    };
    assert!(with("{{ today }}") && !with("{{ 询.答 }}"));
}

/// Every name that is filled is known to be, and the other way round.
#[test]
fn the_names_of_papers_are_those_that_are_filled() {
    let names = |source: &str, begins: &str, ends: &str| -> Vec<String> {
        let parts = source.split(begins).skip(1).filter_map(|rest| rest.split_once('"'));
        parts.filter(|(_, rest)| rest.starts_with(ends)).map(|(name, _)| name.to_owned()).collect()
    };
    let data = include_str!("../../../case/data.rs");
    let reports = include_str!("../../../case/decide/reports.rs");
    let given = include_str!("../given.rs");
    let filled =
        [names(data, "data.insert(\"", ".into()"), names(reports, "tables.insert(\"", ".to_string()")].concat();
    assert!(filled.len() > 30, "{filled:?}");
    for name in filled {
        assert!(given.contains(&format!("\"{name}\"")), "{name} is filled, and not known to be");
    }
    let known = names(given, "(\"", ", ");
    let both = [data, reports].concat();
    let of_tables = ["label", "values", "total", "totals", "parts", "columns", "rows", "heads", "as_of", "missing"];
    let of_returns = ["outstanding", "late"];
    let of_tables = [of_tables.as_slice(), &of_returns].concat();
    for name in known.iter().filter(|name| !name.contains('{') && !of_tables.contains(&name.as_str())) {
        assert!(both.contains(&format!("\"{name}\"")), "{name} is thought to be filled");
    }
}
