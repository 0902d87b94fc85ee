//! What stands on a notice and is then changed, each way it can be, is noticed again or stays as it is.

mod of_the_case;

use crate::case::command::{Asked, Command, HandIn};
use crate::case::decide::tests::{Opened, opened};
use crate::case::decide::{ITSELF, Refusal, Repair, decide, repair};
use crate::case::event::{Ask, Body, Event, Row};
use crate::case::ledger::Ledgers;
use crate::case::program::Program;
use crate::case::{Case, Life, invariant};
use crate::clock::Moment;
use serde_json::{Value, json};
use std::sync::Arc;

const DEFINITION: &str = "workflow: 试
roles: { 甲: 甲办 }
case: { title: 试, opened: { by: 甲 } }
items:
  事:
    identity: [名称]
    fields: { 名称: text, 摘要: text, 备注: { type: text, optional: true } }
    public: [名称, 摘要, 备注, 查.查情]
stages:
  - { recommend: 提出, of: 事, by: 甲 }
  - { assess: 查, of: 事, by: 甲, form: { 查情: text, 附注: { type: text, optional: true } } }
  - { publicise: 公示, of: 事, each: item, by: 甲, to: public, notice: 公示稿, for: 5 workdays, channels: [公开栏] }
  - review: 核
    of: 事
    by: 甲
    outcomes: { 同意: { next: true }, 重查: { back: 查, resume: straight }, 重报: { back: 提出, resume: straight } }
  - { decide: 定, of: 事, each: item, by: 甲, form: { 日期: date } }
  - { assess: 办, of: 事, by: 甲, form: { 办情: text } }
  - { file: 归档, of: 事, by: 甲 }
";
const NOTICE: &str = "{% for x in items %}{{ x.名称 }}{{ x.摘要 }}{{ x.查.查情 }}{% endfor %}";

/// The same, where the notice prints its items by a table.
const TABLES: &str =
    "tables:\n  名单: { from: 事, where: 查.查情 is defined, rows: item, columns: { 摘要: 摘要, 查情: 查.查情 } }\n";
const NOTICE_BY_TABLE: &str = "{% for 行 in 名单.rows %}{{ 行.label }}{{ 行.values }}{% endfor %}";

struct Run {
    program: Program,
    case: Case,
    ledgers: Ledgers,
    log: Vec<Event>,
    now: Moment,
}

impl Run {
    /// A case with two items whose notices have come down again: both are at 核.
    fn noticed(definition: &str) -> Run {
        let mut run = Run::posted(definition);
        run.rest();
        assert_eq!(run.stages(), ["核", "核"]);
        run
    }

    /// The same while the notices are up.
    fn posted(definition: &str) -> Run {
        let mut run = Run::begun(definition);
        run.post();
        run
    }

    /// The same while the notices are being made.
    fn begun(definition: &str) -> Run {
        Run::handed_in(definition).looked_into()
    }

    fn looked_into(mut self) -> Run {
        for item in [1, 2] {
            self.hand_in("查", vec![row(Some(item), json!({ "查情": "属实" }))], &json!({})).unwrap();
        }
        self
    }

    /// Two items have been handed in.
    fn handed_in(definition: &str) -> Run {
        Run::told_by(definition, if definition.contains("tables:") { NOTICE_BY_TABLE } else { NOTICE })
    }

    fn told_by(definition: &str, notice: &str) -> Run {
        let town = "offices:\n  甲办: { title: 甲办公室, tags: [张贴] }\nchannels: { 公开栏: hand }\n";
        let Opened { program, case, ledgers, log, now } = opened(definition, Some(("公示稿", notice)), town);
        let mut run = Run { program, case, ledgers, log, now };
        let rows = ["一", "二"].map(|name| row(None, json!({ "名称": name, "摘要": "原文" })));
        run.hand_in("提出", rows.to_vec(), &json!({})).unwrap();
        run
    }

    fn take(&mut self, decided: crate::case::decide::Decision) {
        self.log.extend(decided.events);
        (self.case, self.ledgers) = (decided.case, decided.ledgers);
        let broken = invariant::broken(&self.program, &self.case, &self.log, &self.ledgers);
        assert!(broken.is_empty(), "{broken:#?}");
    }

    fn tell(&mut self, by: &str, command: Command) -> Result<(), Refusal> {
        let cause = format!("submission {}", self.log.len());
        let asked = Asked { by: by.into(), on_behalf: None, cause, command };
        let decided = decide(&self.program, &self.case, &asked, &self.ledgers, self.now)?;
        self.take(decided);
        Ok(())
    }

    /// Answers the open task of a stage that asks of the item of the first row.
    fn hand_in(&mut self, stage: &str, rows: Vec<Row>, head: &Value) -> Result<(), Refusal> {
        let meant = |t: &&crate::case::Task| {
            t.stage.as_deref() == Some(stage)
                && matches!(t.ask, Ask::Nominate | Ask::Correct | Ask::Answer)
                && rows[0].item.is_none_or(|item| t.items.contains(&item))
        };
        let task = self.case.open_tasks().find(meant).map(|t| (t.id, t.revision)).unwrap();
        let rows = rows.into_iter().map(|row| (row, String::new())).collect();
        let submission = self.log.len().to_string();
        let fields = head.as_object().cloned().unwrap();
        let hand_in = HandIn { task: task.0, revision: task.1, rows, fields, submission, ..HandIn::default() };
        self.tell("甲办", Command::HandIn(HandIn { complete: true, ..hand_in }))
    }

    /// Every notice that is ordered is made, and put up on the board.
    fn post(&mut self) {
        while let Some((document, draft)) = self.ordered() {
            let (word, renderer, fonts) = ("w".into(), "r".into(), "f".into());
            let made = Command::Rendered { document, draft, word, pdf: None, no_pdf: None, renderer, fonts };
            self.tell(ITSELF, made).unwrap();
        }
        while let Some(task) = self.to_post() {
            let fields = json!({ "on": self.now.date().to_string() }).as_object().cloned().unwrap();
            let submission = self.log.len().to_string();
            let hand_in = HandIn { task, revision: 1, fields, complete: true, submission, ..HandIn::default() };
            self.tell("甲办", Command::HandIn(hand_in)).unwrap();
        }
    }

    fn to_post(&self) -> Option<u64> {
        self.case.open_tasks().find(|t| matches!(t.ask, Ask::Post(_))).map(|t| t.id)
    }

    fn ordered(&self) -> Option<(u32, u32)> {
        self.case.documents.values().find(|d| d.life == Life::Ordered).map(|d| (d.id, d.draft))
    }

    /// The time of every notice runs out.
    fn rest(&mut self) {
        self.now += chrono::TimeDelta::days(8);
        self.tell(ITSELF, Command::Ring).unwrap();
    }

    fn asked(&self) -> Option<u64> {
        self.case.open_tasks().find(|t| matches!(t.ask, Ask::Question(_))).map(|t| t.id)
    }

    fn answer(&mut self, task: u64, answer: &str) {
        let fields = json!({ "answer": answer }).as_object().cloned().unwrap();
        let submission = self.log.len().to_string();
        let hand_in = HandIn { task, revision: 1, fields, complete: true, submission, ..HandIn::default() };
        self.tell("甲办", Command::HandIn(hand_in)).unwrap();
    }

    fn review(&mut self, item: u32, outcome: &str) {
        let row = Row { item: Some(item), outcome: Some(outcome.into()), ..Row::default() };
        self.hand_in("核", vec![row], &json!({})).unwrap();
    }

    fn decided(&mut self, item: u32) {
        let row = Row { outcome: Some("通过".into()), ..row(Some(item), json!({ "日期": "2025-03-03" })) };
        self.hand_in("定", vec![row], &json!({})).unwrap();
    }

    fn repair(&mut self, repairs: &[Repair]) -> Result<(), String> {
        let now = self.now;
        let decided = repair(&self.program, &self.case, (repairs, "笔误"), "operator", &self.ledgers, now);
        let decided = decided.map_err(|refusal| refusal.faults[0].say.clone())?;
        self.take(decided);
        Ok(())
    }

    fn stages(&self) -> Vec<&str> {
        self.case.items.values().filter_map(|i| i.stage()).collect()
    }

    /// What the notice shows of an item that last named it, and whether it names it again.
    fn shown(&self, item: u32) -> (String, Value) {
        let paper = &self.case.documents[&self.case.items[&item].noticed["公示"]];
        let told = paper.fields["items"].as_array().unwrap().iter().find(|i| i["id"] == item).unwrap();
        (format!("{}/{}", told["摘要"], told["查"]["查情"]), paper.fields["本次"].clone())
    }
}

fn row(item: Option<u32>, fields: Value) -> Row {
    Row { item, fields: fields.as_object().cloned().unwrap(), ..Row::default() }
}

fn correct(fields: Value) -> Repair {
    Repair::Correct { item: 1, stage: None, fields: fields.as_object().cloned().unwrap() }
}

#[test]
fn an_answer_mended_otherwise_leads_by_the_notice_that_shows_it() {
    let mut run = Run::noticed(DEFINITION);
    run.review(1, "重查");
    run.hand_in("查", vec![row(Some(1), json!({ "查情": "部分属实" }))], &json!({})).unwrap();
    assert_eq!(run.stages(), ["公示", "核"]);
    assert_eq!(run.shown(1), ("\"原文\"/\"部分属实\"".into(), json!({ "轮次": 2, "重新": true })));
    run.post();
    run.rest();
    assert_eq!(run.stages(), ["核", "核"], "from there straight on");
}

#[test]
fn what_no_notice_shows_goes_straight() {
    let mut run = Run::noticed(DEFINITION);
    run.review(1, "重查");
    run.hand_in("查", vec![row(Some(1), json!({ "查情": "属实", "附注": "新" }))], &json!({})).unwrap();
    assert_eq!(run.stages(), ["核", "核"]);
    // public, and not on the notice
    run.review(1, "重报");
    run.hand_in("提出", vec![row(Some(1), json!({ "名称": "一", "摘要": "原文", "备注": "新" }))], &json!({})).unwrap();
    assert_eq!(run.stages(), ["核", "核"]);
    run.review(1, "重报");
    run.hand_in("提出", vec![row(Some(1), json!({ "名称": "一", "摘要": "新文" }))], &json!({})).unwrap();
    assert_eq!(run.stages(), ["公示", "核"]);
}

#[test]
fn a_repair_of_what_was_noticed_names_the_way_out() {
    let mut run = Run::noticed(DEFINITION);
    let answer = Repair::Correct {
        item: 1,
        stage: Some("查".into()),
        fields: json!({ "查情": "不实" }).as_object().cloned().unwrap(),
    };
    let way = "let the same repair move it there, `move: { item: 1, to: 公示 }`";
    let told = run.repair(std::slice::from_ref(&answer)).unwrap_err();
    assert_eq!(told, format!("the notice `公示` shows 查.查情 of item 1 otherwise: {way}"));
    let told = run.repair(&[correct(json!({ "摘要": "新文" }))]).unwrap_err();
    assert_eq!(told, format!("the notice `公示` shows 摘要 of item 1 otherwise: {way}"));
    run.repair(&[correct(json!({ "备注": "新" }))]).unwrap();
    run.repair(&[answer, Repair::Move { item: 1, to: "公示".into() }]).unwrap();
    assert_eq!(run.stages(), ["公示", "核"]);
    run.post();
    run.rest();
    run.review(1, "同意");
    run.decided(1);
    let told = run.repair(&[correct(json!({ "摘要": "新文" }))]).unwrap_err();
    assert!(told.ends_with("it has been decided on as it was shown, and a decision is revoked by another"), "{told}");
}

#[test]
fn while_its_notice_runs_its_time_begins_anew_and_the_old_one_comes_down() {
    let mut run = Run::posted(DEFINITION);
    assert!(run.repair(&[correct(json!({ "摘要": "新文" }))]).unwrap_err().contains("to: 公示"));
    run.now += chrono::TimeDelta::days(2);
    run.repair(&[correct(json!({ "摘要": "新文" })), Repair::Move { item: 1, to: "公示".into() }]).unwrap();
    let down = |e: &&Event| matches!(&e.body, Body::NoticeDown { .. });
    assert_eq!(run.log.iter().filter(down).count(), 1, "the old notice names nobody any more");
    run.post();
    run.now += chrono::TimeDelta::days(6);
    run.tell(ITSELF, Command::Ring).unwrap();
    assert_eq!(run.stages(), ["公示", "核"], "the other is not kept waiting, and this one has all its time");
    run.now += chrono::TimeDelta::days(2);
    run.tell(ITSELF, Command::Ring).unwrap();
    assert_eq!(run.stages(), ["核", "核"]);
}

#[test]
fn what_a_notice_prints_by_a_table_stands_on_it() {
    let by_table = format!("{DEFINITION}{TABLES}");
    let mut run = Run::noticed(&by_table);
    let told = run.repair(&[correct(json!({ "摘要": "新文" }))]).unwrap_err();
    assert!(told.starts_with("the notice `公示` shows 摘要 of item 1 otherwise"), "{told}");
    let fields = json!({ "查情": "不实" }).as_object().cloned().unwrap();
    let told = run.repair(&[Repair::Correct { item: 1, stage: Some("查".into()), fields }]).unwrap_err();
    assert!(told.starts_with("the notice `公示` shows 查.查情 of item 1 otherwise"), "{told}");
    run.repair(&[correct(json!({ "备注": "新" }))]).unwrap();
    // public, and not in the table
    run.review(1, "重报");
    run.hand_in("提出", vec![row(Some(1), json!({ "名称": "一", "摘要": "原文", "备注": "更新" }))], &json!({}))
        .unwrap();
    assert_eq!(run.stages(), ["核", "核"]);
    run.review(1, "重报");
    run.hand_in("提出", vec![row(Some(1), json!({ "名称": "一", "摘要": "新文" }))], &json!({})).unwrap();
    assert_eq!(run.stages(), ["公示", "核"]);

    let older = by_table.replace("同意: { next: true }", "同意: { next: true, do: [{ set: { 摘要: \"'新文'\" } }] }");
    let mut run = Run::noticed(&older);
    run.review(1, "同意");
    assert_eq!(run.stages(), ["公示", "核"], "what is set behind the notice is noticed again");
}

#[test]
fn a_notice_not_yet_out_is_made_with_what_is_put_right() {
    let mut run = Run::noticed(DEFINITION);
    run.review(1, "重报");
    run.hand_in("提出", vec![row(Some(1), json!({ "名称": "一", "摘要": "新文" }))], &json!({})).unwrap();
    run.repair(&[correct(json!({ "摘要": "更新文" }))]).unwrap();
    assert_eq!(run.shown(1), ("\"更新文\"/\"属实\"".into(), json!({ "轮次": 2, "重新": true })));
}

#[test]
fn what_an_older_definition_sets_behind_its_notice_is_noticed_again() {
    let definition =
        DEFINITION.replace("同意: { next: true }", "同意: { next: true, do: [{ set: { 摘要: \"'新文'\" } }] }");
    let mut run = Run::noticed(&definition);
    run.review(1, "同意");
    assert_eq!(run.stages(), ["公示", "核"]);
    assert_eq!(run.shown(1).0, "\"新文\"/\"属实\"");
    run.post();
    run.rest();
    run.review(1, "同意");
    assert_eq!(run.stages(), ["定", "核"], "it says no other than its notice now");
}

#[test]
fn what_is_set_when_it_is_decided_is_a_question() {
    let form = "form: { 日期: date }";
    let definition = DEFINITION.replace(
        form,
        &format!("{form}, outcomes: {{ 通过: {{ next: true, do: [{{ set: {{ 摘要: \"'新文'\" }} }}] }} }}"),
    );
    let mut run = Run::noticed(&definition);
    run.review(1, "同意");
    run.decided(1);
    let asked = run.case.open_questions().next().unwrap();
    assert_eq!(
        asked.text,
        "一的“摘要”与“公示”所公示的不一致，而决定已经作出。请核对；确需更改的，请按撤销程序办理，重新公示。"
    );
    assert_eq!(run.stages(), ["定", "核"], "it waits for the answer");
}

#[test]
fn a_decision_that_a_side_item_undoes_is_told_as_revoked() {
    let side = "  议: { about: 事, identity: [内容], fields: { 内容: text } }\nstages:\n";
    let upheld = "  - { review: 复查, of: 议, by: 甲, outcomes: { 维持: { end: 维持 }, 成立: { end: 成立, about: { end: 已撤销 } } } }\n";
    let definition = DEFINITION
        .replace("stages:\n", side)
        .replace("form: { 日期: date } }", "form: { 日期: date }, documents: [{ template: 公示稿, to: 甲 }] }")
        .replace("form: { 办情: text } }\n", &format!("form: {{ 办情: text }}, collects: 议 }}\n{upheld}"));
    let mut run = Run::noticed(&definition);
    run.review(1, "同意");
    run.decided(1);
    run.post();
    let told = |run: &Run| {
        let paper = run.case.documents.values().find(|d| d.stage.as_deref() == Some("定")).unwrap();
        crate::case::revoked(&run.program, &run.case, &run.ledgers, paper)
    };
    assert_eq!(told(&run), None);
    let fields = json!({ "内容": "不服" }).as_object().cloned().unwrap();
    run.tell("甲办", Command::RaiseSide { kind: "议".into(), about: Some(1), fields, submission: "9".into() }).unwrap();
    assert_eq!(told(&run), None);
    let row = Row { item: Some(3), outcome: Some("成立".into()), ..Row::default() };
    run.hand_in("复查", vec![row], &json!({})).unwrap();
    assert_eq!(run.case.items[&1].label(), Some("已撤销"));
    assert_eq!(told(&run).as_deref(), Some("决定已撤销"));
}

#[test]
fn a_notice_that_nobody_can_put_up_is_a_question_to_the_opener() {
    let definition = DEFINITION
        .replace("roles: { 甲: 甲办 }", "roles: { 甲: 甲办, 张: { tag: 张贴 } }")
        .replace("each: item, by: 甲, to: public", "each: item, by: 张, to: public");
    let mut run = Run::begun(&definition);
    let mut town = run.ledgers.offices.as_ref().clone();
    let before = Arc::new(town.clone());
    town.offices.values_mut().for_each(|office| office.tags.clear());
    run.ledgers.offices = Arc::new(town);
    run.post();
    let asked: Vec<String> = run.case.open_questions().map(|q| q.text.clone()).collect();
    let text = |item| {
        format!("“公示”（{item}）无法继续：没有张贴单位，请核对单位名录，以及对象中写明的承办单位。请处理后答复。")
    };
    assert_eq!(asked, [text("一"), text("二")], "one for each of the notices");
    // somebody is found
    run.ledgers.offices = before;
    while let Some(task) = run.asked() {
        run.answer(task, "已处理，请继续");
    }
    assert_eq!(run.case.documents.len(), 2, "the notices are not made once more");
    run.post();
    run.rest();
    assert_eq!(run.stages(), ["核", "核"]);
}

#[test]
fn whoever_handed_in_what_nobody_has_may_still_have_it_back() {
    let definition = DEFINITION
        .replace("roles: { 甲: 甲办 }", "roles: { 甲: 甲办, 承: { field: 承办 } }")
        .replace("备注: {", "承办: { type: office, optional: true }, 备注: {")
        .replace("assess: 查, of: 事, by: 甲", "assess: 查, of: 事, by: 承");
    let mut run = Run::handed_in(&definition);
    run.tell("甲办", Command::RequestReturn { item: 1, reason: "漏填承办".into() }).unwrap();
    let asked = run.case.open_questions().last().unwrap();
    assert_eq!((asked.to.as_str(), asked.answers[0].as_str()), ("甲办", "同意退回"));
}
