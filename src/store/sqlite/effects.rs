//! The outbox rows: claimed, renewed, handed back, ended. Always inside a transaction of the caller's.
//!
//! `attempt` only grows, so (owner, attempt) never means two holders; what an operator forgives is counted in `forgiven`,
//! and attempts in a row that ended with their holder's death in `lost`.

use super::rows::{self, moment_text};
use crate::clock::Moment;
use crate::store::{Claim, EffectState, Error, LEASE_ENDED, LOST_ATTEMPTS_MAX, Leased, Verdict};
use chrono::TimeDelta;
use serde_json::Value;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

pub(super) async fn claim(connection: &mut SqliteConnection, claim: Claim<'_>) -> Result<Option<Leased>, Error> {
    let until = claim.now.checked_add_signed(TimeDelta::seconds(i64::from(claim.lease_seconds))).unwrap_or(claim.now);
    let mut first: Option<(String, i64)> = None;
    for queue in claim.queues {
        let sql = "select run_at, position from effect where queue = ? and state = 'ready' and run_at <= ?
                   order by run_at, position limit 1";
        let query = sqlx::query(sql).bind(*queue).bind(moment_text(claim.now));
        if let Some(row) = query.fetch_optional(&mut *connection).await? {
            let due = (row.try_get("run_at")?, row.try_get("position")?);
            first = first.into_iter().chain([due]).min();
        }
    }
    let Some((_, position)) = first else { return Ok(None) };
    let sql = "update effect set state = 'leased', attempt = attempt + 1, lease_owner = ?, lease_until = ?
               where position = ? returning *";
    let row =
        sqlx::query(sql).bind(claim.owner).bind(moment_text(until)).bind(position).fetch_one(&mut *connection).await?;
    leased(&row, claim).map(Some)
}

fn leased(row: &SqliteRow, claim: Claim<'_>) -> Result<Leased, Error> {
    let text: &str = row.try_get("payload")?;
    let payload = serde_json::from_str(text);
    let mut leased = Leased {
        id: row.try_get("id")?,
        queue: row.try_get("queue")?,
        attempt: rows::number(row, "attempt")?,
        owner: claim.owner.to_owned(),
        since: rows::moment_of(row, "since")?,
        forgiven: rows::number(row, "forgiven")?,
        patience: rows::patience(row)?,
        spent: payload.as_ref().err().map(|error: &serde_json::Error| format!("the payload cannot be read: {error}")),
        payload: payload.unwrap_or(Value::Null),
    };
    let lost: u32 = rows::number(row, "lost")?;
    let begun = leased.attempt.saturating_sub(leased.forgiven).saturating_sub(1);
    if leased.patience.attempts_max.is_some_and(|max| begun >= max) || lost >= LOST_ATTEMPTS_MAX {
        leased.spent = Some(format!("{LEASE_ENDED}, {lost} times in a row (given up after {begun} attempts)"));
    }
    Ok(leased)
}

pub(super) async fn renew(connection: &mut SqliteConnection, held: &[Leased], until: Moment) -> Result<u64, Error> {
    let mut renewed = 0;
    for leased in held {
        let sql = "update effect set lease_until = ?
                   where id = ? and state = 'leased' and lease_owner = ? and attempt = ?";
        let done = sqlx::query(sql)
            .bind(moment_text(until))
            .bind(&leased.id)
            .bind(&leased.owner)
            .bind(leased.attempt)
            .execute(&mut *connection)
            .await?;
        renewed += done.rows_affected();
    }
    Ok(renewed)
}

pub(super) async fn release(connection: &mut SqliteConnection, leased: &Leased) -> Result<(), Error> {
    let sql = "update effect set state = 'ready', attempt = attempt - 1, lease_owner = null, lease_until = null
               where id = ? and state = 'leased' and lease_owner = ? and attempt = ?";
    sqlx::query(sql).bind(&leased.id).bind(&leased.owner).bind(leased.attempt).execute(&mut *connection).await?;
    Ok(())
}

/// The fence: only who holds (owner, attempt) ends the attempt.
pub(super) async fn end(
    connection: &mut SqliteConnection,
    leased: &Leased,
    now: Moment,
    verdict: &Verdict,
) -> Result<(), Error> {
    let (state, run_at, error, done_at, result) = match verdict {
        Verdict::Done { result } => (EffectState::Done, None, None, Some(now), Some(result.to_string())),
        Verdict::Wait { error, run_at } | Verdict::Postponed { error, run_at, .. } => {
            (EffectState::Ready, Some(*run_at), Some(error), None, None)
        }
        Verdict::Dead { error } => (EffectState::Dead, None, Some(error), Some(now), None),
    };
    // What was postponed was no attempt, and its age stands still.
    let (since, forgiven) = match verdict {
        Verdict::Postponed { since, .. } => (Some(*since), 1),
        Verdict::Done { .. } | Verdict::Wait { .. } | Verdict::Dead { .. } => (None, 0),
    };
    let sql = "update effect set state = ?, run_at = coalesce(?, run_at), last_error = coalesce(?, last_error),
                                 since = coalesce(?, since), forgiven = forgiven + ?, done_at = ?, result = ?, lost = 0, lease_owner = null, lease_until = null
               where id = ? and state = 'leased' and lease_owner = ? and attempt = ?";
    let done = sqlx::query(sql)
        .bind(state.word())
        .bind(run_at.map(moment_text))
        .bind(error)
        .bind(since.map(moment_text))
        .bind(forgiven)
        .bind(done_at.map(moment_text))
        .bind(result)
        .bind(&leased.id)
        .bind(&leased.owner)
        .bind(leased.attempt)
        .execute(&mut *connection)
        .await?;
    if done.rows_affected() == 0 {
        return Err(Error::LeaseLost { id: leased.id.clone() });
    }
    Ok(())
}

/// Hands back what is leased: what ran out before `ended_before`, or everything.
///
/// The first two deaths in a row cost no wait: they are a restart. After that the wait grows, so that an effect which
/// takes the process down leaves the others time to get done.
pub(super) async fn expire(
    connection: &mut SqliteConnection,
    now: Moment,
    ended_before: Option<Moment>,
) -> Result<u64, Error> {
    let sql = "select id, lost from effect where state = 'leased' and (?1 is null or lease_until < ?1)";
    let rows = sqlx::query(sql).bind(ended_before.map(moment_text)).fetch_all(&mut *connection).await?;
    for row in &rows {
        let lost: u32 = rows::number(row, "lost")?;
        let lost = i64::from(lost) + 1;
        let wait_seconds = if lost <= 2 { 0 } else { lost * lost };
        let run_at = now.checked_add_signed(TimeDelta::seconds(wait_seconds)).unwrap_or(now);
        let sql = "update effect set state = 'ready', lost = ?, run_at = max(run_at, ?), last_error = ?,
                                     lease_owner = null, lease_until = null where id = ?";
        sqlx::query(sql)
            .bind(lost)
            .bind(moment_text(run_at))
            .bind(LEASE_ENDED)
            .bind(row.try_get::<&str, _>("id")?)
            .execute(&mut *connection)
            .await?;
    }
    Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
}

async fn state(connection: &mut SqliteConnection, id: &str) -> Result<EffectState, Error> {
    let sql = "select state from effect where id = ?";
    let word: Option<String> = sqlx::query_scalar(sql).bind(id).fetch_optional(&mut *connection).await?;
    let word = word.ok_or_else(|| Error::Unknown { what: "effect", id: id.to_owned() })?;
    EffectState::of(&word).ok_or_else(|| Error::Fault(format!("effect state {word}")))
}

pub(super) async fn retry(connection: &mut SqliteConnection, id: &str, now: Moment) -> Result<(), Error> {
    match state(connection, id).await? {
        EffectState::Ready | EffectState::Dead | EffectState::Cancelled => {}
        state @ (EffectState::Leased | EffectState::Done) => {
            return Err(Error::WrongState { id: id.to_owned(), state });
        }
    }
    let sql = "update effect set state = 'ready', run_at = ?1, since = ?1, forgiven = attempt, lost = 0, done_at = null
               where id = ?2";
    sqlx::query(sql).bind(moment_text(now)).bind(id).execute(&mut *connection).await?;
    Ok(())
}

pub(super) async fn cancel(
    connection: &mut SqliteConnection,
    id: &str,
    now: Moment,
    reason: &str,
) -> Result<(), Error> {
    match state(connection, id).await? {
        EffectState::Ready | EffectState::Dead => {}
        state @ (EffectState::Leased | EffectState::Done | EffectState::Cancelled) => {
            return Err(Error::WrongState { id: id.to_owned(), state });
        }
    }
    let sql = "update effect set state = 'cancelled', done_at = ?, last_error = ? where id = ?";
    sqlx::query(sql).bind(moment_text(now)).bind(reason).bind(id).execute(&mut *connection).await?;
    Ok(())
}
