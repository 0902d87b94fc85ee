//! How a case ends.

use crate::case::decide::tests::{opened, row, says};
use crate::case::event::CaseEnd;
use crate::clock::Moment;
use serde_json::json;

const TOWN: &str = "offices:\n  甲办: { title: 甲办公室 }\n  乙办: { title: 乙办公室 }\nchannels: { 网页: web }\n";

#[test]
fn only_a_case_that_never_had_an_item_closes_without_one() {
    let definition = |file: &str| {
        format!(
            "workflow: 试
roles: {{ 甲: 甲办, 乙: 乙办 }}
case: {{ title: 试, opened: {{ by: 甲 }} }}
items: {{ 事: {{ identity: [名称], fields: {{ 名称: text }} }} }}
stages:
  - {{ recommend: 提出, of: 事, by: 甲 }}
  - {{ review: 办, of: 事, by: 乙 }}
{file}"
        )
    };
    let nine: Moment = chrono::NaiveDate::from_ymd_opt(2025, 3, 4).unwrap().and_hms_opt(9, 0, 0).unwrap();
    for file in ["", "  - { file: 归档, of: 事, by: 甲, empty: skip }\n"] {
        let mut run = opened(&definition(file), None, TOWN);
        run.fill(nine, "甲办", vec![row(None, &json!({ "名称": "一" }))]).unwrap();
        run.fill(nine, "乙办", vec![says(1, "不同意")]).unwrap();
        assert_eq!(run.case.closed.map(|(end, _)| end), Some(CaseEnd::办结), "{file}");
        let mut run = opened(&definition(file), None, TOWN);
        let task = run.case.open_tasks().next().map(|t| t.id).unwrap();
        let none = crate::case::command::Command::Decline { task, reason: "没有".into(), submission: "1".into() };
        run.tell(nine, "甲办", none).unwrap();
        assert_eq!(run.case.closed.map(|(end, _)| end), Some(CaseEnd::无对象), "{file}");
    }
}
