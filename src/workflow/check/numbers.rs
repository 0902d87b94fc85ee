//! A paper that prints a number has one (LANGUAGE §8 decide, §11).
//!
//! A template may ask whether there is a number before it prints it. One that does not could never be made; of an earlier
//! paper one that asks is warned of, for it may have asked for the paper and not for its number.

use super::{Checker, documents};
use crate::diag::Place;
use crate::submission::Type;
use crate::workflow::{DocumentDefinition, Field, Kind, Report, Stage};
use indexmap::IndexMap;

const KIND: &str = "number-without-series";
const UNFIT: &str = "number-unfit";
const ADD: &str = "add `number: SERIES`, or take 文号 out of the template";
/// What a template calls the number of a paper.
const NUMBER: &str = "文号";
/// What a template calls the papers made before.
const PAPERS: &str = "文书";

pub(super) fn check(checker: &mut Checker<'_>) {
    let workflow = checker.workflow;
    let papers: Vec<&DocumentDefinition> = workflow.stages.iter().flat_map(Stage::all_documents).collect();
    for paper in papers.iter().filter(|d| d.number.is_none()) {
        own(checker, &paper.template, &paper.place, ADD);
    }
    let notices = workflow.stages.iter().filter_map(|s| s.notice.as_ref().map(|n| (n, &s.place)));
    for (template, place) in notices {
        own(checker, template, place, "notices take none: take 文号 out of the template");
    }
    for paper in &papers {
        fits(checker, &paper.template, paper.number.as_ref(), &paper.place);
    }
    for report in workflow.reports.values() {
        fits(checker, &report.template, report.number.as_ref(), &report.place);
    }
    for report in workflow.reports.values().filter(|r| r.number.is_none()) {
        own(checker, &report.template, &report.place, ADD);
    }
    for template in documents::templates_of(workflow) {
        for (path, place) in (checker.around.templates)(&template).unwrap_or_default() {
            let [first, earlier, last] = path.as_slice() else { continue };
            let mut made = papers.iter().filter(|d| d.template == *earlier).peekable();
            let unnumbered = made.peek().is_some() && made.all(|d| d.number.is_none());
            if first == PAPERS && last == NUMBER && unnumbered {
                let message = format!("`{template}` prints the number of `{earlier}`, which takes none");
                let hint = format!("add `number: SERIES` where `{earlier}` is made");
                match (checker.around.asks)(&template, &path).optional {
                    true => checker.warn(KIND, &place, message, &hint),
                    false => checker.error(KIND, &place, message, &hint),
                }
            }
        }
    }
}

/// A paper without number whose template prints its own.
fn own(checker: &mut Checker<'_>, template: &str, place: &Place, hint: &str) {
    let Some(paths) = (checker.around.templates)(template) else { return };
    let prints = |path: &[String]| path.first().is_some_and(|first| first == NUMBER);
    if paths.iter().any(|(path, _)| prints(path) && !(checker.around.asks)(template, path).optional) {
        let message = format!("`{template}` prints a number, and none is taken for it");
        checker.error(KIND, place, message, hint);
    }
}

/// The number of a paper is written as its form wants it: 第n号 on a 命令, 〔年〕n号 on others (9704 7.2.5, 8.2); a 公告 may
/// have either.
fn fits(checker: &mut Checker<'_>, template: &str, series: Option<&String>, place: &Place) {
    const EITHER: [&str; 2] = ["公告", "通告"];
    let made = (checker.around.makes)(template);
    let order = made.layout == "命令" || made.layout.is_empty() && ["命令", "令"].contains(&made.kind.as_str());
    let Some(series) = series else {
        if order {
            let message = format!("`{template}` is a 命令, which has a number, and takes none");
            let hint = "add `number: SERIES`, a series that runs on (`running:` in offices.yaml)";
            checker.error(UNFIT, place, message, hint);
        }
        return;
    };
    let owner = checker.around.offices.and_then(|offices| Some((offices, offices.series_owner(series)?)));
    let Some((offices, owner)) = owner else { return };
    let (runs, owner) = (offices.runs_on(series).is_some(), owner.id.clone());
    if order && !runs {
        let message = format!("`{template}` is a 命令, whose number is 第n号, and those of `{series}` are 〔年〕n号");
        let hint = format!("in offices.yaml move it from `series:` of `{owner}` to `running: {{ {series}: 1 }}`");
        checker.error(UNFIT, place, message, &hint);
    } else if runs && ["文件", "信函"].contains(&made.layout.as_str()) && !EITHER.contains(&made.kind.as_str()) {
        let message = format!("the numbers of `{series}` are 第n号, and that of `{template}` is written 〔年〕n号");
        checker.error(UNFIT, place, message, "take it from a series of `series:`; 命令 and 公告 alone have 第n号");
    }
}

/// A number needs a date, of whose year it is, and a series with an owner.
pub(super) fn numbered(checker: &mut Checker<'_>, stage: &Stage, document: &DocumentDefinition) {
    let dates = |form: &IndexMap<String, Field>| form.values().filter(|f| f.kind == Type::Date).count();
    let place = &document.place;
    if let Some(name) = &document.date {
        let own = stage.form.case.get(name).or_else(|| stage.form.item.get(name));
        let earlier =
            checker.workflow.stages.iter().find_map(|s| s.form.case.get(name).or_else(|| s.form.item.get(name)));
        let field = own.or(earlier).or_else(|| checker.workflow.case.params.get(name));
        let field = field.or_else(|| checker.workflow.items.values().find_map(|i| i.fields.get(name)));
        if field.is_none_or(|f| f.kind != Type::Date) {
            let message = format!("`{name}` is no field of type date, so `{}` has no 成文日期", document.template);
            checker.error("numbered-without-date", place, message, "name a date field of the stage's form");
        }
    } else if document.number.is_some()
        && stage.kind == Kind::Decide
        && dates(&stage.form.case) + dates(&stage.form.item) > 1
    {
        let message = format!(
            "the form of `{}` has several dates, which is the 成文日期 of `{}`?",
            stage.name, document.template
        );
        checker.error("numbered-without-date", place, message, "add `date: FIELD`");
    }
    owned(checker, document.number.as_ref(), place);
}

/// A scheduled report is made over no items and asks no form: its 成文日期 is a param, else the day it is made.
pub(super) fn of_report(checker: &mut Checker<'_>, report: &Report) {
    let dated = |name: &String| checker.workflow.case.params.get(name).is_some_and(|p| p.kind == Type::Date);
    if let Some(name) = report.date.as_ref().filter(|name| !dated(name)) {
        let message = format!("`{name}` is no param of type date, so `{}` has no 成文日期", report.template);
        checker.error("numbered-without-date", &report.place, message, "name a date param, or leave `date` out");
    }
    owned(checker, report.number.as_ref(), &report.place);
}

/// The series a paper takes its number from has an owner.
pub(super) fn owned(checker: &mut Checker<'_>, series: Option<&String>, place: &Place) {
    let (Some(series), Some(offices)) = (series, checker.around.offices) else { return };
    if offices.series_owner(series).is_none() {
        let message = format!("no office owns the series `{series}`");
        checker.error("series-unowned", place, message, "add it to `series:` of an office in offices.yaml");
    }
}
