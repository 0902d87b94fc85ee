//! Outcomes (LANGUAGE §7).

use super::Checker;
use crate::workflow::rule::{self, Pair, Scope};
use crate::workflow::{Action, ClockAction, Go, Kind, Limit, Outcome, RegisterKey, Stage, Verb};
use std::collections::BTreeMap;

pub(super) fn check(checker: &mut Checker<'_>) {
    for (index, stage) in checker.stages() {
        conditions(checker, index, stage);
        for outcome in stage.outcomes.values() {
            target(checker, index, stage, outcome);
            merges(checker, stage, outcome);
            at_intake(checker, stage, outcome);
            super::about::check(checker, stage, outcome);
            let scope = checker.scope_at(index, true);
            checker.limit(outcome.within.as_ref(), &scope, &outcome.place);
            actions(checker, &outcome.actions, &scope);
        }
        let scope = checker.scope_at(index, true);
        actions(checker, &stage.actions, &scope);
        for list in stage.confirms.values() {
            actions(checker, &list.actions, &scope);
        }
    }
    labels(checker);
}

/// What comes in has one outcome, and nobody chooses it: what is done then belongs to the stage.
fn at_intake(checker: &mut Checker<'_>, stage: &Stage, outcome: &Outcome) {
    if stage.kind == Kind::Recommend && !outcome.actions.is_empty() {
        let message = format!("what `{}` is to do is never done: nobody chooses an outcome at an intake", outcome.name);
        let hint =
            "write `do:` at the stage: it is done once, when an item comes in, and not when it comes back mended";
        checker.error("do-at-intake", &outcome.place, message, hint);
    }
}

fn conditions(checker: &mut Checker<'_>, index: usize, stage: &Stage) {
    let offered: Vec<&Outcome> = stage.offered().collect();
    if let Some(silent) = stage.outcomes.values().next().filter(|_| offered.is_empty()) {
        let message =
            format!("`{}` falls in silence, and nobody can choose anything else at `{}`", silent.name, stage.name);
        let hint = "give the stage an outcome that a person chooses, besides the one its silence brings about";
        checker.error("silent-outcome-alone", &silent.place, message, hint);
    }
    let scope = checker.scope_at(index, true);
    for outcome in stage.outcomes.values() {
        let Some(when) = &outcome.when else { continue };
        let found = rule::condition(&when.source, &scope);
        checker.report(&when.place, &found, |kind| match kind {
            "rule-always-false" | "rule-always-true" => "outcome-never",
            other => other,
        });
    }
    let with = offered.iter().filter(|o| o.when.is_some()).count();
    let Some(last) = offered.last().filter(|_| with > 0) else { return };
    if last.when.is_some() {
        let message = format!("nothing happens at `{}` when no condition is true", stage.name);
        let hint = "leave the condition out of the last outcome: it is the else";
        checker.error("else-missing", &last.place, message, hint);
    } else if last.once {
        let message =
            format!("nothing happens at `{}` when no condition is true and `{}` has been", stage.name, last.name);
        checker.error("else-missing", &last.place, message, "leave `once` out of the last outcome: it is the else");
    } else if with + 1 < offered.len() {
        let message = format!("some outcomes of `{}` have conditions, some have not", stage.name);
        checker.error("outcome-when-mixed", &stage.place, message, "either none has `when`, or all but the last");
    }
}

fn target(checker: &mut Checker<'_>, index: usize, stage: &Stage, outcome: &Outcome) {
    let (name, back) = match &outcome.go {
        Go::To(name) => (name, None),
        Go::Back(Some(name), straight) => (name, Some(*straight)),
        Go::Back(None, _) => return taken_in(checker, stage, outcome),
        Go::Next | Go::End(_) | Go::Stay => return,
    };
    let Some((at, target)) = stage_named(checker, outcome, name) else { return };
    excluded(checker, stage, outcome, at);
    let Some(straight) = back else {
        if at == index {
            let message = format!("`{}` goes to the stage it leaves", outcome.name);
            checker.error("to-itself", &outcome.place, message, "hold it with `stay: true`");
        }
        intake(checker, outcome, target);
        return;
    };
    if at >= index {
        let message = format!("`{name}` does not come before `{}`", stage.name);
        return checker.error("back-not-earlier", &outcome.place, message, "use `to:` for a stage that is not earlier");
    }
    let between = checker.workflow.stages[at..index].iter();
    let passed = between.filter(|s| s.of.iter().any(|o| shares(checker, stage, o))).collect();
    mended(checker, outcome, passed, straight);
}

/// A stage that takes items in asks again of one that is sent back there, and of no other.
pub(super) fn intake(checker: &mut Checker<'_>, outcome: &Outcome, target: &Stage) {
    if target.kind == Kind::Recommend {
        let message =
            format!("`{}` goes to `{}`, which asks nobody of what it has taken in", outcome.name, target.name);
        let hint = format!("send it back to be mended: `back: {}`", target.name);
        checker.error("to-intake", &outcome.place, message, &hint);
    }
}

/// The stage an outcome names, with its place in the list.
pub(super) fn stage_named<'a>(checker: &mut Checker<'a>, outcome: &Outcome, name: &str) -> Option<(usize, &'a Stage)> {
    let stages = &checker.workflow.stages;
    let Some(at) = checker.workflow.stage_index(name) else {
        let known: Vec<&str> = stages.iter().map(|s| s.name.as_str()).collect();
        let hint = crate::workflow::parse::meant(name, &known, "name a stage of this workflow");
        checker.error("outcome-target-unknown", &outcome.place, format!("there is no stage `{name}`"), &hint);
        return None;
    };
    Some((at, stages.get(at)?))
}

/// What is mended passes these stages again: no decision is among them, and a notice may have to be made again.
pub(super) fn mended(checker: &mut Checker<'_>, outcome: &Outcome, passed: Vec<&Stage>, straight: bool) {
    let named = |kind: Kind| passed.iter().find(|s| s.kind == kind).map(|s| s.name.clone());
    if let Some(decided) = named(Kind::Decide) {
        let message = format!("`{}` returns what `{decided}` has decided", outcome.name);
        checker.error("back-over-decision", &outcome.place, message, "a decision is revoked by another, not returned");
    }
    if let Some(noticed) = named(Kind::Publicise).filter(|_| straight) {
        let message = format!("what is mended after `{noticed}` may change what was publicised there");
        let hint = "with `resume: replay` it is publicised again";
        checker.warn("straight-over-changed-notice", &outcome.place, message, hint);
    }
}

/// What is sent back goes to the recommend stage that took it in; where none did, it would go nowhere.
fn taken_in(checker: &mut Checker<'_>, stage: &Stage, outcome: &Outcome) {
    let workflow = checker.workflow;
    let pairs = if stage.of_case { Vec::new() } else { workflow.pairs(&stage.of) };
    let takes_in = |pair: &Pair| workflow.stages.iter().any(|s| s.kind == Kind::Recommend && workflow.takes(s, pair));
    if let Some(bare) = pairs.iter().find(|pair| !takes_in(pair)) {
        let message = format!(
            "`{}` sends `{}` back to whoever handed it in, and no `recommend` takes it in",
            outcome.name, bare.kind
        );
        let hint =
            format!("name an earlier stage: `back: STAGE`, or write the `outcomes:` of `{}` without it", stage.name);
        checker.error("return-to-nowhere", &outcome.place, message, &hint);
    }
}

/// A stage takes whatever an outcome sends there.
fn excluded(checker: &mut Checker<'_>, stage: &Stage, outcome: &Outcome, at: usize) {
    let workflow = checker.workflow;
    let Some(target) = workflow.stages.get(at).filter(|_| !stage.of_case) else { return };
    let pairs = workflow.pairs(&stage.of);
    let strange = pairs.iter().find(|pair| target.of_case || !workflow.takes(target, pair));
    if let Some(pair) = strange {
        let what = pair.category.as_ref().unwrap_or(&pair.kind);
        let message = format!("`{}` sends `{what}` to `{}`, which does not take it", outcome.name, target.name);
        let hint = "name a stage whose `of` has it, or add it there";
        checker.error("outcome-target-excludes", &outcome.place, message, hint);
    }
}

fn shares(checker: &Checker<'_>, stage: &Stage, of: &String) -> bool {
    let of = checker.workflow.pairs(std::slice::from_ref(of));
    of.iter().any(|pair| checker.workflow.takes(stage, pair))
}

fn merges(checker: &mut Checker<'_>, stage: &Stage, outcome: &Outcome) {
    if outcome.merge && !matches!(outcome.go, Go::End(_)) {
        let message = format!("`{}` merges an item that goes on living", outcome.name);
        checker.error("merge-without-end", &outcome.place, message, "write `{ end: 已合并, merge: true }`");
    }
    if outcome.merge && !names_a_target(stage, outcome) {
        let message = format!("`{}` falls by itself, and nobody says what the item is merged into", outcome.name);
        let hint = "let a person choose it: outcomes without `when`, at an assess, review or decide stage about items";
        checker.error("merge-without-choice", &outcome.place, message, hint);
    }
}

/// Whether a person chooses the outcome, and so can say what the item is merged into.
fn names_a_target(stage: &Stage, outcome: &Outcome) -> bool {
    let asked = matches!(stage.kind, Kind::Assess | Kind::Review | Kind::Decide) && !stage.of_case;
    asked && stage.is_chosen() && stage.offered().any(|o| o.name == outcome.name)
}

pub(super) fn actions(checker: &mut Checker<'_>, actions: &[Action], scope: &Scope<'_>) {
    for action in actions {
        checker.of(&action.of, &action.place, "of-unknown");
        checker.condition(action.when.as_ref(), scope);
        let values = match &action.verb {
            Verb::Enter(register, with) => {
                enter(checker, register, with.keys().cloned().collect(), action);
                with
            }
            Verb::Leave(register, _) => {
                if !checker.around.registers.contains_key(register) {
                    let hint = "add its file";
                    checker.error(
                        "register-unknown",
                        &action.place,
                        format!("there is no register `{register}`"),
                        hint,
                    );
                }
                continue;
            }
            Verb::Ask(ask) => {
                checker.role(&ask.by, &action.place, &super::roles::BUILT_IN);
                super::rules::text(checker, &ask.say, scope);
                continue;
            }
            Verb::Tell(tell) => {
                tell.to.iter().for_each(|role| checker.role(role, &action.place, &super::roles::BUILT_IN));
                super::rules::text(checker, &tell.say, scope);
                continue;
            }
            Verb::Open(open) => {
                super::children::opening(checker, open, action, scope);
                continue;
            }
            Verb::Clock(turned) => {
                clock(checker, turned, action, scope);
                continue;
            }
            Verb::Set(with) => with,
        };
        for (field, value) in values {
            let found = checker.inferred(&value.source, &value.place, scope);
            if let (Verb::Enter(register, _), true) = (&action.verb, found.problems.is_empty()) {
                fits(checker, register, field, &found.typed.kind, &value.place);
            }
        }
    }
}

/// The clock is one of the items that are meant, or of what they are about, and its day is a date.
fn clock(checker: &mut Checker<'_>, turned: &ClockAction, action: &Action, scope: &Scope<'_>) {
    let workflow = checker.workflow;
    let name = &turned.clock;
    let of = workflow.clocks.get(name).map(|clock| std::slice::from_ref(&clock.of));
    let has = |kind: &str, category: Option<&str>| of.is_some_and(|of| workflow.means(of, kind, category));
    let theirs = scope.pairs.iter().any(|pair| {
        let about = workflow.items.get(&pair.kind).and_then(|item| item.about.as_deref());
        has(&pair.kind, pair.category.as_deref()) || about.is_some_and(|about| has(about, None))
    });
    if !theirs {
        let message = format!("`{name}` is no clock of the items this is done for");
        let hint = "name a clock of theirs, or of what they are about";
        checker.error("action-clock-unknown", &action.place, message, hint);
    }
    if let Some(clock) = workflow.clocks.get(name).filter(|clock| matches!(clock.run, Limit::By(_))) {
        super::clocks::stands(checker, &clock.name, &action.place, "this");
    }
    let found = checker.inferred(&turned.date.source, &turned.date.place, scope);
    let day = rule::Kind::of(&crate::submission::Type::Date);
    if found.problems.is_empty() && !found.typed.kind.alike(&day) {
        let message = format!("a clock is turned as of a date, this is {}", found.typed.kind.word());
        checker.error("rule-wrong-type", &turned.date.place, message, "name a date field, or `today`");
    }
}

fn enter(checker: &mut Checker<'_>, name: &str, with: Vec<String>, action: &Action) {
    let Some(register) = checker.around.registers.get(name) else {
        let hint = "add its file";
        return checker.error("register-unknown", &action.place, format!("there is no register `{name}`"), hint);
    };
    for field in &with {
        let key = field == "who" && matches!(register.key, RegisterKey::Subjects(_));
        if !register.fields.contains_key(field) && !key {
            let message = format!("the register `{name}` has no field `{field}`");
            let hint = "declare it in the register, or leave it out";
            checker.error("register-field-missing", &action.place, message, hint);
        }
    }
    for field in register.fields.values().filter(|f| !f.optional && f.default.is_none() && f.is.is_none()) {
        if !with.contains(&field.name) {
            let message = format!("an entry of `{name}` needs `{}`", field.name);
            checker.error("register-field-missing", &action.place, message, "add it to `with:`");
        }
    }
}

fn fits(checker: &mut Checker<'_>, register: &str, field: &str, kind: &rule::Kind, place: &crate::diag::Place) {
    let found = checker.around.registers.get(register);
    let known = matches!(kind, rule::Kind::Who | rule::Kind::Any);
    if field == "who" && !known && found.is_some_and(|r| matches!(r.key, RegisterKey::Subjects(_))) {
        let message = format!("`{register}` knows nobody by {}", kind.word());
        return checker.error("rule-wrong-type", place, message, "write `who: about.who`, whom the side item is about");
    }
    let Some(declared) = found.and_then(|r| r.fields.get(field)) else { return };
    let wanted = rule::Kind::of(&declared.kind);
    if !kind.alike(&wanted) {
        let message = format!("`{field}` of `{register}` is {}, this is {}", wanted.word(), kind.word());
        checker.error("rule-wrong-type", place, message, "");
    }
}

/// The same label at two stages cannot be told apart by tables.
fn labels(checker: &mut Checker<'_>) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for (_, stage) in checker.stages() {
        for outcome in stage.outcomes.values() {
            let Go::End(label) = &outcome.go else { continue };
            match seen.insert(label, &stage.name) {
                Some(other) if other != stage.name => {
                    let message = format!("items end as `{label}` at `{other}` too; tables cannot tell them apart");
                    checker.warn("end-label-repeated", &outcome.place, message, "give each its own label");
                }
                Some(_) | None => {}
            }
        }
    }
}
