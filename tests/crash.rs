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
use banwen::engine::scenario::{Player, StepKind};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Threads that replay.
const THREADS: usize = 2;
/// Places at which the power is cut in each of the other scenarios.
const CUTS: usize = 2;
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
    let undisturbed = run("crash-none", &path(), fuse.clone());
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
                    wrong.extend(replay(&format!("crash-{thread}"), &path(), n, &undisturbed));
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

/// Every other scenario without an operator's steps, the demo too, with the power cut at a few places drawn from a seed; `BANWEN_SEED` repeats them,
/// `BANWEN_CRASH=all` cuts before every call of every scenario.
#[test]
fn a_crash_anywhere_in_any_scenario_changes_nothing() {
    let drawn = std::time::SystemTime::UNIX_EPOCH.elapsed().map_or(1, |since| since.as_secs());
    let seed: u64 = std::env::var("BANWEN_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(drawn);
    eprintln!("BANWEN_SEED={seed}");
    let mut scenarios: Vec<PathBuf> = std::fs::read_dir(common::root().join("tests/scenarios"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "yaml"))
        .chain([common::root().join("workflows/scenarios/demo.yaml")])
        .collect();
    scenarios.sort();
    let only = std::env::var("BANWEN_SCENARIO").ok();
    // What an operator asks at the command line is not asked again by itself after a crash.
    scenarios.retain(|p| !common::scenario(p).steps.iter().any(|s| matches!(s.kind, StepKind::Operator(_))));
    scenarios.retain(|p| only.as_ref().is_none_or(|name| p.file_stem().unwrap().to_string_lossy() == name.as_str()));
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let work = |thread: usize| {
            let mine = scenarios.iter().skip(thread).step_by(THREADS);
            mine.flat_map(|path| cut(&format!("any-{thread}"), path, seed)).collect::<Vec<_>>()
        };
        let runs: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || work(thread))).collect();
        runs.into_iter().flat_map(|run| run.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "BANWEN_SEED={seed}\n{}", wrong.join("\n"));
}

/// Plays a scenario undisturbed, and then with a few crashes.
fn cut(name: &str, path: &Path, seed: u64) -> Vec<String> {
    let fuse = Fuse::default();
    let undisturbed = run(name, path, fuse.clone());
    let calls = fuse.burnt();
    let digest = banwen::files::digest_hex(format!("{seed} {}", path.display()).as_bytes());
    let drawn = (0..CUTS).map(|n| u64::from_str_radix(&digest[n * 8..n * 8 + 8], 16).unwrap() % calls + 1);
    let places: Vec<u64> =
        if std::env::var("BANWEN_CRASH").is_ok_and(|n| n == "all") { (1..=calls).collect() } else { drawn.collect() };
    eprintln!("{}: {calls} calls, cut before {}", path.file_stem().unwrap().to_string_lossy(), places.len());
    let found = places.into_iter().filter_map(|n| replay(name, path, n, &undisturbed));
    found.map(|wrong| format!("{}: {wrong}", path.file_stem().unwrap().to_string_lossy())).collect()
}

fn replay(name: &str, path: &Path, n: u64, undisturbed: &Ending) -> Option<String> {
    let fuse = Fuse::before(n);
    let ending = run(name, path, fuse.clone());
    if !fuse.blown() {
        return Some(format!("before call {n}: the fuse did not blow"));
    }
    (ending != *undisturbed).then(|| format!("before call {n}: {}", difference(undisturbed, &ending)))
}

fn run(name: &str, path: &Path, fuse: Fuse) -> Ending {
    let scenario = common::scenario(path);
    let out = common::folder(name);
    let ending = common::runtime().block_on(async {
        let mut player = Player::begin(&scenario, path.parent().unwrap(), &out, fuse).await.unwrap();
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
