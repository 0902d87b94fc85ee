//! Whether what a notice asks is the same until another is made.

use super::super::Around;
use super::super::flow::Route;
use super::condition;
use crate::workflow::rule::{self, Pair};
use crate::workflow::{Stage, Strength, Verb, Workflow};

/// What the language tells that moves by itself: with the day, or with where an item stands.
const MOVING: [&str; 8] = ["today", "stage", "outcome", "code", "code_date", "reason", "round", "count"];

/// How the answer to the condition of a notice may be another when an item comes to a later stage; none where it stays. `pair`
/// is none of the case itself.
pub(super) fn changed(
    (workflow, around): (&Workflow, &Around<'_>),
    (at, notice): (usize, &Stage),
    target: usize,
    pair: Option<&Pair>,
) -> Option<String> {
    let read = rule::mentioned(&condition(notice)?.source);
    let between: Vec<&Stage> = match pair.filter(|_| !notice.of_case) {
        Some(pair) => {
            let way = Route::new(workflow, pair.clone()).between(at, target);
            way.into_iter().filter_map(|at| workflow.stages.get(at)).collect()
        }
        None => workflow.stages.iter().take(target).skip(at).collect(),
    };
    read.iter().find_map(|path| {
        let first = path.first()?;
        if let Some(stage) = between.iter().find(|stage| writes(workflow, stage, path)) {
            return Some(format!("`{}` may change `{}` behind it", stage.name, path.join(".")));
        }
        moves(around, workflow, first, pair).then(|| format!("`{first}` may be another behind it"))
    })
}

/// Whether a stage writes what is read: sets it, asks it on its form, makes or confirms the list, asks the question.
fn writes(workflow: &Workflow, stage: &Stage, path: &[String]) -> bool {
    let (Some(first), Some(last)) = (path.first(), path.last()) else { return false };
    let sets = |verb: &Verb| matches!(verb, Verb::Set(facts) if facts.contains_key(first));
    let own = if path.len() > 1 { *first == stage.name && stage.gives(last) } else { stage.gives(first) };
    let lists = stage.lists.contains_key(first) || stage.confirms.contains_key(first);
    let asks = || {
        let mut rules = workflow.rules.iter().filter(|rule| rule.strength == Strength::Ask && rule.name == *first);
        rules.any(|rule| rule.at.contains(&stage.name))
    };
    stage.all_actions().any(|action| sets(&action.verb)) || own || lists || stage.collects.contains(first) || asks()
}

/// Whether a value is not of the item and its way at all: a day, a register, a param that the opener may change.
fn moves(around: &Around<'_>, workflow: &Workflow, name: &String, pair: Option<&Pair>) -> bool {
    let field = |pair: &Pair| workflow.items.get(&pair.kind).is_some_and(|of| of.fields.contains_key(name));
    if pair.is_some_and(field) {
        return false;
    }
    match workflow.case.params.get(name) {
        Some(param) => !param.fixed && !workflow.case.key.contains(name),
        None => MOVING.contains(&name.as_str()) || around.registers.contains_key(name),
    }
}
