//! Rules (LANGUAGE §9).

use super::Checker;
use super::roles::BUILT_IN;
use crate::workflow::rule::{self, Scope};
use crate::workflow::{Kind, Register, Rule, Stage, Strength, Text, Workflow};
use indexmap::IndexMap;
use std::collections::BTreeSet;

/// Where each rule is judged: as written, else at the first stage where all it mentions is known, and at every decide after it.
pub(super) fn default_stages(workflow: &Workflow, registers: &IndexMap<String, Register>) -> Vec<Vec<String>> {
    workflow.rules.iter().map(|rule| stages_of(workflow, registers, rule)).collect()
}

fn stages_of(workflow: &Workflow, registers: &IndexMap<String, Register>, rule: &Rule) -> Vec<String> {
    if !rule.at.is_empty() {
        return rule.at.clone();
    }
    let scope = scope_of(workflow, registers, rule, None);
    let sources = std::iter::once(&rule.test).chain(&rule.when);
    let known = sources.filter_map(|e| rule::infer(&e.source, &scope).latest).max();
    if rule.of_case {
        let Some(known) = known else { return Vec::new() };
        let about_case = |s: &&Stage| s.of_case && !s.form.case.is_empty();
        return workflow.stages.iter().skip(known).find(about_case).map(|s| s.name.clone()).into_iter().collect();
    }
    let meets =
        |index: usize| workflow.stages.get(index).is_some_and(|s| scope.pairs.iter().any(|p| workflow.takes(s, p)));
    let indexes = 0..workflow.stages.len();
    let kind_is = |index: &usize, kind: Kind| workflow.stages.get(*index).is_some_and(|s| s.kind == kind);
    let mut first: Vec<usize> = match known {
        Some(stage) => indexes.clone().filter(|i| *i >= stage && meets(*i)).take(1).collect(),
        None => indexes.clone().filter(|i| meets(*i) && kind_is(i, Kind::Recommend)).collect(),
    };
    if first.is_empty() {
        first.extend(indexes.clone().find(|i| meets(*i)));
    }
    let from = first.first().copied().unwrap_or(0);
    let decides = indexes.filter(|i| *i >= from && meets(*i) && kind_is(i, Kind::Decide) && !first.contains(i));
    let all: Vec<usize> = first.iter().copied().chain(decides).collect();
    all.into_iter().filter_map(|i| workflow.stages.get(i)).map(|s| s.name.clone()).collect()
}

fn scope_of<'a>(
    workflow: &'a Workflow,
    registers: &'a IndexMap<String, Register>,
    rule: &'a Rule,
    at: Option<usize>,
) -> Scope<'a> {
    let group = (!rule.per.is_empty()).then_some(rule.per.as_slice());
    let pairs = if rule.of_case { Vec::new() } else { workflow.pairs(&rule.of) };
    Scope { at, own: at.is_some(), group, ..Scope::of_pairs(workflow, registers, pairs) }
}

pub(super) fn check(checker: &mut Checker<'_>) {
    for rule in &checker.workflow.rules {
        checker.of(&rule.of, &rule.place, "of-unknown");
        if !rule.of.is_empty() && checker.workflow.pairs(&rule.of).is_empty() {
            continue;
        }
        let Some(at) = stages(checker, rule) else { continue };
        if rule.of_case {
            about_case(checker, rule);
        }
        let scope = scope_of(checker.workflow, checker.around.registers, rule, at);
        checker.condition(rule.when.as_ref(), &scope);
        checker.condition(Some(&rule.test), &scope);
        say(checker, rule, &scope);
        for name in &rule.per {
            let plain = Scope { group: None, ..scope.clone() };
            checker.inferred(name, &rule.place, &plain);
        }
        if let Some(role) = rule.by.as_ref().filter(|_| rule.strength == Strength::Ask) {
            checker.role(role, &rule.place, &BUILT_IN);
        }
    }
}

/// A rule about the case stands where the case itself is asked: in the opening form and at stages `of: case`, where nobody
/// writes a reason beside a row.
fn about_case(checker: &mut Checker<'_>, rule: &Rule) {
    let asks_items =
        |name: &&String| checker.workflow.stage(name).is_some_and(|s| !s.of_case || s.form.case.is_empty());
    let (message, hint) = if !matches!(rule.strength, Strength::Require | Strength::Note) {
        (
            "of the case there is no row to give a reason beside, and no item to wait for an answer".to_owned(),
            "write `require` or `note`",
        )
    } else if !rule.per.is_empty() {
        ("`per` makes groups of items, and this rule is about the case".to_owned(), "leave out `per`")
    } else if let Some(stage) = rule.at.iter().find(asks_items) {
        (
            format!("`{stage}` does not ask about the case itself"),
            "name a stage `of: case` with a form, or leave out `at`",
        )
    } else {
        return;
    };
    checker.error("rule-of-case", &rule.place, message, hint);
}

/// The earliest stage it is judged at; None when a stage is unknown.
fn stages(checker: &mut Checker<'_>, rule: &Rule) -> Option<Option<usize>> {
    let mut first: Option<usize> = None;
    for name in &rule.at {
        let Some(index) = checker.workflow.stage_index(name) else {
            let message = format!("there is no stage `{name}`");
            checker.error("rule-unknown-name", &rule.place, message, "`at` names stages");
            return None;
        };
        first = Some(first.map_or(index, |f| f.min(index)));
    }
    Some(first)
}

fn say(checker: &mut Checker<'_>, rule: &Rule, scope: &Scope<'_>) {
    if let Some(say) = &rule.say {
        // it is said when the rule is broken
        let broken = matches!(rule.strength, Strength::Ask | Strength::Note);
        let mut there = rule::proven(&rule.test.source, broken);
        there.extend(rule.when.iter().flat_map(|when| rule::proven(&when.source, true)));
        text_where(checker, say, scope, &there);
    }
}

/// Everything that a text about an item mentions and calls means something, and is there.
pub(super) fn text(checker: &mut Checker<'_>, say: &Text, scope: &Scope<'_>) {
    text_where(checker, say, scope, &BTreeSet::new());
}

/// The same where some values are known to be there.
fn text_where(checker: &mut Checker<'_>, say: &Text, scope: &Scope<'_>, there: &BTreeSet<String>) {
    let mentions = match rule::text_names(&say.source) {
        Err(error) => return checker.error("bad-expression", &say.place, error.to_string(), ""),
        Ok(mentions) => mentions,
    };
    let calls = rule::unknown_calls(&say.source);
    for (_, problem) in &calls {
        let hint = problem.hint.clone().unwrap_or_default();
        checker.error(problem.kind, &say.place, problem.message.clone(), &hint);
    }
    let plain = Scope { group: None, ..scope.clone() };
    for mention in mentions.into_iter().filter(|m| !m.path.iter().any(|p| p == "*")) {
        let path = mention.path.join(".");
        if calls.iter().any(|(name, _)| *name == path) {
            continue;
        }
        let found = rule::infer_where(&path, &plain, there);
        checker.report(&say.place, &found, |kind| kind);
        // of a group, the column of what is there is said
        let lacking = found.typed.maybe && scope.group.is_none() && !mention.optional && !there.contains(&path);
        if found.problems.is_empty() && lacking {
            let message = format!("`{path}` may be empty here, and then nothing can be said");
            let hint =
                format!("write `{{% if {path} is defined %}}…{{% endif %}}`, or `{{{{ {path}|default('未填') }}}}`");
            checker.error("value-may-be-missing", &say.place, message, &hint);
        }
    }
}
