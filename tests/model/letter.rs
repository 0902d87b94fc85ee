//! The letters of small alphabets: what somebody may do wherever a case stands.

use crate::command::{Command, Entry};
use crate::definition::{Kind, OFFICES, OPENER, Of};
use crate::plain::{Hold, Model};
use crate::random::{Asked, answerable, said_together};

/// A letter of an alphabet: what somebody may do wherever the case stands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Move {
    /// the first office that may hands in one red item and one blue, and more to come or not
    Nominate(bool),
    /// the n-th thing that is asked is answered so, all of it
    Answer(usize, &'static str),
    /// the first item of what is asked last is answered so, the others otherwise
    Apart(&'static str, &'static str),
    Withdraw(usize),
    Raise(usize),
    AskBack(usize),
    Reply(bool),
    Mend,
    Close,
    Reopen,
    TakeBack,
    /// the same hands in again: the first of those it named, and another
    NominateAnew,
    /// who of several spoke last takes it back
    Unsay,
    /// or says so of all of it
    AnswerAnew(&'static str),
    /// notices are put up
    Settle,
    /// and time goes on to what is due next
    Wait,
    Hold,
    Release,
    Cancel,
}

impl Move {
    /// What it means here.
    pub(crate) fn here(self, model: &Model) -> Command {
        let owner = |item: usize| model.item(item).map_or(OPENER, |i| i.owner);
        let intake = model.definition.stages.iter().position(|s| s.kind == Kind::Recommend).unwrap();
        match self {
            Move::Nominate(complete) => {
                let form = model.forms.iter().find(|f| f.open);
                let (stage, office) = form.map_or((intake, OPENER), |f| (f.stage, f.office));
                let next = model.items.len() + 1;
                let entry = |n: usize| Entry {
                    category: n,
                    name: format!("人{}", next + n),
                    number: 2 + 3 * n as i64,
                    group: n,
                };
                let both = match model.definition.stages[stage].of {
                    Of::Category(category) => vec![entry(category)],
                    Of::All | Of::Side | Of::Listed | Of::Case => vec![entry(0), entry(1)],
                };
                Command::Nominate { stage, office, entries: both, complete }
            }
            Move::Answer(which, said) => self.answer(model, answerable(model).get(which).cloned(), said, said),
            Move::Apart(said, others) => self.answer(model, answerable(model).pop(), said, others),
            Move::Withdraw(item) => Command::Withdraw { item, office: owner(item) },
            Move::Raise(about) => Command::Raise { about, office: "审办" },
            Move::AskBack(item) => Command::AskBack { item, office: owner(item) },
            Move::Reply(yes) => {
                let question = (1..=model.questions.len()).find(|q| model.questions[q - 1].open).unwrap_or(1);
                Command::Reply { question, office: model.questions.get(question - 1).map_or(OPENER, |q| q.to), yes }
            }
            Move::Mend => {
                let back = |id: &usize| model.item(*id).is_some_and(|i| i.holds.contains(&Hold::Returned));
                let item = model.living().into_iter().find(back).unwrap_or(1);
                Command::Mend { item, office: owner(item), number: 4 }
            }
            Move::Close => Command::Close { stage: intake, office: OPENER, reopen: false },
            Move::Reopen => Command::Close { stage: intake, office: OPENER, reopen: true },
            Move::TakeBack => Command::TakeBack { stage: intake, office: owner(1) },
            Move::NominateAnew => {
                let form = model.forms.iter().rfind(|f| f.answered && f.office == owner(1));
                let first = form.and_then(|f| f.items.first()).and_then(|id| model.item(*id));
                let of = |name: String, category, group| Entry { category, name, number: 3, group };
                let mut entries = vec![of(format!("人{}", model.items.len() + 1), 0, 1)];
                entries.extend(first.map(|i| of(i.name.clone(), i.category, i.group)));
                Command::NominateAnew { stage: intake, office: owner(1), entries, complete: true }
            }
            Move::AnswerAnew(said) => {
                let (item, office) = said_together(model).pop().unwrap_or((1, OPENER));
                let at_once = |id: usize| model.item(id).and_then(|i| Some(i.signed.last()?.at_once));
                let with_it = said_together(model).into_iter().filter(|(id, _)| at_once(*id) == at_once(item));
                let rows = with_it.map(|(id, _)| (id, Some(said))).collect();
                Command::AnswerAnew { stage: model.item(item).and_then(|i| i.stage()).unwrap_or(0), office, rows }
            }
            Move::Unsay => {
                let (item, office) = said_together(model).pop().unwrap_or((1, OPENER));
                Command::Unsay { item, office }
            }
            Move::Settle => Command::Settle,
            Move::Wait => Command::Wait,
            Move::Hold => Command::Hold,
            Move::Release => Command::Release,
            Move::Cancel => Command::Cancel,
        }
    }

    fn answer(self, model: &Model, asked: Option<Asked>, said: &'static str, others: &'static str) -> Command {
        let Some(Asked { stage, items, offices }) = asked else {
            return Command::Answer { stage: 0, office: OFFICES[0], rows: Vec::new() };
        };
        let office = offices.first().copied().unwrap_or(OPENER);
        let computed = model.stage(stage).outcomes.iter().any(|o| o.when.is_some());
        let row = |(n, id): (usize, &usize)| (*id, (!computed).then_some(if n == 0 { said } else { others }));
        Command::Answer { stage, office, rows: items.iter().enumerate().map(row).collect() }
    }
}
