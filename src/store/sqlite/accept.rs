//! Writing what was decided: events with their hashes, effects, the submission, closures, marks. Always inside a
//! transaction of the caller's.

use super::rows::{self, moment_text, signed};
use crate::store::chain::{self, Header, Secret};
use crate::store::{Acceptance, Draft, EffectDraft, Error, Recorded, SubmissionRecord};
use chrono::Timelike;
use serde_json::Value;
use sqlx::{Row, SqliteConnection};
use std::collections::BTreeMap;

/// The end of a chain: the number and the hash of its last event; of all of them, or of one stream.
struct End {
    number: u64,
    hash: String,
}

pub(super) async fn accept(
    connection: &mut SqliteConnection,
    acceptance: &Acceptance,
    secret: &Secret,
) -> Result<Vec<Recorded>, Error> {
    let mut recorded = Vec::with_capacity(acceptance.events.len());
    let mut ends: BTreeMap<&str, End> = BTreeMap::new();
    let mut head = None;
    for draft in &acceptance.events {
        if !ends.contains_key(draft.stream.as_str()) {
            let (stored, end) = stored_ends(connection, &draft.stream).await?;
            head.get_or_insert(stored);
            ends.insert(&draft.stream, end);
        }
        if let (Some(head), Some(end)) = (&mut head, ends.get_mut(draft.stream.as_str())) {
            recorded.push(append(connection, draft, secret, head, end).await?);
        }
    }
    for effect in &acceptance.effects {
        owe(connection, effect, acceptance).await?;
    }
    if let Some(submission) = &acceptance.submission {
        answer(connection, submission).await?;
    }
    for (digest, closure) in &acceptance.closures {
        put_closure(connection, digest, closure).await?;
    }
    for (name, value) in &acceptance.marks {
        set_mark(connection, name, value).await?;
    }
    Ok(recorded)
}

/// The end of all the log, and that of a stream.
async fn stored_ends(connection: &mut SqliteConnection, stream: &str) -> Result<(End, End), Error> {
    let sql = "select head.position, head.hash, coalesce(last.seq, 0) as seq, coalesce(last.hash, '') as before
               from head left join event last
               on last.stream = ?1 and last.seq = (select max(seq) from event where stream = ?1)";
    let row = sqlx::query(sql).bind(stream).fetch_one(&mut *connection).await?;
    let head = End { number: rows::number(&row, "position")?, hash: row.try_get("hash")? };
    Ok((head, End { number: rows::number(&row, "seq")?, hash: row.try_get("before")? }))
}

async fn append(
    connection: &mut SqliteConnection,
    draft: &Draft,
    secret: &Secret,
    head: &mut End,
    end: &mut End,
) -> Result<Recorded, Error> {
    if draft.seq != end.number + 1 {
        return Err(Error::Conflict { stream: draft.stream.clone(), next: end.number + 1, given: draft.seq });
    }
    let sealed = chain::seal(draft, secret)?;
    let at = moment_text(draft.at);
    let header = Header {
        position: head.number + 1,
        stream: &draft.stream,
        seq: draft.seq,
        at: &at,
        by: &draft.by,
        on_behalf: draft.on_behalf.as_deref(),
        cause: &draft.cause,
        kind: &draft.kind,
    };
    let hash = chain::event_hash(&end.hash, &head.hash, &header, &sealed.digest);
    let sql = "insert into event (position, stream, seq, at, by, on_behalf, cause, kind, body, salts, hash)
               values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
               update head set position = ?, hash = ?";
    sqlx::query(sql)
        .bind(signed(header.position)?)
        .bind(&draft.stream)
        .bind(signed(draft.seq)?)
        .bind(&at)
        .bind(&draft.by)
        .bind(&draft.on_behalf)
        .bind(&draft.cause)
        .bind(&draft.kind)
        .bind(&sealed.body)
        .bind(&sealed.salts)
        .bind(&hash)
        .bind(signed(header.position)?)
        .bind(&hash)
        .execute(&mut *connection)
        .await?;
    *head = End { number: header.position, hash: hash.clone() };
    *end = End { number: draft.seq, hash: hash.clone() };
    Ok(Recorded {
        position: head.number,
        stream: draft.stream.clone(),
        seq: draft.seq,
        at: draft.at.with_nanosecond(0).unwrap_or(draft.at),
        by: draft.by.clone(),
        on_behalf: draft.on_behalf.clone(),
        cause: draft.cause.clone(),
        kind: draft.kind.clone(),
        body: sealed.value,
        hash,
    })
}

async fn owe(connection: &mut SqliteConnection, effect: &EffectDraft, by: &Acceptance) -> Result<(), Error> {
    let payload = effect.payload.to_string();
    let due_at = moment_text(effect.run_at);
    let sql = "insert into effect (id, stream, queue, payload, state, run_at, due_at, created_at, since,
                                   lifetime_seconds, wait_min_seconds, wait_max_seconds, attempts_max)
               values (?, ?, ?, ?, 'ready', ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing";
    let owed = sqlx::query(sql)
        .bind(&effect.id)
        .bind(effect.id.rsplitn(3, '/').nth(2).unwrap_or_default())
        .bind(&effect.queue)
        .bind(&payload)
        .bind(&due_at)
        .bind(&due_at)
        .bind(moment_text(by.at))
        .bind(moment_text(by.at.max(effect.run_at)))
        .bind(effect.patience.lifetime_seconds)
        .bind(effect.patience.wait_min_seconds)
        .bind(effect.patience.wait_max_seconds)
        .bind(effect.patience.attempts_max)
        .execute(&mut *connection)
        .await?;
    if owed.rows_affected() > 0 {
        return Ok(());
    }
    let sql = "select queue = ? and payload = ? and due_at = ? from effect where id = ?";
    let same: bool = sqlx::query_scalar(sql)
        .bind(&effect.queue)
        .bind(&payload)
        .bind(&due_at)
        .bind(&effect.id)
        .fetch_one(&mut *connection)
        .await?;
    if same { Ok(()) } else { Err(Error::Different { what: "effect", id: effect.id.clone() }) }
}

async fn answer(connection: &mut SqliteConnection, submission: &SubmissionRecord) -> Result<(), Error> {
    let (first_stream, first_seq) = submission.first_event.clone().unzip();
    let sql = "insert into submission (id, office, task, digest, name, received_at, outcome, answer,
                                       first_stream, first_seq)
               values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing";
    let recorded = sqlx::query(sql)
        .bind(&submission.id)
        .bind(&submission.office)
        .bind(&submission.task)
        .bind(&submission.digest)
        .bind(&submission.name)
        .bind(moment_text(submission.received_at))
        .bind(submission.outcome.word())
        .bind(&submission.answer)
        .bind(first_stream)
        .bind(first_seq.map(signed).transpose()?)
        .execute(&mut *connection)
        .await?;
    if recorded.rows_affected() > 0 {
        return Ok(());
    }
    let sql = "select office = ? and task is ? and digest = ? and answer = ? from submission where id = ?";
    let same: bool = sqlx::query_scalar(sql)
        .bind(&submission.office)
        .bind(&submission.task)
        .bind(&submission.digest)
        .bind(&submission.answer)
        .bind(&submission.id)
        .fetch_one(&mut *connection)
        .await?;
    if same { Ok(()) } else { Err(Error::Different { what: "submission", id: submission.id.clone() }) }
}

pub(super) async fn put_closure(connection: &mut SqliteConnection, digest: &str, closure: &Value) -> Result<(), Error> {
    let body = closure.to_string();
    let sql = "select body = ? from closure where digest = ?";
    let same: Option<bool> = sqlx::query_scalar(sql).bind(&body).bind(digest).fetch_optional(&mut *connection).await?;
    match same {
        Some(true) => Ok(()),
        Some(false) => Err(Error::Different { what: "closure", id: digest.to_owned() }),
        None => {
            let sql = "insert into closure (digest, body) values (?, ?)";
            sqlx::query(sql).bind(digest).bind(&body).execute(&mut *connection).await?;
            Ok(())
        }
    }
}

pub(super) async fn set_mark(connection: &mut SqliteConnection, name: &str, value: &str) -> Result<(), Error> {
    let sql = "insert into mark (name, value) values (?, ?) on conflict (name) do update set value = excluded.value";
    sqlx::query(sql).bind(name).bind(value).execute(&mut *connection).await?;
    Ok(())
}

pub(super) async fn erase(
    connection: &mut SqliteConnection,
    stream: &str,
    seq: u64,
    pointer: &str,
) -> Result<usize, Error> {
    let sql = "select body, salts from event where stream = ? and seq = ?";
    let row = sqlx::query(sql).bind(stream).bind(signed(seq)?).fetch_optional(&mut *connection).await?;
    let row = row.ok_or_else(|| Error::Unknown { what: "event", id: format!("{stream}/{seq}") })?;
    let mut body = rows::json(row.try_get("body")?)?;
    let (salts, erased) = chain::erase(&mut body, row.try_get("salts")?, pointer)?;
    let sql = "update event set body = ?, salts = ? where stream = ? and seq = ?";
    sqlx::query(sql)
        .bind(body.to_string())
        .bind(salts)
        .bind(stream)
        .bind(signed(seq)?)
        .execute(&mut *connection)
        .await?;
    Ok(erased)
}

/// What was dropped is known by its digest alone, and the answer says no more.
pub(super) async fn forget(connection: &mut SqliteConnection, id: &str, answer: &str) -> Result<(), Error> {
    let sql = "update submission set name = '', answer = ? where id = ?";
    sqlx::query(sql).bind(answer).bind(id).execute(&mut *connection).await?;
    Ok(())
}
