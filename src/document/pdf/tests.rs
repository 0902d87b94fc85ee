//! The shipped templates, set with realistic data, and read back.

mod addressees;
mod close;
mod endings;
mod heads;
mod places;

use super::*;
use crate::document::fonts::Role;
use crate::document::html;
use crate::document::template::Template;
use crate::document::tests::samples;
use chrono::NaiveDate;
use serde_json::{Value as Json, json};
use std::io::Write as _;
use std::process::Command;

fn nominee(category: &str, name: &str, post: &str, owner: &str) -> Json {
    let person = category != "先进基层党组织";
    let mut item = json!({
        "id": name, "category": category, "subject": if person { "person" } else { "organisation" },
        "owner": {"id": owner, "title": format!("中共香山镇{owner}支部委员会")},
        "姓名": name, "单位及职务": post, "事迹摘要": "扎根基层，勤勉务实，带领群众发展特色种植，在疫情防控和防汛救灾一线冲锋在前，群众满意度高。",
        "考察": {"结论": "合格"}, "审核": {"审核意见": "同意"}, "outcome": "表彰", "reason": null, "waivers": [],
    });
    if person {
        item["性别"] = json!("男");
        item["民族"] = json!("汉族");
        item["出生年月"] = json!("1978-03");
        item["入党时间"] = json!("2001-07");
        item["学历"] = Json::Null;
    }
    item
}

fn items() -> Vec<Json> {
    let mut items = vec![
        nominee("先进基层党组织", "中共香山镇红旗村支部委员会", "红旗村党支部", "红旗村"),
        nominee("先进基层党组织", "中共香山镇农业农村综合服务中心支部委员会", "镇农业农村综合服务中心党支部", "机关"),
        nominee("优秀共产党员", "张伟", "红旗村党支部委员、村委会副主任", "红旗村"),
        nominee("优秀共产党员", "䶮㛃𬭊", "香山镇中心小学教师", "教育"),
        nominee("优秀共产党员", "欧阳建国", "东风村党员", "东风村"),
        nominee("优秀共产党员", "阿卜杜拉·买买提艾力", "镇农业农村综合服务中心农艺师", "机关"),
        nominee("优秀共产党员", "李娜", "镇卫生院护士长", "卫生"),
        nominee("优秀共产党员", "王小明", "东风村网格员", "东风村"),
        nominee("优秀共产党员", "刘洋", "镇便民服务中心办事员", "机关"),
        nominee("优秀党务工作者", "陈静", "红旗村党支部副书记", "红旗村"),
        nominee("优秀党务工作者", "赵堃", "东风村党支部书记、村委会主任", "东风村"),
        nominee("优秀党务工作者", "孙晓梅", "镇机关党支部组织委员", "机关"),
    ];
    items[9]["waivers"] = json!([{"rule": "满2年", "reason": "任职满一年八个月，成绩特别突出"}]);
    items
}

fn by_category(items: &[Json]) -> Json {
    let groups = ["先进基层党组织", "优秀共产党员", "优秀党务工作者"].map(|category| {
        let members: Vec<&Json> = items.iter().filter(|item| item["category"] == category).collect();
        json!({"category": category, "subject": members.first().map(|it| it["subject"].clone()), "items": members})
    });
    json!(
        groups
            .into_iter()
            .filter(|group| group["items"].as_array().is_some_and(|it| !it.is_empty()))
            .collect::<Vec<_>>()
    )
}

fn case_data(items: &[Json]) -> Json {
    json!({
        "案卷": {"标题": "2022年“七一”表彰", "编号": "2022-qiyi"}, "年度": 2022, "一票否决起算": "2021-01",
        "总名额": {"先进基层党组织": {"名额数": 2}, "优秀共产党员": {"名额数": 7}, "优秀党务工作者": {"名额数": 3}},
        "名额": {
            "红旗村": {"先进基层党组织": 1, "优秀共产党员": 2, "优秀党务工作者": 1},
            "东风村": {"优秀共产党员": 2, "优秀党务工作者": 1},
            "机关": {"先进基层党组织": 1, "优秀共产党员": 3, "优秀党务工作者": 1},
        },
        "单位": {"红旗村": "中共香山镇红旗村支部委员会", "东风村": "中共香山镇东风村支部委员会"},
        "basis": ["香山镇2022年“七一”表彰工作方案"], "today": "2022-06-17", "本次": {"轮次": 1, "重新": false},
        "文号": "香党发〔2022〕8号", "成文日期": "2022-06-17", "印发日期": "2022-06-20",
        "发文机关": {"title": "中共香山镇委员会"}, "opener": {"title": "中共香山镇委员会组织办公室"},
        "主送": "各党支部", "抄送": "县委组织部，镇纪委，镇各有关单位", "签发人": "周正",
        "items": items, "by_category": by_category(items),
        "研究决定": {"会议日期": "2022-06-17", "应到": 9, "实到": 8, "会议情况": "与会人员一致同意。"},
        "公示": {"开始日期": "2022-06-02", "截止日期": "2022-06-10", "期限": "5个工作日", "计算说明": "6月3日至5日端午节放假", "暂定": false},
        "受理": {"单位": "中共香山镇委员会组织办公室", "电话": "0000-1234567", "邮箱": "zzb@example.org", "地址": "香山镇人民路1号"},
        "期间": {"名称": "2022年5月"},
        "进度": {
            "columns": ["先进基层党组织", "优秀共产党员", "优秀党务工作者"],
            "rows": [
                {"label": "中共香山镇红旗村支部委员会", "values": [1, 2, 1], "total": 4},
                {"label": "中共香山镇东风村支部委员会", "values": [0, 2, 1], "total": 3},
            ],
            "totals": [1, 4, 2], "missing": ["中共香山镇机关支部委员会"], "as_of": "2022-05-31",
        },
    })
}

fn shipped(name: &str) -> Template {
    let path = format!("{}/templates/{name}.md", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap();
    Template::parse(name, &text).unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// Every shipped template with its data: name, what varies, data.
fn papers() -> Vec<(String, Document)> {
    let all = items();
    let data = case_data(&all);
    let mut papers = Vec::new();
    let mut add = |name: &str, variant: &str, data: &Json| {
        let document = shipped(name).render(data).unwrap_or_else(|error| panic!("{error}"));
        papers.push((format!("{name}{variant}"), document));
    };
    let mut office = data.clone();
    office["发文机关"] = json!({"title": "中共香山镇委员会组织办公室"});
    office["文号"] = json!("香组发〔2022〕3号");
    for name in ["推荐汇总表", "表彰决定", "备案报告", "进展报告"] {
        add(name, "", &data);
    }
    for name in ["启动通知", "公示"] {
        add(name, "", &office);
    }
    let mut second = case_data(&all[2..3]);
    second["本次"] = json!({"轮次": 2, "重新": true});
    second["文书"] = json!({"表彰决定": {"文号": "香党发〔2022〕8号", "成文日期": "2022-06-17",
        "标题": "中共香山镇委员会关于表彰2022年度先进基层党组织、优秀共产党员和优秀党务工作者的决定"}});
    second["文号"] = json!("香党发〔2022〕10号");
    add("表彰决定", "-补充", &second);
    add("公示", "-第二批", &second);
    for (variant, item) in [("-人", &all[3]), ("-组织", &all[1])] {
        let mut one = data.clone();
        for (key, value) in item.as_object().unwrap() {
            one[key] = value.clone();
        }
        add("证书", variant, &one);
        add("奖牌文", variant, &one);
    }
    papers
}

fn folder() -> std::path::PathBuf {
    let folder = std::env::temp_dir().join("docs");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

pub(in crate::document) fn squeezed(text: &str) -> String {
    text.chars().filter(|it| !it.is_whitespace()).collect()
}

/// The text poppler reads in a PDF, without white space; None when poppler is not here.
pub(in crate::document) fn extracted(bytes: &[u8]) -> Option<String> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let run = Command::new("pdftotext").args(["-raw", "-enc", "UTF-8"]).arg(file.path()).arg("-").output();
    match run {
        Ok(output) if output.status.success() => Some(squeezed(&String::from_utf8_lossy(&output.stdout))),
        _ => {
            assert!(std::env::var_os("CI").is_none(), "pdftotext is not installed");
            writeln!(std::io::stderr(), "SKIPPED: pdftotext is not here, the text of PDFs was not read back").unwrap();
            None
        }
    }
}

#[test]
fn shipped_templates_are_set_whole_and_the_same_each_time() {
    let fonts = Fonts::bundled();
    for (name, document) in papers() {
        let bytes = pdf(&document, &fonts).unwrap_or_else(|error| panic!("{name}: {error}"));
        if std::env::var_os("BANWEN_KEEP_SAMPLES").is_some() {
            std::fs::write(folder().join(format!("{name}.pdf")), &bytes).unwrap();
            std::fs::write(folder().join(format!("{name}.json")), serde_json::to_string_pretty(&document).unwrap())
                .unwrap();
        }
        assert_eq!(bytes, pdf(&document, &fonts).unwrap(), "{name} is set the same again");
        let archival = b"<pdfaid:part>2</pdfaid:part>";
        assert!(bytes.windows(archival.len()).any(|it| it == archival), "{name} is PDF/A-2");
        let Some(text) = extracted(&bytes) else { continue };
        // A page number may stand in the middle of a paragraph.
        let text = (1..20).fold(text, |text, page| text.replace(&format!("—{page}—"), ""));
        for line in html::text(&document).lines() {
            assert!(text.contains(&squeezed(line)), "{name}: {line}\n{text}");
        }
    }
}

fn paper(layout: Layout) -> Document {
    let span = |text: &str| vec![Span { text: text.to_owned(), strong: false }];
    Document {
        mark: vec!["香山县人民政府办公室".to_owned()],
        urgency: Some("加急".to_owned()),
        number: Some("香府办函〔2022〕3号".to_owned()),
        title: vec!["关于商请支持香山镇乡村振兴示范片建设有关事项的函".to_owned()],
        main_to: Some("县农业农村局，县财政局".to_owned()),
        body: vec![
            Block::Paragraph(span(&"为做好示范片建设，现就有关事项函商如下。".repeat(12))),
            Block::Paragraph(span("特此函商。")),
        ],
        signature: vec!["香山县人民政府办公室".to_owned()],
        date: NaiveDate::from_ymd_opt(2022, 12, 30),
        note: Some("联系人：张三，电话：0000-1234567".to_owned()),
        copy_to: Some(
            "县委办公室，县人大常委会办公室，县政协办公室，各乡镇人民政府，县属各有关单位，驻县各有关单位".to_owned(),
        ),
        subject: "函".to_owned(),
        author: "香山县人民政府办公室".to_owned(),
        ..samples::empty(layout)
    }
}

fn kept(name: &str, document: &Document) -> Option<String> {
    let bytes = pdf(document, &Fonts::bundled()).unwrap_or_else(|error| panic!("{name}: {error}"));
    if std::env::var_os("BANWEN_KEEP_SAMPLES").is_some() {
        std::fs::write(folder().join(format!("{name}.pdf")), &bytes).unwrap();
    }
    extracted(&bytes)
}

#[test]
fn the_other_forms_of_9704_are_set_whole() {
    let letter = paper(Layout::Letter);
    let mut joint = paper(Layout::Document);
    joint.mark = ["中共香山县委组织部", "香山县人力资源和社会保障局", "香山县财政局"].map(str::to_owned).to_vec();
    joint.mark_file = true;
    joint.signers = ["张三", "李四光", "欧阳建国"].map(str::to_owned).to_vec();
    joint.signature = joint.mark.clone();
    joint.seal = true;
    joint.printed_by = joint.date.map(|date| ("香山县人民政府办公室".to_owned(), date));
    let empty = |name: &str| crate::document::model::Attachment { name: name.to_owned(), body: Vec::new() };
    joint.attachments =
        vec![empty("示范片建设项目一览表"), empty("示范片建设资金安排使用管理办法（征求意见稿）以及有关说明材料")];
    let mut long = paper(Layout::Document);
    long.signature = vec!["香山县乡村振兴示范片建设工作领导小组办公室综合协调组".to_owned()];
    long.seal = true;
    for (name, document) in [("信函", letter), ("联合行文", joint), ("长署名", long)] {
        let Some(text) = kept(name, &document) else { continue };
        for wanted in ["加急", "香府办函〔2022〕3号", "特此函商。", "2022年12月30日", "抄送：县委办公室"]
        {
            assert!(text.contains(wanted), "{name}: {wanted}\n{text}");
        }
    }
}

#[test]
fn text_is_never_markup() {
    let values = [
        "#eval(\"1+1\")",
        "*粗* _斜_ $x^2$",
        "<script>",
        "= 题",
        "\\ / // 注",
        "@ref <label>",
        "https://example.org",
        "~ -- --- ...",
    ];
    let mut document = paper(Layout::Plain);
    document.body =
        values.iter().map(|it| Block::Paragraph(vec![Span { text: (*it).to_owned(), strong: false }])).collect();
    document.title = vec!["#panic()".to_owned()];
    let Some(text) = kept("文字", &document) else { return };
    for value in values.iter().chain(&["#panic()"]) {
        assert!(text.contains(&squeezed(value)), "{value}: {text}");
    }
}

#[test]
fn a_character_without_a_face_is_named_with_its_place() {
    let mut document = paper(Layout::Document);
    document.body.push(Block::Paragraph(vec![Span { text: "授予张\u{1F600}同志".to_owned(), strong: false }]));
    let error = pdf(&document, &Fonts::bundled()).unwrap_err();
    let RenderError::MissingCharacter { character, context } = &error else { panic!("{error}") };
    assert_eq!((*character, context.as_str()), ('\u{1F600}', "正文：授予张\u{1F600}同志"));
    assert!(error.to_string().contains("U+1F600"));
}

#[test]
fn a_face_that_changed_is_not_used() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("仿宋.otf");
    // a family of its own, so that no bundled face can be chosen in its place
    let bundled = std::fs::read(format!("{}/fonts/FandolFang-Regular.otf", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let (old, own) = ("FandolFang", "FangSongXY");
    let face = renamed(&bundled, old, own);
    std::fs::write(&path, &face).unwrap();
    let document = paper(Layout::Plain);
    let unchanged = Fonts::with_directory(directory.path()).unwrap();
    assert!(unchanged.families(Role::Text)[0].starts_with(own), "{:?}", unchanged.families(Role::Text));
    let fonts = Fonts::with_directory(directory.path()).unwrap();
    assert!(pdf(&document, &unchanged).is_ok());
    // still a face that could be read, and yet another file than the digest names
    std::fs::write(&path, [face, vec![0]].concat()).unwrap();
    assert!(pdf(&document, &Fonts::with_directory(directory.path()).unwrap()).is_ok());
    assert_eq!(pdf(&document, &fonts).unwrap_err(), RenderError::FontGone);
}

/// A face under another name of the same length, wherever the name stands in it.
fn renamed(face: &[u8], from: &str, to: &str) -> Vec<u8> {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    let mut face = face.to_vec();
    for (from, to) in [(wide(from), wide(to)), (from.as_bytes().to_vec(), to.as_bytes().to_vec())] {
        let places = face.windows(from.len()).enumerate().filter(|(_, it)| *it == from).map(|it| it.0);
        for at in places.collect::<Vec<usize>>() {
            face[at..at + to.len()].copy_from_slice(&to);
        }
    }
    face
}

#[test]
fn a_certificate_takes_one_page() {
    let mut document = paper(Layout::Certificate);
    document.body =
        vec![Block::Paragraph(vec![Span { text: "在年度工作中表现突出。".repeat(120), strong: false }])];
    assert!(matches!(pdf(&document, &Fonts::bundled()), Err(RenderError::TooLong { most: 1, .. })));
}

#[test]
fn a_plaque_takes_one_page() {
    let mut document = paper(Layout::Plaque);
    document.body = vec![Block::Centre(vec![Span { text: "先进基层党组织".to_owned(), strong: true }]); 12];
    assert!(matches!(pdf(&document, &Fonts::bundled()), Err(RenderError::TooLong { most: 1, .. })));
    assert!(matches!(fits(&document, &Fonts::bundled()), Err(RenderError::TooLong { most: 1, .. })));
}

/// What is called short is never too long, however it is made up; and a usual certificate and plaque are short.
#[test]
fn what_is_short_fits_its_page() {
    let fonts = Fonts::bundled();
    let mut short_ones = 0;
    for layout in [Layout::Certificate, Layout::Plaque] {
        for (title, number, to, signers) in
            [(4, false, false, 1), (12, true, true, 1), (13, false, true, 3), (30, true, false, 2), (1, true, true, 5)]
        {
            for (paragraphs, strong) in [(1, false), (1, true), (3, false), (4, true), (7, false)] {
                // the longest text of this make that is called short
                let made = |characters: usize| {
                    let text = |n: usize| "先进，基层：（党组织）ab".chars().cycle().take(n).collect::<String>();
                    let mut document = paper(layout);
                    document.title = vec![text(title)];
                    document.number = number.then(|| "香府〔2022〕3号".to_owned());
                    document.main_to = to.then(|| text(30));
                    document.signature = vec!["中共香山县委香山县人民政府".to_owned(); signers];
                    let span = Span { text: text(characters), strong };
                    document.body = vec![Block::Paragraph(vec![span]); paragraphs];
                    document
                };
                let Some(longest) = (1..400).rev().map(made).find(short::short) else { continue };
                short_ones += 1;
                let paged = super::laid(&longest, &fonts).unwrap().paged;
                assert_eq!(paged.pages().len(), 1, "{layout:?} {title} {number} {to} {signers} {paragraphs} {strong}");
            }
        }
    }
    comemo::evict(0);
    assert!(short_ones > 20, "{short_ones}");
    let usual = papers().into_iter().filter(|(name, _)| name.starts_with("证书") || name.starts_with("奖牌文"));
    for (name, document) in usual {
        assert!(short::short(&document), "{name}");
    }
}

#[test]
fn the_imprint_closes_an_even_page_whatever_the_length() {
    let fonts = Fonts::bundled();
    for lines in 0..48 {
        let mut document = paper(Layout::Document);
        document.body = vec![Block::Paragraph(vec![Span { text: "正文。".to_owned(), strong: false }]); lines + 1];
        let paged = super::laid(&document, &fonts).unwrap_or_else(|error| panic!("{lines}: {error}")).paged;
        comemo::evict(0);
        assert_eq!(paged.pages().len() % 2, 0, "{lines} lines");
    }
}

/// Names of people whose characters GB 18030 has at levels 1 to 3, in every element a name may stand in.
#[test]
fn rare_names_are_drawn_and_copied_out_in_every_element() {
    let name = "䶮㛃𬭊𫖯㙍𠉣𪢕𫤱𭁑";
    let mut document = paper(Layout::Document);
    document.signers = vec![name.to_owned()];
    document.title = vec![format!("关于表彰{name}的决定")];
    document.body = vec![
        Block::Heading(1, vec![Span { text: format!("一、{name}"), strong: false }]),
        Block::Heading(2, vec![Span { text: format!("（一）{name}"), strong: false }]),
        Block::Paragraph(vec![Span { text: format!("授予{name}同志"), strong: true }]),
    ];
    document.signature = vec![name.to_owned()];
    let word = crate::document::word::word(&document).unwrap();
    let told = squeezed(&crate::document::word::text(&word).unwrap());
    assert!(told.matches(name).count() >= 6, "{told}");
    let Some(text) = kept("生僻字", &document) else { return };
    assert_eq!(text.matches(name).count(), 6, "{text}");
}
