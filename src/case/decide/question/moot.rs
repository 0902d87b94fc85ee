//! Questions that nobody need answer any more, because what they are about is over: they end with it, and their workbooks are
//! taken away. One that a stage or an outcome brings about is a person's to answer, whatever became of its item.

use crate::case::decide::Deciding;
use crate::case::effect::Effect;
use crate::case::event::{Ask, Body, ClockOf, Hold, QuestionAbout, Rung, TaskEnd};
use crate::case::{Item, Question};

/// What stands for the answer.
pub(in crate::case::decide) const MOOT: &str = "无须答复";
/// And why.
const OVER: &str = "所问事项已经办结";
/// Of what was overdue and is so no longer.
const PUT_OFF: &str = "期限已经重新计算";
/// Of what was asked about values that are others now.
pub(in crate::case::decide) const CHANGED: &str = "所问情况已经变化";

impl Deciding<'_> {
    /// Ends the questions that have become moot, once something has ended.
    pub(in crate::case::decide) fn end_moot_questions(&mut self) {
        if !std::mem::take(&mut self.touched.ended) {
            return;
        }
        let open = self.case.open_questions();
        let moot: Vec<(u32, &str)> = open.filter_map(|q| Some((q.id, self.is_moot(q)?))).collect();
        for (question, why) in moot {
            let about = self.case.questions.get(&question).map(|q| q.about.clone());
            if let Some(QuestionAbout::Differ { item, .. }) = about {
                self.set_hold(item, Hold::Question(question), false);
            }
            self.overtake(question, MOOT.to_string(), why);
        }
    }

    /// Why a question is moot, if it is.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others are a person's to answer")]
    fn is_moot(&self, question: &Question) -> Option<&'static str> {
        let over = match &question.about {
            QuestionAbout::Extend { clock, .. } => {
                self.case.clocks.get(clock).is_none_or(|c| c.ended || c.rang.contains(&Rung::Due))
            }
            QuestionAbout::Overdue { clock, item } => match self.overdue(clock, *item) {
                Some(true) => false,
                Some(false) => return Some(PUT_OFF),
                None => true,
            },
            QuestionAbout::Return { item } | QuestionAbout::Rule { item, .. } | QuestionAbout::Twin { item, .. } => {
                !self.case.item(*item).is_some_and(|i| i.lives())
            }
            QuestionAbout::Differ { .. } => return (!self.differs_still(question)).then_some(CHANGED),
            QuestionAbout::Effect { owed: Effect::Sheet { task }, .. } => {
                self.case.tasks.get(task).is_none_or(|task| task.closed.is_some())
            }
            QuestionAbout::Tie { .. } | QuestionAbout::Conflict { .. } => {
                return self.have_moved(question).then_some(CHANGED);
            }
            QuestionAbout::Blocked { stage, batch: None, items } => self.waits_no_more(question.id, stage, items),
            _ => false,
        };
        over.then_some(OVER)
    }

    /// Whether what a limit was for is overdue while it is still to be done: that of a clock of an item, or of a stage that had
    /// the item. None when it is not to be done any more.
    fn overdue(&self, limit: &str, item: Option<u32>) -> Option<bool> {
        let passed = |of: &ClockOf| {
            let mut running = self.case.clocks_of(of).filter(|clock| !clock.ended).peekable();
            running.peek()?;
            Some(running.any(|clock| clock.rang.contains(&Rung::Due)))
        };
        if self.program.workflow().stage(limit).is_none() {
            return passed(&ClockOf::Named { clock: limit.to_string(), item: item? });
        }
        let open = self.case.open_batches(limit).filter(|b| item.is_none_or(|item| b.items.contains(&item)));
        open.filter_map(|batch| passed(&ClockOf::Answer(batch.id))).max()
    }

    /// Whether somebody a tie or a conflict is about has left the batch he was asked about in.
    fn have_moved(&self, question: &Question) -> bool {
        question.seen.iter().any(|then| self.case.item(then.id).and_then(Item::batch) != then.batch())
    }

    /// Whether of the items of a blocked step those that live wait no more for the answer, and stand elsewhere: they were moved by hand.
    fn waits_no_more(&self, question: u32, stage: &str, items: &[u32]) -> bool {
        let mut living = items.iter().filter_map(|id| self.case.item(*id)).filter(|i| i.lives()).peekable();
        let waits = |i: &Item| i.holds.contains(&Hold::Question(question)) || i.stage() == Some(stage);
        living.peek().is_some() && !living.any(waits)
    }

    /// A question is answered by itself.
    pub(in crate::case::decide) fn overtake(&mut self, question: u32, answer: String, why: &str) {
        self.emit(Body::QuestionAnswered { question, answer, reason: Some(why.to_string()) });
        self.close_tasks(|t| t.ask == Ask::Question(question), TaskEnd::Overtaken);
    }
}
