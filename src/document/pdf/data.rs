//! The document as the layout reads it: JSON, with what the caller has found out about its last page.

use super::super::chart::{self, ChartError};
use super::super::fit;
use super::super::fonts::{Fonts, Role};
use super::super::model::{Block, Document, Layout, Span, Table, TableCell};
use super::super::numerals::date_text;
use super::super::title;
use super::tail::{Fitting, Split};
use chrono::{Datelike, NaiveDate};
use serde_json::{Value as Json, json};

/// The document as the layout reads it.
pub(super) fn data(document: &Document, fonts: &Fonts, fitting: &Fitting) -> Result<Json, ChartError> {
    let printed = document.printed_by.as_ref().filter(|_| document.layout != Layout::Letter);
    let printed = printed.map(|(by, date)| json!({"by": by, "date": date_text(*date)}));
    let attachments = document.attachments.iter().map(|it| {
        let body = it.body.iter().map(|it| block(it, None, fonts)).collect::<Result<Vec<_>, _>>()?;
        Ok(json!({"name": it.name, "title": title::lines(std::slice::from_ref(&it.name), 19), "body": body}))
    });
    let attachments = attachments.collect::<Result<Vec<_>, ChartError>>()?;
    let attendance = document.attendance.iter().map(|it| json!({"label": it.label, "names": it.names}));
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
        "tight": fitting.rows,
        "mark": fit::mark_lines(document),
        "mark_beside": fit::mark_beside(document),
        "mark_size": fit::mark_points(document),
        "serial": document.serial,
        "urgency": document.urgency,
        "number": document.number,
        "signers": document.signers,
        "title": title::lines(&document.title, title::width(document.layout)),
        "main_to": document.main_to,
        "main_to_below": fit::main_to_below(document),
        "body": body(document, fonts, fitting)?,
        "list_new_page": fitting.split == Some(Split::List),
        "attachments": attachments,
        "attendance": attendance.collect::<Vec<_>>(),
        "signature": document.signature.iter().map(|name| title::organ(name)).collect::<Vec<_>>(),
        "seals_in_row": fit::seals_in_row(&document.signature),
        "posts": document.posts,
        "date": document.date.map(date_text),
        "seal": document.seal,
        "note": document.note,
        "copy_to": document.copy_to,
        "printed": printed,
        "copies": document.copies,
        "subject": document.subject,
        "author": document.author,
        "made": {"year": made.year(), "month": made.month(), "day": made.day()},
    }))
}

fn body(document: &Document, fonts: &Fonts, fitting: &Fitting) -> Result<Vec<Json>, ChartError> {
    let at = |index: usize| match fitting.split {
        Some(Split::Body { block, at }) if block == index => Some(at),
        Some(Split::Body { .. } | Split::List) | None => None,
    };
    document.body.iter().enumerate().map(|(index, it)| block(it, at(index), fonts)).collect()
}

/// A block; `at` characters or rows into it a new page begins.
fn block(block: &Block, at: Option<usize>, fonts: &Fonts) -> Result<Json, ChartError> {
    let texts = |kind: &str, level: u8, text: &[Span]| {
        let (first, rest) = match at.filter(|at| *at > 0) {
            Some(at) => split_spans(text, at),
            None => (text.to_vec(), Vec::new()),
        };
        json!({"kind": kind, "level": level, "new_page": at == Some(0), "spans": spans(&first), "rest": spans(&rest)})
    };
    Ok(match block {
        Block::Paragraph(text) => texts("paragraph", 0, text),
        Block::Heading(level, text) => texts("heading", *level, text),
        Block::Centre(text) => texts("centre", 0, text),
        Block::Table(table) => table_data(table, at),
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

fn table_data(table: &Table, at: Option<usize>) -> Json {
    let cell = |cell: &TableCell| json!({"text": cell.text, "columns": cell.columns, "rows": cell.rows, "centre": cell.centre});
    let rows = |rows: &[Vec<TableCell>]| -> Vec<Json> { rows.iter().flatten().map(cell).collect() };
    let (first, rest) = match at.filter(|at| *at > 0) {
        Some(at) => split_rows(&table.rows, table.widths.len(), at),
        None => (table.rows.clone(), Vec::new()),
    };
    json!({
        "kind": "table",
        "caption": table.caption,
        "widths": table.widths,
        "header": rows(&table.header),
        "new_page": at == Some(0),
        "rows": rows(&first),
        "rest": rows(&rest),
    })
}

/// The rows before and after `at`; a cell that covers rows of both stands in both.
fn split_rows(rows: &[Vec<TableCell>], columns: usize, at: usize) -> (Vec<Vec<TableCell>>, Vec<Vec<TableCell>>) {
    // per column the cell that comes down into the row, where it begins
    let mut down: Vec<Option<TableCell>> = vec![None; columns];
    let (mut first, mut rest) = (Vec::new(), Vec::new());
    for (index, row) in rows.iter().enumerate() {
        let mut given = row.iter();
        let mut set = Vec::new();
        let mut column = 0;
        while column < columns {
            let (cell, begins) = match down[column].take() {
                Some(cell) => (cell, index == at),
                None => match given.next() {
                    Some(cell) => (cell.clone(), true),
                    None => break,
                },
            };
            column += cell.columns.max(1) as usize;
            let place = column - cell.columns.max(1) as usize;
            if begins {
                let rows = if index < at { cell.rows.min((at - index) as u32) } else { cell.rows };
                set.push(TableCell { rows, ..cell.clone() });
            }
            if cell.rows > 1 && place < columns {
                down[place] = Some(TableCell { rows: cell.rows - 1, ..cell });
            }
        }
        if index < at { first.push(set) } else { rest.push(set) }
    }
    (first, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str, columns: u32, rows: u32) -> TableCell {
        TableCell { text: text.to_owned(), columns, rows, centre: true }
    }

    #[test]
    fn a_cell_over_the_split_stands_on_both_sides() {
        let rows = vec![
            vec![cell("村", 1, 3), cell("甲", 1, 1), cell("乙", 2, 2)],
            vec![cell("丙", 1, 1)],
            vec![cell("丁", 3, 1)],
        ];
        let (first, rest) = split_rows(&rows, 4, 1);
        assert_eq!(first, [vec![cell("村", 1, 1), cell("甲", 1, 1), cell("乙", 2, 1)]]);
        assert_eq!(rest, [vec![cell("村", 1, 2), cell("丙", 1, 1), cell("乙", 2, 1)], vec![cell("丁", 3, 1)]]);
    }

    #[test]
    fn spans_are_split_by_characters_that_show() {
        let span = |text: &str, strong| Span { text: text.to_owned(), strong };
        let (first, rest) = split_spans(&[span("甲 乙", false), span("丙丁", true)], 3);
        assert_eq!((first, rest), (vec![span("甲 乙", false), span("丙", true)], vec![span("丁", true)]));
    }
}
