//! What a shared folder does to a claim: shares read-only, full or stale; huge, deep and special things.

use super::*;
use std::process::Command;
use std::time::{Duration, Instant};

/// A file system of its own; unmounted when dropped.
struct Mounted(std::path::PathBuf);

impl Mounted {
    fn remount(&self, options: &str) {
        let done = Command::new("mount").args(["-o", &format!("remount,{options}")]).arg(&self.0).status();
        assert!(done.unwrap().success(), "{options}");
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// The offices' folders on a share that is mounted; `None` (and a loud line) where this may not be.
fn desk_with_a_mount() -> Option<(Desk, Mounted)> {
    let root = tempfile::tempdir().unwrap();
    let spool = Spool::at(root.path().join("spool"));
    files::create_dirs(&spool.offices()).unwrap();
    let done = Command::new("mount").args(["-t", "tmpfs", "-o", "size=256k", "tmpfs"]).arg(spool.offices()).status();
    if !done.is_ok_and(|done| done.success()) {
        eprintln!("SKIPPED: a file system can be mounted by root only");
        return None;
    }
    let mounted = Mounted(spool.offices());
    spool.create().unwrap();
    let office = spool.create_office(OFFICE).unwrap();
    Some((Desk { _root: root, _share: None, spool, office }, mounted))
}

#[test]
fn a_share_that_is_read_only_for_a_while_loses_nothing() {
    let Some((desk, share)) = desk_with_a_mount() else { return };
    desk.put("表.yaml", b"a");
    let settled = desk.settled().remove(0);
    share.remount("ro");
    for _ in 0..3 {
        let error = claim(&desk.spool, OFFICE, &settled, now()).unwrap_err();
        assert!(error.is_transient(), "{error}");
        assert_eq!(desk.settled().len(), 1, "it stays where it is");
    }
    share.remount("rw");
    let mut claimed = desk.claim();
    // read-only again before its answer: it stays ours and is answered later
    share.remount("ro");
    assert!(try_answer(&desk, &mut claimed).is_err());
    share.remount("rw");
    let mut again = desk.recovered().remove(0);
    answer(&desk, &mut again);
    assert_eq!(fs::read_dir(desk.office.receipts()).unwrap().count(), 1);
    assert!(desk.recovered().is_empty() && desk.settled().is_empty());
}

#[test]
fn a_share_that_is_full_for_a_while_loses_nothing() {
    let Some((desk, share)) = desk_with_a_mount() else { return };
    desk.put("表.yaml", b"a");
    let stuffing = share.0.join("stuffing");
    let stuff = || {
        let mut to = fs::File::create(&stuffing).unwrap();
        while to.write_all(&[0; 4096]).is_ok() {}
    };
    stuff();
    let mut claimed = match claim(&desk.spool, OFFICE, &desk.settled()[0], now()) {
        Ok(claimed) => claimed,
        Err(error) => {
            assert!(error.is_transient(), "{error}");
            assert_eq!(desk.settled().len(), 1, "it stays where it is");
            fs::remove_file(&stuffing).unwrap();
            let claimed = desk.claim();
            stuff();
            claimed
        }
    };
    assert!(try_answer(&desk, &mut claimed).is_err(), "there is no room for its receipt");
    assert_eq!(fs::read_dir(desk.office.receipts()).unwrap().count(), 0, "nothing half written");
    fs::remove_file(&stuffing).unwrap();
    let mut again = desk.recovered().remove(0);
    answer(&desk, &mut again);
    assert_eq!(fs::read_dir(desk.office.receipts()).unwrap().count(), 1);
}

#[test]
fn a_share_that_is_unmounted_with_a_drop_held_on_it_gives_it_back() {
    let Some((desk, share)) = desk_with_a_mount() else { return };
    desk.put("表.yaml", b"a");
    let claimed = desk.claim();
    assert_eq!(claimed.hold, Hold::Share);
    // the share is moved away: an empty mount point is left
    let aside = tempfile::tempdir().unwrap();
    let moved = Command::new("mount").arg("--move").arg(&share.0).arg(aside.path()).status().unwrap().success();
    if !moved {
        eprintln!("SKIPPED: mounts cannot be moved here");
        return;
    }
    let mut claims = recover(&desk.spool).unwrap();
    assert_eq!(claims.claims.len(), 1, "its bytes are kept, so it can be decided");
    assert!(
        return_whole(&desk.spool, &mut claims.claims[0], "退回").is_ok_and(|folder| !folder.join("表.yaml").exists())
    );
    fs::remove_dir_all(desk.spool.offices().join(OFFICE)).unwrap();
    assert!(Command::new("mount").arg("--move").arg(aside.path()).arg(&share.0).status().unwrap().success());
    let mut again = desk.recovered().remove(0);
    let folder = return_whole(&desk.spool, &mut again, "退回").unwrap();
    assert_eq!(fs::read(folder.join("表.yaml")).unwrap(), b"a");
}

#[test]
fn two_thousand_million_bytes_are_returned_unread_and_at_once() {
    let desk = desk();
    let big = fs::File::create(desk.office.handed_in().join("大.zip")).unwrap();
    big.set_len(2 << 30).unwrap();
    let began = Instant::now();
    let mut claimed = desk.claim();
    assert_eq!((claimed.faults.len(), claimed.files.len()), (1, 0));
    answer(&desk, &mut claimed);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert_eq!(fs::metadata(desk.office.returns().join("2022-05-16 大/大.zip")).unwrap().len(), 2 << 30);
}

#[test]
fn a_hundred_folders_one_in_the_other_come_back_whole() {
    let desk = desk();
    let deep = (0..100).fold(std::path::PathBuf::from("深"), |path, _| path.join("d"));
    desk.put(deep.join("x.yaml"), b"x");
    let mut claimed = desk.claim();
    assert!(claimed.faults[0].say.contains("套得太深"), "{:?}", claimed.faults);
    answer(&desk, &mut claimed);
    assert_eq!(fs::read(desk.office.returns().join("2022-05-16 深").join(deep).join("x.yaml")).unwrap(), b"x");
    assert!(desk.settled().is_empty());
}

#[test]
fn a_device_is_returned_and_never_opened() {
    let desk = desk();
    // reading it would never end
    let device = desk.office.handed_in().join("无尽");
    let made = Command::new("mknod").arg(&device).args(["c", "1", "5"]).status();
    if !made.is_ok_and(|made| made.success()) {
        eprintln!("SKIPPED: a device can be made by root only");
        return;
    }
    fs::create_dir(desk.office.handed_in().join("材料")).unwrap();
    assert!(
        Command::new("mknod")
            .arg(desk.office.handed_in().join("材料/无尽"))
            .args(["c", "1", "5"])
            .status()
            .unwrap()
            .success()
    );
    desk.put("材料/a.yaml", b"a");
    std::os::unix::net::UnixListener::bind(desk.office.handed_in().join("s")).unwrap();
    for settled in desk.settled() {
        let mut claimed = claim(&desk.spool, OFFICE, &settled, now()).unwrap();
        assert_eq!(claimed.faults.len(), 1, "{claimed:?}");
        answer(&desk, &mut claimed);
    }
    assert_eq!(fs::read_dir(desk.office.returns()).unwrap().count(), 3);
}

#[test]
fn a_claim_renamed_by_hand_while_it_is_held_is_answered_under_its_first_name() {
    let desk = desk();
    desk.put("a.yaml", b"a");
    let mut claimed = desk.claim();
    let held = claimed.held(&desk.spool).unwrap().unwrap();
    fs::rename(&held, held.with_file_name("b.yaml")).unwrap();
    answer(&desk, &mut claimed);
    // the bytes of a name that was not read are never deleted
    let put_back = desk.settled();
    assert_eq!(put_back.len(), 1, "{:?}", desk.tree());
    assert_eq!(fs::read(desk.office.handed_in().join(&put_back[0].name)).unwrap(), b"a");
}
