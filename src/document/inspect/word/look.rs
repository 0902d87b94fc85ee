//! How a paragraph of a Word file looks in the end: the defaults, its style and what that is based on, and what it says itself.

use crate::document::inspect::facts::{Align, CHARACTER_MM, Colour, MM_PER_POINT, ROW_MM};
use crate::ooxml::xml::Element;
use std::collections::BTreeMap;

/// Styles based on styles that are followed.
const DEPTH_MAX: usize = 16;
/// Millimetres in a twentieth of a point.
const MM_PER_TWIP: f64 = MM_PER_POINT / 20.0;

/// A length of a paragraph: in twips, or in hundredths of a character.
#[derive(Debug, Clone, Copy, Default)]
struct Length {
    twips: f64,
    hundredths: Option<f64>,
}

impl Length {
    fn take(&mut self, of: &Element, twips: &[&str], hundredths: &[&str]) {
        let value = |names: &[&str]| names.iter().find_map(|name| of.get(name)?.parse::<f64>().ok());
        if let Some(twips) = value(twips) {
            *self = Length { twips, hundredths: None };
        }
        // a file says both; the characters are what counts, and nought only takes back what a style said
        if let Some(count) = value(hundredths) {
            self.hundredths = (count != 0.0).then_some(count);
        }
    }

    fn characters(self, points: f64) -> f64 {
        let size = if (points - 16.0).abs() < 0.6 { CHARACTER_MM } else { points.max(1.0) * MM_PER_POINT };
        self.hundredths.map_or(self.twips * MM_PER_TWIP / size, |count| count / 100.0)
    }
}

/// How characters look.
#[derive(Debug, Clone, Default)]
pub(super) struct Letters {
    pub(super) face: String,
    pub(super) latin: String,
    pub(super) points: f64,
    /// points added to each character
    pub(super) spread: f64,
    pub(super) colour: Colour,
    pub(super) hidden: bool,
}

/// How a paragraph looks.
#[derive(Debug, Clone, Default)]
pub(super) struct Look {
    pub(super) letters: Letters,
    pub(super) align: Align,
    first: Length,
    hanging: Length,
    left: Length,
    right: Length,
    before: f64,
    after: f64,
    line: f64,
    exact: bool,
    pub(super) new_page: bool,
    pub(super) borders: BTreeMap<&'static str, Border>,
}

/// A border of a paragraph or a table.
#[derive(Debug, Clone, Default)]
pub(super) struct Border {
    pub(super) thickness: f64,
    pub(super) colour: Colour,
    pub(super) double: bool,
}

/// The borders of an element such as `w:pBdr`, and which of them are taken away.
pub(super) fn borders(of: &Element) -> impl Iterator<Item = (&'static str, Option<Border>)> {
    const SIDES: [(&str, &str); 8] = [
        ("w:top", "top"),
        ("w:bottom", "bottom"),
        ("w:left", "left"),
        ("w:start", "left"),
        ("w:right", "right"),
        ("w:end", "right"),
        ("w:insideH", "insideH"),
        ("w:insideV", "insideV"),
    ];
    of.elements().filter_map(|side| {
        let name = SIDES.iter().find(|(name, _)| *name == side.name)?.1;
        let kind = side.get("w:val").unwrap_or("nil");
        let drawn = !matches!(kind, "nil" | "none");
        let eighths = side.get("w:sz").and_then(|size| size.parse::<f64>().ok()).unwrap_or(4.0);
        let lower = kind.to_lowercase();
        let border = Border {
            thickness: eighths / 8.0 * MM_PER_POINT,
            colour: side.get("w:color").map(colour).unwrap_or_default(),
            double: lower.contains("thick") || lower.contains("double"),
        };
        Some((name, drawn.then_some(border)))
    })
}

/// A colour as six digits, or a word.
pub(super) fn colour(text: &str) -> Colour {
    let text = text.split_whitespace().next().unwrap_or_default().trim_start_matches('#');
    let part = |at: usize| text.get(at..at + 2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
    match (text, part(0), part(2), part(4)) {
        ("auto" | "black", ..) => Colour::Black,
        ("red", ..) => Colour::Red,
        (_, Some(red), Some(green), Some(blue)) => {
            Colour::of(f64::from(red) / 255.0, f64::from(green) / 255.0, f64::from(blue) / 255.0)
        }
        _ => Colour::Other,
    }
}

impl Look {
    /// Characters the first row, and the others, are indented by on the left, and all on the right.
    pub(super) fn indents(&self) -> (f64, f64, f64) {
        let points = self.letters.points;
        let left = self.left.characters(points);
        let first = left + self.first.characters(points) - self.hanging.characters(points);
        (first, left, self.right.characters(points))
    }

    /// Points from row to row, when they are fixed.
    pub(super) fn pitch(&self) -> Option<f64> {
        self.exact.then_some(self.line / 20.0)
    }

    /// Rows of the standard kept free above and below.
    pub(super) fn space(&self) -> (f64, f64) {
        let rows = |twips: f64| twips * MM_PER_TWIP / ROW_MM;
        (rows(self.before), rows(self.after))
    }

    /// Rows of the standard that an empty paragraph of this look takes.
    pub(super) fn height(&self) -> f64 {
        let (before, after) = self.space();
        let line = if self.exact { self.line * MM_PER_TWIP / ROW_MM } else { 1.0 };
        line + before + after
    }

    fn paragraph(&mut self, of: &Element) {
        for child in of.elements() {
            match child.name.as_str() {
                "w:jc" => {
                    self.align = match child.get("w:val") {
                        Some("center") => Align::Centre,
                        Some("right" | "end") => Align::Right,
                        Some(_) | None => Align::Left,
                    };
                }
                "w:ind" => {
                    if child.get("w:firstLine").is_some() || child.get("w:firstLineChars").is_some() {
                        self.hanging = Length::default();
                    }
                    self.first.take(child, &["w:firstLine"], &["w:firstLineChars"]);
                    self.hanging.take(child, &["w:hanging"], &["w:hangingChars"]);
                    if child.get("w:hanging").is_some_and(|it| it != "0") {
                        self.first = Length::default();
                    }
                    self.left.take(child, &["w:left", "w:start"], &["w:leftChars", "w:startChars"]);
                    self.right.take(child, &["w:right", "w:end"], &["w:rightChars", "w:endChars"]);
                }
                "w:spacing" => self.spacing(child),
                "w:pageBreakBefore" => self.new_page = is_on(child),
                "w:pBdr" => {
                    for (side, border) in borders(child) {
                        match border {
                            Some(border) => drop(self.borders.insert(side, border)),
                            None => drop(self.borders.remove(side)),
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn spacing(&mut self, of: &Element) {
        let value = |name: &str| of.get(name).and_then(|it| it.parse::<f64>().ok());
        let rows = |hundredths: f64| hundredths / 100.0 * ROW_MM / MM_PER_TWIP;
        self.before = value("w:beforeLines").map(rows).or(value("w:before")).unwrap_or(self.before);
        self.after = value("w:afterLines").map(rows).or(value("w:after")).unwrap_or(self.after);
        if let Some(line) = value("w:line") {
            self.line = line;
            self.exact = of.get("w:lineRule") == Some("exact");
        }
    }
}

impl Letters {
    fn take(&mut self, of: &Element, theme: &BTreeMap<String, String>) {
        for child in of.elements() {
            match child.name.as_str() {
                "w:rFonts" => {
                    let named = |plain: &str, themed: &str| {
                        let of_theme = child.get(themed).and_then(|name| theme.get(name)).filter(|it| !it.is_empty());
                        of_theme.map(String::as_str).or(child.get(plain)).map(str::to_owned)
                    };
                    self.face = named("w:eastAsia", "w:eastAsiaTheme").unwrap_or(std::mem::take(&mut self.face));
                    self.latin = named("w:ascii", "w:asciiTheme").unwrap_or(std::mem::take(&mut self.latin));
                }
                "w:sz" => {
                    let halves = child.get("w:val").and_then(|it| it.parse::<f64>().ok());
                    self.points = halves.map_or(self.points, |it| it / 2.0);
                }
                "w:spacing" => {
                    let twips = child.get("w:val").and_then(|it| it.parse::<f64>().ok());
                    self.spread = twips.map_or(self.spread, |it| it / 20.0);
                }
                "w:color" => self.colour = child.get("w:val").map(colour).unwrap_or_default(),
                "w:vanish" => self.hidden = is_on(child),
                _ => {}
            }
        }
    }
}

/// A switch is on unless it says no.
pub(super) fn is_on(switch: &Element) -> bool {
    !matches!(switch.get("w:val"), Some("0" | "false" | "off" | "none"))
}

/// The styles of a file.
#[derive(Debug, Default)]
pub(super) struct Styles {
    styles: BTreeMap<String, Element>,
    theme: BTreeMap<String, String>,
    base: Look,
    usual: Option<String>,
}

impl Styles {
    pub(super) fn of(styles: Option<&Element>, theme: Option<&Element>) -> Styles {
        let mut made = Styles { theme: theme.map(theme_faces).unwrap_or_default(), ..Styles::default() };
        made.base.letters.points = 10.0;
        let Some(root) = styles else { return made };
        let defaults = root.find("w:docDefaults");
        let of = |outer: &str, inner: &str| defaults.and_then(|it| it.find(outer)?.find(inner)).cloned();
        if let Some(letters) = of("w:rPrDefault", "w:rPr") {
            made.base.letters.take(&letters, &made.theme);
        }
        if let Some(paragraph) = of("w:pPrDefault", "w:pPr") {
            made.base.paragraph(&paragraph);
        }
        for style in root.elements().filter(|it| it.name == "w:style") {
            let Some(id) = style.get("w:styleId") else { continue };
            if style.get("w:type") == Some("paragraph") && style.get("w:default").is_some_and(|it| it != "0") {
                made.usual = Some(id.to_owned());
            }
            made.styles.insert(id.to_owned(), style.clone());
        }
        made
    }

    /// A style and those it is based on, the last first.
    fn chain(&self, id: &str) -> Vec<&Element> {
        let mut chain = Vec::new();
        let mut next = self.styles.get(id);
        while let Some(style) = next.filter(|_| chain.len() < DEPTH_MAX) {
            chain.push(style);
            next = style.find("w:basedOn").and_then(|it| self.styles.get(it.get("w:val")?));
        }
        chain.reverse();
        chain
    }

    /// The look of a paragraph with these properties.
    pub(super) fn paragraph(&self, properties: Option<&Element>) -> Look {
        let mut look = self.base.clone();
        let named = properties.and_then(|it| it.find("w:pStyle")?.get("w:val"));
        if let Some(id) = named.or(self.usual.as_deref()) {
            for style in self.chain(id) {
                if let Some(paragraph) = style.find("w:pPr") {
                    look.paragraph(paragraph);
                }
                if let Some(letters) = style.find("w:rPr") {
                    look.letters.take(letters, &self.theme);
                }
            }
        }
        if let Some(properties) = properties {
            look.paragraph(properties);
        }
        look
    }

    /// The look of a run with these properties in a paragraph.
    pub(super) fn run(&self, look: &Look, properties: Option<&Element>) -> Letters {
        let mut letters = look.letters.clone();
        let Some(properties) = properties else { return letters };
        if let Some(id) = properties.find("w:rStyle").and_then(|it| it.get("w:val")) {
            for style in self.chain(id) {
                if let Some(of) = style.find("w:rPr") {
                    letters.take(of, &self.theme);
                }
            }
        }
        letters.take(properties, &self.theme);
        letters
    }

    /// The borders of a table with these properties.
    pub(super) fn table(&self, properties: Option<&Element>) -> BTreeMap<&'static str, Border> {
        let mut sides = BTreeMap::new();
        let named = properties.and_then(|it| it.find("w:tblStyle")?.get("w:val"));
        let chain = named.map(|id| self.chain(id)).unwrap_or_default();
        let of_styles = chain.into_iter().filter_map(|style| style.find("w:tblPr"));
        for properties in of_styles.chain(properties) {
            for (side, border) in properties.find("w:tblBorders").into_iter().flat_map(borders) {
                match border {
                    Some(border) => drop(sides.insert(side, border)),
                    None => drop(sides.remove(side)),
                }
            }
        }
        sides
    }
}

/// The faces a theme names, by the names that styles use for them.
fn theme_faces(theme: &Element) -> BTreeMap<String, String> {
    let mut faces = BTreeMap::new();
    let scheme = theme.find("a:themeElements").and_then(|it| it.find("a:fontScheme"));
    for (element, prefix) in [("a:majorFont", "major"), ("a:minorFont", "minor")] {
        let Some(font) = scheme.and_then(|it| it.find(element)) else { continue };
        let typeface = |name: &str| font.find(name).and_then(|it| it.get("typeface")).unwrap_or_default().to_owned();
        let han = font.elements().find(|it| it.get("script") == Some("Hans")).and_then(|it| it.get("typeface"));
        let east = Some(typeface("a:ea")).filter(|it| !it.is_empty()).or(han.map(str::to_owned)).unwrap_or_default();
        faces.insert(format!("{prefix}EastAsia"), east);
        for latin in ["HAnsi", "Ascii", "Bidi"] {
            faces.insert(format!("{prefix}{latin}"), typeface("a:latin"));
        }
    }
    faces
}
