//! Calls of a template: macros with what is handed to them, functions of the language, and what cannot be called.

use super::known::Bound;
use super::mentions::{Used, Word, near};
use super::scopes::Macro;
use super::walk::Walk;
use super::{MISCALLED, UNKNOWN};
use crate::workflow::parse::FUNCTIONS;
use minijinja::machinery::{Span, ast};

/// What templates may call.
const TEMPLATE_FUNCTIONS: [&str; 11] =
    ["date_cn", "date_han", "month_cn", "cn", "rmb", "pad_name", "mask", "range", "dict", "namespace", "debug"];
/// What a loop can be asked with brackets.
const OF_LOOP: [&str; 2] = ["changed", "cycle"];
/// Methods of other languages, and the filters that do the same here.
const METHODS: [(&str, &str); 12] = [
    ("items", "items"),
    ("upper", "upper"),
    ("lower", "lower"),
    ("strip", "trim"),
    ("title", "title"),
    ("split", "split"),
    ("replace", "replace"),
    ("get", "default"),
    ("count", "length"),
    ("keys", "list"),
    ("format", "date_cn"),
    ("strftime", "date_cn"),
];
/// Macros that call each other are followed so far.
const CALLS_MAX: usize = 8;

/// A call whose block is handed to the macro as `caller`.
type Block<'a> = &'a ast::Macro<'a>;

impl<'a> Walk<'a> {
    /// A call, or `{% call %}` with its block.
    pub(super) fn call(&mut self, call: &ast::Call<'a>, block: Option<&'a ast::Spanned<ast::Macro<'a>>>) {
        let block = block.map(|it| {
            // what it hands on is read where the macro calls it
            self.optional += 1;
            self.macro_body(it, &[], None);
            self.optional -= 1;
            &**it as Block<'a>
        });
        let span = call.expr.span();
        match &call.expr {
            ast::Expr::Var(var) => match self.scopes.bound(var.id).cloned() {
                Some(Bound::Macro(it)) => self.follow(&it, &call.args, block, span),
                Some(Bound::Opaque | Bound::Each(_) | Bound::Space(_) | Bound::Parts(..) | Bound::Absent(_)) => {}
                Some(Bound::Data(_) | Bound::Words(_) | Bound::Module(_)) => {
                    let message = format!("`{}` is a value and cannot be called", var.id);
                    self.mistake(MISCALLED, span, message, format!("write it without brackets: `{}`", var.id));
                }
                None => self.function(var.id, call, span),
            },
            ast::Expr::GetAttr(attr) => self.method(attr, &call.args, block, call.expr.span()),
            other => self.expression(other),
        }
        self.arguments(&call.args);
    }

    /// A function of the language.
    fn function(&mut self, name: &'a str, call: &ast::Call<'a>, span: Span) {
        let of_rules = self.trees.is_none() || !TEMPLATE_FUNCTIONS.contains(&name);
        if TEMPLATE_FUNCTIONS.contains(&name) {
            self.uses(Word::Function, name, &call.args, span);
            if let Some(ast::CallArg::Pos(of)) = call.args.first() {
                self.put_to(name, of);
            }
        } else if self.trees.is_none() && !FUNCTIONS.contains(&name) {
            self.expression(&call.expr);
        } else if name == "caller" {
            self.nowhere(name, span);
        } else if of_rules && self.trees.is_some() {
            let there: Vec<String> = TEMPLATE_FUNCTIONS.iter().take(10).map(|it| (*it).to_owned()).collect();
            let macros = self.scopes.macros();
            let hint = match macros.is_empty() || FUNCTIONS.contains(&name) {
                true => near(name, &there),
                false => near(name, &[macros, there].concat()),
            };
            self.mistake(MISCALLED, span, format!("there is no function `{name}`"), hint);
        }
    }

    /// `a.b(…)`: a macro of a piece, or what a loop can be asked; values have no methods.
    fn method(
        &mut self,
        attr: &ast::GetAttr<'a>,
        arguments: &[ast::CallArg<'a>],
        block: Option<Block<'a>>,
        span: Span,
    ) {
        match self.worth(&attr.expr) {
            Bound::Module(made) => match self.scopes.member(&made, attr.name) {
                Some(Bound::Macro(it)) => self.follow(&it, arguments, block, span),
                Some(_) => {}
                // of a piece that is not there it was told
                None if made.is_empty() => {}
                None => {
                    let known: Vec<String> = made.iter().map(|(name, ..)| (*name).to_owned()).collect();
                    self.mistake(UNKNOWN, span, format!("the piece makes no `{}`", attr.name), near(attr.name, &known));
                }
            },
            Bound::Parts("a loop", _) if OF_LOOP.contains(&attr.name) => {}
            _ if self.trees.is_none() => self.expression(&attr.expr),
            _ => {
                self.expression(&attr.expr);
                // what stands in its own text under that name may be a macro
                let other = METHODS.iter().find(|(method, _)| *method == attr.name).map(|(_, filter)| *filter);
                let hint = other.map_or_else(
                    || "values are put to filters: `NAME|FILTER`".to_owned(),
                    |filter| format!("put it to a filter: `…|{filter}`"),
                );
                self.mistake(MISCALLED, span, format!("there is no method `{}`", attr.name), hint);
            }
        }
    }

    /// `loop` outside a loop, `caller` outside a macro that is called with a block.
    pub(super) fn nowhere(&mut self, name: &str, span: Span) {
        if self.trees.is_none() || self.scopes.bound(name).is_some() {
            return;
        }
        let (message, hint) = match name {
            "loop" => (
                "`loop` stands outside a loop",
                "it is known between `{% for … %}` and `{% endfor %}`; a macro is handed what it needs: `行(x, loop.index)`",
            ),
            "caller" => (
                "`caller` stands where nothing was called with a block",
                "it is known in a macro that is called with `{% call NAME() %}…{% endcall %}`; where it need not be, ask: `{% if caller is defined %}`",
            ),
            _ => return,
        };
        if !self.asked.iter().any(|it| it == name) {
            self.mistake(UNKNOWN, span, message.to_owned(), hint.to_owned());
        }
    }

    pub(super) fn arguments(&mut self, arguments: &[ast::CallArg<'a>]) {
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

    /// Notes what of the language is used, and how.
    pub(super) fn uses(&mut self, what: Word, name: &str, arguments: &[ast::CallArg<'a>], span: Span) {
        let given = |argument: &ast::CallArg<'a>| match argument {
            ast::CallArg::Pos(e) => Some((None, e.as_const())),
            ast::CallArg::Kwarg(name, e) => Some((Some((*name).to_owned()), e.as_const())),
            ast::CallArg::PosSplat(_) | ast::CallArg::KwargSplat(_) => None,
        };
        let (line, column) = (usize::from(span.start_line), usize::from(span.start_col) + 1);
        let arguments = arguments.iter().map(given).collect();
        let used = Used { what, name: name.to_owned(), arguments, piece: self.here().to_owned(), line, column };
        let known = |it: &Used| (&it.piece, it.line, it.column, &it.name) == (&used.piece, line, column, &used.name);
        if !self.used.iter().any(known) {
            self.used.push(used);
        }
    }

    /// A macro is declared.
    pub(super) fn declare(&mut self, it: &'a ast::Macro<'a>, span: Span) {
        let here = self.here();
        let bound = self.scopes.declared(here, it);
        self.scopes.make(it.name, bound, "macro", here, span);
        // it is read when it is called
        self.optional += 1;
        self.macro_body(it, &[], None);
        self.optional -= 1;
    }

    /// Looks at the body of a macro with what a call hands to it.
    fn follow(&mut self, of: &Macro<'a>, arguments: &[ast::CallArg<'a>], block: Option<Block<'a>>, span: Span) {
        self.fits(of, arguments, span);
        if self.calls >= CALLS_MAX {
            return;
        }
        let mut given = of.tree.args.iter();
        let mut handed: Vec<(&str, Bound<'a>)> = Vec::new();
        let mut handed_on = None;
        for argument in arguments {
            match argument {
                ast::CallArg::Pos(e) => {
                    if let Some(ast::Expr::Var(var)) = given.next() {
                        handed.push((var.id, self.worth(e)));
                    }
                }
                ast::CallArg::Kwarg("caller", _) => handed_on = Some(Bound::Opaque),
                ast::CallArg::Kwarg(name, e) => handed.push((name, self.worth(e))),
                ast::CallArg::PosSplat(_) | ast::CallArg::KwargSplat(_) => {}
            }
        }
        let here = self.here();
        let caller = block.map(|it| self.scopes.declared(here, it));
        self.calls += 1;
        let splat = arguments.iter().any(|it| matches!(it, ast::CallArg::PosSplat(_) | ast::CallArg::KwargSplat(_)));
        if !splat {
            let missing = unhanded(of.tree, handed.iter().map(|(name, _)| *name).collect());
            let line = usize::from(span.start_line);
            let absent = |name: &'a str| {
                let told = format!("`{name}` of the macro `{}` is handed nothing in line {line}", of.tree.name);
                (name, Bound::Absent(told))
            };
            handed.extend(missing.into_iter().map(absent));
        }
        let hidden = self.scopes.run(of, caller.is_some());
        let has_block = caller.is_some();
        let caller = caller.or(handed_on);
        let asked = self.scopes.callers();
        self.within.push(of.piece);
        self.macro_body(of.tree, &handed, caller);
        self.within.pop();
        self.scopes.ran(hidden);
        self.calls -= 1;
        if has_block && self.scopes.callers() == asked {
            let message = format!("the macro `{}` takes no block: it never calls `caller`", of.tree.name);
            self.mistake(MISCALLED, span, message, format!("call it plainly: `{{{{ {}() }}}}`", of.tree.name));
        }
    }

    /// Whether a macro takes what is handed to it; a parameter that nothing is handed for has no value.
    fn fits(&mut self, of: &Macro<'a>, arguments: &[ast::CallArg<'a>], span: Span) {
        let names: Vec<&str> = of
            .tree
            .args
            .iter()
            .filter_map(|it| if let ast::Expr::Var(var) = it { Some(var.id) } else { None })
            .collect();
        let takes = || match names.is_empty() {
            true => format!("`{}` takes nothing", of.tree.name),
            false => format!("it is `{}({})`", of.tree.name, names.join(", ")),
        };
        let place = arguments.iter().filter(|it| matches!(it, ast::CallArg::Pos(_))).count();
        if place > names.len() {
            let message = format!("the macro `{}` is handed {place} values and takes {}", of.tree.name, names.len());
            self.mistake(MISCALLED, span, message, takes());
        }
        for argument in arguments {
            if let ast::CallArg::Kwarg(name, _) = argument
                && !names.contains(name)
                && *name != "caller"
            {
                let message = format!("the macro `{}` takes no `{name}`", of.tree.name);
                self.mistake(MISCALLED, span, message, takes());
            }
        }
    }

    /// The body of a macro; parameters nothing is known of are its own.
    fn macro_body(&mut self, it: &'a ast::Macro<'a>, handed: &[(&str, Bound<'a>)], caller: Option<Bound<'a>>) {
        let here = self.here();
        self.scopes.enter();
        if let Some(caller) = caller {
            self.scopes.bind("caller", caller, Vec::new());
        }
        for argument in &it.args {
            if let ast::Expr::Var(var) = argument {
                let bound = handed.iter().find(|(name, _)| *name == var.id).map(|(_, bound)| bound.clone());
                self.scopes.make(var.id, bound.unwrap_or(Bound::Opaque), "parameter", here, var.span());
            }
        }
        it.defaults.iter().for_each(|e| self.expression(e));
        self.list(&it.body);
        self.scopes.leave();
    }
}

/// The parameters of a macro for which nothing is handed and that have no value of their own.
fn unhanded<'a>(it: &ast::Macro<'a>, handed: Vec<&str>) -> Vec<&'a str> {
    let needed = it.args.len() - it.defaults.len().min(it.args.len());
    let named =
        it.args.iter().take(needed).filter_map(|it| if let ast::Expr::Var(var) = it { Some(var.id) } else { None });
    named.filter(|name| !handed.contains(name)).collect()
}
