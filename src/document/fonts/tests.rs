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
    let all =
        ["FandolFang R", "Noto Serif SC", "Noto Sans SC", "FandolKai", "Noto Serif CJK SC", "Banwen Han Supplement"];
    assert_eq!(fonts.families(Role::Text), all);
}

#[test]
fn an_offices_face_comes_first_and_changes_the_digest() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("a.otf"), BUNDLED[2].bytes).unwrap();
    std::fs::write(directory.path().join("readme.txt"), "not a font").unwrap();
    let fonts = Fonts::with_directory(directory.path()).unwrap();
    assert_ne!(fonts.digest(), Fonts::bundled().digest());
    assert_eq!(fonts.0[0].role, Some(Role::Script));
    assert!(fonts.font(0).is_some());
    std::fs::write(directory.path().join("b.ttf"), "not a font").unwrap();
    let error = Fonts::with_directory(directory.path()).unwrap_err();
    assert!(error.to_string().contains("b.ttf"), "{error}");
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
