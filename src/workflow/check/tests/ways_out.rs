//! What would be kept for ever is refused, and what is not is not.

use super::edges::kinds_with_params;

const ITEMS: &str = "{ 事: { identity: [名], fields: { 名: name, 数: integer } } }";

/// The kinds of what is wrong when a case has these stages between its intake and its filing.
fn kinds(params: &str, stages: &[&str]) -> Vec<&'static str> {
    let between: String = stages.iter().map(|stage| format!("\n  - {{ {stage} }}")).collect();
    let stages = format!("\n  - {{ recommend: 报, by: 支, expect: all }}{between}\n  - {{ file: 归, by: 甲 }}");
    kinds_with_params(params, ITEMS, &stages)
}

#[test]
fn whom_a_full_quota_leaves_somebody_can_end() {
    let decide = |quota: &str, outcomes: &str| {
        let form = "form: { case: { 会期: date }, item: { 意见: [可, 否] } }";
        let decide = format!("decide: 定, by: 乙, {form}, quota: [{quota}], outcomes: {{ {outcomes} }}");
        kinds("{}", &["review: 查, by: 甲, outcomes: { 准: next }", &decide])
    };
    let (max, refused) = ("{ max: 1 }", ["quota-without-way-out"]);
    assert_eq!(decide(max, "过: next"), refused);
    assert_eq!(decide(max, "过: next, 缓: { stay: true }"), refused);
    assert_eq!(decide(max, "过: next, 回: { to: 查 }"), refused);
    assert_eq!(decide(max, "过: next, 退: { back: 报, once: true }"), refused);
    assert_eq!(decide(max, "止: { end: 未过, when: 数 > 4 }, 过: next"), refused);
    for fine in
        ["过: next, 止: { end: 未过 }", "过: next, 退: { back: 报 }", "止: { end: 未过, when: 意见 == '否' }, 过: next"]
    {
        assert_eq!(decide(max, fine), Vec::<&str>::new(), "{fine}");
    }
    assert_eq!(decide("{ max: 1, over: reason }", "过: next"), Vec::<&str>::new());
    assert_eq!(decide("{ min: 1 }", "过: next"), Vec::<&str>::new());
}

#[test]
fn a_condition_that_holds_an_item_reads_what_may_change() {
    let decide = |when: &str, go: &str| {
        let form = "form: { case: { 会期: date }, item: { 意见: [可, 否] } }";
        let review = "review: 查, by: 甲, form: { 评分: integer }, outcomes: { 准: next }";
        let decide = format!("decide: 定, by: 乙, {form}, outcomes: {{ 又: {{ {go}, when: {when} }}, 过: next }}");
        kinds("{ 线: { type: integer, fixed: true }, 限: { type: integer } }", &[review, &decide])
    };
    let kept = |when: &str, go: &str| decide(when, go).contains(&"condition-never-changes");
    let stay = "stay: true";
    for never in ["数 > 4", "评分 > 4", "数 > 线", "评分 > 线 and 数 > 2"] {
        assert!(kept(never, stay), "{never}");
    }
    for may in ["意见 == '否'", "数 > 限", "会期 < today", "数 > 4 and 意见 == '否'"] {
        assert!(!kept(may, stay), "{may}");
    }
    assert!(!kept("数 > 4", "stay: true, once: true"));
    // on the way round the item is asked of again, and may be mended
    assert!(!kept("评分 > 4", "to: 查") && !kept("数 > 4", "to: 查"));
    assert!(kept("数 > 线 and owner == opener", stay));
}

#[test]
fn where_its_owner_may_ask_for_an_item_its_fields_may_change() {
    let review = |when: &str| {
        let review = format!("review: 查, by: 甲, outcomes: {{ 又: {{ stay: true, when: {when} }}, 过: next }}");
        kinds("{}", &["assess: 评, by: 甲, form: { 评分: integer }", &review])
    };
    assert_eq!(review("数 > 4"), Vec::<&str>::new());
    assert_eq!(review("评分 > 4"), ["condition-never-changes"]);
}

#[test]
fn what_falls_when_nothing_else_does_falls_every_time() {
    let outcomes = "outcomes: { 过: { next: true, when: 数 > 4 }, 退: { back: 报, once: true } }";
    let review = format!("review: 查, by: 甲, {outcomes}");
    assert_eq!(kinds("{}", &[&review]), ["else-missing"]);
}
