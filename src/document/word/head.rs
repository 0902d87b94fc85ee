//! 版头 and 标题: from the first row to the addressees (9704 7.2, 7.3.1, 7.3.2, 8.1).

use super::measure::{CHARACTER_TWIPS, ROW_TWIPS, text_width};
use super::piece::{Align, Cell, Grid, Line, Merge, Piece, Words, style};
use super::sign;
use crate::document::fit::{self, NumberPlace, characters};
use crate::document::model::{Document, Layout};
use crate::document::title;

const FILE: &str = "文件";
/// 9704 7.2.4 and 8.2: the mark's upper edge stands 35 mm below that of the text area, a 命令's 20 mm.
const MARK_TOP_TWIPS: u32 = 1984;
const ORDER_MARK_TOP_TWIPS: u32 = 1134;

/// Below a mark the room of two rows ends at the number's ink, which stands at the foot of its row and not in the middle.
const NUMBER_GAP_TWIPS: u32 = 2 * ROW_TWIPS - 90;
/// Above the title of a plain paper, which stands at the foot of its row.
const PLAIN_TITLE_TWIPS: u32 = 150;
/// 8.1: the number of a letter stands seven eighths of a character below the rule. Its row is so high that programs which set text in the
/// middle of its row and those which leave a fifth of the row below the base line have it at one place.
const LETTER_NUMBER_ROW_TWIPS: u32 = ROW_TWIPS - 200;
/// What is above that row, so that the ink of 仿宋, eight tenths of a character above the base line, begins 14 pt below the rule.
const LETTER_NUMBER_GAP_TWIPS: u32 = 230;

/// Room in a row of a joint mark, so that a face a little wider does not break it.
const SLACK_TWIPS: u32 = 200;

/// How far the ink of a character of `points` stands below the upper edge of its row, when the row is a quarter higher than the character.
pub(super) fn ink_twips(points: u32) -> u32 {
    points * 34 / 10
}

/// Everything above the body.
pub(super) fn head(document: &Document) -> Vec<Piece> {
    let mut pieces = match document.layout {
        Layout::Document => headed(document, MARK_TOP_TWIPS),
        Layout::Minutes => minutes_head(document),
        Layout::Order => {
            let mut pieces = headed(document, ORDER_MARK_TOP_TWIPS);
            // the text begins two rows below the number
            pieces.extend([Piece::Line(Line::new(style::CENTRE, "")), Piece::Line(Line::new(style::CENTRE, ""))]);
            return pieces;
        }
        Layout::Letter => letter_head(document),
        Layout::Plain | Layout::Sheet | Layout::Form | Layout::Certificate | Layout::Plaque => plain_head(document),
    };
    let (title_style, before) = match document.layout {
        Layout::Document | Layout::Letter | Layout::Order | Layout::Minutes => (style::TITLE, 2 * ROW_TWIPS),
        Layout::Plain => (style::TITLE, PLAIN_TITLE_TWIPS),
        Layout::Sheet | Layout::Form => (style::SHEET_TITLE, 0),
        Layout::Certificate | Layout::Plaque => (style::CERTIFICATE_TITLE, 0),
    };
    let rows = title::of(document);
    // 7.3.7: an attachment that goes by itself says of what in row 1, and has its title in row 3
    let label = document.attached_to.as_ref().map(|label| Line::new(style::ATTACHMENT, label));
    let before = if label.is_some() { ROW_TWIPS } else { before };
    pieces.extend(label.map(Piece::Line));
    if !rows.is_empty() {
        let line = Line::new(title_style, &rows.join("\n"));
        pieces.push(Piece::Line(match document.layout {
            Layout::Certificate => line.spread(fit::certificate_title(&rows)).before(before),
            Layout::Document | Layout::Letter | Layout::Order | Layout::Minutes | Layout::Plain => line.before(before),
            Layout::Sheet | Layout::Form | Layout::Plaque => line.before(before),
        }));
    }
    let adopted = document.adopted.as_ref().map(|it| Line::new(style::SUBTITLE, &title::adopted(it).join("\n")));
    pieces.extend(adopted.map(Piece::Line));
    let under_title = match document.layout {
        Layout::Document | Layout::Letter | Layout::Order | Layout::Minutes => None,
        Layout::Plain | Layout::Sheet | Layout::Form => {
            document.number.as_ref().map(|number| Line::new(style::SUBTITLE, number))
        }
        Layout::Certificate | Layout::Plaque => {
            document.number.as_ref().map(|number| Line::new(style::CERTIFICATE_NUMBER, number))
        }
    };
    pieces.extend(under_title.map(Piece::Line));
    pieces.extend(addressees(document, !pieces.is_empty()).map(Piece::Line));
    pieces
}

/// 主送, or the blank row that stands in its place.
fn addressees(document: &Document, under_something: bool) -> Option<Line> {
    let main_to = document.main_to.as_ref().filter(|_| !fit::main_to_below(document)).map(|to| format!("{to}："));
    match document.layout {
        Layout::Certificate | Layout::Plaque => main_to.map(|to| Line::new(style::CERTIFICATE_TO, &to)),
        Layout::Sheet | Layout::Form => main_to.map(|to| Line::new(style::MAIN_TO, &to).before(0)),
        Layout::Document | Layout::Letter | Layout::Order | Layout::Minutes | Layout::Plain => match main_to {
            Some(to) => Some(Line::new(style::MAIN_TO, &to)),
            None => under_something.then(|| Line::new(style::CENTRE, "")),
        },
    }
}

/// 份号 and 紧急程度, a row each; the first row is there even when empty: a space above the first paragraph of a page is not kept by
/// every program.
fn priority(document: &Document) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    lines.extend(document.serial.as_ref().map(|serial| Line::new(style::SERIAL, serial)));
    lines.extend(document.urgency.as_ref().map(|urgency| Line::new(style::URGENCY, urgency)));
    if lines.is_empty() {
        lines.push(Line::new(style::URGENCY, ""));
    }
    lines
}

fn mark(document: &Document, top: u32) -> Vec<Piece> {
    let lines = priority(document);
    let above = lines.len() as u32 * ROW_TWIPS;
    let (points, percent) = (fit::mark_points(document), fit::mark_percent(document));
    let before = top.saturating_sub(above + ink_twips(points));
    let mut pieces: Vec<Piece> = lines.into_iter().map(Piece::Line).collect();
    match fit::mark_lines(document).as_slice() {
        [] => {}
        [single] => {
            pieces.push(Piece::Line(Line::new(style::MARK, single).sized(points).narrowed(percent).before(before)))
        }
        several => pieces.extend(joint_mark(several, fit::mark_beside(document), (points, percent), before)),
    }
    pieces
}

fn headed(document: &Document, top: u32) -> Vec<Piece> {
    let mut pieces = mark(document, top);
    let ruled = document.layout != Layout::Order;
    pieces.extend(number_rows(document, ruled).into_iter().map(Piece::Line));
    pieces
}

/// 纪要 (8.3): who made it and when stand below the number, above the rule.
fn minutes_head(document: &Document) -> Vec<Piece> {
    let mut pieces = mark(document, MARK_TOP_TWIPS);
    let Some((organ, date)) = document.signature.first().zip(document.date) else {
        pieces.extend(number_rows(document, true).into_iter().map(Piece::Line));
        return pieces;
    };
    let number = document.number.as_ref().map(|it| Line::new(style::NUMBER, it).before(NUMBER_GAP_TWIPS));
    let mut made = Line::new(style::NUMBER_RULE, &format!("\t{organ}\t{}", sign::date(date))).align(Align::Left);
    made.stops = vec![CHARACTER_TWIPS, text_width(Layout::Minutes) - CHARACTER_TWIPS];
    made.last_stop_right = true;
    let made = if number.is_none() { made.before(NUMBER_GAP_TWIPS) } else { made };
    pieces.extend(number.into_iter().chain([made]).map(Piece::Line));
    pieces
}

/// 联合行文: the organs one below the other, spread to one length, 文件 to the right of them in the middle.
fn joint_mark(organs: &[String], file: bool, (points, percent): (u32, u32), before: u32) -> Vec<Piece> {
    let longest = organs.iter().map(|organ| characters(organ)).max().unwrap_or(1);
    let gap = Line { height: Some(before), size: Some(2), ..Line::new(style::MARK, "") };
    let whole = text_width(Layout::Document);
    let character = points * 20 * percent / 100;
    let left = (longest * character + SLACK_TWIPS).min(whole);
    // 文件 at the right edge, four tenths of a character away from the names: the whole stands in the middle of the page
    let right = if file { (character * 24 / 10 + SLACK_TWIPS).min(whole - left) } else { 0 };
    let cell =
        |line: Line, merge| Cell { lines: vec![line.sized(points).narrowed(percent)], columns: 1, merge, foot: false };
    let rows = organs.iter().enumerate().map(|(row, organ)| {
        let mut cells = vec![cell(Line::new(style::MARK, organ).align(Align::Distribute), Merge::None)];
        if file {
            let (text, merge) = if row == 0 { (FILE, Merge::Starts) } else { ("", Merge::Continues) };
            cells.push(cell(Line::new(style::MARK, text).align(Align::Right), merge));
        }
        cells
    });
    let widths = if file { vec![left, right] } else { vec![left] };
    vec![
        Piece::Line(gap),
        Piece::Grid(Grid { style: style::FRAME, widths, rows: rows.collect(), parts: Vec::new(), height: None }),
    ]
}

/// 发文字号 two rows below the mark, with the red rule below it; an upward paper has it at the left and 签发人 at the right.
fn number_rows(document: &Document, ruled: bool) -> Vec<Line> {
    let number = document.number.as_deref().unwrap_or("");
    let Some(placed) = fit::signers(document) else {
        let style = if ruled { style::NUMBER_RULE } else { style::NUMBER };
        return vec![Line::new(style, number).before(NUMBER_GAP_TWIPS)];
    };
    let whole = text_width(Layout::Document);
    let label = whole.saturating_sub(CHARACTER_TWIPS * (1 + placed.width()));
    let first = label + 4 * CHARACTER_TWIPS;
    let second = placed.columns.first().map_or(first, |width| first + (width + 1) * CHARACTER_TWIPS);
    let stops = vec![CHARACTER_TWIPS, label, first, second];
    let rows = placed.rows.len();
    let lines = placed.rows.iter().enumerate().map(|(row, names)| {
        let beside = row + 1 == rows && placed.number != NumberPlace::Below;
        let number = if beside { number } else { "" };
        let label = match row {
            0 => "\t签发人：",
            // it has passed where the label begins above
            _ if beside && placed.number == NumberPlace::UnderLabel => "\t",
            _ => "\t\t",
        };
        let mut words = vec![Words { text: format!("\t{number}{label}"), style: None }];
        for (column, name) in names.iter().enumerate() {
            if column > 0 {
                words.push(Words { text: "\t".to_owned(), style: None });
            }
            words.push(Words { text: name.clone(), style: Some(style::NAME) });
        }
        Line::of(if beside && ruled { style::NUMBER_RULE } else { style::NUMBER }, words)
    });
    let below = (placed.number == NumberPlace::Below)
        .then(|| Line::new(if ruled { style::NUMBER_RULE } else { style::NUMBER }, &format!("\t{number}")));
    let mut lines: Vec<Line> = lines.chain(below).map(|line| line.align(Align::Left)).collect();
    for (row, line) in lines.iter_mut().enumerate() {
        line.stops.clone_from(&stops);
        if row + 1 == rows && placed.number == NumberPlace::UnderLabel {
            line.stops.remove(1);
        }
        line.before = (row == 0).then_some(NUMBER_GAP_TWIPS);
    }
    lines
}

/// 信函: the mark and the double rule stand in the first page's header; below them 紧急程度 at the left, 发文字号 at the right.
fn letter_head(document: &Document) -> Vec<Piece> {
    let mut pieces = Vec::new();
    pieces.extend(signers_line(document));
    let number = document.number.as_deref().unwrap_or("");
    for (row, mut line) in priority(document).into_iter().enumerate() {
        if row == 0 {
            line.words.push(Words { text: format!("\t{number}"), style: Some(style::BODY_WORDS) });
            // a stop at the very edge would be passed by a full row; right stops end the text there
            line.stops = vec![text_width(Layout::Letter)];
            line = line.before(LETTER_NUMBER_GAP_TWIPS);
            line.height = Some(LETTER_NUMBER_ROW_TWIPS);
        }
        pieces.push(Piece::Line(line));
    }
    pieces
}

fn plain_head(document: &Document) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    if let Some(urgency) = &document.urgency {
        pieces.push(Piece::Line(Line::new(style::URGENCY, urgency)));
    }
    pieces.extend(signers_line(document));
    pieces
}

fn signers_line(document: &Document) -> Option<Piece> {
    let names = document.signers.join("　");
    let label = Words { text: "签发人：".to_owned(), style: None };
    let line =
        Line::of(style::NUMBER, vec![label, Words { text: names, style: Some(style::NAME) }]).align(Align::Right);
    (!document.signers.is_empty()).then(|| Piece::Line(line.indent(0, CHARACTER_TWIPS, 0)))
}
