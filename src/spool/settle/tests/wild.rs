//! A real folder that is polled: scanners, bursts, copies, shares that come and go, a hundred thousand files.

use super::*;
use std::ffi::OsStr;
use std::fs::{File, FileTimes, OpenOptions};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

/// Files in the flooded folder.
const FLOOD: usize = 100_000;
/// Memory a flood may cost, in bytes.
const FLOOD_MEMORY_MAX: u64 = 200 * 1024 * 1024;
const FLOOD_TIME_MAX: Duration = Duration::from_secs(120);

/// One polled folder and its settler; time is told, not waited for.
struct Polled {
    root: tempfile::TempDir,
    folder: DropFolder,
    settler: Settler,
}

impl Polled {
    fn new() -> Polled {
        Polled::at(tempfile::tempdir().unwrap())
    }

    fn at(root: tempfile::TempDir) -> Polled {
        fs::create_dir(root.path().join("交件")).unwrap();
        let folder = DropFolder::new(root.path().join("交件"));
        Polled { root, folder, settler: Settler::new(Patience::DAEMON) }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join("交件").join(name)
    }

    fn look(&mut self, second: i64) -> Look {
        self.folder.look(at(second))
    }

    /// What is complete at this second.
    fn poll(&mut self, second: i64) -> Vec<Settled> {
        match self.look(second) {
            Look::Here { observations, more, .. } => {
                let settled = self.settler.observe_some(at(second), &observations);
                if !more {
                    self.settler.end_round();
                }
                settled
            }
            Look::Away { .. } => Vec::new(),
        }
    }

    /// What becomes complete first from this second on, and when.
    fn first(&mut self, from: i64, until: i64) -> Option<(i64, Settled)> {
        (from..until).find_map(|second| self.poll(second).pop().map(|settled| (second, settled)))
    }
}

#[test]
fn a_scanner_that_closes_and_opens_its_file_again_is_waited_for() {
    // in tenths of a second: what scanners are known to do between two pages
    for pauses in [[2, 2, 2, 2], [10, 21, 30, 40], [40, 40, 40, 40], [40, 2, 33, 40]] {
        let mut polled = Polled::new();
        let (mut tenth, mut pages) = (0, 0);
        let page = |pages: &mut u64, path: &Path| {
            *pages += 1;
            OpenOptions::new().create(true).append(true).open(path).unwrap().write_all(&[b'p'; 1000]).unwrap();
        };
        page(&mut pages, &polled.path("扫描件.pdf"));
        for pause in pauses {
            for _ in 0..pause {
                tenth += 1;
                // the daemon looks once a second
                if tenth % 10 == 0 {
                    assert!(polled.poll(tenth / 10).is_empty(), "{pauses:?}: taken after page {pages}");
                }
            }
            page(&mut pages, &polled.path("扫描件.pdf"));
        }
        let last = tenth / 10 + 1;
        let (second, settled) = polled.first(last, last + 60).unwrap();
        assert_eq!((settled.bytes, second), (5000, last + 6), "{pauses:?}");
    }
}

#[test]
fn of_a_burst_every_file_is_reported_whoever_comes_late() {
    let mut polled = Polled::new();
    for name in ["1.xlsx", "2.xlsx"] {
        fs::write(polled.path(name), name).unwrap();
    }
    assert!(polled.poll(0).is_empty());
    fs::write(polled.path("3.xlsx"), "late").unwrap();
    assert!(polled.poll(1).is_empty());
    assert_eq!(names(&polled.poll(2)), ["1.xlsx", "2.xlsx"]);
    // nobody has claimed them: nothing is forgotten
    assert_eq!(names(&polled.poll(3)), ["1.xlsx", "2.xlsx", "3.xlsx"]);
}

#[test]
fn a_copy_with_an_old_mtime_is_complete_when_it_stands_still_and_not_before() {
    let mut polled = Polled::new();
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let mut file = File::create(polled.path("旧.xlsx")).unwrap();
    for second in 0..10 {
        file.write_all(b"more").unwrap();
        file.set_times(FileTimes::new().set_modified(old)).unwrap();
        assert!(polled.poll(second).is_empty());
    }
    let (second, settled) = polled.first(10, 60).unwrap();
    assert_eq!((second, settled.first_seen_complete, settled.bytes), (11, at(9), 40));
    // one that is given its whole size first and filled afterwards, as Windows does it
    let mut filled = File::create(polled.path("先占.xlsx")).unwrap();
    filled.set_len(1_000_000).unwrap();
    for second in 20..30 {
        filled.write_all(b"bytes").unwrap();
        assert_eq!(names(&polled.poll(second)), ["旧.xlsx"]);
    }
    filled.set_times(FileTimes::new().set_modified(old)).unwrap();
    drop(filled);
    assert_eq!(polled.poll(30).len(), 1);
    assert_eq!(polled.poll(31).len(), 1);
    assert_eq!(names(&polled.poll(32)), ["先占.xlsx", "旧.xlsx"].map(String::from));
}

#[test]
fn a_folder_moved_in_with_its_content_is_one_drop() {
    let mut polled = Polled::new();
    let elsewhere = polled.root.path().join("材料");
    fs::create_dir_all(elsewhere.join("附件/照片")).unwrap();
    for name in ["推荐表.xlsx", "附件/意见.pdf", "附件/照片/1.jpg"] {
        fs::write(elsewhere.join(name), name).unwrap();
    }
    assert!(polled.poll(0).is_empty());
    fs::rename(&elsewhere, polled.path("材料")).unwrap();
    let (second, settled) = polled.first(1, 60).unwrap();
    assert_eq!(
        (second, names(std::slice::from_ref(&settled)), settled.kind),
        (11, vec!["材料".to_owned()], Kind::Folder)
    );
    assert_eq!(
        settled.bytes,
        ["推荐表.xlsx", "附件/意见.pdf", "附件/照片/1.jpg"].map(str::len).iter().sum::<usize>() as u64
    );
}

#[test]
fn a_share_on_which_a_look_takes_a_minute_is_slow_and_nothing_else() {
    let mut polled = Polled::new();
    fs::write(polled.path("表.xlsx"), "x").unwrap();
    for minute in 0..2 {
        assert!(polled.poll(minute * 60).is_empty());
    }
    assert_eq!(polled.poll(120).len(), 1);
}

#[test]
fn a_drop_that_cannot_be_looked_into_keeps_no_other_waiting() {
    // a path longer than the system takes: folders that fit where they were made, moved to where they do not
    let mut root = tempfile::tempdir().unwrap().keep();
    let short = root.join("材料");
    fs::create_dir_all((0..6).fold(short.clone(), |path, _| path.join("深".repeat(80)))).unwrap();
    let top = root.clone();
    for _ in 0..11 {
        root = root.join("长".repeat(80));
    }
    fs::create_dir_all(&root).unwrap();
    let mut folder = DropFolder::new(&root);
    fs::write(root.join("表.xlsx"), "x").unwrap();
    fs::rename(short, root.join("材料")).unwrap();
    let Look::Here { observations, unreadable, .. } = folder.look(at(0)) else { panic!("the folder is there") };
    assert_eq!(observations.iter().map(|seen| seen.path.as_path()).collect::<Vec<_>>(), [Path::new("表.xlsx")]);
    assert!(unreadable.is_some_and(|error| !error.is_absent()));
    // alone it is the folder's trouble
    fs::remove_file(root.join("表.xlsx")).unwrap();
    assert!(matches!(folder.look(at(1)), Look::Away { why: Away::Failed(_), .. }));
    Command::new("rm").arg("-r").arg(top).status().unwrap();
}

/// A small file system of its own; unmounted when dropped.
struct Mounted(PathBuf);

impl Mounted {
    /// `None` (and a loud line) where this may not be.
    fn at(place: &Path, bytes: &str) -> Option<Mounted> {
        let done =
            Command::new("mount").args(["-t", "tmpfs", "-o", &format!("size={bytes}"), "tmpfs"]).arg(place).status();
        if done.is_ok_and(|done| done.success()) {
            return Some(Mounted(place.to_path_buf()));
        }
        eprintln!("SKIPPED: a file system can be mounted by root only");
        None
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_mounted_share_that_goes_leaves_an_empty_mount_point_which_is_not_it() {
    let mut polled = Polled::new();
    let place = polled.path("");
    assert!(matches!(polled.look(0), Look::Here { .. }), "nothing was mounted at the start: it is the folder");
    polled.folder = DropFolder::new(&place);
    let Some(share) = Mounted::at(&place, "64k") else { return };
    fs::write(place.join(MARKER), "").unwrap();
    fs::write(polled.path("表.xlsx"), "x").unwrap();
    assert!(polled.poll(0).is_empty());
    drop(share);
    fs::write(polled.path("误放.xlsx"), "x").unwrap();
    for second in 1..10 {
        assert!(matches!(polled.look(second), Look::Away { why: Away::Foreign, .. }), "an empty mount point");
    }
    // another share, without our marker, is not ours either; with it, it is
    let Some(share) = Mounted::at(&place, "64k") else { return };
    assert!(matches!(polled.look(10), Look::Away { why: Away::Foreign, .. }));
    fs::write(place.join(MARKER), "").unwrap();
    assert!(matches!(polled.look(11), Look::Here { away_since: Some(since), .. } if since == at(1)));
    drop(share);
}

/// Resident memory of this process, in bytes.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

#[test]
fn a_hundred_thousand_files_are_taken_up_in_turn_within_bounds() {
    let root = tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap());
    let mut polled = Polled::at(root);
    (0..FLOOD).for_each(|file| fs::write(polled.path(&format!("{file}.xlsx")), "x").unwrap());
    let (began, before) = (Instant::now(), resident());
    let (mut taken, mut looks, mut most) = (0, 0, 0);
    while taken < FLOOD {
        let settled = polled.poll(looks);
        assert!(looks != 2 || !settled.is_empty(), "the first are complete when they have been seen three times");
        for settled in settled {
            fs::remove_file(polled.path("").join(&settled.name)).unwrap();
            taken += 1;
        }
        looks += 1;
        most = most.max(resident().saturating_sub(before));
        assert!(looks < 400, "only {taken} were taken up after {looks} looks");
    }
    println!("{FLOOD} files: {looks} looks, {:?}, {} MiB", began.elapsed(), most >> 20);
    assert!(most < FLOOD_MEMORY_MAX, "{most} bytes");
    assert!(began.elapsed() < FLOOD_TIME_MAX, "{:?}", began.elapsed());
    assert!(polled.poll(looks).is_empty());
    polled.poll(looks + 1);
    assert_eq!(polled.settler.watching(), 0, "nothing is remembered of what is gone");
}

#[test]
fn drops_that_never_become_complete_starve_no_other() {
    let mut polled = Polled::new();
    for folder in 0..3 * scan::DROPS_MAX {
        fs::create_dir(polled.path(&format!("新建文件夹（{folder}）"))).unwrap();
    }
    for file in 0..50 {
        fs::write(polled.path(&format!("{file}.xlsx")), "x").unwrap();
    }
    let mut complete = std::collections::BTreeSet::new();
    // a round takes four looks here, and three equal observations as many rounds
    for second in 0..12 {
        complete.extend(polled.poll(second).into_iter().map(|settled| settled.name));
    }
    assert_eq!(complete.len(), 50);
    assert!(complete.iter().all(|name| Path::new(name).extension() == Some(OsStr::new("xlsx"))));
}

#[test]
fn a_drop_folder_that_is_a_link_is_said_to_be_one() {
    use crate::spool::settle::scan::{Away, DropFolder, Look};
    let root = tempfile::tempdir().unwrap();
    let (real, place) = (root.path().join("real"), root.path().join("交件"));
    fs::create_dir(&real).unwrap();
    std::os::unix::fs::symlink(&real, &place).unwrap();
    let said = || match DropFolder::new(&place).look(chrono::NaiveDateTime::default()) {
        Look::Away { why, .. } => why,
        Look::Here { .. } => panic!("it is not followed"),
    };
    assert!(matches!(said(), Away::Link), "{}", said());
    fs::remove_file(&place).unwrap();
    assert!(matches!(said(), Away::Missing), "{}", said());
    fs::write(&place, "").unwrap();
    assert!(matches!(said(), Away::NoFolder), "{}", said());
}
