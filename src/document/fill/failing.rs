//! Everything that keeps a Word template from being filled, found at once.
//!
//! The language stops at the first thing that has no value. That tag is written down and made harmless, and the rest is tried
//! again, until nothing fails or enough is known.

use super::emit;
use super::problem::{Fault, Problem};
use super::tag::Kind;
use super::{WHOLE, WordTemplate};
use crate::document::template::values;
use crate::workflow::rule;
use minijinja::{Error, ErrorKind};
use serde_json::Value as Json;
use std::collections::BTreeSet;

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
            Fault::Unfilled(placed.and_then(|it| self.nearest(data, &it.tag.source())))
        } else {
            Fault::Evaluation(error.detail().map_or_else(|| error.kind().to_string(), str::to_owned))
        };
        let spot = placed.map(|it| it.spot.clone());
        let tag = placed.map(|it| it.shown.clone()).unwrap_or_default();
        (n, Problem { spot, tag, fault })
    }

    /// The name there is that is nearest to the one a tag reads and the data have not.
    fn nearest(&self, data: &Json, tag: &str) -> Option<String> {
        let known: BTreeSet<&String> = data.as_object()?.keys().collect();
        let own = self.0.tags.iter().filter(|it| matches!(it.tag.kind, Kind::For | Kind::Set));
        let own: Vec<&str> = own.filter_map(|it| it.tag.inner.split_whitespace().nth(1)).collect();
        let closed =
            tag.strip_prefix("{% if").map(|_| "{% endif %}").or(tag.strip_prefix("{% for").map(|_| "{% endfor %}"));
        let text = format!("{tag}{}", closed.unwrap_or_default());
        let read = rule::text_names(&text).ok()?;
        let mut heads = read.iter().filter_map(|it| it.path.first());
        let head = heads.find(|head| !known.contains(head) && !own.contains(&head.as_str()))?;
        let known: Vec<&String> = known.into_iter().collect();
        crate::workflow::parse::nearest(head, &known)
    }
}

fn words(problem: &Problem) -> Option<&str> {
    problem.spot.as_ref().map(|it| it.words.as_str())
}
