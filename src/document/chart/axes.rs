//! Bars and lines: numbers above a common axis.

use super::*;
use crate::document::model::ChartPoint;

/// Room to the left of the axis beside its numbers, and to the right of the last slot.
const SIDE_UNITS: i32 = 20;
/// Height of the row of names of the series.
const LEGEND_UNITS: i32 = 70;
/// Height of a row of the names below the axis.
const ROW_UNITS: i32 = 42;
/// Part of a slot that its bars fill, and how wide a bar is at most.
const FILLED: f64 = 0.7;
const BAR_UNITS_MAX: f64 = 160.0;

/// Draws the chart.
pub(super) fn draw(chart: &Chart, area: &Area<'_>) -> Drawn {
    let (low, high) = range(chart);
    let ticks = ticks(low, high, whole(chart));
    let (low, high) = (ticks.first().map_or(low, |it| it.0), ticks.last().map_or(high, |it| it.0));
    let left = ticks.iter().map(|(_, text)| width(text)).max().unwrap_or(0) + 2 * SIDE_UNITS;
    let slot = (unsigned(WIDTH_UNITS) - left - SIDE_UNITS) / count(chart.points.len());
    let names: Vec<Vec<String>> =
        chart.points.iter().map(|point| broken(&point.label, slot - TEXT_UNITS / 3)).collect();
    let rows = names.iter().map(Vec::len).max().unwrap_or(1);
    let legend = legend(chart);
    let above = if legend.is_empty() { TEXT_UNITS } else { count(legend.len()) * LEGEND_UNITS };
    let foot = count(rows) * ROW_UNITS + 2 * SIDE_UNITS;
    let mut context = ChartBuilder::on(area)
        .margin_top(above)
        .margin_right(SIDE_UNITS)
        .set_label_area_size(LabelAreaPosition::Left, left)
        .set_label_area_size(LabelAreaPosition::Bottom, foot)
        .build_cartesian_2d(0.0..chart.points.len() as f64, low..high)?;
    let paper = context.plotting_area().clone();
    for (value, text) in &ticks {
        let (x, y) = paper.map_coordinate(&(0.0, *value));
        let ink = if *value == 0.0 { BLACK.stroke_width(3) } else { RGBColor(200, 200, 200).stroke_width(2) };
        let end = paper.map_coordinate(&(chart.points.len() as f64, *value)).0;
        area.draw(&PathElement::new(vec![(x, y), (end, y)], ink))?;
        let at = (x - SIDE_UNITS / 2, y);
        area.draw(&Text::new(text.clone(), at, text_style(HPos::Right, VPos::Center)))?;
    }
    for (index, rows) in names.iter().enumerate() {
        let (x, y) = paper.map_coordinate(&(index as f64 + 0.5, low));
        for (row, text) in rows.iter().enumerate() {
            let at = (x, y + SIDE_UNITS + count(row) * ROW_UNITS);
            area.draw(&Text::new(text.clone(), at, text_style(HPos::Center, VPos::Top)))?;
        }
    }
    match chart.kind {
        ChartKind::Lines => lines(chart, &mut context)?,
        ChartKind::Bars | ChartKind::Shares => bars(chart, slot, &mut context)?,
    }
    values(chart, area, slot, &|x, y| paper.map_coordinate(&(x, y)))?;
    names_of_series(chart, &legend, area)
}

type Context<'a, 'b> = ChartContext<
    'a,
    SVGBackend<'b>,
    Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>,
>;

fn bars(chart: &Chart, slot: i32, context: &mut Context<'_, '_>) -> Drawn {
    for (series, ink) in (0..chart.series.len()).zip(INKS) {
        let bars = numbers(chart, series).filter_map(|(index, value)| {
            let value = value?;
            let (from, to) = bar(chart, slot, index, series);
            Some(Rectangle::new([(from, 0.0), (to, value)], ink.filled()))
        });
        context.draw_series(bars)?;
    }
    Ok(())
}

/// Where a bar begins and ends along the axis, in slots.
fn bar(chart: &Chart, slot: i32, index: usize, series: usize) -> (f64, f64) {
    let each = bar_width(chart, slot);
    let from = index as f64 + 0.5 + each * (series as f64 - chart.series.len() as f64 / 2.0);
    (from, from + each)
}

fn bar_width(chart: &Chart, slot: i32) -> f64 {
    (FILLED / chart.series.len() as f64).min(BAR_UNITS_MAX / f64::from(slot.max(1)))
}

fn lines(chart: &Chart, context: &mut Context<'_, '_>) -> Drawn {
    for (series, ink) in (0..chart.series.len()).zip(INKS) {
        // a number that is missing breaks the line
        let all: Vec<(usize, Option<f64>)> = numbers(chart, series).collect();
        for part in all.split(|(_, value)| value.is_none()) {
            let points = || part.iter().filter_map(|(index, value)| Some((*index as f64 + 0.5, (*value)?)));
            context.draw_series(LineSeries::new(points(), ink.stroke_width(5)))?;
            context.draw_series(points().map(|at| Circle::new(at, 9, ink.filled())))?;
        }
    }
    Ok(())
}

/// The numbers at their bars and points, where all of them have room; the axis says them roughly in any case.
fn values(chart: &Chart, area: &Area<'_>, slot: i32, place: &dyn Fn(f64, f64) -> (i32, i32)) -> Drawn {
    let texts = || chart.points.iter().flat_map(|point| &point.values).flatten();
    let widest = texts().map(|text| width(text)).max().unwrap_or(0);
    let room = match chart.kind {
        ChartKind::Lines if chart.series.len() > 1 => 0,
        ChartKind::Lines => slot,
        ChartKind::Bars | ChartKind::Shares if chart.series.len() == 1 => slot,
        ChartKind::Bars | ChartKind::Shares => (f64::from(slot) * bar_width(chart, slot)) as i32,
    };
    if widest > room {
        return Ok(());
    }
    for series in 0..chart.series.len() {
        for (index, value) in numbers(chart, series) {
            let text = chart.points.get(index).and_then(|point| point.values.get(series)).and_then(Option::as_ref);
            let (Some(value), Some(text)) = (value, text) else { continue };
            let (from, to) = if chart.kind == ChartKind::Lines {
                (index as f64, index as f64 + 1.0)
            } else {
                bar(chart, slot, index, series)
            };
            let (x, y) = place((from + to) / 2.0, value);
            let (y, stands) = if value < 0.0 { (y + 14, VPos::Top) } else { (y - 14, VPos::Bottom) };
            area.draw(&Text::new(text.clone(), (x, y), text_style(HPos::Center, stands)))?;
        }
    }
    Ok(())
}

/// The rows of names of the series; one series has none, the name below the picture says what it is.
fn legend(chart: &Chart) -> Vec<Vec<usize>> {
    let mut rows: Vec<Vec<usize>> = Vec::new();
    let mut used = 0;
    for (series, name) in chart.series.iter().enumerate().filter(|_| chart.series.len() > 1) {
        let room = name_room(name);
        match rows.last_mut().filter(|_| used + room <= unsigned(WIDTH_UNITS)) {
            Some(row) => row.push(series),
            None => {
                rows.push(vec![series]);
                used = 0;
            }
        }
        used += room;
    }
    rows
}

const SQUARE_UNITS: i32 = TEXT_UNITS * 3 / 4;

/// The room of a name in a legend: its square, itself, and what keeps it from the next.
fn name_room(name: &str) -> i32 {
    SQUARE_UNITS + width(name) + 2 * TEXT_UNITS
}

fn names_of_series(chart: &Chart, legend: &[Vec<usize>], area: &Area<'_>) -> Drawn {
    let named = |series: &usize| chart.series.get(*series).zip(INKS.get(*series));
    for (row, series) in legend.iter().enumerate() {
        let names = || series.iter().filter_map(named);
        let whole: i32 = names().map(|(name, _)| name_room(name)).sum();
        let (mut x, y) = ((unsigned(WIDTH_UNITS) - whole) / 2 + TEXT_UNITS / 2, 12 + count(row) * LEGEND_UNITS);
        for (name, ink) in names() {
            area.draw(&Rectangle::new([(x, y), (x + SQUARE_UNITS, y + SQUARE_UNITS)], ink.filled()))?;
            let at = (x + SQUARE_UNITS + TEXT_UNITS / 2, y + SQUARE_UNITS / 2);
            area.draw(&Text::new(name.clone(), at, text_style(HPos::Left, VPos::Center)))?;
            x += name_room(name);
        }
    }
    Ok(())
}

fn numbers(chart: &Chart, series: usize) -> impl Iterator<Item = (usize, Option<f64>)> + '_ {
    let value = move |point: &ChartPoint| point.values.get(series).cloned().flatten().and_then(|it| it.parse().ok());
    chart.points.iter().map(value).enumerate()
}

/// From nothing, or the least number below it, to the greatest.
fn range(chart: &Chart) -> (f64, f64) {
    let all = (0..chart.series.len()).flat_map(|series| numbers(chart, series)).filter_map(|(_, value)| value);
    let (low, high) = all.fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
    if low == high { (0.0, 1.0) } else { (low, high) }
}

fn whole(chart: &Chart) -> bool {
    let mut values = chart.points.iter().flat_map(|point| &point.values).flatten();
    values.all(|text| !text.contains('.'))
}

/// The numbers of the axis with their texts, in steps of 1, 2 or 5 tens, reaching over both ends; whole where all numbers are.
fn ticks(low: f64, high: f64, whole: bool) -> Vec<(f64, String)> {
    // a number above the highest bar needs room
    let high = if high > 0.0 { high + (high - low) * 0.08 } else { high };
    let low = if low < 0.0 { low - (high - low) * 0.08 } else { low };
    let rough = (high - low) / 5.0;
    let power = rough.log10().floor() as i32;
    let step = |power: i32| [1, 2, 5].into_iter().map(move |digit| (digit, power));
    let mut steps = step(power).chain(step(power + 1)).filter(|(_, power)| !whole || *power >= 0);
    let size = |(digit, power): (i32, i32)| f64::from(digit) * 10_f64.powi(power);
    let chosen = steps.find(|it| size(*it) >= rough * 0.999).unwrap_or((1, 0));
    let (from, to) = ((low / size(chosen)).floor() as i64, (high / size(chosen)).ceil() as i64);
    (from..=to)
        .map(|times| {
            // the text is made of whole numbers, so that it is exact
            let counted = times * i64::from(chosen.0);
            (counted as f64 * 10_f64.powi(chosen.1), scaled_text(counted, chosen.1))
        })
        .collect()
}

/// `counted` times ten to `power` in digits.
fn scaled_text(counted: i64, power: i32) -> String {
    if power >= 0 || counted == 0 {
        return (counted * 10_i64.pow(power.unsigned_abs())).to_string();
    }
    let places = power.unsigned_abs() as usize;
    let digits = format!("{:0>1$}", counted.unsigned_abs(), places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    let text = format!("{}{whole}.{part}", if counted < 0 { "-" } else { "" });
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A name in rows that fit its slot.
fn broken(name: &str, slot: i32) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for character in name.chars() {
        match rows.last_mut() {
            Some(row) if width(row) + width(character.encode_utf8(&mut [0; 4])) <= slot => row.push(character),
            _ => rows.push(character.to_string()),
        }
    }
    rows
}

fn unsigned(units: u32) -> i32 {
    i32::try_from(units).unwrap_or(i32::MAX)
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(low: f64, high: f64, whole: bool) -> Vec<String> {
        ticks(low, high, whole).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn the_axis_counts_in_round_steps_and_reaches_over_both_ends() {
        assert_eq!(texts(0.0, 42.0, true), ["0", "10", "20", "30", "40", "50"]);
        assert_eq!(texts(0.0, 2.0, true), ["0", "1", "2", "3"]);
        assert_eq!(texts(0.0, 0.25, false), ["0", "0.1", "0.2", "0.3"]);
        assert_eq!(texts(-3.0, 4.0, true), ["-4", "-2", "0", "2", "4", "6"]);
        assert_eq!(texts(0.0, 999_999_999_999.0, true).last().unwrap(), "1500000000000");
    }

    #[test]
    fn a_name_is_broken_to_its_slot() {
        assert_eq!(broken("香岭镇党政办", 120), ["香岭镇", "党政办"]);
        assert_eq!(broken("12月", 120), ["12月"]);
        assert_eq!(broken("村", 10), ["村"]);
    }
}
