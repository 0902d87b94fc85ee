//! The names a template makes itself, and what each stands for.

use minijinja::machinery::{Span, ast};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// A name a text makes, by the kind of thing it is, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Made {
    /// the name
    pub name: String,
    /// variable, macro, parameter or import
    pub what: &'static str,
    /// the piece it stands in; empty for the text itself
    pub piece: String,
    /// 1-based line in that text
    pub line: usize,
    /// 1-based column
    pub column: usize,
}

/// A name in force, what it stands for, and which of the names made are read when it is.
pub(super) type Entry<'a> = (&'a str, Bound<'a>, Vec<usize>);

/// What a name made by the text stands for.
#[derive(Clone)]
pub(super) enum Bound<'a> {
    /// a path of the data
    Data(Vec<String>),
    /// something the text has reckoned
    Opaque,
    /// a macro, and the piece it stands in
    Macro(&'a str, &'a ast::Macro<'a>),
    /// what a piece makes
    Module(Vec<Entry<'a>>),
}

/// Names in force, innermost last, and all that were ever made.
#[derive(Default)]
pub(super) struct Scopes<'a> {
    names: Vec<Entry<'a>>,
    made: Vec<Made>,
    read: RefCell<BTreeSet<usize>>,
}

impl<'a> Scopes<'a> {
    /// What a name stands for. Whichever of those called so is meant, it is read.
    pub(super) fn bound(&self, name: &str) -> Option<&Bound<'a>> {
        let called = || self.names.iter().rev().filter(|(it, ..)| *it == name);
        self.read.borrow_mut().extend(called().flat_map(|(.., made)| made));
        called().next().map(|(_, bound, _)| bound)
    }

    pub(super) fn bind(&mut self, name: &'a str, bound: Bound<'a>) {
        self.names.push((name, bound, Vec::new()));
    }

    /// Binds a name that the text makes, so that it is known whether anything reads it.
    pub(super) fn make(&mut self, name: &'a str, bound: Bound<'a>, what: &'static str, piece: &str, span: Span) {
        let made = self.made(name, what, piece, span);
        self.names.push((name, bound, vec![made]));
    }

    fn made(&mut self, name: &str, what: &'static str, piece: &str, span: Span) -> usize {
        let (line, column) = (usize::from(span.start_line), usize::from(span.start_col) + 1);
        let made = Made { name: name.to_owned(), what, piece: piece.to_owned(), line, column };
        // a macro is gone through as often as it is called
        self.made.iter().position(|it| *it == made).unwrap_or_else(|| {
            self.made.push(made);
            self.made.len() - 1
        })
    }

    /// What was made and never read.
    pub(super) fn unread(&self) -> Vec<Made> {
        let read = self.read.borrow();
        let all = self.made.iter().enumerate().filter(|(n, made)| !read.contains(n) && !made.name.starts_with('_'));
        all.map(|(_, made)| made.clone()).collect()
    }

    /// The macro a member of a module is; whatever it is, it is read.
    pub(super) fn member(&self, module: &ast::Expr<'_>, name: &str) -> Option<(&'a str, &'a ast::Macro<'a>)> {
        let ast::Expr::Var(var) = module else { return None };
        let Some(Bound::Module(names)) = self.bound(var.id) else { return None };
        let (_, bound, made) = names.iter().rev().find(|(it, ..)| *it == name)?;
        self.read.borrow_mut().extend(made);
        match bound {
            Bound::Macro(piece, it) => Some((piece, it)),
            Bound::Data(_) | Bound::Opaque | Bound::Module(_) => None,
        }
    }

    /// Binds what `{% from … import … %}` takes out of what a piece makes.
    pub(super) fn take_from(
        &mut self,
        made: &[Entry<'a>],
        names: &[(ast::Expr<'a>, Option<ast::Expr<'a>>)],
        piece: &str,
    ) {
        for (name, alias) in names {
            if let (ast::Expr::Var(name), ast::Expr::Var(alias)) = (name, alias.as_ref().unwrap_or(name)) {
                let found = made.iter().rev().find(|(it, ..)| *it == name.id);
                let (bound, inner) =
                    found.map_or((Bound::Opaque, Vec::new()), |(_, bound, it)| (bound.clone(), it.clone()));
                let own = self.made(alias.id, "import", piece, alias.span());
                self.names.push((alias.id, bound, [inner, vec![own]].concat()));
            }
        }
    }

    /// Begins a block: gives what [`Scopes::leave`] wants.
    pub(super) fn enter(&self) -> usize {
        self.names.len()
    }

    /// Ends a block; gives the names it made.
    pub(super) fn leave(&mut self, depth: usize) -> Vec<Entry<'a>> {
        self.names.split_off(depth)
    }
}
