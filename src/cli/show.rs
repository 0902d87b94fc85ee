//! `banwen show CASE`: where everything in it stands, and its whole story.

use super::Answer;
use super::list::{dead, dead_json, dead_text, described, moment, owed, owed_json, owed_text, status};
use super::voice::{columns, data, talk};
use crate::case::event::Event;
use crate::case::program::Program;
use crate::case::story::{self, lines};
use crate::case::{Case, Document, Item, Opening};
use crate::engine::viewing::View;
use anyhow::bail;
use serde_json::{Value, json};

/// Tells a case; with `all`, every event of it.
pub(super) async fn show(view: &View, id: &str, all: bool, as_json: bool) -> anyhow::Result<Answer> {
    let Some(case) = view.cases.get(id) else {
        talk(format_args!("banwen: there is no case `{id}`\n  hint: `banwen list` gives the ids"));
        return Ok(Answer::No);
    };
    let Some(program) = view.program(case) else {
        bail!("the definition {id} runs under cannot be read: {}", view.missing.join("; "));
    };
    let log = view.log(id).await?;
    if as_json {
        data(serde_json::to_string_pretty(&told(view, program, case, &log, all).await?)?);
        return Ok(Answer::Yes);
    }
    head(view, case);
    section("items", case.items.values().map(|i| item_row(program, case, i)).collect());
    section("documents", case.documents.values().map(|d| document_row(d)).collect());
    let now = view.now;
    let mut open: Vec<String> = owed(view, case, now).iter().map(owed_text).collect();
    open.extend(dead(view, Some(id)).await?.iter().map(dead_text));
    if !open.is_empty() {
        data(format_args!("\nopen\n{}", open.join("\n")));
    }
    data("\nstory");
    let story = if all {
        log.iter().map(|e| lines::full(program, case, e, &view.ledgers)).collect()
    } else {
        lines::timeline(program, case, &log, &view.ledgers)
    };
    data(story.join("\n"));
    Ok(Answer::Yes)
}

fn story_line(view: &View, program: &Program, case: &Case, event: &Event, all: bool) -> Option<String> {
    if all {
        Some(lines::full(program, case, event, &view.ledgers))
    } else {
        lines::line(program, case, event, &view.ledgers)
    }
}

fn head(view: &View, case: &Case) {
    data(format_args!("{}  {}", case.id, case.title));
    let closure = case.closure.get(..12).unwrap_or(&case.closure);
    let opener = view.ledgers.offices.title(&case.opener);
    data(format_args!(
        "workflow {} {closure}, opened {} by {opener}",
        case.workflow,
        case.opened.format("%Y-%m-%d %H:%M")
    ));
    if let Some(parent) = &case.parent {
        data(format_args!("child of {} (item {})", parent.case, parent.item));
    }
    let children: Vec<Vec<String>> = case.openings.values().map(|o| child_row(o)).collect();
    let since =
        case.closed.as_ref().map(|(_, at)| format!(" since {}", at.format("%Y-%m-%d %H:%M"))).unwrap_or_default();
    let held = case.held.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let sealed = case.sealed.as_ref().map(|number| format!(", archived as {number}")).unwrap_or_default();
    data(format_args!("{}{since}{held}{sealed}, {} events", status(case), case.seq));
    section("children", children);
}

fn child_json(opening: &Opening) -> Value {
    json!({
        "opening": opening.id,
        "workflow": opening.workflow,
        "item": opening.item,
        "child": opening.child,
        "put": opening.put,
        "waits": opening.waits,
        "end": opening.end,
        "question": opening.asked,
        "given_up": opening.given_up,
    })
}

fn child_row(opening: &Opening) -> Vec<String> {
    let stands = match (&opening.child, opening.given_up, opening.asked) {
        (Some(child), ..) => child.clone(),
        (None, true, _) => "not opened".to_string(),
        (None, false, Some(question)) => format!("asked about in question {question}"),
        (None, false, None) => "to be opened".to_string(),
    };
    let waits = match (opening.waits, opening.end) {
        (true, Some(end)) => format!("waited for, {end:?}"),
        (true, None) => "waited for".to_string(),
        (false, _) => String::new(),
    };
    let put = opening.put.map(|item| format!(" item {item}")).unwrap_or_default();
    vec![
        opening.id.to_string(),
        opening.workflow.clone(),
        format!("for item {}", opening.item),
        format!("{stands}{put}"),
        waits,
    ]
}

fn section(title: &str, rows: Vec<Vec<String>>) {
    if !rows.is_empty() {
        data(format_args!("\n{title}\n{}", columns(&rows)));
    }
}

fn item_row(program: &Program, case: &Case, item: &Item) -> Vec<String> {
    let about = item
        .about
        .and_then(|a| case.items.get(&a))
        .map(|a| format!("about {}", story::item_name(program.workflow(), a)));
    vec![
        item.id.to_string(),
        story::item_name(program.workflow(), item),
        item.category.clone().or(about).unwrap_or_default(),
        item.owner.clone(),
        story::standing(program, case, item),
        if item.round() > 1 { format!("round {}", item.round()) } else { String::new() },
    ]
}

/// How far a paper is, and whether its PDF is lacking.
fn life(paper: &Document) -> String {
    let lacks = paper.digests.as_ref().is_some_and(|(_, pdf)| pdf.is_none());
    format!("{}{}", story::life(paper), if lacks { "（无PDF）" } else { "" })
}

fn document_row(paper: &Document) -> Vec<String> {
    vec![
        paper.id.to_string(),
        paper.template.clone(),
        paper.number.as_ref().map(ToString::to_string).unwrap_or_default(),
        life(paper),
        paper.issued.map(|at| at.date().to_string()).unwrap_or_default(),
        paper.title.clone(),
    ]
}

async fn told(view: &View, program: &Program, case: &Case, log: &[Event], all: bool) -> anyhow::Result<Value> {
    let now = view.now;
    let items = case.items.values().map(|item| {
        json!({
            "id": item.id,
            "name": story::item_name(program.workflow(), item),
            "type": item.of,
            "category": item.category,
            "owner": item.owner,
            "about": item.about,
            "stage": item.stage(),
            "round": item.round(),
            "standing": story::standing(program, case, item),
            "ended": item.label(),
        })
    });
    let documents = case.documents.values().map(|paper| {
        json!({
            "id": paper.id,
            "template": paper.template,
            "title": paper.title,
            "number": paper.number.as_ref().map(ToString::to_string),
            "life": story::life(paper),
            "pdf": paper.digests.as_ref().map(|(_, pdf)| pdf.is_some()),
            "issued": paper.issued.map(moment),
            "to": paper.to,
        })
    });
    let story = log.iter().filter_map(|event| {
        let line = story_line(view, program, case, event, all)?;
        Some(json!({ "seq": event.seq, "at": moment(event.at), "by": event.by, "cause": event.cause, "line": line }))
    });
    let mut told = described(view, case, now);
    told["items"] = items.collect();
    told["documents"] = documents.collect();
    told["children"] = case.openings.values().map(|o| child_json(o)).collect();
    told["open"] = owed(view, case, now).iter().map(owed_json).collect();
    told["given_up"] = dead(view, Some(&case.id)).await?.iter().map(dead_json).collect();
    told["story"] = story.collect();
    Ok(told)
}
