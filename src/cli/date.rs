//! `banwen date`: a date, and why.

use super::Answer;
use super::voice::{data, talk};
use crate::deadline::{Deadline, Explanation, Span, Why};
use crate::engine;
use anyhow::anyhow;
use chrono::NaiveDate;
use serde_json::json;
use std::path::Path;

/// Reckons by the spool's calendar, or by the shipped one when there is no spool; for an office as its limits are counted.
pub(super) fn date(
    spool: &Path,
    from: &str,
    plus: &str,
    office: Option<&str>,
    as_json: bool,
) -> anyhow::Result<Answer> {
    let start = NaiveDate::parse_from_str(from, "%Y-%m-%d")
        .map_err(|_| anyhow!("`{from}` is not a date such as 2026-09-24"))?;
    let span = Span::parse(plus).map_err(|why| anyhow!("`{plus}` is not a span such as \"5 workdays\": {why}"))?;
    let calendar = engine::calendar_of(spool)?;
    let mut deadline = Deadline::of_span(start, span, &calendar);
    if let Some(id) = office {
        let offices = engine::offices_of(spool)?;
        let known = offices.offices.get(id).ok_or_else(|| anyhow!("offices.yaml has no office `{id}`"))?;
        (deadline.region, deadline.closes) = (known.calendar.clone(), known.closes);
    }
    let due = deadline.due(&calendar).ok_or_else(|| anyhow!("a deadline without a stop has a date"))?;
    let why = deadline.explain(&calendar);
    let shown = if due.exact { due.at.format("%Y-%m-%d %H:%M").to_string() } else { due.date.to_string() };
    if as_json {
        let passed = passed(&why).into_iter().map(|(days, why)| json!({ "days": days, "why": why }));
        data(serde_json::to_string_pretty(&json!({
            "from": start.to_string(),
            "plus": span.to_string(),
            "date": shown,
            "why": why.sentence,
            "passed": passed.collect::<Vec<_>>(),
            "rolled_from": due.rolled_from.map(|d| d.to_string()),
            "provisional": due.provisional,
            "provisional_years": why.provisional_years,
            "region": deadline.region,
            "calendar": calendar.of(deadline.region.as_deref()).version(),
        }))?);
        return Ok(Answer::Yes);
    }
    data(&shown);
    data(format_args!("{}。", why.sentence));
    for (days, why) in passed(&why) {
        data(format_args!("  {days}  {why}"));
    }
    if due.provisional {
        let years: Vec<String> = why.provisional_years.iter().map(ToString::to_string).collect();
        talk(format_args!(
            "provisional: the State Council's arrangement of {} is not in the calendar",
            years.join(", ")
        ));
    }
    Ok(Answer::Yes)
}

fn passed(explanation: &Explanation) -> Vec<(String, String)> {
    let days = |first: NaiveDate, last: NaiveDate| {
        if first == last { first.to_string() } else { format!("{first} … {last}") }
    };
    let words = |why: &Why| match why {
        Why::Holiday(name) => format!("{name}放假"),
        Why::Weekend => "周末".to_string(),
        Why::Stopped(reason) => format!("停止计算：{reason}"),
        Why::MakeUp(name) => format!("{name}调休，上班"),
    };
    explanation.stretches.iter().map(|s| (days(s.first, s.last), words(&s.why))).collect()
}
