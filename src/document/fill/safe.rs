//! What a Word template must not hold: programs, other programs' objects, anything fetched from elsewhere, and tracked changes.
//!
//! A template is a file somebody dropped. It is opened again by every office that gets a paper made from it, and by the
//! program that makes the PDF; so what could run or fetch there is refused by its name before anything is deployed.

use super::problem::{Fault, Problem};
use crate::ooxml::field;
use crate::ooxml::package::{Package, PackageError};
use crate::ooxml::xml::Element;

/// Longest Word template, in bytes.
pub const TEMPLATE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The container of old and of encrypted files.
const COMPOUND: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// Relationships that bring in what is no document, and what they are called to a person.
const RELATIONS: [(&str, &str); 6] = [
    ("/vbaProject", "macros"),
    ("/oleObject", "an embedded object (OLE)"),
    ("/package", "an embedded file"),
    ("/control", "an ActiveX control"),
    ("/aFChunk", "an embedded document"),
    ("/subDocument", "a linked document"),
];

const SAVE: &str = "open it in Word or WPS and save it as .docx";

/// Opens the file.
pub(super) fn open(bytes: &[u8]) -> Result<Package, Vec<Problem>> {
    if bytes.len() > TEMPLATE_BYTES_MAX {
        let size = bytes.len();
        return Err(vec![refused(
            format!("{size} bytes, at most {TEMPLATE_BYTES_MAX} are read"),
            "make its pictures smaller",
        )]);
    }
    if bytes.starts_with(COMPOUND) {
        let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let encrypted = bytes.windows(name.len()).any(|it| it == name);
        return Err(vec![if encrypted {
            refused("it is encrypted".to_owned(), "take the password off and save it again")
        } else {
            refused("it is an old .doc file under another name".to_owned(), SAVE)
        }]);
    }
    let package = Package::read(bytes).map_err(|error| vec![unreadable(&error)])?;
    let problems = contents(&package).map_err(|error| vec![unreadable(&error)])?;
    if !problems.is_empty() {
        return Err(problems);
    }
    without_thumbnail(package).map_err(|error| vec![unreadable(&error)])
}

/// The file without the picture of its first page as it was last saved, which would travel in every paper.
fn without_thumbnail(mut package: Package) -> Result<Package, PackageError> {
    let pictures = package.related("")?.into_iter().filter(|one| one.kind.ends_with("/metadata/thumbnail"));
    for picture in pictures.collect::<Vec<_>>() {
        package.sever("", &picture.id)?;
    }
    Ok(package)
}

pub(super) fn unreadable(error: &PackageError) -> Problem {
    refused(error.to_string(), SAVE)
}

pub(super) fn refused(reason: String, hint: &'static str) -> Problem {
    Problem { spot: None, tag: String::new(), fault: Fault::Refused(reason, hint) }
}

fn contents(package: &Package) -> Result<Vec<Problem>, PackageError> {
    let mut problems = Vec::new();
    let mut add = |reason: String, hint: &'static str| {
        let problem = refused(reason, hint);
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    };
    let types = package.xml("[Content_Types].xml")?;
    let macros = types.elements().filter_map(|it| it.get("ContentType")).any(|it| it.contains("macroEnabled"));
    if macros || package.names().any(|name| name.to_lowercase().ends_with("vbaproject.bin")) {
        add("it holds macros".to_owned(), "save it as .docx, which has none");
    }
    if types
        .elements()
        .filter_map(|it| it.get("ContentType"))
        .any(|it| it.ends_with("wordprocessingml.template.main+xml"))
    {
        add("it is a .dotx file under another name".to_owned(), SAVE);
    }
    // the names of parts do not heed capitals
    let relations = |name: &&str| name.to_lowercase().ends_with(".rels");
    for name in package.names().filter(relations) {
        for relation in package.xml(name)?.elements() {
            let kind = relation.get("Type").unwrap_or_default();
            let target = relation.get("Target").unwrap_or_default();
            if relation.get("TargetMode") == Some("External") && !kind.ends_with("/hyperlink") {
                let what = kind.rsplit('/').next().unwrap_or(kind);
                let hint = "put the picture itself in; take the attached template off (开发工具 → 文档模板)";
                add(format!("it links to {target:?} outside ({what})"), hint);
            } else if let Some((_, what)) = RELATIONS.iter().find(|(end, _)| kind.ends_with(end)) {
                add(format!("it holds {what}: {target}"), "delete it, or put in a picture of it");
            }
        }
    }
    // a part is what its content type says, wherever it lies; what is no XML holds no field
    for name in package.names().filter(|name| !relations(name)) {
        let bytes = package.part(name).unwrap_or_default();
        if wide(bytes) {
            let hint = "save it in Word or WPS as .docx, which writes UTF-8";
            add(format!("its part {name} is written in UTF-16, in which no field can be looked for"), hint);
            continue;
        }
        let named = name.to_lowercase().ends_with(".xml") || is_typed(&types, name);
        if !named && !bytes.iter().take(64).any(|byte| *byte == b'<') {
            continue;
        }
        let tree = match package.xml(name) {
            Ok(tree) => tree,
            Err(error) if named => return Err(error),
            // a picture may begin with a bracket
            Err(_) => continue,
        };
        if is_revised(&tree) {
            let hint = "accept or reject them (审阅 → 接受 → 接受所有修订), turn 修订 off, and save it again";
            add("it holds tracked changes (修订), which every paper made from it would show".to_owned(), hint);
        }
        for field in field::running(&tree) {
            add(format!("it holds the field {field}"), "press Ctrl+Shift+F9 on it, and it becomes plain text");
        }
    }
    Ok(problems)
}

/// Whether a part begins as a text of two or four bytes a character does.
fn wide(bytes: &[u8]) -> bool {
    let begins: [&[u8]; 5] = [&[0xFF, 0xFE], &[0xFE, 0xFF], &[b'<', 0], &[0, b'<'], &[0, 0, 0, b'<']];
    begins.into_iter().any(|it| bytes.starts_with(it)) || bytes.starts_with(&[0, 0, 0xFE, 0xFF])
}

/// Whether the list of content types says that a part is XML.
fn is_typed(types: &Element, name: &str) -> bool {
    let extension = name.rsplit('/').next().and_then(|file| file.rsplit_once('.')).map_or("", |(_, end)| end);
    let of = |it: &&Element| {
        let part = it.get("PartName").map(|part| part.trim_start_matches('/'));
        let default = it.get("Extension").filter(|_| it.name.ends_with("Default"));
        part.is_some_and(|part| part.eq_ignore_ascii_case(name))
            || default.is_some_and(|end| end.eq_ignore_ascii_case(extension))
    };
    let kinds = types.elements().filter(of).filter_map(|it| it.get("ContentType"));
    kinds.map(str::to_lowercase).any(|kind| kind.ends_with("+xml") || kind.ends_with("/xml"))
}

/// Whether a text keeps what was taken out of it or put into it.
fn is_revised(element: &Element) -> bool {
    let kept = ["w:ins", "w:del", "w:moveFrom", "w:moveTo", "w:cellIns", "w:cellDel", "w:cellMerge"];
    let name = element.name.as_str();
    kept.contains(&name) || (name.starts_with("w:") && name.ends_with("Change")) || element.elements().any(is_revised)
}
