//! Goes through a template as it would be run, and writes down what it reads of the data.
//!
//! The body of a macro is looked at once as it stands, when nothing it reads is certain to be read, and once for each call with
//! what is handed to it ([`super::called`]). What it reads and nobody could ever give, whatever the data, is a [`Mistake`].

use super::guards;
use super::known::{Bound, Part, Paths};
use super::mentions::{Bare, Mention, Mistake, Used, Word};
use super::proof;
use super::scopes::{Made, Scopes};
use minijinja::machinery::{Span, ast};
use std::collections::{BTreeMap, BTreeSet};

/// A text that is gone through.
#[derive(Default)]
pub(super) struct Walk<'a> {
    pub(super) trees: Option<&'a BTreeMap<&'a str, ast::Stmt<'a>>>,
    pub(super) found: Vec<Mention>,
    pub(super) mistakes: Vec<Mistake>,
    pub(super) used: Vec<Used>,
    pub(super) bare: Vec<Bare>,
    pub(super) scopes: Scopes<'a>,
    /// the pieces being looked at, innermost last
    pub(super) within: Vec<&'a str>,
    /// calls of macros being followed
    pub(super) calls: usize,
    /// above zero inside `|default` and `is defined`
    pub(super) optional: usize,
    /// above zero inside `is defined`
    asking: usize,
    /// above zero where members without a value are passed over
    pub(super) passing: usize,
    /// how much was printed
    pub(super) prints: usize,
    /// above zero under conditions
    conditions: usize,
    /// paths that are there where the walk is
    guards: Vec<Vec<String>>,
    /// paths whose values are not empty there
    pub(super) filled: Vec<Vec<String>>,
    /// what is there, as it is written
    pub(super) asked: Vec<String>,
    /// parts of namespaces: those set, and those read that were not there at first
    set: BTreeSet<String>,
    unset: Vec<(String, Mistake)>,
}

impl<'a> Walk<'a> {
    pub(super) fn over(trees: Option<&'a BTreeMap<&'a str, ast::Stmt<'a>>>) -> Walk<'a> {
        Walk { trees, ..Walk::default() }
    }

    /// What the text makes and nothing of it reads.
    pub(super) fn unread(&self) -> Vec<Made> {
        self.scopes.unread()
    }

    /// What it reads that nobody could give.
    pub(super) fn mistaken(self) -> Vec<Mistake> {
        let Walk { mut mistakes, unset, set, .. } = self;
        mistakes.extend(unset.into_iter().filter(|(name, _)| !set.contains(name)).map(|(_, mistake)| mistake));
        let mut once: Vec<Mistake> = Vec::new();
        for mistake in mistakes {
            if !once.contains(&mistake) {
                once.push(mistake);
            }
        }
        once
    }

    pub(super) fn here(&self) -> &'a str {
        self.within.last().copied().unwrap_or_default()
    }

    /// A text of its own: what it makes is unknown to the next.
    pub(super) fn text(&mut self, tree: &'a ast::Stmt<'a>) {
        self.scopes.enter();
        self.statement(tree);
        self.scopes.leave();
    }

    /// Writes down that paths are read.
    pub(super) fn mention(&mut self, paths: &Paths, span: Span) {
        for path in &paths.all {
            self.mention_one(path.clone(), !paths.each, span);
        }
    }

    fn mention_one(&mut self, path: Vec<String>, perhaps: bool, span: Span) {
        let common = |guard: &Vec<String>| guard.iter().zip(&path).take_while(|(a, b)| a == b).count();
        let guarded = self.guards.iter().map(common).max().unwrap_or(0);
        let asked = if self.optional > 0 || perhaps { path.len() } else { guarded };
        let optional = self.optional > 0 || perhaps || self.guards.iter().any(|guard| path.starts_with(guard));
        let (piece, line, column) =
            (self.here().to_owned(), usize::from(span.start_line), usize::from(span.start_col) + 1);
        let (conditional, only_asked) = (self.conditions > 0, self.asking > 0);
        let new = Mention { path, piece, line, column, optional, asked, conditional, perhaps, only_asked };
        match self.found.iter_mut().find(|known| known.path == new.path) {
            Some(known) => {
                let (optional, perhaps) = (known.optional && new.optional, known.perhaps && new.perhaps);
                let (least, conditional) = (new.asked < known.asked, known.conditional && new.conditional);
                let only_asked = known.only_asked && new.only_asked;
                if least {
                    *known = new;
                }
                (known.optional, known.conditional, known.perhaps) = (optional, conditional, perhaps);
                known.only_asked = only_asked;
            }
            None => self.found.push(new),
        }
    }

    /// Writes down what nobody could give, unless the text asks for it.
    pub(super) fn mistake(&mut self, kind: &'static str, span: Span, message: String, hint: String) {
        if self.optional == 0 {
            let mistake = self.mistaking(kind, span, message, hint);
            self.mistakes.push(mistake);
        }
    }

    fn mistaking(&self, kind: &'static str, span: Span, message: String, hint: String) -> Mistake {
        let (line, column) = (usize::from(span.start_line), usize::from(span.start_col) + 1);
        Mistake { kind, piece: self.here().to_owned(), line, column, message, hint }
    }

    pub(super) fn expression(&mut self, expression: &ast::Expr<'a>) {
        match expression {
            ast::Expr::Var(_) | ast::Expr::GetAttr(_) | ast::Expr::GetItem(_) => self.chain(expression),
            ast::Expr::Const(_) => {}
            ast::Expr::UnaryOp(e) => self.expression(&e.expr),
            ast::Expr::BinOp(e) => {
                self.expression(&e.left);
                match e.op {
                    ast::BinOpKind::ScAnd => self.under(&e.left, true, |it| it.expression(&e.right)),
                    ast::BinOpKind::ScOr => self.under(&e.left, false, |it| it.expression(&e.right)),
                    _ => self.expression(&e.right),
                }
            }
            ast::Expr::Compare(e) => {
                self.expression(&e.expr);
                e.ops.iter().for_each(|op| self.expression(&op.expr));
            }
            ast::Expr::IfExpr(e) => {
                self.expression(&e.test_expr);
                self.under(&e.test_expr, true, |it| it.expression(&e.true_expr));
                self.under(&e.test_expr, false, |it| e.false_expr.iter().for_each(|e| it.expression(e)));
            }
            ast::Expr::Filter(e) => self.filter(e),
            ast::Expr::Test(e) => {
                let asks = usize::from(matches!(e.name, "defined" | "undefined" | "none"));
                (self.optional, self.asking) = (self.optional + asks, self.asking + asks);
                self.expression(&e.expr);
                (self.optional, self.asking) = (self.optional - asks, self.asking - asks);
                self.arguments(&e.args);
                self.uses(Word::Test, e.name, &e.args, e.span());
            }
            ast::Expr::Call(e) => self.call(e, None),
            ast::Expr::List(e) => e.items.iter().for_each(|e| self.expression(e)),
            ast::Expr::Tuple(e) => e.items.iter().for_each(|e| self.expression(e)),
            ast::Expr::Map(e) => e.keys.iter().chain(&e.values).for_each(|e| self.expression(e)),
            ast::Expr::Slice(e) => {
                self.expression(&e.expr);
                for part in [&e.start, &e.stop, &e.step].into_iter().flatten() {
                    self.expression(part);
                }
            }
        }
    }

    /// `a.b["c"]` as one mention; what stands in brackets is mentioned besides, and so is what no path can be told of.
    fn chain(&mut self, expression: &ast::Expr<'a>) {
        let mut at = expression;
        loop {
            match at {
                ast::Expr::GetAttr(e) => at = &e.expr,
                ast::Expr::GetItem(e) => {
                    self.expression(&e.subscript_expr);
                    self.numbered(e);
                    at = &e.expr;
                }
                _ => break,
            }
        }
        match self.worth(expression) {
            Bound::Data(paths) => {
                self.mention(&paths, expression.span());
                if !matches!(at, ast::Expr::Var(_)) {
                    self.expression(at);
                }
            }
            _ => {
                self.absent(expression);
                match expression {
                    ast::Expr::GetAttr(e) => self.whole(&e.expr),
                    ast::Expr::GetItem(e) => self.whole(&e.expr),
                    _ => {}
                }
            }
        }
    }

    /// What a part is of: a chain of its own, or what it is reckoned from.
    fn whole(&mut self, expression: &ast::Expr<'a>) {
        match expression {
            ast::Expr::GetAttr(e) => self.whole(&e.expr),
            ast::Expr::GetItem(e) => self.whole(&e.expr),
            ast::Expr::Var(_) => {}
            other => self.expression(other),
        }
    }

    /// Whether what the text itself makes has no such part, and `loop` and `caller` where there are none.
    fn absent(&mut self, expression: &ast::Expr<'a>) {
        if proof::path(expression).is_some_and(|written| self.asked.contains(&written)) {
            return;
        }
        let (base, name) = match expression {
            ast::Expr::Var(var) => {
                if let Some(Bound::Absent(why)) = self.scopes.bound(var.id).cloned() {
                    let hint = format!("hand it a value, or let it stand for one: `{}=\"\"`", var.id);
                    self.mistake(super::MISCALLED, expression.span(), why, hint);
                }
                return self.nowhere(var.id, expression.span());
            }
            ast::Expr::GetAttr(e) => (&e.expr, vec![e.name.to_owned()]),
            ast::Expr::GetItem(e) => (&e.expr, self.subscripts(&e.subscript_expr)),
            _ => return,
        };
        let before = self.mistakes.len();
        self.absent(base);
        if self.mistakes.len() > before {
            return;
        }
        let of = self.worth(base);
        // which of several names it is may hang on the condition
        for name in name.iter().filter(|_| name.len() == 1 || !self.is_conditional()).cloned().collect::<Vec<_>>() {
            if let Bound::Space(there) = &of
                && !there.contains(&name)
                && self.optional == 0
            {
                let message = format!("`{name}` is never set in this namespace");
                let hint = format!("set it where the namespace is made: `namespace({name}=0)`");
                let mistake = self.mistaking(super::UNKNOWN, expression.span(), message, hint);
                self.unset.push((name.clone(), mistake));
            }
            if let Part::Missing(what, there) = of.part(&name) {
                let message = format!("{what} has no `{name}`");
                self.mistake(super::UNKNOWN, expression.span(), message, super::mentions::near(&name, &there));
            }
        }
    }

    /// Goes through what is only run when a condition comes out so.
    pub(super) fn under(&mut self, condition: &ast::Expr<'a>, holds: bool, go: impl FnOnce(&mut Self)) {
        let (before, asked, filled) = (self.guards.len(), self.asked.len(), self.filled.len());
        let there = guards::of(condition, holds);
        self.asked.extend(there.iter().filter_map(|it| proof::path(it)));
        for it in there {
            if let Bound::Data(paths) = self.worth(it) {
                self.guards.extend(paths.all);
            }
        }
        for it in guards::filled(condition, holds) {
            if let Bound::Data(paths) = self.worth(it) {
                self.filled.extend(paths.all);
            }
        }
        self.conditions += 1;
        go(self);
        self.conditions -= 1;
        self.filled.truncate(filled);
        self.guards.truncate(before);
        self.asked.truncate(asked);
    }

    pub(super) fn is_conditional(&self) -> bool {
        self.conditions > 0
    }

    /// Binds a name, or several at once, to a value that the text makes.
    pub(super) fn assign(&mut self, target: &ast::Expr<'a>, value: Bound<'a>, what: &'static str) {
        match target {
            ast::Expr::Var(var) => {
                let here = self.here();
                self.scopes.make(var.id, value, what, here, var.span());
            }
            // a part of a namespace
            ast::Expr::GetAttr(e) => {
                self.set.insert(e.name.to_owned());
                self.expression(&e.expr);
            }
            ast::Expr::List(_) | ast::Expr::Tuple(_) => self.unpack(target, &value, &[]),
            other => self.expression(other),
        }
    }

    /// Binds the names that share a row; where one of them is read, so are those `made`.
    pub(super) fn unpack(&mut self, target: &ast::Expr<'a>, value: &Bound<'a>, made: &[usize]) {
        let items = match target {
            ast::Expr::Var(var) => return self.scopes.bind(var.id, value.clone(), made.to_vec()),
            ast::Expr::List(it) => &it.items,
            ast::Expr::Tuple(it) => &it.items,
            _ => return,
        };
        for (n, item) in items.iter().enumerate() {
            let part = match value.part(&n.to_string()) {
                // of the data a place in figures would be a list's
                Part::There(Bound::Data(_)) if matches!(value, Bound::Data(_)) => Bound::Opaque,
                Part::There(part) => part,
                Part::Missing(..) => Bound::Opaque,
            };
            self.unpack(item, &part, made);
        }
    }
}
