//! The names a template makes itself, and what each stands for.

use super::known::Bound;
use minijinja::machinery::{Span, ast};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

/// A name a text makes, by the kind of thing it is, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Made {
    /// the name
    pub name: String,
    /// variable, loop variable, macro, parameter or import
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

/// A macro, where it stands, and the names it sees.
#[derive(Clone)]
pub(super) struct Macro<'a> {
    /// the piece it stands in
    pub(super) piece: &'a str,
    pub(super) tree: &'a ast::Macro<'a>,
    /// blocks that are open where it is declared; what later blocks make it does not see
    level: usize,
    /// what stands beside it in the piece it was imported from
    beside: Vec<Entry<'a>>,
}

/// Names in force, innermost last, and all that were ever made.
#[derive(Default)]
pub(super) struct Scopes<'a> {
    names: Vec<Entry<'a>>,
    /// where the names of each open block begin
    blocks: Vec<usize>,
    made: Vec<Made>,
    read: RefCell<BTreeSet<usize>>,
    /// how often a block was asked for
    callers: Cell<usize>,
}

/// What a macro does not see while it runs.
pub(super) struct Hidden<'a> {
    names: Vec<Entry<'a>>,
    blocks: Vec<usize>,
}

impl<'a> Scopes<'a> {
    /// What a name stands for; it is read.
    pub(super) fn bound(&self, name: &str) -> Option<&Bound<'a>> {
        let (_, bound, made) = self.names.iter().rev().find(|(it, ..)| *it == name)?;
        self.read.borrow_mut().extend(made);
        self.callers.set(self.callers.get() + usize::from(name == "caller"));
        Some(bound)
    }

    /// How often a block was asked for so far.
    pub(super) fn callers(&self) -> usize {
        self.callers.get()
    }

    /// Binds a name that need not be read by itself; where it is read, so are the names `made`.
    pub(super) fn bind(&mut self, name: &'a str, bound: Bound<'a>, made: Vec<usize>) {
        self.names.push((name, bound, made));
    }

    /// Binds a name that the text makes, so that it is known whether anything reads it.
    pub(super) fn make(&mut self, name: &'a str, bound: Bound<'a>, what: &'static str, piece: &str, span: Span) {
        let made = self.made(name, what, piece, span);
        self.names.push((name, bound, vec![made]));
    }

    /// Notes a name as made.
    pub(super) fn made(&mut self, name: &str, what: &'static str, piece: &str, span: Span) -> usize {
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

    /// A macro that is declared here.
    pub(super) fn declared(&self, piece: &'a str, tree: &'a ast::Macro<'a>) -> Bound<'a> {
        Bound::Macro(Macro { piece, tree, level: self.blocks.len(), beside: Vec::new() })
    }

    /// What a member of a module is; whatever it is, it is read.
    pub(super) fn member(&self, made: &[Entry<'a>], name: &str) -> Option<Bound<'a>> {
        let (_, bound, made) = made.iter().rev().find(|(it, ..)| *it == name)?;
        self.read.borrow_mut().extend(made);
        Some(bound.clone())
    }

    /// Binds what `{% from … import … %}` takes out of what a piece makes; gives the names that it does not make.
    pub(super) fn take_from(
        &mut self,
        made: &[Entry<'a>],
        names: &[(ast::Expr<'a>, Option<ast::Expr<'a>>)],
        piece: &str,
    ) -> Vec<(&'a str, Span)> {
        let mut unknown = Vec::new();
        for (name, alias) in names {
            if let (ast::Expr::Var(name), ast::Expr::Var(alias)) = (name, alias.as_ref().unwrap_or(name)) {
                let found = made.iter().rev().find(|(it, ..)| *it == name.id);
                unknown.extend(found.is_none().then(|| (name.id, name.span())));
                let (bound, inner) =
                    found.map_or((Bound::Opaque, Vec::new()), |(_, bound, it)| (bound.clone(), it.clone()));
                let own = self.made(alias.id, "import", piece, alias.span());
                self.names.push((alias.id, bound, [inner, vec![own]].concat()));
            }
        }
        unknown
    }

    /// Begins a block.
    pub(super) fn enter(&mut self) {
        self.blocks.push(self.names.len());
    }

    /// Ends a block; gives the names it made.
    pub(super) fn leave(&mut self) -> Vec<Entry<'a>> {
        let depth = self.blocks.pop().unwrap_or(0);
        self.names.split_off(depth)
    }

    /// Ends the block of a piece; each of its macros goes on seeing what it makes.
    pub(super) fn leave_piece(&mut self) -> Vec<Entry<'a>> {
        let entries = self.leave();
        let seen = |(name, bound, made): &Entry<'a>| {
            let sees = |it: &Macro<'a>| Macro { level: self.blocks.len(), beside: entries.clone(), ..it.clone() };
            (*name, bound.with_macro(sees), made.clone())
        };
        entries.iter().map(seen).collect()
    }

    /// Begins the run of a macro: what stands around its call it does not see. One that has a block sees it, so that the block,
    /// when it is called in turn, does.
    pub(super) fn run(&mut self, it: &Macro<'a>, has_block: bool) -> Hidden<'a> {
        let level = if has_block { self.blocks.len() } else { it.level.min(self.blocks.len()) };
        let from = self.blocks.get(level).copied().unwrap_or(self.names.len());
        let hidden = Hidden { names: self.names.split_off(from), blocks: self.blocks.split_off(level) };
        self.enter();
        let level = self.blocks.len();
        for (name, bound, made) in &it.beside {
            let again = |other: &Macro<'a>| Macro { level, ..other.clone() };
            self.names.push((name, bound.with_macro(again), made.clone()));
        }
        hidden
    }

    /// Ends it.
    pub(super) fn ran(&mut self, hidden: Hidden<'a>) {
        self.leave();
        self.names.extend(hidden.names);
        self.blocks.extend(hidden.blocks);
    }

    /// The macros in force.
    pub(super) fn macros(&self) -> Vec<String> {
        let named = |(name, bound, _): &Entry<'a>| matches!(bound, Bound::Macro(_)).then(|| (*name).to_owned());
        self.names.iter().filter_map(named).collect()
    }

    /// How many names are in force.
    pub(super) fn count(&self) -> usize {
        self.names.len()
    }

    /// What the names made since then are called.
    pub(super) fn since(&mut self, count: usize) -> Vec<Entry<'a>> {
        self.names.split_off(count.min(self.names.len()))
    }

    /// Binds what one of two branches has made: known where both, or what stood before, come to the same.
    pub(super) fn join(&mut self, one: Vec<Entry<'a>>, other: Vec<Entry<'a>>) {
        let mut names: Vec<&'a str> = one.iter().chain(&other).map(|(name, ..)| *name).collect();
        names.sort_unstable();
        names.dedup();
        let last = |of: &[Entry<'a>], name: &str| of.iter().rev().find(|(it, ..)| *it == name).cloned();
        let before: Vec<Option<Entry<'a>>> = names.iter().map(|name| last(&self.names, name)).collect();
        for (name, before) in names.into_iter().zip(before) {
            let ends = [last(&one, name).or_else(|| before.clone()), last(&other, name).or(before)];
            let [left, right] = ends;
            let made = [&left, &right].into_iter().flatten().flat_map(|(.., made)| made.clone()).collect();
            let bound = match (left, right) {
                (Some((_, left, _)), Some((_, right, _))) => left.or(right),
                // made in one branch alone, it is read where that was run
                (Some((_, only, _)), None) | (None, Some((_, only, _))) => only,
                (None, None) => Bound::Opaque,
            };
            self.names.push((name, bound, made));
        }
    }
}
