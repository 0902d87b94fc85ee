//! A gallery of papers: every kind the program sets, each with short, long and nasty data, to be looked at.
//!
//! The samples go the way of every paper, from a template and data; only the data are invented. What a change of layout does is
//! seen here first: `tests/gallery.rs` keeps the digest of every sheet.

use super::both::{Both, both};
use super::fill::{Filled, WordTemplate};
use super::fonts::Fonts;
use super::template::Template;
use serde_json::{Value, json};

/// The kinds of papers: name and template, in the order they are shown.
pub const KINDS: [(&str, &str); 20] = [
    ("通知", include_str!("gallery/通知.md")),
    ("请示", include_str!("gallery/请示.md")),
    ("联合通知", include_str!("gallery/联合通知.md")),
    ("联合请示", include_str!("gallery/联合请示.md")),
    ("函", include_str!("gallery/函.md")),
    ("命令", include_str!("gallery/命令.md")),
    ("纪要", include_str!("gallery/纪要.md")),
    ("决议", include_str!("gallery/决议.md")),
    ("单独附件", include_str!("gallery/单独附件.md")),
    ("公示", include_str!("gallery/公示.md")),
    ("证书", include_str!("gallery/证书.md")),
    ("奖牌文", include_str!("gallery/奖牌文.md")),
    ("邀请函", include_str!("gallery/邀请函.md")),
    ("告知书", include_str!("gallery/告知书.md")),
    ("送达回证", include_str!("gallery/送达回证.md")),
    ("登记表", include_str!("gallery/登记表.md")),
    ("汇总表", include_str!("gallery/汇总表.md")),
    ("笔录", include_str!("gallery/笔录.md")),
    ("月报", include_str!("gallery/月报.md")),
    ("周报", include_str!("gallery/周报.md")),
];

/// The paper by a Word file of an office's own: name, the text beside the file, the file.
pub const BY_WORD: (&str, &str, &[u8]) =
    ("统计表", include_str!("gallery/统计表.md"), include_bytes!("gallery/统计表.docx"));

/// How demanding the data are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demand {
    /// 短: as little as there can be
    Short,
    /// 长: names, texts and lists at their longest
    Long,
    /// 难: rare characters, numbers, Latin, quotes, and text that looks like markup
    Nasty,
}

/// All of them.
pub const DEMANDS: [Demand; 3] = [Demand::Short, Demand::Long, Demand::Nasty];

impl Demand {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Demand::Short => "短",
            Demand::Long => "长",
            Demand::Nasty => "难",
        }
    }

    /// The data a sample is made of, the same for every kind of paper.
    pub fn data(self) -> Value {
        match self {
            Demand::Short => json!({
                "机关": "香岭镇人民政府", "联合": ["香岭镇总工会", "共青团香岭镇委"], "上级": "香岭县人民政府",
                "主送": "各村（社区）", "抄送": "", "紧急程度": "", "事": "防汛值班", "文号": "香政〔2022〕8号",
                "签发人": "张三", "成文日期": "2022-06-01", "印发日期": "2022-06-02",
                "名单": ["张三"], "段落": "请认真做好有关工作。",
            }),
            Demand::Long => json!({
                "机关": "香岭县经济技术开发区管理委员会综合行政执法局",
                "联合": ["香岭县人力资源和社会保障局", "香岭县退役军人事务局"],
                "上级": "香岭市人民政府全面推进依法行政工作领导小组办公室",
                "主送": "各镇（街道）党委（党工委）、人民政府（办事处），县委各部委，县级国家机关各部门，县人武部，各人民团体，各企事业单位",
                "抄送": "市委办公室、市人大常委会办公室、市人民政府办公室、市政协办公室，市纪委监委机关，县委办公室、县人大常委会办公室、县政协办公室，县人民法院，县人民检察院",
                "紧急程度": "特急", "事": "进一步加强和改进全县农村人居环境整治提升五年行动和乡村建设示范工作",
                "文号": "香经开综执发〔2022〕108号", "签发人": "张三、李四光、阿卜杜热依木·买买提明",
                "成文日期": "2022-12-31", "印发日期": "2022-12-31",
                "名单": people(45),
                "段落": "要坚持问题导向、目标导向、结果导向相统一，压实属地责任、部门责任和单位主体责任，做到任务清单化、清单责任化、责任时限化，确保各项措施落到实处、取得实效。对工作不力、进展缓慢的，予以通报；造成严重后果的，依规依纪依法追究责任。",
            }),
            Demand::Nasty => json!({
                "机关": "香岭县“放管服”改革（专项）办公室",
                "联合": ["ＡＢ局", "香岭县第3中学"],
                "上级": "香岭县人民政府办公室〔督查室〕",
                "主送": "X处、Y处：（各1份）", "抄送": "A、B；C<D>", "紧急程度": "加急",
                "事": "《关于“十四五”规划（2021—2025年）》中COVID-19防控与3.5%增长率2022年6月1日起执行",
                "文号": "香改办〔2022〕12号", "签发人": "欧阳娜娜、乙",
                "成文日期": "2022-02-28", "印发日期": "2022-03-01",
                "名单": ["王𬭊", "䶮㛃", "𫖯㙍", "张|三", "**李四**", "{{ x }}", "<b>赵</b>", "# 钱", "+++ 附件 孙", "买买提·艾力", "O’Neil", "甲\n乙"],
                "段落": "“引号”里有《书名〈内名〉》，——破折号……省略号；１２３全角，123半角，1,234.56元，-5℃，A→B，①②③，50%～60%，https://www.example.gov.cn/a?b=c&d=e，末尾是标点！？",
            }),
        }
    }
}

/// So many people, some with names of two and of many characters.
fn people(count: usize) -> Vec<String> {
    const SURNAMES: [&str; 9] = ["张", "李", "王", "欧阳", "赵", "钱", "孙", "司马", "周"];
    const GIVEN: [&str; 7] = ["伟", "秀英", "建国", "芳", "志强", "玉兰", "军"];
    let name = |index: usize| match index % 11 {
        10 => "阿依古丽·买买提".to_owned(),
        _ => format!("{}{}", SURNAMES[index % SURNAMES.len()], GIVEN[index % GIVEN.len()]),
    };
    (0..count).map(name).collect()
}

/// A paper of the gallery and its files.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// kind and demand, e.g. `通知-长`
    pub name: String,
    /// the Word file
    pub word: Vec<u8>,
    /// the PDF
    pub pdf: Vec<u8>,
}

/// Fills the Word file of the gallery: the name of the paper, and what came of it. Its PDF is for an office suite to make.
///
/// # Errors
/// Why it could not be filled, with its name.
pub fn filled(demand: Demand) -> Result<(String, Filled), String> {
    let (kind, front, file) = BY_WORD;
    let name = format!("{kind}-{}", demand.word());
    let template = WordTemplate::read(kind, kind, front, file).map_err(|problems| {
        format!("{name}: {}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    })?;
    let data = demand.data();
    let people = data["名单"].as_array().map(Vec::as_slice).unwrap_or_default();
    // neighbours of one unit are merged
    let row = |(number, _): (usize, &Value)| {
        let number = number as u64;
        json!({ "单位": people[number as usize / 2], "值": [number + 1, number * 7 % 23, number * 5 % 17] })
    };
    let rows: Vec<Value> = people.iter().enumerate().map(row).collect();
    let table = json!({
        "表名": format!("{}{}统计表", data["机关"].as_str().unwrap_or_default(), data["事"].as_str().unwrap_or_default()),
        "列": ["应完成", "已完成", "结转"], "行": rows,
    });
    let filled = template.fill(&table, &|_| None).map_err(|error| format!("{name}: {error}"))?;
    Ok((name, filled))
}

/// Makes a paper of the gallery in these faces.
///
/// # Errors
/// Why it could not be made, with its name.
pub fn sheet(kind: &str, source: &str, demand: Demand, fonts: &Fonts) -> Result<Sheet, String> {
    let name = format!("{kind}-{}", demand.word());
    let failed = |why: String| format!("{name}: {why}");
    let template = Template::parse(kind, source)
        .map_err(|problems| failed(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")))?;
    let mut data = demand.data();
    // orders are numbered without a year (9704 8.2)
    if kind == "命令" {
        data["文号"] = json!("第8号");
    }
    let numbered = kind == "告知书" || source.contains("发文机关标志") || source.contains("文号");
    if !numbered && let Some(fields) = data.as_object_mut() {
        fields.remove("文号");
    }
    let document = template.render(&data).map_err(|error| failed(error.to_string()))?;
    let Both { word, pdf } = both(&document, fonts).map_err(|error| failed(error.to_string()))?;
    Ok(Sheet { name, word, pdf })
}
