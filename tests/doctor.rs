//! `banwen doctor`, through the built program: what it finds, with which exit status, and that it leaves nothing behind.

#![expect(clippy::unwrap_used, reason = "a test that cannot run its program has failed")]

use banwen::spool::layout::{MARKER, Spool};
use banwen::spool::lock::Lock;
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const OFFICE: &str = "第一党支部";

fn banwen(spool: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_banwen"));
    command.args(arguments).arg("--spool").arg(spool).env_remove("RUST_LOG").output().unwrap()
}

/// What it found, and its exit status.
fn doctor(spool: &Path, arguments: &[&str]) -> (Vec<Value>, i32) {
    let output = banwen(spool, &[&["doctor", "--json"], arguments].concat());
    let told: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (told["findings"].as_array().unwrap().clone(), output.status.code().unwrap())
}

/// The findings of a check that are not good, and of which offices.
fn wrong<'a>(findings: &'a [Value], check: &str) -> Vec<(&'a str, Vec<&'a str>)> {
    let of_it = findings.iter().filter(|finding| finding["check"] == check && finding["level"] != "ok");
    let offices =
        |finding: &'a Value| finding["offices"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    of_it.map(|finding| (finding["level"].as_str().unwrap(), offices(finding))).collect()
}

/// A spool with all its folders.
fn laid_out() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let root = folder.path().join("spool");
    assert_eq!(banwen(&root, &["init"]).status.code(), Some(0));
    (folder, root)
}

fn tree(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        found.push(entry.path());
        if entry.path().is_dir() {
            found.extend(tree(&entry.path()));
        }
    }
    found.sort();
    found
}

#[test]
fn a_spool_that_is_well_is_told_so_and_left_as_it_was() {
    let (_folder, root) = laid_out();
    let spool = Spool::at(&root);
    let before = tree(&root);
    let (findings, status) = doctor(&root, &[]);
    assert_eq!(status, 0, "{findings:#?}");
    for check in [
        "marker",
        "rename",
        "file events",
        "names",
        "share's clock",
        "clock",
        "zone",
        "fonts",
        "owner_check",
        "tasks",
        "waiting",
    ] {
        assert!(findings.iter().any(|finding| finding["check"] == check), "{check} is not told: {findings:#?}");
        assert!(wrong(&findings, check).is_empty(), "{check}: {findings:#?}");
    }
    assert_eq!(wrong(&findings, "daemon").len(), 1);
    assert_eq!(tree(&root), before);
    // it needs no lock: a daemon has it
    let lock = Lock::take(&spool.lock(), banwen::clock::Clock::machine().now()).unwrap();
    let (findings, status) = doctor(&root, &[]);
    assert_eq!((wrong(&findings, "daemon").len(), status), (0, 0));
    drop(lock);
    let text = String::from_utf8(banwen(&root, &["doctor"]).stdout).unwrap();
    assert!(text.lines().any(|line| line.starts_with("warning  daemon")), "{text}");
}

#[test]
fn what_is_wrong_is_told_of_the_offices_where_it_is_and_is_a_no() {
    let (folder, root) = laid_out();
    let spool = Spool::at(&root);
    let office = spool.office(OFFICE);
    std::fs::set_permissions(office.handed_in(), std::fs::Permissions::from_mode(0o777)).unwrap();
    for name in ["名单.XLSX", "名单.xlsx"] {
        std::fs::write(office.handed_in().join(name), "x").unwrap();
    }
    let (findings, status) = doctor(&root, &[]);
    assert_eq!(status, 0, "warnings are no failures: {findings:#?}");
    for check in ["rights", "names"] {
        assert_eq!(wrong(&findings, check), [("warning", vec![OFFICE])], "{findings:#?}");
    }
    std::fs::remove_file(office.handed_in().join(MARKER)).unwrap();
    let (findings, status) = doctor(&root, &[]);
    assert_eq!((wrong(&findings, "marker"), status), (vec![("failure", vec![OFFICE])], 1), "{findings:#?}");
    // a folder that leads elsewhere is not followed, so nothing is taken there
    let elsewhere = folder.path().join("elsewhere");
    std::fs::rename(office.handed_in(), &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, office.handed_in()).unwrap();
    let (findings, status) = doctor(&root, &[]);
    assert_eq!((wrong(&findings, "folder"), status), (vec![("failure", vec![OFFICE])], 1), "{findings:#?}");
    assert!(findings.iter().any(|f| f["says"].as_str().is_some_and(|s| s.contains("symbolic link"))), "{findings:#?}");
    std::fs::remove_file(office.handed_in()).unwrap();
    std::fs::rename(&elsewhere, office.handed_in()).unwrap();
    // a clock that is behind the log is told by the log alone; here a setting is wrong
    std::fs::write(root.join("banwen.yaml"), "owner_check: perhaps\n").unwrap();
    assert_eq!(wrong(&doctor(&root, &[]).0, "settings").len(), 1);
}

#[test]
fn owners_suite_and_mail_server_are_looked_at_as_they_are_set() {
    let (_folder, root) = laid_out();
    let set = |text: String| std::fs::write(root.join("banwen.yaml"), text).unwrap();
    set("owner_check: on\nlibreoffice: /no/such/soffice\n".to_string());
    let (findings, status) = doctor(&root, &[]);
    assert_eq!(status, 1);
    assert_eq!(wrong(&findings, "LibreOffice").len(), 1);
    let told = wrong(&findings, "owner_check");
    assert!(
        matches!(told.as_slice(), [("warning", offices)] if offices.contains(&OFFICE)),
        "one user for all: {told:?}"
    );
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    set(format!("mail: {{ host: 127.0.0.1, port: {}, security: none }}\n", server.local_addr().unwrap().port()));
    assert_eq!(doctor(&root, &["--network"]).1, 0);
    drop(server);
    let (findings, status) = doctor(&root, &["--network"]);
    assert_eq!((wrong(&findings, "mail").len(), status), (1, 1), "{findings:#?}");
    assert_eq!(doctor(&root, &[]).1, 0, "without leave nobody is spoken to");
}

#[test]
fn an_office_that_counts_by_a_calendar_that_is_not_there_is_named() {
    let (_folder, root) = laid_out();
    let offices = root.join("offices.yaml");
    let text = std::fs::read_to_string(&offices).unwrap();
    let with = text.replacen(&format!("  {OFFICE}:\n"), &format!("  {OFFICE}:\n    calendar: 云岭县\n"), 1);
    assert_ne!(text, with);
    std::fs::write(&offices, with).unwrap();
    let (findings, status) = doctor(&root, &[]);
    let says: Vec<&str> = findings.iter().filter_map(|finding| finding["says"].as_str()).collect();
    let named = |says: &&&str| says.contains(OFFICE) && says.contains("calendars/云岭县.csv");
    assert_eq!((says.iter().filter(named).count(), status), (1, 1), "{findings:#?}");
    std::fs::create_dir_all(root.join("calendars")).unwrap();
    std::fs::write(
        root.join("calendars/云岭县.csv"),
        "date,kind,name,source\n2026-05-20,holiday,县庆,云府办发〔2026〕3号\n",
    )
    .unwrap();
    assert_eq!(doctor(&root, &[]).1, 0);
}

#[test]
fn before_a_daemon_ever_ran_nothing_is_wrong_and_little_can_be_tried() {
    let (folder, laid_out) = laid_out();
    let root = folder.path().join("young");
    std::fs::create_dir(&root).unwrap();
    std::fs::copy(laid_out.join("offices.yaml"), root.join("offices.yaml")).unwrap();
    let before = tree(&root);
    let (findings, status) = doctor(&root, &[]);
    assert_eq!((wrong(&findings, "state").len(), status), (1, 0), "{findings:#?}");
    let told = wrong(&findings, "folder");
    assert!(matches!(told.as_slice(), [("warning", offices)] if offices.contains(&OFFICE)), "{findings:#?}");
    assert_eq!(tree(&root), before);
}

#[test]
fn where_there_is_no_spool_it_cannot_be_tried() {
    let folder = TempDir::new().unwrap();
    assert_eq!(banwen(folder.path(), &["doctor"]).status.code(), Some(2));
}
