//! The store: what was decided, what is owed to the world, and what was answered, kept across crashes.
//!
//! The store knows nothing of workflows. It keeps *events* (per stream, numbered 1, 2, 3 …, hash-chained), *effects* (the
//! outbox: what an event owes the world, the queue of the workers), *submissions* with their one answer, *closures* of
//! definitions by digest, and *marks* (small named texts). [`Store`] is the contract; [`sqlite::Sqlite`] keeps it in one file.
//!
//! # What always holds
//! - [`Store::accept`] and [`Store::complete`] are each one transaction: all of it is there, or nothing.
//! - Within a stream the numbers have no gap and no double; across streams the positions have none either.
//! - An effect exists only if the transaction that owes it was committed; its id is never used for two contents.
//! - Nothing reads the machine's clock: every moment is handed in.
//!
//! # The crash contract
//! | call returned `Ok` | after the process is killed | after the power fails |
//! |---|---|---|
//! | `accept`, `complete`, `retry`, `cancel`, `erase`, `set_mark`, `put_closure` | there | there |
//! | `accept_ahead` | there | there once `sync` or a call of the first line has returned; before, the last ones may be as if never made |
//! | `claim`, `renew`, `release`, `expire`, `recover` | there | there, or as before; an effect is then ready again |
//!
//! What was accepted ahead stays inside until it is synced: no effect of it is leased before.
//!
//! A call that returned an error has changed nothing. A call whose future was dropped half-way, or whose process died, has
//! happened wholly or not at all; the caller reads to learn which. An error that [`Error::is_transient`] heals without a
//! restart: the same call may be made again. After [`Error::is_fault`] the process must stop: what is stored contradicts itself.

pub mod chain;
mod schema;
pub mod sqlite;
mod values;

pub use values::*;

use crate::clock::Moment;
use futures::future::BoxFuture;
use serde_json::Value;
use tokio::sync::watch;

/// What a call on a store will give.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, Error>>;

/// Why a call on the store failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Somebody else wrote to the stream since the caller read it, or the caller numbered badly; decide again.
    #[error("stream {stream}: event {given} was offered, but the next is {next}")]
    Conflict {
        /// the stream
        stream: String,
        /// the number the store would take
        next: u64,
        /// the number that was offered
        given: u64,
    },
    /// The id or digest is taken by something of other content.
    #[error("{what} {id} is already there with another content")]
    Different {
        /// effect, submission or closure
        what: &'static str,
        /// its id
        id: String,
    },
    /// The lease is no longer the caller's: it ended and another took the effect. Nothing was written.
    #[error("the lease on effect {id} is no longer ours")]
    LeaseLost {
        /// the effect
        id: String,
    },
    /// There is no such thing.
    #[error("there is no {what} {id}")]
    Unknown {
        /// effect, event or leaf
        what: &'static str,
        /// its id
        id: String,
    },
    /// The effect's state forbids it: only what waits can be cancelled, only what does not run can be retried.
    #[error("effect {id} is {state}")]
    WrongState {
        /// the effect
        id: String,
        /// its state
        state: EffectState,
    },
    /// The caller offered something that cannot be stored so that it can be read back.
    #[error("cannot be stored: {0}")]
    Malformed(String),
    /// The file was written by a newer program.
    #[error("the database has schema {found}, this program knows {known}; it was written by a newer version")]
    Newer {
        /// schema version found
        found: i64,
        /// the latest this program knows
        known: i64,
    },
    /// The world: disk full, file busy, input/output. Trying again later may help.
    #[error("the store is not available now: {0}")]
    Transient(String),
    /// What is stored contradicts itself, or the database is damaged.
    #[error("the store is damaged: {0}")]
    Fault(String),
}

impl Error {
    /// The same call may succeed later.
    pub fn is_transient(&self) -> bool {
        matches!(self, Error::Transient(_))
    }

    /// Decide again on fresh state.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Error::Conflict { .. })
    }

    /// The process must stop.
    pub fn is_fault(&self) -> bool {
        matches!(self, Error::Fault(_))
    }
}

/// The contract of a store; see the module for what always holds and what survives which crash.
///
/// Any number of tasks may call at once. One process works through the effects (the spool's lock sees to it, and only its
/// holder may [`Store::recover`]); others may read, retry and cancel meanwhile, and are noticed at the next poll. Two that
/// write to one stream are told apart by [`Error::Conflict`].
pub trait Store: Send + Sync + 'static {
    /// Takes an acceptance in one transaction and gives its events as they stand in the log.
    ///
    /// # Errors
    /// [`Error::Conflict`] when an event's number is not the next of its stream; [`Error::Different`] when an effect,
    /// submission or closure is there with another content (the same content again is fine); [`Error::Malformed`].
    fn accept(&self, acceptance: Acceptance) -> Answer<'_, Vec<Recorded>>;

    /// The same, synced with what comes after it: [`Store::sync`] is to follow before anything of it is told to anybody.
    ///
    /// # Errors
    /// Those of [`Store::accept`].
    fn accept_ahead(&self, acceptance: Acceptance) -> Answer<'_, Vec<Recorded>>;

    /// Syncs what was accepted ahead.
    ///
    /// # Errors
    /// [`Error::Transient`]: it may not survive the power; nothing of it may be told before a later call succeeded.
    fn sync(&self) -> Answer<'_, ()>;

    /// All events of one stream, in order; none if there is no such stream.
    fn events<'a>(&'a self, stream: &'a str) -> Answer<'a, Vec<Recorded>>;

    /// Those events of one stream that have these numbers, in order.
    fn events_at<'a>(&'a self, stream: &'a str, numbers: &'a [u64]) -> Answer<'a, Vec<Recorded>>;

    /// Every stream with the number of its last event, by name.
    fn streams(&self) -> Answer<'_, Vec<StreamEnd>>;

    /// At most `limit` events of all streams with positions greater than `after`, in the order they were accepted.
    fn all_events(&self, after: u64, limit: u32) -> Answer<'_, Vec<Recorded>>;

    /// A submission by its id.
    fn submission<'a>(&'a self, id: &'a str) -> Answer<'a, Option<SubmissionRecord>>;

    /// The first submission of this content by this office to this task (or to none).
    fn submission_by<'a>(
        &'a self,
        office: &'a str,
        task: Option<&'a str>,
        digest: &'a str,
    ) -> Answer<'a, Option<SubmissionRecord>>;

    /// Of these ids the submissions there are, and of these contents of offices (office, digest) those handed in before: for many
    /// at once, most of which there are not.
    fn known<'a>(&'a self, ids: &'a [String], contents: &'a [(String, String)]) -> Answer<'a, Known>;

    /// The latest `limit` submissions, latest first.
    fn submissions(&self, limit: u32) -> Answer<'_, Vec<SubmissionRecord>>;

    /// The closure of a definition by its digest.
    fn closure<'a>(&'a self, digest: &'a str) -> Answer<'a, Option<Value>>;

    /// Keeps a closure under its digest. [`Error::Different`] when another content has it.
    fn put_closure<'a>(&'a self, digest: &'a str, closure: &'a Value) -> Answer<'a, ()>;

    /// A named text, e.g. the last moment the daemon was seen alive.
    fn mark<'a>(&'a self, name: &'a str) -> Answer<'a, Option<String>>;

    /// Sets a named text.
    fn set_mark<'a>(&'a self, name: &'a str, value: &'a str) -> Answer<'a, ()>;

    /// One effect.
    fn effect<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Effect>>;

    /// The effects a filter lets through, in the order they were owed.
    fn effects(&self, filter: EffectFilter) -> Answer<'_, Vec<Effect>>;

    /// The earliest moment at which a ready effect of these queues may run; None when none waits.
    fn next_due<'a>(&'a self, queues: &'a [&'a str]) -> Answer<'a, Option<Moment>>;

    /// Leases the ready effect that has been due longest, if one is due. Counts an attempt.
    ///
    /// What can never succeed (unreadable payload, attempts used up by crashes) is leased too, with [`Leased::spent`]
    /// set: the holder settles it as dead without performing it, so that every end of an effect passes one place.
    fn claim<'a>(&'a self, claim: Claim<'a>) -> Answer<'a, Option<Leased>>;

    /// Prolongs leases to `until`; gives how many of them were still the caller's.
    fn renew<'a>(&'a self, held: &'a [Leased], until: Moment) -> Answer<'a, u64>;

    /// Hands back a lease that was never begun; its attempt is not counted. Nothing happens if it is no longer held.
    fn release<'a>(&'a self, leased: &'a Leased) -> Answer<'a, ()>;

    /// Ends an attempt in one transaction: the effect's new state (by [`Leased::judge`]), and the acceptance, if any.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] unless the effect is still leased to (owner, attempt); the errors of [`Store::accept`].
    fn complete<'a>(
        &'a self,
        leased: &'a Leased,
        now: Moment,
        outcome: &'a Outcome,
        acceptance: Option<Acceptance>,
    ) -> Answer<'a, Settled>;

    /// Makes effects ready again whose lease ran out before `now`; gives how many.
    fn expire(&self, now: Moment) -> Answer<'_, u64>;

    /// Makes every leased effect ready again, whoever held it: at start, when the spool's lock proves nobody lives.
    fn recover(&self, now: Moment) -> Answer<'_, u64>;

    /// Makes a waiting, dead or cancelled effect ready at once, with a fresh lifetime and fresh attempts.
    fn retry<'a>(&'a self, id: &'a str, now: Moment) -> Answer<'a, ()>;

    /// Cancels an effect that waits or is dead, for a reason.
    fn cancel<'a>(&'a self, id: &'a str, now: Moment, reason: &'a str) -> Answer<'a, ()>;

    /// Lawful erasure: removes the leaves at and under a JSON pointer (`""` is the whole body) of an event's body, and
    /// their salts, keeping their digests, so that the chain stays whole. Only leaves under `fields`, `rows`, `params` can
    /// be erased. Gives how many were. Copies in effects, submissions and files are the caller's business.
    fn erase<'a>(&'a self, stream: &'a str, seq: u64, pointer: &'a str) -> Answer<'a, usize>;

    /// Lawful erasure: of a submission nothing is left of the name it was dropped under, and `answer` stands for what was answered.
    fn forget<'a>(&'a self, id: &'a str, answer: &'a str) -> Answer<'a, ()>;

    /// Recomputes the whole chain; empty when every stored event is as it was accepted.
    fn verify(&self) -> Answer<'_, Vec<ChainProblem>>;

    /// Changes after every commit that may have made an effect ready: what workers wait on besides their poll.
    fn commits(&self) -> watch::Receiver<u64>;
}
