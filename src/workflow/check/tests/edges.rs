//! Where a kind begins and where it ends: the smallest change that makes a problem, the nearest that does not.

use super::*;

const REGISTERS: &str = "register: 人名录
key: person
fields: { 年度: { type: year, optional: true } }
";
const BY_CODE: &str = "register: 编号录
key: [编号]
fields: { 编号: { type: text, optional: true } }
";

/// The kinds a workflow of these items and stages has.
fn kinds(items: &str, stages: &str) -> Vec<&'static str> {
    kinds_with_params("{}", items, stages)
}

/// The same of a case with params, unused ones aside.
pub(super) fn kinds_with_params(params: &str, items: &str, stages: &str) -> Vec<&'static str> {
    let text = format!(
        "workflow: 试\nbasis: [某办法]\nroles: {{ 甲: 镇组织办, 乙: 镇党委, 支: {{ offices: [镇组织办, 镇党委, 镇纪委] }} }}\n\
         case: {{ title: 试, opened: {{ by: 甲 }}, params: {params} }}\nitems: {items}\nstages: {stages}\n"
    );
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    files.insert("workflow.yaml".to_owned(), text);
    files.insert("registers/人名录.yaml".to_owned(), REGISTERS.to_owned());
    files.insert("registers/编号录.yaml".to_owned(), BY_CODE.to_owned());
    files.insert("templates/公示.md".to_owned(), String::new());
    files.insert("templates/函.md".to_owned(), "{{ 文号 }}".to_owned());
    files.insert("templates/便函.md".to_owned(), "{% if 文号 is defined %}{{ 文号 }}{% endif %}".to_owned());
    files.insert("templates/复函.md".to_owned(), "{{ 文书.函.文号 }}{{ 文书.函.标题 }}".to_owned());
    let found = match deploy("x.yaml", &files, Some(&town()), &[2026]) {
        Ok(deployed) => deployed.warnings,
        Err(problems) => problems,
    };
    // a role left over is not what is looked at here
    let aside = ["role-never-used", "reviews-itself", "param-never-used"];
    found.iter().map(|d| d.kind).filter(|k| !aside.contains(k)).collect()
}

fn each(items: &str, cases: &[(&str, &str)]) {
    for (stages, wanted) in cases {
        let wanted: Vec<&str> = if wanted.is_empty() { Vec::new() } else { vec![wanted] };
        assert_eq!(kinds(items, stages), wanted, "{items}\n{stages}");
    }
}

const PERSON: &str = "{ 人: { subject: person, identity: [姓名], fields: { 姓名: name, 备注: { type: text, optional: true } }, public: [姓名] } }";

#[test]
fn a_quota_is_compared_with_what_the_intake_lets_in() {
    let run = |intake: &str, decide: &str, wanted: &str| {
        let stages = format!(
            "[{{ recommend: 报, by: 支, expect: all, quota: [{intake}] }}, \
             {{ decide: 定, by: 乙, form: {{ case: {{ 日期: date }} }}, quota: [{decide}] }}, {{ file: 归, by: 甲 }}]"
        );
        let items = "{ 事: { categories: { 一: matter, 二: matter }, identity: [名], fields: { 名: name } } }";
        each(items, &[(&stages, wanted)]);
    };
    let above = "quota-above-pool";
    run("{ per: owner, max: 2 }", "{ max: 6 }", "");
    run("{ per: owner, max: 2 }", "{ max: 7 }", above);
    run("{ per: owner, max: 2, over: reason }", "{ max: 7 }", "");
    run("{ per: owner, max: 2 }", "{ per: owner, max: 2 }", "");
    run("{ per: owner, max: 2 }", "{ per: owner, max: 3 }", above);
    run("{ per: category, max: { 一: 3, 二: 1 } }", "{ per: category, max: { 一: 3, 二: 1 } }", "");
    run("{ per: category, max: { 一: 3, 二: 1 } }", "{ per: category, max: { 一: 2, 二: 2 } }", above);
    run("{ per: category, max: { 一: 3, 二: 1 } }", "{ max: 5 }", above);
    // the other category is let in without number
    run("{ of: 一, max: 3 }", "{ max: 9 }", "");
    run("{ of: 一, max: 3 }", "{ of: 一, max: 4 }", above);
    run("{ per: [owner, category], max: 1 }", "{ per: category, max: 3 }", "");
    run("{ per: [owner, category], max: 1 }", "{ per: category, max: 4 }", above);
    run("{ max: 4 }, { per: owner, max: 5 }", "{ max: 4 }", above);
    run("{ per: 名, max: 1 }", "{ max: 9 }", "");
}

#[test]
fn a_commendation_is_publicised_for_five_workdays_somewhere() {
    let decide = "{ decide: 定, by: 乙, form: { case: { 日期: date } }, outcomes: { 通过: { next: true, do: [{ enter: 人名录 }] } } }";
    let run = |notices: &[&str], decide: &str, wanted: &str| {
        let mut stages = "[{ recommend: 报, by: 甲 }".to_owned();
        for (n, period) in notices.iter().enumerate() {
            stages.push_str(&format!(
                ", {{ publicise: 公示{n}, by: 甲, to: public, notice: 公示, for: {period}, channels: [网页] }}"
            ));
        }
        stages.push_str(&format!(", {decide}, {{ file: 归, by: 甲 }}]"));
        each(PERSON, &[(&stages, wanted)]);
    };
    for short in ["4 workdays", "6 days", "167 hours"] {
        run(&[short], decide, "period-below-basis");
        run(&[short, "5 workdays"], decide, "");
        run(&["5 workdays", short], decide, "");
    }
    for long in ["5 workdays", "7 days", "168 hours", "1 month"] {
        run(&[long], decide, "");
    }
    run(&["3 workdays"], "{ decide: 定, by: 乙, form: { case: { 日期: date } } }", "");
}

#[test]
fn a_register_must_be_able_to_know_the_item() {
    let enter = |action: &str| {
        format!(
            "[{{ recommend: 报, by: 甲 }}, {{ assess: 记, by: 乙, form: {{ 评语: text }}, do: [{action}] }}, {{ file: 归, by: 甲 }}]"
        )
    };
    let nobody = "consequence-without-recipient";
    let optional = PERSON.replace("姓名: name,", "姓名: { type: name, optional: true },");
    let matter = PERSON.replace("subject: person", "subject: matter");
    each(PERSON, &[(&enter("{ enter: 人名录 }"), ""), (&enter("{ leave: 人名录, reason: 期满 }"), "")]);
    each(&optional, &[(&enter("{ enter: 人名录 }"), nobody), (&enter("{ leave: 人名录, reason: 期满 }"), nobody)]);
    each(&matter, &[(&enter("{ enter: 人名录 }"), "register-key-mismatch")]);
    // a key of fields
    each(
        PERSON,
        &[
            (&enter("{ enter: 编号录, with: { 编号: 姓名 } }"), ""),
            (&enter("{ enter: 编号录, with: { 编号: 备注 } }"), nobody),
            (&enter("{ enter: 编号录 }"), nobody),
            (&enter("{ leave: 编号录, reason: 期满 }"), nobody),
        ],
    );
    let coded = PERSON.replace("备注: { type: text, optional: true }", "编号: text");
    each(&coded, &[(&enter("{ leave: 编号录, reason: 期满 }"), "")]);
    // nobody is meant
    let of_case = "[{ assess: 先, of: case, by: 甲, form: { case: { 记: text } }, do: [{ set: { 已记: 1 } }] }, { recommend: 报, by: 甲 }, { file: 归, by: 甲 }]";
    each(PERSON, &[(of_case, nobody)]);
}

#[test]
fn an_owner_is_whom_a_recommend_stage_names() {
    let items = "{ 事: { identity: [名], fields: { 名: name } }, 议: { about: 事, fields: { 内容: text } } }";
    let run = |intake: &str, by: &str, collector: &str, wanted: &str| {
        let stages = format!(
            "[{{ recommend: 报, of: 事, by: 支, expect: all }}, {{ review: 审, of: 事, by: {collector}, collects: 议 }}, {intake} \
             {{ assess: 答, of: 议, by: {by}, form: {{ 答复: text }}, outcomes: {{ 完成: {{ end: 已答 }} }} }}, \
             {{ file: 归, of: 事, by: 甲 }}]"
        );
        each(items, &[(&stages, wanted)]);
    };
    let outside = "owner-outside-recommend-role";
    run("", "owner", "甲", outside);
    run("", "about.owner", "甲", "");
    run("", "甲", "甲", "");
    // the office that answers for the item lets it in
    run("", "owner", "owner", "");
    run("{ recommend: 提, of: 议, by: 支, expect: all },", "owner", "甲", "");
}

#[test]
fn a_paper_that_prints_a_number_takes_one() {
    let asks = "[{ recommend: 报, by: 甲 }, { review: 审, by: 乙, documents: [{ template: 便函, to: 甲 }] }, { file: 归, by: 甲 }]";
    each(PERSON, &[(asks, "")]);
    let run = |first: &str, second: &str, wanted: &[&str]| {
        let stages = format!(
            "[{{ recommend: 报, by: 甲 }}, {{ review: 审, by: 乙, documents: [{{ template: 函, to: 甲{first} }}] }}, \
             {{ file: 归, by: 甲, report: {{ template: 复函, to: 乙{second} }} }}]"
        );
        assert_eq!(kinds(PERSON, &stages), wanted, "{stages}");
    };
    run(", number: 香组发", "", &[]);
    run("", "", &["number-without-series", "number-without-series"]);
    run("", ", number: 香组发", &["number-without-series", "number-without-series"]);
}

/// `when: false` keeps a stage for those an outcome sends there; then one has to.
#[test]
fn a_stage_may_be_for_those_alone_that_are_sent_there() {
    let run = |check: &str, outcomes: &str, wanted: &[&str]| {
        let stages = format!(
            "[{{ recommend: 报, by: 甲 }}, {{ {check} }}, {{ review: 审, by: 乙, outcomes: {{ 同意: next{outcomes} }} }}, \
             {{ file: 归, by: 甲 }}]"
        );
        assert_eq!(kinds(PERSON, &stages), wanted, "{stages}");
    };
    let sent = ", 存疑: { to: 查 }";
    run("assess: 查, by: 甲, when: false", sent, &[]);
    run("assess: 查, by: 甲, when: false", ", 存疑: { back: 查 }", &[]);
    run("assess: 查, by: 甲, when: false", "", &["stage-unreachable"]);
    // nobody is sent to a step of the case
    run("assess: 查, of: case, by: 甲, when: false", "", &["stage-unreachable"]);
    run("assess: 查, by: 甲, when: true", sent, &["rule-always-true"]);
    // nobody comes here but by an outcome, and from here only round again
    run("assess: 查, by: 甲, when: false, outcomes: { 再查: { stay: true } }", sent, &["loop-without-exit"]);
}

/// A scheduled report takes a number like any other paper; its date is a param, for nobody is asked anything.
#[test]
fn a_scheduled_report_may_take_a_number() {
    let items = "{ 事: { identity: [名], fields: { 名: name, 收到: date } } }";
    let run = |report: &str, wanted: &[&str]| {
        let stages = format!(
            "[{{ recommend: 报, by: 甲 }}, {{ file: 归, by: 甲 }}]\n\
             reports: {{ 月报: {{ every: month, to: 乙, by: 甲, template: {report} }} }}"
        );
        let params = "{ 定稿: date, 年度: year }";
        assert_eq!(kinds_with_params(params, items, &stages), wanted, "{report}");
    };
    run("函", &["number-without-series"]);
    run("便函", &[]);
    run("函, number: 香组发", &[]);
    run("函, number: 香组发, date: 定稿", &[]);
    run("函, number: 无主字", &["series-unowned"]);
    run("函, number: 香组发, date: 年度", &["numbered-without-date"]);
    run("函, number: 香组发, date: 收到", &["numbered-without-date"]);
}

/// What tells of an extension is looked at like any other paper.
#[test]
fn the_paper_of_an_extension_is_checked() {
    let run = |document: &str| {
        let text = format!(
            "workflow: 试\nbasis: [某办法]\nroles: {{ 甲: 镇组织办, 乙: 镇党委 }}\ncase: {{ title: 试, opened: {{ by: 甲 }} }}\n\
             items: {{ 事: {{ one: true, fields: {{ 证号: text, 收到: date }}, sealed: [证号] }} }}\n\
             clocks: {{ 时限: {{ of: 事, run: 9 workdays, from: 收到, remind: [0], extend: {{ by: 9 workdays, times: 1, approve: 乙, document: {document} }} }} }}\n\
             stages: [{{ recommend: 报, by: 甲 }}, {{ file: 归, by: 甲 }}]\n"
        );
        let mut files: BTreeMap<String, String> = BTreeMap::new();
        files.insert("workflow.yaml".to_owned(), text);
        files.insert("templates/明.md".to_owned(), "{{ 收到 }}{{ 延期.原因 }}".to_owned());
        files.insert("templates/泄.md".to_owned(), "{{ 证号 }}".to_owned());
        let found = match deploy("x.yaml", &files, Some(&town()), &[2026]) {
            Ok(deployed) => deployed.warnings,
            Err(problems) => problems,
        };
        found.iter().map(|d| d.kind).collect::<Vec<_>>()
    };
    assert_eq!(run("{ template: 明, to: 乙 }"), Vec::<&str>::new());
    assert_eq!(run("{ template: 无, to: 乙 }"), ["template-missing"]);
    assert_eq!(run("{ template: 明, to: 丙 }"), ["role-unknown"]);
    assert_eq!(run("{ template: 明, number: 无主字, to: 乙 }"), ["series-unowned"]);
    assert_eq!(run("{ template: 泄, to: 乙 }"), ["field-invisible-to-recipient"]);
}

/// The contact a notice prints has parts of its own; a field that is called like one of them is not meant.
#[test]
fn a_contact_is_no_hidden_field() {
    let run = |template: &str| {
        let text = "workflow: 试\nbasis: [某办法]\nroles: { 甲: 镇组织办 }\ncase: { title: 试, opened: { by: 甲 } }\n\
            items: { 人: { subject: person, identity: [姓名], fields: { 姓名: name, 电话: phone, 地址: text }, public: [姓名] } }\n\
            stages: [{ recommend: 报, by: 甲 }, { publicise: 公开, by: 甲, to: public, notice: 告, channels: [网页] }, { file: 归, by: 甲 }]\n";
        let mut files: BTreeMap<String, String> = BTreeMap::new();
        files.insert("workflow.yaml".to_owned(), text.to_owned());
        files.insert("templates/告.md".to_owned(), template.to_owned());
        let found = deploy("x.yaml", &files, Some(&town()), &[2026]).err().unwrap_or_default();
        found.iter().map(|d| d.kind).collect::<Vec<_>>()
    };
    assert_eq!(run("{{ 受理.电话 }}{{ 受理.地址 }}"), Vec::<&str>::new());
    assert_eq!(run("{% for x in items %}{{ x.电话 }}{% endfor %}"), ["private-field-in-notice"]);
}

/// Lines of a table say to which row they belong, by a name; where there is one row only, they need not.
#[test]
fn a_table_of_several_rows_needs_a_name_for_them() {
    let run = |item: &str, outcomes: &str, form: &str| {
        let text = format!(
            "workflow: 试\nbasis: [某办法]\nroles: {{ 甲: 镇组织办, 乙: 镇党委 }}\ncase: {{ title: 试, opened: {{ by: 甲 }} }}\n\
             items: {{ 事: {item} }}\nstages: [{{ recommend: 报, by: 甲 }}, {{ review: 审, by: 乙, form: {form}, outcomes: {outcomes} }}, {{ file: 归, by: 甲 }}]\n"
        );
        let files = BTreeMap::from([("workflow.yaml".to_owned(), text)]);
        let found = deploy("x.yaml", &files, Some(&town()), &[2026]).err().unwrap_or_default();
        found.iter().filter(|d| d.message.contains("table")).map(|d| d.kind).collect::<Vec<_>>()
    };
    let table = "{ type: { table: { 名: text } } }";
    let one = format!("{{ one: true, fields: {{ 清单: {table} }} }}");
    let named = format!("{{ identity: [名], fields: {{ 名: name, 清单: {table} }} }}");
    let known = format!("{{ identity: [事由], fields: {{ 附言: text, 事由: text, 清单: {table} }} }}");
    let nameless = format!("{{ identity: [清单], fields: {{ 说明: text, 照片: image, 清单: {table} }} }}");
    let perhaps = format!("{{ identity: [名], fields: {{ 名: {{ type: name, optional: true }}, 清单: {table} }} }}");
    for good in [&one, &named, &known] {
        assert_eq!(run(good, "{ 同意: next, 退回: { back: 报 } }", "{}"), Vec::<&str>::new(), "{good}");
    }
    for bad in [&nameless, &perhaps] {
        assert_eq!(run(bad, "{ 同意: next }", "{}"), ["table-row-without-name"], "{bad}");
    }
    let private = "{ one: true, fields: { 名单: { type: { table: { 名: name, 电话: phone } } } }, public: [名单] }";
    assert_eq!(run(private, "{ 同意: next }", "{}"), Vec::<&str>::new());
    assert_eq!(
        run("{ one: true, fields: { 名: name } }", "{ 同意: next }", &format!("{{ 清单: {table} }}")),
        Vec::<&str>::new()
    );
}

/// A side item sends what it is about to where its people are asked again, and undoes no decision by that.
#[test]
fn what_a_side_item_is_about_is_sent_where_it_is_asked_of_again() {
    let run = |collecting: &str, about: &str| {
        let text = format!(
            "workflow: 试\nroles: {{ 甲: 镇组织办, 乙: 镇党委 }}\ncase: {{ title: 试, opened: {{ by: 甲 }} }}\n\
             items: {{ 事: {{ categories: {{ 大: matter, 小: matter }}, identity: [名], fields: {{ 名: name }}, public: [名] }}, \
             议: {{ about: 事, fields: {{ 内容: text }} }} }}\n\
             stages:\n  - {{ recommend: 报, of: 事, by: 甲 }}\n  - {{ assess: 办, of: 事, by: 乙 }}\n  \
             - {{ assess: 大办, of: 大, by: 乙 }}\n  - {{ decide: 定, of: 小, by: 乙, form: {{ case: {{ 日期: date }} }} }}\n  \
             - {{ {collecting}, collects: 议 }}\n  \
             - {{ review: 核, of: 议, by: 甲, outcomes: {{ 属实: {{ end: 属实, about: {about} }}, 不实: {{ end: 不实 }} }} }}\n  \
             - {{ file: 归, of: 事, by: 甲 }}\n"
        );
        let notice = "# 公示\n\n{% for item in items %}{{ item.名 }}{% endfor %}\n".to_owned();
        let files = BTreeMap::from([("workflow.yaml".to_owned(), text), ("templates/公示.md".to_owned(), notice)]);
        let found = deploy("x.yaml", &files, Some(&town()), &[2026]).err().unwrap_or_default();
        found.iter().filter(|d| d.severity == Severity::Error).map(|d| d.kind).collect::<Vec<_>>()
    };
    let (all, large) = ("review: 审, of: 事, by: 甲", "review: 审, of: 大, by: 甲");
    let notice = "publicise: 示, of: 大, by: 甲, to: inside, notice: 公示, for: 5 workdays, channels: [网页]";
    let none: Vec<&str> = Vec::new();
    for about in
        ["{ end: 属实停办 }", "{ to: 办 }", "{ back: 报 }", "{ back: 大办, resume: straight }", "{ stay: true }"]
    {
        assert_eq!(run(large, about), none, "{about}");
    }
    assert_eq!(run(all, "{ to: 办 }"), none);
    assert_eq!(run(all, "{ to: 大办 }"), ["outcome-target-excludes"]);
    assert_eq!(run(all, "{ back: 报 }"), ["back-over-decision"], "of some of them it is decided between");
    assert_eq!(run(large, "{ to: 报 }"), ["to-intake"]);
    assert_eq!(run(large, "{ to: 没有 }"), ["outcome-target-unknown"]);
    assert_eq!(run(large, "{ to: 审 }"), ["about-not-earlier"]);
    assert_eq!(run(large, "{ back: 归 }"), ["about-not-earlier"]);
    assert_eq!(run(large, "{ next: true }"), ["about-goes-on"]);
    assert_eq!(run(notice, "{ stay: true }"), ["about-stays-in-notice"]);
    assert_eq!(run(notice, "{ back: 报, resume: straight }"), none);
}

/// What is about the case has nobody whose it is, and moves nothing; how many there are is known anywhere.
#[test]
fn what_is_about_the_case_is_about_no_item() {
    let run = |stage: &str, clock: &str, when: &str| {
        let text = format!(
            "workflow: 试\nbasis: [某办法]\nroles: {{ 甲: 镇组织办, 乙: 镇党委 }}\ncase: {{ title: 试, opened: {{ by: 甲 }} }}\n\
             items: {{ 事: {{ identity: [名], fields: {{ 名: name, 日: date }} }}, 议: {{ about: case, fields: {{ 言: text, 起: date }} }} }}\n\
             stages:\n  - {{ recommend: 报, of: 事, by: 甲 }}\n  - {{ assess: 办, of: 事, by: 乙, collects: 议 }}\n  - {stage}\n  \
             - {{ review: 复, of: 事, by: 乙, when: {when} }}\n  - {{ file: 归, of: 事, by: 甲 }}\n{clock}"
        );
        let files = BTreeMap::from([("workflow.yaml".to_owned(), text)]);
        let found = deploy("x.yaml", &files, Some(&town()), &[2026]).err().unwrap_or_default();
        found.iter().map(|d| d.kind).collect::<Vec<_>>()
    };
    let good = "{ assess: 理, of: 议, by: 乙, outcomes: { 毕: { end: 毕 } } }";
    let counted = "议.count > 0 and 议.open == 0";
    assert_eq!(run(good, "", counted), Vec::<&str>::new());
    let bad = [
        ("{ assess: 理, of: 议, by: about.owner, outcomes: { 毕: { end: 毕 } } }", "about-on-plain-item"),
        ("{ assess: 理, of: 议, by: 乙, outcomes: { 毕: { end: 毕, about: { end: 撤 } } } }", "about-on-plain-item"),
        ("{ assess: 理, of: 议, each: about, by: 乙, outcomes: { 毕: { end: 毕 } } }", "each-unknown-field"),
        (
            "{ assess: 理, of: 议, by: 乙, when: about.名 is defined, outcomes: { 毕: { end: 毕 } } }",
            "rule-unknown-name",
        ),
    ];
    for (stage, kind) in bad {
        assert_eq!(run(stage, "", counted), [kind], "{stage}");
    }
    let clock = "clocks: { 限: { of: 事, run: 10 days, from: 日, until: 复, stops: 议, remind: [0] } }";
    assert_eq!(run(good, clock, counted), ["stops-unknown"]);
}

#[test]
fn an_entry_is_of_whom_the_side_item_is_about() {
    let items = "{ 人: { subject: person, identity: [姓名], fields: { 姓名: name } }, 报: { about: 人, fields: { 事: text } }, \
                 物: { subject: matter, identity: [名], fields: { 名: name } }, 问: { about: 物, fields: { 言: text } } }";
    let run = |side: &str, who: &str| {
        let stages = format!(
            "[{{ recommend: 收, by: 支, expect: all }}, {{ assess: 查, of: [人, 物], by: 甲, collects: [报, 问] }}, \
             {{ review: 办, of: [报, 问], by: 乙, do: [{{ enter: 人名录, of: {side}, with: {{ {who} }} }}], \
             outcomes: {{ 是: {{ end: 是 }}, 否: {{ end: 否 }} }} }}, {{ file: 归, by: 甲 }}]"
        );
        kinds(items, &stages)
    };
    assert_eq!(run("报", "who: about.who"), Vec::<&str>::new());
    assert_eq!(run("报", "who: 事"), ["rule-wrong-type"]);
    assert_eq!(run("报", "年度: 2026"), ["register-key-mismatch"]);
    assert_eq!(run("问", "who: about.who"), ["register-key-mismatch"]);
    assert_eq!(run("报", "key: about.who"), ["register-field-missing", "register-key-mismatch"]);
}

#[test]
fn what_a_stage_asks_cannot_be_sealed() {
    let stages = "[{ recommend: 报, by: 甲 }, { assess: 办, by: 甲, form: { 内情: text } }]";
    let items =
        |sealed: &str| format!("{{ 事: {{ identity: [名], fields: {{ 名: name, 人: name }}, sealed: [{sealed}] }} }}");
    assert!(kinds(&items("办.内情"), stages).contains(&"identity-field-unknown"));
    assert!(!kinds(&items("人"), stages).contains(&"identity-field-unknown"));
}
