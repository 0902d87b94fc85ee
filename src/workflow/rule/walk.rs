//! Goes through a template as it would be run, and writes down what it reads of the data.
//!
//! The body of a macro is looked at once as it stands, when nothing it reads is certain to be read, and once for each call with
//! what is handed to it.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the grammar is a library's; what is not named here is refused or walked alike"
)]

use super::guards;
use super::mentions::Mention;
use super::pieces::piece_name;
use super::scopes::{Bound, Entry, Made, Scopes};
use crate::workflow::parse::FUNCTIONS;
use minijinja::machinery::{self, ast};
use std::collections::BTreeMap;

/// What templates may call besides.
const TEMPLATE_FUNCTIONS: [&str; 9] =
    ["namespace", "range", "dict", "date_cn", "date_han", "month_cn", "cn", "rmb", "pad_name"];
/// Filters whose result has the members of what is filtered.
const KEEPING: [&str; 12] = [
    "sort",
    "by_strokes",
    "reverse",
    "unique",
    "select",
    "selectattr",
    "reject",
    "rejectattr",
    "list",
    "default",
    "d",
    "dictsort",
];
/// Filters that give one member of what is filtered.
const PICKING: [&str; 4] = ["first", "last", "min", "max"];
/// Macros that call each other are followed so far.
const CALLS_MAX: usize = 8;

/// A text that is gone through.
pub(super) struct Walk<'a> {
    trees: Option<&'a BTreeMap<&'a str, ast::Stmt<'a>>>,
    pub(super) found: Vec<Mention>,
    scopes: Scopes<'a>,
    /// the pieces being looked at, innermost last
    within: Vec<&'a str>,
    /// calls of macros being followed
    calls: usize,
    /// above zero inside `|default` and `is defined`
    optional: usize,
    /// above zero under conditions
    conditions: usize,
    /// paths that are there where the walk is
    guards: Vec<Vec<String>>,
}

impl<'a> Walk<'a> {
    pub(super) fn over(trees: Option<&'a BTreeMap<&'a str, ast::Stmt<'a>>>) -> Walk<'a> {
        let (found, within, guards) = (Vec::new(), Vec::new(), Vec::new());
        Walk { trees, found, scopes: Scopes::default(), within, calls: 0, optional: 0, conditions: 0, guards }
    }

    /// What the text makes and nothing of it reads.
    pub(super) fn unread(&self) -> Vec<Made> {
        self.scopes.unread()
    }

    fn here(&self) -> &'a str {
        self.within.last().copied().unwrap_or_default()
    }

    /// A text of its own: what it makes is unknown to the next.
    pub(super) fn text(&mut self, tree: &'a ast::Stmt<'a>) {
        let depth = self.scopes.enter();
        self.statement(tree);
        self.scopes.leave(depth);
    }

    fn mention(&mut self, path: Vec<String>, span: machinery::Span) {
        let common = |guard: &Vec<String>| guard.iter().zip(&path).take_while(|(a, b)| a == b).count();
        let guarded = self.guards.iter().map(common).max().unwrap_or(0);
        let asked = if self.optional > 0 { path.len() } else { guarded };
        let optional = self.optional > 0 || self.guards.iter().any(|guard| path.starts_with(guard));
        let (piece, line, column) =
            (self.here().to_owned(), usize::from(span.start_line), usize::from(span.start_col) + 1);
        let new = Mention { path, piece, line, column, optional, asked, conditional: self.conditions > 0 };
        match self.found.iter_mut().find(|known| known.path == new.path) {
            Some(known) => {
                let optional = known.optional && new.optional;
                let (least, conditional) = (new.asked < known.asked, known.conditional && new.conditional);
                if least {
                    *known = new;
                }
                (known.optional, known.conditional) = (optional, conditional);
            }
            None => self.found.push(new),
        }
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
            ast::Expr::Filter(e) => {
                let asks = usize::from(guards::DEFAULTS.contains(&e.name));
                self.optional += asks;
                e.expr.iter().for_each(|e| self.expression(e));
                self.optional -= asks;
                self.arguments(&e.args);
            }
            ast::Expr::Test(e) => {
                let asks = usize::from(matches!(e.name, "defined" | "undefined" | "none"));
                self.optional += asks;
                self.expression(&e.expr);
                self.optional -= asks;
                self.arguments(&e.args);
            }
            ast::Expr::Call(e) => self.call(e),
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
                    at = &e.expr;
                }
                _ => break,
            }
        }
        match self.path(expression) {
            Some(path) => self.mention(path, expression.span()),
            None => match expression {
                ast::Expr::GetAttr(e) => self.expression(&e.expr),
                ast::Expr::GetItem(e) => self.expression(&e.expr),
                _ => {}
            },
        }
    }

    /// The path of the data an expression stands for, when it is one.
    fn path(&self, expression: &ast::Expr<'a>) -> Option<Vec<String>> {
        let (base, part) = match expression {
            ast::Expr::Var(var) => {
                return match self.scopes.bound(var.id) {
                    Some(Bound::Data(path)) => Some(path.clone()),
                    Some(Bound::Opaque | Bound::Macro(..) | Bound::Module(_)) => None,
                    None if var.id == "loop" => None,
                    None => Some(vec![var.id.to_owned()]),
                };
            }
            ast::Expr::GetAttr(e) => {
                // of what a piece makes a member is read
                let _ = self.scopes.member(&e.expr, e.name);
                (&e.expr, e.name.to_owned())
            }
            ast::Expr::GetItem(e) => {
                let named = if let ast::Expr::Const(key) = &e.subscript_expr { key.value.as_str() } else { None };
                (&e.expr, named.unwrap_or("*").to_owned())
            }
            ast::Expr::Filter(e) if KEEPING.contains(&e.name) => return self.path(e.expr.as_ref()?),
            ast::Expr::Filter(e) if PICKING.contains(&e.name) => (e.expr.as_ref()?, "*".to_owned()),
            _ => return None,
        };
        let mut path = self.path(base)?;
        path.push(part);
        Some(path)
    }

    /// Goes through what is only run when a condition comes out so.
    fn under(&mut self, condition: &ast::Expr<'a>, holds: bool, go: impl FnOnce(&mut Self)) {
        let before = self.guards.len();
        let there: Vec<Vec<String>> = guards::of(condition, holds).into_iter().filter_map(|it| self.path(it)).collect();
        self.guards.extend(there);
        self.conditions += 1;
        go(self);
        self.conditions -= 1;
        self.guards.truncate(before);
    }

    fn call(&mut self, call: &ast::Call<'a>) {
        match &call.expr {
            ast::Expr::Var(var) if FUNCTIONS.contains(&var.id) || TEMPLATE_FUNCTIONS.contains(&var.id) => {}
            ast::Expr::Var(var) => match self.scopes.bound(var.id).cloned() {
                Some(Bound::Macro(piece, it)) => self.follow(piece, it, &call.args),
                Some(Bound::Opaque | Bound::Data(_) | Bound::Module(_)) => {}
                None => self.expression(&call.expr),
            },
            ast::Expr::GetAttr(attr) => match self.scopes.member(&attr.expr, attr.name) {
                Some((piece, it)) => self.follow(piece, it, &call.args),
                None => self.expression(&attr.expr),
            },
            other => self.expression(other),
        }
        self.arguments(&call.args);
    }

    fn arguments(&mut self, arguments: &[ast::CallArg<'a>]) {
        for argument in arguments {
            match argument {
                ast::CallArg::Pos(e)
                | ast::CallArg::Kwarg(_, e)
                | ast::CallArg::PosSplat(e)
                | ast::CallArg::KwargSplat(e) => {
                    self.expression(e);
                }
            }
        }
    }

    /// Looks at the body of a macro with what a call hands to it.
    fn follow(&mut self, piece: &'a str, it: &'a ast::Macro<'a>, arguments: &[ast::CallArg<'a>]) {
        if self.calls >= CALLS_MAX {
            return;
        }
        let mut given = it.args.iter();
        let mut handed: Vec<(&str, Option<Vec<String>>)> = Vec::new();
        for argument in arguments {
            match argument {
                ast::CallArg::Pos(e) => {
                    if let Some(ast::Expr::Var(var)) = given.next() {
                        handed.push((var.id, self.path(e)));
                    }
                }
                ast::CallArg::Kwarg(name, e) => handed.push((name, self.path(e))),
                ast::CallArg::PosSplat(_) | ast::CallArg::KwargSplat(_) => {}
            }
        }
        self.calls += 1;
        self.within.push(piece);
        self.macro_body(it, &handed);
        self.within.pop();
        self.calls -= 1;
    }

    /// The body of a macro; parameters nothing is known of are its own.
    fn macro_body(&mut self, it: &'a ast::Macro<'a>, handed: &[(&str, Option<Vec<String>>)]) {
        let (depth, here) = (self.scopes.enter(), self.here());
        self.scopes.bind("caller", Bound::Opaque);
        for argument in &it.args {
            if let ast::Expr::Var(var) = argument {
                let path = handed.iter().find(|(name, _)| *name == var.id).and_then(|(_, path)| path.clone());
                let bound = path.map_or(Bound::Opaque, Bound::Data);
                self.scopes.make(var.id, bound, "parameter", here, var.span());
            }
        }
        it.defaults.iter().for_each(|e| self.expression(e));
        self.list(&it.body);
        self.scopes.leave(depth);
    }

    fn list(&mut self, list: &'a [ast::Stmt<'a>]) {
        list.iter().for_each(|s| self.statement(s));
    }

    /// Binds a name to a value; one that is `made` is meant to be read, as a loop's member need not be.
    fn assign(&mut self, target: &ast::Expr<'a>, value: Option<Vec<String>>, made: bool) {
        match target {
            ast::Expr::Var(var) => {
                let (bound, here) = (value.map_or(Bound::Opaque, Bound::Data), self.here());
                match made {
                    true => self.scopes.make(var.id, bound, "variable", here, var.span()),
                    false => self.scopes.bind(var.id, bound),
                }
            }
            ast::Expr::List(list) => list.items.iter().for_each(|e| self.assign(e, None, false)),
            ast::Expr::Tuple(list) => list.items.iter().for_each(|e| self.assign(e, None, false)),
            other => self.expression(other),
        }
    }

    fn statement(&mut self, statement: &'a ast::Stmt<'a>) {
        match statement {
            ast::Stmt::Template(s) => self.list(&s.children),
            ast::Stmt::EmitExpr(s) => self.expression(&s.expr),
            ast::Stmt::EmitRaw(_) | ast::Stmt::Extends(_) => {}
            ast::Stmt::ForLoop(s) => self.for_loop(s),
            ast::Stmt::IfCond(s) => {
                self.expression(&s.expr);
                // what a branch sets is known after it
                self.under(&s.expr, true, |it| it.list(&s.true_body));
                self.under(&s.expr, false, |it| it.list(&s.false_body));
            }
            ast::Stmt::WithBlock(s) => {
                let depth = self.scopes.enter();
                for (target, value) in &s.assignments {
                    self.expression(value);
                    let path = self.path(value);
                    self.assign(target, path, true);
                }
                self.list(&s.body);
                self.scopes.leave(depth);
            }
            ast::Stmt::Set(s) => {
                self.expression(&s.expr);
                let path = self.path(&s.expr);
                self.assign(&s.target, path, true);
            }
            ast::Stmt::SetBlock(s) => {
                s.filter.iter().for_each(|e| self.expression(e));
                self.list(&s.body);
                self.assign(&s.target, None, true);
            }
            ast::Stmt::AutoEscape(s) => self.list(&s.body),
            ast::Stmt::FilterBlock(s) => self.list(&s.body),
            ast::Stmt::Block(s) => self.list(&s.body),
            ast::Stmt::Macro(s) => {
                let here = self.here();
                self.scopes.make(s.name, Bound::Macro(here, s), "macro", here, s.span());
                // it is read when it is called
                self.optional += 1;
                self.macro_body(s, &[]);
                self.optional -= 1;
            }
            ast::Stmt::CallBlock(s) => {
                self.call(&s.call);
                self.macro_body(&s.macro_decl, &[]);
            }
            ast::Stmt::Do(s) => self.call(&s.call),
            ast::Stmt::Include(s) => drop(self.piece(&s.name)),
            ast::Stmt::Import(s) => {
                let names = self.piece(&s.expr);
                if let ast::Expr::Var(var) = &s.name {
                    let here = self.here();
                    self.scopes.make(var.id, Bound::Module(names), "import", here, var.span());
                }
            }
            ast::Stmt::FromImport(s) => {
                let names = self.piece(&s.expr);
                let here = self.here();
                self.scopes.take_from(&names, &s.names, here);
            }
        }
    }

    /// Looks at an included piece where it stands; gives the names it makes.
    fn piece(&mut self, name: &ast::Expr<'a>) -> Vec<Entry<'a>> {
        let written = if let ast::Expr::Const(it) = name { it.value.as_str() } else { None };
        let found = written.zip(self.trees).and_then(|(it, trees)| trees.get_key_value(piece_name(it)));
        let Some((name, tree)) = found.filter(|(name, _)| !self.within.contains(name)) else { return Vec::new() };
        let depth = self.scopes.enter();
        self.within.push(name);
        self.statement(tree);
        self.within.pop();
        self.scopes.leave(depth)
    }

    fn for_loop(&mut self, s: &'a ast::ForLoop<'a>) {
        self.expression(&s.iter);
        let element = self.path(&s.iter).map(|mut path| {
            path.push("*".to_owned());
            path
        });
        let depth = self.scopes.enter();
        self.scopes.bind("loop", Bound::Opaque);
        self.assign(&s.target, element, false);
        match &s.filter_expr {
            Some(filter) => {
                self.expression(filter);
                self.under(filter, true, |it| it.list(&s.body));
            }
            None => self.list(&s.body),
        }
        self.scopes.leave(depth);
        self.list(&s.else_body);
    }
}
