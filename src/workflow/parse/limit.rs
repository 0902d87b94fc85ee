//! Limits, offsets, schedules and what happens when a limit passes (LANGUAGE §2, §6, §10).

use super::reader::{Keys, Reader};
use crate::deadline::{Malformed, Offset, Schedule, ScheduleText, Span};
use crate::workflow::{Expression, Limit, Overdue, Retention};
use crate::yaml::Node;
use chrono::NaiveDate;

fn malformed(reader: &mut Reader, node: &Node, problem: Malformed) {
    reader.error(problem.kind, &node.place, problem.message, problem.hint.as_deref().unwrap_or_default());
}

/// A span such as `20 workdays`.
pub(super) fn span(reader: &mut Reader, node: &Node) -> Option<Span> {
    let Some(text) = node.text() else {
        let message = format!("a span is wanted, this is {}", node.kind());
        let hint = "write `20 workdays`, `30 days`, `6 months`, `1 year` or `24 hours`";
        reader.error("limit-not-a-limit", &node.place, message, hint);
        return None;
    };
    Span::parse(text).map_err(|problem| malformed(reader, node, problem)).ok()
}

/// A limit: a span, `{ run, from }` or `{ by }`.
pub(super) fn limit(reader: &mut Reader, node: &Node) -> Option<Limit> {
    if node.map().is_none() {
        return span(reader, node).map(Limit::Span);
    }
    let mut keys = reader.keys(node, "a limit")?;
    let (run, from, by) = (keys.take("run"), keys.take("from"), keys.take("by"));
    let found = match (run, from, by) {
        (Some(run), Some(from), None) => {
            let from = reader.refer(from, "`from`");
            span(reader, run).zip(from).map(|(span, from)| Limit::From(span, from))
        }
        (Some(run), None, None) => span(reader, run).map(Limit::Span),
        (None, None, Some(by)) => {
            reader.text(by, "`by`").map(|source| Limit::By(Expression { source, place: by.place.clone() }))
        }
        _ => {
            let hint = "write `20 workdays`, `{ run: 15 workdays, from: FIELD }` or `{ by: FIELD }`";
            reader.error("limit-not-a-limit", &node.place, "this mapping is not a limit".to_owned(), hint);
            return None;
        }
    };
    reader.finish(keys, &[]);
    found
}

/// A list of offsets.
pub(super) fn offsets(reader: &mut Reader, node: &Node) -> Vec<Offset> {
    let elements = node.list().unwrap_or(std::slice::from_ref(node));
    let mut found = Vec::new();
    for element in elements {
        let Some(text) = reader.text(element, "an offset") else { continue };
        match Offset::parse(&text) {
            Ok(offset) => found.push(offset),
            Err(problem) => malformed(reader, element, problem),
        }
    }
    found
}

/// The schedule keys of a mapping whose `every` is given.
pub(super) fn schedule(reader: &mut Reader, keys: &mut Keys<'_>) -> Option<Schedule> {
    let place = keys.take("every").map(|n| n.place.clone());
    let (schedule, until) = duty(reader, keys)?;
    if let Some((until, place)) = until.zip(place) {
        let message = format!("`until: {until}` is no date, and a case that is not open has no params");
        reader.error("limit-not-a-limit", &place, message, "write the date out: `until: 2027-12-31`");
    }
    Some(schedule)
}

/// The same of a duty or report of a case, which may go on until a date among the params.
pub(super) fn duty(reader: &mut Reader, keys: &mut Keys<'_>) -> Option<(Schedule, Option<String>)> {
    let every = keys.take("every")?;
    let mut word = |key: &'static str, reader: &mut Reader| keys.take(key).and_then(|n| reader.text(n, key));
    let (day, roll) = (word("day", reader), word("roll", reader));
    let (period, catch_up) = (word("period", reader), word("catch_up", reader));
    let (first, until) = (word("first", reader), word("until", reader));
    let text = ScheduleText {
        every: every.text().unwrap_or_default(),
        day: day.as_deref(),
        roll: roll.as_deref(),
        period: period.as_deref(),
        catch_up: catch_up.as_deref(),
    };
    let parsed = match Schedule::parse(&text) {
        Ok(schedule) => schedule,
        Err(problems) => {
            for problem in problems {
                malformed(reader, every, problem);
            }
            return None;
        }
    };
    let first = date(reader, every, first);
    let (until, named): (Option<String>, Option<String>) =
        if until.as_ref().is_some_and(|text| text.starts_with(|c: char| c.is_ascii_digit())) {
            (until, None)
        } else {
            (None, until)
        };
    let until = date(reader, every, until);
    let schedule = parsed.between(first, until).map_err(|problem| malformed(reader, every, problem)).ok()?;
    Some((schedule, named))
}

fn date(reader: &mut Reader, at: &Node, text: Option<String>) -> Option<NaiveDate> {
    let text = text?;
    let parsed = NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok();
    if parsed.is_none() {
        let message = format!("`{text}` is no day on which a schedule begins or ends");
        reader.error("limit-not-a-limit", &at.place, message, "write the date out: `first: 2026-07-01`");
    }
    parsed
}

/// `{ tell: … }`, `{ ask: … }` or `{ outcome: …, basis: … }`.
pub(super) fn overdue(reader: &mut Reader, node: &Node) -> Option<Overdue> {
    let mut keys = reader.keys(node, "`overdue`")?;
    let (tell, ask, outcome) = (keys.take("tell"), keys.take("ask"), keys.take("outcome"));
    let basis = keys.take("basis").and_then(|n| reader.text(n, "a basis"));
    let found = match (tell, ask, outcome) {
        (Some(tell), None, None) => Some(Overdue::Tell(reader.refers(tell, "`tell`"))),
        (None, Some(ask), None) => reader.refer(ask, "`ask`").map(Overdue::Ask),
        (None, None, Some(outcome)) => {
            if basis.is_none() {
                let message = "silence becomes an outcome here, but no law is named for it".to_owned();
                reader.error("silent-outcome-without-basis", &outcome.place, message, "add `basis: …`");
            }
            reader.refer(outcome, "`outcome`").map(|o| Overdue::Outcome(o, basis.unwrap_or_default()))
        }
        _ => {
            let hint = "keep one";
            reader.error("wrong-shape", &node.place, "`overdue` has one of tell, ask and outcome".to_owned(), hint);
            None
        }
    };
    reader.finish(keys, &[]);
    found
}

/// 永久, 30年 or 10年.
pub(super) fn retention(reader: &mut Reader, node: &Node) -> Option<Retention> {
    match reader.text(node, "`retention`")?.as_str() {
        "永久" => Some(Retention::Permanent),
        "30年" => Some(Retention::Years30),
        "10年" => Some(Retention::Years10),
        other => {
            let message = format!("`{other}` is not a 保管期限");
            reader.error("retention-unknown", &node.place, message, "永久, 30年 or 10年");
            None
        }
    }
}
