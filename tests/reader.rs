//! Files that would take all time or all memory, read by children of the program itself as the daemon reads them.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use banwen::spool::claim::{self, Claimed};
use banwen::spool::layout::Spool;
use banwen::spool::reader::{Children, Reader, overran};
use banwen::spool::settle::{Patience, Settler, scan::scan};
use banwen::submission::{Fault, Filled};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

const OFFICE: &str = "第一党支部";
const MEGABYTE: u64 = 1024 * 1024;

struct Desk {
    _root: tempfile::TempDir,
    spool: Spool,
}

fn desk(limit: Duration, memory_bytes: u64) -> Desk {
    let root = tempfile::tempdir().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_banwen")).to_path_buf();
    let children = Children::with_limits(program, limit, memory_bytes);
    let spool = Spool::at(root.path()).read_by(Reader::Apart(children));
    spool.create().unwrap();
    spool.create_office(OFFICE).unwrap();
    Desk { _root: root, spool }
}

impl Desk {
    fn claim(&self, name: &str, bytes: &[u8]) -> Claimed {
        let place = self.spool.office(OFFICE).handed_in();
        std::fs::write(place.join(name), bytes).unwrap();
        let now = "2022-05-16T09:30:00".parse().unwrap();
        let settled = Settler::new(Patience::AT_ONCE).observe(now, &scan(&place).unwrap());
        claim::claim(&self.spool, OFFICE, &settled[0], now).unwrap()
    }

    /// What a drop of one file says.
    fn read(&self, name: &str, bytes: &[u8]) -> Result<Filled, Vec<Fault>> {
        let claimed = self.claim(name, bytes);
        if !claimed.faults.is_empty() {
            return Err(claimed.faults);
        }
        let original = claim::checked_original(&self.spool, &claimed.files[0].digest).unwrap();
        self.spool.reader().read(&original, name, None).unwrap()
    }
}

fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        to.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(bytes).unwrap();
    }
    to.finish().unwrap().into_inner()
}

/// A workbook within every limit, with nearly as much text as is read.
fn crowded() -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for row in 0..4_000 {
        for column in 0..100 {
            sheet.write_string(row, column, format!("{row:019}{column:019}")).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

const GOOD: &[u8] = "banwen: { what: open, office: 第一党支部, about: 七一表彰 }\n年度: 2022\n".as_bytes();

#[test]
fn a_file_that_takes_too_long_is_returned_and_the_next_is_read() {
    let desk = desk(Duration::from_millis(300), 1024 * MEGABYTE);
    let slow = crowded();
    let begun = Instant::now();
    assert_eq!(desk.read("表.xlsx", &slow).unwrap_err(), [overran("表.xlsx")]);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    // each has a new child; on a machine that does other things besides one may be late to start
    let read = |_| desk.read("好.yaml", GOOD).is_ok();
    assert!((0..50).any(read), "nothing is read any more");
}

#[test]
fn a_file_that_takes_too_much_memory_is_returned_and_the_next_is_read() {
    let desk = desk(Duration::from_secs(60), 40 * MEGABYTE);
    assert!(desk.read("先.yaml", GOOD).is_ok());
    assert_eq!(desk.read("表.xlsx", &crowded()).unwrap_err(), [overran("表.xlsx")]);
    assert!(desk.read("后.yaml", GOOD).is_ok());
}

#[test]
fn the_largest_workbook_there_may_be_is_read_within_the_limits_of_the_daemon() {
    let desk = desk(Duration::from_secs(60), banwen::spool::reader::MEMORY_BYTES_MAX);
    let faults = desk.read("表.xlsx", &crowded());
    assert!(faults.as_ref().is_ok_and(|filled| filled.answers.is_none()), "{faults:?}");
}

#[test]
fn zip_files_pictures_and_marks_are_looked_into_by_children_too() {
    let desk = desk(Duration::from_secs(60), banwen::spool::reader::MEMORY_BYTES_MAX);
    let zip = package(&[("表.yaml", GOOD), ("附件.txt", "一".as_bytes())]);
    let claimed = desk.claim("包.zip", &zip);
    let names: Vec<&str> = claimed.contents().map(|file| file.name.as_str()).collect();
    assert_eq!((names, claimed.faults.len()), (vec!["表.yaml", "附件.txt"], 0));
    let mut picture = b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR".to_vec();
    picture.extend([0, 1, 0, 0, 0, 1, 0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0]);
    picture.extend(b"IEND");
    assert!(desk.claim("图.png", &picture).faults[0].say.contains("图片太大"));
    let marked = package(&[("word/document.xml", "<w:p><w:t>机密★1年</w:t></w:p>".as_bytes())]);
    let place = desk.spool.office(OFFICE).handed_in();
    std::fs::write(place.join("件.docx"), marked).unwrap();
    let now = "2022-05-16T09:31:00".parse().unwrap();
    let settled = Settler::new(Patience::AT_ONCE).observe(now, &scan(&place).unwrap());
    let error = claim::claim(&desk.spool, OFFICE, &settled[0], now).unwrap_err();
    assert!(error.to_string().contains("机密"), "{error}");
}
