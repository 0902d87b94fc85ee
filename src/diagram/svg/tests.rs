//! Drawings: well-formed, with every stage and outcome in them, and nothing lying on anything else.

use super::*;
use crate::diagram::tests::samples;
use crate::diagram::{Node, Way};
use quick_xml::Reader;
use quick_xml::events::Event;

/// The text of a drawing; fails where it is not well-formed.
fn read(svg: &str) -> String {
    let mut reader = Reader::from_str(svg);
    reader.config_mut().check_end_names = true;
    let (mut text, mut depth) = (String::new(), 0);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            Event::Text(piece) => text.push_str(&piece.decode().unwrap()),
            Event::GeneralRef(name) => {
                let sign = match name.decode().unwrap().as_ref() {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    other => panic!("&{other};"),
                };
                text.push(sign);
            }
            Event::Eof => break,
            Event::Empty(_)
            | Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_) => {}
        }
    }
    assert_eq!(depth, 0);
    text
}

/// Without white space, as lines are broken anywhere.
fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !c.is_control() && *c != '\u{fffe}').collect()
}

fn apart(one: Rect, other: Rect) -> bool {
    one.right() <= other.x || other.right() <= one.x || one.bottom() <= other.y || other.bottom() <= one.y
}

fn place(word: &Word) -> Rect {
    let w = width(&word.text, word.set.size);
    let x = match word.set.anchor {
        "end" => word.x - w,
        "middle" => word.x - w / 2,
        _ => word.x,
    };
    Rect { x, y: word.y - word.set.size + 2, w, h: word.set.size }
}

#[test]
fn a_drawing_is_well_formed_and_tells_everything() {
    for diagram in samples() {
        let text = bare(&read(&diagram.svg()));
        let nodes = diagram
            .nodes
            .iter()
            .flat_map(|Node { title, rows, .. }| std::iter::once(title).chain(rows.iter().map(|(_, text)| text)));
        let labels = diagram.arrows.iter().flat_map(|a| &a.label);
        let notes = diagram.notes.iter().flat_map(|(name, text)| [name, text]);
        for told in nodes.chain(labels).chain(notes).chain([&diagram.title]) {
            assert!(text.contains(&bare(told)), "“{told}” is not in the drawing");
        }
    }
}

#[test]
fn nothing_lies_on_anything_else() {
    for diagram in samples() {
        let layout = lay_out(&diagram, top(&diagram));
        let mut taken: Vec<(String, Rect)> =
            diagram.nodes.iter().zip(&layout.boxes).map(|(node, place)| (node.title.clone(), *place)).collect();
        taken.extend(labels(&diagram, &layout).iter().map(|word| (word.text.clone(), place(word))));
        for clock in &layout.clocks {
            let high = layout::height(&clock.lines);
            taken.push((clock.lines.concat(), Rect { x: clock.x - 124, y: clock.top, w: 120, h: high }));
        }
        for (n, (one, at)) in taken.iter().enumerate() {
            assert!(
                at.x >= 0 && at.right() <= layout.width && at.bottom() <= layout.bottom + MARGIN,
                "{one} is outside"
            );
            for (other, there) in taken.iter().skip(n + 1) {
                assert!(apart(*at, *there), "“{one}” {at:?} lies on “{other}” {there:?}");
            }
        }
        for (track, way) in lines(&diagram, &layout) {
            for (one, at) in &taken {
                for pair in track.windows(2) {
                    let (a, b) = (pair[0], pair[1]);
                    let line = Rect { x: a.0.min(b.0), y: a.1.min(b.1), w: (a.0 - b.0).abs(), h: (a.1 - b.1).abs() };
                    // an arrow touches the boxes it joins
                    let within = Rect { x: at.x + 1, y: at.y + 1, w: at.w - 2, h: at.h - 2 };
                    assert!(apart(line, within), "a line {way:?} {pair:?} crosses “{one}” {at:?}");
                }
            }
        }
    }
}

fn lines(diagram: &Diagram, layout: &Layout<'_>) -> Vec<(Vec<pen::Point>, Way)> {
    let plans = layout.plans.iter().filter_map(|plan| Some((plan, diagram.arrows.get(plan.arrow)?.way)));
    plans.map(|(plan, way)| (layout.line(plan).0, way)).collect()
}

#[test]
fn different_lanes_do_not_touch() {
    for diagram in samples() {
        let layout = lay_out(&diagram, top(&diagram));
        let mut upright: Vec<(usize, i32, i32, i32)> = Vec::new();
        for plan in layout.plans.iter().filter(|p| matches!(p.course, Course::Main | Course::Aside)) {
            for pair in layout.line(plan).0.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
                upright.push((plan.trunk, pair[0].0, pair[0].1.min(pair[1].1), pair[0].1.max(pair[1].1)));
            }
        }
        for (n, one) in upright.iter().enumerate() {
            for other in upright.iter().skip(n + 1).filter(|o| o.0 != one.0 && o.1 == one.1) {
                assert!(one.3 < other.2 || other.3 < one.2, "{one:?} {other:?}");
            }
        }
    }
}
