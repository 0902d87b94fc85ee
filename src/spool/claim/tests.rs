//! Tests of claims: every crash point, returns, receipts, secrecy marks.

use super::*;
use crate::spool::layout::OfficeFolder;
use crate::spool::settle::{Patience, Settler, scan::scan};
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

mod carried;
mod crash;
mod fitting;
mod kept;
mod marked;
mod wild;
mod zipped;

const OFFICE: &str = "第一党支部";

struct Desk {
    _root: tempfile::TempDir,
    _share: Option<tempfile::TempDir>,
    spool: Spool,
    office: OfficeFolder,
}

fn desk() -> Desk {
    desk_in(tempfile::tempdir().unwrap())
}

fn desk_in(root: tempfile::TempDir) -> Desk {
    let spool = Spool::at(root.path().join("spool"));
    spool.create().unwrap();
    let office = spool.create_office(OFFICE).unwrap();
    Desk { _root: root, _share: None, spool, office }
}

fn now() -> Moment {
    "2022-05-16T09:30:00".parse().unwrap()
}

impl Desk {
    fn put(&self, name: impl AsRef<OsStr>, bytes: &[u8]) {
        let path = self.office.handed_in().join(name.as_ref());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn settled(&self) -> Vec<Settled> {
        let seen = scan(&self.office.handed_in()).unwrap();
        Settler::new(Patience::AT_ONCE).observe(now(), &seen)
    }

    fn claim(&self) -> Claimed {
        claim(&self.spool, OFFICE, &self.settled()[0], now()).unwrap()
    }

    fn begin(&self, settled: &Settled) -> Claimed {
        let begun = number(&self.spool, OFFICE, settled, now(), 0).unwrap();
        begun.record(&self.spool).unwrap();
        begun
    }

    fn recovered(&self) -> Vec<Claimed> {
        let recovery = recover(&self.spool).unwrap();
        assert!(recovery.troubles.is_empty(), "{:?}", recovery.troubles);
        recovery.claims.into_iter().map(|claimed| take_up(&self.spool, claimed).unwrap()).collect()
    }

    /// Everything under the spool but `originals`, by path.
    fn tree(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut todo = vec![self.spool.root().to_path_buf()];
        while let Some(folder) = todo.pop() {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let path = entry.path();
                if path.is_dir() && (!path.is_symlink() || path == self.spool.offices()) {
                    todo.push(path)
                } else {
                    found.push(path)
                }
            }
        }
        let shown = |path: &PathBuf| path.strip_prefix(self.spool.root()).unwrap().to_string_lossy().into_owned();
        let mut found = found
            .iter()
            .map(shown)
            .filter(|path| {
                !path.contains("originals") && !path.contains(".banwen-") && !path.starts_with("state/folders")
            })
            .collect::<Vec<_>>();
        found.sort();
        found
    }
}

fn answer(desk: &Desk, claimed: &mut Claimed) {
    try_answer(desk, claimed).unwrap();
}

#[test]
fn a_file_is_claimed_kept_answered_and_filed() {
    let desk = desk();
    desk.put("推荐表.xlsx", b"content");
    let mut claimed = desk.claim();
    assert_eq!((claimed.id.as_str(), claimed.name.as_str()), ("20220516-093000-1", "推荐表.xlsx"));
    assert_eq!(claimed.digest, files::digest_hex(b"content"));
    assert_eq!(
        claimed.files,
        [ClaimedFile { name: "推荐表.xlsx".into(), digest: claimed.digest.clone(), bytes: 7, of: None }]
    );
    assert_eq!(read_original(&desk.spool, &claimed.digest).unwrap(), b"content");
    assert!(desk.settled().is_empty());
    answer(&desk, &mut claimed);
    assert_eq!(desk.tree(), ["offices/第一党支部/回执/回执.txt", "state/answered/第一党支部/20220516-093000-1.json"]);
    assert_eq!(finish(&desk.spool, &claimed, Answer::Accepted).unwrap(), Finished::Filed);
    assert!(desk.recovered().is_empty());
}

#[test]
fn a_folder_is_one_package_and_its_digest_does_not_depend_on_order_or_junk() {
    let digests = [["a.yaml", "附件/照片.jpg"], ["附件/照片.jpg", "a.yaml"]].map(|order| {
        let desk = desk();
        order.iter().for_each(|name| desk.put(format!("材料/{name}"), name.as_bytes()));
        desk.put("材料/Thumbs.db", b"junk");
        let claimed = desk.claim();
        assert_eq!(
            claimed.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(),
            ["a.yaml", "附件/照片.jpg"]
        );
        claimed.digest
    });
    assert_eq!(digests[0], digests[1]);
}

#[test]
fn two_files_of_one_content_are_two_claims_and_one_original() {
    let desk = desk();
    desk.put("周报1.yaml", "无异常".as_bytes());
    desk.put("周报2.yaml", "无异常".as_bytes());
    let claims =
        desk.settled().iter().map(|settled| claim(&desk.spool, OFFICE, settled, now()).unwrap()).collect::<Vec<_>>();
    assert_eq!(claims[0].digest, claims[1].digest);
    assert_ne!(claims[0].id, claims[1].id);
    claims.into_iter().for_each(|mut claimed| answer(&desk, &mut claimed));
    assert!(desk.office.receipts().join("回执（2）.txt").exists());
}

#[test]
fn drops_claimed_together_are_numbered_in_their_order_and_hinder_each_other_in_nothing() {
    let desk = desk();
    (0..40).for_each(|n| desk.put(format!("件{n:02}.yaml"), format!("第{n}份").as_bytes()));
    let mut drops: Vec<(String, Settled)> = desk.settled().into_iter().map(|it| (OFFICE.to_owned(), it)).collect();
    desk.put("件05.txt", "绝密\r\n关于……".as_bytes());
    drops.extend(desk.settled().into_iter().rfind(|it| it.name == "件05.txt").map(|it| (OFFICE.to_owned(), it)));
    fs::remove_file(desk.office.handed_in().join("件07.yaml")).unwrap();
    let claims = claim_all(&desk.spool, &drops, now());
    assert!(matches!(claims[7], Err(ClaimError::Vanished { .. })));
    assert!(matches!(claims[40], Err(ClaimError::Secret { .. })));
    let claims: Vec<Claimed> = claims.into_iter().flatten().collect();
    assert_eq!(claims.len(), 39);
    assert!(claims.is_sorted_by_key(Claimed::number));
    assert_eq!(claims[39 - 1].name, "件39.yaml");
    let texts = claims.iter().map(|claimed| ("回执.txt".to_owned(), claimed.id.clone())).collect();
    assert!(receipts(&desk.spool, OFFICE, texts).iter().all(Result::is_ok));
    for (n, claimed) in claims.iter().enumerate() {
        let name = names::numbered("回执.txt", u32::try_from(n + 1).unwrap());
        assert_eq!(fs::read_to_string(desk.office.receipts().join(name)).unwrap(), claimed.id);
        assert_eq!(finish(&desk.spool, claimed, Answer::Accepted).unwrap(), Finished::Filed);
    }
    // the same texts again are there already
    let texts = claims.iter().skip(30).map(|claimed| ("回执.txt".to_owned(), claimed.id.clone())).collect();
    assert!(receipts(&desk.spool, OFFICE, texts).iter().all(Result::is_ok));
    assert_eq!(fs::read_dir(desk.office.receipts()).unwrap().count(), 39);
}

#[test]
fn hostile_names_are_claimed_and_returned_under_harmless_ones() {
    let desk = desk();
    let long = "长".repeat(85);
    for name in ["a\nb\u{202e}.yaml", "-rf", "CON.txt", "a..", "case.txt", "CASE.txt", "退件说明.txt", &long] {
        desk.put(name, name.as_bytes());
    }
    desk.put(OsStr::from_bytes(b"\xcd\xc6\xbc\xf6.txt"), b"gbk name");
    let settled = desk.settled();
    assert_eq!(settled.len(), 9);
    for settled in &settled {
        let mut claimed = claim(&desk.spool, OFFICE, settled, now()).unwrap();
        return_whole(&desk.spool, &mut claimed, "退回").unwrap();
        finish(&desk.spool, &claimed, Answer::Returned).unwrap();
    }
    let returned =
        desk.tree().into_iter().filter_map(|path| path.strip_prefix("offices/第一党支部/退件/").map(str::to_owned));
    let returned = returned.filter(|path| !path.ends_with("/退件说明.txt")).collect::<Vec<_>>();
    assert_eq!(returned.len(), 9, "{returned:#?}");
    assert!(returned.iter().all(|path| !path.contains(['\n', '\u{202e}']) && !path.contains("/-")), "{returned:#?}");
    assert!(returned.contains(&"2022-05-16 CASE/CASE.txt".to_owned()), "{returned:#?}");
    assert!(returned.contains(&"2022-05-16 case（2）/case.txt".to_owned()), "{returned:#?}");
    assert!(returned.contains(&"2022-05-16 CON_/CON_.txt".to_owned()), "{returned:#?}");
    assert!(returned.contains(&"2022-05-16 退件说明/退件说明（2）.txt".to_owned()), "{returned:#?}");
}

#[test]
fn what_is_not_a_plain_file_is_returned_unread() {
    let desk = desk();
    symlink("/etc/passwd", desk.office.handed_in().join("link.yaml")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(desk.office.handed_in().join("pipe")).status().unwrap().success());
    desk.put("材料/a.yaml", b"a");
    symlink("/etc", desk.office.handed_in().join("材料/etc")).unwrap();
    desk.put("empty.yaml", b"");
    for settled in desk.settled() {
        let mut claimed = claim(&desk.spool, OFFICE, &settled, now()).unwrap();
        assert_eq!(claimed.faults.len(), 1, "{claimed:?}");
        assert!(matches!(finish(&desk.spool, &claimed, Answer::Accepted), Err(ClaimError::Unreturned { .. })));
        assert!(matches!(finish(&desk.spool, &claimed, Answer::Returned), Err(ClaimError::Unreturned { .. })));
        answer(&desk, &mut claimed);
    }
    assert!(desk.office.returns().join("2022-05-16 link/link.yaml").is_symlink());
    assert!(desk.office.returns().join("2022-05-16 材料/材料/etc").is_symlink());
    assert_eq!(desk.tree().iter().filter(|path| path.contains("交件")).count(), 0);
}

#[test]
fn packages_over_the_limits_are_returned_whole() {
    let desk = desk();
    for file in 0..=PACKAGE_FILES_MAX {
        desk.put(format!("多/{file}"), b"x");
    }
    let big = fs::File::create(desk.office.handed_in().join("大.xlsx")).unwrap();
    big.set_len(SUBMISSION_BYTES_MAX + 1).unwrap();
    for settled in desk.settled() {
        let mut claimed = claim(&desk.spool, OFFICE, &settled, now()).unwrap();
        assert_eq!((claimed.faults.len(), claimed.files.len()), (1, 0));
        answer(&desk, &mut claimed);
    }
    assert_eq!(fs::read_dir(desk.office.returns().join("2022-05-16 多/多")).unwrap().count(), PACKAGE_FILES_MAX + 1);
    assert_eq!(
        fs::metadata(desk.office.returns().join("2022-05-16 大/大.xlsx")).unwrap().len(),
        SUBMISSION_BYTES_MAX + 1
    );
}

#[test]
fn marked_files_are_sealed_unread() {
    let desk = desk();
    desk.put("机密★10年 名单.xlsx", b"secret");
    desk.put("说明.txt", "绝密\r\n关于……".as_bytes());
    desk.put("材料/附件/【秘密】照片.jpg", b"secret");
    for settled in desk.settled() {
        let error = claim(&desk.spool, OFFICE, &settled, now()).unwrap_err();
        assert!(matches!(error, ClaimError::Secret { .. }), "{error}");
    }
    assert!(desk.settled().is_empty());
    assert_eq!(files::list(&desk.spool.originals()).unwrap().len(), 0);
    let sealed = desk.tree().into_iter().filter(|path| path.contains("/交件/.涉密封存/")).count();
    assert_eq!((sealed, desk.tree().len()), (3, 3));
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(desk.office.handed_in().join(layout::SEALED)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    // three drops of one second: three notes, and each once
    assert_eq!(sealed_note(&desk.spool, OFFICE, now(), "note").unwrap().len(), 3);
    assert!(desk.office.returns().join("2022-05-16 涉密材料 20220516-093000-3 退件说明.txt").exists());
    assert_eq!(sealed_note(&desk.spool, OFFICE, now(), "note").unwrap().len(), 0);
    fs::remove_dir_all(desk.office.returns()).unwrap();
    assert!(recover(&desk.spool).unwrap().sealed.is_empty());
}

#[test]
fn what_is_renamed_or_removed_before_the_claim_is_nobodys() {
    let desk = desk();
    desk.put("a.yaml", b"a");
    let settled = desk.settled().remove(0);
    let handed_in = desk.office.handed_in();
    fs::rename(handed_in.join("a.yaml"), handed_in.join("b.yaml")).unwrap();
    assert!(matches!(claim(&desk.spool, OFFICE, &settled, now()), Err(ClaimError::Vanished { .. })));
    let mut begun = desk.begin(&settled);
    let taken = take(&desk.spool, &mut begun, &handed_in.join("a.yaml"));
    assert!(matches!(taken, Err(ClaimError::Vanished { .. })));
    assert_eq!(desk.tree(), ["offices/第一党支部/交件/b.yaml"]);
    assert!(desk.recovered().is_empty());
}

/// What an engine does at the start and at every tick.
fn try_answer(desk: &Desk, claimed: &mut Claimed) -> Result<(), ClaimError> {
    if claimed.faults.is_empty() {
        receipt(&desk.spool, OFFICE, "回执.txt", &format!("收到 {}", claimed.id))?;
        finish(&desk.spool, claimed, Answer::Accepted)?;
    } else {
        return_whole(&desk.spool, claimed, &format!("退回 {}", claimed.id))?;
        finish(&desk.spool, claimed, Answer::Returned)?;
    }
    Ok(())
}

#[test]
fn an_office_that_goes_on_writing_gets_its_file_back_as_a_new_drop() {
    let desk = desk();
    desk.put("a.yaml", b"half");
    let mut writer = fs::OpenOptions::new().append(true).open(desk.office.handed_in().join("a.yaml")).unwrap();
    let claimed = desk.claim();
    writer.write_all(b" and half").unwrap();
    desk.put("a.yaml", b"another");
    let Finished::PutBack(path) = finish(&desk.spool, &claimed, Answer::Accepted).unwrap() else {
        panic!("must be put back")
    };
    assert_eq!(path, desk.office.handed_in().join("a（2）.yaml"));
    assert_eq!(fs::read(path).unwrap(), b"half and half");
    assert_eq!(desk.settled().len(), 2);
}

#[test]
fn a_kept_file_that_rotted_is_noticed_and_mended() {
    let desk = desk();
    desk.put("a.yaml", b"a");
    let claimed = desk.claim();
    fs::write(desk.spool.original(&claimed.digest), b"b").unwrap();
    assert!(read_original(&desk.spool, &claimed.digest).is_err());
    desk.put("a.yaml", b"a");
    desk.claim();
    assert_eq!(read_original(&desk.spool, &claimed.digest).unwrap(), b"a");
}

/// The offices' folders on another file system than the state; `None` (and a loud line) when the machine has only one.
fn desk_with_a_share() -> Option<(Desk, tempfile::TempDir)> {
    let Ok(root) = tempfile::tempdir_in("/dev/shm") else {
        eprintln!("SKIPPED: no second file system at /dev/shm");
        return None;
    };
    let share = tempfile::tempdir().unwrap();
    let spool = Spool::at(root.path().join("spool"));
    files::create_dirs(spool.root()).unwrap();
    symlink(share.path(), spool.offices()).unwrap();
    spool.create().unwrap();
    let office = spool.create_office(OFFICE).unwrap();
    Some((Desk { _root: root, _share: None, spool, office }, share))
}

#[test]
fn a_drop_on_a_share_is_held_there_and_kept_here() {
    let Some((desk, _share)) = desk_with_a_share() else { return };
    desk.put("材料/a.yaml", b"a");
    desk.put("空.yaml", b"");
    for settled in desk.settled() {
        let mut claimed = claim(&desk.spool, OFFICE, &settled, now()).unwrap();
        assert_eq!(claimed.hold, Hold::Share);
        assert!(desk.settled().iter().all(|left| left.name != settled.name));
        assert_eq!(desk.recovered().len(), 1);
        answer(&desk, &mut claimed);
    }
    assert!(desk.office.returns().join("2022-05-16 空/空.yaml").exists());
    assert_eq!(fs::read_dir(desk.office.handed_in().join(layout::HOLD)).unwrap().count(), 0);
    assert!(desk.recovered().is_empty());
}
