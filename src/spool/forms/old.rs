//! The beginning of a file of before 2007, for those who look for a mark there.

use super::workbook::{self, xls};

/// Characters of text that are looked at, of a workbook in each sheet.
const HEAD_CHARACTERS: usize = 4_096;
/// Characters of a Word file in which its text begins: what stands before it are tables of numbers.
const BEFORE_TEXT_UNITS: usize = 64 * 1024;

/// Cells of a workbook in the order they stand, or the paragraphs of a Word file, as far as its characters are kept two bytes each.
pub(super) fn head(bytes: &[u8]) -> Option<String> {
    if let Ok(sheets) = xls::sheets("", bytes) {
        return Some(workbook::beginning(&sheets, HEAD_CHARACTERS));
    }
    let units = bytes.chunks_exact(2).take(BEFORE_TEXT_UNITS).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    let text: String = char::decode_utf16(units)
        .map(|c| match c {
            // ends of paragraphs, cells and pages, and what is no text
            Ok(c) if c.is_control() => '\n',
            Ok(c) => c,
            Err(_) => '\n',
        })
        .collect();
    Some(text)
}
