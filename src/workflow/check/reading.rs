//! What a template may read at each place of a paper's data, and what is entered that nothing reads.

use super::{Checker, head};
use crate::diag::Place;
use crate::submission::Type;
use crate::workflow::{Field, Kind, Sign, Stage, Workflow};
use std::collections::BTreeSet;

/// What always has the same parts.
const PARTS: [(&str, &[&str]); 11] = [
    ("案卷", &["标题", "编号"]),
    ("发文机关", &["id", "title"]),
    ("opener", &["id", "title"]),
    ("owner", &["id", "title"]),
    ("本次", &["轮次", "重新"]),
    ("公示", &["开始日期", "截止日期", "期限", "计算说明", "日历", "暂定"]),
    ("受理", &["单位", "电话", "邮箱", "地址"]),
    ("替代", &["文号", "标题", "原因"]),
    ("更正", &["原因"]),
    ("延期", &["原因"]),
    ("期间", &["名称", "代号"]),
];
const OF_PAPER: [&str; 3] = ["文号", "标题", "成文日期"];
const OF_TABLE: [&str; 7] = ["columns", "rows", "totals", "total", "missing", "as_of", "heads"];
const OF_CATEGORY: [&str; 3] = ["category", "subject", "items"];
/// What every item has besides its fields and what was said of it.
const OF_ITEM: [&str; 13] = [
    "id",
    "category",
    "subject",
    "owner",
    "outcome",
    "reason",
    "outcome_basis",
    "waivers",
    "merged",
    "merged_into",
    "period",
    "due",
    "about",
];
/// Names that are listed where none is near.
const NAMED_MAX: usize = 15;

/// A part of a path that nothing fills.
pub(super) struct Unfilled {
    /// the path as far as it goes
    pub(super) what: String,
    /// the names there are at that place
    pub(super) there: Vec<String>,
}

/// The first part of a path that does not belong to what stands before it, where that is known part by part.
pub(super) fn part(workflow: &Workflow, path: &[String]) -> Option<Unfilled> {
    let of_item = of_item(workflow);
    let of_item: Vec<&str> = of_item.iter().map(String::as_str).collect();
    let unfilled = |at: usize, there: &[&str]| {
        let name = path.get(at).filter(|name| *name != "*" && !there.contains(&name.as_str()))?;
        let what = path.get(..=at)?.join(".").replace(".*", "");
        (!name.is_empty()).then(|| Unfilled { what, there: there.iter().map(|it| (*it).to_owned()).collect() })
    };
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["items", "*", "owner", ..] => unfilled(3, &["id", "title"]),
        ["items", "*", _, ..] => unfilled(2, &of_item),
        ["by_category", "*", "items", "*", "owner", ..] => unfilled(5, &["id", "title"]),
        ["by_category", "*", "items", "*", _, ..] => unfilled(4, &of_item),
        ["by_category", "*", _, ..] => unfilled(2, &OF_CATEGORY),
        ["文书", _, ..] => {
            let papers = super::templates_of(workflow);
            let papers: Vec<&str> = papers.iter().map(String::as_str).collect();
            unfilled(1, &papers).or_else(|| unfilled(2, &OF_PAPER))
        }
        [table, _, ..] if workflow.tables.contains_key(*table) => unfilled(1, &OF_TABLE),
        [first, _, ..] if !entered(workflow, first) => {
            let (_, parts) = PARTS.iter().find(|(name, _)| name == first)?;
            unfilled(1, parts)
        }
        _ => None,
    }
    .or_else(|| of_value(workflow, path))
}

/// A part read of what somebody enters, of a type that has no parts: a date, a period, an office is one value; only a table has columns.
fn of_value(workflow: &Workflow, path: &[String]) -> Option<Unfilled> {
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    let at = match parts.as_slice() {
        ["items", "*", ..] => 2,
        ["by_category", "*", "items", "*", ..] => 4,
        _ => 0,
    };
    let first = path.get(at)?;
    let (at, fields): (usize, Vec<&Field>) = match workflow.stage(first) {
        Some(stage) => {
            let name = path.get(at + 1)?;
            (at + 1, stage.form.item.get(name).into_iter().chain(stage.form.case.get(name)).collect())
        }
        None => {
            let params = workflow.case.params.get(first).filter(|_| at == 0);
            (at, params.into_iter().chain(workflow.items.values().filter_map(|it| it.fields.get(first))).collect())
        }
    };
    // what else is called so may have parts
    let other = at == 0
        && (PARTS.iter().any(|(name, _)| name == first)
            || workflow.tables.contains_key(first)
            || workflow.roles.contains_key(first));
    let part = path.get(at + 1).filter(|part| *part != "*" && part.parse::<usize>().is_err())?;
    let whole = fields.is_empty() || fields.iter().any(|field| matches!(field.kind, Type::Table(..)));
    (!whole && !other && !part.is_empty())
        .then(|| Unfilled { what: path.get(..at + 2).unwrap_or(path).join(".").replace(".*", ""), there: Vec::new() })
}

/// Whether somebody enters what is called so, or a stage is: then its parts are not the language's.
fn entered(workflow: &Workflow, name: &str) -> bool {
    workflow.case.params.contains_key(name)
        || workflow.stage(name).is_some()
        || workflow.items.values().any(|it| it.fields.contains_key(name))
        || workflow.stages.iter().any(|it| it.gives(name))
}

/// Every name an item of a paper may have: what is entered and given by stages first.
fn of_item(workflow: &Workflow) -> Vec<String> {
    let fields = workflow.items.values().flat_map(|it| it.fields.keys());
    let stages = workflow.stages.iter();
    let given = stages.clone().flat_map(|it| it.form.item.keys().chain(it.lists.keys()));
    let facts = stages.clone().flat_map(Stage::facts).map(|fact| fact.name);
    let named = fields.chain(given).chain(stages.map(|it| &it.name)).cloned().chain(facts);
    named.chain(OF_ITEM.map(str::to_owned)).collect()
}

/// What would fit in place of a name: the nearest, else those there are.
pub(super) fn fitting(name: &str, there: &[String]) -> String {
    if let Some(close) = crate::workflow::parse::nearest(name, there) {
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
