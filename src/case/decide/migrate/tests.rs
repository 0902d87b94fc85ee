//! What stands in the way of a migration, each by the smallest change of a definition that brings it about.

mod under_way;

use super::*;
use crate::calendar::Calendar;
use crate::case::command::{Asked, Command, HandIn};
use crate::case::decide::{OpenCase, decide, open};
use crate::case::event::Row;
use crate::case::program::{Proof, Proofed};
use crate::workflow::check::reload;
use serde_json::json;
use std::sync::Arc;

const DEFINITION: &str = "workflow: 试
roles: { 甲: 甲办, 乙: 乙办 }
case: { title: 试, key: [年度], opened: { by: 甲 }, params: { 年度: year } }
items:
  事项:
    categories: { 大事: matter, 小事: matter }
    identity: [名称]
    fields: { 名称: text, 数: integer, 等次: [甲等, 乙等], 备注: { type: text, optional: true } }
    public: [名称]
clocks:
  办结: { of: 事项, run: 20 workdays, from: opened, until: 归档 }
stages:
  - { recommend: 提出, of: 事项, by: 甲, expect: all }
  - { assess: 办理, of: 事项, by: 乙, form: { 情况: text, 评语: { type: text, optional: true } } }
  - { review: 审核, of: 事项, by: 乙, outcomes: { 同意: next, 不同意: { end: 未通过 } } }
  - { publicise: 公布, of: 事项, by: 甲, to: public, notice: 公布, for: 3 workdays, channels: [网页] }
  - { file: 归档, by: 甲 }
";

const OFFICES: &str = "offices:
  甲办: { phone: 0565-5300000 }
  乙办: {}
  丙办: {}
channels: { 网页: web }
";

struct Anything;

impl Proof for Anything {
    fn proof(&self, template: &str, _: &str, _: &Fields) -> Result<Proofed, Vec<String>> {
        Ok(Proofed { title: template.to_string() })
    }
}

fn at(day: u32) -> Moment {
    chrono::NaiveDate::from_ymd_opt(2025, 3, day).unwrap().and_hms_opt(9, 0, 0).unwrap()
}

fn program(text: &str) -> Program {
    let sources = BTreeMap::from([("workflow.yaml".to_string(), text.to_string())]);
    Program::new(Arc::new(reload(&sources).unwrap_or_else(|p| panic!("{text}\n{p:#?}"))), Arc::new(Anything))
}

fn ledgers() -> Ledgers {
    let crate::workflow::parse::Parsed::Offices(offices) =
        crate::workflow::parse::parse("offices.yaml", OFFICES).unwrap()
    else {
        panic!("these are offices")
    };
    Ledgers::new(Arc::new(offices), Arc::new(Calendar::shipped().clone()))
}

fn row(value: serde_json::Value) -> Fields {
    value.as_object().unwrap().clone()
}

/// A case with one item, answered until it stands at a stage.
fn case_at(program: &Program, ledgers: &Ledgers, stage: &str) -> Case {
    let mut case = opened(program, ledgers);
    while case.items.get(&1).and_then(|i| i.stage()) != Some(stage) {
        case = step(program, &case, ledgers);
    }
    case
}

fn opened(program: &Program, ledgers: &Ledgers) -> Case {
    let asked = OpenCase {
        office: "甲办".into(),
        by: "甲办".into(),
        params: row(json!({ "年度": 2025 })),
        one: None,
        period: None,
        parent: None,
        shared: false,
        cause: "submission 1".into(),
    };
    open(program, &asked, ledgers, at(3)).unwrap().case
}

/// The first open task, answered.
fn step(program: &Program, case: &Case, ledgers: &Ledgers) -> Case {
    let task = case.open_tasks().next().unwrap().clone();
    let new = task.ask == Ask::Nominate;
    let nominated = json!({ "名称": "东河清淤", "数": 3, "等次": "甲等" });
    let fields = if new { row(nominated) } else { row(json!({ "情况": "已办" })) };
    let outcome = (task.stage.as_deref() == Some("审核")).then(|| "同意".to_string());
    let filled =
        Row {
            item: (!new).then_some(1), category: new.then(|| "大事".to_string()), fields, outcome, ..Row::default()
        };
    hand_in(program, case, ledgers, &task, vec![filled])
}

fn hand_in(program: &Program, case: &Case, ledgers: &Ledgers, task: &Task, rows: Vec<Row>) -> Case {
    let hand_in = HandIn {
        task: task.id,
        revision: task.revision,
        rows: rows.into_iter().map(|row| (row, String::new())).collect(),
        complete: true,
        submission: format!("s{}", task.id),
        ..HandIn::default()
    };
    let command = Command::HandIn(hand_in);
    let asked = Asked { by: task.office.clone(), on_behalf: None, cause: "submission 2".into(), command };
    decide(program, case, &asked, ledgers, at(4)).unwrap_or_else(|r| panic!("{r:#?}")).case
}

/// What is blocked when a case that stands at `stage` is to move to the definition with these words for those.
fn blocked(stage: &str, changes: &[(&str, &str)], mapping: serde_json::Value) -> Vec<String> {
    let (before, ledgers) = (program(DEFINITION), ledgers());
    let case = case_at(&before, &ledgers, stage);
    let mut text = DEFINITION.to_string();
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replace(old, new);
    }
    let mapping: Mapping = serde_json::from_value(mapping).unwrap();
    let plan = migrate((&before, &program(&text)), &case, &mapping, "operator", &ledgers, at(5));
    let found: Vec<String> =
        plan.lines.iter().filter(|l| l.blocked).map(|l| format!("{}: {}", l.what, l.becomes)).collect();
    assert_eq!(plan.decision.is_none(), !found.is_empty());
    found
}

#[test]
fn each_obstacle_is_named() {
    let cases: &[(&str, &str, &str, &str)] = &[
        ("办理", "key: [年度]", "key: []", "what cases are told apart by (key) is another"),
        ("办理", "年度: year }", "年度: year, 届次: integer }", "the params: 届次 is missing"),
        ("办理", "小事: matter", "小事: matter, 中事: matter", ""),
        ("办理", "大事: matter, ", "", "there is no category 大事"),
        ("办理", "数: integer", "数: text", "数 is of another type"),
        ("办理", "[甲等, 乙等]", "[一等, 乙等]", "等次 is 甲等, which can no longer be chosen"),
        ("办理", "备注: { type: text, optional: true }", "备注: text", "备注 is no longer optional, and is missing"),
        ("办理", "数: integer", "数: integer, 期数: integer", "期数 is new and must be filled in"),
        ("办理", "public: [名称]", "public: [名称, 备注]", "items 事项: 备注 would be newly published"),
        ("审核", "public: [名称]", "public: [名称, 办理.情况]", "items 事项: 办理.情况 would be newly published"),
        ("审核", "评语: { type: text, optional: true }", "评语: text", "办理: 评语 is no longer optional"),
        ("审核", "情况: text", "情况: text, 结论: text", "办理: 结论 is new and must be filled in"),
        ("审核", "review: 审核", "assess: 审核", "stage 审核: it has begun, and is another kind of stage now"),
        ("审核", "by: 乙, outcomes", "by: [甲, 乙], sign: all, outcomes", "batch 3 of 审核: it is signed otherwise"),
        (
            "办理",
            "assess: 办理, of: 事项, by: 乙",
            "assess: 办理, of: 事项, by: 甲",
            "it was for 乙办, and would be for 甲办",
        ),
        ("办理", "办结: {", "限办: {", "there is no clock 办结"),
        ("办理", "of: 事项, by: 乙, form", "of: 小事, by: 乙, form", "stage 办理 is not for it"),
        ("公布", "情况: text", "情况: text 900", "its notice is up or goes up"),
    ];
    for (stage, old, new, expected) in cases {
        let found = blocked(stage, &[(old, new)], json!({}));
        if expected.is_empty() {
            assert_eq!(found, Vec::<String>::new(), "{old} → {new}");
        } else {
            assert!(found.iter().any(|line| line.contains(expected)), "{old} → {new}: {found:#?}");
        }
    }
}

#[test]
fn a_mapping_gives_what_is_there_its_new_name() {
    let renamed = [
        ("assess: 办理", "assess: 承办"),
        ("名称: text", "题名: text"),
        ("identity: [名称]", "identity: [题名]"),
        ("public: [名称]", "public: [题名]"),
        ("情况: text", "办理情况: text"),
        ("大事: matter", "要事: matter"),
        ("办结: {", "限办: {"),
    ];
    let mapping = json!({
        "stages": { "办理": "承办" },
        "fields": { "名称": "题名", "办理.情况": "办理情况" },
        "categories": { "大事": "要事" },
        "clocks": { "办结": "限办" },
    });
    assert!(!blocked("审核", &renamed, json!({})).is_empty());
    for stage in ["办理", "审核"] {
        assert_eq!(blocked(stage, &renamed, mapping.clone()), Vec::<String>::new(), "{stage}");
    }
    let wrong = blocked("审核", &renamed, json!({ "stages": { "办": "承办" }, "clocks": { "办结": "别的" } }));
    assert!(
        wrong.contains(&"the mapping: stage 办 is not in the version the case runs under".to_string()),
        "{wrong:#?}"
    );
    assert!(wrong.contains(&"the mapping: clock 别的 is not in the new version".to_string()), "{wrong:#?}");
}

#[test]
fn what_moved_folds_and_is_at_rest() {
    let (before, ledgers) = (program(DEFINITION), ledgers());
    let after = program(&DEFINITION.replace("assess: 办理", "assess: 承办").replace("情况: text,", "办理情况: text,"));
    let case = case_at(&before, &ledgers, "审核");
    let mapping =
        serde_json::from_value(json!({ "stages": { "办理": "承办" }, "fields": { "办理.情况": "办理情况" } }));
    let plan = migrate((&before, &after), &case, &mapping.unwrap(), "operator", &ledgers, at(5));
    let decision = plan.decision.unwrap_or_else(|| panic!("{:#?}", plan.lines));
    let item = decision.case.item(1).unwrap();
    assert_eq!(item.answers["承办"].fields["办理情况"], json!("已办"));
    assert_eq!(decision.case.index, crate::case::Index::of(&decision.case));
    assert_eq!(decision.case.closure, after.closure.digest);
    assert!(crate::case::decide::at_rest(&after, &decision.case, &decision.ledgers, at(5)));
    let mut folded = case.clone();
    decision.events.iter().for_each(|event| folded.apply(event));
    assert_eq!(format!("{folded:?}"), format!("{:?}", decision.case));
}

#[test]
fn each_open_task_has_a_line() {
    let text = DEFINITION.replace("by: 甲, expect: all }", "by: 甲, expect: all, paper: 1 }");
    let (before, after) = (program(&text), program(&text.replace("3 workdays", "4 workdays")));
    let ledgers = ledgers();
    let case = step(&before, &opened(&before, &ledgers), &ledgers);
    let copies = case.open_tasks().find(|t| t.ask == Ask::Copies).unwrap();
    let plan = migrate((&before, &after), &case, &Mapping::default(), "operator", &ledgers, at(5));
    let line = format!("task {} 提出纸质件收讫登记表 of 甲办", copies.id);
    let lines: Vec<String> = plan.lines.iter().map(|l| format!("{}: {}", l.what, l.becomes)).collect();
    assert_eq!(lines.iter().filter(|l| **l == format!("{line}: stays as it is")).count(), 1, "{lines:#?}");
}
