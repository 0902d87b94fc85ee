//! The document as the layout reads it: JSON, with what the caller has found out about its last page.

use super::super::chart::{self, ChartError};
use super::super::fit;
use super::super::fonts::{Fonts, Role};
use super::super::model::{Block, Document, Layout, Span, Table, TableCell};
use super::super::title;
use super::over;
use super::tail::{Fitting, Split};
use crate::numerals::date_text;
use chrono::{Datelike, NaiveDate};
use serde_json::{Value as Json, json};

/// The document as the layout reads it.
pub(super) fn data(document: &Document, fonts: &Fonts, fitting: &Fitting) -> Result<Json, ChartError> {
    let printed = document.printed_by.as_ref().filter(|_| document.layout != Layout::Letter);
    let printed = printed.map(|(by, date)| json!({"by": by, "date": date_text(*date)}));
    let mut tables = Tables { count: 0, fitting };
    let text = body(document, fonts, fitting, &mut tables)?;
    let attachments = document.attachments.iter().map(|it| {
        let blocks = (0..it.body.len()).map(|index| block(&it.body, index, None, fonts, &mut tables));
        let body = blocks.collect::<Result<Vec<_>, _>>()?;
        Ok(json!({"name": it.name, "title": title::lines(std::slice::from_ref(&it.name), 19), "body": body}))
    });
    let attachments = attachments.collect::<Result<Vec<_>, ChartError>>()?;
    let attendance = document.attendance.iter().map(|it| json!({"label": it.label, "names": it.names}));
    let placed = fit::signers(document);
    let signers = document.signers.chunks(placed.as_ref().map_or(1, |it| it.in_row)).collect::<Vec<_>>();
    // PDF/A wants a date; a paper that has none has no better one than the first day files can have.
    let made = document.date.or(document.printed_by.as_ref().map(|(_, date)| *date));
    let made = made.or(NaiveDate::from_ymd_opt(1980, 1, 1)).unwrap_or_default();
    Ok(json!({
        "layout": document.layout,
        "fonts": {
            "text": fonts.families(Role::Text),
            "heading": fonts.families(Role::Heading),
            "script": fonts.families(Role::Script),
            "title": fonts.families(Role::Title),
            "plain": fonts.families(Role::Plain),
        },
        "tight": if fitting.second.is_some() { 1.0 } else { fitting.rows },
        "tight_first": fitting.rows,
        "mark": fit::mark_lines(document),
        "mark_beside": fit::mark_beside(document),
        "mark_size": fit::mark_points(document),
        "mark_percent": fit::mark_percent(document),
        "serial": document.serial,
        "urgency": document.urgency,
        "number": document.number,
        "signers": signers,
        "number_below": placed.is_some_and(|it| it.number_below),
        "title": title::lines(&document.title, title::width(document.layout)),
        "title_spread": title_spread(document),
        "frames": frames(document.layout),
        "adopted": document.adopted.as_ref().map(|it| title::adopted(it)),
        "attached_to": document.attached_to,
        "main_to": document.main_to,
        "main_to_below": fit::main_to_below(document),
        "body": text,
        "list_new_page": ([fitting.split, fitting.second].contains(&Some(Split::List))),
        "attachments": attachments,
        "attendance": attendance.collect::<Vec<_>>(),
        "signature": document.signature.iter().map(|name| title::organ(name)).collect::<Vec<_>>(),
        "seals_in_row": fit::seals_in_row(&document.signature),
        "posts": document.posts,
        "date": document.date.map(date_text),
        "seal": document.seal,
        "note": document.note,
        "copy_to": document.copy_to,
        "distributed": document.distributed,
        "printed": printed,
        "copies": document.copies,
        "subject": document.subject,
        "author": document.author,
        "made": {"year": made.year(), "month": made.month(), "day": made.day()},
    }))
}

/// What stands around a framed paper, lengths in millimetres.
fn frames(layout: Layout) -> Vec<Json> {
    let millimetres = |tenths: u32| f64::from(tenths) / 10.0;
    let of = |it: fit::Frame| {
        json!({
            "width": millimetres(it.width), "height": millimetres(it.height), "radius": millimetres(it.radius),
            "thickness": millimetres(it.thickness), "colour": it.colour, "fill": it.fill,
        })
    };
    fit::frames(layout).into_iter().map(of).collect()
}

/// Size and spread of each line of a title that stands in a frame.
fn title_spread(document: &Document) -> Vec<Json> {
    let lines = title::lines(&document.title, title::width(document.layout));
    let of = |line: &String| match document.layout {
        Layout::Certificate => fit::certificate_title(&lines),
        Layout::Plaque => fit::plaque_title(line),
        Layout::Document | Layout::Letter | Layout::Order | Layout::Minutes | Layout::Plain => fit::Spread::default(),
        Layout::Sheet | Layout::Form => fit::Spread::default(),
    };
    lines.iter().map(of).map(|it| json!({"points": it.points, "after": it.after})).collect()
}

/// The tables set so far.
struct Tables<'a> {
    count: usize,
    fitting: &'a Fitting,
}

fn body(
    document: &Document,
    fonts: &Fonts,
    fitting: &Fitting,
    tables: &mut Tables<'_>,
) -> Result<Vec<Json>, ChartError> {
    let at = |index: usize| {
        [fitting.second, fitting.split].into_iter().flatten().find_map(|split| match split {
            Split::Body { block, at } if block == index => Some(at),
            Split::Body { .. } | Split::List => None,
        })
    };
    (0..document.body.len()).map(|index| block(&document.body, index, at(index), fonts, tables)).collect()
}

/// One of several blocks; `at` characters or rows into it a new page begins.
fn block(
    blocks: &[Block],
    index: usize,
    at: Option<usize>,
    fonts: &Fonts,
    tables: &mut Tables<'_>,
) -> Result<Json, ChartError> {
    let alone = fit::stands_alone(blocks, index);
    let texts = |kind: &str, level: u8, text: &[Span]| {
        let (first, rest) = match at.filter(|at| *at > 0) {
            Some(at) => split_spans(text, at),
            None => (text.to_vec(), Vec::new()),
        };
        json!({"kind": kind, "level": level, "alone": alone, "new_page": at == Some(0), "spans": spans(&first), "rest": spans(&rest)})
    };
    Ok(match &blocks[index] {
        Block::Paragraph(text) => texts("paragraph", 0, text),
        Block::Heading(level, text) => texts("heading", *level, text),
        Block::Centre(text) => texts("centre", 0, text),
        Block::Table(table) => table_data(table, at, tables),
        Block::Chart(chart) => json!({
            "kind": "chart",
            "new_page": at == Some(0),
            "png": chart::png(chart, fonts)?,
            "alt": chart::description(chart),
            "caption": chart.caption,
        }),
    })
}

fn spans(spans: &[Span]) -> Vec<Json> {
    spans.iter().map(|span| json!({"text": span.text, "strong": span.strong})).collect()
}

/// The spans before and after so many characters, blanks not counted: the typesetter drops them at the ends of rows.
fn split_spans(spans: &[Span], at: usize) -> (Vec<Span>, Vec<Span>) {
    let (mut first, mut rest) = (Vec::new(), Vec::new());
    let mut seen = 0;
    for span in spans {
        let mut parts = [String::new(), String::new()];
        for character in span.text.chars() {
            let late = seen >= at && !(character.is_whitespace() && seen == at);
            seen += usize::from(!character.is_whitespace());
            parts[usize::from(late)].push(character);
        }
        let [before, after] = parts;
        first.push(Span { text: before, strong: span.strong });
        rest.push(Span { text: after, strong: span.strong });
    }
    let kept = |spans: Vec<Span>| spans.into_iter().filter(|span| !span.text.is_empty()).collect();
    (kept(first), kept(rest))
}

fn table_data(table: &Table, at: Option<usize>, tables: &mut Tables<'_>) -> Json {
    let number = tables.count;
    tables.count += 1;
    let mut breaks = tables.fitting.breaks.get(number).cloned().unwrap_or_default();
    breaks.extend(at);
    let rows = over::parted(&table.rows, table.widths.len(), &breaks);
    let cell = |cell: &TableCell, mark: Option<String>, parts: bool| json!({"text": cell.text, "columns": cell.columns, "rows": cell.rows, "centre": cell.centre, "mark": mark, "parts": parts});
    let tall = tall_rows(&rows, &table.widths);
    let marked = |(row, cells): (usize, &Vec<TableCell>)| -> Vec<Json> {
        // a cell over several rows may stand on the page after
        let bearer = cells.iter().position(|cell| cell.rows == 1).unwrap_or(0);
        let mark = |at: usize| (at == bearer).then(|| over::mark(number, row));
        cells.iter().enumerate().map(|(at, it)| cell(it, mark(at), tall[row] || it.rows > 1)).collect()
    };
    let rows: Vec<Vec<Json>> = rows.iter().enumerate().map(marked).collect();
    let (first, rest) = rows.split_at(at.filter(|at| *at > 0).unwrap_or(rows.len()).min(rows.len()));
    json!({
        "kind": "table",
        "caption": table.caption,
        "widths": table.widths,
        "header": table.header.iter().flatten().map(|it| cell(it, None, false)).collect::<Vec<_>>(),
        "new_page": at == Some(0),
        "rows": first.concat(),
        "rest": rest.concat(),
    })
}

/// Which rows are too high to be kept whole. One cell that may not be parted holds its whole row together, and what then does not
/// fit the page is lost below it: so either all cells of a row may be parted, or none.
fn tall_rows(rows: &[Vec<TableCell>], widths: &[u32]) -> Vec<bool> {
    /// Lines up to which a row is kept whole: half of what stands on a page that lies crosswise.
    const WHOLE_LINES_MAX: usize = 12;
    /// Characters of 12 pt in a line over the whole width of an upright page.
    const LINE_CHARACTERS: usize = 36;
    let whole: usize = widths.iter().map(|width| *width as usize).sum();
    let mut tall = vec![false; rows.len()];
    for ((row, cells), places) in rows.iter().enumerate().zip(over::columns(rows, widths.len())) {
        for (cell, column) in cells.iter().zip(places) {
            let end = (column + cell.columns as usize).min(widths.len());
            let own: usize = widths.get(column..end).unwrap_or_default().iter().map(|width| *width as usize).sum();
            let characters = (LINE_CHARACTERS * own / whole.max(1)).saturating_sub(1).max(1);
            let lines: usize = cell.text.split('\n').map(|line| line.chars().count().div_ceil(characters).max(1)).sum();
            if lines > WHOLE_LINES_MAX {
                let last = (row + cell.rows as usize).min(tall.len());
                tall[row..last].fill(true);
            }
        }
    }
    tall
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_split_by_characters_that_show() {
        let span = |text: &str, strong| Span { text: text.to_owned(), strong };
        let (first, rest) = split_spans(&[span("甲 乙", false), span("丙丁", true)], 3);
        assert_eq!((first, rest), (vec![span("甲 乙", false), span("丙", true)], vec![span("丁", true)]));
    }
}
