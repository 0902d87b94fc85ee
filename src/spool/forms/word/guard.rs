//! Looks at a dropped Word file before anybody reads it: of a bearable size, without programs, embedded files and links to elsewhere.

use super::BROKEN;
use crate::ooxml::package::Package;
use crate::spool::forms::{PACKAGE_PARTS_MAX, UNPACKED_BYTES_MAX, UNPACKED_RATIO_MAX, few_parts};
use crate::submission::Fault;
use std::io::{Cursor, Read};

/// Below this size a high ratio is harmless.
const RATIO_MATTERS_BYTES: u64 = 8 * 1024 * 1024;
/// A link that only leads where the reader clicks; programs make one of every address that is typed.
const HARMLESS: &str = "/hyperlink";
/// Parts that run, or hold files of other programs.
const EMBEDDED: [&str; 3] = ["/embeddings/", "/activex/", "/controls/"];

/// True for a package that holds a Word document.
pub(in crate::spool::forms) fn is_word(bytes: &[u8]) -> bool {
    let named = |name: &str| name.trim_start_matches('/').eq_ignore_ascii_case("word/document.xml");
    few_parts(bytes) && zip::ZipArchive::new(Cursor::new(bytes)).is_ok_and(|archive| archive.file_names().any(named))
}

/// What to say about an old compound file that holds a Word document; nothing when it holds something else.
pub(in crate::spool::forms) fn old(bytes: &[u8]) -> Option<&'static str> {
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(wide.len()).any(|window| window == wide)
    };
    (has("WordDocument") && !has("EncryptedPackage")).then_some(
        "这是旧格式的 Word 文件（.doc 或 .wps）。请在 WPS 或 Word 中打开，“另存为” Word 文档（.docx，不带宏）再交。",
    )
}

/// Refuses what is not a whole package of a bearable size. Sizes are counted while unpacking.
pub(super) fn check(name: &str, bytes: &[u8]) -> Result<(), Vec<Fault>> {
    let one = |say: &str| vec![Fault::at(name, say)];
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| one(BROKEN))?;
    if archive.len() > PACKAGE_PARTS_MAX {
        return Err(one("文件里的内容过多，无法读取。请只保留表格内容，另存一份再交。"));
    }
    let packed = u64::try_from(bytes.len()).unwrap_or(u64::MAX).max(1);
    let mut total = 0;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| one(BROKEN))?;
        let left = UNPACKED_BYTES_MAX.saturating_sub(total);
        total += std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(|_| one(BROKEN))?;
        if total > UNPACKED_BYTES_MAX || (total > RATIO_MATTERS_BYTES && total / packed > UNPACKED_RATIO_MAX) {
            let most = UNPACKED_BYTES_MAX / 1024 / 1024;
            return Err(one(&format!(
                "文件展开后过大（超过{most}MB或压缩比异常），没有读取。请删去多余的内容和图片，另存一份再交。"
            )));
        }
    }
    Ok(())
}

/// Refuses what runs, what is of another program, and what would be fetched from elsewhere; all of it at once.
pub(super) fn inside(name: &str, package: &Package) -> Result<(), Vec<Fault>> {
    let mut says: Vec<String> = Vec::new();
    let names: Vec<String> = package.names().map(str::to_lowercase).collect();
    let types = package.part("[Content_Types].xml").unwrap_or_default();
    let types = String::from_utf8_lossy(types).to_lowercase();
    if names.iter().any(|part| part.contains("vbaproject") || part.contains("vbadata"))
        || types.contains("macroenabled")
    {
        says.push("文件带有宏，没有读取。请“另存为”不带宏的 Word 文档（.docx）再交。".to_string());
    }
    if names.iter().any(|part| EMBEDDED.iter().any(|folder| format!("/{part}").contains(folder))) {
        says.push(
            "文件里插入了别的文件或控件（OLE 对象），没有读取。请删去插入的对象，内容直接填进表格，附件另放。"
                .to_string(),
        );
    }
    let mut links = Vec::new();
    for part in package.names().filter(|part| part.to_lowercase().ends_with(".rels")) {
        let relations = package.xml(part).map_err(|_| vec![Fault::at(name, BROKEN)])?;
        for one in relations.elements() {
            let kind = one.get("Type").unwrap_or_default();
            let external = one.get("TargetMode").is_some_and(|mode| mode.eq_ignore_ascii_case("external"));
            if kind.ends_with("/attachedTemplate") && external {
                links.push("挂接了外部模板");
            } else if kind.ends_with("/aFChunk") || kind.ends_with("/subDocument") {
                links.push("嵌入了别的文档");
            } else if external && !kind.ends_with(HARMLESS) {
                links.push("有指向外部的链接（如链接的图片）");
            }
        }
    }
    links.sort_unstable();
    links.dedup();
    if !links.is_empty() {
        let say = format!(
            "文件{}，没有读取。请从“待办”或“表样”取一份新表，把内容复制进去（粘贴时选“只保留文本”）再交。",
            links.join("、")
        );
        says.push(say);
    }
    if says.is_empty() { Ok(()) } else { Err(says.into_iter().map(|say| Fault::at(name, say)).collect()) }
}
