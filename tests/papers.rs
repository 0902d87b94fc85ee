//! Papers from the command line, through the built program: the faces they are set in.

#![expect(clippy::unwrap_used, reason = "a test that cannot run its program has failed")]

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

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

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn the_faces_are_shown_with_what_they_serve_and_lack() {
    let folder = TempDir::new().unwrap();
    let spool = folder.path();
    std::fs::create_dir_all(spool.join("fonts")).unwrap();
    let face = concat!(env!("CARGO_MANIFEST_DIR"), "/fonts/FandolKai-Regular.otf");
    std::fs::copy(face, spool.join("fonts/楷体.otf")).unwrap();
    let output = banwen(&["fonts", "--spool", text(spool)]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let said = out(&output);
    let line = |part: &str| said.lines().find(|line| line.contains(part)).unwrap_or_else(|| panic!("{part} in {said}"));
    assert!(line("楷体.otf").starts_with("楷体: second headings"), "{said}");
    assert!(line("bundled: FandolKai").starts_with("楷体, after"), "{said}");
    assert!(line("GB 18030-2022 has").contains("27584") && line("together").contains("27766"), "{said}");
    assert!(said.contains("characters of level 3: "), "{said}");
    assert!(err(&output).starts_with("FandolKai serves 楷体 and lacks "), "{}", err(&output));
    let told: Value = serde_json::from_slice(&banwen(&["fonts", "䶮𬭊张", "--json"]).stdout).unwrap();
    assert_eq!(told[1]["code"], "U+2CB4A");
    assert_eq!((&told[1]["level"], &told[1]["face"]), (&Value::from(2), &Value::from("Noto Serif SC")));
    let output = banwen(&["fonts", "张\u{1F600}"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(out(&output).contains("U+1F600  -        no face has it"), "{}", out(&output));
}
