//! Filters a text uses and the language has not: found when a template is read, not when a paper is made.

use super::origin::Origin;
use crate::diag::{Diagnostic, Severity};
use crate::workflow::parse::nearest;
use minijinja::machinery::{Token, tokenize};
use minijinja::{Environment, ErrorKind, Value};

/// Filters that are offered for one that is none.
const OFFERED: [&str; 18] = [
    "date_cn",
    "date_han",
    "month_cn",
    "cn",
    "rmb",
    "pad_name",
    "mask",
    "by_strokes",
    "join",
    "default",
    "merge_down",
    "length",
    "first",
    "last",
    "sort",
    "sum",
    "round",
    "replace",
];

/// A diagnostic for each; a text that cannot be read has been told of already.
pub(in crate::document) fn unknown(origin: &Origin<'_>, environment: &Environment<'_>) -> Vec<Diagnostic> {
    let tokens = tokenize(origin.text, false, environment.syntax().clone());
    let mut problems = Vec::new();
    let mut after_pipe = false;
    for (token, span) in tokens.map_while(Result::ok) {
        if let Token::Ident(name) = token
            && after_pipe
            && is_unknown(name, environment)
        {
            problems.push(Diagnostic {
                kind: "template-filter-unknown",
                severity: Severity::Error,
                place: origin.place(span.start_offset as usize),
                message: format!("there is no filter `{name}`"),
                hint: Some(fitting(name)),
            });
        }
        after_pipe = matches!(token, Token::Pipe);
    }
    problems
}

/// What would fit in place of a filter that is none.
pub(super) fn fitting(name: &str) -> String {
    let near = nearest(name, &OFFERED).map(|near| format!("did you mean `{near}`?"));
    near.unwrap_or_else(|| format!("among others there are {}", OFFERED.join(" ")))
}

fn is_unknown(name: &str, environment: &Environment<'_>) -> bool {
    let tried = environment.empty_state().apply_filter(name, &[Value::from(())]);
    tried.is_err_and(|error| error.kind() == ErrorKind::UnknownFilter)
}
