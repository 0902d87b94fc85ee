//! Papers of strangers with one thing wrong each, and the rule that must find it.

use crate::drawn::{self, Drawn, FANG, HEI, SONG};

/// What is changed in a Word file: in the paragraph that holds `near` (anywhere in the file when it is empty), every `from` becomes `to`.
pub(crate) struct Edit {
    pub(crate) rule: &'static str,
    pub(crate) file: &'static str,
    pub(crate) near: &'static str,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
}

const fn edit(
    rule: &'static str,
    file: &'static str,
    near: &'static str,
    from: &'static str,
    to: &'static str,
) -> Edit {
    Edit { rule, file, near, from, to }
}

const TEXT: &str = "入秋以来";
const SIZE: &str = "<w:sz w:val=\"32\"/>";

pub(crate) const WORD: [Edit; 73] = [
    edit("page-size", "通知", "", "w:w=\"11906\" w:h=\"16838\"", "w:w=\"12240\" w:h=\"15840\""),
    edit("margins", "通知", "", "w:left=\"1587\"", "w:left=\"1800\""),
    edit("body-face", "通知", TEXT, "仿宋_GB2312", "宋体"),
    edit("body-size", "通知", TEXT, SIZE, "<w:sz w:val=\"28\"/>"),
    edit("grid", "通知", TEXT, "w:lineRule=\"exact\" w:line=\"579\"", "w:lineRule=\"exact\" w:line=\"360\""),
    edit("grid", "通知", "", "w:charSpace=\"-848\"", "w:charSpace=\"0\""),
    edit("text-colour", "通知", TEXT, SIZE, "<w:color w:val=\"FF0000\"/><w:sz w:val=\"32\"/>"),
    edit("secret", "通知", "", "<w:body>", "<w:body><w:p><w:r><w:t>秘密★1年</w:t></w:r></w:p>"),
    edit("urgency", "通知", "", "<w:body>", "<w:body><w:p><w:r><w:t>特急</w:t></w:r></w:p>"),
    edit("serial", "通知", "", "<w:body>", "<w:body><w:p><w:r><w:t>7</w:t></w:r></w:p>"),
    edit("mark-missing", "通知", "政府文件", "<w:color w:val=\"FF0000\"/>", ""),
    edit("mark-face", "通知", "政府文件", "方正小标宋简体", "黑体"),
    edit("mark-centred", "通知", "政府文件", "\"center\"", "\"left\""),
    edit("number-missing", "通知", "", "香政发〔2023〕12号", ""),
    edit("number-form", "通知", "", "〔2023〕12", "[2023]12"),
    edit("number-form", "通知", "", "〕12号", "〕012号"),
    edit("number-year", "通知", "", "〔2023〕12", "〔2022〕12"),
    edit("number-position", "通知", "〔2023〕", "\"center\"", "\"left\""),
    edit("signer-missing", "请示", "", "签发人：", ""),
    edit("signer-unwanted", "通知", "", "12号", "12号　签发人：赵一鸣"),
    edit("signer-face", "请示", "孙三", "楷体_GB2312", "仿宋_GB2312"),
    edit("red-rule", "通知", "〔2023〕", "FF0000", "000000"),
    edit("title-missing", "公示", "", "关于拟评定先进集体的公示", ""),
    edit("title-face", "通知", "防火工作的通知", "方正小标宋简体", "宋体"),
    edit("title-size", "通知", "防火工作的通知", "w:val=\"44\"", "w:val=\"36\""),
    edit("title-centred", "通知", "防火工作的通知", "\"center\"", "\"left\""),
    edit("title-gap", "通知", "防火工作的通知", "w:before=\"1158\"", "w:before=\"0\""),
    edit("title-stop", "通知", "", "防火工作的通知", "防火工作的通知。"),
    edit("title-shape", "通知", "防火工作的通知", "政府</w:t>", "政府关于做好</w:t><w:br/><w:t>秋季</w:t>"),
    edit("title-word", "通知", "防火工作的通知", "防火工作的通知", "防火工</w:t><w:br/><w:t>作的通知"),
    edit("title-type", "通知", "", "防火工作的通知", "防火工作的安排"),
    edit("title-types", "请示", "", "资金的请示", "资金的请示报告"),
    edit("report-asks", "请示", "", "资金的请示", "资金的报告"),
    edit("main-to-missing", "函", "", "县水务局：", ""),
    edit("main-to-colon", "通知", "", "镇直各单位：", "镇直各单位:"),
    edit("main-to-flush", "通知", "镇直各单位：", "w:firstLine=\"0\"", "w:firstLine=\"632\""),
    edit("main-to-gap", "通知", "镇直各单位：", "w:before=\"579\"", "w:before=\"0\""),
    edit("one-superior", "请示", "", "县人民政府：", "县人民政府、县财政局："),
    edit("body-indent", "通知", TEXT, "w:firstLine=\"632\"", "w:firstLine=\"0\""),
    edit("heading-face", "通知", "一、压实责任", "黑体", "仿宋_GB2312"),
    edit("heading-form", "通知", "", "1.每日", "1、每日"),
    edit("heading-order", "通知", "", "二、强化保障", "三、强化保障"),
    edit("heading-order", "通知", "", "二、强化保障", "一、强化保障"),
    edit("heading-level", "通知", "", "一、压实责任", "压实责任"),
    edit("heading-stop", "通知", "", "一、压实责任", "一、压实责任。"),
    edit("attachment-form", "通知", "", "附件：1", "附件:1"),
    edit("attachment-names", "通知", "", "2. 值班安排", "2. 值班表"),
    edit("attachment-names", "通知", "", "附件2", "附件1"),
    edit("attachment-missing", "通知", "", "附件2", "另附"),
    edit("attachment-stop", "通知", "", "1. 各村责任区划分表", "1. 各村责任区划分表；"),
    edit("attachment-label", "通知", "附件1<", "黑体", "仿宋_GB2312"),
    edit("attachment-label", "通知", "附件1<", "附件1<", "附件一<"),
    edit("attachment-form", "通知", "", "附件：1.", "附件：一、"),
    edit("attachment-page", "通知", "附件2<", "<w:pageBreakBefore/>", ""),
    edit("signature-missing", "通知", "w:right=\"1185\"", "香泉镇人民政府", ""),
    edit("signature-mark", "通知", "w:right=\"1185\"", "香泉镇人民政府", "香山镇人民政府"),
    edit("signature-position", "通知", "w:right=\"1264\"", "w:right=\"1264\"", "w:right=\"0\""),
    edit("blank-page", "通知", "", "各村对本辖区森林防火负总责", "（此页无正文）"),
    edit("date-missing", "通知", "w:right=\"1264\"", "2023年9月8日", ""),
    edit("date-form", "通知", "w:right=\"1264\"", "9月8日", "09月08日"),
    edit("note-brackets", "通知", "", "（此件公开发布）", "此件公开发布"),
    edit("imprint-missing", "通知", "", "2023年9月8日印发", ""),
    edit("imprint-rules", "通知", "", "w:sz=\"6\"", "w:sz=\"12\""),
    edit("imprint-face", "通知", "抄送：", "仿宋_GB2312", "宋体"),
    edit("copy-to-stop", "通知", "", "镇党委各部门。", "镇党委各部门"),
    edit("printed-form", "通知", "", "9月8日印发", "09月08日印发"),
    edit("printed-date", "通知", "", "9月8日印发", "9月1日印发"),
    edit("page-number-missing", "通知", "", "w:footerReference", "w:nothing"),
    edit("letter-mark", "函", "FF0000", "香泉镇人民政府", "香泉镇人民政府文件"),
    edit("letter-rules", "函", "thinThick", "FF0000", "000000"),
    edit("letter-first-page", "函", "", "<w:titlePg/>", ""),
    edit("letter-imprint", "函", "", "（联系人：赵一鸣，电话：0550-0000000）", "党政办　2023年4月10日印发"),
    edit("command-number", "令", "", "第3号", "第03号"),
];

/// More of the same, of what stands in the words and at the foot.
pub(crate) const WORDS: [Edit; 12] = [
    edit(
        "minutes-main-to",
        "纪要",
        "6月2日",
        "6月2日，镇长主持召开会议，研究集镇供水工作。会议认为，老旧管网漏损严重，应当抓紧改造。",
        "镇直各单位：",
    ),
    edit("unfilled", "通知", "", TEXT, "{{ 季节 }}"),
    edit("placeholder", "通知", "", TEXT, "×××"),
    edit("missing-glyph", "通知", "", TEXT, "入\u{E001}以来"),
    edit("number-quoted", "通知", "", "香政〔2019〕7号", "香政【2019】7号"),
    edit("punctuation", "通知", "", "降水偏少，林区", "降水偏少,林区"),
    edit("punctuation", "通知", "", "降水偏少，林区", "降水偏少.林区"),
    edit("placeholder", "通知", "", TEXT, "入□以来"),
    edit("secret", "通知", "", "（此件公开发布）", "（此件为秘密级，保密期限1年）"),
    edit("page-number-form", "通知", "PAGE", "— ", "- "),
    edit("page-number-face", "通知", "PAGE", "w:ascii=\"宋体\"", "w:ascii=\"黑体\""),
    edit("page-number-side", "通知", "PAGE", "w:jc w:val=\"right\"", "w:jc w:val=\"center\""),
];

/// The rule, the good paper, what is done to it.
pub(crate) type Spoil = (&'static str, fn() -> Drawn, fn(&mut Drawn));

pub(crate) const PDF: [Spoil; 38] = [
    ("page-size", drawn::notice, |it| it.width = 216.0),
    ("margins", drawn::notice, |it| {
        it.texts
            .iter_mut()
            .filter(|it| it.page == 1 && it.baseline > 180.0 && it.points == 16.0)
            .for_each(|it| it.left -= 6.0);
    }),
    ("grid", drawn::notice, |it| {
        it.texts
            .iter_mut()
            .filter(|it| it.baseline > 180.0 && it.points == 16.0)
            .for_each(|it| it.baseline = 188.8 + (it.baseline - 188.8) * 0.8);
    }),
    ("body-face", drawn::notice, |it| {
        it.row("入秋").face = SONG;
        it.row("现将").face = SONG;
    }),
    ("body-size", drawn::notice, |it| it.row("本通知").points = 14.0),
    ("text-colour", drawn::notice, |it| it.row("本通知").red = true),
    ("glyphs-drawn", drawn::notice, |it| it.hollow = true),
    ("fonts-embedded", drawn::notice, |it| it.embedded = false),
    ("text-extractable", drawn::notice, |it| it.readable = false),
    ("text-extractable", drawn::notice, |it| it.texts.clear()),
    ("archival", drawn::notice, |it| it.archival = false),
    ("mark-face", drawn::notice, |it| it.row("政府文件").face = HEI),
    ("mark-position", drawn::notice, |it| it.row("政府文件").baseline -= 12.0),
    ("mark-centred", drawn::notice, |it| it.row("政府文件").points = 30.0),
    ("number-form", drawn::notice, |it| it.row("香政发").text = "香政发（2023）12号".to_owned()),
    ("number-year", drawn::notice, |it| it.row("香政发").text = "香政发〔2022〕12号".to_owned()),
    ("signature-mark", drawn::notice, |it| {
        it.texts.iter_mut().rfind(|it| it.text == "香泉镇人民政府").unwrap().text = "香山镇人民政府".to_owned();
    }),
    ("number-gap", drawn::notice, |it| it.row("香政发").baseline -= 12.0),
    ("red-rule", drawn::notice, |it| drop(it.rules.remove(0))),
    ("red-rule", drawn::notice, |it| it.rules[0].right -= 20.0),
    ("red-rule-gap", drawn::notice, |it| it.rules[0].y += 4.0),
    ("title-gap", drawn::notice, |it| {
        it.texts.iter_mut().filter(|it| it.points == 22.0).for_each(|it| it.baseline -= 11.0);
    }),
    ("body-first-page", drawn::notice, |it| {
        it.texts.retain(|it| it.page == 2 || it.baseline < 180.0 || it.baseline > 265.0);
    }),
    ("date-form", drawn::notice, |it| it.row("2023年9月8日").text = "2023年09月08日".to_owned()),
    ("signature-position", drawn::notice, |it| {
        it.texts.iter_mut().filter(|it| it.text == "香泉镇人民政府" && it.page == 2).for_each(|it| it.left -= 30.0);
    }),
    ("imprint-rules", drawn::notice, |it| it.rules[2].thickness = 0.5),
    ("imprint-width", drawn::notice, |it| it.rules[2].left += 10.0),
    ("imprint-place", drawn::notice, |it| it.rules[3].y -= 5.0),
    ("even-last-page", drawn::notice, |it| {
        it.pages = 3;
        it.texts.iter_mut().filter(|it| it.page == 2).for_each(|it| it.page = 3);
        it.rules.iter_mut().filter(|it| it.page == 2).for_each(|it| it.page = 3);
    }),
    ("page-number-missing", drawn::notice, |it| it.texts.retain(|it| it.text != "— 1 —")),
    ("page-number-form", drawn::notice, |it| it.row("— 1 —").text = "- 1 -".to_owned()),
    ("page-number-side", drawn::notice, |it| it.row("— 1 —").left = 33.0),
    ("page-number-place", drawn::notice, |it| it.row("— 1 —").baseline += 8.0),
    ("letter-rules", drawn::letter, |it| it.rules[0].thickness = 0.2),
    ("letter-rule-place", drawn::letter, |it| it.rules.iter_mut().for_each(|it| it.left += 8.0)),
    ("letter-number-gap", drawn::letter, |it| it.row("香政函").baseline -= 3.0),
    ("letter-first-page", drawn::letter, |it| it.text(1, 162.0, 270.9, SONG, 14.0, "— 1 —")),
    ("certificate-page", drawn::certificate, |it| {
        it.pages = 2;
        it.text(2, 60.0, 60.0, FANG, 24.0, "特此证明。");
    }),
];
