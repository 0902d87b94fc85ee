//! Sealed drops and their notes, marks inside files, files with odd names, and what kills its reader.

use super::*;

#[test]
fn a_sealed_drop_without_its_note_gets_it_at_the_start() {
    let desk = desk();
    desk.put("机密★1年.txt", b"a");
    desk.put("绝密.txt", b"b");
    for settled in desk.settled() {
        assert!(matches!(claim(&desk.spool, OFFICE, &settled, now()), Err(ClaimError::Secret { .. })));
    }
    let notes = recover(&desk.spool).unwrap().sealed;
    let names = notes.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect::<Vec<_>>();
    let expected = [1, 2].map(|number| format!("2022-05-16 涉密材料 20220516-093000-{number} 退件说明.txt"));
    assert_eq!(names, expected);
    let text = fs::read_to_string(&notes[0]).unwrap();
    assert!(
        text.contains("第一党支部：") && text.contains("2022年5月16日9时30分") && !text.contains("机密★"),
        "{text}"
    );
    assert!(recover(&desk.spool).unwrap().sealed.is_empty());
}

#[test]
fn a_marked_drop_met_only_at_the_start_gets_its_note() {
    let desk = desk();
    desk.put("a.yaml", b"a");
    let mut begun = desk.begin(&desk.settled()[0]);
    take(&desk.spool, &mut begun, &desk.office.handed_in().join("a.yaml")).unwrap();
    fs::write(begun.hold_folder(&desk.spool).join("a.yaml"), "密级: 机密\n").unwrap();
    let found = recover(&desk.spool).unwrap().claims.remove(0);
    assert!(matches!(take_up(&desk.spool, found), Err(ClaimError::Secret { .. })));
    let recovery = recover(&desk.spool).unwrap();
    assert_eq!((recovery.claims.len(), recovery.troubles.len(), recovery.sealed.len()), (0, 0, 1));
}

fn office_file(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        to.start_file(name.to_string(), zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(text.as_bytes()).unwrap();
    }
    to.finish().unwrap().into_inner()
}

#[test]
fn marks_inside_word_and_excel_files_are_seen() {
    let paragraph =
        |text: &str| format!("<w:document><w:p><w:r><w:t>标题</w:t></w:r></w:p><w:p>{text}</w:p></w:document>");
    let marked = [
        (
            "甲.docx",
            "word/document.xml",
            paragraph("<w:r><w:t>机</w:t></w:r><w:r><w:t xml:space=\"preserve\">密★10年 </w:t></w:r>"),
        ),
        ("乙.docx", "word/header2.xml", paragraph("<w:r><w:t>&#31192;密</w:t></w:r>")),
        ("没有扩展名", "word/document.xml", paragraph("<w:r><w:t>（绝　密）</w:t></w:r>")),
        (
            "丙.xlsx",
            "xl/sharedStrings.xml",
            "<sst><si><t>表</t></si><si><r><t>秘</t></r><r><t>密</t></r></si></sst>".to_owned(),
        ),
        ("丁.xlsx", "xl/sharedStrings.xml", "<x:sst><x:si><x:t>密级：机密</x:t></x:si></x:sst>".to_owned()),
        (
            "戊.xlsx",
            "xl/worksheets/sheet1.xml",
            "<row><c t=\"inlineStr\"><is><t>机密</t></is></c><c><v>7</v></c></row>".to_owned(),
        ),
        ("己.xlsx", "xl/worksheets/sheet2.xml", "<oddHeader>&amp;L表&amp;C秘密★1年&amp;R1</oddHeader>".to_owned()),
        (
            "庚.ods",
            "content.xml",
            "<table:table-cell><text:p>表</text:p></table:table-cell><text:p>机<text:span>密</text:span>★5年</text:p>"
                .to_owned(),
        ),
        (
            "辛.odt",
            "styles.xml",
            "<style:header><text:p><text:span>绝密</text:span></text:p></style:header>".to_owned(),
        ),
    ];
    for (name, part, xml) in &marked {
        let desk = desk();
        desk.put(format!("材料/{name}"), &office_file(&[(part, xml)]));
        let error = claim(&desk.spool, OFFICE, &desk.settled()[0], now()).unwrap_err();
        assert!(matches!(error, ClaimError::Secret { .. }), "{name}: {error}");
        assert_eq!(files::list(&desk.spool.originals()).unwrap().len(), 0);
    }
    let speaking = paragraph("<w:r><w:t>遵守保密纪律，保守国家秘密，绝密、机密、秘密分级管理</w:t></w:r>");
    let cells = "<sst><si><t>保守国家秘密先进个人</t></si><si><t>计算机密码</t></si></sst>";
    for (name, part, xml) in [
        ("计算机密码管理制度.docx", "word/document.xml", speaking.as_str()),
        ("表.xlsx", "xl/sharedStrings.xml", cells),
        ("表.ods", "content.xml", "<text:p>机<text:span>密</text:span>工作</text:p><text:p>保守秘密</text:p>"),
    ] {
        let desk = desk();
        desk.put(name, &office_file(&[(part, xml)]));
        assert_eq!(desk.claim().files.len(), 1, "{name}");
    }
}

/// What the old formats, PDFs and letters bear is seen, alone, in a folder and in a zip file.
#[test]
fn marks_inside_other_files_are_seen() {
    let old = include_bytes!("../../../../tests/data/forms/list.xls");
    let name: Vec<u8> = "学历".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mark: Vec<u8> = "机密".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let at = old.windows(name.len()).position(|window| window == name).unwrap();
    let mut marked = old.to_vec();
    marked[at..at + mark.len()].copy_from_slice(&mark);
    let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let word = [&[0xD0, 0xCF, 0x11, 0xE0][..], &[0; 508], &wide("秘密★10年\r关于某事的通知\r")].concat();
    let plain = [&[0xD0, 0xCF, 0x11, 0xE0][..], &[0; 508], &wide("关于保守国家秘密的通知\r")].concat();
    let pdf = |_: &[u8]| vec!["000001".to_owned(), "绝密★1年".to_owned()];
    for (name, bytes, wanted) in [
        ("表.xls", marked.as_slice(), Some("机密")),
        ("名单.xls", old, None),
        ("件.doc", &word, Some("秘密")),
        ("件.wps", &plain, None),
        ("通知.wps", &word, Some("秘密")),
        ("说明.wps", "机　密\n".as_bytes(), Some("机密")),
        ("件.pdf", b"%PDF-1.7 1 0 obj %%EOF", Some("绝密")),
        ("信.eml", "Subject: a\r\n\r\n机密\r\n".as_bytes(), Some("机密")),
        ("照片.jpg", b"\xFF\xD8", None),
    ] {
        assert_eq!(secrecy::mark_of(bytes, name, pdf), wanted, "{name}");
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
        let zip = zip.finish().unwrap().into_inner();
        assert_eq!(secrecy::mark_of(&zip, "包.zip", pdf), wanted, "{name} in a zip file");
    }
}

#[test]
fn a_claim_that_kills_its_reader_comes_back_unread() {
    let desk = desk();
    desk.put("表.yaml", b"a: 1");
    assert!(desk.claim().faults.is_empty());
    // each time the daemon dies of the reading
    for _ in 1..ATTEMPTS_MAX {
        assert!(desk.recovered()[0].faults.is_empty());
    }
    assert!(desk.recovered()[0].faults[0].say.contains("文件内容无法读取"));
}

#[test]
fn files_with_odd_names_in_a_folder_are_kept() {
    let desk = desk();
    for name in [".名单.yaml", "~张三照片.txt", ".附件/a.txt", "thumbs.db/表.yaml"] {
        desk.put(format!("材料/{name}"), name.as_bytes());
    }
    for junk in
        ["~$名单.docx", ".~lock.名单.docx#", ".DS_Store", "._名单.yaml", "Thumbs.DB", "desktop.ini", "@eaDir/a.jpg"]
    {
        desk.put(format!("材料/{junk}"), b"junk");
    }
    let mut claimed = desk.claim();
    let names = claimed.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>();
    assert_eq!(names, [".名单.yaml", ".附件/a.txt", "thumbs.db/表.yaml", "~张三照片.txt"]);
    for file in &claimed.files {
        assert_eq!(read_original(&desk.spool, &file.digest).unwrap(), file.name.as_bytes());
    }
    answer(&desk, &mut claimed);
    assert_eq!(desk.tree(), ["offices/第一党支部/回执/回执.txt", "state/answered/第一党支部/20220516-093000-1.json"]);
}

#[test]
fn what_was_not_kept_is_never_deleted() {
    let desk = desk();
    desk.put("材料/a.yaml", b"a");
    desk.put("材料/b.yaml", b"b");
    let mut claimed = desk.claim();
    claimed.files.remove(0);
    claimed.record(&desk.spool).unwrap();
    answer(&desk, &mut claimed);
    let note = fs::read_to_string(desk.office.returns().join("2022-05-16 材料/退件说明.txt")).unwrap();
    assert!(note.contains("没有读取的文件：a.yaml"), "{note}");
    assert_eq!(fs::read(desk.office.returns().join("2022-05-16 材料/材料/a.yaml")).unwrap(), b"a");
    assert!(desk.recovered().is_empty());
    assert!(desk.spool.answered(OFFICE).join("20220516-093000-1.json").exists());
}

#[test]
fn what_was_claimed_beside_a_drop_that_kills_its_reader_is_not_returned_with_it() {
    let desk = desk();
    desk.put("a.yaml", b"a");
    desk.put("b.yaml", b"b");
    desk.settled().iter().for_each(|settled| drop(claim(&desk.spool, OFFICE, settled, now()).unwrap()));
    for _ in 0..2 {
        // the first is read, and the daemon ends with it; nobody comes to the second
        let found = recover(&desk.spool).unwrap().claims.remove(0);
        take_up(&desk.spool, found).unwrap();
    }
    let faults: Vec<usize> = desk.recovered().iter().map(|claimed| claimed.faults.len()).collect();
    assert_eq!(faults, [1, 0]);
}

#[test]
fn what_kills_its_reader_twice_comes_back_to_be_returned() {
    let desk = desk();
    desk.put("a.yaml", b"a");
    assert!(desk.claim().faults.is_empty());
    assert!(desk.recovered()[0].faults.is_empty(), "the second attempt");
    let mut third = desk.recovered().remove(0);
    assert!(third.faults[0].say.contains("文件内容无法读取"));
    assert!(matches!(finish(&desk.spool, &third, Answer::Returned), Err(ClaimError::Unreturned { .. })));
    // one that had been accepted before is answered so: nothing is wrong with it
    assert_eq!(finish(&desk.spool, &third.clone(), Answer::Accepted).unwrap(), Finished::Filed);
    desk.put("b.yaml", b"b");
    desk.claim();
    desk.recovered();
    third = desk.recovered().remove(0);
    answer(&desk, &mut third);
    assert_eq!(fs::read(desk.office.returns().join("2022-05-16 b/b.yaml")).unwrap(), b"b");
}
