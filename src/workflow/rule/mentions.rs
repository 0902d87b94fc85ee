//! Which names an expression or a text with `{{ … }}` mentions.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the grammar is a library's; what is not named here is refused or walked alike"
)]

use super::Malformed;
use crate::workflow::parse::FUNCTIONS;
use minijinja::machinery::{self, ast};

/// What templates may call besides.
const TEMPLATE_FUNCTIONS: [&str; 3] = ["namespace", "range", "dict"];

/// A variable mentioned, with the attributes read of it: `考察.结论` is `["考察", "结论"]`; an attribute of an element of a
/// loop over `items` is `["items", "*", "姓名"]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// the path; never empty
    pub path: Vec<String>,
    /// 1-based line in the text
    pub line: usize,
    /// 1-based column, as the parser counts it
    pub column: usize,
}

/// The variables a template text reads from outside, loop variables and `{% set %}` aside.
///
/// # Errors
/// When the text is not a template; the offset is that of the line's start.
pub fn text_names(text: &str) -> Result<Vec<Mention>, Malformed> {
    let config = minijinja::syntax::SyntaxConfig::default();
    let parsed = machinery::parse(text, "text", config).map_err(|error| {
        let line = error.line().unwrap_or(1);
        let offset = text.lines().take(line.saturating_sub(1)).map(|l| l.chars().count() + 1).sum();
        let detail = error.detail().unwrap_or("syntax error");
        Malformed { message: format!("line {line}: {detail}"), offset, full_width: None }
    })?;
    let mut walk = Walk { found: Vec::new(), local: Vec::new() };
    walk.statement(&parsed);
    Ok(walk.found)
}

/// The variables an expression mentions; functions called are no variables.
pub(super) fn of_expression(expression: &ast::Expr<'_>, found: &mut Vec<Mention>) {
    let mut walk = Walk { found: std::mem::take(found), local: Vec::new() };
    walk.expression(expression);
    *found = walk.found;
}

struct Walk {
    found: Vec<Mention>,
    /// names bound inside; of a loop over a path, what an element of it is
    local: Vec<(String, Option<Vec<String>>)>,
}

impl Walk {
    fn mention(&mut self, root: &str, rest: &[&str], span: machinery::Span) {
        let bound = self.local.iter().rev().find(|(name, _)| name == root).map(|(_, element)| element.clone());
        let mut path = match bound {
            None if root == "loop" => return,
            None => vec![root.to_owned()],
            Some(Some(element)) if !rest.is_empty() => element,
            Some(_) => return,
        };
        path.extend(rest.iter().map(|part| (*part).to_owned()));
        let mention = Mention { path, line: usize::from(span.start_line), column: usize::from(span.start_col) + 1 };
        if !self.found.iter().any(|m| m.path == mention.path) {
            self.found.push(mention);
        }
    }

    fn expression(&mut self, expression: &ast::Expr<'_>) {
        match expression {
            ast::Expr::Var(var) => self.mention(var.id, &[], var.span()),
            ast::Expr::Const(_) => {}
            ast::Expr::GetAttr(_) | ast::Expr::GetItem(_) => self.path(expression),
            ast::Expr::UnaryOp(e) => self.expression(&e.expr),
            ast::Expr::BinOp(e) => {
                self.expression(&e.left);
                self.expression(&e.right);
            }
            ast::Expr::Compare(e) => {
                self.expression(&e.expr);
                e.ops.iter().for_each(|op| self.expression(&op.expr));
            }
            ast::Expr::IfExpr(e) => {
                self.expression(&e.test_expr);
                self.expression(&e.true_expr);
                e.false_expr.iter().for_each(|e| self.expression(e));
            }
            ast::Expr::Filter(e) => {
                e.expr.iter().for_each(|e| self.expression(e));
                self.arguments(&e.args);
            }
            ast::Expr::Test(e) => {
                self.expression(&e.expr);
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

    fn call(&mut self, call: &ast::Spanned<ast::Call<'_>>) {
        match &call.expr {
            ast::Expr::Var(var) if FUNCTIONS.contains(&var.id) || TEMPLATE_FUNCTIONS.contains(&var.id) => {}
            ast::Expr::GetAttr(attr) => self.expression(&attr.expr),
            other => self.expression(other),
        }
        self.arguments(&call.args);
    }

    fn arguments(&mut self, arguments: &[ast::CallArg<'_>]) {
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

    /// `a.b.c` as one mention; what stands in brackets is mentioned besides.
    fn path(&mut self, expression: &ast::Expr<'_>) {
        let mut names = Vec::new();
        let mut at = expression;
        loop {
            match at {
                ast::Expr::GetAttr(attr) => {
                    names.push(attr.name);
                    at = &attr.expr;
                }
                ast::Expr::GetItem(item) => {
                    self.expression(&item.subscript_expr);
                    // what follows a subscript is not part of a path known by name
                    names.clear();
                    at = &item.expr;
                }
                ast::Expr::Var(var) => {
                    names.reverse();
                    self.mention(var.id, &names, expression.span());
                    return;
                }
                other => {
                    self.expression(other);
                    return;
                }
            }
        }
    }

    fn statements(&mut self, list: &[ast::Stmt<'_>]) {
        let depth = self.local.len();
        list.iter().for_each(|s| self.statement(s));
        self.local.truncate(depth);
    }

    fn assign(&mut self, target: &ast::Expr<'_>) {
        match target {
            ast::Expr::Var(var) => self.local.push((var.id.to_owned(), None)),
            ast::Expr::List(list) => list.items.iter().for_each(|e| self.assign(e)),
            ast::Expr::Tuple(list) => list.items.iter().for_each(|e| self.assign(e)),
            other => self.expression(other),
        }
    }

    fn statement(&mut self, statement: &ast::Stmt<'_>) {
        match statement {
            ast::Stmt::Template(s) => self.statements(&s.children),
            ast::Stmt::EmitExpr(s) => self.expression(&s.expr),
            ast::Stmt::EmitRaw(_) => {}
            ast::Stmt::ForLoop(s) => self.for_loop(s),
            ast::Stmt::IfCond(s) => {
                self.expression(&s.expr);
                // what a branch sets is known after it
                s.true_body.iter().chain(&s.false_body).for_each(|s| self.statement(s));
            }
            ast::Stmt::WithBlock(s) => {
                let depth = self.local.len();
                for (target, value) in &s.assignments {
                    self.expression(value);
                    self.assign(target);
                }
                self.statements(&s.body);
                self.local.truncate(depth);
            }
            ast::Stmt::Set(s) => {
                self.expression(&s.expr);
                self.assign(&s.target);
            }
            ast::Stmt::SetBlock(s) => {
                s.filter.iter().for_each(|e| self.expression(e));
                self.statements(&s.body);
                self.assign(&s.target);
            }
            ast::Stmt::AutoEscape(s) => self.statements(&s.body),
            ast::Stmt::FilterBlock(s) => self.statements(&s.body),
            ast::Stmt::Block(s) => self.statements(&s.body),
            ast::Stmt::Macro(s) => self.macro_body(s),
            ast::Stmt::CallBlock(s) => {
                self.call(&s.call);
                self.macro_body(&s.macro_decl);
            }
            ast::Stmt::Do(s) => self.call(&s.call),
            ast::Stmt::Import(_) | ast::Stmt::FromImport(_) | ast::Stmt::Extends(_) | ast::Stmt::Include(_) => {}
        }
    }

    fn for_loop(&mut self, s: &ast::ForLoop<'_>) {
        self.expression(&s.iter);
        let depth = self.local.len();
        match (&s.target, self.element(&s.iter)) {
            (ast::Expr::Var(var), Some(element)) => self.local.push((var.id.to_owned(), Some(element))),
            (target, _) => self.assign(target),
        }
        s.filter_expr.iter().for_each(|e| self.expression(e));
        self.statements(&s.body);
        self.local.truncate(depth);
        self.statements(&s.else_body);
    }

    /// What an element of a path is called: `items.*`.
    fn element(&self, iter: &ast::Expr<'_>) -> Option<Vec<String>> {
        let mut parts = vec!["*".to_owned()];
        let mut at = iter;
        loop {
            match at {
                ast::Expr::GetAttr(attribute) => {
                    parts.push(attribute.name.to_owned());
                    at = &attribute.expr;
                }
                ast::Expr::Filter(filter) => at = filter.expr.as_ref()?,
                ast::Expr::Var(var) => {
                    let bound = self.local.iter().rev().find(|(name, _)| name == var.id);
                    let mut path = match bound {
                        Some((_, element)) => element.clone()?,
                        None => vec![var.id.to_owned()],
                    };
                    parts.reverse();
                    path.extend(parts);
                    return Some(path);
                }
                _ => return None,
            }
        }
    }

    fn macro_body(&mut self, s: &ast::Macro<'_>) {
        self.local.push((s.name.to_owned(), None));
        let depth = self.local.len();
        s.args.iter().for_each(|e| self.assign(e));
        self.statements(&s.body);
        self.local.truncate(depth);
    }
}
