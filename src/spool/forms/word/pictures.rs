//! Pictures in the cells of a Word form, taken out of its package as the files they are.
//!
//! Limits: [`FORM_PICTURES_MAX`] a form; what is neither JPEG nor PNG stays where it is.

use super::look::{attribute, local};
use crate::files;
use crate::ooxml::package::Package;
use crate::ooxml::xml::Element;
use crate::spool::forms::FORM_PICTURES_MAX;
use crate::submission::paper::Table;

/// How pictures begin, and how their files end.
const KINDS: [(&[u8], &str); 2] = [(b"\xFF\xD8\xFF", "jpg"), (b"\x89PNG\r\n\x1A\n", "png")];

/// A picture: its name and its bytes.
pub(super) type Picture = (String, Vec<u8>);

/// The relations by which pictures within a drawing are found.
pub(super) fn relations(drawing: &Element, found: &mut Vec<String>) {
    let relation = match local(&drawing.name) {
        "blip" => attribute(drawing, "embed"),
        "imagedata" => attribute(drawing, "id"),
        _ => None,
    };
    found.extend(relation.map(str::to_owned));
    drawing.elements().for_each(|child| relations(child, found));
}

/// Puts the digest of each cell's picture in place of the relation it was found by, and gives the pictures, each once.
pub(super) fn taken_out(package: &Package, main: &str, tables: &mut [Table]) -> Vec<Picture> {
    let related = package.related(main).unwrap_or_default();
    let mut taken: Vec<(String, Picture)> = Vec::new();
    for slot in tables.iter_mut().flat_map(|table| &mut table.slots) {
        let Some(relation) = slot.image.take() else { continue };
        let part = related.iter().find(|one| one.id == relation).and_then(|one| package.part(&one.part));
        let ending =
            |bytes: &&[u8]| KINDS.iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, ending)| *ending);
        let Some((bytes, ending)) = part.and_then(|bytes| Some((bytes, ending(&bytes)?))) else { continue };
        let digest = files::digest_hex(bytes);
        let known = |taken: &[(String, Picture)]| taken.iter().any(|(other, _)| *other == digest);
        if !known(&taken) && taken.len() < FORM_PICTURES_MAX {
            let name = format!("图片{}.{ending}", taken.len() + 1);
            taken.push((digest.clone(), (name, bytes.to_vec())));
        }
        slot.image = known(&taken).then_some(digest);
    }
    taken.into_iter().map(|(_, picture)| picture).collect()
}
