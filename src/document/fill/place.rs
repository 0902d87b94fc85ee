//! Finds the tags of a part and puts each whole into the run that opens it.
//!
//! Word cuts a text into runs wherever it checked spelling, changed a font or was edited; so the words of a paragraph are read
//! as one, and what a tag prints has the formatting of its first character. In the tree a tag is an element named [`TAG`];
//! a control tag stands beside the runs, never within one.

use super::problem::{Fault, Problem, Spot, begins};
use super::tag::{self, Kind, Tag};
use super::told::Told;
use crate::document::template::missed::{Missed, missed};
use crate::ooxml::xml::{Element, Node};
use minijinja::Environment;
use std::ops::Range;

/// The name of the element that stands for a tag while a template is read.
pub(super) const TAG: &str = "banwen-tag";
/// The attribute of a cell that merges with equal ones above.
pub(super) const MERGED: &str = "banwen-merged";
/// The attribute of a picture's properties whose alternative text says which picture: the number of its tag.
pub(super) const PICTURE: &str = "banwen-picture";
/// Stands around a tag's number in an attribute; XML has no such character.
pub(super) const IN_ATTRIBUTE: char = '\u{1}';

/// A tag and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub tag: Tag,
    pub spot: Spot,
    /// as it stands in the file
    pub shown: String,
    /// where no line can break
    pub in_line: bool,
    /// it cannot be read, which was told; this is what it may have been meant to be
    pub broken: bool,
    /// the loop or condition it belongs to
    pub group: Option<usize>,
}

/// What is found while the parts are read one after the other.
pub(super) struct Reader<'a> {
    pub environment: &'a Environment<'a>,
    pub part: &'static str,
    pub tags: Vec<Placed>,
    pub problems: Vec<Problem>,
    /// the paragraphs with tags, as those see them who only ask which names are read
    pub told: Told,
    /// what may have been meant as a tag and is none
    pub missed: Vec<(Spot, Missed)>,
    pub lines: usize,
}

/// What stands around an element.
#[derive(Debug, Clone, Copy, Default)]
struct Around {
    /// in the older copy of a drawing, which says the same again
    copy: bool,
    cell: bool,
}

/// The number of the tag that a node stands for.
pub(super) fn number(node: &Node) -> Option<usize> {
    match node {
        Node::Element(element) => number_of(element),
        Node::Text(_) => None,
    }
}

/// The number of the tag that an element stands for.
pub(super) fn number_of(element: &Element) -> Option<usize> {
    if element.name == TAG { element.get("n")?.parse().ok() } else { None }
}

impl<'a> Reader<'a> {
    pub(super) fn new(environment: &'a Environment<'a>) -> Reader<'a> {
        let (tags, problems, missed) = Default::default();
        Reader { environment, part: "", tags, problems, told: Told::default(), missed, lines: 0 }
    }

    /// Reads a part of text.
    pub(super) fn part(&mut self, part: &'static str, tree: &mut Element) {
        self.part = part;
        tree.visit(&mut |element| {
            // names of our own are for what this reader puts in, not for what a file brings along
            let ours = |name: &str| name.starts_with("banwen-");
            element.children.retain(|node| match node {
                Node::Element(it) => it.name != "w:proofErr" && !ours(&it.name),
                Node::Text(_) => true,
            });
            element.attributes.retain(|(name, _)| !ours(name));
            if element.name == "w:sdt" {
                control(element);
            }
        });
        self.below(tree, Around::default());
    }

    /// Reads the properties of the file: each is one line.
    pub(super) fn properties(&mut self, tree: &mut Element) {
        self.part = "属性";
        tree.visit(&mut |element| {
            element.children.retain(|node| !matches!(node, Node::Element(it) if it.name.starts_with("banwen-")));
        });
        for element in tree.elements_mut() {
            let text = element.characters();
            let pieces = self.pieces(&text, true, Around::default());
            if let Some(pieces) = pieces {
                element.children = pieces.into_iter().map(|(_, node)| node).collect();
            }
        }
    }

    fn below(&mut self, element: &mut Element, around: Around) {
        for child in element.elements_mut() {
            let around =
                Around { copy: around.copy || child.name == "mc:Fallback", cell: around.cell || child.name == "w:tc" };
            match child.name.as_str() {
                "w:p" => self.paragraph(child, around),
                "wp:docPr" => self.picture(child, around),
                "pic:cNvPr" => child.attributes.retain(|(name, value)| name != "descr" || !value.contains("{{")),
                _ => {}
            }
            self.below(child, around);
            if child.name == "w:tc" && self.merges(child) {
                child.set(MERGED, "1");
            }
        }
    }

    fn merges(&self, element: &Element) -> bool {
        let own = |node: &Node| number(node).and_then(|n| self.tags.get(n)).is_some_and(|it| it.tag.merges());
        element.children.iter().any(own) || element.elements().any(|it| self.merges(it))
    }

    fn paragraph(&mut self, paragraph: &mut Element, around: Around) {
        breaks(paragraph, &mut String::new());
        let mut slots = Vec::new();
        each_slot(paragraph, &mut |slot| slots.push(slot.characters()));
        let Some(pieces) = self.pieces(&slots.concat(), false, around) else { return };
        let mut ends = Vec::new();
        for slot in &slots {
            ends.push(ends.last().copied().unwrap_or(0) + slot.len());
        }
        let mut filled: Vec<Vec<Node>> = vec![Vec::new(); slots.len()];
        for (at, node) in pieces {
            let Node::Text(text) = &node else {
                let slot = ends.iter().position(|end| at < *end).unwrap_or_default();
                filled[slot].push(node);
                continue;
            };
            // what stands between tags keeps its runs
            let mut from = at;
            for (slot, end) in ends.iter().enumerate().filter(|(_, end)| at < **end) {
                let to = (*end).min(at + text.len());
                if let Some(part) = text.get(from - at..to - at).filter(|it| !it.is_empty()) {
                    filled[slot].push(Node::Text(part.to_owned()));
                }
                from = to.max(from);
            }
        }
        let mut filled = filled.into_iter();
        each_slot(paragraph, &mut |slot| {
            slot.children = filled.next().unwrap_or_default();
            slot.set("xml:space", "preserve");
        });
        self.split(paragraph);
    }

    /// The text and the tags of a paragraph with the byte each stands at; `None` when there are no tags.
    fn pieces(&mut self, text: &str, in_line: bool, around: Around) -> Option<Vec<(usize, Node)>> {
        let found = tag::scan(text, self.environment);
        let ranges: Vec<Range<usize>> = found.iter().map(|(range, _)| range.clone()).collect();
        let spot = || Spot { line: self.lines + 1, part: self.part, words: begins(text) };
        self.missed.extend(missed(text, &ranges).into_iter().filter(|_| !around.copy).map(|it| (spot(), it)));
        if found.is_empty() {
            return None;
        }
        self.lines += 1;
        let spot = Spot { line: self.lines, part: self.part, words: begins(text) };
        let (mut pieces, mut from) = (Vec::new(), 0);
        // what the older copy of a drawing says again is not told
        let mut told = if around.copy { Told::default() } else { std::mem::take(&mut self.told) };
        told.line(self.part);
        for (range, tag) in found {
            if let Some(before) = text.get(from..range.start).filter(|it| !it.is_empty()) {
                pieces.push((from, Node::Text(before.to_owned())));
                told.text(before);
            }
            let shown = text.get(range.clone()).unwrap_or_default().trim().to_owned();
            // a mark of double width is all that is wrong with its tag; of others it is not known what they begin
            let broken = tag.as_ref().is_err_and(|fault| !matches!(fault, Fault::FullWidthMark(_)));
            let tag = tag.or_else(|fault| {
                let meant = tag::meant(&shown, &fault, self.environment);
                self.problem(&spot, begins(&shown), fault, around);
                meant.ok_or(())
            });
            if let Ok(tag) = tag {
                if tag.merges() && !around.cell {
                    let (spot, tag) = (Some(spot.clone()), shown.clone());
                    self.problems.push(Problem { spot, tag, fault: Fault::MergeOutside });
                }
                pieces.push((range.start, Node::Element(Element::new(TAG).with("n", self.tags.len().to_string()))));
                let placed = Placed { tag, spot: spot.clone(), shown, in_line, broken, group: None };
                told.tag(self.tags.len(), &placed);
                self.tags.push(placed);
            }
            from = range.end;
        }
        if let Some(rest) = text.get(from..).filter(|it| !it.is_empty()) {
            pieces.push((from, Node::Text(rest.to_owned())));
            told.text(rest);
        }
        if !around.copy {
            self.told = told;
        }
        Some(pieces)
    }

    /// What is wrong in a paragraph; the older copy of a drawing says the same again.
    fn problem(&mut self, spot: &Spot, tag: String, fault: Fault, around: Around) {
        let known = |it: &Problem| {
            let words = it.spot.as_ref().map(|it| (it.part, &it.words));
            (words, &it.tag, &it.fault) == (Some((spot.part, &spot.words)), &tag, &fault)
        };
        if !around.copy || !self.problems.iter().any(known) {
            self.problems.push(Problem { spot: Some(spot.clone()), tag, fault });
        }
    }

    /// A picture whose alternative text is a tag.
    fn picture(&mut self, properties: &mut Element, around: Around) {
        let Some(text) = properties.get("descr").map(str::to_owned) else { return };
        let Some(pieces) = self.pieces(&text, true, around) else { return };
        let alone: Vec<usize> = pieces.iter().filter_map(|(_, node)| number(node)).collect();
        let blank = |node: &Node| matches!(node, Node::Text(text) if text.trim().is_empty());
        let printed = |n: &usize| self.tags.get(*n).is_some_and(|it| it.tag.kind == Kind::Output);
        match alone.as_slice() {
            [only] if printed(only) && pieces.iter().all(|(_, it)| number(it).is_some() || blank(it)) => {
                properties.set("descr", format!("{IN_ATTRIBUTE}{only}{IN_ATTRIBUTE}"));
                properties.set(PICTURE, only.to_string());
            }
            [] => {}
            [first, ..] => {
                let placed = &self.tags[*first];
                let reason =
                    "the alternative text of a picture to be filled is one `{{ … }}` and nothing else".to_owned();
                let (spot, tag) = (Some(placed.spot.clone()), placed.shown.clone());
                self.problems.push(Problem { spot, tag, fault: Fault::Syntax(reason, None) });
            }
        }
    }

    /// Cuts runs at their control tags, which then stand between the pieces.
    fn split(&self, parent: &mut Element) {
        let mut children = Vec::new();
        for node in std::mem::take(&mut parent.children) {
            match node {
                Node::Element(run) if run.name == "w:r" => self.split_run(run, &mut children),
                Node::Element(mut other) => {
                    if !matches!(other.name.as_str(), "w:p" | "w:txbxContent") {
                        self.split(&mut other);
                    }
                    children.push(Node::Element(other));
                }
                text @ Node::Text(_) => children.push(text),
            }
        }
        parent.children = children;
    }

    fn split_run(&self, run: Element, out: &mut Vec<Node>) {
        let controls = |node: &Node| number(node).is_some_and(|n| self.tags[n].tag.kind != Kind::Output);
        let touched =
            run.elements().any(|it| it.name == "w:t" && (it.children.is_empty() || it.children.iter().any(controls)));
        if !touched {
            return out.push(Node::Element(run));
        }
        let properties: Vec<Node> =
            run.children.iter().filter(|it| matches!(it, Node::Element(it) if it.name == "w:rPr")).cloned().collect();
        let empty =
            Element { name: run.name.clone(), attributes: run.attributes.clone(), children: properties.clone() };
        let mut current = empty.clone();
        let close = |current: &mut Element, out: &mut Vec<Node>| {
            let done = std::mem::replace(current, empty.clone());
            if done.children.len() > properties.len() {
                out.push(Node::Element(done));
            }
        };
        for node in run.children.into_iter().skip(properties.len()) {
            let Node::Element(text) = node else { continue };
            if text.name != "w:t" {
                current.children.push(Node::Element(text));
                continue;
            }
            let shell = Element { children: Vec::new(), ..text.clone() };
            let mut piece = shell.clone();
            for node in text.children {
                if controls(&node) {
                    let done = std::mem::replace(&mut piece, shell.clone());
                    current.children.extend((!done.children.is_empty()).then_some(Node::Element(done)));
                    close(&mut current, out);
                    out.push(node);
                } else {
                    piece.children.push(node);
                }
            }
            current.children.extend((!piece.children.is_empty()).then_some(Node::Element(piece)));
        }
        close(&mut current, out);
    }
}

/// Line breaks and tabs inside a tag become blanks: a long tag may be broken into lines.
fn breaks(element: &mut Element, read: &mut String) {
    let in_run = element.name == "w:r";
    for child in element.elements_mut() {
        let blank = match child.name.as_str() {
            "w:t" => {
                read.push_str(&child.characters());
                continue;
            }
            "w:p" | "w:txbxContent" | "w:del" | "w:moveFrom" => continue,
            "w:br" | "w:cr" | "w:tab" if in_run => " ",
            "w:noBreakHyphen" if in_run => "-",
            "w:softHyphen" if in_run => "",
            _ => {
                breaks(child, read);
                continue;
            }
        };
        if tag::is_open(read) {
            *child = Element::new("w:t").with("xml:space", "preserve").text(blank);
            read.push_str(blank);
        }
    }
}

/// Calls `edit` on every text of a paragraph in reading order; paragraphs within it (text boxes) have texts of their own.
fn each_slot(element: &mut Element, edit: &mut impl FnMut(&mut Element)) {
    for child in element.elements_mut() {
        match child.name.as_str() {
            "w:t" => edit(child),
            "w:p" | "w:txbxContent" | "w:del" | "w:moveFrom" => {}
            _ => each_slot(child, edit),
        }
    }
}

/// A content control whose tag is `{{ … }}` holds that tag as its text. It is bound to nothing else any more.
fn control(control: &mut Element) {
    let Some(properties) = control.find_mut("w:sdtPr") else { return };
    let tag = properties.find("w:tag").and_then(|it| it.get("w:val")).filter(|it| it.contains("{{"));
    let Some(tag) = tag.map(str::to_owned) else { return };
    let gone = ["w:tag", "w:showingPlcHdr", "w:placeholder", "w:dataBinding", "w15:dataBinding"];
    properties.children.retain(|node| !matches!(node, Node::Element(it) if gone.contains(&it.name.as_str())));
    let Some(content) = control.find_mut("w:sdtContent") else { return };
    let mut run = first_run(content).unwrap_or_else(|| Element::new("w:r"));
    run.children.retain(|node| matches!(node, Node::Element(it) if it.name == "w:rPr"));
    if let Some(properties) = run.find_mut("w:rPr") {
        let placeholder =
            |it: &Element| it.name == "w:rStyle" && it.get("w:val").is_some_and(|it| it.contains("Placeholder"));
        properties.children.retain(|node| !matches!(node, Node::Element(it) if placeholder(it)));
    }
    let run = run.child(Element::new("w:t").with("xml:space", "preserve").text(tag));
    put_run(content, run);
}

fn first_run(element: &Element) -> Option<Element> {
    element.elements().find_map(|it| if it.name == "w:r" { Some(it.clone()) } else { first_run(it) })
}

/// Leaves nothing in a content control but one run, in the first paragraph where there is one.
fn put_run(content: &mut Element, run: Element) {
    let holder = content.elements().position(|it| matches!(it.name.as_str(), "w:p" | "w:tc"));
    let kept = |name: &str| matches!(name, "w:pPr" | "w:tcPr");
    match holder.and_then(|at| content.elements().nth(at).cloned()) {
        Some(mut inner) => {
            put_run(&mut inner, run);
            content.children.retain(|node| matches!(node, Node::Element(it) if kept(&it.name)));
            content.children.push(Node::Element(inner));
        }
        None => {
            content.children.retain(|node| matches!(node, Node::Element(it) if kept(&it.name)));
            content.children.push(Node::Element(run));
        }
    }
}
