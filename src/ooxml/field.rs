//! Field: the codes of a Word file that fetch something, or run it, when the file is opened. One list for templates and for drops.

use super::xml::Element;

/// Names of such fields.
const RUNNING: [&str; 9] =
    ["DDE", "DDEAUTO", "LINK", "INCLUDETEXT", "INCLUDEPICTURE", "INCLUDE", "IMPORT", "MACROBUTTON", "DATABASE"];

/// The fields of a part that fetch or run, by name. Word may cut a code into pieces, so the pieces are read as one.
pub fn running(root: &Element) -> Vec<&'static str> {
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
    code.lines().filter_map(running_code).collect()
}

/// The name of the field that a code begins with, where it fetches or runs.
pub fn running_code(code: &str) -> Option<&'static str> {
    let word = code.split_whitespace().next()?;
    RUNNING.into_iter().find(|name| name.eq_ignore_ascii_case(word))
}
