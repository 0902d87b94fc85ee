//! Whether items get anywhere: every stage is reached, every loop has an exit, nothing comes after filing.
//!
//! The walk is over stages, for each type and category by itself; conditions count as possible, so what is reported as
//! unreachable really is, and what has an exit has it if people answer.

use super::Checker;
use crate::workflow::rule::Pair;
use crate::workflow::{Each, Go, Kind, Late, Outcome, Stage, Workflow};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(checker: &mut Checker<'_>) {
    let workflow = checker.workflow;
    let mut reached: BTreeSet<usize> = BTreeSet::new();
    let mut stuck: BTreeSet<usize> = BTreeSet::new();
    for pair in every_pair(workflow) {
        let route = Route::new(workflow, pair);
        let seen = route.reached();
        stuck.extend(route.stuck());
        last(checker, &route, &seen);
        reached.extend(seen);
    }
    for (index, stage) in checker.stages() {
        let known = stage.of.iter().all(|o| !workflow.pairs(std::slice::from_ref(o)).is_empty());
        // filing runs without items too, and a step of the case is nowhere an outcome sends an item
        let by_itself = (stage.of_case || stage.kind == Kind::File) && !stage.is_sent_to_alone();
        if !by_itself && !reached.contains(&index) && known && !workflow.items.is_empty() && has_intake(workflow) {
            let message = format!("no item can ever come to `{}`", stage.name);
            let hint = "look at `of`, at where its items come in, and at the outcomes before it";
            checker.error("stage-unreachable", &stage.place, message, hint);
        }
    }
    if let Some(stage) = stuck.first().and_then(|i| workflow.stages.get(*i)) {
        let message = format!("an item at `{}` can go round for ever and never reach an end", stage.name);
        let hint = "add an outcome that goes on or ends, and that may be chosen more than once";
        checker.error("loop-without-exit", &stage.place, message, hint);
    }
    circles(checker);
    itself(checker);
}

/// A stage that takes items together with the side items about them, and waits for who is upstream though he is held, waits
/// for one that its own side item holds, while that waits for the others: it never opens.
fn itself(checker: &mut Checker<'_>) {
    let workflow = checker.workflow;
    let mut found: Vec<(&Stage, &String, &Stage)> = Vec::new();
    for (at, gate) in checker.stages().filter(|(_, s)| never_without(s)) {
        let collectors = workflow.stages.iter().take(at).filter(|s| !s.of_case);
        let held = |collector: &Stage, side: &String| {
            let about = workflow.items.get(side).and_then(|of| of.about.as_ref());
            let both = |pair: &Pair| Some(&pair.kind) == about && workflow.takes(gate, pair);
            let comes = |pair: Pair| workflow.takes(gate, &pair) && Route::new(workflow, pair).reached().contains(&at);
            workflow.pairs(&collector.of).iter().any(both)
                && workflow.pairs(std::slice::from_ref(side)).into_iter().any(comes)
        };
        let mut sides = collectors.flat_map(|s| s.collects.iter().map(move |side| (s, side)));
        found.extend(sides.find(|(s, side)| held(s, side)).map(|(collector, side)| (gate, side, collector)));
    }
    for (gate, side, collector) in found {
        let (gate_name, collector) = (&gate.name, &collector.name);
        let message = format!(
            "`{gate_name}` waits for who is held at `{collector}` by a `{side}`, and that waits at `{gate_name}` for him"
        );
        let hint = format!("see to `{side}` at a stage of its own before, or let who is held be left (`late: leave`)");
        checker.error("side-item-at-its-gate", &gate.place, message, &hint);
    }
}

/// Whether a stage takes no item before all have come, whatever holds them, however long it takes.
fn never_without(stage: &Stage) -> bool {
    let gate = stage.each == Each::Case && !stage.of_case && stage.kind != Kind::Recommend;
    // who has a condition before it may pass it by
    stage.when.is_none() && (stage.goes_together() || gate && stage.late == Late::Wait)
}

/// A step of the case waits for all that stand before it. Where they stand together, waiting for one that a side item holds, and
/// that side item is seen to only behind the step, each waits for the other.
fn circles(checker: &mut Checker<'_>) {
    let workflow = checker.workflow;
    let barriers = || checker.stages().filter(|(_, s)| s.of_case);
    let mut found = Vec::new();
    for (from, collector) in checker.stages() {
        for (at, barrier) in barriers().filter(|(at, _)| *at > from) {
            let side = collector.collects.iter().find(|side| {
                let seen_to = workflow.stages.iter().skip(at).find(|s| !s.of_case && s.of.contains(side));
                seen_to.is_some() && workflow.items.get(*side).is_some_and(|of| !of.is_about_case())
            });
            let both = |s: &Stage| workflow.pairs(&collector.of).iter().any(|pair| workflow.takes(s, pair));
            let between = workflow.stages.iter().take(at).skip(from);
            let gate = between.into_iter().find(|s| waits_for_the_held(s) && both(s));
            if let Some((side, gate)) = side.zip(gate) {
                let (case, gate) = (&barrier.name, &gate.name);
                let message = format!(
                    "`{case}` waits for who stands at `{gate}`, they for who is held by a `{side}`, that for `{case}`"
                );
                found.push((barrier, message));
            }
        }
    }
    for (barrier, message) in found {
        let hint = "put it behind the stages of the side item, or let the held ones be left (`late: leave`)";
        checker.error("side-item-behind-barrier", &barrier.place, message, hint);
    }
}

/// Whether a stage that takes its items together waits for one of them that is held.
fn waits_for_the_held(stage: &Stage) -> bool {
    let gate = stage.each != Each::Item && !stage.of_case && stage.kind != Kind::Recommend;
    stage.goes_together() || gate && stage.late != Late::Leave
}

fn every_pair(workflow: &Workflow) -> Vec<Pair> {
    let types: Vec<String> = workflow.items.keys().cloned().collect();
    if types.is_empty() { Vec::new() } else { workflow.pairs(&types) }
}

/// Without any way in, `no-intake` has said all there is to say.
fn has_intake(workflow: &Workflow) -> bool {
    workflow.stages.iter().any(|s| s.kind == Kind::Recommend) || workflow.items.values().any(|i| i.one)
}

/// Where an item stands, and what it has chosen that may be chosen only once: a stage, and which of its outcomes.
type Stand = (usize, BTreeSet<(usize, usize)>);
/// Of so many it is told apart what has been chosen; beyond, once more is not excluded.
const STANDS_MAX: usize = 4096;

pub(super) struct Route<'a> {
    workflow: &'a Workflow,
    pair: Pair,
    stages: Vec<usize>,
}

impl<'a> Route<'a> {
    pub(super) fn new(workflow: &'a Workflow, pair: Pair) -> Route<'a> {
        let all = workflow.stages.iter().enumerate();
        let stages = all.filter(|(_, s)| workflow.takes(s, &pair)).map(|(i, _)| i).collect();
        Route { workflow, pair, stages }
    }

    fn stage(&self, index: usize) -> Option<&'a Stage> {
        self.workflow.stages.get(index)
    }

    /// Where items of this pair come in.
    fn starts(&self) -> Vec<usize> {
        let Some(item) = self.workflow.items.get(&self.pair.kind) else { return Vec::new() };
        let named = |index: &&usize| self.stage(**index).is_some_and(|s| s.kind == Kind::Recommend);
        let mut starts: Vec<usize> = self.stages.iter().filter(named).copied().collect();
        if item.one && starts.is_empty() {
            starts.extend(self.stages.iter().find(|i| self.goes_on_to(**i)));
        }
        if item.about.is_some() {
            let collecting = self.workflow.stages.iter().enumerate().filter(|(_, s)| s.collects.contains(&item.name));
            for (at, _) in collecting {
                starts.extend(self.next(at));
            }
        }
        starts
    }

    fn next(&self, at: usize) -> Option<usize> {
        self.stages.iter().copied().find(|i| *i > at && self.goes_on_to(*i))
    }

    fn goes_on_to(&self, index: usize) -> bool {
        self.stage(index).is_some_and(|stage| !stage.is_sent_to_alone())
    }

    /// The stages an item may come to from here; None among them is an end.
    fn after(&self, at: usize) -> Vec<Option<usize>> {
        let Some(stage) = self.stage(at) else { return Vec::new() };
        let passed = (stage.when.is_some() && !stage.is_sent_to_alone()).then(|| self.next(at));
        passed.into_iter().chain(self.by_outcomes(at, &|_| true)).collect()
    }

    /// Where the outcomes that are meant may bring an item from here.
    fn by_outcomes(&self, at: usize, meant: &dyn Fn(&Outcome) -> bool) -> Vec<Option<usize>> {
        let Some(stage) = self.stage(at) else { return Vec::new() };
        let meant = || stage.outcomes.values().filter(|outcome| meant(outcome));
        let outcomes = meant().map(|outcome| match &outcome.go {
            Go::Next => self.next(at),
            Go::End(_) => None,
            Go::Stay => Some(at),
            Go::To(name) | Go::Back(Some(name), _) => self.workflow.stage_index(name).or(Some(at)),
            Go::Back(None, _) => self.stages.first().copied(),
        });
        let lapses = meant().filter(|o| o.overdue.is_some()).map(|_| None);
        // an item a side item is about may be taken away from any stage; that is no way out to rely on
        outcomes.chain(lapses).collect()
    }

    fn reached(&self) -> BTreeSet<usize> {
        let mut open = self.starts();
        let mut seen = BTreeSet::new();
        while let Some(at) = open.pop() {
            if seen.insert(at) {
                open.extend(self.after(at).into_iter().flatten());
            }
        }
        seen
    }

    /// The stages from which no end can be reached once what may be chosen only once has been chosen on the way.
    fn stuck(&self) -> BTreeSet<usize> {
        let mut open: Vec<Stand> = self.starts().into_iter().map(|at| (at, BTreeSet::new())).collect();
        let mut behind: BTreeMap<Stand, Vec<Stand>> = BTreeMap::new();
        let (mut seen, mut ended): (BTreeSet<Stand>, Vec<Stand>) = (BTreeSet::new(), Vec::new());
        while let Some(stand) = open.pop() {
            if !seen.insert(stand.clone()) {
                continue;
            }
            let counted = seen.len() < STANDS_MAX;
            for next in self.steps(&stand, counted) {
                match next {
                    None => ended.push(stand.clone()),
                    Some(next) => {
                        behind.entry(next.clone()).or_default().push(stand.clone());
                        open.push(next);
                    }
                }
            }
        }
        while let Some(stand) = ended.pop() {
            if seen.remove(&stand) {
                ended.extend(behind.remove(&stand).unwrap_or_default());
            }
        }
        seen.into_iter().map(|(at, _)| at).collect()
    }

    /// Where an item may stand next; None among them is an end. What it has chosen is counted as long as there is room for it.
    fn steps(&self, (at, chosen): &Stand, counted: bool) -> Vec<Option<Stand>> {
        let Some(stage) = self.stage(*at) else { return Vec::new() };
        let passed = (stage.when.is_some() && !stage.is_sent_to_alone()).then(|| self.next(*at));
        let mut found: Vec<Option<Stand>> = passed.map(|to| to.map(|to| (to, chosen.clone()))).into_iter().collect();
        for (place, outcome) in stage.outcomes.values().enumerate() {
            let mut then = chosen.clone();
            if outcome.once && counted && !then.insert((*at, place)) {
                continue;
            }
            let leads = self.by_outcomes(*at, &|other| other.name == outcome.name);
            found.extend(leads.into_iter().map(|to| to.map(|to| (to, then.clone()))));
        }
        found
    }

    /// The stages an item may be at on its way from one stage to another, the first with them; it does not come to either twice.
    pub(super) fn between(&self, from: usize, target: usize) -> BTreeSet<usize> {
        let onward = |open: Vec<usize>| {
            let (mut open, mut seen) = (open, BTreeSet::new());
            while let Some(at) = open.pop() {
                if at != from && seen.insert(at) && at != target {
                    open.extend(self.after(at).into_iter().flatten());
                }
            }
            seen
        };
        let after = |at: usize| onward(self.after(at).into_iter().flatten().collect());
        let behind = after(from).into_iter().filter(|at| *at != target && after(*at).contains(&target));
        std::iter::once(from).chain(behind).collect()
    }

    /// Whether an item may come to a stage without having been at one of those that are meant.
    pub(super) fn comes_without(&self, target: usize, meant: &dyn Fn(usize) -> bool) -> bool {
        let (mut open, mut seen) = (self.starts(), BTreeSet::new());
        while let Some(at) = open.pop() {
            if at == target {
                return true;
            }
            if seen.insert(at) && !meant(at) {
                open.extend(self.after(at).into_iter().flatten());
            }
        }
        false
    }

    /// The same where a stage has only the outcomes that are meant, and whoever comes to a stage that is an exit can leave.
    pub(super) fn ends_by(&self, from: usize, meant: &dyn Fn(&Outcome) -> bool, exit: impl Fn(&Stage) -> bool) -> bool {
        let after = self.by_outcomes(from, meant);
        after.contains(&None) || self.ends_from(after.into_iter().flatten().collect(), BTreeSet::from([from]), exit)
    }

    fn ends_from(&self, mut open: Vec<usize>, mut seen: BTreeSet<usize>, exit: impl Fn(&Stage) -> bool) -> bool {
        while let Some(at) = open.pop() {
            if !seen.insert(at) {
                continue;
            }
            if self.stage(at).is_some_and(&exit) {
                return true;
            }
            for next in self.after(at) {
                match next {
                    None => return true,
                    Some(next) => open.push(next),
                }
            }
        }
        false
    }
}

fn last(checker: &mut Checker<'_>, route: &Route<'_>, seen: &BTreeSet<usize>) {
    let mut files = seen.iter().filter_map(|i| route.stage(*i).map(|s| (*i, s))).filter(|(_, s)| s.kind == Kind::File);
    let Some((at, file)) = files.next() else { return };
    if let Some(later) = route.next(at).and_then(|i| route.stage(i)) {
        let message = format!("`{}` comes after `{}`, which ends the item", later.name, file.name);
        checker.error("file-not-last", &file.place, message, "put the `file` stage last");
    }
}
