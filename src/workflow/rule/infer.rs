//! Proves the type of an expression from the declared types of what it mentions.
//!
//! Everything wrong is collected; a part that is wrong has the kind [`Kind::Any`], so that one mistake is one problem.

use super::compare::Relation;
use super::kind::{Kind, Typed};
use super::proof::{path, proves};
use super::scope::{Meaning, Scope};
use crate::workflow::parse::meant;
use minijinja::machinery::ast;
use minijinja::value::ValueKind;
use std::collections::BTreeSet;

/// One thing wrong in an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// kind of the diagnostic
    pub kind: &'static str,
    /// one sentence
    pub message: String,
    /// the way out
    pub hint: Option<String>,
}

/// What is known of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inferred {
    /// its value
    pub typed: Typed,
    /// what is wrong
    pub problems: Vec<Problem>,
    /// the last stage whose fields it reads
    pub latest: Option<usize>,
    /// true or false whatever the values are
    pub constant: Option<bool>,
}

/// Types an expression.
pub fn infer(source: &str, scope: &Scope<'_>) -> Inferred {
    infer_where(source, scope, &BTreeSet::new())
}

/// The same where some paths are known to be there.
pub fn infer_where(source: &str, scope: &Scope<'_>, there: &BTreeSet<String>) -> Inferred {
    let mut walk = Walk::new(scope);
    walk.sure.extend(there.iter().cloned());
    let typed = match super::expression(source) {
        Ok(parsed) => {
            if let Some(constant) = parsed.as_const() {
                walk.constant = Some(constant.is_true());
            }
            walk.typed(&parsed)
        }
        Err(error) => {
            let kind = if error.full_width.is_some() { "full-width-punctuation" } else { "bad-expression" };
            walk.problem(kind, error.message, None);
            Typed::sure(Kind::Any)
        }
    };
    Inferred { typed, problems: walk.problems, latest: walk.latest, constant: walk.constant }
}

/// Types an expression that decides something: yes or no, always there, and not the same whatever happens.
pub fn condition(source: &str, scope: &Scope<'_>) -> Inferred {
    let mut found = infer(source, scope);
    if !found.problems.is_empty() {
        return found;
    }
    let mut add = |kind, message: String, hint: &str| {
        found.problems.push(Problem { kind, message, hint: Some(hint.to_owned()) });
    };
    if let Some(constant) = found.constant {
        let kind = if constant { "rule-always-true" } else { "rule-always-false" };
        add(kind, format!("`{source}` is {constant} whatever is filled in"), "mention what it depends on");
    } else if !found.typed.kind.condition() {
        add(
            "rule-wrong-type",
            format!("a condition is yes or no, this is {}", found.typed.kind.word()),
            "compare it with something",
        );
    } else if found.typed.maybe {
        add("value-may-be-missing", format!("`{source}` may be empty here"), "write `… is defined and …`");
    }
    found
}

pub(super) struct Walk<'s, 'a> {
    pub(super) scope: &'s Scope<'a>,
    pub(super) problems: Vec<Problem>,
    pub(super) latest: Option<usize>,
    constant: Option<bool>,
    /// paths known to be there where we are
    sure: BTreeSet<String>,
    /// inside an aggregate of a group, where a field means one value per item
    pub(super) aggregate: bool,
}

impl<'s, 'a> Walk<'s, 'a> {
    fn new(scope: &'s Scope<'a>) -> Walk<'s, 'a> {
        Walk { scope, problems: Vec::new(), latest: None, constant: None, sure: BTreeSet::new(), aggregate: false }
    }

    pub(super) fn problem(&mut self, kind: &'static str, message: String, hint: Option<String>) {
        let problem = Problem { kind, message, hint };
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    pub(super) fn wrong(&mut self, message: String) -> Typed {
        self.problem("rule-wrong-type", message, None);
        Typed::sure(Kind::Any)
    }

    /// The type of an expression; missing values are the caller's business.
    pub(super) fn typed(&mut self, expression: &ast::Expr<'_>) -> Typed {
        match expression {
            ast::Expr::Var(var) => self.name(var.id),
            ast::Expr::Const(constant) => Typed::sure(constant_kind(&constant.value)),
            ast::Expr::UnaryOp(operation) => self.unary(operation),
            ast::Expr::BinOp(operation) => self.binary(operation),
            ast::Expr::Compare(compare) => self.compare(compare),
            ast::Expr::IfExpr(choice) => self.choice(choice),
            ast::Expr::Test(test) => self.test(test),
            ast::Expr::GetAttr(attribute) => self.attribute(expression, attribute),
            ast::Expr::GetItem(item) => self.subscript(item),
            ast::Expr::Call(call) => self.call(call),
            ast::Expr::List(list) => self.list(&list.items),
            ast::Expr::Tuple(list) => self.list(&list.items),
            ast::Expr::Filter(filter) => {
                let message = format!("filters (`| {}`) are not part of the language", filter.name);
                self.problem("function-unknown", message, Some("use one of the functions".to_owned()));
                Typed::sure(Kind::Any)
            }
            ast::Expr::Map(_) | ast::Expr::Slice(_) => {
                self.wrong("mappings and slices are not part of the language".to_owned())
            }
        }
    }

    /// A value that must be there.
    pub(super) fn present(&mut self, expression: &ast::Expr<'_>) -> Kind {
        let typed = self.typed(expression);
        if typed.maybe && !self.is_sure(expression) {
            let name = path(expression).unwrap_or_else(|| "this value".to_owned());
            let hint = format!("write `{name} is defined and …`, or `{name} is not defined or …`");
            self.problem("value-may-be-missing", format!("`{name}` may be empty here"), Some(hint));
        }
        typed.kind
    }

    /// Whether something before has asked for it.
    fn is_sure(&self, expression: &ast::Expr<'_>) -> bool {
        path(expression).is_some_and(|p| self.sure.contains(&p))
    }

    fn name(&mut self, name: &str) -> Typed {
        match self.scope.meaning(name) {
            Meaning::Value { typed, stage, each } => {
                self.reads(name, stage);
                self.same_in_group(name, each);
                typed
            }
            Meaning::Ambiguous(stages) => {
                let hint = stages.iter().map(|s| format!("`{s}.{name}`")).collect::<Vec<_>>().join(" or ");
                let message = format!("several stages have a field `{name}`");
                self.problem("rule-unknown-name", message, Some(format!("write {hint}")));
                Typed::sure(Kind::Any)
            }
            Meaning::Elsewhere(kind) => {
                let message = format!("`{name}` is a field of `{kind}`, which is not what this is about");
                self.problem("rule-unknown-name", message, Some("say `of:` whom this is judged".to_owned()));
                Typed::sure(Kind::Any)
            }
            Meaning::Unknown => {
                let hint = meant(name, &self.scope.known(), "a text stands in quotes: `'…'`");
                self.problem("rule-unknown-name", format!("`{name}` means nothing here"), Some(hint));
                Typed::sure(Kind::Any)
            }
        }
    }

    /// Notes the stage a value comes from, and refuses one that has not been yet.
    fn reads(&mut self, name: &str, stage: Option<usize>) {
        self.latest = self.latest.max(stage);
        if let (Some(read), Some(at)) = (stage, self.scope.at)
            && (read > at || read == at && !self.scope.own)
        {
            let later = self.scope.workflow.stages.get(read).map(|s| s.name.clone()).unwrap_or_default();
            let message = format!("`{name}` is filled at `{later}`, after this is judged");
            self.problem("rule-never-known", message, Some(format!("judge it at `{later}` or later")));
        }
    }

    fn same_in_group(&mut self, name: &str, each: bool) {
        let Some(per) = self.scope.group else { return };
        if each && !self.aggregate && !per.iter().any(|p| p == name) {
            let message = format!("`{name}` differs from item to item of a group");
            let hint = "count or sum it: `count(CONDITION)`, `sum(FIELD)`".to_owned();
            self.problem("rule-wrong-type", message, Some(hint));
        }
    }

    fn unary(&mut self, operation: &ast::UnaryOp<'_>) -> Typed {
        let kind = self.present(&operation.expr);
        match operation.op {
            ast::UnaryOpKind::Not => {
                self.condition(&kind);
                Typed::sure(Kind::YesNo)
            }
            ast::UnaryOpKind::Neg if kind.numeric() => Typed::sure(Kind::Number),
            ast::UnaryOpKind::Neg => self.wrong(format!("{} has no negative", kind.word())),
        }
    }

    pub(super) fn condition(&mut self, kind: &Kind) {
        if !kind.condition() {
            self.wrong(format!("a condition is yes or no, this is {}", kind.word()));
        }
    }

    fn binary(&mut self, operation: &ast::BinOp<'_>) -> Typed {
        use ast::BinOpKind as Op;
        match operation.op {
            Op::ScAnd | Op::ScOr => {
                let left = self.present(&operation.left);
                self.condition(&left);
                let proven = proves(&operation.left, matches!(operation.op, Op::ScAnd));
                let right = self.within(proven, |walk| walk.present(&operation.right));
                self.condition(&right);
                Typed::sure(Kind::YesNo)
            }
            Op::Eq | Op::Ne | Op::Lt | Op::Lte | Op::Gt | Op::Gte | Op::In => {
                let (left, right) = (self.present(&operation.left), self.present(&operation.right));
                let relation = match operation.op {
                    Op::Eq => Relation::Equal,
                    Op::Ne => Relation::Unequal,
                    Op::In => Relation::In,
                    Op::Lt | Op::Lte | Op::Gt | Op::Gte | Op::ScAnd | Op::ScOr => Relation::Order,
                    Op::Add | Op::Sub | Op::Mul | Op::Div | Op::FloorDiv | Op::Rem | Op::Pow | Op::Concat => {
                        Relation::Order
                    }
                };
                self.relate(relation, (&operation.left, &left), (&operation.right, &right));
                Typed::sure(Kind::YesNo)
            }
            Op::Concat => {
                self.present(&operation.left);
                self.present(&operation.right);
                Typed::sure(Kind::Text)
            }
            Op::Add | Op::Sub | Op::Mul | Op::Div | Op::FloorDiv | Op::Rem | Op::Pow => self.reckon(operation),
        }
    }

    fn reckon(&mut self, operation: &ast::BinOp<'_>) -> Typed {
        let (left, right) = (self.present(&operation.left), self.present(&operation.right));
        for kind in [&left, &right] {
            if matches!(kind, Kind::Date | Kind::Month) {
                let message = format!("{} cannot be reckoned with", kind.word());
                let hint = "use `add(DATE, '5 workdays')`, `days(A, B)`, `months(A, B)`".to_owned();
                self.problem("rule-wrong-type", message, Some(hint));
                return Typed::sure(Kind::Any);
            }
            if !kind.numeric() {
                return self.wrong(format!("{} cannot be reckoned with", kind.word()));
            }
        }
        Typed::sure(if left == Kind::Year { Kind::Year } else { Kind::Number })
    }

    fn compare(&mut self, compare: &ast::Compare<'_>) -> Typed {
        use ast::CompareOpKind as Op;
        let mut left = (&compare.expr, self.present(&compare.expr));
        for step in &compare.ops {
            let right = (&step.expr, self.present(&step.expr));
            let relation = match step.op {
                Op::Eq => Relation::Equal,
                Op::Ne => Relation::Unequal,
                Op::Lt | Op::Lte | Op::Gt | Op::Gte => Relation::Order,
                Op::In => Relation::In,
                Op::NotIn => Relation::NotIn,
            };
            self.relate(relation, (left.0, &left.1), (right.0, &right.1));
            left = right;
        }
        Typed::sure(Kind::YesNo)
    }

    fn choice(&mut self, choice: &ast::IfExpr<'_>) -> Typed {
        let test = self.present(&choice.test_expr);
        self.condition(&test);
        let then = self.within(proves(&choice.test_expr, true), |walk| walk.typed(&choice.true_expr));
        let Some(other) = &choice.false_expr else { return Typed { kind: then.kind, maybe: true } };
        let other = self.within(proves(&choice.test_expr, false), |walk| walk.typed(other));
        if !then.kind.alike(&other.kind) {
            return self.wrong(format!("one branch is {}, the other {}", then.kind.word(), other.kind.word()));
        }
        let kind = if then.kind == other.kind { then.kind } else { Kind::Text };
        Typed { kind, maybe: then.maybe || other.maybe }
    }

    fn test(&mut self, test: &ast::Test<'_>) -> Typed {
        self.typed(&test.expr);
        if !["defined", "undefined", "none"].contains(&test.name) {
            let message = format!("`is {}` is not a test of the language", test.name);
            self.problem("function-unknown", message, Some("tests: `is defined`, `is none`".to_owned()));
        }
        Typed::sure(Kind::YesNo)
    }

    fn list(&mut self, items: &[ast::Expr<'_>]) -> Typed {
        let kinds: Vec<Kind> = items.iter().map(|item| self.present(item)).collect();
        let first = kinds.first().cloned().unwrap_or(Kind::Any);
        match kinds.iter().find(|k| !k.alike(&first)) {
            Some(odd) => self.wrong(format!("a list of {} holds {}", first.word(), odd.word())),
            None => {
                Typed::sure(Kind::List(Box::new(if kinds.iter().all(|k| *k == first) { first } else { Kind::Text })))
            }
        }
    }

    fn subscript(&mut self, item: &ast::GetItem<'_>) -> Typed {
        let base = self.present(&item.expr);
        // the key of a group stands for the group
        let index = self.present(&item.subscript_expr);
        match base {
            Kind::Table(columns, Some(_)) => {
                if !matches!(index, Kind::Any | Kind::Text | Kind::Choice(_) | Kind::Office | Kind::Who) {
                    return self.wrong(format!("rows of this table are not known by {}", index.word()));
                }
                Typed::sure(Kind::Row(columns.into_iter().map(|(n, k)| (n, Typed::sure(k))).collect()))
            }
            Kind::Row(columns) => {
                let found = item.subscript_expr.as_const().and_then(|v| v.as_str().map(str::to_owned));
                let known = found.and_then(|name| columns.iter().find(|(n, _)| *n == name));
                known.or(columns.first()).map_or(Typed::sure(Kind::Any), |(_, typed)| typed.clone())
            }
            Kind::List(inner) => Typed { kind: *inner, maybe: true },
            Kind::Any => Typed::sure(Kind::Any),
            other => self.wrong(format!("{} has no parts in brackets", other.word())),
        }
    }

    fn attribute(&mut self, whole: &ast::Expr<'_>, attribute: &ast::GetAttr<'_>) -> Typed {
        // a part of what may be missing may be missing itself
        let whole_typed = self.typed(&attribute.expr);
        let base = whole_typed.kind;
        let lacking = whole_typed.maybe && !self.is_sure(&attribute.expr);
        let found = super::call::attribute(self, &base, attribute.name);
        match found {
            Some(typed) => Typed { maybe: typed.maybe || lacking, ..typed },
            None => {
                let name = path(whole).unwrap_or_else(|| attribute.name.to_owned());
                let message = format!("`{name}`: {} has no part `{}`", base.word(), attribute.name);
                self.problem("rule-unknown-name", message, None);
                Typed::sure(Kind::Any)
            }
        }
    }

    /// Types a part where some paths are known to be there.
    fn within<T>(&mut self, proven: BTreeSet<String>, inner: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.sure.clone();
        self.sure.extend(proven);
        let result = inner(self);
        self.sure = before;
        result
    }
}

fn constant_kind(value: &minijinja::Value) -> Kind {
    match value.kind() {
        ValueKind::Bool => Kind::YesNo,
        ValueKind::Number => Kind::Number,
        ValueKind::String => Kind::Text,
        ValueKind::None | ValueKind::Undefined => Kind::None,
        _ => Kind::Any,
    }
}
