//! What a picture says besides what it shows: comments, the particulars a camera or a telephone writes, and where it was taken.
//!
//! Limits: of a JPEG 2000 picture the boxes beside it are read; packed comments of a PNG are not unpacked, and stop what they stand in; of formats other than JPEG and PNG the first [`OTHERS_BYTES_MAX`] are read
//! for texts.

use super::{Finding, FindingKind};

/// Bytes of a GIF, BMP, TIFF or WebP that are read for texts.
const OTHERS_BYTES_MAX: usize = 1024 * 1024;
/// Shortest row of characters that may be a particular.
const TEXT_BYTES_MIN: usize = 6;
/// Tag of a picture's particulars that leads to where it was taken.
const GPS: u16 = 0x8825;
/// Tags of latitude and longitude.
const DEGREES: [u16; 2] = [2, 4];

/// How a JPEG 2000 file begins.
const JPEG_2000: &[u8] = b"\0\0\0\x0CjP  \r\n\x87\n";
/// Bytes of the name of a maker's own box.
const MAKER_BYTES: usize = 16;

/// A picture's particulars.
#[derive(Default)]
pub(super) struct Picture {
    /// texts found in it
    pub(super) texts: Vec<String>,
    located: bool,
    /// it has comments that are not unpacked
    packed: bool,
}

impl Picture {
    /// Where it was taken, when it says so, and what in it cannot be read.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let found = [
            (self.located, FindingKind::Whereabouts, "（经纬度）"),
            (self.packed, FindingKind::Packed, "（读不出，请把图片另存为 JPG）"),
        ];
        let finding =
            |kind, masked: &str| Finding { kind, masked: masked.to_owned(), line: 1, column: 1, within: String::new() };
        found.into_iter().filter(|(is, ..)| *is).map(|(_, kind, masked)| finding(kind, masked)).collect()
    }

    fn take(&mut self, payload: &[u8]) {
        self.texts.extend(strings(payload));
        let tiff = payload.strip_prefix(b"Exif\0\0").unwrap_or(payload);
        self.located |= located(tiff).unwrap_or(false);
    }
}

/// What a picture says besides what it shows: texts, and what is found in it otherwise than in a text.
pub fn picture_says(bytes: &[u8]) -> (Vec<String>, Vec<Finding>) {
    let picture = read(bytes).unwrap_or_default();
    let found = picture.findings();
    (picture.texts, found)
}

/// The particulars of a picture; nothing when it is none.
pub(super) fn read(bytes: &[u8]) -> Option<Picture> {
    let mut picture = Picture::default();
    if bytes.starts_with(&[0xFF, 0xD8]) {
        jpeg(bytes, &mut picture);
    } else if bytes.starts_with(b"\x89PNG\r\n\x1A\n") {
        png(bytes, &mut picture);
    } else if bytes.starts_with(JPEG_2000) {
        boxes(bytes, &mut picture);
    } else if [&b"\xFF\x4F\xFF\x51"[..], b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF"]
        .iter()
        .any(|start| bytes.starts_with(start))
    {
        picture.take(&bytes[..bytes.len().min(OTHERS_BYTES_MAX)]);
    } else {
        return None;
    }
    Some(picture)
}

/// The segments before the picture itself: particulars and comments.
fn jpeg(bytes: &[u8], picture: &mut Picture) {
    let mut rest = bytes.get(2..).unwrap_or_default();
    while let [0xFF, marker, high, low, ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let Some(payload) = rest.get(4..length + 2).filter(|_| length >= 2) else { return };
        match marker {
            0xE0..=0xEF | 0xFE => picture.take(payload),
            // the picture begins
            0xDA => return,
            _ => {}
        }
        rest = rest.get(length + 2..).unwrap_or_default();
    }
}

/// The boxes of a JPEG 2000 file, but for the picture itself: a maker's own has a name before its particulars.
fn boxes(bytes: &[u8], picture: &mut Picture) {
    let mut rest = bytes;
    while let Some((head, after)) = rest.split_at_checked(8) {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
        let (begins, ends) = match (length, after.first_chunk::<8>()) {
            // to the end of the file
            (0, _) => (8, rest.len()),
            (1, Some(long)) => (16, usize::try_from(u64::from_be_bytes(*long)).unwrap_or(usize::MAX)),
            (length, _) => (8, usize::try_from(length).unwrap_or(usize::MAX)),
        };
        let Some(payload) = rest.get(begins..ends.min(rest.len())) else { return };
        let payload = &payload[..payload.len().min(OTHERS_BYTES_MAX)];
        match &head[4..] {
            b"jp2c" => {}
            b"uuid" => picture.take(payload.get(MAKER_BYTES..).unwrap_or_default()),
            _ => picture.take(payload),
        }
        rest = rest.get(ends..).unwrap_or_default();
    }
}

fn png(bytes: &[u8], picture: &mut Picture) {
    let mut rest = bytes.get(8..).unwrap_or_default();
    while let Some((head, after)) = rest.split_at_checked(8) {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
        let Some(payload) = usize::try_from(length).ok().and_then(|length| after.get(..length)) else { return };
        match &head[4..] {
            b"zTXt" => picture.packed = true,
            b"iTXt" if is_packed(payload) => picture.packed = true,
            b"tEXt" | b"iTXt" | b"eXIf" => picture.take(payload),
            _ => {}
        }
        rest = after.get(payload.len() + 4..).unwrap_or_default();
    }
}

/// Whether a text that has a keyword, and a mark behind it, is packed.
fn is_packed(text: &[u8]) -> bool {
    let end = text.iter().position(|byte| *byte == 0);
    end.and_then(|end| text.get(end + 1)).is_some_and(|mark| *mark != 0)
}

/// Whether particulars (TIFF) hold degrees of latitude or longitude.
fn located(tiff: &[u8]) -> Option<bool> {
    let little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let two = |at: usize| -> Option<u16> {
        let pair: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
    };
    let four = |at: usize| -> Option<usize> {
        let word: [u8; 4] = tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        usize::try_from(if little { u32::from_le_bytes(word) } else { u32::from_be_bytes(word) }).ok()
    };
    let entry = |list: usize, wanted: &[u16]| -> Option<usize> {
        let count = usize::from(two(list)?);
        let entries = (0..count).map_while(|n| list.checked_add(2 + n * 12));
        entries.into_iter().find(|at| two(*at).is_some_and(|tag| wanted.contains(&tag)))
    };
    let place = four(entry(four(4)?, &[GPS])? + 8)?;
    let degrees = entry(place, &DEGREES)?;
    let values = four(degrees + 8)?;
    // three fractions; all nothing is what a telephone without reception writes
    Some((0..3).any(|n| four(values.saturating_add(n * 8)).is_some_and(|over| over != 0)))
}

/// The rows of characters in bytes that are no text: as ASCII and UTF-8, and in two bytes each.
pub(super) fn strings(bytes: &[u8]) -> Vec<String> {
    let long = |text: &str| text.split('\n').any(|row| row.len() >= TEXT_BYTES_MIN);
    let clean = |text: String| -> String {
        text.chars().map(|c| if c.is_control() || c == char::REPLACEMENT_CHARACTER { '\n' } else { c }).collect()
    };
    let wide = |from: usize, join: fn([u8; 2]) -> u16| {
        let units = bytes.get(from..).unwrap_or_default().chunks_exact(2).map(|pair| join([pair[0], pair[1]]));
        clean(String::from_utf16_lossy(&units.collect::<Vec<u16>>()))
    };
    let all =
        [clean(String::from_utf8_lossy(bytes).into_owned()), wide(0, u16::from_le_bytes), wide(1, u16::from_le_bytes)];
    all.into_iter().filter(|text| long(text)).collect()
}
