//! Shares: the parts of a whole as a circle, and beside it what they are. Of many the smallest stand together, and it is said how many.

use super::*;

/// Most parts that can still be told apart; of more the smallest are drawn as one.
const PARTS_MAX: usize = 12;
const REST: &str = "其他";
/// The middle of the picture, from its upper edge.
const MIDDLE_UNITS: i32 = 400;
/// Where the legend begins; long names begin further left, beside a smaller circle.
const LEGEND_LEFT_UNITS: (i32, i32) = (500, 820);
/// From the beginning of a row of the legend to that of its text.
const MARKED_UNITS: i32 = 50;
const ROW_UNITS: i32 = 60;

/// The circle, and the legend beside it.
struct Shape {
    centre: (i32, i32),
    radius: f64,
    legend: i32,
    /// size of the legend's text
    size: i32,
}

impl Shape {
    /// As large as legends this wide leave room for.
    fn beside(widest: i32) -> Shape {
        let whole = i32::try_from(WIDTH_UNITS).unwrap_or(i32::MAX) - MARKED_UNITS;
        let legend = (whole - widest).clamp(LEGEND_LEFT_UNITS.0, LEGEND_LEFT_UNITS.1);
        let middle = (legend - 20) / 2;
        let size = TEXT_UNITS.min(TEXT_UNITS * (whole - legend) / widest.max(1));
        Shape { centre: (middle, MIDDLE_UNITS), radius: f64::from(middle - 60), legend, size }
    }
}

/// Draws the chart.
pub(super) fn draw(chart: &Chart, area: &Area<'_>) -> Drawn {
    let parts = parts(chart);
    let values: Vec<&str> = parts.iter().map(|(_, value)| value.as_str()).collect();
    let shares = per_mille(&values);
    let numbers: Vec<f64> = values.iter().map(|text| text.parse().unwrap_or(0.0)).collect();
    let whole: f64 = numbers.iter().sum();
    let text = |index: usize| {
        let label = parts.get(index).map_or("", |(label, _)| label);
        let share = shares.get(index).copied().unwrap_or(0);
        format!("{label}　{}（{}.{}%）", values.get(index).unwrap_or(&""), share / 10, share % 10)
    };
    let shape = Shape::beside((0..values.len()).map(|index| width(&text(index))).max().unwrap_or(0));
    let top = MIDDLE_UNITS - ROW_UNITS * i32::try_from(values.len()).unwrap_or(0) / 2;
    let mut from = 0.0;
    for (index, value) in numbers.iter().enumerate() {
        let ink = ink(index);
        // nothing has no part of the circle, and of nothing at all there are no parts
        if *value > 0.0 {
            let to = from + value / whole;
            sector(&shape, (from, to), ink, area)?;
            from = to;
        }
        let y = top + ROW_UNITS * i32::try_from(index).unwrap_or(0);
        area.draw(&Rectangle::new([(shape.legend, y + 6), (shape.legend + 30, y + 36)], ink.filled()))?;
        let at = (shape.legend + MARKED_UNITS, y + 21);
        area.draw(&Text::new(text(index), at, sized_style(shape.size, HPos::Left, VPos::Center)))?;
    }
    if whole == 0.0 {
        area.draw(&PathElement::new(rim(&shape, 0.0, 1.0), BLACK.stroke_width(3)))?;
    }
    Ok(())
}

/// The parts that are drawn, each with its name and its number: the largest in their order, and last what the others come to.
fn parts(chart: &Chart) -> Vec<(String, String)> {
    let value = |point: &ChartPoint| point.values.first().cloned().flatten().unwrap_or_else(|| "0".to_owned());
    let all: Vec<(String, String)> = chart.points.iter().map(|point| (point.label.clone(), value(point))).collect();
    if all.len() <= PARTS_MAX {
        return all;
    }
    let places = places(all.iter().map(|(_, value)| value.as_str()));
    let mut order: Vec<usize> = (0..all.len()).filter(|index| all[*index].0 != REST).collect();
    order.sort_by_key(|index| std::cmp::Reverse(scaled(&all[*index].1, places)));
    order.truncate(PARTS_MAX - 1);
    let (kept, rest): (Vec<_>, Vec<_>) = all.into_iter().enumerate().partition(|(index, _)| order.contains(index));
    let sum: u128 = rest.iter().map(|(_, (_, value))| scaled(value, places)).sum();
    let rest = (format!("{REST}（{}项）", rest.len()), written(sum, places));
    kept.into_iter().map(|(_, part)| part).chain([rest]).collect()
}

/// Draws a part of the circle, apart from its neighbours; the whole of it has none.
fn sector(shape: &Shape, (from, to): (f64, f64), ink: RGBColor, area: &Area<'_>) -> Drawn {
    let rim = rim(shape, from, to);
    if to - from >= 1.0 {
        return area.draw(&Polygon::new(rim, ink.filled()));
    }
    let part: Vec<(i32, i32)> = [shape.centre].into_iter().chain(rim).chain([shape.centre]).collect();
    area.draw(&Polygon::new(part.clone(), ink.filled()))?;
    area.draw(&PathElement::new(part, WHITE.stroke_width(4)))
}

/// The six inks, then the same six lighter.
fn ink(index: usize) -> RGBColor {
    let full = INKS.get(index % INKS.len()).copied().unwrap_or(BLACK);
    let lighter = |part: u8| part / 2 + 127;
    if index < INKS.len() { full } else { RGBColor(lighter(full.0), lighter(full.1), lighter(full.2)) }
}

/// The edge of a part of the circle; turns are counted from the top, clockwise.
fn rim(shape: &Shape, from: f64, to: f64) -> Vec<(i32, i32)> {
    let steps = ((to - from) * 360.0).ceil().max(1.0) as usize;
    let place = |step: usize| {
        let angle = (from + (to - from) * step as f64 / steps as f64) * std::f64::consts::TAU;
        let (sine, cosine) = angle.sin_cos();
        let x = f64::from(shape.centre.0) + shape.radius * sine;
        (x.round() as i32, (f64::from(shape.centre.1) - shape.radius * cosine).round() as i32)
    };
    (0..=steps).map(place).collect()
}

/// Shares in tenths of a percent that add up to a thousand: what rounding leaves goes to the largest remainders.
fn per_mille(values: &[&str]) -> Vec<u64> {
    let places = places(values.iter().copied());
    let counted: Vec<u128> = values.iter().map(|text| scaled(text, places)).collect();
    let whole: u128 = counted.iter().sum();
    if whole == 0 {
        return vec![0; values.len()];
    }
    let mut shares: Vec<u64> = counted.iter().map(|it| u64::try_from(it * 1000 / whole).unwrap_or(1000)).collect();
    let mut order: Vec<usize> = (0..counted.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(counted[*index] * 1000 % whole));
    let given: u64 = shares.iter().sum();
    for index in order.into_iter().take(usize::try_from(1000 - given).unwrap_or(0)) {
        shares[index] += 1;
    }
    shares
}

/// Most decimal places of any of these numbers.
fn places<'t>(values: impl Iterator<Item = &'t str>) -> usize {
    values.map(|text| text.split_once('.').map_or(0, |(_, part)| part.len())).max().unwrap_or(0)
}

/// A whole number of so many decimal places as a decimal number.
fn written(number: u128, places: usize) -> String {
    let digits = format!("{number:0>width$}", width = places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    if part.is_empty() { digits } else { format!("{whole}.{part}") }
}

/// A decimal number as a whole number of its last place.
fn scaled(text: &str, places: usize) -> u128 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{part:0<places$}").parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_to_the_whole() {
        assert_eq!(per_mille(&["1", "1", "1"]), [334, 333, 333]);
        assert_eq!(per_mille(&["12.50", "37.5", "50"]), [125, 375, 500]);
        assert_eq!(per_mille(&["0", "999999999999", "1"]), [0, 1000, 0]);
        assert_eq!(per_mille(&["0.00", "0"]), [0, 0]);
        let odd: Vec<String> = (1..=12).map(|it| it.to_string()).collect();
        let odd: Vec<&str> = odd.iter().map(String::as_str).collect();
        assert_eq!(per_mille(&odd).iter().sum::<u64>(), 1000);
    }

    #[test]
    fn of_many_parts_the_smallest_stand_together_and_it_is_said_how_many() {
        let chart = |values: &[(&str, &str)]| {
            let points = values.iter().map(|(label, value)| {
                let values = vec![Some((*value).to_owned())];
                ChartPoint { label: (*label).to_owned(), values }
            });
            let (caption, series) = ("题".to_owned(), vec!["数".to_owned()]);
            Chart { kind: ChartKind::Shares, caption, series, points: points.collect() }
        };
        let names: Vec<String> = (1..=14).map(|it| format!("第{it}村")).collect();
        let mut values: Vec<(&str, &str)> = names.iter().map(|it| (it.as_str(), "20")).collect();
        assert_eq!(parts(&chart(&values[..12])).len(), 12);
        values[0].1 = "1.5";
        values[5] = ("其他", "30.25");
        let drawn = parts(&chart(&values));
        let told: Vec<String> = drawn.iter().map(|(name, value)| format!("{name} {value}")).collect();
        assert_eq!(told.len(), PARTS_MAX, "{told:?}");
        // of equals the first stay; what is called 其他 goes there whatever it is
        assert_eq!(
            (told[0].as_str(), told[10].as_str(), told[11].as_str()),
            ("第2村 20", "第13村 20", "其他（3项） 51.75")
        );
        let drawn: Vec<&str> = drawn.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(per_mille(&drawn).iter().sum::<u64>(), 1000);
        assert_eq!((written(5, 2), written(500, 0), written(1205, 2)), ("0.05".into(), "500".into(), "12.05".into()));
    }

    #[test]
    fn a_sector_begins_at_the_top_and_goes_clockwise() {
        let quarter = rim(&Shape::beside(0), 0.0, 0.25);
        assert_eq!((quarter[0], quarter[quarter.len() - 1]), ((400, 60), (740, 400)));
    }

    #[test]
    fn long_names_stand_beside_a_smaller_circle_in_letters_as_large() {
        let of = |widest: i32| {
            let Shape { centre, radius, legend, size } = Shape::beside(widest);
            assert!(legend + MARKED_UNITS + widest * size / TEXT_UNITS <= 1500, "{widest}");
            (centre.0, radius, legend, size)
        };
        assert_eq!(of(500), (400, 340.0, 820, 37));
        assert_eq!(of(900), (265, 205.0, 550, 37));
        assert_eq!(of(1200), (240, 180.0, 500, 29));
    }
}
