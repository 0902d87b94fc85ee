//! What stands in a box, broken into lines, and how it is drawn. The kind of a stage shows in its word, in the shape of its
//! corners and in a colour, in this order: a print in black and white loses only the last.

use super::pen::{Pen, Rect, Type, cornered};
use super::text::{width, wrap};
use crate::diagram::{Node, Shape, kind_title};
use crate::workflow::Kind;

/// Sizes in pixels.
pub(super) const TEXT: i32 = 14;
const TITLE: i32 = 17;
const LINE: i32 = 20;
const PAD: i32 = 9;
/// Room of a row's heading of two characters.
const HEADING: i32 = 2 * TEXT + 10;
/// Height of a box's head, and of each further line of its title.
const HEAD: i32 = 32;
const HEAD_LINE: i32 = 23;
/// How far what marks a gate stands above its box.
pub(super) const GATE: i32 = 7;

/// What stands in a box.
pub(super) struct Content {
    title: Vec<String>,
    rows: Vec<(&'static str, Vec<String>)>,
    now: Vec<Vec<String>>,
    /// pixels
    pub(super) height: i32,
}

impl Content {
    /// Breaks what a node says to this width.
    pub(super) fn of(node: &Node, wide: i32) -> Content {
        let badge = badge(node).map_or(0, |word| width(word, TEXT) + 22);
        let title = wrap(&node.title, TITLE, wide - 2 * PAD - badge);
        let room = wide - 2 * PAD - HEADING;
        let rows: Vec<_> = node.rows.iter().map(|(name, text)| (*name, wrap(text, TEXT, room))).collect();
        let now: Vec<_> = node.now.iter().map(|text| wrap(text, TEXT, wide - 2 * PAD - 18)).collect();
        let lines: usize = rows.iter().map(|(_, lines)| lines.len()).sum();
        let standing: usize = now.iter().map(Vec::len).sum();
        let mut height = HEAD + pixels(title.len().saturating_sub(1), HEAD_LINE) + pixels(lines, LINE);
        height += if lines > 0 { 2 * PAD } else { 0 };
        height += if standing > 0 { pixels(standing, LINE) + PAD } else { 0 };
        Content { title, rows, now, height }
    }
}

fn pixels(lines: usize, each: i32) -> i32 {
    i32::try_from(lines).unwrap_or(i32::MAX / 64).min(i32::MAX / 64) * each
}

fn head_height(content: &Content) -> i32 {
    HEAD + pixels(content.title.len().saturating_sub(1), HEAD_LINE)
}

fn badge(node: &Node) -> Option<&'static str> {
    match node.shape {
        Shape::Stage(kind) => Some(kind_title(kind)),
        Shape::Start | Shape::Ended | Shape::Finish => None,
    }
}

/// Corner in pixels, whether it is round, and the colour of the head.
fn look(shape: Shape) -> (i32, bool, &'static str) {
    match shape {
        Shape::Stage(Kind::Recommend) => (14, true, "#dbeafe"),
        Shape::Stage(Kind::Assess) => (0, false, "#ede9fe"),
        Shape::Stage(Kind::Review) => (12, false, "#fef3c7"),
        Shape::Stage(Kind::Publicise) => (5, true, "#dcfce7"),
        Shape::Stage(Kind::Decide) => (0, false, "#fee2e2"),
        Shape::Stage(Kind::File) => (5, true, "#e5e7eb"),
        Shape::Start | Shape::Finish => (16, true, "#f3f4f6"),
        Shape::Ended => (12, true, "#ffffff"),
    }
}

/// Draws a box with what stands in it.
pub(super) fn draw(pen: &mut Pen, node: &Node, content: &Content, at: Rect) {
    let (cut, round, fill) = look(node.shape);
    let border = if node.now.is_empty() { 2 } else { 4 };
    pen.outline(&cornered(at, cut, round), "#ffffff", "#1f2937", border);
    let head = Rect { h: head_height(content), ..at };
    let lone = content.rows.is_empty() && content.now.is_empty();
    let inner = Rect { x: at.x + 1, y: at.y + 1, w: at.w - 2, h: if lone { at.h - 2 } else { head.h - 2 } };
    pen.outline(&headed(inner, (cut - 1).max(0), round, lone), fill, "none", 0);
    if !lone {
        pen.rule((at.x, head.bottom()), (at.right(), head.bottom()), "#9ca3af", 1);
    }
    if node.shape == Shape::Stage(Kind::Decide) {
        let inset = Rect { x: at.x + 4, y: at.y + 4, w: at.w - 8, h: at.h - 8 };
        pen.outline(&cornered(inset, 0, false), "none", "#1f2937", 1);
    }
    if node.gate {
        pen.rule((at.x + 24, at.y - GATE), (at.right() - 24, at.y - GATE), "#111827", 5);
    }
    words(pen, node, content, at);
}

/// The filled head: its lower corners are square where more stands below it.
fn headed(r: Rect, cut: i32, round: bool, lone: bool) -> String {
    if lone || cut == 0 {
        return cornered(r, cut, round);
    }
    let (x, y, right, bottom) = (r.x, r.y, r.right(), r.bottom());
    let corner = |mid: (i32, i32), to: (i32, i32)| {
        if round { format!("Q{} {} {} {}", mid.0, mid.1, to.0, to.1) } else { format!("L{} {}", to.0, to.1) }
    };
    format!(
        "M{x} {bottom}L{x} {}{}L{} {y}{}L{right} {bottom}Z",
        y + cut,
        corner((x, y), (x + cut, y)),
        right - cut,
        corner((right, y), (right, y + cut)),
    )
}

fn words(pen: &mut Pen, node: &Node, content: &Content, at: Rect) {
    let plain = Type { size: TEXT, bold: false, colour: "#111827", anchor: "start" };
    let bold = Type { bold: true, ..plain };
    let heading = Type { colour: "#4b5563", ..plain };
    let title = Type { size: TITLE, bold: true, ..plain };
    let mut left = at.x + PAD;
    if let Some(word) = badge(node) {
        let frame = Rect { x: left, y: at.y + 7, w: width(word, TEXT) + 10, h: 20 };
        pen.outline(&cornered(frame, 3, true), "#ffffff", "#1f2937", 1);
        pen.text(frame.middle(), at.y + 22, word, Type { anchor: "middle", ..bold });
        left = frame.right() + 10;
    }
    let mut y = at.y + 23;
    for line in &content.title {
        match badge(node) {
            Some(_) => pen.text(left, y, line, title),
            None => pen.text(at.middle(), y, line, Type { anchor: "middle", ..title }),
        }
        y += HEAD_LINE;
    }
    y = head_height(content) + at.y + LINE;
    let mut above = "";
    for (name, lines) in &content.rows {
        // several of one sort stand under one heading
        pen.text(at.x + PAD, y, if *name == above { "" } else { name }, heading);
        above = name;
        for line in lines {
            pen.text(at.x + PAD + HEADING, y, line, plain);
            y += LINE;
        }
    }
    if content.now.is_empty() {
        return;
    }
    let lines: usize = content.now.iter().map(Vec::len).sum();
    let band = Rect { x: at.x + 6, y: y - LINE + 9, w: at.w - 12, h: pixels(lines, LINE) + 8 };
    pen.outline(&cornered(band, 4, true), "#fff7cc", "#92400e", 1);
    y += 7;
    for lines in &content.now {
        pen.text(at.x + PAD + 2, y, "▶", Type { size: TEXT - 3, ..plain });
        for line in lines {
            pen.text(at.x + PAD + 18, y, line, bold);
            y += LINE;
        }
    }
}
