//! Folders with several files: which of them is the form, what is an attachment, and what is told of each.

use super::super::scenario::{self, Player};
use super::{Fuse, OFFICE, OTHER, run};
use crate::spool::forms;
use crate::submission::Answers;
use std::io::Write;
use std::path::{Path, PathBuf};

/// One round of 技能能手, at which an attachment is demanded.
struct Round {
    player: Player,
    root: tempfile::TempDir,
}

impl Round {
    async fn open() -> Round {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
        let root = tempfile::tempdir().unwrap();
        let base = root.path().join("base");
        std::fs::create_dir_all(base.join("workflows")).unwrap();
        std::fs::copy(shipped.join("offices/两个支部.yaml"), base.join("offices.yaml")).unwrap();
        let definition = std::fs::read_to_string(shipped.join("Word表/workflows/技能能手.yaml")).unwrap();
        let definition = definition.replacen("word: true,", "word: true, attach: [廉政意见],", 1);
        std::fs::write(base.join("workflows/技能能手.yaml"), definition).unwrap();
        let text = "scenario: 材料\nstart: 2022-05-05T08:30\noffices: offices.yaml\nworkflows: workflows\nsteps:\n  \
                    - { at: 2022-05-05T09:00, fill: 启动技能能手, by: 镇组织办, head: { 年度: 2022 } }\n";
        let scenario = scenario::parse("材料", text).unwrap();
        let mut player = Player::begin(&scenario, &base, &root.path().join("spool"), Fuse::default()).await.unwrap();
        player.play(&scenario, None).await.unwrap();
        Round { player, root }
    }

    fn place(&self, office: &str, part: &str) -> PathBuf {
        self.root.path().join("spool/offices").join(office).join(part)
    }

    /// What is answered to a folder with these files, or to one file alone.
    async fn answer(&self, office: &str, files: &[(&str, Vec<u8>)]) -> String {
        for part in ["退件", "回执"] {
            std::fs::remove_dir_all(self.place(office, part)).unwrap();
            std::fs::create_dir(self.place(office, part)).unwrap();
        }
        let handed_in = self.place(office, "交件");
        let folder = if files.len() > 1 { handed_in.join("材料") } else { handed_in };
        std::fs::create_dir_all(&folder).unwrap();
        files.iter().for_each(|(name, bytes)| std::fs::write(folder.join(name), bytes).unwrap());
        assert_eq!(self.player.engine().unwrap().look().await.unwrap(), 1);
        let entries = |part: &str| std::fs::read_dir(self.place(office, part)).unwrap().map(|it| it.unwrap().path());
        let returned = entries("退件").map(|folder| folder.join("退件说明.txt"));
        let answer: Vec<String> =
            entries("回执").chain(returned).map(|path| std::fs::read_to_string(path).unwrap()).collect();
        assert_eq!(answer.len(), 1, "{answer:?}");
        answer.concat()
    }

    /// A form of ours that names this person, as text.
    fn marked(&self, office: &str, number: u32, name: &str) -> Vec<u8> {
        let ours = std::fs::read(self.place(office, "待办").join(format!("推荐表-{number}号.docx"))).unwrap();
        let answers: Answers = forms::read("表.docx", &ours).unwrap().answers.unwrap();
        let row = format!(
            "{{\"姓名\":\"{name}\",\"性别\":\"男\",\"出生日期\":\"1990-01-02\",\"工作单位\":\"甲村\",\"主要事迹\":\"好\"}}"
        );
        format!("{{\"banwen\":{},\"rows\":[{row}]}}", serde_json::to_string(&answers).unwrap()).into_bytes()
    }
}

/// A Word file with one table: `|` ends a cell.
fn word(rows: &[&str]) -> Vec<u8> {
    let cell = |text: &str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
    let row = |row: &&str| format!("<w:tr>{}</w:tr>", row.split('|').map(cell).collect::<String>());
    let rows: String = rows.iter().map(row).collect();
    let document = format!(
        "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body><w:tbl>{rows}</w:tbl>\
         </w:body></w:document>"
    );
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument";
    let root = format!(
        "<Relationships><Relationship Id=\"r1\" Type=\"{kind}\" Target=\"word/document.xml\"/></Relationships>"
    );
    let parts = [("[Content_Types].xml", "<Types/>"), ("_rels/.rels", &root), ("word/document.xml", &document)];
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        to.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(text.as_bytes()).unwrap();
    }
    to.finish().unwrap().into_inner()
}

fn own_form(name: &str) -> Vec<u8> {
    let first = format!("姓名|{name}|性别|男");
    word(&[&first, "出生年月日|1980年6月1日|单位及职务|乙村", "主要事迹|修桥|籍贯|香山"])
}

fn opinion() -> Vec<u8> {
    word(&["姓名|张三", "廉政意见|同意"])
}

fn resume() -> Vec<u8> {
    word(&["姓名|张三|性别|男", "学历|大专|籍贯|香山"])
}

#[test]
fn a_word_form_beside_another_form_comes_back_with_both_names() {
    run(async {
        let round = Round::open().await;
        let list = "姓名,性别,出生日期,工作单位,主要事迹\n张三,男,1990-01-02,甲村,好\n".as_bytes().to_vec();
        let files =
            |form: (&'static str, Vec<u8>)| [form, ("李四审批表.docx", own_form("李四")), ("廉政意见.docx", opinion())];
        for form in [("推荐表.json", round.marked(OFFICE, 1, "张三")), ("名单.csv", list)] {
            let name = form.0;
            let answer = round.answer(OFFICE, &files(form)).await;
            assert!(answer.contains(&format!("“{name}”和“李四审批表.docx”都填了这件事要报的内容")), "{answer}");
        }
        // a form of ours in Word, and one of their own
        let ours = std::fs::read(round.place(OFFICE, "待办").join("推荐表-1号.docx")).unwrap();
        let answer = round.answer(OFFICE, &files(("推荐表-1号.docx", ours))).await;
        assert!(answer.contains("“推荐表-1号.docx”和“李四审批表.docx”都填了"), "{answer}");
    });
}

#[test]
fn word_files_that_are_no_forms_are_attachments_and_the_receipt_names_them() {
    run(async {
        let round = Round::open().await;
        let beside =
            || [("个人简历.docx", resume()), ("廉政意见.docx", opinion()), ("会议记录.docx", word(&["时间|三月"]))];
        let told = "附件3个：个人简历.docx、会议记录.docx、廉政意见.docx";
        let with = |form: (&'static str, Vec<u8>)| [&beside()[..], &[form]].concat();
        let answer = round.answer(OFFICE, &with(("推荐表.json", round.marked(OFFICE, 1, "张三")))).await;
        assert!(
            answer.contains("1号 张三") && answer.contains("填好的表：推荐表.json") && answer.contains(told),
            "{answer}"
        );
        assert!(answer.contains("按附件收下，里面填写的内容没有读取"), "{answer}");
        let answer = round.answer(OTHER, &with(("李四审批表.docx", own_form("李四")))).await;
        assert!(answer.contains("2号 李四") && answer.contains("填好的表：李四审批表.docx"), "{answer}");
        assert!(answer.contains(told) && answer.contains("表1里的“籍贯”不是本表要填的，没有读取"), "{answer}");
    });
}

#[test]
fn who_has_handed_in_everything_is_told_so_and_how_to_add() {
    run(async {
        let round = Round::open().await;
        let over = "“报送完毕”没有填“否”，贵单位的报送到此结束；还要增加对象的，";
        let with = |form: Vec<u8>| [("廉政意见.docx", opinion()), ("推荐表.json", form)];
        let answer = round.answer(OFFICE, &with(round.marked(OFFICE, 1, "张三"))).await;
        assert!(answer.contains(&format!("{over}请连同已报的对象一并填好，整份再交。")), "{answer}");
        // the last office that was expected: the next stage has it now
        let answer = round.answer(OTHER, &with(round.marked(OTHER, 2, "李四"))).await;
        assert!(answer.contains(&format!("{over}请与")) && answer.contains("联系，由其重开收件。"), "{answer}");
    });
}

#[test]
fn a_drop_without_a_form_is_told_what_is_expected() {
    run(async {
        let round = Round::open().await;
        let png = || b"\x89PNG\r\n\x1A\n\0\0\0\0IEND".to_vec();
        let expected = "贵单位现在的待办是：推荐表（1号，2022年党员技能能手推荐），须附“廉政意见”。";
        let answer = round.answer(OFFICE, &[("廉政意见.png", png())]).await;
        assert!(answer.contains("廉政意见.png：这是 .png 文件，只能作附件") && answer.contains(expected), "{answer}");
        assert!(answer.contains("原件一并退回。原因如下："), "what is expected is no second fault: {answer}");
        let old = [0xD0, 0xCF, 0x11, 0xE0].into_iter().chain([0; 600]).collect::<Vec<u8>>();
        let answer = round.answer(OFFICE, &[("推荐表.doc", old.clone()), ("廉政意见.png", png())]).await;
        assert!(
            answer.contains("推荐表.doc：是 .doc 格式，系统读不了") && answer.contains("“另存为” Word 文档（.docx"),
            "{answer}"
        );
        assert!(answer.contains(expected) && !answer.contains("没有填好的表"), "{answer}");
        let answer = round.answer(OFFICE, &[("名单.xlsb", old.clone()), ("廉政意见.png", png())]).await;
        assert!(answer.contains("名单.xlsb：是 .xlsb 格式") && answer.contains("Excel 工作簿（.xlsx"), "{answer}");
        let answer = round.answer(OFFICE, &[("推荐表.wps", old), ("会议记录.docx", word(&["时间|三月"]))]).await;
        assert!(
            answer.contains("推荐表.wps：是 .wps 格式") && answer.contains("会议记录.docx：这份 Word 文件"),
            "{answer}"
        );
        let answer = round.answer("镇组织办", &[("推荐表.xlsx", b"PK\x03\x04".to_vec())]).await;
        assert!(answer.contains("推荐表.xlsx：文件不完整或已损坏") && !answer.contains("看不出"), "{answer}");
        let answer = round.answer(OFFICE, &[("甲.png", png()), ("乙.png", png())]).await;
        assert!(
            answer.contains("没有填好的表（.xlsx 表格，或者 .docx 的 Word 表）") && answer.contains(expected),
            "{answer}"
        );
    });
}

#[test]
fn a_form_of_another_office_is_passed_on_and_not_handed_in_again() {
    run(async {
        let round = Round::open().await;
        let answer = round.answer(OTHER, &[("推荐表.json", round.marked(OFFICE, 1, "张三"))]).await;
        assert!(answer.contains("这是中共香山镇第一支部委员会的表格，不能由贵单位代交。"), "{answer}");
        assert!(
            answer.contains("请把原件转给中共香山镇第一支部委员会，由其放入自己的“交件”文件夹；贵单位不必重交。"),
            "{answer}"
        );
        assert!(!answer.contains("请联系"), "{answer}");
    });
}
