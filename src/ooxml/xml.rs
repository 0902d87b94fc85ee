//! A tree of elements and texts: read strictly, edited freely, written safely.
//!
//! Guarantees: what [`Element::write`] gives is well-formed whatever texts were put in; markup in a text stays text, characters
//! XML 1.0 forbids are left out. The same tree gives the same bytes.
//! Failures: a document type declaration, an unknown entity, a missing end tag, too deep or too long a text are errors, never guesses.
//! Limits: [`XML_BYTES_MAX`], [`DEPTH_LEVELS_MAX`]. Comments, processing instructions and the white space between elements are not kept:
//! Office XML has no mixed content.

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;
use std::borrow::Cow;
use thiserror::Error;

/// The longest XML text that is read, in bytes.
pub const XML_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The deepest nesting that is read, in elements.
pub const DEPTH_LEVELS_MAX: usize = 256;

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// Why an XML text was not read.
#[derive(Debug, Error)]
pub enum XmlError {
    /// longer than [`XML_BYTES_MAX`]
    #[error("XML of {0} bytes is longer than {XML_BYTES_MAX}")]
    Long(usize),
    /// deeper than [`DEPTH_LEVELS_MAX`]
    #[error("XML is nested deeper than {DEPTH_LEVELS_MAX}")]
    Deep,
    /// declares a document type, which could define entities
    #[error("XML declares a document type")]
    DocumentType,
    /// names an entity other than the five of XML
    #[error("XML names the unknown entity {0}")]
    Entity(String),
    /// is not well-formed
    #[error("XML is not well-formed: {0}")]
    Malformed(String),
}

/// A child of an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// an element
    Element(Element),
    /// characters, unescaped
    Text(String),
}

/// An element: its name with prefix as written, its attributes in order, its children in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Element {
    /// name with prefix, e.g. `w:p`
    pub name: String,
    /// attributes with prefix, values unescaped
    pub attributes: Vec<(String, String)>,
    /// children
    pub children: Vec<Node>,
}

impl Element {
    /// An empty element of this name. The name is ours: it is written as it is.
    pub fn new(name: &str) -> Element {
        Element { name: name.to_owned(), ..Element::default() }
    }

    /// The same with an attribute more.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Element {
        self.set(name, value);
        self
    }

    /// The same with an element more at its end.
    #[must_use]
    pub fn child(mut self, child: Element) -> Element {
        self.children.push(Node::Element(child));
        self
    }

    /// The same with a text more at its end.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Element {
        self.children.push(Node::Text(text.into()));
        self
    }

    /// The value of an attribute, by its name with prefix.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Sets an attribute, in its place when it is there already.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        match self.attributes.iter_mut().find(|(key, _)| key == name) {
            Some((_, old)) => *old = value.into(),
            None => self.attributes.push((name.to_owned(), value.into())),
        }
    }

    /// The child elements.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The child elements, to be edited.
    pub fn elements_mut(&mut self) -> impl Iterator<Item = &mut Element> {
        self.children.iter_mut().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The first child element of this name.
    pub fn find(&self, name: &str) -> Option<&Element> {
        self.elements().find(|element| element.name == name)
    }

    /// The first child element of this name, to be edited.
    pub fn find_mut(&mut self, name: &str) -> Option<&mut Element> {
        self.elements_mut().find(|element| element.name == name)
    }

    /// The characters directly in this element.
    pub fn characters(&self) -> String {
        let texts = self.children.iter().filter_map(|node| match node {
            Node::Text(text) => Some(text.as_str()),
            Node::Element(_) => None,
        });
        texts.collect()
    }

    /// Calls `edit` on this element and all below it, the parent before its children.
    pub fn visit(&mut self, edit: &mut impl FnMut(&mut Element)) {
        edit(self);
        for child in self.elements_mut() {
            child.visit(edit);
        }
    }

    /// The whole document as bytes: UTF-8, declared, no white space added.
    pub fn write(&self) -> Vec<u8> {
        let mut out = String::from(DECLARATION);
        self.write_into(&mut out);
        out.into_bytes()
    }

    fn write_into(&self, out: &mut String) {
        out.push('<');
        out.push_str(&self.name);
        for (name, value) in &self.attributes {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            escape(value, true, out);
            out.push('"');
        }
        if self.children.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        for child in &self.children {
            match child {
                Node::Element(element) => element.write_into(out),
                Node::Text(text) => escape(text, false, out),
            }
        }
        out.push_str("</");
        out.push_str(&self.name);
        out.push('>');
    }
}

/// Whether XML 1.0 allows this character in a document.
pub fn legal(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

/// Whether XML 1.0 allows all characters of a text, by its bytes: besides controls there are two it does not.
fn is_legal(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().all(|byte| *byte >= b' ' || matches!(byte, b'\t' | b'\n' | b'\r'))
        && !bytes.windows(3).any(|it| matches!(it, [0xEF, 0xBF, 0xBE | 0xBF]))
}

fn escape(text: &str, attribute: bool, out: &mut String) {
    // nearly all texts hold nothing of it, which their bytes tell sooner than their characters
    let escaped =
        |byte: u8| matches!(byte, b'&' | b'<' | b'>' | b'\r') || attribute && matches!(byte, b'"' | b'\n' | b'\t');
    if is_legal(text) && !text.bytes().any(escaped) {
        return out.push_str(text);
    }
    let special = |it: char| match it {
        '&' | '<' | '>' | '\r' => true,
        '"' | '\n' | '\t' => attribute,
        other => !legal(other),
    };
    let mut rest = text;
    while let Some(at) = rest.find(special) {
        let (plain, from) = rest.split_at(at);
        out.push_str(plain);
        let mut characters = from.chars();
        match characters.next() {
            Some('"') => out.push_str("&quot;"),
            Some('\n') => out.push_str("&#10;"),
            Some('\t') => out.push_str("&#9;"),
            Some(other) => escape_into(other, out),
            None => {}
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
}

/// Writes a character of a text, escaped; one that XML forbids is left out.
pub(crate) fn escape_into(character: char, out: &mut String) {
    match character {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        // a reader would turn it into a line feed
        '\r' => out.push_str("&#13;"),
        other if legal(other) => out.push(other),
        _ => {}
    }
}

/// Reads a whole document (UTF-8) and gives its root.
pub fn parse(bytes: &[u8]) -> Result<Element, XmlError> {
    if bytes.len() > XML_BYTES_MAX {
        return Err(XmlError::Long(bytes.len()));
    }
    let text = match wide(bytes) {
        Some(units) => Cow::Owned(String::from_utf16(&units).map_err(malformed)?),
        None => Cow::Borrowed(std::str::from_utf8(bytes).map_err(malformed)?),
    };
    let mut reader = Reader::from_str(text.trim_start_matches('\u{FEFF}'));
    let mut open: Vec<Element> = Vec::new();
    let mut root: Option<Element> = None;
    loop {
        match reader.read_event().map_err(malformed)? {
            Event::Start(start) => {
                if open.len() >= DEPTH_LEVELS_MAX {
                    return Err(XmlError::Deep);
                }
                open.push(element(&start)?);
            }
            Event::Empty(start) => close(element(&start)?, &mut open, &mut root)?,
            Event::End(_) => match open.pop() {
                Some(done) => close(done, &mut open, &mut root)?,
                None => return Err(malformed("an end tag without a start")),
            },
            Event::Text(text) => add_text(&mut open, &text.xml10_content().map_err(malformed)?)?,
            Event::CData(text) => add_text(&mut open, &text.xml10_content().map_err(malformed)?)?,
            Event::GeneralRef(reference) => add_text(&mut open, &resolve(&reference)?.to_string())?,
            Event::DocType(_) => return Err(XmlError::DocumentType),
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    if !open.is_empty() {
        return Err(malformed("an element is not closed"));
    }
    root.ok_or_else(|| malformed("there is no element"))
}

/// The characters of a part for whoever only searches it: what is no character is `\u{FFFD}`. Parts may be in UTF-8 or in UTF-16.
pub fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    wide(bytes).map_or_else(|| String::from_utf8_lossy(bytes), |units| Cow::Owned(String::from_utf16_lossy(&units)))
}

/// The units of a part in UTF-16, known by its mark or by the zeros beside its first `<`.
fn wide(bytes: &[u8]) -> Option<Vec<u16>> {
    let read: fn([u8; 2]) -> u16 = match bytes {
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => u16::from_le_bytes,
        [0xFE, 0xFF, ..] | [0, b'<', ..] => u16::from_be_bytes,
        _ => return None,
    };
    Some(bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(read).collect())
}

fn malformed(error: impl std::fmt::Display) -> XmlError {
    XmlError::Malformed(error.to_string())
}

fn element(start: &BytesStart<'_>) -> Result<Element, XmlError> {
    let name = std::str::from_utf8(start.name().0).map_err(malformed)?;
    let mut element = Element::new(name);
    for attribute in start.attributes() {
        let attribute = attribute.map_err(malformed)?;
        let raw = std::str::from_utf8(&attribute.value).map_err(malformed)?;
        let value = quick_xml::escape::unescape(raw).map_err(malformed)?;
        let value = allowed(&value).into_owned();
        let key = std::str::from_utf8(attribute.key.0).map_err(malformed)?;
        element.attributes.push((key.to_owned(), value));
    }
    Ok(element)
}

fn close(mut done: Element, open: &mut [Element], root: &mut Option<Element>) -> Result<(), XmlError> {
    if done.elements().next().is_some() {
        done.children.retain(|node| match node {
            Node::Element(_) => true,
            Node::Text(text) => !text.chars().all(|character| matches!(character, ' ' | '\t' | '\r' | '\n')),
        });
    }
    match open.last_mut() {
        Some(parent) => parent.children.push(Node::Element(done)),
        None if root.is_some() => return Err(malformed("there is more than one root")),
        None => *root = Some(done),
    }
    Ok(())
}

fn add_text(open: &mut [Element], text: &str) -> Result<(), XmlError> {
    let Some(parent) = open.last_mut() else {
        return if text.trim().is_empty() { Ok(()) } else { Err(malformed("text outside the root")) };
    };
    let text = allowed(text);
    // entities arrive as events of their own; one run of characters stays one node
    if let Some(Node::Text(last)) = parent.children.last_mut() {
        last.push_str(&text);
    } else {
        parent.children.push(Node::Text(text.into_owned()));
    }
    Ok(())
}

/// The characters of a text that XML allows, nearly always all.
fn allowed(text: &str) -> Cow<'_, str> {
    if is_legal(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|it| legal(*it)).collect())
}

fn resolve(reference: &BytesRef<'_>) -> Result<char, XmlError> {
    if let Some(character) = reference.resolve_char_ref().map_err(malformed)? {
        return Ok(character);
    }
    let name = reference.decode().map_err(malformed)?;
    match name.as_ref() {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        other => Err(XmlError::Entity(other.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_again() {
        let source = "<a x=\"1 &amp; &quot;2&quot;\"><b>七一 &lt;&amp;&gt; &#19908;</b><c/></a>";
        let root = parse(source.as_bytes()).unwrap();
        assert_eq!(root.find("b").unwrap().characters(), "七一 <&> ䷄");
        assert_eq!(root.get("x"), Some("1 & \"2\""));
        assert_eq!(parse(&root.write()).unwrap(), root);
    }

    #[test]
    fn texts_cannot_break_out() {
        let root = Element::new("a").with("x", "\"/><b>\u{1}\n").text("</a><w:p>\u{0}\u{B}\u{FFFE}&{{x}}䶮㛃𬭊");
        let again = parse(&root.write()).unwrap();
        assert_eq!(again.characters(), "</a><w:p>&{{x}}䶮㛃𬭊");
        assert_eq!(again.get("x"), Some("\"/><b>\n"));
        assert_eq!(again.elements().count(), 0);
    }

    #[test]
    fn white_space_between_elements_goes_and_in_texts_stays() {
        let root = parse("<a>\n  <b>  </b>\n</a>".as_bytes()).unwrap();
        assert_eq!(root.children.len(), 1);
        assert_eq!(root.find("b").unwrap().characters(), "  ");
    }

    #[test]
    fn bad_texts_are_refused() {
        assert!(matches!(parse("<a>".repeat(300).as_bytes()), Err(XmlError::Deep)));
        assert!(matches!(parse(b"<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>"), Err(XmlError::DocumentType)));
        assert!(matches!(parse(b"<a>&x;</a>"), Err(XmlError::Entity(_))));
        for source in ["<a><b></a></b>", "<a>", "<a/><b/>", "x<a/>", "", "<a x=\"1\" x=\"2\"/>", "\u{FEFF}", "<a/>x"] {
            assert!(matches!(parse(source.as_bytes()), Err(XmlError::Malformed(_))), "{source}");
        }
        assert!(matches!(parse(&[b'<', 0xFF, b'/', b'>']), Err(XmlError::Malformed(_))));
    }
}
