//! What is sealed stays so (LANGUAGE §5): what is made of it is sealed, too, and no text, date or group tells of it.
//!
//! Conditions may read it: which way an item goes is said to nobody in words. Papers are looked at where they are checked
//! ([`super::visible`]), tables likewise; what is sealed is reckoned once for all of them, in [`crate::workflow::Holders`].

use super::{Checker, children};
use crate::diag::Place;
use crate::workflow::{
    Action, Bound, Each, Expression, From, ItemType, Limit, OpenDefinition, RegisterKey, SERVED, Stage, Text, Verb,
    Workflow,
};
use indexmap::IndexMap;

pub(super) fn check(checker: &mut Checker<'_>) {
    copied(checker);
    for (_, stage) in checker.stages() {
        listed(checker, stage);
        for action in stage.all_actions() {
            let at = checker.workflow.types_at(stage, &action.of);
            match &action.verb {
                Verb::Enter(register, with) => entered(checker, &at, action, register, with),
                Verb::Open(open) => opened(checker, &at, open),
                Verb::Leave(..) | Verb::Set(_) | Verb::Ask(_) | Verb::Clock(_) | Verb::Tell(_) => {}
            }
        }
    }
    for told in told(checker.workflow) {
        let field = match told.source {
            Source::Text(text) => checker.sealed.said(&told.at, text),
            Source::Value(value) => checker.sealed.told(&told.at, value),
        };
        if let Some(field) = field {
            let message = format!("`{field}` is sealed, and {} tells it", told.what);
            let hint = format!("leave `{field}` out, or take it off `sealed:`; `{field} is defined` may be said");
            checker.error("field-invisible-to-recipient", told.place, message, &hint);
        }
    }
}

/// What is computed of sealed fields, or set to them, is on the list, too.
fn copied(checker: &mut Checker<'_>) {
    for derived in checker.workflow.derived() {
        let (of, name) = (&derived.of.name, derived.name);
        let open = !derived.of.sealed.iter().any(|sealed| sealed == name);
        let Some(field) = checker.sealed.told(&[derived.of], &derived.from.source).filter(|_| open) else { continue };
        let message = format!("`{name}` of `{of}` is made of `{field}`, which is sealed, and is not");
        let hint = if derived.of.fields.contains_key(name) {
            format!("add `{name}` to `sealed:` of `{of}`, or leave `{field}` out")
        } else {
            format!("make `{name}` a field of `{of}` and add it to its `sealed:`, or leave `{field}` out")
        };
        checker.error("sealed-copied", &derived.from.place, message, &hint);
    }
}

/// A register seals nothing, not its key either.
fn entered(
    checker: &mut Checker<'_>,
    at: &[&ItemType],
    action: &Action,
    register: &str,
    with: &IndexMap<String, Expression>,
) {
    let said = with.iter().filter_map(|(name, value)| {
        let field = checker.sealed.told(at, &value.source)?;
        Some((format!("`{name}`"), field, &value.place))
    });
    let mut found: Vec<(String, &str, &Place)> = said.collect();
    let key = match checker.around.registers.get(register).map(|register| &register.key) {
        Some(RegisterKey::Fields(fields)) => {
            let mut of_items = fields.iter().filter(|name| !with.contains_key(*name));
            of_items.find_map(|name| checker.sealed.told(at, name))
        }
        Some(RegisterKey::Subjects(_)) if !with.contains_key("who") => {
            at.iter().find_map(|of| checker.sealed.known_by(of))
        }
        Some(RegisterKey::Subjects(_)) | None => None,
    };
    found.extend(key.map(|field| ("the key".to_owned(), field, &action.place)));
    for (what, field, place) in found {
        let message = format!("`{field}` is sealed, and {what} of `{register}` would be made of it");
        let hint = format!("a register seals nothing: enter something else than `{field}`");
        checker.error("sealed-copied", place, message, &hint);
    }
}

/// Params of another case cannot be sealed; a field of what is put into one is, where that one says so.
fn opened(checker: &mut Checker<'_>, at: &[&ItemType], open: &OpenDefinition) {
    let child = &open.workflow;
    for (name, value) in &open.with {
        let Some(field) = checker.sealed.told(at, &value.source) else { continue };
        let message = format!("`{field}` is sealed, and `{name}` of `{child}` cannot be");
        let hint = format!("leave `{field}` out, or put it by `item:` into a field that is sealed there");
        checker.error("sealed-copied", &value.place, message, &hint);
    }
    let taken = children::beside(checker, child).and_then(Workflow::takes_items_in);
    let keeps = |name: &String| taken.is_some_and(|(_, _, of)| of.sealed.contains(name));
    for (name, value) in open.item.iter().flatten().filter(|(name, _)| !keeps(name)) {
        let Some(field) = checker.sealed.told(at, &value.source) else { continue };
        let message = format!("`{field}` is sealed, and `{name}` of `{child}` is not");
        let hint = format!("add `{name}` to `sealed:` there, or leave `{field}` out");
        checker.error("sealed-copied", &value.place, message, &hint);
    }
}

/// What is taken from the list of another case and is sealed there is sealed here.
fn listed(checker: &mut Checker<'_>, stage: &Stage) {
    let From::Case(name, list) = &stage.from else { return };
    let Some(other) = children::beside(checker, name) else { return };
    let made = other.list_stage(list).and_then(|at| other.stages.get(at));
    let (Some(made), Some(of)) = (made, checker.workflow.opens(stage)) else { return };
    let (there, members) = (other.sealed(), other.types_at(made, &[]));
    let open = of.fields.values().filter(|field| field.is.is_none() && !of.sealed.contains(&field.name));
    for field in open.filter(|field| members.iter().any(|member| there.has(&member.name, &field.name))) {
        let message = format!("`{}` of `{}` comes from `{list}` of `{name}`, where it is sealed", field.name, of.name);
        let hint = format!("add it to `sealed:` of `{}`, or leave the field out", of.name);
        checker.error("sealed-copied", &field.place, message, &hint);
    }
}

/// Something that is said to offices, and over which items.
struct Told<'w> {
    at: Vec<&'w ItemType>,
    source: Source<'w>,
    place: &'w Place,
    what: String,
}

enum Source<'w> {
    Text(&'w str),
    Value(&'w str),
}

/// Every text, and every value that is said to somebody without one: groups go by their names, limits by their days.
fn told(workflow: &Workflow) -> Vec<Told<'_>> {
    let mut found =
        vec![text(workflow.items.values().filter(|of| of.one).collect(), &workflow.case.title, "the title")];
    for rule in &workflow.rules {
        let pairs = if rule.of_case { Vec::new() } else { workflow.pairs(&rule.of) };
        let at: Vec<&ItemType> =
            workflow.items.values().filter(|of| pairs.iter().any(|pair| pair.kind == of.name)).collect();
        found.extend(rule.say.iter().map(|say| text(at.clone(), say, "`say`")));
        let groups = rule.per.iter().map(|name| value(&at, name, &rule.place, "the name of a group (`per`)"));
        found.extend(groups);
    }
    for stage in &workflow.stages {
        found.extend(at_stage(workflow, stage));
    }
    for clock in workflow.clocks.values() {
        let of = |name: &str| workflow.items.get(name).into_iter().collect::<Vec<_>>();
        let day = format!("the end of the clock `{}`", clock.name);
        let from = limit(Some(&clock.run)).into_iter().chain([clock.from.as_str()]);
        found.extend(from.map(|source| value(&of(&clock.of), source, &clock.place, &day)));
        for stop in &clock.stops {
            let days = stop.from.iter().chain(&stop.to);
            found.extend(days.map(|name| value(&of(&stop.of), name, &clock.place, &day)));
        }
        let paper = clock.extend.iter().filter_map(|extend| extend.document.as_ref());
        let dated = paper.filter_map(|paper| Some((paper, paper.date.as_ref()?)));
        found.extend(dated.map(|(paper, name)| value(&of(&clock.of), name, &paper.place, "the date of the paper")));
    }
    found
}

fn at_stage<'w>(workflow: &'w Workflow, stage: &'w Stage) -> Vec<Told<'w>> {
    let at = workflow.types_at(stage, &[]);
    let mut found = Vec::new();
    if let Each::Fields(fields) = &stage.each {
        found.extend(fields.iter().map(|name| value(&at, name, &stage.place, "the name of a group (`each`)")));
    }
    for quota in &stage.quota {
        found.extend(quota.per.iter().map(|name| value(&at, name, &quota.place, "the name of a group (`per`)")));
        for bound in quota.max.iter().chain(&quota.min) {
            let Bound::Expression(bound) = bound else { continue };
            found.push(value(&at, &bound.source, &bound.place, "the bound of the quota"));
        }
    }
    let limits = stage.outcomes.values().map(|outcome| (outcome.within.as_ref(), &outcome.place));
    for (within, place) in limits.chain([(stage.within.as_ref(), &stage.place)]) {
        found.extend(limit(within).map(|source| value(&at, source, place, "the limit counted from it")));
    }
    for paper in stage.all_documents() {
        found.extend(paper.date.iter().map(|name| value(&at, name, &paper.place, "the date of the paper")));
    }
    for action in stage.all_actions() {
        let at = workflow.types_at(stage, &action.of);
        found.extend(action.says().map(|say| text(at.clone(), say, "`say`")));
        if let Verb::Clock(turned) = &action.verb {
            let what = format!("the end of the clock `{}`", turned.clock);
            found.push(value(&at, &turned.date.source, &turned.date.place, &what));
        }
    }
    found
}

fn limit(limit: Option<&Limit>) -> Option<&str> {
    match limit? {
        Limit::Span(_) => None,
        Limit::From(_, field) => Some(field.as_str()).filter(|field| *field != SERVED),
        Limit::By(expression) => Some(&expression.source),
    }
}

fn text<'w>(at: Vec<&'w ItemType>, text: &'w Text, what: &str) -> Told<'w> {
    Told { at, source: Source::Text(&text.source), place: &text.place, what: what.to_owned() }
}

fn value<'w>(at: &[&'w ItemType], source: &'w str, place: &'w Place, what: &str) -> Told<'w> {
    Told { at: at.to_vec(), source: Source::Value(source), place, what: what.to_owned() }
}
