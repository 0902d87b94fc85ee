//! A diagram as an SVG drawing: no outer file, no script, no face of its own; readable in a black-and-white print.
//!
//! The layout is ours and simple, because its rules are: one column in reading order, ways back at one side, ends at the
//! other. A layout engine for graphs in general would move stages out of their order to save crossings.

mod boxes;
mod lanes;
mod layout;
mod pen;
mod slots;
#[cfg(test)]
mod tests;
mod text;

use super::{Diagram, Shape, Way};
use boxes::TEXT;
use layout::{Layout, MARGIN, lay_out, straight_label};
use pen::{FACES, Pen, Rect, Type, cornered};
use slots::{Course, END, END_LINE, Edge, SMALL, SMALL_LINE, end_lines};
use text::{escaped, width, wrap};

/// Size of the picture's title, in pixels.
const TITLE: i32 = 24;
/// Least width of the picture, in pixels.
const WIDTH_MIN: i32 = 620;

/// Length of a line that shows what lines like it mean, in pixels.
const SAMPLE: i32 = 54;

/// Where the first box begins.
fn top(diagram: &Diagram) -> i32 {
    MARGIN + TITLE + 26 + 20 * i32::try_from(diagram.subtitle.len()).unwrap_or_default()
}

/// The whole drawing.
pub(super) fn write(diagram: &Diagram) -> String {
    let layout = lay_out(diagram, top(diagram));
    let wide = layout.width.max(WIDTH_MIN).max(width(&diagram.title, TITLE) + 2 * MARGIN);
    let mut pen = Pen::default();
    head(&mut pen, diagram, wide);
    for plan in &layout.plans {
        if let Some(arrow) = diagram.arrows.get(plan.arrow) {
            match layout.line(plan) {
                (points, true) => pen.arrow(&points, arrow.way),
                (points, false) => pen.line(&points, arrow.way),
            }
        }
    }
    clocks(&mut pen, &layout);
    for (index, node) in diagram.nodes.iter().enumerate() {
        match node.shape {
            Shape::Ended => end(&mut pen, &node.title, layout.boxes[index]),
            Shape::Start | Shape::Stage(_) | Shape::Finish => {
                boxes::draw(&mut pen, node, &layout.contents[index], layout.boxes[index]);
            }
        }
    }
    for word in labels(diagram, &layout) {
        pen.text(word.x, word.y, &word.text, word.set);
    }
    let bottom = foot(&mut pen, diagram, &layout, wide);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide}\" height=\"{bottom}\" viewBox=\"0 0 {wide} {bottom}\" font-family=\"{FACES}\">\n<title>{}</title>\n<rect width=\"{wide}\" height=\"{bottom}\" fill=\"#ffffff\"/>\n{}</svg>\n",
        escaped(&diagram.title),
        pen.out
    )
}

fn plain(size: i32) -> Type {
    Type { size, bold: false, colour: "#111827", anchor: "start" }
}

fn head(pen: &mut Pen, diagram: &Diagram, wide: i32) {
    let middle = Type { anchor: "middle", ..plain(TITLE) };
    let mut y = MARGIN + TITLE;
    pen.text(wide / 2, y, &diagram.title, Type { bold: true, ..middle });
    for line in &diagram.subtitle {
        y += 20 + if y == MARGIN + TITLE { 6 } else { 0 };
        pen.text(wide / 2, y, line, Type { size: TEXT, colour: "#374151", ..middle });
    }
}

/// A line of text in its place; `y` is its base line.
struct Word {
    x: i32,
    y: i32,
    text: String,
    set: Type,
}

/// The label of a line stands on it: above where it leaves the box, beside it where it runs down.
fn labels(diagram: &Diagram, layout: &Layout<'_>) -> Vec<Word> {
    let mut words = Vec::new();
    for plan in &layout.plans {
        let Some(arrow) = diagram.arrows.get(plan.arrow) else { continue };
        let set = Type {
            colour: if arrow.way == Way::Onward { "#111827" } else { pen::stroke(arrow.way).0 },
            ..plain(SMALL)
        };
        if plan.course == Course::Straight {
            let from = layout.boxes[arrow.from];
            let lines = (1..).zip(straight_label(&arrow.label));
            words.extend(lines.map(|(n, text)| Word {
                x: from.middle() + 9,
                y: from.bottom() + 2 + n * SMALL_LINE,
                text,
                set,
            }));
            continue;
        }
        let Some(slot) = plan.leaves.and_then(|s| layout.slots.get(s)) else { continue };
        let place = layout.boxes[slot.node];
        let (x, anchor) = match slot.edge {
            Edge::Left => (place.x - 9, "end"),
            Edge::Right => (place.right() + 9, "start"),
        };
        let lines = (0..).zip(&slot.label);
        let first = slot.y - 5 - (layout::height(&slot.label) - SMALL_LINE);
        words.extend(lines.map(|(n, text)| Word {
            x,
            y: first + n * SMALL_LINE,
            text: text.clone(),
            set: Type { anchor, ..set },
        }));
    }
    words
}

fn end(pen: &mut Pen, title: &str, at: Rect) {
    pen.outline(&cornered(at, 12.min(at.h / 2), true), "#f9fafb", "#1f2937", 1);
    for (n, line) in (1..).zip(end_lines(title)) {
        pen.text(at.middle(), at.y + n * END_LINE - 1, &line, Type { bold: true, anchor: "middle", ..plain(END) });
    }
}

/// A bracket from where a clock begins to run to where it stops for good.
fn clocks(pen: &mut Pen, layout: &Layout<'_>) {
    let colour = "#9a3412";
    for clock in &layout.clocks {
        pen.rule((clock.x, clock.top), (clock.x, clock.bottom), colour, 2);
        pen.rule((clock.x, clock.top), (clock.x + 9, clock.top), colour, 2);
        pen.rule((clock.x, clock.bottom), (clock.x + 9, clock.bottom), colour, 2);
        for (n, line) in (1..).zip(&clock.lines) {
            let set = Type { bold: n == 1, colour, anchor: "end", ..plain(SMALL) };
            pen.text(clock.x - 8, clock.top + n * SMALL_LINE - 4, line, set);
        }
    }
}

/// What the lines mean, and what there is to say of the whole; gives where the picture ends.
fn foot(pen: &mut Pen, diagram: &Diagram, layout: &Layout<'_>, wide: i32) -> i32 {
    let mut y = layout.bottom + 30;
    pen.rule((MARGIN, y), (wide - MARGIN, y), "#9ca3af", 1);
    y += 24;
    let mut x = MARGIN;
    for way in layout.ways() {
        let room = SAMPLE + 10 + width(way.title(), SMALL) + 24;
        if x + room > wide - MARGIN && x > MARGIN {
            (x, y) = (MARGIN, y + 24);
        }
        pen.arrow(&[(x, y - 5), (x + SAMPLE, y - 5)], way);
        pen.text(x + SAMPLE + 10, y, way.title(), plain(SMALL));
        x += room;
    }
    if diagram.nodes.iter().any(|n| n.gate) {
        let word = "关口：到齐后一并办理";
        let room = SAMPLE + 10 + width(word, SMALL);
        if x + room > wide - MARGIN && x > MARGIN {
            (x, y) = (MARGIN, y + 24);
        }
        pen.rule((x, y - 5), (x + SAMPLE, y - 5), "#111827", 5);
        pen.text(x + SAMPLE + 10, y, word, plain(SMALL));
    }
    y += 10;
    let indent = diagram.notes.iter().map(|(name, _)| width(name, SMALL)).max().unwrap_or_default().min(160) + 14;
    for (name, text) in &diagram.notes {
        let names = wrap(name, SMALL, indent - 10);
        let lines = wrap(text, SMALL, wide - 2 * MARGIN - indent);
        for n in 0..names.len().max(lines.len()) {
            y += SMALL_LINE + if n == 0 { 4 } else { 0 };
            pen.text(MARGIN, y, names.get(n).map_or("", String::as_str), Type { bold: true, ..plain(SMALL) });
            pen.text(MARGIN + indent, y, lines.get(n).map_or("", String::as_str), plain(SMALL));
        }
    }
    y + MARGIN
}
