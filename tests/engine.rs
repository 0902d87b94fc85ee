//! The engine by what can be seen of it: versions of a definition, workbooks left in 待办, offices that are followed or
//! renamed, a case as a picture.

#![expect(clippy::unwrap_used, reason = "a test that cannot play has failed")]

#[path = "common/look.rs"]
mod common;
#[path = "engine/shipped.rs"]
mod shipped;

use banwen::clock::Moment;
use banwen::diagram::of_case;
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
        let broken = viewing::look(&out).await.unwrap();
        assert_eq!(broken.deployed.get("七一表彰"), Some(&closure), "the version before stays in force");

        // a template with something its layout never prints is no better
        std::fs::write(&file, &text).unwrap();
        let template = out.join("templates/公示.md");
        let good = std::fs::read_to_string(&template).unwrap();
        std::fs::write(&template, good.replacen("版式: 普通\n", "版式: 普通\n抄送: 县委组织部\n", 1)).unwrap();
        player.play(&empty, Some(at("2022-05-06T10:30"))).await.unwrap();
        let told = std::fs::read_to_string(out.join("workflows/七一表彰.yaml.errors.txt")).unwrap();
        assert!(told.contains("templates/公示.md:4:1") && told.contains("this layout has no 抄送"), "{told}");
        assert!(told.contains("文件 信函 命令 纪要 alone have a 版记"), "{told}");
        assert_eq!(viewing::look(&out).await.unwrap().deployed.get("七一表彰"), Some(&closure));
        std::fs::write(&template, good).unwrap();

        std::fs::write(&file, text.replace("for: 5 workdays", "for: 7 workdays")).unwrap();
        player.play(&empty, Some(at("2022-05-06T11:00"))).await.unwrap();
        assert!(!out.join("workflows/七一表彰.yaml.errors.txt").exists(), "the errors are gone with their cause");
        let after = viewing::look(&out).await.unwrap();
        assert_ne!(after.deployed.get("七一表彰"), Some(&closure), "the new version is deployed");
        assert_eq!(after.cases.values().next().unwrap().closure, closure, "the case stays on its own");

        std::fs::remove_file(&file).unwrap();
        player.play(&empty, Some(at("2022-05-06T12:00"))).await.unwrap();
        let gone = viewing::look(&out).await.unwrap();
        assert_eq!(gone.deployed.get("七一表彰"), None, "a file taken away is no longer in force");
        common::clear(&out);
    });
}

#[test]
fn a_case_is_drawn_with_where_everything_stands() {
    common::runtime().block_on(async {
        let out = common::folder("engine-graph");
        until(&out, "2022-06-09T18:00").await;
        let view = viewing::look(&out).await.unwrap();
        let case = view.cases.values().next().unwrap();
        let diagram = of_case(view.program(case).unwrap(), case, &view.ledgers, at("2022-06-09T18:00"));
        let golden = common::root().join("tests/diagrams/七一表彰-2022.mmd");
        if std::env::var("BANWEN_BLESS").is_ok() {
            std::fs::write(&golden, diagram.mermaid()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(golden).unwrap(), diagram.mermaid(), "BANWEN_BLESS=1 accepts it");
        let standing = |title: &str| diagram.nodes.iter().find(|n| n.title == title).unwrap().now.clone();
        let publicised = ["在办11项", "黄建国：等候异议14号办结", "郑海波：等候异议15号办结", "公示期至2022年6月10日"];
        assert_eq!(standing("公示"), publicised, "names of many are not told, those of the held are");
        assert_eq!(
            standing("异议核查").first().unwrap(),
            "在办2项：异议14号、异议15号",
            "what is not public has no name"
        );
        assert!(standing("研究决定").is_empty());
        let later = of_case(view.program(case).unwrap(), case, &view.ledgers, at("2022-07-01T09:00"));
        assert!(later.mermaid().contains("（已逾期）") && !diagram.mermaid().contains("（已逾期）"));
        assert!(diagram.svg().contains("在办11项"));
        common::clear(&out);
    });
}

#[test]
fn a_case_about_one_person_is_drawn_without_a_name() {
    common::runtime().block_on(async {
        let out = common::folder("engine-graph-private");
        let path = common::root().join("tests/scenarios/依申请公开.yaml");
        let scenario = common::scenario(&path);
        let mut player = Player::begin(&scenario, path.parent().unwrap(), &out, Fuse::default()).await.unwrap();
        player.play(&scenario, Some(at("2025-09-18T09:00"))).await.unwrap();
        let view = viewing::look(&out).await.unwrap();
        let case = view.cases.values().next().unwrap();
        let diagram = of_case(view.program(case).unwrap(), case, &view.ledgers, at("2025-09-18T09:00"));
        for drawn in [diagram.mermaid(), diagram.svg()] {
            assert!(!drawn.contains("周小雨") && !drawn.contains("城东地块"), "{drawn}");
            assert!(drawn.contains("申请1号：等候第三方意见2号办结"), "{drawn}");
            assert!(drawn.contains("“答复”期限：暂停计时"), "{drawn}");
        }
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

/// Writes the offices file anew with one text in place of another.
fn offices(out: &Path, before: &str, after: &str) {
    let file = out.join("offices.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(before), "{text}");
    std::fs::write(&file, text.replace(before, after)).unwrap();
}

#[test]
fn a_successor_gets_the_workbook_and_what_its_predecessor_wrote_in_it_stays() {
    common::runtime().block_on(async {
        let out = common::folder("engine-succession");
        let (mut player, _) = until(&out, "2022-05-06T09:00").await;
        let sheets = |office: &str| common::files(&out.join(format!("offices/{office}/待办")));
        let written = sheets("第一党支部").into_keys().find(|name| name.ends_with(".xlsx")).unwrap();
        let written = out.join("offices/第一党支部/待办").join(written);
        let ours = sheets("第三党支部").into_keys().next().unwrap();
        std::fs::write(&written, b"filled and saved where it lay").unwrap();
        for branch in ["zhibu1", "zhibu3"] {
            let mail = format!("mail: {branch}@xiangshan.example");
            offices(&out, &mail, &format!("{mail}\n    successor: 镇纪委\n    until: 2022-05-06"));
        }
        let empty = parse("none.yaml", "scenario: none\nstart: 2022-05-06T09:00\nsteps: []\n").unwrap();
        player.play(&empty, Some(at("2022-05-06T23:59"))).await.unwrap();
        assert!(sheets("镇纪委").is_empty(), "the last day is not over");
        assert!(sheets("第三党支部").contains_key(&ours));
        let (case, reason) = ("七一表彰-2022".to_string(), "核查".to_string());
        let hold = Request::Hold { case: case.clone(), reason: reason.clone() };
        assert!(player.engine().unwrap().operate(&hold).await.unwrap().done);
        player.play(&empty, Some(at("2022-05-07T00:00"))).await.unwrap();
        assert!(sheets("镇纪委").is_empty(), "a held case does not move");
        assert!(player.engine().unwrap().operate(&Request::Release { case, reason }).await.unwrap().done);
        player.play(&empty, Some(at("2022-05-07T00:01"))).await.unwrap();
        let owed = sheets("镇纪委").into_keys().filter(|name| name.ends_with(".xlsx")).count();
        assert_eq!(owed, 1, "both owed the same, so the successor owes it once");
        assert!(sheets("第三党支部").is_empty(), "what was ours is taken away");
        assert_eq!(std::fs::read(&written).unwrap(), b"filled and saved where it lay");
        assert_eq!(player.broken_invariants().await.unwrap(), [""; 0]);
        let case = viewing::look(&out).await.unwrap().cases.into_values().next().unwrap();
        assert_eq!(case.intakes["推荐"].expected, ["镇纪委", "第二党支部"]);
        common::clear(&out);
    });
}

#[test]
fn the_page_keeps_the_title_an_office_had_when_it_issued_a_paper() {
    common::runtime().block_on(async {
        let out = common::folder("engine-renamed");
        let (mut player, _) = until(&out, "2022-07-10T09:00").await;
        let page = || {
            let html = common::files(&out.join("public")).into_iter().filter(|(name, _)| name.ends_with(".html"));
            html.map(|(_, bytes)| String::from_utf8(bytes).unwrap()).collect::<String>()
        };
        let before = page();
        assert!(before.contains("中共香山镇委员会"), "{before}");
        offices(&out, "title: 中共香山镇委员会\n", "title: 中共香山新镇委员会\n");
        let empty = parse("none.yaml", "scenario: none\nstart: 2022-07-10T09:00\nsteps: []\n").unwrap();
        player.play(&empty, Some(at("2022-07-11T09:00"))).await.unwrap();
        player.engine().unwrap().refresh_page().await.unwrap();
        assert_eq!(
            page(),
            before.replace("2022年7月10日 09:00", "2022年7月11日 09:00"),
            "only the day it was made is another"
        );
        common::clear(&out);
    });
}

#[test]
fn a_package_that_was_carried_away_leaves_its_supplement_given_up_and_not_told_for_ever() {
    common::runtime().block_on(async {
        let (path, out) = (common::root().join("tests/scenarios/归档之后.yaml"), common::folder("engine-carried-away"));
        let scenario = common::scenario(&path);
        let mut player = Player::begin(&scenario, path.parent().unwrap(), &out, Fuse::default()).await.unwrap();
        let (before, retried) = scenario.steps.split_at(9);
        for (n, step) in before.iter().enumerate() {
            player.step(n + 1, step).await.unwrap();
        }
        let (archive, away) = (out.join("archive/2022"), out.join("archive/away"));
        let events = player.events().await.unwrap().len();
        std::fs::rename(&archive, &away).unwrap();
        player.step(10, &retried[0]).await.unwrap();
        assert_eq!(player.events().await.unwrap().len(), events + 3, "the letter's end and the question, no more");
        let dead = EffectFilter { states: vec![EffectState::Dead], ..EffectFilter::default() };
        let store = viewing::look(&out).await.unwrap().store.unwrap();
        let given_up: Vec<String> = store.effects(dead).await.unwrap().into_iter().map(|e| e.id).collect();
        assert_eq!(given_up, ["小表彰-2022/38/3", "小表彰-2022/57/1"]);

        std::fs::rename(&away, &archive).unwrap();
        let again = StepKind::Operator(Request::Retry { effect: "小表彰-2022/57/1".to_string() });
        player.step(11, &Step { at: retried[0].at, kind: again }).await.unwrap();
        let package = std::fs::read_dir(&archive).unwrap().next().unwrap().unwrap().path();
        assert!(package.join("补充-1/文件/事件57.json").is_file());
        assert!(player.verify().await.unwrap().problems.is_empty());
        common::clear(&out);
    });
}

#[test]
fn what_was_erased_is_nowhere_in_the_log_nor_among_the_originals() {
    common::runtime().block_on(async {
        let (path, out) = (common::root().join("tests/scenarios/到期删除.yaml"), common::folder("engine-erased"));
        let scenario = common::scenario(&path);
        let mut player = Player::begin(&scenario, path.parent().unwrap(), &out, Fuse::default()).await.unwrap();
        let erasing = scenario.steps.iter().position(|s| matches!(s.kind, StepKind::Operator(_))).unwrap();
        let originals = || -> usize {
            let shelves = std::fs::read_dir(out.join("state/originals")).unwrap();
            shelves.map(|shelf| std::fs::read_dir(shelf.unwrap().path()).unwrap().count()).sum()
        };
        let mut kept = 0;
        for (n, step) in scenario.steps.iter().enumerate() {
            if n == erasing {
                kept = originals();
            }
            // some of the lists are refused, as the transcript of the scenario says
            let _ = player.step(n + 1, step).await;
        }
        let log = format!("{:?}", player.events().await.unwrap());
        for gone in ["13900000002", "13900000003", "义务讲解", "危房排查", "吴小兰", "钱某某"] {
            assert!(!log.contains(gone), "{gone} is still in the log");
        }
        for stays in ["13900000001", "守堤十年", "讲解次数不实"] {
            assert!(log.contains(stays), "{stays} is no longer in the log");
        }
        assert!(log.contains("郑一岩"), "what a paper prints stays with it");
        assert!(originals() < kept, "a submission that spoke of nothing else keeps its original");
        assert_eq!(player.verify().await.unwrap().problems, Vec::<String>::new());
        player.restart().await.unwrap();
        assert_eq!(
            player.broken_invariants().await.unwrap(),
            Vec::<String>::new(),
            "it folds the same after a restart"
        );
        common::clear(&out);
    });
}

#[test]
fn what_was_said_of_somebody_goes_with_what_was_erased_of_him() {
    common::runtime().block_on(async {
        let (path, out) =
            (common::root().join("tests/scenarios/到期删除问答.yaml"), common::folder("engine-erased-words"));
        let scenario = common::scenario(&path);
        let mut player = Player::begin(&scenario, path.parent().unwrap(), &out, Fuse::default()).await.unwrap();
        let erasing = scenario.steps.iter().position(|s| matches!(s.kind, StepKind::Operator(_))).unwrap();
        let (before, after) = scenario.steps.split_at(erasing);
        for (n, step) in before.iter().enumerate() {
            player.step(n + 1, step).await.unwrap();
        }
        let said = async || {
            let store = viewing::look(&out).await.unwrap().store.unwrap();
            let events: Vec<String> =
                store.events("补助核定-1").await.unwrap().iter().map(|e| e.body.to_string()).collect();
            let kept = store.submissions(u32::MAX).await.unwrap();
            (events.join("\n"), kept.iter().map(|s| format!("{} {}\n", s.name, s.answer)).collect::<String>())
        };
        let (log, answers) = said().await;
        assert!(log.matches("13912345678").count() > 3 && answers.contains("张三丰（电话13912345678）户数过多"));
        for (n, step) in after.iter().enumerate() {
            player.step(erasing + n + 1, step).await.unwrap();
        }
        let (log, answers) = said().await;
        for gone in ["13912345678", "张三丰"] {
            assert!(!log.contains(gone) && !answers.contains(gone), "{gone} is still there: {log}\n{answers}");
        }
        assert!(log.contains("李四维（电话13912345679）如何核定"), "what was said of others stays");
        assert!(
            log.contains("不合条件") && answers.contains("已启动：补助核定"),
            "so does why, and what speaks of nobody"
        );
        assert_eq!(player.verify().await.unwrap().problems, Vec::<String>::new());
        player.restart().await.unwrap();
        assert_eq!(player.broken_invariants().await.unwrap(), Vec::<String>::new());
        common::clear(&out);
    });
}

/// The names in an office's 待办.
fn waiting(out: &Path, office: &str) -> Vec<String> {
    let listed = std::fs::read_dir(out.join("offices").join(office).join("待办")).unwrap();
    let mut names: Vec<String> = listed.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn papers_that_fail_together_are_listed_in_one_workbook_until_none_is_left() {
    common::runtime().block_on(async {
        let base = common::root().join("tests/scenarios");
        let text = std::fs::read_to_string(base.join("文书成批.yaml")).unwrap();
        let scenario = parse("文书成批.yaml", &text).unwrap();
        let out = common::folder("engine-unmade");
        let mut player = Player::begin(&scenario, &base, &out, Fuse::default()).await.unwrap();
        player.play(&scenario, Some(at("2025-03-11T11:00"))).await.unwrap();
        let asked = "待定事项答复表（文书未能生成）-4号.xlsx";
        assert_eq!(waiting(&out, "督查室"), [asked]);
        let sheet = std::fs::File::open(out.join("offices/督查室/待办").join(asked)).unwrap();
        let mut package = zip::ZipArchive::new(sheet).unwrap();
        let told = std::io::read_to_string(package.by_name("xl/sharedStrings.xml").unwrap()).unwrap();
        for part in ["未能生成的文书现共2份，您的答复对这2份一并有效：", "1. 《县政府督查室关于呈报一条好经验的报告》（河长日志）未能生成（", "2. 《县政府督查室关于呈报一条好经验的报告》（老街议事）未能生成（"] {
            assert!(told.contains(part), "{part} in {told}");
        }
        // one is given up: the other is still asked about; made anew with the same words it is asked about again
        let steps = [("12T09:00", "void", 4), ("12T10:00", "replace", 6), ("12T11:00", "void", 6)];
        let expected: [&[&str]; 3] = [&[asked], &["待定事项答复表（文书未能生成）-5号.xlsx"], &["归档表-6号.xlsx"]];
        for ((at, verb, document), expected) in steps.into_iter().zip(expected) {
            let step = format!("scenario: step\nstart: 2025-03-{at}\nsteps:\n  - {{ at: 2025-03-{at}, operator: {{ do: {verb}, case: 好经验推荐-2025, document: {document}, reason: 不再需要 }} }}\n");
            player.play(&parse("step.yaml", &step).unwrap(), None).await.unwrap();
            assert_eq!(waiting(&out, "督查室"), expected, "after {verb} {document}");
        }
        common::clear(&out);
    });
}

#[test]
fn a_notice_that_is_up_is_replaced_and_one_that_came_down_is_not() {
    common::runtime().block_on(async {
        let out = common::folder("engine-notice");
        let (mut player, _) = until(&out, "2022-06-03T09:00").await;
        let reason = "电话有误".to_string();
        let replace =
            |document| Request::Replace { case: "七一表彰-2022".to_string(), document, reason: reason.clone() };
        let pages = || std::fs::read_dir(out.join("public/notices")).unwrap().count();
        let before = pages();
        let reply = player.engine().unwrap().operate(&replace(2)).await.unwrap();
        assert!(reply.done, "{}", reply.says);
        let later = |day: &str| {
            parse("none.yaml", &format!("scenario: none\nstart: 2022-06-03T10:00\nsteps:\n  - {{ at: {day}T12:00 }}\n"))
                .unwrap()
        };
        player.play(&later("2022-06-06"), None).await.unwrap();
        let papers = std::fs::read_dir(out.join("offices/镇组织办/公文")).unwrap();
        let notices = papers.filter(|e| e.as_ref().unwrap().file_name().to_string_lossy().contains("拟定名单的公示"));
        assert_eq!((notices.count(), pages()), (4, before), "Word and PDF of both, and one notice on the page");
        let reply = player.engine().unwrap().operate(&replace(2)).await.unwrap();
        assert_eq!((reply.done, reply.says.as_str()), (false, "文书已被替代或已作废。"));
        player.play(&later("2022-06-20"), None).await.unwrap();
        let reply = player.engine().unwrap().operate(&replace(3)).await.unwrap();
        assert!(!reply.done && reply.says.starts_with("公示已经结束"), "{}", reply.says);
        assert_eq!(player.broken_invariants().await.unwrap(), Vec::<String>::new());
        common::clear(&out);
    });
}
