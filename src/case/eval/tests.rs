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
  人: { identity: [名称], fields: { 名称: text, 岁: integer, 身份: [委员, 群众], 党龄: { type: integer, optional: true }, 是委员: yes-no, 奖惩: { type: { table: { 名称: text, 分: decimal 1, 撤销: yes-no } }, optional: true } } }
stages:
  - { recommend: 提出, of: 人, by: 甲, expect: all }
  - { file: 归档, by: 甲 }
";

const OFFICES: &str = "offices:
  甲办: { title: 甲办公室, phone: 0760-1, address: 人民路1号, tags: [内部] }
channels: { 网页: web }
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
    let Parsed::Offices(offices) = parse("offices.yaml", OFFICES).unwrap() else { panic!("these are offices") };
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
        let mut said =
            fields(json!({ "名称": name, "岁": age, "身份": kind, "党龄": years, "是委员": kind == "委员" }));
        if kind == "委员" {
            let rows = json!([{ "名称": "嘉奖", "分": "0.1", "撤销": false }, { "名称": "记功", "分": "0.2" }]);
            said.insert("奖惩".to_string(), rows);
        }
        (Row { fields: said, ..Row::default() }, String::new())
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
fn an_office_has_the_parts_that_stand_in_the_directory() {
    let (sight, _) = group();
    let value = |source: &str| sight.value(source, &Target::Item(1)).unwrap().to_string();
    assert_eq!(value("owner.title"), "甲办公室");
    assert_eq!(value("owner.phone"), "0760-1");
    assert_eq!(value("owner.address"), "人民路1号");
    assert_eq!(value("'内部' in owner.tags"), "True");
}

#[test]
fn a_table_gives_its_columns_and_the_number_of_its_rows() {
    let (sight, group) = group();
    let of = |source: &str, target: &Target| sight.value(source, target).unwrap().to_string();
    let one = |source: &str| of(source, &Target::Item(1));
    assert_eq!(one("奖惩.count"), "2");
    assert_eq!(one("sum(奖惩.分)"), "0.3", "a sum is exact");
    assert_eq!((one("any(奖惩.撤销)"), one("count(奖惩.撤销)")), ("False".into(), "0".into()));
    assert_eq!(one("'记功' in 奖惩.名称"), "True");
    assert_eq!(one("len(奖惩.撤销)"), "1", "an empty cell is no value");
    assert_eq!(of("奖惩 is defined and 奖惩.count > 1", &Target::Item(2)), "False");
    assert_eq!(of("sum(奖惩.分)", &group), "0.6");
    assert_eq!(of("sum(奖惩.count)", &group), "4");
    let whole = serde_json::to_value(sight.value("奖惩", &Target::Item(3)).unwrap()).unwrap();
    let kept = json!([{ "名称": "嘉奖", "分": "0.1", "撤销": false }, { "名称": "记功", "分": "0.2" }]);
    assert_eq!(whole, kept, "what is entered elsewhere is the table as it was kept");
    assert!(sight.value("奖惩.count", &Target::Item(2)).is_err(), "what is not there has no rows");
    let asked = "奖惩.count is defined and 奖惩.count > 1";
    assert_eq!((one(asked), of(asked, &Target::Item(2))), ("True".into(), "False".into()), "but may be asked for them");
    assert_eq!(of("奖惩.count is not defined or 奖惩.count < 3", &Target::Item(2)), "True");
    assert_eq!(of("count(奖惩.count is defined)", &group), "2");
    let say = "{% if 奖惩.count is defined %}有{{ 奖惩.count }}项{% else %}没有{% endif %}";
    let text = |id: u32| sight.text(say, &Target::Item(id)).unwrap();
    assert_eq!((text(1), text(2)), ("有2项".into(), "没有".into()));
}

#[test]
fn a_span_may_be_counted_backwards() {
    let (sight, _) = group();
    let value = |source: &str| sight.value(source, &Target::Item(1)).unwrap().to_string();
    assert_eq!(value("add('2025-05-15', '5 workdays')"), "2025-05-22");
    assert_eq!(
        value("add('2025-05-08', '-6 workdays')"),
        "2025-04-27",
        "over the holiday, to the Sunday worked for it"
    );
    assert_eq!(value("add('2025-05-15', '-15 days')"), "2025-04-30");
    assert_eq!(value("add('2025-03-31', '-1 month')"), "2025-02-28");
    assert_eq!(value("add('2025-05-15', (1 + 2) ~ ' years')"), "2028-05-15", "a span may be reckoned");
    assert_eq!(value("add('2025-05-15', 奖惩.count ~ ' months')"), "2025-07-15");
    assert!(sight.value("add('2025-05-15', 1.5 ~ ' years')", &Target::Item(1)).is_err(), "half a year is 6 months");
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
    let told = sight.text(
        "按{{ 岁 * 0.1 + 0.1 - 0.3 }}计，{{ 0.1 + 0.2 }}的{{ '三倍' if 0.1 * 3 == 0.3 else '约三倍' }}",
        &Target::Item(1),
    );
    assert_eq!(told.unwrap(), "按3.2计，0.3的三倍", "what is told of a rule is reckoned as the rule is");
    for (source, why) in
        [("岁 / 0", "除数为零"), ("岁 * 1000000000000000000", "数太大，无法计算"), ("党龄不明 + 1", "")]
    {
        let wrong = sight.value(source, &Target::Item(1)).unwrap_err();
        assert!(wrong.contains(why), "{source}: {wrong}");
    }
}

#[test]
fn every_function_that_the_checker_knows_is_there() {
    use crate::workflow::parse::FUNCTIONS;
    for name in FUNCTIONS.iter().filter(|name| **name != "else") {
        let error = super::ENVIRONMENT.compile_expression(&format!("{name}()")).unwrap().eval(()).err();
        let unknown = error.is_some_and(|e| e.kind() == minijinja::ErrorKind::UnknownFunction);
        assert!(!unknown, "`{name}` passes the checker, and nothing reckons it");
    }
    let (sight, target) = group();
    let said = "{{ cn(12) }}、{{ rmb(1234.5) }}、{{ date_cn('2025-06-09') }}、{{ mask('13800138000') }}";
    assert_eq!(sight.text(said, &target).unwrap(), "十二、壹仟贰佰叁拾肆元伍角整、2025年6月9日、138****8000");
}

#[test]
fn what_cannot_be_reckoned_is_told_in_the_words_of_an_office() {
    let (sight, _) = group();
    let why = |source: &str| sight.value(source, &Target::Item(2)).unwrap_err();
    assert_eq!(why("岁 > 18 and 党龄 > 3"), "“党龄”还没有填写");
    assert_eq!(why("岁 / (岁 - 51) > 1"), "算不出来（除数为零）");
    assert_eq!(sight.text("{{ 党龄 }}年", &Target::Item(2)).unwrap_err(), "所用的内容还没有填写");
}
