//! Looks at a dropped package before anybody unpacks it: whole, a workbook or spreadsheet, and of a bearable size.

use super::{PACKAGE_PARTS_MAX, SHARED_TEXTS_BYTES_MAX, UNPACKED_BYTES_MAX, UNPACKED_RATIO_MAX, WORKBOOK_CELLS_MAX};
use crate::submission::Fault;
use std::io::{Cursor, Read};

/// Below this size a high ratio is harmless: a blank form packs very well.
const RATIO_MATTERS_BYTES: u64 = 8 * 1024 * 1024;

/// What stands before every entry of a package's list of parts.
const PART_LISTED: [u8; 4] = *b"PK\x01\x02";
/// A package within a package (a workbook attached to a workbook) has a list of its own.
const LISTS_MAX: usize = 4;

/// See [`super::few_parts`].
pub(super) fn few_parts(bytes: &[u8]) -> bool {
    bytes.windows(PART_LISTED.len()).filter(|window| *window == PART_LISTED).count() <= PACKAGE_PARTS_MAX * LISTS_MAX
}

/// What is said of a text of OpenDocument.
const OPEN_TEXT: &str = "这是 OpenDocument 文字文件（.odt），系统读不了。请在 WPS 或 Word 中打开，“另存为” Word 文档（.docx，不带宏）再交。";
/// Bytes of what a file of OpenDocument says that it is, at most.
const MIMETYPE_BYTES_MAX: u64 = 200;

/// What a package is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// a workbook of Excel
    Workbook,
    /// a spreadsheet of OpenDocument
    OpenDocument,
}

/// Refuses what is not a whole `.xlsx` or `.ods` package of at most [`UNPACKED_BYTES_MAX`]. Sizes are counted while
/// unpacking, since what a package declares may be a lie.
pub(super) fn check(name: &str, bytes: &[u8]) -> Result<Kind, Fault> {
    let broken = || Fault::at(name, "文件不完整或已损坏（可能没有复制完）。请重新打开确认无误后，再交一次。");
    let crowded = || Fault::at(name, "文件里的内容过多，无法读取。请只保留表格内容，另存一份再交。");
    if !few_parts(bytes) {
        return Err(crowded());
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken())?;
    if archive.len() > PACKAGE_PARTS_MAX {
        return Err(crowded());
    }
    let kind_of_open_document = open_document(&mut archive);
    let has = |part: &str| archive.file_names().any(|name| name.trim_start_matches('/').eq_ignore_ascii_case(part));
    let said = |kind: &str| kind_of_open_document.as_deref().is_some_and(|said| said.starts_with(kind));
    // one that does not say is a spreadsheet if it can be read as one
    let spreadsheet =
        has("content.xml") && has("mimetype") && !(said("text") || said("presentation") || said("graphics"));
    let kind = if spreadsheet { Kind::OpenDocument } else { Kind::Workbook };
    let wrong = if has("xl/workbook.xml") || spreadsheet {
        None
    } else if has("content.xml") && said("text") {
        Some(OPEN_TEXT)
    } else if has("word/document.xml") {
        Some("这是 Word 文档，不是 Excel 表格（改扩展名不能转换）。请把内容填进 .xlsx 表格再交。")
    } else if has("ppt/presentation.xml") || said("presentation") {
        Some("这是演示文稿，不是 Excel 表格。请把内容填进 .xlsx 表格再交。")
    } else if has("xl/workbook.bin") || has("content.xml") {
        Some("表格的格式不对。请在 WPS 或 Excel 中打开，“另存为” Excel 工作簿（.xlsx）再交。")
    } else {
        Some("这不是 Excel 表格。请交填好的 .xlsx 表格。")
    };
    if let Some(say) = wrong {
        return Err(Fault::at(name, say));
    }
    let mut total = 0;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| broken())?;
        let left = UNPACKED_BYTES_MAX.saturating_sub(total);
        total += std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(|_| broken())?;
        let packed = u64::try_from(bytes.len()).unwrap_or(u64::MAX).max(1);
        if total > UNPACKED_BYTES_MAX || (total > RATIO_MATTERS_BYTES && total / packed > UNPACKED_RATIO_MAX) {
            let most = UNPACKED_BYTES_MAX / 1024 / 1024;
            let say = format!(
                "表格展开后过大（超过{most}MB或压缩比异常），没有读取。请删去多余的行、列和图片，另存一份再交。"
            );
            return Err(Fault::at(name, say));
        }
    }
    shared_texts(name, &mut archive)?;
    Ok(kind)
}

/// What a file of OpenDocument says that it is: `text`, `spreadsheet-template`.
fn open_document(archive: &mut zip::ZipArchive<Cursor<&[u8]>>) -> Option<String> {
    let mut said = String::new();
    archive.by_name("mimetype").ok()?.take(MIMETYPE_BYTES_MAX).read_to_string(&mut said).ok()?;
    said.trim().strip_prefix("application/vnd.oasis.opendocument.").map(str::to_owned)
}

/// Whoever reads the workbook holds all shared texts at once, and makes room for as many as the table says it has.
fn shared_texts(name: &str, archive: &mut zip::ZipArchive<Cursor<&[u8]>>) -> Result<(), Fault> {
    const SAYS: &[u8] = b"uniqueCount";
    let broken = || Fault::at(name, "表格已损坏，读不出来。请在 WPS 或 Excel 中打开，另存一份再交。");
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| broken())?;
        if !part.name().to_lowercase().ends_with("sharedstrings.xml") {
            continue;
        }
        let mut text = Vec::new();
        let length = part.take(SHARED_TEXTS_BYTES_MAX + 1).read_to_end(&mut text).map_err(|_| broken())?;
        let texts = text.windows(4).filter(|end| *end == b"/si>" || *end == b":si>" || *end == b"<si/").count();
        if length as u64 > SHARED_TEXTS_BYTES_MAX || texts > WORKBOOK_CELLS_MAX {
            let most = SHARED_TEXTS_BYTES_MAX / 1024 / 1024;
            let say = format!("表格里的文字过多（超过{most}MB或{WORKBOOK_CELLS_MAX}条），没有读取。请分成几份交。");
            return Err(Fault::at(name, say));
        }
        // wide characters would hide the number from this search
        let mut rest = text.as_slice();
        let mut lies = text.contains(&0);
        while let Some(found) = rest.windows(SAYS.len()).position(|window| window == SAYS) {
            rest = &rest[found + SAYS.len()..];
            let number = rest.iter().skip_while(|sign| sign.is_ascii_whitespace() || b"=\"'+0".contains(sign));
            let digits = number.take_while(|sign| sign.is_ascii_digit()).count();
            lies |= digits > WORKBOOK_CELLS_MAX.to_string().len();
        }
        if lies {
            return Err(broken());
        }
    }
    Ok(())
}

/// What to say about the pictures in a workbook, when there are any: nobody reads them.
pub(super) fn pictures(bytes: &[u8]) -> Option<String> {
    let picture =
        |name: &str| ["xl/media/", "Pictures/"].iter().any(|folder| name.trim_start_matches('/').starts_with(folder));
    let has = zip::ZipArchive::new(Cursor::new(bytes)).is_ok_and(|archive| archive.file_names().any(picture));
    has.then(with_pictures)
}

/// What is said of them.
pub(super) fn with_pictures() -> String {
    "表格里插入了图片，没有收，只读了文字。要交的图片请另存为文件，和表格放进同一个文件夹再交。".to_owned()
}

/// What to say about an old compound file: a locked workbook, or a format of before 2007.
pub(super) fn old_or_locked(bytes: &[u8]) -> &'static str {
    let wide: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if bytes.windows(wide.len()).any(|window| window == wide) {
        "文件设了打开密码，读不出来。请取消密码后再交。"
    } else {
        "这是旧格式文件（.xls、.et 或 .doc），已经损坏，读不出来。请在 WPS 或 Excel 中打开，“另存为” Excel 工作簿（.xlsx）再交。"
    }
}
