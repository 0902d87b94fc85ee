//! Arriving (LANGUAGE §1, §6 `when`): whether a stage is on an item's route is judged when the item comes there.
//!
//! What a condition turns on may not have been said by then: a stage about the case itself that is listed before is not done,
//! or something holds the item, a question or a child case. Meanwhile the item stands at the stage unjudged, and nobody is
//! asked of it. When that is over it stays, or goes on, as if it had come only then.

use crate::case::Item;
use crate::case::decide::Deciding;
use crate::case::eval::{Sight, Target};
use crate::case::event::Body;
use crate::case::lists::is_meant;
use crate::workflow::{Kind, Stage};
use std::sync::Arc;

/// Where an item goes on to.
pub(in crate::case::decide) struct Leg {
    /// the stage
    pub(in crate::case::decide) to: String,
    /// its condition cannot be judged yet
    pub(in crate::case::decide) unjudged: bool,
}

impl Leg {
    /// To a stage whose condition does not matter.
    pub(in crate::case::decide) fn to(stage: &str) -> Leg {
        Leg { to: stage.to_string(), unjudged: false }
    }
}

impl Deciding<'_> {
    /// The next stage of an item's route after a place in the list, once its outcome has given it this code. Stages that
    /// only take items in are not passed again.
    pub(super) fn next_stage(&mut self, id: u32, after: usize, code: Option<&str>) -> Option<Leg> {
        let workflow = self.program.workflow();
        let item = self.case.items.get(&id)?.clone();
        let comes = |s: &&Stage| !s.of_case && s.kind != Kind::Recommend && is_meant(workflow, &s.of, &item);
        workflow.stages.iter().skip(after).filter(comes).find_map(|stage| self.leg(stage, id, code))
    }

    /// The way of an item to a stage, when it is on its route or may be.
    pub(in crate::case::decide) fn leg(&mut self, stage: &Stage, id: u32, code: Option<&str>) -> Option<Leg> {
        let unjudged = stage.when.is_some() && self.case.item(id).is_some_and(|item| self.is_open(stage, item));
        let comes = unjudged || self.passes(stage, id, code);
        comes.then(|| Leg { to: stage.name.clone(), unjudged })
    }

    /// Whether something is still to be said on which the condition of a stage may turn.
    fn is_open(&self, stage: &Stage, item: &Item) -> bool {
        if stage.is_sent_to_alone() {
            return false;
        }
        !item.holds.is_empty() || self.case.barrier_before(self.program.workflow(), &stage.name).is_some()
    }

    /// An item that came to be at a stage stays there, or goes to where its route begins.
    pub(in crate::case::decide) fn set_out(&mut self, id: u32, stage: &Stage, index: usize) {
        let leg = self.leg(stage, id, None);
        if leg.is_none_or(|leg| leg.unjudged) {
            self.onward(id, index, "", None, None);
        }
    }

    /// Judges those who stand at a stage unjudged, now that it is the stage's turn. Gives those of these that are still there.
    pub(in crate::case::decide) fn judge_arrivals(&mut self, index: usize, stage: &Stage, here: Vec<u32>) -> Vec<u32> {
        for id in &here {
            if self.case.item(*id).is_some_and(|item| item.is_unjudged() && !self.is_open(stage, item)) {
                self.attempt(stage, None, &[*id], |this| this.judge_arrival(index, stage, *id));
            }
        }
        let stays = |id: &u32| self.case.item(*id).and_then(Item::stage) == Some(stage.name.as_str());
        here.into_iter().filter(stays).collect()
    }

    fn judge_arrival(&mut self, index: usize, stage: &Stage, id: u32) {
        let Some(item) = self.case.item(id).cloned() else { return };
        if self.passes(stage, id, None) {
            self.emit(Body::ItemMoved {
                item: id,
                from: stage.name.clone(),
                to: stage.name.clone(),
                round: item.round(),
                outcome: String::new(),
                reason: None,
                code: None,
                straight: item.resume.is_some(),
                resume: item.resume,
                back: false,
                unjudged: false,
            });
            return;
        }
        match item.resume {
            Some(to) => self.resume_at(id, &to, "", None, None),
            None => self.onward(id, index + 1, "", None, None),
        }
    }

    /// Whether the condition of a stage holds for an item that arrives there with a code.
    fn passes(&mut self, stage: &Stage, id: u32, code: Option<&str>) -> bool {
        let Some(when) = &stage.when else { return true };
        match self.sight_with_code(id, code).holds(&when.source, &Target::Item(id)) {
            Ok(holds) => holds,
            Err(why) => {
                self.refuse("", format!("环节“{}”的条件无法判断：{why}", stage.title));
                false
            }
        }
    }

    fn sight_with_code(&mut self, id: u32, code: Option<&str>) -> Arc<Sight> {
        let Some(code) = code else { return self.sight() };
        let mut case = self.case.clone();
        if let Some(item) = case.items.get_mut(&id).map(Arc::make_mut) {
            item.code = Some((code.to_string(), self.now));
        }
        self.sight_in(&case)
    }
}

#[cfg(test)]
mod tests {
    use crate::case::command::{Asked, Command, HandIn};
    use crate::case::decide::decide;
    use crate::case::decide::tests::{Opened, opened};
    use crate::case::event::{Fields, Row};
    use crate::case::story;
    use serde_json::json;

    const DEFINITION: &str = "workflow: 试
roles: { 甲: 甲办 }
case: { title: 试, opened: { by: 甲 } }
items:
  事: { identity: [名称], fields: { 名称: text } }
stages:
  - { recommend: 提出, by: 甲 }
  - { assess: 动员, of: case, by: 甲, form: { case: { 须核查: yes-no } } }
  - { assess: 核查, by: 甲, when: 动员.须核查, form: { 情况: text } }
  - { file: 归档, by: 甲 }
";

    fn answer(run: &mut Opened, rows: Vec<Row>, fields: Fields) {
        let task = run.case.open_tasks().next().unwrap();
        let rows = rows.into_iter().map(|row| (row, String::new())).collect();
        let (task, revision) = (task.id, task.revision);
        let command = Command::HandIn(HandIn { task, revision, rows, fields, complete: true, ..HandIn::default() });
        let asked = Asked { by: "甲办".into(), on_behalf: None, cause: "submission 1".into(), command };
        run.case = decide(&run.program, &run.case, &asked, &run.ledgers, run.now).unwrap().case;
    }

    fn fields(name: &str, value: serde_json::Value) -> Fields {
        [(name.to_string(), value)].into_iter().collect()
    }

    #[test]
    fn a_condition_is_judged_when_the_stage_about_the_case_is_done() {
        for (checked, stage) in [(true, "核查"), (false, "归档")] {
            let mut run = opened(DEFINITION, None, "offices:\n  甲办: { title: 甲办公室 }\n");
            let row = Row { fields: fields("名称", json!("一")), ..Row::default() };
            answer(&mut run, vec![row], Fields::new());
            let item = run.case.item(1).unwrap();
            let told = story::standing(&run.program, &run.case, item);
            assert_eq!(told, "核查（是否经过待定，等候“动员”办结）");
            answer(&mut run, Vec::new(), fields("须核查", json!(checked)));
            let item = run.case.item(1).unwrap();
            assert_eq!((item.stage(), item.is_unjudged()), (Some(stage), false));
            assert!(!item.left.contains_key("核查"), "nobody has passed it");
            assert_eq!(story::standing(&run.program, &run.case, item), stage);
        }
    }
}
