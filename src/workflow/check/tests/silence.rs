//! What may fall by itself when a clock over several stages runs out, and what it leaves unsaid.

use super::edges::kinds_with_params;

const ITEMS: &str = "{ 事: { identity: [名], fields: { 名: name, 收到: date } } }";

fn kinds(overdue: &str, more: &str) -> Vec<&'static str> {
    let stages = format!(
        "\n  - {{ recommend: 报, by: 支, expect: all }}\n  - {{ review: 查, by: 甲, form: {{ 查明: text }} }}\n  \
         - {{ review: 定, by: 乙, form: {{ 意见: text }}, outcomes: {{ 准: next, 缓: {{ stay: true }}, 不准: {{ end: 不准 }}, 视为准: next, 视为不准: {{ end: 视为不准 }} }} }}\n  \
         - {{ file: 归, by: 甲{more} }}\nclocks:\n  审: {{ of: 事, run: 5 workdays, from: 收到, {overdue} }}"
    );
    kinds_with_params("{}", ITEMS, &stages)
}

#[test]
fn silence_over_several_stages_has_an_outcome_of_the_last() {
    let falls = |outcome: &str| format!("until: 定, overdue: {{ outcome: {outcome}, basis: 某法 }}");
    assert_eq!(kinds(&falls("视为准"), ""), Vec::<&str>::new());
    assert_eq!(kinds(&falls("视为不准"), ""), Vec::<&str>::new());
    assert_eq!(kinds(&falls("缓"), ""), ["clock-outcome-unknown"]);
    assert_eq!(kinds(&falls("同意"), ""), ["clock-outcome-unknown"]);
    assert_eq!(kinds("overdue: { outcome: 视为准, basis: 某法 }", ""), ["clock-outcome-unknown"]);
    assert_eq!(kinds("until: 定, overdue: { outcome: 视为准 }", ""), ["silent-outcome-without-basis"]);
    let reminded = format!("{}, remind: [+1 workday]", falls("视为准"));
    assert_eq!(kinds(&reminded, ""), ["remind-after-outcome"]);
}

#[test]
fn what_is_passed_over_in_silence_may_be_missing() {
    let when = ", when: \"len(查明) > 2\"";
    assert_eq!(kinds("until: 定, overdue: { outcome: 视为准, basis: 某法 }", when), ["value-may-be-missing"]);
    assert_eq!(kinds("until: 定, overdue: { outcome: 视为不准, basis: 某法 }", when), Vec::<&str>::new());
    assert_eq!(kinds("until: 定, overdue: { tell: 甲 }", when), Vec::<&str>::new());
}

#[test]
fn what_a_stage_asks_may_be_missing_where_its_own_silence_lets_an_item_go_on() {
    let named = |go: &str, when: &str| {
        let stages = format!(
            "\n  - {{ recommend: 报, by: 支, expect: all }}\n  - {{ review: 定, by: 乙, within: 5 workdays, form: {{ 查明: text }}, \
             overdue: {{ outcome: 默, basis: 某法 }}, outcomes: {{ 过: next, 默: {go} }} }}\n  - {{ file: 归, by: 甲, when: \"{when}\" }}"
        );
        kinds_with_params("{}", ITEMS, &stages)
    };
    assert_eq!(named("next", "len(查明) > 2"), ["value-may-be-missing"]);
    assert_eq!(named("next", "查明 is defined and len(查明) > 2"), Vec::<&str>::new());
    assert_eq!(named("{ end: 未过 }", "len(查明) > 2"), Vec::<&str>::new());
}
