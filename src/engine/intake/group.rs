//! Drops taken and answered in groups: what is synced to the disk for one office is synced beside what is synced for another,
//! so that the disk commits them together. What is decided is decided one after the other, in the order it was handed in.
//!
//! Guarantees: a group is answered as its drops would be one by one; each drop is claimed before it is decided on, and decided
//! on, durably, before its answer is given.

use super::record::{self, give};
use crate::clock::Moment;
use crate::engine::{Core, Engine, Error, quiet};
use crate::spool::claim::{self, ClaimError, Claimed, Finished};
use crate::spool::settle::Settled;
use crate::store::{self, SubmissionRecord};
use std::collections::BTreeMap;

/// Drops of one group.
pub const DROPS_TOGETHER_MAX: usize = 32;
/// Threads that work for a group.
const LANES_MAX: usize = 8;

/// What became of a claim, with the folder the drop lay in.
type Tried = (String, Result<Claimed, ClaimError>);

/// An answer that is recorded and not yet given.
struct Owed {
    claimed: Claimed,
    record: SubmissionRecord,
    /// some of its rows were returned
    partly: bool,
}

impl Engine {
    /// Claims complete drops; gives what became of each, in their order, with the folder it lay in.
    ///
    /// # Errors
    /// Of a test that cuts the power.
    pub(super) fn claim_all(&self, group: &[(String, Settled)], now: Moment) -> Result<Vec<Tried>, Error> {
        let claims = self.side_by_side(
            group.iter().collect(),
            |(folder, _)| folder,
            |(folder, settled)| {
                self.fuse.burn("a drop is claimed")?;
                Ok((folder.clone(), claim::claim(&self.spool, folder, settled, now)))
            },
        );
        claims.into_iter().collect()
    }

    /// Decides on claims one after the other, then gives their answers. What meets trouble is left for later. Gives how many
    /// were answered.
    ///
    /// # Errors
    /// The store's, when it is damaged.
    pub(super) async fn answer_all(&self, core: &mut Core, claims: Vec<Claimed>) -> Result<usize, Error> {
        let mut owed = Vec::new();
        for claimed in claims {
            let id = name_of(&claimed);
            match self.owed(core, claimed).await {
                Ok(answer) => owed.push(answer),
                Err(error) => self.left_for_later(core, &id, error).await?,
            }
            self.progress();
        }
        let given = self.side_by_side(
            owed,
            |owed| &owed.claimed.folder,
            |owed| {
                let id = name_of(&owed.claimed);
                (id, self.give_and_file(owed))
            },
        );
        let mut answered = 0;
        for (id, given) in given {
            match given {
                Ok(()) => answered += 1,
                Err(error) => self.left_for_later(core, &id, error).await?,
            }
        }
        self.progress();
        Ok(answered)
    }

    /// The recorded answer of a claim; decided and committed now, where there is none yet.
    async fn owed(&self, core: &mut Core, claimed: Claimed) -> Result<Owed, Error> {
        let id = name_of(&claimed);
        let office = core.ledgers.offices.by_folder(&claimed.folder).map(|o| o.id.clone());
        let office = office.unwrap_or_else(|| claimed.folder.clone());
        let record = match self.store.submission(&id).await? {
            Some(record) => record,
            None => self.decide_on(core, &claimed, &id, &office).await?,
        };
        let partly = self.store.mark(&record::partly_mark(&record.id)).await?.is_some();
        Ok(Owed { claimed, record, partly })
    }

    fn give_and_file(&self, owed: Owed) -> Result<(), Error> {
        let Owed { mut claimed, record, partly } = owed;
        self.fuse.burn("an answer is given")?;
        let answer = give(&self.spool, &mut claimed, &record, partly)?;
        self.fuse.burn("a claim is filed")?;
        let id = name_of(&claimed);
        match claim::finish(&self.spool, &claimed, answer).map_err(record::failed)? {
            Finished::Filed => {}
            Finished::PutBack(_) => tracing::info!("{id}: still written to, put back"),
        }
        tracing::info!("{id} status={}", record.outcome.word());
        Ok(())
    }

    /// Tells of a claim that cannot be answered now.
    async fn left_for_later(&self, core: &mut Core, id: &str, error: Error) -> Result<(), Error> {
        if error.is_final() {
            return Err(error);
        }
        core.drops.met_trouble(self.clock.now());
        tracing::warn!("{id} is not answered now: {}", quiet::error(&error));
        if let Error::Store(store::Error::Conflict { stream, .. }) = &error {
            self.catch_up(core, stream).await?;
        }
        Ok(())
    }

    /// Does a work on each, those of different folders beside each other, those of one folder in their order; gives the
    /// results in the order given. A scenario, whose every change a test may cut, does one after the other.
    fn side_by_side<T: Send, R: Send>(
        &self,
        all: Vec<T>,
        folder: impl Fn(&T) -> &String,
        work: impl Fn(T) -> R + Sync,
    ) -> Vec<R> {
        let mut lanes: BTreeMap<String, Vec<(usize, T)>> = BTreeMap::new();
        let count = all.len();
        for (place, one) in all.into_iter().enumerate() {
            lanes.entry(folder(&one).clone()).or_default().push((place, one));
        }
        let threads = if self.clock.is_scenario() { 1 } else { lanes.len().min(LANES_MAX) };
        if threads <= 1 {
            let mut in_order: Vec<(usize, T)> = lanes.into_values().flatten().collect();
            in_order.sort_by_key(|(place, _)| *place);
            return in_order.into_iter().map(|(_, one)| work(one)).collect();
        }
        let mut shares: Vec<Vec<(usize, T)>> = (0..threads).map(|_| Vec::new()).collect();
        for (share, lane) in (0..threads).cycle().zip(lanes.into_values()) {
            if let Some(share) = shares.get_mut(share) {
                share.extend(lane);
            }
        }
        let mut done: Vec<(usize, R)> = Vec::with_capacity(count);
        let work = &work;
        std::thread::scope(|scope| {
            let run = |share: Vec<(usize, T)>| {
                scope.spawn(move || share.into_iter().map(|(place, one)| (place, work(one))).collect::<Vec<_>>())
            };
            for thread in shares.into_iter().map(run).collect::<Vec<_>>() {
                match thread.join() {
                    Ok(results) => done.extend(results),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        });
        done.sort_by_key(|(place, _)| *place);
        done.into_iter().map(|(_, result)| result).collect()
    }
}

/// As the log and the store name a claim.
fn name_of(claimed: &Claimed) -> String {
    format!("{}/{}", claimed.folder, claimed.id)
}
