//! A notice that comes down before its time is taken off by whoever put it up by hand, who is told so.

use crate::case::command::{Command, HandIn};
use crate::case::decide::OPERATOR;
use crate::case::decide::tests::{Opened, opened, row};
use crate::case::event::{Ask, Body, TOLD};
use crate::clock::Moment;
use serde_json::json;

const TOWN: &str = "offices:
  甲办: { title: 甲办公室 }
channels: { 网页: web, 公开栏: hand }
";
const NOTICE: &str = "---\n文种: 公告\n标题: 公示\n公开属性: 主动公开\n署名: 甲办\n成文日期: {{ 成文日期 }}\n---\n\
                      {% for x in items %}{{ x.名称 }}{% endfor %}\n";
const DEFINITION: &str = "workflow: 试
roles: { 甲: 甲办 }
case: { title: 试, opened: { by: 甲 } }
items: { 事: { identity: [名称], fields: { 名称: text }, public: [名称] } }
stages:
  - { recommend: 提出, by: 甲 }
  - { publicise: 公示, by: 甲, to: public, notice: 公示, channels: [网页, 公开栏], for: 5 workdays }
  - { file: 归档, by: 甲 }
";

fn at(day: u32) -> Moment {
    chrono::NaiveDate::from_ymd_opt(2025, 3, day).unwrap().and_hms_opt(9, 0, 0).unwrap()
}

/// The notice of one item is made, and hangs on the board where it does.
fn noticed(hangs: bool) -> Opened {
    let mut run = opened(DEFINITION, Some(("公示", NOTICE)), TOWN);
    run.fill(at(3), "甲办", vec![row(None, &json!({ "名称": "一" }))]).unwrap();
    run.make(at(3));
    if hangs {
        let task = run.case.open_tasks().find(|t| matches!(t.ask, Ask::Post(_))).map(|t| t.id).unwrap();
        let fields = json!({ "on": "2025-03-03" }).as_object().cloned().unwrap();
        let posted = HandIn { task, revision: 1, fields, complete: true, submission: "p".into(), ..HandIn::default() };
        run.tell(at(3), "甲办", Command::HandIn(posted)).unwrap();
    }
    run
}

fn told(run: &Opened) -> Vec<String> {
    let texts =
        |body: &Body| if let Body::Told { fields, .. } = body { fields[TOLD].as_array().cloned() } else { None };
    run.log.iter().filter_map(|event| texts(&event.body)).flatten().map(|t| t.as_str().unwrap().to_string()).collect()
}

#[test]
fn who_put_a_notice_up_by_hand_is_told_to_take_it_off() {
    let withdraw = |run: &mut Opened| {
        run.tell(at(4), "甲办", Command::WithdrawItem { item: 1, reason: "误报".into() }).unwrap();
    };
    let mut run = noticed(true);
    withdraw(&mut run);
    assert_eq!(told(&run), ["《公示》不再公布（公示对象均已撤下），请即从“公开栏”撤下。"]);
    let mut run = noticed(true);
    run.tell(at(4), OPERATOR, Command::Cancel { reason: "误开".into() }).unwrap();
    assert_eq!(told(&run), ["《公示》不再公布（案卷撤销），请即从“公开栏”撤下。"]);
    let mut run = noticed(false);
    withdraw(&mut run);
    assert_eq!(told(&run), Vec::<String>::new(), "it never hung there");
    let mut run = noticed(true);
    run.tell(at(12), crate::case::decide::ITSELF, Command::Ring).unwrap();
    assert_eq!(told(&run), Vec::<String>::new(), "its time is over, which it says itself");
}
