//! `banwen migrate`: which versions of a workflow are meant, and a case that moves from one to the other.

use super::commands::Reply;
use super::{Core, Engine, Error};
use crate::case::Case;
use crate::case::decide;
use crate::case::migration::Mapping;
use crate::case::program::Program;

/// The version that stands in the folder of definitions.
const DEPLOYED: &str = "deployed";
/// A version is told by so many characters of its digest at least.
const VERSION_CHARACTERS_MIN: usize = 6;

impl Engine {
    /// Says what moving a case to another version would do; with `yes`, and when nothing is in the way, does it.
    pub(super) async fn migrate(
        &self,
        id: &str,
        to: &str,
        mapping: &Mapping,
        yes: bool,
        cause: &str,
    ) -> Result<Reply, Error> {
        let no = |says: String| Ok(Reply { done: false, says });
        let mut core = self.core.lock().await;
        if self.is_done(id, cause).await? {
            return Ok(Reply { done: true, says: format!("{id}: done") });
        }
        let Some(case) = core.cases.get(id).cloned() else { return no(format!("there is no case `{id}`")) };
        let Some(from) = self.program_of(&mut core, &case.closure).await? else {
            return Err(Error::Log(format!("the closure of case {id} is missing")));
        };
        let Some(to) = self.version(&mut core, &case, to).await? else {
            let say = "there is no version `{}` of its workflow here: say `deployed`, or how its digest begins";
            return no(format!("{id}: {}", say.replace("{}", to)));
        };
        let plan = decide::migrate((&from, &to), &case, mapping, cause, &core.ledgers, self.clock.now());
        let mut says = decide::told(&plan.lines);
        let Some(decision) = plan.decision else {
            says.push(format!("{id} stays where it is: what is blocked must be seen to first"));
            return no(says.join("\n"));
        };
        if !yes {
            says.push(format!("{id} can be moved; nothing was changed. Say --yes to move it"));
            return Ok(Reply { done: true, says: says.join("\n") });
        }
        says.push(format!("{id}: moved, {} events", decision.events.len()));
        self.keep(&mut core, &to, decision, None).await?;
        Ok(Reply { done: true, says: says.join("\n") })
    }

    /// The version of a case's workflow that is meant: what is deployed, or one whose digest begins so.
    async fn version(&self, core: &mut Core, case: &Case, to: &str) -> Result<Option<Program>, Error> {
        if to == DEPLOYED {
            let Some(digest) = core.deployed.get(&case.workflow).cloned() else { return Ok(None) };
            return self.program_of(core, &digest).await;
        }
        let meant =
            |program: &&Program| program.closure.digest.starts_with(to) && program.workflow().name == case.workflow;
        let mut known = core.programs.values().filter(meant);
        match (known.next().cloned(), known.next()) {
            (Some(only), None) if to.len() >= VERSION_CHARACTERS_MIN => Ok(Some(only)),
            (Some(_), _) => Ok(None),
            (None, _) => self.program_of(core, to).await,
        }
    }
}
