//! Ten thousand effects, four SIGKILLs: none lost, none performed again after it was recorded done, each done with its event.
//!
//! The test starts its own executable again as the child that is killed; the child knows its role by a variable.

use super::*;
use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Child, Command, Stdio};

const ROLE: &str = "BANWEN_TEST_KILLED_OUTBOX";
const EFFECTS: usize = 10_000;
const KILLS: usize = 4;

/// The child: works until nothing is left, writing each effect it performs to a file before it is settled.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Ok(folder) = std::env::var(ROLE) else { return };
    let folder = Path::new(&folder);
    let store: Arc<dyn Store> = open(&folder.join("banwen.db")).await;
    let clock = Clock::machine();
    store.recover(clock.now()).await.unwrap();
    let log = std::fs::OpenOptions::new().create(true).append(true).open(folder.join("performed")).unwrap();
    let log = Arc::new(Mutex::new(log));
    let handlers = script(&store, move |leased| {
        // One line is one write, so a kill leaves whole lines.
        log.lock().unwrap().write_all(format!("{}\n", leased.id).as_bytes()).unwrap();
        async { done() }
    });
    let handlers = Arc::new(Scripted { recording: true, ..handlers });
    let waited = store.clone();
    let left = EffectFilter {
        states: vec![EffectState::Ready, EffectState::Leased],
        limit: Some(1),
        ..EffectFilter::default()
    };
    let shutdown = async move {
        while !waited.effects(left.clone()).await.unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    run(store, clock, handlers, settings(&Secret::fresh().unwrap().name(), 10, 30), shutdown).await.unwrap();
}

fn start_child(folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", "outbox::tests::killed::child"])
        .env(ROLE, folder)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

fn performed(folder: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join("performed")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

async fn settled_events(store: &Arc<dyn Store>) -> BTreeSet<String> {
    let streams = store.streams().await.unwrap();
    streams.into_iter().map(|end| end.stream["settled/".len()..].to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_and_nothing_recorded_is_done_again() {
    let (store, folder) = store().await;
    owe(&store, (0..EFFECTS).map(|n| format!("case/{n}/1")), Clock::machine().now()).await;
    let start = Instant::now();
    let mut recorded: Vec<(usize, BTreeSet<String>)> = Vec::new();
    for kill in 1..=KILLS {
        let mut child = start_child(folder.path());
        // Killed by progress, not by time, so that each kill falls into the work on any machine.
        while performed(folder.path()).len() < kill * EFFECTS / (KILLS + 1) {
            assert!(child.try_wait().unwrap().is_none(), "the child ended early");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let done: BTreeSet<String> =
            list(&store, &[EffectState::Done]).await.into_iter().map(|effect| effect.id).collect();
        assert_eq!(done, settled_events(&store).await, "done and its event are one transaction");
        recorded.push((performed(folder.path()).len(), done));
    }
    assert!(start_child(folder.path()).wait().unwrap().success());
    let effects = list(&store, &[]).await;
    assert_eq!(effects.len(), EFFECTS);
    assert!(effects.iter().all(|effect| effect.state == EffectState::Done));
    assert_eq!(settled_events(&store).await.len(), EFFECTS);
    assert_eq!(store.verify().await.unwrap(), []);
    let lines = performed(folder.path());
    let distinct: BTreeSet<&String> = lines.iter().collect();
    assert_eq!(distinct.len(), EFFECTS, "each performed at least once");
    for (lines_before, done_before) in &recorded {
        let again = lines[*lines_before..].iter().find(|id| done_before.contains(*id));
        assert_eq!(again, None, "performed again after it was recorded done");
        assert!(*lines_before < EFFECTS, "the kill fell into the work");
    }
    let again = lines.len() - EFFECTS;
    assert!(again <= KILLS * 10, "only what was in hand is repeated: {again}");
    speed::say(&format!("{EFFECTS} effects, {KILLS} kills: {again} repeated, {:?}", start.elapsed()));
}
