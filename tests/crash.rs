//! The power goes off before the n-th call that changes the world, for every n of every scenario, and everything ends the same.
//!
//! The rest of a play is a function of the spool, the clock, what the mail server will say, and the steps that are left. So a
//! scenario is played part by part (a part is a moment at which something is due, or a step), each opened afresh on what
//! the part before left; and each part once more for every call it made, with a fuse that blows before that call. The
//! engine is dropped as it stands, opened again on what the disk and the store hold, and the part goes on. Compared is all
//! that lasts. That the parts together are the play is seen by playing the scenario in one go.
//!
//! `BANWEN_SCENARIO=NAME` takes one scenario, `BANWEN_PART=N` of it one part.

#![expect(clippy::unwrap_used, reason = "a test that cannot play has failed")]
#![expect(clippy::print_stderr, reason = "the counts are said aloud")]

#[path = "common/look.rs"]
mod common;
#[path = "common/lasting.rs"]
mod lasting;

use banwen::engine::Fuse;
use banwen::engine::scenario::{PlayError, Player, Scenario, Standing, StepKind};
use lasting::Lasting;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

/// Threads that play.
const THREADS: usize = 2;
/// Differences that are shown.
const SHOWN_MAX: usize = 12;
/// Fewer cuts than this, and the fuse no longer stands where the world is changed.
const CUTS_MIN: u64 = 3_000;
/// Room that is asked of a file system in memory, in KiB.
const MEMORY_KIB_MIN: u64 = 2 * 1024 * 1024;

#[test]
fn a_crash_before_any_call_of_any_scenario_changes_nothing() {
    let began = Instant::now();
    let scenarios = scenarios();
    let room = tempfile::tempdir_in(place()).unwrap();
    let (next, cuts) = (AtomicUsize::new(0), AtomicU64::new(0));
    let work = || {
        let mut wrong = Vec::new();
        while let Some(path) = scenarios.get(next.fetch_add(1, Ordering::SeqCst)) {
            let mut desk = Desk::new(path, room.path());
            common::runtime().block_on(desk.play());
            cuts.fetch_add(desk.cuts, Ordering::SeqCst);
            wrong.append(&mut desk.wrong);
        }
        wrong
    };
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        runs.into_iter().flat_map(|run| run.join().unwrap()).collect()
    });
    let cuts = cuts.into_inner();
    eprintln!("{cuts} cuts in {} scenarios, {:.0} s", scenarios.len(), began.elapsed().as_secs_f64());
    common::clear(room.path());
    let shown: Vec<&str> = wrong.iter().take(SHOWN_MAX).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} of {cuts} crashes end differently:\n{}", wrong.len(), shown.join("\n"));
    let all = std::env::var("BANWEN_SCENARIO").is_err();
    assert!(!all || cuts >= CUTS_MIN, "only {cuts} calls were cut");
}

/// Every scenario there is, the longest first.
fn scenarios() -> Vec<PathBuf> {
    let folders = ["tests/scenarios", "tests/crash", "workflows/scenarios"].map(|f| common::root().join(f));
    let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap()).map(|e| e.unwrap().path());
    let only = std::env::var("BANWEN_SCENARIO").ok();
    let mut found: Vec<PathBuf> = files
        .filter(|path| path.extension().is_some_and(|e| e == "yaml"))
        .filter(|path| only.as_ref().is_none_or(|name| name_of(path) == *name))
        .collect();
    assert!(!found.is_empty(), "no scenario to play");
    found.sort_by_key(|path| std::cmp::Reverse(std::fs::metadata(path).unwrap().len()));
    found
}

fn name_of(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

/// Memory where it has room: nothing here asks whether syncing works, and thousands of spools are written.
fn place() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let free = std::process::Command::new("df").args(["-k", "--output=avail"]).arg(memory).output().ok();
    let free = free.and_then(|o| String::from_utf8_lossy(&o.stdout).lines().last()?.trim().parse::<u64>().ok());
    if free.is_some_and(|kib| kib >= MEMORY_KIB_MIN) {
        memory.to_path_buf()
    } else {
        PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
    }
}

/// One scenario being cut.
struct Desk {
    name: String,
    scenario: Scenario,
    base: PathBuf,
    room: PathBuf,
    runs: u64,
    parts: u64,
    cuts: u64,
    wrong: Vec<String>,
}

/// How a part ended: whether it was the step itself, and what an operator was told who asked for what cannot be.
type End = Result<bool, String>;

impl Desk {
    fn new(path: &Path, room: &Path) -> Desk {
        let name = name_of(path);
        let room = room.join(&name);
        std::fs::create_dir(&room).unwrap();
        let base = path.parent().unwrap().to_path_buf();
        let scenario = common::scenario(path);
        Desk { name, scenario, base, room, runs: 0, parts: 0, cuts: 0, wrong: Vec::new() }
    }

    /// A folder no run before had: a store that is just being closed still writes where it stood.
    fn fresh(&mut self) -> PathBuf {
        self.runs += 1;
        self.room.join(self.runs.to_string())
    }

    async fn play(&mut self) {
        let began = Instant::now();
        let (whole, calls) = self.in_one_go().await;
        let mut at = self.fresh();
        let mut standing = Player::prepare(&self.scenario, &self.base, &at).unwrap();
        for n in 0..self.scenario.steps.len() {
            loop {
                let (next, then, end) = self.part(n, &at, &standing).await;
                common::clear(&at);
                (at, standing) = (next, then);
                if end != Ok(false) {
                    break;
                }
            }
        }
        let ended = Lasting::of(&at, 0).await;
        let differs = Lasting::of(&whole, 0).await.differs(&ended);
        self.wrong.extend(differs.map(|d| format!("{}: part by part: {d}", self.name)));
        common::clear(&self.room);
        let seconds = began.elapsed().as_secs_f64();
        eprintln!("{}: {calls} calls, {} parts, {} cuts, {seconds:.1} s", self.name, self.parts, self.cuts);
    }

    /// The whole scenario undisturbed: its spool, and how many calls it made.
    async fn in_one_go(&mut self) -> (PathBuf, u64) {
        let (fuse, out) = (Fuse::default(), self.fresh());
        let mut player = Player::begin(&self.scenario, &self.base, &out, fuse.clone()).await.unwrap();
        for (n, step) in self.scenario.steps.iter().enumerate() {
            while ended(player.part(n + 1, step).await) == Ok(false) {}
        }
        let at = self.fresh();
        lasting::copy_served(&out, &at).await;
        drop(player);
        common::clear(&out);
        (at, fuse.burnt())
    }

    /// The next part of a step, undisturbed, and then cut before each of its calls. The spool it leaves, and how it ended.
    async fn part(&mut self, n: usize, at: &Path, standing: &Standing) -> (PathBuf, Standing, End) {
        self.parts += 1;
        let step = &self.scenario.steps[n];
        let position = lasting::last_event(at).await;
        let (fuse, out) = (Fuse::default(), self.room.join(format!("part-{}", self.parts)));
        lasting::copy(at, &out);
        let mut player = Player::resume(&self.base, &out, standing, fuse.clone()).await.unwrap();
        // Opening is a part of the first part only: the other parts were opened already.
        let opened = if self.parts == 1 { 0 } else { fuse.burnt() };
        let end = ended(player.part(n + 1, step).await);
        assert!(end.is_ok() || matches!(step.kind, StepKind::Operator(_)), "{}: step {}: {end:?}", self.name, n + 1);
        let then = player.standing();
        let next = self.room.join(format!("after-{}", self.parts));
        lasting::copy_served(&out, &next).await;
        drop(player);
        let left = Lasting::of(&next, position).await;
        let only = std::env::var("BANWEN_PART").ok().and_then(|p| p.parse::<u64>().ok());
        if only.is_none_or(|part| part == self.parts) {
            for call in opened + 1..=fuse.burnt() {
                let differs = self.cut(n, at, standing, call, (&left, position, &end)).await;
                let place = format!("{}: step {}, part {}, call {call}", self.name, n + 1, self.parts);
                self.wrong.extend(differs.map(|d| format!("{place}: {d}")));
            }
        }
        common::clear(&out);
        (next, then, end)
    }

    /// The same part with the power cut before one call; how it ends differently, if it does.
    async fn cut(
        &mut self,
        n: usize,
        at: &Path,
        standing: &Standing,
        call: u64,
        (left, position, end): (&Lasting, i64, &End),
    ) -> Option<String> {
        self.cuts += 1;
        let (fuse, out) = (Fuse::before(call), self.fresh());
        lasting::copy(at, &out);
        let differs = match Player::resume(&self.base, &out, standing, fuse.clone()).await {
            Err(error) => Some(format!("it does not open: {error}")),
            Ok(mut player) => {
                let step = &self.scenario.steps[n];
                let ended = ended(player.part(n + 1, step).await);
                if !fuse.blown() {
                    Some("the fuse did not blow".to_string())
                } else if ended != *end {
                    Some(format!("it ends with {ended:?}, not with {end:?}"))
                } else {
                    left.differs(&Lasting::of(&out, position).await)
                }
            }
        };
        common::clear(&out);
        differs
    }
}

fn ended(played: Result<bool, PlayError>) -> End {
    played.map_err(|error| match error {
        PlayError::Step { why, .. } => why,
        PlayError::Engine(error) => error.to_string(),
    })
}

/// Every call that changes the world is one that a fuse can blow before: the engine writes through its hands. What stands
/// outside it, the asking side of an operator and a scenario's clerk, does not crash with it.
#[test]
fn nothing_changes_the_world_past_the_fuse() {
    let words = [
        "files::write_atomic(",
        "files::remove_",
        "store.accept(",
        "store.set_mark(",
        "store.put_closure(",
        "store.retry(",
    ];
    let engine = common::files(&common::root().join("src/engine"));
    assert!(engine.contains_key("hands.rs"), "the rule looks in the wrong place");
    let mut wrong = Vec::new();
    for (name, text) in engine {
        let text = String::from_utf8(text).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        let outside = ["hands.rs", "asking.rs", "scenario", "tests"].iter().any(|part| name.contains(part));
        let past = code.lines().filter(|line| !outside && words.iter().any(|word| line.contains(word)));
        wrong.extend(past.map(|line| format!("{name}: {}", line.trim())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
