//! What a file of an office program brings along unseen: in every format refused by its name, as a form and as an attachment.

use super::*;
use crate::spool::reader::{OfPdf, Pdfs, looked_into};
use std::io::Cursor;

fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        to.start_file(name.to_string(), zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(text.as_bytes()).unwrap();
    }
    to.finish().unwrap().into_inner()
}

/// The package with other bytes in one part.
fn replaced(bytes: &[u8], part: &str, with: &[u8]) -> Vec<u8> {
    let mut package = crate::ooxml::package::Package::read(bytes).unwrap();
    package.put(part, with.to_vec());
    package.write().unwrap()
}

const TYPES: (&str, &str) = ("[Content_Types].xml", "<Types/>");

fn says(name: &str, bytes: &[u8]) -> String {
    let (_, faults) = looked_into(name, bytes, Pdfs::NONE);
    assert!(faults.iter().all(|fault| fault.place == name), "{faults:?}");
    faults.into_iter().map(|fault| fault.say).collect::<Vec<_>>().join("；")
}

/// A relation of a kind, to somewhere else or to a part.
fn relation(kind: &str, target: &str, external: bool) -> String {
    let mode = if external { " TargetMode=\"External\"" } else { "" };
    format!("<Relationships><Relationship Id=\"r9\" Type=\"x/{kind}\" Target=\"{target}\"{mode}/></Relationships>")
}

fn word(parts: &[(&str, &str)]) -> String {
    says("表.docx", &package(&[&[TYPES, ("word/document.xml", "<x/>")], parts].concat()))
}

fn workbook(parts: &[(&str, &str)]) -> String {
    says("表.xlsx", &package(&[&[TYPES, ("xl/workbook.xml", "<x/>")], parts].concat()))
}

#[test]
fn what_runs_or_leads_elsewhere_is_refused_by_name() {
    let related = |kind: &str| word(&[("word/_rels/document.xml.rels", &relation(kind, "http://a", true))]);
    assert!(word(&[("word/vbaProject.bin", "x")]).contains("带有宏"));
    assert!(word(&[("word/embeddings/oleObject1.bin", "x")]).contains("OLE 对象"));
    assert!(word(&[("word/activeX/activeX1.xml", "<x/>")]).contains("控件"));
    assert!(related("attachedTemplate").contains("外部模板"));
    assert!(related("image").contains("指向外部的链接"));
    let chunk = relation("aFChunk", "a.html", false);
    assert!(word(&[("word/_rels/document.xml.rels", &chunk)]).contains("嵌入了别的文档"));
    assert_eq!(related("hyperlink"), "", "an address that was typed is a link");
    let all = word(&[
        ("word/vbaProject.bin", "x"),
        ("word/embeddings/a.bin", "x"),
        ("word/_rels/document.xml.rels", &relation("oleObject", "http://a", true)),
    ]);
    assert_eq!(all.matches("没有收").count(), 3, "{all}");
}

#[test]
fn fields_that_fetch_or_run_are_refused_by_name() {
    let code = "DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe";
    let pieces = "<w:r><w:fldChar/><w:instrText> DDE</w:instrText></w:r><w:r><w:instrText>AUTO c:</w:instrText></w:r>";
    let word = |part: &str, content: &str| says("表.docx", &package(&[TYPES, (part, content)]));
    assert!(word("word/document.xml", &format!("<w:p>{pieces}</w:p>")).contains("域（DDEAUTO）"));
    assert!(
        word("word/header1.xml", "<w:hdr><w:fldSimple w:instr=\" includetext a\"/></w:hdr>")
            .contains("域（INCLUDETEXT）")
    );
    assert_eq!(word("word/footer1.xml", "<w:ftr><w:fldSimple w:instr=\" PAGE \"/></w:ftr>"), "");
    let rich = format!("{{\\rtf1{{\\field{{\\*\\fldinst {{\\b {code}}}}}{{\\fldrslt 1}}}}}}");
    assert!(says("表.doc", rich.as_bytes()).contains("域（DDEAUTO）"), "{rich}");
    let old = |text: &[u8]| says("表.doc", &[&[0xD0, 0xCF, 0x11, 0xE0][..], &[0; 508], text].concat());
    assert!(old(b"\x13 DDEAUTO c:\x14").contains("域（DDEAUTO）"));
    let wide: Vec<u8> = "\u{13} LINK Excel".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(old(&wide).contains("域（LINK）"));
    assert_eq!(old(b"\x13 PAGE \x14"), "");
}

/// Programs read parts in UTF-16 too, under any prefix; a part that breaks off is looked at as far as it goes.
#[test]
fn what_runs_is_found_however_its_part_is_written() {
    let wide = |text: &str, big: bool| -> Vec<u8> {
        let units = text.encode_utf16();
        if big { units.flat_map(u16::to_be_bytes).collect() } else { units.flat_map(u16::to_le_bytes).collect() }
    };
    let said = |part: &str, content: &[u8]| {
        let blank = package(&[TYPES, ("word/document.xml", "<x/>"), ("word/_rels/document.xml.rels", "<x/>")]);
        says("表.docx", &replaced(&blank, part, content))
    };
    let text = "<w:p><w:r><w:instrText> DDEAUTO c:</w:instrText></w:r></w:p>";
    for big in [false, true] {
        let marked = wide(&format!("\u{FEFF}<?xml version=\"1.0\" encoding=\"UTF-16\"?>{text}"), big);
        assert!(said("word/document.xml", &marked).contains("域（DDEAUTO）"));
        assert!(said("word/document.xml", &wide(text, big)).contains("域（DDEAUTO）"), "without a mark");
        let related = wide(&relation("attachedTemplate", "http://a", true), big);
        assert!(said("word/_rels/document.xml.rels", &related).contains("外部模板"));
    }
    let types = wide("\u{FEFF}<Types>application/vnd.ms-word.document.macroEnabled.main+xml</Types>", false);
    assert!(said("[Content_Types].xml", &types).contains("带有宏"));
    for text in [
        "<x:p><x:r><x:instrText>DDEAUTO c:</x:instrText></x:r></x:p>",
        "<p><r><instrText>DDE</instrText></r><r><instrText>AUTO c:</instrText></r><cut",
        "<w:p><w:instrText><![CDATA[DDEAUTO c:]]></w:instrText>",
        "<w:p><w:fldSimple w:dirty=\"1\" w:instr=\" DDEAUTO c: &#34;\">",
    ] {
        assert!(said("word/document.xml", text.as_bytes()).contains("域（DDEAUTO）"), "{text}");
    }
    assert_eq!(said("word/document.xml", &wide("<w:p><w:instrText> PAGE </w:instrText></w:p>", false)), "");
}

#[test]
fn workbooks_presentations_and_opendocument_are_looked_into_too() {
    assert!(workbook(&[("xl/vbaProject.bin", "x")]).contains("带有宏"));
    assert!(workbook(&[("xl/macrosheets/sheet1.xml", "<x/>")]).contains("带有宏"));
    assert!(workbook(&[("xl/embeddings/oleObject1.bin", "x")]).contains("OLE 对象"));
    assert!(workbook(&[("xl/externalLinks/externalLink1.xml", "<x/>")]).contains("引用了别的工作簿"));
    assert!(workbook(&[("xl/connections.xml", "<x/>")]).contains("连接着外部数据"));
    let types = ("[Content_Types].xml", "<Types>application/vnd.ms-excel.sheet.macroEnabled.main+xml</Types>");
    assert!(says("表.xlsm", &package(&[types, ("xl/workbook.xml", "<x/>")])).contains("带有宏"));
    assert!(says("稿.pptx", &package(&[TYPES, ("ppt/vbaProject.bin", "x")])).contains("带有宏"));
    // what a chart is drawn from is no object
    let chart = ("xl/charts/_rels/chart1.xml.rels", &*relation("package", "../embeddings/Sheet1.xlsx", false));
    assert_eq!(workbook(&[("xl/embeddings/Sheet1.xlsx", "x"), chart]), "");
    assert!(workbook(&[("xl/embeddings/Other.xlsx", "x"), chart]).contains("OLE 对象"));
    let open = |manifest: &str, part: &str| {
        let parts = [("mimetype", "x"), ("META-INF/manifest.xml", manifest), ("content.xml", "<x/>"), (part, "x")];
        says("表.ods", &package(&parts))
    };
    let object =
        |kind: &str| format!("<m:file-entry m:full-path=\"Object 1/\" m:media-type=\"application/vnd.{kind}\"/>");
    assert_eq!(open("<x/>", "styles.xml"), "");
    assert!(open("<x/>", "Basic/Standard/Module1.xml").contains("带有宏"));
    assert!(open(&object("oasis.opendocument.spreadsheet"), "a").contains("OLE 对象"));
    assert_eq!(open(&object("oasis.opendocument.chart"), "a"), "");
    assert!(open("<m:encryption-data/>", "a").contains("打开密码"));
}

#[test]
fn what_opendocument_takes_from_elsewhere_is_refused_by_name() {
    let said = |name: &str, part: &str, content: &str| {
        let (begin, end) = ("<office:document xmlns:xlink=\"http://www.w3.org/1999/xlink\">", "</office:document>");
        let content = format!("{begin}{content}{end}");
        says(name, &package(&[("mimetype", "x"), ("META-INF/manifest.xml", "<x/>"), (part, &content)]))
    };
    let picture = |address: &str| {
        format!("<draw:frame><draw:image xlink:href=\"{address}\" xlink:type=\"simple\"/></draw:frame>")
    };
    for address in [
        "http://evil.example/x.png",
        "&#104;ttp://a/x",
        "file:///c:/x.png",
        "//server/x.png",
        "../x.png",
        "\\\\server\\x",
        "/etc/x",
    ] {
        let found = said("承诺书.odt", "content.xml", &picture(address));
        assert!(found.contains("指向外部的链接"), "{address}: {found}");
    }
    assert!(said("承诺书.odt", "styles.xml", &picture("http://a/x.png")).contains("指向外部的链接"), "a page's head");
    assert!(said("承诺书.odt", "Object 1/content.xml", &picture("http://a/x.png")).contains("指向外部的链接"));
    let section = "<text:section><text:section-source xlink:href='file:///x.odt'/></text:section>";
    assert!(said("承诺书.odt", "content.xml", section).contains("指向外部的链接"));
    assert!(
        said("表.ods", "content.xml", "<table:table-source xlink:href=\"../b.ods\"/>").contains("引用了别的工作簿")
    );
    assert!(
        said("表.ods", "content.xml", "<office:dde-source office:dde-application=\"x\"/>").contains("连接着外部数据")
    );
    for harmless in [
        &picture("Pictures/1000.png"),
        &picture("./Object 1"),
        &picture("#图 1:2"),
        "<text:a xlink:href=\"http://www.example.org/\">网址</text:a>",
        "<text:p>http://www.example.org/</text:p>",
    ] {
        assert_eq!(said("承诺书.odt", "content.xml", harmless), "", "{harmless}");
    }
    assert_eq!(said("承诺书.odt", "meta.xml", "<meta:template xlink:href=\"file:///x.ott\"/>"), "");
}

#[test]
fn a_workbook_of_before_2007_with_a_sheet_of_macros_is_refused_by_name() {
    let record = |kind: u16, data: &[u8]| {
        [&kind.to_le_bytes()[..], &u16::try_from(data.len()).unwrap().to_le_bytes(), data].concat()
    };
    let sheet = |kind: u8, name: &[u8]| record(0x0085, &[&[0, 9, 0, 0, 0, kind][..], name].concat());
    let book = |name: &str, sheets: &[u8]| {
        says("承诺书.xls", &compound(name, &[&record(0x0809, &[0, 6, 5, 0])[..], sheets].concat()))
    };
    let (narrow, wide) = (b"\x06\0Macro1", b"\x02\x01\x8F\x5B\x68\x88");
    assert!(book("Workbook", &[sheet(0, narrow), sheet(1, narrow)].concat()).contains("带有宏"));
    assert!(book("Workbook", &sheet(1, wide)).contains("带有宏"));
    assert!(book("Book", &sheet(1, b"\x06Macro1")).contains("带有宏"), "before 1997");
    for kind in [0, 2] {
        assert_eq!(book("Workbook", &[sheet(kind, narrow), sheet(kind, wide)].concat()), "");
    }
    assert_eq!(book("WordDocument", &sheet(1, narrow)), "", "no workbook");
}

#[test]
fn files_of_before_2007_are_known_by_their_directory() {
    let compound = |entry: &str, behind: &str| {
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let mut bytes = vec![0xD0, 0xCF, 0x11, 0xE0];
        bytes.resize(512, 0);
        bytes.extend(wide(entry));
        bytes.resize(640, 0);
        bytes.extend([0, 0]);
        bytes.extend(wide(behind));
        bytes.resize(1024, 0);
        bytes
    };
    let said = |entry: &str| says("表.xls", &compound(entry, ""));
    assert!(said("_VBA_PROJECT_CUR").contains("带有宏"));
    assert!(said("MBD0018D4CE").contains("OLE 对象"));
    assert!(said("\u{1}Ole10Native").contains("OLE 对象"));
    assert!(said("EncryptedPackage").contains("打开密码"));
    assert_eq!(said("Workbook"), "");
    assert_eq!(says("表.xls", &compound("Workbook", "_VBA_PROJECT")), "", "a text in a cell is no name");
}

#[test]
fn an_attachment_with_a_macro_is_named_and_the_whole_comes_back() {
    let desk = desk();
    desk.put("材料/表.yaml", "理由: 无\n".as_bytes());
    desk.put("材料/事迹.docm", &package(&[TYPES, ("word/vbaProject.bin", "x")]));
    let claimed = desk.claim();
    let faults: Vec<(&str, bool)> =
        claimed.faults.iter().map(|fault| (fault.place.as_str(), fault.say.contains("带有宏"))).collect();
    assert_eq!(faults, [("事迹.docm", true)]);
}

#[test]
fn a_picture_in_a_word_form_is_kept_and_is_no_file_of_the_drop() {
    let desk = desk();
    let relation = |kind: &str, id: &str, target: &str| {
        format!("<Relationships><Relationship Id=\"{id}\" Type=\"x/{kind}\" Target=\"{target}\"/></Relationships>")
    };
    let text = "<w:document><w:body><w:tbl><w:tr><w:tc><w:p><w:r><w:drawing><a:blip r:embed=\"p\"/></w:drawing></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>";
    let form = package(&[
        TYPES,
        ("_rels/.rels", &relation("officeDocument", "r", "word/document.xml")),
        ("word/document.xml", text),
        ("word/_rels/document.xml.rels", &relation("image", "p", "media/a.png")),
        ("word/media/a.png", "\u{7f}"),
    ]);
    let png = b"\x89PNG\r\n\x1A\n\0\0\0\0IEND".as_slice();
    let form = replaced(&form, "word/media/a.png", png);
    desk.put("材料/表.docx", &form);
    desk.put("材料/意见.txt", b"x");
    let claimed = desk.claim();
    let contents: Vec<&str> = claimed.contents().map(|file| file.name.as_str()).collect();
    assert_eq!((contents, claimed.faults.len()), (vec!["意见.txt", "表.docx"], 0));
    let pictures: Vec<&ClaimedFile> = claimed.pictures(&["表.docx".to_owned()]).collect();
    assert_eq!((pictures[0].name.as_str(), pictures.len()), ("表.docx/图片1.png", 1));
    assert_eq!(read_original(&desk.spool, &pictures[0].digest).unwrap(), png);
    assert_eq!(claimed.container, None);
    // alone, and as a journal of it is read back
    desk.put("表.docx", &form);
    let settled = desk.settled();
    let claimed = claim(&desk.spool, OFFICE, &settled[0], now()).unwrap();
    assert_eq!((claimed.contents().count(), claimed.files.len(), &claimed.digest), (1, 2, &claimed.files[0].digest));
    assert_eq!(desk.recovered().last().unwrap().files, claimed.files);
}

/// A PDF is looked into by whoever can read it; what that finds comes back by name.
#[test]
fn what_a_pdf_brings_along_is_refused_by_name() {
    let says = |found: fn(&[u8]) -> OfPdf| {
        let (_, faults) = looked_into("材料.pdf", b"%PDF-1.7 1 0 obj %%EOF", Pdfs { carried: found, ..Pdfs::NONE });
        faults.into_iter().map(|fault| fault.say).collect::<Vec<_>>().join("；")
    };
    assert_eq!(says(|_| OfPdf::default()), "");
    assert!(says(|_| OfPdf { locked: true, ..OfPdf::default() }).contains("设了打开密码"));
    assert!(says(|_| OfPdf { runs: true, ..OfPdf::default() }).contains("PDF 里带有脚本"));
    assert_eq!(says(|_| OfPdf { unread: true, ..OfPdf::default() }), "", "readers mend much");
    assert!(says(|_| OfPdf { programs: true, ..OfPdf::default() }).contains("夹带了程序文件"));
    let (_, faults) = looked_into("材料.txt", b"no PDF", Pdfs { carried: |_| panic!("it is none"), ..Pdfs::NONE });
    assert!(faults.is_empty());
}

#[test]
fn a_pdf_no_reader_could_open_comes_back_and_a_damaged_one_does_not() {
    let broken = |name: &str, bytes: &[u8]| says(name, bytes).contains("这份 PDF 打不开");
    assert!(broken("意见.pdf", &[0; 4096]), "a copy that was not finished");
    assert!(broken("意见.PDF", b"%PDF-1.7\n%%EOF\n"));
    assert!(broken("意见.pdf", b"\xFF\xD8\xFF\xE0 a picture by another name"));
    assert!(broken("意见.pdf", b"%PDF-1.7 an objection, an endobj, 7obj"));
    assert!(!broken("意见.pdf", b"%PDF-1.4\n3 0 obj\n<< /Length 9"), "it can be mended");
    let cut = |name: &str, bytes: &[u8]| says(name, bytes).contains("后面缺了一截");
    assert!(cut("意见.pdf", b"%PDF-1.4\n3 0 obj\n<< /Length 9"), "and yet it is not whole");
    assert!(cut("意见", b"%PDF-1.4\n3 0 obj\n<< /Length 9"));
    assert!(!cut("意见.pdf", &[b"%PDF-1.4\n3 0 obj\n<< >>\nendobj\n%%EOF\n", &[0; 4096][..]].concat()));
    assert!(!broken("意见.pdf", &[&[b' '; 900][..], b"%PDF-1.4 3 0\robj"].concat()), "some programs begin later");
    assert!(!broken("说明.txt", b"%PDF-1.7 is how a PDF begins"));
    // in the drop it is the whole that comes back
    let desk = desk();
    desk.put("材料/表.yaml", "理由: 无\n".as_bytes());
    desk.put("材料/意见.pdf", b"%PDF-1.7\n");
    let claimed = desk.claim();
    assert_eq!((claimed.faults.len(), claimed.faults[0].place.as_str()), (1, "意见.pdf"));
}

/// A compound file with one stream of so many bytes, too long for small sectors.
fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    let sectors = stream.len().max(4096).div_ceil(512);
    let mut bytes = vec![0; 512 * (3 + sectors)];
    let mut put = |at: usize, what: &[u8]| bytes[at..at + what.len()].copy_from_slice(what);
    put(0, &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
    put(30, &9_u16.to_le_bytes());
    put(48, &1_u32.to_le_bytes());
    put(60, &u32::MAX.to_le_bytes());
    put(68, &u32::MAX.to_le_bytes());
    (0..109).for_each(|n| put(76 + 4 * n, &u32::MAX.to_le_bytes()));
    put(76, &0_u32.to_le_bytes());
    // the table: itself, the directory, and the chain of the stream
    put(512, &0xFFFF_FFFD_u32.to_le_bytes());
    put(516, &u32::MAX.to_le_bytes());
    for n in 0..sectors {
        let next = if n + 1 < sectors { u32::try_from(n + 3).unwrap() } else { u32::MAX - 1 };
        put(520 + 4 * n, &next.to_le_bytes());
    }
    for (n, (name, first, length)) in [("Root Entry", u32::MAX, 0), (name, 2, sectors * 512)].into_iter().enumerate() {
        let at = 1024 + 128 * n;
        put(at, &name.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
        put(at + 116, &first.to_le_bytes());
        put(at + 120, &u32::try_from(length).unwrap().to_le_bytes());
    }
    put(1536, stream);
    bytes
}

#[test]
fn files_of_before_2007_that_are_enciphered_are_refused_by_name() {
    let says = |name: &str, stream: &[u8]| says("附件.doc", &compound(name, stream)).contains("文件加了密");
    let record = |kind: u16, data: &[u8]| {
        [&kind.to_le_bytes()[..], &u16::try_from(data.len()).unwrap().to_le_bytes(), data].concat()
    };
    let begin = record(0x0809, &[0, 6, 5, 0]);
    let how = record(0x002F, &[1, 0, 1, 0]);
    assert!(says("Workbook", &[&begin[..], &how].concat()));
    assert!(says("Book", &[&begin[..], &how].concat()));
    assert!(!says("Workbook", &[&begin[..], &record(0x0022, &[0, 0])].concat()));
    assert!(!says("Workbook", &[&begin[..], &record(0x000A, &[]), &how].concat()), "not where a sheet begins");
    assert!(says("WordDocument", &[&[0xEC, 0xA5, 0xC1, 0, 0, 0, 0, 0, 0, 0][..], &[0, 1]].concat()));
    assert!(!says("WordDocument", &[&[0xEC, 0xA5, 0xC1, 0, 0, 0, 0, 0, 0, 0][..], &[0, 2]].concat()));
    assert!(says("Current User", &[&[0; 12][..], &0xF3D1_C4DF_u32.to_le_bytes()].concat()));
    assert!(!says("Current User", &[&[0; 12][..], &0xE391_C05F_u32.to_le_bytes()].concat()));
}

#[test]
fn rich_text_with_objects_or_a_template_from_elsewhere_comes_back() {
    let of = |text: &str| says("说明.rtf", text.as_bytes());
    assert_eq!(of("{\\rtf1 plain}"), "");
    assert!(of("{\\rtf1 {\\object\\objemb{\\*\\objdata 0105}}}").contains("OLE 对象"));
    assert!(of("{\\rtf1 {\\*\\template https://a.example/t.dotm}}").contains("外部模板"));
    assert_eq!(of("{\\rtf1 {\\*\\template Normal.dotm}}"), "");
}
