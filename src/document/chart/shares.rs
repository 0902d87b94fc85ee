//! Shares: the parts of a whole as a circle, and beside it what they are.

use super::*;

const CENTRE: (i32, i32) = (400, 400);
const RADIUS_UNITS: f64 = 340.0;
const LEGEND_LEFT_UNITS: i32 = 820;
const ROW_UNITS: i32 = 60;

/// Draws the chart.
pub(super) fn draw(chart: &Chart, area: &Area<'_>) -> Drawn {
    let values: Vec<&str> =
        chart.points.iter().map(|point| point.values.first().and_then(Option::as_deref).unwrap_or("0")).collect();
    let shares = per_mille(&values);
    let numbers: Vec<f64> = values.iter().map(|text| text.parse().unwrap_or(0.0)).collect();
    let whole: f64 = numbers.iter().sum();
    let top = CENTRE.1 - ROW_UNITS * i32::try_from(values.len()).unwrap_or(0) / 2;
    let mut from = 0.0;
    for (index, value) in numbers.iter().enumerate() {
        let to = from + value / whole;
        let ink = ink(index);
        let part = sector(from, to);
        area.draw(&Polygon::new(part.clone(), ink.filled()))?;
        area.draw(&PathElement::new(part, WHITE.stroke_width(4)))?;
        from = to;
        let y = top + ROW_UNITS * i32::try_from(index).unwrap_or(0);
        let square = [(LEGEND_LEFT_UNITS, y + 6), (LEGEND_LEFT_UNITS + 30, y + 36)];
        area.draw(&Rectangle::new(square, ink.filled()))?;
        let share = shares.get(index).copied().unwrap_or(0);
        let label = chart.points.get(index).map_or("", |point| &point.label);
        let text = format!("{label}　{}（{}.{}%）", values.get(index).unwrap_or(&""), share / 10, share % 10);
        let at = (LEGEND_LEFT_UNITS + 50, y + 21);
        let room = i32::try_from(WIDTH_UNITS).unwrap_or(i32::MAX) - at.0;
        let size = TEXT_UNITS.min(TEXT_UNITS * room / width(&text).max(1));
        area.draw(&Text::new(text, at, sized_style(size, HPos::Left, VPos::Center)))?;
    }
    Ok(())
}

/// The six inks, then the same six lighter.
fn ink(index: usize) -> RGBColor {
    let full = INKS.get(index % INKS.len()).copied().unwrap_or(BLACK);
    let lighter = |part: u8| part / 2 + 127;
    if index < INKS.len() { full } else { RGBColor(lighter(full.0), lighter(full.1), lighter(full.2)) }
}

/// The outline of a part of the circle; turns are counted from the top, clockwise.
fn sector(from: f64, to: f64) -> Vec<(i32, i32)> {
    let steps = ((to - from) * 360.0).ceil().max(1.0) as usize;
    let rim = (0..=steps).map(|step| {
        let angle = (from + (to - from) * step as f64 / steps as f64) * std::f64::consts::TAU;
        let (sine, cosine) = angle.sin_cos();
        let x = f64::from(CENTRE.0) + RADIUS_UNITS * sine;
        (x.round() as i32, (f64::from(CENTRE.1) - RADIUS_UNITS * cosine).round() as i32)
    });
    std::iter::once(CENTRE).chain(rim).chain(std::iter::once(CENTRE)).collect()
}

/// Shares in tenths of a percent that add up to a thousand: what rounding leaves goes to the largest remainders.
fn per_mille(values: &[&str]) -> Vec<u64> {
    let places = values.iter().map(|text| text.split_once('.').map_or(0, |(_, part)| part.len())).max().unwrap_or(0);
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
    fn a_sector_begins_at_the_top_and_goes_clockwise() {
        let quarter = sector(0.0, 0.25);
        assert_eq!(quarter[1], (400, 60));
        assert_eq!(quarter[quarter.len() - 2], (740, 400));
    }
}
