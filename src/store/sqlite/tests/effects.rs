//! The life of an effect: claimed, fenced, deferred, given up, retried, cancelled.

use super::*;
use crate::files::crash;
use crate::store::{EffectState, LOST_ATTEMPTS_MAX, Verdict};

async fn claim(store: &Sqlite, owner: &str, now: i64) -> Option<Leased> {
    store.claim(Claim { owner, queues: &["mail"], now: at(now), lease_seconds: 30 }).await.unwrap()
}

async fn state(store: &Sqlite, id: &str) -> EffectState {
    store.effect(id).await.unwrap().unwrap().state
}

fn done() -> Outcome {
    Outcome::Done { result: json!({ "said": "250" }) }
}

fn defer(after_seconds: Option<u32>) -> Outcome {
    Outcome::Defer { error: "421 try again later".into(), after_seconds }
}

#[tokio::test]
async fn claimed_in_the_order_they_are_due_and_not_before() {
    let (store, _folder) = store().await;
    let later = EffectDraft { run_at: at(100), ..effect("a/1/1") };
    let elsewhere = EffectDraft { queue: "render".into(), ..effect("a/1/2") };
    store.accept(effects(vec![later, elsewhere, effect("a/1/4"), effect("a/1/3")])).await.unwrap();
    assert_eq!(claim(&store, "w", 0).await.unwrap().id, "a/1/4");
    assert_eq!(claim(&store, "w", 0).await.unwrap().id, "a/1/3");
    assert_eq!(claim(&store, "w", 99).await, None);
    assert_eq!(store.next_due(&["mail"]).await.unwrap(), Some(at(100)));
    assert_eq!(store.next_due(&["mail", "render"]).await.unwrap(), Some(at(0)));
    assert_eq!(store.next_due(&["无"]).await.unwrap(), None);
    let leased = claim(&store, "w", 100).await.unwrap();
    assert_eq!((leased.id.as_str(), leased.attempt, leased.spent), ("a/1/1", 1, None));
}

#[tokio::test]
async fn done_with_its_events_and_effects_in_one_transaction() {
    let (store, _folder) = store().await;
    store.accept(effects(vec![effect("a/1/1")])).await.unwrap();
    let leased = claim(&store, "w", 0).await.unwrap();
    let bad = Acceptance { effects: vec![effect("a/2/1")], ..events(vec![draft("a", 2)]) };
    let refused = store.complete(&leased, at(1), &done(), Some(bad)).await.unwrap_err();
    assert!(refused.is_conflict());
    assert_eq!(state(&store, "a/1/1").await, EffectState::Leased);
    assert_eq!(store.effect("a/2/1").await.unwrap(), None);
    let good = Acceptance { effects: vec![effect("a/1/2")], ..events(vec![draft("a", 1)]) };
    let settled = store.complete(&leased, at(1), &done(), Some(good)).await.unwrap();
    assert_eq!(settled.recorded, store.events("a").await.unwrap());
    let effect = store.effect("a/1/1").await.unwrap().unwrap();
    assert_eq!((effect.state, effect.done_at), (EffectState::Done, Some(at(1))));
    assert_eq!(effect.result, Some(json!({ "said": "250" })));
    assert_eq!(state(&store, "a/1/2").await, EffectState::Ready);
}

#[tokio::test]
async fn whose_lease_is_gone_writes_nothing() {
    let (store, _folder) = store().await;
    store.accept(effects(vec![effect("a/1/1")])).await.unwrap();
    let first = claim(&store, "first", 0).await.unwrap();
    assert_eq!(store.expire(at(30)).await.unwrap(), 0);
    assert_eq!(store.renew(std::slice::from_ref(&first), at(60)).await.unwrap(), 1);
    assert_eq!(store.expire(at(60)).await.unwrap(), 0);
    assert_eq!(store.expire(at(61)).await.unwrap(), 1);
    let second = claim(&store, "second", 61).await.unwrap();
    assert_eq!(second.attempt, 2);
    assert_eq!(store.renew(std::slice::from_ref(&first), at(99)).await.unwrap(), 0);
    store.release(&first).await.unwrap();
    let late = store.complete(&first, at(62), &done(), Some(events(vec![draft("a", 1)]))).await.unwrap_err();
    assert_eq!(late, Error::LeaseLost { id: "a/1/1".into() });
    assert_eq!(store.events("a").await.unwrap(), []);
    store.complete(&second, at(62), &done(), None).await.unwrap();
    let again = store.complete(&second, at(63), &done(), None).await.unwrap_err();
    assert_eq!(again, Error::LeaseLost { id: "a/1/1".into() });
}

/// Defect A: a failure waits; as long as it has waited already, within its patience.
#[tokio::test]
async fn waits_as_long_as_it_has_waited_then_dies_of_age() {
    let (store, _folder) = store().await;
    store.accept(effects(vec![effect("a/1/1")])).await.unwrap();
    let mut now = 0;
    let mut waits = Vec::new();
    loop {
        assert_eq!(claim(&store, "w", now - 1).await, None, "never early");
        let leased = claim(&store, "w", now).await.unwrap();
        let settled = store.complete(&leased, at(now), &defer(None), None).await.unwrap();
        match settled.verdict {
            Verdict::Wait { run_at, .. } => {
                waits.push((run_at - at(now)).num_seconds());
                now = (run_at - at(0)).num_seconds();
            }
            Verdict::Dead { error } => break assert!(error.starts_with("421 try again later (given up"), "{error}"),
            Verdict::Done { .. } | Verdict::Postponed { .. } => unreachable!(),
        }
    }
    assert_eq!(waits, [10, 10, 20, 40, 80, 160, 320, 600, 600, 600, 600, 600]);
    assert_eq!(state(&store, "a/1/1").await, EffectState::Dead);
    let dead = EffectFilter { states: vec![EffectState::Dead], ..EffectFilter::default() };
    assert_eq!(store.effects(dead).await.unwrap().len(), 1);
}

/// Defect B: a wait the remote asks for is kept, and neither for ever nor ignored.
#[tokio::test]
async fn the_remote_may_say_when() {
    let (store, _folder) = store().await;
    store.accept(effects(vec![effect("a/1/1")])).await.unwrap();
    let leased = claim(&store, "w", 0).await.unwrap();
    store.complete(&leased, at(0), &defer(Some(77)), None).await.unwrap();
    assert_eq!(claim(&store, "w", 76).await, None);
    assert_eq!(claim(&store, "w", 77).await.unwrap().attempt, 2);
}

/// Defect H: attempts are counted through crashes, and what is spent is settled, not performed.
#[tokio::test]
async fn crashes_count_as_attempts() {
    let (store, _folder) = store().await;
    let patience = Patience { attempts_max: Some(2), ..effect("a/1/1").patience };
    store.accept(effects(vec![EffectDraft { patience, ..effect("a/1/1") }])).await.unwrap();
    for _ in 0..2 {
        assert_eq!(claim(&store, "w", 0).await.unwrap().spent, None);
        assert_eq!(store.recover(at(0)).await.unwrap(), 1);
    }
    let spent = claim(&store, "w", 0).await.unwrap();
    assert!(spent.spent.as_ref().unwrap().contains("2 times in a row"), "{spent:?}");
    store.recover(at(0)).await.unwrap();
    let spent = claim(&store, "w", 9).await.unwrap();
    assert!(spent.spent.is_some(), "a crash while settling changes nothing");
}

#[tokio::test]
async fn what_always_takes_the_process_down_waits_longer_and_is_given_up() {
    let (store, _folder) = store().await;
    store.accept(effects(vec![effect("a/1/1")])).await.unwrap();
    let (mut now, mut crashes) = (0, 0);
    loop {
        let due = store.next_due(&["mail"]).await.unwrap().unwrap();
        now = now.max((due - at(0)).num_seconds());
        if claim(&store, "w", now).await.unwrap().spent.is_some() {
            break;
        }
        crashes += 1;
        store.recover(at(now)).await.unwrap();
    }
    assert_eq!(crashes, LOST_ATTEMPTS_MAX);
    assert!(now > 1_000, "others had time: {now}");
}

/// Defect D: an unreadable payload ends as dead and stops nobody.
#[tokio::test]
async fn an_unreadable_payload_is_spent() {
    let (store, _folder) = store().await;
    store.accept(effects(vec![effect("a/1/1"), effect("a/1/2")])).await.unwrap();
    tamper(&store, "update effect set payload = '{' where id = 'a/1/1'").await;
    let leased = claim(&store, "w", 0).await.unwrap();
    assert!(leased.spent.as_ref().unwrap().contains("cannot be read"));
    assert_eq!(store.effect("a/1/1").await.unwrap().unwrap().payload, json!("{"));
    assert_eq!(claim(&store, "w", 0).await.unwrap().spent, None);
}

#[tokio::test]
async fn an_operator_retries_and_cancels_what_does_not_run() {
    let (store, _folder) = store().await;
    let patience = Patience { attempts_max: Some(1), ..effect("a/1/1").patience };
    store.accept(effects(vec![EffectDraft { patience, ..effect("a/1/1") }])).await.unwrap();
    let leased = claim(&store, "w", 0).await.unwrap();
    let wrong = Error::WrongState { id: "a/1/1".into(), state: EffectState::Leased };
    assert_eq!(store.retry("a/1/1", at(1)).await, Err(wrong.clone()));
    assert_eq!(store.cancel("a/1/1", at(1), "不寄了").await, Err(wrong));
    let settled = store.complete(&leased, at(1), &defer(None), None).await.unwrap();
    assert!(matches!(settled.verdict, Verdict::Dead { .. }));
    store.retry("a/1/1", at(9_000)).await.unwrap();
    let leased = claim(&store, "w", 9_000).await.unwrap();
    assert_eq!((leased.attempt, leased.forgiven, leased.since, leased.spent.clone()), (2, 1, at(9_000), None));
    store.complete(&leased, at(9_001), &Outcome::Dead { error: "550".into() }, None).await.unwrap();
    store.cancel("a/1/1", at(9_002), "不寄了").await.unwrap();
    let cancelled = store.effect("a/1/1").await.unwrap().unwrap();
    assert_eq!((cancelled.state, cancelled.last_error.as_deref()), (EffectState::Cancelled, Some("不寄了")));
    assert_eq!(claim(&store, "w", 99_000).await, None);
    store.retry("a/1/1", at(99_000)).await.unwrap();
    let leased = claim(&store, "w", 99_000).await.unwrap();
    store.complete(&leased, at(99_001), &done(), None).await.unwrap();
    let wrong = Error::WrongState { id: "a/1/1".into(), state: EffectState::Done };
    assert_eq!(store.retry("a/1/1", at(99_002)).await, Err(wrong));
    let unknown = Error::Unknown { what: "effect", id: "a/9/9".into() };
    assert_eq!(store.retry("a/9/9", at(0)).await, Err(unknown));
}

#[tokio::test]
async fn a_lease_never_begun_is_handed_back_uncounted() {
    let (store, _folder) = store().await;
    store.accept(effects(vec![effect("a/1/1")])).await.unwrap();
    let leased = claim(&store, "w", 0).await.unwrap();
    store.release(&leased).await.unwrap();
    assert_eq!(claim(&store, "other", 0).await.unwrap().attempt, 1);
}

#[tokio::test]
async fn listed_by_state_queue_and_stream() {
    let (store, _folder) = store().await;
    let ids = ["a/1/1", "a/b/1/1", "ab/1/1", "a/2/1", "a'_%/1/1"];
    store.accept(effects(ids.map(effect).to_vec())).await.unwrap();
    claim(&store, "w", 0).await.unwrap();
    let list = async |states: &[EffectState], queue: Option<&str>, stream: Option<&str>, limit| {
        let (queue, stream) = (queue.map(str::to_owned), stream.map(str::to_owned));
        let filter = EffectFilter { states: states.to_vec(), queue, stream, limit };
        store.effects(filter).await.unwrap().into_iter().map(|effect| effect.id).collect::<Vec<_>>()
    };
    assert_eq!(list(&[], None, None, None).await, ids);
    assert_eq!(list(&[], None, None, Some(2)).await, ids[..2]);
    assert_eq!(list(&[EffectState::Leased], None, None, None).await, ["a/1/1"]);
    assert_eq!(list(&[], Some("render"), None, None).await, Vec::<String>::new());
    assert_eq!(list(&[], None, Some("a"), None).await, ["a/1/1", "a/2/1"]);
    assert_eq!(list(&[EffectState::Ready], None, Some("a"), None).await, ["a/2/1"]);
    assert_eq!(list(&[], None, Some("a/b"), None).await, ["a/b/1/1"]);
    assert_eq!(list(&[], None, Some("a'_%"), None).await, ["a'_%/1/1"]);
}

/// Defect J: old rows do not slow the claim; it reads one index entry.
#[tokio::test]
async fn the_claim_is_answered_by_the_index() {
    let (store, _folder) = store().await;
    let plan = sqlx::query(
        "explain query plan select run_at, position from effect where queue = ? and state = 'ready' and run_at <= ?
         order by run_at, position limit 1",
    );
    let rows = plan.fetch_all(&store.readers).await.unwrap();
    let plan: Vec<String> = rows.iter().map(|row| sqlx::Row::get(row, "detail")).collect();
    assert!(plan.iter().all(|line| line.contains("effect_ready")), "{plan:?}");
}

#[tokio::test]
async fn nothing_accepted_ahead_is_leased_before_it_is_synced() {
    let (store, _folder) = store().await;
    store.accept_ahead(effects(vec![effect("a/1/1")])).await.unwrap();
    store.accept_ahead(events(vec![draft("a", 1)])).await.unwrap();
    assert_eq!(store.events("a").await.unwrap().len(), 1, "it is read at once");
    assert!(store.writers().await.ahead);
    // a disk that is full when it is synced: nobody gets it
    crash::arm(0);
    let leased = store.claim(Claim { owner: "w", queues: &["mail"], now: at(0), lease_seconds: 30 }).await;
    assert!(leased.unwrap_err().is_transient());
    assert!(store.writers().await.ahead);
    assert_eq!(state(&store, "a/1/1").await, EffectState::Ready);
    assert_eq!(claim(&store, "w", 0).await.unwrap().id, "a/1/1");
    assert!(!store.writers().await.ahead);
}

#[tokio::test]
async fn whoever_writes_durably_syncs_what_was_accepted_ahead() {
    let (store, _folder) = store().await;
    let mut commits = store.commits();
    store.accept_ahead(effects(vec![effect("a/1/1")])).await.unwrap();
    assert!(!commits.has_changed().unwrap(), "nobody is woken before");
    store.sync().await.unwrap();
    assert!(commits.has_changed().unwrap());
    commits.mark_unchanged();
    store.sync().await.unwrap();
    assert!(!commits.has_changed().unwrap(), "there was nothing to sync");
    store.accept_ahead(events(vec![draft("a", 1)])).await.unwrap();
    store.accept(events(vec![draft("a", 2)])).await.unwrap();
    assert!(!store.writers().await.ahead);
}
