//! Writers: what of a drop that stands still says that somebody is not done with it.
//!
//! Two things are seen. A file whose format has a mark at its end (zip, so also `.xlsx` and `.docx`; PDF, PNG, JPEG) is not whole
//! without it. And on Linux a process of our own user that has a file open for writing is seen in `/proc`: by the name its link there
//! says, which asks no file system. To look through the link would ask the one the file lies on, and wait for ever for a share
//! that is dead, whatever the process.
//! Limits: who writes over the network, by another mount of the same folder, and processes of other users (a Samba server's among
//! them), are not seen: for them
//! stillness is all there is. A lease (`F_SETLEASE`) would tell more only about files that are our own, and ends a process that
//! does not expect its signal; so it is not asked for.

use super::{Kind, package, pdf, scan};
use crate::files;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// How the formats begin whose end is marked, and the mark.
const MARKED: [(&[u8], &[u8]); 3] =
    [(package::BEGINS, package::ENDS), (b"\x89PNG", b"IEND"), (b"\xFF\xD8\xFF", b"\xFF\xD9")];
/// How a PDF begins, which tells its end in a way of its own.
const PDF: &[u8] = b"%PDF";
/// Bytes at the beginning of a file by which its format is known.
const FIRST_BYTES: u64 = 4;
/// Where the processes are.
const PROCESSES: &str = "/proc";
/// Access of an open file, in its flags: read only when zero.
const ACCESS: u32 = 0o3;

/// Files somebody has open for writing, as the system names them: without links.
pub type Written = BTreeSet<PathBuf>;

/// The files of a drop.
fn files_of(base: &Path, drop: &Path) -> Vec<PathBuf> {
    let seen = scan::walk(base, drop).unwrap_or_default();
    seen.into_iter().filter(|seen| seen.kind == Kind::File).map(|seen| base.join(seen.path)).collect()
}

/// Whether a file of a drop breaks off before the end its format marks. What cannot be read is for the claim to tell.
pub fn breaks_off(base: &Path, drop: &Path) -> bool {
    files_of(base, drop).iter().any(|path| {
        let Ok((first, last)) = files::ends(path, FIRST_BYTES, package::END_BYTES_MAX) else { return false };
        let mark = MARKED.iter().find(|(begins, _)| first.starts_with(begins)).map(|(_, mark)| *mark);
        if first.starts_with(PDF) {
            return pdf::breaks_off(&last);
        }
        mark.is_some_and(|mark| !last.windows(mark.len()).any(|window| window == mark))
    })
}

/// Whether one of these files is of a drop.
pub fn is_written(base: &Path, drop: &Path, written: &Written) -> bool {
    if written.is_empty() {
        return false;
    }
    let Ok(base) = base.canonicalize() else { return false };
    files_of(&base, drop).iter().any(|path| written.contains(path))
}

/// What processes of our own user have open for writing; those of others are not seen, nor is anything where there is no `/proc`.
pub fn written() -> Written {
    let listed = |path: &Path| fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found = Written::new();
    for process in listed(Path::new(PROCESSES)) {
        for open in listed(&process.join("fd")) {
            // a pipe or a socket has no such name
            let Some(path) = fs::read_link(&open).ok().filter(|path| path.is_absolute()) else { continue };
            let Some(number) = open.file_name() else { continue };
            let flags = fs::read_to_string(process.join("fdinfo").join(number)).unwrap_or_default();
            let flags = flags.lines().find_map(|line| line.strip_prefix("flags:"));
            let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
            if flags.is_some_and(|flags| flags & ACCESS != 0) {
                found.insert(path);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_file_without_the_end_of_its_format_breaks_off() {
        let root = tempfile::tempdir().unwrap();
        let put = |name: &str, bytes: &[u8]| {
            fs::write(root.path().join(name), bytes).unwrap();
            breaks_off(root.path(), Path::new(name))
        };
        for (begins, mark) in MARKED.into_iter().chain([(PDF, &b"%%EOF"[..])]) {
            assert!(put("半.bin", &[begins, b"half"].concat()));
            assert!(!put("全.bin", &[begins, b"whole", mark, b"\r\n"].concat()));
        }
        assert!(!put("表.csv", "姓名\n陈志强".as_bytes()), "a format without a mark has no end to miss");
        fs::create_dir_all(root.path().join("材料/照片")).unwrap();
        fs::write(root.path().join("材料/照片/1.jpg"), b"\xFF\xD8\xFFhalf").unwrap();
        assert!(breaks_off(root.path(), Path::new("材料")));
    }

    #[test]
    fn a_file_that_is_open_for_writing_is_seen_and_one_that_is_read_is_not() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("表.csv");
        let mut file = fs::File::create(&path).unwrap();
        file.write_all(b"a").unwrap();
        assert!(is_written(root.path(), Path::new("表.csv"), &written()));
        // also where the way to it leads by a link, and after it was renamed
        let link = root.path().with_extension("link");
        std::os::unix::fs::symlink(root.path(), &link).unwrap();
        fs::rename(&path, root.path().join("名单.csv")).unwrap();
        assert!(is_written(&link, Path::new("名单.csv"), &written()));
        fs::remove_file(&link).unwrap();
        fs::rename(root.path().join("名单.csv"), &path).unwrap();
        drop(file);
        let read = fs::File::open(&path).unwrap();
        assert!(!is_written(root.path(), Path::new("表.csv"), &written()));
        drop(read);
    }
}
