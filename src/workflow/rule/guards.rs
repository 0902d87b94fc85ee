//! Which values are there for certain where a condition of a template holds, or where it does not.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the grammar is a library's; what is not named here says nothing of what is there"
)]

use minijinja::machinery::ast;

/// Tests that ask whether a value is there, and what they answer where it is.
const ASKING: [(&str, bool); 3] = [("defined", true), ("undefined", false), ("none", false)];
/// Filters that stand in for what is missing.
pub(super) const DEFAULTS: [&str; 2] = ["default", "d"];

/// The expressions whose values are there when a condition comes out so.
pub(super) fn of<'e, 'a>(condition: &'e ast::Expr<'a>, holds: bool) -> Vec<&'e ast::Expr<'a>> {
    match condition {
        ast::Expr::UnaryOp(e) if matches!(e.op, ast::UnaryOpKind::Not) => of(&e.expr, !holds),
        ast::Expr::BinOp(e) => {
            let both = || of(&e.left, holds).into_iter().chain(of(&e.right, holds)).collect();
            match (&e.op, holds) {
                (ast::BinOpKind::ScAnd, true) | (ast::BinOpKind::ScOr, false) => both(),
                (ast::BinOpKind::ScAnd | ast::BinOpKind::ScOr, _) => Vec::new(),
                // what stands in is seldom what is compared with, and which way round cannot be told
                _ => stood_in_for(&e.left).into_iter().chain(stood_in_for(&e.right)).collect(),
            }
        }
        ast::Expr::Test(e) => {
            let answer = ASKING.iter().find(|(name, _)| *name == e.name).map(|(_, there)| *there);
            answer.filter(|there| *there == holds).map(|_| &e.expr).into_iter().collect()
        }
        ast::Expr::Filter(_) if holds => stood_in_for(condition),
        ast::Expr::Compare(e) => {
            stood_in_for(&e.expr).into_iter().chain(e.ops.iter().flat_map(|op| stood_in_for(&op.expr))).collect()
        }
        _ => Vec::new(),
    }
}

/// What a `default` of a chain of filters stands in for.
fn stood_in_for<'e, 'a>(expression: &'e ast::Expr<'a>) -> Vec<&'e ast::Expr<'a>> {
    let mut at = expression;
    while let ast::Expr::Filter(e) = at {
        let Some(filtered) = &e.expr else { break };
        if DEFAULTS.contains(&e.name) {
            return vec![filtered];
        }
        at = filtered;
    }
    Vec::new()
}
