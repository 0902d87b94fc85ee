//! Tests of probing: what is found out, and that nothing of it is left.

use super::*;
use std::os::unix::fs::PermissionsExt;

const OFFICE: &str = "第一党支部";

fn laid_out(root: &Path) -> Spool {
    let spool = Spool::at(root.join("spool"));
    spool.create().unwrap();
    spool.create_office(OFFICE).unwrap();
    spool
}

fn now() -> Moment {
    clock::Clock::machine().now()
}

fn probed(spool: &Spool) -> Result<Probed, Unprobed> {
    offices(spool, &[OFFICE.to_owned()], now).remove(OFFICE).unwrap()
}

/// Everything below a folder.
fn tree(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        found.push(entry.path());
        if entry.path().is_dir() {
            found.extend(tree(&entry.path()));
        }
    }
    found.sort();
    found
}

#[test]
fn a_plain_folder_is_on_one_file_system_hears_events_and_is_left_as_it_was() {
    let root = tempfile::tempdir().unwrap();
    let spool = laid_out(root.path());
    let before = tree(root.path());
    let probed = probed(&spool).unwrap();
    assert!(probed.one_file_system && probed.events && !probed.folds_case, "{probed:?}");
    assert!(probed.ahead_seconds.abs() <= 1 && probed.clashes.is_empty(), "{probed:?}");
    assert_eq!(tree(root.path()), before);
}

#[test]
fn events_are_heard_of_a_spool_that_is_named_from_here() {
    let root = tempfile::tempdir().unwrap();
    laid_out(root.path());
    let up: PathBuf = std::env::current_dir().unwrap().iter().skip(1).map(|_| "..").collect();
    let from_here = up.join(root.path().strip_prefix("/").unwrap()).join("spool");
    assert!(from_here.is_relative() && from_here.is_dir(), "{}", from_here.display());
    assert!(probed(&Spool::at(from_here)).unwrap().events);
}

#[test]
fn offices_on_another_file_system_are_told() {
    let Ok(share) = tempfile::tempdir_in("/dev/shm") else {
        eprintln!("SKIPPED: no second file system at /dev/shm");
        return;
    };
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("spool")).unwrap();
    std::os::unix::fs::symlink(share.path(), root.path().join("spool/offices")).unwrap();
    let spool = laid_out(root.path());
    let before = (tree(root.path()), tree(share.path()));
    assert!(!probed(&spool).unwrap().one_file_system);
    assert_eq!((tree(root.path()), tree(share.path())), before);
    assert_eq!(file_system(share.path()).as_deref(), Some("tmpfs"));
}

#[test]
fn drops_that_stand_there_are_counted_from_when_they_came() {
    let root = tempfile::tempdir().unwrap();
    let spool = laid_out(root.path());
    assert_eq!(probed(&spool).unwrap().waiting, None);
    let place = spool.office(OFFICE).handed_in();
    let old = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for name in ["旧.xlsx", "Thumbs.db"] {
        let file = fs::File::create(place.join(name)).unwrap();
        file.set_times(fs::FileTimes::new().set_modified(old)).unwrap();
    }
    let (count, since) = probed(&spool).unwrap().waiting.unwrap();
    assert_eq!(count, 1);
    assert!((now() - since).num_minutes() < 5, "a copy with an old time came just now: {since}");
}

#[test]
fn a_mount_point_without_our_marker_is_not_written_into() {
    let root = tempfile::tempdir().unwrap();
    let spool = laid_out(root.path());
    let place = spool.office(OFFICE).handed_in();
    fs::remove_file(place.join(MARKER)).unwrap();
    let changed = fs::metadata(&place).unwrap().modified().unwrap();
    assert!(matches!(probed(&spool), Err(Unprobed::Unmarked(_))));
    assert_eq!(fs::metadata(&place).unwrap().modified().unwrap(), changed);
    fs::remove_dir(&place).unwrap();
    assert!(matches!(probed(&spool), Err(Unprobed::Missing(_))));
}

#[test]
fn rights_and_names_that_clash_are_seen() {
    let root = tempfile::tempdir().unwrap();
    let spool = laid_out(root.path());
    let place = spool.office(OFFICE).handed_in();
    fs::set_permissions(&place, fs::Permissions::from_mode(0o777)).unwrap();
    for name in ["表.XLSX", "表.xlsx", "另一.xlsx", ".hidden"] {
        fs::write(place.join(name), "x").unwrap();
    }
    let probed = probed(&spool).unwrap();
    assert_eq!(probed.clashes, [["表.XLSX", "表.xlsx"]]);
    assert_eq!(probed.rights[1], (place, 0o777));
}

/// Users of nobody here, and a group.
const CLERK: u32 = 47_101;
const DESK: u32 = 47_102;

#[test]
fn what_of_its_tasks_an_office_cannot_write_is_seen() {
    let root = tempfile::tempdir().unwrap();
    let spool = laid_out(root.path());
    assert_eq!(probed(&spool).unwrap().shut, None, "all of one user");
    let office = spool.office(OFFICE);
    let (place, tasks) = (office.handed_in(), office.tasks());
    if std::os::unix::fs::chown(&place, Some(CLERK), Some(DESK)).is_err() {
        eprintln!("SKIPPED: only root can give files to other users");
        return;
    }
    let mode = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    mode(&tasks, 0o750);
    assert_eq!(probed(&spool).unwrap().shut, Some((Shut::Folder, 0o750)));
    // its group may now, but what we lay there is not the group's to write
    std::os::unix::fs::chown(&tasks, None, Some(DESK)).unwrap();
    mode(&tasks, 0o2770);
    assert!(matches!(probed(&spool).unwrap().shut, Some((Shut::New, _))));
    if !Command::new("setfacl").args(["-m", "d:g::rwx"]).arg(&tasks).status().is_ok_and(|done| done.success()) {
        eprintln!("SKIPPED: no access lists here");
        return;
    }
    assert_eq!(probed(&spool).unwrap().shut, None);
    let form = tasks.join("推荐表-1号.xlsx");
    fs::write(&form, "x").unwrap();
    mode(&form, 0o640);
    assert_eq!(probed(&spool).unwrap().shut, Some((Shut::Form(form), 0o640)));
}

#[test]
fn what_a_crash_leaves_of_a_probe_is_swept_at_the_next_start() {
    let root = tempfile::tempdir().unwrap();
    let spool = laid_out(root.path());
    let left = [spool.office(OFFICE).handed_in(), spool.office(OFFICE).receipts(), spool.state()];
    let left = left.map(|folder| files::write_temporary(&folder, b"probe").unwrap());
    assert!(left.iter().all(|path| path.exists()));
    spool.create().unwrap();
    spool.create_office(OFFICE).unwrap();
    assert!(left.iter().all(|path| !path.exists()), "{left:?}");
}

#[test]
fn a_probe_that_dies_at_any_change_leaves_only_what_is_swept() {
    for nth in 0.. {
        let root = tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap());
        let spool = laid_out(root.path());
        let before = tree(root.path());
        let (_, died) = files::crash::before(nth, || office(&spool, OFFICE, None, &now));
        spool.create().unwrap();
        spool.create_office(OFFICE).unwrap();
        assert_eq!(tree(root.path()), before, "died before change {nth}");
        if !died {
            assert!(nth > 20, "only {nth} changes");
            return;
        }
    }
}

#[test]
fn room_is_what_df_says() {
    let room = room(Path::new("/")).unwrap();
    assert!(room.bytes > 0, "{room:?}");
    assert_eq!(super::room(Path::new("/no/such/folder")), None);
}
