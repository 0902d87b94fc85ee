//! What questions are about, in the words of their workbooks.

use super::item_name;
use crate::case::effect::Effect;
use crate::case::event::QuestionAbout;
use crate::case::program::Program;
use crate::case::{Case, Document};
use crate::workflow::Workflow;

/// A paper that could not be made, and why; named by its item where there are others of its kind.
pub fn unmade(workflow: &Workflow, case: &Case, paper: &Document) -> String {
    let alike = |batch| case.papers(batch).filter(|d| d.template == paper.template).count();
    let about = match paper.items.as_slice() {
        [one] if paper.batch.is_some_and(|batch| alike(batch) > 1) => case.item(*one),
        [] | [..] => None,
    };
    let about = about.map(|item| format!("（{}）", item_name(workflow, item))).unwrap_or_default();
    let why = paper.unmade.as_deref().unwrap_or_default().trim_end_matches('。');
    format!("《{}》{about}未能生成（{why}）", paper.title)
}

/// What a question is about, in brackets: an office may have several before it.
pub(super) fn matter(program: &Program, case: &Case, question: u32) -> String {
    let workflow = program.workflow();
    let name = |id: &u32| case.items.get(id).map(|i| item_name(workflow, i)).unwrap_or_default();
    let stage = |of: &String| workflow.stage(of).map_or_else(|| of.clone(), |s| s.title.clone());
    let about = match case.questions.get(&question).map(|q| &q.about) {
        Some(QuestionAbout::LateSide { kind, about: None, .. }) => format!("关于本案的{kind}"),
        Some(QuestionAbout::LateSide { kind, about: Some(about), .. }) => format!("{}的{kind}", name(about)),
        Some(QuestionAbout::Return { item }) => format!("{}申请退回", name(item)),
        Some(QuestionAbout::Rule { rule, item }) => format!("{}：{rule}", name(item)),
        Some(QuestionAbout::Outage { .. }) => "停机与公示期".to_string(),
        Some(QuestionAbout::Blocked { stage: of, .. }) => format!("{}受阻", stage(of)),
        Some(QuestionAbout::Report { report, .. }) => format!("{report}受阻"),
        Some(QuestionAbout::Extend { .. }) => "申请延期".to_string(),
        Some(QuestionAbout::Overdue { clock, item: None }) => format!("{clock}逾期"),
        Some(QuestionAbout::Overdue { clock, item: Some(item) }) => format!("{}的{clock}逾期", name(item)),
        Some(QuestionAbout::Differ { item, field, .. }) => format!("{}：{field}意见不一", name(item)),
        Some(QuestionAbout::Tie { list, group, .. }) => {
            group.as_ref().map_or_else(|| format!("{list}并列"), |group| format!("{list}（{group}）并列"))
        }
        Some(QuestionAbout::Conflict { item, lists: [one, other] }) => format!("{}：{one}与{other}", name(item)),
        Some(QuestionAbout::Late { stage: of, .. }) => format!("{}是否等候", stage(of)),
        Some(QuestionAbout::Above { stage: of, .. }) => format!("{}超出名额", stage(of)),
        Some(QuestionAbout::Short { stage: of, .. }) => format!("{}报送不足", stage(of)),
        Some(QuestionAbout::LeftOut { stage: of }) => format!("{}未全", stage(of)),
        Some(QuestionAbout::Twin { item, .. }) => format!("{}是否重复", name(item)),
        Some(QuestionAbout::Action { item }) => name(item),
        Some(QuestionAbout::Opening { opening }) => {
            let opening = case.openings.get(opening);
            let what = if opening.is_some_and(|o| o.fields.is_some()) { "未能转入" } else { "未能开办" };
            format!(
                "{}{what}{}",
                name(&opening.map(|o| o.item).unwrap_or_default()),
                opening.map(|o| o.workflow.as_str()).unwrap_or_default()
            )
        }
        Some(QuestionAbout::Effect { owed: Effect::Render { .. }, .. }) => "文书未能生成".to_string(),
        Some(QuestionAbout::Effect { .. }) => "文件未送达".to_string(),
        None => return String::new(),
    };
    format!("（{about}）")
}
