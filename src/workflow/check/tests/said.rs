//! What a rule says can be said when it is broken.

use super::edges::kinds_with_params;

const ITEMS: &str = "{ 事: { identity: [名], fields: { 名: name, 数: integer, 注: { type: text, optional: true }, 承办: { type: office, optional: true } } } }";

fn kinds(rule: &str) -> Vec<&'static str> {
    let stages = format!(
        "\n  - {{ recommend: 报, by: 支, expect: all }}\n  - {{ file: 归, by: 甲 }}\nrules:\n  - {{ of: 事, {rule} }}"
    );
    kinds_with_params("{}", ITEMS, &stages)
}

#[test]
fn an_answer_is_there_where_its_question_was_asked() {
    let of = |test: &str| {
        let asked = "name: 大, at: [报], ask: 数 > 1, by: 甲, answers: [整, 分], say: 如何分";
        kinds(&format!("{asked} }}\n  - {{ of: 事, at: [归], require: \"{test}\", say: 不整"))
    };
    assert_eq!(of("大 == '整'"), ["value-may-be-missing"]);
    assert_eq!(of("大 is not defined or 大 == '整'"), Vec::<&str>::new());
}

#[test]
fn a_say_calls_what_there_is() {
    let of = |say: &str| kinds(&format!("require: 数 > 0, say: \"{say}\""));
    for fine in [
        "{{ cn(数) }}个",
        "{{ 名|upper }}",
        "{% if 数 > 3 %}{{ rmb(数) }}{% endif %}",
        "{{ owner.title }}（{{ 名 }}）",
        "{{ 数 if (数 > 1) else 0 }}",
    ] {
        assert_eq!(of(fine), Vec::<&str>::new(), "{fine}");
    }
    for unknown in ["{{ date_han(today) }}", "{{ 数|rmb }}", "{{ 大写(数) }}", "{% if length(名) > 3 %}长{% endif %}"]
    {
        assert_eq!(of(unknown), ["function-unknown"], "{unknown}");
    }
    assert_eq!(of("{{ 姓名 }}"), ["rule-unknown-name"]);
}

#[test]
fn a_say_mentions_what_is_there() {
    let missing = ["value-may-be-missing"];
    assert_eq!(kinds("require: 数 > 0, say: \"{{ 注 }}\""), missing);
    assert_eq!(kinds("require: 数 > 0, say: \"{{ 承办.title }}\""), missing);
    for fine in [
        "require: 数 > 0, say: \"{% if 注 is defined %}{{ 注 }}{% endif %}\"",
        "require: 数 > 0, say: \"{{ 承办.title|default('未定') }}\"",
        "note: 注 is defined and len(注) > 3, say: \"{{ 注 }}\"",
        "require: 注 is not defined or len(注) > 3, say: \"{{ 注 }}\"",
        "note: 承办 is defined and 数 > 3, say: \"{{ 承办.title }}\"",
        "when: 注 is defined, require: 数 > 0, say: \"{{ 注 }}\"",
        "per: owner, require: count(数 > 0) > 1, say: \"{{ 注 }}\"",
    ] {
        assert_eq!(kinds(fine), Vec::<&str>::new(), "{fine}");
    }
    assert_eq!(kinds("note: 注 is not defined or len(注) > 3, say: \"{{ 注 }}\""), missing);
}
