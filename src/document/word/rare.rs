//! Rare characters of a Word file, and the marks of forms: each names the face that has it.
//!
//! The faces an office has for 仿宋, 楷体 and 小标宋 end with GBK. What lies beyond it, ☑ and ⑪ too, a Word file names the face for that
//! the PDF is set in, so that a machine with that face shows the same; one without it takes what the table of faces names beside, or its own choice.

use crate::document::fonts::{Fonts, Role};
use crate::numerals::han;
use crate::ooxml::xml::{Element, Node};

/// The Han characters every face of an office has, and the components and radicals that most lack.
const COMMON: std::ops::RangeInclusive<char> = '\u{4E00}'..='\u{9FA5}';
const RADICALS: std::ops::RangeInclusive<char> = '\u{2E80}'..='\u{2FD5}';

/// Where symbols stand, and the face that has those which the faces of the roles lack.
const SYMBOLS: [std::ops::RangeInclusive<char>; 2] = ['\u{2070}'..='\u{2BFF}', '\u{3200}'..='\u{33FF}'];
const LENT_BY: &str = "Banwen Symbol Supplement";

/// Marks of forms that the PDF sets in 宋体 beside those it is lent, so that all are of one drawing.
const BESIDE: &str = "□■√①②③④⑤⑥⑦⑧⑨⑩";

fn face(character: char, fonts: &Fonts) -> Option<String> {
    if BESIDE.contains(character) {
        return Some("宋体".to_owned());
    }
    let rare = han(character) && !COMMON.contains(&character) || RADICALS.contains(&character);
    let symbol = SYMBOLS.iter().any(|it| it.contains(&character));
    let set_in = || fonts.set_in(Role::Plain, character);
    (rare || symbol).then(set_in).flatten().filter(|it| rare || it == LENT_BY)
}

/// Names the faces of all rare characters in an element.
pub(super) fn name_faces(element: &mut Element, fonts: &Fonts) {
    element.visit(&mut |parent| {
        let rare = |it: &Element| it.name == "w:t" && it.characters().chars().any(|it| face(it, fonts).is_some());
        if !parent.elements().any(|it| it.name == "w:r" && it.elements().any(rare)) {
            return;
        }
        let children = std::mem::take(&mut parent.children);
        for node in children {
            match node {
                Node::Element(run) if run.name == "w:r" => parent.children.extend(parted(run, fonts)),
                node @ (Node::Element(_) | Node::Text(_)) => parent.children.push(node),
            }
        }
    });
}

/// A run as several, each with the face of its characters.
fn parted(run: Element, fonts: &Fonts) -> Vec<Node> {
    let properties = run.find("w:rPr").cloned();
    let mut parts: Vec<(Option<String>, Vec<Node>)> = Vec::new();
    for node in run.children {
        match &node {
            Node::Element(child) if child.name == "w:rPr" => {}
            Node::Element(child) if child.name == "w:t" => {
                for (face, text) in by_face(&child.characters(), fonts) {
                    let text = Element::new("w:t").with("xml:space", "preserve").text(text);
                    put(&mut parts, face, Node::Element(text));
                }
            }
            // a break or a stop belongs to what stands before it
            Node::Element(_) | Node::Text(_) => {
                let last = parts.last().and_then(|(face, _)| face.clone());
                put(&mut parts, last, node);
            }
        }
    }
    let made = parts.into_iter().map(|(face, nodes)| {
        let mut properties = properties.clone();
        if let Some(face) = face {
            set_face(properties.get_or_insert_with(|| Element::new("w:rPr")), face);
        }
        let mut run = Element::new("w:r");
        run.children.extend(properties.map(Node::Element));
        run.children.extend(nodes);
        Node::Element(run)
    });
    made.collect()
}

fn put(parts: &mut Vec<(Option<String>, Vec<Node>)>, face: Option<String>, node: Node) {
    match parts.last_mut() {
        Some((last, nodes)) if *last == face => nodes.push(node),
        Some(_) | None => parts.push((face, vec![node])),
    }
}

fn by_face(text: &str, fonts: &Fonts) -> Vec<(Option<String>, String)> {
    let mut found: Vec<(Option<String>, String)> = Vec::new();
    for character in text.chars() {
        let face = face(character, fonts);
        match found.last_mut() {
            Some((last, text)) if *last == face => text.push(character),
            Some(_) | None => found.push((face, character.to_string())),
        }
    }
    found
}

fn set_face(properties: &mut Element, face: String) {
    if let Some(fonts) = properties.find_mut("w:rFonts") {
        return fonts.set("w:eastAsia", face);
    }
    // a style stands first
    let styled = properties.elements().next().is_some_and(|it| it.name == "w:rStyle");
    properties.children.insert(usize::from(styled), Node::Element(Element::new("w:rFonts").with("w:eastAsia", face)));
}
