//! Names: what files may be called that others see, on Linux and on Windows shares alike.
//!
//! A name that comes from an office is data: [`safe`] makes a single path component of it that holds no separator, no
//! control or direction mark, no reserved device name, and fits with a date and an ending into 255 bytes.

use std::ffi::OsStr;
use std::path::Path;
use unicode_normalization::{UnicodeNormalization, is_nfc};

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

/// [`shown`] for a path inside a package: its components joined by `/`.
pub fn shown_path(path: &Path) -> String {
    let parts = path.components().map(|part| shown(&part.as_os_str().to_string_lossy()));
    parts.collect::<Vec<_>>().join("/")
}

/// What two names have in common when a Windows share takes them for one: NFC, lower case.
pub fn clash_key(name: &str) -> String {
    let lower = |char: char| char.to_lowercase();
    if is_nfc(name) { name.chars().flat_map(lower).collect() } else { name.nfc().flat_map(lower).collect() }
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

/// The secrecy mark a file name bears (绝密, 机密, 秘密), if any: a mark at its start or end, in brackets or between
/// separators, or before the star. Names that merely speak of it (计算机密码, 国家秘密, 秘密投票) bear none.
pub fn secrecy_marked(name: &str) -> Option<&'static str> {
    const OPEN: [char; 12] = ['(', '（', '[', '［', '【', '〔', '〈', '《', '<', '{', '-', '_'];
    const CLOSE: [char; 12] = [')', '）', ']', '］', '】', '〕', '〉', '》', '>', '}', '-', '_'];
    let mut plain = name.nfc().filter(|sign| !sign.is_whitespace() && !invisible(*sign)).collect::<String>();
    for speaking in ["国家秘密", "商业秘密", "工作秘密", "技术秘密", "保守秘密", "秘密投票", "秘密写票"]
    {
        // what stands there instead is no end of the name
        plain = plain.replace(speaking, "□");
    }
    let bare = stem(&plain);
    let stands = |mark: &str| {
        bare.match_indices(mark).any(|(at, _)| {
            let (before, after) = (&bare[..at], &bare[at + mark.len()..]);
            let enclosed = before.ends_with(OPEN) && after.strip_prefix('级').unwrap_or(after).starts_with(CLOSE);
            before.is_empty() || after.is_empty() || enclosed || after.starts_with(STARS)
        })
    };
    SECRECY_MARKS.into_iter().find(|mark| stands(mark))
}

/// The secrecy mark among the paragraphs or cells of a text (one a line), if any: one that stands alone, perhaps in
/// brackets or behind 密级, or one before the star. A sentence that speaks of secrets bears none.
pub fn secrecy_marked_paragraphs(text: &str) -> Option<&'static str> {
    let bracket = |sign: char| "【】[]［］()（）〔〕《》<>“”\"".contains(sign);
    text.lines().find_map(|line| {
        let line = line.chars().filter(|sign| !sign.is_whitespace() && !invisible(*sign)).collect::<String>();
        let bare = line.trim_matches(bracket);
        let bare = ["密级：", "密级:", "密级"].iter().find_map(|label| bare.strip_prefix(label)).unwrap_or(bare);
        let bare = bare.trim_matches(bracket);
        let starred = |mark: &str| STARS.iter().any(|star| line.contains(&format!("{mark}{star}")));
        SECRECY_MARKS.into_iter().find(|mark| bare == *mark || starred(mark))
    })
}

/// The secrecy mark at the head of a text, if any: a mark that stands alone (on its line, in brackets, as a value) or
/// before the star (`机密★10年`). A sentence that speaks of secrets bears none. Reads UTF-8, UTF-16 with a mark, GB18030.
pub fn secrecy_marked_text(head: &[u8]) -> Option<&'static str> {
    if let [0xff, 0xfe, rest @ ..] = head {
        let units = rest.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        return marked_in(&char::decode_utf16(units).map(|sign| sign.unwrap_or('\u{fffd}')).collect::<String>());
    }
    let text = String::from_utf8_lossy(head);
    // The head may end inside a character, so one unreadable sign at its end does not make it another encoding.
    if text.trim_end_matches('\u{fffd}').contains('\u{fffd}') { marked_in_gb(head) } else { marked_in(&text) }
}

/// 密级, the gravest first.
pub(super) const SECRECY_MARKS: [&str; 3] = ["绝密", "机密", "秘密"];
const STARS: [char; 2] = ['★', '☆'];

fn marked_in(text: &str) -> Option<&'static str> {
    let apart = |sign: char| "\r\n:：,，;；{}[]【】()（）〔〕《》<>\"'“”#|*".contains(sign);
    text.split(apart).find_map(|token| {
        let token = token.chars().filter(|sign| !sign.is_whitespace() && !invisible(*sign)).collect::<String>();
        SECRECY_MARKS
            .into_iter()
            .find(|mark| token.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with(STARS)))
    })
}

fn marked_in_gb(bytes: &[u8]) -> Option<&'static str> {
    const MARKS: [([u8; 4], &str); 3] =
        [([0xbe, 0xf8, 0xc3, 0xdc], "绝密"), ([0xbb, 0xfa, 0xc3, 0xdc], "机密"), ([0xc3, 0xd8, 0xc3, 0xdc], "秘密")];
    const STAR: [u8; 2] = [0xa1, 0xef];
    let ends =
        |rest: &[u8]| rest.is_empty() || rest.starts_with(&STAR) || matches!(rest.first(), Some(b'\r' | b'\n' | b'"'));
    MARKS.into_iter().find_map(|(mark, word)| {
        let stands = |at: usize| bytes.get(at..).and_then(|tail| tail.strip_prefix(&mark)).is_some_and(ends);
        (0..bytes.len()).any(stands).then_some(word)
    })
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
