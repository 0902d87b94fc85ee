//! Named clocks (LANGUAGE §10).

use super::reader::Reader;
use super::{action, limit};
use crate::workflow::{ClockDefinition, ClockStop, Extension, Limit};
use crate::yaml::Node;
use indexmap::IndexMap;

pub(super) fn clocks(reader: &mut Reader, node: &Node) -> IndexMap<String, ClockDefinition> {
    reader.entries(node, "the clocks are a mapping", |reader, key, value| {
        let found = clock(reader, key, value)?;
        Some((found.name.clone(), found))
    })
}

fn clock(reader: &mut Reader, key: &Node, node: &Node) -> Option<ClockDefinition> {
    let name = reader.name(key, "a clock")?;
    let mut keys = reader.keys(node, "a clock")?;
    let of = keys.take("of").and_then(|n| reader.refer(n, "`of`"));
    let run = keys.take("run").and_then(|n| limit::limit(reader, n));
    for (missing, key) in [(of.is_none(), "of"), (run.is_none(), "run")] {
        if missing && node.get(key).is_none() {
            reader.error("missing-key", &node.place, format!("a clock has `{key}`"), "");
        }
    }
    let from = keys.take("from").and_then(|n| reader.refer(n, "`from`"));
    if let (Some(Limit::Span(_)), None) = (&run, &from) {
        let message = "nothing says what the clock runs from".to_owned();
        reader.error("clock-from-unknown", &node.place, message, "add `from:` a date field, a stage, or `opened`");
    }
    let found = ClockDefinition {
        of: of.unwrap_or_default(),
        from: from.unwrap_or_else(|| "opened".to_owned()),
        until: keys.take("until").and_then(|n| reader.refer(n, "`until`")),
        when: keys.take("when").and_then(|n| reader.expression(n, "`when`")),
        stops: keys.take("stops").map(|n| stops(reader, n)).unwrap_or_default(),
        reasons: keys.take("reasons").map(|n| reasons(reader, n)).unwrap_or_default(),
        restarts: keys.take("restarts").and_then(|n| reader.refer(n, "`restarts`")),
        extend: keys.take("extend").and_then(|n| extension(reader, n)),
        remind: keys.take("remind").map(|n| limit::offsets(reader, n)).unwrap_or_default(),
        overdue: keys.take("overdue").and_then(|n| limit::overdue(reader, n)),
        basis: keys.take("basis").and_then(|n| reader.text(n, "a basis")),
        run: run?,
        place: key.place.clone(),
        name,
    };
    reader.finish(keys, &[]);
    Some(found)
}

/// For what a clock may be stopped by hand: a choice, each once.
fn reasons(reader: &mut Reader, node: &Node) -> Vec<String> {
    let found = reader.texts(node, "`reasons`");
    if found.is_empty() && node.list().is_some_and(<[Node]>::is_empty) {
        let hint = "list them, or leave the key out";
        reader.error("choice-empty", &node.place, "there is no reason to choose".to_owned(), hint);
    }
    let repeated = found.iter().enumerate().find(|(n, reason)| found.iter().take(*n).any(|before| before == *reason));
    if let Some((_, reason)) = repeated {
        reader.error("choice-repeated", &node.place, format!("`{reason}` stands here twice"), "leave one out");
    }
    found
}

fn stops(reader: &mut Reader, node: &Node) -> Vec<ClockStop> {
    let nodes: Vec<&Node> = node.list().map_or_else(|| vec![node], |list| list.iter().collect());
    nodes.into_iter().filter_map(|n| stop(reader, n)).collect()
}

fn stop(reader: &mut Reader, node: &Node) -> Option<ClockStop> {
    if node.map().is_none() {
        return Some(ClockStop { of: reader.refer(node, "`stops`")?, from: None, to: None });
    }
    let mut keys = reader.keys(node, "a stop")?;
    let of = keys.take("of").and_then(|n| reader.refer(n, "`of`"));
    let from = keys.take("from").and_then(|n| reader.refer(n, "`from`"));
    let to = keys.take("to").and_then(|n| reader.refer(n, "`to`"));
    reader.finish(keys, &[]);
    if of.is_none() && node.get("of").is_none() {
        let hint = "add `of:` a side type";
        reader.error("missing-key", &node.place, "a stop says what stops the clock".to_owned(), hint);
    }
    Some(ClockStop { of: of?, from, to })
}

fn extension(reader: &mut Reader, node: &Node) -> Option<Extension> {
    let mut keys = reader.keys(node, "`extend`")?;
    let by = keys.take("by").and_then(|n| limit::span(reader, n));
    let times = keys.take("times").and_then(|n| reader.number(n, "`times`", 1));
    let approve = keys.take("approve").and_then(|n| reader.refer(n, "`approve`"));
    let document = keys.take("document").and_then(|n| action::document(reader, n, false));
    reader.finish(keys, &[]);
    if times.is_none() {
        let message = "nothing says how often it may be extended".to_owned();
        reader.error("extend-without-cap", &node.place, message, "add `times: 1`");
    }
    if approve.is_none() {
        let message = "nobody approves the extension".to_owned();
        reader.error("extend-without-approver", &node.place, message, "add `approve: ROLE`");
    }
    if by.is_none() && node.get("by").is_none() {
        reader.error("missing-key", &node.place, "an extension has a length".to_owned(), "add `by: 20 workdays`");
    }
    Some(Extension { by: by?, times: u32::try_from(times?).unwrap_or(1), approve: approve?, document })
}
