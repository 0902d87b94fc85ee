//! Tests of durable writes and what is transient.

use super::*;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[test]
fn write_atomic_replaces_whole_and_leaves_nothing_beside() {
    let folder = folder();
    let path = folder.path().join("回执.txt");
    write_atomic(&path, b"one").unwrap();
    write_atomic(&path, b"two").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"two");
    assert_eq!(list(folder.path()).unwrap().len(), 1);
}

#[test]
fn write_atomic_does_not_follow_a_planted_link() {
    let folder = folder();
    let victim = folder.path().join("victim");
    fs::write(&victim, b"precious").unwrap();
    let path = folder.path().join("target");
    std::os::unix::fs::symlink(&victim, &path).unwrap();
    write_atomic(&path, b"new").unwrap();
    assert_eq!(fs::read(&victim).unwrap(), b"precious");
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert!(!path.is_symlink());
}

#[test]
fn a_failed_write_leaves_the_old_file_and_no_temporary() {
    let folder = folder();
    let path = folder.path().join("occupied");
    fs::create_dir(&path).unwrap();
    assert!(write_atomic(&path, b"x").is_err());
    assert_eq!(list(folder.path()).unwrap(), ["occupied"]);
}

#[test]
fn temporaries_of_a_crash_are_swept() {
    let folder = folder();
    fs::write(folder.path().join(".banwen-7-7.tmp"), b"half").unwrap();
    fs::write(folder.path().join("别人.tmp"), b"theirs").unwrap();
    sweep_temporaries(folder.path()).unwrap();
    assert_eq!(list(folder.path()).unwrap(), ["别人.tmp"]);
}

#[test]
fn only_our_own_bytes_are_removed() {
    let folder = folder();
    let path = folder.path().join("推荐表.xlsx");
    let ours = digest_hex(b"ours");
    assert_eq!(remove_file_if_digest(&path, &ours).unwrap(), Removal::Absent);
    fs::write(&path, b"theirs").unwrap();
    assert_eq!(remove_file_if_digest(&path, &ours).unwrap(), Removal::Changed);
    assert!(path.exists());
    fs::write(&path, b"ours").unwrap();
    assert_eq!(remove_file_if_digest(&path, &ours).unwrap(), Removal::Removed);
    assert!(!path.exists());
    fs::write(folder.path().join("real"), b"ours").unwrap();
    std::os::unix::fs::symlink(folder.path().join("real"), &path).unwrap();
    assert_eq!(remove_file_if_digest(&path, &ours).unwrap(), Removal::Changed);
}

#[test]
fn digests_agree_and_are_sha_256() {
    let folder = folder();
    let path = folder.path().join("a");
    let bytes = vec![7; CHUNK_BYTES * 2 + 1];
    fs::write(&path, &bytes).unwrap();
    assert_eq!(digest_file(&path).unwrap(), digest_hex(&bytes));
    assert_eq!(digest_hex(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

#[test]
fn links_and_pipes_are_not_read() {
    let folder = folder();
    let link = folder.path().join("link");
    std::os::unix::fs::symlink("/etc/passwd", &link).unwrap();
    assert!(open_plain(&link).is_err());
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert!(open_plain(&pipe).is_err());
}

#[test]
fn a_file_over_the_limit_is_not_taken_in() {
    let folder = folder();
    let path = folder.path().join("a");
    fs::write(&path, b"12345").unwrap();
    assert_eq!(read_at_most(&path, 5).unwrap().as_deref(), Some(&b"12345"[..]));
    assert_eq!(read_at_most(&path, 4).unwrap(), None);
}

#[test]
fn trouble_that_heals_is_told_from_trouble_that_does_not() {
    for (code, name) in [(28, "ENOSPC"), (16, "EBUSY"), (116, "ESTALE"), (5, "EIO"), (13, "EACCES"), (122, "EDQUOT")] {
        assert!(is_transient(&io::Error::from_raw_os_error(code)), "{name}");
    }
    for (code, name) in [(2, "ENOENT"), (36, "ENAMETOOLONG"), (22, "EINVAL"), (20, "ENOTDIR"), (18, "EXDEV")] {
        assert!(!is_transient(&io::Error::from_raw_os_error(code)), "{name}");
    }
    let full = OpenOptions::new().write(true).open("/dev/full").and_then(|mut file| file.write_all(b"x"));
    assert!(is_transient(&full.unwrap_err()), "a device that is full");
}

#[test]
fn directories_are_made_once() {
    let folder = folder();
    let path = folder.path().join("甲/乙/丙");
    create_dirs(&path).unwrap();
    create_dirs(&path).unwrap();
    assert!(path.is_dir());
    assert!(!create_dir_new(&path).unwrap());
    assert!(create_dir_new(&path.join("丁")).unwrap());
}

#[test]
fn files_written_together_are_each_whole_or_not_there() {
    let root = tempfile::tempdir().unwrap();
    let place = |n: usize| root.path().join(if n % 3 == 1 { "away" } else { "here" }).join(n.to_string());
    fs::create_dir(root.path().join("here")).unwrap();
    let files = (0..40).map(|n| (place(n), n.to_string().into_bytes())).collect();
    let written = write_all_atomic(files);
    assert_eq!(written.len(), 40);
    for (n, written) in written.iter().enumerate() {
        assert_eq!(written.is_ok(), n % 3 != 1, "{n}: {written:?}");
        assert_eq!(fs::read_to_string(place(n)).ok(), (n % 3 != 1).then(|| n.to_string()));
    }
    assert!(list(&root.path().join("here")).unwrap().iter().all(|name| !is_temporary(name)));
}

#[test]
fn works_side_by_side_give_their_results_in_order() {
    let squares = side_by_side((0..1_000).collect(), |n: usize| n * n);
    assert_eq!(squares, (0..1_000).map(|n| n * n).collect::<Vec<_>>());
    let (counted, died) = crash::before(3, || side_by_side(vec![1, 2, 3, 4, 5], |_| super::change().is_ok()));
    assert_eq!((counted, died), (vec![true, true, true, false, false], true), "counted changes come one by one");
}
