//! Logs of earlier versions are read for ever: each sample folds as it did when it was written.

#![expect(clippy::unwrap_used, reason = "a test that cannot read has failed")]

use banwen::case::event::{Body, ClockOf, Event};
use banwen::case::{Case, Index};
use serde_json::Value;

/// The events of a sample, as the store hands them out.
fn events(text: &str) -> Vec<Event> {
    text.lines().map(event).collect()
}

fn event(line: &str) -> Event {
    let mut recorded: Value = serde_json::from_str(line).unwrap();
    let kind = recorded["kind"].clone();
    recorded["body"]["kind"] = kind;
    serde_json::from_value(recorded).unwrap_or_else(|error| panic!("{error}: {line}"))
}

#[test]
fn a_round_of_0_1_0_folds_to_its_end() {
    let log = events(include_str!("data/log-0.1.0.jsonl"));
    let case = Case::replay(&log).unwrap();
    assert_eq!((case.id.as_str(), case.seq), ("七一表彰-2022", log.len() as u64));
    assert!(case.closed.is_some());
    assert_eq!(case.living().count(), 0);
    assert_eq!(case.index, Index::of(&case));
    let issued = log.iter().filter(|e| matches!(e.body, Body::DocumentIssued { .. })).count();
    assert!(issued > 20, "{issued} papers");
    let still: Vec<u32> = case.running().filter(|c| matches!(c.of, ClockOf::Answer(_))).map(|c| c.id).collect();
    assert!(still.is_empty(), "limits {still:?} run for batches that are done");
}

#[test]
fn a_question_of_0_1_0_about_one_paper_keeps_its_answers_and_covers_no_other() {
    let mut log = events(include_str!("data/log-0.1.0.jsonl"));
    log.truncate(log.iter().position(|e| matches!(e.body, Body::DocumentRendered { .. })).unwrap());
    let ordered = log
        .iter()
        .rev()
        .find_map(|e| if let Body::DocumentOrdered { document, .. } = e.body { Some(document) } else { None });
    let (document, mut next) = (ordered.unwrap(), log.last().unwrap().clone());
    let bodies = [
        serde_json::json!({ "kind": "EffectSettled", "effect": "七一表彰-2022/9/1", "result": "no", "attempts": 1 }),
        serde_json::json!({ "kind": "QuestionAsked", "question": 90, "to": "镇组织办", "text": "未能生成", "answers": ["重试", "已另行处理"],
            "about": { "effect": { "effect": "七一表彰-2022/9/1", "owed": { "do": "render", "document": document, "draft": 1 } } } }),
    ];
    for body in bodies {
        next.seq += 1;
        next.body = serde_json::from_value(body).unwrap();
        log.push(next.clone());
    }
    let case = Case::replay(&log).unwrap();
    assert_eq!(case.questions[&90].unmade(), None);
    assert!(case.documents[&document].unmade.is_none() && case.asks_of_unmade(document).is_none());
    assert_eq!(case.index, Index::of(&case));
}
