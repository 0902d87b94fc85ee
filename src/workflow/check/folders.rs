//! Whether whoever must answer can: forms lie in folders, so an office that is asked has one here, or somebody it is served
//! through; and `subject` is an office only of an item that says which.
//!
//! What a field or the record names is known when a case runs; then the opener is asked.

use super::Checker;
use super::roles::BUILT_IN;
use crate::diag::Place;
use crate::submission::Type;
use crate::workflow::rule::Pair;
use crate::workflow::{From, Kind, Overdue, Role, Sign, Stage, Verb, Who};
use std::collections::BTreeSet;

pub(super) fn check(checker: &mut Checker<'_>) {
    let mut told: BTreeSet<(String, String)> = BTreeSet::new();
    for (role, place, what) in asked(checker) {
        let Some(role) = checker.workflow.roles.get(&role) else { continue };
        let Some(whom) = without_folder(checker, role) else { continue };
        if told.insert((role.name.clone(), what.clone())) {
            let message = format!("{whom}, and {what}");
            let hint = "let an office that has a folder serve the role: `{ offices: …, folder: false, through: ROLE }`";
            checker.error("actor-without-folder", &place, message, hint);
        }
    }
    for (_, stage) in checker.stages() {
        subjects(checker, stage);
    }
}

/// A role that has to answer, where that is said, and what it does there.
type Asked = (String, Place, String);

fn asked(checker: &Checker<'_>) -> Vec<Asked> {
    let workflow = checker.workflow;
    let mut found: Vec<Asked> = Vec::new();
    let head = workflow.case.opened_by.iter().chain(&workflow.case.owner);
    found.extend(head.map(|role| (role.clone(), workflow.place.clone(), "opens the case".to_owned())));
    for role in workflow.roles.values() {
        let serves = role.through.iter().map(|window| (window.clone(), role.place.clone()));
        found.extend(serves.map(|(window, place)| (window, place, format!("serves `{}`", role.name))));
    }
    for rule in &workflow.rules {
        let by = rule.by.iter().map(|role| (role.clone(), rule.test.place.clone()));
        found.extend(by.map(|(role, place)| (role, place, format!("is asked by the rule `{}`", rule.name))));
    }
    workflow.stages.iter().for_each(|stage| at_stage(stage, &mut found));
    for clock in workflow.clocks.values() {
        let name = &clock.name;
        let over = overdue(clock.overdue.as_ref());
        found.extend(over.map(|role| (role, clock.place.clone(), format!("is asked when `{name}` runs out"))));
        let extend = clock.extend.iter().map(|extend| extend.approve.clone());
        found.extend(extend.map(|role| (role, clock.place.clone(), format!("says whether `{name}` is extended"))));
    }
    for report in workflow.reports.values() {
        let by = report.by.iter().map(|role| (role.clone(), report.place.clone()));
        found.extend(by.map(|(role, place)| (role, place, format!("hands in what becomes of `{}`", report.name))));
    }
    found
}

fn at_stage(stage: &Stage, found: &mut Vec<Asked>) {
    let name = &stage.name;
    let mut add = |role: &String, place: &Place, what: String| found.push((role.clone(), place.clone(), what));
    stage.by.iter().for_each(|role| add(role, &stage.place, format!("answers `{name}`")));
    stage.late_by.iter().for_each(|role| add(role, &stage.place, format!("is asked about the late at `{name}`")));
    overdue(stage.overdue.as_ref())
        .for_each(|role| add(&role, &stage.place, format!("is asked when the limit of `{name}` passes")));
    if let Sign::Vote(vote) = &stage.sign {
        vote.members.iter().for_each(|role| add(role, &vote.place, format!("votes at `{name}`")));
    }
    let witness = stage.ballot.iter().filter_map(|ballot| ballot.witness.as_ref());
    witness.for_each(|role| add(role, &stage.place, format!("is a witness of the count at `{name}`")));
    for action in stage.all_actions() {
        if let Verb::Ask(ask) = &action.verb {
            add(&ask.by, &action.place, format!("is asked at `{name}`"));
        }
    }
}

fn overdue(overdue: Option<&Overdue>) -> impl Iterator<Item = String> {
    let role = if let Some(Overdue::Ask(role)) = overdue { Some(role.clone()) } else { None };
    role.into_iter()
}

/// Who of a role has no folder to be asked in; none where somebody serves it, and where that is known only when it is asked.
fn without_folder(checker: &Checker<'_>, role: &Role) -> Option<String> {
    // an outsider without a window is told by itself
    if role.through.is_some() || matches!(role.who, Who::Outside(_)) {
        return None;
    }
    if !role.folder {
        return Some(format!("`{}` has no folder here, and no `through`", role.name));
    }
    let offices = checker.around.offices?;
    let meant = match &role.who {
        Who::Offices(_) => checker.offices_of(&role.name)?,
        Who::SuperiorOf(of) => {
            let of = if of == "opener" { checker.workflow.case.opened_by.as_ref()? } else { of };
            let superiors = checker.offices_of(of)?.into_iter().filter_map(|office| office.superior.as_deref());
            superiors.filter_map(|id| offices.offices.get(offices.standing(id))).collect()
        }
        Who::Field(_) | Who::Outside(_) => return None,
    };
    let bare = meant.into_iter().find(|office| office.folder.is_none())?;
    Some(format!("`{}` of `{}` has no folder here", bare.id, role.name))
}

/// `subject` is the office an item is of: of what people enter it is never said.
fn subjects(checker: &mut Checker<'_>, stage: &Stage) {
    let workflow = checker.workflow;
    let own = |role: &String| BUILT_IN.contains(&role.as_str()) && role.ends_with("subject");
    if stage.of_case || stage.by.is_empty() || !stage.by.iter().all(own) || !workflow.case.opened_from.is_empty() {
        return;
    }
    let meant = |pair: Pair| match stage.by.iter().any(|role| role == "subject") {
        true => Some(pair),
        false => {
            let about = workflow.items.get(&pair.kind)?.about.as_ref()?;
            workflow.pairs(std::slice::from_ref(about)).into_iter().next()
        }
    };
    let pairs = workflow.pairs(&stage.of).into_iter().filter_map(meant);
    if let Some(bare) = pairs.into_iter().find(|pair| !is_named(checker, pair)) {
        let what = bare.category.as_ref().unwrap_or(&bare.kind);
        let message = format!("nobody answers `{}`: nothing says which office a `{what}` is", stage.name);
        let hint =
            "`subject` is an office listed by `from:`; name a role: `{ field: … }` of type office, or who serves him";
        checker.error("stage-without-actor", &stage.place, message, hint);
    }
}

/// Whether something that brings items of a pair in may say which office they are.
fn is_named(checker: &Checker<'_>, pair: &Pair) -> bool {
    let workflow = checker.workflow;
    let Some(of) = workflow.items.get(&pair.kind) else { return true };
    let mut intakes = workflow.stages.iter().filter(|s| s.kind == Kind::Recommend && workflow.takes(s, pair));
    intakes.any(|intake| match &intake.from {
        From::Offices(_) | From::Register(..) | From::Case(..) => true,
        From::Table(param) => match workflow.case.params.get(param).map(|param| &param.kind) {
            Some(Type::Table(columns, Some(key))) => of.field_of_key(columns, *key) == Some("subject"),
            Some(_) | None => false,
        },
        From::Submissions | From::Every(..) => false,
    })
}
