//! What waits for a paper goes on with it, whichever of its papers is the last.

use crate::case::command::Command;
use crate::case::decide::tests::{Opened, opened, row};
use crate::clock::Moment;
use serde_json::json;

const TOWN: &str = "offices:\n  甲办: { title: 甲办公室 }\n";
const PAPER: &str =
    "---\n文种: 通知\n标题: 告知书\n公开属性: 不予公开\n署名: 甲办\n成文日期: {{ 成文日期 }}\n---\n如上。\n";
const DEFINITION: &str = "workflow: 信访
roles: { 甲: 甲办, 信访人: { outside: { name: 姓名 }, through: 甲 } }
case: { title: 信访, opened: { by: 甲 } }
items: { 信访: { identity: [姓名], fields: { 姓名: name } } }
clocks:
  期限: { of: 信访, run: 60 days, from: opened, until: 送达, extend: { by: 30 days, times: 1, approve: 甲, document: { template: 告知书, to: 信访人 } } }
stages:
  - { recommend: 登记, by: 甲 }
  - { assess: 办, by: 甲, form: { 意见: text }, documents: [{ template: 告知书, to: 信访人 }] }
  - { publicise: 送达, by: 甲, to: 信访人 }
  - { file: 归档, by: 甲 }
";

fn nine(day: u32) -> Moment {
    chrono::NaiveDate::from_ymd_opt(2025, 3, day).unwrap().and_hms_opt(9, 0, 0).unwrap()
}

/// At 送达 both papers are to be served: 1 that of the extension, 2 that of the answer.
fn to_be_served() -> Opened {
    let mut run = opened(DEFINITION, Some(("告知书", PAPER)), TOWN);
    run.fill(nine(3), "甲办", vec![row(None, &json!({ "姓名": "赵六" }))]).unwrap();
    run.tell(nine(4), "甲办", Command::ExtendClock { clock: "期限".into(), item: 1, reason: "复杂".into() }).unwrap();
    run.answer(nine(4), 1, json!("同意延期"));
    run.make(nine(4));
    run.fill(nine(5), "甲办", vec![row(Some(1), &json!({ "意见": "支付" }))]).unwrap();
    run.make(nine(5));
    assert_eq!(run.case.item(1).unwrap().stage(), Some("送达"));
    run
}

#[test]
fn an_item_goes_on_with_the_last_paper_served_whichever_it_is() {
    for order in [[1, 2], [2, 1]] {
        let mut run = to_be_served();
        order.iter().for_each(|paper| run.serve(nine(6), *paper));
        assert_eq!(run.case.item(1).unwrap().stage(), Some("归档"), "{order:?}");
    }
}
