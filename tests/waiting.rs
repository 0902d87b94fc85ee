//! The real daemon before what waits for it: thousands of files in one office's folder, and a share that is not mounted yet; and a folder
//! full of receipts.
//!
//! `BANWEN_WAITING=100000` puts so many files there; the daemon's memory at its most is printed.

#![expect(clippy::unwrap_used, reason = "a test that cannot run its program has failed")]

use banwen::spool::layout::{MARKER, Spool};
use banwen::spool::{claim, names};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const OFFICE: &str = "第一党支部";
const POLL: Duration = Duration::from_millis(100);
/// A run that has not come so far after so many polls never will.
const POLLS_MAX: u32 = 9_000;
/// Files that wait, where nothing else is said.
const WAITING: usize = 3_000;
/// Drops that have been answered when the memory is looked at.
const ANSWERED: usize = 100;
/// Receipts of one name that an office has, and how many more it gets.
const RECEIPTS: usize = 10_000;
const RECEIPTS_MORE: usize = 10;
/// What one takes at most, on a machine with other things to do.
const RECEIPT_MAX: Duration = Duration::from_millis(1_500);
/// The daemon's most.
const KILOBYTES_MAX: u64 = 200 * 1024;

/// A daemon process; killed when dropped.
struct Daemon(Child);

impl Daemon {
    fn start(spool: &Path) -> Daemon {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(spool.join("../daemon.log")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_banwen"));
        command.arg("run").arg("--spool").arg(spool).stderr(log).stdout(Stdio::null()).env_remove("RUST_LOG");
        Daemon(command.spawn().unwrap())
    }

    fn most_kilobytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn laid_out(folder: &Path) -> Spool {
    let spool = folder.join("spool");
    let output = Command::new(env!("CARGO_BIN_EXE_banwen")).arg("init").arg("--spool").arg(&spool).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Spool::at(spool)
}

fn until(what: &str, spool: &Spool, mut is_so: impl FnMut() -> bool) {
    for _ in 0..POLLS_MAX {
        if is_so() {
            return;
        }
        std::thread::sleep(POLL);
    }
    panic!("{what}: never\n{}", log(spool));
}

fn log(spool: &Spool) -> String {
    std::fs::read_to_string(spool.root().join("../daemon.log")).unwrap_or_default()
}

fn entries(folder: &Path) -> usize {
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

#[test]
fn many_files_waiting_in_one_office_do_not_fill_the_memory() {
    let folder = tempfile::tempdir().unwrap();
    let spool = laid_out(folder.path());
    let office = spool.office(OFFICE);
    let waiting = std::env::var("BANWEN_WAITING").ok().and_then(|n| n.parse().ok()).unwrap_or(WAITING);
    for number in 0..waiting {
        let name = format!("第{number}份情况.yaml");
        std::fs::write(office.handed_in().join(name), format!("理由: 第{number}份\n")).unwrap();
    }
    let (daemon, begun) = (Daemon::start(spool.root()), Instant::now());
    until("the first is answered", &spool, || entries(&office.returns()) > 0);
    let first = begun.elapsed();
    until("the first are answered", &spool, || entries(&office.returns()) >= ANSWERED.min(waiting));
    let most = daemon.most_kilobytes();
    println!("{waiting} files waiting: the first answer after {first:.1?}, {} MB at most", most / 1024);
    assert!(most < KILOBYTES_MAX, "{most} kB with {waiting} files waiting");
}

#[test]
fn a_receipt_among_ten_thousand_of_its_name_is_written_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let spool = laid_out(folder.path());
    let receipts = spool.office(OFFICE).receipts();
    let name = |number: usize| names::numbered("2026-11-26 周报 回执.txt", u32::try_from(number).unwrap());
    for number in 1..=RECEIPTS {
        std::fs::write(receipts.join(name(number)), format!("收件号：{number}\n")).unwrap();
    }
    let begun = Instant::now();
    for number in RECEIPTS + 1..=RECEIPTS + RECEIPTS_MORE {
        let put = || claim::receipt(&spool, OFFICE, &name(1), &format!("收件号：{number}\n")).unwrap();
        assert_eq!(put(), receipts.join(name(number)));
        assert_eq!(put(), receipts.join(name(number)), "the same text again is there already");
    }
    let each = begun.elapsed() / u32::try_from(2 * RECEIPTS_MORE).unwrap();
    println!("a receipt among {RECEIPTS} of its name: {} ms", each.as_millis());
    assert!(each < RECEIPT_MAX, "{each:?}");
}

#[test]
fn a_share_that_is_away_at_the_start_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let spool = laid_out(folder.path());
    let office = spool.office(OFFICE);
    let note = spool.state().join("folders").join(OFFICE);
    {
        let _daemon = Daemon::start(spool.root());
        until("the file system is noted", &spool, || note.exists());
    }
    // the folder was on another file system, of which there is but the mount point
    std::fs::write(&note, "1").unwrap();
    std::fs::remove_dir_all(office.path()).unwrap();
    std::fs::create_dir(office.path()).unwrap();
    let _daemon = Daemon::start(spool.root());
    until("the log says so", &spool, || log(&spool).contains("its share is not mounted"));
    let doctor = Command::new(env!("CARGO_BIN_EXE_banwen")).arg("doctor").arg("--spool").arg(spool.root()).output();
    let said = String::from_utf8(doctor.unwrap().stdout).unwrap();
    assert!(said.contains("its share is not mounted"), "{said}");
    assert_eq!(entries(office.path()), 0, "nothing is made on the mount point");
    // mounted
    std::fs::create_dir(office.handed_in()).unwrap();
    std::fs::write(office.handed_in().join(MARKER), "").unwrap();
    until("the daemon goes on", &spool, || office.blanks().is_dir());
    std::fs::write(office.handed_in().join("情况.yaml"), "理由: 无\n").unwrap();
    until("a drop is answered", &spool, || entries(&office.returns()) > 0);
}
