//! The power goes off before the n-th call that changes the world, for every n, and everything ends the same.
//!
//! One small round, from opening to the sealed archive, is played once undisturbed; then once for every call that the first
//! run made, with a fuse that blows before that call. The engine is dropped as it stands, opened again on what the disk and
//! the store hold, and the round goes on. Compared are all events, all that can be seen, and the set of letters.

#![expect(clippy::unwrap_used, reason = "a test that cannot play has failed")]
#![expect(clippy::print_stderr, reason = "the count is said aloud")]

#[path = "common/look.rs"]
mod common;

use banwen::engine::Fuse;
use banwen::engine::scenario::Player;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Threads that replay.
const THREADS: usize = 2;
/// Differences that are shown.
const SHOWN_MAX: usize = 12;
/// Fewer calls than this, and the fuse no longer stands where the world is changed.
const CALLS_MIN: u64 = 100;

/// Everything a round left behind.
#[derive(PartialEq, Eq)]
struct Ending {
    events: Vec<String>,
    files: BTreeMap<String, String>,
    letters: BTreeSet<String>,
}

fn path() -> PathBuf {
    common::root().join("tests/crash/一人一轮.yaml")
}

#[test]
fn a_crash_before_any_call_changes_nothing() {
    let began = std::time::Instant::now();
    let fuse = Fuse::default();
    let undisturbed = run("crash-none", fuse.clone());
    let calls = fuse.burnt();
    eprintln!("{calls} calls; undisturbed {:.1} s", began.elapsed().as_secs_f64());
    assert!(calls >= CALLS_MIN, "only {calls} calls were counted");
    assert!(undisturbed.events.iter().any(|e| e.contains("CaseSealed")), "the round does not reach the archive");
    let next = AtomicU64::new(1);
    let only: Option<u64> = std::env::var("BANWEN_CRASH").ok().and_then(|n| n.parse().ok());
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let work = |thread: usize| {
            let mut wrong = Vec::new();
            loop {
                let n = next.fetch_add(1, Ordering::SeqCst);
                if n > calls {
                    return wrong;
                }
                if only.is_none_or(|o| o == n) {
                    wrong.extend(replay(thread, n, &undisturbed));
                }
            }
        };
        let runs: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || work(thread))).collect();
        runs.into_iter().flat_map(|run| run.join().unwrap()).collect()
    });
    eprintln!("{calls} calls, {:.0} s", began.elapsed().as_secs_f64());
    let shown: Vec<&str> = wrong.iter().take(SHOWN_MAX).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} of {calls} crashes end differently:\n{}", wrong.len(), shown.join("\n"));
}

fn replay(thread: usize, n: u64, undisturbed: &Ending) -> Option<String> {
    let fuse = Fuse::before(n);
    let ending = run(&format!("crash-{thread}"), fuse.clone());
    if !fuse.blown() {
        return Some(format!("before call {n}: the fuse did not blow"));
    }
    (ending != *undisturbed).then(|| format!("before call {n}: {}", difference(undisturbed, &ending)))
}

fn run(name: &str, fuse: Fuse) -> Ending {
    let scenario = common::scenario(&path());
    let out = common::folder(name);
    let ending = common::runtime().block_on(async {
        let mut player = Player::begin(&scenario, path().parent().unwrap(), &out, fuse).await.unwrap();
        player.play(&scenario, None).await.unwrap();
        let broken = player.broken_invariants().await.unwrap();
        let mut events: Vec<String> = broken.into_iter().map(|b| format!("broken: {b}")).collect();
        for event in player.events().await.unwrap() {
            events.push(serde_json::to_string(&event).unwrap());
        }
        ending(&out, events)
    });
    common::clear(&out);
    ending
}

fn ending(out: &Path, events: Vec<String>) -> Ending {
    let seen = common::visible(out);
    let letters =
        seen.iter().filter(|(name, _)| name.starts_with("mail/")).map(|(_, bytes)| common::message_id(bytes)).collect();
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for (name, bytes) in seen.iter().filter(|(name, _)| !name.starts_with("mail/")) {
        files.insert(name.clone(), banwen::files::digest_hex(bytes));
    }
    Ending { events, files, letters }
}

fn difference(expected: &Ending, found: &Ending) -> String {
    let mut told = Vec::new();
    for (n, pair) in expected.events.iter().zip(&found.events).enumerate() {
        if pair.0 != pair.1 {
            told.push(format!("event {}:\n    {}\n    {}", n + 1, short(pair.0), short(pair.1)));
            break;
        }
    }
    if expected.events.len() != found.events.len() {
        told.push(format!("{} events, not {}", found.events.len(), expected.events.len()));
    }
    for (name, digest) in &expected.files {
        match found.files.get(name) {
            None => told.push(format!("{name} is missing")),
            Some(other) if other != digest => told.push(format!("{name} differs")),
            Some(_) => {}
        }
    }
    told.extend(found.files.keys().filter(|n| !expected.files.contains_key(*n)).map(|n| format!("{n} is too much")));
    if expected.letters != found.letters {
        told.push("other letters".to_string());
    }
    told.join("; ")
}

fn short(text: &str) -> String {
    text.chars().take(300).collect()
}
