//! A form with its attachments in one zip file.

use super::*;
use encoding_rs::GBK;
use zip::write::SimpleFileOptions;

/// One entry of a zip file as programs write it.
struct Put<'a> {
    name: &'a [u8],
    /// the flag that says the name is UTF-8
    utf8: bool,
    /// the field Info-ZIP adds
    unicode: Option<&'a str>,
    encrypted: bool,
    content: &'a [u8],
}

fn put<'a>(name: &'a [u8], content: &'a [u8]) -> Put<'a> {
    Put { name, utf8: false, unicode: None, encrypted: false, content }
}

/// A zip file byte by byte, for the library writes no names in GBK. Nothing is packed.
fn zip(entries: &[Put<'_>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut list = Vec::new();
    for entry in entries {
        let at = u32::try_from(bytes.len()).unwrap();
        let extra = entry.unicode.map(|name| unicode_path(entry.name, name)).unwrap_or_default();
        let size = u32::try_from(entry.content.len()).unwrap().to_le_bytes();
        let flags = u16::from(entry.utf8) << 11 | u16::from(entry.encrypted);
        let mut common = Vec::new();
        common.extend(20_u16.to_le_bytes());
        common.extend(flags.to_le_bytes());
        common.extend([0; 6]);
        common.extend(crc(entry.content).to_le_bytes());
        common.extend(size);
        common.extend(size);
        common.extend(u16::try_from(entry.name.len()).unwrap().to_le_bytes());
        common.extend(u16::try_from(extra.len()).unwrap().to_le_bytes());
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&common);
        bytes.extend(entry.name);
        bytes.extend(&extra);
        bytes.extend(entry.content);
        list.extend(b"PK\x01\x02\x14\0");
        list.extend(&common);
        list.extend([0; 10]);
        list.extend(at.to_le_bytes());
        list.extend(entry.name);
        list.extend(&extra);
    }
    let (from, length) = (u32::try_from(bytes.len()).unwrap(), u32::try_from(list.len()).unwrap());
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    bytes.extend(list);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend(count);
    bytes.extend(count);
    bytes.extend(length.to_le_bytes());
    bytes.extend(from.to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}

fn unicode_path(raw: &[u8], name: &str) -> Vec<u8> {
    let mut field = vec![0x75, 0x70];
    field.extend(u16::try_from(name.len() + 5).unwrap().to_le_bytes());
    field.push(1);
    field.extend(crc(raw).to_le_bytes());
    field.extend(name.as_bytes());
    field
}

fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    };
    !bytes.iter().fold(u32::MAX, step)
}

fn gbk(name: &str) -> Vec<u8> {
    GBK.encode(name).0.into_owned()
}

fn names(claimed: &Claimed) -> Vec<&str> {
    claimed.contents().map(|file| file.name.as_str()).collect()
}

/// What is said of a zip file, by place.
fn says(bytes: &[u8]) -> Vec<(String, String)> {
    let desk = desk();
    desk.put("材料.zip", bytes);
    let mut claimed = desk.claim();
    let said = claimed.faults.iter().map(|fault| (fault.place.clone(), fault.say.clone())).collect();
    answer(&desk, &mut claimed);
    assert!(desk.office.returns().join("2022-05-16 材料/材料.zip").exists());
    said
}

#[test]
fn a_zip_file_is_taken_apart_as_if_it_had_been_a_folder() {
    let (form, opinion) = (gbk("推荐材料/推荐表.yaml"), gbk("推荐材料\\附件\\廉政意见.pdf"));
    let folder = gbk("推荐材料/");
    let bytes = zip(&[
        put(&folder, b""),
        put(&form, "填表人: 李四".as_bytes()),
        put(&opinion, b"%PDF-1.7 1 0 obj %%EOF"),
        put("推荐材料/照片.jpg".as_bytes(), b"\xFF\xD8\xFF\xDA\0\x02\xFF\xD9"),
        put(b"__MACOSX/._x", b"junk"),
        put(&gbk("推荐材料/Thumbs.db"), b"junk"),
    ]);
    let desk = desk();
    desk.put("材料.zip", &bytes);
    let mut claimed = desk.claim();
    assert_eq!(claimed.faults, []);
    // one folder around all is no part of the names; what is not UTF-8 is GBK
    assert_eq!(names(&claimed), ["推荐表.yaml", "附件/廉政意见.pdf", "照片.jpg"]);
    assert_eq!((claimed.container.as_deref(), claimed.digest.clone()), (Some("材料.zip"), files::digest_hex(&bytes)));
    for file in &claimed.files {
        assert_eq!(read_original(&desk.spool, &file.digest).unwrap().len() as u64, file.bytes, "{}", file.name);
    }
    // what it held is found again after a crash
    let recovered = desk.recovered().remove(0);
    assert_eq!((names(&recovered), &recovered.container), (names(&claimed), &claimed.container));
    answer(&desk, &mut claimed);
    assert_eq!(desk.tree(), ["offices/第一党支部/回执/回执.txt", "state/answered/第一党支部/20220516-093000-1.json"]);
}

#[test]
fn names_are_read_by_flag_by_field_or_by_their_bytes() {
    let lian_tong = gbk("联通.yaml");
    let bytes = zip(&[
        Put { utf8: true, ..put("甲.yaml".as_bytes(), b"1") },
        Put { unicode: Some("乙䶮.yaml"), ..put(b"____.yaml", b"2") },
        // the two characters whose bytes are UTF-8 as well
        put(&lian_tong, b"3"),
        put(b"d.yaml", b"4"),
    ]);
    let desk = desk();
    desk.put("材料.zip", &bytes);
    assert_eq!(names(&desk.claim()), ["甲.yaml", "乙䶮.yaml", "联通.yaml", "d.yaml"]);
}

/// Such names come from Linux and Mac; loose files have them too.
#[test]
fn a_name_that_windows_would_not_have_points_nowhere_outside() {
    let bytes = zip(&[put("a:b*?.yaml".as_bytes(), b"1"), put("材料/10:30会议.yaml".as_bytes(), b"1")]);
    let desk = desk();
    desk.put("材料.zip", &bytes);
    let claimed = desk.claim();
    assert_eq!(claimed.faults, []);
    assert_eq!(names(&claimed), ["a:b*?.yaml", "材料/10:30会议.yaml"]);
}

#[test]
fn what_is_wrong_with_a_zip_file_is_said_by_name_and_all_at_once() {
    let inner = zip(&[put(b"a.txt", b"a")]);
    let bytes = zip(&[
        put(b"../../etc/passwd", b"x"),
        put(b"C:\\a.yaml", b"x"),
        put(b"/b.yaml", b"x"),
        Put { encrypted: true, ..put(b"c.yaml", b"x") },
        put(b"D.yaml", b"x"),
        put(b"d.yaml", b"x"),
        put(b"\xFF\xFF.yaml", b"x"),
        put(b"1/2/3/4/5/6/7/8/9.yaml", b"x"),
    ]);
    let said = says(&bytes);
    let wanted = [
        ("../../etc/passwd", "指向压缩包之外"),
        ("C:/a.yaml", "指向压缩包之外"),
        ("/b.yaml", "指向压缩包之外"),
        ("c.yaml", "设了密码"),
        ("d.yaml", "另一个文件同名"),
        ("1/2/3/4/5/6/7/8/9.yaml", "套得太深"),
    ];
    for (place, say) in wanted {
        assert!(said.iter().any(|(at, words)| at == place && words.contains(say)), "{place} {say} in {said:?}");
    }
    assert!(said.iter().any(|(_, words)| words.contains("文件名认不出")), "{said:?}");
    assert_eq!(said.len(), 7);
    let within = says(&zip(&[put(b"a/b.zip", &inner), put(b"a/c.rar", b"Rar!\x1A\x07\x01"), put(b"a/empty", b"")]));
    let places = within.iter().map(|(place, _)| place.as_str()).collect::<Vec<_>>();
    assert_eq!(places, ["b.zip", "c.rar", "empty"]);
    assert!(within[0].1.contains("压缩包里的压缩包") && within[1].1.contains("压缩包里的压缩包"));
    assert!(says(&zip(&[put(b"a.yaml", b"1"), put(b"a.yaml", b"2")]))[0].1.contains("重名"));
    assert!(says(&zip(&[]))[0].1.contains("没有文件"));
    assert!(says(b"Rar!\x1A\x07\x01")[0].1.contains("RAR"));
    assert!(says(b"7z\xBC\xAF\x27\x1C\0")[0].1.contains("7Z"));
    let whole = zip(&[put(b"a.yaml", b"1")]);
    assert!(says(&whole[..whole.len() - 10])[0].1.contains("损坏"));
    let mut rotten = whole.clone();
    rotten[36] = b'2';
    assert!(says(&rotten)[0].1.contains("已经损坏"));
}

#[test]
fn zip_files_over_the_limits_are_not_unpacked() {
    let name = |n: usize| format!("{n}.txt").into_bytes();
    let many: Vec<Vec<u8>> = (0..=PACKAGE_FILES_MAX).map(name).collect();
    let many: Vec<Put<'_>> = many.iter().map(|name| put(name, b"x")).collect();
    assert!(says(&zip(&many))[0].1.contains("太多"));
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("a.txt", SimpleFileOptions::default()).unwrap();
    writer.write_all(&vec![b' '; 70 * 1024 * 1024]).unwrap();
    let bomb = writer.finish().unwrap().into_inner();
    assert!(bomb.len() < 200_000);
    assert!(says(&bomb)[0].1.contains("展开后过大"));
}

#[test]
fn office_files_are_no_packages_and_pictures_have_a_size() {
    let desk = desk();
    desk.put("表.xlsx", &zip(&[put(b"[Content_Types].xml", b"<x/>"), put(b"xl/workbook.xml", b"<x/>")]));
    let claimed = desk.claim();
    assert_eq!((claimed.files.len(), claimed.container, claimed.faults), (1, None, Vec::new()));
    let picture = |width: u32| {
        let mut png = b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR".to_vec();
        png.extend(width.to_be_bytes());
        png.extend(width.to_be_bytes());
        png.extend([8, 2, 0, 0, 0]);
        png.extend(b"IEND");
        png
    };
    let said = says(&zip(&[put(b"a.png", &picture(20_000)), put(b"b.png", &picture(4_000)), put(b"c.png", b"GIF8")]));
    assert_eq!(said.len(), 1);
    assert!(said[0].0 == "a.png" && said[0].1.contains("20000×20000像素"), "{said:?}");
}

#[test]
fn a_mark_within_a_zip_file_seals_it_unread() {
    let word = zip(&[
        put(b"word/document.xml", "<w:p><w:t>机密★5年</w:t></w:p>".as_bytes()),
        put(b"[Content_Types].xml", b"<x/>"),
    ]);
    let (by_name, text) = (gbk("材料/【秘密】名单.pdf"), gbk("绝密\r\n关于"));
    for entry in [put(&by_name, b"%PDF-1.7 1 0 obj %%EOF"), put("报告.docx".as_bytes(), &word), put(b"a.txt", &text)]
    {
        let desk = desk();
        desk.put("材料.zip", &zip(&[put(b"ok.txt", b"ok"), entry]));
        let error = claim(&desk.spool, OFFICE, &desk.settled()[0], now()).unwrap_err();
        assert!(matches!(error, ClaimError::Secret { .. }), "{error}");
        assert_eq!(files::list(&desk.spool.originals()).unwrap().len(), 0);
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]

    /// Bytes changed anywhere in a package give files or faults.
    #[test]
    fn mutated_packages_never_panic(changes in proptest::collection::vec((0..2000_usize, proptest::prelude::any::<u8>()), 1..10)) {
        let name = gbk("材料/廉政意见.pdf");
        let mut bytes = zip(&[put(&name, b"%PDF-1.7 1 0 obj %%EOF"), Put { unicode: Some("乙.yaml"), ..put(b"_.yaml", b"2") }]);
        for (at, byte) in changes {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        // the part that guards against other people's panics would hide ours
        let _ = super::super::zipped::look("材料.zip", &bytes);
    }
}
