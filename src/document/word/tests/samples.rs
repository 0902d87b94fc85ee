//! Papers of every layout, for the tests of the writer.

use crate::document::model::{Attachment, Block, Document, Layout, Span, Table, TableCell};
use chrono::NaiveDate;

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// Plain words.
pub(super) fn spans(text: &str) -> Vec<Span> {
    vec![Span { text: text.to_owned(), strong: false }]
}

fn strong(before: &str, strong: &str, after: &str) -> Vec<Span> {
    let span = |text: &str, strong| Span { text: text.to_owned(), strong };
    vec![span(before, false), span(strong, true), span(after, false)]
}

fn paragraph(text: &str) -> Block {
    Block::Paragraph(spans(text))
}

/// A cell over one column and row.
pub(super) fn cell(text: &str) -> TableCell {
    TableCell { text: text.to_owned(), columns: 1, rows: 1, centre: true }
}

fn empty(layout: Layout) -> Document {
    Document {
        layout,
        mark: Vec::new(),
        mark_file: false,
        urgency: None,
        number: None,
        signers: Vec::new(),
        title: Vec::new(),
        main_to: None,
        body: Vec::new(),
        attachments: Vec::new(),
        signature: Vec::new(),
        date: None,
        seal: false,
        note: None,
        copy_to: None,
        printed_by: None,
        subject: "样张".to_owned(),
        author: "中共香泉镇委员会".to_owned(),
    }
}

/// A table with a header of two rows, merged cells and so many rows.
pub(super) fn table(rows: usize) -> Table {
    let wide = |text: &str, columns, rows| TableCell { columns, rows, ..cell(text) };
    let body = (0..rows).map(|row| {
        let mut cells = Vec::new();
        if row % 4 == 0 {
            cells.push(wide(&format!("第{}党支部", row / 4 + 1), 1, (rows - row).min(4) as u32));
        }
        cells.extend([cell("张建国"), cell("男"), cell("1968.03")]);
        cells.push(TableCell {
            text: "带头流转土地一百二十亩\n办起合作社，带动十户增收".to_owned(),
            centre: false,
            ..cell("")
        });
        cells
    });
    Table {
        caption: Some("香泉镇“七一”表彰推荐对象汇总表".to_owned()),
        widths: vec![3, 2, 1, 2, 6],
        header: vec![
            vec![wide("推荐单位", 1, 2), wide("推荐对象", 3, 1), wide("主要事迹", 1, 2)],
            vec![cell("姓名"), cell("性别"), cell("出生年月")],
        ],
        rows: body.collect(),
    }
}

/// 文件格式 with everything a downward paper has.
pub(super) fn decision() -> Document {
    let long = "各党支部要以受表彰的先进集体和优秀个人为榜样，认真学习贯彻习近平新时代中国特色社会主义思想，深刻领悟“两个确立”的决定性意义，\
                增强“四个意识”、坚定“四个自信”、做到“两个维护”，在2022年乡村振兴工作中再立新功。";
    Document {
        mark: strings(&["中共香泉镇委员会"]),
        mark_file: true,
        urgency: Some("特急".to_owned()),
        number: Some("香党发〔2022〕8号".to_owned()),
        title: strings(&["中共香泉镇委员会", "关于表彰先进基层党组织、优秀共产党员和", "优秀党务工作者的决定"]),
        main_to: Some("各党支部，镇直各单位党组织".to_owned()),
        body: vec![
            paragraph(long),
            Block::Heading(1, spans("一、表彰对象")),
            Block::Heading(2, spans("（一）先进基层党组织（5个）")),
            Block::Paragraph(strong("授予", "龙泉村党支部", "等5个党组织“先进基层党组织”称号。")),
            Block::Heading(3, spans("1.优秀共产党员")),
            paragraph(long),
            Block::Heading(4, spans("（1）农村党员")),
            paragraph(long),
            Block::Heading(1, spans("二、工作要求")),
            paragraph(long),
            paragraph(long),
            paragraph("特此决定。"),
        ],
        attachments: vec![
            Attachment {
                name: "受表彰的先进基层党组织、优秀共产党员、优秀党务工作者名单".to_owned(),
                body: vec![Block::Table(table(28))],
            },
            Attachment {
                name: "表彰大会议程".to_owned(),
                body: vec![paragraph("一、宣读决定。"), paragraph("二、颁发奖牌。")],
            },
        ],
        signature: strings(&["中共香泉镇委员会"]),
        date: Some(day(2022, 6, 20)),
        seal: true,
        note: Some("此件公开发布".to_owned()),
        copy_to: Some(
            "县委组织部，县直机关工委，镇人大主席团，镇人民政府，镇纪律检查委员会，镇人民武装部，各群团组织".to_owned(),
        ),
        printed_by: Some(("香泉镇党政办公室".to_owned(), day(2022, 6, 21))),
        subject: "关于表彰的决定".to_owned(),
        ..empty(Layout::Document)
    }
}

/// An upward paper of several organs, without a seal.
pub(super) fn report() -> Document {
    Document {
        mark: strings(&["中共香泉镇委员会", "香泉镇人民政府"]),
        mark_file: true,
        number: Some("香党报〔2022〕11号".to_owned()),
        signers: strings(&["王立新", "李卫国", "欧阳明"]),
        title: strings(&["关于2022年度“七一”表彰情况的备案报告"]),
        main_to: Some("县委组织部".to_owned()),
        body: vec![paragraph("现将我镇2022年度“七一”表彰情况报告如下。"), paragraph("特此报告。")],
        attachments: vec![Attachment { name: "表彰名单".to_owned(), body: vec![paragraph("张建国。")] }],
        signature: strings(&["中共香泉镇委员会", "香泉镇人民政府"]),
        date: Some(day(2022, 7, 1)),
        note: Some("联系人：赵敏，电话：0555-5310000".to_owned()),
        printed_by: Some(("香泉镇党政办公室".to_owned(), day(2022, 7, 1))),
        ..empty(Layout::Document)
    }
}

/// 信函格式.
pub(super) fn letter() -> Document {
    let mut body = vec![
        paragraph("你单位《关于征求意见的函》（和组函〔2022〕3号）收悉。经研究，现函复如下：");
        1
    ];
    body.extend((0..14).map(|_| paragraph("一是同意推荐龙泉村党支部为全县先进基层党组织；二是请按程序公示五个工作日，并将结果于2022年6月30日前函告我镇。")));
    body.push(paragraph("特此函复。"));
    Document {
        mark: strings(&["中共香泉镇委员会组织办公室"]),
        urgency: Some("加急".to_owned()),
        number: Some("香组函〔2022〕3号".to_owned()),
        title: strings(&["关于征求拟表彰对象意见的复函"]),
        main_to: Some("县纪委监委".to_owned()),
        body,
        signature: strings(&["中共香泉镇委员会组织办公室"]),
        date: Some(day(2022, 6, 8)),
        seal: true,
        copy_to: Some("县委组织部".to_owned()),
        ..empty(Layout::Letter)
    }
}

/// 公示: a plain paper signed by one organ without a seal.
pub(super) fn notice() -> Document {
    Document {
        title: strings(&["公　示"]),
        body: vec![
            paragraph("根据《中国共产党章程》和有关规定，经党支部推荐、组织考察、镇党委研究，现将拟表彰对象予以公示。"),
            Block::Centre(spans("一、先进基层党组织（5个）")),
            Block::Table(table(2)),
            paragraph("公示期为2022年6月2日至6月9日（五个工作日）。"),
        ],
        signature: strings(&["中共香泉镇委员会组织办公室"]),
        date: Some(day(2022, 6, 2)),
        ..empty(Layout::Plain)
    }
}

/// 汇总表.
pub(super) fn sheet() -> Document {
    Document {
        title: strings(&["香泉镇2022年度“七一”表彰推荐汇总表"]),
        body: vec![Block::Table(Table { caption: None, ..table(24) })],
        signature: strings(&["镇党委"]),
        date: Some(day(2022, 6, 1)),
        ..empty(Layout::Sheet)
    }
}

/// 证书.
pub(super) fn certificate() -> Document {
    Document {
        number: Some("香党荣〔2022〕第12号".to_owned()),
        title: strings(&["荣誉证书"]),
        main_to: Some("张建国同志".to_owned()),
        body: vec![
            Block::Paragraph(strong("在2022年度工作中成绩突出，被评为", "优秀共产党员", "。")),
            Block::Centre(strong("", "特发此证，以资鼓励", "")),
        ],
        signature: strings(&["中共香泉镇委员会"]),
        date: Some(day(2022, 7, 1)),
        seal: true,
        ..empty(Layout::Certificate)
    }
}

/// A joint paper whose organs all seal.
pub(super) fn joint() -> Document {
    Document {
        mark: strings(&["中共香泉镇委员会"]),
        signature: strings(&["中共香泉镇委员会", "香泉镇人民政府", "香泉镇人大主席团", "香泉镇人民武装部"]),
        signers: Vec::new(),
        attachments: Vec::new(),
        seal: true,
        ..report()
    }
}

/// One of each, by name.
pub(super) fn all() -> Vec<(&'static str, Document)> {
    vec![
        ("decision", decision()),
        ("report", report()),
        ("letter", letter()),
        ("notice", notice()),
        ("sheet", sheet()),
        ("certificate", certificate()),
        ("joint", joint()),
    ]
}
