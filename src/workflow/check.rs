//! Proves what can be proved of a definition before it runs: names mean something, items get to an end, papers can be made.
//!
//! Guarantees: every problem is reported at once; a definition without an error never meets, at run time, a name without
//! meaning, an expression of the wrong type or an item that can go nowhere. Warnings do not forbid deployment.
//! Limits: what depends on the offices file is only checked when one is given, and again when it changes.

mod about;
mod absent;
mod answered;
mod children;
mod clocks;
mod combined;
mod computed;
mod consequences;
mod counting;
mod deploy;
mod documents;
mod earlier;
mod filled;
mod flow;
mod folders;
mod given;
mod head;
mod inside;
mod items;
mod numbers;
mod outcomes;
mod passing;
mod pools;
mod publicity;
mod reading;
mod reports;
mod roles;
mod rules;
mod sealing;
mod signing;
mod sources;
mod spans;
mod spots;
mod stages;
mod tables;
mod telling;
#[cfg(test)]
mod tests;
mod visible;
mod ways_out;

pub use deploy::{Deployed, LANGUAGE_VERSION, deploy, deploy_among, never_used, reload, templates_of, told_once};

use super::offices::Offices;
use super::rule::{self, Scope};
use super::{Expression, Holders, Limit, Register, Selector, Stage, Who, Workflow};
use crate::diag::{Diagnostic, Place, Severity};
use indexmap::IndexMap;

/// The variable paths a template reads, each with its place; see [`rule::text_names`].
pub type TemplatePaths = Vec<(Vec<String>, Place)>;

/// What a template asks of a variable before it reads it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked {
    /// it says everywhere what to do without it
    pub optional: bool,
    /// how many parts of the path it asks for wherever it reads it
    pub depth: usize,
    /// it is read only under conditions
    pub conditional: bool,
    /// it is one of several things that may be meant
    pub perhaps: bool,
}

/// A value of which a template takes for granted what it is; see [`rule::Bare`].
#[derive(Debug, Clone)]
pub struct BareValue {
    /// its path
    pub path: Vec<String>,
    /// what is done with it
    pub how: rule::How,
    /// under a condition
    pub conditional: bool,
    /// where
    pub place: Place,
}

/// What a template says it makes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Makes {
    /// 文种
    pub kind: String,
    /// 版式; empty of a Word template
    pub layout: String,
}

/// What a definition is checked against.
pub struct Around<'a> {
    /// registers by name
    pub registers: &'a IndexMap<String, Register>,
    /// what a template reads; None when there is no such template
    pub templates: &'a dyn Fn(&str) -> Option<TemplatePaths>,
    /// what a template says everywhere to do without a variable it reads
    pub asks: &'a dyn Fn(&str, &[String]) -> Asked,
    /// what a template says it makes
    pub makes: &'a dyn Fn(&str) -> Makes,
    /// what a template takes for granted
    pub bare: &'a dyn Fn(&str) -> Vec<BareValue>,
    /// the offices of the spool, when known
    pub offices: Option<&'a Offices>,
    /// years with an official calendar
    pub years: &'a [i32],
    /// the workflows that stand beside this one, itself among them; None when they are not known here
    pub beside: Option<&'a [Workflow]>,
}

impl<'a> Around<'a> {
    /// Registers and templates of which only what they read is known.
    fn read_alone(
        registers: &'a IndexMap<String, Register>,
        templates: &'a dyn Fn(&str) -> Option<TemplatePaths>,
        asks: &'a dyn Fn(&str, &[String]) -> Asked,
    ) -> Around<'a> {
        let (makes, bare) = (&|_: &str| Makes::default(), &|_: &str| Vec::new());
        Around { registers, templates, asks, makes, bare, offices: None, years: &[], beside: None }
    }
}

/// Checks a definition and fills [`super::Rule::at`] where it is left out.
pub fn check(workflow: &mut Workflow, around: &Around<'_>) -> Vec<Diagnostic> {
    let at = rules::default_stages(workflow, around.registers);
    for (rule, at) in workflow.rules.iter_mut().zip(at) {
        if rule.at.is_empty() {
            rule.at = at;
        }
    }
    let sealed = workflow.sealed();
    let mut checker = Checker { workflow, around, sealed: &sealed, problems: Vec::new() };
    head::check(&mut checker);
    roles::check(&mut checker);
    folders::check(&mut checker);
    items::check(&mut checker);
    stages::check(&mut checker);
    pools::check(&mut checker);
    counting::check(&mut checker);
    signing::check(&mut checker);
    publicity::check(&mut checker);
    inside::check(&mut checker);
    outcomes::check(&mut checker);
    consequences::check(&mut checker);
    children::check(&mut checker);
    flow::check(&mut checker);
    ways_out::check(&mut checker);
    rules::check(&mut checker);
    documents::check(&mut checker);
    numbers::check(&mut checker);
    clocks::check(&mut checker);
    spans::check(&mut checker);
    tables::check(&mut checker);
    reports::check(&mut checker);
    combined::check(&mut checker);
    computed::check(&mut checker);
    sealing::check(&mut checker);
    let mut problems = checker.problems;
    problems.sort_by(|a, b| a.place.cmp(&b.place));
    problems.dedup();
    problems
}

struct Checker<'a> {
    workflow: &'a Workflow,
    around: &'a Around<'a>,
    /// what is sealed, and all that is made of it
    sealed: &'a Holders<'a>,
    problems: Vec<Diagnostic>,
}

impl<'a> Checker<'a> {
    fn error(&mut self, kind: &'static str, place: &Place, message: String, hint: &str) {
        self.add(Severity::Error, kind, place, message, hint);
    }

    fn warn(&mut self, kind: &'static str, place: &Place, message: String, hint: &str) {
        self.add(Severity::Warning, kind, place, message, hint);
    }

    fn add(&mut self, severity: Severity, kind: &'static str, place: &Place, message: String, hint: &str) {
        let hint = (!hint.is_empty()).then(|| hint.to_owned());
        self.problems.push(Diagnostic { kind, severity, place: place.clone(), message, hint });
    }

    /// Reports what is wrong in an expression; `kind_of` replaces kinds that have a name of their own where it stands.
    fn report(&mut self, place: &Place, found: &rule::Inferred, kind_of: impl Fn(&'static str) -> &'static str) {
        for problem in &found.problems {
            let hint = problem.hint.clone().unwrap_or_default();
            self.error(kind_of(problem.kind), place, problem.message.clone(), &hint);
        }
    }

    /// What an expression is; what is wrong in it is reported.
    fn inferred(&mut self, source: &str, place: &Place, scope: &Scope<'_>) -> rule::Inferred {
        let found = rule::infer(source, scope);
        self.report(place, &found, |kind| kind);
        found
    }

    fn condition(&mut self, expression: Option<&Expression>, scope: &Scope<'_>) {
        if let Some(expression) = expression {
            let found = rule::condition(&expression.source, scope);
            self.report(&expression.place, &found, |kind| kind);
        }
    }

    /// A role named somewhere; the language's own words in `words` are roles too.
    fn role(&mut self, name: &str, place: &Place, words: &[&str]) {
        if self.workflow.roles.contains_key(name) || words.contains(&name) {
            return;
        }
        let known: Vec<&str> = self.workflow.roles.keys().map(String::as_str).chain(words.iter().copied()).collect();
        let hint = super::parse::meant(name, &known, &format!("roles here: {}", known.join(", ")));
        self.error("role-unknown", place, format!("there is no role `{name}`"), &hint);
    }

    /// The words of an `of:` list mean something.
    fn of(&mut self, of: &[String], place: &Place, kind: &'static str) {
        for word in of {
            if !self.workflow.pairs(std::slice::from_ref(word)).is_empty() {
                continue;
            }
            let items = self.workflow.items.values();
            let lists = self.workflow.stages.iter().flat_map(|s| s.lists.keys());
            let items = items.flat_map(|i| std::iter::once(&i.name).chain(i.categories.keys()));
            let known: Vec<String> = items.chain(lists).cloned().collect();
            let otherwise = "types, categories, subjects and lists of items stand here";
            let hint = super::parse::meant(word, &known, otherwise);
            self.error(kind, place, format!("`{word}` is no type, category, subject or list of items"), &hint);
        }
    }

    fn scope_at(&self, index: usize, own: bool) -> Scope<'a> {
        Scope { own, ..Scope::at_stage(self.workflow, self.around.registers, index) }
    }

    /// A limit: its field is a date, its expression is one.
    fn limit(&mut self, limit: Option<&Limit>, scope: &Scope<'_>, place: &Place) {
        let (source, at) = match limit {
            None | Some(Limit::Span(_)) => return,
            Some(Limit::From(_, field)) if field == crate::workflow::SERVED => return,
            Some(Limit::From(_, field)) => (field.as_str(), place),
            Some(Limit::By(expression)) => (expression.source.as_str(), &expression.place),
        };
        // any day will do to see whether the text is a day at all
        if crate::deadline::date_literal(source, chrono::NaiveDate::default()).is_ok() {
            return;
        }
        let found = rule::infer(source, scope);
        let dated = matches!(found.typed.kind, rule::Kind::Any | rule::Kind::Date);
        if found.problems.is_empty() && !dated {
            let message = format!("`{source}` is {}, not a date", found.typed.kind.word());
            self.error("limit-not-a-limit", at, message, "name a field or param of type date, or write a date");
        }
        self.report(at, &found, |kind| if kind == "rule-unknown-name" { "limit-not-a-limit" } else { kind });
    }

    /// The ids of the offices a role means, when the offices are known and the role is settled by them alone.
    fn offices_of(&self, role: &str) -> Option<Vec<&'a super::offices::Office>> {
        let offices = self.around.offices?;
        let Who::Offices(selectors) = &self.workflow.roles.get(role)?.who else { return None };
        let mut found = Vec::new();
        for selector in selectors {
            match selector {
                Selector::Id(id) => found.extend(offices.offices.get(offices.standing(id))),
                Selector::Tag(tag) => found.extend(offices.tagged(tag)),
            }
        }
        Some(found)
    }

    fn stages(&self) -> impl Iterator<Item = (usize, &'a Stage)> + use<'a> {
        self.workflow.stages.iter().enumerate()
    }
}
