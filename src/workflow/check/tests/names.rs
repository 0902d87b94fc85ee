//! Names a template reads through filters, brackets and papers made before, and values that may be empty when it prints them.

use super::*;

/// Two papers at the review, one of its outcome 退, one at the decision, one at the end; a report and a notice.
const WORKFLOW: &str = "workflow: 试
basis: [某办法]
roles: { 甲: 镇组织办, 乙: 镇党委, 支: 镇纪委 }
case: { title: 试, opened: { by: 甲 } }
items:
  事: { identity: [名], fields: { 名: name, 收到: date, 生日: { type: date, optional: true }, 急: yes-no, 措施: { table: { 内容: text, 日期: date } }, 细目: { table: { 金额: money }, key: text } }, public: [名] }
stages:
  - { recommend: 报, by: 支, documents: [{ template: 初表, each: item, to: 甲 }] }
  - { review: 审, by: 甲, form: { item: { 意见: text } }, outcomes: { 过: { next: true, basis: 某法 }, 退: { end: 退, reason: true, documents: [{ template: 退件, each: item, to: 支 }] }, 撤: { end: 撤, documents: [{ template: 撤件, each: item, to: 支 }] } }, documents: [{ template: 审表, to: 甲 }, { template: 急表, when: 急, to: 甲 }] }
  - { publicise: 示, by: 甲, to: public, notice: 公告, for: 5 workdays, channels: [公开栏] }
  - { decide: 定, by: 乙, form: { case: { 日期: date } }, outcomes: { 准: { next: true, reason: true } }, documents: [{ template: 决定, to: 支 }, { template: 附表, each: item, to: 支 }] }
  - { file: 归, by: 甲, documents: [{ template: 末表, to: 甲 }] }
reports: { 月: { every: month, template: 月报, to: 甲 } }
";

const PAPERS: [&str; 10] = ["初表", "退件", "撤件", "审表", "急表", "公告", "决定", "附表", "末表", "月报"];

/// What is told of a template: `E` or `W`, the kind, the message and the hint.
fn told(at: &str, body: &str) -> Vec<String> {
    assert!(PAPERS.contains(&at));
    let mut files: BTreeMap<String, String> =
        PAPERS.iter().map(|name| (format!("templates/{name}.md"), "{{ today }}".to_owned())).collect();
    files.insert("workflow.yaml".to_owned(), WORKFLOW.to_owned());
    files.insert(format!("templates/{at}.md"), body.to_owned());
    let found = match deploy("x.yaml", &files, Some(&town()), &[2025, 2026]) {
        Ok(deployed) => deployed.warnings,
        Err(problems) => problems,
    };
    let of_template = found.into_iter().filter(|it| it.place.path.starts_with("templates/"));
    let one = |it: Diagnostic| {
        let severity = if it.severity == Severity::Error { "E" } else { "W" };
        format!("{severity} {} {} | {}", it.kind, it.message, it.hint.unwrap_or_default())
    };
    of_template.map(one).collect()
}

#[track_caller]
fn one(at: &str, body: &str, expected: &str) {
    let found = told(at, body);
    assert!(found.len() == 1 && found[0].contains(expected), "{at}: {body}\n  {found:#?}\n  {expected}");
}

#[track_caller]
fn fine(at: &str, bodies: &[&str]) {
    for body in bodies {
        assert_eq!(told(at, body), Vec::<String>::new(), "{at}: {body}");
    }
}

#[test]
fn what_a_filter_looks_at_in_each_member_is_there() {
    for filter in [
        "map(attribute='姓名')|join",
        "sort(attribute='姓名')|length",
        "groupby('姓名')|list|length",
        "groupby(attribute='姓名')|list|length",
        "sum(attribute='姓名')",
        "(items|min(attribute='姓名')).名",
        "unique(attribute='姓名')|list|length",
        "selectattr('姓名')|list|length",
        "rejectattr('姓名', 'eq', '甲')|list|length",
        "by_strokes(attribute='姓名')|list|length",
        "sort(attribute='名, 姓名')|length",
        "map(attribute='姓名', default='无')|join",
    ] {
        let body =
            if filter.starts_with('(') { format!("{{{{ {filter} }}}}") } else { format!("{{{{ items|{filter} }}}}") };
        one(
            "决定",
            &body,
            "E template-variable-unknown the template `决定` reads `items.姓名`, which nothing fills | did you mean `名`?",
        );
    }
    one(
        "决定",
        "{{ items|map(attribute='审.意件')|join }}",
        "reads `items.审.意件`, which nothing fills | did you mean `意见`?",
    );
    one(
        "决定",
        "{% for g in items|groupby('名') %}{% for x in g.list %}{{ x.姓名 }}{% endfor %}{% endfor %}",
        "`items.姓名`",
    );
    one(
        "决定",
        "{% for k, l in items|groupby('名') %}{{ k }}{% for x in l %}{{ x.姓名 }}{% endfor %}{% endfor %}",
        "`items.姓名`",
    );
    one("决定", "{% for o in items|map(attribute='owner') %}{{ o.名称 }}{% endfor %}", "`items.owner.名称`");
    one(
        "决定",
        "{% for x in items %}{% for 谁, 项 in x.细目|items %}{{ 谁 }}{{ 项.数额 }}{% endfor %}{% endfor %}",
        "数额",
    );
    fine(
        "决定",
        &[
            "{{ items|map(attribute='名')|join }}{{ items|sort(attribute='审.意见, 名')|map(attribute='owner.title')|join }}",
            "{% for g in items|groupby('名') %}{{ g.grouper }}{% for x in g.list %}{{ x.收到|date_cn }}{% endfor %}{% endfor %}",
            "{{ items|selectattr('急')|list|length }}{{ items|map(attribute='措施')|list|length }}",
            "{% for x in items %}{% for 谁, 项 in x.细目|items %}{{ 谁 }}{{ 项.金额 }}{% endfor %}{% endfor %}",
        ],
    );
}

#[test]
fn what_stands_in_brackets_is_known_where_it_is_written_out() {
    one("决定", "{{ 案卷['题目'] }}", "reads `案卷.题目`, which nothing fills");
    one("决定", "{% set 项 = '题目' %}{{ 案卷[项] }}", "reads `案卷.题目`, which nothing fills");
    one("决定", "{% for 项 in ['标题', '题目'] %}{{ 案卷[项] }}{% endfor %}", "reads `案卷.题目`");
    one("决定", "{{ 案卷|attr('题目') }}", "reads `案卷.题目`");
    one("决定", "{{ 案卷[0] }}", "`案卷` is no list and has no member `[0]` | there are 标题, 编号");
    one("决定", "{{ 主送[0] }}", "`主送` is no list and has no member `[0]` | it is one value");
    one(
        "附表",
        "{{ 单位['镇组织部'] }}",
        "E template-variable-unknown the template `附表` reads `单位.镇组织部`, which nothing fills | did you mean `镇组织办`?",
    );
    fine(
        "决定",
        &[
            "{% for 项 in ['标题', '编号'] %}{{ 案卷[项] }}{% endfor %}{{ items[0].名 }}{{ basis[0] }}",
            "{% set 项 = '标题' %}{% if today %}{% set 项 = '题目' %}{% endif %}{{ 案卷[项] }}",
            "{% for x in items %}{{ 单位[x.名]|default('') }}{% endfor %}{{ 单位.镇组织办 }}{{ 单位[主送]|default('') }}",
        ],
    );
}

#[test]
fn of_a_stage_the_public_reads_nothing_of_it_is_said_that_it_may_not() {
    one(
        "公告",
        "{% for x in items %}{{ x.审.意件 }}{% endfor %}",
        "reads `items.审.意件`, which nothing fills | the public may read nothing of `审`: add `审.FIELD` to `public:` of the item type",
    );
}

#[test]
fn a_branch_decides_which_of_two_things_is_meant() {
    let either = "{% if today %}{% set 物 = 案卷 %}{% else %}{% set 物 = 发文机关 %}{% endif %}";
    fine("决定", &[&format!("{either}{{% if today %}}{{{{ 物.标题 }}}}{{% else %}}{{{{ 物.title }}}}{{% endif %}}")]);
    let same = "{% if today %}{% set 物 = 案卷 %}{% else %}{% set 物 = 案卷 %}{% endif %}{{ 物.题目 }}";
    one("决定", same, "reads `案卷.题目`");
}

#[test]
fn a_paper_made_later_or_never_is_not_read() {
    let kind = "value-may-be-missing";
    one(
        "审表",
        "{{ 文书.决定.标题 }}",
        "E value-may-be-missing `文书.决定` may be missing: `决定` is made at `定`, not before this paper",
    );
    one("审表", "{{ 文书.审表.标题 }}", "E value-may-be-missing `文书.审表`");
    one("审表", "{{ 文书.急表.标题 }}", "E value-may-be-missing `文书.急表`");
    one("决定", "{{ 文书.附表.标题 }}", "E value-may-be-missing `文书.附表`");
    one("公告", "{{ 文书.公告.标题 }}", kind);
    // what is made of some alone may not be there
    one(
        "决定",
        "{{ 文书.急表.标题 }}",
        "W value-may-be-missing `文书.急表` may be missing: `急表` is not made of everything that passes `审`",
    );
    one("决定", "{{ 文书.退件.标题 }}", "W value-may-be-missing");
    one("月报", "{{ 文书.决定.标题 }}", "W value-may-be-missing");
    one(
        "决定",
        "{{ 文书.决议.标题 }}",
        "E template-variable-unknown the template `决定` reads `文书.决议`, which nothing fills",
    );
    fine("决定", &["{{ 文书.审表.标题 }}{{ 文书.初表.成文日期|date_cn }}{{ 文书.公告.标题 }}"]);
    fine("附表", &["{{ 文书.决定.标题 }}"]);
    fine("末表", &["{{ 文书.决定.标题 }}{{ 文书.附表.标题 }}"]);
    fine("审表", &["{% if 文书.决定 is defined %}{{ 文书.决定.标题 }}{% endif %}{{ 文书.决定.标题|default('') }}"]);
}

#[test]
fn what_may_be_no_value_is_not_printed_without_asking() {
    one(
        "撤件",
        "{{ reason }}",
        "E value-may-be-missing `reason` may have no value: `撤` has no `reason: true` | ask for it: `{% if reason %}`",
    );
    one("撤件", "{{ outcome_basis }}", "`outcome_basis` may have no value: `撤` has no `basis:`");
    one(
        "审表",
        "{% for x in items %}{{ x.reason }}{% endfor %}",
        "E value-may-be-missing `items.reason` may have no value: `过` has no",
    );
    one(
        "决定",
        "{% for x in items %}{{ x.category }}{% endfor %}",
        "`items.category` may have no value: `事` has no categories",
    );
    one("初表", "{{ outcome }}", "`outcome` may have no value: nobody has answered anything about it yet");
    one("决定", "{% for x in items %}{{ x.merged_into }}{% endfor %}", "W value-may-be-missing");
    one("撤件", "{% if reason is defined %}{{ reason }}{% endif %}", "W value-may-be-missing");
    one("撤件", "{{ reason|trim }}", "E value-may-be-missing");
    fine("退件", &["{{ reason }}{{ outcome }}"]);
    fine("决定", &["{% for x in items %}{{ x.reason }}{% endfor %}"]);
    fine("审表", &["{% for x in items %}{{ x.outcome_basis }}{% endfor %}"]);
    fine(
        "撤件",
        &[
            "{% if reason %}{{ reason }}{% endif %}{{ reason|default('无') }}{{ reason if reason else '无' }}",
            "{% if not reason %}无{% else %}{{ reason }}{% endif %}{% if reason is not none %}{{ reason }}{% endif %}",
            "{% if reason and today %}{{ reason }}{% endif %}",
        ],
    );
}

#[test]
fn an_empty_text_is_no_date() {
    one(
        "附表",
        "{{ 生日|date_cn }}",
        "E value-may-be-missing `生日` may be empty, which `date_cn` does not take: `生日` may be left empty | ask for it: `{% if 生日 %}{{ 生日|date_cn }}{% endif %}`",
    );
    one("附表", "{{ date_han(生日) }}", "which `date_han` does not take");
    one(
        "附表",
        "{% for 项 in 措施 %}{{ 项.内容 }}{{ 项.日期|date_cn }}{% endfor %}",
        "W value-may-be-missing `措施.日期` may be empty",
    );
    one("附表", "{% if 急 %}{{ 生日|date_cn }}{% endif %}", "W value-may-be-missing");
    one("附表", "{% macro 日(值) %}{{ 值|date_cn }}{% endmacro %}{{ 日(收到) }}{{ 日(生日) }}", "`生日` may be empty");
    fine(
        "附表",
        &[
            "{{ 生日 }}{{ 收到|date_cn }}{% if 生日 %}{{ 生日|date_cn }}{% endif %}",
            "{% for 项 in 措施 %}{% if 项.日期 != '' %}{{ 项.日期|date_cn }}{% endif %}{{ 项.日期 }}{% endfor %}",
            "{{ 生日|date_cn if 生日 else '不详' }}{% if 生日|length > 0 %}{{ 生日|date_cn }}{% endif %}",
        ],
    );
}

#[test]
fn what_goes_round_and_reads_nothing_of_it_is_told() {
    let unused = |body: &str, name: &str| {
        one("决定", body, &format!("W template-variable-unused nothing reads the {name}"));
    };
    unused("{% for x in items %}{{ today }}{% endfor %}", "loop variable `x`");
    unused("{% set 题 = '甲' %}{% set 题 = '乙' %}{{ 题 }}", "variable `题`");
    unused("{% set 主送 = '甲' %}{{ today }}", "variable `主送`");
    unused("{% set 数 = 0 %}{% for x in items %}{{ x.名 }}{% set 数 = 数 + 1 %}{% endfor %}{{ 数 }}", "variable `数`");
    unused("{% macro 行(x) %}{% set x = '甲' %}{{ x }}{% endmacro %}{{ 行(today) }}", "parameter `x`");
    fine(
        "决定",
        &[
            "{% for x in items %}|---{% endfor %}{% for _ in items %}{{ today }}{% endfor %}",
            "{% for x in items %}{{ loop.index }}{% endfor %}{% for i in range(3) %}{{ today }}{% endfor %}",
            "{% set 题 = '甲' %}{% if today %}{% set 题 = '乙' %}{% endif %}{{ 题 }}",
            "{% for 名, 值 in 案卷|items %}{{ 值 }}{% endfor %}",
            "{% set 题 = '甲' %}{% set 题 = 题 ~ '乙' %}{{ 题 }}",
        ],
    );
}

/// In a Word file what is wrong is told with its tag and the words around it.
#[test]
fn a_word_file_is_told_with_its_tags() {
    let mut files: BTreeMap<String, String> =
        PAPERS.iter().map(|name| (format!("templates/{name}.md"), "{{ today }}".to_owned())).collect();
    files.insert("workflow.yaml".to_owned(), WORKFLOW.to_owned());
    let text = "---\n文种: 公示\n标题: {{ 案卷.题目 }}\n---\n{# Word sha256:ab #}\n【正文】自{{ 开始|date_cn }}起，{% for x in items %}{{ x.姓名 }}{% endfor %}\n【页眉】{% set 数 = 1 %}{% for x in items %}{{ x.生日|date_cn }}{% endfor %}\n";
    files.insert("templates/决定.md".to_owned(), text.to_owned());
    let found = deploy("x.yaml", &files, Some(&town()), &[2025, 2026]).unwrap_err();
    let told: Vec<String> = found.iter().map(|it| format!("{} {}", it.place, it.message)).collect();
    let body = "templates/决定.docx 【正文】自{{ 开始|date_cn }}起，{% for x in items";
    let header = "templates/决定.docx 【页眉】{% set 数 = 1 %}{% for x in items %}";
    for (place, message) in [
        ("templates/决定.md:3:8", "the template `决定` reads `案卷.题目`"),
        (body, ":1:1 `{{ 开始|date_cn }}`: the template `决定` reads `开始`, which nothing fills"),
        (body, ":1:1 `{{ x.姓名 }}`: the template `决定` reads `items.姓名`, which nothing fills"),
        (header, ":2:1 `{% set 数 = 1 %}`: nothing reads the variable `数`"),
        (header, ":2:1 `{{ x.生日|date_cn }}`: `items.生日` may be empty, which `date_cn` does not take"),
    ] {
        assert!(told.iter().any(|it| it.starts_with(place) && it.contains(message)), "{place} {message}: {told:#?}");
    }
    assert_eq!(told.len(), 5, "{told:#?}");
}
