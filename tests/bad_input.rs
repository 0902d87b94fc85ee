//! What must not be taken: each bad drop gets one clear Chinese return, and nothing else changes.
//!
//! One round is open. Every case drops one thing and compares everything that can be seen before and after: only one new
//! folder in the office's 退件 may be there, and in the log only that the command was refused.

#![expect(clippy::unwrap_used, reason = "a test that cannot play has failed")]

#[path = "common/look.rs"]
mod common;

use banwen::case::event::Body;
use banwen::engine::Fuse;
use banwen::engine::scenario::{Player, Scenario, Step, StepKind};
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

/// The office that hands in.
const OFFICE: &str = "第一党支部";
/// Rows of the form that is too long.
const ROWS: usize = 10_000;
/// The head of a YAML form that answers the open task.
const HEAD: &str = "banwen: { what: task, office: 第一党支部, about: 七一表彰, stage: 推荐, case: 七一表彰-2022, task: 1, revision: 1 }\n";

/// A round that is open, and drops into it.
struct Desk {
    player: Player,
    scenario: Scenario,
    out: PathBuf,
    minute: i64,
    good: Vec<u8>,
}

/// What one drop changed.
struct Change {
    appeared: Vec<(String, Vec<u8>)>,
    vanished: Vec<String>,
    events: Vec<Body>,
}

impl Desk {
    async fn open(name: &str) -> Desk {
        let path = common::root().join("tests/bad_input/开头.yaml");
        let scenario = common::scenario(&path);
        let out = common::folder(&format!("bad-{name}"));
        let mut player = Player::begin(&scenario, path.parent().unwrap(), &out, Fuse::default()).await.unwrap();
        player.play(&scenario, None).await.unwrap();
        let seen = common::visible(&out);
        let good = seen.iter().find(|(n, _)| n.contains("/退件/") && n.ends_with(".xlsx")).unwrap().1.clone();
        Desk { player, scenario, out, minute: 0, good }
    }

    /// Drops files, in a folder when there are several or when asked, and lets them be answered.
    async fn drop(&mut self, office: &str, folder: Option<&str>, files: &[(&str, &[u8])]) -> Change {
        self.minute += 1;
        let desk = self.out.with_extension(format!("desk{}", self.minute));
        common::clear(&desk);
        let dropped = folder.map_or_else(|| desk.clone(), |f| desk.join(f));
        std::fs::create_dir_all(&dropped).unwrap();
        let mut paths = vec![dropped.clone()];
        for (name, bytes) in files {
            std::fs::write(dropped.join(name), bytes).unwrap();
            if folder.is_none() {
                paths.push(dropped.join(name));
            }
        }
        let first = if folder.is_some() { 0 } else { 1 };
        let before = (common::visible(&self.out), self.player.events().await.unwrap().len());
        // Several files stand in 交件 together before anybody looks.
        let spool = banwen::spool::layout::Spool::at(&self.out);
        for path in &paths[first + 1..] {
            let to = spool.office(office).handed_in().join(path.file_name().unwrap());
            std::fs::copy(path, to).unwrap();
        }
        let at = self.scenario.steps.last().unwrap().at + chrono::TimeDelta::minutes(self.minute);
        let step = Step { at, kind: StepKind::Drop { path: paths[first].clone(), by: office.to_string() } };
        self.player.step(1, &step).await.unwrap();
        common::clear(&desk);
        let broken = self.player.broken_invariants().await.unwrap();
        assert!(broken.is_empty(), "{broken:?}");
        let after = common::visible(&self.out);
        let new = |(name, bytes): (&String, &Vec<u8>)| {
            (before.0.get(name) != Some(bytes)).then(|| (name.clone(), bytes.clone()))
        };
        Change {
            appeared: after.iter().filter_map(new).collect(),
            vanished: before.0.keys().filter(|n| !after.contains_key(*n)).cloned().collect(),
            events: self.player.events().await.unwrap().into_iter().skip(before.1).map(|e| e.body).collect(),
        }
    }

    /// One drop that must come back, saying this.
    async fn returned(&mut self, office: &str, folder: Option<&str>, files: &[(&str, &[u8])], says: &str) {
        let change = self.drop(office, folder, files).await;
        let what = files.first().map(|f| f.0).unwrap_or_default();
        let text = one_return(&change, office, &format!("{what}（{says}）"));
        assert!(text.contains(says), "{what}: the return does not say “{says}”:\n{text}");
    }
}

/// The text of the only return a change is.
fn one_return(change: &Change, office: &str, what: &str) -> String {
    assert!(change.vanished.is_empty(), "{what}: gone are {:?}", change.vanished);
    let place = format!("offices/{office}/退件/");
    let others: Vec<&String> =
        change.appeared.iter().map(|(n, _)| n).filter(|n| !n.starts_with(&place) && !page(n)).collect();
    assert!(others.is_empty(), "{what}: also changed {others:?}");
    let notes: Vec<&(String, Vec<u8>)> = change.appeared.iter().filter(|(n, _)| n.ends_with("退件说明.txt")).collect();
    assert_eq!(notes.len(), 1, "{what}: {} returns", notes.len());
    let wrong: Vec<&Body> = change.events.iter().filter(|b| !matches!(b, Body::CommandRefused { .. })).collect();
    assert!(wrong.is_empty() && change.events.len() <= 1, "{what}: {:?}", change.events);
    let text = String::from_utf8(notes[0].1.clone()).unwrap();
    let english = text.split_whitespace().filter(|w| w.len() > 12 && w.chars().all(|c| c.is_ascii_lowercase())).count();
    assert_eq!(english, 0, "{what}: the return is not Chinese:\n{text}");
    text
}

/// The page is written anew on its own when a day passes.
fn page(name: &str) -> bool {
    name.starts_with("public/")
}

/// A workbook with one part changed.
fn changed(bytes: &[u8], part: &str, change: impl Fn(String) -> String) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..from.len() {
        let mut file = from.by_index(at).unwrap();
        let mut text = Vec::new();
        file.read_to_end(&mut text).unwrap();
        if file.name() == part {
            let new = change(String::from_utf8(text.clone()).unwrap());
            assert_ne!(new.as_bytes(), text, "{part} was not changed");
            text = new.into_bytes();
        }
        to.start_file(file.name().to_string(), zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(&text).unwrap();
    }
    to.finish().unwrap().into_inner()
}

/// The parts of a package as text.
fn parts(bytes: &[u8]) -> Vec<(String, String)> {
    let mut from = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let part = |at: usize| {
        let mut file = from.by_index(at).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        (file.name().to_string(), text)
    };
    (0..zip::ZipArchive::new(Cursor::new(bytes)).unwrap().len()).map(part).collect()
}

/// The good workbook with this in place of a name.
fn named(good: &[u8], name: &str) -> Vec<u8> {
    changed(good, "xl/sharedStrings.xml", |text| text.replace(">陈志强<", &format!(">{name}<")))
}

/// The identity number in the forms, and that of somebody else.
const NUMBER: &str = "442000197803120037";
const OTHER_NUMBER: &str = "442000197803120053";

/// A row of the YAML form, with this name and this deed.
fn row(name: &str, deed: &str) -> String {
    format!(
        "  - {{ 姓名或组织名称: {name}, 性别: 男, 民族: 汉族, 出生年月: 1978-03, 身份证号: \"{NUMBER}\", 入党时间: 2003-07, 党员类别: 正式党员, 单位及职务: 委员, 是否支部书记: 否, 无违纪违法声明: 是, 支委会日期: 2022-05-04, 表决情况: 全票, 主要事迹: {deed}, 事迹摘要: {deed} }}\n"
    )
}

const OPINION: (&str, &[u8]) = ("廉政意见.pdf", b"%PDF-1.4 1 0 obj %%EOF");

#[test]
fn workbooks_that_cannot_be_read_come_back() {
    common::runtime().block_on(async {
        let mut desk = Desk::open("unreadable").await;
        let good = desk.good.clone();
        desk.returned(OFFICE, None, &[("推荐表.xlsx", &good[..good.len() / 2])], "没有复制完").await;
        desk.returned(OFFICE, None, &[("推荐表.xlsx", b"")], "空").await;
        let papers = common::visible(&desk.out);
        let word = papers.iter().find(|(n, _)| n.ends_with(".docx")).unwrap().1.clone();
        desk.returned(OFFICE, None, &[("推荐表.xlsx", &word)], "Word").await;
        desk.returned(OFFICE, None, &[("推荐表.xls", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 old")], "旧格式").await;
        let wide: Vec<u8> = "WordDocument".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let old = [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 ".to_vec(), wide].concat();
        desk.returned(OFFICE, None, &[("推荐表.doc", &old)], "另存为” Word 文档（.docx").await;
        let bomb = format!("{HEAD}a: &a [x, x]\nb: [*a, *a]\n");
        desk.returned(OFFICE, None, &[("推荐表.yaml", bomb.as_bytes())], "不能用“&”").await;
        let deep = format!("{HEAD}优秀共产党员: {}{}\n", "[".repeat(5_000), "]".repeat(5_000));
        desk.returned(OFFICE, None, &[("推荐表.yaml", deep.as_bytes())], "层次过深").await;
        let twice = format!("{HEAD}{HEAD}");
        desk.returned(OFFICE, None, &[("推荐表.yaml", twice.as_bytes())], "写了两次").await;
        let long: String = (0..ROWS).map(|_| "  - { 姓名: 甲 }\n").collect();
        let long = format!("{HEAD}优秀共产党员:\n{long}");
        desk.returned(OFFICE, None, &[("推荐表.yaml", long.as_bytes())], "没有列出").await;
        let longer = format!("{long}  - {{ 姓名: 甲 }}\n");
        desk.returned(OFFICE, None, &[("推荐表.yaml", longer.as_bytes())], "请分成几份交").await;
        desk.returned(OFFICE, None, &[("照片.jpg", b"\xFF\xD8\xFF\xDA\0\x02 a picture\xFF\xD9")], "表格").await;
        finish(desk);
    });
}

#[test]
fn workbooks_that_were_tampered_with_come_back() {
    common::runtime().block_on(async {
        let mut desk = Desk::open("tampered").await;
        let good = desk.good.clone();
        let hidden = changed(&good, "xl/sharedStrings.xml", |text| text.replace("七一表彰-2022", "七一表彰-2021"));
        desk.returned(OFFICE, Some("推荐表"), &[("推荐表.xlsx", &hidden), OPINION], "隐藏页").await;
        let formula = in_first_cell(&good, |_| "<f>1+1</f><v>2</v>".to_string());
        desk.returned(OFFICE, Some("推荐表"), &[("推荐表.xlsx", &formula), OPINION], "公式").await;
        let merged = changed(&good, "xl/worksheets/sheet3.xml", |text| {
            let cells = "<mergeCell ref=\"B3:B4\"/>";
            match text.contains("<mergeCells") {
                true => text.replacen("<mergeCell ref", &format!("{cells}<mergeCell ref"), 1),
                false => text.replacen(
                    "</sheetData>",
                    &format!("</sheetData><mergeCells count=\"1\">{cells}</mergeCells>"),
                    1,
                ),
            }
        });
        desk.returned(OFFICE, Some("推荐表"), &[("推荐表.xlsx", &merged), OPINION], "合并单元格").await;
        let long = changed(&good, "xl/worksheets/sheet3.xml", |text| {
            let cell = |n: usize| format!("<row r=\"{n}\"><c r=\"A{n}\" t=\"inlineStr\"><is><t>甲</t></is></c></row>");
            let rows: String = (1_000..1_000 + ROWS).map(cell).collect();
            text.replacen("</sheetData>", &format!("{rows}</sheetData>"), 1)
        });
        desk.returned(OFFICE, Some("推荐表"), &[("推荐表.xlsx", &long), OPINION], "行").await;
        finish(desk);
    });
}

/// The good workbook with the content of the first name's cell changed.
fn in_first_cell(good: &[u8], change: impl Fn(&str) -> String) -> Vec<u8> {
    changed(good, "xl/worksheets/sheet3.xml", |text| {
        let row = text.find("t=\"s\"").and_then(|_| text.match_indices("<row r=").nth(2)).unwrap().0;
        let cell = row + text[row..].find("<c ").unwrap();
        let content = cell + text[cell..].find('>').unwrap() + 1;
        let end = content + text[content..].find("</c>").unwrap();
        let open = text[cell..content].replace(" t=\"s\"", "");
        format!("{}{open}{}{}", &text[..cell], change(&text[content..end]), &text[end..])
    })
}

#[test]
fn hostile_values_come_back_or_stay_text() {
    common::runtime().block_on(async {
        let mut desk = Desk::open("hostile").await;
        let good = desk.good.clone();
        for name in ["=cmd()", "../../etc/passwd", "&lt;script&gt;alert(1)&lt;/script&gt;", "张&#10;三", "@SUM(A1)"] {
            let bytes = named(&good, name);
            desk.returned(OFFICE, Some("推荐表"), &[("推荐表.xlsx", &bytes), OPINION], "姓名").await;
        }
        // In plain text they are text, and reach the next workbook as text.
        let deed = "\"=cmd()|' /C calc'!A0 <script>alert(1)</script>\"";
        let yaml = format!("{HEAD}优秀共产党员:\n{}", row("甲某", deed));
        let taken = desk.drop(OFFICE, Some("推荐表"), &[("推荐表.yaml", yaml.as_bytes()), OPINION]).await;
        let next = taken.appeared.iter().find(|(n, _)| n.contains("/待办/考察表")).unwrap();
        for (part, text) in parts(&next.1) {
            let formula =
                text.match_indices("<f>").any(|(at, _)| text[at..].split("</f>").next().unwrap().contains("cmd"));
            assert!(!formula && !text.contains("<script>"), "{part}");
        }
        let names: [(&str, &str); 2] = [("推荐表..xlsx", "缺少附件"), ("．．╱推荐表.xlsx", "缺少附件")];
        for (name, says) in names {
            desk.returned(OFFICE, None, &[(name, &good)], says).await;
        }
        finish(desk);
    });
}

#[test]
fn forms_of_others_and_of_another_time_come_back() {
    common::runtime().block_on(async {
        let mut desk = Desk::open("others").await;
        let good = desk.good.clone();
        desk.returned("第二党支部", Some("推荐表"), &[("推荐表.xlsx", &good), OPINION], "第一支部委员会").await;
        let yaml = format!("{}优秀共产党员:\n{}", HEAD.replace("task: 1", "task: 2"), row("甲某", "事迹"));
        desk.returned(OFFICE, Some("推荐表"), &[("推荐表.yaml", yaml.as_bytes()), OPINION], "第二支部委员会").await;
        let elsewhere = format!("{}优秀共产党员:\n{}", HEAD.replace("2022", "2019"), row("甲某", "事迹"));
        desk.returned(OFFICE, Some("推荐表"), &[("推荐表.yaml", elsewhere.as_bytes()), OPINION], "案卷").await;
        let nothing = format!("{}优秀共产党员:\n{}", HEAD.replace("task: 1", "task: 99"), row("甲某", "事迹"));
        desk.returned(OFFICE, Some("推荐表"), &[("推荐表.yaml", nothing.as_bytes()), OPINION], "没有这项待办").await;
        let stage = format!("{}优秀共产党员:\n{}", HEAD.replace("stage: 推荐", "stage: 考察"), row("甲某", "事迹"));
        desk.returned(OFFICE, Some("推荐表"), &[("推荐表.yaml", stage.as_bytes()), OPINION], "“考察”环节").await;
        desk.returned(
            OFFICE,
            Some("推荐表"),
            &[("推荐表.xlsx", &good), ("推荐表（2）.xlsx", &good), OPINION],
            "几个表格",
        )
        .await;
        // another person: the number is another's, too
        let other =
            changed(&named(&good, "黄建国"), "xl/sharedStrings.xml", |text| text.replace(NUMBER, OTHER_NUMBER));
        let taken = desk.drop(OFFICE, Some("推荐表"), &[("推荐表.xlsx", &good), OPINION]).await;
        assert!(taken.appeared.iter().any(|(n, _)| n.contains("/回执/")), "the good workbook is taken");
        let mended = desk.drop(OFFICE, Some("推荐表"), &[("推荐表.xlsx", &other), OPINION]).await;
        let receipt = mended.appeared.iter().find(|(n, _)| n.contains("/回执/")).unwrap();
        assert!(
            String::from_utf8_lossy(&receipt.1).contains("新增：黄建国"),
            "{}",
            String::from_utf8_lossy(&receipt.1)
        );
        let again = desk.drop(OFFICE, Some("推荐表"), &[("推荐表.xlsx", &other), OPINION]).await;
        let receipts: Vec<&(String, Vec<u8>)> = again.appeared.iter().filter(|(n, _)| !page(n)).collect();
        assert_eq!(receipts.len(), 1, "{:?}", receipts.iter().map(|r| &r.0).collect::<Vec<_>>());
        assert!(
            receipts[0].0.contains("/回执/") && String::from_utf8_lossy(&receipts[0].1).contains("重复"),
            "the first receipt is repeated"
        );
        assert!(again.events.is_empty(), "{:?}", again.events);
        finish(desk);
    });
}

#[test]
fn of_two_files_for_one_task_the_second_comes_back() {
    common::runtime().block_on(async {
        let mut desk = Desk::open("two").await;
        let mut forms = Vec::new();
        for (name, number) in [("甲某", NUMBER), ("乙某", OTHER_NUMBER)] {
            forms.push(format!("{HEAD}优秀共产党员:\n{}", row(name, "事迹").replace(NUMBER, number)));
        }
        let first = banwen::spool::layout::Spool::at(&desk.out).office(OFFICE).handed_in().join("推荐表甲");
        std::fs::create_dir_all(&first).unwrap();
        std::fs::write(first.join("推荐表.yaml"), &forms[0]).unwrap();
        std::fs::write(first.join(OPINION.0), OPINION.1).unwrap();
        let change = desk.drop(OFFICE, Some("推荐表乙"), &[("推荐表.yaml", forms[1].as_bytes()), OPINION]).await;
        let texts = |part: &str| -> Vec<String> {
            let found = change.appeared.iter().filter(|(n, _)| n.contains(part) && n.ends_with(".txt"));
            found.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect()
        };
        let (receipts, returns) = (texts("/回执/"), texts("/退件/"));
        assert_eq!((receipts.len(), returns.len()), (1, 1), "{receipts:?} {returns:?}");
        assert!(returns[0].contains("看不出是更正还是另报"), "{}", returns[0]);
        assert_eq!(change.events.iter().filter(|b| matches!(b, Body::ItemOpened { .. })).count(), 1);
        finish(desk);
    });
}

#[test]
fn a_secret_drop_is_sealed_unread() {
    common::runtime().block_on(async {
        let mut desk = Desk::open("secret").await;
        let text = "秘密★1年\n人选情况";
        let change = desk.drop(OFFICE, None, &[("人选情况.txt", text.as_bytes())]).await;
        let told: Vec<&(String, Vec<u8>)> = change.appeared.iter().filter(|(n, _)| n.contains("/退件/")).collect();
        assert_eq!(told.len(), 1, "{:?}", change.appeared.iter().map(|a| &a.0).collect::<Vec<_>>());
        assert!(!String::from_utf8_lossy(&told[0].1).contains("人选情况"), "the note repeats what is secret");
        assert!(change.events.is_empty(), "{:?}", change.events);
        let kept = common::files(&desk.out.join("state"));
        assert!(!kept.values().any(|b| find(b, "人选情况".as_bytes())), "the daemon kept something of it");
        finish(desk);
    });
}

fn find(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|w| w == wanted)
}

fn finish(desk: Desk) {
    let out = desk.out.clone();
    drop(desk);
    common::clear(Path::new(&out));
}

#[test]
fn a_return_says_whether_to_hand_in_again_and_by_when() {
    common::runtime().block_on(async {
        let mut desk = Desk::open("way-out").await;
        let good = desk.good.clone();
        let yaml = format!("{HEAD}优秀共产党员:\n{}", row("甲某", "事迹"));
        desk.returned(OFFICE, Some("推荐表"), &[("推荐表.yaml", yaml.as_bytes())], "请按上述各条改正后，于5月").await;
        desk.returned("第二党支部", Some("推荐表"), &[("推荐表.xlsx", &good), OPINION], "不能由贵单位代交").await;
        desk.returned(
            "第二党支部",
            Some("推荐表"),
            &[("推荐表.xlsx", &good), OPINION],
            "由其放入自己的“交件”文件夹；贵单位不必重交",
        )
        .await;
        let taken = [("推荐表.yaml", yaml.as_bytes()), OPINION];
        assert!(desk.drop(OFFICE, Some("推荐表"), &taken).await.appeared.iter().any(|(n, _)| n.contains("/回执/")));
        // Once it is taken back, its receipt stands no longer: the same paper is refused, not answered as a repetition.
        let back = HEAD.replace("what: task", "what: take-back").replace(", stage: 推荐", "");
        let back = format!("{back}理由: 漏报一人\n");
        let change = desk.drop(OFFICE, None, &[("撤回报送.yaml", back.as_bytes())]).await;
        assert!(change.events.iter().any(|b| matches!(b, Body::ItemEnded { .. })), "{:?}", change.appeared);
        desk.returned(OFFICE, Some("推荐表"), &taken, "此件原样再交也不受理").await;
        finish(desk);
    });
}
