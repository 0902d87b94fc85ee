//! That nothing is kept for ever: by a quota that is full, or by conditions that nothing on the way changes.
//!
//! A proof is claimed only where it is one: what an expression reads of registers, side items, questions, the day and params
//! that may be changed counts as something that changes.

use super::Checker;
use super::flow::Route;
use crate::workflow::rule::{self, Pair};
use crate::workflow::{Go, Kind, Outcome, Over, Stage, Verb, Workflow};

pub(super) fn check(checker: &mut Checker<'_>) {
    for (index, stage) in checker.stages() {
        quotas(checker, index, stage);
        conditions(checker, index, stage);
    }
}

/// Whom a quota does not let go on somebody can end, or send where he ends.
fn quotas(checker: &mut Checker<'_>, index: usize, stage: &Stage) {
    if !matches!(stage.kind, Kind::Assess | Kind::Decide) {
        return;
    }
    let workflow = checker.workflow;
    for quota in stage.quota.iter().filter(|q| q.max.is_some() && q.over == Over::Refuse) {
        // a column of the decision takes him off the list
        if quota.of.iter().any(|list| stage.confirms.contains_key(list)) {
            continue;
        }
        let counts = |pair: &Pair| workflow.means(&quota.of, &pair.kind, pair.category.as_deref());
        let may = |outcome: &Outcome| outcome.go != Go::Next && may_fall(stage, outcome);
        let kept = |pair: &Pair| counts(pair) && !Route::new(workflow, pair.clone()).ends_by(index, &may, is_withdrawn);
        if workflow.pairs(&stage.of).iter().any(kept) {
            let message =
                format!("once the quota is full nobody can say what becomes of the others at `{}`", stage.name);
            let hint = "add an outcome that ends or returns and that a person chooses, or let more go on with a reason: `over: reason`";
            checker.error("quota-without-way-out", &quota.place, message, hint);
        }
    }
}

/// What is back at its intake its owner may withdraw.
fn is_withdrawn(stage: &Stage) -> bool {
    stage.kind == Kind::Recommend
}

/// Whether whoever answers the stage has a say in an outcome, or time brings it about.
fn may_fall(stage: &Stage, outcome: &Outcome) -> bool {
    let returns = matches!(outcome.go, Go::To(_) | Go::Back(..));
    let computed = stage.outcomes.values().any(|o| o.when.is_some()) && stage.minutes().is_none();
    let again = !(outcome.once && returns);
    let asked = || choosing(stage, outcome).any(|when| rule::mentioned(when).iter().any(|path| is_own(stage, path)));
    again && (!computed || stage.falls(&outcome.name) || asked())
}

/// The conditions that say whether an outcome is the first that holds.
fn choosing<'a>(stage: &'a Stage, outcome: &Outcome) -> impl Iterator<Item = &'a str> + use<'a> {
    let upto = stage.outcomes.get_index_of(&outcome.name).map_or(0, |at| at + 1);
    stage.outcomes.values().take(upto).filter_map(|o| o.when.as_ref()).map(|when| when.source.as_str())
}

/// Whether a path reads what the form of a stage asks, or what the stage counts.
fn is_own(stage: &Stage, path: &[String]) -> bool {
    match path {
        [first, second, ..] if *first == stage.name => stage.gives(second),
        [first, ..] => stage.gives(first),
        [] => false,
    }
}

/// An outcome that conditions choose, and that brings an item before the same conditions again, finds something changed.
fn conditions(checker: &mut Checker<'_>, index: usize, stage: &Stage) {
    let workflow = checker.workflow;
    let circling = stage.outcomes.values().filter(|o| !o.once && choosing(stage, o).next().is_some());
    for outcome in circling.filter(|_| !stage.of_case) {
        let target = match &outcome.go {
            Go::Stay => Some(index),
            Go::To(name) | Go::Back(Some(name), _) => workflow.stage_index(name).filter(|to| *to <= index),
            // what is mended may be otherwise
            Go::Back(None, _) | Go::Next | Go::End(_) => None,
        };
        let Some(target) = target else { continue };
        let straight = matches!(outcome.go, Go::Back(_, true));
        let comes_by = |at: &usize| !straight || *at == target || *at == index;
        let passed: Vec<&Stage> = (target..=index).filter(comes_by).filter_map(|at| workflow.stages.get(at)).collect();
        let lapses = passed.iter().any(|s| s.outcomes.keys().any(|name| s.falls(name)));
        let only = |other: &Outcome| other.name == outcome.name;
        let held = |pair: &Pair| {
            let never = choosing(stage, outcome)
                .all(|when| rule::mentioned(when).iter().all(|p| stays_so(workflow, &passed, pair, p)));
            never && !Route::new(workflow, pair.clone()).ends_by(index, &only, is_withdrawn)
        };
        if !lapses && workflow.pairs(&stage.of).iter().any(held) {
            let message = format!(
                "`{}` falls on an item again and again: nothing on the way changes what its condition reads",
                outcome.name
            );
            let hint =
                "let a person choose it, let the condition read what this stage's form asks, or add `once: true`";
            checker.error("condition-never-changes", &outcome.place, message, hint);
        }
    }
}

/// Whether what a path reads of an item can be trusted to be the same when it has passed these stages once more.
fn stays_so(workflow: &Workflow, passed: &[&Stage], pair: &Pair, path: &[String]) -> bool {
    let Some(first) = path.first() else { return false };
    let sets =
        |stage: &Stage| stage.all_actions().any(|a| matches!(&a.verb, Verb::Set(with) if with.contains_key(first)));
    if passed.iter().any(|stage| is_own(stage, path) || !stage.collects.is_empty() || sets(stage)) {
        return false;
    }
    if let Some(param) = workflow.case.params.get(first) {
        return param.fixed;
    }
    let of = workflow.items.get(&pair.kind);
    if of.is_some_and(|of| of.fields.contains_key(first)) {
        // its owner may ask for it wherever it is not decided on or filed
        let taken_in = workflow.stages.iter().any(|s| s.kind == Kind::Recommend && workflow.takes(s, pair));
        let asked_back = |s: &Stage| s.kind == Kind::Recommend || !matches!(s.kind, Kind::Decide | Kind::File);
        return !(taken_in && passed.iter().any(|s| asked_back(s)));
    }
    let earlier = |stage: &Stage| !passed.iter().any(|s| s.name == stage.name);
    let asked = match path.get(1) {
        Some(field) => workflow.stage(first).filter(|s| earlier(s) && s.gives(field)).is_some(),
        None => workflow.stages.iter().any(|s| s.gives(first)),
    };
    asked || matches!(first.as_str(), "category" | "owner" | "opener")
}
