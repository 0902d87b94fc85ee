//! The readers of dropped bytes, built from the program's own sources; what else the program is made of stays away.
//!
//! The modules are links to those of the program. A target is a file in `fuzz_targets/`; `seeds` (a program of this crate) writes what it begins with. How to run them: `README.md`.

#![allow(dead_code, unused_imports, missing_docs, reason = "of each module only the readers are used")]

pub mod clock;
pub mod diag;
pub mod files;
pub mod numerals;
pub mod offices;
pub mod ooxml;
pub mod publish;
pub mod spool;
pub mod submission;
pub mod yaml;

/// Of papers only what examines those of strangers, and how titles are broken.
pub mod document {
    pub mod inspect;
    pub mod model;
    pub mod title;
}

use std::io::{Cursor, Read, Write};
use submission::{Answers, Entry, Form, Grid, Type, What};

/// What is read of PDFs, as the daemon does.
pub const PDFS: spool::reader::Pdfs = spool::reader::Pdfs { head: pdf_head, carried: pdf_carried };

fn pdf_carried(bytes: &[u8]) -> spool::reader::OfPdf {
    let document::inspect::Carried { locked, runs, programs, unread } =
        document::inspect::pdf_carried(bytes).unwrap_or_default();
    spool::reader::OfPdf { locked, runs, programs, unread }
}

fn pdf_head(bytes: &[u8]) -> Vec<String> {
    document::inspect::first_page(bytes).unwrap_or_default()
}

/// To be called first. A panic of a library is caught by whoever uses it, and is one more way for a file to be damaged; one of our
/// own code is a find, caught or not.
pub fn begin() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|told| {
            if told.location().is_none_or(|place| !place.file().contains("/registry/")) {
                eprintln!("{told}");
                std::process::abort();
            }
        }));
    });
}

fn entry(name: &str, kind: Type) -> Entry {
    Entry {
        name: name.to_owned(),
        title: name.to_owned(),
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

/// A form with a value of most types, and a list.
pub fn form() -> Form {
    let head = vec![
        entry("填表人", Type::Name),
        entry("联系电话", Type::Phone),
        entry("日期", Type::Date),
        entry("金额", Type::Money),
        entry("类别", Type::One(vec!["甲".to_owned(), "乙".to_owned()])),
        entry("措施", Type::Table(vec![("项目".to_owned(), Type::Text(20)), ("数".to_owned(), Type::Integer)], None)),
    ];
    let columns = vec![
        entry("姓名", Type::Name),
        entry("身份证号", Type::IdNumber),
        entry("入党时间", Type::Month),
        entry("比例", Type::Percent),
        entry("名录", Type::List(Box::new(Type::Text(20)), 5)),
    ];
    Form {
        title: "推荐表".to_owned(),
        answers: Answers {
            what: What::Task,
            office: "zb1".to_owned(),
            about: "七一表彰".to_owned(),
            stage: Some("推荐".to_owned()),
            case: Some("2026".to_owned()),
            task: Some(7),
            revision: 1,
        },
        notes: vec!["请于6月10日前交回。".to_owned()],
        quotas: Vec::new(),
        head,
        head_values: serde_json::Map::new(),
        grids: vec![Grid { name: "推荐对象".to_owned(), columns, lines: Vec::new(), blank: 5, called: None }],
        attach: Vec::new(),
    }
}

/// All that is done with a dropped file: looked into, read as a form, as an answer, and understood.
pub fn everything(name: &str, bytes: &[u8]) {
    let form = form();
    let offices = offices::Offices::default();
    let _ = spool::reader::looked_into(name, bytes, PDFS);
    for read in [spool::forms::read(name, bytes), spool::forms::read_for(name, bytes, &form)] {
        if let Ok(filled) = read {
            let _ = submission::read::understand(&form, &filled, &offices);
            let _ = submission::read::understand_rows(&form, &filled, &offices);
        }
    }
}

/// A package as one text of its parts, each behind `\u{0}NAME\n`, so that a fuzzer changes what is packed and not the packing.
pub fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return out };
    for at in 0..archive.len() {
        let Ok(mut part) = archive.by_index(at) else { continue };
        out.push(0);
        out.extend(part.name().as_bytes());
        out.push(b'\n');
        let _ = part.read_to_end(&mut out);
    }
    out
}

/// The package that such a text is; parts are stored, not packed.
pub fn packed(text: &[u8]) -> Vec<u8> {
    let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for part in text.split(|byte| *byte == 0).skip(1) {
        let at = part.iter().position(|byte| *byte == b'\n').unwrap_or(part.len());
        let name = String::from_utf8_lossy(&part[..at]).into_owned();
        if package.start_file(name, stored).is_ok() {
            let _ = package.write_all(part.get(at + 1..).unwrap_or_default());
        }
    }
    package.finish().map(Cursor::into_inner).unwrap_or_default()
}
