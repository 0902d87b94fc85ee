//! Which parts of a definition a log has reached: its stages, outcomes, rules, clocks, papers, actions, side types, questions.
//!
//! Read from events alone, folded as the kernel folds them. Two things an event does not say outright: that a rule held is
//! found by judging it again over what was accepted, and which rule refused a form by the words of its `say`; two rules that
//! say the same are then both counted as broken.

mod parts;
mod same;
#[cfg(test)]
mod tests;
mod witness;

pub use parts::{Part, PartKind, Verdict};

use super::Case;
use super::event::Event;
use super::ledger::Ledgers;
use super::program::Program;
use crate::workflow::Workflow;
use std::collections::{BTreeMap, BTreeSet};
use witness::Witness;

/// The parts of a definition, and who reached them.
#[derive(Debug, Clone)]
pub struct Coverage {
    workflow: String,
    parts: Vec<Part>,
    reached: BTreeMap<Part, BTreeSet<String>>,
}

impl Coverage {
    /// Everything of a definition, nothing reached yet. Rules are told by their stages, so it must have been checked.
    pub fn of(workflow: &Workflow) -> Coverage {
        Coverage { workflow: workflow.name.clone(), parts: parts::of(workflow), reached: BTreeMap::new() }
    }

    /// Whose parts they are.
    pub fn workflow(&self) -> &str {
        &self.workflow
    }

    /// Takes in what a scenario came to: all its events in the order they were accepted. `ledgers` are empty ones over the
    /// offices and the calendar it was played with; cases of other workflows count for nothing.
    pub fn watch(
        &mut self,
        scenario: &str,
        programs: &BTreeMap<String, Program>,
        mut ledgers: Ledgers,
        events: &[Event],
    ) {
        let mut cases: BTreeMap<&str, Case> = BTreeMap::new();
        let together = |a: &Event, b: &Event| (&a.stream, &a.cause, a.at) == (&b.stream, &b.cause, b.at);
        for decision in events.chunk_by(together) {
            let Some(first) = decision.first() else { continue };
            if let Some(case) = Case::opened(first) {
                cases.insert(&first.stream, case);
            }
            let known = cases.get_mut(first.stream.as_str());
            let program = known.as_ref().and_then(|case| programs.get(&case.closure));
            match (known, program) {
                (Some(case), Some(program)) if case.workflow == self.workflow => {
                    let mut witness = Witness::new(program);
                    for event in decision {
                        witness.see(event, case);
                        case.apply(event);
                        ledgers.apply(event);
                    }
                    witness.judge(case, &ledgers, first.at);
                    for part in witness.found {
                        self.reached.entry(part).or_default().insert(scenario.to_string());
                    }
                }
                _ => decision.iter().for_each(|event| ledgers.apply(event)),
            }
        }
    }

    /// Takes in that a form that would have opened a case was returned, with the words of the return: no case has an event of
    /// it. A definition in which the one item comes with that form judges its rules there.
    pub fn returned_unopened(&mut self, scenario: &str, program: &Program, words: &str) {
        let mut witness = Witness::new(program);
        witness.refused(&[words.to_string()]);
        for part in witness.found {
            self.reached.entry(part).or_default().insert(scenario.to_string());
        }
    }

    /// Takes in what another coverage of the same definition saw.
    pub fn join(&mut self, other: Coverage) {
        for (part, by) in other.reached {
            self.reached.entry(part).or_default().extend(by);
        }
    }

    /// Every part in the order of the definition, with the scenarios that reached it.
    pub fn parts(&self) -> impl Iterator<Item = (&Part, Vec<&str>)> {
        self.parts.iter().map(|part| {
            let by = self.reached.get(part).into_iter().flatten().map(String::as_str).collect();
            (part, by)
        })
    }

    /// What nothing reached, in the order of the definition.
    pub fn never(&self) -> Vec<&Part> {
        self.parts.iter().filter(|part| !self.reached.contains_key(part)).collect()
    }
}
