//! What offices changed in place stays theirs; nobody is mailed twice.

use crate::case::event::Rung;
use crate::engine::scenario::{Player, parse};
use crate::engine::{Engine, Fuse};
use std::path::Path;
use std::sync::Arc;

const CASE: &str = "七一表彰-2022";

async fn opened(root: &Path) -> (Player, Arc<Engine>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_input/开头.yaml");
    let scenario = parse("开头", &std::fs::read_to_string(&path).unwrap()).unwrap();
    let mut player =
        Player::begin(&scenario, path.parent().unwrap(), &root.join("spool"), Fuse::default()).await.unwrap();
    player.play(&scenario, None).await.unwrap();
    let engine = player.engine().unwrap().clone();
    (player, engine)
}

fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap().block_on(test);
}

#[test]
fn a_workbook_or_blank_filled_in_place_is_never_written_over() {
    run(async {
        let root = tempfile::tempdir().unwrap();
        let (_player, engine) = opened(root.path()).await;
        let (case, program) = {
            let core = engine.core.lock().await;
            let case = core.cases[CASE].clone();
            let program = core.programs[&case.closure].clone();
            (case, program)
        };
        let task = case.open_tasks().next().unwrap().id;
        let first = engine.sheet(&program, &case, task).await.unwrap_or_default();
        let path = root.path().join("spool/offices");
        let (folder, name) = first["path"].as_str().unwrap().split_once('/').unwrap();
        let filled = path.join(folder).join("待办").join(name);
        assert_eq!(engine.sheet(&program, &case, task).await.unwrap_or_default(), first, "again is the same");
        std::fs::write(&filled, "filled by hand").unwrap();
        let second = engine.sheet(&program, &case, task).await.unwrap_or_default();
        assert_ne!(first["path"], second["path"]);
        assert_eq!(std::fs::read(&filled).unwrap(), b"filled by hand");
        assert!(
            path.join(folder).join("待办").join(second["path"].as_str().unwrap().rsplit('/').next().unwrap()).exists()
        );

        let blanks = path.join(folder).join("表样");
        let blank = std::fs::read_dir(&blanks).unwrap().next().unwrap().unwrap().path();
        std::fs::write(&blank, "filled by hand").unwrap();
        engine.store.set_mark(&format!("blanks/{folder}"), "").await.unwrap();
        engine.core.lock().await.dirty = true;
        engine.lay_out_blanks().await.unwrap();
        assert_eq!(std::fs::read(&blank).unwrap(), b"filled by hand");
    });
}

#[test]
fn one_mailbox_that_defers_has_nobody_mailed_twice() {
    run(async {
        let root = tempfile::tempdir().unwrap();
        let (_player, engine) = opened(root.path()).await;
        let (case, program) = {
            let core = engine.core.lock().await;
            let case = core.cases[CASE].clone();
            let program = core.programs[&case.closure].clone();
            (case, program)
        };
        let clock =
            *case.clocks.iter().find(|(_, c)| matches!(c.of, crate::case::event::ClockOf::Answer(_))).unwrap().0;
        let letters = || std::fs::read_dir(root.path().join("spool/mail")).map_or(0, |all| all.count());
        let before = letters();
        engine.mail_server.get().unwrap().will_say(&["450 later".to_string(), "550 never".to_string()]);
        let trouble = engine.remind("试/1/1", &program, &case, clock, &Rung::Due).await.err();
        assert!(
            matches!(trouble, Some(super::Trouble::Later(ref why)) if why == "450 later"),
            "only what deferred is tried again"
        );
        let once = letters();
        engine.clock.set(engine.clock.now() + chrono::TimeDelta::minutes(1));
        let trouble = engine.remind("试/1/1", &program, &case, clock, &Rung::Due).await.err();
        assert!(
            matches!(trouble, Some(super::Trouble::Never(ref why)) if why == "550 never"),
            "the refusal is told at the end"
        );
        assert_eq!(letters(), once + 1, "only the deferred letter left now; {before} before");
    });
}
