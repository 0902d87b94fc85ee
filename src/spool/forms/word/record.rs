//! What a Word form answers, and which of its words are ours, kept as properties of the file, which every office suite carries along and
//! nobody types over.
//!
//! A property holds a short text, so the description is cut into several; a digest over all guards against an accident, not against a
//! forger: who may answer what is decided from the folder.

use super::look::{all_named, named};
use super::printed::{MARK_CHARACTERS, Printed};
use crate::ooxml::package::{Package, PackageError};
use crate::ooxml::xml::Element;
use crate::spool::forms::layout::digest;
use crate::submission::Answers;
use std::collections::{BTreeMap, BTreeSet};

/// Begin of the names of our properties; the digest has this name, the pieces a number behind it.
const NAME: &str = "banwen";
/// Characters of a piece; programs cut longer properties.
const PIECE_CHARACTERS: usize = 200;
/// Pieces, at most.
const PIECES_MAX: usize = 100;
/// Begin of the names of the properties with the marks of our words, and how many there are, at most; of a form that has more nothing
/// is kept.
const PRINTED: &str = "banwen-printed";
const PRINTED_PIECES_MAX: usize = 1_000;
/// Marks in a piece.
const MARKS: usize = PIECE_CHARACTERS / MARK_CHARACTERS;
const PART: &str = "docProps/custom.xml";
const TYPE: &str = "application/vnd.openxmlformats-officedocument.custom-properties+xml";
const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties";
/// How the relation ends, as it is written by most and by what is saved as strict Open XML.
const RELATIONS: [&str; 2] = ["/custom-properties", "/customProperties"];
const SPACE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties";
const TYPES_SPACE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes";
/// The one identifier that properties of users have.
const FORMAT: &str = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}";

/// Puts the answers into a package, and the marks of our words.
pub(super) fn write(package: &mut Package, answers: &Answers, printed: &Printed) -> Result<(), super::FormError> {
    // what is not ASCII is escaped: a property cut by bytes stays whole
    let text: String = serde_json::to_string(answers)?.chars().map(escaped).collect();
    let mut pieces: Vec<(String, String)> = vec![(NAME.to_string(), digest(&text))];
    let characters: Vec<char> = text.chars().collect();
    for (number, piece) in characters.chunks(PIECE_CHARACTERS).enumerate() {
        pieces.push((format!("{NAME}.{}", number + 1), piece.iter().collect()));
    }
    if let Printed::These(marks) = printed {
        let marks: Vec<&str> = marks.iter().map(String::as_str).collect();
        let kept = marks.chunks(MARKS).enumerate().filter(|_| marks.len() <= MARKS * PRINTED_PIECES_MAX);
        pieces.extend(kept.map(|(number, marks)| (format!("{PRINTED}.{}", number + 1), marks.concat())));
    }
    let mut root = Element::new("Properties").with("xmlns", SPACE).with("xmlns:vt", TYPES_SPACE);
    for (number, (name, piece)) in pieces.into_iter().enumerate() {
        let value = Element::new("vt:lpwstr").text(piece);
        let property = Element::new("property").with("fmtid", FORMAT).with("pid", (number + 2).to_string());
        root = root.child(property.with("name", name).child(value));
    }
    let put = |package: &mut Package| -> Result<(), PackageError> {
        package.add(PART, TYPE, root.write())?;
        package.relate("", RELATION, PART).map(|_| ())
    };
    Ok(put(package)?)
}

fn escaped(c: char) -> String {
    if c.is_ascii() {
        return c.to_string();
    }
    let mut units = [0; 2];
    c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect()
}

/// What a package answers, and which of its words are ours; `Some(None)` when it says nothing, `None` when what it says is damaged.
pub(super) fn read(package: &Package) -> Option<Option<(Answers, Printed)>> {
    let is_ours = |kind: &str| RELATIONS.iter().any(|end| kind.ends_with(end));
    let part = package.related("").ok()?.into_iter().find(|one| is_ours(&one.kind)).map(|one| one.part);
    let part = part.filter(|part| package.part(part).is_some_and(|bytes| bytes.len() <= super::TEXT_PART_BYTES_MAX));
    let Some(part) = part else { return Some(None) };
    // a part that is no XML is nothing of ours
    let Ok(root) = package.xml(&part) else { return Some(None) };
    let said = all_named(&root, "property").filter_map(|property| {
        let name = property.get("name")?.to_string();
        Some((name, named(property, "lpwstr")?.characters()))
    });
    let said: BTreeMap<String, String> = said.collect();
    let Some(digested) = said.get(NAME) else {
        let pieces = said.keys().any(|name| name.starts_with(&format!("{NAME}.")));
        return if pieces { None } else { Some(None) };
    };
    let pieces = (1..=PIECES_MAX).map_while(|number| said.get(&format!("{NAME}.{number}")));
    let text: String = pieces.map(String::as_str).collect();
    if digest(&text) != digested.trim() {
        return None;
    }
    let answers = serde_json::from_str(&text).ok()?;
    Some(Some((answers, printed(&said))))
}

fn printed(said: &BTreeMap<String, String>) -> Printed {
    let pieces = (1..=PRINTED_PIECES_MAX).map_while(|number| said.get(&format!("{PRINTED}.{number}")));
    let characters: Vec<char> = pieces.flat_map(|piece| piece.trim().chars()).collect();
    let marks: BTreeSet<String> = characters.chunks(MARK_CHARACTERS).map(|mark| mark.iter().collect()).collect();
    if marks.is_empty() { Printed::Untold } else { Printed::These(marks) }
}
