//! What a text reads or calls that nobody could give: it is told when the text is read, and would fail when it is run.

use super::*;

/// The data the texts are run with: nothing of it is wrong.
fn data() -> Json {
    json!({
        "名": "张三", "日期": "2026-01-05", "数": 3, "案卷": {"标题": "案", "编号": "1"},
        "items": [{"姓名": "张三", "职务": "主任", "审": {"意见": "同意"}}, {"姓名": "李四", "职务": "干事", "审": {"意见": "无"}}],
    })
}

/// What is told of a text as line, column, message and hint; none where it is taken.
fn told(body: &str) -> Vec<String> {
    let problems = Template::parse("试", &head(body)).err().unwrap_or_default();
    let one = |it: &Diagnostic| {
        format!(
            "{}:{} {} {} | {}",
            it.place.line - 5,
            it.place.column,
            it.kind,
            it.message,
            it.hint.clone().unwrap_or_default()
        )
    };
    problems.iter().map(one).collect()
}

/// Whether a text that is kept can be run.
fn runs(body: &str) -> Result<Vec<String>, String> {
    let template = Template::kept("试", &head(body)).map_err(|it| format!("{it:#?}"))?;
    template.render(&data()).map(|it| paragraphs(&it)).map_err(|it| it.to_string())
}

#[track_caller]
fn wrong(cases: &[(&str, &str)]) {
    for (body, expected) in cases {
        let found = told(body);
        assert!(found.len() == 1 && found[0].contains(expected), "{body}\n  told {found:#?}\n  expected {expected}");
        let ran = runs(body);
        assert!(ran.is_err(), "{body} is refused, and runs: {ran:?}");
    }
}

#[track_caller]
fn right(bodies: &[&str]) {
    for body in bodies {
        assert_eq!(told(body), Vec::<String>::new(), "{body}");
        let ran = runs(body);
        assert!(ran.is_ok(), "{body} is taken, and fails: {ran:?}");
    }
}

#[test]
fn a_loop_is_known_within_it_and_nowhere_else() {
    let name = "template-variable-unknown";
    wrong(&[
        ("{{ loop.index }}", "1:4 template-variable-unknown `loop` stands outside a loop | it is known between"),
        ("{% for x in items %}{{ x.姓名 }}{% endfor %}{{ loop.index }}", name),
        ("{% for x in items %}{{ loop.indx }}{% endfor %}", "a loop has no `indx` | did you mean `index`?"),
        ("{% for x in items %}{{ loop.foo }}{{ x.姓名 }}{% endfor %}", "there are index, index0"),
        (
            "{% macro 行(x) %}{{ loop.index }}{{ x }}{% endmacro %}{% for x in items %}{{ 行(x.姓名) }}{% endfor %}",
            "a macro is handed",
        ),
        ("{% if loop.first %}甲{% endif %}", name),
        ("{% for x in items if loop.first %}{{ x.姓名 }}{% else %}{{ loop.index }}{% endfor %}", name),
        ("{% for x in items %}{{ loop['无'] }}{{ x.姓名 }}{% endfor %}", "a loop has no `无`"),
        ("{% for x in items %}{{ loop.next() }}{{ x.姓名 }}{% endfor %}", "template-call there is no method `next`"),
    ]);
    right(&[
        "{% for x in items %}{{ loop.index }}{{ loop.length }}{{ x.姓名 }}{% if not loop.last %}、{% endif %}{% endfor %}",
        "{% for x in items %}{% for y in items %}{{ loop.depth }}{{ y.姓名 }}{% endfor %}{{ loop.revindex }}{{ x.姓名 }}{% endfor %}",
        "{% for x in items %}{% macro 行() %}{{ loop.index }}{% endmacro %}{{ 行() }}{{ x.姓名 }}{% endfor %}",
        "{% if loop is defined %}{{ loop.index }}{% endif %}{{ loop|default('') }}",
        "{% for x in items %}{% if loop.changed(x.职务) %}{{ loop.cycle('甲', '乙') }}{% endif %}{% endfor %}",
        "{% for x in items %}{% if not loop.first %}{{ loop.previtem.姓名 }}{% endif %}{{ x.姓名 }}{% endfor %}",
        "{% for x in items recursive %}{{ x.姓名 }}{% endfor %}",
    ]);
}

#[test]
fn a_caller_is_known_in_what_is_called_with_a_block() {
    wrong(&[
        ("{{ caller() }}", "1:4 template-variable-unknown `caller` stands where nothing was called with a block"),
        ("{% macro 框() %}{{ caller() }}{% endmacro %}{{ 框() }}", "{% call NAME() %}"),
        (
            "{% macro 框() %}{{ caller('甲', '乙') }}{% endmacro %}{% call(x) 框() %}{{ x }}{% endcall %}",
            "handed 2 values and takes 1",
        ),
        (
            "{% macro 框() %}{{ caller(错=1) }}{% endmacro %}{% call(x) 框() %}{{ x|default('') }}{% endcall %}",
            "takes no `错`",
        ),
        ("{% macro 框() %}甲{% endmacro %}{% call 框() %}乙{% endcall %}", "the macro `框` takes no block"),
        (
            "{% macro 框() %}{{ caller({'名': 1}) }}{% endmacro %}{% call(x) 框() %}{{ x.姓名 }}{% endcall %}",
            "this map has no `姓名` | did you mean `名`?",
        ),
    ]);
    right(&[
        "{% macro 框() %}{{ caller() }}{% endmacro %}{% for x in items %}{% call 框() %}{{ x.姓名 }}{% endcall %}{% endfor %}",
        "{% macro 框(x) %}{{ x }}{{ caller(x) }}{% endmacro %}{% call(y) 框(名) %}{{ y }}{% endcall %}",
        "{% macro 框() %}{% if caller is defined %}{{ caller() }}{% endif %}{% endmacro %}{{ 框() }}",
        "{% macro 内() %}{{ caller() }}{% endmacro %}{% macro 外() %}{% call 内() %}甲{% endcall %}{% endmacro %}{{ 外() }}",
    ]);
}

#[test]
fn what_a_text_makes_has_the_parts_it_was_made_with() {
    wrong(&[
        ("{% set m = {'甲': 1} %}{{ m.乙 }}", "1:26 template-variable-unknown this map has no `乙` | there are 甲"),
        ("{{ {'a': 1}.b }}", "this map has no `b`"),
        ("{{ {'a': 1}['b'] }}", "this map has no `b`"),
        ("{% set m = dict(标题='甲') %}{{ m.标提 }}", "did you mean `标题`?"),
        ("{% set m = dict({'甲': 1}, 乙=2) %}{{ m.丙 }}", "there are 甲, 乙"),
        ("{% set k = '丙' %}{% set m = {'甲': 1} %}{{ m[k] }}", "this map has no `丙`"),
        ("{% for r in [{'甲': 1}, {'甲': 2}] %}{{ r.乙 }}{% endfor %}", "this map has no `乙`"),
        ("{% macro 行(r) %}{{ r.乙 }}{% endmacro %}{{ 行({'甲': 1}) }}", "1:20 template-variable-unknown"),
        ("{% set m = {'甲': {'乙': 1}} %}{{ m.甲.丙 }}", "there are 乙"),
        ("{% set n = namespace(共=0) %}{{ n.公 }}{{ n.共 }}", "`公` is never set in this namespace"),
        (
            "{% for g in items|groupby('职务') %}{{ g.gruoper }}{% endfor %}",
            "a group has no `gruoper` | did you mean `grouper`?",
        ),
        (
            "{% for k, v in {'甲': 1}|items %}{{ k }}{{ v }}{% endfor %}{{ {'甲': 1}.items() }}",
            "no method `items` | put it to a filter: `…|items`",
        ),
        ("{{ [{'甲': 1}]|map(attribute='乙')|join }}", "this map has no `乙`"),
    ]);
    right(&[
        "{% set m = {'甲': 1, '乙': {'丙': 2}} %}{{ m.甲 }}{{ m['乙'].丙 }}{{ m.丁|default('') }}{% if m.戊 is defined %}{{ m.戊 }}{% endif %}",
        "{% set n = namespace(共=0) %}{% for x in items %}{% set n.次 = loop.index %}{% set n.共 = n.共 + x.姓名|length %}{% endfor %}{{ n.次 }}{{ n.共 }}",
        "{% for r in [{'甲': 1}, {'乙': 2}] %}{{ r.甲|default('') }}{{ r.乙|default('') }}{% endfor %}",
        "{% for g in items|groupby('职务') %}{{ g.grouper }}{% for x in g.list %}{{ x.姓名 }}{% endfor %}{% endfor %}{% for k, l in items|groupby('职务') %}{{ k }}{{ l|length }}{% endfor %}",
        "{% set m = dict(案卷) %}{{ m.标题 }}",
        "{% if 数 > 1 %}{% set m = {'甲': 1} %}{% else %}{% set m = {'乙': 1} %}{% endif %}{% if 数 > 1 %}{{ m.甲 }}{% endif %}",
    ]);
}

#[test]
fn what_is_called_is_there_and_takes_what_it_is_handed() {
    wrong(&[
        ("{{ 未知(1) }}", "1:4 template-call there is no function `未知`"),
        ("{{ date_ch(日期) }}", "did you mean `date_cn`?"),
        ("{{ workdays(日期, 日期) }}", "there is no function `workdays`"),
        ("{% macro 行(x) %}{{ x }}{% endmacro %}{{ 行(名) }}{{ 航(名) }}", "there is no function `航`"),
        ("{{ 名() }}", "there is no function `名`"),
        ("{% set 题 = 名 %}{{ 题() }}", "`题` is a value and cannot be called | write it without brackets"),
        ("{{ 名.upper() }}", "there is no method `upper` | put it to a filter: `…|upper`"),
        ("{% if 数 is 未知 %}甲{% endif %}", "template-call there is no test `未知` | there are defined"),
        ("{% if 名 is defind %}甲{% endif %}", "did you mean `defined`?"),
        ("{{ items|selectattr('姓名', '等于', '甲') }}", "there is no test `等于`"),
        ("{{ [名]|map('date_ch') }}", "template-filter-unknown there is no filter `date_ch` | did you mean `date_cn`?"),
        ("{{ 日期|date_cn('x') }}", "`date_cn` does not take this: too many arguments | it is written `NAME|date_cn`"),
        ("{{ items|sort(atribute='姓名') }}", "did you mean `attribute`?"),
        ("{{ items|sort('姓名') }}", "it is written `sort(attribute=\"NAME\", reverse=true)`"),
        ("{{ [名]|join('、', '和') }}", "`join` does not take this"),
        ("{{ 数|round('二') }}", "`round` does not take this"),
        ("{{ 名|replace('张') }}", "`replace` does not take this: missing argument"),
        ("{{ date_cn('2026-13-01') }}", "`date_cn` does not take this: 2026-13-01 is not a date"),
        ("{{ range() }}", "it is written `range(5)`"),
        ("{{ 数 is divisibleby }}", "it is written `is divisibleby(3)`"),
        (
            "{% macro 行(x) %}{{ x }}{% endmacro %}{{ 行(名, 数) }}",
            "the macro `行` is handed 2 values and takes 1 | it is `行(x)`",
        ),
        ("{% macro 行(x) %}{{ x|default('') }}{% endmacro %}{{ 行(y=名) }}", "the macro `行` takes no `y`"),
        ("{% macro 行(x) %}{{ x }}{% endmacro %}{{ 行() }}", "`x` of the macro `行` is handed nothing in line 6"),
    ]);
    right(&[
        "{{ mask('13800000000') }}{{ date_han(日期) }}{{ cn(数) }}{{ range(3)|join }}",
        "{{ items|sort(attribute='姓名', reverse=true)|map(attribute='职务')|join('，') }}{{ 数|round(1) }}",
        "{{ items|selectattr('姓名', 'eq', '张三')|list|length }}{% if 数 is divisibleby(3) and 数 is not none %}甲{% endif %}",
        "{% macro 行(x, y='无') %}{{ x }}{{ y }}{% endmacro %}{{ 行(名) }}{{ 行(x=名, y=数) }}{{ 行(*[名]) }}",
        "{% macro 行(x) %}{{ x|default('无') }}{% endmacro %}{{ 行() }}",
        "{{ '%s号'|format(数) }}{{ 名|replace('张', '李') }}{{ items|batch(2)|list|length }}{{ [名]|map('pad_name') }}",
        "{% filter upper %}abc{{ 名 }}{% endfilter %}",
    ]);
}

#[test]
fn a_macro_sees_what_stands_around_its_declaration() {
    let pieces = [("表", "{% macro 内(x) %}{{ x.姓名 }}{% endmacro %}{% macro 外(x) %}{{ 内(x) }}{% endmacro %}")];
    let of = |body: &str| Template::parse("试", &linked(body, &pieces));
    let template = of("{% import '表' as 表 %}{% for x in items %}{{ 表.外(x) }}{% endfor %}").unwrap();
    let listed: Vec<String> = template.variables().iter().map(|it| it.path.join(".")).collect();
    assert_eq!(listed, ["items", "items.*.姓名", "items.*"]);
    assert_eq!(paragraphs(&template.render(&data()).unwrap()), ["张三李四"]);
    let from = of("{% from '表' import 外 as 行 %}{% for x in items %}{{ 行(x) }}{% endfor %}").unwrap();
    assert_eq!(paragraphs(&from.render(&data()).unwrap()), ["张三李四"]);
    let problems = of("{% import '表' as 表 %}{{ 表.里(名) }}").unwrap_err();
    assert!(problems[0].message.contains("the piece makes no `里`"), "{problems:?}");
    let problems = of("{% from '表' import 里 %}{{ 里(名) }}").unwrap_err();
    assert!(problems.len() == 1 && problems[0].message.contains("makes no `里`"), "{problems:?}");
}
