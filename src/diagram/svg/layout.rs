//! Where everything is: a main column from top to bottom in reading order, side items in a column beside it; ends right
//! beside their stage, ways back in lanes at the left, named clocks left of these.

use super::boxes::{Content, GATE};
use super::lanes;
use super::pen::{Point, Rect};
use super::slots::{self, Course, Edge, LOOP, Plan, SMALL, SMALL_LINE, Slot, end_size};
use super::text::{width, wrap};
use crate::diagram::{Diagram, Shape, Way};

/// Sizes in pixels.
pub(super) const MARGIN: i32 = 28;
const MAIN: i32 = 370;
const SIDE: i32 = 320;
const GAP: i32 = 28;
const LANE: i32 = 16;
const CLOCK: i32 = 150;
/// Least room between a box and what stands beside it.
const AIR: i32 = 24;
/// Widest label of a line that runs straight down.
const STRAIGHT_PIXELS_MAX: i32 = 165;

/// A named clock: where its bracket is, and what stands beside it.
pub(super) struct Bracket {
    pub(super) x: i32,
    pub(super) top: i32,
    pub(super) bottom: i32,
    pub(super) lines: Vec<String>,
}

/// The places.
pub(super) struct Layout<'a> {
    diagram: &'a Diagram,
    pub(super) boxes: Vec<Rect>,
    pub(super) contents: Vec<Content>,
    pub(super) plans: Vec<Plan>,
    pub(super) slots: Vec<Slot>,
    pub(super) clocks: Vec<Bracket>,
    pub(super) width: i32,
    pub(super) bottom: i32,
    /// x of each lane's trunk
    trunks: Vec<(usize, i32)>,
}

/// The places of a column: its boxes, the labels and ends beside them, and the gutter left of it.
#[derive(Default)]
struct Column {
    left: i32,
    right: i32,
    ends: i32,
}

/// Lays a diagram out below `top`.
pub(super) fn lay_out(diagram: &Diagram, top: i32) -> Layout<'_> {
    let (plans, slots) = slots::plan(diagram);
    let contents = diagram.nodes.iter().map(|node| Content::of(node, wide(node.side))).collect();
    let boxes = vec![Rect::default(); diagram.nodes.len()];
    let (clocks, trunks) = (Vec::new(), Vec::new());
    let mut layout = Layout { diagram, boxes, contents, plans, slots, clocks, width: 0, bottom: top, trunks };
    layout.rows(top);
    layout.columns();
    layout.bottom = layout.clocks.iter().map(|c| c.top + height(&c.lines)).fold(layout.bottom, i32::max);
    layout
}

fn wide(side: bool) -> i32 {
    if side { SIDE } else { MAIN }
}

/// Height of lines of small text.
pub(super) fn height(lines: &[String]) -> i32 {
    i32::try_from(lines.len()).unwrap_or_default() * SMALL_LINE
}

fn widest(lines: &[String]) -> i32 {
    lines.iter().map(|line| width(line, SMALL)).max().unwrap_or_default()
}

/// The lines of a label beside a line that runs straight down.
pub(super) fn straight_label(label: &[String]) -> Vec<String> {
    label.iter().flat_map(|line| wrap(line, SMALL, STRAIGHT_PIXELS_MAX)).collect()
}

/// The range of what was seen and one more.
fn spread(seen: Option<(i32, i32)>, y: i32) -> Option<(i32, i32)> {
    seen.map_or(Some((y, y)), |(low, high)| Some((low.min(y), high.max(y))))
}

impl Layout<'_> {
    /// How high every box is, and where it begins.
    fn rows(&mut self, top: i32) {
        let mut last = [top - GAP, top - GAP];
        let mut main = top;
        for (index, node) in self.diagram.nodes.iter().enumerate() {
            if node.shape == Shape::Ended {
                continue;
            }
            let column = usize::from(node.side);
            let label = height(&self.label_above(index));
            let need = if label == 0 { GAP } else { GAP + label + 6 };
            // a side item is handled while what it is about waits: its box begins beside the last of the main column
            let least = if node.side { main + GAP } else { top };
            let y = least.max(last[column] + need) + if node.gate { GATE } else { 0 };
            let slots = self.stacked(index, Edge::Left).max(self.stacked(index, Edge::Right));
            let high = self.contents[index].height.max(slots);
            self.boxes[index] = Rect { x: 0, y, w: wide(node.side), h: high };
            self.spread(index, Edge::Left);
            self.spread(index, Edge::Right);
            last[column] = y + high;
            if !node.side {
                main = y;
            }
        }
        self.bottom = last[0].max(last[1]);
    }

    /// What is written on the line that comes straight down to a box.
    fn label_above(&self, index: usize) -> Vec<String> {
        let straight = self.plans.iter().filter(|p| p.course == Course::Straight);
        let mut arrows = straight.filter_map(|p| self.diagram.arrows.get(p.arrow)).filter(|a| a.to == index);
        arrows.next().map(|a| straight_label(&a.label)).unwrap_or_default()
    }

    fn at(&self, node: usize, edge: Edge) -> Vec<usize> {
        let all = self.slots.iter().enumerate().filter(|(_, s)| s.node == node && s.edge == edge);
        let mut found: Vec<usize> = all.map(|(index, _)| index).collect();
        found.sort_by_key(|index| self.slots[*index].rank);
        found
    }

    fn stacked(&self, node: usize, edge: Edge) -> i32 {
        self.at(node, edge).iter().map(|index| self.slots[*index].height()).sum()
    }

    /// The slots of a side, evenly from top to bottom.
    fn spread(&mut self, node: usize, edge: Edge) {
        let at = self.at(node, edge);
        let (place, used) = (self.boxes[node], self.stacked(node, edge));
        let air = (place.h - used) / (i32::try_from(at.len()).unwrap_or_default() + 1);
        let mut y = place.y + air;
        for index in at {
            let slot = &mut self.slots[index];
            slot.y = y + slot.above;
            y += slot.height() + air;
        }
    }

    /// Room the labels of a column's side need.
    fn labels(&self, side: bool, edge: Edge) -> i32 {
        let of_column = |s: &&Slot| s.edge == edge && self.diagram.nodes.get(s.node).is_some_and(|n| n.side == side);
        let mut slots = self.slots.iter().filter(of_column).peekable();
        if slots.peek().is_none() {
            return 0;
        }
        slots.map(|s| widest(&s.label) + 26).fold(AIR.max(if edge == Edge::Right { LOOP.0 + 8 } else { 0 }), i32::max)
    }

    fn ends(&self, side: bool) -> i32 {
        let ends = self.diagram.nodes.iter().filter(|n| n.shape == Shape::Ended && n.side == side);
        ends.map(|n| end_size(&n.title).0).max().unwrap_or_default()
    }

    fn columns(&mut self) {
        let clocks = self.place_clocks();
        let main = self.lanes(Course::Main);
        let aside = self.lanes(Course::Aside);
        let lanes = |found: &[(usize, usize)]| {
            let count = found.iter().map(|(_, lane)| lane + 1).max().unwrap_or_default();
            i32::try_from(count).unwrap_or_default() * LANE
        };
        let labels = self.labels(false, Edge::Left);
        let mut columns = [Column::default(), Column::default()];
        columns[0].left = MARGIN + clocks + lanes(&main) + labels;
        columns[0].right = columns[0].left + MAIN;
        columns[0].ends = columns[0].right + self.labels(false, Edge::Right);
        let mut right = columns[0].ends + self.ends(false);
        self.put_trunks(&main, columns[0].left - labels);
        if self.diagram.nodes.iter().any(|n| n.side && n.shape != Shape::Ended) {
            let labels = self.labels(true, Edge::Left);
            columns[1].left = right + AIR + lanes(&aside) + labels;
            columns[1].right = columns[1].left + SIDE;
            columns[1].ends = columns[1].right + self.labels(true, Edge::Right);
            right = columns[1].ends + self.ends(true);
            self.put_trunks(&aside, columns[1].left - labels);
        }
        self.width = right + MARGIN;
        for (index, node) in self.diagram.nodes.iter().enumerate() {
            self.boxes[index].x = columns[usize::from(node.side)].left;
        }
        self.put_ends(&columns);
    }

    /// Trunks that pass the same height are in different lanes.
    fn lanes(&self, course: Course) -> Vec<(usize, usize)> {
        let mut spans: Vec<(usize, i32, i32)> = Vec::new();
        for plan in self.plans.iter().filter(|p| p.course == course) {
            for slot in [plan.leaves, plan.enters].into_iter().flatten().filter_map(|s| self.slots.get(s)) {
                match spans.iter_mut().find(|s| s.0 == plan.trunk) {
                    Some(span) => (span.1, span.2) = (span.1.min(slot.y), span.2.max(slot.y)),
                    None => spans.push((plan.trunk, slot.y, slot.y)),
                }
            }
        }
        lanes::assign(&spans)
    }

    fn put_trunks(&mut self, lanes: &[(usize, usize)], right: i32) {
        for (trunk, lane) in lanes {
            let lane = i32::try_from(*lane).unwrap_or_default();
            self.trunks.push((*trunk, right - LANE / 2 - lane * LANE));
        }
    }

    fn put_ends(&mut self, columns: &[Column; 2]) {
        for plan in self.plans.iter().filter(|p| p.course == Course::Out) {
            let Some(arrow) = self.diagram.arrows.get(plan.arrow) else { continue };
            let Some(slot) = plan.leaves.and_then(|s| self.slots.get(s)) else { continue };
            let node = &self.diagram.nodes[arrow.to];
            let (w, h) = end_size(&node.title);
            self.boxes[arrow.to] = Rect { x: columns[usize::from(node.side)].ends, y: slot.y - h / 2, w, h };
        }
    }

    /// Brackets left of everything else; gives the room they take.
    fn place_clocks(&mut self) -> i32 {
        let mut brackets: Vec<Bracket> = Vec::new();
        let mut spans = Vec::new();
        for (index, span) in self.diagram.spans.iter().enumerate() {
            let (from, until) = (self.boxes[span.from], self.boxes[span.until]);
            let mut lines = wrap(&span.name, SMALL, CLOCK - 34);
            lines.extend(wrap(&span.text, SMALL, CLOCK - 34));
            let (top, bottom) = (from.y + 8, until.bottom().max(from.bottom()) - 8);
            spans.push((index, top, bottom.max(top + height(&lines))));
            brackets.push(Bracket { x: 0, top, bottom, lines });
        }
        let lanes = lanes::assign(&spans);
        let count = lanes.iter().map(|(_, lane)| lane + 1).max().unwrap_or_default();
        let room = |lanes: usize| i32::try_from(lanes).unwrap_or_default() * CLOCK;
        for (index, lane) in lanes {
            brackets[index].x = MARGIN + room(count - lane) - 18;
        }
        self.clocks = brackets;
        room(count)
    }

    /// The points of a plan's line.
    fn track(&self, plan: &Plan) -> Vec<Point> {
        let Some(arrow) = self.diagram.arrows.get(plan.arrow) else { return Vec::new() };
        let (from, to) = (self.boxes[arrow.from], self.boxes[arrow.to]);
        let gate = if self.diagram.nodes[arrow.to].gate { GATE + 3 } else { 0 };
        let point = |slot: Option<usize>| {
            let slot = &self.slots[slot.unwrap_or_default()];
            let place = self.boxes[slot.node];
            (if slot.edge == Edge::Left { place.x } else { place.right() }, slot.y)
        };
        match plan.course {
            Course::Straight => vec![(from.middle(), from.bottom()), (from.middle(), to.y - gate)],
            Course::Out => vec![point(plan.leaves), (to.x, point(plan.leaves).1)],
            Course::Round => {
                let (x, y) = point(plan.leaves);
                vec![(x, y), (x + LOOP.0, y), (x + LOOP.0, y + LOOP.1), (x, y + LOOP.1)]
            }
            Course::Main | Course::Aside => {
                let (a, b) = (point(plan.leaves), point(plan.enters));
                let lane = self.trunks.iter().find(|(trunk, _)| *trunk == plan.trunk).map_or(a.0, |(_, x)| *x);
                if a.1 == b.1 { vec![a, b] } else { vec![a, (lane, a.1), (lane, b.1), b] }
            }
        }
    }

    /// The points of a plan's line, and whether it comes to its target by itself: of arrows that share a trunk the longest is
    /// drawn whole, the others up to where they meet it, so that their dashes do not blur each other.
    pub(super) fn line(&self, plan: &Plan) -> (Vec<Point>, bool) {
        let whole = self.track(plan);
        let reach = |p: &Plan| self.track(p).iter().map(|point| point.1).fold(None, spread);
        let length = |p: &Plan| reach(p).map_or(0, |(low, high)| high - low);
        let others = || self.plans.iter().filter(|p| p.course == plan.course && p.trunk == plan.trunk);
        let longest = others().max_by_key(|p| (length(p), p.arrow));
        let [from, lane, turn, to] = whole.as_slice() else { return (whole, true) };
        if longest.is_none_or(|p| p.arrow == plan.arrow) {
            return (whole, true);
        }
        let step = (turn.1 - lane.1).signum() * LANE.min((turn.1 - lane.1).abs());
        let joins = others().all(|p| p.enters == plan.enters);
        match joins {
            true => (vec![*from, *lane, (lane.0, lane.1 + step)], false),
            false => (vec![(turn.0, turn.1 - step), *turn, *to], true),
        }
    }

    /// Ways that occur, in their order.
    pub(super) fn ways(&self) -> Vec<Way> {
        let mut ways: Vec<Way> = self.diagram.arrows.iter().map(|a| a.way).collect();
        ways.sort_unstable();
        ways.dedup();
        ways
    }
}
