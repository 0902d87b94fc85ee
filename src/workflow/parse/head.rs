//! The head of a workflow: its name, the case, the roles, the rules (LANGUAGE §3, §4, §9).

use super::reader::{Keys, Reader};
use super::{clock, field, item, limit, names, report, stage, table};
use crate::workflow::{CaseHead, Expression, Overdue, Retention, Role, Rule, Selector, Strength, Text, Who, Workflow};
use crate::yaml::{Node, Value};
use indexmap::IndexMap;

/// A file whose first key is `workflow`.
pub(super) fn workflow(reader: &mut Reader, node: &Node) -> Option<Workflow> {
    let mut keys = reader.keys(node, "a workflow")?;
    let name = keys.take("workflow").and_then(|n| reader.name(n, "the workflow's name")).unwrap_or_default();
    let title = keys.take("title").and_then(|n| reader.text(n, "a title")).unwrap_or_else(|| name.clone());
    let mut workflow = Workflow {
        basis: keys.take("basis").map(|n| reader.texts(n, "`basis`")).unwrap_or_default(),
        retention: keys.take("retention").and_then(|n| limit::retention(reader, n)).unwrap_or(Retention::Years30),
        inside_first: keys.take("inside_first").and_then(|n| inside_first(reader, n)),
        inside: keys.take("inside").map(|n| reader.refers(n, "`inside`")).unwrap_or_default(),
        case: case(reader, &mut keys, &title),
        roles: keys.take("roles").map(|n| roles(reader, n)).unwrap_or_default(),
        items: keys.take("items").map(|n| item::items(reader, n)).unwrap_or_default(),
        rules: keys.take("rules").map(|n| rules(reader, n)).unwrap_or_default(),
        stages: keys.take("stages").map(|n| stage::stages(reader, n)).unwrap_or_default(),
        clocks: keys.take("clocks").map(|n| clock::clocks(reader, n)).unwrap_or_default(),
        tables: keys.take("tables").map(|n| table::tables(reader, n)).unwrap_or_default(),
        reports: keys.take("reports").map(|n| report::reports(reader, n)).unwrap_or_default(),
        place: node.place.clone(),
        name,
        title,
    };
    reader.finish(keys, &[]);
    let reports_alone = workflow.items.is_empty() && !workflow.reports.is_empty();
    if workflow.stages.is_empty()
        && !reports_alone
        && node.get("stages").is_none_or(|n| n.value == Value::Null || n.list().is_some_and(<[Node]>::is_empty))
    {
        reader.error("no-stages", &node.place, "a workflow without stages does nothing".to_owned(), "add `stages:`");
    }
    every_main_type(&mut workflow);
    silent(&mut workflow);
    names::check(reader, &workflow);
    Some(workflow)
}

/// Of all items, of none, or of those for which a condition holds.
fn inside_first(reader: &mut Reader, node: &Node) -> Option<Expression> {
    match node.value {
        Value::Bool(false) => None,
        Value::Bool(true) => Some(Expression { source: "true".to_owned(), place: node.place.clone() }),
        Value::Null | Value::Int(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => {
            reader.expression(node, "`inside_first`")
        }
    }
}

/// A stage without `of` takes every type that is not about another.
fn every_main_type(workflow: &mut Workflow) {
    let main: Vec<String> = workflow.items.values().filter(|i| i.about.is_none()).map(|i| i.name.clone()).collect();
    for stage in workflow.stages.iter_mut().filter(|s| s.of.is_empty() && !s.of_case) {
        stage.of.clone_from(&main);
    }
}

/// A clock over several stages brings about an outcome of the stage that would have ended it.
fn silent(workflow: &mut Workflow) {
    for clock in workflow.clocks.values() {
        let Some((Overdue::Outcome(outcome, _), until)) = clock.overdue.as_ref().zip(clock.until.as_ref()) else {
            continue;
        };
        let stage = workflow.stages.iter_mut().find(|s| s.name == *until);
        stage.into_iter().for_each(|s| s.silent.push(outcome.clone()));
    }
}

fn case(reader: &mut Reader, keys: &mut Keys<'_>, title: &str) -> CaseHead {
    let at = keys.node.place.clone();
    let mut head = CaseHead {
        title: Text { source: title.to_owned(), place: at.clone() },
        key: Vec::new(),
        opened_by: None,
        opened_every: None,
        owner: None,
        opened_from: Vec::new(),
        params: IndexMap::new(),
        public_numbers: Vec::new(),
    };
    let no_opener = "add `case: { opened: { by: ROLE } }`";
    let Some(node) = keys.take("case") else {
        reader.error("case-without-opener", &at, "nothing says who opens a case".to_owned(), no_opener);
        return head;
    };
    let Some(mut inner) = reader.keys(node, "`case`") else { return head };
    if let Some(text) = inner.take("title").and_then(|n| reader.template(n, "the case's title")) {
        head.title = text;
    }
    head.key = inner.take("key").map(|n| reader.refers(n, "`key`")).unwrap_or_default();
    head.params = inner.take("params").map(|n| field::fields(reader, n, "the params")).unwrap_or_default();
    head.public_numbers = inner.take("public_numbers").map(|n| public_numbers(reader, n)).unwrap_or_default();
    match inner.take("opened") {
        Some(node) => opened(reader, node, &mut head),
        None => reader.error("case-without-opener", &node.place, "nothing says who opens a case".to_owned(), no_opener),
    }
    reader.finish(inner, &[]);
    head
}

/// Names of params and numbers, as they are written.
fn public_numbers(reader: &mut Reader, node: &Node) -> Vec<Text> {
    let Some(entries) = node.list() else {
        reader.shape(node, "`public_numbers` is a list of params and numbers");
        return Vec::new();
    };
    let texts = entries.iter().filter_map(|entry| match entry.text() {
        Some(text) => Some(Text { source: text.to_owned(), place: entry.place.clone() }),
        None => {
            reader.shape(entry, "a public number is a param's name, or the number");
            None
        }
    });
    texts.collect()
}

fn opened(reader: &mut Reader, node: &Node, head: &mut CaseHead) {
    let Some(mut keys) = reader.keys(node, "`opened`") else { return };
    head.opened_by = keys.take("by").and_then(|n| reader.refer(n, "`by`"));
    head.opened_from = keys.take("from").map(|n| reader.refers(n, "`from`")).unwrap_or_default();
    head.owner = keys.take("owner").and_then(|n| reader.refer(n, "`owner`"));
    let scheduled = node.get("every").is_some();
    head.opened_every = limit::schedule(reader, &mut keys);
    if scheduled && head.owner.is_none() {
        let message = "a case that opens by itself belongs to nobody".to_owned();
        reader.error("schedule-without-owner", &node.place, message, "add `owner: ROLE`");
    }
    if !scheduled && head.opened_by.is_none() && head.opened_from.is_empty() {
        let message = "`opened` names nobody and nothing that opens a case".to_owned();
        reader.error("case-without-opener", &node.place, message, "add `by: ROLE`, `every: …` or `from: [WORKFLOW]`");
    }
    reader.finish(keys, &[]);
}

fn roles(reader: &mut Reader, node: &Node) -> IndexMap<String, Role> {
    reader.entries(node, "the roles are a mapping", |reader, key, value| {
        let found = role(reader, key, value)?;
        Some((found.name.clone(), found))
    })
}

fn role(reader: &mut Reader, key: &Node, node: &Node) -> Option<Role> {
    let name = reader.name(key, "a role")?;
    let place = key.place.clone();
    let nobody = Role { name, who: Who::Offices(Vec::new()), folder: true, through: None, place };
    let without = |reader: &mut Reader, role: &Role| {
        let message = format!("the role `{}` has no office", role.name);
        let hint = "write an office, a list, `{ tag: … }`, `{ superior_of: … }`, `{ field: … }` or `{ outside: … }`";
        reader.error("role-without-office", &role.place, message, hint);
    };
    let who = match &node.value {
        Value::Map(_) => return Some(role_mapping(reader, nobody, node, without)),
        Value::Null => Vec::new(),
        Value::Bool(_) | Value::Int(_) | Value::Text(_) | Value::List(_) => selectors(reader, node),
    };
    if who.is_empty() {
        without(reader, &nobody);
    }
    Some(Role { who: Who::Offices(who), ..nobody })
}

fn role_mapping(reader: &mut Reader, mut role: Role, node: &Node, without: impl Fn(&mut Reader, &Role)) -> Role {
    let Some(mut keys) = reader.keys(node, "a role") else { return role };
    role.folder = reader.flag(keys.take("folder"), true, "`folder`");
    role.through = keys.take("through").and_then(|n| reader.refer(n, "`through`"));
    let (offices, tag) = (keys.take("offices"), keys.take("tag"));
    let (superior, field, outside) = (keys.take("superior_of"), keys.take("field"), keys.take("outside"));
    let who = match (offices, tag, superior, field, outside) {
        (Some(list), None, None, None, None) => Some(Who::Offices(selectors(reader, list))),
        (None, Some(tag), None, None, None) => reader.refer(tag, "a tag").map(|t| Who::Offices(vec![Selector::Tag(t)])),
        (None, None, Some(of), None, None) => reader.refer(of, "`superior_of`").map(Who::SuperiorOf),
        (None, None, None, Some(field), None) => reader.refer(field, "`field`").map(Who::Field),
        (None, None, None, None, Some(outside)) => outsider(reader, outside),
        _ => None,
    };
    match who {
        Some(Who::Offices(list)) if list.is_empty() => without(reader, &role),
        Some(who) => role.who = who,
        None => without(reader, &role),
    }
    reader.finish(keys, &[]);
    role
}

fn selectors(reader: &mut Reader, node: &Node) -> Vec<Selector> {
    let elements = node.list().unwrap_or(std::slice::from_ref(node));
    let mut found = Vec::new();
    for element in elements {
        if element.map().is_none() {
            found.extend(reader.refer(element, "an office").map(Selector::Id));
            continue;
        }
        let Some(mut keys) = reader.keys(element, "an office") else { continue };
        let tag = keys.take("tag").and_then(|n| reader.refer(n, "a tag"));
        found.extend(tag.map(Selector::Tag));
        reader.finish(keys, &[]);
    }
    found
}

fn outsider(reader: &mut Reader, node: &Node) -> Option<Who> {
    let mut keys = reader.keys(node, "`outside`")?;
    let mut fields = IndexMap::new();
    for key in ["name", "phone", "email", "address"] {
        if let Some(field) = keys.take(key).and_then(|n| reader.refer(n, "a field")) {
            fields.insert(key.to_owned(), field);
        }
    }
    reader.finish(keys, &[]);
    Some(Who::Outside(fields))
}

fn rules(reader: &mut Reader, node: &Node) -> Vec<Rule> {
    let Some(elements) = node.list() else {
        reader.shape(node, "the rules are a list");
        return Vec::new();
    };
    elements.iter().enumerate().filter_map(|(index, n)| rule(reader, index, n)).collect()
}

fn rule(reader: &mut Reader, index: usize, node: &Node) -> Option<Rule> {
    let mut keys = reader.keys(node, "a rule")?;
    let name = keys.take("name").and_then(|n| reader.name(n, "a rule's name"));
    let mut of = keys.take("of").map(|n| reader.refers(n, "`of`")).unwrap_or_default();
    let of_case = of == ["case"];
    if of_case {
        of.clear();
    }
    let per = keys.take("per").map(|n| reader.refers(n, "`per`")).unwrap_or_default();
    let at = keys.take("at").map(|n| reader.refers(n, "`at`")).unwrap_or_default();
    let when = keys.take("when").and_then(|n| reader.expression(n, "`when`"));
    let say = keys.take("say").and_then(|n| reader.template(n, "`say`"));
    let basis = keys.take("basis").and_then(|n| reader.text(n, "a basis"));
    let by = keys.take("by").and_then(|n| reader.refer(n, "`by`"));
    let answers = keys.take("answers").map(|n| reader.texts(n, "an answer")).unwrap_or_default();
    let strengths = [
        ("require", Strength::Require),
        ("expect", Strength::Expect),
        ("ask", Strength::Ask),
        ("note", Strength::Note),
    ];
    let given: Vec<(Strength, &Node)> = strengths.iter().filter_map(|(k, s)| keys.take(k).map(|n| (*s, n))).collect();
    reader.finish(keys, &[]);
    let Some((strength, condition)) = given.first().copied() else {
        let message = "a rule has one of require, expect, ask and note".to_owned();
        reader.error("missing-key", &node.place, message, "add `require: CONDITION`");
        return None;
    };
    if let Some((_, second)) = given.get(1) {
        let message = "a rule has one strength, this has several".to_owned();
        reader.error("two-strengths", &second.place, message, "write two rules");
    }
    if say.is_none() {
        let message = "the rule does not say what the clerk is told".to_owned();
        reader.error("rule-without-say", &node.place, message, "add `say: …`");
    }
    if strength == Strength::Ask && (answers.len() < 2 || by.is_none()) {
        let message = "a question needs somebody to answer and answers to choose from".to_owned();
        reader.error("ask-without-answers", &node.place, message, "add `by: ROLE` and `answers: [甲, 乙]`");
    }
    let test = reader.expression(condition, "the condition")?;
    let name = name.unwrap_or_else(|| format!("规则{}", index + 1));
    let place = node.place.clone();
    Some(Rule { name, of, of_case, per, at, when, strength, test, say, basis, by, answers, place })
}
