//! The suite, where this machine has it; and programs that behave as badly as one can.

use super::*;
use crate::document::fill::WordTemplate;
use serde_json::json;
use std::os::unix::fs::PermissionsExt;

const PROGRAM: &str = "/usr/bin/soffice";
const FRONT: &str = "---\n文种: 公示\n标题: 题\n---\n";

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2022, 6, 2).unwrap()
}

fn paper() -> Vec<u8> {
    let file = std::fs::read(format!("{}/tests/word/汇总表.docx", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let template = WordTemplate::read("表", "表.docx", FRONT, &file).unwrap();
    let data = json!({ "表名": "䶮山镇汇总表", "列": ["一"], "行": [{ "单位": "甲", "值": [1] }] });
    template.fill(&data, &|_| None).unwrap().word().unwrap()
}

/// A program that does what the script says, as the suite of a folder.
fn pretending(folder: &Path, script: &str) -> Office {
    let program = folder.join("program");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    Office::new(program, folder.join("office"))
}

#[test]
fn the_suite_makes_the_same_pdf_twice_with_our_faces() {
    if !Path::new(PROGRAM).exists() {
        assert!(std::env::var_os("CI").is_none(), "LibreOffice is not installed");
        let mut err = std::io::stderr();
        std::io::Write::write_all(&mut err, b"SKIPPED: LibreOffice is not on this machine\n").unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (office, word, fonts) = (Office::new(PROGRAM.into(), folder.path().join("office")), paper(), Fonts::bundled());
    let first = office.pdf(&word, day(), &fonts).unwrap();
    assert!(first.pages == 1 && first.producer.starts_with("LibreOffice"), "{} {}", first.pages, first.producer);
    let again = office.pdf(&word, day(), &fonts).unwrap();
    assert!(again == first, "the same paper gives the same bytes");
    let left = files::list(&folder.path().join("office")).unwrap();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with("job-")), "{left:?}");
    let says = |mark: &[u8]| positions(&first.bytes, mark).next().is_some();
    assert!(says(b"<pdfaid:part>2</pdfaid:part>") && says(b"<pdfaid:conformance>B</pdfaid:conformance>"));
    assert!(says(b"<xmp:CreateDate>2022-06-02T00:00:00Z<") && says(b"/CreationDate(D:20220602000000Z"));
    let profile = inspect::colour_profile(&first.bytes).unwrap();
    assert!(profile.len() > 500 && profile[24..36] == [0; 12] && &profile[36..40] == b"acsp");
    let report = inspect::examine(&first.bytes, None).unwrap();
    assert!(!report.findings.iter().any(|it| it.rule.id == "archival"), "{report:?}");
    let embeds = |name: &[u8]| positions(&first.bytes, name).next().is_some();
    assert!(embeds(b"Fandol") || embeds(b"Noto"), "our faces are lent");
}

#[test]
fn a_suite_that_fails_is_tried_twice_and_its_words_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let count = folder.path().join("count");
    let script = format!("echo x >> {}; echo Warning: nothing >&2; echo it is broken >&2; exit 3", count.display());
    let office = pretending(folder.path(), &script);
    let why = office.pdf(b"x", day(), &Fonts::bundled()).unwrap_err();
    assert!(why.contains("it is broken") || why.contains("failed"), "{why}");
    assert_eq!(std::fs::read_to_string(count).unwrap().lines().count(), 2);
}

#[test]
fn a_suite_that_makes_nothing_or_nonsense_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let said = |script: &str| pretending(folder.path(), script).pdf(b"x", day(), &Fonts::bundled()).unwrap_err();
    assert!(said("exit 0").contains("made no PDF"));
    assert!(said("echo nonsense > paper.pdf").contains("no PDF"));
    assert!(said("printf '%%PDF-1.7 /Type/Pages' > paper.pdf").contains("no page"));
    let absent = Office::new("/nowhere/soffice".into(), folder.path().join("office"));
    assert!(absent.pdf(b"x", day(), &Fonts::bundled()).unwrap_err().contains("/nowhere/soffice"));
}

#[test]
fn a_pdf_that_says_something_else_is_no_pdf_of_the_paper() {
    let folder = tempfile::tempdir().unwrap();
    let pdf = |data: crate::document::gallery::Demand, name: &str| {
        let template = crate::document::template::Template::parse("通知", include_str!("../gallery/通知.md")).unwrap();
        let both = crate::document::both::both(&template.render(&data.data()).unwrap(), &Fonts::bundled()).unwrap();
        std::fs::write(folder.path().join(name), both.pdf).unwrap();
        both.word
    };
    let word = pdf(crate::document::gallery::Demand::Short, "own.pdf");
    let said = |file: &str, word: &[u8]| {
        let script = format!("echo x >> {0}/tried; cp {0}/{file} paper.pdf", folder.path().display());
        pretending(folder.path(), &script).pdf(word, day(), &Fonts::bundled())
    };
    assert!(said("own.pdf", &word).unwrap().pages > 0);
    std::fs::remove_file(folder.path().join("tried")).unwrap();
    let why = said("own.pdf", &paper()).unwrap_err();
    assert!(why.contains("different Chinese characters of the Word file") && why.contains('汇'), "{why}");
    let tried = std::fs::read_to_string(folder.path().join("tried")).unwrap();
    assert_eq!(tried.lines().count(), 2, "it is tried once more");
}

#[test]
fn a_suite_that_hangs_is_ended_with_all_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let late = folder.path().join("late");
    // what it left behind would write the file while we wait below
    let mut office = pretending(folder.path(), &format!("(sleep 4; echo x > {}) & sleep 600", late.display()));
    office.seconds = 1;
    let began = std::time::Instant::now();
    let why = office.pdf(b"x", day(), &Fonts::bundled()).unwrap_err();
    assert!(why.contains("took longer than 1 seconds"), "{why}");
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
    std::thread::sleep(std::time::Duration::from_secs(4));
    assert!(!late.exists(), "a child of it lived on");
}

#[test]
fn memory_is_limited_for_the_suite_and_its_children() {
    let folder = tempfile::tempdir().unwrap();
    let limit = folder.path().join("limit");
    let office = pretending(folder.path(), &format!("sh -c 'ulimit -v' > {}", limit.display()));
    office.pdf(b"x", day(), &Fonts::bundled()).unwrap_err();
    assert_eq!(std::fs::read_to_string(limit).unwrap().trim(), (MEMORY_BYTES_MAX / 1024).to_string());
}

#[test]
fn times_and_numbers_are_those_of_the_paper() {
    let pdf = |time: &str, id: &str| {
        let objects = "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>endobj\n\
            3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n4 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj";
        let made = format!("5 0 obj<</CreationDate(D:{time}Z')/Title(/Type/Page )>>endobj");
        let trailer = format!("trailer<</Root 1 0 R/Info 5 0 R/ID [ <{id}> <{id}> ] /DocChecksum /{id}>>");
        format!("%PDF-1.7\n{objects}\n{made}\n{trailer}\nstartxref\n0\n%%EOF").into_bytes()
    };
    let one = told(pdf("20261126063856", &"A".repeat(32)), b"word", day()).unwrap();
    let other = told(pdf("20271126063858", &"B".repeat(32)), b"word", day()).unwrap();
    assert_eq!(one, other);
    let text = String::from_utf8(one.bytes.clone()).unwrap();
    assert!(text.contains("(D:20220602000000Z')"), "{text}");
    // pages are counted as a reader counts them, not where a text says so
    assert_eq!((one.pages, pages(b"%PDF-1.7 /Type/Page /Type /Page")), (2, 0));
}

#[test]
fn what_a_cut_left_is_swept() {
    let folder = tempfile::tempdir().unwrap();
    let office = Office::new(PROGRAM.into(), folder.path().join("office"));
    office.sweep().unwrap();
    std::fs::create_dir_all(folder.path().join("office/job-1-1/profile")).unwrap();
    std::fs::create_dir_all(folder.path().join("office/faces-1")).unwrap();
    office.sweep().unwrap();
    assert_eq!(files::list(&folder.path().join("office")).unwrap().len(), 1);
}
