//! The engine by what can be seen of it: versions of a definition, workbooks left in 待办, what comes after sealing.

#![expect(clippy::unwrap_used, reason = "a test that cannot play has failed")]

#[path = "common/look.rs"]
mod common;

use banwen::clock::Moment;
use banwen::engine::Fuse;
use banwen::engine::commands::Request;
use banwen::engine::scenario::{Player, Step, StepKind, parse, shipped_scenario};
use banwen::engine::viewing;
use banwen::store::{EffectFilter, EffectState};
use std::path::Path;

fn at(text: &str) -> Moment {
    Moment::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
}

async fn until(out: &Path, moment: &str) -> (Player, banwen::engine::scenario::Scenario) {
    let scenario = parse("demo.yaml", shipped_scenario("demo").unwrap()).unwrap();
    let base = common::root().join("workflows/scenarios");
    let mut player = Player::begin(&scenario, &base, out, Fuse::default()).await.unwrap();
    player.play(&scenario, Some(at(moment))).await.unwrap();
    (player, scenario)
}

#[test]
fn a_running_case_keeps_its_definition_and_a_broken_one_is_not_deployed() {
    common::runtime().block_on(async {
        let out = common::folder("engine-versions");
        let (mut player, _) = until(&out, "2022-05-06T09:00").await;
        let before = viewing::look(&out).await.unwrap();
        let closure = before.cases.values().next().unwrap().closure.clone();
        assert_eq!(before.deployed.get("七一表彰"), Some(&closure));

        let file = out.join("workflows/七一表彰.yaml");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text.replace("within: 10 workdays", "within： 10 workdays")).unwrap();
        let empty = parse("none.yaml", "scenario: none\nstart: 2022-05-06T09:00\nsteps: []\n").unwrap();
        player.play(&empty, Some(at("2022-05-06T10:00"))).await.unwrap();
        let told = std::fs::read_to_string(out.join("workflows/七一表彰.yaml.errors.txt")).unwrap();
        assert!(told.contains("full-width-punctuation"), "{told}");

        std::fs::write(&file, text.replace("for: 5 workdays", "for: 7 workdays")).unwrap();
        player.play(&empty, Some(at("2022-05-06T11:00"))).await.unwrap();
        assert!(!out.join("workflows/七一表彰.yaml.errors.txt").exists(), "the errors are gone with their cause");
        let after = viewing::look(&out).await.unwrap();
        assert_ne!(after.deployed.get("七一表彰"), Some(&closure), "the new version is deployed");
        assert_eq!(after.cases.values().next().unwrap().closure, closure, "the case stays on its own");
        common::clear(&out);
    });
}

#[test]
fn a_workbook_filled_in_place_is_reminded_of_and_never_taken() {
    common::runtime().block_on(async {
        let out = common::folder("engine-untaken");
        let (mut player, _) = until(&out, "2022-05-06T09:00").await;
        let tasks = out.join("offices/第一党支部/待办");
        let sheet = std::fs::read_dir(&tasks).unwrap().next().unwrap().unwrap().path();
        std::fs::write(&sheet, b"filled and saved where it lay").unwrap();
        let events = player.events().await.unwrap().len();
        let empty = parse("none.yaml", "scenario: none\nstart: 2022-05-06T09:00\nsteps:\n  - { at: 2022-05-07T09:00 }\n  - { at: 2022-05-09T09:00 }\n").unwrap();
        player.play(&empty, None).await.unwrap();
        let note = std::fs::read_dir(&tasks).unwrap().map(|e| e.unwrap().path()).find(|p| p.extension().is_some_and(|e| e == "txt"));
        let told = std::fs::read_to_string(note.unwrap()).unwrap();
        assert!(told.contains("没有移到“交件”"), "{told}");
        assert_eq!(std::fs::read(&sheet).unwrap(), b"filled and saved where it lay", "what the office wrote is not touched");
        assert_eq!(player.events().await.unwrap().len(), events, "nothing was taken");
        common::clear(&out);
    });
}

#[test]
fn a_package_that_was_carried_away_leaves_its_supplement_given_up_and_not_told_for_ever() {
    common::runtime().block_on(async {
        let (path, out) = (common::root().join("tests/scenarios/归档之后.yaml"), common::folder("engine-carried-away"));
        let scenario = common::scenario(&path);
        let mut player = Player::begin(&scenario, path.parent().unwrap(), &out, Fuse::default()).await.unwrap();
        let (before, retried) = scenario.steps.split_at(8);
        for (n, step) in before.iter().enumerate() {
            player.step(n + 1, step).await.unwrap();
        }
        let (archive, away) = (out.join("archive/2022"), out.join("archive/away"));
        let events = player.events().await.unwrap().len();
        std::fs::rename(&archive, &away).unwrap();
        player.step(9, &retried[0]).await.unwrap();
        assert_eq!(player.events().await.unwrap().len(), events + 1, "the letter's end, and no more");
        let dead = EffectFilter { states: vec![EffectState::Dead], ..EffectFilter::default() };
        let store = viewing::look(&out).await.unwrap().store.unwrap();
        let given_up: Vec<String> = store.effects(dead).await.unwrap().into_iter().map(|e| e.id).collect();
        assert_eq!(given_up, ["小表彰-2022/38/3", "小表彰-2022/52/1"]);

        std::fs::rename(&away, &archive).unwrap();
        let again = StepKind::Operator(Request::Retry { effect: "小表彰-2022/52/1".to_string() });
        player.step(10, &Step { at: retried[0].at, kind: again }).await.unwrap();
        let package = std::fs::read_dir(&archive).unwrap().next().unwrap().unwrap().path();
        assert!(package.join("补充-1/文件/事件52.json").is_file());
        assert!(player.verify().await.unwrap().problems.is_empty());
        common::clear(&out);
    });
}
