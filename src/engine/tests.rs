//! The motor under trouble: one round is open, and something goes wrong.

use super::scenario::{Player, Scenario, Step, StepKind};
use super::{Fuse, commands, draft, scenario};
use crate::case::event::{Body, ClockChange, Event};
use crate::submission::Attachment;
use std::path::{Path, PathBuf};

mod drops;
mod limits;
mod owners;
mod packages;
mod together;

const OFFICE: &str = "第一党支部";
const OTHER: &str = "第二党支部";
const CASE: &str = "七一表彰-2022";

struct Desk {
    player: Player,
    scenario: Scenario,
    root: tempfile::TempDir,
}

impl Desk {
    async fn open() -> Desk {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_input/开头.yaml");
        let scenario = scenario::parse("开头", &std::fs::read_to_string(&path).unwrap()).unwrap();
        let root = tempfile::tempdir().unwrap();
        let base = path.parent().unwrap().to_path_buf();
        let mut player = Player::begin(&scenario, &base, &root.path().join("spool"), Fuse::default()).await.unwrap();
        player.play(&scenario, None).await.unwrap();
        Desk { player, scenario, root }
    }

    fn place(&self, office: &str, part: &str) -> PathBuf {
        self.root.path().join("spool/offices").join(office).join(part)
    }

    async fn step(&mut self, minute: i64, kind: StepKind) {
        let at = self.scenario.steps.last().unwrap().at + chrono::TimeDelta::minutes(minute);
        self.player.step(1, &Step { at, kind }).await.unwrap();
    }

    fn entries(&self, office: &str, part: &str) -> usize {
        std::fs::read_dir(self.place(office, part)).unwrap().count()
    }
}

fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap().block_on(test);
}

#[test]
fn one_office_that_cannot_be_answered_stops_nobody_else_and_is_answered_later() {
    run(async {
        let mut desk = Desk::open().await;
        let (returns, aside) = (desk.place(OFFICE, "退件"), desk.place(OFFICE, "aside"));
        let before = desk.entries(OTHER, "退件");
        std::fs::rename(&returns, &aside).unwrap();
        std::fs::write(&returns, "in the way").unwrap();
        for office in [OFFICE, OTHER] {
            std::fs::write(desk.place(office, "交件").join("乱.yaml"), "- 1").unwrap();
        }
        let engine = desk.player.engine().unwrap().clone();
        assert_eq!(engine.look().await.unwrap(), 1, "the other is answered");
        assert_eq!(desk.entries(OTHER, "退件"), before + 1);
        assert_eq!(engine.look().await.unwrap(), 0, "still in the way");
        drop(engine);
        desk.player.restart().await.unwrap();
        std::fs::remove_file(&returns).unwrap();
        std::fs::rename(&aside, &returns).unwrap();
        let known = desk.entries(OFFICE, "退件");
        let engine = desk.player.engine().unwrap();
        assert_eq!(engine.look().await.unwrap(), 1, "answered without another start");
        assert_eq!(desk.entries(OFFICE, "退件"), known + 1);
    });
}

#[test]
fn a_calendar_that_came_while_nobody_ran_is_announced_at_the_start() {
    run(async {
        let mut desk = Desk::open().await;
        desk.step(1, StepKind::Stop).await;
        let calendar = "date,kind,name\n2022-05-09,holiday,台风停工\n";
        std::fs::write(desk.root.path().join("spool/calendar.csv"), calendar).unwrap();
        desk.step(2, StepKind::Start).await;
        let counts = |events: &[Event]| {
            let recount = |b: &Body| matches!(b, Body::ClockChanged { change: ClockChange::Recount { .. }, .. });
            events.iter().filter(|e| recount(&e.body)).count()
        };
        let events = desk.player.events().await.unwrap();
        assert!(counts(&events) > 0, "nobody was told");
        desk.player.restart().await.unwrap();
        assert_eq!(counts(&desk.player.events().await.unwrap()), counts(&events), "told twice");
    });
}

#[test]
fn a_request_is_done_once_however_often_it_is_found() {
    run(async {
        let desk = Desk::open().await;
        let engine = desk.player.engine().unwrap();
        let folder = commands::operator_folder(&engine.spool);
        std::fs::create_dir_all(&folder).unwrap();
        let request = commands::Request::Hold { case: CASE.to_string(), reason: "核对名额".to_string() };
        for _ in 0..2 {
            std::fs::write(folder.join("7.request.json"), serde_json::to_vec(&request).unwrap()).unwrap();
            engine.operate_waiting().await.unwrap();
            let reply: commands::Reply =
                serde_json::from_slice(&std::fs::read(folder.join("7.reply.json")).unwrap()).unwrap();
            assert!(reply.done, "{}", reply.says);
        }
        let events = desk.player.events().await.unwrap();
        assert_eq!(events.iter().filter(|e| matches!(e.body, Body::CaseHeld { .. })).count(), 1);
    });
}

#[test]
fn what_somebody_else_wrote_is_read_before_it_is_decided_again() {
    run(async {
        let desk = Desk::open().await;
        let engine = desk.player.engine().unwrap();
        let (seq, at) = {
            let core = engine.core.lock().await;
            (core.cases[CASE].seq, core.cases[CASE].latest)
        };
        let foreign = Event {
            stream: CASE.to_string(),
            seq: seq + 1,
            at,
            by: "operator".to_string(),
            on_behalf: None,
            cause: "operator".to_string(),
            body: Body::CaseHeld { held: true, reason: "另一处".to_string() },
        };
        let mut acceptance = crate::store::Acceptance::at(at);
        acceptance.events.push(draft(&foreign).unwrap());
        engine.store.accept(acceptance).await.unwrap();
        let cancel = commands::Request::Cancel { case: CASE.to_string(), reason: "不再开展".to_string() };
        let reply = engine.operate(&cancel).await.unwrap();
        assert!(reply.done, "{}", reply.says);
        assert!(engine.core.lock().await.cases[CASE].closed.is_some());
        assert!(desk.player.broken_invariants().await.unwrap().is_empty());
    });
}

#[test]
fn a_scan_is_a_picture_or_a_pdf() {
    run(async {
        let desk = Desk::open().await;
        let engine = desk.player.engine().unwrap();
        let judge = |name: &str, bytes: &[u8]| {
            let digest = crate::files::digest_hex(bytes);
            let path = engine.spool.original(&digest);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, bytes).unwrap();
            let scan = Attachment { name: name.to_string(), digest, bytes: bytes.len() as u64 };
            engine.bad_scan(&[scan]).unwrap()
        };
        assert_eq!(judge("盖章扫描件.pdf", b"%PDF-1.7"), None);
        assert_eq!(judge("盖章扫描件.jpg", b"\xFF\xD8\xFF\xE0"), None);
        assert_eq!(judge("盖章扫描件.png", b"\x89PNG\r\n\x1A\n"), None);
        assert!(judge("盖章扫描件.pdf", b"PK\x03\x04").is_some_and(|f| f.say.contains("PDF、JPG 或 PNG")));
    });
}

#[test]
fn the_form_that_opens_a_case_lies_there_in_word_too_where_its_stage_says_so() {
    run(async {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/党内情况通报.yaml");
        let mut scenario = scenario::parse("通报", &std::fs::read_to_string(&path).unwrap()).unwrap();
        scenario.steps.truncate(1);
        let root = tempfile::tempdir().unwrap();
        let base = path.parent().unwrap().to_path_buf();
        let mut player = Player::begin(&scenario, &base, &root.path().join("spool"), Fuse::default()).await.unwrap();
        player.play(&scenario, None).await.unwrap();
        let blanks = root.path().join("spool/offices/镇组织办/表样");
        assert!(blanks.join("启动党内情况通报.xlsx").is_file());
        let form = std::fs::read(blanks.join("启动党内情况通报.docx")).unwrap();
        let answers = crate::spool::forms::read("表.docx", &form).unwrap().answers.unwrap();
        assert_eq!((answers.what, answers.about.as_str()), (crate::submission::What::Open, "党内情况通报"));
        // only where the definition says so
        let others = std::fs::read_dir(&blanks).unwrap().map(|entry| entry.unwrap().path());
        assert_eq!(others.filter(|path| path.extension().is_some_and(|kind| kind == "docx")).count(), 1);
    });
}

#[test]
fn a_task_knows_where_in_the_log_its_answers_stand() {
    run(async {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/会签.yaml");
        let scenario = scenario::parse("会签", &std::fs::read_to_string(&path).unwrap()).unwrap();
        let root = tempfile::tempdir().unwrap();
        let base = path.parent().unwrap().to_path_buf();
        let mut player = Player::begin(&scenario, &base, &root.path().join("spool"), Fuse::default()).await.unwrap();
        player.play(&scenario, None).await.unwrap();
        let engine = player.engine().unwrap();
        let core = engine.core.lock().await;
        let (mut answered, mut taken_back) = (0, 0);
        for case in core.cases.values() {
            let events = engine.store.events(&case.id).await.unwrap();
            for task in case.tasks.values() {
                let of_it = |e: &&crate::store::Recorded| e.body["task"] == task.id;
                let said = |e: &&crate::store::Recorded| ["TaskAnswered", "AnswerTakenBack"].contains(&e.kind.as_str());
                let said: Vec<_> = events.iter().filter(of_it).filter(said).collect();
                answered += said.len();
                taken_back += said.iter().filter(|e| e.kind == "AnswerTakenBack").count();
                let numbers: Vec<u64> = said.iter().map(|e| e.seq).collect();
                assert_eq!(task.answered_at.iter().copied().collect::<Vec<_>>(), numbers, "{}", task.id);
            }
        }
        assert!(taken_back > 0 && answered > taken_back, "{answered} answers, {taken_back} taken back");
    });
}
