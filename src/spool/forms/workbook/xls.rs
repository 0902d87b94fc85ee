//! Sheets of a workbook of before 2007 (`.xls`, WPS `.et`: BIFF8), read record by record within the limits of every workbook.
//!
//! A reader of our own: the common one makes room for as many cells as the file says it has, and follows chains without end.

use super::compound::{Compound, u16_at, u32_at};
use super::load::{self, Gathering, Sheet, broken, locked};
use super::struck;
use crate::spool::forms::{SHARED_TEXTS_BYTES_MAX, WORKBOOK_CELLS_MAX, package, tree};
use crate::submission::{Fault, Raw};
use calamine::{Dimensions, ExcelDateTime, ExcelDateTimeType};
use std::collections::BTreeMap;

/// The version in a workbook's first record; 0x0500 is the format of 1995.
const BIFF8: u16 = 0x0600;
/// Formats of days and times that have a number only.
const DAY_FORMATS: [std::ops::RangeInclusive<u16>; 4] = [14..=22, 27..=36, 45..=47, 50..=58];

/// Formats of percentages that have a number only.
const PERCENT_FORMATS: [u16; 2] = [9, 10];
/// Records of one cell.
const CELLS: [u16; 7] = [0x0203, 0x027E, 0x00FD, 0x0204, 0x00D6, 0x0205, 0x0006];

/// A record, in the pieces that it was cut into.
pub(super) struct Record<'a> {
    pub(super) kind: u16,
    pieces: Vec<&'a [u8]>,
}

/// What the records before the sheets say.
#[derive(Default)]
struct Globals {
    /// where each sheet begins, its name, whether it is hidden
    sheets: Vec<(usize, String, bool)>,
    /// those of runs marked as [`struck`] has it
    texts: Vec<String>,
    /// whether each face strikes words out
    faces: Vec<bool>,
    /// face and format of each kind of cell
    kinds: Vec<(u16, u16)>,
    /// the signs of formats with a text
    formats: BTreeMap<u16, String>,
    since_1904: bool,
}

/// All sheets of the workbook.
pub(in crate::spool::forms) fn sheets(name: &str, bytes: &[u8]) -> Result<Vec<Sheet>, Fault> {
    let file = Compound::open(bytes).ok_or_else(|| Fault::at(name, package::old_or_locked(bytes)))?;
    if file.has("EncryptedPackage") {
        return Err(locked(name));
    }
    if file.has("WordDocument") {
        return Err(Fault::at(
            name,
            "这是 Word 文档，不是 Excel 表格（改扩展名不能转换）。请把内容填进 .xlsx 表格再交。",
        ));
    }
    let old = "这是旧格式文件，读不出来。请在 WPS 或 Excel 中打开，“另存为” Excel 工作簿（.xlsx）再交。";
    let stream = file.stream("Workbook").ok_or_else(|| Fault::at(name, old))?;
    let globals = globals(name, &stream)?;
    let mut gathering = Gathering::new(name);
    for (start, title, hidden) in &globals.sheets {
        gathering.begin(title, *hidden)?;
        gathering.since_1904(globals.since_1904);
        sheet(&mut gathering, &globals, stream.get(*start..).unwrap_or_default())?;
        gathering.unmark();
    }
    Ok(gathering.sheets)
}

/// Whether pictures stand in it: all of them lie in one store, within what its drawings share.
pub(in crate::spool::forms) fn has_pictures(bytes: &[u8]) -> bool {
    const DRAWINGS: u16 = 0x00EB;
    const ENDS: u16 = 0x000A;
    let stream = Compound::open(bytes).and_then(|file| file.stream("Workbook"));
    let stream = stream.unwrap_or_default();
    let mut globals = records(&stream).take_while(|record| record.kind != ENDS);
    globals.any(|record| record.kind == DRAWINGS && stores_pictures(record.pieces.first().copied().unwrap_or_default()))
}

/// Of the parts of what drawings share one is the store of pictures; it is only there when it has some.
fn stores_pictures(drawings: &[u8]) -> bool {
    const STORE: u16 = 0xF001;
    const HEAD_BYTES: usize = 8;
    let mut rest = drawings.get(HEAD_BYTES..).unwrap_or_default();
    while let (Some(kind), Some(length)) = (u16_at(rest, 2), u32_at(rest, 4)) {
        if kind == STORE {
            return length > 0;
        }
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        rest = rest.get(length.saturating_add(HEAD_BYTES)..).unwrap_or_default();
    }
    false
}

/// The records from here on, each with what goes on with it.
pub(super) fn records(stream: &[u8]) -> impl Iterator<Item = Record<'_>> {
    const GOES_ON: u16 = 0x003C;
    let mut rest = stream;
    let piece =
        |rest: &mut &'_ [u8]| -> Option<(u16, usize)> { Some((u16_at(rest, 0)?, usize::from(u16_at(rest, 2)?))) };
    std::iter::from_fn(move || {
        let (kind, length) = piece(&mut rest)?;
        let mut pieces = vec![rest.get(4..4 + length)?];
        rest = rest.get(4 + length..)?;
        while let Some((GOES_ON, length)) = piece(&mut rest) {
            let Some(more) = rest.get(4..4 + length) else { break };
            pieces.push(more);
            rest = rest.get(4 + length..)?;
        }
        Some(Record { kind, pieces })
    })
}

fn globals(name: &str, stream: &[u8]) -> Result<Globals, Fault> {
    let mut globals = Globals::default();
    for (n, record) in records(stream).enumerate() {
        let data = record.pieces.first().copied().unwrap_or_default();
        match record.kind {
            0x0809 if n == 0 && u16_at(data, 0) == Some(BIFF8) => {}
            _ if n == 0 => {
                let say =
                    "这是1995年的旧格式，读不出来。请在 WPS 或 Excel 中打开，“另存为” Excel 工作簿（.xlsx）再交。";
                return Err(Fault::at(name, say));
            }
            0x002F => return Err(locked(name)),
            0x0022 => globals.since_1904 = u16_at(data, 0) == Some(1),
            0x0031 => globals.faces.push(u16_at(data, 2).is_some_and(|how| how & 8 != 0)),
            0x00E0 => globals.kinds.extend(u16_at(data, 0).zip(u16_at(data, 2))),
            0x041E => {
                let mut text = Text { pieces: &record.pieces, at: 2 };
                let format = text.characters_counted_wide().unwrap_or_default();
                globals.formats.extend(u16_at(data, 0).map(|id| (id, load::signs(&format))));
            }
            0x0085 => {
                // charts and macros have no cells
                if let (Some(start), Some([hidden, 0])) = (u32_at(data, 0), data.get(4..6)) {
                    let mut text = Text { pieces: &record.pieces, at: 6 };
                    let title = text.characters_counted_narrow().ok_or_else(|| broken(name))?;
                    globals.sheets.push((usize::try_from(start).unwrap_or(usize::MAX), title, hidden & 3 != 0));
                }
            }
            0x00FC => globals.texts = texts(name, &record.pieces, &globals.faces)?,
            0x000A => break,
            _ => {}
        }
    }
    Ok(globals)
}

/// The table of texts that cells share.
fn texts(name: &str, pieces: &[&[u8]], faces: &[bool]) -> Result<Vec<String>, Fault> {
    let mut reader = Text { pieces, at: 8 };
    let mut found = Vec::new();
    let mut bytes = 0;
    while let Some(text) = reader.shared(faces) {
        bytes += text.len() as u64;
        found.push(text);
        if bytes > SHARED_TEXTS_BYTES_MAX || found.len() > WORKBOOK_CELLS_MAX {
            return Err(load::too_many_texts(name));
        }
    }
    Ok(found)
}

fn sheet(gathering: &mut Gathering, globals: &Globals, stream: &[u8]) -> Result<(), Fault> {
    // charts within a sheet have records of their own
    let mut depth = 0;
    for record in records(stream) {
        let data = record.pieces.first().copied().unwrap_or_default();
        depth += i32::from(record.kind == 0x0809) - i32::from(record.kind == 0x000A);
        if depth <= 0 {
            break;
        }
        if depth > 1 {
            continue;
        }
        if record.kind == 0x00E5 {
            for merged in data.get(2..).unwrap_or_default().chunks_exact(8) {
                let word = |at| u16_at(merged, at).map(u32::from).unwrap_or_default();
                gathering.merge(Dimensions::new((word(0), word(4)), (word(2), word(6))))?;
            }
            continue;
        }
        // the width of columns, and whether they are seen
        if record.kind == 0x007D && u16_at(data, 8).is_some_and(|how| how & 1 != 0) {
            let word = |at| u16_at(data, at).map(u32::from).unwrap_or_default();
            gathering.hide_columns(word(0), word(2));
            continue;
        }
        cells(gathering, globals, &record)?;
    }
    Ok(())
}

/// Puts what a record says of cells into the sheet.
fn cells(gathering: &mut Gathering, globals: &Globals, record: &Record<'_>) -> Result<(), Fault> {
    let data = record.pieces.first().copied().unwrap_or_default();
    let (Some(row), Some(column)) = (u16_at(data, 0).map(u32::from), u16_at(data, 2).map(u32::from)) else {
        return Ok(());
    };
    let number = |kind: usize, value: f64| globals.number(u16_at(data, kind), value);
    match record.kind {
        0x0203 => {
            let value = data.get(6..14).and_then(|bytes| bytes.try_into().ok()).map(f64::from_le_bytes);
            gathering.put((row, column), "", || value.map_or(Raw::Empty, |value| number(4, value)))?;
        }
        0x027E => {
            let value = u32_at(data, 6).map(packed);
            gathering.put((row, column), "", || value.map_or(Raw::Empty, |value| number(4, value)))?;
        }
        0x00BD => {
            let cells = data.get(4..data.len().saturating_sub(2)).unwrap_or_default();
            for (n, cell) in (0..).zip(cells.chunks_exact(6)) {
                let value = u32_at(cell, 2).map(packed).unwrap_or_default();
                gathering.put((row, column + n), "", || globals.number(u16_at(cell, 0), value))?;
                if globals.strikes(u16_at(cell, 0)) {
                    gathering.strike((row, column + n));
                }
            }
        }
        0x00FD => {
            let text = u32_at(data, 6).and_then(|at| globals.texts.get(usize::try_from(at).ok()?));
            let text = text.map(String::as_str).unwrap_or_default();
            gathering.put((row, column), text, || tree::trimmed(text))?;
        }
        0x0204 | 0x00D6 => {
            let text = Text { pieces: &record.pieces, at: 6 }.characters_counted_wide().unwrap_or_default();
            gathering.put((row, column), &text, || tree::trimmed(&text))?;
        }
        0x0205 => {
            let raw = match data.get(6..8) {
                Some([value, 0]) => Raw::Flag(*value != 0),
                Some(_) | None => Raw::Broken("#".to_owned()),
            };
            gathering.put((row, column), "", || raw)?;
        }
        // a row's height and whether it is seen
        0x0208 if u16_at(data, 12).is_some_and(|how| how & 0x20 != 0) => gathering.hide(row),
        0x0006 => gathering.put((row, column), "", || Raw::Formula("=".to_owned()))?,
        _ => {}
    }
    if CELLS.contains(&record.kind) && globals.strikes(u16_at(data, 4)) {
        gathering.strike((row, column));
    }
    Ok(())
}

impl Globals {
    /// A number as its cell shows it: a day or a percentage where its format is one.
    fn number(&self, kind: Option<u16>, value: f64) -> Raw {
        let kind = kind.and_then(|kind| self.kinds.get(usize::from(kind)));
        let format = kind.map(|(_, format)| *format).unwrap_or_default();
        let signs = self.formats.get(&format).map(String::as_str);
        let is_day = |signs: &str| signs.contains(|sign: char| "ymdhsYMDHS".contains(sign));
        if signs.map_or_else(|| DAY_FORMATS.iter().any(|range| range.contains(&format)), is_day) {
            return load::date(&ExcelDateTime::new(value, ExcelDateTimeType::DateTime, self.since_1904));
        }
        let raw = Raw::Number(value);
        let percent = signs.map_or_else(|| PERCENT_FORMATS.contains(&format), |signs| signs.contains('%'));
        if percent { load::percent(&raw) } else { raw }
    }

    /// Whether a kind of cell is struck out.
    fn strikes(&self, kind: Option<u16>) -> bool {
        let face = kind.and_then(|kind| self.kinds.get(usize::from(kind))).map(|(face, _)| *face);
        face.is_some_and(|face| strikes(&self.faces, face))
    }
}

/// Whether a face strikes words out; none has the number 4, and those behind it are counted on.
fn strikes(faces: &[bool], face: u16) -> bool {
    let place = usize::from(if face > 4 { face - 1 } else { face });
    faces.get(place).is_some_and(|strikes| *strikes)
}

/// A number in four bytes: the upper half of a double, or a whole number; perhaps a hundredth of it.
fn packed(word: u32) -> f64 {
    let whole = word & 2 != 0;
    let value = if whole { f64::from(word.cast_signed() >> 2) } else { f64::from_bits(u64::from(word & !3) << 32) };
    if word & 1 != 0 { value / 100.0 } else { value }
}

/// Reads texts of a record; one may be cut, and then every piece says anew how wide its characters are.
struct Text<'a> {
    pieces: &'a [&'a [u8]],
    at: usize,
}

impl Text<'_> {
    /// The next bytes, which a cut does not part in their meaning.
    fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            let left = self.pieces.first()?.len().checked_sub(self.at)?;
            let step = left.min(count);
            count -= step;
            self.at += step;
            if count > 0 {
                self.next_piece()?;
            }
        }
        Some(())
    }

    fn next_piece(&mut self) -> Option<()> {
        (self.pieces, self.at) = (self.pieces.get(1..).filter(|rest| !rest.is_empty())?, 0);
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.pieces.first()?.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn word(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn characters_counted_wide(&mut self) -> Option<String> {
        let count = self.word()?;
        let flags = self.byte()?;
        self.characters(usize::from(count), flags & 1 != 0)
    }

    fn characters_counted_narrow(&mut self) -> Option<String> {
        let count = self.byte()?;
        let flags = self.byte()?;
        self.characters(usize::from(count), flags & 1 != 0)
    }

    /// One text of the shared table without the runs that are struck out, marked where it has runs; its readings are passed over.
    fn shared(&mut self, faces: &[bool]) -> Option<String> {
        if self.pieces.first()?.len() == self.at {
            self.next_piece()?;
        }
        let count = usize::from(self.word()?);
        let flags = self.byte()?;
        let runs = if flags & 8 != 0 { self.word()? } else { 0 };
        let more = if flags & 4 != 0 { u32::from(self.word()?) | u32::from(self.word()?) << 16 } else { 0 };
        let units = self.units(count, flags & 1 != 0)?;
        let text = |from: usize, to: usize| String::from_utf16_lossy(units.get(from..to).unwrap_or_default());
        // how it looks from where on; before the first it looks like its cell
        let mut looks: Vec<(usize, bool)> = Vec::new();
        for _ in 0..runs {
            let (from, face) = (usize::from(self.word_of_run()?).min(units.len()), self.word_of_run()?);
            looks.push((from, strikes(faces, face)));
        }
        self.skip(usize::try_from(more).ok()?)?;
        let Some((first, _)) = looks.first() else { return Some(text(0, units.len())) };
        let ends = looks.iter().skip(1).map(|(from, _)| *from).chain([units.len()]);
        let parts: Vec<(String, bool)> =
            looks.iter().zip(ends).map(|((from, struck), to)| (text(*from, to), *struck)).collect();
        let cut = parts.iter().any(|(text, struck)| *struck && !text.is_empty());
        let kept: String = parts.into_iter().filter(|(_, struck)| !struck).map(|(text, _)| text).collect();
        Some([struck::mark(cut), struck::LIKE_CELL, &text(0, *first), struck::NOT_LIKE_CELL, &kept].concat())
    }

    /// A word of the runs behind a text, which may be cut anywhere.
    fn word_of_run(&mut self) -> Option<u16> {
        let mut byte = || {
            if self.pieces.first()?.len() == self.at {
                self.next_piece()?;
            }
            self.byte()
        };
        Some(u16::from_le_bytes([byte()?, byte()?]))
    }

    fn characters(&mut self, count: usize, wide: bool) -> Option<String> {
        self.units(count, wide).map(|units| String::from_utf16_lossy(&units))
    }

    fn units(&mut self, mut count: usize, mut wide: bool) -> Option<Vec<u16>> {
        let mut units: Vec<u16> = Vec::new();
        while count > 0 {
            let piece = self.pieces.first()?.get(self.at..)?;
            let size = if wide { 2 } else { 1 };
            let here = count.min(piece.len() / size);
            let unit = |unit: &[u8]| u16::from_le_bytes([unit[0], unit.get(1).copied().unwrap_or(0)]);
            units.extend(piece.chunks_exact(size).take(here).map(unit));
            self.at += here * size;
            count -= here;
            if count > 0 {
                self.next_piece()?;
                wide = self.byte()? & 1 != 0;
            }
        }
        Some(units)
    }
}
