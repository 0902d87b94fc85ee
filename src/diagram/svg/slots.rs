//! Where arrows leave and enter a box: each has a slot of its own height at a side of it, so that no label meets another.

use super::text::{width, wrap};
use crate::diagram::{Diagram, Shape, Way};

/// Size and line height of what is written on arrows, in pixels.
pub(super) const SMALL: i32 = 13;
pub(super) const SMALL_LINE: i32 = 17;
/// Widest label beside a box, in pixels.
pub(super) const LABEL_PIXELS_MAX: i32 = 150;
/// How far an arrow that stays goes out, and how far below it comes back, in pixels.
pub(super) const LOOP: (i32, i32) = (34, 16);

/// Text and line height of an end's box, its widest line, and the room around its words, in pixels.
pub(super) const END: i32 = 14;
pub(super) const END_LINE: i32 = 19;
const END_PIXELS_MAX: i32 = 130;
const END_AIR: (i32, i32) = (24, 9);
/// Space around a slot, in pixels.
const AIR: i32 = 6;

/// The lines of an end's box.
pub(super) fn end_lines(title: &str) -> Vec<String> {
    wrap(title, END, END_PIXELS_MAX)
}

/// Width and height of an end's box.
pub(super) fn end_size(title: &str) -> (i32, i32) {
    let lines = end_lines(title);
    let widest = lines.iter().map(|line| width(line, END)).max().unwrap_or_default();
    (widest + END_AIR.0, i32::try_from(lines.len()).unwrap_or_default() * END_LINE + END_AIR.1)
}

/// Which side of a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Edge {
    Left,
    Right,
}

/// What an arrow's way across the picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Course {
    /// down to the next box of the column
    Straight,
    /// out to an end beside the box
    Out,
    /// back into the same box
    Round,
    /// by a lane of the main column's gutter
    Main,
    /// by a lane of the side column's gutter
    Aside,
}

/// A place at a side of a box.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub(super) node: usize,
    pub(super) edge: Edge,
    /// order along the side, then order of the arrows
    pub(super) rank: (u8, usize),
    pub(super) label: Vec<String>,
    /// room above and below its line
    pub(super) above: i32,
    pub(super) below: i32,
    /// where its line is, once the box has a place
    pub(super) y: i32,
}

impl Slot {
    pub(super) fn height(&self) -> i32 {
        self.above + self.below
    }
}

/// An arrow with its course and its slots (none where it runs from box to box straight).
pub(super) struct Plan {
    pub(super) arrow: usize,
    pub(super) course: Course,
    pub(super) leaves: Option<usize>,
    pub(super) enters: Option<usize>,
    /// arrows of one trunk share a lane
    pub(super) trunk: usize,
}

/// The course of every arrow, and the slots at the boxes.
pub(super) fn plan(diagram: &Diagram) -> (Vec<Plan>, Vec<Slot>) {
    let mut planner = Planner { diagram, slots: Vec::new(), trunks: Vec::new() };
    let plans = (0..diagram.arrows.len()).filter_map(|arrow| planner.plan(arrow)).collect();
    (plans, planner.slots)
}

/// What a trunk is of: arrows to one box in one way from one side, or unlabelled arrows from one box.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Trunk {
    from: Option<usize>,
    to: Option<usize>,
    way: Way,
    down: bool,
}

struct Planner<'a> {
    diagram: &'a Diagram,
    slots: Vec<Slot>,
    /// each with the slot its arrows have in common
    trunks: Vec<(Trunk, usize)>,
}

impl Planner<'_> {
    fn plan(&mut self, index: usize) -> Option<Plan> {
        let arrow = self.diagram.arrows.get(index)?;
        let course = course(self.diagram, index)?;
        let label: Vec<String> = arrow.label.iter().flat_map(|l| wrap(l, SMALL, LABEL_PIXELS_MAX)).collect();
        let plan = |leaves, enters, trunk| Plan { arrow: index, course, leaves, enters, trunk };
        match course {
            Course::Straight => Some(plan(None, None, usize::MAX)),
            Course::Out => {
                let half = self.diagram.nodes.get(arrow.to).map_or(0, |end| end_size(&end.title).1 / 2);
                let slot = self.slot(arrow.from, Edge::Right, (0, index), label, half);
                Some(plan(Some(slot), None, usize::MAX))
            }
            Course::Round => {
                let slot = self.slot(arrow.from, Edge::Right, (0, index), label, LOOP.1);
                Some(plan(Some(slot), None, usize::MAX))
            }
            Course::Main | Course::Aside => Some(self.lane(index, course, label)),
        }
    }

    fn lane(&mut self, index: usize, course: Course, label: Vec<String>) -> Plan {
        let arrow = &self.diagram.arrows[index];
        let down = arrow.to > arrow.from;
        let fork = label.is_empty();
        let (from, to) = if fork { (Some(arrow.from), None) } else { (None, Some(arrow.to)) };
        let wanted = Trunk { from, to, way: arrow.way, down };
        let known = self.trunks.iter().position(|(trunk, _)| *trunk == wanted);
        let trunk = known.unwrap_or(self.trunks.len());
        let edges = match course {
            Course::Aside => [self.edge_aside(arrow.from), self.edge_aside(arrow.to)],
            Course::Straight | Course::Out | Course::Round | Course::Main => [Edge::Left, Edge::Left],
        };
        // what comes from above enters above what leaves upwards, and so on downwards: fewer lines cross
        let (leaving, entering) = if down { ((3, index), (0, index)) } else { ((1, index), (2, index)) };
        let aside = |edge: Edge, rank: (u8, usize)| if edge == Edge::Right { (4, rank.1) } else { rank };
        let shared = known.and_then(|t| self.trunks.get(t)).map(|(_, shared)| *shared);
        let (leaves, enters) = match shared {
            Some(shared) if fork => (shared, self.slot(arrow.to, edges[1], aside(edges[1], entering), Vec::new(), AIR)),
            Some(shared) => (self.slot(arrow.from, edges[0], aside(edges[0], leaving), label, AIR), shared),
            None => {
                let leaves = self.slot(arrow.from, edges[0], aside(edges[0], leaving), label, AIR);
                let enters = self.slot(arrow.to, edges[1], aside(edges[1], entering), Vec::new(), AIR);
                self.trunks.push((wanted, if fork { leaves } else { enters }));
                (leaves, enters)
            }
        };
        Plan { arrow: index, course, leaves: Some(leaves), enters: Some(enters), trunk }
    }

    /// The side column's gutter lies to the right of main boxes and to the left of side boxes.
    fn edge_aside(&self, node: usize) -> Edge {
        if self.diagram.nodes.get(node).is_some_and(|n| n.side) { Edge::Left } else { Edge::Right }
    }

    fn slot(&mut self, node: usize, edge: Edge, rank: (u8, usize), label: Vec<String>, below: i32) -> usize {
        let lines = i32::try_from(label.len()).unwrap_or_default();
        let above = (lines * SMALL_LINE + AIR).max(below);
        self.slots.push(Slot { node, edge, rank, label, above, below: below + AIR, y: 0 });
        self.slots.len() - 1
    }
}

fn course(diagram: &Diagram, index: usize) -> Option<Course> {
    let arrow = diagram.arrows.get(index)?;
    let (from, to) = (diagram.nodes.get(arrow.from)?, diagram.nodes.get(arrow.to)?);
    if to.shape == Shape::Ended {
        return Some(Course::Out);
    }
    if arrow.from == arrow.to {
        return Some(Course::Round);
    }
    if from.side != to.side {
        return Some(Course::Aside);
    }
    let between = diagram.nodes.get(arrow.from + 1..arrow.to).unwrap_or_default();
    let next = arrow.to > arrow.from && between.iter().all(|n| n.side != from.side);
    let taken =
        |other: &crate::diagram::Arrow| (other.from, other.to, other.way) == (arrow.from, arrow.to, Way::Onward);
    if next && arrow.way == Way::Onward && diagram.arrows.iter().filter(|a| taken(a)).count() == 1 {
        return Some(Course::Straight);
    }
    Some(if from.side { Course::Aside } else { Course::Main })
}
