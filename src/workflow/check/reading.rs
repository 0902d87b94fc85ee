//! What is entered that nothing reads, and what would fit where nothing is.

use super::{Checker, head};
use crate::diag::Place;
use crate::workflow::{Field, Kind, Sign, Stage};
use std::collections::BTreeSet;

/// Names that are listed where none is near.
const NAMED_MAX: usize = 15;

/// The nearest name there is; among names of one or two characters everything is near, so they have one in common.
pub(super) fn near(name: &str, there: &[String]) -> Option<String> {
    crate::workflow::parse::nearest(name, there).filter(|close| close.chars().any(|it| name.contains(it)))
}

/// What would fit in place of a name: the nearest, else those there are.
pub(super) fn fitting(name: &str, there: &[String]) -> String {
    if let Some(close) = near(name, there) {
        return format!("did you mean `{close}`?");
    }
    if there.is_empty() {
        return "it is one value and has no parts: write it alone".to_owned();
    }
    let more = if there.len() > NAMED_MAX { ", …" } else { "" };
    let named: Vec<&str> = there.iter().take(NAMED_MAX).map(String::as_str).collect();
    format!("there are {}{more}", named.join(", "))
}

/// Fields that somebody must enter, and that then nobody is shown and nothing reads, as `STAGE.FIELD` or `TYPE.FIELD`. The
/// fields of an item are shown to whoever answers for it, so of these only the sealed ones can be for nothing.
pub(super) fn never_used(checker: &Checker<'_>) -> Vec<(Place, String)> {
    let workflow = checker.workflow;
    let used = head::used_names(checker);
    let types = workflow.items.values();
    let listed = types.clone().flat_map(|it| it.public.iter().chain(&it.inside).chain(&it.identity));
    let listed: BTreeSet<&str> = listed.map(|name| name.rsplit('.').next().unwrap_or(name)).collect();
    let unused = |field: &&Field| {
        !used.contains(&field.name) && !listed.contains(field.name.as_str()) && !workflow.reads(&field.name)
    };
    let mut found = Vec::new();
    for stage in workflow.stages.iter().filter(|stage| stage.kind != Kind::File) {
        let fields = stage.form.item.values().chain(stage.form.case.values()).filter(unused);
        let fields = fields.filter(|field| !of_language(stage, field));
        found.extend(fields.map(|field| (field.place.clone(), format!("{}.{}", stage.name, field.name))));
    }
    for item in types {
        let sealed = item.fields.values().filter(unused).filter(|field| item.sealed.contains(&field.name));
        found.extend(sealed.map(|field| (field.place.clone(), format!("{}.{}", item.name, field.name))));
    }
    found
}

/// What the language itself reads of a stage's form.
fn of_language(stage: &Stage, field: &Field) -> bool {
    let counted = match &stage.sign {
        Sign::Vote(vote) => vote.recorded && ["应到", "实到", "同意", "不同意", "弃权"].contains(&field.name.as_str()),
        Sign::One | Sign::All | Sign::Any | Sign::InOrder => false,
    };
    counted || field.name == "签发人"
}
