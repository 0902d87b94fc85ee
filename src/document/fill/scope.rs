//! Which part of the file a loop or a condition repeats: both its ends must be brothers in the tree.
//!
//! A control tag alone in a paragraph takes the paragraph's place, alone in a row the row's; a cell that holds nothing but the
//! one end of a loop gives way to it when the other end stands in a cell of the same row, and so the loop repeats columns.
//! What cannot be made brothers begins in one place and ends in another, and is refused.

use super::place::{Placed, TAG, number};
use super::problem::{Fault, Problem, begins};
use super::tag::Kind;
use super::told::Mend;
use crate::ooxml::xml::{Element, Node};
use std::collections::BTreeSet;

/// The attribute of a cell that a loop over columns repeats.
pub(super) const COLUMN: &str = "banwen-column";
/// The attribute of a row with such cells: how wide it is.
pub(super) const WIDTH: &str = "banwen-width";
/// The name of the element that stands where a paragraph with nothing but control tags stood.
pub(super) const GONE: &str = "banwen-gone";

/// Gives every control tag the number of the loop or condition it belongs to; what has no partner is a problem. Gives what would put
/// it right, as far as only names are asked for.
pub(super) fn pair(tags: &mut [Placed], from: usize, problems: &mut Vec<Problem>) -> Vec<Mend> {
    let (mut open, mut mends): (Vec<(usize, Kind)>, Vec<Mend>) = Default::default();
    let mut alone = |placed: &mut Placed, fault: Fault| {
        placed.group = None;
        // what is wrong with one that cannot be read was told
        problems.extend((!placed.broken).then(|| problem(placed, fault)));
    };
    for n in from..tags.len() {
        let kind = tags[n].tag.kind;
        match kind {
            Kind::For | Kind::If => {
                tags[n].group = Some(n);
                open.push((n, kind));
            }
            Kind::Else => match open.last() {
                Some((begin, _)) => tags[n].group = Some(*begin),
                None => {
                    alone(&mut tags[n], Fault::NoBegin);
                    mends.push(Mend::Gone(n));
                }
            },
            Kind::EndFor | Kind::EndIf => {
                let begun = if kind == Kind::EndFor { Kind::For } else { Kind::If };
                match open.iter().rposition(|(_, kind)| *kind == begun) {
                    Some(at) => {
                        // what was begun after it is not ended by it
                        for (begin, kind) in open.drain(at + 1..).rev() {
                            alone(&mut tags[begin], Fault::NoEnd(end_of(kind)));
                            mends.push(Mend::Ended(begin, end_of(kind), Some(n)));
                        }
                        tags[n].group = open.pop().map(|(begin, _)| begin);
                    }
                    None => {
                        alone(&mut tags[n], Fault::NoBegin);
                        mends.push(Mend::Gone(n));
                    }
                }
            }
            Kind::Output | Kind::Set | Kind::Remark => {}
        }
    }
    for (begin, kind) in open.into_iter().rev() {
        alone(&mut tags[begin], Fault::NoEnd(end_of(kind)));
        mends.push(Mend::Ended(begin, end_of(kind), None));
    }
    mends
}

fn end_of(kind: Kind) -> &'static str {
    if kind == Kind::For { "endfor" } else { "endif" }
}

fn problem(placed: &Placed, fault: Fault) -> Problem {
    Problem { spot: Some(placed.spot.clone()), tag: placed.shown.clone(), fault }
}

/// Makes the ends of every loop and condition brothers.
pub(super) struct Scopes<'a> {
    tags: &'a [Placed],
    told: BTreeSet<usize>,
    pub problems: Vec<Problem>,
}

impl<'a> Scopes<'a> {
    pub(super) fn new(tags: &'a [Placed]) -> Scopes<'a> {
        Scopes { tags, told: BTreeSet::new(), problems: Vec::new() }
    }

    /// Settles the whole of a part.
    pub(super) fn settle(&mut self, root: &mut Element) {
        self.below(root);
        self.tell(&root.children);
    }

    fn below(&mut self, element: &mut Element) {
        let mut children = Vec::new();
        let width: u32 = element.elements().filter_map(cell_width).sum();
        for node in std::mem::take(&mut element.children) {
            let Node::Element(mut child) = node else {
                children.push(node);
                continue;
            };
            let stands = child.name == TAG;
            let replaced =
                !stands && matches!(child.name.as_str(), "w:p" | "w:tr") && self.replaces(&child, &mut children);
            if replaced {
                continue;
            }
            if !stands {
                self.below(&mut child);
                let open = self.loose(&child.children);
                if child.name == "w:tc" && !open.is_empty() && self.replaces(&child, &mut children) {
                    continue;
                }
                self.tell(&child.children);
            }
            children.push(Node::Element(child));
        }
        if element.name == "w:tr" && children.iter().any(|it| number(it).is_some()) {
            element.set(WIDTH, width.to_string());
            self.mark_columns(&mut children);
        }
        element.children = children;
    }

    /// Puts the tags of an element that holds nothing else in its place; says whether it did.
    fn replaces(&self, element: &Element, out: &mut Vec<Node>) -> bool {
        let mut found = Vec::new();
        let controls = self.only_controls(element, &mut found) && !found.is_empty();
        if controls {
            // whoever finishes the part must know that something parted what now may touch
            out.extend((element.name == "w:p").then(|| Node::Element(Element::new(GONE))));
            out.extend(found.into_iter().map(|n: usize| Node::Element(Element::new(TAG).with("n", n.to_string()))));
        }
        controls
    }

    /// Whether an element says nothing but control tags, which are collected.
    fn only_controls(&self, element: &Element, found: &mut Vec<usize>) -> bool {
        element.children.iter().all(|node| match node {
            Node::Text(text) => element.name != "w:t" || text.trim().is_empty(),
            Node::Element(child) => match (number(node), child.name.as_str()) {
                (Some(n), _) => {
                    found.push(n);
                    self.tags[n].tag.kind != Kind::Output
                }
                (None, "w:pPr") => child.find("w:sectPr").is_none(),
                (None, GONE) => true,
                (None, "w:bookmarkStart" | "w:bookmarkEnd" | "w:lastRenderedPageBreak") => true,
                (None, "w:p" | "w:r" | "w:t" | "w:tc" | "w:ins" | "w:smartTag") => self.only_controls(child, found),
                (None, other) => other.ends_with("Pr") || other == "w:tblPrEx",
            },
        })
    }

    /// The tags of a list of brothers whose loop or condition has an end elsewhere.
    fn loose(&self, brothers: &[Node]) -> Vec<usize> {
        let here: Vec<usize> = brothers.iter().filter_map(number).collect();
        let ends = |n: usize| {
            let group = self.tags[n].group?;
            let end = here.iter().any(|it| self.tags[*it].group == Some(group) && self.tags[*it].is_end());
            Some(end && here.contains(&group))
        };
        here.iter().copied().filter(|n| ends(*n) == Some(false)).collect()
    }

    fn tell(&mut self, brothers: &[Node]) {
        for n in self.loose(brothers) {
            let placed = &self.tags[n];
            let Some(group) = placed.group.filter(|group| self.told.insert(*group)) else { continue };
            let end = self.tags.iter().find(|it| it.group == Some(group) && it.is_end()).unwrap_or(placed);
            let fault = Fault::Crossed(begins(&end.spot.words));
            self.problems.push(problem(&self.tags[group], fault));
        }
    }

    /// The cells between the ends of a loop over columns.
    fn mark_columns(&self, children: &mut [Node]) {
        let mut open: Vec<usize> = Vec::new();
        for node in children {
            match (number(node), node) {
                (Some(n), _) if self.tags[n].tag.kind == Kind::For => open.push(n),
                (Some(n), _) if self.tags[n].tag.kind == Kind::EndFor => drop(open.pop()),
                (None, Node::Element(cell)) if !open.is_empty() && cell.name == "w:tc" => cell.set(COLUMN, "1"),
                (Some(_) | None, Node::Element(_) | Node::Text(_)) => {}
            }
        }
    }
}

impl Placed {
    fn is_end(&self) -> bool {
        matches!(self.tag.kind, Kind::EndFor | Kind::EndIf)
    }
}

/// The width of a cell in twentieths of a point.
pub(super) fn cell_width(cell: &Element) -> Option<u32> {
    let width = cell.find("w:tcPr")?.find("w:tcW")?;
    let absolute = width.get("w:type").is_none_or(|it| it == "dxa");
    width.get("w:w").filter(|_| absolute && cell.name == "w:tc")?.parse().ok()
}
