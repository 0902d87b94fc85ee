//! What an expression of a template stands for, as far as the text itself says.

use super::scopes::{Entry, Macro};
use minijinja::machinery::ast;

/// What a loop knows of itself.
const OF_LOOP: [&str; 9] = ["index", "index0", "first", "last", "length", "revindex", "revindex0", "depth", "depth0"];
/// Its members before and after.
const NEIGHBOURS: [&str; 2] = ["previtem", "nextitem"];
/// Paths that one expression may stand for.
const PATHS_MAX: usize = 40;

/// What a name or an expression stands for.
#[derive(Clone)]
pub(super) enum Bound<'a> {
    /// paths of the data
    Data(Paths),
    /// something the text has reckoned
    Opaque,
    /// one of the texts written out here, each of which it comes to be
    Words(Vec<String>),
    /// parts by name and no others; what has them
    Parts(&'static str, Vec<(String, Bound<'a>)>),
    /// parts that may be set later
    Space(Vec<String>),
    /// members, each of this make
    Each(Box<Bound<'a>>),
    /// nothing, and why
    Absent(String),
    /// a macro
    Macro(Macro<'a>),
    /// what a piece makes
    Module(Vec<Entry<'a>>),
}

impl<'a> Bound<'a> {
    /// The same, a macro changed.
    pub(super) fn with_macro(&self, change: impl FnOnce(&Macro<'a>) -> Macro<'a>) -> Bound<'a> {
        let Bound::Macro(known) = self else { return self.clone() };
        Bound::Macro(change(known))
    }
}

/// One path of the data, or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paths {
    /// the paths; never none
    pub(super) all: Vec<Vec<String>>,
    /// each of them is read, not one or another
    pub(super) each: bool,
}

impl Paths {
    pub(super) fn of(path: Vec<String>) -> Paths {
        Paths { all: vec![path], each: true }
    }

    /// The same, one part further.
    fn then(&self, part: &str) -> Paths {
        let all = self.all.iter().map(|path| [path.as_slice(), &[part.to_owned()]].concat()).collect();
        Paths { all, each: self.each }
    }

    /// The same, one part further by each of these.
    pub(super) fn then_each(&self, parts: &[String]) -> Paths {
        let all = parts.iter().flat_map(|part| self.then(part).all).take(PATHS_MAX).collect();
        Paths { all, each: self.each }
    }

    /// One or the other.
    fn or(&self, other: &Paths) -> Paths {
        let mut all: Vec<Vec<String>> = self.all.iter().chain(&other.all).cloned().collect();
        all.sort();
        all.dedup();
        all.truncate(PATHS_MAX);
        Paths { all, each: false }
    }
}

/// A part of something, or that it has none of that name, and those it has.
pub(super) enum Part<'a> {
    There(Bound<'a>),
    Missing(&'static str, Vec<String>),
}

impl<'a> Bound<'a> {
    /// What a loop knows of itself and its neighbours.
    pub(super) fn of_loop(element: &Bound<'a>) -> Bound<'a> {
        let own = OF_LOOP.map(|name| (name.to_owned(), Bound::Opaque));
        let beside = NEIGHBOURS.map(|name| (name.to_owned(), element.clone()));
        Bound::Parts("a loop", own.into_iter().chain(beside).collect())
    }

    /// Members by their place.
    pub(super) fn row(members: Vec<Bound<'a>>) -> Bound<'a> {
        Bound::Parts("a row", members.into_iter().enumerate().map(|(n, it)| (n.to_string(), it)).collect())
    }

    /// A group of those alike, as `groupby` makes it.
    pub(super) fn group(key: Bound<'a>, list: Bound<'a>) -> Bound<'a> {
        let parts = [("grouper", key.clone()), ("list", list.clone()), ("0", key), ("1", list)];
        Bound::Parts("a group", parts.map(|(name, it)| (name.to_owned(), it)).into())
    }

    /// Whether both are known to stand for the same.
    pub(super) fn alike(&self, other: &Bound<'a>) -> bool {
        match (self, other) {
            (Bound::Data(one), Bound::Data(other)) => one == other,
            (Bound::Words(one), Bound::Words(other)) => one == other,
            (Bound::Each(one), Bound::Each(other)) => one.alike(other),
            (Bound::Macro(one), Bound::Macro(other)) => std::ptr::eq(one.tree, other.tree),
            (Bound::Parts(_, one), Bound::Parts(_, other)) => {
                let same = |((a, one), (b, other)): (&(String, Bound<'a>), &(String, Bound<'a>))| {
                    a == b && (one.alike(other) || matches!((one, other), (Bound::Opaque, Bound::Opaque)))
                };
                one.len() == other.len() && one.iter().zip(other).all(same)
            }
            _ => false,
        }
    }

    /// What one of two branches made of it.
    pub(super) fn or(self, other: Bound<'a>) -> Bound<'a> {
        match (&self, &other) {
            (Bound::Data(one), Bound::Data(another)) if one != another => Bound::Data(one.or(another)),
            // texts of one's own beside data say nothing of what is read of the data
            (Bound::Data(one), _) | (_, Bound::Data(one)) if !self.alike(&other) => {
                Bound::Data(Paths { each: false, ..one.clone() })
            }
            _ if self.alike(&other) => self,
            _ => Bound::Opaque,
        }
    }

    /// A member of a list.
    pub(super) fn element(&self) -> Bound<'a> {
        if let Bound::Each(of) = self {
            return (**of).clone();
        }
        if let Bound::Data(paths) = self { Bound::Data(paths.then("*")) } else { Bound::Opaque }
    }

    /// A part by its name; of a list its place in figures.
    pub(super) fn part(&self, name: &str) -> Part<'a> {
        // a member of a list is like the others
        if name.parse::<usize>().is_ok() && matches!(self, Bound::Data(_) | Bound::Each(_)) {
            return Part::There(self.element());
        }
        if let Bound::Data(paths) = self {
            return Part::There(Bound::Data(paths.then(name)));
        }
        let Bound::Parts(what, parts) = self else { return Part::There(Bound::Opaque) };
        match parts.iter().rev().find(|(it, _)| it == name) {
            Some((_, bound)) => Part::There(bound.clone()),
            None => Part::Missing(what, named(parts)),
        }
    }
}

/// The names of parts; those of a group once.
fn named(parts: &[(String, Bound<'_>)]) -> Vec<String> {
    let names = || parts.iter().map(|(name, _)| name.clone());
    let words: Vec<String> = names().filter(|name| name.parse::<usize>().is_err()).collect();
    if words.is_empty() { names().collect() } else { words }
}

/// A literal list: members alike, or words.
pub(super) fn of_list<'a>(members: Vec<Bound<'a>>) -> Bound<'a> {
    let words: Option<Vec<String>> =
        members.iter().map(|it| if let Bound::Words(words) = it { Some(words.concat()) } else { None }).collect();
    let first = members.first().cloned();
    let alike = |first: &Bound<'a>| members.iter().all(|it| it.alike(first));
    Bound::Each(Box::new(match (words.filter(|it| !it.is_empty()), first) {
        (Some(words), _) => Bound::Words(words),
        (None, Some(first)) if alike(&first) => first,
        (None, Some(Bound::Parts(what, _))) => rows_of(what, &members),
        _ => Bound::Opaque,
    }))
}

/// Rows of a literal list: a part is there where every row has it.
fn rows_of<'a>(what: &'static str, members: &[Bound<'a>]) -> Bound<'a> {
    let mut all: Vec<(String, Bound<'a>)> = Vec::new();
    for member in members {
        let Bound::Parts(_, parts) = member else { return Bound::Opaque };
        for (name, _) in parts {
            if !all.iter().any(|(known, _)| known == name) {
                all.push((name.clone(), Bound::Opaque));
            }
        }
    }
    Bound::Parts(what, all)
}

/// The text an expression writes out.
pub(super) fn word(expression: &ast::Expr<'_>) -> Option<String> {
    let ast::Expr::Const(it) = expression else { return None };
    it.value.as_str().map(str::to_owned)
}

/// The place in a list that an expression writes out.
pub(super) fn place(expression: &ast::Expr<'_>) -> Option<String> {
    let ast::Expr::Const(it) = expression else { return None };
    it.value.as_usize().filter(|_| it.value.is_number()).map(|it| it.to_string())
}
