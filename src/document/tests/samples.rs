//! Papers of every layout, for the tests of the writers.

use crate::document::model::{Attachment, Attendance, Block, Document, Layout, Span, Table, TableCell};
use chrono::NaiveDate;

pub(in crate::document) fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

pub(in crate::document) fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// Plain words.
pub(in crate::document) fn spans(text: &str) -> Vec<Span> {
    vec![Span { text: text.to_owned(), strong: false }]
}

fn strong(before: &str, strong: &str, after: &str) -> Vec<Span> {
    let span = |text: &str, strong| Span { text: text.to_owned(), strong };
    vec![span(before, false), span(strong, true), span(after, false)]
}

pub(in crate::document) fn paragraph(text: &str) -> Block {
    Block::Paragraph(spans(text))
}

/// A cell over one column and row.
pub(in crate::document) fn cell(text: &str) -> TableCell {
    TableCell { text: text.to_owned(), columns: 1, rows: 1, centre: true }
}

pub(in crate::document) fn empty(layout: Layout) -> Document {
    Document {
        layout,
        mark: Vec::new(),
        mark_file: false,
        serial: None,
        urgency: None,
        number: None,
        signers: Vec::new(),
        title: Vec::new(),
        main_to: None,
        body: Vec::new(),
        attachments: Vec::new(),
        attendance: Vec::new(),
        signature: Vec::new(),
        posts: Vec::new(),
        date: None,
        seal: false,
        note: None,
        copy_to: None,
        printed_by: None,
        copies: None,
        adopted: None,
        attached_to: None,
        distributed: None,
        subject: "样张".to_owned(),
        author: "中共香泉镇委员会".to_owned(),
    }
}

/// A table with a header of two rows, merged cells and so many rows.
pub(in crate::document) fn table(rows: usize) -> Table {
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
pub(in crate::document) fn decision() -> Document {
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
pub(in crate::document) fn report() -> Document {
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
pub(in crate::document) fn letter() -> Document {
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
pub(in crate::document) fn notice() -> Document {
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
pub(in crate::document) fn sheet() -> Document {
    Document {
        title: strings(&["香泉镇2022年度“七一”表彰推荐汇总表"]),
        body: vec![Block::Table(Table { caption: None, ..table(24) })],
        signature: strings(&["镇党委"]),
        date: Some(day(2022, 6, 1)),
        ..empty(Layout::Sheet)
    }
}

/// 证书.
pub(in crate::document) fn certificate() -> Document {
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
pub(in crate::document) fn joint() -> Document {
    Document {
        mark: strings(&["中共香泉镇委员会"]),
        signature: strings(&["中共香泉镇委员会", "香泉镇人民政府", "香泉镇人大主席团", "香泉镇人民武装部"]),
        signers: Vec::new(),
        attachments: Vec::new(),
        seal: true,
        ..report()
    }
}

/// 命令, signed by a person whose stamp is to come.
pub(in crate::document) fn order() -> Document {
    Document {
        mark: strings(&["香泉镇人民政府令"]),
        number: Some("第3号".to_owned()),
        title: strings(&["香泉镇集镇管理办法公布令"]),
        body: vec![paragraph(
            "《香泉镇集镇管理办法》已经2022年6月15日镇人民政府第8次镇长办公会议通过，现予公布，自2022年8月1日起施行。",
        )],
        posts: strings(&["镇长"]),
        signature: strings(&["李卫国"]),
        date: Some(day(2022, 6, 20)),
        seal: true,
        copy_to: Some("县人民政府办公室".to_owned()),
        printed_by: Some(("香泉镇党政办公室".to_owned(), day(2022, 6, 21))),
        copies: Some(60),
        ..empty(Layout::Order)
    }
}

/// 纪要 with all who attended.
pub(in crate::document) fn minutes() -> Document {
    let one = |label: &str, names: &str| Attendance { label: label.to_owned(), names: names.to_owned() };
    Document {
        mark: strings(&["中共香泉镇委员会会议纪要"]),
        serial: Some("000012".to_owned()),
        urgency: Some("加急".to_owned()),
        number: Some("第15期".to_owned()),
        title: strings(&["研究2022年“七一”表彰工作的会议纪要"]),
        body: vec![
            paragraph(
                "2022年6月17日，镇党委书记王立新主持召开党委会议，研究2022年“七一”表彰工作。现将会议议定事项纪要如下：",
            ),
            Block::Heading(1, spans("一、同意表彰名单")),
            paragraph("会议逐一审议推荐对象，同意表彰先进基层党组织5个、优秀共产党员20名、优秀党务工作者8名。"),
            Block::Heading(1, spans("二、关于表彰大会")),
            paragraph("会议决定7月1日召开表彰大会，由组织办牵头筹备，党政办、宣传办配合。"),
        ],
        attendance: vec![
            one("出席", "王立新　李卫国　欧阳明　赵　敏　陈志强　孙晓梅　周　正　吴建军　郑海燕　马　超　刘　洋"),
            one("请假", "钱　进"),
            one("列席", "组织办公室张伟，党政办公室何静，各村党组织书记"),
        ],
        signature: strings(&["香泉镇党政办公室"]),
        date: Some(day(2022, 6, 18)),
        copy_to: Some("县委组织部，镇党委委员".to_owned()),
        printed_by: Some(("香泉镇党政办公室".to_owned(), day(2022, 6, 18))),
        copies: Some(25),
        ..empty(Layout::Minutes)
    }
}

/// 奖牌文.
pub(in crate::document) fn plaque() -> Document {
    Document {
        title: strings(&["先进基层党组织"]),
        body: vec![Block::Centre(strong("", "香泉镇龙泉村党支部", ""))],
        signature: strings(&["中共香泉镇委员会"]),
        date: Some(day(2022, 7, 1)),
        ..empty(Layout::Plaque)
    }
}

fn wide(text: &str, columns: u32, rows: u32, centre: bool) -> TableCell {
    TableCell { text: text.to_owned(), columns, rows, centre }
}

/// 登记表: labels and values in merged cells, boxes for opinions.
pub(in crate::document) fn register() -> Document {
    let label = |text: &str| wide(text, 1, 1, true);
    let value = |text: &str, columns| wide(text, columns, 1, false);
    let opinion =
        |by: &str| vec![label(by), value("\n\n\n　　　　　　　　　　　　　　　　（盖章）　　　　年　　月　　日", 4)];
    let rows = vec![
        vec![label("姓名"), value("张建国", 1), label("性别"), value("男", 1), wide("照\n片", 1, 3, true)],
        vec![label("民族"), value("汉族", 1), label("出生年月"), value("1978年3月", 1)],
        vec![label("政治面貌"), value("中共党员", 1), label("入党时间"), value("2001年7月", 1)],
        vec![label("单位及\n职务"), value("龙泉村党支部委员、村民委员会副主任", 4)],
        vec![label("推荐\n类别"), value("□优秀共产党员　　□优秀党务工作者", 4)],
        vec![
            label("主\n要\n事\n迹"),
            value(&"带头流转土地，办起合作社，带动十户增收；在防汛救灾中冲锋在前。".repeat(6), 4),
        ],
        opinion("支部\n意见"),
        opinion("镇党委\n意见"),
    ];
    let table = Table { caption: None, widths: vec![10, 18, 12, 18, 14], header: Vec::new(), rows };
    Document {
        title: strings(&["优秀共产党员推荐登记表"]),
        body: vec![Block::Paragraph(spans("填报单位：龙泉村党支部")), Block::Table(table)],
        note: Some("本表一式三份".to_owned()),
        ..empty(Layout::Form)
    }
}

/// 送达回证: boxes to fill in.
pub(in crate::document) fn receipt() -> Document {
    let rows = [
        ("送达文书\n名称、文号", "行政许可申请材料补正告知书（香府许告〔2022〕7号）"),
        ("受送达人", "香泉镇兴农专业合作社"),
        ("送达地点", ""),
        ("送达方式", "□直接送达　□留置送达　□邮寄送达　□公告送达"),
        ("受送达人\n签名或盖章", "\n\n　　　　　　　　　　　　　　　年　　月　　日　　时"),
        ("代收人签名及\n代收理由", "\n\n　　　　　　　　　　　　　　　年　　月　　日　　时"),
        ("见证人签名", "\n　　　　　　　　　　　　　　　年　　月　　日"),
        ("送达人签名", "\n　　　　　　　　　　　　　　　年　　月　　日"),
        ("备注", "\n"),
    ];
    let rows = rows.map(|(label, value)| vec![wide(label, 1, 1, true), wide(value, 1, 1, false)]).to_vec();
    let table = Table { caption: None, widths: vec![3, 9], header: Vec::new(), rows };
    Document {
        title: strings(&["香泉镇人民政府", "送达回证"]), body: vec![Block::Table(table)], ..empty(Layout::Form)
    }
}

/// 笔录.
pub(in crate::document) fn record() -> Document {
    let lines = [
        "时间：2022年6月20日9时10分至10时05分",
        "地点：香泉镇人民政府综合执法办公室",
        "询问人：何静（执法证号：皖A0012345）　　记录人：张伟",
        "被询问人：周大山　　性别：男　　年龄：46　　电话：0000-7654321",
        "问：我们是香泉镇综合执法办公室的执法人员，这是我们的证件，请过目。现依法向你了解有关情况，你有如实回答的义务，也有申请回避的权利。听清楚了吗？",
        "答：听清楚了，不申请回避。",
        "问：6月18日下午，你在集镇农贸市场东门外摆放货物，是否办理了临时占道手续？",
        "答：没有办理。当天货到得急，先卸在门口，晚上八点前就搬走了。",
        "以上笔录我看过，与我说的相符。",
        "被询问人（签名）：　　　　　　　　　　　年　　月　　日",
    ];
    Document { title: strings(&["询问笔录"]), body: lines.map(paragraph).to_vec(), ..empty(Layout::Plain) }
}

/// One of each, by name.
pub(in crate::document) fn all() -> Vec<(&'static str, Document)> {
    vec![
        ("decision", decision()),
        ("report", report()),
        ("letter", letter()),
        ("order", order()),
        ("minutes", minutes()),
        ("notice", notice()),
        ("sheet", sheet()),
        ("register", register()),
        ("receipt", receipt()),
        ("record", record()),
        ("certificate", certificate()),
        ("plaque", plaque()),
        ("joint", joint()),
    ]
}
