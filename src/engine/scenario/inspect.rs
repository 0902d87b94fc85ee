//! What is asked of a scenario being played: whether every invariant holds now, whether all verifies at the end, what of a
//! definition it came to.

use super::{PlayError, Player};
use crate::case::coverage::Coverage;
use crate::case::event::Event;
use crate::case::invariant;
use crate::case::ledger::Ledgers;
use crate::engine::{Error, verify};
use crate::store::SubmissionOutcome;
use std::collections::{BTreeMap, BTreeSet};

impl Player {
    /// Every invariant that is broken now, in words: of each case over its log, of all numbers together, and that nobody who
    /// is gone owes anything. Empty while the daemon is stopped.
    ///
    /// # Errors
    /// The store's.
    pub async fn broken_invariants(&self) -> Result<Vec<String>, PlayError> {
        let Some(engine) = self.engine() else { return Ok(Vec::new()) };
        let mut logs: BTreeMap<String, Vec<Event>> = BTreeMap::new();
        for event in self.events().await? {
            logs.entry(event.stream.clone()).or_default().push(event);
        }
        let core = engine.core.lock().await;
        let mut found = Vec::new();
        for (id, case) in &core.cases {
            let log = logs.get(id).map(Vec::as_slice).unwrap_or_default();
            match core.programs.get(&case.closure) {
                Some(program) => {
                    let broken = invariant::broken(program, case, log, &core.ledgers);
                    found.extend(broken.into_iter().map(|b| format!("{id}: {b}")));
                }
                None => found.push(format!("{id}: its closure is missing")),
            }
            let gone = |office: &str| core.ledgers.offices.standing(office) != office;
            let left = case.open_tasks().filter(|t| case.held.is_none() && gone(&t.office));
            found.extend(left.map(|t| format!("{id}: task {} still lies with {}, which is gone", t.id, t.office)));
        }
        let all: Vec<&[Event]> = logs.values().map(Vec::as_slice).collect();
        found.extend(invariant::series_whole(&all));
        found.extend(invariant::children_whole(&core.cases, &all));
        found.extend(invariant::children_tended(&core.cases));
        Ok(found)
    }

    /// Shows a coverage everything that happened, under the scenario's name. Nothing while the daemon is stopped.
    ///
    /// # Errors
    /// The store's.
    pub async fn witness(&self, scenario: &str, coverage: &mut Coverage) -> Result<(), PlayError> {
        let Some(engine) = self.engine() else { return Ok(()) };
        let events = self.events().await?;
        let core = engine.core.lock().await;
        let empty = Ledgers::new(core.ledgers.offices.clone(), core.ledgers.calendar.clone());
        coverage.watch(scenario, &core.programs, empty, &events);
        let deployed = core.deployed.get(coverage.workflow()).and_then(|digest| core.programs.get(digest));
        let Some(program) = deployed else { return Ok(()) };
        let opening = format!("启动{}", program.workflow().title);
        for record in engine.store.submissions(u32::MAX).await.map_err(Error::from)? {
            if record.outcome == SubmissionOutcome::Returned && record.name.starts_with(&opening) {
                coverage.returned_unopened(scenario, program, &record.answer);
            }
        }
        Ok(())
    }

    /// The texts of the definition cases of this workflow run by; none while the daemon is stopped.
    pub async fn definitions(&self, workflow: &str) -> BTreeSet<String> {
        let Some(engine) = self.engine() else { return BTreeSet::new() };
        let core = engine.core.lock().await;
        let cases = core.cases.values().filter(|case| case.workflow == workflow);
        let closures = cases.filter_map(|case| Some(&core.programs.get(&case.closure)?.closure));
        closures.filter_map(|closure| closure.sources.get("workflow.yaml").cloned()).collect()
    }

    /// Verifies the spool as `banwen verify` does.
    ///
    /// # Errors
    /// The store's.
    pub async fn verify(&self) -> Result<verify::Report, PlayError> {
        let Some(engine) = self.engine() else { return Ok(verify::Report::default()) };
        let core = engine.core.lock().await;
        let report =
            verify::verify(&engine.spool, engine.store.as_ref(), &engine.workshop, &core.programs, &core.ledgers).await;
        Ok(report?)
    }
}
