//! Encodings: what the bytes of a text file say, recognised by the bytes themselves.
//!
//! UTF-8 and UTF-16 (both orders) with or without their mark, GB18030 in its mapping of 2022, and so GBK and GB2312. Only a
//! text that decodes without a single error is one; what is neither, or was damaged on its way, is a sentence with its line.

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

/// The mark of GB18030: U+FEFF in it.
const GB18030_MARK: [u8; 4] = [0x84, 0x31, 0x95, 0x33];
/// Bytes looked at to tell UTF-16 without a mark from others.
const LOOKED_AT_BYTES: usize = 4096;

/// A text, and what its encoding was taken for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decoded {
    pub(super) text: String,
    /// the encoding's name, where nothing in the file names it
    pub(super) guessed: Option<&'static str>,
}

/// Reads a text file.
///
/// # Errors
/// A sentence that says where it cannot be read and what to do.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded, String> {
    if let Some(rest) = bytes.strip_prefix(&GB18030_MARK) {
        return whole(GB18030, rest).map(|text| Decoded { text, guessed: None }).ok_or_else(|| broken(bytes));
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let rest = bytes.get(mark..).unwrap_or_default();
        let text = whole(encoding, rest).ok_or_else(|| if encoding == UTF_8 { damaged(rest) } else { broken(rest) })?;
        return Ok(Decoded { text, guessed: None });
    }
    if let Some(encoding) = wide(bytes) {
        let text = whole(encoding, bytes).ok_or_else(|| broken(bytes))?;
        return Ok(Decoded { text, guessed: Some(encoding.name()) });
    }
    if let Some(text) = whole(UTF_8, bytes) {
        return Ok(Decoded { text, guessed: None });
    }
    // a few bad bytes in a text of UTF-8 are characters of GB18030 too, but other ones than were written
    if mostly_utf8(bytes) {
        return Err(damaged(bytes));
    }
    whole(GB18030, bytes).map(|text| Decoded { text, guessed: Some(GB18030.name()) }).ok_or_else(|| broken(bytes))
}

/// The text, when every byte is of this encoding and no character is one that no text has.
fn whole(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    let (text, errors) = encoding.decode_without_bom_handling(bytes);
    let strange = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{85}');
    (!errors && !text.contains(strange)).then(|| text.into_owned())
}

/// UTF-16 by its zeros: every line break, comma and digit has one, always on the same side.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let pairs = bytes.get(..bytes.len().min(LOOKED_AT_BYTES)).unwrap_or_default().chunks_exact(2);
    let (mut first, mut second) = (0, 0);
    for pair in pairs {
        first += usize::from(pair.first() == Some(&0));
        second += usize::from(pair.last() == Some(&0));
    }
    match (first, second, bytes.len() % 2) {
        (0, 1.., 0) => Some(UTF_16LE),
        (1.., 0, 0) => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether most of what is not ASCII is whole characters of UTF-8.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad * 2
}

fn damaged(bytes: &[u8]) -> String {
    let line = std::str::from_utf8(bytes).map_or_else(|error| line_of(bytes, error.valid_up_to()), |_| 1);
    format!(
        "第{line}行有损坏的字节，读不出原来的字（文件是 UTF-8 编码）。请对照原件改正这一行，或者另存为 .xlsx 表格再交。"
    )
}

fn line_of(bytes: &[u8], place: usize) -> usize {
    1 + bytes.get(..place).unwrap_or_default().iter().filter(|byte| **byte == b'\n').count()
}

fn broken(bytes: &[u8]) -> String {
    if bytes.contains(&0) {
        return "认不出这个文件。请交填好的 .xlsx 表格。".to_string();
    }
    "认不出这个文件的文字编码（不是 UTF-8，也不是 GB18030、GBK），可能已经损坏。请交填好的 .xlsx 表格，或者用 UTF-8 编码另存。"
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(bytes: &[u8]) -> (String, Option<&'static str>) {
        let decoded = decode(bytes).unwrap();
        (decoded.text, decoded.guessed)
    }

    #[test]
    fn every_encoding_an_office_saves_in_is_told_from_the_others() {
        let text = "姓名,备注\r\n张三,何䶮、𬭊㛃\r\n";
        let gb = GB18030.encode(text).0.into_owned();
        let wide = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
        let (little, big) = (wide(u16::to_le_bytes), wide(u16::to_be_bytes));
        assert_eq!(guessed(text.as_bytes()), (text.to_string(), None));
        assert_eq!(guessed(&gb), (text.to_string(), Some("gb18030")));
        assert_eq!(guessed(&little), (text.to_string(), Some("UTF-16LE")));
        assert_eq!(guessed(&big), (text.to_string(), Some("UTF-16BE")));
        let marks: [(&[u8], &[u8]); 4] =
            [(b"\xEF\xBB\xBF", text.as_bytes()), (b"\xFF\xFE", &little), (b"\xFE\xFF", &big), (&GB18030_MARK, &gb)];
        for (mark, rest) in marks {
            assert_eq!(guessed(&[mark, rest].concat()), (text.to_string(), None), "{mark:?}");
        }
    }

    #[test]
    fn gb18030_is_read_as_of_2022() {
        // the eighteen code points that moved, and what they moved to
        let moved: [(&[u8], char); 18] = [
            (b"\xA6\xD9", '\u{FE10}'),
            (b"\xA6\xDA", '\u{FE12}'),
            (b"\xA6\xDB", '\u{FE11}'),
            (b"\xA6\xDC", '\u{FE13}'),
            (b"\xA6\xDD", '\u{FE14}'),
            (b"\xA6\xDE", '\u{FE15}'),
            (b"\xA6\xDF", '\u{FE16}'),
            (b"\xA6\xEC", '\u{FE17}'),
            (b"\xA6\xED", '\u{FE18}'),
            (b"\xA6\xF3", '\u{FE19}'),
            (b"\xFE\x59", '\u{9FB4}'),
            (b"\xFE\x61", '\u{9FB5}'),
            (b"\xFE\x66", '\u{9FB6}'),
            (b"\xFE\x67", '\u{9FB7}'),
            (b"\xFE\x6D", '\u{9FB8}'),
            (b"\xFE\x7E", '\u{9FB9}'),
            (b"\xFE\x90", '\u{9FBA}'),
            (b"\xFE\xA0", '\u{9FBB}'),
        ];
        for (bytes, wanted) in moved {
            assert_eq!(guessed(bytes), (wanted.to_string(), Some("gb18030")), "{bytes:?}");
        }
        assert_eq!("\u{FE10}".as_bytes(), b"\xEF\xB8\x90");
        // a character beyond the basic plane has four bytes
        assert_eq!(guessed(b"\x95\x32\x82\x36").0, "\u{20000}");
    }

    #[test]
    fn what_is_damaged_is_refused_with_its_line() {
        let mut text = "姓名: 张三\n单位: 香泉镇\n备注: 无异议\n".as_bytes().to_vec();
        let at = text.iter().rposition(|byte| *byte == b'\n').unwrap() - 4;
        text[at] = 0xFF;
        assert!(decode(&text).unwrap_err().starts_with("第3行"), "{:?}", decode(&text));
        assert!(decode(&[0xC4, 0xE3, 0xFF, 0x00, 0x41]).unwrap_err().starts_with("认不出"));
        assert!(decode(b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR").is_err());
        assert!(decode(&[0xFF, 0xFE, 0x00, 0xD8]).is_err());
    }
}
