//! Other programs that are asked of our papers: LibreOffice how it sets our Word files, openxml-audit whether these keep the schema,
//! qpdf whether the PDFs are sound.
//!
//! They share nothing with ours. Each is asked of many files at once, for starting one takes longer than most files. Where one is missing
//! the test says so and ends; under CI all must be there (`.ci/run` installs them).

#![allow(dead_code, reason = "each test asks those it needs")]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The faces of the program under the names our Word files ask for.
const FACES: [(&str, &str); 6] = [
    ("仿宋_GB2312", "FandolFang R"),
    ("楷体_GB2312", "FandolKai"),
    ("黑体", "Noto Sans SC"),
    ("宋体", "Noto Serif SC"),
    ("方正小标宋简体", "Noto Serif CJK SC"),
    ("Times New Roman", "Noto Serif SC"),
];

/// With more than this the suite now and then ends before it is through.
const FILES_AT_ONCE: usize = 80;

/// A shim that leads nowhere starts, and ends with this.
const NO_SUCH_COMMAND: i32 = 127;

/// Rules another program does not keep for us, and why.
const NOT_ASKED: [(&str, &str); 2] = [
    ("archival", "the suite was asked for plain PDF"),
    ("grid", "it sets rows with digits, of another face, a hair higher; over a few rows that is more than a hair"),
];

/// Whether the examination's rule is one that another program's pages of our Word file must keep.
pub(crate) fn asked(rule: &str) -> bool {
    NOT_ASKED.iter().all(|(it, _)| *it != rule)
}

/// Says that a program is missing, which under CI it must not be.
pub(crate) fn missing(program: &str) {
    assert!(std::env::var_os("CI").is_none(), "{program} is not installed");
    writeln!(std::io::stderr(), "SKIPPED: {program} is not here, what it would say of our papers was not asked")
        .unwrap();
}

/// What a program said; nothing where it is not here.
pub(crate) fn told(command: &mut Command) -> Option<Output> {
    let run = command.output();
    if run.is_err() {
        missing(&command.get_program().to_string_lossy());
    }
    run.ok()
}

/// What the suite makes of these Word files: the folder with the PDFs. Nothing where it is not here.
pub(crate) fn converted(folder: &Path, files: &[(String, Vec<u8>)]) -> Option<PathBuf> {
    made(folder, files, "pdf")
}

/// These Word files as the suite saves them: the folder they are in. Nothing where it is not here.
pub(crate) fn saved(folder: &Path, files: &[(String, Vec<u8>)]) -> Option<PathBuf> {
    made(folder, files, "docx")
}

fn made(folder: &Path, files: &[(String, Vec<u8>)], form: &str) -> Option<PathBuf> {
    let alias = |(asked, ours): (&str, &str)| {
        format!("<alias binding=\"same\"><family>{asked}</family><prefer><family>{ours}</family></prefer></alias>")
    };
    let faces = format!(
        "<?xml version=\"1.0\"?><fontconfig><dir>{}/fonts</dir><cachedir>{}/cache</cachedir>{}</fontconfig>",
        env!("CARGO_MANIFEST_DIR"),
        folder.display(),
        FACES.map(alias).concat()
    );
    std::fs::write(folder.join("fonts.conf"), faces).unwrap();
    let path = |name: &String| folder.join(format!("{name}.docx"));
    files.iter().for_each(|(name, bytes)| std::fs::write(path(name), bytes).unwrap());
    let seen = folder.join("seen");
    for files in files.chunks(FILES_AT_ONCE) {
        let mut suite = Command::new("soffice");
        suite.args(["--headless", "--convert-to", form, "--outdir"]).arg(&seen);
        suite.args(files.iter().map(|(name, _)| path(name)));
        let run = told(suite.env("FONTCONFIG_FILE", folder.join("fonts.conf")).env("HOME", folder))?;
        let there = |(name, _): &(String, Vec<u8>)| seen.join(format!("{name}.{form}")).exists();
        let lost = files.iter().find(|file| !there(file));
        assert!(lost.is_none(), "{:?}: {run:?}", lost.map(|(name, _)| name));
    }
    Some(seen)
}

/// What the checker finds in every one of these Word files, by name. Nothing where it is not here.
///
/// They stand in a folder of their own: the checker looks through folders, and fails where another program is just tidying up in one.
pub(crate) fn audited(files: &[(String, Vec<u8>)]) -> Option<BTreeMap<String, Vec<String>>> {
    if files.is_empty() {
        return Some(BTreeMap::new());
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(format!("{name}.docx")), bytes).unwrap();
    }
    let mut checker = Command::new("openxml-audit");
    let run = told(checker.args(["-r", "-f", "microsoft365", "-m", "0", "-o", "json"]).arg(folder.path()))?;
    if run.status.code() == Some(NO_SUCH_COMMAND) {
        missing("openxml-audit");
        return None;
    }
    let said = serde_json::from_slice::<serde_json::Value>(&run.stdout).unwrap_or_else(|it| panic!("{it}: {run:?}"));
    let file = |one: &serde_json::Value| {
        let path = PathBuf::from(one["file"].as_str().unwrap());
        let words = |it: &serde_json::Value| it["description"].as_str().unwrap_or_default().to_owned();
        let found: Vec<String> = one["errors"].as_array().unwrap().iter().map(words).collect();
        assert_eq!(Some(found.len() as u64), one["error_count"].as_u64(), "{one}");
        (path.file_stem().unwrap().to_string_lossy().into_owned(), found)
    };
    Some(said.as_array().unwrap().iter().map(file).collect())
}

/// What is wrong with a PDF; nothing where the program is not here.
pub(crate) fn unsound(file: &Path) -> Option<Option<String>> {
    let run = told(Command::new("qpdf").arg("--check").arg(file))?;
    Some((!run.status.success()).then(|| String::from_utf8_lossy(&run.stderr).into_owned()))
}

/// Papers whose Word file comes to another number of pages than our PDF: a line each, name, pages of Word, pages of the PDF, and why.
/// By name and pages of the PDF, the pages of Word.
pub(crate) fn explained(text: &str) -> BTreeMap<(&str, u32), u32> {
    let lines = text.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let words: Vec<&str> = line.splitn(4, ' ').collect();
        let [name, word, pdf, _why] = words[..] else { panic!("{line}") };
        ((name, pdf.parse().unwrap()), word.parse().unwrap())
    });
    lines.collect()
}
