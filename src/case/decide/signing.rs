//! Several who sign: what each said is kept, whoever is next is asked, and when all that is needed is in the stage has its
//! answer (§8 `sign`; the arithmetic is [`crate::tally::sign`]'s).

use super::Deciding;
use super::scoring::facts_of;
use crate::case::event::{Ask, Body, Fields, Hold, QuestionAbout, Row, TaskEnd};
use crate::case::lists::is_meant;
use crate::case::story::{item_name, value_words};
use crate::case::{Item, Question, Signature, Task};
use crate::submission::Fault;
use crate::tally::sign::{self, Needed, Said, State, Vote, Why};
use crate::workflow::{Each, Go, Kind, Sign, Stage, VoteDefinition};
use indexmap::IndexMap;
use serde_json::Value;
use std::collections::BTreeMap;

/// A vote neither for nor against.
pub(in crate::case) const ABSTAINS: &str = "弃权";
/// What a signer says where conditions choose the outcome: nothing but that he has.
const SAID: &str = "已签";

/// Who signed a batch of a stage on an item, of those who sign it now.
pub(in crate::case) fn signatures<'a>(
    item: &'a Item,
    stage: &str,
    batch: u32,
    signers: &'a [String],
) -> impl Iterator<Item = &'a Signature> {
    let all = item.signed.get(stage).into_iter().flatten();
    all.filter(move |s| s.batch == Some(batch) && signers.contains(&s.office))
}

/// Conditions choose the outcome, and nobody else.
pub(super) fn computed(stage: &Stage) -> bool {
    stage.outcomes.values().any(|o| o.when.is_some())
}

/// An item whose signing is over, not yet written down.
struct Signed {
    item: u32,
    batch: u32,
    outcome: String,
    why: Why,
    /// how it was reckoned, where it was
    said: Option<String>,
}

impl Deciding<'_> {
    /// Who signs a stage: those who answer it, or the members where it is a vote.
    pub(super) fn signers(&self, stage: &Stage, item: Option<u32>) -> Vec<String> {
        match &stage.sign {
            Sign::One | Sign::Any if stage.score.is_some() => self.actors(&stage.by, item),
            Sign::One | Sign::Any => Vec::new(),
            Sign::All | Sign::InOrder => self.actors(&stage.by, item),
            Sign::Vote(VoteDefinition { recorded: true, .. }) => Vec::new(),
            Sign::Vote(vote) => self.actors(vote.members.as_slice(), item),
        }
    }

    /// Whose answer an item in a batch waits for.
    pub(super) fn askers(&self, stage: &Stage, item: u32) -> Vec<String> {
        if !stage.takes_several() {
            return self.actors(&stage.by, Some(item));
        }
        match self.signing(stage, item) {
            Some((_, State::Pending { whom })) => whom,
            Some((_, State::Decided { .. } | State::Impossible(_))) | None => Vec::new(),
        }
    }

    /// How the signing of an item stands, with its batch.
    fn signing(&self, stage: &Stage, id: u32) -> Option<(u32, State)> {
        let item = self.case.item(id)?;
        let batch = self.case.batches.get(&item.batch()?)?;
        let said = |s: &Signature| match s.outcome.as_deref() {
            Some(ABSTAINS) => Said::Abstains,
            Some(outcome) if stage.is_chosen() => Said::Outcome(outcome.to_string()),
            Some(_) | None => Said::Outcome(SAID.to_string()),
        };
        let mut answers: Vec<sign::Answer> = Vec::new();
        // where marks are given beside the answer, or instead of one, an office has more than one
        for signature in signatures(item, &stage.name, batch.id, &batch.signers) {
            let answer = sign::Answer { signer: signature.office.clone(), said: said(signature) };
            match answers.iter_mut().find(|a| a.signer == answer.signer) {
                Some(known) if signature.assessor.is_none() => *known = answer,
                Some(_) => {}
                None => answers.push(answer),
            }
        }
        let away = batch.absent.iter().map(|office| sign::Answer { signer: office.clone(), said: Said::Absent });
        answers.extend(away);
        let silent = self.stays_silent(stage, item, batch);
        let signers: Vec<String> = batch.signers.iter().filter(|s| !silent.contains(s)).cloned().collect();
        Some((batch.id, sign::sign(&self.sign_rules(stage, id), &signers, &answers)))
    }

    fn sign_rules(&self, stage: &Stage, item: u32) -> sign::Rules {
        let named = |o: &crate::workflow::Outcome| sign::Outcome {
            name: o.name.clone(),
            returns: matches!(o.go, Go::Back(..)),
        };
        let outcomes = if !stage.is_chosen() {
            vec![sign::Outcome { name: SAID.to_string(), returns: false }]
        } else {
            stage.outcomes.values().map(named).collect()
        };
        let needed = match &stage.sign {
            Sign::One | Sign::Any | Sign::All => Needed::All,
            Sign::InOrder => Needed::InOrder,
            Sign::Vote(vote) => self.vote_rules(stage, vote, Some(item)).map_or(Needed::All, Needed::Vote),
        };
        sign::Rules { outcomes, needed, first_return_closes: stage.first_return_closes }
    }

    /// How a vote is decided; the offices of its veto found.
    pub(super) fn vote_rules(&self, stage: &Stage, vote: &VoteDefinition, item: Option<u32>) -> Option<Vote> {
        let (passes, fails) = stage.vote_ends()?;
        let veto = vote.veto.iter().flat_map(|name| match self.program.workflow().roles.contains_key(name) {
            true => self.actors(std::slice::from_ref(name), item),
            false => vec![name.clone()],
        });
        Some(Vote {
            quorum: vote.quorum,
            pass: vote.pass.clone()?,
            veto: veto.collect(),
            abstain_counts: vote.abstain_counts,
            passes: passes.to_string(),
            fails: fails.to_string(),
        })
    }

    /// Looks at how the signing of these items stands: asks whoever is next and nobody else, and writes down what is decided.
    /// What is decided together is written down when all of it is.
    pub(super) fn settle(&mut self, stage: &Stage, items: &[u32], place: &str) {
        let whole = stage.each != Each::Item;
        let (mut asked, mut decided) = (BTreeMap::<String, Vec<u32>>::new(), Vec::new());
        let mut waits = false;
        for id in self.unsettled(stage, items, whole) {
            match self.signing(stage, id) {
                Some((_, State::Pending { whom })) => {
                    waits = true;
                    self.ask_only(stage, id, &whom, &mut asked);
                }
                Some((batch, State::Decided { outcome, why })) => {
                    self.drop_from_tasks(id);
                    decided.push(Signed { item: id, batch, outcome, why, said: None });
                }
                Some((_, State::Impossible(why))) => self.faults.push(Fault::at(place, why.say())),
                None => {}
            }
        }
        for (office, items) in asked {
            let batch = items.first().and_then(|id| self.case.item(*id)?.batch());
            let items = if whole { self.on_one_sheet(batch, &office, items) } else { items };
            self.open_task(batch, Some(&stage.name), &office, items, Ask::Answer);
        }
        if self.faults.is_empty() && !(whole && waits) {
            self.write_down(stage, decided, whole, place);
        }
    }

    /// What an office says together it is asked on one sheet: with these items come those it was asked of already.
    fn on_one_sheet(&mut self, batch: Option<u32>, office: &str, mut items: Vec<u32>) -> Vec<u32> {
        let theirs = |t: &&Task| t.ask == Ask::Answer && t.office == office;
        let before: Vec<Task> = batch.into_iter().flat_map(|b| self.case.tasks_in(b)).filter(theirs).cloned().collect();
        for task in before {
            items.extend(task.items.iter());
            self.emit(Body::TaskClosed { task: task.id, why: TaskEnd::Overtaken });
        }
        items.sort_unstable();
        items
    }

    /// Of these items, and of all that are decided with them, those that have no answer of the stage yet.
    fn unsettled(&self, stage: &Stage, items: &[u32], whole: bool) -> Vec<u32> {
        let here = |id: &u32| {
            let item = self.case.item(*id).filter(|i| i.stage() == Some(stage.name.as_str()));
            let batch =
                item.and_then(Item::batch).filter(|b| self.case.batches.get(b).is_some_and(|b| b.done.is_none()));
            batch.is_some_and(|b| item.is_some_and(|i| self.case.outcome_in(i, b).is_none()))
        };
        let batch = items.first().and_then(|id| self.case.item(*id)?.batch()).filter(|_| whole);
        let all = batch.and_then(|b| self.case.batches.get(&b)).map(|b| b.items.as_slice());
        // who has left it meanwhile may be back in another round
        let with_them = |id: &u32| batch.is_none_or(|b| self.in_batch(*id, b));
        all.unwrap_or(items).iter().copied().filter(with_them).filter(here).collect()
    }

    /// An item is asked of these offices and of no other.
    fn ask_only(&mut self, stage: &Stage, id: u32, whom: &[String], asked: &mut BTreeMap<String, Vec<u32>>) {
        let mut has: Vec<String> = Vec::new();
        let tasks: Vec<(u64, String, bool)> = self
            .case
            .tasks_of(id)
            .filter(|t| t.ask == Ask::Answer && t.stage.as_ref() == Some(&stage.name))
            .map(|t| (t.id, t.office.clone(), t.items.iter().all(|i| *i == id)))
            .collect();
        for (task, office, alone) in tasks {
            if whom.contains(&office) {
                has.push(office);
            } else {
                self.drop_from_task(task, id, alone);
            }
        }
        for office in whom.iter().filter(|office| !has.contains(office)) {
            asked.entry(office.clone()).or_default().push(id);
        }
    }

    fn write_down(&mut self, stage: &Stage, decided: Vec<Signed>, whole: bool, place: &str) {
        let many = decided.len();
        let found: Vec<(Signed, Fields, Row)> = decided
            .into_iter()
            .filter_map(|mut signed| {
                let (head, row) = self.come_to(stage, &mut signed)?;
                Some((signed, head, row))
            })
            .collect();
        if !self.faults.is_empty() || found.is_empty() || (whole && found.len() < many) {
            return;
        }
        let mut rows = Vec::new();
        for (signed, fields, row) in found {
            self.emit(Body::Counted {
                batch: signed.batch,
                fields,
                rows: vec![row.clone()],
                why: signed.said.clone().unwrap_or_else(|| self.why(stage, &signed)),
                sheets: Vec::new(),
                witness: None,
            });
            rows.push((row, place.to_string()));
        }
        self.follow(stage, None, &rows);
    }

    /// What signers said of one item as one answer; None while somebody is asked what is to hold of what they differ on.
    fn come_to(&mut self, stage: &Stage, signed: &mut Signed) -> Option<(Fields, Row)> {
        let item = self.case.item(signed.item)?;
        let signers = self.case.batches.get(&signed.batch)?.signers.clone();
        let all: Vec<Signature> = signatures(item, &stage.name, signed.batch, &signers).cloned().collect();
        let chosen = stage.outcomes.get(&signed.outcome).filter(|_| stage.is_chosen());
        let forward = chosen.is_none_or(|o| o.go == Go::Next);
        let (mut fields, mut waits) = (Fields::new(), false);
        for (name, values) in said(&all) {
            match values.as_slice() {
                [(value, _)] => drop(fields.insert(name, value.clone())),
                [] => {}
                several if forward && self.program.workflow().reads(&name) => {
                    match self.settled(signed, &name, several) {
                        Some(value) => drop(fields.insert(name, value)),
                        None => waits = true,
                    }
                }
                _ => {}
            }
        }
        if waits {
            return None;
        }
        let (head, own): (Fields, Fields) =
            fields.into_iter().partition(|(name, _)| stage.form.case.contains_key(name));
        let mut row = Row { item: Some(signed.item), fields: own, ..Row::default() };
        if let Some(score) = &stage.score {
            let counted = self.scored(score, signed.item, &all)?;
            signed.said = Some(counted.say());
            row.fields.extend(facts_of(&counted));
        }
        row.outcome = match (stage.is_chosen(), computed(stage)) {
            (true, _) => Some(signed.outcome.clone()),
            (false, true) => self.first_true(stage, &row, signed.item),
            (false, false) => stage.offered().next().map(|o| o.name.clone()),
        };
        let gave = |s: &&Signature| !stage.is_chosen() || s.outcome == row.outcome;
        row.reason = self.joined(all.iter().filter(gave), |s| s.reason.as_ref());
        row.waiver = self.joined(all.iter(), |s| s.waiver.as_ref());
        Some((head, row))
    }

    /// What somebody said is to hold of a field on which the signers differ; he is asked once of the same values.
    fn settled(&mut self, signed: &Signed, field: &str, values: &[(Value, Vec<String>)]) -> Option<Value> {
        let about = QuestionAbout::Differ { batch: signed.batch, item: signed.item, field: field.to_string() };
        let asked = self.case.questions.values().rev().find(|q| q.about == about && q.asks_of(values));
        match asked.map(|q| q.answer.clone()) {
            Some(None) => return None,
            Some(Some(answer)) => {
                let chosen = values.iter().find(|(value, _)| value_words(value) == answer);
                if let Some((value, _)) = chosen {
                    return Some(value.clone());
                }
            }
            None => {}
        }
        let name = self.case.item(signed.item).map(|i| item_name(self.program.workflow(), i)).unwrap_or_default();
        let said: Vec<String> =
            values.iter().map(|(value, who)| format!("{}填“{}”", self.titles(who), value_words(value))).collect();
        let text = format!("{name}的“{field}”各签署单位填写不一：{}。请确定以何者为准。", said.join("，"));
        let to = self.who_settles(signed);
        let question = self.ask(&to, text, values.iter().map(|(value, _)| value_words(value)).collect(), about);
        self.set_hold(signed.item, Hold::Question(question), true);
        None
    }

    /// Who says what holds where signers differ: whoever decides on the item next, else the opener.
    fn who_settles(&self, signed: &Signed) -> String {
        let workflow = self.program.workflow();
        let at = self.case.batches.get(&signed.batch).and_then(|b| workflow.stage_index(&b.stage)).unwrap_or_default();
        let decides = |s: &&Stage| {
            let meant = |item: &crate::case::Item| is_meant(workflow, &s.of, item);
            s.kind == Kind::Decide && !s.of_case && self.case.item(signed.item).is_some_and(meant)
        };
        let next = workflow.stages.iter().skip(at + 1).find(decides);
        let office = next.and_then(|stage| self.actors(&stage.by, Some(signed.item)).into_iter().next());
        office.unwrap_or_else(|| self.case.opener.clone())
    }

    /// Somebody said what is to hold: the item has its answer, unless there is more to ask.
    pub(super) fn differ_no_more(&mut self, question: u32, batch: u32, item: u32) {
        self.set_hold(item, Hold::Question(question), false);
        let stage = self.case.batches.get(&batch).and_then(|b| self.program.workflow().stage(&b.stage));
        if let Some(stage) = stage {
            self.settle(stage, &[item], "");
        }
    }

    /// Whether signers still differ as a question about it has it.
    pub(super) fn differs_still(&self, question: &Question) -> bool {
        let QuestionAbout::Differ { batch, item, field } = &question.about else { return false };
        let here = self.case.item(*item).filter(|i| i.lives() && i.batch() == Some(*batch));
        let Some((item, batch)) = here.zip(self.case.batches.get(batch)) else { return false };
        let all: Vec<Signature> = signatures(item, &batch.stage, batch.id, &batch.signers).cloned().collect();
        said(&all).get(field).is_some_and(|values| question.asks_of(values))
    }

    fn joined<'s>(
        &self,
        all: impl Iterator<Item = &'s Signature>,
        what: impl Fn(&Signature) -> Option<&String>,
    ) -> Option<String> {
        let said = all.filter_map(|s| Some(format!("{}：{}", self.ledgers.offices.title(&s.office), what(s)?)));
        let said: Vec<String> = said.collect();
        (!said.is_empty()).then(|| said.join("；"))
    }

    fn titles(&self, offices: &[String]) -> String {
        offices.iter().map(|o| self.ledgers.offices.title(o)).collect::<Vec<_>>().join("、")
    }

    /// Why it is decided so, the offices called by their titles.
    fn why(&self, stage: &Stage, signed: &Signed) -> String {
        let title = |office: &String| self.ledgers.offices.title(office).to_string();
        let found = self.case.item(signed.item).zip(self.case.batches.get(&signed.batch));
        let silent = found.map(|(item, batch)| self.stays_silent(stage, item, batch)).unwrap_or_default();
        match &signed.why {
            Why::Strongest(who) if !silent.is_empty() => {
                return format!("期限届满，{}未答复，以{}的答复为准", self.titles(&silent), self.titles(who));
            }
            Why::Strongest(who) => Why::Strongest(who.iter().map(title).collect()),
            Why::Returned(signer) => Why::Returned(title(signer)),
            Why::Vetoed(signer, figures) => Why::Vetoed(title(signer), figures.clone()),
            why @ (Why::Passed(_) | Why::NotPassed(_)) => why.clone(),
        }
        .say()
    }
}

impl Question {
    /// Whether it is about these values and no others.
    fn asks_of(&self, values: &[(Value, Vec<String>)]) -> bool {
        let words: Vec<String> = values.iter().map(|(value, _)| value_words(value)).collect();
        self.answers.len() == words.len() && words.iter().all(|word| self.answers.contains(word))
    }
}

/// By field, the different values some signers gave and who gave each, in the order they were given.
fn said(all: &[Signature]) -> IndexMap<String, Vec<(Value, Vec<String>)>> {
    let mut found: IndexMap<String, Vec<(Value, Vec<String>)>> = IndexMap::new();
    for signature in all.iter().filter(|s| s.assessor.is_none()) {
        for (name, value) in &signature.fields {
            let values = found.entry(name.clone()).or_default();
            match values.iter_mut().find(|(known, _)| known == value) {
                Some((_, who)) => who.push(signature.office.clone()),
                None => values.push((value.clone(), vec![signature.office.clone()])),
            }
        }
    }
    found
}
