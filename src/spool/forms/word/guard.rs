//! Looks at a dropped Word file before anybody reads it: whole, and of a bearable size.

use super::BROKEN;
use crate::ooxml::package::Package;
use crate::ooxml::xml::Element;
use crate::spool::forms::{PACKAGE_PARTS_MAX, UNPACKED_BYTES_MAX, UNPACKED_RATIO_MAX, few_parts};
use crate::submission::Fault;
use std::io::{Cursor, Read};

/// Below this size a high ratio is harmless.
const RATIO_MATTERS_BYTES: u64 = 8 * 1024 * 1024;

/// The parts that say what a package holds, and bytes of each that are read, at most.
const SAYING: [&str; 2] = ["_rels/.rels", "[Content_Types].xml"];
const SAYING_BYTES_MAX: u64 = 1024 * 1024;

/// True for a package that holds a Word document, whatever its part is called: Word for the web calls it `document2.xml`.
pub(in crate::spool::forms) fn is_word(bytes: &[u8]) -> bool {
    let named = |name: &str| name.trim_start_matches('/').eq_ignore_ascii_case("word/document.xml");
    few_parts(bytes)
        && zip::ZipArchive::new(Cursor::new(bytes))
            .is_ok_and(|mut archive| archive.file_names().any(named) || says_word(&mut archive))
}

/// Whether the package itself says that its main part is a Word document.
fn says_word(archive: &mut zip::ZipArchive<Cursor<&[u8]>>) -> bool {
    let mut saying = Package::new();
    for name in SAYING {
        let mut said = Vec::new();
        let Ok(part) = archive.by_name(name) else { return false };
        if part.take(SAYING_BYTES_MAX).read_to_end(&mut said).is_err() {
            return false;
        }
        saying.put(name, said);
    }
    let (Ok(main), Ok(types)) = (saying.main_part(), saying.xml(SAYING[1])) else { return false };
    let path = format!("/{main}");
    let of_main = |it: &Element| it.get("PartName").is_some_and(|name| name.eq_ignore_ascii_case(&path));
    let mut kinds = types.elements().filter(|it| of_main(it)).filter_map(|it| it.get("ContentType"));
    kinds.any(|kind| kind.contains("wordprocessingml.document"))
}

/// True for a package that holds a Word document and pictures.
pub(super) fn has_pictures(bytes: &[u8]) -> bool {
    let picture = |name: &str| name.to_lowercase().contains("/media/");
    is_word(bytes) && zip::ZipArchive::new(Cursor::new(bytes)).is_ok_and(|archive| archive.file_names().any(picture))
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
