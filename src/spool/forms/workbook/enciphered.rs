//! Whether a file of before 2007 is enciphered: a workbook, a Word file, slides.

use super::compound::{Compound, u16_at, u32_at};
use super::xls::records;

/// In a workbook, the record that says how it is enciphered, and the one that ends what stands before its sheets.
const HOW: u16 = 0x002F;
const ENDS: u16 = 0x000A;
/// Where a Word file keeps what is true of it, and the bit that says it.
const WORD_FLAGS_BYTE: usize = 10;
const WORD_ENCIPHERED: u16 = 0x0100;
/// Where slides say what they are, and what they say when they are enciphered.
const SLIDES_SIGN_BYTE: usize = 12;
const SLIDES_ENCIPHERED: u32 = 0xF3D1_C4DF;

/// Whether it is; false of what is no such file, or cannot be read.
pub(in crate::spool::forms) fn is_enciphered(bytes: &[u8]) -> bool {
    let Some(file) = Compound::open(bytes) else { return false };
    let book = |name: &str| {
        let stream = file.stream(name).unwrap_or_default();
        records(&stream).take_while(|record| record.kind != ENDS).any(|record| record.kind == HOW)
    };
    let word = file.stream("WordDocument").and_then(|stream| u16_at(&stream, WORD_FLAGS_BYTE)).unwrap_or_default();
    let slides = file.stream("Current User").and_then(|stream| u32_at(&stream, SLIDES_SIGN_BYTE));
    book("Workbook") || book("Book") || word & WORD_ENCIPHERED != 0 || slides == Some(SLIDES_ENCIPHERED)
}
