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
