//! What the filters of a template read of the members they are put to: `items|map(attribute="姓名")`.

use super::UNKNOWN;
use super::guards;
use super::known::{Bound, Part};
use super::mentions::{Word, near};
use super::walk::Walk;
use minijinja::machinery::{Span, ast};

/// Filters whose `attribute` need not be there in every member.
const LENIENT: [&str; 6] = ["sort", "groupby", "sum", "min", "max", "unique"];
/// Filters that pass over members without a value.
const PASSING: [&str; 5] = ["select", "reject", "sum", "length", "count"];

impl<'a> Walk<'a> {
    pub(super) fn filter(&mut self, filter: &ast::Spanned<ast::Filter<'a>>) {
        let asks = usize::from(guards::DEFAULTS.contains(&filter.name));
        let passes = usize::from(PASSING.contains(&filter.name));
        self.optional += asks;
        self.passing += passes;
        filter.expr.iter().for_each(|e| self.expression(e));
        self.passing -= passes;
        self.optional -= asks;
        filter.expr.iter().for_each(|e| self.put_to(filter.name, e));
        self.arguments(&filter.args);
        self.uses(Word::Filter, filter.name, &filter.args, filter.span());
        self.attributes(filter);
        // `x|attr("名")` is `x.名`
        if let ("attr", Bound::Data(paths)) = (filter.name, self.filtered(filter)) {
            self.mention(&paths, filter.span());
        }
    }

    /// The members' parts that a filter reads, as the text writes them out.
    fn attributes(&mut self, filter: &ast::Spanned<ast::Filter<'a>>) {
        let Some((written, span)) = attribute(filter) else { return };
        let Some(of) = filter.expr.as_ref() else { return };
        let element = self.worth(of).element();
        let has_default = named(&filter.args, "default").is_some();
        let lenient = LENIENT.contains(&filter.name) || has_default;
        let last_only = matches!(filter.name, "selectattr" | "rejectattr")
            || (filter.name == "map" && self.passing > 0 && !has_default);
        let keys: Vec<&str> = if filter.name == "sort" { written.split(',').collect() } else { vec![&written] };
        for key in keys.into_iter().map(str::trim).filter(|key| !key.is_empty()) {
            let parts: Vec<&str> = key.split('.').collect();
            if last_only && parts.len() > 1 {
                self.of_member(&element, &parts[..parts.len() - 1], span);
            }
            let asks = usize::from(lenient || last_only);
            self.optional += asks;
            self.of_member(&element, &parts, span);
            self.optional -= asks;
        }
    }

    /// One part of a member, or a part of that.
    fn of_member(&mut self, element: &Bound<'a>, parts: &[&str], span: Span) {
        let mut at = element.clone();
        for name in parts {
            at = match at.part(name) {
                Part::There(part) => part,
                Part::Missing(what, there) => {
                    // whatever a filter does with what is not there, no member ever has it
                    let optional = std::mem::take(&mut self.optional);
                    self.mistake(UNKNOWN, span, format!("{what} has no `{name}`"), near(name, &there));
                    self.optional = optional;
                    return;
                }
            };
        }
        if let Bound::Data(paths) = at {
            self.mention(&paths, span);
        }
    }
}

/// An argument by its name.
fn named<'e, 'a>(arguments: &'e [ast::CallArg<'a>], wanted: &str) -> Option<&'e ast::Expr<'a>> {
    arguments.iter().find_map(|it| match it {
        ast::CallArg::Kwarg(name, value) if *name == wanted => Some(value),
        ast::CallArg::Kwarg(..) | ast::CallArg::Pos(_) | ast::CallArg::PosSplat(_) | ast::CallArg::KwargSplat(_) => {
            None
        }
    })
}

fn first<'e, 'a>(arguments: &'e [ast::CallArg<'a>]) -> Option<&'e ast::Expr<'a>> {
    if let Some(ast::CallArg::Pos(value)) = arguments.first() { Some(value) } else { None }
}

/// The part of each member that a filter is told to look at, where it is written out.
pub(super) fn attribute(filter: &ast::Filter<'_>) -> Option<(String, Span)> {
    let given = match filter.name {
        "selectattr" | "rejectattr" => first(&filter.args),
        "groupby" | "sum" => first(&filter.args).or_else(|| named(&filter.args, "attribute")),
        "map" | "sort" | "min" | "max" | "unique" | "by_strokes" => named(&filter.args, "attribute"),
        _ => None,
    }?;
    Some((super::known::word(given)?, given.span()))
}
