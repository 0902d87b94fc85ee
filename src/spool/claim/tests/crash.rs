//! Dying at every step: what a restart finds must end as if nothing had happened.

use super::*;

#[test]
fn a_crash_after_begin_leaves_the_drop_where_it_is() {
    let desk = desk();
    desk.put("a.yaml", b"a");
    desk.begin(&desk.settled()[0]);
    assert!(desk.recovered().is_empty());
    assert_eq!(desk.tree(), ["offices/第一党支部/交件/a.yaml"]);
    assert_eq!(desk.claim().id, "20220516-093000-1");
}

#[test]
fn a_crash_before_the_journal_leaves_a_number_that_is_used_again() {
    let desk = desk();
    desk.put("a.yaml", b"a");
    files::create_dirs(&desk.spool.claimed(OFFICE).join("20220516-093000-1")).unwrap();
    assert_eq!(desk.claim().id, "20220516-093000-1");
    files::create_dirs(&desk.spool.claimed(OFFICE).join("20220516-093001-1")).unwrap();
    fs::write(desk.spool.claimed(OFFICE).join(".banwen-1-1.tmp"), b"half").unwrap();
    assert_eq!(desk.recovered().len(), 1);
    assert_eq!(fs::read_dir(desk.spool.claimed(OFFICE)).unwrap().count(), 2);
}

#[test]
fn a_crash_after_the_rename_or_the_copy_gives_the_same_claim() {
    for copied in [false, true] {
        let desk = desk();
        desk.put("a.yaml", b"a");
        let settled = desk.settled().remove(0);
        let mut begun = desk.begin(&settled);
        take(&desk.spool, &mut begun, &desk.office.handed_in().join("a.yaml")).unwrap();
        if copied {
            let folder = begun.hold_folder(&desk.spool);
            package::keep(&desk.spool, &mut begun.clone(), &folder, Path::new("a.yaml")).unwrap();
        }
        let mut claims = desk.recovered();
        assert_eq!((claims.len(), claims[0].digest.clone()), (1, files::digest_hex(b"a")));
        assert_eq!(resume(&desk.spool, OFFICE, &claims[0].id).unwrap(), claims[0]);
        answer(&desk, &mut claims[0]);
        assert_eq!(
            desk.tree(),
            ["offices/第一党支部/回执/回执.txt", "state/answered/第一党支部/20220516-093000-1.json"]
        );
    }
}

#[test]
fn a_crash_before_or_after_the_receipt_gives_one_receipt() {
    for received in [false, true] {
        let desk = desk();
        desk.put("a.yaml", b"a");
        let claimed = desk.claim();
        if received {
            receipt(&desk.spool, OFFICE, "回执.txt", &format!("收到 {}", claimed.id)).unwrap();
        }
        let mut claims = desk.recovered();
        assert_eq!(claims, [Claimed { attempts: 2, ..claimed }]);
        answer(&desk, &mut claims[0]);
        assert_eq!(
            desk.tree(),
            ["offices/第一党支部/回执/回执.txt", "state/answered/第一党支部/20220516-093000-1.json"]
        );
    }
}

#[test]
fn a_crash_anywhere_in_a_return_gives_one_return() {
    for step in 0..5 {
        let desk = desk();
        desk.put("空.yaml", b"");
        let mut claimed = desk.claim();
        let text = format!("退回 {}", claimed.id);
        let target = desk.office.returns().join("2022-05-16 空");
        if step >= 1 {
            fs::create_dir(&target).unwrap();
        }
        if step >= 2 {
            fs::write(target.join("退件说明.txt"), &text).unwrap();
        }
        if step >= 3 {
            claimed.returned_to = Some("2022-05-16 空".to_owned());
            claimed.record(&desk.spool).unwrap();
        }
        if step >= 4 {
            return_whole(&desk.spool, &mut claimed, &text).unwrap();
        }
        let mut claims = desk.recovered();
        answer(&desk, &mut claims[0]);
        let expected = [
            "offices/第一党支部/退件/2022-05-16 空/空.yaml",
            "offices/第一党支部/退件/2022-05-16 空/退件说明.txt",
            "state/answered/第一党支部/20220516-093000-1.json",
        ];
        assert_eq!(desk.tree(), expected, "crash after step {step}");
    }
}

#[test]
fn a_line_of_the_journal_that_was_cut_off_does_not_count_and_spoils_no_other() {
    let desk = desk();
    desk.put("a.yaml", b"a");
    let mut claimed = desk.claim();
    let journal = claimed.journal(&desk.spool);
    let mut text = fs::read_to_string(&journal).unwrap();
    text.push_str("\n{\"id\":\"20220516-0930");
    fs::write(&journal, &text).unwrap();
    assert_eq!(load(&journal).unwrap(), claimed);
    claimed.attempts = 7;
    claimed.record(&desk.spool).unwrap();
    assert_eq!(load(&journal).unwrap(), claimed);
    fs::write(&journal, serde_json::to_vec_pretty(&claimed).unwrap()).unwrap();
    assert_eq!(load(&journal).unwrap(), claimed, "as versions before wrote it");
    fs::write(&journal, b"{\n").unwrap();
    assert!(matches!(load(&journal), Err(ClaimError::Journal { .. })));
}

#[test]
fn a_claim_in_lasting_trouble_keeps_a_journal_that_can_be_read() {
    let desk = desk();
    desk.put("a.yaml", b"a");
    let mut claimed = desk.claim();
    let file = claimed.files[0].clone();
    claimed.files = vec![ClaimedFile { name: "长".repeat(80), ..file }; PACKAGE_FILES_MAX];
    for attempts in 3..100 {
        claimed.attempts = attempts;
        claimed.record(&desk.spool).unwrap();
    }
    let journal = claimed.journal(&desk.spool);
    assert_eq!(load(&journal).unwrap(), claimed);
    assert!(fs::metadata(&journal).unwrap().len() < 1024 * 1024);
}

#[test]
fn what_a_crash_left_of_a_folder_that_was_done_with_goes_at_the_next_start() {
    let desk = desk();
    desk.put("a.yaml", b"a");
    let mut claimed = desk.claim();
    let held = claimed.hold_folder(&desk.spool);
    answer(&desk, &mut claimed);
    let left = held.with_extension(answer::DONE);
    files::create_dirs(&left).unwrap();
    fs::write(left.join("a.yaml"), b"a").unwrap();
    assert!(desk.recovered().is_empty());
    assert!(!left.exists());
}

fn work(desk: &Desk) {
    let Ok(recovery) = recover(&desk.spool) else { return };
    let answered = recovery.claims.into_iter().try_for_each(|c| try_answer(desk, &mut take_up(&desk.spool, c)?));
    if answered.is_err() || !recovery.troubles.is_empty() {
        return;
    }
    for settled in desk.settled() {
        match claim(&desk.spool, OFFICE, &settled, now()) {
            Ok(mut claimed) => drop(try_answer(desk, &mut claimed)),
            Err(ClaimError::Secret { .. }) => {
                drop(sealed_note(&desk.spool, OFFICE, now(), &crate::spool::receipt::sealed_text(OFFICE, now())));
            }
            Err(_) => {}
        }
    }
}

/// The same with all drops taken and answered together.
fn work_together(desk: &Desk) {
    let Ok(recovery) = recover(&desk.spool) else { return };
    let answered = recovery.claims.into_iter().try_for_each(|c| try_answer(desk, &mut take_up(&desk.spool, c)?));
    if answered.is_err() || !recovery.troubles.is_empty() {
        return;
    }
    let drops: Vec<(String, Settled)> =
        desk.settled().into_iter().map(|settled| (OFFICE.to_owned(), settled)).collect();
    let claims = claim_all(&desk.spool, &drops, now());
    if claims.iter().any(|claimed| matches!(claimed, Err(ClaimError::Secret { .. }))) {
        drop(sealed_note(&desk.spool, OFFICE, now(), &crate::spool::receipt::sealed_text(OFFICE, now())));
    }
    let (taken, returned): (Vec<Claimed>, Vec<Claimed>) =
        claims.into_iter().flatten().partition(|c| c.faults.is_empty());
    let texts = taken.iter().map(|claimed| ("回执.txt".to_owned(), format!("收到 {}", claimed.id))).collect();
    let given = receipts(&desk.spool, OFFICE, texts);
    let given: Vec<Claimed> =
        taken.into_iter().zip(given).filter_map(|(c, given)| given.is_ok().then_some(c)).collect();
    drop(finish_all(&desk.spool, given.iter().map(|claimed| (claimed, Answer::Accepted)).collect()));
    returned.into_iter().for_each(|mut claimed| drop(try_answer(desk, &mut claimed)));
}

/// How a disk fails before its n-th change.
type Failure = fn(u64, &dyn Fn()) -> ((), bool);

fn die_everywhere(failure: Failure, make: impl Fn() -> Option<Desk>) {
    die_in(work, failure, &make);
    die_in(work_together, failure, &make);
}

fn die_in(work: fn(&Desk), failure: Failure, make: &impl Fn() -> Option<Desk>) {
    let drops = |desk: &Desk| {
        desk.put("a.yaml", b"a");
        desk.put("材料/b.yaml", b"b");
        desk.put("材料/附件/c.txt", b"c");
        desk.put("空.yaml", b"");
        desk.put("机密★10年.txt", b"d");
    };
    let Some(whole) = make() else { return };
    drops(&whole);
    work(&whole);
    assert_eq!(whole.tree().len(), 9, "{:#?}", whole.tree());
    for nth in 0.. {
        let Some(desk) = make() else { return };
        drops(&desk);
        let ((), died) = failure(nth, &|| work(&desk));
        work(&desk);
        assert_eq!(desk.tree(), whole.tree(), "died before change {nth}");
        assert!(desk.recovered().is_empty(), "died before change {nth}");
        if !died {
            assert!(nth > 80, "only {nth} changes");
            return;
        }
    }
}

/// In memory where there is such a folder: a thousand syncs take their time.
fn quick_desk() -> Option<Desk> {
    Some(tempfile::tempdir_in("/dev/shm").map_or_else(|_| desk(), desk_in))
}

#[test]
fn dying_before_any_change_ends_the_same() {
    die_everywhere(|nth, run| files::crash::before(nth, run), quick_desk);
}

#[test]
fn a_disk_full_at_any_change_ends_the_same() {
    die_everywhere(|nth, run| files::crash::full_at(nth, run), quick_desk);
}

#[test]
fn a_stale_handle_at_any_change_ends_the_same() {
    die_everywhere(|nth, run| files::crash::stale_at(nth, run), quick_desk);
}

#[test]
fn dying_before_any_change_ends_the_same_on_a_share() {
    die_everywhere(
        |nth, run| files::crash::before(nth, run),
        || {
            let (desk, share) = desk_with_a_share()?;
            Some(Desk { _share: Some(share), ..desk })
        },
    );
}

/// Changes, syncs among them, of a drop that is taken and answered by itself, and of each of so many together.
#[test]
fn folders_are_synced_once_for_all_that_changed_in_them_together() {
    const DROPS: u64 = 10;
    let changes = |drops: u64| {
        let desk = desk();
        // so that no shelf has to be made on the way
        (0..=255).for_each(|n| fs::create_dir_all(desk.spool.originals().join(format!("{n:02x}"))).unwrap());
        files::create_dirs(&desk.spool.claimed(OFFICE)).unwrap();
        files::create_dirs(&desk.spool.answered(OFFICE)).unwrap();
        (0..drops).for_each(|n| desk.put(format!("{n}.yaml"), format!("n: {n}").as_bytes()));
        let ((), changes) = files::crash::counted(|| work_together(&desk));
        assert_eq!(fs::read_dir(desk.spool.answered(OFFICE)).unwrap().count() as u64, drops);
        changes
    };
    let (one, all) = (changes(1), changes(DROPS));
    // claimed three times (journals, clearing, filing), 交件, 回执 and answered
    const SHARED: u64 = 6;
    assert_eq!(all, one * DROPS - SHARED * (DROPS - 1), "{one} alone");
}

#[test]
fn a_half_removed_package_is_not_put_back() {
    let desk = desk();
    desk.put("材料/a.yaml", b"a");
    desk.put("材料/b.yaml", b"b");
    let claimed = Claimed { answer: Some(Answer::Accepted), ..desk.claim() };
    claimed.record(&desk.spool).unwrap();
    let hold = claimed.hold_folder(&desk.spool);
    fs::rename(&hold, hold.with_extension("done")).unwrap();
    fs::remove_file(hold.with_extension("done").join("材料/a.yaml")).unwrap();
    assert!(desk.recovered().is_empty());
    assert_eq!(desk.tree(), ["state/answered/第一党支部/20220516-093000-1.json"]);
}

#[test]
fn a_crash_in_finish_is_ended_by_recover() {
    for cleared in [false, true] {
        let desk = desk();
        desk.put("a.yaml", b"a");
        let claimed = Claimed { answer: Some(Answer::Accepted), ..desk.claim() };
        claimed.record(&desk.spool).unwrap();
        if cleared {
            files::remove_tree(&claimed.hold_folder(&desk.spool)).unwrap();
        }
        assert!(desk.recovered().is_empty());
        assert_eq!(desk.tree(), ["state/answered/第一党支部/20220516-093000-1.json"]);
    }
}

#[test]
fn an_original_is_never_removed_before_it_is_kept() {
    let desk = desk();
    desk.put("a.yaml", b"a");
    let claimed = desk.claim();
    fs::remove_file(desk.spool.original(&claimed.digest)).unwrap();
    assert!(finish(&desk.spool, &claimed, Answer::Accepted).is_err());
    assert!(claimed.held(&desk.spool).unwrap().is_some());
    let trouble = recover(&desk.spool).unwrap().troubles;
    assert_eq!(trouble.len(), 1);
}

#[test]
fn a_torn_journal_does_not_hide_the_others() {
    let desk = desk();
    desk.put("a.yaml", b"a");
    desk.put("b.yaml", b"b");
    let claims =
        desk.settled().iter().map(|settled| claim(&desk.spool, OFFICE, settled, now()).unwrap()).collect::<Vec<_>>();
    fs::write(claims[0].journal(&desk.spool), b"{").unwrap();
    let recovery = recover(&desk.spool).unwrap();
    assert_eq!(recovery.claims, [claims[1].clone()]);
    assert!(matches!(recovery.troubles[..], [ClaimError::Journal { .. }]));
}

#[test]
fn a_drop_held_on_a_share_that_is_away_is_not_forgotten() {
    let Some((desk, share)) = desk_with_a_share() else { return };
    desk.put("a.yaml", b"a");
    let settled = desk.settled().remove(0);
    let mut begun = desk.begin(&settled);
    take(&desk.spool, &mut begun, &desk.office.handed_in().join("a.yaml")).unwrap();
    let away = share.path().with_extension("away");
    fs::rename(share.path(), &away).unwrap();
    let found = recover(&desk.spool).unwrap();
    let trouble = found.troubles.into_iter().next().or_else(|| take_up(&desk.spool, found.claims[0].clone()).err());
    assert!(matches!(&trouble, Some(trouble @ ClaimError::Held { .. }) if trouble.is_transient()));
    fs::rename(&away, share.path()).unwrap();
    assert_eq!(desk.recovered()[0].digest, files::digest_hex(b"a"));
}
