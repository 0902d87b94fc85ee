//! What the tables of a case look at beside it: cases of other workflows, and cases as they stood at the end of a day. It is
//! laid beside the ledgers before something is decided, so that deciding stays a function of values.

use super::{Core, Engine, Error, revive};
use crate::case::command::Command;
use crate::case::event::Body;
use crate::case::ledger::Beside;
use crate::case::program::Program;
use crate::case::{Case, table};
use crate::clock::Moment;
use chrono::NaiveDate;
use std::sync::Arc;

impl Engine {
    /// Lays beside the ledgers what the tables of a case may look at when something is decided about it now.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn lay_beside(
        &self,
        core: &mut Core,
        program: &Program,
        case: Option<&str>,
        asked: Option<&Command>,
        now: Moment,
    ) -> Result<(), Error> {
        let own = case.and_then(|id| core.cases.get(id));
        let wanted = table::wanted(program, own, asked, &core.ledgers, now);
        let mut beside = Beside::default();
        for name in &wanted.workflows {
            let deployed = core.deployed.get(name).and_then(|digest| core.programs.get(digest));
            beside.definitions.extend(deployed.map(|p| (name.clone(), p.clone())));
        }
        for other in core.cases.values().filter(|c| wanted.workflows.contains(&c.workflow)) {
            if let Some(program) = core.programs.get(&other.closure) {
                beside.cases.push((program.clone(), other.clone()));
            }
        }
        let mut changed: Vec<(String, NaiveDate)> = Vec::new();
        for day in &wanted.days {
            // what is decided now changes the case itself before its tables are reckoned
            changed.extend(own.map(|case| (case.id.clone(), *day)));
            let others = beside.cases.iter().map(|(_, case)| case).filter(|case| case.latest.date() > *day);
            changed.extend(others.map(|case| (case.id.clone(), *day)));
        }
        for (id, day) in changed {
            let past = self.past(&id, day).await?;
            beside.past.insert((id, day), past);
        }
        core.ledgers.beside = Arc::new(beside);
        Ok(())
    }

    /// A case as it stood at the end of a day; None when it was not open yet. What was put right by hand since was wrong then
    /// already, and is told as it should have been.
    async fn past(&self, id: &str, day: NaiveDate) -> Result<Option<Case>, Error> {
        let mut events = Vec::new();
        let mut repaired = None;
        for recorded in self.store.events(id).await? {
            let event = revive(recorded)?;
            if matches!(event.body, Body::CaseRepaired { .. }) {
                repaired = Some((event.at, event.cause.clone()));
            }
            let corrects = matches!(event.body, Body::ItemChanged { .. } | Body::AnswerCorrected { .. })
                && repaired.as_ref().is_some_and(|(at, cause)| (*at, cause) == (event.at, &event.cause));
            if event.at.date() <= day || corrects {
                events.push(event);
            }
        }
        Ok(Case::replay(&events))
    }
}
