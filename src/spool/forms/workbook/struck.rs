//! Struck words within texts of runs: what says itself that it is struck out is cut before anybody reads it, and what looks like its cell is
//! marked until it is known how that looks.

use crate::spool::forms::UNPACKED_BYTES_MAX;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use std::io::{Cursor, Read, Write};
use std::ops::Range;

/// The same workbook of Excel with its texts of runs so; nothing where nobody strikes anything, or where it cannot be read so.
pub(super) fn without(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut texts: Vec<(usize, String)> = Vec::new();
    let mut strikes = false;
    for at in 0..archive.len() {
        let part = archive.by_index(at).ok()?;
        let name = part.name().trim_start_matches('/').to_lowercase();
        let of_texts = name.ends_with("sharedstrings.xml") || name.starts_with("xl/worksheets/");
        if !(of_texts || name.ends_with("styles.xml")) || !name.ends_with(".xml") {
            continue;
        }
        let mut text = String::new();
        // what a package unpacks to was counted before
        if part.take(UNPACKED_BYTES_MAX).read_to_string(&mut text).is_err() {
            continue;
        }
        strikes |= text.contains("strike");
        texts.extend((of_texts && text.contains("rPr")).then_some((at, text)));
    }
    if !strikes {
        return None;
    }
    let changed: Vec<(usize, String)> = texts.iter().filter_map(|(at, text)| Some((*at, marked(text)?))).collect();
    if changed.is_empty() {
        return None;
    }
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let part = archive.by_index_raw(at).ok()?;
        match changed.iter().find(|(other, _)| *other == at) {
            Some((_, text)) => {
                to.start_file(part.name(), zip::write::SimpleFileOptions::default()).ok()?;
                to.write_all(text.as_bytes()).ok()?;
            }
            None => to.raw_copy_file(part).ok()?,
        }
    }
    to.finish().ok().map(Cursor::into_inner)
}

/// A part with its texts of runs marked, and those runs away that are struck out; nothing where there are none.
fn marked(text: &str) -> Option<String> {
    let mut reader = Reader::from_str(text);
    // what comes into the place of a range
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut of_text: Option<OfText> = None;
    let (mut run, mut in_properties): (Option<Run>, bool) = (None, false);
    loop {
        let before = usize::try_from(reader.buffer_position()).ok()?;
        let event = reader.read_event().ok()?;
        let after = usize::try_from(reader.buffer_position()).ok()?;
        match event {
            Event::Start(start) => match start.local_name().as_ref() {
                b"si" | b"is" => of_text = Some(OfText { from: after, ..OfText::default() }),
                b"r" => run = Some(Run { from: before, ..Run::default() }),
                b"rPr" => in_properties = run.is_some(),
                _ if in_properties && strikes(&start) => run.iter_mut().for_each(|run| run.struck = true),
                _ => {}
            },
            Event::Empty(start) if in_properties && strikes(&start) => {
                run.iter_mut().for_each(|run| run.struck = true);
            }
            Event::End(end) => match end.local_name().as_ref() {
                b"rPr" => {
                    in_properties = false;
                    run.iter_mut().for_each(|run| run.own = true);
                }
                b"r" => {
                    if let (Some(run), Some(of_text)) = (run.take(), of_text.as_mut()) {
                        of_text.runs.push((run, after));
                    }
                }
                b"si" | b"is" => edits.extend(of_text.take().into_iter().flat_map(OfText::edits)),
                _ => {}
            },
            Event::Eof => break,
            Event::Empty(_)
            | Event::Text(_)
            | Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_)
            | Event::GeneralRef(_) => {}
        }
    }
    if edits.is_empty() {
        return None;
    }
    let mut kept = String::with_capacity(text.len());
    let mut from = 0;
    for (range, instead) in edits {
        kept.push_str(text.get(from..range.start)?);
        kept.push_str(&instead);
        from = range.end;
    }
    kept.push_str(text.get(from..)?);
    Some(kept)
}

/// A text of runs, while it is read.
#[derive(Default)]
struct OfText {
    from: usize,
    /// each with where it ends
    runs: Vec<(Run, usize)>,
}

#[derive(Default)]
struct Run {
    from: usize,
    struck: bool,
    /// it says itself how it looks, and does not look like its cell
    own: bool,
}

impl OfText {
    fn edits(self) -> Vec<(Range<usize>, String)> {
        let said = |text: &str| format!("<r><t>{text}</t></r>");
        if !self.runs.iter().any(|(run, _)| run.own) {
            return Vec::new();
        }
        let cut = self.runs.iter().any(|(run, _)| run.struck);
        let mut edits = vec![(self.from..self.from, said(mark(cut)))];
        for (run, to) in self.runs {
            if run.struck {
                edits.push((run.from..to, String::new()));
            } else if !run.own {
                edits.push((run.from..run.from, said(LIKE_CELL)));
                edits.push((to..to, said(NOT_LIKE_CELL)));
            }
        }
        edits
    }
}

/// Marks of a text of runs: characters that no text has, for programs to use within themselves.
const OF_RUNS: &str = "\u{FDD0}";
const OF_CUT_RUNS: &str = "\u{FDD1}";
/// Stand around a run that looks like its cell.
pub(super) const LIKE_CELL: &str = "\u{FDD2}";
pub(super) const NOT_LIKE_CELL: &str = "\u{FDD3}";

/// The mark of a text of runs, some of which were struck out and cut.
pub(super) fn mark(cut: bool) -> &'static str {
    if cut { OF_CUT_RUNS } else { OF_RUNS }
}

/// What is left of a text of runs in a cell that is struck out or not, and whether words of it were; nothing of any other text.
pub(super) fn left(text: &str, is_struck: bool) -> Option<(String, bool)> {
    let cut = text.starts_with(OF_CUT_RUNS);
    let rest = text.strip_prefix(OF_CUT_RUNS).or_else(|| text.strip_prefix(OF_RUNS))?;
    let (mut left, mut cut) = (String::new(), cut);
    for piece in rest.split(LIKE_CELL) {
        let (like_cell, own) = piece.split_once(NOT_LIKE_CELL).unwrap_or(("", piece));
        if is_struck {
            cut |= !like_cell.trim().is_empty();
        } else {
            left.push_str(like_cell);
        }
        left.push_str(own);
    }
    Some((left, cut))
}

fn strikes(start: &BytesStart<'_>) -> bool {
    let off = |value: &[u8]| matches!(value, b"0" | b"false" | b"off");
    let val = start.attributes().with_checks(false).flatten().find(|one| one.key.local_name().as_ref() == b"val");
    start.local_name().as_ref() == b"strike" && !val.is_some_and(|val| off(&val.value))
}

#[cfg(test)]
mod tests {
    use super::{left, marked};

    fn run(properties: &str, text: &str) -> String {
        format!("<r><rPr>{properties}</rPr><t>{text}</t></r>")
    }

    #[test]
    fn runs_that_are_struck_out_are_cut_and_those_like_their_cell_are_marked() {
        let of = |runs: &str| marked(&format!("<sst><si>{runs}</si></sst>"));
        for properties in ["<strike/>", "<b/><strike val=\"1\"/>", "<strike val='true'></strike>"] {
            let kept = format!("<sst><si><r><t>\u{FDD1}</t></r>{}</si></sst>", run("", "乙"));
            assert_eq!(of(&(run(properties, "甲") + &run("", "乙"))), Some(kept), "{properties}");
        }
        for properties in ["<strike val=\"0\"/>", "<b/>", "<strike val=\"false\"/>"] {
            let kept = format!("<sst><si><r><t>\u{FDD0}</t></r>{}</si></sst>", run(properties, "甲"));
            assert_eq!(of(&run(properties, "甲")), Some(kept), "{properties}");
        }
        let inline = "<x:is><x:r><x:rPr><x:strike/></x:rPr><x:t>甲</x:t></x:r></x:is>";
        assert_eq!(marked(inline), Some("<x:is><r><t>\u{FDD1}</t></r></x:is>".to_string()));
        assert_eq!(of("<r><t>甲</t></r>"), None);
        assert_eq!(marked("<sst><si><r><rPr><strike/>"), None);
        assert_eq!(marked("<sst><si><r></si>"), None);
    }

    #[test]
    fn what_is_like_a_struck_cell_is_struck() {
        let text = "\u{FDD0}\u{FDD2}甲\u{FDD3}乙\u{FDD2}丙\u{FDD3}";
        assert_eq!(left(text, false), Some(("甲乙丙".to_string(), false)));
        assert_eq!(left(text, true), Some(("乙".to_string(), true)));
        assert_eq!(left("\u{FDD1}乙", false), Some(("乙".to_string(), true)));
        assert_eq!(left("乙", true), None);
    }
}
