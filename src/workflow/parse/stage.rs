//! Stages: the skeleton of LANGUAGE §6 and the keys each kind adds (§8).

use super::reader::{Keys, Reader, meant};
use super::{action, counting, field, limit, outcome, sign};
use crate::deadline::Span;
use crate::workflow::{Attach, Bound, Each, From, Kind, Late, Over, Quota, Sign, Stage, StageForm};
use crate::yaml::{Node, Value};
use indexmap::IndexMap;

const KINDS: [(&str, Kind); 6] = [
    ("recommend", Kind::Recommend),
    ("assess", Kind::Assess),
    ("review", Kind::Review),
    ("publicise", Kind::Publicise),
    ("decide", Kind::Decide),
    ("file", Kind::File),
];

pub(super) fn stages(reader: &mut Reader, node: &Node) -> Vec<Stage> {
    let Some(elements) = node.list() else {
        reader.shape(node, "the stages are a list");
        return Vec::new();
    };
    elements.iter().filter_map(|n| stage(reader, n)).collect()
}

fn stage(reader: &mut Reader, node: &Node) -> Option<Stage> {
    let mut keys = reader.keys(node, "a stage")?;
    let Some((word, kind)) = KINDS.iter().find(|(word, _)| node.get(word).is_some()).copied() else {
        let first = node.map().and_then(|m| m.first()).map(|(k, _)| k)?;
        let words: Vec<&str> = KINDS.iter().map(|(w, _)| *w).collect();
        let hint = meant(&first.raw, &words, &format!("a stage begins with one of {}", words.join(", ")));
        reader.error("unknown-stage-kind", &first.place, format!("`{}` is not a kind of stage", first.raw), &hint);
        return None;
    };
    let name = keys.take(word).and_then(|n| reader.name(n, "a stage's name"))?;
    let mut stage = skeleton(reader, &mut keys, kind, name);
    match kind {
        Kind::Recommend => recommend(reader, &mut keys, &mut stage),
        Kind::Publicise => publicise(reader, &mut keys, &mut stage),
        Kind::File => file(reader, &mut keys, &mut stage),
        Kind::Assess => {
            stage.quota = keys.take("quota").map(|n| quotas(reader, n)).unwrap_or_default();
            counting::counting(reader, &mut keys, &mut stage);
            // a ballot paper names all that is voted on together
            if stage.ballot.is_some() && node.get("each").is_none() {
                stage.each = Each::Case;
            }
        }
        Kind::Decide => {
            stage.quota = keys.take("quota").map(|n| quotas(reader, n)).unwrap_or_default();
            stage.confirms = keys.take("lists").map(|n| counting::confirms(reader, n)).unwrap_or_default();
        }
        Kind::Review => {}
    }
    stage.sign = keys.take("sign").map_or(Sign::One, |n| sign::sign(reader, n));
    let returns = [("closes", true), ("collects-all", false)];
    stage.first_return_closes = reader.word(keys.take("first_return"), &returns, true, "`first_return`");
    reader.finish(keys, &[]);
    Some(stage)
}

fn skeleton(reader: &mut Reader, keys: &mut Keys<'_>, kind: Kind, name: String) -> Stage {
    let place = keys.node.place.clone();
    let of = keys.take("of").map(|n| reader.refers(n, "`of`")).unwrap_or_default();
    let mut stage = empty(kind, name, place);
    stage.of_case = of.iter().any(|o| o == "case");
    stage.of = of.into_iter().filter(|o| o != "case").collect();
    if let Some(title) = keys.take("title").and_then(|n| reader.text(n, "a title")) {
        stage.title = title;
    }
    stage.when = keys.take("when").and_then(|n| reader.expression(n, "`when`"));
    stage.by = keys.take("by").map(|n| reader.refers(n, "`by`")).unwrap_or_default();
    stage.each = keys.take("each").map_or(stage.each.clone(), |n| each(reader, n));
    let policies = [("leave", Late::Leave), ("wait", Late::Wait), ("exclude", Late::Exclude), ("ask", Late::Ask)];
    (stage.late, stage.late_by) = late(reader, keys.take("late"), &policies);
    stage.form = keys.take("form").map(|n| form(reader, n, stage.of_case)).unwrap_or_default();
    stage.attach = keys.take("attach").map(|n| attachments(reader, n)).unwrap_or_default();
    stage.paper = keys
        .take("paper")
        .and_then(|n| reader.number(n, "`paper`", 0))
        .and_then(|n| u32::try_from(n).ok())
        .unwrap_or(0);
    stage.within = keys.take("within").and_then(|n| limit::limit(reader, n));
    stage.remind = keys.take("remind").map(|n| limit::offsets(reader, n)).unwrap_or_default();
    stage.overdue = keys.take("overdue").and_then(|n| limit::overdue(reader, n));
    stage.collects = keys.take("collects").map(|n| reader.refers(n, "`collects`")).unwrap_or_default();
    if let Some(written) = keys.take("outcomes") {
        stage.outcomes = outcome::outcomes(reader, written);
    }
    let open = kind == Kind::Publicise;
    stage.documents = keys.take("documents").map(|n| action::documents(reader, n, open)).unwrap_or_default();
    stage.actions = keys.take("do").map(|n| action::actions(reader, n)).unwrap_or_default();
    stage.accept_rows = reader.word(keys.take("accept"), &[("whole", false), ("rows", true)], false, "`accept`");
    stage.word = reader.flag(keys.take("word"), false, "`word`");
    let empties = [("skip", false), ("run", true)];
    stage.run_empty = reader.word(keys.take("empty"), &empties, stage.run_empty, "`empty`");
    stage
}

fn empty(kind: Kind, name: String, place: crate::diag::Place) -> Stage {
    let one_by_one = matches!(kind, Kind::Recommend | Kind::Assess | Kind::Review);
    Stage {
        kind,
        title: name.clone(),
        name,
        each: if one_by_one { Each::Item } else { Each::Case },
        outcomes: outcome::defaults(kind, &place),
        run_empty: kind == Kind::File,
        first_return_closes: true,
        decline: true,
        place,
        ..Stage::default()
    }
}

fn each(reader: &mut Reader, node: &Node) -> Each {
    let words = reader.refers(node, "`each`");
    match words.as_slice() {
        [one] if one == "item" => Each::Item,
        [one] if one == "case" => Each::Case,
        [one] if one == "about" => Each::About,
        _ => Each::Fields(words),
    }
}

/// A word, or `{ ask: ROLE }` which also says who is asked.
fn late(reader: &mut Reader, node: Option<&Node>, policies: &[(&str, Late)]) -> (Late, Option<String>) {
    let Some(node) = node else { return (Late::Leave, None) };
    if node.map().is_none() {
        return (reader.word(Some(node), policies, Late::Leave, "`late`"), None);
    }
    let Some(mut keys) = reader.keys(node, "`late`") else { return (Late::Leave, None) };
    let by = keys.take("ask").and_then(|n| reader.refer(n, "`ask`"));
    reader.finish(keys, &[]);
    (Late::Ask, by)
}

/// Fields per item, or `{ case: …, item: … }`. A stage about the case asks once, and has no items to ask about.
fn form(reader: &mut Reader, node: &Node, of_case: bool) -> StageForm {
    let entries = node.map().unwrap_or_default();
    let split = !entries.is_empty() && entries.iter().all(|(k, _)| k.raw == "case" || k.raw == "item");
    if !split {
        let fields = field::fields(reader, node, "the fields of a form");
        let none = IndexMap::new();
        return if of_case { StageForm { case: fields, item: none } } else { StageForm { case: none, item: fields } };
    }
    if let Some(item) = node.get("item").filter(|_| of_case) {
        let message = "a stage about the case has no items to ask about".to_owned();
        reader.error("wrong-shape", &item.place, message, "write the fields under `form:`, without `item:`");
    }
    let mut half =
        |key: &str| node.get(key).map(|n| field::fields(reader, n, "the fields of a form")).unwrap_or_default();
    StageForm { case: half("case"), item: half("item") }
}

fn attachments(reader: &mut Reader, node: &Node) -> Vec<Attach> {
    let Some(entries) = node.map() else {
        let names = reader.refers(node, "an attachment");
        return names.into_iter().map(|name| Attach { name, of: Vec::new() }).collect();
    };
    let mut found = Vec::new();
    for (key, value) in entries {
        let Some(name) = reader.text(key, "an attachment") else { continue };
        let Some(mut keys) = reader.keys(value, "an attachment") else { continue };
        let of = keys.take("of").map(|n| reader.refers(n, "`of`")).unwrap_or_default();
        reader.finish(keys, &[]);
        found.push(Attach { name, of });
    }
    found
}

fn recommend(reader: &mut Reader, keys: &mut Keys<'_>, stage: &mut Stage) {
    if let Some(node) = keys.take("from") {
        stage.from = from(reader, node);
    }
    let everybody = matches!(stage.from, From::Offices(_) | From::Every(..));
    stage.expect_all = reader.word(keys.take("expect"), &[("all", true), ("any", false)], everybody, "`expect`");
    stage.quota = keys.take("quota").map(|n| quotas(reader, n)).unwrap_or_default();
    stage.decline = reader.flag(keys.take("decline"), true, "`decline`");
    let words = [("refuse", false), ("next-round", true)];
    stage.late_items_next_round = reader.word(keys.take("late_items"), &words, false, "`late_items`");
}

fn from(reader: &mut Reader, node: &Node) -> From {
    let unknown = |reader: &mut Reader| {
        let hint =
            "`{ offices: ROLE }`, `{ table: PARAM }`, `{ register: R }`, `{ case: W, list: L }` or `{ every: week }`";
        reader.error("from-unknown", &node.place, "nothing says where the items come from".to_owned(), hint);
        From::Submissions
    };
    let Some(mut keys) = reader.keys(node, "`from`") else { return From::Submissions };
    let mut word = |reader: &mut Reader, key: &'static str| keys.take(key).and_then(|n| reader.refer(n, key));
    let (offices, table) = (word(reader, "offices"), word(reader, "table"));
    let (register, case, list) = (word(reader, "register"), word(reader, "case"), word(reader, "list"));
    let filter = keys.take("where").and_then(|n| reader.expression(n, "`where`"));
    let scheduled = node.get("every").is_some();
    let schedule = limit::duty(reader, &mut keys);
    reader.finish(keys, &[]);
    match (offices, table, register, case, list, schedule) {
        (Some(role), None, None, None, None, None) => From::Offices(role),
        (None, Some(param), None, None, None, None) => From::Table(param),
        (None, None, Some(register), None, None, None) => From::Register(register, filter),
        (None, None, None, Some(workflow), Some(list), None) => From::Case(workflow, list),
        (None, None, None, None, None, Some((schedule, until))) => From::Every(schedule, until),
        _ if scheduled => From::Submissions,
        _ => unknown(reader),
    }
}

fn quotas(reader: &mut Reader, node: &Node) -> Vec<Quota> {
    let elements = node.list().unwrap_or(std::slice::from_ref(node));
    elements.iter().filter_map(|n| quota(reader, n)).collect()
}

fn quota(reader: &mut Reader, node: &Node) -> Option<Quota> {
    let mut keys = reader.keys(node, "a quota")?;
    let of = keys.take("of").map(|n| reader.refers(n, "`of`")).unwrap_or_default();
    let per = keys.take("per").map(|n| reader.refers(n, "`per`")).unwrap_or_default();
    let max = keys.take("max").and_then(|n| bound(reader, n));
    let min = keys.take("min").and_then(|n| bound(reader, n));
    let over = [("refuse", Over::Refuse), ("reason", Over::Reason), ("ask", Over::Ask)];
    let over = reader.word(keys.take("over"), &over, Over::Refuse, "`over`");
    reader.finish(keys, &[]);
    if max.is_none() && min.is_none() && node.get("max").is_none() && node.get("min").is_none() {
        reader.error("missing-key", &node.place, "a quota has `max` or `min`".to_owned(), "add `max: …`");
    }
    Some(Quota { of, per, max, min, over, place: node.place.clone() })
}

/// A number, a param's name, a mapping of group and number, or an expression.
fn bound(reader: &mut Reader, node: &Node) -> Option<Bound> {
    match &node.value {
        Value::Int(number) => Some(Bound::Number(*number)),
        Value::Map(entries) => {
            let mut table = IndexMap::new();
            for (key, value) in entries {
                if let (Some(group), Some(number)) = (reader.text(key, "a group"), reader.number(value, "a quota", 0)) {
                    table.insert(group, number);
                }
            }
            Some(Bound::Table(table))
        }
        Value::Text(text) if text.chars().all(|c| c.is_alphanumeric() || c == '_') => Some(Bound::Param(text.clone())),
        Value::Text(_) | Value::Null | Value::Bool(_) | Value::List(_) => {
            reader.expression(node, "a quota").map(Bound::Expression)
        }
    }
}

fn publicise(reader: &mut Reader, keys: &mut Keys<'_>, stage: &mut Stage) {
    stage.to = keys.take("to").map(|n| reader.refers(n, "`to`")).unwrap_or_default();
    stage.notice = keys.take("notice").and_then(|n| reader.name(n, "a template"));
    stage.count_start = reader.flag(keys.take("count_start"), false, "`count_start`");
    stage.channels = keys.take("channels").map(|n| reader.refers(n, "a channel")).unwrap_or_default();
    let mut span = |key: &'static str| -> Option<Span> { keys.take(key).and_then(|n| limit::span(reader, n)) };
    (stage.period, stage.grace, stage.keep) = (span("for"), span("grace"), span("keep"));
}

fn file(reader: &mut Reader, keys: &mut Keys<'_>, stage: &mut Stage) {
    stage.report = keys.take("report").and_then(|n| action::document(reader, n, false));
    if let Some(report) = stage.report.as_ref().filter(|r| r.to.is_empty()) {
        let place = report.place.clone();
        reader.error("report-without-recipient", &place, "the report goes to nobody".to_owned(), "add `to: ROLE`");
    }
    stage.fonds = keys.take("fonds").and_then(|n| reader.text(n, "`fonds`"));
    stage.class = keys.take("class").and_then(|n| reader.text(n, "`class`"));
    stage.with_parent = reader.word(keys.take("with"), &[("parent", true)], false, "`with`");
    stage.receipt = reader.flag(keys.take("receipt"), false, "`receipt`");
    stage.retention = keys.take("retention").and_then(|n| limit::retention(reader, n));
}
