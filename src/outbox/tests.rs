//! The outbox against the defects measured in other backends (letters as in the list of defects), and against kill -9.

mod killed;
mod speed;

use super::*;
use crate::store::sqlite::{self, Sqlite};
use crate::store::{Acceptance, Draft, Effect, EffectDraft, EffectFilter, EffectState, Patience, Verdict};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;
use tempfile::TempDir;

type Behaviour = Box<dyn Fn(Leased) -> BoxFuture<'static, Outcome> + Send + Sync>;

/// Handlers that do what a test says and remember what they were asked.
struct Scripted {
    store: Arc<dyn Store>,
    behave: Behaviour,
    performed: Mutex<Vec<(String, u32, Instant)>>,
    refusals: Mutex<Vec<Error>>,
    /// an event goes with every end, in a stream of its own
    recording: bool,
}

impl Handlers for Scripted {
    fn perform<'a>(&'a self, effect: &'a Leased) -> BoxFuture<'a, Outcome> {
        self.performed.lock().unwrap().push((effect.id.clone(), effect.attempt, Instant::now()));
        (self.behave)(effect.clone())
    }

    fn settle<'a>(
        &'a self,
        effect: &'a Leased,
        outcome: &'a Outcome,
        now: Moment,
    ) -> BoxFuture<'a, Result<Settled, Error>> {
        if let Some(error) = self.refusals.lock().unwrap().pop() {
            return Box::pin(async { Err(error) });
        }
        let draft = || Draft {
            stream: format!("settled/{}", effect.id),
            seq: 1,
            at: now,
            by: "系统自动".into(),
            on_behalf: None,
            cause: effect.id.clone(),
            kind: "EffectSettled".into(),
            body: json!({ "effect": effect.id }),
        };
        let acceptance = self.recording.then(|| Acceptance { events: vec![draft()], ..Acceptance::at(now) });
        self.store.complete(effect, now, outcome, acceptance)
    }
}

impl Scripted {
    /// Returns once so many effects have been begun.
    async fn reach(&self, count: usize) {
        while self.counts().len() < count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for (id, _, _) in self.performed.lock().unwrap().iter() {
            *counts.entry(id.clone()).or_default() += 1;
        }
        counts
    }
}

fn scripted<F>(store: &Arc<dyn Store>, behave: impl Fn(Leased) -> F + Send + Sync + 'static) -> Arc<Scripted>
where
    F: Future<Output = Outcome> + Send + 'static,
{
    Arc::new(script(store, behave))
}

fn script<F>(store: &Arc<dyn Store>, behave: impl Fn(Leased) -> F + Send + Sync + 'static) -> Scripted
where
    F: Future<Output = Outcome> + Send + 'static,
{
    let behave: Behaviour = Box::new(move |leased| behave(leased).boxed());
    let (performed, refusals) = Default::default();
    Scripted { store: store.clone(), behave, performed, refusals, recording: false }
}

async fn open(path: &Path) -> Arc<Sqlite> {
    let settings = sqlite::Settings { secret: Secret::fixed(1), durable: true };
    Arc::new(Sqlite::open(path, settings).await.unwrap())
}

async fn store() -> (Arc<dyn Store>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (open(&folder.path().join("banwen.db")).await, folder)
}

fn quick(id: &str, at: Moment) -> EffectDraft {
    let patience = Patience { lifetime_seconds: 60, wait_min_seconds: 2, wait_max_seconds: 3, attempts_max: Some(2) };
    EffectDraft { id: id.into(), queue: "q".into(), payload: json!({ "id": id }), run_at: at, patience }
}

async fn owe(store: &Arc<dyn Store>, ids: impl IntoIterator<Item = String>, at: Moment) {
    let effects = ids.into_iter().map(|id| quick(&id, at)).collect();
    store.accept(Acceptance { effects, ..Acceptance::at(at) }).await.unwrap();
}

fn settings(owner: &str, slots: usize, lease_seconds: u32) -> Settings {
    let queues = vec![QueueSettings { name: "q".into(), slots, timeout_seconds: 1 }];
    Settings { owner: owner.into(), queues, lease_seconds, stop_seconds: 10 }
}

async fn list(store: &Arc<dyn Store>, states: &[EffectState]) -> Vec<Effect> {
    store.effects(EffectFilter { states: states.to_vec(), ..EffectFilter::default() }).await.unwrap()
}

/// Returns once nothing is ready or leased; panics after half a minute.
async fn settled(store: &Arc<dyn Store>) {
    let start = Instant::now();
    while !list(store, &[EffectState::Ready, EffectState::Leased]).await.is_empty() {
        assert!(start.elapsed() < Duration::from_secs(30), "{:?}", list(store, &[]).await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn done() -> Outcome {
    Outcome::Done { result: Value::Null }
}

/// Runs workers until everything is settled.
async fn run_until_settled(store: &Arc<dyn Store>, handlers: Arc<Scripted>, settings: Settings) {
    let waited = store.clone();
    let shutdown = async move { settled(&waited).await };
    run(store.clone(), Clock::machine(), handlers, settings, shutdown).await.unwrap();
}

#[tokio::test]
async fn one_by_one_without_threads_or_real_time() {
    let (store, _folder) = store().await;
    let start = Clock::machine().now();
    let clock = Clock::scenario(start);
    owe(&store, ["a/1/1", "a/1/2", "a/1/3"].map(str::to_owned), start).await;
    let handlers = scripted(&store, |leased| async move {
        match leased.id.as_str() {
            "a/1/1" => done(),
            "a/1/2" => Outcome::Defer { error: "421".into(), after_seconds: None },
            _ => panic!("没有想到"),
        }
    });
    let mut story = Vec::new();
    loop {
        while let Some((leased, settled)) = step(&*store, &*handlers, &clock, &["q"]).await.unwrap() {
            let says = match settled.verdict {
                Verdict::Done { .. } => "done".to_owned(),
                Verdict::Wait { error, run_at } | Verdict::Postponed { error, run_at, .. } => {
                    format!("{error} +{}", (run_at - start).num_seconds())
                }
                Verdict::Dead { error } => format!("dead: {error}"),
            };
            story.push(format!("{} {says}", leased.id));
        }
        let Some(due) = store.next_due(&["q"]).await.unwrap() else { break };
        clock.set(due);
    }
    let expected = [
        "a/1/1 done",
        "a/1/2 421 +2",
        "a/1/3 panic: 没有想到 +2",
        "a/1/2 dead: 421 (given up after 2 attempts)",
        "a/1/3 dead: panic: 没有想到 (given up after 2 attempts)",
    ];
    assert_eq!(story, expected);
}

/// A, B, C, D, E: errors, asked waits, panics, timeouts are tried again after a wait and end as dead; an unreadable payload is
/// dead at once; the worker does everything else meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_goes_wrong_is_retried_spaced_then_dead_and_the_worker_lives() {
    let (store, folder) = store().await;
    let now = Clock::machine().now();
    let ids = ["error", "asked", "panic", "panic-early", "timeout", "never", "poison", "well"];
    owe(&store, ids.map(|id| format!("a/{id}/1")), now).await;
    let mut raw = <sqlx::SqliteConnection as sqlx::Connection>::connect(&format!(
        "sqlite://{}",
        folder.path().join("banwen.db").display()
    ))
    .await
    .unwrap();
    sqlx::raw_sql("update effect set payload = '{\"id\"' where id = 'a/poison/1'").execute(&mut raw).await.unwrap();
    let handlers = scripted(&store, |leased| {
        assert!(leased.id != "a/panic-early/1", "before the future");
        async move {
            match leased.id.as_str() {
                "a/error/1" => Outcome::Defer { error: "451".into(), after_seconds: None },
                "a/asked/1" => Outcome::Defer { error: "451".into(), after_seconds: Some(2) },
                "a/panic/1" => panic!("没有想到"),
                "a/timeout/1" => futures::future::pending().await,
                "a/never/1" => Outcome::Dead { error: "550".into() },
                _ => done(),
            }
        }
    });
    run_until_settled(&store, handlers.clone(), settings("w", 2, 30)).await;
    let effects = list(&store, &[]).await;
    let of = |id: &str| effects.iter().find(|effect| effect.id == format!("a/{id}/1")).unwrap();
    for (id, error) in [
        ("error", "451"),
        ("asked", "451"),
        ("panic", "没有想到"),
        ("panic-early", "before the future"),
        ("timeout", "timed out"),
    ] {
        let effect = of(id);
        let last = effect.last_error.as_deref().unwrap();
        assert!(last.contains(error) && last.contains("given up after 2 attempts"), "{id}: {last}");
        assert_eq!((effect.state, effect.attempt), (EffectState::Dead, 2), "{id}");
        let performed = handlers.performed.lock().unwrap();
        let times: Vec<_> = performed.iter().filter(|(of, _, _)| *of == effect.id).map(|(_, _, at)| *at).collect();
        // Moments are whole seconds, so a wait of two is more than one.
        assert!(times[1] - times[0] > Duration::from_secs(1), "{id}: {:?}", times[1] - times[0]);
    }
    assert_eq!((of("never").state, of("never").attempt), (EffectState::Dead, 1));
    assert_eq!(of("poison").state, EffectState::Dead);
    assert_eq!(handlers.counts().get("a/poison/1"), None, "never performed");
    assert_eq!(of("well").state, EffectState::Done);
}

/// F: slow work, short leases, two processes' worth of workers: each effect once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_shorter_than_the_work_is_renewed() {
    let (store, _folder) = store().await;
    owe(&store, (0..4).map(|n| format!("a/{n}/1")), Clock::machine().now()).await;
    let handlers = scripted(&store, |_| async {
        tokio::time::sleep(Duration::from_millis(4_500)).await;
        done()
    });
    let mut both = [settings("one", 1, 3), settings("two", 1, 3)];
    for settings in &mut both {
        settings.queues[0].timeout_seconds = 20;
    }
    let runs = both.map(|settings| run_until_settled(&store, handlers.clone(), settings));
    futures::future::join_all(runs).await;
    let counts = handlers.counts();
    assert_eq!(counts.len(), 4);
    assert!(counts.values().all(|count| *count == 1), "{counts:?}");
    assert!(list(&store, &[]).await.iter().all(|effect| effect.attempt == 1 && effect.state == EffectState::Done));
}

/// F: more due than slots does not mean leases that nobody works on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_finishes_what_runs_and_leaves_the_rest_untouched() {
    let (store, _folder) = store().await;
    owe(&store, (0..10).map(|n| format!("a/{n}/1")), Clock::machine().now()).await;
    let handlers = scripted(&store, |_| async {
        tokio::time::sleep(Duration::from_millis(700)).await;
        done()
    });
    let begun = handlers.clone();
    let shutdown = async move { begun.reach(2).await };
    run(store.clone(), Clock::machine(), handlers.clone(), settings("w", 2, 30), shutdown).await.unwrap();
    let effects = list(&store, &[]).await;
    let count = |state, attempt| effects.iter().filter(|e| e.state == state && e.attempt == attempt).count();
    assert_eq!((count(EffectState::Done, 1), count(EffectState::Ready, 0)), (2, 8), "{effects:?}");
    assert_eq!(handlers.counts().len(), 2);
}

/// L: a store that fails for a while loses no outcome; the work is not done twice for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outcome_waits_for_the_store() {
    let (store, _folder) = store().await;
    owe(&store, ["a/1/1".to_owned()], Clock::machine().now()).await;
    let handlers = scripted(&store, |_| async { done() });
    let conflict = Error::Conflict { stream: "a".into(), next: 2, given: 1 };
    let full = Error::Transient("database or disk is full".into());
    handlers.refusals.lock().unwrap().extend([conflict.clone(), full.clone(), conflict, full]);
    run_until_settled(&store, handlers.clone(), settings("w", 1, 2)).await;
    assert_eq!(handlers.counts()["a/1/1"], 1);
    assert_eq!(store.effect("a/1/1").await.unwrap().unwrap().attempt, 1);
}

/// L: an outcome the store will not take is not forgotten: the effect is tried again when its lease has run out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_settled_is_tried_again_after_its_lease() {
    let (store, _folder) = store().await;
    owe(&store, ["a/1/1".to_owned()], Clock::machine().now()).await;
    let handlers = scripted(&store, |_| async { done() });
    handlers.refusals.lock().unwrap().push(Error::Malformed("an event of ours".into()));
    run_until_settled(&store, handlers.clone(), settings("w", 1, 1)).await;
    assert_eq!(handlers.counts()["a/1/1"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_store_ends_the_run() {
    let (store, folder) = store().await;
    let path = format!("sqlite://{}", folder.path().join("banwen.db").display());
    let mut raw = <sqlx::SqliteConnection as sqlx::Connection>::connect(&path).await.unwrap();
    sqlx::raw_sql("drop table effect").execute(&mut raw).await.unwrap();
    let handlers = scripted(&store, |_| async { done() });
    let forever = futures::future::pending();
    let ended = run(store.clone(), Clock::machine(), handlers, settings("w", 1, 30), forever).await.unwrap_err();
    assert!(ended.is_fault(), "{ended}");
}

/// A run that is dropped leaves no task behind, and its leases to who recovers them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_run_is_a_crash() {
    let (store, _folder) = store().await;
    let now = Clock::machine().now();
    owe(&store, (0..3).map(|n| format!("a/{n}/1")), now).await;
    let handlers = scripted(&store, |_| futures::future::pending());
    let mut settings = settings("w", 2, 1);
    settings.queues[0].timeout_seconds = 60;
    let running = run(store.clone(), Clock::machine(), handlers.clone(), settings, futures::future::pending());
    tokio::select! {
        _ = running => unreachable!(),
        () = handlers.reach(2) => {}
    }
    drop(handlers);
    let start = Instant::now();
    while Arc::strong_count(&store) > 1 {
        assert!(start.elapsed() < Duration::from_secs(5), "a task still holds the store");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(store.recover(now).await.unwrap(), 2);
    assert_eq!(list(&store, &[EffectState::Ready]).await.len(), 3);
}

/// G: a commit wakes the worker; no effect waits for a poll, let alone a heartbeat.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_wakes_the_worker() {
    let (store, _folder) = store().await;
    let handlers = scripted(&store, |_| async { done() });
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let shutdown = async move { stopped.await.unwrap() };
    let running = tokio::spawn(run(store.clone(), Clock::machine(), handlers.clone(), settings("w", 1, 30), shutdown));
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut waits = Vec::new();
    for n in 0..50 {
        let start = Instant::now();
        owe(&store, [format!("a/{n}/1")], Clock::machine().now()).await;
        while handlers.counts().len() <= n {
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
        waits.push(start.elapsed());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    stop.send(()).unwrap();
    running.await.unwrap().unwrap();
    waits.sort();
    assert!(waits[25] < Duration::from_millis(POLL_MILLISECONDS / 2), "woken, not polled: {waits:?}");
    speed::say(&format!("accept to handler: p50 {:?}, max {:?}", waits[25], waits[49]));
}

#[tokio::test]
async fn what_is_postponed_neither_ages_nor_counts() {
    let (store, _folder) = store().await;
    let start = Clock::machine().now();
    let clock = Clock::scenario(start);
    owe(&store, ["a/1/1".to_string()], start).await;
    let waiting = scripted(&store, |_| async { Outcome::Postpone { error: "others".into(), after_seconds: 60 } });
    for minute in 0..10 {
        clock.set(start + chrono::TimeDelta::minutes(minute));
        let (_, settled) = step(&*store, &*waiting, &clock, &["q"]).await.unwrap().unwrap();
        assert!(matches!(settled.verdict, Verdict::Postponed { .. }), "{:?}", settled.verdict);
        assert!(step(&*store, &*waiting, &clock, &["q"]).await.unwrap().is_none(), "not before its time");
    }
    // ten minutes are ten lifetimes; its patience begins only now
    clock.set(start + chrono::TimeDelta::minutes(10));
    let failing = scripted(&store, |_| async { Outcome::Defer { error: "no".into(), after_seconds: None } });
    let (_, settled) = step(&*store, &*failing, &clock, &["q"]).await.unwrap().unwrap();
    assert!(matches!(settled.verdict, Verdict::Wait { .. }), "{:?}", settled.verdict);
    clock.set(start + chrono::TimeDelta::minutes(12));
    let (_, settled) = step(&*store, &*failing, &clock, &["q"]).await.unwrap().unwrap();
    assert!(matches!(settled.verdict, Verdict::Dead { .. }), "{:?}", settled.verdict);
}
