//! Everything that keeps a Word template from being filled, found at once.
//!
//! The language stops at the first thing that has no value. That tag is written down and made harmless, and the rest is tried
//! again, until nothing fails or enough is known.

use super::emit;
use super::problem::{Fault, Problem};
use super::{WHOLE, WordTemplate};
use crate::document::template::{Hint, ends, values};
use crate::workflow::rule::Mention;
use minijinja::{Error, ErrorKind};
use serde_json::Value as Json;

/// Problems that are looked for.
const PROBLEMS_MAX: usize = 40;

impl WordTemplate {
    /// The problems of filling with these data; `first` is what stopped it.
    pub(super) fn failures(&self, data: &Json, first: &Error) -> Vec<Problem> {
        let inner = &self.0;
        let mut harmless: Vec<usize> = Vec::new();
        let mut problems = Vec::new();
        let mut places = inner.places.clone();
        let mut error = Some(self.problem(data, first, &places));
        while let Some((n, problem)) = error.take() {
            problems.push(problem);
            let Some(n) = n.filter(|n| !harmless.contains(n)) else { break };
            harmless.push(n);
            if harmless.len() >= PROBLEMS_MAX {
                break;
            }
            let (text, found) = emit::source(&inner.pieces, &inner.tags, &harmless);
            places = found;
            let again =
                inner.environment.template_from_named_str(WHOLE, &text).and_then(|it| it.render(values::value(data)));
            error = again.err().map(|again| self.problem(data, &again, &places));
        }
        problems.sort_by(|a, b| a.spot.cmp(&b.spot));
        // the older copy of a text box says the same again
        problems.dedup_by(|a, b| a.tag == b.tag && a.fault == b.fault && words(a) == words(b));
        problems
    }

    /// The tag an error is about, and the problem.
    fn problem(&self, data: &Json, error: &Error, places: &[(usize, usize)]) -> (Option<usize>, Problem) {
        let at = error.range().map(|it| it.start);
        let n = at.and_then(|at| places.iter().rev().find(|(from, _)| *from <= at)).map(|(_, n)| *n);
        let placed = n.and_then(|n| self.0.tags.get(n));
        let fault = if error.kind() == ErrorKind::UndefinedError {
            Fault::Unfilled(Box::new(self.fitting(data, placed.map_or("", |it| &it.tag.inner))))
        } else {
            let reason = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
            let hint = Box::new(Hint::of_evaluation(error.kind(), &reason));
            Fault::Evaluation(reason, hint)
        };
        let spot = placed.map(|it| it.spot.clone());
        let tag = placed.map(|it| it.shown.clone()).unwrap_or_default();
        (n, Problem { spot, tag, fault })
    }

    /// What would fit in a tag that reads what the data have not: the nearest name at that place, or those there are.
    fn fitting(&self, data: &Json, tag: &str) -> Hint {
        let named = |it: &&Mention| it.path.last().is_some_and(|name| tag.contains(name.as_str()));
        let mut lacking = self.0.reads.iter().filter(named).flat_map(|it| ends(data, &it.path));
        lacking.next().map_or_else(|| Hint::of(tag, &[]), |(_, name, there)| Hint::of(&name, &there))
    }
}

fn words(problem: &Problem) -> Option<&str> {
    problem.spot.as_ref().map(|it| it.words.as_str())
}
