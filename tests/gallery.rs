//! The gallery of papers: every sheet can be made, is the same everywhere, and a change of any is seen.
//!
//! `BANWEN_BLESS=1` writes the digests anew: look at the pages first (`banwen gallery`).

#![expect(clippy::unwrap_used, reason = "a test that cannot read its files has failed")]

#[path = "common/outside.rs"]
mod outside;

use banwen::document::fonts::Fonts;
use banwen::document::gallery::{DEMANDS, Demand, KINDS, filled, sheet};
use banwen::document::inspect::{Severity, examine};
use banwen::files::digest_hex;
use banwen::ooxml::package::Package;
use std::fmt::Write as _;
use std::path::Path;

/// Papers without a title in their text: framed faces, and orders, whose mark says what they are.
const FRAMED: [&str; 3] = ["证书", "奖牌文", "命令"];

/// A Word file by its parts: how they are packed is the packer's affair.
fn word_digest(bytes: &[u8]) -> String {
    let package = Package::read(bytes).unwrap();
    let names: Vec<String> = package.names().map(str::to_owned).collect();
    let parts = names.iter().map(|name| format!("{name} {}\n", digest_hex(package.part(name).unwrap())));
    digest_hex(parts.collect::<String>().as_bytes())
}

#[test]
fn every_paper_is_as_it_was_looked_at() {
    let fonts = Fonts::bundled();
    let mut found = String::new();
    for (kind, source) in KINDS {
        for demand in DEMANDS {
            let sheet = sheet(kind, source, demand, &fonts).unwrap_or_else(|why| panic!("{why}"));
            let (word, pdf) = (word_digest(&sheet.word), digest_hex(&sheet.pdf));
            // a reader goes by bookmarks, one who cannot see by the structure and the language
            for part in ["/Outlines", "/StructTreeRoot", "/Lang(zh-CN)", "/Title"] {
                let there = sheet.pdf.windows(part.len()).any(|bytes| bytes == part.as_bytes());
                assert!(there || (part == "/Outlines" && FRAMED.contains(&kind)), "{}: {part}", sheet.name);
            }
            writeln!(found, "{} word {} pdf {}", sheet.name, &word[..16], &pdf[..16]).unwrap();
        }
    }
    for demand in DEMANDS {
        let (name, filled) = filled(demand).unwrap_or_else(|why| panic!("{why}"));
        writeln!(found, "{name} word {}", &word_digest(&filled.word().unwrap())[..16]).unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gallery.sums");
    if std::env::var_os("BANWEN_BLESS").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    let changed: Vec<&str> = found.lines().filter(|line| !kept.lines().any(|old| old == *line)).collect();
    assert!(
        changed.is_empty() && kept.lines().count() == found.lines().count(),
        "look at these, then bless: {changed:#?}"
    );
}

/// What of a file is graver than a blemish.
fn wrong(file: &str, bytes: &[u8]) -> Option<String> {
    let report = examine(bytes, None).unwrap();
    let wrong = report.findings.iter().filter(|it| it.rule.severity != Severity::P2);
    let wrong: Vec<String> = wrong.map(|finding| finding.sentence()).collect();
    (!wrong.is_empty()).then(|| format!("{file}: {wrong:?}"))
}

/// What another program saves again is still the paper that was examined.
#[test]
fn a_word_file_saved_by_another_program_passes_the_examination() {
    let fonts = Fonts::bundled();
    let folder = tempfile::tempdir().unwrap();
    // a 版记 on the back, one after a blank page, a letter, a list that lies crosswise
    let asked = [("决议", Demand::Short), ("纪要", Demand::Long), ("函", Demand::Short), ("汇总表", Demand::Short)];
    let made = asked.map(|(kind, demand)| {
        let source = KINDS.iter().find(|(it, _)| *it == kind).unwrap().1;
        let sheet = sheet(kind, source, demand, &fonts).unwrap();
        (sheet.name, sheet.word)
    });
    let Some(saved) = outside::saved(folder.path(), &made) else { return };
    let found =
        made.iter().filter_map(|(name, _)| wrong(name, &std::fs::read(saved.join(format!("{name}.docx"))).unwrap()));
    assert_eq!(found.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn every_paper_passes_the_examination() {
    let fonts = Fonts::bundled();
    for demand in [Demand::Short, Demand::Long] {
        let (name, filled) = filled(demand).unwrap();
        assert_eq!(wrong(&name, &filled.word().unwrap()), None);
    }
    for (kind, source) in KINDS {
        // what the nasty data say is meant to look wrong
        for demand in [Demand::Short, Demand::Long] {
            let sheet = sheet(kind, source, demand, &fonts).unwrap();
            for (file, bytes) in [("Word", &sheet.word), ("PDF", &sheet.pdf)] {
                assert_eq!(wrong(&format!("{} {file}", sheet.name), bytes), None);
            }
        }
    }
}

#[test]
fn every_pdf_says_which_archival_standard_it_keeps() {
    let fonts = Fonts::bundled();
    for (kind, source) in KINDS {
        let sheet = sheet(kind, source, Demand::Short, &fonts).unwrap();
        // ISO 19005-2, level B: the metadata of such a file stand in it unpacked
        for mark in ["<pdfaid:part>2</pdfaid:part>", "<pdfaid:conformance>B</pdfaid:conformance>", "/GTS_PDFA1"] {
            assert!(sheet.pdf.windows(mark.len()).any(|bytes| bytes == mark.as_bytes()), "{}: {mark}", sheet.name);
        }
    }
}

#[test]
fn the_command_writes_every_paper_and_a_page_that_leads_to_them() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("样张");
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_banwen"))
        .args(["gallery", "--out"])
        .arg(&out)
        .arg("--spool")
        .arg(folder.path().join("spool"))
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let page = std::fs::read_to_string(out.join("index.html")).unwrap();
    let names = KINDS.iter().flat_map(|(kind, _)| DEMANDS.map(|demand| format!("{kind}-{}", demand.word())));
    for file in names.flat_map(|name| [format!("{name}.docx"), format!("{name}.pdf")]) {
        let bytes = std::fs::read(out.join(&file)).unwrap_or_else(|why| panic!("{file}: {why}"));
        assert!(bytes.starts_with(if file.ends_with("pdf") { b"%PDF" } else { b"PK\x03\x04" }), "{file}");
        assert!(page.contains(&format!("href=\"{file}\"")), "{file}");
    }
    assert!(page.contains("href=\"统计表-长.docx\""));
}

#[test]
fn a_chart_is_a_picture_in_both_files() {
    let (kind, source) = *KINDS.iter().find(|(kind, _)| *kind == "月报").unwrap();
    let sheet = sheet(kind, source, Demand::Short, &Fonts::bundled()).unwrap();
    let package = Package::read(&sheet.word).unwrap();
    let pictures: Vec<&str> = package.names().filter(|name| name.starts_with("word/media/")).collect();
    assert_eq!(pictures, ["word/media/chart1.png", "word/media/chart2.png", "word/media/chart3.png"]);
    let text = String::from_utf8(package.part("word/document.xml").unwrap().to_vec()).unwrap();
    assert_eq!(text.matches("<a:blip r:embed=").count(), 3);
    assert!(text.contains("descr=\"比例图，办理结果。予以公开：件数42；"), "{text}");
    let image = b"/Subtype/Image";
    assert!(sheet.pdf.windows(image.len()).filter(|bytes| *bytes == image).count() >= 3);
}

#[test]
fn another_program_finds_nothing_wrong_with_any_pdf() {
    let folder = tempfile::tempdir().unwrap();
    for (kind, source) in KINDS {
        for demand in DEMANDS {
            let sheet = sheet(kind, source, demand, &Fonts::bundled()).unwrap();
            let path = folder.path().join("paper.pdf");
            std::fs::write(&path, &sheet.pdf).unwrap();
            let Some(wrong) = outside::unsound(&path) else { return };
            assert!(wrong.is_none(), "{}: {wrong:?}", sheet.name);
        }
    }
}
