//! Tests of templates: variables, escaping, front matter, errors with their place.

mod mistaken;
mod paragraphs;
mod shown;
mod told;
mod worded;

use super::*;
use crate::document::model::{Block, Span};
use serde_json::json;

fn head(body: &str) -> String {
    format!("---\n文种: 通知\n版式: 普通\n标题: 题\n---\n{body}")
}

fn render(body: &str, data: Json) -> Result<Document, TemplateError> {
    Template::parse("试", &head(body)).unwrap().render(&data)
}

fn paragraphs(document: &Document) -> Vec<String> {
    let text = |block: &Block| match block {
        Block::Paragraph(spans) | Block::Heading(_, spans) | Block::Centre(spans) => {
            spans.iter().map(|span| span.text.as_str()).collect()
        }
        Block::Table(table) => format!("{table:?}"),
        Block::Chart(chart) => format!("{chart:?}"),
    };
    document.body.iter().map(text).collect()
}

#[test]
fn loops_leave_no_blank_paragraphs() {
    let body = "甲\n\n{% for x in items %}\n\n{{ x }}\n\n{% endfor %}\n乙\n";
    let document = render(body, json!({"items": ["一", "二"]})).unwrap();
    assert_eq!(paragraphs(&document), ["甲", "一", "二", "乙"]);
}

#[test]
fn a_part_may_be_asked_for_where_the_whole_may_be_missing() {
    let body = "{% if x.审核.意见 is defined %}{{ x.审核.意见 }}{% else %}无意见{% endif %}。\n{{ x.审核.日期|default(\"未填\") }}\n{{ 名 }}";
    let text = |data: Json| paragraphs(&render(body, data).unwrap());
    assert_eq!(text(json!({"名": "甲"})), ["无意见。", "未填", "甲"]);
    assert_eq!(text(json!({"名": "甲", "x": {}})), ["无意见。", "未填", "甲"]);
    assert_eq!(text(json!({"名": "甲", "x": {"审核": {"意见": "同意", "日期": "1日"}}})), ["同意。", "1日", "甲"]);
    // what is wrong beside it keeps its name and its line
    let Err(TemplateError::Unfilled { at, variable, .. }) = render(body, json!({})) else { panic!("名 is missing") };
    assert_eq!((at.line, variable.as_str()), (8, "名"));
    assert!(render("{{ x.审核.意见 }}", json!({})).is_err(), "what is not asked for must be there");
}

#[test]
fn values_bring_no_markup() {
    let values = [
        "a|b",
        "**粗**",
        "## 题",
        "甲\n## 乙",
        "{{ x }}",
        "{% if %}",
        "<script>alert(1)</script>",
        "=cmd()",
        "+++ 附件 假",
        "> 中",
        "\\",
    ];
    for value in values {
        let body = "{{ x }}\n{% macro m(y) %}{{ y }}{% endmacro %}\n{{ m(x) }}\n{{ [x]|join }}\n{% set z %}{{ x }}{% endset %}\n{{ z }}\n|甲|\n|-|\n|{{ x }}|";
        let document = render(body, json!({"x": value})).unwrap();
        // what was written in paragraphs stands in paragraphs
        let paragraph = |text: &str| Block::Paragraph(vec![Span { text: text.to_owned(), strong: false }]);
        let expected: Vec<Block> = value.split('\n').map(paragraph).collect();
        let times = 4 * expected.len();
        assert_eq!(document.body.len(), times + 1, "{value}: {:?}", document.body);
        for blocks in document.body[..times].chunks(expected.len()) {
            assert_eq!(blocks, expected, "{value}");
        }
        let Block::Table(table) = &document.body[times] else { panic!("{value}") };
        assert_eq!(table.rows[0][0].text, value);
        let titled = Template::parse("试", "---\n文种: 通知\n版式: 普通\n标题: 题{{ x }}\n---\n").unwrap();
        let document = titled.render(&json!({"x": value})).unwrap();
        assert_eq!(document.title, [format!("题{}", value.replace('\n', ""))]);
    }
}

#[test]
fn a_variable_without_value_is_named_with_its_line() {
    for (body, variable, line) in [
        ("甲\n乙{{ 姓名 }}", "姓名", 7),
        ("{{ x.考察.结论 }}", "x.考察.结论", 6),
        ("{% for y in 名单 %}{{ y }}{% endfor %}", "名单", 6),
        ("{{ 空 }}", "空", 6),
        ("{{ 姓名|pad_name }}", "姓名", 6),
    ] {
        let error = render(body, json!({"x": {}, "空": null})).unwrap_err();
        let TemplateError::Unfilled { at, variable: named, .. } = &error else { panic!("{body}: {error}") };
        assert_eq!(at.line, line, "{body}");
        assert!(named.contains(variable) || variable.contains(named.as_str()) && !named.is_empty(), "{body}: {named}");
        assert!(error.sentence().contains("没有内容"));
    }
    let document = render("{{ 空|default(\"无\") }}{{ 缺|default(\"—\") }}", json!({"空": null})).unwrap();
    assert_eq!(paragraphs(&document), ["无—"]);
    let keyed = Template::parse("试", "---\n文种: 通知\n版式: 普通\n标题: {{ 年度 }}题\n---\n").unwrap();
    let error = keyed.render(&json!({})).unwrap_err();
    assert!(error.to_string().starts_with("试:4:8: `年度` has no value"), "{error}");
}

#[test]
fn faulty_templates_are_told_all_at_once_with_places() {
    let text = "---\n文种: 通知\n版式：文件\n颜色: 红\n印章: 是\n标题: {{ 年度 }\n---\n正文{% for %}\n";
    let problems = Template::parse("坏", text).unwrap_err();
    let told: Vec<String> = problems.iter().map(|it| format!("{} {}", it.place, it.kind)).collect();
    for expected in [
        "坏:1:1 template-element-missing",
        "坏:3:1 full-width-punctuation",
        "坏:4:1 unknown-key",
        "坏:5:5 template-choice",
    ] {
        assert!(told.iter().any(|it| it == expected), "{expected} in {told:?}");
    }
    let syntax: Vec<_> = problems.iter().filter(|it| it.kind == "template-syntax").map(|it| it.place.line).collect();
    assert_eq!(syntax, [6, 8], "{told:?}");
    for body in ["{% include 'x' %}", "{% extends 'x' %}", "{% block x %}{% endblock %}", "{% include x %}"] {
        let problems = Template::parse("坏", &head(body)).unwrap_err();
        assert_eq!(problems.iter().map(|it| it.kind).collect::<Vec<_>>(), ["template-include"], "{body}");
    }
    assert_eq!(Template::parse("坏", "没有").unwrap_err()[0].kind, "template-front-matter");
    let misplaced = "---\n文种: 公示\n版式: 普通\n标题: 题\n发文机关标志: 某\n---\n";
    assert_eq!(Template::parse("坏", misplaced).unwrap_err()[0].kind, "template-element-misplaced");
}

#[test]
fn variables_are_listed_by_path_with_places() {
    let body = "{{ 年度 }}{% for x in items %}{{ x.姓名 }}{{ loop.index }}{% endfor %}{% set a = 案卷 %}{{ a.标题 }}\n{{ 邮箱|default('') }}{{ 研究决定['会议日期']|date_cn }}";
    let template = Template::parse("试", &head(body)).unwrap();
    let listed: Vec<String> = template.variables().iter().map(|it| it.path.join(".")).collect();
    assert_eq!(listed, ["年度", "items", "items.*.姓名", "案卷", "案卷.标题", "邮箱", "研究决定.会议日期"]);
    let mail = &template.variables()[5];
    assert!(mail.optional && !template.variables()[0].optional);
    assert_eq!((mail.line, mail.column), (7, 4));
}

#[test]
fn what_an_if_asks_for_is_optional_in_its_branch() {
    let body = "{% if 文书 is defined and 文书.决定 is defined %}{{ 文书.决定.文号 }}{{ 年度 }}{% endif %}{% if 邮箱|default('') %}{{ 邮箱 }}{% endif %}";
    let template = Template::parse("试", &head(body)).unwrap();
    let needed: Vec<String> =
        template.variables().iter().filter(|it| !it.optional).map(|it| it.path.join(".")).collect();
    assert_eq!(needed, ["年度"]);
}

#[test]
fn runaway_templates_stop() {
    let error = render("{% for i in range(100000) %}{% for j in range(100000) %}x{% endfor %}{% endfor %}", json!({}))
        .unwrap_err();
    assert!(matches!(error, TemplateError::Evaluation { .. }), "{error}");
}

#[test]
fn maps_keep_the_order_of_the_data() {
    let document =
        render("{% for 名, 数 in 额|items %}{{ 名 }}{{ 数 }}{% endfor %}", json!({"额": {"先": 1, "优": 2, "丙": 3}}))
            .unwrap();
    assert_eq!(paragraphs(&document), ["先1优2丙3"]);
}

#[test]
fn elements_come_from_front_matter() {
    let text = "---\n文种: 报告\n版式: 文件\n发文机关标志: {{ 发文机关.title }}文件\n签发人: {{ 签发人 }}\n标题: 关于某事的报告\n抄送: {{ 抄送|default(\"\") }}\n署名: {{ 发文机关.title }}\n印章: true\n印发机关: 某办公室\n---\n正文\n";
    let template = Template::parse("报", text).unwrap();
    let data = json!({"发文机关": {"title": "某镇"}, "签发人": "张三、李四", "文号": "某报〔2022〕1号", "成文日期": "2022-06-01", "印发日期": "2022-06-02"});
    let document = template.render(&data).unwrap();
    assert_eq!((document.mark.as_slice(), document.mark_file), (&["某镇".to_owned()][..], true));
    // of a joint mark, too, however often it is written: it stands there once
    for marks in [["甲局文件", "乙局文件"], ["甲局", "乙局文件"], ["甲局文件", "乙局"]] {
        let [first, second] = marks;
        let text = format!(
            "---\n文种: 通知\n版式: 文件\n发文机关标志: {first}\n发文机关标志: {second}\n标题: 题\n---\n正文\n"
        );
        let document =
            Template::parse("试", &text).unwrap().render(&json!({"成文日期": "2022-06-20", "文号": "甲〔2022〕1号"}));
        let document = document.unwrap();
        assert_eq!(
            (document.mark, document.mark_file),
            (vec!["甲局".to_owned(), "乙局".to_owned()], true),
            "{marks:?}"
        );
    }
    assert_eq!(document.signers, ["张三", "李四"]);
    assert_eq!(document.number.as_deref(), Some("某报〔2022〕1号"));
    assert_eq!(document.copy_to, None);
    assert!(document.seal);
    assert_eq!(document.printed_by.unwrap().1.to_string(), "2022-06-02");
    let error = template.render(&json!({"发文机关": {"title": "某镇"}, "签发人": "张三"})).unwrap_err();
    assert!(matches!(error, TemplateError::Element { element: "成文日期", .. }), "{error}");
    assert_eq!(template.digest().len(), 64);
}

fn kinds(front: &str) -> Vec<(&'static str, usize)> {
    let text = format!("---\n文种: 通知\n{front}\n---\n");
    Template::parse("试", &text).unwrap_err().iter().map(|it| (it.kind, it.place.line)).collect()
}

#[test]
fn every_layout_has_its_word_and_its_elements() {
    let order = "---\n文种: 命令\n版式: 命令\n标题: 令\n发文机关标志: 香山镇人民政府令\n职务: 镇长\n署名: 李卫国\n印章: true\n\
                 印发机关: 办公室\n共印份数: 60\n份号: 12\n---\n现予公布。\n";
    let order =
        Template::parse("试", order).unwrap().render(&json!({"成文日期": "2022-06-20", "文号": "第3号"})).unwrap();
    assert_eq!((order.layout, order.posts, order.copies), (Layout::Order, vec!["镇长".to_owned()], Some(60)));
    assert_eq!((order.number.as_deref(), order.serial.as_deref()), (Some("第3号"), Some("000012")));
    let minutes =
        "---\n文种: 纪要\n版式: 纪要\n标题: 题\n发文机关标志: 会议纪要\n列席: 丙\n请假:\n出席: 甲，乙\n---\n议定。\n";
    let minutes = Template::parse("试", minutes).unwrap().render(&json!({})).unwrap();
    let attended: Vec<(&str, &str)> =
        minutes.attendance.iter().map(|it| (it.label.as_str(), it.names.as_str())).collect();
    assert_eq!((minutes.layout, attended), (Layout::Minutes, vec![("出席", "甲，乙"), ("列席", "丙")]));
    for (words, layout) in [
        ("奖牌", Layout::Plaque),
        ("表格", Layout::Sheet),
        ("表格\n方向: 横", Layout::Sheet),
        ("表格\n方向: 纵", Layout::Form),
    ] {
        let text = format!("---\n文种: 表\n版式: {words}\n标题: 题\n---\n");
        assert_eq!(Template::parse("试", &text).unwrap().layout(), layout, "{words}");
    }
}

#[test]
fn elements_stand_where_the_standard_has_them() {
    assert_eq!(kinds("版式: 普通\n标题: 题\n方向: 纵"), [("template-element-misplaced", 5)]);
    assert_eq!(kinds("版式: 表格\n标题: 题\n方向: 斜"), [("template-choice", 5)]);
    assert_eq!(kinds("版式: 文件\n标题: 题\n发文机关标志: 甲\n出席: 乙"), [("template-element-misplaced", 6)]);
    assert_eq!(kinds("版式: 信函\n标题: 题\n发文机关标志: 甲\n共印份数: 5"), [("template-element-misplaced", 6)]);
    assert_eq!(kinds("版式: 命令\n标题: 题"), [("template-element-missing", 1)]);
}

#[test]
fn a_secret_paper_is_refused_when_its_template_is_read() {
    for key in ["密级: 机密★1年", "保密期限: 1年", "密级和保密期限: 秘密★3年"] {
        assert_eq!(kinds(&format!("版式: 普通\n标题: 题\n{key}")), [("template-secret", 5)], "{key}");
    }
}

#[test]
fn numbers_of_copies_and_posts_are_asked_back() {
    let front = |lines: &str| {
        let text =
            format!("---\n文种: 令\n版式: 命令\n标题: 题\n发文机关标志: 甲令\n署名: 乙\n{lines}\n---\n现予公布。\n");
        Template::parse("试", &text).unwrap().render(&json!({"成文日期": "2022-06-20"}))
    };
    for (lines, wanted) in [
        ("份号: {{ 1234567 }}", "份号"),
        ("份号: {{ '十二' }}", "份号"),
        ("紧急程度: {{ '十万火急' }}", "紧急程度"),
        ("紧急程度: {{ '特提' }}", "紧急程度"),
        ("共印份数: 0", "共印份数"),
        ("共印份数: 许多", "共印份数"),
        ("职务: 镇长\n职务: 书记", "职务"),
    ] {
        let Err(TemplateError::Element { element, .. }) = front(lines) else { panic!("{lines}") };
        assert_eq!(element, wanted);
    }
    assert!(front("职务: 镇长").is_ok() && front("紧急程度: {{ '' }}").is_ok());
}

#[test]
fn people_stand_by_the_strokes_of_their_surnames() {
    let body = "{{ names|by_strokes|join }}\n{% for x in items|by_strokes(attribute='姓名') %}{{ x.姓名|pad_name }}{{ x.职务 }}{% endfor %}\n\n{{ items|by_strokes(attribute='人.名')|map(attribute='姓名') }}";
    let one = |name: &str, post: &str| json!({"姓名": name, "职务": post, "人": {"名": name}});
    let data = json!({"names": ["张三", "王小明", "丁一", "王伟"], "items": [one("陈大", "甲"), one("于二", "乙"), one("于二", "丙")]});
    let document = render(body, data).unwrap();
    assert_eq!(paragraphs(&document), ["丁一、王伟、王小明、张三", "于　二乙于　二丙陈　大甲", "于二、于二、陈大"]);
    let error = render("\n{{ names|by_strokes }}", json!({"names": ["张三", "Li四", "\u{e000}五"]})).unwrap_err();
    let TemplateError::Uncounted { at, characters, .. } = &error else { panic!("{error}") };
    assert_eq!((at.line, characters.as_slice()), (7, ['L', 'i', '\u{e000}'].as_slice()));
    assert!(error.sentence().contains("“L”（U+004C）、“i”（U+0069）"), "{}", error.sentence());
    let wrong = render("{{ names|by_strokes(attribute='名') }}", json!({"names": [{"姓名": "张三"}]})).unwrap_err();
    assert!(matches!(wrong, TemplateError::Unfilled { .. }), "{wrong}");
    assert!(Template::parse("试", &head("{{ names|by_strokes(by='名') }}")).is_err());
}

fn linked(body: &str, pieces: &[(&str, &str)]) -> String {
    let files = pieces.iter().map(|(name, text)| (format!("templates/{name}.md"), (*text).to_owned())).collect();
    crate::workflow::rule::pieces::linked(&head(body), &files).into_owned()
}

#[test]
fn pieces_are_included_where_they_stand_and_share_macros() {
    let body = "{% import '表头' as 表 %}\n{% from '表头.md' import 行 as 写 %}\n{% for x in items %}{{ 写(x) }}\n\n{% endfor %}\n{{ 表.题('|甲|') }}\n{% include '落款' %}\n";
    let macros = "{% macro 行(人) %}{{ 人.姓名|pad_name }}：{{ 人.职务 }}{% endmacro %}\n{% macro 题(名) %}## {{ 名 }}{{ 年度 }}{% endmacro %}\n";
    let pieces = [
        ("表头", macros),
        ("落款", "{{ 联系人 }}{% include '电话' %}\n"),
        ("电话", "，电话{{ 电话 }}"),
        ("无关", "{{ 别的 }}"),
    ];
    let text = linked(body, &pieces);
    let template = Template::parse("试", &text).unwrap();
    let data = json!({"items": [{"姓名": "张三", "职务": "**主任**"}], "年度": 2022, "联系人": "## 李四", "电话": "1"});
    let document = template.render(&data).unwrap();
    assert_eq!(paragraphs(&document), ["张　三：**主任**", "一、|甲|2022", "## 李四，电话1"]);
    let listed: Vec<String> = template.variables().iter().map(|it| it.path.join(".")).collect();
    for path in ["items", "items.*.姓名", "items.*.职务", "年度", "联系人", "电话"] {
        assert!(listed.iter().any(|it| it == path), "{path} in {listed:?}");
    }
    assert!(!listed.iter().any(|it| it == "人" || it.starts_with("人.") || it == "别的"), "{listed:?}");
    let phone = template.variables().iter().find(|it| it.path == ["电话"]).unwrap();
    assert_eq!((phone.piece.as_str(), phone.line, phone.column), ("电话", 1, 7));
    let changed = linked(body, &[pieces[0], pieces[1], ("电话", "，电话：{{ 电话 }}")]);
    assert_ne!(Template::parse("试", &changed).unwrap().digest(), template.digest());
}

#[test]
fn faults_are_placed_in_the_piece_that_has_them() {
    let pieces = [("落款", "甲\n{{ 联系人 }}\n"), ("数", "{{ 额|rmb }}")];
    let template = Template::parse("试", &linked("{% include '落款' %}\n{% include '数' %}", &pieces)).unwrap();
    let error = template.render(&json!({"额": 1})).unwrap_err();
    assert!(error.to_string().starts_with("落款:2:4: `联系人` has no value"), "{error}");
    let error = template.render(&json!({"联系人": "张三", "额": "多"})).unwrap_err();
    assert!(error.to_string().starts_with("数:1:4: `额`: "), "{error}");
    let problems = Template::parse("试", &linked("{% include '坏' %}", &[("坏", "甲\n{{ 乙 }")])).unwrap_err();
    assert_eq!(problems.iter().map(|it| it.place.to_string()).collect::<Vec<_>>(), ["templates/坏.md:2:6"]);
    let circle = linked("{% include '一' %}", &[("一", "{% include '二' %}"), ("二", "甲{% include '一' %}")]);
    let problems = Template::parse("试", &circle).unwrap_err();
    assert_eq!(problems[0].place.to_string(), "templates/二.md:1:5");
    assert!(problems[0].message.contains("一 → 二 → 一"), "{}", problems[0].message);
    let whole = Template::parse("试", &linked("{% include '整' %}", &[("整", &head("甲"))])).unwrap_err();
    assert_eq!(whole.len(), 1, "{whole:?}");
    let front = "---\n文种: 通知\n版式: 普通\n标题: {% include '题' %}\n---\n";
    assert_eq!(Template::parse("试", front).unwrap_err()[0].place.line, 4);
}

#[test]
fn all_that_lacks_is_told_at_once_and_only_what_is_read() {
    let body = "{% if 甲 is defined %}{{ 乙 }}{% endif %}\n{{ x.姓名 }}{{ x.单位|default('') }}\n{{ 数|rmb }}{{ 日|date_cn }}\n{% for y in 单 %}{{ y.名 }}{% endfor %}";
    let template = Template::parse("试", &head(body)).unwrap();
    let told = |data: Json| -> Vec<String> {
        template
            .lacking(&data)
            .iter()
            .map(|it| format!("{}:{} {} ({})", it.at.line, it.at.column, it.variable, it.hint))
            .collect()
    };
    let data = json!({"x": {"姓各": "张"}, "单": [{"名": "一"}, {"名": null}, {}]});
    let expected = [
        "7:4 x.姓名 (there is `姓各`; did you mean that?)",
        "8:4 数 (give `数` a value; beside it there are x, 单)",
        "8:15 日 (give `日` a value; beside it there are x, 单, 数)",
        "9:20 单[2].名 (give `名` a value)",
        "9:20 单[3].名 (give `名` a value)",
    ];
    assert_eq!(told(data), expected);
    assert_eq!(told(json!({"x": {"姓名": "张"}, "数": 1, "日": "2026-01-05", "单": []})), Vec::<String>::new());
    let example = template.example();
    assert!(
        example.contains("单:\n  - 名: \"某名\"\n") && example.contains("# may be left out\n甲: \"某甲\""),
        "{example}"
    );
    let node = crate::yaml::read("data.yaml", &example).unwrap();
    assert!(template.render(&node.json()).is_ok(), "{example}");
}

#[test]
fn an_end_in_two_words_is_told_how_it_is_written() {
    let problems = Template::parse("试", &head("{% for x in 单 %}{{ x }}{% end for %}")).unwrap_err();
    assert_eq!(problems[0].hint.as_deref(), Some("write an end as one word: `endfor`, `endif`"), "{problems:?}");
}

#[test]
fn a_member_that_is_not_there_is_told_with_its_list() {
    let told = |body: &str, data: Json| {
        let lacking = Template::parse("试", &head(body)).unwrap().lacking(&data);
        lacking.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let hint = "the list has not so many members: give it more, or ask before: `{% if LIST %}`, `LIST|length`";
    let data = json!({ "单": [], "表": { "rows": [{ "values": ["1"] }] } });
    for (tag, place) in [
        ("{{ 单[0].名 }}", "`单[0].名`"),
        ("共{{ 单[0] }}", "`单[0]`"),
        ("{{ 表.rows[0].values[1] }}", "`表.rows[0].values[1]`"),
        ("{% for 行 in 表.rows %}{{ 行.values[1] }}{% endfor %}", "`行.values[1]`"),
    ] {
        let told = told(tag, data.clone());
        assert!(told.len() == 1 && told[0].ends_with(&format!("{place} has no value\n  hint: {hint}")), "{told:?}");
    }
}

#[test]
fn a_paper_without_a_mark_has_its_number_below_the_title_unless_its_template_prints_it() {
    let of = |body: &str| {
        let source = format!("---\n文种: 通知\n版式: 普通\n标题: 整改通知书\n---\n{body}\n");
        let template = Template::parse("整改通知书", &source).unwrap();
        template.render(&json!({ "文号": "香纪通〔2025〕1号" })).unwrap().number
    };
    assert_eq!(of("请整改。").as_deref(), Some("香纪通〔2025〕1号"));
    assert_eq!(of("编号：{{ 文号 }}"), None);
}
