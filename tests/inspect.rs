//! Examining papers of strangers: good ones have no finding, and each rule finds the paper that breaks it.
//!
//! The papers in `tests/data/papers/` were made by python-docx and by LibreOffice (`make.py` there), the PDFs of `inspect/drawn.rs`
//! row by row: none by our own writers, which must not be their own judges.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its papers has failed")]
#![expect(clippy::expect_used, reason = "the same")]

#[path = "inspect/drawn.rs"]
mod drawn;
#[path = "inspect/drawn_more.rs"]
mod drawn_more;
#[path = "inspect/drawn_rows.rs"]
mod drawn_rows;
#[path = "inspect/spoilt.rs"]
mod spoilt;
#[path = "inspect/spoilt_pdf.rs"]
mod spoilt_pdf;

use banwen::document::inspect::{self, Finding, Kind, RULES, Report, Seen, Unreadable};
use banwen::ooxml::package::Package;
use proptest::prelude::*;
use spoilt::Edit;
use std::collections::BTreeSet;
use std::path::PathBuf;

fn paper(name: &str) -> Vec<u8> {
    std::fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/papers").join(name)).unwrap()
}

fn told(findings: &[Finding]) -> String {
    findings.iter().map(|it| format!("\n  {it}")).collect()
}

fn broken(report: &Report) -> BTreeSet<&'static str> {
    report.findings.iter().map(|it| it.rule.id).collect()
}

/// The file with the edit made; an edit that finds nothing to change fails.
fn edited(edit: &Edit) -> Vec<u8> {
    let mut package = Package::read(&paper(&format!("{}.docx", edit.file))).unwrap();
    let names: Vec<String> = package.names().map(str::to_owned).filter(|name| name.ends_with(".xml")).collect();
    let mut changed = false;
    for name in names {
        let text = String::from_utf8(package.part(&name).unwrap().to_vec()).unwrap();
        let range = match text.find(edit.near) {
            _ if edit.near.is_empty() => 0..text.len(),
            Some(at) => {
                let begin = text[..at].rfind("<w:p>").unwrap_or(0);
                begin..text[at..].find("</w:p>").map_or(text.len(), |end| at + end)
            }
            None => continue,
        };
        if text[range.clone()].contains(edit.from) && !changed {
            let new = format!(
                "{}{}{}",
                &text[..range.start],
                text[range.clone()].replace(edit.from, edit.to),
                &text[range.end..]
            );
            package.put(&name, new.into_bytes());
            changed = true;
        }
    }
    assert!(changed, "{}: {:?} is not in {}", edit.rule, edit.from, edit.file);
    package.write().unwrap()
}

#[test]
fn good_papers_of_strangers_have_no_finding() {
    let files = [
        ("通知.docx", Kind::Document),
        ("请示.docx", Kind::Upward),
        ("请示.pdf", Kind::Upward),
        ("函.docx", Kind::Letter),
        ("令.docx", Kind::Command),
        ("纪要.docx", Kind::Minutes),
        ("公示.docx", Kind::Plain),
        ("汇总表.docx", Kind::Sheet),
    ];
    let written = files.map(|(name, kind)| (name, paper(name), kind));
    let drawn = [
        ("drawn notice", drawn::notice().bytes(), Kind::Document),
        ("drawn letter", drawn::letter().bytes(), Kind::Letter),
        ("drawn certificate", drawn::certificate().bytes(), Kind::Certificate),
        ("drawn 请示", drawn_more::upward().bytes(), Kind::Upward),
        ("drawn joint 请示", drawn_more::joint().bytes(), Kind::Upward),
        ("drawn 请示 with 主送 in the 版记", drawn_more::sent_below().bytes(), Kind::Upward),
        ("drawn attachments", drawn_more::attached().bytes(), Kind::Document),
        ("drawn 令", drawn_more::command().bytes(), Kind::Command),
        ("drawn 纪要", drawn_more::minutes().bytes(), Kind::Minutes),
        ("drawn 附件说明 of many rows", drawn_rows::wrapped().bytes(), Kind::Document),
        ("drawn 附件说明 parted at a word", drawn_rows::wrapped_at_a_word().bytes(), Kind::Document),
        ("drawn notice of a few words", drawn_rows::short().bytes(), Kind::Document),
        ("drawn notice signed side by side", drawn_rows::side_by_side().bytes(), Kind::Document),
        ("drawn notice signed by three side by side", drawn_rows::three_side_by_side().bytes(), Kind::Document),
        ("drawn notice with a stamp", drawn_rows::stamped().bytes(), Kind::Document),
        ("drawn notice with a long note", drawn_rows::noted().bytes(), Kind::Document),
        ("drawn notice with squeezed marks", drawn_rows::squeezed().bytes(), Kind::Document),
        ("drawn 公告", drawn_rows::announcement().bytes(), Kind::Document),
    ];
    for (name, bytes, kind) in written.into_iter().chain(drawn) {
        let report = inspect::examine(&bytes, None).unwrap();
        assert_eq!(report.kind, kind, "{name}");
        assert!(report.findings.is_empty(), "{name}:{}", told(&report.findings));
    }
}

#[test]
fn each_rule_finds_the_paper_that_breaks_it() {
    let mut wrong = String::new();
    let mut covered = BTreeSet::new();
    let mut check = |rule: &'static str, bytes: &[u8], pdf: bool| {
        let report = inspect::examine(bytes, None).unwrap();
        if !broken(&report).contains(rule) {
            wrong += &format!("{rule} (as {}) was not found, but:{}\n", report.kind.name(), told(&report.findings));
        }
        covered.insert((rule, pdf));
    };
    for edit in spoilt::WORD.iter().chain(&spoilt::WORDS) {
        check(edit.rule, &edited(edit), false);
    }
    for (rule, good, spoil) in spoilt::PDF.iter().chain(spoilt_pdf::all()) {
        let mut paper = good();
        spoil(&mut paper);
        check(rule, &paper.bytes(), true);
    }
    assert!(wrong.is_empty(), "{wrong}");
    for rule in RULES {
        let both = [false, true].map(|pdf| covered.contains(&(rule.id, pdf)));
        let due = match rule.seen {
            Seen::Pdf => both[1],
            Seen::Word => both[0],
            Seen::Both => both[0] && both[1],
        };
        assert!(due, "no spoilt paper for {} (Word {}, PDF {})", rule.id, both[0], both[1]);
    }
}

#[test]
fn rules_have_names_and_say_where_they_are_written() {
    let names: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(names.len(), RULES.len());
    for rule in RULES {
        assert!(rule.id.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", rule.id);
        assert!(!rule.clause.is_empty() && !rule.asks.is_empty() && !rule.asks.ends_with('。'), "{}", rule.id);
    }
}

#[test]
fn a_finding_says_where_what_and_why() {
    let edit = spoilt::WORD.iter().find(|it| it.rule == "number-form").unwrap();
    let report = inspect::examine(&edited(edit), None).unwrap();
    assert_eq!(
        report.findings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "P0 第2段“香政发[2023]12号”：香政发[2023]12号。应当：发文字号由机关代字、〔年份〕、顺序号组成，年份四位，用六角括号，顺序号不编虚位、不加“第”；公告、通告可以编“第1号”（7.2.5） [number-form]"
        ]
    );
    assert_eq!(report.grave().count(), 1);
}

#[test]
fn the_kind_can_be_said() {
    let report = inspect::examine(&paper("公示.docx"), Some(Kind::Document)).unwrap();
    assert!(broken(&report).contains("mark-missing"), "{}", told(&report.findings));
}

/// Writers of the office set numbers at the outer edge by a frame, whose side is that of the page.
#[test]
fn a_number_at_the_outer_edge_is_on_the_right_side() {
    let mut edit = Edit { rule: "", file: "通知", near: "PAGE", from: "<w:jc w:val=\"right\"/>", to: "" };
    let centred = inspect::examine(&edited(&edit), None).unwrap();
    assert_eq!(broken(&centred), BTreeSet::from(["page-number-side"]), "{}", told(&centred.findings));
    edit.to = "<w:framePr w:wrap=\"around\" w:xAlign=\"outside\"/>";
    let framed = inspect::examine(&edited(&edit), None).unwrap();
    assert!(framed.findings.is_empty(), "{}", told(&framed.findings));
}

/// An attachment that is sent by itself is listed, and its number is left out among the labels: no grave fault.
#[test]
fn an_attachment_may_be_sent_by_itself() {
    let edit = Edit { rule: "", file: "通知", near: "附件1<", from: "附件1", to: "" };
    let second_alone = inspect::examine(&edited(&edit), None).unwrap();
    assert_eq!(broken(&second_alone), BTreeSet::from(["attachment-missing"]), "{}", told(&second_alone.findings));
}

#[test]
fn what_is_no_paper_is_said_to_be_none() {
    assert_eq!(inspect::examine(b"hello", None), Err(Unreadable::Strange));
    assert_eq!(inspect::examine(b"", None), Err(Unreadable::Strange));
    assert!(matches!(inspect::examine(b"PK\x03\x04 no archive", None), Err(Unreadable::Damaged(_))));
    assert!(matches!(inspect::examine(b"%PDF-1.7 nothing follows", None), Err(Unreadable::Damaged(_))));
}

/// Poppler reads the same characters out of the PDF of LibreOffice; without Poppler there is nothing to compare with.
#[test]
fn another_reader_reads_the_same() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/papers/请示.pdf");
    let Ok(answer) = std::process::Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output() else {
        return;
    };
    let dense = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<BTreeSet<char>>();
    let other = String::from_utf8(answer.stdout).unwrap();
    let own = inspect::text(&paper("请示.pdf")).unwrap();
    let rows = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
    // page numbers are no paragraphs here
    let bare = rows(&other).replace("—1—", "").replace("—2—", "");
    assert_eq!(rows(&own), bare);
    assert!(dense(&own).len() > 100);
}

/// The command line says what was found, and exits by it.
#[test]
fn the_command_tells_findings_and_exits_by_them() {
    let folder = tempfile::TempDir::new().unwrap();
    let banwen = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_banwen")).args(arguments).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_string_lossy().into_owned()
    };
    let wrong = spoilt::WORD.iter().find(|it| it.rule == "number-form").unwrap();
    let (good, bad) = (put("good.docx", &paper("通知.docx")), put("bad.docx", &edited(wrong)));
    let broken = put("broken.pdf", b"%PDF-1.7");

    let (status, told) = banwen(&["gongwen", "check", &good]);
    assert_eq!((status, told.trim_end()), (0, format!("{good}（文件），未发现问题").as_str()));
    let (status, told) = banwen(&["gongwen", "check", &good, &bad]);
    assert!(status == 1 && told.contains("P0 第2段“香政发[2023]12号”"), "{status} {told}");
    assert_eq!(banwen(&["gongwen", "check", &bad, &broken]).0, 2);
    assert_eq!(banwen(&["gongwen", "check", "--kind", "公示", &good]).0, 2);
    let (status, told) = banwen(&["gongwen", "check", "--json", "--kind", "文件", &bad]);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let finding = &told[0]["report"]["findings"][0];
    assert_eq!((status, &finding["id"], &finding["clause"]), (1, &"number-form".into(), &"7.2.5".into()));
    let (status, told) = banwen(&["gongwen", "rules"]);
    assert_eq!((status, told.lines().count()), (0, RULES.len()));
}

/// A PDF whose one packed part unpacks to so many MB of noughts.
fn bomb(megabytes: usize) -> Vec<u8> {
    use std::io::Write;
    let mut packed = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let fast = zip::write::SimpleFileOptions::default().compression_level(Some(1));
    packed.start_file("a", fast.large_file(false)).unwrap();
    let block = vec![b' '; 1024 * 1024];
    (0..megabytes).for_each(|_| packed.write_all(&block).unwrap());
    let package = packed.finish().unwrap().into_inner();
    // the stream itself, between the header of its entry and the directory
    let end = package.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    let mut stream = vec![0x78, 0x9c];
    stream.extend(&package[31..end]);
    let mut pdf = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>\nendobj\n".to_vec();
    pdf.extend(format!("4 0 obj\n<< /Length {} /Filter /FlateDecode >>\nstream\n", stream.len()).as_bytes());
    pdf.extend(stream);
    pdf.extend(b"\nendstream\nendobj\ntrailer\n<< /Root 1 0 R /Size 5 >>\n%%EOF\n");
    pdf
}

#[test]
fn a_file_that_unpacks_without_end_is_cut_off_and_the_others_are_examined() {
    let folder = tempfile::TempDir::new().unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_string_lossy().into_owned()
    };
    let (small, large) = (put("small.pdf", &bomb(8)), put("large.pdf", &bomb(1400)));
    let (good, gone) =
        (put("good.docx", &paper("通知.docx")), folder.path().join("gone.pdf").to_string_lossy().into_owned());
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_banwen"))
        .args(["gongwen", "check", &large, &gone, &small, &good])
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(2), "{told}");
    let line =
        |path: &str| told.lines().find(|line| line.starts_with(path)).unwrap_or_else(|| panic!("{path}: {told}"));
    assert!(line(&large).contains("was cut off (signal: 6 (SIGABRT)"), "{told}");
    assert!(line(&gone).contains("gone.pdf: "), "{told}");
    assert!(line(&small).contains("（普通，1面）") && line(&good).ends_with("未发现问题"), "{told}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_are_refused_or_read_but_never_panic(
        which in 0..4_usize,
        cut in 0.0..1.0_f64,
        flips in prop::collection::vec((0.0..1.0_f64, any::<u8>()), 0..12),
        whole in any::<bool>(),
    ) {
        let mut bytes = match which {
            0 => paper("通知.docx"),
            1 => paper("请示.pdf"),
            2 => drawn::notice().bytes(),
            _ => paper("函.docx"),
        };
        let at = |part: f64, bytes: &[u8]| ((bytes.len() as f64 * part) as usize).min(bytes.len() - 1);
        for (place, value) in flips {
            let place = at(place, &bytes);
            bytes[place] = value;
        }
        if !whole {
            bytes.truncate(at(cut, &bytes));
        }
        let _ = inspect::examine(&bytes, None);
    }

    #[test]
    fn damaged_parts_of_a_word_file_never_panic(part in 0..6_usize, at in 0.0..1.0_f64, junk in "[<>&\"a0-9 ]{0,6}") {
        let mut package = Package::read(&paper("通知.docx")).unwrap();
        let name = package.names().filter(|it| it.ends_with(".xml")).nth(part).unwrap_or("word/document.xml").to_owned();
        let mut text = String::from_utf8_lossy(package.part(&name).unwrap()).into_owned();
        let mut place = (text.len() as f64 * at) as usize;
        while !text.is_char_boundary(place) {
            place -= 1;
        }
        text.insert_str(place, &junk);
        package.put(&name, text.into_bytes());
        let _ = inspect::examine(&package.write().unwrap(), None);
    }
}

#[test]
fn a_pdf_nested_without_end_is_damaged_and_stops_nothing() {
    let mut deep = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages ".to_vec();
    deep.extend(std::iter::repeat_n(b'[', 200_000));
    assert!(banwen::document::inspect::examine(&deep, None).is_err());
}
