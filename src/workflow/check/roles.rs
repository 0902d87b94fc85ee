//! Roles (LANGUAGE §4).

use super::Checker;
use crate::submission::Type;
use crate::workflow::rule::Pair;
use crate::workflow::{Kind, Overdue, Role, Selector, Sign, Stage, Who};
use std::collections::BTreeSet;

/// Roles the language has of itself.
pub(super) const BUILT_IN: [&str; 5] = ["opener", "owner", "subject", "about.owner", "about.subject"];
/// Audiences besides roles.
pub(super) const AUDIENCES: [&str; 7] =
    ["public", "inside", "opener", "owner", "subject", "about.owner", "about.subject"];

pub(super) fn check(checker: &mut Checker<'_>) {
    owners(checker);
    super::absent::check(checker);
    let used = used(checker);
    for role in checker.workflow.roles.values() {
        // without stages, `no-stages` has said all there is to say
        if !used.contains(&role.name) && !checker.workflow.stages.is_empty() {
            let message = format!("nothing mentions the role `{}`", role.name);
            checker.error("role-never-used", &role.place, message, "remove it");
        }
        if let Some(window) = &role.through {
            checker.role(window, &role.place, &["opener", "owner"]);
        }
        match &role.who {
            Who::Offices(list) => offices(checker, role, list),
            Who::SuperiorOf(of) => checker.role(of, &role.place, &BUILT_IN),
            Who::Field(field) => office_field(checker, role, field),
            Who::Outside(fields) => outsider(checker, role, fields.keys().cloned().collect(), fields.values()),
        }
    }
}

/// `owner` is whoever opened the item. Where that is no office a recommend stage's role names, the word means another than
/// it seems to: of a side item the office that let it in, of what is handed in through a window that window.
fn owners(checker: &mut Checker<'_>) {
    let workflow = checker.workflow;
    let answers = |s: &&Stage| s.kind != Kind::Recommend && s.by.iter().any(|r| r == "owner");
    for stage in workflow.stages.iter().filter(answers) {
        let mut pairs = workflow.pairs(&stage.of).into_iter();
        let Some((kind, owner, hint)) = pairs.find_map(|pair| outside_owner(checker, &pair)) else { continue };
        let message = format!("the owner of `{kind}` is {owner}, and it answers `{}`", stage.name);
        checker.warn("owner-outside-recommend-role", &stage.place, message, &hint);
    }
}

/// Who owns items of this pair, when it is nobody a recommend stage's role names, and what to write instead.
fn outside_owner(checker: &Checker<'_>, pair: &Pair) -> Option<(String, String, String)> {
    let workflow = checker.workflow;
    let item = workflow.items.get(&pair.kind)?;
    let intakes: Vec<&Stage> = workflow.stages.iter().filter(|s| s.kind == Kind::Recommend).collect();
    let intakes: Vec<&Stage> = intakes.into_iter().filter(|s| workflow.pairs(&s.of).contains(pair)).collect();
    let window = intakes.iter().flat_map(|s| &s.by).filter_map(|role| workflow.roles.get(role)).find_map(|role| {
        let served = !role.folder || matches!(role.who, Who::Outside(_));
        role.through.as_ref().filter(|_| served).map(|window| (role, window))
    });
    if let Some((role, window)) = window {
        let owner = format!("`{window}`, the window of `{}`", role.name);
        return Some((item.name.clone(), owner, format!("if that is meant, write `by: {window}`")));
    }
    if !intakes.is_empty() {
        return None;
    }
    let collects = |s: &&Stage| s.collects.contains(&item.name) && !s.by.iter().any(|r| r == "owner");
    if let Some(collector) = workflow.stages.iter().find(collects) {
        let by = collector.by.join("`, `");
        let owner = format!("`{by}`, which lets it in at `{}`", collector.name);
        let hint = format!("write `by: about.owner` for the owner of what it is about, or `by: {by}` for that office");
        return Some((item.name.clone(), owner, hint));
    }
    let alone = item.one && item.about.is_none();
    let owner = || "the office that opens the case".to_owned();
    alone.then(|| (item.name.clone(), owner(), "write `by: opener`".to_owned()))
}

fn offices(checker: &mut Checker<'_>, role: &Role, list: &[Selector]) {
    let Some(offices) = checker.around.offices else { return };
    for selector in list {
        let found = match selector {
            Selector::Id(id) => offices.offices.contains_key(id),
            Selector::Tag(tag) => offices.tagged(tag).next().is_some(),
        };
        if !found {
            let what = match selector {
                Selector::Id(id) => format!("`{id}` is no office"),
                Selector::Tag(tag) => format!("no office has the tag `{tag}`"),
            };
            let word = matches!(selector, Selector::Id(id) if BUILT_IN.contains(&id.as_str()));
            let hint = match word {
                true => "it is a word of the language, and a role already: write it where the role stands",
                false => "add it to offices.yaml",
            };
            checker.error("role-without-office", &role.place, what, hint);
        }
    }
    if role.folder || role.through.is_some() {
        return;
    }
    for office in checker.offices_of(&role.name).unwrap_or_default() {
        if office.mail.is_none() {
            let message = format!("`{}` has no folder here and no mailbox", office.id);
            let hint = "give it `mail:` in offices.yaml, or a window: `through: ROLE`";
            checker.error("office-without-mailbox", &role.place, message, hint);
        }
    }
}

fn office_field(checker: &mut Checker<'_>, role: &Role, name: &str) {
    let workflow = checker.workflow;
    let items = workflow.items.values().filter_map(|i| i.fields.get(name));
    let forms = workflow.stages.iter().filter_map(|s| s.form.item.get(name).or_else(|| s.form.case.get(name)));
    let mut fields = items.chain(forms).chain(workflow.case.params.get(name));
    if !fields.any(|f| f.kind == Type::Office) {
        let message =
            format!("the role `{}` is the office named in `{name}`, which is no field of type office", role.name);
        checker.error("field-role-not-office", &role.place, message, "give the field the type `office`");
    }
}

fn outsider<'f>(checker: &mut Checker<'_>, role: &Role, given: Vec<String>, fields: impl Iterator<Item = &'f String>) {
    if role.through.is_none() {
        let message = format!("`{}` has no folder, and no office serves him", role.name);
        checker.error("outsider-without-window", &role.place, message, "add `through: ROLE`");
    }
    if !given.iter().any(|g| g == "address" || g == "email" || g == "phone") {
        let message = format!("nothing says where `{}` can be reached", role.name);
        let hint = "name the field of his `address`, `email` or `phone`";
        checker.error("outsider-without-address", &role.place, message, hint);
    }
    for field in fields {
        let workflow = checker.workflow;
        if !workflow.items.values().any(|i| i.fields.contains_key(field)) && !workflow.case.params.contains_key(field) {
            let message = format!("`{field}` is no field of an item");
            let hint = "name a field of the item he hands in or is about";
            checker.error("identity-field-unknown", &role.place, message, hint);
        }
    }
}

/// Every role anything mentions.
fn used(checker: &Checker<'_>) -> BTreeSet<String> {
    let workflow = checker.workflow;
    let mut used: BTreeSet<String> =
        workflow.case.opened_by.iter().chain(&workflow.case.owner).chain(&workflow.inside).cloned().collect();
    let overdue = |o: &Option<Overdue>| match o {
        Some(Overdue::Tell(roles)) => roles.clone(),
        Some(Overdue::Ask(role)) => vec![role.clone()],
        Some(Overdue::Outcome(..)) | None => Vec::new(),
    };
    for stage in &workflow.stages {
        used.extend(stage.by.iter().chain(&stage.to).chain(&stage.late_by).cloned());
        used.extend(overdue(&stage.overdue));
        used.extend(stage.ballot.iter().filter_map(|b| b.witness.clone()));
        if let Sign::Vote(vote) = &stage.sign {
            used.extend(vote.members.iter().chain(&vote.veto).cloned());
        }
        used.extend(stage.all_documents().flat_map(|d| d.to.iter().chain(&d.copy)).cloned());
        used.extend(stage.all_actions().flat_map(crate::workflow::Action::roles).cloned());
        if let crate::workflow::From::Offices(role) = &stage.from {
            used.insert(role.clone());
        }
    }
    used.extend(workflow.roles.values().filter_map(|r| r.through.clone()));
    used.extend(
        workflow.roles.values().filter_map(|r| if let Who::SuperiorOf(of) = &r.who { Some(of.clone()) } else { None }),
    );
    used.extend(workflow.rules.iter().filter_map(|r| r.by.clone()));
    used.extend(workflow.reports.values().flat_map(|r| r.to.iter().chain(&r.by)).cloned());
    used.extend(workflow.tables.values().filter_map(|t| t.missing.clone()));
    for clock in workflow.clocks.values() {
        used.extend(overdue(&clock.overdue));
        let papers = clock.extend.iter().filter_map(|e| e.document.as_ref());
        used.extend(papers.flat_map(|d| d.to.iter().chain(&d.copy)).cloned());
        used.extend(clock.extend.iter().map(|e| e.approve.clone()));
    }
    used
}
