//! The document as the layout reads it: JSON, with what the caller has found out about its last page.

use super::super::chart::{self, ChartError};
use super::super::fit::{self, tables};
use super::super::fonts::{Fonts, Role};
use super::super::model::{Block, Document, Layout, Span, Table, TableCell};
use super::super::title;
use super::over;
use super::tail::{Fitting, Split};
use crate::numerals::{date_text, han};
use chrono::{Datelike, NaiveDate};
use serde_json::{Value as Json, json};

/// The document as the layout reads it.
pub(super) fn data(document: &Document, fonts: &Fonts, fitting: &Fitting) -> Result<Json, ChartError> {
    let printed = document.printed_by.as_ref().filter(|_| document.layout != Layout::Letter);
    let printed = printed.map(|(by, date)| json!({"by": by, "date": date_text(*date)}));
    let mut tables = Tables { count: 0, whole: fit::text_width(document.layout), fitting };
    let text = body(document, fonts, fitting, &mut tables)?;
    let attachments = document.attachments.iter().map(|it| {
        let blocks = (0..it.body.len()).map(|index| block(&it.body, index, None, fonts, &mut tables));
        let body = blocks.collect::<Result<Vec<_>, _>>()?;
        Ok(json!({"name": it.name, "title": title::attachment(document, &it.name), "body": body}))
    });
    let attachments = attachments.collect::<Result<Vec<_>, ChartError>>()?;
    let attendance = document
        .attendance
        .iter()
        .map(|it| json!({"label": it.label, "names": [{"parts": kept(&it.names), "strong": false}]}));
    // PDF/A wants a date; a paper that has none has no better one than the first day files can have.
    let made = document.date.or(document.printed_by.as_ref().map(|(_, date)| *date));
    let made = made.or(NaiveDate::from_ymd_opt(1980, 1, 1)).unwrap_or_default();
    let mut data = json!({
        "layout": document.layout,
        "marks_within": marks_within(document),
        "fonts": {
            "text": fonts.families(Role::Text),
            "heading": fonts.families(Role::Heading),
            "script": fonts.families(Role::Script),
            "title": fonts.families(Role::Title),
            "plain": fonts.families(Role::Plain),
        },
        "tight": if fitting.second.is_some() { 1.0 } else { fitting.rows },
        "tight_first": fitting.rows,
        "title": title::of(document),
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
    });
    if let (Json::Object(data), Json::Object(head)) = (&mut data, head(document)) {
        data.extend(head);
    }
    Ok(data)
}

/// Whether there are marks no row begins with that the typesetter does not know as such.
fn marks_within(document: &Document) -> bool {
    super::super::html::text(document).contains(['·', '—', '～'])
}

/// The 版头: marks, 份号, 紧急程度, 发文字号 and 签发人.
fn head(document: &Document) -> Json {
    let placed = fit::signers(document);
    let rows_of = |it: &fit::Signers| -> Vec<Json> {
        it.rows.iter().map(|row| json!({"names": row, "alone": it.alone(row)})).collect()
    };
    let number = placed.as_ref().map(|it| it.number);
    json!({
        "mark": fit::mark_lines(document),
        "mark_beside": fit::mark_beside(document),
        "mark_size": fit::mark_points(document),
        "mark_percent": fit::mark_percent(document),
        "serial": document.serial,
        "urgency": document.urgency,
        "number": document.number,
        "signers": placed.as_ref().map(rows_of).unwrap_or_default(),
        "signer_columns": placed.as_ref().map_or(0, |it| it.columns.len()),
        "number_below": number == Some(fit::NumberPlace::Below),
        "number_under_label": number == Some(fit::NumberPlace::UnderLabel),
    })
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
    let lines = title::of(document);
    let of = |_: &String| match document.layout {
        Layout::Certificate => fit::certificate_title(&lines),
        Layout::Plaque => fit::plaque_title(&lines),
        Layout::Document | Layout::Letter | Layout::Order | Layout::Minutes | Layout::Plain => fit::Spread::default(),
        Layout::Sheet | Layout::Form => fit::Spread::default(),
    };
    lines.iter().map(of).map(|it| json!({"points": it.points, "after": it.after})).collect()
}

/// The tables set so far.
struct Tables<'a> {
    count: usize,
    /// the width of each, in twips
    whole: u32,
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
            Some(at) => fit::split_spans(text, at),
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
    spans.iter().map(|span| json!({"text": span.text, "parts": kept(&span.text), "strong": span.strong})).collect()
}

/// A text in parts, those to be kept in one row by themselves: names spread to three characters (张　三).
fn kept(text: &str) -> Vec<Json> {
    let characters: Vec<(usize, char)> = text.char_indices().collect();
    let han_at = |at: usize| characters.get(at).is_some_and(|(_, it)| han(*it));
    let wide_at = |at: usize| characters.get(at).is_some_and(|(_, it)| *it == '\u{3000}');
    let spread = |at: usize| {
        // in a list parted by such blanks a name of two or three is followed by the next
        let alone = !at.checked_sub(1).is_some_and(han_at) || !han_at(at + 3) && !wide_at(at + 3);
        han_at(at) && wide_at(at + 1) && han_at(at + 2) && alone
    };
    let part = |text: &str, keep: bool| json!({"text": text, "keep": keep});
    let (mut parts, mut from) = (Vec::new(), 0);
    for at in (0..characters.len()).filter(|at| spread(*at)) {
        let begins = characters[at].0;
        let ends = characters.get(at + 3).map_or(text.len(), |(end, _)| *end);
        if begins >= from {
            parts.extend((begins > from).then(|| part(&text[from..begins], false)));
            parts.push(part(&text[begins..ends], true));
            from = ends;
        }
    }
    parts.extend((from < text.len() || parts.is_empty()).then(|| part(&text[from..], false)));
    parts
}

fn table_data(table: &Table, at: Option<usize>, set: &mut Tables<'_>) -> Json {
    let number = set.count;
    set.count += 1;
    let mut breaks = set.fitting.breaks.get(number).cloned().unwrap_or_default();
    breaks.extend(at);
    let rows = over::parted(&table.rows, table.widths.len(), &breaks);
    let widths = tables::column_widths(table, set.whole);
    let twips = tables::in_twips(&widths, set.whole);
    let cell = |cell: &TableCell, column: usize, mark: Option<String>, parts: bool| {
        let end = (column + cell.columns as usize).min(twips.len());
        let own = twips.get(column..end).unwrap_or_default().iter().sum();
        let lines = tables::cell_lines(&cell.text, own);
        json!({"lines": lines, "columns": cell.columns, "rows": cell.rows, "centre": cell.centre, "mark": mark, "parts": parts})
    };
    let tall = tables::tall_rows(&rows, &widths);
    let places = tables::columns(&rows, widths.len());
    let marked = |(row, cells): (usize, &Vec<TableCell>)| -> Vec<Json> {
        // a cell over several rows may stand on the page after
        let bearer = cells.iter().position(|cell| cell.rows == 1).unwrap_or(0);
        let mark = |at: usize| (at == bearer).then(|| over::mark(number, row));
        let placed = cells.iter().zip(&places[row]).enumerate();
        placed.map(|(at, (it, column))| cell(it, *column, mark(at), tall[row] || it.rows > 1)).collect()
    };
    let rows: Vec<Vec<Json>> = rows.iter().enumerate().map(marked).collect();
    let (first, rest) = rows.split_at(at.filter(|at| *at > 0).unwrap_or(rows.len()).min(rows.len()));
    let header = tables::columns(&table.header, widths.len()).into_iter().flatten();
    let header = table.header.iter().flatten().zip(header);
    json!({
        "kind": "table",
        "caption": table.caption,
        "widths": widths,
        "header": header.map(|(it, column)| cell(it, column, None, false)).collect::<Vec<_>>(),
        "new_page": at == Some(0),
        "rows": first.concat(),
        "rest": rest.concat(),
    })
}

#[cfg(test)]
mod tests {
    use super::kept;

    #[test]
    fn a_name_spread_to_three_characters_is_kept_and_its_neighbours_are_not() {
        let kept = |text: &str| -> Vec<String> {
            let parts = kept(text);
            let whole: String = parts.iter().map(|it| it["text"].as_str().unwrap()).collect();
            assert_eq!(whole, text);
            let keep = parts.iter().filter(|it| it["keep"] == true);
            keep.map(|it| it["text"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(kept("张　三、李四、王　五"), ["张　三", "王　五"]);
        assert_eq!(kept("由张　三、李　四同志负责"), ["张　三", "李　四"]);
        assert_eq!(kept("王立新　欧阳明　赵　敏　陈志强　马　超　刘　洋"), ["赵　敏", "马　超", "刘　洋"]);
        assert_eq!(kept("县委办公室　县政府办公室"), Vec::<String>::new());
        assert_eq!(kept(""), Vec::<String>::new());
    }
}
