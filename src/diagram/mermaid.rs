//! A diagram as a Mermaid flowchart.
//!
//! Names are data: a label stands in quotes, and of its characters only letters, digits, spaces and what cannot be taken
//! for Mermaid's or Markdown's own stand as they are; the rest become entity codes, which Mermaid shows as the character.
//! Each line of a label is a Markdown block to Mermaid, so nothing may begin one either.

use super::{Diagram, Node, Shape, Way, kind_title};
use crate::workflow::Kind;
use std::fmt::Write;

/// Below this every sign that is no letter or digit is written as a code: the blocks of punctuation of Latin scripts.
const CODED_BELOW: char = '\u{2000}';
/// Width in pixels at which Mermaid breaks lines by itself; its own is too narrow for a sentence.
const WRAPPING_PIXELS: u32 = 420;

/// The whole flowchart.
pub(super) fn write(diagram: &Diagram) -> String {
    let mut out = format!("%%{{init: {{\"flowchart\": {{\"wrappingWidth\": {WRAPPING_PIXELS}}}}}}}%%\nflowchart TD\n");
    let mut head: Vec<String> = vec![diagram.title.clone()];
    head.extend(diagram.subtitle.iter().cloned());
    for (index, node) in diagram.nodes.iter().enumerate() {
        let above = if index == 0 { head.as_slice() } else { &[] };
        let (open, close) = shape(node.shape);
        let _ = writeln!(out, "    {}{open}\"{}\"{close}", id(diagram, index), label(node, above));
    }
    for arrow in &diagram.arrows {
        let line = line(arrow.way);
        let label = arrow.label.iter().map(|line| escaped(line)).collect::<Vec<_>>().join("<br/>");
        let label = if label.is_empty() { String::new() } else { format!("|\"{label}\"|") };
        let _ = writeln!(out, "    {} {line}{label} {}", id(diagram, arrow.from), id(diagram, arrow.to));
    }
    let arrows = diagram.arrows.iter().enumerate();
    let back: Vec<String> = arrows.filter(|(_, a)| a.way == Way::Back).map(|(n, _)| n.to_string()).collect();
    if !back.is_empty() {
        let _ = writeln!(out, "    linkStyle {} stroke:#b45309,stroke-width:2px,stroke-dasharray:9 4", back.join(","));
    }
    for (n, span) in diagram.spans.iter().enumerate() {
        let text = escaped(&format!("时限“{}”：{}", span.name, span.text));
        let _ = writeln!(out, "    clock{n}([\"{text}\"])");
        let _ = writeln!(
            out,
            "    {} -.-|\"起\"| clock{n} -.-|\"止\"| {}",
            id(diagram, span.from),
            id(diagram, span.until)
        );
    }
    notes(&mut out, diagram);
    classes(&mut out, diagram);
    out
}

fn notes(out: &mut String, diagram: &Diagram) {
    if diagram.notes.is_empty() {
        return;
    }
    let lines: Vec<String> = diagram.notes.iter().map(|(name, text)| escaped(&format!("{name}：{text}"))).collect();
    let _ = writeln!(out, "    notes[\"{}\"]", lines.join("<br/>"));
    if let Some(last) = diagram.nodes.iter().position(|n| n.shape == Shape::Finish) {
        let _ = writeln!(out, "    {} ~~~ notes", id(diagram, last));
    }
}

fn classes(out: &mut String, diagram: &Diagram) {
    let styles = [
        ("recommend", "fill:#dbeafe,stroke:#1e3a8a,color:#111827"),
        ("assess", "fill:#ede9fe,stroke:#4c1d95,color:#111827"),
        ("review", "fill:#fef3c7,stroke:#78350f,color:#111827"),
        ("publicise", "fill:#dcfce7,stroke:#14532d,color:#111827"),
        ("decide", "fill:#fee2e2,stroke:#7f1d1d,color:#111827"),
        ("file", "fill:#e5e7eb,stroke:#374151,color:#111827"),
        ("edge", "fill:#ffffff,stroke:#111827,color:#111827"),
        ("now", "stroke-width:4px"),
        ("clock", "fill:#ffffff,stroke:#9a3412,stroke-dasharray:4 3,color:#111827"),
        ("note", "fill:#ffffff,stroke:#9ca3af,color:#111827,text-align:left"),
    ];
    for (name, style) in styles {
        let members: Vec<String> = match name {
            "clock" => (0..diagram.spans.len()).map(|n| format!("clock{n}")).collect(),
            "note" => diagram.notes.first().map(|_| "notes".to_string()).into_iter().collect(),
            name => {
                let all = diagram.nodes.iter().enumerate();
                let of = all.filter(|(_, node)| class(node) == name || (name == "now" && !node.now.is_empty()));
                of.map(|(index, _)| id(diagram, index)).collect()
            }
        };
        if !members.is_empty() {
            let _ = writeln!(out, "    classDef {name} {style}\n    class {} {name}", members.join(","));
        }
    }
}

fn class(node: &Node) -> &'static str {
    match node.shape {
        Shape::Stage(Kind::Recommend) => "recommend",
        Shape::Stage(Kind::Assess) => "assess",
        Shape::Stage(Kind::Review) => "review",
        Shape::Stage(Kind::Publicise) => "publicise",
        Shape::Stage(Kind::Decide) => "decide",
        Shape::Stage(Kind::File) => "file",
        Shape::Start | Shape::Ended | Shape::Finish => "edge",
    }
}

/// What a node is called in the text; never a name of the definition.
fn id(diagram: &Diagram, index: usize) -> String {
    match diagram.nodes.get(index).map(|n| n.shape) {
        Some(Shape::Start) => "start".to_string(),
        Some(Shape::Finish) => "finish".to_string(),
        Some(Shape::Ended) => format!("e{index}"),
        Some(Shape::Stage(_)) | None => format!("s{index}"),
    }
}

fn shape(shape: Shape) -> (&'static str, &'static str) {
    match shape {
        Shape::Start | Shape::Ended | Shape::Finish => ("([", "])"),

        Shape::Stage(Kind::Recommend) => ("[/", "/]"),
        Shape::Stage(Kind::Assess) => ("[", "]"),
        Shape::Stage(Kind::Review) => ("{{", "}}"),
        Shape::Stage(Kind::Publicise) => (">", "]"),
        Shape::Stage(Kind::Decide) => ("[[", "]]"),
        Shape::Stage(Kind::File) => ("[(", ")]"),
    }
}

fn line(way: Way) -> &'static str {
    match way {
        Way::Onward | Way::End | Way::Stay => "-->",
        Way::Again => "==>",
        Way::Back => "-->",
        Way::Side | Way::About => "-.->",
    }
}

fn label(node: &Node, above: &[String]) -> String {
    let mut lines: Vec<String> = above.to_vec();
    match node.shape {
        Shape::Stage(kind) => lines.push(format!("【{}】{}", kind_title(kind), node.title)),
        Shape::Start | Shape::Finish | Shape::Ended => lines.push(node.title.clone()),
    }
    lines.extend(node.rows.iter().map(|(name, text)| format!("{name}：{text}")));
    lines.extend(node.now.iter().map(|now| format!("▶ {now}")));
    lines.iter().map(|line| escaped(line)).collect::<Vec<_>>().join("<br/>")
}

/// A text as it may stand in a label: on one line, and nothing in it that means something to Mermaid or Markdown.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    let mut before = ' ';
    for sign in text.trim().chars() {
        // two dollars begin a formula, even as codes
        if (before, sign) == ('$', '$') {
            out.push('\u{200b}');
        }
        before = sign;
        match sign {
            // Mermaid keeps codes under this sign while it reads
            'ﬂ' => out.push_str("fl"),
            _ if sign.is_control() || sign.is_whitespace() || matches!(sign, '\u{2028}' | '\u{2029}') => out.push(' '),
            ',' => out.push(','),
            _ if sign < CODED_BELOW && !sign.is_alphanumeric() => drop(write!(out, "#{};", u32::from(sign))),
            _ => out.push(sign),
        }
    }
    out
}
