//! What stands on a notice changes only by going through it again (LANGUAGE §7, §8): the straight way back leads by it, and
//! what changes otherwise is noticed anew, or, once it has been decided on, is a question to the opener.

#[cfg(test)]
mod tests;

use super::Deciding;
use super::movement::Leg;
use crate::case::event::{Body, ClockOf, Hold, QuestionAbout};
use crate::case::lists::is_meant;
use crate::case::notice::{Otherwise, differing, named_at, otherwise};
use crate::case::story::item_name;
use crate::case::{Item, Life};
use crate::workflow::{Kind, Stage};
use std::collections::BTreeSet;

/// The outcome of a move that brings an item before its notice again, and its reason.
const NOTICED_ANEW: &str = "公示内容变更，重新公示";

impl<'a> Deciding<'a> {
    /// The first notice from a place in the list on and before a stage that shows of an item what is not so any more. One
    /// that has not named it yet is passed where its condition has come true, or something public has `changed`.
    pub(super) fn notice_on_the_way(&mut self, item: &Item, from: usize, until: &str, changed: bool) -> Option<Leg> {
        let workflow = self.program.workflow();
        let item = self.case.item(item.id)?.clone();
        let until = workflow.stage_index(until)?;
        let notices = workflow.stages.iter().take(until).skip(from).filter(|s| s.kind == Kind::Publicise && !s.of_case);
        // what a notice says in words alone may be any public field
        let wanted = |stage: &&Stage| match named_at(&self.case, stage, &item)
            && self.notices.names_fields(self.program, stage)
        {
            true => !differing(self.program, &self.case, &self.ledgers, &self.notices, stage, &item).is_empty(),
            false => {
                let named = named_at(&self.case, stage, &item);
                changed || (!named && stage.notice.is_some() && stage.when.is_some())
            }
        };
        let wanted: Vec<&Stage> = notices.filter(|s| is_meant(workflow, &s.of, &item)).filter(wanted).collect();
        wanted.into_iter().find_map(|s| self.leg(s, item.id, None))
    }

    /// The notice that shows an item otherwise than it is.
    pub(super) fn noticed_otherwise(&self, id: u32) -> Option<Otherwise<'a>> {
        otherwise(self.program, &self.case, &self.ledgers, &self.notices, self.case.item(id)?, self.now)
    }

    /// What changed after its notice went up goes before it again.
    pub(super) fn notice_what_changed(&mut self) {
        for id in self.touched.changed() {
            let Some(other) = self.noticed_otherwise(id) else { continue };
            let Some((item, paper)) = self.case.item(id).zip(self.case.documents.get(&other.paper)) else { continue };
            let draft = matches!(paper.life, Life::Ordered | Life::Rendered) && paper.replaces.is_none();
            let here = item.stage() == Some(&other.stage.name);
            let at = self.program.workflow().stage_index(&other.stage.name).unwrap_or_default();
            match paper.batch.filter(|_| draft && here) {
                Some(batch) => self.order_notice_anew(other.stage, batch),
                None if self.decided_at(id, at) => self.ask_about_untrue(id, &other),
                None => self.back_to_notice(id, other.stage),
            }
        }
    }

    /// From its notice it goes straight on to where it stood.
    fn back_to_notice(&mut self, id: u32, stage: &Stage) {
        let Some(item) = self.case.item(id).cloned() else { return };
        let from = item.stage().unwrap_or_default().to_string();
        let here = from == stage.name;
        let judged = Some(from.clone()).filter(|_| !item.is_unjudged());
        let resume = if here { item.resume.clone() } else { judged };
        self.drop_from_tasks(id);
        self.set_hold(id, Hold::Stay, false);
        self.end_clocks(&ClockOf::Return(id));
        self.emit(Body::ItemMoved {
            item: id,
            from,
            to: stage.name.clone(),
            round: item.round(),
            outcome: NOTICED_ANEW.to_string(),
            reason: Some(NOTICED_ANEW.to_string()),
            code: None,
            straight: resume.is_some(),
            resume,
            back: false,
            unjudged: here && item.is_unjudged(),
        });
    }

    fn ask_about_untrue(&mut self, id: u32, other: &Otherwise<'_>) {
        let Some(item) = self.case.item(id) else { return };
        let name = item_name(self.program.workflow(), item);
        let fields: Vec<String> = other.fields.iter().map(|shown| format!("“{}”", shown.field)).collect();
        let text = format!(
            "{name}的{}与“{}”所公示的不一致，而决定已经作出。请核对；确需更改的，请按撤销程序办理，重新公示。",
            fields.join("、"),
            other.stage.title
        );
        let question = self.ask_opener(text, &[super::trouble::MENDED], QuestionAbout::Action { item: id });
        self.set_hold(id, Hold::Question(question), true);
    }

    /// Items that are noticed once more are named no longer by the notice before.
    pub(super) fn supersede(&mut self, stage: &Stage, batch: u32, items: &[u32]) {
        // a release is followed by others, and stands beside them
        if !self.program.workflow().binds(stage) {
            return;
        }
        let paper = |id: &u32| self.case.documents.get(self.case.item(*id)?.noticed.get(&stage.name)?);
        let before: BTreeSet<u32> = items.iter().filter_map(paper).filter_map(|paper| paper.batch).collect();
        let up = |old: &u32| *old != batch && self.case.batches.get(old).is_some_and(|b| b.down.is_empty());
        let before: Vec<u32> = before.into_iter().filter(up).collect();
        before.into_iter().for_each(|old| self.show_the_rest(stage, old));
    }

    /// Refuses to change a param that a notice shows of what has been decided on since; what waits for its decision goes before
    /// the notice again.
    pub(super) fn keep_decided_notices(&mut self, param: &str, title: &str) {
        if !self.notices.shows(self.program, param) {
            return;
        }
        let noticed: Vec<u32> = self.case.living().filter(|i| !i.noticed.is_empty()).map(|i| i.id).collect();
        for id in noticed {
            let Some(other) = self.noticed_otherwise(id) else { continue };
            let at = self.program.workflow().stage_index(&other.stage.name).unwrap_or_default();
            // what is otherwise for another reason is another's to put right
            let amended = other.fields.iter().any(|shown| shown.stage.is_none() && shown.field == param);
            if amended && self.decided_at(id, at) {
                let name = self.case.item(id).map(|i| item_name(self.program.workflow(), i)).unwrap_or_default();
                let notice = &other.stage.title;
                let say = format!(
                    "“{title}”已随“{notice}”公布，{name}已经据此作出决定，不能再更改；确需更改的，请先按撤销程序办理该决定。"
                );
                return self.refuse("", say);
            }
        }
    }

    /// Refuses to put right by hand what stands on a notice, unless the item goes before it again.
    pub(super) fn keep_notice_true(&mut self, id: u32) {
        let Some(other) = self.noticed_otherwise(id) else { return };
        let draft = self.case.documents.get(&other.paper).filter(|d| d.replaces.is_none()).map(|d| d.life);
        if matches!(draft, Some(Life::Ordered | Life::Rendered)) {
            return;
        }
        let fields: Vec<String> = other.fields.iter().map(ToString::to_string).collect();
        let (fields, notice) = (fields.join(", "), &other.stage.name);
        let at = self.program.workflow().stage_index(notice).unwrap_or_default();
        let way = match self.decided_at(id, at) {
            true => "it has been decided on as it was shown, and a decision is revoked by another".to_string(),
            false => format!("let the same repair move it there, `move: {{ item: {id}, to: {notice} }}`"),
        };
        self.refuse("", format!("the notice `{notice}` shows {fields} of item {id} otherwise: {way}"));
    }
}
