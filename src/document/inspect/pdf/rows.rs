//! Characters put together to rows, and rows to paragraphs, as a reader's eye does it.

use super::content::{Glyph, Marks};
use super::shapes::Line;
use crate::document::inspect::facts::{Align, CHARACTER_MM, MM_PER_POINT, Paragraph, ROW_MM, Row, Run, short};
use crate::document::inspect::read::{is_copies, is_date_row, printed};

/// Characters whose baselines differ by less stand in one row.
pub(super) const BASELINE_MM: f64 = 0.7;
/// A wider hole in a row, in sizes, parts what stands left and right of it.
const HOLE_SIZES: f64 = 1.3;
/// Rows of text stand within this of the edges of the text, in sizes.
const EDGE_SIZES: f64 = 0.8;

/// A row with what it is made of.
#[derive(Debug, Clone)]
pub(super) struct Set {
    pub(super) row: Row,
    pub(super) runs: Vec<Run>,
    pub(super) table: bool,
}

/// The rows of a page from top to bottom.
pub(super) fn rows(page: usize, marks: &Marks) -> Vec<Set> {
    let mut glyphs: Vec<&Glyph> = marks.glyphs.iter().collect();
    glyphs.sort_by(|a, b| a.baseline.total_cmp(&b.baseline));
    let mut groups: Vec<(f64, Vec<&Glyph>)> = Vec::new();
    for glyph in glyphs {
        match groups.last_mut() {
            Some((baseline, group)) if glyph.baseline - *baseline < BASELINE_MM => group.push(glyph),
            Some(_) | None => groups.push((glyph.baseline, vec![glyph])),
        }
    }
    let tables = tables(&marks.lines);
    let inside = |row: &Row| {
        let middle = f64::midpoint(row.left, row.right);
        tables.iter().any(|(left, top, right, bottom)| {
            (*top..*bottom).contains(&(row.baseline - 1.0)) && (*left..*right).contains(&middle)
        })
    };
    let sets = groups.into_iter().filter_map(|(_, group)| set(page, group));
    sets.map(|mut set| {
        set.table = inside(&set.row);
        set
    })
    .collect()
}

/// Boxes around upright lines: what stands in them stands in a table. One pair of upright lines is a frame around a page.
fn tables(lines: &[Line]) -> Vec<(f64, f64, f64, f64)> {
    let upright: Vec<&Line> = lines.iter().filter(|line| (line.to.0 - line.from.0).abs() < 0.3).collect();
    // left, top, right, bottom, and where the lines stand
    let mut boxes: Vec<(f64, f64, f64, f64, Vec<f64>)> = Vec::new();
    let mut spans: Vec<(f64, f64, f64)> =
        upright.iter().map(|it| (it.from.1.min(it.to.1), it.from.1.max(it.to.1), it.from.0)).collect();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (top, bottom, x) in spans {
        match boxes.iter_mut().find(|it| top <= it.3 + 1.0 && bottom >= it.1 - 1.0) {
            Some(found) => {
                (found.0, found.1) = (found.0.min(x), found.1.min(top));
                (found.2, found.3) = (found.2.max(x), found.3.max(bottom));
                found.4.push(x);
            }
            None => boxes.push((x, top, x, bottom, vec![x])),
        }
    }
    let wide = boxes.into_iter().filter(|it| {
        let width = it.2 - it.0;
        // a column within is none of a frame's lines, be the frame as high as the page
        let column = it.4.iter().any(|x| x - it.0 > 0.1 * width && it.2 - x > 0.1 * width);
        width > 10.0 && (it.3 - it.1 < 180.0 || column) || it.4.len() > 8
    });
    wide.map(|(left, top, right, bottom, _)| (left - 0.5, top - 0.5, right + 0.5, bottom + 0.5)).collect()
}

fn set(page: usize, mut glyphs: Vec<&Glyph>) -> Option<Set> {
    glyphs.sort_by(|a, b| a.left.total_cmp(&b.left));
    let mut runs: Vec<Run> = Vec::new();
    let mut end: Option<f64> = None;
    let said = |glyph: &Glyph| glyph.text.clone().unwrap_or_else(|| char::REPLACEMENT_CHARACTER.to_string());
    let visible: Vec<&&Glyph> = glyphs.iter().filter(|glyph| !said(glyph).trim().is_empty()).collect();
    let (first, last) = (visible.first()?, visible.last()?);
    let (left, right, baseline) = (first.left, last.right, first.baseline);
    for glyph in &glyphs {
        let size = glyph.points * MM_PER_POINT;
        let hole = end.is_some_and(|end| glyph.left - end > HOLE_SIZES * size);
        end = Some(end.map_or(glyph.right, |end| end.max(glyph.right)));
        let text = said(glyph);
        let same = runs.last().is_some_and(|run| {
            run.face == glyph.face.name && (run.points - glyph.points).abs() < 0.2 && run.colour == glyph.colour
        });
        if !same {
            let (face, latin) = (glyph.face.name.clone(), glyph.face.name.clone());
            runs.push(Run {
                text: String::new(),
                face,
                latin,
                points: glyph.points,
                spread: 0.0,
                colour: glyph.colour,
            });
        }
        if let Some(run) = runs.last_mut() {
            run.text.push_str(if hole { "\u{3000}" } else { "" });
            run.text.push_str(&text);
        }
    }
    let text: String = runs.iter().map(|run| run.text.as_str()).collect();
    let points = Paragraph { runs: runs.clone(), ..Paragraph::default() }.points();
    Some(Set { row: Row { page, text, left, right, baseline, points }, runs, table: false })
}

/// Where the text of a page stands: from the standard, unless the rows themselves reach another left edge.
#[derive(Debug, Clone, Copy)]
pub(super) struct Area {
    pub(super) left: f64,
    pub(super) right: f64,
}

/// What is set as large as this is a mark or a title.
const HEADING_POINTS: f64 = 17.5;
/// The 版记 is smaller than text.
const IMPRINT_POINTS: f64 = 15.0;

impl Area {
    /// The area of a file's upright pages: the edges that most long rows reach.
    pub(super) fn of(rows: &[Set], width: f64) -> Area {
        // the 版记 is set in by a character, and tells no edge
        let imprint = rows.iter().position(|set| !set.table && opens_imprint(&set.row));
        let rows = rows.get(..imprint.unwrap_or(rows.len())).unwrap_or_default();
        let long: Vec<&Row> = rows
            .iter()
            .filter(|it| !it.table)
            .map(|it| &it.row)
            // the mark and a title are centred, and tell no edge
            .filter(|it| it.right - it.left > 0.6 * width && it.points < HEADING_POINTS)
            .collect();
        // on other paper than A4 the standard has nothing to say
        let standard = if (width - 210.0).abs() < 3.0 { (28.0, 184.0) } else { (35.0, width - 37.0) };
        let lefts: Vec<(f64, f64)> = long.iter().map(|it| (it.left, it.points)).collect();
        // the left edge is another when several rows of one size share it, and it is not that of indented first rows
        let other = |edge: &&(f64, f64)| {
            let by = edge.0 - standard.0;
            let same = |it: &&(f64, f64)| (it.0 - edge.0).abs() < 0.6 && (it.1 - edge.1).abs() < 0.6;
            let rows = lefts.iter().filter(same).count();
            rows >= 2 && by.abs() > 3.0 && (by - 2.0 * CHARACTER_MM).abs() > 1.5
        };
        let reached = lefts.iter().any(|it| (it.0 - standard.0).abs() < 1.5);
        let left = lefts.iter().filter(other).map(|it| it.0).min_by(f64::total_cmp).filter(|_| !reached);
        let right = long.iter().map(|it| it.end()).fold(f64::NEG_INFINITY, f64::max);
        let right = if right > standard.1 + 3.0 { right } else { standard.1 };
        Area { left: left.unwrap_or(standard.0), right }
    }

    fn align(&self, row: &Row) -> Align {
        let (before, behind) = (row.left - self.left, self.right - row.right);
        let whole = self.right - self.left;
        // a quotation mark at an end has half its width empty
        let even = (before - behind).abs() < (0.55 * row.points * MM_PER_POINT).max(3.5);
        let apart = before > 4.0 && behind > 4.0 || row.points > HEADING_POINTS && before > -2.0 && behind > -2.0;
        if even && apart {
            Align::Centre
        } else if before > 0.45 * whole && behind < 0.35 * whole {
            Align::Right
        } else {
            Align::Left
        }
    }
}

/// Whether the 版记 begins with this row.
fn opens_imprint(row: &Row) -> bool {
    let text = row.text.trim_start();
    let names = ["抄送", "分送", "主送"].iter().any(|it| text.starts_with(it));
    row.points < IMPRINT_POINTS && (names || printed(text).is_some())
}

/// The paragraphs that the rows of all pages make.
pub(super) fn paragraphs(sets: Vec<Set>, area: Area) -> Vec<Paragraph> {
    let mut made: Vec<Paragraph> = Vec::new();
    for set in sets {
        let goes_on = made.last().is_some_and(|last| continues(last, &set, area));
        let before = made.last().and_then(|last| last.rows.last()).cloned();
        match made.last_mut().filter(|_| goes_on) {
            Some(last) => {
                last.left = (set.row.left - area.left) / character(&set.row);
                last.right = (area.right - set.row.right) / character(&set.row);
                last.runs.extend(set.runs);
                last.rows.push(set.row);
            }
            None => {
                let gap = before.filter(|it| it.page == set.row.page).map(|it| gap(&it, &set.row));
                let indent = (set.row.left - area.left) / character(&set.row);
                made.push(Paragraph {
                    number: made.len() + 1,
                    page: Some(set.row.page),
                    align: area.align(&set.row),
                    first: indent,
                    left: indent,
                    right: (area.right - set.row.right) / character(&set.row),
                    gap: gap.unwrap_or(0.0),
                    new_page: gap.is_none(),
                    table: set.table,
                    runs: set.runs,
                    rows: vec![set.row],
                    ..Paragraph::default()
                });
            }
        }
    }
    made
}

/// The width of a character of the row; that of the standard where the size is third.
fn character(row: &Row) -> f64 {
    if (row.points - 16.0).abs() < 0.6 { CHARACTER_MM } else { (row.points * MM_PER_POINT).max(0.1) }
}

/// Empty rows between two rows.
fn gap(above: &Row, below: &Row) -> f64 {
    // a larger character hangs further below the row before it
    let larger = (below.points.max(above.points) - 16.0).max(0.0) * MM_PER_POINT;
    (below.baseline - above.baseline - larger) / ROW_MM - 1.0
}

fn continues(last: &Paragraph, set: &Set, area: Area) -> bool {
    let Some(before) = last.rows.last() else { return false };
    let row = &set.row;
    let size = row.points * MM_PER_POINT;
    let text = row.text.trim();
    let urgent = ["特急", "加急"].contains(&text);
    let apart = numbered(text) || urgent || is_date_row(text) || is_copies(text);
    let beside = before.left - area.left > 0.45 * (area.right - area.left);
    if last.table || set.table || beside || apart || (before.points - row.points).abs() > 0.5 {
        return false;
    }
    let same_page = before.page == row.page;
    if same_page && !(0.0..2.0 * size.max(6.2)).contains(&(row.baseline - before.baseline)) {
        return false;
    }
    let same_look = last.runs.last().zip(set.runs.first()).is_some_and(|(a, b)| a.colour == b.colour);
    if last.align == Align::Centre && area.align(row) == Align::Centre && row.points > 17.0 {
        return same_page && same_look;
    }
    // a word of Latin letters goes over whole
    let word =
        text.chars().take_while(|c| c.is_ascii_alphanumeric() || "-./_@:?=&%+#~".contains(*c)).count() as f64 / 2.0;
    let full = area.right - before.right < (2.2 + word) * size;
    let flush = row.left - area.left < EDGE_SIZES * size;
    // the rows below a first one hang only where that is indented itself; below one that is flush a paragraph begins. Below
    // 附件：1. they hang by all of that, below 2. by the numeral alone
    let by = if numbered(before.text.trim()) { 0.9 } else { 1.5 };
    let indented = before.left - area.left > 0.5 * size;
    let hanging = last.rows.len() > 1 && (row.left - before.left).abs() < 0.3 * size
        || last.rows.len() == 1 && indented && row.left - before.left > by * size;
    // programs without hanging rows set the second below the numeral itself
    let beneath = numbered(before.text.trim())
        && before.left - area.left > 4.0 * size
        && (row.left - before.left).abs() < 0.3 * size;
    full && (flush || ((hanging || beneath) && same_page))
}

/// Whether a row begins with a number of a list, so that it is a paragraph of its own.
fn numbered(text: &str) -> bool {
    let text = text.trim_start();
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    // 88.0 is an amount
    let amount = text.chars().nth(digits + 1).is_some_and(|c| c.is_ascii_digit());
    (1..=2).contains(&digits) && !amount && text.chars().nth(digits).is_some_and(|c| matches!(c, '.' | '．' | '、'))
}

/// A row as a paragraph of its own: a page number.
pub(super) fn alone(set: Set, area: Area) -> Paragraph {
    let made = paragraphs(vec![set], area);
    made.into_iter().next().unwrap_or_default()
}

/// Whether a row is a page number: digits, alone or between dashes.
pub(super) fn is_page_number(text: &str) -> bool {
    let bare = short(text);
    let digits: String = bare
        .chars()
        .filter(|c| !matches!(c, '—' | '－' | '-' | '–' | '―' | '─' | ' ' | '\u{3000}' | '·' | '第' | '页'))
        .collect();
    !digits.is_empty() && digits.len() <= 4 && digits.chars().all(|c| c.is_ascii_digit())
}
