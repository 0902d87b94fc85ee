//! What of a stage may never have been said when a paper is made: the stage was passed over, or a field left empty.

use super::given::{Blank, Made, Missing, Paper};
use crate::workflow::rule::{self, Pair};
use crate::workflow::{Action, Expression, Field, Go, Limit, Outcome, Overdue, Stage, Verb};

/// What is known of the way the items of a paper have come.
pub(super) struct Passing<'a> {
    pub(super) paper: &'a Paper<'a>,
}

impl Passing<'_> {
    /// Why a stage may have said nothing of an item the paper is of; None where it always has.
    pub(super) fn over(&self, at: usize) -> Option<Missing> {
        let workflow = self.paper.workflow;
        let stage = workflow.stages.get(at)?;
        let told = |why: String, unless: bool| Some(Missing { why, unless: unless || self.is_conditional() });
        let own = self.paper.stage().filter(|(here, _)| *here == at);
        if let Some(how) = self.silent(at, stage) {
            return told(how, false);
        }
        if own.is_some() {
            return None;
        }
        if let Some(when) = stage.when.as_ref().filter(|when| !self.implies(when)) {
            return told(format!("the stage is passed over unless `{}`", when.source), false);
        }
        let strange = |pair: &&Pair| !stage.of_case && !workflow.takes(stage, pair);
        if let Some(pair) = self.paper.pairs.iter().find(strange) {
            let what = pair.category.as_ref().unwrap_or(&pair.kind);
            return told(format!("`{what}` does not pass `{}`", stage.name), true);
        }
        let leap = self.leaps(at)?;
        told(format!("`{leap}` leads past `{}`", stage.name), true)
    }

    /// Why a field that was asked may be empty.
    pub(super) fn empty(&self, field: &Field) -> Option<Missing> {
        let workflow = self.paper.workflow;
        if field.default.is_some() || field.is.is_some() {
            return None;
        }
        let asked = |pair: &&Pair| workflow.means(&field.of, &pair.kind, pair.category.as_deref());
        let strange = self.paper.pairs.iter().find(|pair| !asked(pair));
        if let Some(pair) = strange {
            let what = pair.category.as_ref().unwrap_or(&pair.kind);
            return Some(Missing { why: format!("`{}` is not asked of `{what}`", field.name), unless: true });
        }
        (field.optional && !self.is_seen_to(&field.name))
            .then(|| Missing { why: format!("`{}` may be left empty", field.name), unless: false })
    }

    /// Why a field of the item itself may be an empty text.
    pub(super) fn blank(&self, field: &Field) -> Option<Blank> {
        let sets = |action: &Action| matches!(&action.verb, Verb::Set(with) if with.contains_key(&field.name));
        // what an action fills in is there when it has been
        if self.paper.workflow.stages.iter().flat_map(Stage::all_actions).any(sets) {
            return None;
        }
        self.empty(field).map(|it| Blank { why: it.why, unless: it.unless, null: false })
    }

    /// Whether a rule asks for a field, or a limit is counted from it: then it is filled in where it must be.
    fn is_seen_to(&self, name: &str) -> bool {
        let workflow = self.paper.workflow;
        let reads = |source: &String| rule::names(source).iter().any(|read| read == name);
        let limits = workflow.stages.iter().flat_map(|stage| {
            stage.within.iter().chain(stage.outcomes.values().filter_map(|outcome| outcome.within.as_ref()))
        });
        let dated = |limit: &Limit| match limit {
            Limit::Span(_) => false,
            Limit::From(_, field) => field == name,
            Limit::By(expression) => reads(&expression.source),
        };
        workflow.rules.iter().any(|rule| reads(&rule.test.source)) || limits.into_iter().any(dated)
    }

    /// How silence lets an item go on that nobody said anything of at a stage.
    fn silent(&self, at: usize, stage: &Stage) -> Option<String> {
        let workflow = self.paper.workflow;
        let fallen = format!("`{}` may go on in silence, which says nothing", stage.name);
        if let Some(Overdue::Outcome(name, _)) = &stage.overdue
            && self.is_made_after(at, name)
        {
            return Some(fallen);
        }
        let of =
            |pair: &Pair, of: &String| workflow.means(std::slice::from_ref(of), &pair.kind, pair.category.as_deref());
        let clocks = workflow.clocks.values().filter(|clock| self.paper.pairs.iter().any(|pair| of(pair, &clock.of)));
        for clock in clocks {
            let Some(Overdue::Outcome(name, _)) = &clock.overdue else { continue };
            let until = clock.until.as_ref().and_then(|until| workflow.stage_index(until)).filter(|last| *last >= at);
            let Some(last) = until else { continue };
            let goes_on = || self.outcome(last, name).is_some_and(|it| !matches!(it.go, Go::End(_)));
            // what fell in silence may come to the last stage after all, from behind it
            let falls = self.is_made_after(last, name) || goes_on() && self.comes_again(at, last);
            // before it runs out a paper of an earlier stage has been made
            let over = self.paper.stage().is_none_or(|(here, _)| here > at) || last == at;
            if falls && over {
                return Some(format!("`{}` may be passed over when `{}` runs out", stage.name, clock.name));
            }
        }
        None
    }

    fn outcome(&self, at: usize, name: &str) -> Option<&Outcome> {
        self.paper.workflow.stages.get(at)?.outcomes.get(name)
    }

    /// Whether the paper may be made of an item that has left a stage by this outcome. One of an outcome of that stage is made by
    /// its own alone.
    fn is_made_after(&self, at: usize, name: &str) -> bool {
        let outcome = self.outcome(at, name);
        match self.paper.made {
            Made::Stage(here, document) if here == at => {
                let of_outcome = |it: &&Outcome| {
                    it.documents.iter().any(|it| it.place == document.place && it.template == document.template)
                };
                let stage = self.paper.workflow.stages.get(at);
                match stage.and_then(|stage| stage.outcomes.values().find(of_outcome)) {
                    Some(one) => one.name == *name,
                    None => outcome.is_some_and(|it| it.go == Go::Next),
                }
            }
            Made::Stage(..) | Made::Notice(_) | Made::Extension(_) | Made::Report(_) => {
                outcome.is_some_and(|it| !matches!(it.go, Go::End(_)))
            }
        }
    }

    /// Whether an outcome behind a stage leads back to it, or before it, and not so far that another is passed once more.
    fn comes_again(&self, over: usize, to: usize) -> bool {
        let workflow = self.paper.workflow;
        let between = |name: &String| workflow.stage_index(name).is_some_and(|at| at > over && at <= to);
        let leads = |go: &Go| matches!(go, Go::To(name) | Go::Back(Some(name), _) if between(name));
        let mut behind = workflow.stages.iter().skip(to + 1).flat_map(|stage| stage.outcomes.values());
        behind.any(|it| leads(&it.go) || it.about.as_ref().is_some_and(leads))
    }

    /// An outcome by which an item comes to the stage of the paper without having been at another.
    fn leaps(&self, over: usize) -> Option<String> {
        let workflow = self.paper.workflow;
        let (here, _) = self.paper.stage()?;
        let leads = |name: &String| workflow.stage_index(name).is_some_and(|to| to > over && to <= here);
        let mut outcomes = workflow.stages.iter().take(over).flat_map(|stage| stage.outcomes.values());
        let leap = outcomes.find(|it| matches!(&it.go, Go::To(name) if leads(name)));
        leap.filter(|_| over < here).map(|it| it.name.clone())
    }

    /// Whether the paper is made only where something holds, or its stage is.
    pub(super) fn is_conditional(&self) -> bool {
        let of_stage = self.paper.stage().is_some_and(|(_, stage)| stage.when.is_some());
        of_stage || matches!(self.paper.made, Made::Stage(_, document) if document.when.is_some())
    }

    /// Whether the paper is only made where a condition holds.
    pub(super) fn implies(&self, when: &Expression) -> bool {
        let document = if let Made::Stage(_, document) = self.paper.made { document.when.as_ref() } else { None };
        let stage = self.paper.stage().and_then(|(_, stage)| stage.when.as_ref());
        let holds = |of: &&Expression| of.source.split(" and ").any(|part| part.trim() == when.source.trim());
        document.into_iter().chain(stage).any(|of| of.source.trim() == when.source.trim() || holds(&of))
    }
}
