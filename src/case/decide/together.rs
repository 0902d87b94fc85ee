//! Items that go on together: ranked, put on lists, and let go when nobody is left to come (§8 `rank`, `lists`, `conflicts`).
//!
//! The arithmetic is [`crate::tally::rank`]'s and [`crate::tally::lists`]'. What it leaves open, a tie or a conflict, is asked of
//! the opener, and until it is answered nobody goes.

use super::Deciding;
use crate::case::command::HandIn;
use crate::case::eval::Target;
use crate::case::event::{Body, Hold, QuestionAbout, Row};
use crate::case::lists::is_meant;
use crate::case::story::item_of_label;
use crate::case::{Item, Task};
use crate::tally::lists::{Choice, Conflict, Cut, List, Take, Tie, conflicts, lists};
use crate::tally::rank::{Contender, Key, Rules, Standing, rank};
use crate::tally::{self, Fraction};
use crate::workflow::{Go, ListDefinition, ListTake, RANK, RankDefinition, Stage};
use serde_json::{Value, json};
use std::collections::BTreeSet;

impl Deciding<'_> {
    /// Lets the items of a stage that ranks or lists go when all who come to it are in and nothing is left to ask. It waits for
    /// everybody: of some, no cut can be made.
    pub(super) fn release_together(&mut self, index: usize, stage: &Stage) {
        let standing: Vec<u32> = self.case.standing(&stage.name).map(|i| i.id).collect();
        if standing.is_empty()
            || !standing.iter().all(|id| self.is_ready(stage, *id))
            || !self.all_have_come(index, stage)
            || self.gathers_still(stage)
            || self.case_is_raised(index, stage)
        {
            return;
        }
        self.attempt(stage, None, &standing, |this| {
            let Some(standings) = this.rank_them(stage, &standing) else { return };
            if this.list_them(stage, &standings) {
                this.let_go(index, stage, &standing);
            }
        });
    }

    /// Whether an item has its answer, and nothing holds it.
    fn is_ready(&self, stage: &Stage, id: u32) -> bool {
        let Some(item) = self.case.item(id).filter(|i| i.holds.is_empty()) else { return false };
        let Some(batch) = item.batch() else { return false };
        let done = self.case.batches.get(&batch).is_some_and(|b| b.done.is_some());
        let chosen = self.case.outcome_in(item, batch).and_then(|a| a.outcome.as_ref());
        done && chosen.and_then(|o| stage.outcomes.get(o)).is_none_or(|o| o.go == Go::Next)
    }

    /// The items in order, their 名次 put on them; without a ranking each once.
    fn rank_them(&mut self, stage: &Stage, ids: &[u32]) -> Option<Vec<Standing>> {
        let items: Vec<&Item> = ids.iter().filter_map(|id| self.case.item(*id)).collect();
        let Some(definition) = &stage.rank else {
            let unranked = |item: &&Item| Standing {
                item: self.tally_item(item.id),
                category: item.category.clone(),
                group: None,
                rank: 1,
            };
            return Some(items.iter().map(unranked).collect());
        };
        let contenders: Vec<Contender> = items.iter().map(|item| self.contender(stage, definition, item)).collect();
        let key = |(fact, toward): &(String, _)| Key { fact: fact.clone(), toward: *toward };
        let rules =
            Rules { keys: definition.by.iter().map(key).collect(), within_category: definition.within_category };
        match rank(&rules, &contenders) {
            Ok(standings) => {
                standings.iter().for_each(|standing| self.note_rank(stage, standing));
                Some(standings)
            }
            Err(refused) => {
                self.faults.extend(refused.iter().map(tally::rank::Refused::fault));
                None
            }
        }
    }

    fn contender(&self, stage: &Stage, definition: &RankDefinition, item: &Item) -> Contender {
        let fact = |name: &String| {
            let own = item.answers.get(&stage.name).and_then(|a| a.fields.get(name));
            let earlier = || item.answers.values().find_map(|a| a.fields.get(name));
            number(own.or_else(|| item.fields.get(name)).or_else(earlier)?)
        };
        Contender {
            item: self.tally_item(item.id),
            category: item.category.clone(),
            facts: definition.by.iter().map(|(name, _)| fact(name)).collect(),
        }
    }

    /// Puts the rank of an item on it, unless it is there.
    fn note_rank(&mut self, stage: &Stage, standing: &Standing) {
        let Some(item) = self.case.item(standing.item.id) else { return };
        let (Some(answer), Some(batch)) = (item.answers.get(&stage.name), item.batch()) else { return };
        let told = json!(standing.rank);
        if answer.fields.get(RANK) == Some(&told) {
            return;
        }
        let mut row = Row {
            item: Some(item.id),
            fields: answer.fields.clone(),
            outcome: answer.outcome.clone(),
            reason: answer.reason.clone(),
            ..Row::default()
        };
        row.fields.insert(RANK.to_string(), told);
        let group = standing.group.as_ref().map(|g| format!("（{g}）")).unwrap_or_default();
        let why = format!("{RANK}{}{group}", standing.rank);
        self.emit(Body::Counted {
            batch,
            fields: crate::case::Fields::new(),
            rows: vec![row],
            why,
            sheets: Vec::new(),
            witness: None,
        });
    }

    /// Makes the lists; false while something about them is asked.
    fn list_them(&mut self, stage: &Stage, standings: &[Standing]) -> bool {
        let definitions: Option<Vec<List>> =
            stage.lists.iter().map(|(name, list)| self.list_rules(name, list, standings)).collect();
        let Some(definitions) = definitions else { return false };
        let cuts = match lists(standings, &definitions, &self.choices(stage)) {
            Ok(cuts) => cuts,
            Err(refused) => {
                self.faults.extend(refused.iter().map(tally::lists::Refused::fault));
                return false;
            }
        };
        let ties = |(name, cut): &(String, Cut)| match cut {
            Cut::Tied { ties, .. } => ties.iter().map(|tie| (name.clone(), tie.clone())).collect(),
            Cut::Settled { .. } | Cut::Waits { .. } => Vec::new(),
        };
        let ties: Vec<(String, Tie)> = cuts.iter().flat_map(ties).collect();
        ties.iter().for_each(|(name, tie)| self.ask_tie(name, tie));
        if !ties.is_empty() {
            return false;
        }
        let excluding: Vec<Vec<String>> = stage.conflicts.iter().map(|c| c.lists.clone()).collect();
        let (mut off, mut asked) = (BTreeSet::new(), false);
        for conflict in conflicts(&excluding, &cuts) {
            asked |= self.settle_conflict(&conflict, &mut off);
        }
        if asked {
            return false;
        }
        for (name, cut) in cuts {
            let Cut::Settled { members, struck, .. } = cut else { continue };
            let (out, items): (Vec<u32>, Vec<u32>) =
                members.into_iter().partition(|id| off.contains(&(name.clone(), *id)));
            // who was on it and is listed again stays on it only when he is taken again
            let was = |id: &u32| self.case.item(*id).is_some_and(|item| item.lists.contains(&name));
            let again = standings.iter().map(|s| s.item.id).filter(was);
            let gone: Vec<u32> =
                again.filter(|id| !items.contains(id) && !out.contains(id) && !struck.contains(id)).collect();
            if !items.is_empty() || !out.is_empty() || !struck.is_empty() || !gone.is_empty() {
                let off = out.into_iter().chain(struck).chain(gone).collect();
                self.emit(Body::Listed { list: name, items, off, provisional: true, reason: None });
            }
        }
        true
    }

    fn list_rules(&mut self, name: &str, definition: &ListDefinition, standings: &[Standing]) -> Option<List> {
        let mut chosen = |source: &str| {
            let mut found = BTreeSet::new();
            for standing in standings {
                match self.sight().holds(source, &Target::Item(standing.item.id)) {
                    Ok(true) => drop(found.insert(standing.item.id)),
                    Ok(false) => {}
                    Err(why) => {
                        self.refuse("", format!("名单“{name}”的条件无法判断：{why}。请联系管理员核对流程定义。"));
                        return None;
                    }
                }
            }
            Some(found)
        };
        let unless = match &definition.unless {
            Some(unless) => chosen(&unless.source)?,
            None => BTreeSet::new(),
        };
        let take = match &definition.take {
            ListTake::First(places) => Take::First(places.clone()),
            ListTake::Last(places) => Take::Last(places.clone()),
            ListTake::Where(condition) => Take::Where(chosen(&condition.source)?),
        };
        Some(List {
            name: name.to_string(),
            take,
            unless,
            not_in: definition.not_in.clone(),
            refill: definition.refill,
        })
    }

    /// What was answered about ties of the lists of a stage.
    fn choices(&self, stage: &Stage) -> Vec<Choice> {
        let answered = self.case.questions.values().filter_map(|q| match (&q.about, &q.answer) {
            (QuestionAbout::Tie { list, group, .. }, Some(answer)) if stage.lists.contains_key(list) => {
                let chosen = answer.split(SEPARATOR).filter_map(item_of_label).collect();
                Some(Choice { list: list.clone(), group: group.clone(), chosen })
            }
            _ => None,
        });
        answered.collect()
    }

    fn ask_tie(&mut self, list: &str, tie: &Tie) {
        let about = QuestionAbout::Tie {
            list: list.to_string(),
            group: tie.group.clone(),
            tied: tie.tied.clone(),
            places: tie.places,
        };
        if self.case.questions.values().any(|q| q.about == about && q.answer.is_none()) {
            return;
        }
        let items: Vec<tally::Item> = tie.tied.iter().map(|id| self.tally_item(*id)).collect();
        let answers = items.iter().map(|i| i.name.clone()).collect();
        let opener = self.case.opener.clone();
        self.ask(&opener, tie.ask(list, &items), answers, about);
    }

    /// Asks on which of two lists an item stays, or takes it off the other; true while somebody is asked.
    fn settle_conflict(&mut self, conflict: &Conflict, off: &mut BTreeSet<(String, u32)>) -> bool {
        let [one, other] = &conflict.lists;
        let mut asked = false;
        for item in conflict.items.iter().copied() {
            let about = QuestionAbout::Conflict { lists: conflict.lists.clone(), item };
            let known = self.case.questions.values().find(|q| q.about == about).map(|q| q.answer.clone());
            match known {
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
        }
        asked
    }

    /// The answer to a tie names as many of the tied as there are places.
    pub(super) fn break_tie(&mut self, task: &Task, hand_in: &HandIn, question: u32, (tied, places): (&[u32], usize)) {
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

    /// Everybody goes: who is not on a list that ends the others ends, the rest go on; papers of the stage are made first.
    fn let_go(&mut self, index: usize, stage: &Stage, ids: &[u32]) {
        let batch = ids.iter().filter_map(|id| self.case.item(*id)?.batch()).max();
        if let Some(batch) = batch {
            for definition in stage.documents.iter().filter(|d| !d.at_open) {
                self.order_each(definition, stage, batch, ids);
            }
        }
        for id in ids.iter().copied() {
            let Some(item) = self.case.item(id) else { continue };
            let others = stage.lists.iter().filter_map(|(name, list)| Some((name, list.others.as_ref()?)));
            let out = others.into_iter().find(|(name, _)| !item.lists.contains(*name)).map(|(_, label)| label.clone());
            let chosen = item.answers.get(&stage.name).and_then(|a| a.outcome.clone());
            let outcome = chosen.and_then(|o| stage.outcomes.get(&o)).or_else(|| stage.offered().next());
            let Some(outcome) = outcome.cloned() else { continue };
            let straight = item.resume.clone().filter(|to| {
                let workflow = self.program.workflow();
                workflow.stage(to).is_some_and(|stage| is_meant(workflow, &stage.of, item))
            });
            match (out, straight) {
                (Some(label), _) => self.end_item(id, &label, Some(&outcome.name), None, None),
                (None, Some(to)) => self.resume_at(id, &to, &outcome.name, outcome.code.clone(), None),
                (None, None) => self.onward(id, index + 1, &outcome.name, None, outcome.code.clone()),
            }
        }
    }

    /// Whether an item still waits for its stage to let everybody go.
    pub(super) fn postponed_at(&self, stage: &Stage) -> Vec<u32> {
        let stays = |i: &&Item| {
            let done = i.batch().and_then(|b| self.case.batches.get(&b)).is_some_and(|b| b.done.is_some());
            done && i.holds.contains(&Hold::Stay)
        };
        self.case.standing(&stage.name).filter(stays).map(|i| i.id).collect()
    }
}

/// What stands between the items an answer to a tie names. Where a name has it, its piece is no label.
const SEPARATOR: &str = "；";

fn keeps(list: &str) -> String {
    format!("保留“{list}”")
}

/// A number of a form or a count.
fn number(value: &Value) -> Option<Fraction> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_string);
    Fraction::parse(&text).ok()
}
