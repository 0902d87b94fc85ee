//! Names in the archive: 档号 by DA/T 22-2015, folder names, and file names made safe.

use super::{Package, Retention};
use crate::files;

/// Bytes of a file name; what common file systems take, less room for a number.
const NAME_BYTES_MAX: usize = 200;
/// Bytes of the case's id in a folder's name, which holds the 档号 too.
const CASE_BYTES_MAX: usize = 100;

/// 档号: 全宗号-门类代码·年度-保管期限代码-机构(问题)代码-件号, e.g. `0123-WS·2022-Y-ZZB-0001`.
pub fn archive_number(fonds: &str, class: &str, year: i32, retention: Retention, office: &str, piece: u32) -> String {
    format!("{fonds}-{class}·{year}-{}-{office}-{piece:04}", retention.code())
}

/// 档号 of one piece of a package.
pub(super) fn number_of(package: &Package, piece: u32) -> String {
    archive_number(&package.fonds, &package.class, package.year, package.retention, &package.office, piece)
}

/// Folder of a package: its first 档号, its last 件号, and the case.
pub(super) fn folder(package: &Package, first: u32, last: u32) -> String {
    format!("{}至{last:04}_{}", number_of(package, first), case_part(&package.case_id))
}

/// The name of the log of a case that is filed with another; no two cases share it.
pub fn child_log(case_id: &str) -> String {
    let part = case_part(case_id);
    let told_apart = if part == case_id { part } else { format!("{part}-{}", files::digest_hex(case_id.as_bytes())) };
    format!("{told_apart}.事件.jsonl")
}

/// The case's id as the end of a folder's name; two cases may share it, the manifest tells them apart.
pub(super) fn case_part(case_id: &str) -> String {
    shortened(&safe_name(case_id), CASE_BYTES_MAX)
}

fn shortened(text: &str, bytes_max: usize) -> String {
    let mut kept = String::new();
    for c in text.chars() {
        if kept.len() + c.len_utf8() > bytes_max {
            break;
        }
        kept.push(c);
    }
    kept
}

/// The 档号 without 件号, and the numbers a folder's name spans; `None` when it is no package's name.
pub(super) fn parse_folder(name: &str) -> Option<(&str, u32, u32)> {
    let (numbers, _) = name.split_once('_')?;
    let (first, last) = numbers.split_once('至')?;
    let (series, first) = first.rsplit_once('-')?;
    Some((series, first.parse().ok()?, last.parse().ok()?))
}

/// Names of devices on Windows.
const DEVICES: [&str; 22] = [
    "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9", "LPT1", "LPT2",
    "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
];

/// A file name that is only a name, on every system that may read the archive: no folder, no control character, no
/// trailing dot, none of Windows' reserved characters, bounded in length with its ending kept.
pub fn safe_name(name: &str) -> String {
    let turning = |c: char| matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let reserved = |c: char| c.is_control() || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    let plain: String = name.chars().filter(|c| !turning(*c)).map(|c| if reserved(c) { '_' } else { c }).collect();
    let plain = plain.trim().trim_start_matches('.').trim_end_matches(['.', ' ']);
    let (stem, ending) = match plain.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= 10 && !stem.is_empty() => (stem, format!(".{ending}")),
        _ => (plain, String::new()),
    };
    let kept = shortened(stem, NAME_BYTES_MAX - ending.len());
    // whatever its ending, such a name is a device to Windows
    let first = kept.split('.').next().unwrap_or_default().trim().to_uppercase();
    if DEVICES.contains(&first.as_str()) {
        return format!("_{kept}{ending}");
    }
    if kept.is_empty() { format!("未命名{ending}") } else { kept + &ending }
}

/// `name`, or `name（2）` and so on when a file of the same name (whatever its case) is there already.
pub(super) fn unique(name: &str, taken: &[String]) -> String {
    let is_taken = |candidate: &str| taken.iter().any(|one| one.to_lowercase() == candidate.to_lowercase());
    let safe = safe_name(name);
    let (stem, ending) = match safe.rsplit_once('.') {
        Some((stem, ending)) => (stem, format!(".{ending}")),
        None => (safe.as_str(), String::new()),
    };
    let numbered = (2..).map(|count| format!("{stem}（{count}）{ending}"));
    std::iter::once(safe.clone()).chain(numbered).find(|candidate| !is_taken(candidate)).unwrap_or(safe)
}

/// A code that may stand in a 档号: ASCII letters and digits.
pub(super) fn is_code(text: &str) -> bool {
    !text.is_empty() && text.len() <= 16 && text.chars().all(|c| c.is_ascii_alphanumeric())
}
