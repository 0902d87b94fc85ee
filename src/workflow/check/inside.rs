//! That those inside are told before the public (LANGUAGE §8 `inside_first`): of every item, whichever way it comes to a notice
//! for the public, not only in the order in which the stages stand.
//!
//! What is proved is proved of notices of items that are about nothing else: a paper with `to: public` is a decision made known,
//! and a side item speaks of what has been told. Conditions are compared as they are written; what is not seen to hold does not.

use super::Checker;
use super::flow::Route;
use crate::workflow::rule::{Pair, Scope};
use crate::workflow::{Expression, Go, Kind, Stage, Workflow};

pub(super) fn check(checker: &mut Checker<'_>) {
    let workflow = checker.workflow;
    let Some(first) = &workflow.inside_first else { return };
    for (at, public) in checker.stages().filter(|(_, stage)| tells(stage, "public")) {
        let main = if public.of_case { Vec::new() } else { workflow.pairs(&public.of) };
        let main: Vec<Pair> = main.into_iter().filter(|pair| !workflow.is_side(&pair.kind)).collect();
        if main.is_empty() && !public.of_case {
            continue;
        }
        if first.source != "true" && !public.of_case {
            let scope = Scope { pairs: main.clone(), ..checker.scope_at(at, false) };
            checker.condition(Some(first), &scope);
        }
        let told = |stage: &Stage| {
            tells(stage, "inside") && !tells(stage, "public") && holds(stage.when.as_ref(), first, public)
        };
        let mut inside = workflow.stages.iter().skip(at).filter(|s| tells(s, "inside") && !tells(s, "public"));
        let earlier = workflow.stages.iter().take(at).any(|s| tells(s, "inside") && !tells(s, "public"));
        let never = denied(public.when.as_ref(), first);
        if let Some(late) = inside.next().filter(|_| !earlier && !never) {
            let message = format!("`{}` tells those inside what the public knows already", late.name);
            checker.error("inside-after-public", &late.place, message, "put `to: inside` before `to: public`");
        } else if let Some(why) = untold(workflow, (at, public), &main, &told).filter(|_| !never) {
            let message = format!("`{}` tells the public what those inside may not have been told: {why}", public.name);
            let hint = "let everything that comes here pass a notice `to: inside` before; where it need not, say so: `inside_first: CONDITION`, the condition of that notice";
            checker.error("inside-after-public", &public.place, message, hint);
        }
    }
}

fn tells(stage: &Stage, audience: &str) -> bool {
    stage.kind == Kind::Publicise && stage.to.iter().any(|to| to == audience)
}

/// Why an item may come to a notice for the public untold inside; none where each has been told.
fn untold(
    workflow: &Workflow,
    (at, public): (usize, &Stage),
    main: &[Pair],
    told: &dyn Fn(&Stage) -> bool,
) -> Option<String> {
    let earlier = || workflow.stages.iter().take(at);
    // a notice about the case is a barrier, and one of the case waits for all items before it
    if earlier().any(|s| (s.of_case || public.of_case) && told(s)) {
        return None;
    }
    let inside = earlier().find(|s| tells(s, "inside") && !tells(s, "public"));
    let comes = |pair: &Pair| Route::new(workflow, pair.clone()).comes_without(at, told);
    if !public.of_case && !main.iter().any(|pair| workflow.takes(public, pair) && comes(pair)) {
        return None;
    }
    let Some(inside) = inside else { return Some("no notice before it is `to: inside`".to_owned()) };
    if let Some(when) = inside.when.as_ref().filter(|_| !told(inside)) {
        return Some(format!("`{}` is passed over unless `{}`", inside.name, when.source));
    }
    let past = workflow.stage_index(&inside.name).unwrap_or(at);
    let leads = |name: &String| workflow.stage_index(name).is_some_and(|to| to > past && to <= at);
    let mut outcomes = workflow.stages.iter().take(past).flat_map(|stage| stage.outcomes.values());
    let leap = outcomes.find(|it| matches!(&it.go, Go::To(name) if leads(name)));
    Some(match leap {
        Some(leap) => format!("`{}` leads past `{}`", leap.name, inside.name),
        None => format!("not everything that comes here passes `{}`", inside.name),
    })
}

/// Whether a notice with this condition is made of everything that comes to the other and has to be told inside first.
fn holds(when: Option<&Expression>, first: &Expression, public: &Stage) -> bool {
    let Some(when) = when else { return true };
    let given = || parts(first).chain(public.when.iter().flat_map(parts));
    given().any(|part| part == when.source.trim()) || parts(when).all(|own| given().any(|part| part == own))
}

/// Whether what comes to the public notice is just what need not be told inside first.
fn denied(when: Option<&Expression>, first: &Expression) -> bool {
    let first = first.source.trim();
    let not = [format!("not {first}"), format!("not ({first})")];
    when.is_some_and(|when| parts(when).any(|part| not.iter().any(|not| not == part)))
}

/// What holds wherever an expression holds: itself, and its parts where it joins them by `and` alone.
fn parts(expression: &Expression) -> impl Iterator<Item = &str> {
    let source = expression.source.as_str();
    let joined = !source.contains(" or ") && !source.contains(" if ") && !source.contains('(');
    let split = source.split(" and ").map(str::trim).filter(move |_| joined);
    std::iter::once(source.trim()).chain(split)
}
