//! Carried: what a file of an office program brings along unseen, whether it is a form or lies beside one: programs, files of other
//! programs, links to elsewhere, fields that fetch or run; and whether it opens at all.
//!
//! Looked for are Word files, workbooks and presentations, new and old formats, rich text and OpenDocument, and PDFs, by whoever can read
//! those. Each thing is refused by its name. What a
//! chart is drawn from, and a link that only leads where its reader clicks, are harmless. What is called a PDF and could be opened by
//! no reader comes back too, and so does a PDF that breaks off before its end: who goes by it later would miss what was not copied. What is
//! only damaged is taken as it is, for readers mend much.
//! Limits: links are looked for in [`LINKS_BYTES_MAX`], fields in [`FIELDS_BYTES_MAX`] of a part; of the formats of before 2007 only
//! programs, objects, fields and passwords are seen.

use super::{open, rich};
use crate::ooxml::{field, xml};
use crate::spool::reader::OfPdf;
use crate::spool::settle::pdf;
use crate::spool::{forms, names};
use crate::submission::Fault;
use std::collections::BTreeSet;
use std::io::{Cursor, Read, Seek};
use zip::ZipArchive;

/// Bytes of one list of links, unpacked, that are read.
const LINKS_BYTES_MAX: u64 = 1024 * 1024;
/// Bytes of one part of a Word file, unpacked, in which fields are looked for.
const FIELDS_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// What has a field in it, and what only a part with fields has.
const OF_FIELDS: [&str; 2] = ["instrText", "fldSimple"];
/// In a Word file of before 2007: before the code of a field; and how much of the code is read.
const OLD_FIELD: u8 = 0x13;
const OLD_FIELD_BYTES: usize = 64;
/// Lists of links in one file that are read.
const LISTS_MAX: usize = 500;
/// How the files of office programs of before 2007 begin.
const COMPOUND: [u8; 4] = [0xD0, 0xCF, 0x11, 0xE0];
/// How rich text begins, and its words for an object, and for a template that is fetched from elsewhere.
const RICH: &[u8] = b"{\\rt";
const RICH_OBJECTS: [&[u8]; 3] = [b"\\objdata", b"\\objupdate", b"\\objocx"];
const RICH_TEMPLATES: [&[u8]; 2] = [b"\\template http", b"\\template \\\\"];
/// How a PDF begins, and within how many bytes.
const PDF: &[u8] = b"%PDF-";
const PDF_HEAD_BYTES: usize = 1024;
/// Bytes of an entry in such a file's directory, and how the names of programs and objects begin.
const ENTRY_BYTES: usize = 128;
const OLD_MACROS: &str = "_VBA_PROJECT";
const OLD_OBJECTS: [&str; 3] = ["MBD0", "\u{1}Ole10Native", "\u{3}ObjInfo"];
const OLD_BOOKS: [&str; 2] = ["Workbook", "Book"];
/// The beginning of the record that lists a sheet of such a workbook.
const SHEET_BYTES: usize = 12;
const OLD_LOCKED: &str = "EncryptedPackage";
/// Parts that are controls of other programs.
const CONTROLS: [&str; 2] = ["/activex/", "/controls/"];
const EMBEDDED: &str = "/embeddings/";
/// Links from a part to what a chart is drawn from lie here.
const OF_CHARTS: &str = "/charts/_rels/";
/// A link that only leads where the reader clicks; programs make one of every address that is typed.
const HARMLESS: &str = "/hyperlink";
/// Parts of an OpenDocument file in which pictures and parts of others are named. What lies beside them, which template it was begun
/// with, fetches nothing.
const OPEN_TEXTS: [&str; 2] = ["content.xml", "styles.xml"];
/// What objects of an OpenDocument file may be without being a file of another program.
const DRAWN: [&str; 2] = ["opendocument.chart", "opendocument.formula"];

/// What was found in one file.
#[derive(Default)]
struct Carried {
    locked: bool,
    /// enciphered as before 2007, with a password of somebody's or with the one that every program tries by itself
    enciphered: bool,
    macros: bool,
    objects: bool,
    links: BTreeSet<&'static str>,
    /// that fetch or run
    fields: BTreeSet<&'static str>,
}

/// Whether the bytes may be those of a file of an office program, or of a PDF, or should be.
pub(in crate::spool) fn may_be(name: &str, bytes: &[u8]) -> bool {
    let office = bytes.starts_with(b"PK") || bytes.starts_with(&COMPOUND) || bytes.starts_with(RICH);
    office || is_pdf(bytes) || is_called_pdf(name)
}

fn is_called_pdf(name: &str) -> bool {
    names::extension(name) == "pdf"
}

/// Some programs put a few bytes before the head of a PDF.
fn is_pdf(bytes: &[u8]) -> bool {
    bytes[..bytes.len().min(PDF_HEAD_BYTES)].windows(PDF.len()).any(|part| part == PDF)
}

/// What a PDF brings along; nothing of what is none.
pub(in crate::spool) fn of_pdf(bytes: &[u8], carried: fn(&[u8]) -> OfPdf) -> OfPdf {
    if is_pdf(bytes) { carried(bytes) } else { OfPdf::default() }
}

/// What a file must not bring along, each thing in a sentence; nothing of a file that is none of an office program.
pub(in crate::spool) fn faults(name: &str, bytes: &[u8], of_pdf: OfPdf) -> Vec<Fault> {
    // Other people's reader on a file nobody has checked yet.
    let found = std::panic::catch_unwind(|| found(bytes)).ok().flatten().unwrap_or_default();
    let mut says: Vec<String> = Vec::new();
    if found.locked || of_pdf.locked {
        says.push("文件设了打开密码，读不出来。请取消密码后再交。".to_owned());
    } else if is_called_pdf(name) && !(is_pdf(bytes) && pdf::has_object(bytes)) {
        says.push(
            "这份 PDF 打不开：没有复制完、已经损坏，或者内容不是 PDF。请重新扫描或者重新导出一份，自己打开看过后再交。"
                .to_owned(),
        );
    } else if (is_called_pdf(name) || bytes.starts_with(PDF) && pdf::has_object(bytes)) && pdf::breaks_off(bytes) {
        says.push(
            "这份 PDF 不完整，后面缺了一截（多半没有复制完），没有收。请重新复制，或者重新扫描、重新导出一份，自己翻到最后一页看过后再交。"
                .to_owned(),
        );
    }
    if found.enciphered {
        says.push(
            "文件加了密（设了打开密码，或者保护了工作簿），读不出来。请取消密码和保护，另存一份再交。".to_owned(),
        );
    }
    if found.macros {
        says.push("文件带有宏，没有收。请“另存为”不带宏的格式（.docx、.xlsx）再交。".to_owned());
    }
    if found.objects {
        says.push(
            "文件里插入了别的文件或控件（OLE 对象），没有收。请删去插入的对象，内容直接填进表格，附件另放。".to_owned(),
        );
    }
    if !found.links.is_empty() {
        let links = found.links.into_iter().collect::<Vec<_>>().join("、");
        says.push(format!(
            "文件{links}，没有收。请断开链接；断不开的，从“待办”或“表样”取一份新表，把内容复制进去（粘贴时选“只保留文本”）再交。"
        ));
    }
    if !found.fields.is_empty() {
        let fields = found.fields.into_iter().collect::<Vec<_>>().join("、");
        says.push(format!(
            "文件里有会取用别处内容或者启动程序的域（{fields}），没有收。请打开后按 Ctrl+A 全选，再按 Ctrl+Shift+F9 变成普通文字，保存后再交。"
        ));
    }
    if of_pdf.runs {
        says.push(
            "PDF 里带有脚本，或者会启动别的程序，没有收。请打开后用“打印”另存成一份新的 PDF，或者打印出来扫描后再交。"
                .to_owned(),
        );
    }
    if of_pdf.programs {
        says.push(
            "PDF 里夹带了程序文件，没有收。请打开后用“打印”另存成一份新的 PDF，或者打印出来扫描后再交。".to_owned(),
        );
    }
    says.into_iter().map(|say| Fault::at(name, say)).collect()
}

fn found(bytes: &[u8]) -> Option<Carried> {
    if bytes.starts_with(&COMPOUND) {
        return Some(of_compound(bytes));
    }
    if bytes.starts_with(RICH) {
        return Some(of_rich_text(bytes));
    }
    if !bytes.starts_with(b"PK") || !forms::few_parts(bytes) {
        return None;
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let names: Vec<String> = archive.file_names().map(str::to_owned).collect();
    let has = |part: &str| names.iter().any(|name| name.trim_start_matches('/').eq_ignore_ascii_case(part));
    if has("[Content_Types].xml") {
        Some(of_package(&mut archive, &names))
    } else if has("META-INF/manifest.xml") && has("mimetype") {
        Some(of_open_document(&mut archive, &names))
    } else {
        None
    }
}

/// Names stand in the directory, an entry each, which begins where a sector does.
fn of_compound(bytes: &[u8]) -> Carried {
    let wide = |name: &str| name.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let has = |name: &str| {
        let name = wide(name);
        bytes.chunks_exact(ENTRY_BYTES).any(|entry| entry.starts_with(&name))
    };
    Carried {
        locked: has(OLD_LOCKED),
        enciphered: forms::is_enciphered_old(bytes),
        macros: has(OLD_MACROS) || OLD_BOOKS.into_iter().any(has) && has_macro_sheet(bytes),
        objects: OLD_OBJECTS.into_iter().any(has),
        links: BTreeSet::new(),
        fields: old_fields(bytes),
    }
}

/// Whether a workbook lists a sheet of macros (Excel 4): a record of its kind and length, where the sheet begins, whether it is shown,
/// what it is, and its name, whose length must be what is left; before 1997 without the byte that says how that is written.
fn has_macro_sheet(bytes: &[u8]) -> bool {
    bytes.windows(SHEET_BYTES).any(|record| match *record {
        [0x85, 0, length, 0, _, _, _, _, 0..=2, 1, characters, wide] => {
            let (length, characters) = (u32::from(length), u32::from(characters));
            let newer = wide <= 1 && length == 8 + characters * (1 + u32::from(wide));
            characters > 0 && (newer || length == 7 + characters)
        }
        _ => false,
    })
}

/// The codes of fields, their characters kept in one byte or two.
fn old_fields(bytes: &[u8]) -> BTreeSet<&'static str> {
    let begins = bytes.iter().enumerate().filter(|(_, byte)| **byte == OLD_FIELD);
    let code = |(at, _): (usize, &u8)| {
        let code = &bytes[at + 1..bytes.len().min(at + OLD_FIELD_BYTES)];
        let code = code.strip_prefix(&[0]).unwrap_or(code).iter().filter(|byte| **byte != 0);
        field::running_code(&code.take_while(|byte| byte.is_ascii()).map(|byte| char::from(*byte)).collect::<String>())
    };
    begins.filter_map(code).collect()
}

/// Rich text: its objects, and the template it is hung to, are words of its own.
fn of_rich_text(bytes: &[u8]) -> Carried {
    let has = |word: &[u8]| bytes.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
    let mut found = Carried { objects: RICH_OBJECTS.iter().any(|word| has(word)), ..Carried::default() };
    if RICH_TEMPLATES.iter().any(|word| has(word)) {
        found.links.insert("挂接了外部模板");
    }
    found.fields = rich::fields(bytes).lines().filter_map(field::running_code).collect();
    found
}

/// A file of Office: its parts by their names and types, and what they are related to.
fn of_package(archive: &mut ZipArchive<impl Read + Seek>, names: &[String]) -> Carried {
    let mut found = Carried::default();
    let mut drawn_from: BTreeSet<String> = BTreeSet::new();
    let lower = |name: &String| format!("/{}", name.trim_start_matches('/').to_lowercase());
    for list in names.iter().filter(|name| name.to_lowercase().ends_with(".rels")).take(LISTS_MAX) {
        let text = part(archive, list, LINKS_BYTES_MAX);
        // a list that is no XML leads nowhere; whoever reads the file says so
        let Ok(relations) = xml::parse(xml::decoded(&text).as_bytes()) else { continue };
        let of_chart = lower(list).contains(OF_CHARTS);
        for one in relations.elements() {
            let kind = one.get("Type").unwrap_or_default();
            let external = one.get("TargetMode").is_some_and(|mode| mode.eq_ignore_ascii_case("external"));
            if of_chart && !external {
                let last = one.get("Target").unwrap_or_default().rsplit('/').next().unwrap_or_default();
                drawn_from.insert(last.to_lowercase());
            }
            found.links.extend(link(kind, external));
        }
    }
    let types = xml::decoded(&part(archive, "[Content_Types].xml", LINKS_BYTES_MAX)).to_lowercase();
    found.macros = types.contains("macroenabled");
    for name in names.iter().map(lower) {
        let last = name.rsplit('/').next().unwrap_or_default();
        found.macros |= name.contains("vbaproject") || name.contains("vbadata") || name.contains("/macrosheets/");
        found.objects |= name.contains(EMBEDDED) && !drawn_from.contains(last);
        found.objects |= CONTROLS.iter().any(|folder| name.contains(folder));
        if name.contains("/externallinks/") {
            found.links.insert("引用了别的工作簿");
        }
        if name.ends_with("/connections.xml") {
            found.links.insert("连接着外部数据");
        }
    }
    let of_word = types.contains("wordprocessingml");
    let texts = names.iter().filter(|name| {
        let name = lower(name);
        name.ends_with(".xml") && (of_word || name.starts_with("/word/"))
    });
    for name in texts.take(LISTS_MAX) {
        found.fields.extend(fields(&part(archive, name, FIELDS_BYTES_MAX)));
    }
    found
}

/// The fields of a part that fetch or run. Of one that we cannot read as a whole, another program may still read so much.
fn fields(part: &[u8]) -> Vec<&'static str> {
    let text = xml::decoded(part);
    if !OF_FIELDS.into_iter().any(|word| text.contains(word)) {
        return Vec::new();
    }
    xml::parse(text.as_bytes()).map_or_else(|_| field::running_in(&text), |tree| field::running(&tree))
}

/// What a relation says of what lies elsewhere, or is another document.
fn link(kind: &str, external: bool) -> Option<&'static str> {
    if kind.ends_with("/aFChunk") || kind.ends_with("/subDocument") {
        return Some("嵌入了别的文档");
    }
    if !external || kind.ends_with(HARMLESS) {
        return None;
    }
    if kind.ends_with("/attachedTemplate") {
        return Some("挂接了外部模板");
    }
    if kind.ends_with("/externalLinkPath") || kind.ends_with("/externalLink") {
        return Some("引用了别的工作簿");
    }
    Some("有指向外部的链接（如链接的图片）")
}

fn of_open_document(archive: &mut ZipArchive<impl Read + Seek>, names: &[String]) -> Carried {
    let manifest = xml::decoded(&part(archive, "META-INF/manifest.xml", LINKS_BYTES_MAX)).into_owned();
    let is_object = |entry: &&str| {
        let object = entry.contains("full-path=\"Object ") && entry.contains("media-type=\"application/vnd.");
        object && !DRAWN.iter().any(|kind| entry.contains(kind))
    };
    let mut links = BTreeSet::new();
    let texts = names.iter().filter(|name| OPEN_TEXTS.contains(&name.rsplit('/').next().unwrap_or_default()));
    for name in texts.take(LISTS_MAX) {
        links.extend(open::links(&part(archive, name, FIELDS_BYTES_MAX)));
    }
    let macros = |name: &String| (name.starts_with("Basic/") || name.starts_with("Scripts/")) && !name.ends_with('/');
    Carried {
        locked: manifest.contains("encryption-data"),
        enciphered: false,
        macros: names.iter().any(macros),
        objects: manifest.split('<').any(|entry| is_object(&entry)),
        links,
        ..Carried::default()
    }
}

fn part(archive: &mut ZipArchive<impl Read + Seek>, name: &str, bytes_max: u64) -> Vec<u8> {
    let mut text = Vec::new();
    if let Ok(part) = archive.by_name(name) {
        // a part that breaks off is looked at as far as it goes
        let _ = part.take(bytes_max).read_to_end(&mut text);
    }
    text
}
