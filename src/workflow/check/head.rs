//! The head of a workflow (LANGUAGE §3).

use super::Checker;
use crate::submission::Type;
use crate::submission::read::is_identity_number;
use crate::workflow::rule;
use crate::workflow::{Action, Bound, Field, Kind, Stage, Verb};
use std::collections::BTreeSet;

pub(super) fn check(checker: &mut Checker<'_>) {
    let workflow = checker.workflow;
    let head = &workflow.case;
    for key in &head.key {
        if !head.params.contains_key(key) {
            let message = format!("the key `{key}` is no param of the case");
            checker.error("case-key-unknown", &head.title.place, message, "declare it under `params:`");
        }
    }
    for role in head.opened_by.iter().chain(&head.owner) {
        checker.role(role, &head.title.place, &[]);
    }
    asks_nobody(checker);
    for role in &workflow.inside {
        checker.role(role, &workflow.place, &[]);
    }
    intake(checker);
    title(checker);
    params(checker);
    public_numbers(checker);
    if workflow.basis.is_empty() && commends(checker) {
        let message = "the workflow confers something, but names no basis".to_owned();
        checker.warn("basis-missing", &workflow.place, message, "add `basis: […]`, it is printed in notices");
    }
    if !workflow.stages.is_empty() && !workflow.stages.iter().any(|s| s.kind == Kind::File) {
        let message = "no stage files the case".to_owned();
        checker.warn("no-file", &workflow.place, message, "end with `- { file: 归档, by: ROLE }`");
    }
}

/// A case that opens by itself asks nobody: every param has a default, or may be left out.
fn asks_nobody(checker: &mut Checker<'_>) {
    let head = &checker.workflow.case;
    let bare = |p: &&Field| p.default.is_none() && !p.optional;
    for param in head.params.values().filter(bare).filter(|_| head.opened_every.is_some()) {
        let message = format!("a case that opens by itself asks nobody for `{}`", param.name);
        let hint = "give it a `default:`, for a date or a time of the schedule `today` or `period`";
        checker.error("param-without-default", &param.place, message, hint);
    }
}

/// Whether a decision confers something: a question or a case of its own confers nothing.
pub(super) fn commends(checker: &Checker<'_>) -> bool {
    let mut decisions = checker.workflow.stages.iter().filter(|s| s.kind == Kind::Decide);
    let confers = |action: &Action| match &action.verb {
        Verb::Enter(..) | Verb::Leave(..) | Verb::Set(_) => true,
        Verb::Ask(_) | Verb::Open(_) | Verb::Clock(_) | Verb::Tell(_) => false,
    };
    let brings = |s: &Stage| {
        let outcomes = s.outcomes.values().flat_map(|o| &o.actions);
        outcomes.chain(s.confirms.values().flat_map(|l| &l.actions)).any(confers)
    };
    decisions.any(brings)
}

fn intake(checker: &mut Checker<'_>) {
    let workflow = checker.workflow;
    let one = workflow.items.values().any(|i| i.one && i.about.is_none());
    let recommends = workflow.stages.iter().any(|s| s.kind == Kind::Recommend);
    if !one && !recommends && !workflow.stages.is_empty() {
        let message = "nothing brings items into the case".to_owned();
        let hint = "add a `recommend` stage, or say `one: true` of an item type";
        checker.error("no-intake", &workflow.place, message, hint);
    }
}

fn title(checker: &mut Checker<'_>) {
    let workflow = checker.workflow;
    let title = &workflow.case.title;
    match rule::text_names(&title.source) {
        Err(error) => checker.error("bad-expression", &title.place, error.to_string(), ""),
        Ok(mentions) => {
            let one = workflow.items.values().filter(|i| i.one).flat_map(|i| i.fields.keys());
            let known: Vec<&String> = workflow.case.params.keys().chain(one).collect();
            for mention in mentions {
                let name = &mention.path[0];
                if !known.contains(&name) && !["opener", "period", "year", "month", "today"].contains(&name.as_str()) {
                    let message = format!("`{name}` is no param of the case");
                    checker.error("rule-unknown-name", &title.place, message, "a case is named after its params");
                }
            }
        }
    }
}

fn params(checker: &mut Checker<'_>) {
    let workflow = checker.workflow;
    let used = used_names(checker);
    for param in workflow.case.params.values() {
        if !used.contains(&param.name) {
            let message = format!("nothing reads the param `{}`", param.name);
            let hint = "remove it, or use it in a rule, a quota, a text or a limit";
            checker.error("param-never-used", &param.place, message, hint);
        }
    }
}

/// What is meant to be public is a param a person writes a number in, or a number: never one that tells who a person is.
fn public_numbers(checker: &mut Checker<'_>) {
    let head = &checker.workflow.case;
    for number in &head.public_numbers {
        let fit = match head.params.get(&number.source).map(|param| &param.kind) {
            Some(Type::Text(_) | Type::Phone | Type::Email) => true,
            Some(Type::List(of, _)) => matches!(of.as_ref(), Type::Text(_) | Type::Phone | Type::Email),
            Some(_) => false,
            None => {
                number.source.contains(|c: char| c.is_ascii_digit() || c == '@') && !is_identity_number(&number.source)
            }
        };
        if !fit {
            let message = format!("`{}` is no number that may be public", number.source);
            let hint = "name a param of type phone, email or text, or write the telephone, mailbox or account itself";
            checker.error("public-number-unfit", &number.place, message, hint);
        }
    }
}

/// Every name mentioned by an expression, a text, a quota, a limit, a key or a template.
pub(super) fn used_names(checker: &Checker<'_>) -> BTreeSet<String> {
    let workflow = checker.workflow;
    let meant = workflow.case.public_numbers.iter().map(|number| &number.source);
    let mut used: BTreeSet<String> = workflow.case.key.iter().chain(meant).cloned().collect();
    let mut texts: Vec<&str> = vec![&workflow.case.title.source];
    texts.extend(workflow.rules.iter().filter_map(|rule| rule.say.as_ref()).map(|t| t.source.as_str()));
    for stage in &workflow.stages {
        used.extend(stage.quota.iter().flat_map(|q| q.max.iter().chain(&q.min)).filter_map(|b| match b {
            Bound::Param(name) => Some(name.clone()),
            Bound::Expression(_) | Bound::Number(_) | Bound::Table(_) => None,
        }));
        if let crate::workflow::From::Table(param) | crate::workflow::From::Every(_, Some(param)) = &stage.from {
            used.insert(param.clone());
        }
    }
    texts.extend(
        workflow.stages.iter().flat_map(|s| s.all_actions()).filter_map(Action::says).map(|t| t.source.as_str()),
    );
    used.extend(workflow.sources().into_iter().flat_map(rule::names));
    used.extend(workflow.tables.values().flat_map(|t| &t.checks).flat_map(|check| rule::names(&check.source)));
    used.extend(texts.into_iter().filter_map(|t| rule::text_names(t).ok()).flatten().map(|m| m.path[0].clone()));
    for template in super::templates_of(workflow) {
        let paths = (checker.around.templates)(&template).unwrap_or_default();
        used.extend(paths.into_iter().filter_map(|(path, _)| path.into_iter().next()));
    }
    used
}
