//! Questions that nobody need answer any more, because what they are about is over: they end with it, and their workbooks are
//! taken away. One that a stage or an outcome brings about is a person's to answer, whatever became of its item.

use crate::case::decide::Deciding;
use crate::case::event::{Ask, Body, ClockOf, QuestionAbout, TaskEnd};

/// What stands for the answer.
const MOOT: &str = "无须答复";
/// And why.
const OVER: &str = "所问事项已经办结";

impl Deciding<'_> {
    /// Ends the questions that have become moot, once something has ended.
    pub(in crate::case::decide) fn end_moot_questions(&mut self) {
        if !std::mem::take(&mut self.touched.ended) {
            return;
        }
        let open = self.case.open_questions();
        let moot: Vec<u32> = open.filter(|q| self.is_moot(&q.about)).map(|q| q.id).collect();
        for question in moot {
            self.overtake(question, MOOT.to_string(), OVER);
        }
    }

    fn is_moot(&self, about: &QuestionAbout) -> bool {
        if let QuestionAbout::Extend { clock, .. } = about {
            return self.case.clocks.get(clock).is_none_or(|c| c.ended);
        }
        if let QuestionAbout::Overdue { clock, item } = about {
            return !self.is_overdue(clock, *item);
        }
        let (QuestionAbout::Return { item }
        | QuestionAbout::Rule { item, .. }
        | QuestionAbout::Differ { item, .. }
        | QuestionAbout::Twin { item, .. }) = about
        else {
            return false;
        };
        !self.case.item(*item).is_some_and(|i| i.lives())
    }

    /// Whether what a limit was for is still to be done: that of a clock of an item, or of a stage that had the item.
    fn is_overdue(&self, limit: &str, item: Option<u32>) -> bool {
        let runs = |of: &ClockOf| self.case.clocks_of(of).any(|clock| !clock.ended);
        if self.program.workflow().stage(limit).is_none() {
            return item.is_some_and(|item| runs(&ClockOf::Named { clock: limit.to_string(), item }));
        }
        let mut open = self.case.open_batches(limit).filter(|b| item.is_none_or(|item| b.items.contains(&item)));
        open.any(|batch| runs(&ClockOf::Answer(batch.id)))
    }

    /// A question is answered by itself.
    pub(super) fn overtake(&mut self, question: u32, answer: String, why: &str) {
        self.emit(Body::QuestionAnswered { question, answer, reason: Some(why.to_string()) });
        self.close_tasks(|t| t.ask == Ask::Question(question), TaskEnd::Overtaken);
    }
}
