//! What an error tells: file, line, column, variable, and what would fit.

use super::*;

/// Both ways an error is told.
fn told(template: &Template, data: Json) -> (String, String) {
    let error = template.render(&data).unwrap_err();
    (error.to_string(), error.sentence())
}

fn of_body(body: &str, data: Json) -> (String, String) {
    told(&Template::parse("试", &head(body)).unwrap(), data)
}

#[test]
fn a_value_that_is_missing_or_unfit_is_told_with_its_place_and_what_would_fit() {
    for (body, data, operator, office) in [
        (
            "甲\n乙{{ 姓铭 }}",
            json!({"姓名": "张三"}),
            "试:7:5: `姓铭` has no value\n  hint: there is `姓名`; did you mean that?",
            "模板“试”第7行第5列的“姓铭”没有内容，是否应为“姓名”，请先补齐。",
        ),
        (
            "{{ x.姓名 }}",
            json!({"x": {"单位": "某村", "职务": "主任"}}),
            "试:6:4: `x.姓名` has no value\n  hint: give `姓名` a value; beside it there are 单位, 职务",
            "模板“试”第6行第4列的“x.姓名”没有内容（同处可用的有单位、职务），请先补齐。",
        ),
        (
            "{{ a.b|default('') }}{{ 日|date_cn }}",
            json!({"日": "明天"}),
            "试:6:25: `日`: 明天 is not a date\n  hint: a date is written 2026-01-05",
            "模板“试”第6行第25列的“日”无法计算，日期应写作2026-01-05，请检查模板。",
        ),
        (
            "{{ 数|rmb }}",
            json!({"数": "多"}),
            "试:6:4: `数`: 多 is not an amount of money\n  hint: write an amount in digits, with two places at most",
            "模板“试”第6行第4列的“数”无法计算，应为金额数字，至多两位小数，请检查模板。",
        ),
        (
            "丙{{ 人|by_strokes }}",
            json!({"人": ["Li四"]}),
            "试:6:5: `人`: no stroke count is known for 'L' (U+004C), 'i' (U+0069)\n  hint: correct the names, or leave `by_strokes` out",
            "模板“试”第6行第5列的“人”要按姓氏笔画排序，但“L”（U+004C）、“i”（U+0069）没有笔画数据，请核对姓名。",
        ),
    ] {
        assert_eq!(of_body(body, data), (operator.to_owned(), office.to_owned()), "{body}");
    }
    let lacking = Template::parse("试", &head("{{ 姓铭 }}")).unwrap().lacking(&json!({"姓名": "张三"}));
    assert_eq!(lacking[0].sentence(), "模板“试”第6行第4列的“姓铭”没有内容，是否应为“姓名”，请先补齐。");
}

#[test]
fn what_is_wrong_with_the_text_is_told_at_the_line_that_made_it() {
    let body = "{% for x in 单 %}\n\n{% if x.名 %}\n {{ x.名 }}\n{% endif %}\n{% endfor %}\n\n{% macro 行(人) %}| {{ 人 }} |{% endmacro %}\n| 甲 | 乙 |\n|---|---|\n{% for x in 单 %}\n{{ 行(x.名) }}\n{% endfor %}\n";
    let data = json!({"单": [{"名": "一"}, {"名": "二"}, {"名": "三"}]});
    let (operator, office) = of_body(body, data);
    assert_eq!(
        operator,
        "试:17:1: a row has another number of cells than the rule in \"| 一 |\"\n  hint: the line is \"{{ 行(x.名) }}\""
    );
    assert!(office.starts_with("模板“试”第17行第1列（“{{ 行(x.名) }}”）生成的文字有误："), "{office}");
    let pieces = [("落款", "甲\n{{ x }}\n\n  **乙\n")];
    let template = Template::parse("试", &linked("一\n\n{% include '落款' %}", &pieces)).unwrap();
    let (operator, _) = told(&template, json!({"x": "值\n值"}));
    assert_eq!(operator, "落款:4:3: ** is opened and not closed in \"**乙\"\n  hint: the line is \"  **乙\"");
}

#[test]
fn an_element_is_told_at_its_line_with_what_it_reads() {
    let text = "---\n文种: 令\n版式: 命令\n标题: 题\n发文机关标志: 甲令\n份号: {{ 号 }}\n署名: 乙\n---\n";
    let template = Template::parse("令", text).unwrap();
    let (operator, office) = told(&template, json!({"成文日期": "2026-01-05", "号": "十二"}));
    assert_eq!(operator, "令:6:5: 份号 is not a number of six digits (it reads `号`)\n  hint: write one to six digits");
    assert_eq!(office, "模板“令”第6行第5列的“份号”（取自“号”）为空或者格式不对，应为一至六位数字，请补齐。");
    // a date has no line of its own: whoever signs needs it
    let (operator, _) = told(&template, json!({"号": "12"}));
    assert_eq!(operator, "令:7:5: 成文日期 is missing\n  hint: give `成文日期` a date, written 2026-01-05");
}

#[test]
fn what_other_markup_means_is_told_and_not_printed() {
    for (body, hint) in [
        ("｛｛ 标题 ｝｝", "write {{ … }}"),
        ("  - 项目", "number it as papers do"),
        ("{% if 名 %}* 项目{% endif %}", "number it as papers do"),
        ("一\n\n---", "leave it out"),
        ("见![图](x.png)", "write the words"),
        ("见[通知](https://a.cn)", "write the words"),
        ("一[^1]", "write the words"),
        ("一<br>二", "a line is a paragraph"),
        ("一<BR/>二", "a line is a paragraph"),
        ("</p>", "a line is a paragraph"),
        ("现将{ { 名 } }、{{ 名 }}", "write `{{ 名 }}`"),
        ("现将{标题}如下", "write `{{ 标题 }}`"),
        ("现将«标题»如下", "write `{{ 标题 }}`"),
        ("现将{{ 标题 }}}如下", "write `{{ 标题 }}`"),
        ("一\n{ % endif % }", "write `{% endif %}`"),
    ] {
        let problems = Template::parse("坏", &head(body)).unwrap_err();
        let [told] = &problems[..] else { panic!("{body}: {problems:?}") };
        assert_eq!(told.kind, "template-syntax", "{told}");
        assert!(told.hint.as_deref().is_some_and(|it| it.starts_with(hint)), "{told}");
    }
    // what only looks so, and what a value brings
    let fine = "{{ 名 }}- 项\n\\- 项\n{# 注\n- 注 #}\n{{ 甲\n- 乙 }}\n| 一 | 二 |\n|---|---|\n| 甲 | < |\n集合{a, b}、{ {{ 名 }} }、{{ \"{标题}\" }}、{丙}\n写信给 <a@b.cn>，1 <b 2\n";
    assert!(Template::parse("好", &head(fine)).is_ok(), "{:?}", Template::parse("好", &head(fine)));
    let template = Template::parse("好", &head("{{ 名 }}")).unwrap();
    let document = template.render(&json!({"名": "- [甲](乙)<br>"})).unwrap();
    assert_eq!(document.body.len(), 1);
}

#[test]
fn a_tag_that_cannot_be_read_is_told_with_the_way_out() {
    for (body, hint) in [
        ("{% fr x in 单 %}", "did you mean `for`?"),
        ("{{ 名（1） }}", "write the half-width `(` in place of `（`"),
        ("{% if 名 %}甲", "close what is open: "),
        ("{{ 名 名 }}", "a value is `{{ NAME }}`"),
    ] {
        let problems = Template::parse("坏", &head(body)).unwrap_err();
        let told = problems.iter().find(|it| it.kind == "template-syntax").unwrap();
        assert!(told.hint.as_deref().is_some_and(|it| it.starts_with(hint)), "{body}: {told}");
        assert_eq!((told.place.line, told.place.column > 0), (6, true), "{told}");
    }
}
