//! The page as files, as text, and as Chromium sees it.

mod standing;

use super::*;
use std::io::Write;
use std::process::Command;

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn word(text: &str) -> Vec<u8> {
    let mut package = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    package.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
    write!(package, "<w:document><w:body>{text}</w:body></w:document>").unwrap();
    package.finish().unwrap().into_inner()
}

fn contact() -> Contact {
    Contact {
        office: "香山镇纪委".into(),
        phone: "0716-5123456".into(),
        email: "jiwei@xiangshan.example.cn".into(),
        address: "香山镇人民路1号".into(),
    }
}

fn notice(id: &str) -> Notice {
    Notice {
        id: id.into(),
        title: "关于香山镇2022年“七一”表彰拟表彰对象的公示".into(),
        office: "香山镇党委组织办公室".into(),
        kind: "公示".into(),
        html_body: "<p>根据《中国共产党党内功勋荣誉表彰条例》，经支部推荐、组织考察、镇党委研究，拟对下列集体和个人予以表彰，\
            现予公示。</p><h2>一、优秀共产党员</h2><table><thead><tr><th>序号</th><th>姓名</th><th>所在党组织</th><th>主要事迹</th></tr></thead>\
            <tbody><tr><td>1</td><td>䶮㛃𬭊</td><td>第一党支部</td><td>带头抗旱保苗，&lt;script&gt;不是脚本&lt;/script&gt;。</td></tr>\
            <tr><td>2</td><td>欧阳建国</td><td>第二党支部</td><td>长期服务困难群众。</td></tr></tbody></table>\
            <p>公示电话：0716-5123456。信函以邮戳为准。</p>".into(),
        word: Some(Download { file_name: "公示（\"七一\"）.docx".into(), bytes: word("<w:p><w:r><w:t>䶮㛃𬭊</w:t></w:r></w:p>"), texts: Vec::new() }),
        pdf: Some(Download { file_name: "公示.pdf".into(), bytes: b"%PDF-1.7".to_vec(), texts: Vec::new() }),
        from: date(2022, 6, 2),
        until: Some(date(2022, 6, 10)),
        days_left_text: "还剩 4 个工作日".into(),
        count_explanation: "自2022-06-02次日起第5个工作日；6月3日至5日端午节放假。".into(),
        provisional: false,
        contact: contact(),
        public_numbers: Vec::new(),
        state: State::Current,
    }
}

fn paper() -> Paper {
    Paper {
        id: "香党发〔2022〕8号".into(),
        title: "中共香山镇委员会关于表彰先进基层党组织的决定".into(),
        office: "中共香山镇委员会".into(),
        kind: "决定".into(),
        number: Some("香党发〔2022〕8号".into()),
        date: date(2022, 6, 28),
        html_body: "<p>各党支部：</p><p>决定授予下列同志称号。</p>".into(),
        word: None,
        pdf: Some(Download { file_name: "决定.pdf".into(), bytes: b"%PDF-1.7".to_vec(), texts: Vec::new() }),
        contact: None,
        standing: None,
        public_numbers: Vec::new(),
    }
}

fn site() -> Site {
    let other = Notice {
        title: "关于拟推荐为县级先进基层党组织的公示 <script>alert('1')</script> & \"引号\"".into(),
        id: "2022-qiyi-2/7/1".into(),
        days_left_text: "今天是最后一天".into(),
        provisional: true,
        ..notice("")
    };
    Site {
        office_title: "香山镇公示栏".into(),
        notices: vec![notice("qiyi-2022"), other, Notice { state: State::Ended, ..notice("old") }],
        papers: vec![paper()],
        public_contacts: vec![],
        now: date(2022, 6, 6).and_hms_opt(9, 5, 0).unwrap(),
    }
}

fn read(dir: &Path, name: &str) -> String {
    std::fs::read_to_string(dir.join(name)).unwrap()
}

fn files_of(dir: &Path) -> Vec<String> {
    let mut names = vec!["index.html".to_owned()];
    for folder in ["assets", "notices"] {
        let listed = std::fs::read_dir(dir.join(folder)).unwrap();
        names.extend(listed.map(|entry| format!("{folder}/{}", entry.unwrap().file_name().to_str().unwrap())));
    }
    names.sort();
    names
}

#[test]
fn the_site_is_a_function_of_the_value() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = write(one.path(), &site()).unwrap();
    let mut turned = site();
    turned.notices.reverse();
    write(two.path(), &turned).unwrap();
    for name in files_of(one.path()) {
        assert_eq!(std::fs::read(one.path().join(&name)).unwrap(), std::fs::read(two.path().join(&name)).unwrap());
    }
    assert_eq!(write(one.path(), &site()).unwrap(), Written::default(), "nothing changed, nothing touched");
    let mut expected = files_of(one.path());
    expected.retain(|name| name != MANIFEST);
    assert_eq!(first.written, expected);
    assert!(!first.written.iter().any(|name| name.contains("old")), "an ended notice is not there");
}

#[test]
fn everything_is_escaped() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &site()).unwrap();
    for name in files_of(dir.path()).iter().filter(|name| name.ends_with(".html")) {
        let html = read(dir.path(), name);
        assert!(!html.to_lowercase().contains("<script"), "{name}");
        assert!(html.contains("script-src") || html.contains("default-src 'none'"));
    }
    let index = read(dir.path(), "index.html");
    assert!(index.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;引号&quot;"), "{index}");
    assert!(index.contains("还剩 4 个工作日") && index.contains("2022年6月2日至2022年6月10日"));
    let page = read(dir.path(), "notices/qiyi-2022.html");
    assert!(page.contains("䶮㛃𬭊") && page.contains("download=\"公示（&quot;七一&quot;）.docx\""));
    assert_eq!(escape("<a href=\"x\">'&\u{0}䶮㛃𬭊"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;䶮㛃𬭊");
}

#[test]
fn a_forged_manifest_removes_nothing_of_others() {
    let dir = tempfile::tempdir().unwrap();
    let public = dir.path().join("public");
    write(&public, &site()).unwrap();
    for name in ["outside.html", "public/keep.html", "public/assets/logo.png"] {
        std::fs::write(dir.path().join(name), "x").unwrap();
    }
    let forged =
        r#"{"files":["../outside.html","notices/../../outside.html","/etc/passwd","keep.html","assets/logo.png"]}"#;
    std::fs::write(public.join(MANIFEST), forged).unwrap();
    assert_eq!(write(&public, &site()).unwrap().removed, Vec::<String>::new());
    assert!(dir.path().join("outside.html").exists() && public.join("keep.html").exists());
    std::fs::write(public.join(MANIFEST), "not json").unwrap();
    write(&public, &site()).unwrap();
}

#[test]
fn a_fault_elsewhere_puts_no_script_on_the_page() {
    let bad = [
        "<script>1</script>",
        "<p onclick=\"x\">a</p>",
        "<a href=\"javascript:x\">a</a>",
        "<a href=\"java&#115;cript:x\">a</a>",
        "<img src=\"x\">",
        "<p",
        "a < b",
        "<!-- x -->",
        "<p class=x>",
        "<p style=\"a\">",
        "<SCRIPT>",
        "<a href=\"//evil\">",
        "<p class=\"a\" onload=\"x\">",
        "</p onload=\"x\">",
        "<iframe>",
        "<svg/onload=1>",
        "<p/onload=\"x\">",
    ];
    for body in bad {
        let dir = tempfile::tempdir().unwrap();
        let mut faulty = site();
        faulty.notices[0].html_body = body.into();
        write(dir.path(), &site()).unwrap();
        let done = write(dir.path(), &faulty).unwrap();
        assert!(done.refused[0].0 == "qiyi-2022" && done.refused[0].1.contains("not fit"), "{body}: {done:?}");
        assert!(!dir.path().join("notices/qiyi-2022.html").exists(), "an older one goes too");
    }
    for body in [
        "<p class=\"a b\">x</p>",
        "<td colspan=\"2\">",
        "<br/>",
        "<br />",
        "<a href=\"https://x.cn/?a=1\">",
        "a &lt; b",
    ] {
        assert_eq!(fragment::check(body), Ok(()), "{body}");
    }
}

#[test]
fn private_particulars_shut_the_gate() {
    let cases = [
        ("身份证11010519491231002X。", "身份证号"),
        ("11010519491231002x", "身份证号"),
        ("１１０１０５１９４９１２３１００２Ｘ", "身份证号"),
        ("110105 19491231 002X", "身份证号"),
        ("1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X", "身份证号"),
        ("110105491231002", "身份证号"),
        ("a110105\u{200B}19491231002X", "身份证号"),
        ("电话13812345678", "手机号码"),
        ("138-1234-5678", "手机号码"),
        ("138　1234　5678", "手机号码"),
        ("+86 13812345678", "手机号码"),
        ("+8613812345678", "手机号码"),
        ("１３８１２３４５６７８", "手机号码"),
        ("1 3 8 1 2 3 4 5 6 7 8", "手机号码"),
        ("0716-5123457", "固定电话"),
        ("（0716）5123457", "固定电话"),
        ("010 62345678", "固定电话"),
        ("02787654321", "固定电话"),
        ("卡号6228480402564890018", "银行卡号"),
        ("4111 1111 1111 1111", "银行卡号"),
        ("6222021234567894", "银行卡号"),
        ("写信 zhang.san@example.com。", "电子邮箱"),
    ];
    for (text, kind) in cases {
        let found = scan_private(text, &[]);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!(found[0].kind.title(), kind, "{text}");
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        assert!(digits.len() < 11 || !found[0].masked.contains(&digits), "masked: {found:?}");
    }
    let harmless = [
        "香党发〔2022〕8号 2022-06-02至2022-06-10 共5个工作日",
        "0123-WS·2022-Y-ZZB-0001",
        "11010519491231002A",
        "110105194913310021",
        "序号 1 2 3 4 5 6 7 8 9 10 11 12",
        "12380举报，12345热线，400-123-4567",
        "得票 1 3 5 2 4 1 1 0 3 2 5 6 7 8 9 0",
        "20220602093015",
        "6222021234567895",
        "2022年6月2日 15:30",
        "金额 1,234,567.89元",
        "430000.00 138.50",
        "@七一 a@b",
    ];
    for text in harmless {
        assert_eq!(scan_private(text, &[]), [], "{text}");
    }
}

#[test]
fn the_white_list_is_by_number_not_by_spelling() {
    let own = ["0716-5123456".to_owned(), "jiwei@x.cn".to_owned()];
    assert_eq!(scan_private("电话（0716）5123456，０７１６５１２３４５６，邮箱JIWEI@x.cn", &own), []);
    let found = scan_private("一\n二 13812345678", &own);
    assert_eq!((found[0].line, found[0].column, found[0].masked.as_str()), (2, 3, "138******78"));
    assert_eq!(scan_private("统一社会信用代码914201057146000301", &[]), []);
}

#[test]
fn nothing_private_is_published() {
    let decision = format!("notices/{}.html", page_name("香党发〔2022〕8号"));
    let refused = |id: &str, change: fn(&mut Site)| {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), &site()).unwrap();
        let mut faulty = site();
        change(&mut faulty);
        let done = write(dir.path(), &faulty).unwrap();
        let [(told, why)] = done.refused.as_slice() else { panic!("{done:?}") };
        assert_eq!(told, id);
        assert!(why.starts_with("含有个人信息") && !why.contains("13812345678"), "{why}");
        for name in files_of(dir.path()).iter().filter(|name| !name.ends_with(".docx")) {
            assert!(!text_of(&read(dir.path(), name)).contains("13812345678"), "{name}");
        }
        // the others stand
        assert_eq!(dir.path().join("notices/qiyi-2022.html").exists(), id != "qiyi-2022");
        assert_eq!(dir.path().join("notices/qiyi-2022.docx").exists(), id != "qiyi-2022");
        assert_eq!(dir.path().join(&decision).exists(), !id.contains('8'));
        assert_eq!(read(dir.path(), "index.html").contains("qiyi-2022.html"), id != "qiyi-2022");
        assert!(dir.path().join(format!("notices/{}.html", page_name("2022-qiyi-2/7/1"))).exists());
    };
    refused("qiyi-2022", |site| site.notices[0].html_body = "<p>电话<b>138</b>12345678</p>".into());
    refused("qiyi-2022", |site| site.notices[0].html_body = "<p>&#49;3812345678</p>".into());
    refused("qiyi-2022", |site| site.notices[0].title = "张三13812345678".into());
    refused("qiyi-2022", |site| site.notices[0].office = "张三13812345678".into());
    refused("香党发〔2022〕8号", |site| site.papers[0].html_body = "<p>13812345678</p>".into());
    refused(PAGE_ID, |site| site.office_title = "13812345678".into());
    refused("qiyi-2022", |site| {
        let text = "<w:p><w:r><w:t>1381</w:t></w:r><w:r w:rsidR=\"00A\"><w:t>2345678</w:t></w:r></w:p>";
        site.notices[0].word = Some(Download { file_name: "a.docx".into(), bytes: word(text), texts: Vec::new() });
    });
    let mut broken = site();
    broken.notices[0].word =
        Some(Download { file_name: "a.docx".into(), bytes: b"no zip".to_vec(), texts: Vec::new() });
    let dir = tempfile::tempdir().unwrap();
    assert!(write(dir.path(), &broken).unwrap().refused[0].1.contains("Word file"));
}

#[test]
fn an_unfit_notice_does_not_keep_another_on_the_page() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &site()).unwrap();
    let mut next = site();
    next.notices[0].state = State::Ended;
    next.papers[0].html_body = "<p>13812345678</p>".into();
    let done = write(dir.path(), &next).unwrap();
    assert_eq!(done.refused.len(), 1);
    assert!(!dir.path().join("notices/qiyi-2022.html").exists() && !dir.path().join("notices/qiyi-2022.pdf").exists());
    assert!(done.removed.contains(&"notices/qiyi-2022.pdf".to_owned()), "{done:?}");
}

#[test]
fn page_names_are_ascii_and_distinct() {
    assert_eq!(page_name("qiyi-2022"), "qiyi-2022");
    let odd = ["../../etc/passwd", "香党发〔2022〕8号", "香党发〔2022〕9号", "A", "a b", "-x", "", "x/y"];
    let names: BTreeSet<String> = odd.iter().map(|id| page_name(id)).collect();
    assert_eq!(names.len(), odd.len());
    assert!(names.iter().all(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')), "{names:?}");
    assert!(names.iter().all(|name| page_name(name) == *name));
    let dir = tempfile::tempdir().unwrap();
    let mut twice = site();
    twice.notices[1].id = "qiyi-2022".into();
    let done = write(dir.path(), &twice).unwrap();
    assert!(done.refused.len() == 1 && done.refused[0].1.contains("bear the id"), "{done:?}");
    assert!(read(dir.path(), "notices/qiyi-2022.html").contains("关于香山镇2022年"), "the first stands");
}

#[test]
fn a_power_cut_anywhere_leaves_nothing_behind() {
    let mut later = site();
    later.notices = vec![notice("next")];
    let mut last = site();
    last.notices = vec![notice("last")];
    let fresh = tempfile::tempdir().unwrap();
    write(fresh.path(), &last).unwrap();
    for nth in 0.. {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), &site()).unwrap();
        let (_, died) = files::crash::before(nth, || write(dir.path(), &later));
        write(dir.path(), &last).unwrap();
        assert_eq!(files_of(dir.path()), files_of(fresh.path()), "before change {nth}");
        if !died {
            assert!(nth > 10);
            break;
        }
    }
}

fn chromium(dir: &Path, page: &str, extra: &[&str]) -> Option<Vec<u8>> {
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(extra)
        .arg(format!("file://{}", dir.join(page).display()))
        .output();
    let Ok(output) = output else {
        assert!(std::env::var_os("CI").is_none(), "chromium is not installed");
        eprintln!("SKIPPED: no chromium on this machine");
        return None;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(output.stdout)
}

#[test]
fn chromium_opens_it() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &site()).unwrap();
    let Some(dom) = chromium(dir.path(), "index.html", &["--dump-dom"]) else { return };
    let dom = String::from_utf8(dom).unwrap();
    assert!(dom.contains("还剩 4 个工作日") && dom.contains("今天是最后一天") && !dom.contains("<script"), "{dom}");
    let dom = String::from_utf8(chromium(dir.path(), "notices/qiyi-2022.html", &["--dump-dom"]).unwrap()).unwrap();
    assert!(dom.contains("䶮㛃𬭊") && dom.contains("0716-5123456") && !dom.contains("<script"), "{dom}");
    // for looking at the pages: BANWEN_PICTURES names a folder
    let Some(pictures) = option_env!("BANWEN_PICTURES") else { return };
    for (page, name, size) in [
        ("index.html", "index-phone", "390,1100"),
        ("index.html", "index-hall", "1920,1080"),
        ("index.html", "index-desk", "1100,800"),
        ("notices/qiyi-2022.html", "notice-phone", "390,1500"),
        ("notices/qiyi-2022.html", "notice-hall", "1920,1080"),
    ] {
        let picture = format!("--screenshot={pictures}/{name}.png");
        chromium(dir.path(), page, &[&picture, &format!("--window-size={size}"), "--hide-scrollbars"]);
    }
}
