//! Reading: rows into values. Whatever does not read as it must is a fault, except an effect's payload, which the
//! outbox settles as dead instead.

use crate::clock::Moment;
use crate::store::chain::{self, Header};
use crate::store::{
    ChainProblem, Claim, Effect, EffectFilter, EffectState, Error, Known, Patience, Recorded, StreamEnd,
    SubmissionOutcome, SubmissionRecord,
};
use chrono::NaiveDateTime;
use serde_json::Value;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqlitePool};
use std::collections::BTreeMap;

const MOMENT: &str = "%Y-%m-%dT%H:%M:%S";
/// So many events are read at once when the chain is verified.
const VERIFY_ROWS: u32 = 1_000;

pub(super) fn moment_text(moment: Moment) -> String {
    moment.format(MOMENT).to_string()
}

fn moment(text: &str) -> Result<Moment, Error> {
    NaiveDateTime::parse_from_str(text, MOMENT).map_err(|error| Error::Fault(format!("moment {text}: {error}")))
}

fn optional_moment(text: Option<String>) -> Result<Option<Moment>, Error> {
    text.map(|text| moment(&text)).transpose()
}

pub(super) fn json(text: &str) -> Result<Value, Error> {
    serde_json::from_str(text).map_err(|error| Error::Fault(format!("stored JSON: {error}")))
}

pub(super) fn number<N: TryFrom<i64>>(row: &SqliteRow, column: &str) -> Result<N, Error> {
    let stored: i64 = row.try_get(column)?;
    N::try_from(stored).map_err(|_| Error::Fault(format!("{column} is {stored}")))
}

/// A number for SQLite, which has signed ones only.
pub(super) fn signed(number: u64) -> Result<i64, Error> {
    i64::try_from(number).map_err(|_| Error::Malformed(format!("number {number} is too large")))
}

fn recorded(row: &SqliteRow) -> Result<Recorded, Error> {
    Ok(Recorded {
        position: number(row, "position")?,
        stream: row.try_get("stream")?,
        seq: number(row, "seq")?,
        at: moment(row.try_get("at")?)?,
        by: row.try_get("by")?,
        on_behalf: row.try_get("on_behalf")?,
        cause: row.try_get("cause")?,
        kind: row.try_get("kind")?,
        body: json(row.try_get("body")?)?,
        hash: row.try_get("hash")?,
    })
}

pub(super) async fn events(pool: &SqlitePool, stream: &str) -> Result<Vec<Recorded>, Error> {
    let rows = sqlx::query("select * from event where stream = ? order by seq").bind(stream).fetch_all(pool).await?;
    rows.iter().map(recorded).collect()
}

pub(super) async fn events_at(pool: &SqlitePool, stream: &str, numbers: &[u64]) -> Result<Vec<Recorded>, Error> {
    let sql = "select event.* from json_each(?2) cross join event on stream = ?1 and seq = value order by seq";
    let rows = sqlx::query(sql).bind(stream).bind(Value::from(numbers).to_string()).fetch_all(pool).await?;
    rows.iter().map(recorded).collect()
}

pub(super) async fn streams(pool: &SqlitePool) -> Result<Vec<StreamEnd>, Error> {
    let sql = "select stream, max(seq) as seq from event group by stream order by stream";
    let rows = sqlx::query(sql).fetch_all(pool).await?;
    rows.iter().map(|row| Ok(StreamEnd { stream: row.try_get("stream")?, seq: number(row, "seq")? })).collect()
}

pub(super) async fn all_events(pool: &SqlitePool, after: u64, limit: u32) -> Result<Vec<Recorded>, Error> {
    let rows = event_rows(pool, after, limit).await?;
    rows.iter().map(recorded).collect()
}

async fn event_rows(pool: &SqlitePool, after: u64, limit: u32) -> Result<Vec<SqliteRow>, Error> {
    let sql = "select * from event where position > ? order by position limit ?";
    Ok(sqlx::query(sql).bind(signed(after)?).bind(limit).fetch_all(pool).await?)
}

fn submitted(row: &SqliteRow) -> Result<SubmissionRecord, Error> {
    let outcome: &str = row.try_get("outcome")?;
    let first_stream: Option<String> = row.try_get("first_stream")?;
    Ok(SubmissionRecord {
        id: row.try_get("id")?,
        office: row.try_get("office")?,
        task: row.try_get("task")?,
        digest: row.try_get("digest")?,
        name: row.try_get("name")?,
        received_at: moment(row.try_get("received_at")?)?,
        outcome: SubmissionOutcome::of(outcome).ok_or_else(|| Error::Fault(format!("outcome {outcome}")))?,
        answer: row.try_get("answer")?,
        first_event: first_stream.map(|stream| number(row, "first_seq").map(|seq| (stream, seq))).transpose()?,
    })
}

pub(super) async fn submission(pool: &SqlitePool, id: &str) -> Result<Option<SubmissionRecord>, Error> {
    let row = sqlx::query("select * from submission where id = ?").bind(id).fetch_optional(pool).await?;
    row.as_ref().map(submitted).transpose()
}

pub(super) async fn submission_by(
    pool: &SqlitePool,
    office: &str,
    task: Option<&str>,
    digest: &str,
) -> Result<Option<SubmissionRecord>, Error> {
    let sql = "select * from submission where office = ? and task is ? and digest = ? order by position limit 1";
    let row = sqlx::query(sql).bind(office).bind(task).bind(digest).fetch_optional(pool).await?;
    row.as_ref().map(submitted).transpose()
}

pub(super) async fn known(pool: &SqlitePool, ids: &[String], contents: &[(String, String)]) -> Result<Known, Error> {
    // one question: asking costs more than answering. What is recorded comes whole, of what was handed in only what it is
    let sql = "select submission.* from json_each(?1) cross join submission on submission.id = value
               union all
               select position, '', office, null, digest, '', received_at, outcome, '', null, null
               from json_each(?2) cross join submission
               on office = value ->> 0 and digest = value ->> 1 group by office, digest";
    let asked = |value: serde_json::Result<String>| value.map_err(|error| Error::Malformed(error.to_string()));
    let rows = sqlx::query(sql)
        .bind(asked(serde_json::to_string(ids))?)
        .bind(asked(serde_json::to_string(contents))?)
        .fetch_all(pool)
        .await?;
    let mut known = Known::default();
    for record in rows.iter().map(submitted) {
        let record = record?;
        if record.id.is_empty() {
            known.contents.insert((record.office, record.digest));
        } else {
            known.submissions.insert(record.id.clone(), record);
        }
    }
    Ok(known)
}

pub(super) async fn submissions(pool: &SqlitePool, limit: u32) -> Result<Vec<SubmissionRecord>, Error> {
    let sql = "select * from submission order by position desc limit ?";
    sqlx::query(sql).bind(limit).fetch_all(pool).await?.iter().map(submitted).collect()
}

pub(super) async fn closure(pool: &SqlitePool, digest: &str) -> Result<Option<Value>, Error> {
    let sql = "select body from closure where digest = ?";
    let body: Option<String> = sqlx::query_scalar(sql).bind(digest).fetch_optional(pool).await?;
    body.map(|text| json(&text)).transpose()
}

pub(super) async fn mark(pool: &SqlitePool, name: &str) -> Result<Option<String>, Error> {
    Ok(sqlx::query_scalar("select value from mark where name = ?").bind(name).fetch_optional(pool).await?)
}

pub(super) fn patience(row: &SqliteRow) -> Result<Patience, Error> {
    let attempts_max: Option<i64> = row.try_get("attempts_max")?;
    Ok(Patience {
        lifetime_seconds: number(row, "lifetime_seconds")?,
        wait_min_seconds: number(row, "wait_min_seconds")?,
        wait_max_seconds: number(row, "wait_max_seconds")?,
        attempts_max: attempts_max.map(|_| number(row, "attempts_max")).transpose()?,
    })
}

pub(super) fn moment_of(row: &SqliteRow, column: &str) -> Result<Moment, Error> {
    moment(row.try_get(column)?)
}

fn owed(row: &SqliteRow) -> Result<Effect, Error> {
    let payload: &str = row.try_get("payload")?;
    let state: &str = row.try_get("state")?;
    let result: Option<String> = row.try_get("result")?;
    Ok(Effect {
        id: row.try_get("id")?,
        queue: row.try_get("queue")?,
        payload: json(payload).unwrap_or_else(|_| Value::String(payload.to_owned())),
        state: EffectState::of(state).ok_or_else(|| Error::Fault(format!("effect state {state}")))?,
        attempt: number(row, "attempt")?,
        run_at: moment_of(row, "run_at")?,
        lease_owner: row.try_get("lease_owner")?,
        lease_until: optional_moment(row.try_get("lease_until")?)?,
        last_error: row.try_get("last_error")?,
        created_at: moment_of(row, "created_at")?,
        since: moment_of(row, "since")?,
        done_at: optional_moment(row.try_get("done_at")?)?,
        result: result.map(|text| json(&text)).transpose()?,
        patience: patience(row)?,
    })
}

pub(super) async fn effect(pool: &SqlitePool, id: &str) -> Result<Option<Effect>, Error> {
    let row = sqlx::query("select * from effect where id = ?").bind(id).fetch_optional(pool).await?;
    row.as_ref().map(owed).transpose()
}

pub(super) async fn effects(pool: &SqlitePool, filter: EffectFilter) -> Result<Vec<Effect>, Error> {
    let states: Vec<&str> = filter.states.iter().map(|state| state.word()).collect();
    let sql = "select * from effect
               where (?1 = '[]' or state in (select value from json_each(?1)))
               and (?2 is null or queue = ?2) and (?3 is null or stream = ?3)
               order by position limit ?4";
    let rows = sqlx::query(sql)
        .bind(Value::from(states).to_string())
        .bind(filter.queue)
        .bind(filter.stream)
        .bind(filter.limit.map_or(-1, i64::from))
        .fetch_all(pool)
        .await?;
    rows.iter().map(owed).collect()
}

pub(super) async fn next_due(pool: &SqlitePool, queues: &[&str]) -> Result<Option<Moment>, Error> {
    let mut earliest: Option<Moment> = None;
    for queue in queues {
        let sql = "select min(run_at) from effect where queue = ? and state = 'ready'";
        let due: Option<String> = sqlx::query_scalar(sql).bind(*queue).fetch_one(pool).await?;
        let due = optional_moment(due)?;
        earliest = earliest.into_iter().chain(due).min();
    }
    Ok(earliest)
}

pub(super) async fn any_due(pool: &SqlitePool, claim: &Claim<'_>) -> Result<bool, Error> {
    for queue in claim.queues {
        let sql = "select exists (select 1 from effect where queue = ? and state = 'ready' and run_at <= ?)";
        if sqlx::query_scalar(sql).bind(*queue).bind(moment_text(claim.now)).fetch_one(pool).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) async fn any_expired(pool: &SqlitePool, now: Moment) -> Result<bool, Error> {
    let sql = "select exists (select 1 from effect where state = 'leased' and lease_until < ?)";
    Ok(sqlx::query_scalar(sql).bind(moment_text(now)).fetch_one(pool).await?)
}

/// The chain as it is being walked.
#[derive(Default)]
struct Walk {
    position: u64,
    before: String,
    streams: BTreeMap<String, (u64, String)>,
    problems: Vec<ChainProblem>,
}

pub(super) async fn verify(pool: &SqlitePool) -> Result<Vec<ChainProblem>, Error> {
    // The head first: events accepted meanwhile are then beyond it, not missing.
    let head = sqlx::query("select position, hash from head").fetch_one(pool).await?;
    let (end, end_hash): (u64, String) = (number(&head, "position")?, head.try_get("hash")?);
    let mut walk = Walk::default();
    let mut hash_at_end = String::new();
    loop {
        let rows = event_rows(pool, walk.position, VERIFY_ROWS).await?;
        for row in &rows {
            walk.event(row)?;
            if walk.position == end {
                hash_at_end.clone_from(&walk.before);
            }
        }
        if rows.is_empty() {
            break;
        }
    }
    if walk.position < end || hash_at_end != end_hash {
        let says = format!("the head says the log had {end} events, ending in {end_hash}");
        walk.problems.push(ChainProblem { position: end, stream: String::new(), seq: 0, says });
    }
    Ok(walk.problems)
}

impl Walk {
    /// Checks one event against the hashes stored before it, so that each changed event is named, not all after it.
    fn event(&mut self, row: &SqliteRow) -> Result<(), Error> {
        let position: u64 = number(row, "position")?;
        let stream: String = row.try_get("stream")?;
        let seq: i64 = row.try_get("seq")?;
        let seq = u64::try_from(seq).unwrap_or_default();
        let hash: String = row.try_get("hash")?;
        let (last, before_in_stream) = self.streams.get(&stream).cloned().unwrap_or_default();
        let mut says = Vec::new();
        if position != self.position + 1 {
            says.push(format!("events {} to {} are missing", self.position + 1, position.saturating_sub(1)));
        }
        if seq != last + 1 {
            says.push(format!("it follows number {last} of its stream"));
        }
        match rehash(row, position, &stream, seq, &before_in_stream, &self.before) {
            Ok(right) if right == hash => {}
            Ok(_) => says.push("its content and its hash do not agree".to_owned()),
            Err(error) => says.push(error.to_string()),
        }
        if !says.is_empty() {
            let says = says.join("; ");
            self.problems.push(ChainProblem { position, stream: stream.clone(), seq, says });
        }
        self.position = position;
        self.before.clone_from(&hash);
        self.streams.insert(stream, (seq, hash));
        Ok(())
    }
}

fn rehash(
    row: &SqliteRow,
    position: u64,
    stream: &str,
    seq: u64,
    before_in_stream: &str,
    before: &str,
) -> Result<String, Error> {
    let text: &str = row.try_get("body")?;
    let body = json(text)?;
    let again = body.to_string();
    if again != text {
        return Err(Error::Fault("the body's text is not as the store writes it".to_owned()));
    }
    let digest = chain::body_digest(body, row.try_get("salts")?)?;
    let header = Header {
        position,
        stream,
        seq,
        at: row.try_get("at")?,
        by: row.try_get("by")?,
        on_behalf: row.try_get("on_behalf")?,
        cause: row.try_get("cause")?,
        kind: row.try_get("kind")?,
    };
    Ok(chain::event_hash(before_in_stream, before, &header, &digest))
}
