//! The invariants over side items: 5. What they are about waits for them, an item where it was let in, the case at the next
//! stage behind.

use crate::case::Case;
use crate::case::event::{Body, Event, Hold};
use crate::case::program::Program;
use crate::workflow::{Each, Go, Kind, Stage};
use std::collections::BTreeMap;

/// 5. An item with a living side item does not leave the stage that collects it forwards.
pub(super) fn sides_hold(program: &Program, case: &Case, found: &mut Vec<String>) {
    for item in case.living() {
        for side in case.living_sides(item.id) {
            if !item.holds.contains(&Hold::Side(side.id)) {
                found.push(format!("5: item {} is not held by side item {}", item.id, side.id));
            }
        }
        let kind = |stage: &str| program.workflow().stage(stage).map(|s| s.kind);
        let decided = item.answers.keys().any(|stage| kind(stage) == Some(Kind::Decide));
        if decided && item.stage().and_then(kind) == Some(Kind::File) && !item.holds.is_empty() {
            found.push(format!("5: item {} is to be filed after its decision while it is held", item.id));
        }
    }
}

/// 5. Past a living side item about the case no stage opens that takes items together, and nothing is decided.
///
/// Of a case that was moved to another version, what came before is not judged by this one.
pub(super) fn case_waits(program: &Program, log: &[Event], since: u64, found: &mut Vec<String>) {
    let workflow = program.workflow();
    let about_case = |of: &str| workflow.items.get(of).is_some_and(|of| of.is_about_case());
    if !workflow.items.keys().any(|of| about_case(of)) {
        return;
    }
    // those that live: their type, and the stage they stand at
    let mut raised: BTreeMap<u32, (String, String)> = BTreeMap::new();
    // what was put off comes before its office again whatever has been raised since
    let mut let_in: BTreeMap<u32, String> = BTreeMap::new();
    let mut tasks: BTreeMap<u64, String> = BTreeMap::new();
    let before = |raised: &BTreeMap<u32, (String, String)>, stage: &Stage| {
        let at = workflow.stage_index(&stage.name);
        let stands = |(of, stands): &&(String, String)| {
            (stage.of_case || !stage.of.contains(of)) && workflow.stage_index(stands) < at
        };
        raised.values().find(stands).map(|(of, _)| of.clone())
    };
    for event in log {
        let judged = event.seq > since;
        match &event.body {
            Body::ItemOpened { item, of, stage, .. } if about_case(of) => {
                raised.insert(*item, (of.clone(), stage.clone()));
            }
            Body::ItemMoved { item, to, .. } => {
                raised.entry(*item).and_modify(|(_, stands)| to.clone_into(stands));
                let_in.remove(item);
            }
            Body::AnswerTakenBack { task, items, waiting, .. } => {
                let stage = tasks.get(task).cloned().unwrap_or_default();
                for item in items {
                    raised.entry(*item).and_modify(|(_, stands)| stands.clone_from(&stage));
                }
                waiting.iter().for_each(|item| drop(let_in.remove(item)));
                let_in.extend(items.iter().map(|item| (*item, stage.clone())));
            }
            Body::ItemEnded { item, .. } => drop(raised.remove(item)),
            Body::BatchOpened { stage: name, items, .. } => {
                let again = items.iter().all(|item| let_in.get(item) == Some(name)) && !items.is_empty();
                let stage = workflow.stage(name).filter(|s| s.kind != Kind::Recommend && s.each != Each::Item);
                let past = stage.filter(|_| judged && !again).and_then(|stage| before(&raised, stage));
                found.extend(past.map(|of| format!("5: `{name}` opened past a living `{of}` about the case")));
                let_in.extend(items.iter().map(|item| (*item, name.clone())));
            }
            Body::TaskOpened { task, stage: Some(stage), .. } => drop(tasks.insert(*task, stage.clone())),
            Body::TaskAnswered { task, rows, .. } => {
                // one of several who sign decides nothing yet
                let decides = |s: &&Stage| s.kind == Kind::Decide && !s.takes_several();
                let stage = tasks.get(task).and_then(|name| workflow.stage(name)).filter(decides);
                let chosen = |name: &String| stage.and_then(|s| s.outcomes.get(name)).is_some_and(|o| o.go == Go::Next);
                let decided = rows.iter().filter_map(|row| row.outcome.as_ref()).any(chosen);
                let past = stage.filter(|_| judged && decided).and_then(|stage| before(&raised, stage));
                found.extend(
                    past.map(|of| format!("5: event {} decides past a living `{of}` about the case", event.seq)),
                );
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::event::Fields;
    use crate::case::program::{Proof, Proofed};
    use crate::workflow::check::reload;
    use std::sync::Arc;

    const DEFINITION: &str = "workflow: 试
roles: { 甲: 甲办 }
case: { title: 试, opened: { by: 甲 } }
items:
  事: { identity: [名称], fields: { 名称: name } }
  议: { about: case, fields: { 内容: text } }
stages:
  - { recommend: 提出, of: 事, by: 甲 }
  - { assess: 办, of: 事, by: 甲, collects: 议 }
  - { assess: 理, of: 议, by: 甲, outcomes: { 毕: { end: 毕 } } }
  - { decide: 定, of: 事, by: 甲, form: { case: { 日期: date } } }
  - { file: 归档, of: 事, by: 甲 }
";

    struct Anything;

    impl Proof for Anything {
        fn proof(&self, template: &str, _: &str, _: &Fields) -> Result<Proofed, Vec<String>> {
            Ok(Proofed { title: template.to_string() })
        }
    }

    fn judged(bodies: Vec<Body>) -> Vec<String> {
        let sources = BTreeMap::from([("workflow.yaml".to_string(), DEFINITION.to_string())]);
        let program = Program::new(Arc::new(reload(&sources).unwrap()), Arc::new(Anything));
        let at = chrono::NaiveDate::from_ymd_opt(2025, 3, 3).unwrap().and_hms_opt(9, 0, 0).unwrap();
        let event = |(n, body): (usize, Body)| Event {
            stream: "试-1".into(),
            seq: n as u64 + 1,
            at,
            by: "甲办".into(),
            on_behalf: None,
            cause: String::new(),
            body,
        };
        let log: Vec<Event> = bodies.into_iter().enumerate().map(event).collect();
        let mut found = Vec::new();
        case_waits(&program, &log, 0, &mut found);
        found
    }

    #[test]
    fn a_gate_past_what_is_raised_about_the_case_is_found() {
        let raised = || Body::ItemOpened {
            item: 2,
            of: "议".into(),
            category: None,
            owner: "甲办".into(),
            about: None,
            stage: "理".into(),
            fields: Fields::new(),
            waiver: None,
            submission: None,
        };
        let opened = |stage: &str, item: u32| Body::BatchOpened {
            batch: 1,
            stage: stage.into(),
            key: String::new(),
            round: 1,
            items: vec![item],
            left: Vec::new(),
            expected: Vec::new(),
            signers: Vec::new(),
        };
        assert_eq!(judged(vec![raised(), opened("理", 2), opened("办", 1)]), Vec::<String>::new());
        assert_eq!(judged(vec![raised(), opened("定", 1)]), ["5: `定` opened past a living `议` about the case"]);
        let label = "毕".to_string();
        let ended = Body::ItemEnded { item: 2, label, outcome: None, reason: None, merged_into: None, code: None };
        assert_eq!(judged(vec![raised(), ended, opened("定", 1)]), Vec::<String>::new());
    }
}
