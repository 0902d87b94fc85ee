//! Fitting: whether a file is what its name says, by its first bytes, and whole; and no program, no page with scripts.
//!
//! A file may come under the name of an attachment that is asked for and be anything. Pictures may bear one another's endings, as
//! telephones name them; files of office programs of before 2007 may be text, as other programs write them.
//! Limits: whether a PDF can be read is not asked here, nor what pictures show; of a package, no more than whether it has its end.

use crate::files;
use crate::spool::layout::Spool;
use crate::spool::names;
use crate::spool::settle::package;
use crate::submission::Fault;

/// Endings of what is run when somebody opens it.
const PROGRAMS: [&str; 41] = [
    "exe",
    "com",
    "scr",
    "pif",
    "bat",
    "cmd",
    "lnk",
    "js",
    "jse",
    "vbs",
    "vbe",
    "wsf",
    "wsh",
    "wsc",
    "ws",
    "ps1",
    "psm1",
    "hta",
    "msi",
    "msp",
    "msc",
    "mst",
    "cpl",
    "dll",
    "sys",
    "ocx",
    "drv",
    "jar",
    "reg",
    "inf",
    "scf",
    "url",
    "chm",
    "hlp",
    "gadget",
    "appx",
    "apk",
    "sh",
    "py",
    "application",
    "xll",
];
/// Endings of pages, which may have scripts in them; and what pages begin with, whatever they are called.
const PAGES: [&str; 9] = ["html", "htm", "xhtml", "shtml", "xht", "mht", "mhtml", "svg", "swf"];
const OF_PAGES: [&str; 5] = ["<!doctype html", "<html", "<script", "<svg", "<head"];
/// What office programs call pages that they read as tables and texts; with a script in it such a page is none either.
const TABLES: [&str; 6] = ["xls", "et", "csv", "doc", "wps", "xml"];
const SCRIPT: &[u8] = b"<script";
/// How programs begin, of Windows with a zero soon after, of Linux.
const OF_WINDOWS: &[u8] = b"MZ";
const OF_LINUX: &[u8] = b"\x7FELF";
const PACKAGE: &[u8] = b"PK";
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0";
const PICTURES: [&[u8]; 8] = [JPEG, PNG, b"GIF8", b"BM", b"II*\0", b"MM\0*", b"II+\0", b"RIFF"];
const JPEG: &[u8] = b"\xFF\xD8\xFF";
const PNG: &[u8] = b"\x89PNG\r\n\x1A\n";
const PDF: &[u8] = b"%PDF";
/// Some programs put a few bytes before the head of a PDF.
const HEAD_BYTES: usize = 1024;

/// What a file must begin with, by its ending; `None` for endings that promise nothing.
fn wanted(ending: &str) -> Option<&'static [&'static [u8]]> {
    match ending {
        "pdf" => Some(&[PDF]),
        "jpg" | "jpeg" | "jfif" | "png" | "gif" | "bmp" | "tif" | "tiff" | "webp" => Some(&PICTURES),
        "ofd" | "odp" => Some(&[PACKAGE]),
        _ => None,
    }
}

/// The same of what may be a form; of a form its reader says what is wrong.
fn wanted_beside(ending: &str) -> Option<&'static [&'static [u8]]> {
    match ending {
        // one that has a password is of the older kind
        "docx" | "xlsx" | "pptx" => Some(&[PACKAGE, COMPOUND]),
        "odt" | "ods" => Some(&[PACKAGE]),
        _ => None,
    }
}

/// Why a file is not taken, whatever it is meant to be.
pub(in crate::spool) fn fault(name: &str, bytes: &[u8]) -> Option<Fault> {
    let ending = names::extension(name);
    let runs = bytes.starts_with(OF_WINDOWS) && bytes.iter().take(HEAD_BYTES).any(|byte| *byte == 0);
    if PROGRAMS.contains(&ending.as_str()) || runs || bytes.starts_with(OF_LINUX) {
        return Some(Fault::at(name, "是程序或者脚本，不是材料，没有收。请只放要交的表格、文档和图片。"));
    }
    if PAGES.contains(&ending.as_str()) || is_page(&ending, bytes) {
        let say = "是网页文件，里面可能带有脚本，没有收。请打开后用“打印”另存成 PDF，或者在 WPS、Word、Excel 中打开，“另存为” .docx、.xlsx 再交。";
        return Some(Fault::at(name, say));
    }
    if wanted(&ending).is_some_and(|wanted| !begins(bytes, wanted)) {
        return Some(other(name, &ending));
    }
    let whole = match bytes {
        _ if bytes.starts_with(JPEG) => has_end_of_jpeg(bytes),
        _ if bytes.starts_with(PNG) => bytes.windows(4).any(|part| part == b"IEND"),
        _ => true,
    };
    (!whole).then(|| Fault::at(name, "图片不完整（可能没有传完），没有收。请重新复制、拍照或者扫描后再交。"))
}

/// Why a kept file that lies beside a form is not taken: it has the ending of a file of an office program, and is none; or it is a
/// package that breaks off before the list of its parts, which no program opens.
///
/// # Errors
/// The disk's.
pub fn unfit_attachment(spool: &Spool, name: &str, digest: &str) -> Result<Option<Fault>, files::Error> {
    let ending = names::extension(name);
    let path = spool.original(digest);
    let (head, end) = files::ends(&path, HEAD_BYTES as u64, package::END_BYTES_MAX)?;
    if wanted_beside(&ending).is_some_and(|wanted| !begins(&head, wanted)) {
        return Ok(Some(other(name, &ending)));
    }
    let broken = head.starts_with(package::BEGINS) && !package::has_end(&end);
    Ok(broken.then(|| {
        let say = "文件不完整，后面缺了一截（多半没有复制完），没有收。请重新复制一份，自己打开看过后再交。";
        Fault::at(name, say)
    }))
}

fn is_page(ending: &str, bytes: &[u8]) -> bool {
    let head: Vec<u8> = bytes.iter().take(HEAD_BYTES).copied().filter(|byte| *byte != 0).collect();
    let text = String::from_utf8_lossy(&head).trim_start_matches(['\u{FEFF}', '\u{FFFD}']).trim_start().to_lowercase();
    // what stands before the page itself: `<?xml … ?>`
    let text = match text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")) {
        Some((_, rest)) => rest.trim_start(),
        None => text.as_str(),
    };
    let page = OF_PAGES.iter().any(|tag| text.starts_with(tag));
    let scripted = || bytes.windows(SCRIPT.len()).any(|part| part.eq_ignore_ascii_case(SCRIPT));
    page && (!TABLES.contains(&ending) || scripted())
}

fn other(name: &str, ending: &str) -> Fault {
    let say = format!(
        "文件内容不是“.{ending}”文件，打不开，没有收。请核对是不是要交的文件，在原来的程序里“另存为”这种格式，或者打印出来扫描后再交。"
    );
    Fault::at(name, say)
}

fn begins(bytes: &[u8], wanted: &[&[u8]]) -> bool {
    let pdf = || bytes[..bytes.len().min(HEAD_BYTES)].windows(PDF.len()).any(|part| part == PDF);
    wanted.iter().any(|start| bytes.starts_with(start)) || wanted.contains(&PDF) && pdf()
}

/// Whether a JPEG goes on to its end: behind the head of its picture, for a small one may stand whole before that.
fn has_end_of_jpeg(bytes: &[u8]) -> bool {
    let mut rest = &bytes[2..];
    loop {
        match rest {
            [0xFF, 0xDA, scan @ ..] => return scan.windows(2).any(|part| part == [0xFF, 0xD9]),
            // fill, and marks without a length
            [0xFF, 0xFF, ..] => rest = &rest[1..],
            [0xFF, 0x01 | 0xD0..=0xD8, ..] => rest = &rest[2..],
            [0xFF, _, high, low, ..] => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                match rest.get(2 + length..) {
                    Some(after) => rest = after,
                    None => return false,
                }
            }
            _ => return false,
        }
    }
}
