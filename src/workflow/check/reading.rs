//! What is entered that nothing reads, and what would fit where nothing is.

use super::Checker;
use crate::diag::Place;
use crate::workflow::rule;
use crate::workflow::{Action, Field, Kind, Sign, Stage, Workflow};

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
    let read = Read::of(checker);
    let types = workflow.items.values();
    let listed = || types.clone().flat_map(|it| it.public.iter().chain(&it.inside).chain(&it.identity));
    let is_listed = |name: &str| listed().any(|it| it == name);
    let mut found = Vec::new();
    for stage in workflow.stages.iter().filter(|stage| stage.kind != Kind::File) {
        let fields = stage.form.item.values().chain(stage.form.case.values());
        let facts = workflow.facts_at(stage);
        let of_language = |field: &Field| of_language(stage, field) || facts.iter().any(|fact| fact.name == field.name);
        let fields = fields.filter(|field| !read.reads(Some(stage), &field.name) && !of_language(field));
        let fields = fields.filter(|field| !is_listed(&format!("{}.{}", stage.name, field.name)));
        found.extend(fields.map(|field| (field.place.clone(), format!("{}.{}", stage.name, field.name))));
    }
    for item in types.clone() {
        let sealed = item.fields.values().filter(|field| item.sealed.contains(&field.name));
        let sealed = sealed.filter(|field| !read.reads(None, &field.name) && !is_listed(&field.name));
        found.extend(sealed.map(|field| (field.place.clone(), format!("{}.{}", item.name, field.name))));
    }
    found
}

/// What the language itself reads of a stage's form, besides the days of facts.
fn of_language(stage: &Stage, field: &Field) -> bool {
    let counted = match &stage.sign {
        Sign::Vote(vote) => vote.recorded && ["应到", "实到", "同意", "不同意", "弃权"].contains(&field.name.as_str()),
        Sign::One | Sign::All | Sign::Any | Sign::InOrder => false,
    };
    counted || field.name == "签发人"
}

/// What templates, expressions and texts read, by path, each with the stages it stands at.
struct Read<'a> {
    workflow: &'a Workflow,
    paths: Vec<(Vec<&'a str>, Vec<String>)>,
}

impl<'a> Read<'a> {
    fn of(checker: &Checker<'a>) -> Read<'a> {
        let workflow = checker.workflow;
        let mut paths: Vec<(Vec<&str>, Vec<String>)> = Vec::new();
        let mut text = |at: &Vec<&'a str>, source: &str| {
            let mentions = rule::text_names(source).unwrap_or_default();
            paths.extend(mentions.into_iter().map(|it| (at.clone(), it.path)));
        };
        text(&Vec::new(), &workflow.case.title.source);
        for rule in &workflow.rules {
            let at = rule.at.iter().map(String::as_str).collect();
            rule.say.iter().for_each(|say| text(&at, &say.source));
        }
        for stage in &workflow.stages {
            stage.all_actions().filter_map(Action::says).for_each(|say| text(&vec![&stage.name], &say.source));
        }
        for (at, source) in workflow.located() {
            paths.extend(rule::mentioned(source).into_iter().map(|path| (at.clone(), path)));
        }
        paths.extend(workflow.named_fields().into_iter().map(|(at, name)| (at, vec![name.to_owned()])));
        for template in super::templates_of(workflow) {
            let read = (checker.around.templates)(&template).unwrap_or_default();
            let more = |path: &[String]| {
                read.iter()
                    .any(|(other, _)| other.starts_with(path) && other.get(path.len()).is_some_and(|part| part != "*"))
            };
            for (path, _) in &read {
                // a stage read whole is read in all its parts; asking for it reads none
                let whole = path.last().and_then(|name| workflow.stage(name)).filter(|_| !more(path));
                let asks = (checker.around.asks)(&template, path).optional;
                if let Some(stage) = whole.filter(|_| !asks) {
                    let parts = stage.form.item.keys().chain(stage.form.case.keys());
                    paths.extend(parts.map(|part| (Vec::new(), vec![stage.name.clone(), part.clone()])));
                }
                // what stands alone in a template is no field of a stage
                let alone = path.len() == 1 && !workflow.case.params.contains_key(&path[0]);
                let path = if alone { vec!["*".to_owned(), path[0].clone()] } else { path.clone() };
                paths.push((Vec::new(), path));
            }
        }
        Read { workflow, paths }
    }

    /// Whether something reads a field of a stage, or of an item where no stage is named.
    fn reads(&self, of: Option<&Stage>, name: &str) -> bool {
        self.paths.iter().any(|(at, path)| {
            let under = path.iter().position(|part| self.workflow.stage(part).is_some_and(|stage| stage.gives(name)));
            match (under, of) {
                // under the name of a stage it is of that stage
                (Some(under), Some(stage)) if path.iter().skip(under + 1).any(|part| part == name) => {
                    path[under] == stage.name
                }
                (Some(under), None) if path.iter().skip(under + 1).any(|part| part == name) => false,
                (_, None) => path.iter().any(|part| part == name),
                (_, Some(stage)) => {
                    let holders: Vec<&&str> =
                        at.iter().filter(|at| self.workflow.stage(at).is_some_and(|it| it.gives(name))).collect();
                    let alone = path.first().is_some_and(|part| part == name);
                    alone && (holders.is_empty() || holders.iter().any(|at| **at == stage.name))
                }
            }
        })
    }
}
