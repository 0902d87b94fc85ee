//! Files of every kind, damaged at random: each has an answer, none breaks or holds up its reader. A short run of what `fuzz/` does
//! for hours.

use super::super::{Pdfs, looked_into};
use crate::offices::Offices;
use crate::spool::forms;
use crate::submission::read::understand;
use crate::submission::{Answers, Entry, Form, Grid, Type, What};
use proptest::prelude::*;
use std::io::{Cursor, Read, Write};
use std::time::{Duration, Instant};

/// No small file may hold its reader up for longer, on a machine that does other things besides.
const ANSWER_MAX: Duration = Duration::from_secs(15);

fn entry(name: &str, kind: Type) -> Entry {
    let (name, title) = (name.to_owned(), name.to_owned());
    Entry {
        name,
        title,
        also: Vec::new(),
        kind,
        optional: true,
        shown: false,
        min: None,
        max: None,
        unit: None,
        hint: None,
        of: Vec::new(),
    }
}

fn form() -> Form {
    let table = Type::Table(vec![("项目".to_owned(), Type::Text(20)), ("数".to_owned(), Type::Integer)], None);
    let columns = vec![entry("姓名", Type::Name), entry("身份证号", Type::IdNumber), entry("时间", Type::Month)];
    let grid = Grid { name: "推荐对象".to_owned(), columns, lines: Vec::new(), blank: 5, called: None };
    Form {
        title: "推荐表".to_owned(),
        answers: Answers {
            what: What::Task,
            office: "zb1".to_owned(),
            about: "七一表彰".to_owned(),
            stage: None,
            case: Some("2026".to_owned()),
            task: Some(7),
            revision: 1,
        },
        notes: Vec::new(),
        quotas: Vec::new(),
        head: vec![entry("填表人", Type::Name), entry("日期", Type::Date), entry("措施", table)],
        head_values: serde_json::Map::new(),
        grids: vec![grid],
        attach: Vec::new(),
    }
}

/// A file of every kind an office drops.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    let yaml =
        "banwen: { what: task, office: zb1, about: 七一表彰, task: 7 }\n填表人: 张三\nrows:\n  - { 姓名: 李四 }\n";
    let wide: Vec<u8> =
        [0xFEFF].into_iter().chain("姓名,时间\n张三,2001.1\n".encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [("表.yaml", yaml.as_bytes()), ("附件/图.png", b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR")] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    vec![
        ("表.xlsx", forms::write(&form()).unwrap()),
        ("表.docx", forms::write_word(&form()).unwrap()),
        ("表.xls", include_bytes!("../../../../tests/data/forms/form.xls").to_vec()),
        ("表.ods", include_bytes!("../../../../tests/data/forms/list.ods").to_vec()),
        ("表.yaml", yaml.as_bytes().to_vec()),
        ("表.json", br#"{"banwen":{"what":"task","office":"a","about":"b"},"rows":[{"a":[1,{"b":null}]}]}"#.to_vec()),
        ("表.csv", wide),
        ("包.zip", zip.finish().unwrap().into_inner()),
        (
            "图.jpg",
            b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xFF\xC0\0\x0B\x08\0\x10\0\x10\x01\x01\x11\0"
                .to_vec(),
        ),
        ("图.tif", b"II*\0\x08\0\0\0\x01\0\0\x01\x03\0\x01\0\0\0\x10\0\0\0\0\0\0\0".to_vec()),
    ]
}

/// How a file is damaged: where, and by what.
#[derive(Debug, Clone)]
enum Damage {
    Set(usize, u8),
    Cut(usize),
    Drop(usize, usize),
    Twice(usize, usize),
    Insert(usize, Vec<u8>),
}

fn damage() -> impl Strategy<Value = Damage> {
    let text = prop::sample::select(vec![
        "]]>".into(),
        "<!DOCTYPE a [<!ENTITY b \"c\">]>&b;".into(),
        "<x>".repeat(300),
        "\u{FFFE}\u{0}".into(),
        "999999999999999999999".into(),
        "[".repeat(300),
        "&#x110000;".into(),
        "=cmd|'/c calc'!A0".into(),
        "\u{202E}\u{2028}".into(),
    ]);
    let at = any::<prop::sample::Index>().prop_map(|at| at.index(1 << 20));
    prop_oneof![
        (at.clone(), any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        at.clone().prop_map(Damage::Cut),
        (at.clone(), 1_usize..64).prop_map(|(at, length)| Damage::Drop(at, length)),
        (at.clone(), 1_usize..4096).prop_map(|(at, length)| Damage::Twice(at, length)),
        (at, text).prop_map(|(at, text): (usize, String)| Damage::Insert(at, text.into_bytes())),
    ]
}

fn damaged(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for damage in damages.iter().filter(|_| !bytes.is_empty()).cloned().collect::<Vec<_>>() {
        let length = bytes.len();
        match damage {
            Damage::Set(at, byte) => bytes[at % length] = byte,
            Damage::Cut(at) => bytes.truncate(at % length + 1),
            Damage::Drop(at, count) => drop(bytes.drain(at % length..(at % length + count).min(length))),
            Damage::Twice(at, count) => {
                let piece = bytes[at % length..(at % length + count).min(length)].to_vec();
                drop(bytes.splice(at % length..at % length, piece));
            }
            Damage::Insert(at, piece) => drop(bytes.splice(at % length..at % length, piece)),
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}

/// The same damage within one part of a package.
fn damaged_inside(bytes: &[u8], part: usize, damages: &[Damage]) -> Vec<u8> {
    let Ok(mut from) = zip::ZipArchive::new(Cursor::new(bytes)) else { return damaged(bytes.to_vec(), damages) };
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let chosen = part % from.len().max(1);
    for at in 0..from.len() {
        let mut one = from.by_index(at).unwrap();
        let mut content = Vec::new();
        one.read_to_end(&mut content).unwrap();
        to.start_file(one.name().to_owned(), zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(&if at == chosen { damaged(content, damages) } else { content }).unwrap();
    }
    to.finish().unwrap().into_inner()
}

fn answered(name: &str, bytes: &[u8]) {
    let begun = Instant::now();
    let (asked, offices) = (form(), Offices::default());
    drop(looked_into(name, bytes, Pdfs::NONE));
    for read in [forms::read(name, bytes), forms::read_for(name, bytes, &asked)] {
        match read {
            Ok(filled) => drop(understand(&asked, &filled, &offices)),
            Err(faults) => assert!(!faults.is_empty() && faults.iter().all(|it| !it.say.is_empty()), "{name}"),
        }
    }
    assert!(begun.elapsed() < ANSWER_MAX, "{name}: {:?}", begun.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_have_their_answer(damages in prop::collection::vec(damage(), 1..6), part in 0_usize..32) {
        for (name, bytes) in files() {
            answered(name, &damaged(bytes.clone(), &damages));
            answered(name, &damaged_inside(&bytes, part, &damages));
        }
    }

    #[test]
    fn what_is_no_file_at_all_has_its_answer(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        for start in [&b""[..], b"PK\x03\x04", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"\xFF\xFE", b"%PDF-1.7", b"II*\0"] {
            answered("表", &[start, &bytes].concat());
        }
    }
}
