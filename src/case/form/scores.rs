//! The sheet on which assessors mark: a row for each assessor and item, a column for each criterion.

use super::{BLANK_ROWS, plain};
use crate::case::decide::ASSESSOR_OFFICE;
use crate::case::event::Fields;
use crate::case::lists::is_meant;
use crate::case::program::Program;
use crate::case::story::{fact_words, item_label};
use crate::case::{Answer, Case, Item, Task};
use crate::submission::{Entry, Form, Grid, Line, Type};
use crate::workflow::{CriterionDefinition, ScoreDefinition};
use serde_json::json;

/// The sheet's name.
pub const SCORES: &str = "评分";
/// The column that says who is marked.
pub const ASSESSED: &str = "被评对象";
/// The column that says who marks.
pub const ASSESSOR: &str = "考核人";
/// Places behind the point of a mark.
const MARK_PLACES: u8 = 2;

pub(super) fn grid(form: &mut Form, program: &Program, case: &Case, task: &Task, score: &ScoreDefinition) {
    let workflow = program.workflow();
    let items: Vec<&Item> = task.items.iter().filter_map(|id| case.item(*id)).collect();
    let labels: Vec<String> = items.iter().map(|i| item_label(workflow, i)).collect();
    let applies = |c: &CriterionDefinition| items.iter().any(|i| is_meant(workflow, &c.of, i));
    let mark = |(name, c): (&String, &CriterionDefinition)| {
        let of = if c.of.is_empty() { String::new() } else { format!("，只评{}", c.of.join("、")) };
        let hint = format!("权重{}%，0到{}分{of}", c.weight, score.scale);
        let limits = (Some("0".to_string()), Some(score.scale.to_string()));
        Entry { min: limits.0, max: limits.1, ..plain(name, name, Type::Decimal(MARK_PLACES), true, &hint) }
    };
    let mut columns = vec![
        plain(ASSESSED, ASSESSED, Type::One(labels.clone()), true, "从列表中选择"),
        plain(ASSESSOR, ASSESSOR, Type::Name, true, "以单位名义评分的不填"),
        plain(ASSESSOR_OFFICE, ASSESSOR_OFFICE, Type::Office, true, "不是本单位人员的填写其单位"),
    ];
    columns.extend(score.criteria.iter().filter(|(_, c)| applies(c)).map(mark));
    let line = |label: &String| {
        let values: Fields = [(ASSESSED.to_string(), json!(label))].into_iter().collect();
        std::iter::repeat_n(Line { item: None, values }, score.assessors_min)
    };
    let lines = labels.iter().flat_map(line).collect();
    form.notes.push(format!(
        "请在“{SCORES}”页逐行评分：一名考核人评一个对象填一行，行数不够的接着往下填。满分{}分，全部考核人合计不少于{}名。",
        score.scale, score.assessors_min
    ));
    form.grids.push(Grid { name: SCORES.to_string(), columns, lines, blank: BLANK_ROWS, called: None });
}

/// What was counted at a stage, for whoever has the item now.
pub(super) fn facts(program: &Program, stage: &str, answer: &Answer) -> String {
    let facts = program.workflow().stage(stage).map(crate::workflow::Stage::facts).unwrap_or_default();
    let said = facts.iter().filter_map(|f| Some(format!("{}{}", f.name, fact_words(answer.fields.get(&f.name)?))));
    let said: Vec<String> = said.collect();
    if said.is_empty() { String::new() } else { format!("（{}）", said.join("，")) }
}
