//! The contract of a store, tried on a file.

mod effects;
mod log;

use super::*;
use crate::store::{Draft, EffectDraft, Patience, SubmissionOutcome};
use chrono::{NaiveDate, TimeDelta};
use serde_json::json;
use sqlx::SqliteConnection;
use tempfile::TempDir;

/// Nine o'clock plus so many seconds.
fn at(seconds: i64) -> Moment {
    NaiveDate::from_ymd_opt(2022, 6, 2).unwrap().and_hms_opt(9, 0, 0).unwrap() + TimeDelta::seconds(seconds)
}

fn settings() -> Settings {
    Settings { secret: chain::Secret::fixed(1), durable: true }
}

async fn store() -> (Sqlite, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (Sqlite::open(&folder.path().join("banwen.db"), settings()).await.unwrap(), folder)
}

fn draft(stream: &str, seq: u64) -> Draft {
    Draft {
        stream: stream.into(),
        seq,
        at: at(i64::try_from(seq).unwrap()),
        by: "党政办".into(),
        on_behalf: seq.is_multiple_of(2).then(|| "群众".to_owned()),
        cause: format!("submission/{seq}"),
        kind: "ItemOpened".into(),
        body: json!({ "item": seq, "fields": { "姓名": "张三", "电话": format!("1380000{seq:04}") } }),
    }
}

fn effect(id: &str) -> EffectDraft {
    let patience =
        Patience { lifetime_seconds: 3_600, wait_min_seconds: 10, wait_max_seconds: 600, attempts_max: None };
    EffectDraft { id: id.into(), queue: "mail".into(), payload: json!({ "to": id }), run_at: at(0), patience }
}

fn events(drafts: Vec<Draft>) -> Acceptance {
    Acceptance { events: drafts, ..Acceptance::at(at(0)) }
}

fn effects(drafts: Vec<EffectDraft>) -> Acceptance {
    Acceptance { effects: drafts, ..Acceptance::at(at(0)) }
}

fn submission(id: &str, task: Option<&str>, digest: &str) -> SubmissionRecord {
    SubmissionRecord {
        id: id.into(),
        office: "一村".into(),
        task: task.map(str::to_owned),
        digest: digest.into(),
        name: "推荐表.xlsx".into(),
        received_at: at(5),
        outcome: SubmissionOutcome::Accepted,
        answer: format!("回执 {id}"),
        first_event: Some(("case".into(), 1)),
    }
}

/// Does to the file what no call of the store does.
async fn tamper(store: &Sqlite, sql: &'static str) {
    let mut writers = store.writers().await;
    sqlx::raw_sql(sql).execute(&mut writers.durable.connection).await.unwrap();
}
