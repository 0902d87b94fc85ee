//! Which variables a template refers to: a walk over its parsed expressions.
//!
//! Names a template makes itself (`for`, `set`, `with`, macros) are followed back to the data where that is plain, and are not
//! reported themselves. Templates do not include one another: each is whole, so that its digest says all.

use super::Variable;
use crate::diag::{Diagnostic, Place, Severity};
use minijinja::machinery::{ast, parse};
use minijinja::{Environment, ErrorKind, Value};
use std::collections::BTreeMap;

/// Where a piece of template text stands in its file.
pub(in crate::document) struct Origin<'a> {
    pub path: &'a str,
    pub text: &'a str,
    /// lines before its first
    pub lines: usize,
    /// characters before it on its first line
    pub columns: usize,
}

impl Origin<'_> {
    fn place(&self, offset: usize) -> Place {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.matches('\n').count();
        let column = before.rsplit('\n').next().unwrap_or("").chars().count();
        let column = if line == 0 { column + self.columns } else { column };
        Place { path: self.path.to_owned(), line: self.lines + line + 1, column: column + 1 }
    }
}

/// Names that are functions of the language, not data.
const FUNCTIONS: [&str; 12] =
    ["date_cn", "month_cn", "cn", "rmb", "pad_name", "mask", "range", "dict", "namespace", "debug", "loop", "lipsum"];

/// Filters that are offered for one that is none.
const FILTERS: [&str; 16] = [
    "date_cn",
    "month_cn",
    "cn",
    "rmb",
    "pad_name",
    "mask",
    "join",
    "default",
    "merge_down",
    "length",
    "first",
    "last",
    "sort",
    "sum",
    "round",
    "replace",
];

/// The variables of one text, in the order they stand.
pub(in crate::document) fn of(
    origin: &Origin<'_>,
    environment: &Environment<'_>,
) -> Result<Vec<Variable>, Vec<Diagnostic>> {
    let tree = parse(origin.text, origin.path, environment.syntax().clone())
        .map_err(|error| vec![syntax_error(origin, &error)])?;
    let mut walk = Walk {
        origin,
        environment,
        scopes: vec![BTreeMap::new()],
        found: Vec::new(),
        problems: Vec::new(),
        optional: 0,
        guards: Vec::new(),
    };
    walk.statement(&tree);
    if walk.problems.is_empty() { Ok(walk.found) } else { Err(walk.problems) }
}

/// Each path once, at its first place; optional only when it is so everywhere.
pub(super) fn merged(found: Vec<Variable>) -> Vec<Variable> {
    let mut merged: Vec<Variable> = Vec::new();
    for variable in found {
        match merged.iter_mut().find(|it| it.path == variable.path) {
            Some(known) => known.optional &= variable.optional,
            None => merged.push(variable),
        }
    }
    merged
}

/// A placed diagnostic for what MiniJinja could not read.
pub(super) fn syntax_error(origin: &Origin<'_>, error: &minijinja::Error) -> Diagnostic {
    let mut place = origin.place(0);
    match error.range() {
        Some(range) => place = origin.place(range.start),
        None => place.line = origin.lines + error.line().unwrap_or(1),
    }
    let message = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    Diagnostic { kind: "template-syntax", severity: Severity::Error, place, message, hint: None }
}

/// Where a local name's value comes from, when that is a path of the data.
type Path = Option<Vec<String>>;

struct Walk<'a> {
    origin: &'a Origin<'a>,
    environment: &'a Environment<'a>,
    scopes: Vec<BTreeMap<String, Path>>,
    found: Vec<Variable>,
    problems: Vec<Diagnostic>,
    /// above zero inside `|default` and `is defined`
    optional: usize,
    /// paths whose presence a surrounding `if` has asked for
    guards: Vec<Vec<String>>,
}

impl Walk<'_> {
    fn statements(&mut self, statements: &[ast::Stmt<'_>]) {
        for statement in statements {
            self.statement(statement);
        }
    }

    /// Statements whose names end with them.
    fn scoped(&mut self, locals: BTreeMap<String, Path>, statements: &[ast::Stmt<'_>]) {
        self.scopes.push(locals);
        self.statements(statements);
        self.scopes.pop();
    }

    fn statement(&mut self, statement: &ast::Stmt<'_>) {
        match statement {
            ast::Stmt::Template(it) => self.statements(&it.children),
            ast::Stmt::EmitExpr(it) => self.expression(&it.expr),
            ast::Stmt::EmitRaw(_) => {}
            ast::Stmt::ForLoop(it) => self.for_loop(it),
            ast::Stmt::IfCond(it) => {
                let before = self.guard(&it.expr);
                self.statements(&it.true_body);
                self.guards.truncate(before);
                self.statements(&it.false_body);
            }
            ast::Stmt::WithBlock(it) => {
                let mut locals = BTreeMap::new();
                for (target, value) in &it.assignments {
                    self.expression(value);
                    bind(&mut locals, target, self.path(value));
                }
                self.scoped(locals, &it.body);
            }
            ast::Stmt::Set(it) => {
                self.expression(&it.expr);
                let path = self.path(&it.expr);
                self.bind_here(&it.target, path);
            }
            ast::Stmt::SetBlock(it) => {
                self.statements(&it.body);
                self.bind_here(&it.target, None);
            }
            ast::Stmt::AutoEscape(it) => self.statements(&it.body),
            ast::Stmt::FilterBlock(it) => self.statements(&it.body),
            ast::Stmt::Macro(it) => self.declared(it),
            ast::Stmt::CallBlock(it) => {
                self.call(&it.call);
                self.declared(&it.macro_decl);
            }
            ast::Stmt::Do(it) => self.call(&it.call),
            ast::Stmt::Block(it) => self.refused(it.span()),
            ast::Stmt::Import(it) => self.refused(it.span()),
            ast::Stmt::FromImport(it) => self.refused(it.span()),
            ast::Stmt::Extends(it) => self.refused(it.span()),
            ast::Stmt::Include(it) => self.refused(it.span()),
        }
    }

    fn for_loop(&mut self, it: &ast::ForLoop<'_>) {
        self.expression(&it.iter);
        let member = self.path(&it.iter).map(|mut path| {
            path.push("*".to_owned());
            path
        });
        let mut locals = BTreeMap::new();
        bind(&mut locals, &it.target, member);
        locals.insert("loop".to_owned(), None);
        self.scopes.push(locals);
        if let Some(filter) = &it.filter_expr {
            self.expression(filter);
        }
        self.statements(&it.body);
        self.scopes.pop();
        self.statements(&it.else_body);
    }

    fn declared(&mut self, it: &ast::Macro<'_>) {
        self.scopes.last_mut().map(|scope| scope.insert(it.name.to_owned(), None));
        let mut locals = BTreeMap::from([("caller".to_owned(), None)]);
        for argument in &it.args {
            bind(&mut locals, argument, None);
        }
        self.scoped(locals, &it.body);
    }

    fn refused(&mut self, span: minijinja::machinery::Span) {
        let place = self.origin.place(span.start_offset as usize);
        let message = "a template does not include or extend another".to_owned();
        self.problems.push(Diagnostic {
            kind: "template-syntax",
            severity: Severity::Error,
            place,
            message,
            hint: None,
        });
    }

    fn expression(&mut self, expression: &ast::Expr<'_>) {
        if let Some(path) = self.path(expression) {
            let place = self.origin.place(expression.span().start_offset as usize);
            let guarded = self.guards.iter().any(|guard| path.starts_with(guard));
            self.found.push(Variable { path, place, optional: self.optional > 0 || guarded });
            return;
        }
        match expression {
            ast::Expr::Var(_) | ast::Expr::Const(_) => {}
            ast::Expr::Slice(it) => {
                self.expression(&it.expr);
                [&it.start, &it.stop, &it.step].into_iter().flatten().for_each(|part| self.expression(part));
            }
            ast::Expr::UnaryOp(it) => self.expression(&it.expr),
            ast::Expr::BinOp(it) => {
                self.expression(&it.left);
                self.expression(&it.right);
            }
            ast::Expr::Compare(it) => {
                self.expression(&it.expr);
                it.ops.iter().for_each(|op| self.expression(&op.expr));
            }
            ast::Expr::IfExpr(it) => {
                let before = self.guard(&it.test_expr);
                self.expression(&it.true_expr);
                self.guards.truncate(before);
                it.false_expr.iter().for_each(|part| self.expression(part));
            }
            ast::Expr::Filter(it) => {
                self.filter(it.name, expression.span().start_offset as usize);
                self.maybe(matches!(it.name, "default" | "d"), it.expr.as_ref());
                self.arguments(&it.args);
            }
            ast::Expr::Test(it) => {
                self.maybe(matches!(it.name, "defined" | "undefined" | "none"), Some(&it.expr));
                self.arguments(&it.args);
            }
            ast::Expr::GetAttr(it) => self.expression(&it.expr),
            ast::Expr::GetItem(it) => {
                self.expression(&it.expr);
                self.expression(&it.subscript_expr);
            }
            ast::Expr::Call(it) => self.call(it),
            ast::Expr::List(it) => it.items.iter().for_each(|part| self.expression(part)),
            ast::Expr::Tuple(it) => it.items.iter().for_each(|part| self.expression(part)),
            ast::Expr::Map(it) => it.keys.iter().chain(&it.values).for_each(|part| self.expression(part)),
        }
    }

    /// A filter the language has not would be found only when a paper is made.
    fn filter(&mut self, name: &str, offset: usize) {
        let tried = self.environment.empty_state().apply_filter(name, &[Value::from(())]);
        if tried.is_err_and(|error| error.kind() == ErrorKind::UnknownFilter) {
            let near = crate::workflow::parse::nearest(name, &FILTERS).map(|near| format!("did you mean `{near}`?"));
            self.problems.push(Diagnostic {
                kind: "template-filter-unknown",
                severity: Severity::Error,
                place: self.origin.place(offset),
                message: format!("there is no filter `{name}`"),
                hint: near.or_else(|| Some(format!("among others there are {}", FILTERS.join(" ")))),
            });
        }
    }

    /// Walks a condition; what it asks the presence of may be used in its branch. Gives the number of guards before.
    fn guard(&mut self, condition: &ast::Expr<'_>) -> usize {
        let (before, found) = (self.guards.len(), self.found.len());
        self.expression(condition);
        let asked = self.found[found..].iter().filter(|it| it.optional).map(|it| it.path.clone());
        self.guards.extend(asked);
        before
    }

    fn maybe(&mut self, optional: bool, expression: Option<&ast::Expr<'_>>) {
        self.optional += usize::from(optional);
        expression.into_iter().for_each(|it| self.expression(it));
        self.optional -= usize::from(optional);
    }

    fn call(&mut self, it: &ast::Call<'_>) {
        // A function's name is no variable; a method, as in `map.items()`, refers to the map.
        if let ast::Expr::GetAttr(method) = &it.expr {
            self.expression(&method.expr);
        } else if !matches!(it.expr, ast::Expr::Var(_)) {
            self.expression(&it.expr);
        }
        self.arguments(&it.args);
    }

    fn arguments(&mut self, arguments: &[ast::CallArg<'_>]) {
        for argument in arguments {
            match argument {
                ast::CallArg::Pos(it)
                | ast::CallArg::Kwarg(_, it)
                | ast::CallArg::PosSplat(it)
                | ast::CallArg::KwargSplat(it) => self.expression(it),
            }
        }
    }

    /// The path of the data an expression stands for, when it is a plain chain of names.
    fn path(&self, expression: &ast::Expr<'_>) -> Path {
        if let ast::Expr::Var(name) = expression {
            let local = self.scopes.iter().rev().find_map(|scope| scope.get(name.id));
            return match local {
                Some(path) => path.clone(),
                None if FUNCTIONS.contains(&name.id) => None,
                None => Some(vec![name.id.to_owned()]),
            };
        }
        let (base, member) = if let ast::Expr::GetAttr(it) = expression {
            (&it.expr, it.name.to_owned())
        } else if let ast::Expr::GetItem(it) = expression
            && let ast::Expr::Const(key) = &it.subscript_expr
        {
            (&it.expr, key.value.as_str().unwrap_or("*").to_owned())
        } else {
            return None;
        };
        let mut path = self.path(base)?;
        path.push(member);
        Some(path)
    }

    fn bind_here(&mut self, target: &ast::Expr<'_>, path: Path) {
        if let Some(scope) = self.scopes.last_mut() {
            bind(scope, target, path);
        }
    }
}

/// Binds a target; of several names in one target only that they are local is known.
fn bind(scope: &mut BTreeMap<String, Path>, target: &ast::Expr<'_>, path: Path) {
    if let ast::Expr::Var(name) = target {
        scope.insert(name.id.to_owned(), path);
    }
    let parts: &[ast::Expr<'_>] = if let ast::Expr::List(it) = target {
        &it.items
    } else if let ast::Expr::Tuple(it) = target {
        &it.items
    } else {
        &[]
    };
    for part in parts {
        bind(scope, part, None);
    }
}
