//! Checks of a table (LANGUAGE §12): two sums of its rows, set against each other, reckoned exactly.

use super::Malformed;
use crate::tally::{Fraction, Unreckonable};
use minijinja::machinery::ast;
use std::cmp::Ordering;

/// What a check says: `left` and `right` are related so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// the sum before the sign
    pub left: Vec<Term>,
    /// the sign
    pub sign: &'static str,
    /// the sum behind it
    pub right: Vec<Term>,
}

/// A part of a sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// how often it is added; below nought, taken away
    pub times: i64,
    /// the row; None = the number `times` itself
    pub row: Option<String>,
}

/// Reads a check: `合计 == 新收 + 结转`, with `== <= >= < >`, `+ -` and a whole number times a row.
///
/// # Errors
/// When it is not of this form.
pub fn balance(source: &str) -> Result<Balance, Malformed> {
    let form = || {
        let message = "a check sets two sums of rows against each other: `新收 + 结转 == 办结 + 未办`".to_owned();
        Malformed { message, offset: 0, full_width: None }
    };
    let (left, sign, right) = match super::expression(source)? {
        ast::Expr::Compare(compare) => match compare.ops.as_slice() {
            [step] => (sum(&compare.expr), sign(step.op), sum(&step.expr)),
            _ => return Err(form()),
        },
        ast::Expr::BinOp(operation) => (sum(&operation.left), binary(operation.op), sum(&operation.right)),
        _ => return Err(form()),
    };
    match (left, sign, right) {
        (Some(left), Some(sign), Some(right)) => Ok(Balance { left, sign, right }),
        _ => Err(form()),
    }
}

fn sign(op: ast::CompareOpKind) -> Option<&'static str> {
    match op {
        ast::CompareOpKind::Eq => Some("=="),
        ast::CompareOpKind::Lte => Some("<="),
        ast::CompareOpKind::Gte => Some(">="),
        ast::CompareOpKind::Lt => Some("<"),
        ast::CompareOpKind::Gt => Some(">"),
        _ => None,
    }
}

fn binary(op: ast::BinOpKind) -> Option<&'static str> {
    match op {
        ast::BinOpKind::Eq => Some("=="),
        ast::BinOpKind::Lte => Some("<="),
        ast::BinOpKind::Gte => Some(">="),
        ast::BinOpKind::Lt => Some("<"),
        ast::BinOpKind::Gt => Some(">"),
        _ => None,
    }
}

fn sum(expression: &ast::Expr<'_>) -> Option<Vec<Term>> {
    let whole = |expression: &ast::Expr<'_>| i64::try_from(expression.as_const()?).ok();
    match expression {
        ast::Expr::Var(var) => Some(vec![Term { times: 1, row: Some(var.id.to_owned()) }]),
        ast::Expr::Const(_) => Some(vec![Term { times: whole(expression)?, row: None }]),
        ast::Expr::BinOp(operation) => match operation.op {
            ast::BinOpKind::Add => Some([sum(&operation.left)?, sum(&operation.right)?].concat()),
            ast::BinOpKind::Sub => {
                let taken = sum(&operation.right)?.into_iter().map(|t| Term { times: -t.times, ..t });
                Some(sum(&operation.left)?.into_iter().chain(taken).collect())
            }
            ast::BinOpKind::Mul => {
                let (times, of) = match (whole(&operation.left), whole(&operation.right)) {
                    (Some(times), _) => (times, sum(&operation.right)?),
                    (None, Some(times)) => (times, sum(&operation.left)?),
                    (None, None) => return None,
                };
                of.into_iter().map(|t| Some(Term { times: t.times.checked_mul(times)?, ..t })).collect()
            }
            _ => None,
        },
        _ => None,
    }
}

impl Balance {
    /// The rows it names, each once.
    pub fn rows(&self) -> Vec<&str> {
        let mut found: Vec<&str> = self.left.iter().chain(&self.right).filter_map(|t| t.row.as_deref()).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether it holds for the figures of one column; None when it does, else both sides with their figures, in Chinese.
    ///
    /// # Errors
    /// When the sums have more digits than are kept.
    pub fn broken(&self, figure: &dyn Fn(&str) -> Fraction) -> Result<Option<String>, Unreckonable> {
        let add = |terms: &[Term]| {
            let values = terms.iter().map(|t| Fraction::whole(t.times).times(row(t, figure)));
            values.collect::<Result<Vec<_>, _>>().and_then(Fraction::sum)
        };
        let (left, right) = (add(&self.left)?, add(&self.right)?);
        let order = left.cmp(&right);
        let holds = match self.sign {
            "==" => order == Ordering::Equal,
            "<=" => order != Ordering::Greater,
            ">=" => order != Ordering::Less,
            "<" => order == Ordering::Less,
            _ => order == Ordering::Greater,
        };
        if holds {
            return Ok(None);
        }
        let told = |terms: &[Term], sum: Fraction| match terms {
            [_] => said(terms, figure),
            _ => format!("{}＝{}", said(terms, figure), sum.say()),
        };
        let wanted = match self.sign {
            "==" => "应等于",
            "<=" => "应不大于",
            ">=" => "应不小于",
            "<" => "应小于",
            _ => "应大于",
        };
        Ok(Some(format!("{}，{wanted}{}", told(&self.left, left), told(&self.right, right))))
    }
}

fn row(term: &Term, figure: &dyn Fn(&str) -> Fraction) -> Fraction {
    term.row.as_ref().map_or(Fraction::whole(1), |name| figure(name))
}

/// `新收3＋上年结转1`.
fn said(terms: &[Term], figure: &dyn Fn(&str) -> Fraction) -> String {
    let mut text = String::new();
    for (n, term) in terms.iter().enumerate() {
        text.push_str(match (n, term.times < 0) {
            (_, true) => "－",
            (0, false) => "",
            (_, false) => "＋",
        });
        match (&term.row, term.times.unsigned_abs()) {
            (None, number) => text.push_str(&number.to_string()),
            (Some(name), 1) => text.push_str(&format!("{name}{}", figure(name).say())),
            (Some(name), times) => text.push_str(&format!("{times}×{name}{}", figure(name).say())),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(name: &str) -> Fraction {
        let told = [("新收", "3"), ("结转", "1"), ("办结", "2"), ("费用", "0.3"), ("甲", "0.1"), ("乙", "0.2")];
        let found = told.iter().find(|(n, _)| *n == name);
        Fraction::parse(found.map_or("0", |(_, text)| text)).unwrap()
    }

    #[test]
    fn a_check_says_what_does_not_add_up() {
        let broken = |source: &str| balance(source).unwrap().broken(&figures).unwrap();
        assert_eq!(broken("新收 + 结转 == 2 * 办结"), None);
        assert_eq!(broken("甲 + 乙 == 费用"), None, "reckoned exactly");
        assert_eq!(broken("新收 - 结转 >= 办结"), None);
        assert_eq!(broken("新收 + 结转 == 办结").unwrap(), "新收3＋结转1＝4，应等于办结2");
        assert_eq!(broken("新收 < 办结 + 1 - 结转").unwrap(), "新收3，应小于办结2＋1－结转1＝2");
    }

    #[test]
    fn only_sums_are_set_against_each_other() {
        for odd in [
            "新收",
            "新收 + 结转",
            "新收 == 结转 == 办结",
            "新收 / 2 == 结转",
            "新收 * 结转 == 1",
            "a.b == c",
            "not 新收",
        ] {
            assert!(balance(odd).is_err(), "{odd}");
        }
        assert_eq!(balance("合计 == 新收 + 新收").unwrap().rows(), ["合计", "新收"]);
    }
}
