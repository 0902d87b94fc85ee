//! Papers that could not be made: those ordered together are asked about together, and one answer makes them all anew.
//!
//! Each failure is an event of its own. The first asks the opener; a later one of the same batch and template has the same
//! question's workbook written anew, with one line more. A question whose papers were all made, replaced or given up
//! meanwhile needs no answer.

use super::Deciding;
use super::trouble::SEEN_TO;
use crate::case::command::HandIn;
use crate::case::effect::Effect;
use crate::case::event::{Ask, Body, QuestionAbout, TaskEnd};
use crate::case::{Life, MAKE_ANEW, Question, Task, story};

impl Deciding<'_> {
    /// The paper that an effect was to make, when its next draft can be made.
    pub(super) fn may_be_made_anew(&self, owed: &Effect) -> Option<u32> {
        let Effect::Render { document, draft } = owed else { return None };
        let paper = self.case.documents.get(document).filter(|d| d.draft == *draft && d.life == Life::Ordered)?;
        (self.case.closed.is_none() && self.definition_of(paper).is_some()).then_some(*document)
    }

    /// Asks the opener what becomes of a paper that could not be made, or adds it to what he is asked already.
    pub(super) fn ask_of_unmade(&mut self, document: u32, effect: &str, owed: &Effect) {
        if let Some(question) = self.case.asks_of_unmade(document).map(|q| q.id) {
            let tasks: Vec<u64> =
                self.case.open_tasks().filter(|t| t.ask == Ask::Question(question)).map(|t| t.id).collect();
            tasks.into_iter().for_each(|task| self.revise_task(task, Vec::new()));
            return;
        }
        let Some(paper) = self.case.documents.get(&document) else { return };
        let kept = if paper.number.is_some() { "，文号不变" } else { "" };
        let text = format!(
            "{}。请先更正有关内容（自己改不了的，请管理员更正），再答复“{MAKE_ANEW}”，系统即按更正后的内容制作下一稿{kept}。\
            不再由系统制作的，答复“{SEEN_TO}”，并请管理员将该文书作废。",
            story::unmade(self.program.workflow(), &self.case, paper)
        );
        let about = QuestionAbout::Effect { effect: effect.to_string(), owed: owed.clone() };
        self.ask_opener(text, &[MAKE_ANEW, SEEN_TO], about);
    }

    /// The answer for all papers the question is about; what still cannot be made refuses it.
    pub(super) fn answer_unmade(&mut self, task: &Task, hand_in: &HandIn, question: u32, first: u32) {
        if hand_in.revision < task.revision {
            return self.refuse("", "此后又有文书未能生成，请使用“待办”中的最新表格答复。");
        }
        let Some(answer) = hand_in.text("answer").filter(|a| [MAKE_ANEW, SEEN_TO].contains(&a.as_str())) else {
            return self.refuse("答复", format!("请在“答复”栏选择：{MAKE_ANEW}、{SEEN_TO}。"));
        };
        let (reason, anew) = (hand_in.text("reason"), answer == MAKE_ANEW);
        let papers: Vec<u32> = self.case.unmade_like(first).into_iter().map(|d| d.id).collect();
        self.answered(task, hand_in, true);
        self.emit(Body::QuestionAnswered { question, answer, reason: reason.clone() });
        for paper in papers.into_iter().filter(|_| anew) {
            self.replace_document(paper, reason.as_deref());
        }
    }

    /// Nobody need say any more what becomes of papers that were made, replaced or given up meanwhile.
    pub(super) fn unmade_no_more(&mut self) {
        let over = |q: &&Question| {
            let QuestionAbout::Effect { owed: Effect::Render { document, draft }, .. } = &q.about else { return false };
            let paper = self.case.documents.get(document);
            match q.unmade() {
                Some(first) => self.case.unmade_like(first).is_empty(),
                // one that was asked of a single draft, with answers of its own
                None => paper.is_none_or(|d| d.draft != *draft || d.life != Life::Ordered),
            }
        };
        let moot: Vec<u32> = self.case.open_questions().filter(over).map(|q| q.id).collect();
        for question in moot {
            let reason = Some("文书已重新制作，或者不再需要".to_string());
            self.emit(Body::QuestionAnswered { question, answer: SEEN_TO.to_string(), reason });
            self.close_tasks(|t| t.ask == Ask::Question(question), TaskEnd::Overtaken);
        }
    }
}
