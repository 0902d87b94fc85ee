//! What stands in the way of a migration: everything of a case that the new version has no place for, named one by one.
//!
//! Here what is of the case as a whole; in `living` what of it goes on, in `running` what is under way by rules of its own.

mod living;
mod running;
mod terms;

use super::Line;
use crate::case::Case;
use crate::case::ledger::Ledgers;
use crate::case::migration::Mapping;
use crate::case::program::Program;
use crate::workflow::{ItemType, Workflow};
use living::misfit;
use std::collections::BTreeSet;

/// Everything of the case that would move, and what of it cannot.
pub(super) fn lines(from: &Program, to: &Program, case: &Case, mapping: &Mapping, ledgers: &Ledgers) -> Vec<Line> {
    let mut moved = case.clone();
    moved.take_over(&to.closure.digest, mapping);
    let mut look =
        Look { from, to, old: from.workflow(), new: to.workflow(), case, moved, mapping, ledgers, lines: Vec::new() };
    look.head();
    look.mapping();
    look.visibility();
    look.params();
    look.stages();
    look.lists();
    look.items();
    look.batches();
    look.clocks();
    look.schedules();
    look.tasks();
    look.questions();
    look.papers();
    look.lines
}

struct Look<'a> {
    from: &'a Program,
    to: &'a Program,
    old: &'a Workflow,
    new: &'a Workflow,
    /// the case as it is
    case: &'a Case,
    /// the case under the names of the new version
    moved: Case,
    mapping: &'a Mapping,
    ledgers: &'a Ledgers,
    lines: Vec<Line>,
}

impl Look<'_> {
    fn block(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.lines.push(Line::blocked(what, why));
    }

    /// One line for a thing: fine, or everything that is wrong with it.
    fn tell(&mut self, what: String, becomes: &str, wrong: Vec<String>) {
        if wrong.is_empty() {
            self.lines.push(Line::ok(what, becomes));
        } else {
            self.lines.push(Line::blocked(what, wrong.join("; ")));
        }
    }

    fn head(&mut self) {
        if self.case.closed.is_some() {
            self.block("the case", "it is closed");
        }
        if self.old.name != self.new.name {
            self.block("the case", format!("{} is another workflow than {}", self.new.name, self.old.name));
        }
        if self.from.closure.digest == self.to.closure.digest {
            self.block("the case", "it runs under this version already");
        }
        let key: Vec<&str> = self.old.case.key.iter().map(|k| self.mapping.field(k)).collect();
        if !key.iter().copied().eq(self.new.case.key.iter().map(String::as_str)) {
            self.block("the case", "what cases are told apart by (key) is another");
        }
    }

    /// Every word of the mapping means something in both versions.
    fn mapping(&mut self) {
        let (old, new, mapping) = (self.old, self.new, self.mapping);
        let is_field = |workflow: &Workflow, name: &str| {
            workflow.case.params.contains_key(name) || workflow.items.values().any(|of| of.fields.contains_key(name))
        };
        let is_category =
            |workflow: &Workflow, name: &str| workflow.items.values().any(|of| of.categories.contains_key(name));
        let mut unknown = Vec::new();
        let mut check = |what: &str, name: &String, became: &String, known: bool, is: bool| {
            if !known {
                unknown.push(format!("{what} {name} is not in the version the case runs under"));
            }
            if !is {
                unknown.push(format!("{what} {became} is not in the new version"));
            }
        };
        for (name, became) in &mapping.stages {
            check("stage", name, became, old.stage(name).is_some(), new.stage(became).is_some());
        }
        for (name, became) in &mapping.categories {
            check("category", name, became, is_category(old, name), is_category(new, became));
        }
        for (name, became) in &mapping.clocks {
            check("clock", name, became, old.clocks.contains_key(name), new.clocks.contains_key(became));
        }
        let pair = |name: &'_ str| {
            let (stage, inner) = name.split_once('.')?;
            Some((old.stage(stage)?, new.stage(mapping.stage(stage))?, inner.to_string()))
        };
        for (name, became) in &mapping.fields {
            match pair(name) {
                Some((was, is, inner)) => check("field", name, became, was.gives(&inner), is.gives(became)),
                None => check("field", name, became, is_field(old, name), is_field(new, became)),
            }
        }
        for (name, became) in &mapping.outcomes {
            match pair(name) {
                Some((was, is, inner)) => {
                    check("outcome", name, became, was.outcomes.contains_key(&inner), is.outcomes.contains_key(became));
                }
                None => check("outcome", name, became, false, true),
            }
        }
        unknown.into_iter().for_each(|why| self.block("the mapping", why));
    }

    /// What somebody entered in confidence is not shown to more people because the definition changed.
    fn visibility(&mut self) {
        let (old, new, mapping) = (self.old, self.new, self.mapping);
        for was in old.items.values() {
            let Some(is) = new.items.get(&was.name) else { continue };
            let renamed =
                |names: &[String]| -> BTreeSet<String> { names.iter().map(|n| field_named(mapping, n)).collect() };
            let (public, inside, sealed) = (renamed(&was.public), renamed(&was.inside), renamed(&was.sealed));
            let there: BTreeSet<String> = known_fields(old, was).iter().map(|n| field_named(mapping, n)).collect();
            let mut wrong = Vec::new();
            let fresh = |name: &&String| there.contains(*name) && !public.contains(*name);
            wrong.extend(is.public.iter().filter(fresh).map(|f| format!("{f} would be newly published")));
            let shown = is.inside.iter().filter(|f| fresh(f) && !inside.contains(*f));
            wrong.extend(shown.map(|f| format!("{f} would be newly shown to all inside")));
            wrong.extend(
                sealed.iter().filter(|f| !is.sealed.contains(f)).map(|f| format!("{f} would be sealed no longer")),
            );
            wrong.into_iter().for_each(|why| self.block(format!("items {}", was.name), why));
        }
    }

    fn params(&mut self) {
        for param in self.new.case.params.values() {
            let before = self.old.case.params.values().find(|p| self.mapping.field(&p.name) == param.name);
            let wrong = match self.moved.params.get(&param.name) {
                Some(value) => before.and_then(|before| misfit(before, param, value)),
                None if param.optional || param.default.is_some() => None,
                None => Some(format!("{} is missing: give it a default, or make it optional", param.name)),
            };
            if let Some(why) = wrong {
                self.block("the params", why);
            }
        }
    }

    /// Stages whose past the new version would read otherwise, and stages that would stop what has gone past them.
    fn stages(&mut self) {
        let (old, new) = (self.old, self.new);
        for was in &old.stages {
            let Some(is) = new.stage(self.mapping.stage(&was.name)) else { continue };
            let answered =
                self.moved.all_items().any(|i| i.answers.contains_key(&is.name) || i.signed.contains_key(&is.name));
            let begun = self.moved.batches.values().any(|b| b.stage == is.name);
            if begun && (was.kind != is.kind || was.of_case != is.of_case) {
                self.block(format!("stage {}", was.name), "it has begun, and is another kind of stage now");
            } else if answered && was.takes_several() != is.takes_several() {
                self.block(format!("stage {}", was.name), "it has been answered, and is signed otherwise now");
            }
        }
        let begun = new.stages.iter().rposition(|s| self.moved.batches.values().any(|b| b.stage == s.name));
        for stage in new.stages.iter().take(begun.unwrap_or_default()).filter(|s| s.of_case) {
            if !self.moved.batches.values().any(|b| b.stage == stage.name) {
                self.block(format!("stage {}", stage.name), "it is new, and everything after it would wait for it");
            }
        }
    }
}

/// The name of a field of a visibility list, `STAGE.FIELD` or a bare one, in the new version.
fn field_named(mapping: &Mapping, name: &str) -> String {
    match name.split_once('.') {
        Some((stage, field)) => format!("{}.{}", mapping.stage(stage), mapping.form_field(stage, field)),
        None => mapping.field(name).to_string(),
    }
}

/// Fields of a type and of the stages it may pass, as a visibility list may name them.
fn known_fields(workflow: &Workflow, of: &ItemType) -> Vec<String> {
    let own = of.fields.keys().cloned().chain(["category".to_string()]);
    let of_stages = workflow.stages.iter().flat_map(|s| s.form.item.keys().map(move |f| format!("{}.{f}", s.name)));
    own.chain(of_stages).collect()
}
