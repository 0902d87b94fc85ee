//! Stages whose office may not be there: the superior of one that has none, the office in a field that may stay empty.
//!
//! Nothing is lost at run time, for the opener is asked; whoever writes the definition is told before.

use super::Checker;
use crate::workflow::rule::{self, Pair};
use crate::workflow::{Field, Kind, Stage, Who};

/// Offices without a superior that are named.
const NAMED_MAX: usize = 3;

pub(super) fn check(checker: &mut Checker<'_>) {
    for (_, stage) in checker.stages().filter(|(_, s)| !s.by.is_empty()) {
        let why: Option<Vec<String>> = stage.by.iter().map(|role| absent(checker, stage, role)).collect();
        let Some(why) = why.and_then(|why| why.into_iter().next()) else { continue };
        let message = format!("`{}` may have nobody to answer it: {why}", stage.name);
        let hint =
            "the opener is asked then; fill it in before, add `when:` to the stage, or name another office beside";
        checker.warn("actor-may-be-missing", &stage.place, message, hint);
    }
}

/// Why a role may mean no office at a stage; none where it always means one, or where that is not known.
fn absent(checker: &Checker<'_>, stage: &Stage, role: &str) -> Option<String> {
    match &checker.workflow.roles.get(role)?.who {
        Who::SuperiorOf(of) => without_superior(checker, stage, of),
        Who::Field(field) => may_stay_empty(checker, stage, field),
        Who::Offices(_) | Who::Outside(_) => None,
    }
}

fn without_superior(checker: &Checker<'_>, stage: &Stage, of: &str) -> Option<String> {
    let workflow = checker.workflow;
    let intake = |s: &&Stage| s.kind == Kind::Recommend && !s.of_case && shares(checker, s, stage);
    let meant: Vec<&String> = match of {
        "opener" => workflow.case.opened_by.iter().chain(&workflow.case.owner).collect(),
        "owner" => workflow.stages.iter().filter(intake).flat_map(|s| &s.by).collect(),
        role => workflow.roles.get(role).map(|role| &role.name).into_iter().collect(),
    };
    let offices = meant.into_iter().filter_map(|role| checker.offices_of(role)).flatten();
    let mut bare: Vec<&str> = offices.filter(|o| o.superior.is_none()).map(|o| o.id.as_str()).collect();
    bare.sort_unstable();
    bare.dedup();
    let more = if bare.len() > NAMED_MAX { " and others" } else { "" };
    bare.truncate(NAMED_MAX);
    (!bare.is_empty()).then(|| format!("`{}`{more} has no `superior`", bare.join("`, `")))
}

fn may_stay_empty(checker: &Checker<'_>, stage: &Stage, name: &str) -> Option<String> {
    let workflow = checker.workflow;
    let pairs: Vec<Pair> = if stage.of_case { Vec::new() } else { workflow.pairs(&stage.of) };
    let own = pairs.iter().filter_map(|pair| workflow.items.get(&pair.kind));
    let about = own.clone().filter_map(|of| workflow.items.get(of.about.as_ref()?));
    let items = own.chain(about).filter_map(|of| of.fields.get(name));
    let forms = workflow.stages.iter().filter_map(|s| s.form.item.get(name).or_else(|| s.form.case.get(name)));
    let mut fields = items.chain(forms).chain(workflow.case.params.get(name)).peekable();
    let known = fields.peek().is_some();
    let optional = |f: &Field| f.optional && f.default.is_none() && f.is.is_none();
    let reads = |source: &str| rule::names(source).iter().any(|read| read == name);
    let seen_to =
        stage.when.iter().any(|when| reads(&when.source)) || workflow.rules.iter().any(|r| reads(&r.test.source));
    (known && fields.all(optional) && !seen_to).then(|| format!("the field `{name}` may stay empty"))
}

fn shares(checker: &Checker<'_>, one: &Stage, other: &Stage) -> bool {
    checker.workflow.pairs(&one.of).iter().any(|pair| checker.workflow.takes(other, pair))
}
