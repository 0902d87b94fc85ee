//! Everything that keeps a Word template from being filled, found at once.
//!
//! The language stops at the first thing that has no value. That tag is written down and made harmless, and the rest is tried
//! again, until nothing fails or enough is known.

use super::emit;
use super::problem::{Fault, Problem};
use super::{WHOLE, WordTemplate};
use crate::document::template::{Hint, values};
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
        let mut error = Some(self.problems(data, first, &places));
        while let Some((n, found)) = error.take() {
            problems.extend(found);
            let Some(n) = n.filter(|n| !harmless.contains(n)) else { break };
            harmless.push(n);
            if harmless.len() >= PROBLEMS_MAX {
                break;
            }
            let (text, found) = emit::source(&inner.pieces, &inner.tags, &harmless);
            places = found;
            let again =
                inner.environment.template_from_named_str(WHOLE, &text).and_then(|it| it.render(values::value(data)));
            error = again.err().map(|again| self.problems(data, &again, &places));
        }
        problems.sort_by(|a, b| a.spot.cmp(&b.spot));
        // the older copy of a text box says the same again
        problems.dedup_by(|a, b| a.tag == b.tag && a.fault == b.fault && words(a) == words(b));
        problems
    }

    /// The tag an error is about, and what is wrong with it.
    fn problems(&self, data: &Json, error: &Error, places: &[(usize, usize)]) -> (Option<usize>, Vec<Problem>) {
        let at = error.range().map(|it| it.start);
        let n = at.and_then(|at| places.iter().rev().find(|(from, _)| *from <= at)).map(|(_, n)| *n);
        let placed = n.and_then(|n| Some((n, self.0.tags.get(n)?)));
        let faults = if error.kind() == ErrorKind::UndefinedError {
            let lacking = placed.map(|(n, placed)| self.0.reads.lacking(data, n, placed)).unwrap_or_default();
            let inner = placed.map_or("", |(_, it)| &it.tag.inner);
            let unknown = || vec![Fault::Unfilled(String::new(), Box::new(Hint::of(inner, &[])))];
            if lacking.is_empty() { unknown() } else { lacking }
        } else {
            let reason = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
            let hint = Box::new(Hint::of_evaluation(error.kind(), &reason));
            vec![Fault::Evaluation(reason, hint)]
        };
        let told = |fault: Fault| {
            let (spot, tag) = placed.map(|(_, it)| (it.spot.clone(), it.shown.clone())).unzip();
            Problem { spot, tag: tag.unwrap_or_default(), fault }
        };
        (n, faults.into_iter().map(told).collect())
    }
}

fn words(problem: &Problem) -> Option<&str> {
    problem.spot.as_ref().map(|it| it.words.as_str())
}
