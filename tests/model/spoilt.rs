//! The invariants find what is wrong: logs of runs that were right, each with one thing in it that is not.

use crate::command::{Command, Entry};
use crate::definition::{By, Definition, Each, Kind, Of, Stage};
use crate::play::Play;
use crate::small::{end, intake, next};
use banwen::case::event::{Body, Change, Event, Hold, Rung};
use serde_json::json;

/// What the invariants say of a run, as it was and with its log spoilt.
fn spoilt(definition: &Definition, commands: &[Command], spoil: impl Fn(&mut Vec<Event>)) -> Vec<String> {
    let mut play = Play::open(definition, false).unwrap_or_else(|| panic!("refused:\n{}", definition.yaml())).unwrap();
    for command in commands {
        assert!(play.tell(command).unwrap(), "{command:?}");
    }
    assert_eq!(play.broken_if(|_| {}), Vec::<String>::new());
    play.broken_if(spoil)
}

fn has(found: &[String], wanted: &str) {
    assert!(found.iter().any(|said| said.contains(wanted)), "`{wanted}` is not among {found:#?}");
}

fn nominate() -> Command {
    let entry = |n: usize| Entry { category: n, name: format!("人{n}"), number: 2, group: n };
    Command::Nominate { stage: 0, office: "审办", entries: vec![entry(0), entry(1)], complete: true }
}

fn decide(rule: Option<&'static str>) -> (Definition, [Command; 2]) {
    let decide = Stage { quota: Some(1), ..Stage::plain(Kind::Decide, Of::All, By::One, vec![next(), end()]) };
    let both = Command::Answer { stage: 1, office: "审办", rows: vec![(1, Some("过")), (2, Some("过"))] };
    (Definition { stages: vec![intake(Of::All, By::One), decide], rule, per: None }, [nominate(), both])
}

fn notice() -> (Definition, [Command; 3]) {
    let notice = Stage { period: Some(1), ..Stage::plain(Kind::Publicise, Of::All, By::One, Vec::new()) };
    let stages = vec![intake(Of::All, By::One), Stage { each: Each::Case, ..notice }];
    (Definition { stages, rule: None, per: None }, [nominate(), Command::Settle, Command::Wait])
}

fn place(log: &[Event], which: impl Fn(&Body) -> bool) -> usize {
    log.iter().position(|event| which(&event.body)).unwrap()
}

fn decided(log: &[Event]) -> usize {
    log.iter().rposition(|event| matches!(event.body, Body::TaskAnswered { .. })).unwrap()
}

#[test]
fn a_decision_above_a_quota_is_found() {
    let (definition, told) = decide(None);
    let found = spoilt(&definition, &told, |log| {
        for event in log {
            if let Body::ItemOpened { category, .. } = &mut event.body {
                *category = Some("红".to_string());
            }
        }
    });
    has(&found, "7: 2 of [\"红\"] went on at `环2`, and 1 may");
}

#[test]
fn a_decision_past_a_question_is_found() {
    let (definition, told) = decide(None);
    let found = spoilt(&definition, &told, |log| {
        let at = decided(log);
        let held = Event { body: Body::ItemHeld { item: 2, on: Hold::Question(1) }, ..log[at].clone() };
        log.insert(at, held);
    });
    has(&found, "7: item 2 was decided while a question about it was open");
}

#[test]
fn a_decision_against_a_rule_is_found() {
    let (definition, told) = decide(Some("数 > 1"));
    let found = spoilt(&definition, &told, |log| {
        for event in log {
            if let Body::ItemOpened { item: 2, fields, .. } = &mut event.body {
                fields.insert("数".to_string(), json!(1));
            }
        }
    });
    has(&found, "7: item 2 was decided against");
}

#[test]
fn a_decision_against_a_rule_of_a_group_is_found() {
    let (definition, told) = decide(Some("sum(数) > 3"));
    let found = spoilt(&Definition { per: Some("owner"), ..definition }, &told, |log| {
        for event in log {
            if let Body::ItemOpened { item: 2, fields, .. } = &mut event.body {
                fields.insert("数".to_string(), json!(1));
            }
        }
    });
    has(&found, "7: item 1 was decided against");
    has(&found, "7: item 2 was decided against");
}

#[test]
fn what_was_entered_and_does_not_stand_in_its_register_is_found() {
    let (definition, told) = decide(None);
    let found = spoilt(&definition, &told, |log| {
        let at = decided(log);
        let (register, key, reason) = ("台账".to_string(), "人0".to_string(), None);
        let body = Body::RegisterWritten {
            register,
            key,
            entry: 1,
            change: Change::Enter,
            fields: serde_json::Map::new(),
            reason,
        };
        log.insert(at + 1, Event { body, ..log[at].clone() });
    });
    has(&found, "14: entry 1 of 台账 was written, and does not stand there");
}

#[test]
fn a_submission_that_answers_twice_is_found() {
    let (definition, told) = decide(None);
    let found = spoilt(&definition, &told, |log| {
        let at = decided(log);
        log.insert(at, log[at].clone());
    });
    has(&found, "16: submission 2 answered task");
}

#[test]
fn a_paper_that_is_out_before_it_was_made_is_found() {
    let (definition, told) = notice();
    let found = spoilt(&definition, &told, |log| {
        let at = place(log, |body| matches!(body, Body::DocumentRendered { .. }));
        log.remove(at);
    });
    has(&found, "9: document 1 was issued before its last draft was made");
}

#[test]
fn a_field_that_the_public_may_not_see_is_found() {
    let (definition, told) = notice();
    let found = spoilt(&definition, &told, |log| {
        let at = place(log, |body| matches!(body, Body::DocumentOrdered { .. }));
        if let Body::DocumentOrdered { fields, .. } = &mut log[at].body {
            fields["items"][0]["组"] = json!("东");
        }
    });
    has(&found, "10: document 1 shows the public `组` of item 1");
}

#[test]
fn a_clock_that_runs_out_before_its_time_is_found() {
    let (definition, told) = notice();
    let found = spoilt(&definition, &told, |log| {
        let at = place(log, |body| matches!(body, Body::ClockRang { rung: Rung::Due, .. }));
        log[at].at = log[0].at;
    });
    has(&found, "12: clock 1 ran out before its time");
}

#[test]
fn an_answer_to_a_case_that_is_held_is_found() {
    let (definition, told) = decide(None);
    let found = spoilt(&definition, &told, |log| {
        let at = decided(log);
        let held = Event { body: Body::CaseHeld { held: true, reason: String::new() }, ..log[at].clone() };
        log.insert(at, held);
    });
    has(&found, "17: event");
}
