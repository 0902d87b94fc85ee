//! Stages and what each kind adds (LANGUAGE §6, §8).

use super::Checker;
use super::roles::{AUDIENCES, BUILT_IN};
use crate::submission::{TableKey, Type};
use crate::workflow::rule::{self, Kind as Value};
use crate::workflow::{Bound, Each, Field, From, Kind, Late, Limit, Overdue, Quota, SERVED, Stage, Subject, Who};
use indexmap::IndexMap;

pub(super) fn check(checker: &mut Checker<'_>) {
    for (index, stage) in checker.stages() {
        checker.of(&stage.of, &stage.place, "of-unknown");
        actors(checker, stage);
        rows(checker, stage);
        word(checker, stage);
        batches(checker, index, stage);
        forms(checker, stage);
        limits(checker, index, stage);
        quotas(checker, index, stage);
        match stage.kind {
            Kind::Publicise => super::documents::notice(checker, index, stage),
            Kind::Recommend => super::sources::check(checker, index, stage),
            Kind::Decide => decision(checker, index, stage),
            Kind::Review => itself(checker, index, stage),
            Kind::Assess | Kind::File => {}
        }
    }
}

/// Whoever hands an item in should not be the one to review it.
fn itself(checker: &mut Checker<'_>, index: usize, stage: &Stage) {
    let workflow = checker.workflow;
    let pairs = workflow.pairs(&stage.of);
    let feeds = |s: &Stage| s.kind == Kind::Recommend && pairs.iter().any(|p| workflow.takes(s, p));
    let earlier = checker.stages().take(index).filter(|(_, s)| feeds(s));
    let shared = earlier.flat_map(|(_, s)| &s.by).find(|role| stage.by.contains(role)).cloned();
    if let Some(role) = shared {
        let message = format!("`{role}` reviews at `{}` what it handed in itself", stage.name);
        checker.warn("reviews-itself", &stage.place, message, "let another role review, or say so in the plan");
    }
}

/// Rows are taken in singly only where each is somebody's answer about one thing, and there may be several.
fn rows(checker: &mut Checker<'_>, stage: &Stage) {
    let several = match stage.kind {
        Kind::Recommend => matches!(stage.from, From::Submissions) && checker.workflow.only_type().is_none(),
        Kind::Assess | Kind::Review | Kind::Decide => {
            stage.each == Each::Item && !stage.of_case && !stage.takes_several() && stage.asks_each()
        }
        Kind::Publicise | Kind::File => false,
    };
    if stage.accept_rows && (!several || stage.ballot.is_some()) {
        let message = format!("the rows of `{}` are not answers of their own", stage.name);
        let hint =
            "`accept: rows` is for an intake of several items, and for a stage `each: item` that one office answers";
        checker.error("rows-together", &stage.place, message, hint);
    }
}

/// A Word form asks what the workbook of its stage asks, so somebody must be asked by one.
fn word(checker: &mut Checker<'_>, stage: &Stage) {
    let asked = stage.kind != Kind::Publicise && !automatic(stage) && !stage.from.opens_itself();
    if stage.word && (!asked || stage.ballot.is_some()) {
        let message = format!("`{}` has no form that an office could fill in with Word", stage.name);
        let hint = "`word: true` is for a stage that offices answer with a form; ballots are entered in workbooks";
        checker.error("word-without-form", &stage.place, message, hint);
    }
}

fn actors(checker: &mut Checker<'_>, stage: &Stage) {
    for role in &stage.by {
        checker.role(role, &stage.place, &BUILT_IN);
    }
    let automatic = automatic(stage);
    if stage.by.is_empty() {
        let message = format!("nobody answers `{}`", stage.name);
        let hint = "add `by: ROLE`; to choose a way by conditions alone, give the stages behind it a `when`";
        checker.error("stage-without-actor", &stage.place, message, hint);
    }
    if stage.paper > 0 && (automatic || stage.kind == Kind::Publicise || stage.from.opens_itself()) {
        let message = format!("`{}` waits for paper that nobody hands in", stage.name);
        checker.error("paper-on-automatic-stage", &stage.place, message, "remove `paper`");
    }
    if stage.receipt && stage.report.is_none() {
        let message = format!("`{}` waits for a receipt of nothing", stage.name);
        checker.error("receipt-without-report", &stage.place, message, "add `report: …`, or remove `receipt`");
    }
    let mut names: Vec<&str> = stage.attach.iter().map(|a| a.name.as_str()).collect();
    names.sort_unstable();
    if let Some(pair) = names.windows(2).find(|w| w[0] == w[1]) {
        let message = format!("the attachment `{}` is demanded twice", pair[0]);
        checker.error("attachment-repeated", &stage.place, message, "remove one");
    }
    for attach in &stage.attach {
        checker.of(&attach.of, &stage.place, "of-unknown");
    }
    for side in &stage.collects {
        let known = checker.workflow.items.get(side).is_some_and(|i| i.about.is_some());
        if !known {
            let message = format!("`{side}` is not about another item");
            checker.error("collects-not-side-type", &stage.place, message, "name an item type that has `about:`");
        }
    }
}

/// Nobody is asked anything: its outcome follows from conditions alone.
fn automatic(stage: &Stage) -> bool {
    let asks = !stage.form.case.is_empty() || !stage.form.item.is_empty() || !stage.attach.is_empty();
    !asks && stage.outcomes.values().any(|o| o.when.is_some())
}

fn batches(checker: &mut Checker<'_>, index: usize, stage: &Stage) {
    let workflow = checker.workflow;
    if let Each::Fields(names) = &stage.each {
        let scope = checker.scope_at(index, false);
        for name in names {
            let found = rule::infer(name, &scope);
            checker.report(
                &stage.place,
                &found,
                |kind| if kind == "rule-unknown-name" { "each-unknown-field" } else { kind },
            );
        }
    }
    if stage.each == Each::About
        && !workflow
            .pairs(&stage.of)
            .iter()
            .any(|p| workflow.items.get(&p.kind).is_some_and(|i| i.about.is_some() && !i.is_about_case()))
    {
        let message = format!("the items of `{}` are about nothing", stage.name);
        checker.error("each-unknown-field", &stage.place, message, "`each: about` is for side items");
    }
    if stage.within.is_none() {
        let kind = match stage.late {
            Late::Leave | Late::Wait => None,
            Late::Exclude => Some("exclude-without-limit"),
            Late::Ask => Some("late-without-limit"),
        };
        if let Some(kind) = kind {
            let message = format!("`{}` has no limit, so nothing is ever late", stage.name);
            checker.error(kind, &stage.place, message, "add `within:`");
        }
    }
    let gate = stage.each != Each::Item && !stage.of_case;
    let ignored = match stage.late {
        Late::Leave => false,
        // those of a ranking or a list are waited for in any case
        Late::Wait => !gate && !stage.goes_together(),
        Late::Exclude | Late::Ask => !gate,
    };
    if ignored {
        let message = format!("`{}` takes its items one by one, so nobody is late at it", stage.name);
        checker.error("late-without-gate", &stage.place, message, "add `each: case` or a field, or remove `late`");
    }
    if let Some(role) = &stage.late_by {
        checker.role(role, &stage.place, &BUILT_IN);
    }
    if stage.each != Each::Item && !stage.of_case {
        endless(checker, index, stage);
    }
}

/// A gate waits for its intakes; one that many offices feed and nothing closes is never over.
fn endless(checker: &mut Checker<'_>, index: usize, gate: &Stage) {
    let workflow = checker.workflow;
    for (_, intake) in checker.stages().take(index).filter(|(_, s)| s.kind == Kind::Recommend) {
        // a case of one item has all its items with the first
        let plural = |kind: &str| workflow.items.get(kind).is_some_and(|i| !i.one);
        let feeds = workflow.pairs(&intake.of).iter().any(|p| plural(&p.kind) && workflow.takes(gate, p));
        let many = intake.by.iter().any(|role| several(checker, role));
        if feeds && many && intake.within.is_none() && !intake.expect_all && matches!(intake.from, From::Submissions) {
            let message = format!(
                "`{}` waits until `{}` is closed, which only the last of its offices closes",
                gate.name, intake.name
            );
            let hint = format!("give `{}` a `within:`, or say that all are waited for: `expect: all`", intake.name);
            return checker.error("gate-fed-by-endless-intake", &gate.place, message, &hint);
        }
    }
}

/// Whether a role may be several offices.
pub(super) fn several(checker: &Checker<'_>, role: &str) -> bool {
    use crate::workflow::{Selector, Who};
    match checker.workflow.roles.get(role).map(|r| &r.who) {
        Some(Who::Offices(list)) => list.len() > 1 || list.iter().any(|s| matches!(s, Selector::Tag(_))),
        Some(Who::Outside(_)) => true,
        Some(Who::SuperiorOf(_) | Who::Field(_)) | None => false,
    }
}

fn forms(checker: &mut Checker<'_>, stage: &Stage) {
    let workflow = checker.workflow;
    for field in stage.form.item.values().chain(stage.form.case.values()) {
        let types = workflow.pairs(&stage.of);
        let taken =
            types.iter().find(|p| workflow.items.get(&p.kind).is_some_and(|i| i.fields.contains_key(&field.name)));
        let both = stage.form.item.contains_key(&field.name) && stage.form.case.contains_key(&field.name);
        if taken.is_some() || both {
            let message = format!("`{}` is already a field of the item or of the other half of the form", field.name);
            checker.error("form-field-taken", &field.place, message, "rename one of them");
        }
        checker.of(&field.of, &field.place, "field-of-unknown");
    }
}

/// What runs from the day a paper of the batch was served has such a paper: one made as the batch opens, for whom it is served on.
fn runs_from_service(checker: &mut Checker<'_>, stage: &Stage) {
    let from_service = matches!(&stage.within, Some(Limit::From(_, field)) if field == SERVED);
    let served = |name: &String| {
        let role = checker.workflow.roles.get(name);
        role.is_some_and(|role| role.through.is_some() || matches!(role.who, Who::Outside(_)))
    };
    let mut papers = stage.documents.iter().filter(|paper| paper.at_open && paper.to.iter().any(served));
    if from_service && papers.next().is_none() {
        let message = format!("the limit of `{}` runs from the day a paper is served, and it sends none", stage.name);
        let hint = "give it `documents: [{ template: …, to: WHO, at: open }]`, or count from a date field";
        checker.error("served-without-paper", &stage.place, message, hint);
    }
}

fn limits(checker: &mut Checker<'_>, index: usize, stage: &Stage) {
    runs_from_service(checker, stage);
    let scope = checker.scope_at(index, true);
    checker.limit(stage.within.as_ref(), &scope, &stage.place);
    match &stage.overdue {
        Some(Overdue::Tell(roles)) => roles.iter().for_each(|r| checker.role(r, &stage.place, &BUILT_IN)),
        Some(Overdue::Ask(role)) => checker.role(role, &stage.place, &BUILT_IN),
        Some(Overdue::Outcome(name, _)) => {
            if !stage.outcomes.contains_key(name) {
                let message = format!("`{}` has no outcome `{name}`", stage.name);
                checker.error("outcome-target-unknown", &stage.place, message, "name one of its outcomes");
            }
            if stage.remind.iter().any(|o| o.to_string().starts_with('+')) {
                let message = "a reminder after the limit comes when the outcome has already fallen".to_owned();
                checker.error("remind-after-outcome", &stage.place, message, "remind before the limit");
            }
        }
        None => {}
    }
    let scope = checker.scope_at(index, false);
    checker.condition(stage.when.as_ref().filter(|_| !stage.is_sent_to_alone()), &scope);
    if checker.around.years.is_empty() && stage.within.is_some() {
        let message = format!("the limit of `{}` is provisional: no year has an official calendar", stage.name);
        checker.warn("deadline-no-calendar", &stage.place, message, "add the year's calendar");
    }
}

fn quotas(checker: &mut Checker<'_>, index: usize, stage: &Stage) {
    for quota in &stage.quota {
        checker.of(&quota.of, &quota.place, "of-unknown");
        for name in &quota.per {
            let field = checker
                .workflow
                .pairs(&stage.of)
                .iter()
                .any(|p| checker.workflow.items.get(&p.kind).is_some_and(|i| i.fields.contains_key(name)));
            if !field && !["owner", "category", "subject", "period"].contains(&name.as_str()) {
                let message = format!("`{name}` is neither owner, category nor a field of the items");
                checker.error("quota-per-unknown", &quota.place, message, "groups are formed by what an item has");
            }
        }
        if let Some((min, max)) = crossed(quota) {
            let message = format!("at least {min} and at most {max} cannot both be");
            checker.error("quota-min-above-max", &quota.place, message, "exchange them");
        }
        for bound in quota.max.iter().chain(&quota.min) {
            self::bound(checker, index, stage, quota, bound);
        }
    }
}

/// A least number and a greatest of one group, where the least is above.
fn crossed(quota: &Quota) -> Option<(i64, i64)> {
    let of = |bound: &Bound, group: Option<&String>| match bound {
        Bound::Number(number) => Some(*number),
        Bound::Table(table) => table.get(group?).copied(),
        Bound::Param(_) | Bound::Expression(_) => None,
    };
    let (min, max) = (quota.min.as_ref()?, quota.max.as_ref()?);
    let groups = [min, max].into_iter().flat_map(|bound| match bound {
        Bound::Table(table) => table.keys().map(Some).collect(),
        Bound::Number(_) => vec![None],
        Bound::Param(_) | Bound::Expression(_) => Vec::new(),
    });
    groups.filter_map(|group| of(min, group).zip(of(max, group))).find(|(min, max)| min > max)
}

fn bound(checker: &mut Checker<'_>, index: usize, stage: &Stage, quota: &Quota, bound: &Bound) {
    let workflow = checker.workflow;
    match bound {
        Bound::Number(_) => {}
        Bound::Expression(expression) => {
            let scope = checker.scope_at(index, false);
            let scope = rule::Scope { group: Some(&quota.per), ..scope };
            let found = checker.inferred(&expression.source, &expression.place, &scope);
            if found.problems.is_empty() && !found.typed.kind.numeric() {
                let message = format!("a quota is a number, this is {}", found.typed.kind.word());
                checker.error("rule-wrong-type", &expression.place, message, "");
            }
        }
        Bound::Table(table) => {
            let categories = categories(checker, stage, quota);
            let missing = categories.iter().find(|c| !table.contains_key(*c));
            if let Some(missing) = missing.filter(|_| quota.per == ["category"]) {
                let message = format!("the quota says nothing of `{missing}`");
                checker.error("quota-column-missing", &quota.place, message, "add it");
            }
        }
        Bound::Param(name) => match workflow.case.params.get(name) {
            None => {
                let message = format!("`{name}` is no param of the case");
                checker.error("rule-unknown-name", &quota.place, message, "declare it under `params:`");
            }
            Some(param) => table(checker, stage, quota, param),
        },
    }
}

/// The categories a quota speaks of.
fn categories(checker: &Checker<'_>, stage: &Stage, quota: &Quota) -> Vec<String> {
    let of = if quota.of.is_empty() { &stage.of } else { &quota.of };
    checker.workflow.pairs(of).into_iter().filter_map(|p| p.category).collect()
}

/// A param table must answer for every group: a row per owner or text, a column per category.
fn table(checker: &mut Checker<'_>, stage: &Stage, quota: &Quota, param: &Field) {
    let name = &param.name;
    let Type::Table(columns, key) = &param.kind else {
        if !Value::of(&param.kind).numeric() {
            let message = format!("the param `{name}` is neither a number nor a table");
            checker.error("rule-wrong-type", &quota.place, message, "");
        }
        return;
    };
    let per: Vec<&str> = quota.per.iter().map(String::as_str).collect();
    let by_column = per.contains(&"category") && (per.len() > 1 || columns.len() > 1);
    let rows = per.len() - usize::from(by_column);
    let keyed = match (per.iter().find(|p| !by_column || **p != "category"), key) {
        (Some(&"owner" | &"subject"), Some(TableKey::Office)) => true,
        (Some(&"owner" | &"subject"), _) => false,
        (Some(_), Some(_)) => true,
        (Some(_), None) => false,
        (None, _) => true,
    };
    let missing =
        categories(checker, stage, quota).into_iter().find(|c| by_column && !columns.iter().any(|(n, _)| n == c));
    if rows > 1 || !keyed || missing.is_some() || (!by_column && columns.len() != 1) {
        let what = missing.map_or_else(
            || format!("it has no number for each {}", per.join(" and ")),
            |c| format!("it has no column `{c}`"),
        );
        let message = format!("the table `{name}` cannot be the quota: {what}");
        let hint = "`key: office` gives a row per office, columns are categories";
        checker.error("quota-column-missing", &quota.place, message, hint);
    }
}

fn decision(checker: &mut Checker<'_>, index: usize, stage: &Stage) {
    let date = |f: &IndexMap<String, Field>| f.values().any(|f| f.kind == Type::Date);
    if !date(&stage.form.case) && !date(&stage.form.item) {
        let message = format!("the form of `{}` does not ask when it was decided", stage.name);
        checker.error("decision-without-form-date", &stage.place, message, "add `form: { case: { 会议日期: date } }`");
    }
    let workflow = checker.workflow;
    let maybe = workflow.maybe_of_decision(stage);
    // of a numbered paper without a date `numbered-without-date` says as much
    if maybe.len() > 1 && stage.all_documents().all(|document| document.number.is_none()) {
        let names: Vec<&str> = maybe.iter().map(|field| field.name.as_str()).collect();
        let message = format!(
            "which of {} is the day of `{}` is not said, so any may be still to come",
            names.join(", "),
            stage.name
        );
        let hint = "say `fact: true` at the day it was decided (`会议日期: { type: date, fact: true }`), or date a paper by it";
        checker.warn("decision-day-unsaid", &stage.place, message, hint);
    }
    let persons = workflow.pairs(&stage.of).iter().any(|p| {
        matches!(workflow.subject(&p.kind, p.category.as_deref()), Some(Subject::Person | Subject::Organisation))
    });
    let noticed = checker.stages().take(index).any(|(_, s)| s.kind == Kind::Publicise && s.period.is_some());
    if persons && !noticed && super::head::commends(checker) {
        let message = format!("`{}` confers something that was not publicised before", stage.name);
        let hint = "put a `publicise` stage with `for:` before it";
        checker.warn("decision-before-publicity", &stage.place, message, hint);
    }
}

/// Whether a name is an audience or a role.
pub(super) fn audience(checker: &mut Checker<'_>, names: &[String], place: &crate::diag::Place) {
    for name in names {
        checker.role(name, place, &AUDIENCES);
    }
}
