//! Charts of the Markdown subset: a table of numbers under a line that says how to draw it.

use super::super::model::{Chart, ChartKind, ChartPoint};
use super::{BLANK, Fault, plain, table};

/// Most points along an axis; a slot of the picture is then one and a half characters wide.
const POINTS_MAX: usize = 24;
/// Most series: as many inks as can be told apart in print.
const SERIES_MAX: usize = 6;
/// Longest name of a point or a series, in characters.
const NAME_CHARACTERS_MAX: usize = 20;
/// Most characters along an axis, were every name as long as the longest; they take six rows then.
const AXIS_CHARACTERS_MAX: usize = 144;
/// Most digits of a number; an `f64` keeps them all.
const DIGITS_MAX: usize = 12;

const KINDS: [(&str, ChartKind); 3] =
    [("柱状图", ChartKind::Bars), ("折线图", ChartKind::Lines), ("比例图", ChartKind::Shares)];

/// Reads a chart from what follows `|~` and the lines of its table. The error names the line (0 is the one with `|~`).
pub(super) fn parse(begin: &str, lines: &[&str]) -> Result<Chart, (usize, Fault)> {
    let begin = begin.trim_matches(BLANK);
    let kind = KINDS.iter().find_map(|(word, kind)| Some((*kind, begin.strip_prefix(word)?)));
    let (kind, caption) = kind.ok_or((0, Fault::ChartKind))?;
    let caption = plain(caption.trim_matches(BLANK));
    if caption.is_empty() {
        return Err((0, Fault::ChartKind));
    }
    if lines.is_empty() {
        return Err((0, Fault::TableWithoutRule));
    }
    let table = table::parse(lines).map_err(|(row, fault)| (row + 1, fault))?;
    let columns = table.widths.len();
    let whole = table.header.iter().chain(&table.rows).all(|row| row.len() == columns);
    if table.header.len() != 1 || columns < 2 || table.rows.is_empty() || !whole {
        return Err((0, Fault::ChartShape));
    }
    let series: Vec<String> = table.header.iter().flatten().skip(1).map(|cell| cell.text.clone()).collect();
    let mut points = Vec::with_capacity(table.rows.len());
    for (index, row) in table.rows.iter().enumerate() {
        // the header and the rule stand above the rows
        let line = index + 3;
        let Some((label, cells)) = row.split_first() else { return Err((line, Fault::ChartShape)) };
        let values: Result<Vec<_>, Fault> = cells.iter().map(|cell| number(&cell.text)).collect();
        points.push(ChartPoint { label: label.text.clone(), values: values.map_err(|fault| (line, fault))? });
    }
    let chart = Chart { kind, caption, series, points };
    fits(&chart).map_err(|fault| (0, fault))?;
    Ok(chart)
}

/// A cell's number as written, without blanks; nothing for an empty cell.
fn number(text: &str) -> Result<Option<String>, Fault> {
    let text = text.trim();
    if text.is_empty() || matches!(text, "—" | "-" | "－") {
        return Ok(None);
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    let count = whole.len() + fraction.map_or(0, str::len);
    if !plain(whole) || !fraction.is_none_or(plain) || count > DIGITS_MAX {
        return Err(Fault::ChartNumber);
    }
    Ok(Some(text.to_owned()))
}

fn fits(chart: &Chart) -> Result<(), Fault> {
    let names = chart.points.iter().map(|point| &point.label).chain(&chart.series);
    let longest = |names: &mut dyn Iterator<Item = &String>| names.map(|name| name.chars().count()).max().unwrap_or(0);
    let along = longest(&mut chart.points.iter().map(|point| &point.label)) * chart.points.len();
    let long = longest(&mut names.clone()) > NAME_CHARACTERS_MAX
        || (chart.kind != ChartKind::Shares && along > AXIS_CHARACTERS_MAX);
    if names.clone().any(|name| name.trim().is_empty()) {
        return Err(Fault::ChartShape);
    }
    if long {
        return Err(Fault::ChartNames);
    }
    let mut values = chart.points.iter().flat_map(|point| &point.values);
    if chart.kind != ChartKind::Shares {
        if chart.points.len() > POINTS_MAX || chart.series.len() > SERIES_MAX {
            return Err(if chart.points.len() > POINTS_MAX { Fault::ChartPoints } else { Fault::ChartSeries });
        }
        return if values.any(Option::is_some) { Ok(()) } else { Err(Fault::ChartShape) };
    }
    let sound = values.all(|value| value.as_ref().is_some_and(|text| !text.starts_with('-')));
    if chart.series.len() == 1 && sound { Ok(()) } else { Err(Fault::ChartShares) }
}
