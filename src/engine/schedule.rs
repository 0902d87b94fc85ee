//! Cases that open by themselves: the engine asks the kernel when a workflow's schedule falls, and keeps the fall in a stream
//! of its own, in one transaction with the case it opened. What fell while the daemon was away is dealt with at the start.

use super::{Core, Engine, Error, acceptance, draft, remember, sentences};
use crate::case::decide;
use crate::case::program::Program;
use crate::clock::Moment;
use crate::deadline::{Fall, Period};
use crate::store::Acceptance;

/// How a moment is kept as a mark.
const MARK_FORMAT: &str = "%Y-%m-%dT%H:%M:%S";

impl Engine {
    /// Opens every case whose schedule has fallen; gives how many schedules fell.
    pub(super) async fn open_scheduled(&self, core: &mut Core, now: Moment) -> Result<usize, Error> {
        let mut fell = 0;
        for program in scheduled(core) {
            let born = self.born(core, &program, now).await?;
            let fallen = decide::fallen(program.workflow(), &core.ledgers, born, now);
            let count = fallen.falls.len();
            for (n, fall) in fallen.falls.iter().enumerate() {
                let skipped: &[Period] = if n + 1 == count { &fallen.skipped } else { &[] };
                self.open_one(core, &program, fall, skipped, now).await?;
                fell += 1;
            }
        }
        Ok(fell)
    }

    async fn open_one(
        &self,
        core: &mut Core,
        program: &Program,
        fall: &Fall,
        skipped: &[Period],
        now: Moment,
    ) -> Result<(), Error> {
        let workflow = program.workflow();
        let stream = decide::schedule_stream(&workflow.name);
        let seq = core.ends.get(&stream).copied().unwrap_or(0) + 1;
        let event = decide::fell(workflow, fall, skipped, now, seq);
        self.lay_beside(core, program, None, None, now).await?;
        let opened = decide::open_fallen(program, fall, &core.ledgers, now);
        let (mut kept, decision) = match opened {
            Ok(decision) => (acceptance(program, &decision, None)?, Some(decision)),
            Err(refusal) => {
                tracing::warn!("{stream}: no case for {}: {}", fall.period.name(), sentences(&refusal));
                (Acceptance::at(now), None)
            }
        };
        kept.events.insert(0, draft(&event)?);
        self.accept(kept).await?;
        if let Some(decision) = decision {
            remember(core, decision);
        }
        core.ledgers.apply(&event);
        core.ends.insert(stream, seq);
        core.dirty = true;
        Ok(())
    }

    /// Since when a workflow's schedule is in force: since it was first seen here.
    async fn born(&self, core: &mut Core, program: &Program, now: Moment) -> Result<Moment, Error> {
        let name = decide::schedule_stream(&program.workflow().name);
        if let Some(born) = core.scheduled_since.get(&name) {
            return Ok(*born);
        }
        let known = self.store.mark(&name).await?;
        let born = match known.and_then(|text| Moment::parse_from_str(&text, MARK_FORMAT).ok()) {
            Some(born) => born,
            None => {
                self.set_mark(&name, &now.format(MARK_FORMAT).to_string()).await?;
                now
            }
        };
        core.scheduled_since.insert(name, born);
        Ok(born)
    }
}

/// When a schedule falls next.
pub(super) fn next_opening(core: &Core, now: Moment) -> Option<Moment> {
    let falls = scheduled(core).into_iter().filter_map(|program| {
        let workflow = program.workflow();
        let born = core.scheduled_since.get(&decide::schedule_stream(&workflow.name))?;
        let due = !decide::fallen(workflow, &core.ledgers, *born, now).falls.is_empty();
        if due { Some(now) } else { decide::falls_next(workflow, now, &core.ledgers.calendar) }
    });
    falls.min()
}

/// The definitions in force that open by themselves.
fn scheduled(core: &Core) -> Vec<Program> {
    let deployed = core.deployed.values().filter_map(|digest| core.programs.get(digest));
    deployed.filter(|p| p.workflow().case.opened_every.is_some()).cloned().collect()
}
