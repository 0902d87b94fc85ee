//! What a Word template must not hold: programs, other programs' objects, and anything fetched from elsewhere.
//!
//! A template is a file somebody dropped. It is opened again by every office that gets a paper made from it, and by the
//! program that makes the PDF; so what could run or fetch there is refused by its name before anything is deployed.

use super::problem::{Fault, Problem};
use crate::ooxml::package::{Package, PackageError};
use crate::ooxml::xml::Element;

/// Longest Word template, in bytes.
pub const TEMPLATE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The container of old and of encrypted files.
const COMPOUND: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// Fields that fetch or run.
const FIELDS: [&str; 9] =
    ["DDE", "DDEAUTO", "LINK", "INCLUDETEXT", "INCLUDEPICTURE", "INCLUDE", "IMPORT", "MACROBUTTON", "DATABASE"];
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
    if problems.is_empty() { Ok(package) } else { Err(problems) }
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
    for name in package.names().filter(|name| name.ends_with(".rels")) {
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
    for name in package.names().filter(|name| !name.ends_with(".rels")) {
        let is_xml = package.part(name).is_some_and(|bytes| bytes.iter().take(64).any(|byte| *byte == b'<'));
        if !is_xml && !name.ends_with(".xml") {
            continue;
        }
        let tree = match package.xml(name) {
            Ok(tree) => tree,
            Err(error) if name.ends_with(".xml") => return Err(error),
            // a picture may begin with a bracket
            Err(_) => continue,
        };
        for field in fields(&tree) {
            add(format!("it holds the field {field}"), "press Ctrl+Shift+F9 on it, and it becomes plain text");
        }
    }
    Ok(problems)
}

/// The fields that fetch or run, by name. Word may cut a code into pieces, so the pieces are read as one.
fn fields(root: &Element) -> Vec<String> {
    fn gather(element: &Element, code: &mut String) {
        for child in element.elements() {
            match child.name.as_str() {
                "w:instrText" => code.push_str(&child.characters()),
                "w:fldChar" => code.push('\n'),
                "w:fldSimple" => {
                    code.push_str(&format!("\n{}\n", child.get("w:instr").unwrap_or_default()));
                    gather(child, code);
                }
                _ => gather(child, code),
            }
        }
    }
    let mut code = String::new();
    gather(root, &mut code);
    let words = code.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_uppercase);
    words.filter(|word| FIELDS.contains(&word.as_str())).collect()
}
