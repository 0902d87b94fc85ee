//! Names: what files may be called that others see, on Linux and on Windows shares alike.
//!
//! A name that comes from an office is data: [`safe`] makes a single path component of it that holds no separator, no
//! control or direction mark, no reserved device name, and fits with a date and an ending into 255 bytes.

use encoding_rs::GB18030;
use std::ffi::OsStr;
use std::path::Path;
use unicode_normalization::{UnicodeNormalization, is_nfc};

mod marks;

pub(super) use marks::SECRECY_MARKS;
pub use marks::{secrecy_marked, secrecy_marked_paragraphs, secrecy_marked_text};

/// Longest name we write, in characters.
pub const NAME_CHARS_MAX: usize = 80;
/// Longest name we write, in bytes: a date before it and an ending behind it still fit into the 255 of file systems.
pub const NAME_BYTES_MAX: usize = 200;
/// Longest part behind the last dot that counts as an extension, in characters.
const EXTENSION_CHARS_MAX: usize = 12;
/// How many files may carry one name, told apart by a number.
const SAME_NAME_FILES_MAX: u32 = 100_000;

/// A file name that is harmless everywhere: NFC, one path component, at most [`NAME_CHARS_MAX`] characters and
/// [`NAME_BYTES_MAX`] bytes with its extension kept; `未命名` when nothing is left.
pub fn safe(name: &str) -> String {
    let spaced = shown(name).chars().map(harmless).collect::<String>();
    let trimmed = spaced.trim_start_matches(['.', '-', '~', ' ', '\u{3000}']).trim_end_matches(['.', ' ', '\u{3000}']);
    let (stem, extension) = split(trimmed);
    let stem = shorten(stem, extension);
    match (stem.is_empty(), extension) {
        (true, "") => "未命名".to_owned(),
        (true, _) => format!("未命名.{extension}"),
        (false, "") => apart_from_devices(stem, ""),
        (false, _) => apart_from_devices(stem, extension),
    }
}

/// [`safe`] for a name made of a stem and an ending that tells it from others (`-5.docx`): only the stem is cut.
pub fn safe_with(stem: &str, suffix_with_extension: &str) -> String {
    let whole = safe(&format!("{stem}{suffix_with_extension}"));
    let suffix = shown(suffix_with_extension).chars().map(harmless).collect::<String>();
    let suffix = suffix.trim_end_matches(['.', ' ', '\u{3000}']);
    let (chars, bytes) = (suffix.chars().count(), suffix.len());
    if whole.ends_with(suffix) || chars >= NAME_CHARS_MAX || bytes >= NAME_BYTES_MAX {
        return whole;
    }
    let head = shown(stem).chars().map(harmless).collect::<String>();
    let head = head.trim_start_matches(['.', '-', '~', ' ', '\u{3000}']);
    let fits = |(at, sign): &(usize, char)| at + sign.len_utf8() <= NAME_BYTES_MAX - bytes;
    let most = head.char_indices().take(NAME_CHARS_MAX - chars).take_while(fits);
    let end = most.last().map_or(0, |(at, sign)| at + sign.len_utf8());
    // once more for a device's name; it fits now, so nothing more is cut
    safe(&format!("{}{suffix}", head.get(..end).unwrap_or_default().trim_end_matches(['.', ' ', '\u{3000}'])))
}

/// A name as it may be shown in a text: NFC, line breaks as spaces, without control, direction and zero-width characters.
pub fn shown(name: &str) -> String {
    name.nfc()
        .map(|sign| if matches!(sign, '\n' | '\r' | '\t') { ' ' } else { sign })
        .filter(|&sign| !invisible(sign))
        .collect()
}

/// A name as it was meant: UTF-8, or what Windows and old programs write, GBK. What is neither has `_` for what cannot be read.
pub fn meant(name: &OsStr) -> String {
    let raw = name.as_encoded_bytes();
    decoded(raw).unwrap_or_else(|| String::from_utf8_lossy(raw).replace('\u{fffd}', "_"))
}

/// UTF-8, unless that would be letters no office writes where GBK has Chinese ones.
pub(super) fn decoded(raw: &[u8]) -> Option<String> {
    let gbk = || GB18030.decode_without_bom_handling_and_without_replacement(raw).map(|text| text.into_owned());
    match std::str::from_utf8(raw) {
        Ok(text) if text.is_ascii() || text.chars().any(|c| c > '\u{7FF}') => Some(text.to_owned()),
        Ok(text) => gbk().or_else(|| Some(text.to_owned())),
        Err(_) => gbk(),
    }
}

/// [`shown`] for a path inside a package: its components joined by `/`.
pub fn shown_path(path: &Path) -> String {
    let parts = path.components().map(|part| shown(&meant(part.as_os_str())));
    parts.collect::<Vec<_>>().join("/")
}

/// What two names have in common when a Windows share takes them for one: NFC, lower case.
pub fn clash_key(name: &str) -> String {
    // most names are of such characters, and thousands are compared
    if name.chars().all(is_plain) {
        return name.to_ascii_lowercase();
    }
    let lower = |char: char| char.to_lowercase();
    if is_nfc(name) { name.chars().flat_map(lower).collect() } else { name.nfc().flat_map(lower).collect() }
}

/// A character that nothing composes, and that has no case but the one of ASCII.
fn is_plain(char: char) -> bool {
    char.is_ascii() || matches!(char, '\u{4E00}'..='\u{9FFF}' | '（' | '）' | '“' | '”' | '《' | '》' | '、')
}

/// `name`, or `name（2）`, `name（3）` … before its extension: the first that is not taken.
pub fn unique(name: &str, taken: impl Fn(&str) -> bool) -> String {
    numbered(name, first_free(name, taken))
}

/// The number of the first such name that is not taken; 1 is the name itself.
pub fn first_free(name: &str, taken: impl Fn(&str) -> bool) -> u32 {
    (1..SAME_NAME_FILES_MAX).find(|number| !taken(&numbered(name, *number))).unwrap_or(SAME_NAME_FILES_MAX)
}

/// A name with its number; 1 is the name itself.
pub fn numbered(name: &str, number: u32) -> String {
    if number < 2 {
        return name.to_owned();
    }
    let (stem, extension) = split(name);
    let dot = if extension.is_empty() { "" } else { "." };
    format!("{stem}（{number}）{dot}{extension}")
}

/// The part of a name before its extension.
pub fn stem(name: &str) -> &str {
    split(name).0
}

/// The extension in lower case, without the dot; empty when there is none.
pub fn extension(name: &str) -> String {
    split(name).1.to_lowercase()
}

/// True for a file that is not somebody's: lock files and temporaries of office programs, thumbnails, folder settings,
/// what file systems leave of deleted files, our own marker and temporaries. It may be deleted with the folder it lies
/// in, so a name that merely begins with `.` or `~` is not among them; nor is a folder so named.
pub fn is_junk(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_lowercase();
    let begins = |prefix: &&str| name.starts_with(prefix);
    let numbered = |prefix: &&str| {
        let rest = name.strip_prefix(prefix).map(|rest| rest.trim_end_matches(".tmp"));
        rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(|sign| sign.is_ascii_hexdigit()))
    };
    ["~$", ".~", "._", "~wps", ".fuse_hidden", ".banwen-"].iter().any(begins)
        || ["~wrd", "~wrl", "~wrf", "~wrc", ".nfs"].iter().any(numbered)
        || matches!(name.as_str(), ".ds_store" | "thumbs.db" | "desktop.ini" | "ehthumbs.db")
}

/// True for a folder that a storage device keeps its thumbnails in.
pub fn is_junk_folder(name: &OsStr) -> bool {
    name.to_string_lossy().eq_ignore_ascii_case("@eadir")
}

/// True for what stands in a 交件 folder itself and is not handed in: junk, and hidden things (recycle bins and snapshots
/// of shares, our own folders). It is left where it is and never answered.
pub fn is_left_alone(name: &OsStr) -> bool {
    is_junk(name) || is_junk_folder(name) || name.as_encoded_bytes().starts_with(b".")
}

/// True for what scanners write, page by page: pictures and PDF.
pub fn is_scan(name: &OsStr) -> bool {
    const SCANS: [&str; 6] = ["pdf", "tif", "tiff", "jpg", "jpeg", "png"];
    SCANS.contains(&extension(&name.to_string_lossy()).as_str())
}

/// True for what is not a file yet: downloads and copies under way, temporaries of editors.
pub fn is_partial(name: &OsStr) -> bool {
    const UNFINISHED: [&str; 13] = [
        "tmp",
        "temp",
        "part",
        "partial",
        "crdownload",
        "download",
        "opdownload",
        "filepart",
        "downloading",
        "td",
        "xltd",
        "aria2",
        "lock",
    ];
    let name = name.to_string_lossy();
    name.ends_with('~') || UNFINISHED.contains(&extension(&name).as_str())
}

fn invisible(sign: char) -> bool {
    sign.is_control()
        || matches!(sign, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffd}'..='\u{ffff}')
}

fn harmless(sign: char) -> char {
    if matches!(sign, '/' | '\\' | '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { sign }
}

fn split(name: &str) -> (&str, &str) {
    match name.rsplit_once('.') {
        Some((stem, extension))
            if !stem.is_empty()
                && !extension.is_empty()
                && extension.chars().count() <= EXTENSION_CHARS_MAX
                && extension.chars().all(char::is_alphanumeric) =>
        {
            (stem, extension)
        }
        Some(_) | None => (name, ""),
    }
}

fn shorten<'a>(stem: &'a str, extension: &str) -> &'a str {
    let chars_max = NAME_CHARS_MAX - extension.chars().count() - 1;
    let bytes_max = NAME_BYTES_MAX - extension.len() - 1;
    let fits = |(at, sign): &(usize, char)| at + sign.len_utf8() <= bytes_max;
    let end = stem.char_indices().take(chars_max).take_while(fits).last().map_or(0, |(at, sign)| at + sign.len_utf8());
    stem.get(..end).unwrap_or_default().trim_end_matches(['.', ' ', '\u{3000}'])
}

/// Windows takes `CON.txt` and `con.tar.gz` for the console: what stands before the first dot must not be a device.
fn apart_from_devices(stem: &str, extension: &str) -> String {
    let name = if extension.is_empty() { stem.to_owned() } else { format!("{stem}.{extension}") };
    let (first, rest) = name.split_once('.').map_or((name.as_str(), None), |(first, rest)| (first, Some(rest)));
    if !is_device(first.trim_end()) {
        return name;
    }
    match rest {
        Some(rest) => format!("{first}_.{rest}"),
        None => format!("{first}_"),
    }
}

fn is_device(word: &str) -> bool {
    let word = word.to_ascii_uppercase();
    let numbered = |prefix: &str| {
        word.strip_prefix(prefix).is_some_and(|rest| {
            rest.chars().count() == 1 && rest.contains(|sign: char| sign.is_ascii_digit() || "¹²³".contains(sign))
        })
    };
    matches!(word.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") || numbered("COM") || numbered("LPT")
}

#[cfg(test)]
mod tests;
