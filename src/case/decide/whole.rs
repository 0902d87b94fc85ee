//! Side items about the case as a whole (`about: case`): let in by the stage that collects them, or handed in at one of their
//! own. They hold no item; while one lives, the case does not get past it: no stage behind the one it stands at takes items
//! together or asks about the case, and nothing is decided there.

use super::Deciding;
use crate::case::Item;
use crate::case::event::{Fields, QuestionAbout};
use crate::workflow::{ItemType, Kind, Stage};

impl<'a> Deciding<'a> {
    /// Lets in what is raised about the case, or says why not.
    pub(super) fn raise_of_case(&mut self, kind: &str, fields: &Fields, submission: &str) {
        let Some(stage) = self.collector_of_case(kind) else {
            return self.refuse("", format!("本流程不接收“{kind}”。"));
        };
        if !self.takes_in(stage) {
            self.refuse("", format!("“{kind}”由{}受理，请转交该单位。", self.by_titles(stage, None)));
        } else if self.lets_in(stage) {
            self.let_in(kind, None, fields, submission);
        } else if !self.case.batches.values().any(|b| b.stage == stage.name) {
            self.refuse("", format!("案卷尚未进入“{}”环节，暂不受理{kind}。", stage.title));
        } else if let Some(say) = self.too_late(kind, stage) {
            self.refuse("", say);
        } else {
            let text = format!("关于本案的{kind}在“{}”办结之后收到，是否受理？", stage.title);
            let owner = self.by.clone();
            self.notes.push(format!("{kind}已超过受理期限，已请{}决定是否受理。", self.by_titles(stage, None)));
            let late = QuestionAbout::LateSide {
                kind: kind.to_string(),
                about: None,
                owner: owner.clone(),
                fields: fields.clone(),
            };
            self.ask(&owner, text, vec!["受理".to_string(), "不予受理".to_string()], late);
        }
    }

    /// Why nothing is taken in about a case any more: it was decided after the stage that collected, or is being filed.
    pub(super) fn too_late(&self, kind: &str, collector: &Stage) -> Option<String> {
        let workflow = self.program.workflow();
        let at = workflow.stage_index(&collector.name).unwrap_or_default();
        if self.case.all_items().any(|item| item.about.is_none() && self.decided_at(item.id, at)) {
            return Some(format!("本案已作出决定，不再受理{kind}；确需更正的，请按撤销程序办理。"));
        }
        let files = |stage: &str| workflow.stage(stage).is_some_and(|s| s.kind == Kind::File);
        let filed = self.case.batches.values().any(|b| files(&b.stage));
        filed.then(|| format!("本案正在归档，不再受理{kind}。"))
    }

    /// The stage that lets in a type about the case: one that does now, else the last that did.
    pub(super) fn collector_of_case(&self, kind: &str) -> Option<&'a Stage> {
        let stages = &self.program.workflow().stages;
        let collects = || stages.iter().filter(|s| s.collects.iter().any(|side| side == kind));
        let had = |s: &&Stage| self.case.batches.values().any(|b| b.stage == s.name);
        collects().find(|s| self.lets_in(s)).or_else(|| collects().rfind(had)).or_else(|| collects().next())
    }

    /// Whether a stage has a batch that lets side items in: of a notice one that is up.
    fn lets_in(&self, stage: &Stage) -> bool {
        let takes = |b: &crate::case::Batch| stage.kind != Kind::Publicise || !b.up.is_empty();
        self.case.open_batches(&stage.name).any(takes)
    }

    /// Whether whoever hands something in is asked by a stage, about the case or about one of its items.
    fn takes_in(&self, stage: &Stage) -> bool {
        let batches = self.case.batches.values().filter(|b| b.stage == stage.name);
        let items = batches.flat_map(|b| b.items.iter().copied().map(Some));
        std::iter::once(None).chain(items).any(|item| self.actors(&stage.by, item).contains(&self.by))
    }

    /// Whether what is raised about the case keeps shut a stage that does not take it itself: one lives before it, or may
    /// still come in there.
    pub(super) fn case_is_raised(&self, index: usize, stage: &Stage) -> bool {
        let workflow = self.program.workflow();
        let before = || workflow.stages.iter().take(index);
        let may_come = |of: &ItemType| {
            let handed_in = |s: &Stage| s.kind == Kind::Recommend && s.of.contains(&of.name);
            let collected = |s: &Stage| s.collects.contains(&of.name) && workflow.side_intake(&of.name).is_none();
            before().any(|s| {
                handed_in(s) && !self.intake_closed_for_good(s)
                    || collected(s) && self.case.index.open.contains_key(&s.name)
            })
        };
        of_case(workflow, stage).any(may_come) || self.raised_before(index, stage).is_some()
    }

    /// One that is raised about the case and lives before a stage that does not take it itself.
    pub(super) fn raised_before(&self, index: usize, stage: &Stage) -> Option<&Item> {
        let workflow = self.program.workflow();
        let types: Vec<&str> = of_case(workflow, stage).map(|of| of.name.as_str()).collect();
        if types.is_empty() {
            return None;
        }
        let before = workflow.stages.iter().take(index);
        before.flat_map(|s| self.case.standing(&s.name)).find(|item| types.contains(&item.of.as_str()))
    }
}

/// The types about the case that do not come to a stage.
fn of_case<'w>(workflow: &'w crate::workflow::Workflow, stage: &Stage) -> impl Iterator<Item = &'w ItemType> {
    let takes = |of: &ItemType| !stage.of_case && stage.of.contains(&of.name);
    let types: Vec<&ItemType> = workflow.items.values().filter(|of| of.is_about_case() && !takes(of)).collect();
    types.into_iter()
}
