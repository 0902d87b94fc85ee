//! What an expression proves to be there when it is true or false: `x is defined and …`.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the grammar is a library's; what is not named here is refused or walked alike"
)]

use minijinja::machinery::ast;
use std::collections::BTreeSet;

/// `a.b.c` or `a.b(c)`, when it is one: the same words are the same value.
pub(super) fn path(expression: &ast::Expr<'_>) -> Option<String> {
    match expression {
        ast::Expr::Var(var) => Some(var.id.to_owned()),
        ast::Expr::GetAttr(attribute) => Some(format!("{}.{}", path(&attribute.expr)?, attribute.name)),
        ast::Expr::Call(call) => {
            let given = |argument: &ast::CallArg<'_>| match argument {
                ast::CallArg::Pos(value) => path(value),
                _ => None,
            };
            let arguments: Option<Vec<String>> = call.args.iter().map(given).collect();
            Some(format!("{}({})", path(&call.expr)?, arguments?.join(", ")))
        }
        _ => None,
    }
}

/// The paths that are there when the expression is `truth`.
pub(super) fn proves(expression: &ast::Expr<'_>, truth: bool) -> BTreeSet<String> {
    match expression {
        ast::Expr::Test(test) => {
            let there = test.name == "defined";
            if there == truth { path(&test.expr).into_iter().collect() } else { BTreeSet::new() }
        }
        ast::Expr::UnaryOp(operation) if matches!(operation.op, ast::UnaryOpKind::Not) => {
            proves(&operation.expr, !truth)
        }
        ast::Expr::BinOp(operation) => {
            let both = match operation.op {
                ast::BinOpKind::ScAnd => truth,
                ast::BinOpKind::ScOr => !truth,
                _ => return BTreeSet::new(),
            };
            if !both {
                return BTreeSet::new();
            }
            let mut found = proves(&operation.left, truth);
            found.extend(proves(&operation.right, truth));
            found
        }
        _ => BTreeSet::new(),
    }
}
