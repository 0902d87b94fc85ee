//! Figures, printed with `--nocapture`; the bounds only say that nothing is wrong by an order of magnitude.

use super::*;
use std::io::Write;

/// Prints past the lint that keeps the daemon silent.
pub(super) fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acceptances_and_effects_per_second() {
    let (store, _folder) = store().await;
    let now = Clock::machine().now();
    let acceptance = |seq: u64| {
        let draft = |seq| Draft {
            stream: "case".into(),
            seq,
            at: now,
            by: "一村".into(),
            on_behalf: None,
            cause: "submission/1".into(),
            kind: "ItemOpened".into(),
            body: json!({ "item": seq, "fields": { "姓名": "张三", "电话": "13800000000", "事迹": "长".repeat(300) } }),
        };
        let effects = vec![quick(&format!("case/{seq}/1"), now)];
        Acceptance { events: vec![draft(2 * seq - 1), draft(2 * seq)], effects, ..Acceptance::at(now) }
    };
    let count = 1_000;
    let start = Instant::now();
    for seq in 1..=count {
        store.accept(acceptance(seq)).await.unwrap();
    }
    let accepting = start.elapsed();
    let handlers = scripted(&store, |_| async { done() });
    let start = Instant::now();
    run_until_settled(&store, handlers, settings("w", 10, 30)).await;
    let performing = start.elapsed();
    let start = Instant::now();
    assert_eq!(store.verify().await.unwrap(), []);
    let verifying = start.elapsed();
    let per_second = |count: u64, took: Duration| (count * 1_000) / u64::try_from(took.as_millis().max(1)).unwrap();
    say(&format!("acceptances (2 events, 1 effect, synced): {}/s", per_second(count, accepting)));
    say(&format!("effects (claimed, done synced, 10 slots): {}/s", per_second(count, performing)));
    say(&format!("events verified: {}/s", per_second(2 * count, verifying)));
    assert!(accepting + performing < Duration::from_secs(60));
}
