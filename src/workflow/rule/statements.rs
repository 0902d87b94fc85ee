//! Goes through the statements of a template: loops, conditions, blocks, and the pieces it includes.

use super::known::Bound;
use super::mentions::near;
use super::pieces::piece_name;
use super::scopes::Entry;
use super::walk::Walk;
use minijinja::machinery::ast;

impl<'a> Walk<'a> {
    pub(super) fn list(&mut self, list: &'a [ast::Stmt<'a>]) {
        list.iter().for_each(|s| self.statement(s));
    }

    pub(super) fn statement(&mut self, statement: &'a ast::Stmt<'a>) {
        match statement {
            ast::Stmt::Template(s) => self.list(&s.children),
            ast::Stmt::EmitExpr(s) => {
                self.prints += 1;
                self.expression(&s.expr);
                self.printed(&s.expr);
            }
            ast::Stmt::EmitRaw(_) | ast::Stmt::Extends(_) => {}
            ast::Stmt::ForLoop(s) => self.for_loop(s),
            ast::Stmt::IfCond(s) => {
                self.expression(&s.expr);
                // what a branch sets is known after it
                let count = self.scopes.count();
                self.under(&s.expr, true, |it| it.list(&s.true_body));
                let one = self.scopes.since(count);
                self.under(&s.expr, false, |it| it.list(&s.false_body));
                let other = self.scopes.since(count);
                self.scopes.join(one, other);
            }
            ast::Stmt::WithBlock(s) => {
                self.scopes.enter();
                for (target, value) in &s.assignments {
                    self.expression(value);
                    let value = self.worth(value);
                    self.assign(target, value, "variable");
                }
                self.list(&s.body);
                self.scopes.leave();
            }
            ast::Stmt::Set(s) => {
                self.expression(&s.expr);
                let value = self.worth(&s.expr);
                self.assign(&s.target, value, "variable");
            }
            ast::Stmt::SetBlock(s) => {
                s.filter.iter().for_each(|e| self.expression(e));
                self.list(&s.body);
                self.assign(&s.target, Bound::Opaque, "variable");
            }
            ast::Stmt::AutoEscape(s) => self.list(&s.body),
            ast::Stmt::FilterBlock(s) => {
                self.expression(&s.filter);
                self.list(&s.body);
            }
            ast::Stmt::Block(s) => self.list(&s.body),
            ast::Stmt::Macro(s) => self.declare(s, s.span()),
            ast::Stmt::CallBlock(s) => self.call(&s.call, Some(&s.macro_decl)),
            ast::Stmt::Do(s) => self.call(&s.call, None),
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
                let known: Vec<String> = names.iter().map(|(name, ..)| (*name).to_owned()).collect();
                // of a piece that is not there it was told
                let unknown = self.scopes.take_from(&names, &s.names, here);
                for (name, span) in unknown.into_iter().filter(|_| !known.is_empty()) {
                    let message = format!("the piece makes no `{name}` to import");
                    self.mistake(super::UNKNOWN, span, message, near(name, &known));
                }
            }
        }
    }

    /// Looks at an included piece where it stands; gives the names it makes.
    fn piece(&mut self, name: &ast::Expr<'a>) -> Vec<Entry<'a>> {
        let written = if let ast::Expr::Const(it) = name { it.value.as_str() } else { None };
        let found = written.zip(self.trees).and_then(|(it, trees)| trees.get_key_value(piece_name(it)));
        let Some((name, tree)) = found.filter(|(name, _)| !self.within.contains(name)) else { return Vec::new() };
        self.scopes.enter();
        self.within.push(name);
        self.statement(tree);
        self.within.pop();
        self.scopes.leave_piece()
    }

    fn for_loop(&mut self, s: &'a ast::ForLoop<'a>) {
        self.expression(&s.iter);
        let element = self.worth(&s.iter).element();
        self.scopes.enter();
        let mut made = Vec::new();
        if !is_counted(&s.iter) {
            self.loop_names(&s.target, &mut made);
        }
        // whoever reads where the loop stands reads what it goes through
        self.scopes.bind("loop", Bound::of_loop(&element), made.clone());
        self.unpack(&s.target, &element, &made);
        let prints = self.prints;
        match &s.filter_expr {
            Some(filter) => {
                self.expression(filter);
                self.under(filter, true, |it| it.list(&s.body));
            }
            None => self.list(&s.body),
        }
        // what prints nothing goes round so many times, and means no more by it
        if self.prints == prints {
            let _ = self.scopes.bound("loop");
        }
        self.scopes.leave();
        self.list(&s.else_body);
    }

    fn loop_names(&mut self, target: &ast::Expr<'a>, made: &mut Vec<usize>) {
        match target {
            ast::Expr::Var(var) => {
                let here = self.here();
                made.push(self.scopes.made(var.id, "loop variable", here, var.span()));
            }
            ast::Expr::List(it) => it.items.iter().for_each(|it| self.loop_names(it, made)),
            ast::Expr::Tuple(it) => it.items.iter().for_each(|it| self.loop_names(it, made)),
            _ => {}
        }
    }
}

/// Whether a loop goes round so many times and no more is meant by it.
fn is_counted(iter: &ast::Expr<'_>) -> bool {
    matches!(iter, ast::Expr::Call(call) if matches!(&call.expr, ast::Expr::Var(var) if var.id == "range"))
}
