//! What a case brings along to another version of its workflow: everything it knows, under the names the new version has
//! for it.
//!
//! A mapping is renaming alone. It is folded by itself, without either definition: what may be moved is decided before
//! (`decide/migrate`), what stands in the log is what happened.

use super::event::{ClockOf, Fields, QuestionAbout};
use super::{Answer, Case, Index, Item, Position, Signature};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Old names and what they are called in the new version. What is not named keeps its name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mapping {
    /// stages
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub stages: BTreeMap<String, String>,
    /// fields of items and params; `STAGE.FIELD`, with the stage's old name, for one of a stage's form
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// outcomes, as `STAGE.OUTCOME`
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub outcomes: BTreeMap<String, String>,
    /// categories of items
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub categories: BTreeMap<String, String>,
    /// named clocks
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub clocks: BTreeMap<String, String>,
}

fn named<'a>(names: &'a BTreeMap<String, String>, old: &'a str) -> &'a str {
    names.get(old).map_or(old, String::as_str)
}

/// The name of something of a stage, told with it: `STAGE.NAME`.
fn within<'a>(names: &'a BTreeMap<String, String>, stage: &str, old: &'a str) -> &'a str {
    names.get(&format!("{stage}.{old}")).map_or(old, String::as_str)
}

impl Mapping {
    /// Nothing is called otherwise.
    pub fn is_empty(&self) -> bool {
        *self == Mapping::default()
    }

    /// What a stage is called.
    pub fn stage<'a>(&'a self, old: &'a str) -> &'a str {
        named(&self.stages, old)
    }

    /// What a field of an item, or a param, is called.
    pub fn field<'a>(&'a self, old: &'a str) -> &'a str {
        named(&self.fields, old)
    }

    /// What a field of a stage's form is called; the stage by its old name.
    pub fn form_field<'a>(&'a self, stage: &str, old: &'a str) -> &'a str {
        within(&self.fields, stage, old)
    }

    /// What an outcome is called; the stage by its old name.
    pub fn outcome<'a>(&'a self, stage: &str, old: &'a str) -> &'a str {
        within(&self.outcomes, stage, old)
    }

    /// What a category is called.
    pub fn category<'a>(&'a self, old: &'a str) -> &'a str {
        named(&self.categories, old)
    }

    /// What a named clock is called.
    pub fn clock<'a>(&'a self, old: &'a str) -> &'a str {
        named(&self.clocks, old)
    }

    fn fields(&self, old: &Fields) -> Fields {
        old.iter().map(|(name, value)| (self.field(name).to_string(), value.clone())).collect()
    }

    fn form(&self, stage: &str, old: &Fields) -> Fields {
        old.iter().map(|(name, value)| (self.form_field(stage, name).to_string(), value.clone())).collect()
    }

    fn answer(&self, stage: &str, old: &Answer) -> Answer {
        Answer {
            fields: self.form(stage, &old.fields),
            outcome: old.outcome.as_ref().map(|o| self.outcome(stage, o).to_string()),
            ..old.clone()
        }
    }

    fn signature(&self, stage: &str, old: &Signature) -> Signature {
        Signature {
            fields: self.form(stage, &old.fields),
            outcome: old.outcome.as_ref().map(|o| self.outcome(stage, o).to_string()),
            ..old.clone()
        }
    }

    fn item(&self, old: &Item) -> Item {
        let stage = |name: &String| self.stage(name).to_string();
        let signed = |(s, all): (&String, &Vec<Signature>)| {
            (stage(s), all.iter().map(|one| self.signature(s, one)).collect::<Vec<_>>())
        };
        Item {
            category: old.category.as_ref().map(|c| self.category(c).to_string()),
            fields: self.fields(&old.fields),
            answers: old.answers.iter().map(|(s, a)| (stage(s), self.answer(s, a))).collect(),
            signed: old.signed.iter().map(signed).collect(),
            left: old.left.iter().map(|(s, at)| (stage(s), *at)).collect(),
            position: match &old.position {
                Position::At { stage: at, round, batch, unjudged } => {
                    Position::At { stage: stage(at), round: *round, batch: *batch, unjudged: *unjudged }
                }
                ended @ Position::Ended { .. } => ended.clone(),
            },
            noticed: old.noticed.iter().map(|(s, paper)| (stage(s), *paper)).collect(),
            resume: old.resume.as_ref().map(stage),
            used: old.used.iter().map(|(s, o)| (stage(s), self.outcome(s, o).to_string())).collect(),
            sent_back: old.sent_back.as_ref().map(|(s, o)| (stage(s), self.outcome(s, o).to_string())),
            // what another version was answered is not taken back under this one
            before: None,
            taken_back: None,
            ..old.clone()
        }
    }

    fn question(&self, about: &mut QuestionAbout) {
        if let QuestionAbout::Blocked { stage, .. }
        | QuestionAbout::Late { stage, .. }
        | QuestionAbout::Above { stage, .. }
        | QuestionAbout::Short { stage, .. }
        | QuestionAbout::LeftOut { stage } = about
        {
            *stage = self.stage(stage).to_string();
        }
        // it names a stage, or a clock
        if let QuestionAbout::Overdue { clock, .. } = about {
            *clock = self.clock(self.stage(clock)).to_string();
        }
    }
}

/// Changes every value of a map.
fn each<K: Ord + Copy, V: Clone>(map: &mut imbl::OrdMap<K, Arc<V>>, change: impl Fn(&mut V)) {
    let changed = |(key, value): (&K, &Arc<V>)| {
        let mut value = V::clone(value);
        change(&mut value);
        (*key, Arc::new(value))
    };
    *map = map.iter().map(changed).collect();
}

impl Case {
    /// From now on it runs under this closure; what it knows has the names of it.
    pub(super) fn take_over(&mut self, closure: &str, mapping: &Mapping) {
        self.closure = closure.to_string();
        if mapping.is_empty() {
            return;
        }
        self.params = Arc::new(mapping.fields(&self.params));
        self.items = self.items.iter().map(|(id, item)| (*id, Arc::new(mapping.item(item)))).collect();
        each(&mut self.batches, |batch| {
            batch.fields = mapping.form(&batch.stage, &batch.fields);
            batch.stage = mapping.stage(&batch.stage).to_string();
        });
        each(&mut self.tasks, |task| {
            task.stage = task.stage.as_ref().map(|s| mapping.stage(s).to_string());
        });
        each(&mut self.documents, |paper| {
            paper.stage = paper.stage.as_ref().map(|s| mapping.stage(s).to_string());
        });
        let item = |item: &Arc<Item>| Arc::new(mapping.item(item));
        each(&mut self.questions, |question| {
            mapping.question(&mut question.about);
            question.seen = question.seen.iter().map(item).collect();
        });
        self.reasoned = self.reasoned.iter().map(|(of, seen)| (of.clone(), item(seen))).collect();
        each(&mut self.clocks, |clock| {
            match &mut clock.of {
                ClockOf::Named { clock: name, .. } => *name = mapping.clock(name).to_string(),
                ClockOf::Gate { stage, .. } => *stage = mapping.stage(stage).to_string(),
                ClockOf::Answer(_) | ClockOf::Period(_) | ClockOf::Grace(_) | ClockOf::Keep(_) | ClockOf::Return(_) => {
                }
            }
            let source = |name: &String| {
                let stay = name.strip_prefix("stay/").and_then(|stay| stay.rsplit_once('/'));
                stay.map_or_else(|| name.clone(), |(stage, n)| format!("stay/{}/{n}", mapping.stage(stage)))
            };
            clock.sources = clock.sources.iter().map(|(name, n)| (source(name), *n)).collect();
        });
        let intake = |name: &String| match name.split_once('/') {
            Some((stage, key)) => super::intakes::intake_name(mapping.stage(stage), key),
            None => mapping.stage(name).to_string(),
        };
        self.intakes = self.intakes.iter().map(|(name, i)| (intake(name), i.clone())).collect();
        self.index = Index::of(self);
    }

    /// The closures that are needed to go on with it: its own, and those its papers were made under.
    pub fn closures(&self) -> std::collections::BTreeSet<&str> {
        let papers = self.documents.values().map(|paper| paper.closure.as_str());
        std::iter::once(self.closure.as_str()).chain(papers).collect()
    }
}
