//! Dates of facts: which of the days a definition asks for say when something happened, and not when it is meant to.

use super::{Field, Kind, Stage, Workflow};
use crate::submission::Type;
use indexmap::IndexMap;

impl Workflow {
    /// The dates a stage asks for that are those of facts: which say so, what its own papers are dated by, what a clock is
    /// stopped by, and the day of a decision, or of a vote whose minutes are entered.
    pub fn facts_at<'w>(&'w self, stage: &'w Stage) -> Vec<&'w Field> {
        let taken_in = self.items.values().filter(|of| stage.kind == Kind::Recommend && stage.of.contains(&of.name));
        let own = taken_in.clone().flat_map(|of| of.fields.values()).filter(|field| is_date(field));
        let mut found: Vec<&Field> = asked_at(stage).filter(|field| field.fact == Some(true)).collect();
        found.extend(asked_at(stage).chain(own).filter(|field| dates_paper(stage, field)));
        if let [only] = self.maybe_of_decision(stage).as_slice() {
            found.push(only);
        }
        let stops = self.clocks.values().flat_map(|c| &c.stops).filter(|stop| stage.of.contains(&stop.of));
        let stops: Vec<&String> = stops.flat_map(|stop| stop.from.iter().chain(&stop.to)).collect();
        found.extend(asked_at(stage).filter(|field| stops.contains(&&field.name)));
        found.extend(taken_in.flat_map(|of| self.facts_of(&of.name)));
        found
    }

    /// The days a decision, or minutes, may be of that asks for some: where one dates its paper or is said to be a fact it is
    /// that, and none is left to guess; else those that are not said to be meant. Of several nobody can tell which it is.
    pub fn maybe_of_decision<'w>(&'w self, stage: &'w Stage) -> Vec<&'w Field> {
        let decides = stage.kind == Kind::Decide || stage.minutes().is_some();
        if !decides || asked_at(stage).any(|field| field.fact == Some(true) || dates_paper(stage, field)) {
            return Vec::new();
        }
        asked_at(stage).filter(|field| field.fact.is_none()).collect()
    }

    /// Those that an item of a type brings with it: which say so, and from when it stops a clock. When that will be over may be
    /// meant only.
    pub fn facts_of(&self, of: &str) -> Vec<&Field> {
        let Some(of) = self.items.get(of) else { return Vec::new() };
        let stops = self.clocks.values().flat_map(|c| &c.stops).filter(|stop| stop.of == of.name);
        let named = stops.filter_map(|stop| of.fields.get(stop.from.as_ref()?)).filter(|field| is_date(field));
        said_to_be(&of.fields).chain(named).collect()
    }
}

/// The dates among params, or the fields of a register, that say of themselves that they are of facts.
pub fn said_to_be(fields: &IndexMap<String, Field>) -> impl Iterator<Item = &Field> {
    fields.values().filter(|field| field.fact == Some(true))
}

/// The dates a stage's form asks for, head before lines.
fn asked_at(stage: &Stage) -> impl Iterator<Item = &Field> {
    stage.form.case.values().chain(stage.form.item.values()).filter(|field| is_date(field))
}

fn dates_paper(stage: &Stage, field: &Field) -> bool {
    stage.all_documents().any(|document| document.date.as_ref() == Some(&field.name))
}

fn is_date(field: &Field) -> bool {
    field.kind == Type::Date && field.is.is_none()
}
