//! Where the items of a `recommend` come from (LANGUAGE §8 `from`): the source is there, it gives what the items need, and
//! nobody is asked for what nobody hands in.

use super::Checker;
use crate::deadline::Schedule;
use crate::submission::{TableKey, Type};
use crate::workflow::{Field, From, ItemType, Register, RegisterKey, Stage, Subject, Who, Workflow};

pub(super) fn check(checker: &mut Checker<'_>, index: usize, stage: &Stage) {
    let workflow = checker.workflow;
    match &stage.from {
        From::Submissions => {}
        From::Case(workflow, list) => super::children::list(checker, stage, workflow, list),
        From::Every(schedule, until) => duty(checker, stage, schedule, until.as_ref()),
        From::Offices(role) => offices(checker, stage, role),
        From::Table(param) => {
            if !matches!(workflow.case.params.get(param).map(|p| &p.kind), Some(Type::Table(..))) {
                let message = format!("`{param}` is no table among the params");
                let hint = "declare `params: { …: { type: { table: … } } }`";
                return checker.error("from-unknown", &stage.place, message, hint);
            }
        }
        From::Register(register, filter) => {
            if !checker.around.registers.contains_key(register) {
                let message = format!("there is no register `{register}`");
                return checker.error("register-unknown", &stage.place, message, "add its file");
            }
            let scope = checker.scope_at(index, false);
            checker.condition(filter.as_ref(), &scope);
        }
    }
    if stage.from.opens_itself() {
        one_type(checker, stage);
        nobody_asked(checker, stage);
    }
    let outside = |role: &String| matches!(workflow.roles.get(role).map(|r| &r.who), Some(Who::Outside(_)));
    if stage.expect_all && stage.by.iter().any(outside) {
        let message = "nobody knows all outsiders, so they cannot all be awaited".to_owned();
        checker.error("expect-all-outsiders", &stage.place, message, "leave out `expect: all`, give it `within:`");
    }
}

/// A duty that comes round has an end, and no other limit than its own.
fn duty(checker: &mut Checker<'_>, stage: &Stage, schedule: &Schedule, until: Option<&String>) {
    let place = &stage.place;
    match until {
        None if schedule.until.is_none() => {
            let message = format!("`{}` comes round for ever, so its case never ends", stage.name);
            checker.error("endless-period", place, message, "add `until:` a date, or a param that is one");
        }
        Some(param) if checker.workflow.case.params.get(param).map(|p| &p.kind) != Some(&Type::Date) => {
            let message = format!("`{param}` is no date among the params");
            checker.error("from-unknown", place, message, "declare it under `params:` with the type `date`");
        }
        Some(_) | None => {}
    }
    if stage.within.is_some() {
        let message = format!("`{}` is due when its schedule falls, and has a limit besides", stage.name);
        checker.error("from-and-submissions", place, message, "leave `within:` out");
    }
    if let Some(other) = checker.workflow.pairs(&stage.of).iter().find(|p| p.category.is_some()) {
        let message =
            format!("`{}` asks each office for one item a period, but `{}` has categories", stage.name, other.kind);
        checker.error("from-unknown", place, message, "give it a type without categories");
    }
}

fn offices(checker: &mut Checker<'_>, stage: &Stage, role: &String) {
    checker.role(role, &stage.place, &[]);
    let who = checker.workflow.roles.get(role).map(|r| &r.who);
    if matches!(who, Some(Who::Field(_) | Who::Outside(_))) {
        let message = format!("`{role}` is not settled before there are items");
        checker.error("from-unknown", &stage.place, message, "name a role of offices");
    }
    let workflow = checker.workflow;
    let other = workflow.pairs(&stage.of).into_iter().find(|pair| {
        workflow.subject(&pair.kind, pair.category.as_deref()).is_some_and(|subject| subject != Subject::Office)
    });
    if let Some(pair) = other {
        let what = pair.category.unwrap_or(pair.kind);
        let message = format!("the items of `{}` are offices, `{what}` is not", stage.name);
        checker.error("from-unknown", &stage.place, message, "give it `subject: office`");
    }
}

/// What a source gives becomes items of one type, with every field they cannot be without.
fn one_type(checker: &mut Checker<'_>, stage: &Stage) {
    let workflow = checker.workflow;
    let Some(of) = workflow.opens(stage) else { return };
    if let Some(other) = workflow.pairs(&stage.of).iter().find(|pair| pair.kind != of.name) {
        let message = format!("`{}` would open items of `{}` and of `{}`", stage.name, of.name, other.kind);
        checker.error("from-unknown", &stage.place, message, "name one type in `of:`");
    }
    let needed = |f: &&Field| !f.optional && f.default.is_none() && f.is.is_none();
    let asked = |f: &&Field| {
        let pairs = workflow.pairs(&stage.of);
        pairs.iter().any(|p| p.kind == of.name && workflow.means(&f.of, &p.kind, p.category.as_deref()))
    };
    for field in of.fields.values().filter(needed).filter(asked) {
        if gives(checker, stage, of, field) {
            continue;
        }
        let message = format!("nothing at the source of `{}` gives `{}`", stage.name, field.name);
        let hint = "name a column or field of the source like it, compute it by `is:`, or make it optional";
        checker.error("from-unknown", &field.place, message, hint);
    }
}

fn gives(checker: &Checker<'_>, stage: &Stage, of: &ItemType, field: &Field) -> bool {
    match &stage.from {
        From::Table(param) => {
            let Some(Type::Table(columns, key)) = checker.workflow.case.params.get(param).map(|p| &p.kind) else {
                return false;
            };
            let keyed = key.and_then(|key| of.field_of_key(columns, key));
            keyed == Some(field.name.as_str()) || columns.iter().any(|(name, _)| *name == field.name)
        }
        From::Register(name, _) => {
            let Some(register) = checker.around.registers.get(name) else { return false };
            let declared = register.fields.get(&field.name).is_some_and(|f| !f.optional || f.default.is_some());
            declared || by_key(register, of, field)
        }
        From::Case(workflow, list) => super::children::list_gives(checker, workflow, list, field),
        From::Submissions | From::Offices(_) | From::Every(..) => false,
    }
}

/// The key of an entry says the name of a person, an organisation or a matter.
fn by_key(register: &Register, of: &ItemType, field: &Field) -> bool {
    let RegisterKey::Subjects(_) = register.key else { return false };
    of.fields.values().find(|f| f.kind == Type::Name).is_some_and(|first| first.name == field.name)
}

/// A form, an attachment, a limit of a stage that nobody hands in to would be waited for by nobody.
fn nobody_asked(checker: &mut Checker<'_>, stage: &Stage) {
    let asked = [
        ("form", !stage.form.item.is_empty() || !stage.form.case.is_empty()),
        ("attach", !stage.attach.is_empty()),
        ("remind", !stage.remind.is_empty()),
        ("overdue", stage.overdue.is_some()),
    ];
    for (key, _) in asked.into_iter().filter(|(_, there)| *there) {
        let message = format!("`{}` takes its items from elsewhere, so nobody is asked for its `{key}`", stage.name);
        let hint = "leave it out, or let offices hand in (no `from:`)";
        checker.error("from-and-submissions", &stage.place, message, hint);
    }
}

/// Whether the items a stage opens know the office they are.
pub(super) fn gives_office(workflow: &Workflow, stage: &Stage) -> bool {
    match &stage.from {
        // What is taken from a list of offices knows which it is; that it is one is checked with the list.
        From::Offices(_) | From::Every(..) | From::Case(..) => true,
        From::Table(param) => {
            matches!(workflow.case.params.get(param).map(|p| &p.kind), Some(Type::Table(_, Some(TableKey::Office))))
        }
        From::Submissions | From::Register(..) => false,
    }
}
