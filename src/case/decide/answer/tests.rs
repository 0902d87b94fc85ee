//! What waits for a side item may be answered, unless a paper would go out for it.

use crate::case::command::Command;
use crate::case::decide::tests::{opened, row, says};
use crate::clock::Moment;
use serde_json::json;

const TOWN: &str = "offices:\n  甲办: { title: 甲办公室 }\n";
const PAPER: &str =
    "---\n文种: 通知\n标题: 告知书\n公开属性: 不予公开\n署名: 甲办\n成文日期: {{ 成文日期 }}\n---\n如上。\n";
const DEFINITION: &str = "workflow: 信访
roles: { 甲: 甲办 }
case: { title: 信访, opened: { by: 甲 } }
items:
  信访: { identity: [姓名], fields: { 姓名: name } }
  补正: { about: 信访, fields: { 需补材料: text } }
stages:
  - { recommend: 登记, of: 信访, by: 甲 }
  - { assess: 审查, of: 信访, by: 甲, collects: 补正, outcomes: { 受理: { next: true, documents: [{ template: 告知书, to: owner }] }, 转办: next } }
  - { review: 补正审查, of: 补正, by: 甲, outcomes: { 到位: { end: 已补正 } } }
  - { file: 归档, of: 信访, by: 甲 }
";

fn nine(day: u32) -> Moment {
    chrono::NaiveDate::from_ymd_opt(2025, 3, day).unwrap().and_hms_opt(9, 0, 0).unwrap()
}

#[test]
fn no_paper_goes_out_while_a_side_item_is_open() {
    for outcome in ["受理", "转办"] {
        let mut run = opened(DEFINITION, Some(("告知书", PAPER)), TOWN);
        run.fill(nine(3), "甲办", vec![row(None, &json!({ "姓名": "赵六" }))]).unwrap();
        let fields = json!({ "需补材料": "合同" }).as_object().cloned().unwrap();
        let raised = Command::RaiseSide { kind: "补正".into(), about: Some(1), fields, submission: "r".into() };
        run.tell(nine(4), "甲办", raised).unwrap();
        let told = run.fill(nine(5), "甲办", vec![says(1, outcome)]);
        if outcome == "受理" {
            let say = "赵六尚有未办结的补正，办结前不能这样答复：答复后文书即行发出。请待补正办结后再报。";
            assert_eq!(told, Err(vec![say.to_string()]));
            assert!(run.case.documents.is_empty());
        } else {
            let say = "赵六尚有未办结的补正，办结后才转入下一环节，此前仍在本环节等候。";
            assert_eq!(told, Ok(vec![say.to_string()]));
            assert_eq!(run.case.item(1).unwrap().stage(), Some("审查"));
        }
        run.fill(nine(6), "甲办", vec![says(2, "到位")]).unwrap();
        if outcome == "受理" {
            run.fill(nine(7), "甲办", vec![says(1, outcome)]).unwrap();
            run.make(nine(7));
        }
        assert_eq!(run.case.item(1).unwrap().stage(), Some("归档"));
    }
}
