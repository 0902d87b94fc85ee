//! Outcomes and their defaults by kind (LANGUAGE §7).

use super::reader::{Keys, Reader};
use super::{action, limit};
use crate::diag::Place;
use crate::workflow::{Go, Kind, Outcome};
use crate::yaml::{Node, Value};
use indexmap::IndexMap;

/// The outcomes of a stage as written.
pub(super) fn outcomes(reader: &mut Reader, node: &Node) -> IndexMap<String, Outcome> {
    reader.entries(node, "the outcomes are a mapping", |reader, key, value| {
        let found = outcome(reader, key, value)?;
        Some((found.name.clone(), found))
    })
}

/// What a kind of stage offers when nothing is written.
pub(super) fn defaults(kind: Kind, place: &Place) -> IndexMap<String, Outcome> {
    let list: &[(&str, Go, bool)] = match kind {
        Kind::Recommend => &[("报送", Go::Next, false)],
        Kind::Assess => &[("完成", Go::Next, false)],
        Kind::Review => &[("同意", Go::Next, false), ("退回", Go::Back(None, false), true)],
        Kind::Publicise => &[("期满", Go::Next, false)],
        Kind::Decide => &[("通过", Go::Next, false)],
        Kind::File => &[("归档", Go::Next, false)],
    };
    let mut found: Vec<Outcome> =
        list.iter().map(|(name, go, reason)| Outcome::plain(name, go.clone(), *reason, place)).collect();
    match kind {
        Kind::Review => found.push(Outcome::plain("不同意", Go::End("不同意".to_owned()), true, place)),
        Kind::Decide => {
            found.push(Outcome::plain("不通过", Go::End("不通过".to_owned()), true, place));
            found.push(Outcome::plain("缓议", Go::Stay, true, place));
        }
        Kind::Recommend | Kind::Assess | Kind::Publicise | Kind::File => {}
    }
    found.into_iter().map(|o| (o.name.clone(), o)).collect()
}

fn outcome(reader: &mut Reader, key: &Node, node: &Node) -> Option<Outcome> {
    let name = reader.name(key, "an outcome")?;
    let mut found = Outcome::plain(&name, Go::Next, false, &key.place);
    if let Value::Text(word) = &node.value {
        match word.as_str() {
            "next" => {}
            "stay" => found.go = Go::Stay,
            _ => reader.error(
                "outcome-target-unknown",
                &node.place,
                format!("`{word}` is not an outcome"),
                "write `next`, `{ to: STAGE }`, `{ back: STAGE }`, `{ end: LABEL }` or `{ stay: true }`",
            ),
        }
        return Some(found);
    }
    let mut keys = reader.keys(node, "an outcome")?;
    found.go = go(reader, &mut keys)?;
    found.when = keys.take("when").and_then(|n| reader.expression(n, "`when`"));
    found.reason = reader.flag(keys.take("reason"), false, "`reason`");
    found.basis = keys.take("basis").and_then(|n| reader.text(n, "a basis"));
    found.about = keys.take("about").and_then(|n| reader.keys(n, "`about`")).and_then(|mut inner| {
        let about = go(reader, &mut inner);
        reader.finish(inner, &[]);
        about
    });
    found.documents = keys.take("documents").map(|n| action::documents(reader, n, false)).unwrap_or_default();
    found.actions = keys.take("do").map(|n| action::actions(reader, n)).unwrap_or_default();
    found.merge = reader.flag(keys.take("merge"), false, "`merge`");
    found.once = reader.flag(keys.take("once"), false, "`once`");
    found.code = keys.take("code").and_then(|n| reader.text(n, "a code"));
    found.within = keys.take("within").and_then(|n| limit::limit(reader, n));
    found.overdue = keys.take("overdue").and_then(|n| lapse(reader, n));
    reader.finish(keys, &[]);
    Some(found)
}

/// Exactly one of next, to, back, end, stay.
fn go(reader: &mut Reader, keys: &mut Keys<'_>) -> Option<Go> {
    let place = keys.node.place.clone();
    let [next, to, back, end, stay] = ["next", "to", "back", "end", "stay"].map(|key| keys.take(key));
    let resume = keys.take("resume");
    let straight = reader.word(resume, &[("replay", false), ("straight", true)], false, "`resume`");
    let given = [next, to, back, end, stay].iter().flatten().count();
    if given != 1 {
        let message = format!("an outcome goes one way, this names {given}");
        reader.error("two-targets", &place, message, "keep one of next, to, back, end and stay");
        return None;
    }
    let marked = |reader: &mut Reader, node: &Node| {
        if node.value != Value::Bool(true) {
            reader.shape(node, "this key has only the value true");
        }
    };
    if let Some(node) = next {
        marked(reader, node);
        return Some(Go::Next);
    }
    if let Some(node) = stay {
        marked(reader, node);
        return Some(Go::Stay);
    }
    match (to, back, end) {
        (Some(node), _, _) => reader.refer(node, "`to`").map(Go::To),
        (_, Some(node), _) => reader.refer(node, "`back`").map(|target| Go::Back(Some(target), straight)),
        (_, _, Some(node)) => reader.text(node, "`end`").map(Go::End),
        (None, None, None) => None,
    }
}

/// `overdue: { end: LABEL, basis: … }` of an outcome that waits for something to come back.
fn lapse(reader: &mut Reader, node: &Node) -> Option<(String, String)> {
    let mut keys = reader.keys(node, "`overdue`")?;
    let end = keys.take("end").and_then(|n| reader.text(n, "`end`"));
    let basis = keys.take("basis").and_then(|n| reader.text(n, "a basis"));
    reader.finish(keys, &[]);
    if end.is_none() {
        let hint = "add `end: LABEL`";
        reader.error("missing-key", &node.place, "`overdue` here says how the item ends".to_owned(), hint);
    }
    if basis.is_none() {
        let message = "silence becomes an outcome here, but no law is named for it".to_owned();
        reader.error("silent-outcome-without-basis", &node.place, message, "add `basis: …`");
    }
    Some((end?, basis.unwrap_or_default()))
}
