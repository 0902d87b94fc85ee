//! Tests of settling: slow copies, bursts, folders, refused kinds.

use super::scan::{Away, DropFolder, Look, scan};
use super::*;
use crate::spool::layout::{MARKER, Spool};
use std::fs;
use std::io::Write;

mod wild;

fn at(second: i64) -> Moment {
    "2022-05-16T09:00:00".parse::<Moment>().unwrap() + chrono::TimeDelta::seconds(second)
}

fn seen(path: &str, size: u64, mtime: i128) -> Observation {
    Observation { path: path.into(), size, mtime, inode: 1, kind: Kind::File }
}

fn folder(path: &str) -> Observation {
    Observation { path: path.into(), size: 0, mtime: 0, inode: 2, kind: Kind::Folder }
}

fn names(settled: &[Settled]) -> Vec<String> {
    settled.iter().map(|settled| settled.name.to_string_lossy().into_owned()).collect()
}

/// The second at which a drop became complete when looked at every second.
fn complete_at(looks: impl Fn(i64) -> Vec<Observation>, until: i64) -> Option<(i64, Settled)> {
    let mut settler = Settler::new(Patience::DAEMON);
    (0..until).find_map(|second| settler.observe(at(second), &looks(second)).pop().map(|settled| (second, settled)))
}

#[test]
fn a_file_is_complete_after_three_equal_looks_and_counts_from_the_first() {
    let (second, settled) = complete_at(|second| vec![seen("a.xlsx", 10, i128::from(second.min(5)))], 100).unwrap();
    assert_eq!((second, settled.first_seen_complete, settled.bytes), (7, at(5), 10));
}

#[test]
fn an_old_mtime_proves_nothing() {
    let growing = |second: i64| vec![seen("a.xlsx", 100 * second.min(20) as u64 + 1, 0)];
    assert_eq!(complete_at(growing, 100).unwrap().0, 22);
}

#[test]
fn many_looks_in_one_second_are_not_stillness() {
    let mut settler = Settler::new(Patience::DAEMON);
    for _ in 0..50 {
        assert!(settler.observe(at(0), &[seen("a", 1, 1)]).is_empty());
    }
    assert_eq!(settler.observe(at(2), &[seen("a", 1, 1)]).len(), 1);
}

#[test]
fn a_clock_that_leaps_does_not_make_a_file_complete() {
    let mut settler = Settler::new(Patience::DAEMON);
    assert!(settler.observe(at(0), &[seen("a", 1, 1)]).is_empty());
    assert!(settler.observe(at(100_000), &[seen("a", 1, 1)]).is_empty());
}

#[test]
fn a_rename_at_the_end_begins_anew_under_the_new_name() {
    let looks = |second: i64| {
        vec![seen(if second < 10 { "b.dat" } else { "a.xlsx" }, if second < 10 { second as u64 + 1 } else { 10 }, 0)]
    };
    let (second, settled) = complete_at(looks, 100).unwrap();
    assert_eq!((second, settled.name.to_str(), settled.first_seen_complete), (12, Some("a.xlsx"), at(10)));
}

#[test]
fn a_drop_that_comes_and_goes_is_forgotten_between() {
    let looks = |second: i64| if second % 3 == 2 { vec![] } else { vec![seen("a", 1, 1)] };
    assert_eq!(complete_at(looks, 60), None);
}

#[test]
fn an_empty_file_waits_longer() {
    assert_eq!(complete_at(|_| vec![seen("a.yaml", 0, 1)], 100).unwrap().0, 60);
    let filled = |second: i64| vec![seen("a.yaml", if second < 30 { 0 } else { 9 }, 1)];
    assert_eq!(complete_at(filled, 100).unwrap().0, 32);
}

#[test]
fn a_folder_is_complete_with_its_whole_tree() {
    let looks = |second: i64| {
        let files = (0..=second.min(20)).map(|file| seen(&format!("材料/{file}.jpg"), 5, 0));
        std::iter::once(folder("材料")).chain(files).collect()
    };
    let (second, settled) = complete_at(looks, 100).unwrap();
    assert_eq!((second, settled.kind, settled.bytes), (30, Kind::Folder, 105));
}

#[test]
fn an_empty_folder_and_an_unfinished_one_are_waited_for_long() {
    assert_eq!(complete_at(|_| vec![folder("新建文件夹"), folder("新建文件夹/a")], 1000).unwrap().0, 600);
    let partial = |_| vec![folder("材料"), seen("材料/a.jpg.part", 5, 0)];
    assert_eq!(complete_at(partial, 1000).unwrap().0, 600);
}

#[test]
fn the_order_of_listing_is_no_change() {
    let looks = |second: i64| {
        let mut looks = vec![folder("a"), seen("a/1", 1, 1), seen("a/2", 1, 1)];
        if second % 2 == 1 {
            looks.reverse();
        }
        looks
    };
    assert_eq!(complete_at(looks, 100).unwrap().0, 10);
}

#[test]
fn a_burst_settles_together_and_is_reported_until_claimed() {
    let mut settler = Settler::new(Patience::DAEMON);
    let burst = (0..500).map(|file| seen(&format!("{file:03}.xlsx"), 5, 0)).collect::<Vec<_>>();
    assert!(settler.observe(at(0), &burst).is_empty());
    assert!(settler.observe(at(1), &burst).is_empty());
    assert_eq!(settler.observe(at(2), &burst).len(), 500);
    assert_eq!(settler.observe(at(3), &burst[..10]).len(), 10);
    assert_eq!(settler.watching(), 10);
    assert_eq!(settler.observe(at(4), &[seen("new", 1, 1)]).len(), 0);
    assert_eq!(settler.oldest_waiting(at(5)).unwrap().1, at(4));
}

#[test]
fn a_scenario_does_not_wait() {
    let mut settler = Settler::new(Patience::AT_ONCE);
    assert_eq!(names(&settler.observe(at(0), &[seen("a", 0, 0), seen("b", 1, 0)])), ["a", "b"]);
}

#[test]
fn a_scan_sees_files_and_folders_and_follows_nothing() {
    let root = tempfile::tempdir().unwrap();
    let base = root.path().join("交件");
    fs::create_dir_all(base.join("材料/附件")).unwrap();
    for name in
        ["推荐表.xlsx", "~$推荐表.xlsx", "Thumbs.db", ".DS_Store", "a.part", "-rf", "材料/附件/1.jpg", "材料/Thumbs.db"]
    {
        fs::write(base.join(name), b"x").unwrap();
    }
    let long = "长".repeat(85);
    for name in ["a\nb\u{202e}.yaml", "CON.txt", "case.txt", "CASE.txt", &long] {
        fs::write(base.join(name), b"x").unwrap();
    }
    fs::write(root.path().join("elsewhere"), b"x").unwrap();
    fs::hard_link(root.path().join("elsewhere"), base.join("hard")).unwrap();
    std::os::unix::fs::symlink("/etc", base.join("link")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(base.join("pipe")).status().unwrap().success());
    let mut seen = scan(&base).unwrap();
    seen.sort();
    let of = |kind: Kind| {
        let paths = seen.iter().filter(|seen| seen.kind == kind).map(|seen| seen.path.to_string_lossy().into_owned());
        paths.collect::<Vec<_>>()
    };
    assert_eq!(
        of(Kind::File),
        ["-rf", "CASE.txt", "CON.txt", "a\nb\u{202e}.yaml", "case.txt", "推荐表.xlsx", "材料/附件/1.jpg", &long]
    );
    assert_eq!(of(Kind::Folder), ["材料", "材料/附件"]);
    assert_eq!(of(Kind::Refused(Refusal::Link)), ["link"]);
    assert_eq!(of(Kind::Refused(Refusal::HardLink)), ["hard"]);
    assert_eq!(of(Kind::Refused(Refusal::Special)), ["pipe"]);
    assert_eq!(Settler::new(Patience::AT_ONCE).observe(at(0), &seen).len(), 11);
}

#[test]
fn a_drop_beyond_the_limits_is_one_refused_observation() {
    let root = tempfile::tempdir().unwrap();
    let deep = (0..20).fold(root.path().join("深"), |path, _| path.join("d"));
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("x"), b"x").unwrap();
    fs::create_dir(root.path().join("多")).unwrap();
    for file in 0..=scan::DROP_ENTRIES_MAX {
        fs::write(root.path().join(format!("多/{file}")), b"x").unwrap();
    }
    let settled = Settler::new(Patience::AT_ONCE).observe(at(0), &scan(root.path()).unwrap());
    let kinds = settled.iter().map(|settled| (settled.name.to_str().unwrap(), settled.kind)).collect::<Vec<_>>();
    assert_eq!(kinds, [("多", Kind::Refused(Refusal::TooMany)), ("深", Kind::Refused(Refusal::TooDeep))]);
}

#[test]
fn a_slow_copy_in_hundred_byte_chunks_is_not_taken_early() {
    let root = tempfile::tempdir().unwrap();
    let mut file = fs::File::create(root.path().join("慢.yaml")).unwrap();
    let mut settler = Settler::new(Patience::DAEMON);
    for second in 0..30 {
        file.write_all(&[b'x'; 100]).unwrap();
        assert!(settler.observe(at(second), &scan(root.path()).unwrap()).is_empty());
    }
    drop(file);
    for second in 30..31 {
        assert!(settler.observe(at(second), &scan(root.path()).unwrap()).is_empty());
    }
    let settled = settler.observe(at(31), &scan(root.path()).unwrap());
    assert_eq!((settled[0].bytes, settled[0].first_seen_complete), (3000, at(29)));
}

#[test]
fn a_share_that_goes_away_is_told_and_heals() {
    let root = tempfile::tempdir().unwrap();
    let spool = Spool::at(root.path());
    let office = spool.create_office("第一党支部").unwrap();
    let mut folder = DropFolder::new(office.handed_in());
    assert!(matches!(folder.look(at(0)), Look::Here { away_since: None, more: false, .. }));
    let elsewhere = root.path().join("away");
    fs::rename(office.path(), &elsewhere).unwrap();
    assert!(matches!(folder.look(at(1)), Look::Away { why: Away::Missing, .. }));
    assert!(matches!(folder.look(at(2)), Look::Away { since, .. } if since == at(1)));
    fs::rename(&elsewhere, office.path()).unwrap();
    assert!(matches!(folder.look(at(3)), Look::Here { away_since: Some(since), .. } if since == at(1)));
    assert!(matches!(folder.look(at(4)), Look::Here { away_since: None, .. }));
}

#[test]
fn an_empty_mount_point_is_not_taken_for_the_folder() {
    let (here, shm) = (tempfile::tempdir().unwrap(), Path::new("/dev/shm"));
    let Ok(other) = tempfile::tempdir_in(shm) else {
        eprintln!("SKIPPED: no second file system at /dev/shm");
        return;
    };
    // A link stands for the mount: what lies under the path changes its device.
    let path = here.path().join("parent");
    std::os::unix::fs::symlink(here.path().join("a"), &path).unwrap();
    fs::create_dir_all(here.path().join("a/交件")).unwrap();
    fs::create_dir_all(other.path().join("交件")).unwrap();
    let mut folder = DropFolder::new(path.join("交件"));
    assert!(matches!(folder.look(at(0)), Look::Here { .. }));
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink(other.path(), &path).unwrap();
    assert!(matches!(folder.look(at(1)), Look::Away { why: Away::Foreign, .. }));
    fs::write(other.path().join("交件").join(MARKER), b"").unwrap();
    assert!(matches!(folder.look(at(2)), Look::Here { away_since: Some(_), .. }));
}

#[test]
fn an_unfinished_file_that_nobody_goes_on_with_is_a_drop_after_a_day() {
    let root = tempfile::tempdir().unwrap();
    for name in ["推荐表.docx.tmp", "推荐表.docx.crdownload", ".推荐表.docx", "~$推荐表.docx"] {
        std::fs::write(root.path().join(name), b"x").unwrap();
    }
    std::fs::create_dir(root.path().join("材料.tmp")).unwrap();
    let changed = std::fs::symlink_metadata(root.path().join("推荐表.docx.tmp")).unwrap();
    let changed = crate::clock::moment(std::os::unix::fs::MetadataExt::ctime(&changed)).unwrap();
    let mut folder = scan::DropFolder::new(root.path());
    let mut names = |hours: i64| match folder.look(changed + chrono::TimeDelta::hours(hours)) {
        scan::Look::Here { observations, .. } => {
            let mut names: Vec<String> =
                observations.iter().map(|seen| seen.path.to_string_lossy().into_owned()).collect();
            names.sort();
            names
        }
        scan::Look::Away { why, .. } => panic!("{why}"),
    };
    assert_eq!(names(23), Vec::<String>::new());
    assert_eq!(names(25), ["推荐表.docx.crdownload", "推荐表.docx.tmp", "材料.tmp"]);
}
