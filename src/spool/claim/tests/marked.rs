//! Where in files of office programs a mark is seen: every sheet, rich text, names in GBK.

use super::*;

fn mark(name: &str, parts: &[(&str, &str)]) -> Option<&'static str> {
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        to.start_file(name.to_string(), zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(text.as_bytes()).unwrap();
    }
    secrecy::mark_of(&to.finish().unwrap().into_inner(), name, |_| Vec::new())
}

#[test]
fn every_sheet_of_a_workbook_is_looked_at() {
    let inline = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let sheet = |cells: &str| format!("<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>");
    let beside = sheet(&[inline("机密"), inline("说明"), inline("a")].concat());
    assert_eq!(mark("表.xlsx", &[("xl/worksheets/sheet1.xml", &beside)]), Some("机密"));
    // a first sheet so long that the texts of the second stand far behind its own
    let long: String = (0..2_000).map(|number| format!("<si><t>第{number}行的内容</t></si>")).collect();
    let texts = format!("<sst>{long}<si><r><t>机</t></r><r><t>密★1年</t></r></si></sst>");
    let second = sheet("<c r=\"A1\" t=\"s\"><v>2000</v></c><c r=\"B1\" t=\"s\"><v>7</v></c>");
    let first = sheet("<c r=\"A1\" t=\"s\"><v>0</v></c><c><v>2000</v></c>");
    let of = |second: &str| {
        mark(
            "表.xlsx",
            &[
                ("xl/worksheets/sheet1.xml", &first),
                ("xl/worksheets/sheet2.xml", second),
                ("xl/sharedStrings.xml", &texts),
            ],
        )
    };
    assert_eq!(of(&second), Some("机密"));
    assert_eq!(of(&sheet("<c><v>5</v></c>")), None, "a number is no text");
    let table = |text: &str| format!("<table:table><text:p>{text}</text:p></table:table>");
    let content = format!("{}{}", table(&"长".repeat(5_000)), table("机<text:s text:c=\"2\"/>密"));
    assert_eq!(mark("表.ods", &[("mimetype", "x"), ("content.xml", &content)]), Some("机密"));
}

#[test]
fn heads_of_word_files_are_read_as_people_write_them() {
    let of = |paragraphs: &str| mark("件.docx", &[("word/document.xml", paragraphs)]);
    let paragraph = |text: &str| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>");
    for head in ["密级：机密　　编号：001", "机密　　特急", "机密 5年", "机密级", "机密*1年", "機密"]
    {
        assert_eq!(of(&(paragraph(head) + &paragraph("推荐表"))), Some("机密"), "{head}");
    }
    assert_eq!(of(&(paragraph("机") + &paragraph("密"))), Some("机密"));
    assert_eq!(mark("件.docx", &[("word/document2.xml", &paragraph("机密"))]), Some("机密"), "Word for the web");
    let apart = "<w:p><w:r><w:t>机密</w:t><w:tab/><w:t>中共香山镇委员会文件</w:t></w:r></w:p>";
    assert_eq!(of(apart), Some("机密"));
    assert_eq!(of(&paragraph("保守国家秘密先进工作者推荐审批表")), None);
}

#[test]
fn slides_their_notes_and_what_they_are_laid_out_by_are_looked_at() {
    let text = |text: &str| format!("<p:sld><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>");
    for part in ["ppt/slides/slide1.xml", "ppt/slides/slide12.xml", "ppt/notesSlides/notesSlide1.xml"] {
        assert_eq!(
            mark("汇报.pptx", &[("ppt/presentation.xml", "<x/>"), (part, &text("机密★10年"))]),
            Some("机密"),
            "{part}"
        );
    }
    for part in ["ppt/slideMasters/slideMaster1.xml", "ppt/slideLayouts/slideLayout3.xml"] {
        assert_eq!(
            mark("汇报.pptx", &[(part, &text("内部资料")), ("ppt/slides/slide1.xml", &text("秘密"))]),
            Some("秘密")
        );
        assert_eq!(mark("汇报.pptx", &[(part, &text("绝密★长期"))]), Some("绝密"), "{part}");
    }
    assert_eq!(mark("汇报.pptx", &[("ppt/slides/slide1.xml", &text("保守国家秘密工作汇报"))]), None);
    let page = |text: &str| format!("<draw:page><draw:frame><text:p>{text}</text:p></draw:frame></draw:page>");
    let content = format!("{}{}", page(&"长".repeat(5_000)), page("机密★5年"));
    assert_eq!(mark("汇报.odp", &[("mimetype", "x"), ("content.xml", &content)]), Some("机密"));
    assert_eq!(
        mark("汇报.odp", &[("styles.xml", "<style:master-page><text:p>机密</text:p></style:master-page>")]),
        Some("机密")
    );
}

#[test]
fn the_heads_of_the_pages_of_an_ofd_file_are_looked_at() {
    let of = |part: &str, content: &str| {
        let page = format!(
            "<ofd:Page xmlns:ofd=\"http://www.ofdspec.org/2016\"><ofd:Content>{content}</ofd:Content></ofd:Page>"
        );
        mark("公文.ofd", &[("OFD.xml", "<ofd:OFD/>"), ("Doc_0/Document.xml", "<x/>"), (part, &page)])
    };
    let piece = |boundary: &str, text: &str| {
        format!(
            "<ofd:TextObject ID=\"7\" Boundary=\"{boundary}\" Size=\"5\"><ofd:TextCode X=\"0\" Y=\"4\" DeltaX=\"g 3 5\">{text}</ofd:TextCode></ofd:TextObject>"
        )
    };
    let first = "Doc_0/Pages/Page_0/Content.xml";
    assert_eq!(of(first, &piece("28 30 40 6", "机密★10年")), Some("机密"));
    assert_eq!(of(first, "<ofd:TextCode>机密★10年</ofd:TextCode>"), Some("机密"));
    for part in ["Doc_0/Pages/Page_17/Content.xml", "Doc_0/Tpls/Tpl_0/Content.xml", "d/t.xml"] {
        assert_eq!(of(part, &piece("28 30 40 6", "绝密")), Some("绝密"), "{part}");
    }
    // a program may write each character by itself, in any order; a word of a sentence is no mark by that
    let signs = |row: &str, y: u32| -> String {
        let signs: Vec<String> = row
            .chars()
            .enumerate()
            .map(|(n, sign)| piece(&format!("{} {y} 5 6", 28 + n * 5), &sign.to_string()))
            .collect();
        signs.into_iter().rev().collect()
    };
    assert_eq!(of(first, &(signs("关于保密工作", 60) + &signs("机密★3年", 30))), Some("机密"));
    let words = [piece("28 60 20 6", "泄露国家"), piece("48 60 10 6", "秘密"), piece("58 60 20 6", "的责任")].concat();
    assert_eq!(of(first, &words), None);
    // what stands far away in the same row is no part of it
    assert_eq!(of(first, &(piece("28 30 10 6", "机密") + &piece("150 30 30 6", "中共香山镇委员会"))), Some("机密"));
    let low: String = (0..40).map(|row| piece(&format!("28 {} 60 6", 30 + row * 6), "正文")).collect();
    assert_eq!(of(first, &(low + &piece("28 285 10 6", "秘密"))), None, "only the head of a page counts");
}

/// Programs read parts in UTF-16 as well.
#[test]
fn a_head_in_wide_characters_is_read() {
    let text = "\u{FEFF}<w:p><w:r><w:t>机密</w:t></w:r></w:p>";
    let orders: [fn(u16) -> [u8; 2]; 2] = [u16::to_le_bytes, u16::to_be_bytes];
    for order in orders {
        let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        to.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(&text.encode_utf16().flat_map(order).collect::<Vec<u8>>()).unwrap();
        let bytes = to.finish().unwrap().into_inner();
        assert_eq!(secrecy::mark_of(&bytes, "件.docx", |_| Vec::new()), Some("机密"));
    }
}

#[test]
fn rich_text_is_read_whatever_it_is_called() {
    let head = "{\\rtf1\\ansi\\ansicpg936{\\fonttbl{\\f0 \\'cb\\'ce\\'cc\\'e5;}}{\\*\\generator 机密;}";
    let gbk = format!("{head}\\pard \\'bb\\'fa\\'c3\\'dc\\'a1\\'ef1\\'c4\\'ea\\par text}}");
    let numbered = format!("{head}\\uc1\\pard \\u26426?\\u23494\\'3f\\par }}");
    let boxed = format!(
        "{head}{{\\shp{{\\*\\shpinst\\shpleft0{{\\shptxt \\pard \\u-10010?\\u26426?\\u23494?\\par}}}}}}\\par}}"
    );
    let plain = format!("{head}\\pard 1\\par text}}");
    let of = |text: &str| secrecy::mark_of(text.as_bytes(), "通知.doc", |_| Vec::new());
    assert_eq!(of(&gbk), Some("机密"));
    assert_eq!(of(&numbered), Some("机密"));
    assert_eq!(of(&boxed), Some("机密"));
    assert_eq!(of(&plain), None);
    for cut in 0..numbered.len() {
        secrecy::mark_of(&numbered.as_bytes()[..cut], "通知.doc", |_| Vec::new());
    }
}

#[test]
fn a_drop_whose_name_is_gbk_is_taken_and_answered_under_the_name_that_was_meant() {
    let desk = desk();
    let gbk = |name: &str| encoding_rs::GBK.encode(name).0.into_owned();
    desk.put(OsStr::from_bytes(&gbk("名单.csv")), b"a,b");
    let mut claimed = desk.claim();
    assert_eq!((claimed.name.as_str(), claimed.files[0].name.as_str()), ("名单.csv", "名单.csv"));
    answer(&desk, &mut claimed);
    desk.put(std::path::Path::new(OsStr::from_bytes(&gbk("材料"))).join(OsStr::from_bytes(&gbk("照片.txt"))), b"x");
    let mut claimed = desk.claim();
    assert_eq!((claimed.name.as_str(), claimed.files[0].name.as_str()), ("材料", "照片.txt"));
    return_whole(&desk.spool, &mut claimed, "退回").unwrap();
    finish(&desk.spool, &claimed, Answer::Returned).unwrap();
    assert!(desk.office.returns().join("2022-05-16 材料/材料").is_dir(), "{:?}", desk.tree());
    // and a mark in such a name is one
    desk.put(OsStr::from_bytes(&gbk("机密★1年.csv")), b"a,b");
    let error = claim(&desk.spool, OFFICE, &desk.settled()[0], now()).unwrap_err();
    assert!(matches!(error, ClaimError::Secret { .. }), "{error}");
}
