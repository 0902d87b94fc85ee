//! Tests of the faces: what they cover, whose come first, which serves what.

use super::*;

#[test]
fn digests_are_those_of_the_files() {
    for face in BUNDLED {
        assert_eq!(digest(face.bytes), face.digest, "{} changed: write its new digest down", face.file);
    }
    let total: usize = BUNDLED.iter().map(|face| face.bytes.len()).sum();
    assert!(total <= 46_000_000, "{total} bytes of fonts in the program");
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
