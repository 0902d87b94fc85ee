//! What a template prints although there may be nothing to print: no value, or an empty text where a date is wanted.

use super::guards;
use super::known::{Bound, place};
use super::mentions::{Bare, How};
use super::walk::Walk;
use minijinja::machinery::{Span, ast};

/// Filters and functions that take no empty text.
const EXACT: [&str; 5] = ["date_cn", "date_han", "month_cn", "cn", "rmb"];

impl<'a> Walk<'a> {
    /// An expression whose value is printed.
    pub(super) fn printed(&mut self, expression: &ast::Expr<'a>) {
        match expression {
            ast::Expr::Filter(e) if guards::DEFAULTS.contains(&e.name) => {}
            ast::Expr::Filter(e) => e.expr.iter().for_each(|it| self.through(it)),
            ast::Expr::IfExpr(e) => {
                self.under(&e.test_expr, true, |it| it.printed(&e.true_expr));
                self.under(&e.test_expr, false, |it| e.false_expr.iter().for_each(|e| it.printed(e)));
            }
            ast::Expr::Var(_) | ast::Expr::GetAttr(_) | ast::Expr::GetItem(_) => {
                self.bare(expression, How::Plain);
                self.bare(expression, How::Printed);
            }
            _ => {}
        }
    }

    /// What is printed as a filter makes it.
    fn through(&mut self, expression: &ast::Expr<'a>) {
        match expression {
            ast::Expr::Var(_) | ast::Expr::GetAttr(_) | ast::Expr::GetItem(_) => self.bare(expression, How::Printed),
            ast::Expr::Filter(e) if !guards::DEFAULTS.contains(&e.name) => {
                e.expr.iter().for_each(|it| self.through(it));
            }
            ast::Expr::IfExpr(e) => {
                self.under(&e.test_expr, true, |it| it.through(&e.true_expr));
                self.under(&e.test_expr, false, |it| e.false_expr.iter().for_each(|e| it.through(e)));
            }
            _ => {}
        }
    }

    /// What a filter or a function that takes no empty text is put to.
    pub(super) fn put_to(&mut self, name: &str, expression: &ast::Expr<'a>) {
        let plain = matches!(expression, ast::Expr::Var(_) | ast::Expr::GetAttr(_) | ast::Expr::GetItem(_));
        if plain && EXACT.contains(&name) {
            self.bare(expression, How::PutTo(name.to_owned()));
        }
    }

    /// What is read by its place in figures.
    pub(super) fn numbered(&mut self, item: &ast::GetItem<'a>) {
        if let Some(place) = place(&item.subscript_expr) {
            self.bare(&item.expr, How::Numbered(place));
        }
    }

    fn bare(&mut self, expression: &ast::Expr<'a>, how: How) {
        let Bound::Data(paths) = self.worth(expression) else { return };
        if self.optional > 0 || !paths.each {
            return;
        }
        let span: Span = expression.span();
        let all = paths
            .all
            .into_iter()
            .filter(|path| matches!(how, How::Numbered(_) | How::Plain) || !self.filled.contains(path));
        for path in all.collect::<Vec<_>>() {
            let bare = Bare {
                path,
                how: how.clone(),
                piece: self.here().to_owned(),
                line: usize::from(span.start_line),
                column: usize::from(span.start_col) + 1,
                conditional: self.is_conditional(),
            };
            if !self.bare.contains(&bare) {
                self.bare.push(bare);
            }
        }
    }
}
