//! How long a reason for breaking a rule, and the answer to a question of one, hold: as long as what the rule reads of the item
//! is what it was then. Mended to another value, the reason is demanded and the question asked anew.

use crate::case::decide::Deciding;
use crate::case::decide::question::{CHANGED, MOOT};
use crate::case::event::{Body, Fields, Hold, QuestionAbout};
use crate::case::{Case, Item, Question};
use crate::workflow::{Rule, rule::mentioned};
use serde_json::{Value, json};
use std::collections::BTreeSet;

impl Deciding<'_> {
    /// Whether a reason was given for an item, and what the rule reads is the same.
    pub(super) fn is_waived(&self, rule: &Rule, id: u32) -> bool {
        let waived = self.case.item(id).is_some_and(|i| i.waivers.iter().any(|(name, _)| *name == rule.name));
        let then = self.case.reasoned.get(&(rule.name.clone(), id));
        waived && then.is_none_or(|then| self.is_the_same(rule, then))
    }

    /// Whether a question of a rule about an item is answered, or open, and what the rule reads is the same.
    pub(super) fn is_asked(&self, rule: &Rule, id: u32) -> bool {
        let last = self.of_rule(rule, id).last().filter(|q| q.answer.as_deref() != Some(MOOT));
        last.is_some_and(|q| q.seen.iter().all(|then| self.is_the_same(rule, then)))
    }

    /// What was answered, or is asked, of an item that is otherwise now is known no more.
    pub(super) fn forget_answer(&mut self, rule: &Rule, id: u32) {
        if self.of_rule(rule, id).next().is_none() || self.is_asked(rule, id) {
            return;
        }
        let open: Vec<u32> = self.of_rule(rule, id).filter(|q| q.answer.is_none()).map(|q| q.id).collect();
        for question in open {
            self.overtake(question, MOOT.to_string(), CHANGED);
            self.set_hold(id, Hold::Question(question), false);
        }
        if self.case.item(id).is_some_and(|i| i.fields.contains_key(&rule.name)) {
            let fields: Fields = [(rule.name.clone(), Value::Null)].into_iter().collect();
            self.emit(Body::ItemChanged { item: id, fields, why: CHANGED.to_string() });
        }
    }

    fn of_rule(&self, rule: &Rule, item: u32) -> impl Iterator<Item = &Question> {
        let about = QuestionAbout::Rule { rule: rule.name.clone(), item };
        self.case.questions.values().map(AsRef::as_ref).filter(move |q| q.about == about)
    }

    /// Whether what a rule reads of an item is what it was.
    fn is_the_same(&self, rule: &Rule, then: &Item) -> bool {
        let expressions = std::iter::once(&rule.test).chain(&rule.when);
        let names: BTreeSet<String> = expressions.flat_map(|e| mentioned(&e.source)).flatten().collect();
        // what stages have said since says nothing of it: least of all the decision that was to be prepared
        let said = |stage: &String| then.answers.contains_key(stage);
        let read = |item: &Item| read(&self.case, item, &names, said);
        self.case.item(then.id).is_some_and(|now| read(now) == read(then))
    }
}

/// What of an item these names may mean: fields, what stages said, and the item itself. Lists are none of it: a decision changes
/// them after what was answered, and that is what its answer was for.
fn read(case: &Case, item: &Item, names: &BTreeSet<String>, said: impl Fn(&String) -> bool) -> Vec<(String, Value)> {
    let named = |fields: &Fields, of: &str| -> Vec<(String, Value)> {
        let all = names.contains(of);
        let meant = fields.iter().filter(|(name, _)| all || names.contains(*name));
        meant.map(|(name, value)| (format!("{of}.{name}"), value.clone())).collect()
    };
    let mut found = named(&item.fields, "");
    for (stage, answer) in item.answers.iter().filter(|(stage, _)| said(stage)) {
        found.extend(named(&answer.fields, stage));
        let head = answer.batch.and_then(|id| case.batches.get(&id));
        found.extend(head.into_iter().flat_map(|batch| named(&batch.fields, stage)));
        if names.contains(stage) {
            found.push((stage.clone(), json!([answer.outcome, answer.reason])));
        }
    }
    let own = [("category", json!(item.category)), ("owner", json!(item.owner)), ("round", json!(item.round()))];
    let own = own.into_iter().map(|(name, value)| (name.to_string(), value));
    found.extend(own.filter(|(name, _)| names.contains(name)));
    found
}
