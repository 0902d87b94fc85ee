//! What an outcome brings about reaches somebody: entries have a key, facts have an item (LANGUAGE §12).
//!
//! A register of subjects knows an item by what identifies it when it is opened (`who`); what is filled at later stages
//! does not count. A key made of fields is read from `with:` first, then from the item.

use super::{Checker, telling};
use crate::submission::Type;
use crate::workflow::rule::{self, Pair};
use crate::workflow::{Action, Expression, Register, RegisterKey, Stage, Subject, Verb, Workflow};
use indexmap::IndexMap;

pub(super) fn check(checker: &mut Checker<'_>) {
    for (index, stage) in checker.stages() {
        for action in stage.all_actions() {
            one(checker, index, stage, action);
        }
    }
}

fn one(checker: &mut Checker<'_>, index: usize, stage: &Stage, action: &Action) {
    let workflow = checker.workflow;
    let pairs: Vec<Pair> = if stage.of_case { Vec::new() } else { workflow.pairs(&stage.of) };
    let here = !pairs.is_empty();
    let meant: Vec<Pair> =
        pairs.into_iter().filter(|p| workflow.means(&action.of, &p.kind, p.category.as_deref())).collect();
    if meant.is_empty() {
        let known = action.of.iter().all(|of| !workflow.pairs(std::slice::from_ref(of)).is_empty());
        if stage.of_case || (here && known) {
            let message = format!("no item of `{}` is meant, so this is never done", stage.name);
            let hint = "put it at a stage its items pass: what is brought about, is brought about for an item";
            checker.error("consequence-without-recipient", &action.place, message, hint);
        }
        return;
    }
    let (name, with) = match &action.verb {
        Verb::Enter(name, with) => (name, Some(with)),
        Verb::Leave(name, _) => (name, None),
        Verb::Tell(tell) => return telling::check(checker, action, tell),
        Verb::Set(_) | Verb::Ask(_) | Verb::Open(_) | Verb::Clock(_) => return,
    };
    let Some(register) = checker.around.registers.get(name) else { return };
    match &register.key {
        RegisterKey::Subjects(subjects) => {
            let other = with.is_some_and(|with| with.contains_key("who"));
            let meant = if other { about(workflow, &meant) } else { meant };
            by_subject(checker, register, subjects, &meant, action);
        }
        RegisterKey::Fields(fields) => by_fields(checker, index, register, fields, &meant, action, with),
    }
}

/// What side items are about: whom a register is to know instead of them.
fn about(workflow: &Workflow, meant: &[Pair]) -> Vec<Pair> {
    let about = meant.iter().filter_map(|pair| workflow.items.get(&pair.kind)?.about.clone());
    workflow.pairs(&about.collect::<Vec<_>>())
}

/// One category that fails is enough to look at.
fn by_subject(checker: &mut Checker<'_>, register: &Register, subjects: &[Subject], meant: &[Pair], action: &Action) {
    let workflow = checker.workflow;
    let name = &register.name;
    for pair in meant {
        let Some(subject) = workflow.subject(&pair.kind, pair.category.as_deref()) else { continue };
        let (what, word) = (pair.category.as_ref().unwrap_or(&pair.kind), subject.word());
        if !subjects.contains(&subject) {
            let kept: Vec<&str> = subjects.iter().map(|s| s.word()).collect();
            let message = format!("`{name}` is kept by {}, and `{what}` is of subject {word}", kept.join(" or "));
            let hint = "add the subject to the register's `key:`, or limit the action by `of:`";
            return checker.error("register-key-mismatch", &action.place, message, hint);
        }
        if !known(workflow, pair, subject) {
            let message = format!("nothing in the fields of `{what}` says whom `{name}` would know it by");
            return checker.error("consequence-without-recipient", &action.place, message, wanted(subject));
        }
    }
}

/// Whether what identifies an item of this subject is always there.
fn known(workflow: &Workflow, pair: &Pair, subject: Subject) -> bool {
    let Some(item) = workflow.items.get(&pair.kind) else { return true };
    let always = |kind: &Type| {
        item.fields
            .values()
            .any(|f| f.kind == *kind && !f.optional && workflow.means(&f.of, &pair.kind, pair.category.as_deref()))
    };
    match subject {
        Subject::Person | Subject::Matter | Subject::Document => always(&Type::Name),
        Subject::Organisation => always(&Type::Name) || always(&Type::CreditCode),
        // an office is known by its id, which only an intake from offices gives
        Subject::Office => {
            let gives = |s: &Stage| super::sources::gives_office(workflow, s) && workflow.takes(s, pair);
            workflow.stages.iter().any(gives)
        }
    }
}

fn wanted(subject: Subject) -> &'static str {
    match subject {
        Subject::Person => {
            "give the item type a field of type `name` that must be filled (and one of type `id-number`)"
        }
        Subject::Organisation => "give the item type a field of type `name` or `credit-code` that must be filled",
        Subject::Matter | Subject::Document => "give the item type a field of type `name` that must be filled",
        Subject::Office => "let the register's key be a field of type `office`",
    }
}

fn by_fields(
    checker: &mut Checker<'_>,
    index: usize,
    register: &Register,
    fields: &[String],
    meant: &[Pair],
    action: &Action,
    with: Option<&IndexMap<String, Expression>>,
) {
    let workflow = checker.workflow;
    let scope = checker.scope_at(index, true);
    for name in fields {
        if let Some(value) = with.and_then(|w| w.get(name)) {
            let found = rule::infer(&value.source, &scope);
            if found.problems.is_empty() && found.typed.maybe {
                let message =
                    format!("`{name}` is the key of `{}`, and `{}` may be empty", register.name, value.source);
                let hint = "make the field one that must be filled";
                checker.error("consequence-without-recipient", &value.place, message, hint);
            }
            continue;
        }
        // an entry that lacks a field it needs is reported as that
        let needed = register.fields.get(name).is_some_and(|f| !f.optional && f.default.is_none() && f.is.is_none());
        let held = |pair: &&Pair| {
            let field = workflow.items.get(&pair.kind).and_then(|i| i.fields.get(name));
            field.is_some_and(|f| !f.optional && workflow.means(&f.of, &pair.kind, pair.category.as_deref()))
        };
        if let Some(bare) = meant.iter().find(|p| !held(p)).filter(|_| with.is_none() || !needed) {
            let what = bare.category.as_ref().unwrap_or(&bare.kind);
            let message = format!("`{name}` is the key of `{}`, and `{what}` has no such field", register.name);
            let hint = "an entry is found by its key: give the item type the field, or `enter` it by `with:`";
            checker.error("consequence-without-recipient", &action.place, message, hint);
        }
    }
}
