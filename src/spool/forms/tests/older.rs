//! `.xls` and `.ods` as office programs save them, and spoilt: small files that are always at hand.

use super::hostile::package;
use super::made::{asked_of_list, check_list};
use super::{Raw, check, read, read_for};
use crate::submission::{Fault, FilledLine};
use proptest::prelude::*;

const LIST_XLS: &[u8] = include_bytes!("../../../../tests/data/forms/list.xls");
const LIST_ODS: &[u8] = include_bytes!("../../../../tests/data/forms/list.ods");
const FORM_XLS: &[u8] = include_bytes!("../../../../tests/data/forms/form.xls");
const FORM_ODS: &[u8] = include_bytes!("../../../../tests/data/forms/form.ods");

fn faults(bytes: &[u8]) -> Vec<Fault> {
    read_for("表", bytes, &asked_of_list()).unwrap_err()
}

fn content(body: &str) -> Vec<u8> {
    let text = format!("<office:document-content>{body}</office:document-content>");
    package(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", text.as_bytes())])
}

fn table(rows: &str) -> Vec<u8> {
    content(&format!("<table:table table:name=\"表\">{rows}</table:table>"))
}

fn text(words: &str) -> String {
    format!("<table:table-cell office:value-type=\"string\"><text:p>{words}</text:p></table:table-cell>")
}

fn heading() -> String {
    format!("<table:table-row>{}{}</table:table-row>", text("姓名"), text("身份证号"))
}

fn lines(bytes: &[u8]) -> Vec<FilledLine> {
    read_for("表.ods", bytes, &asked_of_list()).unwrap().grids.remove(0).1
}

#[test]
fn a_form_and_a_list_are_read_from_every_format() {
    for bytes in [FORM_XLS, FORM_ODS] {
        check(&read("表", bytes).unwrap(), "推荐对象", "名额");
    }
    for bytes in [LIST_XLS, LIST_ODS] {
        let filled = read_for("名单", bytes, &asked_of_list()).unwrap();
        check_list(&filled, "Sheet1");
        let hidden = "表格里有1行是隐藏的（第7行），照样读了。不想报的，请删去这些行，整份再交一次。";
        assert_eq!(filled.remarks.last().unwrap(), hidden);
        let column = "表格里有1列是隐藏的（D列），照样读了。不想报的，请删去这些列，整份再交一次。";
        assert!(filled.remarks.iter().any(|say| say == column), "{:?}", filled.remarks);
    }
}

#[test]
fn cells_of_opendocument_are_what_they_say() {
    let cell = |attributes: &str, text: &str| {
        format!(
            "<table:table-row>{}<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell></table:table-row>",
            self::text("张三")
        )
    };
    let note = "<office:annotation><text:p>批注</text:p></office:annotation>";
    let rows = [
        cell("office:value-type=\"float\" office:value=\"12.5\"", "12.5"),
        cell("office:value-type=\"date\" office:date-value=\"2026-07-01\"", "7月1日"),
        cell("office:value-type=\"date\" office:date-value=\"2026-07-01T09:30:00\"", "x"),
        cell("office:value-type=\"time\" office:time-value=\"PT09H30M00S\"", "9:30"),
        cell("office:value-type=\"boolean\" office:boolean-value=\"true\"", "TRUE"),
        cell("table:formula=\"of:=1+1\" office:value-type=\"float\" office:value=\"2\"", "2"),
        cell(
            "office:value-type=\"string\"",
            &format!("{note}甲&amp;<text:s text:c=\"2\"/>乙<text:tab/>丙</text:p><text:p>&#x4E19;"),
        ),
    ];
    let found = lines(&table(&(heading() + &rows.concat())));
    let raws: Vec<Raw> = found.iter().map(|line| line.cells[1].raw.clone()).collect();
    let date = |text: &str| Raw::Date(text.to_owned());
    let words = |text: &str| Raw::Text(text.to_owned());
    let wanted = [
        Raw::Number(12.5),
        date("2026-07-01"),
        date("2026-07-01T09:30"),
        words("09:30"),
        Raw::Flag(true),
        Raw::Formula("=".to_owned()),
        words("甲&  乙\t丙\n丙"),
    ];
    assert_eq!(raws, wanted);
}

#[test]
fn what_a_spreadsheet_says_it_repeats_is_bounded() {
    let many = |what: &str, count: u64| format!(" table:number-{what}-repeated=\"{count}\"");
    let row = |rows: &str, cell: &str| format!("<table:table-row{rows}>{cell}</table:table-row>");
    let blank = format!("<table:table-cell{}/>", many("columns", 16_384));
    let far = row(&many("rows", 1_048_000), &blank) + &row("", &text("张三"));
    assert_eq!(lines(&table(&(heading() + &far)))[0].place, "表 第1048002行");
    let tall = row(&many("rows", 4_000_000_000), &text("张三"));
    assert!(faults(&table(&(heading() + &tall)))[0].say.contains("超过10000行"));
    let wide =
        text("张三").replace("<table:table-cell", &format!("<table:table-cell{}", many("columns", 4_000_000_000)));
    assert!(faults(&table(&(heading() + &row("", &wide))))[0].say.contains("过长"));
    let blanks = text(&format!("甲<text:s text:c=\"{}\"/>", u64::MAX))
        + &text(&format!("甲<text:s text:c=\"{}\"/>乙", 1_u64 << 40));
    assert_eq!(lines(&table(&(heading() + &row("", &blanks))))[0].cells.len(), 2);
}

#[test]
fn what_is_broken_or_locked_is_said_so() {
    let damaged = |bytes: &[u8]| faults(bytes)[0].say.contains("损坏");
    assert!(damaged(&content("<table:table table:name=\"表\"><table:table-row>")));
    assert!(damaged(&content("<table:table></table:row>")));
    assert!(damaged(&package(&[("mimetype", b"x"), ("content.xml", b"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>")])));
    let locked = package(&[
        ("mimetype", b"x"),
        ("META-INF/manifest.xml", b"<manifest:encryption-data/>"),
        ("content.xml", b"\x01\x02"),
    ]);
    assert!(faults(&locked)[0].say.contains("密码"));
    for share in [600, LIST_XLS.len() / 2] {
        let said = faults(&LIST_XLS[..share]);
        assert!(said[0].say.contains("损坏") || said[0].say.contains("旧格式"), "{share} {said:?}");
    }
    let with = |from: &[u8], to: &[u8]| {
        let at = LIST_XLS.windows(from.len()).position(|window| window == from).unwrap();
        [&LIST_XLS[..at], to, &LIST_XLS[at + from.len()..]].concat()
    };
    // the first record says the format of 1995
    assert!(faults(&with(b"\x09\x08\x10\0\0\x06", b"\x09\x08\x10\0\0\x05"))[0].say.contains("1995"));
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let name = |text: &str| [wide(text), vec![0; 2]].concat();
    assert!(faults(&with(&name("Workbook"), &name("Workboop")))[0].say.contains("旧格式"));
}

/// Chains that run in a ring, and tables that name sectors without end.
#[test]
fn rings_of_sectors_end() {
    for word in [0_u32, 1, 2, 3, 0xFFFF_FFF0] {
        let mut bytes = LIST_XLS.to_vec();
        for at in (512..bytes.len() - 4).step_by(4) {
            bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
        }
        assert!(read("表.xls", &bytes).is_err(), "{word}");
        let mut bytes = LIST_XLS.to_vec();
        for at in (44..512).step_by(4) {
            bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
        }
        let _ = read("表.xls", &bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn mutated_files_never_panic(
        which in 0..3_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        let changed = |bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            changes.iter().for_each(|(at, byte)| {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            });
            bytes
        };
        let bytes = match which {
            0 => changed(LIST_XLS),
            1 => changed(FORM_XLS),
            _ => {
                let mut archive = zip::ZipArchive::new(std::io::Cursor::new(LIST_ODS)).unwrap();
                let text = std::io::read_to_string(archive.by_name("content.xml").unwrap()).unwrap();
                let text = String::from_utf8_lossy(&changed(text.as_bytes())).into_owned();
                package(&[("mimetype", b"x"), ("content.xml", text.as_bytes())])
            }
        };
        let _ = super::super::read_by_content("表", &bytes, Some(&asked_of_list()));
    }
}

/// The store of pictures lies within what the drawings of a workbook share; drawings without pictures have none.
#[test]
fn pictures_in_an_old_workbook_are_told() {
    let told =
        |bytes: &[u8]| read("表.xls", bytes).is_ok_and(|filled| filled.remarks.iter().any(|it| it.contains("图片")));
    assert!(!told(LIST_XLS));
    // in place of a record before the sheets that says nothing here, of the same length
    let stream = LIST_XLS.windows(4).position(|it| it == b"\x09\x08\x10\0").unwrap();
    let mut at = stream;
    let spare = loop {
        let word = |n: usize| usize::from(u16::from_le_bytes([LIST_XLS[at + n], LIST_XLS[at + n + 1]]));
        assert_ne!(word(0), 0x000A, "a record to spare");
        if ![0x0809, 0x0022, 0x00E0, 0x041E, 0x0085, 0x00FC].contains(&word(0)) && word(2) >= 24 {
            break at;
        }
        at += 4 + word(2);
    };
    let with = |part: u16| {
        let mut bytes = LIST_XLS.to_vec();
        bytes[spare..spare + 2].copy_from_slice(&0x00EB_u16.to_le_bytes());
        let parts =
            [&[0x0F, 0, 0, 0xF0, 16, 0, 0, 0][..], &[0x0F, 0], &part.to_le_bytes(), &[8, 0, 0, 0], &[0; 8]].concat();
        bytes[spare + 4..spare + 4 + parts.len()].copy_from_slice(&parts);
        bytes
    };
    assert!(told(&with(0xF001)));
    assert!(!told(&with(0xF006)), "drawn, and no picture");
}

/// What is a text by its own word is no spreadsheet, and what is a page or XML is told as such, not as a broken list.
#[test]
fn a_text_of_open_document_and_a_page_called_a_workbook_are_told_as_what_they_are() {
    let said = |name: &str, bytes: &[u8]| -> Vec<String> {
        let form = asked_of_list();
        let both = [read(name, bytes), read_for(name, bytes, &form)];
        let both = both.map(|read| read.unwrap_err().into_iter().map(|it| it.say).collect::<Vec<_>>());
        assert_eq!(both[0], both[1], "{name}");
        both[0].clone()
    };
    let open = |mimetype: &str| {
        let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let content = "<office:document-content><office:body><office:text/></office:body></office:document-content>";
        for (name, text) in [("mimetype", mimetype), ("content.xml", content), ("META-INF/manifest.xml", "<x/>")] {
            to.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut to, text.as_bytes()).unwrap();
        }
        to.finish().unwrap().into_inner()
    };
    for kind in ["text", "text-template"] {
        let told = said("推荐表.odt", &open(&format!("application/vnd.oasis.opendocument.{kind}")));
        assert!(told.len() == 1 && told[0].contains("“另存为” Word 文档（.docx"), "{kind}: {told:?}");
    }
    let slides = said("a.odp", &open("application/vnd.oasis.opendocument.presentation"));
    assert!(slides.len() == 1 && slides[0].contains("演示文稿"), "{slides:?}");
    let xml = "<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?><Workbook/>";
    let wide: Vec<u8> =
        [0xFEFF].into_iter().chain("<table><tr><td>姓名".encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for page in [
        xml.as_bytes(),
        "\r\n<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><table><tr><td>姓名</td></tr></table></html>"
            .as_bytes(),
        b"<TABLE border=1><tr><td>1,2</td></tr></TABLE>",
        b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n",
        &wide,
    ] {
        let told = said("名单.xls", page);
        assert!(told.len() == 1 && told[0].contains("“另存为” Excel 工作簿（.xlsx）"), "{told:?}");
    }
    let told = said("推荐表.doc", b"<html xmlns:w=\"urn:schemas-microsoft-com:office:word\"><p>x</p></html>");
    assert!(told.len() == 1 && told[0].contains("“另存为” Word 文档（.docx）"), "{told:?}");
}
