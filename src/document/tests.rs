//! Both writers together: the same papers say the same, Word's own checker finds nothing, and another program sees as many pages.
//!
//! The programs asked here are LibreOffice and the checker openxml-audit of PyPI. Where one is missing the test says so and ends; under CI
//! LibreOffice must be there.

pub(in crate::document) mod samples;
mod suite;

use super::fonts::Fonts;
use super::model::Document;
use super::pdf::tests::{extracted, squeezed};
use super::{html, pdf, word};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

/// Writes every sample in both forms into a folder.
fn written(folder: &Path) -> Vec<(&'static str, Document)> {
    let fonts = Fonts::bundled();
    let kept = std::env::var_os("BANWEN_KEEP_SAMPLES").map(|_| std::env::temp_dir().join("docs"));
    kept.iter().for_each(|kept| std::fs::create_dir_all(kept).unwrap());
    for (name, document) in samples::all() {
        let set = pdf::pdf(&document, &fonts).unwrap_or_else(|error| panic!("{name}: {error}"));
        std::fs::write(folder.join(format!("{name}.pdf")), set).unwrap();
        std::fs::write(folder.join(format!("{name}.docx")), word::word(&document).unwrap()).unwrap();
        for file in kept.iter().flat_map(|kept| ["pdf", "docx"].map(|form| (kept, format!("{name}.{form}")))) {
            std::fs::copy(folder.join(&file.1), file.0.join(&file.1)).unwrap();
        }
    }
    samples::all()
}

fn missing(program: &str) {
    writeln!(std::io::stderr(), "SKIPPED: {program} is not here, what it would say of our Word files was not asked")
        .unwrap();
}

#[test]
fn both_writers_say_what_the_text_says() {
    let folder = tempfile::tempdir().unwrap();
    for (name, document) in written(folder.path()) {
        let word = squeezed(&word::text(&std::fs::read(folder.path().join(format!("{name}.docx"))).unwrap()).unwrap());
        let set = std::fs::read(folder.path().join(format!("{name}.pdf"))).unwrap();
        let pages = extracted(&set).map(|text| (1..20).fold(text, |text, page| text.replace(&format!("—{page}—"), "")));
        // 文件 beside the names of a joint mark and the number beside the signers are read between them
        let beside = |line: &String| line.starts_with("签发人") || document.mark.len() > 1 && line.ends_with("文件");
        for line in html::text(&document).lines().map(squeezed).filter(|line| !beside(line)) {
            assert!(word.contains(&line), "{name}, Word: {line} in {word}");
            assert!(pages.as_ref().is_none_or(|pages| pages.contains(&line)), "{name}, PDF: {line} in {pages:?}");
        }
    }
}

#[test]
fn the_checker_finds_nothing_in_any_word_file() {
    let folder = tempfile::tempdir().unwrap();
    for (name, _) in written(folder.path()) {
        let file = folder.path().join(format!("{name}.docx"));
        let run = Command::new("openxml-audit").args(["-f", "microsoft365", "-m", "0"]).arg(&file).output();
        let Ok(output) = run else { return missing("openxml-audit") };
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("no findings"), "{name}: {said}");
    }
}
