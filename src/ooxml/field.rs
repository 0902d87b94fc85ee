//! Field: the codes of a Word file that fetch something, or run it, when the file is opened. One list for templates and for drops.

use super::xml::Element;

/// Names of such fields.
const RUNNING: [&str; 9] =
    ["DDE", "DDEAUTO", "LINK", "INCLUDETEXT", "INCLUDEPICTURE", "INCLUDE", "IMPORT", "MACROBUTTON", "DATABASE"];
/// Text that is taken as it stands.
const VERBATIM: &str = "![CDATA[";

/// The fields of a part that fetch or run, by name. Word may cut a code into pieces, so the pieces are read as one.
pub fn running(root: &Element) -> Vec<&'static str> {
    fn gather(element: &Element, code: &mut String) {
        for child in element.elements() {
            match local(&child.name) {
                "instrText" => code.push_str(&child.characters()),
                "fldChar" => code.push('\n'),
                "fldSimple" => {
                    let own = child.attributes.iter().find(|(name, _)| local(name) == "instr");
                    code.push_str(&format!("\n{}\n", own.map_or("", |(_, instruction)| instruction)));
                    gather(child, code);
                }
                _ => gather(child, code),
            }
        }
    }
    let mut code = String::new();
    gather(root, &mut code);
    named(&code)
}

/// The same of the text of a part that breaks off, or is no XML we read, as far as it goes.
pub fn running_in(text: &str) -> Vec<&'static str> {
    let mut code = String::new();
    let mut inside = false;
    for piece in text.split('<').skip(1) {
        if let Some(verbatim) = piece.strip_prefix(VERBATIM) {
            code.push_str(if inside { verbatim.split("]]>").next().unwrap_or_default() } else { "" });
            continue;
        }
        let (tag, content) = piece.split_once('>').unwrap_or((piece, ""));
        match local(tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default()) {
            "instrText" => {
                inside = true;
                code.push_str(&unescaped(content));
            }
            "fldChar" => code.push('\n'),
            "fldSimple" => {
                let own = tag.split_once("instr").map(|(_, rest)| rest.trim_start_matches(['=', '"', '\'', ' ']));
                code.push_str(&format!("\n{}\n", unescaped(own.unwrap_or_default())));
            }
            _ => inside = false,
        }
    }
    named(&code)
}

fn named(code: &str) -> Vec<&'static str> {
    code.lines().filter_map(running_code).collect()
}

/// A name without its prefix, which is each program's own affair.
fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

fn unescaped(text: &str) -> String {
    quick_xml::escape::unescape(text).map_or_else(|_| text.to_owned(), |text| text.into_owned())
}

/// The name of the field that a code begins with, where it fetches or runs.
pub fn running_code(code: &str) -> Option<&'static str> {
    let word = code.split_whitespace().next()?;
    RUNNING.into_iter().find(|name| name.eq_ignore_ascii_case(word))
}
