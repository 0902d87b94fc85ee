//! Expressions: MiniJinja's grammar, our names and types (LANGUAGE §13).
//!
//! Guarantees: this is the one file family that touches MiniJinja's unstable parser; an expression that [`compile`] takes has
//! only the operators, tests and functions of the language: no filters, no loops, no attribute of a machine object.
//! Values are not computed here, only names resolved and types proved; see `case::eval` for the values.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the grammar is a library's; what is not named is refused or walked alike"
)]

mod asked;
mod balance;
mod bare;
mod call;
mod called;
mod compare;
mod each;
mod exact;
mod filtered;
mod formula;
mod guards;
mod infer;
mod kind;
mod known;
mod mentions;
pub mod pieces;
mod proof;
mod said;
mod scope;
mod scopes;
mod statements;
mod walk;
mod worth;
#[cfg(test)]
mod tests;

pub use asked::{asked, asked_text};
pub use balance::{Balance, Term, balance};
pub use each::{EACH, by_item};
pub use exact::{RECKON, exact, exact_text, with_braces};
pub use formula::{Case, Formula, Questions};
pub use infer::{Inferred, Problem, condition, infer, infer_where};
pub use kind::{Kind, Typed};
pub use mentions::{Bare, How, Mention, Mistake, Reading, Unread, Used, Word, read, text_names, text_unread};
pub use said::unknown_calls;
pub use scope::{Pair, Scope};
pub use scopes::Made;

use minijinja::machinery::{self, ast};
use std::collections::BTreeSet;

/// What a template reads that nothing fills.
pub const UNKNOWN: &str = "template-variable-unknown";
/// What a template calls that is not there, or otherwise than it can be called.
pub const MISCALLED: &str = "template-call";
/// Longest expression, in bytes.
pub const EXPRESSION_BYTES_MAX: usize = 4000;

/// An expression the grammar accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compiled {
    /// the source, to be evaluated by MiniJinja in an environment of ours
    pub source: String,
    /// top-level names it mentions, functions aside, each once, in order
    pub names: Vec<String>,
}

/// Why a text is not an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Malformed {
    /// one sentence
    pub message: String,
    /// 0-based offset in characters
    pub offset: usize,
    /// a full-width mark stands where the grammar wants a half-width one
    pub full_width: Option<char>,
}

/// Reads an expression.
///
/// # Errors
/// When the grammar does not accept it, or it uses what the language has not.
pub fn compile(source: &str) -> Result<Compiled, Malformed> {
    let parsed = expression(source)?;
    let mut found = Vec::new();
    mentions::of_expression(&parsed, &mut found);
    let mut names: Vec<String> = Vec::new();
    for mention in found {
        if let Some(first) = mention.path.into_iter().next()
            && !names.contains(&first)
        {
            names.push(first);
        }
    }
    Ok(Compiled { source: source.to_owned(), names })
}

/// The top-level names an expression mentions, functions aside; empty when it cannot be read.
pub fn names(source: &str) -> Vec<String> {
    compile(source).map(|c| c.names).unwrap_or_default()
}

/// Every path an expression mentions: `考察.结论` is two parts; none when it cannot be read.
pub fn mentioned(source: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    if let Ok(parsed) = expression(source) {
        mentions::of_expression(&parsed, &mut found);
    }
    found.into_iter().map(|mention| mention.path).collect()
}

/// Every path whose value an expression reads: none of those it only asks whether they are there.
pub fn valued(source: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    if let Ok(parsed) = expression(source) {
        mentions::of_expression(&parsed, &mut found);
    }
    found.into_iter().filter(|mention| !mention.only_asked).map(|mention| mention.path).collect()
}

/// The same of a text with `{{ … }}`; none when it is no template.
pub fn text_valued(text: &str) -> Vec<Vec<String>> {
    let found = text_names(text).unwrap_or_default();
    found.into_iter().filter(|mention| !mention.only_asked).map(|mention| mention.path).collect()
}

/// The parsed expression; `infer` walks it.
pub(super) fn expression(source: &str) -> Result<ast::Expr<'_>, Malformed> {
    if source.len() > EXPRESSION_BYTES_MAX {
        let message = format!("the expression is longer than {EXPRESSION_BYTES_MAX} bytes");
        return Err(Malformed { message, offset: 0, full_width: None });
    }
    machinery::parse_expr(source).map_err(|error| malformed(source, &error))
}

fn malformed(source: &str, error: &minijinja::Error) -> Malformed {
    let bytes = error.range().map_or(0, |r| r.start.min(source.len()));
    if let Some((offset, mark)) = outside_quotes(source) {
        let message = format!("the full-width `{mark}` stands where an expression wants a half-width character");
        return Malformed { message, offset, full_width: Some(mark) };
    }
    let offset = source.get(..bytes).unwrap_or_default().chars().count();
    let detail = error.detail().unwrap_or("syntax error").to_owned();
    Malformed { message: format!("this is not an expression: {detail}"), offset, full_width: None }
}

fn outside_quotes(source: &str) -> Option<(usize, char)> {
    let mut quote = None;
    for (offset, character) in source.chars().enumerate() {
        match quote {
            Some(open) if open == character => quote = None,
            Some(_) => {}
            None if character == '\'' || character == '"' => quote = Some(character),
            None if crate::yaml::half_width(character).is_some() => return Some((offset, character)),
            None => {}
        }
    }
    None
}

/// The paths that are there when a condition is `truth`: `x is defined and …` shows that `x` is.
pub fn proven(source: &str, truth: bool) -> BTreeSet<String> {
    expression(source).map(|parsed| proof::proves(&parsed, truth)).unwrap_or_default()
}

/// The field and the words of a condition that asks whether it is one of them: `类别 == '甲'`, `类别 in ['甲', '乙']`, or
/// several of these with `or`.
pub fn one_of(source: &str) -> Option<(String, Vec<String>)> {
    proof::words(&expression(source).ok()?)
}
