//! Documents and actions (LANGUAGE §11, §12).

use super::limit;
use super::reader::{Keys, Reader};
use crate::workflow::{
    Action, AskDefinition, ClockAction, DocumentDefinition, DocumentEach, Expression, OpenDefinition, TellDefinition,
    Turn, Verb,
};
use crate::yaml::Node;
use indexmap::IndexMap;

/// How that is said for which a note is too little.
const TELL_HINT: &str =
    "a note is its text, `say: …`; what has a template is a paper: `documents: [{ template: NAME, to: ROLES }]`";

/// A list of documents. `open` = made when the batch opens unless `at` says otherwise.
pub(super) fn documents(reader: &mut Reader, node: &Node, open: bool) -> Vec<DocumentDefinition> {
    let elements = node.list().unwrap_or(std::slice::from_ref(node));
    elements.iter().filter_map(|n| document(reader, n, open)).collect()
}

/// One document: a template's name, or a mapping.
pub(super) fn document(reader: &mut Reader, node: &Node, open: bool) -> Option<DocumentDefinition> {
    let mut found = DocumentDefinition {
        template: String::new(),
        each: DocumentEach::Batch,
        of: Vec::new(),
        when: None,
        at_open: open,
        to: Vec::new(),
        copy: Vec::new(),
        number: None,
        seal: false,
        retention: None,
        date: None,
        place: node.place.clone(),
    };
    if node.map().is_none() {
        found.template = reader.name(node, "a template")?;
        return Some(found);
    }
    let mut keys = reader.keys(node, "a document")?;
    match keys.take("template") {
        Some(template) => found.template = reader.name(template, "a template").unwrap_or_default(),
        None => {
            reader.error("missing-key", &node.place, "a document has a template".to_owned(), "add `template: NAME`")
        }
    }
    let batches = [
        ("batch", DocumentEach::Batch),
        ("item", DocumentEach::Item),
        ("owner", DocumentEach::Owner),
        ("about", DocumentEach::About),
    ];
    found.each = reader.word(keys.take("each"), &batches, DocumentEach::Batch, "`each`");
    found.of = keys.take("of").map(|n| reader.refers(n, "`of`")).unwrap_or_default();
    found.when = keys.take("when").and_then(|n| reader.expression(n, "`when`"));
    found.at_open = reader.word(keys.take("at"), &[("open", true), ("done", false)], open, "`at`");
    found.to = keys.take("to").map(|n| reader.refers(n, "`to`")).unwrap_or_default();
    found.copy = keys.take("copy").map(|n| reader.refers(n, "`copy`")).unwrap_or_default();
    found.number = keys.take("number").and_then(|n| reader.refer(n, "`number`"));
    found.seal = reader.word(keys.take("seal"), &[("scan", true)], false, "`seal`");
    found.retention = keys.take("retention").and_then(|n| limit::retention(reader, n));
    found.date = keys.take("date").and_then(|n| reader.refer(n, "`date`"));
    reader.finish(keys, &[]);
    (!found.template.is_empty()).then_some(found)
}

/// A list of actions.
pub(super) fn actions(reader: &mut Reader, node: &Node) -> Vec<Action> {
    let elements = node.list().unwrap_or(std::slice::from_ref(node));
    elements.iter().filter_map(|n| action(reader, n)).collect()
}

fn action(reader: &mut Reader, node: &Node) -> Option<Action> {
    let mut keys = reader.keys(node, "an action")?;
    let of = keys.take("of").map(|n| reader.refers(n, "`of`")).unwrap_or_default();
    let when = keys.take("when").and_then(|n| reader.expression(n, "`when`"));
    if let Some(roles) = keys.take("tell") {
        let verb = telling(reader, &mut keys, node, roles);
        reader.finish(keys, &[("template", TELL_HINT)]);
        return Some(Action { verb: verb?, of, when, place: node.place.clone() });
    }
    if let Some(clock) = keys.take("clock") {
        let verb = turned(reader, &mut keys, node, clock);
        reader.finish(keys, &[]);
        return Some(Action { verb: Verb::Clock(verb?), of, when, place: node.place.clone() });
    }
    let (enter, leave) = (keys.take("enter"), keys.take("leave"));
    let (set, ask, open) = (keys.take("set"), keys.take("ask"), keys.take("open"));
    let verb = match (enter, leave, set, ask, open) {
        (Some(register), None, None, None, None) => {
            let with = keys.take("with").map(|n| expressions(reader, n)).unwrap_or_default();
            reader.refer(register, "`enter`").map(|r| Verb::Enter(r, with))
        }
        (None, Some(register), None, None, None) => {
            let reason = keys.take("reason").and_then(|n| reader.text(n, "a reason"));
            if reason.is_none() {
                let message = "an entry is ended with a reason".to_owned();
                reader.error("missing-key", &node.place, message, "add `reason: …`");
            }
            reader.refer(register, "`leave`").map(|r| Verb::Leave(r, reason.unwrap_or_default()))
        }
        (None, None, Some(facts), None, None) => Some(Verb::Set(expressions(reader, facts))),
        (None, None, None, Some(role), None) => question(reader, &mut keys, node, role),
        (None, None, None, None, Some(workflow)) => opening(reader, &mut keys, workflow),
        _ => {
            let named = node.map().unwrap_or_default().first().map(|(k, _)| k.raw.clone()).unwrap_or_default();
            let message = format!("`{named}` is not an action");
            reader.error("action-unknown", &node.place, message, "one of enter, leave, set, open, tell, clock, ask");
            return None;
        }
    };
    reader.finish(keys, &[]);
    Some(Action { verb: verb?, of, when, place: node.place.clone() })
}

/// `clock: NAME` with one of `stop`, `resume`, `restart`, each with its day.
fn turned(reader: &mut Reader, keys: &mut Keys<'_>, node: &Node, clock: &Node) -> Option<ClockAction> {
    let clock = reader.refer(clock, "`clock`");
    let turns = [Turn::Stop, Turn::Resume, Turn::Restart];
    let said: Vec<(Turn, &Node)> = turns.into_iter().filter_map(|turn| Some((turn, keys.take(turn.word())?))).collect();
    let [(turn, date)] = said.as_slice() else {
        let message = "a clock is stopped, resumed or restarted, as of a day".to_owned();
        reader.error("missing-key", &node.place, message, "write one of `stop: DATE`, `resume: DATE`, `restart: DATE`");
        return None;
    };
    Some(ClockAction { clock: clock?, turn: *turn, date: reader.expression(date, "the day")? })
}

/// `tell: ROLES` with `say`.
fn telling(reader: &mut Reader, keys: &mut Keys<'_>, node: &Node, roles: &Node) -> Option<Verb> {
    let to = reader.refers(roles, "`tell`");
    let say = keys.take("say").and_then(|n| reader.template(n, "`say`"));
    if say.is_none() {
        let message = "nothing is told".to_owned();
        reader.error("missing-key", &node.place, message, "add `say: …`");
    }
    Some(Verb::Tell(TellDefinition { to, say: say? }))
}

/// `ask: ROLE` with `say` and `answers`.
fn question(reader: &mut Reader, keys: &mut Keys<'_>, node: &Node, role: &Node) -> Option<Verb> {
    let by = reader.refer(role, "`ask`");
    let say = keys.take("say").and_then(|n| reader.template(n, "`say`"));
    let answers = keys.take("answers").map(|n| reader.texts(n, "an answer")).unwrap_or_default();
    if say.is_none() {
        let message = "the question is not said".to_owned();
        reader.error("missing-key", &node.place, message, "add `say: …`");
    }
    if answers.len() < 2 {
        let message = "a question needs answers to choose from".to_owned();
        reader.error("ask-without-answers", &node.place, message, "add `answers: [甲, 乙]`");
    }
    Some(Verb::Ask(AskDefinition { by: by?, say: say?, answers }))
}

/// `open: WORKFLOW` with `with`, `item` and `wait`.
fn opening(reader: &mut Reader, keys: &mut Keys<'_>, workflow: &Node) -> Option<Verb> {
    let workflow = reader.refer(workflow, "`open`");
    let with = keys.take("with").map(|n| expressions(reader, n)).unwrap_or_default();
    let item = keys.take("item").map(|n| expressions(reader, n));
    let wait = reader.flag(keys.take("wait"), false, "`wait`");
    Some(Verb::Open(OpenDefinition { workflow: workflow?, with, item, wait }))
}

fn expressions(reader: &mut Reader, node: &Node) -> IndexMap<String, Expression> {
    reader.entries(node, "fields and their expressions are a mapping", |reader, key, value| {
        reader.name(key, "a field").zip(reader.expression(value, "an expression"))
    })
}
