//! Which fields hold certain values, at first hand or made of them: what is sealed (LANGUAGE §5), what tells who somebody is.
//!
//! A field is made of another when it is computed of it (`is`) or set to it (`do: set`), and so on from field to field. That
//! something is there (`is defined`), and how many rows a table has (`.count`), is not its value.

use super::{Expression, Field, ItemType, Stage, Subject, Verb, Workflow, rule};
use crate::submission::Type;
use std::collections::BTreeSet;

/// Fields, each by whose it is: an item type's, or a stage's.
#[derive(Debug)]
pub struct Holders<'w> {
    workflow: &'w Workflow,
    fields: BTreeSet<(&'w str, &'w str)>,
}

/// A field of items, or a fact, that is made of other values.
#[derive(Debug, Clone, Copy)]
pub struct Derived<'w> {
    /// whose it is
    pub of: &'w ItemType,
    /// its name
    pub name: &'w str,
    /// what it is made by
    pub from: &'w Expression,
}

impl Workflow {
    /// The fields that hold these values at first hand, and all that is made of them.
    pub fn holders<'w>(&'w self, first: impl Fn(Option<&ItemType>, &Field) -> bool) -> Holders<'w> {
        let mut fields = BTreeSet::new();
        for of in self.items.values() {
            let held = of.fields.values().filter(|field| first(Some(of), field));
            fields.extend(held.map(|field| (of.name.as_str(), field.name.as_str())));
        }
        for stage in &self.stages {
            let asked = stage.form.item.values().chain(stage.form.case.values()).filter(|field| first(None, field));
            fields.extend(asked.map(|field| (stage.name.as_str(), field.name.as_str())));
        }
        let mut holders = Holders { workflow: self, fields };
        let derived = if holders.fields.is_empty() { Vec::new() } else { self.derived() };
        loop {
            let fresh = |it: &&Derived<'w>| !holders.has(&it.of.name, it.name);
            let made = |it: &&Derived<'w>| holders.told(&[it.of], &it.from.source).is_some();
            let more: Vec<_> =
                derived.iter().filter(fresh).filter(made).map(|it| (it.of.name.as_str(), it.name)).collect();
            if more.is_empty() {
                return holders;
            }
            holders.fields.extend(more);
        }
    }

    /// What is sealed, and all that is made of it.
    pub fn sealed(&self) -> Holders<'_> {
        self.holders(|of, field| of.is_some_and(|of| of.sealed.contains(&field.name)))
    }

    /// Whatever is computed of items, or set.
    pub fn derived(&self) -> Vec<Derived<'_>> {
        let mut found = Vec::new();
        for of in self.items.values() {
            let computed = of.fields.values().filter_map(|field| Some((field, field.is.as_ref()?)));
            found.extend(computed.map(|(field, from)| Derived { of, name: &field.name, from }));
        }
        for stage in &self.stages {
            for action in stage.all_actions() {
                let Verb::Set(facts) = &action.verb else { continue };
                for of in self.types_at(stage, &action.of) {
                    found.extend(facts.iter().map(|(name, from)| Derived { of, name, from }));
                }
            }
        }
        found
    }

    /// The types of the items of a stage that an `of:` list means.
    pub fn types_at(&self, stage: &Stage, of: &[String]) -> Vec<&ItemType> {
        let here = if stage.of_case { Vec::new() } else { self.pairs(&stage.of) };
        let meant = |of_type: &&ItemType| {
            let mut pairs = here.iter().filter(|pair| pair.kind == of_type.name);
            pairs.any(|pair| self.means(of, &pair.kind, pair.category.as_deref()))
        };
        self.items.values().filter(meant).collect()
    }
}

impl<'w> Holders<'w> {
    /// Whether a field of a type, or of a stage, is one.
    pub fn has(&self, of: &str, name: &str) -> bool {
        self.fields.contains(&(of, name))
    }

    /// The first of them whose value an expression over items of these types reads.
    pub fn told(&self, at: &[&ItemType], source: &str) -> Option<&'w str> {
        rule::valued(source).iter().find_map(|path| self.read(at, path))
    }

    /// The first of them whose value a text over items of these types says.
    pub fn said(&self, at: &[&ItemType], text: &str) -> Option<&'w str> {
        rule::text_valued(text).iter().find_map(|path| self.read(at, path))
    }

    /// The first of them that a register knows items of a type by; an office is known by its id.
    pub fn known_by(&self, of: &ItemType) -> Option<&'w str> {
        if of.is_about(Subject::Office) && !of.is_about(Subject::Person) && !of.is_about(Subject::Organisation) {
            return None;
        }
        let mut first = vec![Type::Name];
        first.extend(of.is_about(Subject::Person).then_some(Type::IdNumber));
        first.extend(of.is_about(Subject::Organisation).then_some(Type::CreditCode));
        let mut fields = first.iter().filter_map(|kind| of.fields.values().find(|field| field.kind == *kind));
        fields.find_map(|field| self.field(&of.name, &field.name))
    }

    /// What a path means is looked for as an expression does: fields of the items at hand, of a stage, of other items.
    fn read(&self, at: &[&ItemType], path: &[String]) -> Option<&'w str> {
        let parts: Vec<&str> = path.iter().map(String::as_str).filter(|part| *part != "*").collect();
        let (first, rest) = parts.split_first()?;
        let at_hand = |of: &&&ItemType| of.fields.contains_key(*first) || self.has(&of.name, first);
        let whole = |name: &&str| matches!(*name, "who" | "subject");
        if whole(first) {
            return at.iter().find_map(|of| self.known_by(of));
        }
        if *first == "about" {
            let mut about = at.iter().filter_map(|of| self.workflow.items.get(of.about.as_deref()?));
            return match rest.first().is_some_and(whole) {
                true => about.find_map(|of| self.known_by(of)),
                false => about.find_map(|of| self.value(&of.name, rest)),
            };
        }
        if self.workflow.case.params.contains_key(*first) {
            return None;
        }
        if at.iter().any(|of| at_hand(&of)) {
            return at.iter().filter(at_hand).find_map(|of| self.value(&of.name, &parts));
        }
        if self.workflow.stage(first).is_some() || self.workflow.items.contains_key(*first) {
            return self.value(first, rest);
        }
        let mut asked = self.workflow.stages.iter().filter(|stage| stage.gives(first)).peekable();
        if asked.peek().is_some() {
            return asked.find_map(|stage| self.value(&stage.name, &parts));
        }
        self.workflow.items.keys().find_map(|of| self.value(of, &parts))
    }

    fn value(&self, of: &str, path: &[&str]) -> Option<&'w str> {
        let (name, rest) = path.split_first()?;
        self.field(of, name).filter(|_| rest.first() != Some(&"count"))
    }

    fn field(&self, of: &str, name: &str) -> Option<&'w str> {
        self.fields.iter().find(|(whose, held)| *whose == of && *held == name).map(|(_, held)| *held)
    }
}
