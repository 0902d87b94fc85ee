//! What a name means where an expression stands (LANGUAGE §13).

use super::kind::{Kind, Typed};
use crate::workflow::{
    Action, ClockDefinition, Field, From, Go, ItemType, Overdue, Register, Stage, Strength, Subject, Verb, Workflow,
};
use indexmap::IndexMap;

/// An item type and, where it has categories, one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// type
    pub kind: String,
    /// category
    pub category: Option<String>,
}

/// Where an expression stands.
#[derive(Debug, Clone)]
pub struct Scope<'a> {
    /// the definition
    pub workflow: &'a Workflow,
    /// registers by name
    pub registers: &'a IndexMap<String, Register>,
    /// the items it is judged for; empty = no item is at hand
    pub pairs: Vec<Pair>,
    /// index of the stage it stands at; fields of later stages are not known yet
    pub at: Option<usize>,
    /// the form of that stage is filled in: its fields come before those of other stages
    pub own: bool,
    /// `per` of a rule judged for groups
    pub group: Option<&'a [String]>,
    /// it says who is recused: 考核人, 考核人单位 and `names(…)` mean something
    pub recusing: bool,
    /// it stands in a table: `as_of` means something
    pub table: bool,
    /// what is at hand is no item, but known by these (an entry of a register, a clock, a paper)
    pub record: Option<Vec<(String, Typed)>>,
}

/// What a name means.
pub(super) enum Meaning {
    /// a value; of a stage when its index is given; one per item when `each`
    Value { typed: Typed, stage: Option<usize>, each: bool },
    /// fields of several stages are called so
    Ambiguous(Vec<String>),
    /// a field, but of other items
    Elsewhere(String),
    /// nothing
    Unknown,
}

fn value(kind: Kind) -> Meaning {
    Meaning::Value { typed: Typed::sure(kind), stage: None, each: false }
}

fn per_item(kind: Kind) -> Meaning {
    Meaning::Value { typed: Typed::sure(kind), stage: None, each: true }
}

impl Workflow {
    /// Every pair of type and category meant by an `of:` list; empty list = every main type.
    pub fn pairs(&self, of: &[String]) -> Vec<Pair> {
        let mut found = Vec::new();
        for item in self.items.values().filter(|i| !of.is_empty() || i.about.is_none()) {
            let categories: Vec<Option<String>> = if item.categories.is_empty() {
                vec![None]
            } else {
                item.categories.keys().cloned().map(Some).collect()
            };
            for category in categories {
                if self.means(of, &item.name, category.as_deref()) {
                    found.push(Pair { kind: item.name.clone(), category });
                }
            }
        }
        found
    }

    /// Whether items of this pair pass the stage, its `when` aside.
    pub fn takes(&self, stage: &Stage, pair: &Pair) -> bool {
        !stage.of_case && self.means(&stage.of, &pair.kind, pair.category.as_deref())
    }
}

impl<'a> Scope<'a> {
    /// The scope of items wherever they stand.
    pub fn of_pairs(workflow: &'a Workflow, registers: &'a IndexMap<String, Register>, pairs: Vec<Pair>) -> Scope<'a> {
        Scope {
            workflow,
            registers,
            pairs,
            at: None,
            own: false,
            group: None,
            recusing: false,
            table: false,
            record: None,
        }
    }

    /// The scope of items at a stage.
    pub fn at_stage(workflow: &'a Workflow, registers: &'a IndexMap<String, Register>, index: usize) -> Scope<'a> {
        let pairs =
            workflow.stages.get(index).filter(|s| !s.of_case).map(|s| workflow.pairs(&s.of)).unwrap_or_default();
        Scope { at: Some(index), own: true, ..Scope::of_pairs(workflow, registers, pairs) }
    }

    /// The types of the items at hand, each once.
    pub(super) fn types(&self) -> Vec<&'a ItemType> {
        let mut found: Vec<&ItemType> = Vec::new();
        for pair in &self.pairs {
            if let Some(item) = self.workflow.items.get(&pair.kind)
                && !found.iter().any(|f| f.name == item.name)
            {
                found.push(item);
            }
        }
        found
    }

    pub(super) fn meaning(&self, name: &str) -> Meaning {
        if let Some(record) = &self.record {
            return self.of_record(record, name);
        }
        if let Some(found) = self.builtin(name) {
            return found;
        }
        if let Some(field) = self.workflow.case.params.get(name) {
            let maybe = field.optional && field.default.is_none();
            return Meaning::Value { typed: Typed { kind: Kind::of(&field.kind), maybe }, stage: None, each: false };
        }
        self.item_field(name)
            .or_else(|| self.own_field(name))
            .or_else(|| self.thing(name))
            .or_else(|| self.stage_field(name))
            .or_else(|| self.about_field(name))
            .unwrap_or(Meaning::Unknown)
    }

    /// What is known of an entry of a register, a clock or a paper, and what is known anywhere.
    fn of_record(&self, record: &[(String, Typed)], name: &str) -> Meaning {
        if let Some((_, typed)) = record.iter().find(|(known, _)| known == name) {
            return Meaning::Value { typed: typed.clone(), stage: None, each: true };
        }
        if let Some(field) = self.workflow.case.params.get(name) {
            let maybe = field.optional && field.default.is_none();
            return Meaning::Value { typed: Typed { kind: Kind::of(&field.kind), maybe }, stage: None, each: false };
        }
        match name {
            "period" | "as_of" | "today" | "opener" => self.builtin(name).unwrap_or(Meaning::Unknown),
            _ if self.registers.contains_key(name) => value(Kind::Register(name.to_owned())),
            _ => Meaning::Unknown,
        }
    }

    fn builtin(&self, name: &str) -> Option<Meaning> {
        Some(match name {
            "as_of" if self.table => value(Kind::Date),
            "category" => {
                let categories: Vec<String> = self.pairs.iter().filter_map(|p| p.category.clone()).collect();
                if categories.is_empty() { per_item(Kind::Text) } else { per_item(Kind::Choice(categories)) }
            }
            "owner" => per_item(Kind::Office),
            "subject" => {
                let office = self.pairs.iter().all(|p| self.subject(p) == Some(Subject::Office));
                per_item(if office { Kind::Office } else { Kind::Who })
            }
            "who" => per_item(Kind::Who),
            "opener" => value(Kind::Office),
            "today" => value(Kind::Date),
            "period" => value(Kind::Period),
            "stage" | "outcome" | "code" | "reason" => per_item(Kind::Text),
            "due" if self.is_duty() => per_item(Kind::Date),
            "own_period" if self.table && self.is_duty() => per_item(Kind::Period),
            "child" if self.waits().next().is_some() => per_item(Kind::Child(self.has_waited())),
            "month" => value(Kind::Month),
            "year" => value(Kind::Year),
            "code_date" => Meaning::Value { typed: Typed { kind: Kind::Date, maybe: true }, stage: None, each: true },
            "考核人" if self.recusing => value(Kind::Text),
            "考核人单位" if self.recusing => value(Kind::Office),
            "count" => value(Kind::Number),
            "twin" => Meaning::Value { typed: Typed { kind: Kind::Text, maybe: true }, stage: None, each: true },
            "round" => per_item(Kind::Number),
            "items" => value(Kind::Items),
            "about" => {
                let mut types = self.types().into_iter().filter(|i| i.about.is_some()).peekable();
                if types.peek().is_some_and(|i| i.is_about_case()) {
                    return None;
                }
                per_item(types.find_map(|i| i.about.clone()).map_or(Kind::Any, Kind::Item))
            }
            _ => return None,
        })
    }

    /// Stages that open a child and wait for it, and whether they always do.
    fn waits(&self) -> impl Iterator<Item = (usize, &'a Stage, bool)> {
        let waiting = |action: &&Action| matches!(&action.verb, Verb::Open(open) if open.wait);
        self.workflow.stages.iter().enumerate().filter_map(move |(index, stage)| {
            let always = stage.actions.iter().filter(waiting).any(|a| a.when.is_none() && a.of.is_empty());
            stage.all_actions().find(waiting).map(|_| (index, stage, always))
        })
    }

    /// Whether every item at hand has waited for a child by now.
    fn has_waited(&self) -> bool {
        let past = |index: usize| self.at.is_none_or(|at| index < at);
        self.waits().any(|(index, stage, always)| always && past(index) && self.passes(index, stage))
    }

    /// Whether every item at hand comes of a duty that comes round.
    fn is_duty(&self) -> bool {
        let every = |pair: &Pair| {
            let mut stages = self.workflow.stages.iter();
            stages.any(|s| matches!(s.from, From::Every(..)) && self.workflow.takes(s, pair))
        };
        !self.pairs.is_empty() && self.pairs.iter().all(every)
    }

    /// The subject of a pair.
    pub(super) fn subject(&self, pair: &Pair) -> Option<Subject> {
        self.workflow.subject(&pair.kind, pair.category.as_deref())
    }

    fn item_field(&self, name: &str) -> Option<Meaning> {
        let declared = self.pairs.iter().map(|pair| {
            let field = self.workflow.items.get(&pair.kind)?.fields.get(name)?;
            self.asked(field, pair).then_some(field)
        });
        let declared: Vec<Option<&Field>> = declared.collect();
        let field = declared.iter().flatten().next()?;
        let maybe = declared.iter().any(Option::is_none)
            || declared.iter().flatten().any(|f| f.optional && f.default.is_none());
        Some(Meaning::Value { typed: Typed { kind: Kind::of(&field.kind), maybe }, stage: None, each: true })
    }

    /// Whether a field is asked of a pair.
    fn asked(&self, field: &Field, pair: &Pair) -> bool {
        self.workflow.means(&field.of, &pair.kind, pair.category.as_deref())
    }

    /// Fields of the form of the stage the expression stands at come before those of other stages.
    fn own_field(&self, name: &str) -> Option<Meaning> {
        let index = self.at.filter(|_| self.own)?;
        self.form_field(index, name)
    }

    pub(super) fn form_field(&self, index: usize, name: &str) -> Option<Meaning> {
        let stage = self.workflow.stages.get(index)?;
        if !stage.form.item.contains_key(name) && !stage.form.case.contains_key(name) {
            return self.fact(index, stage, name);
        }
        let (field, each) = match (stage.form.item.get(name), stage.form.case.get(name)) {
            (Some(field), _) => (field, true),
            (None, Some(field)) => (field, false),
            (None, None) => return None,
        };
        // a form field asked of some leaves its field empty
        let asked = self.pairs.iter().all(|p| self.asked(field, p));
        let maybe = (field.optional && field.default.is_none()) || !self.passes(index, stage) || !asked;
        Some(Meaning::Value { typed: Typed { kind: Kind::of(&field.kind), maybe }, stage: Some(index), each })
    }

    /// A fact that counting gives at a stage.
    fn fact(&self, index: usize, stage: &Stage, name: &str) -> Option<Meaning> {
        let fact = stage.facts().into_iter().find(|fact| fact.name == name)?;
        let given = self.pairs.iter().all(|p| self.workflow.means(&fact.of, &p.kind, p.category.as_deref()));
        let kind = if fact.percent { Kind::Percent } else { Kind::Number };
        let typed = Typed { kind, maybe: !self.passes(index, stage) || !given };
        Some(Meaning::Value { typed, stage: Some(index), each: true })
    }

    /// Whether every item at hand passes a stage, so that what it fills is there afterwards.
    fn passes(&self, index: usize, stage: &Stage) -> bool {
        let own = self.own && self.at == Some(index);
        let skipped = || self.at.is_none_or(|at| at > index) && (stage.may_lapse() || self.falls_past(index));
        own || (stage.when.is_none()
            && !skipped()
            && self.pairs.iter().all(|p| stage.of_case || self.workflow.takes(stage, p)))
    }

    /// Whether a clock may run out at this stage or before it and let an item go on without it.
    fn falls_past(&self, index: usize) -> bool {
        let of = |clock: &ClockDefinition| {
            let of = std::slice::from_ref(&clock.of);
            self.pairs.iter().any(|p| self.workflow.means(of, &p.kind, p.category.as_deref()))
        };
        self.workflow.clocks.values().filter(|clock| of(clock)).any(|clock| {
            let Some(Overdue::Outcome(name, _)) = &clock.overdue else { return false };
            let until = clock.until.as_ref().and_then(|until| self.workflow.stage_index(until));
            let stage = until.filter(|until| *until >= index).and_then(|until| self.workflow.stages.get(until));
            stage.and_then(|s| s.outcomes.get(name)).is_some_and(|o| !matches!(o.go, Go::End(_)))
        })
    }

    fn stage_field(&self, name: &str) -> Option<Meaning> {
        let holders: Vec<usize> = (0..self.workflow.stages.len())
            .filter(|i| self.workflow.stages.get(*i).is_some_and(|s| s.gives(name)))
            .collect();
        match holders.as_slice() {
            [] => None,
            [one] => self.form_field(*one, name),
            several => Some(Meaning::Ambiguous(
                several.iter().filter_map(|i| self.workflow.stages.get(*i)).map(|s| s.name.clone()).collect(),
            )),
        }
    }

    fn thing(&self, name: &str) -> Option<Meaning> {
        if let Some(index) = self.workflow.stage_index(name) {
            return Some(Meaning::Value { typed: Typed::sure(Kind::Stage(index)), stage: Some(index), each: true });
        }
        // true for its members, so nobody is without an answer
        if let Some(index) = self.workflow.list_stage(name) {
            return Some(Meaning::Value { typed: Typed::sure(Kind::YesNo), stage: Some(index), each: true });
        }
        if let Some(side) = self.workflow.items.get(name).filter(|i| i.about.is_some()) {
            let of_case = side.is_about_case();
            return Some(if of_case {
                value(Kind::Side(name.to_owned()))
            } else {
                per_item(Kind::Side(name.to_owned()))
            });
        }
        if self.registers.contains_key(name) {
            return Some(value(Kind::Register(name.to_owned())));
        }
        let asked = self.workflow.rules.iter().find(|r| r.name == name && r.strength == Strength::Ask);
        if let Some(rule) = asked {
            // of whom its condition does not hold nobody was asked
            let typed = Typed { kind: Kind::Choice(rule.answers.clone()), maybe: true };
            return Some(Meaning::Value { typed, stage: None, each: true });
        }
        let mut facts = self
            .workflow
            .stages
            .iter()
            .flat_map(Stage::all_actions)
            .filter(|a| matches!(&a.verb, Verb::Set(facts) if facts.contains_key(name)));
        let set = facts.next().is_some();
        set.then_some(Meaning::Value { typed: Typed { kind: Kind::Any, maybe: true }, stage: None, each: true })
    }

    /// A field of other items: of a type that is not at hand.
    fn about_field(&self, name: &str) -> Option<Meaning> {
        let holder = self.workflow.items.values().find(|i| i.fields.contains_key(name))?;
        Some(Meaning::Elsewhere(holder.name.clone()))
    }

    /// Every name that means something here, for hints.
    pub(super) fn known(&self) -> Vec<String> {
        let fields = self.types().into_iter().flat_map(|i| i.fields.keys());
        let forms = self.workflow.stages.iter().flat_map(|s| s.form.item.keys().chain(s.form.case.keys()));
        let stages = self.workflow.stages.iter().map(|s| &s.name);
        let rest = self.workflow.case.params.keys().chain(self.registers.keys());
        let lists = self.workflow.stages.iter().flat_map(|s| s.lists.keys());
        let facts = self.workflow.stages.iter().flat_map(Stage::facts).map(|fact| fact.name);
        if let Some(record) = &self.record {
            let rest = self.workflow.case.params.keys().cloned().chain(["period", "as_of"].map(str::to_owned));
            return record.iter().map(|(name, _)| name.clone()).chain(rest).collect();
        }
        fields
            .chain(forms)
            .chain(stages)
            .chain(rest)
            .chain(lists)
            .cloned()
            .chain(facts)
            .chain(["category", "owner", "who", "today"].map(str::to_owned))
            .collect()
    }
}
