//! `banwen repair`: what an operator puts right by hand, tried out against every invariant before anything is kept.

use super::commands::Reply;
use super::{Engine, Error, revive};
use crate::case::decide::{self, Repair};
use crate::case::event::Event;
use crate::case::invariant;
use crate::case::story::lines;

impl Engine {
    /// Says what the repairs would do, in the words of the case's story; with `yes` does them. Refused when an invariant that
    /// held before would be broken after them.
    pub(super) async fn repair(
        &self,
        id: &str,
        (repairs, reason): (&[Repair], &str),
        yes: bool,
        cause: &str,
    ) -> Result<Reply, Error> {
        let no = |says: String| Ok(Reply { done: false, says });
        let mut core = self.core.lock().await;
        if self.is_done(id, cause).await? {
            return Ok(Reply { done: true, says: format!("{id}: done") });
        }
        let Some(case) = core.cases.get(id).cloned() else { return no(format!("there is no case `{id}`")) };
        let Some(program) = self.program_of(&mut core, &case.closure).await? else {
            return Err(Error::Log(format!("the closure of case {id} is missing")));
        };
        let now = self.clock.now();
        let decision = match decide::repair(&program, &case, (repairs, reason), cause, &core.ledgers, now) {
            Ok(decision) => decision,
            Err(refusal) => {
                let says: Vec<String> = refusal.faults.into_iter().map(|fault| fault.say).collect();
                return no(says.join("\n"));
            }
        };
        let recorded = self.store.events(id).await?.into_iter();
        let mut log = recorded.map(revive).collect::<Result<Vec<Event>, Error>>()?;
        let before = invariant::broken(&program, &case, &log, &core.ledgers);
        log.extend(decision.events.iter().cloned());
        let after = invariant::broken(&program, &decision.case, &log, &decision.ledgers);
        let story = decision.events.iter().map(|e| lines::full(&program, &decision.case, e, &decision.ledgers));
        let mut says: Vec<String> = story.collect();
        let broken: Vec<String> = after.into_iter().filter(|b| !before.contains(b)).collect();
        if !broken.is_empty() {
            says.extend(broken.into_iter().map(|b| format!("would break what must always hold: {b}")));
            return no(says.join("\n"));
        }
        if !yes {
            says.push(format!("{id}: nothing was changed. Say --yes to do it"));
            return Ok(Reply { done: true, says: says.join("\n") });
        }
        says.push(format!("{id}: done, {} events", decision.events.len()));
        self.keep(&mut core, &program, decision, None).await?;
        Ok(Reply { done: true, says: says.join("\n") })
    }
}
