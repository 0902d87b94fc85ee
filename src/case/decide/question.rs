//! Questions: the only way anything stops for a person. One lies in its office's 待办 until it is answered.

mod moot;

pub(super) use moot::{CHANGED, MOOT};

use super::Deciding;
use crate::case::Task;
use crate::case::command::HandIn;
use crate::case::effect::Effect;
use crate::case::event::{Ask, Body, Hold, QuestionAbout};
use crate::workflow::{Go, Outcome};

impl Deciding<'_> {
    /// Asks an office; the question lies in its 待办 until it is answered.
    pub(super) fn ask(&mut self, to: &str, text: String, answers: Vec<String>, about: QuestionAbout) -> u32 {
        let question = self.case.questions.keys().next_back().copied().unwrap_or(0) + 1;
        self.emit(Body::QuestionAsked { question, to: to.to_string(), text, answers, about });
        self.open_task(None, None, to, Vec::new(), Ask::Question(question));
        question
    }

    /// The answer to a question, and what follows from it.
    pub(super) fn answer_question(&mut self, task: &Task, hand_in: &HandIn, question: u32) {
        let Some(asked) = self.case.questions.get(&question).cloned() else { return };
        if let QuestionAbout::Tie { tied, places, .. } = &asked.about {
            self.break_tie(task, hand_in, question, (tied, *places));
            return;
        }
        if let Some(first) = asked.unmade() {
            self.answer_unmade(task, hand_in, question, first);
            return;
        }
        let Some(answer) = hand_in.text("answer").filter(|a| asked.answers.contains(a)) else {
            return self.refuse("答复", format!("请在“答复”栏选择：{}。", asked.answers.join("、")));
        };
        let reason = hand_in.text("reason");
        if matches!(asked.about, QuestionAbout::Short { .. }) && !self.goes_on_with_reason(&answer, reason.as_ref()) {
            return;
        }
        self.answered(task, hand_in, true);
        self.emit(Body::QuestionAnswered { question, answer: answer.clone(), reason: reason.clone() });
        let first = asked.answers.first() == Some(&answer);
        match asked.about.clone() {
            QuestionAbout::LateSide { kind, about, owner, fields } => {
                if let Some(about) = about {
                    self.set_hold(about, Hold::Question(question), false);
                }
                if first {
                    self.open_side(&kind, about, &owner, &fields, None);
                }
            }
            QuestionAbout::Return { item } => {
                self.set_hold(item, Hold::Question(question), false);
                match first {
                    true => self.return_on_request(item, reason),
                    false => self.not_sent_back(item, reason.as_ref()),
                }
            }
            QuestionAbout::Rule { rule, item } => {
                self.set_hold(item, Hold::Question(question), false);
                self.note_answer(item, &rule, answer);
            }
            QuestionAbout::Outage { batch, from, until } => {
                if first {
                    self.make_up_for(batch, from, until);
                }
            }
            QuestionAbout::Blocked { stage, batch, items } => self.unblock(question, &stage, batch, &items),
            QuestionAbout::Report { report, period } => self.report_again(&report, &period),
            QuestionAbout::Extend { clock, reason } => self.extend(clock, &reason, &answer),
            QuestionAbout::Differ { batch, item, .. } => self.differ_no_more(question, batch, item),
            // the answer is looked up when the lists are made
            QuestionAbout::Tie { .. } | QuestionAbout::Conflict { .. } => {}
            // the answer is looked up when the gate is
            QuestionAbout::Late { .. } => {}
            QuestionAbout::Above { items, .. } => self.above_answered(question, &items, first, reason.as_ref()),
            QuestionAbout::Short { stage, offices } => self.short_answered(&stage, &offices, &answer),
            QuestionAbout::LeftOut { stage } => {
                if first {
                    self.take_in_again(&stage);
                }
            }
            QuestionAbout::Twin { item, .. } => {
                self.set_hold(item, Hold::Question(question), false);
                self.note_answer(item, super::TWIN, answer);
            }
            QuestionAbout::Action { item } => self.set_hold(item, Hold::Question(question), false),
            QuestionAbout::Opening { opening } => self.opening_answered(opening, first, reason),
            QuestionAbout::Overdue { .. } => {}
            // What is to be done again is owed by the answer itself.
            QuestionAbout::Effect { owed, .. } => {
                if let Effect::Sheet { task } = owed {
                    self.answer_of_lost(task, &answer);
                }
            }
        }
    }

    /// Questions that need no answer any more are answered by themselves, with the first of what is permitted.
    pub(super) fn overtake_questions(&mut self, which: impl Fn(&QuestionAbout) -> bool, why: &str) {
        let moot: Vec<(u32, String)> = self
            .case
            .open_questions()
            .filter(|q| which(&q.about))
            .map(|q| (q.id, q.answers.first().cloned().unwrap_or_default()))
            .collect();
        for (question, answer) in moot {
            self.overtake(question, answer, why);
        }
    }

    /// An answer that is read under a name of its own from then on.
    fn note_answer(&mut self, item: u32, name: &str, answer: String) {
        let fields = [(name.to_string(), serde_json::Value::from(answer))].into_iter().collect();
        self.emit(Body::ItemChanged { item, fields, why: "答复".to_string() });
    }

    fn return_on_request(&mut self, id: u32, reason: Option<String>) {
        let program = self.program;
        let Some(item) = self.case.items.get(&id).cloned() else { return };
        let Some(stage) = item.stage().and_then(|s| program.workflow().stage(s)) else { return };
        // somebody else has sent it back meanwhile, and says where it goes once it is mended
        if item.holds.contains(&Hold::Returned) {
            return;
        }
        let outcome = Outcome::plain("申请退回", Go::Back(None, true), false, &stage.place);
        self.drop_from_tasks(id);
        self.set_hold(id, Hold::Stay, false);
        self.send_back(stage, id, None, true, &outcome, reason);
    }
}
