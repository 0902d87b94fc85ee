//! The names a template makes itself, and what each stands for.

use minijinja::machinery::ast;

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
    Module(Vec<(&'a str, Bound<'a>)>),
}

/// Names in force, innermost last.
#[derive(Default)]
pub(super) struct Scopes<'a>(Vec<(&'a str, Bound<'a>)>);

impl<'a> Scopes<'a> {
    pub(super) fn bound(&self, name: &str) -> Option<&Bound<'a>> {
        self.0.iter().rev().find(|(it, _)| *it == name).map(|(_, bound)| bound)
    }

    pub(super) fn bind(&mut self, name: &'a str, bound: Bound<'a>) {
        self.0.push((name, bound));
    }

    /// The macro a member of a module is.
    pub(super) fn member(&self, module: &ast::Expr<'_>, name: &str) -> Option<(&'a str, &'a ast::Macro<'a>)> {
        let ast::Expr::Var(var) = module else { return None };
        let Some(Bound::Module(names)) = self.bound(var.id) else { return None };
        match names.iter().rev().find(|(it, _)| *it == name) {
            Some((_, Bound::Macro(piece, it))) => Some((piece, it)),
            Some((_, Bound::Data(_) | Bound::Opaque | Bound::Module(_))) | None => None,
        }
    }

    /// Binds what `{% from … import … %}` takes out of what a piece makes.
    pub(super) fn take_from(
        &mut self,
        made: &[(&'a str, Bound<'a>)],
        names: &[(ast::Expr<'a>, Option<ast::Expr<'a>>)],
    ) {
        for (name, alias) in names {
            if let (ast::Expr::Var(name), ast::Expr::Var(alias)) = (name, alias.as_ref().unwrap_or(name)) {
                let found = made.iter().rev().find(|(it, _)| *it == name.id).map(|(_, bound)| bound.clone());
                self.bind(alias.id, found.unwrap_or(Bound::Opaque));
            }
        }
    }

    /// Begins a block: gives what [`Scopes::leave`] wants.
    pub(super) fn enter(&self) -> usize {
        self.0.len()
    }

    /// Ends a block; gives the names it made.
    pub(super) fn leave(&mut self, depth: usize) -> Vec<(&'a str, Bound<'a>)> {
        self.0.split_off(depth)
    }
}
