//! A reason given for breaking a rule, and the answer to a question of one, hold for the values they were given about.

use crate::case::decide::tests::{Opened, opened, row, says};
use crate::case::event::{Hold, Row};
use crate::clock::Moment;
use serde_json::json;

const TOWN: &str = "offices:\n  甲办: { title: 甲办公室 }\n  乙办: { title: 乙办公室 }\nchannels: { 网页: web }\n";

const DEFINITION: &str = "workflow: 摸底
roles: { 甲: 甲办, 乙: 乙办 }
case: { title: 摸底, opened: { by: 甲 } }
items: { 村: { identity: [名称], fields: { 名称: text, 户数: integer, 电话: text } } }
rules:
  - { name: 户多, of: 村, at: [提出], expect: \"户数 <= 100\", say: 户数超过100 }
  - { name: 方式, of: 村, at: [审核], by: 乙, ask: \"户数 >= 50\", answers: [整村, 分片], say: 如何治理 }
stages:
  - { recommend: 提出, by: 乙 }
  - { review: 审核, by: 甲 }
  - { assess: 治理, by: 乙, form: { 片数: integer }, outcomes: { 完成: next, 重报: { back: 提出, reason: true } } }
  - { file: 归档, by: 甲 }
";

fn nine(day: u32) -> Moment {
    chrono::NaiveDate::from_ymd_opt(2025, 3, day).unwrap().and_hms_opt(9, 0, 0).unwrap()
}

/// A village of 110, with a reason; it is asked about, answered 分片, and sent back.
fn sent_back() -> Opened {
    let mut run = opened(DEFINITION, None, TOWN);
    let village = |reason: Option<&str>| Row {
        waiver: reason.map(str::to_string),
        ..row(None, &json!({ "名称": "张村", "户数": 110, "电话": "1" }))
    };
    run.fill(nine(3), "乙办", vec![village(None)]).unwrap_err();
    run.fill(nine(3), "乙办", vec![village(Some("就多10户"))]).unwrap();
    run.fill(nine(4), "甲办", vec![says(1, "同意")]).unwrap();
    run.answer(nine(5), 1, json!("分片"));
    assert_eq!(run.case.item(1).unwrap().fields.get("方式"), Some(&json!("分片")));
    run.fill(
        nine(6),
        "乙办",
        vec![Row { fields: json!({ "片数": 2 }).as_object().cloned().unwrap(), ..says(1, "重报") }],
    )
    .unwrap();
    run
}

#[test]
fn what_is_mended_to_another_value_needs_another_reason_and_another_answer() {
    let mut run = sent_back();
    let mended = |reason: Option<&str>| Row {
        waiver: reason.map(str::to_string),
        ..row(Some(1), &json!({ "名称": "张村", "户数": 9000, "电话": "1" }))
    };
    let told = run.fill(nine(7), "乙办", vec![mended(None)]).unwrap_err();
    assert_eq!(told, ["户数超过100。如确需报送，请在“情况说明”栏写明理由后重报。"]);
    run.fill(nine(7), "乙办", vec![mended(Some("合并了两个村"))]).unwrap();
    let waivers = &run.case.item(1).unwrap().waivers;
    assert_eq!(*waivers, [("户多".to_string(), "合并了两个村".to_string())], "the reason of the value that stands");
    run.fill(nine(10), "甲办", vec![says(1, "同意")]).unwrap();
    let item = run.case.item(1).unwrap();
    assert!(item.holds.contains(&Hold::Question(2)), "{:?}", item.holds);
    assert_eq!(item.fields.get("方式"), None, "what was said of 110 says nothing of 9000");
    run.answer(nine(11), 2, json!("整村"));
    assert_eq!(run.case.item(1).unwrap().stage(), Some("治理"));
}

#[test]
fn what_the_rule_does_not_read_may_change() {
    let mut run = sent_back();
    run.fill(nine(7), "乙办", vec![row(Some(1), &json!({ "名称": "张村", "户数": 110, "电话": "2" }))]).unwrap();
    run.fill(nine(10), "甲办", vec![says(1, "同意")]).unwrap();
    assert_eq!(run.questions(), []);
    assert_eq!(run.case.item(1).unwrap().fields.get("方式"), Some(&json!("分片")));
}

#[test]
fn an_answer_steers_no_more_what_is_not_asked_about() {
    let mut run = sent_back();
    run.fill(nine(7), "乙办", vec![row(Some(1), &json!({ "名称": "张村", "户数": 20, "电话": "1" }))]).unwrap();
    run.fill(nine(10), "甲办", vec![says(1, "同意")]).unwrap();
    assert_eq!(run.questions(), []);
    assert_eq!(run.case.item(1).unwrap().fields.get("方式"), None);
}
