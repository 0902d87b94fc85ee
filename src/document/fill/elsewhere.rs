//! Tags that stand where nothing is filled: in comments, field codes, formulas, charts.
//!
//! A paper would go out with the tag in it, or without what was meant; so whoever made the template is told.

use super::place::{IN_ATTRIBUTE, Reader};
use super::problem::{Fault, Problem, Spot, begins};
use super::tag;
use crate::ooxml::package::{Package, PackageError};
use crate::ooxml::xml::{Element, Node};

/// A tag where nothing is filled.
pub(super) struct Elsewhere {
    /// where it is told of
    pub part: &'static str,
    /// the words it stands in
    pub text: String,
    /// what it stands in
    pub what: &'static str,
    /// what to do
    pub hint: &'static str,
}

/// What a text stands in, and what to do.
type Kind = (&'static str, &'static str);

const MOVE: &str = "write it into the text itself, or delete it";
const FIELD: Kind = ("a field's code", "press Ctrl+Shift+F9 on the field, and it becomes plain text");
const FORMULA: Kind = ("a formula", MOVE);
const DRAWN: Kind = ("a drawing's own text", "write it into a text box (插入 → 文本框)");
const ART: Kind = ("word art", "write it into a text box (插入 → 文本框)");
const NAMED: Kind = (
    "a property that is not filled",
    "of a picture the description of its alternative text is filled, of a content control its tag (标记)",
);
const LINK: Kind = ("the address of a link", "an address is not filled: write it out, or print it as text");
/// Parts that are not filled, by what their names contain: where they are told of, and as what.
const PARTS: [(&str, &str, Kind); 6] = [
    ("word/comments", "批注", ("a comment", "write it into the text itself, or delete the comment")),
    ("/charts/", "图表", ("a chart", "a chart is not filled: draw it by a text template, or leave it out")),
    ("/diagrams/", "图形", ("SmartArt", "write it into a text box (插入 → 文本框)")),
    ("docProps/app", "属性", NAMED_PART),
    ("docProps/custom", "属性", NAMED_PART),
    ("word/glossary", "构建基块", ("a building block", MOVE)),
];
const NAMED_PART: Kind =
    ("a property of the file that is not filled", "title, subject, author, keywords, category and remarks are filled");

impl Reader<'_> {
    /// Tells of tags that stand where nothing is filled.
    pub(super) fn elsewhere(&mut self, found: Vec<Elsewhere>) {
        for Elsewhere { part, text, what, hint } in found {
            self.lines += 1;
            let spot = Spot { line: self.lines, part, words: begins(&text) };
            let problem = Problem { spot: Some(spot), tag: tag::first(&text), fault: Fault::Elsewhere(what, hint) };
            self.problems.push(problem);
        }
    }
}

/// What a part that was read has left of tags; `part` is what it is called.
pub(super) fn left(part: &'static str, tree: &Element) -> Vec<Elsewhere> {
    let mut texts: Vec<(Kind, String)> = Vec::new();
    gather(tree, None, &mut texts);
    told(part, texts)
}

/// Tags in parts that are not filled.
pub(super) fn unread(package: &Package, read: &[String]) -> Result<Vec<Elsewhere>, PackageError> {
    let mut found = Vec::new();
    for name in package.names() {
        let known = PARTS.iter().find(|(within, ..)| name.contains(within) && name.ends_with(".xml"));
        if let Some((_, part, kind)) = known {
            let mut texts = Vec::new();
            whole(&package.xml(name)?, *kind, &mut texts);
            found.extend(told(part, texts));
        }
        let source = name.strip_suffix(".rels").and_then(|it| it.rsplit('/').next());
        if source.is_some_and(|source| read.iter().any(|part| part.rsplit('/').next() == Some(source))) {
            let targets = package.xml(name)?;
            let targets = targets.elements().filter_map(|it| it.get("Target"));
            let meant = targets.map(|it| it.replace("%7B", "{").replace("%7D", "}").replace("%20", " "));
            found.extend(told("超链接", meant.map(|it| (LINK, it)).collect()));
        }
    }
    Ok(found)
}

fn told(part: &'static str, texts: Vec<(Kind, String)>) -> Vec<Elsewhere> {
    let meant = texts.into_iter().filter(|(_, text)| tag::is_in(text));
    let mut found: Vec<Elsewhere> = Vec::new();
    for ((what, hint), text) in meant {
        // the older copy of a drawing says the same again
        if !found.iter().any(|it| it.text == text && it.what == what) {
            found.push(Elsewhere { part, text, what, hint });
        }
    }
    found
}

/// What stands in a part beside the words that are filled, a text for each paragraph and kind.
fn gather(element: &Element, within: Option<Kind>, out: &mut Vec<(Kind, String)>) {
    let ours = |text: &str| text.contains(IN_ATTRIBUTE);
    for (name, value) in element.attributes.iter().filter(|(_, value)| tag::is_in(value) && !ours(value)) {
        let kind = match (element.name.as_str(), name.as_str()) {
            ("w:fldSimple", "w:instr") => FIELD,
            ("v:textpath", _) => ART,
            _ => NAMED,
        };
        out.push((kind, value.clone()));
    }
    for child in &element.children {
        match child {
            Node::Text(text) => {
                if let Some(kind) = within {
                    match out.last_mut() {
                        // a field's code may be cut into pieces
                        Some((last, before)) if *last == kind && !before.ends_with('\n') => before.push_str(text),
                        Some(_) | None => out.push((kind, text.clone())),
                    }
                }
            }
            Node::Element(child) => {
                let kind = match child.name.as_str() {
                    "w:instrText" => Some(FIELD),
                    "m:t" => Some(FORMULA),
                    "a:t" => Some(DRAWN),
                    "w:t" | "w:p" => None,
                    _ => within,
                };
                gather(child, kind, out);
                if child.name == "w:p"
                    && let Some((_, last)) = out.last_mut()
                {
                    last.push('\n');
                }
            }
        }
    }
}

/// All texts and values of a part, a text for each paragraph.
fn whole(element: &Element, kind: Kind, out: &mut Vec<(Kind, String)>) {
    out.extend(element.attributes.iter().map(|(_, value)| (kind, value.clone())));
    if matches!(element.name.as_str(), "w:p" | "a:p") || element.elements().next().is_none() {
        let mut text = String::new();
        words(element, &mut text);
        return out.push((kind, text));
    }
    element.elements().for_each(|it| whole(it, kind, out));
}

fn words(element: &Element, out: &mut String) {
    for child in &element.children {
        match child {
            Node::Text(text) => out.push_str(text),
            Node::Element(child) => words(child, out),
        }
    }
}
