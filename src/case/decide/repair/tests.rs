//! What is put right by hand makes no two of what the definition tells apart.

use super::*;
use crate::case::command::{Asked, Command, HandIn};
use crate::case::decide::decide;
use crate::case::decide::tests::{Opened, opened};
use crate::case::event::Row;
use serde_json::json;

const DEFINITION: &str = "workflow: 试
roles: { 甲: 甲办 }
case: { title: 试, opened: { by: 甲 } }
items: { 事: { identity: [名称], TWINS fields: { 名称: text, 备注: { type: text, optional: true } } } }
stages:
  - { recommend: 提出, of: 事, by: 甲 }
  - { review: 审, of: 事, by: 甲 }
  - { file: 归档, of: 事, by: 甲 }
";

/// A case with the items 一 and 二.
fn two(twins: &str) -> Opened {
    let mut of = opened(&DEFINITION.replace("TWINS", twins), None, "offices:\n  甲办: {}\n");
    let task = of.case.open_tasks().find(|t| t.ask == Ask::Nominate).map(|t| t.id).unwrap();
    let row = |name: &str| {
        let fields = json!({ "名称": name }).as_object().cloned().unwrap();
        (Row { fields, ..Row::default() }, String::new())
    };
    let rows = vec![row("一"), row("二")];
    let hand_in = HandIn { task, revision: 1, rows, complete: true, submission: "1".into(), ..HandIn::default() };
    let command = Command::HandIn(hand_in);
    let asked = Asked { by: "甲办".into(), on_behalf: None, cause: "submission 1".into(), command };
    let done = decide(&of.program, &of.case, &asked, &of.ledgers, of.now).unwrap();
    (of.case, of.ledgers) = (done.case, done.ledgers);
    of
}

fn corrected(of: &Opened, names: &[(u32, &str)]) -> Result<(), Vec<String>> {
    let correct = |(item, name): &(u32, &str)| {
        let fields = json!({ "名称": name }).as_object().cloned().unwrap();
        Repair::Correct { item: *item, stage: None, fields }
    };
    let repairs: Vec<Repair> = names.iter().map(correct).collect();
    let done = repair(&of.program, &of.case, (&repairs, "笔误"), "operator", &of.ledgers, of.now);
    done.map(|_| ()).map_err(|refusal| refusal.faults.into_iter().map(|fault| fault.say).collect())
}

#[test]
fn a_correction_makes_no_twin_of_what_is_refused_as_one() {
    let of = two("");
    let twin = "item 2 would be item 1 (一) again: `事` is known by 名称";
    assert_eq!(corrected(&of, &[(2, "一")]), Err(vec![twin.to_string()]));
    assert_eq!(corrected(&of, &[(2, "三")]), Ok(()));
    // two whose names were exchanged are told apart before and afterwards
    assert_eq!(corrected(&of, &[(1, "二"), (2, "一")]), Ok(()));
    // where twins are only remarked on, they are the operator's to make
    assert_eq!(corrected(&two("twins: { then: note },"), &[(2, "一")]), Ok(()));
    let wide = two("twins: { in: workflow, then: refuse },");
    assert!(corrected(&wide, &[(2, "一")]).is_err());
    assert_eq!(corrected(&wide, &[(2, "二")]), Ok(()));
}
