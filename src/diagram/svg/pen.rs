//! Lines, boxes and words as SVG elements. Lines differ by dash as well as by colour, so that a black-and-white print tells
//! them apart.

use super::text::escaped;
use crate::diagram::Way;
use std::fmt::Write;

/// Faces a reader may have, the open one first; none is carried along.
pub(super) const FACES: &str =
    "Noto Sans CJK SC, Noto Sans SC, Source Han Sans SC, Microsoft YaHei, WenQuanYi Micro Hei, SimHei, sans-serif";
/// Radius of a corner, in pixels.
const CORNER: i32 = 7;
/// Length and half width of an arrow's head, in pixels.
const HEAD: (i32, i32) = (10, 5);

/// A point of the picture.
pub(super) type Point = (i32, i32);

/// A rectangle of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Rect {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) w: i32,
    pub(super) h: i32,
}

impl Rect {
    pub(super) fn right(self) -> i32 {
        self.x + self.w
    }

    pub(super) fn bottom(self) -> i32 {
        self.y + self.h
    }

    pub(super) fn middle(self) -> i32 {
        self.x + self.w / 2
    }
}

/// How a text is set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Type {
    pub(super) size: i32,
    pub(super) bold: bool,
    pub(super) colour: &'static str,
    pub(super) anchor: &'static str,
}

/// Colour, width and dashes of a line.
pub(super) fn stroke(way: Way) -> (&'static str, &'static str, &'static str) {
    match way {
        Way::Onward => ("#111827", "2", ""),
        Way::End => ("#4b5563", "1.4", ""),
        Way::Stay => ("#4b5563", "1.4", "2 3"),
        Way::Back => ("#b45309", "1.8", "9 4"),
        Way::Again => ("#6d28d9", "2", "12 4 2 4"),
        Way::Side => ("#0f766e", "1.8", "3 4"),
        Way::About => ("#0f766e", "1.8", "3 4"),
    }
}

/// Draws; what is drawn later lies on top.
#[derive(Default)]
pub(super) struct Pen {
    pub(super) out: String,
}

impl Pen {
    /// A line along points, its corners rounded.
    pub(super) fn line(&mut self, points: &[Point], way: Way) {
        let (colour, width, dashes) = stroke(way);
        let dashes = if dashes.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{dashes}\"") };
        let _ = writeln!(
            self.out,
            "<path d=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"{dashes}/>",
            rounded(points)
        );
    }

    /// A line along points with a head at its end.
    pub(super) fn arrow(&mut self, points: &[Point], way: Way) {
        let Some((last, tip)) = points.len().checked_sub(2).and_then(|n| points.get(n).zip(points.last())) else {
            return;
        };
        let (dx, dy) = ((tip.0 - last.0).signum(), (tip.1 - last.1).signum());
        // the line ends inside the head, so that its blunt end does not show
        let short = (tip.0 - dx * HEAD.0 / 2, tip.1 - dy * HEAD.0 / 2);
        let mut track = points.to_vec();
        if let Some(end) = track.last_mut() {
            *end = short;
        }
        self.line(&track, way);
        let colour = stroke(way).0;
        let base = (tip.0 - dx * HEAD.0, tip.1 - dy * HEAD.0);
        let _ = writeln!(
            self.out,
            "<path d=\"M{} {}L{} {}L{} {}Z\" fill=\"{colour}\"/>",
            tip.0,
            tip.1,
            base.0 + dy * HEAD.1,
            base.1 + dx * HEAD.1,
            base.0 - dy * HEAD.1,
            base.1 - dx * HEAD.1
        );
    }

    /// A straight line without a head.
    pub(super) fn rule(&mut self, from: Point, to: Point, colour: &str, width: i32) {
        let _ = writeln!(
            self.out,
            "<path d=\"M{} {}L{} {}\" stroke=\"{colour}\" stroke-width=\"{width}\"/>",
            from.0, from.1, to.0, to.1
        );
    }

    /// A closed outline.
    pub(super) fn outline(&mut self, path: &str, fill: &str, colour: &str, width: i32) {
        let _ = writeln!(self.out, "<path d=\"{path}\" fill=\"{fill}\" stroke=\"{colour}\" stroke-width=\"{width}\"/>");
    }

    /// One line of text; `y` is its base line.
    pub(super) fn text(&mut self, x: i32, y: i32, text: &str, set: Type) {
        if text.is_empty() {
            return;
        }
        let weight = if set.bold { " font-weight=\"bold\"" } else { "" };
        let anchor = if set.anchor == "start" { String::new() } else { format!(" text-anchor=\"{}\"", set.anchor) };
        let _ = writeln!(
            self.out,
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{}\"{weight}{anchor} fill=\"{}\">{}</text>",
            set.size,
            set.colour,
            escaped(text)
        );
    }
}

/// A path through the points; each inner one becomes a rounded corner.
fn rounded(points: &[Point]) -> String {
    let mut path = String::new();
    for (n, point) in points.iter().enumerate() {
        let around = n.checked_sub(1).and_then(|b| points.get(b)).zip(points.get(n + 1));
        match around {
            None if n == 0 => drop(write!(path, "M{} {}", point.0, point.1)),
            None => drop(write!(path, "L{} {}", point.0, point.1)),
            Some((before, after)) => {
                let (a, b) = (towards(*point, *before), towards(*point, *after));
                let _ = write!(path, "L{} {}Q{} {} {} {}", a.0, a.1, point.0, point.1, b.0, b.1);
            }
        }
    }
    path
}

/// A point a corner's radius away from a corner, or half way where the next one is near.
fn towards(corner: Point, other: Point) -> Point {
    let step = |from: i32, to: i32| {
        let way = to - from;
        from + way.signum() * CORNER.min(way.abs() / 2)
    };
    (step(corner.0, other.0), step(corner.1, other.1))
}

/// A rectangle whose corners are cut or rounded by `cut` pixels.
pub(super) fn cornered(r: Rect, cut: i32, round: bool) -> String {
    let (x, y, right, bottom) = (r.x, r.y, r.right(), r.bottom());
    let corner = |at: Point, to: Point| {
        if round { format!("Q{} {} {} {}", at.0, at.1, to.0, to.1) } else { format!("L{} {}", to.0, to.1) }
    };
    format!(
        "M{} {y}L{} {y}{}L{right} {}{}L{} {bottom}{}L{x} {}{}Z",
        x + cut,
        right - cut,
        corner((right, y), (right, y + cut)),
        bottom - cut,
        corner((right, bottom), (right - cut, bottom)),
        x + cut,
        corner((x, bottom), (x, bottom - cut)),
        y + cut,
        corner((x, y), (x + cut, y)),
    )
}
