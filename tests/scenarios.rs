//! Every scenario in `tests/scenarios/` and the shipped demo, played through the engine the daemon runs, as a transcript.
//!
//! After every step all invariants hold. The transcript says everything that can be seen: events, files that came and went,
//! letters, and at the end the text of every answer and paper and the tree of the archive. It is compared with
//! `tests/scenarios/NAME.transcript.txt`; `BANWEN_BLESS=1` writes it anew. `BANWEN_SCENARIO=NAME` plays one alone.
//! Together they reach every part of the shipped definitions. Word and PDF of every paper carry the same characters, and the
//! spool verifies.

#![expect(clippy::unwrap_used, reason = "a test that cannot play has failed")]
#![expect(clippy::print_stderr, reason = "what is skipped or differs is said aloud")]

#[path = "common/look.rs"]
mod common;
#[path = "common/outside.rs"]
mod outside;
#[path = "scenarios/papers.rs"]
mod papers;

use banwen::case::coverage::Coverage;
use banwen::case::event::{Body, Event};
use banwen::document::{inspect, word};
use banwen::engine::Fuse;
use banwen::engine::commands::Request;
use banwen::engine::scenario::{PlayError, Player, Step, StepKind};
use banwen::spool::layout::Spool;
use banwen::workflow::check::reload;
use papers::Papers;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Texts of definitions, and what of each was reached.
type Covered = Vec<(String, Coverage)>;

/// What all scenarios together show.
struct Seen {
    covered: Mutex<Covered>,
    papers: Papers,
}

/// Lines of a difference that are shown.
const DIFFERENCE_LINES_MAX: usize = 40;

#[test]
fn every_scenario_is_as_its_transcript_says() {
    let only = std::env::var("BANWEN_SCENARIO").ok();
    let wanted: Vec<PathBuf> =
        all().into_iter().filter(|path| only.as_ref().is_none_or(|name| *name == stem(path))).collect();
    assert!(!wanted.is_empty(), "no scenario to play");
    let seen = Seen { covered: Mutex::new(SHIPPED.map(shipped).to_vec()), papers: Papers::default() };
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let halves: Vec<Vec<&PathBuf>> = (0..2).map(|n| wanted.iter().skip(n).step_by(2).collect()).collect();
        let runs: Vec<_> = halves
            .into_iter()
            .map(|half| {
                let seen = &seen;
                scope.spawn(move || half.into_iter().flat_map(|p| check(p, seen)).collect::<Vec<_>>())
            })
            .collect();
        runs.into_iter().flat_map(|run| run.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let began = std::time::Instant::now();
    let wrong = seen.papers.wrong(only.is_none());
    eprintln!("papers before other programs: {:.1} s", began.elapsed().as_secs_f64());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // one alone cannot reach everything
    if only.is_none() {
        let mut missed = Vec::new();
        for ((text, coverage), (file, beyond)) in seen.covered.into_inner().unwrap().iter().zip(SHIPPED) {
            assert!(!text.is_empty(), "{file}");
            let never: Vec<String> = coverage.never().iter().map(|p| format!("{} {p}", p.kind().word())).collect();
            if never != beyond {
                missed.push(format!("of {file} no scenario reaches {never:?}; out of reach are said to be {beyond:?}"));
            }
        }
        assert!(missed.is_empty(), "{}", missed.join("\n"));
    }
}

/// The shipped definitions, of which the scenarios together must reach every part, and the parts that cannot be reached, or are played
/// elsewhere.
const SHIPPED: [(&str, &[&str]); 39] = [
    ("七一表彰.yaml", &[]),
    ("依申请公开/政府信息依申请公开.yaml", &[]),
    ("主动公开/主动公开.yaml", &[]),
    ("行政许可/行政许可.yaml", &[]),
    // after the time of its notice a matter is only filed, and what is being filed takes nothing in
    ("党务公开/党务公开.yaml", &["question 反馈: asked whether to take it late"]),
    ("五型政府评选/五型政府评选.yaml", &[]),
    // that a gate asks about the late is played in 逾期先办; here nobody is
    (
        "政务开放日/政务开放日.yaml",
        &["clock 活动当日 wait for the late: over", "clock 总结上报 wait for the late: over"],
    ),
    ("整改验收/整改验收.yaml", &[]),
    ("意见办理/意见办理.yaml", &[]),
    // nobody is late here
    ("重大决策预公开/重大决策预公开.yaml", &["clock 汇总 wait for the late: over"]),
    // nobody is late here
    ("千人评议机关/千人评议机关.yaml", &["clock 集中整改 wait for the late: over"]),
    ("服务承诺/服务承诺.yaml", &[]),
    // after what was decided is done it is only filed
    ("责任追究/责任追究.yaml", &["question 申诉: asked whether to take it late"]),
    ("学习型机关创建/学习型机关创建.yaml", &[]),
    ("难点村治理/难点村治理.yaml", &[]),
    ("信息公开年度报告/信息公开年度报告.yaml", &[]),
    ("公开情况报告/公开情况报告.yaml", &[]),
    ("舆情回应/舆情回应.yaml", &[]),
    ("示范点管理/示范点管理.yaml", &[]),
    // its summary is in time in every round that is played
    ("公开日活动/公开日活动.yaml", &["clock 总结上报 within: over"]),
    ("宣讲活动/宣讲活动.yaml", &[]),
    ("权责清单/权责清单.yaml", &[]),
    ("政策解读/政策解读.yaml", &[]),
    ("双述双评/双述双评.yaml", &[]),
    ("定期审查/定期审查.yaml", &[]),
    ("标准化建设/标准化建设.yaml", &[]),
    ("公开监督检查/公开监督检查.yaml", &[]),
    ("举报投诉/举报投诉.yaml", &[]),
    ("预决算公开/预决算公开.yaml", &[]),
    ("三公经费公开/三公经费公开.yaml", &[]),
    ("党内事务听证/党内事务听证.yaml", &[]),
    ("党内情况通报/党内情况通报.yaml", &[]),
    ("服务质量评价/窗口巡查.yaml", &[]),
    // nobody is late here
    ("服务质量评价/服务质量评价.yaml", &["clock 测评 wait for the late: over"]),
    ("公开年度考核/公开年度考核.yaml", &[]),
    // nobody is late here
    ("审计结果公开/审计结果公开.yaml", &["clock 公告 wait for the late: over"]),
    ("政府工作报告/政府工作报告.yaml", &[]),
    ("五型联系指导/五型联系指导.yaml", &[]),
    ("廉政文化/廉政文化进机关.yaml", &[]),
];

/// A definition of which the scenarios together must reach every part.
fn shipped((path, _): (&str, &[&str])) -> (String, Coverage) {
    let text = std::fs::read_to_string(common::root().join("workflows").join(path)).unwrap();
    let closure = reload(&BTreeMap::from([("workflow.yaml".to_string(), text.clone())])).unwrap();
    (text, Coverage::of(&closure.workflow))
}

/// The scenarios of this folder and the shipped one.
fn all() -> Vec<PathBuf> {
    let folder = common::root().join("tests/scenarios");
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "yaml"))
        .collect();
    found.push(common::root().join("workflows/scenarios/demo.yaml"));
    found.sort();
    found
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

/// Plays one scenario; gives what is wrong with it.
fn check(path: &Path, seen: &Seen) -> Vec<String> {
    let name = stem(path);
    let began = std::time::Instant::now();
    let (transcript, mut wrong) = common::runtime().block_on(play(path, seen));
    eprintln!("{name}: {:.1} s", began.elapsed().as_secs_f64());
    let expected = common::root().join(format!("tests/scenarios/{name}.transcript.txt"));
    if std::env::var("BANWEN_BLESS").is_ok() {
        std::fs::write(&expected, &transcript).unwrap();
        return wrong;
    }
    let before = std::fs::read_to_string(&expected).unwrap_or_default();
    if before != transcript {
        wrong.push(format!(
            "{name}: the transcript differs (BANWEN_BLESS=1 accepts it):\n{}",
            difference(&before, &transcript)
        ));
    }
    wrong
}

/// The lines that are not in both, in their order.
fn difference(before: &str, after: &str) -> String {
    let (old, new): (BTreeSet<&str>, BTreeSet<&str>) = (before.lines().collect(), after.lines().collect());
    let gone = before.lines().filter(|l| !new.contains(l)).map(|l| format!("- {l}"));
    let come = after.lines().filter(|l| !old.contains(l)).map(|l| format!("+ {l}"));
    gone.chain(come).take(DIFFERENCE_LINES_MAX).collect::<Vec<_>>().join("\n")
}

async fn play(path: &Path, shown: &Seen) -> (String, Vec<String>) {
    let name = stem(path);
    let scenario = common::scenario(path);
    let out = common::folder(&format!("scenario-{name}"));
    let mut player = Player::begin(&scenario, path.parent().unwrap(), &out, Fuse::default()).await.unwrap();
    let mut told = format!("{}\n", scenario.name);
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (n, step) in scenario.steps.iter().enumerate() {
        let before = common::visible(&out);
        writeln!(told, "\n== {} {} {}", n + 1, common::when(step.at), asked(step)).unwrap();
        match player.step(n + 1, step).await {
            Ok(()) => tell_said(&mut told, step, player.said()),
            Err(PlayError::Step { why, .. }) if matches!(step.kind, StepKind::Operator(_)) => {
                writeln!(told, "   不行：{}", why.replace('\n', "\n   | ")).unwrap()
            }
            Err(error) => {
                wrong.push(format!("{name}: step {} at {}: {error}", n + 1, step.at));
                break;
            }
        }
        if player.engine().is_none() {
            continue;
        }
        let events = player.events().await.unwrap();
        let fresh: Vec<&Event> = events.iter().skip(seen).collect();
        tell_events(&mut told, step, &fresh);
        seen = events.len();
        tell_files(&mut told, &before, &common::visible(&out));
        let broken = player.broken_invariants().await.unwrap();
        wrong.extend(broken.into_iter().map(|b| format!("{name}: after step {}: {b}", n + 1)));
    }
    if player.engine().is_some() {
        let report = player.verify().await.unwrap();
        wrong.extend(report.problems.into_iter().map(|p| format!("{name}: verify: {p}")));
    }
    let mut all = shown.covered.lock().unwrap().clone();
    for (text, seen) in &mut all {
        // a scenario may have a definition of its own by the same name
        let played = player.definitions(seen.workflow()).await;
        if played.is_empty() || played.contains(text) {
            player.witness(&name, seen).await.unwrap();
        }
    }
    for ((_, known), (_, seen)) in shown.covered.lock().unwrap().iter_mut().zip(all) {
        known.join(seen);
    }
    let events = player.events().await.unwrap();
    tell_answers(&mut told, &out);
    let keep = |template: &str, title: &str, files: [Vec<u8>; 2]| {
        if let Some(template) = papers::shipped(&scenario, path.parent().unwrap(), template) {
            shown.papers.keep(template, title, files);
        }
    };
    tell_papers(&mut told, &out, &events, &mut wrong, &keep);
    tell_archive(&mut told, &out);
    drop(player);
    common::clear(&out);
    (told, wrong)
}

fn asked(step: &Step) -> String {
    match &step.kind {
        StepKind::Pass => "时间过去".to_string(),
        StepKind::Drop { path, by } => format!("{by}交 {}", path.display()),
        StepKind::Fill(fill) => {
            let word = if fill.word { "的 Word 表" } else { "" };
            format!("{}填“{}”{word}{}", fill.by, fill.form, if fill.attach.is_empty() { "" } else { "，有附件" })
        }
        StepKind::Operator(request) => format!("管理员 {request:?}"),
        StepKind::Stop => "停机".to_string(),
        StepKind::Start => "开机".to_string(),
        StepKind::Calendar(path) => format!("新日历 {}", path.display()),
        StepKind::Region(path) => format!("新的地方日历 {}", path.display()),
        StepKind::Offices(path) => format!("新的单位名册 {}", path.display()),
        StepKind::Definition(path) => format!("新的定义 {}", path.display()),
        StepKind::Mail(answers) => format!("邮件服务器将答 {}", answers.join("，")),
        StepKind::Clock(moment) => format!("时钟拨到 {}", common::when(*moment)),
    }
}

/// What a dry run says is all there is to see of it.
fn tell_said(told: &mut String, step: &Step, said: Option<&str>) {
    let tells = matches!(
        step.kind,
        StepKind::Operator(Request::Migrate { .. } | Request::Repair { .. } | Request::Erase { .. })
    );
    if let Some(said) = said.filter(|_| tells) {
        said.lines().for_each(|line| writeln!(told, "   | {line}").unwrap());
    }
}

fn tell_events(told: &mut String, step: &Step, events: &[&Event]) {
    let mut at = step.at;
    for event in events {
        if event.at != at {
            writeln!(told, "   -- {}", common::when(event.at)).unwrap();
            at = event.at;
        }
        writeln!(told, "   {}", common::line(event)).unwrap();
    }
}

fn tell_files(told: &mut String, before: &BTreeMap<String, Vec<u8>>, after: &BTreeMap<String, Vec<u8>>) {
    for name in before.keys().filter(|n| !after.contains_key(*n) && !n.starts_with("archive/")) {
        writeln!(told, "   - {name}").unwrap();
    }
    for (name, bytes) in after.iter().filter(|(n, _)| !n.starts_with("archive/")) {
        match before.get(name) {
            None if name.starts_with("mail/") => writeln!(told, "   ✉ {}", common::letter(bytes)).unwrap(),
            None => writeln!(told, "   + {name}").unwrap(),
            Some(old) if old != bytes && name.starts_with("offices/") => writeln!(told, "   ~ {name}").unwrap(),
            Some(_) => {}
        }
    }
}

/// The text of every receipt, return and reminder that lies in a folder at the end.
fn tell_answers(told: &mut String, out: &Path) {
    for (name, bytes) in common::files(&out.join("offices")) {
        let answer = name.contains("/回执/") || name.contains("/退件/") || name.contains("/待办/");
        if answer && name.ends_with(".txt") {
            let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
            writeln!(told, "\n==== {name}\n{}", text.trim_start_matches('\u{feff}').trim_end()).unwrap();
        }
    }
}

/// Keeps a paper for those who look at papers: its template, its title, its files.
type Keep<'a> = &'a dyn Fn(&str, &str, [Vec<u8>; 2]);

/// The text of every paper, by its Word file; what its PDF says must be the same.
fn tell_papers(told: &mut String, out: &Path, events: &[Event], wrong: &mut Vec<String>, keep: Keep<'_>) {
    let spool = Spool::at(out);
    let mut titles: BTreeMap<(String, u32), (String, &str)> = BTreeMap::new();
    let mut made: BTreeMap<(String, u32), (String, Option<String>)> = BTreeMap::new();
    for event in events {
        match &event.body {
            Body::DocumentOrdered { document, draft, template, title, number, .. } => {
                let number = number.as_ref().map(|n| format!("{n} ")).unwrap_or_default();
                let title = format!("{number}{title}（第{draft}稿）");
                titles.insert((event.stream.clone(), *document), (title, template));
            }
            Body::DocumentRendered { document, word, pdf, .. } => {
                made.insert((event.stream.clone(), *document), (word.clone(), pdf.clone()));
            }
            _ => {}
        }
    }
    for (key, (title, template)) in titles {
        writeln!(told, "\n==== 文书 {}/{} {title}", key.0, key.1).unwrap();
        let Some((word, pdf)) = made.get(&key) else {
            writeln!(told, "（未生成）").unwrap();
            continue;
        };
        let text = word::text(&std::fs::read(spool.original(word)).unwrap()).unwrap();
        let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|l| !l.is_empty()).collect();
        writeln!(told, "{}", lines.join("\n")).unwrap();
        let Some(pdf) = pdf else {
            writeln!(told, "（无PDF）").unwrap();
            continue;
        };
        wrong.extend(common::papers_differ(&text, &spool.original(pdf)).map(|d| format!("{title}: {d}")));
        let files = [word, pdf].map(|file| std::fs::read(spool.original(file)).unwrap());
        wrong.extend(files.iter().flat_map(|file| found_on(file, &title)));
        keep(template, &title, files);
    }
}

/// Whether a rule of the examination is the paper's affair: that a definition orders no number or no 版记 is its own.
fn judged(rule: &str) -> bool {
    !["number-missing", "imprint-missing"].contains(&rule)
}

/// What an examination finds on a paper of ours.
fn found_on(file: &[u8], title: &str) -> Vec<String> {
    let report = inspect::examine(file, None).unwrap();
    let kind = report.kind.name();
    let findings = report.findings.into_iter().filter(|it| judged(it.rule.id));
    findings.map(|finding| format!("{title} ({kind}): {finding}")).collect()
}

fn tell_archive(told: &mut String, out: &Path) {
    writeln!(told, "\n==== 档案").unwrap();
    for name in common::files(&out.join("archive")).keys() {
        writeln!(told, "{name}").unwrap();
    }
}
