//! The way of items of one type and category through the stages, as the kernel moves them.

use crate::workflow::rule::Pair;
use crate::workflow::{Kind, Stage, Workflow};

/// One way on from a stage: to a stage or out, and the stages passed by on it when their conditions do not hold.
pub(super) struct Leg {
    pub(super) to: Option<usize>,
    pub(super) passing: Vec<usize>,
}

/// Every pair of type and category; main ones first.
pub(super) fn pairs(workflow: &Workflow) -> Vec<Pair> {
    let mut found = workflow.pairs(&[]);
    let sides: Vec<String> = workflow.items.values().filter(|i| i.about.is_some()).map(|i| i.name.clone()).collect();
    if !sides.is_empty() {
        found.extend(workflow.pairs(&sides));
    }
    found
}

/// Whether a pair is of a side type.
pub(super) fn is_side(workflow: &Workflow, pair: &Pair) -> bool {
    workflow.items.get(&pair.kind).is_some_and(|i| i.about.is_some())
}

/// Whether items of this pair come to a stage. A stage about the case stands in the way of every main item, and a name that
/// is no type, category or subject may be a list of them.
pub(super) fn takes(workflow: &Workflow, stage: &Stage, pair: &Pair) -> bool {
    let listed = |word: &String| workflow.pairs(std::slice::from_ref(word)).is_empty();
    let main = !is_side(workflow, pair);
    (main && (stage.of_case || stage.of.iter().any(listed))) || workflow.takes(stage, pair)
}

/// Whether only side items pass a stage.
pub(super) fn is_aside(workflow: &Workflow, stage: &Stage) -> bool {
    let mut taken = pairs(workflow).into_iter().filter(|pair| takes(workflow, stage, pair)).peekable();
    taken.peek().is_some() && taken.all(|pair| is_side(workflow, &pair))
}

/// The ways on from the stage at `from`. Stages that only take items in are not passed again.
pub(super) fn onward(workflow: &Workflow, from: usize, pair: &Pair) -> Vec<Leg> {
    let mut legs = Vec::new();
    let mut passing = Vec::new();
    for (index, stage) in workflow.stages.iter().enumerate().skip(from + 1) {
        let takes_in = stage.kind == Kind::Recommend && !stage.of_case;
        if takes_in || stage.is_sent_to_alone() || !takes(workflow, stage, pair) {
            continue;
        }
        legs.push(Leg { to: Some(index), passing: passing.clone() });
        if stage.when.is_none() {
            return legs;
        }
        passing.push(index);
    }
    legs.push(Leg { to: None, passing });
    legs
}

/// Where items of a pair come into the case by themselves.
pub(super) fn entries(workflow: &Workflow, pair: &Pair) -> Vec<usize> {
    let taking = || workflow.stages.iter().enumerate().filter(|(_, s)| !s.of_case && takes(workflow, s, pair));
    let intakes: Vec<usize> = taking().filter(|(_, s)| s.kind == Kind::Recommend).map(|(index, _)| index).collect();
    if intakes.is_empty() && !is_side(workflow, pair) {
        return taking().map(|(index, _)| index).take(1).collect();
    }
    intakes
}

/// Where a side item begins: where it is handed in, else the first stage that handles its type.
pub(super) fn side_entry(workflow: &Workflow, kind: &str) -> Option<usize> {
    let named = |s: &&Stage| !s.of_case && s.of.iter().any(|o| o == kind);
    let intake = workflow.stages.iter().position(|s| named(&s) && s.kind == Kind::Recommend);
    intake.or_else(|| workflow.stages.iter().position(|s| named(&s)))
}
