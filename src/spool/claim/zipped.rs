//! Zipped: a form with its attachments in one zip file, taken apart as if it had been a folder.
//!
//! Names are UTF-8 where the file says so or they are (its flag, or the field Info-ZIP adds), else GBK, as Windows writes them. One folder
//! around everything is not part of the names. Nothing is unpacked to the disk; every file is kept under its digest.
//! Limits, each a sentence: [`PACKAGE_FILES_MAX`], [`SUBMISSION_BYTES_MAX`], [`forms::UNPACKED_RATIO_MAX`]. What climbs out of the
//! package, is locked, doubled, a link, or a package again is refused by its name.

use super::{PACKAGE_FILES_MAX, SUBMISSION_BYTES_MAX, office, secrecy};
use crate::spool::reader::PdfHead;
use crate::spool::settle::scan::DROP_DEPTH_MAX;
use crate::spool::{forms, names};
use crate::submission::Fault;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Below this size a high ratio is harmless.
const RATIO_MATTERS_BYTES: u64 = 8 * 1024 * 1024;
/// Bytes of a text that a secrecy mark is looked for in.
const HEAD_BYTES: u64 = 4096;
/// What only files of office programs have: such a package is one file.
const OFFICE_PARTS: [&str; 5] = ["[content_types].xml", "mimetype", "meta-inf/manifest.xml", "content.xml", "ofd.xml"];
/// Folders of such a package, with parts of XML in them.
const OFFICE_FOLDERS: [&str; 3] = ["word/", "xl/", "ppt/"];
/// How other packages begin.
const OTHERS: [(&[u8], &str); 7] = [
    (b"Rar!\x1A\x07", "RAR"),
    (b"7z\xBC\xAF\x27\x1C", "7Z"),
    (b"\x1F\x8B", "GZ"),
    (b"BZh", "BZ2"),
    (b"\xFD7zXZ\0", "XZ"),
    (b"\x28\xB5\x2F\xFD", "ZST"),
    (b"MSCF\0\0\0\0", "CAB"),
];
/// What others have somewhere in them, and where.
const OTHERS_WITHIN: [(usize, &[u8], &str); 2] = [(257, b"ustar", "TAR"), (32_769, b"CD001", "ISO")];
/// Behind its beginning a file of BZ2 has this.
const OF_BZ2: &[u8] = b"1AY&SY";
/// What packages are called, whatever is in them.
const ENDINGS: [&str; 16] =
    ["zip", "zipx", "rar", "7z", "gz", "tgz", "tar", "bz2", "xz", "zst", "cab", "iso", "arj", "lzh", "z", "jar"];
/// What files of office programs are called, which are packages of their own.
const OFFICE_ENDINGS: [&str; 13] =
    ["docx", "docm", "dotx", "xlsx", "xlsm", "xltx", "pptx", "pptm", "odt", "ods", "odp", "ofd", "dps"];
const BROKEN: &str = "压缩包不完整或已损坏（可能没有复制完）。请重新压缩，或者直接交文件夹。";

/// A file of a package: its path in it, and its bytes.
pub(in crate::spool) type Entry = (String, Vec<u8>);

/// The files of the package `name`; `None` when it is none.
///
/// # Errors
/// Everything wrong with the package.
pub(in crate::spool) fn unpack(name: &str, bytes: &[u8]) -> Result<Option<Vec<Entry>>, Vec<Fault>> {
    if let Some(kind) = other(bytes) {
        let say = format!("这是 {kind} 压缩包，系统打不开。请改用 .zip 格式压缩，或者把文件夹直接放入“交件”。");
        return Err(vec![Fault::at(name, say)]);
    }
    if !bytes.starts_with(b"PK") {
        return Ok(None);
    }
    // Other people's reader on a file nobody has checked yet.
    let looked = std::panic::catch_unwind(|| look(name, bytes));
    looked.unwrap_or_else(|_| Err(vec![Fault::at(name, BROKEN)]))
}

pub(super) fn look(name: &str, bytes: &[u8]) -> Result<Option<Vec<Entry>>, Vec<Fault>> {
    let one = |say: String| Err(vec![Fault::at(name, say)]);
    let zipped = names::extension(name) == "zip";
    if !forms::few_parts(bytes) {
        return if zipped { one(too_many()) } else { Ok(None) };
    }
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else {
        return if zipped { one(BROKEN.to_owned()) } else { Ok(None) };
    };
    if is_office(&archive) {
        return Ok(None);
    }
    if archive.len() > PACKAGE_FILES_MAX * 2 {
        return one(too_many());
    }
    let (listed, mut faults) = listed(&mut archive);
    let (held, seen) = (archive.len(), entries(bytes));
    if seen.is_some_and(|seen| seen > held) {
        faults.push(Fault::at(name, "压缩包里有重名的文件，分不清哪一份是要交的。请去掉重复的，重新压缩后再交。"));
    }
    if listed.len() > PACKAGE_FILES_MAX {
        faults.push(Fault::at(name, too_many()));
    }
    if listed.is_empty() && faults.is_empty() {
        faults.push(Fault::at(name, "压缩包里没有文件，请检查后重新交。"));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    read(name, bytes.len() as u64, &mut archive, listed).map(Some)
}

/// The bytes of the files listed, counted while they are unpacked: what a package declares may be a lie.
fn read(
    name: &str,
    packed: u64,
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    listed: Vec<(usize, String)>,
) -> Result<Vec<Entry>, Vec<Fault>> {
    let mut total = 0;
    let mut found: Vec<Entry> = Vec::new();
    let mut faults = Vec::new();
    for (at, shown) in listed {
        let Ok(part) = archive.by_index(at) else {
            let say = "用的压缩方法系统打不开。请用 Windows 自带的“压缩(zipped)文件夹”重新压缩，或者直接交文件夹。";
            faults.push(Fault::at(shown, say));
            continue;
        };
        let mut content = Vec::new();
        let left = SUBMISSION_BYTES_MAX.saturating_sub(total);
        if part.take(left + 1).read_to_end(&mut content).is_err() {
            faults.push(Fault::at(shown, "在压缩包里已经损坏，读不出来。请重新压缩后再交。"));
            continue;
        }
        total += content.len() as u64;
        if total > SUBMISSION_BYTES_MAX
            || (total > RATIO_MATTERS_BYTES && total / packed.max(1) > forms::UNPACKED_RATIO_MAX)
        {
            let most = SUBMISSION_BYTES_MAX / 1024 / 1024;
            let say = format!("压缩包展开后过大（超过{most}兆字节，或者压缩比异常），没有读取。请压缩图片或者分开交。");
            return Err(vec![Fault::at(name, say)]);
        }
        if content.is_empty() {
            faults.push(Fault::at(shown, "文件是空的，请检查后重新交"));
        } else if is_package(&content) {
            faults.push(Fault::at(shown, "是压缩包里的压缩包，没有打开。请解开后把里面的文件直接放进来，再压缩一次。"));
        } else {
            found.push((shown, content));
        }
    }
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

/// Which entries are files, and their names without the one folder around all; and what is wrong with others.
fn listed(archive: &mut ZipArchive<Cursor<&[u8]>>) -> (Vec<(usize, String)>, Vec<Fault>) {
    let mut listed: Vec<(usize, Vec<String>)> = Vec::new();
    let mut faults = Vec::new();
    let mut keys = BTreeSet::new();
    for at in 0..archive.len() {
        let Ok(part) = archive.by_index_raw(at) else {
            faults.push(Fault::at("", BROKEN));
            continue;
        };
        let Some(said) = names::decoded(part.name_raw()) else {
            faults.push(Fault::at(
                names::shown(part.name()),
                "文件名认不出（不是 UTF-8，也不是 GBK）。请改名后重新压缩。",
            ));
            continue;
        };
        let path = said.replace('\\', "/");
        let shown = names::shown(&path);
        let pieces: Vec<String> =
            path.split('/').filter(|piece| !piece.is_empty() && *piece != ".").map(names::shown).collect();
        let climbs = pieces.iter().any(|piece| piece == "..");
        // `C:/a.pdf` begins at a drive; `a:b.pdf` is only a name that Windows would not have
        let drive = path.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) && path.get(1..3) == Some(":/");
        let rooted = path.starts_with('/') || drive;
        let wrong = if climbs || rooted {
            "文件名指向压缩包之外，没有打开。请重新压缩，只放要交的文件。"
        } else if part.is_dir() || pieces.is_empty() || junk(&pieces) {
            continue;
        } else if part.encrypted() {
            "在压缩包里设了密码，读不出来。请去掉密码，重新压缩后再交。"
        } else if part.is_symlink() {
            "是快捷方式（链接），不是文件本身，请放入文件本身。"
        } else if pieces.len() > DROP_DEPTH_MAX {
            "文件夹套得太深，请减少层次后重新压缩。"
        } else if !keys.insert(names::clash_key(&pieces.join("/"))) {
            "与压缩包里另一个文件同名（大小写不算），请改名后重新压缩。"
        } else {
            listed.push((at, pieces));
            continue;
        };
        faults.push(Fault::at(shown, wrong));
    }
    (without_folder(listed), faults)
}

/// The folder that a person zipped, and everything lies in, is no part of the names.
fn without_folder(mut listed: Vec<(usize, Vec<String>)>) -> Vec<(usize, String)> {
    let folder = |pieces: &[String]| pieces.first().filter(|_| pieces.len() > 1).cloned();
    while let Some(first) = listed.first().and_then(|(_, pieces)| folder(pieces)) {
        if !listed.iter().all(|(_, pieces)| folder(pieces).as_ref() == Some(&first)) {
            break;
        }
        listed.iter_mut().for_each(|(_, pieces)| drop(pieces.remove(0)));
    }
    listed.into_iter().map(|(at, pieces)| (at, pieces.join("/"))).collect()
}

fn junk(pieces: &[String]) -> bool {
    let folder = |piece: &String| piece == "__MACOSX" || names::is_junk_folder(OsStr::new(piece));
    let (last, folders) = match pieces.split_last() {
        Some(parts) => parts,
        None => return true,
    };
    folders.iter().any(folder) || names::is_junk(OsStr::new(last))
}

fn is_office(archive: &ZipArchive<Cursor<&[u8]>>) -> bool {
    archive.file_names().any(|name| {
        let name = name.trim_start_matches('/').to_lowercase();
        let part = OFFICE_FOLDERS.iter().any(|folder| name.starts_with(folder)) && name.ends_with(".xml");
        part || OFFICE_PARTS.contains(&name.as_str())
    })
}

/// A package of files, as against the file of an office program.
fn is_package(content: &[u8]) -> bool {
    if other(content).is_some() {
        return true;
    }
    is_zip(content)
        && forms::few_parts(content)
        && ZipArchive::new(Cursor::new(content)).is_ok_and(|archive| !is_office(&archive))
}

fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// Which other package the bytes are.
fn other(bytes: &[u8]) -> Option<&'static str> {
    let starts = |start: &[u8], kind: &str| {
        bytes.starts_with(start) && (kind != "BZ2" || bytes[4.min(bytes.len())..].starts_with(OF_BZ2))
    };
    let found = OTHERS.iter().find(|(start, kind)| starts(start, kind)).map(|(_, kind)| *kind);
    let within = |at: usize, mark: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(mark));
    found.or_else(|| OTHERS_WITHIN.iter().find(|(at, mark, _)| within(*at, mark)).map(|(.., kind)| *kind))
}

/// Whether a file has the name of a package, whatever is in it.
pub(in crate::spool) fn is_called(name: &str) -> bool {
    ENDINGS.contains(&names::extension(name).as_str())
}

/// Why a package is no attachment: nobody looks into it here, and it may hold anything.
pub(in crate::spool) fn attached(name: &str, bytes: &[u8]) -> Option<Fault> {
    let ending = names::extension(name);
    let called = is_called(name);
    // Other people's reader on a file nobody has checked yet.
    let package = || std::panic::catch_unwind(|| is_package(bytes)).unwrap_or(true);
    // what cannot be opened here may be opened elsewhere; a file of an office program that breaks off is only damaged
    let unopened = || {
        let opens = std::panic::catch_unwind(|| ZipArchive::new(Cursor::new(bytes)).is_ok()).unwrap_or(false);
        is_zip(bytes) && !OFFICE_ENDINGS.contains(&ending.as_str()) && !(forms::few_parts(bytes) && opens)
    };
    (called || package() || unopened()).then(|| {
        let say = "是压缩包，不能作附件，没有收。请解开，把里面的文件取出来，和填好的表放进同一个文件夹，再交一次。";
        Fault::at(name, say)
    })
}

/// How many entries the package says it has; its reader keeps one of each name.
fn entries(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).rposition(|window| window == b"PK\x05\x06")?;
    let count: [u8; 2] = bytes.get(end + 10..end + 12)?.try_into().ok()?;
    Some(usize::from(u16::from_le_bytes(count))).filter(|count| *count < usize::from(u16::MAX))
}

fn too_many() -> String {
    format!("压缩包里的文件太多，一次最多{PACKAGE_FILES_MAX}个，请分开交。")
}

/// Whether the bytes are those of a package of any kind.
pub(in crate::spool) fn may_be(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK") || other(bytes).is_some()
}

/// The secrecy mark that a file in the package bears, by its name or within it.
pub(super) fn mark(bytes: &[u8], pdf: PdfHead) -> Option<&'static str> {
    if !forms::few_parts(bytes) {
        return None;
    }
    std::panic::catch_unwind(|| marked(bytes, pdf)).ok().flatten()
}

fn marked(bytes: &[u8], pdf: PdfHead) -> Option<&'static str> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    if is_office(&archive) {
        return None;
    }
    let mut left = SUBMISSION_BYTES_MAX;
    for at in 0..archive.len().min(PACKAGE_FILES_MAX * 2) {
        let name = archive.by_index_raw(at).ok().and_then(|part| names::decoded(part.name_raw())).unwrap_or_default();
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        if let Some(mark) = names::secrecy_marked(&name) {
            return Some(mark);
        }
        let Ok(mut part) = archive.by_index(at) else { continue };
        let mut content = Vec::new();
        // a part that breaks off is looked at as far as it goes
        let _ = part.by_ref().take(HEAD_BYTES).read_to_end(&mut content);
        if secrecy::is_readable(&content) {
            let _ = part.take(left).read_to_end(&mut content);
        }
        left = left.saturating_sub(content.len() as u64);
        // a package within a package is refused when it is unpacked
        let inside =
            if office::is_package(&content) { office::mark(&content) } else { secrecy::mark_of(&content, &name, pdf) };
        if let Some(mark) = inside {
            return Some(mark);
        }
    }
    None
}
