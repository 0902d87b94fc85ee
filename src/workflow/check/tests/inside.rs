//! Those inside are told before the public, whichever way an item comes to the notice.

use super::edges::kinds_with_params;

const ITEMS: &str =
    "{ 事: { identity: [名], fields: { 名: name, 数: integer, 先内: yes-no }, public: [名], inside: [数] } }";
const INSIDE: &str = "publicise: 内, by: 甲, to: inside";
const PUBLIC: &str = "publicise: 外, by: 甲, to: public";

/// The kinds of what is wrong when a case has these stages between its intake and its filing.
fn kinds(first: &str, stages: &[&str]) -> Vec<&'static str> {
    let between: String = stages.iter().map(|stage| format!("\n  - {{ {stage} }}")).collect();
    let stages =
        format!("\n  - {{ recommend: 报, by: 甲 }}{between}\n  - {{ file: 归, by: 甲 }}\ninside_first: {first}");
    kinds_with_params("{}", ITEMS, &stages)
}

#[test]
fn the_order_of_the_list_is_not_enough() {
    let wrong = ["inside-after-public"];
    assert_eq!(kinds("true", &[INSIDE, PUBLIC]), Vec::<&str>::new());
    assert_eq!(kinds("true", &[PUBLIC, INSIDE]), wrong);
    assert_eq!(kinds("true", &[PUBLIC]), wrong);
    assert_eq!(kinds("false", &[PUBLIC]), Vec::<&str>::new());
    assert_eq!(kinds("true", &["publicise: 外, by: 甲, to: [inside, public]"]), wrong);
    let urgent = "review: 审, by: 乙, outcomes: { 急: { to: 外 }, 常: next }";
    assert_eq!(kinds("true", &[urgent, INSIDE, PUBLIC]), wrong);
    assert_eq!(kinds("true", &["review: 审, by: 乙, outcomes: { 急: { to: 内 }, 常: next }", INSIDE, PUBLIC]), [""; 0]);
    // a notice about the case is passed by nobody
    assert_eq!(kinds("true", &[urgent, "publicise: 内, of: case, by: 甲, to: inside", PUBLIC]), [""; 0]);
}

#[test]
fn a_condition_of_the_inner_notice_is_that_of_the_promise_or_of_the_public_one() {
    let (wrong, fine) = (["inside-after-public"], [""; 0]);
    let inside = |when: &str| format!("publicise: 内, by: 甲, when: {when}, to: inside");
    let public = |when: &str| format!("publicise: 外, by: 甲, when: {when}, to: public");
    assert_eq!(kinds("true", &[&inside("数 > 3"), PUBLIC]), wrong);
    assert_eq!(kinds("true", &[&inside("数 > 3"), &public("数 > 3 and 先内")]), fine);
    assert_eq!(kinds("true", &[&inside("数 > 3"), &public("数 > 3 or 先内")]), wrong);
    assert_eq!(kinds("先内", &[&inside("先内"), PUBLIC]), fine);
    assert_eq!(kinds("先内", &[&inside("数 > 3"), PUBLIC]), wrong);
    assert_eq!(kinds("先内", &[&public("not 先内")]), fine);
    assert_eq!(kinds("甚么", &[INSIDE, PUBLIC]), ["rule-unknown-name"]);
}

#[test]
fn what_is_about_another_speaks_of_what_has_been_told() {
    let items = "{ 事: { identity: [名], fields: { 名: name, 先内: yes-no }, public: [名], inside: [名] }, \
                 反馈: { about: 事, fields: { 意见: text }, public: [意见] } }";
    let stages = format!(
        "\n  - {{ recommend: 报, of: 事, by: 甲, collects: 反馈 }}\n  - {{ {INSIDE}, of: 事, when: 先内 }}\n  - {{ {PUBLIC}, of: 事 }}\n  \
         - {{ publicise: 答, of: 反馈, by: 甲, to: public }}\n  - {{ file: 归, of: 事, by: 甲 }}\ninside_first: 先内"
    );
    assert_eq!(kinds_with_params("{}", items, &stages), [""; 0]);
}

#[test]
fn conditions_are_compared_by_what_they_say() {
    let (wrong, fine) = (["inside-after-public"], [""; 0]);
    let inside = |name: &str, when: &str| format!("publicise: {name}, by: 甲, when: \"{when}\", to: inside");
    let public = |when: &str| format!("publicise: 外, by: 甲, when: \"{when}\", to: public");
    // each goes one way or the other
    let both = [inside("内", "先内"), inside("内二", "not 先内")];
    assert_eq!(kinds("true", &[&both[0], &both[1], PUBLIC]), fine);
    assert_eq!(kinds("true", &[&both[0], PUBLIC]), wrong);
    assert_eq!(kinds("先内 or 数 > 3", &[&inside("内", "数 > 3 or 先内"), PUBLIC]), fine);
    assert_eq!(kinds("先内", &[&inside("内", "先内 == true"), PUBLIC]), fine);
    assert_eq!(kinds("先内 == true", &[&inside("内", "(先内)"), PUBLIC]), fine);
    assert_eq!(kinds("true", &[&inside("内", "数 > 2"), &public("数 > 2 and len(名) > 3")]), fine);
    assert_eq!(kinds("true", &[&inside("内", "len(名) > 3"), &public("数 > 2 and len(名) > 3")]), fine);
    assert_eq!(kinds("true", &[&inside("内", "数 in [1, 2]"), &public("(数 in [1, 2]) and 先内")]), fine);
    assert_eq!(kinds("true", &[&inside("内", "数 in [1, 2]"), &public("数 == 2")]), fine);
    assert_eq!(kinds("true", &[&inside("内", "数 in [1, 2]"), &public("数 == 3")]), wrong);
    assert_eq!(kinds("先内", &[&inside("内", "先内 and 数 > 3"), PUBLIC]), wrong);
    assert_eq!(kinds("先内", &[&public("(not 先内)")]), fine);
    // what is only sent there has no condition
    let sent = ["review: 审, by: 乙, outcomes: { 内告: { to: 内 }, 否: { end: 否 } }", &inside("内", "false"), PUBLIC];
    assert_eq!(kinds("true", &sent), fine);
}

#[test]
fn what_an_inner_notice_asks_stays_as_it_is_until_the_public_one() {
    let (wrong, fine) = (["inside-after-public"], [""; 0]);
    let inside = "publicise: 内, by: 甲, when: 先内, to: inside";
    let review = |more: &str| format!("review: 审, by: 乙{more}");
    assert_eq!(kinds("先内", &[inside, &review(""), PUBLIC]), fine);
    assert_eq!(kinds("先内", &[inside, &review(", do: [{ set: { 数: 3 } }]"), PUBLIC]), fine);
    assert_eq!(kinds("先内", &[inside, &review(", do: [{ set: { 先内: true } }]"), PUBLIC]), wrong);
    assert_eq!(kinds("先内", &[&review(", do: [{ set: { 先内: true } }]"), inside, PUBLIC]), fine);
    let outcome = ", outcomes: { 同意: next, 改: { next: true, do: [{ set: { 先内: true } }] } }";
    assert_eq!(kinds("先内", &[inside, &review(outcome), PUBLIC]), wrong);
    // who is sent back comes past the inner notice again
    let back = ", outcomes: { 同意: next, 改: { back: 报, reason: true, resume: replay } }";
    assert_eq!(kinds("先内", &[inside, &review(back), PUBLIC]), fine);
    // what everybody is told needs no condition
    assert_eq!(kinds("先内", &[INSIDE, &review(", do: [{ set: { 先内: true } }]"), PUBLIC]), fine);
    // what a stage asks is asked again where an item may come to it again behind the notice
    let asked = "assess: 查, by: 乙, form: { 要: yes-no }";
    let inner = "publicise: 内, by: 甲, when: 查.要, to: inside";
    assert_eq!(kinds("查.要", &[asked, inner, PUBLIC]), fine);
    // a day passes by itself
    let dated = "publicise: 内, by: 甲, when: \"today > '2026-03-01'\", to: inside";
    assert_eq!(kinds("\"today > '2026-03-01'\"", &[dated, PUBLIC]), wrong);
}
