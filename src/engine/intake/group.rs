//! Drops taken in by groups: what each waits for at the disk it waits for beside the others, so that the disk commits it together.
//!
//! While one group is decided on, the next is claimed and the one before gets its answers. What is decided is decided one after the
//! other, in the order it was handed in, and synced for a whole group at once; while one is decided on, the form of the next is read.
//! Guarantees: each drop goes the way it would go alone, step by step; it is claimed before it is decided on, and decided on, durably,
//! before its answer is given; the answers of one office come in the order of its drops. A scenario, whose every change a test
//! may cut, does one after the other.

use super::record::{failed, give_back, partly_mark, receipt_of};
use crate::clock::Moment;
use crate::engine::understand::ReadForm;
use crate::engine::{Core, Engine, Error, Fuse, quiet};
use crate::files;
use crate::spool::claim::{self, Answer, ClaimError, Claimed, Finished};
use crate::spool::layout::Spool;
use crate::spool::settle::Settled;
use crate::store::{self, Known, SubmissionOutcome, SubmissionRecord};
use futures::StreamExt;
use std::collections::BTreeMap;

/// Drops of one group.
pub const DROPS_TOGETHER_MAX: usize = 64;
/// Bytes of all the drops of one group; a larger drop is a group of its own.
const BYTES_TOGETHER_MAX: u64 = claim::SUBMISSION_BYTES_MAX;

/// Drops of a group whose forms are read at once: the next to be decided on, and the one after it.
const READ_TOGETHER: usize = 2;

/// A complete drop, with the folder it lies in.
type Complete = (String, Settled);
/// What became of a drop, with the folder it lay in.
type Tried = (String, Result<Claimed, ClaimError>);
/// What became of an answer, with the claim's name.
type Given = (String, Result<(), Error>);

/// An answer that is recorded and not yet given.
struct Owed {
    claimed: Claimed,
    record: SubmissionRecord,
    /// some of its rows were returned
    partly: bool,
}

impl Engine {
    /// Takes complete drops in, in their order; gives how many were answered. What meets trouble is left for later.
    ///
    /// # Errors
    /// The store's, when it is damaged.
    pub(super) async fn take_in(&self, core: &mut Core, drops: Vec<Complete>, now: Moment) -> Result<usize, Error> {
        let mut groups = groups(drops, self.drops_together_max).into_iter();
        let (mut tried, mut owed, mut answered) = (Vec::new(), Vec::new(), 0);
        loop {
            let group = groups.next().unwrap_or_default();
            if group.is_empty() && tried.is_empty() && owed.is_empty() {
                return Ok(answered);
            }
            let (claimed, decided, given) =
                tokio::join!(self.claim_all(group, now), self.decide_all(core, tried), self.give_all(owed));
            let (decided, sealed) = decided?;
            answered += sealed + self.given(core, given?).await?;
            (tried, owed) = (claimed?, decided);
        }
    }

    /// Answers one claim; gives how many were answered.
    ///
    /// # Errors
    /// The store's, when it is damaged.
    pub(super) async fn answer(&self, core: &mut Core, claimed: Claimed) -> Result<usize, Error> {
        let (owed, _) = self.decide_all(core, vec![(claimed.folder.clone(), Ok(claimed))]).await?;
        let given = self.give_all(owed).await?;
        self.given(core, given).await
    }

    async fn claim_all(&self, group: Vec<Complete>, now: Moment) -> Result<Vec<Tried>, Error> {
        let (spool, fuse) = (self.spool.clone(), self.fuse.clone());
        self.beside(group, move |group| {
            group.iter().try_for_each(|_| fuse.burn("a drop is claimed"))?;
            let claims = claim::claim_all(&spool, &group, now);
            Ok(group.into_iter().map(|(folder, _)| folder).zip(claims).collect())
        })
        .await
    }

    /// Decides on claims one after the other, and syncs it; gives the answers that are owed now, and how many need none.
    async fn decide_all(&self, core: &mut Core, tried: Vec<Tried>) -> Result<(Vec<Owed>, usize), Error> {
        let (mut owed, mut sealed) = (Vec::new(), 0);
        let mut known = self.known(core, &tried).await;
        // one by itself, as those a crash left are, may have its answer; and a stranger's is not read
        let ahead = tried.len() > 1 && !self.clock.is_scenario() && !self.settings.owner_check;
        let reading = tried.into_iter().map(|(folder, claimed)| async move {
            let read = match claimed.as_ref().ok().filter(|claimed| ahead && claimed.faults.is_empty()) {
                Some(claimed) => Some(self.read_candidates(claimed).await),
                None => None,
            };
            (folder, claimed, read)
        });
        let mut reading = futures::stream::iter(reading).buffered(READ_TOGETHER);
        while let Some((folder, claimed, read)) = reading.next().await {
            match claimed {
                Ok(claimed) => {
                    let id = name_of(&claimed);
                    match self.owed(core, claimed, read, &mut known).await {
                        Ok(answer) => owed.push(answer),
                        Err(error) => self.left_for_later(core, &id, error).await?,
                    }
                }
                Err(error) => sealed += usize::from(self.not_claimed(core, &folder, error)),
            }
            self.progress();
        }
        if let Err(error) = self.store.sync().await {
            let id = format!("{} claims", owed.len());
            self.left_for_later(core, &id, error.into()).await?;
            owed.clear();
        }
        Ok((owed, sealed))
    }

    /// What the store knows of claims that are to be decided on, asked once for all of them.
    async fn known(&self, core: &Core, tried: &[Tried]) -> Result<Known, store::Error> {
        let claims = || tried.iter().filter_map(|(_, claimed)| claimed.as_ref().ok());
        let ids: Vec<String> = claims().map(name_of).collect();
        let contents: Vec<(String, String)> = claims().map(|c| (office_of(core, c), c.digest.clone())).collect();
        if ids.is_empty() { Ok(Known::default()) } else { self.store.known(&ids, &contents).await }
    }

    /// The recorded answer of a claim; decided and committed now, where there is none yet. Its form may have been read already.
    async fn owed(
        &self,
        core: &mut Core,
        claimed: Claimed,
        read: Option<ReadForm>,
        known: &mut Result<Known, store::Error>,
    ) -> Result<Owed, Error> {
        let known = known.as_mut().map_err(|error| error.clone())?;
        let (id, office) = (name_of(&claimed), office_of(core, &claimed));
        if let Some(record) = known.submissions.remove(&id) {
            let partly = self.store.mark(&partly_mark(&record.id)).await?.is_some();
            return Ok(Owed { claimed, record, partly });
        }
        let content = (office.clone(), claimed.digest.clone());
        let before = known.contents.contains(&content);
        let (record, partly) = self.decide_on(core, &claimed, &id, &office, read, before).await?;
        known.contents.insert(content);
        Ok(Owed { claimed, record, partly })
    }

    async fn give_all(&self, owed: Vec<Owed>) -> Result<Vec<Given>, Error> {
        let (spool, fuse) = (self.spool.clone(), self.fuse.clone());
        self.beside(owed, move |owed| Ok(give_and_file(&spool, &fuse, owed))).await
    }

    /// Tells of answers that could not be given; gives how many could.
    async fn given(&self, core: &mut Core, given: Vec<Given>) -> Result<usize, Error> {
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

    /// Does a work on a group beside the loop; a scenario does it here, for one after the other.
    async fn beside<T, R>(
        &self,
        group: Vec<T>,
        work: impl Fn(Vec<T>) -> Result<Vec<R>, Error> + Send + 'static,
    ) -> Result<Vec<R>, Error>
    where
        T: Send + 'static,
        R: Send + 'static,
    {
        if self.clock.is_scenario() {
            let mut done = Vec::new();
            for one in group {
                done.extend(work(vec![one])?);
            }
            return Ok(done);
        }
        let working = tokio::task::spawn_blocking(move || work(group));
        working.await.map_err(|error| Error::Log(format!("a group of drops: {error}")))?
    }
}

/// Drops in groups of so many at most, in their order.
fn groups(drops: Vec<Complete>, most: usize) -> Vec<Vec<Complete>> {
    let mut groups: Vec<Vec<Complete>> = Vec::new();
    let mut bytes = 0;
    for (folder, settled) in drops {
        bytes += settled.bytes;
        match groups.last_mut().filter(|group| group.len() < most && bytes <= BYTES_TOGETHER_MAX) {
            Some(group) => group.push((folder, settled)),
            None => {
                bytes = settled.bytes;
                groups.push(vec![(folder, settled)]);
            }
        }
    }
    groups
}

/// Gives answers, those of one office in their order, and files their claims.
fn give_and_file(spool: &Spool, fuse: &Fuse, owed: Vec<Owed>) -> Vec<Given> {
    let mut offices: BTreeMap<String, Vec<Owed>> = BTreeMap::new();
    for owed in owed {
        offices.entry(owed.claimed.folder.clone()).or_default().push(owed);
    }
    let given = files::side_by_side(offices.into_values().collect(), |owed| give_in_order(spool, fuse, owed));
    file_all(spool, fuse, given.into_iter().flatten().collect())
}

/// Gives the answers of one office; receipts that follow each other are written together.
fn give_in_order(spool: &Spool, fuse: &Fuse, owed: Vec<Owed>) -> Vec<(Owed, Result<Answer, Error>)> {
    let mut given = Vec::new();
    let mut taken: Vec<Owed> = Vec::new();
    for mut one in owed {
        let burnt = fuse.burn("an answer is given");
        if burnt.is_ok() && one.record.outcome == SubmissionOutcome::Accepted && !one.partly {
            taken.push(one);
            continue;
        }
        given.extend(receipts(spool, std::mem::take(&mut taken)));
        let answer = burnt.and_then(|()| give_back(spool, &mut one.claimed, &one.record));
        given.push((one, answer));
    }
    given.extend(receipts(spool, taken));
    given
}

/// Writes receipts of one office.
fn receipts(spool: &Spool, taken: Vec<Owed>) -> Vec<(Owed, Result<Answer, Error>)> {
    let Some(folder) = taken.first().map(|owed| owed.claimed.folder.clone()) else { return Vec::new() };
    let text = |owed: &Owed| (receipt_of(&owed.claimed), owed.record.answer.clone());
    let written = claim::receipts(spool, &folder, taken.iter().map(text).collect());
    let answer = |written: Result<(), files::Error>| Ok(written.map(|()| Answer::Accepted)?);
    taken.into_iter().zip(written.into_iter().map(answer)).collect()
}

/// Files claims whose answers were given.
fn file_all(spool: &Spool, fuse: &Fuse, given: Vec<(Owed, Result<Answer, Error>)>) -> Vec<Given> {
    let burn = |answer: Answer| fuse.burn("a claim is filed").map(|()| answer);
    let given: Vec<(Owed, Result<Answer, Error>)> =
        given.into_iter().map(|(owed, answer)| (owed, answer.and_then(burn))).collect();
    let to_file = given.iter().filter_map(|(owed, answer)| Some((&owed.claimed, *answer.as_ref().ok()?)));
    let mut finished = claim::finish_all(spool, to_file.collect()).into_iter();
    let mut file = |(owed, answer): &(Owed, Result<Answer, Error>)| {
        let ended = answer.is_ok().then(|| finished.next()).flatten();
        let id = name_of(&owed.claimed);
        match ended.transpose().map_err(failed)? {
            Some(Finished::PutBack(_)) => tracing::info!("{id}: still written to, put back"),
            Some(Finished::Filed) => {}
            None => return Ok(()),
        }
        tracing::info!("{id} status={}", owed.record.outcome.word());
        Ok(())
    };
    let filed: Vec<Result<(), Error>> = given.iter().map(&mut file).collect();
    let told = |((owed, answer), filed): ((Owed, Result<Answer, Error>), Result<(), Error>)| {
        (name_of(&owed.claimed), answer.and(filed))
    };
    given.into_iter().zip(filed).map(told).collect()
}

/// The office whose folder a claim came from.
fn office_of(core: &Core, claimed: &Claimed) -> String {
    let office = core.ledgers.offices.by_folder(&claimed.folder).map(|o| o.id.clone());
    office.unwrap_or_else(|| claimed.folder.clone())
}

/// As the log and the store name a claim.
fn name_of(claimed: &Claimed) -> String {
    format!("{}/{}", claimed.folder, claimed.id)
}
