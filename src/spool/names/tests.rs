//! Tests of names: safe to write, fit to show, junk and marks.

use super::*;

#[test]
fn dangerous_names_become_harmless() {
    for (given, expected) in [
        ("推荐表.xlsx", "推荐表.xlsx"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("..\\..\\a.txt", "_.._a.txt"),
        ("a\nb\u{202e}xslx.exe", "a bxslx.exe"),
        ("-rf", "rf"),
        ("--help.yaml", "help.yaml"),
        (".hidden", "hidden"),
        ("CON.txt", "CON_.txt"),
        ("con", "con_"),
        ("Com1.tar.gz", "Com1_.tar.gz"),
        ("LPT¹", "LPT¹_"),
        ("CONTENT.txt", "CONTENT.txt"),
        ("名单. .", "名单"),
        ("a:b*c?.yaml", "a_b_c_.yaml"),
        ("<script>.html", "_script_.html"),
        ("", "未命名"),
        ("...", "未命名"),
        ("\u{202e}\u{200b}", "未命名"),
        ("\0\u{7}.xlsx", "xlsx"),
        ("=cmd().csv", "=cmd().csv"),
        ("䶮㛃𬭊.yaml", "䶮㛃𬭊.yaml"),
    ] {
        assert_eq!(safe(given), expected, "{given:?}");
    }
}

#[test]
fn a_name_in_gbk_is_read_as_it_was_meant() {
    use std::os::unix::ffi::OsStrExt;
    for name in ["名单.csv", "照片.jpg", "片.jpg", "推荐表.xlsx", "䶮.txt"] {
        assert_eq!(meant(OsStr::new(name)), name);
        let other = encoding_rs::GB18030.encode(name).0;
        assert_eq!(meant(OsStr::from_bytes(&other)), name);
    }
    assert_eq!(meant(OsStr::from_bytes(b"\xff\xfe.zip")), "__.zip");
}

#[test]
fn long_names_are_cut_and_keep_their_extension() {
    for long in ["长".repeat(300), "a".repeat(255), "𬭊".repeat(100), "长.".repeat(100)] {
        let name = safe(&format!("{long}.xlsx"));
        assert!(name.ends_with(".xlsx"), "{name}");
        assert!(name.chars().count() <= NAME_CHARS_MAX && name.len() <= NAME_BYTES_MAX, "{name}");
    }
    assert!(safe(&"名".repeat(300)).len() <= NAME_BYTES_MAX);
}

#[test]
fn what_tells_a_long_name_from_others_is_kept() {
    let title = "关于表彰".repeat(60);
    assert_ne!(safe_with(&title, "-5.docx"), safe_with(&title, "-6.docx"));
    let name = safe_with(&title, "-5.docx");
    assert!(name.ends_with("-5.docx") && name.len() <= NAME_BYTES_MAX && safe(&name) == name, "{name}");
    assert_eq!(safe_with("决定", "-5.docx"), "决定-5.docx");
    assert_eq!(safe_with("../a\n", "-5.docx"), "_a -5.docx");
    assert_eq!(safe_with("", ".docx"), safe(".docx"));
    assert!(safe_with("x", &"长".repeat(300)).len() <= NAME_BYTES_MAX);
}

#[test]
fn safe_is_settled_after_one_pass_over_anything() {
    use proptest::prelude::*;
    proptest!(|(name in any::<String>())| {
        let once = safe(&name);
        prop_assert!(!once.is_empty() && once.len() <= NAME_BYTES_MAX + 1);
        prop_assert!(!once.contains(['/', '\\', '\0', '\n']) && !once.starts_with(['.', '-']) && !once.ends_with(['.', ' ']));
        prop_assert_eq!(Path::new(&once).components().count(), 1);
    });
}

#[test]
fn names_that_a_windows_share_takes_for_one_get_a_number() {
    let taken = [clash_key("推荐表 A.xlsx"), clash_key("推荐表 a（2）.xlsx")];
    assert_eq!(unique("推荐表 a.xlsx", |name| taken.contains(&clash_key(name))), "推荐表 a（3）.xlsx");
    assert_eq!(clash_key("e\u{301}"), clash_key("É"));
}

#[test]
fn what_is_not_a_file_yet_is_known() {
    for junk in [
        "~$推荐表.xlsx",
        ".~lock.推荐表.xlsx#",
        "Thumbs.db",
        ".DS_Store",
        "desktop.ini",
        "._a",
        "~wps123.et",
        ".nfs000012",
        ".~推荐表.xlsx",
        "~WRD0003.tmp",
        ".banwen-1-2.tmp",
    ] {
        assert!(is_junk(OsStr::new(junk)) && is_left_alone(OsStr::new(junk)), "{junk}");
    }
    for file in [".推荐表.xlsx", "~张三照片.jpg", "~", ".", ".gitignore", "~wrd表.docx", ".nfs会议.docx"] {
        assert!(!is_junk(OsStr::new(file)), "{file}");
    }
    assert!(is_left_alone(OsStr::new(".recycle")) && !is_left_alone(OsStr::new("~张三照片.jpg")));
    for partial in ["a.xlsx.tmp", "a.part", "b.crdownload", "推荐表.TMP", "a.yaml~", "x.xltd"] {
        assert!(is_partial(OsStr::new(partial)), "{partial}");
    }
    for file in ["推荐表.xlsx", "报告.wps", "表.et", "临时.docx"] {
        assert!(!is_junk(OsStr::new(file)) && !is_partial(OsStr::new(file)), "{file}");
    }
}

#[test]
fn secrecy_marks_are_found_where_they_mark() {
    assert_eq!(secrecy_marked("机密★10年 名单.docx"), Some("机密"));
    assert_eq!(secrecy_marked("（绝 密）干部.xlsx"), Some("绝密"));
    assert_eq!(secrecy_marked("【秘密】通知.pdf"), Some("秘密"));
    assert_eq!(secrecy_marked("涉及商业秘密的答复.docx"), None);
    for speaking in [
        "推荐表.xlsx",
        "计算机密码管理制度.docx",
        "保守国家秘密先进个人推荐表.xlsx",
        "关于保守国家秘密.docx",
        "2022年司机密切联系群众.docx",
    ] {
        assert_eq!(secrecy_marked(speaking), None, "{speaking}");
    }
    for marked in [
        "机密.docx",
        "名单 机密.docx",
        "机密名单.xlsx",
        "2022-秘密-名单.docx",
        "关于x的通知秘密★1年(1).docx",
        "机密.pdf",
        "機密.pdf",
        "（机密）通知.docx",
        "（机密、特急）通知.docx",
        "机密★1年 关于某事的请示.pdf",
        "机密5年关于某事的请示.pdf",
        "机密级关于某事的请示.pdf",
        "机密 香山镇会议材料.docx",
        "绝 密文件.zip",
        "01机密会议纪要.docx",
        "方案机密（2）.docx",
        "方案秘密 - 副本.docx",
        "附件1：机密（长期）.pdf",
    ] {
        assert!(secrecy_marked(marked).is_some(), "{marked}");
    }
    for speaking in [
        "秘密战线先进人物推荐表.docx",
        "机密文件管理培训证明.pdf",
        "秘密投票办法.docx",
        "保守国家秘密（2022年）.docx",
        "关于机密文件销毁情况的说明.docx",
        "绝密飞行观后感.docx",
    ] {
        assert_eq!(secrecy_marked(speaking), None, "{speaking}");
    }
}

#[test]
fn a_mark_among_paragraphs_stands_in_a_row_of_a_head() {
    for alone in [
        "标题\n 机　密 \n正文",
        "【绝密】",
        "密级：秘密",
        "000012 机密★10年 特急",
        "(秘密)",
        "密级：机密　　　编号：001",
        "机密　　特急",
        "机密 5年",
        "秘密（长期）",
        "机密级",
        "机密*1年",
        "文件首页 机密＊十年",
        "機密",
        "机\n密",
        "绝\n\n密★长期\n香山镇",
        "机密\t中共香山镇委员会文件",
        "机　密　　　　香山镇人民政府",
        "密级：□绝密 ☑机密 □秘密",
        "绝密□ 机密√ 秘密□",
        "第1号　秘密　共10份",
    ] {
        assert!(secrecy_marked_paragraphs(alone).is_some(), "{alone}");
    }
    for sentence in [
        "保守国家秘密，人人有责",
        "凡属“秘密”的，不得外传",
        "绝密、机密、秘密三级",
        "密级\n计算机密码",
        "密级：绝密/机密/秘密/内部",
        "密级（□绝密 □机密 □秘密）",
        "绝密\n机密\n秘密\n内部",
        "机密文件管理",
        "秘密写票处",
        "司机\n密切联系群众",
        "保密期限：长期",
    ] {
        assert_eq!(secrecy_marked_paragraphs(sentence), None, "{sentence}");
    }
}

#[test]
fn a_mark_at_the_head_of_a_text_is_seen_in_every_encoding() {
    for text in ["秘密★1年\n关于……", "秘　密\r\n", "密级: 机密\n标题: x", "{\"密级\":\"绝密\"}", "\u{feff}【机密】正文"]
    {
        assert!(secrecy_marked_text(text.as_bytes()).is_some(), "{text}");
    }
    assert_eq!(secrecy_marked_text("理由: 涉及国家秘密，不予公开\n".as_bytes()), None);
    assert_eq!(secrecy_marked_text(b"\xbb\xfa\xc3\xdc\xa1\xef10\xc4\xea\n"), Some("机密"));
    assert_eq!(secrecy_marked_text(b"\xff\xfe\x3a\x67\xc6\x5b"), Some("机密"));
    for text in ["机　密\r\n关于某事的报告", "机密,,,,,\n姓名,性别", "机密", "密级：机密 编号：1"]
    {
        let gbk = encoding_rs::GBK.encode(text).0;
        assert_eq!(secrecy_marked_text(&gbk), Some("机密"), "{text}");
    }
    assert_eq!(secrecy_marked_text("<p>机&nbsp;&nbsp;密★2年</p>".as_bytes()), Some("机密"));
    for text in ["密级,绝密,机密,秘密\n", "姓名,事迹\n张三,保守国家秘密\n"] {
        assert_eq!(secrecy_marked_text(text.as_bytes()), None, "{text}");
    }
    let cut = "推荐".repeat(800);
    assert_eq!(secrecy_marked_text(&cut.as_bytes()[..4097 - 2]), None);
}

#[test]
fn the_quick_way_to_a_key_is_the_way_of_all_names() {
    let all = ('\0'..='\u{7f}').chain('\u{4E00}'..='\u{9FFF}').chain("（）“”《》、".chars());
    for char in all {
        let slow: String = char.to_string().nfc().flat_map(char::to_lowercase).collect();
        assert_eq!(clash_key(&char.to_string()), slow, "{char:?}");
    }
}
