//! That those inside are told before the public (LANGUAGE §8 `inside_first`): of every item, whichever way it comes to a notice
//! for the public, not only in the order in which the stages stand.
//!
//! What is proved is proved of notices of items that are about nothing else: a paper with `to: public` is a decision made known,
//! and a side item speaks of what has been told. It is proved case by case of what the conditions ask; what is not seen to hold
//! does not, and a condition whose answer may be another behind the inner notice shows nothing.

mod steady;

use super::flow::Route;
use super::{Around, Checker};
use crate::workflow::rule::{Case, Formula, Pair, Questions, Scope};
use crate::workflow::{Expression, Go, Kind, Stage, Workflow};
use std::collections::BTreeSet;
use steady::changed;

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
        let promise = Promise::of(checker, first, (at, public));
        if promise.cases.as_ref().is_some_and(Vec::is_empty) {
            continue;
        }
        let late = workflow.stages.iter().skip(at).find(|stage| is_inner(stage));
        if let Some(late) = late.filter(|_| promise.inner.is_empty()) {
            let message = format!("`{}` tells those inside what the public knows already", late.name);
            checker.error("inside-after-public", &late.place, message, "put `to: inside` before `to: public`");
        } else if let Some(why) = promise.broken(&main) {
            let message = format!("`{}` tells the public what those inside may not have been told: {why}", public.name);
            let hint = "let everything that comes here pass a notice `to: inside` before; where it need not, say so: `inside_first: CONDITION`, the condition of that notice";
            checker.error("inside-after-public", &public.place, message, hint);
        }
    }
}

fn tells(stage: &Stage, audience: &str) -> bool {
    stage.kind == Kind::Publicise && stage.to.iter().any(|to| to == audience)
}

fn is_inner(stage: &Stage) -> bool {
    tells(stage, "inside") && !tells(stage, "public")
}

/// A notice for those inside that stands before the public one.
struct Inner<'a> {
    at: usize,
    stage: &'a Stage,
    made: Formula,
}

/// What is promised of a notice for the public.
struct Promise<'a> {
    workflow: &'a Workflow,
    around: &'a Around<'a>,
    at: usize,
    public: &'a Stage,
    inner: Vec<Inner<'a>>,
    /// the cases in which it is made of what has to be told inside first; None where they are too many
    cases: Option<Vec<Case>>,
}

impl<'a> Promise<'a> {
    fn of(checker: &Checker<'a>, first: &Expression, (at, public): (usize, &'a Stage)) -> Promise<'a> {
        let (workflow, around) = (checker.workflow, checker.around);
        let mut questions = Questions::default();
        let mut made = |stage: &Stage| match condition(stage) {
            Some(when) => questions.formula(&when.source),
            None => Formula::Always(true),
        };
        let before = workflow.stages.iter().enumerate().take(at).filter(|(_, stage)| is_inner(stage));
        let inner: Vec<Inner<'_>> = before.map(|(at, stage)| Inner { at, stage, made: made(stage) }).collect();
        let meant = Formula::All(vec![made(public), questions.formula(&first.source)]);
        let cases = questions.cases().map(|all| all.into_iter().filter(|case| meant.holds(*case)).collect());
        Promise { workflow, around, at, public, inner, cases }
    }

    /// Why an item may come to the public notice untold inside; none where each has been told.
    fn broken(&self, main: &[Pair]) -> Option<String> {
        let pairs: Vec<Option<&Pair>> = match self.public.of_case {
            true => vec![None],
            false => main.iter().filter(|pair| self.workflow.takes(self.public, pair)).map(Some).collect(),
        };
        pairs.into_iter().find_map(|pair| self.untold(pair))
    }

    /// Why a thing of this pair may come to it so; none of them is the case, before which all notices are made.
    fn untold(&self, pair: Option<&Pair>) -> Option<String> {
        let steady = |inner: &&Inner<'_>| self.changed(inner, pair).is_none();
        let steady: Vec<&Inner<'_>> = self.inner.iter().filter(steady).collect();
        let mut seen: BTreeSet<Vec<usize>> = BTreeSet::new();
        let untold = match &self.cases {
            None => self.comes(pair, &self.always()),
            Some(cases) => cases.iter().any(|case| {
                let made = steady.iter().filter(|inner| inner.made.holds(*case)).map(|inner| inner.at);
                let made: Vec<usize> = made.collect();
                seen.insert(made.clone()) && self.comes(pair, &made)
            }),
        };
        untold.then(|| self.why(pair))
    }

    /// The inner notices that are made of whatever comes to them.
    fn always(&self) -> Vec<usize> {
        let always = self.inner.iter().filter(|inner| inner.made == Formula::Always(true));
        always.map(|inner| inner.at).collect()
    }

    /// Whether something comes to the public notice past these.
    fn comes(&self, pair: Option<&Pair>, made: &[usize]) -> bool {
        let told = |at: usize| made.contains(&at);
        // a notice about the case is a barrier, and one of the case waits for all items before it
        let barrier = |inner: &&Inner<'_>| inner.stage.of_case || pair.is_none();
        if self.inner.iter().filter(barrier).any(|inner| told(inner.at)) {
            return false;
        }
        pair.is_none_or(|pair| Route::new(self.workflow, pair.clone()).comes_without(self.at, &told))
    }

    fn changed(&self, inner: &Inner<'_>, pair: Option<&Pair>) -> Option<String> {
        changed((self.workflow, self.around), (inner.at, inner.stage), self.at, pair)
    }

    fn why(&self, pair: Option<&Pair>) -> String {
        let Some(first) = self.inner.first() else { return "no notice before it is `to: inside`".to_owned() };
        let all: Vec<usize> = self.inner.iter().map(|inner| inner.at).collect();
        let workflow = self.workflow;
        if self.comes(pair, &all) {
            let leads = |name: &String| workflow.stage_index(name).is_some_and(|to| to > first.at && to <= self.at);
            let mut outcomes = workflow.stages.iter().take(first.at).flat_map(|stage| stage.outcomes.values());
            let leap = outcomes.find(|it| matches!(&it.go, Go::To(name) if leads(name)));
            return match leap {
                Some(leap) => format!("`{}` leads past `{}`", leap.name, first.stage.name),
                None => format!("not everything that comes here passes `{}`", first.stage.name),
            };
        }
        let asked = |inner: &Inner<'_>| Some((inner.stage.name.clone(), condition(inner.stage)?.source.clone()));
        let mut changes = self.inner.iter().filter_map(|inner| {
            let how = self.changed(inner, pair)?;
            Some(format!("`{}` asks `{}`, and {how}", inner.stage.name, asked(inner)?.1))
        });
        let passed = self.inner.iter().filter_map(asked);
        let passed = passed.map(|(name, when)| format!("`{name}` is passed over unless `{when}`"));
        changes.next().unwrap_or_else(|| passed.collect::<Vec<_>>().join(", and "))
    }
}

/// The condition on which a stage is passed over; what is only sent there has none.
fn condition(stage: &Stage) -> Option<&Expression> {
    stage.when.as_ref().filter(|_| !stage.is_sent_to_alone())
}
