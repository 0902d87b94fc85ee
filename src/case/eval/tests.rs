//! Aggregates over a group: of a field, and of what is reckoned from fields item by item.

use super::*;
use crate::calendar::Calendar;
use crate::case::command::{Asked, Command, HandIn};
use crate::case::decide::{OpenCase, decide, open};
use crate::case::event::{Fields, Row};
use crate::case::program::{Proof, Proofed};
use crate::workflow::check::reload;
use crate::workflow::parse::{Parsed, parse};
use serde_json::json;
use std::collections::BTreeMap;

const DEFINITION: &str = "workflow: 试
roles: { 甲: 甲办 }
case: { title: 试, key: [年度], opened: { by: 甲 }, params: { 年度: year } }
items:
  人: { identity: [名称], fields: { 名称: text, 岁: integer, 身份: [委员, 群众], 党龄: { type: integer, optional: true }, 是委员: yes-no } }
stages:
  - { recommend: 提出, of: 人, by: 甲, expect: all }
  - { file: 归档, by: 甲 }
";

struct Anything;

impl Proof for Anything {
    fn proof(&self, template: &str, _: &str, _: &Fields) -> Result<Proofed, Vec<String>> {
        Ok(Proofed { title: template.to_string() })
    }
}

fn fields(value: serde_json::Value) -> Fields {
    value.as_object().unwrap().clone()
}

/// Three people, as a group.
fn group() -> (Arc<Sight>, Target) {
    let sources = BTreeMap::from([("workflow.yaml".to_string(), DEFINITION.to_string())]);
    let program = Program::new(Arc::new(reload(&sources).unwrap()), Arc::new(Anything));
    let Parsed::Offices(offices) = parse("offices.yaml", "offices: { 甲办: {} }\nchannels: { 网页: web }\n").unwrap()
    else {
        panic!("these are offices")
    };
    let ledgers = Ledgers::new(Arc::new(offices), Arc::new(Calendar::shipped().clone()));
    let now = chrono::NaiveDate::from_ymd_opt(2025, 3, 3).unwrap().and_hms_opt(9, 0, 0).unwrap();
    let asked = OpenCase {
        office: "甲办".into(),
        by: "甲办".into(),
        params: fields(json!({ "年度": 2025 })),
        one: None,
        period: None,
        parent: None,
        shared: false,
        cause: "submission 1".into(),
    };
    let case = open(&program, &asked, &ledgers, now).unwrap().case;
    let people = [("李一", 34, "委员", Some(9)), ("王二", 51, "群众", None), ("张三", 60, "委员", Some(30))];
    let row = |(name, age, kind, years): (&str, i64, &str, Option<i64>)| {
        let said = json!({ "名称": name, "岁": age, "身份": kind, "党龄": years, "是委员": kind == "委员" });
        (Row { fields: fields(said), ..Row::default() }, String::new())
    };
    let task = case.open_tasks().next().unwrap().id;
    let hand_in = HandIn { task, revision: 1, rows: people.map(row).to_vec(), complete: true, ..HandIn::default() };
    let command = Command::HandIn(HandIn { submission: "2".into(), ..hand_in });
    let asked = Asked { by: "甲办".into(), on_behalf: None, cause: "submission 2".into(), command };
    let case = decide(&program, &case, &asked, &ledgers, now).unwrap().case;
    (Sight::new(&program, &case, &ledgers, now), Target::Group(vec![1, 2, 3]))
}

#[test]
fn what_is_reckoned_is_reckoned_item_by_item() {
    let (sight, group) = group();
    let value = |source: &str| sight.value(source, &group).unwrap().to_string();
    assert_eq!(value("count(是委员)"), "2");
    assert_eq!(value("count(身份 == '委员')"), "2", "a column of texts is no text");
    assert_eq!(value("count(岁 > 50 and 身份 == '委员')"), "1");
    assert_eq!(value("count(岁 > 50) * 3 <= count(名称 != '')"), "False");
    assert_eq!(value("any(岁 >= 60)"), "True");
    assert_eq!(value("all(岁 >= 60)"), "False");
    assert_eq!(value("max(岁)"), "60");
    assert_eq!(value("sum(岁 * 2)"), "290");
    assert_eq!(value("count(党龄 is defined and 党龄 > 10)"), "1");
}

#[test]
fn what_is_reckoned_is_exact() {
    let (sight, _) = group();
    let value = |source: &str| sight.value(source, &Target::Item(1)).unwrap().to_string();
    let true_of = |source: &str| assert_eq!(value(source), "True", "{source}");
    true_of("0.1 + 0.2 == 0.3");
    true_of("0.1 * 3 == 0.3 and not (0.1 * 3 > 0.3)");
    true_of("1 / 3 * 3 == 1");
    true_of("4.35 * 100 == 435");
    true_of("(岁 - 4) / 100 == 0.3 and -岁 + 34 == 0");
    true_of("岁 % 5 == 4 and 岁 // 5 == 6 and 2 ** 10 == 1024");
    true_of("(岁 if 岁 > 60 else 60) * 0.7 == 42");
    assert_eq!(value("岁 * 0.1"), "3.4");
    for (source, why) in
        [("岁 / 0", "除数为零"), ("岁 * 1000000000000000000", "数太大，无法计算"), ("党龄不明 + 1", "")]
    {
        let wrong = sight.value(source, &Target::Item(1)).unwrap_err();
        assert!(wrong.contains(why), "{source}: {wrong}");
    }
}
