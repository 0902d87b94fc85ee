//! The night a limit runs out, second by second, with the daemon's own patience.

use super::{CASE, Desk, OFFICE, OTHER, run};
use crate::case::event::{Body, Event};
use crate::clock::{Clock, Moment};
use crate::engine::{DROPS_TOGETHER_MAX, Engine, Fuse, Options, Renderer, scenario};
use crate::spool::settle::Patience;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const STAGE: &str = "推荐";

/// The second branch has not handed in; the intake of 推荐 runs until the end of 18 May.
struct Night {
    options: Options,
    engine: Option<Arc<Engine>>,
    root: tempfile::TempDir,
}

fn at(text: &str) -> Moment {
    Moment::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").unwrap()
}

impl Night {
    async fn begin() -> Night {
        let Desk { player, root, .. } = Desk::open().await;
        drop(player);
        let options = Options {
            spool: root.path().join("spool"),
            clock: Clock::scenario(at("2022-05-18T23:00:00")),
            durable: false,
            seed: Some(7),
            patience: Patience::DAEMON,
            fuse: Fuse::default(),
            renderer: Renderer::Here,
            drops_together_max: DROPS_TOGETHER_MAX,
        };
        let mut night = Night { options, engine: None, root };
        night.start().await;
        night.until("2022-05-18T23:00:00").await;
        night
    }

    async fn start(&mut self) {
        self.engine = None;
        self.engine = Some(Engine::open(self.options.clone()).await.unwrap());
    }

    fn engine(&self) -> &Arc<Engine> {
        self.engine.as_ref().unwrap()
    }

    fn place(&self, office: &str, part: &str) -> PathBuf {
        self.root.path().join("spool/offices").join(office).join(part)
    }

    /// Turns once a second up to a moment, as the daemon does; the first of them sets the clock.
    async fn until(&self, moment: &str) {
        let from = self.options.clock.now();
        for second in 0..=(at(moment) - from).num_seconds() {
            self.options.clock.set(from + chrono::TimeDelta::seconds(second));
            while scenario::round(self.engine()).await.unwrap() {}
            self.engine().say_alive().await.unwrap();
        }
    }

    async fn from(&self, moment: &str) {
        self.options.clock.set(at(moment));
        self.until(moment).await;
    }

    fn hand_in(&self, office: &str, file: &str) {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/材料/第二支部推荐表");
        let folder = self.place(office, "交件").join("第二支部推荐表");
        std::fs::create_dir(&folder).unwrap();
        for name in ["推荐表.yaml", "廉政意见.pdf"] {
            std::fs::copy(from.join(name), folder.join(name)).unwrap();
        }
        if !file.is_empty() {
            std::fs::write(folder.join(file), "half of it").unwrap();
        }
    }

    /// One file, which settles sooner than a folder.
    fn hand_in_late(&self) {
        let form = "banwen: { what: task, office: 第一党支部, about: 七一表彰, stage: 推荐, case: 七一表彰-2022, task: 1, revision: 1 }\n";
        std::fs::write(self.place(OFFICE, "交件").join("推荐表.yaml"), form).unwrap();
    }

    async fn events(&self) -> Vec<Event> {
        let recorded = self.engine().store.events(CASE).await.unwrap();
        recorded.into_iter().map(|r| crate::engine::revive(r).unwrap()).collect()
    }

    /// When the intake closed, and who was missing then.
    async fn closed(&self) -> Option<(Moment, Vec<String>)> {
        self.events().await.into_iter().find_map(|event| {
            let Body::IntakeClosed { stage, missing, .. } = event.body else { return None };
            (stage == STAGE).then_some((event.at, missing))
        })
    }

    fn entries(&self, office: &str, part: &str) -> usize {
        std::fs::read_dir(self.place(office, part)).unwrap().count()
    }
}

#[test]
fn what_came_before_midnight_is_taken_before_the_limit_rings_and_what_came_after_it_is_late() {
    run(async {
        let night = Night::begin().await;
        night.from("2022-05-18T23:59:59").await;
        night.hand_in(OTHER, "");
        night.until("2022-05-18T23:59:59").await;
        night.until("2022-05-19T00:00:01").await;
        night.hand_in_late();
        let returned = night.entries(OFFICE, "退件");
        night.until("2022-05-19T00:00:08").await;
        assert_eq!(night.closed().await, None, "a folder settles for ten seconds, and the limit waits for it");
        assert_eq!(night.entries(OFFICE, "退件"), returned, "what is late waits for the limit");
        night.until("2022-05-19T00:00:10").await;
        assert_eq!(night.entries(OTHER, "回执"), 1, "taken as in time");
        assert_eq!(night.closed().await, Some((at("2022-05-19T00:00:09"), vec![OFFICE.to_string()])));
        assert_eq!(night.entries(OFFICE, "退件"), returned + 1, "and then the late one has its answer");
        let events = night.events().await;
        let place = |wanted: fn(&Body) -> bool| events.iter().position(|e| wanted(&e.body)).unwrap();
        let answered = place(|b| matches!(b, Body::TaskAnswered { .. }));
        assert!(answered < place(|b| matches!(b, Body::IntakeClosed { .. })));
    });
}

#[test]
fn after_an_outage_what_it_left_comes_first_then_the_limit_then_what_is_late() {
    run(async {
        let mut night = Night::begin().await;
        night.engine = None;
        night.hand_in(OTHER, "");
        night.options.clock.set(at("2022-05-19T09:00:00"));
        night.start().await;
        night.until("2022-05-19T09:00:01").await;
        night.hand_in_late();
        let returned = night.entries(OFFICE, "退件");
        night.until("2022-05-19T09:00:09").await;
        assert_eq!((night.closed().await, night.entries(OFFICE, "退件")), (None, returned));
        night.until("2022-05-19T09:00:11").await;
        assert_eq!(night.closed().await, Some((at("2022-05-19T09:00:10"), vec![OFFICE.to_string()])));
        assert_eq!((night.entries(OTHER, "回执"), night.entries(OFFICE, "退件")), (1, returned + 1));
    });
}

#[test]
fn a_limit_does_not_wait_for_ever_for_what_never_becomes_complete() {
    run(async {
        let night = Night::begin().await;
        night.from("2022-05-18T23:59:59").await;
        night.hand_in(OTHER, "视频.mp4.part");
        night.until("2022-05-19T00:04:59").await;
        assert_eq!(night.closed().await, None);
        night.until("2022-05-19T00:05:00").await;
        let missing = vec![OFFICE.to_string(), OTHER.to_string()];
        assert_eq!(night.closed().await, Some((at("2022-05-19T00:05:00"), missing)));
    });
}

#[test]
fn a_drop_that_settles_while_the_power_goes_still_counts_from_when_it_came() {
    run(async {
        let mut night = Night::begin().await;
        night.from("2022-05-18T23:59:59").await;
        night.hand_in(OTHER, "");
        night.until("2022-05-18T23:59:59").await;
        night.until("2022-05-19T00:00:05").await;
        for moment in ["2022-05-19T00:00:12", "2022-05-19T00:00:40"] {
            night.start().await;
            night.until(moment).await;
        }
        assert_eq!(night.entries(OTHER, "回执"), 1);
        let (_, missing) = night.closed().await.unwrap();
        assert_eq!(missing, [OFFICE]);
    });
}
