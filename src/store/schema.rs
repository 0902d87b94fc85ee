//! The database's shape, as steps: step n takes schema n-1 to schema n; a step that was released is never changed.
//!
//! The version stands in `user_version`, set in the same transaction as the step, so a crash leaves a whole number of
//! steps. A file of a newer version is refused, never guessed at. Moments are texts `YYYY-MM-DDTHH:MM:SS` (+08:00), which
//! sort as they follow each other; JSON is kept as text, byte for byte, because the chain is computed over it.

use super::Error;
use sqlx::{Connection, SqliteConnection};

/// The steps. 1: the log, its chain head, submissions, closures, marks. 2: the outbox.
pub(crate) const STEPS: &[&str] = &[
    "create table event (
        position integer primary key,
        stream text not null,
        seq integer not null,
        at text not null,
        by text not null,
        on_behalf text,
        cause text not null,
        kind text not null,
        body text not null,
        salts text not null,
        hash text not null,
        unique (stream, seq)
    ) strict;
    create table head (
        one integer primary key check (one = 1),
        position integer not null,
        hash text not null
    ) strict;
    insert into head values (1, 0, '');
    create table submission (
        position integer primary key,
        id text not null unique,
        office text not null,
        task text,
        digest text not null,
        name text not null,
        received_at text not null,
        outcome text not null check (outcome in ('accepted', 'returned')),
        answer text not null,
        first_stream text,
        first_seq integer
    ) strict;
    create index submission_same on submission (office, digest);
    create table closure (digest text primary key, body text not null) strict;
    create table mark (name text primary key, value text not null) strict;",
    "create table effect (
        position integer primary key,
        id text not null unique,
        stream text not null,
        queue text not null,
        payload text not null,
        state text not null check (state in ('ready', 'leased', 'done', 'dead', 'cancelled')),
        attempt integer not null default 0,
        forgiven integer not null default 0,
        lost integer not null default 0,
        run_at text not null,
        due_at text not null,
        lease_owner text,
        lease_until text,
        last_error text,
        created_at text not null,
        since text not null,
        done_at text,
        result text,
        lifetime_seconds integer not null,
        wait_min_seconds integer not null,
        wait_max_seconds integer not null,
        attempts_max integer
    ) strict;
    create index effect_ready on effect (queue, run_at, position) where state = 'ready';
    create index effect_leased on effect (lease_until) where state = 'leased';
    create index effect_stream on effect (stream, position);
    create index effect_dead on effect (position) where state = 'dead';",
];

/// Brings a database to the last of `steps`, one transaction each; gives the version found.
pub(crate) async fn upgrade(connection: &mut SqliteConnection, steps: &[&'static str]) -> Result<i64, Error> {
    let found = version(connection).await?;
    let known = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(Error::Newer { found, known });
    }
    for (to, step) in (1_i64..).zip(steps) {
        if to <= found {
            continue;
        }
        let mut transaction = connection.begin_with("begin immediate").await?;
        // Another process may have opened the file at the same time and been first.
        if version(&mut transaction).await? >= to {
            continue;
        }
        sqlx::raw_sql(*step).execute(&mut *transaction).await?;
        // A pragma takes no parameters; the version is a number of ours.
        let set = sqlx::AssertSqlSafe(format!("pragma user_version = {to}"));
        sqlx::raw_sql(set).execute(&mut *transaction).await?;
        transaction.commit().await?;
    }
    Ok(found)
}

async fn version(connection: &mut SqliteConnection) -> Result<i64, Error> {
    Ok(sqlx::query_scalar("pragma user_version").fetch_one(connection).await?)
}
