//! The reference keeps its word: its examples are definitions that check clean, and every key and every kind of problem
//! that the program knows stands in it.

#![expect(clippy::unwrap_used, reason = "a test that cannot read the documents has failed")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

const REFERENCE: &str = include_str!("../docs/definitions.md");
const KEYS: &str = include_str!("../docs/keys.md");
const GUIDE: &str = include_str!("../docs/operators.md");

/// What begins an example that is no definition.
const NO_DEFINITION: [&str; 3] = ["title: 香山镇公开栏", "stages: { 复核: 核查 }", "repair:"];
/// Fewer than these, and the rule looks in the wrong place.
const EXAMPLES_MIN: usize = 6;
const KEYS_MIN: usize = 100;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The texts of the examples of a page.
fn examples(page: &str) -> Vec<String> {
    let blocks = page.split("```yaml\n").skip(1);
    blocks.map(|block| block.split_once("```").unwrap().0.to_string()).collect()
}

/// A text without indentation and blank lines: an example may stand deeper in a definition than on the page.
fn flat(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn every_example_stands_in_a_definition_that_is_checked() {
    let folders = ["tests/docs", "workflows", "spool"].map(|f| root().join(f));
    let files =
        folders.iter().flat_map(|folder| files_below(folder)).filter(|p| p.extension().is_some_and(|e| e == "yaml"));
    let checked: Vec<String> = files.map(|path| flat(&std::fs::read_to_string(path).unwrap())).collect();
    let all: Vec<String> = examples(REFERENCE).into_iter().chain(examples(GUIDE)).collect();
    assert!(all.len() >= EXAMPLES_MIN, "{} examples", all.len());
    let stands = |example: &str| checked.iter().any(|text| text.contains(&flat(example)));
    let shown = |example: &&String| !NO_DEFINITION.iter().any(|begin| example.starts_with(begin));
    let loose: Vec<&String> = all.iter().filter(shown).filter(|example| !stands(example)).collect();
    assert!(
        loose.is_empty(),
        "in no definition of tests/docs or workflows:\n{}",
        loose.iter().fold(String::new(), |all, one| all + one + "\n")
    );
}

#[test]
fn the_definitions_of_the_examples_check_clean() {
    for folder in std::fs::read_dir(root().join("tests/docs")).unwrap() {
        let folder = folder.unwrap().path();
        let output = Command::new(env!("CARGO_BIN_EXE_banwen")).arg("check").arg(&folder).output().unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        // what an example only records may be read by nothing
        let clean = ![": error: ", ": warning: "].iter().any(|word| told.contains(word));
        assert!(output.status.success() && clean, "{}:\n{told}", folder.display());
    }
}

#[test]
fn every_key_the_reader_takes_stands_in_the_reference() {
    // the first cell of a row of docs/keys.md, which a test of the reader writes
    let rows = KEYS.lines().filter_map(|line| line.strip_prefix("| `"));
    let keys: BTreeSet<&str> = rows.filter_map(|rest| rest.split_once("` |")).map(|(key, _)| key).collect();
    assert!(keys.len() >= KEYS_MIN, "{} keys", keys.len());
    let spoken: BTreeSet<&str> = REFERENCE.split(|c: char| !c.is_ascii_alphabetic() && c != '_').collect();
    let missing: Vec<&&str> = keys.iter().filter(|key| !spoken.contains(**key)).collect();
    assert!(missing.is_empty(), "not in docs/definitions.md: {missing:?}");
}

#[test]
fn every_kind_of_problem_stands_in_the_reference() {
    let kinds = banwen::workflow::explain::pages().iter().map(|page| page.kind);
    let missing: Vec<&str> = kinds.filter(|kind| !REFERENCE.contains(&format!("`{kind}`"))).collect();
    assert!(missing.is_empty(), "not in docs/definitions.md: {missing:?}");
}

#[test]
fn every_command_of_an_operator_stands_in_the_reference() {
    let examples = banwen::engine::commands::Request::EXAMPLES;
    let missing: Vec<&str> =
        examples.into_iter().filter(|example| !REFERENCE.contains(&format!("`{example}`"))).collect();
    assert!(missing.is_empty(), "not in docs/definitions.md: {missing:?}");
}
