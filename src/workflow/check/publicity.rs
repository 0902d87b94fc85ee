//! How long a commendation is publicised before it is conferred, and that what a notice shows is not set behind it
//! (LANGUAGE §8).
//!
//! 评选表彰 is publicised for no less than five workdays. The basis of a definition is a text nobody here reads, so a
//! shorter time is a warning: a plan that lawfully says otherwise still runs.

use super::Checker;
use crate::deadline::Span;
use crate::workflow::rule::Pair;
use crate::workflow::{Action, Go, Kind, Outcome, Stage, Subject, Verb, Workflow};

/// Least time, in workdays.
const PERIOD_WORKDAYS_MIN: u32 = 5;
/// The same in natural days: an ordinary week has as many workdays.
const PERIOD_DAYS_MIN: u32 = 7;

pub(super) fn check(checker: &mut Checker<'_>) {
    for (index, stage) in checker.stages() {
        let Some(period) = stage.period.filter(|p| public(stage) && below(*p)) else { continue };
        if let Some(decide) = unmended(checker.workflow, index, stage) {
            let message = format!("`{}` lasts {period}, and `{}` then confers something", stage.name, decide.name);
            let hint = "commendations are publicised for `5 workdays` or more (`7 days` in natural days)";
            checker.warn("period-below-basis", &stage.place, message, hint);
        }
    }
    for (index, stage) in checker.stages() {
        let listed = stage.confirms.values().flat_map(|list| &list.actions);
        listed.for_each(|action| set_behind(checker, action, stage, |at| at < index));
        // what a notice itself brings about comes when its time is over
        stage.actions.iter().for_each(|action| set_behind(checker, action, stage, |at| at <= index));
        for outcome in stage.outcomes.values() {
            let past = |at: usize| at <= index && goes_past(checker.workflow, outcome, at);
            outcome.actions.iter().for_each(|action| set_behind(checker, action, stage, past));
        }
    }
}

/// Whether what has this outcome goes on without passing the stage at this place again.
fn goes_past(workflow: &Workflow, outcome: &Outcome, at: usize) -> bool {
    match &outcome.go {
        Go::Next | Go::Stay => true,
        Go::To(to) | Go::Back(Some(to), _) => workflow.stage_index(to).is_none_or(|to| to > at),
        Go::Back(None, _) | Go::End(_) => false,
    }
}

/// What a notice has shown is set to something else when it is over: what is decided is then not what was publicised.
fn set_behind(checker: &mut Checker<'_>, action: &Action, stage: &Stage, past: impl Fn(usize) -> bool) {
    let (Verb::Set(facts), workflow) = (&action.verb, checker.workflow) else { return };
    let pairs = workflow.pairs(&stage.of).into_iter();
    let meant: Vec<Pair> =
        pairs.filter(|p| workflow.means(&action.of, &p.kind, p.category.as_deref()) && !stage.of_case).collect();
    let binds = |s: &Stage| workflow.binds(s) && meant.iter().any(|pair| workflow.takes(s, pair));
    for (_, notice) in checker.stages().filter(|(at, s)| past(*at) && binds(s)) {
        let read = notice.notice.as_ref().and_then(|name| (checker.around.templates)(name)).unwrap_or_default();
        let shown = read.iter().flat_map(|(path, _)| workflow.shown(path)).filter(|shown| shown.stage.is_none());
        if let Some(shown) = shown.into_iter().find(|shown| facts.contains_key(&shown.field)) {
            let message =
                format!("`{}` is set here, and the notice `{}` has shown it before", shown.field, notice.name);
            let hint = "set it before the notice, or write it into a field that the notice does not show";
            checker.error("set-after-notice", &action.place, message, hint);
        }
    }
}

/// The decision that confers something on persons or organisations publicised here and nowhere long enough.
fn unmended<'a>(workflow: &'a Workflow, index: usize, stage: &Stage) -> Option<&'a Stage> {
    let later = workflow.stages.iter().enumerate().skip(index + 1);
    let found = later.filter(|(_, s)| s.kind == Kind::Decide).find(|(at, decide)| {
        let before = workflow.stages.get(..*at).unwrap_or_default();
        let long = |s: &Stage, pair: &Pair| public(s) && s.period.is_some_and(|p| !below(p)) && workflow.takes(s, pair);
        let pairs = workflow.pairs(&stage.of).into_iter().filter(|p| workflow.takes(decide, p));
        let mut pairs = pairs.filter(|p| commended(workflow, p) && confers(decide, workflow, p));
        pairs.any(|pair| !before.iter().any(|s| long(s, &pair)))
    });
    found.map(|(_, decide)| decide)
}

fn public(stage: &Stage) -> bool {
    stage.kind == Kind::Publicise && !stage.of_case && stage.to.iter().any(|t| t == "public")
}

fn commended(workflow: &Workflow, pair: &Pair) -> bool {
    let subject = workflow.subject(&pair.kind, pair.category.as_deref());
    matches!(subject, Some(Subject::Person | Subject::Organisation))
}

/// Whether a decision brings something about for items of this pair.
fn confers(decide: &Stage, workflow: &Workflow, pair: &Pair) -> bool {
    let listed = decide.confirms.values().flat_map(|list| &list.actions);
    let outcomes = decide.outcomes.values().flat_map(|o| &o.actions).chain(listed);
    let mut entries = outcomes.filter(|a| matches!(a.verb, Verb::Enter(..)));
    entries.any(|a| workflow.means(&a.of, &pair.kind, pair.category.as_deref()))
}

fn below(period: Span) -> bool {
    match period {
        Span::Workdays(n) => n < PERIOD_WORKDAYS_MIN,
        Span::Days(n) => n < PERIOD_DAYS_MIN,
        Span::Hours(n) => n < PERIOD_DAYS_MIN * 24,
        Span::Months(n) | Span::Years(n) => n == 0,
    }
}
