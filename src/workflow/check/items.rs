//! Item types (LANGUAGE §5).

use super::Checker;
use crate::submission::Type;
use crate::workflow::rule::{self, Kind, Scope};
use crate::workflow::{Field, From, ItemType, Kind as StageKind, Stage};

/// Names every identity and list of fields may use besides fields.
const OWN: [&str; 7] = ["outcome", "category", "subject", "owner", "period", "about", "code"];

pub(super) fn check(checker: &mut Checker<'_>) {
    for item in checker.workflow.items.values() {
        about(checker, item);
        identity(checker, item);
        visibility(checker, item);
        fields(checker, item);
        rows_with_tables(checker, item);
    }
}

fn about(checker: &mut Checker<'_>, item: &ItemType) {
    let workflow = checker.workflow;
    let Some(about) = &item.about else { return };
    if about == &item.name {
        let message = format!("`{about}` cannot be about itself");
        return checker.error("about-itself", &item.place, message, "name the main type");
    }
    if about != "case" && !workflow.items.contains_key(about) {
        let message = format!("`{}` is about `{about}`, which is no item type", item.name);
        checker.error("about-unknown", &item.place, message, "name an item type, or `case`");
    }
    if item.is_about_case() {
        owned_by_nobody(checker, item);
    }
    let collected = workflow.stages.iter().any(|s| s.collects.contains(&item.name));
    let recommended = workflow.stages.iter().any(|s| s.kind == StageKind::Recommend && s.of.contains(&item.name));
    if !collected && !recommended {
        let message = format!("no stage lets `{}` in", item.name);
        checker.error("side-type-never-collected", &item.place, message, "add `collects:` to a stage");
    }
}

/// What is about the case is about no item, which would have an owner and a subject.
fn owned_by_nobody(checker: &mut Checker<'_>, item: &ItemType) {
    let of_item = |role: &String| role.starts_with("about.");
    let takes = |s: &&Stage| s.of.contains(&item.name);
    let named = |s: &&Stage| {
        let papers = || s.all_documents().flat_map(|d| d.to.iter().chain(&d.copy));
        s.by.iter().chain(&s.to).any(of_item) || papers().any(of_item)
    };
    let workflow = checker.workflow;
    if let Some(stage) = workflow.stages.iter().filter(takes).find(named) {
        let message = format!("`{}` is about the case, so `about.owner` and `about.subject` are nobody", item.name);
        checker.error("about-on-plain-item", &stage.place, message, "name a role, `owner` or `opener`");
    }
}

fn identity(checker: &mut Checker<'_>, item: &ItemType) {
    if item.identity.is_empty() && item.about.is_none() && !item.one {
        let message = format!("nothing says when two of `{}` are the same", item.name);
        checker.error("no-identity", &item.place, message, "add `identity: [FIELD, …]`");
    }
    for name in &item.identity {
        if !item.fields.contains_key(name) && !OWN.contains(&name.as_str()) {
            let message = format!("`{name}` is no field of `{}`", item.name);
            checker.error("identity-field-unknown", &item.place, message, "name one of its fields");
        }
    }
}

/// Where several items are written on one sheet, the lines of their tables say to which they belong by a name.
fn rows_with_tables(checker: &mut Checker<'_>, item: &ItemType) {
    let workflow = checker.workflow;
    let table = |f: &&Field| matches!(f.kind, Type::Table(..)) && f.is.is_none();
    let several = |s: &&Stage| s.kind == StageKind::Recommend && matches!(s.from, From::Submissions) && !item.one;
    let handed_in = |s: &&Stage| item.about.is_none() || s.of.contains(&item.name);
    for pair in workflow.pairs(std::slice::from_ref(&item.name)) {
        let category = pair.category.as_deref();
        let mut stages = workflow.stages.iter().filter(several).filter(handed_in).filter(|s| workflow.takes(s, &pair));
        let asked = |f: &&Field| workflow.means(&f.of, &item.name, category);
        let tabled = |s: &Stage| item.fields.values().chain(s.form.item.values()).filter(asked).find(table).cloned();
        let Some(field) = stages.find_map(tabled) else { continue };
        if workflow.called_by(item, category).is_none() {
            let whose = category.unwrap_or(&item.name);
            let message = format!("nothing says to which `{whose}` a line of the table `{}` belongs", field.name);
            let hint = "give the type a field that must be filled in by which its items are told apart, such as a name";
            return checker.error("table-row-without-name", &field.place, message, hint);
        }
    }
}

/// The field a name of `public`, `inside` or `sealed` means.
pub(super) fn listed<'a>(checker: &Checker<'a>, item: &'a ItemType, name: &str) -> Option<&'a Field> {
    if let Some(field) = item.fields.get(name) {
        return Some(field);
    }
    let (stage, field) = name.split_once('.')?;
    let stage = checker.workflow.stage(stage)?;
    stage.form.item.get(field).or_else(|| stage.form.case.get(field))
}

fn visibility(checker: &mut Checker<'_>, item: &ItemType) {
    let workflow = checker.workflow;
    let Some(item) = workflow.items.get(&item.name) else { return };
    for (list, names) in [("public", &item.public), ("inside", &item.inside), ("sealed", &item.sealed)] {
        for name in names {
            let field = listed(checker, item, name);
            let fact = || name.split_once('.').is_some_and(|(s, f)| workflow.stage(s).is_some_and(|s| s.gives(f)));
            let made = workflow.list_stage(name).is_some();
            if field.is_none() && !fact() && !made && !OWN.contains(&name.as_str()) {
                let message = format!("`{list}` of `{}` names `{name}`, which is no field", item.name);
                checker.error("identity-field-unknown", &item.place, message, "name a field, a list, or STAGE.FIELD");
            }
            // what a stage was told is shown in papers and workbooks of the others
            if list == "sealed" && name.contains('.') {
                let message = format!("`sealed` of `{}` names `{name}`, which a stage asks", item.name);
                checker.error("identity-field-unknown", &item.place, message, "seal fields of the type");
            }
            let personal = field.is_some_and(|f| f.kind.holds(&Type::is_personal));
            if list == "public" && personal {
                let message = format!("`{name}` is personal and cannot be public");
                checker.error("public-field-personal", &item.place, message, "take it out of `public`");
            }
            if list != "sealed" && item.sealed.contains(name) {
                let message = format!("`{name}` is sealed and in `{list}`");
                checker.error("sealed-and-public", &item.place, message, "keep it in one of the two");
            }
        }
    }
}

fn fields(checker: &mut Checker<'_>, item: &ItemType) {
    let workflow = checker.workflow;
    for field in item.fields.values() {
        for word in &field.of {
            let known = item.categories.contains_key(word)
                || item.categories.values().any(|s| s.word() == word)
                || word == &item.name;
            if !known {
                let message = format!("`{}` is asked of `{word}`, which `{}` has not", field.name, item.name);
                checker.error("field-of-unknown", &field.place, message, "name a category, or the subject of one");
            }
        }
        let Some(is) = &field.is else { continue };
        if cyclic(item, field) {
            let message = format!("`{}` is computed from itself", field.name);
            checker.error("computed-cycle", &is.place, message, "break the circle");
            continue;
        }
        let pairs = workflow.pairs(std::slice::from_ref(&item.name));
        let scope = Scope::of_pairs(workflow, checker.around.registers, pairs);
        let found = checker.inferred(&is.source, &is.place, &scope);
        let wanted = Kind::of(&field.kind);
        if found.problems.is_empty() && !found.typed.kind.alike(&wanted) {
            let message =
                format!("`{}` is {}, what computes it is {}", field.name, wanted.word(), found.typed.kind.word());
            checker.error("rule-wrong-type", &is.place, message, "");
        }
    }
}

fn cyclic(item: &ItemType, start: &Field) -> bool {
    let mut open = vec![start.name.clone()];
    let mut seen: Vec<String> = Vec::new();
    while let Some(name) = open.pop() {
        let Some(is) = item.fields.get(&name).and_then(|f| f.is.as_ref()) else { continue };
        for read in rule::names(&is.source) {
            if read == start.name {
                return true;
            }
            if !seen.contains(&read) {
                seen.push(read.clone());
                open.push(read);
            }
        }
    }
    false
}
