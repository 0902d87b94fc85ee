//! A paper in a frame, 证书 or 奖牌文, as the PDF has it: its frames, and every row where it stands there.

use super::WordError;
use super::measure::text_width;
use super::piece::{Indent, Line, Piece, Words, style};
use super::skeleton::fill;
use crate::document::fit::{self, Frame, Place, characters};
use crate::document::model::Layout;
use crate::ooxml::xml::{Element, Node, parse};

/// A row, in hundredths of its characters, and what of it is above the base line, as programs set a row of a height that is told.
const ROW_PERCENT: f64 = 125.0;
const ABOVE_BASE: f64 = 0.8;
const POINT_TWIPS: f64 = 20.0;
/// Strong words are larger by this part, in hundredths.
const STRONG_PERCENT: u32 = 145;
/// Size of a certificate's signature where no PDF was looked at.
const SIGNER_HALF_POINTS: u32 = 36;
/// Office's measure of drawings to a tenth of a millimetre.
const EMUS_PER_TENTH: u32 = 3600;
/// The shapes of a paper are numbered from here; its charts from 1.
const FIRST_SHAPE: usize = 101;
/// Room at the right of a certificate's signature, as in the PDF: 6 mm.
const SIGNER_RIGHT_TWIPS: u32 = 340;

/// Sets every line as large as the PDF has it and where it stands there. Gives the upper margin of the page, in twips; nothing where no
/// PDF was looked at, and what the styles say stays.
pub(super) fn place(pieces: &mut [Piece], framed: &[Place], layout: Layout) -> Option<u32> {
    let mut places = framed.iter().filter(|_| !fit::frames(layout).is_empty());
    let mut foot: Option<f64> = None;
    let mut margin = None;
    for piece in pieces.iter_mut() {
        let line = match piece {
            Piece::Line(line) if line.style == style::GAP => continue,
            Piece::Line(line) => line,
            // a plaque has no room for tables
            Piece::Grid(_) if layout == Layout::Plaque => continue,
            Piece::Grid(_) => {
                foot = places.next().filter(|place| place.rows > 0).map(|place| place.last).or(foot);
                continue;
            }
        };
        let Some(place) = places.next().filter(|place| place.rows > 0) else { continue };
        let row = match place.rows {
            1 => place.points * ROW_PERCENT / 100.0,
            rows => (place.last - place.first) / (rows - 1) as f64,
        };
        let top = place.first - ABOVE_BASE * row;
        match foot {
            Some(foot) => line.before = Some(twips(top - foot)),
            None => {
                margin = Some(twips(top));
                line.before = Some(0);
            }
        }
        foot = Some(place.last + (1.0 - ABOVE_BASE) * row);
        line.height = Some(twips(row));
        line.size = line.size.or(Some((place.points * 2.0).floor() as u32));
        if layout == Layout::Certificate {
            // the room between the characters of a certificate, four hundredths of them
            line.spread = line.spread.or(Some(twips(place.points / 25.0)));
            line.first = (line.style == style::CERTIFICATE_BODY).then(|| twips(2.0 * place.points));
        }
    }
    signature(pieces);
    margin
}

fn twips(points: f64) -> u32 {
    (points * POINT_TWIPS).round().max(0.0) as u32
}

/// The rows of a certificate's signature stand over each other's middle, the longest at the right.
fn signature(pieces: &mut [Piece]) {
    let mut rows: Vec<&mut Line> = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Line(line) if line.indent.is_some() && line.style == style::CERTIFICATE_SIGNER => rows.push(line),
            Piece::Line(_) | Piece::Grid(_) => {}
        }
    }
    let width = |line: &Line| {
        let text: u32 = line.words.iter().map(|words| characters(&words.text)).sum();
        text * (line.size.unwrap_or(SIGNER_HALF_POINTS) * 10 + line.spread.unwrap_or(0))
    };
    let longest = rows.iter().map(|line| width(line)).max().unwrap_or(0);
    let left = text_width(Layout::Certificate).saturating_sub(longest + 2 * SIGNER_RIGHT_TWIPS);
    rows.into_iter().for_each(|line| line.indent = Some(Indent { left, right: 0, hanging: 0 }));
}

/// Draws the frames of a paper behind its text, hung on its first paragraph.
pub(super) fn draw(body: &mut Element, layout: Layout) -> Result<(), WordError> {
    let frames = fit::frames(layout);
    let first = body.elements_mut().find(|it| it.name == "w:p");
    let Some(first) = first.filter(|_| !frames.is_empty()) else { return Ok(()) };
    let at = first.elements().take_while(|it| it.name == "w:pPr").count();
    for (number, frame) in frames.iter().enumerate().rev() {
        first.children.insert(at, Node::Element(shape(frame, number)?));
    }
    Ok(())
}

fn shape(frame: &Frame, number: usize) -> Result<Element, WordError> {
    let mut run = parse(include_str!("skeleton/frame.xml").as_bytes())?;
    let (width, height) = (frame.width * EMUS_PER_TENTH, frame.height * EMUS_PER_TENTH);
    // of a rounded corner in parts of half the shorter side, as each of the two languages counts
    let round = |whole: u32| frame.radius * whole / frame.height.min(frame.width).max(1);
    let points = |tenths: u32| format!("{:.2}pt", f64::from(tenths) * 7.2 / 25.4);
    let place = format!(
        "position:absolute;width:{};height:{};z-index:-{};mso-position-horizontal:center;mso-position-horizontal-relative:page;\
         mso-position-vertical:center;mso-position-vertical-relative:page",
        points(frame.width),
        points(frame.height),
        100 - number
    );
    let slots = [
        ("width", width.to_string()),
        ("height", height.to_string()),
        ("thickness", (frame.thickness * EMUS_PER_TENTH).to_string()),
        ("colour", frame.colour.to_owned()),
        ("fill", frame.fill.unwrap_or("FFFFFF").to_owned()),
        ("round", format!("val {}", round(100_000))),
        ("number", (FIRST_SHAPE + number).to_string()),
        ("name", format!("边框{}", number + 1)),
        ("above", (number + 1).to_string()),
        ("shape", format!("frame{}", number + 1)),
        ("place", place),
        ("arc", format!("{}f", round(65_536))),
        ("old_colour", format!("#{}", frame.colour)),
        ("old_thickness", points(frame.thickness)),
        ("old_fill", format!("#{}", frame.fill.unwrap_or("FFFFFF"))),
        ("filled", if frame.fill.is_some() { "t" } else { "f" }.to_owned()),
    ];
    fill(&mut run, &slots);
    if frame.fill.is_none() {
        run.visit(&mut |element| {
            if element.name == "wps:spPr" {
                element.children.retain(|node| !matches!(node, Node::Element(it) if it.name == "a:solidFill"));
                element.children.insert(2, Node::Element(Element::new("a:noFill")));
            }
        });
    }
    run.attributes.retain(|(name, _)| !name.starts_with("xmlns"));
    Ok(run)
}

/// The size of words in a line of characters of `size`, both in half points: a strong name is larger, but in one row where it can be.
pub(super) fn size_of(words: &Words, size: u32) -> u32 {
    if words.style != Some(style::CERTIFICATE_STRONG) {
        return size;
    }
    let row = text_width(Layout::Certificate) / 10 * 93 / 100 / (characters(&words.text) + 1);
    (size * STRONG_PERCENT / 100).min(row).max(size)
}

#[cfg(test)]
mod tests {
    use crate::document::fonts::Fonts;
    use crate::document::gallery::{Demand, KINDS, sheet};
    use crate::document::word::tests::all_below;
    use crate::ooxml::package::Package;

    #[test]
    fn a_certificate_is_as_large_as_the_pdf_has_it_and_its_title_as_wide() {
        let source = KINDS.iter().find(|(name, _)| *name == "证书").unwrap().1;
        let made = sheet("证书", source, Demand::Short, &Fonts::bundled()).unwrap();
        let tree = Package::read(&made.word).unwrap().xml("word/document.xml").unwrap();
        let mut runs = Vec::new();
        all_below(&tree, "w:r", &mut runs);
        let value = |text: &str, name: &str| {
            let run = runs
                .iter()
                .find(|run| run.find("w:t").is_some_and(|it| it.characters().contains(text)))
                .unwrap_or_else(|| panic!("{text}"));
            run.find("w:rPr")?.find(name)?.get("w:val").map(str::to_owned)
        };
        let of = |text: &str| (value(text, "w:sz").unwrap(), value(text, "w:spacing").unwrap());
        let pair = |size: &str, spread: &str| (size.to_owned(), spread.to_owned());
        // 48 points and six tenths of them after each character; the text in 24, a size at which no row of two characters is left over
        assert_eq!(of("荣誉证书"), pair("96", "576"));
        assert_eq!(of("成绩突出"), pair("48", "19"));
        assert_eq!(of("张　三"), pair("69", "19"));
        assert_eq!(of("2022年6月1日"), pair("48", "19"));
        // the text is indented by two of its own characters, whatever size the page left it
        let mut paragraphs = Vec::new();
        all_below(&tree, "w:p", &mut paragraphs);
        let body = paragraphs
            .iter()
            .filter_map(|it| it.find("w:pPr"))
            .filter(|it| it.find("w:pStyle").and_then(|it| it.get("w:val")) == Some("GWCertificateBody"));
        let first: Vec<_> = body.map(|it| it.find("w:ind").and_then(|it| it.get("w:firstLine"))).collect();
        assert_eq!(first, [Some("960"); 2]);
    }
}
