//! What an expression proves to be there when it is true or false: `x is defined and …`.

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

/// The path of an expression, and those of what it is a part of.
fn paths(expression: &ast::Expr<'_>) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = path(expression).into_iter().collect();
    if let ast::Expr::GetAttr(attribute) = expression {
        found.extend(paths(&attribute.expr));
    }
    found
}

/// The paths that are there when the expression is `truth`.
pub(super) fn proves(expression: &ast::Expr<'_>, truth: bool) -> BTreeSet<String> {
    match expression {
        ast::Expr::Test(test) => {
            let there = test.name == "defined";
            if there == truth { paths(&test.expr) } else { BTreeSet::new() }
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

/// The field and the words of a condition that asks whether it is one of them.
pub(super) fn words(expression: &ast::Expr<'_>) -> Option<(String, Vec<String>)> {
    let text = |expression: &ast::Expr<'_>| expression.as_const()?.as_str().map(str::to_owned);
    let either = |left: &ast::Expr<'_>, right: &ast::Expr<'_>| match (path(left), text(right)) {
        (Some(field), Some(word)) => Some((field, vec![word])),
        _ => Some((path(right)?, vec![text(left)?])),
    };
    let among = |left: &ast::Expr<'_>, right: &ast::Expr<'_>| {
        let ast::Expr::List(list) = right else { return None };
        Some((path(left)?, list.items.iter().map(text).collect::<Option<Vec<_>>>()?))
    };
    match expression {
        ast::Expr::Compare(compare) => match compare.ops.as_slice() {
            [step] if matches!(step.op, ast::CompareOpKind::Eq) => either(&compare.expr, &step.expr),
            [step] if matches!(step.op, ast::CompareOpKind::In) => among(&compare.expr, &step.expr),
            _ => None,
        },
        ast::Expr::BinOp(operation) => match operation.op {
            ast::BinOpKind::Eq => either(&operation.left, &operation.right),
            ast::BinOpKind::In => among(&operation.left, &operation.right),
            ast::BinOpKind::ScOr => {
                let (field, mut named) = words(&operation.left)?;
                let (other, more) = words(&operation.right)?;
                named.extend(more);
                (field == other).then_some((field, named))
            }
            _ => None,
        },
        _ => None,
    }
}
