//! Reckoning made exact: `0.1 + 0.2 == 0.3` holds (LANGUAGE §13).
//!
//! The evaluator reckons in binary numbers. Each reckoning of an expression is therefore handed, whole, to [`RECKON`]: the
//! steps as a text in the order they are taken, and the values they are taken with. Everything else is written out as it was.

use minijinja::machinery::ast;
use minijinja::value::{Value, ValueKind};

/// The function that reckons exactly; no definition can write it.
pub const RECKON: &str = "__reckon";

/// An expression with its reckoning put to [`RECKON`]; as it stands when it has none.
pub fn exact(source: &str) -> String {
    let told = super::expression(source).ok().and_then(|parsed| told(&parsed));
    told.filter(|told| told.contains(RECKON)).unwrap_or_else(|| source.to_owned())
}

/// A text with the reckoning in its braces put to [`RECKON`]; as it stands where it has none, or cannot be read.
pub fn exact_text(text: &str) -> String {
    with_braces(text, exact_braces)
}

/// A text with each of its braces put otherwise; from braces that do not end it stands as it is.
pub fn with_braces(text: &str, put: impl Fn(&str) -> String) -> String {
    let (mut told, mut rest) = (String::new(), text);
    while let Some(begin) = rest.find('{') {
        let (before, braces) = rest.split_at(begin);
        let Some(length) = braced(braces) else { break };
        let (inside, after) = braces.split_at(length);
        told.push_str(before);
        told.push_str(&put(inside));
        rest = after;
    }
    told + rest
}

/// How long the braces are that a text begins with; one alone is no braces. What is quoted ends nothing.
fn braced(text: &str) -> Option<usize> {
    let end = match text.get(..2) {
        Some("{{") => "}}",
        Some("{%") => "%}",
        Some("{#") => return text.find("#}").map(|at| at + 2),
        Some(_) | None => return Some(1),
    };
    let mut quote = None;
    for (at, character) in text.char_indices().skip(2) {
        match quote {
            Some(open) if open == character => quote = None,
            Some(_) => {}
            None if character == '\'' || character == '"' => quote = Some(character),
            None if text.get(at..).is_some_and(|rest| rest.starts_with(end)) => return Some(at + 2),
            None => {}
        }
    }
    None
}

/// The braces with the one expression in them made exact: what is printed, asked (`if`, `elif`) or named (`set … =`).
fn exact_braces(braces: &str) -> String {
    let inside = |from: usize| braces.get(from..braces.len().saturating_sub(2));
    let begin = match braces.get(..2) {
        Some("{{") => Some(2),
        Some("{%") => ["if ", "elif ", "="].iter().find_map(|word| Some(braces.find(word)? + word.len())),
        Some(_) | None => None,
    };
    let Some((begin, source)) = begin.and_then(|begin| Some((begin, inside(begin)?))) else { return braces.to_owned() };
    // a hyphen at either end takes the blanks beside it away
    let (open, source) = source.strip_prefix('-').filter(|_| begin == 2).map_or(("", source), |rest| ("-", rest));
    let (close, source) = source.strip_suffix('-').map_or(("", source), |rest| ("-", rest));
    let (head, tail) = (&braces[..begin], &braces[braces.len() - 2..]);
    match exact(source) {
        told if told == source => braces.to_owned(),
        told => format!("{head}{open} {told} {close}{tail}"),
    }
}

/// An expression written out; None for what is no part of the language.
fn told(expression: &ast::Expr<'_>) -> Option<String> {
    let all = |items: &[ast::Expr<'_>]| Some(items.iter().map(told).collect::<Option<Vec<_>>>()?.join(", "));
    Some(match expression {
        ast::Expr::Var(name) => name.id.to_owned(),
        ast::Expr::Const(constant) => literal(&constant.value)?,
        ast::Expr::UnaryOp(operation) if matches!(operation.op, ast::UnaryOpKind::Not) => {
            format!("(not {})", told(&operation.expr)?)
        }
        ast::Expr::UnaryOp(_) => reckoned(expression)?,
        ast::Expr::BinOp(operation) => match joined(&operation.op) {
            Some(word) => format!("({} {word} {})", told(&operation.left)?, told(&operation.right)?),
            None => reckoned(expression)?,
        },
        ast::Expr::Compare(compare) => {
            let mut text = told(&compare.expr)?;
            for step in &compare.ops {
                text.push_str(&format!(" {} {}", compared(&step.op), told(&step.expr)?));
            }
            format!("({text})")
        }
        ast::Expr::IfExpr(choice) => {
            let other = match &choice.false_expr {
                Some(other) => format!(" else {}", told(other)?),
                None => String::new(),
            };
            format!("({} if {}{other})", told(&choice.true_expr)?, told(&choice.test_expr)?)
        }
        ast::Expr::Test(test) if test.args.is_empty() => format!("({} is {})", told(&test.expr)?, test.name),
        ast::Expr::GetAttr(attribute) => format!("{}.{}", told(&attribute.expr)?, attribute.name),
        ast::Expr::GetItem(item) => format!("{}[{}]", told(&item.expr)?, told(&item.subscript_expr)?),
        ast::Expr::Call(call) => format!("{}({})", told(&call.expr)?, given(&call.args)?),
        // of a text; an expression has no filters
        ast::Expr::Filter(filter) => {
            format!("({}|{}({}))", told(filter.expr.as_ref()?)?, filter.name, given(&filter.args)?)
        }
        ast::Expr::List(list) => format!("[{}]", all(&list.items)?),
        ast::Expr::Tuple(list) => format!("({},)", all(&list.items)?),
        _ => return None,
    })
}

/// What a call is given, written out.
fn given(args: &[ast::CallArg<'_>]) -> Option<String> {
    let args = args.iter().map(|arg| match arg {
        ast::CallArg::Pos(value) => told(value),
        ast::CallArg::Kwarg(name, value) => Some(format!("{name}={}", told(value)?)),
        _ => None,
    });
    Some(args.collect::<Option<Vec<_>>>()?.join(", "))
}

/// What joins two values without reckoning.
fn joined(operation: &ast::BinOpKind) -> Option<&'static str> {
    use ast::BinOpKind as Op;
    match operation {
        Op::Eq => Some("=="),
        Op::Ne => Some("!="),
        Op::Lt => Some("<"),
        Op::Lte => Some("<="),
        Op::Gt => Some(">"),
        Op::Gte => Some(">="),
        Op::In => Some("in"),
        Op::ScAnd => Some("and"),
        Op::ScOr => Some("or"),
        Op::Concat => Some("~"),
        Op::Add | Op::Sub | Op::Mul | Op::Div | Op::FloorDiv | Op::Rem | Op::Pow => None,
    }
}

fn compared(operation: &ast::CompareOpKind) -> &'static str {
    use ast::CompareOpKind as Op;
    match operation {
        Op::Eq => "==",
        Op::Ne => "!=",
        Op::Lt => "<",
        Op::Lte => "<=",
        Op::Gt => ">",
        Op::Gte => ">=",
        Op::In => "in",
        Op::NotIn => "not in",
    }
}

/// One reckoning: its steps, and what they are taken with.
fn reckoned(expression: &ast::Expr<'_>) -> Option<String> {
    let (mut steps, mut values) = (Vec::new(), Vec::new());
    take(expression, &mut steps, &mut values)?;
    Some(format!("{RECKON}('{}', [{}])", steps.join(" "), values.join(", ")))
}

fn take(expression: &ast::Expr<'_>, steps: &mut Vec<String>, values: &mut Vec<String>) -> Option<()> {
    use ast::BinOpKind as Op;
    let step = match expression {
        ast::Expr::BinOp(operation) => {
            let step = match operation.op {
                Op::Add => "+",
                Op::Sub => "-",
                Op::Mul => "*",
                Op::Div => "/",
                Op::FloorDiv => "//",
                Op::Rem => "%",
                Op::Pow => "**",
                Op::Eq | Op::Ne | Op::Lt | Op::Lte | Op::Gt | Op::Gte | Op::In | Op::ScAnd | Op::ScOr | Op::Concat => {
                    ""
                }
            };
            if !step.is_empty() {
                take(&operation.left, steps, values)?;
                take(&operation.right, steps, values)?;
            }
            step
        }
        ast::Expr::UnaryOp(operation) if matches!(operation.op, ast::UnaryOpKind::Neg) => {
            take(&operation.expr, steps, values)?;
            "neg"
        }
        _ => "",
    };
    if step.is_empty() {
        steps.push(values.len().to_string());
        values.push(told(expression)?);
    } else {
        steps.push(step.to_owned());
    }
    Some(())
}

fn literal(value: &Value) -> Option<String> {
    match value.kind() {
        ValueKind::Bool | ValueKind::Number | ValueKind::None => Some(value.to_string()),
        ValueKind::String => {
            let text = value.as_str()?.replace('\\', "\\\\").replace('\'', "\\'");
            Some(format!("'{}'", text.replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t")))
        }
        ValueKind::Seq => {
            let items = value.try_iter().ok()?.map(|item| literal(&item)).collect::<Option<Vec<_>>>()?;
            Some(format!("[{}]", items.join(", ")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reckoning_is_handed_over_whole_and_the_rest_stands() {
        let kept = [
            "户数 > 0",
            "R.has(who, since='2020-01-01')",
            "count(是否) <= 5",
            "not (甲 is defined) or 乙 in ['一', '二']",
        ];
        for source in kept {
            assert_eq!(exact(source), source);
        }
        assert_eq!(exact("a * 0.1 + b <= 3"), "(__reckon('0 1 * 2 +', [a, 0.1, b]) <= 3)");
        assert_eq!(exact("count(x) * 5 <= sum(名额[owner])"), "(__reckon('0 1 *', [count(x), 5]) <= sum(名额[owner]))");
        assert_eq!(exact("-a < (b - c) * d"), "(__reckon('0 neg', [a]) < __reckon('0 1 - 2 *', [b, c, d]))");
        assert_eq!(exact("x is defined and x - 1 > 0"), "((x is defined) and (__reckon('0 1 -', [x, 1]) > 0))");
        assert_eq!(exact("名 == 'it\\'s' and a + 1 == 2"), "((名 == 'it\\'s') and (__reckon('0 1 +', [a, 1]) == 2))");
    }

    #[test]
    fn so_is_reckoning_within_a_text() {
        let kept =
            ["共{{ 户数 }}户", "没有括号", "{{ 甲 if 乙 > 1 else 丙 }}", "写不完{{ 甲 + ", "{单}{# {{ 甲 + 1 }} #}"];
        for text in kept {
            assert_eq!(exact_text(text), text);
        }
        let told = [
            (
                "收{{ 单价 * 0.1 }}元，共{{ (甲 + 乙) }}件",
                "收{{ __reckon('0 1 *', [单价, 0.1]) }}元，共{{ __reckon('0 1 +', [甲, 乙]) }}件",
            ),
            ("{{- '}}' if a + 1 == 2 else b -}}", "{{- ('}}' if (__reckon('0 1 +', [a, 1]) == 2) else b) -}}"),
            (
                "{% if a + 1 > 2 %}{{ (a - 1)|abs }}{% endif %}",
                "{% if  (__reckon('0 1 +', [a, 1]) > 2) %}{{ (__reckon('0 1 -', [a, 1])|abs()) }}{% endif %}",
            ),
            ("{% set b = a * 2 %}{{ b }}", "{% set b = __reckon('0 1 *', [a, 2]) %}{{ b }}"),
        ];
        for (text, exactly) in told {
            assert_eq!(exact_text(text), exactly);
        }
    }
}
