//! Works out what an expression of a template stands for.

use super::filtered::attribute;
use super::known::{Bound, Part, Paths, of_list, place, word};
use super::walk::Walk;
use minijinja::machinery::ast;

/// Filters whose result has the members of what is filtered.
const KEEPING: [&str; 11] =
    ["sort", "by_strokes", "reverse", "unique", "select", "selectattr", "reject", "rejectattr", "list", "default", "d"];
/// Filters that give one member of what is filtered.
const PICKING: [&str; 4] = ["first", "last", "min", "max"];

impl<'a> Walk<'a> {
    /// What an expression stands for; the names it is made of are read.
    pub(super) fn worth(&self, expression: &ast::Expr<'a>) -> Bound<'a> {
        match expression {
            ast::Expr::Var(var) => match self.scopes.bound(var.id) {
                Some(bound) => bound.clone(),
                None if var.id == "loop" || (var.id == "caller" && self.trees.is_some()) => Bound::Opaque,
                None => Bound::Data(Paths::of(vec![var.id.to_owned()])),
            },
            ast::Expr::Const(_) => word(expression).map_or(Bound::Opaque, |it| Bound::Words(vec![it])),
            ast::Expr::GetAttr(e) => match self.worth(&e.expr) {
                Bound::Module(made) => self.scopes.member(&made, e.name).unwrap_or(Bound::Opaque),
                of => there(of.part(e.name)),
            },
            ast::Expr::GetItem(e) => self.item(self.worth(&e.expr), &e.subscript_expr),
            ast::Expr::Filter(e) => self.filtered(e),
            ast::Expr::List(e) => of_list(e.items.iter().map(|it| self.worth(it)).collect()),
            ast::Expr::Tuple(e) => Bound::row(e.items.iter().map(|it| self.worth(it)).collect()),
            ast::Expr::Map(e) => self.map(e),
            ast::Expr::Call(e) => self.made_by(e),
            ast::Expr::IfExpr(e) => match &e.false_expr {
                Some(other) => self.worth(&e.true_expr).or(self.worth(other)),
                None => self.worth(&e.true_expr),
            },
            _ => Bound::Opaque,
        }
    }

    /// The names that stand in brackets, where they are known.
    pub(super) fn subscripts(&self, subscript: &ast::Expr<'a>) -> Vec<String> {
        match (place(subscript), self.worth(subscript)) {
            (Some(place), _) => vec![place],
            (None, Bound::Words(words)) => words,
            (None, _) => Vec::new(),
        }
    }

    fn item(&self, of: Bound<'a>, subscript: &ast::Expr<'a>) -> Bound<'a> {
        let names = self.subscripts(subscript);
        match (&of, names.as_slice()) {
            (Bound::Data(paths), [_, _, ..]) => {
                let paths = paths.then_each(&names);
                // which of them it is may hang on the condition
                Bound::Data(Paths { each: paths.each && !self.is_conditional(), ..paths })
            }
            (_, [name]) => there(of.part(name)),
            (Bound::Data(_) | Bound::Each(_), _) => of.element(),
            _ => Bound::Opaque,
        }
    }

    pub(super) fn filtered(&self, e: &ast::Filter<'a>) -> Bound<'a> {
        let Some(of) = e.expr.as_ref().map(|it| self.worth(it)) else { return Bound::Opaque };
        match e.name {
            name if KEEPING.contains(&name) => of,
            name if PICKING.contains(&name) => of.element(),
            "map" => match attribute(e) {
                Some((written, _)) => Bound::Each(Box::new(part_of(&of.element(), &written))),
                None => Bound::Opaque,
            },
            "groupby" => match attribute(e) {
                Some((written, _)) => {
                    let key = part_of(&of.element(), &written);
                    Bound::Each(Box::new(Bound::group(key, of)))
                }
                None => Bound::Opaque,
            },
            "items" | "dictsort" => {
                let value = if let Bound::Data(_) = of { of.element() } else { Bound::Opaque };
                Bound::Each(Box::new(Bound::row(vec![Bound::Opaque, value])))
            }
            "batch" | "slice" => Bound::Each(Box::new(of)),
            "attr" => match e.args.first() {
                Some(ast::CallArg::Pos(name)) => self.item(of, name),
                _ => Bound::Opaque,
            },
            _ => Bound::Opaque,
        }
    }

    fn map(&self, e: &ast::Map<'a>) -> Bound<'a> {
        let keys: Option<Vec<String>> = e.keys.iter().map(|key| word(key).or_else(|| place(key))).collect();
        match keys {
            Some(keys) => {
                Bound::Parts("this map", keys.into_iter().zip(e.values.iter().map(|it| self.worth(it))).collect())
            }
            None => Bound::Opaque,
        }
    }

    /// What `dict` and `namespace` make.
    fn made_by(&self, call: &ast::Call<'a>) -> Bound<'a> {
        let ast::Expr::Var(var) = &call.expr else { return Bound::Opaque };
        if self.scopes.bound(var.id).is_some() {
            return Bound::Opaque;
        }
        let mut parts: Vec<(String, Bound<'a>)> = Vec::new();
        for argument in &call.args {
            match argument {
                ast::CallArg::Kwarg(name, value) => parts.push(((*name).to_owned(), self.worth(value))),
                ast::CallArg::Pos(value) => match self.worth(value) {
                    Bound::Parts(_, more) => parts.extend(more),
                    _ => return Bound::Opaque,
                },
                _ => return Bound::Opaque,
            }
        }
        match var.id {
            "dict" => Bound::Parts("this map", parts),
            "namespace" => Bound::Space(parts.into_iter().map(|(name, _)| name).collect()),
            _ => Bound::Opaque,
        }
    }
}

fn there<'a>(part: Part<'a>) -> Bound<'a> {
    match part {
        Part::There(bound) => bound,
        Part::Missing(..) => Bound::Opaque,
    }
}

/// A part, or a part of that: `审.意见`.
fn part_of<'a>(of: &Bound<'a>, written: &str) -> Bound<'a> {
    written.split('.').fold(of.clone(), |of, name| there(of.part(name)))
}
