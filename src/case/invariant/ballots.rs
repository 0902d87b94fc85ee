//! 15. Of ballots a log has counts, and a count is the sum of its sheets.

use crate::case::Case;
use crate::case::ballots;
use crate::case::event::{Ask, Body, Event, Fields};
use crate::case::program::Program;
use crate::workflow::{ABSTAINED, BallotDefinition, INVALID};
use std::collections::BTreeMap;

pub(super) fn check(program: &Program, case: &Case, log: &[Event], found: &mut Vec<String>) {
    counts_only(program, log, found);
    for (batch, ballot) in counted(program, case) {
        let Ok(sum) = ballots::counted(program.workflow(), case, ballot, batch) else {
            found.push(format!("15: the sheets of batch {} cannot be added up", batch.id));
            continue;
        };
        for figures in sum.items {
            let facts = ballots::facts_of(&figures);
            let answer = case.item(figures.item).and_then(|i| i.answers.get(&batch.stage));
            let same = |(name, value): (&String, &serde_json::Value)| {
                answer.is_some_and(|a| a.batch != Some(batch.id) || a.fields.get(name) == Some(value))
            };
            if !facts.iter().all(same) {
                found.push(format!(
                    "15: what item {} got in batch {} is not what its sheets say",
                    figures.item, batch.id
                ));
            }
        }
    }
}

/// Batches of ballots whose count stands and whose items have not gone on.
fn counted<'a>(
    program: &'a Program,
    case: &'a Case,
) -> impl Iterator<Item = (&'a crate::case::Batch, &'a BallotDefinition)> {
    let stands = case.batches.values().filter(|b| b.answered.is_some());
    stands.filter_map(|b| Some((b.as_ref(), program.workflow().stage(&b.stage)?.ballot.as_ref()?)))
}

/// An answer at a stage with a ballot says of each item once how often it got what, and nothing else; and together no more
/// than there were ballots.
fn counts_only(program: &Program, log: &[Event], found: &mut Vec<String>) {
    let mut tasks: BTreeMap<u64, &BallotDefinition> = BTreeMap::new();
    for event in log {
        match &event.body {
            Body::TaskOpened { task, stage: Some(stage), ask: Ask::Answer, .. } => {
                let ballot = program.workflow().stage(stage).and_then(|s| s.ballot.as_ref());
                tasks.extend(ballot.map(|ballot| (*task, ballot)));
            }
            Body::TaskAnswered { task, rows, count, .. } if tasks.contains_key(task) => {
                let ballot = tasks[task];
                let ballots = count.as_ref().and_then(|c| c.sheet.as_ref()).map(|s| s.ballots);
                let sum = |fields: &Fields| fields.values().filter_map(serde_json::Value::as_u64).sum::<u64>();
                let known = |name: &String| ballot.options.contains_key(name) || name == ABSTAINED || name == INVALID;
                let plain = |fields: &Fields| fields.keys().all(known) && Some(sum(fields)) == ballots;
                let mut items: Vec<Option<u32>> = rows.iter().map(|r| r.item).collect();
                items.sort_unstable();
                items.dedup();
                if items.len() != rows.len() || items.contains(&None) || !rows.iter().all(|r| plain(&r.fields)) {
                    found.push(format!("15: event {} has more of ballots than their counts", event.seq));
                }
            }
            _ => {}
        }
    }
}
