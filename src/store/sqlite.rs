//! The store in one SQLite file: WAL, one writer at a time, readers beside it.
//!
//! Guarantees: see [`crate::store`]. Acceptances and completions are written with `synchronous = FULL`, that is, synced before the
//! call returns. Claims, renewals and expiries go through a second connection with `synchronous = NORMAL`: what a power
//! failure takes from them is a lease, and the effect is ready again. So does what is accepted ahead: the WAL keeps the order of
//! commits, and one sync of it, which every commit of the first connection is too, makes all before it durable. Both connections
//! stand behind one lock, so that a writer never waits for another inside SQLite. Readers see the last commit and wait for nobody.
//!
//! Failures: a full disk, a busy file or an input/output error gives [`Error::Transient`]; the connection whose transaction it
//! broke is replaced before the next write, so the store heals without a restart. Erased bytes are overwritten
//! (`secure_delete`) and the WAL is emptied after an erasure, as far as no reader is in the way.
//!
//! Limits: a local file system, never a network share.

mod accept;
mod effects;
mod lane;
mod rows;

use super::{
    Acceptance, Answer, ChainProblem, Claim, Effect, EffectFilter, Error, Known, Leased, Outcome, Recorded, Settled,
    Store, StreamEnd, SubmissionRecord, chain, schema,
};
use crate::clock::Moment;
use crate::files;
use lane::Lane;
use serde_json::Value;
use sqlx::pool::PoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqlitePool};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard, watch};

/// How long SQLite waits for a lock another process holds.
const BUSY_SECONDS: u64 = 5;
/// How long an opening that met another waits before it tries again.
const OPEN_WAIT_MILLISECONDS: u64 = 50;
const READERS_MAX: u32 = 3;

/// How a file is opened.
#[derive(Clone)]
pub struct Settings {
    /// what salts are made from
    pub secret: chain::Secret,
    /// sync to the disk; false only for simulations, whose crashes are not the machine's
    pub durable: bool,
}

/// A store in one file.
pub struct Sqlite {
    writers: Mutex<Writers>,
    readers: SqlitePool,
    secret: chain::Secret,
    commits: watch::Sender<u64>,
    /// the WAL, where commits are to be synced
    wal: Option<PathBuf>,
}

/// The two writing connections; the lock around them makes them one writer.
struct Writers {
    durable: Lane,
    leases: Lane,
    /// something was accepted that is not synced yet
    ahead: bool,
}

impl Sqlite {
    /// Opens the file, creating it if there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// [`Error::Newer`] for a file of a later version; [`Error::Transient`] when the file cannot be opened;
    /// [`Error::Fault`] when it is no database.
    pub async fn open(path: &Path, settings: Settings) -> Result<Sqlite, Error> {
        // Turning a new file to WAL is refused at once while another process does the same: SQLite's own patience does not
        // cover it.
        let mut tries = BUSY_SECONDS * 1_000 / OPEN_WAIT_MILLISECONDS;
        loop {
            match Sqlite::open_once(path, settings.clone()).await {
                Err(error) if error.is_transient() && tries > 0 => {
                    tries -= 1;
                    tokio::time::sleep(Duration::from_millis(OPEN_WAIT_MILLISECONDS)).await;
                }
                opened => return opened,
            }
        }
    }

    async fn open_once(path: &Path, settings: Settings) -> Result<Sqlite, Error> {
        let (full, normal) = match settings.durable {
            true => (SqliteSynchronous::Full, SqliteSynchronous::Normal),
            false => (SqliteSynchronous::Off, SqliteSynchronous::Off),
        };
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .busy_timeout(Duration::from_secs(BUSY_SECONDS))
            .foreign_keys(true)
            .pragma("secure_delete", "on")
            .disable_statement_logging();
        let mut durable = Lane::open(options.clone().synchronous(full)).await?;
        schema::upgrade(&mut durable.connection, schema::STEPS).await?;
        let leases = Lane::open(options.clone().synchronous(normal)).await?;
        let readers = PoolOptions::new()
            .max_connections(READERS_MAX)
            .min_connections(0)
            .test_before_acquire(false)
            .connect_with(options.pragma("query_only", "on"))
            .await?;
        let commits = watch::Sender::new(0);
        let mut wal = path.as_os_str().to_owned();
        wal.push("-wal");
        let wal = settings.durable.then(|| wal.into());
        let writers = Mutex::new(Writers { durable, leases, ahead: false });
        Ok(Sqlite { writers, readers, secret: settings.secret, commits, wal })
    }

    /// Closes the connections; the file is then whole without its WAL.
    pub async fn close(self) {
        self.readers.close().await;
        let writers = self.writers.into_inner();
        // Nothing is lost if a close fails: the next open replays the WAL.
        let _ = writers.leases.connection.close().await;
        let _ = writers.durable.connection.close().await;
    }

    async fn writers(&self) -> MutexGuard<'_, Writers> {
        self.writers.lock().await
    }

    async fn accept_ahead_now(&self, acceptance: Acceptance) -> Result<Vec<Recorded>, Error> {
        let mut writers = self.writers().await;
        let mut transaction = writers.leases.begin().await?;
        let recorded = accept::accept(&mut transaction, &acceptance, &self.secret).await?;
        transaction.commit().await?;
        writers.leases.whole = true;
        writers.ahead = true;
        Ok(recorded)
    }

    async fn sync_now(&self) -> Result<(), Error> {
        let mut writers = self.writers().await;
        self.catch_up(&mut writers)
    }

    /// Makes durable what was accepted ahead, and wakes the workers for what it owes.
    fn catch_up(&self, writers: &mut Writers) -> Result<(), Error> {
        if !writers.ahead {
            return Ok(());
        }
        if let Some(wal) = &self.wal {
            files::sync_file(wal).map_err(|error| Error::Transient(error.to_string()))?;
        }
        writers.ahead = false;
        self.committed();
        Ok(())
    }

    fn committed(&self) {
        self.commits.send_modify(|count| *count = count.wrapping_add(1));
    }

    async fn erase_now(&self, stream: &str, seq: u64, pointer: &str) -> Result<usize, Error> {
        let mut writers = self.writers().await;
        self.catch_up(&mut writers)?;
        let mut transaction = writers.durable.begin().await?;
        let erased = accept::erase(&mut transaction, stream, seq, pointer).await?;
        transaction.commit().await?;
        writers.durable.whole = true;
        // The old bytes are still in the WAL until it is emptied. A reader may be in the way; the next one empties it.
        let _ = sqlx::raw_sql("pragma wal_checkpoint(truncate)").execute(&mut writers.durable.connection).await;
        Ok(erased)
    }

    async fn complete_now(
        &self,
        leased: &Leased,
        now: Moment,
        outcome: &Outcome,
        acceptance: Option<Acceptance>,
    ) -> Result<Settled, Error> {
        let mut writers = self.writers().await;
        self.catch_up(&mut writers)?;
        let mut transaction = writers.durable.begin().await?;
        let verdict = leased.judge(outcome, now);
        effects::end(&mut transaction, leased, now, &verdict).await?;
        let recorded = match &acceptance {
            Some(acceptance) => accept::accept(&mut transaction, acceptance, &self.secret).await?,
            None => Vec::new(),
        };
        transaction.commit().await?;
        writers.durable.whole = true;
        drop(writers);
        self.committed();
        Ok(Settled { verdict, recorded })
    }
}

/// One transaction on a lane; wakes the workers when `$wake`. What comes after something accepted ahead is synced with it, or
/// after it: nobody is told of a lease on what may not last.
macro_rules! write {
    ($store:expr, $lane:ident, $wake:expr, |$transaction:ident| $work:expr) => {
        Box::pin(async move {
            let mut writers = $store.writers().await;
            $store.catch_up(&mut writers)?;
            let mut begun = writers.$lane.begin().await?;
            let $transaction = &mut *begun;
            let given = $work.await?;
            begun.commit().await?;
            writers.$lane.whole = true;
            drop(writers);
            if $wake {
                $store.committed();
            }
            Ok(given)
        })
    };
}

impl Store for Sqlite {
    fn accept(&self, acceptance: Acceptance) -> Answer<'_, Vec<Recorded>> {
        write!(self, durable, true, |transaction| accept::accept(transaction, &acceptance, &self.secret))
    }

    fn accept_ahead(&self, acceptance: Acceptance) -> Answer<'_, Vec<Recorded>> {
        Box::pin(self.accept_ahead_now(acceptance))
    }

    fn sync(&self) -> Answer<'_, ()> {
        Box::pin(self.sync_now())
    }

    fn events<'a>(&'a self, stream: &'a str) -> Answer<'a, Vec<Recorded>> {
        Box::pin(rows::events(&self.readers, stream))
    }

    fn events_at<'a>(&'a self, stream: &'a str, numbers: &'a [u64]) -> Answer<'a, Vec<Recorded>> {
        Box::pin(rows::events_at(&self.readers, stream, numbers))
    }

    fn streams(&self) -> Answer<'_, Vec<StreamEnd>> {
        Box::pin(rows::streams(&self.readers))
    }

    fn all_events(&self, after: u64, limit: u32) -> Answer<'_, Vec<Recorded>> {
        Box::pin(rows::all_events(&self.readers, after, limit))
    }

    fn submission<'a>(&'a self, id: &'a str) -> Answer<'a, Option<SubmissionRecord>> {
        Box::pin(rows::submission(&self.readers, id))
    }

    fn submission_by<'a>(
        &'a self,
        office: &'a str,
        task: Option<&'a str>,
        digest: &'a str,
    ) -> Answer<'a, Option<SubmissionRecord>> {
        Box::pin(rows::submission_by(&self.readers, office, task, digest))
    }

    fn known<'a>(&'a self, ids: &'a [String], contents: &'a [(String, String)]) -> Answer<'a, Known> {
        Box::pin(rows::known(&self.readers, ids, contents))
    }

    fn submissions(&self, limit: u32) -> Answer<'_, Vec<SubmissionRecord>> {
        Box::pin(rows::submissions(&self.readers, limit))
    }

    fn closure<'a>(&'a self, digest: &'a str) -> Answer<'a, Option<Value>> {
        Box::pin(rows::closure(&self.readers, digest))
    }

    fn put_closure<'a>(&'a self, digest: &'a str, closure: &'a Value) -> Answer<'a, ()> {
        write!(self, durable, false, |transaction| accept::put_closure(transaction, digest, closure))
    }

    fn mark<'a>(&'a self, name: &'a str) -> Answer<'a, Option<String>> {
        Box::pin(rows::mark(&self.readers, name))
    }

    fn set_mark<'a>(&'a self, name: &'a str, value: &'a str) -> Answer<'a, ()> {
        write!(self, durable, false, |transaction| accept::set_mark(transaction, name, value))
    }

    fn effect<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Effect>> {
        Box::pin(rows::effect(&self.readers, id))
    }

    fn effects(&self, filter: EffectFilter) -> Answer<'_, Vec<Effect>> {
        Box::pin(rows::effects(&self.readers, filter))
    }

    fn next_due<'a>(&'a self, queues: &'a [&'a str]) -> Answer<'a, Option<Moment>> {
        Box::pin(rows::next_due(&self.readers, queues))
    }

    fn claim<'a>(&'a self, claim: Claim<'a>) -> Answer<'a, Option<Leased>> {
        Box::pin(async move {
            // Most asks find nothing; a read answers those without taking the writer's place.
            if !rows::any_due(&self.readers, &claim).await? {
                return Ok(None);
            }
            write!(self, leases, false, |transaction| effects::claim(transaction, claim)).await
        })
    }

    fn renew<'a>(&'a self, held: &'a [Leased], until: Moment) -> Answer<'a, u64> {
        write!(self, leases, false, |transaction| effects::renew(transaction, held, until))
    }

    fn release<'a>(&'a self, leased: &'a Leased) -> Answer<'a, ()> {
        write!(self, leases, true, |transaction| effects::release(transaction, leased))
    }

    fn complete<'a>(
        &'a self,
        leased: &'a Leased,
        now: Moment,
        outcome: &'a Outcome,
        acceptance: Option<Acceptance>,
    ) -> Answer<'a, Settled> {
        Box::pin(self.complete_now(leased, now, outcome, acceptance))
    }

    fn expire(&self, now: Moment) -> Answer<'_, u64> {
        Box::pin(async move {
            if !rows::any_expired(&self.readers, now).await? {
                return Ok(0);
            }
            write!(self, leases, true, |transaction| effects::expire(transaction, now, Some(now))).await
        })
    }

    fn recover(&self, now: Moment) -> Answer<'_, u64> {
        write!(self, leases, true, |transaction| effects::expire(transaction, now, None))
    }

    fn retry<'a>(&'a self, id: &'a str, now: Moment) -> Answer<'a, ()> {
        write!(self, durable, true, |transaction| effects::retry(transaction, id, now))
    }

    fn cancel<'a>(&'a self, id: &'a str, now: Moment, reason: &'a str) -> Answer<'a, ()> {
        write!(self, durable, false, |transaction| effects::cancel(transaction, id, now, reason))
    }

    fn erase<'a>(&'a self, stream: &'a str, seq: u64, pointer: &'a str) -> Answer<'a, usize> {
        Box::pin(self.erase_now(stream, seq, pointer))
    }

    fn forget<'a>(&'a self, id: &'a str, answer: &'a str) -> Answer<'a, ()> {
        write!(self, durable, false, |transaction| accept::forget(transaction, id, answer))
    }

    fn verify(&self) -> Answer<'_, Vec<ChainProblem>> {
        Box::pin(rows::verify(&self.readers))
    }

    fn commits(&self) -> watch::Receiver<u64> {
        self.commits.subscribe()
    }
}

/// Primary result codes of SQLite that say: the world, not the data. BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR,
/// FULL, CANTOPEN, PROTOCOL.
const TRANSIENT_CODES: [i32; 9] = [5, 6, 7, 8, 9, 10, 13, 14, 15];

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Error {
        let transient = match error.as_database_error() {
            Some(inner) => {
                // The extended code's low byte is the primary one.
                let code = inner.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or_default() & 0xff;
                TRANSIENT_CODES.contains(&code)
            }
            None => matches!(
                error,
                sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed
            ),
        };
        if transient { Error::Transient(error.to_string()) } else { Error::Fault(error.to_string()) }
    }
}

#[cfg(test)]
mod tests;
