//! What is asked of ties and conflicts, and which answer still holds: the one that was given about this very tie, in this round,
//! of these items with these marks. A new one is asked anew, and an answer to what is none any more decides nothing.

use crate::case::command::HandIn;
use crate::case::decide::Deciding;
use crate::case::decide::question::{CHANGED, MOOT};
use crate::case::event::{Body, Fields, QuestionAbout};
use crate::case::story::item_of_label;
use crate::case::{Item, Question, Task};
use crate::tally::lists::{Choice, Conflict, Cut, List, Tie, lists};
use crate::tally::rank::Standing;
use crate::tally::{self, Fraction};
use crate::workflow::{RANK, Stage};
use serde_json::Value;
use std::collections::BTreeSet;

/// What stands between the items an answer to a tie names. Where a name has it, its piece is no label.
const SEPARATOR: &str = "；";

impl Deciding<'_> {
    /// Cuts the lists of a stage, its ties broken as they were answered; none while a tie is asked.
    pub(super) fn cut_them(
        &mut self,
        stage: &Stage,
        standings: &[Standing],
        definitions: &[List],
    ) -> Option<Vec<(String, Cut)>> {
        let mut choices: Vec<Choice> = Vec::new();
        let (cuts, ties) = loop {
            let cuts = match lists(standings, definitions, &choices) {
                Ok(cuts) => cuts,
                Err(refused) => {
                    self.faults.extend(refused.iter().map(tally::lists::Refused::fault));
                    return None;
                }
            };
            let ties: Vec<(String, Tie)> = cuts.iter().flat_map(ties).collect();
            // what is settled may show the ties of a list that waited for it
            let known: Vec<Choice> = ties.iter().filter_map(|(list, tie)| self.choice(stage, list, tie)).collect();
            if known.is_empty() {
                break (cuts, ties);
            }
            choices.extend(known);
        };
        let asked: Vec<QuestionAbout> = ties.iter().map(|(list, tie)| about_tie(list, tie)).collect();
        self.tied_no_more(stage, &asked);
        ties.iter().for_each(|(list, tie)| self.ask_tie(stage, list, tie));
        ties.is_empty().then_some(cuts)
    }

    /// What was answered about a tie.
    fn choice(&self, stage: &Stage, list: &str, tie: &Tie) -> Option<Choice> {
        let about = about_tie(list, tie);
        let chosen = |answer: &String| answer.split(SEPARATOR).filter_map(item_of_label).collect::<Vec<u32>>();
        let answered = self.case.questions.values().filter(|q| q.about == about && self.unmoved(stage, q));
        let chosen =
            answered.filter_map(|q| q.answer.as_ref().map(chosen)).rfind(|chosen| chosen.len() == tie.places)?;
        Some(Choice { list: list.to_string(), group: tie.group.clone(), chosen })
    }

    /// Whether the items of a question are in the round in which it was asked, and have the marks they had then.
    fn unmoved(&self, stage: &Stage, question: &Question) -> bool {
        let same = |then: &Item| {
            let now = self.case.item(then.id).filter(|now| now.batch() == then.batch());
            now.is_some_and(|now| self.marks(stage, now) == self.marks(stage, then))
        };
        question.seen.iter().all(|then| same(then))
    }

    /// What an item is ranked by; without a ranking what the stage said of it.
    fn marks(&self, stage: &Stage, item: &Item) -> (Vec<Option<Fraction>>, Fields) {
        let Some(definition) = &stage.rank else {
            let mut said = item.answers.get(&stage.name).map(|a| a.fields.clone()).unwrap_or_default();
            said.shift_remove(RANK);
            return (Vec::new(), said);
        };
        (self.contender(stage, definition, item).facts, Fields::new())
    }

    /// What was asked of ties that are none any more is nobody's to answer.
    fn tied_no_more(&mut self, stage: &Stage, ties: &[QuestionAbout]) {
        let of_stage = |about: &QuestionAbout| {
            let QuestionAbout::Tie { list, .. } = about else { return false };
            stage.lists.contains_key(list)
        };
        let stale = |q: &&Question| of_stage(&q.about) && !(ties.contains(&q.about) && self.unmoved(stage, q));
        let stale: Vec<u32> = self.case.open_questions().filter(stale).map(|q| q.id).collect();
        for question in stale {
            self.overtake(question, MOOT.to_string(), CHANGED);
        }
    }

    fn ask_tie(&mut self, stage: &Stage, list: &str, tie: &Tie) {
        let about = about_tie(list, tie);
        if self.case.open_questions().any(|q| q.about == about && self.unmoved(stage, q)) {
            return;
        }
        let items: Vec<tally::Item> = tie.tied.iter().map(|id| self.tally_item(*id)).collect();
        let answers = items.iter().map(|i| i.name.clone()).collect();
        let opener = self.case.opener.clone();
        self.ask(&opener, tie.ask(list, &items), answers, about);
    }

    /// Asks on which of two lists an item stays, or takes it off the other; true while somebody is asked.
    pub(super) fn settle_conflict(
        &mut self,
        stage: &Stage,
        conflict: &Conflict,
        off: &mut BTreeSet<(String, u32)>,
    ) -> bool {
        let [one, other] = &conflict.lists;
        let mut asked = false;
        for item in conflict.items.iter().copied() {
            let about = QuestionAbout::Conflict { lists: conflict.lists.clone(), item };
            let of_it = || self.case.questions.values().filter(|q| q.about == about);
            let stale = of_it().filter(|q| q.answer.is_none() && !self.unmoved(stage, q)).map(|q| q.id);
            let stale: Vec<u32> = stale.collect();
            let holds = of_it().rfind(|q| q.answer.as_deref() != Some(MOOT) && self.unmoved(stage, q));
            match holds.map(|q| q.answer.clone()) {
                Some(Some(answer)) => {
                    let gone = if answer == keeps(one) { other } else { one };
                    off.insert((gone.clone(), item));
                }
                Some(None) => asked = true,
                None => {
                    asked = true;
                    let alone = Conflict { lists: conflict.lists.clone(), items: vec![item] };
                    let opener = self.case.opener.clone();
                    let text = alone.ask(&[self.tally_item(item)]);
                    self.ask(&opener, text, vec![keeps(one), keeps(other)], about);
                }
            }
            stale.into_iter().for_each(|question| self.overtake(question, MOOT.to_string(), CHANGED));
        }
        asked
    }

    /// The answer to a tie names as many of the tied as there are places.
    pub(in crate::case::decide) fn break_tie(
        &mut self,
        task: &Task,
        hand_in: &HandIn,
        question: u32,
        (tied, places): (&[u32], usize),
    ) {
        let named = hand_in.fields.get("answer").and_then(Value::as_array).cloned().unwrap_or_default();
        let chosen: BTreeSet<u32> = named.iter().filter_map(|v| item_of_label(v.as_str()?)).collect();
        if chosen.len() != places || !chosen.iter().all(|id| tied.contains(id)) {
            return self.refuse("答复", format!("并列者中应选定{places}个，现选定{}个，请核对。", chosen.len()));
        }
        self.answered(task, hand_in, true);
        let labels: Vec<String> = chosen.iter().map(|id| self.tally_item(*id).name).collect();
        let reason = hand_in.text("reason");
        self.emit(Body::QuestionAnswered { question, answer: labels.join(SEPARATOR), reason });
    }
}

fn ties((name, cut): &(String, Cut)) -> Vec<(String, Tie)> {
    match cut {
        Cut::Tied { ties, .. } => ties.iter().map(|tie| (name.clone(), tie.clone())).collect(),
        Cut::Settled { .. } | Cut::Waits { .. } => Vec::new(),
    }
}

fn about_tie(list: &str, tie: &Tie) -> QuestionAbout {
    QuestionAbout::Tie { list: list.to_string(), group: tie.group.clone(), tied: tie.tied.clone(), places: tie.places }
}

fn keeps(list: &str) -> String {
    format!("保留“{list}”")
}
