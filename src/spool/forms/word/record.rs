//! What a Word form answers, kept as properties of the file, which every office suite carries along and nobody types over.
//!
//! A property holds a short text, so the description is cut into several; a digest over all guards against an accident, not against a
//! forger: who may answer what is decided from the folder.

use super::look::{all_named, named};
use crate::ooxml::package::{Package, PackageError};
use crate::ooxml::xml::Element;
use crate::spool::forms::layout::digest;
use crate::submission::Answers;
use std::collections::BTreeMap;

/// Begin of the names of our properties; the digest has this name, the pieces a number behind it.
const NAME: &str = "banwen";
/// Characters of a piece; programs cut longer properties.
const PIECE_CHARACTERS: usize = 200;
/// Pieces, at most.
const PIECES_MAX: usize = 100;
const PART: &str = "docProps/custom.xml";
const TYPE: &str = "application/vnd.openxmlformats-officedocument.custom-properties+xml";
const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties";
const SPACE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties";
const TYPES_SPACE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes";
/// The one identifier that properties of users have.
const FORMAT: &str = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}";

/// Puts the answers into a package.
pub(super) fn write(package: &mut Package, answers: &Answers) -> Result<(), super::FormError> {
    // what is not ASCII is escaped: a property cut by bytes stays whole
    let text: String = serde_json::to_string(answers)?.chars().map(escaped).collect();
    let mut pieces: Vec<(String, String)> = vec![(NAME.to_string(), digest(&text))];
    let characters: Vec<char> = text.chars().collect();
    for (number, piece) in characters.chunks(PIECE_CHARACTERS).enumerate() {
        pieces.push((format!("{NAME}.{}", number + 1), piece.iter().collect()));
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

/// What a package answers; `Some(None)` when it says nothing, `None` when what it says is damaged.
pub(super) fn read(package: &Package) -> Option<Option<Answers>> {
    let part = package.related("").ok()?.into_iter().find(|one| one.kind == RELATION).map(|one| one.part);
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
    serde_json::from_str(&text).ok().map(Some)
}
