//! The command line, through the built program: what it prints, where, and with which exit status.

#![expect(clippy::unwrap_used, reason = "a test that cannot run its program has failed")]

#[path = "cli/beside.rs"]
mod beside;

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// How long a daemon may take to begin.
const START_POLLS_MAX: u32 = 300;

fn banwen(arguments: &[&str]) -> Output {
    // RUST_LOG of whoever runs the tests must not reach the outputs that are looked at.
    Command::new(env!("CARGO_BIN_EXE_banwen")).args(arguments).env_remove("RUST_LOG").output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(arguments: &[&str]) -> Value {
    let output = banwen(arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", err(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A new spool with the shipped definitions.
fn laid_out() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let spool = folder.path().join("spool");
    assert_eq!(banwen(&["init", "--spool", text(&spool)]).status.code(), Some(0));
    (folder, spool)
}

/// The demo's spool as it stands on a day.
fn played(until: &str) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let spool = folder.path().join("spool");
    let scenario = concat!(env!("CARGO_MANIFEST_DIR"), "/workflows/scenarios/demo.yaml");
    let output = banwen(&["simulate", scenario, "--out", text(&spool), "--until", until]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    (folder, spool)
}

/// A daemon, killed when dropped.
struct Daemon(Child);

impl Daemon {
    fn start(spool: &Path) -> Daemon {
        let mut command = Command::new(env!("CARGO_BIN_EXE_banwen"));
        let child = command.args(["run", "--spool", text(spool)]).stderr(Stdio::null()).spawn().unwrap();
        let lock = spool.join("state/lock");
        for _ in 0..START_POLLS_MAX {
            if std::fs::read_to_string(&lock).is_ok_and(|said| said.contains(&format!("pid {},", child.id()))) {
                return Daemon(child);
            }
            // another process begins; there is nothing to wait on but its lock file
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the daemon did not begin");
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_date_comes_with_its_reason() {
    let output = banwen(&["date", "2026-09-24", "--plus", "5 workdays"]);
    assert_eq!(output.status.code(), Some(0));
    let said = out(&output);
    assert!(said.starts_with("2026-10-09\n"), "{said}");
    assert!(said.contains("中秋节") && said.contains("国庆节"), "{said}");
    let told = json(&["date", "2026-09-24", "--plus", "5 workdays", "--json"]);
    assert_eq!(told["date"], "2026-10-09");
    assert_eq!(told["provisional"], false);
    assert!(told["passed"].as_array().unwrap().iter().any(|p| p["why"] == "国庆节放假"), "{told}");
}

#[test]
fn what_is_no_date_cannot_be_tried() {
    for wrong in [["date", "2026-13-01", "--plus", "5 workdays"], ["date", "2026-09-24", "--plus", "five days"]] {
        let output = banwen(&wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
        assert!(out(&output).is_empty() && err(&output).starts_with("banwen: "), "{}", err(&output));
    }
}

#[test]
fn the_shipped_definitions_check_clean() {
    let (_folder, spool) = laid_out();
    let output = banwen(&["check", "--spool", text(&spool)]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    let elsewhere = TempDir::new().unwrap();
    let output = banwen(&["check", "--spool", text(elsewhere.path())]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    assert!(err(&output).contains("shipped"), "{}", err(&output));
}

#[test]
fn a_problem_has_its_place_its_name_and_a_hint() {
    let (_folder, spool) = laid_out();
    let path = spool.join("workflows/七一表彰.yaml");
    let broken = std::fs::read_to_string(&path).unwrap().replace("推荐单位:   { tag", "推荐单位：   { tag");
    std::fs::write(&path, broken).unwrap();
    let output = banwen(&["check", text(&path)]);
    assert_eq!(output.status.code(), Some(1));
    let said = out(&output);
    assert!(said.contains(&format!("{}:7:", path.display())), "{said}");
    assert!(
        said.contains(": error: ") && said.contains("[full-width-punctuation]") && said.contains("\n  hint: "),
        "{said}"
    );
    let output = banwen(&["check", "--json", text(&path)]);
    assert_eq!(output.status.code(), Some(1));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["problems"][0]["line"], 7);
}

#[test]
fn explain_lists_every_kind_and_tells_one() {
    let listed = out(&banwen(&["explain"]));
    let lines: Vec<&str> = listed.lines().collect();
    assert!(lines.is_sorted(), "{listed}");
    let told = |kind: &str| lines.iter().find(|l| l.split_whitespace().next() == Some(kind)).unwrap().to_string();
    assert!(told("unknown-key").ends_with("  error    The mapping has no such key."), "{listed}");
    assert!(told("no-file").ends_with("  warning  No stage files the case."), "{listed}");
    let kinds = json(&["explain", "--json"]);
    assert_eq!(kinds.as_array().unwrap().len(), lines.len());
    assert!(kinds[0]["kind"].is_string() && kinds[0]["severity"].is_string() && kinds[0]["says"].is_string());
    assert!(out(&banwen(&["explain", "unknown-key"])).starts_with("# unknown-key"));
    let page = json(&["explain", "unknown-key", "--json"]);
    assert_eq!(page["severity"], "error");
    assert!(page["page"].as_str().unwrap().contains("```yaml mended"), "{page}");
    let misspelt = banwen(&["explain", "unknow-key"]);
    assert_eq!(misspelt.status.code(), Some(1));
    assert!(err(&misspelt).contains("did you mean unknown-key"), "{}", err(&misspelt));
}

#[test]
fn a_definition_is_drawn_from_its_file_and_from_a_spool() {
    let (folder, spool) = laid_out();
    let file = spool.join("workflows/七一表彰.yaml");
    let nowhere = ["--spool", text(folder.path())];
    let output = banwen(&["graph", text(&file), nowhere[0], nowhere[1]]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let drawn = out(&output);
    assert!(drawn.contains("\nflowchart TD\n") && drawn.contains("【决定】研究决定"), "{drawn}");
    assert!(drawn.contains("组织办：镇组织办"), "without a spool a role is told by its offices' ids: {drawn}");
    let deployed = out(&banwen(&["graph", "七一表彰", "--spool", text(&spool)]));
    assert!(deployed.contains("组织办：中共香山镇委组织办公室"), "{deployed}");
    let picture = folder.path().join("图.svg");
    let output = banwen(&["graph", text(&file), "--out", text(&picture)]);
    assert_eq!((output.status.code(), out(&output).as_str()), (Some(0), ""), "{}", err(&output));
    let svg = out(&banwen(&["graph", text(&file), "--format", "svg"]));
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    assert_eq!(std::fs::read_to_string(&picture).unwrap(), svg);
    let broken = std::fs::read_to_string(&file).unwrap().replace("for: 5 workdays", "fur: 5 workdays");
    std::fs::write(&file, format!("{broken}clocks: {{ 钟: {{ of: 候选对象, run: 5 days, from: 支委会日期 }} }}\n"))
        .unwrap();
    let output = banwen(&["graph", text(&file)]);
    assert_eq!(output.status.code(), Some(1), "what could not be read is missing from the picture");
    assert!(out(&output).contains("【公开】公示") && err(&output).contains("[unknown-key]"), "{}", err(&output));
    for (no, code) in [
        (&["graph", "无此", "--spool", text(&spool)][..], 1),
        (&["graph", text(&spool.join("offices.yaml"))], 1),
        (&["graph", "无此", "--spool", text(folder.path())], 2),
        (&["graph", text(&file), "--format", "png"], 2),
        (&["graph", text(&file), "--out", text(&folder.path().join("无此/图.svg"))], 2),
    ] {
        let output = banwen(no);
        assert_eq!(output.status.code(), Some(code), "{no:?}: {}", err(&output));
        assert!(!err(&output).is_empty() && !out(&output).contains("<svg"), "{no:?}");
    }
}

#[test]
fn coverage_tells_what_no_scenario_reached() {
    let root = env!("CARGO_MANIFEST_DIR");
    let definition = format!("{root}/workflows/七一表彰.yaml");
    let scenario = format!("{root}/tests/scenarios/全部不同意.yaml");
    let output = banwen(&["coverage", &definition, &scenario]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let said = out(&output);
    assert!(said.starts_with("stages "), "{said}");
    assert!(said.lines().any(|l| l.starts_with("never  outcome") && l.ends_with("研究决定 → 缓议")), "{said}");
    assert!(!said.lines().any(|l| l.ends_with("审核 → 不同意")), "{said}");
    let output = banwen(&["coverage", &definition, &scenario, "--strict", "--json"]);
    assert_eq!(output.status.code(), Some(1), "not everything is reached");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let part = |name: &str| told["parts"].as_array().unwrap().iter().find(|p| p["part"] == name).unwrap().clone();
    assert_eq!(part("审核")["kind"], "stage");
    assert_eq!(part("审核")["by"][0], "全部不同意");
    assert_eq!(part("异议")["reached"], false);
    assert_eq!(told["kinds"]["stage"]["all"], 8);
    let folder = TempDir::new().unwrap();
    let other = folder.path().join("七一表彰.yaml");
    let shipped = std::fs::read_to_string(&definition).unwrap();
    std::fs::write(&other, shipped.replace("for: 5 workdays", "for: 7 workdays")).unwrap();
    let output = banwen(&["coverage", text(&other), &scenario]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("another text of 七一表彰"), "{}", err(&output));
    std::fs::write(&other, shipped.replace("for: 5 workdays", "fur: 5 workdays")).unwrap();
    let output = banwen(&["coverage", text(&other), &scenario]);
    assert_eq!(output.status.code(), Some(1));
    assert!(out(&output).contains("[unknown-key]"), "{}", out(&output));
    let nowhere = text(folder.path());
    for wrong in
        [&["coverage", &definition][..], &["coverage", &definition, nowhere], &["coverage", nowhere, &scenario]]
    {
        assert_eq!(banwen(wrong).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn the_looking_commands_tell_people_and_programs() {
    let (_folder, spool) = played("2022-06-07");
    let at = ["--spool", text(&spool)];
    let cases = json(&["list", "--json", at[0], at[1]]);
    assert_eq!(cases[0]["id"], "七一表彰-2022");
    assert_eq!(cases[0]["status"], "open");
    assert_eq!(cases[0]["items"]["all"], 13);
    let due = json(&["due", "--json", at[0], at[1]]);
    let period = due["due"].as_array().unwrap().iter().find(|d| d["what"] == "公示期").unwrap();
    assert_eq!(period["due"], "2022-06-10");
    assert_eq!(period["overdue"], false, "the clock of a spool that was played stands where the play stopped");
    assert!(period["why"].as_str().unwrap().contains("端午节"), "{period}");
    let told = json(&["show", "七一表彰-2022", "--json", at[0], at[1]]);
    assert_eq!(told["documents"][0]["number"], "香组发〔2022〕1号");
    let all = json(&["show", "七一表彰-2022", "--all", "--json", at[0], at[1]]);
    assert_eq!(all["story"].as_array().unwrap().len(), usize::try_from(told["events"].as_u64().unwrap()).unwrap());
    assert!(all["story"].as_array().unwrap().len() > told["story"].as_array().unwrap().len());
    let story = out(&banwen(&["show", "七一表彰-2022", at[0], at[1]]));
    assert!(story.contains("notice up on 公开栏 since 2022-06-02"), "{story}");
    let early = "falls for 2022-04, which was over before the case opened: nothing to report";
    assert!(story.contains(early) && !story.contains("falls for 2022-05, which"), "{story}");
    assert!(story.contains("5 workdays → 2022-06-10 (自2022-06-02次日起"), "{story}");
    assert_eq!(banwen(&["show", "无此案", at[0], at[1]]).status.code(), Some(1));
    let picture = out(&banwen(&["graph", "七一表彰-2022", at[0], at[1]]));
    assert!(picture.contains("2022年“七一”表彰") && picture.contains("公示期至2022年6月10日"), "{picture}");
    let verified = json(&["verify", "--json", at[0], at[1]]);
    assert_eq!(verified["problems"], Value::Array(Vec::new()));
    assert!(verified["same_bytes"].as_u64().unwrap() >= 2, "{verified}");
}

#[test]
fn a_child_and_its_parent_are_told_of_each_other() {
    let folder = TempDir::new().unwrap();
    let spool = folder.path().join("spool");
    let scenario = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios/子案受阻.yaml");
    let output = banwen(&["simulate", scenario, "--out", text(&spool), "--until", "2026-03-05T13:00"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let told = |arguments: &[&str]| out(&banwen(&[arguments, &["--spool", text(&spool)]].concat()));
    let parent = told(&["show", "专项检查-防汛"]);
    assert!(parent.contains("1  问题督办  for item 1  问题督办-第一村"), "{parent}");
    assert!(parent.contains("waited for, 办结") && parent.contains("asked about in question"), "{parent}");
    assert!(parent.contains("child case 问题督办-第一村 closed: 办结"), "{parent}");
    assert!(told(&["show", "问题督办-第二村"]).contains("child of 专项检查-防汛 (item 3)"));
    assert!(told(&["list"]).contains("child of 专项检查-防汛"));
    assert!(told(&["graph", "问题督办-第二村"]).contains("由案卷“专项检查"));
    let shown = json(&["show", "专项检查-防汛", "--json", "--spool", text(&spool)]);
    assert_eq!(shown["children"][0]["end"], "办结");
    assert_eq!(shown["children"][2]["child"], "问题督办-第二村");
    assert_eq!(json(&["show", "问题督办-第二村", "--json", "--spool", text(&spool)])["parent"], "专项检查-防汛");
}

#[test]
fn without_a_spool_nothing_can_be_tried() {
    let nowhere = TempDir::new().unwrap();
    for command in [&["list"][..], &["due"], &["show", "x"], &["verify"], &["run"], &["hold", "x", "--reason", "y"]] {
        let output = banwen(&[command, &["--spool", text(nowhere.path())]].concat());
        assert_eq!(output.status.code(), Some(2), "{command:?}");
        assert!(err(&output).contains("hint:"), "{command:?}: {}", err(&output));
    }
    assert!(std::fs::read_dir(nowhere.path()).unwrap().next().is_none(), "looking must leave nothing behind");
}

#[test]
fn an_operator_is_told_no_with_a_reason() {
    let (_folder, spool) = played("2022-05-06");
    let at = ["--spool", text(&spool)];
    for command in [
        &["hold", "无此案", "--reason", "试"][..],
        &["cancel", "无此案", "--reason", "试"],
        &["retry", "无此案/1/1"],
        &["document", "void", "七一表彰-2022", "99", "--reason", "试"],
        &["document", "replace", "七一表彰-2022", "99", "--reason", "试"],
    ] {
        let output = banwen(&[command, &at].concat());
        assert_eq!(output.status.code(), Some(1), "{command:?}: {}", err(&output));
        assert!(err(&output).starts_with("banwen: no: "), "{command:?}: {}", err(&output));
    }
    assert_eq!(banwen(&["hold", "七一表彰-2022", "--reason", "试", at[0], at[1]]).status.code(), Some(0));
    assert_eq!(json(&["list", "--json", at[0], at[1]])[0]["status"], "held");
    assert_eq!(banwen(&["release", "七一表彰-2022", at[0], at[1]]).status.code(), Some(0));
    assert_eq!(json(&["list", "--json", at[0], at[1]])[0]["status"], "open");
}

#[test]
fn a_form_is_a_workbook_that_says_what_it_answers() {
    let (folder, spool) = played("2022-05-06");
    let at = ["--spool", text(&spool)];
    let file = folder.path().join("f.xlsx");
    let made = |arguments: &[&str]| {
        let output = banwen(&[arguments, &["--out", text(&file)], &at].concat());
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", err(&output));
        banwen::spool::forms::read("f.xlsx", &std::fs::read(&file).unwrap()).unwrap().answers.unwrap()
    };
    use banwen::submission::What;
    assert_eq!(made(&["form", "七一表彰", "启动", "--office", "镇组织办"]).what, What::Open);
    let nomination = made(&["form", "七一表彰", "推荐", "--office", "第一党支部"]);
    assert_eq!((nomination.what, nomination.case.as_deref()), (What::Task, Some("七一表彰-2022")));
    let review = made(&["form", "七一表彰", "审核", "--office", "镇组织办"]);
    assert_eq!((review.stage.as_deref(), review.case, review.task), (Some("审核"), None, None));
    assert_eq!(made(&["form", "一票否决"]).what, What::Register);
    let word = made(&["form", "七一表彰", "推荐", "--office", "第一党支部", "--word"]);
    assert_eq!(word, nomination, "a Word form answers the same");
    let read = banwen::spool::forms::read("f.docx", &std::fs::read(&file).unwrap()).unwrap();
    assert!(read.grids.is_empty() && read.tables.len() > 1, "it is made of tables");
    for no in [
        &["form", "无此流程", "open"][..],
        &["form", "七一表彰", "公示", "--office", "镇组织办"],
        &["form", "七一表彰", "open"],
    ] {
        assert_eq!(banwen(&[no, &at].concat()).status.code(), Some(1), "{no:?}");
    }
}

#[test]
fn beside_a_daemon_one_can_look_and_ask() {
    let (_folder, spool) = played("2022-05-06");
    let at = ["--spool", text(&spool)];
    let _daemon = Daemon::start(&spool);
    assert_eq!(json(&["list", "--json", at[0], at[1]])[0]["id"], "七一表彰-2022");
    let second = banwen(&["run", at[0], at[1]]);
    assert_eq!(second.status.code(), Some(2));
    assert!(err(&second).contains("held by another daemon"), "{}", err(&second));
    let held = banwen(&["hold", "七一表彰-2022", "--reason", "试", at[0], at[1]]);
    assert_eq!(held.status.code(), Some(0), "{}", err(&held));
    assert_eq!(json(&["list", "--json", at[0], at[1]])[0]["status"], "held");
    assert_eq!(banwen(&["hold", "无此案", "--reason", "试", at[0], at[1]]).status.code(), Some(1));
    assert!(
        std::fs::read_dir(spool.join("state/operator")).unwrap().next().is_none(),
        "requests and answers are cleared away"
    );
}

#[test]
fn nobodys_folder_is_played_over() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("mine.txt"), "mine").unwrap();
    let output = banwen(&["demo", "--out", text(folder.path())]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("hint:"), "{}", err(&output));
    assert_eq!(std::fs::read_to_string(folder.path().join("mine.txt")).unwrap(), "mine");
}

#[test]
fn the_demo_is_played_to_its_end_and_played_anew() {
    let folder = TempDir::new().unwrap();
    let spool = folder.path().join("demo");
    let first = banwen(&["demo", "--out", text(&spool)]);
    assert_eq!(first.status.code(), Some(0), "{}", err(&first));
    let story = out(&first);
    for told in
        ["公示期 (公示, round 1) from 2022-06-02, 5 workdays → 2022-06-10", "case closed: 办结", "Where to look"]
    {
        assert!(story.contains(told), "{told} is not in\n{story}");
    }
    assert!(spool.join("public/index.html").is_file());
    assert_eq!(json(&["verify", "--json", "--spool", text(&spool)])["problems"], Value::Array(Vec::new()));
    let second = banwen(&["demo", "--out", text(&spool)]);
    assert_eq!(out(&second), story, "{}", err(&second));
}
