//! `banwen explain`: every kind of problem in a line, or one on its page.

use super::Answer;
use super::voice::{columns, data, talk};
use crate::workflow::explain::{self, Page};
use serde_json::{Value, json};

/// Tells the page of a kind, or lists them all, by name.
pub(super) fn explain(name: Option<&str>, as_json: bool) -> anyhow::Result<Answer> {
    let Some(name) = name else { return list(as_json) };
    let Some(page) = explain::explain(name) else {
        let hint = match explain::nearest(name).as_slice() {
            [] => "`banwen explain` lists them".to_string(),
            close => format!("did you mean {}?", close.join(", ")),
        };
        talk(format_args!("banwen: there is no kind of problem called `{name}`\n  hint: {hint}"));
        return Ok(Answer::No);
    };
    if as_json {
        let mut told = in_short(page);
        told["page"] = json!(page.text);
        data(serde_json::to_string_pretty(&told)?);
    } else {
        data(page.text);
    }
    Ok(Answer::Yes)
}

fn list(as_json: bool) -> anyhow::Result<Answer> {
    let mut pages: Vec<&Page> = explain::pages().iter().collect();
    pages.sort_unstable_by_key(|page| page.kind);
    if as_json {
        data(serde_json::to_string_pretty(&pages.into_iter().map(in_short).collect::<Vec<_>>())?);
        return Ok(Answer::Yes);
    }
    let rows = pages.iter().map(|page| [page.kind, page.severity.word(), page.says].map(str::to_string).to_vec());
    data(columns(&rows.collect::<Vec<_>>()));
    Ok(Answer::Yes)
}

fn in_short(page: &Page) -> Value {
    json!({ "kind": page.kind, "severity": page.severity.word(), "says": page.says })
}
