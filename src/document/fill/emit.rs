//! Writes the tree of a part as a text of the template language.
//!
//! What is not a tag cannot be taken for one: every brace of the file itself is written as a character reference.

use super::place::{IN_ATTRIBUTE, Placed, number_of};
use super::tag::Kind;
use crate::ooxml::xml::{Element, Node, escape_into};
use crate::workflow::rule::{asked, asked_text};

/// A piece of the text of a whole template.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    /// XML as it is
    Xml(String),
    /// the tag of this number
    Tag(usize),
}

/// Stands between the parts; no value can hold it.
pub(super) const BETWEEN: char = '\u{2}';
/// The filter of what is printed where no line can break.
pub(super) const IN_LINE: &str = "banwen_in_line";

/// Writes a tree.
pub(super) fn emit(element: &Element, out: &mut Vec<Piece>) {
    if let Some(n) = number_of(element) {
        return out.push(Piece::Tag(n));
    }
    push(out, &format!("<{}", element.name));
    for (name, value) in &element.attributes {
        push(out, &format!(" {name}=\""));
        for (turn, part) in value.split(IN_ATTRIBUTE).enumerate() {
            match part.parse() {
                Ok(n) if turn % 2 == 1 => out.push(Piece::Tag(n)),
                Ok(_) | Err(_) => push(out, &escaped(part, true)),
            }
        }
        push(out, "\"");
    }
    if element.children.is_empty() {
        return push(out, "/>");
    }
    push(out, ">");
    for child in &element.children {
        match child {
            Node::Element(child) => emit(child, out),
            Node::Text(text) => push(out, &escaped(text, false)),
        }
    }
    push(out, &format!("</{}>", element.name));
}

/// The next part begins.
pub(super) fn part(out: &mut Vec<Piece>) {
    push(out, &BETWEEN.to_string());
}

fn push(out: &mut Vec<Piece>, text: &str) {
    match out.last_mut() {
        Some(Piece::Xml(last)) => last.push_str(text),
        Some(Piece::Tag(_)) | None => out.push(Piece::Xml(text.to_owned())),
    }
}

fn escaped(text: &str, attribute: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '{' => out.push_str("&#123;"),
            '"' if attribute => out.push_str("&quot;"),
            '\n' | '\r' | '\t' if attribute => out.push_str(&format!("&#{};", u32::from(character))),
            // the language drops a line feed behind a control tag
            '\n' => out.push_str("&#10;"),
            other => escape_into(other, &mut out),
        }
    }
    out
}

/// The text of the language, and where each tag stands in it. The tags of `harmless` do nothing.
pub(super) fn source(pieces: &[Piece], tags: &[Placed], harmless: &[usize]) -> (String, Vec<(usize, usize)>) {
    let (mut text, mut places) = (String::new(), Vec::new());
    for piece in pieces {
        match piece {
            Piece::Xml(xml) => text.push_str(xml),
            Piece::Tag(n) => {
                places.push((text.len(), *n));
                let placed = &tags[*n];
                let tag = &placed.tag;
                if harmless.contains(n) {
                    text.push_str(&tag.harmless());
                } else if placed.in_line && tag.kind == Kind::Output {
                    text.push_str(&format!("{{{{ ({})|{IN_LINE} }}}}", asked(&tag.inner)));
                } else {
                    text.push_str(&asked_text(&tag.source()));
                }
            }
        }
    }
    (text, places)
}
