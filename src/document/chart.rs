//! Charts as pictures: a drawing (SVG), and of it the same points (PNG) for Word and PDF.
//!
//! The numbers written on a chart are the template's own text, never a float printed back; the shares of a whole are reckoned
//! exactly and add up to 100%. The same chart and faces give the same bytes.

use super::fonts::{Fonts, Role};
use super::model::{Chart, ChartKind, ChartPoint};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::sync::Arc;

mod axes;
mod shares;

/// Size of the drawing; ten units are a millimetre. Its width is that of the type area less a margin.
pub const WIDTH_UNITS: u32 = 1500;
/// See [`WIDTH_UNITS`].
pub const HEIGHT_UNITS: u32 = 800;
/// Dots of the picture to a unit of the drawing, above 300 to the inch.
const DOTS_PER_UNIT: f32 = 1.25;
/// 五号 (10.5 pt), the smallest size a report is read in.
const TEXT_UNITS: i32 = 37;
/// A colour and a darkness for each series: they differ on a copier too.
const INKS: [RGBColor; 6] = [
    RGBColor(31, 78, 121),
    RGBColor(237, 155, 80),
    RGBColor(127, 127, 127),
    RGBColor(112, 173, 71),
    RGBColor(192, 0, 0),
    RGBColor(204, 192, 218),
];
const FAMILY: &str = "chart";

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// Why a chart was not drawn: the library's word; our data is at fault, or it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a chart cannot be drawn: {0}")]
pub struct ChartError(String);

/// The drawing of a chart as SVG, its text in the faces of [`Role::Plain`].
///
/// # Errors
/// A number beyond what can be drawn.
fn svg(chart: &Chart, fonts: &Fonts) -> Result<String, ChartError> {
    let mut drawing = String::new();
    {
        let area = SVGBackend::with_string(&mut drawing, (WIDTH_UNITS, HEIGHT_UNITS)).into_drawing_area();
        let drawn = match chart.kind {
            ChartKind::Bars | ChartKind::Lines => axes::draw(chart, &area),
            ChartKind::Shares => shares::draw(chart, &area),
        };
        drawn.and_then(|()| area.present()).map_err(|error| ChartError(error.to_string()))?;
    }
    let families: Vec<String> =
        fonts.families(Role::Plain).iter().map(|name| format!("&apos;{}&apos;", attribute(name))).collect();
    Ok(drawing.replace(&format!("\"{FAMILY}\""), &format!("\"{}\"", families.join(", "))))
}

/// The drawing of a chart as PNG.
///
/// # Errors
/// A number beyond what can be drawn, or a picture that cannot be packed.
pub fn png(chart: &Chart, fonts: &Fonts) -> Result<Vec<u8>, ChartError> {
    use resvg::{tiny_skia, usvg};
    let mut options = usvg::Options::default();
    for index in 0..fonts.count() {
        if let Some(font) = fonts.font(index) {
            let bytes = Arc::new(font.data().clone());
            options.fontdb_mut().load_font_source(usvg::fontdb::Source::Binary(bytes));
        }
    }
    let tree = usvg::Tree::from_str(&svg(chart, fonts)?, &options).map_err(|error| ChartError(error.to_string()))?;
    let dots = |units: u32| (units as f32 * DOTS_PER_UNIT) as u32;
    let mut picture = tiny_skia::Pixmap::new(dots(WIDTH_UNITS), dots(HEIGHT_UNITS))
        .ok_or_else(|| ChartError("the picture has no size".to_owned()))?;
    picture.fill(tiny_skia::Color::WHITE);
    resvg::render(&tree, tiny_skia::Transform::from_scale(DOTS_PER_UNIT, DOTS_PER_UNIT), &mut picture.as_mut());
    picture.encode_png().map_err(|error| ChartError(error.to_string()))
}

/// What a chart says, for whoever cannot see it.
pub fn description(chart: &Chart) -> String {
    let kind = match chart.kind {
        ChartKind::Bars => "柱状图",
        ChartKind::Lines => "折线图",
        ChartKind::Shares => "比例图",
    };
    let points = chart.points.iter().map(|point| {
        let values = chart.series.iter().zip(&point.values);
        let values: Vec<String> =
            values.map(|(series, value)| format!("{series}{}", value.as_deref().unwrap_or("无"))).collect();
        format!("{}：{}", point.label, values.join("，"))
    });
    format!("{kind}，{}。{}。", chart.caption, points.collect::<Vec<_>>().join("；"))
}

/// A style for text of the usual size.
fn text_style(horizontal: HPos, vertical: VPos) -> TextStyle<'static> {
    sized_style(TEXT_UNITS, horizontal, vertical)
}

fn sized_style(units: i32, horizontal: HPos, vertical: VPos) -> TextStyle<'static> {
    // the library divides a size by this before it writes it
    let size = f64::from(units) * 1.24;
    TextStyle::from((FAMILY, size).into_font()).color(&BLACK).pos(Pos::new(horizontal, vertical))
}

/// How wide text is, in units: Chinese characters are squares, the others half as wide.
fn width(text: &str) -> i32 {
    let halves: usize = text.chars().map(|it| if it.is_ascii() { 1 } else { 2 }).sum();
    i32::try_from(halves).unwrap_or(i32::MAX / TEXT_UNITS) * TEXT_UNITS / 2
}

fn attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\'', "")
}

#[cfg(test)]
mod tests;
