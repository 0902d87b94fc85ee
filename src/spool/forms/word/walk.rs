//! The text of a cell as a reader of the paper sees it: hidden, deleted and struck text is not there, nor are hints of empty controls.

use super::look::{at, attribute, is_on, local, named};
use super::numbers::NUMBER;
use super::{boxes, pictures};
use crate::ooxml::xml::{Element, Node};

/// What stands in a cell.
#[derive(Default)]
pub(super) struct Text<'e> {
    /// its paragraphs, a line each
    pub(super) text: String,
    /// it holds a picture
    pub(super) picture: bool,
    /// the relations of its pictures
    pub(super) images: Vec<String>,
    /// tables in it
    pub(super) tables: Vec<&'e Element>,
    /// fields that are open, each with whether its result has begun
    fields: Vec<bool>,
    /// the faces of the run that is being read
    faces: Option<&'e Element>,
    /// Word's own numbers, each with where in the text its paragraph begins
    numbers: Vec<(usize, &'e str)>,
}

impl<'e> Text<'e> {
    /// Reads the children of an element.
    pub(super) fn of(element: &'e Element) -> Text<'e> {
        let mut text = Text::default();
        text.children(element);
        while text.text.ends_with('\n') {
            text.text.pop();
        }
        text
    }

    /// The text with Word's own numbers before its paragraphs; nothing, where there are none.
    pub(super) fn numbered(&self) -> Option<String> {
        let (mut numbered, mut from) = (String::new(), 0);
        for (at, number) in &self.numbers {
            numbered.push_str(self.text.get(from..*at)?);
            numbered.push_str(number);
            from = *at;
        }
        numbered.push_str(self.text.get(from..)?);
        (!self.numbers.is_empty()).then_some(numbered)
    }

    fn children(&mut self, element: &'e Element) {
        element.elements().for_each(|child| self.element(child));
    }

    fn element(&mut self, element: &'e Element) {
        match local(&element.name) {
            "tbl" => self.tables.push(element),
            "p" => {
                self.numbers.extend(attribute(element, NUMBER).map(|number| (self.text.len(), number)));
                self.children(element);
                // a field may go over paragraphs, but one that is never closed must not swallow the rest of the cell
                self.fields.clear();
                self.text.push('\n');
            }
            "r" if !is_unread(element) => {
                let around = self.faces;
                self.faces = at(element, &["rPr", "rFonts"]);
                self.children(element);
                self.faces = around;
            }
            "sdt" => self.control(element),
            "t" if self.is_seen() => {
                let texts = element.children.iter().filter_map(|node| match node {
                    Node::Text(text) => Some(text.as_str()),
                    Node::Element(_) => None,
                });
                let faces = self.faces;
                self.text.extend(texts.flat_map(str::chars).map(|c| boxes::drawn(faces, c)));
            }
            "tab" | "ptab" if self.is_seen() => self.text.push(' '),
            "br" | "cr" if self.is_seen() => self.text.push('\n'),
            "noBreakHyphen" if self.is_seen() => self.text.push('-'),
            "sym" if self.is_seen() => self.text.extend(boxes::symbol(element)),
            "fldChar" => self.field(element),
            "drawing" | "pict" | "object" => {
                self.picture = true;
                pictures::relations(element, &mut self.images);
            }
            "AlternateContent" => self.children(named(element, "Choice").unwrap_or(element)),
            "ruby" => named(element, "rubyBase").into_iter().for_each(|base| self.children(base)),
            "ins" | "moveTo" | "hyperlink" | "fldSimple" | "smartTag" | "customXml" | "sdtContent" | "rubyBase"
            | "Choice" | "dir" | "bdo" => self.children(element),
            // properties, what was deleted or moved away, bookmarks, comments, instructions of fields
            _ => {}
        }
    }

    /// Between its begin and its result a field holds an instruction, which nobody sees.
    fn is_seen(&self) -> bool {
        self.fields.iter().all(|shown| *shown)
    }

    fn field(&mut self, mark: &'e Element) {
        match attribute(mark, "fldCharType") {
            Some("begin") => {
                if self.is_seen() {
                    self.text.extend(boxes::field(mark));
                }
                self.fields.push(false);
            }
            Some("separate") => {
                if let Some(last) = self.fields.last_mut() {
                    *last = true;
                }
            }
            Some("end") => {
                self.fields.pop();
            }
            Some(_) | None => {}
        }
    }

    fn control(&mut self, control: &'e Element) {
        let properties = named(control, "sdtPr");
        let shown = || named(control, "sdtContent").map(|content| Text::of(content).text).unwrap_or_default();
        let is_box = properties.filter(|properties| named(properties, "checkbox").is_some());
        if let Some(sign) = is_box.and_then(|properties| boxes::control(properties, &shown())) {
            if self.is_seen() {
                self.text.push_str(&sign);
            }
            // a control around a whole paragraph ends its line
            if named(control, "sdtContent").is_some_and(|content| named(content, "p").is_some()) {
                self.text.push('\n');
            }
            return;
        }
        if is_on(properties.and_then(|properties| named(properties, "showingPlcHdr"))) {
            return;
        }
        named(control, "sdtContent").into_iter().for_each(|content| self.children(content));
    }
}

/// Whether a run is hidden, or struck out: what a clerk strikes is not what he says.
fn is_unread(run: &Element) -> bool {
    let on = |name| is_on(named(run, "rPr").and_then(|properties| named(properties, name)));
    ["vanish", "strike", "dstrike"].into_iter().any(on)
}

/// Whether words are struck out anywhere in what may be read.
pub(super) fn strikes_words(element: &Element) -> bool {
    let struck = local(&element.name) == "r" && {
        let on = |name| is_on(named(element, "rPr").and_then(|properties| named(properties, name)));
        ["strike", "dstrike"].into_iter().any(on)
            && named(element, "t").is_some_and(|text| !text.characters().trim().is_empty())
    };
    struck || element.elements().any(strikes_words)
}
