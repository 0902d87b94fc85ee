//! Papers, notices and the templates they are made from (LANGUAGE §8 publicise, §11).

use super::filled::template;
use super::given::Made;
use super::stages::audience;
use super::visible::{Audience, invisible, seen_by};
use super::{Checker, TemplatePaths, numbers};
use crate::workflow::{ClockDefinition, DocumentDefinition, Kind, Stage, Subject, TableFrom, Who, Workflow};

/// Every template a definition names, each once.
pub(super) fn templates_of(workflow: &Workflow) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for stage in &workflow.stages {
        found.extend(stage.all_documents().map(|d| d.template.clone()));
        found.extend(stage.notice.iter().cloned());
    }
    found.extend(workflow.reports.values().map(|r| r.template.clone()));
    let extensions = workflow.clocks.values().filter_map(|c| c.extend.as_ref()?.document.as_ref());
    found.extend(extensions.map(|d| d.template.clone()));
    found.sort();
    found.dedup();
    found
}

pub(super) fn check(checker: &mut Checker<'_>) {
    for (index, stage) in checker.stages() {
        for document in stage.all_documents() {
            one(checker, index, stage, document);
        }
    }
    for clock in checker.workflow.clocks.values() {
        if let Some(document) = clock.extend.as_ref().and_then(|e| e.document.as_ref()) {
            of_extension(checker, clock, document);
        }
    }
    for report in checker.workflow.reports.values() {
        template(checker, &report.template, &report.place, Made::Report(report));
        numbers::of_report(checker, report);
        recipients(checker, &report.to, &report.place);
    }
}

/// The paper that tells of an extension is made of the item alone, wherever it stands.
fn of_extension(checker: &mut Checker<'_>, clock: &ClockDefinition, document: &DocumentDefinition) {
    let place = &document.place;
    let to: Vec<String> = document.to.iter().chain(&document.copy).cloned().collect();
    audience(checker, &to, place);
    numbers::owned(checker, document.number.as_ref(), place);
    recipients(checker, &to, place);
    if let Some(paths) = template(checker, &document.template, place, Made::Extension(clock)) {
        let kind = "field-invisible-to-recipient";
        invisible(checker, std::slice::from_ref(&clock.of), false, &paths, seen_by(&to), kind);
    }
}

fn one(checker: &mut Checker<'_>, index: usize, stage: &Stage, document: &DocumentDefinition) {
    let place = &document.place;
    checker.of(&document.of, place, "of-unknown");
    audience(checker, &document.to, place);
    audience(checker, &document.copy, place);
    let scope = checker.scope_at(index, true);
    checker.condition(document.when.as_ref(), &scope);
    numbers::numbered(checker, stage, document);
    if document.number.is_some() && document.to.is_empty() && document.copy.is_empty() {
        let message = format!("`{}` takes a number, but goes to nobody", document.template);
        checker.warn("document-to-nobody", place, message, "add `to:`");
    }
    let to: Vec<String> = document.to.iter().chain(&document.copy).cloned().collect();
    recipients(checker, &to, place);
    let Some(paths) = template(checker, &document.template, place, Made::Stage(index, document)) else { return };
    let paths = with_tables(checker.workflow, paths);
    unfilled(checker, index, stage, document, &paths);
    let seen = seen_by(&document.to);
    let paths = addressed(checker.workflow, document, &stage.by, paths);
    invisible(checker, &stage.of, stage.of_case, &paths, seen, "field-invisible-to-recipient");
    super::tables::visible(checker, &paths, seen != Audience::Work);
}

/// Where a paper prints whom it goes to, it tells each who gets it who the others are: an outsider by his name, an office that
/// stands in a field by that. Who issues it gets it too, where it is numbered or sealed.
fn addressed(
    workflow: &Workflow,
    document: &DocumentDefinition,
    by: &[String],
    mut paths: TemplatePaths,
) -> TemplatePaths {
    let issuers = if document.number.is_some() || document.seal { by } else { &[] };
    let mut told = Vec::new();
    for (word, roles) in [("主送", &document.to), ("抄送", &document.copy)] {
        let Some((_, place)) = paths.iter().find(|(path, _)| path.first().is_some_and(|first| first == word)) else {
            continue;
        };
        for role in roles.iter().filter_map(|name| workflow.roles.get(name)) {
            let field = match &role.who {
                Who::Outside(fields) => fields.get("name"),
                Who::Field(field) => Some(field),
                Who::Offices(_) | Who::SuperiorOf(_) => None,
            };
            let knows = |name: &&String| **name == role.name || role.through.as_ref() == Some(*name);
            let mut others = document.to.iter().chain(&document.copy).chain(issuers).filter(|name| !knows(name));
            told.extend(field.filter(|_| others.next().is_some()).map(|field| (vec![field.clone()], place.clone())));
        }
    }
    paths.extend(told);
    paths
}

/// Every office a paper goes to can be reached.
fn recipients(checker: &mut Checker<'_>, to: &[String], place: &crate::diag::Place) {
    for name in to {
        let Some(role) = checker.workflow.roles.get(name).filter(|r| r.through.is_none() && r.folder) else { continue };
        if matches!(role.who, Who::Outside(_)) {
            continue;
        }
        for office in checker.offices_of(name).unwrap_or_default() {
            if office.folder.is_none() && office.mail.is_none() {
                let message =
                    format!("`{}` has neither folder nor mailbox, nor a window to be served through", office.id);
                let hint = "give it `mail:` in offices.yaml, or the role `through: ROLE`";
                checker.error("recipient-without-way", place, message, hint);
            }
        }
    }
}

/// What a template reads, and what the tables it prints show of the items of this case.
fn with_tables(workflow: &Workflow, mut paths: TemplatePaths) -> TemplatePaths {
    let mut shown = Vec::new();
    for (path, place) in &paths {
        let Some(table) = path.first().and_then(|name| workflow.tables.get(name)) else { continue };
        let TableFrom::Items(_) = table.from else { continue };
        let fields = table.shown().into_iter().map(|f| f.split('.').map(str::to_owned).collect());
        shown.extend(fields.map(|path: Vec<String>| (path, place.clone())));
        shown.extend(super::tables::names(workflow, table).map(|name| (vec![name.clone()], place.clone())));
    }
    shown.dedup();
    paths.extend(shown);
    paths
}

fn unfilled(
    checker: &mut Checker<'_>,
    index: usize,
    stage: &Stage,
    document: &DocumentDefinition,
    paths: &TemplatePaths,
) {
    // of papers made before it is told with what may be missing
    for (path, place) in paths.iter().filter(|(path, _)| path.first().is_none_or(|first| first != "文书")) {
        let names: Vec<&String> = path.iter().collect();
        let later =
            checker.workflow.stages.iter().enumerate().filter(|(i, _)| *i > index || (*i == index && document.at_open));
        let mut later = later.filter(|(i, s)| {
            let by_stage = names.contains(&&s.name) && (*i > index || path.len() > 1);
            let only = |n: &String| {
                !checker.workflow.stages[..index].iter().any(|e| e.gives(n)) && !item_field(checker.workflow, n)
            };
            by_stage
                || names
                    .last()
                    .is_some_and(|n| s.gives(n) && only(n) && (*i > index || document.at_open) && !stage.gives(n))
        });
        if let Some((_, filled)) = later.next() {
            let message =
                format!("`{}` is filled at `{}`, after `{}` is made", path.join("."), filled.name, document.template);
            checker.error("template-variable-unfilled-yet", place, message, "order the paper at a later stage");
        }
    }
}

fn item_field(workflow: &Workflow, name: &str) -> bool {
    workflow.items.values().any(|i| i.fields.contains_key(name)) || workflow.case.params.contains_key(name)
}

/// The keys of a `publicise` stage.
pub(super) fn notice(checker: &mut Checker<'_>, index: usize, stage: &Stage) {
    let place = &stage.place;
    audience(checker, &stage.to, place);
    let public = stage.to.iter().any(|t| t == "public");
    if stage.period.is_some() && stage.channels.is_empty() {
        let message = format!("`{}` runs for a time, but is posted nowhere", stage.name);
        checker.error("period-without-channel", place, message, "add `channels:`");
    }
    channels(checker, stage);
    if let Some(notice) = &stage.notice
        && let Some(paths) = template(checker, notice, place, Made::Notice(index))
    {
        let paths = with_tables(checker.workflow, paths);
        let seen = seen_by(&stage.to);
        invisible(checker, &stage.of, stage.of_case, &paths, seen, "private-field-in-notice");
        super::tables::visible(checker, &paths, seen != Audience::Work);
    }
    let pairs = checker.workflow.pairs(&stage.of);
    let types = pairs.iter().filter_map(|p| checker.workflow.items.get(&p.kind));
    let bare = types.clone().find(|i| i.public.is_empty()).map(|i| i.name.clone());
    if let Some(bare) = bare.filter(|_| public && stage.notice.is_some() && !stage.of_case) {
        let message = format!("`{bare}` has no public field, so the notice shows nothing of it");
        checker.error("notice-without-audience-fields", place, message, "add `public: [FIELD, …]` to the item type");
    }
    let earlier = || checker.workflow.stages[..index].iter();
    let document =
        pairs.iter().any(|p| checker.workflow.subject(&p.kind, p.category.as_deref()) == Some(Subject::Document));
    if public && document && !earlier().any(|s| s.kind == Kind::Review) {
        let message = format!("`{}` makes a document public that nobody reviewed for secrecy", stage.name);
        checker.warn("public-without-secrecy-review", place, message, "put a `review` stage before it");
    }
}

fn channels(checker: &mut Checker<'_>, stage: &Stage) {
    let Some(offices) = checker.around.offices else { return };
    for channel in &stage.channels {
        if !offices.channels.contains_key(channel) {
            let message = format!("there is no channel `{channel}`");
            checker.error("channel-unknown", &stage.place, message, "add it to `channels:` in offices.yaml");
        }
    }
    if stage.collects.is_empty() {
        return;
    }
    for role in &stage.by {
        for office in checker.offices_of(role).unwrap_or_default() {
            if office.phone.is_none() && office.address.is_none() && office.mail.is_none() {
                let message = format!("`{}` takes objections, but has no telephone, address or mailbox", office.id);
                checker.error("objection-without-contact", &stage.place, message, "add `phone:` in offices.yaml");
            }
        }
    }
}
