//! What lies under the name of an attachment and is none: programs, files of another kind, pictures that break off.

use super::super::fitting::fault;
use super::*;

/// A JPEG whose remarks hold a whole small one.
fn jpeg() -> Vec<u8> {
    let small = b"\xFF\xD8\xFF\xD9";
    [b"\xFF\xD8\xFF\xE1\0\x06", &small[..], b"\xFF\xDA\0\x02", &[7; 40], b"\xFF\xD9", b"trailer"].concat()
}

#[test]
fn what_its_ending_promises_is_what_a_file_must_be() {
    let png = b"\x89PNG\r\n\x1A\n\0\0\0\0IEND";
    let good: [(&str, &[u8]); 11] = [
        ("意见.pdf", b"%PDF-1.7"),
        ("意见.PDF", b"\r\n\r\n%PDF-1.4"),
        ("照片.jpg", &jpeg()),
        ("照片.png", png),
        ("照片.jpg", png),
        ("扫描.tif", b"II*\0"),
        ("公文.ofd", b"PK\x03\x04"),
        ("旧表.xls", b"<html>"),
        ("MZ.txt", "MZ 名单".as_bytes()),
        ("材料", b"x"),
        ("名单.txt", "<张三>，<html> 是什么".as_bytes()),
    ];
    for (name, bytes) in good {
        assert_eq!(fault(name, bytes), None, "{name}");
    }
    let cut = &jpeg()[..30];
    let bad: [(&str, &[u8], &str); 20] = [
        ("廉政意见.pdf", b"MZ\x90\0\x03", "程序或者脚本"),
        ("材料", b"\x7FELF\x02", "程序或者脚本"),
        ("安装.exe", b"x", "程序或者脚本"),
        ("推荐表.xlsx.lnk", b"L", "程序或者脚本"),
        ("a.JS", b"x", "程序或者脚本"),
        ("运行.bat", b"x", "程序或者脚本"),
        ("屏保.scr", b"x", "程序或者脚本"),
        ("廉政意见.pdf", "同意".as_bytes(), "不是“.pdf”文件"),
        ("照片.jpg", b"%PDF-1.7", "不是“.jpg”文件"),
        ("公文.ofd", b"%PDF-1.7", "不是“.ofd”文件"),
        ("照片.jpg", cut, "图片不完整"),
        ("照片.jpg", b"\xFF\xD8\xFF", "图片不完整"),
        ("照片.png", &png[..12], "图片不完整"),
        ("说明.html", b"<p>x</p>", "网页文件"),
        ("说明.mht", b"MIME-Version: 1.0", "网页文件"),
        ("说明.txt", b"\xEF\xBB\xBF <!DOCTYPE html><script>", "网页文件"),
        ("说明", b"<SCRIPT>alert(1)</SCRIPT>", "网页文件"),
        ("图.png", b"<?xml version=\"1.0\"?>\n<svg onload=\"x\">", "网页文件"),
        ("宽.txt", b"\xFF\xFE<\0h\0t\0m\0l\0>\0", "网页文件"),
        ("旧表.xls", b"<html><Script>alert(1)</script>", "网页文件"),
    ];
    for (name, bytes, wanted) in bad {
        let fault = fault(name, bytes).unwrap_or_else(|| panic!("{name}"));
        assert!(fault.place == name && fault.say.contains(wanted), "{fault:?}");
    }
    for cut in 0..jpeg().len() - 9 {
        fault("照片.jpg", &jpeg()[..cut]);
    }
}

#[test]
fn a_file_of_an_office_program_beside_a_form_must_be_one() {
    let desk = desk();
    let whole = {
        let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let plain = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        for (name, bytes) in
            [("[Content_Types].xml", &b"<Types/>"[..]), ("OFD.xml", b"<x/>"), ("a.xml", &[b' '; 200_000])]
        {
            to.start_file(name, plain).unwrap();
            to.write_all(bytes).unwrap();
        }
        to.finish().unwrap().into_inner()
    };
    for (name, bytes, good) in [
        ("名单.docx", &whole[..], true),
        ("名单.docx", &whole[..whole.len() * 2 / 3], false),
        ("承诺书.odt", &whole[..90_000], false),
        ("承诺书.pptx", &whole[..40], false),
        ("报告.ofd", &whole[..70_000], false),
        ("报告.ofd", &whole, true),
        ("旧名.docx", b"\xD0\xCF\x11\xE0", true),
        ("同意.docx", "同意".as_bytes(), false),
        ("同意.xlsx", b"%PDF-1.7", false),
        ("同意.doc", "同意".as_bytes(), true),
        ("说明.txt", "同意".as_bytes(), true),
    ] {
        desk.put(name, bytes);
        let claimed = desk.claim();
        assert_eq!(claimed.faults, []);
        let fault = unfit_attachment(&desk.spool, name, &claimed.digest).unwrap();
        assert_eq!(fault.is_none(), good, "{name}: {fault:?}");
    }
}

/// Packages are taken apart when they are the drop, and are no attachments: by what is in them, and by name.
#[test]
fn a_package_beside_a_form_is_returned_by_name() {
    let zip = |parts: &[(&str, &[u8])]| {
        let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            to.start_file(name.to_string(), zip::write::SimpleFileOptions::default()).unwrap();
            to.write_all(bytes).unwrap();
        }
        to.finish().unwrap().into_inner()
    };
    let plain = zip(&[("木马.exe", b"MZ\x90\0")]);
    let mut locked = zip(&[("a.txt", b"x")]);
    let listed = locked.windows(4).position(|part| part == b"PK\x01\x02").unwrap();
    (locked[6], locked[listed + 8]) = (1, 1);
    let tar = [&[b'a'; 257][..], b"ustar\x0000"].concat();
    let word = zip(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w:document/>")]);
    let returned: [(&str, &[u8]); 12] = [
        ("佐证.zip", &plain),
        ("佐证", &plain),
        ("佐证.docx", &plain),
        ("加密.zip", &locked),
        ("半个.dat", &plain[..plain.len() - 20]),
        ("改名.zip", &word),
        ("材料.rar", b"Rar!\x1A\x07\x01\0"),
        ("材料.txt", b"Rar!\x1A\x07\x01\0"),
        ("照片.7z", b"7z\xBC\xAF\x27\x1C\0\x04"),
        ("a.gz", b"\x1F\x8B\x08"),
        ("a.tar", &tar),
        ("a", b"BZh91AY&SY"),
    ];
    for (name, bytes) in returned {
        let desk = desk();
        desk.put("材料/表.yaml", b"a: 1");
        desk.put(format!("材料/附件/{name}"), bytes);
        let said: Vec<(String, bool)> =
            desk.claim().faults.into_iter().map(|it| (it.place, it.say.starts_with("是压缩包，不能作附件"))).collect();
        assert_eq!(said, [(format!("附件/{name}"), true)], "{name}");
        let desk = self::desk();
        desk.put("材料.zip", &zip(&[("表.yaml", b"a: 1"), (name, bytes)]));
        let places: Vec<String> = desk.claim().faults.into_iter().map(|it| it.place).collect();
        assert_eq!(places, [name], "{name} in a zip file");
    }
    for (name, bytes) in [("意见.docx", &word[..]), ("意见", &word), ("半个.docx", &word[..word.len() - 20])] {
        let desk = desk();
        desk.put("材料/表.yaml", b"a: 1");
        desk.put(format!("材料/{name}"), bytes);
        assert_eq!(desk.claim().faults, [], "{name}");
    }
}

#[test]
fn one_file_that_is_not_what_it_seems_returns_the_drop() {
    let desk = desk();
    desk.put("材料/表.yaml", b"a: 1");
    desk.put("材料/廉政意见.pdf", b"MZ\x90\0");
    desk.put("材料/附件/运行.bat", b"x");
    let claimed = desk.claim();
    let places: Vec<&str> = claimed.faults.iter().map(|fault| fault.place.as_str()).collect();
    assert_eq!(places, ["廉政意见.pdf", "附件/运行.bat"]);
}
