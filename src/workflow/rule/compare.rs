//! Which values can be compared, and which comparisons never or always hold.

use super::infer::Walk;
use super::kind::Kind;
use minijinja::machinery::ast;

/// How two values are set against each other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Equal,
    Unequal,
    Order,
    In,
    NotIn,
}

impl Walk<'_, '_> {
    pub(super) fn relate(&mut self, relation: Relation, left: (&ast::Expr<'_>, &Kind), right: (&ast::Expr<'_>, &Kind)) {
        if matches!(relation, Relation::In | Relation::NotIn) {
            self.contained(relation, left, right);
            return;
        }
        if dated(left.1, right.0) || dated(right.1, left.0) {
            return;
        }
        if !left.1.alike(right.1) {
            let hint = match (left.1, right.1) {
                (Kind::Office, Kind::Text) | (Kind::Text, Kind::Office) => {
                    Some("compare its title: `owner.title == '…'`".to_owned())
                }
                (Kind::Date, Kind::Month) | (Kind::Month, Kind::Date) => Some("use `months(A, B)`".to_owned()),
                _ => None,
            };
            let message = format!("{} cannot be compared with {}", left.1.word(), right.1.word());
            self.problem("rule-wrong-type", message, hint);
            return;
        }
        if relation == Relation::Order && !(left.1.ordered() && right.1.ordered()) {
            self.wrong(format!("{} has no order", left.1.word()));
            return;
        }
        self.fraction(left, right);
        self.fraction(right, left);
        if let Some(hit) = self.possible(left, right).or_else(|| self.possible(right, left)) {
            self.never(relation == Relation::Unequal, &hit);
        }
    }

    /// 90 % is written 90.
    fn fraction(&mut self, percent: (&ast::Expr<'_>, &Kind), other: (&ast::Expr<'_>, &Kind)) {
        if *percent.1 != Kind::Percent {
            return;
        }
        let fraction = other.0.as_const().and_then(|v| f64::try_from(v).ok()).is_some_and(|v| v > 0.0 && v < 1.0);
        if fraction {
            let hint = "percentages run from 0 to 100: write 90 for 90 %".to_owned();
            self.problem("rule-wrong-type", "a percentage is compared with a fraction".to_owned(), Some(hint));
        }
    }

    /// The text that a choice can never be.
    fn possible(&self, choice: (&ast::Expr<'_>, &Kind), other: (&ast::Expr<'_>, &Kind)) -> Option<String> {
        let Kind::Choice(options) = choice.1 else { return None };
        let value = other.0.as_const()?;
        let text = value.as_str()?;
        (!options.iter().any(|o| o == text)).then(|| text.to_owned())
    }

    fn never(&mut self, always: bool, text: &str) {
        let kind = if always { "rule-always-true" } else { "rule-always-false" };
        let message = format!("`{text}` is none of the choices");
        self.problem(kind, message, Some("write a choice as it stands in the field's type".to_owned()));
    }

    fn contained(&mut self, relation: Relation, left: (&ast::Expr<'_>, &Kind), right: (&ast::Expr<'_>, &Kind)) {
        match right.1 {
            Kind::List(inner) if !left.1.alike(inner) => {
                self.wrong(format!("{} cannot be in a list of {}", left.1.word(), inner.word()));
            }
            Kind::List(_) | Kind::Any => {}
            Kind::Text if left.1.alike(&Kind::Text) => {}
            other => {
                self.wrong(format!("nothing can be `in` {}", other.word()));
            }
        }
        let ast::Expr::List(list) = right.0 else { return };
        let unknown = list.items.iter().find_map(|item| self.possible(left, (item, &Kind::Text)));
        if let Some(text) = unknown {
            self.never(relation == Relation::NotIn, &text);
        }
    }
}

/// A date, month or year compared with one written out.
fn dated(kind: &Kind, other: &ast::Expr<'_>) -> bool {
    let Some(value) = other.as_const() else { return false };
    let Some(text) = value.as_str() else { return false };
    let wanted = match kind {
        Kind::Date => crate::submission::Type::Date,
        Kind::Month => crate::submission::Type::Month,
        Kind::Year => crate::submission::Type::Year,
        _ => return false,
    };
    crate::workflow::parse::is_of(&wanted, text)
}
