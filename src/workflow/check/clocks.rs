//! Named clocks (LANGUAGE §10).

use super::Checker;
use super::roles::BUILT_IN;
use crate::submission::Type;
use crate::workflow::rule::{self, Kind, Scope};
use crate::workflow::{ClockDefinition, ClockStop, Go, Limit, Overdue};

pub(super) fn check(checker: &mut Checker<'_>) {
    for clock in checker.workflow.clocks.values() {
        one(checker, clock);
    }
}

fn one(checker: &mut Checker<'_>, clock: &ClockDefinition) {
    let workflow = checker.workflow;
    checker.of(std::slice::from_ref(&clock.of), &clock.place, "of-unknown");
    let pairs = workflow.pairs(std::slice::from_ref(&clock.of));
    let scope = Scope::of_pairs(workflow, checker.around.registers, pairs);
    checker.limit(Some(&clock.run), &scope, &clock.place);
    checker.condition(clock.when.as_ref(), &scope);
    from(checker, clock, &scope);
    let until = clock.until.as_ref().and_then(|u| workflow.stage_index(u));
    let passes =
        until.is_some_and(|i| scope.pairs.iter().any(|p| workflow.stages.get(i).is_some_and(|s| workflow.takes(s, p))));
    if let Some(name) = clock.until.as_ref().filter(|_| !passes) {
        let message = format!("`{}` never comes to `{name}`, so the clock never stops", clock.of);
        checker.error("clock-until-unreachable", &clock.place, message, "name a stage its items pass");
    }
    begins(checker, clock, until);
    fixed(checker, clock);
    for stop in &clock.stops {
        let side = &stop.of;
        let of_items = |i: &crate::workflow::ItemType| i.about.is_some() && !i.is_about_case();
        let stays = workflow.stage(side).map(|stage| stage.outcomes.values().any(|o| o.go == Go::Stay));
        if stays != Some(true) && !workflow.items.get(side).is_some_and(of_items) {
            let (message, hint) = match stays {
                Some(_) => (
                    format!("no outcome holds an item at `{side}`, so it stops no clock"),
                    "give the stage an outcome with `stay: true`; a mending is timed by a side item: `stops: [{ of: SIDE, from: DATE, to: DATE }]`",
                ),
                None => (
                    format!("`{side}` is neither a side type nor a stage"),
                    "a clock is stopped by side items, or by staying at a stage",
                ),
            };
            checker.error("stops-unknown", &clock.place, message, hint);
        }
    }
    if let Some(name) = &clock.restarts {
        let at = workflow.stage_index(name);
        if at.is_none() || until.is_some_and(|u| at >= Some(u)) {
            let message = format!("`{name}` does not come before the stage that stops the clock");
            checker.error("restart-not-before-until", &clock.place, message, "name an earlier stage");
        }
    }
    if let Some(extension) = &clock.extend {
        checker.role(&extension.approve, &clock.place, &BUILT_IN);
    }
    for stop in &clock.stops {
        stated(checker, clock, stop);
    }
    match &clock.overdue {
        Some(Overdue::Tell(roles)) => roles.iter().for_each(|r| checker.role(r, &clock.place, &BUILT_IN)),
        Some(Overdue::Ask(role)) => checker.role(role, &clock.place, &BUILT_IN),
        Some(Overdue::Outcome(name, _)) => falls(checker, clock, name),
        None => {}
    }
    if clock.remind.is_empty() && clock.overdue.is_none() {
        let message = format!("the clock `{}` reminds nobody and tells nobody", clock.name);
        checker.error("clock-unused", &clock.place, message, "add `remind:` or `overdue:`");
    }
}

/// A clock that begins when it has ended, or behind that, never is.
fn begins(checker: &mut Checker<'_>, clock: &ClockDefinition, until: Option<usize>) {
    let workflow = checker.workflow;
    let Some(until) = until else { return };
    let known = |name: &String| {
        let params = workflow.case.params.contains_key(name);
        params || workflow.items.values().any(|of| of.fields.contains_key(name))
    };
    let place = |name: &String| {
        let asks = |s: &crate::workflow::Stage| s.form.item.contains_key(name) || s.form.case.contains_key(name);
        let asked = workflow.stages.iter().position(asks).filter(|_| !known(name));
        workflow.stage_index(name).or(asked)
    };
    let from = match &clock.run {
        Limit::Span(_) => Some(&clock.from),
        Limit::From(_, from) => Some(from),
        Limit::By(expression) => Some(&expression.source),
    };
    let mentioned =
        from.into_iter().flat_map(|source| rule::mentioned(source)).filter_map(|path| path.into_iter().next());
    for name in mentioned.filter(|name| place(name).is_some_and(|at| at >= until)) {
        let ends = clock.until.as_deref().unwrap_or_default();
        let message =
            format!("`{name}` is known when `{ends}` is left or later: the clock would begin when it has ended");
        let hint = "let it run from what is known before, or until a later stage";
        checker.error("clock-from-not-before-until", &clock.place, message, hint);
    }
}

/// A day that stands is moved by no stop, and has no budget that could begin anew.
fn fixed(checker: &mut Checker<'_>, clock: &ClockDefinition) {
    if !matches!(clock.run, Limit::By(_)) {
        return;
    }
    let written = [
        ("stops", !clock.stops.is_empty()),
        ("reasons", !clock.reasons.is_empty()),
        ("restarts", clock.restarts.is_some()),
    ];
    for (key, _) in written.into_iter().filter(|(_, written)| *written) {
        stands(checker, &clock.name, &clock.place, &format!("`{key}`"));
    }
}

pub(super) fn stands(checker: &mut Checker<'_>, clock: &str, place: &crate::diag::Place, what: &str) {
    let message = format!("{what} would move the end of `{clock}`, but that is a fixed day");
    let hint = "give it a span (`run: 20 workdays` and `from:`), or leave this out; `extend` moves a fixed day";
    checker.error("stops-fixed-day", place, message, hint);
}

/// What silence brings about is an outcome of the stage that would have ended the clock, and takes the item away.
fn falls(checker: &mut Checker<'_>, clock: &ClockDefinition, name: &str) {
    let stage = clock.until.as_ref().and_then(|until| checker.workflow.stage(until));
    let outcome = stage.and_then(|stage| stage.outcomes.get(name));
    let leaves = outcome.is_some_and(|o| matches!(o.go, Go::Next | Go::To(_) | Go::End(_)));
    if !leaves {
        let message = match (stage, outcome) {
            (None, _) => format!("`{name}` is an outcome of a stage, and the clock ends at none"),
            (Some(stage), None) => format!("`{}` has no outcome `{name}`", stage.name),
            (Some(_), Some(_)) => format!("`{name}` leaves the item waiting, though its time is over"),
        };
        let hint = "name the stage by `until:`, and an outcome of it that is `next`, `to` or `end`";
        checker.error("clock-outcome-unknown", &clock.place, message, hint);
    }
    if clock.remind.iter().any(|o| o.to_string().starts_with('+')) {
        let message = "a reminder after the end comes when the outcome has already fallen".to_owned();
        checker.error("remind-after-outcome", &clock.place, message, "remind before the end");
    }
}

/// The dates a stop is counted by are date fields of the side item, or of the forms of the stages it passes.
fn stated(checker: &mut Checker<'_>, clock: &ClockDefinition, stop: &ClockStop) {
    let workflow = checker.workflow;
    for name in stop.from.iter().chain(&stop.to) {
        let own = workflow.items.get(&stop.of).and_then(|i| i.fields.get(name));
        let stages = workflow.stages.iter().filter(|s| s.of.contains(&stop.of));
        let field = own.or_else(|| stages.flat_map(|s| s.form.item.get(name)).next());
        if !field.is_some_and(|f| f.kind == Type::Date) {
            let message = format!("`{name}` is no date field of `{}`", stop.of);
            let hint = "name a date field of the side item or of its stage's form";
            checker.error("stops-unknown", &clock.place, message, hint);
        }
    }
}

fn from(checker: &mut Checker<'_>, clock: &ClockDefinition, scope: &Scope<'_>) {
    if clock.from == "opened" || scope.pairs.is_empty() {
        return;
    }
    let found = rule::infer(&clock.from, scope);
    let fits = matches!(found.typed.kind, Kind::Date | Kind::Stage(_) | Kind::Any);
    if found.problems.is_empty() && !fits {
        let message = format!("`{}` is {}, not a date", clock.from, found.typed.kind.word());
        checker.error("clock-from-unknown", &clock.place, message, "name a date field, a stage, or `opened`");
    }
    checker.report(&clock.place, &found, |kind| if kind == "rule-unknown-name" { "clock-from-unknown" } else { kind });
}
