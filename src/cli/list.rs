//! `banwen list` and `banwen due`: the cases, and what they wait for.

use super::Answer;
use super::voice::{columns, data, talk};
use crate::case::story::{self, Owed};
use crate::case::{Case, decide};
use crate::clock::Moment;
use crate::engine::viewing::View;
use crate::store::{Effect, EffectFilter, EffectState};
use serde_json::{Value, json};

/// How a case stands, in one word.
pub(super) fn status(case: &Case) -> String {
    match (&case.closed, &case.held) {
        (Some((end, _)), _) => format!("{end:?}"),
        (None, Some(_)) => "held".to_string(),
        (None, None) => "open".to_string(),
    }
}

/// Lists the cases, the latest last.
pub(super) fn list(view: &View, as_json: bool) -> anyhow::Result<Answer> {
    let now = view.now;
    let mut cases: Vec<&Case> = view.cases.values().collect();
    cases.sort_by_key(|c| (c.opened, c.id.clone()));
    if as_json {
        let told: Vec<Value> = cases.iter().map(|c| described(view, c, now)).collect();
        data(serde_json::to_string_pretty(&told)?);
        return Ok(Answer::Yes);
    }
    let rows: Vec<Vec<String>> = cases.iter().map(|c| row(view, c, now)).collect();
    if rows.is_empty() {
        talk("there is no case yet");
    } else {
        data(columns(&rows));
    }
    Ok(Answer::Yes)
}

fn counted(view: &View, case: &Case) -> (usize, usize) {
    let side = |of: &str| view.program(case).is_some_and(|program| program.workflow().is_side(of));
    let main = |item: &&crate::case::Item| !side(&item.of);
    (case.living().filter(main).count(), case.items.values().map(AsRef::as_ref).filter(main).count())
}

fn row(view: &View, case: &Case, now: Moment) -> Vec<String> {
    let (living, all) = counted(view, case);
    let next = owed(view, case, now).into_iter().next().map(|o| {
        let until = o.due.map(|(date, _)| format!(" until {date}")).unwrap_or_default();
        format!("{}: {}{until}", o.office, o.what)
    });
    let archived = || case.sealed.as_ref().map(|number| format!("archived {number}"));
    let parent = case.parent.as_ref().map(|parent| format!("child of {}", parent.case));
    let last: Vec<String> = next.or_else(archived).into_iter().chain(parent).collect();
    vec![
        case.id.clone(),
        case.title.clone(),
        status(case),
        format!("{living}/{all} items"),
        case.opened.date().to_string(),
        last.join("; "),
    ]
}

/// A case in a few values; `next` is what it waits for first.
pub(super) fn described(view: &View, case: &Case, now: Moment) -> Value {
    let (living, all) = counted(view, case);
    json!({
        "id": case.id,
        "title": case.title,
        "workflow": case.workflow,
        "closure": case.closure,
        "status": status(case),
        "held": case.held,
        "opener": case.opener,
        "parent": case.parent.as_ref().map(|p| &p.case),
        "opened": moment(case.opened),
        "closed": case.closed.as_ref().map(|(_, at)| moment(*at)),
        "archived": case.sealed,
        "items": { "living": living, "all": all },
        "documents": case.documents.len(),
        "events": case.seq,
        "next": owed(view, case, now).first().map(owed_json),
    })
}

/// A moment as JSON has it, at +08:00.
pub(super) fn moment(at: Moment) -> String {
    at.format("%Y-%m-%dT%H:%M:%S+08:00").to_string()
}

/// What a case waits for; nothing once it is closed.
pub(super) fn owed(view: &View, case: &Case, now: Moment) -> Vec<Owed> {
    match view.program(case) {
        Some(program) if case.closed.is_none() => story::owed(program, case, &view.ledgers, now),
        Some(_) | None => Vec::new(),
    }
}

/// A line of `due` as JSON.
pub(super) fn owed_json(owed: &Owed) -> Value {
    json!({
        "case": owed.case,
        "office": owed.office,
        "what": owed.what,
        "since": moment(owed.since),
        "due": owed.due.as_ref().map(|(date, _)| date.to_string()),
        "why": owed.due.as_ref().map(|(_, why)| why),
        "overdue": owed.overdue,
        "automatic": owed.office == decide::ITSELF,
    })
}

/// Two lines of text: who owes what until when, and why then.
pub(super) fn owed_text(owed: &Owed) -> String {
    let due = owed.due.as_ref().map_or_else(|| "no limit  ".to_string(), |(date, _)| date.to_string());
    let late = if owed.overdue { "  OVERDUE" } else { "" };
    let why = owed.due.as_ref().map(|(_, why)| format!("\n            {why}")).unwrap_or_default();
    format!(
        "{due}  {}  {}  {}, since {}{late}{why}",
        owed.case,
        owed.office,
        owed.what,
        owed.since.format("%Y-%m-%d %H:%M")
    )
}

/// Effects that were given up; an operator may retry them.
pub(super) async fn dead(view: &View, stream: Option<&str>) -> anyhow::Result<Vec<Effect>> {
    let Some(store) = &view.store else { return Ok(Vec::new()) };
    let filter =
        EffectFilter { states: vec![EffectState::Dead], stream: stream.map(str::to_string), ..EffectFilter::default() };
    Ok(store.effects(filter).await?)
}

/// A dead effect as JSON.
pub(super) fn dead_json(effect: &Effect) -> Value {
    json!({ "effect": effect.id, "queue": effect.queue, "attempts": effect.attempt, "error": effect.last_error })
}

/// A dead effect as text, with the way out.
pub(super) fn dead_text(effect: &Effect) -> String {
    let error = effect.last_error.as_deref().unwrap_or("no reason was kept");
    format!(
        "GIVEN UP    {} {} after {} attempts: {error}\n            banwen retry {}",
        effect.id, effect.queue, effect.attempt, effect.id
    )
}

/// What is next in every case, earliest first, and what was given up.
pub(super) async fn due(view: &View, as_json: bool) -> anyhow::Result<Answer> {
    let now = view.now;
    let mut lines: Vec<Owed> = view.cases.values().flat_map(|c| owed(view, c, now)).collect();
    lines.sort_by_key(|l| {
        (l.due.as_ref().map_or(chrono::NaiveDate::MAX, |d| d.0), l.since, l.case.clone(), l.what.clone())
    });
    let dead = dead(view, None).await?;
    if as_json {
        let told = json!({
            "due": lines.iter().map(owed_json).collect::<Vec<_>>(),
            "given_up": dead.iter().map(dead_json).collect::<Vec<_>>(),
        });
        data(serde_json::to_string_pretty(&told)?);
        return Ok(Answer::Yes);
    }
    for line in &lines {
        data(owed_text(line));
    }
    for effect in &dead {
        data(dead_text(effect));
    }
    if lines.is_empty() && dead.is_empty() {
        talk("nothing is due");
    }
    Ok(Answer::Yes)
}
