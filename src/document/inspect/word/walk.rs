//! The body of a Word file from its first paragraph to its last, with the text boxes, tables and lines on the way.

use super::look::{self, Border, Letters, Look, Styles};
use super::numerals::Lists;
use crate::document::inspect::facts::{MM_PER_POINT, Paragraph, Run, Stroke};
use crate::ooxml::xml::Element;
use std::collections::BTreeMap;

/// Millimetres in an English Metric Unit.
const MM_PER_EMU: f64 = 1.0 / 36000.0;

/// Walks through parts of one file.
pub(super) struct Walk<'a> {
    styles: &'a Styles,
    lists: &'a mut Lists,
    pub(super) paragraphs: Vec<Paragraph>,
    pub(super) strokes: Vec<Stroke>,
    /// number of the last paragraph, also of other parts
    pub(super) count: usize,
    /// whether the part is a head of pages
    header: bool,
    margin: bool,
    /// empty rows since the last paragraph with text
    blank: f64,
    new_page: bool,
    table: bool,
    /// whether a box or a frame stands at the outer edge of the page
    outside: bool,
}

/// A paragraph while its runs are read.
#[derive(Default)]
struct Open {
    runs: Vec<Run>,
    boxes: Vec<(Element, bool)>,
    /// whether the drawing that is read stands at the outer edge
    outside: bool,
    fields: usize,
    /// whether what is read is the code of a field, which nobody sees
    code: bool,
    has_page_field: bool,
    /// runs that stand before a page break
    break_after: Option<usize>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(styles: &'a Styles, lists: &'a mut Lists, count: usize) -> Walk<'a> {
        Walk {
            styles,
            lists,
            paragraphs: Vec::new(),
            strokes: Vec::new(),
            count,
            header: false,
            margin: false,
            blank: 0.0,
            new_page: false,
            table: false,
            outside: false,
        }
    }

    /// The same walk through the head or the foot of pages.
    pub(super) fn margin(mut self, header: bool) -> Walk<'a> {
        (self.header, self.margin) = (header, true);
        self
    }

    pub(super) fn blocks(&mut self, element: &Element) {
        for child in element.elements() {
            match child.name.as_str() {
                "w:p" => self.paragraph(child),
                "w:tbl" => self.table(child),
                "w:sdt" | "w:sdtContent" | "w:ins" | "w:customXml" | "w:smartTag" => self.blocks(child),
                _ => {}
            }
        }
    }

    fn paragraph(&mut self, element: &Element) {
        let properties = element.find("w:pPr");
        let look = self.styles.paragraph(properties);
        self.new_page |= look.new_page;
        let mut open = Open::default();
        self.inline(element, &look, &mut open);
        let numeral = properties.and_then(|it| it.find("w:numPr")).and_then(|it| self.numeral(it));
        let text: String = open.runs.iter().map(|run| run.text.as_str()).collect();
        // a break at the end of a paragraph is that of the next
        let goes_on = |at: usize| open.runs.iter().skip(at).any(|run| !run.text.trim().is_empty());
        let (breaks_here, breaks_next) = open.break_after.map_or((false, false), |at| (goes_on(at), !goes_on(at)));
        self.new_page |= breaks_here;
        if let Some(border) = look.borders.get("top") {
            self.stroke(border, None);
        }
        if text.trim().is_empty() && !open.has_page_field {
            // a row that only carries a rule or a box takes no row of text
            self.blank += look.height();
        } else {
            let frame = properties.and_then(|it| it.find("w:framePr")?.get("w:xAlign"));
            self.push(&look, open.runs, numeral, frame == Some("outside"));
        }
        self.new_page |= breaks_next;
        if let Some(border) = look.borders.get("bottom") {
            self.stroke(border, None);
            // what is empty above a rule is not empty below it
            self.blank = look.space().1;
        }
        for (inner, outside) in &open.boxes {
            let kept = (std::mem::take(&mut self.blank), std::mem::take(&mut self.table), self.outside);
            self.outside = *outside;
            self.blocks(inner);
            (self.blank, self.table, self.outside) = kept;
        }
    }

    fn push(&mut self, look: &Look, mut runs: Vec<Run>, numeral: Option<String>, framed_outside: bool) {
        if let (Some(numeral), Some(first)) = (numeral, runs.first_mut()) {
            first.text.insert_str(0, &numeral);
        }
        self.count += 1;
        let (before, after) = look.space();
        let points = runs.first().map_or(16.0, |run| run.points);
        let mut own = look.clone();
        own.letters.points = points;
        let (first, left, right) = own.indents();
        let spaces = leading_spaces(&runs);
        self.paragraphs.push(Paragraph {
            number: self.count,
            align: look.align,
            first: first + spaces,
            left,
            right,
            gap: self.blank + before,
            pitch: look.pitch(),
            table: self.table,
            header: self.header,
            outside: self.outside || framed_outside,
            new_page: std::mem::take(&mut self.new_page),
            runs,
            ..Paragraph::default()
        });
        self.blank = after;
    }

    fn stroke(&mut self, border: &Border, length: Option<f64>) {
        self.strokes.push(Stroke {
            at: None,
            after: self.count,
            length,
            thickness: border.thickness,
            colour: border.colour,
            double: border.double,
            margin: self.margin,
        });
    }

    fn numeral(&mut self, of: &Element) -> Option<String> {
        let list = of.find("w:numId")?.get("w:val").filter(|id| *id != "0")?;
        let level = of.find("w:ilvl").and_then(|it| it.get("w:val")?.parse().ok()).unwrap_or(0);
        Some(self.lists.next(list, level))
    }

    fn inline(&mut self, element: &Element, look: &Look, open: &mut Open) {
        for child in element.elements() {
            match child.name.as_str() {
                "w:r" => {
                    let letters = self.styles.run(look, child.find("w:rPr"));
                    self.run(child, &letters, open);
                }
                "w:fldSimple" => {
                    open.has_page_field |= child.get("w:instr").is_some_and(|code| code.contains("PAGE"));
                    self.inline(child, look, open);
                }
                "w:del" | "w:moveFrom" | "w:pPr" | "mc:Fallback" => {}
                _ => self.inline(child, look, open),
            }
        }
    }

    fn run(&mut self, run: &Element, letters: &Letters, open: &mut Open) {
        for child in run.elements() {
            match child.name.as_str() {
                "w:t" if !open.code && !letters.hidden => add(open, letters, &child.characters()),
                "w:tab" if !letters.hidden => add(open, letters, "\t"),
                "w:br" if child.get("w:type") == Some("page") => open.break_after = Some(open.runs.len()),
                "w:br" | "w:cr" => add(open, letters, "\n"),
                "w:noBreakHyphen" => add(open, letters, "-"),
                "w:sym" => add(open, letters, "\u{FFFC}"),
                "w:instrText" => open.has_page_field |= child.characters().contains("PAGE"),
                "w:fldChar" => match child.get("w:fldCharType") {
                    Some("begin") => (open.fields, open.code) = (open.fields + 1, true),
                    Some("separate") => open.code = false,
                    Some(_) | None => (open.fields, open.code) = (open.fields.saturating_sub(1), false),
                },
                "w:rPr" | "w:t" => {}
                _ => self.drawing(child, open),
            }
        }
    }

    /// Lines and text boxes that hang on a run.
    fn drawing(&mut self, element: &Element, open: &mut Open) {
        match element.name.as_str() {
            "mc:Fallback" => return,
            "w:txbxContent" => return open.boxes.push((element.clone(), open.outside)),
            "wp:anchor" => {
                let place = element.find("wp:positionH").and_then(|it| it.find("wp:align"));
                open.outside = place.is_some_and(|it| it.characters().trim() == "outside");
            }
            "v:shape" | "v:rect" => {
                open.outside |= element.get("style").is_some_and(|it| it.contains("horizontal:outside"));
            }
            "v:line" => {
                let weight = element.get("strokeweight").map_or("0.75pt", |it| it);
                let border = Border {
                    thickness: length(weight).unwrap_or(0.26),
                    colour: element.get("strokecolor").map(look::colour).unwrap_or_default(),
                    double: element
                        .find("v:stroke")
                        .and_then(|it| it.get("linestyle"))
                        .is_some_and(|it| it != "single"),
                };
                let ends = [element.get("from"), element.get("to")].map(|end| end.and_then(|it| it.split(',').next()));
                let [from, to] = ends.map(|end| end.and_then(length));
                self.stroke(&border, from.zip(to).map(|(from, to)| (to - from).abs()));
            }
            "wps:wsp" => self.shape(element),
            _ => {}
        }
        for child in element.elements() {
            self.drawing(child, open);
        }
    }

    /// A drawn shape that is a straight line.
    fn shape(&mut self, shape: &Element) {
        let Some(properties) = shape.find("wps:spPr") else { return };
        let kind = properties.find("a:prstGeom").and_then(|it| it.get("prst")).unwrap_or_default();
        if kind != "line" && kind != "straightConnector1" {
            return;
        }
        let line = properties.find("a:ln");
        let emu = |of: Option<&Element>, name: &str| of.and_then(|it| it.get(name)?.parse::<f64>().ok());
        let fill = line.and_then(|it| it.find("a:solidFill")?.find("a:srgbClr")?.get("val"));
        let border = Border {
            thickness: emu(line, "w").unwrap_or(9525.0) * MM_PER_EMU,
            colour: fill.map(look::colour).unwrap_or_default(),
            double: line.and_then(|it| it.get("cmpd")).is_some_and(|it| it != "sng"),
        };
        let wide = properties.find("a:xfrm").and_then(|it| it.find("a:ext"));
        self.stroke(&border, emu(wide, "cx").map(|it| it * MM_PER_EMU));
    }

    fn table(&mut self, table: &Element) {
        let sides = self.styles.table(table.find("w:tblPr"));
        let outer = self.table;
        let upright = |sides: &BTreeMap<&str, Border>| ["left", "insideV"].iter().any(|side| sides.contains_key(side));
        let rows: Vec<&Element> = table.elements().filter(|it| it.name == "w:tr").collect();
        let cells = |row: &Element| row.elements().filter(|it| it.name == "w:tc").cloned().collect::<Vec<_>>();
        let of_cell = |cell: &Element| -> BTreeMap<&'static str, Border> {
            let own = cell.find("w:tcPr").and_then(|it| it.find("w:tcBorders"));
            own.into_iter().flat_map(look::borders).filter_map(|(side, border)| Some((side, border?))).collect()
        };
        self.table =
            outer || upright(&sides) || rows.iter().any(|row| cells(row).iter().any(|it| upright(&of_cell(it))));
        for (at, row) in rows.iter().enumerate() {
            let cells = cells(row);
            let first = cells.first().map(of_cell).unwrap_or_default();
            let above = first.get("top").or(if at == 0 { sides.get("top") } else { sides.get("insideH") });
            if let Some(border) = above.filter(|_| !self.table) {
                self.stroke(border, None);
            }
            cells.iter().for_each(|cell| self.blocks(cell));
            let below = first.get("bottom").or(sides.get("bottom")).filter(|_| at + 1 == rows.len() && !self.table);
            if let Some(border) = below {
                self.stroke(border, None);
            }
        }
        self.table = outer;
    }
}

/// Characters of white space a paragraph is indented by, as careless writers do.
fn leading_spaces(runs: &[Run]) -> f64 {
    let text: String = runs.iter().map(|run| run.text.as_str()).collect();
    let spaces = text.chars().take_while(|c| matches!(c, ' ' | '\u{3000}' | '\t'));
    spaces.map(|c| if c == '\u{3000}' { 1.0 } else { 0.5 }).sum()
}

fn add(open: &mut Open, letters: &Letters, text: &str) {
    open.runs.push(Run {
        text: text.to_owned(),
        face: letters.face.clone(),
        latin: letters.latin.clone(),
        points: letters.points,
        spread: letters.spread,
        colour: letters.colour,
    });
}

/// A length of VML in millimetres.
fn length(text: &str) -> Option<f64> {
    let text = text.trim();
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let value: f64 = number.parse().ok()?;
    Some(match text.get(number.len()..)? {
        "mm" => value,
        "cm" => value * 10.0,
        "in" => value * 25.4,
        "" => value * MM_PER_EMU,
        _ => value * MM_PER_POINT,
    })
}

/// Whether a paragraph shows the number of its page.
pub(super) fn shows_page(element: &Element) -> bool {
    let own = match element.name.as_str() {
        "w:instrText" => element.characters().contains("PAGE"),
        "w:fldSimple" => element.get("w:instr").is_some_and(|code| code.contains("PAGE")),
        _ => false,
    };
    own || element.elements().any(shows_page)
}
