//! Both writers together: the same papers say the same, Word's own checker finds nothing, and another program sees as many pages.
//!
//! The programs asked here are LibreOffice and the checker openxml-audit of PyPI (`tests/common/outside.rs`).

mod company;
mod edges;
mod full;
mod framed;
mod marks;
#[path = "../../tests/common/outside.rs"]
mod outside;
mod rare;
pub(in crate::document) mod samples;
mod suite;

use super::fonts::Fonts;
use super::gallery::{self, DEMANDS, KINDS};
use super::model::Document;
use super::pdf::tests::{extracted, squeezed};
use super::{both, html, inspect, pdf, word};
use std::path::Path;
use std::process::Command;

/// Writes every sample in both forms into a folder.
fn written(folder: &Path) -> Vec<(&'static str, Document)> {
    let fonts = Fonts::bundled();
    let kept = std::env::var_os("BANWEN_KEEP_SAMPLES").map(|_| std::env::temp_dir().join("docs"));
    kept.iter().for_each(|kept| std::fs::create_dir_all(kept).unwrap());
    for (name, document) in samples::all() {
        let both = both::both(&document, &fonts).unwrap_or_else(|error| panic!("{name}: {error}"));
        std::fs::write(folder.join(format!("{name}.pdf")), both.pdf).unwrap();
        std::fs::write(folder.join(format!("{name}.docx")), both.word).unwrap();
        for file in kept.iter().flat_map(|kept| ["pdf", "docx"].map(|form| (kept, format!("{name}.{form}")))) {
            std::fs::copy(folder.join(&file.1), file.0.join(&file.1)).unwrap();
        }
    }
    samples::all()
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

/// Every Word file of the gallery, the filled one of an office's own too.
fn gallery_files() -> Vec<(String, Vec<u8>)> {
    let fonts = Fonts::bundled();
    let sheets = KINDS.iter().flat_map(|(kind, source)| DEMANDS.map(|demand| (kind, source, demand)));
    let sheets = sheets.map(|(kind, source, demand)| {
        let sheet = gallery::sheet(kind, source, demand, &fonts).unwrap();
        (sheet.name, sheet.word)
    });
    let filled = DEMANDS.map(|demand| gallery::filled(demand).unwrap());
    sheets.chain(filled.map(|(name, filled)| (name, filled.word().unwrap()))).collect()
}

#[test]
fn the_checker_finds_nothing_in_any_word_file() {
    let fonts = Fonts::bundled();
    let sampled = |(name, it): &(&str, Document)| ((*name).to_owned(), both::both(it, &fonts).unwrap().word);
    let mut files: Vec<_> = samples::all().iter().map(sampled).collect();
    files.extend(gallery_files());
    files.push(("template".to_owned(), gallery::BY_WORD.2.to_vec()));
    let Some(told) = outside::audited(&files) else { return };
    for (name, _) in &files {
        let found = told.get(name).unwrap_or_else(|| panic!("{name}: {told:?}"));
        assert!(found.is_empty(), "{name}: {found:?}");
    }
}

#[test]
fn bookmarks_are_the_title_and_every_heading_as_it_stands() {
    let document = samples::decision();
    let bytes = pdf::pdf(&document, &Fonts::bundled()).unwrap();
    let found = inspect::bookmarks(&bytes);
    let found: Vec<(usize, &str)> = found.iter().map(|(level, title)| (*level, title.as_str())).collect();
    let expected = [
        (1, "中共香泉镇委员会关于表彰先进基层党组织、优秀共产党员和优秀党务工作者的决定"),
        (2, "一、表彰对象"),
        (3, "（一）先进基层党组织（5个）"),
        (4, "1.优秀共产党员"),
        (5, "（1）农村党员"),
        (2, "二、工作要求"),
        (1, "受表彰的先进基层党组织、优秀共产党员、优秀党务工作者名单"),
        (1, "表彰大会议程"),
    ];
    assert_eq!(found, expected);
}
