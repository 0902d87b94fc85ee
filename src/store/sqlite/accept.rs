//! Writing what was decided: events with their hashes, effects, the submission, closures, marks. Always inside a
//! transaction of the caller's.

use super::rows::{self, moment_text, signed};
use crate::store::chain::{self, Header, Secret};
use crate::store::{Acceptance, Draft, EffectDraft, Error, Recorded, SubmissionRecord};
use chrono::Timelike;
use serde_json::Value;
use sqlx::{Row, SqliteConnection};

/// The chain's end: position and hash of the last event of all.
struct Head {
    position: u64,
    hash: String,
}

pub(super) async fn accept(
    connection: &mut SqliteConnection,
    acceptance: &Acceptance,
    secret: &Secret,
) -> Result<Vec<Recorded>, Error> {
    let mut recorded = Vec::with_capacity(acceptance.events.len());
    if !acceptance.events.is_empty() {
        let row = sqlx::query("select position, hash from head").fetch_one(&mut *connection).await?;
        let mut head = Head { position: rows::number(&row, "position")?, hash: row.try_get("hash")? };
        for draft in &acceptance.events {
            recorded.push(append(connection, draft, secret, &mut head).await?);
        }
        let sql = "update head set position = ?, hash = ?";
        sqlx::query(sql).bind(signed(head.position)?).bind(&head.hash).execute(&mut *connection).await?;
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

async fn append(
    connection: &mut SqliteConnection,
    draft: &Draft,
    secret: &Secret,
    head: &mut Head,
) -> Result<Recorded, Error> {
    let sql = "select seq, hash from event where stream = ? order by seq desc limit 1";
    let (last, before_in_stream): (u64, String) =
        match sqlx::query(sql).bind(&draft.stream).fetch_optional(&mut *connection).await? {
            Some(row) => (rows::number(&row, "seq")?, row.try_get("hash")?),
            None => (0, String::new()),
        };
    if draft.seq != last + 1 {
        return Err(Error::Conflict { stream: draft.stream.clone(), next: last + 1, given: draft.seq });
    }
    let sealed = chain::seal(draft, secret)?;
    let at = moment_text(draft.at);
    let header = Header {
        position: head.position + 1,
        stream: &draft.stream,
        seq: draft.seq,
        at: &at,
        by: &draft.by,
        on_behalf: draft.on_behalf.as_deref(),
        cause: &draft.cause,
        kind: &draft.kind,
    };
    let hash = chain::event_hash(&before_in_stream, &head.hash, &header, &sealed.digest);
    let sql = "insert into event (position, stream, seq, at, by, on_behalf, cause, kind, body, salts, hash)
               values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
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
        .execute(&mut *connection)
        .await?;
    *head = Head { position: header.position, hash: hash.clone() };
    Ok(Recorded {
        position: head.position,
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
    let sql = "select queue = ? and payload = ? and due_at = ? from effect where id = ?";
    let same: Option<bool> = sqlx::query_scalar(sql)
        .bind(&effect.queue)
        .bind(&payload)
        .bind(&due_at)
        .bind(&effect.id)
        .fetch_optional(&mut *connection)
        .await?;
    match same {
        Some(true) => return Ok(()),
        Some(false) => return Err(Error::Different { what: "effect", id: effect.id.clone() }),
        None => {}
    }
    let sql = "insert into effect (id, stream, queue, payload, state, run_at, due_at, created_at, since,
                                   lifetime_seconds, wait_min_seconds, wait_max_seconds, attempts_max)
               values (?, ?, ?, ?, 'ready', ?, ?, ?, ?, ?, ?, ?, ?)";
    sqlx::query(sql)
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
    Ok(())
}

async fn answer(connection: &mut SqliteConnection, submission: &SubmissionRecord) -> Result<(), Error> {
    let sql = "select office = ? and task is ? and digest = ? and answer = ? from submission where id = ?";
    let same: Option<bool> = sqlx::query_scalar(sql)
        .bind(&submission.office)
        .bind(&submission.task)
        .bind(&submission.digest)
        .bind(&submission.answer)
        .bind(&submission.id)
        .fetch_optional(&mut *connection)
        .await?;
    match same {
        Some(true) => return Ok(()),
        Some(false) => return Err(Error::Different { what: "submission", id: submission.id.clone() }),
        None => {}
    }
    let (first_stream, first_seq) = submission.first_event.clone().unzip();
    let sql = "insert into submission (id, office, task, digest, name, received_at, outcome, answer,
                                       first_stream, first_seq)
               values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    sqlx::query(sql)
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
    Ok(())
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
