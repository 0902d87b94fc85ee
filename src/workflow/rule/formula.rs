//! What conditions say of each other: each as a formula over the questions it asks, compared in every case there may be.
//!
//! A question is what is neither `and`, `or`, `not`, `if` nor a comparison of truth, in one spelling: brackets, the order of an
//! `or` and `党内 == true` make no difference. Questions are taken to be free of each other, but for two values of one thing;
//! so what is not seen to hold may hold, and never the other way about.

use minijinja::machinery::ast;
use std::collections::BTreeMap;

/// Different questions whose answers are gone through, all with all.
const QUESTIONS_MAX: usize = 12;

/// A condition over questions that are numbered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Formula {
    /// true or false, whatever is asked
    Always(bool),
    /// this question
    Asks(usize),
    /// the contrary
    Not(Box<Formula>),
    /// each of them
    All(Vec<Formula>),
    /// one of them
    Any(Vec<Formula>),
}

impl Formula {
    /// Whether it holds in a case.
    pub fn holds(&self, case: Case) -> bool {
        match self {
            Formula::Always(truth) => *truth,
            Formula::Asks(question) => case.answer(*question),
            Formula::Not(of) => !of.holds(case),
            Formula::All(of) => of.iter().all(|it| it.holds(case)),
            Formula::Any(of) => of.iter().any(|it| it.holds(case)),
        }
    }
}

/// An answer to every question, as a set of those that are answered with yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case(u32);

impl Case {
    fn answer(self, question: usize) -> bool {
        self.0.checked_shr(u32::try_from(question).unwrap_or(u32::MAX)).is_some_and(|rest| rest & 1 == 1)
    }
}

/// What several conditions ask.
#[derive(Debug, Default)]
pub struct Questions {
    /// each in one spelling, and whether something is a certain value, where it asks that
    asked: Vec<(String, Option<(String, String)>)>,
}

impl Questions {
    /// A condition as a formula over them; what cannot be read is a question of its own.
    pub fn formula(&mut self, source: &str) -> Formula {
        match super::expression(source) {
            Ok(parsed) => self.of(&parsed),
            Err(_) => self.question(source.to_owned(), None),
        }
    }

    /// Every case there may be; None where they are too many to be gone through.
    pub fn cases(&self) -> Option<Vec<Case>> {
        let count = Some(self.asked.len()).filter(|count| *count <= QUESTIONS_MAX)?;
        Some((0..1_u32 << count).map(Case).filter(|case| self.may_be(*case)).collect())
    }

    /// One thing is not two values at once.
    fn may_be(&self, case: Case) -> bool {
        let mut values: BTreeMap<&String, &String> = BTreeMap::new();
        let equals = self.asked.iter().enumerate().filter(|(question, _)| case.answer(*question));
        let mut equals = equals.filter_map(|(_, (_, equal))| equal.as_ref());
        equals.all(|(thing, value)| *values.entry(thing).or_insert(value) == value)
    }

    fn question(&mut self, spelt: String, equal: Option<(String, String)>) -> Formula {
        let known = self.asked.iter().position(|(asked, _)| *asked == spelt);
        Formula::Asks(known.unwrap_or_else(|| {
            self.asked.push((spelt, equal));
            self.asked.len() - 1
        }))
    }

    fn of(&mut self, expression: &ast::Expr<'_>) -> Formula {
        if let Some(truth) = truth(expression) {
            return Formula::Always(truth);
        }
        match expression {
            ast::Expr::UnaryOp(e) if matches!(e.op, ast::UnaryOpKind::Not) => not(self.of(&e.expr)),
            ast::Expr::BinOp(e) => match e.op {
                ast::BinOpKind::ScAnd => Formula::All(vec![self.of(&e.left), self.of(&e.right)]),
                ast::BinOpKind::ScOr => Formula::Any(vec![self.of(&e.left), self.of(&e.right)]),
                ast::BinOpKind::Eq => self.equal(&e.left, &e.right),
                ast::BinOpKind::Ne => not(self.equal(&e.left, &e.right)),
                ast::BinOpKind::Lt => self.less(&e.left, &e.right),
                ast::BinOpKind::Gt => self.less(&e.right, &e.left),
                ast::BinOpKind::Lte => not(self.less(&e.right, &e.left)),
                ast::BinOpKind::Gte => not(self.less(&e.left, &e.right)),
                ast::BinOpKind::In => self.among(&e.left, &e.right),
                _ => self.question(spelt(expression), None),
            },
            ast::Expr::Compare(e) => self.compared(e),
            ast::Expr::IfExpr(e) => {
                let (test, then) = (self.of(&e.test_expr), self.of(&e.true_expr));
                let other = e.false_expr.as_ref().map_or(Formula::Always(false), |other| self.of(other));
                let otherwise = Formula::All(vec![not(test.clone()), other]);
                Formula::Any(vec![Formula::All(vec![test, then]), otherwise])
            }
            ast::Expr::Test(e) if e.name == "undefined" => not(self.question(there(&e.expr), None)),
            ast::Expr::Test(e) if e.name == "defined" => self.question(there(&e.expr), None),
            _ => self.question(spelt(expression), None),
        }
    }

    /// `1 < x < 3` is two comparisons.
    fn compared(&mut self, compare: &ast::Compare<'_>) -> Formula {
        let mut left = &compare.expr;
        let mut steps = Vec::new();
        for step in &compare.ops {
            steps.push(match step.op {
                ast::CompareOpKind::Eq => self.equal(left, &step.expr),
                ast::CompareOpKind::Ne => not(self.equal(left, &step.expr)),
                ast::CompareOpKind::Lt => self.less(left, &step.expr),
                ast::CompareOpKind::Gt => self.less(&step.expr, left),
                ast::CompareOpKind::Lte => not(self.less(&step.expr, left)),
                ast::CompareOpKind::Gte => not(self.less(left, &step.expr)),
                ast::CompareOpKind::In => self.among(left, &step.expr),
                ast::CompareOpKind::NotIn => not(self.among(left, &step.expr)),
            });
            left = &step.expr;
        }
        Formula::All(steps)
    }

    fn equal(&mut self, left: &ast::Expr<'_>, right: &ast::Expr<'_>) -> Formula {
        for (truth, other) in [(truth(left), right), (truth(right), left)] {
            if let Some(truth) = truth {
                let asked = self.of(other);
                return if truth { asked } else { not(asked) };
            }
        }
        let mut sides = [spelt(left), spelt(right)];
        let equal = match (left.as_const(), right.as_const()) {
            (None, Some(_)) => Some((spelt(left), spelt(right))),
            (Some(_), None) => Some((spelt(right), spelt(left))),
            _ => None,
        };
        sides.sort();
        self.question(format!("({})", sides.join(" == ")), equal)
    }

    fn less(&mut self, left: &ast::Expr<'_>, right: &ast::Expr<'_>) -> Formula {
        self.question(format!("({} < {})", spelt(left), spelt(right)), None)
    }

    fn among(&mut self, left: &ast::Expr<'_>, right: &ast::Expr<'_>) -> Formula {
        match right {
            ast::Expr::List(list) => Formula::Any(list.items.iter().map(|item| self.equal(left, item)).collect()),
            _ => self.question(format!("({} in {})", spelt(left), spelt(right)), None),
        }
    }
}

fn not(of: Formula) -> Formula {
    Formula::Not(Box::new(of))
}

fn truth(expression: &ast::Expr<'_>) -> Option<bool> {
    let ast::Expr::Const(constant) = expression else { return None };
    (constant.value.kind() == minijinja::value::ValueKind::Bool).then(|| constant.value.is_true())
}

fn there(expression: &ast::Expr<'_>) -> String {
    format!("({} is defined)", spelt(expression))
}

/// An expression in one spelling: what is spelt alike is the same.
fn spelt(expression: &ast::Expr<'_>) -> String {
    let each = |all: &[ast::Expr<'_>]| all.iter().map(spelt).collect::<Vec<_>>().join(", ");
    let maybe = |part: &Option<ast::Expr<'_>>| part.as_ref().map(spelt).unwrap_or_default();
    match expression {
        ast::Expr::Var(e) => e.id.to_owned(),
        ast::Expr::Const(e) => format!("{:?}", e.value),
        ast::Expr::GetAttr(e) => format!("{}.{}", spelt(&e.expr), e.name),
        ast::Expr::GetItem(e) => format!("{}[{}]", spelt(&e.expr), spelt(&e.subscript_expr)),
        ast::Expr::Call(e) => format!("{}({})", spelt(&e.expr), arguments(&e.args)),
        ast::Expr::Filter(e) => format!("({}|{}({}))", maybe(&e.expr), e.name, arguments(&e.args)),
        ast::Expr::Test(e) => format!("({} is {}({}))", spelt(&e.expr), e.name, arguments(&e.args)),
        ast::Expr::UnaryOp(e) => {
            let sign = if matches!(e.op, ast::UnaryOpKind::Not) { "not" } else { "-" };
            format!("({sign} {})", spelt(&e.expr))
        }
        ast::Expr::BinOp(e) => format!("({} {} {})", spelt(&e.left), sign(&e.op), spelt(&e.right)),
        ast::Expr::Compare(e) => {
            let steps = e.ops.iter().map(|step| format!(" {} {}", compared(step.op), spelt(&step.expr)));
            format!("({}{})", spelt(&e.expr), steps.collect::<String>())
        }
        ast::Expr::IfExpr(e) => {
            format!("({} if {} else {})", spelt(&e.true_expr), spelt(&e.test_expr), maybe(&e.false_expr))
        }
        ast::Expr::List(e) => format!("[{}]", each(&e.items)),
        ast::Expr::Tuple(e) => format!("({},)", each(&e.items)),
        ast::Expr::Map(e) => format!("{{{}: {}}}", each(&e.keys), each(&e.values)),
        ast::Expr::Slice(e) => {
            format!("{}[{}:{}:{}]", spelt(&e.expr), maybe(&e.start), maybe(&e.stop), maybe(&e.step))
        }
    }
}

fn arguments(all: &[ast::CallArg<'_>]) -> String {
    let each = all.iter().map(|argument| match argument {
        ast::CallArg::Pos(value) => spelt(value),
        ast::CallArg::Kwarg(name, value) => format!("{name}={}", spelt(value)),
        ast::CallArg::PosSplat(value) => format!("*{}", spelt(value)),
        ast::CallArg::KwargSplat(value) => format!("**{}", spelt(value)),
    });
    each.collect::<Vec<_>>().join(", ")
}

fn compared(sign: ast::CompareOpKind) -> &'static str {
    match sign {
        ast::CompareOpKind::Eq => "==",
        ast::CompareOpKind::Ne => "!=",
        ast::CompareOpKind::Lt => "<",
        ast::CompareOpKind::Lte => "<=",
        ast::CompareOpKind::Gt => ">",
        ast::CompareOpKind::Gte => ">=",
        ast::CompareOpKind::In => "in",
        ast::CompareOpKind::NotIn => "not in",
    }
}

fn sign(sign: &ast::BinOpKind) -> &'static str {
    match sign {
        ast::BinOpKind::Eq => "==",
        ast::BinOpKind::Ne => "!=",
        ast::BinOpKind::Lt => "<",
        ast::BinOpKind::Lte => "<=",
        ast::BinOpKind::Gt => ">",
        ast::BinOpKind::Gte => ">=",
        ast::BinOpKind::ScAnd => "and",
        ast::BinOpKind::ScOr => "or",
        ast::BinOpKind::Add => "+",
        ast::BinOpKind::Sub => "-",
        ast::BinOpKind::Mul => "*",
        ast::BinOpKind::Div => "/",
        ast::BinOpKind::FloorDiv => "//",
        ast::BinOpKind::Rem => "%",
        ast::BinOpKind::Pow => "**",
        ast::BinOpKind::Concat => "~",
        ast::BinOpKind::In => "in",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether one condition holds wherever the other does.
    fn follows(given: &str, then: &str) -> bool {
        let mut questions = Questions::default();
        let (given, then) = (questions.formula(given), questions.formula(then));
        questions.cases().unwrap().into_iter().all(|case| !given.holds(case) || then.holds(case))
    }

    #[test]
    fn a_condition_says_the_same_however_it_is_written() {
        let same = [
            ("党内 or 重要", "重要 or 党内"),
            ("党内", "(党内 == true)"),
            ("not 党内", "党内 == false"),
            ("级 > 2", "2 < 级"),
            ("级 <= 2", "not (级 > 2)"),
            ("级 in ['一', '二']", "级 == \"二\" or 级 == '一'"),
            ("级 not in ['一']", "级 != '一'"),
            ("1 < 级 < 3", "级 < 3 and 级 > 1"),
            ("甲 if 乙 else 丙", "(乙 and 甲) or (丙 and not 乙)"),
            ("备注 is defined", "not (备注 is undefined)"),
            ("len( 名 ) > 3", "(len(名)) > 3"),
        ];
        for (one, other) in same {
            assert!(follows(one, other) && follows(other, one), "{one} | {other}");
        }
        let weaker = [
            ("级 > 2 and len(名) > 3", "级 > 2"),
            ("级 == '一'", "级 != '二'"),
            ("级 == '一' and 级 == '二'", "甚么"),
            ("甚么", "党内 or not 党内"),
        ];
        for (given, then) in weaker {
            assert!(follows(given, then) && !follows(then, given), "{given} | {then}");
        }
        assert!(!follows("len(名) > 3", "len(号) > 3") && !follows("级 > 2", "级 > 3"));
        let many: Vec<String> = (0..=QUESTIONS_MAX).map(|n| format!("问{n}")).collect();
        let mut questions = Questions::default();
        questions.formula(&many.join(" and "));
        assert_eq!(questions.cases(), None, "what is too much is not gone through");
    }
}
