//! Tests of the faces: what they cover, whose come first, which serves what.

use super::*;

#[test]
fn digests_are_those_of_the_files() {
    for face in BUNDLED {
        assert_eq!(digest(face.bytes), face.digest, "{} changed: write its new digest down", face.file);
    }
    let total: usize = BUNDLED.iter().map(|face| face.bytes.len()).sum();
    assert!(total <= 67_000_000, "{total} bytes of fonts in the program");
}

#[test]
fn rare_names_are_covered_and_the_rest_is_named() {
    let fonts = Fonts::bundled();
    assert_eq!(fonts.missing("䶮㛃𬭊𫖯㙍，张三 1——“”〔〕★①\n"), Vec::<char>::new());
    assert_eq!(fonts.missing("甲\u{1F600}乙\u{13000}\u{1F600}"), vec!['\u{1F600}', '\u{13000}']);
}

#[test]
fn every_role_begins_with_its_own_face_and_ends_with_all() {
    let fonts = Fonts::bundled();
    let first: Vec<String> = Role::ALL.into_iter().map(|role| fonts.families(role).swap_remove(0)).collect();
    assert_eq!(first, ["FandolFang R", "Noto Sans SC", "FandolKai", "Noto Serif CJK SC", "Noto Serif SC"]);
    let own = ["FandolFang R", "Noto Serif SC", "Noto Sans SC", "FandolKai", "Noto Serif CJK SC"];
    assert_eq!(fonts.families(Role::Text)[..5], own);
    assert_eq!(fonts.families(Role::Text)[5..], ["Banwen Symbol Supplement", "Banwen Han Supplement"]);
}

#[test]
fn an_offices_face_comes_first_and_changes_the_digest() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("a.otf"), BUNDLED[2].bytes).unwrap();
    std::fs::write(directory.path().join("readme.txt"), "not a font").unwrap();
    let fonts = Fonts::with_directory(directory.path()).unwrap();
    assert_ne!(fonts.digest(), Fonts::bundled().digest());
    assert_eq!(fonts.faces[0].role, Some(Role::Script));
    assert!(fonts.font(0).is_some());
    assert_eq!(fonts.unused(), []);
}

/// Where a table of a face is told of, and where it stands.
fn table(face: &[u8], tag: &[u8]) -> (usize, usize, usize) {
    let record = face.windows(4).position(|it| it == tag).unwrap();
    let number = |at: usize| u32::from_be_bytes(face[at..at + 4].try_into().unwrap()) as usize;
    (record, number(record + 8), number(record + 12))
}

#[test]
fn damaged_files_are_not_used_and_each_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(directory.path().join(name), bytes).unwrap();
    let whole = BUNDLED[2].bytes;
    put("a.otf", whole);
    // four fifths of a file, as a copy that was cut off leaves it: its character map is whole, its outlines are not
    put("b-cut.otf", &whole[..whole.len() * 4 / 5]);
    put("c-stub.ttf", &whole[..5000]);
    put("d-empty.otf", b"");
    put("e-text.ttf", b"not a font");
    // a copy whose room was made first, and filled half
    let (_, from, length) = table(whole, b"CFF ");
    let mut hollow = whole.to_vec();
    hollow[from + length / 2..from + length].fill(0);
    put("f-hollow.otf", &hollow);
    put("readme.txt", b"not a font");
    std::os::unix::fs::symlink("/dev/zero", directory.path().join("g-zero.ttf")).unwrap();
    std::fs::create_dir(directory.path().join("h.ttf")).unwrap();
    let fonts = Fonts::with_directory(directory.path()).unwrap();
    let told: Vec<_> =
        fonts.unused().iter().map(|it| (it.path.file_name().unwrap().to_str().unwrap(), it.reason.as_str())).collect();
    let names: Vec<_> = told.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["b-cut.otf", "c-stub.ttf", "d-empty.otf", "e-text.ttf", "f-hollow.otf", "g-zero.ttf", "h.ttf"]);
    for (at, words) in [(0, "it was copied in part"), (1, "it was copied in part"), (2, "it is empty"), (3, "no font")]
    {
        assert!(told[at].1.contains(words), "{told:?}");
    }
    assert!(told[4].1.contains("draws nothing for"), "{told:?}");
    assert_eq!(fonts.count(), 1 + BUNDLED.len());
    assert!(fonts.unused().iter().all(|it| !it.help.is_empty()));
}

/// The second net: were a damaged face used all the same, its paper would be examined and not go out.
#[test]
fn a_paper_set_in_a_damaged_face_shows_blanks() {
    use crate::document::{gallery, inspect, pdf, template::Template};
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cut.otf");
    let whole = BUNDLED[0].bytes;
    std::fs::write(&path, &whole[..whole.len() * 4 / 5]).unwrap();
    let cut = Face {
        digest: digest(&std::fs::read(&path).unwrap()),
        source: Source::File { path, index: 0 },
        role: Some(Role::Text),
        info: OnceLock::new(),
        font: OnceLock::new(),
    };
    let faces = std::iter::once(cut).chain(bundled_faces().into_iter().skip(1)).collect();
    let fonts = Fonts { faces: Arc::new(faces), unused: Arc::default() };
    let template = Template::parse("通知", include_str!("../gallery/通知.md")).unwrap();
    let document = template.render(&gallery::Demand::Short.data()).unwrap();
    let blanks = |fonts: &Fonts| {
        let report = inspect::examine(&pdf::pdf(&document, fonts).unwrap(), None).unwrap();
        report.grave().filter(|it| it.rule.id == "glyphs-drawn").count()
    };
    assert_eq!(blanks(&Fonts::bundled()), 0);
    assert!(blanks(&fonts) > 0, "a blank paper is found");
}

#[test]
fn no_more_files_than_are_read_are_used() {
    let directory = tempfile::tempdir().unwrap();
    for number in 0..=FONT_FILES_MAX {
        std::fs::write(directory.path().join(format!("{number:02}.ttf")), "").unwrap();
    }
    let fonts = Fonts::with_directory(directory.path()).unwrap();
    assert_eq!(fonts.unused().len(), FONT_FILES_MAX + 1);
    assert!(fonts.unused()[FONT_FILES_MAX].reason.contains("at most 32"), "{:?}", fonts.unused().last());
}

#[test]
fn families_name_their_role() {
    let named = [
        "方正小标宋_GBK",
        "FZXiaoBiaoSong-B05S",
        "仿宋_GB2312",
        "FangSong",
        "楷体_GB2312",
        "SimHei",
        "SimSun",
        "Arial",
    ];
    let roles: Vec<_> = named.into_iter().map(role_of).collect();
    let expected = [Role::Title, Role::Title, Role::Text, Role::Text, Role::Script, Role::Heading, Role::Plain];
    assert_eq!(roles[..7], expected.map(Some));
    assert_eq!(roles[7], None);
}

#[test]
fn the_licence_of_every_face_stands_beside_it() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts");
    let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
    let mut rows: Vec<(String, String)> = Vec::new();
    for line in readme.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let file = cells[0].trim_matches('`').to_owned();
        // the same licence as the face above
        let licence = match cells.last().unwrap() {
            &"the same" => rows.last().unwrap().1.clone(),
            told => (*told).to_owned(),
        };
        rows.push((file, licence));
    }
    let names = std::fs::read_dir(&folder).unwrap().map(|it| it.unwrap().file_name().to_string_lossy().into_owned());
    let mut faces: Vec<String> =
        names.filter(|name| [".otf", ".ttf", ".ttc"].iter().any(|end| name.ends_with(end))).collect();
    faces.sort();
    let mut told: Vec<&String> = rows.iter().map(|(file, _)| file).collect();
    told.sort();
    assert_eq!(told, faces.iter().collect::<Vec<_>>(), "the table of fonts/README.md");
    let mut bundled: Vec<&str> = BUNDLED.iter().map(|face| face.file).collect();
    bundled.sort_unstable();
    assert_eq!(bundled, faces, "what is in the folder is in the program");
    // the name of each licence, its file, and words of it that no other has
    let known = [
        (
            "GPL-3.0 with font exception",
            "COPYING.Fandol",
            "As a special exception, if you create a document which uses this font",
        ),
        ("OFL-1.1", "OFL.txt", "SIL OPEN FONT LICENSE"),
        ("Hanazono Font License", "LICENSE.Hanazono", "Hanazono"),
    ];
    for (file, licence) in rows {
        let (_, beside, words) = known.into_iter().find(|(name, ..)| licence.starts_with(name)).unwrap();
        assert!(licence.ends_with(&format!("`{beside}`")), "{file}: {licence}");
        let text = std::fs::read_to_string(folder.join(beside)).unwrap();
        assert!(text.contains(words) && text.len() > 500, "{file}: {beside}");
    }
}
