//! Which values are there for certain where a condition of a template holds, or where it does not.

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

/// The expressions that are neither empty nor without a value when a condition comes out so.
pub(super) fn filled<'e, 'a>(condition: &'e ast::Expr<'a>, holds: bool) -> Vec<&'e ast::Expr<'a>> {
    match condition {
        ast::Expr::Var(_) | ast::Expr::GetAttr(_) | ast::Expr::GetItem(_) if holds => vec![condition],
        ast::Expr::UnaryOp(e) if matches!(e.op, ast::UnaryOpKind::Not) => filled(&e.expr, !holds),
        ast::Expr::BinOp(e) => match (&e.op, holds) {
            (ast::BinOpKind::ScAnd, true) | (ast::BinOpKind::ScOr, false) => {
                filled(&e.left, holds).into_iter().chain(filled(&e.right, holds)).collect()
            }
            (ast::BinOpKind::Eq, true) | (ast::BinOpKind::Ne, false) => compared(&e.left, &e.right, false),
            (ast::BinOpKind::Ne, true) | (ast::BinOpKind::Eq, false) => compared(&e.left, &e.right, true),
            (ast::BinOpKind::Gt | ast::BinOpKind::Gte | ast::BinOpKind::In, true) => {
                put_to_filters(&e.left).into_iter().collect()
            }
            _ => Vec::new(),
        },
        ast::Expr::Compare(e) => match e.ops.as_slice() {
            [step] => match (&step.op, holds) {
                (ast::CompareOpKind::Eq, true) | (ast::CompareOpKind::Ne, false) => {
                    compared(&e.expr, &step.expr, false)
                }
                (ast::CompareOpKind::Ne, true) | (ast::CompareOpKind::Eq, false) => compared(&e.expr, &step.expr, true),
                (ast::CompareOpKind::Gt | ast::CompareOpKind::Gte | ast::CompareOpKind::In, true) => {
                    put_to_filters(&e.expr).into_iter().collect()
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        },
        ast::Expr::Filter(_) if holds => put_to_filters(condition).into_iter().collect(),
        ast::Expr::Test(e) if e.name == "none" && !holds => vec![&e.expr],
        _ => Vec::new(),
    }
}

/// What is compared with a text that is not empty, or told apart from one that is.
fn compared<'e, 'a>(one: &'e ast::Expr<'a>, other: &'e ast::Expr<'a>, apart: bool) -> Vec<&'e ast::Expr<'a>> {
    let is = |it: &ast::Expr<'_>| {
        it.as_const().is_some_and(|it| (it.as_str().is_some_and(str::is_empty) || it.is_none()) == apart)
    };
    let found = if is(other) { Some(one) } else { Some(other).filter(|_| is(one)) };
    found.and_then(put_to_filters).into_iter().collect()
}

/// What a chain of filters is put to.
fn put_to_filters<'e, 'a>(expression: &'e ast::Expr<'a>) -> Option<&'e ast::Expr<'a>> {
    let mut at = expression;
    while let ast::Expr::Filter(e) = at {
        at = e.expr.as_ref()?;
    }
    Some(at)
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
