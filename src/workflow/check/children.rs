//! Cases opened from cases, items put into them, items taken from their lists (LANGUAGE §3 `opened.from`, §8 `from`, §12
//! `open`): the other definition takes what it is given, and does not open this one again by itself. One that is not there
//! (yet) is a warning only, and a question to the opener should it be wanted meanwhile (`engine/children.rs`).

use super::Checker;
use crate::diag::Place;
use crate::workflow::rule::{self, Scope};
use crate::workflow::{Action, Expression, Field, Go, Kind, OpenDefinition, Stage, Subject, Verb, Workflow};
use indexmap::IndexMap;

pub(super) fn check(checker: &mut Checker<'_>) {
    opened_from(checker);
    filed_with_parent(checker);
    waits_after_end(checker);
    cycle(checker);
}

/// A definition beside this one, or this one itself.
pub(super) fn beside<'a>(checker: &Checker<'a>, name: &str) -> Option<&'a Workflow> {
    let all = checker.around.beside?;
    if name == checker.workflow.name { Some(checker.workflow) } else { all.iter().find(|w| w.name == name) }
}

/// `did you mean`, or what else helps.
fn nearest(checker: &Checker<'_>, name: &str, otherwise: &str) -> String {
    let known: Vec<&str> = checker.around.beside.unwrap_or_default().iter().map(|w| w.name.as_str()).collect();
    crate::workflow::parse::meant(name, &known, otherwise)
}

fn opened_from(checker: &mut Checker<'_>) {
    let head = &checker.workflow.case;
    if checker.around.beside.is_none() {
        return;
    }
    for name in head.opened_from.iter().filter(|name| beside(checker, name).is_none()).collect::<Vec<_>>() {
        let hint =
            nearest(checker, name, "add its file when it is to open cases of this one, or take it out of `from:`");
        let message = format!("there is no workflow `{name}` here, so nothing is opened from it");
        checker.warn("opened-from-unknown-workflow", &head.title.place, message, &hint);
    }
}

/// The package of a parent is of use only to a case that has one.
fn filed_with_parent(checker: &mut Checker<'_>) {
    let orphan = checker.workflow.case.opened_from.is_empty();
    for (_, stage) in checker.stages().filter(|(_, stage)| stage.with_parent && orphan) {
        let message = format!("`{}` is filed with its parent, and no workflow opens it", stage.name);
        let hint = "say who opens it: `opened: { from: [WORKFLOW] }`, or leave `with: parent` out";
        checker.error("parent-never", &stage.place, message, hint);
    }
}

fn waiting(action: &Action) -> bool {
    matches!(&action.verb, Verb::Open(open) if open.wait)
}

/// An item that is gone waits for nothing.
fn waits_after_end(checker: &mut Checker<'_>) {
    for (_, stage) in checker.stages() {
        for outcome in stage.outcomes.values().filter(|o| matches!(o.go, Go::End(_))) {
            for action in outcome.actions.iter().filter(|action| waiting(action)) {
                let message = format!("`{}` ends the item, which then waits for nothing", outcome.name);
                let hint = "leave `wait` out, or let the item go on: `next: true`";
                checker.error("wait-after-end", &action.place, message, hint);
            }
        }
    }
}

/// One `open`: its values, and what is asked for them there.
pub(super) fn opening(checker: &mut Checker<'_>, open: &OpenDefinition, action: &Action, scope: &Scope<'_>) {
    let typed = |checker: &mut Checker<'_>, with: &IndexMap<String, Expression>| {
        let inferred = with.iter().map(|(name, value)| {
            let found = checker.inferred(&value.source, &value.place, scope);
            (name.clone(), found, value.place.clone())
        });
        inferred.collect::<Vec<_>>()
    };
    let params = typed(checker, &open.with);
    let fields = open.item.as_ref().map(|item| typed(checker, item));
    if checker.around.beside.is_none() {
        return;
    }
    let place = &action.place;
    let Some(child) = beside(checker, &open.workflow) else {
        // Files come one after the other, and two may name each other: whichever comes first cannot wait for the other.
        let hint = nearest(checker, &open.workflow, "add its file before it is to be opened, or leave `open:` out");
        let message =
            format!("there is no workflow `{}` here: until there is, the opener is asked instead", open.workflow);
        return checker.warn("child-unknown", place, message, &hint);
    };
    if !child.case.opened_from.contains(&checker.workflow.name) {
        let message = format!("`{}` does not say that it is opened from here", child.name);
        let hint = format!("add `from: [{}]` to its `opened:`", checker.workflow.name);
        checker.error("child-not-opened-from", place, message, &hint);
    }
    given(checker, child, place, child.case.params.values(), &params);
    if let Some(fields) = fields {
        item(checker, child, place, &fields);
    }
    let filed = child.stages.iter().any(|s| s.with_parent) && open.item.is_none();
    if filed && child.retention > checker.workflow.retention {
        let (theirs, ours) = (child.retention.title(), checker.workflow.retention.title());
        let message =
            format!("what `{}` leaves is kept {theirs}, but lies in a package that is kept {ours}", child.name);
        checker.warn("child-kept-longer", place, message, "give this workflow the longer `retention:`");
    }
    let shared = open.item.is_some() || child.case.opened_every.is_some();
    if open.wait && shared {
        let message =
            format!("a case of `{}` is not there for this item alone, so its end says nothing of it", child.name);
        let hint = "leave `wait` out, or open a case that no schedule opens";
        checker.error("wait-on-scheduled-child", place, message, hint);
    }
}

type Given = (String, rule::Inferred, Place);

/// Everything that is asked for is given, and is of its type; nothing else is given.
fn given<'f>(
    checker: &mut Checker<'_>,
    child: &Workflow,
    place: &Place,
    asked: impl Iterator<Item = &'f Field>,
    given: &[Given],
) {
    let asked: Vec<&Field> = asked.collect();
    for field in &asked {
        let needed = !field.optional && field.default.is_none() && field.is.is_none();
        match given.iter().find(|(name, ..)| *name == field.name) {
            None if needed => {
                let message = format!("`{}` needs `{}`", child.name, field.name);
                checker.error("child-param-missing", place, message, "give it a value, or a `default:` there");
            }
            Some((name, found, place)) if needed && found.problems.is_empty() && found.typed.maybe => {
                let message = format!("`{}` needs `{name}`, and this may be empty", child.name);
                checker.error("child-param-missing", place, message, "make the field one that must be filled");
            }
            Some((name, found, place)) if found.problems.is_empty() => {
                let wanted = rule::Kind::of(&field.kind);
                if !found.typed.kind.alike(&wanted) {
                    let message = format!(
                        "`{name}` of `{}` is {}, this is {}",
                        child.name,
                        wanted.word(),
                        found.typed.kind.word()
                    );
                    checker.error("rule-wrong-type", place, message, "");
                }
            }
            Some(_) | None => {}
        }
    }
    for (name, _, place) in given.iter().filter(|(name, ..)| !asked.iter().any(|f| f.name == *name && f.is.is_none())) {
        let known: Vec<&str> = asked.iter().map(|f| f.name.as_str()).collect();
        let hint = crate::workflow::parse::meant(name, &known, &format!("known there: {}", known.join(", ")));
        let message = format!("`{}` asks for no `{name}`", child.name);
        checker.error("child-param-unknown", place, message, &hint);
    }
}

/// What is put into a case is something its first intake takes.
fn item(checker: &mut Checker<'_>, child: &Workflow, place: &Place, fields: &[Given]) {
    let Some((_, stage, of)) = child.takes_items_in() else {
        let message = format!("no stage of `{}` takes items in that others put there", child.name);
        let hint = "it needs a `recommend` without `from:`, for a type of which a case holds many";
        return checker.error("child-takes-no-item", place, message, hint);
    };
    let categories = child.categories_of(stage, of);
    let chosen = fields.iter().any(|(name, ..)| name == "category");
    if chosen == categories.is_empty() {
        let message = match chosen {
            true => format!("`{}` of `{}` has no categories", of.name, child.name),
            false => format!("`{}` of `{}` is one of {}", of.name, child.name, categories.join(", ")),
        };
        let kind = if chosen { "child-param-unknown" } else { "child-param-missing" };
        checker.error(kind, place, message, "say it by `category:` where there are several");
    }
    let rest: Vec<Given> = fields.iter().filter(|(name, ..)| name != "category").cloned().collect();
    let of_all = of.fields.values().filter(|f| f.of.is_empty() || rest.iter().any(|(name, ..)| *name == f.name));
    given(checker, child, place, of_all, &rest);
}

/// The list of another case a stage takes its items from, and whether they are what it opens.
pub(super) fn list(checker: &mut Checker<'_>, stage: &Stage, name: &str, list: &str) {
    if checker.around.beside.is_none() {
        return;
    }
    let Some(other) = beside(checker, name) else {
        let hint = nearest(checker, name, "add its file");
        let message = format!("there is no workflow `{name}` to take items from");
        return checker.error("from-unknown", &stage.place, message, &hint);
    };
    let Some(made) = other.list_stage(list).and_then(|at| other.stages.get(at)) else {
        let lists: Vec<&str> = other.stages.iter().flat_map(|s| s.lists.keys()).map(String::as_str).collect();
        let message = format!("`{name}` makes no list `{list}`");
        let hint = if lists.is_empty() { "it makes none".to_owned() } else { format!("it makes {}", lists.join(", ")) };
        return checker.error("from-unknown", &stage.place, message, &hint);
    };
    let workflow = checker.workflow;
    let office = |of: &Workflow, words: &[String]| {
        of.pairs(words).iter().all(|p| of.subject(&p.kind, p.category.as_deref()) == Some(Subject::Office))
    };
    if office(workflow, &stage.of) && !office(other, &made.of) {
        let message = format!("the items of `{}` are offices, those of `{list}` are not", stage.name);
        checker.error("from-unknown", &stage.place, message, "give the type another subject");
    }
}

/// Whether every member of the list has a field of this name: of its own, or filled where the list is made or before.
pub(super) fn list_gives(checker: &Checker<'_>, name: &str, list: &str, field: &Field) -> bool {
    let Some(other) = beside(checker, name) else { return true };
    let Some(made) = other.list_stage(list) else { return true };
    let Some(stage) = other.stages.get(made) else { return true };
    let sure = |f: &Field| !f.optional || f.default.is_some();
    let own = other.pairs(&stage.of).iter().all(|pair| {
        let of = other.items.get(&pair.kind);
        let known = of.and_then(|of| of.fields.get(&field.name));
        known.is_some_and(|f| sure(f) && other.means(&f.of, &pair.kind, pair.category.as_deref()))
    });
    let filled = |s: &Stage| s.when.is_none() && s.form.item.get(&field.name).is_some_and(sure);
    own || other.stages.iter().take(made + 1).any(filled) || stage.facts().iter().any(|fact| fact.name == field.name)
}

/// The workflows of which a case is opened as soon as one of this is, without anybody doing anything: what stands at the
/// stages an item passes by itself, without a condition.
fn opens_by_itself(workflow: &Workflow) -> Vec<(&str, &Place)> {
    let mut found = Vec::new();
    // A side item is always raised by somebody.
    for pair in workflow.pairs(&[]) {
        let route = workflow.stages.iter().filter(|s| s.of_case || workflow.takes(s, &pair));
        let of_itself = |s: &&Stage| match s.kind {
            Kind::Recommend => s.from.opens_itself(),
            Kind::Publicise => true,
            Kind::Assess | Kind::Review | Kind::Decide | Kind::File => false,
        };
        for stage in route.take_while(of_itself).filter(|s| s.when.is_none()) {
            let always = stage.all_actions().filter(|a| a.when.is_none());
            found.extend(always.filter_map(|a| match &a.verb {
                Verb::Open(open) => Some((open.workflow.as_str(), &a.place)),
                Verb::Enter(..) | Verb::Leave(..) | Verb::Set(_) | Verb::Ask(_) | Verb::Clock(_) | Verb::Tell(_) => {
                    None
                }
            }));
        }
    }
    found
}

/// A case that opens another by itself must not come back to itself: it would open cases without end.
fn cycle(checker: &mut Checker<'_>) {
    let own = checker.workflow.name.as_str();
    for (first, place) in opens_by_itself(checker.workflow) {
        let (mut open, mut seen) = (vec![first], Vec::new());
        while let Some(name) = open.pop() {
            if seen.contains(&name) {
                continue;
            }
            seen.push(name);
            if let Some(next) = beside(checker, name).filter(|_| name != own) {
                open.extend(opens_by_itself(next).into_iter().map(|(name, _)| name));
            }
        }
        if seen.contains(&own) {
            let message =
                format!("`{first}` is opened at once, and that comes back to `{own}` without anybody doing anything");
            let hint = "open it where somebody answers, or only `when:` something is true";
            checker.error("opening-cycle", place, message, hint);
        }
    }
}
