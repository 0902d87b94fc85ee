//! What becomes of files whose reader overruns, and of those read after them.

mod damaged;
mod limits;

use super::apart::Children;
use super::*;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

/// A child that a script plays, and a file for it.
fn played(script: &str, limit: Duration) -> (tempfile::TempDir, Reader, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("reader");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let file = folder.path().join("表.yaml");
    std::fs::write(&file, "banwen: {}\n").unwrap();
    let reader = Reader::Apart(Children::of(program, limit, 512 * 1024 * 1024));
    (folder, reader, file)
}

fn fault(reader: &Reader, file: &Path) -> Fault {
    reader.read(file, "表.yaml", None).unwrap().unwrap_err().remove(0)
}

#[test]
fn a_reader_that_has_no_end_is_cut_off_and_its_file_has_its_answer() {
    let (folder, reader, file) = played("echo $$ >\"$0.id\"; exec sleep 60", Duration::from_millis(300));
    let begun = Instant::now();
    assert_eq!(fault(&reader, &file), overran("表.yaml"));
    assert!(begun.elapsed() < Duration::from_secs(20), "it was waited for");
    let id = std::fs::read_to_string(folder.path().join("reader.id")).unwrap();
    assert!(!Path::new("/proc").join(id.trim()).exists(), "it lives on");
    // a file that cannot be looked into bears no mark, and is not taken apart
    let zip = folder.path().join("包.zip");
    std::fs::write(&zip, b"PK\x03\x04").unwrap();
    assert_eq!(reader.mark(&zip, "包.zip").unwrap(), None);
    assert_eq!(reader.look(&zip, "包.zip", b"PK\x03\x04", true).unwrap().faults, [overran("包.zip")]);
}

#[test]
fn one_that_breaks_off_or_says_nonsense_says_nothing_of_the_next() {
    for script in ["exit 3", "kill -ABRT $$", "printf '\\002\\000\\000\\000\\000\\000\\000\\000no\\000'; exec sleep 60"]
    {
        let (_folder, reader, file) = played(script, Duration::from_secs(2));
        assert_eq!(fault(&reader, &file), overran("表.yaml"), "{script}");
    }
    // it answers one file and ends: each is read by a fresh one
    let answer = r#"{"Read":{"Err":[{"place":"a","say":"b"}]}}"#;
    let script = format!(
        "head -c 20 >/dev/null; printf '\\{:03o}\\000\\000\\000\\000\\000\\000\\000{answer}\\000\\000\\000\\000\\000\\000\\000\\000'",
        answer.len()
    );
    let (_folder, reader, file) = played(&script, Duration::from_secs(5));
    for _ in 0..3 {
        assert_eq!(fault(&reader, &file), Fault::at("a", "b"));
    }
}

#[test]
fn a_program_that_cannot_be_started_leaves_the_file_for_later() {
    let reader =
        Reader::Apart(Children::of(PathBuf::from("/nowhere/reader"), Duration::from_secs(5), 512 * 1024 * 1024));
    let (_folder, _, file) = played("", Duration::from_secs(1));
    assert!(reader.read(&file, "表.yaml", None).is_err());
}

#[test]
fn a_child_is_told_a_path_of_any_bytes() {
    use std::os::unix::ffi::OsStrExt;
    for name in [&b"\xcd\xc6\xbc\xf6\xb1\xed.xlsx"[..], b"\xff\xfe.zip", "推荐表.xlsx".as_bytes()] {
        let path = Path::new(std::ffi::OsStr::from_bytes(name)).to_path_buf();
        let json = serde_json::to_vec(&Asked::Mark { path: path.clone(), name: String::new() }).unwrap();
        let asked: Asked = serde_json::from_slice(&json).unwrap();
        assert_eq!(asked.path(), path);
    }
}

#[test]
fn a_child_does_one_after_the_other_what_it_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["甲.yaml", "乙.txt"] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, name.as_bytes()).unwrap();
    }
    let zip = put("包.zip", &zip.finish().unwrap().into_inner());
    let (pdf, yaml) = (put("件.pdf", b"%PDF-1.7 1 0 obj %%EOF"), put("表.yaml", b"- 1"));
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let asked = [
        Asked::Mark { path: pdf.clone(), name: name(&pdf) },
        Asked::Look { path: zip.clone(), name: name(&zip), unpack: true },
        Asked::Read { path: yaml.clone(), name: name(&yaml), form: None },
        Asked::Mark { path: folder.path().join("没有"), name: "没有".to_owned() },
    ];
    let mut requests = Vec::new();
    for asked in &asked {
        let json = serde_json::to_vec(asked).unwrap();
        requests.extend((json.len() as u64).to_le_bytes());
        requests.extend(json);
    }
    let mut said = Vec::new();
    serve(requests.as_slice(), &mut said, Pdfs { head: |_| vec!["机密★1年".to_owned()], ..Pdfs::NONE }).unwrap();
    let said = String::from_utf8_lossy(&said);
    let answers = [
        r#"{"Mark":"机密"}"#,
        r#""held":{"Ok":[["甲.yaml",8],["乙.txt",7]]}"#,
        "甲.yaml乙.txt",
        r#"{"Read":{"Err":"#,
        r#"{"Failed":{"absent":true"#,
    ];
    let places: Vec<usize> =
        answers.iter().map(|it| said.find(it).unwrap_or_else(|| panic!("{it} in {said}"))).collect();
    assert!(places.is_sorted(), "{said}");
    assert!(serve(&requests[..20], &mut Vec::new(), Pdfs::NONE).is_err(), "a request cut short");
}
