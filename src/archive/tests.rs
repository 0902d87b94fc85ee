//! Packages sealed, found again, added to, tampered with.

use super::*;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn moment(month: u32, day: u32) -> Moment {
    NaiveDate::from_ymd_opt(2022, month, day).unwrap().and_hms_opt(16, 30, 0).unwrap()
}

fn file(name: &str, bytes: &[u8]) -> ArchiveFile {
    ArchiveFile { name: name.into(), source: Source::Bytes(bytes.to_vec()) }
}

fn piece(title: &str, number: &str, files: Vec<ArchiveFile>) -> Piece {
    Piece {
        title: title.into(),
        number: number.into(),
        responsible: "中共香山镇委员会".into(),
        date: NaiveDate::from_ymd_opt(2022, 6, 28).unwrap(),
        secrecy: String::new(),
        pages: Some(3),
        note: String::new(),
        files,
    }
}

fn package(case_id: &str) -> Package {
    Package {
        case_id: case_id.into(),
        title: "香山镇2022年“七一”表彰".into(),
        fonds: "0123".into(),
        class: "WS".into(),
        office: "ZZB".into(),
        retention: Retention::Permanent,
        year: 2022,
        pieces: vec![
            piece(
                "关于表彰的决定, \"七一\"",
                "香党发〔2022〕8号",
                vec![file("决定.docx", b"word"), file("决定.pdf", b"pdf")],
            ),
            piece(
                "=HYPERLINK(\"http://x\")",
                "",
                vec![file("../../a\\b:c\n.pdf", b"1"), file("公示.pdf", b"2"), file("公示.PDF", b"3")],
            ),
            piece("＝1+1\r\n第二行", "-1", vec![]),
        ],
        submissions: vec![file("推荐表.xlsx", b"xlsx"), file("推荐表.xlsx", b"other")],
        children: Vec::new(),
        events_jsonl: b"{\"seq\":1}\n{\"seq\":2}\n".to_vec(),
        closed_at: moment(7, 4),
    }
}

fn more(id: &str, bytes: &[u8]) -> Supplement {
    Supplement {
        id: id.into(),
        reason: "送达回证后到".into(),
        files: vec![file("manifest.json", bytes)],
        at: moment(8, 1),
    }
}

/// Every path below a folder, sorted, with its rights.
fn tree(path: &Path) -> Vec<String> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(path).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        let name = entry.file_name().into_string().unwrap();
        out.push(format!("{name} {mode:o}"));
        if entry.path().is_dir() {
            out.extend(tree(&entry.path()).into_iter().map(|below| format!("{name}/{below}")));
        }
    }
    out.sort();
    out
}

#[test]
fn a_package_is_whole_read_only_and_checkable() {
    let dir = tempfile::tempdir().unwrap();
    let sealed = seal(dir.path(), &package("2022-qiyi-1"), 7).unwrap();
    assert_eq!((sealed.first.as_str(), sealed.last.as_str()), ("0123-WS·2022-Y-ZZB-0007", "0123-WS·2022-Y-ZZB-0009"));
    assert_eq!(sealed.path, dir.path().join("2022/0123-WS·2022-Y-ZZB-0007至0009_2022-qiyi-1"));
    assert_eq!(
        tree(&sealed.path),
        [
            "manifest.json 440",
            "事件.jsonl 440",
            "公文 550",
            "公文/0007 550",
            "公文/0007/决定.docx 440",
            "公文/0007/决定.pdf 440",
            "公文/0008 550",
            "公文/0008/_.._a_b_c_.pdf 440",
            "公文/0008/公示.pdf 440",
            "公文/0008/公示（2）.PDF 440",
            "来件 550",
            "来件/推荐表.xlsx 440",
            "来件/推荐表（2）.xlsx 440",
            "目录.csv 440",
        ]
    );
    assert_eq!(std::fs::metadata(&sealed.path).unwrap().permissions().mode() & 0o777, 0o550);
    assert_eq!(verify(&sealed.path), []);
    assert_eq!(files::digest_file(&sealed.path.join("manifest.json")).unwrap(), sealed.digest);
}

#[test]
fn the_catalogue_opens_in_a_spreadsheet_without_running_anything() {
    let dir = tempfile::tempdir().unwrap();
    let sealed = seal(dir.path(), &package("c"), 1).unwrap();
    let text = std::fs::read_to_string(sealed.path.join("目录.csv")).unwrap();
    assert_eq!(
        text,
        "\u{FEFF}序号,档号,文号,责任者,题名,日期,密级,页数,备注\r\n\
         1,0123-WS·2022-Y-ZZB-0001,香党发〔2022〕8号,中共香山镇委员会,\"关于表彰的决定, \"\"七一\"\"\",20220628,,3,\r\n\
         2,0123-WS·2022-Y-ZZB-0002,,中共香山镇委员会,\"'=HYPERLINK(\"\"http://x\"\")\",20220628,,3,\r\n\
         3,0123-WS·2022-Y-ZZB-0003,'-1,中共香山镇委员会,'＝1+1  第二行,20220628,,3,\r\n"
    );
}

#[test]
fn the_same_case_is_sealed_once() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = seal(one.path(), &package("2022-七一/1"), 1).unwrap();
    let again = seal(one.path(), &Package { title: "别的".into(), ..package("2022-七一/1") }, 50).unwrap();
    assert_eq!(again, Sealed { already: true, ..first.clone() });
    assert_eq!(std::fs::read_dir(one.path().join("2022")).unwrap().count(), 1);
    assert_eq!(seal(two.path(), &package("2022-七一/1"), 1).unwrap().digest, first.digest, "a function of the package");
    let neighbour = seal(one.path(), &package("2022-七一_1"), 4).unwrap();
    assert!(!neighbour.already && neighbour.path != first.path, "another case whose name looks the same");
}

#[test]
fn a_number_is_never_given_twice() {
    let dir = tempfile::tempdir().unwrap();
    seal(dir.path(), &package("a"), 1).unwrap();
    let error = seal(dir.path(), &package("b"), 3).unwrap_err();
    assert!(
        matches!(&error, ArchiveError::NumberTaken { number, .. } if number == "0123-WS·2022-Y-ZZB-0003"),
        "{error}"
    );
    assert!(!error.is_transient());
    seal(dir.path(), &Package { retention: Retention::Years30, ..package("b") }, 3).unwrap();
    seal(dir.path(), &package("c"), 4).unwrap();
}

#[test]
fn what_cannot_be_sealed_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let bad = [
        (Package { fonds: "../x".into(), ..package("a") }, 1),
        (Package { pieces: vec![], ..package("a") }, 1),
        (package("a"), 0),
        (package("a"), 9998),
    ];
    for (package, first) in bad {
        assert!(matches!(seal(dir.path(), &package, first), Err(ArchiveError::Invalid { .. })));
    }
    let mut gone = package("a");
    gone.submissions[0].source = Source::Path(dir.path().join("none"));
    assert!(matches!(seal(dir.path(), &gone, 1), Err(ArchiveError::Folder(_))));
    let year = dir.path().join("2022");
    assert!(files::list(&year).unwrap().iter().all(|name| name.to_string_lossy().starts_with(".building-")));
    let there = dir.path().join("there");
    std::fs::write(&there, "bytes").unwrap();
    gone.submissions[0].source = Source::Path(there);
    let sealed = seal(dir.path(), &gone, 1).unwrap();
    assert_eq!(std::fs::read(sealed.path.join("来件/推荐表.xlsx")).unwrap(), b"bytes");
    assert_eq!(files::list(&year).unwrap().len(), 1, "what a crash left is swept away");
}

#[test]
fn what_comes_later_goes_to_a_supplement() {
    let dir = tempfile::tempdir().unwrap();
    let sealed = seal(dir.path(), &package("a"), 1).unwrap();
    let before = std::fs::read(sealed.path.join("manifest.json")).unwrap();
    let first = supplement(&sealed.path, &more("a/9/1", b"1")).unwrap();
    let second = supplement(&sealed.path, &more("a/9/2", b"2")).unwrap();
    assert_eq!(first.path, sealed.path.join("补充-1"));
    assert_eq!(second.path, sealed.path.join("补充-2"));
    assert_eq!(supplement(&sealed.path, &more("a/9/1", b"3")).unwrap(), Sealed { already: true, ..first });
    assert_eq!(std::fs::read(sealed.path.join("manifest.json")).unwrap(), before);
    assert_eq!(std::fs::metadata(&sealed.path).unwrap().permissions().mode() & 0o777, 0o550);
    assert_eq!(verify(&sealed.path), []);
    assert!(supplement(&sealed.path, &Supplement { files: vec![], ..more("x", b"") }).is_err());
    assert!(supplement(dir.path(), &more("x", b"1")).is_err(), "no package there");
}

#[test]
fn every_change_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let sealed = seal(dir.path(), &package("a"), 1).unwrap();
    supplement(&sealed.path, &more("a/9/1", b"1")).unwrap();
    supplement(&sealed.path, &more("a/9/2", b"2")).unwrap();
    let shut = |mode: u32| {
        for folder in ["", "公文/0001", "来件", "补充-1", "补充-1/文件"] {
            std::fs::set_permissions(sealed.path.join(folder), std::fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    let overwrite = |name: &str, bytes: &[u8]| {
        let _ = std::fs::remove_file(sealed.path.join(name));
        std::fs::write(sealed.path.join(name), bytes).unwrap();
    };
    shut(0o755);
    overwrite("公文/0001/决定.pdf", b"pdF");
    overwrite("来件/新的.txt", b"x");
    std::fs::remove_file(sealed.path.join("事件.jsonl")).unwrap();
    let text = std::fs::read_to_string(sealed.path.join("补充-1/manifest.json")).unwrap();
    overwrite("补充-1/manifest.json", text.replace("送达回证后到", "另有原因").as_bytes());
    overwrite("补充-1/文件/manifest.json", b"other");
    shut(0o555);
    let told: Vec<String> = verify(&sealed.path).iter().map(Problem::to_string).collect();
    assert_eq!(
        told,
        [
            "事件.jsonl: missing",
            "公文/0001/决定.pdf: changed since it was sealed",
            "补充-1/文件/manifest.json: changed since it was sealed",
            "来件/新的.txt: in no manifest",
            "补充-2/manifest.json: does not follow on the manifest before it",
        ]
    );
    shut(0o755);
    overwrite("manifest.json", b"{");
    assert!(matches!(verify(&sealed.path).first(), Some(Problem::Manifest { .. })));
}

#[test]
fn names_are_safe_anywhere() {
    assert_eq!(safe_name("../../etc/passwd"), "_.._etc_passwd");
    assert_eq!(safe_name("a\u{202E}gpj.exe"), "agpj.exe");
    assert_eq!(safe_name(""), "未命名");
    assert_eq!(safe_name("..."), "未命名");
    assert_eq!(safe_name("䶮㛃𬭊（盖章）.pdf"), "䶮㛃𬭊（盖章）.pdf");
    let long = safe_name(&format!("{}.docx", "长".repeat(300)));
    assert!(long.len() <= 200 && long.ends_with("长.docx"));
    let name = archive_number("0123", "WS", 2022, Retention::Years10, "ZZB", 12);
    assert_eq!(name, "0123-WS·2022-D10-ZZB-0012");
    assert_eq!(Retention::parse("30年"), Some(Retention::Years30));
    assert_eq!(Retention::parse("五年"), None);
}

#[test]
fn a_power_cut_anywhere_changes_nothing_in_the_end() {
    let whole = tempfile::tempdir().unwrap();
    let sealed = seal(whole.path(), &package("a"), 1).unwrap();
    let added = supplement(&sealed.path, &more("a/9/1", b"1")).unwrap();
    for nth in 0.. {
        let dir = tempfile::tempdir().unwrap();
        let ((), died) = files::crash::before(nth, || {
            if let Ok(sealed) = seal(dir.path(), &package("a"), 1) {
                let _ = supplement(&sealed.path, &more("a/9/1", b"1"));
            }
        });
        let again = seal(dir.path(), &package("a"), 1).unwrap();
        assert_eq!(again.digest, sealed.digest);
        assert_eq!(supplement(&again.path, &more("a/9/1", b"1")).unwrap().digest, added.digest);
        assert_eq!(tree(dir.path()), tree(whole.path()), "before change {nth}");
        assert_eq!(verify(&again.path), []);
        if !died {
            assert!(nth > 20);
            break;
        }
    }
}
