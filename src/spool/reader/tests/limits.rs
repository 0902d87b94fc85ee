//! Every limit a dropped file meets: told to operators in `docs/limits.md`, which is written from the constants, and tried.

use crate::spool::claim::{ATTEMPTS_MAX, IMAGE_PIXELS_MAX, PACKAGE_FILES_MAX, SUBMISSION_BYTES_MAX};
use crate::spool::reader::{MEMORY_BYTES_MAX, SECONDS_MAX};
use crate::spool::settle::scan::{DROP_DEPTH_MAX, DROP_ENTRIES_MAX, DROPS_MAX};
use crate::spool::settle::*;
use crate::spool::{forms, forms::*};
use crate::{ooxml, yaml};
use std::fmt::Write as _;
use std::path::Path;

/// What is limited, how much there may be, what the office reads (the beginning), and the test that goes beyond.
type Limit = (&'static str, String, &'static str, &'static str);

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes / 1024 / 1024)
}

#[expect(clippy::too_many_lines, reason = "a table, a limit a row")]
fn limits() -> Vec<Limit> {
    let unpacked = format!("{}, and {UNPACKED_RATIO_MAX} times its size", megabytes(UNPACKED_BYTES_MAX));
    vec![
        (
            "all files of a drop",
            megabytes(SUBMISSION_BYTES_MAX),
            "材料共…兆字节",
            "packages_over_the_limits_are_returned_whole",
        ),
        (
            "files of a drop, a folder or a zip file",
            PACKAGE_FILES_MAX.to_string(),
            "文件夹里有…个文件 / 压缩包里的文件太多",
            "zip_files_over_the_limits_are_not_unpacked",
        ),
        (
            "folders within folders",
            DROP_DEPTH_MAX.to_string(),
            "文件夹套得太深",
            "a_hundred_folders_one_in_the_other_come_back_whole",
        ),
        (
            "entries of a folder, folders and junk too",
            DROP_ENTRIES_MAX.to_string(),
            "文件夹里的文件太多",
            "a_drop_beyond_the_limits_is_one_refused_observation",
        ),
        (
            "a zip file once unpacked",
            format!("{}, and {UNPACKED_RATIO_MAX} times its size", megabytes(SUBMISSION_BYTES_MAX)),
            "压缩包展开后过大",
            "zip_files_over_the_limits_are_not_unpacked",
        ),
        (
            "zip files within a zip file",
            "none".to_owned(),
            "是压缩包里的压缩包",
            "what_is_wrong_with_a_zip_file_is_said_by_name_and_all_at_once",
        ),
        (
            "packages beside a form (zip, rar, 7z, gz, tar …)",
            "none".to_owned(),
            "是压缩包，不能作附件",
            "a_package_beside_a_form_is_returned_by_name",
        ),
        (
            "pixels of a picture",
            IMAGE_PIXELS_MAX.to_string(),
            "图片太大",
            "office_files_are_no_packages_and_pictures_have_a_size",
        ),
        (
            "pictures taken out of the cells of a Word form",
            FORM_PICTURES_MAX.to_string(),
            "…的图片取不出来",
            "the_picture_of_a_cell_is_taken_out_as_the_file_it_is",
        ),
        (
            "time to read a file",
            format!("{SECONDS_MAX} s"),
            "读取时超过了限度",
            "a_file_that_takes_too_long_is_returned_and_the_next_is_read",
        ),
        (
            "memory to read a file, besides the program's own",
            megabytes(MEMORY_BYTES_MAX),
            "读取时超过了限度",
            "a_file_that_takes_too_much_memory_is_returned_and_the_next_is_read",
        ),
        (
            "reading that ended the daemon",
            format!("{ATTEMPTS_MAX} times"),
            "文件内容无法读取",
            "a_claim_that_kills_its_reader_comes_back_unread",
        ),
        (
            "a workbook or Word form once unpacked",
            unpacked,
            "表格展开后过大 / 文件展开后过大",
            "a_bomb_is_not_unpacked",
        ),
        (
            "parts of a workbook or Word form",
            PACKAGE_PARTS_MAX.to_string(),
            "文件里的内容过多",
            "a_crowd_of_parts_texts_or_sheets_is_refused",
        ),
        (
            "elements of XML within each other",
            ooxml::xml::DEPTH_LEVELS_MAX.to_string(),
            "Word 文件不完整或已损坏",
            "deep_xml_and_entities_are_refused",
        ),
        (
            "entities of XML of a file's own",
            "none".to_owned(),
            "文件不完整或已损坏",
            "deep_xml_and_entities_are_refused",
        ),
        (
            "sheets of a workbook",
            WORKBOOK_SHEETS_MAX.to_string(),
            "工作表过多",
            "a_crowd_of_parts_texts_or_sheets_is_refused",
        ),
        ("rows of a sheet", SHEET_ROWS_MAX.to_string(), "超过…行", "ten_thousand_and_one_rows_are_one_fault"),
        ("columns of a sheet", SHEET_COLUMNS_MAX.to_string(), "超过…列", "far_cells_and_wide_sheets_cost_nothing"),
        (
            "filled cells of a workbook",
            WORKBOOK_CELLS_MAX.to_string(),
            "表格里的内容过多",
            "more_cells_than_are_read_are_one_fault",
        ),
        (
            "characters of a cell",
            CELL_UNITS_MAX.to_string(),
            "这一格的文字超过…个字",
            "one_text_in_every_cell_is_not_copied",
        ),
        (
            "text of all cells",
            megabytes(WORKBOOK_TEXT_BYTES_MAX as u64),
            "各格合计超过…",
            "one_text_in_every_cell_is_not_copied",
        ),
        (
            "texts that cells share",
            megabytes(SHARED_TEXTS_BYTES_MAX),
            "表格里的文字过多",
            "a_crowd_of_parts_texts_or_sheets_is_refused",
        ),
        ("a YAML or JSON file", megabytes(TEXT_BYTES_MAX as u64), "文件过大", "bombs_and_tricks_are_refused"),
        ("levels of a YAML or JSON file", TEXT_DEPTH_MAX.to_string(), "层次过深", "bombs_and_tricks_are_refused"),
        ("values of a YAML or JSON file", TEXT_NODES_MAX.to_string(), "内容过多", "bombs_and_tricks_are_refused"),
        ("names of one mapping", TEXT_KEYS_MAX.to_string(), "一处写了超过…个名称", "bombs_and_tricks_are_refused"),
        ("anchors, aliases and tags of YAML", "none".to_owned(), "写法有误 / “&”", "bombs_and_tricks_are_refused"),
        (
            "a definition",
            megabytes(yaml::YAML_BYTES_MAX as u64),
            "(the log, `banwen check`)",
            "a_text_made_to_nest_is_refused",
        ),
    ]
}

fn seconds(millis: i64) -> String {
    format!("{} s", millis / 1_000)
}

/// How long a drop stands still before it is taken in.
fn waits() -> Vec<(&'static str, String, &'static str)> {
    vec![
        (
            "a file",
            format!("{}, and {EQUAL_OBSERVATIONS_MIN} looks that see the same", seconds(FILE_STILL_MILLIS_MIN)),
            "a_file_is_complete_after_three_equal_looks_and_counts_from_the_first",
        ),
        (
            "a picture or PDF, which a scanner may open again",
            seconds(SCAN_STILL_MILLIS_MIN),
            "a_scanner_that_closes_and_opens_its_file_again_is_waited_for",
        ),
        ("a folder", seconds(FOLDER_STILL_MILLIS_MIN), "a_folder_is_complete_with_its_whole_tree"),
        ("an empty file, alone or in a folder", seconds(EMPTY_STILL_MILLIS_MIN), "an_empty_file_waits_longer"),
        (
            "a folder with nothing in it, or with something unfinished (`.part`, `.tmp`)",
            seconds(PARTIAL_STILL_MILLIS_MIN),
            "an_empty_folder_and_an_unfinished_one_are_waited_for_long",
        ),
        (
            "an unfinished file by itself (`.part`, `.tmp`, `.crdownload`), which comes back then; lock files (`~$…`) and names that begin with a dot are no drops and stay where they are",
            format!("24 hours, and {}", seconds(PARTIAL_STILL_MILLIS_MIN)),
            "an_unfinished_file_that_nobody_goes_on_with_is_a_drop_after_a_day",
        ),
        (
            "a workbook, Word file, PDF or picture that breaks off before its end",
            seconds(BROKEN_OFF_STILL_MILLIS_MIN),
            STALLED,
        ),
        (
            "a file that a process of the daemon's own user has open for writing",
            format!("until it is closed, at most {}", seconds(WRITTEN_STILL_MILLIS_MIN)),
            STALLED,
        ),
        (
            "one of more than so many drops in a folder",
            format!("its turn, {DROPS_MAX} a look; those seen first are not kept waiting by the others"),
            "a_hundred_thousand_files_are_taken_up_in_turn_within_bounds",
        ),
    ]
}

const STALLED: &str = "a_copy_that_stalls_is_waited_for_while_its_end_is_missing_or_its_writer_is_there";
const WAITS: &str = "
## How long a drop is waited for

A drop is taken in when it has stood still. It counts as handed in from when it did, and limits do not ring over it meanwhile. After the longest of these that is true of it, it is taken as it is.

| what | how long | tried by |
|---|---|---|
";

fn table() -> String {
    let mut out = "| what | at most | the office reads | tried by |\n|---|---|---|---|\n".to_owned();
    for (what, most, says, test) in limits() {
        let _ = writeln!(out, "| {what} | {most} | {says} | `{test}` |");
    }
    out += WAITS;
    for (what, long, test) in waits() {
        let _ = writeln!(out, "| {what} | {long} | `{test}` |");
    }
    out
}

/// Every Rust file below a folder, as one text.
fn sources(folder: &Path) -> String {
    let mut all = String::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            all += &sources(&entry);
        } else if entry.extension().is_some_and(|ending| ending == "rs") {
            all += &std::fs::read_to_string(&entry).unwrap();
        }
    }
    all
}

#[test]
fn the_limits_are_told_as_they_are_and_each_is_tried() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("docs/limits.md");
    let told = std::fs::read_to_string(&path).unwrap();
    let start = told.find("| what |").unwrap();
    if std::env::var_os("BANWEN_BLESS").is_some() {
        std::fs::write(&path, format!("{}{}", &told[..start], table())).unwrap();
    } else {
        assert_eq!(&told[start..], table(), "BANWEN_BLESS=1 writes it anew");
    }
    let all = sources(&root.join("src")) + &sources(&root.join("tests"));
    let tried = limits().into_iter().map(|(what, _, _, test)| (what, test));
    for (what, test) in tried.chain(waits().into_iter().map(|(what, _, test)| (what, test))) {
        assert!(all.contains(&format!("fn {test}(")), "{what}: there is no test {test}");
    }
}

fn package(parts: &[(&str, String)]) -> Vec<u8> {
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        to.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut to, text.as_bytes()).unwrap();
    }
    to.finish().unwrap().into_inner()
}

fn say(name: &str, bytes: &[u8]) -> String {
    forms::read(name, bytes).unwrap_err().remove(0).say
}

#[test]
fn more_cells_than_are_read_are_one_fault() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    let rows = u32::try_from(WORKBOOK_CELLS_MAX / 100).unwrap() + 1;
    for row in 0..rows {
        for column in 0..100 {
            sheet.write_number(row, column, 1).unwrap();
        }
    }
    let said = say("表.xlsx", &workbook.save_to_buffer().unwrap());
    assert!(said.contains(&format!("超过{WORKBOOK_CELLS_MAX}格")), "{said}");
}

#[test]
fn deep_xml_and_entities_are_refused() {
    let deep = |open: &str, close: &str| {
        format!("<w:document><w:body>{}{}</w:body></w:document>", open.repeat(300), close.repeat(300))
    };
    let word = |text: String| package(&[("[Content_Types].xml", "<Types/>".to_owned()), ("word/document.xml", text)]);
    let said = say("表.docx", &word(deep("<w:sdt>", "</w:sdt>")));
    assert!(said.contains("损坏"), "{said}");
    let entity = "<!DOCTYPE a [<!ENTITY b \"cccccccccc\"><!ENTITY c \"&b;&b;&b;\">]>";
    let said = say("表.docx", &word(format!("{entity}<w:document><w:body>&c;</w:body></w:document>")));
    assert!(said.contains("损坏"), "{said}");
    let sheet = format!(
        "{entity}<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><v>&c;</v></c></row></sheetData></worksheet>"
    );
    let book = package(&[
        ("[Content_Types].xml", "<Types/>".to_owned()),
        ("xl/workbook.xml", "<workbook xmlns:r=\"r\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>".to_owned()),
        ("xl/_rels/workbook.xml.rels", "<Relationships><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>".to_owned()),
        ("xl/worksheets/sheet1.xml", sheet),
    ]);
    match forms::read("表.xlsx", &book) {
        Ok(filled) => assert!(!format!("{filled:?}").contains("ccc"), "an entity was put in"),
        Err(faults) => assert!(!faults[0].say.is_empty()),
    }
}
